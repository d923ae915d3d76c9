"""Series made shorter for pictures, and what happened counted by spans of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import TypeVar

from exsim.facts.observed import NOTHING, Observed, in_steps, middles
from exsim.facts.statistics import returns

Row = TypeVar("Row", bound=tuple[int, ...])


def thinned(rows: Sequence[Row], most: int) -> list[Row]:
    """No more than about ``most`` of the rows, evenly, and the last."""
    step = -(-len(rows) // most) if most else 1
    found = list(rows[:: max(step, 1)])
    if rows and found[-1] is not rows[-1]:
        found.append(rows[-1])
    return found


def extremes(points: Sequence[tuple[int, float]], most: int) -> list[tuple[int, float]]:
    """The same of a line, with the least and greatest of what is left out: no spike is lost."""
    size = -(-len(points) // max(most // 2, 1))
    if size <= 2:
        return list(points)
    found: list[tuple[int, float]] = []
    for at in range(0, len(points), size):
        part = points[at : at + size]
        low, high = min(part, key=_value), max(part, key=_value)
        found += sorted({low, high})
    return found


def runs(points: Sequence[tuple[int, float]], apart: int) -> list[list[tuple[int, float]]]:
    """The parts of a line between which there is nothing for longer than ``apart``."""
    found: list[list[tuple[int, float]]] = []
    last = None
    for point in points:
        if last is None or point[0] - last > apart:
            found.append([])
        found[-1].append(point)
        last = point[0]
    return found


def ranges(points: Sequence[tuple[int, float]], most: int) -> list[tuple[int, float, float, float]]:
    """No more than about ``most`` parts of a line: first time, least, mean and greatest of each."""
    size = max(-(-len(points) // most), 1)
    found = []
    for at in range(0, len(points), size):
        values = [value for _, value in points[at : at + size]]
        found.append((points[at][0], min(values), fmean(values), max(values)))
    return found


def _value(point: tuple[int, float]) -> float:
    return point[1]


def spreads(seen: Observed) -> list[tuple[int, float]]:
    """How far best bid and best offer were apart, in ticks, where both were there."""
    return [
        (time, (ask - bid) / seen.tick)
        for time, bid, _, ask, _ in seen.books
        if bid != NOTHING and ask != NOTHING
    ]


def by_span(times: Iterable[tuple[int, int]], begin: int, end: int, spans: int) -> list[int]:
    """Sums of amounts, each at a time, in as many spans of time that are alike."""
    sums = [0] * spans
    length = max(end - begin, 1)
    for time, amount in times:
        if begin <= time <= end:
            sums[min((time - begin) * spans // length, spans - 1)] += amount
    return sums


def volatilities(seen: Observed, step: int, spans: int) -> list[tuple[int, float]]:
    """
    The deviation of returns in hundredths of a per cent, of one ``step`` each, span by span: the
    time at its middle.
    """
    points = middles(seen)
    values = returns(in_steps(points, seen.end, step))
    if not values or min(value for _, value in points) <= 0:
        return []
    size = max(len(values) // spans, 2)
    found = []
    for at in range(0, len(values) - size + 1, size):
        part = values[at : at + size]
        deviation = (sum([value * value for value in part]) / size) ** 0.5
        found.append((points[0][0] + (at + size // 2) * step, 1e4 * deviation))
    return found
