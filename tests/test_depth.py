"""What is displayed of a book, and what changes in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.feeds.depth import Depth, Side
from exsim.model.book_updates import Added, Deleted, Executed, OrderUpdate, Reduced, Replaced

NAMES = ("counts", "limit", "old_ref", "price", "qty", "ref", "side", "trade_id")


def words(update: OrderUpdate | None) -> str:
    """An update in short."""
    if update is None:
        return ""
    values = {name: getattr(update, name) for name in NAMES if hasattr(update, name)}
    return " ".join([type(update).__name__, *(f"{k}={v}" for k, v in sorted(values.items()))])


def side_of(side: Side) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """A side, the best first: price, quantity, and orders as (ref, quantity)."""
    return [
        (level.price, level.qty, [(order.ref, order.qty) for order in level.orders.values()])
        for level in side.best(0)
    ]


class ShowTests(SynchronousTestCase):
    """One order."""

    def setUp(self) -> None:
        """Order 7, displayed as 1."""
        self.depth = Depth()
        self.place = object()
        self.assertEqual(self.show(10, 5, 1), "Added price=10 qty=5 ref=1 side=1")

    def show(self, price: int, qty: int, ref: int, place: object = None) -> str:
        """How it stands now; what changes."""
        return words(self.depth.show(7, 1, price, qty, place or self.place, ref))

    def test_same(self) -> None:
        """Nothing changes."""
        self.assertEqual(self.show(10, 5, 2), "")

    def test_less(self) -> None:
        """It keeps its place."""
        self.assertEqual(self.show(10, 3, 2), "Reduced qty=2 ref=1")
        self.assertEqual(side_of(self.depth.bids), [(10, 3, [(1, 3)])])

    def test_elsewhere(self) -> None:
        """With more, at another price, or at another place it has another number."""
        self.assertEqual(self.show(10, 6, 2), "Replaced old_ref=1 price=10 qty=6 ref=2 side=1")
        self.assertEqual(self.show(11, 6, 3), "Replaced old_ref=2 price=11 qty=6 ref=3 side=1")
        self.assertEqual(
            self.show(11, 6, 4, object()), "Replaced old_ref=3 price=11 qty=6 ref=4 side=1"
        )
        self.assertEqual(side_of(self.depth.bids), [(11, 6, [(4, 6)])])

    def test_gone(self) -> None:
        """It is displayed no more, and is then as if it never was."""
        self.assertEqual(self.show(10, 0, 2), "Deleted ref=1")
        self.assertEqual(self.show(10, 0, 2), "")
        self.assertEqual((self.depth.bids.keys, self.depth.orders), ([], {}))

    def test_executed(self) -> None:
        """In part, in full, and more than was displayed."""
        self.assertEqual(
            words(self.depth.execute(7, 2, 10, 1, True)),
            "Executed counts=True limit=10 price=10 qty=2 ref=1 trade_id=1",
        )
        self.assertEqual(
            words(self.depth.execute(7, 9, 10, 2, True)),
            "Executed counts=True limit=10 price=10 qty=3 ref=1 trade_id=2",
        )
        self.assertIsNone(self.depth.execute(7, 9, 10, 3, True))
        self.assertEqual(self.depth.bids.levels, {})


class SideTests(SynchronousTestCase):
    """Levels in order."""

    def test_order(self) -> None:
        """The best first on both sides, the oldest first at a price."""
        depth = Depth()
        for number, (side, price) in enumerate([(1, 9), (1, 10), (1, 10), (2, 12), (2, 11)]):
            depth.show(number, side, price, 1, None, number)
        self.assertEqual(side_of(depth.bids), [(10, 2, [(1, 1), (2, 1)]), (9, 1, [(0, 1)])])
        self.assertEqual([price for price, _, _ in side_of(depth.asks)], [11, 12])
        self.assertEqual([level.price for level in depth.asks.best(1)], [11])
        self.assertEqual([depth.bids.rank(price) for price in (11, 10, 9, 8)], [1, 1, 2, 3])
        self.assertEqual([depth.asks.rank(price) for price in (10, 11, 12, 13)], [1, 1, 2, 3])


Step = tuple[int, int, int, int]


class FollowTests(SynchronousTestCase):
    """Who follows the updates sees the same."""

    @given(st.lists(st.tuples(*[st.integers(0, 5)] * 4), max_size=60))
    def test_follow(self, steps: list[Step]) -> None:
        """A book made of updates alone is the one that they are of."""
        depth = Depth()
        seen: dict[int, list[int]] = {}  # side, price, quantity by ref; in order of arrival
        for ref, (order_id, price, qty, what) in enumerate(steps):
            side = 1 + order_id % 2
            if what:
                place = what if what > 2 else None
                update: OrderUpdate | None = depth.show(order_id, side, price, qty, place, ref)
            else:
                update = depth.execute(order_id, qty + 1, price, ref, True)
            follow(seen, update)
            for number in (1, 2):
                self.assertEqual(side_of(depth.side(number)), rebuilt(seen, number))
        self.assertEqual(len(seen), len(depth.orders))


def follow(seen: dict[int, list[int]], update: OrderUpdate | None) -> None:
    """Do to a book what an update says."""
    if isinstance(update, Replaced):
        del seen[update.old_ref]
    if isinstance(update, Added | Replaced):
        seen[update.ref] = [update.side, update.price, update.qty]
    elif isinstance(update, Executed | Reduced):
        seen[update.ref][2] -= update.qty
        if not seen[update.ref][2]:
            del seen[update.ref]
    elif isinstance(update, Deleted):
        del seen[update.ref]


def rebuilt(seen: dict[int, list[int]], side: int) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """One side of it, the best first."""
    prices = sorted({p for s, p, _ in seen.values() if s == side}, reverse=side == 1)
    orders = [
        [(ref, qty) for ref, (s, p, qty) in seen.items() if (s, p) == (side, price)]
        for price in prices
    ]
    return [
        (price, sum(qty for _, qty in those), those)
        for price, those in zip(prices, orders, strict=True)
    ]
