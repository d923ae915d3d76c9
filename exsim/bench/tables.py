"""Tables of text, and figures in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol


class Outcome(Protocol):
    """What a benchmark found."""

    @property
    def ok(self) -> bool:
        """Whether all was as it must be."""

    def table(self) -> str:
        """The result for people."""

    def json(self) -> str:
        """The result for programs: an object in one line."""


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text.rjust(width) if index else text.ljust(width)
            for index, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def rank(ordered: Sequence[int], share: float) -> int:
    """The value that a share of the ordered ones does not exceed; 0 of none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0


def short(value: float) -> str:
    """A figure with three digits that count, or all before the point."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
