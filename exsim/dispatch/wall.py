"""The clock on the wall of a venue: which day it is there, and when it ends."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Final

from exsim.model.instructions import Instructions
from exsim.sessions.schedule import first_shown

_NANOSECONDS: Final = 1_000_000_000
_EPOCH: Final = date(1970, 1, 1).toordinal()
LAST: Final = date.max.toordinal() - _EPOCH - 2
"""The last day that has an end, as days since 1970."""


class Wall:
    """
    Days of a time zone, as days since 1970; times are nanoseconds since 1970 UTC.

    The bounds of the last day asked about are kept, so that a further call within it only compares
    integers.
    """

    __slots__ = ("_begins", "_day", "_ends", "_zone")

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._day = 0
        self._begins = self._ends = 0  # it is no day as yet

    def day(self, now: int) -> int:
        """The day that the clock shows."""
        if not self._begins <= now < self._ends:
            shown = datetime.fromtimestamp(now // _NANOSECONDS, self._zone)
            self._day = shown.toordinal() - _EPOCH
            self._begins = first_shown(self._zone, self._day + _EPOCH, 0)
            self._ends = self.end(self._day)
        return self._day

    def moment(self, now: int) -> int:
        """Nanoseconds since the clock first showed the day."""
        self.day(now)
        return now - self._begins

    def end(self, day: int) -> int:
        """When a day is over: as the clock first shows the next one."""
        return first_shown(self._zone, min(day, LAST) + _EPOCH + 1, 0)

    def expiry(self, extra: Instructions) -> int:
        """When an order good till date ends: at its time, or with its day; 0 where it has none."""
        if extra.expire or not extra.expire_day:
            return extra.expire
        return self.end(extra.expire_day)
