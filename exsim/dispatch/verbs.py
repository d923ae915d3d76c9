"""
The verbs at work: what :data:`exsim.model.verbs.VERBS` says is done here, whoever asks for it.

Holds, live orders, rules, behaviours and scripts all come through :func:`do`. Each verb leaves the
state of orders consistent, or does nothing and raises: the error says what would be right. With
``force`` a message is sent that is no outcome of anything (:mod:`exsim.dispatch.lies`).

``now`` is market time; events are appended to the desk's ``out``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.dispatch import lists, mass, operator
from exsim.dispatch.checks import check_replace
from exsim.dispatch.desk import Desk
from exsim.dispatch.lies import tell
from exsim.dispatch.pending import forget, is_taken, waiting
from exsim.dispatch.subject import Subject
from exsim.dispatch.waiting import made
from exsim.errors import Conflict, NotFound
from exsim.model.amounts import UNIT, format_amount, parse_amount
from exsim.model.codes import Reason
from exsim.model.events import Event, Outgoing, RawBytes, Report
from exsim.model.requests import (
    NO_PRICE,
    CancelOrder,
    DontKnow,
    ListMessage,
    MassCancel,
    MassStatus,
    NewOrder,
    OrderStatusQuery,
    QuoteMessage,
    ReplaceOrder,
    Request,
    TradeAck,
    TradesQuery,
)
from exsim.model.steps import LAST, REST, Step, check_value, share
from exsim.model.verbs import ORDER, VERBS
from exsim.orders.order import PENDING, Order

Doer = Callable[[Desk, Subject, Step, int], None]

_AFTER_ACK: Final = frozenset({"restate", "bust", "correct", "resume"})
"""Verbs for orders that are on already: a new order is not accepted on the way."""


def do(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """
    Do one step, whose values are no templates any more.

    :raises exsim.errors.Conflict: when that cannot be; nothing is changed then.
    :raises exsim.errors.NotFound: when the order has no such fill.
    """
    doer = DOERS.get(step.do)
    if doer is None:
        raise Conflict(f"{step.do} is for rules: there is nothing to do it to")
    for name, value in step.values.items():
        _check(step.do, name, value)
    before = len(desk.out)
    if step.force:
        tell(desk, subject, step, now)
    else:
        if VERBS[step.do].about == ORDER:
            _check_order(subject, step)
        doer(desk, subject, step, now)
    _remember(subject, desk.out, before)
    if step.silent:
        del desk.out[before:]


def _check(do: str, name: str, value: str) -> None:
    try:
        check_value(do, name, value)
    except ValueError as error:
        raise Conflict(f"{do} {name}: {error}") from None


def _remember(subject: Subject, out: list[Event], before: int) -> None:
    """The ExecID of the last report of the order."""
    order = subject.order
    for event in out[before:]:
        if isinstance(event, Report) and order is not None and event.order_id == order.order_id:
            subject.exec_id = event.exec_id


# -- requests


def _release(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    request = subject.undecided("release")
    subject.decided = True
    desk.go_on(subject.venue, request, subject.chain, subject.position, now)
    _find_made(subject, request)


def _match(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    venue, order = subject.venue, subject.order
    if subject.decided and order is not None:
        listing = venue.listing(order.terms.symbol)
        there = order.working or order.number in listing.parked
        if not order.open or there:
            where = "is in its book already" if there else "is not open any more"
            raise Conflict(f"order {order.order_id} {where}")
        venue.enter_by_rules(listing, order, now, desk.out)
        return
    request = subject.undecided("match")
    subject.decided = True
    venue.match(request, now, desk.out)
    _find_made(subject, request)


def _find_made(subject: Subject, request: Request) -> None:
    """What was made of a new order that others decided."""
    if isinstance(request, NewOrder) and subject.order is None:
        subject.order = subject.venue.orders.find(request.session, request.cl_ord_id)


def _ack(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    request = subject.undecided("ack")
    if isinstance(request, NewOrder):
        _check_acceptable(subject, request)
        _accept(desk, subject, request, now)
        return
    _check_carried(subject, request, now)
    subject.decided = True
    subject.order = subject.named()
    subject.venue.match(request, now, desk.out)


def _check_acceptable(subject: Subject, terms: NewOrder) -> None:
    """
    What a person cannot overrule about a new order.

    :raises exsim.errors.Conflict: when nobody could take it.
    """
    if is_taken(subject.venue, terms):
        raise Conflict(f"ClOrdID {terms.cl_ord_id!r} is in use: reject it or drop it")
    if terms.qty <= 0:
        raise Conflict(f"its quantity is {format_amount(terms.qty)}: reject it or drop it")


def _accept(desk: Desk, subject: Subject, terms: NewOrder, now: int) -> Order:
    """Take a new order on; it rests with whoever does that."""
    order = subject.order = subject.venue.accept(terms, now, desk.out)
    subject.decided = True
    return order


def _check_carried(subject: Subject, request: Request, now: int) -> None:
    """
    Whether a request that is no new order can be carried out.

    :raises exsim.errors.Conflict: when it cannot.
    """
    venue = subject.venue
    refusal = None
    if isinstance(request, (OrderStatusQuery, MassStatus, TradesQuery, DontKnow, TradeAck)):
        return
    if isinstance(request, QuoteMessage):
        return
    if isinstance(request, ListMessage):
        refusal = lists.check(venue, request, now)
    elif isinstance(request, MassCancel):
        refusal = mass.check(venue, request)
    elif isinstance(request, (CancelOrder, ReplaceOrder)):
        refusal = venue.check_change(request)
    else:
        raise Conflict("a message that maps to no request can be replied to, not acked")
    if refusal is not None:
        raise Conflict(f"{refusal[1] or refusal[0].value}: reject or release it")


def _pending(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    venue, request = subject.venue, subject.undecided("pending")
    if isinstance(request, NewOrder):
        if (subject.order or waiting(venue, request)) is not None:
            raise Conflict(f"{request.cl_ord_id} was told to be pending already")
        _check_acceptable(subject, request)
        venue.told_pending = True
        subject.order = venue.orders.create(request, now)
        desk.out.append(venue.orders.received(subject.order, now))
    elif isinstance(request, (CancelOrder, ReplaceOrder)):
        _check_carried(subject, request, now)
        order = venue.meant(request)
        if order is not None and not order.order_id:  # it waits, and is one from now
            venue.told_pending = True
            order = made(venue, order.terms, now)
        report = None if order is None else venue.orders.asked(order, request, now)
        if report is None:
            raise Conflict(f"{request.cl_ord_id} was told to be pending already")
        desk.out.append(report)
    else:
        raise Conflict(f"a {request.kind} request is never pending: only new, cancel and replace")


def _reject(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    request = subject.undecided("reject")
    subject.decided = True
    reason, text = Reason[step.get("reason", "OTHER")], step.get("text")
    subject.venue.reject(request, reason, text, now, desk.out)
    _find_made(subject, request)


def _drop(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    if subject.decided and subject.order is not None and subject.request is not None:
        return  # acked: whoever did that does no more about it
    request = subject.undecided("drop")
    subject.decided = True
    forget(subject.venue, request)


# -- messages of one's own making


def _reply(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    check_reply(subject)
    desk.out.append(Outgoing(subject.session, step.fields))
    _answered(subject)


def _raw(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    check_reply(subject)
    desk.out.append(RawBytes(subject.session, step.get("data").encode("latin-1")))
    _answered(subject)


def check_reply(subject: Subject) -> None:
    """
    Whether there is somebody to send a message to.

    :raises exsim.errors.Conflict: when there is not.
    """
    if not subject.session:
        raise Conflict("it came by no session, so there is nobody to reply to")


def _answered(subject: Subject) -> None:
    """A message of somebody's making answers a request that was undecided."""
    if not subject.decided and subject.request is not None:
        subject.decided = True
        forget(subject.venue, subject.request)


