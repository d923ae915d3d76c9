"""``etc/exsim.ini`` is a venue that is alive, where some instruments are for clients alone."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.model.codes import Side
from exsim.model.journal import EntryKind
from exsim.plugins import Catalogue
from exsim.services.replaying import inert
from tests.again import check_again
from tests.bot_day import Day

INI = Path(__file__).resolve().parent.parent / "etc" / "exsim.ini"
MINE = ("AAA", "BBB", "CCC")
ALIVE = ("ACME", "GIZMO", "WIDGET", "UNICORN", "YETI")
CLOCK = ("venue:XSIM.clock=manual", "venue:XSIM.clock_start=2026-01-05T09:00:00Z")
SECOND = 10**9
BUY, SELL = int(Side.BUY), int(Side.SELL)


class AliveTests(SynchronousTestCase):
    """Some minutes of it, by a clock that is moved."""

    def day(self, *overrides: str) -> Day:
        """It begins."""
        return Day(self, load(str(INI), [*CLOCK, *overrides], Catalogue()))

    def sides(self, day: Day, symbol: str) -> tuple[int, int]:
        """How many prices there are on either side of a book."""
        book = day.venue.engine.book(symbol)
        return len(book.levels(BUY, 0)), len(book.levels(SELL, 0))

    def test_alive(self) -> None:
        """At once there are quotes; then all prices move and all trade, in no time that matters."""
        day = self.day()
        day.go("5s")
        for symbol in ALIVE:
            self.assertGreaterEqual(min(self.sides(day, symbol)), 3, symbol)
        began = {symbol: day.venue.price(symbol, 0) for symbol in ALIVE}
        empty = 0
        for _ in range(60):
            day.go("5s")
            empty += sum(not min(self.sides(day, symbol)) for symbol in ALIVE)
        self.assertLess(empty, 0.05 * 60 * len(ALIVE))
        traded = {trade.symbol for trade in day.venue.trades}
        self.assertEqual(traded, set(ALIVE))
        self.assertGreater(day.venue.last_trade, 150)
        self.assertEqual([s for s in ALIVE if began[s] == day.venue.price(s, 0)], [])
        desks = day.venue.bots.desks.values() if day.venue.bots else ()
        asked = sum(desk.entered for desk in desks)
        self.assertLess(asked, 305 * 40)  # 40 a second are some 1 % of a core
        self.assertEqual([desk.refused for desk in desks], [0, 0])
        day.check_again()

    def test_mine(self) -> None:
        """Nobody prices the others, or has an order in them."""
        day = self.day()
        day.go("2m")
        for symbol in MINE:
            self.assertEqual(self.sides(day, symbol), (0, 0))
            self.assertIsNone(day.venue.price(symbol, 0))
        orders = day.rest("list_orders", limit=500).items
        self.assertEqual({order.symbol for order in orders} - set(ALIVE), set())

    def test_quiet(self) -> None:
        """With no activity nothing happens at all."""
        day = self.day("venue:XSIM.activity=none")
        day.go("10m")
        kinds = [entry.kind for entry in day.simulator.exchange.journal.entries(0)]
        self.assertEqual(kinds, [EntryKind.STEP, EntryKind.COMMAND])

    def test_overslept(self) -> None:
        """After a night asleep each bot goes on, and does not make up for it."""
        settings = load(str(INI), [], Catalogue())
        simulator = inert(settings, Catalogue())
        exchange, hour = simulator.exchange, 3600 * SECOND
        exchange.days.begin(hour)
        for tenth in range(50):
            exchange.run_due(hour + tenth * SECOND // 10)
        before = exchange.journal.last
        exchange.run_due(9 * hour)
        self.assertLess(exchange.journal.last - before, 300)
        morning = exchange.journal.last
        for tenth in range(50):
            exchange.run_due(9 * hour + tenth * SECOND // 10)
        self.assertGreater(exchange.journal.last - morning, 100)
        market = simulator.dispatcher.venue("XSIM")
        for symbol in ALIVE:
            book = market.engine.book(symbol)
            self.assertTrue(book.levels(BUY, 1) and book.levels(SELL, 1), symbol)
        check_again(self, simulator, settings)

    def test_clients_alone(self) -> None:
        """Drop copies are of what clients do."""
        (endpoint,) = [e for e in self.day().settings.endpoints if e.role == "drop-copy"]
        self.assertTrue(endpoint.options["copy_clients_only"])
