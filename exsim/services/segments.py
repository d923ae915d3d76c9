"""
Reading a journal's segments: what is in a folder, whether it is sound, and entries by number.

A segment is a file ``EPOCH-FIRST.journal``, in the format of :mod:`exsim.journal.format`. What a
crash may leave is put right by whoever opens the folder to write: a last batch that is not whole
(it was not acknowledged), and a segment without entries. Anything else that is wrong is an error
that tells where, since entries that were acknowledged are lost.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain

from exsim.journal.columns import Columns
from exsim.journal.format import (
    HEAD_SIZE,
    HEADER_SIZE,
    MAGIC,
    Batch,
    JournalError,
    batch_size,
    check_batch,
    decode,
    decode_all,
    decode_header,
    scan,
)
from exsim.journal.segment import Segment
from exsim.model.journal import Entry
from exsim.services.files import Files

NAME = re.compile(r"(\d{10})-(\d{20})\.journal")
CHUNK = 128 * 1024
"""Bytes that are read at once."""
BATCH = 16 * 1024
"""Bytes that are read at first where one batch is wanted."""


class Loaded:
    """
    What is in a folder: the segments of its newest epoch in order, and what a crash left.

    ``torn``: where something stands that is no whole batch, with no entry missing for it. ``idle``:
    files that hold nothing that counts: of older epochs, or of a segment that was hardly begun.
    """

    __slots__ = ("idle", "segments", "torn")

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.torn: list[JournalError] = []
        self.idle: list[str] = []


def segment_name(epoch: int, first: int) -> str:
    """The file name of a segment."""
    return f"{epoch:010d}-{first:020d}.journal"


def load(files: Files, folder: str) -> Loaded:
    """
    Read all segments in a folder and check them.

    :raises JournalError: when something is missing or damaged; it tells the file and the offset.
    """
    found = sorted(name for name in files.names(folder) if NAME.fullmatch(name))
    loaded = Loaded()
    while found and not loaded.segments:
        epoch = found[-1].partition("-")[0]
        names = [name for name in found if name.startswith(epoch)]
        found = found[: -len(names)]
        _load_epoch(files, folder, names, loaded)
    loaded.idle += [f"{folder}/{name}" for name in found]
    return loaded


def _load_epoch(files: Files, folder: str, names: list[str], loaded: Loaded) -> None:
    segments = loaded.segments
    fault: JournalError | None = None  # of the segment before
    for name in names:
        path = f"{folder}/{name}"
        data = files.read(path)
        segment = _begin(path, name, data)
        if segment is None:
            loaded.idle.append(path)
            continue
        batches, trouble = scan(data, path, segment.first)
        last = segments[-1].last if segments else segment.first - 1
        if not batches and trouble is None and segment.first <= last:
            loaded.idle.append(path)  # begun, but the one before could go on after all
            continue
        if segment.first != last + 1:
            text = f"entries {last + 1:,} to {segment.first - 1:,} are missing: a file is gone"
            raise fault or JournalError(text, path)
        if trouble is not None:
            if not trouble.torn:
                raise trouble
            loaded.torn.append(trouble)
        for batch in batches:
            segment.add(batch.first, batch.count, batch.end - batch.offset)
        fault = trouble
        segments.append(segment)
    if segments and segments[-1].sealed:
        text = f"the segment that should follow, from entry {segments[-1].last + 1:,} on, is gone"
        raise JournalError(text, segments[-1].path, segments[-1].end - HEAD_SIZE)


def _begin(path: str, name: str, data: bytes) -> Segment | None:
    """A segment by its header; None where a crash came before it had any."""
    try:
        header = decode_header(data, path)
    except JournalError as error:
        if not error.torn or holds_batch(data):
            raise
        return None
    if segment_name(header.epoch, header.first) != name:
        text = f"this is the segment {segment_name(header.epoch, header.first)}, under another name"
        raise JournalError(text, path)
    return Segment(path, header)


def holds_batch(data: bytes) -> bool:
    """Whether there is a whole batch anywhere in these bytes."""
    position = data.find(MAGIC)
    while position >= 0 and check_batch(data, position) is None:
        position = data.find(MAGIC, position + 1)
    return position >= 0


class Reader:
    """
    Reads entries from segments; ``segments`` may grow at its end, and shrink at its start.

    What it reads it checks again: a batch that is damaged by now is a :class:`JournalError`.
    """

    def __init__(self, files: Files, segments: list[Segment]) -> None:
        self._files = files
        self._segments = segments

    def entries(self, after: int, sound: bool = False) -> Iterator[Entry]:
        """
        The entries whose number is greater than ``after``, in order.

        Where they are known to be ``sound``, since they were checked a moment ago, they are not
        checked again.
        """
        each = (columns.entries(after) for columns in self.columns(after, sound))
        return chain.from_iterable(each)

    def columns(self, after: int, sound: bool = False) -> Iterator[Columns]:
        """The same as they are in their batches; the first may have some that come before."""
        return chain.from_iterable(self._lists(after, sound))

    def _lists(self, after: int, sound: bool) -> Iterator[list[Columns]]:
        segment = self._holder(after + 1)
        while segment is not None:
            last, end = segment.last, segment.end  # it may grow meanwhile: then it is read again
            offset, size = _mark(segment, after + 1), CHUNK
            while offset < end:
                data = self._files.read(segment.path, offset, min(size, end - offset))
                found, whole = decode_all(data, after, not sound)
                _check_read(segment, offset, size, data, whole)
                if found:
                    yield found
                    after = found[-1].last
                size = CHUNK if whole else batch_size(data, 0)
                offset += whole
            segment = self._holder(max(after, last) + 1)

    def backward(self, before: int) -> Iterator[Entry]:
        """The entries whose number is less than ``before``, newest first."""
        for segment in reversed(list(self._segments)):
            end = segment.end
            for first, offset in zip(segment.marks[::-1], segment.offsets[::-1], strict=True):
                if first < before:
                    batches = list(self._batches(segment, offset, end))
                    for data, batch in reversed(batches):
                        for entry in reversed(decode(data, batch).entries()):
                            if entry.seq < before:
                                yield entry
                end = offset

    def batch(self, first: int, offset: int) -> list[Entry]:
        """The entries of a batch of the segment that begins with ``first``; none if it is gone."""
        segment = next((one for one in list(self._segments) if one.first == first), None)
        if segment is None:
            return []
        data = self._files.read(segment.path, offset, BATCH)
        if batch_size(data, 0) > len(data):
            data = self._files.read(segment.path, offset, batch_size(data, 0))
        batch = check_batch(data, 0)
        if batch is None:
            raise JournalError("a batch is damaged", segment.path, offset)
        return decode(data, batch).entries()

    def _holder(self, seq: int) -> Segment | None:
        """The segment that has an entry, or the first one after it."""
        segments = list(self._segments)
        at = max(0, bisect_right(segments, seq, key=lambda segment: segment.first) - 1)
        return next((one for one in segments[at:] if one.last >= max(seq, one.first)), None)

    def _batches(self, segment: Segment, offset: int, end: int) -> Iterator[tuple[bytes, Batch]]:
        """The batches from an offset to another, each with bytes that hold it."""
        size = CHUNK
        while offset < end:
            data = self._files.read(segment.path, offset, min(size, end - offset))
            at = 0
            while (batch := check_batch(data, at)) is not None:
                yield data, batch
                at = batch.end
            _check_read(segment, offset, size, data, at)
            size = CHUNK if at else batch_size(data, 0)
            offset += at


def _check_read(segment: Segment, offset: int, size: int, data: bytes, whole: int) -> None:
    """
    See that there are batches at an offset, or that more than ``size`` is to be read of the first.

    :raises JournalError: when it is damaged.
    """
    if not whole and (len(data) < size or size >= batch_size(data, 0)):
        raise JournalError("a batch is damaged", segment.path, offset)


def _mark(segment: Segment, seq: int) -> int:
    """Where to begin reading a segment for an entry."""
    at = bisect_right(segment.marks, seq) - 1
    return segment.offsets[at] if at >= 0 else HEADER_SIZE
