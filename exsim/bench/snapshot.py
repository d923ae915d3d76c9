"""
``snapshot``: how long everybody waits for a snapshot to begin, with many orders that rest.

Counterparties have orders on an exchange in memory that keeps its journal on the disk. Snapshots of
it are begun, as a simulator begins them, and orders go on coming while each is written.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from twisted.application.service import MultiService
from twisted.internet.task import Clock

from exsim.bench.desk import NOW, SYMBOL, Desk, Trader, base_settings
from exsim.bench.driver import BenchError
from exsim.bench.measure import collector_of_service, machine
from exsim.bench.orders import Market
from exsim.bench.tables import columns, short
from exsim.model.settings import Settings
from exsim.services.dispatcher import DispatcherService
from exsim.services.journal import JournalService
from exsim.services.recovery import Recovery
from exsim.services.simulator import Simulator
from exsim.services.watch import Watch

LEAST: Final = 5
"""Snapshots that are written at least."""
LEVELS: Final = 1_000
"""Price levels that the orders lie on, of both sides."""
CHUNK: Final = 100
"""Orders of a read, where nothing is measured."""
BETWEEN: Final = 0.001
"""Seconds between two orders that are measured."""
MOST: Final = 60_000
"""Orders that come while one snapshot is written, at most."""

_MARKET: Final = Market()


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds, of all that were measured."""

    name: str
    fastest: float
    median: float
    slowest: float


@dataclass(frozen=True, slots=True)
class Result:
    """
    The outcome of the benchmark.

    ``size`` is that of a snapshot, ``memory`` what the process has of it, in bytes.
    """

    benchmark: str
    machine: str
    orders: int
    sessions: int
    size: int
    memory: int
    rounds: int
    times: tuple[Times, ...]
    ok: bool = True

    def table(self) -> str:
        """The result for people."""
        rows = [["ms", "median", "fastest", "slowest"]]
        rows += [
            [each.name, short(each.median), short(each.fastest), short(each.slowest)]
            for each in self.times
        ]
        sessions = f"{self.sessions} session{'s' * (self.sessions != 1)}"
        lines = [
            "How long a snapshot keeps everybody waiting.",
            f"{self.machine}.",
            f"{self.orders:,} orders that rest, of {sessions}; {self.memory / 1e6:,.0f} MB of"
            f" memory, {self.rounds} snapshots of {self.size / 1e6:,.1f} MB.",
            "",
        ]
        return "\n".join([*lines, *columns(rows)])

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps(asdict(self))


def snapshot(seconds: float, orders: int, sessions: int) -> Result:
    """
    Enter orders, then write snapshots as often as there is time for; a few times at least.

    :param seconds: how long snapshots are written, about.
    :raises BenchError: when one is not written.
    """
    with TemporaryDirectory(prefix="exsim-bench-") as folder, base_settings() as settings:
        kept = replace(settings, data_dir=folder, durability="os")
        with collector_of_service(), _exchange(kept) as (desk, recovery):
            traders = [desk.trader(f"T{number}") for number in range(sessions)]
            _enter(desk, traders, orders)
            memory = _memory()
            rounds = _rounds(desk, recovery, traders[0], seconds)
            size = max(path.stat().st_size for path in Path(folder, "snapshots").iterdir())
    names = ("pause", "an order, none written", "an order, one written", "writing")
    times = tuple(
        Times(name, *(round(f(each) / 1e6, 3) for f in (min, median, max)))
        for name, each in zip(names, rounds, strict=True)
    )
    count = len(rounds[0])
    return Result("snapshot", machine(), orders, sessions, size, memory, count, times)


@contextmanager
def _exchange(settings: Settings) -> Iterator[tuple[Desk, Recovery]]:
    """An exchange with its journal on the disk, and what writes snapshots of it."""
    journal = JournalService(settings, lambda: NOW)
    journal.privilegedStartService()
    try:
        desk, clock = Desk(settings, journal.journal), Clock()
        turns = DispatcherService(desk.exchange, clock, lambda: NOW)
        parts = (desk.exchange, desk.parts, turns, MultiService(), clock, Watch(clock), settings)
        recovery = Recovery(Simulator(*parts), journal, lambda: None)
        recovery.privilegedStartService()
        yield desk, recovery
        recovery.finish()
    finally:
        journal.stopService()


def _enter(desk: Desk, traders: list[Trader], orders: int) -> None:
    """Let all have orders that rest."""
    for begin in range(0, orders, CHUNK):
        trader = traders[begin // CHUNK % len(traders)]
        count = min(CHUNK, orders - begin)
        trader.send(b"".join(_order(trader, begin + n) for n in range(count)))
        desk.exchange.journal.commit()
    (venue,) = desk.exchange.dispatcher.venues.values()
    if venue.orders.open_count != orders:
        raise BenchError(f"{venue.orders.open_count} orders rest where {orders} should")


def _order(trader: Trader, number: int) -> bytes:
    """An order that rests on one of the levels of its side."""
    buys, away = number % 2 == 0, (1 + number // 2 % (LEVELS // 2)) * _MARKET.tick
    return trader.enter(SYMBOL, buys, 100, _MARKET.price + (-away if buys else away))


def _rounds(desk: Desk, recovery: Recovery, trader: Trader, seconds: float) -> list[list[int]]:
    """Write snapshots: nanoseconds of pauses, of orders before and meanwhile, and of writing."""
    pauses: list[int] = []
    before: list[int] = []
    meanwhile: list[int] = []
    writing: list[int] = []
    end = time.monotonic() + seconds
    while len(pauses) < LEAST or time.monotonic() < end:
        before += _pairs(desk, trader, lambda: False, CHUNK)
        begun, seq = time.perf_counter_ns(), desk.exchange.journal.last
        recovery.begin()
        pauses.append(recovery.pause)
        there = partial(_there, recovery, seq)
        meanwhile += _pairs(desk, trader, there, MOST)
        recovery.finish()
        if not there():
            raise BenchError("a snapshot was not written; the log says why")
        writing.append(time.perf_counter_ns() - begun)
    return [pauses, before, meanwhile, writing]


def _there(recovery: Recovery, seq: int) -> bool:
    """Whether there is the snapshot of an entry."""
    assert recovery.snapshots is not None
    return any(found == seq for _, found, _ in recovery.snapshots.all())


def _pairs(desk: Desk, trader: Trader, enough: Callable[[], bool], most: int) -> list[int]:
    """Let an order come and go now and then; the nanoseconds that each took."""
    taken: list[int] = []
    while len(taken) < most and not enough():
        order, cancel = trader.pair(SYMBOL, len(taken) % 20)
        begun = time.perf_counter_ns()
        trader.send(order)
        desk.exchange.journal.commit()
        taken.append(time.perf_counter_ns() - begun)
        trader.send(cancel)
        desk.exchange.journal.commit()
        time.sleep(BETWEEN)
    return taken


def _memory() -> int:
    """What of memory this process has, in bytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
