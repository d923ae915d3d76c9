"""What time it is for a simulator whose real time is its markets' (``[exsim] time = market``)."""

from __future__ import annotations

import time
from collections.abc import Callable

from exsim.services.exchange import Exchange


class MarketsTime:
    """
    Called, the latest time of all markets, in nanoseconds since 1970 UTC.

    So nothing in the journal is by the real time where all clocks are moved by hand; that of a
    market whose clock was made real since is. Before any day has begun it is what ``start`` says.

    :param start: the latest time at which a market begins.
    """

    def __init__(self, start: int, real: Callable[[], int] = time.time_ns) -> None:
        self.exchange: Exchange | None = None
        self._start = start
        self._real = real

    def __call__(self) -> int:
        """That time."""
        if self.exchange is None:
            return self._start
        real, venues = self._real(), self.exchange.dispatcher.venues.values()
        return max((one.clock.time(real) for one in venues if one.day.begun), default=self._start)
