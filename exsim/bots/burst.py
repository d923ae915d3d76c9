"""
``burst``: many orders on one side at once that are gone before they trade, as a spoofer's.

For tests of surveillance, and of systems that believe what they see in a book.
"""

from __future__ import annotations

from typing import Any, Final

from zope.interface import implementer

from exsim.bots.market import BUY, SECOND, SELL, TRADES, away, mood, positive, sized
from exsim.interfaces import IBot, IBotDesk, IStateful
from exsim.model.distance import distance
from exsim.model.events import Report
from exsim.model.options import Option, amount, duration, integer
from exsim.model.settings import Values

_SOONEST: Final = 1_000


@implementer(IBot, IStateful)
class Burst:
    """
    Now and then enters ``orders`` on one side of an instrument, ``distance`` behind its best price
    and farther, ``gap`` after each other, and cancels all of them after ``hold``.

    An order that trades, as few do, is not made up for. It does nothing where orders do not trade
    as they come.
    """

    follows = False
    several = False
    options: tuple[Option, ...] = (
        Option("rate", positive, "0.05", "How many bursts there are a second, on average."),
        Option("orders", integer(1, 10_000), "20", "How many orders a burst has."),
        Option("size", amount(1), "1000", "How much each of them is for."),
        Option(
            "distance",
            distance,
            "2",
            "How far behind the best price of its side the first is: ticks such as 2, or hundredths"
            " of a per cent such as 10bp.",
        ),
        Option("levels", integer(1, 1_000), "5", "Over how many ticks they are spread."),
        Option("gap", duration, "1ms", "How much time is between two of them."),
        Option("hold", duration, "500ms", "How long they stay after the last."),
    )

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._next: int | None = None
        self._symbol = ""
        self._side = BUY
        self._left = 0  # orders of this burst that are to come
        self._options = options

    def rate(self, desk: IBotDesk) -> float:
        """Each is entered and canceled."""
        rate: float = 2.0 * self._options["rate"] * self._options["orders"]
        return rate

    def begin(self, desk: IBotDesk, now: int) -> int | None:
        """The first comes after a time."""
        self._symbol, self._left = "", 0
        self._next = now + self._wait(desk)
        return self._next

    def change(self, values: Values) -> None:
        """The next burst is by these."""
        self._options = values
        if not self._symbol:
            self._next = None

    def heard(self, desk: IBotDesk, report: Report, now: int) -> int | None:
        """It does not mind."""
        return None

    def moved(self, desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """It does not mind."""
        return None

    def wake(self, desk: IBotDesk, now: int) -> int | None:
        """Begin a burst, go on with one, or end it."""
        if self._next is None:
            self._next = now + self._wait(desk)
        elif now >= self._next:
            self._next = self._step(desk, now)
        return self._next

    def _wait(self, desk: IBotDesk) -> int:
        mean = SECOND / self._options["rate"] / desk.pace
        return max(int(desk.luck.exponential(mean)), 1)

    def _step(self, desk: IBotDesk, now: int) -> int:
        """Do the next thing; when the one after that is due."""
        if not self._symbol:
            symbols = desk.symbols
            if not symbols:
                return now + self._wait(desk)
            self._symbol = symbols[desk.luck.below(len(symbols))]
            self._side = BUY if desk.luck.below(2) else SELL
            self._left = self._options["orders"]
        if self._left:
            self._left -= 1
            if self._enter(desk):
                after: int = self._options["gap"] if self._left else self._options["hold"]
                return now + max(after, _SOONEST)
        for order in desk.open_orders(self._symbol):
            desk.cancel(order.cl_ord_id)
        self._symbol, self._left = "", 0
        return now + self._wait(desk)

    def _enter(self, desk: IBotDesk) -> bool:
        """Enter one order behind the best; False where that is not to be."""
        symbol, side = self._symbol, self._side
        if symbol not in desk.symbols or mood(desk, symbol) != TRADES:
            return False
        bid, _, ask, _ = desk.best(symbol)
        best = bid if side == BUY else ask
        if best is None:
            return False
        instrument = desk.instrument(symbol)
        levels: int = self._options["levels"]
        behind = self._options["distance"].of(instrument, best)
        behind += desk.luck.below(levels) * instrument.tick_at(best)
        price = away(instrument, side, best - behind if side == BUY else best + behind)
        return bool(desk.enter(symbol, side, sized(instrument, self._options["size"]), price))

    # -- snapshots

    def state(self) -> object:
        """The burst that is under way, and when the next thing is due."""
        return [self._next, self._symbol, self._side, self._left]

    def restore(self, state: Any) -> None:
        """Be as :meth:`state` told."""
        self._next, self._symbol, self._side, self._left = state
