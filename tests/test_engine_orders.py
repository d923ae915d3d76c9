"""What an order may ask for: how it trades, how it rests, and what is shown of it."""

from __future__ import annotations

from exsim.engine.entry import LIMIT, Entry
from exsim.errors import Bug
from exsim.model.codes import OrdType, Reason
from exsim.model.instructions import Instructions, PostOnly
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent, Dropped, Refreshed, Repriced, Traded
from tests.engine_case import BUY, FOK, IOC, SELL, EngineTestCase

TO_LIMIT = int(OrdType.MARKET_TO_LIMIT)


class MarketToLimitTests(EngineTestCase):
    """It takes the best price, and rests there."""

    def test_takes_one_price_and_rests_there(self) -> None:
        """The second best price is left alone; the rest is a limit order at the best one."""
        self.sell(1, 5, 100)
        self.sell(2, 5, 101)
        self.assertEqual(
            self.buy(3, 8, ord_type=TO_LIMIT), [Traded(1, 3, 100, 5), Repriced(3, 100)]
        )
        self.assertEqual((self.bids(), self.asks()), ([(3, 100, 3)], [(2, 101, 5)]))

    def test_filled(self) -> None:
        """Nothing is told of a price where nothing is left."""
        self.sell(1, 5, 100)
        self.assertEqual(self.buy(2, 5, ord_type=TO_LIMIT), [Traded(1, 2, 100, 5)])

    def test_nobody_there(self) -> None:
        """Without another side there is no price."""
        self.assertEqual(self.buy(1, 5, ord_type=TO_LIMIT), [Dropped(1, 5)])

    def test_immediate(self) -> None:
        """With IOC the rest does not rest."""
        self.sell(1, 5, 100)
        self.sell(2, 5, 101)
        events = self.buy(3, 8, ord_type=TO_LIMIT, tif=IOC)
        self.assertEqual(events, [Traded(1, 3, 100, 5), Dropped(3, 3)])


class IcebergTests(EngineTestCase):
    """Orders that show a part at a time."""

    def test_shows_a_part(self) -> None:
        """Only the part is displayed; all of it is open."""
        self.sell(1, 10, 100, display=3)
        self.assertEqual(self.shown(SELL), [(100, 3, 1)])
        self.assertEqual(self.engine.open_qty("AAA", 1), 10)

    def test_next_part_queues_anew(self) -> None:
        """Once a part is gone, the next one is told, and stands behind all others at the price."""
        self.sell(1, 10, 100, display=3)
        self.sell(2, 4, 100)
        self.assertEqual(self.buy(3, 3, 100), [Traded(1, 3, 100, 3), Refreshed(1, 3)])
        self.assertEqual(self.asks(), [(2, 100, 4), (1, 100, 7)])
        self.assertEqual(self.shown(SELL), [(100, 7, 2)])

    def test_part_of_a_part_keeps_its_place(self) -> None:
        """As long as some of the part is left, it stays where it is."""
        self.sell(1, 10, 100, display=3)
        self.sell(2, 4, 100)
        self.buy(3, 2, 100)
        self.assertEqual(self.asks(), [(1, 100, 8), (2, 100, 4)])
        self.assertEqual(self.shown(SELL), [(100, 5, 2)])

    def test_sweep(self) -> None:
        """One that takes all meets part after part, in turn with the others."""
        self.sell(1, 5, 100, display=2)
        self.sell(2, 3, 100, display=2)
        self.assertEqual(
            self.buy(3, 8, 100),
            [
                Traded(1, 3, 100, 2),
                Traded(2, 3, 100, 2),
                Refreshed(1, 2),
                Refreshed(2, 1),
                Traded(1, 3, 100, 2),
                Traded(2, 3, 100, 1),
                Refreshed(1, 1),
                Traded(1, 3, 100, 1),
            ],
        )
        self.assertEqual(self.engine.book("AAA").best(SELL), None)

    def test_fok_counts_the_reserve(self) -> None:
        """What is not shown is there to be taken."""
        self.sell(1, 10, 100, display=1)
        events = self.buy(2, 10, 100, tif=FOK)
        self.assertEqual(events.count(Traded(1, 2, 100, 1)), 10)
        self.assertEqual(events.count(Refreshed(1, 1)), 9)

    def test_random_parts(self) -> None:
        """Parts are between display and display_high, in lots, and come of the seed."""
        self.configure(lot=2)
        self.sell(1, 400, 100, display=4, display_high=11)
        parts = self.parts()
        self.assertEqual(set(parts), {4, 6, 8, 10})
        self.engine.reset()
        self.sell(1, 400, 100, display=4, display_high=11)
        self.assertEqual(self.parts(), parts)

    def parts(self) -> list[int]:
        """What was displayed, part by part, while all of it was bought; not the first and last."""
        events = self.buy(2, 400, 100)
        traded = [event.qty for event in events if isinstance(event, Traded)]
        shown = [event.shown for event in events if isinstance(event, Refreshed)]
        self.assertEqual(traded[1:], shown)
        return traded[1:-1]


