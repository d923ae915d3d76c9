"""
Events: outcomes addressed to one session, in no protocol's words.

Values on the hot path, like requests. Amounts are units of 10^-8, times nanoseconds since
1970 UTC. An event whose ``session`` is empty has nobody to go to (an order entered by REST).
"""

from __future__ import annotations

from exsim.model.codes import Reason
from exsim.model.requests import NO_PRICE, Carry, NewOrder


class Report:
    """
    What happened to an order, with its state just after: an ExecutionReport in FIX.

    ``terms`` are those that the order stands on after the event; ``avg`` is the average fill
    price, rounded half up; ``last_qty`` and ``last_px`` belong to a fill. ``cl_ord_id`` and
    ``orig_cl_ord_id`` are those of the request answered (the order's own otherwise), and so is
    ``carry``, whose routing the report takes.
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


Event = Report | CancelReject | MessageReject | Outgoing
