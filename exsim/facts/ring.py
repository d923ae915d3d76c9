"""Rows of whole numbers of which the newest are kept."""

from __future__ import annotations

from array import array
from typing import Any


class Ring:
    """
    The newest ``keep`` rows, each of ``width`` numbers of 64 bits.

    One that keeps 0 keeps all.
    """

    __slots__ = ("_flat", "_most", "_next", "_width")

    def __init__(self, width: int, keep: int) -> None:
        self._width = width
        self._most = width * keep
        self._next = 0  # where the oldest row is, once there are as many as are kept
        self._flat: array[int] = array("q")

    def add(self, row: tuple[int, ...]) -> None:
        """Keep a row, and forget the oldest for it where there are as many as are kept."""
        if not self._most or len(self._flat) < self._most:
            self._flat.extend(row)
        else:
            at = self._next
            self._flat[at : at + self._width] = array("q", row)
            self._next = (at + self._width) % self._most

    def last(self) -> tuple[int, ...] | None:
        """The newest row; None where there is none."""
        end = self._next or len(self._flat)
        return tuple(self._flat[end - self._width : end]) if self._flat else None

    def packed(self) -> bytes:
        """All that are kept, oldest first, one number after the other."""
        return (self._flat[self._next :] + self._flat[: self._next]).tobytes()


def rows_of(packed: bytes, width: int) -> list[Any]:
    """What :meth:`Ring.packed` told, as tuples of ``width`` numbers."""
    flat = array("q")
    flat.frombytes(packed)
    return list(zip(*(flat[at::width] for at in range(width)), strict=True))
