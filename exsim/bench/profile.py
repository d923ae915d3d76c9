"""
Where a server's time goes.

In pure Python functions are counted by cProfile, in the server; what that finds is right in its
proportions only, for it makes every call dearer. Compiled functions are unknown to it, so there
``perf`` takes samples from outside, where it is installed and allowed.
"""

from __future__ import annotations

import platform
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOST_LINES: Final = 30
_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Profile:
    """
    Found by a tool: functions with calls, seconds alone, and seconds with all that they call; or,
    by ``perf``, lines of its report.
    """

    tool: str
    functions: tuple[tuple[str, int, float, float], ...]
    report: tuple[str, ...]

    def lines(self, name: str) -> list[str]:
        """For people."""
        found = [f"Where the server's time went, {name}, by {self.tool}:"]
        if self.functions:
            found.append("     calls  ms alone  ms in all  function")
            found += [
                f"{calls:10,} {own * 1000:9.1f} {whole * 1000:10.1f}  {function}"
                for function, calls, own, whole in self.functions
            ]
        return found + list(self.report)


def has_perf() -> bool:
    """Whether samples can be taken."""
    command = ["perf", "record", "-q", "-o", "/dev/null", "--", "true"]
    if platform.system() != "Linux" or shutil.which("perf") is None:
        return False
    tried = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    return tried.returncode == 0


class Sampler:
    """Takes samples of a process with ``perf``."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._folder = tempfile.TemporaryDirectory(prefix="exsim-bench-")
        self.file = str(Path(self._folder.name) / "perf.data")
        self._perf: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """From here."""
        command = ["perf", "record", "-q", "-F", "999", "-o", self.file, "-p", str(self._pid)]
        self._perf = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def end(self) -> Profile:
        """To here; what was found."""
        with self._folder:
            self.stop()
            command = ["perf", "report", "--stdio", "-q", "-i", self.file, "-F", "overhead,sym,dso"]
            found = subprocess.run(
                command, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
        lines = [line.rstrip() for line in found.stdout.splitlines() if line.strip()]
        return Profile("perf", (), tuple(lines[:MOST_LINES] or found.stderr.splitlines()[:5]))

    def stop(self) -> None:
        """Take no more samples."""
        perf, self._perf = self._perf, None
        if perf is not None:
            perf.send_signal(signal.SIGINT)
            try:
                perf.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                perf.kill()
                perf.wait()
