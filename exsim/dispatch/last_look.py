"""Last look: whether a deal on a quote goes through, by luck, and in the long run fairly."""

from __future__ import annotations

from exsim.model.amounts import UNIT
from exsim.model.luck import Luck
from exsim.model.plain import Plain


class LastLook:
    """
    The luck of a venue's deals: its own, so that auctions do not shift it. ``_owed`` are refusals,
    in units of 10^-8; None before the first look.
    """

    __slots__ = ("_luck", "_owed", "_seed")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Nobody has looked."""
        self._luck = Luck(self._seed ^ 0x5146)
        self._owed: int | None = None

    def refuses(self, chance: int) -> bool:
        """
        Whether the last look ends in a refusal, where ``chance`` of all are to trade.

        It is by luck, but in the long run exactly so many: each order adds its part to what is
        owed in refusals, and is refused with a probability of what was owed before. So there is
        no streak of them, and where most are to trade, the first does.
        """
        part = UNIT - chance
        if not part:
            return False
        owed = max(0, 2 * part - UNIT) if self._owed is None else self._owed
        refuses = self._luck.below(UNIT) < owed
        self._owed = owed + part - (UNIT if refuses else 0)
        return refuses

    def state(self) -> Plain:
        """All of it."""
        return [str(self._luck.state), self._owed]  # the first may have 64 bits

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        luck, self._owed = plain
        self._luck.state = int(luck)
