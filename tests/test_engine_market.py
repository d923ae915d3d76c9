"""A market as a whole: replaces, what is settled when, rules, and its state."""

from __future__ import annotations

import json

from exsim.engine.entry import Entry
from exsim.errors import Bug
from exsim.model.codes import OrdType
from exsim.model.instructions import Instructions, Peg
from exsim.model.market import Allocation, Keeps, Prevention
from exsim.model.trades import BookEvent, Repriced, Traded, Triggered
from tests.engine_case import BUY, DAY, LIMIT, SELL, EngineTestCase


class ReplaceTests(EngineTestCase):
    """Which replaces keep the place."""

    def order(self, price: int, qty: int, first: int = 1) -> list[int]:
        """Replace the first of two at 100, of 5 each; the order in which they stand then."""
        self.buy(1, 5, 100)
        self.buy(2, 5, 100)
        self.assertTrue(self.engine.replace("AAA", first, price, qty, []))
        return [order_id for order_id, _, _ in self.bids()]

    def test_rules(self) -> None:
        """For each rule: less, the same, more, another price and back."""
        for rule, less, more in (
            (Keeps.SMALLER, [1, 2], [2, 1]),
            (Keeps.ANY_QUANTITY, [1, 2], [1, 2]),
            (Keeps.NOTHING, [2, 1], [2, 1]),
        ):
            for qty, expected in ((4, less), (5, less), (6, more)):
                self.setUp()
                self.configure(replace_keeps=rule)
                self.assertEqual(self.order(100, qty), expected, (rule, qty))
            self.setUp()
            self.configure(replace_keeps=rule)
            self.assertEqual(self.order(99, 5), [2, 1], rule)

    def test_other_instructions(self) -> None:
        """An order that asks for something else from now queues anew."""
        self.buy(1, 5, 100)
        self.buy(2, 5, 100)
        for extra, expected in (
            (Instructions(display=2), [2, 1]),
            (Instructions(display=2, expire=7), [2, 1]),
        ):
            entry = Entry(1, BUY, LIMIT, DAY, 100, 5, extra)
            self.assertTrue(self.engine.replace_order("AAA", entry, []))
            self.assertEqual([order_id for order_id, _, _ in self.bids()], expected)
        self.assertEqual(self.shown(BUY), [(100, 7, 2)])
        self.buy(3, 1, 100)
        entry = Entry(1, BUY, LIMIT, DAY, 100, 5, Instructions(display=2, expire=9))
        self.assertTrue(self.engine.replace_order("AAA", entry, []))
        self.assertEqual([order_id for order_id, _, _ in self.bids()], [2, 1, 3])

    def test_iceberg_smaller_than_its_part(self) -> None:
        """It shows no more than it has."""
        self.buy(1, 9, 100, display=4)
        self.assertTrue(self.engine.replace("AAA", 1, 100, 3, []))
        self.assertEqual(self.shown(BUY), [(100, 3, 1)])

    def test_peg(self) -> None:
        """A pegged order keeps its place if its quantity falls, and its limit is its price."""
        self.buy(1, 5, 100)
        self.buy(2, 5, ord_type=int(OrdType.PEGGED), peg=int(Peg.PRIMARY))
        self.buy(3, 5, 100)
        for limit, qty, expected in ((99, 4, [1, 3, 2]), (99, 3, [1, 3, 2])):
            self.assertTrue(self.engine.replace("AAA", 2, limit, qty, []))
            self.assertEqual([order_id for order_id, _, _ in self.bids()], expected)
        self.assertEqual(self.bids()[-1], (2, 99, 3))

    def test_unknown(self) -> None:
        """An order that is not here."""
        self.assertFalse(self.engine.replace("AAA", 1, 100, 5, []))
        self.sell(9, 5, 101, hidden=True)
        self.assertFalse(self.engine.replace("AAA", 1, 100, 5, []))
        self.assertFalse(self.engine.replace_order("AAA", Entry(1, BUY, LIMIT, DAY, 1, 5), []))
        self.assertFalse(self.engine.resize("AAA", 1, 5))
        self.assertIn("quantity 0", str(self.assertRaises(Bug, self.engine.resize, "AAA", 9, 0)))


