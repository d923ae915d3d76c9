"""The entries of a journal that may fit a filter: what surely does not is passed over at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exsim.filters.looks import NO, Quick, delimited
from exsim.model.journal import Entry, EntryKind

_OUT = int(EntryKind.OUT)
_BOT = int(EntryKind.BOT)


class Sieve:
    """
    Looks at entries by their bytes, as ``looks`` has it for each endpoint.

    ``position`` is the number of the last entry that was looked at, at first that of where to
    begin; ``looked`` is how many were the last time.
    """

    __slots__ = ("_looks", "looked", "position")

    def __init__(self, looks: Mapping[str, Quick], position: int) -> None:
        self._looks = dict(looks)
        self.position = position
        self.looked = 0

    def next(self, entries: Iterator[Entry], most: int) -> Entry | None:
        """
        The next that may fit, of so many at most; None where none of these does.

        What bots asked for may, and what is of an endpoint without a look. Where fewer than
        ``most`` were looked at and none may fit, there are no more.
        """
        looks = self._looks
        self.looked = 0
        for entry in entries:
            self.looked += 1
            self.position = entry.seq
            look = looks.get(entry.origin)
            if look is None or entry.kind == _BOT:
                return entry
            way = "out" if entry.kind == _OUT else "in"
            if look.look(delimited(entry.data), entry.session, way) != NO:
                return entry
            if self.looked >= most:
                break
        return None
