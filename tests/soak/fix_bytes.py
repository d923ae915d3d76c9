"""
The row "FIX bytes": mutations of recorded conversations, each cut three ways.

No error may go unhandled, no read take 100 ms, no buffer outgrow its bound, and nothing may depend
on where the bytes were cut: neither what is sent, nor the journal, the sessions or the book.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from random import Random
from typing import NamedTuple

from tests.soak.exchange import CUTS, RULES, Broken, Exchange, Outcome, nothing_logged
from tests.soak.mutations import mutated
from tests.soak.recordings import Recording, Send, Step, recordings
from tests.soak.rows import Found

STALL = 0.1
"""Seconds of CPU that no read may take."""
_AT_ONCE = 50
"""Cases that a process is given at once."""


class Case(NamedTuple):
    """A mutated recording, and the rules of the endpoint that it is for."""

    steps: list[Step]
    rules: str


@cache
def _recordings() -> tuple[Recording, ...]:
    return tuple(recordings())


def case(seed: int, number: int) -> Case:
    """A case, which is always the same one."""
    random = Random(f"{seed}:{number}")
    return Case(mutated(number, _recordings(), random), random.choice(tuple(RULES)))


def examine(
    case: Case,
    clock: Callable[[], float],
    make: Callable[[str, Callable[[], float]], Exchange] = Exchange,
) -> float:
    """
    Live through a case with each of the cuts; the seconds that the slowest read took.

    :raises Broken: when something is as it must not be, with the error behind it, if any.
    """
    outcomes: list[Outcome] = []
    slowest = 0.0
    for cut in CUTS:
        exchange = make(case.rules, clock)
        try:
            with nothing_logged():
                outcomes.append(exchange.live(case.steps, cut))
                if cut == CUTS[0]:
                    exchange.describe()
        except Exception as error:
            raise Broken(f"{cut}: {error!r}") from error
        _compare(outcomes[0], outcomes[-1], cut)
        slowest = max(slowest, exchange.slowest)
    return slowest


def _compare(first: Outcome, other: Outcome, cut: str) -> None:
    for name, wanted, found in zip(Outcome._fields, first, other, strict=True):
        if wanted != found:
            raise Broken(f"{name}, {CUTS[0]}: {wanted!r}\n{name}, {cut}: {found!r}")


# -- the row


def run(seed: int, numbers: Sequence[int]) -> Found:
    """Examine the cases of these numbers, on all processors."""
    parts = [numbers[at : at + _AT_ONCE] for at in range(0, len(numbers), _AT_ONCE)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawn) as pool:
        results = list(pool.map(run_here, [seed] * len(parts), parts))
    failures = [failure for found, _slowest in results for failure in found]
    slowest = max((slowest for _found, slowest in results), default=0.0)
    told = f"{len(_recordings())} recordings, slowest read {slowest * 1000:.1f} ms of CPU"
    return Found(failures, told)


def undisturbed(one: Case) -> float:
    """What :func:`examine` says of a case without the collector of garbage."""
    gc.collect()
    gc.disable()
    try:
        return examine(one, time.process_time)
    finally:
        gc.enable()


def run_here(seed: int, numbers: Sequence[int]) -> tuple[list[str], float]:
    """Examine cases in this process; what failed, and what the slowest read took."""
    failures: list[str] = []
    slowest = 0.0
    for number in numbers:
        one = case(seed, number)
        try:
            took = examine(one, time.process_time)
            if took > STALL:  # perhaps by the collector of garbage, of which there is much here
                took = undisturbed(one)
            slowest = max(slowest, took)
            if took > STALL:
                raise Broken(f"a read took {took * 1000:.0f} ms of CPU")
        except Broken as broken:
            failures.append(told(seed, number, one, broken))
    return failures, slowest


def told(seed: int, number: int, case: Case, broken: Broken) -> str:
    """All that it takes to see a failure again."""
    lines = [f"fix-bytes: seed {seed}, case {number}, rules {case.rules}: {broken}"]
    if broken.__cause__ is not None:
        lines += traceback.format_exception(broken.__cause__)
    lines.append(f"again: python -m tests.soak fix-bytes --seed {seed} --case {number}")
    for step in case.steps:
        lines.append(f"  {step.who}> {step.data!r}" if isinstance(step, Send) else f"  {step}")
    return "\n".join(lines)
