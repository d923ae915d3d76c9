"""The price of an auction step by step, and the phases around it."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.engine.auction import Interest, equilibrium
from exsim.errors import Bug
from exsim.model.codes import OrdType, Reason
from exsim.model.market import Indication, Ticks
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent, Dropped, Refreshed, Repriced, Traded, Triggered
from tests.engine_case import BUY, FOK, IOC, SELL, EngineTestCase

TO_LIMIT, STOP, PEGGED = (
    int(OrdType.MARKET_TO_LIMIT),
    int(OrdType.STOP),
    int(OrdType.PEGGED),
)


class EquilibriumTests(SynchronousTestCase):
    """Each step decides in turn; the tables are worked out on paper."""

    def check(
        self, buys: Interest, sells: Interest, reference: int | None, *expected: object
    ) -> None:
        """Price, volume, imbalance, side and rule; sides changed, all is mirrored."""
        self.assertEqual(equilibrium(buys, sells, reference, Ticks(1)), Indication(*expected))  # type: ignore[arg-type]

    def test_volume(self) -> None:
        """The most trades at 100 alone: 20; at 101 it is 10, at 99 it is 15."""
        buys: Interest = [(101, 10), (100, 20)]
        sells: Interest = [(99, 15), (100, 5), (102, 40)]
        self.check(buys, sells, None, 100, 20, 10, BUY, "volume")

    def test_imbalance(self) -> None:
        """10 trade at 99, 100 and 101; left over are 15, 5 and 2."""
        self.check([(101, 12), (100, 3), (99, 10)], [(99, 10)], None, 101, 10, 2, BUY, "imbalance")

    def test_pressure(self) -> None:
        """Buyers are left everywhere: the highest; sellers: the lowest."""
        self.check([(102, 15)], [(99, 10)], 100, 102, 10, 5, BUY, "pressure")
        self.check([(102, 10)], [(99, 15)], 100, 99, 10, 5, SELL, "pressure")

    def test_reference(self) -> None:
        """Nobody is left, or buyers below and sellers above: the reference, or the nearest."""
        for reference, price in ((90, 99), (100, 100), (110, 102)):
            self.check([(102, 10)], [(99, 10)], reference, price, 10, 0, 0, "reference")
        mixed: tuple[Interest, Interest] = [(101, 10), (99, 5)], [(99, 10), (101, 5)]
        self.check(*mixed, 100, 100, 10, 0, 0, "reference")
        self.check(*mixed, 99, 99, 10, 5, BUY, "reference")

    def test_middle(self) -> None:
        """Without a reference the middle, rounded down."""
        self.check([(102, 10)], [(99, 10)], None, 100, 10, 0, 0, "middle")
        found = equilibrium([(110, 10)], [(90, 10)], 98, Ticks(5))
        self.assertEqual((found.price, found.rule), (95, "reference"))

    def test_market_orders(self) -> None:
        """They are good for any price; alone they need a reference."""
        self.check([(None, 5), (100, 5)], [(99, 8)], None, 100, 8, 2, BUY, "pressure")
        self.check([(None, 5)], [(None, 3)], 70, 70, 3, 2, BUY, "volume")
        self.check([(None, 5)], [(None, 3)], None, None, 0, 2, BUY, "")
        self.check([(50, 1), (None, 10)], [(None, 10)], 100, 100, 10, 0, 0, "imbalance")

    def test_nothing_trades(self) -> None:
        """One side, or two that do not meet."""
        self.check([], [], 100, None, 0, 0, 0, "")
        self.check([(99, 5)], [(100, 5)], 100, None, 0, 0, 0, "")


class CollectingTests(EngineTestCase):
    """Orders come, and nothing trades."""

    def setUp(self) -> None:
        super().setUp()
        self.engine.set_matching("AAA", False)

    def uncross(self, reference: int | None = None) -> list[BookEvent]:
        """Hold the auction."""
        out: list[BookEvent] = []
        self.engine.uncross("AAA", reference, out)
        return out

    def match(self) -> list[BookEvent]:
        """Match from now."""
        out: list[BookEvent] = []
        self.engine.set_matching("AAA", True)
        self.engine.settle("AAA", out)
        return out

    def test_collects(self) -> None:
        """What crosses rests; market orders rest before all, and are not shown."""
        self.buy(1, 5, 101)
        self.assertEqual(self.sell(2, 5, 99), [])
        self.assertEqual(self.buy(3, 5), [])
        self.assertEqual(self.bids(), [(3, NO_PRICE, 5), (1, 101, 5)])
        self.assertEqual(self.shown(BUY), [(101, 5, 1)])
        self.assertEqual(self.engine.book("AAA").best(BUY), 101)

    def test_what_cannot_wait(self) -> None:
        """Orders that have to trade at once are dropped."""
        self.sell(1, 5, 99)
        self.assertEqual(self.buy(2, 5, 99, tif=IOC), [Dropped(2, 5)])
        self.assertEqual(self.buy(3, 5, 99, tif=FOK), [Dropped(3, 5)])
        self.assertEqual(self.buy(4, 5, 99, min_qty=1), [Dropped(4, 5, Reason.MIN_QTY)])

    def test_uncross(self) -> None:
        """Market orders, then price, then time; the older of two is the maker; leaves rest."""
        self.buy(1, 5, 101)
        self.buy(2, 4, 100)
        self.buy(3, 4, 100)
        self.sell(4, 8, 99)
        self.sell(5, 4)
        self.buy(6, 2)
        self.assertEqual(self.engine.indicate("AAA", 100).volume, 12)
        self.assertEqual(
            self.uncross(100),
            [
                Traded(5, 6, 100, 2),
                Traded(1, 5, 100, 2),
                Traded(1, 4, 100, 3),
                Traded(2, 4, 100, 4),
                Traded(3, 4, 100, 1),
            ],
        )
        self.assertEqual((self.bids(), self.asks()), ([(3, 100, 3)], []))
        self.assertEqual((self.engine.last("AAA"), self.match()), (100, []))

    def test_who_takes_part(self) -> None:
        """Hidden orders and reserves do, orders that trade whole or not at all do not."""
        self.buy(1, 5, 101, all_or_none=True)
        self.buy(2, 5, 100, hidden=True)
        self.buy(3, 9, 100, display=2)
        self.sell(4, 12, 100)
        events = [Traded(2, 4, 100, 5), Traded(3, 4, 100, 7), Refreshed(3, 2)]
        self.assertEqual(self.uncross(), events)
        self.assertEqual(self.shown(BUY), [(100, 2, 1)])

    def test_market_to_limit(self) -> None:
        """What is left has the price of the auction."""
        self.buy(1, 9, ord_type=TO_LIMIT)
        self.sell(2, 5, 100)
        self.assertEqual(self.uncross(), [Traded(1, 2, 100, 5), Repriced(1, 100)])
        self.assertEqual(self.bids(), [(1, 100, 4)])

    def test_no_auction(self) -> None:
        """Without one, what is crossed trades as in one once it matches; the unpriced go."""
        self.buy(1, 5, 101)
        self.sell(2, 5, 99)
        self.buy(3, 2)
        self.assertEqual(self.match(), [Traded(2, 3, 101, 2), Traded(1, 2, 101, 3)])
        self.cancel(1)
        self.engine.set_matching("AAA", False)
        self.sell(4, 5)
        self.buy(5, 3, ord_type=TO_LIMIT)
        self.assertEqual(self.match(), [Traded(4, 5, 101, 3), Dropped(4, 2)])

    def test_next_order_settles(self) -> None:
        """Nobody has to ask: the next order finds a market that is not crossed."""
        self.buy(1, 5, 101)
        self.sell(2, 5, 99)
        self.engine.set_matching("AAA", True)
        self.assertEqual(self.sell(3, 1, 102), [Traded(1, 2, 100, 5)])

    def test_waiting_orders_wait(self) -> None:
        """Stops are elected, and pegs priced, once it matches."""
        self.buy(1, 5, 100)
        self.sell(2, 4, 100)
        self.assertEqual(self.buy(3, 5, ord_type=STOP, stop_px=100), [])
        self.assertEqual(self.sell(4, 5, ord_type=PEGGED, peg=5), [])
        self.sell(5, 2, 103)
        self.assertEqual(self.uncross(), [Traded(1, 2, 100, 4)])
        self.assertEqual(
            self.match(),
            [Triggered(3), Traded(5, 3, 103, 2), Dropped(3, 3)],
        )
        self.assertEqual(self.engine.open_qty("AAA", 4), 5)

    def test_replace(self) -> None:
        """Orders without a price keep their place like others."""
        self.buy(1, 5)
        self.buy(2, 5)
        self.assertTrue(self.engine.replace("AAA", 1, NO_PRICE, 4, []))
        self.assertEqual([order_id for order_id, _, _ in self.bids()], [1, 2])
        self.assertTrue(self.engine.replace("AAA", 1, NO_PRICE, 6, []))
        self.assertEqual([order_id for order_id, _, _ in self.bids()], [2, 1])

    def test_while_matching(self) -> None:
        """There is nothing to uncross then."""
        self.match()
        self.assertIn("matching", str(self.assertRaises(Bug, self.uncross)))
