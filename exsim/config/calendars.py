"""
Trading calendars by name: the Python package exchange-calendars, loaded when one is named.

It is an extra, ``exsim[calendars]``, and takes a moment to import.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection
from datetime import date, time
from functools import cache
from typing import Any, Final

from exsim.dispatch.timetable import Calendar

FIRST: Final = date(2000, 1, 1)
LAST: Final = date(2040, 12, 31)
"""A calendar is known from the first of these to the second, or as far as the package knows it."""


@cache
def _load(name: str) -> Any:
    try:
        import exchange_calendars as calendars
    except ImportError:
        raise ValueError(
            f"calendar {name} needs the Python package exchange-calendars:"
            " pip install exsim[calendars]"
        ) from None
    known = calendars.get_calendar_names()
    if name not in known:
        some = ", ".join(sorted(known))
        raise ValueError(f"{name[:64]!r} is no calendar: there are {some}")
    kind = type(calendars.get_calendar(name))
    least, most = kind.bound_min(), kind.bound_max()
    first = FIRST if least is None else max(FIRST, least.date())
    last = LAST if most is None else min(LAST, most.date())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, about itself
        return calendars.get_calendar(name, start=first.isoformat(), end=last.isoformat())


def zone_of(name: str) -> str:
    """
    The time zone of a calendar's exchange.

    :raises ValueError: for a name that is no calendar's, or where the package is not there.
    """
    return str(_load(name).tz)


def calendar_of(name: str, weekdays: Collection[int]) -> Calendar:
    """
    The days on which an exchange trades, if they are among some weekdays, too.

    :raises ValueError: for a name that is no calendar's, or where the package is not there.
    """
    found = _load(name)
    usual = _second(found.close_times[-1][1])
    early = {}
    for session in found.early_closes:
        closes = found.session_close(session).tz_convert(found.tz)
        early[session.toordinal()] = usual - _second(closes.time())
    days = frozenset(session.toordinal() for session in found.sessions)
    return Calendar(weekdays, min(days), max(days), days, early)


def _second(moment: time) -> int:
    return moment.hour * 3_600 + moment.minute * 60 + moment.second
