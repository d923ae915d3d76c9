"""
``recovery``: how fast a journal is run again, for a start after a crash and by ``exsim replay``.

Counterparties trade on an exchange in memory that keeps its journal on the disk. Then that journal
is run again, from its first entry on, without a snapshot.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from exsim.bench.desk import NOW, SYMBOL, Desk, Trader, base_settings
from exsim.bench.driver import BenchError
from exsim.bench.measure import Clock, collector_of_service, machine
from exsim.bench.orders import Market
from exsim.bench.tables import columns, short
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.journal import DiskJournal, JournalService
from exsim.services.recovery import run_again
from exsim.services.replay import without_collector
from exsim.services.replaying import Outcome, inert
from exsim.services.sources import FilesSource

STEP: Final = 100_000
"""Nanoseconds between two reads."""
LEVELS: Final = 20
"""Price levels that resting orders lie on, of both sides."""
RECOVERY: Final = "recovery, state only"
REPLAY: Final = "replay, every byte compared"

_MARKET: Final = Market()


@dataclass(frozen=True, slots=True)
class Again:
    """What it took to run the journal again, in nanoseconds of CPU time for each command."""

    name: str
    rounds: int
    fastest: float
    median: float
    slowest: float


@dataclass(frozen=True, slots=True)
class Result:
    """
    The outcome of the benchmark.

    A command is one request of a counterparty; ``entries`` are all that the journal has, and
    ``size`` is how many bytes they are on the disk.
    """

    benchmark: str
    machine: str
    commands: int
    entries: int
    size: int
    sessions: int
    window: int
    runs: tuple[Again, ...]
    ok: bool = True

    def table(self) -> str:
        """The result for people."""
        rows = [["", "commands a second", "us a command", "fastest", "slowest", "rounds"]]
        for run in self.runs:
            times = [short(taken / 1000) for taken in (run.median, run.fastest, run.slowest)]
            rows.append([run.name, f"{1e9 / run.median:,.0f}", *times, str(run.rounds)])
        sessions = f"{self.sessions} session{'s' * (self.sessions != 1)}"
        lines = [
            "CPU time to run a journal again, without a snapshot.",
            f"{self.machine}.",
            f"{self.commands:,} commands of {sessions}, up to {self.window} in a read;"
            f" {self.entries:,} entries, {self.size / 1e6:,.1f} MB.",
            "",
        ]
        return "\n".join([*lines, *columns(rows)])

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps(asdict(self))


def recovery(seconds: float, commands: int, sessions: int, window: int) -> Result:
    """
    Write a journal and run it again, as often as there is time for; each way once at least.

    :param seconds: how long it is run again, about.
    :param window: how many requests come in one read.
    :raises BenchError: where what comes of it is not what was.
    """
    with TemporaryDirectory(prefix="exsim-bench-") as folder, base_settings() as settings:
        kept = replace(settings, data_dir=folder, durability="os")
        entries, size = _live(kept, commands, sessions, window)
        runs = _runs(kept, commands, entries, seconds)
    return Result("recovery", machine(), commands, entries, size, sessions, window, runs)


def _runs(settings: Settings, commands: int, entries: int, seconds: float) -> tuple[Again, ...]:
    ways = {RECOVERY: _recover, REPLAY: _replay}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    with collector_of_service():
        end = time.monotonic() + seconds
        while not all(taken.values()) or time.monotonic() < end:
            for name, way in ways.items():
                gc.collect()
                taken[name].append(way(settings, entries, time.process_time_ns) / commands)
    return tuple(
        Again(name, len(each), *(round(f(each), 1) for f in (min, median, max)))
        for name, each in taken.items()
    )


# -- the day


def _live(settings: Settings, commands: int, sessions: int, window: int) -> tuple[int, int]:
    """Let the counterparties trade; how many entries and bytes the journal then has."""
    with _journal(settings) as service:
        desk = Desk(settings, service.journal)
        traders = [desk.trader(f"T{number}") for number in range(sessions)]
        service.journal.commit()
        done = 0
        while done < commands:
            trader = traders[done // window % sessions]
            count = min(window, commands - done)
            desk.now += STEP
            trader.send(b"".join(_request(trader) for _ in range(count)))
            service.journal.commit()
            done += count
        store = service.store
        assert store is not None
        return store.last, store.size


def _request(trader: Trader) -> bytes:
    """
    The next request of five in turn: an order that stays, one that rests and its cancel, and two
    that trade with each other.
    """
    number = trader.requests
    step, buys, market = number % 5, number // 5 % 2 == 0, _MARKET
    if step == 2:
        return trader.cancel(number - 1, SYMBOL, buys)
    if step >= 3:
        return trader.enter(SYMBOL, buys == (step == 3), 100, market.price)
    away = (1 + number // 10 % (LEVELS // 2)) * market.tick
    return trader.enter(SYMBOL, buys, 100, market.price - away if buys else market.price + away)


@contextmanager
def _journal(settings: Settings) -> Iterator[JournalService]:
    """The journal on the disk, open meanwhile."""
    service = JournalService(settings, lambda: NOW)
    service.privilegedStartService()
    try:
        yield service
    finally:
        service.stopService()


# -- and again

Way = Callable[[Settings, int, Clock], int]


def _recover(settings: Settings, entries: int, cpu: Clock) -> int:
    """As a start does that finds no snapshot; the nanoseconds that it took."""
    with _journal(settings) as service:
        journal, simulator = service.journal, inert(settings, Catalogue())
        assert isinstance(journal, DiskJournal)
        with without_collector():
            begun = cpu()
            run = run_again(simulator, journal, 0)
            taken = cpu() - begun
        if run.tape.last != entries or run.tape.beyond:
            raise BenchError(f"{run.tape.last} of {entries} entries were recovered")
    return taken


def _replay(settings: Settings, entries: int, cpu: Clock) -> int:
    """As ``exsim replay`` does; the nanoseconds that it took."""
    outcome = Outcome(
        settings, Catalogue(), FilesSource(settings.data_dir), None, lambda: cpu() / 1e9
    )
    if outcome.difference is not None or outcome.entries != entries:
        raise BenchError("\n".join(["the second run is another one", *outcome.words()]))
    return round(outcome.seconds * 1e9)
