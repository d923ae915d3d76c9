"""Waits between attempts: longer each time, within bounds, from the first again."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.services.backoff import SPREAD, Backoff

SECOND = 1_000_000_000


class BackoffTests(SynchronousTestCase):
    """The waits between attempts."""

    def waits(self, name: str, least: int = SECOND, most: int = 60 * SECOND) -> list[float]:
        """The first ten."""
        backoff = Backoff(name, least, most)
        return [backoff.wait() for _ in range(10)]

    def test_bounds(self) -> None:
        """Doubled each time, a part more, and never beyond the bounds."""
        for number, wait in enumerate(self.waits("a")):
            plain = min(2**number, 60)
            self.assertTrue(plain <= wait <= min(plain * (1 + SPREAD), 60), (number, wait))

    def test_spread(self) -> None:
        """The same every time for one session, and another for others."""
        self.assertEqual(self.waits("a"), self.waits("a"))
        self.assertNotEqual(self.waits("a")[0], self.waits("b")[0])

    def test_never_spins(self) -> None:
        """However short the times are that somebody gave."""
        self.assertGreaterEqual(min(self.waits("a", 0, 0)), 0.001)

    def test_reset(self) -> None:
        """From the first one again."""
        backoff = Backoff("feed", SECOND, 5 * SECOND)
        waits = [backoff.wait() for _ in range(5)]
        for wait, least in zip(waits, (1, 2, 4, 5, 5), strict=True):
            self.assertTrue(least <= wait <= min(least * 1.25, 5), waits)
        backoff.reset()
        self.assertLess(backoff.wait(), 1.26)
