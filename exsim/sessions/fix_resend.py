"""What was sent and may be asked for again, and the answer to a ResendRequest(2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.model.journal import EntryKind
from exsim.model.plain import Plain
from exsim.sessions.fix_tampered import resend_tampered

if TYPE_CHECKING:
    from exsim.sessions.fix_session import FixSession

_OUT: Final = int(EntryKind.OUT)


class SentStore:
    """
    The application messages among the last ``size`` messages sent, by MsgSeqNum.

    Session messages are never sent again, so of them only the number is counted.
    """

    __slots__ = ("_messages", "_size", "first")

    def __init__(self, size: int) -> None:
        self._size = size
        self._messages: dict[int, bytes] = {}
        self.first = 1
        """The lowest number that may still be here."""

    def __len__(self) -> int:
        return len(self._messages)

    def keep(self, seq: int, raw: bytes) -> None:
        """Remember an application message; numbers have to come in order."""
        self._messages[seq] = raw
        if seq - self._size >= self.first:
            self.skip(seq)

    def skip(self, seq: int) -> None:
        """A number that is never sent again; what is now too old is forgotten."""
        oldest = seq - self._size
        if oldest >= self.first:
            self._messages.pop(oldest, None)
            self.first = oldest + 1

    def forget(self, seq: int) -> None:
        """A number that nothing was sent under after all."""
        self._messages.pop(seq, None)

    def move(self, seq: int) -> None:
        """The number ``seq`` is given next, out of order: forget what it makes too old or new."""
        oldest = seq - self._size
        self._messages = {
            number: raw for number, raw in self._messages.items() if oldest <= number < seq
        }
        self.first = max(min(self.first, seq), oldest)

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return [self.first, list(self._messages.items())]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.first = plain[0]
        self._messages = dict(plain[1])

    def get(self, seq: int) -> bytes | None:
        """The message of that number, if it is here."""
        return self._messages.get(seq)


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
