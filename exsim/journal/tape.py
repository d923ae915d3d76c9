"""
The journal while a day is run again: what is written is compared with what was.

Nothing is kept. The entries that are there are also what the second run is made from, so that one
and the same place says which entry comes next.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from typing import Final

from exsim.model.journal import Entry, EntryKind
from exsim.model.questions import Question

_AT_ONCE: Final = 1000
"""Entries that are taken and hashed at once."""
_DIGITS: Final = 32
"""Those of a digest that are told."""
_ODD: Final = "surrogateescape"


class Difference:
    """
    Where the second run leaves the first: at entry ``seq`` the journal has ``written``, and the
    second run came to ``made``; None where one of them has nothing there. ``why`` says more.
    """

    __slots__ = ("made", "seq", "why", "written")

    def __init__(self, seq: int, written: Entry | None, made: Entry | None, why: str = "") -> None:
        self.seq = seq
        self.written = written
        self.made = made
        self.why = why

    def text(self) -> str:
        """In words."""
        written, made = _text(self.written), _text(self.made)
        why = f" ({self.why})" if self.why else ""
        return f"entry {self.seq:,} is {written}, and now it would be {made}{why}"


def _text(entry: Entry | None) -> str:
    if entry is None:
        return "nothing"
    names = " of ".join([name for name in (entry.session, entry.origin) if name])
    shown = entry.data.decode("utf-8", "backslashreplace").replace("\x01", "|")
    return f"{EntryKind(entry.kind).name} at {entry.time} {names}: {shown}"


class Digest:
    """
    A hash of entries, whatever the pieces are that they come in.

    It is of three hashes: of all data; of time, kind and size of each entry, as two numbers of 64
    bits; and of the origins and sessions, each with the number of entries in a row that have it.
    """

    __slots__ = ("_count", "_data", "_names", "_origin", "_session", "_words")

    def __init__(self) -> None:
        self._data = sha256()
        self._words = sha256()
        self._names = sha256()
        self._origin = self._session = ""
        self._count = 0

    def add(self, entries: list[Entry]) -> None:
        """More entries."""
        words: list[int] = []
        datas: list[bytes] = []
        for entry in entries:
            data = entry.data
            datas.append(data)
            words.append(entry.time)
            words.append(entry.kind | len(data) << 8)
            if entry.session != self._session or entry.origin != self._origin:
                self._names.update(self._run())
                self._origin, self._session = entry.origin, entry.session
                self._count = 0
            self._count += 1
        self._data.update(b"".join(datas))
        self._words.update(struct.pack(f"<{len(words)}q", *words))

    def _run(self) -> bytes:
        """The names that entries had in a row, and how many these were."""
        return f"{self._count} {self._origin} {self._session}\n".encode(errors=_ODD)

    def text(self) -> str:
        """The hash, in hexadecimal digits; more entries may still be added."""
        names = self._names.copy()
        names.update(self._run())
        parts = [self._data.digest(), self._words.digest(), names.digest()]
        return sha256(b"".join(parts)).hexdigest()[:_DIGITS]


class Tape:
    """
    Stands in for the journal in the second run: compares what is appended with ``entries``.

    ``difference`` is the first there is. ``beyond`` is what comes after the last of ``entries``,
    where they end within a turn. ``digest`` is of all that was made, if it is asked for.
    """

    def __init__(self, entries: Iterable[Entry], epoch: int, last: int, digest: bool) -> None:
        self.epoch = epoch
        self.complaint = ""
        self.last = last
        self.difference: Difference | None = None
        self.beyond: list[Entry] = []
        self._entries: Iterator[Entry] = iter(entries)
        self._here: list[Entry] = []
        self._at = 0  # of the next entry, in those
        self._digest = Digest() if digest else None

    @property
    def first(self) -> int:
        """Nothing is kept."""
        return self.last + 1

    @property
    def recent(self) -> int:
        """Nothing is kept."""
        return self.last + 1

    def peek(self, ahead: int = 0) -> Entry | None:
        """The entry that is to be made next, or one after that."""
        at = self._at + ahead
        if at < len(self._here):
            return self._here[at]
        return self._take(ahead)

    def _take(self, ahead: int) -> Entry | None:
        """The same, after taking more."""
        self._hash()
        rest = self._here[self._at :]
        self._here = rest + list(islice(self._entries, _AT_ONCE))
        self._at = 0
        return self._here[ahead] if ahead < len(self._here) else None

    def _hash(self) -> None:
        """Have in the digest what was made of the entries taken; it is the same."""
        if self._digest is not None:
            self._digest.add(self._here[: self._at])

    def skip(self) -> None:
        """The next entry, which is there, would be made just as it is."""
        self._at += 1
        self.last += 1

    def append(self, time: int, kind: int, origin: str, session: str, data: bytes) -> int:
        """Compare an entry with the one that the journal has in its place."""
        seq = self.last + 1
        written = self.peek()
        if (
            written is not None
            and written.data == data
            and written.time == time
            and written.kind == kind
            and written.session == session
            and written.origin == origin
            and written.seq == seq
        ):
            self._at += 1
        else:
            self._differs(written, Entry(seq, time, kind, origin, session, data))
        self.last = seq
        return seq

    def _differs(self, written: Entry | None, made: Entry) -> None:
        self._hash()
        if self._digest is not None:
            self._digest.add([made])
        if written is None:
            self.beyond.append(made)
        else:
            self._at += 1
            if self.difference is None:
                self.difference = Difference(made.seq, written, made)
        self._here = self._here[self._at :]
        self._at = 0

    @property
    def digest(self) -> str:
        """Of all entries that were made, if it was asked for."""
        if self._digest is None:
            return ""
        self._hash()
        self._here = self._here[self._at :]
        self._at = 0
        return self._digest.text()

    def entries(self, after: int) -> Iterator[Entry]:
        """Nothing is kept."""
        return iter(())

    def backward(self, before: int) -> Iterator[Entry]:
        """Nothing is kept."""
        return iter(())

    def search(self, question: Question, after: int) -> Iterator[Entry]:
        """Nothing is kept."""
        return iter(())

    def commit(self) -> None:
        """It is there already."""

    def close(self) -> None:
        """There is nothing to let go of."""

    def clear(self) -> None:
        """A new epoch begins: whatever comes then is not of this journal."""
        self.epoch += 1
        self.last = 0
