"""
ITCH 5.0 (TotalView): the layouts of its messages, all from a server.

Those of the specification of 2017, and the two that came later: operational halt, and price
discovery of direct listings. Clauses are the numbers of the specification's headings.
"""

from __future__ import annotations

from typing import Final

from exsim.wire.layout import (
    CODE,
    FINE_PRICE,
    PRICE,
    TEXT,
    TIME,
    UNSIGNED,
    Family,
    Field,
    Layout,
)

EVENTS: Final = {
    "O": "start of messages",
    "S": "start of system hours",
    "Q": "start of market hours",
    "M": "end of market hours",
    "E": "end of system hours",
    "C": "end of messages",
}
STATES: Final = {"H": "halted", "P": "paused", "Q": "quotation only", "T": "trading"}
SIDES: Final = {"B": "buy", "S": "sell"}
CROSS_TYPES: Final = {"O": "opening", "C": "closing", "H": "halted, paused or new", "I": "intraday"}
DIRECTIONS: Final = {"B": "buy", "S": "sell", "N": "none", "O": "not enough orders", "P": "paused"}
YES_NO: Final = {"Y": "yes", "N": "no"}
_HALTS: Final = {"H": "halted", "T": "lifted"}
_SHORT_SALES: Final = {"0": "no test", "1": "restricted today", "2": "restricted still"}
_INTERESTS: Final = {"B": "buy", "S": "sell", "A": "both", "N": "none"}
_BEGIN: Final = (
    Field("stock_locate", UNSIGNED, 2),
    Field("tracking_number", UNSIGNED, 2),
    Field("timestamp", TIME, 6),
)


def _layout(name: str, type_: str, clause: str, *fields: Field) -> Layout:
    return Layout(name, type_, clause, (*_BEGIN, *fields))


def _stock(name: str = "stock") -> Field:
    return Field(name, TEXT, 8)


def _code(name: str, codes: dict[str, str] | None = None) -> Field:
    return Field(name, CODE, 1, codes)


def _shares(name: str = "shares", size: int = 4) -> Field:
    return Field(name, UNSIGNED, size)


def _price(name: str = "price") -> Field:
    return Field(name, PRICE, 4)


def _number(name: str) -> Field:
    return Field(name, UNSIGNED, 8)


