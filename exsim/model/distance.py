"""How far a price is from another, as people write it: in ticks, or in parts of the price."""

from __future__ import annotations

from typing import NamedTuple

from exsim.model.amounts import UNIT, parse_amount
from exsim.model.settings import Instrument


class Distance(NamedTuple):
    """
    How far a price is from another: ``ticks``, or ``bps`` of the price (each in units of 10^-8).
    """

    ticks: int
    bps: int

    def of(self, instrument: Instrument, price: int) -> int:
        """That in units of 10^-8, at a price; not rounded."""
        if self.bps:
            return abs(price) * self.bps // (10_000 * UNIT)
        return instrument.tick_at(price) * self.ticks // UNIT


def distance(value: str) -> Distance:
    """Ticks such as ``4``, or hundredths of a per cent of the price such as ``10bp``."""
    found = _read(value)
    if found is None or found.ticks < 0 or found.bps < 0:
        raise ValueError(f"{value!r} is neither a number of ticks such as 4, nor one such as 10bp")
    return found


def offset(value: str) -> Distance:
    """The same, or below: ``-2``, ``-10bp``; also per cent, such as ``0.1%``."""
    found = _read(value)
    if found is None:
        raise ValueError(
            f"{value!r} is neither a number of ticks such as 4 or -4, nor one such as 10bp or 0.1%"
        )
    return found


def _read(value: str) -> Distance | None:
    """Either; None where it is none of them."""
    for unit, scale in (("bp", 1), ("%", 100), ("", 0)):
        if value.endswith(unit):
            try:
                number = parse_amount(value.removesuffix(unit).strip())
            except ValueError:
                return None
            if abs(number) > 1_000_000 * UNIT:
                return None
            return Distance(0, number * scale) if scale else Distance(number, 0)
    return None
