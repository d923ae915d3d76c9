"""Time that is the markets': the real one counts for nothing, and what has to be set for it."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.errors import ConfigError
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.process_time import MarketsTime
from exsim.services.tree import build_exchange

START = 1_767_603_600 * 10**9
INI = """
[exsim]
time = market

[venue:X]
clock = manual
clock_start = 2026-01-05T09:00:00Z

[venue:Y]
clock = manual
clock_start = 2026-01-05T08:00:00Z
"""


class TimeTests(SynchronousTestCase):
    """Two markets whose clocks are moved by hand."""

    def settings(self, text: str = INI) -> Settings:
        """What a file says."""
        path = self.mktemp()
        Path(path).write_text(text)
        return load(path, [], Catalogue())

    def test_latest(self) -> None:
        """It is the latest time of all, from the start on, and follows each that is moved."""
        now = MarketsTime(START, real=lambda: 3 * START)
        self.assertEqual(now(), START)
        exchange, _ = build_exchange(self.settings(), Catalogue())
        now.exchange = exchange
        self.assertEqual(now(), START)  # no day has begun, and the clocks are still real
        exchange.days.begin(now())
        self.assertEqual(now(), START)
        late = exchange.dispatcher.venues["Y"]
        exchange.days.advance(late, START + 5, now())
        self.assertEqual(now(), START + 5)
        exchange.days.advance(exchange.dispatcher.venues["X"], START + 3, now())
        self.assertEqual(now(), START + 5)

    def test_made_real(self) -> None:
        """A market whose clock was made real since goes by the real time, and so does all."""
        now = MarketsTime(START, real=lambda: 3 * START)
        now.exchange, _ = build_exchange(self.settings(), Catalogue())
        now.exchange.days.begin(now())
        now.exchange.dispatcher.venues["X"].clock.start("real", 10**8, 0, 0)
        self.assertEqual(now(), 3 * START)

    def test_wrong(self) -> None:
        """A market that could not say what time it is is named."""
        for line in ("clock = manual", "clock_start = 2026-01-05T08:00:00Z"):
            text = line.join(INI.rsplit(line, 1)[:1]) + INI.rsplit(line, 1)[1]
            error = self.assertRaises(ConfigError, self.settings, text)
            self.assertIn("[venue:Y] has to have clock = manual and a clock_start", str(error))
            self.assertNotIn("[venue:X]", str(error))
