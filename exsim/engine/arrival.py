"""
How an order comes to a book: what it trades at once, and whether it then rests or is dropped.

While a market collects, orders only rest: those without a price before all others. Those that
would have to trade at once are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exsim.engine.book import Book
from exsim.engine.entry import FOK, LIMIT, MARKET_TO_LIMIT, NOTHING, Entry
from exsim.engine.implied import Links
from exsim.engine.level import ANY_PRICE, UNPRICED, Half, Order, Special
from exsim.engine.prevention import Taker
from exsim.engine.sweep import Sweep
from exsim.model.amounts import UNIT
from exsim.model.codes import Reason
from exsim.model.instructions import PostOnly
from exsim.model.luck import Luck
from exsim.model.market import MarketRules, Prevention
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent, Dropped, Interrupted, Repriced

_REPRICE: Final = int(PostOnly.REPRICE)
_WHOLE: Final = 100 * UNIT
"""A hundred percent."""


class Arrival:
    """
    Lets orders come to a book by the rules of its market; ``matching``: they may trade. Those that
    :meth:`bring` lets come trade no farther from the last price than ``band``, in hundredths of
    10^-8; 0 is none.

    ``plain`` says that plain orders trade by price and time alone. ``links`` are to books that
    imply prices in this one, None for nearly all.
    """

    __slots__ = ("_book", "_rules", "_sweep", "band", "links", "matching", "plain")

    def __init__(self, book: Book, rules: MarketRules, luck: Luck) -> None:
        self._book = book
        self._rules = rules
        self._sweep = Sweep(book, rules, luck)
        self.band = 0
        self.matching = True
        self.links: Links | None = None
        self.plain = self._sweep.plain

    def enter(self, entry: Entry, min_qty: int, out: list[BookEvent]) -> None:
        """
        Let a market, limit or market-to-limit order come.

        :param min_qty: has to trade at once, or nothing does; 0 for what that was asked of before.
        """
        if not self.matching:
            self._collect(entry, min_qty, out)
        elif entry.extra.post_only:
            self._enter_passive(entry, out)
        elif entry.ord_type != MARKET_TO_LIMIT:
            left = self._take(entry, min_qty, out)
            if left:
                self.rest(entry, left)
        else:
            best = self._best(entry, self._book.best(self._far(entry).side))
            if best is None:
                out.append(Dropped(entry.order_id, entry.qty))
                return
            limited = entry.altered(LIMIT, best, entry.qty)
            left = self._take(limited, min_qty, out)
            if left:
                out.append(Repriced(entry.order_id, best))
                self.rest(limited, left)

    def enter_at(
        self, entry: Entry, price: int, qty: int, min_qty: int, out: list[BookEvent]
    ) -> None:
        """Let a pegged order come, as a limit order at the price that it has now."""
        out.append(Repriced(entry.order_id, price))
        self.bring(entry.altered(LIMIT, price, qty), min_qty, out)

    def bring(self, entry: Entry, min_qty: int, out: list[BookEvent]) -> None:
        """
        Let an order come that the market brings: one that was elected, or a peg.

        Where it would trade outside the band, the market collects from then on.
        """
        if self.band and self.matching and self._strays(entry):
            self.matching = False
            out.append(Interrupted(entry.order_id))
        self.enter(entry, min_qty, out)

    def _strays(self, entry: Entry) -> bool:
        """Whether the worst price at which an order would trade is outside the band."""
        last, far, qty = self._book.last, self._far(entry), entry.qty
        if last is None or entry.extra.post_only:
            return False
        reach = far.sign * entry.price if entry.ord_type == LIMIT else ANY_PRICE
        for key in reversed(far.keys):
            if qty <= 0 or key < reach:
                return False
            if abs(far.sign * key - last) * _WHOLE > self.band * abs(last):
                return True
            qty -= far.levels[key].qty
        return False

    def rest(self, entry: Entry, qty: int) -> None:
        """Put what is left of a limit order into the book."""
        key = entry.price if entry.buys else -entry.price
        self._book.rest(entry, key, qty, self.is_special(entry))

    def alike(self, entry: Entry, other: Entry) -> bool:
        """Whether two orders differ at most in price and quantity while they rest."""
        rules = self._rules
        if entry.owner != other.owner and rules.prevention is not Prevention.NONE:
            return False
        if entry.lmm != other.lmm and rules.lmm_share:
            return False
        if entry.rivals != other.rivals:
            return False
        return entry.alike(other)

    def is_special(self, entry: Entry) -> bool:
        """Whether an order is more than a price and a quantity while it rests."""
        rules, extra = self._rules, entry.extra
        if entry.owner and rules.prevention is not Prevention.NONE:
            return True
        if (entry.lmm and rules.lmm_share) or entry.rivals:
            return True
        if extra is NOTHING:
            return False
        return bool(
            extra.display
            or extra.hidden
            or extra.all_or_none
            or extra.discretion
            or extra.peg
            or extra.only_best
        )

    def take_resting(self, order: Special, out: list[BookEvent]) -> bool:
        """
        Let a resting order take what it may now; whether anything came of it.

        It trades within its price and its discretion, whole if it has to, and keeps its place.
        """
        level = order.level
        far = self._far(order.entry)
        reach = far.sign * level.price - order.entry.extra.discretion
        if not far.keys or far.keys[-1] < reach or self._sweep.gone(order.entry):
            return False
        taker = self._sweep.taker(order.entry, order.qty)
        if order.all_or_none:
            if not self._sweep.can_fill(taker, far, reach, ANY_PRICE, order.qty):
                return False
        before = len(out)
        self._sweep.take(taker, far, reach, out)
        if order.qty != taker.qty:
            self._book.fill(order, order.qty - taker.qty)
            self.tidy([order], out)
        return len(out) > before

    def tidy(self, orders: Sequence[Order], out: list[BookEvent]) -> None:
        """After trades: icebergs show their next part, and levels that are empty go."""
        self._sweep.refresh(orders, out)
        for order in orders:
            level = order.level
            half = level.half
            if not level.count and half.levels.get(half.sign * level.price) is level:
                half.drop(level)

    def gone(self, entry: Entry) -> bool:
        """Whether an order is about to be canceled, since a rival of it has traded."""
        return self._sweep.gone(entry)

    def traded(self, order: Special) -> None:
        """A resting order traded otherwise than by :meth:`enter`: rivals of it trade no more."""
        entry = order.entry
        if entry.rivals and (entry.at_once or not order.qty):
            self._sweep.done[entry.rivals] = order.order_id

    def forget(self) -> None:
        """What was done is to be booked now: orders that went with it are gone before the next."""
        self._sweep.done.clear()

    # -- what the above is made of

    def _collect(self, entry: Entry, min_qty: int, out: list[BookEvent]) -> None:
        if entry.immediate:
            out.append(Dropped(entry.order_id, entry.qty))
        elif min_qty:
            out.append(Dropped(entry.order_id, entry.qty, Reason.MIN_QTY))
        elif entry.ord_type == LIMIT:
            self.rest(entry, entry.qty)
        else:
            self._book.rest(entry, UNPRICED, entry.qty, True)

    def _enter_passive(self, entry: Entry, out: list[BookEvent]) -> None:
        """Let an order come that must not take: it rests, where it may be one tick away."""
        price = self._passive(entry) if entry.ord_type == LIMIT else NO_PRICE
        if price == NO_PRICE:
            out.append(Dropped(entry.order_id, entry.qty, Reason.POST_ONLY))
        elif entry.immediate:
            out.append(Dropped(entry.order_id, entry.qty))
        else:
            if price != entry.price:
                out.append(Repriced(entry.order_id, price))
            self.rest(entry.altered(LIMIT, price, entry.qty), entry.qty)

    def _passive(self, entry: Entry) -> int:
        """The price at which it takes nothing, NO_PRICE where it must have none but its own."""
        far = self._far(entry)
        best = self._best(entry, far.sign * far.keys[-1] if far.keys else None)
        if best is None or far.sign * best < far.sign * entry.price:
            return entry.price
        if entry.extra.post_only != _REPRICE:
            return NO_PRICE
        return self._rules.ticks.next(best, entry.buys)

    def _best(self, entry: Entry, price: int | None) -> int | None:
        """The best price that an order meets, of the best in its book and what is implied."""
        if self.links is None:
            return price
        owner = self._sweep.taker(entry, entry.qty).owner
        offer = self.links.offer(entry.buys, owner, entry.qty)
        if offer is None:
            return price
        if price is None:
            return offer.price
        return min(price, offer.price) if entry.buys else max(price, offer.price)

    def _take(self, entry: Entry, min_qty: int, out: list[BookEvent]) -> int:
        """Trade what can be; return what is left to rest."""
        far, limited, extra = self._far(entry), entry.ord_type == LIMIT, entry.extra
        key = far.sign * entry.price if limited else ANY_PRICE
        reach = key - extra.discretion if limited else ANY_PRICE
        whole = entry.tif == FOK or extra.all_or_none
        want = entry.qty if whole else min(min_qty, entry.qty)
        taker = self._sweep.taker(entry, entry.qty)
        if want and not self._can_fill(taker, far, reach, key, want):
            if limited and extra.all_or_none and not entry.immediate:
                return entry.qty
            why = Reason.NO_LIQUIDITY if whole else Reason.MIN_QTY
            out.append(Dropped(entry.order_id, entry.qty, why))
            return 0
        if self.links is None:
            self._sweep.take(taker, far, reach, out)
        else:
            self.links.take(self._sweep, taker, far, reach, out)
        if limited and taker.qty:
            self._sweep.take_beyond(taker, far, key, out)
        if taker.qty and (entry.immediate or not limited):
            out.append(Dropped(entry.order_id, taker.qty))
            return 0
        return taker.qty

    def _can_fill(self, taker: Taker, far: Half, reach: int, key: int, want: int) -> bool:
        if self.links is not None:
            want -= self.links.promised(taker, far, reach)
        return self._sweep.can_fill(taker, far, reach, key, want)

    def _far(self, entry: Entry) -> Half:
        return self._book.asks if entry.buys else self._book.bids
