"""Order state: every change, the report of it, ClOrdID chains, and what is forgotten."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import Bug
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdStatus, OrdType, Reason, ReportKind, Side, TimeInForce
from exsim.model.requests import CancelOrder, Carry, NewOrder, ReplaceOrder
from exsim.orders.kept import GONE
from exsim.orders.order import Order
from exsim.orders.registry import Orders
from tests.amount import amount


def terms(cl_ord_id: str, qty: int = 100, price: int = 10, session: str = "S") -> NewOrder:
    """Limit buy terms, in whole units."""
    return NewOrder(
        session,
        cl_ord_id,
        "AAA",
        Side.BUY,
        OrdType.LIMIT,
        TimeInForce.DAY,
        qty * UNIT,
        price * UNIT,
    )


class OrderLifeTests(SynchronousTestCase):
    """One order through its life."""

    def setUp(self) -> None:
        """An accepted order A for 100."""
        self.orders = Orders(keep_finished=10)
        self.order = self.orders.create(terms("A"), 1)
        self.accepted = self.orders.accepted(self.order, 2)

    def test_accepted(self) -> None:
        """It is new, with all of it open."""
        report = self.accepted
        self.assertEqual((report.kind, report.status), (ReportKind.NEW, OrdStatus.NEW))
        self.assertEqual((report.order_id, report.exec_id, report.cl_ord_id), ("1", "1", "A"))
        self.assertEqual((report.cum, report.leaves, report.avg), (0, 100 * UNIT, 0))
        self.assertEqual((report.session, report.time), ("S", 2))

    def test_fills(self) -> None:
        """Cum, leaves and the average follow each fill, and the last one ends it."""
        first = self.orders.filled(self.order, 30 * UNIT, 10 * UNIT, 3)
        self.assertEqual((first.status, first.last_qty), (OrdStatus.PARTIALLY_FILLED, 30 * UNIT))
        last = self.orders.filled(self.order, 70 * UNIT, 11 * UNIT, 4)
        self.assertEqual((last.status, last.cum, last.leaves), (OrdStatus.FILLED, 100 * UNIT, 0))
        self.assertEqual(last.avg, 1_070_000_000)
        self.assertEqual((self.order.open, self.orders.open_count), (False, 0))

    def test_average_is_rounded_half_up(self) -> None:
        """A third of a unit at one price and two thirds at the next give a rounded average."""
        self.orders.filled(self.order, 1, 1, 3)
        report = self.orders.filled(self.order, 1, 2, 3)
        self.assertEqual(report.avg, 2)
        report = self.orders.filled(self.order, 2, 1, 3)
        self.assertEqual(report.avg, 1)

    def test_overfill_is_our_bug(self) -> None:
        """Nobody may fill more than is open, or fill what has ended."""
        self.assertRaises(Bug, self.orders.filled, self.order, 101 * UNIT, UNIT, 3)
        self.assertRaises(Bug, self.orders.filled, self.order, 0, UNIT, 3)
        self.orders.canceled(self.order, 3)
        self.assertRaises(Bug, self.orders.filled, self.order, UNIT, UNIT, 4)
        self.assertRaises(Bug, self.orders.canceled, self.order, 4)
        self.assertRaises(Bug, self.orders.accepted, self.order, 4)

    def test_cancel_asked_for(self) -> None:
        """The report answers the request, and its ClOrdID names the order too from then."""
        report = self.orders.canceled(self.order, 3, CancelOrder("S", "B", "A"))
        self.assertEqual((report.kind, report.status), (ReportKind.CANCELED, OrdStatus.CANCELED))
        self.assertEqual((report.cl_ord_id, report.orig_cl_ord_id), ("B", "A"))
        self.assertEqual(report.leaves, 0)
        self.assertIs(self.orders.find("S", "B"), self.order)

    def test_whose_carry(self) -> None:
        """A report that answers a request goes back the way that the request came."""
        order, request = Carry("p", b"order"), Carry("p", b"", b"desk 2")
        terms_ = NewOrder("S", "X", "AAA", 1, 2, 0, UNIT, UNIT, carry=order)
        mine = self.orders.create(terms_, 1)
        self.assertIs(self.orders.accepted(mine, 1).carry, order)
        self.assertIs(self.orders.status(mine, 1, request).carry, request)
        new = ReplaceOrder("X", NewOrder("S", "Y", "AAA", 1, 2, 0, UNIT, UNIT, carry=request))
        replaced = self.orders.replaced(mine, new, 1).carry
        self.assertEqual((replaced.body, replaced.routing), (b"order", b"desk 2"))
        cancel = CancelOrder("S", "Z", "Y", carry=request)
        self.assertIs(self.orders.canceled(mine, 1, cancel).carry, request)

    def test_cancel_unsolicited(self) -> None:
        """The report goes under the order's own ClOrdID, with no original."""
        report = self.orders.canceled(self.order, 3, text="bye")
        self.assertEqual((report.cl_ord_id, report.orig_cl_ord_id, report.text), ("A", "", "bye"))

    def test_replaced(self) -> None:
        """New terms, the same order: the chain finds it by every name."""
        self.orders.filled(self.order, 30 * UNIT, 10 * UNIT, 3)
        report = self.orders.replaced(self.order, ReplaceOrder("A", terms("B", 50, 9)), 4)
        self.assertEqual((report.cl_ord_id, report.orig_cl_ord_id), ("B", "A"))
        self.assertEqual((report.cum, report.leaves), (30 * UNIT, 20 * UNIT))
        self.assertEqual(report.status, OrdStatus.PARTIALLY_FILLED)
        self.assertEqual(report.terms.price, 9 * UNIT)
        self.assertIs(self.orders.find("S", "A"), self.order)
        self.assertIs(self.orders.find("S", "B"), self.order)

    def test_replaced_before_a_fill(self) -> None:
        """Its status is Replaced where no higher one holds."""
        report = self.orders.replaced(self.order, ReplaceOrder("A", terms("B", 150)), 3)
        self.assertEqual((report.status, report.leaves), (OrdStatus.REPLACED, 150 * UNIT))
        self.assertTrue(self.order.open)

    def test_replaced_to_what_was_filled(self) -> None:
        """At or below cum it ends as filled, at what was filled (FIX 4.2 D11, D12)."""
        self.orders.filled(self.order, 30 * UNIT, 10 * UNIT, 3)
        report = self.orders.replaced(self.order, ReplaceOrder("A", terms("B", 20)), 4)
        self.assertEqual((report.status, report.leaves), (OrdStatus.FILLED, 0))
        self.assertEqual(report.terms.qty, 30 * UNIT)
        self.assertFalse(self.order.open)

    def test_status(self) -> None:
        """A status report changes nothing and takes no ExecID."""
        report = self.orders.status(self.order, 3)
        self.assertEqual((report.kind, report.exec_id), (ReportKind.STATUS, "0"))
        self.assertEqual(self.orders.filled(self.order, UNIT, UNIT, 4).exec_id, "2")

    def test_rejected(self) -> None:
        """A rejected order never was on, and still has an OrderID and a place in its chain."""
        order = self.orders.create(terms("R"), 3)
        report = self.orders.rejected(order, Reason.TICK, "", 3)
        self.assertEqual((report.kind, report.status), (ReportKind.REJECTED, OrdStatus.REJECTED))
        self.assertEqual((report.order_id, report.leaves, report.text), ("2", 0, Reason.TICK.value))
        self.assertTrue(self.orders.known("S", "R"))


