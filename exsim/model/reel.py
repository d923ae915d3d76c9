"""A recording that is played: which row is due when, by the market's clock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain
from typing import Any, Final, Protocol

from exsim.errors import ExsimError
from exsim.model.amounts import UNIT
from exsim.model.rows import Row

AT_ONCE: Final = 250
"""Rows that are played in one step: more would keep everybody waiting too long."""
FASTEST: Final = 5_000_000
"""Nanoseconds between two steps where rows are played as fast as possible."""
_FAR: Final = 20_000
"""Rows of other symbols that are passed over in one step."""


class BadRecording(ExsimError):
    """A recording that cannot be read, or whose rows make no sense."""


class Recording(Protocol):
    """What a reel is made of; all methods raise :class:`BadRecording`."""

    name: str
    """Its file."""

    def mark(self) -> str:
        """What tells it from another one under the same name."""

    def rows(self) -> Iterator[Row]:
        """Its rows from the first one on, in the order of their times."""


class NoRecording:
    """What a reel has before it is given one."""

    name = ""

    def mark(self) -> str:
        """Nothing tells it from another."""
        return ""

    def rows(self) -> Iterator[Row]:
        """There are none."""
        return iter(())


class Reel:
    """
    Plays a recording once or again and again: its first row when it begins, the others as much
    later as they were then, at its speed. Times are those of the market, in nanoseconds.

    Rows of symbols that nobody wants are passed over. What goes wrong is raised by :meth:`step`.

    :param names: our symbol by that of the recording; where there are none, all stay as they are.
    :param speed: how many times as fast as it was, in units of 10^-8; 0 for as fast as possible.
    :param pause: how long it waits before it is played again; None to play it once.
    """

    def __init__(self, names: Mapping[str, str], speed: int, pause: int | None) -> None:
        self.recording: Recording = NoRecording()
        self.wanted: Collection[str] = ()
        """Our symbols that somebody wants."""
        self.passes = 0
        """How many times it was played to its end."""
        self.taken = 0
        """How many rows were taken since it began this time, passed over or not."""
        self.fresh = False
        """Whether the rows of the last step are the first ones of a pass."""
        self._names = names
        self._speed = speed
        self._pause = pause
        self._rows: Iterator[Row] = iter(())
        self._next: Row | None = None
        self._ahead = 0  # rows read and not taken, of which the last one is the next
        self._zero = 0  # the time in the recording that is the same as the origin
        self._last = 0  # that of the last row read
        self._origin: int | None = None  # None before it begins, and once it has ended
        self._mark = ""
        self._trouble = ""

    # -- time

    def begin(self, now: int) -> None:
        """Play it from now on, from its beginning."""
        self.passes = 0
        self._rewind(now)

    def rest(self) -> None:
        """Have played nothing yet."""
        self.passes = self.taken = self._ahead = 0
        self._next = self._origin = None
        self._trouble = ""

    def go_on(self, now: int) -> None:
        """Go on where it stood still: the next row is due now."""
        if self._origin is None:
            self.begin(now)
        else:
            self._due_at(now)

    def pace(self, speed: int, now: int) -> None:
        """Play the rest at another speed."""
        if self._origin is not None and self._look() is not None:
            if not self._speed:
                self._due_at(max(self._origin, now))
            elif now > self._origin:
                self._zero += (now - self._origin) * self._speed // UNIT
                self._origin = now
        self._speed = speed

    def _due_at(self, time: int) -> None:
        """Have the next row be due then."""
        row = self._look()
        self._origin = time
        if row is not None:
            self._zero = row.time

    @property
    def over(self) -> bool:
        """Whether all was played."""
        return self.passes > 0 and self._origin is None

    def due(self) -> int | None:
        """When the next row is due; None for never."""
        if self._origin is None:
            return None
        row = self._look()
        if row is None:
            return self._origin if self._trouble else None
        return self._origin + self._later(row.time)

    def step(self, now: int) -> list[Row]:
        """
        The rows that are due, a number of them at most, by our symbols; where one only passes time,
        its symbol is empty. None of these was played before those of the same pass.

        :raises BadRecording: when it cannot be read.
        """
        self.fresh = not self.taken
        found: list[Row] = []
        while len(found) < AT_ONCE and (due := self.due()) is not None and due <= now:
            if self._trouble or self._next is None or (found and not self.taken):
                break  # what is wrong, and what begins anew, is for the next step
            found.append(self._next)
            self.taken += self._ahead
            self._next, self._ahead = None, 0
        if self._trouble and not found:
            raise BadRecording(self._trouble)
        if not self._speed and self._origin is not None:
            self._origin = now + FASTEST
        return found

    def _later(self, time: int) -> int:
        """How much after the origin a time of the recording is."""
        return (time - self._zero) * UNIT // self._speed if self._speed else 0

    # -- rows

    def _rewind(self, origin: int) -> None:
        """Begin at its first row, which is due at that time."""
        self._origin = origin
        self.taken = self._ahead = 0
        self._next = None
        try:
            self._mark, self._trouble = self.recording.mark(), ""
            rows = self.recording.rows()
            first = next(rows, None)
        except BadRecording as error:
            self._trouble = str(error)
            return
        if first is None:
            self._trouble = f"{self.recording.name} has no rows"
            return
        self._rows = chain([first], rows)
        self._zero = first.time

    def _look(self) -> Row | None:
        """The next row, once it is known."""
        while self._next is None and not self._trouble and self._origin is not None:
            try:
                self._next = self._read()
            except BadRecording as error:
                self._trouble = str(error)
            else:
                if self._next is None:
                    self._ended(self._origin)
        return self._next

    def _read(self) -> Row | None:
        """The next row that is wanted; one without symbol where it is far."""
        for row in self._rows:
            self._ahead += 1
            self._last = row.time
            symbol = self._ours(row.symbol)
            if symbol in self.wanted:
                return row._replace(symbol=symbol)
            if self._ahead >= _FAR:
                return row._replace(symbol="")
        return None

    def _ours(self, symbol: str) -> str:
        return self._names.get(symbol, "") if self._names else symbol

    def _ended(self, origin: int) -> None:
        """All was played."""
        if not self.taken:
            what = ", ".join(sorted(self.wanted)) or "any instrument there is"
            self._trouble = f"{self.recording.name} has no row of {what}"
            return
        self.passes += 1
        if self._pause is None:
            self._origin = None
        else:
            self._rewind(origin + self._later(self._last) + self._pause)

    # -- snapshots

    def state(self) -> list[Any]:
        """Where it is."""
        return [self._mark, self.passes, self.taken, self._origin, self._zero, self._speed]

    def restore(self, state: list[Any], again: Callable[[Row], None] | None = None) -> None:
        """
        Be as :meth:`state` told. ``again`` is given what was taken since the beginning.

        Another recording under the same name is not played: that is raised by :meth:`step`.
        """
        mark, self.passes, taken, self._origin, self._zero, self._speed = state
        self.taken = taken
        self._next = None
        self._mark, self._trouble = mark, ""
        if self._origin is None:
            return
        self.taken = self._ahead = 0
        try:
            found = self.recording.mark()
            if found != mark:
                raise BadRecording(
                    f"{self.recording.name} is another file than it was: {found}, not {mark}"
                )
            self._skip(taken, again)
        except BadRecording as error:
            self._trouble = str(error)

    def _skip(self, count: int, again: Callable[[Row], None] | None) -> None:
        rows = self._rows = self.recording.rows()
        while self.taken < count:
            row = next(rows, None)
            if row is None:
                raise BadRecording(f"{self.recording.name} has only {self.taken} rows by now")
            self.taken += 1
            symbol = self._ours(row.symbol)
            if again is not None and symbol in self.wanted:
                again(row._replace(symbol=symbol))
