"""
An entry of a recorded book, and the orders that it has here.

See :mod:`exsim.bots.replay_book`.
"""

from __future__ import annotations

from typing import Any

from exsim.interfaces import IBotDesk
from exsim.model.rows import QUOTE, Row


class Held:
    """
    An entry of the recorded book: ``qty`` is what it had then, ``orders`` are the ClOrdIDs here.

    ``since`` is when ``taken`` came to be ``base``; ``late``: nothing could be entered yet.
    """

    __slots__ = (
        "base",
        "key",
        "late",
        "orders",
        "price",
        "qty",
        "side",
        "since",
        "symbol",
        "taken",
    )

    def __init__(self, key: str, symbol: str, side: int, price: int, qty: int) -> None:
        self.key = key
        self.symbol = symbol
        self.side = side
        self.price = price
        self.qty = qty
        self.orders: list[str] = []
        self.taken = 0
        self.base = 0
        self.since = 0
        self.late = False

    def state(self) -> list[Any]:
        """All of it."""
        return [
            [self.key, self.symbol, self.side, self.price, self.qty],
            [list(self.orders), self.taken, self.base, self.since, self.late],
        ]


def held_of(state: list[Any]) -> Held:
    """The entry that told this state."""
    held = Held(*state[0])
    held.orders, held.taken, held.base, held.since, held.late = state[1]
    return held


def key_of(row: Row) -> str:
    """What an entry is known by: its own name, or its symbol, side and price."""
    if row.ref:
        return f"{row.symbol} {row.ref}"
    if row.kind == QUOTE:
        return f"{row.symbol} {row.side} quote"
    return f"{row.symbol} {row.side} {row.price}"


def leaves_of(desk: IBotDesk, held: Held) -> int:
    """What an entry has here."""
    found = 0
    for name in held.orders:
        order = desk.order(name)
        if order is not None:
            found += order.leaves
    return found
