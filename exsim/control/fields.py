"""
The single values of the REST interface: what each may be, in words and as a pattern.

Amounts are exact decimals as text, at most eight digits after the point; what is given has at
most ten before it. Times are RFC 3339 text in UTC with nanoseconds.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from exsim.model.options import duration

MAX_LIMIT: Final = 1000
"""The longest page, and the largest ``count`` to wait for."""


MEANINGS: Final[dict[str, str]] = {}
"""What each pattern stands for, for the text of an error."""


def _matching(pattern: str, description: str, **more: Any) -> Meta:
    """
    Text that matches a pattern as a whole.

    It ends in ``\\Z``, since in Python a ``$`` also matches before a last line feed; in JSON
    Schema, where it does not, this is published as ``$`` (see :mod:`exsim.control.openapi`).
    """
    whole = f"^(?:{pattern})\\Z"
    MEANINGS[whole] = description
    return Meta(pattern=whole, description=description, **more)


Name = Annotated[
    str,
    _matching(
        r"[!-+\-0-~][!-+\--~]{0,63}",
        "A name: visible ASCII without a comma, not with . or / at its start.",
    ),
]
"""The name of something that is made."""
Key = Annotated[str, Meta(min_length=1, max_length=200, description="Names what is meant.")]
"""A name or number that is looked up."""
Owner = Annotated[
    str, Meta(max_length=200, description="Names a session; empty: what was entered for nobody.")
]
Word = Annotated[str, _matching(r"[!-~]{1,64}", "Visible ASCII.")]
Code = Annotated[str, _matching(r"[!-~]{0,64}", "Visible ASCII, or empty.")]
Text = Annotated[str, _matching(r"[^\x00-\x1f\x7f]{0,200}", "Text in one line.")]
Headline = Annotated[str, _matching(r"[^\x00-\x1f\x7f]{1,200}", "Text in one line, not empty.")]
Price = Annotated[
    str,
    _matching(r"-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,8})?", "An exact decimal.", examples=["100.02"]),
]
Percent = Annotated[
    str,
    _matching(
        r"-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,6})?", "Per cent, an exact decimal.", examples=["-2.5"]
    ),
]
Quantity = Annotated[
    str,
    _matching(
        r"(?=.*[1-9])(0|[1-9][0-9]{0,9})(\.[0-9]{1,8})?",
        "An exact decimal greater than zero.",
        examples=["100"],
    ),
]
Amount = Annotated[str, _matching(r"-?[0-9]{1,11}(\.[0-9]{1,8})?", "An exact decimal.")]
"""Any amount that is answered; it may be larger than what can be given."""
Total = Annotated[str, _matching(r"-?[0-9]{1,40}(\.[0-9]{1,8})?", "An exact decimal.")]
"""A sum of amounts, of any size."""
Time = Annotated[
    str,
    _matching(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9}Z",
        "RFC 3339, UTC, with nanoseconds.",
    ),
]
Moment = Annotated[
    str,
    _matching(
        r"[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z",
        "RFC 3339, UTC: `2026-01-31T09:30:00Z`, with up to nine digits of a second.",
    ),
]
Cursor = Annotated[
    str,
    _matching(
        r"([0-9]{1,18}\.)?[0-9]{1,18}-[0-9]{1,18}(\.[0-9]{1,18}-[0-9]{1,18}){0,998}",
        "Where to go on: a `next` or `position` that was answered.",
    ),
]
Listen = Annotated[
    str, _matching(r"[a-z0-9]{1,16}:[!-~]{1,200}", "A Twisted endpoint description.")
]
Connect = Annotated[
    str,
    _matching(
        r"([a-z0-9]{1,16}:[!-~]{1,200})?",
        "A Twisted client endpoint description such as `tcp:127.0.0.1:9878`, or empty.",
    ),
]
Target = Annotated[
    str,
    _matching(
        r"(tcp|ssl|tls):[A-Za-z0-9][A-Za-z0-9.-]{0,99}:([1-9][0-9]{0,3}|[1-5][0-9]{4})"
        r"(:[!-~]{1,200})?"
        r"|unix:/[!-9;-~]{1,100}",
        "A Twisted client endpoint description such as `tcp:127.0.0.1:9878`.",
        examples=["tcp:127.0.0.1:9878"],
    ),
]
Changes = Annotated[
    str,
    _matching(
        r"(([0-9]{1,9}|[A-Za-z][A-Za-z0-9_]*)=[^|\x00-\x1f]*"
        r"(\|([0-9]{1,9}|[A-Za-z][A-Za-z0-9_]*)=[^|\x00-\x1f]*)*)?",
        "Fields to change, or to take away: `44=10.05|Text=`.",
        max_length=10_000,
        examples=["44=10.05|58="],
    ),
]
Span = Annotated[
    str,
    _matching(
        r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,3})?(ms|s|m|h|d)",
        "A time span: `250ms`, `1.5s`, `5m`.",
    ),
]
Setting = Annotated[
    str, _matching(r"[ -~]{0,2000}", "As the key of an instrument of this name in an ini file.")
]
Limits = Annotated[
    dict[Word, Setting],
    Meta(max_length=64, description="Limits of a venue, as the keys of its section in an ini."),
]
ShortSale = Literal["", "allow", "locate", "refuse"]
KillScope = Literal["venue", "session", "account", "firm"]
Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="How many items at most.")]
Count = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="How many to wait for.")]
Depth = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="How many price levels a side.")]
Seed = Annotated[int, Meta(ge=0, le=2**53 - 1, description="Fixes all randomness.")]
Timeout = Annotated[
    str,
    _matching(
        r"[0-5]?[0-9]{1,2}(\.[0-9]{1,3})?s|[0-9]{1,5}ms|[0-9]m",
        "How long to wait: `250ms`, `2s`, `1.5s`, `1m`; less than ten minutes.",
    ),
]
TagFilter = Annotated[
    str,
    _matching(
        r"[A-Za-z0-9_]{1,64}(=[ -~]{0,200})?",
        "Messages with this field (`55`), or with this value of it (`55=AAA`).",
    ),
]
FilterText = Annotated[
    str,
    Meta(
        max_length=1_000,
        description="Messages that fit: `type=D symbol=IBM qty>=500 not exec=fill`.",
        examples=["type=D symbol=IBM qty>=500"],
    ),
]
"""One that is short enough for a query; in a body there is room for :data:`LongFilter`."""
LongFilter = Annotated[
    str, Meta(max_length=4_000, description="Messages that fit: `type=D symbol=IBM qty>=500`.")
]
FieldKey = Annotated[str, _matching(r"[A-Za-z0-9_]{1,64}", "A tag number or a field's name.")]
FieldValue = Annotated[str, _matching(r"[^\x00-\x1f]{1,1000}", "A field's value.")]
Fields = Annotated[
    list[tuple[FieldKey, FieldValue]],
    Meta(
        min_length=1,
        max_length=2000,
        description="Fields to send, in order, the message's type (35) among them.",
    ),
]
_BASE64 = r"(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]{2}|[A-Za-z0-9+/]=|==)"
Raw = Annotated[
    bytes,
    Meta(
        min_length=1,
        description="Bytes, in base64.",
        extra_json_schema={"pattern": f"^{_BASE64}$"},
    ),
]
SequenceNumber = Annotated[
    int, Meta(ge=1, le=10**9, description="A sequence number: that of the next message.")
]
Policies = Annotated[
    list[Name], Meta(max_length=64, description="Sections of the configuration, asked in order.")
]
Options = Annotated[
    dict[Word, Text],
    Meta(max_length=64, description="The keys that the protocol knows, as in an ini file."),
]

_OR_NUMBER = "or, where exsim knows no name, as on an order that it rejected for that, a number."
Side = Annotated[
    str, _matching(r"BUY|SELL|SELL_SHORT|SELL_SHORT_EXEMPT|[0-9]{1,19}", f"A side, {_OR_NUMBER}")
]
OrderType = Annotated[str, _matching(r"[A-Z_]{3,20}|[0-9]{1,19}", f"An order type, {_OR_NUMBER}")]
TimeInForce = Annotated[
    str, _matching(r"[A-Z_]{3,20}|[0-9]{1,19}", f"A time in force, {_OR_NUMBER}")
]

NewSide = Literal["BUY", "SELL"]
NewOrderType = Literal[
    "MARKET",
    "LIMIT",
    "STOP",
    "STOP_LIMIT",
    "MARKET_IF_TOUCHED",
    "LIMIT_IF_TOUCHED",
    "MARKET_TO_LIMIT",
    "PEGGED",
]
NewTimeInForce = Literal[
    "DAY",
    "GTC",
    "AT_OPENING",
    "IOC",
    "FOK",
    "GOOD_TILL_CROSSING",
    "GTD",
    "AT_CLOSE",
    "GOOD_FOR_AUCTION",
]
PhaseName = Literal[
    "start-of-day",
    "pre-open",
    "opening-auction",
    "continuous",
    "intraday-auction",
    "volatility-auction",
    "halt",
    "closing-auction",
    "trade-at-close",
    "closed",
]
"""The values of :class:`exsim.model.codes.Phase`."""
Allocation = Literal["fifo", "pro-rata", "fifo-pro-rata", "price-display-time"]
ImpliedWord = Literal["none", "in", "out", "both"]
ReplaceKeeps = Literal["smaller", "any-quantity", "nothing"]
Hidden = Literal["", "allow", "force", "refuse"]
Share = Annotated[str, _matching(r"[1-9]?[0-9]|100", "Whole percent, up to 100.")]
Probability = Annotated[
    str,
    _matching(
        r"[01](\.[0-9]{1,8})?|[1-9]?[0-9](\.[0-9]{1,6})?%|100%",
        "A chance: `0.25` or `25%`.",
        examples=["0.25"],
    ),
]
ClockMode = Literal["real", "scaled", "manual"]
ClockScale = Annotated[
    str,
    _matching(
        r"0\.[1-9][0-9]{0,7}|[1-9][0-9]{0,2}(\.[0-9]{1,8})?|1000",
        "How many times as fast as the real time: from 0.1 to 1000.",
        examples=["60"],
    ),
]
Whole = Annotated[int, Meta(ge=1, le=1_000_000, description="A whole number.")]
Status = Literal[
    "NEW",
    "PARTIALLY_FILLED",
    "FILLED",
    "DONE_FOR_DAY",
    "CANCELED",
    "REPLACED",
    "PENDING_CANCEL",
    "STOPPED",
    "REJECTED",
    "SUSPENDED",
    "PENDING_NEW",
    "CALCULATED",
    "EXPIRED",
    "PENDING_REPLACE",
]
ContingencyName = Literal["NONE", "OCO", "OTO", "OUO", "OUO_PROPORTIONAL", "BRACKET"]
StatusFilter = Literal["open", "finished", "any"]
RoleName = Literal["read", "trade", "admin"]
"""What a token may be for; each may do all that those before it may."""
Direction = Literal["in", "out"]
ListOrder = Literal["oldest", "newest"]
"""What a list begins with."""
Role = Literal["order-entry", "market-data", "drop-copy"]
EventKind = Literal[
    "message",
    "order",
    "session",
    "operation",
    "rule",
    "fault",
    "hold",
    "phase",
    "price",
    "bot",
    "note",
    "reset",
]
"""What happened: see :class:`exsim.control.double_results.Event`."""
OnError = Literal["reject", "pass", "hold", "drop"]
HoldKind = Literal[
    "new",
    "cancel",
    "replace",
    "status",
    "mass-cancel",
    "mass-status",
    "trades",
    "dont-know",
    "trade-ack",
    "quote",
    "mass-quote",
    "quote-cancel",
    "quote-status",
    "quote-request",
    "quote-response",
    "ioi",
    "list",
    "list-cancel",
    "list-status",
    "list-execute",
    "cross",
    "cross-cancel",
    "cross-replace",
    "other",
]
Reason = Literal[
    "UNKNOWN_SYMBOL",
    "CLOSED",
    "DUPLICATE",
    "UNKNOWN_ORDER",
    "TOO_LATE",
    "QUANTITY",
    "PRICE",
    "TICK",
    "UNSUPPORTED",
    "UNSUPPORTED_MESSAGE",
    "NO_PRICE",
    "POLICY",
    "THROTTLED",
    "BAND",
    "NOTIONAL",
    "RISK",
    "KILLED",
    "SHORT_SALE",
    "POST_ONLY",
    "NOT_BEST",
    "MIN_QTY",
    "SELF_TRADE",
    "NO_LIQUIDITY",
    "STALE",
    "SPOKEN",
    "PENDING",
    "ACCOUNT",
    "NOT_ALLOWED",
    "UNKNOWN_QUOTE",
    "BID_ASK",
    "LAST_LOOK",
    "OTHER",
]
"""The names of :class:`exsim.model.codes.Reason`."""


def wait_time(timeout: str) -> int:
    """How long a :data:`Timeout` is, in nanoseconds."""
    return duration(timeout)
