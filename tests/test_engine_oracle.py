"""
The engine against oracles that are obviously right: the same operations, the same everything.

A plain book is compared over sequences that hypothesis makes, which it can shrink; a whole market,
with all order types, rules and phases, over random episodes. ``EXSIM_ENGINE_OPERATIONS`` says how
many operations those have together; ``python -m tests.soak engine`` does a million.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.engine.book import BUY, DAY, FOK, IOC, LIMIT, MARKET, SELL, Book
from exsim.model.trades import BookEvent
from tests.amount import amount
from tests.market_flow import LENGTH as EPISODE
from tests.market_flow import SYMBOL, Disagreement, Episode
from tests.naive_engine import NaiveBook
from tests.soak.engine import run

EXAMPLES, LENGTH = amount(40, 200), 100
OPERATIONS_IN_ALL = int(os.environ.get("EXSIM_ENGINE_OPERATIONS", amount(5_000, 20_000)))


class Operation(NamedTuple):
    """One call; what its kind has no use for is ignored."""

    kind: str
    side: int
    style: tuple[int, int]  # order type and time in force
    ago: int  # how many entered orders ago; that one may be gone
    depth: int  # small: crosses; great: rests far from the touch
    qty: int

    @property
    def price(self) -> int:
        """Few prices, so that orders queue; those of both sides overlap; some are negative."""
        return 1 - self.depth if self.side == BUY else self.depth - 1


OPERATIONS = st.builds(
    Operation,
    kind=st.sampled_from(["enter"] * 6 + ["cancel", "replace", "resize", "resize"]),
    side=st.sampled_from([BUY, SELL]),
    style=st.sampled_from(
        [(LIMIT, DAY)] * 15
        + [(LIMIT, IOC), (LIMIT, FOK), (MARKET, DAY), (MARKET, IOC), (MARKET, FOK)]
    ),
    ago=st.integers(0, 15),
    depth=st.integers(0, 5),
    qty=st.integers(1, 8),
)


def act(book: Book | NaiveBook, operation: Operation, next_id: int, out: list[BookEvent]) -> object:
    """Do one operation; return what the call returned."""
    kind, side, (ord_type, tif), ago, _, qty = operation
    if kind == "enter":
        return book.enter(next_id, side, ord_type, tif, operation.price, qty, out)
    order_id = next_id - 1 - ago
    if kind == "cancel":
        return book.cancel(order_id)
    price = operation.price
    if kind == "resize":
        price = {i: p for s in (BUY, SELL) for i, p, _ in book.orders(s)}.get(order_id, price)
    return book.replace(order_id, price, qty, out)


def view(book: Book | NaiveBook, next_id: int) -> dict[str, object]:
    """All that a book tells about itself."""
    return {
        "length": len(book),
        "open": [book.open_qty(order_id) for order_id in range(next_id)],
        "best": [book.best(side) for side in (BUY, SELL)],
        "levels": [book.levels(side, depth) for side in (BUY, SELL) for depth in (0, 1, 2)],
        "orders": [list(book.orders(side)) for side in (BUY, SELL)],
    }


class OracleTests(SynchronousTestCase):
    """Generated sequences of operations."""

    @settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
    @given(st.lists(OPERATIONS, min_size=LENGTH, max_size=LENGTH))
    def test_agrees_with_the_naive_engine(self, operations: list[Operation]) -> None:
        """After every operation, results, events, levels, orders and totals are the same."""
        book, naive, next_id = Book(), NaiveBook(), 1
        for operation in operations:
            did: list[BookEvent] = []
            expected: list[BookEvent] = []
            self.assertEqual(
                act(book, operation, next_id, did),
                act(naive, operation, next_id, expected),
                operation,
            )
            self.assertEqual(did, expected, operation)
            next_id += operation.kind == "enter"
            self.assertEqual(view(book, next_id), view(naive, next_id), operation)


class MarketTests(SynchronousTestCase):
    """Random episodes."""

    def test_agrees_with_the_naive_market(self) -> None:
        """After every operation, results, events and all that rests or waits are the same."""
        found = run(1, range(max(1, OPERATIONS_IN_ALL // EPISODE)))
        self.assertEqual(found.failures, [])

    def test_a_difference_is_seen(self) -> None:
        """An engine that does something else is found out."""
        episode = Episode("1")
        episode.engine.market(SYMBOL).book.last = 1
        self.assertRaises(Disagreement, episode.run, 20)
