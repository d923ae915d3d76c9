"""
What operations take: arguments (of the path and the query) and JSON bodies, as msgspec Structs.

All is checked strictly; an unknown field is an error. Results are in
:mod:`exsim.control.results`. What trading, sessions, the test double and proxies take is in
``*_schemas`` beside this.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from exsim.control.fields import (
    Allocation,
    ClockMode,
    ClockScale,
    Code,
    Cursor,
    Depth,
    Headline,
    Hidden,
    ImpliedWord,
    Key,
    KillScope,
    Limit,
    Limits,
    Moment,
    Name,
    OnError,
    PhaseName,
    Policies,
    Price,
    Quantity,
    ReplaceKeeps,
    Seed,
    Setting,
    Share,
    ShortSale,
    Span,
    Text,
    Whole,
    Word,
)
from exsim.control.inputs import Input as Input

# Arguments: of the path and the query.


class NoArguments(Input, frozen=True):
    """Takes none."""


class VenueArguments(Input, frozen=True):
    """One venue."""

    venue: Key


class InstrumentArguments(Input, frozen=True):
    """One instrument of a venue."""

    venue: Key
    symbol: Key


class AccountArguments(Input, frozen=True):
    """One account of a venue."""

    venue: Key
    account: Key


class AccountsArguments(Input, frozen=True):
    """The accounts of a venue."""

    venue: Key
    after: Cursor | None = None
    limit: Limit = 100


class BookArguments(Input, frozen=True):
    """One book of a venue."""

    venue: Key
    symbol: Key
    depth: Depth = 10


class PageArguments(Input, frozen=True):
    """A part of a list: what comes after a cursor."""

    after: Cursor | None = None
    limit: Limit = 100


class InstrumentsArguments(Input, frozen=True):
    """The instruments of a venue."""

    venue: Key
    after: Cursor | None = None
    limit: Limit = 100


# Bodies.


class Reset(Input, frozen=True):
    """Of one venue, or of all where none is named. Sessions are disconnected, or kept."""

    venue: Key | None = None
    sessions: Literal["keep", "disconnect"] = "disconnect"


class NewInstrument(Input, frozen=True):
    """A tradable thing to be."""

    symbol: Name
    currency: Word = "USD"
    security_type: Word = "CS"
    security_id: Code = ""
    id_source: Code = ""
    tick: Quantity = "0.01"
    lot: Quantity = "1"
    min_qty: Quantity | None = None
    max_qty: Quantity | None = None
    reference: Price | None = None
    ticks: Setting = ""
    max_notional: Quantity | None = None
    multiplier: Quantity = "1"
    isin: Code = ""
    sedol: Code = ""
    cusip: Code = ""
    ric: Code = ""
    figi: Code = ""
    exchange_code: Code = ""
    underlying: Code = ""
    maturity: Code = ""
    strike: Price | None = None
    put_call: Literal["", "put", "call"] = ""
    coupon: Price | None = None
    settlement: Setting = ""
    settlement_currency: Code = ""
    legs: Setting = ""
    implied: ImpliedWord = "none"
    price_band: Setting = ""
    dynamic_band: Setting = ""
    collar: Setting = ""
    fat_finger: Setting = ""
    short_sale: ShortSale = ""
    allocation: Allocation = "fifo"
    fifo_share: Share = "40"
    lmm_share: Share = "0"
    lmm: Setting = ""
    replace_keeps: ReplaceKeeps = "smaller"
    hidden: Hidden = ""


class NewVenue(Input, frozen=True):
    """
    A venue to be. ``pricing`` names sections of the configuration, separated by commas;
    ``on_error``: see the ini.
    """

    name: Name
    policies: Policies = []
    pricing: Setting = ""
    seed: Seed | None = None
    on_error: OnError = "reject"
    instruments: Annotated[list[NewInstrument], Meta(max_length=1000)] = []
    limits: Limits = {}


class NewAccount(Input, frozen=True):
    """
    An account as it is to be, whether there was one of its name or not.

    ``positions`` are limits by symbol (``AAA:1000, BBB:50``), that go before ``max_position``;
    ``sessions`` may trade for it, all where there are none.
    """

    firm: Code = ""
    credit: Quantity | None = None
    max_position: Quantity | None = None
    positions: Setting = ""
    max_order_qty: Quantity | None = None
    max_notional: Quantity | None = None
    max_open_orders: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    short_sale: ShortSale = ""
    sessions: Annotated[list[Name], Meta(max_length=1000)] = []
    fee_tier: Code = ""


class NewKillSwitch(Input, frozen=True):
    """
    Whom to keep from trading, or with ``on`` false to let trade again: all of the venue, or the
    session, account or firm of this ``name``. Open orders stay, but with ``cancel_orders`` go.
    """

    scope: KillScope = "venue"
    name: Code = ""
    on: bool = True
    cancel_orders: bool = False
    reason: Text = ""


class NewPhase(Input, frozen=True):
    """The phase that begins. ``cancels``: whether orders may be canceled in it; null as ever."""

    phase: PhaseName
    cancels: bool | None = None


class InstrumentPhase(Input, frozen=True):
    """The phase of one instrument; without one it goes back to that of its venue."""

    phase: PhaseName | None = None
    cancels: bool | None = None


class NewClock(Input, frozen=True):
    """
    How a market's time goes from now on, and from which time (null: from what it is).

    ``scale`` is for ``scaled``. A real clock has the real time, whatever is given.
    """

    mode: ClockMode
    scale: ClockScale = "1"
    time: Moment | None = None


class Advance(Input, frozen=True):
    """By how much a market's time goes on, or up to when."""

    by: Span | None = None
    to: Moment | None = None

    one_of = ("by", "to")


class NewNews(Input, frozen=True):
    """
    What is said: a headline, lines below it, and the instruments that it is about.

    ``sessions`` are told it, logged on or not; none: all that are logged on and hear news.
    """

    headline: Headline
    lines: Annotated[list[Text], Meta(max_length=100)] = []
    urgency: Literal["normal", "flash", "background"] = "normal"
    symbols: Annotated[list[Key], Meta(max_length=1000)] = []
    sessions: Annotated[list[Key], Meta(max_length=1000)] = []


class FeedMessage(Input, frozen=True):
    """
    A message of ITCH by its ``type``, or its name, and ``fields`` by their names: such as
    V, MWCB decline levels, or K, an IPO quoting period. The locate of its stock is filled in,
    and so is the time; fields that are left out are blank or 0.
    """

    type: Key
    fields: dict[Key, Text] = {}


class CorporateAction(Input, frozen=True):
    """
    What becomes of resting orders: a ``split`` of ``old`` shares into ``new`` ones, or the
    ``cash`` that a ``dividend`` pays on a share.
    """

    kind: Literal["split", "dividend"]
    new: Whole = 1
    old: Whole = 1
    cash: Quantity | None = None
