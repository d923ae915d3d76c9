"""
Packets of SoupBinTCP with messages of OUCH in them: for people, and made of fields.

The type of a message is its own; a packet of the session itself, which has none, goes by its name,
such as ``LoginRequest``: its type would be that of a message as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from exsim.model.messages import Description, FieldView
from exsim.protocols import ouch_codes as c
from exsim.wire import soup
from exsim.wire.layout import BadMessage, Family, Layout

TYPE: Final = "Type"
"""The field that says which message others make."""
_PASSWORD: Final = 3 + soup.USER_SIZE
_AFTER_PASSWORD: Final = _PASSWORD + soup.PASSWORD_SIZE

_AS_FIX: Final = {
    "Symbol": "55",
    "Stock": "55",
    "Side": "54",
    "BuySellIndicator": "54",
    "UserRefNum": "11",
    "OrderToken": "11",
    "ReplacementOrderToken": "11",
    "OrigUserRefNum": "41",
    "ExistingOrderToken": "41",
    "PreviousOrderToken": "41",
    "OrderReferenceNumber": "37",
    "Firm": "1",
}
_TERMS: Final = {"Quantity": "38", "Shares": "38", "Price": "44"}
_FILLS: Final = {"Quantity": "32", "ExecutedShares": "32", "Price": "31", "ExecutionPrice": "31"}
"""Tags of FIX for what fields hold."""
TAGS: Final = frozenset((*_AS_FIX.values(), *_TERMS.values(), *_FILLS.values()))
_INDEXES: dict[Layout, dict[str, int]] = {}


def layout_of(raw: bytes, family: Family) -> Layout | None:
    """The layout of the message in a whole packet, if it has one that is known."""
    kind, message = soup.kind_of(raw), raw[3:4]
    if kind == soup.SEQUENCED:
        return family.outbound.get(message)
    return family.inbound.get(message) if kind == soup.UNSEQUENCED else None


def masked(raw: bytes) -> bytes:
    """The packet with the password of a Login Request overwritten."""
    if soup.kind_of(raw) != soup.LOGIN:
        return raw
    password = raw[_PASSWORD:_AFTER_PASSWORD]
    hidden = b"*" * len(password.rstrip(b" "))
    hidden = hidden.ljust(len(password))
    return raw[:_PASSWORD] + hidden + raw[_AFTER_PASSWORD:]


def describe(raw: bytes, family: Family) -> Description:
    """A packet decoded: the message in it, or what the session itself sends."""
    layout = layout_of(raw, family)
    if layout is not None:
        try:
            found = [(field, field.text(value)) for field, value in layout.read(raw[3:])]
        except BadMessage as bad:
            return Description(layout.type.decode(), layout.name, (_plain("Malformed", str(bad)),))
        views = [FieldView(f.name, f.name, text, f.meaning(text)) for f, text in found]
        return Description(layout.type.decode(), layout.name, tuple(views))
    kind = soup.kind_of(raw)
    if kind not in soup.PACKET_NAMES or len(raw) < 3:
        return Description("", "", (_plain("Bytes", raw.hex()),))
    fields = _fields_of(kind, masked(raw)[3:])
    return Description(soup.PACKET_NAMES[kind], soup.PACKET_NAMES[kind], fields)


def _fields_of(kind: bytes, payload: bytes) -> tuple[FieldView, ...]:
    if kind == soup.REJECTED:
        code = payload.decode("latin-1")
        meaning = {"A": "not authorised", "S": "no such session"}.get(code, "")
        return (FieldView("RejectReasonCode", "RejectReasonCode", code, meaning),)
    parts = soup.PARTS.get(kind)
    if parts is None:
        return (_plain("Text", payload.decode("latin-1")),) if payload else ()
    found, at = [], 0
    for name, size in parts:
        found.append(_plain(name, payload[at : at + size].strip(b" ").decode("latin-1")))
        at += size
    return tuple(found)


def _plain(name: str, value: str) -> FieldView:
    return FieldView(name, name, value)


def matches(
    raw: bytes, msg_type: str | None, fields: Sequence[tuple[str, str | None]], family: Family
) -> bool:
    """Whether a packet has a message of a type, and all of these fields."""
    if msg_type is not None and type_of(raw, family) != msg_type:
        return False
    if not fields:
        return True
    known = {field.name: field.value for field in describe(raw, family).fields}
    return all(name in known and value in (None, known[name]) for name, value in fields)


def type_of(raw: bytes, family: Family) -> str:
    """The type of the message in a packet; the name of the packet, where it has none."""
    layout = layout_of(raw, family)
    if layout is None:
        return soup.PACKET_NAMES.get(soup.kind_of(raw), "")
    return layout.type.decode()


def values(raw: bytes, tag: str, family: Family) -> list[str] | None:
    """
    The type of a message for tag 35; for other tags of FIX what a message has of the same, so that
    what finds orders in messages of FIX finds them in these. None for tags that it never has.
    """
    if tag == "35":
        return [type_of(raw, family)]
    if tag not in TAGS:
        return None
    layout = layout_of(raw, family)
    index = -1 if layout is None else index_of(layout, tag)
    if layout is None or index < 0 or len(raw) < 3 + layout.size:
        return []
    value: int | bytes = layout.struct.unpack_from(raw, 3)[index + 1]
    if tag == "54" and isinstance(value, bytes):
        return [str(c.SIDES.get(value, ""))]
    return [layout.fields[index].text(value)]


def index_of(layout: Layout, tag: str) -> int:
    """Which of the fields of a message is that of a tag of FIX; -1 for none."""
    found = _INDEXES.get(layout)
    if found is None:
        fills = any(field.name == "MatchNumber" for field in layout.fields)
        tags = {**_AS_FIX, **(_FILLS if fills else _TERMS)}
        found = _INDEXES[layout] = {}
        for index, field in enumerate(layout.fields):
            if field.name in tags:
                found.setdefault(tags[field.name], index)
    return found.get(tag, -1)


def line(raw: bytes, family: Family) -> str:
    """A packet as one readable line."""
    return line_of(describe(raw, family))


def line_of(told: Description) -> str:
    """A packet that is decoded as one readable line."""
    fields = " ".join(
        f"{field.name}={field.value}{f' ({field.meaning})' if field.meaning else ''}"
        for field in told.fields
    )
    head = told.name if told.type == told.name else f"{told.type} {told.name}"
    return f"{head} {fields}".strip()


def pairs(raw: bytes, family: Family) -> tuple[tuple[str, str], ...]:
    """The fields of a packet as :func:`build` takes them, the type first."""
    return pairs_of(describe(raw, family))


def pairs_of(told: Description) -> tuple[tuple[str, str], ...]:
    """The same of a packet that is decoded."""
    return ((TYPE, told.type), *((field.tag, field.value) for field in told.fields))


def build(layouts: Mapping[bytes, Layout], fields: Sequence[tuple[str, str]]) -> bytes:
    """
    The message of these fields; ``Type`` says which.

    :raises ValueError: when there is none, saying why.
    """
    given = dict(fields)
    if len(given) != len(fields):
        raise ValueError("a field is given twice")
    named = given.pop(TYPE, given.pop("35", ""))
    for layout in layouts.values():
        if named in (layout.type.decode(), layout.name):
            return layout.build(given)
    known = ", ".join(f"{layout.type.decode()} ({layout.name})" for layout in layouts.values())
    raise ValueError(f"there is no message of Type {named!r}; there are: {known}")
