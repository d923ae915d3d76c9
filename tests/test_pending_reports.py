"""Orders and requests that are pending: who is told, when, and what becomes of the order."""

from __future__ import annotations

from functools import partial

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.accounts import Membership
from exsim.dispatch.pending import forget
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdStatus, Reason, Side
from exsim.model.decisions import DROP, HOLD, PASS, Decision, Delay, Reply
from exsim.model.events import Event, Report
from exsim.model.instructions import Instructions
from exsim.model.lists import NewCross, NewList
from exsim.model.participants import Participants, RiskSettings
from exsim.model.requests import (
    CancelOrder,
    NewOrder,
    OrderStatusQuery,
    ReplaceOrder,
    Request,
)
from exsim.orders.order import order_of
from tests.market import Market, order, told

BUY = Side.BUY
RESENT = Instructions(resent=True)


def hold_changes(request: Request) -> Decision:
    """A policy that holds cancels and replaces."""
    return PASS if isinstance(request, NewOrder) else HOLD


def _always(decision: Decision, request: Request) -> Decision:
    """A policy that knows one decision."""
    return decision


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


class TogetherTests(PendingTestCase):
    """Lists and crosses: several orders of one request."""

    def orders(self) -> list[NewOrder]:
        """A bid and an offer."""
        return [order("L1", BUY, 10, 9), order("L2", Side.SELL, 10, 12)]

    def list_of(self) -> NewList:
        """A list of them."""
        return NewList("S", "L", 0, self.orders())

    def cross_of(self) -> NewCross:
        """A cross of two."""
        sides = [order("L1", BUY, 10, 11), order("L2", Side.SELL, 10, 11)]
        return NewCross("S", "C", 1, 0, sides)

    def test_at_once(self) -> None:
        """Each order is pending, then on."""
        begins = ["L1 pending new 0/10", "L1 new 0/10", "L2 pending new 0/10", "L2 new 0/10"]
        self.assertEqual(told(self.market.submit(self.list_of()))[:4], begins)
        self.setUp()
        self.assertEqual(told(self.market.submit(self.cross_of()))[:4], begins)

    def test_held(self) -> None:
        """They are pending while the request is held, are told once, and go on as these orders."""
        pending = ["L1 pending new 0/10", "L2 pending new 0/10"]
        for request, more in ((self.list_of(), 1), (self.cross_of(), 2)):
            for ends in ("release", "reject", "drop"):
                self.setUp()
                self.assertEqual(self.ask(request), pending)
                count = self.market.venue.orders.created
                if ends == "release":
                    self.market.dispatcher.release(1, self.market.now)
                    found = told(self.market.take())
                    self.assertEqual(found[:2], ["L1 new 0/10", "L2 new 0/10"])
                    self.assertEqual(len(found), 2 + more)
                elif ends == "reject":
                    self.market.dispatcher.reject(1, Reason.OTHER, "", self.market.now)
                    found = told(self.market.take())
                    expected = ["L1 rejected OTHER 0/0", "L2 rejected OTHER 0/0"]
                    self.assertEqual(found[:2], expected)
                else:
                    forget(self.market.venue, request)
                    self.assertEqual(self.market.venue.orders.open_count, 1)
                    self.assertEqual(told(self.market.submit(request))[1], "L1 new 0/10")
                    count += 2
                self.assertEqual(self.market.venue.orders.created, count)


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


