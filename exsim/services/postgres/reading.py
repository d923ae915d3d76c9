"""
Reading a venue's journal from its rows: entries by number, checked as those of files are.

What is read comes in pages, so that no journal is too long for the memory. The connection is one of
its own, beside that which writes; where the database does not answer in time, what was asked for
fails, and nobody waits longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

import psycopg

from exsim.journal.columns import Columns
from exsim.journal.format import JournalError, check_batch, decode
from exsim.model.journal import Entry
from exsim.services.postgres.address import Address
from exsim.services.postgres.bounded import Overdue
from exsim.services.postgres.migrating import insist

PAGE_ROWS: Final = 2_000
PAGE_BYTES: Final = 4 * 1024 * 1024
"""A page has rows of so many bytes, and one row more."""
ASKED_SECONDS: Final = 5.0
"""What may be asked for while everybody waits takes at most so long."""

_PAGE: Final = """
    SELECT first, last, data FROM (
        SELECT first, last, data, sum(octet_length(data)) OVER (ORDER BY first{order}) AS size
        FROM (
            SELECT first, last, data FROM exsim.batch
            WHERE venue = %s AND epoch = %s AND first {which} %s ORDER BY first{order} LIMIT {rows}
        ) AS found
    ) AS page WHERE size - octet_length(data) < {size} ORDER BY first{order}
"""
_FORWARD: Final = _PAGE.format(order="", which=">=", rows=PAGE_ROWS, size=PAGE_BYTES)
_BACKWARD: Final = _PAGE.format(order=" DESC", which="<", rows=PAGE_ROWS, size=PAGE_BYTES)
_OF_IT: Final = "FROM exsim.batch WHERE venue = %s AND epoch = %s"
_HOLDER: Final = f"SELECT coalesce(max(first), 0) {_OF_IT} AND first <= %s"
_ONE: Final = f"SELECT first, last, data {_OF_IT} AND first = %s"
OLDEST: Final = f"SELECT first {_OF_IT} ORDER BY first LIMIT 1"
"""The first entry of an epoch of a venue; no row where there is none."""
NEWEST: Final = f"SELECT last {_OF_IT} ORDER BY first DESC LIMIT 1"
"""The last one."""
_GAP: Final = f"""
    SELECT before, first FROM (
        SELECT first, lag(last) OVER (ORDER BY first) AS before {_OF_IT}
    ) AS rows WHERE first <> before + 1 ORDER BY first LIMIT 1
"""
Row = tuple[Any, ...]


class DamagedRows(JournalError):
    """Rows of a venue's journal are missing, or not as they were written."""

    def __init__(self, text: str, venue: str, epoch: int, row: int) -> None:
        super().__init__(text, f"exsim.batch, venue {venue}, epoch {epoch}")
        self.venue = venue
        self.epoch = epoch
        self.row = row
        """The first entry that is damaged or missing."""
        self.args = (f"{self.path}, row {row:,}: {text}",)


