"""How one instrument is matched: what may be set about it, and what an auction would come to."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Allocation(Enum):
    """Who of those that rest at one price trades how much. Values are words of configuration."""

    FIFO = "fifo"
    """The oldest first (price-time)."""
    PRO_RATA = "pro-rata"
    """Everyone by their share of the quantity there; what rounding leaves, the oldest first."""
    FIFO_PRO_RATA = "fifo-pro-rata"
    """A share of the quantity the oldest first, the rest of it pro rata."""
    DISPLAY = "price-display-time"
    """All that is shown, the oldest first; then what is hidden."""


class Prevention(Enum):
    """What becomes of two orders of one owner that would trade. Words of configuration."""

    NONE = "none"
    CANCEL_NEWEST = "cancel-newest"
    CANCEL_OLDEST = "cancel-oldest"
    CANCEL_BOTH = "cancel-both"
    DECREMENT = "decrement"
    """Both are reduced by what they would have traded; the smaller one is canceled by that."""


class Keeps(Enum):
    """Which replaces keep the place in time, at an unchanged price. Words of configuration."""

    SMALLER = "smaller"
    """Those that ask for no more than is open."""
    ANY_QUANTITY = "any-quantity"
    NOTHING = "nothing"


IMPLIED: Final = ("none", "in", "out", "both")
"""In which books prices that come of legs are shown. Words of configuration."""


class Ticks:
    """
    What prices are multiples of: one tick, or others from some prices on.

    ``table`` has the prices from which another tick holds, and the tick, by rising price.
    """

    __slots__ = ("_table", "_tick")

    def __init__(self, tick: int, table: tuple[tuple[int, int], ...] = ()) -> None:
        self._tick = table[0][1] if table else tick
        self._table = table[1:]

    def at(self, price: int) -> int:
        """The tick that holds at a price."""
        tick = self._tick
        for start, step in self._table:
            if price < start:
                break
            tick = step
        return tick

    def round(self, price: int, down: bool) -> int:
        """The next price that may be, downwards or upwards; the same where it is one."""
        tick = self.at(price)
        return price // tick * tick if down else -(-price // tick * tick)

    def next(self, price: int, down: bool) -> int:
        """The one after a price that may be, downwards or upwards."""
        return self.round(price - 1, True) if down else self.round(price + 1, False)


class MarketRules:
    """
    The rules of one market; nothing changes them after construction.

    Pegged and trailing prices are rounded to ``ticks``, shares and random amounts to the ``lot``,
    in units of 10^-8. ``fifo_share`` is how many percent of an incoming
    order go by time under FIFO_PRO_RATA; ``lmm_share`` how many go, before all else, to lead
    market makers, under any allocation.
    """

    __slots__ = (
        "allocation",
        "fifo_share",
        "lmm_share",
        "lot",
        "prevention",
        "replace_keeps",
        "ticks",
    )

    def __init__(
        self,
        tick: int = 1,
        lot: int = 1,
        allocation: Allocation = Allocation.FIFO,
        fifo_share: int = 40,
        lmm_share: int = 0,
        prevention: Prevention = Prevention.NONE,
        replace_keeps: Keeps = Keeps.SMALLER,
        table: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.ticks = Ticks(tick, table)
        self.lot = lot
        self.allocation = allocation
        self.fifo_share = fifo_share
        self.lmm_share = lmm_share
        self.prevention = prevention
        self.replace_keeps = replace_keeps


class Indication:
    """
    What an auction comes to: its ``price`` (None where nothing can trade) and ``volume``.

    ``imbalance`` is what would be left at that price of the orders that are good for it, on
    ``side`` (a :class:`~exsim.model.codes.Side`; 0 where nothing is left). ``rule`` names the
    step that decided the price: ``volume``, ``imbalance``, ``pressure``, ``reference``,
    ``middle``; empty without a price. See :mod:`exsim.engine.auction`.
    """

    __slots__ = ("imbalance", "price", "rule", "side", "volume")

    def __init__(
        self, price: int | None, volume: int, imbalance: int, side: int, rule: str
    ) -> None:
        self.price = price
        self.volume = volume
        self.imbalance = imbalance
        self.side = side
        self.rule = rule

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Indication) and self._values() == other._values()

    def __repr__(self) -> str:
        return (
            f"Indication(price={self.price}, volume={self.volume}, imbalance={self.imbalance}, "
            f"side={self.side}, rule={self.rule!r})"
        )

    def _values(self) -> tuple[int | None, int, int, int, str]:
        return (self.price, self.volume, self.imbalance, self.side, self.rule)


PLAIN_RULES: Final = MarketRules()
"""Price-time and nothing else."""
