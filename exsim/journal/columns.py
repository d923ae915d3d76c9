"""Entries as a batch has them, in columns; one is made only where it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exsim.model.journal import Entry

_MOST = 1_000


class Columns:
    """
    Entries in a row, from number ``first`` on: their times, what they are, and their data.

    What one is: its kind in the lower 8 bits, above them the number of its origin and session in
    ``names``.
    """

    __slots__ = ("datas", "first", "names", "times", "whats")

    def __init__(
        self,
        first: int,
        names: list[tuple[str, str]],
        times: list[int],
        whats: list[int],
        datas: list[bytes],
    ) -> None:
        self.first = first
        self.names = names
        self.times = times
        self.whats = whats
        self.datas = datas

    @property
    def last(self) -> int:
        """The number of the last."""
        return self.first + len(self.whats) - 1

    def entry(self, at: int) -> Entry:
        """One of them."""
        what = self.whats[at]
        origin, session = self.names[what >> 8]
        return Entry(self.first + at, self.times[at], what & 0xFF, origin, session, self.datas[at])

    def entries(self, after: int = 0) -> list[Entry]:
        """Those whose number is greater than ``after``."""
        found: list[Entry] = []
        first, whats, times, datas, names = (
            self.first,
            self.whats,
            self.times,
            self.datas,
            self.names,
        )
        last = -1
        origin = session = ""
        for at in range(max(0, after + 1 - first), len(whats)):
            what = whats[at]
            if what >> 8 != last:
                last = what >> 8
                origin, session = names[last]
            found.append(Entry(first + at, times[at], what & 0xFF, origin, session, datas[at]))
        return found


def columns_of(given: Iterable[Entry] | Iterable[Columns]) -> Iterator[Columns]:
    """Entries in columns, where they are not in such already."""
    columns = Columns(0, [], [], [], [])
    numbers: dict[tuple[str, str], int] = {}
    for each in given:
        if isinstance(each, Columns):
            yield each
            continue
        count = len(columns.whats)
        if count and (each.seq != columns.first + count or count == _MOST):
            yield columns
            count = 0
        if not count:
            columns = Columns(each.seq, [], [], [], [])
            numbers = {}
        name = (each.origin, each.session)
        number = numbers.setdefault(name, len(columns.names))
        if number == len(columns.names):
            columns.names.append(name)
        columns.times.append(each.time)
        columns.whats.append(each.kind | number << 8)
        columns.datas.append(each.data)
    if columns.whats:
        yield columns
