"""
Running a script inside: in a thread of its own, whose questions the reactor's thread answers.

A script asks what any client could; each question is an operation of its own, with its own entry in
the journal, so that a journal is run again without the script.
"""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

import msgspec
from msgspec import Struct
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure

from exsim.client.blocking_operations import BlockingOperations
from exsim.client.codec import SimulatorError
from exsim.client.script import Report, Script, read_script, run_script
from exsim.control.operations import BY_NAME, IControl
from exsim.control.results import Problem
from exsim.errors import Bug, RequestError

LOOK: Final = 0.2
"""Seconds between two looks at whether all is to end."""


class Inside(BlockingOperations):
    """The client of a script's thread: it asks the reactor's thread, and waits."""

    def __init__(self, control: IControl, reactor: Any) -> None:
        self._control = control
        self._reactor = reactor
        self._ended = threading.Event()

    def end(self) -> None:
        """Ask nothing more: what is asked now, and from now on, fails."""
        self._ended.set()

    def perform(self, operation: str, arguments: Struct, body: Struct | None = None) -> Any:
        answers: SimpleQueue[Any] = SimpleQueue()
        self._reactor.callFromThread(self._ask, operation, arguments, body, answers.put)
        while not self._ended.is_set():
            try:
                found = answers.get(timeout=LOOK)
            except Empty:
                continue
            if isinstance(found, Failure):
                raise told(found.value)
            return found
        raise SimulatorError(Problem("Ended", 503, "the script was ended"))

    def _ask(self, operation: str, arguments: Struct, body: Struct | None, put: Any) -> None:
        """In the reactor's thread."""
        asked: Deferred[Any] = maybeDeferred(self._perform, operation, arguments, body)
        asked.addBoth(put)

    def _perform(self, operation: str, arguments: Struct, body: Struct | None) -> Any:
        entry = BY_NAME[operation]
        given = checked(arguments, entry.arguments)
        sent = None if entry.body is None else checked(body, entry.body)
        return self._control.perform(operation, given, sent)


def checked(given: Any, kind: type[Struct]) -> Any:
    """As strictly as REST has it."""
    return msgspec.convert(msgspec.to_builtins(given), kind)


def told(error: BaseException | None) -> BaseException:
    """An error as clients know it."""
    if isinstance(error, RequestError):
        return SimulatorError(Problem(error.title, error.status, str(error)))
    if isinstance(error, msgspec.ValidationError):
        return SimulatorError(Problem("Invalid", 422, str(error)))
    return error or Bug("a failure without an error")


async def run_in_thread(control: IControl, reactor: Any, path: Path) -> Report:
    """
    Run a script to its end.

    :raises exsim.client.script.ScriptError: when it is none.
    """
    inside = Inside(control, reactor)
    trigger = reactor.addSystemEventTrigger("before", "shutdown", inside.end)
    running: Deferred[Report] = deferToThreadPool(
        reactor, reactor.getThreadPool(), _run, inside, path
    )
    try:
        return await running
    finally:
        inside.end()
        reactor.removeSystemEventTrigger(trigger)


def _run(inside: Inside, path: Path) -> Report:
    script: Script = read_script(path)
    return run_script(inside, script)
