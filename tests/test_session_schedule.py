"""Schedules: when a session may be logged on, and when it is a new one; summer time above all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import Bug
from exsim.model.options import read_options
from exsim.protocols.session_options import (
    SCHEDULE,
    no_zone,
    schedule_of,
    time_of_day,
    time_zone,
    weekday,
    weekdays,
)
from exsim.sessions.schedule import Schedule
from tests.amount import amount

NEW_YORK, LONDON, LORD_HOWE = "America/New_York", "Europe/London", "Australia/Lord_Howe"
MINUTE = 60 * 10**9
DAY = 1_440


def at(text: str) -> int:
    """An ISO time in UTC, such as ``2024-03-10 07:00``, in nanoseconds since 1970."""
    time = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return int(time.timestamp()) * 10**9


def made(zone: str = "UTC", times: str = "", week: str = "", days: str = "") -> Schedule:
    """A schedule as an ini file describes it: ``09:30-16:00``, ``sun-fri``, ``mon tue``."""
    start, _, end = times.partition("-")
    start_day, _, end_day = week.partition("-")
    keys = {"start_time": start, "end_time": end, "start_day": start_day, "end_day": end_day}
    schedule = schedule_of(read_options(SCHEDULE, {"time_zone": zone, "days": days, **keys}))
    assert schedule is not None
    return schedule


class PeriodTests(SynchronousTestCase):
    """Examples: what is open when."""

    def assert_open(self, schedule: Schedule, start: str, end: str, following: str) -> None:
        """One period, in UTC, from its first nanosecond to its last, and the start of the next."""
        answer = (at(start), at(end), at(following))
        for now in (at(start), at(start) + 1, (at(start) + at(end)) // 2, at(end) - 1):
            told = (schedule.period(now), schedule.closes(now), schedule.opens(now))
            self.assertEqual(told, answer, f"{start}: {now}")

    def assert_closed(self, schedule: Schedule, start: str, end: str) -> None:
        """Closed from the first nanosecond to the last; open at the end."""
        for now in (at(start), at(start) + 1, (at(start) + at(end)) // 2, at(end) - 1):
            told = (schedule.period(now), schedule.closes(now), schedule.opens(now))
            self.assertEqual(told, (None, None, at(end)), f"{start}: {now}")
        self.assertEqual(schedule.period(at(end)), at(end))

    def test_daily(self) -> None:
        """Open for some hours of each day."""
        schedule = made(times="09:30-16:00:30")
        self.assert_open(schedule, "2024-01-01 09:30", "2024-01-01 16:00:30", "2024-01-02 09:30")
        self.assert_closed(schedule, "2024-01-01 16:00:30", "2024-01-02 09:30")

    def test_weekdays(self) -> None:
        """Open on some days only: 2024-01-05 is a Friday."""
        schedule = made(times="09:00-17:00", days="mon tue wed thu fri")
        self.assert_open(schedule, "2024-01-05 09:00", "2024-01-05 17:00", "2024-01-08 09:00")
        self.assert_closed(schedule, "2024-01-05 17:00", "2024-01-08 09:00")

    def test_over_midnight(self) -> None:
        """It belongs to the day on which it starts: Friday's goes on into Saturday."""
        schedule = made(times="22:00-05:00", days="wed fri")
        self.assert_open(schedule, "2024-01-05 22:00", "2024-01-06 05:00", "2024-01-10 22:00")
        self.assert_closed(schedule, "2024-01-06 05:00", "2024-01-10 22:00")

    def test_until_midnight(self) -> None:
        """An end at midnight is that of the day."""
        schedule = made(times="08:00-00:00")
        self.assert_open(schedule, "2024-01-05 08:00", "2024-01-06 00:00", "2024-01-06 08:00")
        self.assert_closed(schedule, "2024-01-06 00:00", "2024-01-06 08:00")

    def test_around_the_clock(self) -> None:
        """The same start and end: a new period at that time, and no pause."""
        schedule = made(NEW_YORK, "17:00-17:00")
        self.assert_open(schedule, "2024-01-04 22:00", "2024-01-05 22:00", "2024-01-05 22:00")
        self.assert_open(schedule, "2024-01-05 22:00", "2024-01-06 22:00", "2024-01-06 22:00")

    def test_around_the_clock_on_weekdays(self) -> None:
        """Open for 24 hours from each of them."""
        schedule = made(times="17:00-17:00", days="sun mon")
        self.assert_open(schedule, "2024-01-07 17:00", "2024-01-08 17:00", "2024-01-08 17:00")
        self.assert_open(schedule, "2024-01-08 17:00", "2024-01-09 17:00", "2024-01-14 17:00")
        self.assert_closed(schedule, "2024-01-09 17:00", "2024-01-14 17:00")

    def test_weekly(self) -> None:
        """One period from Sunday evening to Friday evening."""
        schedule = made(NEW_YORK, "18:00-17:00", "sun-fri")
        self.assert_open(schedule, "2024-01-07 23:00", "2024-01-12 22:00", "2024-01-14 23:00")
        self.assert_closed(schedule, "2024-01-12 22:00", "2024-01-14 23:00")

    def test_weekly_within_a_day(self) -> None:
        """Start and end on one weekday: hours of that day."""
        schedule = made(times="10:00-12:00", week="saturday-saturday")
        self.assert_open(schedule, "2024-01-06 10:00", "2024-01-06 12:00", "2024-01-13 10:00")
        self.assert_closed(schedule, "2024-01-06 12:00", "2024-01-13 10:00")

    def test_weekly_all_the_week(self) -> None:
        """The end at or before the start of one weekday: that of the week after."""
        schedule = made(times="10:00-10:00", week="sat-sat")
        self.assert_open(schedule, "2024-01-06 10:00", "2024-01-13 10:00", "2024-01-13 10:00")
        schedule = made(times="10:00-09:00", week="sat-sat")
        self.assert_open(schedule, "2024-01-06 10:00", "2024-01-13 09:00", "2024-01-13 10:00")
        self.assert_closed(schedule, "2024-01-13 09:00", "2024-01-13 10:00")

    def test_any_order(self) -> None:
        """What was asked before changes no answer: a clock may go back too."""
        schedule = made(times="09:00-17:00")
        nows = [at(f"2024-01-0{day} {hour:02}:00") for day in (3, 4, 5) for hour in range(24)]
        answers = {now: schedule.period(now) for now in nows}
        self.assertEqual(len(set(answers.values())), 4)
        Random(0).shuffle(nows)
        self.assertEqual({now: schedule.period(now) for now in nows}, answers)

    def test_first_day(self) -> None:
        """A clock that begins at 1970 is as good as any: that was a Thursday."""
        schedule = made(times="12:00-18:00", days="thu")
        self.assertEqual((schedule.period(0), schedule.opens(0)), (None, at("1970-01-01 12:00")))
        weekly = made(times="12:00-18:00", week="wed-fri")
        self.assertEqual(weekly.period(0), at("1969-12-31 12:00"))

    def test_impossible(self) -> None:
        """No weekday, no such weekday, no such time, no length, one into the next: not made."""
        zone = ZoneInfo("UTC")
        for start, end, days, length in (
            (0, 10, (), 0),
            (0, 10, (7,), 0),
            (0, 86_400, (0,), 0),
            (-1, 10, (0,), 0),
            (10, 10, (0,), 0),
            (10, 9, (0,), 0),
            (10, 11, (0,), 7),
            (10, 11, (1, 5, 6), 1),
            (10, 11, (0, 2, 6), 1),
        ):
            self.assertRaises(Bug, Schedule, zone, start, end, days, length)

    # Summer time. New York: 2024-03-10 07:00 to 2024-11-03 06:00 UTC, by an hour at 02:00. London:
    # 2024-03-31 01:00 to 2024-10-27 01:00. Lord Howe: by half an hour; it ends on 2024-04-06 15:00
    # UTC (02:00 becomes 01:30) and begins on 2024-10-05 15:30 UTC (02:00 becomes 02:30).

    def test_wall_clock(self) -> None:
        """Hours are those on the wall: earlier in UTC in summer, and a day may have 23 or 25."""
        schedule = made(NEW_YORK, "09:30-16:00")
        self.assert_open(schedule, "2024-03-09 14:30", "2024-03-09 21:00", "2024-03-10 13:30")
        self.assert_open(schedule, "2024-03-10 13:30", "2024-03-10 20:00", "2024-03-11 13:30")
        schedule = made(NEW_YORK, "00:00-00:00")
        self.assert_open(schedule, "2024-03-10 05:00", "2024-03-11 04:00", "2024-03-11 04:00")
        self.assert_open(schedule, "2024-11-03 04:00", "2024-11-04 05:00", "2024-11-04 05:00")
        schedule = made(LORD_HOWE, "00:00-00:00")
        self.assert_open(schedule, "2024-04-06 13:00", "2024-04-07 13:30", "2024-04-07 13:30")
        self.assert_open(schedule, "2024-10-05 13:30", "2024-10-06 13:00", "2024-10-06 13:00")

    def test_start_skipped(self) -> None:
        """A start that does not exist is the moment of the jump."""
        schedule = made(NEW_YORK, "02:30-10:00")
        self.assert_open(schedule, "2024-03-10 07:00", "2024-03-10 14:00", "2024-03-11 06:30")
        schedule = made(LONDON, "01:59:59-10:00")
        self.assert_open(schedule, "2024-03-31 01:00", "2024-03-31 09:00", "2024-04-01 00:59:59")
        schedule = made(LORD_HOWE, "02:10-10:00")
        self.assert_open(schedule, "2024-10-05 15:30", "2024-10-05 23:00", "2024-10-06 15:10")

    def test_edges_of_the_jump(self) -> None:
        """The first time skipped, the last before it, and the first after it."""
        for times, start in (
            ("01:59:59-10:00", "2024-03-10 06:59:59"),
            ("02:00-10:00", "2024-03-10 07:00"),
            ("02:59:59-10:00", "2024-03-10 07:00"),
            ("03:00-10:00", "2024-03-10 07:00"),
            ("03:00:01-10:00", "2024-03-10 07:00:01"),
        ):
            schedule = made(NEW_YORK, times)
            self.assertEqual(schedule.period(at("2024-03-10 12:00")), at(start), times)

    def test_end_skipped(self) -> None:
        """Nor is there a hole in a 24-hour session that changes over then, or a period twice."""
        schedule = made(NEW_YORK, "22:00-02:30")
        self.assert_open(schedule, "2024-03-10 03:00", "2024-03-10 07:00", "2024-03-11 02:00")
        schedule = made(NEW_YORK, "02:30-02:30")
        self.assert_open(schedule, "2024-03-09 07:30", "2024-03-10 07:00", "2024-03-10 07:00")
        self.assert_open(schedule, "2024-03-10 07:00", "2024-03-11 06:30", "2024-03-11 06:30")

    def test_all_skipped(self) -> None:
        """A period within the hour that is skipped does not take place."""
        schedule = made(NEW_YORK, "02:15-02:45")
        self.assert_closed(schedule, "2024-03-09 07:45", "2024-03-11 06:15")
        self.assertIsNone(schedule.period(at("2024-03-10 07:00")))
        weekly = made(NEW_YORK, "02:15-02:45", "sun-sun")
        self.assert_closed(weekly, "2024-03-03 07:45", "2024-03-17 06:15")

    def test_shown_twice(self) -> None:
        """Of a start or an end that is shown twice the first one counts."""
        schedule = made(NEW_YORK, "01:30-10:00")
        self.assert_open(schedule, "2024-11-03 05:30", "2024-11-03 15:00", "2024-11-04 06:30")
        schedule = made(LONDON, "22:00-01:00")
        self.assert_open(schedule, "2024-10-26 21:00", "2024-10-27 00:00", "2024-10-27 22:00")
        schedule = made(LONDON, "01:15-01:45")
        self.assert_open(schedule, "2024-10-27 00:15", "2024-10-27 00:45", "2024-10-28 01:15")
        self.assert_closed(schedule, "2024-10-27 00:45", "2024-10-28 01:15")
        schedule = made(LORD_HOWE, "01:30-01:30")
        self.assert_open(schedule, "2024-04-06 14:30", "2024-04-07 15:00", "2024-04-07 15:00")

    def test_midnight_twice(self) -> None:
        """Newfoundland put its clock back over midnight, at 00:01: the day before came again."""
        schedule = made("America/St_Johns", "00:00-00:00")
        self.assert_open(schedule, "2010-11-06 02:30", "2010-11-07 02:30", "2010-11-07 02:30")
        self.assert_open(schedule, "2010-11-07 02:30", "2010-11-08 03:30", "2010-11-08 03:30")
        first_asked = made("America/St_Johns", "00:00-00:00").period(at("2010-11-07 03:00"))
        self.assertEqual(first_asked, at("2010-11-07 02:30"))

    def test_day_skipped(self) -> None:
        """Samoa had no 2011-12-30: that day's period is none, in a session of weekdays too."""
        schedule = made("Pacific/Apia", "00:00-00:00")
        self.assert_open(schedule, "2011-12-29 10:00", "2011-12-30 10:00", "2011-12-30 10:00")
        self.assert_open(schedule, "2011-12-30 10:00", "2011-12-31 10:00", "2011-12-31 10:00")
        fridays = made("Pacific/Apia", "09:00-17:00", days="fri")
        self.assert_closed(fridays, "2011-12-24 03:00", "2012-01-05 19:00")


