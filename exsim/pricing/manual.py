"""``manual``: prices that a person or a test sets, now, step by step, or for later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zope.interface import implementer

from exsim.interfaces import IGuidedSource, IRemembersPrices, IStateful
from exsim.model.grid import Grid
from exsim.model.options import Option, choice
from exsim.model.settings import Instrument, Values
from exsim.pricing.common import SYMBOLS, every
from exsim.pricing.splits import Splits


class Ramp:
    """On its way from a price at a time to another one; ``due`` is when its next step is."""

    __slots__ = ("begun", "due", "goal", "price", "until")

    def __init__(self, begun: int, price: int, until: int, goal: int, due: int) -> None:
        self.begun = begun
        self.price = price
        self.until = until
        self.goal = goal
        self.due = due

    def at(self, now: int) -> int:
        """Where it is at a time."""
        if now >= self.until:
            return self.goal
        way = (self.goal - self.price) * (now - self.begun)
        return self.price + way // (self.until - self.begun)

    def state(self) -> list[int]:
        """All of it, in the order in which it is made."""
        return [self.begun, self.price, self.until, self.goal, self.due]


@implementer(IGuidedSource, IRemembersPrices, IStateful)
class Manual:
    """What was set by hand, and until then nothing or the reference price."""

    options: tuple[Option, ...] = (
        SYMBOLS,
        Option(
            "start",
            choice("none", "reference"),
            "none",
            "What an instrument is worth before a price is set: none, or its reference price.",
        ),
        every("100ms", "How much time is between two steps of a price that goes to another one."),
    )
    by_clock = False

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._every: int = options["every"]
        self._from_reference: bool = options["start"] == "reference"
        self._set: dict[str, int] = {}
        self._ramps: dict[str, Ramp] = {}
        self._schedules: dict[str, list[tuple[int, int]]] = {}
        self._splits = Splits()

    def price(self, instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""
        found = self._set.get(instrument.symbol)
        if found is None and self._from_reference:
            found = self._splits.price(instrument.symbol, instrument.reference)
        return found

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Set a price, which then goes nowhere; None goes back to what it was at the start."""
        symbol = instrument.symbol
        self._forget(symbol)
        if price is None:
            self._set.pop(symbol, None)
        else:
            self._set[symbol] = price

    def _forget(self, symbol: str) -> None:
        """Have no plans for a price."""
        self._ramps.pop(symbol, None)
        self._schedules.pop(symbol, None)

    def reset(self) -> None:
        """Forget all that was set, and all plans."""
        self._set.clear()
        self._ramps.clear()
        self._schedules.clear()
        self._splits.clear()

    # -- plans

    def ramp(self, instrument: Instrument, price: int, until: int, now: int) -> None:
        """Go to a price in even steps; at once where there is none yet, or no time."""
        before = self.price(instrument, now)
        self._forget(instrument.symbol)
        due = min(now + self._every, until)
        if before is None or until <= now:
            before, due = price, now
        self._ramps[instrument.symbol] = Ramp(now, before, until, price, due)

    def schedule(self, instrument: Instrument, points: Sequence[tuple[int, int]], now: int) -> None:
        """Have prices at times."""
        self._forget(instrument.symbol)
        if points:
            self._schedules[instrument.symbol] = list(points)

    def split(self, symbol: str, new: int, old: int) -> None:
        """What was set is on the terms of now, and so is what is planned."""
        self._splits.split(symbol, new, old)
        if symbol in self._set:
            self._set[symbol] = self._set[symbol] * old // new
        ramp = self._ramps.get(symbol)
        if ramp is not None:
            ramp.price, ramp.goal = ramp.price * old // new, ramp.goal * old // new
        points = self._schedules.get(symbol)
        if points is not None:
            points[:] = [(time, price * old // new) for time, price in points]

    # -- as one that moves

    def takes(self, instrument: Instrument) -> bool:
        """Anything: a price may be set at any time."""
        return True

    def begin(self, grids: Sequence[Grid], seed: int) -> None:
        """Nothing is left to chance."""

    def join(self, grid: Grid) -> None:
        """There is nothing to know of it."""

    def leave(self, symbol: str) -> None:
        """Forget its price."""
        self._forget(symbol)
        self._set.pop(symbol, None)
        self._splits.forget(symbol)

    def start(self, now: int) -> None:
        """What was due while it stood still is due now; see :meth:`move`."""

    def open(self, now: int) -> Sequence[tuple[str, int]]:
        """Nothing is new then."""
        return ()

    def next_due(self) -> int | None:
        """When the first plan goes on."""
        dues = [ramp.due for ramp in self._ramps.values()]
        dues += [points[0][0] for points in self._schedules.values()]
        return min(dues, default=None)

    def move(self, now: int) -> Sequence[tuple[str, int]]:
        """Go on with what is due; of prices that are overdue the last one counts."""
        found: dict[str, int] = {}
        for symbol, ramp in list(self._ramps.items()):
            if ramp.due <= now:
                found[symbol] = ramp.at(now)
                ramp.due = min(now + self._every, ramp.until)
                if now >= ramp.until:
                    del self._ramps[symbol]
        for symbol, points in list(self._schedules.items()):
            while points and points[0][0] <= now:
                found[symbol] = points.pop(0)[1]
            if not points:
                del self._schedules[symbol]
        self._set.update(found)
        return list(found.items())

    def change(self, values: Values, now: int) -> None:
        """Take other steps from the next one on."""
        self._every = values.get("every", self._every)

    # -- snapshots

    def state(self) -> object:
        """The prices set, and the plans."""
        return {
            "set": self._set,
            "ramps": {symbol: ramp.state() for symbol, ramp in self._ramps.items()},
            "schedules": {
                symbol: [list(point) for point in points]
                for symbol, points in self._schedules.items()
            },
            "splits": self._splits.state(),
        }

    def restore(self, state: Any) -> None:
        """Set these, and go on with those."""
        self._set = state["set"]
        self._ramps = {symbol: Ramp(*values) for symbol, values in state["ramps"].items()}
        self._splits.restore(state["splits"])
        self._schedules = {
            symbol: [(time, price) for time, price in points]
            for symbol, points in state["schedules"].items()
        }
