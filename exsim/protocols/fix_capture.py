"""
Trade capture: TradeCaptureReportRequest(AD) to a request, and its answers; and
TradeCaptureReportAck(AR), which nothing answers.

From FIX.4.4 the first answer is a TradeCaptureReportRequestAck(AQ). FIX.4.3 has none: there it is
the TradeCaptureReports(AE) alone, and a BusinessMessageReject(j) where there are no trades.
"""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import format_amount
from exsim.model.codes import MassScope, Reason, ReportKind
from exsim.model.events import Report, TradesAnswer, TradeTold
from exsim.model.many import CANCELED, CORRECTED, NEW, SUBSCRIBE
from exsim.model.requests import Carry, NewOrder, Scope, TradeAck, TradesQuery
from exsim.protocols.fix_given import missing, unsupported
from exsim.protocols.fix_mass import check, side_of, text_of
from exsim.protocols.fix_refused import Refused
from exsim.protocols.fix_reports import Reports
from exsim.protocols.fix_versions import Version, code_text
from exsim.wire.fix import FixMessage, parse_utc_timestamp, utc_timestamp
from exsim.wire.fix_reasons import INCORRECT_FORMAT, VALUE_INCORRECT

TRADES: Final = b"AD"
TRADE_ACK: Final = b"AR"
_ACK: Final = b"AQ"
_REPORT: Final = b"AE"
_REQUIRED: Final = (b"568", b"569")
_SCOPES: Final = {
    b"0": MassScope.ALL,
    b"1": MassScope.ALL,  # all of our trades are matched
    **dict.fromkeys((b"2", b"3", b"4"), MassScope.OTHER),
}
"""By TradeRequestType(569)."""
_RESULTS: Final = {Reason.UNKNOWN_SYMBOL: 1, Reason.UNSUPPORTED: 8, Reason.NOT_ALLOWED: 9}
"""TradeRequestResult(749)."""
_OTHER: Final = 99
_REVISED: Final = {CANCELED: ("H", "C"), CORRECTED: ("G", "R")}
"""ExecType(150), and TradeReportTransType(487) as FIX.4.3 has it."""
_COPIED: Final = {
    int(ReportKind.FILL): NEW,
    int(ReportKind.TRADE_CANCEL): CANCELED,
    int(ReportKind.TRADE_CORRECT): CORRECTED,
}
"""What is told of a trade, by the kind of a report."""
_DAY: Final = 86_400_000_000_000


def read(
    message: FixMessage, session: str, version: Version, carry: Carry, ref: str
) -> TradesQuery:
    """
    The request of a TradeCaptureReportRequest(AD).

    :raises Refused: when a field is missing or wrong.
    :raises RefusedBusiness: when it asks for what exsim cannot do.
    """
    fields = message.fields
    check(fields, _REQUIRED)
    kind = _SCOPES.get(fields[b"569"])
    if kind is None:
        raise Refused(VALUE_INCORRECT, b"569")
    updates = fields.get(b"263", b"0")
    if updates not in (b"0", b"1", b"2"):
        raise Refused(VALUE_INCORRECT, b"263")
    if b"17" in fields:
        raise unsupported(b"17", fields[b"17"])
    symbol, account = text_of(fields, b"55"), text_of(fields, b"1")
    code = fields[b"569"].decode()
    scope = Scope(int(kind), symbol, side_of(fields, version), account, code=code)
    since, until = _dates(message)
    return TradesQuery(
        session,
        text_of(fields, b"568"),
        scope,
        text_of(fields, b"37"),
        text_of(fields, b"11"),
        since,
        until,
        ref,
        carry,
        message.raw,
        int(updates),
    )


def read_ack(message: FixMessage, session: str, carry: Carry, ref: str) -> TradeAck:
    """
    What a TradeCaptureReportAck(AR) says.

    :raises Refused: when a field is wrong.
    :raises RefusedBusiness: when it does not say of which report.
    """
    fields = message.fields
    name = text_of(fields, b"571") or text_of(fields, b"1003")
    if not name:
        raise missing(b"571")
    accepted = fields.get(b"939", b"0") != b"1"
    text = text_of(fields, b"58")
    return TradeAck(session, name, accepted, text, "AR", ref, carry, message.raw)


def _dates(message: FixMessage) -> tuple[int, int]:
    """NoDates(580): from the first day or time to the last; of a single time, on from there."""
    parts = message.parts
    starts: list[int] = []
    ends: list[int] = []
    for index in range(0, len(parts), 2):
        tag, value = parts[index], parts[index + 1]
        if tag not in (b"60", b"75"):
            continue
        try:
            start = parse_utc_timestamp(value if tag == b"60" else value + b"-00:00:00")
        except ValueError:
            raise Refused(INCORRECT_FORMAT, tag) from None
        starts.append(start)
        ends.append(start if tag == b"60" else start + _DAY - 1)
    if not starts:
        return 0, 0
    since, until = min(starts), max(ends)
    return since, 0 if until == since else until


