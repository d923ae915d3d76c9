"""Into how many parts an iceberg may be cut, so that one order cannot bring endless trades."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.checks import MOST_PARTS
from exsim.model.amounts import UNIT
from exsim.model.codes import Side
from exsim.model.events import Report
from exsim.model.instructions import Instructions
from exsim.model.requests import NewOrder
from tests.market import Market, order, told

BUY, SELL = Side.BUY, Side.SELL


def iceberg(name: str, qty: int, shown: int) -> NewOrder:
    """Sells so much, of which so much is shown at a time."""
    return order(name, SELL, qty, 10).with_extra(Instructions(display=shown * UNIT))


class PartsTests(SynchronousTestCase):
    """At the bound, and one past it."""

    def test_entered(self) -> None:
        """A thousand parts trade, each by itself; one more is refused."""
        market = Market()
        events = market.submit(iceberg("A", 2 * MOST_PARTS + 1, 2))
        self.assertEqual(told(events), ["A rejected QUANTITY 0/0"])
        (report,) = events
        assert isinstance(report, Report)
        self.assertEqual(report.text, "DisplayQty 2 makes more than 1000 parts of 2001")
        self.assertEqual(told(market.submit(iceberg("B", 2 * MOST_PARTS, 2))), ["B new 0/2000"])
        market.enter("T", BUY, 2 * MOST_PARTS, 10)
        self.assertEqual(market.venue.last_trade, MOST_PARTS)

    def test_replaced(self) -> None:
        """A replace cannot make more of them, either."""
        market = Market()
        market.submit(iceberg("A", MOST_PARTS, 1))
        events = market.replace("A", iceberg("B", MOST_PARTS + 1, 1))
        self.assertEqual(told(events), ["B replace refused QUANTITY"])
        events = market.replace("A", iceberg("C", MOST_PARTS + 1, 2))
        self.assertEqual(told(events), ["C replaced 0/1001"])
