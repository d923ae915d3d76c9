"""Orders that an operator suspends, and where they go as they are resumed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch import operator
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Phase, Side, TimeInForce
from exsim.model.decisions import Fill, FillStep
from exsim.model.instructions import Instructions, Peg
from exsim.model.lists import Contingency
from exsim.model.requests import Request
from exsim.orders.order import Order
from tests.market import Market, order, told
from tests.matrix_player import Stage
from tests.matrix_words import Matrix
from tests.test_market_settings import special

BUY, SELL = Side.BUY, Side.SELL


class SuspendedTestCase(SynchronousTestCase):
    """A market, and an operator."""

    def setUp(self) -> None:
        """A market."""
        self.market = Market()

    def find(self, name: str) -> Order:
        """An order."""
        found = self.market.venue.orders.find("S", name)
        assert found is not None
        return found

    def do(self, step: Callable[..., None], name: str, *more: object) -> list[str]:
        """A step of an operator."""
        market = self.market
        step(market.venue, self.find(name), *more, market.now, market.dispatcher.out)
        return told(market.take())


class SuspendedTests(SuspendedTestCase):
    """Each where it was."""

    def test_in_a_book(self) -> None:
        """It goes back, behind the others; also where it was suspended twice."""
        self.market.enter("A", BUY, 1, 10)
        self.market.enter("B", BUY, 1, 10)
        self.do(operator.suspend, "A")
        self.do(operator.suspend, "A")
        self.assertEqual(self.market.resting(), [(2, 10, 1)])
        self.assertEqual(self.do(operator.resume, "A"), ["A restated 0/1"])
        self.assertEqual(self.market.resting(), [(2, 10, 1), (1, 10, 1)])

    def test_with_another_mark_meanwhile(self) -> None:
        """It goes back all the same."""
        self.market.enter("A", BUY, 1, 10)
        self.do(operator.suspend, "A")
        self.do(operator.mark, "A", "calculate")
        self.do(operator.resume, "A")
        self.assertEqual(self.market.resting(), [(1, 10, 1)])

    def test_with_a_policy(self) -> None:
        """One that a policy goes on with was in no book, and comes to none; its fills go on."""
        steps = Fill((FillStep(UNIT, 10 * UNIT), FillStep(UNIT, 10 * UNIT, 5)))
        self.market.enter("A", BUY, 3, 10, chain=self.market.chain(lambda request: steps))
        self.do(operator.suspend, "A")
        self.assertEqual(self.do(operator.resume, "A"), ["A restated 1/2"])
        self.assertEqual(self.market.resting(), [])
        self.assertEqual(told(self.market.advance(5)), ["A fill 1@10 2/1"])

    def test_done_for_day(self) -> None:
        """The same for one that was done for the day."""
        chain = self.market.chain(lambda request: Fill((FillStep(UNIT, 10 * UNIT),)))
        self.market.enter("A", BUY, 3, 10, chain=chain)
        self.market.enter("B", BUY, 3, 10)
        for name in "AB":
            self.do(operator.mark, name, "done-for-day")
        self.assertEqual(self.market.resting(), [])
        for name in "AB":
            self.do(operator.resume, name)
        self.assertEqual(self.market.resting(), [(2, 10, 3)])

    def test_for_an_auction(self) -> None:
        """One that waits for an auction does not join it while it is suspended."""
        self.market.enter("A", BUY, 1, 10, TimeInForce.GOOD_FOR_AUCTION)
        self.do(operator.suspend, "A")
        out, now = self.market.dispatcher.out, self.market.now
        self.market.venue.set_phase(Phase.INTRADAY_AUCTION, None, now, out)
        self.assertEqual(self.market.resting(), [])
        self.do(operator.resume, "A")
        self.assertEqual(self.market.resting(), [(1, 10, 1)])

    def test_triggered_meanwhile(self) -> None:
        """One that another order triggers while it is suspended goes to its book then."""
        for name, side in (("A", BUY), ("B", SELL)):
            terms = order(name, side, 1, 10 if side == BUY else 12)
            extra = Instructions(link="L", contingency=int(Contingency.OTO))
            self.market.submit(terms.with_extra(extra))
        self.do(operator.suspend, "B")
        self.market.enter("C", SELL, 1, 10)
        self.assertEqual(self.market.resting(), [])
        self.do(operator.resume, "B")
        self.assertEqual(self.market.resting(), [(2, 12, 1)])

    def test_snapshot(self) -> None:
        """It is known after a restart, and no longer than the order is open."""
        self.market.enter("A", BUY, 1, 10)
        self.market.enter("B", BUY, 1, 10)
        self.do(operator.suspend, "A")
        again = Market()
        again.venue.restore(self.market.venue.state(), lambda names: ())
        self.assertEqual(again.venue.state(), self.market.venue.state())
        self.market = again
        self.market.cancel("X", "A")
        self.do(operator.suspend, "B")
        self.assertEqual(list(self.market.venue.aside), [2])
        self.do(operator.resume, "B")
        self.assertEqual(self.market.resting(), [(2, 10, 1)])


class BecomeTests(SuspendedTestCase):
    """An order comes back as what it had become, rather than as it was entered."""

    def enter(self, name: str, *what: Any, **asked: Any) -> None:
        """Enter an order of some type, with instructions."""
        self.market.submit(special(name, *what, **asked))

    def again(self, name: str, meanwhile: Request | None = None) -> None:
        """It is suspended and resumed, in a market that a snapshot was taken of between."""
        self.do(operator.suspend, name)
        state = self.market.venue.state()
        self.market = Market()
        self.market.venue.restore(state, lambda names: ())
        if meanwhile is not None:
            self.market.submit(meanwhile)
        self.do(operator.resume, name)

    def test_pegged_below_a_limit(self) -> None:
        """It follows up to the limit that it was given, not to the price that it had."""
        self.market.enter("A", BUY, 1, 10)
        self.enter("B", BUY, 5, 12, OrdType.PEGGED, peg=int(Peg.PRIMARY))
        self.again("B", order("C", BUY, 1, 11))
        self.market.enter("D", BUY, 1, 14)
        self.assertEqual(self.market.resting()[1], (2, 12, 5))
        self.do(operator.replace, "B", 4 * UNIT, 9 * UNIT)
        self.assertEqual(self.market.resting()[-1], (2, 9, 4))

    def test_market_to_limit(self) -> None:
        """It is a limit order at the price that it traded at, replaced without one or not."""
        self.market.enter("A", SELL, 1, 10)
        self.enter("B", BUY, 3, None, OrdType.MARKET_TO_LIMIT)
        asked = special("C", BUY, 4, None, OrdType.MARKET_TO_LIMIT)
        self.market.replace("B", asked)
        self.assertEqual(self.find("C").terms.price, 10 * UNIT)
        self.again("C", order("D", SELL, 1, 12))
        self.assertEqual(self.market.resting()[0], (2, 10, 3))

    def test_elected(self) -> None:
        """A stop-limit order that was elected does not wait again."""
        for name, side in (("A", SELL), ("B", BUY)):
            self.market.enter(name, side, 1, 10)
        self.enter("C", SELL, 5, 12, OrdType.STOP_LIMIT, stop_px=10 * UNIT)
        for name, side in (("D", SELL), ("E", BUY)):
            self.market.enter(name, side, 1, 11)
        self.again("C")
        self.assertEqual(self.market.resting(), [(3, 12, 5)])

    def test_minimum(self) -> None:
        """A minimum quantity that was traded is not asked for again."""
        self.market.enter("A", SELL, 3, 10)
        self.enter("B", BUY, 5, 10, min_qty=3 * UNIT)
        self.again("B")
        self.assertEqual(self.market.resting(), [(2, 10, 2)])


class ToldTests(SynchronousTestCase):
    """What reports say, by version."""

    steps = (
        "> new X 10000",
        "< X  new  new  10000 0 10000",
        "! suspend",
        "< X  suspended  suspended  10000 0 10000",
        "! resume",
        "< X  restated  new  10000 0 10000  378=",
    )

    def test_why(self) -> None:
        """A reason for a restatement that FIX 4.2 does not have is the broker's option there."""
        for version, why in (("FIX.4.2", "4"), ("FIX.4.3", "8"), ("FIX.5.0SP2", "8")):
            stage = Stage(version)
            self.addCleanup(stage.stop)
            steps = (*self.steps[:-1], self.steps[-1] + why)
            self.assertEqual(stage.play(Matrix("resumed", "", "", steps, since="FIX.4.2")), 2)

    def test_triggered(self) -> None:
        """One that is told as restated has a reason; FIX.5.0 has a report of its own."""
        for version, why in (("FIX.4.2", "4"), ("FIX.4.4", "8"), ("FIX.5.0", "")):
            stage = Stage(version)
            self.addCleanup(stage.stop)
            steps = (
                "> new X 10000 40=4 44=52 99=51",
                "< X  new  new  10000 0 10000",
                "! cross 1 51",
                f"< X  triggered  new  10000 0 10000  378={why}",
            )
            self.assertEqual(stage.play(Matrix("triggered", "", "", steps, since="FIX.4.2")), 2)
