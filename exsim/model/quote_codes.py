"""The kinds of request about quotes, and their codes, in the numbers of the newest version."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

QUOTE: Final = "quote"
MASS_QUOTE: Final = "mass-quote"
QUOTE_CANCEL: Final = "quote-cancel"
QUOTE_STATUS: Final = "quote-status"
QUOTE_REQUEST: Final = "quote-request"
QUOTE_RESPONSE: Final = "quote-response"
IOI: Final = "ioi"
"""The kinds of request, as policies and REST name them."""

QUOTE_KINDS: Final = (
    QUOTE,
    MASS_QUOTE,
    QUOTE_CANCEL,
    QUOTE_STATUS,
    QUOTE_REQUEST,
    QUOTE_RESPONSE,
    IOI,
)


class QuoteStatus(IntEnum):
    """What became of a quote: QuoteStatus(297), in the numbers of the newest version."""

    ACCEPTED = 0
    CANCELED_SYMBOL = 1
    CANCELED_TYPE = 2
    CANCELED_UNDERLYING = 3
    CANCELED_ALL = 4
    REJECTED = 5
    REMOVED = 6
    EXPIRED = 7
    NOT_FOUND = 9
    PASS = 11
    ACTIVE = 16
    CANCELED = 17


class CancelType(IntEnum):
    """Which quotes are canceled: QuoteCancelType(298)."""

    OTHER = 0
    SYMBOLS = 1
    SECURITY_TYPE = 2
    UNDERLYING = 3
    ALL = 4
    ONE = 5


class ResponseType(IntEnum):
    """What a taker answers to a quote: QuoteRespType(694). Others mean what ``PASS`` does."""

    HIT = 1
    COUNTER = 2
    EXPIRED = 3
    COVER = 4
    DONE_AWAY = 5
    PASS = 6


class Acks(IntEnum):
    """Which quotes are acknowledged: QuoteResponseLevel(301)."""

    UNSAID = -1
    NONE = 0
    NEGATIVE = 1
    ALL = 2
