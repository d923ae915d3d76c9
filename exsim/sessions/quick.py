"""
What sessions and connections are whose methods are called straight away, not looked up each time:
by the way of every order, and by the loop that runs a journal again, which need not do all once
more.
"""

from __future__ import annotations

from typing import Any

from exsim.model.events import Event
from exsim.model.requests import Request


class QuickSession:
    """See :class:`exsim.interfaces.ISession`."""

    __slots__ = ()

    @property
    def connection(self) -> Any:
        """Where it is logged on, or None."""
        raise NotImplementedError

    def send(self, event: Event, now: int) -> None:
        """Send what an event says."""
        raise NotImplementedError

    def sent_so(self, event: Event, raw: bytes, now: int) -> bool:
        """Whether just that is sent for an event; it then counts as sent."""
        raise NotImplementedError


class QuickConnection:
    """See :class:`exsim.interfaces.IConnection`."""

    __slots__ = ()

    @property
    def closing(self) -> bool:
        """Whether to close the socket once what is to be sent is written."""
        raise NotImplementedError

    @property
    def uneven(self) -> bool:
        """See :class:`exsim.interfaces.IUneven`."""
        raise NotImplementedError

    def receive(self, data: bytes, now: int) -> None:
        """Take in bytes."""
        raise NotImplementedError

    def next_request(self, now: int) -> Request | None:
        """Work through what came in up to the next request; None when there is none."""
        raise NotImplementedError

    def data_to_send(self) -> bytes:
        """What to write now; it is gone from here afterwards."""
        raise NotImplementedError

    def next_deadline(self) -> int | None:
        """When its deadline is, or None."""
        raise NotImplementedError

    def recall(self, data: bytes, answer: bytes, now: int) -> Request | None:
        """The request of a message that was right, as its answer shows."""
        raise NotImplementedError


def quick_session(session: object) -> QuickSession | None:
    """A session as what it is here, which narrowing alone would not have called straight away."""
    return session if isinstance(session, QuickSession) else None


def quick_connection(connection: object) -> QuickConnection | None:
    """The same for a connection."""
    return connection if isinstance(connection, QuickConnection) else None
