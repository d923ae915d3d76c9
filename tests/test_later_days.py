"""Orders on later days than their first: what they ask for, and what was filled of it, today."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.amounts import UNIT
from exsim.model.codes import Side, TimeInForce
from exsim.model.events import Event, Report
from exsim.orders.order import Order, order_of
from exsim.orders.unasked import trade_canceled, trade_corrected
from tests.market import order
from tests.test_day import HOUR, START, DayMarket

GTC = TimeInForce.GTC
Today = tuple[int, int, int]


class LaterTestCase(SynchronousTestCase):
    """A is a GTC order to buy 100 at 10, of which 20 were filled on its first day."""

    def setUp(self) -> None:
        """It is the second day; nobody was told so."""
        self.market = DayMarket(START + 5 * HOUR)
        self.market.enter("A", Side.BUY, 100, 10, GTC)
        self.first = self.trade(20)
        self.market.until("09:10:00", "2026-01-06")

    def trade(self, qty: int) -> list[Today | None]:
        """Have somebody sell to it at 10."""
        events = self.market.enter("X", Side.SELL, qty, 10, session="T")
        self.market.venue.orders.forget_session("T")
        return self.today(events)

    def today(self, events: list[Event]) -> list[Today | None]:
        """What reports of A have, in whole units."""
        return [told(each) for each in events if isinstance(each, Report) and each.session == "S"]

    @property
    def order(self) -> Order:
        """A itself."""
        found = self.market.venue.orders.get(1)
        assert found is not None
        return found


def told(report: Report) -> Today | None:
    """What one report has."""
    today = report.more.today if report.more is not None else None
    if today is None:
        return None
    return today.qty // UNIT, today.cum // UNIT, today.avg // UNIT


class ToldTests(LaterTestCase):
    """What reports have."""

    def test_first_day(self) -> None:
        """Nothing."""
        self.assertEqual(self.first, [None])

    def test_fills(self) -> None:
        """What was left as the day began; then what was filled since."""
        self.assertEqual(self.trade(30) + self.trade(50), [(80, 30, 10), (80, 80, 10)])

    def test_replaced(self) -> None:
        """As much more as OrderQty."""
        self.trade(30)
        events = self.market.replace("A", order("B", Side.BUY, 150, 10, GTC))
        self.assertEqual(self.today(events), [(130, 30, 10)])

    def test_third_day(self) -> None:
        """The days before count together."""
        self.trade(30)
        self.market.until("09:10:00", "2026-01-07")
        self.assertEqual(self.trade(10), [(50, 10, 10)])

    def test_restated(self) -> None:
        """The restatement of the morning is the first to tell."""
        market = DayMarket(START + 5 * HOUR, gtc_restate=True)
        market.enter("A", Side.BUY, 100, 10, GTC)
        market.until("07:00:00", "2026-01-06")
        market.events.clear()
        market.until("09:10:00", "2026-01-06")
        self.assertEqual(self.today(market.events), [(100, 0, 0)])


class RevisedTests(LaterTestCase):
    """Busts and corrections of fills, of the day before and of today."""

    def setUp(self) -> None:
        """30 more were filled today."""
        super().setUp()
        self.trade(30)
        fills = self.order.fills
        assert fills is not None
        self.before, self.now = [fill.exec_id for fill in fills]

    def canceled(self, exec_id: str) -> Today | None:
        """What is told of a bust."""
        return told(trade_canceled(self.market.venue.orders, self.order, exec_id, 1))

    def corrected(self, exec_id: str, qty: int, price: int) -> Today | None:
        """What is told of a correction."""
        orders = self.market.venue.orders
        report = trade_corrected(orders, self.order, exec_id, qty * UNIT, price * UNIT, 1)
        return told(report)

    def test_canceled(self) -> None:
        """What was not filled before is asked for today; what was not today is less done."""
        self.assertEqual(self.canceled(self.before), (100, 30, 10))
        self.assertEqual(self.canceled(self.now), (100, 0, 0))

    def test_canceled_today(self) -> None:
        """Then that of the day before."""
        self.assertEqual(self.canceled(self.now), (80, 0, 0))
        self.assertEqual(self.canceled(self.before), (100, 0, 0))

    def test_corrected(self) -> None:
        """Quantity and price of one have no part in the other day's."""
        self.assertEqual(self.corrected(self.before, 15, 8), (85, 30, 10))
        self.assertEqual(self.corrected(self.now, 10, 20), (85, 10, 20))
        self.assertEqual(self.order.cum, 25 * UNIT)
        self.assertEqual(self.order.average, (15 * 8 + 10 * 20) * UNIT // 25)

    def test_kept(self) -> None:
        """A snapshot has it."""
        self.corrected(self.before, 15, 8)
        again = order_of(self.order.state())
        self.assertEqual(again.state(), self.order.state())
        assert again.before is not None
        self.assertEqual((again.before.fills, again.before.cum), (1, 15 * UNIT))
