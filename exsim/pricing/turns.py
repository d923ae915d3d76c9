"""Whose turn it is: many instruments have their steps in turns, so that none waits too long."""

from __future__ import annotations

from typing import Final

AT_ONCE: Final = 250
"""Instruments that have a new price in one step: more would keep everybody waiting too long."""


class Turns:
    """
    Rounds of so many nanoseconds, cut into turns of at most ``at_once`` instruments.

    Due times are exact: the last turn of a round is at its end, whatever was before.
    """

    __slots__ = ("_at_once", "_round", "_turn", "every")

    def __init__(self, every: int, at_once: int = AT_ONCE) -> None:
        self.every = every
        self._at_once = at_once
        self._round: int | None = None  # when this round began; None before any
        self._turn = 0

    def start(self, now: int) -> None:
        """A round begins."""
        self._round, self._turn = now, 0

    def forget(self) -> None:
        """None has begun."""
        self._round, self._turn = None, 0

    def change(self, every: int, now: int) -> None:
        """Rounds last so long from now on."""
        if every != self.every:
            self.every = every
            if self._round is not None:
                self.start(now)

    def next_due(self, count: int) -> int | None:
        """When the next turn is, of so many instruments."""
        if self._round is None:
            return None
        return self._round + self.every * (self._turn + 1) // self._turns(count)

    def take(self, count: int) -> slice:
        """Those whose turn it is."""
        first = self._turn * self._at_once
        self._turn += 1
        if self._turn >= self._turns(count):
            self._turn = 0
            if self._round is not None:
                self._round += self.every
        return slice(first, first + self._at_once)

    def _turns(self, count: int) -> int:
        return max(1, -(-count // self._at_once))

    def state(self) -> list[int | None]:
        """All of it, but for what options say."""
        return [self._round, self._turn]

    def restore(self, state: list[int | None]) -> None:
        """Be as :meth:`state` told."""
        self._round = state[0]
        self._turn = state[1] or 0
