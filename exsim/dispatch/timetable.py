"""When which phase begins: a venue's schedule, on its trading days, by the clock on its wall."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, tzinfo
from typing import Final

from exsim.model.codes import Phase
from exsim.sessions.schedule import EVERY_DAY, first_shown

_NANOSECONDS: Final = 1_000_000_000
_FAR: Final = 400
"""Days; what does not happen within so many never does."""
_CLOSING: Final = frozenset({Phase.CLOSING_AUCTION, Phase.TRADE_AT_CLOSE, Phase.CLOSED})

Beginning = tuple[int, Phase]
"""When a phase begins, nanoseconds since 1970 UTC, and which."""


class Calendar:
    """
    The days on which is traded, as ordinals of :class:`datetime.date`.

    :param weekdays: Monday is 0.
    :param first: the first day that ``holidays`` know; before it, and after ``last``, weekdays
        alone count.
    :param early: by day, how many seconds earlier than else the market closes.
    """

    __slots__ = ("_days", "_early", "_first", "_last", "_weekdays")

    def __init__(
        self,
        weekdays: Collection[int] = EVERY_DAY,
        first: int = 0,
        last: int = -1,
        days: frozenset[int] = frozenset(),
        early: Mapping[int, int] | None = None,
    ) -> None:
        self._weekdays = frozenset(weekdays)
        self._first = first
        self._last = last
        self._days = days
        self._early = dict(early or {})

    def open(self, day: int) -> bool:
        """Whether there is trading on a day."""
        if (day - 1) % 7 not in self._weekdays:  # day 1, 0001-01-01, is a Monday
            return False
        return day in self._days if self._first <= day <= self._last else True

    def earlier(self, day: int) -> int:
        """How many seconds earlier than else the market closes on a day."""
        return self._early.get(day, 0)


class Timetable:
    """
    A schedule: (second of the day, phase) in rising order, at least one.

    On a day with an early close, its end is moved to an earlier time: the closing auction and all
    that follows, or where there is none, trading at close, or else the first ``closed`` after
    trading. What would begin at that time or later is left out.
    """

    def __init__(
        self, entries: Collection[tuple[int, Phase]], zone: tzinfo, calendar: Calendar
    ) -> None:
        self._entries = tuple(entries)
        self._zone = zone
        self._calendar = calendar
        self._tail = self._find_tail()
        self._day = 0  # of _found
        self._found: list[Beginning] = []

    def _find_tail(self) -> int:
        """Which entry is the first of the day's end."""
        for index, (_, phase) in enumerate(self._entries):
            if index and phase in _CLOSING:
                return index
        return len(self._entries)

    def day(self, now: int) -> int:
        """The day that the clock on the wall shows."""
        return datetime.fromtimestamp(now // _NANOSECONDS, self._zone).toordinal()

    def beginnings(self, day: int) -> list[Beginning]:
        """What begins on a day, in order; nothing where there is no trading."""
        if day != self._day:
            self._day, self._found = day, self._make(day)
        return self._found

    def _make(self, day: int) -> list[Beginning]:
        if not self._calendar.open(day):
            return []
        earlier, tail = self._calendar.earlier(day), self._entries[self._tail :]
        entries = list(self._entries)
        if earlier and tail:
            first = max(0, tail[0][0] - earlier)
            entries = [each for each in self._entries[: self._tail] if each[0] < first]
            entries += [(max(0, second - earlier), phase) for second, phase in tail]
        # Where the clock is put forward two may begin at one moment: then the later one does.
        found = {first_shown(self._zone, day, second): phase for second, phase in entries}
        return sorted(found.items(), key=_by_time)

    def agenda(self, now: int) -> list[Beginning]:
        """All that begins on the day of ``now``; once that is over, on the next one, too."""
        found = list(self.beginnings(self.day(now)))
        if not found or found[-1][0] <= now:
            following = self.following(now)
            if following is not None:
                found += self.beginnings(self.day(following[0]))
        return found

    def current(self, now: int) -> Beginning | None:
        """What began last by ``now``."""
        today = self.day(now)
        for day in range(today + 1, today - _FAR, -1):
            for begins, phase in reversed(self.beginnings(day)):
                if begins <= now:
                    return begins, phase
        return None

    def following(self, now: int) -> Beginning | None:
        """What begins first after ``now``."""
        today = self.day(now)
        for day in range(today - 1, today + _FAR):
            for begins, phase in self.beginnings(day):
                if begins > now:
                    return begins, phase
        return None


def _by_time(beginning: Beginning) -> int:
    return beginning[0]
