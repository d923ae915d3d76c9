"""
Days that nobody planned, with bots among the counterparties: what is always true stays true, and
the journal gives all of it again.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.state import capture
from tests.again import Kept, check_again, keep
from tests.random_day import Day
from tests.random_day import settings as settings_of
from tests.simulator import MemorySimulator

BUSY = (
    *("bot:MM.refresh=1s", "bot:MM.react=5ms", "bot:SLOW.refresh=3s", "bot:SLOW.react=5ms"),
    *("bot:CROWD.rate=3", "bot:HELD.rate=1", "bot:GONE.every=1s", "bot:ARB.every=700ms"),
)
"""Bots that do ten times as much."""


class AgainTests(SynchronousTestCase):
    """With policies that hold and delay, phases, halts, resets, and venues that come and go."""

    def lived(self, seed: int, steps: int) -> tuple[MemorySimulator, Settings, list[Kept]]:
        """A day, and states in the midst of it."""
        settings = settings_of(self.mktemp(), *BUSY)
        memory = MemorySimulator(settings, Catalogue())
        day, kept = Day(memory, seed), []
        for _ in range(3):
            day.live(steps // 3)
            kept.append(keep(memory.simulator))
        for party in day.parties:
            party.lose()
        memory.stop()
        return memory, settings, kept

    def test_days(self) -> None:
        """Every entry again, from the start and from the midst; the state alone, too."""
        traded = followed = 0
        for seed in (1, 2):
            memory, settings, kept = self.lived(seed, 150)
            journal, exchange = memory.exchange.journal, memory.exchange
            for runner in exchange.bots.values():
                self.assertEqual(runner.failure, "")
                traded += sum(desk.traded for desk in runner.desks.values())
            followed += len(exchange.dispatcher.venue("YSIM").prices.priced["AAA"].history())
            if journal.epoch == 1:
                check_again(self, memory.simulator, settings, *kept)
                again = inert(settings, Catalogue())
                entries = list(journal.entries(0))
                replay = Replay(again, entries, journal.epoch, 0, state_only=True)
                self.assertIsNone(replay.run())
                self.assertEqual(capture(again)["venues"], capture(memory.simulator)["venues"])
        self.assertGreater(traded, 5)
        self.assertGreater(followed, 5)
