"""``exsim bench scenarios`` and ``nodes``: the same runs everywhere, and what is told of both."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.bench.nodes import Result as Nodes
from exsim.bench.nodes import Row
from exsim.bench.scenarios import MARKET, SCRIPT, differences, scenarios
from exsim.errors import ExsimError
from exsim.runs.words import Result


class ScenariosTests(SynchronousTestCase):
    """Runs that are made more than once."""

    def write(self, steps: str = "    advance 2s\n") -> str:
        """A short scenario; where it is."""
        folder = Path(self.mktemp())
        folder.mkdir()
        path = folder / "short.ini"
        path.write_text(MARKET)
        path.with_suffix(".script").write_text(f"[script]\nsummary = Short\nsteps =\n{steps}")
        return str(path)

    def test_told(self) -> None:
        """A row for each way, beside serial; so many runs as are asked for, each its own seed."""
        found = scenarios([self.write()], 3, 2, ["serial"], 1.0)
        self.assertEqual((found.runs, found.workers, found.ok), (3, 2, True))
        self.assertEqual([row.on for row in found.rows], ["serial", "serial"])
        self.assertEqual(found.rows[0].ratio, 1.0)
        self.assertGreater(found.entries, 0)
        self.assertIn("The same came of each run, wherever it was made.", found.table())
        self.assertEqual(json.loads(found.json())["runs"], 3)
        others = "Others used the processors"
        self.assertIn(others, replace(found, load=1.0 * found.processors).table())
        self.assertNotIn(others, replace(found, load=0.1 * found.processors).table())

    def test_fitting(self) -> None:
        """Where nobody says how many there are as many as fit, and two at least."""
        self.assertEqual(scenarios([self.write()], None, 1, ["serial"], 0.0).runs, 2)

    def test_market(self) -> None:
        """What our market is expected to do it does."""
        folder = Path(self.mktemp())
        folder.mkdir()
        path = folder / "market.ini"
        path.write_text(MARKET)
        path.with_suffix(".script").write_text(SCRIPT)
        found = scenarios([str(path)], 2, 1, ["serial"], 1.0)
        self.assertEqual((found.failed, found.ok), (0, True))
        self.assertGreater(found.entries, 2_000)

    def test_broken(self) -> None:
        """A run that does not come to its end is not measured."""
        path = self.write("    check trades of NONE > 0\n    nonsense\n")
        with self.assertRaises(ExsimError):
            scenarios([path], 2, 1, ["serial"], 1.0)

    def test_nowhere(self) -> None:
        """Who is to make the runs has to be there."""
        error = self.assertRaises(ExsimError, scenarios, [], 2, 1, ["moon"], 1.0)
        self.assertIn("moon", str(error))

    def test_differences(self) -> None:
        """What came of a run has to be the same, but for the time that it took."""
        first = [Result("a", seed, True, "d", 5, seconds=1.0) for seed in range(8)]
        self.assertEqual(differences(first, first), [])
        slower = [Result("a", seed, True, "d", 5, seconds=2.0) for seed in range(8)]
        self.assertEqual(differences(first, slower), [])
        other = [Result("a", seed, True, "e", 5, seconds=1.0) for seed in range(8)]
        told = differences(first, [*first[:7], other[7]])
        self.assertEqual(told, ["not the same came of a with seed 7"])
        self.assertEqual(differences(first, other)[-1], "nor of 3 others")


class NodesTests(SynchronousTestCase):
    """What is told of nodes."""

    def test_told(self) -> None:
        """All together, beside the first row; what was not answered is said."""
        latency = {"p50": 100.0, "p99": 1234.0}
        good = Row(1, 1_000, 1.0, 1_000.0, latency, 0.1, ())
        found = Nodes("nodes", "here", 2, 10, (good, Row(2, 2_000, 1.0, 1_500.0, latency, 0.2, ())))
        self.assertRegex(found.table(), r"(?m)^ *beside 1 +1\.00 +1\.50$")
        self.assertIn("Every order was answered", found.table())
        self.assertTrue(json.loads(found.json())["ok"])
        bad = Row(4, 10, 1.0, 10.0, latency, 0.1, ("3 orders were not answered",))
        found = Nodes("nodes", "here", 2, 10, (good, bad))
        self.assertIn("4 nodes: 3 orders were not answered", found.table())
        self.assertFalse(found.ok)