class HiddenTests(EngineTestCase):
    """Orders that are not shown at all."""

    def test_not_shown(self) -> None:
        """It is not displayed, is no best price, and trades in its place."""
        self.sell(1, 5, 99, hidden=True)
        self.sell(2, 5, 100)
        self.assertEqual(
            (self.shown(SELL), self.engine.book("AAA").best(SELL)), ([(100, 5, 1)], 100)
        )
        self.assertEqual(self.buy(3, 7, 100), [Traded(1, 3, 99, 5), Traded(2, 3, 100, 2)])

    def test_time_counts_alone(self) -> None:
        """By price and time, a hidden order that is older goes first."""
        self.sell(1, 5, 100, hidden=True)
        self.sell(2, 5, 100)
        self.assertEqual(self.buy(3, 6), [Traded(1, 3, 100, 5), Traded(2, 3, 100, 1)])


class MinimumTests(EngineTestCase):
    """A quantity that has to trade at once."""

    def test_enough(self) -> None:
        """The rest of an order that traded enough rests like any other."""
        self.sell(1, 5, 100)
        self.assertEqual(self.buy(2, 9, 100, min_qty=5), [Traded(1, 2, 100, 5)])
        self.assertEqual(self.bids(), [(2, 100, 4)])

    def test_too_little(self) -> None:
        """One less, and nothing happens at all, whatever its time in force."""
        self.sell(1, 4, 100)
        self.sell(2, 9, 101)
        self.assertEqual(self.buy(3, 9, 100, min_qty=5), [Dropped(3, 9, Reason.MIN_QTY)])
        self.assertEqual(self.buy(4, 9, 100, min_qty=5, tif=IOC), [Dropped(4, 9, Reason.MIN_QTY)])
        self.assertEqual(self.asks(), [(1, 100, 4), (2, 101, 9)])

    def test_replace_does_not_ask_again(self) -> None:
        """It had to trade when it came."""
        self.sell(1, 5, 100)
        self.buy(2, 9, 100, min_qty=5)
        self.assertTrue(self.engine.replace("AAA", 2, 99, 9, []))
        self.assertEqual(self.bids(), [(2, 99, 9)])


class AllOrNoneTests(EngineTestCase):
    """Orders that trade whole or not at all."""

    def test_waits_for_all(self) -> None:
        """It rests, unseen, beside an order that it could only trade with in part."""
        self.sell(1, 5, 100)
        self.assertEqual(self.buy(2, 8, 100, all_or_none=True), [])
        self.assertEqual((self.shown(BUY), self.bids()), ([], [(2, 100, 8)]))

    def test_trades_once_there_is_enough(self) -> None:
        """The next order makes up for what was missing: it takes from both, the best first."""
        self.sell(1, 5, 100)
        self.buy(2, 8, 100, all_or_none=True)
        self.assertEqual(self.sell(3, 4, 99), [Traded(3, 2, 99, 4), Traded(1, 2, 100, 4)])
        self.assertEqual((self.bids(), self.asks()), ([], [(1, 100, 1)]))

    def test_passed_over(self) -> None:
        """Too small an order goes on to those behind it; one that is large enough does not."""
        self.buy(1, 8, 100, all_or_none=True)
        self.buy(2, 5, 99)
        self.assertEqual(self.sell(3, 7, 99), [Traded(2, 3, 99, 5)])
        self.assertEqual(self.cancel(3), [])
        self.assertEqual(self.sell(4, 8, 99, tif=IOC), [Traded(1, 4, 100, 8)])

    def test_last_at_its_price(self) -> None:
        """Those that take any quantity go first, though they are newer."""
        self.buy(1, 3, 100, all_or_none=True)
        self.buy(2, 5, 100)
        self.assertEqual(self.sell(3, 8, 100), [Traded(2, 3, 100, 5), Traded(1, 3, 100, 3)])

    def test_immediate(self) -> None:
        """With IOC it does not wait."""
        self.sell(1, 5, 100)
        self.assertEqual(self.buy(2, 8, 100, all_or_none=True, tif=IOC), [Dropped(2, 8)])


