"""A journal in PostgreSQL, with its snapshots and its index: one of the ways to keep one."""

from __future__ import annotations

from exsim.client.launch import child_environment, python
from exsim.errors import ConfigError, Problem
from exsim.services.keeping import Command, JournalIndex, JournalReader
from exsim.services.postgres.address import Address
from exsim.services.postgres.index import PostgresIndex
from exsim.services.postgres.reading import ASKED_SECONDS, Asking, RowReader
from exsim.services.postgres.snapshots import PostgresSnapshots, RowSnapshots
from exsim.services.postgres.store import PostgresStore
from exsim.services.snapshots import KeptSnapshots
from exsim.services.store import Limits


class PostgresKeeping:
    """The journal of ``venue``; see :class:`exsim.services.keeping.Keeping`."""

    lasts = True
    where = "[exsim] journal"

    def __init__(self, address: Address, venue: str, limits: Limits) -> None:
        self.store = PostgresStore(address, venue)
        self._limits = limits
        self._asking = Asking(address, ASKED_SECONDS)

    def open(self, folder: str) -> None:
        """See :class:`exsim.services.keeping.Keeping`; ``folder`` has nothing of it."""
        self.store.open()

    def snapshots(self) -> KeptSnapshots:
        """See :class:`exsim.services.keeping.Keeping`."""
        return PostgresSnapshots(self._asking, self.store, self._limits)

    def index(self) -> JournalIndex:
        """See :class:`exsim.services.keeping.Keeping`."""
        return PostgresIndex(self._asking, self.store.venue)

    def indexing(self) -> Command:
        """See :class:`exsim.services.keeping.Keeping`: nobody sees the password in a command."""
        address = self.store.address
        words = [*python("exsim.services.postgres.indexer"), address.bare, self.store.venue]
        environment = dict(child_environment())
        if address.password:
            environment["PGPASSWORD"] = address.password
        return Command(words, environment)


class PostgresSource:
    """
    The journal of a venue, to be read alone; see :class:`exsim.services.sources.Source`.

    Without a name it is the only venue that there is.
    """

    def __init__(self, address: Address, venue: str = "") -> None:
        self.address = address
        self.venue = venue
        self.asking = Asking(address)

    def reader(self) -> JournalReader:
        """See :class:`exsim.services.sources.Source`."""
        venues = [
            row[0] for row in self.asking.rows("SELECT venue FROM exsim.venue ORDER BY venue")
        ]
        if not self.venue and len(venues) == 1:
            self.venue = venues[0]
        known = ", ".join(venues) or "none"
        if self.venue not in venues:
            what = f"no journal of venue {self.venue}" if self.venue else "not one venue alone"
            text = f"{self.address.text}: there is {what}: name one by --venue; known: {known}"
            raise ConfigError([Problem(text)])
        reader = RowReader(self.asking, self.venue)
        reader.look()
        return reader

    def snapshots(self) -> KeptSnapshots:
        """See :class:`exsim.services.sources.Source`."""
        return RowSnapshots(self.asking, self.venue)
