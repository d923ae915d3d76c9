"""
Recordings of order flow: the reader, and a book that must end where they say.

The tests make their own flow through the naive engine, so what a recording expects comes from
there.  ``EXSIM_BOOKLOAD`` names more recordings to replay, separated like ``PATH``.
"""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from exsim.engine.book import BUY, DAY, FOK, IOC, LIMIT, MARKET, SELL, Book
from exsim.engine.replay import Record, ReplayError, load, replay
from exsim.model.trades import BookEvent, Traded
from tests.naive_engine import NaiveBook

# The format once more, so that the reader is not its own judge.
HEADER = struct.Struct("<8sIIIIQQQQII")
RECORD = struct.Struct("<BBBBIiII")
FIGURES = ("trades", "volume", "trade_hash", "resting_lots", "resting", "max_id")

SIDES = {0: BUY, 1: SELL}
TYPES = {0: LIMIT, 1: MARKET}
TIFS = {0: DAY, 1: IOC, 2: FOK}


class Raw(NamedTuple):
    """One record as a recording holds it."""

    kind: int
    side: int
    ord_type: int
    tif: int
    order_id: int
    price: int
    qty: int


def feed(records: list[Raw]) -> tuple[int, ...]:
    """Feed records to the naive engine; return the figures of the header."""
    book = NaiveBook()
    out: list[BookEvent] = []
    for kind, side, ord_type, tif, order_id, price, qty in records:
        if kind == 0:
            book.enter(order_id, SIDES[side], TYPES[ord_type], TIFS[tif], price, qty, out)
        elif kind == 1:
            book.cancel(order_id)
        else:
            book.replace(order_id, price, qty, out)
    trades = [event for event in out if isinstance(event, Traded)]
    trade_hash = 0
    for trade in trades:
        trade_hash = (
            trade_hash * 1000003
            + trade.maker_id * 31
            + trade.taker_id * 17
            + trade.price * 7
            + trade.qty
        ) % 2**64
    return (
        len(trades),
        sum(trade.qty for trade in trades),
        trade_hash,
        sum(order.qty for order in book.resting),
        len(book),
        max((record.order_id for record in records), default=0),
    )


def pack(records: list[Raw], figures: tuple[int, ...], warmup: int = 0) -> bytes:
    """Make a recording."""
    header = HEADER.pack(b"EXSBOOK1", RECORD.size, warmup, len(records) - warmup, 7, *figures)
    return header + b"".join(RECORD.pack(*record, 0) for record in records)


def flow(seed: int, count: int) -> list[Raw]:
    """Orders of every kind around a price that crosses zero, and changes of those that rest."""
    rng = random.Random(seed)
    book, records = NaiveBook(), []
    for order_id in range(1, count + 1):
        side, qty, depth = rng.randrange(2), rng.randint(1, 50), rng.randint(-2, 10)
        price = depth if side else -depth
        roll = rng.random()
        target = rng.choice(book.resting) if book.resting and roll < 0.4 else None
        if target is None:
            ord_type, tif = rng.choice([(0, 0)] * 9 + [(0, 1), (1, 1), (0, 2)])
            record = Raw(0, side, ord_type, tif, order_id, 0 if ord_type else price, qty)
            book.enter(order_id, SIDES[side], TYPES[ord_type], TIFS[tif], record.price, qty, [])
        elif roll < 0.2:
            record = Raw(1, 1 - target.buys, 0, 0, target.order_id, 0, 0)
            book.cancel(target.order_id)
        else:
            price = target.price if rng.random() < 0.5 else price
            record = Raw(2, 1 - target.buys, 0, 0, target.order_id, price, qty)
            book.replace(target.order_id, price, qty, [])
        records.append(record)
    return records


