"""
The verbs for requests: what is done to one that waits for somebody's decision.

See :mod:`exsim.dispatch.verbs`.
"""

from __future__ import annotations

from exsim.dispatch import lists, mass
from exsim.dispatch.desk import Desk
from exsim.dispatch.pending import forget, is_taken, waiting
from exsim.dispatch.subject import Subject
from exsim.dispatch.waiting import made
from exsim.errors import Conflict
from exsim.model.amounts import format_amount
from exsim.model.codes import Reason
from exsim.model.requests import (
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
from exsim.model.steps import Step
from exsim.orders.order import Order


def release(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Let a request go on with the next policy."""
    request = subject.undecided("release")
    subject.decided = True
    desk.go_on(subject.venue, request, subject.chain, subject.position, now)
    _find_made(subject, request)


def match(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Give a request to the engine, past all policies, or an order that was acked to its book."""
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


def ack(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Do what a request asks for; a new order rests off the book."""
    request = subject.undecided("ack")
    if isinstance(request, NewOrder):
        check_acceptable(subject, request)
        accept(desk, subject, request, now)
        return
    _check_carried(subject, request, now)
    subject.decided = True
    subject.order = subject.named()
    subject.venue.match(request, now, desk.out)


def check_acceptable(subject: Subject, terms: NewOrder) -> None:
    """
    What a person cannot overrule about a new order.

    :raises exsim.errors.Conflict: when nobody could take it.
    """
    if is_taken(subject.venue, terms):
        raise Conflict(f"ClOrdID {terms.cl_ord_id!r} is in use: reject it or drop it")
    if terms.qty <= 0:
        raise Conflict(f"its quantity is {format_amount(terms.qty)}: reject it or drop it")


def accept(desk: Desk, subject: Subject, terms: NewOrder, now: int) -> Order:
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


def pending(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Tell that a request is pending."""
    venue, request = subject.venue, subject.undecided("pending")
    if isinstance(request, NewOrder):
        if (subject.order or waiting(venue, request)) is not None:
            raise Conflict(f"{request.cl_ord_id} was told to be pending already")
        check_acceptable(subject, request)
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


def reject(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Refuse a request."""
    request = subject.undecided("reject")
    subject.decided = True
    reason, text = Reason[step.get("reason", "OTHER")], step.get("text")
    subject.venue.reject(request, reason, text, now, desk.out)
    _find_made(subject, request)


def drop(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """Forget a request: its sender hears nothing."""
    if subject.decided and subject.order is not None and subject.request is not None:
        return  # acked: whoever did that does no more about it
    request = subject.undecided("drop")
    subject.decided = True
    forget(subject.venue, request)
