"""``regimes``: a market that is calm, has a trend, or crashes, and opens with a gap."""

from __future__ import annotations

from math import exp, sqrt
from typing import Final

from zope.interface import implementer

from exsim.interfaces import IMovingSource, IRemembersPrices, IStateful
from exsim.model.options import Option, probability, ratio, span
from exsim.model.settings import Values
from exsim.pricing.brownian import SIZE, YEAR
from exsim.pricing.common import LEAST_SPAN, gap
from exsim.pricing.moving import GAPLESS, Moving, Path

CALM: Final = 0.0
RISE: Final = 1.0
FALL: Final = 2.0
CRASH: Final = 3.0
"""What ``memory`` of a path has: the regime that it is in."""
_SPAN: Final = span(LEAST_SPAN)
_WAY: Final = ratio(0.0, 0.9)


class Regime:
    """One of them: the chance that it ends with a step, and mean and deviation of steps in it."""

    __slots__ = ("deviation", "ends", "mean")

    def __init__(self, options: Values, lasts: int, volatility: float, way: float) -> None:
        every: int = options["every"]
        self.ends = 1.0 - exp(-every / lasts)
        self.deviation = volatility * sqrt(every / options["year"])
        # In all its steps, so many on average, it goes that way.
        self.mean = way * self.ends - self.deviation**2 / 2


@implementer(IMovingSource, IRemembersPrices, IStateful)
class Regimes(Moving):
    """
    Each instrument is in a regime for a random time. After a calm comes a trend, up or down, or a
    crash; after these comes a calm.
    """

    options: tuple[Option, ...] = (
        *GAPLESS,
        gap("1%"),
        YEAR,
        Option("calm_time", _SPAN, "20m", "How long it is calm, on average."),
        Option("calm_volatility", SIZE, "10%", "The volatility of a year while it is calm."),
        Option("trend_time", _SPAN, "10m", "How long a trend lasts, on average."),
        Option("trend_volatility", SIZE, "20%", "The volatility of a year in a trend."),
        Option("trend", _WAY, "1%", "How far a trend goes, on average: part of the price."),
        Option("crash_time", _SPAN, "2m", "How long a crash lasts, on average."),
        Option("crash_volatility", SIZE, "100%", "The volatility of a year in a crash."),
        Option("crash", _WAY, "5%", "How far a crash goes, on average: part of the price."),
        Option("crashes", probability, "5%", "How likely a calm ends in a crash, not in a trend."),
    )

    def use(self, options: Values) -> None:
        """Go by these options."""
        super().use(options)
        trend: float = options["trend"]
        swings = options["trend_time"], options["trend_volatility"]
        self._regimes = (
            Regime(options, options["calm_time"], options["calm_volatility"], 0.0),
            Regime(options, *swings, trend),
            Regime(options, *swings, -trend),
            Regime(options, options["crash_time"], options["crash_volatility"], -options["crash"]),
        )
        self._crashes: float = options["crashes"]

    def fresh(self, path: Path) -> None:
        """It is calm."""
        path.memory = [CALM]

    def step(self, path: Path) -> float:
        """A normal step of the logarithm, as the regime has it, which may end with that."""
        luck, current = path.luck, path.memory[0]
        regime = self._regimes[int(current)]
        value = path.value * exp(regime.mean + regime.deviation * luck.normal())
        if luck.unit() < regime.ends:
            path.memory[0] = self._after(path) if current == CALM else CALM
        return value

    def _after(self, path: Path) -> float:
        """What comes after a calm."""
        if path.luck.unit() < self._crashes:
            return CRASH
        return RISE if path.luck.below(2) else FALL
