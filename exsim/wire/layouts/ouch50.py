"""
OUCH 5.0: the layouts of its messages.

Those of the specification of April 2023, and those that came later: mass cancel, and the disabling
and enabling of order entry. Clauses are named as the headings of the specification are.
"""

from __future__ import annotations

from typing import Final

from exsim.wire.layout import (
    CODE,
    PRICE,
    SIGNED_PRICE,
    TEXT,
    TIME,
    UNSIGNED,
    Family,
    Field,
    Layout,
    Option,
)

SIDES: Final = {"B": "buy", "S": "sell", "T": "sell short", "E": "sell short exempt"}
TIMES_IN_FORCE: Final = {
    "0": "day",
    "3": "immediate or cancel",
    "5": "extended hours",
    "6": "good till time",
    "E": "after hours",
}
DISPLAYS: Final = {"Y": "visible", "N": "hidden", "A": "attributable", "Z": "conformant"}
CAPACITIES: Final = {"A": "agency", "P": "principal", "R": "riskless", "O": "other"}
ELIGIBILITIES: Final = {"Y": "eligible", "N": "not eligible"}
CROSS_TYPES: Final = {
    "N": "continuous market",
    "O": "opening cross",
    "C": "closing cross",
    "H": "halt or IPO cross",
    "S": "supplemental",
    "R": "retail",
    "E": "extended life",
    "A": "after hours close",
}
ORDER_STATES: Final = {"L": "live", "D": "dead"}
EVENT_CODES: Final = {"S": "start of day", "E": "end of day"}
CANCEL_REASONS: Final = {
    "C": "the cross did not execute it",
    "D": "regulatory restriction",
    "E": "closed",
    "F": "post only, would be slid for NMS",
    "G": "post only, would be slid for a displayed order",
    "H": "halted",
    "I": "immediate or cancel",
    "K": "market collars",
    "Q": "self match prevention",
    "S": "supervisory",
    "T": "timeout",
    "U": "user requested",
    "X": "open protection",
    "Z": "system cancel",
}
LIQUIDITY_FLAGS: Final = {
    "0": "supplemental order",
    "7": "displayed, improves the NBBO",
    "8": "displayed, sets the QBBO and joins the NBBO",
    "A": "added",
    "C": "closing cross",
    "H": "halt or IPO cross",
    "J": "added, not displayed",
    "K": "halt cross",
    "L": "closing cross, imbalance only",
    "M": "opening cross, imbalance only",
    "N": "passing midpoint",
    "O": "opening cross",
    "R": "removed",
    "e": "retail, added displayed",
    "i": "after hours closing cross",
    "j": "retail price improving, provided",
    "k": "added by a midpoint order",
    "m": "removed at the midpoint",
    "n": "midpoint extended life",
    "p": "removed price improving that was not displayed",
    "q": "retail, removed at the midpoint",
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
    "1": "quote unavailable",
    "2": "destination closed",
    "3": "invalid display",
    "4": "invalid max floor",
    "5": "invalid peg type",
    "6": "fat finger",
    "7": "halted",
    "8": "ISO not allowed",
    "9": "invalid side",
    "10": "processing error",
    "11": "cancel pending",
    "12": "firm not authorized",
    "13": "invalid min quantity",
    "14": "no closing reference price",
    "15": "other",
    "16": "cancel not allowed",
    "17": "pegging not allowed",
    "18": "crossed market",
    "19": "invalid quantity",
    "20": "invalid cross order",
    "21": "replace not allowed",
    "22": "routing not allowed",
    "23": "invalid symbol",
    "24": "test",
    "25": "late LOC too aggressive",
    "26": "retail not allowed",
    "27": "invalid midpoint post only price",
    "28": "invalid destination",
    "29": "invalid price",
    "30": "shares exceed threshold",
    "31": "exceeds maximum allowed notional value",
}
RESTATED_REASONS: Final = {"R": "refresh of display", "P": "update of displayed price"}
CUSTOMER_TYPES: Final = {"R": "retail", "N": "not retail"}
PRICE_TYPES: Final = {
    "L": "limit",
    "P": "market peg",
    "M": "midpoint peg",
    "R": "primary peg",
    "Q": "market maker peg",
}
YES_NO: Final = {"Y": "yes", "N": "no"}
BBO_WEIGHTS: Final = {
    "0": "0 to 0.2 %",
    "1": "0.2 to 1 %",
    "2": "1 to 2 %",
    "3": "more than 2 %",
    "S": "sets the QBBO",
    "N": "improves the NBBO",
}
HANDLINGS: Final = {
    "I": "imbalance only",
    "O": "retail order type 1",
    "T": "retail order type 2",
    "Q": "retail price improvement",
}

