"""What was seen of the market of one instrument: prices, books, trades and orders over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exsim.facts.ring import rows_of

BUY: Final = 1
SELL: Final = 2
"""Sides of whoever took, as FIX has them."""
LIMIT: Final = 0
TAKING: Final = 1
REPLACED: Final = 2
CANCELED: Final = 3
"""What happened to an order: a limit order was entered, another one, one was replaced, canceled."""
DEPTH: Final = 5
"""Price levels a side whose quantity is counted."""
SECOND: Final = 1_000_000_000
MINUTE: Final = 60 * SECOND
NOTHING: Final = -(2**63)
"""What stands for the price of a side that is empty."""


@dataclass(frozen=True, slots=True)
class Observed:
    """
    One instrument from ``begin`` to ``end``, both market time.

    Prices and quantities are units of 10^-8, times nanoseconds since 1970 UTC. ``source`` is what
    prices it, empty where nothing does; ``tick`` that of the last price. ``every`` is the time
    between two looks at the book, 0 where nobody looked.

    ``prices`` are changes of what it is worth: time, price. ``books`` are looks: time, best bid,
    quantity of the best :data:`DEPTH` bids, best offer, quantity of as many offers; a price is
    :data:`NOTHING` where the side is empty. ``trades``: time, price, quantity, side that took.
    ``orders``: time, quantity, what happened.
    """

    venue: str
    symbol: str
    source: str
    tick: int
    begin: int
    end: int
    every: int
    prices: list[tuple[int, int]]
    books: list[tuple[int, int, int, int, int]]
    trades: list[tuple[int, int, int, int]]
    orders: list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Packed:
    """
    The same with rows as bytes, which takes no time to make: one number of 64 bits after the other.
    In ``prices`` the number of the journal's entry stands before each change.
    """

    venue: str
    symbol: str
    source: str
    tick: int
    end: int
    every: int
    prices: bytes
    books: bytes
    trades: bytes
    orders: bytes


def unpacked(packed: Packed) -> Observed:
    """It begins with the first row of any kind."""
    prices = [(time, price) for _, time, price in rows_of(packed.prices, 3)]
    books, trades = rows_of(packed.books, 5), rows_of(packed.trades, 4)
    orders = rows_of(packed.orders, 3)
    begin = min([rows[0][0] for rows in (prices, books, trades, orders) if rows] or [packed.end])
    return Observed(
        packed.venue,
        packed.symbol,
        packed.source,
        packed.tick,
        begin,
        packed.end,
        packed.every,
        prices,
        books,
        trades,
        orders,
    )


def middles(seen: Observed) -> list[tuple[int, float]]:
    """
    The middle of best bid and best offer over time, where both were there.

    Where never both were, what it was worth.
    """
    found = [
        (time, (bid + ask) / 2)
        for time, bid, _, ask, _ in seen.books
        if bid != NOTHING and ask != NOTHING
    ]
    return found or [(time, float(price)) for time, price in seen.prices]


def in_steps(points: list[tuple[int, float]], end: int, step: int) -> list[float]:
    """The values at the first point's time, and one ``step`` after the other, up to ``end``."""
    values: list[float] = []
    if not points:
        return values
    at, last = 0, len(points) - 1
    for time in range(points[0][0], end + 1, step):
        while at < last and points[at + 1][0] <= time:
            at += 1
        values.append(points[at][1])
    return values
