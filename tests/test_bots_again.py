"""
Days that nobody planned, with bots among the counterparties: what is always true stays true, and
the journal gives all of it again.
"""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.state import capture
from tests.again import Kept, check_again, keep
from tests.random_day import INI, Day
from tests.simulator import MemorySimulator

BOTS = """
[bot:MM]
kind = maker
venue = YSIM
levels = 2

[bot:CROWD]
kind = noise
venue = YSIM
rate = 3
clustering = 40%

[bot:HELD]
kind = noise
venue = XSIM
rate = 1
account = HOLD

[bot:SLOW]
kind = maker
venue = XSIM
account = SLOW
refresh = 3s

[bot:GONE]
kind = momentum
venue = YSIM
threshold = 2

[bot:ARB]
kind = arbitrage
venue = XSIM, YSIM
every = 700ms
symbols = AAA
"""


class AgainTests(SynchronousTestCase):
    """With policies that hold and delay, phases, halts, resets, and venues that come and go."""

    def lived(self, seed: int, steps: int) -> tuple[MemorySimulator, Settings, list[Kept]]:
        """A day, and states in the midst of it."""
        path = Path(self.mktemp())
        path.write_text(INI + BOTS, encoding="utf-8")
        settings = load(str(path), [], Catalogue())
        memory = MemorySimulator(settings, Catalogue())
        day, kept = Day(memory, seed), []
        # Between two looks bots do many things, so that each of them is followed by one.
        memory.exchange.publishing.publishers.append(lambda now: day.look())
        for _ in range(3):
            day.live(steps // 3)
            kept.append(keep(memory.simulator))
        for party in day.parties:
            party.lose()
        memory.stop()
        return memory, settings, kept

    def test_days(self) -> None:
        """Every entry again, from the start and from the midst; the state alone, too."""
        traded = 0
        for seed in (1, 2):
            memory, settings, kept = self.lived(seed, 150)
            journal, exchange = memory.exchange.journal, memory.exchange
            for runner in exchange.bots.values():
                self.assertEqual(runner.failure, "")
                traded += sum(desk.traded for desk in runner.desks.values())
            if journal.epoch == 1:
                check_again(self, memory.simulator, settings, *kept)
                again = inert(settings, Catalogue())
                entries = list(journal.entries(0))
                replay = Replay(again, entries, journal.epoch, 0, state_only=True)
                self.assertIsNone(replay.run())
                self.assertEqual(capture(again)["venues"], capture(memory.simulator)["venues"])
        self.assertGreater(traded, 5)
