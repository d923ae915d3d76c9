"""``file``: prices that were recorded, played from a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from zope.interface import implementer

from exsim.errors import Conflict
from exsim.interfaces import IMovingSource, IPlayer, IStateful
from exsim.model.grid import Grid
from exsim.model.options import Option, choice
from exsim.model.recording_keys import FILE, LATER, check_file, pause_of
from exsim.model.reel import Recording, Reel
from exsim.model.settings import Instrument, Values
from exsim.pricing.common import SYMBOLS
from exsim.pricing.tops import Top, Tops

_CHANGEABLE: Final = LATER | {"price"}


@implementer(IMovingSource, IPlayer, IStateful)
class File:
    """What instruments were worth when the file was recorded, beginning now."""

    options: tuple[Option, ...] = (
        SYMBOLS,
        *FILE,
        Option(
            "price",
            choice("auto", "mid", "bid", "ask", "last"),
            "auto",
            "What an instrument is worth: the middle of best bid and ask, one of them, or what it "
            "last traded at; auto is the middle where both are known, else the last.",
        ),
        Option(
            "start",
            choice("none", "reference"),
            "reference",
            "What it is worth before the file says anything of it.",
        ),
        Option(
            "scale",
            choice("none", "reference"),
            "none",
            "With reference, all prices are multiplied such that the first one is the reference "
            "price of the instrument.",
        ),
    )
    by_clock = True

    def __init__(self, name: str, options: Values) -> None:
        check_file(options)
        self.name = name
        self.values = options
        self._pick: str = options["price"]
        self._from_reference: bool = options["start"] == "reference"
        self._scales: bool = options["scale"] == "reference"
        self._ours = frozenset(options["map"].values())
        self._reel = Reel(options["map"], options["speed"], pause_of(options))
        self._tops = Tops()
        self._prices: dict[str, int] = {}
        self._first: dict[str, int] = {}
        self._instruments: dict[str, Instrument] = {}

    def play(self, recording: Recording) -> None:
        """See :class:`exsim.interfaces.IPlayer`."""
        self._reel.recording = recording

    @property
    def recording(self) -> Recording:
        """What it plays."""
        return self._reel.recording

    # -- as a pricing source

    def price(self, instrument: Instrument, now: int) -> int | None:
        """The price in units of 10^-8, or None when there is none."""
        start = instrument.reference if self._from_reference else None
        return self._prices.get(instrument.symbol, start)

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Refused.

        :raises exsim.errors.Conflict: always.
        """
        raise Conflict(
            f"the price of {instrument.symbol} is what {self.name} has recorded; use a source such "
            "as manual to set prices"
        )

    def reset(self) -> None:
        """Forget all; what follows is another :meth:`begin`."""
        self._reel.rest()
        self._tops.forget()
        self._prices.clear()
        self._first.clear()
        self._instruments.clear()

    # -- as one that moves

    def takes(self, instrument: Instrument) -> bool:
        """Whether the file may tell of it."""
        return not self._ours or instrument.symbol in self._ours

    def begin(self, grids: Sequence[Grid], seed: int) -> None:
        """Have these instruments."""
        for grid in grids:
            self.join(grid)

    def join(self, grid: Grid) -> None:
        """Have another instrument."""
        self._instruments[grid.instrument.symbol] = grid.instrument
        self._reel.wanted = self._instruments

    def leave(self, symbol: str) -> None:
        """Have an instrument no more."""
        del self._instruments[symbol]
        self._prices.pop(symbol, None)

    def start(self, now: int) -> None:
        """Play on: the next row is due now."""
        self._reel.go_on(now)

    def open(self, now: int) -> Sequence[tuple[str, int]]:
        """Nothing is new then: it plays on in nights, too."""
        return ()

    def next_due(self) -> int | None:
        """When the next row is due."""
        return self._reel.due()

    def move(self, now: int) -> Sequence[tuple[str, int]]:
        """
        What rows that are due tell.

        :raises exsim.model.reel.BadRecording: when the file cannot be read, or makes no sense.
        """
        rows = self._reel.step(now)
        if self._reel.fresh:
            self._tops.forget()
        for row in rows:
            if row.symbol:
                self._tops.row(row)
        told = {row.symbol for row in rows if row.symbol}
        return [each for symbol in sorted(told) for each in self._found(symbol)]

    def _found(self, symbol: str) -> Sequence[tuple[str, int]]:
        """What an instrument is worth by what is known of it."""
        price = picked(self._tops[symbol], self._pick)
        if price is None:
            return ()
        reference = self._instruments[symbol].reference
        if self._scales and reference is not None:
            first = self._first.setdefault(symbol, price)
            price = price * reference // first if first else price
        if self._prices.get(symbol) == price:
            return ()
        self._prices[symbol] = price
        return ((symbol, price),)

    def change(self, values: Values, now: int) -> None:
        """Play on at another speed, or take another price."""
        for key in values:
            if key not in _CHANGEABLE:
                raise ValueError(f"{key}: that is how {self.name} begins, it cannot be changed")
        if "speed" in values:
            self._reel.pace(values["speed"], now)
        self._pick = values.get("price", self._pick)

    # -- snapshots

    def state(self) -> object:
        """Where in the file it is, and what is worth what; books are read again."""
        return [self._reel.state(), self._prices, self._first]

    def restore(self, state: Any) -> None:
        """Be there again; a file that is another one now is told at the next step."""
        self._tops.forget()
        self._reel.restore(state[0], self._tops.row)
        self._prices, self._first = dict(state[1]), dict(state[2])


def picked(top: Top, pick: str) -> int | None:
    """What an instrument is worth: ``mid``, ``bid``, ``ask``, ``last``, or ``auto``."""
    if pick == "bid":
        return top.bid
    if pick == "ask":
        return top.ask
    if pick == "last" or top.bid is None or top.ask is None:
        return top.last if pick in ("auto", "last") else None
    return (top.bid + top.ask) // 2
