"""The journal in memory: a bounded ring of the newest entries."""

from __future__ import annotations

from collections.abc import Iterator

from zope.interface import implementer

from exsim.interfaces import IJournal
from exsim.model.journal import Entry


@implementer(IJournal)
class MemoryJournal:
    """Keeps the newest ``size`` entries; older ones are forgotten."""

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"a journal of {size} entries cannot hold anything")
        self.epoch = 1
        self.last = 0
        self._size = size
        self._ring: list[Entry] = []

    @property
    def first(self) -> int:
        """Number of the oldest entry kept; last + 1 when none is."""
        return self.last - len(self._ring) + 1

    def append(self, time: int, kind: int, origin: str, session: str, data: bytes) -> int:
        """Write an entry and return its number."""
        seq = self.last + 1
        entry = Entry(seq, time, kind, origin, session, data)
        if seq <= self._size:
            self._ring.append(entry)
        else:
            self._ring[(seq - 1) % self._size] = entry
        self.last = seq
        return seq

    def entries(self, after: int) -> Iterator[Entry]:
        """The entries kept whose number is greater than ``after``, in order.

        Entries appended while this runs are included.
        """
        epoch, seq = self.epoch, max(after + 1, self.first)
        while epoch == self.epoch and seq <= self.last:
            yield self._ring[(seq - 1) % self._size]
            seq = max(seq + 1, self.first)

    def backward(self, before: int) -> Iterator[Entry]:
        """The entries kept whose number is less than ``before``, newest first."""
        epoch, seq = self.epoch, min(before - 1, self.last)
        while epoch == self.epoch and seq >= self.first:
            yield self._ring[(seq - 1) % self._size]
            seq -= 1

    def clear(self) -> None:
        """Start a new, empty epoch."""
        self.epoch += 1
        self.last = 0
        self._ring = []