class PostOnlyTests(EngineTestCase):
    """Orders that must not take."""

    def test_rests(self) -> None:
        """Where it would not take it is as any other."""
        self.sell(1, 5, 101)
        self.assertEqual(self.buy(2, 5, 100, post_only=int(PostOnly.REJECT)), [])
        self.assertEqual(self.bids(), [(2, 100, 5)])

    def test_reject(self) -> None:
        """Where it would, even from what nobody sees, it is dropped whole."""
        self.sell(1, 5, 100, hidden=True)
        events = self.buy(2, 5, 100, post_only=int(PostOnly.REJECT))
        self.assertEqual(events, [Dropped(2, 5, Reason.POST_ONLY)])

    def test_reprice(self) -> None:
        """Or it rests one tick away."""
        self.configure(tick=5)
        self.sell(1, 5, 100)
        self.buy(2, 5, 85)
        self.assertEqual(self.buy(3, 5, 110, post_only=int(PostOnly.REPRICE)), [Repriced(3, 95)])
        self.assertEqual(self.sell(4, 5, 80, post_only=int(PostOnly.REPRICE)), [Repriced(4, 100)])
        self.assertEqual(self.bids()[0], (3, 95, 5))

    def test_market(self) -> None:
        """A market order can only take."""
        events = self.buy(1, 5, post_only=int(PostOnly.REPRICE))
        self.assertEqual(events, [Dropped(1, 5, Reason.POST_ONLY)])


class DiscretionTests(EngineTestCase):
    """Orders that trade beyond the price that they show."""

    def test_takes_beyond(self) -> None:
        """It comes, trades up to its discretion, and rests at its price."""
        self.sell(1, 5, 101)
        self.sell(2, 5, 103)
        self.assertEqual(self.buy(3, 8, 99, discretion=2), [Traded(1, 3, 101, 5)])
        self.assertEqual((self.bids(), self.shown(BUY)), ([(3, 99, 3)], [(99, 3, 1)]))

    def test_meets_one_that_comes(self) -> None:
        """An order that its price is not good enough for trades at that one's limit."""
        self.buy(1, 8, 99, discretion=2)
        self.assertEqual(self.sell(2, 5, 102, tif=IOC), [Dropped(2, 5)])
        self.assertEqual(self.sell(3, 5, 101, tif=IOC), [Traded(1, 3, 101, 5)])
        self.assertEqual(self.bids(), [(1, 99, 3)])

    def test_the_best_price_first(self) -> None:
        """Among those with discretion the better price, then the older order."""
        self.buy(1, 5, 98, discretion=3)
        self.buy(2, 5, 99, discretion=2)
        self.buy(3, 5, 99, discretion=2)
        self.assertEqual(
            [event.maker_id for event in self.sell(4, 15, 101)],
            [2, 3, 1],
        )

    def test_all_or_nothing_beyond(self) -> None:
        """One that trades whole or not at all counts when its turn comes, not after the others."""
        self.buy(1, 5, 99, discretion=2, all_or_none=True)
        self.buy(2, 2, 98, discretion=3)
        self.assertEqual(
            self.sell(3, 6, 101, tif=FOK), [Traded(1, 3, 101, 5), Traded(2, 3, 101, 1)]
        )
        self.buy(4, 5, 99, discretion=2, all_or_none=True)
        self.assertEqual(self.sell(5, 4, 101, tif=FOK), [Dropped(5, 4)])
        self.assertEqual(self.sell(6, 1, 101, tif=FOK), [Traded(2, 6, 101, 1)])

    def test_takes_one_that_must_not(self) -> None:
        """A post-only order does not take it, but is taken by it."""
        self.buy(1, 5, 99, discretion=2)
        events = self.sell(2, 5, 101, post_only=int(PostOnly.REJECT))
        self.assertEqual(events, [Traded(2, 1, 101, 5)])

    def test_not_for_market_orders(self) -> None:
        """Who takes any price gets the price that is shown."""
        self.buy(1, 5, 99, discretion=2)
        self.assertEqual(self.sell(2, 5), [Traded(1, 2, 99, 5)])


