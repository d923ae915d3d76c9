"""
What is displayed of one book: by order, and by price.

It follows the book: :meth:`Depth.show` is told how an order stands now, :meth:`Depth.execute` that
it traded, and both say what that changes for those who look on.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Final

from exsim.model.book_updates import Added, Deleted, Executed, OrderUpdate, Reduced, Replaced

BUY: Final = 1


class Displayed:
    """
    One displayed order. ``place`` stands for its place in the queue: as long as it is the same
    object, the order has kept it.
    """

    __slots__ = ("order_id", "place", "price", "qty", "ref", "side")

    def __init__(
        self, order_id: int, ref: int, side: int, price: int, qty: int, place: object
    ) -> None:
        self.order_id = order_id
        self.ref = ref
        self.side = side
        self.price = price
        self.qty = qty
        self.place = place


class PriceLevel:
    """The orders displayed at one price, by ``ref``, oldest first, and their quantity."""

    __slots__ = ("orders", "price", "qty")

    def __init__(self, price: int) -> None:
        self.price = price
        self.qty = 0
        self.orders: dict[int, Displayed] = {}


class Side:
    """One side: levels by key (the price of a buy, minus that of a sell), the best key last."""

    __slots__ = ("keys", "levels", "sign")

    def __init__(self, side: int) -> None:
        self.sign = 1 if side == BUY else -1
        self.keys: list[int] = []
        self.levels: dict[int, PriceLevel] = {}

    def put(self, order: Displayed) -> None:
        """Display an order behind all others at its price."""
        key = self.sign * order.price
        level = self.levels.get(key)
        if level is None:
            level = self.levels[key] = PriceLevel(order.price)
            insort(self.keys, key)
        level.orders[order.ref] = order
        level.qty += order.qty

    def take(self, order: Displayed, qty: int) -> None:
        """Display less of it, or it no more."""
        key = self.sign * order.price
        level = self.levels[key]
        level.qty -= qty
        order.qty -= qty
        if order.qty:
            return
        del level.orders[order.ref]
        if not level.orders:
            del self.levels[key]
            del self.keys[bisect_left(self.keys, key)]

    def best(self, most: int) -> list[PriceLevel]:
        """Up to ``most`` levels, the best first; 0 for all."""
        keys = self.keys[-most:] if most else self.keys
        return [self.levels[key] for key in reversed(keys)]

    def rank(self, price: int) -> int:
        """Which level from the best a price is or would be, from 1."""
        return len(self.keys) - bisect_left(self.keys, self.sign * price + 1) + 1


class Depth:
    """
    What is displayed of one book; ``orders`` by OrderID's number, ``by_ref`` by that of feeds.

    ``touched`` are the prices at which something changed, as (side, price), for whoever clears it.
    """

    __slots__ = ("asks", "bids", "by_ref", "orders", "touched")

    def __init__(self) -> None:
        self.bids = Side(1)
        self.asks = Side(2)
        self.orders: dict[int, Displayed] = {}
        self.by_ref: dict[int, Displayed] = {}
        self.touched: dict[tuple[int, int], bool] = {}

    def side(self, side: int) -> Side:
        """The side of this number."""
        return self.bids if side == BUY else self.asks

    def displayed(self) -> list[Displayed]:
        """All orders that are: by side, the best price first, then by time."""
        return [
            order
            for side in (self.bids, self.asks)
            for level in side.best(0)
            for order in level.orders.values()
        ]

    def execute(
        self, order_id: int, qty: int, price: int, trade_id: int, counts: bool
    ) -> Executed | None:
        """
        An order traded; None where nothing of that was displayed.

        Of what was hidden the engine's book tells afterwards; see :meth:`show`.
        """
        order = self.orders.get(order_id)
        if order is None:
            return None
        shown = min(qty, order.qty)
        self._take(order, shown)
        return Executed(order.ref, shown, price, trade_id, counts, order.price)

    def show(
        self, order_id: int, side: int, price: int, qty: int, place: object, ref: int
    ) -> OrderUpdate | None:
        """
        An order stands in the book like this now: with ``qty`` displayed, 0 for none of it.

        :param place: stays the same object as long as the order keeps its place.
        :param ref: a number for it, should it need one.
        :return: what changes; None for nothing.
        """
        order = self.orders.get(order_id)
        if order is None:
            if not qty:
                return None
            self._put(Displayed(order_id, ref, side, price, qty, place))
            return Added(ref, side, price, qty)
        old = order.ref
        if not qty:
            self._take(order, order.qty)
            return Deleted(old)
        if order.place is place and order.price == price and qty <= order.qty:
            less = order.qty - qty
            if not less:
                return None
            self._take(order, less)
            return Reduced(old, less)
        self._take(order, order.qty)
        self._put(Displayed(order_id, ref, side, price, qty, place))
        return Replaced(old, ref, side, price, qty)

    def _put(self, order: Displayed) -> None:
        self.orders[order.order_id] = self.by_ref[order.ref] = order
        self.touched[order.side, order.price] = True
        self.side(order.side).put(order)

    def _take(self, order: Displayed, qty: int) -> None:
        self.touched[order.side, order.price] = True
        self.side(order.side).take(order, qty)
        if not order.qty:
            del self.orders[order.order_id]
            del self.by_ref[order.ref]
