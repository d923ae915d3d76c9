"""Runs made by Dask: by workers on this machine, or by those of a cluster that is there."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
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

            # A worker that is lost is a run that failed, not one that is tried three times.
            stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": 0}))
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

        # All at once: asked for one by one, many runs keep the scheduler from those that are made.
        of = dict(zip(client.map(self._do, list(jobs), pure=False), jobs, strict=True))
        try:
            for future in as_completed(list(of), loop=client.loop):
                job = of.pop(future)
                try:
                    yield future.result()
                except KilledWorker:
                    suspects.append(job)
        finally:
            if of:
                client.cancel(list(of), force=True)
