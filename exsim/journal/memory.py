"""The journal in memory: a bounded ring of the newest entries."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Protocol

from exsim.model.journal import Entry
from exsim.model.questions import Question


class Disk(Protocol):
    """Where a journal is kept."""

    def start_epoch(self, epoch: int) -> None:
        """Begin a new epoch.

        :raises OSError: when it cannot be done now.
        """

    def write(self, entries: list[Entry]) -> None:
        """Write entries, in order.

        :raises OSError: when it cannot be done now.
        """


class MemoryJournal:
    """
    Keeps the newest ``size`` entries; older ones are forgotten.

    With a ``disk`` all that is appended goes there, too, at the next :meth:`commit`.
    """

    def __init__(self, size: int, disk: Disk | None = None) -> None:
        if size < 1:
            raise ValueError(f"a journal of {size} entries cannot hold anything")
        self.epoch = 1
        self.last = 0
        self.complaint = ""
        self._disk = disk
        self._pending: list[Entry] = []  # what the disk does not have yet
        self._cleared = False  # the disk has yet to begin this epoch
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
        if self._disk is not None:
            self._pending.append(entry)
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

    def backward(self, before: int) -> Generator[Entry, None, int]:
        """
        The entries kept whose number is less than ``before``, newest first; returns the number
        that those which are not kept any more are less than.
        """
        epoch, seq = self.epoch, min(before - 1, self.last)
        while epoch == self.epoch and seq >= self.first:
            yield self._ring[(seq - self._base - 1) % self._size]
            seq -= 1
        return seq + 1

    def newest(self, before: int, most: int) -> list[Entry]:
        """So many at most of the entries in memory before one, newest first."""
        end = min(before, self.last + 1)
        count = max(0, min(most, end - self.first))
        if count == 0:
            return []
        at = (end - self._base - 1) % self._size  # behind the last of them, in the ring
        if count <= at:
            return self._ring[at - count : at][::-1]
        return (self._ring[at - count :] + self._ring[:at])[::-1]

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
        self._cleared = True

    def start(self, epoch: int, last: int) -> None:
        """Go on from an entry of an epoch, with nothing kept."""
        self.epoch = epoch
        self.last = self._base = last
        self._cleared = False
        self._pending.clear()
        self._ring = []

    def commit(self) -> None:
        """
        Have the disk write what was appended since the last time.

        :raises OSError: when it cannot be done now; to be tried again.
        """
        disk = self._disk
        if disk is None:  # it is as durable as it gets
            return
        if self._cleared:
            disk.start_epoch(self.epoch)
            self._cleared = False
        if self._pending:
            disk.write(self._pending)
            self._pending.clear()

    def close(self) -> None:
        """Nothing is to be done."""
