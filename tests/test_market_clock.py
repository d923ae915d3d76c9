"""The clock of a market: real, scaled, by hand; and the same times when it is restored."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.market_clock import MANUAL, PAST, REAL, SCALED, MarketClock
from exsim.errors import Conflict
from exsim.interfaces import IPolicy, IView
from exsim.model.amounts import UNIT
from exsim.model.decisions import Decision
from exsim.model.options import read_options
from exsim.model.requests import Request
from exsim.model.settings import PolicySettings
from exsim.policies.delay import Delay
from exsim.policies.match import Match
from exsim.services.snapshots import plain
from tests.amount import amount
from tests.simulator import SECOND, LinePlugins, MemorySimulator, RestTestCase, settings

NOW = 1_700_000_000 * SECOND
DAY = 86_400 * SECOND


class ClockTests(SynchronousTestCase):
    """Market time of real time, and back."""

    def test_real(self) -> None:
        """They are the same."""
        clock = MarketClock()
        self.assertEqual((clock.time(NOW), clock.due(NOW)), (NOW, NOW))

    def test_manual(self) -> None:
        """It stands still; what is ahead is never due by itself."""
        clock = MarketClock()
        clock.set(MANUAL, UNIT, NOW + 5, NOW)
        self.assertEqual(clock.time(NOW + DAY), NOW + 5)
        self.assertIsNone(clock.due(NOW + 6))
        self.assertEqual(clock.due(NOW + 5), PAST)
        clock.move(NOW + 6, NOW + DAY)
        self.assertEqual((clock.time(0), clock.due(NOW + 6)), (NOW + 6, PAST))

    def test_scaled(self) -> None:
        """It goes so many times as fast, from where it was set."""
        clock = MarketClock()
        clock.start(SCALED, 60 * UNIT, 0, NOW)
        self.assertEqual(clock.time(NOW + SECOND), 60 * SECOND)
        self.assertEqual(clock.due(60 * SECOND), NOW + SECOND)
        self.assertEqual(clock.time(NOW - 1), 0)

    def test_late(self) -> None:
        """In real time, however fast the market's goes; what is done by hand is never late."""
        clock = MarketClock()
        self.assertEqual([clock.late(NOW, NOW + late) for late in (7, 0, -7)], [7, 0, 0])
        clock.start(SCALED, 60 * UNIT, 0, NOW)
        self.assertEqual(clock.late(60 * SECOND, NOW + 3 * SECOND), 2 * SECOND)
        clock.start(MANUAL, UNIT, 5, NOW)
        self.assertEqual([clock.late(time, NOW + DAY) for time in (4, 5, 6)], [0, 0, 0])

    def test_not_back(self) -> None:
        """Market time never decreases."""
        clock = MarketClock()
        clock.set(MANUAL, UNIT, NOW + 5, NOW)
        self.assertRaises(Conflict, clock.set, MANUAL, UNIT, NOW + 4, NOW)
        self.assertRaises(Conflict, clock.set, REAL, UNIT, 0, NOW)
        self.assertEqual((clock.mode, clock.time(NOW)), (MANUAL, NOW + 5))
        clock.set(REAL, UNIT, 0, NOW + 5)
        self.assertTrue(clock.real)

    @profile(max_examples=amount(50, 200), derandomize=True, deadline=None)
    @given(st.integers(UNIT // 10, 1000 * UNIT), st.integers(0, DAY), st.integers(0, DAY))
    def test_due_is_the_first_time(self, scale: int, start: int, ahead: int) -> None:
        """At the real time that is told the market has that time, a moment before it has not."""
        clock = MarketClock()
        clock.start(SCALED, scale, start, NOW)
        due = clock.due(start + ahead)
        assert due is not None
        self.assertGreaterEqual(clock.time(max(due, NOW)), start + ahead)
        if ahead and due > NOW:
            self.assertLess(clock.time(due - 1), start + ahead)

    def test_restored(self) -> None:
        """It goes on as it did."""
        clock, again = MarketClock(), MarketClock()
        clock.start(SCALED, UNIT // 2, NOW, NOW)
        again.restore(plain(clock.state()))
        self.assertEqual(again.time(NOW + 100), clock.time(NOW + 100))
        self.assertFalse(again.real)


class RestTests(RestTestCase):
    """The clock over REST."""

    BUY = {"symbol": "AAA", "side": "BUY", "quantity": "1", "price": "10"}

    def test_by_hand(self) -> None:
        """It is set, advanced and told; reports and trades have its time."""
        start = "2030-01-01T00:00:00Z"
        self.ask("PUT", "/venues/X/clock", {"mode": "manual", "time": start}, 409)
        near = self.memory.now()
        self.assertLess(near, 10**18)
        clock = self.ask("PUT", "/venues/X/clock", {"mode": "manual"})
        self.assertEqual(
            (clock["mode"], clock["time"]), ("manual", "1970-01-12T13:46:40.000000000Z")
        )
        clock = self.post("/venues/X/clock/advance", {"by": "90s"})
        self.assertEqual(clock["time"], "1970-01-12T13:48:10.000000000Z")
        self.memory.reactor.advance(100)
        self.assertEqual(self.get("/venues/X/clock"), clock)
        self.post("/venues/X/orders", self.BUY)
        self.post("/venues/X/orders", self.BUY | {"side": "SELL"})
        (trade,) = self.get("/venues/X/trades")["items"]
        self.assertEqual(trade["time"], clock["time"])

    def test_refused(self) -> None:
        """A real clock is not advanced; none goes back, or years ahead at once."""
        self.post("/venues/X/clock/advance", {"by": "1s"}, 409)
        self.ask("PUT", "/venues/X/clock", {"mode": "manual"})
        self.post("/venues/X/clock/advance", {"to": "1970-01-01T00:00:00Z"}, 409)
        self.post("/venues/X/clock/advance", {"by": "401d"}, 409)
        self.post("/venues/X/clock/advance", {"by": "1d", "to": "1970-01-13T00:00:00Z"}, 422)
        self.post("/venues/X/clock/advance", {"by": "1d"})
        self.ask("PUT", "/venues/X/clock", {"mode": "real"}, 409)
        self.post("/reset")
        self.assertEqual(self.get("/venues/X/clock")["mode"], "real")

    def test_scaled(self) -> None:
        """What is delayed falls due as the market's time comes to it."""
        self.ask("PUT", "/venues/X/clock", {"mode": "scaled", "scale": "60"})
        before = self.get("/venues/X/clock")["time"]
        self.memory.reactor.advance(1)
        clock = self.get("/venues/X/clock")
        self.assertEqual(
            (before, clock["time"]),
            ("1970-01-12T13:46:40.000000000Z", "1970-01-12T13:47:40.000000000Z"),
        )
        self.assertEqual(clock["scale"], "60")


class Watch(Match):
    """Matches, and notes what time it is at the venue, in ``times``."""

    memory: MemorySimulator
    times: ClassVar[list[tuple[int, int]]] = []

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """Match."""
        venue = self.memory.exchange.dispatcher.venue("X")
        self.times.append((now, venue.time(self.memory.now())))
        return super().decide(request, view, now)


class WatchPlugins(LinePlugins):
    """The usual ones, but for one that looks at the clock."""

    def policy(self, kind: str) -> type[IPolicy]:
        """The watch, in the place of what matches."""
        return Watch if kind == "match" else super().policy(kind)


class DelayTests(RestTestCase):
    """What a policy delays is on the market's clock."""

    def setUp(self) -> None:
        """A venue whose orders wait for a second."""
        delay = PolicySettings("delay", "delay", read_options(Delay.options, {"time": "1s"}))
        match = PolicySettings("match", "match", read_options(Match.options, {}))
        self.start(replace(settings("delay", "match"), policies=(delay, match)), WatchPlugins())
        Watch.memory, Watch.times = self.memory, []

    def test_by_hand(self) -> None:
        """It goes on when the clock is advanced, and not before."""
        self.ask("PUT", "/venues/X/clock", {"mode": "manual"})
        outcome = self.post("/venues/X/orders", RestTests.BUY)
        self.assertEqual(outcome["outcome"], "pending")
        self.memory.reactor.advance(3600)
        self.assertEqual(self.get("/venues/X/orders")["items"], [])
        self.post("/venues/X/clock/advance", {"by": "1h"})
        self.assertEqual(len(self.get("/venues/X/orders")["items"]), 1)

    def test_each_at_its_own_time(self) -> None:
        """While something is done that fell due, the market's time is that at which it did."""
        self.ask("PUT", "/venues/X/clock", {"mode": "manual"})
        start = self.memory.now()
        self.post("/venues/X/orders", RestTests.BUY)
        self.post("/venues/X/clock/advance", {"by": "500ms"})
        self.post("/venues/X/orders", RestTests.BUY)
        self.post("/venues/X/clock/advance", {"by": "1h"})
        expected = [start + SECOND, start + 3 * SECOND // 2]
        self.assertEqual(Watch.times, [(time, time) for time in expected])
