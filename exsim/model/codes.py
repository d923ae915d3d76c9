"""
The code sets of orders and reports, protocol-neutral.

Values follow FIX where FIX has one character or digit for them, so that a debugger shows
familiar numbers; a protocol module still maps every code explicitly.
"""

from __future__ import annotations

from enum import Enum, IntEnum


class Side(IntEnum):
    """Side(54)."""

    BUY = 1
    SELL = 2
    SELL_SHORT = 5
    SELL_SHORT_EXEMPT = 6


class OrdType(IntEnum):
    """OrdType(40): what the matching engine knows today."""

    MARKET = 1
    LIMIT = 2


class TimeInForce(IntEnum):
    """TimeInForce(59): what the matching engine knows today."""

    DAY = 0
    IOC = 3
    FOK = 4


class OrdStatus(IntEnum):
    """OrdStatus(39), the live state of an order."""

    NEW = 0
    PARTIALLY_FILLED = 1
    FILLED = 2
    CANCELED = 4
    REPLACED = 5
    REJECTED = 8
    EXPIRED = 12


OPEN_STATUSES = frozenset({OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED, OrdStatus.REPLACED})


class ReportKind(IntEnum):
    """What a report tells: the event behind ExecType(150) and ExecTransType(20)."""

    NEW = 0
    FILL = 1
    CANCELED = 4
    REPLACED = 5
    REJECTED = 8
    EXPIRED = 12
    STATUS = 18


class Reason(Enum):
    """
    Why something was refused, once for all protocols.

    A protocol maps each reason to its version's own list, OrdRejReason(103),
    CxlRejReason(102), BusinessRejectReason(380) and so on. The value is the text that a
    reject carries where nothing more is known.
    """

    UNKNOWN_SYMBOL = "unknown symbol"
    CLOSED = "the instrument is not open for trading"
    DUPLICATE = "duplicate ClOrdID"
    UNKNOWN_ORDER = "unknown order"
    TOO_LATE = "too late: the order is no longer open"
    QUANTITY = "incorrect quantity"
    PRICE = "incorrect price"
    TICK = "the price is no multiple of the tick"
    UNSUPPORTED = "unsupported order characteristic"
    UNSUPPORTED_MESSAGE = "unsupported message type"
    NO_PRICE = "there is no price to fill at"
    POLICY = "refused by a policy"
    THROTTLED = "throttle limit exceeded"
    OTHER = "other"
