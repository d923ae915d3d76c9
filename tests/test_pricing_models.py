"""What models of prices do: numbers of theirs lie in stated ranges, and what all have to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import exp, log, sqrt
from statistics import correlation, fmean, pstdev
from typing import Any

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.interfaces import IMovingSource, IStateful
from exsim.model.amounts import UNIT
from exsim.model.grid import Grid
from exsim.model.options import read_options
from exsim.model.settings import Instrument
from exsim.plugins import Catalogue
from exsim.pricing.derived import expiry
from exsim.pricing.options import black_scholes
from exsim.services.packing import pack, unpack

S = 1_000_000_000
MODELS = (
    "random-walk",
    "brownian",
    "mean-reverting",
    "jump-diffusion",
    "regimes",
    "stochastic-volatility",
    "basket",
)
"""Those that go by themselves."""


def made(kind: str, **given: str) -> Any:
    """A source with options as an ini would give them."""
    plugin = Catalogue().pricing(kind)
    return plugin("p", read_options(plugin.options, given))


def fine(symbol: str, price: int = 100) -> Grid:
    """An instrument whose prices are hardly rounded."""
    return Grid(Instrument(symbol, reference=price * UNIT, tick=1))


def steps(source: Any, grids: Sequence[Grid], count: int, seed: int = 5) -> dict[str, list[int]]:
    """The prices of instruments in so many rounds, their first ones among them."""
    source.begin(grids, seed)
    source.start(0)
    found = {grid.instrument.symbol: [grid.fit(source.price(grid.instrument, 0))] for grid in grids}
    rounds = count * -(-len(grids) // 250 if source.at_once == 250 else -1)
    for _ in range(rounds):
        for symbol, price in source.move(source.next_due()):
            found[symbol].append(price)
    return found


def returns(prices: Sequence[int]) -> list[float]:
    """The logarithms of steps."""
    return [log(after / before) for before, after in pairwise(prices)]


def many(kind: str, count: int = 400, each: int = 50, **given: Any) -> list[list[float]]:
    """The steps of so many instruments, ``count`` of each."""
    grids = [fine(f"I{number}") for number in range(each)]
    return [returns(prices) for prices in steps(made(kind, **given), grids, count).values()]


def flat(found: Sequence[Sequence[float]]) -> list[float]:
    """All of them."""
    return [each for one in found for each in one]


def kurtosis(found: Sequence[float]) -> float:
    """How heavy the tails are: 0 for a normal distribution."""
    mean, variance = fmean(found), pstdev(found) ** 2
    return fmean((each - mean) ** 4 for each in found) / variance**2 - 3.0


def autocorrelation(found: Sequence[Sequence[float]], lag: int = 1) -> float:
    """How much what comes ``lag`` later is like what was before."""
    before = flat([one[:-lag] for one in found])
    return correlation(before, flat([one[lag:] for one in found]))


class RandomWalkTests(SynchronousTestCase):
    """Ticks up and down."""

    def test_steps(self) -> None:
        """30 of 100 steps move, 60 of these up, by 1 to 4 ticks as often."""
        grid = Grid(Instrument("A", reference=10_000 * UNIT))
        source = made("random-walk", ticks="4", moves="30%", up="60%")
        prices = steps(source, [grid], 20_000)["A"]
        moves = [(after - before) // (UNIT // 100) for before, after in pairwise(prices)]
        self.assertApproximates(fmean(move != 0 for move in moves), 0.3, 0.015)
        self.assertApproximates(fmean(move > 0 for move in moves if move), 0.6, 0.03)
        for ticks in (1, 2, 3, 4):
            share = fmean(abs(move) == ticks for move in moves if move)
            self.assertApproximates(share, 0.25, 0.025)
        self.assertEqual({abs(move) for move in moves}, {0, 1, 2, 3, 4})

    def test_never_nothing(self) -> None:
        """A price comes down to one tick, and goes up from there."""
        grid = Grid(Instrument("A", reference=UNIT // 50))
        prices = steps(made("random-walk", moves="100%"), [grid], 500)["A"]
        self.assertEqual(min(prices), UNIT // 100)
        self.assertGreater(max(prices[prices.index(UNIT // 100) :]), UNIT // 100)

    def test_below_zero(self) -> None:
        """What begins at 0, as the price of a spread may, goes anywhere."""
        grid = Grid(Instrument("A"))
        prices = steps(made("random-walk", moves="100%", start="0"), [grid], 500)["A"]
        self.assertLess(min(prices), 0)


class StochasticVolatilityTests(SynchronousTestCase):
    """A volatility that comes and goes."""

    def test_returns(self) -> None:
        """The deviation is as told, tails are heavy, and no step is like the one before."""
        found = many(
            "stochastic-volatility", every="6h", volatility="40%", half_life="24h", year="8766h"
        )
        every = flat(found)
        self.assertApproximates(pstdev(every) / (0.4 * sqrt(6 / 8766)), 1.0, 0.04)
        self.assertApproximates(kurtosis(every), 3 * exp(4 * 0.25) - 3, 1.5)
        self.assertApproximates(autocorrelation(found), 0.0, 0.03)

    def test_clustering(self) -> None:
        """Logarithms of sizes correlate half as much after the half-life as just after."""
        found = many("stochastic-volatility", unrest="100%", half_life="8s")
        sizes = [[log(max(abs(each), 1e-12)) for each in one] for one in found]
        # Their variance is that of the volatility's, 1, and that of a normal one's, 1.234.
        for lag, share in ((1, 2 ** (-1 / 8)), (8, 0.5), (16, 0.25)):
            self.assertApproximates(autocorrelation(sizes, lag), share / 2.234, 0.05)

    def test_at_rest(self) -> None:
        """Without unrest it is Brownian motion."""
        every = flat(many("stochastic-volatility", unrest="0"))
        self.assertApproximates(kurtosis(every), 0.0, 0.2)


class BrownianTests(SynchronousTestCase):
    """The textbook."""

    def test_returns(self) -> None:
        """Mean and deviation by volatility and drift; normal, and none like the one before."""
        found = many("brownian", every="6h", volatility="40%", drift="50%", year="8766h")
        time = 6 / 8766
        deviation = 0.4 * sqrt(time)
        every = flat(found)
        error = deviation / sqrt(len(every))
        self.assertApproximates(fmean(every), (0.5 - 0.08) * time, 4 * error)
        self.assertApproximates(pstdev(every) / deviation, 1.0, 0.02)
        self.assertApproximates(kurtosis(every), 0.0, 0.2)
        self.assertApproximates(autocorrelation(found), 0.0, 0.03)

    def test_grows_as_told(self) -> None:
        """The mean of many prices grows by the drift: that of the logarithm is less."""
        found = many("brownian", 50, 250, every="1h", volatility="100%", drift="400%", year="100h")
        grown = fmean(exp(sum(one)) for one in found)
        self.assertApproximates(log(grown), 4.0 * 50 / 100, 0.2)

    def test_every_second(self) -> None:
        """The steps are that much smaller where there are more of them."""
        found = flat(many("brownian", volatility="20%"))
        self.assertApproximates(pstdev(found) / (0.2 / sqrt(5_896_800)), 1.0, 0.02)


class MeanRevertingTests(SynchronousTestCase):
    """Prices that come back."""

    def test_long_run(self) -> None:
        """It strays as far as told, and half of that is gone in the half-life."""
        given = {"every": "1m", "half_life": "20m", "deviation": "2%", "mean": "100"}
        found = steps(made("mean-reverting", **given), [fine(f"I{n}") for n in range(40)], 1_000)
        away = [[log(price / (100 * UNIT)) for price in one[200:]] for one in found.values()]
        self.assertApproximates(fmean(flat(away)), 0.0, 0.002)
        self.assertApproximates(pstdev(flat(away)), 0.02, 0.001)
        self.assertApproximates(autocorrelation(away, 20), 0.5, 0.05)

    def test_from_afar(self) -> None:
        """A price that is set elsewhere comes back to where it began."""
        source, grid = made("mean-reverting", half_life="10s", deviation="0"), fine("A")
        source.begin([grid], 1)
        source.start(0)
        source.set(grid.instrument, 400 * UNIT)
        for _ in range(10):
            source.move(0)
        self.assertApproximates(source.price(grid.instrument, 0) / UNIT, 200, 1e-6)


class JumpTests(SynchronousTestCase):
    """Jumps, and nothing else where there is no volatility."""

    def test_jumps(self) -> None:
        """As many as told, as large as told."""
        found = flat(many("jump-diffusion", volatility="0", jump_every="20s", jump_size="1%"))
        compensation = min(found, key=abs)
        jumps = [each - compensation for each in found if abs(each - compensation) > 1e-8]
        expected = 1 - exp(-1 / 20)
        error = sqrt(expected / len(found))
        self.assertApproximates(len(jumps) / len(found), expected, 4 * error)
        # Some of these are two or three jumps: 1/20 is the mean of all.
        self.assertApproximates(pstdev(jumps), 0.01 * sqrt(0.05 / expected), 0.0005)
        self.assertApproximates(fmean(found), 0.0, 0.0001)

    def test_falls(self) -> None:
        """Jumps that go down are made up for by the drift, and have heavy tails."""
        found = flat(many("jump-diffusion", jump_every="1m", jump_size="0.1%", jump_mean="-1%"))
        self.assertApproximates(fmean(found), 0.0, 0.0001)
        self.assertLess(min(found), -0.007)
        self.assertLess(max(found), 0.005)
        self.assertGreater(kurtosis(found), 20)


class RegimesTests(SynchronousTestCase):
    """Calm, trend, crash."""

    def test_regimes(self) -> None:
        """The share of time in each, how far crashes go, and volatility that comes in clusters."""
        given = {"crashes": "30%", "calm_time": "100s", "trend_time": "50s", "crash_time": "20s"}
        source = made("regimes", **given)
        grids = [fine(f"I{number}") for number in range(100)]
        source.begin(grids, 3)
        source.start(0)
        shares = [0, 0, 0, 0]
        returned: list[list[float]] = [[] for _ in grids]
        for _ in range(1_000):
            before = [(path.memory[0], path.value) for path in source._order]
            source.move(source.next_due())
            for number, path in enumerate(source._order):
                regime, value = before[number]
                shares[int(regime)] += 1
                returned[number].append(log(path.value / value))
        whole = 100 + 0.7 * 50 + 0.3 * 20
        for share, expected in zip(shares, (100, 17.5, 17.5, 6), strict=True):
            self.assertApproximates(share / sum(shares) / (expected / whole), 1.0, 0.15)
        sizes = [[abs(each) for each in one] for one in returned]
        self.assertGreater(autocorrelation(sizes), 0.15)
        self.assertGreater(kurtosis(flat(returned)), 5)

    def test_crash(self) -> None:
        """Nothing but crashes: each takes off so much, on average."""
        given = {"crashes": "100%", "crash": "10%", "crash_time": "10s", "calm_time": "10s"}
        given |= {"calm_volatility": "0", "crash_volatility": "0"}
        found = flat(many("regimes", 1_000, 20, **given))
        crashes = 20_000 / (1 / (1 - exp(-0.1))) / 2
        self.assertApproximates(sum(found) / crashes / -0.1, 1.0, 0.1)

    def test_gap(self) -> None:
        """At the open, and then alone."""
        source, grids = made("regimes", gap="3%"), [fine(f"I{n}") for n in range(400)]
        source.begin(grids, 3)
        source.start(0)
        self.assertEqual({source.price(grid.instrument, 0) for grid in grids}, {100 * UNIT})
        gaps = [log(price / (100 * UNIT)) for _, price in source.open(0)]
        self.assertEqual(len(gaps), 400)
        self.assertApproximates(pstdev(gaps), 0.03, 0.005)
        self.assertEqual(made("brownian").open(0), ())


class BasketTests(SynchronousTestCase):
    """Prices that go together."""

    def test_alike(self) -> None:
        """Any two correlate as told, and each has the volatility that is told."""
        for told in (0.0, 0.3, 0.9):
            found = many("basket", 4_000, 3, correlation=str(told), every="1h", volatility="30%")
            for one, other in ((0, 1), (0, 2), (1, 2)):
                self.assertApproximates(correlation(found[one], found[other]), told, 0.06)
            deviation = 0.3 * sqrt(1 / 1638)
            self.assertApproximates(pstdev(found[0]) / deviation, 1.0, 0.05)
            self.assertApproximates(autocorrelation(found), 0.0, 0.05)

    def test_matrix(self) -> None:
        """Each pair correlates as its place says, each has its own volatility."""
        rows = ((1.0, 0.8, -0.3), (0.8, 1.0, 0.1), (-0.3, 0.1, 1.0))
        text = " / ".join(" ".join(map(str, row)) for row in rows)
        found = many(
            "basket",
            4_000,
            3,
            members="I0 I1 I2",
            matrix=text,
            every="1h",
            volatility="10% 20% 40%",
        )
        for one in range(3):
            for other in range(one):
                measured = correlation(found[one], found[other])
                self.assertApproximates(measured, rows[one][other], 0.05)
            expected = (0.1, 0.2, 0.4)[one] * sqrt(1 / 1638)
            self.assertApproximates(pstdev(found[one]) / expected, 1.0, 0.05)

    def test_members(self) -> None:
        """Who is none has no price here; who is none at the venue is no trouble to others."""
        source = made("basket", members="A B", matrix="1 0.5 / 0.5 1")
        self.assertTrue(source.takes(Instrument("A", reference=UNIT)))
        self.assertFalse(source.takes(Instrument("C", reference=UNIT)))
        both = steps(
            made("basket", members="A B", matrix="1 0.5 / 0.5 1"), [fine("A"), fine("B")], 5
        )
        self.assertEqual(steps(source, [fine("B")], 5)["B"], both["B"])

    def test_refused(self) -> None:
        """What is no matrix of correlations, and what would be one."""
        for wrong, why in (
            (
                {"members": "A B C", "matrix": "1 0.9 -0.9 / 0.9 1 0.9 / -0.9 0.9 1"},
                "matrix: it is not positive definite: no price of C could correlate so with A, B",
            ),
            ({"members": "A B", "matrix": "1 1 / 1 1"}, "not positive definite"),
            ({"members": "A B", "matrix": "1 0.5 / 0.4 1"}, "A and B correlate by 0.5 in one row"),
            (
                {"members": "A B", "matrix": "1 0.5 / 0.5 0.9"},
                "B has to correlate by 1 with itself",
            ),
            ({"members": "A B", "matrix": "1 0.5"}, "2 members need 2 rows of 2 correlations"),
            ({"members": "A B", "matrix": "1 2 / 2 1"}, "2 is not from -100% to 100%"),
            ({"matrix": "1"}, "a matrix needs members"),
            ({"members": "A A"}, "one is named twice"),
            ({"members": "A B", "volatility": "1 2 3"}, "give 1, or 2"),
            ({"volatility": ""}, "give one volatility, such as 20%"),
        ):
            error = self.assertRaises(ValueError, made, "basket", **wrong)
            self.assertIn(why, str(error))


class DerivedTests(SynchronousTestCase):
    """Prices that follow from others."""

    DAY = 86_400 * S

    def future(self, **given: str) -> tuple[Any, Instrument]:
        """A source of futures with one that ends on 2026-06-30."""
        instrument = Instrument("F", underlying="A", maturity="20260630", security_type="FUT")
        source = made("futures", **given)
        source.begin([Grid(instrument)], 1)
        return source, instrument

    def test_carry(self) -> None:
        """With the interest, less the dividends, for the days that it has; at last the spot."""
        source, instrument = self.future(rate="5%", dividend="1%")
        end = expiry("20260630")
        source.start(end - 73 * self.DAY)  # a fifth of a year
        self.assertEqual(
            source.follow("A", 100 * UNIT, end - 73 * self.DAY),
            [("F", round(100 * UNIT * exp(0.04 / 5)))],
        )
        self.assertEqual(source.next_due(), end - 73 * self.DAY + 10 * S)
        self.assertEqual(source.move(end), [("F", 100 * UNIT)])
        self.assertEqual(source.move(end + self.DAY), [("F", 100 * UNIT)])
        self.assertEqual(source.price(instrument, 0), 100 * UNIT)

    def test_change(self) -> None:
        """Other interest counts at once."""
        source, instrument = self.future(rate="5%")
        now = expiry("20260630") - 365 * self.DAY
        source.start(now)
        source.follow("A", 100 * UNIT, now)
        source.change({"rate": 0.0}, now)
        self.assertEqual(source.price(instrument, now), 100 * UNIT)

    def test_expiry(self) -> None:
        """A day at 21:00 UTC; of a month the third Friday."""
        self.assertEqual(expiry("20260630"), 1_782_853_200 * S)
        self.assertEqual(expiry("202605"), expiry("20260515"))
        self.assertEqual(expiry("202608"), expiry("20260821"))

    def test_what_it_takes(self) -> None:
        """What is derived from something else, and ends; an option needs its terms."""
        futures, options = made("futures"), made("options")
        whole: dict[str, Any] = {
            "underlying": "A",
            "maturity": "202606",
            "strike": UNIT,
            "put_call": "put",
        }
        self.assertTrue(options.takes(Instrument("O", **whole)))
        for key in ("strike", "put_call", "underlying", "maturity"):
            less = {name: value for name, value in whole.items() if name != key}
            self.assertFalse(options.takes(Instrument("O", **less)), key)
        self.assertTrue(futures.takes(Instrument("F", underlying="A", maturity="202606")))
        self.assertFalse(futures.takes(Instrument("A", underlying="A", maturity="202606")))

    def test_black_scholes(self) -> None:
        """Hull, Options, Futures, and Other Derivatives, 9th edition, example 15.6 and 17.1."""
        found = [black_scholes(call, 42, 40, 0.5, 0.2, 0.1, 0.0) for call in (True, False)]
        self.assertEqual([round(each, 2) for each in found], [4.76, 0.81])
        index = black_scholes(True, 930, 900, 2 / 12, 0.2, 0.08, 0.03)
        self.assertEqual(round(index, 2), 51.83)

    @profile(max_examples=50, derandomize=True, deadline=None)
    @given(
        st.floats(1, 1000),
        st.floats(1, 1000),
        st.floats(0, 5),
        st.floats(0, 2),
        st.floats(-0.1, 0.3),
        st.floats(-0.1, 0.3),
    )
    def test_parity(
        self, spot: float, strike: float, t: float, v: float, r: float, q: float
    ) -> None:
        """A call less a put is worth a forward; neither is worth less than nothing."""
        call, put = (black_scholes(c, spot, strike, t, v, r, q) for c in (True, False))
        forward = spot * exp(-q * t) - strike * exp(-r * t)
        self.assertApproximates(call - put, forward, 1e-6 * (spot + strike))
        self.assertGreaterEqual(min(call, put), -1e-9)


class EveryModelTests(SynchronousTestCase):
    """What has to be so, whatever the model."""

    @profile(max_examples=30, derandomize=True, deadline=None)
    @given(
        st.sampled_from(MODELS),
        st.integers(1, 10**4),
        st.integers(1, 5 * UNIT),
        st.integers(0, 10**6),
    )
    def test_grid(self, kind: str, ticks: int, band: int, seed: int) -> None:
        """What comes to the desk's grid is a multiple of the tick, within the band."""
        tick = UNIT // 100
        start = 5 * ticks * tick
        instrument = Instrument("A", reference=start, ticks=((0, tick), (start, 5 * tick)))
        grid = Grid(instrument, (band, 0))
        given = {} if kind == "random-walk" else {"every": "100h"}
        for price in steps(made(kind, **given), [grid], 30, seed)["A"]:
            fitted = grid.fit(price)
            self.assertEqual(fitted % instrument.tick_at(fitted), 0)
            self.assertLessEqual(abs(fitted - start), band)

    def uninterrupted(self, check: Callable[[Any, Any], None]) -> None:
        """Each model, at some step, and another one made to be as that."""
        for kind in MODELS:
            grids = [fine(f"I{number}") for number in range(600)]
            source, other = made(kind), made(kind)
            source.begin(grids, 5)
            source.start(7)
            for _ in range(4):
                source.move(source.next_due())
            other.begin(grids, 99)
            other.restore(unpack(pack(source.state())))
            check(source, other)

    def test_snapshot_in_the_middle(self) -> None:
        """What is restored goes on as what was not interrupted, in the midst of a round, too."""

        def check(source: Any, other: Any) -> None:
            for _ in range(7):
                self.assertEqual(other.next_due(), source.next_due())
                self.assertEqual(other.move(0), source.move(0))

        self.uninterrupted(check)

    def test_each_for_itself(self) -> None:
        """Other instruments make no difference to one, but in a basket; each goes another way."""
        for kind in MODELS:
            alone = steps(made(kind), [fine("A")], 50)["A"]
            three = steps(made(kind), [fine("Z"), fine("A"), fine("B")], 50)
            self.assertEqual(three["A"], alone, kind)
            self.assertNotEqual(three["A"], three["B"], kind)

    def test_turns(self) -> None:
        """Of 600 instruments 250 move at a time, each once a second, at exact times."""
        source = made("brownian")
        source.begin([fine(f"I{number}") for number in range(600)], 1)
        source.start(0)
        dues, moved = [], []
        for _ in range(6):
            dues.append(source.next_due())
            moved.append([symbol for symbol, _ in source.move(dues[-1])])
        self.assertEqual(dues[:4], [333_333_333, 666_666_666, S, S + 333_333_333])
        self.assertEqual([len(each) for each in moved], [250, 250, 100] * 2)
        self.assertEqual(len(set(flat(moved[:3]))), 600)

    def test_interfaces(self) -> None:
        """All of them are what they say."""
        for kind in MODELS:
            source = made(kind)
            self.assertTrue(IMovingSource.providedBy(source) and IStateful.providedBy(source), kind)
