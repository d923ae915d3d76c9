"""Answers about orders that there are not."""

from __future__ import annotations

from typing import Final

from exsim.model.codes import OrdStatus, Reason, ReportKind
from exsim.model.events import Report
from exsim.model.requests import NewOrder, OrderStatusQuery

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