SYSTEM_EVENT: Final = _layout("SystemEvent", "S", "4.1", _code("event_code", EVENTS))
STOCK_DIRECTORY: Final = _layout(
    "StockDirectory",
    "R",
    "4.2.1",
    _stock(),
    _code("market_category"),
    _code("financial_status"),
    _shares("round_lot_size"),
    _code("round_lots_only", YES_NO),
    _code("issue_classification"),
    Field("issue_sub_type", TEXT, 2),
    _code("authenticity", {"P": "live", "T": "test"}),
    _code("short_sale_threshold", YES_NO),
    _code("ipo_flag", YES_NO),
    _code("luld_tier"),
    _code("etp_flag", YES_NO),
    _shares("etp_leverage"),
    _code("inverse_indicator", YES_NO),
)
TRADING_ACTION: Final = _layout(
    "StockTradingAction",
    "H",
    "4.2.2",
    _stock(),
    _code("trading_state", STATES),
    _code("reserved"),
    Field("reason", TEXT, 4),
)
REG_SHO: Final = _layout("RegSho", "Y", "4.2.3", _stock(), _code("reg_sho_action", _SHORT_SALES))
PARTICIPANT_POSITION: Final = _layout(
    "MarketParticipantPosition",
    "L",
    "4.2.4",
    Field("mpid", TEXT, 4),
    _stock(),
    _code("primary_market_maker", YES_NO),
    _code("market_maker_mode"),
    _code("market_participant_state"),
)
MWCB_LEVELS: Final = _layout(
    "MwcbDeclineLevel",
    "V",
    "4.2.5.1",
    Field("level_1", FINE_PRICE, 8),
    Field("level_2", FINE_PRICE, 8),
    Field("level_3", FINE_PRICE, 8),
)
MWCB_STATUS: Final = _layout("MwcbStatus", "W", "4.2.5.2", _code("breached_level"))
IPO_QUOTING: Final = _layout(
    "IpoQuotingPeriod",
    "K",
    "4.2.6",
    _stock(),
    Field("release_time", UNSIGNED, 4),
    _code("release_qualifier", {"A": "anticipated", "C": "canceled or postponed"}),
    _price("ipo_price"),
)
LULD_COLLAR: Final = _layout(
    "LuldAuctionCollar",
    "J",
    "4.2.7",
    _stock(),
    _price("reference_price"),
    _price("upper_price"),
    _price("lower_price"),
    Field("extension", UNSIGNED, 4),
)
OPERATIONAL_HALT: Final = _layout(
    "OperationalHalt", "h", "4.2.8", _stock(), _code("market_code"), _code("halt_action", _HALTS)
)
ADD: Final = _layout(
    "AddOrder",
    "A",
    "4.3.1",
    _number("reference"),
    _code("side", SIDES),
    _shares(),
    _stock(),
    _price(),
)
ADD_ATTRIBUTED: Final = _layout(
    "AddOrderAttributed",
    "F",
    "4.3.2",
    _number("reference"),
    _code("side", SIDES),
    _shares(),
    _stock(),
    _price(),
    Field("attribution", TEXT, 4),
)
EXECUTED: Final = _layout(
    "OrderExecuted",
    "E",
    "4.4.1",
    _number("reference"),
    _shares("executed_shares"),
    _number("match_number"),
)
EXECUTED_WITH_PRICE: Final = _layout(
    "OrderExecutedWithPrice",
    "C",
    "4.4.2",
    _number("reference"),
    _shares("executed_shares"),
    _number("match_number"),
    _code("printable", YES_NO),
    _price("execution_price"),
)
CANCEL: Final = _layout(
    "OrderCancel", "X", "4.4.3", _number("reference"), _shares("canceled_shares")
)
DELETE: Final = _layout("OrderDelete", "D", "4.4.4", _number("reference"))
REPLACE: Final = _layout(
    "OrderReplace",
    "U",
    "4.4.5",
    _number("reference"),
    _number("new_reference"),
    _shares(),
    _price(),
)
TRADE: Final = _layout(
    "Trade",
    "P",
    "4.5.1",
    _number("reference"),
    _code("side", SIDES),
    _shares(),
    _stock(),
    _price(),
    _number("match_number"),
)
CROSS_TRADE: Final = _layout(
    "CrossTrade",
    "Q",
    "4.5.2",
    _shares("shares", 8),
    _stock(),
    _price("cross_price"),
    _number("match_number"),
    _code("cross_type", CROSS_TYPES),
)
BROKEN_TRADE: Final = _layout("BrokenTrade", "B", "4.5.3", _number("match_number"))
NOII: Final = _layout(
    "NetOrderImbalance",
    "I",
    "4.6",
    _shares("paired_shares", 8),
    _shares("imbalance_shares", 8),
    _code("imbalance_direction", DIRECTIONS),
    _stock(),
    _price("far_price"),
    _price("near_price"),
    _price("reference_price"),
    _code("cross_type", CROSS_TYPES),
    _code("price_variation"),
)
RETAIL_INTEREST: Final = _layout(
    "RetailInterest", "N", "4.7", _stock(), _code("interest", _INTERESTS)
)
DIRECT_LISTING: Final = _layout(
    "DirectListingPriceDiscovery",
    "O",
    "4.8",
    _stock(),
    _code("open_eligibility", YES_NO),
    _price("minimum_price"),
    _price("maximum_price"),
    _price("near_execution_price"),
    Field("near_execution_time", TIME, 8),
    _price("lower_collar"),
    _price("upper_collar"),
)

ITCH50: Final = Family(
    "ITCH 5.0",
    "Nasdaq TotalView-ITCH 5.0",
    (),
    (
        SYSTEM_EVENT,
        STOCK_DIRECTORY,
        TRADING_ACTION,
        REG_SHO,
        PARTICIPANT_POSITION,
        MWCB_LEVELS,
        MWCB_STATUS,
        IPO_QUOTING,
        LULD_COLLAR,
        OPERATIONAL_HALT,
        ADD,
        ADD_ATTRIBUTED,
        EXECUTED,
        EXECUTED_WITH_PRICE,
        CANCEL,
        DELETE,
        REPLACE,
        TRADE,
        CROSS_TRADE,
        BROKEN_TRADE,
        NOII,
        RETAIL_INTEREST,
        DIRECT_LISTING,
    ),
)

END_OF_SNAPSHOT: Final = Layout(
    "EndOfSnapshot", "G", "End of Snapshot", [Field("sequence_number", TEXT, 20)]
)
GLIMPSE: Final = Family(
    "GLIMPSE", "Nasdaq GLIMPSE 5.0", (), (*ITCH50.outbound.values(), END_OF_SNAPSHOT)
)
