"""When the garbage collector looks: hardly ever while there is work, else once a second."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Final

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall, IReactorTime

PERIOD: Final = 1.0
"""Seconds between two looks."""
THRESHOLDS: Final = (2_000, 100_000, 100)
"""
What :func:`gc.set_threshold` takes: the young are looked at while they are few and at hand, the
others not by themselves. Looking through all that orders leave, which are next to no cycles, again
and again takes a tenth of the time, and each look stops everything.
"""
MOST: Final = 100
"""
Looks at the young since the last one at the others, from which on these are too many for a pause
of a few milliseconds.
"""


class Sweeper(Service):
    """
    Looks for cycles once a second, if nothing was done since the last time.

    What a busy time leaves is set aside instead, unseen: it is orders and messages.

    :param work: tells how much was done so far.
    """

    name = "sweeper"

    def __init__(
        self,
        reactor: IReactorTime,
        work: Callable[[], int],
        looks: Callable[[], int] = lambda: gc.get_count()[1],
        collect: Callable[[], object] = gc.collect,
        set_aside: Callable[[], None] = gc.freeze,
    ) -> None:
        self._reactor = reactor
        self._work = work
        self._looks = looks
        self._collect = collect
        self._set_aside = set_aside
        self._done = -1
        self._timer: IDelayedCall | None = None

    def startService(self) -> None:
        """Look from now on."""
        super().startService()
        self._timer = self._reactor.callLater(PERIOD, self._look)

    def stopService(self) -> None:
        """Look no more."""
        super().stopService()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _look(self) -> None:
        done, looks = self._work(), self._looks()
        if looks >= MOST:
            self._set_aside()
        elif looks and done == self._done:
            self._collect()
        self._done = done
        self._timer = self._reactor.callLater(PERIOD, self._look)
