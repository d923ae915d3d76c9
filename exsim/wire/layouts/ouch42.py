"""
OUCH 4.2: the layouts of its messages.

An order is named by a token of 14 characters, prices have 4 bytes. Clauses are named as the
headings of the specification are.
"""

from __future__ import annotations

from typing import Final

from exsim.wire.layout import CODE, PRICE, TEXT, TIME, UNSIGNED, Family, Field, Layout
from exsim.wire.layouts.ouch50 import (
    BBO_WEIGHTS,
    CANCEL_REASONS,
    CAPACITIES,
    CUSTOMER_TYPES,
    EVENT_CODES,
    ORDER_STATES,
    SIDES,
)

DISPLAYS: Final = {
    "A": "attributable",
    "I": "imbalance only",
    "L": "post only and attributable",
    "M": "midpoint peg",
    "N": "hidden",
    "O": "retail order type 1",
    "P": "post only",
    "Q": "retail price improvement",
    "T": "retail order type 2",
    "W": "midpoint peg, post only",
    "Y": "visible",
    "m": "midpoint peg and trade now",
    "n": "hidden and trade now",
}
CROSS_TYPES: Final = {
    "N": "continuous market",
    "O": "opening cross",
    "C": "closing cross",
    "H": "halt or IPO cross",
    "S": "supplemental",
    "R": "retail",
    "E": "extended life",
}
ELIGIBILITIES: Final = {"Y": "eligible", "N": "not eligible", "y": "trade-at"}
LIQUIDITY_FLAGS: Final = {
    "0": "supplemental order",
    "4": "added displayed, group A",
    "5": "added not displayed, group A",
    "6": "removed, group A",
    "7": "displayed, improves the NBBO",
    "8": "displayed, sets the QBBO and joins the NBBO",
    "A": "added",
    "C": "closing cross",
    "H": "halt or IPO cross",
    "J": "added, not displayed",
    "K": "halt cross",
    "L": "closing cross, imbalance only",
    "M": "opening cross, imbalance only",
    "O": "opening cross",
    "R": "removed",
    "W": "added, post only",
    "d": "retail, removed",
    "e": "retail, added displayed",
    "f": "retail, added not displayed",
    "g": "added at the midpoint, group A",
    "j": "retail price improving, provided",
    "k": "added by a midpoint order",
    "m": "removed at the midpoint",
    "n": "midpoint extended life",
    "r": "retail, removed RPI",
    "t": "retail, removed other price improving",
}
BROKEN_REASONS: Final = {
    "E": "erroneous",
    "C": "consent",
    "S": "supervisory",
    "X": "external",
}
REJECT_REASONS: Final = {
    "T": "test mode",
    "H": "halted",
    "Z": "shares exceed the safety threshold",
    "S": "invalid stock",
    "D": "invalid display type",
    "C": "closed",
    "L": "firm not authorized for this clearing type",
    "M": "outside of permitted times for this clearing type",
    "R": "not allowed in this type of cross",
    "X": "invalid price",
    "N": "invalid minimum quantity",
    "O": "other",
    "a": "all are rejected",
}

_TOKEN: Final = Field("OrderToken", TEXT, 14)
_EXISTING: Final = Field("ExistingOrderToken", TEXT, 14)
_REPLACEMENT: Final = Field("ReplacementOrderToken", TEXT, 14)
_PREVIOUS: Final = Field("PreviousOrderToken", TEXT, 14)
_TIME: Final = Field("Timestamp", TIME, 8)
_SIDE: Final = Field("BuySellIndicator", CODE, 1, SIDES)
_SHARES: Final = Field("Shares", UNSIGNED, 4)
_STOCK: Final = Field("Stock", TEXT, 8)
_PRICE: Final = Field("Price", PRICE, 4)
_TIF: Final = Field("TimeInForce", UNSIGNED, 4)
_FIRM: Final = Field("Firm", TEXT, 4)
_DISPLAY: Final = Field("Display", CODE, 1, DISPLAYS)
_CAPACITY: Final = Field("Capacity", CODE, 1, CAPACITIES)
_ISO: Final = Field("IntermarketSweepEligibility", CODE, 1, ELIGIBILITIES)
_MIN_QTY: Final = Field("MinimumQuantity", UNSIGNED, 4)
_CROSS: Final = Field("CrossType", CODE, 1, CROSS_TYPES)
_CUSTOMER: Final = Field("CustomerType", CODE, 1, CUSTOMER_TYPES)
_ORDER: Final = Field("OrderReferenceNumber", UNSIGNED, 8)
_STATE: Final = Field("OrderState", CODE, 1, ORDER_STATES)
_WEIGHT: Final = Field("BBOWeightIndicator", CODE, 1, BBO_WEIGHTS)
_DECREMENT: Final = Field("DecrementShares", UNSIGNED, 4)
_REASON: Final = Field("Reason", CODE, 1, CANCEL_REASONS)
_EXECUTED: Final = Field("ExecutedShares", UNSIGNED, 4)
_AT: Final = Field("ExecutionPrice", PRICE, 4)
_FLAG: Final = Field("LiquidityFlag", CODE, 1, LIQUIDITY_FLAGS)
_MATCH: Final = Field("MatchNumber", UNSIGNED, 8)
_FILL: Final = (_TIME, _TOKEN, _EXECUTED, _AT, _FLAG, _MATCH)

