"""
Has pictures drawn, and facts measured, by a process of its own: one after the other.

Sessions do not wait for that. What is done here is to copy what was seen, and to start a process.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.error import ProcessDone, ProcessExitedAlready
from twisted.internet.interfaces import IDelayedCall, IProcessTransport
from twisted.internet.protocol import ProcessProtocol
from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim.client.launch import child_environment, python
from exsim.errors import Unavailable
from exsim.facts.observed import Packed
from exsim.services.drawer import told

log = Logger(namespace="exsim")

WAITING: Final = 8
"""How many may wait for their turn; who asks for more is told to come back."""
LONGEST: Final = 25.0
"""Seconds after which a process is ended; a client waits for 30."""
MOST: Final = 16 * 1024 * 1024
"""Bytes of a picture."""


class Drawer(ProcessProtocol):
    """The process; ``made`` fires with what it made, or fails."""

    transport: IProcessTransport

    def __init__(self, data: bytes) -> None:
        self.made: Deferred[bytes] = Deferred()
        self._data = data
        self._out: list[bytes] = []
        self._said: list[bytes] = []
        self._length = 0

    def connectionMade(self) -> None:
        """Tell what was seen."""
        self.transport.write(self._data)
        self.transport.closeStdin()
        self._data = b""

    def outReceived(self, data: bytes) -> None:
        """Some of what it makes."""
        self._length += len(data)
        if self._length > MOST:
            self.end()
        else:
            self._out.append(data)

    def errReceived(self, data: bytes) -> None:
        """What went wrong."""
        self._said = [*self._said[-50:], data]

    def end(self) -> None:
        """End it, if it has not ended."""
        with contextlib.suppress(ProcessExitedAlready):
            self.transport.signalProcess("KILL")

    def processEnded(self, reason: Failure) -> None:
        """It is gone."""
        if reason.check(ProcessDone):
            self.made.callback(b"".join(self._out))
            return
        said = b"".join(self._said).decode(errors="replace").strip()
        log.error(
            "a picture was not drawn: {why} {said}", why=reason.getErrorMessage(), said=said[-2000:]
        )
        self.made.errback(Unavailable("the picture was not drawn; the log says why"))


class Pictures(Service):
    """Starts these processes; ``running`` ones are ended with it."""

    name = "pictures"

    def __init__(self) -> None:
        self._turns = DeferredLock()
        self._waiting = 0
        self._drawer: Drawer | None = None
        self._stopped = False

    async def ask(self, reactor: Any, word: str, packed: Packed) -> bytes:
        """
        What a process makes of what was seen; see :mod:`exsim.services.drawer`.

        :raises exsim.errors.Unavailable: when too many wait, or it fails.
        """
        if self._waiting > WAITING:
            raise Unavailable(f"{self._waiting} pictures are being drawn: ask again later")
        self._waiting += 1
        try:
            made: bytes = await self._turns.run(self._make, reactor, word, told(packed))
            return made
        finally:
            self._waiting -= 1

    def _make(self, reactor: Any, word: str, data: bytes) -> Deferred[bytes]:
        if self._stopped:
            raise Unavailable("the simulator stops")
        drawer = self._drawer = Drawer(data)
        command = [*python("exsim.services.drawer"), word]
        try:
            reactor.spawnProcess(drawer, sys.executable, command, child_environment())
        except OSError as error:
            raise Unavailable(f"no process can be started: {error}") from None
        timer: IDelayedCall = reactor.callLater(LONGEST, drawer.end)
        return drawer.made.addBoth(self._ended, timer)

    def _ended(self, result: Any, timer: IDelayedCall) -> Any:
        self._drawer = None
        if timer.active():
            timer.cancel()
        return result

    def startService(self) -> None:
        """Draw from now on."""
        super().startService()
        self._stopped = False

    def stopService(self) -> Deferred[None] | None:
        """End the process that there is, and wait for that; who waits is refused."""
        super().stopService()
        self._stopped = True
        drawer = self._drawer
        if drawer is None:
            return None
        gone: Deferred[None] = Deferred()

        def over(result: Any) -> Any:
            gone.callback(None)
            return result

        drawer.made.addBoth(over)
        drawer.end()
        return gone
