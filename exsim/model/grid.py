"""The prices that an instrument may have, whoever thinks of one."""

from __future__ import annotations

from exsim.model.amounts import LARGEST, format_amount
from exsim.model.market import Ticks
from exsim.model.participants import Band, distance
from exsim.model.settings import Instrument


class Grid:
    """
    The prices of one instrument: multiples of its tick, within its static band.

    :param band: its static band, around its reference price; None for none.
    """

    __slots__ = ("high", "instrument", "low", "ticks")

    def __init__(self, instrument: Instrument, band: Band | None = None) -> None:
        self.instrument = instrument
        self.ticks = Ticks(instrument.tick, instrument.ticks)
        self.low = -LARGEST
        """The lowest price, units of 10^-8."""
        self.high = LARGEST
        """The highest."""
        reference = instrument.reference
        if band is not None and reference is not None:
            reach = distance(band, reference)
            self.low = self._round(reference - reach, False)
            self.high = self._round(reference + reach, True)
            if self.low > self.high:  # a band that no multiple of the tick lies in
                self.low = self.high = reference

    def fit(self, price: int) -> int:
        """The nearest price that may be; the upper one of two that are as near."""
        if price <= self.low:
            return self.low
        if price >= self.high:
            return self.high
        below, above = self._round(price, True), self._round(price, False)
        return above if above - price <= price - below else below

    def _round(self, price: int, down: bool) -> int:
        """The next multiple of a tick, that where another one holds, too."""
        rounded = self.ticks.round(price, down)
        return self.ticks.round(rounded, down)

    def move(self, price: int, ticks: int) -> int:
        """The price so many ticks above one that may be, or below it where that is negative."""
        down = ticks < 0
        for _ in range(abs(ticks)):
            price = self.ticks.next(price, down)
        return min(max(price, self.low), self.high)

    def fault(self, price: int) -> str:
        """Why a price may not be; empty where it may."""
        symbol, told = self.instrument.symbol, format_amount(price)
        if self.fit(price) == price:
            return ""
        if self.low <= price <= self.high:
            near = format_amount(self.fit(price))
            return f"{told} is no multiple of the tick of {symbol}: the nearest is {near}"
        low, high = format_amount(self.low), format_amount(self.high)
        return f"{told} is not from {low} to {high}, the static band of {symbol}"
