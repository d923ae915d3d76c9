"""
``pairs``: what a second core gives where each venue has a process of its own.

One simulator with ``processes = venue`` carries two venues. A pair is the process of one of them
and a client, on one CPU that is theirs. First each pair works alone, then both at the same time;
rounds of the two take turns, so that a machine that is slower for a while is so for both.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Final

from exsim.bench.child import cpus, simulator
from exsim.bench.clients import VERSION, Job, clients, log_on, work
from exsim.bench.driver import BenchError
from exsim.bench.measure import machine
from exsim.bench.tables import columns

PAIRS: Final = 2
ENOUGH: Final = 0.9
"""The share of its CPU that a pair has to have had."""

_VENUE: Final = """\
[venue:{name}]
policies = match

[instrument:{name}:AAA]
reference = 100

[endpoint:{name}]
venue = {name}
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_sessions = 10000

"""
CONFIG: Final = "[exsim]\nprocesses = venue\n\n" + "".join(
    _VENUE.format(name=f"X{number}") for number in range(PAIRS)
)
"""Two venues, each with an endpoint of its name."""


@dataclass(frozen=True, slots=True)
class Result:
    """
    The outcome: orders a second, medians of the rounds, of a pair alone and of all together.

    ``ratio`` is that of the two; ``alone`` has each pair's own figure. ``had_one`` and ``had_all``
    are the shares of the time in which a pair had its CPU: where others took it the ratio says
    little.
    """

    benchmark: str
    machine: str
    rounds: int
    orders: int
    window: int
    cpus: tuple[int, ...]
    alone: tuple[float, ...]
    one: float
    all: float
    ratio: float
    had_one: float
    had_all: float
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every order was answered."""
        return not self.faults

    def table(self) -> str:
        """The result for people."""
        rows = [["orders a second", ""]]
        for number, (cpu, rate) in enumerate(zip(self.cpus, self.alone, strict=True)):
            rows.append([f"pair {number + 1} alone, on CPU {cpu}", f"{rate:,.0f}"])
        rows.append(["one pair", f"{self.one:,.0f}"])
        rows.append([f"{len(self.cpus)} pairs at the same time", f"{self.all:,.0f}"])
        rows.append(["share of its CPU that a pair had, alone", f"{self.had_one:.0%}"])
        rows.append(["  at the same time", f"{self.had_all:.0%}"])
        lines = [
            f"{VERSION} over loopback, mix add, window {self.window}; a process for each venue, on "
            "one CPU with its client:",
            f"medians of {self.rounds} rounds of {self.orders} orders for each pair.",
            f"{self.machine}.",
            "",
            *columns(rows),
            "",
            f"{len(self.cpus)} pairs do {self.ratio:.2f} times the orders of one.",
        ]
        if self.had_all < ENOUGH:
            lines.append("Others used these CPUs meanwhile, so this says little.")
        return "\n".join([*lines, *self.faults])

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps({**asdict(self), "ok": self.ok})


@dataclass(frozen=True, slots=True)
class Pair:
    """A venue's process, where it listens, and the pipe of the client that drives it."""

    pid: int
    address: tuple[str, int]
    client: Connection

    def cpu(self) -> int:
        """CPU time of the venue's process so far, in nanoseconds."""
        return time.clock_gettime_ns(~self.pid << 3 | 2)  # clock_getcpuclockid(3)


@dataclass(frozen=True, slots=True)
class Run:
    """What some pairs did at the same time: orders a second, the share of its CPU that each had."""

    rate: float
    had: float
    faults: tuple[str, ...]


def pairs(orders: int, rounds: int, window: int, seconds: float) -> Result:
    """
    Drive two venues, each alone and both at the same time.

    :param orders: in each round, for each pair.
    :param seconds: about how long all rounds may take; what is not sent then is left out.
    :raises BenchError: where there are fewer than two CPUs, or no simulator starts.
    """
    available = cpus()
    if len(available) < PAIRS:
        raise BenchError(f"it takes {PAIRS} CPUs that processes can be pinned to")
    places = tuple(available[-PAIRS:])
    each = seconds / ((rounds + 1) * (PAIRS + 1))
    alone: list[list[Run]] = [[] for _ in places]
    together: list[Run] = []
    with _pairs(places) as found:
        for number in range(rounds + 1):
            jobs = [Job(f"C{number}-{kind}", orders, window, each) for kind in range(2)]
            for runs, pair in zip(alone, found, strict=True):
                runs.append(_run([pair], jobs[0]))
            together.append(_run(found, jobs[1]))
    # the first round fills caches
    single = [run for runs in alone for run in runs[1:]]
    own = tuple(round(median(run.rate for run in runs[1:]), 1) for runs in alone)
    one, all_ = sum(own) / PAIRS, median(run.rate for run in together[1:])
    return Result(
        "pairs",
        machine(),
        rounds,
        orders,
        window,
        places,
        own,
        round(one, 1),
        round(all_, 1),
        round(all_ / one, 3),
        round(median(run.had for run in single), 3),
        round(median(run.had for run in together[1:]), 3),
        tuple(fault for run in (*single, *together) for fault in run.faults),
    )


@contextmanager
def _pairs(places: Sequence[int]) -> Iterator[list[Pair]]:
    """A simulator and clients, each venue and its client on a CPU of their own."""
    with _venues(places) as venues, clients(places) as drivers:
        yield [Pair(*venue, client) for venue, client in zip(venues, drivers, strict=True)]


@contextmanager
def _venues(places: Sequence[int]) -> Iterator[list[tuple[int, tuple[str, int]]]]:
    """A simulator whose venues are on CPUs of their own: their processes, and where they listen."""
    with tempfile.TemporaryDirectory(prefix="exsim-bench-") as folder:
        path = Path(folder) / "pairs.ini"
        path.write_text(CONFIG, encoding="utf-8")
        with simulator(str(path)) as (_child, ready):
            for cpu, pid in zip(places, ready.processes.values(), strict=True):
                os.sched_setaffinity(pid, {cpu})
            found = [(pid, ready.endpoints[name]) for name, pid in ready.processes.items()]
            yield [(pid, (place.host, place.port or 0)) for pid, place in found]


def _run(found: Sequence[Pair], job: Job) -> Run:
    """Have some pairs work at the same time, until the last is done."""
    drivers = [pair.client for pair in found]
    log_on(drivers, [pair.address for pair in found], job)
    before = sum(pair.cpu() for pair in found)
    loads = work(drivers)
    cpu = sum(pair.cpu() for pair in found) - before + sum(load.client_cpu for load in loads)
    return Run(
        sum(load.sent for load in loads) / max(load.elapsed for load in loads) * 1e9,
        cpu / sum(load.elapsed for load in loads),
        tuple(fault for load in loads for fault in load.faults),
    )
