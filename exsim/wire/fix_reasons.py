"""
SessionRejectReason(373): what may be wrong with a message.

Of a tag that is not defined at all FIX says either 0, "invalid tag number", or 3, "undefined tag";
exsim says 0.
"""

from __future__ import annotations

from typing import Final

INVALID_TAG: Final = 0
REQUIRED_TAG_MISSING: Final = 1
TAG_NOT_FOR_MESSAGE: Final = 2
TAG_WITHOUT_VALUE: Final = 4
VALUE_INCORRECT: Final = 5
INCORRECT_FORMAT: Final = 6
COMP_ID_PROBLEM: Final = 9
SENDING_TIME_PROBLEM: Final = 10
INVALID_MSG_TYPE: Final = 11
TAG_REPEATED: Final = 13
TAG_OUT_OF_ORDER: Final = 14
GROUP_OUT_OF_ORDER: Final = 15
GROUP_COUNT_WRONG: Final = 16
INVALID_APPL_VER: Final = 18
OTHER: Final = 99

RIGHT: Final = -1
"""What stands for none of these."""
