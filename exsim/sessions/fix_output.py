"""What one connection has still to write."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from exsim.model.plain import Plain
from exsim.sessions.fix_resend import FixResend, SentStore

RESEND_CHUNK: Final = 100
"""Messages that a resend looks at before others get their turn."""
MOST_RESENDS: Final = 1_000
"""Resends under way at once: far more than anybody needs."""


class FixOutput:
    """
    Bytes in the order in which they go out, and whether the connection ends after them.

    What is written while a resend is under way follows it. ``ended`` says that nothing more is
    taken in and ``why``; ``last`` is when something was last written, in nanoseconds.
    """

    __slots__ = ("_ready", "_resends", "_waiting", "ended", "last", "why")

    def __init__(self, now: int) -> None:
        self._ready: list[bytes] = []
        self._waiting: deque[bytes | FixResend] = deque()
        self._resends = 0
        self.ended = False
        self.last = now
        self.why = ""

    @property
    def pending(self) -> bool:
        """Whether a resend is under way: :meth:`proceed` is due."""
        return bool(self._waiting)

    @property
    def closing(self) -> bool:
        """Whether the connection is to be closed once what is ready is written."""
        return self.ended and not self._waiting

    def write(self, raw: bytes, now: int) -> None:
        """Add a message."""
        self.last = now
        if self._waiting:
            self._waiting.append(raw)
        else:
            self._ready.append(raw)

    def sent(self, raw: bytes, now: int) -> None:
        """The same for a message that was written long ago, if nothing is before it."""
        self.last = now
        if self._waiting:
            self._waiting.append(raw)

    def resend(self, resend: FixResend, now: int) -> bool:
        """Begin a resend; False when too many are under way already."""
        if self._resends >= MOST_RESENDS:
            return False
        self._resends += 1
        self._waiting.append(resend)
        if len(self._waiting) == 1:
            self.proceed(now)
        return True

    def proceed(self, now: int) -> None:
        """Go on with resends for a while."""
        left = RESEND_CHUNK
        while self._waiting and left > 0:
            first = self._waiting[0]
            if isinstance(first, bytes):
                self._ready.append(first)
            else:
                self.last = now
                left = first.take(self._ready, left, now)
                if not first.done:
                    return
                self._resends -= 1
            self._waiting.popleft()

    def end(self, why: str) -> None:
        """End the connection once everything is written, resends too."""
        if not self.ended:
            self.ended = True
            self.why = why

    def abort(self, why: str) -> None:
        """End the connection now: resends under way are off."""
        self.end(why)
        self._waiting.clear()

    def state(self, sent: SentStore) -> Plain:
        """All of it but what is ready to be written, for a snapshot."""
        waiting = [
            each.state(sent) if isinstance(each, FixResend) else each for each in self._waiting
        ]
        return [self.last, self.ended, self.why, waiting]

    def restore(self, plain: Plain, resend: Callable[[], FixResend]) -> None:
        """Be as :meth:`state` told; ``resend`` makes a resend of nothing."""
        self.last, self.ended, self.why, waiting = plain
        self._resends = 0
        self._waiting.clear()
        for each in waiting:
            if isinstance(each, bytes):
                self._waiting.append(each)
                continue
            one = resend()
            one.restore(each)
            self._waiting.append(one)
            self._resends += 1

    def take(self) -> bytes:
        """What to write now."""
        data = b"".join(self._ready)
        self._ready.clear()
        return data
