"""
What an operator does to orders by hand: what no counterparty asked for, and no rule made.

``now`` is market time; events are appended to ``out``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.errors import Conflict
from exsim.model.amounts import format_amount
from exsim.model.events import Event
from exsim.model.requests import NO_PRICE, ReplaceOrder
from exsim.orders.order import CANCELED, DONE_FOR_DAY, EXPIRED, Order
from exsim.orders.unasked import (
    CALCULATED,
    EXCHANGE,
    REDUCED,
    STOPPED,
    SUSPENDED,
    VERBAL,
    expired,
    fill_of,
    filled_late,
    marked,
    restated,
    tell_why,
    trade_canceled,
    trade_corrected,
)

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

REPLACED = "replaced by the operator"
_ENDED = frozenset({CANCELED, EXPIRED})

MARKS = {"done-for-day": DONE_FOR_DAY, "calculate": CALCULATED}
"""Steps that change what is told of an order, and nothing else."""


def fill(
    venue: Venue,
    order: Order,
    qty: int | None,
    price: int | None,
    now: int,
    out: list[Event],
    late: bool = False,
) -> None:
    """
    Fill an order against nobody, in full or in part, at its limit where no price is given.

    ``late`` fills one that was canceled or has expired, too: it traded before that, which is known
    only now.

    :raises exsim.errors.Conflict: when it has not as much left, or there is no price.
    """
    late = late and order.status in _ENDED
    if not late:
        _check_open(order)
    left = order.terms.qty - order.cum if late else order.leaves
    if qty is not None and not 0 < qty <= left:
        raise Conflict(f"the quantity to fill must be from above 0 to {format_amount(left)}")
    at = venue.fill_price(order.terms, order.terms.price if price is None else price, now)
    if late:
        _fill_late(venue, order, left if qty is None else qty, at, now, out)
    else:
        venue.fill_order(order, left if qty is None else qty, at, now, out)


def _fill_late(
    venue: Venue, order: Order, qty: int, price: int, now: int, out: list[Event]
) -> None:
    """Fill an order that has ended, which no book has; it is on the tape, but moves no price."""
    out.append(filled_late(venue.orders, order, qty, price, now))
    if venue.risk is not None:
        venue.risk.charge(out, order, False, now)
    venue.print(order.terms.symbol, price, qty, "", order, now, out)


def cancel(venue: Venue, order: Order, now: int, out: list[Event]) -> None:
    """
    Cancel an order that its session did not ask to cancel, as somebody said on the telephone.

    :raises exsim.errors.Conflict: when it is not open.
    """
    _check_open(order)
    venue.take_out(order)
    report = venue.orders.canceled(order, now)
    tell_why(report, VERBAL)
    out.append(report)
    venue.after(order.terms.symbol, now, out)


def replace(venue: Venue, order: Order, qty: int, price: int, now: int, out: list[Event]) -> None:
    """
    Put an open order on another quantity or price, which its session did not ask for.

    It is told as restated: where only less of it is left, as a partial decline (FIX 4.2 Appendix
    D, D20 and D21). With no more than was filled, it ends there.
    """
    terms = order.terms.with_qty(qty, price)
    if qty <= order.cum:
        venue.replace_order(order, ReplaceOrder("", terms), now, out)
        return
    worked = order.working
    declined = qty < order.terms.qty and price == order.terms.price
    mark = order.mark
    out.append(
        restated(venue.orders, order, terms, now, REPLACED, REDUCED if declined else VERBAL, mark)
    )
    if worked:
        venue.keep_level(order)
        venue.rework(order, now, out)
    venue.follow_links(now, out)


def expire(venue: Venue, order: Order, now: int, out: list[Event]) -> None:
    """End an order as if its time were over."""
    _check_open(order)
    venue.take_out(order)
    out.append(expired(venue.orders, order, now))
    venue.after(order.terms.symbol, now, out)


def mark(venue: Venue, order: Order, step: str, now: int, out: list[Event]) -> None:
    """
    Tell that an order is done for day or calculated: one of :data:`MARKS`.

    One for the day that is done for it is in no book any more.
    """
    if MARKS[step] != DONE_FOR_DAY:
        _check_open(order)
    elif order.open and not order.lasts:
        venue.set_aside(order)
    out.append(marked(venue.orders, order, MARKS[step], now))
    venue.after(order.terms.symbol, now, out)


def stop(
    venue: Venue, order: Order, qty: int | None, price: int | None, now: int, out: list[Event]
) -> None:
    """
    Tell that an order is guaranteed a price for so much, all that is left where none is given.

    :raises exsim.errors.Conflict: when it has not as much left, or the quantity has no price.
    """
    _check_open(order)
    if qty is not None and not 0 < qty <= order.leaves:
        most = format_amount(order.leaves)
        raise Conflict(f"the quantity to guarantee must be from above 0 to {most}")
    if qty is not None and price is None:
        raise Conflict("a quantity is guaranteed at a price: give that, too")
    some = 0 if price is None else order.leaves if qty is None else qty
    at = NO_PRICE if price is None else price
    out.append(marked(venue.orders, order, STOPPED, now, "", some, at))


def suspend(venue: Venue, order: Order, now: int, out: list[Event]) -> None:
    """Take an order out of its book without ending it."""
    _check_open(order)
    venue.set_aside(order)
    out.append(marked(venue.orders, order, SUSPENDED, now))
    venue.after(order.terms.symbol, now, out)


def resume(venue: Venue, order: Order, now: int, out: list[Event]) -> None:
    """
    Put an order that was suspended, or marked in another way, back where it was: in its book, with
    its auction, or with the policy or person that went on with it.

    :raises exsim.errors.Conflict: when it was not.
    """
    _check_open(order)
    if not order.mark:
        raise Conflict(f"order {order.order_id} is neither suspended nor marked")
    out.append(restated(venue.orders, order, order.terms, now, "resumed", EXCHANGE))
    if venue.aside.pop(order.number, False):
        venue.enter_by_rules(venue.listing(order.terms.symbol), order, now, out)


def bust(venue: Venue, order: Order, exec_id: str, text: str, now: int, out: list[Event]) -> None:
    """
    A fill never was. What it filled is left once more, and rests with the operator where the
    fill had ended the order.

    :raises exsim.errors.NotFound: when the order has no such fill.
    """
    worked, later = order.working, _later(order, exec_id)
    out.append(trade_canceled(venue.orders, order, exec_id, now, text))
    venue.capture.revise(order, later, 0, 0, out)
    if worked:
        venue.rework(order, now, out)
    venue.follow_links(now, out)


def correct(
    venue: Venue,
    order: Order,
    exec_id: str,
    qty: int | None,
    price: int | None,
    text: str,
    now: int,
    out: list[Event],
) -> None:
    """
    A fill was of another quantity or at another price.

    :raises exsim.errors.NotFound: when the order has no such fill.
    :raises exsim.errors.Conflict: when it would be filled with more than it asks for.
    """
    known = fill_of(order, exec_id)
    if known is not None:
        qty = known.qty if qty is None else qty
        price = known.price if price is None else price
        most = order.terms.qty - order.cum + known.qty
        if not 0 < qty <= most:
            raise Conflict(f"the quantity must be from above 0 to {format_amount(most)}")
    worked, later = order.working, _later(order, exec_id)
    out.append(trade_corrected(venue.orders, order, exec_id, qty or 0, price or 0, now, text))
    venue.capture.revise(order, later, qty or 0, price or 0, out)
    if worked:
        venue.rework(order, now, out)
    venue.follow_links(now, out)


def _later(order: Order, exec_id: str) -> int:
    """How many fills of an order came after one."""
    fills = order.fills or []
    numbers = [number for number, fill in enumerate(fills) if fill.exec_id == exec_id]
    return len(fills) - 1 - numbers[0] if numbers else 0


def _check_open(order: Order) -> None:
    if not order.open:
        raise Conflict(f"order {order.order_id} is not open any more")
