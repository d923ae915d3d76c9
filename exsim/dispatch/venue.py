"""
A venue at work: what is asked of it, and what is done about that.

Every method appends the events that come of it to ``out``, in order; ``now`` is market time, but
where it says otherwise. Whether a request is allowed here at all was decided before, by the policy
chain (see :mod:`exsim.dispatch.dispatcher`). What a venue consists of is its
:mod:`exsim.dispatch.floor`, how its phases follow each other is in :mod:`exsim.dispatch.day`.
"""

from __future__ import annotations

from collections.abc import Callable

from exsim.dispatch import dealing, lists, mass, pending
from exsim.dispatch.answers import message_reject, unknown
from exsim.dispatch.auctions import interrupted, interrupts
from exsim.dispatch.capture import tell_trades
from exsim.dispatch.chain import Chain
from exsim.dispatch.checks import Refusal, check_change, check_phase, check_replace, check_terms
from exsim.dispatch.contingent import Contingent
from exsim.dispatch.day import TradingDay
from exsim.dispatch.entering import enter, remember_end, replace
from exsim.dispatch.floor import Floor
from exsim.dispatch.keeping import restore_venue, venue_state
from exsim.dispatch.leaving import GONE, LOGGED_OUT
from exsim.dispatch.listing import Listing
from exsim.dispatch.market_clock import MarketClock
from exsim.dispatch.phases import phase_of
from exsim.dispatch.quote_requests import RequestDesk
from exsim.dispatch.quotes import QuoteDesk
from exsim.dispatch.tasks import Departure, NextFill, is_of
from exsim.dispatch.timetable import Timetable
from exsim.engine.matching import MatchingEngine
from exsim.errors import Conflict
from exsim.interfaces import IPricingSource
from exsim.model.codes import PREVIOUSLY_QUOTED, Phase, Reason, Side
from exsim.model.decisions import FillStep
from exsim.model.events import Event, MassReport, TradesAnswer
from exsim.model.participants import Stay
from exsim.model.plain import Plain
from exsim.model.requests import (
    NO_PRICE,
    CancelOrder,
    ListMessage,
    MassCancel,
    MassStatus,
    NewOrder,
    OrderStatusQuery,
    OtherMessage,
    QuoteMessage,
    ReplaceOrder,
    Request,
    TradesQuery,
)
from exsim.model.settings import VenueSettings
from exsim.orders.order import Order
from exsim.orders.registry import Orders

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)
INTERRUPTED = "the market moved too far: an auction begins"
"""The text of an order that may not be in the auction that it brought about."""


