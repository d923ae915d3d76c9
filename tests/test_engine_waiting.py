"""Orders that wait for a price (stops, if-touched, trailing) or follow one (pegs)."""

from __future__ import annotations

from typing import Any

from exsim.model.codes import OrdType, Reason
from exsim.model.instructions import Peg, PostOnly, Trigger
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent, Dropped, Repriced, Traded, Triggered
from tests.engine_case import BUY, IOC, SELL, EngineTestCase

STOP, STOP_LIMIT = int(OrdType.STOP), int(OrdType.STOP_LIMIT)
TOUCHED, LIMIT_TOUCHED = int(OrdType.MARKET_IF_TOUCHED), int(OrdType.LIMIT_IF_TOUCHED)
PEGGED = int(OrdType.PEGGED)
PERCENT = 10**8


class TriggerTestCase(EngineTestCase):
    """A market, in which trades can be made."""

    def trade(self, price: int) -> list[BookEvent]:
        """A trade made elsewhere; what comes of it."""
        out: list[BookEvent] = []
        self.engine.printed("AAA", price, out)
        return out

    def stop(self, order_id: int) -> int:
        """Where an order is elected."""
        return self.engine.stop_px("AAA", order_id)


class StopTests(TriggerTestCase):
    """Stops and if-touched orders."""

    def test_sides(self) -> None:
        """At its price and not before; each type in its own direction."""
        for side, ord_type, before, at in (
            (BUY, STOP, 104, 105),
            (SELL, STOP, 106, 105),
            (BUY, TOUCHED, 106, 105),
            (SELL, TOUCHED, 104, 105),
        ):
            self.setUp()
            self.assertEqual(self.enter(side, 1, 5, ord_type=ord_type, stop_px=105), [])
            self.assertEqual(self.trade(before), [])
            self.assertEqual(self.engine.open_qty("AAA", 1), 5)
            self.assertEqual(self.trade(at), [Triggered(1), Dropped(1, 5)])

    def test_limits(self) -> None:
        """Those with a limit come as limit orders, and rest."""
        self.buy(1, 5, 106, ord_type=STOP_LIMIT, stop_px=105)
        self.sell(2, 5, 108, ord_type=LIMIT_TOUCHED, stop_px=105)
        self.assertEqual(self.trade(105), [Triggered(1), Triggered(2)])
        self.assertEqual((self.bids(), self.asks()), ([(1, 106, 5)], [(2, 108, 5)]))

    def test_elected_on_arrival(self) -> None:
        """The price may be there already."""
        self.trade(105)
        self.assertEqual(self.buy(1, 5, ord_type=STOP, stop_px=100), [Triggered(1), Dropped(1, 5)])

    def test_bid_and_ask(self) -> None:
        """By the best prices that are shown; one that a cancel uncovers counts."""
        self.buy(1, 5, ord_type=STOP, stop_px=102, trigger=int(Trigger.ASK))
        self.sell(2, 5, ord_type=STOP, stop_px=98, trigger=int(Trigger.BID))
        self.sell(3, 5, 101)
        self.sell(4, 5, 102)
        self.buy(5, 5, 99)
        self.buy(6, 5, 98)
        self.buy(7, 5, 99, hidden=True)
        self.assertEqual(self.cancel(3), [Triggered(1), Traded(4, 1, 102, 5)])
        self.assertEqual(self.cancel(5), [Triggered(2), Traded(7, 2, 99, 5)])

    def test_one_elects_the_next(self) -> None:
        """Trades of an elected order count; those elected together come in order of arrival."""
        self.sell(1, 1, 100)
        self.sell(2, 5, 103)
        self.sell(3, 5, 104)
        self.buy(4, 5, ord_type=STOP, stop_px=103)
        self.buy(5, 3, ord_type=STOP, stop_px=99)
        self.buy(6, 2, ord_type=STOP, stop_px=100)
        self.assertEqual(
            self.buy(7, 1, 100),
            [
                Traded(1, 7, 100, 1),
                Triggered(5),
                Traded(2, 5, 103, 3),
                Triggered(6),
                Traded(2, 6, 103, 2),
                Triggered(4),
                Traded(3, 4, 104, 5),
            ],
        )

    def test_cancel_and_resize(self) -> None:
        """A waiting order can be canceled, and made smaller in its place."""
        self.buy(1, 5, ord_type=STOP, stop_px=105)
        self.buy(2, 5, ord_type=STOP, stop_px=105)
        self.assertTrue(self.engine.resize("AAA", 1, 3))
        self.assertEqual(self.cancel(2), [])
        self.assertEqual(self.trade(105), [Triggered(1), Dropped(1, 3)])

    def test_replace(self) -> None:
        """One that waits gets another stop; one that was elected does not wait again."""
        self.buy(1, 5, 110, ord_type=STOP_LIMIT, stop_px=105)
        terms = self.engine.market("AAA").terms(1)
        assert terms is not None
        self.trade(105)
        self.assertTrue(self.engine.replace_order("AAA", terms.altered(STOP_LIMIT, 107, 5), []))
        self.assertEqual(self.bids(), [(1, 107, 5)])


