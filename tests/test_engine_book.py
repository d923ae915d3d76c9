"""The rules of the matching engine, one by one."""

from __future__ import annotations

import gc
import json

from twisted.trial.unittest import SynchronousTestCase

from exsim.engine.book import BUY, DAY, FOK, IOC, LIMIT, MARKET, SELL, Book
from exsim.engine.matching import MatchingEngine
from exsim.errors import Bug
from exsim.model.codes import Side
from exsim.model.trades import BookEvent, Dropped, Traded

GTC = 1  # FIX TimeInForce(59): rests like DAY, as far as a book is concerned


class BookTestCase(SynchronousTestCase):
    """A book, and verbs that return the events of one call."""

    def setUp(self) -> None:
        self.book = Book()

    def buy(self, order_id: int, price: int, qty: int, tif: int = DAY) -> list[BookEvent]:
        """Enter a limit order to buy."""
        return self.enter(order_id, BUY, LIMIT, tif, price, qty)

    def sell(self, order_id: int, price: int, qty: int, tif: int = DAY) -> list[BookEvent]:
        """Enter a limit order to sell."""
        return self.enter(order_id, SELL, LIMIT, tif, price, qty)

    def market(self, order_id: int, side: int, qty: int, tif: int = DAY) -> list[BookEvent]:
        """Enter a market order; its price must not matter."""
        return self.enter(order_id, side, MARKET, tif, 0, qty)

    def enter(
        self, order_id: int, side: int, ord_type: int, tif: int, price: int, qty: int
    ) -> list[BookEvent]:
        """Enter any order."""
        out: list[BookEvent] = []
        self.book.enter(order_id, side, ord_type, tif, price, qty, out)
        return out

    def replace(self, order_id: int, price: int, qty: int) -> list[BookEvent]:
        """Replace an order that rests."""
        out: list[BookEvent] = []
        self.assertTrue(self.book.replace(order_id, price, qty, out))
        return out

    def bids(self) -> list[tuple[int, int, int]]:
        """Order id, price and open quantity of the bids, best first."""
        return list(self.book.orders(BUY))

    def asks(self) -> list[tuple[int, int, int]]:
        """The same of the asks."""
        return list(self.book.orders(SELL))


