"""``random-walk``: a price that goes up or down by some ticks, or stays, each time."""

from __future__ import annotations

from zope.interface import implementer

from exsim.interfaces import IMovingSource, IRemembersPrices, IStateful
from exsim.model.options import Option, integer, probability
from exsim.model.settings import Values
from exsim.pricing.moving import COMMON, Moving, Path


@implementer(IMovingSource, IRemembersPrices, IStateful)
class RandomWalk(Moving):
    """Steps of 1 to ``ticks`` ticks, each as likely, at a chance of ``moves``."""

    options: tuple[Option, ...] = (
        *COMMON,
        Option("ticks", integer(1, 1000), "1", "How many ticks a price moves at most in one step."),
        Option("moves", probability, "50%", "How likely it is that a step moves the price."),
        Option("up", probability, "50%", "How likely it is that a price that moves goes up."),
    )

    positive = False

    def use(self, options: Values) -> None:
        """Go by these options."""
        super().use(options)
        self._ticks: int = options["ticks"]
        self._moves: float = options["moves"]
        self._up: float = options["up"]

    def step(self, path: Path) -> float:
        """Some ticks up or down, or the same."""
        luck = path.luck
        if luck.unit() >= self._moves:
            return path.value
        ticks = 1 + luck.below(self._ticks)
        return float(path.grid.move(round(path.value), ticks if luck.unit() < self._up else -ticks))
