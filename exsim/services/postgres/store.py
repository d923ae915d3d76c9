"""
A venue's journal in PostgreSQL, written a batch at a time.

What :meth:`PostgresStore.write` has returned from is committed. Every statement that writes sees to
it that the lease is still ours, so that of two that take themselves for the writer one writes
nothing. Where it raises, nothing is lost: the same call may be made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import psycopg
from twisted.logger import Logger

from exsim.journal.columns import Columns
from exsim.journal.format import Encoder
from exsim.model.journal import Entry
from exsim.services.commits import LeaseLost
from exsim.services.postgres.address import Address
from exsim.services.postgres.reading import ASKED_SECONDS, NEWEST, OLDEST, Asking, RowReader
from exsim.services.postgres.writer import Batch, Writer

log = Logger(namespace="exsim")

INSERT: Final = """
    INSERT INTO exsim.batch (venue, epoch, first, last, term, data)
    SELECT lease.venue, %s, %s, %s, lease.term, %b FROM exsim.lease AS lease
    WHERE lease.venue = %s AND lease.term = %s FOR SHARE
"""
"""Write a batch, if the lease is ours: one row, or none. Whoever takes the lease waits for it."""
HOLD: Final = "SELECT term FROM exsim.lease WHERE venue = %s AND term = %s FOR SHARE"
"""Within a transaction: nobody else gets the lease before its end. No row: somebody has it."""
WRITE_SECONDS: Final = 10.0
"""What is written while nothing else goes on takes at most so long, or is tried again."""
_SIZE: Final = """
    SELECT pg_total_relation_size(('exsim.batch_' || number)::regclass) FROM exsim.venue
    WHERE venue = %s
"""
_NOTE: Final = """
    UPDATE exsim.venue AS v SET noted = %s FROM exsim.lease AS l
    WHERE v.venue = %s AND v.epoch = %s AND l.venue = v.venue AND l.term = %s
