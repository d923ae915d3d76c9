"""How long to wait before the next attempt at what may fail: a connection, or a request."""

from __future__ import annotations

from random import Random
from typing import Final

from exsim.config.schema import SHORTEST_WAIT

_SECOND: Final = 1_000_000_000
SPREAD: Final = 0.25
"""How much longer a wait may be, in parts of it, so that not all try again at once."""


class Backoff:
    """
    Twice as long after each that failed, within bounds.

    A little is added that differs between names, but is the same every time.

    :param name: of who tries.
    :param least: nanoseconds to wait at first.
    :param most: nanoseconds to wait at most; ``least`` where that is more.
    """

    def __init__(self, name: str, least: int, most: int) -> None:
        least = max(least, SHORTEST_WAIT)  # or it would be tried without end
        self._least, self._most = least / _SECOND, max(least, most) / _SECOND
        self._random = Random(name)
        self._next = self._least

    def wait(self) -> float:
        """Seconds until the next attempt."""
        time, self._next = self._next, min(self._next * 2, self._most)
        return min(time * (1 + SPREAD * self._random.random()), self._most)

    def reset(self) -> None:
        """An attempt succeeded."""
        self._next = self._least
