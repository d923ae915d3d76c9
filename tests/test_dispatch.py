"""The dispatcher: decisions of policies, holds, delays, and policies that fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.errors import Conflict, NotFound
from exsim.interfaces import IPolicy, IPricingSource, IView
from exsim.model import decisions as d
from exsim.model.amounts import UNIT
from exsim.model.codes import Reason, Side
from exsim.model.journal import EntryKind
from exsim.model.requests import CancelOrder, OrderStatusQuery, OtherMessage, ReplaceOrder, Request
from tests.market import Market, OnePrice, Scripted, order, told

BUY, SELL = Side.BUY, Side.SELL


def always(answer: d.Decision) -> Callable[[Request], d.Decision]:
    """A policy that decides the same of every request."""
    return lambda request: answer


class FakeTests(SynchronousTestCase):
    """The stand-ins of these tests are what they stand for."""

    def test_interfaces(self) -> None:
        """Each provides its interface."""
        verifyObject(IPolicy, Scripted(lambda request: d.PASS))
        verifyObject(IPricingSource, OnePrice(None))
        verifyObject(IView, Market().chain(lambda request: d.PASS)[0].view)


class DecisionTests(SynchronousTestCase):
    """What becomes of a new order, by the decision of its policies."""

    def setUp(self) -> None:
        """A market without prices."""
        self.market = Market()

    def enter(self, *answers: d.Decision) -> list[str]:
        """Enter a buy of 100 at 10 past policies that answer so."""
        chain = self.market.chain(*[always(answer) for answer in answers])
        return told(self.market.enter("A", BUY, 100, 10, chain=chain))

    def test_end_of_chain_is_the_engine(self) -> None:
        """No policy, or all pass: it rests."""
        self.assertEqual(self.enter(d.PASS, d.PASS), ["A new 0/100"])
        self.assertEqual(self.market.resting(), [(1, 10, 100)])

    def test_match_ends_the_chain(self) -> None:
        """What comes after is not asked."""
        self.assertEqual(self.enter(d.MATCH, d.DROP), ["A new 0/100"])
        self.assertEqual(self.enter(d.Match(), d.DROP), ["A rejected DUPLICATE 0/0"])

    def test_reject(self) -> None:
        """With the reason and the text given; the book is untouched."""
        self.assertEqual(self.enter(d.Reject(Reason.PRICE, "no")), ["A rejected PRICE 0/0"])
        self.assertEqual(self.market.events[0].text, "no")  # type: ignore[union-attr]
        self.assertEqual(self.market.resting(), [])

    def test_drop(self) -> None:
        """Nothing is heard, and the ClOrdID is free."""
        self.assertEqual(self.enter(d.DROP), [])
        self.assertEqual(self.enter(d.PASS), ["A new 0/100"])

    def test_reply(self) -> None:
        """The fields go back to the sender; one that came by no session gets none."""
        self.assertEqual(self.enter(d.Reply((("35", "n"),))), ["reply {'35': 'n'}"])
        chain = self.market.chain(lambda request: d.Reply((("35", "n"),)))
        self.assertEqual(self.market.enter("A", BUY, 1, 1, chain=chain, session=""), [])

    def test_fill(self) -> None:
        """In full at its limit; nothing is in a book."""
        fill = d.Fill((d.FillStep(100 * UNIT),))
        self.assertEqual(self.enter(fill), ["A new 0/100", "A fill 100@10 100/0"])
        self.assertEqual(self.market.resting(), [])
        trade = self.market.venue.trades[0]
        self.assertEqual((trade.maker_order_id, trade.taker_order_id), ("", "1"))

    def test_fill_in_part_stays_open_off_the_book(self) -> None:
        """The rest can be canceled, replaced and asked for like any order's."""
        fill = d.Fill((d.FillStep(40 * UNIT, 9 * UNIT),))
        self.assertEqual(self.enter(fill), ["A new 0/100", "A fill 40@9 40/60"])
        self.assertEqual(self.market.resting(), [])
        status = self.market.submit(OrderStatusQuery("S", "A"))
        self.assertEqual(told(status), ["A status 40/60"])
        replaced = self.market.replace("A", order("B", BUY, 90, 11))
        self.assertEqual(told(replaced), ["B replaced 40/50"])
        self.assertEqual(self.market.resting(), [])
        self.assertEqual(told(self.market.cancel("C", "B")), ["C canceled 40/0"])

    def test_fill_is_cut_at_the_leaves(self) -> None:
        """Steps that ask for too much fill what there is."""
        fill = d.Fill((d.FillStep(60 * UNIT), d.FillStep(60 * UNIT), d.FillStep(60 * UNIT)))
        self.assertEqual(self.enter(fill)[1:], ["A fill 60@10 60/40", "A fill 40@10 100/0"])

    def test_fill_over_time(self) -> None:
        """Steps with a time wait for it, in due order, and end with the order."""
        steps = (d.FillStep(10 * UNIT), d.FillStep(20 * UNIT, after=5), d.FillStep(1, after=5))
        self.assertEqual(self.enter(d.Fill(steps)), ["A new 0/100", "A fill 10@10 10/90"])
        self.assertEqual(self.market.advance(4), [])
        self.assertEqual(told(self.market.advance(1)), ["A fill 20@10 30/70"])
        self.market.cancel("C", "A")
        self.assertEqual(self.market.advance(100), [])

    def test_fill_checks_the_order(self) -> None:
        """A policy that fills does not take what the venue would not."""
        chain = self.market.chain(lambda request: d.Fill((d.FillStep(UNIT),)))
        unknown = self.market.enter("A", BUY, 1, 10, chain=chain, symbol="ZZZ")
        self.assertEqual(told(unknown), ["A rejected UNKNOWN_SYMBOL 0/0"])

    def test_fill_price(self) -> None:
        """A market order fills at the source's price, and is rejected where there is none."""
        for price, expected in (
            (12, ["A new 0/1", "A fill 1@12 1/0"]),
            (None, ["A rejected NO_PRICE 0/0"]),
        ):
            market = Market(price=price)
            chain = market.chain(lambda request: d.Fill((d.FillStep(UNIT),)))
            self.assertEqual(told(market.enter("A", BUY, 1, None, chain=chain)), expected)

    def test_price_lost_before_a_later_step(self) -> None:
        """An order whose next fill finds no price is canceled, not forgotten."""
        market = Market(price=12)
        steps = (d.FillStep(UNIT), d.FillStep(UNIT, after=5))
        market.enter("A", BUY, 2, None, chain=market.chain(lambda request: d.Fill(steps)))
        market.venue.prices.set("AAA", None, 0, 0)
        self.assertEqual(told(market.advance(5)), ["A canceled 1/0"])

    def test_delay(self) -> None:
        """It goes on with the next policy when its time has come."""
        self.assertEqual(self.enter(d.Delay(50), d.Reject(Reason.OTHER)), [])
        self.assertEqual(self.market.dispatcher.next_due(), self.market.now + 50)
        self.assertEqual(self.market.advance(49), [])
        self.assertEqual(told(self.market.advance(1)), ["A rejected OTHER 0/0"])
        self.assertIsNone(self.market.dispatcher.next_due())
        last = next(self.market.journal.backward(99))
        self.assertEqual((last.kind, last.data), (EntryKind.TIMER, b"resume"))

    def test_due_in_order(self) -> None:
        """A long step in time does what fell due in due order, each at its own time."""
        for name, time in (("A", 30), ("B", 10), ("C", 10)):
            chain = self.market.chain(always(d.Delay(time)))
            self.market.enter(name, BUY, 1, 10, chain=chain)
        events = self.market.advance(1000)
        self.assertEqual(told(events), ["B new 0/1", "C new 0/1", "A new 0/1"])
        times = [event.time - 1_000_000 for event in events]  # type: ignore[union-attr]
        self.assertEqual(times, [10, 10, 30])


