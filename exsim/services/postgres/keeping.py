"""A journal in PostgreSQL, with its snapshots and its index: one of the ways to keep one."""

from __future__ import annotations

from typing import NamedTuple

from twisted.logger import Logger

from exsim.client.launch import child_environment, python
from exsim.errors import ConfigError, Problem
from exsim.services.keeping import Command, JournalIndex, JournalReader
from exsim.services.postgres.address import Address
from exsim.services.postgres.index import PostgresIndex
from exsim.services.postgres.lease import Keeper, Lease, release, take
from exsim.services.postgres.reading import ASKED_SECONDS, Asking, RowReader
from exsim.services.postgres.snapshots import PostgresSnapshots, RowSnapshots
from exsim.services.postgres.store import PostgresStore
from exsim.services.snapshots import KeptSnapshots
from exsim.services.store import Limits

log = Logger(namespace="exsim")


class Wish(NamedTuple):
    """The lease that is asked for: as which node, for how many seconds, under a given term."""

    node: str
    seconds: float
    term: int | None = None


class PostgresKeeping:
    """The journal of ``venue``; see :class:`exsim.services.keeping.Keeping`."""

    lasts = True
    where = "[exsim] journal"

    def __init__(self, address: Address, venue: str, limits: Limits, wish: Wish) -> None:
        self.store = PostgresStore(address, venue)
        self.lease: Lease | None = None
        self.wish = wish
        self._limits = limits
        self._asking = Asking(address, ASKED_SECONDS)
        self._keeper: Keeper | None = None

    def open(self, folder: str) -> None:
        """See :class:`exsim.services.keeping.Keeping`; ``folder`` has nothing of it."""
        store = self.store
        store.insist()
        self.lease = take(store.address, store.venue, *self.wish)
        store.term = self.lease.term
        self.occupy()
        store.open()

    def occupy(self) -> None:
        """Have a thread keep the lease while something keeps the reactor."""
        self.leave()
        if self.lease is not None:
            self._keeper = Keeper(self.store.address, self.lease)
            self._keeper.start()

    def leave(self) -> None:
        """Have it kept by the writer alone."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.stop()

    def close(self) -> None:
        """See :class:`exsim.services.keeping.Keeping`: others may have the lease."""
        self.leave()
        lease, self.lease = self.lease, None
        if lease is not None:
            try:
                release(self.store.address, lease)
            except OSError as error:
                log.warn("the lease could not be given back: {error}", error=error)
        self.store.let_go()
        self._asking.close()

    def snapshots(self) -> KeptSnapshots:
        """See :class:`exsim.services.keeping.Keeping`."""
        return PostgresSnapshots(self._asking, self.store, self._limits)

    def index(self) -> JournalIndex:
        """See :class:`exsim.services.keeping.Keeping`."""
        index = PostgresIndex(self._asking, self.store.venue)
        if index.reached() > (self.store.epoch, self.store.last):
            index.distrust()
        return index

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
        self._address = address
        self._venue = venue
        self._asking = Asking(address)

    def reader(self) -> JournalReader:
        """See :class:`exsim.services.sources.Source`."""
        reader = RowReader(self._asking, self._name())
        reader.look()
        return reader

    def snapshots(self) -> KeptSnapshots:
        """See :class:`exsim.services.sources.Source`."""
        return RowSnapshots(self._asking, self._name())

    def close(self) -> None:
        """See :class:`exsim.services.sources.Source`."""
        self._asking.close()

    def _name(self) -> str:
        """The name of the venue, of which there is a journal."""
        sql = "SELECT venue FROM exsim.venue ORDER BY venue"
        venues: list[str] = [row[0] for row in self._asking.rows(sql)]
        if not self._venue and len(venues) == 1:
            self._venue = venues[0]
        if self._venue in venues:
            return self._venue
        what = f"no journal of venue {self._venue}" if self._venue else "not one venue alone"
        known = ", ".join(venues) or "none"
        text = f"{self._address.text}: there is {what}: name one by --venue; known: {known}"
        raise ConfigError([Problem(text)])
