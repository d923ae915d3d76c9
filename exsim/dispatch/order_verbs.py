"""
The verbs for orders: what is done to one that is on, or to a new one, which is accepted on the way.

See :mod:`exsim.dispatch.verbs`.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch import operator
from exsim.dispatch.checks import check_replace
from exsim.dispatch.desk import Desk
from exsim.dispatch.request_verbs import accept, check_acceptable
from exsim.dispatch.subject import Subject
from exsim.errors import Conflict, NotFound
from exsim.model.amounts import UNIT, format_amount, parse_amount
from exsim.model.events import Report
from exsim.model.requests import NO_PRICE, NewOrder, ReplaceOrder
from exsim.model.steps import LAST, REST, Step, share
from exsim.orders.order import PENDING, Order

_AFTER_ACK: Final = frozenset({"restate", "bust", "correct", "resume"})
"""Verbs for orders that are on already: a new order is not accepted on the way."""


def check_order(subject: Subject, step: Step) -> None:
    """
    Whether there is an order that this can be done to, or a new one to accept first.

    :raises exsim.errors.Conflict: when there is not.
    """
    request = subject.request
    if subject.decided or step.on_order:
        order = subject.named()
        if isinstance(request, NewOrder) and not subject.decided:
            raise Conflict(f"the order is not accepted yet: ack it, or {step.do} it as a request")
        if order is None:
            raise Conflict(
                f"there is no order to {step.do}: its request was refused, or names none"
            )
        if order.status == PENDING:
            what = f"order {order.order_id} is pending, nobody has answered it yet"
            raise Conflict(f"{what}: ack or reject the request that waits")
        return
    if not isinstance(request, NewOrder):
        kind = "" if request is None else request.kind
        raise Conflict(
            f"only a new order can be {_PAST.get(step.do, step.do + 'ed')}, no {kind} request; for"
            f" the order that it names write `order {step.do}` (on: order)"
        )
    if step.do in _AFTER_ACK:
        raise Conflict(f"the order is not accepted yet: ack it before you {step.do} it")
    check_acceptable(subject, request)


_PAST: Final = {
    "fill": "filled",
    "cancel": "canceled",
    "expire": "expired",
    "restate": "restated",
    "stop": "stopped",
    "resume": "resumed",
    "calculate": "calculated",
    "done-for-day": "done for day",
}


def _order(desk: Desk, subject: Subject, step: Step, now: int) -> Order:
    """The order, accepted if it was not."""
    request = subject.request
    if not subject.decided and not step.on_order and isinstance(request, NewOrder):
        return accept(desk, subject, request, now)
    order = subject.named()
    assert order is not None  # as was checked
    return order


def _terms(subject: Subject) -> tuple[NewOrder, int]:
    """What an order asks for, and how much is left of it; also of one that is not accepted yet."""
    order, request = subject.named(), subject.request
    if order is not None and (subject.decided or not isinstance(request, NewOrder)):
        return order.terms, order.leaves
    assert isinstance(request, NewOrder)
    return request, request.qty


def _quantity(subject: Subject, step: Step) -> int | None:
    """
    So much as a step says: an amount, a share of the order, or all that is left where it is None.

    A share is rounded down to the lot, but is never nothing.
    """
    text = step.get("quantity", REST)
    if text == REST:
        return None
    if not text.endswith("%"):
        return parse_amount(text)
    terms, left = _terms(subject)
    wanted = _part(subject, terms, text)
    return None if wanted >= left else wanted


def _part(subject: Subject, terms: NewOrder, text: str) -> int:
    """A share of an order."""
    wanted = terms.qty * share(text) // UNIT
    instrument = subject.venue.instruments.get(terms.symbol)
    lot = UNIT if instrument is None else instrument.lot
    return max(wanted - wanted % lot, lot)


def _price(step: Step) -> int | None:
    text = step.get("price")
    return parse_amount(text) if text else None


def fill(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Fill an order in part, or all that is left."""
    venue, qty, price = subject.venue, _quantity(subject, step), _price(step)
    terms, left = _terms(subject)
    if not subject.decided and not step.on_order:  # it is not accepted where it cannot be filled
        if qty is not None and not 0 < qty <= left:
            raise Conflict(f"the quantity to fill must be from above 0 to {format_amount(left)}")
        venue.fill_price(terms, NO_PRICE if price is None else price, now)
    order = _order(desk, subject, step, now)
    operator.fill(venue, order, qty, price, now, desk.out, step.late)