class Venue(Floor):
    """
    One market. ``chain`` are its policies, asked after those of a session.

    :param timetable: when which phase begins; None where that is by hand alone.
    :param seed: fixes what is left to chance, such as the ends of auctions.
    """

    def __init__(
        self,
        settings: VenueSettings,
        engine: MatchingEngine,
        orders: Orders,
        pricing: IPricingSource | None,
        chain: Chain,
        timetable: Timetable | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(settings, engine, orders, pricing, chain)
        self.day = TradingDay(self, timetable, seed)
        self.contingent = Contingent(self)
        self.quotes = QuoteDesk(self)
        self.requests = RequestDesk(self, seed)
        for instrument in settings.instruments:
            self.add_instrument(instrument)

    def begin(self, now: int, out: list[Event]) -> None:
        """Start the market's clock and its day; ``now`` is real time."""
        if self.day.needed:
            self.day.begin(now, out)

    def reset(self) -> None:
        """Back to the state before :meth:`begin`, but for instruments, which stay."""
        self.engine.reset()
        self.orders.reset()
        self.trades.clear()
        self.agenda.clear()
        self.book_events.clear()
        self.last_trade = 0
        self.epoch += 1
        self.clock = MarketClock()
        self.day.reset()
        self.leaving.reset()
        self.accounts.reset()
        self.contingent.reset()
        self.quotes.reset()
        self.requests.reset()
        if self.risk is not None:
            self.risk.reset()
        self.rules = self.table[phase_of(self.settings.day.phase)]
        for listing in self.listings.values():
            listing.reset()
            self.follow(listing, self.rules)
        if self.pricing is not None:
            self.pricing.reset()

    # -- snapshots

    def state(self) -> Plain:
        """What was done here, for a snapshot; see :mod:`exsim.dispatch.keeping`."""
        return venue_state(self)

    def restore(self, plain: Plain, chain_of: Callable[[list[str]], Chain]) -> None:
        """Be as :meth:`state` told."""
        restore_venue(self, plain, chain_of)

    def forget_session(self, session: str) -> None:
        """Forget the ClOrdIDs of a session that is no more, and its requests that are delayed."""
        self.orders.forget_session(session)
        self.accounts.forget_session(session)
        self.requests.left(session)
        self.quotes.protection.forget(session)
        self.agenda.forget(lambda task: is_of(task, session))

    # -- sessions that go, and come back

    def left(
        self, session: str, logons: int, logged_out: bool, stay: Stay, now: int, out: list[Event]
    ) -> None:
        """
        A session is gone: its orders that are to go are canceled, or when it is away for too long.

        ``logons`` says how often it had logged on. ``now`` is real time.
        """
        self.requests.left(session)
        fleeting = self.leaving.fleeting.pop(session, False) and not logged_out
        everything = stay.ends_on_logout if logged_out else stay.ends_on_disconnect
        if not everything and not fleeting:
            return
        departure = Departure(session, everything, LOGGED_OUT if logged_out else GONE)
        if stay.grace:
            self.leaving.leave(self.agenda, departure, logons, self.time(now) + stay.grace)
        else:
            self.depart(departure, self.time(now), out)

    def depart(self, departure: Departure, now: int, out: list[Event]) -> None:
        """Cancel the orders of a session that is gone."""
        for order in self.waiting_first(self.leaving.doomed(self.orders, departure)):
            if order.open:  # else it went with one that it depends on
                self.cancel_order(order, now, out, departure.why)

    def returned(self, session: str, logons: int) -> None:
        """A session that was away may be there again."""
        before = self.leaving.away.get(session)
        if before is not None and logons > before:
            self.leaving.back(self.agenda, session)

    def next_due(self) -> int | None:
        """From which real time on the first task of the agenda is due; None for never."""
        due = self.agenda.next_due()
        return due if due is None or self.clock.real else self.clock.due(due)

    # -- phases

    def set_phase(self, phase: Phase, cancels: bool | None, now: int, out: list[Event]) -> None:
        """
        A phase begins by hand, until the timetable has another.

        ``cancels`` says whether orders may be canceled in it, where that is not as ever.
        """
        self.day.turn(self.rules_of(phase.value, cancels), now, out)

    def set_instrument_phase(
        self, symbol: str, phase: Phase | None, cancels: bool | None, now: int, out: list[Event]
    ) -> None:
        """The same for one instrument, until it is given back to the venue's phase by None.

        :raises exsim.errors.NotFound: when there is none of that symbol.
        """
        rules = None if phase is None else self.rules_of(phase.value, cancels)
        self.day.turn_one(self.listing(symbol), rules, now, out)

    # -- the engine's answers

    def match(self, request: Request, now: int, out: list[Event]) -> None:
        """Give a request to the engine, or answer it from the order's state."""
        if isinstance(request, NewOrder):
            self._enter(request, now, out)
        elif isinstance(request, (CancelOrder, ReplaceOrder)):
            self._change(request, now, out)
        elif isinstance(request, OrderStatusQuery):
            self._status(request, now, out)
        elif isinstance(request, MassCancel):
            mass.cancel_all(self, request, now, out)
        elif isinstance(request, MassStatus):
            mass.tell_all(self, request, now, out)
        elif isinstance(request, TradesQuery):
            tell_trades(self, request, out)
        elif isinstance(request, QuoteMessage):
            dealing.deal(self, request, now, out)
        elif isinstance(request, ListMessage):
            lists.deal(self, request, now, out)
        elif isinstance(request, OtherMessage):
            self.reject(request, Reason.UNSUPPORTED_MESSAGE, "", now, out)

    def _enter(self, terms: NewOrder, now: int, out: list[Event]) -> None:
        refusal = self.check_new(terms, now)
        if refusal is not None:
            if terms.ord_type == PREVIOUSLY_QUOTED:  # which no book takes
                self.requests.deal(terms, now, out)
            elif refusal[0] is Reason.DUPLICATE and self._came_before(terms, now, out):
                return
            else:
                self.reject(terms, refusal[0], refusal[1], now, out)
            return
        order = pending.create(self, terms, now, out)
        listing = self.listings[terms.symbol]
        if terms.extra is not None or (terms.ord_type << 8 | terms.tif) not in listing.fast:
            self._link(order, True)
            self.enter_by_rules(listing, order, now, out)
            return
        order.working = True
        events = self.book_events
        side = _BUY if terms.side == _BUY else _SELL
        self.engine.enter(
            terms.symbol,
            order.number,
            side,
            terms.ord_type,
            terms.tif,
            terms.price,
            terms.qty,
            events,
        )
        if events:
            self.settle(events, terms.symbol, now, out)

    def _came_before(self, terms: NewOrder, now: int, out: list[Event]) -> bool:
        """
        Tell the state of an order that may be sent again, and was here before (FIX 4.2 Appendix D,
        D31).
        """
        if terms.extra is None or not terms.extra.resent:
            return False
        order = self.orders.find(terms.session, terms.cl_ord_id)
        if order is None:
            return False
        out.append(self.orders.status(order, now, terms.carry))
        return True

    def enter_by_rules(self, listing: Listing, order: Order, now: int, out: list[Event]) -> None:
        """Enter an order that needs a second look, or has the market interrupted."""
        before, terms = listing.last, order.terms
        if self.links is not None and order.number in self.links.waiting:
            return  # until another order triggers it
        if interrupts(self, listing, terms, order.leaves):
            self.day.interrupt(listing, now, out)
            if not order.open:  # good till crossing: the auction ended it
                return
            if (terms.ord_type << 8 | terms.tif) not in listing.rules.takes:
                self.cancel_order(order, now, out, INTERRUPTED)
                return
        enter(self, listing, order, now, out)
        if interrupted(self, listing, before):
            self.day.interrupt(listing, now, out)

    def check_change(self, request: CancelOrder | ReplaceOrder) -> Refusal | None:
        """Whether a cancel or replace may be carried out."""
        return self._check(request, self.find(request))

    def _check(self, request: CancelOrder | ReplaceOrder, order: Order | None) -> Refusal | None:
        refusal = check_change(request, order, self.orders)
        if refusal is not None or order is None:
            return refusal
        listing = self.listings.get(order.terms.symbol)
        refusal = check_phase(request, listing)
        if refusal is None and isinstance(request, ReplaceOrder):
            refusal = check_replace(request, order, self.instruments.get(request.symbol))
            if self.risk is not None and refusal is None and listing is not None:
                return self.risk.check_replace(order, request.terms, listing)
        return refusal

    def find(self, request: CancelOrder | ReplaceOrder) -> Order | None:
        """
        The order that is meant: one of the session, or, to be canceled, one that it may act for,
        by its OrderID.
        """
        order = self.orders.find(request.session, request.orig_cl_ord_id, request.order_id)
        if order is None and request.order_id and isinstance(request, CancelOrder):
            other = self.orders.by_order_id(request.order_id)
            if other is not None and self.accounts.may_act_for(request.session, other):
                return other
        return order

    def _change(self, request: CancelOrder | ReplaceOrder, now: int, out: list[Event]) -> None:
        order = self.find(request)
        refusal = self._check(request, order)
        if order is None or refusal is not None:
            reason, text = refusal or (Reason.UNKNOWN_ORDER, "")
            pending.refuse(self, request, order, reason, text, now, out)
            return
        pending.tell(self, request, order, now, out)
        if isinstance(request, ReplaceOrder):
            self.replace_order(order, request, now, out)
        elif order.owner != request.session:
            self.cancel_order(order, now, out, f"session {request.session} canceled it")
            out.append(self.orders.told_to(request, order, now))
        else:
            self.take_out(order)
            out.append(self.orders.canceled(order, now, request))
            self.after(order.terms.symbol, now, out)

    def _status(self, query: OrderStatusQuery, now: int, out: list[Event]) -> None:
        order = self.orders.find(query.session, query.cl_ord_id, query.order_id)
        if order is None:
            out.append(unknown(query, Reason.UNKNOWN_ORDER, Reason.UNKNOWN_ORDER.value, now))
        else:
            out.append(self.orders.status(order, now, query.carry))

    # -- checks

    def check_new(self, terms: NewOrder, now: int) -> Refusal | None:
        """Whether a new order may be entered."""
        if self.orders.known(terms.session, terms.cl_ord_id):
            return Reason.DUPLICATE, f"duplicate ClOrdID {terms.cl_ord_id[:40]!r}"
        if self.orders.open_count >= self.settings.max_orders:
            return Reason.OTHER, f"{self.settings.max_orders} orders are open, no more are taken"
        listing = self.listings.get(terms.symbol)
        refusal = check_terms(terms, listing, now)
        if terms.extra is not None and terms.extra.link and refusal is None:
            refusal = self.contingent.check(terms, terms.extra)
        if self.risk is not None and refusal is None and listing is not None:
            return self.risk.check_new(terms, listing, now)
        return refusal

    def _link(self, order: Order, waits: bool) -> None:
        """Have an order that was accepted belong to those that it names, if it does."""
        extra = order.terms.extra
        if extra is not None and extra.link:
            self.contingent.join(order, extra, waits)

    # -- outcomes that a policy or a person chose

    def reject(
        self, request: Request, reason: Reason, text: str, now: int, out: list[Event]
    ) -> None:
        """Refuse any request, in the form that its kind has."""
        if isinstance(request, NewOrder):
            register = not self.orders.known(request.session, request.cl_ord_id)
            order = self.orders.create(request, now, register)
            out.append(self.orders.rejected(order, reason, text, now))
        elif isinstance(request, (CancelOrder, ReplaceOrder)):
            found = self.orders.find(request.session, request.orig_cl_ord_id, request.order_id)
            pending.refuse(self, request, found, reason, text, now, out)
        elif isinstance(request, OrderStatusQuery):
            known = self.orders.find(request.session, request.cl_ord_id, request.order_id)
            told = text or reason.value
            if known is None:
                out.append(unknown(request, reason, told, now))
            else:  # its true state: a report of rejection would say that the order is dead
                out.append(self.orders.status(known, now, request.carry, told))
        elif isinstance(request, MassCancel):
            out.append(MassReport(request, 0, now, reason, text))
        elif isinstance(request, MassStatus):
            mass.refuse_status(request, reason, text, now, out)
        elif isinstance(request, TradesQuery):
            out.append(TradesAnswer(request, 0, reason, text))
        elif isinstance(request, QuoteMessage):
            dealing.refuse(self, request, reason, text, now, out)
        elif isinstance(request, ListMessage):
            lists.refuse(self, request, reason, text, now, out)
        else:
            out.append(message_reject(request, reason, text))

    def accept(self, terms: NewOrder, now: int, out: list[Event]) -> Order:
        """Take an order on without a book: a policy or a person goes on with it."""
        order = pending.create(self, terms, now, out)
        remember_end(self, order)
        self._link(order, False)
        return order

    def fill_in_steps(
        self, terms: NewOrder, steps: tuple[FillStep, ...], now: int, out: list[Event]
    ) -> None:
        """Accept an order and fill it as a policy says, if the venue may take it at all."""
        refusal = self.check_new(terms, now)
        if refusal is None and self._fill_price(terms, steps[0].price, now) is None:
            refusal = Reason.NO_PRICE, Reason.NO_PRICE.value
        if refusal is not None:
            self.reject(terms, refusal[0], refusal[1], now, out)
            return
        order = self.accept(terms, now, out)
        due = now
        for step in steps:
            due += step.after
            if due == now:
                self.fill_step(order.number, step, now, out)
            else:
                self.agenda.add(due, NextFill(order.number, step))

    def fill_step(self, number: int, step: FillStep, now: int, out: list[Event]) -> None:
        """One fill of an order, if it is still open; what is asked beyond its leaves is cut."""
        order = self.orders.get(number)
        if order is None or not order.open:
            return
        price = self._fill_price(order.terms, step.price, now)
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
        out.append(self.orders.filled(order, qty, price, now))
        if self.risk is not None:
            self.risk.charge(out, order, False, now)
        if maker is not None:
            out.append(self.orders.filled(maker, qty, price, now))
            if self.risk is not None:
                self.risk.charge(out, maker, True, now)
        symbol = order.terms.symbol
        self.print(symbol, price, qty, "" if maker is None else maker.order_id, order, now)
        if working and order.leaves:
            self.engine.resize(symbol, order.number, order.leaves)
        elif working:
            self.engine.cancel(symbol, order.number)
        listing = self.listings.get(symbol)
        if listing is not None:  # else a person filled an order for what is not traded here
            listing.last = price
            self.engine.printed(symbol, price, self.book_events)
            self.after(symbol, now, out)

    def fill_price(self, terms: NewOrder, price: int, now: int) -> int:
        """The price to fill at: the one given, else the limit, else the source's.

        :raises exsim.errors.Conflict: when there is none of these.
        """
        found = self._fill_price(terms, price, now)
        if found is None:
            raise Conflict(f"{Reason.NO_PRICE.value}: give one")
        return found

    def _fill_price(self, terms: NewOrder, price: int, now: int) -> int | None:
        if price != NO_PRICE:
            return price
        return terms.price if terms.price != NO_PRICE else self.price(terms.symbol, now)

    def replace_order(
        self, order: Order, request: ReplaceOrder, now: int, out: list[Event]
    ) -> None:
        """Put an open order on new terms, in its book if it is in one."""
        working = order.working
        out.append(self.orders.replaced(order, request, now))
        remember_end(self, order)
        if working:
            self.rework(order, now, out)
        self.follow_links(now, out)

    def rework(self, order: Order, now: int, out: list[Event]) -> None:
        """Have the book know what an order in it has come to."""
        terms = order.terms
        listing = self.listings[terms.symbol]
        if not order.open:
            self.engine.cancel(terms.symbol, order.number)
        elif terms.extra is not None or (terms.ord_type << 8 | terms.tif) not in listing.fast:
            before = listing.last
            replace(self, listing, order, now, out)
            if interrupted(self, listing, before):
                self.day.interrupt(listing, now, out)
        else:
            events = self.book_events
            self.engine.replace(terms.symbol, order.number, terms.price, order.leaves, events)
            self.settle(events, terms.symbol, now, out)