class EnterTests(BookTestCase):
    """New orders: who trades with whom, at what price, and what rests."""

    def test_rests_without_a_match(self) -> None:
        """Orders that do not cross rest, and nothing happens."""
        self.assertEqual(self.buy(1, 99, 5), [])
        self.assertEqual(self.sell(2, 101, 7), [])
        self.assertEqual((self.bids(), self.asks()), ([(1, 99, 5)], [(2, 101, 7)]))

    def test_equal_prices_cross(self) -> None:
        """A buy and a sell at one price trade; equal quantities leave nothing."""
        self.buy(1, 100, 5)
        self.assertEqual(self.sell(2, 100, 5), [Traded(1, 2, 100, 5)])
        self.assertEqual(len(self.book), 0)

    def test_trades_at_the_resting_price(self) -> None:
        """The incoming order gets the better price, whichever side it is on."""
        self.sell(1, 100, 1)
        self.assertEqual(self.buy(2, 105, 1), [Traded(1, 2, 100, 1)])
        self.buy(3, 100, 1)
        self.assertEqual(self.sell(4, 95, 1), [Traded(3, 4, 100, 1)])

    def test_price_before_time(self) -> None:
        """The best price trades first, though it came last."""
        self.sell(1, 102, 1)
        self.sell(2, 101, 1)
        self.sell(3, 100, 1)
        self.assertEqual(
            self.buy(4, 102, 3), [Traded(3, 4, 100, 1), Traded(2, 4, 101, 1), Traded(1, 4, 102, 1)]
        )

    def test_price_before_time_among_bids(self) -> None:
        """For bids the best price is the highest."""
        self.buy(1, 98, 1)
        self.buy(2, 100, 1)
        self.buy(3, 99, 1)
        self.assertEqual(
            self.sell(4, 98, 3), [Traded(2, 4, 100, 1), Traded(3, 4, 99, 1), Traded(1, 4, 98, 1)]
        )

    def test_time_within_a_price(self) -> None:
        """At one price the oldest trades first, whatever its size."""
        for order_id, qty in ((1, 1), (2, 9), (3, 4)):
            self.buy(order_id, 100, qty)
        self.assertEqual(
            self.sell(4, 100, 11),
            [Traded(1, 4, 100, 1), Traded(2, 4, 100, 9), Traded(3, 4, 100, 1)],
        )
        self.assertEqual(self.bids(), [(3, 100, 3)])

    def test_part_filled_maker_keeps_its_place(self) -> None:
        """A resting order that traded in part is still first, and newer ones still follow."""
        self.buy(1, 100, 5)
        self.buy(2, 100, 5)
        self.sell(3, 100, 2)
        self.buy(4, 100, 5)
        self.assertEqual(self.bids(), [(1, 100, 3), (2, 100, 5), (4, 100, 5)])
        self.assertEqual(self.sell(5, 100, 4), [Traded(1, 5, 100, 3), Traded(2, 5, 100, 1)])

    def test_rest_of_a_taker_rests_at_its_limit(self) -> None:
        """What a limit order could not trade rests at its own price and takes part."""
        self.sell(1, 100, 2)
        self.sell(2, 102, 2)
        self.assertEqual(self.buy(3, 101, 5), [Traded(1, 3, 100, 2)])
        self.assertEqual((self.bids(), self.asks()), ([(3, 101, 3)], [(2, 102, 2)]))

    def test_gtc_rests(self) -> None:
        """Only IOC, FOK and market orders do not rest."""
        self.buy(1, 100, 5, tif=GTC)
        self.assertEqual(self.bids(), [(1, 100, 5)])

    def test_negative_prices(self) -> None:
        """Signs change nothing: -1 is better than -2 for a bid, and worse for an ask."""
        self.buy(1, -2, 1)
        self.buy(2, -1, 1)
        self.assertEqual(self.bids(), [(2, -1, 1), (1, -2, 1)])
        self.assertEqual(self.sell(3, -2, 3), [Traded(2, 3, -1, 1), Traded(1, 3, -2, 1)])
        self.sell(4, -3, 1)
        self.assertEqual(self.asks(), [(4, -3, 1), (3, -2, 1)])

    def test_short_sales_are_sales(self) -> None:
        """Both kinds of short sale take bids and rest among the asks, also when replaced."""
        self.buy(1, 100, 1)
        events = self.enter(2, Side.SELL_SHORT, LIMIT, DAY, 100, 2)
        self.enter(3, Side.SELL_SHORT_EXEMPT, LIMIT, DAY, 100, 2)
        self.assertEqual(events, [Traded(1, 2, 100, 1)])
        self.replace(2, 101, 1)
        self.assertEqual(self.asks(), [(3, 100, 2), (2, 101, 1)])

    def test_an_id_may_come_back(self) -> None:
        """Only a resting order blocks its id."""
        self.buy(1, 100, 5)
        self.book.cancel(1)
        self.buy(1, 101, 6)
        self.assertEqual(self.bids(), [(1, 101, 6)])


