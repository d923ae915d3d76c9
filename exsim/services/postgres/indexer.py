"""
Fills the index of a venue's journal, in a process of its own that yields to all others.

``python -m exsim.services.postgres.indexer ADDRESS VENUE`` follows the rows as they are committed,
until its standard input ends: that is when the simulator that started it is gone. The password is
in the environment, if there is one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from exsim.model.journal import Entry
from exsim.services.indexer import Indexer, run
from exsim.services.postgres.address import Address, address
from exsim.services.postgres.index import PostgresIndex
from exsim.services.postgres.reading import OLDEST, Asking, RowReader


class RowFollower:
    """Reads the rows of a venue's epoch after entry ``last``; ``first`` is the oldest there is."""

    def __init__(self, asking: Asking, venue: str, epoch: int, last: int) -> None:
        self.epoch = epoch
        self.last = last
        self.first = 1
        self._asking = asking
        self._venue = venue

    def newest_epoch(self) -> int:
        """The epoch that is written now; 0 when there is none."""
        sql = "SELECT epoch FROM exsim.venue WHERE venue = %s"
        for row in self._asking.rows(sql, (self._venue,)):
            epoch: int = row[0]
            return epoch
        return 0

    def read(self, most: int) -> Iterator[tuple[Entry, int, int]]:
        """Entries after ``last``, each with the first one of its batch: about ``most``."""
        oldest = self._asking.rows(OLDEST, (self._venue, self.epoch))
        self.first = oldest[0][0] if oldest else self.last + 1
        reader = RowReader(self._asking, self._venue, self.epoch)
        until = self.last + most
        for columns in reader.columns(self.last):
            for entry in columns.entries(self.last):
                yield entry, columns.first, 0
            self.last = columns.last
            if self.last >= until:
                return


def row_indexer(where: Address, venue: str) -> Indexer:
    """What keeps up the index of a venue."""
    asking = Asking(where)
    return Indexer(
        PostgresIndex(asking, venue), lambda epoch, last: RowFollower(asking, venue, epoch, last)
    )


if __name__ == "__main__":
    text, name = sys.argv[1:]
    run(lambda: row_indexer(address(text), name), f"venue {name}")
