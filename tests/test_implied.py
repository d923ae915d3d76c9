"""Implied prices in the engine: against an oracle too simple to be wrong, and rule by rule."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.engine.entry import Entry
from exsim.engine.matching import MatchingEngine
from exsim.model.codes import OrdType, Reason
from exsim.model.instructions import Instructions
from exsim.model.market import Allocation, MarketRules, Prevention
from exsim.model.plain import Plain
from exsim.model.requests import NO_PRICE
from exsim.model.trades import (
    BookEvent,
    Combined,
    Dropped,
    InBook,
    LegTrade,
    Refreshed,
    Traded,
    Triggered,
)
from tests.amount import amount
from tests.engine_case import BUY, DAY, FOK, IOC, LIMIT, MARKET, SELL
from tests.naive_implied import Legs, NaiveImplied

SYMBOLS = ("A", "B", "C", "S", "T")
COMBINATIONS: dict[str, Legs] = {"S": (("A", 1), ("B", -1)), "T": (("A", 2), ("B", -3), ("C", 1))}
PRICES = {"A": 10, "B": 8, "C": 5, "S": 2, "T": 1}
STEPS = 70
EXAMPLES = amount(30, 60)


class Step(NamedTuple):
    """One call."""

    kind: str
    symbol: str
    side: int
    style: tuple[int, int]
    off: int
    qty: int
    owner: str
    ago: int


def steps(owners: tuple[str, ...], styles: list[tuple[int, int]]) -> st.SearchStrategy[Step]:
    """Calls with orders of these owners and types."""
    return st.builds(
        Step,
        kind=st.sampled_from(["enter"] * 6 + ["cancel"]),
        symbol=st.sampled_from((*SYMBOLS, "A", "B")),
        side=st.sampled_from([BUY, SELL]),
        style=st.sampled_from(styles),
        off=st.integers(-2, 3),
        qty=st.integers(1, 7),
        owner=st.sampled_from(owners),
        ago=st.integers(1, 12),
    )


PLAIN = [(LIMIT, DAY)] * 8 + [(LIMIT, IOC), (MARKET, IOC), (MARKET, DAY)]


class Pair:
    """The engine and the oracle, doing the same."""

    def __init__(self, ticks: dict[str, int], prevention: Prevention) -> None:
        self.engine = MatchingEngine(7)
        for symbol in SYMBOLS:
            self.engine.open(symbol)
            rules = MarketRules(tick=ticks[symbol], prevention=prevention)
            self.engine.configure(symbol, rules)
        for symbol, legs in COMBINATIONS.items():
            self.engine.combine(symbol, legs, True, True)
        self.naive = NaiveImplied(ticks, COMBINATIONS)
        self.ticks = ticks
        self.count = 0
        self.where: dict[int, str] = {}
        self.asked: dict[int, tuple[int, int, int]] = {}

    def do(self, step: Step) -> tuple[list[BookEvent], list[BookEvent]]:
        """What both of them said; what only says which book it was left out."""
        did: list[BookEvent] = []
        expected: list[BookEvent] = []
        if step.kind == "cancel":
            number = max(1, self.count - step.ago)
            if number in self.where:
                qty = self.engine.cancel(self.where[number], number, did)
                if qty != self.naive.cancel(number):
                    raise AssertionError(f"{number} had {qty} open")
            return did, expected
        self.count += 1
        ord_type, tif = step.style
        tick = self.ticks[step.symbol]
        off = -step.off if step.side == BUY else step.off
        price = (PRICES[step.symbol] + off) * tick if ord_type == LIMIT else NO_PRICE
        self.where[self.count] = step.symbol
        self.asked[self.count] = (step.qty, price, step.side)
        entry = Entry(self.count, step.side, ord_type, tif, price, step.qty, None, step.owner)
        self.engine.enter_order(step.symbol, entry, did)
        self.naive.enter(
            self.count, step.symbol, step.side, ord_type, tif, price, step.qty, step.owner, expected
        )
        return [event for event in did if not isinstance(event, InBook)], expected

    def books(self) -> tuple[Plain, Plain]:
        """What rests, of both."""
        mine = {
            (symbol, side): list(self.engine.book(symbol).orders(side))
            for symbol in SYMBOLS
            for side in (BUY, SELL)
        }
        others = {
            (symbol, side): [
                (each.number, each.price, each.qty)
                for each in self.naive.queue(symbol, side == BUY)
            ]
            for symbol in SYMBOLS
            for side in (BUY, SELL)
        }
        return mine, others


class OracleTests(SynchronousTestCase):
    """Random days of two combinations that share legs."""

    def setUp(self) -> None:
        self.combined = 0

    def tearDown(self) -> None:
        """Days without the trades that this is about would show nothing."""
        self.assertGreater(self.combined, EXAMPLES)

    def follow(self, pair: Pair, calls: list[Step]) -> None:
        """Do all of it, and compare; then look at what is always true."""
        traded: dict[int, int] = {}
        for step in calls:
            did, expected = pair.do(step)
            self.assertEqual(did, expected, step)
            mine, others = pair.books()
            self.assertEqual(mine, others, step)
            for event in did:
                if isinstance(event, Combined):
                    self.combined += 1
                    self.check_sum(event)
                    for part in (event.spread, *event.legs):
                        self.check_limit(pair, part)
                        traded[part.order_id] = traded.get(part.order_id, 0) + part.qty
                elif isinstance(event, Traded):
                    for number in (event.maker_id, event.taker_id):
                        traded[number] = traded.get(number, 0) + event.qty
        for number, qty in traded.items():
            self.assertLessEqual(qty, pair.asked[number][0])

    def check_sum(self, event: Combined) -> None:
        """Each leg has one price, its share of the quantity, and prices come to the spread's."""
        total = 0
        for symbol, weight in COMBINATIONS[event.spread.symbol]:
            parts = [part for part in event.legs if part.symbol == symbol]
            self.assertEqual(len({part.price for part in parts}), 1)
            self.assertEqual(sum(part.qty for part in parts), abs(weight) * event.spread.qty)
            total += weight * parts[0].price
        self.assertEqual(total, event.spread.price)

    def check_limit(self, pair: Pair, part: LegTrade) -> None:
        """Nobody trades beyond the limit, nor beside the tick of a leg."""
        _, limit, side = pair.asked[part.order_id]
        if limit != NO_PRICE:
            within = part.price <= limit if side == BUY else part.price >= limit
            self.assertTrue(within, part)
        if part.symbol not in COMBINATIONS:
            self.assertEqual(part.price % pair.ticks[part.symbol], 0)

    @settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
    @given(st.lists(steps(("",), [*PLAIN, (LIMIT, FOK)]), min_size=STEPS, max_size=STEPS))
    def test_agrees_with_the_oracle(self, calls: list[Step]) -> None:
        """Events and books are the same after every order and cancel."""
        self.follow(Pair(dict.fromkeys(SYMBOLS, 1), Prevention.NONE), calls)

    @settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None)
    @given(st.lists(steps(("", "X", "Y"), PLAIN), min_size=STEPS, max_size=STEPS))
    def test_agrees_where_owners_are_kept_apart(self, calls: list[Step]) -> None:
        """The same, with self-trade prevention and another tick in one leg."""
        ticks = {"A": 2, "B": 1, "C": 3, "S": 1, "T": 1}
        self.follow(Pair(ticks, Prevention.CANCEL_NEWEST), calls)


