"""
Acting for others: what a risk desk or a clearing firm does to orders of other sessions.

An order is named by its OrderID, since ClOrdIDs are a session's own. Its owner hears of it as of
what it did not ask for; who acts is answered by a report of the order with its own ClOrdID.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.dispatch.floor import Floor
from exsim.model.codes import ReportKind
from exsim.model.events import Event
from exsim.model.requests import CancelOrder, NewOrder, OrderStatusQuery, ReplaceOrder
from exsim.orders.order import Order
from exsim.orders.unasked import BROKER, restated

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue


def other(venue: Venue, request: CancelOrder | ReplaceOrder | OrderStatusQuery) -> Order | None:
    """The order of another session that a request names, if it may."""
    if not request.order_id:
        return None
    order = venue.orders.by_order_id(request.order_id)
    if order is None or not venue.accounts.may_act_for(request.session, order):
        return None
    return order


def canceled_by(session: str) -> str:
    """What the owner of an order is told that another session canceled."""
    return f"session {session} canceled it"


def change(
    venue: Venue,
    order: Order,
    request: CancelOrder | ReplaceOrder,
    now: int,
    out: list[Event],
) -> None:
    """Cancel or replace an order of another session."""
    if isinstance(request, ReplaceOrder):
        _replace(venue, order, request, now, out)
    else:
        venue.cancel_order(order, now, out, canceled_by(request.session))
        out.append(venue.orders.told_to(request, order, now))


def tell(
    floor: Floor, session: str, order: Order, kind: ReportKind, now: int, out: list[Event]
) -> None:
    """Tell a session what became of an order on its account, if the order is another's."""
    if order.owner != session:
        report = floor.orders.report(order, int(kind), now, text=order.text)
        report.session = session
        out.append(report)


def _replace(venue: Venue, order: Order, request: ReplaceOrder, now: int, out: list[Event]) -> None:
    """
    Put an order on other terms: its owner is told that it is restated, under the ClOrdID that it
    has. With no more than was filled, it ends there.
    """
    worked, ended = order.working, not order.open
    terms = _kept(order.terms, request.terms)
    text = f"session {request.session} replaced it"
    if ended or terms.qty <= order.cum:
        out.append(venue.orders.replaced(order, ReplaceOrder("", terms), now))
    else:
        out.append(restated(venue.orders, order, terms, now, text, BROKER, order.mark))
    out.append(venue.orders.told_to(request, order, now, text))
    venue.requote(order, worked, ended, now, out)


def _kept(mine: NewOrder, asked: NewOrder) -> NewOrder:
    """The terms of an order that others may change; whose it is stays as it is."""
    return NewOrder(
        mine.session,
        mine.cl_ord_id,
        mine.symbol,
        mine.side,
        asked.ord_type,
        asked.tif,
        asked.qty,
        asked.price,
        mine.account,
        mine.text,
        mine.carry,
        mine.raw,
        asked.extra,
    )
