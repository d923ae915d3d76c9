"""
Crosses: two orders of one session trade with each other, at a price that they give.

Both are orders like any other, with reports of their own; what the type of the cross leaves of one
is canceled, or stays in the book. The trade is on the tape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch import pending
from exsim.dispatch.admission import check_new
from exsim.dispatch.checks import Refusal
from exsim.dispatch.entering import entry_of
from exsim.dispatch.listing import Listing
from exsim.dispatch.settling import settle
from exsim.engine.entry import Entry
from exsim.model.amounts import format_amount
from exsim.model.codes import OrdType, Reason, Side, TimeInForce
from exsim.model.events import Event
from exsim.model.lists import ChangeCross, CrossType, NewCross, Priority
from exsim.model.requests import NewOrder
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_LIMIT: Final = int(OrdType.LIMIT)
_IOC: Final = int(TimeInForce.IOC)
_ALL_OR_NONE: Final = int(CrossType.ALL_OR_NONE)
_ONE_SIDE: Final = int(CrossType.ONE_SIDE)
_SAME_PRICE: Final = int(CrossType.SAME_PRICE)
_TYPES: Final = frozenset(int(each) for each in CrossType)
_PRIORITIES: Final = frozenset(int(each) for each in Priority)
_SELL_FIRST: Final = int(Priority.SELL)
_NO_PRIORITY: Final = int(Priority.NONE)
_ANY: Final = "any"
_INSIDE: Final = "inside"
REST: Final = "the rest of a cross"


def cross(venue: Venue, request: NewCross, now: int, out: list[Event]) -> None:
    """Have the sides of a cross trade with each other, or refuse both."""
    refusal = check_cross(venue, request, now)
    if refusal is not None:
        refuse_cross(venue, request, refusal[0], refusal[1], now, out)
        return
    listing = venue.listings[request.symbol]
    orders: list[Order] = []
    for terms in _in_order(request):
        orders.append(pending.create(venue, terms, now, out))
    if request.cross_type == _SAME_PRICE:
        for order in orders:
            _take_resting(venue, listing, order, now, out)
    one, other = orders
    if one.open and other.open:
        qty = min(one.leaves, other.leaves)
        venue.fill_order(one, qty, one.terms.price, now, out, other)
    for order in orders:
        if order.open and request.cross_type == _ONE_SIDE:
            venue.enter_by_rules(listing, order, now, out)
        elif order.open:
            venue.cancel_order(order, now, out, REST)


def _in_order(request: NewCross) -> list[NewOrder]:
    """The sides, the one first that comes first: that with priority, else the buyer."""
    one, other = request.sides
    first_buys = request.priority != _SELL_FIRST
    return [one, other] if (one.side == _BUY) == first_buys else [other, one]


def _take_resting(venue: Venue, listing: Listing, order: Order, now: int, out: list[Event]) -> None:
    """Trade one side with what rests at the price of the cross, or at a better one."""
    buys = order.terms.side == _BUY
    price = order.terms.price
    there = 0
    levels = venue.engine.book(listing.symbol).levels(_SELL if buys else _BUY, 0)
    for level, qty, _count in levels:
        if level > price if buys else level < price:
            break
        there += qty
    qty = min(there, order.leaves)
    if not qty:
        return
    whole = entry_of(venue, listing, order)
    entry = Entry(
        whole.order_id, whole.side, _LIMIT, _IOC, price, qty, None, whole.owner, whole.lmm
    )
    order.working = True
    venue.engine.enter_order(listing.symbol, entry, venue.book_events)
    settle(venue, venue.book_events, listing.symbol, now, out)
    order.working = False


def check_cross(venue: Venue, request: NewCross, now: int) -> Refusal | None:
    """Whether the sides of a cross can trade with each other, and here and now."""
    refusal = _check_kind(request)
    if refusal is not None:
        return refusal
    one, other = request.sides
    for terms in (one, other):
        refusal = check_new(venue, terms, now)
        if refusal is not None:
            return refusal
    listing = venue.listings[one.symbol]
    if not listing.rules.matches:
        return Reason.CLOSED, f"{one.symbol} is in phase {listing.phase.value}: nothing trades"
    return _check_sides(request) or _check_price(venue, one)


def _check_kind(request: NewCross) -> Refusal | None:
    if request.cross_type not in _TYPES:
        return Reason.UNSUPPORTED, f"CrossType {request.cross_type} is not supported"
    if request.priority not in _PRIORITIES:
        return Reason.UNSUPPORTED, f"CrossPrioritization {request.priority} is not supported"
    if len(request.sides) != 2:
        return Reason.UNSUPPORTED, "a cross has two sides"
    one, other = request.sides
    if (one.side == _BUY) == (other.side == _BUY):
        return Reason.UNSUPPORTED, "both sides of the cross are on the same side of the market"
    if one.cl_ord_id == other.cl_ord_id:
        return Reason.DUPLICATE, "both sides of the cross have the same ClOrdID"
    if one.symbol != other.symbol or one.price != other.price:
        return Reason.UNSUPPORTED, "both sides of a cross have the same instrument and price"
    if one.ord_type != _LIMIT or other.ord_type != _LIMIT:
        return Reason.UNSUPPORTED, "a cross is at a price: OrdType must be limit"
    return None


def _check_sides(request: NewCross) -> Refusal | None:
    """Whether the quantities go with the type: the side with priority has to trade in full."""
    first, second = _in_order(request)
    mine, its = format_amount(first.qty), format_amount(second.qty)
    if request.cross_type == _ALL_OR_NONE and first.qty != second.qty:
        return Reason.QUANTITY, f"all or none: the sides are for {mine} and {its}"
    if request.cross_type == _SAME_PRICE or request.priority == _NO_PRIORITY:
        return None
    if first.qty > second.qty:
        return Reason.QUANTITY, f"the side with priority is for {mine}, the other for {its}"
    return None


def _check_price(venue: Venue, terms: NewOrder) -> Refusal | None:
    where = venue.settings.lists.cross_price
    if where == _ANY:
        return None
    book = venue.engine.book(terms.symbol)
    bid, ask = book.best(_BUY), book.best(_SELL)
    price = terms.price
    low = bid is not None and (price <= bid if where == _INSIDE else price < bid)
    high = ask is not None and (price >= ask if where == _INSIDE else price > ask)
    if not low and not high:
        return None
    best = " and ".join(["none" if each is None else format_amount(each) for each in (bid, ask)])
    return Reason.PRICE, f"price {format_amount(price)} is not {where} the best bid and ask, {best}"


def refuse_cross(
    venue: Venue, request: NewCross, reason: Reason, text: str, now: int, out: list[Event]
) -> None:
    """Both sides are rejected."""
    for terms in request.sides:
        venue.reject(terms, reason, text, now, out)


def change(venue: Venue, request: ChangeCross, now: int, out: list[Event]) -> None:
    """Cancel or replace what is left of the sides: each is answered for itself."""
    for part in request.parts:
        venue.match(venue.named(part), now, out)
