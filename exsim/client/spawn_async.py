"""A simulator of one's own in the background, for code on a reactor: nothing here blocks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from exsim.client.asynchronous import AsyncSimulator
from exsim.client.launch import STOP_SECONDS, Address, Launch, Ready, SpawnError

__all__ = ["SpawnError", "SpawnedAsyncSimulator", "spawn"]


class Child(ProcessProtocol):
    """The process: ``ended`` is how it ended, None while it runs."""

    transport: Any = None

    def __init__(self) -> None:
        self.ended: str | None = None
        self._gone: Deferred[None] = Deferred()

    def processEnded(self, reason: Failure) -> None:
        """It is gone."""
        self.ended = reason.getErrorMessage()
        self._gone.callback(None)

    async def stop(self, reactor: Any) -> None:
        """End it: by the end of its input, a signal, or as the last resort a kill."""
        if self.ended is not None:
            return
        self.transport.closeStdin()
        calls = [
            reactor.callLater(STOP_SECONDS, self._signal, "TERM"),
            reactor.callLater(STOP_SECONDS * 2, self._signal, "KILL"),
        ]
        await self._gone
        for call in calls:
            if call.active():
                call.cancel()

    def _signal(self, signal: str) -> None:
        with suppress(ProcessExitedAlready):
            self.transport.signalProcess(signal)


class SpawnedAsyncSimulator(AsyncSimulator):
    """
    A client of a simulator that it started, and stops: see :meth:`AsyncSimulator.spawn`.

    ``endpoints`` are the addresses by the endpoints' names, ``pid`` is the process.
    """

    def __init__(
        self,
        reactor: Any,
        token: str | None,
        child: Child,
        launch: Launch,
        folder: TemporaryDirectory[str],
        ready: Ready,
    ) -> None:
        super().__init__(ready.rest, reactor, token)
        self.pid: int = ready.pid
        self.endpoints: Mapping[str, Address] = ready.endpoints
        self._child = child
        self._launch = launch
        self._folder = folder

    @property
    def output(self) -> str:
        """The end of what the simulator wrote, its log."""
        return self._launch.output()

    def stop(self) -> Deferred[None]:
        """Close the connections and stop the simulator; fires when it is gone."""
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        await self.close()
        await self._child.stop(self._reactor)
        self._launch.close()
        self._folder.cleanup()


async def spawn(
    reactor: Any,
    config: str | os.PathLike[str] | None,
    overrides: Iterable[str],
    timeout: float,
    token: str | None,
) -> SpawnedAsyncSimulator:
    """Start a simulator and wait until it is ready."""
    folder = TemporaryDirectory(prefix="exsim-", ignore_cleanup_errors=True)
    child = Child()
    try:
        launch = Launch(Path(folder.name), config, overrides, private=True)
        _start(reactor, child, launch)
        ready = await _wait(reactor, child, launch, timeout)
    except BaseException:
        if child.transport is not None:
            await child.stop(reactor)
            launch.close()
        folder.cleanup()
        raise
    return SpawnedAsyncSimulator(reactor, token, child, launch, folder, ready)


def _start(reactor: Any, child: Child, launch: Launch) -> None:
    with launch.log.open("wb") as log:
        reactor.spawnProcess(
            child,
            launch.command[0],
            launch.command,
            env=launch.environment(),
            childFDs={0: "w", 1: log.fileno(), 2: log.fileno()},
        )
    launch.started()


async def _wait(reactor: Any, child: Child, launch: Launch, timeout: float) -> Ready:
    """Wait for the ready file, looking for it less and less often."""
    end, pause = reactor.seconds() + timeout, 0.005
    while (ready := launch.ready()) is None:
        if child.ended is not None:
            raise launch.failed(f"ended before it was ready: {child.ended}")
        if reactor.seconds() > end:
            raise launch.failed(f"was not ready within {timeout:g} s")
        await deferLater(reactor, pause)
        pause = min(pause * 1.5, 0.1)
    return ready
