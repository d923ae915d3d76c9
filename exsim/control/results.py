"""
What operations answer, as msgspec Structs: more fields may come later.

What they take is in :mod:`exsim.control.schemas`. What trading, sessions, the test double and
proxies answer is in ``*_results`` beside this.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from exsim.control.fields import (
    Allocation,
    Amount,
    ClockMode,
    Cursor,
    Hidden,
    ImpliedWord,
    KillScope,
    OnError,
    PhaseName,
    ReplaceKeeps,
    RoleName,
    ShortSale,
    Time,
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
    """
    Of the simulator, of this interface and of Python; and which build of the simulator it is.

    ``run`` is another one each time that it is started; ``lasts`` says whether the next run goes on
    where this one ends, so that cursors are good for it, too.
    """

    version: str
    api: str
    python: str
    build: Literal["compiled", "pure"]
    run: str = ""
    lasts: bool = False


class Granted(Output, frozen=True):
    """What whoever asks may do: ``guarded`` says whether that takes a token at all."""

    guarded: bool
    role: RoleName


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


class Beginning(Output, frozen=True):
    """When a phase of the trading day begins, on market time."""

    time: Time
    phase: PhaseName


class Clock(Output, frozen=True):
    """
    The market clock of a venue; ``scale`` is how many times as fast as real time it goes.

    ``next_due`` is the market time at which something next falls due, such as a phase, an expiry
    or a step of a rule; null where nothing will. ``schedule`` are the phases of the day by the
    timetable, once it is over those of the next trading day too; empty where there is none.
    """

    venue: str
    mode: ClockMode
    time: Time
    scale: Amount = "1"
    next_due: Time | None = None
    schedule: list[Beginning] = []


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


class Problem(Output, frozen=True):
    """An error, as RFC 9457 has it; ``field`` is the path of the value that is wrong."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    instance: str = ""
    field: str | None = None
