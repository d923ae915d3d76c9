"""
What each version of FIX has, or asks for, as tables of steps.

A table such as ``(("FIX.4.0", 0), ("FIX.4.4", 99))`` says what holds from a version on. What they
come to for one version is in :mod:`exsim.protocols.fix_versions`.
"""

from __future__ import annotations

from typing import Final

from exsim.model.codes import Reason

Steps = tuple[tuple[str, int | None], ...]

# -- fields that a request must have, apart from those required only under a condition

REQUIRED: Final[dict[bytes, tuple[tuple[str, str], ...]]] = {
    b"D": (  # NewOrderSingle
        ("FIX.4.0", "11 21 55 54 38 40"),
        ("FIX.4.1", "11 21 55 54 40"),
        ("FIX.4.2", "11 21 55 54 60 40"),
        ("FIX.4.3", "11 21 54 60 40"),
        ("FIX.4.4", "11 54 60 40"),
    ),
    b"F": (  # OrderCancelRequest
        ("FIX.4.0", "41 11 125 55 54 38"),
        ("FIX.4.1", "41 11 55 54"),
        ("FIX.4.2", "41 11 55 54 60"),
        ("FIX.4.3", "41 11 54 60"),
        ("FIX.5.0SP1", "11 54 60"),
    ),
    b"G": (  # OrderCancelReplaceRequest
        ("FIX.4.0", "41 11 21 55 54 38 40"),
        ("FIX.4.1", "41 11 21 55 54 40"),
        ("FIX.4.2", "41 11 21 55 54 60 40"),
        ("FIX.4.3", "41 11 21 54 60 40"),
        ("FIX.4.4", "41 11 54 60 40"),
        ("FIX.5.0SP1", "11 54 60 40"),
    ),
    b"H": (  # OrderStatusRequest
        ("FIX.4.0", "11 55 54"),
        ("FIX.4.3", "11 54"),
        ("FIX.5.0SP1", "54"),
    ),
}

# -- what an order brings and its reports take back; Text(58) comes first, since a report that
# has a text of its own leaves out the one that the order brought

CARRIED: Final = (
    ("FIX.4.0", "58 1 109"),
    ("FIX.4.3", "58 1 526 453"),
)
CANCEL_REJECT_CARRIED: Final = (
    ("FIX.4.0", "58 109"),
    ("FIX.4.2", "58 1 109"),
    ("FIX.4.3", "58 1 526"),
    ("FIX.5.0SP2", "58 1 526 453"),
)
"""Those of them that OrderCancelReject(9) has."""
MASS_CARRIED: Final = (("FIX.4.0", ""), ("FIX.4.3", "526"), ("FIX.5.0", "526 453"))
"""Those of them that the answers to mass cancels have."""

_DISPLAY: Final = "1138 1082 1083 1084 1085 1086 1087 1088"
_PEG: Final = "211 835 836 837 838 840"
_TRIGGER: Final = "1100 1101 1102 1103 1104 1105 1106 1107 1108 1109 1110 1111 1112 1113 1114"
_DISCRETION: Final = "388 389 841 842 843 844 846"
TOLD: Final = (
    ("FIX.4.0", "18 99 126"),
    ("FIX.4.1", "18 99 126 211"),
    ("FIX.4.2", "18 99 110 111 126 152 210 211 388 389 432"),
    ("FIX.4.4", f"18 99 110 111 126 152 210 432 {_PEG} {_DISCRETION}"),
    (
        "FIX.5.0",
        f"18 99 110 111 126 152 210 432 {_PEG} 1094 1096 1097 1098 1099 {_DISCRETION}"
        f" {_DISPLAY} {_TRIGGER}",
    ),
    (
        "FIX.5.0SP2",
        f"18 99 110 111 126 152 210 432 {_PEG} 1094 1096 1097 1098 1099 {_DISCRETION}"
        f" {_DISPLAY} {_TRIGGER} 2362",
    ),
)
"""What an order asks for (its instructions) that its reports have a field for."""

# -- reasons: a reason that a table does not name is "other"