def trades_answer(event: TradesAnswer, reports: Reports) -> tuple[bytes, bytes] | None:
    """MsgType and body of the first answer; None where the version needs none."""
    request, reason = event.request, event.reason
    if not reports.version.lists_reports:
        if event.total or (request.updates and reason is None):
            return None
        text = event.text or "there are no such trades"
        code = None if reason is None else reports.version.business_reasons[reason]
        return reports.business_reject(TRADES.decode(), request.ref, code, text)
    fields = [(568, request.req_id), (569, request.scope.code)]
    if request.updates:
        fields.append((263, str(request.updates)))
    if request.symbol:
        fields.append((55, request.symbol))
    text = event.text or ("" if reason is None else reason.value)
    if text:
        fields.append((58, text.replace("\x01", " ")))
    result = 0 if reason is None else _RESULTS.get(reason, _OTHER)
    more = event.total or request.updates == SUBSCRIBE
    status = 2 if reason is not None else 0 if more else 1  # rejected, accepted, completed
    fields += [(748, str(event.total)), (749, str(result)), (750, str(status))]
    return _ACK, _body(fields)


def trade_told(event: TradeTold, reports: Reports) -> tuple[bytes, bytes]:
    """MsgType and body of a TradeCaptureReport(AE)."""
    trade, version = event.trade, reports.version
    new = version.lists_reports
    number = str(trade.trade_id)
    revised = event.what != NEW
    exec_type, old_code = ("F", "N") if not revised else _REVISED[event.what]
    fields = [
        (31, format_amount(event.price)),
        (32, format_amount(event.qty)),
        (55, trade.symbol),
        (60, reports.time_of(trade.time)),
        (75, utc_timestamp(trade.time, 0).decode()[:8]),
        (150, exec_type),
        (487, str(event.what) if new else old_code),
        (568, event.request.req_id),
        (570, "N"),
        (571, f"{number}.{event.revision}" if revised else number),
        (573, "0"),
    ]
    if revised:
        fields.append((572, number))
    if new and event.live:
        fields += [(325, "Y"), (856, "0")]
    elif new:
        fields += [(748, str(event.total)), (856, "0"), (912, "Y" if event.last else "N")]
    if version.trade_id:
        fields.append((1003, number))
    fields.append((552, str(len(event.sides))))
    for order_id, terms in event.sides:
        fields += _side(order_id, terms, version)
    return _REPORT, _body(fields)


def _side(order_id: str, terms: NewOrder, version: Version) -> list[tuple[int, str]]:
    """One side of a trade."""
    account = [(1, terms.account)] if terms.account else []
    name = [(11, terms.cl_ord_id)] if terms.cl_ord_id else []
    order = [(37, order_id), *name]
    rest = [*account, *order] if version.side_orders_last else [*order, *account]
    return [(54, code_text(terms.side)), *rest]


def trade_copied(report: Report, reports: Reports) -> tuple[bytes, bytes] | None:
    """
    MsgType and body of a TradeCaptureReport(AE) of the side that a report of a fill tells of, or of
    what became of the fill; None for another report.

    TradeReportID(571) is the ExecID of the report, and so TradeReportRefID(572) that of the fill
    that was canceled or corrected.
    """
    what, more, version = _COPIED.get(report.kind), report.more, reports.version
    if what is None:
        return None
    new = version.lists_reports
    qty, price = report.last_qty, report.last_px
    if what == CANCELED and more is not None and more.was is not None:
        qty, price = more.was
    exec_type, old_code = ("F", "N") if what == NEW else _REVISED[what]
    fields = [
        (17, report.exec_id),
        (31, format_amount(price)),
        (32, format_amount(qty)),
        (55, report.terms.symbol),
        (60, reports.time_of(report.time)),
        (75, utc_timestamp(report.time, 0).decode()[:8]),
        (150, exec_type),
        (487, str(what) if new else old_code),
        (570, "N"),
        (571, report.exec_id),
        (573, "0"),
    ]
    if more is not None and more.exec_ref_id:
        fields.append((572, more.exec_ref_id))
    if new:
        fields.append((856, "0"))
    if version.copy_indicator:
        fields.append((797, "Y"))
    if version.trade_id:
        fields.append((939, "0"))
        fields.append((1003, str(report.match) if report.match else report.exec_id))
    fields += [(552, "1"), *_side(report.order_id, report.terms, version)]
    return _REPORT, _body(fields)


def _body(fields: list[tuple[int, str]]) -> bytes:
    return "".join([f"{tag}={text}\x01" for tag, text in fields]).encode()
