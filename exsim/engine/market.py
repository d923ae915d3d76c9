"""
One instrument's market: a book, the rules that it is matched by, and what waits beside it.

What a call does, it does at once: it enters, cancels or changes an order, and then *settles* what
that leads to (:mod:`exsim.engine.settling`).
"""

from __future__ import annotations

from exsim.engine.arrival import Arrival
from exsim.engine.auction import cross, equilibrium, interest
from exsim.engine.book import Book
from exsim.engine.entry import (
    ELECTED,
    LIMIT,
    MARKET_TO_LIMIT,
    PEGGED,
    Entry,
)
from exsim.engine.implied import Links
from exsim.engine.level import UNPRICED, Half, Order, Special
from exsim.engine.settling import Settling
from exsim.engine.triggers import Triggers
from exsim.errors import Bug
from exsim.model.luck import Luck
from exsim.model.market import PLAIN_RULES, Indication, Keeps, MarketRules
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent, Dropped, Repriced


class Market:
    """
    A market; ``seed`` is for icebergs that show parts of random size.

    ``plain`` says that a limit or market order that asks for nothing else may go straight to
    :meth:`Book.enter`: the market is continuous, by price and time alone, and nothing is there that
    is more than a price and a quantity. ``keeps_smaller`` says the same of
    :meth:`Book.replace` for the rules of replacing.

    ``pending`` says that something was done that has not been settled. ``links`` are to books that
    imply prices in this one, None for nearly all; it takes part in that while it ``implies``.
    """

    __slots__ = (
        "_settling",
        "arrival",
        "band",
        "book",
        "implies",
        "keeps_smaller",
        "links",
        "luck",
        "matching",
        "pending",
        "plain",
        "resuming",
        "rules",
        "seed",
        "triggers",
    )

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.book = Book()
        self.triggers = Triggers()
        self.luck = Luck(seed)
        self.rules = PLAIN_RULES
        self.arrival = Arrival(self.book, self.rules, self.luck)
        self._settling = Settling(self.book, self.triggers, self.arrival, self.rules.ticks)
        self.band = 0
        self.links: Links | None = None
        self.implies = True
        self.matching = True
        self.resuming = False
        self.pending = False
        self.plain = True
        self.keeps_smaller = True

    def configure(self, rules: MarketRules) -> None:
        """Match by other rules from now; what rests stays, as it came."""
        self.rules = rules
        self.arrival = Arrival(self.book, rules, self.luck)
        self.arrival.matching = self.matching
        self.arrival.band = self.band
        self.arrival.links = self.links
        self._settling = Settling(self.book, self.triggers, self.arrival, rules.ticks)
        self.keeps_smaller = rules.replace_keeps is Keeps.SMALLER
        self.update()

    def clear(self) -> None:
        """Back to the start, but for the rules."""
        self.book.clear()
        self.triggers.clear()
        self.luck.state = Luck(self.seed).state
        self.pending = self.resuming = False
        self.matching = self.arrival.matching = True
        self.update()

    def link(self, links: Links | None) -> None:
        """Have other books imply prices in this one, or none from now."""
        self.links = self.arrival.links = links
        self.update()

    # -- orders

    def enter(self, entry: Entry, out: list[BookEvent]) -> None:
        """
        Enter any order.

        :raises Bug: for an id that is here already.
        """
        if self.open_qty(entry.order_id):
            raise Bug(
                f"order {entry.order_id} rests in this book already; a new order needs a new id"
            )
        self._settle_pending(out)
        self._place(entry, entry.extra.min_qty, out)
        self.settle(out)

    def cancel(self, order_id: int) -> int:
        """Take an order out; return its open quantity, 0 when it is not here."""
        qty = self._withdraw(order_id)
        if qty:
            self._later()
        return qty

    def replace(self, entry: Entry, out: list[BookEvent]) -> bool:
        """
        Put an order on new terms; False when it is not here.

        It keeps its place where ``replace_keeps`` says so, and where nothing changes that it asks
        for while it rests. Otherwise it acts like cancel plus new with the same id, but
        a minimum quantity that it had to trade at first is not asked for again. One that was
        elected before stays so.
        """
        order_id = entry.order_id
        self._settle_pending(out)
        if not self.open_qty(order_id):
            return False
        order = self.book.find(order_id)
        if order is None:
            self._withdraw(order_id)
            self._place(entry, entry.extra.min_qty, out)
        else:
            entry = _resting(entry, order)
            if self._keeps(order, entry):
                self.book.resize(order, entry.qty)
            else:
                self.book.cancel(order_id)
                self._place(entry, 0, out)
        self.settle(out)
        return True

    def resize(self, order_id: int, qty: int) -> bool:
        """Give an order another open quantity where it stands; False when it is not here."""
        order = self.book.find(order_id)
        pegged = self.book.pegs.get(order_id)
        if order is not None:
            self.book.resize(order, qty)
        elif pegged is not None:
            pegged.waiting = qty
        elif not self.triggers.resize(order_id, qty):
            return False
        self._later()
        return True

    def terms(self, order_id: int) -> Entry | None:
        """What an order that is here asks for, None when it is not."""
        parked = self.triggers.parked.get(order_id)
        if parked is not None:
            return parked.entry
        pegged = self.book.pegs.get(order_id)
        if pegged is not None:
            return pegged.entry
        order = self.book.find(order_id)
        if order is None or isinstance(order, Special):
            return None if order is None else order.entry
        level = order.level
        return Entry(order_id, level.half.side, LIMIT, 0, level.price, order.qty)

    def open_qty(self, order_id: int) -> int:
        """The open quantity of an order, 0 when it is not here."""
        parked = self.triggers.parked.get(order_id)
        if parked is not None:
            return parked.entry.qty
        pegged = self.book.pegs.get(order_id)
        if pegged is not None and pegged.waiting:
            return pegged.waiting
        return self.book.open_qty(order_id)

    # -- phases

    def watch(self, band: int) -> None:
        """Interrupt the market where elected or pegged orders would trade farther than that."""
        self.band = self.arrival.band = band

    def set_matching(self, matching: bool) -> None:
        """Collect orders without a trade, or match again: what that leads to is left to settle."""
        if matching and not self.matching:
            self.resuming = self.pending = True
        self.matching = self.arrival.matching = matching
        self.update()

    def indicate(self, reference: int | None) -> Indication:
        """What an auction would come to now."""
        buys, sells = interest(self.book.bids), interest(self.book.asks)
        return equilibrium(buys, sells, reference, self.rules.ticks)

    def uncross(self, reference: int | None, out: list[BookEvent]) -> Indication:
        """
        Hold the auction; what is left rests on.

        Market-to-limit orders become limit orders at its price, where there is one.

        :raises Bug: while the market is matching.
        """
        if self.matching:
            raise Bug("the market is matching, so there is nothing to uncross; stop that first")
        return self._uncross(reference, out)

    def settle(self, out: list[BookEvent]) -> None:
        """Let all happen that what was done leads to."""
        self.pending = False
        if self.matching:
            if self.resuming:
                self._resume(out)
            self._settling.settle(out)
            self.matching = self.arrival.matching
            if self.links is None:
                self.arrival.forget()
            else:
                self.links.settle(out)
        self.update()

    def update(self) -> None:
        """Find out whether the market is plain."""
        self.plain = (
            self.matching
            and self.links is None
            and not self.pending
            and self.arrival.plain
            and not (self.book.specials or self.book.pegs or self.triggers.parked)
        )

    # -- what the above is made of

    def _place(self, entry: Entry, min_qty: int, out: list[BookEvent]) -> None:
        """Put a new order where its type belongs."""
        if entry.ord_type in ELECTED:
            self.triggers.park(entry, entry.stop)
        elif entry.ord_type == PEGGED:
            self._settling.enter_peg(entry, min_qty, out)
        else:
            self.arrival.enter(entry, min_qty, out)

    def _withdraw(self, order_id: int) -> int:
        entry = self.triggers.remove(order_id)
        if entry is not None:
            return entry.qty
        pegged = self.book.pegs.get(order_id)
        if pegged is not None and pegged.waiting:
            del self.book.pegs[order_id]
            return pegged.waiting
        return self.book.cancel(order_id)

    def _keeps(self, order: Order, entry: Entry) -> bool:
        """Whether a resting order that is replaced keeps its place."""
        rule = self.rules.replace_keeps
        if rule is Keeps.NOTHING or (rule is Keeps.SMALLER and entry.qty > order.qty):
            return False
        if not isinstance(order, Special):
            return entry.price == order.level.price and not self.arrival.is_special(entry)
        pegged = self.book.pegs.get(order.order_id)
        stands = order.entry if pegged is None else pegged.entry
        price = order.level.price if stands.ord_type == LIMIT else stands.price
        same = entry.ord_type == stands.ord_type and entry.price == price
        return same and self.arrival.alike(stands, entry)

    def _later(self) -> None:
        self.pending = (
            bool(self.triggers.parked or self.book.pegs or self.book.eager)
            or self.resuming
            or self.links is not None
        )
        self.update()

    def _settle_pending(self, out: list[BookEvent]) -> None:
        if self.pending:
            self.settle(out)

    def _uncross(self, reference: int | None, out: list[BookEvent]) -> Indication:
        indication = self.indicate(reference)
        price = indication.price
        if price is not None:
            self.arrival.tidy(cross(self.book, price, indication.volume, out), out)
            for half in (self.book.bids, self.book.asks):
                for order in _unpriced(half):
                    if order.entry.ord_type == MARKET_TO_LIMIT:
                        out.append(Repriced(order.order_id, price))
                        self.book.cancel(order.order_id)
                        self.arrival.rest(order.entry.altered(LIMIT, price, order.qty), order.qty)
        return indication

    def _resume(self, out: list[BookEvent]) -> None:
        """Trade what is crossed; drop what has no price, since it would have to trade now."""
        self.resuming = False
        self._uncross(self.book.last, out)
        for half in (self.book.bids, self.book.asks):
            for order in _unpriced(half):
                self.book.cancel(order.order_id)
                out.append(Dropped(order.order_id, order.qty))


def _unpriced(half: Half) -> list[Special]:
    level = half.levels.get(UNPRICED)
    orders = [] if level is None else level.orders()
    return [order for order in orders if isinstance(order, Special)]


def _resting(entry: Entry, order: Order) -> Entry:
    """New terms of a resting order: it was elected, and has a price, if it ever needed that."""
    ord_type = ELECTED.get(entry.ord_type, entry.ord_type)
    level = order.level
    if level is level.half.levels.get(UNPRICED):
        return entry
    if ord_type == MARKET_TO_LIMIT:
        ord_type = LIMIT
    price = level.price if ord_type == LIMIT and entry.price == NO_PRICE else entry.price
    return entry.altered(ord_type, price, entry.qty)
