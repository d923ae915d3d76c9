"""Orders that are not accepted yet: what ends them before they are, and what is told of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.accounts import Membership
from exsim.dispatch.chain import Chain
from exsim.errors import NotFound
from exsim.model.codes import MassScope, Reason, Side
from exsim.model.decisions import HOLD, PASS, Decision, Delay
from exsim.model.events import CancelReject, Event, Report
from exsim.model.instructions import Instructions
from exsim.model.lists import LIST_CANCEL, Contingency, ListQuestion, NewCross, NewList
from exsim.model.many import MassCancel, Scope
from exsim.model.options import read_options
from exsim.model.participants import Stay
from exsim.model.requests import CancelOrder, ReplaceOrder, Request
from exsim.model.settings import PolicySettings
from exsim.model.steps import Step
from exsim.orders.order import PENDING
from exsim.policies.hold import Hold
from exsim.services.packing import unpack
from exsim.services.state import restore
from tests.again import check_again, keep
from tests.market import Market, order, told
from tests.matrix_links import MemoryLink, venue
from tests.matrix_player import Player
from tests.matrix_words import matrices
from tests.simulator import MemorySimulator, RestTestCase, settings

BUY = Side.BUY
NEW_ONES = PolicySettings("hold", "hold", read_options(Hold.options, {"types": "new"}))


def _changes_pass(decision: Decision) -> Callable[[Request], Decision]:
    """A policy that does this to all but cancels and replaces."""

    def decide(request: Request) -> Decision:
        return PASS if isinstance(request, CancelOrder | ReplaceOrder) else decision

    return decide


class WaitingTestCase(SynchronousTestCase):
    """S sends orders that are held; it is told what is pending where a test says so."""

    def setUp(self) -> None:
        """Nothing is there."""
        self.market = Market()
        self.chain = self.market.chain(_changes_pass(HOLD))

    def tell_pending(self) -> None:
        """Have S be told of it."""
        self.market.venue.accounts.membership = lambda name: Membership(pending=name == "S")

    def ask(self, request: Request, chain: Chain | None = None) -> list[str]:
        """Send a request; what is told."""
        return told(self.market.submit(request, self.chain if chain is None else chain))

    def holds(self) -> int:
        """How many requests wait in holds."""
        return self.market.dispatcher.holds.count("X")


class CancelTests(WaitingTestCase):
    """One order, and its cancel."""

    def test_held(self) -> None:
        """It is given an OrderID and canceled; the hold is over, and says why."""
        self.assertEqual(self.ask(order("A", BUY, 5, 10)), [])
        (report,) = self.market.submit(CancelOrder("S", "C", "A"), self.chain)
        assert isinstance(report, Report)
        self.assertEqual(told([report]), ["C canceled 0/0"])
        self.assertEqual((report.order_id, report.orig_cl_ord_id), ("1", "A"))
        with self.assertRaises(NotFound) as caught:
            self.market.dispatcher.release(1, self.market.now)
        self.assertIn("no hold 1: its order was canceled: by C", str(caught.exception))
        found = self.market.venue.orders.get(1)
        assert found is not None and found.notes is not None
        self.assertEqual(
            [text for _, text in found.notes], ["canceled while it was held by p0 (hold 1)"]
        )
        self.assertEqual(self.market.venue.orders.open_count, 0)
        self.assertEqual(self.ask(CancelOrder("S", "D", "A")), ["D cancel refused TOO_LATE"])

    def test_pending(self) -> None:
        """Where that is told, it is pending new, pending cancel, canceled, all of one order."""
        self.tell_pending()
        self.assertEqual(self.ask(order("A", BUY, 5, 10)), ["A pending new 0/5"])
        self.assertEqual(
            self.ask(CancelOrder("S", "C", "A")), ["C pending cancel 0/5", "C canceled 0/0"]
        )
        self.assertEqual((self.holds(), self.market.venue.orders.created), (0, 1))

    def test_delayed(self) -> None:
        """One that a policy delays never comes."""
        self.chain = self.market.chain(_changes_pass(Delay(1000)))
        self.ask(order("A", BUY, 5, 10))
        self.ask(order("B", BUY, 5, 10))
        self.assertEqual(self.ask(CancelOrder("S", "C", "A")), ["C canceled 0/0"])
        self.assertEqual(told(self.market.advance(1000)), ["B new 0/5"])
        self.assertEqual([number for number, _, _ in self.market.resting()], [2])

    def test_both_delayed(self) -> None:
        """Where the cancel has the same way to go, the order is accepted first, pending cancel."""
        self.tell_pending()
        self.chain = self.market.chain(lambda _: Delay(1000))
        self.assertEqual(self.ask(order("A", BUY, 5, 10)), ["A pending new 0/5"])
        self.assertEqual(self.ask(CancelOrder("S", "C", "A")), ["C pending cancel 0/5"])
        self.assertEqual(told(self.market.advance(1000)), ["A new 0/5", "C canceled 0/0"])

    def test_others(self) -> None:
        """A ClOrdID is a session's own; one that nothing waits under is unknown."""
        self.ask(order("A", BUY, 5, 10))
        self.assertEqual(self.ask(CancelOrder("T", "C", "A")), ["C cancel refused UNKNOWN_ORDER"])
        self.assertEqual(self.ask(CancelOrder("S", "C", "B")), ["C cancel refused UNKNOWN_ORDER"])
        self.assertEqual(self.holds(), 1)

    def test_checked(self) -> None:
        """What the cancel says of the order has to be right."""
        self.ask(order("A", BUY, 5, 10))
        for wrong in (
            CancelOrder("S", "C", "A", "", "BBB"),
            CancelOrder("S", "C", "A", "", "AAA", int(Side.SELL)),
        ):
            self.assertEqual(self.ask(wrong), ["C cancel refused OTHER"])
        self.assertEqual(self.holds(), 1)

    def test_first_of_two(self) -> None:
        """Of two under one ClOrdID the first is meant; the other goes on, and is a duplicate."""
        self.ask(order("A", BUY, 5, 10))
        self.ask(order("A", BUY, 6, 10))
        self.assertEqual(self.ask(CancelOrder("S", "C", "A")), ["C canceled 0/0"])
        self.market.dispatcher.release(2, self.market.now)
        self.assertEqual(told(self.market.take()), ["A rejected DUPLICATE 0/0"])

    def test_by_hand(self) -> None:
        """Whoever decides a cancel that is held may carry it out."""
        self.ask(order("A", BUY, 5, 10))
        everything = self.market.chain(lambda _: HOLD)
        self.ask(CancelOrder("S", "C", "A"), everything)
        self.market.dispatcher.ack(2, self.market.now)
        self.assertEqual(told(self.market.take()), ["C canceled 0/0"])
        self.assertEqual(self.holds(), 0)

    def test_told_by_hand(self) -> None:
        """Whoever decides a cancel may tell that it is pending: the order has an OrderID then."""
        self.ask(order("A", BUY, 5, 10))
        self.ask(CancelOrder("S", "C", "A"), self.market.chain(lambda _: HOLD))
        self.market.dispatcher.decide(2, Step("pending", {}), self.market.now)
        self.assertEqual(told(self.market.take()), ["C pending cancel 0/5"])
        self.market.dispatcher.release(1, self.market.now)
        self.market.dispatcher.release(2, self.market.now)
        self.assertEqual(told(self.market.take()), ["A new 0/5", "C canceled 0/0"])
        self.assertEqual(self.market.venue.orders.created, 1)

    def test_copies(self) -> None:
        """Whoever is sent copies of reports is sent those of it."""
        copies = self.market.venue.orders.copies = []
        self.ask(order("A", BUY, 5, 10))
        self.ask(CancelOrder("S", "C", "A"))
        self.assertEqual(told(copies), ["C canceled 0/0"])

    def test_replace(self) -> None:
        """It is not replaced: nobody knows what it would be replaced on."""
        for pending in (False, True):
            self.setUp()
            if pending:
                self.tell_pending()
            self.ask(order("A", BUY, 5, 10))
            (refusal,) = self.market.submit(ReplaceOrder("A", order("B", BUY, 6, 10)), self.chain)
            assert isinstance(refusal, CancelReject)
            self.assertEqual(
                (refusal.reason, refusal.text), (Reason.OTHER, "the order is not accepted yet")
            )
            self.assertEqual((refusal.status, refusal.orig_cl_ord_id), (PENDING, "A"))
            self.assertEqual((refusal.order_id, self.holds()), ("1" if pending else "", 1))

    def test_acting(self) -> None:
        """A session that may act for it cancels it by its OrderID; both hear of that."""
        self.market.venue.accounts.membership = lambda name: Membership(
            "ONE", "firm" if name == "T" else "own", name == "S"
        )
        self.ask(order("A", BUY, 5, 10))
        events = self.market.submit(CancelOrder("T", "C", "", "1"))
        self.assertEqual(told(events), ["A canceled 0/0", "C canceled 0/0"])
        self.assertEqual([each.session for each in events], ["S", "T"])
        self.assertEqual(self.holds(), 0)


