"""
Resting quotes: two-sided prices of a session, which are a bid and an offer in the book.

Each side is an order of the session, entered and matched like any, whose fills are told by reports
of it; all else is told of the quote. A new quote of a session for an instrument, under the same
entry of a mass quote, takes the place of the old one: what is left of a side stays where it is in
time, where the book's rules for replaced orders say so. An indicative quote is kept and told, and
has no orders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch.checks import Refusal, check_terms
from exsim.dispatch.protection import Group, Protection
from exsim.dispatch.resting_quotes import Key, RestingQuote, resting_of, terms_of
from exsim.dispatch.tasks import QUOTE_END, QuoteTask
from exsim.dispatch.traders import Traders
from exsim.model.codes import OrdType, Reason, Side, TimeInForce
from exsim.model.events import Event
from exsim.model.plain import Plain
from exsim.model.quote_codes import Acks, QuoteStatus
from exsim.model.quote_events import EntryFault, MassQuoteAck, QuoteState
from exsim.model.quotes import (
    Quote,
    QuoteEntry,
)
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.model.trades import BookEvent, Combined, Traded
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_LIMIT: Final = int(OrdType.LIMIT)
_DAY: Final = int(TimeInForce.DAY)
_ACKS: Final = {"all": int(Acks.ALL), "negative": int(Acks.NEGATIVE), "none": int(Acks.NONE)}


class QuoteDesk(Traders):
    """The quotes in the books of one venue. ``last`` is the number of the newest."""

    __slots__ = ("_by_key", "_by_order", "_venue", "last", "protection")

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._by_key: dict[Key, RestingQuote] = {}
        self._by_order: dict[int, RestingQuote] = {}
        self.protection = Protection(venue.settings.quoting)
        self.last = 0

    def reset(self) -> None:
        """There was never a quote."""
        self._by_key.clear()
        self._by_order.clear()
        self.protection.clear()
        self.last = 0
        self._venue.traders = None

    # -- what is asked

    def quote(self, request: Quote, now: int, out: list[Event]) -> None:
        """Put quotes in the books, and acknowledge them as they ask for."""
        if request.resets:
            self.protection.reset(request.session)
        faults: list[EntryFault] = []
        for entry in request.entries:
            refusal = self._enter(request, entry, now, out)
            if refusal is not None:
                faults.append(EntryFault(entry, refusal[0], refusal[1]))
        level = self.level(request.level)
        if level == int(Acks.ALL) or (faults and level == int(Acks.NEGATIVE)):
            self._acknowledge(request, faults, now, out)

    def level(self, asked: int) -> int:
        """Which acknowledgements are sent."""
        return _ACKS[self._venue.settings.quoting.quote_acks] if asked < 0 else asked

    def _acknowledge(
        self, request: Quote, faults: list[EntryFault], now: int, out: list[Event]
    ) -> None:
        if request.mass:
            out.append(MassQuoteAck(request, now, faults))
        elif faults:
            self.refuse(request, faults[0].reason, faults[0].text, now, out)
        else:
            entry = request.entries[0]
            out.append(
                QuoteState(
                    request.session,
                    now,
                    request.cl_ord_id,
                    entry,
                    int(QuoteStatus.ACCEPTED),
                    req_id=request.req_id,
                    resp_id=request.resp_id,
                    account=request.account,
                    carry=request.carry,
                )
            )

    def refuse(self, request: Quote, reason: Reason, text: str, now: int, out: list[Event]) -> None:
        """Refuse quotes as a whole."""
        if request.mass:
            out.append(MassQuoteAck(request, now, [], reason, text))
            return
        out.append(
            QuoteState(
                request.session,
                now,
                request.cl_ord_id,
                request.entries[0],
                int(QuoteStatus.REJECTED),
                reason,
                text or reason.value,
                request.req_id,
                account=request.account,
                resp_id=request.resp_id,
                refused=request,
                carry=request.carry,
            )
        )

    # -- entering

    def _enter(
        self, request: Quote, entry: QuoteEntry, now: int, out: list[Event]
    ) -> Refusal | None:
        symbol = self._venue.aliases.get(entry.symbol, entry.symbol)
        key = (request.session, symbol, entry.set_id, entry.entry_id)
        refusal = self._check(request, entry, key, now)
        if refusal is not None:
            return refusal
        quote = self._by_key.get(key)
        if quote is None:
            if not (entry.bids or entry.offers):
                return None  # nothing is to be there, and nothing is
            self.last += 1
            quote = self._by_key[key] = RestingQuote(key, self.last)
            self._venue.traders = self
        moves_up = entry.bids and quote.entry.bids and entry.bid > quote.entry.bid
        quote.quote_id, quote.req_id = request.cl_ord_id, request.req_id
        quote.account, quote.entry = request.account, entry
        if entry.indicative:
            self._show(quote, now, out)
            return None
        for side in (_SELL, _BUY) if moves_up else (_BUY, _SELL):  # never into its own other side
            self._enter_side(quote, side, now, out)
            if self._by_key.get(key) is not quote:
                return None  # it traded, and protection pulled it
        if not (quote.bid or quote.offer):
            del self._by_key[key]
        elif entry.valid_until:
            self._venue.agenda.add(entry.valid_until, QuoteTask(QUOTE_END, quote.number))
        return None

    def _show(self, quote: RestingQuote, now: int, out: list[Event]) -> None:
        """Keep an indicative quote, in the place of one that was in the book."""
        for side in (_BUY, _SELL):
            order = self._open(quote, side)
            self._mark(quote, side, 0)
            if order is not None:
                self._take(order, now, out)
        if not (quote.entry.bids or quote.entry.offers):
            del self._by_key[quote.key]
        elif quote.entry.valid_until:
            self._venue.agenda.add(quote.entry.valid_until, QuoteTask(QUOTE_END, quote.number))

    def _check(self, request: Quote, entry: QuoteEntry, key: Key, now: int) -> Refusal | None:
        """Whether a quote may rest, in the words of both of its sides."""
        listing = self._venue.listings.get(key[1])
        if listing is None:
            return Reason.UNKNOWN_SYMBOL, f"unknown symbol {key[1][:40]!r}"
        why = self.protection.tripped.get(self._group(key))
        if why is not None:
            return Reason.RISK, f"market maker protection is on: {why}"
        if entry.valid_until and entry.valid_until <= now:
            return Reason.STALE, "ValidUntilTime is over"
        if entry.bids and entry.offers and entry.bid >= entry.offer:
            return Reason.BID_ASK, "the bid is not below the offer"
        if entry.indicative:
            return None
        quote = self._by_key.get(key)
        opens = 0
        for side in (_BUY, _SELL):
            terms = terms_of(
                request.session, request.cl_ord_id, request.account, entry, side, key[1]
            )
            order = None if quote is None else self._open(quote, side)
            refusal = None if terms is None else self._check_side(terms, order, opens, now)
            if refusal is not None:
                return refusal
            if terms is not None and order is None:
                opens += 1
        return None

    def _check_side(
        self, terms: NewOrder, order: Order | None, opens: int, now: int
    ) -> Refusal | None:
        """Whether a side may rest, beside ``opens`` new orders of the same quote."""
        venue = self._venue
        listing = venue.listings[terms.symbol]
        refusal = check_terms(terms, listing, now)
        if refusal is not None or venue.risk is None:
            return refusal
        if order is None:
            return venue.risk.check_quote(terms, listing, opens)
        return venue.risk.check_replace(order, terms.with_qty(order.cum + terms.qty), listing)

    def _open(self, quote: RestingQuote, side: int) -> Order | None:
        """The order of a side that is still open."""
        order = self._venue.orders.get(quote.bid if side == _BUY else quote.offer)
        return order if order is not None and order.open else None

    def _enter_side(self, quote: RestingQuote, side: int, now: int, out: list[Event]) -> None:
        """Have one side rest as the quote has it now."""
        venue, order = self._venue, self._open(quote, side)
        terms = terms_of(
            quote.session, quote.quote_id, quote.account, quote.entry, side, quote.symbol
        )
        if terms is None:
            if order is not None:
                self._take(order, now, out)
            self._mark(quote, side, 0)
        elif order is not None:
            order.terms = terms.with_qty(order.cum + terms.qty)
            order.leaves = terms.qty
            order.updated = now
            if venue.orders.watcher is not None:
                venue.orders.watcher.changed(order)
            venue.orders.touch(order)
            venue.rework(order, now, out)
        else:
            order = venue.orders.create(terms, now, False)
            venue.orders.accepted(order, now)  # told of the quote, not of its sides
            self._mark(quote, side, order.number)
            venue.enter_by_rules(venue.listings[terms.symbol], order, now, out)
        if order is not None and not order.open:
            self._mark(quote, side, 0)

    def _mark(self, quote: RestingQuote, side: int, number: int) -> None:
        before = quote.bid if side == _BUY else quote.offer
        if before and before != number:
            self._by_order.pop(before, None)
        if side == _BUY:
            quote.bid = number
        else:
            quote.offer = number
        if number:
            self._by_order[number] = quote

    def _take(self, order: Order, now: int, out: list[Event]) -> None:
        """Take a side off the book; what is told is told of the quote."""
        self._venue.take_out(order)
        self._venue.orders.canceled(order, now)
        self._venue.after(order.terms.symbol, now, out)

    # -- what becomes of them

    def traded(self, done: list[BookEvent], symbol: str, now: int, out: list[Event]) -> None:
        """Forget what was filled, and pull the quotes of whoever had too many fills."""
        tripped: list[Group] = []
        for event in done:
            for number, qty in _parties(event):
                quote = self._by_order.get(number)
                if quote is None:
                    continue
                buys = quote.bid == number
                self._tidy(quote)
                group = self._group(quote.key)
                if self._venue.settings.quoting.protects and self.protection.filled(
                    group, qty, buys, now
                ):
                    tripped.append(group)
        for group in tripped:
            text = f"market maker protection: {self.protection.tripped.get(group, '')}"
            for quote in [each for each in self.all() if self._group(each.key) == group]:
                self.pull(quote, QuoteStatus.REMOVED, text, now, out)

    def owns(self, number: int) -> bool:
        """Whether an order is a side of a quote."""
        return number in self._by_order

    def _tidy(self, quote: RestingQuote) -> None:
        """Forget the sides that are not open, and the quote when both are not."""
        if quote.entry.indicative and quote.symbol in self._venue.listings:
            return
        for side in (_BUY, _SELL):
            if self._open(quote, side) is None:
                self._mark(quote, side, 0)
        if not (quote.bid or quote.offer) and self._by_key.get(quote.key) is quote:
            del self._by_key[quote.key]

    def _group(self, key: Key) -> Group:
        instrument = self._venue.instruments.get(key[1])
        underlying = key[1] if instrument is None else instrument.underlying or key[1]
        return self.protection.group(key[0], underlying)

    def all(self) -> list[RestingQuote]:
        """The quotes that are there, oldest first; those whose orders went are forgotten."""
        for quote in list(self._by_key.values()):
            self._tidy(quote)
        return list(self._by_key.values())

    def remove(self, quote: RestingQuote, now: int, out: list[Event]) -> None:
        """Take a quote off the book, without a word."""
        self._by_key.pop(quote.key, None)
        for side in (_BUY, _SELL):
            order = self._open(quote, side)
            self._mark(quote, side, 0)
            if order is not None:
                self._take(order, now, out)

    def pull(
        self, quote: RestingQuote, status: QuoteStatus, text: str, now: int, out: list[Event]
    ) -> None:
        """Take a quote off the book that nobody of its session asked to cancel, and tell that."""
        told = self.told(quote, status, now, text)
        self.remove(quote, now, out)
        out.append(told)

    def day_over(self, now: int, out: list[Event]) -> None:
        """Indicative quotes end with the day, as the orders of others do."""
        self.hide("", "the day is over", now, out)

    def hide(self, session: str, text: str, now: int, out: list[Event]) -> None:
        """Pull the indicative quotes of a session, or of all: they end as orders do."""
        for quote in self.all():
            if quote.entry.indicative and session in ("", quote.session):
                self.pull(quote, QuoteStatus.REMOVED, text, now, out)

    def expire(self, number: int, now: int, out: list[Event]) -> None:
        """The time of a quote may be over."""
        for quote in self.all():
            until = quote.entry.valid_until
            if quote.number == number and until and until <= now:
                self.pull(quote, QuoteStatus.EXPIRED, "ValidUntilTime is over", now, out)

    def told(
        self,
        quote: RestingQuote,
        status: QuoteStatus,
        now: int,
        text: str = "",
        status_id: str = "",
    ) -> QuoteState:
        """What a session is told of a quote, with what is left of its sides."""
        bid, offer = self._open(quote, _BUY), self._open(quote, _SELL)
        entry = (
            quote.entry
            if quote.entry.indicative
            else QuoteEntry(
                quote.symbol,
                NO_PRICE if bid is None else bid.terms.price,
                NO_PRICE if offer is None else offer.terms.price,
                0 if bid is None else bid.leaves,
                0 if offer is None else offer.leaves,
                quote.entry.entry_id,
                quote.entry.set_id,
                quote.entry.valid_until,
            )
        )
        return QuoteState(
            quote.session,
            now,
            quote.quote_id,
            entry,
            int(status),
            text=text,
            req_id=quote.req_id,
            status_id=status_id,
            account=quote.account,
        )

    # -- snapshots

    def state(self) -> Plain:
        """All of it."""
        quotes = [quote.state() for quote in self._by_key.values()]
        return [quotes, self.last, self.protection.state()]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told; the orders are there already."""
        quotes, self.last, protection = plain
        self.protection.restore(protection)
        for each in quotes:
            quote = resting_of(each)
            if quote.symbol not in self._venue.listings:
                continue
            self._by_key[quote.key] = quote
            for number in (quote.bid, quote.offer):
                if number:
                    self._by_order[number] = quote
        if self._by_key:
            self._venue.traders = self


def _parties(event: BookEvent) -> list[tuple[int, int]]:
    """Which orders traded how much."""
    if isinstance(event, Traded):
        return [(event.taker_id, event.qty), (event.maker_id, event.qty)]
    if isinstance(event, Combined):
        return [(part.order_id, part.qty) for part in (event.spread, *event.legs)]
    return []
