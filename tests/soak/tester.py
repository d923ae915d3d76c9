"""
Row ``tester``: pytest is killed (SIGKILL) while a test with the fixture ``exsim`` starts or runs.

Whenever that is, nothing is left a little later: no simulator, no file, no folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from tests.soak.rows import Found

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0
"""Seconds to wait for anything."""
LONGEST = 3.0
"""Seconds after its start by which pytest is killed at the latest."""
TEST = """\
import time

def test_it(exsim):
    s = exsim.simulator
    s.enter_order("XSIM", symbol="AAA", side="BUY", quantity=1, price=1)
    with open("running", "w"):
        pass
    time.sleep(600)
"""


def run(seed: int, numbers: Sequence[int]) -> Found:
    """Kill it at a moment that comes of the seed and the number."""
    failures = []
    for number in numbers:
        random = Random(f"{seed}-{number}")
        moment = None if number % 3 == 0 else random.uniform(0, LONGEST)
        left = kill_pytest(moment, parallel=number % 5 == 4)
        if left:
            failures.append(f"tester: --seed {seed} --case {number}: {left}")
    return Found(failures, "nothing was left" if not failures else "something was left")


def kill_pytest(moment: float | None, parallel: bool = False) -> str:
    """
    Kill pytest so many seconds after its start, or with None once a test runs; what is left.

    :param parallel: whether it is pytest-xdist that is killed, whose workers are other processes.
    """
    outer = Path(tempfile.mkdtemp(prefix="tester-"))
    temporary = outer / "tmp"
    temporary.mkdir()
    (outer / "test_it.py").write_text(TEST)
    more = ("-n", "1") if parallel else ()
    with (outer / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", *more],
            cwd=outer,
            env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
            stdout=output,
            stderr=output,
        )
    try:
        if moment is None:
            if not wait_until((outer / "running").exists):
                return f"the test did not begin: {(outer / 'output').read_text()}"
        else:
            time.sleep(moment)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    if not wait_until(lambda: not processes_with(str(temporary))):
        return f"{len(processes_with(str(temporary)))} processes"
    # pytest has a folder of its own there, and keeps it on purpose.
    left = [path for path in temporary.rglob("*") if "pytest-of-" not in str(path)]
    shutil.rmtree(outer)
    return ", ".join(path.name for path in left)


def wait_until(condition: Callable[[], bool]) -> bool:
    """Whether a condition holds before patience ends."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def processes_with(text: str) -> list[int]:
    """The processes, of this machine, whose environment has a text."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if text.encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue  # it ended, or is another user's
    return found
