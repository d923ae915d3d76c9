"""
What a recorded feed tells, as rows of one shape, whatever its protocol.

A book is kept by ``ref``, the number or name that an entry has on its feed; where that is empty, by
symbol, side and price. Of ITCH all is kept that changes a book, trades and states; of FIX market
data (W and X) the bids, offers and trades, and the indicative price.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from exsim.errors import RemoteError
from exsim.model.amounts import UNIT, parse_amount
from exsim.model.rows import (
    ADD,
    BUST,
    CHANGE,
    CLEAR,
    CROSS,
    DELETE,
    EVENT,
    EXECUTE,
    INDICATIVE,
    REDUCE,
    REPLACE,
    STATE,
    TRADE,
    Row,
)
from exsim.recorded.found import Found
from exsim.wire.fix import decode
from exsim.wire.layout import PRICE_UNIT, Layout
from exsim.wire.layouts import itch50 as itch


class RowMaker:
    """
    Makes rows of messages, one after another.

    :param day: nanoseconds since 1970 UTC of the midnight that times of ITCH count from.
    """

    def __init__(self, day: int = 0) -> None:
        self._day = day
        self._stocks: dict[int, str] = {}

    def rows(self, raw: bytes, time: int) -> Iterator[Row]:
        """
        Those of a message; none, where it tells nothing of a market.

        :param time: when it was, nanoseconds since 1970 UTC; ITCH tells that itself.
        """
        if raw.startswith(b"8=FIX"):
            yield from _of_fix(raw, time)
        elif raw[:1] in itch.ITCH50.outbound:
            row = _of_itch(raw, self._stocks, self._day)
            if row is not None:
                yield row


def rows_of(found: Iterable[Found], day: int = 0) -> Iterator[Row]:
    """The rows of messages; ``day`` as :class:`RowMaker` has it."""
    maker = RowMaker(day)
    for each in found:
        if each.readable:
            yield from maker.rows(each.raw, each.time)


# -- ITCH

_SIDES: Final[dict[int | bytes, str]] = {b"B": "BUY", b"S": "SELL"}
_KINDS: Final = {
    b"A": ADD, b"F": ADD, b"E": EXECUTE, b"C": EXECUTE, b"X": REDUCE, b"D": DELETE, b"U": REPLACE,
    b"P": TRADE, b"Q": CROSS, b"B": BUST, b"H": STATE, b"S": EVENT, b"I": INDICATIVE,
}  # fmt: skip
_PRICES: Final = ("price", "execution_price", "cross_price", "near_price")
_SHARES: Final = ("shares", "executed_shares", "canceled_shares", "paired_shares")
_CODES: Final = ("trading_state", "event_code", "cross_type", "printable")


class _Columns:
    """Which field of a layout each column of a row is of; -1 for none, which is the empty one."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.kind = _KINDS.get(layout.type)
        self._names = [field.name for field in layout.fields]
        self.stock, self.side = self._first("stock"), self._first("side")
        self.price, self.qty = self._first(*_PRICES), self._first(*_SHARES)
        self.ref, self.new_ref = self._first("reference"), self._first("new_reference")
        self.match, self.code = self._first("match_number"), self._first(*_CODES)

    def _first(self, *names: str) -> int:
        return next((self._names.index(name) for name in names if name in self._names), -1)


_COLUMNS: Final = {kind: _Columns(layout) for kind, layout in itch.ITCH50.outbound.items()}
_LOCATE, _TIME = 0, 2


def _of_itch(raw: bytes, stocks: dict[int, str], day: int) -> Row | None:
    columns = _COLUMNS[raw[:1]]
    try:
        values = (*columns.layout.decode(raw), b"")
    except RemoteError:
        return None
    locate = int(values[_LOCATE])
    if columns.stock >= 0:
        stocks[locate] = _text(values[columns.stock])
    if columns.kind is None:
        return None
    price, qty = values[columns.price], values[columns.qty]
    return Row(
        day + int(values[_TIME]),
        stocks.get(locate, ""),
        columns.kind,
        _SIDES.get(values[columns.side], ""),
        price * PRICE_UNIT if isinstance(price, int) else None,
        qty * UNIT if isinstance(qty, int) else None,
        _text(values[columns.ref]),
        _text(values[columns.new_ref]),
        _text(values[columns.match]),
        _text(values[columns.code]),
    )


def _text(value: int | bytes) -> str:
    return value.decode("latin-1").rstrip(" ") if isinstance(value, bytes) else str(value)


# -- FIX

_ACTIONS: Final = {"0": ADD, "1": CHANGE, "2": DELETE}
_ENTRIES: Final = {"0": "BUY", "1": "SELL"}
_STARTS: Final = {"W": b"269", "X": b"279"}
"""The first field of an entry, by type of message."""


def _of_fix(raw: bytes, time: int) -> Iterator[Row]:
    try:
        parts = decode(raw).parts
    except RemoteError:
        return
    fields = list(zip(parts[::2], parts[1::2], strict=True))
    kind = next((value.decode() for tag, value in fields if tag == b"35"), "")
    start = _STARTS.get(kind)
    if start is None:
        return
    common, entries = _grouped(fields, start)
    symbol = common.get("55", "")
    if kind == "W":
        yield Row(time, symbol, CLEAR)
    for entry in entries:
        for row in _entry(entry, entry.get("55", symbol), time):
            symbol = row.symbol
            yield row


def _grouped(
    fields: list[tuple[bytes, bytes]], start: bytes
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The fields before the first entry, and those of each."""
    common: dict[str, str] = {}
    entries: list[dict[str, str]] = []
    for tag, value in fields:
        if tag == start:
            entries.append({})
        inside = entries[-1] if entries else common
        inside.setdefault(tag.decode(), value.decode("utf-8", "replace"))
    return common, entries


def _entry(entry: dict[str, str], symbol: str, time: int) -> Iterator[Row]:
    """The row of an entry; two of a trade that was otherwise, none of what is no row."""
    what = entry.get("269", "")
    ref = entry.get("278") or entry.get("37", "")
    action = _ACTIONS.get(entry.get("279", "0"))
    try:
        price = parse_amount(entry["270"]) if "270" in entry else None
        qty = parse_amount(entry["271"]) if "271" in entry else None
    except ValueError:
        return
    if what in _ENTRIES and action is not None:
        yield Row(time, symbol, action, _ENTRIES[what], price, qty, ref)
    elif not what and action == DELETE:  # its type may be left out
        yield Row(time, symbol, DELETE, ref=ref)
    elif what == "2":
        if action in (CHANGE, DELETE):
            yield Row(time, symbol, BUST, match=ref)
        if action != DELETE:
            yield Row(time, symbol, TRADE, "", price, qty, match=ref)
    elif what == "Q":
        gone = action == DELETE
        yield Row(time, symbol, INDICATIVE, "", None if gone else price, None if gone else qty)
