"""What prices are to those of another venue, now and by a plan; and where quotes meet."""

from __future__ import annotations

from typing import Any, Final

from exsim.model.distance import Distance
from exsim.model.grid import Grid
from exsim.model.relations import Plan
from exsim.model.settings import Instrument, Values

_ROUNDS: Final = 3
"""After which a middle is known to a tick or so, by a spread that is a part of it."""
_STEPS: Final = 8
"""Ticks by which it may be off then; a spread of more than the price has no such middle."""


class Relation:
    """``now`` is one of :data:`exsim.model.relations.RELATIONS`; a plan may change it later."""

    __slots__ = ("_begun", "_done", "_plan", "now")

    def __init__(self, values: Values) -> None:
        self.reset(values)

    def reset(self, values: Values) -> None:
        """What options say; the plan has not begun."""
        self.now: str = values["relation"]
        self._plan: Plan = values["plan"]
        self._begun: int | None = None
        self._done = 0  # steps of the plan

    def start(self, now: int) -> None:
        """The plan begins, where it has not."""
        if self._begun is None:
            self._begun = now

    def due(self) -> int | None:
        """When the next step of the plan is; None for never."""
        if self._begun is None or self._done >= len(self._plan):
            return None
        return self._begun + self._plan[self._done][0]

    def turn(self, now: int) -> bool:
        """Take the steps that are due; whether it is another one then."""
        before = self.now
        while (due := self.due()) is not None and due <= now:
            self.now = self._plan[self._done][1]
            self._done += 1
        return self.now != before

    def change(self, values: Values, now: int) -> None:
        """Other values of some options: a plan begins now, or where that is 0 with the start."""
        if "plan" in values:
            self._plan, self._begun, self._done = values["plan"], now or None, 0
        if "relation" in values:
            self.now = values["relation"]

    def state(self) -> list[Any]:
        """All of it, but for what options say."""
        return [self.now, self._begun, self._done]

    def restore(self, state: list[Any]) -> None:
        """Be as :meth:`state` told."""
        self.now, self._begun, self._done = state


def meeting(
    grid: Grid, there: Instrument, theirs: int, spread: Distance, cross: int, up: bool
) -> int:
    """
    What an instrument is worth so that makers' bids are where makers ``there`` offer, or ``cross``
    ticks above; or with ``up`` false offers where these bid, or below.

    Where that cannot be, since ticks differ or a spread is a part of the price, it is the nearest
    beyond.

    :param theirs: what it is worth there.
    :param spread: how far best bid and offer are apart, at either place.
    """
    ticks, sign = grid.ticks, 1 if up else -1

    def beyond(middle: int) -> int:
        """How far the quote of makers here is beyond where it is to be."""
        half = spread.of(grid.instrument, middle) // 2
        return sign * (ticks.round(middle - sign * half, up) - quote)

    quote = theirs + sign * (spread.of(there, theirs) // 2)
    quote += sign * ((-quote if up else quote) % there.tick_at(quote))
    quote = grid.move(ticks.round(quote, not up), sign * cross)
    middle = quote
    for _ in range(_ROUNDS):
        half = spread.of(grid.instrument, middle) // 2
        middle = ticks.round(quote + sign * half, not up)
    for _ in range(_STEPS):
        nearer = ticks.next(middle, up)
        if beyond(middle) < 0:
            middle = ticks.next(middle, not up)
        elif beyond(nearer) >= 0:
            middle = nearer
        else:
            break
    return middle
