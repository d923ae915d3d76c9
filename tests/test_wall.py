"""Days in the time zone of a venue: orders that end with one, and volumes that count for one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.trading_day import moment
from exsim.dispatch.wall import LAST, Wall
from exsim.model.amounts import UNIT
from exsim.model.codes import Side, TimeInForce
from exsim.model.instructions import Instructions
from exsim.model.participants import AccountSettings, FeeTier, Participants
from exsim.model.requests import NewOrder
from exsim.model.settings import DaySettings
from tests.amount import amount
from tests.market import Market, order, told

NEW_YORK = ZoneInfo("America/New_York")
SECOND = 10**9
HOUR = 3_600 * SECOND
EPOCH = date(1970, 1, 1)
JANUARY_5 = (date(2026, 1, 5) - EPOCH).days


class WallTests(SynchronousTestCase):
    """The clock alone."""

    def test_new_york(self) -> None:
        """A day there ends five hours after UTC's, in summer four; one in spring has 23 hours."""
        wall = Wall(NEW_YORK)
        self.assertEqual(wall.end(JANUARY_5), moment("2026-01-06T05:00:00Z"))
        self.assertEqual(wall.day(moment("2026-01-06T04:59:59Z")), JANUARY_5)
        self.assertEqual(wall.day(moment("2026-01-06T05:00:00Z")), JANUARY_5 + 1)
        spring = JANUARY_5 + 62  # March 8
        self.assertEqual(wall.end(spring) - wall.end(spring - 1), 23 * HOUR)

    @profile(derandomize=True, deadline=None, max_examples=amount(50, 200))
    @given(st.lists(st.integers(0, 4 * 10**9), min_size=1, max_size=5))
    def test_what_a_clock_shows(self, times: list[int]) -> None:
        """Whatever was asked before, the day is that of the library's clock."""
        wall = Wall(ZoneInfo("Europe/London"))
        for seconds in times:
            shown = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
            local = shown.astimezone(ZoneInfo("Europe/London")).date()
            self.assertEqual(wall.day(seconds * SECOND), (local - EPOCH).days)

    def test_the_last_day(self) -> None:
        """A day after the last that a calendar has ends with that."""
        wall = Wall(NEW_YORK)
        self.assertEqual(wall.end(LAST + 5), wall.end(LAST))


class EndTests(SynchronousTestCase):
    """Orders good till a date."""

    def setUp(self) -> None:
        """A market in New York."""
        self.market = Market(day=DaySettings(time_zone="America/New_York"))
        self.market.now = moment("2026-01-05T15:00:00Z")

    def enter(self, name: str, **asked: int) -> list[str]:
        """Enter a GTD order."""
        extra = Instructions(**asked)  # type: ignore[arg-type]  # whole numbers, all of them
        gtd = int(TimeInForce.GTD)
        terms = NewOrder("S", name, "AAA", 1, 2, gtd, 10 * UNIT, 9 * UNIT, extra=extra)
        return told(self.market.submit(terms))

    def until(self, text: str) -> list[str]:
        """Let it be so late."""
        return told(self.market.advance(moment(text) - self.market.now))

    def test_end_of_the_day_there(self) -> None:
        """It rests beyond midnight UTC, and ends as the day does in New York."""
        self.assertEqual(self.enter("A", expire_day=JANUARY_5), ["A new 0/10"])
        self.assertEqual(self.until("2026-01-06T04:59:59Z"), [])
        self.assertEqual(self.until("2026-01-06T05:00:00Z"), ["A expired 0/0"])

    def test_a_time_is_a_time(self) -> None:
        """An ExpireTime counts as it is, also where there is a date."""
        self.enter("A", expire=moment("2026-01-05T16:00:00Z"), expire_day=JANUARY_5)
        self.assertEqual(self.until("2026-01-05T16:00:00Z"), ["A expired 0/0"])

    def test_over(self) -> None:
        """A day that is over there is refused; one that is over by UTC alone is not."""
        self.market.now = moment("2026-01-06T04:00:00Z")
        self.assertEqual(self.enter("A", expire_day=JANUARY_5 - 1), ["A rejected STALE 0/0"])
        self.assertEqual(self.enter("B", expire_day=JANUARY_5), ["B new 0/10"])
        self.assertEqual(self.enter("C"), ["C rejected STALE 0/0"])


class FeeTests(SynchronousTestCase):
    """Volumes of a day."""

    def test_a_day_there(self) -> None:
        """What was traded after midnight UTC counts for the day that it still is in New York."""
        fees = (
            FeeTier("plain", ("share", 0), ("share", 3 * UNIT)),
            FeeTier("daily", ("share", 0), ("share", UNIT), 10 * UNIT, "day"),
        )
        day = DaySettings(time_zone="America/New_York")
        accounts = (AccountSettings(""),)
        market = Market(day=day, participants=Participants(accounts=accounts, fees=fees))
        paid = []
        for text in ("2026-01-05T23:00:00Z", "2026-01-06T04:00:00Z", "2026-01-06T05:00:00Z"):
            market.now = moment(text)
            risk = market.venue.risk
            assert risk is not None
            before = risk.ledger.use("T").fees
            market.enter(f"M{text}", Side.SELL, 10, 9)
            terms = order(f"T{text}", Side.BUY, 10, 9)
            terms.account = "T"
            market.submit(terms)
            paid.append((risk.ledger.use("T").fees - before) // UNIT)
        self.assertEqual(paid, [30, 10, 30])