ORD_REJ_REASONS: Final[dict[Reason, tuple[tuple[str, int], ...]]] = {
    Reason.UNKNOWN_SYMBOL: (("FIX.4.0", 1),),
    Reason.CLOSED: (("FIX.4.0", 2),),
    Reason.TOO_LATE: (("FIX.4.0", 4),),
    Reason.UNKNOWN_ORDER: (("FIX.4.1", 5),),
    Reason.DUPLICATE: (("FIX.4.1", 6),),
    Reason.UNSUPPORTED: (("FIX.4.3", 11),),
    Reason.UNSUPPORTED_MESSAGE: (("FIX.4.3", 11),),
    Reason.QUANTITY: (("FIX.4.4", 13),),
    Reason.TICK: (("FIX.5.0", 18),),
    Reason.BAND: (("FIX.5.0SP1", 16),),
    Reason.NOTIONAL: (("FIX.4.0", 3), ("FIX.5.0SP2", 20)),
    Reason.RISK: (("FIX.4.0", 3),),
    Reason.SHORT_SALE: (("FIX.5.0SP2", 22),),
    Reason.STALE: (("FIX.4.2", 8),),
    Reason.SPOKEN: (("FIX.4.2", 7),),
    Reason.ACCOUNT: (("FIX.4.4", 15),),
}
ORD_REJ_OTHER: Final[Steps] = (("FIX.4.0", 0), ("FIX.4.4", 99))
"""OrdRejReason(103); 0 is "broker option", the nearest to "other" below FIX.4.4."""

CXL_REJ_REASONS: Final[dict[Reason, tuple[tuple[str, int], ...]]] = {
    Reason.TOO_LATE: (("FIX.4.0", 0),),
    Reason.UNKNOWN_ORDER: (("FIX.4.0", 1),),
    Reason.DUPLICATE: (("FIX.4.3", 6),),
    Reason.PENDING: (("FIX.4.2", 3),),
    Reason.TICK: (("FIX.5.0", 18),),
    Reason.BAND: (("FIX.5.0SP1", 8),),
}
CXL_REJ_OTHER: Final[Steps] = (
    ("FIX.4.0", None),
    ("FIX.4.2", 2),
    ("FIX.4.4", 99),
)
"""CxlRejReason(102); FIX.4.0 and 4.1 have no code for anything else, and need none."""

BUSINESS_REASONS: Final[dict[Reason, tuple[tuple[str, int], ...]]] = {
    Reason.UNKNOWN_ORDER: (("FIX.4.2", 1),),
    Reason.UNKNOWN_SYMBOL: (("FIX.4.2", 2),),
    Reason.UNSUPPORTED_MESSAGE: (("FIX.4.2", 3),),
    Reason.CLOSED: (("FIX.4.2", 4),),
    Reason.KILLED: (("FIX.4.2", 4),),
    Reason.NOT_ALLOWED: (("FIX.4.2", 0), ("FIX.4.3", 6)),
    Reason.TICK: (("FIX.5.0", 18),),
    Reason.THROTTLED: (("FIX.4.2", 0), ("FIX.5.0SP2", 8)),
}
BUSINESS_OTHER: Final[Steps] = (("FIX.4.2", 0),)
"""BusinessRejectReason(380)."""

# -- application messages: the types that each version adds; none was ever taken away

ADDED_MESSAGES: Final = (
    ("FIX.4.0", "6 7 8 9 B C D E F G H J K L M N P Q R S"),
    ("FIX.4.1", "T"),
    ("FIX.4.2", "V W X Y Z a b c d e f g h i j k l m"),
    ("FIX.4.3", "o p q r s t u v w x y z AA AB AC AD AE AF AG AH AI"),
    ("FIX.4.4", "AJ AK AL AM AN AO AP AQ AR AS AT AU AV AW AX AY AZ BA BB BC BD BE BF BG BH"),
    ("FIX.5.0", "BI BJ BK BL BM BN BO BP"),
    ("FIX.5.0SP1", "BQ BR BS BT BU BV BW BX BY BZ CA CB"),
    (
        "FIX.5.0SP2",
        "CC CD CE CF CG CH CI CJ CK CL CM CN CO CQ CR CS CT CU CV CW CX CY CZ DA DB DC DD DE DF"
        " DG DH DI DJ DK DL DM DN DO DP DQ DR DS DT DU DV DW DX DY DZ EA EB",
    ),
)
