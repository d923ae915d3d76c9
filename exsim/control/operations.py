"""
The one table of operations: all that can be asked of a running simulator.

Routing, validation, the OpenAPI document, both clients and ``exsim ctl`` are made from
:data:`OPERATIONS`, so a new operation is a new entry here, its Structs in
:mod:`exsim.control.schemas` and :mod:`exsim.control.results`, and a handler behind
:class:`IControl`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, inspect
from zope.interface import Interface

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import proxy_results as pr
from exsim.control import proxy_schemas as ps
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.inputs import Telling

if TYPE_CHECKING:
    # Not at run time: the blocking client and `exsim ctl` do without Twisted.
    from twisted.internet.defer import Deferred

PREFIX: Final = "/api/v1"
JSON: Final = "application/json"
ROLES: Final = ("read", "trade", "admin")
"""What a token may be for; each may do all that those before it may."""


@dataclass(frozen=True, slots=True)
class Operation:
    """
    One operation.

    ``path`` comes after :data:`PREFIX`; what it has in braces are fields of ``arguments``, and
    the other fields of ``arguments`` are the query's. ``result`` None is answered as 204.
    ``errors`` are the statuses that it can end in besides those that any operation can.
    ``command``: it changes state, and belongs in the journal. ``waits``: its answer may take as
    long as its ``timeout`` says. ``streams``: it is server-sent events, made of the answers of
    another operation. ``tagged``: its answer has an ETag. ``role`` is the least one of
    :data:`ROLES` that a token has to be for. ``media`` is the type of its answer; ``result`` is str
    where that is not JSON.
    """

    name: str
    method: str
    path: str
    summary: str
    result: Any
    arguments: type[Struct]
    body: type[Struct] | None
    status: int
    errors: tuple[int, ...]
    command: bool = False
    waits: bool = False
    streams: bool = False
    tagged: bool = False
    role: str = "read"
    media: str = JSON

    @property
    def path_fields(self) -> tuple[str, ...]:
        """The names of the arguments that are in the path, in order."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def query_fields(self) -> tuple[str, ...]:
        """The names of the arguments that are in the query."""
        names = self.arguments.__struct_fields__
        return tuple(name for name in names if name not in self.path_fields)


class IControl(Interface):
    """What REST asks of the simulator."""

    def perform(
        operation: str, arguments: Struct, body: Struct | None
    ) -> Struct | str | Deferred[Struct | None] | None:
        """
        Carry out an operation of the table, by name, and return its result.

        ``arguments`` and ``body`` are of the entry's types, checked; ``body`` is None where the
        entry has none. The result is of the entry's ``result`` (None where that is None), or a
        Deferred of it. When whoever asked hangs up, the Deferred of an entry that ``waits`` is
        cancelled; any other goes on to its end.

        :raises exsim.errors.RequestError: answered with its ``status`` and ``title``, and its
            text as the detail. Anything else is a bug: logged, and answered as 500.
        """


def _read(
    name: str,
    path: str,
    summary: str,
    result: Any,
    arguments: type[Struct] = s.NoArguments,
    *errors: int,
    **more: Any,
) -> Operation:
    """An operation that only looks; where it goes on after a cursor, that may be gone."""
    if "after" in arguments.__struct_fields__:
        errors = (*errors, 410)
    return Operation(name, "GET", path, summary, result, arguments, None, 200, errors, **more)


def _change(
    name: str,
    method: str,
    path: str,
    summary: str,
    result: Any,
    arguments: type[Struct] = s.NoArguments,
    body: type[Struct] | None = None,
    status: int = 200,
    role: str = "admin",
) -> Operation:
    """An operation that changes state."""
    status = 204 if result is None else status
    errors = (404, 409)
    return Operation(
        name, method, path, summary, result, arguments, body, status, errors, True, role=role
    )


def _trade(
    name: str,
    method: str,
    path: str,
    summary: str,
    result: Any,
    arguments: type[Struct] = s.NoArguments,
    body: type[Struct] | None = None,
) -> Operation:
    """A change that a trader may make: of orders, of what is held, of prices."""
    return _change(name, method, path, summary, result, arguments, body, role="trade")


