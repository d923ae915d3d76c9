"""
Snapshots of a venue as rows, each with the bytes of a snapshot's file.

The process that writes one has a connection of its own: it may be a fork of that which has the
others. It also removes what the snapshot makes needless, so that nobody else has to wait for that.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from twisted.logger import Logger

from exsim.errors import Problem
from exsim.services.commits import LeaseLost
from exsim.services.postgres.address import Address
from exsim.services.postgres.reading import Asking
from exsim.services.postgres.store import HOLD, PostgresStore
from exsim.services.snapshots import KEPT, KeptSnapshots, Snapshot, encode
from exsim.services.store import Limits

log = Logger(namespace="exsim")

WRITE_SECONDS: Final = 300.0
"""How long a snapshot may take, and the removal of what it makes needless."""
_INSERT: Final = """
    INSERT INTO exsim.snapshot (venue, epoch, seq, term, data)
    SELECT venue, %s, %s, term, %b FROM exsim.lease WHERE venue = %s AND term = %s FOR SHARE
    ON CONFLICT (venue, epoch, seq) DO UPDATE
    SET term = excluded.term, written = excluded.written, data = excluded.data
"""
_OLD_EPOCHS: Final = """
    DELETE FROM exsim.{table} AS t USING exsim.venue AS v
    WHERE t.venue = v.venue AND v.venue = %s AND t.epoch < v.epoch
"""
_OLD_SNAPSHOTS: Final = """
    DELETE FROM exsim.snapshot WHERE venue = %s AND epoch = %s AND seq < (
        SELECT min(seq) FROM (
            SELECT seq FROM exsim.snapshot WHERE venue = %s AND epoch = %s
            ORDER BY seq DESC LIMIT %s
        ) AS kept
    )
"""
_NEEDLESS: Final = f"""
    SELECT CASE WHEN count(*) = {KEPT} THEN min(seq) ELSE 0 END FROM (
        SELECT seq FROM exsim.snapshot WHERE venue = %s AND epoch = %s
        ORDER BY seq DESC LIMIT {KEPT}
    ) AS kept
"""
_OLD_BATCHES: Final = """
    DELETE FROM exsim.batch WHERE venue = %s AND epoch = %s AND last <= (
        SELECT max(last) FROM (
            SELECT last, written, sum(octet_length(data)) OVER (ORDER BY first DESC) AS size,
                max(last) OVER () AS newest
            FROM exsim.batch WHERE venue = %s AND epoch = %s
        ) AS rows
        WHERE last <= %s AND last < newest
            AND (size > %s OR written < clock_timestamp() - %s * interval '1 microsecond')
    )
"""


class RowSnapshots(KeptSnapshots):
    """The snapshots of a venue, to be read."""

    def __init__(self, asking: Asking, venue: str) -> None:
        self.folder = f"exsim.snapshot, venue {venue}"
        self.venue = venue
        self._asking = asking

    def open(self) -> None:
        """Nothing is ever half written."""

    def all(self) -> list[tuple[int, int, str]]:
        """See :class:`KeptSnapshots`."""
        sql = "SELECT epoch, seq FROM exsim.snapshot WHERE venue = %s ORDER BY epoch DESC, seq DESC"
        return [
            (epoch, seq, f"{self.folder}, epoch {epoch}, entry {seq}")
            for epoch, seq in self._asking.rows(sql, (self.venue,))
        ]

    def read(self, path: str) -> bytes:
        """See :class:`KeptSnapshots`."""
        for epoch, seq, other in self.all():
            if other == path:
                sql = "SELECT data FROM exsim.snapshot WHERE venue = %s AND epoch = %s AND seq = %s"
                for row in self._asking.rows(sql, (self.venue, epoch, seq)):
                    data: bytes = row[0]
                    return data
        raise FileNotFoundError(f"{path} is gone")

    def write(self, snapshot: Snapshot) -> None:
        """None is written by those who read."""
        raise NotImplementedError

    def clear_out(self, epoch: int) -> int:
        """None is removed by those who read."""
        raise NotImplementedError

    def _set_aside(self, path: str) -> None:
        raise NotImplementedError

    def _beyond(self, path: str, seq: int, last: int) -> Problem:
        ends = f"ends with entry {last:,}" if last else "is empty"
        return Problem(
            f"{path} is the state after entry {seq:,}, but the journal {ends}: rows of exsim.batch"
            " are gone, or the database was put back to what it was before. `exsim repair` tells"
            " what can be done"
        )


class PostgresSnapshots(RowSnapshots):
    """The same for the one that writes them, and the journal of ``store``."""

    def __init__(self, asking: Asking, store: PostgresStore, limits: Limits) -> None:
        super().__init__(asking, store.venue)
        self._store = store
        self._limits = limits

    @property
    def _address(self) -> Address:
        return self._store.address

    def write(self, snapshot: Snapshot) -> None:
        """
        See :class:`KeptSnapshots`.

        :raises exsim.services.commits.LeaseLost: when somebody else carries the venue by now.
        """
        store = self._store
        values = (snapshot.epoch, snapshot.seq, encode(snapshot), store.venue, store.term)
        with self._address.connect(WRITE_SECONDS) as connection:
            try:
                if not connection.execute(_INSERT.encode(), values).rowcount:
                    raise store.lost()
                self._tidy(connection)
            except psycopg.Error as error:
                raise self._address.away(error) from None

    def _tidy(self, connection: psycopg.Connection[Any]) -> None:
        """Remove what nobody needs any more; if that fails it is left for the next time."""
        store, venue = self._store, self._store.venue
        try:
            with connection.transaction():
                if not connection.execute(HOLD.encode(), (venue, store.term)).rowcount:
                    raise store.lost()
                for table in ("batch", "snapshot"):
                    connection.execute(_OLD_EPOCHS.format(table=table).encode(), (venue,))
                sql = "SELECT epoch FROM exsim.venue WHERE venue = %s"
                ((epoch,),) = connection.execute(sql, (venue,)).fetchall()
                of_it = (venue, epoch)
                connection.execute(_OLD_SNAPSHOTS.encode(), (*of_it, *of_it, KEPT))
                ((seq,),) = connection.execute(_NEEDLESS.encode(), of_it).fetchall()
                bounds = (seq, self._limits.keep_size, self._limits.keep_age // 1000)
                connection.execute(_OLD_BATCHES.encode(), (*of_it, *of_it, *bounds))
        except (psycopg.Error, LeaseLost) as error:
            log.warn("old rows cannot be removed: {error}", error=error)

    def clear_out(self, epoch: int) -> int:
        """See :class:`KeptSnapshots`: whoever wrote the newest has removed the others already."""
        ((seq,),) = self._asking.rows(_NEEDLESS, (self.venue, epoch))
        needless: int = seq
        return needless

    def _set_aside(self, path: str) -> None:
        """It is removed: a row that is not looked at would be none."""
        for epoch, seq, other in self.all():
            if other == path:
                sql = "DELETE FROM exsim.snapshot WHERE venue = %s AND epoch = %s AND seq = %s"
                self._asking.rows(sql, (self.venue, epoch, seq))