# -- orders


def _check_order(subject: Subject, step: Step) -> None:
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
    _check_acceptable(subject, request)


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
        return _accept(desk, subject, request, now)
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


def _fill(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    venue, qty, price = subject.venue, _quantity(subject, step), _price(step)
    terms, left = _terms(subject)
    if not subject.decided and not step.on_order:  # it is not accepted where it cannot be filled
        if qty is not None and not 0 < qty <= left:
            raise Conflict(f"the quantity to fill must be from above 0 to {format_amount(left)}")
        venue.fill_price(terms, NO_PRICE if price is None else price, now)
    order = _order(desk, subject, step, now)
    operator.fill(venue, order, qty, price, now, desk.out, step.late)


def _cancel(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    order, before = _order(desk, subject, step, now), len(desk.out)
    operator.cancel(subject.venue, order, now, desk.out)
    if step.get("text"):
        order.text = step.get("text")
        for event in desk.out[before:]:
            if isinstance(event, Report) and event.order_id == order.order_id:
                event.text = order.text


def _expire(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    operator.expire(subject.venue, _order(desk, subject, step, now), now, desk.out)


def _restate(desk: Desk, subject: Subject, step: Step, now: int) -> None:
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


def _bust(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    order = _order(desk, subject, step, now)
    exec_id = _exec_id(order, step)
    operator.bust(subject.venue, order, exec_id, step.get("text"), now, desk.out)


def _correct(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    order = _order(desk, subject, step, now)
    qty = parse_amount(step.get("quantity")) if "quantity" in step.values else None
    exec_id, text = _exec_id(order, step), step.get("text")
    operator.correct(subject.venue, order, exec_id, qty, _price(step), text, now, desk.out)


def _stop(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    qty, price = _quantity(subject, step), _price(step)
    _, left = _terms(subject)
    if qty is not None and not 0 < qty <= left:
        most = format_amount(left)
        raise Conflict(f"the quantity to guarantee must be from above 0 to {most}")
    if qty is not None and price is None:
        raise Conflict("a quantity is guaranteed at a price: give that, too")
    order = _order(desk, subject, step, now)
    operator.stop(subject.venue, order, qty, price, now, desk.out)


def _suspend(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    operator.suspend(subject.venue, _order(desk, subject, step, now), now, desk.out)


def _resume(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    operator.resume(subject.venue, _order(desk, subject, step, now), now, desk.out)


def _mark(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    order = _order(desk, subject, step, now)
    operator.mark(subject.venue, order, step.do, now, desk.out)


DOERS: Final[dict[str, Doer]] = {
    "release": _release,
    "match": _match,
    "ack": _ack,
    "pending": _pending,
    "fill": _fill,
    "reject": _reject,
    "cancel": _cancel,
    "expire": _expire,
    "restate": _restate,
    "bust": _bust,
    "correct": _correct,
    "stop": _stop,
    "suspend": _suspend,
    "resume": _resume,
    "calculate": _mark,
    "done-for-day": _mark,
    "drop": _drop,
    "reply": _reply,
    "raw": _raw,
}
"""By verb; ``hold``, ``after`` and ``webhook`` are done by :mod:`exsim.dispatch.plays`."""
