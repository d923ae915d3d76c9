"""Where a trailing stop has come to: kept while it is out of its book, rescaled by a split."""

from __future__ import annotations

from exsim.dispatch import operator
from exsim.dispatch.corporate import dividend, split
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Side
from exsim.model.events import Event
from exsim.model.requests import NO_PRICE, ReplaceOrder
from exsim.orders.order import order_of
from exsim.services.packing import pack, unpack
from tests.market import told
from tests.test_market_settings import special
from tests.test_suspended import SuspendedTestCase

BUY, SELL = Side.BUY, Side.SELL


class TrailingTestCase(SuspendedTestCase):
    """A market in which prices move."""

    def trade(self, price: int) -> list[str]:
        """Two of T trade at a price; what S is told of that."""
        market = self.market
        market.enter(f"O{market.now}", SELL, 1, price, session="T")
        events = market.enter(f"B{market.now}", BUY, 1, price, session="T")
        market.now += 1
        return told(event for event in events if event.session == "S")

    def trail(
        self, name: str, side: Side, limit: int | None = None, stop_px: int = NO_PRICE
    ) -> None:
        """Enter a trailing stop for 5, five away."""
        ord_type = OrdType.STOP if limit is None else OrdType.STOP_LIMIT
        asked = {"trail": 5 * UNIT, "stop_px": stop_px}
        self.market.submit(special(name, side, 5, limit, ord_type, **asked))  # type: ignore[arg-type]  # instructions

    def stop(self, name: str) -> float:
        """Where it is elected now."""
        level = self.market.venue.engine.market("AAA").triggers.stop_px(self.find(name).number)
        assert level != NO_PRICE
        return level / UNIT


class SuspendedTests(TrailingTestCase):
    """It is put back."""

    def setUp(self) -> None:
        """One to sell, whose stop has come to 105."""
        super().setUp()
        self.trade(100)
        self.trail("A", SELL)
        self.trade(110)
        self.market.enter("Q", BUY, 5, 80, session="T")

    def test_level(self) -> None:
        """Its stop is where it was, though the price has come back meanwhile."""
        self.assertEqual(self.stop("A"), 105)
        self.do(operator.suspend, "A")
        self.trade(107)
        self.do(operator.resume, "A")
        self.assertEqual(self.stop("A"), 105)
        self.assertEqual(self.trade(105), ["A triggered 0/5", "A fill 5@80 5/0"])

    def test_moves_on(self) -> None:
        """What the price reached meanwhile moves it as it comes back; or elects it at once."""
        self.do(operator.suspend, "A")
        self.trade(120)
        self.do(operator.resume, "A")
        self.assertEqual(self.stop("A"), 115)
        self.do(operator.suspend, "A")
        self.trade(104)
        said = ["A restated 0/5", "A triggered 0/5", "A fill 5@80 5/0"]
        self.assertEqual([each for each in self.do(operator.resume, "A") if each[0] == "A"], said)

    def test_limit(self) -> None:
        """The limit of one that has such goes with the stop that was given, as ever."""
        self.trail("L", SELL, 98, stop_px=100 * UNIT)
        self.trade(111)
        self.assertEqual(self.stop("L"), 106)
        self.do(operator.suspend, "L")
        self.trade(107)
        self.do(operator.resume, "L")
        self.trade(106)
        found = self.find("L")
        self.assertEqual((found.elected, found.terms.price), (True, 104 * UNIT))

    def test_twice(self) -> None:
        """Suspended twice, and done for the day, it is in its book once."""
        self.do(operator.suspend, "A")
        self.do(operator.suspend, "A")
        self.do(operator.mark, "A", "done-for-day")
        self.do(operator.resume, "A")
        self.assertEqual(self.stop("A"), 105)
        self.assertEqual(self.find("A").level, NO_PRICE)

    def test_replaced(self) -> None:
        """One that its session replaces begins anew, as it does in its book."""
        self.do(operator.suspend, "A")
        self.trade(107)
        self.market.submit(
            ReplaceOrder("A", special("C", SELL, 4, None, OrdType.STOP, trail=5 * UNIT))
        )
        self.do(operator.resume, "C")
        self.assertEqual(self.stop("C"), 102)

    def test_changed(self) -> None:
        """One that the operator changes stays where it has come to."""
        self.trade(107)
        self.do(operator.replace, "A", 4 * UNIT, NO_PRICE)
        self.assertEqual((self.stop("A"), self.find("A").leaves), (105, 4 * UNIT))
        self.assertEqual(self.find("A").level, NO_PRICE)

    def test_snapshot(self) -> None:
        """It is of what is kept of an order; what was kept before has none."""
        self.do(operator.suspend, "A")
        state = unpack(pack(self.find("A").state()))
        self.assertEqual(order_of(state).level, 105 * UNIT)
        state[-1] = state[-1][:3]
        self.assertEqual(order_of(state).level, NO_PRICE)


class SplitTests(TrailingTestCase):
    """Two shares for one, and a dividend."""

    def act(self, new: int) -> None:
        """Split."""
        venue, out = self.market.venue, list[Event]()
        split(venue, venue.listing("AAA"), new, 1, self.market.now, out)

    def test_level(self) -> None:
        """Where it has come to is rescaled, as its distance is."""
        self.trade(100)
        self.trail("A", SELL)
        self.trade(110)
        self.trade(107)
        self.act(2)
        self.assertEqual(self.stop("A"), 52.5)
        self.trade(56)
        self.assertEqual(self.stop("A"), 53.5)

    def test_suspended(self) -> None:
        """So it is while it is out of its book."""
        self.trade(100)
        self.trail("A", SELL)
        self.trade(110)
        self.do(operator.suspend, "A")
        self.trade(107)
        self.act(2)
        self.do(operator.resume, "A")
        self.assertEqual(self.stop("A"), 52.5)

    def test_nothing_elected(self) -> None:
        """Stops are not elected by the price of before."""
        self.trade(100)
        self.market.submit(special("B", BUY, 5, None, OrdType.STOP, stop_px=120 * UNIT))
        self.trail("D", BUY)
        self.act(2)
        self.assertEqual((self.stop("B"), self.stop("D")), (60, 52.5))
        self.assertFalse(self.find("B").elected or self.find("D").elected)

    def test_limit(self) -> None:
        """The limit of a trailing stop-limit is rescaled with it."""
        self.trade(100)
        self.trail("L", SELL, 92, stop_px=94 * UNIT)
        self.trade(111)
        self.act(2)
        self.trade(53)
        found = self.find("L")
        self.assertEqual((found.elected, found.terms.price), (True, 52 * UNIT))

    def test_dividend(self) -> None:
        """Of a dividend stops to sell fall by its worth, stops to buy stay."""
        self.trade(100)
        self.trail("A", SELL)
        self.trail("D", BUY)
        self.trade(103)
        venue, out = self.market.venue, list[Event]()
        dividend(venue, venue.listing("AAA"), UNIT, self.market.now, out)
        self.assertEqual((self.stop("A"), self.stop("D")), (97, 105))
