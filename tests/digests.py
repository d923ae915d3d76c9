"""
Prints what must be the same wherever exsim runs: ``python -m tests.digests``.

A line for each random day of FIX, with a digest of all bytes that were sent and of the journal, one
for each random trading day, and one for each flow through a book, with the hash of its trades. The
two builds have to print the same, with any ``PYTHONHASHSEED``; tools/runtests.py compares them.
"""

from __future__ import annotations

from hashlib import sha256
from tempfile import TemporaryDirectory

from exsim.engine.book import Book
from exsim.engine.replay import replay
from exsim.plugins import Catalogue
from tests.random_day import TradingDay, settings
from tests.simulator import MemorySimulator
from tests.test_bookload import feed, flow, pack
from tests.test_fix_same import day


def trading_day(seed: int) -> str:
    """A digest of the journal of a day of phases, auctions and clocks."""
    with TemporaryDirectory() as folder:
        memory = MemorySimulator(settings(f"{folder}/exsim.ini"), Catalogue())
    day = TradingDay(memory, seed)
    day.live(300)
    day.end()
    digest = sha256()
    for entry in memory.exchange.journal.entries(0):
        digest.update(repr((entry.time, entry.kind, entry.session, entry.data)).encode())
    return digest.hexdigest()


def digests() -> list[str]:
    """The lines."""
    found = []
    for seed in (1, 2, 3):
        digest = sha256(repr(day(seed, 999)).encode()).hexdigest()
        found.append(f"day {seed}: {digest}")
    for seed in (1, 2, 3):
        found.append(f"trading day {seed}: {trading_day(seed)}")
    for seed in (1, 2, 3):
        records = flow(seed, 1500)
        header = replay(pack(records, feed(records)), Book())
        found.append(f"flow {seed}: {header.trade_hash:016x}")
    return found


if __name__ == "__main__":
    print("\n".join(digests()))
