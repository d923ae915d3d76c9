"""
The parts of icebergs: how many there may be, so that one order cannot bring endless trades, and
who hears of them.
"""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.dispatch.checks import MOST_PARTS
from exsim.model.amounts import UNIT
from exsim.model.codes import Side
from exsim.model.events import Report
from exsim.model.instructions import Instructions
from exsim.model.requests import NewOrder
from exsim.plugins import Catalogue
from tests.market import Market, order, told
from tests.simulator import RestTestCase
from tests.test_drop_copy import INI, Client

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


class RefreshedTests(RestTestCase):
    """Who hears that the next part is displayed."""

    def test_event(self) -> None:
        """Its owner, once for each part."""
        market = Market()
        market.submit(iceberg("A", 5, 2))
        words = [word for word in told(market.enter("T", BUY, 5, 10)) if not word.startswith("T ")]
        fills = ["A fill 2@10 2/3", "A fill 2@10 4/1", "A fill 1@10 5/0"]
        self.assertEqual(
            words, [fills[0], "DisplayRefreshed", fills[1], "DisplayRefreshed", fills[2]]
        )

    def test_fix_does_not_tell(self) -> None:
        """A counterparty over FIX hears of its trades alone, numbered in one row."""
        Path("x.ini").write_text(INI)
        self.start(load("x.ini", [], Catalogue()), Catalogue())
        maker, taker = (Client(self.memory, "orders", name) for name in ("S1", "S2"))
        maker.order("A", "2", 10, 101, "111=4")
        taker.order("B", "1", 8, 101)
        heard = maker.heard()
        self.assertEqual([each["35"] + each["150"] + each["32"] for each in heard], ["8F4", "8F4"])
        self.assertEqual([each["34"] for each in heard], ["3", "4"])
        self.assertEqual([int(each["17"]) for each in heard], [4, 6])
