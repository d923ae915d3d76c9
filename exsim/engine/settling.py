"""
What follows of a change to a book, until nothing does.

Waiting orders that the prices now elect come to the book, pegged orders get the prices that they
follow now, orders that may trade while they rest (all-or-none, discretionary) do, and those go that
are to be the best of their side and are not. It ends: each round elects, trades or drops something,
or moves pegs to prices that other orders make.
"""

from __future__ import annotations

from exsim.engine.arrival import Arrival
from exsim.engine.book import Book
from exsim.engine.entry import ELECTED, Entry
from exsim.engine.pegs import Pegged, peg_price
from exsim.engine.triggers import Triggers
from exsim.model.codes import Reason
from exsim.model.market import Ticks
from exsim.model.requests import NO_PRICE
from exsim.model.trades import BookEvent, Dropped, Repriced, Triggered


class Settling:
    """Looks after what is there besides plain orders; ``ticks`` are what prices are rounded to."""

    __slots__ = ("_arrival", "_book", "_quotes", "_ticks", "_triggers")

    def __init__(self, book: Book, triggers: Triggers, arrival: Arrival, ticks: Ticks) -> None:
        self._book = book
        self._triggers = triggers
        self._arrival = arrival
        self._ticks = ticks
        #: What pegs were priced by last, None where they have to be looked at in any case.
        self._quotes: tuple[int | None, int | None] | None = None

    def settle(self, out: list[BookEvent]) -> None:
        """Let it all happen, as long as the market is not interrupted by it."""
        while self._elect(out) or self._reprice(out) or self._retry(out) or self._leave(out):
            if not self._arrival.matching:
                self._quotes = None
                break

    def enter_peg(self, entry: Entry, min_qty: int, out: list[BookEvent]) -> None:
        """Let a pegged order come: it is priced when this is settled, or at once, or never."""
        if not entry.immediate:
            self._quotes = None
            self._book.pegs[entry.order_id] = Pegged(entry, entry.qty, NO_PRICE, min_qty)
            return
        price = NO_PRICE
        if self._arrival.matching:
            bid, ask = self._book.bids.best_quote(), self._book.asks.best_quote()
            price = peg_price(entry, bid, ask, self._ticks)
        if price == NO_PRICE:
            out.append(Dropped(entry.order_id, entry.qty))
        else:
            self._arrival.enter_at(entry, price, entry.qty, min_qty, out)

    def _elect(self, out: list[BookEvent]) -> bool:
        """Bring waiting orders to the book that the prices elect, in the order of arrival."""
        if not self._triggers.parked:
            return False
        bid, ask = self._book.bids.best_shown(), self._book.asks.best_shown()
        elected = self._triggers.elect(self._book.last, bid, ask, self._ticks)
        for parked in elected:
            entry, limit = parked.entry, parked.limit
            if self._arrival.gone(entry):
                continue
            out.append(Triggered(entry.order_id))
            if limit != entry.price:
                out.append(Repriced(entry.order_id, limit))
            entered = entry.altered(ELECTED[entry.ord_type], limit, entry.qty)
            self._arrival.bring(entered, entry.extra.min_qty, out)
        return bool(elected)

    def _reprice(self, out: list[BookEvent]) -> bool:
        """Give pegs the prices that they follow now; one that moves queues anew, and may trade."""
        pegs = self._book.pegs
        if not pegs:
            return False
        quotes = (self._book.bids.best_quote(), self._book.asks.best_quote())
        if quotes == self._quotes:
            return False
        self._quotes = quotes
        moved = False
        for pegged in list(pegs.values()):
            if pegs.get(pegged.entry.order_id) is pegged:
                price = peg_price(pegged.entry, quotes[0], quotes[1], self._ticks)
                if price != pegged.target:
                    self._move(pegged, price, out)
                    moved = True
        return moved

    def _move(self, pegged: Pegged, price: int, out: list[BookEvent]) -> None:
        entry, pegs = pegged.entry, self._book.pegs
        qty = pegged.waiting or self._book.cancel(entry.order_id)
        pegs.pop(entry.order_id, None)
        if price == NO_PRICE:
            pegs[entry.order_id] = Pegged(entry, qty, NO_PRICE, pegged.min_qty)
            return
        self._arrival.enter_at(entry, price, qty, pegged.min_qty, out)
        if self._book.find(entry.order_id) is not None:
            pegs[entry.order_id] = Pegged(entry, 0, price, 0)

    def _retry(self, out: list[BookEvent]) -> bool:
        """Let orders trade that may while they rest, in the order in which they came to rest."""
        eager = self._book.eager
        if not eager:
            return False
        traded = False
        for order in list(eager.values()):
            if eager.get(order.order_id) is order and self._arrival.take_resting(order, out):
                traded = True
        return traded

    def _leave(self, out: list[BookEvent]) -> bool:
        """Let orders go that are to be the best of their side, where a better price is shown."""
        picky = self._book.picky
        if not picky:
            return False
        left = False
        for order in list(picky.values()):
            half = order.level.half
            best = half.best_shown()
            if best is not None and half.sign * best > half.sign * order.level.price:
                qty = self._book.cancel(order.order_id)
                out.append(Dropped(order.order_id, qty, Reason.NOT_BEST))
                left = True
        return left