class MeanwhileTests(WaitingTestCase):
    """The cancel waits, too, and something becomes of the order."""

    def setUp(self) -> None:
        """A and its cancel C wait."""
        super().setUp()
        self.tell_pending()
        self.chain = self.market.chain(lambda _: HOLD)
        self.said = self.ask(order("A", BUY, 5, 10)) + self.ask(CancelOrder("S", "C", "A"))

    def test_told(self) -> None:
        """Both are pending."""
        self.assertEqual(self.said, ["A pending new 0/5", "C pending cancel 0/5"])

    def test_rejected(self) -> None:
        """It is rejected as ever; the cancel is too late for it."""
        dispatcher = self.market.dispatcher
        dispatcher.reject(1, Reason.OTHER, "", self.market.now)
        (report,) = self.market.take()
        assert isinstance(report, Report)
        self.assertEqual((told([report]), report.status), (["A rejected OTHER 0/0"], 8))
        dispatcher.release(2, self.market.now)
        (refusal,) = self.market.take()
        assert isinstance(refusal, CancelReject)
        self.assertEqual((refusal.reason, refusal.status), (Reason.TOO_LATE, 8))

    def test_dropped(self) -> None:
        """It never was; nor was the ClOrdID of the cancel used."""
        self.market.dispatcher.drop(1)
        self.assertFalse(self.market.venue.orders.known("S", "C"))
        self.market.dispatcher.release(2, self.market.now)
        self.assertEqual(told(self.market.take()), ["C cancel refused UNKNOWN_ORDER"])

    def test_refused(self) -> None:
        """The cancel is refused: it waits on, and is accepted."""
        self.market.dispatcher.reject(2, Reason.OTHER, "", self.market.now)
        (refusal,) = self.market.take()
        assert isinstance(refusal, CancelReject)
        self.assertEqual(refusal.status, PENDING)
        self.market.dispatcher.release(1, self.market.now)
        self.assertEqual(told(self.market.take()), ["A new 0/5"])


