"""
Which implied prices there are: what the legs of a combination, and its orders, come to now.

The prices of the legs always come to the price of the combination exactly. All that counts is what
rests, is shown, and may be traded in part: no implied price is made of another. Books that do not
match imply nothing, nor does a price outside of the band that would interrupt its book. No order
trades in this way with one of its own owner. Quantities are whole steps, in which all of the
instruments come to whole lots; a price with less than a step is passed over.

Who trades at them, and when: :mod:`exsim.engine.implied`.
"""

from __future__ import annotations

from math import gcd, lcm
from typing import TYPE_CHECKING, Final

from exsim.engine.level import Half, Level, Order, Special
from exsim.engine.prevention import same_owner
from exsim.model.amounts import UNIT
from exsim.model.market import Prevention

if TYPE_CHECKING:
    from exsim.engine.market import Market

_WHOLE: Final = 100 * UNIT
"""A hundred percent."""
_ALL: Final = 1 << 100
"""More than any quantity."""


class Leg:
    """One leg: its market, and how many of it one unit of the combination buys."""

    __slots__ = ("market", "symbol", "weight")

    def __init__(self, symbol: str, market: Market, weight: int) -> None:
        self.symbol = symbol
        self.market = market
        self.weight = weight

    def half(self, buys: bool) -> Half:
        """Where a buyer, or seller, of the combination finds this leg."""
        book = self.market.book
        return book.asks if buys == (self.weight > 0) else book.bids


