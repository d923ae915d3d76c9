"""
Lies: messages as if something had happened, with the state of orders left as it is.

A report says what the verb would have made of the order as it is now, whether that could be or
not: a fill of more than is left, the cancel of an order that is filled. What a step names besides
(``report_id``, ``status``, ``cum``, ...) goes before that. A new order that nobody has answered
gets its OrderID by the first lie about it, and is decided no more than before.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch.answers import cancel_reject
from exsim.dispatch.desk import Desk
from exsim.dispatch.subject import Subject
from exsim.errors import Conflict
from exsim.model.amounts import UNIT, parse_amount
from exsim.model.codes import OrdStatus, Reason, ReportKind
from exsim.model.events import Details, Report
from exsim.model.requests import (
    NO_PRICE,
    CancelOrder,
    NewOrder,
    OrderStatusQuery,
    ReplaceOrder,
)
from exsim.model.steps import LAST, REST, Step, share
from exsim.orders.order import PENDING, Fill, Order
from exsim.orders.unasked import VERBAL, fill_of

_NEW: Final = int(OrdStatus.NEW)
_PARTIALLY: Final = int(OrdStatus.PARTIALLY_FILLED)
_FILLED: Final = int(OrdStatus.FILLED)
_CANCELED: Final = int(OrdStatus.CANCELED)
_ENDED: Final = frozenset({_CANCELED, _FILLED, int(OrdStatus.REJECTED), int(OrdStatus.EXPIRED)})

_MARKS: Final = {
    "stop": (ReportKind.STOPPED, OrdStatus.STOPPED),
    "suspend": (ReportKind.SUSPENDED, OrdStatus.SUSPENDED),
    "calculate": (ReportKind.CALCULATED, OrdStatus.CALCULATED),
    "done-for-day": (ReportKind.DONE_FOR_DAY, OrdStatus.DONE_FOR_DAY),
}

_ENDS: Final = {"cancel": "CANCELED", "expire": "EXPIRED", "reject": "REJECTED"}


def tell(desk: Desk, subject: Subject, step: Step, now: int) -> None:
    """
    Send the message of a verb, and do nothing else.

    :raises exsim.errors.Conflict: when there is nothing that it could be about.
    """
    request = subject.request
    about_request = isinstance(request, (CancelOrder, ReplaceOrder)) and not step.on_order
    if about_request and step.do == "reject":
        assert isinstance(request, (CancelOrder, ReplaceOrder))
        reason = Reason[step.get("reason", "OTHER")]
        order = subject.named()
        orders = subject.venue.orders
        desk.out.append(cancel_reject(orders, request, order, reason, step.get("text"), now))
        return
    order = _order(subject, now, step.do)
    report = _report(subject, order, step, now)
    if about_request and step.do in ("ack", "pending"):
        assert isinstance(request, (CancelOrder, ReplaceOrder))
        _answer(report, request, step.do, order)
    _override(report, step, order)
    desk.out.append(report)


def _order(subject: Subject, now: int, do: str) -> Order:
    """The order that a lie is about: a new one is made, and answered by nobody."""
    order, request = subject.named(), subject.request
    if order is None and isinstance(request, NewOrder):
        orders = subject.venue.orders
        register = not orders.known(request.session, request.cl_ord_id)
        subject.venue.told_pending = True
        order = subject.order = orders.create(request, now, register)
    elif order is None and isinstance(request, (CancelOrder, ReplaceOrder, OrderStatusQuery)):
        order = Order(0, _terms(request), now)
        order.order_id = request.order_id or "NONE"
    if order is None:
        kind = "" if request is None else f" {request.kind}"
        raise Conflict(
            f"nothing is told of orders to a{kind} request: {do} has nothing to lie about"
        )
    return order


def _terms(request: CancelOrder | ReplaceOrder | OrderStatusQuery) -> NewOrder:
    """What can be said of an order that is not known."""
    if isinstance(request, ReplaceOrder):
        return request.terms
    name = request.cl_ord_id if isinstance(request, OrderStatusQuery) else request.orig_cl_ord_id
    return NewOrder(
        request.session, name, request.symbol, request.side, 0, 0, 0, carry=request.carry
    )


class _Tale:
    """What is told of an order: how it is, until a verb makes something else of it."""

    __slots__ = ("cum", "kind", "leaves", "more", "notional", "price", "qty", "status", "terms")

    def __init__(self, order: Order) -> None:
        self.kind = int(ReportKind.NEW)
        self.status = _live(order, order.cum)
        self.terms = order.terms
        self.cum = order.cum
        self.notional = order.notional
        self.leaves = max(0, order.terms.qty - order.cum)
        self.qty = 0
        self.price = NO_PRICE
        self.more: Details | None = None

    def acknowledged(self, terms: NewOrder) -> None:
        """It was taken as it was sent, even where it was replaced meanwhile."""
        self.terms = terms
        self.leaves = max(0, terms.qty - self.cum)

    def filled(self, qty: int, price: int) -> None:
        """So much traded, at that price."""
        self.kind = int(ReportKind.FILL)
        self.qty, self.price = qty, price
        self.cum += qty
        self.notional += qty * price
        self.leaves = max(0, self.terms.qty - self.cum)
        self.status = _PARTIALLY if self.leaves else _FILLED

    def ended(self, name: str) -> None:
        """It ended, as the report and the status of this name say."""
        self.kind, self.status = int(ReportKind[name]), int(OrdStatus[name])
        self.leaves = 0

    def restated(self, qty: int, price: int) -> None:
        """It is on these terms now."""
        self.kind, self.more = int(ReportKind.RESTATED), Details(restated=VERBAL)
        self.terms = self.terms.with_qty(qty, price)
        self.leaves = max(0, qty - self.cum)

    def amended(self, kind: ReportKind, order: Order, fill: Fill, qty: int, price: int) -> None:
        """A fill was this instead; nothing where it never was."""
        self.kind = int(kind)
        self.qty, self.price = qty, price
        self.cum += qty - fill.qty
        self.notional += qty * price - fill.qty * fill.price
        self.leaves = max(0, self.terms.qty - self.cum)
        self.status = _live(order, self.cum)
        self.more = Details(exec_ref_id=fill.exec_id)


def _tale(subject: Subject, order: Order, step: Step, now: int) -> _Tale:
    """What the verb would make of the order."""
    tale, do = _Tale(order), step.do
    if do == "fill":
        tale.filled(_quantity(step, order), _price(step, subject, order, now))
    elif do == "pending":
        tale.kind, tale.status = int(ReportKind.PENDING_NEW), int(OrdStatus.PENDING_NEW)
    elif do in _ENDS:
        tale.ended(_ENDS[do])
        tale.more = Details(restated=VERBAL) if do == "cancel" else None
    elif do in ("restate", "resume"):
        qty = _quantity(step, order) if "quantity" in step.values else order.terms.qty
        tale.restated(qty, _given_price(step, order.terms.price))
    elif do == "bust":
        tale.amended(ReportKind.TRADE_CANCEL, order, _fill(order, step), 0, NO_PRICE)
    elif do == "correct":
        fill, given = _fill(order, step), step.get("quantity")
        qty = parse_amount(given) if given else fill.qty
        tale.amended(ReportKind.TRADE_CORRECT, order, fill, qty, _given_price(step, fill.price))
    elif do in _MARKS:
        kind, status = _MARKS[do]
        tale.kind, tale.status = int(kind), int(status)
        if do == "stop":
            tale.price = _given_price(step, NO_PRICE)
            tale.qty = 0 if tale.price == NO_PRICE else _quantity(step, order)
    elif do == "ack":
        if isinstance(subject.request, NewOrder) and not step.on_order:
            tale.acknowledged(subject.request)
    else:
        raise Conflict(f"{do} tells nothing of an order, so that it cannot lie")
    return tale


def _report(subject: Subject, order: Order, step: Step, now: int) -> Report:
    """What the verb would tell of the order."""
    tale = _tale(subject, order, step, now)
    cum = tale.cum
    reason = Reason[step.get("reason", "OTHER")] if step.do == "reject" else None
    return Report(
        tale.kind,
        subject.session,
        tale.terms,
        order.order_id,
        subject.venue.orders.next_exec_id(),
        tale.terms.cl_ord_id,
        tale.status,
        cum,
        tale.leaves,
        (2 * tale.notional + cum) // (2 * cum) if cum > 0 else 0,
        now,
        tale.qty,
        tale.price,
        reason=reason,
        text=step.get("text") or (reason.value if reason is not None else ""),
        more=tale.more,
    )


def _live(order: Order, cum: int) -> int:
    """The status of an order that goes on."""
    if order.status in _ENDED and cum == order.cum:
        return order.status
    if cum >= order.terms.qty > 0:
        return _FILLED
    return _PARTIALLY if cum else _NEW


def _answer(report: Report, request: CancelOrder | ReplaceOrder, do: str, order: Order) -> None:
    """A report that answers a cancel or replace, as if it were carried out, or pending."""
    replaces = isinstance(request, ReplaceOrder)
    report.cl_ord_id = request.cl_ord_id
    report.orig_cl_ord_id = request.orig_cl_ord_id or order.terms.cl_ord_id
    report.carry = request.carry
    if do == "pending":
        name = "PENDING_REPLACE" if replaces else "PENDING_CANCEL"
        report.kind, report.status = int(ReportKind[name]), int(OrdStatus[name])
    elif isinstance(request, ReplaceOrder):
        report.kind = int(ReportKind.REPLACED)
        report.terms = request.terms
        report.status = _PARTIALLY if report.cum else int(OrdStatus.REPLACED)
        report.leaves = max(0, request.terms.qty - report.cum)
    else:
        report.kind, report.status, report.leaves = int(ReportKind.CANCELED), _CANCELED, 0


def _override(report: Report, step: Step, order: Order) -> None:
    """What a step names goes before what would be right; a fill told again has its number, too."""
    report.exec_id = step.get("report_id", report.exec_id)
    told = fill_of(order, report.exec_id) if report.last_qty else None
    report.match = report.match if told is None else told.match
    if "status" in step.values:
        status = OrdStatus[step.get("status")]
        report.status = PENDING if status is OrdStatus.PENDING_NEW else int(status)
    if "cum" in step.values:
        report.cum = parse_amount(step.get("cum"))
    if "leaves" in step.values:
        report.leaves = parse_amount(step.get("leaves"))
    if "average" in step.values:
        report.avg = parse_amount(step.get("average"))


def _quantity(step: Step, order: Order) -> int:
    text = step.get("quantity", REST)
    if text == REST:
        return max(0, order.terms.qty - order.cum)
    if text.endswith("%"):
        return order.terms.qty * share(text) // UNIT
    return parse_amount(text)


def _given_price(step: Step, other: int) -> int:
    text = step.get("price")
    return parse_amount(text) if text else other


def _price(step: Step, subject: Subject, order: Order, now: int) -> int:
    return subject.venue.fill_price(order.terms, _given_price(step, NO_PRICE), now)


def _fill(order: Order, step: Step) -> Fill:
    """The fill that is meant; one that never was is as good as any for a lie."""
    exec_id = step.get("exec_id", LAST)
    if exec_id == LAST and order.fills:
        return order.fills[-1]
    known = fill_of(order, exec_id)
    if known is None and exec_id == LAST:
        raise Conflict(f"order {order.order_id} has no fill: name one, even if it never was")
    return known or Fill(exec_id, 0, 0)
