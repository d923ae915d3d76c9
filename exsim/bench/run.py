"""Runs a benchmark by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.bench.fix_in import fix_in
from exsim.bench.result import Result

_RUNS: Final[dict[str, Callable[[float], Result]]] = {"fix-in": fix_in}


def run(name: str, seconds: float) -> Result:
    """
    Run one of :data:`exsim.bench.names.BENCHMARKS`.

    :param seconds: about how long it may take; each thing is measured once at least.
    """
    return _RUNS[name](seconds)
