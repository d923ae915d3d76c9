"""The statistics that stylised facts are made of; each is None where there is too little."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log, sqrt
from statistics import fmean

LEAST = 20
"""How many values there have to be."""


def returns(values: Sequence[float]) -> list[float]:
    """Logarithms of what a price became of itself; differences where one is not above zero."""
    pairs = pairwise(values)
    if values and min(values) <= 0:
        return [after - before for before, after in pairs]
    return [log(after / before) for before, after in pairs]


def excess_kurtosis(values: Sequence[float]) -> float | None:
    """How much heavier the tails are than those of a normal distribution, which has 0."""
    if len(values) < LEAST:
        return None
    mean = fmean(values)
    second = fmean([(value - mean) ** 2 for value in values])
    if second == 0.0:
        return None
    return fmean([(value - mean) ** 4 for value in values]) / second**2 - 3.0


def autocorrelation(values: Sequence[float], lag: int) -> float | None:
    """How values correlate with those that are ``lag`` later: from -1 to 1."""
    if len(values) < LEAST + lag:
        return None
    mean = fmean(values)
    apart = [value - mean for value in values]
    total = sum([value * value for value in apart])
    if total == 0.0:
        return None
    return sum([one * other for one, other in zip(apart, apart[lag:], strict=False)]) / total


def variation(values: Sequence[float]) -> float | None:
    """The standard deviation by the mean: 1 for the times between events of a Poisson process."""
    if len(values) < LEAST:
        return None
    mean = fmean(values)
    if mean == 0.0:
        return None
    return sqrt(fmean([(value - mean) ** 2 for value in values])) / mean


def tail_exponent(values: Sequence[float], share: float = 0.05) -> float | None:
    """
    By which power of a size fewer are greater: Hill's estimator, of the greatest ``share``.
    """
    count = int(len(values) * share)
    if count < LEAST:
        return None
    greatest = sorted(values, reverse=True)[: count + 1]
    least = greatest.pop()
    if least <= 0:
        return None
    spread = fmean([log(value / least) for value in greatest])
    return 1.0 / spread if spread else None
