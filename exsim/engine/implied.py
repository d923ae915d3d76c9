"""
Implied prices: an order of a combination trades with orders of its legs, all at once.

A *combination* is an instrument that is made of others, its *legs*, each with a weight: how many of
it one unit of the combination buys (above 0) or sells (below 0). A buyer of the combination and
sellers of what it buys, and buyers of what it sells, are good for each other where the prices of
the legs, times their weights, come to no more than the buyer of the combination gives; for its
seller all is turned round. One order of the combination and one price of each leg make a match; it
is looked for

* when an order comes: *implied in* where it is one of the combination, which then gets the price
  that the best of the legs come to; *implied out* where it is one of a leg, which gets what the
  order of the combination leaves for it, at its own limit and the best of the other legs. That is
  rounded to the tick of the leg, towards the order of the combination;
* when a book has been settled: an order of the combination that rests takes what it can by then.

The prices of the legs always come to the price of the combination exactly. All that counts is what
rests, is shown, and may be traded in part: no implied price is made of another. Books that do not
match imply nothing, nor does a price outside of the band that would interrupt its book. No order
trades in this way with one of its own owner. Quantities are whole steps, in which all of the
instruments come to whole lots; a price with less than a step is passed over.
"""

from __future__ import annotations

from math import gcd, lcm
from typing import TYPE_CHECKING, Final

from exsim.engine.allocation import share
from exsim.engine.level import Half, Level, Order, Special
from exsim.engine.prevention import Taker, same_owner
from exsim.engine.sweep import Sweep
from exsim.errors import Bug
from exsim.model.amounts import UNIT
from exsim.model.market import Prevention
from exsim.model.trades import BookEvent, Combined, InBook, LegTrade

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


class Links:
    """A market that is part of combinations, in the order in which they were listed."""

    __slots__ = ("implied", "market", "seats", "symbol")

    def __init__(self, implied: Implied, symbol: str, market: Market) -> None:
        self.implied = implied
        self.symbol = symbol
        self.market = market
        self.seats: list[Seat] = []

    def offer(self, buys: bool, owner: str, qty: int) -> Offer | None:
        """The best implied price for an order of this market that may trade up to ``qty``."""
        best: Offer | None = None
        for seat in self.seats:
            if seat.step <= qty:
                offer = seat.offer(buys, owner)
                if offer is not None and (best is None or _better(buys, offer.price, best.price)):
                    best = offer
        return best

    def take(self, sweep: Sweep, taker: Taker, far: Half, reach: int, out: list[BookEvent]) -> None:
        """
        Trade with levels of key ``reach`` or better, and with what is implied; at one price that
        comes last.
        """
        buys = taker.entry.buys
        while taker.qty:
            offer = self.offer(buys, taker.owner, taker.qty)
            if offer is None or far.sign * offer.price < reach:
                break
            sweep.take(taker, far, far.sign * offer.price, out)
            taker.qty -= self.implied.trade(offer, taker.order_id, taker.qty, out)
        if taker.qty:
            sweep.take(taker, far, reach, out)

    def promised(self, taker: Taker, far: Half, reach: int) -> int:
        """
        How much :meth:`take` finds at the best implied price in any case, for an order that has to
        trade whole, or a part of it.
        """
        offer = self.offer(taker.entry.buys, taker.owner, taker.qty)
        if offer is None or far.sign * offer.price < reach:
            return 0
        before = [key for key in far.keys if key >= far.sign * offer.price]
        if any(same_owner(taker.owner, each) for key in before for each in _orders(far, key)):
            return 0
        step = Seat(offer.combination, offer.leg).step
        if before and step != self.market.rules.lot:
            return 0  # what is left after these may be no whole number of steps
        return min(offer.qty, taker.qty - taker.qty % step)

    def settle(self, out: list[BookEvent]) -> None:
        """See :meth:`Implied.settle`."""
        self.implied.settle(self, out)

    def shown(self, bids: bool) -> Offer | None:
        """The best implied price that a side of the book shows: what an order of nobody meets."""
        best: Offer | None = None
        for seat in self.seats:
            shows = seat.combination.shows_in if seat.leg is None else seat.combination.shows_out
            offer = seat.offer(not bids, "") if shows else None
            if offer is not None and (best is None or _better(not bids, offer.price, best.price)):
                best = offer
        return best


