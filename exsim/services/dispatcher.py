"""The dispatcher as a service: turns, the timer of the venues' agendas, and who waits."""

from __future__ import annotations

from collections.abc import Callable

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from exsim.dispatch.turns import UNSET, Socket, Turns
from exsim.interfaces import IConnection
from exsim.model.durations import Durations
from exsim.services.exchange import Exchange
from exsim.services.lane import Lane

log = Logger(namespace="exsim")

SECOND = 1_000_000_000
SOONEST = 0.0001
"""Seconds: no timer is set for less, so that one that fires a moment early cannot spin."""
RETRY = 1.0
"""Seconds until it is tried again to write a journal that could not be written."""


class DispatcherService(Service):
    """
    Sees to the ends of all ``turns``: after a read, a timer or a command over REST, the journal is
    written, and then what came of it, once for each connection; then the agenda's timer is set and
    those who wait are told. With ``grouped`` all turns of one pass of the reactor end together, at
    its end.

    As long as the journal cannot be written, ``trouble`` says why: nothing leaves, nothing is read,
    nothing falls due, and it is tried again each second.

    ``now`` gives nanoseconds since 1970 UTC; ``lane`` is for what can wait.
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
        next_due, commit = exchange.dispatcher.next_due, exchange.journal.commit
        self.turns = Turns(self, exchange.passage, commit, next_due, now, grouped)
        self.lane = Lane(reactor)
        self._reactor = reactor
        self._on_again = 0  # when all went on after trouble
        self._ending: IDelayedCall | None = None  # the end of the turn, where that is for later
        self._timer: IDelayedCall | None = None
        self._waiting: list[Deferred[None]] = []

    @property
    def took(self) -> Durations:
        """The times from reads to the ends of their turns."""
        return self.turns.took

    @property
    def trouble(self) -> str:
        """Why the journal cannot be written; empty where it can."""
        return self.turns.trouble

    def opened(self, connection: IConnection, socket: Socket) -> None:
        """``socket`` is flushed at the end of each turn that touched ``connection``."""
        self.turns.sockets[connection] = socket
        if self.trouble:
            socket.pause()

    def closed(self, connection: IConnection) -> None:
        """The connection's socket is gone."""
        self.turns.sockets.pop(connection, None)

    def cut(self, connection: IConnection) -> None:
        """Close the socket of a connection now, whatever is still to be written."""
        socket = self.turns.sockets.pop(connection, None)
        if socket is not None:
            socket.cut()

    def turn_over(self, begun: int = 0) -> None:
        """
        The turn ends: now, or with others at the end of this pass of the reactor.

        ``begun`` is when the bytes of a read came, for :attr:`took`.
        """
        self.turns.over(begun)

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
        self._ending = None
        self.turns.end()

    # -- what the turns ask for: see :class:`exsim.dispatch.turns.Keeper`

    def end_later(self) -> None:
        """The turn ends with others."""
        self._ending = self._reactor.callLater(0, self._end_turn)

    def stop_for(self, error: OSError) -> None:
        """Nothing goes on until the journal can be written."""
        if not self.trouble:
            log.error("the journal cannot be written, all waits: {error}", error=error)
            for socket in list(self.turns.sockets.values()):
                socket.pause()
        self.turns.trouble = f"the journal cannot be written: {error}"
        self._ending = self._reactor.callLater(RETRY, self._end_turn)

    def go_on(self) -> None:
        """What could not be written is written."""
        log.warn("the journal can be written again, all goes on")
        self.turns.trouble = ""
        self._on_again = self.now()
        for socket in list(self.turns.sockets.values()):
            socket.go_on()

    def wake_at(self, due: int) -> None:
        """Set the agenda's timer."""
        if not self.running:
            return
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self.turns.wake_due = due
        delay = max(SOONEST, (due - self.now()) / SECOND)
        self._timer = self._reactor.callLater(delay, self._run_due)

    def tell(self) -> None:
        """A turn has ended: tell those who wait."""
        waiting, self._waiting = self._waiting, []
        self.turns.waited = False
        for deferred in waiting:
            deferred.callback(None)

    def _run_due(self) -> None:
        self._timer = None
        self.turns.wake_due = UNSET
        if self.trouble:  # it is set again when all goes on
            return
        self.exchange.run_due(self.now())
        self.turn_over()

    # -- who waits

    def next_turn(self) -> Deferred[None]:
        """Fires at the end of the next turn; cancel it to wait no longer."""
        deferred: Deferred[None] = Deferred(self._forget)
        self._waiting.append(deferred)
        self.turns.waited = True
        return deferred

    def _forget(self, deferred: Deferred[None]) -> None:
        if deferred in self._waiting:
            self._waiting.remove(deferred)

    def startService(self) -> None:
        """Begin the venues' days, and set the timer for what is on the agendas already."""
        super().startService()
        last = self.exchange.journal.last
        self.exchange.days.begin(self.now())
        if self.exchange.journal.last > last:
            self.turn_over()
        else:
            self.turns.look_ahead()

    def stopService(self) -> None:
        """Do nothing more by itself."""
        super().stopService()
        self.lane.stop()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        self.turns.wake_due = UNSET
        if self._ending is not None and self._ending.active():
            self._ending.cancel()
            self._end_turn()
            if self._ending is not None:  # in vain
                self._ending.cancel()
