"""
When a session may be logged on: a venue's hours, as its clock on the wall shows them.

A schedule is a series of periods. Each begins on some weekdays at a time of day and ends at a time
of day that day or later, so a daily session, one that crosses midnight and a weekly one are the
same thing. A new period is a new session: sequence numbers start again with it.

Where summer time begins and ends, one rule holds for starts and ends alike: they happen at the
first moment at which the clock on the wall shows that time or a later one. So a time that is
skipped happens as the clock jumps over it, and of a time that is shown twice the first one counts.
Periods stay in order, never overlap, and a 24-hour one leaves no hole. A period that lies wholly
in the hour skipped does not take place.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from exsim.errors import Bug

_NANOSECONDS: Final = 1_000_000_000
_DAY: Final = 86_400
_WEEK: Final = 7
_EPOCH: Final = date(1970, 1, 1).toordinal()
_ONE_SECOND: Final = timedelta(seconds=1)

EVERY_DAY: Final = range(_WEEK)
"""All weekdays; Monday is 0."""


class Schedule:
    """
    The periods in which a session may be logged on.

    Times asked and given are nanoseconds since 1970 UTC; a period holds its start but not its end.
    The bounds of the last period asked about are kept, so that a further call within it, or within
    the pause after it, only compares integers. No schedule at all is ``None``, not one of these.

    :param zone: the time zone that all the others are meant in.
    :param start: the time of day at which periods begin, in seconds since midnight.
    :param end: the time of day at which they end.
    :param days: the weekdays on which they begin, Monday is 0.
    :param length: how many days later the one of the end is; the next period is not before it.
    """

    __slots__ = ("_days", "_end", "_from", "_length", "_opens", "_period", "_start", "_to", "_zone")

    def __init__(
        self, zone: tzinfo, start: int, end: int, days: Collection[int], length: int
    ) -> None:
        if not days or not all(0 <= day < _WEEK for day in days):
            raise Bug(f"weekdays {sorted(days)} are not from 0 to 6")
        if not (0 <= start < _DAY and 0 <= end < _DAY):
            raise Bug(f"{start} and {end} are not both seconds of a day")
        if not 0 < length * _DAY + end - start <= _least_gap(days) * _DAY:
            raise Bug(f"from {start} s to {end} s, {length} days later, is no time or too long")
        self._zone = zone
        self._start = start
        self._end = end
        self._days = frozenset(days)
        self._length = length
        # What holds for any time from _from on and before _to: none, as yet.
        self._from = 0
        self._to = 0
        self._period: int | None = None
        self._opens = 0

    @staticmethod
    def daily(zone: tzinfo, start: int, end: int, days: Collection[int] = EVERY_DAY) -> Schedule:
        """
        A period on each of ``days``, on which it begins; into the next day unless end > start.

        With both the same it is open around the clock, and the next period begins at that time.
        """
        return Schedule(zone, start, end, days, 0 if start < end else 1)

    @staticmethod
    def weekly(zone: tzinfo, start_day: int, start: int, end_day: int, end: int) -> Schedule:
        """A period a week; with start and end the same it is open all the time."""
        length = (end_day - start_day) % _WEEK
        if length == 0 and end <= start:
            length = _WEEK
        return Schedule(zone, start, end, (start_day,), length)

    def period(self, now: int) -> int | None:
        """
        When the period began that ``now`` is in, or None while closed.

        Two times in the same period give the same number, and in different ones different numbers.
        """
        if not self._from <= now < self._to:
            self._find(now)
        return self._period

    def closes(self, now: int) -> int | None:
        """When the period ends that ``now`` is in, or None while closed."""
        if not self._from <= now < self._to:
            self._find(now)
        return None if self._period is None else self._to

    def opens(self, now: int) -> int:
        """When the first period begins that begins after ``now``."""
        if not self._from <= now < self._to:
            self._find(now)
        return self._opens

    def _find(self, now: int) -> None:
        """Find the last period that began by ``now``, and the first after it."""
        # A clock that is put back over midnight shows the day before again: hence the one after.
        day = _day_of(self._zone, now) + 1
        while not self._begins_on(day) or self._starts(day) > now:
            day -= 1
        start, end = self._starts(day), self._ends(day)
        day += 1
        while not self._begins_on(day) or self._starts(day) == self._ends(day):
            day += 1
        self._opens = self._starts(day)
        if now < end:
            self._period, self._from, self._to = start, start, end
        else:
            self._period, self._from, self._to = None, end, self._opens

    def _begins_on(self, day: int) -> bool:
        return (day - 1) % _WEEK in self._days  # day 1, 0001-01-01, is a Monday

    def _starts(self, day: int) -> int:
        return first_shown(self._zone, day, self._start)

    def _ends(self, day: int) -> int:
        return first_shown(self._zone, day + self._length, self._end)


def first_shown(zone: tzinfo, day: int, second: int) -> int:
    """
    When a clock in a zone first shows a time or a later one, in nanoseconds since 1970 UTC.

    :param day: the day that it shows, as an ordinal of :class:`datetime.date`.
    :param second: the time of that day, in seconds since midnight.
    """
    wall = datetime.fromordinal(day).replace(tzinfo=zone) + timedelta(seconds=second)
    shown = (day - _EPOCH) * _DAY + second
    # The offsets differ where the clock is changed over this time: fold 0 has the one from before.
    before, after = _offset(wall), _offset(wall.replace(fold=1))
    if before >= after:
        return (shown - before) * _NANOSECONDS
    earlier, later = shown - after, shown - before
    while later - earlier > 1:
        middle = (earlier + later) // 2
        if middle + _offset(datetime.fromtimestamp(middle, zone)) >= shown:
            later = middle
        else:
            earlier = middle
    return later * _NANOSECONDS


def _least_gap(days: Collection[int]) -> int:
    """How many days lie at least between one of these weekdays and the next; 7 for a single one."""
    ordered = sorted(days)
    following = [*ordered[1:], ordered[0]]
    return min((two - one - 1) % _WEEK + 1 for one, two in zip(ordered, following, strict=True))


def _offset(time: datetime) -> int:
    """How far its zone is ahead of UTC then, in seconds."""
    offset = time.utcoffset()
    return 0 if offset is None else offset // _ONE_SECOND


def _day_of(zone: tzinfo, now: int) -> int:
    """The day that a clock in a zone shows."""
    return datetime.fromtimestamp(now // _NANOSECONDS, zone).toordinal()
