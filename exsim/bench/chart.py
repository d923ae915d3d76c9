"""Pictures of growth as SVG: small panels side by side, sizes to the right, cost upwards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from exsim.bench.tables import short

COLUMNS: Final = 3
PANEL_WIDTH: Final = 300
PANEL_HEIGHT: Final = 210
_LEFT: Final = 52
_RIGHT: Final = 18
_TOP: Final = 48
_BOTTOM: Final = 34
_LINES: Final = 4
_INK: Final = "#1f2937"
_GRAY: Final = "#9ca3af"
_PALE: Final = "#e5e7eb"
_BLUE: Final = "#1d4ed8"


class Panel(NamedTuple):
    """
    A line through points (size, cost).

    Sizes go to the right by powers of ten, costs up from 0.
    """

    title: str
    unit: str
    points: Sequence[tuple[int, float]]


def svg(name: str, panels: Sequence[Panel]) -> str:
    """The picture; ``name`` is what is read out in place of it."""
    width = PANEL_WIDTH * min(COLUMNS, len(panels))
    height = PANEL_HEIGHT * math.ceil(len(panels) / COLUMNS)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11" role="img">',
        f"<title>{escape(name)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for index, panel in enumerate(panels):
        x, y = index % COLUMNS * PANEL_WIDTH, index // COLUMNS * PANEL_HEIGHT
        lines += [f'<g transform="translate({x} {y})">', *_panel(panel), "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def _panel(panel: Panel) -> list[str]:
    first, last = panel.points[0][0], panel.points[-1][0]
    top = _round_up(1.1 * max(cost for _, cost in panel.points))
    span = math.log10(last / first) or 1.0

    def place(size: float, cost: float) -> tuple[float, float]:
        right = (PANEL_WIDTH - _LEFT - _RIGHT) * math.log10(size / first) / span
        up = (PANEL_HEIGHT - _TOP - _BOTTOM) * cost / top
        return round(_LEFT + right, 1), round(PANEL_HEIGHT - _BOTTOM - up, 1)

    lines = [
        _text(_LEFT, 18, panel.title, "start", 'font-weight="bold"'),
        _text(_LEFT, 34, panel.unit, "start", f'fill="{_GRAY}"'),
    ]
    for step in range(_LINES + 1):
        cost = top * step / _LINES
        x, y = place(first, cost)
        lines += [
            f'<path d="M{x} {y} H{PANEL_WIDTH - _RIGHT}" stroke="{_PALE}"/>',
            _text(x - 6, y + 4, short(cost) if step else "0", "end"),
        ]
    points = [place(size, cost) for size, cost in panel.points]
    path = " L".join(f"{x} {y}" for x, y in points)
    lines.append(f'<path d="M{path}" fill="none" stroke="{_BLUE}" stroke-width="2"/>')
    for (size, cost), (x, y) in zip(panel.points, points, strict=True):
        lines += [
            f'<circle cx="{x}" cy="{y}" r="3" fill="{_BLUE}"/>',
            _text(x, y - 8, short(cost), "middle", f'fill="{_BLUE}"'),
            _text(x, PANEL_HEIGHT - _BOTTOM + 16, _size(size), "middle"),
        ]
    return lines


def _text(x: float, y: float, text: str, anchor: str, style: str = f'fill="{_INK}"') -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" {style}>{escape(text)}</text>'


def _size(size: int) -> str:
    """1 k for 1,000, 1 M for a million."""
    for unit, letter in ((1_000_000, "M"), (1_000, "k")):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {letter}"
    return str(size)


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 8, 10, ... of the same power of ten, so that four lines suit it."""
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(step * power for step in (1, 2, 4, 8, 10) if step * power >= value)
