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

Which prices there are, and how they are found: :mod:`exsim.engine.implied_prices`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.engine.allocation import share
from exsim.engine.implied_prices import (
    Combination,
    Offer,
    Seat,
    Source,
    better,
    orders_at,
    taking,
)
from exsim.engine.level import Half, Order, Special
from exsim.engine.prevention import Taker, same_owner
from exsim.engine.sweep import Sweep
from exsim.errors import Bug
from exsim.model.trades import BookEvent, Combined, InBook, LegTrade

if TYPE_CHECKING:
    from exsim.engine.market import Market


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
                if offer is not None and (best is None or better(buys, offer.price, best.price)):
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
        if any(same_owner(taker.owner, each) for key in before for each in orders_at(far, key)):
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
            if offer is not None and (best is None or better(not bids, offer.price, best.price)):
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
        after: list[BookEvent] = []
        for source in offer.sources:
            price += source.leg.weight * source.level.price
            self._fill(source, units * abs(source.leg.weight), legs, after)
        if leg is not None:
            price += leg.weight * offer.price
            legs.append(LegTrade(leg.symbol, taker_id, offer.price, units * weight))
            self._stir(leg.symbol, leg.market, offer.price)
        spread_id = taker_id
        if offer.spread is not None:
            spread_id = offer.spread.order_id
            _fill_one(combination.market, offer.spread, units)
            combination.market.arrival.tidy([offer.spread], after)
        self._stir(combination.symbol, combination.market, price)
        spread = LegTrade(combination.symbol, spread_id, price, units)
        out.append(Combined(taker_id, spread, legs))
        out.extend(after)
        return units * weight

    def _fill(self, source: Source, qty: int, legs: list[LegTrade], after: list[BookEvent]) -> None:
        """Give orders of a leg their shares, by the rules of its market."""
        leg, price, orders = source.leg, source.level.price, source.orders
        leads = [isinstance(order, Special) and order.entry.lmm for order in orders]
        shares = share(leg.market.rules, source.offers, leads, qty)
        for order, part in zip(orders, shares, strict=True):
            if part:
                legs.append(LegTrade(leg.symbol, order.order_id, price, part))
                _fill_one(leg.market, order, part)
        leg.market.arrival.tidy(orders, after)
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
            found = taking(combination, half)
            if found is not None:
                order = found.spread
                if order is None:
                    raise Bug("what takes here is an order that rests")
                self.trade(found, order.order_id, found.units, out)
                return True
        return False


def _fill_one(market: Market, order: Order, qty: int) -> None:
    market.book.fill(order, qty)
    if isinstance(order, Special):
        market.arrival.traded(order)