_REF: Final = Field("UserRefNum", UNSIGNED, 4)
_ORIG: Final = Field("OrigUserRefNum", UNSIGNED, 4)
_TIME: Final = Field("Timestamp", TIME, 8)
_SIDE: Final = Field("Side", CODE, 1, SIDES)
_QTY: Final = Field("Quantity", UNSIGNED, 4)
_SYMBOL: Final = Field("Symbol", TEXT, 8)
_PRICE: Final = Field("Price", PRICE, 8)
_TIF: Final = Field("TimeInForce", CODE, 1, TIMES_IN_FORCE)
_DISPLAY: Final = Field("Display", CODE, 1, DISPLAYS)
_CAPACITY: Final = Field("Capacity", CODE, 1, CAPACITIES)
_ISO: Final = Field("InterMarketSweepEligibility", CODE, 1, ELIGIBILITIES)
_CROSS: Final = Field("CrossType", CODE, 1, CROSS_TYPES)
_CL_ORD_ID: Final = Field("ClOrdID", TEXT, 14)
_ORDER: Final = Field("OrderReferenceNumber", UNSIGNED, 8)
_STATE: Final = Field("OrderState", CODE, 1, ORDER_STATES)
_MATCH: Final = Field("MatchNumber", UNSIGNED, 8)
_FLAG: Final = Field("LiquidityFlag", CODE, 1, LIQUIDITY_FLAGS)
_FIRM: Final = Field("Firm", TEXT, 4)

SECONDARY: Final = Option(1, Field("SecondaryOrdRefNum", UNSIGNED, 8))
FIRM: Final = Option(2, _FIRM)
MIN_QTY: Final = Option(3, Field("MinQty", UNSIGNED, 4))
CUSTOMER_TYPE: Final = Option(4, Field("CustomerType", CODE, 1, CUSTOMER_TYPES))
MAX_FLOOR: Final = Option(5, Field("MaxFloor", UNSIGNED, 4))
PRICE_TYPE: Final = Option(6, Field("PriceType", CODE, 1, PRICE_TYPES))
PEG_OFFSET: Final = Option(7, Field("PegOffset", SIGNED_PRICE, 4))
DISCRETION_PRICE: Final = Option(9, Field("DiscretionPrice", PRICE, 8))
DISCRETION_PRICE_TYPE: Final = Option(10, Field("DiscretionPriceType", CODE, 1, PRICE_TYPES))
DISCRETION_PEG_OFFSET: Final = Option(11, Field("DiscretionPegOffset", SIGNED_PRICE, 4))
POST_ONLY: Final = Option(12, Field("PostOnly", CODE, 1, {"P": "post only", "N": "no"}))
RANDOM_RESERVES: Final = Option(13, Field("RandomReserves", UNSIGNED, 4))
ROUTE: Final = Option(14, Field("Route", TEXT, 4))
EXPIRE_TIME: Final = Option(15, Field("ExpireTime", UNSIGNED, 4))
TRADE_NOW: Final = Option(16, Field("TradeNow", CODE, 1, YES_NO))
HANDLE_INST: Final = Option(17, Field("HandleInst", CODE, 1, HANDLINGS))
BBO_WEIGHT: Final = Option(18, Field("BBOWeightIndicator", CODE, 1, BBO_WEIGHTS))
REFERENCE_PRICE: Final = Option(19, Field("ReferencePrice", PRICE, 8))
REFERENCE_PRICE_TYPE: Final = Option(20, Field("ReferencePriceType", CODE, 1))
DISPLAY_QUANTITY: Final = Option(22, Field("DisplayQuantity", UNSIGNED, 4))
DISPLAY_PRICE: Final = Option(23, Field("DisplayPrice", PRICE, 8))
GROUP_ID: Final = Option(24, Field("GroupID", UNSIGNED, 2))
SHARES_LOCATED: Final = Option(25, Field("SharesLocated", CODE, 1, YES_NO))
LOCATE_BROKER: Final = Option(26, Field("LocateBroker", TEXT, 4))
SIDE: Final = Option(27, _SIDE)
USER_REF_IDX: Final = Option(28, Field("UserRefIdx", UNSIGNED, 1))

