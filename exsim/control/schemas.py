"""
What operations take: arguments (of the path and the query) and JSON bodies, as msgspec Structs.

All is checked strictly; an unknown field is an error. Results are in
:mod:`exsim.control.results`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from exsim.control.fields import (
    Allocation,
    ClockMode,
    ClockScale,
    Code,
    Connect,
    ContingencyName,
    Count,
    Cursor,
    Depth,
    Direction,
    Fields,
    FilterText,
    Headline,
    Hidden,
    ImpliedWord,
    Key,
    KillScope,
    Limit,
    Limits,
    Listen,
    Moment,
    Name,
    NewOrderType,
    NewSide,
    NewTimeInForce,
    OnError,
    Options,
    PhaseName,
    Policies,
    Price,
    Quantity,
    Raw,
    Reason,
    ReplaceKeeps,
    Role,
    Seed,
    SequenceNumber,
    Setting,
    Share,
    ShortSale,
    Span,
    StatusFilter,
    TagFilter,
    Text,
    Timeout,
    Whole,
    Word,
)
from exsim.control.inputs import Input as Input
from exsim.control.inputs import Telling
from exsim.model.options import duration

# Arguments: of the path and the query.


class NoArguments(Input, frozen=True):
    """Takes none."""


class VenueArguments(Input, frozen=True):
    """One venue."""

    venue: Key


class EndpointArguments(Input, frozen=True):
    """One endpoint."""

    endpoint: Key


class SessionArguments(Input, frozen=True):
    """One session."""

    session: Key


class HoldArguments(Input, frozen=True):
    """One hold."""

    hold: Key


class OrderArguments(Input, frozen=True):
    """One order of a venue."""

    venue: Key
    order_id: Key


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


class QuotesArguments(Input, frozen=True):
    """The quotes of a venue, perhaps of one session or for one instrument."""

    venue: Key
    session: Key | None = None
    symbol: Key | None = None
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


class OrdersArguments(Input, frozen=True):
    """Orders of a venue, in the order they came; of one session, instrument, status, ClOrdID."""

    venue: Key
    session: Key | None = None
    symbol: Key | None = None
    status: StatusFilter = "open"
    cl_ord_id: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class ListsArguments(Input, frozen=True):
    """Lists of orders of a venue, in the order they came, perhaps of one session."""

    venue: Key
    session: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class ListArguments(Input, frozen=True):
    """A list of orders of a session; of nobody where none is given."""

    venue: Key
    list_id: Key
    session: Key | None = None


class TradesArguments(Input, frozen=True):
    """Trades of a venue, in the order they were made."""

    venue: Key
    symbol: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class MessageFilter(Input, frozen=True):
    """
    Messages of a venue or session, of a type (`D`), with certain fields, in or out, from a time to
    another; or any that fit a filter (`type=D qty>=500`).
    """

    venue: Key | None = None
    session: Key | None = None
    type: Key | None = None
    tag: Annotated[list[TagFilter], Meta(max_length=32)] = []
    direction: Direction | None = None
    since: Moment | None = None
    until: Moment | None = None
    filter: FilterText | None = None
    after: Cursor | None = None


class MessagesArguments(MessageFilter, frozen=True):
    """Which messages, and how many."""

    limit: Limit = 100


class SessionMessagesArguments(Input, frozen=True):
    """Messages of one session."""

    session: Key
    type: Key | None = None
    tag: Annotated[list[TagFilter], Meta(max_length=32)] = []
    direction: Direction | None = None
    since: Moment | None = None
    until: Moment | None = None
    filter: FilterText | None = None
    after: Cursor | None = None
    limit: Limit = 100


class WaitMessagesArguments(MessageFilter, frozen=True):
    """Which messages to wait for, how many, and how long."""

    timeout: Timeout = "10s"
    count: Count = 1


class HoldsArguments(Input, frozen=True):
    """Holds of a venue or session."""

    venue: Key | None = None
    session: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class WaitHoldsArguments(Input, frozen=True):
    """Which holds to wait for, how many, and how long."""

    venue: Key | None = None
    session: Key | None = None
    timeout: Timeout = "10s"
    count: Count = 1


class PricesArguments(Input, frozen=True):
    """Prices of a venue; it may be left out when there is just one."""

    venue: Key | None = None
    after: Cursor | None = None
    limit: Limit = 100


class PriceArguments(Input, frozen=True):
    """The price of one instrument; the venue may be left out when there is just one."""

    symbol: Key
    venue: Key | None = None


def wait_time(timeout: str) -> int:
    """How long a ``timeout`` of the above is, in nanoseconds."""
    return duration(timeout)


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
    """A venue to be. ``pricing`` is a section of the configuration; ``on_error``: see the ini."""

    name: Name
    policies: Policies = []
    pricing: Code = ""
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


class PullQuotes(Input, frozen=True):
    """Which quotes to take off the books: of a session, for an instrument, or all of both."""

    session: Key | None = None
    symbol: Key | None = None
    text: Text = ""


class ResetProtection(Input, frozen=True):
    """Whose quotes to let in again, in one underlying, or in all where that is empty."""

    session: Key
    underlying: Code = ""


class NewOrder(Input, frozen=True):
    """
    An order to enter: for a session, which then hears of it, or for nobody.

    ``cl_ord_id`` is made up where none is given. A LIMIT order needs a price, an order that
    is triggered a stop price or a trail, a GTD order the time at which it is to expire, and
    a PEGGED order what it is pegged to. ``trail_percent`` is in percent, up to 100. Orders of a
    session with the same ``link`` depend on each other as ``contingency`` of the first says.
    """

    symbol: Key
    side: NewSide
    quantity: Quantity
    type: NewOrderType = "LIMIT"
    price: Price | None = None
    time_in_force: NewTimeInForce = "DAY"
    session: Key | None = None
    cl_ord_id: Word | None = None
    account: Code = ""
    text: Text = ""
    stop_price: Price | None = None
    trigger: Literal["LAST", "BID", "ASK"] = "LAST"
    trail: Quantity | None = None
    trail_percent: Quantity | None = None
    peg: Literal["PRIMARY", "MARKET", "MID"] | None = None
    peg_offset: Price | None = None
    discretion: Quantity | None = None
    display: Quantity | None = None
    display_high: Quantity | None = None
    hidden: bool = False
    min_quantity: Quantity | None = None
    all_or_none: bool = False
    post_only: Literal["NO", "REJECT", "REPRICE"] = "NO"
    expire: Moment | None = None
    link: Annotated[str, Meta(max_length=64)] = ""
    contingency: ContingencyName = "NONE"


class NewList(Input, frozen=True):
    """
    Orders to enter at once, for a session or for nobody; they may depend on each other.

    OCO: one cancels the others. OUO: one reduces the others, by what it trades or by the same
    part of theirs. OTO: the first triggers the others; in a BRACKET one of these cancels the
    others. What ``session`` and ``link`` its orders name themselves does not count.
    """

    orders: Annotated[list[NewOrder], Meta(min_length=1, max_length=1000)]
    contingency: ContingencyName = "NONE"
    list_id: Word | None = None
    session: Key | None = None


class Replacement(Input, frozen=True):
    """New terms of an order; what is left out stays."""

    quantity: Quantity | None = None
    price: Price | None = None


class OrderFill(Telling, frozen=True):
    """
    How much to fill (else all that is left) at what price (else the order's or the source's).

    With ``late`` one that was canceled or has expired is filled, too: it traded before that.
    """

    quantity: Quantity | None = None
    price: Price | None = None
    late: bool = False


class Guarantee(Telling, frozen=True):
    """The price that an order is guaranteed, and for how much (else all that is left)."""

    quantity: Quantity | None = None
    price: Price | None = None


class Bust(Telling, frozen=True):
    """The ExecID of a fill that never was (``last`` for the newest), and why."""

    exec_id: Key = "last"
    text: Text = ""


class Correction(Telling, frozen=True):
    """What a fill was instead, and why; what is left out stays."""

    exec_id: Key = "last"
    quantity: Quantity | None = None
    price: Price | None = None
    text: Text = ""


class NewEndpoint(Input, frozen=True):
    """A listening address to be; ``listen`` is a Twisted endpoint description (`tcp:0`)."""

    name: Name
    venue: Key
    protocol: Key
    listen: Listen = "tcp:0:interface=127.0.0.1"
    role: Role | None = None
    options: Options = {}


class NewSession(Input, frozen=True):
    """
    A configured counterparty to be.

    ``connect`` is where we connect to it; empty: it connects to us. The time between
    attempts is doubled with each that fails, from ``reconnect_min`` to ``reconnect_max``.
    """

    name: Name
    endpoint: Key
    policies: Policies = []
    connect: Connect = ""
    reconnect_min: Span = "1s"
    reconnect_max: Span = "60s"
    options: Options = {}


class Logout(Input, frozen=True):
    """Why, for the counterparty."""

    text: Text = ""


class SequenceNumbers(Input, frozen=True):
    """What to expect next, and what to send next; what is left out stays."""

    next_in: SequenceNumber | None = None
    next_out: SequenceNumber | None = None

    some_of = ("next_in", "next_out")


class TestRequest(Input, frozen=True):
    """What the answer has to bring back, so that it can be told from others."""

    id: Word = "TEST"


class Refusal(Input, frozen=True):
    """Why, for the counterparty."""

    text: Text = "no logons now"


class NewMessage(Input, frozen=True):
    """
    A message to send, as either ``fields`` or ``raw``.

    ``fields``, the type (35) among them, are sent under the session's own header, with its
    next number. ``raw`` are bytes, sent as they are, valid or not: they take up no number.
    """

    fields: Fields | None = None
    raw: Raw | None = None

    one_of = ("fields", "raw")


class HoldFill(Telling, frozen=True):
    """How much to fill (else all that is open) at what price (else the order's or the source's)."""

    quantity: Quantity | None = None
    price: Price | None = None


class HoldReject(Telling, frozen=True):
    """Why."""

    reason: Reason = "OTHER"
    text: Text = ""


class HoldReply(Input, frozen=True):
    """Fields to send, in order, the message's type among them."""

    fields: Fields


class NewPrice(Input, frozen=True):
    """What an instrument is worth now."""

    price: Price


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
