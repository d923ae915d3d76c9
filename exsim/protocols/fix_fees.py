"""What a fill costs, as its report tells it: Commission(12), or the group NoMiscFees(136)."""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import format_amount
from exsim.protocols.fix_versions import Version

NO: Final = "no"
COMMISSION: Final = "commission"
MISC_FEES: Final = "misc-fees"

_WITHOUT_GROUP: Final = frozenset(("FIX.4.1", "FIX.4.2", "FIX.4.3"))
"""Versions whose ExecutionReport(8) has no NoMiscFees."""


def fee_fields(amount: int, how: str, version: Version) -> bytes:
    """
    The fields of a fee in units of 10^-8, below 0 for a rebate.

    CommType(13) 3 is an absolute amount, MiscFeeType(139) 4 a fee of the exchange. A version whose
    reports have no NoMiscFees(136) has it as Commission(12) in any case.
    """
    text = format_amount(amount)
    if how == MISC_FEES and version.name not in _WITHOUT_GROUP:
        return f"136=1\x01137={text}\x01139=4\x01".encode()
    return f"12={text}\x0113=3\x01".encode()
