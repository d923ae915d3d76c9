"""
Reports of changes that :class:`exsim.orders.registry.Orders` has no method for: an order is
triggered, expires, is restated, or is done for the day.
"""

from __future__ import annotations

from typing import Final

from exsim.errors import Bug
from exsim.model.codes import OrdStatus, ReportKind
from exsim.model.events import Report
from exsim.model.requests import NewOrder
from exsim.orders.order import Order
from exsim.orders.registry import Orders

_EXPIRED: Final = int(OrdStatus.EXPIRED)
_DONE_FOR_DAY: Final = int(OrdStatus.DONE_FOR_DAY)


def triggered(orders: Orders, order: Order, now: int) -> Report:
    """The order waited for a price, and is in the market from now."""
    order.updated = now
    return orders._report(order, int(ReportKind.TRIGGERED), now)


def expired(orders: Orders, order: Order, now: int) -> Report:
    """The time of the order is over."""
    if not order.open:
        raise Bug(f"order {order.order_id} is not open")
    orders._finish(order, _EXPIRED, now)
    return orders._report(order, int(ReportKind.EXPIRED), now)


def done_for_day(orders: Orders, order: Order, now: int) -> Report:
    """Nothing more is done about the order today; it goes on tomorrow."""
    status = order.status
    order.status = _DONE_FOR_DAY
    report = orders._report(order, int(ReportKind.DONE_FOR_DAY), now)
    order.status = status
    return report


def restated(orders: Orders, order: Order, terms: NewOrder, now: int, text: str) -> Report:
    """The order stands on these terms, which nobody asked for; ``text`` says why."""
    order.terms = terms
    order.leaves = terms.qty - order.cum
    order.updated = now
    return orders._report(order, int(ReportKind.RESTATED), now, text=text)
