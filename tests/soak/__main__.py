"""
Run rows of the table of reliability.

``python -m tests.soak ROW`` runs all cases of a row, with a new seed unless ``--seed`` gives one;
``--count N`` runs the first N, ``--case N`` the one of that number. Without a ROW the fast part of
each is run, always with seed 1; with ``--share`` that of some. ``--compiled PYTHON`` names the
Python that has the compiled build, which the row ``digest`` compares with this one. A line tells of
each row; the last is ``N passed, N failed``, and the exit status is 1 if one failed.
"""

# ruff: noqa: T201  # what it finds it prints

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Sequence
from functools import partial

from twisted.logger import globalLogBeginner

from tests.soak import (
    churn,
    data,
    digest,
    disk,
    engine,
    fix_bytes,
    kill,
    limits,
    nodes,
    page,
    postgres,
    pressure,
    rest,
    same,
    simulation,
    tester,
)
from tests.soak.rows import Row

ROWS = {
    "fix-bytes": Row(
        "mutations of recorded FIX conversations, cut three ways", 10_000, 10_000, fix_bytes.run
    ),
    "engine": Row("markets with 200 random operations each", 5_000, 100, engine.run),
    "digest": Row("processes with other hash seeds, of one day", 100, 4, digest.run),
    "same": Row("processes that play one script, both clocks manual", 100, 5, same.run),
    "kill": Row("kills of the simulator under load", 1_000, 50, kill.run),
    "disk": Row(
        "days on a disk that loses, tears and reorders what was not synced",
        10_000,
        500,
        disk.run_crashes,
    ),
    "simulation": Row(
        "days with a reactor, a network and a disk in memory", 10_000, 200, simulation.run
    ),
    "journal-flips": Row("bit flips and cuts in a journal", 2_000, 2_000, disk.run_damage),
    "disk-full": Row(
        "days on which ENOSPC, EIO or EMFILE come at some operation", 2_000, 2_000, disk.run_errors
    ),
    "idle": Row("connections that say nothing, or too little", 1_000, 100, pressure.idle),
    "slow-reader": Row("counterparties that do not read", 20, 1, pressure.slow_reader),
    "data-reader": Row("readers of a book, one of which stops reading", 50, 10, data.data_reader),
    "resend-storm": Row("sessions that ask for all again", 20, 10, pressure.resend_storm),
    "oversized": Row(
        "cases of too much of something",
        len(limits.OVERSIZED),
        len(limits.OVERSIZED),
        limits.oversized,
    ),
    "guessing": Row("guesses of passwords, a hundred a second", 3_000, 100, limits.guessing),
    "plugin": Row(
        "policies that misbehave", len(limits.MISBEHAVED), len(limits.MISBEHAVED), limits.plugin
    ),
    "tester": Row("kills of pytest, with a simulator of its own", 50, 5, tester.run),
    "postgres-killed": Row("kills of the database under load", 50, 2, postgres.database_killed),
    "owner-killed": Row(
        "kills of a simulator whose journal is in a database", 100, 10, postgres.owner_killed
    ),
    "owner-stopped": Row(
        "simulators that stand still while another takes over", 100, 5, postgres.owner_stopped
    ),
    "node-killed": Row("kills of the host that carries a venue, under load", 100, 2, nodes.run),
    "rest": Row("examples of each operation, as schemathesis makes them", 50, 4, rest.run),
    "churn": Row("seconds of trading, coming and going", 1_800, 20, churn.churn),
    "page": Row("seconds of a busy market that the web page looks at", 300, 20, page.run),
}
"""The rows by name."""
SHARES = {
    "bytes": ("fix-bytes",),
    "memory": ("simulation", "disk", "engine", "journal-flips", "disk-full"),
    "rest": ("rest",),
    "processes": ("digest", "same", "kill"),
    "programs": ("tester", "plugin", "churn", "page"),
    "databases": ("postgres-killed", "owner-killed", "owner-stopped", "node-killed"),
    "measuring": (
        "idle",
        "slow-reader",
        "data-reader",
        "resend-storm",
        "oversized",
        "guessing",
    ),
}
"""Each row is in one; those that are ``measuring`` hold to the time of a clock what they see."""
MOST_SHOWN = 5
"""Failures that are shown whole; of the others the first line is."""


def run(name: str, row: Row, seed: int, numbers: Sequence[int]) -> bool:
    """Run cases of a row, and tell of it; whether it passed."""
    print(f"{name}: seed {seed}, {len(numbers):,} {row.summary}", flush=True)
    begun = time.monotonic()
    failures, remark = row.run(seed, numbers)
    for failure in failures[:MOST_SHOWN]:
        print(f"{failure}\n")
    for failure in failures[MOST_SHOWN:]:
        print(failure.partition("\n")[0])
    took = time.monotonic() - begun
    verdict = f"FAILED, {len(failures):,} of {len(numbers):,}" if failures else "passed"
    print(f"{name}: {verdict}; {remark}; {took:.0f} s", flush=True)
    return not failures


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line names; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Run rows.")
    parser.add_argument("row", nargs="?", choices=ROWS, help="the row; without: all, in part")
    parser.add_argument("--seed", type=int, help="where the cases come from")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--count", type=int, help="how many cases")
    which.add_argument("--case", type=int, help="the one case")
    parser.add_argument("--share", choices=SHARES, help="without a row: these rows alone")
    parser.add_argument("--compiled", default="", help="the Python that has the compiled build")
    options = parser.parse_args(arguments)
    # Else what is logged is kept for one who might begin to listen, with all that it is about.
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    ROWS["digest"] = ROWS["digest"]._replace(run=partial(digest.run, compiled=options.compiled))
    if options.row is None:
        seed = 1 if options.seed is None else options.seed
        names = ROWS if options.share is None else SHARES[options.share]
        passed = [run(name, ROWS[name], seed, range(ROWS[name].fast)) for name in names]
    else:
        seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
        row = ROWS[options.row]
        numbers = range(row.full if options.count is None else options.count)
        if options.case is not None:
            numbers = range(options.case, options.case + 1)
        passed = [run(options.row, row, seed, numbers)]
    print(f"{passed.count(True)} passed, {passed.count(False)} failed")
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main())