_TERMS: Final = (
    MIN_QTY,
    CUSTOMER_TYPE,
    MAX_FLOOR,
    PRICE_TYPE,
    PEG_OFFSET,
    DISCRETION_PRICE,
    DISCRETION_PRICE_TYPE,
    DISCRETION_PEG_OFFSET,
    POST_ONLY,
    RANDOM_RESERVES,
    EXPIRE_TIME,
    TRADE_NOW,
    HANDLE_INST,
    GROUP_ID,
    SHARES_LOCATED,
    LOCATE_BROKER,
    USER_REF_IDX,
)

ENTER: Final = Layout(
    "EnterOrder",
    "O",
    "Enter Order Message",
    (
        _REF,
        _SIDE,
        _QTY,
        _SYMBOL,
        _PRICE,
        _TIF,
        _DISPLAY,
        _CAPACITY,
        _ISO,
        _CROSS,
        _CL_ORD_ID,
    ),
    (FIRM, ROUTE, *_TERMS),
)
REPLACE: Final = Layout(
    "ReplaceOrderRequest",
    "U",
    "Replace Order Request Message",
    (_ORIG, _REF, _QTY, _PRICE, _TIF, _DISPLAY, _ISO, _CL_ORD_ID),
    (*_TERMS, SIDE),
)
CANCEL: Final = Layout("CancelOrderRequest", "X", "Cancel Order Request Message", (_REF, _QTY))
MODIFY: Final = Layout(
    "ModifyOrderRequest", "M", "Modify Order Request Message", (_REF, _SIDE, _QTY)
)
ACCOUNT_QUERY: Final = Layout(
    "AccountQueryRequest", "Q", "Account Query Request Message", (), (USER_REF_IDX,), bare=True
)
MASS_CANCEL: Final = Layout(
    "MassCancelRequest",
    "C",
    "Mass Cancel Request Message",
    (_REF, _FIRM, _SYMBOL),
    (SIDE, GROUP_ID, USER_REF_IDX),
)
DISABLE: Final = Layout(
    "DisableOrderEntryRequest",
    "D",
    "Disable Order Entry Request Message",
    (_REF, _FIRM),
    (USER_REF_IDX,),
)
ENABLE: Final = Layout(
    "EnableOrderEntryRequest",
    "E",
    "Enable Order Entry Request Message",
    (_REF, _FIRM),
    (USER_REF_IDX,),
)