class TogetherTests(WaitingTestCase):
    """Orders of lists and crosses."""

    def enter(self, contingency: Contingency, *names: str) -> None:
        """A list that is held."""
        orders = [order(name, BUY, 5, 10 - n) for n, name in enumerate(names)]
        self.assertEqual(self.ask(NewList("S", "L", int(contingency), orders)), [])

    def cancel(self, name: str) -> list[str]:
        """Cancel one of its orders."""
        return self.ask(CancelOrder("S", f"C-{name}", name))

    def released(self) -> list[str]:
        """What comes when it goes on."""
        self.market.dispatcher.release(1, self.market.now)
        return told(self.market.take())

    def test_list(self) -> None:
        """The others wait on; with the last one the hold is over."""
        self.enter(Contingency.NONE, "A", "B", "D")
        self.assertEqual(self.cancel("A"), ["C-A canceled 0/0"])
        self.assertEqual(self.released(), ["B new 0/5", "D new 0/5", "list L 2 of 2 open"])
        self.setUp()
        self.enter(Contingency.NONE, "A", "B")
        self.assertEqual(
            self.cancel("A") + self.cancel("B"), ["C-A canceled 0/0", "C-B canceled 0/0"]
        )
        self.assertEqual(self.holds(), 0)

    def test_depending(self) -> None:
        """Those that depend on it go with it."""
        for kind in (Contingency.OCO, Contingency.OUO):
            self.setUp()
            self.enter(kind, "A", "B")
            self.assertEqual(self.cancel("B"), ["C-B canceled 0/0", "A canceled 0/0"])
            self.assertEqual(self.holds(), 0)
        for kind in (Contingency.OTO, Contingency.BRACKET):
            self.setUp()
            self.enter(kind, "A", "B", "D")
            said = ["C-A canceled 0/0", "B canceled 0/0", "D canceled 0/0"]
            self.assertEqual(self.cancel("A"), said)

    def test_triggered(self) -> None:
        """One that is to be triggered goes alone, or in a bracket with the others that are."""
        self.enter(Contingency.OTO, "A", "B", "D")
        self.assertEqual(self.cancel("B"), ["C-B canceled 0/0"])
        self.assertEqual(self.released(), ["A new 0/5", "D new 0/5", "list L 2 of 2 open"])
        self.assertEqual([number for number, _, _ in self.market.resting()], [2])
        self.setUp()
        self.enter(Contingency.BRACKET, "A", "B", "D")
        self.assertEqual(self.cancel("B"), ["C-B canceled 0/0", "D canceled 0/0"])
        self.assertEqual(self.released(), ["A new 0/5", "list L 1 of 1 open"])

    def test_list_canceled(self) -> None:
        """So may the list as a whole."""
        self.enter(Contingency.OCO, "A", "B")
        asked = ListQuestion(LIST_CANCEL, "S", "L")
        said = ["A canceled 0/0", "B canceled 0/0", "list L 0 of 2 open"]
        self.assertEqual(self.ask(asked, ()), said)
        self.assertEqual((self.holds(), self.ask(asked, ())), (0, [" refused UNKNOWN_ORDER"]))

    def test_cross(self) -> None:
        """The other side of a cross is rejected, unless it goes as well."""
        sides = [order("A", BUY, 5, 10), order("B", Side.SELL, 5, 10)]
        self.ask(NewCross("S", "X", 1, 0, sides))
        self.assertEqual(self.cancel("A"), ["C-A canceled 0/0"])
        self.assertEqual(self.released(), ["B rejected UNSUPPORTED 0/0"])


