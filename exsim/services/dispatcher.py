"""The dispatcher as a service: turns, the timer of the venues' agendas, and who waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from twisted.application.service import Service
from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger

from exsim.dispatch.turns import UNSET, Socket, Turns
from exsim.interfaces import IConnection
from exsim.model.durations import Durations
from exsim.services.commits import LeaseLost, UnderWay
from exsim.services.exchange import Exchange
from exsim.services.lane import Lane

log = Logger(namespace="exsim")

SECOND = 1_000_000_000
SOONEST = 0.0001
"""Seconds: no timer is set for less, so that one that fires a moment early cannot spin."""
RETRY = 1.0
"""Seconds until it is tried again to write a journal that could not be written."""
LAST_WORDS = 5.0
"""Seconds that a stop waits for a journal that is being written."""


class DispatcherService(Service):
    """
    Sees to the ends of all ``turns``: after a read, a timer or a command over REST, the journal is
    written, and then what came of it, once for each connection; then the agenda's timer is set and
    those who wait are told. With ``grouped`` all turns of one pass of the reactor end together, at
    its end.

    While the journal is being written (a database answers when it has, a file at once) all is
    ``held``: nothing is begun, so that what is known is at most one write ahead of what is kept.
    What comes meanwhile waits in the order in which it came; see :meth:`when_free`.

    As long as the journal cannot be written, ``trouble`` says why: nothing leaves, nothing is read,
    nothing falls due, and it is tried again each second, or once the database is back.

    ``now`` gives nanoseconds since 1970 UTC; ``lane`` is for what can wait. ``lost`` is called once
    the journal is somebody else's, after all sockets were cut; ``stale`` says why what is known
    here may be out of date, and is empty where it cannot be.
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
        self.held = False
        self.lost: Callable[[], None] = _nothing
        self.stale: Callable[[], str] = _never
        self._reactor = reactor
        self._on_again = 0  # when all went on after trouble
        self._lost = False  # the journal is somebody else's
        self._ending: IDelayedCall | None = None  # the end of the turn, where that is for later
        self._timer: IDelayedCall | None = None
        self._waiting: list[Deferred[None]] = []  # for the end of a turn
        self._free: list[Deferred[None]] = []  # until nothing is held
        self._kept: deque[tuple[Callable[[], None], Callable[[], None]]] = deque()

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
        return self.turns.ending

    def settled(self) -> Deferred[None] | None:
        """Fires once the last turn has ended and the journal has it; None where that is so now."""
        return self.next_turn() if self.turns.ending else None

    def _end_turn(self) -> None:
        self._ending = None
        self.turns.end()

    # -- what the turns ask for: see :class:`exsim.dispatch.turns.Keeper`

    def end_later(self) -> None:
        """The turn ends with others."""
        self._ending = self._reactor.callLater(0, self._end_turn)

    def stop_for(self, error: OSError) -> None:
        """Nothing goes on until the journal can be written, or has been."""
        if isinstance(error, UnderWay):
            self.held = self.turns.waited = True  # until we are told that the turn has ended
            if error.trouble:
                self._note_trouble(error)
            error.done.addCallback(self._written)
            return
        if isinstance(error, LeaseLost):
            self.lose(error)
            return
        self._note_trouble(error)
        self._ending = self._reactor.callLater(RETRY, self._end_turn)

    def _written(self, _: None) -> None:
        self.turns.end()

    def _note_trouble(self, error: OSError) -> None:
        if not self.trouble:
            log.error("the journal cannot be written, all waits: {error}", error=error)
            for socket in list(self.turns.sockets.values()):
                socket.pause()
        self.turns.trouble = f"the journal cannot be written: {error}"
        self._fire_free()  # they are told why

    def lose(self, error: LeaseLost) -> None:
        """The journal is somebody else's: say nothing more to anybody, it would not be true."""
        self.turns.ending = True  # for good
        self._note_trouble(error)
        if self._lost:
            return
        self._lost = True
        self.held = True
        for connection in list(self.turns.sockets):
            self.cut(connection)
        self.lost()

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
        """A turn has ended: tell those who wait, and go on with what was held."""
        waiting, self._waiting = self._waiting, []
        self.turns.waited = False
        for deferred in waiting:
            deferred.callback(None)
        if self.held:
            self.held = False
            self._fire_free()
            self._work_off()

    def _run_due(self) -> None:
        self._timer = None
        self.turns.wake_due = UNSET
        if self.trouble or self.held:  # it is set again when all goes on
            return
        self.exchange.run_due(self.now())
        self.turn_over()

    # -- what is held

    def when_free(self, work: Callable[[], None], cut: Callable[[], None]) -> None:
        """
        Do a piece of work: now, or where all is held when it is not, after what came before.

        ``cut`` is called should the work fail then, and nobody be there to see it.
        """
        if self.held or self._kept:
            self._kept.append((work, cut))
        else:
            work()

    def free(self) -> Deferred[None]:
        """Fires once nothing is held any more, or there is trouble; cancel it to wait no longer."""
        deferred: Deferred[None] = Deferred(self._forget)
        self._free.append(deferred)
        return deferred

    async def until_free(self) -> None:
        """Wait until nothing is held, and there is no trouble."""
        while self.trouble or self.held:
            await (self.next_turn() if self.trouble else self.free())

    def _fire_free(self) -> None:
        free, self._free = self._free, []
        for deferred in free:
            deferred.callback(None)

    def _work_off(self) -> None:
        while self._kept and not self.held:
            work, cut = self._kept.popleft()
            try:
                work()
            except Exception:  # noqa: BLE001 - as the reactor has it: others go on
                log.failure("what had waited for the journal failed")
                cut()

    # -- who waits

    def next_turn(self) -> Deferred[None]:
        """Fires at the end of the next turn; cancel it to wait no longer."""
        deferred: Deferred[None] = Deferred(self._forget)
        self._waiting.append(deferred)
        self.turns.waited = True
        return deferred

    def _forget(self, deferred: Deferred[None]) -> None:
        for waiting in (self._waiting, self._free):
            if deferred in waiting:
                waiting.remove(deferred)

    def startService(self) -> None:
        """Begin the venues' days, and set the timer for what is on the agendas already."""
        super().startService()
        last = self.exchange.journal.last
        self.exchange.days.begin(self.now())
        if self.exchange.journal.last > last:
            self.turn_over()
        else:
            self.turns.look_ahead()

    def stopService(self) -> Deferred[None] | None:
        """Do nothing more by itself; fires when the journal has all, or cannot have it."""
        super().stopService()
        self.lane.stop()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        self.turns.wake_due = UNSET
        self._end_now()
        return Deferred.fromCoroutine(self._last_words()) if self.held else None

    def _end_now(self) -> None:
        """Have the turn end that was to end later, unless that is in vain."""
        if self._ending is not None and self._ending.active():
            self._ending.cancel()
            self._end_turn()
            if self._ending is not None:
                self._ending.cancel()

    async def _last_words(self) -> None:
        """Wait for what is being written, and for what comes of what was held meanwhile."""
        late = self._reactor.seconds() + LAST_WORDS
        while self.held and not self._lost:
            left = max(0.0, late - self._reactor.seconds())
            try:
                await self.free().addTimeout(left, self._reactor)
            except TimeoutError:
                log.error("the end of the journal is not written: {why}", why=self.trouble)
                return
            await deferLater(self._reactor, 0)
            self._end_now()


def _nothing() -> None:
    """Where nobody has anything to do."""


def _never() -> str:
    """Where nobody else can have changed anything."""
    return ""
