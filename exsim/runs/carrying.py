"""
One run: a scenario with a seed, from its start to the end of its script, and what came of it.

This is what every executor calls, in whatever process. Configurations and scripts are read once.
"""

from __future__ import annotations

import gc
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from twisted.logger import (
    ILogObserver,
    LogEvent,
    LogLevel,
    formatEvent,
    globalLogPublisher,
)
from zope.interface import implementer

from exsim.client.codec import SimulatorError
from exsim.client.script import Script, begin, read_script
from exsim.client.script_checks import Failed
from exsim.config.load import load
from exsim.errors import ExsimError
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.runs.limits import Overdue, limited
from exsim.runs.market import Market
from exsim.runs.words import Job, Result, Unmet, broken
from exsim.services.observing import seeded
from exsim.services.replay import without_collector

_ALONE: Final = threading.Lock()
"""Held by a run: one after the other, where a process has several threads for them."""
_SHOWN: Final = 20
"""Lines of what went wrong that are told: the last ones."""


def carry_out(job: Job) -> Result:
    """Make a run; whatever goes wrong is in the result."""
    with _ALONE, without_collector():
        begun = time.perf_counter()
        try:
            with limited(job.limit):
                return _run(job, begun)
        except Overdue:
            why = f"it was not over after {job.limit:g} s"
            return broken(job, why, time.perf_counter() - begun)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a run that fails is a result
            return broken(job, _told(error), time.perf_counter() - begun)
        finally:
            gc.collect(0)  # a market is full of circles, and all of it is new


def _run(job: Job, begun: float) -> Result:
    with _faults() as faults:
        market = Market(seeded(settings_of(job.config, job.overrides), job.seed), catalogue())
        failed = _play(market, script_of(job.script)) if job.script else []
        if market.passed < job.span:
            market.advance(job.span - market.passed)
        digest, entries = market.digest()
    return Result(
        scenario=job.scenario,
        seed=job.seed,
        passed=not failed and not faults,
        digest=digest,
        entries=entries,
        commands=market.commands(),
        trades=market.trades(),
        market=market.figures(),
        failed=failed,
        error="\n".join(faults),
        repeat=job.repeat,
        seconds=time.perf_counter() - begun,
    )


def _play(market: Market, script: Script) -> list[Unmet]:
    """
    Do all steps; those that did not hold.

    What is expected in vain does not end it. A step that cannot be done does: what follows would be
    about something else.
    """
    if script.run is not None:
        try:
            script.run(market)
        except AssertionError as error:
            return [_unmet("run", error)]
        return []
    failed: list[Unmet] = []
    play, doers = begin(market, script)
    for line, do in zip(script.steps, doers, strict=True):
        try:
            do(play)
        except AssertionError as error:
            failed.append(_unmet(line, error))
        except (SimulatorError, ValueError, TypeError) as error:
            return [*failed, Unmet(line, "a step that can be done", str(error))]
    return failed


def _unmet(step: str, error: AssertionError) -> Unmet:
    if isinstance(error, Failed) and error.expected:
        return Unmet(step, error.expected, error.found)
    return Unmet(step, "", str(error) or type(error).__name__)


@contextmanager
def _faults() -> Iterator[list[str]]:
    """What the log is told meanwhile of bots and policies that failed."""
    observer = _Faults()
    globalLogPublisher.addObserver(observer)
    try:
        yield observer.found
    finally:
        globalLogPublisher.removeObserver(observer)


@implementer(ILogObserver)
class _Faults:
    """Keeps what is critical."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def __call__(self, event: LogEvent) -> None:
        if event.get("log_level") is LogLevel.critical:
            failure: Any = event.get("log_failure")
            told = "" if failure is None else f": {failure.getErrorMessage()}"
            self.found.append(f"{formatEvent(event)}{told}")


def _told(error: BaseException) -> str:
    if isinstance(error, ExsimError | SimulatorError):
        return str(error)
    return "\n".join("".join(traceback.format_exception(error)).splitlines()[-_SHOWN:])


@lru_cache
def catalogue() -> Catalogue:
    """Where plugins come from: they are looked for once."""
    return Catalogue()


@lru_cache
def settings_of(config: str, overrides: tuple[str, ...]) -> Settings:
    """
    What the configuration of a scenario says.

    :raises exsim.errors.ConfigError: when it is wrong.
    """
    return load(config, overrides, catalogue())


@lru_cache
def script_of(path: str) -> Script:
    """
    What a script says.

    :raises exsim.client.script.ScriptError: when it is none.
    :raises OSError: when it cannot be read.
    """
    return read_script(Path(path))