SYSTEM_EVENT: Final = Layout(
    "SystemEvent",
    "S",
    "System Event Message",
    (_TIME, Field("EventCode", CODE, 1, EVENT_CODES)),
)
ACCEPTED: Final = Layout(
    "OrderAccepted",
    "A",
    "Order Accepted Message",
    (
        _TIME,
        _REF,
        _SIDE,
        _QTY,
        _SYMBOL,
        _PRICE,
        _TIF,
        _DISPLAY,
        _ORDER,
        _CAPACITY,
        _ISO,
        _CROSS,
        _STATE,
        _CL_ORD_ID,
    ),
    (FIRM, ROUTE, BBO_WEIGHT, *_TERMS),
)
REPLACED: Final = Layout(
    "OrderReplaced",
    "U",
    "Order Replaced Message",
    (
        _TIME,
        _ORIG,
        _REF,
        _SIDE,
        _QTY,
        _SYMBOL,
        _PRICE,
        _TIF,
        _DISPLAY,
        _ORDER,
        _CAPACITY,
        _ISO,
        _CROSS,
        _STATE,
        _CL_ORD_ID,
    ),
    (FIRM, ROUTE, BBO_WEIGHT, *_TERMS),
)
CANCELED: Final = Layout(
    "OrderCanceled",
    "C",
    "Order Canceled Message",
    (_TIME, _REF, _QTY, Field("Reason", CODE, 1, CANCEL_REASONS)),
)
AIQ_CANCELED: Final = Layout(
    "AIQCanceled",
    "D",
    "AIQ Canceled Message",
    (
        _TIME,
        _REF,
        Field("DecrementShares", UNSIGNED, 4),
        Field("Reason", CODE, 1, CANCEL_REASONS),
        Field("QuantityPreventedFromTrading", UNSIGNED, 4),
        Field("ExecutionPrice", PRICE, 8),
        _FLAG,
    ),
)
EXECUTED: Final = Layout(
    "OrderExecuted",
    "E",
    "Order Executed Message",
    (_TIME, _REF, _QTY, _PRICE, _FLAG, _MATCH),
    (REFERENCE_PRICE, REFERENCE_PRICE_TYPE),
)
BROKEN: Final = Layout(
    "BrokenTrade",
    "B",
    "Broken Trade Message",
    (_TIME, _REF, _MATCH, Field("Reason", CODE, 1, BROKEN_REASONS), _CL_ORD_ID),
)
REJECTED: Final = Layout(
    "Rejected",
    "J",
    "Rejected Message",
    (_TIME, _REF, Field("Reason", CODE, 2, REJECT_REASONS), _CL_ORD_ID),
)
CANCEL_PENDING: Final = Layout("CancelPending", "P", "Cancel Pending Message", (_TIME, _REF))
CANCEL_REJECT: Final = Layout("CancelReject", "I", "Cancel Reject Message", (_TIME, _REF))
PRIORITY: Final = Layout(
    "OrderPriorityUpdate",
    "T",
    "Order Priority Update Message",
    (_TIME, _REF, _PRICE, _DISPLAY, _ORDER),
)
MODIFIED: Final = Layout("OrderModified", "M", "Order Modified Message", (_TIME, _REF, _SIDE, _QTY))
RESTATED: Final = Layout(
    "OrderRestated",
    "R",
    "Order Restated Message",
    (_TIME, _REF, Field("Reason", CODE, 1, RESTATED_REASONS)),
    (DISPLAY_QUANTITY, DISPLAY_PRICE, SECONDARY),
)
ACCOUNT: Final = Layout(
    "AccountQueryResponse",
    "Q",
    "Account Query Response Message",
    (_TIME, Field("NextUserRefNum", UNSIGNED, 4)),
    (USER_REF_IDX,),
    bare=True,
)
MASS_CANCELED: Final = Layout(
    "MassCancelResponse",
    "X",
    "Mass Cancel Response Message",
    (_TIME, _REF, _FIRM, _SYMBOL),
    (SIDE, GROUP_ID, USER_REF_IDX),
)
DISABLED: Final = Layout(
    "DisableOrderEntryResponse",
    "G",
    "Disable Order Entry Response Message",
    (_TIME, _REF, _FIRM),
    (USER_REF_IDX,),
)
ENABLED: Final = Layout(
    "EnableOrderEntryResponse",
    "K",
    "Enable Order Entry Response Message",
    (_TIME, _REF, _FIRM),
    (USER_REF_IDX,),
)

OUCH50: Final = Family(
    "5.0",
    "OUCH 5.0, April 2023, with the mass cancel, disable and enable that came later",
    (ENTER, REPLACE, CANCEL, MODIFY, ACCOUNT_QUERY, MASS_CANCEL, DISABLE, ENABLE),
    (
        SYSTEM_EVENT,
        ACCEPTED,
        REPLACED,
        CANCELED,
        AIQ_CANCELED,
        EXECUTED,
        BROKEN,
        REJECTED,
        CANCEL_PENDING,
        CANCEL_REJECT,
        PRIORITY,
        MODIFIED,
        RESTATED,
        ACCOUNT,
        MASS_CANCELED,
        DISABLED,
        ENABLED,
    ),
)
"""All messages of the version."""
