"""
``data``: what market data costs, and how soon it comes.

A counterparty changes an order in one book after the other; readers in another process are told of
it over loopback. ``subscriptions`` has 1,000 subscriptions on 100 books at 1,000 updates a second;
``conflated`` has 50 readers of a book at 5,000 updates a second that are told each 10 ms.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from exsim.bench.child import Child, simulator
from exsim.bench.measure import machine
from exsim.bench.profile import Profile
from exsim.bench.readers import Reader, Trader, play
from exsim.bench.tables import columns, rank, short

WARM_UP: Final = 1.0
"""Seconds that do not count."""


@dataclass(frozen=True, slots=True)
class Load:
    """
    So many readers of so many books each, told each ``conflate`` milliseconds (0: each change), at
    so many updates a second.
    """

    name: str
    readers: int
    books: int
    rate: int
    conflate: int


LOADS: Final = (
    Load("subscriptions", 10, 100, 1_000, 0),
    Load("conflated", 50, 1, 5_000, 10),
)


@dataclass(frozen=True, slots=True)
class Run:
    """
    What came of a load: updates caused, told and messages a second, the share of a CPU that the
    simulator took, bytes a second, and milliseconds from the cause of an update to its reader.
    """

    load: Load
    caused: float
    updates: float
    messages: float
    size: float
    cpu: float
    p50: float
    p99: float
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome: a run of each load."""

    benchmark: str
    machine: str
    seconds: float
    runs: tuple[Run, ...]
    profiles: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every reader has the newest of each book, and missed nothing."""
        return not any(run.faults for run in self.runs)

    def table(self) -> str:
        """The result for people."""
        rows = [["", *[run.load.name for run in self.runs]]]
        for name, values in (
            ("readers", [f"{run.load.readers}" for run in self.runs]),
            ("books of each", [f"{run.load.books}" for run in self.runs]),
            ("told each, ms", [f"{run.load.conflate}" for run in self.runs]),
            ("updates caused a second", [f"{run.caused:,.0f}" for run in self.runs]),
            ("updates told a second", [f"{run.updates:,.0f}" for run in self.runs]),
            ("messages told a second", [f"{run.messages:,.0f}" for run in self.runs]),
            ("bytes told a second", [f"{run.size:,.0f}" for run in self.runs]),
            ("CPU of the simulator", [f"{run.cpu:.0%}" for run in self.runs]),
            ("latency p50, ms", [short(run.p50) for run in self.runs]),
            ("latency p99, ms", [short(run.p99) for run in self.runs]),
        ):
            rows.append([name, *values])
        lines = [
            f"Market data over loopback, FIX.4.4, by price, {self.seconds:g} s each: from",
            "the order that causes an update to the readers, which share a process.",
            f"{self.machine}.",
            "",
            *columns(rows),
        ]
        faults = [fault for run in self.runs for fault in run.faults]
        return "\n".join([*lines, *faults, *self.profiles])

    def json(self) -> str:
        """The result for programs: an object in one line."""
        told = asdict(self)
        del told["profiles"]
        return json.dumps({**told, "ok": self.ok})


def data(seconds: float, names: tuple[str, ...] = (), profile: bool = False) -> Result:
    """
    Put each load, or those named, on a simulator of its own.

    :param seconds: of each load.
    :raises BenchError: when no simulator starts, or a reader is hung up on.
    """
    loads = [load for load in LOADS if not names or load.name in names]
    found = [run(load, seconds, profile) for load in loads]
    profiles = tuple(text for _, text in found if text)
    return Result("data", machine(), seconds, tuple(one for one, _ in found), profiles)


def config(load: Load) -> str:
    """The configuration of a simulator for a load."""
    listen = "protocol = fix\nlisten = tcp:0:interface=127.0.0.1\ncomp_id = XSIM\n"
    texts = [
        "[exsim]\njournal_size = 10000\n\n[venue:XSIM]\npolicies = match\n",
        f"[endpoint:orders]\nvenue = XSIM\n{listen}accept_any_logon = yes\n",
        f"[endpoint:data]\nvenue = XSIM\nrole = market-data\nmax_connections = 10000\n{listen}",
    ]
    texts += [f"[instrument:XSIM:B{book}]\n" for book in range(load.books)]
    texts += [
        f"[session:R{number}]\nendpoint = data\nconflate = {load.conflate}ms\n"
        for number in range(load.readers)
    ]
    return "\n".join(texts)


def run(load: Load, seconds: float, profile: bool = False) -> tuple[Run, str]:
    """One load, and where the server's time went, in words, if that is wanted."""
    with tempfile.TemporaryDirectory(prefix="exsim-bench-") as folder, ExitStack() as stack:
        path = Path(folder) / "data.ini"
        path.write_text(config(load), encoding="utf-8")
        child, ready = stack.enter_context(simulator(str(path), profile=profile))
        orders, feed = ready.endpoints["orders"], ready.endpoints["data"]
        trader = Trader((orders.host, orders.port or 0))
        stack.callback(trader.close)
        readers = []
        for number in range(load.readers):
            reader = Reader((feed.host, feed.port or 0), f"R{number}")
            stack.callback(reader.close)
            readers.append(reader)
        for party in (trader, *readers):
            party.log_on()
        trader.begin(load.books)
        for reader in readers:
            reader.subscribe(range(load.books))
        play(trader, readers, load.rate, WARM_UP)
        return _measured(load, seconds, child, trader, readers)


def _measured(
    load: Load, seconds: float, child: Child, trader: Trader, readers: list[Reader]
) -> tuple[Run, str]:
    """The part that counts."""
    for reader in readers:
        reader.updates = reader.messages = reader.size = 0
        reader.took.clear()
    before = len(trader.caused)
    child.begin()
    begun = time.perf_counter()
    play(trader, readers, load.rate, seconds)
    elapsed = time.perf_counter() - begun
    found = child.end()
    caused = len(trader.caused) - before
    took = sorted([each for reader in readers for each in reader.took])
    profile = ""
    if found["functions"]:
        text = Profile("cProfile", tuple(map(tuple, found["functions"])), ()).lines(load.name)
        profile = "\n".join(["", *text])
    updates = sum(reader.updates for reader in readers)
    return Run(
        load,
        caused / elapsed,
        updates / elapsed,
        sum(reader.messages for reader in readers) / elapsed,
        sum(reader.size for reader in readers) / elapsed,
        found["cpu"] / 1e9 / elapsed,
        rank(took, 0.5) / 1e6,
        rank(took, 0.99) / 1e6,
        tuple(_faults(load, caused, trader, readers)),
    ), profile


def _faults(load: Load, caused: int, trader: Trader, readers: list[Reader]) -> Iterator[str]:
    for reader in readers:
        if reader.last != trader.last:
            yield f"{reader.sender} has not the newest of each book"
        if not load.conflate and reader.updates != caused:
            yield f"{reader.sender} was told {reader.updates} of {caused} updates"
