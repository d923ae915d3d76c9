"""
What is true of orders and books at any time, whatever came before.

:mod:`tests.invariants` looks at that after every command, and at what is true from one to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from exsim.dispatch.listing import Listing
from exsim.dispatch.venue import Venue
from exsim.engine.level import UNPRICED, Half, Level, Order, Special
from exsim.engine.market import Market
from exsim.model.codes import Side
from exsim.model.requests import NO_PRICE
from exsim.orders import order as states

_ANEW: Final = 20
"""Every so many looks are at all orders."""
_DONE: Final = frozenset((states.FILLED, states.CANCELED, states.REJECTED, states.EXPIRED))


class Broken(AssertionError):
    """Something that is always true is not."""


def demand(holds: bool, what: str, *values: object) -> None:
    """Raise unless something holds: ``what`` with ``values`` in the place of its braces."""
    if not holds:
        raise Broken(what.format(*values))


# -- orders


class Orders:
    """
    The orders of a venue, from look to look: those are looked at again that are not as they were.

    Now and then all are, so that nothing that changed unseen stays so.
    """

    def __init__(self) -> None:
        self._venue: Venue | None = None
        self._looks = 0
        self._marks: dict[int, tuple[object, ...]] = {}  # what they were, by their numbers
        self._execs: dict[str, int] = {}  # the number of the order, by ExecID
        self.anew = True
        """Whether this look is at all."""
        self.changed: list[states.Order] = []
        """Those that were not as they had been at the last look."""
        self.working: dict[str, list[states.Order]] = {}
        """Those that work, by symbol."""

    def check(self, venue: Venue) -> None:
        """That each is sound."""
        self.anew = venue is not self._venue or self._looks % _ANEW == 0
        if self.anew:
            self._venue = venue
            self._marks.clear()
            self._execs.clear()
        self._looks += 1
        self.changed, self.working = [], {}
        count = 0
        for order in venue.orders.all():
            count += order.open or order.status == states.PENDING
            if order.working:
                self.working.setdefault(order.terms.symbol, []).append(order)
            mark = _mark_of(order)
            if self._marks.get(order.number) != mark:
                self._marks[order.number] = mark
                self.changed.append(order)
                self._check(venue, order)
        opened = venue.orders.open_count
        demand(count == opened, "{} orders are open, {} are counted", count, opened)

    def _check(self, venue: Venue, order: states.Order) -> None:
        demand(order.order_id == str(order.number), "order {} is {}", order.number, order.order_id)
        demand(order.number <= venue.orders.created, "order {} was not made", order.number)
        _check_order(order)
        for fill in order.fills or ():
            other = self._execs.setdefault(fill.exec_id, order.number)
            once = other == order.number
            demand(once, "ExecID {}: orders {}, {}", fill.exec_id, other, order.number)
            given = int(fill.exec_id) <= venue.orders.reported
            demand(given, "ExecID {} was never given", fill.exec_id)


def _mark_of(order: states.Order) -> tuple[object, ...]:
    """All of an order that is looked at; of its fills, which they are."""
    qty, fills = order.terms.qty, order.fills or ()
    state = (order.status, order.working, qty, order.cum, order.leaves, order.notional)
    return (*state, order.even_px, *fills)


def _check_order(order: states.Order) -> None:
    number, qty, cum, leaves = order.number, order.terms.qty, order.cum, order.leaves
    if order.status == states.PENDING:  # it is delayed, or who made the quote looks at it once more
        untouched = not order.working and leaves == qty and not cum and not order.fills
        demand(untouched, "order {} was never answered", number)
        return
    demand(order.open or order.status in _DONE, "order {} has status {}", number, order.status)
    wanted = qty - cum if order.open else 0
    said = "order {}: quantity {}, cum {}, leaves {}"
    demand(leaves == wanted and cum >= 0, said, number, qty, cum, leaves)
    demand(leaves > 0 or not order.open, "order {} is open, and nothing is left", number)
    filled = order.status == states.FILLED
    demand(not filled or cum == qty, "order {} of {} is filled with {}", number, qty, cum)
    fills = order.fills or []
    total = sum(fill.qty for fill in fills)
    demand(total == cum, "order {}: fills of {}, cum {}", number, total, cum)
    notional = sum(fill.qty * fill.price for fill in fills)
    demand(notional == order.notional, "order {}: notional {}", number, order.notional)
    close = abs(2 * (order.average * cum - notional)) <= cum
    demand(close, "order {}: average {}", number, order.average)
    demand(len({fill.exec_id for fill in fills}) == len(fills), "order {}: an ExecID twice", number)


# -- books


def mark_of_market(venue: Venue, listing: Listing, market: Market) -> tuple[object, ...]:
    """
    What a market is, in short: where this and all its orders are as they were, it is as it was.

    Two marks are equal where they are of the same levels with the same sums in them.
    """
    halves = [
        (
            [*half.keys],
            [(at.price, at.count, at.qty, at.special, at.newest) for at in half.levels.values()],
        )
        for half in (market.book.bids, market.book.asks)
    ]
    waiting = () if venue.links is None else tuple(venue.links.waiting)
    beside = [*listing.parked], [*market.triggers.parked], [*market.book.pegs], waiting
    return halves, beside, listing.rules, market.rules, market.matching, market.pending


def check_market(
    venue: Venue, listing: Listing, market: Market, working: Iterable[states.Order]
) -> None:
    """That a market and the orders of its venue, of which these work, agree; it is not crossed."""
    symbol, book = listing.symbol, market.book
    for half in (book.bids, book.asks):
        _check_half(half, symbol)
    there: dict[int, int] = {}
    for number, qty in _all_in(market):
        demand(number not in there, "{}: order {} is there twice", symbol, number)
        there[number] = qty
        order = venue.orders.get(number)
        works = order is not None and order.open and order.working
        demand(works, "{}: order {} rests, and does not work", symbol, number)
    _check_working(venue, working, there)
    parked = listing.parked
    demand(len(set(parked)) == len(parked), "{}: {} are set aside", symbol, parked)
    demand(listing.rules.matches == market.matching, "{}: matching is {}", symbol, market.matching)
    if market.matching:
        demand(not market.pending, "{}: something was not settled", symbol)
        _check_crossed(market, symbol)


def _check_working(venue: Venue, working: Iterable[states.Order], there: dict[int, int]) -> None:
    waiting = () if venue.links is None else venue.links.waiting
    for order in working:
        number, qty = order.number, there.get(order.number, 0)
        demand(qty == order.leaves, "order {} has {} left, {} rest", number, order.leaves, qty)
        demand(number not in waiting, "order {} rests, and waits for another", number)
        _check_limit(venue, order)


def _check_limit(venue: Venue, order: states.Order) -> None:
    """That an order rests at no price that is worse than its limit."""
    terms = order.terms
    resting = venue.engine.book(terms.symbol).find(order.number)
    if resting is None or terms.price == NO_PRICE or resting.level.half.levels.get(UNPRICED):
        return
    half, price = resting.level.half, resting.level.price
    demand(half.side == (1 if terms.side == Side.BUY else 2), "order {}: side", order.number)
    within = half.sign * price <= half.sign * terms.price
    demand(within, "order {} rests at {}, beyond {}", order.number, price, terms.price)


def _all_in(market: Market) -> Iterator[tuple[int, int]]:
    """All orders that a market has, with their open quantities."""
    for side in (1, 2):
        for number, _, qty in market.book.orders(side):
            yield number, qty
    for number, parked in market.triggers.parked.items():
        yield number, parked.entry.qty
    for number, pegged in market.book.pegs.items():
        if pegged.waiting:
            yield number, pegged.waiting


def _check_half(half: Half, symbol: str) -> None:
    where = f"{symbol} side {half.side}"
    keys = half.keys
    demand(all(one < other for one, other in pairwise(keys)), "{}: keys {}", where, keys)
    demand(set(keys) == set(half.levels), "{}: {}, levels {}", where, keys, list(half.levels))
    for key, level in half.levels.items():
        priced = key in (half.sign * level.price, UNPRICED)
        demand(priced and level.half is half, "{}: level {} at {}", where, level.price, key)
        _check_level(level, f"{where} at {level.price}")


def _check_level(level: Level, where: str) -> None:
    orders = level.orders()
    demand(bool(orders), "{}: an empty level", where)
    demand(level.count == len(orders), "{}: count {} of {}", where, level.count, len(orders))
    total = sum(order.qty for order in orders)
    demand(level.qty == total, "{}: quantity {}, orders have {}", where, level.qty, total)
    demand(all(order.qty > 0 for order in orders), "{}: an order of nothing", where)
    special = [order for order in orders if isinstance(order, Special)]
    demand(level.special == len(special), "{}: special {}", where, level.special)
    demand(all(0 <= each.shown <= each.qty for each in special), "{}: shown", where)
    back: list[Order] = []
    order = level.newest
    while order is not None:
        back.append(order)
        order = order.older
    demand(back[::-1] == orders, "{}: the way back is another", where)


def _check_crossed(market: Market, symbol: str) -> None:
    best = []
    for half in (market.book.bids, market.book.asks):
        demand(UNPRICED not in half.levels, "{}: an order without a price rests", symbol)
        keys = [key for key in half.keys if any(map(_may_trade, half.levels[key].orders()))]
        best.append(half.sign * max(keys) if keys else None)
    bid, ask = best
    crossed = bid is not None and ask is not None and bid >= ask
    demand(not crossed, "{}: bid {} is not below ask {}", symbol, bid, ask)


def _may_trade(order: Order) -> bool:
    return not (isinstance(order, Special) and order.all_or_none)
