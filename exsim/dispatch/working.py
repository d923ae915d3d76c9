"""
Orders at work: entered into books, filled beside them, and put on other terms.

Every method appends the events that come of it to ``out``, in order. ``now`` is market time.
"""

from __future__ import annotations

from typing import Final

from exsim.dispatch import multileg
from exsim.dispatch.auctions import interrupted, interrupts
from exsim.dispatch.entering import enter, remember_end, replace
from exsim.dispatch.floor import Floor
from exsim.dispatch.listing import Listing
from exsim.dispatch.settling import settle
from exsim.errors import Conflict
from exsim.model.codes import Liquidity, Reason
from exsim.model.decisions import FillStep
from exsim.model.events import Event
from exsim.model.requests import NO_PRICE, NewOrder, ReplaceOrder
from exsim.orders.order import Order

_NONE: Final = int(Liquidity.NONE)
_ADDED: Final = int(Liquidity.ADDED)
_REMOVED: Final = int(Liquidity.REMOVED)
INTERRUPTED: Final = "the market moved too far: an auction begins"
"""The text of an order that may not be in the auction that it brought about."""


class WorkingFloor(Floor):
    """A floor with what is done to one order at a time, whoever decided it."""

    def enter_by_rules(self, listing: Listing, order: Order, now: int, out: list[Event]) -> None:
        """Enter an order that needs a second look, or has the market interrupted."""
        before = listing.last
        if self.links is not None and order.number in self.links.waiting:
            return  # until another order triggers it
        if not self._outlives(listing, order, now, out):
            return
        enter(self, listing, order, now, out)
        if interrupted(self, listing, before):
            self.interrupt(listing, now, out)

    def _outlives(self, listing: Listing, order: Order, now: int, out: list[Event]) -> bool:
        """Whether an order may go to its book once that is interrupted, where it has to be."""
        terms = order.terms
        if not interrupts(self, listing, terms, order.leaves):
            return True
        self.interrupt(listing, now, out)
        if order.open and (terms.ord_type << 8 | terms.tif) not in listing.rules.takes:
            self.cancel_order(order, now, out, INTERRUPTED)
        return order.open  # good till crossing: the auction ended it

    def fill_step(self, number: int, step: FillStep, now: int, out: list[Event]) -> None:
        """One fill of an order, if it is still open; what is asked beyond its leaves is cut."""
        order = self.orders.get(number)
        if order is None or not order.open:
            return
        price = self.found_price(order.terms, step.price, now)
        if price is None:
            self.cancel_order(order, now, out, Reason.NO_PRICE.value)
            return
        self.fill_order(order, min(step.qty, order.leaves), price, now, out)

    def fill_order(
        self,
        order: Order,
        qty: int,
        price: int,
        now: int,
        out: list[Event],
        maker: Order | None = None,
    ) -> None:
        """
        Fill an order against nobody, or against one that no book has; what is left of one in a
        book keeps its place.
        """
        working = order.working
        match = self.last_trade + 1
        took = _NONE if maker is None else _REMOVED
        out.append(self.orders.filled(order, qty, price, now, match, took))
        if self.risk is not None:
            self.risk.charge(out, order, False, now)
        if maker is not None:
            out.append(self.orders.filled(maker, qty, price, now, match, _ADDED))
            if self.risk is not None:
                self.risk.charge(out, maker, True, now)
        symbol = order.terms.symbol
        if self.orders.strategies is not None:
            multileg.tell_legs(self, symbol, out[-1:] if maker is None else out[-2:])
        self.print(symbol, price, qty, "" if maker is None else maker.order_id, order, now, out)
        if working and order.leaves:
            self.engine.resize(symbol, order.number, order.leaves)
        elif working:
            self.engine.cancel(symbol, order.number)
        listing = self.listings.get(symbol)
        if listing is not None:  # else a person filled an order for what is not traded here
            if self.settings.off_book_last:
                listing.last = price
                self.engine.printed(symbol, price, self.book_events)
            self.after(symbol, now, out)

    def fill_price(self, terms: NewOrder, price: int, now: int) -> int:
        """The price to fill at: the one given, else the limit, else the source's.

        :raises exsim.errors.Conflict: when there is none of these.
        """
        found = self.found_price(terms, price, now)
        if found is None:
            raise Conflict(f"{Reason.NO_PRICE.value}: give one")
        return found

    def found_price(self, terms: NewOrder, price: int, now: int) -> int | None:
        """The same, or None."""
        if price != NO_PRICE:
            return price
        return terms.price if terms.price != NO_PRICE else self.price(terms.symbol, now)

    def replace_order(
        self, order: Order, request: ReplaceOrder, now: int, out: list[Event]
    ) -> None:
        """
        Put an order on new terms, in its book if it is in one. One that was filled goes back there.
        """
        working, filled = order.working, not order.open
        out.append(self.orders.replaced(order, request, now))
        self.requote(order, working, filled, now, out)

    def requote(
        self, order: Order, working: bool, filled: bool, now: int, out: list[Event]
    ) -> None:
        """Have the book follow the new terms of an order, which was in one, or had been filled."""
        remember_end(self, order)
        if working:
            self.rework(order, now, out)
        elif filled and order.open:
            self.enter_by_rules(self.listings[order.terms.symbol], order, now, out)
        self.follow_links(now, out)

    def rework(self, order: Order, now: int, out: list[Event]) -> None:
        """Have the book know what an order in it has come to."""
        terms = order.terms
        listing = self.listings[terms.symbol]
        if not order.open:
            self.engine.cancel(terms.symbol, order.number)
            self.after(terms.symbol, now, out)
        elif terms.extra is not None or (terms.ord_type << 8 | terms.tif) not in listing.fast:
            before = listing.last
            if self._outlives(listing, order, now, out):
                replace(self, listing, order, now, out)
            if interrupted(self, listing, before):
                self.interrupt(listing, now, out)
        else:
            events = self.book_events
            self.engine.replace(terms.symbol, order.number, terms.price, order.leaves, events)
            settle(self, events, terms.symbol, now, out)
