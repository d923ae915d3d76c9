"""
Events: outcomes addressed to one session, in no protocol's words.

Values on the hot path, like requests. Amounts are units of 10^-8, times nanoseconds since
1970 UTC. An event whose ``session`` is empty has nobody to go to (an order entered by REST).
"""

from __future__ import annotations

from exsim.model.acyclic import mypyc_attr
from exsim.model.codes import Reason
from exsim.model.lists import ListState
from exsim.model.many import NEW
from exsim.model.market_data import DataEvent
from exsim.model.news import NewsTold
from exsim.model.quote_events import QuoteEvent
from exsim.model.reference_data import ReferenceEvent
from exsim.model.requests import NO_PRICE, Carry, MassCancel, NewOrder, TradesQuery
from exsim.model.trades import Trade


class Today:
    """
    What an order that came over night asks for today, and what was filled of it today: quantities,
    and the average price.
    """

    __slots__ = ("avg", "cum", "qty")

    def __init__(self, qty: int, cum: int, avg: int) -> None:
        self.qty = qty
        self.cum = cum
        self.avg = avg


class LegFill:
    """
    What a fill of a multileg instrument comes to in one of its legs: ``side`` is that of the leg,
    ``ratio`` (10^-8 units) how many of it there are to one of the instrument.
    """

    __slots__ = ("price", "qty", "ratio", "side", "symbol")

    def __init__(self, symbol: str, side: int, ratio: int, price: int, qty: int) -> None:
        self.symbol = symbol
        self.side = side
        self.ratio = ratio
        self.price = price
        self.qty = qty


class Details:
    """
    What few reports have: ``commission`` is what a fill cost, below 0 for a rebate, None where
    nobody counts it. ``exec_ref_id`` is the ExecID of the fill that is canceled or corrected;
    ``restated`` is why an order was restated, an ExecRestatementReason(378), -1 for no such report.
    ``today`` is None on the first day of an order. ``multileg`` says that the instrument is made of
    others, ``legs`` what a fill of it comes to in each of them. ``prevented`` are quantity and
    price of a trade of the order with its own side that was prevented, None where there was none.
    ``was`` are quantity and price of a fill before it is canceled or corrected.
    """

    __slots__ = (
        "commission",
        "exec_ref_id",
        "legs",
        "multileg",
        "prevented",
        "restated",
        "today",
        "was",
    )

    def __init__(
        self,
        commission: int | None = None,
        exec_ref_id: str = "",
        restated: int = -1,
        today: Today | None = None,
        multileg: bool = False,
        legs: tuple[LegFill, ...] = (),
        prevented: tuple[int, int] | None = None,
    ) -> None:
        self.commission = commission
        self.exec_ref_id = exec_ref_id
        self.restated = restated
        self.today = today
        self.multileg = multileg
        self.legs = legs
        self.prevented = prevented
        self.was: tuple[int, int] | None = None


@mypyc_attr(acyclic=True)
class Report:
    """
    What happened to an order, with its state just after: an ExecutionReport in FIX.

    ``terms`` are those that the order stands on after the event; ``avg`` is the average fill
    price, rounded half up; ``last_qty`` and ``last_px`` belong to a fill. ``cl_ord_id`` and
    ``orig_cl_ord_id`` are those of the request answered (the order's own otherwise), and so is
    ``carry``, whose routing the report takes. ``more`` is None for nearly all. A fill has the
    number of its trade on the tape as ``match``, and a :class:`exsim.model.codes.Liquidity`; both
    are 0 in other reports.
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
        "liquidity",
        "match",
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
        self.match = 0
        self.liquidity = 0


class DisplayRefreshed:
    """
    The next part of an iceberg is displayed: ``shown`` of it. OUCH 5.0 tells it, FIX does not.

    ``terms`` are those that the order stands on.
    """

    __slots__ = ("session", "shown", "terms", "time")

    def __init__(self, session: str, terms: NewOrder, shown: int, time: int) -> None:
        self.session = session
        self.terms = terms
        self.shown = shown
        self.time = time


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


TradeSides = list[tuple[str, NewOrder]]
"""The order ids and terms of a session's own orders in a trade."""


class TradeTold:
    """
    One of the trades asked for: a TradeCaptureReport in FIX.

    ``sides`` are the session's own orders in it, one or both; ``qty`` and ``price`` what they have
    of it, which may have been corrected. ``live`` says that it happened after it was asked for;
    ``what`` then whether it is new, canceled or corrected, as :mod:`exsim.model.many` has it, and
    ``revision`` how often any side of it was.
    """

    __slots__ = (
        "last",
        "live",
        "price",
        "qty",
        "request",
        "revision",
        "session",
        "sides",
        "total",
        "trade",
        "what",
    )

    def __init__(
        self,
        request: TradesQuery,
        trade: Trade,
        sides: TradeSides,
        total: int,
        last: bool,
        live: bool = False,
        qty: int = 0,
        price: int = 0,
    ) -> None:
        self.session = request.session
        self.request = request
        self.trade = trade
        self.sides = sides
        self.total = total
        self.last = last
        self.live = live
        self.qty = qty or trade.qty
        self.price = price if qty else trade.price
        self.what = NEW
        self.revision = 0


class Listed:
    """One of the reports that a mass status request asked for; ``total`` are all of them."""

    __slots__ = ("last", "report", "req_id", "session", "total")

    def __init__(self, report: Report, req_id: str, total: int, last: bool) -> None:
        self.session = report.session
        self.report = report
        self.req_id = req_id
        self.total = total
        self.last = last


class Copied:
    """A copy of a report of somebody's order, for a drop copy session."""

    __slots__ = ("report", "session")

    def __init__(self, session: str, report: Report) -> None:
        self.session = session
        self.report = report


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


class RawBytes(Outgoing):
    """
    Bytes to send to ``to`` as they are, without header or number: no message of any protocol.

    ``session`` is empty: no protocol makes anything of it, whoever sends events sees to it.
    """

    __slots__ = ("data", "to")

    def __init__(self, to: str, data: bytes) -> None:
        super().__init__("", ())
        self.to = to
        self.data = data


Event = (
    Report
    | DisplayRefreshed
    | CancelReject
    | MessageReject
    | MassReport
    | Listed
    | TradesAnswer
    | TradeTold
    | QuoteEvent
    | ListState
    | Copied
    | DataEvent
    | ReferenceEvent
    | NewsTold
    | Outgoing
)
