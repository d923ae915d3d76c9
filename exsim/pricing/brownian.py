"""``brownian``: geometric Brownian motion, the textbook's price of a share."""

from __future__ import annotations

from math import exp, sqrt
from typing import Final

from zope.interface import implementer

from exsim.interfaces import IMovingSource, IRemembersPrices, IStateful
from exsim.model.options import Option, Parser, ratio, span
from exsim.model.settings import Values
from exsim.pricing.moving import COMMON, Moving, Path

RATE: Final[Parser] = ratio(-100.0, 100.0)
SIZE: Final[Parser] = ratio(0.0, 100.0)
VOLATILITY: Final = Option(
    "volatility", SIZE, "20%", "The volatility: the standard deviation of a year's return."
)
DRIFT: Final = Option("drift", RATE, "0%", "How much a price grows in a year, on average.")
YEAR: Final = Option(
    "year",
    span(1_000_000_000),
    "1638h",
    "How much time of the market a year is: 252 days of 6.5 hours, where prices stand still at "
    "night; 8766h for one that moves day and night.",
)


@implementer(IMovingSource, IRemembersPrices, IStateful)
class Brownian(Moving):
    """Steps of the logarithm are normal: each is exact, however long it is."""

    options: tuple[Option, ...] = (*COMMON, VOLATILITY, DRIFT, YEAR)

    def use(self, options: Values) -> None:
        """Go by these options."""
        super().use(options)
        time = options["every"] / options["year"]
        volatility: float = options["volatility"]
        self._mean: float = (options["drift"] - volatility**2 / 2) * time
        self._deviation: float = volatility * sqrt(time)

    def step(self, path: Path) -> float:
        """A normal step of the logarithm."""
        return path.value * exp(self._mean + self._deviation * path.luck.normal())
