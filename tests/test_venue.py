"""A venue with its engine: matching, changes, checks, and what an operator does by hand."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import Conflict, NotFound
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Reason, Side, TimeInForce
from exsim.model.events import Event, Report
from exsim.model.instructions import Instructions, Peg
from exsim.model.requests import (
    NO_PRICE,
    CancelOrder,
    NewOrder,
    OrderStatusQuery,
    ReplaceOrder,
    Request,
)
from exsim.model.settings import Instrument
from tests.market import Market, order, told

BUY, SELL = Side.BUY, Side.SELL


class MatchingTests(SynchronousTestCase):
    """Orders meet in a book, and both sides hear of it."""

    def setUp(self) -> None:
        """A sell of 60 at 10 and one of 60 at 11 rest."""
        self.market = Market()
        self.market.enter("M1", SELL, 60, 10, session="M")
        self.market.enter("M2", SELL, 60, 11, session="M")

    def test_crossing(self) -> None:
        """At the resting prices, the rest is booked, and the tape has each trade."""
        events = self.market.enter("T", BUY, 100, 11)
        self.assertEqual(
            told(events),
            [
                "T new 0/100",
                "T fill 60@10 60/40",
                "M1 fill 60@10 60/0",
                "T fill 40@11 100/0",
                "M2 fill 40@11 40/20",
            ],
        )
        self.assertEqual(self.market.resting(), [(2, 11, 20)])
        tape = [(t.trade_id, t.price // UNIT, t.qty // UNIT) for t in self.market.venue.trades]
        self.assertEqual(tape, [(1, 10, 60), (2, 11, 40)])
        ids = [event.exec_id for event in events if isinstance(event, Report)]
        self.assertEqual(len(set(ids)), 5)

    def test_ioc_and_market(self) -> None:
        """What finds nothing more is canceled, never booked."""
        ioc = self.market.enter("T", BUY, 100, 10, TimeInForce.IOC)
        self.assertEqual(told(ioc)[-1], "T canceled 60/0")
        market = self.market.enter("U", BUY, 100, None)
        self.assertEqual(told(market)[-1], "U canceled 60/0")
        self.assertEqual(self.market.resting(), [])

    def test_fok(self) -> None:
        """All or nothing."""
        events = self.market.enter("T", BUY, 121, 11, TimeInForce.FOK)
        self.assertEqual(told(events), ["T new 0/121", "T canceled 0/0"])
        self.assertEqual(told(self.market.enter("U", BUY, 120, 11, TimeInForce.FOK))[-1][:1], "M")
        self.assertEqual(self.market.resting(), [])

    def test_short_sale_is_a_sell(self) -> None:
        """It rests on the sell side."""
        self.market.enter("T", Side.SELL_SHORT, 5, 12)
        self.assertIn((3, 12, 5), self.market.resting())

    def test_replace_that_crosses(self) -> None:
        """The replace is told first, then its fills."""
        self.market.enter("T", BUY, 10, 9)
        events = self.market.replace("T", order("U", BUY, 70, 10))
        self.assertEqual(
            told(events), ["U replaced 0/70", "U fill 60@10 60/10", "M1 fill 60@10 60/0"]
        )

    def test_replace_to_what_was_filled(self) -> None:
        """It ends, and leaves the book."""
        self.market.enter("T", BUY, 30, 10)
        events = self.market.replace("M1", order("M3", SELL, 30, 10, session="M"))
        self.assertEqual(told(events), ["M3 replaced 30/0"])
        self.assertEqual(self.market.resting(), [(2, 11, 60)])

    def test_pegged_to_what_was_replaced_so(self) -> None:
        """What follows its price follows the next one at once."""
        extra = Instructions(peg=int(Peg.PRIMARY))
        kind = int(OrdType.PEGGED)
        self.market.enter("T", BUY, 30, 10)
        self.market.submit(
            NewOrder("S", "P", "AAA", int(SELL), kind, 0, 5 * UNIT, NO_PRICE, extra=extra)
        )
        self.assertEqual(self.market.resting(), [(1, 10, 30), (4, 10, 5), (2, 11, 60)])
        self.market.replace("M1", order("M3", SELL, 30, 10, session="M"))
        self.assertEqual(self.market.resting(), [(2, 11, 60), (4, 11, 5)])


class RefusalTests(SynchronousTestCase):
    """What may not be: the right reason, and the book untouched."""

    def setUp(self) -> None:
        """A sell of 60 at 10 rests."""
        self.market = Market(max_orders=3)
        self.market.venue.add_instrument(
            Instrument("LOT", tick=UNIT // 2, lot=10 * UNIT, min_qty=20 * UNIT, max_qty=50 * UNIT)
        )
        self.market.enter("M1", SELL, 60, 10)

    def refused(self, events: list[Event], reason: Reason, *words: str) -> None:
        """One rejection, for this reason, with these words in its text."""
        self.assertEqual(len(events), 1)
        event = events[0]
        self.assertIs(event.reason, reason)  # type: ignore[union-attr]
        for word in words:
            self.assertIn(word, event.text)  # type: ignore[union-attr]
        self.assertEqual(self.market.resting(), [(1, 10, 60)])

    def test_new(self) -> None:
        """Symbol, lot, bounds, tick, price, ClOrdID, codes."""
        terms = order("A", BUY, 1, 10)
        half_tick = NewOrder("S", "A", "AAA", BUY, OrdType.LIMIT, 0, UNIT, 10 * UNIT + 1)
        no_price = NewOrder("S", "A", "AAA", BUY, OrdType.LIMIT, 0, UNIT, NO_PRICE)
        stop = NewOrder("S", "A", "AAA", BUY, OrdType.STOP, 0, UNIT)
        funari = NewOrder("S", "A", "AAA", BUY, ord("I"), 0, UNIT, UNIT)
        opening = NewOrder("S", "A", "AAA", BUY, OrdType.LIMIT, 2, UNIT, UNIT)
        strange = NewOrder("S", "A", "AAA", BUY, OrdType.LIMIT, 99, UNIT, UNIT)
        cross = NewOrder("S", "A", "AAA", 8, OrdType.LIMIT, 0, UNIT, UNIT)
        for request, reason, word in (
            (order("A", BUY, 1, 10, symbol="ZZZ"), Reason.UNKNOWN_SYMBOL, "'ZZZ'"),
            (order("A", BUY, 25, 10, symbol="LOT"), Reason.QUANTITY, "lot 10"),
            (order("A", BUY, 10, 10, symbol="LOT"), Reason.QUANTITY, "least, 20"),
            (order("A", BUY, 60, 10, symbol="LOT"), Reason.QUANTITY, "most, 50"),
            (terms.with_qty(0), Reason.QUANTITY, "above zero"),
            (order("A", BUY, 10, 0), Reason.PRICE, "price 0 is not above zero"),
            (order("A", BUY, 10, -1), Reason.PRICE, "price -1 is not above zero"),
            (terms.with_qty(-UNIT), Reason.QUANTITY, "above zero"),
            (half_tick, Reason.TICK, "10.00000001 is no multiple of the tick 0.01"),
            (no_price, Reason.PRICE, "needs a price"),
            (order("M1", BUY, 1, 10), Reason.DUPLICATE, "'M1'"),
            (stop, Reason.PRICE, "StopPx"),
            (funari, Reason.UNSUPPORTED, "OrdType"),
            (strange, Reason.UNSUPPORTED, "TimeInForce"),
            (opening, Reason.UNSUPPORTED, "no LIMIT order with TimeInForce AT_OPENING"),
            (cross, Reason.UNSUPPORTED, "Side"),
        ):
            self.refused(self.market.submit(request), reason, word)
            self.market.venue.orders._chains["S"].pop("A", None)

    def test_open_orders_are_bounded(self) -> None:
        """At the bound an order is taken; one past it is not."""
        self.market.enter("A", BUY, 1, 1)
        self.market.enter("B", BUY, 1, 1)
        refused = self.market.enter("C", BUY, 1, 1)
        self.assertEqual(told(refused), ["C rejected OTHER 0/0"])
        self.market.cancel("D", "A")
        self.assertEqual(told(self.market.enter("E", BUY, 1, 1)), ["E new 0/1"])

    def test_cancel(self) -> None:
        """Unknown, another session's, a used ClOrdID, another instrument or side, too late."""
        for request, reason in (
            (CancelOrder("S", "C", "nope"), Reason.UNKNOWN_ORDER),
            (CancelOrder("OTHER", "C", "M1"), Reason.UNKNOWN_ORDER),
            (CancelOrder("S", "M1", "M1"), Reason.DUPLICATE),
            (CancelOrder("S", "C", "M1", symbol="BBB"), Reason.OTHER),
            (CancelOrder("S", "C", "M1", side=BUY), Reason.OTHER),
        ):
            self.refused(self.market.submit(request), reason)
        self.market.cancel("C", "M1")
        refused = self.market.cancel("D", "M1")
        self.assertEqual(told(refused), ["D cancel refused TOO_LATE"])

    def test_replace(self) -> None:
        """All that a cancel checks, and all that the new terms must be."""
        half = NewOrder("S", "C", "AAA", SELL, OrdType.LIMIT, 0, UNIT, 10 * UNIT + 1)
        for orig, terms, reason in (
            ("nope", order("C", SELL, 1, 10), Reason.UNKNOWN_ORDER),
            ("M1", order("C", BUY, 1, 10), Reason.OTHER),
            ("M1", order("C", SELL, 1, None), Reason.UNSUPPORTED),
            ("M1", order("C", SELL, 1, 10, TimeInForce.IOC), Reason.UNSUPPORTED),
            ("M1", order("C", SELL, 0, 10), Reason.QUANTITY),
            ("M1", half, Reason.TICK),
            ("M1", order("M1", SELL, 1, 10), Reason.DUPLICATE),
        ):
            self.refused(self.market.submit(ReplaceOrder(orig, terms)), reason)

    def test_status_by_a_former_name(self) -> None:
        """It is told with that as OrigClOrdID, also to who may send an order again."""
        self.market.enter("A", BUY, 5, 9)
        self.market.replace("A", order("B", BUY, 6, 9))
        again = order("A", BUY, 5, 9).with_extra(Instructions(resent=True))
        asked: tuple[Request, ...] = (OrderStatusQuery("S", "A"), again)
        for request in asked:
            (event,) = self.market.submit(request)
            assert isinstance(event, Report)
            self.assertEqual((event.cl_ord_id, event.orig_cl_ord_id), ("B", "A"))
        (event,) = self.market.submit(OrderStatusQuery("S", "B"))
        assert isinstance(event, Report)
        self.assertEqual((event.cl_ord_id, event.orig_cl_ord_id), ("B", ""))

    def test_status_of_an_unknown_order(self) -> None:
        """It is told as rejected, with no OrderID."""
        (event,) = self.market.submit(OrderStatusQuery("S", "nope", symbol="AAA", side=BUY))
        assert isinstance(event, Report)
        self.assertEqual((event.order_id, event.reason), ("", Reason.UNKNOWN_ORDER))


