"""The keys of a venue's trading day: what they may say, and what is said of mistakes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.config.trading_day import DAY, moment, percent, scale, schedule
from exsim.errors import ConfigError
from exsim.model.amounts import UNIT
from exsim.model.settings import DaySettings
from exsim.plugins import Catalogue
from tests.amount import amount

WHOLE = """
[venue:X]
schedule =
    08:00 pre-open, 09:00:30 opening-auction,
    09:05 continuous
time_zone = Europe/London
days = mon, fri
phase_rules =
    halt: no-cancel
    closed: +limit/gtc; pre-open: match
clock = scaled
clock_scale = 0.5
clock_start = 2026-01-05T08:00:00.25Z
auction_random_end = 30s
extension_price = 2.5%
volatility_band = 5
done_for_day = yes
"""


class KeyTests(SynchronousTestCase):
    """Each key."""

    def load(self, text: str) -> DaySettings:
        """The settings that a file makes."""
        path = self.mktemp()
        Path(path).write_text(text)
        return load(path, [], Catalogue()).venues[0].day

    def test_whole(self) -> None:
        """Every value gets to its place, over several lines, too."""
        self.assertEqual(
            self.load(WHOLE),
            DaySettings(
                schedule=(
                    (28_800, "pre-open"),
                    (32_430, "opening-auction"),
                    (32_700, "continuous"),
                ),
                time_zone="Europe/London",
                days=(0, 4),
                phase_rules=(
                    ("halt", "no-cancel"),
                    ("closed", "+limit/gtc"),
                    ("pre-open", "match"),
                ),
                clock="scaled",
                clock_scale=UNIT // 2,
                clock_start=1_767_600_000_250_000_000,
                auction_random_end=30_000_000_000,
                extension_price=UNIT * 5 // 2,
                volatility_band=5 * UNIT,
                done_for_day=True,
            ),
        )

    def test_defaults(self) -> None:
        """Nothing of it: always continuous, in real time."""
        self.assertEqual(self.load("[venue:X]\n"), DaySettings())

    def test_mistakes(self) -> None:
        """What is wrong, and what would be right."""
        for key, text, told in (
            ("schedule", "09:00", "give a time and a phase"),
            ("schedule", "09:00 lunch", "'lunch' is no phase"),
            ("schedule", "25:00 closed", "no time of day"),
            ("schedule", "09:00 closed, 09:00 halt", "does not come after"),
            ("time_zone", "Europe/Londn", "did you mean 'Europe/London'"),
            ("phase_rules", "halt: x", "'x' says nothing"),
            ("clock", "slow", "none of real, scaled, manual"),
            ("clock_scale", "0.05", "not from 0.1 to 1000"),
            ("clock_start", "yesterday", "no time such as"),
            ("volatility_band", "-1%", "below 0"),
            ("calendar", "XXXX", "'XXXX' is no calendar"),
        ):
            with self.assertRaises(ConfigError) as caught:
                self.load(f"[venue:X]\n{key} = {text}\n")
            (problem,) = caught.exception.problems
            self.assertIn(told, str(problem))
            self.assertIn(f"[venue:X] {key}", str(problem))

    def test_values(self) -> None:
        """At their bounds."""
        self.assertEqual((scale("0.1"), scale("1000")), (UNIT // 10, 1000 * UNIT))
        self.assertRaises(ValueError, scale, "1000.1")
        self.assertEqual((percent("0"), percent("1 %")), (0, UNIT))
        self.assertEqual(moment("1970-01-01T01:00:00+01:00"), 0)
        self.assertRaises(ValueError, moment, "1969-12-31T23:59:59Z")
        self.assertEqual(schedule(""), ())
        self.assertEqual({key.name for key in DAY}, set(DaySettings.__slots__))

    def test_calendars_are_loaded_when_named(self) -> None:
        """Nothing of them, nor of pandas, is imported else."""
        code = (
            "import sys; from exsim.config.load import load; from exsim.plugins import Catalogue;"
            "from exsim.services import tree; load(sys.argv[1], [], Catalogue());"
            "sys.exit('pandas' in sys.modules)"
        )
        for text, status in (("", 0), ("calendar = XNYS\n", 1))[: amount(1, 2)]:
            path = self.mktemp()
            Path(path).write_text("[venue:X]\n" + text)
            done = subprocess.run([sys.executable, "-c", code, path], check=False)
            self.assertEqual(done.returncode, status)
