"""What was sent and may be asked for again, and the answer to a ResendRequest(2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.model.journal import EntryKind
from exsim.model.plain import Plain
from exsim.sessions.fix_tampered import resend_tampered

if TYPE_CHECKING:
    from exsim.sessions.fix_session import FixSession

_OUT: Final = int(EntryKind.OUT)


_SPARE: Final = 1_000
"""Places of messages that are forgotten, at the least, before they are taken away."""


class SentStore:
    """
    The application messages among the last ``size`` messages sent, by MsgSeqNum.

    Session messages are never sent again, so of them only the number is counted.
    """

    __slots__ = ("_begin", "_messages", "_size", "first")

    def __init__(self, size: int) -> None:
        self._size = size
        self._begin = 1  # the number of the first place
        self._messages: list[bytes | None] = []  # a place for each number: none is looked up
        self.first = 1
        """The lowest number that may still be here."""

    def __len__(self) -> int:
        return sum(raw is not None for raw in self._messages)

    def keep(self, seq: int, raw: bytes) -> None:
        """Remember an application message; numbers have to come in order."""
        if seq - self._begin != len(self._messages):
            self._reach(seq, self._size)
        self._messages.append(raw)
        if seq - self._size >= self.first:
            self.skip(seq)

    def _reach(self, seq: int, most: int) -> None:
        """Have the places end before a number; with more than ``most`` between all are too old."""
        between = seq - self._begin - len(self._messages)
        if between < 0:
            del self._messages[max(0, seq - self._begin) :]
        elif self._messages and between <= most:
            self._messages.extend([None] * between)
        else:
            self._messages.clear()
        if not self._messages:
            self._begin = seq

    def skip(self, seq: int) -> None:
        """A number that is never sent again; what is now too old is forgotten."""
        oldest = seq - self._size
        if oldest >= self.first:
            self.forget(oldest)
            self.first = oldest + 1
            behind = self.first - self._begin
            if behind > _SPARE and behind * 8 > self._size:
                del self._messages[:behind]
                self._begin = self.first

    def forget(self, seq: int) -> None:
        """A number that nothing was sent under after all."""
        at = seq - self._begin
        if 0 <= at < len(self._messages):
            self._messages[at] = None

    def move(self, seq: int) -> None:
        """The number ``seq`` is given next, out of order: forget what it makes too old or new."""
        oldest = seq - self._size
        del self._messages[max(0, seq - self._begin) :]
        if oldest > self._begin:
            del self._messages[: oldest - self._begin]
            self._begin = oldest
        self.first = max(min(self.first, seq), oldest)

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        there = enumerate(self._messages, self._begin)
        return [self.first, [(number, raw) for number, raw in there if raw is not None]]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.first, messages = plain
        self._messages = []
        for number, raw in messages:
            self._reach(number, number)
            self._messages.append(raw)

    def get(self, seq: int) -> bytes | None:
        """The message of that number, if it is here."""
        at = seq - self._begin
        return self._messages[at] if 0 <= at < len(self._messages) else None


class FixResend:
    """
    The messages from ``begin`` to ``end``, to be sent again bit by bit.

    What is not there any more, and every run of session messages, becomes one gap fill. The
    copies with PossDupFlag are made only as they are taken.
    """

    __slots__ = ("_end", "_gap", "_next", "_sent", "_session")

    def __init__(self, session: FixSession, begin: int, end: int) -> None:
        self._session = session
        self._sent = session.sent  # the session may go on with another
        self._gap = begin  # the first number that nothing was sent for yet
        self._next = max(begin, min(self._sent.first, end + 1))
        self._end = end

    def state(self, sent: SentStore) -> Plain:
        """What is still to be sent, for a snapshot; ``sent`` is the session's store of now."""
        own = None if self._sent is sent else self._sent.state()
        return [self._gap, self._next, self._end, own]

    def restore(self, plain: Plain) -> None:
        """Go on as :meth:`state` told."""
        self._gap, self._next, self._end, own = plain
        if own is not None:
            self._sent = SentStore(0)
            self._sent.restore(own)

    @property
    def done(self) -> bool:
        """Whether everything was taken."""
        return self._gap > self._end

    def take(self, into: list[bytes], most: int, now: int) -> int:
        """
        Look at up to ``most`` more messages, append what is to be sent for them, and return how
        many more could have been looked at.
        """
        stop = min(self._next + most, self._end + 1)
        for seq in range(self._next, stop):
            sent = self._sent.get(seq)
            if sent is not None:
                self._fill_gap(seq, into, now)
                self._send(self._session.header.duplicate(sent, now), into, now)
                self._gap = seq + 1
        left = most - (stop - self._next)
        self._next = stop
        if stop > self._end:
            self._fill_gap(stop, into, now)
        return left

    def _fill_gap(self, upto: int, into: list[bytes], now: int) -> None:
        if self._gap < upto:
            self._send(self._session.header.gap_fill(self._gap, upto, now), into, now)
            self._gap = upto

    def _send(self, raw: bytes, into: list[bytes], now: int) -> None:
        session = self._session
        output = session.output
        if session.tamper is not None or (output is not None and output.detour is not None):
            resend_tampered(session, raw, into, now)
            return
        session.record(now, _OUT, session.name, raw)
        into.append(raw)
