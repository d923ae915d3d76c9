"""``fixed``: prices that never change by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zope.interface import implementer

from exsim.errors import Conflict
from exsim.interfaces import IMovingSource, IRemembersPrices, IStateful
from exsim.model.amounts import parse_amount
from exsim.model.grid import Grid
from exsim.model.options import Option, amount, boolean, optional
from exsim.model.settings import Instrument, Values
from exsim.pricing.common import SYMBOLS
from exsim.pricing.splits import Splits


def prices(value: str) -> dict[str, int]:
    """Prices by symbol, written ``AAA 100.00, BBB 20.5``; may be empty."""
    found: dict[str, int] = {}
    for written in value.split(",") if value.strip() else ():
        words = written.split()
        if len(words) != 2:
            raise ValueError(f"{written.strip()!r} is no symbol and price such as AAA 100.25")
        if words[0] in found:
            raise ValueError(f"{words[0]} has two prices: leave one out")
        found[words[0]] = parse_amount(words[1])
    return found


@implementer(IMovingSource, IRemembersPrices, IStateful)
class Fixed:
    """The instrument's own price, else the one for all, else its reference price."""

    options: tuple[Option, ...] = (
        SYMBOLS,
        Option("prices", prices, "", "Instruments and their prices, such as AAA 100.25, BBB 20.5."),
        Option("price", optional(amount()), "", "What every other instrument is worth."),
        Option(
            "use_reference",
            boolean,
            "yes",
            "An instrument with neither is worth its reference price.",
        ),
    )
    by_clock = False

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._values: dict[str, Any] = dict(options)
        self._splits = Splits()

    def price(self, instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""
        values = self._values
        found: int | None = values["prices"].get(instrument.symbol, values["price"])
        if found is None and values["use_reference"]:
            found = instrument.reference
        return self._splits.price(instrument.symbol, found)

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Refused.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict(
            f"the prices of {self.name} are fixed: one that is set by hand needs a pricing "
            "section with source = manual"
        )

    def reset(self) -> None:
        """Nothing was set; no split was."""
        self._splits.clear()

    def takes(self, instrument: Instrument) -> bool:
        """Whether it has a price for it; another source may have one otherwise."""
        return self.price(instrument, 0) is not None

    def begin(self, grids: Sequence[Grid], seed: int) -> None:
        """Which instruments it has makes no difference."""

    def join(self, grid: Grid) -> None:
        """See :meth:`begin`."""

    def leave(self, symbol: str) -> None:
        """Another one of that symbol was not split."""
        self._splits.forget(symbol)

    def start(self, now: int) -> None:
        """Time means nothing here."""

    def open(self, now: int) -> Sequence[tuple[str, int]]:
        """Nothing is new then."""
        return ()

    def next_due(self) -> int | None:
        """Never."""
        return None

    def move(self, now: int) -> Sequence[tuple[str, int]]:
        """Nothing ever is due."""
        return ()

    def change(self, values: Values, now: int) -> None:
        """Have other prices; what it takes stays as it was."""
        self._values.update(values)

    def split(self, symbol: str, new: int, old: int) -> None:
        """What its options say is on the terms of before."""
        self._splits.split(symbol, new, old)

    # -- snapshots

    def state(self) -> object:
        """The splits."""
        return self._splits.state()

    def restore(self, state: Any) -> None:
        """There were these."""
        self._splits.restore(state)
