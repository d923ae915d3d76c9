"""
Recorded order flow through a whole venue: readers of every version keep its book.

``EXSIM_BOOKLOAD`` names recordings to play besides, separated like ``PATH``.
"""

from __future__ import annotations

import os
from pathlib import Path

from exsim.bench.flow import recording
from exsim.engine.book import DAY, FOK, IOC, MARKET
from exsim.engine.replay import ADD, CANCEL, load
from exsim.model.amounts import UNIT, format_amount
from tests.test_drop_copy import Client
from tests.test_fix_market_data import DataCase, Reader

VERSIONS = ("FIX.4.2", "FIX.4.4", "FIXT.1.1")
TIFS = {DAY: "0", IOC: "3", FOK: "4"}
MOST = 3_000
"""Records that are played of a recording."""


def price_of(ticks: int) -> str:
    """A price, where a tick is a cent."""
    return format_amount(ticks * UNIT // 100)


class FlowTests(DataCase):
    """The book after every message."""

    def play(self, data: bytes, most: int) -> None:
        """Play a recording; all readers have the venue's book after each record."""
        _, records = load(data)
        readers = {
            (version, by_order): self.reader(f"R{version}{by_order}", version)
            for version in VERSIONS
            for by_order in (False, True)
        }
        for (_, by_order), reader in readers.items():
            reader.ask("Q", 1, 0, "01", "265=1", f"266={'N' if by_order else 'Y'}")
        flow = Flow(self.trader)
        for record in records[:most]:
            flow.enter(record.kind, record.side, record.ord_type, record.tif,
                       record.order_id, record.price, record.qty)  # fmt: skip
            books = {by_order: self.book(by_order) for by_order in (False, True)}
            for (_, by_order), reader in readers.items():
                reader.heard()
                self.assertEqual(sides(reader), books[by_order])
        traded = self.memory.exchange.dispatcher.venue("XSIM").last_trade
        self.assertGreater(traded, 5)

    def book(self, by_order: bool) -> dict[str, list[tuple[str, str]]]:
        """The venue's own."""
        book = self.memory.exchange.dispatcher.venue("XSIM").engine.book("AAA")
        found = {}
        for kind, side in (("0", 1), ("1", 2)):
            if by_order:
                rows = [(price, qty) for _, price, qty in book.orders(side)]
            else:
                rows = [(price, qty) for price, qty, _ in book.levels(side, 0)]
            found[kind] = [(format_amount(price), format_amount(qty)) for price, qty in rows]
        return found

    def test_made(self) -> None:
        """A flow that is made for it."""
        self.play(recording(250, 5, 40), MOST)

    def test_given(self) -> None:
        """Recordings that are given."""
        for name in os.environ.get("EXSIM_BOOKLOAD", "").split(os.pathsep):
            if name:
                self.setUp()
                self.play(Path(name).read_bytes(), MOST)


def sides(reader: Reader) -> dict[str, list[tuple[str, str]]]:
    """A reader's book."""
    return {kind: reader.side(kind) for kind in "01"}


class Flow:
    """Records as FIX messages of one counterparty, which follows what was filled of its orders."""

    def __init__(self, trader: Client) -> None:
        self._trader = trader
        self._names: dict[int, str] = {}
        self._cum: dict[str, int] = {}
        self._sent = 0

    def enter(
        self, kind: int, side: int, ord_type: int, tif: int, order_id: int, price: int, qty: int
    ) -> None:
        """Send what a record says."""
        self._sent += 1
        name, before = f"M{self._sent}", self._names.get(order_id, "")
        self._names[order_id] = name
        about = (f"11={name}", "55=AAA", f"54={side}", "60=20200101-00:00:00")
        if kind == ADD:
            limit = ("40=1",) if ord_type == MARKET else ("40=2", f"44={price_of(price)}")
            fields = (*about, "21=1", f"38={qty}", *limit, f"59={TIFS[tif]}")
            told = self._trader.say("D", *fields)
        elif kind == CANCEL:
            told = self._trader.say("F", *about, f"41={before}")
        else:
            whole = qty + self._cum.get(before, 0)
            more = ("21=1", f"38={whole}", "40=2", f"44={price_of(price)}", f"41={before}")
            told = self._trader.say("G", *about, *more)
        for each in told:
            if each["35"] != "8" or each["150"] == "8":
                raise AssertionError(f"it was refused: {each}")
            self._cum[each["11"]] = int(each["14"])
