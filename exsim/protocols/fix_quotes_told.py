"""
Quotes, requests for quotes and indications of interest: events to messages.

A version that has no message for an event is told nothing; of what is refused it is told by a
BusinessMessageReject(j), or a Reject(3) before FIX.4.2.
"""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import format_amount
from exsim.model.codes import Reason
from exsim.model.quote_codes import QuoteStatus
from exsim.model.quote_events import (
    EntryFault,
    IoiTold,
    MassQuoteAck,
    QuoteAnswered,
    QuoteAsked,
    QuoteEvent,
    QuoteRequestRefused,
    QuoteState,
    QuoteTold,
    QuoteWithdrawn,
)
from exsim.model.quotes import QuoteAsk, QuoteEntry
from exsim.model.requests import NO_PRICE
from exsim.protocols.fix_carry import OWNER
from exsim.protocols.fix_reports import Reports
from exsim.protocols.fix_versions import Version, code_text
from exsim.wire.fix import utc_timestamp

Answer = tuple[bytes, bytes]
"""MsgType and body."""
Pairs = list[tuple[int, str]]

_REASONS: Final = {
    Reason.UNKNOWN_SYMBOL: 1,
    Reason.CLOSED: 2,
    Reason.QUANTITY: 3,
    Reason.NOTIONAL: 3,
    Reason.RISK: 3,
    Reason.STALE: 4,
    Reason.TOO_LATE: 4,
    Reason.UNKNOWN_QUOTE: 5,
    Reason.DUPLICATE: 6,
    Reason.BID_ASK: 7,
    Reason.PRICE: 8,
    Reason.TICK: 8,
    Reason.BAND: 8,
    Reason.KILLED: 9,
    Reason.ACCOUNT: 9,
    Reason.NOT_ALLOWED: 9,
}
"""QuoteRejectReason(300) and QuoteEntryRejectReason(368)."""
_REQUEST_REASONS: Final = {
    Reason.UNKNOWN_SYMBOL: 1,
    Reason.CLOSED: 2,
    Reason.QUANTITY: 3,
    Reason.RISK: 3,
    Reason.STALE: 4,
    Reason.PRICE: 5,
    Reason.NOT_ALLOWED: 6,
    Reason.KILLED: 6,
}
"""QuoteRequestRejectReason(658); from FIX.4.4 there are two more for want of a market."""
_NO_MARKET: Final = 8
_OTHER: Final = 99
_REJECTED: Final = int(QuoteStatus.REJECTED)


def quote_answer(event: QuoteEvent, reports: Reports) -> Answer | None:
    """The message that an event makes in a version; None where it has none."""
    version = reports.version
    if isinstance(event, QuoteState):
        return _state(event, reports)
    if isinstance(event, MassQuoteAck):
        return (b"b", _mass_ack(event, version)) if b"b" in version.messages else None
    if isinstance(event, QuoteTold):
        return b"S", _quote(event, reports)
    if isinstance(event, QuoteAsked):
        return b"R", _asked(event, reports)
    if isinstance(event, QuoteRequestRefused):
        return _request_refused(event, reports)
    if isinstance(event, QuoteWithdrawn):
        return (b"Z", _withdrawn(event)) if b"Z" in version.messages else None
    if isinstance(event, QuoteAnswered):
        return (b"AJ", _answered(event, reports)) if b"AJ" in version.messages else None
    if isinstance(event, IoiTold):
        return b"6", _ioi(event, reports)
    return None


# -- quotes


