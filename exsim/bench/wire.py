"""
``wire``: a simulator in a process of its own, driven over loopback with prepared bytes.

What is measured is the whole way: socket, session, dictionary, book, journal, reports, socket.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from exsim.bench.answers import Answers, BlindAnswers
from exsim.bench.child import Child, on_cpu, simulator
from exsim.bench.driver import BenchError, Line, Load, connect, drive
from exsim.bench.measure import machine
from exsim.bench.orders import ADD, ADD_CANCEL, Market, Orders, reports_of, requests_of
from exsim.bench.ouch import BOTH, FIX, OUCH, VERSION, OuchAnswers, OuchOrders
from exsim.bench.profile import Profile, Sampler, has_perf
from exsim.bench.tables import columns, rank, short
from exsim.bench.target import Settings, all_overrides, is_database, target
from exsim.client import Simulator

RANKS: Final = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}
"""Of the time from an order to its first report."""
BUSY: Final = 0.8
"""The share of the time from which on a process counts as what keeps the rate from being higher."""


@dataclass(frozen=True, slots=True)
class Run:
    """
    What driving a server with one version came to.

    Times of the latencies and of CPUs are in microseconds, CPU is for each order; ``pauses`` and
    ``longest_pause`` are of the server's garbage collector, a share of its CPU time and
    milliseconds; ``peak_mb`` is the most memory that it has had. ``busy`` are the shares of the
    time in which server and client had a CPU, ``server_waiting`` that in which the server had work
    and no CPU.
    """

    name: str
    orders: int
    seconds: float
    orders_per_s: float
    reports_per_s: float
    latency: dict[str, float]
    server_cpu: float
    client_cpu: float
    server_busy: float
    server_waiting: float
    client_busy: float
    limit: str
    peak_mb: float
    longest_pause: float
    pauses: float
    looks: tuple[int, int, int]
    faults: tuple[str, ...]
    profile: Profile | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of the benchmark."""

    benchmark: str
    machine: str
    settings: Settings
    runs: tuple[Run, ...]

    @property
    def ok(self) -> bool:
        """Whether every order was answered, once, and no message was missing."""
        return not any(run.faults for run in self.runs)

    def table(self) -> str:
        """The result for people."""
        settings = self.settings
        connections = f"{settings.connections} connection{'s' * (settings.connections != 1)}"
        pin = settings.pin
        place = "not pinned" if pin is None else f"server on CPU {pin[0]}, client on CPU {pin[1]}"
        lines = [
            f"{_spoken(settings)} over loopback: mix {settings.mix}, {connections} of"
            f" window {settings.window}; "
            f"{place}.",
            f"{self.machine}.",
            "",
            *columns(self._rows()),
            "",
        ]
        numbers = "no MsgSeqNum" if settings.protocol == FIX else "no number"
        lines += [f"Every order was answered, once; {numbers} was missing."] * self.ok
        for run in self.runs:
            lines += [f"{run.name}: {fault}" for fault in run.faults]
            if run.profile is not None:
                lines += ["", *run.profile.lines(run.name)]
        return "\n".join(lines)

    def _rows(self) -> list[list[str]]:
        rows = [["", *(run.name for run in self.runs)]]

        def add(name: str, texts: Sequence[str]) -> None:
            rows.append([name, *texts])

        add("orders", [f"{run.orders:,}" for run in self.runs])
        add("orders a second", [f"{run.orders_per_s:,.0f}" for run in self.runs])
        add("reports a second", [f"{run.reports_per_s:,.0f}" for run in self.runs])
        for name in RANKS:
            texts = [short(run.latency[name]) for run in self.runs]
            add(f"order to first report, {name}, us", texts)
        add("server CPU for an order, us", [short(run.server_cpu) for run in self.runs])
        add("client CPU for an order, us", [short(run.client_cpu) for run in self.runs])
        add("server busy", [f"{run.server_busy:.0%}" for run in self.runs])
        add("server without a CPU", [f"{run.server_waiting:.0%}" for run in self.runs])
        add("client busy", [f"{run.client_busy:.0%}" for run in self.runs])
        add("limited by", [run.limit for run in self.runs])
        add("server memory at its peak, MB", [short(run.peak_mb) for run in self.runs])
        add("garbage collector, longest pause, ms", [short(run.longest_pause) for run in self.runs])
        add("  share of server CPU", [f"{run.pauses:.1%}" for run in self.runs])
        add("  looks, by generation", ["/".join(map(str, run.looks)) for run in self.runs])
        return rows

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps({**asdict(self), "ok": self.ok})


def _spoken(settings: Settings) -> str:
    """The protocols, for people."""
    return "FIX and OUCH" if settings.protocol == BOTH else settings.protocol.upper()


def wire(settings: Settings) -> Result:
    """
    Drive a simulator with each version in turn, each time a new one.

    :raises exsim.errors.ExsimError: when it does not start or refuses the logon.
    """
    runs = []
    for journal in settings.journals or ("",):
        if settings.protocol != OUCH:
            fix = replace(settings, protocol=FIX)
            runs += [_version(fix, version, journal) for version in settings.versions]
        if settings.protocol != FIX:
            runs.append(_version(replace(settings, protocol=OUCH), VERSION, journal))
    told = replace(settings, journals=tuple(_word(each) for each in settings.journals))
    return Result("wire", machine(), told, tuple(runs))


