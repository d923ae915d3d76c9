"""
What happens to an order without a request of its session: by the market, the day, or an operator.

Each function changes the order and gives the report that tells of it.
"""

from __future__ import annotations

from typing import Final

from exsim.errors import Bug, NotFound
from exsim.model.codes import OrdStatus, ReportKind
from exsim.model.events import Details, Report
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.orders.order import (
    DONE_FOR_DAY,
    EXPIRED,
    FILLED,
    NEW,
    PARTIALLY_FILLED,
    PENDING,
    Before,
    Fill,
    Order,
)
from exsim.orders.registry import Orders

STOPPED: Final = int(OrdStatus.STOPPED)
SUSPENDED: Final = int(OrdStatus.SUSPENDED)
CALCULATED: Final = int(OrdStatus.CALCULATED)

CORPORATE_ACTION: Final = 0
CARRIED_OVER: Final = 1
REPRICED: Final = 3
REDUCED: Final = 5
ON_HALT: Final = 6
VERBAL: Final = 2
BROKER: Final = 4
EXCHANGE: Final = 8
NOT_BEST: Final = 9
"""Values of ExecRestatementReason(378); REDUCED is a partial decline of OrderQty."""

_KINDS: Final = {
    DONE_FOR_DAY: int(ReportKind.DONE_FOR_DAY),
    STOPPED: int(ReportKind.STOPPED),
    SUSPENDED: int(ReportKind.SUSPENDED),
    CALCULATED: int(ReportKind.CALCULATED),
}


def triggered(orders: Orders, order: Order, now: int) -> Report:
    """
    The order waited for a price, and is in the market from now.

    Where there is no such report it is told as restated, which needs a reason.
    """
    order.updated = now
    order.note(now, "triggered")
    report = orders.report(order, int(ReportKind.TRIGGERED), now)
    tell_why(report, EXCHANGE)
    return report


def expired(orders: Orders, order: Order, now: int) -> Report:
    """The time of the order is over."""
    _check_open(order)
    orders.finish(order, EXPIRED, now)
    return orders.report(order, int(ReportKind.EXPIRED), now)


def marked(
    orders: Orders,
    order: Order,
    mark: int,
    now: int,
    text: str = "",
    qty: int = 0,
    price: int = NO_PRICE,
) -> Report:
    """
    The order is done for day, stopped, suspended or calculated from now, as ``mark`` says.

    ``qty`` and ``price`` are what a stopped order is guaranteed.
    """
    if mark != DONE_FOR_DAY:
        _check_open(order)
    order.mark = mark
    order.updated = now
    order.note(now, OrdStatus(mark).name.lower().replace("_", " "))
    return orders.report(order, _KINDS[mark], now, qty, price, text=text)


def new_day(order: Order) -> None:
    """What was filled of the order so far was filled before today (DayCumQty(425) is 0 again)."""
    order.before = Before(len(order.fills or ()), order.cum, order.notional)


def restated(
    orders: Orders,
    order: Order,
    terms: NewOrder,
    now: int,
    text: str,
    why: int = EXCHANGE,
    mark: int = 0,
) -> Report:
    """
    The order stands on these terms, without a mark or with another, which nobody asked for.

    ``why`` is an ExecRestatementReason(378), ``text`` the same in words.
    """
    _check_open(order)
    if terms.price != order.terms.price and why != REPRICED:
        order.cap = terms.price
    order.mark = mark
    order.terms = terms
    order.leaves = terms.qty - order.cum
    order.updated = now
    order.note(now, f"restated: {text}")
    report = orders.report(order, int(ReportKind.RESTATED), now, text=text)
    _more(report).restated = why
    return report


def filled_late(orders: Orders, order: Order, qty: int, price: int, now: int) -> Report:
    """
    The order traded before it ended, which is known only now: it stays as it ended (FIX 4.2
    Appendix D, D35).
    """
    if order.open or order.status == PENDING or not 0 < qty <= order.terms.qty - order.cum:
        raise Bug(f"order {order.order_id} has no {qty} that could have been filled")
    order.cum += qty
    order.notional += qty * price
    order.even_px = NO_PRICE
    order.updated = now
    if order.cum == order.terms.qty:
        order.status = FILLED
    order.note(now, "filled after its end")
    report = orders.report(order, int(ReportKind.FILL), now, last_qty=qty, last_px=price)
    if order.fills is None:
        order.fills = []
    order.fills.append(Fill(report.exec_id, qty, price))
    return report


