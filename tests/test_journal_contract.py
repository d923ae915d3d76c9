"""Journals in memory and in files hold what every journal does; PostgreSQL's are a live test."""

from __future__ import annotations

from exsim.interfaces import IJournal
from exsim.journal import MemoryJournal
from tests.journal_contract import (
    DamageContract,
    InFiles,
    JournalContract,
    KeptJournalContract,
    SnapshotsContract,
    StoreContract,
)


class MemoryTests(JournalContract):
    """In memory alone."""

    keeps = False

    def journal(self) -> IJournal:
        """See :class:`JournalContract`."""
        return IJournal(MemoryJournal(10))


class FilesJournalTests(InFiles, KeptJournalContract):
    """In memory and files."""


class FilesStoreTests(InFiles, StoreContract):
    """Segments."""


class FilesDamageTests(InFiles, DamageContract):
    """Segments that are damaged."""


class FilesSnapshotsTests(InFiles, SnapshotsContract):
    """Snapshots in files."""


del JournalContract, KeptJournalContract, StoreContract, DamageContract, SnapshotsContract, InFiles