class OtherKindTests(SynchronousTestCase):
    """A rejection has the form of the request's kind."""

    def test_reject_each(self) -> None:
        """Cancel, replace, status and a message that maps to nothing."""
        market = Market()
        chain = market.chain(lambda request: d.Reject(Reason.POLICY))
        market.enter("A", BUY, 1, 10)
        for request, expected in (
            (CancelOrder("S", "B", "A"), "B cancel refused POLICY"),
            (ReplaceOrder("A", order("C", BUY, 1, 11)), "C replace refused POLICY"),
            (OrderStatusQuery("S", "A"), "A status 0/1"),
            (OrderStatusQuery("S", "Z"), "Z status POLICY 0/0"),
            (OtherMessage("S", "R"), "R refused POLICY"),
        ):
            self.assertEqual(told(market.submit(request, chain)), [expected])
        self.assertEqual(market.resting(), [(1, 10, 1)])

    def test_engine_does_not_know_other_messages(self) -> None:
        """A message that nobody answers is refused as unsupported."""
        events = Market().submit(OtherMessage("S", "R"))
        self.assertEqual(told(events), ["R refused UNSUPPORTED_MESSAGE"])


class FailingPolicyTests(SynchronousTestCase):
    """A policy that raises or gives junk is isolated, named, and answered as the venue says."""

    def broken(self, on_error: str, answer: object) -> tuple[Market, list[str]]:
        """A market with a broken policy before one that rejects; what came of an order."""
        market = Market(on_error=on_error)

        def decide(request: object) -> d.Decision:
            if isinstance(answer, Exception):
                raise answer
            return answer()  # type: ignore[operator, no-any-return]

        chain = market.chain(decide, lambda request: d.Reject(Reason.POLICY))
        return market, told(market.enter("A", BUY, 1, 10, chain=chain))

    def test_on_error(self) -> None:
        """Reject, pass, hold or drop."""
        for on_error, expected in (
            ("reject", ["A rejected OTHER 0/0"]),
            ("pass", ["A rejected POLICY 0/0"]),
            ("hold", []),
            ("drop", []),
        ):
            market, events = self.broken(on_error, RuntimeError("broken"))
            self.assertEqual(events, expected, on_error)
            self.assertEqual(market.faults[0][0], "p0")
            self.assertEqual(len(market.dispatcher.holds), on_error == "hold")

    def test_junk(self) -> None:
        """
        What is no decision, or makes no sense, counts as a failure.

        The policy makes it: where exsim is compiled, some of it is refused as it is made.
        """
        junk: tuple[Callable[[], Any], ...] = (
            lambda: None,
            lambda: "Pass",
            lambda: d.Pass,
            lambda: d.Fill(()),
            lambda: d.Fill((d.FillStep(0),)),
            lambda: d.Fill((d.FillStep(1.5),)),  # type: ignore[arg-type]
            lambda: d.Delay(-1),
            lambda: d.Fill((d.FillStep(1, 10**40),)),
            lambda: d.Reject("because"),  # type: ignore[arg-type]
            lambda: d.Reject(Reason.OTHER, 5),  # type: ignore[arg-type]
            lambda: d.Reply(None),  # type: ignore[arg-type]
            lambda: d.Reply((("35", 8),)),  # type: ignore[arg-type]
        )
        for number, make in enumerate(junk):
            market, events = self.broken("reject", make)
            self.assertEqual(events, ["A rejected OTHER 0/0"], number)
            self.assertEqual(len(market.faults), 1)

    def test_fill_of_a_cancel(self) -> None:
        """Only a new order can be filled."""
        market = Market()
        chain = market.chain(lambda request: d.Fill((d.FillStep(1),)))
        market.enter("A", BUY, 1, 10)
        events = market.submit(CancelOrder("S", "B", "A"), chain)
        self.assertEqual(told(events), ["B cancel refused OTHER"])


