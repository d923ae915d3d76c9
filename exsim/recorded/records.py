"""Binary records out of a file of any size: what is broken is told, and passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from exsim.recorded.found import Found
from exsim.recorded.framings import Framing

MOST_SKIPPED: Final = 1 << 17
"""Bytes passed over in one piece before that is told."""
_MORE: Final = -1


class Records:
    """Reads one file, chunk by chunk."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._buffer = b""
        self._base = 0  # where the buffer begins in the file

    def read(self, chunks: Iterable[bytes]) -> Iterator[Found]:
        """All messages, and what lies between them that is none."""
        for chunk in chunks:
            self._buffer += chunk
            yield from self._messages(False)
        yield from self._messages(True)

    def _messages(self, ends: bool) -> Iterator[Found]:
        at = 0
        while at < len(self._buffer):
            found: list[Found] = []
            at = self._framing.run(self._buffer, at, self._base, found)
            yield from found
            size = self._right(at)
            if size > 0:
                yield from self._framing.messages(self._buffer[at : at + size], self._base + at)
                at += size
                continue
            if size == 0 and not ends:
                break
            end = self._next(at, ends)
            if end == _MORE:
                break
            yield self._broken(at, end)
            at = end
        self._buffer = self._buffer[at:]
        self._base += at

    def _right(self, at: int) -> int:
        """Bytes of the right record that begins there; 0 when it is not whole yet, -1 for none."""
        size = self._framing.size(self._buffer, at)
        if size <= 0:
            return size
        record = self._buffer[at : at + size]
        if len(record) < size:
            return 0
        return size if self._framing.fits(record) else -1

    def _next(self, at: int, ends: bool) -> int:
        """Where it goes on behind a record that is not right; :data:`_MORE` if none can tell."""
        size = self._framing.size(self._buffer, at)
        if size > 0 and at + size <= len(self._buffer):
            behind = self._right(at + size) if at + size < len(self._buffer) else 0
            if behind > 0 or (behind == 0 and ends):
                return at + size
            if behind == 0:
                return _MORE
        for place in range(at + 1, len(self._buffer)):
            size = self._right(place)
            if size > 2:  # no lone length of 0, which is met by chance
                return place
        if ends:
            return len(self._buffer)
        return len(self._buffer) - 65_537 if len(self._buffer) - at > MOST_SKIPPED else _MORE

    def _broken(self, at: int, end: int) -> Found:
        data = self._buffer[at:end]
        size = self._framing.size(self._buffer, at)
        place = f"byte {self._base + at}"
        if size == end - at:
            return Found(place, data, None, self._framing.wrong(data))
        if end == len(self._buffer) and (size == 0 or size > end - at):
            of = f", of {size}" if size else ""
            return Found(place, data, None, f"a record that is cut: {end - at} bytes{of} are there")
        return Found(place, data, None, f"{end - at} bytes that are no message")
