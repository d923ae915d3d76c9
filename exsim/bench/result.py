"""What a benchmark found, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Row:
    """
    What one thing took, in microseconds each time.

    One round in ten took less than ``low``, one in ten more than ``high``; ``case`` names the rows
    that belong together.
    """

    case: str
    name: str
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Result:
    """
    The outcome of a benchmark.

    :param benchmark: its name.
    :param what: a sentence that says what was measured.
    :param machine: the Python that it ran on, and whether exsim is compiled.
    :param rounds: how many times each thing was measured.
    :param times: how many times in a row it was done in each of them.
    :param ok: always: what it measures is checked while it is.
    """

    benchmark: str
    what: str
    machine: str
    rounds: int
    times: int
    rows: tuple[Row, ...]
    ok: bool = True

    def table(self) -> str:
        """The result for people."""
        width = max(10, *(len(row.name) for row in self.rows))
        rounds = f"{self.rounds} round{'s' * (self.rounds != 1)} of {self.times}"
        lines = [self.what, f"{rounds}; {self.machine}.", ""]
        lines.append(f"{'microseconds':{width + 2}}  median  10% to 90%")
        case = ""
        for row in self.rows:
            if row.case != case:
                case = row.case
                lines.append(case)
            spread = f"{row.low:.2f} to {row.high:.2f}"
            lines.append(f"  {row.name:{width}}  {row.median:6.2f}  {spread}")
        return "\n".join(lines)

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps({**asdict(self), "unit": "microseconds"})


def row(case: str, name: str, nanoseconds: Sequence[int], times: int) -> Row:
    """A row of what the rounds took, each for so many ``times``."""
    each = [round(taken / times / 1000, 4) for taken in nanoseconds]
    tenths = quantiles(each, n=10, method="inclusive") if len(each) > 1 else each
    return Row(case, name, tenths[0], median(each), tenths[-1])
