"""Feeds are recorded to files, and what is read of these, by us and by others, is the book."""

from __future__ import annotations

import io
import os
import random
import signal
import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from itch.parser import MessageParser
from meatpy.itch50 import ITCH50MarketProcessor, ITCH50MessageReader
from twisted.trial.unittest import TestCase

from exsim.cli import parser
from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator
from exsim.config.dictionaries import standard
from exsim.model.rows import Row
from exsim.protocols.fix_dialect import Dialect
from exsim.recorded.files import read_rows
from exsim.terminal import record
from exsim.terminal.watching import Surroundings

INI = Path(__file__).resolve().parent.parent.parent / "etc" / "exsim.ini"
QUIET = "venue:XSIM.activity=none"
DIALECT = Dialect(standard)
Levels = dict[tuple[str, str], str]
"""Quantities by side and price."""


class RecordTests(TestCase):
    """With orders that come, trade, change and go."""

    def setUp(self) -> None:
        """A simulator, and a folder for files."""
        self.folder = Path(self.mktemp()).resolve()
        self.folder.mkdir(parents=True)
        self.simulator = self.spawn()
        self.errors = ""

    def spawn(self, *overrides: str) -> SpawnedSimulator:
        """Start one with the folder as its disk."""
        data = f"exsim.data_dir={self.folder / 'data'}"
        one = Simulator.spawn(INI, [QUIET, data, *overrides], timeout=30)
        self.addCleanup(one.stop)
        return one

    def record(self, *words: str) -> int:
        """Run the command."""
        err = io.StringIO()
        around = Surroundings(
            io.StringIO(), err, lambda url, token: Simulator(self.simulator.url), self.lost
        )
        options = parser().parse_args(["record-feed", *words])
        try:
            return record.main(options, around)
        finally:
            self.errors = err.getvalue()

    def lost(self, seconds: float) -> None:
        """The connection is lost."""
        raise KeyboardInterrupt

    def path(self, name: str) -> str:
        """Where a file is."""
        return str(self.folder / name)

    def trade(self, seed: int, count: int = 60) -> None:
        """Orders of AAA around 100, some of which are canceled or replaced."""
        luck = random.Random(seed)
        for _ in range(count):
            outcome = self.simulator.enter_order(
                "XSIM",
                symbol="AAA",
                side=luck.choice(("BUY", "SELL")),
                quantity=str(luck.randint(1, 50)),
                price=f"{100 + luck.randint(-5, 5) / 100:.2f}",
            )
            order = outcome.order
            assert order is not None
            if order.status in ("NEW", "PARTIALLY_FILLED") and luck.random() < 0.3:
                if luck.random() < 0.5:
                    self.simulator.cancel_order("XSIM", order.order_id)
                else:
                    self.simulator.replace_order("XSIM", order.order_id, price="99.90")

    def book(self) -> Levels:
        """What REST shows."""
        book = self.simulator.get_book("XSIM", "AAA", depth=100)
        bids = {("BUY", level.price): level.quantity for level in book.bids}
        return bids | {("SELL", level.price): level.quantity for level in book.asks}

    def test_itch(self) -> None:
        """Others' readers make the book of the file, and so do our rows, also by Parquet."""
        self.trade(1)
        for name in ("day.itch", "day.parquet", "day.csv"):
            self.assertEqual(self.record("itch", self.path(name), "--until-quiet"), 0, self.errors)
        wanted = self.book()
        self.assertGreater(len(wanted), 5)

        processor = ITCH50MarketProcessor("AAA", datetime(2026, 1, 5, tzinfo=UTC))
        for message in ITCH50MessageReader().read_file(self.path("day.itch")):
            processor.process_message(message)
        lob = processor.current_lob
        assert lob is not None
        theirs = {}
        for side, levels in (("BUY", lob.bid_levels), ("SELL", lob.ask_levels)):
            for level in levels:
                price = f"{level.price / 10_000:.2f}".rstrip("0").rstrip(".")
                theirs[side, price] = str(sum(each.volume for each in level.queue))
        self.assertEqual(theirs, wanted)

        with open(self.path("day.itch"), "rb") as file:
            kinds = Counter(each.message_type.decode() for each in MessageParser().parse_file(file))
        rows = self.rows("day.itch")
        self.assertEqual(kinds["A"], sum(row.kind == "add" for row in rows))
        self.assertGreater(kinds["E"], 0)

        self.assertEqual(levels_of(rows), wanted)
        day = self.rows("day.parquet")[0].time - rows[0].time
        self.assertEqual(day % (86_400 * 10**9), 0)
        for name in ("day.parquet", "day.csv"):
            self.assertEqual(
                [row._replace(time=row.time - day) for row in self.rows(name)], rows, name
            )

    def rows(self, name: str) -> list[Row]:
        """Those of a file."""
        with open(self.path(name), "rb") as file:
            return list(read_rows(file, lambda raw: DIALECT.names_in(raw, b"")))

    def test_fix(self) -> None:
        """A log of FIX, from a snapshot on, and its rows."""
        self.trade(2, 20)
        for name in ("day.fix", "day.parquet"):
            thread = threading.Thread(
                target=self.record, args=("market-data", self.path(name), "--until-quiet")
            )
            thread.start()
            self.simulator.wait_messages(
                session="RECORDER", type="W", count=3, timeout="10s",
                after=self.simulator.list_messages(limit=1_000).position,
            )  # fmt: skip
            self.trade(3)
            thread.join()
            self.assertEqual(levels_of(self.rows(name)), self.book(), self.errors)
        log = Path(self.path("day.fix")).read_bytes()
        self.assertRegex(log, rb"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z > 8=FIX\.4\.4\x019=")

    def test_resumed(self) -> None:
        """Where the connection is lost it is made again, and nothing is missed or twice."""
        self.trade(4, 20)

        address = self.simulator.endpoints["itch"]

        def lost(seconds: float) -> None:  # it comes back where it was
            self.simulator = self.spawn(
                f"endpoint:itch.listen=tcp:{address.port}:interface={address.host}"
            )
            self.trade(5, 20)

        self.lost = lost  # type: ignore[method-assign]
        killer = threading.Timer(0.7, os.kill, (self.simulator.pid, signal.SIGKILL))
        killer.start()
        self.addCleanup(killer.join)
        status = self.record("itch", self.path("day.itch"), "--until-quiet")
        self.assertEqual(status, 0, self.errors)
        self.assertIn("the connection is lost", self.errors)
        self.assertEqual(levels_of(self.rows("day.itch")), self.book())

    def test_refused(self) -> None:
        """What is no feed, an endpoint that is not there, and an instrument nobody knows."""
        self.assertEqual(self.record("order-entry", self.path("x")), 1)
        self.assertIn("protocol itch or glimpse, or of fix with role market-data", self.errors)
        self.assertEqual(self.record("none", self.path("x")), 1)
        self.assertIn("404", self.errors)
        self.assertEqual(self.record("market-data", self.path("x"), "--symbol", "ZZZ"), 1)
        self.assertIn("the request was rejected", self.errors)
        self.assertEqual(self.record("itch", self.path("x"), "--day", "noon"), 2)


def levels_of(rows: list[Row]) -> Levels:
    """The book of AAA that rows come to."""
    orders: dict[str, tuple[str, int, int]] = {}
    for row in rows:
        if row.symbol != "AAA":
            continue
        if row.kind == "clear":
            orders.clear()
        elif row.kind in ("add", "change"):
            assert row.price is not None and row.qty is not None
            orders[row.ref] = (row.side, row.price, row.qty)
        elif row.kind in ("execute", "reduce"):
            side, price, qty = orders.pop(row.ref)
            if qty > (row.qty or 0):
                orders[row.ref] = (side, price, qty - (row.qty or 0))
        elif row.kind == "delete":
            del orders[row.ref]
        elif row.kind == "replace":
            side, _, _ = orders.pop(row.ref)
            orders[row.new_ref] = (side, row.price or 0, row.qty or 0)
    found: dict[tuple[str, int], int] = {}
    for side, price, qty in orders.values():
        found[side, price] = found.get((side, price), 0) + qty
    return {
        (side, f"{price / 10**8:.2f}".rstrip("0").rstrip(".")): str(qty // 10**8)
        for (side, price), qty in found.items()
    }
