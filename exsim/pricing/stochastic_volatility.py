"""
``stochastic-volatility``: Brownian motion whose volatility itself comes and goes (Taylor 1986), so
that large moves follow large ones, and tails are heavy.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Final

from zope.interface import implementer

from exsim.interfaces import IMovingSource, IRemembersPrices, IStateful
from exsim.model.options import Option, ratio, span
from exsim.model.settings import Values
from exsim.pricing.brownian import DRIFT, VOLATILITY, YEAR
from exsim.pricing.common import LEAST_SPAN
from exsim.pricing.moving import COMMON, Moving, Path

_MOOD: Final = 0
"""Where a path remembers how far the logarithm of its volatility is from its mean."""


@implementer(IMovingSource, IRemembersPrices, IStateful)
class StochasticVolatility(Moving):
    """
    The logarithm of the volatility strays from a mean and comes back (Ornstein and Uhlenbeck); the
    mean of its square is that of ``volatility``.
    """

    options: tuple[Option, ...] = (
        *COMMON,
        VOLATILITY,
        Option(
            "unrest",
            ratio(0.0, 2.0),
            "50%",
            "How much the volatility itself varies: the standard deviation of its logarithm. The"
            " excess kurtosis of a step is 3 exp(4 unrest^2) - 3: 5 for 50%.",
        ),
        Option(
            "half_life",
            span(LEAST_SPAN),
            "20m",
            "In which time half of a rise or fall of the volatility is gone, on average.",
        ),
        DRIFT,
        YEAR,
    )

    def use(self, options: Values) -> None:
        """Go by these options."""
        super().use(options)
        time = options["every"] / options["year"]
        volatility: float = options["volatility"]
        unrest: float = options["unrest"]
        self._mean: float = (options["drift"] - volatility**2 / 2) * time
        self._deviation: float = volatility * sqrt(time) * exp(-(unrest**2))
        self._unrest = unrest
        self._keeps: float = exp(-log(2.0) * options["every"] / options["half_life"])
        self._strays: float = unrest * sqrt(1.0 - self._keeps**2)

    def fresh(self, path: Path) -> None:
        """It begins with the volatility of some day or other."""
        path.memory = [self._unrest * path.luck.normal()]

    def step(self, path: Path) -> float:
        """A step of the volatility, then one of the price by it."""
        mood = path.memory[_MOOD] * self._keeps + self._strays * path.luck.normal()
        path.memory[_MOOD] = mood
        return path.value * exp(self._mean + self._deviation * exp(mood) * path.luck.normal())
