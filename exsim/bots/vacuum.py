"""
``vacuum``: a side of a book that is emptied at once, so that there is nothing to trade with.

For tests of what systems do without a price: a quote is gone, a market order finds little.
"""

from __future__ import annotations

from typing import Any

from zope.interface import implementer

from exsim.bots.market import BUY, IOC, SECOND, SELL, TRADES, mood, positive
from exsim.interfaces import IBot, IBotDesk, IStateful
from exsim.model.events import Report
from exsim.model.options import Option, choice, integer
from exsim.model.settings import Values


@implementer(IBot, IStateful)
class Vacuum:
    """
    Now and then takes all that rests on a side of an instrument, up to ``levels`` prices, with one
    order for all of it that trades at once. Others make the book anew.

    It does nothing where orders do not trade as they come, and holds what it took.
    """

    follows = False
    several = False
    options: tuple[Option, ...] = (
        Option("rate", positive, "0.01", "How often it does so a second, on average."),
        Option("levels", integer(1, 10_000), "10", "How many prices of the side it takes."),
        Option(
            "side",
            choice("any", "bid", "ask"),
            "any",
            "Which side it takes: bid, ask, or any by chance.",
        ),
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._next: int | None = None
        self._options = options

    def rate(self, desk: IBotDesk) -> float:
        """Each time with an order."""
        rate: float = self._options["rate"]
        return rate

    def begin(self, desk: IBotDesk, now: int) -> int | None:
        """The first comes after a time."""
        self._next = now + self._wait(desk)
        return self._next

    def change(self, values: Values) -> None:
        """The next comes by these."""
        self._options = values
        self._next = None

    def heard(self, desk: IBotDesk, report: Report, now: int) -> int | None:
        """It does not mind."""
        return None

    def moved(self, desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """It does not mind."""
        return None

    def wake(self, desk: IBotDesk, now: int) -> int | None:
        """Empty a side, if it is time."""
        if self._next is not None and now >= self._next:
            self._empty(desk)
            self._next = None
        if self._next is None:
            self._next = now + self._wait(desk)
        return self._next

    def _wait(self, desk: IBotDesk) -> int:
        mean = SECOND / self._options["rate"] / desk.pace
        return max(int(desk.luck.exponential(mean)), 1)

    def _empty(self, desk: IBotDesk) -> None:
        symbols = desk.symbols
        if not symbols:
            return
        symbol = symbols[desk.luck.below(len(symbols))]
        which = self._options["side"]
        bids = desk.luck.below(2) == 0 if which == "any" else which == "bid"
        if mood(desk, symbol) != TRADES:
            return
        there = desk.depth(symbol, BUY if bids else SELL, self._options["levels"])
        if not there:
            return
        qty = sum(level[1] for level in there)
        most = desk.instrument(symbol).max_qty
        qty = qty if most is None else min(qty, most)
        desk.enter(symbol, SELL if bids else BUY, qty, there[-1][0], tif=IOC)

    # -- snapshots

    def state(self) -> object:
        """When the next comes."""
        return self._next

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told."""
        self._next = state