def cancel(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Cancel what is left of an order, unasked."""
    order, before = _order(desk, subject, step, now), len(desk.out)
    operator.cancel(subject.venue, order, now, desk.out)
    if step.get("text"):
        order.text = step.get("text")
        for event in desk.out[before:]:
            if isinstance(event, Report) and event.order_id == order.order_id:
                event.text = order.text


def expire(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """End an order as if its time were over."""
    operator.expire(subject.venue, _order(desk, subject, step, now), now, desk.out)


def restate(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Give an order another quantity or price, unasked."""
    venue, order = subject.venue, _order(desk, subject, step, now)
    price = _price(step)
    text = step.get("quantity", REST)
    at = order.terms.price if price is None else price
    wanted = order.terms.qty
    if text != REST:
        wanted = _part(subject, order.terms, text) if "%" in text else parse_amount(text)
    if not order.open:
        raise Conflict(f"order {order.order_id} is not open any more")
    if order.terms.price == NO_PRICE and price is not None:
        raise Conflict("a MARKET order takes no price")
    terms = order.terms.with_qty(wanted, at)
    refusal = check_replace(ReplaceOrder("", terms), order, venue.listings.get(terms.symbol))
    if refusal is not None:
        raise Conflict(f"{refusal[1] or refusal[0].value}: restate it to something else")
    before = len(desk.out)
    operator.replace(venue, order, wanted, at, now, desk.out)
    if step.get("text") and len(desk.out) > before:
        first = desk.out[before]
        if isinstance(first, Report):
            first.text = step.get("text")


def _exec_id(order: Order, step: Step) -> str:
    """Which fill is meant: by ExecID, or the last."""
    text = step.get("exec_id", LAST)
    if text != LAST:
        return text
    if not order.fills:
        raise NotFound(f"order {order.order_id} has no fill: fill it first")
    return order.fills[-1].exec_id


def bust(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Take back a fill."""
    order = _order(desk, subject, step, now)
    exec_id = _exec_id(order, step)
    operator.bust(subject.venue, order, exec_id, step.get("text"), now, desk.out)


def correct(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Give a fill another quantity or price."""
    order = _order(desk, subject, step, now)
    qty = parse_amount(step.get("quantity")) if "quantity" in step.values else None
    exec_id, text = _exec_id(order, step), step.get("text")
    operator.correct(subject.venue, order, exec_id, qty, _price(step), text, now, desk.out)


def stop(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Guarantee an order a price, for all that is left or so much of it."""
    qty, price = _quantity(subject, step), _price(step)
    _, left = _terms(subject)
    if qty is not None and not 0 < qty <= left:
        most = format_amount(left)
        raise Conflict(f"the quantity to guarantee must be from above 0 to {most}")
    if qty is not None and price is None:
        raise Conflict("a quantity is guaranteed at a price: give that, too")
    order = _order(desk, subject, step, now)
    operator.stop(subject.venue, order, qty, price, now, desk.out)


def suspend(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Take an order out of its book, for a while."""
    operator.suspend(subject.venue, _order(desk, subject, step, now), now, desk.out)


def resume(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Put an order back that was suspended or marked."""
    operator.resume(subject.venue, _order(desk, subject, step, now), now, desk.out)


def mark(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Tell that an order is calculated, or done for the day."""
    order = _order(desk, subject, step, now)
    operator.mark(subject.venue, order, step.do, now, desk.out)
