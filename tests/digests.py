"""
Prints what must be the same wherever exsim runs: ``python -m tests.digests``.

A line for each random day of FIX, with a digest of all bytes that were sent and of the journal, and
one for each flow through a book, with the hash of its trades. The two builds have to print the
same, with any ``PYTHONHASHSEED``; tools/runtests.py compares them.
"""

from __future__ import annotations

from hashlib import sha256

from exsim.engine.book import Book
from exsim.engine.replay import replay
from tests.test_bookload import feed, flow, pack
from tests.test_fix_same import day


def digests() -> list[str]:
    """The lines."""
    found = []
    for seed in (1, 2, 3):
        digest = sha256(repr(day(seed, 999)).encode()).hexdigest()
        found.append(f"day {seed}: {digest}")
    for seed in (1, 2, 3):
        records = flow(seed, 1500)
        header = replay(pack(records, feed(records)), Book())
        found.append(f"flow {seed}: {header.trade_hash:016x}")
    return found


if __name__ == "__main__":
    print("\n".join(digests()))