def trade_canceled(orders: Orders, order: Order, exec_id: str, now: int, text: str = "") -> Report:
    """
    A fill never was (a bust): what it filled is left once more, unless the order was canceled or
    expired meanwhile (FIX 4.4, order state changes J.1.a and J.1.b).

    :raises exsim.errors.NotFound: when the order has no fill of this ExecID.
    """
    fill = _fill(order, exec_id)
    _change(order, fill, -fill.qty, -fill.qty * fill.price)
    assert order.fills is not None
    if _is_before(order, fill):
        assert order.before is not None
        order.before.fills -= 1
    order.fills.remove(fill)
    _after_fills(orders, order, now)
    order.note(now, f"fill {exec_id} canceled")
    report = orders.report(order, int(ReportKind.TRADE_CANCEL), now, text=text)
    report.match = fill.match
    more = _more(report)
    more.exec_ref_id = exec_id
    more.was = (fill.qty, fill.price)
    return report


def trade_corrected(
    orders: Orders, order: Order, exec_id: str, qty: int, price: int, now: int, text: str = ""
) -> Report:
    """
    A fill was of another quantity, or at another price; it has the ExecID of this report now.

    :raises exsim.errors.NotFound: when the order has no fill of this ExecID.
    """
    fill = _fill(order, exec_id)
    _change(order, fill, qty - fill.qty, qty * price - fill.qty * fill.price)
    _after_fills(orders, order, now)
    report = orders.report(order, int(ReportKind.TRADE_CORRECT), now, qty, price, text=text)
    report.match, report.liquidity = fill.match, fill.liquidity
    more = _more(report)
    more.exec_ref_id = exec_id
    more.was = (fill.qty, fill.price)
    order.note(now, f"fill {exec_id} corrected, as {report.exec_id}")
    fill.exec_id, fill.qty, fill.price = report.exec_id, qty, price
    return report


def fill_of(order: Order, exec_id: str) -> Fill | None:
    """The fill of an order under this ExecID, if there is one."""
    for fill in order.fills or ():
        if fill.exec_id == exec_id:
            return fill
    return None


def tell_why(report: Report, why: int) -> None:
    """Have a report of a cancel say why it is: an ExecRestatementReason(378)."""
    _more(report).restated = why


def tell_prevented(report: Report, prevented: tuple[int, int]) -> None:
    """Have a report say which trade was prevented: its quantity and price."""
    _more(report).prevented = prevented


def _more(report: Report) -> Details:
    """What a report has that few have."""
    if report.more is None:
        report.more = Details()
    return report.more


def _change(order: Order, fill: Fill, qty: int, notional: int) -> None:
    """Count that a fill was of more or less, on this day or before."""
    order.cum += qty
    order.notional += notional
    order.even_px = NO_PRICE
    if _is_before(order, fill):
        assert order.before is not None
        order.before.cum += qty
        order.before.notional += notional


def _is_before(order: Order, fill: Fill) -> bool:
    """Whether a fill is of a day before this one."""
    return order.before is not None and fill in (order.fills or ())[: order.before.fills]


def _fill(order: Order, exec_id: str) -> Fill:
    fill = fill_of(order, exec_id)
    if fill is None:
        known = ", ".join(fill.exec_id for fill in order.fills or ()) or "none"
        raise NotFound(f"order {order.order_id} has no fill {exec_id!r}; it has: {known}")
    return fill


def _after_fills(orders: Orders, order: Order, now: int) -> None:
    """Status and leaves after a fill of the past is another."""
    order.updated = now
    left = order.terms.qty - order.cum
    if order.status == FILLED and left > 0:
        orders.reopen(order)
    if not order.open:
        return
    order.leaves = left
    order.status = PARTIALLY_FILLED if order.cum else NEW
    if left <= 0:
        orders.finish(order, FILLED, now)


def _check_open(order: Order) -> None:
    if not order.open:
        raise Bug(f"order {order.order_id} is not open")
