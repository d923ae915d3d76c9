"""
A market that is too simple to be wrong: the oracle of the matching engine, all order types and all.

There is one list of orders, whatever they do: those that rest, those that wait. For every question
it is searched, and sorted, from the start. Whether an order can be filled is found out by letting
it try on a copy.
"""

from __future__ import annotations

from copy import copy

from exsim.engine.entry import Entry
from exsim.model.codes import OrdType, Reason, TimeInForce
from exsim.model.instructions import Peg, PostOnly, Trigger
from exsim.model.luck import Luck
from exsim.model.market import Allocation, Indication, Keeps, MarketRules, Prevention
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent, Dropped, Reduced, Refreshed, Repriced, Traded, Triggered

ELECTED = {
    OrdType.STOP: OrdType.MARKET,
    OrdType.STOP_LIMIT: OrdType.LIMIT,
    OrdType.MARKET_IF_TOUCHED: OrdType.MARKET,
    OrdType.LIMIT_IF_TOUCHED: OrdType.LIMIT,
}
TOUCHED = (OrdType.MARKET_IF_TOUCHED, OrdType.LIMIT_IF_TOUCHED)
CONDITIONS = (
    *("display", "display_high", "hidden", "all_or_none", "discretion", "peg", "peg_offset"),
    "only_best",
)


