"""What splits make of prices that were told before them."""

from __future__ import annotations

from math import gcd
from typing import Any


class Splits:
    """How many shares of before are how many now, of each instrument that was split."""

    def __init__(self) -> None:
        self._ratios: dict[str, list[int]] = {}

    def split(self, symbol: str, new: int, old: int) -> None:
        """``old`` shares are ``new`` ones from now on."""
        before = self._ratios.get(symbol, [1, 1])
        less, more = before[0] * old, before[1] * new
        common = gcd(less, more)
        self._ratios[symbol] = [less // common, more // common]

    def price(self, symbol: str, price: int | None) -> int | None:
        """A price of before all splits on the terms of now, rounded down to 10^-8."""
        ratio = self._ratios.get(symbol)
        if ratio is None or price is None:
            return price
        return price * ratio[0] // ratio[1]

    def forget(self, symbol: str) -> None:
        """An instrument is no more."""
        self._ratios.pop(symbol, None)

    def clear(self) -> None:
        """There was none."""
        self._ratios.clear()

    def state(self) -> dict[str, list[int]]:
        """All of it."""
        return self._ratios

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told."""
        self._ratios = {symbol: list(ratio) for symbol, ratio in state.items()}
