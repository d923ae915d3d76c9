"""The state of an order, told to who asks for it, and to who sends an order again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.dispatch import acting
from exsim.dispatch.answers import unknown
from exsim.model.codes import Reason
from exsim.model.events import Event
from exsim.model.requests import NewOrder, OrderStatusQuery
from exsim.orders.order import CANCELED, Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


def tell(venue: Venue, query: OrderStatusQuery, now: int, out: list[Event]) -> None:
    """Answer an OrderStatusRequest."""
    order = venue.orders.find(query.session, query.cl_ord_id, query.order_id)
    if order is None:
        order = acting.other(venue, query)
    if order is None:
        out.append(unknown(query, Reason.UNKNOWN_ORDER, Reason.UNKNOWN_ORDER.value, now))
    else:
        report = venue.orders.status(order, now, query.carry)
        report.session = query.session
        report.orig_cl_ord_id = _asked_by(query.cl_ord_id, order)
        out.append(report)


def came_before(venue: Venue, terms: NewOrder, now: int, out: list[Event]) -> bool:
    """
    Tell the state of an order that may be sent again, and was here before (FIX 4.2 Appendix D,
    D31); whether it is one.
    """
    if terms.extra is None or not terms.extra.resent:
        return False
    order = venue.orders.find(terms.session, terms.cl_ord_id)
    if order is None:
        return False
    report = venue.orders.status(order, now, terms.carry)
    report.orig_cl_ord_id = _asked_by(terms.cl_ord_id, order)
    out.append(report)
    return True


def _asked_by(cl_ord_id: str, order: Order) -> str:
    """
    The ClOrdID that an order is asked for by and has no more, so that who asks knows the answer
    (FIX 4.4, order state changes G.1.c): that of terms which were replaced.
    """
    former = cl_ord_id != order.terms.cl_ord_id and order.pending is None
    return cl_ord_id if former and order.status != CANCELED else ""
