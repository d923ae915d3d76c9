"""``reversion``: a trader who expects a price that has moved to come back."""

from __future__ import annotations

from exsim.bots.market import BUY, SELL
from exsim.bots.signal import SIGNAL, Signal
from exsim.model.options import Option


class Reversion(Signal):
    """
    Sells where the price went up by ``threshold`` within ``window``, buys where it went down so
    far, until it holds ``most``.
    """

    options: tuple[Option, ...] = SIGNAL

    def side(self, change: int) -> int:
        """Against the change."""
        return SELL if change > 0 else BUY
