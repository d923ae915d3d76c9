"""
What sessions and connections are that need not do all once more where a journal is run again: the
loop that does that calls the methods of these straight away, and is the faster for it.
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

    def sent_so(self, event: Event, raw: bytes, now: int) -> bool:
        """Whether just that is sent for an event; it then counts as sent."""
        raise NotImplementedError


class QuickConnection:
    """See :class:`exsim.interfaces.IConnection`."""

    __slots__ = ()

    def recall(self, data: bytes, answer: bytes, now: int) -> Request | None:
        """The request of a message that was right, as its answer shows."""
        raise NotImplementedError
