"""
Requests for quotes (RFQ), streams of quotes (RFS), what takers answer, and indications of interest.

A request is answered by the venue itself, with a price of its source and a spread around it, or
sent on to the market makers that are there, whose quotes come back to who asked. Whatever the taker
is told has an identifier of the venue's own; a previously quoted order, or a response that hits,
names it and trades at its price, once it has been looked at for as long as the venue does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch.checks import Refusal
from exsim.dispatch.listing import Listing
from exsim.dispatch.tasks import LAST_LOOK, OFFER_END, REQUEST_END, STREAM, QuoteTask
from exsim.model.amounts import UNIT, format_amount
from exsim.model.codes import PREVIOUSLY_QUOTED, OrdType, Reason, Side, TimeInForce
from exsim.model.events import Event
from exsim.model.instructions import Instructions
from exsim.model.luck import Luck
from exsim.model.participants import distance
from exsim.model.plain import Plain
from exsim.model.quotes import (
    Ioi,
    IoiTold,
    Quote,
    QuoteAnswered,
    QuoteAsk,
    QuoteAsked,
    QuoteCancel,
    QuoteEntry,
    QuoteRequest,
    QuoteRequestRefused,
    QuoteResponse,
    QuoteState,
    QuoteStatus,
    QuoteTold,
    QuoteWithdrawn,
    ResponseType,
    entry_of,
)
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_LIMIT: Final = int(OrdType.LIMIT)
_DAY: Final = int(TimeInForce.DAY)
_MOST_IOIS: Final = 10_000
_PASSED: Final = "all market makers passed"
LOOKED: Final = "refused in last look"
MAKERS: Final = "makers"
IOI_RECEIVERS: Final = "ioi"
"""The roles of sessions that :attr:`exsim.dispatch.accounts.Accounts.having` tells of."""


class Asked:
    """
    A request that goes on: for one instrument, until ``ends``. ``makers`` are those who have been
    asked and neither quoted nor passed; ``offers`` counts the quotes that came; ``ref`` is what a
    late refusal has to name.
    """

    __slots__ = ("ask", "ends", "makers", "number", "offers", "ref", "req_id", "streams", "taker")

    def __init__(
        self, number: int, taker: str, req_id: str, ask: QuoteAsk, streams: bool, ends: int
    ) -> None:
        self.number = number
        self.taker = taker
        self.req_id = req_id
        self.ask = ask
        self.streams = streams
        self.ends = ends
        self.makers: list[str] = []
        self.offers = 0
        self.ref = ""

    @property
    def name(self) -> str:
        """What market makers know it as: QuoteReqID."""
        return f"R{self.number}"

    def state(self) -> Plain:
        """All of it."""
        ask = [self.ask.symbol, self.ask.side, self.ask.qty]
        named = [self.number, self.taker, self.req_id, ask, self.streams, self.ends]
        return [*named, self.makers, self.offers, self.ref]


class Offer:
    """
    A quote that a taker was told, to trade on until ``entry.valid_until``. ``maker`` is the session
    that made it and ``maker_id`` its QuoteID there; empty where it is the venue's own.
    """

    __slots__ = ("account", "asked", "entry", "maker", "maker_id", "number", "req_id", "taker")

    def __init__(
        self,
        number: int,
        asked: int,
        taker: str,
        req_id: str,
        entry: QuoteEntry,
        maker: str = "",
        maker_id: str = "",
        account: str = "",
    ) -> None:
        self.number = number
        self.asked = asked
        self.taker = taker
        self.req_id = req_id
        self.entry = entry
        self.maker = maker
        self.maker_id = maker_id
        self.account = account

    @property
    def name(self) -> str:
        """What the taker knows it as: QuoteID."""
        return f"Q{self.number}"

    def state(self) -> Plain:
        """All of it."""
        named = [self.number, self.asked, self.taker, self.req_id, self.entry.state()]
        return [*named, self.maker, self.maker_id, self.account]


class RequestDesk:
    """The requests for quotes of one venue, and what was quoted for them."""

    __slots__ = ("_asked", "_iois", "_last", "_looked", "_luck", "_offers", "_seed", "_venue")

    def __init__(self, venue: Venue, seed: int) -> None:
        self._venue = venue
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Nobody has asked."""
        self._asked: dict[int, Asked] = {}
        self._offers: dict[int, Offer] = {}
        self._looked: dict[int, Offer] = {}  # by the number of the order that is looked at
        self._iois: dict[tuple[str, str], int] = {}
        self._last = 0
        self._luck = Luck(self._seed ^ 0x5146)  # its own, so that auctions do not shift it

    # -- requests

    def request(self, request: QuoteRequest, now: int, out: list[Event]) -> None:
        """Answer a request for quotes, or send it on, instrument by instrument."""
        names = {(asked.taker, asked.req_id) for asked in self._asked.values()}
        repeated = (request.session, request.cl_ord_id) in names
        for ask in request.asks:
            symbol = self._venue.aliases.get(ask.symbol, ask.symbol)
            meant = QuoteAsk(symbol, ask.side, ask.qty)
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
        bid, offer = _around(listing, price, distance(settings.rfq_spread, price))
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
        self._offers[offer.number] = offer
        self._venue.agenda.add(entry.valid_until, QuoteTask(OFFER_END, offer.number))
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

    def expire(self, number: int) -> None:
        """The time of a quote is over; who was told it knows by its ValidUntilTime."""
        self._offers.pop(number, None)

    # -- market makers

    def quoted(self, request: Quote, now: int, out: list[Event]) -> bool:
        """Send a market maker's quote on to who asked; False where it answers no request."""
        asked = self._named(request.req_id)
        if asked is None:
            return False
        entry = request.entries[0]
        refusal = self._check_quote(asked, entry, now)
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
        )
        name, account = request.cl_ord_id, request.account
        self._offer(asked, told, request.session, name, account, request.resp_id, now, out)
        return True

    def _named(self, req_id: str) -> Asked | None:
        if not req_id.startswith("R") or not req_id[1:].isdigit() or len(req_id) > 18:
            return None
        return self._asked.get(int(req_id[1:]))

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
        for offer in list(self._offers.values()):
            all_of_it = request.how == 4 or (request.req_id and request.req_id == f"R{offer.asked}")
            if offer.maker == session and (all_of_it or offer.maker_id == request.cl_ord_id):
                del self._offers[offer.number]
                symbol = offer.entry.symbol
                out.append(QuoteWithdrawn(offer.taker, now, offer.name, offer.req_id, symbol))
                count += 1
        return count

    # -- takers

    def deal(self, terms: NewOrder, now: int, out: list[Event]) -> None:
        """Trade on a quote, or refuse to: what a previously quoted order asks for."""
        venue = self._venue
        extra = terms.extra
        offer = None if extra is None else self._found(extra.quote_id, terms.session)
        refusal = self._check_deal(terms, offer, now)
        if offer is None or refusal is not None:
            reason, text = refusal or (Reason.UNKNOWN_QUOTE, "")
            venue.reject(terms, reason, text, now, out)
            return
        order = venue.orders.create(terms, now)
        del self._offers[offer.number]
        self._looked[order.number] = offer
        hold = venue.settings.quoting.last_look[0]
        if hold:
            venue.agenda.add(now + hold, QuoteTask(LAST_LOOK, order.number))
        else:
            self.looked(order.number, now, out)

    def _found(self, name: str, taker: str) -> Offer | None:
        if not name.startswith("Q") or not name[1:].isdigit() or len(name) > 18:
            return None
        offer = self._offers.get(int(name[1:]))
        return offer if offer is not None and offer.taker == taker else None

    def _check_deal(self, terms: NewOrder, offer: Offer | None, now: int) -> Refusal | None:
        venue = self._venue
        if venue.orders.known(terms.session, terms.cl_ord_id):
            return Reason.DUPLICATE, f"duplicate ClOrdID {terms.cl_ord_id[:40]!r}"
        if offer is None:
            return Reason.UNKNOWN_QUOTE, "the quote is over, or never was"
        entry, listing = offer.entry, venue.listings.get(terms.symbol)
        if terms.symbol != entry.symbol or listing is None:
            return Reason.UNKNOWN_SYMBOL, f"the quote is for {entry.symbol}"
        buys = terms.side == _BUY
        if not (entry.offers if buys else entry.bids):
            return Reason.UNSUPPORTED, "the quote has no such side"
        price, size = (entry.offer, entry.offer_size) if buys else (entry.bid, entry.bid_size)
        if terms.price not in (NO_PRICE, price):
            return Reason.PRICE, f"the quote is at {format_amount(price)}"
        if not 0 < terms.qty <= size:
            return Reason.QUANTITY, f"the quote is for up to {format_amount(size)}"
        if venue.risk is not None:
            return venue.risk.check_new(terms.with_qty(terms.qty, price), listing, now)
        return None

    def looked(self, number: int, now: int, out: list[Event]) -> None:
        """The last look is over: it trades, or it does not."""
        venue = self._venue
        offer, order = self._looked.pop(number, None), venue.orders.get(number)
        if offer is None or order is None:
            return
        chance = venue.settings.quoting.last_look[1]
        if chance < UNIT and self._luck.below(UNIT) >= chance:
            out.append(venue.orders.rejected(order, Reason.LAST_LOOK, LOOKED, now))
            return
        out.append(venue.orders.accepted(order, now))
        buys = order.terms.side == _BUY
        price = offer.entry.offer if buys else offer.entry.bid
        maker = self._maker(offer, order, price, now) if offer.maker else None
        venue.fill_order(order, order.leaves, price, now, out, maker)

    def _maker(self, offer: Offer, order: Order, price: int, now: int) -> Order:
        """The market maker's side of a trade: an order that reports tell of by its quote."""
        terms = NewOrder(
            offer.maker,
            offer.maker_id,
            order.terms.symbol,
            _SELL if order.terms.side == _BUY else _BUY,
            _LIMIT,
            _DAY,
            order.leaves,
            price,
            offer.account,
            "",
            offer.entry.carry,
        )
        maker = self._venue.orders.create(terms, now, False)
        self._venue.orders.accepted(maker, now)
        return maker

    def respond(self, request: QuoteResponse, now: int, out: list[Event]) -> None:
        """Do what a taker answers to a quote; or a market maker passes on a request."""
        asked = self._named(request.req_id)
        if asked is not None and request.session in asked.makers:
            asked.makers.remove(request.session)
            if not asked.makers and not asked.offers:
                self._end(asked, _PASSED, now, out)
            return
        offer = self._found(request.quote_id, request.session)
        if offer is None:
            self._answer(
                request, QuoteStatus.NOT_FOUND, "the quote is over, or never was", now, out
            )
        elif request.what == int(ResponseType.HIT):
            self.deal(_hit(request, offer), now, out)
        elif request.what == int(ResponseType.COUNTER) and not offer.maker:
            self._answer(request, QuoteStatus.REJECTED, "the venue's quotes are firm", now, out)
        else:
            self._forward(request, offer, now, out)

    def _forward(self, request: QuoteResponse, offer: Offer, now: int, out: list[Event]) -> None:
        """Tell a market maker what is answered; but for a counter, the quote is over."""
        if request.what != int(ResponseType.COUNTER):
            del self._offers[offer.number]
            over = request.what == int(ResponseType.EXPIRED)
            status = QuoteStatus.EXPIRED if over else QuoteStatus.PASS
            self._answer(request, status, "", now, out)
        if offer.maker:
            out.append(
                QuoteAnswered(
                    offer.maker,
                    now,
                    request.cl_ord_id,
                    request.what,
                    offer.maker_id,
                    offer.entry.symbol,
                    request.side,
                    request.qty,
                    request.price,
                )
            )

    def _answer(
        self,
        request: QuoteResponse,
        status: QuoteStatus,
        text: str,
        now: int,
        out: list[Event],
    ) -> None:
        reasons = {QuoteStatus.NOT_FOUND: Reason.UNKNOWN_QUOTE, QuoteStatus.REJECTED: Reason.OTHER}
        out.append(
            QuoteState(
                request.session,
                now,
                request.quote_id or "*",
                QuoteEntry(request.symbol),
                int(status),
                reasons.get(status),
                text,
                resp_id=request.cl_ord_id,
                carry=request.carry,
            )
        )

    # -- indications of interest

    def indicate(self, ioi: Ioi, now: int, out: list[Event]) -> Refusal | None:
        """Send an indication of interest on to who asks for such."""
        symbol = self._venue.aliases.get(ioi.symbol, ioi.symbol)
        if symbol not in self._venue.listings:
            return Reason.UNKNOWN_SYMBOL, f"unknown symbol {ioi.symbol[:40]!r}"
        if self._venue.settings.quoting.ioi != "route":
            return None
        number = self._number(ioi.session, ioi.cl_ord_id)
        earlier = self._iois.get((ioi.session, ioi.ref_id))
        ref_id = "" if earlier is None else str(earlier)
        for name in self._venue.accounts.having(IOI_RECEIVERS):
            if name != ioi.session:
                out.append(IoiTold(name, now, ioi, str(number), ref_id))
        return None

    def _number(self, session: str, name: str) -> int:
        """What others know an indication as: two senders may use one identifier."""
        key = (session, name)
        number = self._iois.get(key)
        if number is None:
            self._last += 1
            number = self._iois[key] = self._last
            if len(self._iois) > _MOST_IOIS:
                del self._iois[next(iter(self._iois))]
        return number

    # -- sessions that go, and snapshots

    def left(self, session: str) -> None:
        """Stream no more to a session that is gone, and await nothing of it."""
        for asked in list(self._asked.values()):
            if asked.taker == session:
                del self._asked[asked.number]
            elif session in asked.makers:
                asked.makers.remove(session)
        for offer in list(self._offers.values()):
            if session in (offer.taker, offer.maker):
                del self._offers[offer.number]

    def state(self) -> Plain:
        """All of it."""
        return [
            [asked.state() for asked in self._asked.values()],
            [offer.state() for offer in self._offers.values()],
            [[number, offer.state()] for number, offer in self._looked.items()],
            [[*key, number] for key, number in self._iois.items()],
            self._last,
            str(self._luck.state),  # it may have 64 bits
        ]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.reset()
        asked, offers, looked, iois, self._last, luck = plain
        for session, name, number in iois:
            self._iois[session, name] = number
        for number, taker, req_id, ask, streams, ends, makers, count, ref in asked:
            again = Asked(number, taker, req_id, QuoteAsk(*ask), streams, ends)
            again.makers, again.offers, again.ref = makers, count, ref
            self._asked[number] = again
        for each in offers:
            self._offers[each[0]] = _offer_of(each)
        for order, each in looked:
            self._looked[order] = _offer_of(each)
        self._luck.state = int(luck)