_METRICS: Final = "text/plain; version=0.0.4; charset=utf-8"
_INSTRUMENTS: Final = "/venues/{venue}/instruments"
_INSTRUMENT: Final = "/venues/{venue}/instruments/{symbol}"
_ACCOUNTS: Final = "/venues/{venue}/accounts"
_ACCOUNT: Final = "/venues/{venue}/accounts/{account}"
_KILL: Final = "/venues/{venue}/kill-switch"
_QUOTES: Final = "/venues/{venue}/quotes"
_PROTECTION: Final = "/venues/{venue}/protection"
_BOOK: Final = "/venues/{venue}/books/{symbol}"
_ORDERS: Final = "/venues/{venue}/orders"
_SESSION: Final = "/sessions/{session}"
_LISTS: Final = "/venues/{venue}/lists"
_LIST: Final = "/venues/{venue}/lists/{list_id}"
_ORDER: Final = "/venues/{venue}/orders/{order_id}"
_HOLD: Final = "/holds/{hold}"
_RULE: Final = "/rules/{rule}"
_FAULT: Final = "/faults/{fault}"
_RECORDING: Final = "/recordings/{recording}"
_SCENARIO: Final = "/scenarios/{scenario}"
_PROXY: Final = "/proxies/{proxy}"
_LINK: Final = "/proxies/{proxy}/links/{link}"
_HELD: Final = "/proxies/{proxy}/held/{held}"


def _of_order(
    verb: str, summary: str, body: type[Struct] | None = Telling, name: str = ""
) -> Operation:
    """A verb that is done to an order."""
    path = f"{_ORDER}/{verb}"
    return _trade(name or f"{verb}_order", "POST", path, summary, r.Order, s.OrderArguments, body)


def _of_hold(verb: str, summary: str, body: type[Struct] | None = Telling) -> Operation:
    """A verb that is done about a hold."""
    name = f"{verb.replace('-', '_')}_hold"
    return _trade(name, "POST", f"{_HOLD}/{verb}", summary, r.Decided, s.HoldArguments, body)


