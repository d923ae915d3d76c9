"""
Row ``node-killed``: the host that carries a venue is killed under load, and another takes over.

Two nodes share a venue by way of a real PostgreSQL. One counterparty trades with itself as fast as
it can. The node that carries the venue is killed (SIGKILL, all its processes at once) at a random
moment. The counterparty asks the node that is left where the venue is, logs on there with its own
numbers, both sides ask for what they miss, and then both must agree: every order that was
acknowledged is open, or has the reports that ended it; no ExecID and no OrderID came twice; the
numbers go on. The node that was killed is started again.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any

import requests

from exsim.client import Simulator, SimulatorError
from exsim.client.spawn import SpawnedSimulator, SpawnError
from tests.soak.kill import LONG_EVERY, PATIENCE, ROOT, Broken, Counterparty, check
from tests.soak.rows import Found

TAKEN_WITHIN = 5.0
"""Seconds from the kill until the counterparty is logged on at the other node, on a machine that
has a core for whoever wants one."""
STARTS_WITHIN = 90.0
"""Seconds that a node may take to start, where others work on the machine too."""
NAMES = ("host-1", "host-2")


class Hosts:
    """The nodes, each with its processes, and where they keep what is theirs."""

    def __init__(self, config: Path, url: str, *words: str) -> None:
        self.running: dict[str, SpawnedSimulator] = {}
        self._config = config
        self._words = (f"exsim.journal={url}", "exsim.processes=venue", *words)

    def start(self, name: str, *words: str) -> SpawnedSimulator:
        """Start a node, and return once it has what it could take."""
        given = (*self._words, f"exsim.node={name}", *words)
        self.running[name] = node = Simulator.spawn(self._config, given, STARTS_WITHIN)
        return node

    def kill(self, name: str) -> None:
        """End all processes of a node at once, so that none sees another end."""
        node = self.running.pop(name)
        pids = [node.pid, *children(node.pid)]
        for step in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                os.kill(pid, step)
        node.stop()

    def stop(self) -> None:
        """Stop all in good order."""
        for name in [*self.running]:
            self.running.pop(name).stop()

    def any(self) -> SpawnedSimulator:
        """One that runs."""
        return next(iter(self.running.values()))

    def place(self, venue: str, endpoint: str) -> tuple[str, tuple[str, int]] | None:
        """The node that carries a venue and the address of an endpoint, as any of them tells."""
        for node in self.any().list_nodes().items:
            for carried in node.venues:
                for place in carried.endpoints:
                    if (carried.venue, place.endpoint) == (venue, endpoint):
                        assert place.port is not None
                        return node.node, (place.host, place.port)
        return None

    def get(self, path: str) -> Any:
        """What REST of any node has there; it says 503 until the venue is carried for sure."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = requests.get(f"{self.any().url}/api/v1{path}", timeout=PATIENCE)
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > end:
                answer.raise_for_status()
                return answer.json()
            time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found]


def come_back(hosts: Hosts, party: Counterparty, dead: str) -> None:
    """
    Log on where the venue is now.

    :raises Broken: when it is nowhere for too long.
    """
    end = time.monotonic() + PATIENCE * crowd()
    while time.monotonic() < end:
        try:
            found = hosts.place("XSIM", "order-entry")
            if found is not None and found[0] != dead:
                party.connect(found[1])
                return
        except (OSError, SimulatorError):
            pass  # it is about to listen
        time.sleep(0.02)
    raise Broken(f"nobody carries the venue: {hosts.any().output[-2000:]}")


def crowd() -> float:
    """How many want each processor of this machine, us or others; at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def run(seed: int, numbers: Sequence[int]) -> Found:
    """Kill one node after the other; a failure ends the run."""
    # Not at the top: the other rows do without psycopg.
    from tests.postgres import missing, server

    if (reason := missing()) is not None:
        return Found([], f"left out: {reason}")
    failures: list[str] = []
    longest, number = 0.0, numbers[0]
    party = Counterparty(Random(seed))
    name = server().create()
    with tempfile.TemporaryDirectory(prefix="exsim-nodes-"):
        words = ("venue:XSIM.activity=none", "exsim.snapshot_every=1000")
        hosts = Hosts(ROOT / "etc" / "exsim.ini", server().url(name, tcp=True), *words)
        try:
            for each in NAMES:
                hosts.start(each)
            come_back(hosts, party, "")
            for number in numbers:
                longest = max(longest, kill_owner(hosts, party, Random(f"{seed}:{number}"), number))
            hosts.stop()
        except (Broken, SpawnError, OSError) as error:
            failures.append(f"seed {seed} case {number}: {error}")
            for each in [*hosts.running]:
                hosts.kill(each)
    server().drop(name)
    remark = (
        f"{len(party.orders):,} orders, {len(party.exec_ids):,} reports, {party.resent:,} messages"
        f" sent again, the longest take-over took {longest:.1f} s"
    )
    return Found(failures, remark)


def kill_owner(hosts: Hosts, party: Counterparty, random: Random, number: int) -> float:
    """Kill the node that carries the venue while it is traded; how long the take-over took."""
    found = hosts.place("XSIM", "order-entry")
    if found is None:
        raise Broken("nobody carries the venue")
    owner, killed_at = found[0], []

    def kill() -> None:
        killed_at.append(time.monotonic())
        hosts.kill(owner)

    killer = threading.Timer(random.uniform(0.05, 1.6 if number % LONG_EVERY == 0 else 0.4), kill)
    killer.start()
    party.trade()
    killer.join()
    come_back(hosts, party, owner)
    took = time.monotonic() - killed_at[0]
    check(hosts, party)
    if took > TAKEN_WITHIN * crowd():
        raise Broken(f"the take-over took {took:.1f} s")
    hosts.start(owner)
    return took
