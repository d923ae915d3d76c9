"""
Row ``digest``: one day, lived through in many processes, is the same to the last byte.

Each process has another PYTHONHASHSEED, so that nothing may depend on the order of a set or on an
address; each also runs its journal again. Where there is a compiled build, each is run on that one
too. ``python -m tests.soak.digest SEED`` is one of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from twisted.logger import globalLogBeginner

from exsim.plugins import Catalogue
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from tests.random_day import Day, settings
from tests.simulator import MemorySimulator
from tests.soak.rows import Found
from tools.processes import ROOT
from tools.runtests import COMPILED, compiled_path, copy_tests

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


@dataclass(frozen=True)
class Build:
    """What runs a process: a Python, where, and with what besides in its environment."""

    name: str
    python: str
    folder: Path
    more: Mapping[str, str] = field(default_factory=dict)

    def said(self, seed: int, number: int) -> str:
        """What a process says of the day; ``number`` is its PYTHONHASHSEED."""
        return self._run(str(number), "tests.soak.digest", str(seed))

    def is_compiled(self) -> bool:
        """Whether it is what it is for."""
        return self._run("0", "exsim", "version").endswith("(compiled)")

    def _run(self, hash_seed: str, *words: str) -> str:
        environment = {**os.environ, **self.more, "PYTHONHASHSEED": hash_seed}
        command = [self.python, "-m", *words]
        found = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        said = found.stdout.strip() or found.stderr.strip()
        return f"status {found.returncode}: {said}" if found.returncode else said


def builds(compiled: str) -> list[Build]:
    """The pure build, and the compiled one where the path of its Python is given."""
    found = [Build("pure", sys.executable, ROOT)]
    if compiled:
        copy_tests()
        path = str(Path(compiled).absolute())
        found.append(Build("compiled", path, COMPILED, {"PYTHONPATH": compiled_path(path)}))
    return found


def run(seed: int, numbers: Sequence[int], compiled: str = "") -> Found:
    """A process of each build for each number; one that says another digest is a failure."""
    failures: list[str] = []
    first = ""
    ours = builds(compiled)
    if compiled and not ours[-1].is_compiled():
        return Found([f"{compiled} has no compiled build of exsim"], "not run")
    for number in numbers:
        for build in ours:
            said = build.said(seed, number)
            first = first or said
            if said != first or " " in said:
                who = f"seed {seed} PYTHONHASHSEED {number}, {build.name}"
                failures.append(f"{who}: {said}, and first was {first}")
    names = " and ".join(build.name for build in ours)
    return Found(failures, f"digest {first} in {names}")


if __name__ == "__main__":
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False, discardBuffer=True)
    print(digest(int(sys.argv[1])))  # noqa: T201