class SettleTests(EngineTestCase):
    """What follows of a call, at the latest with the next one."""

    def test_cancel_without_events(self) -> None:
        """A cancel that nobody wants the consequences of leaves them to the next order."""
        self.buy(1, 5, 100)
        self.buy(2, 5, 99)
        self.buy(3, 5, ord_type=int(OrdType.PEGGED), peg=int(Peg.PRIMARY))
        self.assertEqual(self.engine.cancel("AAA", 1), 5)
        self.assertEqual(self.sell(4, 5, 99), [Repriced(3, 99), Traded(2, 4, 99, 5)])
        self.assertEqual((self.bids(), self.engine.open_qty("AAA", 3)), ([], 5))

    def test_plain(self) -> None:
        """A market is plain as long as there is nothing to look after."""
        market = self.engine.market("AAA")
        for more in (
            {"display": 1},
            {"ord_type": int(OrdType.STOP), "stop_px": 100},
            {"ord_type": int(OrdType.PEGGED), "peg": 5},
        ):
            self.assertTrue(market.plain)
            price = None if "ord_type" in more else 99
            self.buy(1, 5, price, **more)
            self.assertFalse(market.plain)
            self.cancel(1)
            self.engine.settle("AAA", [])
        self.assertTrue(market.plain)
        for rules in (
            {"allocation": Allocation.PRO_RATA},
            {"allocation": Allocation.DISPLAY},
            {"prevention": Prevention.DECREMENT},
            {"lmm_share": 1},
        ):
            self.configure(**rules)
            self.assertFalse(market.plain, rules)

    def test_printed(self) -> None:
        """A trade elsewhere counts as the last one."""
        out: list[BookEvent] = []
        self.engine.printed("AAA", 100, out)
        self.assertEqual((self.engine.last("AAA"), out), (100, []))
        self.sell(1, 5, 102, ord_type=int(OrdType.STOP_LIMIT), stop_px=99)
        self.engine.printed("AAA", 99, out)
        self.assertEqual(out, [Triggered(1)])

    def test_last(self) -> None:
        """Trades of the plain way count, too."""
        self.engine.enter("AAA", 1, SELL, LIMIT, DAY, 100, 5, [])
        self.engine.enter("AAA", 2, BUY, LIMIT, DAY, 101, 1, [])
        self.assertEqual(self.engine.last("AAA"), 100)

    def test_reset(self) -> None:
        """As after open, with its rules."""
        self.configure(prevention=Prevention.CANCEL_BOTH)
        empty = self.engine.state()
        self.buy(1, 5, 100, owner="A", display=1)
        self.buy(2, 5, ord_type=int(OrdType.STOP), stop_px=200)
        self.buy(3, 5, ord_type=int(OrdType.PEGGED), peg=4)
        self.engine.printed("AAA", 5, [])
        self.engine.set_matching("AAA", False)
        self.engine.reset()
        self.assertEqual(self.engine.state(), empty)
        self.assertEqual(self.buy(2, 5, 100, owner="A"), [])
        self.assertEqual(len(self.sell(3, 5, 100, owner="A")), 2)


class StateTests(EngineTestCase):
    """States as plain values; that they make the same market is for the oracle's tests."""

    def test_plain(self) -> None:
        """A market where nothing has traded is two lists."""
        self.buy(1, 5, 100)
        self.assertEqual(json.dumps(self.engine.state()), '{"AAA": [[[1, 100, 5]], []]}')

    def test_order_of_specials(self) -> None:
        """Orders that look for trades by themselves do so in the order in which they came."""
        self.buy(1, 3, 98, discretion=4)
        self.buy(2, 3, 99, discretion=3)
        self.engine.set_matching("AAA", False)
        self.sell(3, 3, 102)
        state = json.loads(json.dumps(self.engine.state()))
        self.engine.reset()
        self.engine.restore(state)
        out: list[BookEvent] = []
        self.engine.set_matching("AAA", True)
        self.engine.settle("AAA", out)
        self.assertEqual(out, [Traded(3, 1, 102, 3)])
