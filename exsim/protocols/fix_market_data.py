"""
Market data: MarketDataRequest(V) to a request, and what it is answered by.

All at once is a MarketDataSnapshotFullRefresh(W), what changed a MarketDataIncrementalRefresh(X),
and a refusal a MarketDataRequestReject(Y). The groups of a message are made once for all sessions
that speak a version; only MDReqID(262) is each session's own.

An entry is known by its MDEntryID(278), that of a price by the price itself, too. Before FIX.5.0 a
snapshot has no MDEntryID: there an order of the book is known by OrderID(37), which is the number
that it has on feeds and not the one that its owner is told.
"""

from __future__ import annotations

from typing import Final

from exsim.model.amounts import format_amount
from exsim.model.codes import Reason
from exsim.model.market_data import (
    SNAPSHOT,
    SUBSCRIBE,
    UNSUBSCRIBE,
    DataContent,
    DataEntry,
    DataKind,
    DataQuery,
    DataRefused,
)
from exsim.model.requests import Carry
from exsim.protocols.fix_mass import check, text_of
from exsim.protocols.fix_refused import Refused, RefusedAs
from exsim.protocols.fix_versions import Version
from exsim.wire.fix import FixMessage, utc_timestamp
from exsim.wire.fix_reasons import INCORRECT_FORMAT, REQUIRED_TAG_MISSING, TAG_WITHOUT_VALUE

QUERY: Final = b"V"
_SNAPSHOT: Final = b"W"
_CHANGES: Final = b"X"
_REJECT: Final = b"Y"
_REQUIRED: Final = (b"262", b"263", b"264")
_ACTIONS: Final = {b"0": SNAPSHOT, b"1": SUBSCRIBE, b"2": UNSUBSCRIBE}
_MOST_DEPTH: Final = 1_000_000

KINDS: Final = {
    b"0": DataKind.BID,
    b"1": DataKind.OFFER,
    b"2": DataKind.TRADE,
    b"4": DataKind.OPEN,
    b"5": DataKind.CLOSE,
    b"6": DataKind.SETTLEMENT,
    b"7": DataKind.HIGH,
    b"8": DataKind.LOW,
    b"9": DataKind.VWAP,
    b"A": DataKind.IMBALANCE,
    b"B": DataKind.VOLUME,
    b"Q": DataKind.INDICATIVE,
}
"""By MDEntryType(269)."""
_CODES: Final = {int(kind): code.decode() for code, kind in KINDS.items()}
_IMBALANCES: Final = ("", "277=P\x01", "277=Q\x01")
"""TradeCondition(277) by side: more buyers, more sellers."""
_REASONS: Final = {
    Reason.UNKNOWN_SYMBOL: "0",
    Reason.DUPLICATE: "1",
    Reason.RISK: "2",
    Reason.NOT_ALLOWED: "3",
    Reason.UNSUPPORTED: "8",
}
"""MDReqRejReason(281)."""


_CHECKED: Final = (
    (b"263", "4", "SubscriptionRequestType"),
    (b"264", "5", "MarketDepth"),
    (b"265", "6", "MDUpdateType"),
    (b"266", "7", "AggregatedBook"),
    (b"336", "9", "TradingSessionID"),
)
"""Fields whose value may be one that is not to be had, and MDReqRejReason(281) for that."""
_VALUES: Final = {
    b"263": frozenset(_ACTIONS),
    b"265": frozenset((b"0", b"1")),
    b"266": frozenset((b"Y", b"N")),
}


def check_query(message: FixMessage, version: Version, ours: str) -> None:
    """
    Let a MarketDataRequest(V) pass whose values are such as exsim has; what is missing or is no
    value at all :func:`read` sees. ``ours`` is the TradingSessionID(336) that the venue has.

    :raises RefusedAs: when one of them is not.
    """
    req_id = text_of(message.fields, b"262")
    parts = message.parts
    for tag, code, name in _CHECKED:
        for index in range(0, len(parts), 2):
            value = parts[index + 1]
            if parts[index] != tag or not value or _is_had(tag, value, ours):
                continue
            shown = value.decode("utf-8", "replace")
            reason = f"281={code}\x01" if version.trading_session_rejects or code != "9" else ""
            body = f"262={req_id}\x01{reason}58=unsupported {name} {shown}\x01"
            raise RefusedAs(_REJECT, body.encode("utf-8", "replace"))


def _is_had(tag: bytes, value: bytes, ours: str) -> bool:
    if tag == b"336":
        return value == ours.encode()
    if tag == b"264":
        negative = value[:1] == b"-"
        if not value[negative:].isdigit():
            return True  # no number: malformed
        return not negative and len(value) <= len(str(_MOST_DEPTH)) and int(value) <= _MOST_DEPTH
    return value in _VALUES[tag]


