"""What is done about instruments whose prices come from outside, and do not come."""

from __future__ import annotations

from exsim.model.plain import Plain
from exsim.model.settings import Values
from exsim.model.ticks import HALT, WIDEN, WITHDRAW


class Outages:
    """
    Those of a venue: how wide makers are to quote, and what is halted.

    ``halts`` are halts that are to begin (True) or to end, by symbol, for whoever can do that.
    """

    __slots__ = ("_halted", "_widths", "halts")

    def __init__(self) -> None:
        self._widths: dict[str, int] = {}
        self._halted: dict[str, bool] = {}
        self.halts: list[tuple[str, bool]] = []

    def width(self, symbol: str) -> int:
        """How many times as wide as ever makers are to quote; 0 for not at all."""
        return self._widths.get(symbol, 1)

    def turn(self, symbol: str, began: bool, values: Values) -> bool:
        """One began or ended, of a source with these options; whether that changes the price."""
        policy = values["outage"]
        withdrawn = self._widths.get(symbol) == 0
        self._widths.pop(symbol, None)
        if began and policy == WIDEN:
            self._widths[symbol] = values["widen"]
        elif began and policy == WITHDRAW:
            self._widths[symbol] = 0
            return True
        elif began and policy == HALT:
            self._halted[symbol] = True
            self.halts.append((symbol, True))
        if not began and self._halted.pop(symbol, False):
            self.halts.append((symbol, False))
        return withdrawn

    def forget(self, symbol: str) -> None:
        """An instrument is no more."""
        self._widths.pop(symbol, None)
        self._halted.pop(symbol, None)

    def taken(self) -> list[tuple[str, bool]]:
        """The halts that are to begin or end; each is told once."""
        halts, self.halts = self.halts, []
        return halts

    def state(self) -> Plain:
        """All of it."""
        return [dict(self._widths), list(self._halted)]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self._widths = dict(plain[0])
        self._halted = dict.fromkeys(plain[1], True)
