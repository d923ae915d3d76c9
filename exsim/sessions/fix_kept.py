"""Messages that came after a gap, kept until the gap is filled."""

from __future__ import annotations

from typing import Final

from exsim.model.plain import Plain

MOST_KEPT: Final = 1_000
"""Messages kept while a gap before them is filled; those past it are asked for again later."""
MOST_KEPT_BYTES: Final = 1 << 20
"""The same in bytes."""


class Kept:
    """
    By MsgSeqNum: the bytes of a message, or None of one that has acted already.

    ``size`` is how many bytes these are.
    """

    __slots__ = ("_messages", "size")

    def __init__(self) -> None:
        self._messages: dict[int, bytes | None] = {}
        self.size = 0

    def __len__(self) -> int:
        return len(self._messages)

    def has(self, seq: int) -> bool:
        """Whether the message of that number is here."""
        return seq in self._messages

    def add(self, seq: int, raw: bytes | None) -> None:
        """Keep a message, if there is room for it, and none of its number is here."""
        size = len(raw) if raw is not None else 0
        room = len(self._messages) < MOST_KEPT and self.size + size <= MOST_KEPT_BYTES
        if room and seq not in self._messages:
            self._messages[seq] = raw
            self.size += size

    def pop(self, seq: int) -> bytes | None:
        """Take out the message of that number, which is here."""
        raw = self._messages.pop(seq)
        if raw is not None:
            self.size -= len(raw)
        return raw

    def forget_below(self, number: int) -> None:
        """Forget those of lower numbers."""
        for seq in [seq for seq in self._messages if seq < number]:
            self.pop(seq)

    def clear(self) -> None:
        """Forget all."""
        self._messages.clear()
        self.size = 0

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return list(self._messages.items())

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.clear()
        for seq, raw in plain:
            self.add(seq, raw)
