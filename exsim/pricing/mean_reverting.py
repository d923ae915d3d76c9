"""``mean-reverting``: a price that strays from a mean, and comes back (Ornstein and Uhlenbeck)."""

from __future__ import annotations

from math import exp, log, sqrt

from zope.interface import implementer

from exsim.interfaces import IMovingSource, IRemembersPrices, IStateful
from exsim.model.options import Option, amount, optional, ratio, span
from exsim.model.settings import Values
from exsim.pricing.common import LEAST_SPAN
from exsim.pricing.moving import COMMON, Moving, Path


@implementer(IMovingSource, IRemembersPrices, IStateful)
class MeanReverting(Moving):
    """The logarithm of the price is drawn to that of the mean; each step is exact."""

    options: tuple[Option, ...] = (
        *COMMON,
        Option(
            "mean",
            optional(amount(1)),
            "",
            "The price that it comes back to; empty for what each instrument is worth at first.",
        ),
        Option(
            "half_life",
            span(LEAST_SPAN),
            "5m",
            "In which time half of the way back is gone, on average.",
        ),
        Option(
            "deviation",
            ratio(0.0, 10.0),
            "1%",
            "How far it strays in the long run: the standard deviation of the price, as a part of "
            "the mean.",
        ),
    )

    def use(self, options: Values) -> None:
        """Go by these options."""
        super().use(options)
        self._mean: int | None = options["mean"]
        self._keeps: float = exp(-log(2.0) * options["every"] / options["half_life"])
        self._deviation: float = options["deviation"] * sqrt(1.0 - self._keeps**2)

    def step(self, path: Path) -> float:
        """Some way back, and a normal step away."""
        mean = path.start if self._mean is None else self._mean * path.ratio
        away = log(path.value / mean) * self._keeps + self._deviation * path.luck.normal()
        return mean * exp(away)
