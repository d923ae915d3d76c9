"""Chance that a snapshot can hold: SplitMix64, one whole number of state."""

from __future__ import annotations

from typing import Final

_MASK: Final = 2**64 - 1


class Luck:
    """Pseudo-random numbers by a seed; ``state`` is where they are."""

    __slots__ = ("state",)

    def __init__(self, seed: int) -> None:
        self.state = seed & _MASK

    def below(self, bound: int) -> int:
        """A whole number from 0 up to, not including, ``bound``; 0 where that is 0."""
        if bound <= 0:
            return 0
        self.state = (self.state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return (mixed ^ (mixed >> 31)) % bound
