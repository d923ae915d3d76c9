"""
One instrument's book: resting orders in price-time priority, and what they trade.

Prices are signed integers in units of 10^-8 (negative ones are legal), quantities positive
integers in units of 10^-8.  Sides, order types and times in force are FIX code values as plain
ints (:mod:`exsim.model.codes`), since comparing enum members is slow.

Both sides share one code: levels are ranked by a *key* that is the price for bids and minus the
price for asks, so the best level always has the greatest key and stands last.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Final

from exsim.errors import Bug
from exsim.model.codes import OrdType, Side, TimeInForce
from exsim.model.trades import BookEvent, Dropped, Traded

BUY: Final = int(Side.BUY)
SELL: Final = int(Side.SELL)
#: The sides that rest among the asks.
SELLS: Final = frozenset((SELL, int(Side.SELL_SHORT), int(Side.SELL_SHORT_EXEMPT)))
MARKET: Final = int(OrdType.MARKET)
LIMIT: Final = int(OrdType.LIMIT)
DAY: Final = int(TimeInForce.DAY)
IOC: Final = int(TimeInForce.IOC)
FOK: Final = int(TimeInForce.FOK)

#: The reach of a market order: no key is below it, since prices are signed 64-bit integers.
ANY_PRICE: Final = -(1 << 63)


class _Order:
    """
    A resting order, linked to its neighbours in time within its level.

    :meth:`_Level.append` makes it and sets every attribute: an ``__init__`` would cost a tenth of
    the whole book.
    """

    __slots__ = ("level", "newer", "older", "order_id", "qty")

    order_id: int
    qty: int  # open quantity
    level: _Level
    older: _Order | None
    newer: _Order | None


class _Level:
    """The orders of one side at one price, oldest first, with their total quantity and number."""

    __slots__ = ("count", "half", "newest", "oldest", "price", "qty")

    def __init__(self, half: _Half, price: int) -> None:
        self.half = half
        self.price = price
        self.qty = 0
        self.count = 0
        self.oldest: _Order | None = None
        self.newest: _Order | None = None

    def append(self, order_id: int, qty: int) -> _Order:
        """Put an order behind all others."""
        newest = self.newest
        order = _Order()
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

    def unlink(self, order: _Order) -> None:
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

    def fill(self, taker_id: int, qty: int, orders: dict[int, _Order], out: list[BookEvent]) -> int:
        """Trade up to ``qty``, oldest orders first; return what is left of ``qty``."""
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


class _Half:
    """One side of a book: levels by key, and the keys in rising order, so the best is last."""

    __slots__ = ("keys", "levels", "side", "sign")

    def __init__(self, side: int) -> None:
        self.side = side
        self.sign = 1 if side == BUY else -1  # key = sign * price
        self.keys: list[int] = []
        self.levels: dict[int, _Level] = {}

    def open(self, key: int) -> _Level:
        """Make the level of a key that has none."""
        level = self.levels[key] = _Level(self, self.sign * key)
        insort(self.keys, key)
        return level

    def drop(self, level: _Level) -> None:
        """Forget a level that is empty now."""
        key = self.sign * level.price
        del self.levels[key]
        del self.keys[bisect_left(self.keys, key)]

    def clear(self) -> None:
        """Forget every level."""
        self.keys.clear()
        self.levels.clear()

    def take(
        self, taker_id: int, reach: int, qty: int, orders: dict[int, _Order], out: list[BookEvent]
    ) -> int:
        """Trade up to ``qty`` with the levels of key ``reach`` or better; return what is left."""
        keys = self.keys
        while qty and keys and keys[-1] >= reach:
            level = self.levels[keys[-1]]
            qty = level.fill(taker_id, qty, orders, out)
            if not level.count:
                del self.levels[keys.pop()]
        return qty

    def can_fill(self, reach: int, qty: int) -> bool:
        """Whether the levels of key ``reach`` or better hold at least ``qty``."""
        for key in reversed(self.keys):
            if key < reach:
                return False
            qty -= self.levels[key].qty
            if qty <= 0:
                return True
        return False


class Book:
    """
    The resting orders of one instrument in price-time priority.

    Events are appended to the caller's ``out`` in the order they happen; the caller clears it.
    A call that raises has changed nothing.
    """

    __slots__ = ("_asks", "_bids", "_orders")

    def __init__(self) -> None:
        self._orders: dict[int, _Order] = {}
        self._bids = _Half(BUY)
        self._asks = _Half(SELL)

    def enter(
        self,
        order_id: int,
        side: int,
        ord_type: int,
        tif: int,
        price: int,
        qty: int,
        out: list[BookEvent],
    ) -> None:
        """
        Match a new order and rest, or drop, what is left of it.

        What is left of an IOC or market order is dropped; a FOK order trades in full or is
        dropped whole; with any other time in force a limit order rests.

        :param ord_type: LIMIT or MARKET; a market order's price is not looked at.
        :raises Bug: for an id that rests already, a quantity that is not positive, or another
            side or order type.
        """
        if order_id in self._orders:
            raise Bug(f"order {order_id} rests in this book already; a new order needs a new id")
        if qty <= 0:
            raise Bug(f"order {order_id}: quantity {qty} must be greater than 0")
        if side == BUY:
            near, far, key = self._bids, self._asks, price
        elif side in SELLS:
            near, far, key = self._asks, self._bids, -price
        else:
            raise Bug(
                f"order {order_id}: side {side} is neither BUY ({BUY}) nor one of the "
                f"sells {sorted(SELLS)}"
            )
        reach = -key  # the worst key on the far side that still crosses
        if ord_type != LIMIT:
            if ord_type != MARKET:
                raise Bug(
                    f"order {order_id}: the book takes order types MARKET ({MARKET}) and "
                    f"LIMIT ({LIMIT}), not {ord_type}"
                )
            reach = ANY_PRICE
        if tif == FOK and not far.can_fill(reach, qty):
            out.append(Dropped(order_id, qty))
            return
        if far.keys and far.keys[-1] >= reach:
            qty = far.take(order_id, reach, qty, self._orders, out)
            if not qty:
                return
        if ord_type == LIMIT and tif != IOC:
            level = near.levels.get(key)
            if level is None:
                level = near.open(key)
            self._orders[order_id] = level.append(order_id, qty)
        else:
            out.append(Dropped(order_id, qty))

    def cancel(self, order_id: int) -> int:
        """Take an order out; return its open quantity, 0 when it does not rest here."""
        order = self._orders.pop(order_id, None)
        if order is None:
            return 0
        level = order.level
        level.unlink(order)
        if not level.count:
            level.half.drop(level)
        return order.qty

    def replace(self, order_id: int, price: int, qty: int, out: list[BookEvent]) -> bool:
        """
        Give a resting order a new price and a new open quantity; False when not here.

        It keeps its place only if the price stays and the open quantity does not rise.
        Otherwise it acts like cancel plus new with the same id: it may trade, and what is left
        rests.

        :raises Bug: for a quantity that is not positive.
        """
        order = self._orders.get(order_id)
        if order is None:
            return False
        if qty <= 0:
            raise Bug(
                f"order {order_id}: new open quantity {qty} must be greater than 0; "
                f"use cancel to take it out"
            )
        level = order.level
        if price == level.price and qty <= order.qty:
            level.qty += qty - order.qty
            order.qty = qty
        else:
            self.cancel(order_id)
            self.enter(order_id, level.half.side, LIMIT, DAY, price, qty, out)
        return True

    def open_qty(self, order_id: int) -> int:
        """The open quantity of an order, 0 when it does not rest here."""
        order = self._orders.get(order_id)
        return 0 if order is None else order.qty

    def best(self, side: int) -> int | None:
        """The best price of a side, None when it is empty."""
        half = self._half(side)
        return half.sign * half.keys[-1] if half.keys else None

    def levels(self, side: int, depth: int) -> list[tuple[int, int, int]]:
        """
        The best ``depth`` levels (0: all), best first: price, total quantity, number of orders.

        :raises Bug: for a negative depth.
        """
        if depth < 0:
            raise Bug(f"depth {depth} must be 0 (all levels) or more")
        half = self._half(side)
        found = [half.levels[key] for key in reversed(half.keys[-depth:])]
        return [(level.price, level.qty, level.count) for level in found]

    def orders(self, side: int) -> Iterator[tuple[int, int, int]]:
        """
        The resting orders of a side, best price first, then oldest: id, price, open quantity.

        The book must not change while this is read.
        """
        half = self._half(side)
        for key in reversed(half.keys):
            level = half.levels[key]
            order = level.oldest
            while order is not None:
                yield order.order_id, level.price, order.qty
                order = order.newer

    def clear(self) -> None:
        """Empty the book."""
        self._orders.clear()
        self._bids.clear()
        self._asks.clear()

    def __len__(self) -> int:
        return len(self._orders)

    def _half(self, side: int) -> _Half:
        return self._bids if side == BUY else self._asks
