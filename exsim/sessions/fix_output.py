"""What one connection has still to write."""

from __future__ import annotations

from collections import deque
from typing import Final

from exsim.sessions.fix_resend import FixResend

RESEND_CHUNK: Final = 500
"""Messages that a resend looks at before others get their turn."""
MOST_RESENDS: Final = 1_000
"""Resends under way at once: far more than anybody needs."""


class FixOutput:
    """
    Bytes in the order in which they go out, and whether the connection ends after them.

    What is written while a resend is under way follows it. ``why`` says why it ends, ``last``
    when something was last written, in nanoseconds.
    """

    __slots__ = ("_ready", "_resends", "_waiting", "closing", "last", "why")

    def __init__(self, now: int) -> None:
        self._ready: list[bytes] = []
        self._waiting: deque[bytes | FixResend] = deque()
        self._resends = 0
        self.closing = False
        self.last = now
        self.why = ""

    def write(self, raw: bytes, now: int) -> None:
        """Add a message."""
        self.last = now
        if self._waiting:
            self._waiting.append(raw)
        else:
            self._ready.append(raw)

    def resend(self, resend: FixResend) -> bool:
        """Add a resend; False when too many are under way already."""
        if self._resends >= MOST_RESENDS:
            return False
        self._resends += 1
        self._waiting.append(resend)
        return True

    def close(self, why: str) -> None:
        """End the connection once everything is written."""
        if not self.closing:
            self.closing = True
            self.why = why

    @property
    def pending(self) -> bool:
        """Whether a resend is under way: :meth:`take` has more to give."""
        return bool(self._waiting)

    def drop_resends(self) -> None:
        """Resends under way are off: the numbers have started anew."""
        self._ready.extend([item for item in self._waiting if isinstance(item, bytes)])
        self._waiting.clear()
        self._resends = 0

    def take(self, now: int) -> bytes:
        """What to write now: all that is ready, and a piece of a resend."""
        if self._waiting:
            self._continue_resends(now)
        data = b"".join(self._ready)
        self._ready.clear()
        return data

    def _continue_resends(self, now: int) -> None:
        self.last = now
        left = RESEND_CHUNK
        while self._waiting and left > 0:
            first = self._waiting[0]
            if isinstance(first, bytes):
                self._ready.append(first)
            else:
                left = first.take(self._ready, left, now)
                if not first.done:
                    break
                self._resends -= 1
            self._waiting.popleft()
        if self.closing:
            self.drop_resends()
