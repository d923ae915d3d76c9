"""A large order, held and answered in parts: shown with unittest."""

from __future__ import annotations

import unittest

from order_manager import SocketOrderManager

from exsim.testing import ExsimTestCase, pending


class LargeOrderTests(ExsimTestCase):
    """The order manager, while somebody decides."""

    def setUp(self) -> None:
        """An order manager that is logged on."""
        super().setUp()
        session = self.exsim.session("BUYSIDE1")
        self.oms = SocketOrderManager()
        self.addCleanup(self.oms.close)
        self.oms.connect(session.host, session.port, sender="BUYSIDE1", target="XSIM")

    def test_part_of_it_and_then_no_more(self) -> None:
        """What was filled before the cancel counts."""
        self.exsim.when("D", qty__ge=1000).then(pending()).hold()
        name = self.oms.buy("AAA", 1000, limit="100.10")
        self.assertEqual(self.oms.order(name).status, "A")

        hold = self.exsim.holds.wait(within="2s")
        hold.ack()
        hold.fill(600, "100.05")
        hold.cancel("the desk went home")

        order = self.oms.order(name)
        self.assertEqual((order.status, order.filled), ("4", 600))
        self.assertEqual(order.text, "the desk went home")
        self.assertEqual(self.oms.position("AAA"), 600)

    def test_small_orders_just_trade(self) -> None:
        """The rule is of this test, and this one, and the book is empty again."""
        self.exsim.when("D", qty__ge=1000).hold()
        self.oms.buy("AAA", 10, limit="100")
        self.exsim.simulator.enter_order("XSIM", symbol="AAA", side="SELL", quantity=4, price="100")
        self.assertEqual(self.oms.position("AAA"), 4)
        self.exsim.verify("8", exec="fill", session="BUYSIDE1", count=1)


if __name__ == "__main__":
    unittest.main()