Runs = list[tuple[int, int, int | None]]
"""Stretches of time by start and end in nanoseconds, and the day that each belongs to or None."""


@cache
def walls(zone: str, start: str, days: int, step: int) -> list[int]:
    """
    What the clock shows at each step, in minutes, or the latest that it ever did.

    So a clock that is put back stands, until it has caught up.
    """
    first = datetime.fromisoformat(start).replace(tzinfo=UTC)
    latest = 0
    found: list[int] = []
    for minute in range(0, days * DAY, step):
        local = (first + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
        latest = max(latest, local.toordinal() * DAY + local.hour * 60 + local.minute)
        found.append(latest)
    return found


def naive_runs(
    shown: list[int], first: int, step: int, hours: tuple[int, int, int], days: frozenset[int]
) -> Runs:
    """Step by step: which day's period is on now, by the clock on the wall?"""
    start, end, length = hours
    runs: Runs = []
    begun, last = first, 0
    current: int | None = None
    for index, wall in enumerate(shown):
        if wall == last:
            continue
        last = wall
        now = first + index * step * MINUTE
        found = None
        for day in range(wall // DAY, wall // DAY - length - 1, -1):
            if date.fromordinal(day).weekday() in days:
                if day * DAY + start <= wall < (day + length) * DAY + end:
                    found = day
        if found != current:
            if index:
                runs.append((begun, now, current))
            begun, current = now, found
    return runs


@st.composite
def described(draw: st.DrawFn) -> tuple[int, int, tuple[int, ...], int]:
    """Start and end (minutes, mostly of the early hours), weekdays, and the days it lasts."""
    minute = st.one_of(st.integers(0, 240), st.integers(0, DAY - 1))
    start, end = draw(minute), draw(st.one_of(minute, minute, st.none()))
    end = start if end is None else end
    if draw(st.booleans()):
        days = draw(st.sets(st.integers(0, 6), min_size=1))
        return start, end, tuple(days), 0 if start < end else 1
    length = draw(st.integers(0, 7 if end <= start else 6))
    if length == 0 and end <= start:
        length = 7
    return start, end, (draw(st.integers(0, 6)),), length


class OracleTests(SynchronousTestCase):
    """Generated schedules against stepping through time with an eye on the clock."""

    def check(
        self,
        zone: str,
        start: str,
        days: int,
        step: int,
        drawn: tuple[int, int, tuple[int, ...], int],
    ) -> None:
        """All changes of a stretch of time, asked in any order, are those that stepping finds."""
        opens, ends, weekdays, length = drawn
        opens, ends = opens - opens % step, ends - ends % step
        if length == 0 and ends <= opens:
            ends = opens + step
        schedule = Schedule(ZoneInfo(zone), opens * 60, ends * 60, weekdays, length)
        shown = walls(zone, start, days, step)
        runs = naive_runs(shown, at(start), step, (opens, ends, length), frozenset(weekdays))
        cases = list(self.expected(runs[1:]))  # of the first one the start is not known
        Random(opens).shuffle(cases)
        for now, answer in cases:
            told = (schedule.period(now), schedule.closes(now), schedule.opens(now))
            self.assertEqual(told, answer, (zone, now))

    def expected(self, runs: Runs) -> Iterator[tuple[int, tuple[int | None, int | None, int]]]:
        """Times at the edges of each run, and what is to be told then."""
        opening = None
        for start, end, day in reversed(runs):
            if opening is not None:
                answer = (None if day is None else start, None if day is None else end, opening)
                yield from ((now, answer) for now in (start, (start + end) // 2, end - 1))
            if day is not None:
                opening = start

    @settings(max_examples=amount(4, 16), derandomize=True, deadline=None, database=None)
    @given(described(), st.sampled_from([NEW_YORK, LONDON, LORD_HOWE, "Asia/Kolkata"]))
    def test_year(self, drawn: tuple[int, int, tuple[int, ...], int], zone: str) -> None:
        """A year and more, by the quarter of an hour."""
        self.check(zone, "2023-12-15", 390, 15, drawn)

    @settings(max_examples=amount(8, 32), derandomize=True, deadline=None, database=None)
    @given(
        described(),
        st.sampled_from(
            [
                (NEW_YORK, "2024-02-25"),
                (NEW_YORK, "2024-10-20"),
                (LONDON, "2024-03-17"),
                (LONDON, "2024-10-13"),
                (LORD_HOWE, "2024-03-24"),
                (LORD_HOWE, "2024-09-22"),
                ("America/St_Johns", "2010-10-24"),
                ("Pacific/Apia", "2011-12-16"),
            ]
        ),
    )
    def test_changes(
        self, drawn: tuple[int, int, tuple[int, ...], int], change: tuple[str, str]
    ) -> None:
        """Two weeks before and two weeks after each kind of change of the clock, by the minute."""
        self.check(*change, 28, 1, drawn)


class OptionTests(SynchronousTestCase):
    """The keys of a schedule, each alone and together."""

    def test_none(self) -> None:
        """Nothing said: open always."""
        values = read_options(SCHEDULE, {})
        self.assertIsNone(schedule_of(values))
        self.assertEqual(str(values["time_zone"]), "UTC")
        self.assertIsNone(schedule_of(read_options(SCHEDULE, {"time_zone": LONDON})))

    def test_values(self) -> None:
        """Text that means something."""
        self.assertEqual(time_of_day("00:00"), 0)
        self.assertEqual(time_of_day("23:59:59"), 86_399)
        self.assertEqual(weekday("Sun"), 6)
        self.assertEqual(weekday("MONDAY"), 0)
        self.assertEqual(weekdays("fri, mon tuesday,fri"), (0, 1, 4))
        self.assertEqual(weekdays(""), ())
        self.assertEqual(time_zone(LORD_HOWE), ZoneInfo(LORD_HOWE))

    def test_refused(self) -> None:
        """Text that does not, and what would be right."""
        for key, value, why in (
            ("start_time", "24:00", "'24:00' is no time of day: give HH:MM or HH:MM:SS, from"),
            ("start_time", "9:30", "is no time of day"),
            ("start_time", "09:60", "is no time of day"),
            ("start_time", "09:30:60", "is no time of day"),
            ("end_time", "09:30\n", "is no time of day"),
            ("end_time", "٠٩:٣٠", "is no time of day"),
            ("start_day", "so", "'so' is no weekday: give one of mon, tue, wed, thu, fri, sat"),
            ("end_day", "6", "is no weekday"),
            ("days", "mon-fri", "'mon-fri' is no weekday"),
            ("time_zone", "America/New York", "did you mean 'America/New_York'?"),
            ("time_zone", "europe/londn", "did you mean 'Europe/London'?"),
            ("time_zone", "chicago", "did you mean 'America/Chicago'?"),
            ("time_zone", "zzzzzzzzz", "give one such as Europe/London"),
            ("time_zone", "", "'' is no time zone of the IANA database"),
            ("time_zone", "Europe", "is no time zone"),
            ("time_zone", "/etc/localtime", "is no time zone"),
            ("time_zone", "../zoneinfo/UTC", "is no time zone"),
            ("time_zone", "right/UTC", "is no time zone"),
            ("time_zone", "localtime", "is no time zone"),
        ):
            error = self.assertRaises(ValueError, read_options, SCHEDULE, {key: value})
            self.assertIn(f"{key}: ", str(error))
            self.assertIn(why, str(error))

    def test_no_zones(self) -> None:
        """A machine without the database says what to install, not that the zone is wrong."""
        self.assertIn("install the Python package tzdata", no_zone("UTC", set()))
        self.assertIn("did you mean 'UTC'?", no_zone("utc", {"UTC", "Europe/London"}))

    def test_together(self) -> None:
        """Values that are right alone, and wrong together."""
        hours = {"start_time": "09:00", "end_time": "17:00"}
        for keys, why in (
            ({"end_time": "17:00"}, "end_time is given without start_time: give both, or neither"),
            ({"start_time": "00:00"}, "start_time is given without end_time"),
            ({**hours, "start_day": "mon"}, "start_day is given without end_day"),
            ({**hours, "end_day": "mon"}, "end_day is given without start_day"),
            ({"start_day": "mon", "end_day": "fri"}, "start_day needs start_time and end_time"),
            ({"days": "mon"}, "days needs start_time and end_time"),
            (
                {**hours, "start_day": "mon", "end_day": "fri", "days": "tue"},
                "days are for a daily session, start_day and end_day for a weekly one",
            ),
        ):
            values = read_options(SCHEDULE, keys)
            error = self.assertRaises(ValueError, schedule_of, values)
            self.assertIn(why, str(error))
