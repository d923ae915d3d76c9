"""
``floor``: a simulator beside two servers that do less, so that ratios come from one run.

``floor`` answers every order with the same bytes; ``checks`` does so after all checks of the
session and the dictionary, with no book behind it. All three run all the time and take turns; and
so does, where that is asked for, another build or version of exsim, ``beside``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Final

from exsim.bench.child import cpus, floor, on_cpu, simulator, version_of
from exsim.bench.driver import BenchError
from exsim.bench.floor_server import CHECKS, FLOOR
from exsim.bench.measure import machine
from exsim.bench.orders import Market
from exsim.bench.tables import columns, short
from exsim.bench.target import Settings, all_overrides, target
from exsim.bench.wire import Driven, Run

Runs = dict[tuple[str, str], list[Run]]
"""By load and server."""
WIRE: Final = "wire"
BESIDE: Final = "beside"
PING_PONG: Final = "ping-pong"
WINDOWS: Final = "windows"


@dataclass(frozen=True, slots=True)
class Figures:
    """
    Medians of the rounds of one server under one load.

    ``round_trip`` is the median time from an order to its report, in microseconds; the ``ratio``
    is to the floor: of round trips in ping-pong, of the server's CPU for an order otherwise.
    """

    load: str
    server: str
    orders_per_s: float
    round_trip: float
    server_cpu: float
    client_cpu: float
    limit: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of the benchmark."""

    benchmark: str
    machine: str
    rounds: int
    orders: int
    window: int
    connections: int
    placed: dict[str, tuple[int, int] | None]
    figures: tuple[Figures, ...]
    faults: tuple[str, ...]
    beside: str = ""

    @property
    def ok(self) -> bool:
        """Whether every order was answered."""
        return not self.faults

    def table(self) -> str:
        """The result for people."""
        lines = [
            "FIX.4.2 over loopback, mix add: "
            f"medians of {self.rounds} rounds of {self.orders} orders each.",
            f"{self.machine}.",
            *([f"{BESIDE}: {self.beside}."] if self.beside else []),
        ]
        for load in (PING_PONG, WINDOWS):
            found = [one for one in self.figures if one.load == load]
            lines += ["", self._title(load), *columns(list(_rows(found)))]
            lines += [f"limited by: {', '.join(f'{one.server} {one.limit}' for one in found)}"]
        return "\n".join([*lines, *([""] if self.faults else []), *self.faults])

    def _title(self, load: str) -> str:
        place = self.placed[load]
        where = "not pinned" if place is None else f"server on CPU {place[0]}, client on {place[1]}"
        if load == PING_PONG:
            return f"ping-pong: window 1, 1 connection; {where}"
        return f"windows: {self.window} on each of {self.connections}; {where}"

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps({**asdict(self), "ok": self.ok})


def _rows(found: Sequence[Figures]) -> Iterator[list[str]]:
    names = [one.server for one in found]
    pairs = [(at, 0) for at in range(1, len(names)) if names[at] != BESIDE]
    pairs += [(names.index(WIRE), at) for at, name in enumerate(names) if name == BESIDE]

    def row(name: str, value: Callable[[Figures], float]) -> list[str]:
        values = [value(one) for one in found]
        ratios = [f"{values[each] / max(values[to], 1e-9):.2f}" for each, to in pairs]
        return [name, *map(short, values), *ratios]

    yield ["", *names, *(f"{names[each]} : {names[to]}" for each, to in pairs)]
    yield row("orders a second", lambda one: one.orders_per_s)
    yield row("order to report, us", lambda one: one.round_trip)
    yield row("server CPU for an order, us", lambda one: one.server_cpu)
    yield row("client CPU for an order, us", lambda one: one.client_cpu)


def compare(
    orders: int = 4_000,
    rounds: int = 5,
    window: int = 100,
    connections: int = 1,
    seconds: float = 30.0,
    overrides: tuple[str, ...] = (),
    beside: str = "",
) -> Result:
    """
    Drive the three servers in turn.

    :param orders: in each round, for each server.
    :param beside: a Python whose exsim is driven, too.
    :param seconds: about how long all rounds may take; what is not sent then is left out.
    """
    version = version_of(beside) if beside else ""
    available = cpus()
    own = (available[0], available[0]) if available else None
    apart = (available[-1], available[0]) if available else None
    each = seconds / (rounds * 2 * (4 if beside else 3))
    base = Settings(orders=orders, seconds=each, overrides=overrides)
    loads = {
        PING_PONG: replace(base, window=1, pin=own),
        WINDOWS: replace(base, window=window, connections=connections, pin=apart),
    }
    runs = _runs(loads, rounds, beside)
    return Result(
        "floor",
        machine(),
        rounds,
        orders,
        window,
        connections,
        {load: settings.pin for load, settings in loads.items()},
        tuple(one for load in loads for one in _figures(load, runs)),
        tuple(_faults(runs)),
        version,
    )


def _runs(loads: Mapping[str, Settings], rounds: int, beside: str) -> Runs:
    """Each server's runs under each load, the first of which only fills caches."""
    runs: Runs = {}
    for load, settings in loads.items():
        with ExitStack() as stack:
            servers = _start(stack, settings, beside)
            for _round in range(rounds + 1):
                for name, driven in servers.items():
                    run, _ = driven.run("FIX.4.2", settings)
                    runs.setdefault((load, name), []).append(run)
    return runs


def _faults(runs: Runs) -> Iterator[str]:
    """What went wrong, where."""
    for (load, name), found in runs.items():
        for run in found:
            yield from (f"{load}, {name}: {fault}" for fault in run.faults)


def _start(stack: ExitStack, settings: Settings, beside: str) -> dict[str, Driven]:
    """The servers, and this process, on their CPUs."""
    server_cpu, client_cpu = settings.pin or (None, None)
    servers = {}
    for kind in (FLOOR, CHECKS):
        child, address = stack.enter_context(floor(kind, server_cpu))
        servers[kind] = Driven(child, address, Market(), blind=True)
    where = target(settings)
    for name, python in ((WIRE, ""), (BESIDE, beside)):
        if name == WIRE or python:
            room = [each for each in all_overrides(settings) if not python or "ouch" not in each]
            served = simulator(None, room, server_cpu, python=python)
            child, ready = stack.enter_context(served)
            found = ready.endpoints[where.endpoint]
            if found.port is None:
                raise BenchError(f"endpoint {where.endpoint} listens on no port")
            servers[name] = Driven(child, (found.host, found.port), where.market)
    stack.enter_context(on_cpu(client_cpu))
    return servers


def _figures(load: str, runs: Runs) -> Iterator[Figures]:
    least = 0.0
    for (driven, server), all_runs in runs.items():
        if driven != load:
            continue
        found = all_runs[1:]
        trip = median(run.latency["p50"] for run in found)
        cpu = median(run.server_cpu for run in found)
        counts = trip if load == PING_PONG else cpu
        least = least or counts
        yield Figures(
            load,
            server,
            round(median(run.orders_per_s for run in found), 1),
            round(trip, 3),
            round(cpu, 3),
            round(median(run.client_cpu for run in found), 3),
            found[-1].limit,
            round(counts / least, 3),
        )
