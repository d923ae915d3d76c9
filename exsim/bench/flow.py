"""
Order flow of a seed, for measuring a book where no recording is at hand.

The flow is made against a plain model of a book, which is slow and easy to see through; what
that ends at is what a recording of the flow (see :mod:`exsim.engine.replay`) expects of a book.
Half of the messages are orders that rest, two in five cancels, the others replaces and orders that
trade; prices lie around a mid that wanders.
"""

from __future__ import annotations

import random
from typing import Final

from exsim.engine.replay import ADD, CANCEL, HEADER, MAGIC, RECORD, REPLACE

BUY: Final = 0
SELL: Final = 1
_LIMIT, _MARKET = range(2)
_DAY, _IOC, _FOK = range(3)
_MASK: Final = (1 << 64) - 1
_DEPTH: Final = 40  # ticks from the mid to the farthest order, about


class Resting:
    """One order of the model: price in ticks, open quantity in lots."""

    __slots__ = ("at", "order_id", "price", "qty", "side")

    def __init__(self, order_id: int, side: int, price: int, qty: int, at: int) -> None:
        self.order_id = order_id
        self.side = side
        self.price = price
        self.qty = qty
        self.at = at  # its place in `everyone`


class Model:
    """A book as plain as can be: for each side a dict of prices, each with a queue of orders."""

    def __init__(self) -> None:
        self.sides: tuple[dict[int, dict[int, Resting]], ...] = ({}, {})
        self.everyone: list[Resting] = []
        self.trades = 0
        self.volume = 0
        self.trade_hash = 0

    def best(self, side: int) -> int | None:
        """The best price of a side."""
        prices = self.sides[side]
        if not prices:
            return None
        return max(prices) if side == BUY else min(prices)

    def rest(self, order_id: int, side: int, price: int, qty: int) -> None:
        """Put an order at the end of its queue."""
        order = Resting(order_id, side, price, qty, len(self.everyone))
        self.everyone.append(order)
        self.sides[side].setdefault(price, {})[order_id] = order

    def remove(self, order: Resting) -> None:
        """Take an order out."""
        queue = self.sides[order.side][order.price]
        del queue[order.order_id]
        if not queue:
            del self.sides[order.side][order.price]
        last = self.everyone.pop()
        if last is not order:
            self.everyone[order.at] = last
            last.at = order.at

    def match(self, order_id: int, side: int, price: int | None, qty: int) -> int:
        """Trade with the other side, down to ``price`` if there is one; what is left."""
        while qty and (best := self.best(1 - side)) is not None:
            if price is not None and (best > price if side == BUY else best < price):
                break
            maker = next(iter(self.sides[1 - side][best].values()))
            traded = min(qty, maker.qty)
            qty -= traded
            maker.qty -= traded
            self.trades += 1
            self.volume += traded
            term = maker.order_id * 31 + order_id * 17 + best * 7 + traded
            self.trade_hash = (self.trade_hash * 1000003 + term) & _MASK
            if not maker.qty:
                self.remove(maker)
        return qty

    def available(self, side: int, price: int) -> int:
        """What an order of this side could trade at once."""
        return sum(
            order.qty
            for level, queue in self.sides[1 - side].items()
            if (level <= price if side == BUY else level >= price)
            for order in queue.values()
        )


class Flow:
    """Makes records, and does to the model what they say."""

    def __init__(self, seed: int, resting: int) -> None:
        self.model = Model()
        self.records = bytearray()
        self._chance = random.Random(seed)
        self._resting = resting
        self._mid = 10_000
        self._last_id = 0

    def recording(self, count: int, seed: int) -> bytes:
        """A warm-up that fills the book, and ``count`` messages, as a recording."""
        for _ in range(self._resting):
            self.add()
        for _ in range(count):
            self.message()
        model = self.model
        lots = sum(order.qty for order in model.everyone)
        ends = (model.trades, model.volume, model.trade_hash, lots, len(model.everyone))
        head = HEADER.pack(
            MAGIC, RECORD.size, self._resting, count, seed & 0xFFFFFFFF, *ends, self._last_id
        )
        return head + bytes(self.records)

    def message(self) -> None:
        """One message of the mix."""
        roll = self._chance.random()
        if self._chance.random() < 0.002:
            self._mid += self._chance.choice((-1, 1))
        if roll < 0.5 or not self.model.everyone:
            self.add()
        elif roll < 0.9:
            order = self._anyone()
            self._record(CANCEL, order.side, order.order_id)
            self.model.remove(order)
        elif roll < 0.95:
            self.replace()
        else:
            self.take()

    def add(self) -> None:
        """An order that rests behind the best price of the other side."""
        side = self._side()
        self._enter(side, _LIMIT, _DAY, self._away(side), self._lots())

    def replace(self) -> None:
        """Another quantity, and half of the time another price, for an order that rests."""
        order, qty = self._anyone(), self._lots()
        price = order.price if self._chance.random() < 0.5 else self._away(order.side)
        self._record(REPLACE, order.side, order.order_id, price=price, qty=qty)
        if price == order.price and qty <= order.qty:
            order.qty = qty
            return
        self.model.remove(order)
        left = self.model.match(order.order_id, order.side, price, qty)
        if left:
            self.model.rest(order.order_id, order.side, price, left)

    def take(self) -> None:
        """An order that trades, the larger the more rests: so the book keeps its size."""
        side = self._side()
        touch = self.model.best(1 - side)
        touch = self._mid if touch is None else touch
        price = touch + (2 if side == BUY else -2)
        qty = 1 + self._chance.randrange(1 + 100 * len(self.model.everyone) // self._resting)
        kind, tif = self._chance.choice(
            ((_LIMIT, _IOC), (_LIMIT, _IOC), (_MARKET, _IOC), (_LIMIT, _DAY), (_LIMIT, _FOK))
        )
        qty = 4 * qty if tif == _FOK else qty  # too much for some
        self._enter(side, kind, tif, 0 if kind == _MARKET else price, qty)

    def _enter(self, side: int, kind: int, tif: int, price: int, qty: int) -> None:
        self._last_id += 1
        order_id, model = self._last_id, self.model
        self._record(ADD, side, order_id, kind, tif, price, qty)
        if tif == _FOK and model.available(side, price) < qty:
            return
        left = model.match(order_id, side, None if kind == _MARKET else price, qty)
        if left and tif == _DAY:
            model.rest(order_id, side, price, left)

    def _record(
        self,
        kind: int,
        side: int,
        order_id: int,
        ord_type: int = 0,
        tif: int = 0,
        price: int = 0,
        qty: int = 0,
    ) -> None:
        self.records += RECORD.pack(kind, side, ord_type, tif, order_id, price, qty, 0)

    def _side(self) -> int:
        return self._chance.randrange(2)

    def _anyone(self) -> Resting:
        return self._chance.choice(self.model.everyone)

    def _away(self, side: int) -> int:
        """A price that does not trade; the nearer ones are likelier."""
        away = 1 + int(_DEPTH * self._chance.random() ** 3)
        best = self.model.best(1 - side)
        if side == BUY:
            return (self._mid + 1 if best is None else min(best, self._mid + 1)) - away
        return (self._mid - 1 if best is None else max(best, self._mid - 1)) + away

    def _lots(self) -> int:
        return 1 + int(100 * self._chance.random() ** 3)


def recording(count: int, seed: int, resting: int = 10_000) -> bytes:
    """A recording of ``count`` messages after ``resting`` orders, with the end that is right."""
    return Flow(seed, resting).recording(count, seed)
