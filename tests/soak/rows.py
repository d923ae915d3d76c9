"""What a row of the table of reliability is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Found(NamedTuple):
    """What a run found: a text for each failure, which tells how to see it again."""

    failures: list[str]
    remark: str


class Row(NamedTuple):
    """
    A row: its cases are numbered from 0, and come of the seed and their number alone.

    ``full`` says how many there are for a whole run, ``fast`` how many are run in ``make test``.
    """

    summary: str
    full: int
    fast: int
    run: Callable[[int, Sequence[int]], Found]
