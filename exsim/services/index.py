"""
The index of a journal: an SQLite file that tells which messages a question may be about.

It is derived: another process fills it from the segments (:mod:`exsim.services.indexer`), it may
lag behind, and where it is missing, or does not fit the journal, it is made anew. What it finds is
looked at again in the journal, so that it may name too much but never too little: of each message
it knows number, time, kind, session, type, and the identifiers in it.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, TypeVar

from exsim.model.journal import Entry, EntryKind
from exsim.model.questions import Question

NAME: Final = "index.sqlite"
IDENTIFIERS: Final = frozenset({"11", "17", "19", "37", "41", "117", "131", "198", "526"})
"""Tags whose values are indexed: those that tell one order, report or quote from all others."""
_FIELDS: Final = re.compile(
    rb"(?:^|\x01)((?:35|%s)=[^\x01]*)" % "|".join(sorted(IDENTIFIERS)).encode()
)
LONGEST: Final = 64
"""Bytes of an identifier that are indexed; those that begin the same are all looked at."""
_FIRST: Final = (
    "coalesce((SELECT seq FROM messages WHERE latest {} ? ORDER BY latest, seq LIMIT 1), {})"
)
SET_BACK: Final = 10 * 10**9
"""Nanoseconds that a clock may be set back at most, if what comes before a time is to be found."""
PAGE: Final = 500
"""Places that are asked for at once."""
MESSAGES: Final = frozenset(
    int(kind) for kind in (EntryKind.IN, EntryKind.OUT, EntryKind.GARBLED, EntryKind.BOT)
)
"""Kinds of entries that are indexed."""
VERSION: Final = 1
"""Of the tables; an index of another one is made anew."""
_SCHEMA: Final = f"""
    CREATE TABLE about (version INTEGER, epoch INTEGER, last INTEGER);
    INSERT INTO about VALUES ({VERSION}, 0, 0);
    CREATE TABLE messages (
        seq INTEGER PRIMARY KEY, time INTEGER, session TEXT, type TEXT,
        segment INTEGER, offset INTEGER,
        latest INTEGER -- the latest time up to here: it never falls, though a clock may
    );
    CREATE INDEX by_session ON messages (session, type);
    CREATE INDEX by_type ON messages (type);
    CREATE INDEX by_latest ON messages (latest);
    CREATE TABLE identifiers (field BLOB, seq INTEGER, PRIMARY KEY (field, seq)) WITHOUT ROWID;
"""
T = TypeVar("T")


class IndexLost(Exception):
    """The index cannot be read any more, in the middle of an answer."""


class Place(NamedTuple):
    """Where an entry is: its number, the first number of its segment, and its batch's offset."""

    seq: int
    segment: int
    offset: int


