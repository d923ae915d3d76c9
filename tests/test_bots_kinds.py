"""Other kinds of bots: on which side they trade, how much, and how long what they enter stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.control.operations import BY_NAME
from exsim.dispatch.bot_desk import BotDesk
from exsim.dispatch.venue import Venue
from exsim.model.amounts import UNIT
from exsim.model.codes import Phase, Side
from exsim.model.journal import EntryKind
from exsim.plugins import Catalogue
from exsim.services.operations.control import Control
from exsim.services.replaying import inert
from tests.again import check_again, keep
from tests.bot_day import BotDay

BUY, SELL = int(Side.BUY), int(Side.SELL)
MAKER = "[bot:MM]\nkind = maker\nsize = 1000\nskew = 0\nreact = 1ms\n"


class SignalTests(SynchronousTestCase):
    """``momentum`` and ``reversion``, with a maker who follows the price."""

    def day(self, kind: str, options: str = "") -> BotDay:
        """A day with one of them, on ZIG."""
        text = f"[bot:S]\nkind = {kind}\nsymbols = ZIG\nsize = 50\nmost = 200\nwindow = 10s\n"
        day = BotDay(self, MAKER + text + options)
        day.go("3s")
        return day

    def move(self, day: BotDay, *prices: str) -> None:
        """Have the price be these, for two seconds each."""
        for price in prices:
            day.rest("set_price", {"price": price}, symbol="ZIG")
            day.go("2s")

    def test_quiet(self) -> None:
        """Less than the threshold is nothing."""
        for kind in ("momentum", "reversion"):
            day = self.day(kind)
            self.move(day, "100.02", "100.04", "99.99", "100.03")
            self.assertEqual(day.desk("S").entered, 0)

    def test_up_and_down(self) -> None:
        """One goes with the price, the other against it, until it holds as much as it may."""
        for kind, sign in (("momentum", 1), ("reversion", -1)):
            day = self.day(kind)
            self.move(day, "100.20", "100.40", "100.60")
            self.assertEqual(day.desk("S").position("ZIG"), sign * 200 * UNIT)
            kept = day.keep()
            day.go("20s")
            self.move(day, "100.20", "99.80", "99.40", "99.00", "98.60")
            self.assertEqual(day.desk("S").position("ZIG"), -sign * 200 * UNIT)
            self.assertEqual(len(day.desk("S").orders), 0)
            day.check_again(kept)

    def test_forgets(self) -> None:
        """What is longer ago than its window does not count."""
        day = self.day("momentum", "threshold = 50\n")
        for number in range(8):
            self.move(day, f"100.{10 + 9 * number}")
            day.go("3s")
        self.assertEqual(day.desk("S").entered, 0)

    def test_halted(self) -> None:
        """In an auction it looks, and does nothing."""
        day = self.day("momentum")
        day.turn(Phase.INTRADAY_AUCTION)
        self.move(day, "101", "102", "103")
        self.assertEqual(day.desk("S").entered, 0)

    def test_wrong(self) -> None:
        """A size that it never could trade is told."""
        kind = Catalogue().bot("momentum")
        values = {option.name: option.value(None) for option in kind.options}
        values["most"] = UNIT
        error = self.assertRaises(ValueError, kind, "S", values)
        self.assertIn("size is more than most", str(error))


class IcebergTests(SynchronousTestCase):
    """``iceberg``, with somebody who buys."""

    OPTIONS = "symbols = ZIG\ntotal = 1000\nsize = 400\ndisplay = 50\npause = 2s\n"

    def day(self, more: str = "") -> BotDay:
        """A day with it."""
        day = BotDay(self, f"[bot:ICE]\nkind = iceberg\n{self.OPTIONS}{more}")
        day.go("3s")
        return day

    def buy(self, day: BotDay, quantity: str) -> None:
        """Somebody takes some of it."""
        order = {"symbol": "ZIG", "side": "BUY", "quantity": quantity, "type": "MARKET"}
        day.rest("enter_order", {**order, "time_in_force": "IOC"})

    def test_shown(self) -> None:
        """No more than its display is ever seen, and in the end it has sold its total."""
        day = self.day()
        for _ in range(60):
            asks = day.rest("get_book", symbol="ZIG").asks
            for level in asks:
                self.assertLessEqual(int(level.quantity), 50)
            self.buy(day, "30")
            day.go("500ms")
        self.assertEqual(day.desk("ICE").position("ZIG"), -1000 * UNIT)
        self.assertEqual(len(day.asked("ICE", "D")), 3)
        day.check_again()

    def test_chases(self) -> None:
        """It goes after a price that is far off, and not after one that is near."""
        day = self.day("chase = 20\n")
        day.rest("set_price", {"price": "99.85"}, symbol="ZIG")
        day.go("2s")
        self.assertEqual(len(day.asked("ICE", "F")), 0)
        day.rest("set_price", {"price": "99.50"}, symbol="ZIG")
        day.go("2s")
        (order,) = day.desk("ICE").open_orders("ZIG")
        self.assertEqual(order.price, 99 * UNIT + 51 * UNIT // 100)

    def test_buys(self) -> None:
        """The same on the other side."""
        day = self.day("side = buy\n")
        (order,) = day.desk("ICE").open_orders("ZIG")
        self.assertEqual((order.side, order.price), (BUY, 99 * UNIT + 99 * UNIT // 100))


class BurstTests(SynchronousTestCase):
    """``burst``, behind a maker's quotes."""

    OPTIONS = "rate = 1\norders = 10\ngap = 2ms\nhold = 100ms\n"

    def day(self) -> BotDay:
        """A day with it."""
        day = BotDay(self, f"{MAKER}[bot:B]\nkind = burst\n{self.OPTIONS}")
        day.go("100s")
        return day

    def test_share(self) -> None:
        """
        Bursts come as often as they should, within three sigma, of so many orders each; over 95
        per cent of these are canceled, within their time.
        """
        day = self.day()
        new, gone = day.asked("B", "D"), day.asked("B", "F")
        bursts = len(new) / 10
        self.assertLess(abs(bursts - 100 / 1.118), 3 * 100**0.5)
        self.assertGreaterEqual(len(gone) / len(new), 0.95)
        orders = [each for each in day.venue.orders.all() if each.owner == "bot:B"]
        for order in orders:
            if not order.open:
                self.assertLessEqual(order.updated - order.created, 121 * 10**6)

    def test_one_side(self) -> None:
        """All orders of a burst are on one side of one instrument, behind the best price."""
        day = self.day()
        new = [entry.data.split(b"\x01")[2:4] for entry in day.asked("B", "D")]
        for first in range(0, len(new) - 10, 10):
            self.assertEqual([each for each in new[first : first + 10] if each != new[first]], [])
        self.assertEqual(day.desk("B").traded, 0)
        day.check_again()

    def test_alone(self) -> None:
        """With nobody to hide behind there is no burst."""
        day = BotDay(self, f"[bot:B]\nkind = burst\n{self.OPTIONS}")
        day.go("20s")
        self.assertEqual(day.desk("B").entered, 0)


