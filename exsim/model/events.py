"""
Events: outcomes addressed to one session, in no protocol's words.

Values on the hot path, like requests. Amounts are units of 10^-8, times nanoseconds since
1970 UTC. An event whose ``session`` is empty has nobody to go to (an order entered by REST).
"""

from __future__ import annotations

from exsim.model.codes import Reason
from exsim.model.lists import ListState
from exsim.model.quotes import QuoteEvent
from exsim.model.requests import NO_PRICE, Carry, MassCancel, NewOrder, TradesQuery
from exsim.model.trades import Trade


class Details:
    """
    What few reports have: ``commission`` is what a fill cost, below 0 for a rebate, None where
    nobody counts it. ``exec_ref_id`` is the ExecID of the fill that is canceled or corrected;
    ``restated`` is why an order was restated, an ExecRestatementReason(378), -1 for no such report.
    """

    __slots__ = ("commission", "exec_ref_id", "restated")

    def __init__(
        self, commission: int | None = None, exec_ref_id: str = "", restated: int = -1
    ) -> None:
        self.commission = commission
        self.exec_ref_id = exec_ref_id
        self.restated = restated


class Report:
    """
    What happened to an order, with its state just after: an ExecutionReport in FIX.

    ``terms`` are those that the order stands on after the event; ``avg`` is the average fill
    price, rounded half up; ``last_qty`` and ``last_px`` belong to a fill. ``cl_ord_id`` and
    ``orig_cl_ord_id`` are those of the request answered (the order's own otherwise), and so is
    ``carry``, whose routing the report takes. ``more`` is None for nearly all.
    """

    __slots__ = (
        "avg",
        "carry",
        "cl_ord_id",
        "cum",
        "exec_id",
        "kind",
        "last_px",
        "last_qty",
        "leaves",
        "more",
        "order_id",
        "orig_cl_ord_id",
        "reason",
        "session",
        "status",
        "terms",
        "text",
        "time",
    )

    def __init__(
        self,
        kind: int,
        session: str,
        terms: NewOrder,
        order_id: str,
        exec_id: str,
        cl_ord_id: str,
        status: int,
        cum: int,
        leaves: int,
        avg: int,
        time: int,
        last_qty: int = 0,
        last_px: int = NO_PRICE,
        orig_cl_ord_id: str = "",
        reason: Reason | None = None,
        text: str = "",
        carry: Carry | None = None,
        more: Details | None = None,
    ) -> None:
        self.kind = kind
        self.session = session
        self.terms = terms
        self.order_id = order_id
        self.exec_id = exec_id
        self.cl_ord_id = cl_ord_id
        self.status = status
        self.cum = cum
        self.leaves = leaves
        self.avg = avg
        self.time = time
        self.last_qty = last_qty
        self.last_px = last_px
        self.orig_cl_ord_id = orig_cl_ord_id
        self.reason = reason
        self.text = text
        self.carry = terms.carry if carry is None else carry
        self.more = more


class CancelReject:
    """A cancel or replace was refused: an OrderCancelReject in FIX.

    ``order_id`` is empty when the order is unknown; ``status`` is then REJECTED.
    """

    __slots__ = (
        "account",
        "carry",
        "cl_ord_id",
        "order_id",
        "orig_cl_ord_id",
        "reason",
        "replace",
        "session",
        "status",
        "text",
        "time",
    )

    def __init__(
        self,
        session: str,
        cl_ord_id: str,
        orig_cl_ord_id: str,
        order_id: str,
        status: int,
        replace: bool,
        reason: Reason,
        time: int,
        text: str = "",
        account: str = "",
        carry: Carry | None = None,
    ) -> None:
        self.session = session
        self.cl_ord_id = cl_ord_id
        self.orig_cl_ord_id = orig_cl_ord_id
        self.order_id = order_id
        self.status = status
        self.replace = replace
        self.reason = reason
        self.time = time
        self.text = text
        self.account = account
        self.carry = carry


class MessageReject:
    """A message was refused for what it is: a BusinessMessageReject in FIX from 4.2."""

    __slots__ = ("carry", "msg_type", "reason", "ref", "session", "text")

    def __init__(
        self,
        session: str,
        msg_type: str,
        ref: str,
        reason: Reason,
        text: str = "",
        carry: Carry | None = None,
    ) -> None:
        self.session = session
        self.msg_type = msg_type
        self.ref = ref
        self.reason = reason
        self.text = text
        self.carry = carry


class MassReport:
    """
    What became of a mass cancel, after the reports of its orders: OrderMassCancelReport in FIX.

    ``count`` are the orders that were canceled; ``reason`` says why none were looked for.
    """

    __slots__ = ("count", "reason", "request", "session", "text", "time")

    def __init__(
        self, request: MassCancel, count: int, time: int, reason: Reason | None, text: str = ""
    ) -> None:
        self.session = request.session
        self.request = request
        self.count = count
        self.time = time
        self.reason = reason
        self.text = text


class TradesAnswer:
    """
    Whether trades are told: a TradeCaptureReportRequestAck in FIX. ``total`` are those that follow.
    """

    __slots__ = ("reason", "request", "session", "text", "total")

    def __init__(
        self, request: TradesQuery, total: int, reason: Reason | None = None, text: str = ""
    ) -> None:
        self.session = request.session
        self.request = request
        self.total = total
        self.reason = reason
        self.text = text


class TradeTold:
    """
    One of the trades asked for: a TradeCaptureReport in FIX.

    ``sides`` are the order ids and terms of the session's own orders in it, one or both.
    """

    __slots__ = ("last", "request", "session", "sides", "total", "trade")

    def __init__(
        self,
        request: TradesQuery,
        trade: Trade,
        sides: list[tuple[str, NewOrder]],
        total: int,
        last: bool,
    ) -> None:
        self.session = request.session
        self.request = request
        self.trade = trade
        self.sides = sides
        self.total = total
        self.last = last


class Listed:
    """One of the reports that a mass status request asked for; ``total`` are all of them."""

    __slots__ = ("last", "report", "req_id", "session", "total")

    def __init__(self, report: Report, req_id: str, total: int, last: bool) -> None:
        self.session = report.session
        self.report = report
        self.req_id = req_id
        self.total = total
        self.last = last


class Outgoing:
    """
    Fields to send as they are: what ``echo``, a person or a test chose to answer.

    ``fields`` are (tag or name, value) pairs in order, message type included; the session
    adds its own header, sequence number and trailer.
    """

    __slots__ = ("fields", "session")

    def __init__(self, session: str, fields: tuple[tuple[str, str], ...]) -> None:
        self.session = session
        self.fields = fields


Event = (
    Report
    | CancelReject
    | MessageReject
    | MassReport
    | Listed
    | TradesAnswer
    | TradeTold
    | QuoteEvent
    | ListState
    | Outgoing
)
