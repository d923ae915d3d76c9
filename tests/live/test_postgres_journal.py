"""Journals in a real PostgreSQL hold what every journal does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exsim.model.settings import Settings
from exsim.services.keeping import Keeping, keeping_of
from exsim.services.postgres.keeping import PostgresKeeping, PostgresSource
from exsim.services.postgres.reading import Asking
from exsim.services.sources import Source
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
        keeping = keeping_of(replace(settings, journal=self.url), lambda: 0)
        assert isinstance(keeping, PostgresKeeping)
        keeping.store.term = take(self.address, "XSIM")
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


class PostgresRecoveryTests(RecoveryContract, PostgresTestCase):
    """Days whose journal is in rows."""

    def fresh(self) -> None:
        """A database of its own."""
        self.use_database()
        self.settings = replace(self.settings, journal=self.url)

    def prepare(self, root: Any) -> None:
        """The lease is that of the new run."""
        root.getServiceNamed("journal").store.term = take(self.address, "XSIM")

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


del (
    RecoveryContract,
    Kept,
    KeptJournalContract,
    StoreContract,
    DamageContract,
    SnapshotsContract,
    InPostgres,
)