def read(message: FixMessage, session: str, carry: Carry) -> DataQuery:
    """
    The request of a MarketDataRequest(V) that :func:`check_query` let pass.

    :raises Refused: when a field is missing or wrong.
    """
    fields = message.fields
    check(fields, _REQUIRED)
    action = _ACTIONS[fields[b"263"]]
    depth = _number(fields[b"264"])
    if action == SUBSCRIBE and b"265" not in fields:
        raise Refused(REQUIRED_TAG_MISSING, b"265")
    update = fields.get(b"265", b"0")
    if not update:
        raise Refused(TAG_WITHOUT_VALUE, b"265")
    kinds, symbols, unknown = _groups(message)
    if action != UNSUBSCRIBE:
        if not kinds and not unknown:
            raise Refused(REQUIRED_TAG_MISSING, b"269")
        if not symbols:
            raise Refused(REQUIRED_TAG_MISSING, b"55")
    return DataQuery(
        session,
        text_of(fields, b"262"),
        action,
        depth,
        update == b"1",
        fields.get(b"266") == b"N",
        kinds,
        symbols,
        unknown,
        carry,
        message.raw,
    )


def _number(value: bytes) -> int:
    if not value.isdigit():
        raise Refused(INCORRECT_FORMAT, b"264")
    return int(value)


def _groups(message: FixMessage) -> tuple[tuple[int, ...], tuple[str, ...], str]:
    """The kinds of entry, the symbols, and the first kind that there is not."""
    kinds: dict[int, bool] = {}
    symbols: dict[str, bool] = {}
    unknown = ""
    parts = message.parts
    for index in range(0, len(parts), 2):
        tag, value = parts[index], parts[index + 1]
        if tag == b"269":
            kind = KINDS.get(value)
            if kind is None:
                unknown = unknown or value.decode("utf-8", "replace")
            else:
                kinds[int(kind)] = True
        elif tag == b"55":
            symbols[value.decode("utf-8", "replace")] = True
    return tuple(sorted(kinds)), tuple(symbols), unknown


def data_told(req_id: str, content: DataContent, version: Version) -> tuple[bytes, bytes]:
    """MsgType and body of what is told: made once for a version, but for the request's name."""
    body = content.encoded.get(version.name)
    if body is None:
        make = _snapshot if content.snapshot else _changes
        body = content.encoded[version.name] = make(content, version).encode()
    return _SNAPSHOT if content.snapshot else _CHANGES, b"262=%b\x01%b" % (req_id.encode(), body)


def _snapshot(content: DataContent, version: Version) -> str:
    entries = [_entry(entry, content, version, True) for entry in content.entries]
    return f"55={content.symbol}\x01268={len(entries)}\x01{''.join(entries)}"


def _changes(content: DataContent, version: Version) -> str:
    entries = [_entry(entry, content, version, False) for entry in content.entries]
    return f"268={len(entries)}\x01{''.join(entries)}"


def _entry(entry: DataEntry, content: DataContent, version: Version, whole: bool) -> str:
    """One entry, fields in the order that the group has them."""
    key = f"278={entry.entry_id}\x01" if not whole or version.trade_id else ""
    begin = f"269={_CODES[entry.kind]}\x01{key}"
    if not whole:
        begin = f"279={entry.action}\x01{begin}55={content.symbol}\x01"
    price = "0" if entry.price is None else format_amount(entry.price)
    qty = "" if entry.qty is None else f"271={format_amount(entry.qty)}\x01"
    time = utc_timestamp(entry.time, version.timestamp_digits).decode()
    condition = _IMBALANCES[entry.side] if entry.kind == DataKind.IMBALANCE else ""
    if entry.kind <= DataKind.OFFER and entry.side and version.trade_id:
        condition = "276=K\x01"
    order = ""
    if not version.trade_id and entry.kind <= DataKind.OFFER and entry.key.isdigit():
        order = f"37={entry.key}\x01"  # what a snapshot has no MDEntryID for
    count = f"346={entry.count}\x01" if entry.count else ""
    rank = f"290={entry.rank}\x01" if entry.rank else ""
    level = ""
    if version.trade_id:
        level = f"1023={entry.rank}\x01" if entry.rank else ""
        level += f"83={content.seq}\x01"
    return (
        f"{begin}270={price}\x01{qty}272={time[:8]}\x01273={time[9:]}\x01"
        f"{condition}{order}{count}{rank}{level}"
    )


def data_refused(event: DataRefused) -> tuple[bytes, bytes]:
    """MsgType and body of a MarketDataRequestReject(Y)."""
    code = _REASONS.get(event.reason)
    reason = f"281={code}\x01" if code is not None else ""
    body = f"262={event.request.req_id}\x01{reason}58={event.text}\x01"
    return _REJECT, body.encode("utf-8", "replace")
