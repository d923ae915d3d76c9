"""``exsim bench day``: the same seed gives the same day, and what is told of it."""

from __future__ import annotations

import json
from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from exsim.bench.day import COMMANDS, MINUTES, TRADES, day, needed


class DayTests(SynchronousTestCase):
    """Minutes of a day of few instruments."""

    def test_same(self) -> None:
        """A seed gives the same to the byte, another seed does not; there are trades."""
        first, again, other = day(60, 2, 4, 7), day(60, 2, 4, 7), day(60, 2, 4, 8)
        self.assertEqual(first.digest, again.digest)
        self.assertEqual(
            (first.commands, first.trades, first.entries),
            (again.commands, again.trades, again.entries),
        )
        self.assertNotEqual(first.digest, other.digest)
        self.assertGreater(first.trades, 0)
        self.assertGreater(first.commands, first.trades)
        self.assertGreater(first.entries, first.commands)

    def test_needed(self) -> None:
        """A whole day needs what is asked for, a shorter one its part."""
        self.assertEqual(needed(COMMANDS, MINUTES), 2_000_000)
        self.assertEqual(needed(TRADES, 39), 10_000)

    def test_told(self) -> None:
        """A table for people, an object for programs; too little is not overlooked."""
        found = day(60, 1, 4, 7)
        self.assertFalse(found.ok)  # four instruments do not trade as much as a hundred
        self.assertIn("NOT SO", found.table())
        good = replace(found, ok=True)
        self.assertIn(": so it is", good.table())
        self.assertIn(f"{found.commands:,} commands", good.table())
        told = json.loads(good.json())
        self.assertEqual((told["benchmark"], told["ok"]), ("day", True))
        self.assertEqual(told["digest"], found.digest)