def _offer_of(plain: Plain) -> Offer:
    number, asked, taker, req_id, entry, maker, maker_id, account = plain
    return Offer(number, asked, taker, req_id, entry_of(entry), maker, maker_id, account)


def _around(listing: Listing, price: int, spread: int) -> tuple[int, int]:
    """Bid and offer so far from each other around a price, on ticks, and not at one price."""
    low, high = price - spread // 2, price + (spread - spread // 2)
    tick = listing.instrument.tick_at(low)
    bid = low - low % tick
    tick = listing.instrument.tick_at(high)
    offer = high + -high % tick
    return bid, offer if offer > bid else bid + tick


def _hit(request: QuoteResponse, offer: Offer) -> NewOrder:
    """The order that a hit is."""
    entry, side = offer.entry, request.side
    if not side:  # it is clear where the quote has one side alone
        side = _BUY if entry.offers else _SELL
    size = entry.offer_size if side == _BUY else entry.bid_size
    return NewOrder(
        request.session,
        request.order_name or request.cl_ord_id,
        request.symbol or entry.symbol,
        side,
        PREVIOUSLY_QUOTED,
        _DAY,
        request.qty or size,
        request.price,
        request.account,
        "",
        request.carry,
        request.raw,
        Instructions(quote_id=offer.name),
    )