class FindingTests(SynchronousTestCase):
    """By ClOrdID, by OrderID, and when an order is forgotten."""

    def test_sessions_are_apart(self) -> None:
        """One session's ClOrdID or OrderID does not find another's order."""
        orders = Orders(keep_finished=10)
        order = orders.create(terms("A", session="S1"), 1)
        self.assertIsNone(orders.find("S2", "A"))
        self.assertIsNone(orders.find("S2", "", order.order_id))
        self.assertIs(orders.find("S1", "", order.order_id), order)
        self.assertFalse(orders.known("S2", "A"))

    def test_odd_order_ids(self) -> None:
        """Text that only looks like an OrderID finds nothing."""
        orders = Orders(keep_finished=10)
        orders.create(terms("A"), 1)
        for text in ("", "01", "-1", "1.0", "²", "9" * 30, "NONE"):
            self.assertIsNone(orders.by_order_id(text), text)

    def test_finished_orders_leave(self) -> None:
        """At the bound all are kept; one past it the oldest is gone, but its ClOrdID is known."""
        orders = Orders(keep_finished=2)
        for name in ("A", "B", "C"):
            order = orders.create(terms(name), 1)
            orders.accepted(order, 1)
            orders.canceled(order, 1)
            if name == "B":
                self.assertIsNotNone(orders.find("S", "A"))
        self.assertIsNone(orders.find("S", "A"))
        self.assertIsNotNone(orders.find("S", "B"))
        self.assertTrue(orders.known("S", "A"))

    def test_little_is_kept(self) -> None:
        """The ClOrdID of an order that left names none, which costs a day least; others stay."""
        orders = Orders(keep_finished=0)
        first = orders.create(terms("A"), 1)
        orders.accepted(first, 1)
        orders.rejected(orders.create(terms("A"), 1, register=False), Reason.DUPLICATE, "", 1)
        self.assertIs(orders.find("S", "A"), first)
        orders.canceled(first, 1)
        self.assertEqual(orders.state()["chains"], {"S": {"A": GONE}})

    def test_duplicates_do_not_rename(self) -> None:
        """A duplicate that is created to be rejected leaves the name with the first."""
        orders = Orders(keep_finished=2)
        first = orders.create(terms("A"), 1)
        orders.create(terms("A"), 1, register=False)
        self.assertIs(orders.find("S", "A"), first)

    def test_reset(self) -> None:
        """All numbers start again."""
        orders = Orders(keep_finished=2)
        orders.accepted(orders.create(terms("A"), 1), 1)
        orders.reset()
        order = orders.create(terms("A"), 1)
        self.assertEqual(order.order_id, "1")
        self.assertEqual(orders.accepted(order, 1).exec_id, "1")
        self.assertEqual(orders.open_count, 1)