class ImmediateTests(BookTestCase):
    """Orders that never rest."""

    def setUp(self) -> None:
        super().setUp()
        self.sell(1, 100, 5)
        self.sell(2, 101, 5)

    def test_ioc_drops_its_rest(self) -> None:
        """An IOC order trades what it can within its limit; the rest is dropped."""
        self.assertEqual(self.buy(3, 100, 8, tif=IOC), [Traded(1, 3, 100, 5), Dropped(3, 3)])
        self.assertEqual((self.bids(), self.asks()), ([], [(2, 101, 5)]))

    def test_ioc_without_a_match(self) -> None:
        """An IOC order that finds nothing is dropped whole."""
        self.assertEqual(self.buy(3, 99, 8, tif=IOC), [Dropped(3, 8)])

    def test_ioc_filled(self) -> None:
        """A full fill drops nothing."""
        self.assertEqual(self.buy(3, 100, 5, tif=IOC), [Traded(1, 3, 100, 5)])

    def test_fok_fills_all(self) -> None:
        """A FOK order for exactly what is there trades in full, level after level."""
        self.assertEqual(
            self.buy(3, 101, 10, tif=FOK), [Traded(1, 3, 100, 5), Traded(2, 3, 101, 5)]
        )

    def test_fok_kills_all(self) -> None:
        """One unit more than is there, and nothing trades."""
        self.assertEqual(self.buy(3, 101, 11, tif=FOK), [Dropped(3, 11)])
        self.assertEqual(self.asks(), [(1, 100, 5), (2, 101, 5)])

    def test_fok_counts_only_what_its_limit_reaches(self) -> None:
        """Quantity behind the limit does not help."""
        self.assertEqual(self.buy(3, 100, 6, tif=FOK), [Dropped(3, 6)])
        self.assertEqual(self.buy(4, 100, 5, tif=FOK), [Traded(1, 4, 100, 5)])

    def test_fok_counts_open_quantity(self) -> None:
        """What was traded, cancelled or taken back before is not there any more."""
        self.buy(3, 100, 1)
        self.replace(2, 101, 3)
        self.assertEqual(self.buy(4, 101, 8, tif=FOK), [Dropped(4, 8)])
        self.assertEqual(self.buy(5, 101, 7, tif=FOK), [Traded(1, 5, 100, 4), Traded(2, 5, 101, 3)])

    def test_market_takes_any_price(self) -> None:
        """A market order goes through all levels; its rest is dropped although it is DAY."""
        self.assertEqual(
            self.market(3, BUY, 12), [Traded(1, 3, 100, 5), Traded(2, 3, 101, 5), Dropped(3, 2)]
        )
        self.assertEqual(len(self.book), 0)

    def test_market_on_an_empty_side(self) -> None:
        """No bid, no sale; and no bid or ask comes of it."""
        self.assertEqual(self.market(3, SELL, 4), [Dropped(3, 4)])
        self.assertEqual(len(self.book), 2)

    def test_market_fok(self) -> None:
        """A market order can be FOK too."""
        self.assertEqual(self.market(3, BUY, 11, tif=FOK), [Dropped(3, 11)])
        self.assertEqual(
            self.market(4, BUY, 6, tif=FOK), [Traded(1, 4, 100, 5), Traded(2, 4, 101, 1)]
        )

    def test_market_reaches_the_ends_of_the_price_range(self) -> None:
        """The first and last signed 64-bit price are prices like any other."""
        lowest, highest = -(1 << 63), (1 << 63) - 1
        self.book.clear()
        self.buy(3, lowest, 1)
        self.assertEqual(self.market(4, SELL, 1), [Traded(3, 4, lowest, 1)])
        self.sell(5, highest, 1)
        self.assertEqual(self.market(6, BUY, 1), [Traded(5, 6, highest, 1)])


class CancelTests(BookTestCase):
    """Cancels, from every place in a level."""

    def setUp(self) -> None:
        super().setUp()
        for order_id in (1, 2, 3):
            self.buy(order_id, 100, order_id)

    def test_returns_the_open_quantity(self) -> None:
        """What comes back is what was open, not what was ordered."""
        self.sell(9, 100, 2)
        self.assertEqual(self.book.cancel(2), 1)

    def test_unknown(self) -> None:
        """An order that never was, is gone, or was cancelled already gives 0."""
        self.sell(9, 100, 1)
        self.assertEqual([self.book.cancel(7), self.book.cancel(1)], [0, 0])
        self.assertEqual([self.book.cancel(2), self.book.cancel(2)], [2, 0])

    def test_oldest_middle_newest(self) -> None:
        """The others keep their order, and new ones queue behind."""
        for gone, left in ((1, [2, 3]), (2, [1, 3]), (3, [1, 2])):
            self.setUp()
            self.book.cancel(gone)
            self.buy(4, 100, 4)
            self.assertEqual([order_id for order_id, _, _ in self.bids()], [*left, 4])
            self.assertEqual(self.book.levels(BUY, 0), [(100, 10 - gone, 3)])

    def test_last_of_a_level(self) -> None:
        """With its last order a level is gone, and the next best price is the best."""
        self.buy(4, 101, 1)
        self.book.cancel(4)
        self.assertEqual(self.book.best(BUY), 100)
        self.assertEqual(self.sell(5, 101, 1), [])


