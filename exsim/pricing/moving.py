"""What sources have in common that go by themselves, each instrument on a path of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any, Final

from exsim.model.grid import Grid
from exsim.model.luck import Luck, seed_of
from exsim.model.options import Option
from exsim.model.settings import Instrument, Values
from exsim.pricing.common import EVERY, NIGHTS, SEED, START, SYMBOLS, gap
from exsim.pricing.planned import PLAN, Planned, moved
from exsim.pricing.turns import AT_ONCE, Turns

GAPLESS: Final = (SYMBOLS, EVERY, SEED, START, NIGHTS, PLAN)
COMMON: Final = (*GAPLESS, gap("0"))


class Path:
    """
    One instrument on its way. ``value`` is what it is worth, in units of 10^-8 but not rounded;
    ``start`` what it was at first; ``memory`` is for what a model has to remember. ``far`` is how
    far it has moved by a plan, None where it has not seen that yet. ``ratio`` is what splits have
    made of a price of 1, and of what was told to be ``first``.
    """

    __slots__ = (
        "far",
        "first",
        "grid",
        "high",
        "low",
        "luck",
        "memory",
        "ratio",
        "start",
        "symbol",
        "value",
    )

    def __init__(self, grid: Grid, start: int, seed: int) -> None:
        self.far: float | None = None
        self.grid = grid
        self.symbol = grid.instrument.symbol
        self.first = self.start = self.value = float(start)
        self.ratio = 1.0
        self.luck = Luck(seed)
        self.memory: list[float] = []
        # What is worth something stays so: it never comes to less than a tick.
        least = max(grid.low, grid.ticks.at(0)) if start > 0 else grid.low
        self.low, self.high = float(least), float(grid.high)

    def go(self, value: float) -> int:
        """Be worth that, or the nearest to it that may be; what that is, rounded."""
        if value < self.low:
            value = self.low
        elif value > self.high:
            value = self.high
        self.value = value
        return round(value)

    def split(self, ratio: float) -> None:
        """Be worth so many times as much, and have been that at first."""
        self.scale(self.ratio * ratio)
        self.go(float(self.grid.fit(round(self.value * ratio))))

    def scale(self, ratio: float) -> None:
        """Have been so many times as much at first as was told."""
        self.ratio = ratio
        if ratio != 1.0:
            self.start = float(self.grid.fit(round(self.first * ratio)))


class Moving:
    """
    A source with a step for all its instruments each ``every``; a model says what a step is.

    Where there are many instruments each step is that of some of them, in turns.
    """

    options: tuple[Option, ...] = COMMON
    by_clock = True
    at_once = AT_ONCE
    positive = True
    """Whether prices have to be above 0, since they go by their logarithms."""

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._start: int | None = options["start"]
        self._seed = 0
        self._plan: tuple[Planned, ...] = options["plan"]
        self._since: int | None = None  # when the plan began
        self._values: dict[str, Any] = dict(options)
        self._paths: dict[str, Path] = {}
        self._order: list[Path] = []
        self._turns = Turns(options["every"], self.at_once)
        self.use(options)

    # -- the model

    def use(self, options: Values) -> None:
        """Go by these options; ``ValueError`` where they do not go together."""
        self._gap: float = options["gap"]

    def fresh(self, path: Path) -> None:
        """A path begins: give it the memory that the model needs."""

    def step(self, path: Path) -> float:
        """What comes after ``path.value``."""
        raise NotImplementedError

    # -- as a pricing source

    def price(self, instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""
        path = self._paths.get(instrument.symbol)
        return None if path is None else round(path.value)

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Go on from a price; with None from the first one."""
        path = self._paths[instrument.symbol]
        path.value = path.start if price is None else float(price)

    def split(self, symbol: str, new: int, old: int) -> None:
        """See :class:`exsim.interfaces.IRemembersPrices`."""
        self._paths[symbol].split(old / new)

    def reset(self) -> None:
        """Forget all; what follows is another :meth:`begin`."""
        self._paths.clear()
        self._order.clear()
        self._turns.forget()
        self._since = None

    # -- as one that moves

    def takes(self, instrument: Instrument) -> bool:
        """Whether it is known what an instrument is worth at first, and that makes sense here."""
        start = instrument.reference if self._start is None else self._start
        return start is not None and (start > 0 or not self.positive)

    def begin(self, grids: Sequence[Grid], seed: int) -> None:
        """Have these instruments, at their first prices."""
        self._seed = seed
        for grid in grids:
            self.join(grid)

    def join(self, grid: Grid) -> None:
        """Have another instrument."""
        symbol, start = grid.instrument.symbol, self._start
        if start is None:
            start = grid.instrument.reference
        assert start is not None  # else it was not taken
        path = Path(grid, grid.fit(start), seed_of(self._seed, symbol))
        self.fresh(path)
        if self._since is None:
            path.far = 0.0
        self._paths[symbol] = path
        self._order.append(path)

    def leave(self, symbol: str) -> None:
        """Have an instrument no more."""
        self._order.remove(self._paths.pop(symbol))

    def start(self, now: int) -> None:
        """Begin a round of turns, and the first time the plan."""
        self._turns.start(now)
        if self._since is None:
            self._since = now

    def open(self, now: int) -> Sequence[tuple[str, int]]:
        """A jump for each, where there are any."""
        if not self._gap:
            return ()
        return [(p.symbol, p.go(p.value * exp(self._gap * p.luck.normal()))) for p in self._order]

    def next_due(self) -> int | None:
        """When the next turn is."""
        return self._turns.next_due(len(self._order))

    def move(self, now: int) -> Sequence[tuple[str, int]]:
        """A step of those whose turn it is."""
        step = self.step
        moving = self._order[self._turns.take(len(self._order))]
        if not self._plan or self._since is None:
            return [(path.symbol, path.go(step(path))) for path in moving]
        far = moved(self._plan, now - self._since)
        return [(path.symbol, path.go(step(path) * self._shift(path, far))) for path in moving]

    def _shift(self, path: Path, far: float) -> float:
        """The factor by which the plan moves a price in this step, when it is to be so far."""
        before, path.far = path.far, far
        return 1.0 if before is None else exp(far - before)

    def change(self, values: Values, now: int) -> None:
        """Go by other values of some options from the next step on."""
        merged = {**self._values, **values}
        self.use(merged)
        self._values = merged
        self._turns.change(merged["every"], now)
        if "plan" in values:
            self._plan = merged["plan"]
            self._since = None if self._since is None else now
            for path in self._order:
                path.far = 0.0

    # -- snapshots

    def state(self) -> object:
        """Where all paths are; the bits of luck as text, being whole numbers of 64 bits."""
        paths = {
            path.symbol: [
                path.value,
                path.ratio,
                str(path.luck.state),
                list(path.memory),
                path.far,
            ]
            for path in self._order
        }
        return {"turns": self._turns.state(), "since": self._since, "paths": paths}

    def restore(self, state: Any) -> None:
        """Be there again; instruments that were not there then begin."""
        self._turns.restore(state["turns"])
        self._since = state["since"]
        told: Mapping[str, Any] = state["paths"]
        for symbol, path in self._paths.items():
            if symbol in told:
                path.value, ratio, luck, path.memory, path.far = told[symbol]
                path.scale(ratio)
                path.luck.state = int(luck)
        # Their turns are in this order, that of those that were made or removed since at the end.
        places = {symbol: place for place, symbol in enumerate(told)}
        self._order.sort(key=lambda path: places.get(path.symbol, len(places)))
