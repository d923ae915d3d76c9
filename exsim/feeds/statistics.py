"""What a day came to so far, from its trades: prices, volume, and their average."""

from __future__ import annotations

from exsim.model.plain import Plain
from exsim.model.trades import Trade


class Statistics:
    """
    Of one instrument since its day began. Prices are None before the first trade; ``notional`` is
    the sum of price times quantity, units of 10^-16. Once it is ``closed``, ``close`` is the last
    price of the day; until then, and where nothing traded, that of the day before.
    """

    __slots__ = (
        "_before",
        "closed",
        "high",
        "last",
        "last_qty",
        "low",
        "notional",
        "open",
        "volume",
    )

    def __init__(self) -> None:
        self._before: int | None = None
        self.closed = False
        self.last: int | None = None
        self.last_qty = 0
        self._clear()

    def _clear(self) -> None:
        self.open: int | None = None
        self.high: int | None = None
        self.low: int | None = None
        self.volume = 0
        self.notional = 0

    @property
    def close(self) -> int | None:
        """The closing price, of this day or the one before; None where there was none."""
        return self.last if self.closed and self.open is not None else self._before

    def traded(self, price: int, qty: int) -> None:
        """Count a trade."""
        if self.open is None:
            self.open = self.high = self.low = price
        if self.high is None or price > self.high:
            self.high = price
        if self.low is None or price < self.low:
            self.low = price
        self.last = price
        self.last_qty = qty
        self.volume += qty
        self.notional += price * qty

    def revised(self, was: Trade, price: int, qty: int, day: list[Trade]) -> None:
        """
        A trade that was counted was at another price, or of another quantity; 0: it never was.

        :param day: all trades of the day that are known, as they are now. Prices are found anew
            when those are all that there were.
        """
        self.volume += qty - was.qty
        self.notional += qty * price - was.qty * was.price
        if sum([trade.qty for trade in day]) != self.volume:
            return
        self._clear()
        self.last = self._before
        for trade in day:
            self.traded(trade.price, trade.qty)

    @property
    def vwap(self) -> int | None:
        """The average price of what was traded, weighed by quantity, rounded half up."""
        if not self.volume:
            return None
        return (2 * self.notional + self.volume) // (2 * self.volume)

    def new_day(self) -> None:
        """Another day begins: the last price is now that of the day before."""
        if self.last is not None:
            self._before = self.last
        self.closed = False
        self._clear()

    def state(self) -> Plain:
        """All of it, for a snapshot; sums as text, since they may have more than 64 bits."""
        amounts = [self._before, self.open, self.high, self.low, self.last]
        return [*amounts, self.last_qty, str(self.volume), str(self.notional), self.closed]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self._before, self.open, self.high, self.low, self.last = plain[:5]
        self.last_qty = plain[5]
        self.volume, self.notional = int(plain[6]), int(plain[7])
        self.closed = plain[8]