def _word(journal: str) -> str:
    """What a journal is called, without where it is and what lets us in."""
    return "PostgreSQL" if is_database(journal) else journal


def _version(settings: Settings, version: str, journal: str) -> Run:
    server_cpu, client_cpu = settings.pin or (None, None)
    where = target(settings)
    sampled = settings.profile and has_perf() and "compiled" in machine()
    counted = settings.profile and not sampled
    overrides = all_overrides(settings)
    if journal:
        key = "journal" if is_database(journal) else "durability"
        overrides = (*overrides, f"exsim.{key}={journal}")
    served = simulator(settings.config, overrides, server_cpu, settings.collector, counted)
    with served as (child, ready), on_cpu(client_cpu):
        address = ready.endpoints[where.endpoint]
        if address.port is None:
            raise BenchError(f"endpoint {where.endpoint} listens on no port")
        if is_database(journal) and ready.rest is not None:
            with Simulator(ready.rest) as before:
                before.reset()
        driven = Driven(child, (address.host, address.port), where.market)
        run, _ = driven.run(version, settings, Sampler(child.pid) if sampled else None)
        return replace(run, name=f"{version} {_word(journal)}") if journal else run


class Driven:
    """A server that runs, and who it is driven by. With ``blind`` its answers are not looked at."""

    def __init__(
        self, child: Child, address: tuple[str, int], market: Market, blind: bool = False
    ) -> None:
        self._child = child
        self._address = address
        self._market = market
        self._blind = blind
        self._lines = 0

    def run(
        self, version: str, settings: Settings, sampler: Sampler | None = None
    ) -> tuple[Run, Load]:
        """Log on, send, and log out: sessions of their own each time."""
        lines = self._log_on(version, settings)
        step = 1 if settings.mix == ADD else 2
        try:
            self._child.begin()
            if sampler is not None:
                sampler.begin()
            load = drive(lines, settings.window, step, settings.seconds)
            samples = None if sampler is None else sampler.end()
            found = self._child.end()
        finally:
            if sampler is not None:
                sampler.stop()
            for line in lines:
                line.close()
        profile = samples
        if found["functions"]:
            profile = Profile("cProfile", tuple(map(tuple, found["functions"])), ())
        return _run(version, settings, load, found, profile), load

    def _log_on(self, version: str, settings: Settings) -> list[Line]:
        lines: list[Line] = []
        try:
            for count in _shares(settings.orders, settings.connections):
                self._lines += 1
                lines.append(self._line(version, settings.mix, count))
                lines[-1].log_on()
        except BaseException:
            for line in lines:
                line.socket.close()
            raise
        return lines

    def _line(self, version: str, mix: str, count: int) -> Line:
        name = f"CLIENT{self._lines:04d}"
        if version == VERSION:
            sent = OuchOrders(name, self._market)
            told = OuchAnswers(requests_of(mix, count), reports_of(mix))
            return Line(connect(self._address), sent, sent.requests(mix, count), told)
        orders = Orders(version, name, self._market, time.time_ns())
        kind = BlindAnswers if self._blind else Answers
        expected = 1 if self._blind else reports_of(mix)
        answers = kind(orders.prefix, requests_of(mix, count), expected)
        requests = orders.requests(mix, count)
        return Line(connect(self._address), orders, requests, answers)


def _shares(orders: int, connections: int) -> list[int]:
    """Orders for each connection: even numbers, so that each pair that trades is whole."""
    each = max(2, orders // connections // 2 * 2)
    return [each] * connections


def _run(
    version: str, settings: Settings, load: Load, found: dict[str, Any], profile: Profile | None
) -> Run:
    cancels = settings.mix == ADD_CANCEL
    orders = load.sent // 2 if cancels else load.sent
    latencies = sorted(load.latencies[::2] if cancels else load.latencies)
    each = max(1, orders) * 1000
    server, client = found["cpu"] / load.elapsed, load.client_cpu / load.elapsed
    waiting = found["waited"] / load.elapsed
    return Run(
        name=version,
        orders=orders,
        seconds=round(load.elapsed / 1e9, 4),
        orders_per_s=round(orders / load.elapsed * 1e9, 1),
        reports_per_s=round(load.reports / load.elapsed * 1e9, 1),
        latency={name: rank(latencies, share) / 1000 for name, share in RANKS.items()},
        server_cpu=round(found["cpu"] / each, 3),
        client_cpu=round(load.client_cpu / each, 3),
        server_busy=round(server, 4),
        server_waiting=round(waiting, 4),
        client_busy=round(client, 4),
        limit=limit(server, waiting, client, settings.pin),
        peak_mb=round(found["peak_kb"] / 1024, 1),
        longest_pause=round(found["longest_pause"] / 1e6, 3),
        pauses=round(found["paused"] / max(1, found["cpu"]), 5),
        looks=tuple(found["looks"]),
        faults=load.faults,
        profile=profile,
    )


def limit(server: float, waiting: float, client: float, pin: tuple[int, int] | None) -> str:
    """
    What kept the rate from being higher, by the shares of the time in which each had a CPU, and in
    which the server waited for one.
    """
    if pin is not None and pin[0] == pin[1]:
        return "shared CPU"
    if client >= max(BUSY, server):
        return "client"
    if server >= BUSY:
        return "server"
    return "others" if server + waiting >= BUSY else "neither"
