"""Who trades at one price, and what owners are kept from."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.engine.allocation import pro_rata, share
from exsim.model.codes import Reason
from exsim.model.market import Allocation, MarketRules, Prevention
from exsim.model.trades import BookEvent, Dropped, Reduced, Traded
from tests.amount import amount
from tests.engine_case import FOK, EngineTestCase

SELF = Reason.SELF_TRADE


class ShareTests(SynchronousTestCase):
    """The pure functions."""

    def shares(self, offers: list[int], qty: int, leads: str = "", **rules: Any) -> list[int]:
        """Share; ``leads`` has an L for each offer of a lead market maker."""
        marks = [mark == "L" for mark in leads.ljust(len(offers))]
        return share(MarketRules(**rules), offers, marks, qty)

    def test_fifo(self) -> None:
        """The oldest first."""
        self.assertEqual(self.shares([5, 3, 9], 7), [5, 2, 0])
        self.assertEqual(self.shares([5, 3, 9], 99), [5, 3, 9])

    def test_pro_rata(self) -> None:
        """By size; what rounding leaves goes to the oldest."""
        self.assertEqual(self.shares([10, 30, 60], 50, allocation=Allocation.PRO_RATA), [5, 15, 30])
        self.assertEqual(self.shares([10, 10, 10], 11, allocation=Allocation.PRO_RATA), [5, 3, 3])
        self.assertEqual(pro_rata([10, 30, 60], 50, 10), [10, 10, 30])

    def test_fifo_pro_rata(self) -> None:
        """Forty percent by time, the rest by what is left of each."""
        rules: dict[str, Any] = {"allocation": Allocation.FIFO_PRO_RATA, "fifo_share": 40}
        self.assertEqual(self.shares([20, 40, 80], 50, **rules), [20, 10, 20])

    def test_lead_market_maker(self) -> None:
        """A share before all, and part of the rest."""
        self.assertEqual(self.shares([50, 50], 40, " L", lmm_share=30), [28, 12])
        rules: dict[str, Any] = {"allocation": Allocation.PRO_RATA, "lmm_share": 30}
        self.assertEqual(self.shares([50, 50], 40, " L", **rules), [16, 24])
        self.assertEqual(self.shares([50, 5], 40, " L", lmm_share=30), [35, 5])

    @settings(max_examples=amount(50, 200), derandomize=True, deadline=None, database=None)
    @given(
        st.lists(st.integers(1, 50), min_size=1, max_size=6),
        st.integers(1, 200),
        st.text("L ", max_size=6),
        st.sampled_from(Allocation),
        st.integers(1, 5),
        st.integers(0, 100),
    )
    def test_sums(
        self, offers: list[int], qty: int, leads: str, allocation: Allocation, lot: int, part: int
    ) -> None:
        """Nobody trades more than was offered, and all that can trade does."""
        rules: dict[str, Any] = {
            "allocation": allocation,
            "lot": lot,
            "lmm_share": part,
            "fifo_share": part,
        }
        shares = self.shares(offers, qty, leads[: len(offers)], **rules)
        self.assertEqual(sum(shares), min(qty, sum(offers)))
        self.assertTrue(all(0 <= s <= o for s, o in zip(shares, offers, strict=True)))


class AllocationTests(EngineTestCase):
    """Levels that are shared."""

    def makers(self, events: list[BookEvent]) -> list[tuple[int, int]]:
        """Who traded how much."""
        return [(e.maker_id, e.qty) for e in events if isinstance(e, Traded)]

    def test_pro_rata(self) -> None:
        """All at the best price, then the next price; order of events is that of time."""
        self.configure(allocation=Allocation.PRO_RATA)
        self.sell(1, 10, 100)
        self.sell(2, 30, 100)
        self.sell(3, 5, 101)
        self.assertEqual(self.makers(self.buy(4, 20)), [(1, 5), (2, 15)])
        self.assertEqual(self.makers(self.buy(5, 25)), [(1, 5), (2, 15), (3, 5)])

    def test_display_first(self) -> None:
        """What is shown goes before what is not, though that is older."""
        self.configure(allocation=Allocation.DISPLAY)
        self.sell(1, 10, 100, hidden=True)
        self.sell(2, 10, 100, display=4)
        self.sell(3, 5, 100)
        self.assertEqual(self.makers(self.buy(4, 22)), [(2, 4), (3, 5), (2, 4), (2, 2), (1, 7)])

    def test_lead_market_maker(self) -> None:
        """By time, but for the share of the one that leads."""
        self.configure(lmm_share=50)
        self.sell(1, 10, 100)
        self.sell(2, 10, 100, lmm=True)
        self.assertEqual(self.makers(self.buy(3, 8)), [(1, 4), (2, 4)])


class PreventionTests(EngineTestCase):
    """Two orders of one owner do not trade."""

    def prepare(self, mode: Prevention) -> None:
        """Ten of others, before and after five of A."""
        self.configure(prevention=mode)
        self.sell(1, 2, 100, owner="B")
        self.sell(2, 5, 100, owner="A")
        self.sell(3, 8, 100)

    def test_cancel_newest(self) -> None:
        """The one that comes trades with those before, and goes no farther."""
        self.prepare(Prevention.CANCEL_NEWEST)
        self.assertEqual(
            self.buy(4, 9, 100, owner="A"), [Traded(1, 4, 100, 2), Dropped(4, 7, SELF)]
        )
        self.assertEqual(self.asks(), [(2, 100, 5), (3, 100, 8)])

    def test_cancel_oldest(self) -> None:
        """The one that rests makes way."""
        self.prepare(Prevention.CANCEL_OLDEST)
        self.assertEqual(
            self.buy(4, 9, 100, owner="A"),
            [Traded(1, 4, 100, 2), Dropped(2, 5, SELF), Traded(3, 4, 100, 7)],
        )

    def test_cancel_both(self) -> None:
        """Both go."""
        self.prepare(Prevention.CANCEL_BOTH)
        self.assertEqual(
            self.buy(4, 9, 100, owner="A"),
            [Traded(1, 4, 100, 2), Dropped(2, 5, SELF), Dropped(4, 7, SELF)],
        )
        self.assertEqual(self.asks(), [(3, 100, 8)])

    def test_decrement(self) -> None:
        """Both lose what they would have traded; the smaller one ends."""
        self.prepare(Prevention.DECREMENT)
        self.assertEqual(
            self.buy(4, 9, 100, owner="A"),
            [
                Traded(1, 4, 100, 2),
                Dropped(2, 5, SELF),
                Reduced(4, 5, SELF),
                Traded(3, 4, 100, 2),
            ],
        )
        self.setUp()
        self.prepare(Prevention.DECREMENT)
        self.assertEqual(
            self.buy(4, 5, 100, owner="A"),
            [Traded(1, 4, 100, 2), Reduced(2, 3, SELF), Dropped(4, 3, SELF)],
        )
        self.assertEqual(self.asks(), [(2, 100, 2), (3, 100, 8)])

    def test_no_owner_no_prevention(self) -> None:
        """Orders of nobody, and of others, trade."""
        self.prepare(Prevention.CANCEL_BOTH)
        self.assertEqual(len(self.buy(4, 15, 100)), 3)
        self.prepare(Prevention.NONE)
        self.assertEqual(len(self.buy(5, 15, 100, owner="A")), 3)

    def test_fok(self) -> None:
        """It counts on nothing at a price where one of its own is in the way, nor beyond."""
        self.prepare(Prevention.CANCEL_NEWEST)
        self.sell(5, 1, 99)
        self.assertEqual(self.buy(6, 2, 100, owner="A", tif=FOK), [Dropped(6, 2)])
        self.assertEqual(self.buy(7, 1, 100, owner="A", tif=FOK), [Traded(5, 7, 99, 1)])
        self.setUp()
        self.prepare(Prevention.CANCEL_OLDEST)
        self.assertEqual(self.buy(6, 11, 100, owner="A", tif=FOK), [Dropped(6, 11)])
        self.assertEqual(len(self.buy(7, 10, 100, owner="A", tif=FOK)), 3)
