"""What the prices of one venue are to those of another that they follow, and plans of that."""

from __future__ import annotations

from typing import Final

from exsim.model.options import duration

FOLLOW: Final = "follow"
"""They are the same, but for an offset and what strays."""
LOCKED: Final = "locked"
"""The quotes of makers meet: the bid of one venue is the offer of the other."""
CROSSED: Final = "crossed"
"""They overlap: that bid is above that offer."""
STALE: Final = "stale"
"""They stand still."""
RELATIONS: Final = (FOLLOW, LOCKED, CROSSED, STALE)

Plan = tuple[tuple[int, str], ...]
"""Relations in order, each with the time (nanoseconds) after which it begins."""


def plan(value: str) -> Plan:
    """Times and relations, such as ``5m stale, 5m30s follow``."""
    found: list[tuple[int, str]] = []
    for step in filter(None, (part.strip() for part in value.split(","))):
        time, _, relation = step.partition(" ")
        if relation.strip() not in RELATIONS:
            known = ", ".join(RELATIONS)
            raise ValueError(f"{step!r} is no time and one of {known}, such as `5m stale`")
        found.append((_time(time), relation.strip()))
    times = [time for time, _ in found]
    if times != sorted(times):
        raise ValueError(f"{value!r} is not in the order of its times")
    return tuple(found)


def _time(value: str) -> int:
    """One or several time spans together, such as ``1m30s``."""
    total, start = 0, 0
    for at, char in enumerate(value):
        ends = at + 1 == len(value) or value[at + 1].isdigit()
        if char.isalpha() and ends:
            total += duration(value[start : at + 1])
            start = at + 1
    if start != len(value) or not value:
        raise ValueError(f"{value!r} is no time span such as 250ms, 30s, 5m or 1m30s")
    return total
