"""``momentum``: a trader who goes with a price that has moved."""

from __future__ import annotations

from exsim.bots.market import BUY, SELL
from exsim.bots.signal import SIGNAL, Signal
from exsim.model.options import Option


class Momentum(Signal):
    """
    Buys where the price went up by ``threshold`` within ``window``, sells where it went down so
    far, until it holds ``most``; where the price turns, so does it.
    """

    options: tuple[Option, ...] = SIGNAL

    def side(self, change: int) -> int:
        """With the change."""
        return BUY if change > 0 else SELL
