"""
Fills the index of a journal, in a process of its own that yields to all others.

``python -m exsim.services.indexer DATA_DIR`` follows the segments as they grow, until its standard
input ends: that is when the simulator that started it is gone.
"""

from __future__ import annotations

import contextlib
import os
import select
import sqlite3
import sys
from collections.abc import Callable, Iterator
from typing import Protocol

from exsim.journal.format import (
    HEADER_SIZE,
    Batch,
    JournalError,
    batch_size,
    check_batch,
    decode,
)
from exsim.model.journal import Entry
from exsim.services.files import Files, RealFiles
from exsim.services.index import NAME as INDEX
from exsim.services.index import Index
from exsim.services.keeping import FilledIndex
from exsim.services.segments import CHUNK, NAME, segment_name

AT_ONCE = 20_000
"""Entries in one transaction."""
PAUSE = 0.5
"""Seconds between two looks at whether there is more."""


class Follower:
    """
    Reads the segments in a folder as another process writes them, after entry ``last``.

    A batch counts once it is whole. ``first`` is the oldest entry there is.
    """

    def __init__(self, files: Files, folder: str, epoch: int, last: int) -> None:
        self.epoch = epoch
        self.last = last
        self.first = 1
        self._files = files
        self._folder = folder
        self._segment = 0  # the first entry of the segment that is read now; 0: none is
        self._offset = HEADER_SIZE

    def newest_epoch(self) -> int:
        """The epoch that is written now; 0 when there is none."""
        return max((epoch for epoch, _first in self._segments()), default=0)

    def read(self, most: int) -> Iterator[tuple[Entry, int, int]]:
        """
        Entries after ``last``, with their segment and their batch's offset: about ``most``, fewer
        where there are no more yet.
        """
        firsts = sorted(first for epoch, first in self._segments() if epoch == self.epoch)
        self.first = firsts[0] if firsts else self.last + 1
        begin = self.last
        while firsts and self.last < begin + most:
            here = max((one for one in firsts if one <= self.last + 1), default=firsts[0])
            if here != self._segment:
                self._segment, self._offset = here, HEADER_SIZE
            before = self.last
            yield from self._read_segment(begin + most)
            if self.last == before and here == firsts[-1]:
                return
            if self.last == before and self.last + 1 not in firsts:
                return  # what follows is not there yet, or never will be

    def _read_segment(self, until: int) -> Iterator[tuple[Entry, int, int]]:
        path = f"{self._folder}/{segment_name(self.epoch, self._segment)}"
        size = CHUNK
        while self.last < until:
            data = self._files.read(path, self._offset, size)
            at = 0
            while self.last < until and (batch := check_batch(data, at)) is not None:
                yield from self._of_batch(data, batch)
                at = batch.end
            self._offset += at
            if not at:
                if batch_size(data, 0) <= size:
                    return
                size = batch_size(data, 0)

    def _of_batch(self, data: bytes, batch: Batch) -> Iterator[tuple[Entry, int, int]]:
        if batch.first + batch.count <= self.last + 1:
            return
        offset = self._offset + batch.offset
        for entry in decode(data, batch).entries():
            if entry.seq > self.last:
                self.last = entry.seq
                yield entry, self._segment, offset

    def _segments(self) -> list[tuple[int, int]]:
        matches = (NAME.fullmatch(name) for name in self._files.names(self._folder))
        return [(int(match[1]), int(match[2])) for match in matches if match is not None]


class Following(Protocol):
    """What reads a journal's ``epoch`` as somebody else writes it; see :class:`Follower`."""

    epoch: int
    last: int
    first: int

    def newest_epoch(self) -> int:
        """The epoch that is written now; 0 when there is none."""

    def read(self, most: int) -> Iterator[tuple[Entry, int, int]]:
        """Entries after ``last``, with the place of their batch: about ``most``."""


class Indexer:
    """
    Keeps an index up with a journal; each :meth:`work` goes on a little.

    ``follow`` gives what reads an epoch after an entry.
    """

    def __init__(self, index: FilledIndex, follow: Callable[[int, int], Following]) -> None:
        self._index = index
        self._follow = follow
        self._follower = follow(*index.reached())
        self._forgotten = 1

    def work(self) -> bool:
        """Index some entries; whether there may be more."""
        follower = self._follower
        newest = follower.newest_epoch()
        if newest != follower.epoch:
            self._index.begin(newest)
            self._follower = follower = self._follow(newest, 0)
        before = follower.last
        entries = list(follower.read(AT_ONCE))
        if entries:
            self._index.add(entries, follower.last)
        if follower.first > self._forgotten:
            self._index.forget(follower.first)
            self._forgotten = follower.first
        return follower.last > before

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()


def file_indexer(data_dir: str, files: Files) -> Indexer:
    """What keeps up the index in a data directory."""
    index = Index(f"{data_dir}/{INDEX}", fills=True)
    folder = f"{data_dir}/journal"
    return Indexer(index, lambda epoch, last: Follower(files, folder, epoch, last))


def run(make: Callable[[], Indexer], name: str) -> None:
    """Index until standard input ends; ``name`` tells what, for people."""
    os.umask(0o077)
    os.nice(19)
    with contextlib.suppress(
        AttributeError, OSError
    ):  # Linux has a way to take nothing from others
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    indexer = None
    ended = False
    while not ended:
        try:
            indexer = indexer or make()
            more = indexer.work()
        except (OSError, sqlite3.Error, JournalError) as error:
            print(f"exsim: the index of {name} waits: {error}", file=sys.stderr)  # noqa: T201
            more = False
        ended = bool(select.select([sys.stdin], [], [], 0 if more else PAUSE)[0])
    if indexer is not None:
        indexer.close()


def main(data_dir: str) -> None:
    """Index until standard input ends."""
    run(lambda: file_indexer(data_dir, RealFiles()), data_dir)


if __name__ == "__main__":
    main(sys.argv[1])
