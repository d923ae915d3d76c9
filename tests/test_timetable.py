"""When phases begin: trading days, summer time, holidays and early closes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.calendars import calendar_of, zone_of
from exsim.config.trading_day import moment, schedule
from exsim.dispatch.phases import phase_of
from exsim.dispatch.timetable import Calendar, Timetable
from exsim.model.codes import Phase

DAY = "09:00 pre-open, 09:30 continuous, 16:00 closing-auction, 16:10 closed"


def timetable(text: str = DAY, zone: str = "UTC", calendar: Calendar | None = None) -> Timetable:
    """A timetable of a schedule, on weekdays."""
    entries = [(second, phase_of(name)) for second, name in schedule(text)]
    return Timetable(entries, ZoneInfo(zone), calendar or Calendar(range(5)))


def shown(time: int) -> str:
    """A time in UTC, to the second."""
    return datetime.fromtimestamp(time // 10**9, UTC).isoformat()[:19]


class TimetableTests(SynchronousTestCase):
    """What begins when."""

    def test_current_and_following(self) -> None:
        """A phase holds from its beginning up to the next, over nights and weekends."""
        table = timetable()
        for now, current, following in (
            ("2026-01-05T09:00:00Z", "pre-open", "2026-01-05T09:30:00"),
            ("2026-01-05T08:59:59Z", "closed", "2026-01-05T09:00:00"),
            ("2026-01-05T09:29:59.999999Z", "pre-open", "2026-01-05T09:30:00"),
            ("2026-01-09T16:10:00Z", "closed", "2026-01-12T09:00:00"),
            ("2026-01-11T12:00:00Z", "closed", "2026-01-12T09:00:00"),
        ):
            found, next_one = table.current(moment(now)), table.following(moment(now))
            assert found is not None and next_one is not None
            self.assertEqual((found[1].value, shown(next_one[0])), (current, following), now)

    def test_agenda(self) -> None:
        """All of a day; once that is over the next trading day, too, over a weekend."""
        table = timetable()
        for now, days in (
            ("2026-01-09T00:00:00Z", "09"),
            ("2026-01-09T16:09:59Z", "09"),
            ("2026-01-09T16:10:00Z", "09 12"),
            ("2026-01-11T12:00:00Z", "12"),
        ):
            found = [shown(begins) for begins, _ in table.agenda(moment(now))]
            times = ("09:00:00", "09:30:00", "16:00:00", "16:10:00")
            wanted = [f"2026-01-{day}T{time}" for day in days.split() for time in times]
            self.assertEqual(found, wanted, now)

    def test_never(self) -> None:
        """A venue without any trading day has neither."""
        table = timetable(calendar=Calendar(range(7), 0, 10**6))
        self.assertIsNone(table.current(0))
        self.assertIsNone(table.following(0))
        self.assertEqual(table.agenda(0), [])

    def test_summer_time(self) -> None:
        """It is the clock on the wall that counts."""
        table = timetable(zone="America/New_York")
        for day, opens in (("2026-03-06", "14:30:00"), ("2026-03-09", "13:30:00")):
            found = table.beginnings(date.fromisoformat(day).toordinal())
            self.assertEqual(shown(found[1][0]), f"{day}T{opens}")

    def test_skipped_hour(self) -> None:
        """Of two that would begin in an hour that is skipped, the later one does."""
        table = timetable("02:10 pre-open, 02:20 continuous", "Europe/Berlin", Calendar())
        found = table.beginnings(date(2026, 3, 29).toordinal())
        self.assertEqual([phase for _, phase in found], [Phase.CONTINUOUS])

    def test_early_close(self) -> None:
        """The end of the day comes earlier, and what it would overtake is left out."""
        day = date(2026, 1, 5).toordinal()
        for earlier, expected in (
            (
                3 * 3600,
                ["09:00 pre-open", "09:30 continuous", "13:00 closing-auction", "13:10 closed"],
            ),
            (27000, ["08:30 closing-auction", "08:40 closed"]),
        ):
            table = timetable(calendar=Calendar(early={day: earlier}))
            found = [f"{shown(time)[11:16]} {phase.value}" for time, phase in table.beginnings(day)]
            self.assertEqual(found, expected)


class CalendarTests(SynchronousTestCase):
    """Real exchanges."""

    def test_new_york(self) -> None:
        """Holidays, and the day after Thanksgiving."""
        calendar = calendar_of("XNYS", range(7))
        self.assertEqual(zone_of("XNYS"), "America/New_York")
        for day, trades, earlier in (
            (date(2026, 7, 3), False, 0),
            (date(2026, 11, 26), False, 0),
            (date(2026, 11, 27), True, 3 * 3600),
            (date(2026, 11, 28), False, 0),
            (date(2026, 11, 30), True, 0),
        ):
            ordinal = day.toordinal()
            self.assertEqual((calendar.open(ordinal), calendar.earlier(ordinal)), (trades, earlier))

    def test_beyond(self) -> None:
        """Where the package knows nothing, weekdays count."""
        calendar = calendar_of("XNYS", range(5))
        self.assertTrue(calendar.open(date(2060, 1, 1).toordinal()))
        self.assertFalse(calendar.open(date(2060, 1, 3).toordinal()))

    def test_unknown(self) -> None:
        """What there is is said."""
        with self.assertRaisesRegex(ValueError, "'XXXX' is no calendar.*XNYS"):
            zone_of("XXXX")
