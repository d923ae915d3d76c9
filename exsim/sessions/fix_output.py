"""What one connection has still to write."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from exsim.faults.detour import Detour
from exsim.faults.marked import Marked, segments
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
    taken in and ``why``; ``last`` is when something was last written, in nanoseconds. ``detour`` is
    there while a fault holds something up: then all is to be sent by
    :mod:`exsim.sessions.fix_tampered`. ``logout`` is what a fault wants a Logout to say, as soon as
    that can be sent; ``uneven``: some of what is ready has a mark for the socket; ``deaf``: nothing
    that is received reaches anybody.
    """

    __slots__ = (
        "_ready",
        "_resends",
        "_waiting",
        "deaf",
        "detour",
        "ended",
        "last",
        "logout",
        "uneven",
        "why",
    )

    def __init__(self, now: int) -> None:
        self._ready: list[bytes] = []
        self._waiting: deque[bytes | FixResend] = deque()
        self._resends = 0
        self.ended = False
        self.last = now
        self.why = ""
        self.detour: Detour | None = None
        self.logout: str | None = None
        self.uneven = False
        self.deaf = False

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
        if self.detour is not None and self.detour.hole:
            return True
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
                if not self._waiting:  # a fault has broken off meanwhile
                    return
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

    # -- what faults do

    def settle(self) -> None:
        """Go straight again if nothing is held up any more."""
        if self.detour is not None and self.detour.empty:
            self.detour = None

    def swallow(self) -> None:
        """Let nothing more out."""
        if self.detour is None:
            self.detour = Detour()
        self.detour.swallow()
        self._waiting.clear()
        self._resends = 0

    def break_off(self, why: str) -> None:
        """End the connection after what is ready; what is sent from now on is lost with it."""
        self.swallow()
        self.end(why)

    def next_due(self) -> int | None:
        """When something is due that a fault held up."""
        return None if self.detour is None else self.detour.next_due()

    # -- snapshots

    def state(self, sent: SentStore) -> Plain:
        """All of it but what is ready to be written, for a snapshot."""
        waiting = [
            each.state(sent) if isinstance(each, FixResend) else each for each in self._waiting
        ]
        detour = None if self.detour is None else self.detour.state()
        return [self.last, self.ended, self.why, waiting, detour, self.logout, self.deaf]

    def restore(self, plain: Plain, resend: Callable[[], FixResend]) -> None:
        """Be as :meth:`state` told; ``resend`` makes a resend of nothing."""
        self.last, self.ended, self.why, waiting, detour, self.logout, self.deaf = plain
        self.detour = Detour.restored(detour)
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
        self.uneven = False
        return data

    def take_segments(self) -> list[bytes]:
        """The same, with a mark on what is not to be written like the rest."""
        taken = segments(self._ready)
        self._ready.clear()
        self.uneven = any(isinstance(each, Marked) for each in self._waiting)
        return taken
