"""Answers about orders that there are not, or that cannot be changed."""

from __future__ import annotations

from typing import Final

from exsim.model.codes import OrdStatus, Reason, ReportKind
from exsim.model.events import CancelReject, MessageReject, Report
from exsim.model.requests import (
    CancelOrder,
    DontKnow,
    ListMessage,
    NewOrder,
    OrderStatusQuery,
    OtherMessage,
    QuoteMessage,
    ReplaceOrder,
    TradeAck,
)
from exsim.orders.order import Order
from exsim.orders.registry import Orders

_REJECTED: Final = int(OrdStatus.REJECTED)


def unknown(query: OrderStatusQuery, reason: Reason, text: str, now: int) -> Report:
    """The answer about an order that there is not: OrderID is left empty."""
    terms = NewOrder(
        query.session, query.cl_ord_id, query.symbol, query.side, 0, 0, 0, carry=query.carry
    )
    return Report(
        int(ReportKind.STATUS),
        query.session,
        terms,
        "",
        "0",
        query.cl_ord_id,
        _REJECTED,
        0,
        0,
        0,
        now,
        reason=reason,
        text=text,
    )


def cancel_reject(
    orders: Orders,
    request: CancelOrder | ReplaceOrder,
    order: Order | None,
    reason: Reason,
    text: str,
    now: int,
) -> CancelReject:
    """The refusal of a cancel or replace; ``order`` is the one that it meant, if there is one."""
    orig = request.orig_cl_ord_id
    if order is not None and (not orig or order.owner == request.session):
        orig = orders.last_accepted(order, orig)
    return CancelReject(
        request.session,
        request.cl_ord_id,
        orig,
        order.order_id if order is not None else "",
        order.told if order is not None else _REJECTED,
        isinstance(request, ReplaceOrder),
        reason,
        now,
        text or reason.value,
        request.account,
        request.carry,
    )


def message_reject(
    request: DontKnow | TradeAck | QuoteMessage | ListMessage | OtherMessage,
    reason: Reason,
    text: str,
) -> MessageReject:
    """The refusal of a message that has no answer of its own."""
    return MessageReject(
        request.session, request.msg_type, request.ref, reason, text, request.carry
    )
