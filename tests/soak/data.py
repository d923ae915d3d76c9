"""The row ``data-reader``: one of many who look on stops reading, and nobody else notices."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from exsim.bench.data import Load, config
from exsim.bench.readers import Reader, Trader, play
from exsim.bench.tables import rank
from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator
from tests.soak.rows import Found

RATE: Final = 100
"""Updates a second for each reader: 5,000 for 50."""
CONFLATE: Final = 10
TURNS: Final = 3
"""How often it is measured before others count as hurt: other programs run here, too."""
REQUESTS: Final = 20
OFFERS: Final = 50
"""Subscriptions of the one that does not read, and prices in each message to it: its socket is soon
full."""
MOST_MEMORY: Final = 40_000_000
"""Bytes that it may take more than without the burden: what is queued, and a little."""
SLACK: Final = 2.0
"""Milliseconds that belong to the machine."""


def hurt(base: float, loaded: float) -> str:
    """What is wrong with how long updates took, in milliseconds, before and with the burden."""
    if loaded <= 1.5 * base + SLACK:
        return ""
    return f"p99 of the others: {base:.1f} ms before, {loaded:.1f} ms while one does not read"


def data_reader(seed: int, numbers: Sequence[int]) -> Found:
    """So many readers of a book, one of which stops reading for a while."""
    load = Load("soak", len(numbers), 1, RATE * len(numbers), CONFLATE)
    seconds = 4.0 if len(numbers) < 50 else 20.0
    with tempfile.TemporaryDirectory(prefix="exsim-soak-") as folder, ExitStack() as stack:
        path = Path(folder) / "data.ini"
        path.write_text(config(load), encoding="utf-8")
        simulator = Simulator.spawn(str(path), (), timeout=30)
        stack.callback(simulator.stop)
        stack.callback(simulator.close)
        return _played(simulator, load, seconds, stack)


def _played(simulator: SpawnedSimulator, load: Load, seconds: float, stack: ExitStack) -> Found:
    orders, feed = simulator.endpoints["orders"], simulator.endpoints["data"]
    address = (feed.host, feed.port or 0)
    trader = Trader((orders.host, orders.port or 0))
    others = [Reader(address, f"R{number}") for number in range(1, load.readers)]
    for party in (trader, *others):
        stack.callback(party.close)
        party.log_on()
    trader.begin(load.books, OFFERS)
    for reader in others:
        reader.subscribe([0])
    play(trader, others, load.rate, 1.0)
    failures: list[str] = []
    base = loaded = 0.0
    grown = 0
    for _turn in range(TURNS):
        first = _memory(simulator)
        base = _p99(trader, others, load.rate, seconds)
        before = _memory(simulator)
        with closing(Reader(address, "R0", buffer=8192)) as deaf:
            deaf.log_on()
            deaf.subscribe([0], REQUESTS, whole=True)
            loaded = _p99(trader, others, load.rate, seconds)
            grown = _memory(simulator) - before - (before - first)
            play(trader, [deaf, *others], load.rate, 1.0)
            if grown > MOST_MEMORY:
                failures.append(f"data-reader: {grown / 1e6:.0f} MB more memory")
            wrong = [each.sender for each in (deaf, *others) if each.last != trader.last]
            if wrong:
                failures.append(f"data-reader: wrong books in the end: {', '.join(wrong)}")
        if failures or not hurt(base, loaded):
            break
    behind = _metric(simulator, "exsim_fell_behind_total")
    if told := hurt(base, loaded):
        failures.append(f"data-reader: {told}")
    if not behind:
        failures.append("data-reader: nobody was told less, so nothing was tried")
    remark = f"told less {behind:.0f} times, {grown / 1e6:.1f} MB more memory"
    return Found(failures, f"{remark}, p99 {base:.1f} ms, then {loaded:.1f} ms")


def _p99(trader: Trader, readers: Sequence[Reader], rate: float, seconds: float) -> float:
    for reader in readers:
        reader.took.clear()
    play(trader, readers, rate, seconds)
    took = sorted([each for reader in readers for each in reader.took])
    return rank(took, 0.99) / 1e6


def _memory(simulator: SpawnedSimulator) -> int:
    fields = Path(f"/proc/{simulator.pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def _metric(simulator: SpawnedSimulator, name: str) -> float:
    lines = simulator.metrics().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if re.match(rf"{name}[ {{]", line))
