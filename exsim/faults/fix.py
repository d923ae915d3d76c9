"""The surgery of FIX: defects in the bytes of one message in tag=value encoding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from exsim.faults.acts import ACTS
from exsim.faults.changes import tag_of
from exsim.faults.kinds import HOLD, NO_HOLD
from exsim.interfaces import Best
from exsim.model.amounts import format_amount
from exsim.model.codes import Side
from exsim.model.luck import Luck
from exsim.wire.fix import (
    SOH,
    TRAILERS,
    GarbledMessage,
    checksum,
    decode,
    encode,
    parse_utc_timestamp,
    utc_timestamp,
)

Fields = list[tuple[bytes, bytes]]
Values = Mapping[str, Any]

_FRAME: Final = (b"8", b"9", b"10")
_TRAILER: Final = len(b"10=000\x01")


def fields_of(raw: bytes) -> Fields:
    """Tags and values, in order."""
    parts = decode(raw).parts
    return list(zip(parts[::2], parts[1::2], strict=True))


def message_of(fields: Fields) -> bytes:
    """The message of these fields, with the right length and checksum."""
    body = b"".join(tag + b"=" + value + SOH for tag, value in fields if tag not in _FRAME)
    return encode(dict(fields)[b"8"], body)


def _with(fields: Fields, tag: bytes, value: bytes, after: bytes = b"") -> Fields:
    """The same with a field at another value; it is added behind another if it is not there."""
    if any(each == tag for each, _ in fields):
        return [(each, value if each == tag else old) for each, old in fields]
    at = next((n for n, (each, _) in enumerate(fields, 1) if each == after), len(fields) - 1)
    return [*fields[:at], (tag, value), *fields[at:]]


def _change(raw: bytes, values: Values, luck: Luck) -> bytes:
    fields = fields_of(raw)
    given = {tag_of(name): value for name, value in values["fields"].items()}
    for name, value in given.items():
        tag = name.encode()
        if value is None:
            fields = [field for field in fields if field[0] != tag or tag in _FRAME]
        else:
            fields = _with(fields, tag, value.encode())
    changed = message_of(fields)
    for name in ("9", "10"):
        framed = given.get(name)
        if framed:
            changed = _framed(changed, name.encode(), framed.encode())
    return changed


def _framed(raw: bytes, tag: bytes, value: bytes) -> bytes:
    """The message with BodyLength or CheckSum as given, though it is wrong."""
    begin = raw.index(SOH + tag + b"=") + len(tag) + 2
    return raw[:begin] + value + raw[raw.index(SOH, begin) :]


def _bad_checksum(raw: bytes, values: Values, luck: Luck) -> bytes:
    body = raw[:-_TRAILER]
    return body + TRAILERS[(checksum(body) + 1 + luck.below(255)) % 256]


def _wrong_length(raw: bytes, values: Values, luck: Luck) -> bytes:
    right = int(dict(fields_of(raw))[b"9"])
    body = _framed(raw, b"9", b"%d" % max(0, right + values["by"]))[:-_TRAILER]
    return body + TRAILERS[checksum(body)]


def _missing_soh(raw: bytes, values: Values, luck: Luck) -> bytes:
    field = SOH + b"%d=" % values["tag"]
    begin = 0 if raw.startswith(field[1:]) else raw.find(field) + 1
    if not begin and field != SOH + b"8=":
        return raw
    end = raw.index(SOH, begin)
    return raw[:end] + raw[end + 1 :]


def _oversize(raw: bytes, values: Values, luck: Luck) -> bytes:
    return message_of(_with(fields_of(raw), b"%d" % values["tag"], b"x" * values["size"]))


def _renumber(raw: bytes, by: int) -> bytes:
    fields = fields_of(raw)
    number = max(1, int(dict(fields)[b"34"]) + by)
    return message_of(_with(fields, b"34", b"%d" % number))


def _skip_number(raw: bytes, values: Values, luck: Luck) -> bytes:
    return _renumber(raw, values["by"])


def _low_number(raw: bytes, values: Values, luck: Luck) -> bytes:
    return _renumber(raw, -values["by"])


def _wrong_gap_fill(raw: bytes, values: Values, luck: Luck) -> bytes:
    fields = fields_of(raw)
    given = dict(fields).get(b"36")
    if given is None or not given.isdigit():
        return raw
    return message_of(_with(fields, b"36", b"%d" % max(1, int(given) + values["by"])))


def _stale(raw: bytes, values: Values, luck: Luck) -> bytes:
    fields = fields_of(raw)
    sent = dict(fields)[b"52"]
    digits = max(0, len(sent) - len(b"20240131-09:30:00."))
    time = max(0, parse_utc_timestamp(sent) - values["by"])
    return message_of(_with(fields, b"52", utc_timestamp(time, min(digits, 9))))


def renumbered(raw: bytes, seq: int, now: int) -> bytes:
    """The message under another number, sent now."""
    fields = fields_of(raw)
    digits = min(9, max(0, len(dict(fields)[b"52"]) - len(b"20240131-09:30:00.")))
    fields = _with(fields, b"34", b"%d" % seq)
    return message_of(_with(fields, b"52", utc_timestamp(now, digits)))


_OPERATIONS: Final[dict[str, Callable[[bytes, Values, Luck], bytes]]] = {
    "change": _change,
    "bad-checksum": _bad_checksum,
    "wrong-body-length": _wrong_length,
    "missing-soh": _missing_soh,
    "oversize-field": _oversize,
    "skip-number": _skip_number,
    "low-number": _low_number,
    "wrong-gap-fill": _wrong_gap_fill,
    "stale-sending-time": _stale,
}


_MATCHES: Final = {
    "skip-number": "not 43=Y",
    "low-number": "not 43=Y",
    "ignore-resend-request": "type=2",
    "wrong-gap-fill": "type=4",
    "stop-heartbeats": "type=0 not has(112)",
    "ignore-test-request": "type=1",
    "refuse-logon": "type=A",
    "data-gap": "type=X,W not 43=Y",
    "crossed-book": "type=X,W not 43=Y",
    "stale": "type=X,W not 43=Y",
    "late-snapshot": "type=W not 43=Y",
    "conflate": "type=X not 43=Y",
    "halt": "type=X,W not 43=Y",
    "copy-lag": "type=8,AE not 43=Y",
    "missing-trade": "(type=AE or type=8 exec=fill) not 43=Y",
}

_SIDES: Final = {b"0": int(Side.SELL), b"1": int(Side.BUY)}
"""The other side of a bid and of an offer, by MDEntryType(269)."""
_HEADER: Final = frozenset(b"8 9 34 35 49 50 52 56 57 142 143 1128".split())


LACKS: Final = {
    HOLD: NO_HOLD,
    "unknown-type": "a message of another type is one that is changed: change 35=?",
    "oversize-packet": "it has no packets: oversize-field is what it has",
    "wrong-sequence": "its logon tells no number: see skip-number and low-number",
}
"""Kinds that make no sense for it, and why."""


class FixSurgery:
    """See :class:`exsim.interfaces.Surgery`. What is no message stays as it is."""

    kinds: frozenset[str] = frozenset(ACTS) - LACKS.keys()
    lacks: Mapping[str, str] = LACKS
    matches: Mapping[str, str] = _MATCHES

    def check(self, kind: str, given: Mapping[str, str], values: Values) -> None:
        """Whether parameters make sense."""
        if kind == "refuse-logon" and "code" in given:
            raise ValueError("FIX has no code for why a logon is refused: leave code out")
        if kind == "change":
            for name in values["fields"]:
                tag_of(name)

    def operate(self, kind: str, raw: bytes, values: Values, luck: Luck) -> bytes:
        """The message with a defect of this kind."""
        try:
            return _OPERATIONS[kind](raw, values, luck)
        except (GarbledMessage, LookupError, ValueError):
            return raw

    def crossed(self, raw: bytes, best: Best, by: int) -> bytes:
        """The message with the price of its first entry that can cross the other side."""
        fields = fields_of(raw)
        symbol = dict(fields).get(b"55", b"").decode()
        kind = action = b""
        for at, (tag, value) in enumerate(fields):
            if tag == b"279":
                action = value
            elif tag == b"269":
                kind = value
            elif tag == b"55":
                symbol = value.decode()
            elif tag == b"270" and kind in _SIDES and action != b"2":
                other = best(symbol, _SIDES[kind])
                if other is not None:
                    price = other + by if kind == b"0" else other - by
                    fields[at] = (tag, format_amount(price).encode())
                    return message_of(fields)
        return raw

    def halted(self, raw: bytes, now: int) -> bytes:
        """A SecurityStatus(f) that tells of a halt, for the counterparty of a message."""
        fields = fields_of(raw)
        head = [field for field in fields if field[0] in _HEADER]
        told = [(b"324", b"halt"), (b"55", dict(fields)[b"55"]), (b"325", b"Y"), (b"326", b"2")]
        return message_of([*_with(head, b"35", b"f"), *told, (b"60", utc_timestamp(now, 3))])

    def duplicate(self, raw: bytes, now: int) -> bytes:
        """The message with PossDupFlag(43), and the SendingTime that it had as the original one."""
        try:
            fields = fields_of(raw)
            sent = dict(fields)[b"52"]
            digits = min(9, max(0, len(sent) - len(b"20240131-09:30:00.")))
            fields = _with(fields, b"43", b"Y", after=b"34")
            fields = _with(fields, b"122", sent, after=b"56")
            return message_of(_with(fields, b"52", utc_timestamp(now, digits)))
        except (GarbledMessage, LookupError, ValueError):
            return raw


FIX_SURGERY: Final = FixSurgery()
