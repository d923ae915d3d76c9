"""The dispatcher as a service: turns, the timer of the venues' agendas, and who waits."""

from __future__ import annotations

from collections.abc import Callable

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from exsim.interfaces import IConnection
from exsim.services.exchange import Exchange

Flush = Callable[[], None]
SECOND = 1_000_000_000
SOONEST = 0.0001
"""Seconds: no timer is set for less, so that one that fires a moment early cannot spin."""


class DispatcherService(Service):
    """
    Ends every turn: after a read, a timer or a command over REST, what came of it is written,
    once for each connection; then the agenda's timer is set and those who wait are told.

    ``now`` gives nanoseconds since 1970 UTC.
    """

    name = "dispatcher"

    def __init__(self, exchange: Exchange, reactor: IReactorTime, now: Callable[[], int]) -> None:
        self.exchange = exchange
        self.now = now
        self._reactor = reactor
        self._flushes: dict[IConnection, Flush] = {}
        self._timer: IDelayedCall | None = None
        self._timer_due = 0
        self._waiting: list[Deferred[None]] = []

    def opened(self, connection: IConnection, flush: Flush) -> None:
        """``flush`` is to be called at the end of each turn that touched ``connection``."""
        self._flushes[connection] = flush

    def closed(self, connection: IConnection) -> None:
        """The connection's socket is gone."""
        self._flushes.pop(connection, None)

    def turn_over(self) -> None:
        """Write what this turn left in connections, and look at what comes next."""
        for connection in self.exchange.take_touched():
            flush = self._flushes.get(connection)
            if flush is not None:
                flush()
        self._arm()
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for deferred in waiting:
                deferred.callback(None)

    def next_turn(self) -> Deferred[None]:
        """Fires at the end of the next turn; cancel it to wait no longer."""
        deferred: Deferred[None] = Deferred(self._forget)
        self._waiting.append(deferred)
        return deferred

    def _forget(self, deferred: Deferred[None]) -> None:
        if deferred in self._waiting:
            self._waiting.remove(deferred)

    def startService(self) -> None:
        """Set the timer for what is on the agendas already."""
        super().startService()
        self._arm()

    def stopService(self) -> None:
        """Do nothing more by itself."""
        super().stopService()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _arm(self) -> None:
        due = self.exchange.dispatcher.next_due()
        if due is None or not self.running:
            return
        if self._timer is not None and self._timer.active():
            if self._timer_due <= due:
                return
            self._timer.cancel()
        self._timer_due = due
        delay = max(SOONEST, (due - self.now()) / SECOND)
        self._timer = self._reactor.callLater(delay, self._run_due)

    def _run_due(self) -> None:
        self._timer = None
        self.exchange.run_due(self.now())
        self.turn_over()
