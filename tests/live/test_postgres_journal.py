"""Journals in a real PostgreSQL hold what every journal does."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import Any

from exsim.model.questions import Question
from exsim.model.settings import Settings
from exsim.services.commits import LeaseLost
from exsim.services.journal import DiskJournal
from exsim.services.keeping import Keeping, keeping_of
from exsim.services.postgres.address import PostgresAway, address
from exsim.services.postgres.indexer import row_indexer
from exsim.services.postgres.keeping import PostgresKeeping, PostgresSource, Wish
from exsim.services.postgres.reading import Asking
from exsim.services.postgres.store import PostgresStore
from exsim.services.snapshots import KeptSnapshots, Snapshot
from exsim.services.sources import Source
from exsim.services.store import Limits
from tests.index_contract import IN, SearchContract, append_day
from tests.journal_contract import (
    DamageContract,
    Kept,
    KeptJournalContract,
    SnapshotsContract,
    StoreContract,
    numbers,
    some,
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
        self.addCleanup(keeping.close)
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


class PostgresTermTests(InPostgres):
    """Nothing is written under a term that is over, and nothing twice."""

    def store(self) -> tuple[PostgresStore, KeptSnapshots]:
        """One with ten entries, and its snapshots."""
        keeping = self.keeping()
        store = keeping.store
        assert isinstance(store, PostgresStore)
        store.write(some(1, 10))
        return store, keeping.snapshots()

    def count(self, table: str) -> int:
        """How many rows there are."""
        asking = Asking(self.address)
        ((count,),) = asking.rows(f"SELECT count(*) FROM exsim.{table}")
        asking.close()
        number: int = count
        return number

    def test_term_over(self) -> None:
        """Who has lost the lease writes no batch, no snapshot and no epoch, and notes no end."""
        store, snapshots = self.store()
        snapshots.write(Snapshot(1, 5, 0, {}))
        take(self.address, "XSIM")
        self.assertRaises(LeaseLost, store.write, some(11, 1))
        self.assertRaises(LeaseLost, store.start_epoch, 2)
        self.assertRaises(LeaseLost, snapshots.write, Snapshot(1, 10, 0, {}))
        self.assertEqual((self.count("batch"), self.count("snapshot")), (1, 1))
        self.assertEqual((store.epoch, store.last), (1, 10))
        store.close()
        asking = Asking(self.address)
        self.assertEqual(asking.rows("SELECT epoch, noted FROM exsim.venue"), [(1, 0)])
        asking.close()

    def test_lost_connection(self) -> None:
        """The write that finds it lost fails; the same call then writes all, once."""
        store, _ = self.store()
        self.change(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
        self.assertRaises(PostgresAway, store.write, some(11, 10))
        store.write(some(11, 12))
        self.assertEqual((store.last, self.count("batch")), (22, 2))
        self.assertEqual(numbers(store.entries(0)), list(range(1, 23)))

    def test_lost_answer(self) -> None:
        """What is there although nobody told is not written again, though there is more by now."""
        store, _ = self.store()
        other = PostgresStore(self.address, "XSIM")
        other.open()
        self.addCleanup(other.close)
        other.term = store.term
        other.write(some(11, 10))
        self.assertRaises(PostgresAway, store.write, some(11, 12))
        store.write(some(11, 12))
        self.assertEqual((store.last, self.count("batch")), (22, 3))
        self.assertEqual(numbers(store.entries(0)), list(range(1, 23)))

    def test_old_epoch(self) -> None:
        """The rows of an epoch before a reset go with the next snapshot."""
        store, snapshots = self.store()
        snapshots.write(Snapshot(1, 10, 0, {}))
        store.start_epoch(2)
        store.write(some(1, 3))
        self.assertEqual((self.count("batch"), self.count("snapshot")), (2, 1))
        snapshots.write(Snapshot(2, 3, 0, {}))
        self.assertEqual((self.count("batch"), self.count("snapshot")), (1, 1))

    def test_age(self) -> None:
        """What is older than is to be kept goes with the next snapshot, but what that needs."""
        keeping = self.keeping(keep=10**12)
        for first in range(1, 61, 10):
            keeping.store.write(some(first, 10))
        self.change("UPDATE exsim.batch SET written = written - interval '59 minutes'")
        snapshots = keeping.snapshots()
        for seq in (20, 40, 50):
            snapshots.write(Snapshot(1, seq, 0, {}))
        self.assertEqual(self.count("batch"), 6)
        self.change("UPDATE exsim.batch SET written = written - interval '2 minutes'")
        snapshots.write(Snapshot(1, 60, 0, {}))
        self.assertEqual(self.count("batch"), 1)


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

    def test_of_more(self) -> None:
        """One of a journal that had more, which was taken away, is filled anew."""
        append_day(self.journal, 500)
        self.indexed()
        self.journal.close()
        with self.address.connect() as connection:
            connection.execute("DELETE FROM exsim.batch WHERE last > 300")
            connection.execute("UPDATE exsim.venue SET noted = 0")
        self.journal = self.open()
        self.assertEqual(self.journal.index.reached(), (0, 0))
        for number in range(self.journal.last + 1, 501):
            self.journal.append(number, IN, "oe", "D", b"35=X\x0111=NEW%d\x01" % number)
        self.journal.commit()
        self.indexed()
        self.assertEqual(self.journal.index.reached(), (1, 500))
        for question in (
            Question("D"),
            Question(None, "X"),
            Question(None, None, [("11", "NEW400")]),
        ):
            self.check(question)

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
        self.addCleanup(keeping.close)  # also of a run that a test ends as a crash would
        root.getServiceNamed("writing").disownServiceParent()
        root.getServiceNamed("dispatcher").turns.grouped = False

    def source(self) -> Source:
        """See :class:`RecoveryContract`."""
        source = PostgresSource(self.address)
        self.addCleanup(source.close)
        return source

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