def _state(event: QuoteState, reports: Reports) -> Answer | None:
    """A QuoteStatusReport(AI); a QuoteAcknowledgement(b) in FIX.4.2."""
    version, refused = reports.version, event.refused
    if b"b" not in version.messages:
        if refused is None:
            return None
        return reports.business_reject(refused.msg_type, refused.ref, None, event.text)
    fields: Pairs = []
    _add(fields, 131, event.req_id)
    fields.append((117, event.quote_id or "*"))
    status = _status(event.status, version)
    code = _reason(event.reason, version)
    if b"AI" not in version.messages:
        fields.append((297, status))
        if code is not None and status == str(_REJECTED):
            fields.append((300, str(code)))
        _add(fields, 58, event.text)
        return b"b", _body(fields)
    entry = event.entry
    if entry.indicative:
        fields.append((537, "0"))
    _add(fields, 649, event.status_id)
    fields.append((55, entry.symbol if entry.symbol not in ("", "*") else "[N/A]"))
    _add(fields, 1, event.account)
    fields += _prices(entry)
    fields.append((60, reports.time_of(event.time)))
    fields.append((297, status))
    if version.quote_states:
        if event.how:
            fields.append((298, str(event.how)))
        if code is not None:
            fields.append((300, str(code)))
    if b"AJ" in version.messages:
        _add(fields, 693, event.resp_id)
        _add(fields, 58, event.text)
    return b"AI", _body(fields)


def _status(status: int, version: Version) -> str:
    """QuoteStatus(297), or what is nearest to it in a version."""
    if version.quote_states:
        return str(status)
    if status == int(QuoteStatus.ACTIVE):
        return "0"
    if status == int(QuoteStatus.CANCELED):
        return "1"
    if b"AJ" in version.messages or (status <= 9 and b"AI" in version.messages):
        return str(status)
    if status in (int(QuoteStatus.REMOVED), int(QuoteStatus.EXPIRED)):
        return "4"
    return str(min(status, _REJECTED))


def _reason(reason: Reason | None, version: Version) -> int | None:
    """QuoteRejectReason(300); there is none for anything else before FIX.4.4."""
    if reason is None:
        return None
    if reason is Reason.BAND and version.quote_states:
        return 10
    return _REASONS.get(reason, _OTHER if b"AJ" in version.messages else None)


def _mass_ack(event: MassQuoteAck, version: Version) -> bytes:
    """A MassQuoteAcknowledgement, with the entries alone that were not taken."""
    quote, faults = event.quote, event.faults
    refused = event.reason is not None or len(faults) == len(quote.entries)
    fields: Pairs = []
    _add(fields, 131, quote.req_id)
    fields.append((117, quote.cl_ord_id))
    fields.append((297, str(_REJECTED) if refused else "0"))
    text = event.text or ("" if event.reason is None else event.reason.value)
    if refused:
        why = event.reason if event.reason is not None else faults[0].reason
        code = _reason(why, version)
        if code is not None:
            fields.append((300, str(code)))
    if quote.level >= 0:
        fields.append((301, str(quote.level)))
    if b"AI" in version.messages:
        _add(fields, 1, quote.account)
    _add(fields, 58, text or (faults[0].text if faults else ""))
    sets: dict[str, list[EntryFault]] = {}
    for fault in faults:
        sets.setdefault(fault.entry.set_id, []).append(fault)
    if sets:
        fields.append((296, str(len(sets))))
    for set_id, of_set in sets.items():
        total = sum(1 for entry in quote.entries if entry.set_id == set_id)
        fields += [(302, set_id), (304, str(total)), (295, str(len(of_set)))]
        for fault in of_set:
            fields += [(299, fault.entry.entry_id), (55, fault.entry.symbol)]
            if version.quote_states:
                fields.append((1167, str(_REJECTED)))
            code = _reason(fault.reason, version)
            if code is not None:
                fields.append((368, str(code)))
    return _body(fields)


def _prices(entry: QuoteEntry) -> Pairs:
    """Prices and sizes of the sides that there are, and until when they are good."""
    fields: Pairs = []
    if entry.bid != NO_PRICE:
        fields.append((132, format_amount(entry.bid)))
    if entry.offer != NO_PRICE:
        fields.append((133, format_amount(entry.offer)))
    if entry.bid_size:
        fields.append((134, format_amount(entry.bid_size)))
    if entry.offer_size:
        fields.append((135, format_amount(entry.offer_size)))
    return fields


