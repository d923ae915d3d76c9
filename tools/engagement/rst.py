"""reST for documents: titles, tables that can be read as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Final

WIDTH: Final = 100
_NARROWEST: Final = 30


def title(text: str, line: str) -> list[str]:
    """A title with this underneath."""
    return ["", text, line * len(text), ""]


def paragraph(text: str) -> list[str]:
    """Text in lines that fit, and an empty one."""
    return [*wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False), ""]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """
    A table whose last column is wrapped.

    :param rows: their first cells must not be empty: an empty one goes on with the row above.
    """
    body = [list(row) for row in rows]
    widths = [
        max([len(head[n]), *(len(row[n]) for row in body)], default=1) or 1
        for n in range(len(head) - 1)
    ]
    last = max(_NARROWEST, WIDTH - sum(widths) - len(widths))
    cells = [wrap(row[-1], last, break_long_words=False, break_on_hyphens=False) for row in body]
    longest = max([len(head[-1]), *(len(line) for lines in cells for line in lines)], default=1)
    border = " ".join("=" * width for width in [*widths, longest])
    lines = [border, _row(head, widths), border]
    for row, wrapped in zip(body, cells, strict=True):
        lines.append(_row([*row[:-1], wrapped[0] if wrapped else ""], widths))
        lines += [_row([*[""] * len(widths), line], widths) for line in wrapped[1:]]
    return [*lines, border, ""]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [f"{cell:{width}}" for cell, width in zip(cells[:-1], widths, strict=True)]
    return " ".join([*padded, cells[-1]]).rstrip()


def document(lines: Iterable[str]) -> str:
    """The lines as a file, no two of them empty in a row."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).rstrip("\n") + "\n"


def escaped(text: str) -> str:
    """Text in which no character means anything to reST."""
    for character in "\\*`|_":
        text = text.replace(character, "\\" + character)
    return text