class ReplaceTests(BookTestCase):
    """Replaces: who keeps the place, and what trades."""

    def setUp(self) -> None:
        super().setUp()
        self.buy(1, 100, 5)
        self.buy(2, 100, 5)

    def test_less_keeps_the_place(self) -> None:
        """A smaller open quantity at the same price keeps the place."""
        self.assertEqual(self.replace(1, 100, 4), [])
        self.assertEqual(self.bids(), [(1, 100, 4), (2, 100, 5)])
        self.assertEqual(self.book.levels(BUY, 0), [(100, 9, 2)])

    def test_the_same_keeps_the_place(self) -> None:
        """A replace that changes nothing keeps the place."""
        self.replace(1, 100, 5)
        self.assertEqual(self.bids(), [(1, 100, 5), (2, 100, 5)])

    def test_more_loses_the_place(self) -> None:
        """A greater open quantity goes behind the others at its price."""
        self.replace(1, 100, 6)
        self.assertEqual(self.bids(), [(2, 100, 5), (1, 100, 6)])

    def test_open_quantity_counts(self) -> None:
        """After a fill, back to the ordered quantity is more than what is open."""
        self.sell(9, 100, 2)
        self.replace(1, 100, 5)
        self.assertEqual(self.bids(), [(2, 100, 5), (1, 100, 5)])

    def test_another_price_loses_the_place(self) -> None:
        """A new price queues behind those there, and coming back does not help."""
        self.replace(1, 99, 3)
        self.assertEqual(self.bids(), [(2, 100, 5), (1, 99, 3)])
        self.replace(1, 100, 3)
        self.assertEqual(self.bids(), [(2, 100, 5), (1, 100, 3)])

    def test_may_trade(self) -> None:
        """A price that crosses trades as the taker; what is left rests under the same id."""
        self.sell(3, 101, 4)
        self.assertEqual(self.replace(1, 102, 9), [Traded(3, 1, 101, 4)])
        self.assertEqual((self.bids(), self.asks()), ([(1, 102, 5), (2, 100, 5)], []))

    def test_may_trade_whole(self) -> None:
        """A replaced order that trades in full is gone."""
        self.sell(3, 101, 5)
        self.assertEqual(self.replace(1, 101, 5), [Traded(3, 1, 101, 5)])
        self.assertEqual(self.book.open_qty(1), 0)
        self.assertFalse(self.book.replace(1, 101, 5, []))

    def test_unknown(self) -> None:
        """An order that does not rest gives False and no event."""
        out: list[BookEvent] = []
        self.assertFalse(self.book.replace(7, 100, 5, out))
        self.assertEqual((out, len(self.book)), ([], 2))


class ViewTests(BookTestCase):
    """What a book tells about itself."""

    def setUp(self) -> None:
        super().setUp()
        for order_id, price, qty in ((1, 99, 1), (2, 98, 2), (3, 99, 4)):
            self.buy(order_id, price, qty)
        self.sell(4, 103, 8)
        self.sell(5, 102, 16)

    def test_best(self) -> None:
        """The highest bid and the lowest ask."""
        self.assertEqual((self.book.best(BUY), self.book.best(SELL)), (99, 102))

    def test_empty(self) -> None:
        """An empty side has no best price, levels or orders."""
        book = Book()
        self.assertEqual((book.best(BUY), book.best(SELL)), (None, None))
        self.assertEqual((book.levels(BUY, 0), list(book.orders(SELL)), len(book)), ([], [], 0))

    def test_levels(self) -> None:
        """Price, total quantity and number of orders; depth cuts, 0 does not."""
        self.assertEqual(self.book.levels(BUY, 0), [(99, 5, 2), (98, 2, 1)])
        self.assertEqual(self.book.levels(BUY, 1), [(99, 5, 2)])
        self.assertEqual(self.book.levels(SELL, 2), [(102, 16, 1), (103, 8, 1)])
        self.assertEqual(self.book.levels(SELL, 3), [(102, 16, 1), (103, 8, 1)])

    def test_negative_depth(self) -> None:
        """A negative depth is refused."""
        self.assertIn("depth -1", str(self.assertRaises(Bug, self.book.levels, BUY, -1)))

    def test_orders(self) -> None:
        """Best price first, then oldest."""
        self.assertEqual(self.bids(), [(1, 99, 1), (3, 99, 4), (2, 98, 2)])
        self.assertEqual(self.asks(), [(5, 102, 16), (4, 103, 8)])

    def test_open_qty(self) -> None:
        """What is open of a resting order, and 0 of any other."""
        self.sell(6, 99, 3)
        self.assertEqual([self.book.open_qty(i) for i in (1, 3, 6, 7)], [0, 2, 0, 0])

    def test_clear(self) -> None:
        """A cleared book is as good as new."""
        self.book.clear()
        self.assertEqual((len(self.book), self.book.best(BUY), self.asks()), (0, None, []))
        self.assertEqual(self.buy(1, 200, 1), [])


