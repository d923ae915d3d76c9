"""Sequence diagrams as SVG: two sides, and an arrow for each message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

WIDTH: Final = 820
_LEFT: Final = 90
_RIGHT: Final = WIDTH - 90
_TOP: Final = 50
_STEP: Final = 34
_INK: Final = "#1f2937"
_RED: Final = "#b91c1c"
_BLUE: Final = "#1d4ed8"
_GREEN: Final = "#047857"


class Arrow(NamedTuple):
    """
    A message from left to right (``outbound``) or back, with its text.

    One that is ``lost`` ends half-way.
    """

    text: str
    outbound: bool
    lost: bool = False


class Note(NamedTuple):
    """Something that happens between messages."""

    text: str


Row = Arrow | Note


def svg(name: str, left: str, right: str, rows: Sequence[Row]) -> str:
    """The diagram; ``name`` is what is read out in place of it."""
    height = _TOP + _STEP * len(rows) + 24
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="13" role="img">',
        f"<title>{escape(name)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for x, text in ((_LEFT, left), (_RIGHT, right)):
        lines += [
            f'<line x1="{x}" y1="34" x2="{x}" y2="{height - 10}" stroke="#9ca3af"/>',
            f'<text x="{x}" y="24" text-anchor="middle" font-weight="bold" fill="{_INK}">'
            f"{escape(text)}</text>",
        ]
    for index, row in enumerate(rows):
        lines += _row(row, _TOP + _STEP * index + 20)
    return "\n".join([*lines, "</svg>", ""])


def _row(row: Row, y: int) -> list[str]:
    middle = (_LEFT + _RIGHT) // 2
    if isinstance(row, Note):
        return [
            f'<text x="{middle}" y="{y - 2}" text-anchor="middle" font-style="italic"'
            f' fill="{_INK}">{escape(row.text)}</text>'
        ]
    color = _RED if row.lost else _BLUE if row.outbound else _GREEN
    begin, end = (_LEFT, _RIGHT) if row.outbound else (_RIGHT, _LEFT)
    if row.lost:
        end = middle
    head = end - 9 if end > begin else end + 9
    lines = [
        f'<text x="{middle}" y="{y - 6}" text-anchor="middle" fill="{color}">'
        f"{escape(row.text)}</text>",
        f'<line x1="{begin}" y1="{y}" x2="{end}" y2="{y}" stroke="{color}" stroke-width="1.5"/>',
    ]
    if row.lost:
        cross = f"M{end - 5} {y - 5} l10 10 m0 -10 l-10 10"
        return [*lines, f'<path d="{cross}" stroke="{color}" stroke-width="2"/>']
    return [
        *lines,
        f'<path d="M{end} {y} L{head} {y - 5} L{head} {y + 5} Z" fill="{color}"/>',
    ]
