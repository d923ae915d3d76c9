"""What can wait: one thing at a time, and between two of them whatever has come in meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

PAUSE = 0.0001
"""Seconds between two pieces, for the reactor to look at its sockets."""


class Lane:
    """
    Long work cut in pieces, such as the resends of all sessions, in the order that they came.

    The reactor looks at all sockets after each piece, so that others wait for one piece at most.
    """

    def __init__(self, reactor: IReactorTime) -> None:
        self._reactor = reactor
        self._waiting: deque[Callable[[], None]] = deque()
        self._call: IDelayedCall | None = None

    def add(self, piece: Callable[[], None]) -> None:
        """Do this when all that came before it is done."""
        self._waiting.append(piece)
        if self._call is None:
            self._call = self._reactor.callLater(PAUSE, self._next)

    def stop(self) -> None:
        """Do nothing more of what waits."""
        self._waiting.clear()
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _next(self) -> None:
        piece = self._waiting.popleft()
        self._call = self._reactor.callLater(PAUSE, self._next) if self._waiting else None
        piece()
