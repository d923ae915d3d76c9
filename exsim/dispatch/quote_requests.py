"""
Requests for quotes (RFQ), and streams of quotes (RFS).

A request is answered by the venue itself, with a price of its source and a spread around it, or
sent on to the market makers that are there, whose quotes come back to who asked. Whatever the taker
is told has an identifier of the venue's own; what becomes of it is in
:mod:`exsim.dispatch.quote_deals`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch.checks import Refusal
from exsim.dispatch.quote_deals import Deals
from exsim.dispatch.quotes_asked import Asked, Offer, around, asked_of, number_of
from exsim.dispatch.resting_quotes import terms_of
from exsim.dispatch.tasks import REQUEST_END, STREAM, QuoteTask
from exsim.model.codes import Reason, Side
from exsim.model.events import Event
from exsim.model.participants import distance
from exsim.model.plain import Plain
from exsim.model.quote_events import QuoteAsked, QuoteRequestRefused, QuoteTold, QuoteWithdrawn
from exsim.model.quotes import Quote, QuoteAsk, QuoteCancel, QuoteEntry, QuoteRequest, QuoteResponse
from exsim.model.requests import NO_PRICE

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_PASSED: Final = "all market makers passed"
MAKERS: Final = "makers"
"""The role of their sessions, see :attr:`exsim.dispatch.accounts.Accounts.having`."""


class RequestDesk:
    """The requests for quotes of one venue; ``deals`` is what becomes of what was quoted."""

    __slots__ = ("_asked", "_last", "_venue", "deals")

    def __init__(self, venue: Venue, seed: int) -> None:
        self._venue = venue
        self.deals = Deals(venue, seed)
        self.reset()

    def reset(self) -> None:
        """Nobody has asked."""
        self._asked: dict[int, Asked] = {}
        self._last = 0
        self.deals.reset()

    # -- requests

    def request(self, request: QuoteRequest, now: int, out: list[Event]) -> None:
        """Answer a request for quotes, or send it on, instrument by instrument."""
        names = {(asked.taker, asked.req_id) for asked in self._asked.values()}
        repeated = (request.session, request.cl_ord_id) in names
        for ask in request.asks:
            symbol = self._venue.aliases.get(ask.symbol, ask.symbol)
            meant = QuoteAsk(symbol, ask.side, ask.qty, ask.carry)
            refusal = self._check(request, meant, repeated, now) or self._ask(
                request, meant, now, out
            )
            if refusal is not None:
                self.refuse(request, ask, refusal[0], refusal[1], now, out)

    def refuse(
        self,
        request: QuoteRequest,
        ask: QuoteAsk,
        reason: Reason,
        text: str,
        now: int,
        out: list[Event],
    ) -> None:
        """Refuse a request for one instrument."""
        out.append(
            QuoteRequestRefused(
                request.session,
                now,
                request.cl_ord_id,
                ask,
                reason,
                text or reason.value,
                request.msg_type,
                request.ref,
                request.carry,
            )
        )

    def _check(
        self, request: QuoteRequest, ask: QuoteAsk, repeated: bool, now: int
    ) -> Refusal | None:
        listing = self._venue.listings.get(ask.symbol)
        if listing is None:
            return Reason.UNKNOWN_SYMBOL, f"unknown symbol {ask.symbol[:40]!r}"
        if not listing.rules.takes:
            phase = listing.phase.value
            return Reason.CLOSED, f"{ask.symbol} is in phase {phase}, which takes no orders"
        if repeated:
            return Reason.DUPLICATE, f"QuoteReqID {request.cl_ord_id[:40]!r} is in use"
        if request.expire and request.expire <= now:
            return Reason.STALE, "ExpireTime is over"
        return None

    def _ask(
        self, request: QuoteRequest, ask: QuoteAsk, now: int, out: list[Event]
    ) -> Refusal | None:
        venue, settings = self._venue, self._venue.settings.quoting
        ends = now + settings.rfq_time
        if request.expire:
            ends = min(ends, request.expire)
        self._last += 1
        asked = Asked(self._last, request.session, request.cl_ord_id, ask, request.streams, ends)
        asked.ref = request.ref
        if settings.rfq == MAKERS:
            makers = [name for name in venue.accounts.having(MAKERS) if name != request.session]
            if not makers:
                return Reason.NO_LIQUIDITY, "no market maker is there"
            asked.makers = makers
            for maker in makers:
                out.append(QuoteAsked(maker, now, asked.name, ask, ends))
        elif not self._quote(asked, now, out):
            return Reason.NO_PRICE, f"{ask.symbol} has no price"
        if request.streams or settings.rfq == MAKERS:
            self._asked[asked.number] = asked
            venue.agenda.add(ends, QuoteTask(REQUEST_END, asked.number))
            if settings.rfq != MAKERS:
                venue.agenda.add(now + settings.rfq_interval, QuoteTask(STREAM, asked.number))
        return None

    def _quote(self, asked: Asked, now: int, out: list[Event]) -> bool:
        """Quote the venue's own price; False where it has none."""
        venue, settings, ask = self._venue, self._venue.settings.quoting, asked.ask
        listing = venue.listings.get(ask.symbol)
        price = venue.price(ask.symbol, now)
        if price is None or listing is None:
            return False
        size = ask.qty or settings.rfq_size
        bid, offer = around(listing, price, distance(settings.rfq_spread, price))
        entry = QuoteEntry(
            ask.symbol,
            NO_PRICE if ask.side == _BUY else bid,
            NO_PRICE if ask.side not in (0, _BUY) else offer,
            0 if ask.side == _BUY else size,
            0 if ask.side not in (0, _BUY) else size,
            valid_until=now + settings.rfq_valid,
        )
        self._offer(asked, entry, "", "", "", "", now, out)
        return True

    def _offer(
        self,
        asked: Asked,
        entry: QuoteEntry,
        maker: str,
        maker_id: str,
        account: str,
        resp_id: str,
        now: int,
        out: list[Event],
    ) -> None:
        """Tell the taker a quote, and remember it for as long as it is good."""
        self._last += 1
        asked.offers += 1
        offer = Offer(
            self._last, asked.number, asked.taker, asked.req_id, entry, maker, maker_id, account
        )
        self.deals.add(offer)
        out.append(QuoteTold(asked.taker, now, offer.name, asked.req_id, entry, resp_id))

    def tick(self, number: int, now: int, out: list[Event]) -> None:
        """The next quote of a stream is due."""
        asked = self._asked.get(number)
        if asked is None:
            return
        due = now + self._venue.settings.quoting.rfq_interval
        if not self._quote(asked, now, out):
            self._end(asked, "there is no price any more", now, out)
        else:
            self._venue.agenda.add(due, QuoteTask(STREAM, number))

    def end(self, number: int, now: int, out: list[Event]) -> None:
        """The time of a request is over."""
        asked = self._asked.get(number)
        if asked is not None:
            self._end(asked, "no market maker has quoted", now, out)

    def _end(self, asked: Asked, text: str, now: int, out: list[Event]) -> None:
        """Quote no more for a request; one that was never quoted is refused."""
        del self._asked[asked.number]
        ask = asked.ask
        if not asked.offers:
            out.append(
                QuoteRequestRefused(
                    asked.taker,
                    now,
                    asked.req_id,
                    ask,
                    Reason.NO_LIQUIDITY,
                    text,
                    "R",
                    asked.ref,
                )
            )
        elif asked.streams:
            out.append(QuoteWithdrawn(asked.taker, now, "*", asked.req_id, ask.symbol))
        for maker in asked.makers:
            out.append(QuoteWithdrawn(maker, now, "*", asked.name, ask.symbol))

    # -- market makers

    def quoted(self, request: Quote, now: int, out: list[Event]) -> bool:
        """Send a market maker's quote on to who asked; False where it answers no request."""
        asked = self._named(request.req_id)
        if asked is None:
            return False
        entry = request.entries[0]
        refusal = self._check_quote(asked, entry, now) or self._check_limits(asked, request)
        if refusal is not None:
            self._venue.quotes.refuse(request, refusal[0], refusal[1], now, out)
            return True
        if request.session in asked.makers and not asked.streams:
            asked.makers.remove(request.session)
        until = now + self._venue.settings.quoting.rfq_valid
        told = QuoteEntry(
            asked.ask.symbol,
            entry.bid,
            entry.offer,
            entry.bid_size,
            entry.offer_size,
            valid_until=entry.valid_until or until,
            carry=entry.carry,
            indicative=entry.indicative,
        )
        name, account = request.cl_ord_id, request.account
        self._offer(asked, told, request.session, name, account, request.resp_id, now, out)
        return True

    def _named(self, req_id: str) -> Asked | None:
        return self._asked.get(number_of(req_id, "R"))

    def _check_quote(self, asked: Asked, entry: QuoteEntry, now: int) -> Refusal | None:
        symbol = self._venue.aliases.get(entry.symbol, entry.symbol)
        if symbol != asked.ask.symbol:
            return Reason.UNKNOWN_SYMBOL, f"{asked.name} is for {asked.ask.symbol}"
        if not (entry.bids or entry.offers):
            return Reason.QUANTITY, "there is neither a bid nor an offer"
        if entry.bids and entry.offers and entry.bid >= entry.offer:
            return Reason.BID_ASK, "the bid is not below the offer"
        if entry.valid_until and entry.valid_until <= now:
            return Reason.STALE, "ValidUntilTime is over"
        return None

    def _check_limits(self, asked: Asked, request: Quote) -> Refusal | None:
        """Whether each side is within the limits of who quotes it."""
        venue, entry, symbol = self._venue, request.entries[0], asked.ask.symbol
        listing = venue.listings.get(symbol)
        if venue.risk is None or listing is None or entry.indicative:
            return None
        for side in (_BUY, _SELL):
            name, account = request.cl_ord_id, request.account
            terms = terms_of(request.session, name, account, entry, side, symbol)
            refusal = None if terms is None else venue.risk.check_quote(terms, listing, 0)
            if refusal is not None:
                return refusal
        return None

    def cancel(self, request: QuoteCancel, now: int, out: list[Event]) -> int:
        """
        End the requests that a taker names, and withdraw the quotes that a market maker does; how
        many these were.
        """
        session, count = request.session, 0
        for asked in list(self._asked.values()):
            if asked.taker == session and request.req_id == asked.req_id:
                asked.streams = False
                asked.offers += 1  # it is not refused either
                self._end(asked, "", now, out)
                count += 1
        return count + self.deals.withdraw(request, now, out)

    def respond(self, request: QuoteResponse, now: int, out: list[Event]) -> None:
        """Do what a taker answers to a quote; or a market maker passes on a request."""
        asked = self._named(request.req_id)
        if asked is not None and request.session in asked.makers:
            asked.makers.remove(request.session)
            if not asked.makers and not asked.offers:
                self._end(asked, _PASSED, now, out)
            return
        self.deals.respond(request, now, out)

    # -- sessions that go, and snapshots

    def left(self, session: str) -> None:
        """Stream no more to a session that is gone, and await nothing of it."""
        for asked in list(self._asked.values()):
            if asked.taker == session:
                del self._asked[asked.number]
            elif session in asked.makers:
                asked.makers.remove(session)
        self.deals.left(session)

    def state(self) -> Plain:
        """All of it."""
        return [[asked.state() for asked in self._asked.values()], self._last, self.deals.state()]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        asked, self._last, deals = plain
        self._asked = {each[0]: asked_of(each) for each in asked}
        self.deals.restore(deals)
