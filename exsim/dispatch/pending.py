"""
Cancels and replaces that are pending: told to sessions that ask for it (``pending_reports``).

A request is pending from when it is held or delayed, or is about to be carried out, to its answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.dispatch.answers import cancel_reject
from exsim.dispatch.floor import Floor
from exsim.model.codes import Reason
from exsim.model.events import Event
from exsim.model.requests import CancelOrder, NewOrder, ReplaceOrder, Request
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


def create(floor: Floor, terms: NewOrder, now: int, out: list[Event]) -> Order:
    """Make an order and accept it; that it is pending is told before, if its session asks."""
    order = floor.orders.create(terms, now)
    if floor.accounts.tells_pending(terms.session):
        out.append(floor.orders.received(order, now))
    out.append(floor.orders.accepted(order, now))
    return order


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
    if order is not None:
        floor.orders.refused(order, request.cl_ord_id)
    out.append(cancel_reject(request, order, reason, text, now))


def put_off(venue: Venue, request: Request, now: int, out: list[Event]) -> None:
    """A request has to wait: tell that it is pending, if it could be carried out now."""
    if isinstance(request, (CancelOrder, ReplaceOrder)):
        order = venue.find(request)
        if order is not None and venue.check_change(request) is None:
            tell(venue, request, order, now, out)


def forget(venue: Venue, request: Request) -> None:
    """A request that was put off is dropped: nobody hears of that."""
    if isinstance(request, (CancelOrder, ReplaceOrder)):
        order = venue.find(request)
        if order is not None:
            venue.orders.refused(order, request.cl_ord_id)
