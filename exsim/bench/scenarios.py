"""
``scenarios``: many runs of scenarios, made one by one, in a pool of processes, and by Dask.

All make the same runs, of which the same has to come. What it takes until processes have started
counts: whoever waits for runs waits for that.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec

from exsim.bench.child import cpus
from exsim.bench.driver import BenchError
from exsim.bench.measure import machine
from exsim.bench.tables import columns
from exsim.runs.clusters import Dask
from exsim.runs.command import executor_of, run
from exsim.runs.executors import Executor, Pool, Serial, workers_here
from exsim.runs.finding import Wanted, jobs_of, scenarios_in
from exsim.runs.words import Job, Result

BUSY: Final = 0.3
"""The load of a processor from which on a machine is not ours alone."""
SHOWN: Final = 5
"""Runs that differ which are named."""
MARKET: Final = """\
[venue:BENCH]
pricing = walk
clock = manual
clock_start = 2026-01-05T14:30:00Z

[instrument:BENCH:AAA]
reference = 48

[instrument:BENCH:BBB]
reference = 120

[pricing:walk]
source = random-walk
every = 1s
moves = 90%

[bot:MAKER]
kind = maker
levels = 5
size = 300

[bot:CROWD]
kind = noise
rate = 8
clustering = 40%
size = 100
keep = 50
"""
"""Two instruments with prices that move, a maker and a crowd."""
SCRIPT: Final = """\
[script]
summary = A quiet market: there are trades, and prices stay about where they were
steps =
    advance 90s
    check trades of AAA > 0
    check trades of BBB > 0
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What it took to make all runs in one way: ``ratio`` is the time beside that of serial."""

    on: str
    seconds: float
    runs_per_s: float
    ratio: float
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """
    The outcome of the benchmark. A run has so many ``entries`` of its journal and takes so many
    ``milliseconds``, both as the mean of the serial ones; ``failed`` of them had not what was
    expected, which is not for this benchmark to judge. ``load`` is that of the machine before it
    began, of all its processors.
    """

    benchmark: str
    machine: str
    runs: int
    workers: int
    processors: int
    entries: int
    milliseconds: float
    failed: int
    load: float
    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        """Whether the same came of each run, wherever it was made."""
        return not any(row.faults for row in self.rows)

    def table(self) -> str:
        """The result for people."""
        cells = [["", "seconds", "runs a second", "beside serial"]]
        cells += [
            [row.on, f"{row.seconds:.1f}", f"{row.runs_per_s:.1f}", f"{row.ratio:.2f}"]
            for row in self.rows
        ]
        lines = [
            f"{self.runs:,} runs of {self.entries:,} entries and {self.milliseconds:,.0f} ms each;"
            f" {self.workers} processes on {self.processors} processors.",
            f"{self.machine}.",
            "",
            *columns(cells),
            "",
        ]
        lines += ["The same came of each run, wherever it was made."] * self.ok
        if self.load > BUSY * self.processors:
            lines.append(f"Others used the processors (load {self.load}), so ratios say little.")
        lines += [f"{row.on}: {fault}" for row in self.rows for fault in row.faults]
        return "\n".join(lines)

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps({**asdict(self), "ok": self.ok})


def scenarios(
    paths: Sequence[str],
    runs: int | None,
    workers: int | None,
    on: Sequence[str],
    seconds: float,
) -> Found:
    """
    Make the same runs serially and in other ways.

    :param paths: of scenarios; none: a market of ours.
    :param runs: how many; None: as many as are made in ``seconds``, about.
    :param on: the other ways, as ``exsim scenarios run --on`` has them; none: those that are here.
    :raises exsim.errors.ExsimError: when there is no such scenario, or way.
    """
    workers = workers or workers_here()
    names = on or [Pool.name, *([Dask.name] if find_spec("distributed") else [])]
    others = [executor_of(name, workers) for name in names]
    load = os.getloadavg()[0]
    with _paths(paths) as found:
        jobs = _jobs(found, runs or _fitting(found, workers, len(others), seconds))
        first, taken = _made(jobs, Serial())
        rows = [_row(Serial.name, jobs, taken, taken, [])]
        for name, other in zip(names, others, strict=True):
            again, took = _made(jobs, other)
            rows.append(_row(name, jobs, took, taken, differences(first, again)))
    return Found(
        "scenarios",
        machine(),
        len(jobs),
        workers,
        len(cpus()),
        sum(one.entries for one in first) // len(first),
        round(sum(one.seconds for one in first) / len(first) * 1000, 1),
        sum(not one.passed for one in first),
        round(load, 2),
        tuple(rows),
    )


@contextmanager
def _paths(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """Those, or that of our market."""
    if paths:
        yield paths
        return
    with tempfile.TemporaryDirectory(prefix="exsim-bench-") as folder:
        config = Path(folder) / "market.ini"
        config.write_text(MARKET, encoding="utf-8")
        config.with_suffix(".script").write_text(SCRIPT, encoding="utf-8")
        yield [str(config)]


def _jobs(paths: Sequence[str], runs: int) -> list[Job]:
    """So many runs, of all scenarios in turn."""
    found = scenarios_in(paths)
    seeds = tuple(range(1, -(-runs // len(found)) + 1))
    jobs = sorted(jobs_of(found, Wanted(seeds)), key=lambda job: job.seed)
    return jobs[:runs]


def _fitting(paths: Sequence[str], workers: int, others: int, seconds: float) -> int:
    """How many runs are made in so many seconds, by what one of each scenario takes."""
    jobs = _jobs(paths, len(scenarios_in(paths)))
    _, taken = _made(jobs, Serial())
    each = taken / len(jobs) * (1 + others / workers)
    return max(2, round(seconds / each))


def _made(jobs: Sequence[Job], executor: Executor) -> tuple[Sequence[Result], float]:
    """
    What came of the runs, and how many seconds it took.

    :raises BenchError: when they were not all made.
    """
    begun = time.perf_counter()
    outcome = run(jobs, executor)
    taken = time.perf_counter() - begun
    if outcome.interrupted:
        raise KeyboardInterrupt
    broken = [result for result in outcome.results if not result.digest]
    if broken:
        raise BenchError(f"{broken[0].repeat}: {broken[0].error}")
    return outcome.results, taken


def _row(on: str, jobs: Sequence[Job], taken: float, serial: float, faults: Iterable[str]) -> Row:
    return Row(
        on, round(taken, 3), round(len(jobs) / taken, 2), round(taken / serial, 3), tuple(faults)
    )


def differences(first: Sequence[Result], again: Sequence[Result]) -> list[str]:
    """The runs of which not the same came; but for what they took all is to be the same."""
    differ = [
        f"not the same came of {one.scenario} with seed {one.seed}"
        for one, other in zip(first, again, strict=True)
        if msgspec.structs.replace(one, seconds=0.0) != msgspec.structs.replace(other, seconds=0.0)
    ]
    more = [f"nor of {len(differ) - SHOWN:,} others"] if len(differ) > SHOWN else []
    return [*differ[:SHOWN], *more]
