"""
Random operations on a market, done to the matching engine and to the oracle, and compared.

An episode is a market with rules of its own and a few hundred operations: it comes of its seed
alone. Every so often the engine is replaced by one that is made of its state, through JSON: it has
to act as if nothing had been.
"""

from __future__ import annotations

import json
from binascii import crc32
from random import Random

from exsim.engine.entry import Entry
from exsim.engine.level import Half, shown_of
from exsim.engine.matching import MatchingEngine
from exsim.model.codes import OrdType, Side, TimeInForce
from exsim.model.instructions import Instructions, Peg, PostOnly, Trigger
from exsim.model.market import Allocation, Keeps, MarketRules, Prevention
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent
from tests.naive_market import NaiveMarket

SYMBOL = "AAA"
LENGTH = 200
"""Operations of an episode."""
MOST = 24
"""Orders, beyond which more is canceled than entered: the oracle looks at all of them each time."""
PRICED = (OrdType.LIMIT, OrdType.STOP_LIMIT, OrdType.LIMIT_IF_TOUCHED)
STOPS = (OrdType.STOP, OrdType.STOP_LIMIT, OrdType.MARKET_IF_TOUCHED, OrdType.LIMIT_IF_TOUCHED)


class Disagreement(Exception):
    """The engine and the oracle did not do the same."""


