"""
The one table of operations: all that can be asked of a running simulator.

Routing, validation, the OpenAPI document, both clients and ``exsim ctl`` are made from
:data:`OPERATIONS`, so a new operation is a new entry of its subject, its Structs, and a handler
behind :class:`IControl`. Trading, prices, bots, sessions, the test double, proxies, nodes and the
view of several venues have them in ``*_operations``, their Structs in ``*_schemas`` and
``*_results``; all else has them here, in :mod:`exsim.control.schemas` and
:mod:`exsim.control.results`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from zope.interface import Interface

from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.bot_operations import BOTS
from exsim.control.consolidated_operations import CONSOLIDATED
from exsim.control.double_operations import DOUBLE
from exsim.control.entries import Operation, change, read
from exsim.control.node_operations import NODES
from exsim.control.pricing_operations import PRICING
from exsim.control.proxy_operations import PROXIES
from exsim.control.session_operations import SESSIONS
from exsim.control.trading_operations import TRADING

if TYPE_CHECKING:
    # Not at run time: the blocking client and `exsim ctl` do without Twisted.
    from twisted.internet.defer import Deferred

_METRICS: Final = "text/plain; version=0.0.4; charset=utf-8"
_INSTRUMENTS: Final = "/venues/{venue}/instruments"
_INSTRUMENT: Final = "/venues/{venue}/instruments/{symbol}"
_ACCOUNTS: Final = "/venues/{venue}/accounts"
_ACCOUNT: Final = "/venues/{venue}/accounts/{account}"
_KILL: Final = "/venues/{venue}/kill-switch"
_BOOK: Final = "/venues/{venue}/books/{symbol}"


class IControl(Interface):
    """What REST asks of the simulator."""

    def perform(
        operation: str, arguments: Struct, body: Struct | None
    ) -> Struct | str | Deferred[Struct | bytes | None] | None:
        """
        Carry out an operation of the table, by name, and return its result.

        ``arguments`` and ``body`` are of the entry's types, checked; ``body`` is None where the
        entry has none. The result is of the entry's ``result`` (None where that is None), or a
        Deferred of it. When whoever asked hangs up, the Deferred of an entry that ``waits`` is
        cancelled; any other goes on to its end.

        :raises exsim.errors.RequestError: answered with its ``status`` and ``title``, and its
            text as the detail. Anything else is a bug: logged, and answered as 500.
        """


# fmt: off
OPERATIONS: Final[tuple[Operation, ...]] = (
    read("health_live", "/health/live", "Tell whether the process answers", r.Health, open=True),
    read("health_ready", "/health/ready", "Tell whether everything listens and works", r.Health,
         s.NoArguments, 503, open=True),
    read("version", "/version", "Tell the versions", r.Version),
    read("openapi", "/openapi.json", "Describe this interface as OpenAPI 3.1", dict[str, Any]),
    read("get_access", "/access", "Tell what whoever asks may do", r.Granted),
    read("metrics", "/metrics", "Tell Prometheus how it goes", str, media=_METRICS),
    read("diagnose", "/diagnosis", "Tell all that a report of a defect should have, but no secret",
         r.Diagnosis, role="admin"),
    change("reset", "POST", "/reset",
           "Empty books, orders, sequence numbers, holds, prices set and the journal",
           r.ResetResult, body=s.Reset),

    read("list_venues", "/venues", "List the venues", r.Page[r.Venue], s.PageArguments),
    change("create_venue", "POST", "/venues", "Make a venue", r.Venue,
           body=s.NewVenue, status=201),
    read("get_venue", "/venues/{venue}", "Show a venue", r.Venue, s.VenueArguments, 404),
    change("delete_venue", "DELETE", "/venues/{venue}",
           "Remove a venue with its endpoints and sessions", None, s.VenueArguments),

    read("list_instruments", _INSTRUMENTS, "List the instruments of a venue",
         r.Page[r.Instrument], s.InstrumentsArguments, 404),
    change("create_instrument", "POST", _INSTRUMENTS, "Make an instrument", r.Instrument,
           s.VenueArguments, s.NewInstrument, 201),
    read("get_instrument", _INSTRUMENT, "Show an instrument", r.Instrument,
         s.InstrumentArguments, 404),
    change("delete_instrument", "DELETE", _INSTRUMENT,
           "Remove an instrument, its book, and the open orders in it", None,
           s.InstrumentArguments),
    read("list_accounts", _ACCOUNTS, "List accounts of a venue: their limits and what they have",
         r.Page[r.Account], s.AccountsArguments, 404),
    read("get_account", _ACCOUNT, "Show an account", r.Account, s.AccountArguments, 404),
    change("put_account", "PUT", _ACCOUNT, "Make an account, or give it other limits", r.Account,
           s.AccountArguments, s.NewAccount),
    change("delete_account", "DELETE", _ACCOUNT, "Forget the limits of an account", None,
           s.AccountArguments),
    read("get_kill_switches", _KILL, "Show who is kept from trading", r.KillSwitches,
         s.VenueArguments, 404),
    change("set_kill_switch", "PUT", _KILL,
           "Keep a venue, session, account or firm from trading, or let it trade again",
           r.KillSwitches, s.VenueArguments, s.NewKillSwitch),
    read("get_book", _BOOK, "Show a book by price levels", r.Book, s.BookArguments, 404,
         tagged=True),

    change("set_phase", "PUT", "/venues/{venue}/phase", "Begin a phase of the trading day",
           r.Venue, s.VenueArguments, s.NewPhase),
    change("set_instrument_phase", "PUT", _INSTRUMENT + "/phase",
           "Halt, resume or auction one instrument: give it a phase of its own", r.Instrument,
           s.InstrumentArguments, s.InstrumentPhase),
    change("corporate_action", "POST", _INSTRUMENT + "/corporate-action",
           "Put resting orders on the terms that a split or dividend makes of theirs",
           r.Restated, s.InstrumentArguments, s.CorporateAction),
    change("publish_news", "POST", "/venues/{venue}/news",
           "Say something to sessions: News in FIX", r.NewsSent, s.VenueArguments, s.NewNews),
    change("announce", "POST", "/venues/{venue}/itch",
           "Tell something on the ITCH feeds of a venue that no trading makes",
           r.FeedTold, s.VenueArguments, s.FeedMessage),
    read("get_clock", "/venues/{venue}/clock", "Show the market clock of a venue", r.Clock,
         s.VenueArguments, 404),
    change("set_clock", "PUT", "/venues/{venue}/clock",
           "Have the market clock of a venue go as real time, scaled, or by hand", r.Clock,
           s.VenueArguments, s.NewClock),
    change("advance_clock", "POST", "/venues/{venue}/clock/advance",
           "Let market time pass: all that falls due is done, in order, before this answers",
           r.Clock, s.VenueArguments, s.Advance),
    *PRICING,
    *CONSOLIDATED,
    *TRADING,
    *SESSIONS,
    *DOUBLE,
    *PROXIES,
    *BOTS,
    *NODES,
)
# fmt: on

BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}
