"""
Pictures of a market: price, spread, depth, volume and volatility over time (by matplotlib:
``pip install exsim[plot]``).

To import matplotlib takes a second, and to draw a quarter of one: a simulator that runs has a
process of its own do it (:mod:`exsim.services.pictures`). What was seen alike is drawn alike, to
the byte, by one version of matplotlib.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from exsim.facts.observed import BUY, NOTHING, SECOND, Observed
from exsim.facts.thinning import by_span, extremes, ranges, runs, spreads, thinned, volatilities
from exsim.services.plotting import NoPlot, can_draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS: Final = 240
"""Points of a line."""
BARS: Final = 60
_BID: Final = "#1d4ed8"
_ASK: Final = "#b91c1c"
_OTHERS: Final = (("#0d9488", "#d97706"), ("#7c3aed", "#65a30d"))
"""Bids and offers of a second venue, and of a third."""
_WORTH: Final = "#9ca3af"
_INK: Final = "#1f2937"
_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "exsim",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _WORTH,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e5e7eb",
    "grid.linewidth": 0.6,
    "lines.linewidth": 0.9,
    "path.simplify_threshold": 0.5,
}
_UNIT: Final = 1e8
_DIGITS: Final = re.compile(rb"(\.\d)\d{3,}")
"""Digits that nobody sees: a tenth of a point is told, not a millionth."""


def draw(seen: Sequence[Observed], form: str) -> bytes:
    """
    The picture of an instrument, as a file of that format; of several, the best prices of each, and
    all else of the first.

    :raises NoPlot: where matplotlib is missing.
    """
    if not can_draw():
        raise NoPlot
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(9.0, 9.0), dpi=100)
        figure.subplots_adjust(left=0.075, right=0.98, top=0.965, bottom=0.055, hspace=0.38)
        panels = figure.subplots(5, 1, sharex=True, height_ratios=(3, 1, 1, 1, 1))
        _fill(panels, seen)
        out = BytesIO()
        told = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, metadata=told)
    return _DIGITS.sub(rb"\1", out.getvalue()) if form == "svg" else out.getvalue()


def _fill(panels: Any, seen: Sequence[Observed]) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    first = seen[0]
    prices, spread, depth, volume, volatility = panels
    _prices(prices, seen)
    _spread(spread, first)
    _depth(depth, first)
    _volume(volume, first)
    _volatility(volatility, first)
    volatility.set_xlim(_when(first.begin), _when(max(first.end, first.begin + SECOND)))
    locator = AutoDateLocator(minticks=4, maxticks=9)
    volatility.xaxis.set_major_locator(locator)
    volatility.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    day = _when(first.begin).date().isoformat()
    volatility.set_xlabel(f"{day}, market time, UTC")


def _when(time: int) -> datetime:
    return datetime.fromtimestamp(time / SECOND, UTC)


def _line(
    axes: Axes, points: Sequence[tuple[int, float]], colour: str, name: str, most: int = POINTS
) -> None:
    if points:
        short = extremes(points, most)
        axes.plot(
            [_when(time) for time, _ in short],  # type: ignore[arg-type]
            [value for _, value in short],
            color=colour,
            label=name,
            drawstyle="steps-post",
        )


def _looks(axes: Axes, rows: Sequence[tuple[int, int]], every: int, colour: str, name: str) -> None:
    """A line of prices that were looked at, but none where there was no price for a while."""
    points = [(time, price / _UNIT) for time, price in rows if price != NOTHING]
    for part in runs(points, 2 * every):
        most = max(POINTS * len(part) // len(points), 2)
        _line(axes, [*part, (part[-1][0] + every, part[-1][1])], colour, name, most)
        name = ""


def _title(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontweight="bold", color=_INK)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=6, frameon=False)


def _prices(axes: Axes, seen: Sequence[Observed]) -> None:
    first, several = seen[0], len(seen) > 1
    for number, each in enumerate(seen):
        name = f"{each.venue} " if several else ""
        worth = [(time, price / _UNIT) for time, price in each.prices]
        if not several:
            _line(axes, worth, _WORTH, f"worth, by {each.source}")
        bid, ask = ((_BID, _ASK), *_OTHERS)[number % 3]
        _looks(axes, [(row[0], row[1]) for row in each.books], each.every, bid, f"{name}bid")
        _looks(axes, [(row[0], row[3]) for row in each.books], each.every, ask, f"{name}offer")
    shown = [] if several else thinned(first.trades, POINTS)
    if shown:
        axes.plot(
            [_when(row[0]) for row in shown],  # type: ignore[arg-type]
            [row[1] / _UNIT for row in shown],
            ".",
            color=_INK,
            markersize=1.5,
            label="trades",
        )
    venues = " and ".join(each.venue for each in seen)
    _title(axes, f"{first.symbol} at {venues}: price")


def _spread(axes: Axes, seen: Observed) -> None:
    points = spreads(seen)
    for part in runs(points, 2 * seen.every):
        rows = ranges(part, max(POINTS // 2 * len(part) // len(points), 1))
        rows.append((part[-1][0] + seen.every, *rows[-1][1:]))
        if len(rows) < len(part):
            times = [_when(row[0]) for row in rows]
            lows, highs = [row[1] for row in rows], [row[3] for row in rows]
            axes.fill_between(times, lows, highs, step="post", color=_WORTH, alpha=0.35, lw=0)  # type: ignore[arg-type]
        _line(axes, [(row[0], row[2]) for row in rows], _INK, "")
    if points:
        axes.set_ylim(bottom=min(0.0, *(value for _, value in points)))
    _title(axes, "spread, ticks: the mean, from least to greatest")


def _depth(axes: Axes, seen: Observed) -> None:
    rows = thinned(seen.books, POINTS // 2)
    times = [_when(row[0]) for row in rows]
    for at, sign, colour, name in ((2, 1, _BID, "bid"), (4, -1, _ASK, "offered")):
        values = [sign * row[at] / _UNIT for row in rows]
        axes.fill_between(times, values, step="post", color=colour, alpha=0.35, lw=0, label=name)  # type: ignore[arg-type]
    _title(axes, "depth, quantity of the best five levels")


def _volume(axes: Axes, seen: Observed) -> None:
    length = max(seen.end - seen.begin, SECOND)
    width = length / BARS / (86_400 * SECOND)  # days, as matplotlib has it
    for buys, colour, name in ((True, _BID, "bought"), (False, _ASK, "sold")):
        times = [(row[0], row[2]) for row in seen.trades if (row[3] == BUY) is buys]
        sums = by_span(times, seen.begin, seen.end, BARS)
        starts = [_when(seen.begin + length * number // BARS) for number in range(BARS)]
        heights = [(1 if buys else -1) * amount / _UNIT for amount in sums]
        if any(sums):
            axes.bar(starts, heights, width, align="edge", color=colour, alpha=0.6, label=name)  # type: ignore[arg-type]
    _title(axes, "volume, by who took")


def _volatility(axes: Axes, seen: Observed) -> None:
    step = max(seen.every, SECOND)
    _line(axes, volatilities(seen, step, BARS), _INK, "")
    _title(axes, f"volatility, basis points of a return of {step // SECOND} s")
