"""What a feed from outside tells of an instrument, and what becomes of it when it tells nothing."""

from __future__ import annotations

from typing import Final, NamedTuple

UP: Final = "up"
DOWN: Final = "down"
"""The connection that a feed comes by."""

HOLD: Final = "hold"
"""In an outage prices stay."""
WIDEN: Final = "widen"
"""They stay, and makers quote wider."""
WITHDRAW: Final = "withdraw"
"""There are none, and makers quote nothing."""
HALT: Final = "halt"
"""Trading halts."""


class Tick(NamedTuple):
    """
    By a symbol as the feed has it: best bid, best ask, and last price or what it is worth, in units
    of 10^-8; None where that is as it was.
    """

    symbol: str
    bid: int | None = None
    ask: int | None = None
    last: int | None = None
