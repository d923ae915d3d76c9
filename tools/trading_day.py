"""
Write what is told of the trading day from what the code does.

``python -m tools.trading_day`` writes, between its two markers, the table of phases in
``docs/trading-day.rst``, and the picture of a day beside it. A test holds both to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from exsim.config.trading_day import schedule
from exsim.dispatch.phases import AUCTIONS, TABLE, TIMES, TYPES, PhaseRules, key, phase_of
from exsim.model.codes import Phase
from tools.engagement.rst import table

ROOT: Final = Path(__file__).resolve().parent.parent
RST: Final = ROOT / "docs" / "trading-day.rst"
SVG: Final = ROOT / "docs" / "trading-day.svg"
BEGIN: Final = ".. The phases, written by python -m tools.trading_day:\n"
END: Final = ".. That was the last phase.\n"

DAY: Final = (
    "08:00 pre-open, 09:00 opening-auction, 09:05 continuous, 17:30 closing-auction,"
    " 17:35 trade-at-close, 17:40 closed"
)
"""The schedule that the picture shows, which the page has, too."""
_COLORS: Final = {True: "#bbf7d0", False: "#e5e7eb"}
_AUCTION: Final = "#fde68a"
_WIDTH: Final = 820


def phases_rst() -> str:
    """The table of phases."""
    lines = ["", *table(("phase", "orders", "cancel", "replace"), map(_switches, TABLE.values()))]
    rows = [row for rules in TABLE.values() for row in _taken(rules)]
    lines += [*table(("phase", "TimeInForce", "OrdType"), rows)]
    return "\n".join(lines) + "\n"


def _switches(rules: PhaseRules) -> tuple[str, str, str, str]:
    what = "match" if rules.matches else "are collected" if rules.takes else "are refused"
    if rules.phase in AUCTIONS:
        what += ", and trade at its end"
    return rules.phase.value, what, _yes(rules.cancels), _yes(rules.replaces)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _taken(rules: PhaseRules) -> list[tuple[str, str, str]]:
    """For each TimeInForce the types that a phase takes with it; those that are alike together."""
    alike: dict[str, list[str]] = {}
    for time, tif in TIMES.items():
        types = [name for name, ord_type in TYPES.items() if key(ord_type, tif) in rules.takes]
        if types:
            alike.setdefault(", ".join(types), []).append(time)
    if not alike:
        return [(rules.phase.value, "none", "none")]
    return [(rules.phase.value, ", ".join(times), types) for types, times in alike.items()]


def picture() -> str:
    """A day as a bar of its phases, each as wide as its name needs, with the times under it."""
    entries = [(time, phase_of(name)) for time, name in schedule(DAY)]
    step = (_WIDTH - 40) // len(entries)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="150"'
        f' viewBox="0 0 {_WIDTH} 150" font-family="monospace" font-size="12" role="img">',
        "<title>The phases of a trading day</title>",
        f'<rect width="{_WIDTH}" height="150" fill="#ffffff"/>',
    ]
    for index, (time, phase) in enumerate(entries):
        left = 20 + index * step
        parts += [
            f'<rect x="{left}" y="30" width="{step}" height="44" fill="{_color(phase)}"'
            ' stroke="#6b7280"/>',
            _text(left + step // 2, 57, phase.value),
            _text(left, 94, f"{time // 3600:02}:{time // 60 % 60:02}"),
        ]
        parts += [
            _text(left + step // 2, 114 + 16 * n, line) for n, line in enumerate(_note(phase))
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _color(phase: Phase) -> str:
    return _AUCTION if phase in AUCTIONS else _COLORS[TABLE[phase].matches]


def _note(phase: Phase) -> tuple[str, ...]:
    """What happens in a phase, or as it ends."""
    if phase in AUCTIONS:
        return ("collects, then", "one price for all")
    if phase is Phase.CLOSED:
        return ("day orders expire",)
    if phase is Phase.TRADE_AT_CLOSE:
        return ("at the closing", "price")
    return ("matches",) if TABLE[phase].matches else ("collects",)


def _text(x: int, y: int, text: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle" fill="#1f2937">{text}</text>'


def with_phases(document: str, phases: str) -> str:
    """The document with this table between its markers."""
    head, _begin, rest = document.partition(BEGIN)
    _old, _end, tail = rest.partition(END)
    return head + BEGIN + phases + END + tail


def main() -> None:
    """Write both."""
    document = RST.read_text(encoding="utf-8")
    RST.write_text(with_phases(document, phases_rst()), encoding="utf-8")
    SVG.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
