"""
What operations about one instrument at several venues answer, as msgspec Structs.

What all of that has in common is said in :mod:`exsim.control.results`.
"""

from __future__ import annotations

from typing import Literal

from exsim.control.fields import Amount, PhaseName, Time, Total
from exsim.control.results import Output


class FeeRate(Output, frozen=True):
    """What a fill costs, or earns where that is below 0, for each of ``per``."""

    amount: Amount
    per: Literal["share", "bp", "order"]

    def __str__(self) -> str:
        return f"{self.amount}{'' if self.per == 'bp' else '/'}{self.per}"


class VenueFees(Output, frozen=True):
    """The tier of fees at a venue: of the account that was asked for, or of one without trades."""

    tier: str
    maker: FeeRate
    taker: FeeRate

    def __str__(self) -> str:
        return f"{self.maker} {self.taker}"


class VenueQuote(Output, frozen=True):
    """
    The best price of one side at one venue. ``updated`` is when, by the market's clock there, an
    order at it was last entered, changed or filled; ``net`` what one unit comes to with the taker's
    fee, null where that is by the order.
    """

    price: Amount
    quantity: Total
    orders: int
    updated: Time | None
    net: Amount | None

    def __str__(self) -> str:
        return f"{self.quantity} at {self.price}"


class ConsolidatedVenue(Output, frozen=True):
    """
    A venue that lists the instrument, under a ``symbol`` of its own. Where ``state`` is not open
    nobody can trade, and its orders are among no levels. ``stale``: what prices it there stands
    still, since it was stopped, fails, is told nothing, or is to; ``relation`` is that of a source
    that follows another venue. ``fees`` are null where it has none.
    """

    venue: str
    symbol: str
    state: Literal["open", "halted", "auction", "closed"]
    phase: PhaseName
    stale: bool
    relation: str
    bid: VenueQuote | None
    ask: VenueQuote | None
    fees: VenueFees | None


class LevelShare(Output, frozen=True):
    """What one venue has at a price."""

    venue: str
    symbol: str
    quantity: Total
    orders: int

    def __str__(self) -> str:
        return f"{self.venue} {self.quantity}"


class ConsolidatedLevel(Output, frozen=True):
    """All that rests at one price, and at which venues."""

    price: Amount
    quantity: Total
    orders: int
    venues: list[LevelShare]


class Consolidated(Output, frozen=True):
    """
    One instrument at all venues, the best price of each side first. ``locked``: the best bid of all
    open venues is their best offer; ``crossed``: it is above it.
    """

    symbol: str
    currency: str
    identifiers: list[str]
    best_bid: ConsolidatedLevel | None
    best_ask: ConsolidatedLevel | None
    locked: bool
    crossed: bool
    bids: list[ConsolidatedLevel]
    asks: list[ConsolidatedLevel]
    venues: list[ConsolidatedVenue]


class ListedAt(Output, frozen=True):
    """Where an instrument is listed, and what it is called there."""

    venue: str
    symbol: str

    def __str__(self) -> str:
        return f"{self.venue} {self.symbol}"


class ConsolidatedInstrument(Output, frozen=True):
    """An instrument at all venues that list it, and the best prices of those that are open."""

    symbol: str
    currency: str
    identifiers: list[str]
    venues: list[ListedAt]
    best_bid: Amount | None
    best_ask: Amount | None
    locked: bool
    crossed: bool