class NewTests(PendingTestCase):
    """A new order waits."""

    def setUp(self) -> None:
        """B does."""
        super().setUp()
        self.chain = self.market.chain(lambda request: HOLD)
        self.terms = order("B", BUY, 5, 10)
        self.said = self.ask(self.terms)

    def decided(self) -> list[str]:
        """What came of a decision."""
        return told(self.market.take())

    def of_b(self) -> list[str]:
        """What a status request is told."""
        return told(self.market.submit(OrderStatusQuery("S", "B")))

    def test_told_at_once(self) -> None:
        """It has an OrderID, and a status: it is neither open nor in the book."""
        self.assertEqual((self.said, self.of_b()), (["B pending new 0/5"], ["B status 0/5"]))
        self.assertEqual(self.market.resting(), [(1, 10, 100)])
        terms = order("C", BUY, 5, 10)
        self.assertEqual(told(self.market.replace("B", terms)), ["C replace refused OTHER"])

    def test_not_asked_for(self) -> None:
        """A session that does not ask hears nothing, and the order is none yet."""
        self.assertEqual(self.ask(order("T1", BUY, 5, 10, session="T")), [])
        self.assertFalse(self.market.venue.orders.known("T", "T1"))

    def test_released(self) -> None:
        """It is new under its OrderID, and in the book."""
        self.market.dispatcher.release(1, self.market.now)
        self.assertEqual(self.decided(), ["B new 0/5"])
        self.assertEqual(self.market.resting(), [(1, 10, 100), (2, 10, 5)])

    def test_accepted(self) -> None:
        """So it is where a person takes it on, or fills it."""
        self.market.dispatcher.ack(1, self.market.now)
        self.assertEqual(self.decided(), ["B new 0/5"])
        self.ask(order("C", BUY, 5, 10))
        self.market.dispatcher.fill(2, None, None, self.market.now)
        self.assertEqual(self.decided(), ["C new 0/5", "C fill 5@10 5/0"])

    def test_rejected(self) -> None:
        """Under its OrderID."""
        self.market.dispatcher.reject(1, Reason.OTHER, "", self.market.now)
        (report,) = self.market.take()
        assert isinstance(report, Report)
        self.assertEqual((told([report]), report.order_id), (["B rejected OTHER 0/0"], "2"))
        self.assertEqual(self.market.venue.orders.open_count, 1)

    def test_dropped(self) -> None:
        """Nobody hears of it, and it never was."""
        self.market.dispatcher.drop(1)
        self.assertEqual((self.decided(), self.of_b()), ([], ["B status UNKNOWN_ORDER 0/0"]))
        self.assertEqual(self.market.venue.orders.open_count, 1)
        self.assertEqual(told(self.market.enter("B", BUY, 5, 10))[-1], "B new 0/5")

    def test_dropped_later(self) -> None:
        """So it is where a policy has it wait, and the next one drops it, or answers for it."""
        for name, decision in (("C", DROP), ("D", Reply((("35", "8"),)))):
            chain = self.market.chain(lambda _: Delay(10), partial(_always, decision))
            said = told(self.market.submit(order(name, BUY, 5, 10), chain))
            self.assertEqual(said, [f"{name} pending new 0/5"])
            self.market.advance(10)
            self.assertFalse(self.market.venue.orders.known("S", name))

    def test_told_once(self) -> None:
        """However many policies have it wait."""
        chain = self.market.chain(lambda _: Delay(10), lambda _: HOLD)
        said = told(self.market.submit(order("C", BUY, 5, 10), chain))
        self.assertEqual((said, told(self.market.advance(10))), (["C pending new 0/5"], []))

    def test_same_again(self) -> None:
        """Another order under its ClOrdID is a duplicate, and changes nothing about it."""
        self.assertEqual(self.ask(order("B", BUY, 6, 10)), [])
        self.market.dispatcher.release(2, self.market.now)
        self.assertEqual(self.decided(), ["B rejected DUPLICATE 0/0"])
        self.market.dispatcher.release(1, self.market.now)
        self.assertEqual(self.decided(), ["B new 0/5"])

    def test_what_cannot_be(self) -> None:
        """Nothing is told of one that can be no order."""
        self.assertEqual(self.ask(order("A", BUY, 5, 10)), [])
        self.assertEqual(self.ask(order("C", BUY, 0, 10)), [])

    def test_session_forgotten(self) -> None:
        """It is no more, like its session."""
        self.market.venue.forget_session("S")
        self.assertIsNone(self.market.venue.orders.get(2))
        self.assertEqual(self.market.venue.orders.open_count, 1)

    def test_snapshot(self) -> None:
        """One that was kept is known by its request again."""
        orders = self.market.venue.orders
        found = orders.get(2)
        assert found is not None
        found.terms = order_of(found.state()).terms
        self.market.dispatcher.release(1, self.market.now)
        self.assertEqual(self.decided(), ["B new 0/5"])

    def test_counts_later(self) -> None:
        """Risk limits count it once it is on."""
        self.market = Market(participants=Participants(risk=RiskSettings(max_open_session=1)))
        self.market.venue.accounts.membership = lambda name: Membership(pending=True)
        self.assertEqual(self.ask(self.terms), ["B pending new 0/5"])
        self.market.dispatcher.release(1, self.market.now)
        self.assertEqual(self.decided(), ["B new 0/5"])
        self.assertEqual(told(self.market.enter("C", BUY, 5, 10)), ["C rejected RISK 0/0"])


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
