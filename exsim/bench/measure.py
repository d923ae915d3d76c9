"""Measures CPU time, over and over, in the circumstances of the service."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from exsim.model.build import this_build
from exsim.tap import spare_collector

Work = Callable[[], None]
Stage = Callable[[], Work]
"""Prepares, unmeasured, the work of one round. Work is done once: what it looks at is new to it."""
Clock = Callable[[], int]
"""A clock in nanoseconds."""


def measure(
    stages: Sequence[Stage],
    seconds: float,
    cpu: Clock = time.process_time_ns,
    wall: Clock = time.monotonic_ns,
) -> list[list[int]]:
    """
    What each stage took in each round, in nanoseconds of CPU time.

    The stages take turns, so that a machine that is slower for a while is so for all of them.
    Rounds are begun for so many ``seconds``; the first, in which caches fill, does not count.
    """
    taken: list[list[int]] = [[] for _stage in stages]
    with collector_of_service():
        end = wall() + int(seconds * 1e9)
        _round(stages, cpu)
        while True:
            for found, one in zip(taken, _round(stages, cpu), strict=True):
                found.append(one)
            if wall() >= end:
                return taken


def _round(stages: Sequence[Stage], cpu: Clock) -> list[int]:
    taken = []
    for stage in stages:
        work = stage()
        begun = cpu()
        work()
        taken.append(cpu() - begun)
    return taken


@contextmanager
def collector_of_service() -> Iterator[None]:
    """Have the garbage collector look as often as it does in the service."""
    before = gc.get_threshold()
    gc.collect()
    spare_collector()
    try:
        yield
    finally:
        gc.set_threshold(*before)


def machine() -> str:
    """The Python that this is, and whether exsim is compiled in it."""
    kind = "pure Python" if this_build() == "pure" else this_build()
    return f"{platform.python_implementation()} {platform.python_version()}, exsim as {kind}"
