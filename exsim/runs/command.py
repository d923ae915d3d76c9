"""``exsim scenarios run``: scenarios times seeds, who makes the runs, and what is told of them."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, TextIO

import msgspec

from exsim.errors import ExsimError
from exsim.model.options import duration
from exsim.runs.clusters import SCHEME, Dask
from exsim.runs.executors import Executor, Pool, Serial, workers_here
from exsim.runs.finding import NoRun, Wanted, jobs_of, scenarios_in, seeds_of
from exsim.runs.telling import Outcome, junit, told, told_of
from exsim.runs.words import Job, Result, Unmet

ON: Final = "serial, pool, dask or dask://HOST:PORT"
Tell = Callable[[Result], None]


def main(options: argparse.Namespace, out: TextIO | None = None) -> int:
    """0 when all passed, 1 when one did not, 2 when not all could be run."""
    out = out or sys.stdout
    try:
        jobs = jobs_of(scenarios_in(options.paths), wanted_of(options))
        executor = executor_of(options.on, options.jobs or workers_here())
        with _progress(len(jobs)) as tell:
            outcome = run(jobs, executor, options.verify, tell)
        write(outcome, options.json, options.junit)
    except (ExsimError, OSError) as error:
        sys.stderr.write(f"exsim scenarios: {error}\n")
        return 2
    out.write(told(outcome))
    if outcome.interrupted:
        return 2
    return 0 if outcome.passed else 1


def wanted_of(options: argparse.Namespace) -> Wanted:
    """
    What the command line says of runs.

    :raises NoRun: when it makes no sense.
    """
    try:
        if options.span and not duration(options.span):
            raise ValueError("--for 0s is no time")
        if options.limit <= 0:
            raise ValueError(f"--limit {options.limit:g}: a run takes some time")
        seeds = seeds_of(options.seeds)
    except ValueError as error:
        raise NoRun(str(error)) from None
    return Wanted(seeds, options.span, options.limit, tuple(options.set))


def executor_of(name: str, workers: int) -> Executor:
    """
    What makes the runs.

    :raises NoRun: when there is no such thing.
    """
    if workers < 1:
        raise NoRun(f"-j {workers}: that is nobody")
    if name == Serial.name:
        return Serial()
    if name == Pool.name:
        return Pool(workers)
    if name == Dask.name or name.startswith(SCHEME):
        return Dask(workers, "" if name == Dask.name else name)
    raise NoRun(f"--on {name}: that is none of {ON}")


def run(
    jobs: Sequence[Job],
    executor: Executor,
    verify: int = 0,
    tell: Tell = lambda result: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Outcome:
    """
    Have the jobs done, and ``verify`` of them once more; ``tell`` is told of each as it comes.

    Where it is interrupted, what was done until then is the outcome.
    """
    begun = clock()
    found: dict[tuple[str, int], Result] = {}
    interrupted = False
    try:
        with closing(executor.results(jobs)) as results:
            for result in results:
                found[result.place] = result
                tell(result)
        with closing(executor.results(_spread(jobs, verify))) as results:
            for again in results:
                found[again.place] = _compared(found[again.place], again)
    except KeyboardInterrupt:
        interrupted = True
    results_in_order = [found[job.place] for job in jobs if job.place in found]
    return Outcome(results_in_order, len(jobs), executor.name, clock() - begun, interrupted)


def _spread(jobs: Sequence[Job], most: int) -> list[Job]:
    """So many of the jobs, from the whole length of them, the last first."""
    count = min(most, len(jobs))
    return [jobs[len(jobs) * number // count] for number in reversed(range(count))]


def _compared(result: Result, again: Result) -> Result:
    """A result, once the run was made again: it has to be the same."""
    if (result.digest, result.market) == (again.digest, again.market):
        return result
    unmet = Unmet("verify", f"the same again, digest {result.digest}", f"digest {again.digest}")
    return msgspec.structs.replace(result, passed=False, failed=[*result.failed, unmet])


def write(outcome: Outcome, json: str, xml: str) -> None:
    """
    Write the files that were asked for.

    :raises OSError: when one cannot be written.
    """
    for path, make in ((json, told_of), (xml, junit)):
        if path:
            Path(path).write_bytes(make(outcome))


@contextmanager
def _progress(count: int) -> Iterator[Tell]:
    """A bar, where somebody looks."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        BarColumn(None),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as bar:
        task = bar.add_task("", total=count)
        failed = 0

        def tell(result: Result) -> None:
            nonlocal failed
            failed += not result.passed
            bar.update(task, advance=1, description=f"{failed:,} failed" if failed else "")

        yield tell
