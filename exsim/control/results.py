"""
What operations answer, as msgspec Structs: more fields may come later.

What they take is in :mod:`exsim.control.schemas`.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from exsim.control.fields import (
    Allocation,
    Amount,
    ClockMode,
    ContingencyName,
    Cursor,
    Direction,
    Hidden,
    HoldKind,
    ImpliedWord,
    KillScope,
    OnError,
    OrderType,
    PhaseName,
    Reason,
    ReplaceKeeps,
    ShortSale,
    Side,
    Status,
    Time,
    TimeInForce,
    Total,
)

T = TypeVar("T")


class Output(Struct, frozen=True):
    """Base of what is answered."""


class Page(Output, Generic[T], frozen=True):
    """Part of a list. ``next`` is the cursor of the part after it, null where this is the last."""

    items: list[T]
    next: Cursor | None = None


class Health(Output, frozen=True):
    """``ok``; anything else is answered as a problem."""

    status: Literal["ok"] = "ok"


class Version(Output, frozen=True):
    """Of the simulator, of this interface and of Python; and which build of the simulator it is."""

    version: str
    api: str
    python: str
    build: Literal["compiled", "pure"]


class Diagnosis(Output, frozen=True):
    """
    What a report of a defect should have: versions, where it runs, its configuration, the newest
    lines of its log, and the newest messages. ``settings`` are those that it was started with;
    every secret is ``***``.
    """

    versions: dict[str, str]
    platform: dict[str, str]
    settings: dict[str, Any]
    log: list[str]
    messages: list[str]


class ResetResult(Output, frozen=True):
    """The venues that were reset, and the epoch of the journal from now on."""

    epoch: int
    venues: list[str]


class Venue(Output, frozen=True):
    """A venue; ``instruments`` are symbols. ``phase`` is that of those with none of their own."""

    name: str
    policies: list[str]
    pricing: str
    seed: int
    on_error: OnError
    instruments: list[str]
    phase: PhaseName = "continuous"


class Auction(Output, frozen=True):
    """
    What an auction would end in now: its price, null where nothing would trade; how much would;
    and what would be left at that price, on the ``side`` that it is on, null where nothing would.
    """

    price: Amount | None
    volume: Amount
    imbalance: Amount
    side: Literal["BUY", "SELL"] | None


class PriceBounds(Output, frozen=True):
    """From which price to which a rule of a venue or an instrument lets orders through now."""

    rule: Literal["price_band", "dynamic_band", "fat_finger", "collar"]
    low: Amount
    high: Amount


class Instrument(Output, frozen=True):
    """
    A tradable thing. ``own_phase``: its phase is its own rather than its venue's.

    ``state`` is the phase in one of four words, ``last`` the price of the last trade. ``auction``
    is there while orders are collected, as in its book; ``bounds`` are those that hold now.
    """

    venue: str
    symbol: str
    currency: str
    security_type: str
    security_id: str
    id_source: str
    tick: Amount
    lot: Amount
    min_qty: Amount | None
    max_qty: Amount | None
    reference: Amount | None
    phase: PhaseName = "continuous"
    own_phase: bool = False
    ticks: str = ""
    max_notional: Amount | None = None
    multiplier: Amount = "1"
    isin: str = ""
    sedol: str = ""
    cusip: str = ""
    ric: str = ""
    figi: str = ""
    exchange_code: str = ""
    underlying: str = ""
    maturity: str = ""
    strike: Amount | None = None
    put_call: str = ""
    coupon: Amount | None = None
    settlement: str = ""
    settlement_currency: str = ""
    legs: str = ""
    implied: ImpliedWord = "none"
    price_band: str = ""
    dynamic_band: str = ""
    collar: str = ""
    fat_finger: str = ""
    short_sale: ShortSale = ""
    allocation: Allocation = "fifo"
    fifo_share: str = "40"
    lmm_share: str = "0"
    lmm: str = ""
    replace_keeps: ReplaceKeeps = "smaller"
    hidden: Hidden = ""
    state: Literal["open", "halted", "auction", "closed"] = "open"
    last: Amount | None = None
    auction: Auction | None = None
    bounds: list[PriceBounds] = []


class Position(Output, frozen=True):
    """What an account has of an instrument, below 0 if short, and has open to buy and to sell."""

    symbol: str
    quantity: Amount
    buying: Amount
    selling: Amount


class Account(Output, frozen=True):
    """
    An account: its limits, and what it has. ``known`` is false for one that only traded.

    ``credit_used`` is what positions and open orders may be worth together at most; the volumes are
    quantities traded in the day and the month (UTC); ``fees`` is what fills cost so far, below 0
    if rebates were more.
    """

    venue: str
    account: str
    known: bool
    firm: str
    credit: Amount | None
    max_position: Amount | None
    max_positions: dict[str, Amount]
    max_order_qty: Amount | None
    max_notional: Amount | None
    max_open_orders: int
    short_sale: ShortSale
    sessions: list[str]
    fee_tier: str
    open_orders: int
    credit_used: Total
    positions: list[Position]
    day_volume: Total
    month_volume: Total
    fees: Total


class KillSwitch(Output, frozen=True):
    """Who is kept from trading, and why; the name of a venue's own switch is empty."""

    scope: KillScope
    name: str
    reason: str


