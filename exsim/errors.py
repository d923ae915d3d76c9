"""
The error tree: whose fault it was decides the class.

* :class:`RemoteError`: the counterparty broke a rule; it is told so, and nothing is lost.
* :class:`RequestError`: whoever drives the simulator (REST, a client) asked for something
  that cannot be done; answered as ``application/problem+json``.
* :class:`ConfigError`: the operator's configuration is wrong; start-up stops.
* :class:`Bug`: we broke a rule of our own.
"""

from __future__ import annotations

from collections.abc import Sequence


class ExsimError(Exception):
    """Base of all errors that exsim raises on purpose."""


class RemoteError(ExsimError):
    """The counterparty sent something that its protocol does not allow."""


class Bug(ExsimError):
    """exsim called itself in a way that its own contracts forbid."""


class RequestError(ExsimError):
    """A request to the simulator cannot be carried out."""

    status = 400
    title = "Bad request"


class NotFound(RequestError):
    """No such venue, instrument, session, order, hold, ..."""

    status = 404
    title = "Not found"


class Conflict(RequestError):
    """The thing asked for does not fit the state that things are in."""

    status = 409
    title = "Conflict"


class Gone(RequestError):
    """A cursor of an older epoch, or older than the oldest entry kept."""

    status = 410
    title = "Gone"


class Unprocessable(RequestError):
    """Well formed, but a value in it makes no sense."""

    status = 422
    title = "Unprocessable"


class NotInstalled(RequestError):
    """An extra of exsim is needed for it, and is not there."""

    status = 501
    title = "Not implemented"


class Unavailable(RequestError):
    """Not now: exsim is starting, stopping or degraded."""

    status = 503
    title = "Unavailable"


class Problem:
    """One mistake in a configuration: where it is, and what would be right."""

    __slots__ = ("file", "line", "text")

    def __init__(self, text: str, file: str = "", line: int = 0) -> None:
        self.text = text
        self.file = file
        self.line = line

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return place + self.text

    def __repr__(self) -> str:
        return f"Problem({str(self)!r})"


class ConfigError(ExsimError):
    """The configuration cannot be used; ``problems`` holds every mistake found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
