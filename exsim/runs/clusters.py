"""Runs made by Dask: by workers on this machine, or by those of a cluster that is there."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from exsim.errors import ExsimError
from exsim.runs.carrying import carry_out
from exsim.runs.executors import Do, begin_worker
from exsim.runs.words import Job, Result, broken

if TYPE_CHECKING:
    from distributed import Client

SCHEME: Final = "dask://"
PATIENCE: Final = 10.0
"""Seconds until there has to be an answer of a scheduler."""
AHEAD: Final = 2
"""Portions that are handed over for each thread of the workers: one at work, and one that waits."""
PORTION_SECONDS: Final = 1.0
"""
About how long a portion of runs should take: one by one, short ones cost a tenth of it more.
"""
MOST: Final = 50
"""Runs of a portion."""
OURS: Final = {
    # A worker that is lost is a run that failed, not one that is tried three times.
    "distributed.scheduler.allowed-failures": 0,
    # There is as much for each to do.
    "distributed.scheduler.work-stealing": False,
    # All begin as copies of one process, which has read all modules.
    "distributed.worker.multiprocessing-method": "forkserver",
    # What Dask looks at many times a second, for pages that nobody opens.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.tick.interval": "200ms",
}
"""Settings of a cluster of our own."""


class NoCluster(ExsimError):
    """Dask is not there, or there is no such cluster."""


class Dask:
    """
    By the cluster whose scheduler is at ``address``; without one, by ``workers`` processes here.

    On other machines exsim has to be installed, and scenarios be at the same paths.
    """

    name = "dask"

    def __init__(self, workers: int, address: str = "", do: Do = carry_out) -> None:
        self._workers = workers
        self._address = address
        self._do = do

    def results(self, jobs: Sequence[Job]) -> Generator[Result, None, None]:
        """See :class:`exsim.runs.executors.Executor`."""
        if not jobs:
            return
        try:
            import distributed
        except ImportError:
            raise NoCluster("Dask is not installed: pip install exsim[dask]") from None
        with ExitStack() as stack:
            client = self._client(stack, distributed)
            suspects: list[Job] = []
            yield from self._all(client, jobs, suspects)
            for job in suspects:  # alone, so that no other run goes with its process
                last: list[Job] = []
                yield from self._all(client, [job], last)
                if last:
                    yield broken(job, "its process ended")

    def _client(self, stack: ExitStack, distributed: Any) -> Client:
        if self._address:
            place = f"tcp://{self._address.removeprefix(SCHEME)}"
        else:
            import dask

            stack.enter_context(dask.config.set(OURS))
            place = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=self._workers,
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",
                    memory_limit=None,
                    silence_logs=logging.CRITICAL,
                )
            )
        try:
            client: Client = stack.enter_context(
                distributed.Client(place, timeout=PATIENCE, set_as_default=False)
            )
        except (OSError, TimeoutError) as error:
            raise NoCluster(f"no scheduler of Dask answers at {place}: {error}") from None
        if not self._address:
            client.run(begin_worker)
        return client

    def _all(
        self, client: Client, jobs: Sequence[Job], suspects: list[Job]
    ) -> Generator[Result, None, None]:
        """The results of jobs, but of those whose worker was lost."""
        from distributed import KilledWorker, as_completed

        portions = Portions(jobs)
        out: dict[Any, list[Job]] = {}
        coming = as_completed(loop=client.loop)

        def hand_over() -> None:
            """As many as there are workers for, which may come and go."""
            places = max(1, sum(client.nthreads().values()))
            while len(out) < AHEAD * places and (portion := portions.next(places)):
                future = client.submit(several, self._do, portion, pure=False)
                out[future] = portion
                coming.add(future)

        hand_over()
        try:
            for future in coming:
                portion = out.pop(future)
                hand_over()
                try:
                    results = future.result()
                except KilledWorker:
                    suspects += portion
                    continue
                portions.took(results)
                yield from results
        finally:
            if out:
                client.cancel(list(out), force=True)


def several(do: Do, jobs: Sequence[Job]) -> list[Result]:
    """A portion of runs, which a worker makes one after the other."""
    return [do(job) for job in jobs]


class Portions:
    """Jobs, in order, in portions of about a second, as those before them took."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs = deque(jobs)
        self._made = 0
        self._seconds = 0.0

    def took(self, results: Sequence[Result]) -> None:
        """So long runs took."""
        self._made += len(results)
        self._seconds += sum(result.seconds for result in results)

    def next(self, places: int) -> list[Job]:
        """
        The next, none if there are no more: one alone while it is not known how long that takes,
        and so many towards the end that all of ``places`` have as much to do.
        """
        jobs = self._jobs
        each = self._seconds / self._made if self._made else PORTION_SECONDS
        size = min(MOST, PORTION_SECONDS / max(each, 1e-9), len(jobs) / (AHEAD * places))
        return [jobs.popleft() for _ in range(min(len(jobs), max(1, int(size))))]