class ManyTests(WaitingTestCase):
    """Mass cancels, and sessions that go."""

    def setUp(self) -> None:
        """A bid for AAA and one for BBB of S, and one of T, wait; R rests."""
        super().setUp()
        self.market.enter("R", BUY, 1, 10)
        self.ask(order("A", BUY, 5, 10))
        self.ask(order("B", BUY, 5, 10, symbol="BBB"))
        self.ask(order("T1", BUY, 5, 10, session="T"))

    def test_mass_cancel(self) -> None:
        """It is of the scope that it names, and counts what waits."""
        scope = Scope(int(MassScope.SECURITY), "AAA", 0)
        said = ["R canceled 0/0", "A canceled 0/0", "M mass 2"]
        self.assertEqual(self.ask(MassCancel("S", "M", scope), ()), said)
        self.assertEqual(self.holds(), 2)
        said = ["B canceled 0/0", "N mass 1"]
        self.assertEqual(self.ask(MassCancel("S", "N", Scope(int(MassScope.ALL))), ()), said)
        self.assertEqual(self.holds(), 1)

    def left(self, logged_out: bool, stay: Stay) -> list[str]:
        """S is gone; what is told."""
        out: list[Event] = []
        self.market.venue.left("S", 1, logged_out, stay, self.market.now, out)
        return told(out)

    def test_disconnected(self) -> None:
        """They end with the others of its session, where those do."""
        self.assertEqual(self.left(False, Stay(False, False)), [])
        said = ["R canceled 0/0", "A canceled 0/0", "B canceled 0/0"]
        self.assertEqual(self.left(False, Stay(True, False)), said)
        self.assertEqual(self.holds(), 1)

    def test_fleeting(self) -> None:
        """One that ends with its connection does so before it is accepted, too."""
        terms = order("F", BUY, 5, 10).with_extra(Instructions(cancel_on_disconnect=True))
        self.ask(terms)
        self.assertEqual(self.left(True, Stay(False, False)), [])
        self.assertEqual(self.left(False, Stay(False, False)), ["F canceled 0/0"])
        self.assertEqual(self.holds(), 3)