class HoldTests(SynchronousTestCase):
    """A held request waits for a verb; each verb, and each that cannot be."""

    def setUp(self) -> None:
        """A market whose first policy holds everything."""
        self.market = Market()
        self.chain = self.market.chain(lambda request: d.HOLD, lambda request: d.PASS)

    def hold(self, name: str = "A", qty: int = 100, price: int | None = 10) -> int:
        """Hold a buy; the hold's number."""
        self.assertEqual(self.market.enter(name, BUY, qty, price, chain=self.chain), [])
        return self.market.dispatcher.holds.last

    def test_release(self) -> None:
        """It goes on with the next policy, and then is no hold any more."""
        hold = self.hold()
        self.assertEqual(self.market.dispatcher.holds.get(hold).policy, "p0")
        self.market.dispatcher.release(hold, self.market.now)
        self.assertEqual(told(self.market.take()), ["A new 0/100"])
        self.assertEqual(self.market.resting(), [(1, 10, 100)])
        self.assertRaises(NotFound, self.market.dispatcher.release, hold, self.market.now)

    def test_ack_then_fills(self) -> None:
        """The order is on, in no book, and is filled in parts under the hold's number."""
        hold = self.hold()
        dispatcher, now = self.market.dispatcher, self.market.now
        dispatcher.ack(hold, now)
        dispatcher.fill(hold, 30 * UNIT, None, now)
        self.assertRaises(Conflict, dispatcher.fill, hold, 71 * UNIT, None, now)
        dispatcher.fill(hold, None, 9 * UNIT, now)
        self.assertEqual(
            told(self.market.take()), ["A new 0/100", "A fill 30@10 30/70", "A fill 70@9 100/0"]
        )
        self.assertEqual(list(dispatcher.holds.all()), [])
        self.assertRaises(NotFound, dispatcher.fill, hold, None, None, now)

    def test_acked_takes_no_other_verb(self) -> None:
        """After an ack there is nothing to release, reject or ack."""
        hold = self.hold()
        dispatcher, now = self.market.dispatcher, self.market.now
        dispatcher.ack(hold, now)
        self.assertRaises(Conflict, dispatcher.ack, hold, now)
        self.assertRaises(Conflict, dispatcher.release, hold, now)
        self.assertRaises(Conflict, dispatcher.reject, hold, Reason.OTHER, "", now)
        dispatcher.check_reply(hold)  # its session can be sent anything
        dispatcher.drop(hold)
        self.assertEqual(told(self.market.cancel("C", "A")), ["A new 0/100", "C canceled 0/0"])

    def test_fill_at_once(self) -> None:
        """A fill accepts first."""
        hold = self.hold()
        self.market.dispatcher.fill(hold, None, None, self.market.now)
        self.assertEqual(told(self.market.take()), ["A new 0/100", "A fill 100@10 100/0"])

    def test_why_not(self) -> None:
        """Whoever asks for one that is over is told what became of it."""
        dispatcher, now = self.market.dispatcher, self.market.now
        released, acked, filled = (self.hold(name) for name in "ABC")
        dispatcher.release(released, now)
        dispatcher.ack(acked, now)
        dispatcher.fill(acked, None, None, now)
        dispatcher.fill(filled, None, None, now)
        for hold, why in (
            (released, "it was decided (release)"),
            (acked, "it was decided (ack), and its order is over"),
            (filled, "it was decided (fill)"),
            (99, "it was decided, or never was"),
        ):
            error = self.assertRaises(NotFound, dispatcher.holds.get, hold)
            self.assertEqual(str(error), f"there is no hold {hold}: {why}")

    def test_fill_without_a_price(self) -> None:
        """A market order where nothing has a price: say one. It still waits."""
        hold = self.hold(price=None)
        self.assertRaises(Conflict, self.market.dispatcher.fill, hold, None, None, self.market.now)
        self.assertEqual(self.market.take(), [])
        self.market.dispatcher.fill(hold, None, 7 * UNIT, self.market.now)
        self.assertEqual(told(self.market.take())[1], "A fill 100@7 100/0")

    def test_reject_and_drop(self) -> None:
        """Refused with a reason; or never heard of again."""
        self.market.dispatcher.reject(self.hold(), Reason.PRICE, "no", self.market.now)
        self.assertEqual(told(self.market.take()), ["A rejected PRICE 0/0"])
        self.market.dispatcher.drop(self.hold("B"))
        self.assertEqual(self.market.take(), [])

    def test_duplicate(self) -> None:
        """Two held orders of one ClOrdID: the second can be rejected, not acked."""
        first, second = self.hold(), self.hold()
        self.market.dispatcher.ack(first, self.market.now)
        self.assertRaises(Conflict, self.market.dispatcher.ack, second, self.market.now)
        self.market.dispatcher.reject(second, Reason.DUPLICATE, "", self.market.now)
        self.assertEqual(told(self.market.take()), ["A new 0/100", "A rejected DUPLICATE 0/0"])

    def test_held_changes(self) -> None:
        """A held cancel or replace is carried out by an ack, if its order is open."""
        self.market.enter("A", BUY, 100, 10)
        for request, expected in (
            (ReplaceOrder("A", order("B", BUY, 50, 11)), "B replaced 0/50"),
            (OrderStatusQuery("S", "B"), "B status 0/50"),
            (CancelOrder("S", "C", "B"), "C canceled 0/0"),
        ):
            self.market.submit(request, self.chain)
            self.market.dispatcher.ack(self.market.dispatcher.holds.last, self.market.now)
            self.assertEqual(told(self.market.take()), [expected])
        self.market.submit(CancelOrder("S", "D", "B"), self.chain)
        hold = self.market.dispatcher.holds.last
        self.assertRaises(Conflict, self.market.dispatcher.ack, hold, self.market.now)
        self.market.dispatcher.release(hold, self.market.now)
        self.assertEqual(told(self.market.take()), ["D cancel refused TOO_LATE"])

    def test_other_message(self) -> None:
        """A message that maps to nothing can be held; it cannot be acked or filled."""
        self.market.submit(OtherMessage("S", "R"), self.chain)
        hold = self.market.dispatcher.holds.last
        self.assertRaises(Conflict, self.market.dispatcher.ack, hold, self.market.now)
        self.assertRaises(Conflict, self.market.dispatcher.fill, hold, None, None, self.market.now)
        self.market.dispatcher.check_reply(hold)
        self.market.dispatcher.release(hold, self.market.now)
        self.assertEqual(told(self.market.take()), ["R refused UNSUPPORTED_MESSAGE"])

    def test_bound(self) -> None:
        """At the bound requests are held; one past it is refused."""
        self.market = Market(max_holds=2)
        self.chain = self.market.chain(lambda request: d.HOLD)
        self.hold("A")
        self.hold("B")
        events = self.market.enter("C", BUY, 1, 10, chain=self.chain)
        self.assertEqual(told(events), ["C rejected OTHER 0/0"])
        self.market.dispatcher.drop(1)
        self.hold("D")

    def test_forget(self) -> None:
        """A reset forgets the holds of a venue; numbers begin again with a new epoch alone."""
        self.hold()
        self.market.dispatcher.holds.forget("X")
        self.assertEqual(self.hold("B"), 2)
        self.market.dispatcher.holds.restart()
        self.assertEqual(self.hold("C"), 3)
        self.market.dispatcher.holds.forget("X")
        self.market.dispatcher.holds.restart()
        self.assertEqual(self.hold("D"), 1)

    def test_a_held_replace_that_cannot_be(self) -> None:
        """An ack does not overrule what the book could not bear; nothing is changed by it."""
        self.market.enter("A", BUY, 100, 10)
        self.market.enter("OTHER", BUY, 1, 9)
        for terms in (
            order("B", BUY, 50, 11, symbol="BBB"),
            order("B", BUY, 50, 11, symbol="ZZZ"),
            order("B", SELL, 50, 11),
            order("B", BUY, 50, None),
            order("B", BUY, 0, 11),
            order("OTHER", BUY, 50, 11),
        ):
            self.market.submit(ReplaceOrder("A", terms), self.chain)
            hold = self.market.dispatcher.holds.last
            self.assertRaises(Conflict, self.market.dispatcher.ack, hold, self.market.now)
            self.assertEqual(self.market.take(), [])
            self.market.dispatcher.drop(hold)
        self.assertEqual(self.market.resting(), [(1, 10, 100), (2, 9, 1)])
        cancel = CancelOrder("S", "OTHER", "A")
        self.market.submit(cancel, self.chain)
        hold = self.market.dispatcher.holds.last
        self.assertRaises(Conflict, self.market.dispatcher.ack, hold, self.market.now)

    def test_a_held_order_for_nothing(self) -> None:
        """A quantity that is not above zero can be rejected, not taken."""
        for qty in (0, -5):
            hold = self.hold("Q", qty)
            dispatcher, now = self.market.dispatcher, self.market.now
            self.assertRaises(Conflict, dispatcher.ack, hold, now)
            self.assertRaises(Conflict, dispatcher.fill, hold, None, None, now)
            self.assertEqual(self.market.take(), [])
            dispatcher.drop(hold)
