"""
Corporate actions on resting orders: a split or a dividend puts them on other terms.

Quantities are rounded down to the lot. Prices are rounded to the tick, away from the other side:
those of buys down, those of sells up.
"""

from __future__ import annotations

from typing import Any, Final

from exsim.dispatch.entering import into_book
from exsim.dispatch.floor import Floor
from exsim.dispatch.listing import Listing
from exsim.model.codes import Side
from exsim.model.events import Event
from exsim.model.instructions import Instructions
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.orders.order import Order
from exsim.orders.unasked import CORPORATE_ACTION, SUSPENDED, restated

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
TEXT: Final = "corporate action"

Counts = tuple[int, int]
"""How many orders were restated, and how many ended."""


class Change:
    """A price becomes ``price * over // under - less``, a quantity ``qty * under // over``."""

    __slots__ = ("less", "over", "under")

    def __init__(self, over: int, under: int, less: int) -> None:
        self.over = over
        self.under = under
        self.less = less

    def price(self, price: int, tick: int, buys: bool) -> int:
        """A price, rounded to the tick; "no price" stays that."""
        if price == NO_PRICE:
            return price
        exact = price * self.over - self.less * self.under
        step = tick * self.under
        return exact // step * tick if buys else -(-exact // step) * tick

    def limit(self, price: int, tick: int, buys: bool) -> int:
        """The limit of an order: of a dividend, only orders below the market lose its worth."""
        return price if self.less and not buys else self.price(price, tick, buys)

    def stop(self, price: int, tick: int, buys: bool) -> int:
        """A stop: of a dividend, those to buy stay."""
        return price if self.less and buys else self.price(price, tick, buys)

    def distance(self, distance: int, tick: int) -> int:
        """How far something is from a price, in whole ticks, of which one is left at least."""
        if self.less or not distance:
            return distance
        far = max(abs(distance) * self.over // (self.under * tick), 1) * tick
        return far if distance > 0 else -far

    def part(self, qty: int, lot: int) -> int:
        """A part of the quantity of an order, in whole lots, of which one is left at least."""
        return max(self.qty(qty, lot), lot) if qty else 0

    def qty(self, qty: int, lot: int) -> int:
        """A quantity, rounded down to the lot."""
        return qty * self.under // (self.over * lot) * lot


def split(floor: Floor, listing: Listing, new: int, old: int, now: int, out: list[Event]) -> Counts:
    """``old`` shares are ``new`` ones: prices fall as much as quantities rise."""
    return _apply(floor, listing, Change(old, new, 0), now, out)


def dividend(floor: Floor, listing: Listing, amount: int, now: int, out: list[Event]) -> Counts:
    """A share is worth ``amount`` less: bids and sell stops follow, offers and buy stops do not."""
    return _apply(floor, listing, Change(1, 1, amount), now, out)


def _apply(floor: Floor, listing: Listing, change: Change, now: int, out: list[Event]) -> Counts:
    orders = [each for each in floor.orders.all() if each.open and _is_of(each, listing)]
    again = _in_turn(floor, listing, [each for each in orders if each.working])
    for order in again:
        floor.keep_level(order)
        floor.take_out(order)
    tick, count = listing.instrument.tick, [0, 0]
    for order in orders:
        terms = changed(order.terms, order.cum, change, listing)
        if terms.qty <= order.cum:
            out.append(floor.orders.canceled(order, now, text=TEXT))
            count[1] += 1
        else:
            buys = terms.side == _BUY
            cap, level = change.limit(order.cap, tick, buys), change.stop(order.level, tick, buys)
            mark = SUSPENDED if order.mark == SUSPENDED else 0
            out.append(restated(floor.orders, order, terms, now, TEXT, CORPORATE_ACTION, mark))
            order.cap, order.level = cap, level
            count[0] += 1
    if listing.last is not None:
        listing.last = change.price(listing.last, tick, buys=True)
    last = floor.engine.book(listing.symbol).last
    if last is not None:
        floor.engine.rescale(listing.symbol, change.price(last, tick, buys=True))
    for order in again:
        if order.open:
            into_book(floor, listing, order, now, out)
    floor.follow_links(now, out)
    return count[0], count[1]


def _in_turn(floor: Floor, listing: Listing, orders: list[Order]) -> list[Order]:
    """Orders in a book, those of a price first that came first, so that they keep their places."""
    book = floor.engine.book(listing.symbol)
    resting = [number for side in (_BUY, _SELL) for number, _, _ in book.orders(side)]
    places = {number: place for place, number in enumerate(resting)}
    return sorted(orders, key=lambda order: places.get(order.number, len(places)))


def _is_of(order: Order, listing: Listing) -> bool:
    return order.terms.symbol == listing.symbol


def changed(terms: NewOrder, cum: int, change: Change, listing: Listing) -> NewOrder:
    """The terms that an order is to have; what of it was filled stays as it was."""
    instrument = listing.instrument
    buys = terms.side == _BUY
    leaves = change.qty(terms.qty - cum, instrument.lot)
    price = change.limit(terms.price, instrument.tick, buys)
    extra = None if terms.extra is None else _asked(terms.extra, change, listing, buys)
    return NewOrder(
        terms.session,
        terms.cl_ord_id,
        terms.symbol,
        terms.side,
        terms.ord_type,
        terms.tif,
        cum + leaves,
        price,
        terms.account,
        terms.text,
        terms.carry if extra is terms.extra else terms.carry.without_asked(),
        terms.raw,
        extra,
    )


def _asked(extra: Instructions, change: Change, listing: Listing, buys: bool) -> Instructions:
    """What an order asks for, on the new terms."""
    tick, lot = listing.instrument.tick, listing.instrument.lot
    values: list[Any] = extra.state()
    asked = Instructions(*values)
    asked.stop_px = change.stop(extra.stop_px, tick, buys)
    asked.trail = change.distance(extra.trail, tick)
    asked.peg_offset = change.distance(extra.peg_offset, tick)
    asked.discretion = change.distance(extra.discretion, tick)
    asked.min_qty = change.part(extra.min_qty, lot)
    asked.display = change.part(extra.display, lot)
    asked.display_high = change.part(extra.display_high, lot)
    return asked if asked.state() != extra.state() else extra