class KillSwitches(Output, frozen=True):
    """The switches that are on; ``canceled`` counts the orders that went with the last change."""

    venue: str
    switches: list[KillSwitch]
    canceled: int = 0


class Level(Output, frozen=True):
    """All that rests at one price: open quantity, and how many orders."""

    price: Amount
    quantity: Amount
    orders: int


class ImpliedLevel(Output, frozen=True):
    """
    A price that comes of other books: those of the legs of a multileg instrument, or that of such
    an instrument and its other legs. ``by`` is the multileg instrument.
    """

    price: Amount
    quantity: Amount
    by: str


class Book(Output, frozen=True):
    """
    The resting orders of an instrument, the best price of each side first.

    ``auction`` is there while orders are collected, and null while they match. The implied prices
    are the best of their side, null where there are none; they are not among ``bids`` and ``asks``,
    and trade after these at the same price.
    """

    venue: str
    symbol: str
    bids: list[Level]
    asks: list[Level]
    phase: PhaseName = "continuous"
    auction: Auction | None = None
    implied_bid: ImpliedLevel | None = None
    implied_ask: ImpliedLevel | None = None


class Order(Output, frozen=True):
    """An order as it stands. ``session`` is empty when it was entered for nobody."""

    order_id: str
    venue: str
    session: str
    cl_ord_id: str
    symbol: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    quantity: Amount
    price: Amount | None
    status: Status
    cum_quantity: Amount
    leaves_quantity: Amount
    average_price: Amount
    account: str
    text: str


class Fill(Output, frozen=True):
    """A fill of an order, by the ExecID that its report has."""

    exec_id: str
    quantity: str
    price: str


class Met(Output, frozen=True):
    """
    One thing that an order met: it came, traded, something happened to it, it rests or has ended.

    A trade has a ``counterpart``, the order on its other side, where that is one.
    """

    time: str | None
    what: Literal["came", "traded", "happened", "is"]
    text: str
    quantity: str | None = None
    price: str | None = None
    trade_id: str | None = None
    counterpart: str | None = None


class Why(Output, frozen=True):
    """
    How it came that an order is where it is: ``steps`` in words, first to last, and ``story`` the
    same in parts; ``ahead`` is the quantity that trades before it, where it rests in a book.
    ``policies`` are asked of what its session sends, in this order.
    """

    order_id: str
    status: str
    ahead: str | None
    steps: list[str]
    policies: list[str] = []
    story: list[Met] = []


class Outcome(Output, frozen=True):
    """
    What became of a request to enter, cancel or replace an order.

    ``pending``: a policy holds, delays or drops it, so that there is no answer yet, and
    perhaps never one; ``hold`` is the hold that waits for a decision, if one does. ``rejected``
    says why. ``order`` is the order as it is now, where there is one.
    """

    outcome: Literal["accepted", "rejected", "pending"]
    cl_ord_id: str
    order: Order | None = None
    hold: str | None = None
    reason: Reason | None = None
    text: str = ""


class OrderList(Output, frozen=True):
    """
    Orders that were entered together or are linked, and how they depend on each other; ``waiting``
    are the ids of those that wait for the first one.
    """

    venue: str
    session: str
    list_id: str
    contingency: ContingencyName
    waiting: list[str]
    orders: list[Order]


class ListOutcome(Output, frozen=True):
    """What became of a list of orders, as :class:`Outcome` has it of one order."""

    outcome: Literal["accepted", "rejected", "pending"]
    list_id: str
    order_list: OrderList | None = None
    hold: str | None = None
    reason: Reason | None = None
    text: str = ""


class Trade(Output, frozen=True):
    """
    A trade. A fill by a policy or a person has no maker: that order id is empty. A trade at an
    implied price has one side in each of the books, a maker or a taker.
    """

    trade_id: str
    time: Time
    venue: str
    symbol: str
    price: Amount
    quantity: Amount
    maker_order_id: str
    taker_order_id: str
    taker_side: Side


class Quote(Output, frozen=True):
    """
    A quote in the book, with what is left of it, or one that is only shown (``indicative``); a side
    that is not there has no price.
    """

    venue: str
    session: str
    quote_id: str
    set_id: str
    entry_id: str
    symbol: str
    account: str
    bid: Amount | None
    offer: Amount | None
    bid_size: Amount
    offer_size: Amount
    bid_order_id: str | None
    offer_order_id: str | None
    indicative: bool


