"""A watch on the process itself: how late the reactor is, and how long garbage collection takes."""

from __future__ import annotations

import gc
import secrets
import time
from collections.abc import Callable
from typing import Final

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from exsim.model.durations import Durations
from exsim.services.logs import Recent

PERIOD: Final = 0.1
"""Seconds between two looks at how late the reactor is."""


class Watch(Service):
    """
    Ten times a second it asks to be called, and measures how much later that was done.

    ``stalls`` are these times, ``longest`` the longest in nanoseconds, ``pauses`` those of the
    collector by generation. ``run`` tells this run from any other. ``recent`` are the newest lines
    of the log, and ``secrets`` what must not be shown to anybody who reads them.
    """

    name = "watch"

    def __init__(
        self, reactor: IReactorTime, clock: Callable[[], int] = time.perf_counter_ns
    ) -> None:
        self._reactor = reactor
        self._clock = clock
        self._timer: IDelayedCall | None = None
        self._due = 0.0
        self._begun: int | None = None
        self.run = secrets.token_hex(8)
        self.recent = Recent()
        self.secrets: set[str] = set()
        self.stalls = Durations()
        self.longest = 0
        self.pauses = (Durations(), Durations(), Durations())

    def startService(self) -> None:
        """Watch from now on."""
        super().startService()
        gc.callbacks.append(self.collected)
        self.recent.start()
        self._set()

    def stopService(self) -> None:
        """Watch no more."""
        super().stopService()
        if self.collected in gc.callbacks:
            gc.callbacks.remove(self.collected)
            self.recent.stop()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def collected(self, phase: str, info: dict[str, int]) -> None:
        """The collector begins (``start``) or has ended (``stop``)."""
        if phase == "start":
            self._begun = self._clock()
        elif self._begun is not None:
            self.pauses[info["generation"]].add(self._clock() - self._begun)

    def _set(self) -> None:
        self._due = self._reactor.seconds() + PERIOD
        self._timer = self._reactor.callLater(PERIOD, self._look)

    def _look(self) -> None:
        late = max(0, round((self._reactor.seconds() - self._due) * 1e9))
        self.stalls.add(late)
        self.longest = max(self.longest, late)
        self._set()