ENTER: Final = Layout(
    "EnterOrder",
    "O",
    "Enter Order Message",
    (
        _TOKEN,
        _SIDE,
        _SHARES,
        _STOCK,
        _PRICE,
        _TIF,
        _FIRM,
        _DISPLAY,
        _CAPACITY,
        _ISO,
        _MIN_QTY,
        _CROSS,
        _CUSTOMER,
    ),
)
REPLACE: Final = Layout(
    "ReplaceOrder",
    "U",
    "Replace Order Message",
    (_EXISTING, _REPLACEMENT, _SHARES, _PRICE, _TIF, _DISPLAY, _ISO, _MIN_QTY),
)
CANCEL: Final = Layout("CancelOrder", "X", "Cancel Order Message", (_TOKEN, _SHARES))
MODIFY: Final = Layout("ModifyOrder", "M", "Modify Order Message", (_TOKEN, _SIDE, _SHARES))
TRADE_NOW: Final = Layout("TradeNow", "N", "Trade Now Message", (_TOKEN,))

SYSTEM_EVENT: Final = Layout(
    "SystemEvent",
    "S",
    "System Event Message",
    (_TIME, Field("EventCode", CODE, 1, EVENT_CODES)),
)
ACCEPTED: Final = Layout(
    "Accepted",
    "A",
    "Accepted Message",
    (
        _TIME,
        _TOKEN,
        _SIDE,
        _SHARES,
        _STOCK,
        _PRICE,
        _TIF,
        _FIRM,
        _DISPLAY,
        _ORDER,
        _CAPACITY,
        _ISO,
        _MIN_QTY,
        _CROSS,
        _STATE,
        _WEIGHT,
    ),
)
REPLACED: Final = Layout(
    "Replaced",
    "U",
    "Replaced Message",
    (
        _TIME,
        _REPLACEMENT,
        _SIDE,
        _SHARES,
        _STOCK,
        _PRICE,
        _TIF,
        _FIRM,
        _DISPLAY,
        _ORDER,
        _CAPACITY,
        _ISO,
        _MIN_QTY,
        _CROSS,
        _STATE,
        _PREVIOUS,
        _WEIGHT,
    ),
)
CANCELED: Final = Layout("Canceled", "C", "Canceled Message", (_TIME, _TOKEN, _DECREMENT, _REASON))
AIQ_CANCELED: Final = Layout(
    "AIQCanceled",
    "D",
    "AIQ Canceled Message",
    (
        _TIME,
        _TOKEN,
        _DECREMENT,
        _REASON,
        Field("QuantityPreventedFromTrading", UNSIGNED, 4),
        _AT,
        _FLAG,
    ),
)
EXECUTED: Final = Layout("Executed", "E", "Executed Message", _FILL)
EXECUTED_WITH_REFERENCE: Final = Layout(
    "ExecutedWithReferencePrice",
    "G",
    "Executed with Reference Price Message",
    (*_FILL, Field("ReferencePrice", PRICE, 4), Field("ReferencePriceType", CODE, 1)),
)
BROKEN: Final = Layout(
    "BrokenTrade",
    "B",
    "Broken Trade Message",
    (_TIME, _TOKEN, _MATCH, Field("Reason", CODE, 1, BROKEN_REASONS)),
)
CORRECTION: Final = Layout(
    "TradeCorrection",
    "F",
    "Trade Correction Message",
    (*_FILL, Field("Reason", CODE, 1, {"N": "adjusted to NAV"})),
)
REJECTED: Final = Layout(
    "Rejected",
    "J",
    "Rejected Message",
    (_TIME, _TOKEN, Field("Reason", CODE, 1, REJECT_REASONS)),
)
CANCEL_PENDING: Final = Layout("CancelPending", "P", "Cancel Pending Message", (_TIME, _TOKEN))
CANCEL_REJECT: Final = Layout("CancelReject", "I", "Cancel Reject Message", (_TIME, _TOKEN))
PRIORITY: Final = Layout(
    "OrderPriorityUpdate",
    "T",
    "Order Priority Update Message",
    (_TIME, _TOKEN, _PRICE, _DISPLAY, _ORDER),
)
MODIFIED: Final = Layout(
    "OrderModified", "M", "Order Modified Message", (_TIME, _TOKEN, _SIDE, _SHARES)
)
TRADES_NOW: Final = Layout("TradeNow", "N", "Trade Now Message", (_TIME, _TOKEN))

OUCH42: Final = Family(
    "4.2",
    "OUCH 4.2",
    (ENTER, REPLACE, CANCEL, MODIFY, TRADE_NOW),
    (
        SYSTEM_EVENT,
        ACCEPTED,
        REPLACED,
        CANCELED,
        AIQ_CANCELED,
        EXECUTED,
        EXECUTED_WITH_REFERENCE,
        BROKEN,
        CORRECTION,
        REJECTED,
        CANCEL_PENDING,
        CANCEL_REJECT,
        PRIORITY,
        MODIFIED,
        TRADES_NOW,
    ),
)
"""All messages of the version."""
