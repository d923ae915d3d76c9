"""
Orders, cancels and replaces that are pending: told to sessions that ask for it
(``pending_reports``).

A request is pending from when it is held or delayed, or is about to be carried out, to its answer.
A new order that waits is an order already, which can be asked for, but is not open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.dispatch.answers import cancel_reject
from exsim.dispatch.floor import Floor
from exsim.model.codes import PREVIOUSLY_QUOTED, Reason
from exsim.model.events import Event
from exsim.model.lists import NewCross, NewList
from exsim.model.plain import terms_state
from exsim.model.requests import CancelOrder, NewOrder, ReplaceOrder, Request
from exsim.orders.order import PENDING, Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


def create(floor: Floor, terms: NewOrder, now: int, out: list[Event]) -> Order:
    """Make an order and accept it; that it is pending is told before, if its session asks."""
    tells = floor.accounts.tells_pending(terms.session)
    order = waiting(floor, terms) if tells or floor.told_pending else None
    if order is None:
        order = floor.orders.create(terms, now)
        if tells:
            out.append(floor.orders.received(order, now))
    out.append(floor.orders.accepted(order, now))
    return order


def waiting(floor: Floor, terms: NewOrder) -> Order | None:
    """The order that was made of a request when that had to wait, if it is not answered yet."""
    order = floor.orders.find(terms.session, terms.cl_ord_id)
    if order is None or order.status != PENDING:
        return None
    same = order.terms is terms or terms_state(order.terms) == terms_state(terms)
    return order if same else None  # else another one has its ClOrdID


def refused(floor: Floor, terms: NewOrder, now: int) -> Order:
    """The order of a request that is refused: one that waited, or one made for its report alone."""
    order = waiting(floor, terms)
    if order is None:
        register = not floor.orders.known(terms.session, terms.cl_ord_id)
        order = floor.orders.create(terms, now, register)
    return order


def is_taken(floor: Floor, terms: NewOrder) -> bool:
    """Whether another order has the ClOrdID of a request."""
    known = floor.orders.known(terms.session, terms.cl_ord_id)
    return known and waiting(floor, terms) is None


def tell(
    floor: Floor, request: CancelOrder | ReplaceOrder, order: Order, now: int, out: list[Event]
) -> None:
    """Tell that a request is pending, if its session asks for that and was not told before."""
    if order.owner == request.session and floor.accounts.tells_pending(request.session):
        report = floor.orders.asked(order, request, now)
        if report is not None:
            out.append(report)


def refuse(
    floor: Floor,
    request: CancelOrder | ReplaceOrder,
    order: Order | None,
    reason: Reason,
    text: str,
    now: int,
    out: list[Event],
) -> None:
    """Refuse a request, which is not pending any more."""
    if order is not None and order.owner == request.session:
        floor.orders.refused(order, request.cl_ord_id)
    out.append(cancel_reject(floor.orders, request, order, reason, text, now))


def put_off(venue: Venue, request: Request, now: int, out: list[Event]) -> None:
    """
    A request has to wait: tell that it is pending, if it could be carried out now. Of an order no
    more is looked at than whether it can be one.
    """
    for terms in orders_in(request):
        _put_off(venue, terms, now, out)
    if isinstance(request, (CancelOrder, ReplaceOrder)):
        order = venue.find(request)
        if order is not None and venue.check_change(request) is None:
            tell(venue, request, order, now, out)


def _put_off(venue: Venue, terms: NewOrder, now: int, out: list[Event]) -> None:
    orders = venue.orders
    if (
        venue.accounts.tells_pending(terms.session)
        and not orders.known(terms.session, terms.cl_ord_id)
        and orders.open_count < venue.settings.max_orders
        and terms.qty > 0
        and terms.ord_type != PREVIOUSLY_QUOTED
    ):
        out.append(orders.received(orders.create(terms, now), now))


def orders_in(request: Request) -> list[NewOrder]:
    """The orders that a request is to make."""
    if isinstance(request, NewOrder):
        return [request]
    if isinstance(request, NewList):
        return request.orders
    return request.sides if isinstance(request, NewCross) else []


def forget(venue: Venue, request: Request) -> None:
    """A request that was put off is dropped: nobody hears of that."""
    for terms in orders_in(request):
        made = waiting(venue, terms)
        if made is not None:
            venue.orders.withdraw(made)
    if isinstance(request, (CancelOrder, ReplaceOrder)):
        order = venue.find(request)
        if order is not None and order.owner == request.session:
            venue.orders.refused(order, request.cl_ord_id)
