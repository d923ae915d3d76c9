"""Orders and requests that are pending: who is told, when, and what becomes of the order."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.accounts import Membership
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdStatus, Reason, Side
from exsim.model.decisions import HOLD, PASS, Decision, Delay
from exsim.model.events import Event, Report
from exsim.model.instructions import Instructions
from exsim.model.requests import CancelOrder, NewOrder, ReplaceOrder, Request
from exsim.orders.order import order_of
from tests.market import Market, order, told

BUY = Side.BUY
RESENT = Instructions(resent=True)


def hold_changes(request: Request) -> Decision:
    """A policy that holds cancels and replaces."""
    return PASS if isinstance(request, NewOrder) else HOLD


class PendingTestCase(SynchronousTestCase):
    """S asks to be told of what is pending; T does not."""

    def setUp(self) -> None:
        """A is in the book."""
        self.market = Market()
        self.market.venue.accounts.membership = lambda name: Membership(pending=name == "S")
        self.first = self.market.enter("A", BUY, 100, 10)
        self.chain = self.market.chain(hold_changes)

    def ask(self, request: Request) -> list[str]:
        """Send a request that is held; what is told."""
        return told(self.market.submit(request, self.chain))

    def statuses(self, events: list[Event]) -> list[OrdStatus]:
        """OrdStatus of reports."""
        return [OrdStatus(each.status) for each in events if isinstance(each, Report)]

    def status(self) -> OrdStatus:
        """What is told of A."""
        found = self.market.venue.orders.get(1)
        assert found is not None
        return OrdStatus(found.told)


class AtOnceTests(PendingTestCase):
    """Nobody has to wait."""

    def test_new(self) -> None:
        """Pending new comes first; for others there is none."""
        self.assertEqual(told(self.first), ["A pending new 0/100", "A new 0/100"])
        self.assertEqual(told(self.market.enter("T", BUY, 1, 10, session="T")), ["T new 0/1"])

    def test_changes(self) -> None:
        """So do pending replace and pending cancel, under the ClOrdID of the request."""
        self.assertEqual(
            told(self.market.replace("A", order("B", BUY, 50, 10))),
            ["B pending replace 0/100", "B replaced 0/50"],
        )
        self.assertEqual(
            told(self.market.cancel("C", "B")), ["C pending cancel 0/50", "C canceled 0/0"]
        )

    def test_refused(self) -> None:
        """What cannot be done was never pending."""
        self.assertEqual(told(self.market.cancel("C", "Z")), ["C cancel refused UNKNOWN_ORDER"])
        off_lot = order("B", BUY, 50, 10).with_qty(1)
        self.assertEqual(told(self.market.replace("A", off_lot)), ["B replace refused QUANTITY"])


class HeldTests(PendingTestCase):
    """A request waits."""

    def test_told_once(self) -> None:
        """When it is held; then what comes of it. Fills meanwhile say that it is pending."""
        self.assertEqual(self.ask(CancelOrder("S", "C", "A")), ["C pending cancel 0/100"])
        fills = self.market.enter("X", Side.SELL, 40, 10, session="T")
        self.assertEqual(
            self.statuses(fills), [OrdStatus.NEW, OrdStatus.FILLED, OrdStatus.PENDING_CANCEL]
        )
        self.market.dispatcher.ack(1, self.market.now)
        self.assertEqual(told(self.market.take()), ["C canceled 40/0"])
        self.assertEqual(self.status(), OrdStatus.CANCELED)

    def test_precedence(self) -> None:
        """Pending cancel stands above pending replace, and that above all else."""
        self.ask(ReplaceOrder("A", order("B", BUY, 50, 10)))
        self.assertEqual(self.status(), OrdStatus.PENDING_REPLACE)
        self.ask(CancelOrder("S", "C", "A"))
        self.assertEqual(self.status(), OrdStatus.PENDING_CANCEL)

    def test_rejected(self) -> None:
        """The order is what it was, and the ClOrdID of the request names nothing."""
        self.ask(ReplaceOrder("A", order("B", BUY, 50, 10)))
        self.market.dispatcher.reject(1, Reason.OTHER, "", self.market.now)
        self.assertEqual(told(self.market.take()), ["B replace refused OTHER"])
        self.assertEqual(self.status(), OrdStatus.NEW)
        self.assertFalse(self.market.venue.orders.known("S", "B"))

    def test_dropped(self) -> None:
        """Nobody hears of it, and nothing is pending any more."""
        self.ask(CancelOrder("S", "C", "A"))
        self.market.dispatcher.drop(1)
        self.assertEqual((told(self.market.take()), self.status()), ([], OrdStatus.NEW))

    def test_same_again(self) -> None:
        """A second request under the same ClOrdID is a duplicate, and ends nothing."""
        self.ask(CancelOrder("S", "C", "A"))
        self.assertEqual(self.ask(CancelOrder("S", "C", "A")), [])
        self.assertEqual(self.status(), OrdStatus.PENDING_CANCEL)

    def test_delayed(self) -> None:
        """It is pending while a policy delays it, too."""
        self.chain = self.market.chain(
            lambda request: PASS if isinstance(request, NewOrder) else Delay(1000)
        )
        self.assertEqual(self.ask(CancelOrder("S", "C", "A")), ["C pending cancel 0/100"])
        self.assertEqual(told(self.market.advance(1000)), ["C canceled 0/0"])

    def test_not_asked_for(self) -> None:
        """A session that does not ask is told when it is done."""
        self.market.enter("T1", BUY, 100, 10, session="T")
        self.assertEqual(self.ask(CancelOrder("T", "T2", "T1")), [])

    def test_session_forgotten(self) -> None:
        """What was pending for a session that is no more is not."""
        self.ask(CancelOrder("S", "C", "A"))
        self.market.venue.forget_session("S")
        self.assertEqual(self.status(), OrdStatus.NEW)
        self.market.venue.accounts.membership = lambda name: Membership()
        self.assertEqual(told(self.market.enter("A", BUY, 1, 10)), ["A new 0/1"])

    def test_snapshot(self) -> None:
        """It is of what is kept."""
        self.ask(CancelOrder("S", "C", "A"))
        found = self.market.venue.orders.get(1)
        assert found is not None
        again = order_of(found.state())
        self.assertEqual((again.pending, again.told), ({"C": 6}, OrdStatus.PENDING_CANCEL))
        self.assertEqual(again.state(), found.state())


class ResentTests(PendingTestCase):
    """Orders that may have come before."""

    def test_status(self) -> None:
        """One that did is told; one that did not is entered."""
        for name, said in (("A", ["A status 0/100"]), ("B", ["B pending new 0/5", "B new 0/5"])):
            terms = order(name, BUY, 5, 10)
            resent = NewOrder(
                terms.session,
                name,
                terms.symbol,
                terms.side,
                terms.ord_type,
                terms.tif,
                5 * UNIT,
                terms.price,
                extra=RESENT,
            )
            self.assertEqual(told(self.market.submit(resent)), said)
