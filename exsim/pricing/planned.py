"""Moves of prices that are planned: how far, after which time, and within how much."""

from __future__ import annotations

from math import log
from typing import Final, NamedTuple

from exsim.model.options import Option, duration, ratio

_FAR: Final = ratio(-0.99, 100.0)


class Planned(NamedTuple):
    """A move of the logarithm by ``size``, from ``after`` on, even over ``within`` nanoseconds."""

    after: int
    size: float
    within: int


def planned(value: str) -> tuple[Planned, ...]:
    """Moves such as ``60s -8% within 20s, 2m 6% within 1m``; at once where nothing is within."""
    found = []
    for part in filter(None, (each.strip() for each in value.split(","))):
        words = part.split()
        if len(words) not in (2, 4) or words[2:3] not in ([], ["within"]):
            raise ValueError(
                f"{part!r} is no time, size and time of a move, such as 60s -8% within 20s"
            )
        within = duration(words[3]) if words[3:] else 0
        size = _FAR(words[1])
        assert isinstance(size, float)
        found.append(Planned(duration(words[0]), log(1.0 + size), within))
    return tuple(found)


def moved(plan: tuple[Planned, ...], passed: int) -> float:
    """How far the logarithm has moved by a plan, so much time after its beginning."""
    far = 0.0
    for after, size, within in plan:
        if passed >= after + within:
            far += size
        elif passed > after:
            far += size * (passed - after) / within
    return far


PLAN: Final = Option(
    "plan",
    planned,
    "",
    "Moves that come on top, each so long after the start, or after the plan was given: 60s -8% "
    "within 20s, 2m 6% within 1m. They move prices evenly in that time, or at once without within.",
)