class Index:
    """
    The index in a file.

    What SQLite cannot read is removed and made anew, by whoever ``fills`` it; for others there is
    none then.
    """

    def __init__(self, path: str, fills: bool = False) -> None:
        self._path = path
        self._fills = fills
        self._database: sqlite3.Connection | None = None
        self._file = 0
        self._latest = 0

    # -- filling

    def reached(self) -> tuple[int, int]:
        """Epoch and number of the last entry that it knows; zeros where there is no index."""

        def look(database: sqlite3.Connection) -> tuple[int, int]:
            sql = "SELECT epoch, last FROM about WHERE version = ?"
            epoch, last = database.execute(sql, (VERSION,)).fetchone() or (0, 0)
            return epoch, last

        return self._do(look, (0, 0))

    def begin(self, epoch: int) -> None:
        """Forget all, for a new epoch."""

        def empty(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM messages")
            database.execute("DELETE FROM identifiers")
            database.execute("UPDATE about SET epoch = ?, last = 0", (epoch,))
            database.commit()
            self._latest = 0

        self._do(empty, None)

    def add(self, entries: Iterable[tuple[Entry, int, int]], last: int) -> None:
        """Entries, each with its segment and its batch's offset; ``last`` is known after them."""

        def insert(database: sqlite3.Connection) -> None:
            rows, fields = self._rows(entries)
            sql = "INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)"
            database.executemany(sql, rows)
            database.executemany("INSERT OR IGNORE INTO identifiers VALUES (?, ?)", fields)
            database.execute("UPDATE about SET last = ?", (last,))
            database.commit()

        self._do(insert, None)

    def _rows(
        self, entries: Iterable[tuple[Entry, int, int]]
    ) -> tuple[list[tuple[int, int, str, str, int, int, int]], list[tuple[bytes, int]]]:
        rows: list[tuple[int, int, str, str, int, int, int]] = []
        fields: list[tuple[bytes, int]] = []
        latest = self._latest
        for entry, segment, offset in entries:
            if entry.kind in MESSAGES:
                latest = max(latest, entry.time)
                kind, found = about(entry.data)
                rows.append((entry.seq, entry.time, entry.session, kind, segment, offset, latest))
                fields += [(field, entry.seq) for field in found]
        self._latest = latest
        return rows, fields

    def forget(self, before: int) -> None:
        """Remove what is about entries whose number is less than ``before``."""

        def remove_old(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM messages WHERE seq < ?", (before,))
            database.execute("DELETE FROM identifiers WHERE seq < ?", (before,))
            database.commit()

        self._do(remove_old, None)

    # -- asking

    def places(self, question: Question, after: int, last: int) -> Iterator[Place]:
        """
        Where messages are that may be what is asked for, in order: after one, up to another.

        :raises IndexLost: when it cannot tell, or not the rest.
        """
        sql, values = _select(question)

        def look(database: sqlite3.Connection) -> list[Place] | None:
            return [Place(*row) for row in database.execute(sql, [*values, after, last])]

        while (found := self._do(look, None)) is not None:
            yield from found
            if len(found) < PAGE:
                return
            after = found[-1].seq
        raise IndexLost

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _do(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What ``work`` makes of the file, if there is a good one."""
        try:
            database = self._open()
            return otherwise if database is None else work(database)
        except sqlite3.OperationalError:
            self.close()  # locked, or no room: perhaps later
            if self._fills:
                raise
        except sqlite3.DatabaseError:
            self.close()
            if self._fills:
                remove(self._path)
        return otherwise

    def _open(self) -> sqlite3.Connection | None:
        if not self._fills and self._number() != self._file:
            self.close()  # it was made anew
        if self._database is None and (self._fills or self._number()):
            self._database = sqlite3.connect(self._path, timeout=5.0 if self._fills else 0.05)
            self._file = self._number()
            if self._fills:
                self._prepare(self._database)
        return self._database

    def _number(self) -> int:
        """What tells the file from another of its name; 0 where there is none."""
        try:
            return os.stat(self._path).st_ino
        except OSError:
            return 0

    def _prepare(self, database: sqlite3.Connection) -> None:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA cache_size = -65536")  # 64 MiB
        if not database.execute("SELECT 1 FROM sqlite_master").fetchone():
            database.executescript(_SCHEMA)
        if not database.execute("SELECT 1 FROM about WHERE version = ?", (VERSION,)).fetchone():
            raise sqlite3.DatabaseError("an index of another version")
        found = database.execute("SELECT latest FROM messages ORDER BY seq DESC LIMIT 1").fetchone()
        self._latest = found[0] if found else 0


def remove(path: str) -> None:
    """Remove an index, with what SQLite has beside it."""
    for name in (path, f"{path}-wal", f"{path}-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(name)


def _select(question: Question) -> tuple[str, list[str | int | bytes]]:
    """The statement that a question is, but for the last two values: after which, and up to."""
    wheres, values = _conditions(question)
    table = "messages"
    fields = [pair for pair in question.fields if pair[0] in IDENTIFIERS and pair[1] is not None]
    if fields:
        table = "identifiers JOIN messages USING (seq)"
        wheres.append("field = ?")
        values.append(key("{}={}".format(*fields[0]).encode("utf-8", "replace")))
    where = " AND ".join([*wheres, "seq > ?", "seq <= ?"])
    return (
        f"SELECT seq, segment, offset FROM {table} WHERE {where} ORDER BY seq LIMIT {PAGE}",
        values,
    )


def _conditions(question: Question) -> tuple[list[str], list[str | int | bytes]]:
    wheres: list[str] = []
    values: list[str | int | bytes] = []
    if question.session is not None:
        wheres.append("session = ?")
        values.append(question.session)
    if question.msg_type is not None:
        wheres.append("type IN (?, '')")  # '': a message whose type is not known here
        values.append(question.msg_type)
    if question.since is not None:
        wheres.append(f"time >= ? AND seq >= {_FIRST.format('>=', '1 << 62')}")
        values += [question.since, question.since]
    if question.until is not None:
        wheres.append(f"time <= ? AND seq < {_FIRST.format('>', '1 << 62')}")
        values += [question.until, question.until + SET_BACK]
    return wheres, values


def about(data: bytes) -> tuple[str, list[bytes]]:
    """Type of a message, empty where it is not told by tag 35, and its identifiers."""
    kind, identifiers = "", []
    for field in _FIELDS.findall(data):
        if not field.startswith(b"35="):
            identifiers.append(key(field))
        elif not kind:
            kind = field[3:].decode("utf-8", "replace")
    return kind, identifiers


def key(field: bytes) -> bytes:
    """What is indexed of a field."""
    return field[:LONGEST]
