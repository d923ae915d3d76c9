"""
The format of a journal on disk: segments of batches of entries, as bytes.

All numbers are little endian. A *segment* is one file: a header, then batches, one behind the
other; then nothing, or zeros where room was made in advance.

* header, 48 bytes: magic ``EXSIMJNL``; version, u16; zero, u16; zero, u32; epoch, u64; number of
  its first entry, u64; when it was begun, i64, nanoseconds since 1970 UTC; zero, u32; CRC-32 of
  the 44 bytes before, u32.
* batch: a head of 32 bytes and a body. Head: magic ``XBAT``; CRC-32 of all that follows in the
  batch, u32; number of its first entry, u64; entries, u32; bytes of the table of names, u32; bytes
  of the body, u64.
* body: the table of names, then two words an entry, i64 each, then the data of all entries.
  The words: its time; its kind (8 bits), which name (24 bits), bytes of its data (31 bits).
* name: length of the origin and of the session, u32 each, then both in UTF-8.

A batch without entries seals its segment: another one follows, and ``first`` is where it begins.
A batch needs nothing but itself to be read, so that a reader may begin at any of them.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

from exsim.errors import ExsimError
from exsim.journal.columns import Columns
from exsim.journal.native import batch as native_batch
from exsim.journal.native import entries as native_entries
from exsim.model.journal import Entry

VERSION: Final = 1
"""Of the format; another one is refused."""
HEADER_SIZE: Final = 48
HEAD_SIZE: Final = 32
MAGIC: Final = b"XBAT"
MOST_BYTES: Final = 8 * 1024 * 1024
"""A batch is closed once its data is so long."""
MOST_ENTRIES: Final = 65_536
"""A batch has no more entries than this."""
_FILE_MAGIC: Final = b"EXSIMJNL"
_HEADER: Final = struct.Struct("<8sHHIQQqI")
_NUMBER: Final = struct.Struct("<I")
_HEAD: Final = struct.Struct("<QIIQ")
_WHOLE_HEAD: Final = struct.Struct("<4sIQIIQ")
_LENGTHS: Final = struct.Struct("<II")
_WORDS: Final = struct.Struct("<qq")
_TABLES: Final[dict[bytes, list[tuple[str, str]]]] = {}
_MOST_TABLES: Final = 1024
_LONGEST_TABLE: Final = 1024  # bytes
_ODD: Final = "surrogateescape"  # names that a counterparty made up may be no UTF-8


class JournalError(ExsimError):
    """
    A journal cannot be used as it is; ``offset`` is where in its file, ``path``.

    ``torn`` where nothing that makes sense follows: what a write leaves that was cut short.
    """

    def __init__(self, text: str, path: str, offset: int = 0, torn: bool = False) -> None:
        super().__init__(f"{path}: at byte {offset:,}: {text}")
        self.text = text
        self.path = path
        self.offset = offset
        self.torn = torn


class Header:
    """The header of a segment."""

    __slots__ = ("created", "epoch", "first")

    def __init__(self, epoch: int, first: int, created: int) -> None:
        self.epoch = epoch
        self.first = first
        self.created = created


class Batch:
    """Where a batch is in its segment, and which entries it has: none if it is the seal."""

    __slots__ = ("count", "end", "first", "names", "offset")

    def __init__(self, offset: int, end: int, first: int, count: int, names: int) -> None:
        self.offset = offset
        self.end = end
        self.first = first
        self.count = count
        self.names = names


def encode_header(header: Header) -> bytes:
    """The first bytes of a segment."""
    data = _HEADER.pack(_FILE_MAGIC, VERSION, 0, 0, header.epoch, header.first, header.created, 0)
    return data + _NUMBER.pack(zlib.crc32(data))


def decode_header(data: bytes, path: str) -> Header:
    """
    The header at the start of a segment.

    :raises JournalError: when there is none, or one of another version.
    """
    if len(data) < HEADER_SIZE:
        raise JournalError("the segment ends in its header", path, len(data), torn=True)
    magic, version, _, _, epoch, first, created, _ = _HEADER.unpack_from(data, 0)
    if magic == _FILE_MAGIC and version > VERSION:
        raise JournalError(
            f"format {version} is newer than format {VERSION}, the newest that this exsim reads:"
            " start the exsim that wrote it, or a later one",
            path,
            8,
        )
    (crc,) = _NUMBER.unpack_from(data, HEADER_SIZE - 4)
    if magic != _FILE_MAGIC or crc != zlib.crc32(data[: HEADER_SIZE - 4]):
        raise JournalError("the header of the segment is damaged", path, 0, torn=True)
    return Header(epoch, first, created)


class Encoder:
    """Makes batches of entries; remembers names that it has encoded."""

    __slots__ = ("_names", "taken")

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], bytes] = {}
        self.taken = 0
        """How many entries the last batch took."""

    def encode(self, entries: list[Entry], start: int) -> bytes:
        """A batch of the entries from ``start`` on, as many as one may have; at least one."""
        found = None if native_batch is None else native_batch(entries, start)
        if found is None:
            return self.encode_slowly(entries, start)
        self.taken = found[1]
        return found[0]

    def encode_slowly(self, entries: list[Entry], start: int) -> bytes:
        """The same in Python: the whole of it, and what C is compared with."""
        numbers: dict[tuple[str, str], int] = {}
        table: list[bytes] = []
        words: list[int] = []
        datas: list[bytes] = []
        origin = session = ""
        number = -1
        room = MOST_BYTES
        end = min(len(entries), start + MOST_ENTRIES)
        for index in range(start, end):
            entry = entries[index]
            if number < 0 or entry.session is not session or entry.origin is not origin:
                origin, session = entry.origin, entry.session
                number = numbers.get((origin, session), -1)
                if number < 0:
                    number = len(table)
                    numbers[origin, session] = number
                    table.append(self._name(origin, session))
            data = entry.data
            size = len(data)
            words.append(entry.time)
            words.append(entry.kind | number << 8 | size << 32)
            datas.append(data)
            room -= size
            if room <= 0:
                break
        count = len(datas)
        self.taken = count
        names = b"".join(table)
        body = b"".join([names, struct.pack(f"<{2 * count}q", *words), *datas])
        return seal(entries[start].seq, count, len(names), body)

    def _name(self, origin: str, session: str) -> bytes:
        known = self._names.get((origin, session))
        if known is None:
            one, other = origin.encode(errors=_ODD), session.encode(errors=_ODD)
            known = _LENGTHS.pack(len(one), len(other)) + one + other
            if len(self._names) >= 10_000:
                self._names.clear()
            self._names[origin, session] = known
        return known


def seal(first: int, count: int = 0, names: int = 0, body: bytes = b"") -> bytes:
    """A batch with its head; without entries it is the seal of its segment."""
    head = _HEAD.pack(first, count, names, len(body))
    crc = zlib.crc32(body, zlib.crc32(head))
    return b"".join([MAGIC, _NUMBER.pack(crc), head, body])


def check_batch(data: bytes, offset: int, sum_too: bool = True) -> Batch | None:
    """
    The batch that begins at ``offset``, or None where there is none that is whole and right.

    Without ``sum_too`` its checksum is not looked at: for one that was checked a moment ago.
    """
    if len(data) - offset < HEAD_SIZE:
        return None
    magic, crc, first, count, names, size = _WHOLE_HEAD.unpack_from(data, offset)
    if magic != MAGIC:
        return None
    end: int = offset + HEAD_SIZE + size
    if end > len(data):
        return None
    if sum_too and zlib.crc32(memoryview(data)[offset + 8 : end]) != crc:
        return None
    return Batch(offset, end, first, count, names)


def batch_size(data: bytes, offset: int) -> int:
    """How many bytes the batch at ``offset`` says that it has; 0 where its head is not whole."""
    if len(data) - offset < HEAD_SIZE:
        return 0
    size: int = _HEAD.unpack_from(data, offset + 8)[3]
    return HEAD_SIZE + size


def scan(data: bytes, path: str, first: int) -> tuple[list[Batch], JournalError | None]:
    """
    The batches of a whole segment, which begins with entry ``first``; and what is wrong after
    them, if anything is.
    """
    batches: list[Batch] = []
    offset = HEADER_SIZE
    while offset < len(data):
        batch = check_batch(data, offset)
        if batch is None or batch.first != first:
            return batches, _damage(data, path, offset, batch, first)
        batches.append(batch)
        first += batch.count
        offset = batch.end
    return batches, None


def _damage(
    data: bytes, path: str, offset: int, batch: Batch | None, first: int
) -> JournalError | None:
    """What is wrong from ``offset`` on, where entry ``first`` should begin; None: it is empty."""
    if batch is not None:
        text = f"entry {batch.first:,} stands where {first:,} belongs"
        return JournalError(text, path, offset)
    if data.count(b"\0", offset) == len(data) - offset:
        return None
    position = data.find(MAGIC, offset + 1)
    while position >= 0:
        if check_batch(data, position) is not None:
            return JournalError(
                f"the batch of entry {first:,} is damaged, and others follow it", path, offset
            )
        position = data.find(MAGIC, position + 1)
    return JournalError(f"the batch of entry {first:,} is not whole", path, offset, torn=True)


def decode(data: bytes, batch: Batch) -> Columns:
    """The entries of a batch that was checked; ``data`` holds it where it says."""
    if native_entries is None:
        return decode_slowly(data, batch)
    begin = batch.offset + HEAD_SIZE
    found = native_entries(data, begin + batch.names, batch.count)
    if found is None:
        raise ValueError(f"the batch of entry {batch.first:,} is not as long as it says")
    times, whats, datas = found
    return Columns(batch.first, _names(data, begin, batch.names), times, whats, datas)


def decode_slowly(data: bytes, batch: Batch) -> Columns:
    """The same in Python: the whole of it, and what C is compared with."""
    begin = batch.offset + HEAD_SIZE
    words = begin + batch.names
    at = words + _WORDS.size * batch.count
    columns = Columns(batch.first, _names(data, begin, batch.names), [], [], [])
    for time, word in _WORDS.iter_unpack(memoryview(data)[words:at]):
        what: int = word
        end = at + (what >> 32)
        columns.times.append(time)
        columns.whats.append(what & 0xFFFFFFFF)
        columns.datas.append(data[at:end])
        at = end
    return columns


def decode_all(data: bytes, after: int, sum_too: bool) -> tuple[list[Columns], int]:
    """
    The whole batches that data begins with, but those of entries up to number ``after``, and where
    they end. ``sum_too`` is as for :func:`check_batch`.
    """
    found: list[Columns] = []
    end = 0
    while (batch := check_batch(data, end, sum_too)) is not None:
        if batch.first + batch.count > after + 1:
            found.append(decode(data, batch))
        end = batch.end
    return found, end


def _names(data: bytes, at: int, size: int) -> list[tuple[str, str]]:
    """The names in a table. Most batches have the same: then the same texts are given."""
    raw = data[at : at + size]
    known = _TABLES.get(raw)
    if known is not None:
        return known
    table: list[tuple[str, str]] = []
    at = 0
    while at < size:
        one, other = _LENGTHS.unpack_from(raw, at)
        at += _LENGTHS.size
        middle: int = at + one
        last: int = middle + other
        table.append((raw[at:middle].decode(errors=_ODD), raw[middle:last].decode(errors=_ODD)))
        at = last
    if size <= _LONGEST_TABLE:
        if len(_TABLES) >= _MOST_TABLES:
            _TABLES.clear()
        _TABLES[raw] = table
    return table