class ReplayTests(SynchronousTestCase):
    """A book ends where the naive engine ended, and a difference is seen."""

    def test_generated_flow(self) -> None:
        """Several seeds, with enough trades and resting orders to mean something."""
        for seed in (1, 2, 3):
            records = flow(seed, 1500)
            figures = feed(records)
            self.assertGreater(figures[0], 300)
            self.assertGreater(figures[4], 30)
            header = replay(pack(records, figures, warmup=100), Book())
            self.assertEqual((header.warmup, header.timed, header.seed), (100, 1400, 7))
            self.assertEqual(header[-6:], figures)

    def test_hash_by_hand(self) -> None:
        """Two trades, with the hash worked out on paper."""
        records = [Raw(0, 0, 0, 0, 1, 100, 5), Raw(0, 1, 0, 0, 2, 100, 3), Raw(0, 1, 1, 1, 3, 0, 9)]
        first = 1 * 31 + 2 * 17 + 100 * 7 + 3
        figures = (2, 5, first * 1000003 + 1 * 31 + 3 * 17 + 100 * 7 + 2, 0, 0, 3)
        replay(pack(records, figures), Book())

    def test_every_figure_counts(self) -> None:
        """A recording that expects one more of anything is refused, naming just that."""
        records = flow(4, 200)
        figures = feed(records)
        for index, name in enumerate(FIGURES):
            wrong = tuple(n + (i == index) for i, n in enumerate(figures))
            error = self.assertRaises(ReplayError, replay, pack(records, wrong), Book())
            self.assertEqual(
                str(error),
                f"wrong end state: {name} is {figures[index]}, should be {figures[index] + 1}",
            )

    def test_time_priority_counts(self) -> None:
        """Two makers that trade in the wrong order are noticed by the hash alone."""
        makers = [Raw(0, 0, 0, 0, 1, 100, 5), Raw(0, 0, 0, 0, 2, 100, 5)]
        taker = Raw(0, 1, 0, 0, 3, 100, 10)
        figures = feed([*makers[::-1], taker])
        error = self.assertRaises(ReplayError, replay, pack([*makers, taker], figures), Book())
        self.assertIn("trade_hash", str(error))
        self.assertNotIn(";", str(error))

    def test_change_of_an_order_that_is_gone(self) -> None:
        """A recording changes resting orders only, so a book without one went wrong before."""
        for kind, name in ((1, "cancel"), (2, "replace")):
            data = pack([Raw(kind, 0, 0, 0, 8, 100, 5)], (0, 0, 0, 0, 0, 8))
            error = self.assertRaises(ReplayError, replay, data, Book())
            self.assertIn(f"{name} of order 8", str(error))

    def test_empty(self) -> None:
        """A recording without records leaves an empty book."""
        replay(pack([], (0,) * 6), Book())

    def test_named_files(self) -> None:
        """The recordings that ``EXSIM_BOOKLOAD`` names."""
        files = [Path(name) for name in named_files()]
        if not files:
            raise SkipTest("EXSIM_BOOKLOAD names no recordings")
        for file in files:
            replay(file.read_bytes(), Book())


def named_files() -> Iterator[str]:
    """What the environment names."""
    return filter(None, os.environ.get("EXSIM_BOOKLOAD", "").split(os.pathsep))


class LoadTests(SynchronousTestCase):
    """The reader."""

    def setUp(self) -> None:
        self.data = pack([Raw(0, 1, 0, 2, 1, -7, 5), Raw(0, 0, 1, 1, 2, 0, 6)], (0,) * 6)

    def refused(self, data: bytes, text: str) -> None:
        """Loading raises an error with this text."""
        self.assertIn(text, str(self.assertRaises(ReplayError, load, data)))

    def test_records(self) -> None:
        """Codes become those of the book; prices are signed."""
        _, records = load(self.data)
        self.assertEqual(
            records, [Record(0, 1, SELL, LIMIT, FOK, -7, 5), Record(0, 2, BUY, MARKET, IOC, 0, 6)]
        )

    def test_another_format(self) -> None:
        """Wrong magic, too short for a header, another record size."""
        self.refused(b"EXSBOOK2" + self.data[8:], "b'EXSBOOK2'")
        self.refused(self.data[:63], "header of 64 bytes")
        self.refused(self.data[:8] + struct.pack("<I", 24) + self.data[12:], "24 bytes")

    def test_another_length(self) -> None:
        """A byte less or more than the header says."""
        self.refused(self.data[:-1], "103 bytes, should be 104")
        self.refused(self.data + b"\0", "105 bytes, should be 104")

    def test_unknown_codes(self) -> None:
        """A kind, side, type or time in force that the format does not have."""
        good = Raw(0, 1, 0, 2, 1, -7, 5)
        for bad in (
            good._replace(kind=3),
            good._replace(side=2),
            good._replace(ord_type=2),
            good._replace(tif=3),
        ):
            self.refused(pack([bad], (0,) * 6), "order 1: unknown code")
