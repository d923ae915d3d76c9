"""Journals in a real PostgreSQL hold what every journal does."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import Any

from exsim.model.questions import Question
from exsim.model.settings import Settings
from exsim.services.journal import DiskJournal
from exsim.services.keeping import Keeping, keeping_of
from exsim.services.postgres.address import address
from exsim.services.postgres.indexer import row_indexer
from exsim.services.postgres.keeping import PostgresKeeping, PostgresSource, Wish
from exsim.services.postgres.reading import Asking
from exsim.services.snapshots import Snapshot
from exsim.services.sources import Source
from exsim.services.store import Limits
from tests.index_contract import IN, SearchContract, append_day
from tests.journal_contract import (
    DamageContract,
    Kept,
    KeptJournalContract,
    SnapshotsContract,
    StoreContract,
)
from tests.postgres import PostgresTestCase, take
from tests.recovery_contract import RecoveryContract

_FLIP = """
    UPDATE exsim.{table} SET data = set_bit(data, {bit}, 1 - get_bit(data, {bit}))
    WHERE {which} = %s
"""


class InPostgres(Kept, PostgresTestCase):
    """The one in a database."""

    def make(self, settings: Settings) -> Keeping:
        """See :class:`Kept`; the lease is ours from then on."""
        term = take(self.address, "XSIM")
        keeping = keeping_of(replace(settings, journal=self.url), lambda: 0, term=term)
        assert isinstance(keeping, PostgresKeeping)
        self.addCleanup(keeping.leave)
        return keeping

    def change(self, sql: str, *values: int) -> None:
        """Do something to the rows."""
        asking = Asking(self.address)
        asking.rows(sql, values)
        asking.close()

    def flip(self, seq: int) -> None:
        """See :class:`Kept`."""
        self.change(_FLIP.format(table="batch", bit=400, which="first"), seq)

    def lose(self, first: int, last: int) -> None:
        """See :class:`Kept`."""
        self.change("DELETE FROM exsim.batch WHERE first >= %s AND last <= %s", first, last)

    def damage(self, path: str) -> None:
        """See :class:`Kept`."""
        self.change(_FLIP.format(table="snapshot", bit=4000, which="seq"), int(path.split()[-1]))


class PostgresJournalTests(InPostgres, KeptJournalContract):
    """In memory and rows."""


class PostgresStoreTests(InPostgres, StoreContract):
    """Rows."""


class PostgresDamageTests(InPostgres, DamageContract):
    """Rows that are damaged."""


class PostgresSnapshotsTests(InPostgres, SnapshotsContract):
    """Snapshots in rows."""


class PostgresSearchTests(PostgresTestCase, SearchContract):
    """Searching rows with an index in rows."""

    keeping: PostgresKeeping

    def open(self, ring: int = 20) -> DiskJournal:
        """See :class:`IndexCase`."""
        limits = Limits(keep_size=0)
        wish = Wish("test", 3600, take(self.address, "XSIM"))
        self.keeping = PostgresKeeping(self.address, "XSIM", limits, wish)
        self.addCleanup(self.keeping.leave)
        self.keeping.open("")
        journal = DiskJournal(ring, self.keeping.store)
        journal.go_on()
        journal.index = self.keeping.index()
        self.addCleanup(journal.close)
        return journal

    def indexed(self) -> None:
        """See :class:`IndexCase`."""
        indexer = row_indexer(self.address, "XSIM")
        while indexer.work():
            pass
        indexer.close()

    def retain(self, seq: int) -> None:
        """See :class:`IndexCase`; there are two snapshots from then on."""
        snapshots = self.keeping.snapshots()
        for each in (seq, self.journal.last):
            snapshots.write(Snapshot(1, each, 0, {}))
        self.journal.store.retain(snapshots.clear_out(1))

    def least(self) -> list[int]:
        """See :class:`IndexCase`."""
        with self.address.connect() as connection:
            sql = "SELECT (SELECT min(seq) FROM exsim.message), min(seq) FROM exsim.identifier"
            return list(connection.execute(sql).fetchone() or ())

    def test_lost(self) -> None:
        """Where the index cannot be read any more, all is found in the journal."""
        append_day(self.journal, 500)
        self.indexed()
        with self.address.connect() as connection:
            connection.execute("DROP TABLE exsim.message, exsim.indexed")
        self.assertEqual(self.check(Question("A")), 500)

    def test_odd_names(self) -> None:
        """A session that has no name in UTF-8 is found."""
        for session in ("\udcff", "n\0l", "A"):
            self.journal.append(1, IN, "oe", session, b"8=FIX.4.2\x0135=\xff\x00\x01")
        append_day(self.journal, 100)
        self.indexed()
        for session in ("\udcff", "n\0l"):
            found = self.journal.search(Question(session), 0)
            self.assertIn(session, [entry.session for entry in found])

    def test_process(self) -> None:
        """It is a process that ends with its input, and that is told the password in secret."""
        append_day(self.journal, 500)
        url = self.url.replace("postgres@", "postgres:hush@")
        keeping = PostgresKeeping(address(url), "XSIM", Limits(), Wish("test", 3600))
        words, environment = keeping.indexing()
        self.assertNotIn("hush", " ".join(words))
        self.assertEqual(environment["PGPASSWORD"], "hush")
        run = subprocess.run(words, env=environment, input=b"", capture_output=True, check=True)
        self.assertEqual(run.stderr, b"")
        self.assertEqual(self.journal.index.reached(), (1, 500))


class PostgresRecoveryTests(RecoveryContract, PostgresTestCase):
    """Days whose journal is in rows."""

    def fresh(self) -> None:
        """A database of its own."""
        self.use_database()
        self.settings = replace(self.settings, journal=self.url)

    def prepare(self, root: Any) -> None:
        """The lease is that of the new run; without a reactor it writes at once."""
        keeping = root.getServiceNamed("journal").keeping
        keeping.wish = Wish("test", 2.0, take(self.address, "XSIM"))
        self.addCleanup(keeping.leave)
        root.getServiceNamed("writing").disownServiceParent()
        root.getServiceNamed("dispatcher").turns.grouped = False

    def source(self) -> Source:
        """See :class:`RecoveryContract`."""
        return PostgresSource(self.address)

    def change(self, sql: str, *values: int) -> None:
        """Do something to the rows."""
        with self.address.connect() as connection:
            self.assertGreater(connection.execute(sql.encode(), values).rowcount, 0)

    def damage(self, path: str) -> None:
        """See :class:`RecoveryContract`."""
        self.change(_FLIP.format(table="snapshot", bit=4000, which="seq"), int(path.split()[-1]))

    def forget_snapshots(self) -> None:
        """See :class:`RecoveryContract`."""
        self.change("DELETE FROM exsim.snapshot")

    def lose_end(self) -> None:
        """See :class:`RecoveryContract`."""
        self.change("DELETE FROM exsim.batch WHERE first > (SELECT max(last) / 2 FROM exsim.batch)")


del Kept, KeptJournalContract, StoreContract, DamageContract, SnapshotsContract
del InPostgres, RecoveryContract, SearchContract