class VacuumTests(SynchronousTestCase):
    """``vacuum``, and a maker who makes the book anew."""

    def test_empties(self) -> None:
        """A side is empty just after, for as long as nobody quotes; as often as it should."""
        maker = MAKER.replace("react = 1ms", "react = 50ms") + "levels = 3\n"
        options = "kind = vacuum\nrate = 0.5\nside = ask\nsymbols = ZIG\n"
        day = BotDay(self, f"{maker}[bot:V]\n{options}")
        empty = 0
        day.go("2s")
        for _ in range(2000):
            before = day.desk("V").traded
            day.go("20ms")
            if day.desk("V").traded > before:
                empty += 1
                self.assertEqual(day.rest("get_book", symbol="ZIG").asks, [])
                day.go("60ms")
                self.assertNotEqual(day.rest("get_book", symbol="ZIG").asks, [])
        self.assertLess(abs(empty - 20), 3 * 20**0.5)
        self.assertGreater(day.desk("V").position("ZIG"), 0)
        self.assertEqual(day.desk("V").open_orders("ZIG"), [])

    def test_levels(self) -> None:
        """No more prices than it should are taken."""
        maker = MAKER + "levels = 3\n"
        options = "kind = vacuum\nrate = 1\nside = bid\nlevels = 2\nsymbols = ZIG\n"
        day = BotDay(self, f"{maker}[bot:V]\n{options}")
        day.go("10s")
        first = day.asked("V", "D")[0].data.replace(b"\x01", b"|")
        self.assertIn(b"|54=2|38=2000|40=2|59=3|44=99.97", first)


TWO = """
[exsim]
seed = 7

[venue:X]
pricing = xp
clock = manual
clock_start = 20260105-09:00:00

[venue:Y]
pricing = yp
clock = manual
clock_start = 20260105-09:00:00

[instrument:X:ZIG]
reference = 100
[instrument:Y:ZIG]
reference = 100
[instrument:Y:ZAG]
reference = 100

[pricing:xp]
source = manual
start = reference
[pricing:yp]
source = manual
start = reference

[bot:XM]
kind = maker
venue = X
skew = 0
[bot:YM]
kind = maker
venue = Y
skew = 0
[bot:ARB]
kind = arbitrage
venue = X, Y
size = 100
"""