# fmt: off
OPERATIONS: Final[tuple[Operation, ...]] = (
    _read("health_live", "/health/live", "Tell whether the process answers", r.Health),
    _read("health_ready", "/health/ready", "Tell whether everything listens and works", r.Health,
          s.NoArguments, 503),
    _read("version", "/version", "Tell the versions", r.Version),
    _read("openapi", "/openapi.json", "Describe this interface as OpenAPI 3.1", dict[str, Any]),
    _read("metrics", "/metrics", "Tell Prometheus how it goes", str, media=_METRICS),
    _read("diagnose", "/diagnosis", "Tell all that a report of a defect should have, but no secret",
          r.Diagnosis, role="admin"),
    _change("reset", "POST", "/reset",
            "Empty books, orders, sequence numbers, holds, prices set and the journal",
            r.ResetResult, body=s.Reset),

    _read("list_venues", "/venues", "List the venues", r.Page[r.Venue], s.PageArguments),
    _change("create_venue", "POST", "/venues", "Make a venue", r.Venue,
            body=s.NewVenue, status=201),
    _read("get_venue", "/venues/{venue}", "Show a venue", r.Venue, s.VenueArguments, 404),
    _change("delete_venue", "DELETE", "/venues/{venue}",
            "Remove a venue with its endpoints and sessions", None, s.VenueArguments),

    _read("list_instruments", _INSTRUMENTS, "List the instruments of a venue",
          r.Page[r.Instrument], s.InstrumentsArguments, 404),
    _change("create_instrument", "POST", _INSTRUMENTS, "Make an instrument", r.Instrument,
            s.VenueArguments, s.NewInstrument, 201),
    _read("get_instrument", _INSTRUMENT, "Show an instrument", r.Instrument,
          s.InstrumentArguments, 404),
    _change("delete_instrument", "DELETE", _INSTRUMENT,
            "Remove an instrument, its book, and the open orders in it", None,
            s.InstrumentArguments),
    _read("list_accounts", _ACCOUNTS, "List accounts of a venue: their limits and what they have",
          r.Page[r.Account], s.AccountsArguments, 404),
    _read("get_account", _ACCOUNT, "Show an account", r.Account, s.AccountArguments, 404),
    _change("put_account", "PUT", _ACCOUNT, "Make an account, or give it other limits", r.Account,
            s.AccountArguments, s.NewAccount),
    _change("delete_account", "DELETE", _ACCOUNT, "Forget the limits of an account", None,
            s.AccountArguments),
    _read("get_kill_switches", _KILL, "Show who is kept from trading", r.KillSwitches,
          s.VenueArguments, 404),
    _change("set_kill_switch", "PUT", _KILL,
            "Keep a venue, session, account or firm from trading, or let it trade again",
            r.KillSwitches, s.VenueArguments, s.NewKillSwitch),
    _read("get_book", _BOOK, "Show a book by price levels", r.Book, s.BookArguments, 404,
          tagged=True),

    _read("list_orders", _ORDERS, "List orders of a venue", r.Page[r.Order],
          s.OrdersArguments, 404),
    _trade("enter_order", "POST", _ORDERS, "Enter an order", r.Outcome,
            s.VenueArguments, s.NewOrder),
    _read("get_order", _ORDER, "Show an order", r.Order, s.OrderArguments, 404),
    _trade("cancel_order", "POST", _ORDER + "/cancel", "Cancel what is left of an order",
            r.Outcome, s.OrderArguments, ds.Cancellation),
    _read("list_fills", _ORDER + "/fills", "List the fills of an order", r.Page[r.Fill],
          s.OrderArguments, 404),
    _read("get_order_why", _ORDER + "/why", "Tell how an order came to be where it is", r.Why,
          s.OrderArguments, 404),
    _of_order("fill", "Fill an order against nobody", s.OrderFill),
    _of_order("expire", "End an order as if its time were over"),
    _of_order("done-for-day", "Tell that nothing more is done about an order today",
              name="done_for_day"),
    _of_order("stop", "Tell that an order is stopped (guaranteed)", s.Guarantee),
    _of_order("calculate", "Tell that an order is calculated"),
    _of_order("suspend", "Take an order out of its book without ending it"),
    _of_order("resume", "Put an order back that was suspended or marked"),
    _of_order("bust", "Cancel a fill: it never was", s.Bust, "bust_fill"),
    _of_order("correct", "Correct the quantity or the price of a fill", s.Correction,
              "correct_fill"),
    _of_order("restate", "Put an order on other terms, and tell it as restated", ds.Restatement),
    _of_order("match", "Put an order that rests off the book into it", None),
    _of_order("ack", "Tell that an order is accepted, with force: it was before"),
    _of_order("pending", "Tell that an order is pending, with force: it was answered before"),
    _of_order("reject", "Tell that an order is rejected, with force: it was accepted before",
              s.HoldReject),
    _of_order("reply", "Send the session of an order a message of these fields", s.HoldReply),
    _of_order("raw", "Send the session of an order these bytes", ds.RawReply),
    _trade("replace_order", "POST", _ORDER + "/replace",
            "Change the quantity or the price of an order", r.Outcome,
            s.OrderArguments, s.Replacement),
    _read("list_lists", _LISTS, "List the lists of orders of a venue", r.Page[r.OrderList],
          s.ListsArguments, 404),
    _trade("enter_list", "POST", _LISTS, "Enter orders at once, that may depend on each other",
            r.ListOutcome, s.VenueArguments, s.NewList),
    _read("get_list", _LIST, "Show a list of orders", r.OrderList, s.ListArguments, 404),
    _trade("cancel_list", "POST", _LIST + "/cancel", "Cancel what is left of a list of orders",
            r.OrderList, s.ListArguments),
    _read("list_trades", "/venues/{venue}/trades", "List trades of a venue", r.Page[r.Trade],
          s.TradesArguments, 404),

    _read("list_quotes", _QUOTES, "List the quotes in the books of a venue", r.Page[r.Quote],
          s.QuotesArguments, 404),
    _trade("pull_quotes", "POST", _QUOTES + "/pull",
            "Take quotes off the books; their sessions are told", r.Pulled,
            s.VenueArguments, s.PullQuotes),
    _read("get_protection", _PROTECTION, "Show whose quotes market maker protection keeps out",
          r.Protections, s.VenueArguments, 404),
    _trade("reset_protection", "POST", _PROTECTION + "/reset",
            "Let the quotes of a session in again", r.Protections,
            s.VenueArguments, s.ResetProtection),

    _read("list_endpoints", "/endpoints", "List the endpoints", r.Page[r.Endpoint],
          s.PageArguments),
    _change("create_endpoint", "POST", "/endpoints", "Listen on an address", r.Endpoint,
            body=s.NewEndpoint, status=201),
    _read("get_endpoint", "/endpoints/{endpoint}", "Show an endpoint", r.Endpoint,
          s.EndpointArguments, 404),
    _change("delete_endpoint", "DELETE", "/endpoints/{endpoint}",
            "Stop listening, and remove the sessions of an endpoint", None, s.EndpointArguments),

    _read("list_sessions", "/sessions", "List the sessions", r.Page[r.Session],
          s.PageArguments),
    _change("create_session", "POST", "/sessions", "Configure a counterparty", r.Session,
            body=s.NewSession, status=201),
    _read("get_session", "/sessions/{session}", "Show a session", r.Session,
          s.SessionArguments, 404),
    _change("delete_session", "DELETE", "/sessions/{session}", "Disconnect and remove a session",
            None, s.SessionArguments),
    _change("logout_session", "POST", "/sessions/{session}/logout", "Begin an orderly logout",
            r.Session, s.SessionArguments, s.Logout),
    _change("disconnect_session", "POST", "/sessions/{session}/disconnect",
            "Close the connection of a session without a word", r.Session, s.SessionArguments),
    _change("reset_session", "POST", _SESSION + "/reset",
            "Disconnect a session, set both sequence numbers to 1, and forget what was sent",
            r.Session, s.SessionArguments),
    _change("set_sequence", "PUT", _SESSION + "/sequence",
            "Set the sequence numbers of a session, logged on or not", r.Session,
            s.SessionArguments, s.SequenceNumbers),
    _change("test_session", "POST", _SESSION + "/test-request",
            "Ask the counterparty for a sign of life", r.Session,
            s.SessionArguments, s.TestRequest),
    _change("refuse_logons", "POST", _SESSION + "/refuse-logons",
            "Accept no more logons; who is logged on stays", r.Session,
            s.SessionArguments, s.Refusal),
    _change("accept_logons", "POST", _SESSION + "/accept-logons", "Accept logons again",
            r.Session, s.SessionArguments),
    _change("send_message", "POST", _SESSION + "/messages",
            "Send a message of any fields, or any bytes", r.Sent,
            s.SessionArguments, s.NewMessage),

    _read("list_messages", "/messages", "List messages that sessions sent and received",
          r.Messages, s.MessagesArguments, 404),
    _read("wait_messages", "/messages/wait",
          "Wait until so many messages match, or the time is out", r.AwaitedMessages,
          s.WaitMessagesArguments, 404, waits=True),
    Operation("verify_messages", "POST", "/messages/verify",
              "Tell whether messages came as expected, and if not, what came instead",
              dr.Verified, s.NoArguments, ds.Verify, 200, (404, 410), waits=True),
    _read("list_session_messages", "/sessions/{session}/messages",
          "List messages of one session", r.Messages, s.SessionMessagesArguments, 404),

    _read("events", "/events", "Follow what happens", str,
          ds.EventsArguments, 404, streams=True, media="text/event-stream"),
    _read("wait_events", "/events/wait",
          "Wait until something happens, or the time is out", dr.AwaitedEvents,
          ds.WaitEventsArguments, 404, waits=True),

    _read("list_holds", "/holds", "List the requests that wait for a decision", r.Page[r.Hold],
          s.HoldsArguments, 404),
    _read("wait_holds", "/holds/wait", "Wait until so many requests are held, or the time is out",
          r.AwaitedHolds, s.WaitHoldsArguments, 404, waits=True),
    _read("get_hold", "/holds/{hold}", "Show a hold", r.Hold, s.HoldArguments, 404),
    _of_hold("release", "Go on with the next policy", None),
    _of_hold("match", "Give it to the matching engine, past all policies", None),
    _of_hold("ack", "Accept the request, off the book"),
    _of_hold("pending", "Tell that the request is pending"),
    _of_hold("fill", "Fill the order, in full or in part", s.HoldFill),
    _of_hold("reject", "Refuse the request", s.HoldReject),
    _of_hold("cancel", "Cancel the order, unasked", ds.Cancellation),
    _of_hold("expire", "End the order as if its time were over"),
    _of_hold("restate", "Put the order on other terms, and tell it as restated", ds.Restatement),
    _of_hold("bust", "Cancel a fill: it never was", s.Bust),
    _of_hold("correct", "Correct the quantity or the price of a fill", s.Correction),
    _of_hold("stop", "Tell that the order is stopped (guaranteed)", s.Guarantee),
    _of_hold("suspend", "Take the order out of the market without ending it"),
    _of_hold("resume", "Put the order back that was suspended or marked"),
    _of_hold("calculate", "Tell that the order is calculated"),
    _of_hold("done-for-day", "Tell that nothing more is done about the order today"),
    _of_hold("drop", "Forget the request: its sender hears nothing", None),
    _of_hold("reply", "Answer with a message of these fields", s.HoldReply),
    _of_hold("raw", "Answer with these bytes", ds.RawReply),

    _read("list_rules", "/rules", "List the rules, in the order they are asked",
          r.Page[dr.Rule], ds.RulesArguments, 404),
    _change("create_rule", "POST", "/rules",
            "Make a rule: when a request fits, then these steps are taken", dr.Rule,
            body=ds.NewRule, status=201),
    _change("clear_rules", "DELETE", "/rules", "Remove all rules, and end what they began",
            dr.Cleared, ds.OneVenueArguments),
    _read("get_rule", _RULE, "Show a rule, and how often it fired", dr.Rule,
          ds.RuleArguments, 404, 409),
    _change("delete_rule", "DELETE", _RULE, "Remove a rule; what it began goes on", None,
            ds.RuleArguments),
    _change("enable_rule", "POST", _RULE + "/enable", "Have a rule asked again", dr.Rule,
            ds.RuleArguments),
    _change("disable_rule", "POST", _RULE + "/disable", "Have a rule not asked for now", dr.Rule,
            ds.RuleArguments),
    _read("list_fault_kinds", "/fault-kinds", "List the kinds of faults, and what they take",
          r.Page[dr.FaultKind], s.PageArguments),
    _read("list_faults", "/faults", "List the faults that are set", r.Page[dr.Fault],
          ds.FaultsArguments, 404),
    _change("create_fault", "POST", "/faults", "Set a fault: messages that fit have a defect",
            dr.Fault, s.NoArguments, ds.NewFault, 201),
    _change("clear_faults", "DELETE", "/faults", "Remove all faults", dr.Cleared,
            ds.OneVenueArguments),
    _read("get_fault", _FAULT, "Show a fault, and how often it fired", dr.Fault,
          ds.FaultArguments, 404),
    _change("delete_fault", "DELETE", _FAULT, "Remove a fault; what it holds up goes on", None,
            ds.FaultArguments),
    _read("list_proxies", "/proxies", "List the proxies between clients and other acceptors",
          r.Page[pr.Proxy], s.PageArguments),
    _change("create_proxy", "POST", "/proxies", "Stand between clients and another acceptor",
            pr.Proxy, body=ps.NewProxy, status=201),
    _read("get_proxy", _PROXY, "Show a proxy, and where it listens", pr.Proxy,
          ps.ProxyArguments, 404),
    _change("delete_proxy", "DELETE", _PROXY, "Close the links of a proxy, and listen no more",
            None, ps.ProxyArguments),
    _read("list_links", _PROXY + "/links", "List the links of a proxy", r.Page[pr.Link],
          ps.ProxyListArguments, 404),
    _change("close_link", "DELETE", _LINK, "Close both connections of a link", None,
            ps.LinkArguments),
    _change("send_on_link", "POST", _LINK + "/send",
            "Send bytes on a link as if the other side had", None,
            ps.LinkArguments, ps.LinkBytes),
    _read("list_held", _PROXY + "/held", "List the messages that a proxy holds",
          r.Page[pr.HeldMessage], ps.ProxyListArguments, 404),
    _read("wait_held", _PROXY + "/held/wait",
          "Wait until a proxy holds so many messages, or the time is out", pr.AwaitedHeld,
          ps.WaitHeldArguments, 404, waits=True),
    _change("release_held", "POST", _HELD + "/release",
            "Let a message go on, as it is or changed", pr.HeldMessage,
            ps.HeldArguments, ps.Release),
    _change("drop_held", "POST", _HELD + "/drop", "Let a message never go on", pr.HeldMessage,
            ps.HeldArguments),
    _read("list_races", "/races", "List the races, and what is armed of them", r.Page[dr.Race],
          ds.RulesArguments, 404, 409),
    _change("race", "POST", "/races/{race}", "Arm a race: have two things happen at once",
            dr.Race, ds.RaceArguments, ds.NewRace),
    _change("disarm_race", "DELETE", "/races/{race}", "Remove what is armed of a race",
            dr.Cleared, ds.RaceArguments),
    _read("list_snapshots", "/snapshots", "List the snapshots that were taken",
          r.Page[dr.Snapshot], s.PageArguments),
    _change("take_snapshot", "POST", "/snapshots/{snapshot}",
            "Keep the state as it is, or was after an entry of the journal", dr.Snapshot,
            ds.SnapshotArguments, ds.NewSnapshot, 201),
    _change("restore_snapshot", "POST", "/snapshots/{snapshot}/restore",
            "Be as a snapshot says: all are disconnected, and the journal begins anew",
            dr.Snapshot, ds.SnapshotArguments),
    _change("delete_snapshot", "DELETE", "/snapshots/{snapshot}", "Forget a snapshot", None,
            ds.SnapshotArguments),
    _read("list_recordings", "/recordings", "List recordings, whole and under way",
          r.Page[dr.Recorded], s.PageArguments),
    _change("start_recording", "POST", _RECORDING + "/start", "Record what is said from now on",
            dr.Recorded, ds.RecordingArguments, ds.NewRecording),
    _change("stop_recording", "POST", _RECORDING + "/stop", "End a recording, and keep it",
            dr.Recorded, ds.RecordingArguments),
    _read("get_recording", _RECORDING, "Save a recording: all that was said", dr.Recording,
          ds.RecordingArguments, 404, 409),
    _change("load_recording", "PUT", _RECORDING, "Have a recording that was saved", dr.Recorded,
            ds.RecordingArguments, ds.LoadedRecording),
    _change("delete_recording", "DELETE", _RECORDING, "Forget a recording", None,
            ds.RecordingArguments),
    _read("convert_recording", _RECORDING + "/as/{form}",
          "Tell a recording as a script or a pytest test that expects the same", str,
          ds.RecordingFormArguments, 404, 409, media="text/plain; charset=utf-8"),
    Operation("play_recording", "POST", _RECORDING + "/play",
              "Play what was sent, or what came, once more: as fast as it was, or not",
              dr.Played,
              ds.RecordingArguments, ds.Playing, 200, (404, 409), waits=True, role="admin"),
    _read("list_scripts", "/scripts", "List the scripts that can be run by name",
          r.Page[dr.Script], s.PageArguments),
    Operation("run_script", "POST", "/scripts/{script}/run",
              "Run a script, and tell what came of each step", dr.ScriptRun, ds.ScriptArguments,
              None, 200, (404, 422), waits=True, role="admin"),
    _read("list_behaviours", "/behaviours",
          "List the outcomes that an order can choose by its symbol, ClOrdID or fields",
          r.Page[dr.Behaviour], ds.RulesArguments, 404),
    _read("list_scenarios", "/scenarios", "List scenarios and the states that they are in",
          r.Page[dr.Scenario], ds.RulesArguments, 404),
    _change("reset_scenarios", "DELETE", "/scenarios", "Put all scenarios back where they start",
            None, ds.OneVenueArguments),
    _read("get_scenario", _SCENARIO, "Show the state of a scenario", dr.Scenario,
          ds.ScenarioArguments, 404, 409),
    _change("set_scenario", "PUT", _SCENARIO, "Put a scenario in a state", dr.Scenario,
            ds.ScenarioArguments, ds.ScenarioState),
    _change("reset_scenario", "DELETE", _SCENARIO, "Put a scenario back where it starts", None,
            ds.ScenarioArguments),

    _change("set_phase", "PUT", "/venues/{venue}/phase", "Begin a phase of the trading day",
            r.Venue, s.VenueArguments, s.NewPhase),
    _change("set_instrument_phase", "PUT", _INSTRUMENT + "/phase",
            "Halt, resume or auction one instrument: give it a phase of its own", r.Instrument,
            s.InstrumentArguments, s.InstrumentPhase),
    _change("corporate_action", "POST", _INSTRUMENT + "/corporate-action",
            "Put resting orders on the terms that a split or dividend makes of theirs",
            r.Restated, s.InstrumentArguments, s.CorporateAction),
    _change("publish_news", "POST", "/venues/{venue}/news",
            "Say something to sessions: News in FIX", r.NewsSent, s.VenueArguments, s.NewNews),
    _change("announce", "POST", "/venues/{venue}/itch",
            "Tell something on the ITCH feeds of a venue that no trading makes",
            r.FeedTold, s.VenueArguments, s.FeedMessage),
    _read("get_clock", "/venues/{venue}/clock", "Show the market clock of a venue", r.Clock,
          s.VenueArguments, 404),
    _change("set_clock", "PUT", "/venues/{venue}/clock",
            "Have the market clock of a venue go as real time, scaled, or by hand", r.Clock,
            s.VenueArguments, s.NewClock),
    _change("advance_clock", "POST", "/venues/{venue}/clock/advance",
            "Let market time pass: all that falls due is done, in order, before this answers",
            r.Clock, s.VenueArguments, s.Advance),
    _read("list_prices", "/prices", "List what instruments are worth", r.Page[r.InstrumentPrice],
          s.PricesArguments, 404, 409),
    _read("get_price", "/prices/{symbol}", "Tell what an instrument is worth",
          r.InstrumentPrice, s.PriceArguments, 404, 409),
    _trade("set_price", "PUT", "/prices/{symbol}", "Set what an instrument is worth",
            r.InstrumentPrice, s.PriceArguments, s.NewPrice),
    _trade("clear_price", "DELETE", "/prices/{symbol}", "Forget the price that was set", None,
            s.PriceArguments),
)
# fmt: on

BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}


@cache
def kinds(struct: type[Struct]) -> dict[str, inspect.Type]:
    """What kind of value each field of a Struct holds, its bounds and being optional apart."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    return {field.name: _plain(field.type) for field in info.fields}


def _plain(kind: inspect.Type) -> inspect.Type:
    if isinstance(kind, inspect.Metadata):
        return _plain(kind.type)
    if isinstance(kind, inspect.UnionType):
        return _plain(next(k for k in kind.types if not isinstance(k, inspect.NoneType)))
    return kind
