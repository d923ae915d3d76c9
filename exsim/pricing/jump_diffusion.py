"""``jump-diffusion``: geometric Brownian motion that jumps now and then (Merton 1976)."""

from __future__ import annotations

from math import exp, sqrt

from zope.interface import implementer

from exsim.interfaces import IMovingSource, IRemembersPrices, IStateful
from exsim.model.options import Option, ratio, span
from exsim.model.settings import Values
from exsim.pricing.brownian import DRIFT, VOLATILITY, YEAR
from exsim.pricing.common import LEAST_SPAN
from exsim.pricing.moving import COMMON, Moving, Path


@implementer(IMovingSource, IRemembersPrices, IStateful)
class JumpDiffusion(Moving):
    """Jumps come at random, and have normal logarithms; the drift is that of all together."""

    options: tuple[Option, ...] = (
        *COMMON,
        VOLATILITY,
        DRIFT,
        YEAR,
        Option(
            "jump_every",
            span(LEAST_SPAN),
            "10m",
            "The time between two jumps of a price on average.",
        ),
        Option(
            "jump_size",
            ratio(0.0, 10.0),
            "0.5%",
            "How large jumps are: the standard deviation of their logarithms.",
        ),
        Option(
            "jump_mean",
            ratio(-10.0, 10.0),
            "0%",
            "Where jumps go: the mean of their logarithms; below 0 for falls rather than rises.",
        ),
    )

    def use(self, options: Values) -> None:
        """Go by these options."""
        super().use(options)
        time = options["every"] / options["year"]
        self._jumps: float = options["every"] / options["jump_every"]
        self._size: float = options["jump_size"]
        self._where: float = options["jump_mean"]
        # What jumps come to on average is taken off, so that the drift is what it says.
        expected = self._jumps * (exp(self._where + self._size**2 / 2) - 1.0)
        volatility: float = options["volatility"]
        self._mean: float = (options["drift"] - volatility**2 / 2) * time - expected
        self._deviation: float = volatility * sqrt(time)

    def step(self, path: Path) -> float:
        """A normal step of the logarithm, and the jumps in that time."""
        luck = path.luck
        move = self._mean + self._deviation * luck.normal()
        jumps = luck.poisson(self._jumps)
        if jumps:
            move += jumps * self._where + sqrt(jumps) * self._size * luck.normal()
        return path.value * exp(move)
