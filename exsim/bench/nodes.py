"""
``nodes``: what nodes that share one database do together, each with a venue and a client.

The nodes are processes of this machine, with ports of their own; the configuration is the same for
all. Where there are fewer processors than processes they wait for each other: see who was busy.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from exsim.bench.child import cpus
from exsim.bench.clients import VERSION, Address, Job, clients, log_on, work
from exsim.bench.driver import BenchError
from exsim.bench.measure import machine
from exsim.bench.tables import columns, rank, short
from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator, SpawnError

COUNTS: Final = (1, 2, 4)
MOST_SECONDS: Final = 90.0
"""A session takes no messages that were stamped long before."""
WARM: Final = 400
"""Orders of each client that are not measured."""
START_SECONDS: Final = 120.0
"""How long a node may take to start, and to take its venue."""
RANKS: Final = {"p50": 0.5, "p99": 0.99}

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


@dataclass(frozen=True, slots=True)
class Row:
    """
    What so many nodes did: orders a second of all together, the time from an order to its report in
    microseconds, and the share of one processor that the clients took.
    """

    nodes: int
    orders: int
    seconds: float
    orders_per_s: float
    latency: dict[str, float]
    clients: float
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of the benchmark."""

    benchmark: str
    machine: str
    processors: int
    window: int
    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        """Whether every order was answered."""
        return not any(row.faults for row in self.rows)

    def table(self) -> str:
        """The result for people."""
        one = self.rows[0]
        cells = [["nodes", *(f"{row.nodes}" for row in self.rows)]]
        cells.append(["orders", *(f"{row.orders:,}" for row in self.rows)])
        cells.append(["orders a second, together", *(f"{r.orders_per_s:,.0f}" for r in self.rows)])
        ratios = [row.orders_per_s / max(1e-9, one.orders_per_s) for row in self.rows]
        cells.append([f"  beside {one.nodes}", *(f"{ratio:.2f}" for ratio in ratios)])
        for name in RANKS:
            texts = [short(row.latency[name]) for row in self.rows]
            cells.append([f"order to report, {name}, us", *texts])
        cells.append(["clients busy", *(f"{row.clients:.0%}" for row in self.rows)])
        lines = [
            f"Nodes that share one PostgreSQL, each with a venue and a client: {VERSION}, mix add,"
            f" window {self.window};",
            f"{self.processors} processors for all of them. {self.machine}.",
            "",
            *columns(cells),
            "",
        ]
        lines += ["Every order was answered, once; no MsgSeqNum was missing."] * self.ok
        lines += [f"{row.nodes} nodes: {fault}" for row in self.rows for fault in row.faults]
        return "\n".join(lines)

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps({**asdict(self), "ok": self.ok})


def nodes(url: str, counts: Sequence[int], orders: int, window: int, seconds: float) -> Result:
    """
    Drive so many nodes, each time others.

    :param url: of the database, whose journals of the venues are emptied.
    :param orders: of each client.
    :param seconds: about how long all may take, but for starts; what is not sent then is left out.
    :raises BenchError: when a node does not start, or no venue is taken.
    """
    each = min(MOST_SECONDS, seconds / len(counts))
    rows = tuple(_row(url, count, orders, window, each) for count in counts)
    return Result("nodes", machine(), len(cpus()), window, rows)


def _row(url: str, count: int, orders: int, window: int, seconds: float) -> Row:
    with _nodes(url, count) as addresses, clients([None] * count) as drivers:
        log_on(drivers, addresses, Job("WARM", min(orders, WARM), window, seconds))
        work(drivers)
        log_on(drivers, addresses, Job("CLIENT", orders, window, seconds, timed=True))
        loads = work(drivers)
    sent, elapsed = sum(load.sent for load in loads), max(load.elapsed for load in loads)
    latencies = sorted(latency for load in loads for latency in load.latencies)
    return Row(
        count,
        sent,
        round(elapsed / 1e9, 3),
        round(sent / elapsed * 1e9, 1),
        {name: rank(latencies, share) / 1000 for name, share in RANKS.items()},
        round(sum(load.client_cpu for load in loads) / elapsed, 3),
        tuple(fault for load in loads for fault in load.faults),
    )


@contextmanager
def _nodes(url: str, count: int) -> Iterator[list[Address]]:
    """So many nodes, each of which carries one venue; where these listen."""
    names = [f"B{number + 1}" for number in range(count)]
    words = (f"exsim.journal={url}", "exsim.processes=venue", "exsim.room=1")
    running: list[SpawnedSimulator] = []
    with tempfile.TemporaryDirectory(prefix="exsim-bench-") as folder:
        config = Path(folder) / "nodes.ini"
        text = "".join(_VENUE.format(name=name) for name in names)
        config.write_text(f"[rest]\nlisten = tcp:0:interface=127.0.0.1\n\n{text}", encoding="utf-8")
        try:
            for name in names:
                own = (*words, f"exsim.node=bench-{name}")
                running.append(Simulator.spawn(config, own, START_SECONDS))
            yield _places(running[0], names)
        except SpawnError as error:
            told = str(error).replace(url, "postgresql://...")  # there may be a password in it
            raise BenchError(f"a node does not start: {told}") from None
        finally:
            for node in running:
                node.close()
                node.stop()


def _places(node: Simulator, names: Sequence[str]) -> list[Address]:
    """Where each venue listens, once all are carried; what was in their journals is removed."""
    end = time.monotonic() + START_SECONDS
    while True:
        found = {
            place.endpoint: (place.host, place.port or 0)
            for one in node.list_nodes().items
            for carried in one.venues
            for place in carried.endpoints
        }
        if set(names) <= set(found):
            break
        if time.monotonic() > end:
            missing = ", ".join(sorted(set(names) - set(found)))
            raise BenchError(f"no node has taken {missing}: are others at this database?")
        time.sleep(0.05)
    for name in names:
        node.reset(venue=name)
    return [found[name] for name in names]