class OperatorTests(SynchronousTestCase):
    """What is done to orders by hand keeps book and orders together."""

    def setUp(self) -> None:
        """A sell of 60 at 10 rests."""
        self.market = Market()
        self.market.enter("M1", SELL, 60, 10)
        found = self.market.venue.orders.find("S", "M1")
        assert found is not None
        self.order = found
        self.out = self.market.dispatcher.out

    def test_cancel(self) -> None:
        """Unsolicited, and out of the book."""
        self.market.venue.cancel_order(self.order, 5, self.out, "halted")
        self.assertEqual(told(self.market.take()), ["M1 canceled 0/0"])
        self.assertEqual(self.market.resting(), [])

    def test_fill_of_a_resting_order(self) -> None:
        """The rest keeps its place in the book; the last fill takes it out."""
        self.market.enter("M2", SELL, 10, 10)
        self.market.venue.fill_order(self.order, 20 * UNIT, 10 * UNIT, 5, self.out)
        self.assertEqual(self.market.resting(), [(1, 10, 40), (2, 10, 10)])
        self.market.venue.fill_order(self.order, 40 * UNIT, 10 * UNIT, 5, self.out)
        self.assertEqual(self.market.resting(), [(2, 10, 10)])

    def test_instruments(self) -> None:
        """One can be listed once, and taken off with its orders."""
        venue = self.market.venue
        self.assertRaises(Conflict, venue.add_instrument, Instrument("AAA"))
        venue.remove_instrument("AAA", 5, self.out)
        self.assertEqual(told(self.market.take()), ["M1 canceled 0/0"])
        self.assertRaises(NotFound, venue.remove_instrument, "AAA", 5, self.out)
        venue.add_instrument(Instrument("AAA"))
        self.assertEqual(self.market.resting(), [])

    def test_reset(self) -> None:
        """Books, orders, tape and numbers start again."""
        self.market.enter("B", BUY, 10, 10)
        self.market.venue.reset()
        self.assertEqual(self.market.resting(), [])
        events = self.market.enter("M1", SELL, 60, 10)
        assert isinstance(events[0], Report)
        self.assertEqual((events[0].order_id, events[0].exec_id), ("1", "1"))
        self.assertEqual(list(self.market.venue.trades), [])
