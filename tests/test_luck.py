"""Chance: the same by the same seed, kept in one number, and spread as the distribution says."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean, pvariance

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.luck import Luck

COUNT = 20_000


def drawn(draw: Callable[[Luck], float], seed: int = 7) -> list[float]:
    """So many draws."""
    luck = Luck(seed)
    return [draw(luck) for _ in range(COUNT)]


class LuckTests(SynchronousTestCase):
    """What is drawn by a seed."""

    def test_published(self) -> None:
        """The bits are those of SplitMix64: what its authors' code tells for the seed 1234567."""
        luck = Luck(1234567)
        expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
        self.assertEqual([luck.bits() for _ in expected], expected)

    def test_state_is_all(self) -> None:
        """Whatever was drawn before, the state alone says what comes next."""
        luck = Luck(3)
        draws: list[Callable[[Luck], float]] = [
            Luck.unit,
            Luck.normal,
            lambda luck: luck.exponential(2.0),
            lambda luck: luck.poisson(4.0),
            lambda luck: luck.below(10),
        ]
        for draw in draws:
            draw(luck)
            again = Luck(luck.state)
            self.assertEqual([each(luck) for each in draws], [each(again) for each in draws])

    def test_below(self) -> None:
        """All numbers below the bound come, equally often; nothing is below 0."""
        counts = [0] * 6
        for number in drawn(lambda luck: luck.below(6)):
            counts[int(number)] += 1
        # 5 degrees of freedom: chi-square stays under 20.5 in 999 of 1000 cases
        self.assertLess(sum((each - COUNT / 6) ** 2 / (COUNT / 6) for each in counts), 20.5)
        self.assertEqual(Luck(1).below(0), 0)

    def test_unit(self) -> None:
        """Fractions from 0 to below 1, of mean 1/2 and variance 1/12."""
        found = drawn(Luck.unit)
        self.assertTrue(all(0.0 <= each < 1.0 and each * 2**53 % 1 == 0 for each in found))
        self.assertApproximates(fmean(found), 0.5, 0.01)
        self.assertApproximates(pvariance(found), 1 / 12, 0.002)

    def test_normal(self) -> None:
        """Mean 0, variance 1, and as many beyond one and two deviations as there should be."""
        found = drawn(Luck.normal)
        self.assertApproximates(fmean(found), 0.0, 0.03)
        self.assertApproximates(pvariance(found), 1.0, 0.04)
        self.assertApproximates(fmean(abs(each) > 1 for each in found), 0.3173, 0.015)
        self.assertApproximates(fmean(each > 2 for each in found), 0.02275, 0.005)

    def test_exponential(self) -> None:
        """Mean and deviation are the same, and one of e is beyond the mean."""
        found = drawn(lambda luck: luck.exponential(3.0))
        self.assertGreaterEqual(min(found), 0.0)
        self.assertApproximates(fmean(found), 3.0, 0.1)
        self.assertApproximates(pvariance(found), 9.0, 0.6)
        self.assertApproximates(fmean(each > 3 for each in found), 0.3679, 0.015)

    def test_poisson(self) -> None:
        """Mean and variance are the same, whether small or so large that it is drawn in parts."""
        for mean, count in ((0.2, COUNT), (4.0, COUNT), (1200.0, 500)):
            luck = Luck(11)
            found = [luck.poisson(mean) for _ in range(count)]
            error = (mean / count) ** 0.5
            self.assertApproximates(fmean(found), mean, 4 * error, str(mean))
            self.assertApproximates(pvariance(found) / mean, 1.0, 0.25, str(mean))
        self.assertEqual(Luck(1).poisson(0.0), 0)
