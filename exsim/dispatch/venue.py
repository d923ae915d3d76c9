"""
A venue at work: what is asked of it, and what is done about that.

Every method appends the events that come of it to ``out``, in order; ``now`` is market time, but
where it says otherwise. Whether a request is allowed here at all was decided before, by the policy
chain (see :mod:`exsim.dispatch.dispatcher`). What a venue consists of is its
:mod:`exsim.dispatch.floor`, how its phases follow each other is in :mod:`exsim.dispatch.day`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo

from exsim.dispatch import acting, dealing, lists, mass, multileg, pending, statuses, waiting
from exsim.dispatch.admission import check_change, check_new
from exsim.dispatch.chain import Chain
from exsim.dispatch.checks import Refusal
from exsim.dispatch.contingent import Contingent
from exsim.dispatch.day import TradingDay
from exsim.dispatch.entering import remember_end
from exsim.dispatch.iois import Iois
from exsim.dispatch.keeping import restore_venue, venue_state
from exsim.dispatch.leaving import GONE, LOGGED_OUT, is_any, is_fleeting
from exsim.dispatch.listing import Listing
from exsim.dispatch.market_clock import REAL
from exsim.dispatch.phases import NIGHT, phase_of
from exsim.dispatch.price_lines import Line
from exsim.dispatch.quote_requests import RequestDesk
from exsim.dispatch.quotes import QuoteDesk
from exsim.dispatch.refusing import refuse
from exsim.dispatch.settling import settle
from exsim.dispatch.tasks import Departure, NextFill, is_of
from exsim.dispatch.timetable import Timetable
from exsim.dispatch.working import WorkingFloor
from exsim.engine.matching import MatchingEngine
from exsim.model.amounts import UNIT
from exsim.model.codes import PREVIOUSLY_QUOTED, Phase, Reason, Side
from exsim.model.decisions import FillStep
from exsim.model.events import Event
from exsim.model.participants import Stay
from exsim.model.plain import Plain
from exsim.model.requests import (
    CancelOrder,
    DataMessage,
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
from exsim.orders.order import PENDING, Order
from exsim.orders.registry import Orders

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)


class Venue(WorkingFloor):
    """
    One market. ``chain`` are its policies, asked after those of a session.

    :param timetable: when which phase begins; None where that is by hand alone.
    :param seed: fixes what is left to chance, such as the ends of auctions.
    :param zone: where it is: the time zone of its days.
    """

    def __init__(
        self,
        settings: VenueSettings,
        engine: MatchingEngine,
        orders: Orders,
        pricing: Sequence[Line],
        chain: Chain,
        timetable: Timetable | None = None,
        seed: int = 0,
        zone: tzinfo = UTC,
    ) -> None:
        super().__init__(settings, engine, orders, pricing, chain, zone)
        self.day = TradingDay(self, timetable, seed)
        self.contingent = Contingent(self)
        self.quotes = QuoteDesk(self)
        self.requests = RequestDesk(self, seed)
        self.iois = Iois(self)
        for instrument in settings.instruments:
            self.add_instrument(instrument)

    def begin(self, now: int, out: list[Event]) -> None:
        """Start the market's clock, its day, and its prices; ``now`` is real time."""
        if self.day.needed:
            self.day.begin(now, out)
        self.begin_prices(now)
        if self.bots is not None:
            self.bots.begin(self.time(now), now)

    def begin_prices(self, now: int) -> None:
        """Start the pricing sources that have not been; ``now`` is real time."""
        self.prices.start(self.time(now), self.phase in NIGHT)

    def reset(self) -> None:
        """Back to the state before :meth:`begin`, but for instruments, which stay."""
        self.engine.reset()
        self.orders.reset()
        self.trades.clear()
        self.agenda.clear()
        self.aside.clear()
        self.wakes = None
        self.told_pending = False
        self.book_events.clear()
        self.last_trade = 0
        self.epoch += 1
        self.clock.start(REAL, UNIT, 0, 0)
        self.day.reset()
        self.leaving.reset()
        self.capture.reset()
        self.accounts.reset()
        self.contingent.reset()
        self.quotes.reset()
        self.requests.reset()
        self.iois.reset()
        if self.risk is not None:
            self.risk.reset()
        if self.rulebook is not None:
            self.rulebook.reset()
        self.rules = self.table[phase_of(self.settings.day.phase)]
        for listing in self.listings.values():
            listing.reset()
            self.follow(listing, self.rules)
        self.prices.reset()
        if self.bots is not None:
            self.bots.reset()
        if self.observer is not None:
            self.observer.reset()

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
        self.capture.left(session)
        self.quotes.protection.forget(session)
        if self.rulebook is not None:
            self.rulebook.plays.forget_session(session)
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
        self.capture.left(session)
        fleeting = self.leaving.fleeting.pop(session, False) or waiting.any_fleeting(self, session)
        fleeting = fleeting and not logged_out
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
        goes = is_any if departure.everything else is_fleeting
        waiting.cancel_all(self, goes, now, out, departure.why, departure.session)
        if departure.everything:
            self.quotes.hide(departure.session, departure.why, now, out)

    def returned(self, session: str, logons: int) -> None:
        """A session that was away may be there again."""
        before = self.leaving.away.get(session)
        if before is not None and logons > before:
            self.leaving.back(self.agenda, session)

    def next_due(self) -> int | None:
        """From which real time on the first task of the agenda is due; None for never."""
        due = self.agenda.next_due()
        if due is not None and not self.clock.real:
            due = self.clock.due(due)
        if self.wakes is not None:
            wake = self.wakes.next_due()
            return wake if due is None or (wake is not None and wake < due) else due
        return due

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

    def follow_outages(self, now: int, out: list[Event]) -> None:
        """Halt, or have go on, what a pricing source's outages are about."""
        if not self.prices.outages.halts:
            return
        for symbol, began in self.prices.outages.taken():
            listing = self.listings.get(symbol)
            if listing is None:
                continue
            if began:
                self.set_instrument_phase(symbol, Phase.HALT, None, now, out)
            elif listing.own and listing.phase is Phase.HALT:  # else somebody thought otherwise
                self.set_instrument_phase(symbol, None, None, now, out)

    # -- the engine's answers

    def match(self, request: Request, now: int, out: list[Event]) -> None:
        """Give a request to the engine, or answer it from the order's state."""
        if isinstance(request, NewOrder):
            self._enter(request, now, out)
        elif isinstance(request, (CancelOrder, ReplaceOrder)):
            self._change(request, now, out)
        elif isinstance(request, OrderStatusQuery):
            statuses.tell(self, request, now, out)
        elif isinstance(request, MassCancel):
            mass.act_on_all(self, request, now, out)
        elif isinstance(request, MassStatus):
            mass.tell_all(self, request, now, out)
        elif isinstance(request, TradesQuery):
            self.capture.answer(request, out)
        elif isinstance(request, QuoteMessage):
            dealing.deal(self, request, now, out)
        elif isinstance(request, ListMessage):
            lists.deal(self, request, now, out)
        elif isinstance(request, DataMessage):
            if self.data is not None:
                self.data.ask(request, now, out)
        elif isinstance(request, OtherMessage):
            self.reject(request, Reason.UNSUPPORTED_MESSAGE, "", now, out)

    def _enter(self, terms: NewOrder, now: int, out: list[Event]) -> None:
        refusal = check_new(self, terms, now)
        if refusal is not None:
            if terms.ord_type == PREVIOUSLY_QUOTED:  # which no book takes
                self.requests.deals.deal(terms, now, out)
            elif multileg.is_of_legs(terms.symbol) and not pending.is_taken(self, terms):
                self._enter_of_legs(terms, now, out)
            elif refusal[0] is Reason.DUPLICATE and statuses.came_before(self, terms, now, out):
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
            settle(self, events, terms.symbol, now, out)

    def _enter_of_legs(self, terms: NewOrder, now: int, out: list[Event]) -> None:
        """Enter an order for legs that no instrument has: one is made, where users may."""
        refusal = multileg.define(self, terms)
        if refusal is not None:
            self.reject(terms, refusal[0], refusal[1], now, out)
        else:
            self._enter(terms.with_symbol(multileg.symbol_of(self, terms.symbol)), now, out)

    def interrupt(self, listing: Listing, now: int, out: list[Event]) -> None:
        """The market of an instrument moved too far, or was about to: there is an auction."""
        self.day.interrupt(listing, now, out)

    def check_change(self, request: CancelOrder | ReplaceOrder) -> Refusal | None:
        """Whether a cancel or replace may be carried out."""
        return check_change(self, request, self.meant(request))

    def find(self, request: CancelOrder | ReplaceOrder) -> Order | None:
        """
        The order that is meant: one of the session, or one that it may act for, by its OrderID.
        """
        orders, session = self.orders, request.session
        order = orders.find(session, request.orig_cl_ord_id, request.order_id)
        if order is None:  # it may have built on a request that was refused meanwhile
            order = orders.asked_of(session, request.cl_ord_id)
        return acting.other(self, request) if order is None else order

    def meant(self, request: CancelOrder | ReplaceOrder) -> Order | None:
        """The same, or one that waits and is no order yet: it has no OrderID."""
        order, session, orig = self.find(request), request.session, request.orig_cl_ord_id
        if order is None and not self.orders.known(session, orig):
            return waiting.find(self, session, orig)
        return order

    def _change(self, request: CancelOrder | ReplaceOrder, now: int, out: list[Event]) -> None:
        order = self.meant(request)
        refusal = check_change(self, request, order)
        if order is None or refusal is not None:
            reason, text = refusal or (Reason.UNKNOWN_ORDER, "")
            pending.refuse(self, request, order, reason, text, now, out)
            return
        pending.tell(self, request, order, now, out)
        if order.status == PENDING and isinstance(request, CancelOrder):
            waiting.carry_out(self, order, request, now, out)
        elif order.owner != request.session:
            acting.change(self, order, request, now, out)
        elif isinstance(request, ReplaceOrder):
            self.replace_order(order, request, now, out)
        else:
            self.take_out(order)
            out.append(self.orders.canceled(order, now, request))
            self.after(order.terms.symbol, now, out)

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
        refuse(self, request, reason, text, now, out)

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
        refusal = check_new(self, terms, now)
        if refusal is None and self.found_price(terms, steps[0].price, now) is None:
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
