"""Requests of any kind that are refused, each in the form that its kind has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.dispatch import dealing, lists, mass, pending
from exsim.dispatch.answers import message_reject, unknown
from exsim.model.codes import Reason
from exsim.model.events import Event, MassReport, TradesAnswer
from exsim.model.market_data import DataQuery, DataRefused
from exsim.model.reference_data import ReferenceQuery, no_instruments
from exsim.model.requests import (
    CancelOrder,
    DataMessage,
    ListMessage,
    MassCancel,
    MassStatus,
    NewOrder,
    OrderStatusQuery,
    QuoteMessage,
    ReplaceOrder,
    Request,
    TradesQuery,
)

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


def refuse(
    venue: Venue, request: Request, reason: Reason, text: str, now: int, out: list[Event]
) -> None:
    """Refuse a request."""
    if isinstance(request, NewOrder):
        order = pending.refused(venue, request, now)
        out.append(venue.orders.rejected(order, reason, text, now))
    elif isinstance(request, (CancelOrder, ReplaceOrder)):
        orders, session = venue.orders, request.session
        found = orders.find(session, request.orig_cl_ord_id, request.order_id)
        found = found or orders.asked_of(session, request.cl_ord_id)
        pending.refuse(venue, request, found, reason, text, now, out)
    elif isinstance(request, OrderStatusQuery):
        known = venue.orders.find(request.session, request.cl_ord_id, request.order_id)
        told = text or reason.value
        if known is None:
            out.append(unknown(request, reason, told, now))
        else:  # its true state: a report of rejection would say that the order is dead
            out.append(venue.orders.status(known, now, request.carry, told))
    elif isinstance(request, MassCancel):
        out.append(MassReport(request, 0, now, reason, text))
    elif isinstance(request, MassStatus):
        mass.refuse_status(request, reason, text, now, out)
    elif isinstance(request, TradesQuery):
        out.append(TradesAnswer(request, 0, reason, text))
    elif isinstance(request, QuoteMessage):
        dealing.refuse(venue, request, reason, text, now, out)
    elif isinstance(request, ListMessage):
        lists.refuse(venue, request, reason, text, now, out)
    elif isinstance(request, DataMessage):
        if isinstance(request, DataQuery):
            out.append(DataRefused(request, reason, text or reason.value))
        elif isinstance(request, ReferenceQuery):
            out.append(no_instruments(request))
    else:
        out.append(message_reject(request, reason, text))
