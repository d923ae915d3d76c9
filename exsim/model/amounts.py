"""
Prices and quantities: integers in units of 10^-8, and their decimal text.

Every amount is a signed 64-bit integer, which holds up to 92,233,720,368.54775807. Text
outside that range, or with more than eight decimals, is refused at the edge.
"""

from __future__ import annotations

from typing import Final

DECIMALS: Final = 8
UNIT: Final = 10**DECIMALS
LARGEST: Final = 2**63 - 1
_LONGEST: Final = 32  # characters; bounds the work that a hostile number can cause


def parse_amount(text: str) -> int:
    """
    Read an exact decimal such as ``100``, ``-0.5`` or ``100.02`` as units of 10^-8.

    :raises ValueError: when it is no plain decimal, too precise, or too large.
    """
    digits = text[1:] if text[:1] == "-" else text
    whole, _point, fraction = digits.partition(".")
    plain = whole + fraction
    if not plain.isascii() or not plain.isdigit() or len(text) > _LONGEST:
        raise ValueError(f"{text[:_LONGEST]!r} is no decimal number such as 100 or 100.25")
    fraction = fraction.rstrip("0")
    if len(fraction) > DECIMALS:
        raise ValueError(f"{text!r} has more than {DECIMALS} decimals")
    value = int(whole or "0") * UNIT + int(fraction.ljust(DECIMALS, "0"))
    if value > LARGEST:
        raise ValueError(f"{text!r} is out of range: at most {format_amount(LARGEST)}")
    return -value if digits is not text else value


def format_amount(value: int) -> str:
    """Write units of 10^-8 as the shortest exact decimal."""
    sign = "-" if value < 0 else ""
    whole, fraction = divmod(abs(value), UNIT)
    if not fraction:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{fraction:0{DECIMALS}d}".rstrip("0")
