"""
The price of an auction: the one at which all who trade in it trade.

:func:`equilibrium` is pure: it looks at the two sides of a book and changes nothing. Candidates are
the limits of all orders and, where market orders stand on both sides, the reference price. They are
narrowed down in steps:

1. *volume*: the prices at which the most can trade;
2. *imbalance*: of these, the prices at which the least is left over of the orders good for them;
3. *pressure*: if at all of these it is buyers who are left, the highest; if sellers, the lowest;
4. *reference*: otherwise the reference price, or the end of what is left that is nearest to it;
   without a reference price the *middle*, rounded down to the tick.

A price between the last two candidates trades as much as they do: what is left over at the lower
is buyers, at the higher sellers, so neither side has less between them.

:func:`cross` then trades that much at that price: on both sides orders without a price first, then
the best price, then the oldest. Orders that trade whole or not at all take no part, discretion and
self-trade prevention do not count, and hidden orders stand as if they were shown.
"""

from __future__ import annotations

from exsim.engine.book import Book
from exsim.engine.entry import BUY, SELL
from exsim.engine.level import UNPRICED, Half, Order, Special
from exsim.model.market import Indication, Ticks
from exsim.model.trades import BookEvent, Traded

#: Price and quantity of orders; the price is None for those without a limit.
Interest = list[tuple[int | None, int]]


class Point:
    """A candidate: what would be bought and sold at a price by those that are good for it."""

    __slots__ = ("bought", "price", "sold")

    def __init__(self, price: int, bought: int, sold: int) -> None:
        self.price = price
        self.bought = bought
        self.sold = sold

    @property
    def volume(self) -> int:
        """What would trade."""
        return min(self.bought, self.sold)

    @property
    def surplus(self) -> int:
        """What buyers would be left with; negative for sellers."""
        return self.bought - self.sold


def equilibrium(buys: Interest, sells: Interest, reference: int | None, ticks: Ticks) -> Indication:
    """The price that an auction comes to, how much trades there, and what decided it."""
    points = curve(candidates(buys, sells, reference), buys, sells)
    most = max((point.volume for point in points), default=0)
    if not most:
        return _indication(None, point_at(0, _unpriced(buys), _unpriced(sells)), "")
    points = [point for point in points if point.volume == most]
    if len(points) == 1:
        return _indication(points[0].price, points[0], "volume")
    least = min(abs(point.surplus) for point in points)
    points = [point for point in points if abs(point.surplus) == least]
    if len(points) == 1:
        return _indication(points[0].price, points[0], "imbalance")
    lowest, highest = points[0], points[-1]
    if lowest.surplus > 0 and highest.surplus > 0:
        return _indication(highest.price, highest, "pressure")
    if lowest.surplus < 0 and highest.surplus < 0:
        return _indication(lowest.price, lowest, "pressure")
    wanted = (lowest.price + highest.price) // 2 if reference is None else reference
    price = max(lowest.price, min(ticks.round(wanted, True), highest.price))
    rule = "middle" if reference is None else "reference"
    return _indication(price, point_at(price, buys, sells), rule)


def candidates(buys: Interest, sells: Interest, reference: int | None) -> list[int]:
    """The prices that an auction may come to, the lowest first."""
    found = {price for price, _ in [*buys, *sells] if price is not None}
    if reference is not None and _unpriced(buys) and _unpriced(sells):
        found.add(reference)
    return sorted(found)


def curve(prices: list[int], buys: Interest, sells: Interest) -> list[Point]:
    """What would be bought and sold at each of these prices, the lowest first."""
    demand, supply = _by_price(buys), _by_price(sells)
    bought = sum([qty for _, qty in buys])
    sold = supply.get(None, 0)
    points = []
    for price in prices:
        sold += supply.get(price, 0)
        points.append(Point(price, bought, sold))
        bought -= demand.get(price, 0)
    return points


def _by_price(interest: Interest) -> dict[int | None, int]:
    found: dict[int | None, int] = {}
    for price, qty in interest:
        found[price] = found.get(price, 0) + qty
    return found


def point_at(price: int, buys: Interest, sells: Interest) -> Point:
    """What would be bought and sold at a price."""
    bought = sum([qty for limit, qty in buys if limit is None or limit >= price])
    sold = sum([qty for limit, qty in sells if limit is None or limit <= price])
    return Point(price, bought, sold)


def _unpriced(interest: Interest) -> Interest:
    return [pair for pair in interest if pair[0] is None]


def _indication(price: int | None, point: Point, rule: str) -> Indication:
    side = BUY if point.surplus > 0 else SELL if point.surplus < 0 else 0
    return Indication(price, 0 if price is None else point.volume, abs(point.surplus), side, rule)


def interest(half: Half) -> Interest:
    """What takes part in an auction on one side, level by level."""
    found: Interest = []
    for key, level in half.levels.items():
        qty = level.qty
        if level.special:
            qty = sum([order.qty for order in level.orders() if takes_part(order)])
        if qty:
            found.append((None if key == UNPRICED else level.price, qty))
    return found


def takes_part(order: Order) -> bool:
    """Whether an order may trade in an auction."""
    return not (isinstance(order, Special) and order.all_or_none)


def good_for(half: Half, price: int) -> list[Order]:
    """Those that may trade at a price, who goes first first."""
    found: list[Order] = []
    for key in reversed(half.keys):
        if key < half.sign * price:
            break
        found.extend([order for order in half.levels[key].orders() if takes_part(order)])
    return found


def cross(book: Book, price: int, volume: int, out: list[BookEvent]) -> list[Order]:
    """
    Trade ``volume`` at one price; return the orders that traded.

    The older order of two, by its id, counts as the maker. Levels may be left empty.
    """
    buys, sells = good_for(book.bids, price), good_for(book.asks, price)
    b, s = 0, 0
    while volume:
        buy, sell = buys[b], sells[s]
        qty = min(buy.qty, sell.qty, volume)
        older, newer = (buy, sell) if buy.order_id < sell.order_id else (sell, buy)
        out.append(Traded(older.order_id, newer.order_id, price, qty))
        book.fill(buy, qty)
        book.fill(sell, qty)
        volume -= qty
        b += not buy.qty
        s += not sell.qty
    book.last = price
    return [*buys[: b + 1], *sells[: s + 1]]
