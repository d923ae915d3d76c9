"""The surgery of SoupBinTCP: defects in the bytes of one packet, and of the message in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from exsim.faults.acts import ACTS
from exsim.faults.changes import check_names, names_of
from exsim.faults.kinds import HOLD, NO_HOLD
from exsim.filters.seen import folded
from exsim.interfaces import Best
from exsim.model.amounts import format_amount
from exsim.model.codes import Side
from exsim.model.luck import Luck
from exsim.wire import soup
from exsim.wire.layout import BadMessage, Family, Field, Layout
from exsim.wire.layouts.itch50 import GLIMPSE, ITCH50, TRADING_ACTION

Values = Mapping[str, Any]

_MOST_PAYLOAD: Final = 0xFFFE
_HEAD: Final = 3

LACKS: Final = {
    HOLD: NO_HOLD,
    "bad-checksum": "its packets have no checksum",
    "missing-soh": "its fields have no delimiter",
    "oversize-field": "its fields have sizes that never change: oversize-packet is what it has",
    "skip-number": "its packets bear no number: drop one, and the client counts wrong",
    "low-number": "its packets bear no number: duplicate one, and the client counts wrong",
    "ignore-resend-request": "nobody asks for messages again but by a login: see wrong-sequence",
    "wrong-gap-fill": "it has no gap fills",
    "ignore-test-request": "it has no test requests",
    "stale-sending-time": "its packets bear no time",
}
"""Kinds that make no sense for it, and why."""

_MATCHES: Final = {
    "stop-heartbeats": "name=ServerHeartbeat",
    "refuse-logon": "name=LoginRequest",
    "wrong-sequence": "name=LoginAccepted",
}


_NO_COPIES: Final = {
    "copy-lag": "it has no drop copies",
    "missing-trade": "it has no drop copies",
}
_FEED: Final = {**_NO_COPIES, "conflate": "each of its messages is of one order"}
_NO_DATA: Final = {
    **_NO_COPIES,
    **dict.fromkeys(
        ("data-gap", "crossed-book", "stale", "late-snapshot", "conflate", "halt"),
        "it has no market data",
    ),
}
_LACKS_OF: Final = {
    ITCH50.name: {**_FEED, "late-snapshot": "it has no snapshots: GLIMPSE has"},
    GLIMPSE.name: {**_FEED, "stale": "it tells what is so at the login: see late-snapshot"},
}
"""What each feed lacks besides; what is no feed has no data."""
_TOLD: Final = "type=A,F,E,C,X,D,U,P,Q"
_SYMBOL: Final = "type=A,F,P"
_DATA_MATCHES: Final = {
    "data-gap": _TOLD,
    "crossed-book": "type=A,F",
    "stale": _TOLD,
    "late-snapshot": "type=S,R,H,Y,h,N,A,F,G",
    "halt": _SYMBOL,
}


class SoupSurgery:
    """See :class:`exsim.interfaces.Surgery`; ``family`` are the messages in the packets."""

    def __init__(self, family: Family) -> None:
        self.lacks: Mapping[str, str] = {**LACKS, **_LACKS_OF.get(family.name, _NO_DATA)}
        self.kinds: frozenset[str] = frozenset(ACTS) - self.lacks.keys()
        self.matches: Mapping[str, str] = {**_MATCHES, **_DATA_MATCHES}
        self._family = family

    def check(self, kind: str, given: Mapping[str, str], values: Values) -> None:
        """Whether parameters make sense."""
        if given.get("poss_dup") and values["poss_dup"]:
            raise ValueError("packets of SoupBinTCP have no mark of a possible duplicate")
        if kind == "change":
            check_names(values["fields"], self._fields(), self._family.title)

    def _fields(self) -> dict[str, list[Field | None]]:
        """All fields of messages, and of packets (None), by their names."""
        found: dict[str, list[Field | None]] = {}
        for parts in soup.PARTS.values():
            for name, _ in parts:
                found.setdefault(name, []).append(None)
        for layout in (*self._family.inbound.values(), *self._family.outbound.values()):
            for field in _fields_of(layout):
                found.setdefault(field.name, []).append(field)
        return found

    def operate(self, kind: str, raw: bytes, values: Values, luck: Luck) -> bytes:
        """The packet with a defect of this kind."""
        try:
            if kind == "change":
                return self._change(raw, values["fields"])
            return _OPERATIONS[kind](raw, values)
        except (BadMessage, soup.BadPacket, LookupError, ValueError):
            return raw

    def crossed(self, raw: bytes, best: Best, by: int) -> bytes:
        """An Add Order with a price that crosses the other side."""
        layout = self._family.outbound[raw[_HEAD : _HEAD + 1]]
        given = {field.name: field.text(value) for field, value in layout.read(raw[_HEAD:])}
        buys = given["side"] == "B"
        other = best(given["stock"], int(Side.SELL if buys else Side.BUY))
        if other is None:
            return raw
        given["price"] = format_amount(other + by if buys else other - by)
        try:
            return soup.packet(soup.SEQUENCED, layout.build(given))
        except ValueError:  # a price that no message can have
            return raw

    def halted(self, raw: bytes, now: int) -> bytes:
        """A Stock Trading Action: halted, for news pending (T1)."""
        layout = self._family.outbound[raw[_HEAD : _HEAD + 1]]
        given = {field.name: field.text(value) for field, value in layout.read(raw[_HEAD:])}
        told = {name: given[name] for name in ("stock_locate", "timestamp", "stock")}
        action = TRADING_ACTION.build({**told, "trading_state": "H", "reason": "T1"})
        return soup.packet(soup.SEQUENCED, action)

    def duplicate(self, raw: bytes, now: int) -> bytes:
        """The packet as it is."""
        return raw

    def _change(self, raw: bytes, fields: Mapping[str, str | None]) -> bytes:
        kind = soup.kind_of(raw)
        if kind in soup.PARTS:
            return _change_packet(raw, fields)
        layouts = self._family.outbound if kind == soup.SEQUENCED else self._family.inbound
        layout = layouts[raw[_HEAD : _HEAD + 1]]
        given = {field.name: field.text(value) for field, value in layout.read(raw[_HEAD:])}
        for key, value in fields.items():
            names = names_of(key)
            for field in _fields_of(layout):
                if folded(field.name) not in names:
                    continue
                if value is None:
                    given.pop(field.name, None)
                else:
                    given[field.name] = value
        return soup.packet(kind, layout.build(given))


def _fields_of(layout: Layout) -> list[Field]:
    options = {} if layout.options is None else layout.options
    return [*layout.fields, *(option.field for option in options.values())]


def _change_packet(raw: bytes, fields: Mapping[str, str | None]) -> bytes:
    """A packet of the session itself, with fields of text: numbers stand on the right."""
    kind, at = soup.kind_of(raw), _HEAD
    payload = b""
    for name, size in soup.PARTS[kind]:
        data = raw[at : at + size]
        at += size
        for key, value in fields.items():
            if folded(name) in names_of(key):
                text = (value or "").encode("latin-1")[:size]
                data = text.rjust(size) if size > soup.PASSWORD_SIZE else text.ljust(size)
        payload += data
    return soup.packet(kind, payload)


def _wrong_length(raw: bytes, values: Values) -> bytes:
    length = min(max(0, len(raw) - 2 + values["by"]), 0xFFFF)
    head: bytes = length.to_bytes(2, "big")
    return head + raw[2:]


def _unknown_type(raw: bytes, values: Values) -> bytes:
    kind: bytes = values["type"].encode()
    return raw[:2] + kind + raw[3:]


def _oversize(raw: bytes, values: Values) -> bytes:
    payload = soup.payload_of(raw)
    most = min(len(payload) + values["size"], _MOST_PAYLOAD)
    return soup.packet(soup.kind_of(raw), payload.ljust(most, b"x"))


def _wrong_sequence(raw: bytes, values: Values) -> bytes:
    session, number = soup.read_accepted(soup.payload_of(raw))
    return soup.accepted(session, max(0, number + values["by"]))


_OPERATIONS: Final = {
    "wrong-body-length": _wrong_length,
    "unknown-type": _unknown_type,
    "oversize-packet": _oversize,
    "wrong-sequence": _wrong_sequence,
}