class ConservationTests(SynchronousTestCase):
    """Whatever is done to an order, its quantities add up."""

    @settings(derandomize=True, deadline=None, max_examples=amount(50, 200))
    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("fill"), st.integers(1, 60), st.integers(1, 20)),
                st.tuples(st.just("replace"), st.integers(1, 200), st.integers(1, 20)),
                st.tuples(st.just("cancel"), st.just(0), st.just(0)),
            ),
            max_size=12,
        )
    )
    def test_adds_up(self, steps: list[tuple[str, int, int]]) -> None:
        """Cum and leaves make OrderQty while it is open; the average is that of the fills."""
        orders = Orders(keep_finished=1)
        order = orders.create(terms("A"), 1)
        orders.accepted(order, 1)
        fills: list[tuple[int, int]] = []
        for number, (what, qty, price) in enumerate(steps):
            if not order.open:
                break
            self._step(orders, order, what, qty, price, f"A{number}", fills)
            self.assertEqual(order.cum, sum(qty for qty, _ in fills))
            self.assertEqual(order.leaves, order.terms.qty - order.cum if order.open else 0)
            total = sum(qty * price for qty, price in fills)
            self.assertLessEqual(abs(order.average * order.cum - total) * 2, order.cum)

    def _step(
        self,
        orders: Orders,
        order: Order,
        what: str,
        qty: int,
        price: int,
        name: str,
        fills: list[tuple[int, int]],
    ) -> None:
        if what == "fill":
            part = min(qty, order.leaves)
            orders.filled(order, part, price, 1)
            fills.append((part, price))
        elif what == "replace":
            new = terms(name).with_qty(qty, price)
            orders.replaced(order, ReplaceOrder("A", new), 1)
        else:
            orders.canceled(order, 1)
