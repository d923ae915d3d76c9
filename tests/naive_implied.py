"""
Implied prices, as simple as can be: one list of orders, searched anew for every trade.

It knows limit and market orders, IOC and FOK, price-time books, and self-trade prevention by
cancel-newest. Quantities and prices are small numbers, the lot is 1.
"""

from __future__ import annotations

from typing import NamedTuple

from exsim.engine.entry import BUY, FOK, IOC, LIMIT
from exsim.model.codes import Reason
from exsim.model.trades import BookEvent, Combined, Dropped, LegTrade, Traded

Legs = tuple[tuple[str, int], ...]
"""Symbols and weights."""


class Resting:
    """An order that rests."""

    def __init__(self, number: int, symbol: str, buys: bool, price: int, qty: int, owner: str):
        self.number = number
        self.symbol = symbol
        self.buys = buys
        self.price = price
        self.qty = qty
        self.owner = owner


class Found(NamedTuple):
    """An implied price: what it is made of, and for how many of the combination."""

    price: int
    units: int
    spread: Resting | None
    others: list[tuple[str, int, list[Resting]]]
    name: str
    weight: int  # of the book that it is for; 0 for the combination's own


class NaiveImplied:
    """Books of ``ticks`` by symbol, and combinations by symbol."""

    def __init__(self, ticks: dict[str, int], combinations: dict[str, Legs]) -> None:
        self.ticks = ticks
        self.combinations = combinations
        self.orders: list[Resting] = []
        self._stirred: list[str] = []

    # -- what is asked of it

    def enter(
        self,
        number: int,
        symbol: str,
        side: int,
        ord_type: int,
        tif: int,
        price: int,
        qty: int,
        owner: str,
        out: list[BookEvent],
    ) -> None:
        """Let an order come."""
        limit = price if ord_type == LIMIT else None
        taker = Resting(number, symbol, side == BUY, price, qty, owner)
        if tif == FOK and not self._whole(taker, limit):
            out.append(Dropped(number, qty))
            return
        while taker.qty and self._take_one(taker, limit, out):
            pass
        if taker.qty and (limit is None or tif in (IOC, FOK)):
            out.append(Dropped(number, taker.qty))
        elif taker.qty:
            self.orders.append(taker)
        self._settle(symbol, out)

    def cancel(self, number: int) -> int:
        """Take an order out."""
        for order in self.orders:
            if order.number == number:
                self.orders.remove(order)
                return order.qty
        return 0

    def queue(self, symbol: str, buys: bool) -> list[Resting]:
        """A side of a book, the best first."""
        side = [order for order in self.orders if (order.symbol, order.buys) == (symbol, buys)]
        return sorted(side, key=lambda order: -order.price if buys else order.price)

    # -- what implied prices are made of

    def level(self, symbol: str, buys: bool, owner: str, least: int) -> list[Resting]:
        """The orders of the best price at which others than ``owner`` have so much."""
        queue = [each for each in self.queue(symbol, buys) if not (owner and each.owner == owner)]
        for price in dict.fromkeys([order.price for order in queue]):
            level = [order for order in queue if order.price == price]
            if sum(order.qty for order in level) >= least:
                return level
        return []

    def sources(
        self, name: str, buys: bool, owner: str, but: str = ""
    ) -> list[tuple[str, int, list[Resting]]] | None:
        """For one who buys, or sells, the combination: symbol, weight and orders of each leg."""
        found = []
        for symbol, weight in self.combinations[name]:
            if symbol != but:
                level = self.level(symbol, buys != (weight > 0), owner, abs(weight))
                if not level:
                    return None
                found.append((symbol, weight, level))
        return found

    def offers(self, symbol: str, buys: bool, owner: str, most: int) -> list[Found]:
        """All implied prices for an order of this book, those of one combination after another."""
        found = []
        for name, legs in self.combinations.items():
            for book, weight in [(name, 0), *legs]:
                if book == symbol and most >= max(1, abs(weight)):
                    if weight:
                        found += self._outs(name, symbol, weight, buys, owner)
                    else:
                        found += self._ins(name, buys, owner)
        return found

    def _ins(self, name: str, buys: bool, owner: str) -> list[Found]:
        others = self.sources(name, buys, owner)
        if others is None:
            return []
        return [Found(_worth(others), _units(others), None, others, name, 0)]

    def _outs(self, name: str, symbol: str, weight: int, buys: bool, owner: str) -> list[Found]:
        found = []
        for spread in self.queue(name, buys == (weight < 0)):
            others = self.sources(name, spread.buys, spread.owner, symbol)
            if others is None or (owner and spread.owner == owner):
                continue
            # weight * price + others is at most (at least) what the spread buys (sells) at
            rest, tick = spread.price - _worth(others), self.ticks[symbol]
            price = rest // weight
            while not self._good(spread, weight * price + _worth(others)) or price % tick:
                price += 1 if buys else -1
            while self._good(
                spread, weight * (price - tick * (1 if buys else -1)) + _worth(others)
            ):
                price -= tick * (1 if buys else -1)
            units = min(_units(others), spread.qty)
            found.append(Found(price, units, spread, others, name, weight))
        return found

    @staticmethod
    def _good(spread: Resting, price: int) -> bool:
        return price <= spread.price if spread.buys else price >= spread.price

    def best(self, symbol: str, buys: bool, owner: str, most: int) -> Found | None:
        """The best of all; the first of those alike."""
        found = self.offers(symbol, buys, owner, most)
        return min(found, key=lambda each: each.price if buys else -each.price, default=None)

    # -- trades

    def _whole(self, taker: Resting, limit: int | None) -> bool:
        """By what stands in the book, and the best implied price."""
        there = sum(
            order.qty
            for order in self.queue(taker.symbol, not taker.buys)
            if limit is None or _within(taker.buys, order.price, limit)
        )
        found = self.best(taker.symbol, taker.buys, "", taker.qty)
        if found is not None and (limit is None or _within(taker.buys, found.price, limit)):
            queue = self.queue(taker.symbol, not taker.buys)
            step = max(1, abs(found.weight))
            before = bool(queue) and _within(taker.buys, queue[0].price, found.price)
            if step == 1 or not before:
                there += min(found.units * step, taker.qty - taker.qty % step)
        return there >= taker.qty

    def _take_one(self, taker: Resting, limit: int | None, out: list[BookEvent]) -> bool:
        """One trade of an order that came; whether there was any."""
        buys = taker.buys
        queue = self.queue(taker.symbol, not buys)
        found = self.best(taker.symbol, buys, taker.owner, taker.qty)
        maker = queue[0] if queue else None
        if found is not None and maker is not None and _within(buys, maker.price, found.price):
            found = None  # explicit orders come first
        price = found.price if found is not None else maker.price if maker is not None else None
        if price is None or (limit is not None and not _within(buys, price, limit)):
            return False
        if found is not None:
            taker.qty -= self._combine(found, taker, out)
        elif maker is not None and taker.owner and maker.owner == taker.owner:
            out.append(Dropped(taker.number, taker.qty, Reason.SELF_TRADE))
            taker.qty = 0
        elif maker is not None:
            qty = min(taker.qty, maker.qty)
            out.append(Traded(maker.number, taker.number, maker.price, qty))
            taker.qty -= qty
            self._fill(maker, qty)
        return True

    def _combine(self, found: Found, taker: Resting, out: list[BookEvent]) -> int:
        step = max(1, abs(found.weight))
        units = min(found.units, taker.qty // step)
        price = _worth(found.others) + found.weight * found.price
        legs = []
        for symbol, weight, level in found.others:
            left = units * abs(weight)
            for order in level:
                qty = min(order.qty, left)
                left -= qty
                if qty:
                    legs.append(LegTrade(symbol, order.number, order.price, qty))
                    self._fill(order, qty)
            self._stir(symbol)
        if found.weight:
            legs.append(LegTrade(taker.symbol, taker.number, found.price, units * step))
            self._stir(taker.symbol)
        self._stir(found.name)
        number = taker.number
        if found.spread is not None:
            number = found.spread.number
            self._fill(found.spread, units)
        out.append(Combined(taker.number, LegTrade(found.name, number, price, units), legs))
        return units * step

    def _stir(self, symbol: str) -> None:
        if symbol not in self._stirred:
            self._stirred.append(symbol)

    def _fill(self, order: Resting, qty: int) -> None:
        order.qty -= qty
        if not order.qty:
            self.orders.remove(order)

    # -- what follows

    def _settle(self, origin: str, out: list[BookEvent]) -> None:
        if origin in self._stirred:
            self._stirred.remove(origin)
        self._match(origin, out)
        while self._stirred:
            self._match(self._stirred.pop(0), out)

    def _match(self, symbol: str, out: list[BookEvent]) -> None:
        for name, legs in self.combinations.items():
            if symbol == name or symbol in dict(legs):
                while self._match_one(name, out):
                    pass

    def _match_one(self, name: str, out: list[BookEvent]) -> bool:
        """Let the first order of the combination take that can."""
        for buys in (True, False):
            for order in self.queue(name, buys):
                for found in self._ins(name, buys, order.owner):
                    if _within(buys, found.price, order.price):
                        order.qty -= (units := min(found.units, order.qty))
                        whole = Resting(order.number, name, buys, order.price, units, "")
                        if not order.qty:
                            self.orders.remove(order)
                        self._combine(found, whole, out)
                        return True
        return False


def _within(buys: bool, price: int, limit: int) -> bool:
    return price <= limit if buys else price >= limit


def _worth(others: list[tuple[str, int, list[Resting]]]) -> int:
    return sum(weight * level[0].price for _, weight, level in others)


def _units(others: list[tuple[str, int, list[Resting]]]) -> int:
    return min(sum(each.qty for each in level) // abs(weight) for _, weight, level in others)