class BestTests(EngineTestCase):
    """Orders that go when they are not the best of their side."""

    def test_better(self) -> None:
        """A better price that is shown has one canceled; one as good does not."""
        self.buy(1, 5, 100, only_best=True)
        self.assertEqual(self.buy(2, 5, 100), [])
        self.assertEqual(self.buy(3, 5, 101), [Dropped(1, 5, Reason.NOT_BEST)])
        self.assertEqual(self.bids(), [(3, 101, 5), (2, 100, 5)])
        self.sell(4, 5, 103, only_best=True)
        self.assertEqual(self.sell(5, 5, 102), [Dropped(4, 5, Reason.NOT_BEST)])

    def test_not_seen(self) -> None:
        """One that is hidden does not count; it may be such an order itself."""
        self.buy(1, 5, 100, only_best=True)
        self.assertEqual(self.buy(2, 5, 101, hidden=True), [])
        self.buy(3, 5, 102, hidden=True, only_best=True)
        self.assertEqual(self.buy(4, 5, 102), [Dropped(1, 5, Reason.NOT_BEST)])
        self.assertEqual(self.buy(5, 5, 103), [Dropped(3, 5, Reason.NOT_BEST)])

    def test_as_it_comes(self) -> None:
        """One that comes to rest behind another goes at once; what it trades first, it trades."""
        self.buy(1, 5, 100)
        self.assertEqual(self.buy(2, 5, 99, only_best=True), [Dropped(2, 5, Reason.NOT_BEST)])
        self.sell(3, 2, 102)
        self.assertEqual(self.buy(4, 5, 102, only_best=True), [Traded(3, 4, 102, 2)])
        self.assertEqual(self.bids(), [(4, 102, 3), (1, 100, 5)])

    def test_replaced(self) -> None:
        """To a price that is not the best it is replaced, and goes."""
        self.buy(1, 5, 101)
        self.buy(2, 5, 101, only_best=True)
        entry = Entry(2, BUY, LIMIT, 0, 100, 5, Instructions(only_best=True))
        out: list[BookEvent] = []
        self.assertTrue(self.engine.replace_order("AAA", entry, out))
        self.assertEqual(out, [Dropped(2, 5, Reason.NOT_BEST)])

    def test_collected(self) -> None:
        """While a market collects it stays; once that matches again, it is looked at."""
        self.engine.set_matching("AAA", False)
        self.buy(1, 5, 100, only_best=True)
        self.assertEqual(self.buy(2, 5, 101), [])
        self.engine.set_matching("AAA", True)
        out: list[BookEvent] = []
        self.engine.settle("AAA", out)
        self.assertEqual(out, [Dropped(1, 5, Reason.NOT_BEST)])


class RivalTests(EngineTestCase):
    """Orders of which one alone trades."""

    def test_counted_once(self) -> None:
        """Of rivals that one who takes all or nothing meets, the first that trades counts."""
        self.sell(1, 5, 100, all_or_none=True, rivals="R")
        self.sell(2, 3, 100, rivals="R")
        self.assertEqual(self.buy(3, 5, 100, tif=FOK), [Dropped(3, 5)])
        self.assertEqual(self.buy(4, 3, 100, tif=FOK), [Traded(2, 4, 100, 3)])

    def test_too_large(self) -> None:
        """One that is too large to trade whole leaves it to its rival."""
        self.sell(1, 5, 100, all_or_none=True, rivals="R")
        self.sell(2, 3, 101, rivals="R")
        self.assertEqual(self.buy(3, 3, 101, tif=FOK), [Traded(2, 3, 101, 3)])


class RefusalTests(EngineTestCase):
    """Our own mistakes."""

    def test_orders_that_say_too_little(self) -> None:
        """Each says what is missing."""
        for text, more in (
            ("needs a stop price", {"ord_type": int(OrdType.STOP)}),
            ("what it is pegged to", {"ord_type": int(OrdType.PEGGED)}),
            ("does not trail", {"ord_type": int(OrdType.MARKET_IF_TOUCHED), "trail": 1}),
            ("trigger 9", {"ord_type": int(OrdType.STOP), "stop_px": 1, "trigger": 9}),
            ("order type 9", {"ord_type": 9}),
        ):
            error = self.assertRaises(Bug, self.buy, 1, 5, **more)
            self.assertIn(text, str(error))

    def test_same_id(self) -> None:
        """An id may be there once, waiting or resting."""
        self.buy(1, 5, ord_type=int(OrdType.STOP), stop_px=100)
        self.buy(2, 5, ord_type=int(OrdType.PEGGED), peg=5)
        for order_id in (1, 2):
            self.assertIn("already", str(self.assertRaises(Bug, self.buy, order_id, 5, 100)))
        self.assertEqual(self.engine.stop_px("AAA", 2), NO_PRICE)
