"""
The market clock of a venue: which time it is there, by what the real time is.

Market time is a function of the real time that comes with each input and of what is kept here, so
that a journal that is run again sees the same times.
"""

from __future__ import annotations

from typing import Final

from exsim.errors import Conflict
from exsim.model.amounts import UNIT
from exsim.model.plain import Plain

REAL: Final = "real"
SCALED: Final = "scaled"
MANUAL: Final = "manual"
PAST: Final = 0
"""A real time for what is due already."""


class MarketClock:
    """
    ``mode`` is ``real``; ``scaled``, where it goes ``scale`` times as fast (units of 10^-8); or
    ``manual``, where it stands still until somebody moves it. ``real`` says that market time is
    real time, and nothing has to be computed.
    """

    __slots__ = ("_at", "_market", "mode", "real", "scale")

    def __init__(self, mode: str = REAL, scale: int = UNIT, start: int = 0) -> None:
        self.mode = mode
        self.real = mode == REAL
        self.scale = scale
        self._market = start  # what this clock showed at the real time _at
        self._at = 0

    def time(self, now: int) -> int:
        """Market time, where the real time is ``now``; both nanoseconds since 1970 UTC."""
        if self.real:
            return now
        if self.mode == MANUAL or now <= self._at:
            return self._market
        return self._market + (now - self._at) * self.scale // UNIT

    def due(self, time: int) -> int | None:
        """From which real time on it is ``time`` here or later; None where that never comes."""
        if self.real:
            return time
        if time <= self._market:
            return PAST
        if self.mode == MANUAL:
            return None
        return self._at - (self._market - time) * UNIT // self.scale

    def late(self, time: int, now: int) -> int:
        """How long before the real time ``now`` it was ``time`` here; 0 where it is so by hand."""
        due = self.due(time)
        return 0 if due is None or due == PAST else max(0, now - due)

    def set(self, mode: str, scale: int, time: int, now: int) -> None:
        """
        Go on in another mode, from ``time`` on; a real clock has no time of its own.

        :raises exsim.errors.Conflict: where the market's time would go back.
        """
        before, after = self.time(now), now if mode == REAL else time
        if after < before:
            raise Conflict(
                f"the market's time would go back by {before - after} ns: reset the venue for that"
            )
        self.start(mode, scale, after, now)

    def start(self, mode: str, scale: int, time: int, now: int) -> None:
        """Show ``time`` at the real time ``now``, and go on in this mode."""
        self.mode = mode
        self.real = mode == REAL
        self.scale = scale
        self._market, self._at = time, now

    def move(self, time: int, now: int) -> None:
        """Show ``time`` now, in the same mode: this is how it is advanced."""
        self._market, self._at = time, now

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return [self.mode, self.scale, self._market, self._at]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.start(*plain)