class MemoryTests(BookTestCase):
    """What leaves the book leaves memory at once: the hot path makes no reference cycles."""

    def test_leaves_no_garbage(self) -> None:
        """Levels that were traded away or cancelled, in one step or in several."""
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        for order_id, price in enumerate((100, 100, 100, 99, 99, 98), 1):
            self.buy(order_id, price, 1)
        self.sell(7, 100, 1)
        self.sell(8, 99, 3)
        self.replace(5, 98, 1)
        self.book.cancel(5)
        self.book.cancel(6)
        self.assertEqual((len(self.book), gc.collect()), (0, 0))


class RefusalTests(BookTestCase):
    """Our own mistakes raise, say what is wrong, and leave the book as it was."""

    def setUp(self) -> None:
        super().setUp()
        self.buy(1, 100, 5)

    def refused(self, text: str, *args: int) -> None:
        """Entering raises a Bug with this text, and changes nothing."""
        self.assertIn(text, str(self.assertRaises(Bug, self.enter, *args)))
        self.assertEqual((self.bids(), self.asks()), ([(1, 100, 5)], []))

    def test_duplicate_id(self) -> None:
        """A resting order's id, also on the other side and where it would trade."""
        self.refused("order 1 rests in this book already", 1, SELL, LIMIT, DAY, 100, 5)

    def test_quantity(self) -> None:
        """A quantity that is not positive."""
        self.refused("quantity 0", 2, SELL, LIMIT, DAY, 100, 0)
        self.refused("quantity -1", 2, SELL, MARKET, FOK, 0, -1)

    def test_side(self) -> None:
        """A side that the book does not know."""
        self.refused("side 3", 2, 3, LIMIT, DAY, 100, 5)

    def test_order_type(self) -> None:
        """An order type that the book does not know."""
        self.refused("not 3", 2, SELL, 3, DAY, 100, 5)

    def test_replace_quantity(self) -> None:
        """A new open quantity that is not positive, at the same price or another."""
        for price in (100, 101):
            error = self.assertRaises(Bug, self.book.replace, 1, price, 0, [])
            self.assertIn("new open quantity 0", str(error))
        self.assertEqual(self.bids(), [(1, 100, 5)])


class EventTests(SynchronousTestCase):
    """Events are values."""

    def test_equality(self) -> None:
        """Equal in every field, or not equal; and one kind is never the other."""
        traded = Traded(1, 2, 3, 4)
        self.assertEqual(traded, Traded(1, 2, 3, 4))
        for other in ((9, 2, 3, 4), (1, 9, 3, 4), (1, 2, 9, 4), (1, 2, 3, 9)):
            self.assertNotEqual(traded, Traded(*other))
        self.assertEqual(Dropped(1, 2), Dropped(1, 2))
        self.assertNotEqual(Dropped(1, 2), Dropped(9, 2))
        self.assertNotEqual(Dropped(1, 2), Dropped(1, 9))
        self.assertNotEqual(traded, Dropped(1, 2))
        self.assertNotEqual(Dropped(1, 2), traded)

    def test_fields_and_repr(self) -> None:
        """Fields carry what the names say; the representation names them."""
        traded = Traded(1, 2, 3, 4)
        self.assertEqual((traded.maker_id, traded.taker_id, traded.price, traded.qty), (1, 2, 3, 4))
        self.assertEqual(repr(traded), "Traded(maker_id=1, taker_id=2, price=3, qty=4)")
        self.assertEqual(repr(Dropped(5, 6)), "Dropped(order_id=5, qty=6, why=Reason.NO_LIQUIDITY)")


