"""
Row ``digest``: one day, lived through in many processes, is the same to the last byte.

Each process has another PYTHONHASHSEED, so that nothing may depend on the order of a set or on an
address; each also runs its journal again. ``python -m tests.soak.digest SEED`` is one of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from twisted.logger import globalLogBeginner

from exsim.plugins import Catalogue
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from tests.random_day import Day, settings
from tests.simulator import MemorySimulator
from tests.soak.rows import Found

ROOT = Path(__file__).resolve().parent.parent.parent
STEPS = 3_000


def digest(seed: int) -> str:
    """The digest of a day's journal, which is the same when it is run again."""
    with tempfile.TemporaryDirectory() as folder:
        configuration = settings(f"{folder}/day.ini")
    memory = MemorySimulator(configuration, Catalogue())
    day = Day(memory, seed)
    day.live(STEPS)
    day.end()
    entries = list(memory.exchange.journal.entries(0))
    replay = Replay(inert(configuration, Catalogue()), entries, 1, 0)
    difference = replay.run()
    return replay.tape.digest if difference is None else f"other: {difference.text()}"


def run(seed: int, numbers: Sequence[int]) -> Found:
    """A process for each number, which is its PYTHONHASHSEED; one that differs is a failure."""
    failures: list[str] = []
    first = ""
    for number in numbers:
        environment = {**os.environ, "PYTHONHASHSEED": str(number)}
        command = [sys.executable, "-m", "tests.soak.digest", str(seed)]
        found = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        said = found.stdout.strip() or found.stderr.strip()
        first = first or said
        if said != first or found.returncode or said.startswith("other"):
            failures.append(f"seed {seed} PYTHONHASHSEED {number}: {said}, and first was {first}")
    return Found(failures, f"digest {first}")


if __name__ == "__main__":
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False, discardBuffer=True)
    print(digest(int(sys.argv[1])))  # noqa: T201
