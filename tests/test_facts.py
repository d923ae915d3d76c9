"""The statistics of stylised facts: by hand, and on series whose answers are known."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.facts import statistics
from exsim.facts.observed import NOTHING, SECOND, Observed, in_steps, middles
from exsim.facts.ring import Ring, rows_of
from exsim.facts.thinning import by_span, extremes, ranges, runs, spreads, thinned, volatilities
from exsim.model.luck import Luck

MANY = 20_000


def seen_of(books: list[tuple[int, int, int, int, int]], end: int = 10 * SECOND) -> Observed:
    """A market of which only looks at its book are known, with a tick of 0.01."""
    return Observed("V", "AAA", "walk", 10**6, 0, end, SECOND, [(0, 5)], books, [], [])


class RingTests(SynchronousTestCase):
    """Rows of which the newest are kept."""

    def test_newest(self) -> None:
        """At the bound, and beyond it, oldest first."""
        ring = Ring(2, 3)
        self.assertIsNone(ring.last())
        for number in range(12):
            ring.add((number, -number))
            self.assertEqual(ring.last(), (number, -number))
            first = max(0, number - 2)
            rows = [(n, -n) for n in range(first, number + 1)]
            self.assertEqual(rows_of(ring.packed(), 2), rows)

    def test_all(self) -> None:
        """One that keeps 0 forgets nothing."""
        ring = Ring(1, 0)
        for number in range(1000):
            ring.add((number,))
        self.assertEqual(len(rows_of(ring.packed(), 1)), 1000)
        self.assertEqual(rows_of(b"", 4), [])


class SeriesTests(SynchronousTestCase):
    """Values at even times, of what was seen at uneven ones."""

    def test_middles(self) -> None:
        """Where a side is empty there is no middle; without any, prices of the source count."""
        books = [(0, 10, 1, 20, 1), (SECOND, NOTHING, 0, 20, 1), (2 * SECOND, 12, 1, 20, 1)]
        self.assertEqual(middles(seen_of(books)), [(0, 15.0), (2 * SECOND, 16.0)])
        self.assertEqual(middles(seen_of([])), [(0, 5.0)])

    def test_in_steps(self) -> None:
        """The last value at or before each time, from the first on."""
        points = [(5, 1.0), (7, 2.0), (11, 3.0)]
        self.assertEqual(in_steps(points, 12, 2), [1.0, 2.0, 2.0, 3.0])
        self.assertEqual(in_steps([], 12, 2), [])

    def test_spreads(self) -> None:
        """In ticks."""
        self.assertEqual(spreads(seen_of([(0, 10**8, 1, 10**8 + 3 * 10**6, 1)])), [(0, 3.0)])

    def test_by_span(self) -> None:
        """The end belongs to the last span, what is beyond it to none."""
        rows = [(0, 1), (4, 2), (5, 4), (10, 8), (11, 16)]
        self.assertEqual(by_span(rows, 0, 10, 2), [3, 12])

    def test_thinned(self) -> None:
        """Evenly, with the last; the extremes of a line stay."""
        rows = [(number, 0) for number in range(100)]
        short = thinned(rows, 10)
        self.assertEqual((short[0], short[-1]), (rows[0], rows[-1]))
        self.assertLessEqual(len(short), 11)
        line = [(number, 0.0) for number in range(1000)]
        line[517] = (517, 9.0)
        self.assertIn((517, 9.0), extremes(line, 20))
        self.assertLessEqual(len(extremes(line, 20)), 22)

    def test_runs(self) -> None:
        """Where nothing was for a while a line ends, and another begins."""
        points = [(0, 1.0), (2, 1.0), (5, 2.0), (6, 3.0)]
        self.assertEqual(runs(points, 2), [points[:2], points[2:]])
        self.assertEqual(runs(points, 3), [points])
        self.assertEqual(runs([], 2), [])

    def test_ranges(self) -> None:
        """First time, least, mean and greatest of each part."""
        points = [(0, 1.0), (1, 3.0), (2, 8.0)]
        self.assertEqual(ranges(points, 2), [(0, 1.0, 2.0, 3.0), (2, 8.0, 8.0, 8.0)])
        self.assertEqual(ranges([], 2), [])

    def test_volatilities(self) -> None:
        """A price that goes up and down by a ten-thousandth has one of one basis point."""
        books = [(n * SECOND, 10**8, 1, 10**8 + n % 2 * 20_000, 1) for n in range(61)]
        found = volatilities(seen_of(books, 60 * SECOND), SECOND, 3)
        self.assertEqual(len(found), 3)
        for _, value in found:
            self.assertAlmostEqual(value, 1.0, places=3)


class StatisticsTests(SynchronousTestCase):
    """Series by seeded chance, whose statistics are known."""

    def setUp(self) -> None:
        luck = Luck(5)
        self.normal = [luck.normal() for _ in range(MANY)]
        self.waits = [luck.exponential(2.0) for _ in range(MANY)]
        self.sizes = [luck.unit() for _ in range(MANY)]

    def near(self, found: float | None, wanted: float, delta: float) -> None:
        """A statistic is about what it should be."""
        assert found is not None
        self.assertTrue(abs(found - wanted) <= delta, f"{found} is not {wanted} +- {delta}")

    def test_too_little(self) -> None:
        """No number where there is nothing to make one of."""
        few, still = [1.0, 2.0] * 5, [3.0] * 100
        for values in (few, still):
            self.assertIsNone(statistics.excess_kurtosis(values))
            self.assertIsNone(statistics.autocorrelation(values, 1))
        self.assertIsNone(statistics.variation(few))
        self.assertEqual(statistics.variation(still), 0.0)
        self.assertIsNone(statistics.tail_exponent(few))

    def test_returns(self) -> None:
        """Logarithms, or differences where a price may be below zero, as of a spread."""
        up, back = statistics.returns([1.0, 2.0, 1.0])
        self.assertAlmostEqual(up, 0.693147, places=6)
        self.assertAlmostEqual(back, -0.693147, places=6)
        self.assertEqual(statistics.returns([1.0, -2.0, 0.0]), [-3.0, 2.0])
        self.assertEqual(statistics.returns([]), [])

    def test_kurtosis(self) -> None:
        """0 for a normal distribution, 6 for one that is exponential, -2 for two values."""
        self.near(statistics.excess_kurtosis(self.normal), 0.0, 0.15)
        self.near(statistics.excess_kurtosis(self.waits), 6.0, 1.0)
        self.near(statistics.excess_kurtosis([1.0, -1.0] * 50), -2.0, 1e-9)

    def test_autocorrelation(self) -> None:
        """Of what comes by chance none; of a moving average of two 0.5 at lag 1, then none."""
        both = [one + other for one, other in zip(self.normal, self.normal[1:], strict=False)]
        for values, lag, wanted in ((self.normal, 1, 0.0), (both, 1, 0.5), (both, 2, 0.0)):
            found = statistics.autocorrelation(values, lag)
            self.near(found, wanted, 0.03)

    def test_variation(self) -> None:
        """1 for the times of a Poisson process."""
        self.near(statistics.variation(self.waits), 1.0, 0.03)

    def test_tail(self) -> None:
        """Of sizes that are greater than s with a chance of s to the power of -1.5."""
        sizes = [(1.0 - unit) ** (-1 / 1.5) for unit in self.sizes]
        self.near(statistics.tail_exponent(sizes), 1.5, 0.12)
