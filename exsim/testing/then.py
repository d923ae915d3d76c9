"""
One way to ask, with a client that blocks or one that returns Deferreds.

What tests are given is written once: where a result has to be looked at, :func:`then` looks at it,
now or when it comes. It is typed as for a client that blocks; with the other, all that these
annotations promise comes as a Deferred.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from exsim.client.codec import SimulatorError

T = TypeVar("T")
U = TypeVar("U")
NOT_FOUND = 404


def then(result: T, look: Callable[[T], U]) -> U:
    """What ``look`` makes of a result, or a Deferred of that."""
    __tracebackhide__ = True  # pytest shows what the test asked
    if hasattr(result, "addCallback"):
        later: U = result.addCallback(look)
        return later
    return look(result)


def or_none(ask: Callable[[], T]) -> T | None:
    """What is asked for; None where there is no such thing."""
    try:
        result: Any = ask()
    except SimulatorError as error:
        _pass_missing(error)
        return None
    if hasattr(result, "addErrback"):
        result.addErrback(lambda failure: _pass_missing(failure.value))
    found: T = result
    return found


def _pass_missing(error: Exception) -> None:
    if not isinstance(error, SimulatorError) or error.status != NOT_FOUND:
        raise error
