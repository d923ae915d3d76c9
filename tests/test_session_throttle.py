"""Throttles: never more than so many in any window, never fewer, and a queue that keeps order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import Bug
from exsim.model.options import read_options
from exsim.protocols.session_options import THROTTLE, throttle_of
from exsim.sessions.throttle import Throttle, Waiting
from tests.amount import amount

START = 1_700_000_000_000_000_000
SECOND = 1_000_000_000


class NaiveThrottle:
    """Looks at all that was ever admitted, by how much time has gone by."""

    def __init__(self, messages: int, interval: int) -> None:
        self.messages = messages
        self.interval = interval
        self.admitted: list[int] = []

    def has_room(self, elapsed: int) -> bool:
        """Whether fewer than so many lie in the window that ends with this moment."""
        recent = [time for time in self.admitted if elapsed - time < self.interval]
        return len(recent) < self.messages

    def admit(self, elapsed: int) -> bool:
        """The same as the real one has it."""
        room = self.has_room(elapsed)
        if room:
            self.admitted.append(elapsed)
        return room

    def wait(self, elapsed: int) -> int:
        """How long until there is room, found by waiting."""
        return next(wait for wait in range(self.interval + 1) if self.has_room(elapsed + wait))


class ThrottleTests(SynchronousTestCase):
    """What is let through, and when there is room again."""

    def test_window(self) -> None:
        """The window slides: two at its end and two of the next second are not four in one."""
        throttle = Throttle(2, SECOND)
        for after, admitted in (
            (900_000_000, True),
            (999_999_999, True),
            (1_000_000_000, False),
            (1_899_999_999, False),
            (1_900_000_000, True),
            (1_999_999_998, False),
            (1_999_999_999, True),
            (1_999_999_999, False),
        ):
            self.assertIs(throttle.admit(START + after), admitted, after)

    def test_refused_is_not_counted(self) -> None:
        """Who tries again and again is let through as soon as who waits."""
        throttle = Throttle(1, 10)
        tries = [throttle.admit(START + after) for after in range(21)]
        self.assertEqual([after for after, let in enumerate(tries) if let], [0, 10, 20])

    def test_room_at(self) -> None:
        """Now, while there is room; else as the oldest that counts leaves the window."""
        throttle = Throttle(2, 100)
        self.assertEqual(throttle.room_at(START), START)
        throttle.admit(START)
        self.assertEqual(throttle.room_at(START + 10), START + 10)
        throttle.admit(START + 10)
        self.assertEqual(throttle.room_at(START + 20), START + 100)
        self.assertEqual(throttle.room_at(START + 99), START + 100)
        self.assertEqual(throttle.room_at(START + 500), START + 500)
        throttle.admit(START + 500)
        self.assertEqual(throttle.room_at(START + 500), START + 500)

    def test_clock_put_back(self) -> None:
        """It counts as a clock that stood still: nobody waits for hours, none gets in early."""
        hour = 3_600 * SECOND
        throttle = Throttle(1, SECOND)
        self.assertTrue(throttle.admit(START))
        self.assertEqual(throttle.room_at(START - hour), START - hour + SECOND)
        self.assertFalse(throttle.admit(START - hour))
        self.assertFalse(throttle.admit(START - hour + SECOND - 1))
        self.assertTrue(throttle.admit(START - hour + SECOND))
        self.assertFalse(throttle.admit(START - 2 * hour))
        self.assertEqual(throttle.room_at(START - 2 * hour), START - 2 * hour + SECOND)
        self.assertTrue(throttle.admit(START - 2 * hour + SECOND))

    def test_no_use(self) -> None:
        """A throttle that would let nothing through is not made."""
        self.assertRaises(Bug, Throttle, 0, SECOND)
        self.assertRaises(Bug, Throttle, 1, 0)

    @settings(max_examples=amount(50, 200), derandomize=True, deadline=None, database=None)
    @given(
        st.integers(1, 5),
        st.integers(1, 12),
        st.lists(st.tuples(st.integers(-6, 8), st.booleans()), max_size=60),
    )
    def test_oracle(self, messages: int, interval: int, steps: list[tuple[int, bool]]) -> None:
        """Admissions and waits are those of a list of everything, however the clock goes."""
        throttle, naive = Throttle(messages, interval), NaiveThrottle(messages, interval)
        now, elapsed = START, 0
        for step, asks in steps:
            now += step
            elapsed += max(0, step)
            if asks:
                self.assertEqual(throttle.room_at(now) - now, naive.wait(elapsed))
            self.assertIs(throttle.admit(now), naive.admit(elapsed))


class WaitingTests(SynchronousTestCase):
    """Messages wait for room, in order, and not too many."""

    def test_order(self) -> None:
        """What comes while others wait goes behind them, even if there is room by then."""
        waiting: Waiting[str] = Waiting(Throttle(1, 10), 5)
        self.assertIsNone(waiting.due(START))
        self.assertIsNone(waiting.pop_due(START))
        self.assertTrue(waiting.admit(START))
        self.assertFalse(waiting.admit(START + 1))
        self.assertTrue(waiting.push("a"))
        self.assertFalse(waiting.admit(START + 10))
        self.assertTrue(waiting.push("b"))
        self.assertEqual(waiting.due(START + 5), START + 10)
        self.assertIsNone(waiting.pop_due(START + 9))
        self.assertEqual(waiting.due(START + 12), START + 12)
        self.assertEqual(waiting.pop_due(START + 12), "a")
        self.assertIsNone(waiting.pop_due(START + 12))
        self.assertEqual(waiting.due(START + 12), START + 22)
        self.assertEqual(waiting.pop_due(START + 22), "b")
        self.assertIsNone(waiting.due(START + 40))
        self.assertTrue(waiting.admit(START + 40))

    def test_idle_costs_nothing(self) -> None:
        """Looking for what is due, when nothing waits, takes no room from those who come."""
        waiting: Waiting[str] = Waiting(Throttle(1, 10), 5)
        self.assertIsNone(waiting.pop_due(START))
        self.assertTrue(waiting.admit(START))

    def test_bound(self) -> None:
        """One more than may wait is not taken; the others stay."""
        waiting: Waiting[int] = Waiting(Throttle(1, 10), 2)
        self.assertEqual([waiting.push(number) for number in range(3)], [True, True, False])
        self.assertEqual(len(waiting), 2)
        self.assertEqual(waiting.pop_due(START), 0)
        self.assertTrue(waiting.push(3))
        taken = [waiting.pop_due(START + after) for after in (10, 20, 30)]
        self.assertEqual(taken, [1, 3, None])

    def test_pop(self) -> None:
        """Out of turn, those that wait come in order, and take no room from others."""
        waiting: Waiting[str] = Waiting(Throttle(1, 10), 2)
        self.assertIsNone(waiting.pop())
        waiting.push("a")
        waiting.push("b")
        self.assertEqual([waiting.pop(), waiting.pop(), waiting.pop()], ["a", "b", None])
        self.assertTrue(waiting.admit(START))


class OptionTests(SynchronousTestCase):
    """The keys of a throttle."""

    def test_default(self) -> None:
        """None, unless it is asked for."""
        values = read_options(THROTTLE, {})
        self.assertIsNone(throttle_of(values))
        self.assertEqual(
            values,
            {
                "throttle_messages": 0,
                "throttle_interval": SECOND,
                "throttle_action": "reject",
                "throttle_queue": 1000,
            },
        )

    def test_given(self) -> None:
        """So many in so much time."""
        given = {"throttle_messages": "2", "throttle_interval": "250ms"}
        throttle = throttle_of(read_options(THROTTLE, given))
        if throttle is None:
            self.fail("no throttle")
        self.assertEqual([throttle.admit(START) for _ in range(3)], [True, True, False])
        self.assertEqual(throttle.room_at(START), START + 250_000_000)

    def test_refused(self) -> None:
        """Values that mean nothing, with what would be right."""
        for key, value, why in (
            ("throttle_messages", "-1", "not from 0"),
            ("throttle_interval", "0s", "no time at all: give one such as 1s"),
            ("throttle_interval", "1", "no time span"),
            ("throttle_action", "drop", "none of reject, queue, disconnect"),
            ("throttle_queue", "0", "not from 1"),
        ):
            error = self.assertRaises(ValueError, read_options, THROTTLE, {key: value})
            self.assertIn(f"{key}: ", str(error))
            self.assertIn(why, str(error))
