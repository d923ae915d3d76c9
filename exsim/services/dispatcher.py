"""The dispatcher as a service: turns, the timer of the venues' agendas, and who waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from exsim.interfaces import IConnection
from exsim.services.durations import Durations
from exsim.services.exchange import Exchange
from exsim.services.lane import Lane

log = Logger(namespace="exsim")

SECOND = 1_000_000_000
SOONEST = 0.0001
"""Seconds: no timer is set for less, so that one that fires a moment early cannot spin."""
RETRY = 1.0
"""Seconds until it is tried again to write a journal that could not be written."""


class Socket(Protocol):
    """What has a connection's socket."""

    def flush(self) -> None:
        """Write what the connection has for the counterparty; close when it says so."""

    def pause(self) -> None:
        """Read no more for now."""

    def go_on(self) -> None:
        """Read again."""

    def cut(self) -> None:
        """Close now, whatever is still to be written."""


class DispatcherService(Service):
    """
    Ends every turn: after a read, a timer or a command over REST, the journal is written, and then
    what came of it, once for each connection; then the agenda's timer is set and those who wait
    are told. With ``grouped`` all turns of one pass of the reactor end together, at its end.

    As long as the journal cannot be written, ``trouble`` says why: nothing leaves, nothing is read,
    nothing falls due, and it is tried again each second.

    ``now`` gives nanoseconds since 1970 UTC; ``took`` are the times from reads to the ends of their
    turns; ``lane`` is for what can wait.
    """

    name = "dispatcher"

    def __init__(
        self,
        exchange: Exchange,
        reactor: IReactorTime,
        now: Callable[[], int],
        grouped: bool = False,
    ) -> None:
        self.exchange = exchange
        self.now = now
        self.took = Durations()
        self.lane = Lane(reactor)
        self._reactor = reactor
        self.trouble = ""
        self._on_again = 0  # when all went on after trouble
        self.grouped = grouped  # then took is known at the end of the group
        self._ending: IDelayedCall | None = None  # the end of the turn, where that is for later
        self._commit = exchange.journal.commit
        self._take_touched = exchange.take_touched
        self._next_due = exchange.dispatcher.next_due
        self._begun: list[int] = []  # when each read of a grouped turn came
        self._sockets: dict[IConnection, Socket] = {}
        self._timer: IDelayedCall | None = None
        self._timer_due = 0
        self._waiting: list[Deferred[None]] = []

    def opened(self, connection: IConnection, socket: Socket) -> None:
        """``socket`` is flushed at the end of each turn that touched ``connection``."""
        self._sockets[connection] = socket
        if self.trouble:
            socket.pause()

    def closed(self, connection: IConnection) -> None:
        """The connection's socket is gone."""
        self._sockets.pop(connection, None)

    def cut(self, connection: IConnection) -> None:
        """Close the socket of a connection now, whatever is still to be written."""
        socket = self._sockets.pop(connection, None)
        if socket is not None:
            socket.cut()

    def turn_over(self, begun: int = 0) -> None:
        """
        The turn ends: now, or with others at the end of this pass of the reactor.

        ``begun`` is when the bytes of a read came, for :attr:`took`.
        """
        if not self.grouped:
            if self._ending is None:
                self._end_turn()
            return
        if begun:
            self._begun.append(begun)
        if self._ending is None:
            self._ending = self._reactor.callLater(0, self._end_turn)

    def waiting(self) -> bool:
        """
        Whether no deadline of a session counts: there is trouble, or was until a moment ago, so
        that what counterparties sent meanwhile has yet to be read.
        """
        return bool(self.trouble) or self.now() < self._on_again + round(RETRY * SECOND)

    @property
    def pending(self) -> bool:
        """Whether the journal holds what the disk does not yet: the turn has not ended."""
        return self._ending is not None

    def settled(self) -> Deferred[None] | None:
        """Fires once the last turn has ended and the journal has it; None where that is so now."""
        return None if self._ending is None else self.next_turn()

    def _end_turn(self) -> None:
        """Write the journal, then what this turn left in connections; look at what comes next."""
        self._ending = None
        try:
            self._commit()
        except OSError as error:
            self._stop_for(error)
            return
        if self.trouble:
            self._go_on()
        for connection in self._take_touched():
            socket = self._sockets.get(connection)
            if socket is not None:
                socket.flush()
        if self._begun:
            ended = self.now()
            for begun in self._begun:
                self.took.add(ended - begun)
            self._begun.clear()
        self._arm()
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for deferred in waiting:
                deferred.callback(None)

    def _stop_for(self, error: OSError) -> None:
        """Nothing goes on until the journal can be written."""
        if not self.trouble:
            log.error("the journal cannot be written, all waits: {error}", error=error)
            for socket in list(self._sockets.values()):
                socket.pause()
        self.trouble = f"the journal cannot be written: {error}"
        self._ending = self._reactor.callLater(RETRY, self._end_turn)

    def _go_on(self) -> None:
        log.warn("the journal can be written again, all goes on")
        self.trouble = ""
        self._on_again = self.now()
        for socket in list(self._sockets.values()):
            socket.go_on()

    def next_turn(self) -> Deferred[None]:
        """Fires at the end of the next turn; cancel it to wait no longer."""
        deferred: Deferred[None] = Deferred(self._forget)
        self._waiting.append(deferred)
        return deferred

    def _forget(self, deferred: Deferred[None]) -> None:
        if deferred in self._waiting:
            self._waiting.remove(deferred)

    def startService(self) -> None:
        """Begin the venues' days, and set the timer for what is on the agendas already."""
        super().startService()
        last = self.exchange.journal.last
        self.exchange.begin(self.now())
        if self.exchange.journal.last > last:
            self.turn_over()
        else:
            self._arm()

    def stopService(self) -> None:
        """Do nothing more by itself."""
        super().stopService()
        self.lane.stop()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        if self._ending is not None and self._ending.active():
            self._ending.cancel()
            self._end_turn()
            if self._ending is not None:  # in vain
                self._ending.cancel()

    def _arm(self) -> None:
        due = self._next_due()
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
        if self.trouble:  # it is set again when all goes on
            return
        self.exchange.run_due(self.now())
        self.turn_over()
