"""What is known of one file of a journal: which entries it has, and where a reader may begin."""

from __future__ import annotations

from typing import Final

from exsim.journal.format import HEADER_SIZE, Header

MARK_EVERY: Final = 256 * 1024
"""Bytes between two places in a segment where a reader may begin."""


class Segment:
    """
    One file: entries from ``first`` to ``last`` (first - 1 when it has none), up to byte ``end``.

    ``marks`` are numbers of entries, and ``offsets`` where the batches are that begin with them.
    """

    __slots__ = ("created", "end", "epoch", "first", "last", "marks", "offsets", "path", "sealed")

    def __init__(self, path: str, header: Header) -> None:
        self.path = path
        self.epoch = header.epoch
        self.first = header.first
        self.created = header.created
        self.last = header.first - 1
        self.end = HEADER_SIZE
        self.marks: list[int] = []
        self.offsets: list[int] = []
        self.sealed = False

    def add(self, first: int, count: int, size: int) -> None:
        """A batch of ``count`` entries follows."""
        if not self.offsets or self.end - self.offsets[-1] >= MARK_EVERY:
            self.marks.append(first)
            self.offsets.append(self.end)
        self.last += count
        self.end += size
        self.sealed = not count