class Order:
    """An order, wherever it is: ``rests`` in the book, or waits for a price."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.id = entry.order_id
        self.extra = entry.extra
        self.buys = entry.buys
        self.type = OrdType(entry.ord_type)
        self.price: int | None = None if entry.price == NO_PRICE else entry.price
        self.qty = entry.qty
        self.rests = False
        self.shown = 0
        self.time = 0  # its place among those at its price
        self.turn = 0  # when it came to rest, or to wait
        self.owner = ""
        self.leads = False
        self.stop: int | None = None
        self.target: int | None = None  # of a peg
        self.min_qty = entry.extra.min_qty

    @property
    def waits(self) -> bool:
        """Whether it waits to be elected."""
        return not self.rests and self.type in ELECTED

    @property
    def pegged(self) -> bool:
        """Whether it is a peg, with a price or without."""
        return self.entry.ord_type == OrdType.PEGGED

    @property
    def rank(self) -> tuple[int, int, int]:
        """Who trades first: those without a price, the best price, the oldest."""
        if self.price is None:
            return (0, 0, self.time)
        return (1, -self.price if self.buys else self.price, self.time)

    def good_at(self, price: int | None, more: int = 0) -> bool:
        """Whether it trades at a price (None: any), or would with so much discretion."""
        if price is None or self.price is None:
            return True
        return self.price + more >= price if self.buys else self.price - more <= price


class NaiveMarket:
    """All orders of a market."""

    def __init__(self, rules: MarketRules, seed: int) -> None:
        self.rules = rules
        self.luck = Luck(seed)
        self.all: list[Order] = []
        self.matching = True
        self.resuming = False
        self.last: int | None = None
        self.clock = 0
        self.out: list[BookEvent] = []

    # -- operations

    def enter(self, entry: Entry) -> None:
        """A new order."""
        self.settle()
        self.place(Order(entry))
        self.settle()

    def cancel(self, order_id: int) -> int:
        """An order goes."""
        order = self.find(order_id)
        self.all = [other for other in self.all if other is not order]
        return 0 if order is None else order.qty

    def replace(self, entry: Entry) -> bool:
        """An order has other terms."""
        self.settle()
        old = self.find(entry.order_id)
        if old is None:
            return False
        new = Order(entry)
        if old.rests:
            new.min_qty = 0
            if old.price is not None:
                new.type = ELECTED.get(new.type, new.type)
                if new.type == OrdType.MARKET_TO_LIMIT:
                    new.type = OrdType.LIMIT
                if new.type == OrdType.LIMIT and new.price is None:
                    new.price = old.price
            if new.waits:  # it has left the book, and comes to it once more
                new.min_qty = new.entry.extra.min_qty
        if old.rests and self.keeps(old, new):
            self.size(old, new.qty)
        else:
            self.all.remove(old)
            self.place(new)
        self.settle()
        return True

    def resize(self, order_id: int, qty: int) -> bool:
        """An order has another quantity."""
        order = self.find(order_id)
        if order is not None:
            self.size(order, qty)
        return order is not None

    def set_matching(self, matching: bool) -> None:
        """A phase in which orders match, or do not."""
        self.resuming = self.resuming or (matching and not self.matching)
        self.matching = matching

    def printed(self, price: int) -> None:
        """A trade elsewhere."""
        self.last = price
        self.settle()

    # -- where orders go

    def find(self, order_id: int) -> Order | None:
        """The order of an id."""
        return next((order for order in self.all if order.id == order_id), None)

    def side(self, buys: bool) -> list[Order]:
        """What rests on a side, who is first first."""
        return sorted((o for o in self.all if o.rests and o.buys == buys), key=lambda o: o.rank)

    def tick(self) -> int:
        """The next moment."""
        self.clock += 1
        return self.clock

    def drop(self, order: Order, why: Reason = Reason.NO_LIQUIDITY) -> None:
        """An order ends."""
        self.out.append(Dropped(order.id, order.qty, why))
        order.qty = 0
        self.all = [other for other in self.all if other is not order]

    def keeps(self, old: Order, new: Order) -> bool:
        """Whether a replaced order stays where it is."""
        if self.rules.replace_keeps is Keeps.NOTHING:
            return False
        if self.rules.replace_keeps is Keeps.SMALLER and new.qty > old.qty:
            return False
        if old.pegged or new.pegged:
            same = old.pegged and new.pegged and old.entry.price == new.entry.price
        else:
            same = old.price == new.price and (old.price is not None or old.type == new.type)
        self.own(new)
        return (
            same
            and all(getattr(old.extra, n) == getattr(new.extra, n) for n in CONDITIONS)
            and (old.owner, old.leads) == (new.owner, new.leads)
        )

    def own(self, order: Order) -> None:
        """Remember whose an order is, where the rules ask."""
        order.owner = order.entry.owner if self.rules.prevention is not Prevention.NONE else ""
        order.leads = order.entry.lmm and self.rules.lmm_share > 0

    def size(self, order: Order, qty: int) -> None:
        """Another quantity in its place."""
        order.qty = qty
        if not self.unseen(order):
            order.shown = min(order.shown, qty) if order.extra.display else qty

    def unseen(self, order: Order) -> bool:
        """Whether nothing of it is shown, ever."""
        return order.extra.hidden or order.extra.all_or_none

    def place(self, order: Order) -> None:
        """An order comes: it waits, or goes to the book."""
        self.own(order)
        immediate = order.entry.tif in (TimeInForce.IOC, TimeInForce.FOK)
        if order.type == OrdType.PEGGED and immediate:
            order.target = self.follow(order) if self.matching else None
            if order.target is None:
                self.drop(order)
            else:
                self.out.append(Repriced(order.id, order.target))
                order.price, order.type = order.target, OrdType.LIMIT
                self.arrive(order)
        elif order.type in ELECTED or order.type == OrdType.PEGGED:
            order.turn = self.tick()
            order.stop = None if order.extra.stop_px == NO_PRICE else order.extra.stop_px
            self.all.append(order)
        else:
            self.arrive(order)

    def arrive(self, order: Order) -> None:
        """A market, limit or market-to-limit order comes to the book."""
        extra, tif = order.extra, order.entry.tif
        immediate = tif in (TimeInForce.IOC, TimeInForce.FOK)
        if not self.matching:
            if immediate or order.min_qty:
                self.drop(order, Reason.NO_LIQUIDITY if immediate else Reason.MIN_QTY)
            else:
                order.price = order.price if order.type == OrdType.LIMIT else None
                self.rest(order)
            return
        if extra.post_only:
            self.arrive_passive(order, immediate)
            return
        converts = order.type == OrdType.MARKET_TO_LIMIT
        if converts:
            order.price, order.type = self.best(not order.buys), OrdType.LIMIT
            if order.price is None:
                self.drop(order)
                return
        if order.type == OrdType.MARKET:
            order.price = None
        whole = extra.all_or_none or tif == TimeInForce.FOK
        want = order.qty if whole else min(order.min_qty, order.qty)
        if not self.can_fill(order, want, True):
            if order.type == OrdType.LIMIT and extra.all_or_none and not immediate:
                if converts and order.price is not None:
                    self.out.append(Repriced(order.id, order.price))
                self.rest(order)
            else:
                self.drop(order, Reason.NO_LIQUIDITY if whole else Reason.MIN_QTY)
            return
        self.take(order, True)
        if order.qty and (immediate or order.type == OrdType.MARKET):
            self.drop(order)
        elif order.qty:
            if converts and order.price is not None:
                self.out.append(Repriced(order.id, order.price))
            self.rest(order)

    def arrive_passive(self, order: Order, immediate: bool) -> None:
        """A post-only order comes."""
        makers = [o for o in self.side(not order.buys) if o.good_at(order.price)]
        if order.type != OrdType.LIMIT or (makers and order.extra.post_only == PostOnly.REJECT):
            self.drop(order, Reason.POST_ONLY)
        elif immediate:
            self.drop(order)
        else:
            if makers and makers[0].price is not None:
                tick, best = self.rules.ticks.at(0), makers[0].price
                below, above = -(-best // tick) - 1, best // tick + 1
                order.price = tick * (below if order.buys else above)
                self.out.append(Repriced(order.id, order.price))
            self.rest(order)

    def rest(self, order: Order) -> None:
        """An order goes behind all others at its price."""
        order.rests = True
        order.time = order.turn = self.tick()
        extra = order.extra
        order.shown = min(extra.display, order.qty) if extra.display else order.qty
        if self.unseen(order):
            order.shown = 0
        if order not in self.all:
            self.all.append(order)

    # -- trading

    def take(self, taker: Order, beyond: bool) -> None:
        """An order trades with what is good for it: price by price, then by discretion."""
        own_price = taker.price if taker.type == OrdType.LIMIT else None
        reach = own_price
        if reach is not None:
            reach += taker.extra.discretion if taker.buys else -taker.extra.discretion
        prices = [maker.price for maker in self.side(not taker.buys) if maker.good_at(reach)]
        for price in dict.fromkeys(prices):
            assert price is not None
            self.take_level(taker, price)
        if not beyond or own_price is None:
            return
        makers = [
            maker
            for maker in self.side(not taker.buys)
            if not maker.good_at(own_price) and maker.good_at(own_price, maker.extra.discretion)
        ]
        for maker in sorted(makers, key=lambda maker: (maker.rank[1], maker.turn)):
            qty = min(maker.qty, taker.qty)
            if qty and (qty == maker.qty or not maker.extra.all_or_none):
                self.meet(taker, maker, qty, own_price)
                self.refresh(maker)

    def take_level(self, taker: Order, price: int) -> None:
        """An order trades at one price, until it or the price has no more."""
        while taker.qty:
            here = [o for o in self.side(not taker.buys) if o.price == price]
            free = [o for o in here if not o.extra.all_or_none]
            if not free:
                break
            offers = [(o, o.qty if o.extra.hidden else o.shown) for o in free]
            if self.rules.allocation is not Allocation.FIFO:
                seen = [(o, o.shown) for o in free if o.shown]
                offers = seen or [(o, o.qty) for o in free]
            for maker, qty in self.shares(offers, taker.qty):
                if taker.qty and qty:
                    self.meet(taker, maker, qty, price)
                    if taker.owner and taker.owner == maker.owner:
                        break
            for maker, _ in offers:
                self.refresh(maker)
        for maker in [o for o in self.side(not taker.buys) if o.price == price]:
            if maker.extra.all_or_none and 0 < maker.qty <= taker.qty:
                self.meet(taker, maker, maker.qty, price)

    def shares(self, offers: list[tuple[Order, int]], qty: int) -> list[tuple[Order, int]]:
        """Who trades how much of ``qty``."""
        qty = min(qty, sum(offer for _, offer in offers))
        got = {order.id: 0 for order, _ in offers}

        def give(most: int, orders: list[tuple[Order, int]]) -> None:
            for order, offer in orders:
                part = min(most, offer - got[order.id], qty - sum(got.values()))
                got[order.id] += part
                most -= part

        lots = self.rules.lot
        if any(order.leads for order, _ in offers):
            part = qty * self.rules.lmm_share // 100
            give(part - part % lots, [pair for pair in offers if pair[0].leads])
        if self.rules.allocation is Allocation.FIFO_PRO_RATA:
            part = (qty - sum(got.values())) * self.rules.fifo_share // 100
            give(part - part % lots, offers)
        if self.rules.allocation in (Allocation.PRO_RATA, Allocation.FIFO_PRO_RATA):
            left = qty - sum(got.values())
            total = sum(offer - got[order.id] for order, offer in offers)
            for order, offer in offers if left < total else ():
                part = left * (offer - got[order.id]) // total
                got[order.id] += part - part % lots
        give(qty, offers)
        return [(order, got[order.id]) for order, _ in offers]

    def meet(self, taker: Order, maker: Order, qty: int, price: int) -> None:
        """Two orders trade, or are kept from it."""
        if not taker.owner or taker.owner != maker.owner:
            self.out.append(Traded(maker.id, taker.id, price, qty))
            self.last = price
            self.reduce(maker, qty)
            taker.qty -= qty
            return
        mode = self.rules.prevention
        if mode is Prevention.DECREMENT:
            for order in (maker, taker):
                if order.qty == qty:
                    self.drop(order, Reason.SELF_TRADE)
                else:
                    self.out.append(Reduced(order.id, qty, Reason.SELF_TRADE))
                    self.reduce(order, qty if order is maker else 0)
                    order.qty -= 0 if order is maker else qty
            return
        if mode in (Prevention.CANCEL_OLDEST, Prevention.CANCEL_BOTH):
            self.drop(maker, Reason.SELF_TRADE)
        if mode in (Prevention.CANCEL_NEWEST, Prevention.CANCEL_BOTH):
            self.drop(taker, Reason.SELF_TRADE)

    def reduce(self, order: Order, qty: int) -> None:
        """Take off what traded."""
        order.qty -= qty
        order.shown = max(0, order.shown - qty)
        self.all = [other for other in self.all if other.qty]

    def refresh(self, order: Order) -> None:
        """An iceberg that has shown all shows more, behind all others."""
        extra = order.extra
        if extra.display and not self.unseen(order) and order.qty and not order.shown:
            lot = self.rules.lot
            steps = (extra.display_high - extra.display) // lot
            part = extra.display + (self.luck.below(steps + 1) * lot if steps > 0 else 0)
            order.shown = min(part, order.qty)
            order.time = self.tick()
            self.out.append(Refreshed(order.id, order.shown))

    def can_fill(self, taker: Order, want: int, beyond: bool) -> bool:
        """Whether so much would trade: it is tried on a copy."""
        if not want:
            return True
        trial = NaiveMarket(self.rules, 0)
        trial.all = [copy(order) for order in self.all]
        far = trial.side(not taker.buys)
        own = [order for order in far if taker.owner and order.owner == taker.owner]
        if self.rules.prevention is not Prevention.CANCEL_OLDEST and own:
            reach = taker.price
            if reach is not None:
                reach += taker.extra.discretion if taker.buys else -taker.extra.discretion
            near = [order for order in own if order.good_at(reach)]
            limit = taker.price
            if near:
                trial.all = [o for o in trial.all if o not in far or o.rank[1] < near[0].rank[1]]
                beyond = False
            elif limit is not None and any(o.good_at(limit, o.extra.discretion) for o in own):
                beyond = False
        trial.all = [order for order in trial.all if order not in own]
        twin = copy(taker)
        twin.qty = want
        trial.take(twin, beyond)
        return twin.qty == 0

    # -- what follows of it

    def best(self, buys: bool, quote: bool = False) -> int | None:
        """The best price that is shown; for a ``quote``, not by a peg."""
        shown = [o for o in self.side(buys) if o.shown and o.price is not None]
        return next((o.price for o in shown if not (quote and o.extra.peg)), None)

    def settle(self) -> None:
        """All that follows, until nothing does."""
        if not self.matching:
            return
        if self.resuming:
            self.resuming = False
            self.hold_auction(self.last)
            for order in [*self.side(True), *self.side(False)]:
                if order.price is None:
                    self.drop(order)
        while self.elect() or self.reprice() or self.retry() or self.leave():
            pass

    def elect(self) -> bool:
        """Stops and if-touched orders come to the book."""
        prices = {
            Trigger.LAST: self.last,
            Trigger.BID: self.best(True),
            Trigger.ASK: self.best(False),
        }
        found = []
        for order in sorted((o for o in self.all if o.waits), key=lambda o: o.turn):
            price = prices[Trigger(order.extra.trigger)]
            if price is not None:
                self.trail(order, price)
                rises = order.buys != (order.type in TOUCHED)
                assert order.stop is not None
                if price >= order.stop if rises else price <= order.stop:
                    found.append(order)
        self.all = [order for order in self.all if order not in found]
        for order in found:
            self.out.append(Triggered(order.id))
            given = order.extra.stop_px
            trails = order.extra.trail or order.extra.trail_percent
            if order.type == OrdType.STOP_LIMIT and trails and given not in (NO_PRICE, order.stop):
                assert order.price is not None and order.stop is not None
                order.price += order.stop - given
                self.out.append(Repriced(order.id, order.price))
            order.type = ELECTED[order.type]
            self.arrive(order)
        return bool(found)

    def trail(self, order: Order, price: int) -> None:
        """A stop follows its trigger price, but never goes away from it."""
        away = order.extra.trail
        tick = self.rules.ticks.at(0)
        if not away and order.extra.trail_percent:
            away = abs(price) * order.extra.trail_percent // 10_000_000_000
            stop = (price - away) // tick * tick
            if order.buys:
                stop = price + away + (-(price + away)) % tick
        elif away:
            stop = price + away if order.buys else price - away
        else:
            return
        order.stop = stop if order.stop is None else (min if order.buys else max)(stop, order.stop)

    def follow(self, order: Order) -> int | None:
        """The price of a peg."""
        bid, ask = self.best(True, quote=True), self.best(False, quote=True)
        tick, peg = self.rules.ticks.at(0), order.extra.peg
        if peg == Peg.MID:
            if bid is None or ask is None:
                return None
            twice = bid + ask
            price = twice // 2 if order.buys else (twice + 1) // 2
        else:
            followed = bid if (peg == Peg.PRIMARY) == order.buys else ask
            if followed is None:
                return None
            price = followed
        price += order.extra.peg_offset
        price = price - price % tick if order.buys else price + -price % tick
        limit = order.entry.price
        if limit != NO_PRICE:
            price = min(price, limit) if order.buys else max(price, limit)
        return price

    def reprice(self) -> bool:
        """Pegs go where what they follow went, the one that was priced longest ago first."""
        pegs = sorted((o for o in self.all if o.pegged), key=lambda o: o.turn)
        wanted = [(order, self.follow(order)) for order in pegs]
        moved = False
        for order, price in wanted:
            if order in self.all and price != order.target:
                moved = True
                order.target = price
                order.rests = False
                order.shown = 0
                order.turn = self.tick()
                if price is not None:
                    self.out.append(Repriced(order.id, price))
                    order.price, order.type = price, OrdType.LIMIT
                    self.all.remove(order)
                    self.arrive(order)
                    order.min_qty = 0
        return moved

    def retry(self) -> bool:
        """Resting orders trade that may by themselves, in the order in which they came."""
        before = len(self.out)
        for order in sorted((o for o in self.all if o.rests), key=lambda o: o.turn):
            eager = order.extra.all_or_none or order.extra.discretion
            if order in self.all and eager:
                want = order.qty if order.extra.all_or_none else 0
                if self.can_fill(order, want, False):
                    had = order.qty
                    self.take(order, False)
                    order.shown = max(0, order.shown - (had - order.qty))
                    self.all = [other for other in self.all if other.qty]
                    self.refresh(order)
        return len(self.out) > before

    def leave(self) -> bool:
        """Orders go that are to be at the best price, and are not, the oldest first."""
        before = len(self.out)
        for order in sorted((o for o in self.all if o.rests), key=lambda o: o.turn):
            best = self.best(order.buys)
            if order.extra.only_best and best is not None and not order.good_at(best):
                self.drop(order, Reason.NOT_BEST)
        return len(self.out) > before

    # -- auctions

    def indicate(self, reference: int | None) -> Indication:
        """What an auction comes to, by trying every price."""
        sides = [[o for o in self.side(b) if not o.extra.all_or_none] for b in (True, False)]
        prices = {o.price for side in sides for o in side if o.price is not None}
        markets = [sum(o.qty for o in side if o.price is None) for side in sides]
        if reference is not None and all(markets):
            prices.add(reference)

        def both(price: int) -> tuple[int, int]:
            bought, sold = (sum(o.qty for o in side if o.good_at(price)) for side in sides)
            return bought, sold

        def tell(price: int | None, bought: int, sold: int, rule: str) -> Indication:
            surplus = bought - sold
            side = 0 if not surplus else 1 if surplus > 0 else 2
            volume = 0 if price is None else min(bought, sold)
            return Indication(price, volume, abs(surplus), side, rule)

        volume = max((min(both(price)) for price in prices), default=0)
        if not volume:
            return tell(None, markets[0], markets[1], "")
        most = [price for price in prices if min(both(price)) == volume]
        if len(most) == 1:
            return tell(most[0], *both(most[0]), "volume")
        left = min(abs(both(p)[0] - both(p)[1]) for p in most)
        least = [p for p in most if abs(both(p)[0] - both(p)[1]) == left]
        if len(least) == 1:
            return tell(least[0], *both(least[0]), "imbalance")
        if all(both(p)[0] > both(p)[1] for p in least):
            return tell(max(least), *both(max(least)), "pressure")
        if all(both(p)[0] < both(p)[1] for p in least):
            return tell(min(least), *both(min(least)), "pressure")
        rule = "middle" if reference is None else "reference"
        wanted = (min(least) + max(least)) // 2 if reference is None else reference
        price = sorted([min(least), wanted - wanted % self.rules.ticks.at(0), max(least)])[1]
        return tell(price, *both(price), rule)

    def hold_auction(self, reference: int | None) -> Indication:
        """All trade at one price."""
        found = self.indicate(reference)
        price, volume = found.price, found.volume
        if price is None:
            return found
        traded: list[Order] = []
        while volume:
            buy, sell = (
                next(o for o in self.side(b) if not o.extra.all_or_none) for b in (True, False)
            )
            qty = min(buy.qty, sell.qty, volume)
            self.out.append(Traded(min(buy.id, sell.id), max(buy.id, sell.id), price, qty))
            for order in (buy, sell):
                self.reduce(order, qty)
                traded.append(order)
            volume -= qty
        self.last = price
        done = dict.fromkeys(sorted(traded, key=lambda o: not o.buys))
        for order in done:
            self.refresh(order)
        for order in [*self.side(True), *self.side(False)]:
            if order.type == OrdType.MARKET_TO_LIMIT and order.price is None:
                self.out.append(Repriced(order.id, price))
                order.price, order.type = price, OrdType.LIMIT
                self.rest(order)
        return found
