"""
What a book is made of: resting orders, the levels they queue in, and the two sides.

Both sides share one code: levels are ranked by a *key* that is the price for bids and minus the
price for asks, so the best level always has the greatest key and stands last.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Final

from exsim.engine.entry import BUY, Entry
from exsim.model.trades import BookEvent, Traded

#: The reach of a market order: no key is below it, since prices are signed 64-bit integers.
ANY_PRICE: Final = -(1 << 63)
#: The key of orders without a price, which wait for an auction: better than any price.
UNPRICED: Final = 1 << 64


class Order:
    """
    A resting order, linked to its neighbours in time within its level.

    :meth:`Level.append` makes it and sets every attribute: an ``__init__`` would cost a tenth of
    the whole book.
    """

    __slots__ = ("level", "newer", "older", "order_id", "qty")

    order_id: int
    qty: int  # open quantity
    level: Level
    older: Order | None
    newer: Order | None


class Special(Order):
    """
    A resting order that is more than a price and a quantity; ``entry`` tells what.

    ``shown`` is what is displayed of it now: nothing of a hidden or all-or-none order.
    """

    __slots__ = ("entry", "shown")

    entry: Entry
    shown: int

    @property
    def all_or_none(self) -> bool:
        """Whether it trades whole or not at all."""
        return self.entry.extra.all_or_none

    @property
    def quotes(self) -> bool:
        """Whether pegs may follow it: it is shown, and no peg itself."""
        return self.shown > 0 and not self.entry.extra.peg


def shown_of(order: Order) -> int:
    """How much of a resting order is displayed."""
    return order.shown if isinstance(order, Special) else order.qty


class Level:
    """
    The orders of one side at one price, oldest first, with their total quantity and number.

    ``special`` is how many of them are :class:`Special`.
    """

    __slots__ = ("count", "half", "newest", "oldest", "price", "qty", "special")

    def __init__(self, half: Half, price: int) -> None:
        self.half = half
        self.price = price
        self.qty = 0
        self.count = 0
        self.special = 0
        self.oldest: Order | None = None
        self.newest: Order | None = None

    def append(self, order_id: int, qty: int) -> Order:
        """Put a plain order behind all others."""
        newest = self.newest
        order = Order()
        order.order_id = order_id
        order.qty = qty
        order.level = self
        order.older = newest
        order.newer = None
        if newest is None:
            self.oldest = order
        else:
            newest.newer = order
        self.newest = order
        self.qty += qty
        self.count += 1
        return order

    def append_special(self, entry: Entry, qty: int, shown: int) -> Special:
        """Put an order that is more than that behind all others."""
        order = Special()
        order.order_id = entry.order_id
        order.qty = qty
        order.entry = entry
        order.shown = shown
        self.special += 1
        self._link(order)
        return order

    def _link(self, order: Order) -> None:
        """Put an order that is in no level behind all others."""
        newest = self.newest
        order.level = self
        order.older = newest
        order.newer = None
        if newest is None:
            self.oldest = order
        else:
            newest.newer = order
        self.newest = order
        self.qty += order.qty
        self.count += 1

    def unlink(self, order: Order) -> None:
        """Take an order out, wherever it stands; no reference cycle stays behind."""
        older = order.older
        newer = order.newer
        if older is None:
            self.oldest = newer
        else:
            older.newer = newer
        if newer is None:
            self.newest = older
        else:
            newer.older = older
        self.qty -= order.qty
        self.count -= 1

    def requeue(self, order: Order) -> None:
        """Put an order of this level behind all others."""
        self.unlink(order)
        self._link(order)

    def orders(self) -> list[Order]:
        """All of them, oldest first."""
        found = []
        order = self.oldest
        while order is not None:
            found.append(order)
            order = order.newer
        return found

    def shown(self) -> tuple[int, int]:
        """The quantity that is displayed, and of how many orders."""
        if not self.special:
            return self.qty, self.count
        parts = [shown for shown in map(shown_of, self.orders()) if shown]
        return sum(parts), len(parts)

    def shows(self) -> bool:
        """Whether anything is displayed here."""
        order = self.oldest if self.special == self.count else None
        while isinstance(order, Special) and not order.shown:
            order = order.newer
        return order is not None or self.special < self.count

    def quotes(self) -> bool:
        """Whether pegs may follow this price."""
        order = self.oldest if self.special == self.count else None
        while isinstance(order, Special) and not order.quotes:
            order = order.newer
        return order is not None or self.special < self.count

    def fill(self, taker_id: int, qty: int, orders: dict[int, Order], out: list[BookEvent]) -> int:
        """
        Trade up to ``qty``, oldest orders first; return what is left of ``qty``.

        All orders here must be plain.
        """
        maker = self.oldest
        while maker is not None and qty:
            traded = maker.qty if maker.qty < qty else qty
            out.append(Traded(maker.order_id, taker_id, self.price, traded))
            qty -= traded
            self.qty -= traded
            maker.qty -= traded
            if not maker.qty:
                del orders[maker.order_id]
                self.unlink(maker)
                maker = self.oldest
        return qty


class Half:
    """
    One side of a book: levels by key, and the keys in rising order, so the best is last.

    ``last`` is the price of the last trade of :meth:`take`, of no meaning before one.
    """

    __slots__ = ("keys", "last", "levels", "side", "sign")

    def __init__(self, side: int) -> None:
        self.side = side
        self.sign = 1 if side == BUY else -1  # key = sign * price
        self.last = 0
        self.keys: list[int] = []
        self.levels: dict[int, Level] = {}

    def open(self, key: int) -> Level:
        """Make the level of a key that has none."""
        level = self.levels[key] = Level(self, self.sign * key)
        insort(self.keys, key)
        return level

    def drop(self, level: Level) -> None:
        """Forget a level that is empty now."""
        key = self.sign * level.price
        del self.levels[key]
        del self.keys[bisect_left(self.keys, key)]

    def clear(self) -> None:
        """Forget every level."""
        self.keys.clear()
        self.levels.clear()

    def take(
        self, taker_id: int, reach: int, qty: int, orders: dict[int, Order], out: list[BookEvent]
    ) -> int:
        """
        Trade up to ``qty`` with the levels of key ``reach`` or better; return what is left.

        All orders there must be plain; otherwise see :mod:`exsim.engine.sweep`.
        """
        keys = self.keys
        while qty and keys and keys[-1] >= reach:
            level = self.levels[keys[-1]]
            qty = level.fill(taker_id, qty, orders, out)
            self.last = level.price
            if not level.count:
                del self.levels[keys.pop()]
        return qty

    def can_fill(self, reach: int, qty: int) -> bool:
        """Whether the levels of key ``reach`` or better, all plain, hold at least ``qty``."""
        for key in reversed(self.keys):
            if key < reach:
                return False
            qty -= self.levels[key].qty
            if qty <= 0:
                return True
        return False

    def best_shown(self) -> int | None:
        """The best price at which something is displayed, None where nothing is."""
        for key in reversed(self.keys):
            if key != UNPRICED and self.levels[key].shows():
                return self.sign * key
        return None

    def best_quote(self) -> int | None:
        """The best price that pegs may follow, None where there is none."""
        for key in reversed(self.keys):
            if key != UNPRICED and self.levels[key].quotes():
                return self.sign * key
        return None