class Episode:
    """A market twice, and what is done to both."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)
        self.rules = self._rules()
        self.fancy = self.random.choice((0.0, 0.1, 0.4, 0.9))  # how many orders are special
        self.seed = self.random.randrange(1_000)
        self.engine = self._engine()
        self.naive = NaiveMarket(self.rules, self.seed + crc32(SYMBOL.encode()))
        self.next_id = 1
        self.entries: dict[int, Entry] = {}
        self.events = 0

    def run(self, length: int = LENGTH) -> None:
        """Do so many operations.

        :raises Disagreement: with the number of the first that differs.
        """
        for number in range(length):
            did = self._step(number)
            if did:
                raise Disagreement(f"operation {number}, {did}")

    # -- comparing

    def _step(self, number: int) -> str:
        """One operation; what differs, if anything does."""
        if self.random.random() < 0.02:
            state = json.loads(json.dumps(self.engine.state()))
            self.engine = self._engine()
            self.engine.restore(state)
            if json.loads(json.dumps(self.engine.state())) != state:
                return "the state of a restored engine is another one"
        out: list[BookEvent] = []
        self.naive.out = []
        name, result, expected = self._operate(out)
        self.events += len(out)
        if (result, out) != (expected, self.naive.out):
            return f"{name}: {result}, {out}; should be {expected}, {self.naive.out}"
        seen, wanted = self._seen(), self._wanted()
        if seen != wanted:
            return f"{name}: now it holds {seen}; should be {wanted}"
        return self._broken()

    def _broken(self) -> str:
        market = self.engine.market(SYMBOL)
        bid, ask = market.book.best(Side.BUY), market.book.best(Side.SELL)
        if market.matching and not market.resuming and None not in (bid, ask) and bid >= ask:  # type: ignore[operator]
            return f"crossed: {bid} is bid, {ask} is asked"
        if any(level.count == 0 for half in self._halves() for level in half.levels.values()):
            return "a level is empty"
        return ""

    def _halves(self) -> tuple[Half, Half]:
        book = self.engine.book(SYMBOL)
        return book.bids, book.asks

    def _seen(self) -> object:
        market = self.engine.market(SYMBOL)
        book = market.book
        rests = []
        for side in (1, 2):
            for order_id, price, qty in book.orders(side):
                order = book.find(order_id)
                assert order is not None
                rests.append((order_id, price, qty, shown_of(order)))
        waits = [(p.entry.order_id, p.stop, p.entry.qty) for p in market.triggers.parked.values()]
        pegs = [(p.entry.order_id, p.target) for p in book.pegs.values()]
        levels = [book.levels(side, depth) for side in (1, 2) for depth in (0, 2)]
        return rests, waits, pegs, levels, book.last, len(book)

    def _wanted(self) -> object:
        naive = self.naive
        sides = [naive.side(True), naive.side(False)]
        rests = [
            (o.id, NO_PRICE if o.price is None else o.price, o.qty, o.shown)
            for side in sides
            for o in side
        ]
        by_turn = sorted(naive.all, key=lambda o: o.turn)
        waits = [(o.id, NO_PRICE if o.stop is None else o.stop, o.qty) for o in by_turn if o.waits]
        pegs = [(o.id, NO_PRICE if o.target is None else o.target) for o in by_turn if o.pegged]
        levels = []
        for side in sides:
            told: dict[int, tuple[int, int]] = {}
            for o in side:
                if o.price is not None and o.shown:
                    qty, count = told.get(o.price, (0, 0))
                    told[o.price] = (qty + o.shown, count + 1)
            all_of_it = [(price, qty, count) for price, (qty, count) in told.items()]
            levels += [all_of_it, all_of_it[:2]]
        return rests, waits, pegs, levels, naive.last, len(rests)

    # -- operations

    def _operate(self, out: list[BookEvent]) -> tuple[str, object, object]:
        """Do the same to both; what it was, and what both returned."""
        engine, naive, luck = self.engine, self.naive, self.random
        known = [order.id for order in naive.all]
        roll = luck.random() * (0.55 if len(known) >= MOST else 1)
        if roll < 0.15 and known:
            order_id = luck.choice(known)
            expected = naive.cancel(order_id)
            if luck.random() < 0.5:
                naive.settle()
                return f"cancel {order_id}", engine.cancel(SYMBOL, order_id, out), expected
            result = engine.cancel(SYMBOL, order_id)
            return self._settled(f"cancel {order_id}", result, expected, out)
        if roll < 0.27 and known:
            return self._replace(luck.choice(known), out)
        if roll < 0.30 and known:
            order_id, qty = luck.choice(known), luck.randint(1, 9)
            result = engine.resize(SYMBOL, order_id, qty)
            return self._settled(f"resize {order_id}", result, naive.resize(order_id, qty), out)
        if roll < 0.33:
            return self._phase(out)
        if roll < 0.34 and naive.matching and not naive.resuming:
            price = luck.randint(95, 105)
            engine.printed(SYMBOL, price, out)
            naive.printed(price)
            return f"printed {price}", None, None
        return self._enter(out)

    def _settled(
        self, name: str, result: object, expected: object, out: list[BookEvent]
    ) -> tuple[str, object, object]:
        """Settle, or leave that to the next operation."""
        if self.random.random() < 0.7:
            self.engine.settle(SYMBOL, out)
            self.naive.settle()
        return name, result, expected

    def _enter(self, out: list[BookEvent]) -> tuple[str, object, object]:
        entry = self._entry(self.next_id)
        self.next_id += 1
        if entry.ord_type in (OrdType.MARKET, OrdType.LIMIT) and _asks_nothing(entry):
            if self.random.random() < 0.9:
                self.engine.enter(
                    SYMBOL,
                    entry.order_id,
                    entry.side,
                    entry.ord_type,
                    entry.tif,
                    entry.price,
                    entry.qty,
                    out,
                )
                self.naive.enter(entry)
                return f"enter {entry.state()}", None, None
        self.engine.enter_order(SYMBOL, entry, out)
        self.naive.enter(entry)
        return f"enter {entry.state()}", None, None

    def _replace(self, order_id: int, out: list[BookEvent]) -> tuple[str, object, object]:
        old = self.naive.find(order_id)
        assert old is not None
        luck = self.random
        price, qty = self._price(old.buys), luck.randint(1, 9)
        terms = self.engine.market(SYMBOL).terms(order_id)
        assert terms is not None
        if luck.random() < 0.5:
            price = terms.price
        if terms.price == NO_PRICE:
            price = NO_PRICE
        entry = terms.altered(terms.ord_type, price, qty)
        if luck.random() < 0.2 and self.fancy:
            other = self._entry(order_id)
            if other.buys == entry.buys:
                entry = other
                result = self.engine.replace_order(SYMBOL, entry, out)
                return f"replace {entry.state()}", result, self.naive.replace(entry)
        result = self.engine.replace(SYMBOL, order_id, price, qty, out)
        return f"replace {entry.state()}", result, self.naive.replace(entry)

    def _phase(self, out: list[BookEvent]) -> tuple[str, object, object]:
        engine, naive, luck = self.engine, self.naive, self.random
        reference = luck.choice((None, luck.randint(95, 105)))
        if naive.matching:
            engine.set_matching(SYMBOL, False)
            naive.set_matching(False)
            return "stop matching", None, None
        if luck.random() < 0.4:
            told = engine.indicate(SYMBOL, reference)
            return "indicate", told, naive.indicate(reference)
        if luck.random() < 0.6:
            told = engine.uncross(SYMBOL, reference, out)
            return f"uncross {reference}", told, naive.hold_auction(reference)
        engine.set_matching(SYMBOL, True)
        naive.set_matching(True)
        if luck.random() < 0.5:
            return self._settled("match", None, None, out)
        return "match", None, None

    # -- what is random

    def _engine(self) -> MatchingEngine:
        engine = MatchingEngine(self.seed)
        engine.open(SYMBOL)
        engine.configure(SYMBOL, self.rules)
        return engine

    def _rules(self) -> MarketRules:
        luck = self.random
        if luck.random() < 0.2:
            return MarketRules()
        return MarketRules(
            tick=luck.choice((1, 1, 2)),
            lot=luck.choice((1, 1, 2, 3)),
            allocation=luck.choice([Allocation.FIFO, *Allocation]),
            fifo_share=luck.choice((0, 40, 100)),
            lmm_share=luck.choice((0, 0, 30)),
            prevention=luck.choice([Prevention.NONE, *Prevention]),
            replace_keeps=luck.choice(list(Keeps)),
        )

    def _price(self, buys: bool) -> int:
        """Few prices, so that orders queue, and those of both sides overlap."""
        away = self.random.choice((-3, -2, -1, 0, 1, 1, 2, 2, 3, 4, 5))
        return 100 - away if buys else 100 + away

    def _entry(self, order_id: int) -> Entry:
        luck = self.random
        side = luck.choice((Side.BUY, Side.SELL))
        qty = luck.randint(1, 12)
        owner, lmm = luck.choice(("", "A", "A", "B")), luck.random() < 0.2
        if luck.random() >= self.fancy:
            ord_type = luck.choice([OrdType.LIMIT] * 9 + [OrdType.MARKET])
            extra = None
        else:
            ord_type = luck.choice([OrdType.LIMIT] * 7 + [OrdType.PEGGED, *OrdType])
            extra = self._extra(ord_type, side == Side.BUY, qty)
        if extra is None and luck.random() < 0.5:
            owner, lmm = "", False
        tif = luck.choice([TimeInForce.DAY] * 8 + [TimeInForce.IOC, TimeInForce.FOK])
        priced = ord_type in PRICED or (ord_type == OrdType.PEGGED and luck.random() < 0.5)
        price = self._price(side == Side.BUY) if priced else NO_PRICE
        return Entry(order_id, side, ord_type, tif, price, qty, extra, owner, lmm)

    def _extra(self, ord_type: OrdType, buys: bool, qty: int) -> Instructions | None:
        luck = self.random

        def perhaps(share: float, value: int) -> int:
            return value if luck.random() < share else 0

        stop_px, trail, percent = NO_PRICE, 0, 0
        if ord_type in STOPS:
            stop_px = luck.randint(94, 106)
            if ord_type in (OrdType.STOP, OrdType.STOP_LIMIT) and luck.random() < 0.5:
                trail, percent = luck.choice(((luck.randint(1, 4), 0), (0, 2 * 10**8)))
                stop_px = luck.choice((stop_px, NO_PRICE))
        peg = int(luck.choice(list(Peg))) if ord_type == OrdType.PEGGED else 0
        display = perhaps(0.4, luck.randint(1, 4))
        return Instructions(
            stop_px=stop_px,
            trigger=int(luck.choice(list(Trigger))),
            trail=trail,
            trail_percent=percent,
            peg=peg,
            peg_offset=luck.choice((0, 0, -1, 1)) if peg else 0,
            discretion=perhaps(0.2, luck.randint(1, 3)),
            display=display,
            display_high=display + luck.randint(0, 4) if display else 0,
            hidden=luck.random() < 0.15,
            min_qty=perhaps(0.15, luck.randint(1, qty)),
            all_or_none=luck.random() < 0.15,
            post_only=int(luck.choice([PostOnly.NO] * 5 + list(PostOnly))),
            only_best=luck.random() < 0.1,
        )


def _asks_nothing(entry: Entry) -> bool:
    return (
        not (entry.owner or entry.lmm)
        and Entry(
            entry.order_id, entry.side, entry.ord_type, entry.tif, entry.price, entry.qty
        ).extra
        is entry.extra
    )
