"""Prices that may be, where the tick is another from some prices on."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.market import MarketRules, Ticks


class TicksTests(SynchronousTestCase):
    """0.5 below 100, 5 from there, 10 from 500 (all times ten)."""

    ticks = Ticks(1, ((0, 5), (1_000, 50), (5_000, 100)))

    def test_one(self) -> None:
        """Without a table there is one tick, for negative prices too."""
        ticks = MarketRules(tick=5).ticks
        self.assertEqual([ticks.round(p, True) for p in (7, 5, -7)], [5, 5, -10])
        self.assertEqual([ticks.round(p, False) for p in (7, 5, -7)], [10, 5, -5])
        self.assertEqual((ticks.next(10, True), ticks.next(10, False)), (5, 15))

    def test_table(self) -> None:
        """The tick is that of the price."""
        found = [self.ticks.at(price) for price in (-5, 999, 1_000, 4_999, 5_000, 90_000)]
        self.assertEqual(found, [5, 5, 50, 50, 100, 100])
        self.assertEqual(self.ticks.round(997, True), 995)
        self.assertEqual(self.ticks.round(997, False), 1_000)
        self.assertEqual(self.ticks.round(1_049, True), 1_000)

    def test_next(self) -> None:
        """At the start of a part, the one below is of the part below."""
        below = [self.ticks.next(price, True) for price in (1_000, 1_050, 5_000, 5_100)]
        self.assertEqual(below, [995, 1_000, 4_950, 5_000])
        above = [self.ticks.next(price, False) for price in (995, 1_000, 4_950, 5_000)]
        self.assertEqual(above, [1_000, 1_050, 5_000, 5_100])
