"""The journal in memory: a bounded ring of the newest entries."""

from __future__ import annotations

from collections.abc import Iterator

from exsim.model.journal import Entry
from exsim.model.questions import Question


class MemoryJournal:
    """
    Keeps the newest ``size`` entries; older ones are forgotten.

    With ``keep`` what is appended is in ``pending``, too, until whoever writes it to a disk clears
    that.
    """

    def __init__(self, size: int, keep: bool = False) -> None:
        if size < 1:
            raise ValueError(f"a journal of {size} entries cannot hold anything")
        self.epoch = 1
        self.last = 0
        self.complaint = ""
        self.pending: list[Entry] = []
        self._keep = keep
        self._size = size
        self._ring: list[Entry] = []
        self._base = 0  # the entry before the one that the ring began with

    @property
    def first(self) -> int:
        """Number of the oldest entry kept; last + 1 when none is."""
        return self.last - len(self._ring) + 1

    def append(self, time: int, kind: int, origin: str, session: str, data: bytes) -> int:
        """Write an entry and return its number."""
        seq = self.last + 1
        entry = Entry(seq, time, kind, origin, session, data)
        if len(self._ring) < self._size:
            self._ring.append(entry)
        else:
            self._ring[(seq - self._base - 1) % self._size] = entry
        if self._keep:
            self.pending.append(entry)
        self.last = seq
        return seq

    def entries(self, after: int) -> Iterator[Entry]:
        """The entries kept whose number is greater than ``after``, in order.

        Entries appended while this runs are included.
        """
        epoch, seq = self.epoch, max(after + 1, self.first)
        while epoch == self.epoch and seq <= self.last:
            yield self._ring[(seq - self._base - 1) % self._size]
            seq = max(seq + 1, self.first)

    def backward(self, before: int) -> Iterator[Entry]:
        """The entries kept whose number is less than ``before``, newest first."""
        epoch, seq = self.epoch, min(before - 1, self.last)
        while epoch == self.epoch and seq >= self.first:
            yield self._ring[(seq - self._base - 1) % self._size]
            seq -= 1

    @property
    def recent(self) -> int:
        """Number of the oldest entry in memory."""
        return self.first

    def search(self, question: Question, after: int) -> Iterator[Entry]:
        """All entries after one: to look at them is as fast as to look them up."""
        return self.entries(after)

    def clear(self) -> None:
        """Start a new, empty epoch."""
        self.start(self.epoch + 1, 0)

    def start(self, epoch: int, last: int) -> None:
        """Go on from an entry of an epoch, with nothing kept."""
        self.epoch = epoch
        self.last = self._base = last
        self.pending.clear()
        self._ring = []

    def commit(self) -> None:
        """Nothing is to be done: it is as durable as it gets."""

    def close(self) -> None:
        """Nothing is to be done."""