class RestTests(RestTestCase):
    """Seen over REST: rules, kill switches, and why."""

    def setUp(self) -> None:
        """New orders are held, cancels are not."""
        self.settings = replace(settings("hold"), policies=(NEW_ONES,))
        self.start(self.settings)
        self.a = self.memory.login("A")

    def test_why(self) -> None:
        """The order says what had it wait, the hold what became of it."""
        self.a.send("NEW 1 BUY 5 AAA 10")
        self.assertEqual(self.a.send("CANCEL 2 1"), ["canceled 2 0"])
        story = [each["text"] for each in self.get("/venues/X/orders/1/why")["story"]]
        self.assertIn("canceled while it was held by hold (hold 1)", story)
        problem = self.get("/holds/1", 404)
        self.assertIn("its order was canceled: by 2", problem["detail"])
        self.assertEqual(self.get("/holds")["items"], [])

    def test_rule(self) -> None:
        """A rule that had it wait takes no more steps."""
        rule = {"when": "1=NEW", "then": "after 1s; ack; fill rest", "name": "later"}
        self.post("/rules", rule, 201)
        self.a.send("NEW 1 BUY 5 AAA 10")
        self.assertEqual(self.a.send("CANCEL 2 1"), ["canceled 2 0"])
        self.memory.reactor.advance(2)
        self.assertEqual(self.a.read(), [])
        story = [each["text"] for each in self.get("/venues/X/orders/1/why")["story"]]
        self.assertIn("canceled while it was with rule later", story)

    def test_kill_switch(self) -> None:
        """It cancels what waits, as it does what is open."""
        self.a.send("NEW 1 BUY 5 AAA 10")
        body = {"scope": "session", "name": "A", "on": True, "cancel_orders": True, "reason": "off"}
        told = self.ask("PUT", "/venues/X/kill-switch", body)
        self.assertEqual((told["canceled"], self.a.read()), (1, ["canceled 1 0"]))
        self.assertIn("canceled: off", self.get("/holds/1", 404)["detail"])

    def test_restored(self) -> None:
        """Why a hold ended is known after a snapshot, too."""
        self.a.send("NEW 1 BUY 5 AAA 10")
        self.a.send("CANCEL 2 1")
        other = MemorySimulator(self.settings)
        self.addCleanup(other.stop)
        restore(other.simulator, unpack(keep(self.memory.simulator)[1]))
        with self.assertRaises(NotFound) as caught:
            other.exchange.dispatcher.holds.get(1)
        self.assertIn("canceled: by 2", str(caught.exception))


class AgainTests(SynchronousTestCase):
    """Days with such orders, over FIX."""

    def test_again(self) -> None:
        """They come out the same when they are run again, from the start or from in their midst."""
        (matrix,) = [each for each in matrices("fix44.toml") if each.ref == "B.1.d.waits"]
        for version in ("FIX.4.3", "FIX.5.0SP2"):
            for pending in (True, False):
                link = MemoryLink("orders", pending, False)
                self.addCleanup(link.stop)
                player = Player(version, link, pending)
                kept = []
                for line in matrix.steps:
                    player.step(line, line)
                    kept.append(keep(link.memory.simulator))
                check_again(self, link.memory.simulator, venue("orders", pending, False), *kept)
