"""What bots and whoever runs them have in common: how busy they are, and their orders."""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import UNIT, parse_amount
from exsim.model.options import duration

BOT: Final = "bot:"
"""What the name begins with under which a bot enters its orders: no session has such a name."""

WORDS: Final = {"none": 0.0, "slow": 0.25, "normal": 1.0, "fast": 4.0}
"""How busy bots are, in words: times as many orders as their settings say."""


class Activity:
    """
    How busy a bot is: ``factor`` times as its settings say, or with ``rate`` so many orders a
    second. ``text`` is how that is written.
    """

    __slots__ = ("factor", "rate", "text")

    def __init__(self, text: str, factor: float, rate: float | None = None) -> None:
        self.text = text
        self.factor = factor
        self.rate = rate

    def times(self, rate: float) -> float:
        """How many times as busy as a bot that would enter ``rate`` orders a second."""
        if self.rate is None:
            return self.factor
        return self.rate / rate if rate > 0 else 0.0


NORMAL: Final = Activity("normal", 1.0)


def activity(value: str) -> Activity:
    """
    ``none``, ``slow``, ``normal``, ``fast``, a factor such as ``x2.5``, or orders a second: ``20``.

    :raises ValueError: for anything else.
    """
    factor = WORDS.get(value)
    if factor is not None:
        return Activity(value, factor)
    times = value[:1] == "x"
    try:
        number = parse_amount(value[1:] if times else value)
    except ValueError:
        number = -1
    if number < 0 or number > 1_000_000 * UNIT:
        known = ", ".join(WORDS)
        raise ValueError(
            f"{value[:32]!r} is none of {known}, a factor such as x2.5, or orders a second such"
            " as 20"
        )
    if times:
        return Activity(value, number / UNIT)
    return Activity(value, 1.0, number / UNIT)


Spans = tuple[tuple[int, int], ...]
"""Times from and to, nanoseconds since the beginning, in order; none for always."""
EVER: Final = 2**62


def spans(value: str) -> Spans:
    """
    ``30s-75s, 3m-`` as times from and to, the last with no end.

    :raises ValueError: for anything else, or where one begins before the last one ended.
    """
    found: list[tuple[int, int]] = []
    for part in filter(None, (each.strip() for each in value.split(","))):
        begin, dash, end = (each.strip() for each in part.partition("-"))
        span = (duration(begin), duration(end) if end else EVER)
        if not dash or span[0] >= span[1] or (found and span[0] <= found[-1][1]):
            raise ValueError(f"{part!r} is no time later than the last, such as 30s-75s or 3m-")
        found.append(span)
    return tuple(found)


def turn(spans: Spans, passed: int) -> tuple[bool, int]:
    """Whether a time is in one of them, and when that changes: :data:`EVER` for never."""
    for begin, end in spans:
        if passed < begin:
            return False, begin
        if passed < end:
            return True, end
    return not spans, EVER


class BotOrder:
    """
    An order that a bot has: what is ``filled`` of it, and ``leaves`` open; prices and quantities
    are in units of 10^-8. One that was not answered yet is as it was entered.
    """

    __slots__ = ("cl_ord_id", "filled", "leaves", "price", "side", "symbol")

    def __init__(
        self, cl_ord_id: str, symbol: str, side: int, price: int, leaves: int, filled: int = 0
    ) -> None:
        self.cl_ord_id = cl_ord_id
        self.symbol = symbol
        self.side = side
        self.price = price
        self.leaves = leaves
        self.filled = filled
