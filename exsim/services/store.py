"""
The journal on a disk: a folder of segments, written a batch at a time.

What :meth:`Store.write` has returned from is kept: with ``sync`` after a loss of power too, else
after the end of the process. Where it raises, nothing is lost: the same call may be made again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from twisted.logger import Logger

from exsim.errors import ConfigError, Problem
from exsim.journal.columns import Columns
from exsim.journal.format import (
    Header,
    JournalError,
    encode_header,
    seal,
)
from exsim.journal.segment import Segment
from exsim.journal.tail import Tail
from exsim.model.journal import Entry
from exsim.services.files import Files
from exsim.services.notes import Note, check_note, write_note
from exsim.services.segments import Reader, load, segment_name

log = Logger(namespace="exsim")


@dataclass(frozen=True, slots=True)
class Limits:
    """
    ``segment_size``, bytes: then a new segment is begun. Segments that a snapshot makes needless
    are kept while all are at most ``keep_size`` bytes, and they are at most ``keep_age``
    nanoseconds old.
    """

    segment_size: int = 64 * 1024 * 1024
    keep_size: int = 10_000_000_000
    keep_age: int = 7 * 24 * 3600 * 1_000_000_000


class Store:
    """
    Segments in ``folder``.

    ``now`` gives nanoseconds since 1970 UTC. ``first`` and ``last`` number the oldest and newest
    entry of ``epoch``.
    """

    def __init__(
        self,
        folder: str,
        files: Files,
        sync: bool,
        limits: Limits,
        now: Callable[[], int],
    ) -> None:
        self.folder = folder
        self.epoch = 1
        self.segments: list[Segment] = []
        self.complaint = ""
        """Why no new segment could be begun, where the old one is still good."""
        self._files = files
        self._sync = sync
        self._limits = limits
        self._now = now
        self._tail = Tail(files.write, files.sync if sync else None, self._renew)
        self.write = self._tail.write  # not a method around it: it is called in every turn
        self._reader = Reader(files, self.segments)
        self._lock: int | None = None
        self._stale: list[str] = []  # files to be removed

    @property
    def first(self) -> int:
        """Number of the oldest entry kept; last + 1 when none is."""
        return self.segments[0].first if self.segments else self.last + 1

    @property
    def last(self) -> int:
        """Number of the newest entry written."""
        return self._tail.last

    @property
    def size(self) -> int:
        """How many bytes the segments take."""
        return sum(segment.end for segment in self.segments)

    # -- opening

    def open(self) -> None:
        """
        Lock the folder, check all that is in it, and go on after its last entry.

        :raises JournalError: when entries are missing or damaged.
        :raises ConfigError: when somebody else has the folder.
        """
        files = self._files
        files.make_folder(self.folder)
        self._lock = files.lock(f"{self.folder}/lock")
        if self._lock is None:
            raise ConfigError([Problem("another exsim has this data_dir", self.folder)])
        try:
            self._load()
        except BaseException:
            self._unlock()
            raise

    def _load(self) -> None:
        loaded = load(self._files, self.folder)
        if loaded.segments:
            self.segments[:] = loaded.segments
            self.epoch, self._tail.last = loaded.segments[-1].epoch, loaded.segments[-1].last
        check_note(self._files, self.folder, loaded)
        for torn in loaded.torn:
            self._cut(torn)
        for path in loaded.idle:
            self._files.remove(path)
        if self.segments:
            self._go_on(self.segments[-1])

    def _cut(self, torn: JournalError) -> None:
        """Cut what is not whole, and was not acknowledged; a copy is kept."""
        files = self._files
        rest = files.read(torn.path, torn.offset).rstrip(b"\0")
        log.warn(
            "a write to the journal was cut short, and what there is of it is cut: {error}",
            error=torn,
        )
        copy = f"{torn.path}.cut-{torn.offset}-{self._now()}"
        file = files.create(copy)
        try:
            files.write(file, rest, 0)
        finally:
            files.close(file)
        file = files.open(torn.path)
        try:
            files.truncate(file, torn.offset)
            files.sync(file)
        finally:
            files.close(file)

    def _go_on(self, segment: Segment) -> None:
        file = self._files.open(segment.path)
        try:
            self._make_room(file)
            if self._sync:
                self._files.sync(file)
        except OSError:
            self._files.close(file)
            raise
        self._use(segment, file)

    def _use(self, segment: Segment, file: int) -> None:
        self._tail.use(file, segment, self._limits.segment_size)

    # -- writing

    def _renew(self) -> None:
        """Begin the first segment, or the next one; see :class:`Tail`."""
        if self._tail.file is None:
            self._begin(self.last + 1)
        else:
            self._rotate()

    def start_epoch(self, epoch: int, first: int = 1) -> None:
        """Begin a new epoch with entry ``first``; the entries of the old one are forgotten.

        :raises OSError: when it cannot be done now.
        """
        tail = self._tail
        old, file, before = list(self.segments), tail.file, (self.epoch, self.last)
        self.epoch, tail.last, tail.file = epoch, first - 1, None
        self.segments.clear()
        try:
            self._begin(first)
        except OSError:
            self.epoch, tail.last = before
            self.segments[:] = old
            tail.file = file
            raise
        if file is not None:
            self._close_file(file)
        self._stale += [segment.path for segment in old]
        self._remove_stale()

    def _begin(self, first: int) -> None:
        """Make a segment that goes on with entry ``first``, and write to it from now on."""
        files = self._files
        path = f"{self.folder}/{segment_name(self.epoch, first)}"
        self._remove_stale()
        file = files.create(path)
        header = Header(self.epoch, first, self._now())
        try:
            files.write(file, encode_header(header), 0)
            self._make_room(file)
            if self._sync:
                files.sync(file)
                files.sync_folder(self.folder)
        except OSError:
            self._close_file(file)
            self._stale.append(path)
            raise
        segment = Segment(path, header)
        self.segments.append(segment)
        self._use(segment, file)
        try:
            write_note(files, self.folder, Note(self.epoch, first, self.last), self._sync)
        except OSError as error:  # the one before tells less, but is right
            log.warn("{folder}: no note can be written: {error}", folder=self.folder, error=error)

    def _rotate(self) -> None:
        """Begin the next segment; where that fails, go on with this one for a while."""
        file, segment = self._tail.file, self.segments[-1]
        assert file is not None
        try:
            self._begin(self.last + 1)
        except OSError as error:
            self.complaint = f"no new journal segment can be begun: {error}"
            log.warn("{complaint}", complaint=self.complaint)
            self._tail.rotate_at = segment.end + self._limits.segment_size // 8
            return
        self.complaint = ""
        end = seal(self.last + 1)
        try:
            self._files.write(file, end, segment.end)
            if self._sync:
                self._files.sync(file)
            segment.add(self.last + 1, 0, len(end))
        except OSError as error:  # no entry is missing without, since the next one is there
            log.warn("{path} cannot be sealed: {error}", path=segment.path, error=error)
        self._close_file(file)

    def _make_room(self, file: int) -> None:
        if self._sync:
            self._files.allocate(file, self._limits.segment_size)

    # -- reading

    def entries(self, after: int, sound: bool = False) -> Iterator[Entry]:
        """The entries kept whose number is greater than ``after``; see :meth:`Reader.entries`."""
        return self._reader.entries(after, sound)

    def columns(self, after: int, sound: bool = False) -> Iterator[Columns]:
        """The same in columns; see :meth:`Reader.columns`."""
        return self._reader.columns(after, sound)

    def backward(self, before: int) -> Iterator[Entry]:
        """The entries kept whose number is less than ``before``, newest first."""
        return self._reader.backward(before)

    def batch(self, segment: int, offset: int) -> list[Entry]:
        """The entries of one batch, at ``offset`` of the segment that begins with that entry."""
        return self._reader.batch(segment, offset)

    # -- retention, closing

    def retain(self, seq: int) -> None:
        """A snapshot holds all up to entry ``seq``: remove segments before that, by the limits."""
        size = self.size
        oldest = self._now() - self._limits.keep_age
        while len(self.segments) > 1 and self.segments[0].last <= seq:
            ended = self.segments[1].created
            if size <= self._limits.keep_size and ended >= oldest:
                break
            gone = self.segments.pop(0)
            size -= gone.end
            self._stale.append(gone.path)
        self._remove_stale()

    def _remove_stale(self) -> None:
        """
        Remove files that are not needed. One that cannot be is tried again next time, and those
        after it, so that no gap arises; so is one after another made durable.
        """
        while self._stale:
            try:
                with contextlib.suppress(FileNotFoundError):
                    self._files.remove(self._stale[0])
                if self._sync:
                    self._files.sync_folder(self.folder)
            except OSError as error:
                log.warn("{path} cannot be removed: {error}", path=self._stale[0], error=error)
                return
            del self._stale[0]

    def close(self) -> None:
        """Sync all, note where it ended, and let go of the folder."""
        try:
            if self._tail.file is not None:
                self._files.sync(self._tail.file)
                note = Note(self.epoch, self.segments[-1].first, self.last)
                write_note(self._files, self.folder, note, True)
        except OSError as error:
            log.error("the journal could not be closed: {error}", error=error)
        if self._tail.file is not None:
            self._close_file(self._tail.file)
            self._tail.file = None
        self._unlock()

    def _close_file(self, file: int) -> None:
        with contextlib.suppress(OSError):  # it is closed all the same
            self._files.close(file)

    def _unlock(self) -> None:
        if self._lock is not None:
            self._close_file(self._lock)
            self._lock = None
