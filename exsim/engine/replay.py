"""
Replay of recorded order flow that carries the result a correct book must reach.

A recording is a bytes object, little endian: a header, then records of 20 bytes.

======== ================================================================================
header   ``EXSBOOK1``, record size, warm-up records, timed records, seed; then the end state:
         trades, traded lots, trade hash, sum of resting lots, resting orders, greatest id
record   kind (0 add, 1 cancel, 2 replace), side (0 buy, 1 sell), type (0 limit, 1 market),
         time in force (0 day, 1 IOC, 2 FOK), order id, price in ticks, quantity in lots (of a
         replace: the new open quantity), spare
======== ================================================================================

Ticks and lots go into the book as they are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from exsim.engine.book import BUY, DAY, FOK, IOC, LIMIT, MARKET, SELL, Book
from exsim.errors import ExsimError
from exsim.model.trades import BookEvent, Traded

MAGIC = b"EXSBOOK1"
HEADER = struct.Struct("<8sIIIIQQQQII")
RECORD = struct.Struct("<BBBBIiII")
ADD, CANCEL, REPLACE = range(3)

#: What the codes of a record's side, type and tif mean to the book.
SIDES = (BUY, SELL)
TYPES = (LIMIT, MARKET)
TIFS = (DAY, IOC, FOK)

_MASK = (1 << 64) - 1


class Header(NamedTuple):
    """The start of a recording; from ``trades`` on it is the end state to reach."""

    magic: bytes
    record_size: int
    warmup: int
    timed: int
    seed: int
    trades: int
    volume: int
    trade_hash: int
    resting_lots: int
    resting: int
    max_id: int


class Record(NamedTuple):
    """One message, in the words of :class:`~exsim.engine.book.Book`."""

    kind: int
    order_id: int
    side: int
    ord_type: int
    tif: int
    price: int
    qty: int


class ReplayError(ExsimError):
    """The recording is not one, or the book did not do what it says."""


class Tally:
    """What the trades so far come to: their number, their quantity and their hash."""

    __slots__ = ("trade_hash", "trades", "volume")

    def __init__(self) -> None:
        self.trades = 0
        self.volume = 0
        self.trade_hash = 0

    def add(self, events: Iterable[BookEvent]) -> None:
        """Take in events, in the order they happened."""
        for event in events:
            if isinstance(event, Traded):
                self.trades += 1
                self.volume += event.qty
                self.trade_hash = (
                    self.trade_hash * 1000003
                    + event.maker_id * 31
                    + event.taker_id * 17
                    + event.price * 7
                    + event.qty
                ) & _MASK


def load(data: bytes) -> tuple[Header, list[Record]]:
    """
    Read a recording.

    :raises ReplayError: if it has another format, another length than it says, or unknown codes.
    """
    if len(data) < HEADER.size or not data.startswith(MAGIC):
        raise ReplayError(
            f"not a recording: starts with {data[:8]!r}, should be {MAGIC!r} and "
            f"the rest of a header of {HEADER.size} bytes"
        )
    header = Header(*HEADER.unpack_from(data))
    if header.record_size != RECORD.size:
        raise ReplayError(f"records of {header.record_size} bytes, should be {RECORD.size}")
    expected = HEADER.size + RECORD.size * (header.warmup + header.timed)
    if len(data) != expected:
        raise ReplayError(
            f"{len(data)} bytes, should be {expected} for {header.warmup} + {header.timed} records"
        )
    body = memoryview(data)[HEADER.size :]
    return header, [_record(*fields) for fields in RECORD.iter_unpack(body)]


def _record(
    kind: int, side: int, ord_type: int, tif: int, order_id: int, price: int, qty: int, _spare: int
) -> Record:
    if kind > REPLACE or side >= len(SIDES) or ord_type >= len(TYPES) or tif >= len(TIFS):
        raise ReplayError(
            f"order {order_id}: unknown code in kind {kind}, side {side}, "
            f"type {ord_type}, tif {tif}"
        )
    return Record(kind, order_id, SIDES[side], TYPES[ord_type], TIFS[tif], price, qty)


def apply(records: Iterable[Record], book: Book, out: list[BookEvent]) -> None:
    """
    Feed records to a book, one call each; events are appended to ``out``.

    :raises ReplayError: for a cancel or replace of an order that does not rest: a correct book
        has every order that a recording changes.
    """
    for kind, order_id, side, ord_type, tif, price, qty in records:
        if kind == ADD:
            book.enter(order_id, side, ord_type, tif, price, qty, out)
        elif kind == CANCEL:
            if not book.cancel(order_id):
                raise ReplayError(f"cancel of order {order_id}, which should rest and does not")
        elif not book.replace(order_id, price, qty, out):
            raise ReplayError(f"replace of order {order_id}, which should rest and does not")


def replay(data: bytes, book: Book) -> Header:
    """
    Feed a whole recording to an empty book and check where that ends.

    :raises ReplayError: naming each figure of the end state that differs.
    """
    header, records = load(data)
    tally = Tally()
    out: list[BookEvent] = []
    for start in range(0, len(records), 1000):
        apply(records[start : start + 1000], book, out)
        tally.add(out)
        out.clear()
    check(header, records, book, tally)
    return header


def check(header: Header, records: list[Record], book: Book, tally: Tally) -> None:
    """
    Compare the end state with the header's.

    :raises ReplayError: naming each figure that differs.
    """
    resting = [qty for side in SIDES for _, _, qty in book.orders(side)]
    reached = {
        "trades": tally.trades,
        "volume": tally.volume,
        "trade_hash": tally.trade_hash,
        "resting_lots": sum(resting),
        "resting": len(resting),
        "max_id": max((record.order_id for record in records), default=0),
    }
    expected = header._asdict()
    wrong = [
        f"{name} is {value}, should be {expected[name]}"
        for name, value in reached.items()
        if value != expected[name]
    ]
    if wrong:
        raise ReplayError("wrong end state: " + "; ".join(wrong))
