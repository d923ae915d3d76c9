"""What sources have in common whose prices follow from those of other instruments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from exsim.errors import Conflict
from exsim.model.grid import Grid
from exsim.model.options import Option, ratio
from exsim.model.settings import Instrument, Values
from exsim.pricing.common import NIGHTS, SYMBOLS, every
from exsim.pricing.turns import Turns

_YEAR: Final = 365 * 86_400 * 10**9
_FRIDAY: Final = 4
RATE: Final = Option("rate", ratio(-1.0, 10.0), "3%", "The interest of a year, continuous.")
DIVIDEND: Final = Option(
    "dividend", ratio(-1.0, 10.0), "0%", "What the underlying yields in a year, continuous."
)
AGING: Final = every("10s", "How much time of the market is between two looks at how old it is.")
COMMON: Final = (SYMBOLS, AGING, NIGHTS, RATE, DIVIDEND)


def expiry(maturity: str) -> int:
    """
    When an instrument ends, in nanoseconds: 21:00 UTC on its day; where it has but a month, on the
    third Friday of that.
    """
    year, month = int(maturity[:4]), int(maturity[4:6])
    if len(maturity) > 6:
        day = datetime(year, month, int(maturity[6:8]), 21, tzinfo=UTC)
    else:
        first = datetime(year, month, 1, 21, tzinfo=UTC)
        day = first + timedelta(days=(_FRIDAY - first.weekday()) % 7 + 14)
    return int(day.timestamp()) * 10**9


class Derivative:
    """An instrument that is derived: of what, and when it ends."""

    __slots__ = ("expiry", "instrument", "price", "symbol", "underlying")

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.symbol = instrument.symbol
        self.underlying = instrument.underlying
        self.expiry = expiry(instrument.maturity)
        self.price: int | None = None

    def years(self, now: int) -> float:
        """How long it still has, in years of 365 days; 0 where it is over."""
        return max(0, self.expiry - now) / _YEAR


class Derived:
    """
    A source that says what instruments are worth by what their underlyings are worth, as soon as
    that changes, and as time passes; a model says how.
    """

    options: tuple[Option, ...] = COMMON
    by_clock = True

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self.underlyings: dict[str, list[Derivative]] = {}
        """By what they are derived from."""
        self._values: dict[str, Any] = dict(options)
        self._spots: dict[str, int] = {}
        self._all: dict[str, Derivative] = {}
        self._turns = Turns(options["every"])
        self._now = 0
        self.use(options)

    # -- the model

    def use(self, options: Values) -> None:
        """Go by these options; ``ValueError`` where they do not go together."""
        self.rate: float = options["rate"]
        self.dividend: float = options["dividend"]

    def worth(self, of: Derivative, spot: float, years: float) -> float:
        """What it is worth where the underlying is worth ``spot``; units of 10^-8."""
        raise NotImplementedError

    # -- as a pricing source

    def price(self, instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""
        found = self._all.get(instrument.symbol)
        return None if found is None else found.price

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Refused.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict(
            f"the price of {instrument.symbol} follows from that of {instrument.underlying}: "
            "set that"
        )

    def reset(self) -> None:
        """Forget all; what follows is another :meth:`begin`."""
        self._all.clear()
        self.underlyings.clear()
        self._spots.clear()
        self._turns.forget()
        self._now = 0

    # -- as one that moves

    def takes(self, instrument: Instrument) -> bool:
        """Whether it is derived from something else, and ends."""
        underlying = instrument.underlying
        return bool(underlying and instrument.maturity) and underlying != instrument.symbol

    def begin(self, grids: Sequence[Grid], seed: int) -> None:
        """Have these instruments; nothing is left to chance."""
        for grid in grids:
            self.join(grid)

    def join(self, grid: Grid) -> None:
        """Have another instrument."""
        made = Derivative(grid.instrument)
        self._all[made.symbol] = made
        self.underlyings.setdefault(made.underlying, []).append(made)
        if self._now:
            self._look(made)

    def leave(self, symbol: str) -> None:
        """Have an instrument no more."""
        gone = self._all.pop(symbol)
        self.underlyings[gone.underlying].remove(gone)
        if not self.underlyings[gone.underlying]:
            del self.underlyings[gone.underlying]

    def start(self, now: int) -> None:
        """Time passes from now on."""
        self._now = now
        self._turns.start(now)

    def open(self, now: int) -> Sequence[tuple[str, int]]:
        """All is as old as it is."""
        self._now = now
        return self._found(self._all.values())

    def next_due(self) -> int | None:
        """When to look again how old they are."""
        return self._turns.next_due(len(self._all))

    def move(self, now: int) -> Sequence[tuple[str, int]]:
        """What they are worth now that they are older."""
        self._now = now
        aging = list(self._all.values())[self._turns.take(len(self._all))]
        return self._found(aging)

    def follow(self, symbol: str, price: int, now: int) -> Sequence[tuple[str, int]]:
        """What those are worth that are derived from it."""
        self._now = now
        self._spots[symbol] = price
        return self._found(self.underlyings.get(symbol, ()))

    def _found(self, those: Any) -> list[tuple[str, int]]:
        for each in those:
            self._look(each)
        return [(each.symbol, each.price) for each in those if each.price is not None]

    def _look(self, derivative: Derivative) -> None:
        """See what it is worth now."""
        spot = self._spots.get(derivative.underlying)
        if spot is not None:
            years = derivative.years(self._now)
            derivative.price = round(self.worth(derivative, float(spot), years))

    def change(self, values: Values, now: int) -> None:
        """Go by other values of some options, at once."""
        merged = {**self._values, **values}
        self.use(merged)
        self._values = merged
        self._turns.change(merged["every"], now)
        self._now = now or self._now
        self._found(self._all.values())

    # -- snapshots

    def state(self) -> object:
        """What they follow, and what came of it."""
        prices = {symbol: each.price for symbol, each in self._all.items()}
        return {
            "turns": self._turns.state(),
            "spots": self._spots,
            "prices": prices,
            "now": self._now,
        }

    def restore(self, state: Any) -> None:
        """Be there again."""
        self._turns.restore(state["turns"])
        self._spots = state["spots"]
        self._now = state["now"]
        for symbol, price in state["prices"].items():
            if symbol in self._all:
                self._all[symbol].price = price
