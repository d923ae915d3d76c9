"""How what a tester did to a replayed book wears off."""

from __future__ import annotations

from typing import Final

NONE: Final = "none"
LINEAR: Final = "linear"
EXPONENTIAL: Final = "exponential"
MODELS: Final = (NONE, LINEAR, EXPONENTIAL)
_NEVER: Final = 63
"""Half-lives after which nothing is left of any quantity."""


def left(model: str, quantity: int, age: int, time: int) -> int:
    """
    What is left of an impact after ``age`` nanoseconds, towards zero.

    With ``linear`` it is gone after ``time``, with ``exponential`` half of it is; within each such
    time that goes evenly, so that all is in whole numbers.
    """
    if model == NONE or age <= 0:
        return quantity
    sign, amount = (-1, -quantity) if quantity < 0 else (1, quantity)
    if model == LINEAR:
        return sign * (amount * max(0, time - age) // time)
    halves, rest = divmod(age, time)
    if halves >= _NEVER:
        return 0
    return sign * (amount * (2 * time - rest) // (2 * time) >> halves)
