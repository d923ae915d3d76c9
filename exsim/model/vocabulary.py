"""What messages and fields of an endpoint may be called, whoever said them, in whatever version."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final


class Vocabulary:
    """
    What is known without taking a message apart: here nothing, which is true of any protocol.

    One never changes: an endpoint that comes to know more has another one.
    """

    __slots__ = ()

    def types(self, mark: bytes) -> Collection[tuple[str, str]] | None:
        """
        The type of a message and the name of that, as its description has them, by what is seen of
        it at once: MsgType(35) in FIX, the types of the packet and of the message in SoupBinTCP.
        All that may be, where it is not one alone; None where nobody knows.
        """
        return None

    def tags(self, name: str) -> Collection[str] | None:
        """
        The tags of the fields that a description may call so, in small letters without delimiters;
        None where nobody knows.
        """
        return None

    def has_codes(self, tag: str) -> bool:
        """Whether values of a field may have a meaning, which is the name of a code."""
        return True


UNKNOWN: Final = Vocabulary()
