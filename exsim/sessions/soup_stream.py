"""The sequenced messages of a SoupBinTCP session, of which a client may ask for those it missed."""

from __future__ import annotations

from exsim.model.plain import Plain


class SoupStream:
    """
    Messages numbered from 1, of which the newest ``most`` are kept.

    ``session`` is the name that the numbers belong to, at most ten characters: another one begins
    with :meth:`restart`. ``next`` is the number that the next message gets, ``first`` the lowest
    that is kept.
    """

    __slots__ = ("_messages", "_most", "_name", "_runs", "first", "next", "session")

    def __init__(self, name: bytes, most: int) -> None:
        self._name = name
        self._runs = 1
        self._most = most
        self._messages: list[bytes] = []
        self.session = name
        self.first = 1
        self.next = 1

    def append(self, payload: bytes) -> int:
        """Add a message; its number."""
        seq = self.next
        self.next = seq + 1
        self._messages.append(payload)
        if len(self._messages) >= 2 * self._most:  # seldom, so that each costs little
            del self._messages[: -self._most]
            self.first = self.next - self._most
        return seq

    def get(self, seq: int) -> bytes:
        """The message of a number from :attr:`first` up to, not including, :attr:`next`."""
        return self._messages[seq - self.first]

    def set_next(self, seq: int) -> None:
        """Give the next message this number; what was sent before cannot be asked for any more."""
        if seq != self.next:
            self._messages.clear()
            self.first = self.next = seq

    def clear(self) -> None:
        """Begin with 1 again, under the same name."""
        self._messages.clear()
        self.first = self.next = 1

    def restart(self) -> None:
        """Begin another session, with 1."""
        self._runs += 1
        mark = b"%d" % self._runs
        self.session = self._name[: 10 - len(mark)] + mark
        self.clear()

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return [self._runs, self.session, self.first, self.next, list(self._messages)]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self._runs, self.session, self.first, self.next, messages = plain
        self._messages = list(messages)