class Implied:
    """
    All combinations of an engine. ``links`` are the markets that are part of any, by symbol.

    Markets that a match has changed are *stirred* until they have been settled.
    """

    __slots__ = ("_busy", "_stirred", "_touched", "links")

    def __init__(self) -> None:
        self.links: dict[str, Links] = {}
        self._stirred: dict[str, bool] = {}
        self._touched: dict[str, bool] = {}
        self._busy = False

    def add(self, combination: Combination) -> None:
        """Have an instrument, and its legs, be linked from now."""
        self._seat(combination.symbol, combination.market, Seat(combination, None))
        for leg in combination.legs:
            self._seat(leg.symbol, leg.market, Seat(combination, leg))

    def remove(self, symbol: str) -> None:
        """Unlink all combinations that an instrument is part of."""
        links = self.links.get(symbol)
        gone = [] if links is None else [seat.combination for seat in links.seats]
        for name in list(self.links):
            links = self.links[name]
            links.seats = [seat for seat in links.seats if seat.combination not in gone]
            if not links.seats:
                del self.links[name]
                links.market.link(None)

    def _seat(self, symbol: str, market: Market, seat: Seat) -> None:
        links = self.links.get(symbol)
        if links is None:
            links = self.links[symbol] = Links(self, symbol, market)
            market.link(links)
        links.seats.append(seat)

    # -- trading

    def trade(self, offer: Offer, taker_id: int, qty: int, out: list[BookEvent]) -> int:
        """
        Let an order trade at an implied price up to ``qty``; return how much it traded.

        Its own book is left to the caller, but for the last price.
        """
        combination, leg = offer.combination, offer.leg
        weight = 1 if leg is None else abs(leg.weight)
        units = min(offer.units, qty // weight)
        units -= units % combination.step
        if not units:
            return 0
        price = 0
        legs: list[LegTrade] = []
        for source in offer.sources:
            price += source.leg.weight * source.level.price
            self._fill(source, units * abs(source.leg.weight), legs)
        if leg is not None:
            price += leg.weight * offer.price
            legs.append(LegTrade(leg.symbol, taker_id, offer.price, units * weight))
            self._stir(leg.symbol, leg.market, offer.price)
        spread_id = taker_id
        if offer.spread is not None:
            spread_id = offer.spread.order_id
            _fill_one(combination.market, offer.spread, units)
            combination.market.arrival.tidy([offer.spread])
        self._stir(combination.symbol, combination.market, price)
        spread = LegTrade(combination.symbol, spread_id, price, units)
        out.append(Combined(taker_id, spread, legs))
        return units * weight

    def _fill(self, source: Source, qty: int, legs: list[LegTrade]) -> None:
        """Give orders of a leg their shares, by the rules of its market."""
        leg, price, orders = source.leg, source.level.price, source.orders
        leads = [isinstance(order, Special) and order.entry.lmm for order in orders]
        shares = share(leg.market.rules, source.offers, leads, qty)
        for order, part in zip(orders, shares, strict=True):
            if part:
                legs.append(LegTrade(leg.symbol, order.order_id, price, part))
                _fill_one(leg.market, order, part)
        leg.market.arrival.tidy(orders)
        self._stir(leg.symbol, leg.market, price)

    def _stir(self, symbol: str, market: Market, last: int) -> None:
        market.book.last = last
        self._stirred[symbol] = True
        self._touched[symbol] = True

    # -- what follows of it

    def settle(self, origin: Links, out: list[BookEvent]) -> None:
        """
        Let resting orders of combinations take what they may now, and settle the books that are
        changed by that; ``origin`` is one that has just been settled.
        """
        if self._busy:
            return
        self._busy = True
        where = origin.symbol
        self._stirred.pop(where, None)
        self._touched[where] = True
        self._match_all(origin, out)
        while self._stirred:
            symbol = next(iter(self._stirred))
            del self._stirred[symbol]
            links, done = self.links[symbol], len(out)
            links.market.settle(out)
            if len(out) > done and where != symbol:
                out.insert(done, InBook(symbol))
                where = symbol
            self._match_all(links, out)
        if where != origin.symbol:
            out.append(InBook(origin.symbol))
        for symbol in self._touched:
            self.links[symbol].market.arrival.forget()
        self._touched = {}
        self._busy = False

    def _match_all(self, links: Links, out: list[BookEvent]) -> None:
        for seat in links.seats:
            while self._match(seat.combination, out):
                pass

    def _match(self, combination: Combination, out: list[BookEvent]) -> bool:
        """Have one resting order of a combination take what it may; whether any did."""
        if not combination.matches:
            return False
        book = combination.market.book
        for half in (book.bids, book.asks):
            found = _taking(combination, half)
            if found is not None:
                order = found.spread
                if order is None:
                    raise Bug("what takes here is an order that rests")
                self.trade(found, order.order_id, found.units, out)
                return True
        return False


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
        for order in _orders(half, key):
            if best is not None and not _better(buys, price, best.price):
                return best  # nor is anything deeper
            offer = _made_of(combination, leg, buys, owner, order)
            if offer is not None and (best is None or _better(buys, offer.price, best.price)):
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


def _taking(combination: Combination, half: Half) -> Offer | None:
    """What a resting order of a side of the combination may take from the legs now."""
    market, step = combination.market, combination.step
    buys = half is market.book.bids
    free = _sources(combination, buys, "", None)
    if free is None:
        return None
    price = _worth(free)
    for key in reversed(half.keys):
        limit = half.sign * key
        if _better(buys, limit, price):
            break
        for order in _orders(half, key):
            there = _available(market, order, "")
            offer = implied_in(combination, buys, _owner(market, order)) if there >= step else None
            if offer is not None and not _better(buys, limit, offer.price):
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


def _orders(half: Half, key: int) -> list[Order]:
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


def _better(buys: bool, price: int, than: int) -> bool:
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


def _fill_one(market: Market, order: Order, qty: int) -> None:
    market.book.fill(order, qty)
    if isinstance(order, Special):
        market.arrival.traded(order)
