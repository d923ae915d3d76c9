"""
What a message brings that its answers take back: routing, and the fields that are copied.

Both are encoded once per order, so that each report only appends bytes.
"""

from __future__ import annotations

from typing import Final

from exsim.model.requests import Carry, nothing_carried
from exsim.protocols.fix_refused import GROUP_COUNT, Refused
from exsim.sessions.fix_header import route_back
from exsim.wire.fix import FixMessage
from exsim.wire.fix_reasons import INCORRECT_FORMAT

OWNER: Final = "fix"
"""Owner of the carries made here: whoever else's are not FIX bytes."""

NOTHING: Final = nothing_carried(OWNER)
"""What most orders bring."""

ROUTED: Final = frozenset(b"115 116 128 129 144 145".split())
"""OnBehalfOf and DeliverTo."""

_PARTIES: Final = b"453"
_PARTY_ID: Final = b"448"
_PARTY_FIELDS: Final = frozenset((b"448", b"447", b"452", b"523", b"802", b"803", b"2376"))
"""The fields of NoPartyIDs(453) in any version, those of its group NoPartySubIDs(802) too."""
PARTY_GROUP: Final = _PARTY_FIELDS | {_PARTIES}
"""The same, and the field that counts them."""


def routing_only(message: FixMessage) -> Carry:
    """What a reject of ``message`` takes back."""
    routing = route_back(message)
    return Carry(OWNER, b"", routing) if routing else NOTHING


class Carrier:
    """
    Collects what messages of one session bring.

    ``tags`` are copied in this order where a message has them; NoPartyIDs(453) among them stands
    for its whole group.
    """

    __slots__ = ("_parties", "_watched", "tags")

    def __init__(self, tags: tuple[bytes, ...]) -> None:
        self.tags: tuple[bytes, ...] = tuple(tag for tag in tags if tag != _PARTIES)
        self._parties: bool = _PARTIES in tags
        self._watched: frozenset[bytes] = frozenset(tags) | ROUTED

    def brings_nothing(self, message: FixMessage) -> bool:
        """Whether no message with these tags brings anything."""
        return message.fields.keys().isdisjoint(self._watched)

    def carry(self, message: FixMessage) -> Carry:
        """
        What the answers to ``message`` take back.

        :raises Refused: when its parties are not as many as they say.
        """
        fields = message.fields
        if fields.keys().isdisjoint(self._watched):
            return NOTHING
        body = b""
        for tag in self.tags:
            if fields.get(tag):
                body += tag + b"=" + fields[tag] + b"\x01"
        if self._parties and _PARTIES in fields:
            body += parties(message)
        if fields.keys().isdisjoint(ROUTED):
            return Carry(OWNER, body) if body else NOTHING
        return Carry(OWNER, body, route_back(message))


def parties(message: FixMessage) -> bytes:
    """The group NoPartyIDs(453) of a message, as it came; empty where it counts none."""
    parts = message.parts
    count = message.fields[_PARTIES]
    if not count.isdigit() or len(count) > 4:
        raise Refused(INCORRECT_FORMAT, _PARTIES)
    start = parts.index(_PARTIES)
    while start % 2:  # that was a value
        start = parts.index(_PARTIES, start + 1)
    end = start + 2
    found = 0
    while end < len(parts) and parts[end] in _PARTY_FIELDS:
        if parts[end] == _PARTY_ID:
            found += 1
        end += 2
    if found != int(count):
        raise Refused(GROUP_COUNT, _PARTIES)
    return _joined(parts[start:end]) if found else b""


def _joined(parts: list[bytes]) -> bytes:
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return b"".join([tag + b"=" + value + b"\x01" for tag, value in pairs])


def without_text(body: bytes) -> bytes:
    """The copied fields but for Text(58), which a report with a text of its own leaves out."""
    if body.startswith(b"58="):
        return body[body.index(b"\x01") + 1 :]
    return body


def only(body: bytes, tags: frozenset[bytes]) -> bytes:
    """Those of the copied fields that a message has room for; parties stand or fall together."""
    if _PARTIES in tags:
        tags |= _PARTY_FIELDS
    kept = [field for field in body.split(b"\x01") if field[: field.find(b"=")] in tags]
    return b"".join([field + b"\x01" for field in kept])