class Asking:
    """
    A connection that is made where it is needed, and again after one that was lost.

    ``seconds``: how long an answer may take, 0 for any time.
    """

    def __init__(self, address: Address, seconds: float = 0.0) -> None:
        self.address = address
        self._seconds = seconds
        self._connection: psycopg.Connection[Any] | None = None

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The connection, to tables of our version.

        :raises exsim.errors.ConfigError: when they are not.
        :raises exsim.services.postgres.address.PostgresAway: when there can be none now.
        """
        if self._connection is None or self._connection.closed:
            connection = self.address.connect(self._seconds)
            try:
                insist(connection, self.address)
            except psycopg.Error as error:
                connection.close()
                raise self.address.away(error) from None
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """
        What a statement gives. It is asked again where only now the connection is found to be lost,
        since the server was started again: it has to be one that may be carried out twice.

        :raises exsim.services.postgres.address.PostgresAway: when it gives nothing in time.
        """
        used = self._connection
        try:
            return self._rows(sql, values)
        except Overdue as error:
            raise self.address.away(error) from None
        except psycopg.Error as error:
            if used is None or used is not self._connection or not used.closed:
                raise self.address.away(error) from None
        try:
            return self._rows(sql, values)
        except psycopg.Error as error:
            raise self.address.away(error) from None

    def _rows(self, sql: str, values: Sequence[Any]) -> list[Row]:
        cursor = self.connection.execute(sql.encode(), values, binary=True)
        return cursor.fetchall() if cursor.description is not None else []

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class RowReader:
    """The entries of a venue's ``epoch``, as they are in the database when they are asked for."""

    def __init__(self, asking: Asking, venue: str, epoch: int = 1) -> None:
        self.venue = venue
        self.epoch = epoch
        self.first = 1
        self.last = 0
        self._asking = asking

    def look(self, asking: Asking | None = None) -> bool:
        """
        See which epoch there is, and from where to where it goes; whether there is any.

        :raises DamagedRows: when entries are missing.
        """
        rows = (asking or self._asking).rows
        found = rows("SELECT epoch, noted FROM exsim.venue WHERE venue = %s", (self.venue,))
        if not found:
            return False
        self.epoch, noted = found[0]
        of_it = (self.venue, self.epoch)
        for before, first in rows(_GAP, of_it):
            raise self._missing(before + 1, first - 1)
        newest, oldest = rows(NEWEST, of_it), rows(OLDEST, of_it)
        self.last = newest[0][0] if newest else 0
        self.first = oldest[0][0] if oldest else self.last + 1
        if self.last < noted:
            raise self._missing(self.last + 1, noted)
        return True

    # -- reading

    def entries(self, after: int, sound: bool = False) -> Iterator[Entry]:
        """The entries kept whose number is greater than ``after``, in order."""
        each = (columns.entries(after) for columns in self.columns(after, sound))
        return chain.from_iterable(each)

    def columns(self, after: int, sound: bool = False) -> Iterator[Columns]:
        """
        The same as they are in their batches; the first may have some that come before.

        They are always checked, whether ``sound`` or not: nothing but this has looked at them.

        :raises DamagedRows: when one is damaged, or one is missing.
        """
        ((at,),) = self._asking.rows(_HOLDER, (self.venue, self.epoch, after + 1))
        begun = False
        while page := self._asking.rows(_FORWARD, (self.venue, self.epoch, at)):
            for first, last, data in page:
                if first > after + 1 or (begun and first != at):
                    self._insist_oldest(after + 1, first)
                begun, at = True, last + 1
                if last > after:
                    yield self._decode(first, last, data)
                    after = last

    def backward(self, before: int) -> Iterator[Entry]:
        """The entries kept whose number is less than ``before``, newest first."""
        at, begun = before, False
        while page := self._asking.rows(_BACKWARD, (self.venue, self.epoch, at)):
            for first, last, data in page:
                if last != at - 1 and (begun or last < min(at - 1, self.last)):
                    raise self._missing(last + 1, at - 1)
                begun, at = True, first
                entries = self._decode(first, last, data).entries()
                yield from (entry for entry in reversed(entries) if entry.seq < before)

    def batch(self, first: int) -> list[Entry]:
        """The entries of the batch that begins with ``first``; none if it is gone."""
        for row in self._asking.rows(_ONE, (self.venue, self.epoch, first)):
            return self._decode(*row).entries()
        return []

    # -- checking

    def _decode(self, first: int, last: int, data: bytes) -> Columns:
        batch = check_batch(data, 0)
        if batch is None or batch.end != len(data):
            raise DamagedRows("the batch is damaged", self.venue, self.epoch, first)
        if (batch.first, batch.first + batch.count - 1) != (first, last):
            raise DamagedRows("the batch is that of another row", self.venue, self.epoch, first)
        return decode(data, batch)

    def _insist_oldest(self, expected: int, first: int) -> None:
        """Entries may go while they are read, but only the oldest."""
        oldest = self._asking.rows(OLDEST, (self.venue, self.epoch))
        if oldest and oldest[0][0] != first:
            raise self._missing(expected, first - 1)

    def _missing(self, first: int, last: int) -> DamagedRows:
        text = f"entries {first:,} to {last:,} are missing"
        return DamagedRows(text, self.venue, self.epoch, first)
