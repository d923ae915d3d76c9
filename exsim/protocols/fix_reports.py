"""
Events to FIX messages: ExecutionReport(8), OrderCancelReject(9), BusinessMessageReject(j).

Each function gives the body of a message, every field with its delimiter; fields stand in rising
order of tags, then follow those that the order brought.

Reports are the hot path. An f-string that is encoded once costs less than bytes formatting (0.7
against 1.1 microseconds, measured on CPython 3.11), so text is what the caches hold.
"""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import format_amount
from exsim.model.codes import OrdStatus, Reason, ReportKind
from exsim.model.events import CancelReject, MessageReject, Report
from exsim.model.requests import NO_PRICE, NOTHING_CARRIED, Carry, NewOrder
from exsim.protocols.fix_carry import OWNER, only, without_text
from exsim.protocols.fix_versions import STATUSES, Version, code_text, exec_type, ord_status
from exsim.wire.fix import utc_timestamp

_FILL: Final = int(ReportKind.FILL)
_REJECTED: Final = int(OrdStatus.REJECTED)
_CACHE_SIZE: Final = 16_384
_LONGEST_SYMBOL: Final = 32  # of a cache key: bounds the memory that strange symbols can take

_BUSINESS_TEXTS: Final = {
    1: "Unknown ID",
    2: "Unknown Security",
    3: "Unsupported Message Type",
    4: "Application not available",
}
"""Texts of a BusinessMessageReject that has none of its own, in the words of the specification."""

_TermsText = tuple[str, str, str]
_terms_texts: dict[tuple[int, int, int, str, int], _TermsText] = {}


class AmountTexts(dict[int, str]):
    """Amounts in units of 10^-8 as decimal text: a bounded cache."""

    def __missing__(self, value: int) -> str:
        if len(self) >= _CACHE_SIZE:
            self.clear()
        text = self[value] = format_amount(value) if value != NO_PRICE else "0"
        return text


_amounts: Final = AmountTexts()


class Reports:
    """
    Maps events to the messages of one session in one version.

    ``trade`` says that a fill is ExecType(150) F rather than 1 or 2; ``digits`` are those of the
    second in TransactTime(60); ``appl_ver_id`` is a DefaultApplVerID(1137) that a
    BusinessMessageReject tells, which is not in the specification, but what QuickFIX does.
    """

    __slots__ = (
        "_appl_ver_id",
        "_cancel_reject_tags",
        "_codes",
        "_digits",
        "_no_fill",
        "_orig_cl_ord_id",
        "_time",
        "_time_text",
        "version",
    )

    def __init__(
        self,
        version: Version,
        trade: bool,
        digits: int,
        appl_ver_id: str = "",
        echo_tags: tuple[bytes, ...] = (),
    ) -> None:
        self.version = version
        self._digits = digits
        self._appl_ver_id = appl_ver_id
        self._orig_cl_ord_id = version.orig_cl_ord_id
        self._no_fill = "31=0\x0132=0\x01" if version.last_always else ""
        self._cancel_reject_tags = frozenset(version.cancel_reject_carried + echo_tags)
        self._time = -1
        self._time_text = ""
        self._codes: dict[int, tuple[str, str, str]] = {
            _key(kind, status): _codes(version, int(kind), status, trade)
            for kind in ReportKind
            for status in STATUSES
        }

    def report(self, event: Report) -> bytes:
        """The body of an ExecutionReport(8)."""
        terms = event.terms
        trans_type, status, outcome = self._codes[event.kind << 5 | event.status + 1]
        ord_type, instrument, tif = _terms_text(terms)
        amounts = _amounts
        fill = self._no_fill
        if event.kind == _FILL:
            fill = f"31={amounts[event.last_px]}\x0132={amounts[event.last_qty]}\x01"
        orig = ""
        if event.orig_cl_ord_id and self._orig_cl_ord_id:
            orig = f"41={event.orig_cl_ord_id}\x01"
        if outcome:
            outcome = f"{outcome}{amounts[event.leaves]}\x01"
        time = self._time_text if event.time == self._time else self._time_of(event.time)
        text = reason = ""
        if event.text or event.reason is not None:
            text, reason = self._refusal(event)
        body = (
            f"6={amounts[event.avg]}\x0111={event.cl_ord_id}\x0114={amounts[event.cum]}\x01"
            f"17={event.exec_id}\x01{trans_type}{fill}37={event.order_id or 'NONE'}\x01"
            f"38={amounts[terms.qty]}\x0139={status}\x01{ord_type}{orig}{instrument}{text}{tif}"
            f"60={time}\x01{reason}{outcome}"
        ).encode()
        if not event.cl_ord_id:
            body = body.replace(b"\x0111=\x01", b"\x01", 1)
        carry = terms.carry
        if carry.owner != OWNER:
            return body + _plain_carry(terms, bool(text))
        if carry.body:
            return body + (without_text(carry.body) if text else carry.body)
        return body

    def _refusal(self, event: Report) -> tuple[str, str]:
        """Text(58) and OrdRejReason(103) of a report that has something to say."""
        text, reason = event.text, event.reason
        if reason is None:
            return _text_field(text), ""
        code = self.version.ord_rej_reasons[reason] if event.status == _REJECTED else None
        return _text_field(text or reason.value), "" if code is None else f"103={code}\x01"

    def _time_of(self, time: int) -> str:
        self._time = time
        self._time_text = utc_timestamp(time, self._digits).decode()
        return self._time_text

    def cancel_reject(self, event: CancelReject) -> bytes:
        """The body of an OrderCancelReject(9)."""
        version = self.version
        reason = version.cxl_rej_reasons[event.reason]
        fields = [f"11={event.cl_ord_id}", f"37={event.order_id or 'NONE'}"]
        if version.cancel_reject_status:
            fields.append(f"39={ord_status(version, event.status)}")
        if version.orig_cl_ord_id and event.orig_cl_ord_id:
            fields.append(f"41={event.orig_cl_ord_id}")
        fields.append(f"58={_clean(event.text or event.reason.value)}")
        if version.cancel_reject_time:
            fields.append(f"60={self._time_of(event.time)}")
        if reason is not None:
            fields.append(f"102={reason}")
        if version.cancel_reject_time:
            fields.append(f"434={2 if event.replace else 1}")
        body = "".join([f"{field}\x01" for field in fields]).encode()
        carry = event.carry or NOTHING_CARRIED
        if carry.owner == OWNER:
            return body + only(without_text(carry.body), self._cancel_reject_tags)
        if event.account and b"1" in self._cancel_reject_tags:
            body += f"1={event.account}\x01".encode()
        return body

    def message_reject(self, event: MessageReject) -> tuple[bytes, bytes]:
        """MsgType and body of a BusinessMessageReject(j), or of a Reject(3) before FIX.4.2."""
        code = self.version.business_reasons.get(event.reason)
        return self.business_reject(event.msg_type, event.ref, code, event.text, event.reason)

    def business_reject(
        self, msg_type: str, ref: str, code: int | None, text: str, reason: Reason = Reason.OTHER
    ) -> tuple[bytes, bytes]:
        """
        The same for a BusinessRejectReason(380).

        ``ref`` is MsgSeqNum and, after a space, the identifier of the message refused.
        """
        seq, _space, ref_id = ref.partition(" ")
        fields = [f"45={seq}"] if seq else []
        if not self.version.business_reject:
            text = _clean(text or reason.value)
            return b"3", "".join([f"{field}\x01" for field in [*fields, f"58={text}"]]).encode()
        code = code or 0
        fields.append(f"58={_clean(text or _BUSINESS_TEXTS.get(code, reason.value))}")
        fields.append(f"372={msg_type}")
        if ref_id:
            fields.append(f"379={_clean(ref_id)}")
        fields.append(f"380={code}")
        if self._appl_ver_id:
            fields.append(f"1137={self._appl_ver_id}")
        return b"j", "".join([f"{field}\x01" for field in fields]).encode()