class ArbitrageTests(SynchronousTestCase):
    """``arbitrage``: two venues whose prices differ."""

    def setUp(self) -> None:
        """Have them."""
        path = Path(self.mktemp())
        path.write_text(TWO, encoding="utf-8")
        self.settings = load(str(path), [], Catalogue())
        self.simulator = inert(self.settings, Catalogue())
        self.control = Control(self.simulator)
        self.simulator.exchange.days.begin(1)

    def rest(self, operation: str, body: object, **arguments: str) -> Any:
        """Carry out an operation."""
        entry = BY_NAME[operation]
        given = msgspec.convert(arguments, entry.arguments)
        sent = None if entry.body is None else msgspec.convert(body, entry.body)
        return self.control.perform(operation, given, sent)

    def go(self, steps: int) -> None:
        """Let some steps of 50 ms pass at both."""
        for _ in range(steps):
            for venue in ("X", "Y"):
                self.rest("advance_clock", {"by": "50ms"}, venue=venue)

    def price(self, venue: str, price: str) -> None:
        """What ZIG is worth at a venue."""
        self.rest("set_price", {"price": price}, venue=venue, symbol="ZIG")

    def market(self, venue: str) -> Venue:
        """A venue."""
        return self.simulator.dispatcher.venues[venue]

    def desk(self, venue: str) -> BotDesk:
        """Where it trades there."""
        bots = self.market(venue).bots
        assert bots is not None
        return bots.desk("ARB")

    def test_nothing(self) -> None:
        """Where nothing is to be gained it does nothing."""
        self.go(40)
        self.price("Y", "100.03")
        self.go(40)
        self.assertEqual(self.desk("X").entered + self.desk("Y").entered, 0)

    def test_gains(self) -> None:
        """It buys where it is cheap and sells where it is dear: as much, and for more."""
        self.go(40)
        self.price("Y", "101")
        self.go(60)
        bought, sold = self.desk("X").position("ZIG"), self.desk("Y").position("ZIG")
        self.assertGreater(bought, 0)
        self.assertEqual(bought + sold, 0)
        spent = max(each.price for each in self.market("X").trades)
        got = min(each.price for each in self.market("Y").trades)
        self.assertGreater(got, spent)

    def test_turns(self) -> None:
        """What it does at a venue is in turns of that venue alone; and the journal runs again."""
        self.go(40)
        kept = keep(self.simulator)
        self.price("Y", "101")
        self.go(20)
        self.price("Y", "99")
        self.go(20)
        turn = ""
        for entry in self.simulator.exchange.journal.entries(0):
            if entry.kind == EntryKind.TIMER:
                turn = entry.origin
            elif entry.kind == EntryKind.BOT:
                self.assertEqual(entry.origin, f"bots:{turn}")
        names = [self.desk(venue).traded > 0 for venue in ("X", "Y")]
        self.assertEqual(names, [True, True])
        check_again(self, self.simulator, self.settings, kept)

    def test_busted(self) -> None:
        """A bust at one venue is one there, and what is owed then it gets rid of."""
        self.go(40)
        self.price("Y", "101")
        self.go(60)
        self.price("Y", "100")
        self.go(20)
        before = self.desk("X").position("ZIG"), self.desk("Y").position("ZIG")
        self.assertEqual(sum(before), 0)
        orders = self.market("Y").orders.all()
        sold = next(each for each in orders if each.owner == "bot:ARB" and each.cum)
        (fill, *_) = self.rest("list_fills", None, venue="Y", order_id=sold.order_id).items
        self.rest("bust_fill", {"exec_id": fill.exec_id}, venue="Y", order_id=sold.order_id)
        less = int(fill.quantity) * UNIT
        after = self.desk("X").position("ZIG"), self.desk("Y").position("ZIG")
        self.assertEqual(after, (before[0], before[1] + less))
        self.go(20)
        self.assertEqual(self.desk("X").position("ZIG") + self.desk("Y").position("ZIG"), 0)

    def test_started(self) -> None:
        """Started at one venue it is as busy, and as late, at the other as that is."""
        self.rest("advance_clock", {"by": "1h"}, venue="X")
        self.go(1)
        self.rest("change_bots", {"activity": "x0.1"}, venue="Y")
        kept = keep(self.simulator)
        self.rest("stop_bot", None, venue="X", bot="ARB")
        self.assertEqual((self.desk("X").due, self.desk("Y").due), (None, None))
        self.rest("start_bot", None, venue="X", bot="ARB")
        self.assertEqual((self.desk("X").pace, self.desk("Y").pace), (1.0, 0.1))
        now = self.market("Y").time(self.simulator.now())
        self.assertEqual(self.desk("Y").due, now + 1)
        self.go(4)
        check_again(self, self.simulator, self.settings, kept)

    def test_reset(self) -> None:
        """A reset of one venue leaves the other as it is."""
        self.go(40)
        self.price("Y", "101")
        self.go(40)
        there = self.desk("Y").position("ZIG")
        self.rest("reset", {"venue": "X"})
        self.assertEqual(self.desk("X").position("ZIG"), 0)
        self.assertEqual(self.desk("Y").position("ZIG"), there)
        self.go(40)
        self.assertEqual(self.desk("X").runner.failure, "")
