"""Orders that were filled, and are replaced to a greater quantity: ``replace_filled``."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.codes import Phase, Side
from exsim.model.settings import Instrument
from tests.market import Market, order, told

BUY, SELL = Side.BUY, Side.SELL


class ReopenedTests(SynchronousTestCase):
    """A bought 10 at 10."""

    def setUp(self) -> None:
        """It is filled."""
        self.market = self.filled(True)

    def filled(self, reopens: bool) -> Market:
        """A market where it is, with that setting."""
        market = Market(replace_filled=reopens)
        market.enter("A", BUY, 10, 10)
        market.enter("X", SELL, 10, 10)
        return market

    def replace(self, qty: int, price: int = 10) -> list[str]:
        """Replace it."""
        return told(self.market.replace("A", order("B", BUY, qty, price)))

    def test_default(self) -> None:
        """By default it is too late."""
        self.market = self.filled(False)
        self.assertEqual(self.replace(15), ["B replace refused TOO_LATE"])

    def test_opened(self) -> None:
        """It is partially filled, and rests with what is more."""
        self.assertEqual(self.replace(15), ["B replaced 10/5"])
        self.assertEqual(self.market.resting(), [(1, 10, 5)])
        self.assertEqual(self.market.venue.orders.open_count, 1)
        self.assertEqual(told(self.market.enter("Y", SELL, 5, 10))[-1], "B fill 5@10 15/0")
        self.assertEqual(self.market.venue.orders.open_count, 0)

    def test_trades(self) -> None:
        """It trades at once where it can."""
        self.market.enter("Y", SELL, 3, 11)
        said = ["B replaced 10/5", "B fill 3@11 13/2", "Y fill 3@11 3/0"]
        self.assertEqual(self.replace(15, 11), said)
        self.assertEqual(self.market.resting(), [(1, 11, 2)])

    def test_not_more(self) -> None:
        """Nor less, nor a cancel: there is nothing to take off."""
        for qty in (10, 5):
            self.assertEqual(self.replace(qty), ["B replace refused TOO_LATE"])
        self.assertEqual(told(self.market.cancel("C", "A")), ["C cancel refused TOO_LATE"])

    def test_canceled_before(self) -> None:
        """One that was canceled stays so."""
        self.market.enter("C", BUY, 10, 9)
        self.market.cancel("D", "C")
        terms = order("E", BUY, 20, 9)
        self.assertEqual(told(self.market.replace("C", terms)), ["E replace refused TOO_LATE"])

    def test_checked(self) -> None:
        """The new terms have to be right, as ever, and the phase has to allow it."""
        terms = order("B", BUY, 15, 10)
        off_tick = terms.with_qty(terms.qty, terms.price + 1)
        self.assertEqual(told(self.market.replace("A", off_tick)), ["B replace refused TICK"])
        venue = self.market.venue
        venue.set_phase(Phase.CLOSED, None, self.market.now, self.market.dispatcher.out)
        self.market.take()
        self.assertEqual(self.replace(15), ["B replace refused CLOSED"])

    def test_not_listed_any_more(self) -> None:
        """There is no book to go back to."""
        venue = self.market.venue
        venue.remove_instrument("AAA", self.market.now, self.market.dispatcher.out)
        self.market.take()
        self.assertEqual(self.replace(15), ["B replace refused UNKNOWN_SYMBOL"])
        venue.add_instrument(Instrument("AAA"))
        self.assertEqual(self.replace(15), ["B replaced 10/5"])
