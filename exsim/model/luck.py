"""
Chance that a snapshot can hold: SplitMix64, one whole number of state.

What is drawn from a distribution keeps nothing for the next time, so ``state`` says all. The
fractions that :meth:`Luck.unit` tells are exact; the others take logarithms and a cosine of the C
library, whose last bit may be another on another machine.
"""

from __future__ import annotations

from hashlib import blake2b
from math import cos, exp, log, pi, sqrt
from typing import Final

_MASK: Final = 2**64 - 1
_FRACTION: Final = 2.0**-53
_MEAN_AT_ONCE: Final = 500.0
"""Products of fractions stay far from underflow up to this mean, exp(-745) being the least."""


def seed_of(*words: object) -> int:
    """A seed of 64 bits by what it is for: the same in every run, and unlike any other."""
    text = ":".join(map(str, words)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest())


class Luck:
    """Pseudo-random numbers by a seed; ``state`` is where they are."""

    __slots__ = ("state",)

    def __init__(self, seed: int) -> None:
        self.state = seed & _MASK

    def bits(self) -> int:
        """The next 64 bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound: int) -> int:
        """A whole number from 0 up to, not including, ``bound``; 0 where that is 0."""
        if bound <= 0:
            return 0
        return self.bits() % bound

    def unit(self) -> float:
        """A fraction from 0 up to, not including, 1: a multiple of 2^-53."""
        return (self.bits() >> 11) * _FRACTION

    def normal(self) -> float:
        """Of the standard normal distribution (Box and Muller's cosine; the sine is dropped)."""
        radius = sqrt(-2.0 * log(1.0 - self.unit()))
        return radius * cos(2.0 * pi * self.unit())

    def exponential(self, mean: float) -> float:
        """The time until what happens once in ``mean`` on average."""
        return -mean * log(1.0 - self.unit())

    def poisson(self, mean: float) -> int:
        """How often happens what does ``mean`` times on average; takes as long as that is large."""
        count = 0
        while mean > 0.0:
            floor = exp(-min(mean, _MEAN_AT_ONCE))
            product = 1.0 - self.unit()
            while product > floor:
                count += 1
                product *= 1.0 - self.unit()
            mean -= _MEAN_AT_ONCE
        return count
