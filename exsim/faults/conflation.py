"""Updates of market data in FIX put together: of an entry only what it came to is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exsim.faults.fix import Fields, fields_of, message_of
from exsim.model.treatment import Piece

_NEW: Final = b"0"
_CHANGE: Final = b"1"
_DELETE: Final = b"2"


def conflated(pieces: Sequence[Piece]) -> list[Piece]:
    """One MarketDataIncrementalRefresh(X) for all of each request, in place of these."""
    if not pieces:
        return []
    by_request: dict[bytes, list[Fields]] = {}
    for piece in pieces:
        fields = fields_of(piece.raw)
        by_request.setdefault(dict(fields).get(b"262", b""), []).append(fields)
    found = []
    for messages in by_request.values():
        piece = Piece(_one(messages))
        piece.unnumbered = True
        if piece.raw:
            found.append(piece)
    return found


def _one(messages: Sequence[Fields]) -> bytes:
    """The message of all entries; nothing where they come to nothing."""
    entries: dict[tuple[bytes, bytes], Fields] = {}
    for message in messages:
        for entry in _entries(message):
            named = dict(entry)
            key = (named.get(b"269", b""), named.get(b"278", b""))
            told = _later(entries.pop(key, None), entry)
            if told is not None:
                entries[key] = told
    if not entries:
        return b""
    head = messages[-1][: _count_at(messages[-1])]
    body = [field for entry in entries.values() for field in entry]
    return message_of([*head, (b"268", b"%d" % len(entries)), *body])


def _count_at(message: Fields) -> int:
    """Where NoMDEntries(268) stands."""
    return [tag for tag, _ in message].index(b"268")


def _entries(message: Fields) -> list[Fields]:
    """The entries of a message: each begins with MDUpdateAction(279)."""
    found: list[Fields] = []
    for tag, value in message[_count_at(message) + 1 :]:
        if tag == b"279":
            found.append([])
        if tag != b"10" and found:
            found[-1].append((tag, value))
    return found


def _later(before: Fields | None, entry: Fields) -> Fields | None:
    """What two changes of an entry come to; None for nothing."""
    if before is None:
        return entry
    first, last = before[0][1], entry[0][1]
    if last == _DELETE:
        return None if first == _NEW else entry
    action = {_NEW: _NEW, _DELETE: _CHANGE}.get(first, last)
    return [(b"279", action), *entry[1:]]