def routing(carry: Carry | None) -> bytes:
    """The header fields that send a message back to who is behind the counterparty."""
    return carry.routing if carry is not None and carry.owner == OWNER else b""


def _key(kind: int, status: int) -> int:
    return kind << 5 | status + 1


def _codes(version: Version, kind: int, status: int, trade: bool) -> tuple[str, str, str]:
    """ExecTransType(20), the value of OrdStatus(39), ExecType(150) up to LeavesQty(151)."""
    trans_type = "3" if kind == int(ReportKind.STATUS) else "0"
    return (
        f"20={trans_type}\x01" if version.exec_trans_type else "",
        ord_status(version, status),
        f"150={exec_type(version, kind, status, trade)}\x01151=" if version.exec_type else "",
    )


def _terms_text(terms: NewOrder) -> _TermsText:
    """OrdType(40); Price(44), Side(54) and Symbol(55); TimeInForce(59)."""
    key = (terms.ord_type, terms.price, terms.side, terms.symbol, terms.tif)
    known = _terms_texts.get(key)
    if known is not None:
        return known
    ord_type = price = tif = ""
    if terms.ord_type:  # nothing is known of the terms of an unknown order
        ord_type = f"40={code_text(terms.ord_type)}\x01"
        tif = f"59={code_text(terms.tif)}\x01"
    if terms.price != NO_PRICE:
        price = f"44={format_amount(terms.price)}\x01"
    symbol = f"55={terms.symbol}\x01" if terms.symbol else ""
    made = (ord_type, f"{price}54={code_text(terms.side)}\x01{symbol}", tif)
    if len(_terms_texts) >= _CACHE_SIZE:
        _terms_texts.clear()
    if len(terms.symbol) <= _LONGEST_SYMBOL:
        _terms_texts[key] = made
    return made


def _plain_carry(terms: NewOrder, texted: bool) -> bytes:
    """Account and Text of an order that came by another way than FIX."""
    account = f"1={_clean(terms.account)}\x01" if terms.account else ""
    text = "" if texted or not terms.text else _text_field(terms.text)
    return f"{text}{account}".encode()


def _text_field(text: str) -> str:
    return f"58={_clean(text)}\x01" if text else ""


def _clean(text: str) -> str:
    """Text that a person gave, without what would end the field early."""
    return text.replace("\x01", " ") if "\x01" in text else text
