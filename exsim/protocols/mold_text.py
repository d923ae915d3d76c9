"""Packets of MoldUDP64 with messages of ITCH in them, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exsim.model.messages import Description, FieldView
from exsim.wire import mold, soup
from exsim.wire.layout import BadMessage, Family

PACKET: Final = "Packet"
"""A downstream packet with messages. Each has its type in a field of its own, and its fields."""
HEARTBEAT: Final = "Heartbeat"
END_OF_SESSION: Final = "EndOfSession"
REQUEST: Final = "Request"
TYPE: Final = "Type"


def is_mold(raw: bytes) -> bool:
    """Whether bytes begin like a packet of MoldUDP64, and are none of SoupBinTCP."""
    if len(raw) < mold.HEADER_SIZE or (raw[0] << 8 | raw[1]) == len(raw) - 2:
        return False
    session = raw[: mold.SESSION_SIZE]
    return soup.kind_of(raw) != b"" and session.isascii() and session.decode().isprintable()


def types(raw: bytes) -> list[str]:
    """The types of the messages in a packet; the name of one that has none."""
    told = kind(raw)
    if told != PACKET:
        return [told]
    return [message[:1].decode("latin-1") for message in mold.read(raw).messages]


def kind(raw: bytes) -> str:
    """What a packet is; empty for bytes that are none."""
    try:
        packet = mold.read(raw)
    except mold.BadPacket:
        return REQUEST if len(raw) == mold.HEADER_SIZE else ""
    if packet.ends:
        return END_OF_SESSION
    return PACKET if packet.messages else HEARTBEAT


def describe(raw: bytes, family: Family) -> Description:
    """A packet decoded, with all messages in it."""
    what = kind(raw)
    if not what:
        return Description("", "", (_plain("Bytes", raw.hex()),))
    asked = mold.read_request(raw[: mold.HEADER_SIZE])
    fields = [
        _plain("Session", asked.session.decode("latin-1")),
        _plain("SequenceNumber", str(asked.sequence)),
        _plain("MessageCount", str(asked.count)),
    ]
    if what == PACKET:
        for message in mold.read(raw).messages:
            fields += _message(message, family)
    return Description(what, what, tuple(fields))


def matches(
    raw: bytes, msg_type: str | None, fields: Sequence[tuple[str, str | None]], family: Family
) -> bool:
    """Whether a packet has a message of a type, and all of these fields, be they of several."""
    if msg_type is not None and msg_type not in types(raw):
        return False
    if not fields:
        return True
    told = [(field.name, field.value) for field in describe(raw, family).fields]
    return all(
        any(name == each and value in (None, there) for each, there in told)
        for name, value in fields
    )


def _message(raw: bytes, family: Family) -> list[FieldView]:
    layout = family.outbound.get(raw[:1])
    if layout is None:
        return [_plain("Malformed", raw.hex())]
    head = FieldView(TYPE, TYPE, layout.type.decode(), layout.name)
    try:
        told = [(field, field.text(value)) for field, value in layout.read(raw)]
    except BadMessage as bad:
        return [head, _plain("Malformed", str(bad))]
    return [head, *(FieldView(f.name, f.name, text, f.meaning(text)) for f, text in told)]


def _plain(name: str, value: str) -> FieldView:
    return FieldView(name, name, value)