class RuleTests(SynchronousTestCase):
    """A combination S that buys one A and sells one B: single rules."""

    legs: Legs = (("A", 1), ("B", -1))

    def setUp(self) -> None:
        self.engine = MatchingEngine(7)
        for symbol in ("A", "B", "S"):
            self.engine.open(symbol)
        self.engine.combine("S", self.legs, True, True)
        self.number = 0

    def enter(
        self,
        symbol: str,
        side: int,
        qty: int,
        price: int | None,
        *,
        ord_type: int = 0,
        tif: int = DAY,
        owner: str = "",
        rivals: str = "",
        **extra: Any,
    ) -> list[BookEvent]:
        """Enter an order, market where there is no price; they are numbered from 1."""
        self.number += 1
        asked = Instructions(**extra) if extra else None
        ord_type = ord_type or (MARKET if price is None else LIMIT)
        limit = NO_PRICE if price is None else price
        entry = Entry(
            self.number, side, ord_type, tif, limit, qty, asked, owner, rivals=rivals, at_once=True
        )
        out: list[BookEvent] = []
        self.engine.enter_order(symbol, entry, out)
        return out

    def legs_there(self) -> None:
        """Orders 1 and 2: a buyer of S gets it at 2."""
        self.enter("A", SELL, 5, 10)
        self.enter("B", BUY, 5, 8)

    def rules(self, **rules: Any) -> None:
        """The rules of all three."""
        for symbol in ("A", "B", "S"):
            self.engine.configure(symbol, MarketRules(**rules))

    def left(self, symbol: str, side: int) -> list[tuple[int, int, int]]:
        """What rests."""
        return list(self.engine.book(symbol).orders(side))

    def combined(
        self, taker: int, spread: tuple[int, int, int], *legs: tuple[str, int, int, int]
    ) -> Combined:
        """An event: id, price and quantity of the combination, then of each leg."""
        return Combined(taker, LegTrade("S", *spread), [LegTrade(*leg) for leg in legs])

    # -- in and out

    def test_in(self) -> None:
        """An order of the combination takes from the legs, at their prices."""
        self.legs_there()
        self.assertEqual(self.engine.implied("S", SELL), (2, 5, "S"))
        self.assertIsNone(self.engine.implied("S", BUY))
        out = self.enter("S", BUY, 3, 4)
        self.assertEqual(out, [self.combined(3, (3, 2, 3), ("A", 1, 10, 3), ("B", 2, 8, 3))])
        self.assertEqual(self.left("A", SELL), [(1, 10, 2)])
        self.assertEqual([self.engine.last(each) for each in "ABS"], [10, 8, 2])

    def test_out(self) -> None:
        """An order of a leg takes what one of the combination and the other leg come to."""
        self.enter("S", BUY, 3, 1)
        self.enter("B", BUY, 5, 8)
        self.assertEqual(self.engine.implied("A", BUY), (9, 3, "S"))
        out = self.enter("A", SELL, 4, 7)
        self.assertEqual(out, [self.combined(3, (1, 1, 3), ("B", 2, 8, 3), ("A", 3, 9, 3))])
        self.assertEqual(self.left("A", SELL), [(3, 7, 1)])

    def test_prices_may_be_negative(self) -> None:
        """What is bought may cost less than what is sold."""
        self.enter("A", SELL, 5, 7)
        self.enter("B", BUY, 5, 8)
        out = self.enter("S", BUY, 1, -1)
        self.assertEqual(out, [self.combined(3, (3, -1, 1), ("A", 1, 7, 1), ("B", 2, 8, 1))])

    def test_explicit_first(self) -> None:
        """At one price, what stands in the book itself comes first; a better one before all."""
        self.legs_there()
        for price in (3, 2, 1):
            self.enter("S", SELL, 1, price)
        out = self.enter("S", BUY, 8, 3)
        self.assertEqual(
            out,
            [
                Traded(5, 6, 1, 1),
                Traded(4, 6, 2, 1),
                self.combined(6, (6, 2, 5), ("A", 1, 10, 5), ("B", 2, 8, 5)),
                Traded(3, 6, 3, 1),
            ],
        )

    def test_what_is_left_rests(self) -> None:
        """A resting order of the combination takes once a leg comes that alone was too little."""
        self.rules(lot=2)
        self.engine.configure("A", MarketRules(lot=1))
        self.enter("S", BUY, 2, 2)
        self.enter("B", BUY, 2, 8)
        self.assertEqual(self.enter("A", SELL, 1, 9), [])
        out = self.enter("A", SELL, 1, 9)
        legs = ("A", 3, 9, 1), ("A", 4, 9, 1), ("B", 2, 8, 2)
        self.assertEqual(out, [self.combined(1, (1, 1, 2), *legs)])

    def test_no_chains(self) -> None:
        """No implied price is made of another one."""
        self.engine.open("T")
        self.engine.combine("T", (("S", 1), ("A", 1)), True, True)
        self.legs_there()
        self.assertIsNone(self.engine.implied("T", SELL))
        self.enter("S", SELL, 1, 9)
        self.assertEqual(self.engine.implied("T", SELL), (19, 1, "T"))

    def test_where_it_is_shown(self) -> None:
        """In the books that its word says alone."""
        for shows_in, shows_out in ((True, False), (False, True)):
            self.setUp()
            self.engine.close("S")
            self.engine.open("S")
            self.engine.combine("S", self.legs, shows_in, shows_out)
            self.legs_there()
            self.enter("S", BUY, 1, 1)
            self.assertEqual(self.engine.implied("S", SELL) is not None, shows_in)
            self.assertEqual(self.engine.implied("A", BUY) is not None, shows_out)

    # -- orders that ask for more

    def test_whole_orders(self) -> None:
        """FOK and minimum quantities count the best implied price."""
        self.legs_there()
        self.enter("S", SELL, 1, 1)
        self.assertEqual(self.enter("S", BUY, 7, 2, tif=FOK), [Dropped(4, 7)])
        self.assertEqual(len(self.enter("S", BUY, 6, 2, tif=FOK)), 2)
        self.legs_there()
        out = self.enter("S", BUY, 9, 2, min_qty=6)
        self.assertEqual(out, [Dropped(8, 9, Reason.MIN_QTY)])
        self.assertIsInstance(self.enter("S", BUY, 9, 2, min_qty=5)[0], Combined)
        self.assertEqual(self.left("S", BUY), [(9, 2, 4)])

    def test_ratios(self) -> None:
        """What is left for a leg is rounded towards the order of the combination; in steps."""
        self.engine.close("S")
        self.engine.open("S")
        self.engine.combine("S", (("A", 2), ("B", -1)), True, True)
        self.enter("S", SELL, 2, 3)
        self.enter("B", SELL, 5, 8)
        self.assertEqual(self.engine.implied("A", SELL), (6, 4, "S"))
        out = self.enter("A", BUY, 3, 6)
        self.assertEqual(out, [self.combined(3, (1, 4, 1), ("B", 2, 8, 1), ("A", 3, 6, 2))])
        self.assertEqual(self.left("A", BUY), [(3, 6, 1)])
        self.enter("A", SELL, 3, 5)
        self.assertEqual(self.enter("A", BUY, 3, 6, tif=FOK), [Dropped(5, 3)])
        self.assertEqual(self.left("A", SELL), [(4, 5, 2)])

    def test_market_orders(self) -> None:
        """A market order takes it; a market-to-limit order gets its price."""
        self.legs_there()
        self.assertIsInstance(self.enter("S", BUY, 1, None)[0], Combined)
        self.enter("S", BUY, 9, None, ord_type=int(OrdType.MARKET_TO_LIMIT))
        self.assertEqual(self.left("S", BUY), [(4, 2, 5)])

    def test_post_only(self) -> None:
        """It must not take an implied price either."""
        self.legs_there()
        out = self.enter("S", BUY, 1, 2, post_only=1)
        self.assertEqual(out, [Dropped(3, 1, Reason.POST_ONLY)])
        self.enter("S", BUY, 1, 2, post_only=2)
        self.assertEqual(self.left("S", BUY), [(4, 1, 1)])

    def test_what_is_not_shown(self) -> None:
        """Hidden and all-or-none orders imply nothing; an iceberg what it shows, part by part."""
        self.enter("A", SELL, 5, 9, hidden=True)
        self.enter("A", SELL, 5, 9, all_or_none=True)
        self.enter("A", SELL, 6, 10, display=2)
        self.enter("B", BUY, 5, 8)
        self.assertEqual(self.engine.implied("S", SELL), (2, 2, "S"))
        out = self.enter("S", BUY, 5, 2)
        self.assertEqual(
            [event.spread.qty for event in out if isinstance(event, Combined)], [2, 2, 1]
        )
        kinds = [type(event) for event in out]
        self.assertEqual(kinds, [Combined, Refreshed, Combined, Refreshed, Combined])
        self.assertEqual(out[1], Refreshed(3, 2))
        self.assertEqual(self.engine.open_qty("A", 3), 1)

    def test_allocation_of_a_leg(self) -> None:
        """Orders of a leg get their shares by its rules."""
        self.engine.configure("A", MarketRules(allocation=Allocation.PRO_RATA))
        self.enter("A", SELL, 6, 10)
        self.enter("A", SELL, 3, 10)
        self.enter("B", BUY, 5, 8)
        (event,) = self.enter("S", BUY, 3, 2)
        assert isinstance(event, Combined)
        self.assertEqual([part.qty for part in event.legs], [2, 1, 3])

    def test_stops_are_elected(self) -> None:
        """A trade in a leg elects what waits there; what comes of it says which book it is in."""
        self.enter("B", SELL, 5, 20, ord_type=int(OrdType.STOP_LIMIT), stop_px=8)
        self.legs_there()
        out = self.enter("S", BUY, 1, 2)
        self.assertEqual(out[1:], [InBook("B"), Triggered(1), InBook("S")])

    def test_rivals(self) -> None:
        """Of orders of which one trades, one does, until it is settled what became of the rest."""
        self.enter("A", SELL, 1, 10, rivals="R")
        self.enter("A", SELL, 1, 10, rivals="R")
        self.enter("B", BUY, 5, 8)
        self.assertEqual(self.engine.implied("S", SELL), (2, 1, "S"))
        self.enter("S", BUY, 3, 2)
        self.assertEqual(self.left("A", SELL), [(2, 10, 1)])
        self.assertEqual(self.left("S", BUY), [(4, 2, 2)])

    def test_owners(self) -> None:
        """Orders of one owner do not meet; the next price is looked at."""
        self.rules(prevention=Prevention.CANCEL_NEWEST)
        self.enter("A", SELL, 1, 9, owner="X")
        self.enter("A", SELL, 1, 10, owner="Y")
        self.enter("B", BUY, 5, 8, owner="Y")
        out = self.enter("S", BUY, 1, 5, owner="X")
        self.assertEqual(out, [self.combined(4, (4, 2, 1), ("A", 2, 10, 1), ("B", 3, 8, 1))])
        self.assertEqual(self.enter("S", BUY, 1, 5, owner="X"), [])

    # -- markets that do not match, and that do again

    def test_phases(self) -> None:
        """A book that collects, or is not in continuous trading, implies nothing; then it does."""
        self.legs_there()
        for stop, go in (
            (
                lambda: self.engine.set_matching("B", False),
                lambda: self.engine.set_matching("B", True),
            ),
            (lambda: self.engine.imply("B", False), lambda: self.engine.imply("B", True)),
        ):
            stop()
            self.assertIsNone(self.engine.implied("S", SELL))
            self.assertEqual(self.enter("S", BUY, 1, 3), [])
            out: list[BookEvent] = []
            go()
            self.engine.settle("B", out)
            number = self.number
            self.assertEqual(
                out, [self.combined(number, (number, 2, 1), ("A", 1, 10, 1), ("B", 2, 8, 1))]
            )

    def test_bands(self) -> None:
        """No implied price would interrupt a book."""
        self.enter("A", SELL, 1, 100)
        self.enter("A", BUY, 1, 100)
        self.engine.watch("A", 10 * 100_000_000)
        self.enter("B", BUY, 1, 8)
        self.enter("A", SELL, 1, 111)
        self.assertEqual(self.enter("S", BUY, 1, 200), [])
        self.enter("A", SELL, 1, 110)
        self.assertEqual(self.left("S", BUY), [])

    def test_more_asked_for(self) -> None:
        """An order that is made larger where it stands may be enough then."""
        self.engine.configure("A", MarketRules(lot=2))
        self.rules(lot=2)
        self.enter("A", SELL, 1, 10)
        self.enter("B", BUY, 4, 8)
        self.enter("S", BUY, 2, 2)
        self.engine.resize("A", 1, 2)
        out: list[BookEvent] = []
        self.engine.settle("A", out)
        self.assertEqual(out, [self.combined(3, (3, 2, 2), ("A", 1, 10, 2), ("B", 2, 8, 2))])

    def test_snapshots(self) -> None:
        """An engine that is filled from a snapshot does the same."""
        self.legs_there()
        self.enter("S", SELL, 2, 1)
        twin = RuleTests("test_snapshots")
        twin.setUp()
        twin.engine.restore(self.engine.state())
        twin.number = self.number
        self.assertEqual(twin.engine.state(), self.engine.state())
        self.assertEqual(twin.enter("S", BUY, 9, 2), self.enter("S", BUY, 9, 2))
        self.assertEqual(twin.engine.state(), self.engine.state())

    def test_an_instrument_that_goes(self) -> None:
        """Books of a combination that is no more are plain again."""
        self.assertFalse(self.engine.market("A").plain)
        self.engine.close("S")
        self.assertTrue(self.engine.market("A").plain)
        self.legs_there()
        self.assertIsNone(self.engine.implied("A", BUY))
