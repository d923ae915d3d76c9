"""Measures what was seen of a market: one number for each stylised fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from statistics import fmean, median
from typing import Final, NamedTuple

from exsim.facts.observed import (
    BUY,
    CANCELED,
    LIMIT,
    MINUTE,
    REPLACED,
    SECOND,
    TAKING,
    Observed,
    in_steps,
    middles,
)
from exsim.facts.references import REFERENCES
from exsim.facts.statistics import (
    LEAST,
    autocorrelation,
    excess_kurtosis,
    returns,
    tail_exponent,
    variation,
)
from exsim.facts.thinning import spreads

DIGITS: Final = 4
"""Digits after the point that are told."""
LAGS: Final = range(1, 11)
"""Minutes that sizes of returns are correlated over."""

Measured = tuple[float | None, int]
"""A number, None where too little was seen to say, and how much was seen for it."""


class Fact(NamedTuple):
    """
    One fact of a market. ``value`` is None where too little was seen; ``seen`` says how many were,
    of what ``of`` says.
    """

    name: str
    title: str
    value: float | None
    seen: int
    of: str
    reference: str
    source: str


def facts_of(seen: Observed) -> list[Fact]:
    """All facts, in the order of :data:`exsim.facts.references.REFERENCES`."""
    found = []
    for each in REFERENCES:
        value, count = _MEASURES[each.name](seen)
        value = None if value is None else round(value, DIGITS)
        found.append(Fact(each.name, each.title, value, count, each.of, each.found, each.source))
    return found


def _returns(seen: Observed, step: int) -> list[float]:
    """Returns of the middle of the book, of one step each; none where it was looked at less."""
    if seen.every > step:
        return []
    return returns(in_steps(middles(seen), seen.end, step))


def _kurtosis_1s(seen: Observed) -> Measured:
    values = _returns(seen, SECOND)
    return excess_kurtosis(values), len(values)


def _kurtosis_1m(seen: Observed) -> Measured:
    values = _returns(seen, MINUTE)
    return excess_kurtosis(values), len(values)


def _return_correlation(seen: Observed) -> Measured:
    values = _returns(seen, MINUTE)
    return autocorrelation(values, 1), len(values)


def _clustering(seen: Observed) -> Measured:
    values = [abs(value) for value in _returns(seen, MINUTE)]
    found = [autocorrelation(values, lag) for lag in LAGS]
    known = [value for value in found if value is not None]
    return (fmean(known) if len(known) == len(LAGS) else None), len(values)


def _spread(seen: Observed) -> Measured:
    values = [value for _, value in spreads(seen)]
    return (median(values) if values else None), len(values)


def _sizes(seen: Observed) -> list[int]:
    return [qty for _, qty, what in seen.orders if what in (LIMIT, TAKING)]


def _size_skew(seen: Observed) -> Measured:
    sizes = _sizes(seen)
    return (fmean(sizes) / median(sizes) if len(sizes) >= LEAST else None), len(sizes)


def _size_tail(seen: Observed) -> Measured:
    sizes = _sizes(seen)
    return tail_exponent(sizes), len(sizes)


def _cancel_ratio(seen: Observed) -> Measured:
    """One that is replaced ends, and another begins, as ITCH has it."""
    begun = sum([what in (LIMIT, REPLACED) for _, _, what in seen.orders])
    ended = sum([what in (CANCELED, REPLACED) for _, _, what in seen.orders])
    return (min(ended / begun, 1.0) if begun >= LEAST else None), begun


def _gaps(times: Iterable[int]) -> list[float]:
    """Times between; what happened at one time is one."""
    return [float(after - before) for before, after in pairwise(sorted(set(times)))]


def _order_gaps(seen: Observed) -> Measured:
    gaps = _gaps(time for time, _, what in seen.orders if what != CANCELED)
    return variation(gaps), len(gaps)


def _trade_gaps(seen: Observed) -> Measured:
    gaps = _gaps(row[0] for row in seen.trades)
    return variation(gaps), len(gaps)


def _sign_correlation(seen: Observed) -> Measured:
    """What one order took of several is one."""
    takers = dict.fromkeys((row[0], row[3]) for row in seen.trades)
    signs = [1.0 if side == BUY else -1.0 for _, side in takers]
    return autocorrelation(signs, 1), len(signs)


_MEASURES: Final[dict[str, Callable[[Observed], Measured]]] = {
    "kurtosis_1s": _kurtosis_1s,
    "kurtosis_1m": _kurtosis_1m,
    "return_correlation": _return_correlation,
    "clustering": _clustering,
    "spread": _spread,
    "size_skew": _size_skew,
    "size_tail": _size_tail,
    "cancel_ratio": _cancel_ratio,
    "order_gaps": _order_gaps,
    "trade_gaps": _trade_gaps,
    "sign_correlation": _sign_correlation,
}


def table(facts: list[Fact]) -> str:
    """The facts for people, beside what real markets have."""
    rows = [("fact", "here", "in real markets", "source")]
    for fact in facts:
        here = "-" if fact.value is None else f"{fact.value:.3g}"
        rows.append((fact.title, here, fact.reference, fact.source))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for title, here, reference, source in rows:
        lines.append(f"{title:{widths[0]}}  {here:>{widths[1]}}  {reference:{widths[2]}}  {source}")
    return "\n".join(lines)
