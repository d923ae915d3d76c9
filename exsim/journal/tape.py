"""
The journal while a day is run again: what is written is compared with what was.

Nothing is kept. The entries that are there are also what the second run is made from, so that one
and the same place says which entry comes next.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

from exsim.journal.columns import Columns, columns_of
from exsim.model.journal import Entry, EntryKind
from exsim.model.questions import Question

_DIGITS: Final = 32
"""Those of a digest that are told."""
_ODD: Final = "surrogateescape"
_NOTHING: Final = Columns(0, [], [], [], [])


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

    def add(self, entries: Iterable[Entry]) -> None:
        """More entries."""
        for columns in columns_of(entries):
            self.take(columns, 0, len(columns.whats))

    def take(self, columns: Columns, begin: int, end: int) -> None:
        """More entries: those of columns from one place to another."""
        times, whats, datas = columns.times, columns.whats, columns.datas
        words: list[int] = []
        last = -1
        for at in range(begin, end):
            what = whats[at]
            words.append(times[at])
            words.append(what & 0xFF | len(datas[at]) << 8)
            if what >> 8 != last:
                last = what >> 8
                self._name(columns.names[last])
            self._count += 1
        self._data.update(b"".join(datas[begin:end]))
        self._words.update(struct.pack(f"<{len(words)}q", *words))

    def _name(self, name: tuple[str, str]) -> None:
        """The origin and session of the entries that follow."""
        if name != (self._origin, self._session):
            self._names.update(self._run())
            self._origin, self._session = name
            self._count = 0

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
    Stands in for the journal in the second run: compares what is appended with what was written.

    The entry that is to be made next is at ``at`` in the columns ``here``, once :meth:`ready`.
    ``difference`` is the first there is. ``beyond`` is what comes after the last of the entries,
    where they end within a turn. ``digest`` is of all that was made, if it is asked for.
    """

    def __init__(self, written: Iterable[Columns], epoch: int, last: int, digest: bool) -> None:
        self.epoch = epoch
        self.complaint = ""
        self.last = last
        self.difference: Difference | None = None
        self.beyond: list[Entry] = []
        self._after = last
        self.here = _NOTHING
        self.at = 0
        self._size = 0  # of those here
        self._hashed = 0  # of those here
        self._written: Iterator[Columns] = iter(written)
        self._following: Columns | None = None  # those after, where they were looked at already
        self._digest = Digest() if digest else None

    @property
    def first(self) -> int:
        """Nothing is kept."""
        return self.last + 1

    @property
    def recent(self) -> int:
        """Nothing is kept."""
        return self.last + 1

    def ready(self) -> bool:
        """Have the entry that is to be made next here; False where there is none."""
        return self.at < self._size or self._turn()

    def _turn(self) -> bool:
        """The same where it is in other columns."""
        following = self._follow()
        if following is None:
            return False
        self._hash()
        self._following = None
        self.here = following
        self._size = len(following.whats)
        self.at = self._hashed = max(0, self._after + 1 - following.first)
        return True

    def _follow(self) -> Columns | None:
        """The columns after these; None where there are none."""
        while self._following is None or not self._following.whats:
            self._following = next(self._written, None)
            if self._following is None:
                return None
        return self._following

    def peek(self, ahead: int = 0) -> Entry | None:
        """The entry that is to be made next, or the one after that."""
        if not self.ready():
            return None
        if self.at + ahead < self._size:
            return self.here.entry(self.at + ahead)
        following = self._follow()
        return None if following is None else following.entry(0)

    def _hash(self) -> None:
        """Have in the digest what was made of the entries here; it is the same."""
        if self._digest is not None and self._hashed < self.at:
            self._digest.take(self.here, self._hashed, self.at)
        self._hashed = self.at

    def skip(self) -> None:
        """The next entry, which is here, would be made just as it is."""
        self.at += 1
        self.last += 1

    def append(self, time: int, kind: int, origin: str, session: str, data: bytes) -> int:
        """Compare an entry with the one that the journal has in its place."""
        seq = self.last + 1
        if not self.ready() or not self._is_next(time, kind, origin, session, data):
            self._differs(Entry(seq, time, kind, origin, session, data))
        else:
            self.at += 1
        self.last = seq
        return seq

    def _is_next(self, time: int, kind: int, origin: str, session: str, data: bytes) -> bool:
        here, at = self.here, self.at
        what = here.whats[at]
        if what & 0xFF != kind or here.times[at] != time or here.datas[at] != data:
            return False
        its_origin, its_session = here.names[what >> 8]
        return its_session == session and its_origin == origin and here.first + at == self.last + 1

    def _differs(self, made: Entry) -> None:
        self._hash()
        if self._digest is not None:
            self._digest.add([made])
        if not self.ready():
            self.beyond.append(made)
            return
        if self.difference is None:
            self.difference = Difference(made.seq, self.here.entry(self.at), made)
        self.at += 1
        self._hashed = self.at

    @property
    def digest(self) -> str:
        """Of all entries that were made, if it was asked for."""
        if self._digest is None:
            return ""
        self._hash()
        return self._digest.text()

    def entries(self, after: int) -> Iterator[Entry]:
        """Nothing is kept."""
        return iter(())

    def backward(self, before: int) -> Iterator[Entry]:
        """Nothing is kept."""
        return iter(())

    def newest(self, before: int, most: int) -> list[Entry]:
        """Nothing is kept."""
        return []

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
