"""What a day came to so far, from its trades: prices, volume, and their average."""

from __future__ import annotations

from exsim.model.plain import Plain


class Statistics:
    """
    Of one instrument since its day began. Prices are None before the first trade; ``notional`` is
    the sum of price times quantity, units of 10^-16. ``close`` is the last price of the day before,
    ``settlement`` the same, where there was a day before.
    """

    __slots__ = ("close", "high", "last", "last_qty", "low", "notional", "open", "volume")

    def __init__(self) -> None:
        self.close: int | None = None
        self.last: int | None = None
        self.last_qty = 0
        self._clear()

    def _clear(self) -> None:
        self.open: int | None = None
        self.high: int | None = None
        self.low: int | None = None
        self.volume = 0
        self.notional = 0

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

    @property
    def vwap(self) -> int | None:
        """The average price of what was traded, weighed by quantity, rounded half up."""
        if not self.volume:
            return None
        return (2 * self.notional + self.volume) // (2 * self.volume)

    def new_day(self) -> None:
        """Another day begins: the last price is now that of the day before."""
        if self.last is not None:
            self.close = self.last
        self._clear()

    def state(self) -> Plain:
        """All of it, for a snapshot; sums as text, since they may have more than 64 bits."""
        amounts = [self.close, self.open, self.high, self.low, self.last]
        return [*amounts, self.last_qty, str(self.volume), str(self.notional)]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.close, self.open, self.high, self.low, self.last = plain[:5]
        self.last_qty = plain[5]
        self.volume, self.notional = int(plain[6]), int(plain[7])
