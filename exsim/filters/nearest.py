"""The messages that come nearest to a filter that none has fitted, and what of them differs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from exsim.filters.filter import Filter
from exsim.filters.seen import Seen
from exsim.filters.terms import Miss

_KEPT = 256


class Near(NamedTuple):
    """A message, and what of it is not as a filter has it."""

    seen: Seen
    misses: list[Miss]


def nearest(filter: Filter, messages: Iterable[Seen], most: int = 3) -> list[Near]:
    """The ``most`` messages that miss by least, nearest first; of equally near ones the newest."""
    found: list[tuple[int, int, Seen]] = []
    for seen in messages:
        distance = filter.term.distance(seen)
        if distance:
            found.append((distance, -seen.seq, seen))
            if len(found) > _KEPT:
                found.sort(key=_place)
                del found[most:]
    found.sort(key=_place)
    return [Near(seen, filter.misses(seen)) for _, _, seen in found[:most]]


def _place(found: tuple[int, int, Seen]) -> tuple[int, int]:
    return found[0], found[1]