def _quote(event: QuoteTold, reports: Reports) -> bytes:
    """A Quote(S): BidPx(132) has to be there before FIX.4.2, and is 0 where there is none."""
    version, entry = reports.version, event.entry
    fields: Pairs = []
    _add(fields, 131, event.req_id)
    fields.append((117, event.quote_id))
    if b"AI" in version.messages:
        fields.append((537, "0" if entry.indicative else "1"))
    fields.append((55, entry.symbol))
    if entry.bid == NO_PRICE and not version.groups_requests:
        fields.append((132, "0"))
    fields += _prices(entry)
    fields.append((62, _moment(entry.valid_until, version)))
    if version.groups_requests:
        fields.append((60, reports.time_of(event.time)))
    if b"AJ" in version.messages:
        _add(fields, 693, event.resp_id)
    return _body(fields)


# -- requests


def _ask(ask: QuoteAsk) -> Pairs:
    fields: Pairs = [(55, ask.symbol or "[N/A]")]
    if ask.side:
        fields.append((54, code_text(ask.side)))
    if ask.qty:
        fields.append((38, format_amount(ask.qty)))
    return fields


def _asked(event: QuoteAsked, reports: Reports) -> bytes:
    version = reports.version
    if not version.groups_requests:
        return _body([(131, event.req_id), *_ask(event.ask)])
    fields = [(131, event.req_id), (146, "1"), *_ask(event.ask)]
    fields += [(126, _moment(event.expire, version)), (60, reports.time_of(event.time))]
    carry = event.ask.carry
    names = b"AJ" in version.messages and carry.owner == OWNER  # who asks is told from FIX.4.4
    return _body(fields) + (carry.body if names else b"")


def _request_refused(event: QuoteRequestRefused, reports: Reports) -> Answer:
    """A QuoteRequestReject(AG)."""
    version, reason = reports.version, event.reason
    if b"AG" not in version.messages:
        code = version.business_reasons.get(reason)
        return reports.business_reject(event.msg_type, event.ref, code, event.text, reason)
    newer = b"AJ" in version.messages
    code = _REQUEST_REASONS.get(reason, _OTHER if newer else 2)
    if newer and reason in (Reason.NO_LIQUIDITY, Reason.NO_PRICE):
        code = _NO_MARKET
    fields = [(131, event.req_id), (658, str(code)), (146, "1"), *_ask(event.ask)]
    _add(fields, 58, event.text)
    return b"AG", _body(fields)


def _withdrawn(event: QuoteWithdrawn) -> bytes:
    fields: Pairs = []
    _add(fields, 131, event.req_id)
    fields += [(117, event.quote_id), (298, "1"), (295, "1"), (55, event.symbol)]
    return _body(fields)


def _answered(event: QuoteAnswered, reports: Reports) -> bytes:
    fields = [(693, event.resp_id), (117, event.quote_id), (694, str(event.what))]
    fields.append((55, event.symbol))
    if event.side:
        fields.append((54, code_text(event.side)))
    if event.qty:
        fields.append((38, format_amount(event.qty)))
    if event.price != NO_PRICE:
        fields.append((44, format_amount(event.price)))
    fields.append((60, reports.time_of(event.time)))
    return _body(fields)


def _ioi(event: IoiTold, reports: Reports) -> bytes:
    version, ioi = reports.version, event.ioi
    fields = [(23, event.ioi_id), (28, ioi.what)]
    _add(fields, 26, event.ref_id)
    fields += [(55, ioi.symbol), (54, code_text(ioi.side)), (27, ioi.size)]
    if ioi.price != NO_PRICE:
        fields.append((44, format_amount(ioi.price)))
    if ioi.valid_until:
        fields.append((62, _moment(ioi.valid_until, version)))
    if version.groups_requests:
        fields.append((60, reports.time_of(event.time)))
    _add(fields, 58, ioi.text)
    return _body(fields)


# -- fields


def _add(fields: Pairs, tag: int, text: str) -> None:
    """A field that is left out where it would be empty."""
    if text:
        fields.append((tag, text))


def _moment(time: int, version: Version) -> str:
    return utc_timestamp(time, version.timestamp_digits).decode()


def _body(fields: Pairs) -> bytes:
    return "".join([f"{tag}={text.replace(chr(1), ' ')}\x01" for tag, text in fields]).encode()