class EngineTests(SynchronousTestCase):
    """The books of a venue."""

    def setUp(self) -> None:
        self.engine = MatchingEngine()
        for symbol in ("BBB", "AAA"):
            self.engine.open(symbol)
        self.out: list[BookEvent] = []

    def enter(self, symbol: str, order_id: int, side: int, price: int, qty: int) -> None:
        """Enter a DAY limit order; its events are added to ``self.out``."""
        self.engine.enter(symbol, order_id, side, LIMIT, DAY, price, qty, self.out)

    def test_books_are_apart(self) -> None:
        """Orders of one symbol never meet those of another; each call reaches its book."""
        self.enter("AAA", 1, BUY, 100, 5)
        self.enter("BBB", 2, SELL, 100, 5)
        self.assertEqual(self.out, [])
        self.assertEqual(self.engine.cancel("BBB", 1), 0)
        self.assertFalse(self.engine.replace("BBB", 1, 101, 5, self.out))
        self.assertTrue(self.engine.replace("AAA", 1, 101, 4, self.out))
        self.enter("AAA", 3, SELL, 100, 1)
        self.assertEqual(self.out, [Traded(1, 3, 101, 1)])
        self.assertEqual(self.engine.cancel("AAA", 1), 3)

    def test_open_twice(self) -> None:
        """A symbol has one book; a second open raises and leaves the first."""
        self.enter("AAA", 1, BUY, 100, 5)
        self.assertIn("'AAA' already", str(self.assertRaises(Bug, self.engine.open, "AAA")))
        self.assertEqual(len(self.engine.book("AAA")), 1)

    def test_close(self) -> None:
        """A closed book is gone with its orders; opened again it is empty."""
        self.enter("AAA", 1, BUY, 100, 5)
        self.engine.close("AAA")
        self.assertRaises(Bug, self.engine.book, "AAA")
        self.assertEqual(len(self.engine.open("AAA")), 0)

    def test_unknown_symbol(self) -> None:
        """Every call that names a symbol without a book says so, and which books there are."""
        for call, args in (
            (self.engine.book, ()),
            (self.engine.close, ()),
            (self.engine.cancel, (1,)),
            (self.engine.replace, (1, 2, 3, [])),
            (self.engine.enter, (1, BUY, LIMIT, DAY, 100, 5, [])),
        ):
            error = self.assertRaises(Bug, call, "CCC", *args)
            self.assertIn("no book for 'CCC'; books are open for: AAA, BBB", str(error))

    def test_unknown_symbol_without_books(self) -> None:
        """With no book at all it says none."""
        self.assertIn("none", str(self.assertRaises(Bug, MatchingEngine().book, "AAA")))

    def test_reset(self) -> None:
        """Every book is empty and open, and who held one still holds the right one."""
        book = self.engine.book("AAA")
        self.enter("AAA", 1, BUY, 100, 5)
        self.enter("BBB", 2, BUY, 100, 5)
        self.engine.reset()
        self.assertEqual(self.engine.state(), {"AAA": ([], []), "BBB": ([], [])})
        self.enter("AAA", 1, BUY, 100, 5)
        self.assertEqual(len(book), 1)

    def test_state(self) -> None:
        """Bids and asks in priority, symbols in order, whatever order they were opened in."""
        for order_id, side, price, qty in ((1, BUY, 99, 1), (2, BUY, 100, 2), (3, SELL, 101, 3)):
            self.enter("AAA", order_id, side, price, qty)
        state = self.engine.state()
        self.assertEqual(list(state), ["AAA", "BBB"])
        self.assertEqual(state["AAA"], ([(2, 100, 2), (1, 99, 1)], [(3, 101, 3)]))
        self.assertEqual(json.dumps(state["BBB"]), "[[], []]")

    def test_state_makes_the_same_books(self) -> None:
        """Entering the orders of a state, in its order, gives that state again."""
        for order_id, price in enumerate((99, 100, 99, 98, 100), 1):
            self.enter("AAA", order_id, BUY, price, order_id)
            self.enter("BBB", order_id, SELL, price, order_id)
        self.engine.replace("AAA", 1, 99, 7, self.out)
        state = self.engine.state()
        self.engine.reset()
        for symbol, (bids, asks) in state.items():
            for side, orders in ((BUY, bids), (SELL, asks)):
                for order_id, price, qty in orders:
                    self.enter(symbol, order_id, side, price, qty)
        self.assertEqual((self.engine.state(), self.out), (state, []))
