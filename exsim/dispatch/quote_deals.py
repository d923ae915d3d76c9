"""
What takers do with the quotes that they were told: previously quoted orders, and responses.

An order that names a quote trades at its price, once it has been looked at for as long as the venue
does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exsim.dispatch.checks import Refusal
from exsim.dispatch.last_look import LastLook
from exsim.dispatch.quotes_asked import Offer, number_of, offer_of
from exsim.dispatch.tasks import LAST_LOOK, OFFER_END, QuoteTask
from exsim.model.amounts import format_amount
from exsim.model.codes import PREVIOUSLY_QUOTED, OrdType, Reason, Side, TimeInForce
from exsim.model.events import Event
from exsim.model.instructions import Instructions
from exsim.model.plain import Plain
from exsim.model.quote_codes import QuoteStatus, ResponseType
from exsim.model.quote_events import QuoteAnswered, QuoteState, QuoteWithdrawn
from exsim.model.quotes import QuoteCancel, QuoteEntry, QuoteResponse
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.orders.order import Order

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_LIMIT: Final = int(OrdType.LIMIT)
_DAY: Final = int(TimeInForce.DAY)
LOOKED: Final = "refused in last look"


class Deals:
    """
    The quotes of a venue that takers were told, and the orders on them that are looked at, by the
    order's number.
    """

    __slots__ = ("_looked", "_offers", "_venue", "last_look")

    def __init__(self, venue: Venue, seed: int) -> None:
        self._venue = venue
        self.last_look = LastLook(seed)
        self.reset()

    def reset(self) -> None:
        """Nobody was told a quote."""
        self._offers: dict[int, Offer] = {}
        self._looked: dict[int, Offer] = {}
        self.last_look.reset()

    def add(self, offer: Offer) -> None:
        """Remember a quote for as long as it is good."""
        self._offers[offer.number] = offer
        self._venue.agenda.add(offer.entry.valid_until, QuoteTask(OFFER_END, offer.number))

    def expire(self, number: int) -> None:
        """The time of a quote is over; who was told it knows by its ValidUntilTime."""
        self._offers.pop(number, None)

    def withdraw(self, request: QuoteCancel, now: int, out: list[Event]) -> int:
        """Withdraw the quotes that a market maker names; how many these were."""
        session, count = request.session, 0
        for offer in list(self._offers.values()):
            all_of_it = request.how == 4 or (request.req_id and request.req_id == f"R{offer.asked}")
            if offer.maker == session and (all_of_it or offer.maker_id == request.cl_ord_id):
                del self._offers[offer.number]
                symbol = offer.entry.symbol
                out.append(QuoteWithdrawn(offer.taker, now, offer.name, offer.req_id, symbol))
                count += 1
        return count

    # -- orders on quotes

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

    def looks_at(self, number: int) -> bool:
        """Whether somebody has the last look at an order."""
        return number in self._looked

    def _found(self, name: str, taker: str) -> Offer | None:
        offer = self._offers.get(number_of(name, "Q"))
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
        if entry.indicative:
            return Reason.UNSUPPORTED, "the quote is indicative: nobody trades on it"
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
        if self.last_look.refuses(venue.settings.quoting.last_look[1]):
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

    # -- responses

    def respond(self, request: QuoteResponse, now: int, out: list[Event]) -> None:
        """Do what a taker answers to a quote."""
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

    # -- sessions that go, and snapshots

    def left(self, session: str) -> None:
        """The quotes of a session that is gone, and those that it was told, are over."""
        for offer in list(self._offers.values()):
            if session in (offer.taker, offer.maker):
                del self._offers[offer.number]

    def state(self) -> Plain:
        """All of it."""
        offers = [offer.state() for offer in self._offers.values()]
        looked = [[number, offer.state()] for number, offer in self._looked.items()]
        return [offers, looked, self.last_look.state()]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        offers, looked, last_look = plain
        self._offers = {each[0]: offer_of(each) for each in offers}
        self._looked = {number: offer_of(each) for number, each in looked}
        self.last_look.restore(last_look)


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