class TrailTests(TriggerTestCase):
    """Stops that follow the market."""

    def test_absolute(self) -> None:
        """It goes up with the price at its distance, and never down."""
        self.sell(1, 5, ord_type=STOP, trail=5, stop_px=90)
        self.assertEqual((self.trade(94), self.stop(1)), ([], 90))
        self.assertEqual((self.trade(100), self.stop(1)), ([], 95))
        self.assertEqual((self.trade(96), self.stop(1)), ([], 95))
        self.assertEqual(self.trade(95), [Triggered(1), Dropped(1, 5)])

    def test_without_a_stop(self) -> None:
        """It has none until there is a price."""
        self.buy(1, 5, ord_type=STOP, trail=5)
        self.assertEqual(self.stop(1), NO_PRICE)
        self.assertEqual((self.trade(100), self.stop(1)), ([], 105))
        self.assertEqual((self.trade(90), self.stop(1)), ([], 95))
        self.assertEqual(self.trade(95), [Triggered(1), Dropped(1, 5)])

    def test_percent(self) -> None:
        """A share of the price, rounded to the tick away from it."""
        self.configure(tick=10)
        self.buy(1, 5, ord_type=STOP, trail_percent=10 * PERCENT)
        self.sell(2, 5, ord_type=STOP, trail_percent=10 * PERCENT)
        self.trade(1_000)
        self.assertEqual((self.stop(1), self.stop(2)), (1_100, 900))
        self.trade(1_010)
        self.assertEqual((self.stop(1), self.stop(2)), (1_100, 900))
        self.trade(980)
        self.assertEqual((self.stop(1), self.stop(2)), (1_080, 900))

    def test_limit_moves_along(self) -> None:
        """That of a stop-limit order keeps its distance from the stop that was given."""
        self.sell(1, 5, 88, ord_type=STOP_LIMIT, trail=5, stop_px=90)
        self.trade(100)
        self.assertEqual(self.trade(95), [Triggered(1), Repriced(1, 93)])
        self.assertEqual(self.asks(), [(1, 93, 5)])


class PegTests(EngineTestCase):
    """Prices that follow."""

    def setUp(self) -> None:
        super().setUp()
        self.buy(1, 5, 90)
        self.sell(2, 5, 101)

    def peg(self, side: int, order_id: int, to: Peg, offset: int = 0, **more: Any) -> Any:
        """Enter a pegged order of 5."""
        return self.enter(
            side, order_id, 5, ord_type=PEGGED, peg=int(to), peg_offset=offset, **more
        )

    def test_primary(self) -> None:
        """The best of its own side, and it goes where that goes, behind those there."""
        self.assertEqual(self.peg(BUY, 3, Peg.PRIMARY, -2), [Repriced(3, 88)])
        self.assertEqual(self.buy(4, 5, 92), [Repriced(3, 90)])
        self.assertEqual(self.bids(), [(4, 92, 5), (1, 90, 5), (3, 90, 5)])
        self.assertEqual(self.cancel(4), [Repriced(3, 88)])

    def test_market(self) -> None:
        """The best of the other side; it trades where it gets there."""
        self.assertEqual(self.peg(BUY, 3, Peg.MARKET, -1), [Repriced(3, 100)])
        self.assertEqual(self.peg(SELL, 4, Peg.MARKET, 11), [Repriced(4, 101)])
        self.assertEqual(self.peg(BUY, 5, Peg.MARKET), [Repriced(5, 101), Traded(2, 5, 101, 5)])

    def test_mid(self) -> None:
        """Half ticks are rounded away from the other side."""
        self.assertEqual(self.peg(BUY, 3, Peg.MID), [Repriced(3, 95)])
        self.assertEqual(self.peg(SELL, 4, Peg.MID), [Repriced(4, 96)])
        events = self.sell(5, 5, 100)
        self.assertEqual(events, [Repriced(4, 95), Traded(3, 4, 95, 5)])

    def test_limit(self) -> None:
        """It goes no farther than its limit."""
        self.assertEqual(self.peg(BUY, 3, Peg.PRIMARY, price=91), [Repriced(3, 90)])
        self.assertEqual(self.buy(4, 5, 93), [Repriced(3, 91)])
        self.assertEqual(self.buy(5, 5, 94), [])

    def test_pegs_do_not_follow_pegs(self) -> None:
        """Nor what is hidden; without anything to follow it waits, and is not there."""
        self.peg(BUY, 3, Peg.PRIMARY, 2)
        self.assertEqual(self.buy(4, 5, 95, hidden=True), [])
        self.assertEqual(self.cancel(1), [])
        self.assertEqual(self.bids(), [(4, 95, 5)])
        self.assertEqual(self.engine.open_qty("AAA", 3), 5)
        self.assertEqual(self.buy(5, 5, 80), [Repriced(3, 82)])

    def test_waiting_ones_change(self) -> None:
        """They can be made smaller, replaced and canceled."""
        self.cancel(1)
        self.assertEqual(self.peg(BUY, 3, Peg.PRIMARY), [])
        self.assertTrue(self.engine.resize("AAA", 3, 4))
        self.assertEqual(self.engine.open_qty("AAA", 3), 4)
        self.assertTrue(self.engine.replace("AAA", 3, 80, 2, []))
        self.buy(4, 5, 95)
        self.assertEqual(self.bids(), [(4, 95, 5), (3, 80, 2)])
        self.assertEqual(self.cancel(3), [])

    def test_post_only(self) -> None:
        """A peg that must not take stays away; it moves when what it follows does."""
        self.peg(SELL, 3, Peg.MID)
        events = self.peg(BUY, 4, Peg.MARKET, post_only=int(PostOnly.REPRICE))
        self.assertEqual(events, [Repriced(4, 101), Repriced(4, 95)])
        rejected = self.peg(BUY, 5, Peg.MARKET, post_only=int(PostOnly.REJECT))
        self.assertEqual(rejected, [Repriced(5, 101), Dropped(5, 5, Reason.POST_ONLY)])

    def test_immediate(self) -> None:
        """With IOC it is priced once."""
        self.assertEqual(self.peg(BUY, 3, Peg.PRIMARY, tif=IOC), [Repriced(3, 90), Dropped(3, 5)])
        self.cancel(1)
        self.assertEqual(self.peg(BUY, 4, Peg.PRIMARY, tif=IOC), [Dropped(4, 5)])
