"""
One instrument's book: what rests in it, and the plain way through it.

Prices are signed integers in units of 10^-8 (negative ones are legal), quantities positive
integers in units of 10^-8.  Sides, order types and times in force are FIX code values as plain
ints (:mod:`exsim.model.codes`), since comparing enum members is slow.

:meth:`Book.enter` and :meth:`Book.replace` are for books of plain limit orders in price-time
priority. All else goes through :class:`exsim.engine.market.Market`, which owns a book.
"""

from __future__ import annotations

from collections.abc import Iterator

from exsim.engine.entry import BUY, DAY, FOK, IOC, LIMIT, MARKET, SELL, SELLS, Entry
from exsim.engine.level import ANY_PRICE, UNPRICED, Half, Level, Order, Special
from exsim.engine.pegs import Pegged
from exsim.errors import Bug
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent, Dropped

__all__ = ["BUY", "DAY", "FOK", "IOC", "LIMIT", "MARKET", "SELL", "Book"]


class Book:
    """
    The resting orders of one instrument.

    Events are appended to the caller's ``out`` in the order they happen; the caller clears it.
    A call that raises has changed nothing.

    ``last`` is the price of the last trade, None before any. ``specials`` are the resting orders
    that are more than a price and a quantity, and ``eager`` those of them that may trade while
    they rest, ``picky`` those that go where they are not the best of their side, by id, in the
    order in which they came to rest; ``pegs`` are the pegged orders, resting or waiting for a
    price, in the order in which they were priced last.
    """

    __slots__ = ("_orders", "asks", "bids", "eager", "last", "pegs", "picky", "specials")

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}
        self.bids = Half(BUY)
        self.asks = Half(SELL)
        self.last: int | None = None
        self.specials: dict[int, Special] = {}
        self.eager: dict[int, Special] = {}
        self.picky: dict[int, Special] = {}
        self.pegs: dict[int, Pegged] = {}

    # -- plain orders

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
            near, far, key = self.bids, self.asks, price
        elif side in SELLS:
            near, far, key = self.asks, self.bids, -price
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
            self.last = far.last
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
        if level.special:
            self._forget(order)
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

    # -- any orders

    def rest(self, entry: Entry, key: int, qty: int, special: bool) -> Order:
        """Put an order at the end of a level, with nobody asked; all of it that may is shown."""
        half = self.half(entry.side)
        level = half.levels.get(key)
        if level is None:
            level = half.open(key)
        if not special:
            order = self._orders[entry.order_id] = level.append(entry.order_id, qty)
            return order
        made = level.append_special(entry, qty, first_shown(entry, qty))
        self._orders[entry.order_id] = made
        self.specials[entry.order_id] = made
        if entry.extra.all_or_none or entry.extra.discretion:
            self.eager[entry.order_id] = made
        if entry.extra.only_best:
            self.picky[entry.order_id] = made
        return made

    def find(self, order_id: int) -> Order | None:
        """The order of this id, if it rests here."""
        return self._orders.get(order_id)

    def fill_plain(self, level: Level, taker_id: int, qty: int, out: list[BookEvent]) -> int:
        """Trade with a level of plain orders by time; return what is left of ``qty``."""
        self.last = level.price
        return level.fill(taker_id, qty, self._orders, out)

    def fill(self, order: Order, qty: int) -> None:
        """
        Take ``qty`` off an order, first of what it shows; one without rest is gone.

        Its level is left to the caller, who drops it where it is empty.
        """
        order.qty -= qty
        order.level.qty -= qty
        if isinstance(order, Special):
            order.shown = max(0, order.shown - qty)
        if not order.qty:
            self.remove(order)

    def remove(self, order: Order) -> None:
        """Take an order out, but leave its level, as :meth:`fill` does."""
        del self._orders[order.order_id]
        order.level.unlink(order)
        self._forget(order)

    def resize(self, order: Order, qty: int) -> None:
        """Give an order another open quantity where it stands; what it shows follows."""
        order.level.qty += qty - order.qty
        if isinstance(order, Special):
            extra = order.entry.extra
            part = order.shown if extra.display else qty
            order.shown = 0 if extra.hidden or extra.all_or_none else min(part, qty)
        order.qty = qty

    def _forget(self, order: Order) -> None:
        if isinstance(order, Special):
            order.level.special -= 1
            del self.specials[order.order_id]
            self.eager.pop(order.order_id, None)
            self.picky.pop(order.order_id, None)
            self.pegs.pop(order.order_id, None)

    # -- what it tells

    def open_qty(self, order_id: int) -> int:
        """The open quantity of an order, 0 when it does not rest here."""
        order = self._orders.get(order_id)
        return 0 if order is None else order.qty

    def best(self, side: int) -> int | None:
        """The best price at which a side shows anything, None when it does not."""
        half = self.half(side)
        if self.specials:
            return half.best_shown()
        return half.sign * half.keys[-1] if half.keys else None

    def levels(self, side: int, depth: int) -> list[tuple[int, int, int]]:
        """
        The best ``depth`` levels (0: all), best first: price, total quantity, number of orders.

        What is not shown is not counted: hidden orders, the reserve of an iceberg, orders that
        wait for an auction without a price.

        :raises Bug: for a negative depth.
        """
        if depth < 0:
            raise Bug(f"depth {depth} must be 0 (all levels) or more")
        half = self.half(side)
        if not self.specials:
            found = [half.levels[key] for key in reversed(half.keys[-depth:])]
            return [(level.price, level.qty, level.count) for level in found]
        told: list[tuple[int, int, int]] = []
        for key in reversed(half.keys):
            qty, count = half.levels[key].shown()
            if qty and key != UNPRICED:
                told.append((half.sign * key, qty, count))
                if len(told) == depth:
                    break
        return told

    def orders(self, side: int) -> Iterator[tuple[int, int, int]]:
        """
        All resting orders of a side, best price first, then oldest: id, price, open quantity.

        Those that have no price come first, with :data:`~exsim.model.requests.NO_PRICE`. The book
        must not change while this is read.
        """
        half = self.half(side)
        for key in reversed(half.keys):
            level = half.levels[key]
            price = NO_PRICE if key == UNPRICED else level.price
            order = level.oldest
            while order is not None:
                yield order.order_id, price, order.qty
                order = order.newer

    def clear(self) -> None:
        """Empty the book, and forget the last trade."""
        self._orders.clear()
        self.bids.clear()
        self.asks.clear()
        self.specials.clear()
        self.eager.clear()
        self.picky.clear()
        self.pegs.clear()
        self.last = None

    def __len__(self) -> int:
        return len(self._orders)

    def half(self, side: int) -> Half:
        """The side that orders of ``side`` rest on."""
        return self.bids if side == BUY else self.asks


def first_shown(entry: Entry, qty: int) -> int:
    """What an order shows of ``qty`` when it comes to rest."""
    extra = entry.extra
    if extra.hidden or extra.all_or_none:
        return 0
    return min(extra.display, qty) if extra.display else qty
