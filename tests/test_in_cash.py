"""Orders in cash, CashOrderQty(152): how a quantity is worked out of it, and what then is told."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.corporate import split
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Reason, Side
from exsim.model.decisions import HOLD, PASS
from exsim.model.events import Event, Report
from exsim.model.instructions import Instructions
from exsim.model.lists import NewCross, NewList
from exsim.model.requests import NewOrder, ReplaceOrder
from exsim.model.settings import Instrument
from tests.again import check_again, keep
from tests.market import Market, order, told
from tests.matrix_links import MemoryLink, venue
from tests.matrix_player import Player
from tests.matrix_words import NAMES, since

BUY, SELL = Side.BUY, Side.SELL


def in_cash(
    name: str,
    cash: int,
    price: int | None = None,
    side: Side = BUY,
    ord_type: OrdType | None = None,
    symbol: str = "AAA",
    **asked: Any,
) -> NewOrder:
    """Terms in cash, in whole units: limit, or market where there is no price."""
    terms = order(name, side, 0, price, symbol=symbol)
    if ord_type is not None:
        terms.ord_type = int(ord_type)
    return terms.with_extra(Instructions(cash=cash * UNIT, **asked))


class QuantityTests(SynchronousTestCase):
    """What the cash comes to."""

    def setUp(self) -> None:
        """Nothing is there."""
        self.market = Market()

    def qty(self, terms: NewOrder) -> int:
        """The quantity that an order came to, in whole units."""
        first = self.market.submit(terms)[0]
        assert isinstance(first, Report), told([first])
        self.assertIsNone(first.reason, first.text)
        return first.terms.qty // UNIT

    def refused(self, terms: NewOrder) -> tuple[Reason | None, str]:
        """Why one is rejected, and that it has no quantity."""
        (report,) = self.market.submit(terms)
        assert isinstance(report, Report)
        self.assertEqual((report.terms.qty, report.leaves), (0, 0))
        return report.reason, report.text

    def test_limit(self) -> None:
        """By the limit, rounded down to the lot, whatever the market shows."""
        self.market.enter("O", SELL, 1, 7)
        self.assertEqual(self.qty(in_cash("A", 100, 6)), 16)
        self.assertEqual(self.qty(in_cash("B", 100, 8, SELL)), 12)

    def test_stop(self) -> None:
        """A stop without a limit by its stop."""
        terms = in_cash("A", 100, None, BUY, OrdType.STOP, stop_px=20 * UNIT)
        self.assertEqual(self.qty(terms), 5)

    def test_market(self) -> None:
        """By the best price of the other side, else the last, else the reference, else a source."""
        market = self.market = Market(price=50)
        self.assertEqual(self.qty(in_cash("A", 100)), 2)
        reference = Instrument("CCC", reference=25 * UNIT)
        market.venue.add_instrument(reference)
        self.assertEqual(self.qty(in_cash("B", 100, symbol="CCC")), 4)
        for name, side in (("P", SELL), ("Q", BUY)):
            market.enter(name, side, 1, 20)
        self.assertEqual(self.qty(in_cash("C", 100)), 5)
        market.enter("O", SELL, 9, 10)
        market.enter("H", BUY, 9, 4)
        self.assertEqual(self.qty(in_cash("D", 90)), 9)
        self.assertEqual(self.qty(in_cash("E", 40, None, SELL)), 10)

    def test_hidden(self) -> None:
        """What is not shown is not known."""
        self.market.enter("L", SELL, 1, 20)
        self.market.enter("M", BUY, 1, 20)
        hidden = order("O", SELL, 9, 10).with_extra(Instructions(hidden=True))
        self.market.submit(hidden)
        self.assertEqual(self.qty(in_cash("A", 100)), 5)

    def test_multiplier_and_lot(self) -> None:
        """A contract costs its multiplier as often; lots are whole."""
        many = Instrument("FUT", multiplier=50 * UNIT, lot=2 * UNIT, security_type="FUT")
        self.market.venue.add_instrument(many)
        self.assertEqual(self.qty(in_cash("A", 10_000, 20, symbol="FUT")), 10)
        self.assertEqual(self.qty(in_cash("B", 9_900, 20, symbol="FUT")), 8)

    def test_nobody_knows(self) -> None:
        """It is rejected without any price, where it buys nothing, or more than there can be."""
        reason, text = self.refused(in_cash("A", 100))
        self.assertEqual(
            (reason, text), (Reason.NO_PRICE, "there is no price to work out what 100 buys")
        )
        reason, text = self.refused(in_cash("B", 5, 6))
        self.assertEqual(reason, Reason.QUANTITY)
        self.assertEqual(text, "5 is no quantity at the price 6, in lots of 1")
        tiny = Instrument("TINY", tick=1, lot=1)
        self.market.venue.add_instrument(tiny)
        terms = in_cash("C", 10**10, symbol="TINY")
        terms.price, terms.ord_type = 1, int(OrdType.LIMIT)
        self.assertEqual(self.refused(terms)[0], Reason.QUANTITY)

    def test_price_of_nothing(self) -> None:
        """A price of zero or below buys no number of anything."""
        spread = Instrument("FUT", security_type="FUT")
        self.market.venue.add_instrument(spread)
        reason, text = self.refused(in_cash("A", 100, -1, symbol="FUT"))
        self.assertEqual((reason, text), (Reason.PRICE, "cash buys nothing at the price -1"))

    def test_currency(self) -> None:
        """It is in the currency of the instrument, where it says one."""
        self.assertEqual(self.qty(in_cash("A", 100, 10, cash_in="USD")), 10)
        reason, text = self.refused(in_cash("B", 100, 10, cash_in="EUR"))
        self.assertEqual(reason, Reason.UNSUPPORTED)
        self.assertEqual(text, "the cash is in 'EUR', AAA is traded in USD")

    def test_not_taken(self) -> None:
        """A venue may take none, and none is for what it does not have."""
        self.assertEqual(
            self.refused(in_cash("A", 100, 10, symbol="ZZZ"))[0], Reason.UNKNOWN_SYMBOL
        )
        self.market = Market(cash_orders=False)
        reason, text = self.refused(in_cash("B", 100, 10))
        self.assertEqual(
            (reason, text), (Reason.UNSUPPORTED, "cash_orders = no: orders say their OrderQty")
        )

    def test_limits(self) -> None:
        """Limits hold for the quantity that it comes to."""
        small = Instrument("SMALL", max_qty=5 * UNIT)
        self.market.venue.add_instrument(small)
        (report,) = self.market.submit(in_cash("A", 100, 10, symbol="SMALL"))
        assert isinstance(report, Report)
        self.assertEqual((report.reason, report.terms.qty), (Reason.QUANTITY, 10 * UNIT))


class LaterTests(SynchronousTestCase):
    """What becomes of one afterwards."""

    def setUp(self) -> None:
        """An offer at 10."""
        self.market = Market()
        self.market.enter("O", SELL, 100, 10)

    def test_held(self) -> None:
        """The quantity is that of the moment it came, also for whoever decides it later."""
        chain = self.market.chain(lambda request: HOLD if request.cl_ord_id == "A" else PASS)
        self.assertEqual(self.market.submit(in_cash("A", 100), chain), [])
        held = self.market.dispatcher.holds.get(1).request
        assert isinstance(held, NewOrder)
        self.assertEqual(held.qty, 10 * UNIT)
        self.market.enter("P", SELL, 100, 5)
        self.market.dispatcher.release(1, self.market.now)
        self.assertEqual(told(self.market.take())[:2], ["A new 0/10", "A fill 10@5 10/0"])

    def test_unknown_is_held_too(self) -> None:
        """One whose quantity nobody knows reaches the policies; it is rejected after them."""
        chain = self.market.chain(lambda request: HOLD)
        self.assertEqual(self.market.submit(in_cash("A", 100, symbol="BBB"), chain), [])
        self.market.dispatcher.release(1, self.market.now)
        self.assertEqual(told(self.market.take()), ["A rejected NO_PRICE 0/0"])

    def test_replaced(self) -> None:
        """An order may be replaced to one that is worth so much in all."""
        self.market.enter("A", BUY, 7, 8)
        asked = ReplaceOrder("A", in_cash("B", 90, 9))
        self.assertEqual(told(self.market.submit(asked)), ["B replaced 0/10"])
        asked = ReplaceOrder("B", in_cash("C", 5, 9))
        self.assertEqual(told(self.market.submit(asked)), ["C replace refused QUANTITY"])

    def test_together(self) -> None:
        """So it is with the orders of lists and crosses."""
        asked = NewList("S", "L", 0, [in_cash("A", 18, 9), order("B", BUY, 5, 8)])
        self.assertEqual(told(self.market.submit(asked))[:2], ["A new 0/2", "B new 0/5"])
        sides = [in_cash("C", 40, 10), in_cash("D", 40, 10, SELL)]
        said = told(self.market.submit(NewCross("S", "X", 1, 0, sides)))
        self.assertEqual(said[:2], ["C new 0/4", "D new 0/4"])

    def test_split(self) -> None:
        """From then on it is an order of so many shares."""
        self.market.submit(in_cash("A", 90, 9))
        out: list[Event] = []
        listing = self.market.venue.listings["AAA"]
        split(self.market.venue, listing, 2, 1, self.market.now, out)
        self.assertEqual(told(out)[1], "A restated 0/20")


class WireTests(SynchronousTestCase):
    """Over FIX, in each version that has the field."""

    def player(self, version: str) -> tuple[MemoryLink, Player]:
        """A counterparty of a venue of its own."""
        link = MemoryLink("", False, False)
        self.addCleanup(link.stop)
        return link, Player(version, link, False)

    def test_each_version(self) -> None:
        """The quantity comes back in all, the cash where a report has a field for it."""
        for version in NAMES[1:]:
            link, player = self.player(version)
            cash = "152=10000" if since(version, "FIX.4.2") else "152="
            none = "-" if since(version, "FIX.4.2") else "0"
            kept = []
            for line in (
                "> new X 152=10000 15=USD 44=20",
                f"< X  new  new  500 0 500  {cash}",
                "! trade 500 20",
                f"< X  fill  filled  500 500 0  +500 @20 {cash}",
                "> new Y 152=10000 44=30000",
                f"< Y  rejected  rejected  {none} 0 0  {cash}",
                "> new Z 152=100.5 40=1",
                "< Z  new  new  5 0 5",
                "< Z  canceled  canceled  5 0 0",
                "> new V 100 44=10",
                "< V  new  new  100 0 100",
                "> replace W/V 152=500 44=10",
                f"< W/V  replaced  replaced  50 0 50  {'152=500' if none == '-' else '152='}",
            ):
                player.step(line, f"{version}: {line}")
                kept.append(keep(link.memory.simulator))
            settings = venue("", False, False)
            check_again(self, link.memory.simulator, settings, *kept[::3])

    def test_wrong(self) -> None:
        """Neither of both, or cash that is no amount, is refused; with both the quantity counts."""
        for version, said in (
            ("FIX.4.0", "3"),
            ("FIX.4.1", "3"),
            ("FIX.4.4", "j"),
            ("FIX.5.0SP2", "j"),
        ):
            link, player = self.player(version)
            player.step("> new X 44=10", version)
            self.assertIn(f"\x0135={said}\x01".encode(), link.receive())
        for value in ("0", "-5", "x"):
            link, player = self.player("FIX.4.4")
            player.step(f"> new X 44=10 152={value}", value)
            self.assertIn(b"\x0135=3\x01", link.receive())
        _, player = self.player("FIX.4.4")
        player.step("> new X 7 44=10 152=100", "both")
        player.step("< X  new  new  7 0 7", "both")
