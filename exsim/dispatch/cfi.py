"""
What an instrument is by CFICode(461), as far as that follows of what is known of it.

A code of ISO 10962 has six letters: the category, the group, and attributes. ``X`` stands for what
is not known, on either side.
"""

from __future__ import annotations

from typing import Final

from exsim.model.settings import Instrument

_KINDS: Final = {
    "CS": "ES",
    "PS": "EP",
    "MF": "CI",
    "ETF": "CE",
    "FUT": "F",
    "OPT": "O",
    "FXSPOT": "IF",
    "FXFWD": "JF",
    "FXNDF": "JF",
    "FXSWAP": "SF",
    "MLEG": "K",
    "CRYPTO": "T",
    "CASH": "T",
    "INDEX": "TI",
    "REPO": "L",
}
"""Category and group by SecurityType(167); all others are debt, D."""
_RIGHTS: Final = {"call": "C", "put": "P"}


def is_of(instrument: Instrument, code: str) -> bool:
    """Whether nothing that is known of an instrument speaks against a CFICode."""
    known = _KINDS.get(instrument.security_type, "D")
    if known == "O":
        known += _RIGHTS.get(instrument.put_call, "X")
    pairs = zip(known, code.upper(), strict=False)
    return all(asked in ("X", letter) or letter == "X" for letter, asked in pairs)