class Pulled(Output, frozen=True):
    """How many quotes were pulled."""

    quotes: int


class Protection(Output, frozen=True):
    """Whose quotes are not let in, and why; an empty underlying stands for all."""

    session: str
    underlying: str
    reason: str


class Protections(Output, frozen=True):
    """Where market maker protection keeps quotes out."""

    venue: str
    tripped: list[Protection]


class Endpoint(Output, frozen=True):
    """Where a venue listens: ``host`` and ``port`` are the real ones (no port: a unix socket)."""

    name: str
    venue: str
    protocol: str
    role: str
    listen: str
    host: str
    port: int | None
    connections: int


class Session(Output, frozen=True):
    """
    A counterparty. ``next_in`` and ``next_out``: sequence numbers expected and sent next.

    ``identity`` is the protocol's own, such as CompIDs; ``peer`` is empty when offline.
    ``connect`` is where we connect to it, empty where it connects to us; ``refusal`` says why no
    logon is accepted, null where any may be.
    """

    name: str
    endpoint: str
    venue: str
    policies: list[str]
    state: Literal["offline", "logon", "active", "logout"]
    next_in: int
    next_out: int
    peer: str
    identity: dict[str, str]
    connect: str
    refusal: str | None


class Field(Output, frozen=True):
    """
    A field of a message; ``name`` is empty where the protocol knows none.

    ``meaning`` is the name of the code that is the value, such as BUY for 1; empty for others.
    """

    tag: str
    name: str
    value: str
    meaning: str


class Caused(Output, frozen=True):
    """
    What came of a message received: messages ``sent``, by ``seq``, and ``rules``, ``faults`` and
    ``orders`` that had a part in it. Of a message sent, what had a part in that.
    """

    sent: list[int]
    rules: list[str]
    faults: list[str]
    orders: list[str]


class Message(Output, frozen=True):
    """
    A message sent or received: ``raw`` is it (base64), ``text`` the same with | for SOH.

    ``cause`` is the ``seq`` of what it was sent for: a message, an operation over REST, a timer;
    null for one received. Of what memory no longer holds neither that nor ``caused`` is told.
    """

    seq: int
    time: Time
    venue: str
    session: str
    direction: Direction
    type: str
    name: str
    text: str
    raw: bytes
    fields: list[Field]
    cause: int | None = None
    caused: Caused | None = None


class Messages(Output, frozen=True):
    """
    Messages, oldest first. ``next`` is null when there are no more now.

    ``position`` is always there: what was looked at ends at it, so that ``after=position``
    gives what comes from now on.
    """

    items: list[Message]
    next: Cursor | None
    position: Cursor


class Sent(Output, frozen=True):
    """
    What was sent, as the journal has it.

    ``sent`` is false, and ``message`` null, where nobody is logged on: the message has its number,
    and the counterparty gets it when it asks for what it missed.
    """

    sent: bool
    message: Message | None = None


class AwaitedMessages(Messages, frozen=True):
    """``complete`` is false when the time ran out before enough had come."""

    complete: bool


class Hold(Output, frozen=True):
    """
    A request that waits for a decision, as its message says it (``type``, ``fields``).

    ``policy`` names who held it. What the request does not have is empty or null.
    """

    hold: str
    time: Time
    venue: str
    session: str
    policy: str
    kind: HoldKind
    type: str
    cl_ord_id: str
    orig_cl_ord_id: str
    symbol: str
    side: Side | None
    quantity: Amount | None
    price: Amount | None
    order_id: str | None
    fields: list[Field]


class AwaitedHolds(Output, frozen=True):
    """Holds, oldest first. ``complete`` is false when the time ran out before enough had come."""

    items: list[Hold]
    complete: bool


class Decided(Output, frozen=True):
    """What a decision did. ``held``: the request still waits for more (a fill after an ack)."""

    hold: str
    held: bool
    order: Order | None = None


class Clock(Output, frozen=True):
    """The market clock of a venue; ``scale`` is how many times as fast as real time it goes."""

    venue: str
    mode: ClockMode
    time: Time
    scale: Amount = "1"


class Restated(Output, frozen=True):
    """How many orders stand on other terms now, and how many ended since nothing was left."""

    restated: int
    canceled: int


class NewsSent(Output, frozen=True):
    """The sessions that were told."""

    sessions: list[str]


class FeedTold(Output, frozen=True):
    """The endpoints that it was told on."""

    endpoints: list[str]


class InstrumentPrice(Output, frozen=True):
    """What the venue's pricing source says; null when it has no price."""

    venue: str
    symbol: str
    price: Amount | None


class Problem(Output, frozen=True):
    """An error, as RFC 9457 has it; ``field`` is the path of the value that is wrong."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    instance: str = ""
    field: str | None = None
