"""
What a server measures of itself while it is driven: CPU time, memory, garbage collection, profile.

It is in the process that serves. Signals begin and end a measurement, so that it costs nothing in
between; what was found goes to whoever started the process, over a pipe, as lines of JSON.
"""

from __future__ import annotations

import cProfile
import gc
import json
import os
import pstats
import resource
import signal
import time
from pathlib import Path
from typing import Any, Final

BEGIN: Final = signal.SIGUSR1
END: Final = signal.SIGUSR2
FREEZE: Final = "freeze"
MOST_FUNCTIONS: Final = 25
"""Functions that a profile lists."""


class Pauses:
    """
    Times the garbage collector's looks: ``longest`` and ``total`` in nanoseconds.

    ``looks`` counts those at each generation.
    """

    def __init__(self) -> None:
        self.longest = 0
        self.total = 0
        self.looks = [0, 0, 0]
        self._begun = 0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        """The collector begins or ends a look: see :data:`gc.callbacks`."""
        if phase == "start":
            self._begun = time.perf_counter_ns()
            return
        taken = time.perf_counter_ns() - self._begun
        self.total += taken
        self.longest = max(self.longest, taken)
        self.looks[info["generation"]] += 1


class Gauge:
    """
    Measures its own process from one signal to the next.

    :param pipe: the descriptor that lines are written to.
    :param collector: ``N,N,N`` or ``N,N,N,freeze``: thresholds of the garbage collector for the
        measurement, and whether what is there when it begins is to be looked at no more.
    :param profile: whether to say which functions take the time.
    """

    def __init__(self, pipe: int, collector: str = "", profile: bool = False) -> None:
        self._pipe = pipe
        self._collector = collector
        self._profile = cProfile.Profile() if profile else None
        self._pauses = Pauses()
        self._cpu = 0
        self._waited = 0

    def install(self) -> None:
        """Listen to the signals."""
        signal.signal(BEGIN, lambda number, frame: self.begin())
        signal.signal(END, lambda number, frame: self.end())

    def begin(self) -> None:
        """Measure from here."""
        if self._collector:
            set_collector(self._collector)
        if self._pauses in gc.callbacks:
            gc.callbacks.remove(self._pauses)
        self._pauses = Pauses()
        gc.callbacks.append(self._pauses)
        self.say({"begun": True})
        self._cpu, self._waited = time.process_time_ns(), waited()
        if self._profile is not None:
            self._profile.enable()

    def end(self) -> None:
        """Measure to here, and say what was found."""
        cpu = time.process_time_ns() - self._cpu
        if self._profile is not None:
            self._profile.disable()
        if self._pauses in gc.callbacks:
            gc.callbacks.remove(self._pauses)
        self.say(
            {
                "cpu": cpu,
                "waited": waited() - self._waited,
                "peak_kb": peak_kb(),
                "longest_pause": self._pauses.longest,
                "paused": self._pauses.total,
                "looks": self._pauses.looks,
                "thresholds": gc.get_threshold(),
                "frozen": gc.get_freeze_count(),
                "functions": [] if self._profile is None else functions(self._profile),
            }
        )

    def say(self, found: dict[str, Any]) -> None:
        """Write a line to the pipe."""
        os.write(self._pipe, json.dumps(found).encode() + b"\n")


def set_collector(text: str) -> None:
    """
    Set the thresholds of the garbage collector, ``N,N,N``, and freeze what is there if asked to.

    :raises ValueError: when the text says something else.
    """
    words = text.split(",")
    freeze = words[-1] == FREEZE
    first, second, third = (int(word) for word in (words[:-1] if freeze else words))
    gc.set_threshold(first, second, third)
    if freeze:
        gc.collect()
        gc.freeze()


def peak_kb() -> int:
    """The most memory that this process has had, in kilobytes."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.partition("VmHWM:")[2].split()[0])


def waited() -> int:
    """How long this thread could have run and had no CPU, in nanoseconds; 0 where nobody says."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0


def functions(profile: cProfile.Profile) -> list[tuple[str, int, float, float]]:
    """Where the time went: name, calls, seconds in it alone, seconds with all that it called."""
    stats: Any = pstats.Stats(profile)
    found = [
        (f"{name} ({Path(file).name}:{line})" if line else name, calls, own, whole)
        for (file, line, name), (_, calls, own, whole, _) in stats.stats.items()
    ]
    return sorted(found, key=lambda one: -one[2])[:MOST_FUNCTIONS]