"""


class PostgresStore:
    """
    The rows of ``venue``.

    ``term`` is that of the lease under which it is written; whoever has taken the lease sets it.
    ``first`` and ``last`` number the oldest and newest entry of ``epoch``.
    """

    def __init__(self, address: Address, venue: str) -> None:
        self.address = address
        self.venue = venue
        self.term = 0
        self.writer: Writer | None = None
        """What writes while the reactor runs; without it everybody waits for each batch."""
        self._writing = Asking(address, WRITE_SECONDS)
        self._asking = Asking(address, ASKED_SECONDS)
        self._reader = RowReader(self._asking, venue)
        self._encoder = Encoder()
        self._size = 0
        self._sure = True  # whether we know what the database has

    @property
    def epoch(self) -> int:
        """Counts up at every reset."""
        return self._reader.epoch

    @property
    def first(self) -> int:
        """Number of the oldest entry kept; last + 1 when none is."""
        return self._reader.first

    @property
    def last(self) -> int:
        """Number of the newest entry written."""
        return self._reader.last

    @property
    def size(self) -> int:
        """How many bytes its rows took when that was looked at, and what was written since."""
        return self._size

    @property
    def complaint(self) -> str:
        """Why the database does not answer; empty while it does."""
        return "" if self.writer is None else self.writer.trouble

    # -- opening, closing

    def insist(self) -> None:
        """Insist on tables of this version.

        :raises exsim.errors.ConfigError: when there are none.
        :raises OSError: when the database cannot be reached.
        """
        self._writing.rows("SELECT 1")

    def open(self) -> None:
        """
        See that all entries are there, and go on after the last one.

        :raises exsim.journal.format.JournalError: when entries are missing.
        :raises exsim.errors.ConfigError: when the tables are not those of this version.
        :raises OSError: when the database cannot be reached.
        """
        opening = Asking(self.address)  # a long journal takes its time
        try:
            opening.rows("SELECT exsim.add_venue(%s)", (self.venue,))
            self._reader.look(opening)
        finally:
            opening.close()
        self._size = self._writing.rows(_SIZE, (self.venue,))[0][0]

    def close(self) -> None:
        """Note where it ended, and let go of the connections."""
        try:
            values = (self.last, self.venue, self.epoch, self.term)
            self._writing.rows(_NOTE, values)
        except OSError as error:
            log.error("the end of the journal could not be noted: {error}", error=error)
        self.let_go()

    def let_go(self) -> None:
        """Let go of the connections alone."""
        self._writing.close()
        self._asking.close()

    # -- writing

    def write(self, entries: list[Entry]) -> None:
        """
        Write entries, in order, and return once they are committed; those that were written before
        are passed over.

        :raises exsim.services.commits.UnderWay: where a writer has them: not yet.
        :raises exsim.services.commits.LeaseLost: when somebody else writes by now.
        :raises OSError: when it cannot be done now.
        """
        if self.writer is not None:
            self._write_later(self.writer, entries)
            return
        while entries and self._next(entries) < len(entries):
            data = self._encoder.encode(entries, self._next(entries))
            self._insert(self.last + 1, self.last + self._encoder.taken, data)

    def _write_later(self, writer: Writer, entries: list[Entry]) -> None:
        writer.check()
        if entries and entries[-1].seq > self.last:
            data = self._encoder.encode(entries, max(0, self.last + 1 - entries[0].seq))
            self._size += len(data)
            batch = Batch(self.epoch, self.last + 1, self.last + self._encoder.taken, data)
            raise writer.send(batch)

    def take_over(self, writer: Writer) -> None:
        """Write at once from now on; what it had under way may be there, or not."""
        self._sure = writer.sure
        self.writer = None

    def _next(self, entries: list[Entry]) -> int:
        """Where among these those begin that the database does not have."""
        if not self._sure:
            self._look_again()
        return max(0, self.last + 1 - entries[0].seq)

    def _look_again(self) -> None:
        """What was sent when the connection was lost may be there, or not."""
        newest = self._writing.rows(NEWEST, (self.venue, self.epoch))
        if newest and newest[0][0] > self.last:
            self.wrote(newest[0][0])
        self._sure = True

    def _insert(self, first: int, last: int, data: bytes) -> None:
        values = (self.epoch, first, last, data, self.venue, self.term)
        self._sure = False
        try:
            written = self._writing.connection.execute(INSERT.encode(), values).rowcount
        except psycopg.Error as error:
            raise self.address.away(error) from None
        if not written:
            raise self.lost()
        self._sure = True
        self.wrote(last, len(data))

    def wrote(self, last: int, size: int = 0) -> None:
        """The database has all entries up to ``last``: ``size`` bytes more."""
        self._size += size
        if self._reader.first > self._reader.last:
            self._reader.first = self._reader.last + 1
        self._reader.last = last

    def start_epoch(self, epoch: int, first: int = 1) -> None:
        """
        Begin a new epoch with entry ``first``. The entries of the old one are forgotten; their rows
        go with the next snapshot.

        :raises exsim.services.commits.LeaseLost: when somebody else writes by now.
        :raises OSError: when it cannot be done now.
        """
        sql = "UPDATE exsim.venue SET epoch = %s, noted = 0 WHERE venue = %s"
        connection = self._writing.connection
        try:
            with connection.transaction():
                if not connection.execute(HOLD.encode(), (self.venue, self.term)).rowcount:
                    raise self.lost()
                connection.execute(sql, (epoch, self.venue))
        except psycopg.Error as error:
            raise self.address.away(error) from None
        self._reader.epoch, self._reader.first, self._reader.last = epoch, first, first - 1

    def lost(self) -> LeaseLost:
        """What to raise where a statement found that the lease is not ours."""
        return LeaseLost(f"the lease of venue {self.venue} is not ours any more: term {self.term}")

    # -- reading

    def entries(self, after: int, sound: bool = False) -> Iterator[Entry]:
        """See :meth:`RowReader.entries`."""
        return self._reader.entries(after, sound)

    def columns(self, after: int, sound: bool = False) -> Iterator[Columns]:
        """See :meth:`RowReader.columns`."""
        return self._reader.columns(after, sound)

    def backward(self, before: int) -> Iterator[Entry]:
        """See :meth:`RowReader.backward`."""
        return self._reader.backward(before)

    def batch(self, segment: int, offset: int) -> list[Entry]:
        """The entries of the batch whose first entry is ``segment``."""
        return self._reader.batch(segment)

    def retain(self, seq: int) -> None:
        """Whoever writes a snapshot has removed rows: see which is the oldest by now."""
        oldest = self._asking.rows(OLDEST, (self.venue, self.epoch))
        self._size = self._asking.rows(_SIZE, (self.venue,))[0][0]
        self._reader.first = oldest[0][0] if oldest else self.last + 1
