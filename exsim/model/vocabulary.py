"""What messages and fields of an endpoint may be called, whoever said them, in whatever version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Final


class Place:
    """
    Where a field stands in the bytes of messages of one type: before ``end``, from ``begin``; and
    whether it is ``coded``, so that what it holds may have a meaning.
    """

    __slots__ = ("begin", "coded", "end")

    def __init__(self, begin: int, end: int, coded: bool) -> None:
        self.begin = begin
        self.end = end
        self.coded = coded

    def texts(self, data: bytes) -> Collection[str]:
        """What these bytes are to filters, by whatever way they ask."""
        raise NotImplementedError

    def meaning(self, data: bytes) -> str:
        """The name of the code that they are; empty where they are none."""
        raise NotImplementedError

    def holding(self, values: Collection[str], numeric: bool) -> Set[bytes] | None:
        """
        All bytes that are one of these values, compared as texts or as numbers, and perhaps others;
        None where there are too many ways to write them.
        """
        return None


class Places:
    """
    Where a field stands: by what shows the type of a message, or whether it may be there, anywhere;
    ``others`` says that of all other messages.
    """

    __slots__ = ("by_mark", "others")

    def __init__(self, by_mark: Mapping[bytes, Place | bool], others: bool) -> None:
        self.by_mark = by_mark
        self.others = others


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

    def places(self, tag: str, names: Collection[str]) -> Sequence[Places] | None:
        """
        Where fields are that have a tag or one of these names (in small letters without
        delimiters), in a protocol whose fields stand where they do: a message that has several is
        in several of these. None where nobody knows.
        """
        return None

    def has_codes(self, tag: str) -> bool:
        """Whether values of a field may have a meaning, which is the name of a code."""
        return True


UNKNOWN: Final = Vocabulary()
