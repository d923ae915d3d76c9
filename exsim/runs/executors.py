"""
Where runs are made: one after the other in this process, in a pool of processes, or by Dask.

All of them make the same of a job, by one function; only what ends a process differs: that is a
failed run in a pool and with Dask, and the end of all where there is one process.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Overdue
from typing import TYPE_CHECKING, Final, Protocol

from exsim.runs.carrying import carry_out
from exsim.runs.words import Job, Result, broken

if TYPE_CHECKING:
    from pebble import ProcessPool

Do = Callable[[Job], Result]
GRACE: Final = 5.0
"""Seconds over its limit after which a process is ended that did not end its run by itself."""
AHEAD: Final = 4
"""Jobs that are handed to a pool for each process: one at work, and some that wait for it."""


class Executor(Protocol):
    """What makes runs."""

    name: str

    def results(self, jobs: Sequence[Job]) -> Generator[Result, None, None]:
        """The result of each, as they come. To close it ends all that is at work."""


class Serial:
    """One after the other, in this process."""

    name = "serial"

    def __init__(self, do: Do = carry_out) -> None:
        self._do = do

    def results(self, jobs: Sequence[Job]) -> Generator[Result, None, None]:
        """See :class:`Executor`."""
        yield from map(self._do, jobs)


class Pool:
    """
    In ``workers`` processes of this machine. One that ends, or does not end in time, costs its run.
    """

    name = "pool"

    def __init__(self, workers: int, do: Do = carry_out, grace: float = GRACE) -> None:
        self._workers = workers
        self._do = do
        self._grace = grace

    def results(self, jobs: Sequence[Job]) -> Generator[Result, None, None]:
        """See :class:`Executor`."""
        if not jobs:
            return
        waiting = iter(jobs)
        done: queue.SimpleQueue[tuple[Job, Future[Result]]] = queue.SimpleQueue()
        pool = _pool(min(self._workers, len(jobs)))

        def hand_over() -> int:
            job = next(waiting, None)
            if job is None:
                return 0
            future = pool.schedule(self._do, args=[job], timeout=job.limit + self._grace)
            future.add_done_callback(lambda future: done.put((job, future)))
            return 1

        try:
            out = sum(hand_over() for _ in range(AHEAD * self._workers))
            while out:
                job, future = done.get()
                out += hand_over() - 1
                yield _settled(job, future)
        finally:
            pool.stop()
            pool.join()


def _pool(workers: int) -> ProcessPool:
    from pebble import ProcessPool

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([carry_out.__module__])
    return ProcessPool(max_workers=workers, initializer=begin_worker, context=context)


def begin_worker() -> None:
    """In a process for runs: who presses Ctrl-C means the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _settled(job: Job, future: Future[Result]) -> Result:
    """What came of a job in another process."""
    from pebble import ProcessExpired

    try:
        return future.result()
    except Overdue:
        return broken(job, f"it was not over after {job.limit:g} s, and its process was ended")
    except ProcessExpired as error:
        return broken(job, f"its process ended, with {ending(error.exitcode)}")


def ending(status: int) -> str:
    """How a process ended, in words."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def workers_here() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))
