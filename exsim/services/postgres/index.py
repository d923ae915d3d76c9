"""
The index of a venue's journal, in tables beside it; what it tells, and how it is filled, is as for
the one in a file: see :mod:`exsim.services.index`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import psycopg

from exsim.model.journal import Entry
from exsim.model.questions import Question
from exsim.services.index import (
    IDENTIFIERS,
    MESSAGES,
    PAGE,
    SET_BACK,
    IndexLost,
    Place,
    about,
    key,
)
from exsim.services.postgres.address import PostgresAway
from exsim.services.postgres.reading import Asking

_EVER: Final = 2**62
_FIRST: Final = (
    "coalesce((SELECT seq FROM exsim.message WHERE venue = %s AND epoch = %s AND latest {} %s"
    " ORDER BY latest, seq LIMIT 1), {})"
)
"""The first message from a time on. It does not name the row that is looked at, so is made once."""
_ADD_MESSAGE: Final = """
    INSERT INTO exsim.message (venue, epoch, seq, time, session, type, batch, latest)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_ADD_IDENTIFIER: Final = """
    INSERT INTO exsim.identifier (venue, epoch, field, seq) VALUES (%s, %s, %b, %s)
    ON CONFLICT DO NOTHING
"""
_REACHED: Final = """
    INSERT INTO exsim.indexed (venue, epoch, last) VALUES (%s, %s, %s)
    ON CONFLICT (venue) DO UPDATE SET epoch = excluded.epoch, last = excluded.last
"""
_LATEST: Final = """
    SELECT latest FROM exsim.message WHERE venue = %s AND epoch = %s ORDER BY seq DESC LIMIT 1
"""
Values = list[str | int | bytes]


class PostgresIndex:
    """
    The rows about ``venue``.

    Where they cannot be read now there is no index: what is asked for is looked for in the journal.
    """

    def __init__(self, asking: Asking, venue: str) -> None:
        self._asking = asking
        self._venue = venue
        self._epoch = 0
        self._latest: int | None = None

    # -- filling

    def reached(self) -> tuple[int, int]:
        """See :class:`exsim.services.index.Index`."""
        try:
            return self.filled()
        except PostgresAway:
            return 0, 0

    def filled(self) -> tuple[int, int]:
        """The same for whoever fills it.

        :raises exsim.services.postgres.address.PostgresAway: when it cannot be read now.
        """
        sql = "SELECT epoch, last FROM exsim.indexed WHERE venue = %s"
        for epoch, last in self._asking.rows(sql, (self._venue,)):
            self._epoch = epoch
            return epoch, last
        return 0, 0

    def distrust(self) -> None:
        """Whoever fills it begins anew: it is of a journal that had more.

        :raises exsim.services.postgres.address.PostgresAway: when that cannot be said now.
        """
        self._asking.rows("DELETE FROM exsim.indexed WHERE venue = %s", (self._venue,))

    def begin(self, epoch: int) -> None:
        """See :class:`exsim.services.index.Index`."""
        with self._transaction() as connection:
            for table in ("message", "identifier"):
                sql = f"DELETE FROM exsim.{table} WHERE venue = %s"
                connection.execute(sql.encode(), (self._venue,))
            connection.execute(_REACHED.encode(), (self._venue, epoch, 0))
        self._epoch, self._latest = epoch, 0

    def add(self, entries: Iterable[tuple[Entry, int, int]], last: int) -> None:
        """See :class:`exsim.services.index.Index`."""
        of_it = (self._venue, self._epoch)
        messages: list[tuple[Any, ...]] = []
        fields: list[tuple[Any, ...]] = []
        latest = self._known_latest()
        for entry, segment, _offset in entries:
            if entry.kind in MESSAGES:
                latest = max(latest, entry.time)
                kind, found = about(entry.data)
                what = (entry.seq, entry.time, _clean(entry.session), _clean(kind))
                messages.append((*of_it, *what, segment, latest))
                fields += [(*of_it, field, entry.seq) for field in found]
        with self._transaction() as connection:
            cursor = connection.cursor()
            cursor.executemany(_ADD_MESSAGE.encode(), messages)
            cursor.executemany(_ADD_IDENTIFIER.encode(), fields)
            cursor.execute(_REACHED.encode(), (*of_it, last))
        self._latest = latest

    def forget(self, before: int) -> None:
        """See :class:`exsim.services.index.Index`."""
        with self._transaction() as connection:
            for table in ("message", "identifier"):
                sql = f"DELETE FROM exsim.{table} WHERE venue = %s AND epoch = %s AND seq < %s"
                connection.execute(sql.encode(), (self._venue, self._epoch, before))

    def _known_latest(self) -> int:
        if self._latest is None:
            found = self._asking.rows(_LATEST, (self._venue, self._epoch))
            self._latest = found[0][0] if found else 0
        return self._latest

    def _transaction(self) -> _Transaction:
        return _Transaction(self._asking)

    # -- asking

    def places(self, question: Question, after: int, last: int) -> Iterator[Place]:
        """See :class:`exsim.services.index.Index`."""
        sql, values = _select(question, (self._venue, self._epoch))
        while True:
            try:
                found = self._asking.rows(sql, [*values, after, last])
            except PostgresAway:
                raise IndexLost from None
            for seq, batch in found:
                yield Place(seq, batch, 0)
                after = seq
            if len(found) < PAGE:
                return

    def close(self) -> None:
        """See :class:`exsim.services.index.Index`."""
        self._asking.close()


class _Transaction:
    """All that is done within is done, or nothing of it."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._transaction: Any = None

    def __enter__(self) -> psycopg.Connection[Any]:
        connection = self._asking.connection
        try:
            self._transaction = connection.transaction()
            self._transaction.__enter__()
        except psycopg.Error as error:
            raise self._asking.address.away(error) from None
        return connection

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        try:
            self._transaction.__exit__(kind, error, traceback)
        except psycopg.Error as another:
            raise self._asking.address.away(another) from None
        if isinstance(error, psycopg.Error):
            raise self._asking.address.away(error) from None


def _select(question: Question, of_it: tuple[str, int]) -> tuple[str, Values]:
    """
    The statement that a question about a venue and an epoch is, and its values but for the last
    two: after which, and up to.
    """
    wheres = ["m.venue = %s", "m.epoch = %s"]
    values: Values = [*of_it]
    tables = "exsim.message AS m"
    fields = [pair for pair in question.fields if pair[0] in IDENTIFIERS and pair[1] is not None]
    if fields:
        tables += " JOIN exsim.identifier AS i USING (venue, epoch, seq)"
        wheres.append("i.field = %b")
        values.append(key("{}={}".format(*fields[0]).encode("utf-8", "replace")))
    if question.session is not None:
        wheres.append("m.session = %s")
        values.append(_clean(question.session))
    if question.msg_type is not None:
        wheres.append("m.type IN (%s, '')")  # '': a message whose type is not known here
        values.append(_clean(question.msg_type))
    if question.since is not None:
        wheres.append(f"m.time >= %s AND m.seq >= {_FIRST.format('>=', _EVER)}")
        values += [question.since, *of_it, question.since]
    if question.until is not None:
        wheres.append(f"m.time <= %s AND m.seq < {_FIRST.format('>', _EVER)}")
        values += [question.until, *of_it, question.until + SET_BACK]
    where = " AND ".join([*wheres, "m.seq > %s", "m.seq <= %s"])
    return f"SELECT m.seq, m.batch FROM {tables} WHERE {where} ORDER BY m.seq LIMIT {PAGE}", values


def _clean(text: str) -> str:
    """A text as the database can have it: a counterparty may have sent what is none."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")
