"""A simulator of one's own in the background, for code that blocks."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from exsim.client.blocking import Simulator
from exsim.client.launch import STOP_SECONDS, Address, Launch, Ready, SpawnError

__all__ = ["SpawnError", "SpawnedSimulator"]


class SpawnedSimulator(Simulator):
    """
    A client of a simulator that it started, and stops: see :meth:`Simulator.spawn`.

    ``endpoints`` are the addresses by the endpoints' names, ``pid`` is the process.
    """

    pid: int
    endpoints: Mapping[str, Address]

    def __init__(
        self,
        config: str | os.PathLike[str] | None = None,
        overrides: Iterable[str] = (),
        timeout: float = 10.0,
        token: str | None = None,
    ) -> None:
        self._folder = TemporaryDirectory(prefix="exsim-", ignore_cleanup_errors=True)
        try:
            self._launch = Launch(Path(self._folder.name), config, overrides, private=True)
            self._process = _start(self._launch)
            ready = self._wait(timeout)
        except BaseException:
            self.stop()
            raise
        super().__init__(ready.rest, token)
        self.pid = ready.pid
        self.endpoints = ready.endpoints

    @property
    def output(self) -> str:
        """The end of what the simulator wrote, its log."""
        return self._launch.output()

    def stop(self) -> None:
        """Stop the simulator: by the end of its input, a signal, or as the last resort a kill."""
        process = getattr(self, "_process", None)
        if process is not None:
            process.stdin.close()
            for step in (process.terminate, process.kill):
                try:
                    process.wait(STOP_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    step()
            process.wait()
            self._launch.close()
        self._folder.cleanup()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, traceback)
        self.stop()

    def _wait(self, timeout: float) -> Ready:
        """Wait for the ready file, looking for it less and less often."""
        end, pause = time.monotonic() + timeout, 0.005
        while (ready := self._launch.ready()) is None:
            if self._process.poll() is not None:
                status = self._process.returncode
                raise self._launch.failed(f"ended with status {status} before it was ready")
            if time.monotonic() > end:
                raise self._launch.failed(f"was not ready within {timeout:g} s")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.02)
        return ready


def _start(launch: Launch) -> subprocess.Popen[bytes]:
    """Start the child in a session of its own, so that Ctrl-C is the parent's to handle."""
    with launch.log.open("wb") as log:
        process = subprocess.Popen(
            launch.command,
            env=launch.environment(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    launch.started()
    return process
