"""What a FIX session does differently from version to version, as data."""

from __future__ import annotations

from typing import Final

from exsim.wire.fix_reasons import (
    COMP_ID_PROBLEM,
    INCORRECT_FORMAT,
    INVALID_MSG_TYPE,
    INVALID_TAG,
    REQUIRED_TAG_MISSING,
    SENDING_TIME_PROBLEM,
    TAG_WITHOUT_VALUE,
    VALUE_INCORRECT,
)


class SessionVersion:
    """
    The facts of one BeginString.

    ``digits`` are those of a second in time stamps; ``infinity`` is EndSeqNo(16) of a
    ResendRequest for all that was sent; ``reject_details`` says whether a Reject(3) has
    RefTagID(371), RefMsgType(372) and SessionRejectReason(373), and ``reject_reasons`` which
    codes the last may have; ``appl_ver_id`` says whether a Logon has DefaultApplVerID(1137) and
    SessionStatus(1409), ``next_expected`` whether it has NextExpectedMsgSeqNum(789).
    """

    __slots__ = (
        "appl_ver_id",
        "digits",
        "infinity",
        "next_expected",
        "reject_details",
        "reject_reasons",
    )

    def __init__(
        self,
        digits: int,
        infinity: int,
        reject_reasons: frozenset[int],
        next_expected: bool = False,
        appl_ver_id: bool = False,
    ) -> None:
        self.digits = digits
        self.infinity = infinity
        self.reject_details = bool(reject_reasons)
        self.reject_reasons = reject_reasons
        self.next_expected = next_expected
        self.appl_ver_id = appl_ver_id


_NONE: Final[frozenset[int]] = frozenset()

SESSION_VERSIONS: Final = {
    b"FIX.4.0": SessionVersion(0, 999_999, _NONE),
    b"FIX.4.1": SessionVersion(0, 999_999, _NONE),
    b"FIX.4.2": SessionVersion(3, 0, frozenset(range(12))),
    b"FIX.4.3": SessionVersion(3, 0, frozenset(range(18))),
    b"FIX.4.4": SessionVersion(3, 0, frozenset((*range(18), 99)), next_expected=True),
    b"FIXT.1.1": SessionVersion(
        3, 0, frozenset((*range(19), 99)), next_expected=True, appl_ver_id=True
    ),
}
"""By BeginString(8): the session versions that exsim speaks."""

APPL_VER_IDS: Final = frozenset(b"2 3 4 5 6 7 8 9".split())
"""ApplVerID codes that exsim speaks over FIXT.1.1: FIX.4.0 to FIX.5.0SP2."""

REJECT_TEXTS: Final = {
    INVALID_TAG: "Invalid tag number",
    REQUIRED_TAG_MISSING: "Required tag missing",
    2: "Tag not defined for this message type",
    3: "Undefined tag",
    TAG_WITHOUT_VALUE: "Tag specified without a value",
    VALUE_INCORRECT: "Value is incorrect (out of range) for this tag",
    INCORRECT_FORMAT: "Incorrect data format for value",
    7: "Decryption problem",
    8: "Signature problem",
    COMP_ID_PROBLEM: "CompID problem",
    SENDING_TIME_PROBLEM: "SendingTime accuracy problem",
    INVALID_MSG_TYPE: "Invalid MsgType",
    12: "XML validation error",
    13: "Tag appears more than once",
    14: "Tag specified out of required order",
    15: "Repeating group fields out of order",
    16: "Incorrect NumInGroup count for repeating group",
    17: "Non data value includes field delimiter",
    18: "Invalid or unsupported application version",
}
"""Text(58) of a Reject(3) that says no more than its reason."""
