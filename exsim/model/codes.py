"""
The code sets of orders and reports, protocol-neutral.

Values follow FIX where FIX has one character or digit for them, so that a debugger shows
familiar numbers; a protocol module still maps every code explicitly.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Final


class Side(IntEnum):
    """Side(54)."""

    BUY = 1
    SELL = 2
    SELL_SHORT = 5
    SELL_SHORT_EXEMPT = 6


class OrdType(IntEnum):
    """
    OrdType(40).

    A limit-if-touched order has no code in any version of FIX; the orders "on close" of old
    versions are market and limit orders at the close.
    """

    MARKET = 1
    LIMIT = 2
    STOP = 3
    STOP_LIMIT = 4
    MARKET_IF_TOUCHED = ord("J")
    MARKET_TO_LIMIT = ord("K")
    PEGGED = ord("P")
    LIMIT_IF_TOUCHED = 1_001


PREVIOUSLY_QUOTED: Final = ord("D")
"""The OrdType of an order on a quote: no book ever takes it, so that it is none of those."""


class TimeInForce(IntEnum):
    """TimeInForce(59)."""

    DAY = 0
    GTC = 1
    AT_OPENING = 2
    IOC = 3
    FOK = 4
    GOOD_TILL_CROSSING = 5
    GTD = 6
    AT_CLOSE = 7
    GOOD_FOR_AUCTION = ord("B")


class OrdStatus(IntEnum):
    """OrdStatus(39), the live state of an order; letters count on from 10."""

    NEW = 0
    PARTIALLY_FILLED = 1
    FILLED = 2
    DONE_FOR_DAY = 3
    CANCELED = 4
    REPLACED = 5
    PENDING_CANCEL = 6
    STOPPED = 7
    REJECTED = 8
    SUSPENDED = 9
    PENDING_NEW = 10
    CALCULATED = 11
    EXPIRED = 12
    PENDING_REPLACE = 14


OPEN_STATUSES = frozenset({OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED, OrdStatus.REPLACED})


class ReportKind(IntEnum):
    """What a report tells: the event behind ExecType(150) and ExecTransType(20)."""

    NEW = 0
    FILL = 1
    DONE_FOR_DAY = 3
    CANCELED = 4
    REPLACED = 5
    PENDING_CANCEL = 6
    STOPPED = 7
    REJECTED = 8
    SUSPENDED = 9
    PENDING_NEW = 10
    CALCULATED = 11
    EXPIRED = 12
    RESTATED = 13
    PENDING_REPLACE = 14
    TRADE_CORRECT = 16
    TRADE_CANCEL = 17
    STATUS = 18
    TRIGGERED = 21


class Liquidity(IntEnum):
    """What an order did in a trade, as in LastLiquidityInd(851); 0 where there was no other."""

    NONE = 0
    ADDED = 1
    REMOVED = 2
    AUCTION = 4
    OPENING_AUCTION = 5
    CLOSING_AUCTION = 6


class MassScope(IntEnum):
    """
    Which orders a mass request is about: those of MassCancelRequestType(530) and of its like.

    ``OTHER`` stands for all that FIX has and exsim has no notion of, such as market segments.
    """

    OTHER = 0
    SECURITY = 1
    UNDERLYING = 2
    PRODUCT = 3
    CFI = 4
    SECURITY_TYPE = 5
    TRADING_SESSION = 6
    ALL = 7
    PARTY = 8
    MARKET = 9


class Phase(Enum):
    """
    What a market is doing: which orders it takes, and whether they match.

    Values are the words of configuration, REST and documents.
    """

    START_OF_DAY = "start-of-day"
    PRE_OPEN = "pre-open"
    OPENING_AUCTION = "opening-auction"
    CONTINUOUS = "continuous"
    INTRADAY_AUCTION = "intraday-auction"
    VOLATILITY_AUCTION = "volatility-auction"
    HALT = "halt"
    CLOSING_AUCTION = "closing-auction"
    TRADE_AT_CLOSE = "trade-at-close"
    CLOSED = "closed"


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
    BAND = "the price is outside the limits"
    NOTIONAL = "the order is worth too much"
    RISK = "a risk limit is exceeded"
    KILLED = "trading is switched off"
    SHORT_SALE = "short selling is not allowed"
    POST_ONLY = "the order would trade at once"
    NOT_BEST = "the price is not the best of its side"
    MIN_QTY = "less than its minimum quantity would trade"
    SELF_TRADE = "the order would trade with its own side"
    NO_LIQUIDITY = "nothing more to trade with"
    STALE = "the time has passed"
    SPOKEN = "duplicate of a verbally communicated order"
    PENDING = "the order is already pending cancel or replace"
    ACCOUNT = "unknown account"
    NOT_ALLOWED = "not allowed for this session"
    UNKNOWN_QUOTE = "unknown quote"
    BID_ASK = "the bid is not below the offer"
    LAST_LOOK = "refused in last look"
    OTHER = "other"
