"""What a price desk keeps: of each source, and of each instrument that one prices."""

from __future__ import annotations

from array import array
from fnmatch import fnmatchcase

from exsim.interfaces import (
    IDerivedSource,
    IFedSource,
    IFollowingSource,
    IGuidedSource,
    IMovingSource,
    IPricingSource,
    IRemembersPrices,
    IStateful,
)
from exsim.model.grid import Grid
from exsim.model.plain import Plain
from exsim.model.settings import Instrument, Values

STAND = "stand"
"""What ``nights`` says of a source whose prices stand still while the market is closed."""
_EACH = 3
"""Numbers of a sample: of the journal's entry, its time, the price."""


class Line:
    """
    One source of a venue, as a pricing source and as what else it is; None where it is not.

    ``kind`` is the name of its plugin, ``values`` are those of its options. ``symbols`` are
    patterns: it prices instruments that one of them is like, but none that is like one after ``!``.
    ``seed`` fixes its randomness.

    ``rests``: it stands still while the market is closed.
    ``started``: it has been told what time it is. ``running``: it is not stopped by anybody, and
    has not failed; ``trouble`` then says how. ``given`` are options, as text, that were changed.
    """

    __slots__ = (
        "derived",
        "fed",
        "follows",
        "given",
        "guided",
        "keeps",
        "kind",
        "moving",
        "name",
        "remembers",
        "rests",
        "running",
        "seed",
        "source",
        "started",
        "symbols",
        "trouble",
        "values",
    )

    def __init__(
        self,
        source: IPricingSource,
        kind: str = "",
        values: Values | None = None,
        seed: int = 0,
        moving: IMovingSource | None = None,
        guided: IGuidedSource | None = None,
        derived: IDerivedSource | None = None,
        keeps: IStateful | None = None,
        fed: IFedSource | None = None,
        follows: IFollowingSource | None = None,
        remembers: IRemembersPrices | None = None,
    ) -> None:
        self.name: str = source.name
        self.kind = kind
        self.values: Values = {} if values is None else values
        self.symbols: tuple[str, ...] = self.values.get("symbols", ("*",))
        self.seed = seed
        self.source = source
        self.moving = moving
        self.guided = guided
        self.derived = derived
        self.fed = fed
        self.follows = follows
        self.keeps = keeps
        self.remembers = remembers
        self.rests: bool = self.values.get("nights") == STAND
        self.given: dict[str, str] = {}
        self.started = False
        self.running = True
        self.trouble = ""

    def takes(self, instrument: Instrument) -> bool:
        """Whether it prices an instrument that no source before it does."""
        moving = self.moving
        return is_like(instrument.symbol, self.symbols) and (
            moving is None or moving.takes(instrument)
        )


def is_like(symbol: str, patterns: tuple[str, ...]) -> bool:
    """Whether a symbol is like one of some patterns, and like none of those after ``!``."""
    found = False
    for pattern in patterns:
        if pattern[:1] == "!":
            if fnmatchcase(symbol, pattern[1:]):
                return False
        elif not found:
            found = fnmatchcase(symbol, pattern)
    return found


class Priced:
    """
    An instrument that a source prices: what it is worth (None before that is known), since which
    market time (0: since the start), and what it was worth before, ``keep`` changes of it.
    """

    __slots__ = ("_before", "_keep", "_next", "_samples", "grid", "line", "price", "time")

    def __init__(self, line: Line, grid: Grid, keep: int) -> None:
        self.line = line
        self.grid = grid
        self.price: int | None = None
        self.time = 0
        self._keep = keep
        self._before: int | None = None  # what it was worth before the oldest sample
        self._next = 0  # where the oldest sample is, once there are as many as are kept
        self._samples: array[int] = array("q")

    def changed(self, price: int, now: int, seq: int) -> None:
        """It is worth something else, by the journal's entry of this number."""
        if not self._samples:
            self._before = self.price
        self.price, self.time = price, now
        if len(self._samples) < _EACH * self._keep:
            self._samples.extend((seq, now, price))
        elif self._keep:
            at = self._next
            self._before = self._samples[at + 2]
            self._samples[at : at + _EACH] = array("q", (seq, now, price))
            self._next = (at + _EACH) % len(self._samples)

    def history(self) -> list[tuple[int, int, int]]:
        """Its changes, oldest first: number of the journal's entry, market time, and price."""
        flat = self._samples[self._next :] + self._samples[: self._next]
        return [(flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat), _EACH)]

    def changed_by(self, seq: int) -> int | None:
        """What it was worth by an entry of the journal; None where that changed nothing."""
        samples, count = self._samples, len(self._samples)
        for back in range(_EACH, count + 1, _EACH):  # from the newest sample on
            at = (self._next - back) % count
            if samples[at] <= seq:
                return samples[at + 2] if samples[at] == seq else None
        return None

    def at(self, time: int) -> int | None:
        """What it was worth at a market time, as far back as changes are kept."""
        samples, count = self._samples, len(self._samples)
        if self.time <= time or not count:
            return self.price
        for back in range(_EACH, count + 1, _EACH):  # from the newest sample on
            at = (self._next - back) % count
            if samples[at + 1] <= time:
                return samples[at + 2]
        return self._before

    def packed(self) -> bytes:
        """The same as :meth:`history`, one number of 64 bits after the other."""
        return (self._samples[self._next :] + self._samples[: self._next]).tobytes()

    def state(self) -> Plain:
        """All of it, but for its instrument."""
        return [self.line.name, self.price, self.time, self.packed(), self._before]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told, where the same source has it."""
        name, price, time, samples, before = plain
        if name == self.line.name:
            self.price, self.time = price, time
            self._samples = array("q")
            self._samples.frombytes(samples)
            self._before = before
            extra = max(0, len(self._samples) - _EACH * self._keep)
            if extra:
                self._before = self._samples[extra - 1]
            del self._samples[:extra]
            self._next = 0
