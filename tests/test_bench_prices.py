"""``exsim bench prices``: what it measures, and its table."""

from __future__ import annotations

import argparse
import json

from twisted.trial.unittest import SynchronousTestCase

from exsim.bench import arguments
from exsim.bench.names import SOURCES
from exsim.bench.prices import LEAST
from exsim.bench.run import run
from exsim.plugins import Catalogue


def parsed(*words: str) -> argparse.Namespace:
    """The options of a command line."""
    parser = argparse.ArgumentParser()
    arguments.add_benchmarks(parser)
    return parser.parse_args(["prices", *words])


class PricesTests(SynchronousTestCase):
    """Small runs."""

    def test_all_sources(self) -> None:
        """Each source that goes by itself has a line, with what it took."""
        result = run(parsed("--seconds=0", "--instruments=300"))
        found = json.loads(result.json())
        self.assertEqual((found["instruments"], found["ok"]), (300, True))
        self.assertEqual([row["source"] for row in found["rows"]], list(SOURCES))
        for row in found["rows"]:
            self.assertEqual(row["rounds"], LEAST)
            self.assertApproximates(row["core"], row["price"] * 300 / 10_000, 0.02)
            self.assertGreater(row["longest"], 0)
            self.assertTrue(0.1 < row["changed"] < 1, row)
        text = result.table()
        self.assertIn("300 instruments that have a new price each second", text)
        self.assertIn("\njump-diffusion ", text)

    def test_one_source(self) -> None:
        """As long as asked for."""
        result = run(parsed("--seconds=0.2", "--instruments=10", "--source=brownian"))
        (row,) = json.loads(result.json())["rows"]
        self.assertGreater(row["rounds"], LEAST)

    def test_sources_there_are(self) -> None:
        """Those that can be asked for are plugins."""
        known = {plugin.name for plugin in Catalogue().pricings()}
        self.assertEqual(set(SOURCES) - known, set())
