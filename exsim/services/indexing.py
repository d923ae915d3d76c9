"""Starts the process that indexes the journal, once there is more than memory holds."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.interfaces import IDelayedCall, IProcessTransport
from twisted.internet.protocol import ProcessProtocol
from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim.services.journal import JournalService

log = Logger(namespace="exsim")

LOOK = 1.0
"""Seconds between two looks at whether an index is needed."""
AGAIN = 60.0
"""Seconds until a process that failed is started again."""


class _Process(ProcessProtocol):
    """The process; ``ended`` fires when it is gone."""

    transport: IProcessTransport

    def __init__(self) -> None:
        self.ended: Deferred[None] = Deferred()

    def processEnded(self, reason: Failure) -> None:
        """It is gone."""
        self.ended.callback(None)


class IndexService(Service):
    """Has the journal indexed while it runs; does nothing as long as all of it is in memory."""

    name = "index"

    def __init__(self, journal: JournalService, reactor: Any) -> None:
        self._journal = journal
        self._reactor = reactor
        self._timer: IDelayedCall | None = None
        self._process: _Process | None = None

    def startService(self) -> None:
        """Look now and then."""
        super().startService()
        if self._journal.store is not None:
            self._timer = self._reactor.callLater(LOOK, self._look)

    def _look(self) -> None:
        journal, keeping = self._journal.journal, self._journal.keeping
        if keeping is None or journal.recent <= journal.first:
            self._timer = self._reactor.callLater(LOOK, self._look)
            return
        self._timer = None
        arguments, environment = keeping.indexing()
        process = _Process()
        try:
            self._reactor.spawnProcess(
                process, sys.executable, arguments, environment, childFDs={0: "w", 1: 2, 2: 2}
            )
        except OSError as error:
            log.warn("the journal is not indexed: {error}", error=error)
            self._timer = self._reactor.callLater(AGAIN, self._look)
            return
        self._process = process
        process.ended.addCallback(self._ended)

    def _ended(self, _: None) -> None:
        self._process = None
        if self.running:
            log.warn("the process that indexes the journal has ended and is started again")
            self._timer = self._reactor.callLater(AGAIN, self._look)

    def stopService(self) -> Deferred[None] | None:
        """End the process, and wait for that."""
        super().stopService()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        process = self._process
        if process is None:
            return None
        gone: Deferred[None] = Deferred()
        process.ended.addCallback(gone.callback)
        with contextlib.suppress(ProcessExitedAlready):
            process.transport.signalProcess("KILL")  # what it has not written it does not need
        return gone
