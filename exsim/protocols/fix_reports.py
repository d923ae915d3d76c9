"""
Events to FIX messages: ExecutionReport(8), OrderCancelReject(9), BusinessMessageReject(j).

Each function gives the body of a message, every field with its delimiter; fields stand in rising
order of tags, then follow those that the order brought.

Reports are the hot path, so they are put together only where the message is made: of a form for
what happened, and the values in it.
"""

from __future__ import annotations

from typing import Final

from exsim.model.codes import OrdStatus, Reason, ReportKind
from exsim.model.events import CancelReject, MessageReject, Report, Today
from exsim.model.requests import NO_PRICE, NOTHING_CARRIED, Carry, NewOrder
from exsim.protocols.fix_carry import NOTHING, OWNER, only, without_text
from exsim.protocols.fix_told import codes_of, told
from exsim.protocols.fix_versions import (
    STATUSES,
    Version,
    code_text,
    exec_trans_type,
    exec_type,
    ord_status,
)
from exsim.wire.fix import utc_timestamp
from exsim.wire.fix_parts import Part, amounts

_FILL: Final = int(ReportKind.FILL)
_FILLED: Final = int(OrdStatus.FILLED)
_REJECTED: Final = int(OrdStatus.REJECTED)
_CODES: Final = tuple([code_text(number) for number in range(128)])
"""The codes of OrdType, Side and TimeInForce by number."""

_BUSINESS_TEXTS: Final = {
    1: "Unknown ID",
    2: "Unknown Security",
    3: "Unsupported Message Type",
    4: "Application not available",
}
"""Texts of a BusinessMessageReject that has none of its own, in the words of the specification."""


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
        "_digits",
        "_forms",
        "_no_fill",
        "_orig_cl_ord_id",
        "_tells_leaves",
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
        self._no_fill: int | None = 0 if version.last_always else None
        self._tells_leaves = version.exec_type
        self._cancel_reject_tags = frozenset(version.cancel_reject_carried + echo_tags)
        self._time = -1
        self._time_text = ""
        self._forms = _table(version, trade)

    def report(self, event: Report) -> Part:
        """The body of an ExecutionReport(8)."""
        terms = event.terms
        form, last_form = self._forms[event.kind << 5 | event.status + 1]
        last_px = last_qty = self._no_fill
        if event.last_qty:  # of a fill, a correction, or what a stopped order is guaranteed
            last_px, last_qty = event.last_px, event.last_qty
            if event.cum >= terms.qty:
                form = last_form
        time = self._time_text if event.time == self._time else self.time_of(event.time)
        text = reason = ord_type = tif = ""
        if event.text or event.reason is not None:
            text, reason = self._refusal(event)
        carried = b""
        if terms.carry is not NOTHING:
            ord_type, tif, carried = self._brought(terms, bool(text))
        elif terms.ord_type:  # nothing is known of the terms of an unknown order
            ord_type, tif = _CODES[terms.ord_type], _CODES[terms.tif]
        filled: list[object] = [
            form,
            event.avg,
            event.cl_ord_id,
            event.cum,
            event.exec_id,
            last_px,
            last_qty,
            event.order_id or "NONE",
            terms.qty or self._no_qty(terms),
            ord_type,
            event.orig_cl_ord_id if self._orig_cl_ord_id else None,
            terms.price if terms.price != NO_PRICE else None,
            _CODES[terms.side],
            terms.symbol,
            text,
            tif,
            time,
            reason,
            event.leaves if self._tells_leaves else None,
        ]
        return (filled, carried) if carried else filled

    def _no_qty(self, terms: NewOrder) -> int | None:
        """
        OrderQty(38) of what has none: left out of an order in cash whose quantity nobody worked out
        (FIX 4.4, order state changes L.1.b), where it may be.
        """
        in_cash = terms.extra is not None and terms.extra.cash > 0
        return None if in_cash and b"152" in self.version.told else 0

    def _brought(self, terms: NewOrder, texted: bool) -> tuple[str, str, bytes]:
        """OrdType(40), TimeInForce(59), and what follows at the end as the order brought it."""
        carry = terms.carry
        if carry.asked.startswith(b"40="):
            ord_type, tif, asked = "", "", carry.asked
        else:
            ord_type, tif, own = codes_of(terms, self.version)
            asked = carry.asked
            if not asked and terms.extra is not None:
                own += told(terms.extra, self.version)
            asked = asked or own.encode()
        if carry.kept:
            asked += carry.kept
        if carry.owner != OWNER:
            return ord_type, tif, _plain_carry(terms, texted) + asked
        body = without_text(carry.body) if texted and carry.body else carry.body
        return ord_type, tif, body + asked

    def _refusal(self, event: Report) -> tuple[str, str]:
        """Text(58) and OrdRejReason(103) of a report that has something to say."""
        text, reason = event.text, event.reason
        if reason is None:
            return _clean(text), ""
        code = self.version.ord_rej_reasons[reason] if event.status == _REJECTED else None
        return _clean(text or reason.value), "" if code is None else str(code)

    def time_of(self, time: int) -> str:
        """TransactTime(60)."""
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
            fields.append(f"60={self.time_of(event.time)}")
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


def day_fields(today: Today) -> bytes:
    """DayOrderQty(424), DayCumQty(425) and DayAvgPx(426)."""
    qty, cum, avg = amounts[today.qty], amounts[today.cum], amounts[today.avg]
    return f"424={qty}\x01425={cum}\x01426={avg}\x01".encode()


def _key(kind: int, status: int) -> int:
    return kind << 5 | status + 1


Forms = dict[int, tuple[bytes, bytes]]
"""
By :func:`_key` the forms of reports: for each kind and state one, and one of a fill that is the
last, though a higher status is told (it is pending cancel, say).
"""
_tables: Final[dict[tuple[str, bool], Forms]] = {}
_FORM: Final = (
    "6=%|11=%|14=%|17=%|{trans_type}31=%|32=%|37=%|38=%|39={status}|40=%|41=%|44=%|54=%|55=%|58=%"
    "|59=%|60=%|103=%|{exec_type}151=%|"
)


def _table(version: Version, trade: bool) -> Forms:
    """The forms of a version; each logon asks, so they are kept."""
    table = _tables.get((version.name, trade))
    if table is None:
        table = _tables[version.name, trade] = {
            _key(kind, status): (
                _form(version, int(kind), status, trade, status),
                _form(version, int(kind), status, trade, _FILLED if kind == _FILL else status),
            )
            for kind in ReportKind
            for status in STATUSES
        }
    return table


def _form(version: Version, kind: int, status: int, trade: bool, reached: int) -> bytes:
    """
    An ExecutionReport(8) with ExecTransType(20), OrdStatus(39) and ExecType(150); the last is that
    of a status which is ``reached``.
    """
    trans_type = f"20={exec_trans_type(kind)}|" if version.exec_trans_type else ""
    outcome = f"150={exec_type(version, kind, reached, trade)}|" if version.exec_type else ""
    told = ord_status(version, status)
    text = _FORM.format(trans_type=trans_type, status=told, exec_type=outcome)
    return text.replace("|", "\x01").encode()


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
