"""How long things took, counted in buckets that double: one addition each, and no float."""

from __future__ import annotations

from typing import Final

LEAST: Final = 10
"""The first bucket holds what took less than 2**LEAST nanoseconds, about a microsecond."""
BUCKETS: Final = 28
"""Each next one is told as what took less than twice as long; the last has all over a minute."""


class Durations:
    """A histogram. ``counts`` are by bucket, ``total`` is the sum of all, in nanoseconds."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * 64  # enough for any time, so that none has to be checked
        self.total = 0

    def add(self, time: int) -> None:
        """Something took so many nanoseconds; none counts where a clock was set back meanwhile."""
        if time >= 0:
            self.counts[(time >> LEAST).bit_length()] += 1
            self.total += time

    def cumulative(self) -> list[tuple[str, float]]:
        """For each bucket the seconds that it ends at, as text, and how many took less."""
        found: list[tuple[str, float]] = []
        count = 0
        for bucket in range(BUCKETS - 1):
            count += self.counts[bucket]
            found.append((f"{(1 << (LEAST + bucket)) / 1e9:.9f}", count))
        return [*found, ("+Inf", sum(self.counts))]
