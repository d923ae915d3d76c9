"""``basket``: instruments whose prices go together, as far as correlations say."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, sqrt
from typing import Any, Final

from zope.interface import implementer

from exsim.interfaces import IMovingSource, IRemembersPrices, IStateful
from exsim.model.luck import Luck, seed_of
from exsim.model.options import Option, ratio, words
from exsim.model.settings import Instrument, Values
from exsim.pricing.brownian import DRIFT, SIZE, YEAR
from exsim.pricing.moving import COMMON, Moving, Path

Rows = tuple[tuple[float, ...], ...]
_LEAST: Final = 1e-9
"""What has to be left of a variance, once all is taken off that others explain."""
_NEAR: Final = 1e-9
_CORRELATION: Final = ratio(-1.0, 1.0)


def matrix(value: str) -> Rows:
    """Rows of correlations, separated by ``/``; may be empty."""
    if not value.strip():
        return ()
    return tuple(
        tuple(float(str(_CORRELATION(word))) for word in words(row)) for row in value.split("/")
    )


def volatilities(value: str) -> tuple[float, ...]:
    """One volatility or several."""
    found = tuple(float(str(SIZE(word))) for word in words(value))
    if not found:
        raise ValueError("give one volatility, such as 20%, or one for each of the members")
    return found


def cholesky(rows: Rows, names: Sequence[str]) -> Rows:
    """
    The lower triangle that makes independent numbers correlate as a matrix says.

    :raises ValueError: for what is no matrix of correlations of these names, saying why.
    """
    count = len(names)
    if len(rows) != count or any(len(row) != count for row in rows):
        sizes = " ".join(str(len(row)) for row in rows)
        raise ValueError(
            f"matrix: {count} members need {count} rows of {count} correlations each, separated "
            f"by /; there are {len(rows)}, of {sizes}"
        )
    for i in range(count):
        if rows[i][i] != 1.0:
            raise ValueError(f"matrix: {names[i]} has to correlate by 1 with itself")
        for j in range(i):
            if abs(rows[i][j] - rows[j][i]) > _NEAR:
                raise ValueError(
                    f"matrix: {names[j]} and {names[i]} correlate by {rows[j][i]:g} in one row and "
                    f"by {rows[i][j]:g} in the other: make these the same"
                )
    lower: list[tuple[float, ...]] = []
    for i in range(count):
        row: list[float] = []
        for j in range(i):
            explained = sum(row[k] * lower[j][k] for k in range(j))
            row.append((rows[i][j] - explained) / lower[j][j])
        left = 1.0 - sum(each * each for each in row)
        if left < _LEAST:
            others = ", ".join(names[:i])
            raise ValueError(
                f"matrix: it is not positive definite: no price of {names[i]} could correlate so "
                f"with {others} while they correlate so with each other; bring correlations of "
                f"{names[i]} nearer to 0"
            )
        lower.append((*row, sqrt(left)))
    return tuple(lower)


@implementer(IMovingSource, IRemembersPrices, IStateful)
class Basket(Moving):
    """
    Geometric Brownian motions, which have a step all at once. Either any two correlate alike, or
    those of ``members`` as a matrix says.
    """

    options: tuple[Option, ...] = (
        *COMMON,
        Option(
            "correlation",
            ratio(0.0, 1.0),
            "50%",
            "How much any two prices correlate, where there is no matrix.",
        ),
        Option(
            "members",
            words,
            "",
            "The symbols that matrix and volatility are about, in their order; none others have "
            "prices here then. Empty for all that symbols says.",
        ),
        Option(
            "matrix",
            matrix,
            "",
            "How much members correlate: a row for each, separated by /, such as 1 0.8 / 0.8 1. "
            "It has to be positive definite.",
        ),
        Option(
            "volatility",
            volatilities,
            "20%",
            "The volatility of a year: one for all, or one for each of the members.",
        ),
        DRIFT,
        YEAR,
    )
    at_once = 1_000_000

    def use(self, options: Values) -> None:
        """Go by these options."""
        super().use(options)
        members: tuple[str, ...] = options["members"]
        sizes: tuple[float, ...] = options["volatility"]
        if options["matrix"] and not members:
            raise ValueError("a matrix needs members: the symbols of its rows, in their order")
        if len(sizes) > 1 and len(sizes) != len(members):
            raise ValueError(f"volatility: give 1, or {len(members)}: one for each of the members")
        if len(set(members)) < len(members):
            raise ValueError("members: one is named twice")
        self._lower = cholesky(options["matrix"], members) if options["matrix"] else ()
        self._members = members
        self._common: float = sqrt(options["correlation"])
        self._own: float = sqrt(1.0 - options["correlation"])
        time = options["every"] / options["year"]
        self._steps = [(_mean(options["drift"], size, time), size * sqrt(time)) for size in sizes]
        self._places = {name: place for place, name in enumerate(members)}

    def takes(self, instrument: Instrument) -> bool:
        """Whether it is a member, where these are named."""
        member = not self._members or instrument.symbol in self._places
        return member and super().takes(instrument)

    def begin(self, grids: Sequence[Any], seed: int) -> None:
        """Have these instruments; what moves them is there whether they are or not."""
        self._lucks = {name: Luck(seed_of(seed, "", name)) for name in ("", *self._members)}
        super().begin(grids, seed)

    def move(self, now: int) -> Sequence[tuple[str, int]]:
        """A step of all."""
        self._shared = self._lucks[""].normal()
        if self._lower:
            alone = [self._lucks[name].normal() for name in self._members]
            self._shocks = [
                sum(part * each for part, each in zip(row, alone, strict=False))
                for row in self._lower
            ]
        return super().move(now)

    def step(self, path: Path) -> float:
        """A normal step of the logarithm, of which others have a part."""
        place = self._places.get(path.symbol, 0)
        mean, deviation = self._steps[place if len(self._steps) > 1 else 0]
        if self._lower:
            shock = self._shocks[place]
        else:
            shock = self._common * self._shared + self._own * path.luck.normal()
        return path.value * exp(mean + deviation * shock)

    def state(self) -> object:
        """Where all paths are, and the luck that they share."""
        lucks = {name: str(luck.state) for name, luck in self._lucks.items()}
        return {"moving": super().state(), "lucks": lucks}

    def restore(self, state: Any) -> None:
        """Be there again."""
        super().restore(state["moving"])
        for name, luck in state["lucks"].items():
            if name in self._lucks:
                self._lucks[name].state = int(luck)


def _mean(drift: float, volatility: float, time: float) -> float:
    """The mean of steps of the logarithm."""
    return (drift - volatility**2 / 2) * time
