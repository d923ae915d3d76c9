"""When garbage is looked for."""

from __future__ import annotations

import gc

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from exsim.services.sweeper import MOST, PERIOD, Sweeper


class Sweeping(SynchronousTestCase):
    """Once a second, by what was done since."""

    def setUp(self) -> None:
        """One that is started."""
        self.clock = Clock()
        self.work = 0
        self.looks = 0
        self.done: list[str] = []
        self.sweeper = Sweeper(
            self.clock,
            lambda: self.work,
            lambda: self.looks,
            lambda: self.done.append("collect"),
            lambda: self.done.append("set aside"),
        )
        self.sweeper.startService()

    def second(self, work: int, looks: int) -> list[str]:
        """What is done after a second with so much work and so many looks at the young."""
        self.work += work
        self.looks = looks
        self.done.clear()
        self.clock.advance(PERIOD)
        return list(self.done)

    def test_idle(self) -> None:
        """With nothing to do the rest is looked at, if there is any."""
        self.second(0, 1)
        self.assertEqual(self.second(0, 1), ["collect"])
        self.assertEqual(self.second(0, MOST - 1), ["collect"])
        self.assertEqual(self.second(0, 0), [])

    def test_busy(self) -> None:
        """With work to do nothing is."""
        for _ in range(3):
            self.assertEqual(self.second(1, 1), [])
        self.assertEqual(self.second(0, 1), ["collect"])

    def test_too_many(self) -> None:
        """What would take too long to look at is set aside, idle or not."""
        self.assertEqual(self.second(1, MOST), ["set aside"])
        self.assertEqual(self.second(0, MOST), ["set aside"])

    def test_stop(self) -> None:
        """Once stopped it leaves nothing behind."""
        self.sweeper.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_real(self) -> None:
        """What it does by itself is the collector's: cycles go, and what is set aside stays."""
        sweeper = Sweeper(self.clock, lambda: 0)
        before = gc.get_freeze_count()
        self.addCleanup(gc.unfreeze)
        sweeper._set_aside()
        self.assertGreater(gc.get_freeze_count(), before)
        sweeper._collect()
        self.assertEqual(sweeper._looks(), 0)