class Combination:
    """
    An instrument made of others. ``shows_in`` and ``shows_out`` say in whose books its implied
    prices are shown: its own, its legs'.
    """

    __slots__ = ("legs", "market", "shows_in", "shows_out", "symbol")

    def __init__(
        self, symbol: str, market: Market, legs: list[Leg], shows_in: bool, shows_out: bool
    ) -> None:
        self.symbol = symbol
        self.market = market
        self.legs = legs
        self.shows_in = shows_in
        self.shows_out = shows_out

    @property
    def step(self) -> int:
        """The least of it that is a whole number of lots, of it and of each leg."""
        step = self.market.rules.lot
        for leg in self.legs:
            lot = leg.market.rules.lot
            step = lcm(step, lot // gcd(lot, abs(leg.weight)))
        return step

    @property
    def matches(self) -> bool:
        """Whether all books match, so that anything is implied."""
        return _matches(self.market) and all(_matches(leg.market) for leg in self.legs)


class Source:
    """What one price of a leg gives: the orders there that may trade, and how much of each."""

    __slots__ = ("leg", "level", "offers", "orders")

    def __init__(self, leg: Leg, level: Level, orders: list[Order], offers: list[int]) -> None:
        self.leg = leg
        self.level = level
        self.orders = orders
        self.offers = offers


class Offer:
    """
    An implied price: ``price`` and ``qty`` in the book that it is for, and what it is made of.

    ``units`` is the quantity of the combination. ``spread`` is its order where that rests, ``leg``
    the one that the price is for; None for the combination's own.
    """

    __slots__ = ("combination", "leg", "price", "qty", "sources", "spread", "units")

    def __init__(
        self,
        combination: Combination,
        price: int,
        units: int,
        sources: list[Source],
        leg: Leg | None,
        spread: Order | None,
    ) -> None:
        self.combination = combination
        self.price = price
        self.units = units
        self.sources = sources
        self.leg = leg
        self.spread = spread
        self.qty = units if leg is None else units * abs(leg.weight)


class Seat:
    """What a market is in a combination: one of its legs, or itself where ``leg`` is None."""

    __slots__ = ("combination", "leg")

    def __init__(self, combination: Combination, leg: Leg | None) -> None:
        self.combination = combination
        self.leg = leg

    @property
    def step(self) -> int:
        """The least quantity of the market that trades here."""
        step = self.combination.step
        return step if self.leg is None else step * abs(self.leg.weight)

    def offer(self, buys: bool, owner: str) -> Offer | None:
        """The best that there is for an order of this market, of that side and owner."""
        if not self.combination.matches:
            return None
        if self.leg is None:
            return implied_in(self.combination, buys, owner)
        return _implied_out(self.combination, self.leg, buys, owner)


def implied_in(combination: Combination, buys: bool, owner: str) -> Offer | None:
    """What the legs come to for a buyer, or seller, of the combination."""
    sources = _sources(combination, buys, owner, None)
    if sources is None:
        return None
    price = _worth(sources)
    if not _in_band(combination.market, price):
        return None
    return Offer(combination, price, _units(combination, sources), sources, None, None)


def _implied_out(combination: Combination, leg: Leg, buys: bool, owner: str) -> Offer | None:
    """The best that an order of the combination and the other legs come to for one of a leg."""
    spread_buys = buys == (leg.weight < 0)
    book = combination.market.book
    half = book.bids if spread_buys else book.asks
    best: Offer | None = None
    free = _sources(combination, spread_buys, "", leg)
    if free is None:
        return None
    for key in reversed(half.keys):
        price = _left_for(leg, buys, half.sign * key, free)
        for order in orders_at(half, key):
            if best is not None and not better(buys, price, best.price):
                return best  # nor is anything deeper
            offer = _made_of(combination, leg, buys, owner, order)
            if offer is not None and (best is None or better(buys, offer.price, best.price)):
                best = offer
    return best


def _made_of(
    combination: Combination, leg: Leg, buys: bool, owner: str, order: Order
) -> Offer | None:
    """What this order of the combination, and the other legs, come to for an order of a leg."""
    market, step = combination.market, combination.step
    there = _available(market, order, owner)
    if there < step:
        return None
    half = order.level.half
    sources = _sources(combination, half is market.book.bids, _owner(market, order), leg)
    if sources is None:
        return None
    price = _left_for(leg, buys, order.level.price, sources)
    if not _in_band(leg.market, price):
        return None
    if not _in_band(market, leg.weight * price + _worth(sources)):
        return None
    units = min(_units(combination, sources), there - there % step)
    return Offer(combination, price, units, sources, leg, order)


def taking(combination: Combination, half: Half) -> Offer | None:
    """What a resting order of a side of the combination may take from the legs now."""
    market, step = combination.market, combination.step
    buys = half is market.book.bids
    free = _sources(combination, buys, "", None)
    if free is None:
        return None
    price = _worth(free)
    for key in reversed(half.keys):
        limit = half.sign * key
        if better(buys, limit, price):
            break
        for order in orders_at(half, key):
            there = _available(market, order, "")
            offer = implied_in(combination, buys, _owner(market, order)) if there >= step else None
            if offer is not None and not better(buys, limit, offer.price):
                units = min(offer.units, there - there % step)
                return Offer(combination, offer.price, units, offer.sources, None, order)
    return None


def _sources(
    combination: Combination, buys: bool, owner: str, but: Leg | None
) -> list[Source] | None:
    """The best of each leg, but one, that has enough; None where one has not."""
    found: list[Source] = []
    step = combination.step
    for leg in combination.legs:
        if leg is not but:
            source = _source(leg, leg.half(buys), step * abs(leg.weight), owner)
            if source is None:
                return None
            found.append(source)
    return found


def _source(leg: Leg, half: Half, least: int, owner: str) -> Source | None:
    """The best price of a side that has at least so much, for an order of ``owner``."""
    market = leg.market
    for key in reversed(half.keys):
        level = half.levels[key]
        if not _in_band(market, level.price):
            return None
        orders: list[Order] = []
        offers: list[int] = []
        rivals: set[str] = set()
        for order in level.orders():
            qty = _available(market, order, owner)
            if qty and isinstance(order, Special) and order.entry.rivals:
                if order.entry.rivals in rivals:
                    continue  # one of them trades, and the others go
                rivals.add(order.entry.rivals)
            if qty:
                orders.append(order)
                offers.append(qty)
        if sum(offers) >= least:
            return Source(leg, level, orders, offers)
    return None


def _available(market: Market, order: Order, owner: str) -> int:
    """How much of an order may trade at an implied price, with one of ``owner``."""
    if not isinstance(order, Special):
        return order.qty
    if order.all_or_none or same_owner(owner, order) or market.arrival.gone(order.entry):
        return 0
    return order.shown


def _owner(market: Market, order: Order) -> str:
    """Whose an order is, where that is looked at."""
    if not isinstance(order, Special) or market.rules.prevention is Prevention.NONE:
        return ""
    return order.entry.owner


def orders_at(half: Half, key: int) -> list[Order]:
    """The orders of a level, as they stand in line."""
    return half.levels[key].orders()


def _units(combination: Combination, sources: list[Source]) -> int:
    units = min([sum(source.offers) // abs(source.leg.weight) for source in sources], default=_ALL)
    return units - units % combination.step


def _worth(sources: list[Source]) -> int:
    """What the legs come to, for one of the combination."""
    return sum([source.leg.weight * source.level.price for source in sources])


def _left_for(leg: Leg, buys: bool, price: int, sources: list[Source]) -> int:
    """What is left for a leg of the price of the combination, good for the latter, in ticks."""
    rest = price - _worth(sources)
    if leg.weight < 0:
        rest = -rest
    weight, ticks = abs(leg.weight), leg.market.rules.ticks
    return ticks.round(-(-rest // weight), False) if buys else ticks.round(rest // weight, True)


def better(buys: bool, price: int, than: int) -> bool:
    """Whether a price is better than another for an order that would trade at it."""
    return price < than if buys else price > than


def _matches(market: Market) -> bool:
    return market.implies and market.matching and market.arrival.matching and not market.resuming


def _in_band(market: Market, price: int) -> bool:
    """Whether a trade at a price leaves its market uninterrupted."""
    last = market.book.last
    if not market.band or last is None:
        return True
    return abs(price - last) * _WHOLE <= market.band * abs(last)
