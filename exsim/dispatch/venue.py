"""
A venue at work: its instruments, orders, engine, prices and tape, and what is done on them.

Every method appends the events that come of it to ``out``, in order. Whether a request is
allowed here at all was decided before, by the policy chain (see
:mod:`exsim.dispatch.dispatcher`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress

from exsim.dispatch.agenda import Agenda
from exsim.dispatch.answers import unknown
from exsim.dispatch.chain import Chain
from exsim.dispatch.checks import Refusal, check_change, check_replace, check_terms
from exsim.dispatch.tasks import NextFill, Task, is_of, task_of, task_state
from exsim.engine.matching import MatchingEngine
from exsim.errors import Conflict, NotFound
from exsim.interfaces import IPricingSource
from exsim.model.codes import OrdStatus, OrdType, Reason, Side
from exsim.model.decisions import FillStep
from exsim.model.events import CancelReject, Event, MessageReject
from exsim.model.plain import Plain
from exsim.model.requests import (
    NO_PRICE,
    CancelOrder,
    NewOrder,
    OrderStatusQuery,
    ReplaceOrder,
    Request,
)
from exsim.model.settings import Instrument, VenueSettings
from exsim.model.trades import BookEvent, Dropped, Trade, Traded
from exsim.orders.order import Order
from exsim.orders.registry import Orders

_BUY = int(Side.BUY)
_SELL = int(Side.SELL)
_LIMIT = int(OrdType.LIMIT)
_REJECTED = int(OrdStatus.REJECTED)


class Venue:
    """One market. ``chain`` are its policies, asked after those of a session."""

    def __init__(
        self,
        settings: VenueSettings,
        engine: MatchingEngine,
        orders: Orders,
        pricing: IPricingSource | None,
        chain: Chain,
    ) -> None:
        self.settings = settings
        self.name = settings.name
        self.engine = engine
        self.orders = orders
        self.pricing = pricing
        self.chain = chain
        self.instruments: dict[str, Instrument] = {}
        self.trades: deque[Trade] = deque(maxlen=settings.keep_trades)
        self.agenda: Agenda[Task] = Agenda()
        self.last_trade = 0
        self.epoch = 1
        self._book_events: list[BookEvent] = []
        for instrument in settings.instruments:
            self.add_instrument(instrument)

    def reset(self) -> None:
        """Back to the state after start, but for instruments, which stay."""
        self.engine.reset()
        self.orders.reset()
        self.trades.clear()
        self.agenda.clear()
        self._book_events.clear()
        self.last_trade = 0
        self.epoch += 1
        if self.pricing is not None:
            self.pricing.reset()

    # -- snapshots

    def state(self) -> Plain:
        """What was done here, for a snapshot; not the instruments, policies or prices."""
        return {
            "books": self.engine.state(),
            "orders": self.orders.state(),
            "trades": [trade.state() for trade in self.trades],
            "agenda": [
                [due, number, task_state(task)] for due, number, task in self.agenda.tasks()
            ],
            "tasks": self.agenda.count,
            "last_trade": self.last_trade,
            "epoch": self.epoch,
        }

    def restore(self, plain: Plain, chain_of: Callable[[list[str]], Chain]) -> None:
        """
        Be as :meth:`state` told; the instruments are there already.

        ``chain_of`` makes a chain of the names of its policies.
        """
        self.engine.restore(plain["books"])
        self.orders.restore(plain["orders"])
        self.trades.extend([Trade(*values) for values in plain["trades"]])
        tasks = [(due, number, task_of(task, chain_of)) for due, number, task in plain["agenda"]]
        self.agenda.restore(tasks, plain["tasks"])
        self.last_trade = plain["last_trade"]
        self.epoch = plain["epoch"]

    def forget_session(self, session: str) -> None:
        """Forget the ClOrdIDs of a session that is no more, and its requests that are delayed."""
        self.orders.forget_session(session)
        self.agenda.forget(lambda task: is_of(task, session))

    # -- instruments and prices

    def add_instrument(self, instrument: Instrument) -> None:
        """List an instrument, with an empty book."""
        if instrument.symbol in self.instruments:
            raise Conflict(f"venue {self.name} has an instrument {instrument.symbol} already")
        self.engine.open(instrument.symbol)
        self.instruments[instrument.symbol] = instrument

    def remove_instrument(self, symbol: str, now: int, out: list[Event]) -> None:
        """Take an instrument off the list; its open orders are canceled."""
        if symbol not in self.instruments:
            raise NotFound(f"venue {self.name} has no instrument {symbol!r}")
        doomed = [order for order in self.orders.all() if order.terms.symbol == symbol]
        for order in doomed:
            if order.open:
                self.cancel_order(order, now, out, "the instrument was removed")
        self.engine.close(symbol)
        instrument = self.instruments.pop(symbol)
        if self.pricing is not None:
            with suppress(Conflict):  # a source that takes no price has none to forget
                self.pricing.set(instrument, None)

    def price(self, symbol: str, now: int) -> int | None:
        """What the pricing source says an instrument is worth, or None."""
        instrument = self.instruments.get(symbol)
        if self.pricing is None or instrument is None:
            return None
        return self.pricing.price(instrument, now)

    # -- the engine's answers

    def match(self, request: Request, now: int, out: list[Event]) -> None:
        """Give a request to the engine, or answer it from the order's state."""
        if isinstance(request, NewOrder):
            self._enter(request, now, out)
        elif isinstance(request, (CancelOrder, ReplaceOrder)):
            self._change(request, now, out)
        elif isinstance(request, OrderStatusQuery):
            self._status(request, now, out)
        else:
            self.reject(request, Reason.UNSUPPORTED_MESSAGE, "", now, out)

    def _enter(self, terms: NewOrder, now: int, out: list[Event]) -> None:
        refusal = self.check_new(terms)
        if refusal is not None:
            self.reject(terms, refusal[0], refusal[1], now, out)
            return
        order = self.orders.create(terms, now)
        out.append(self.orders.accepted(order, now))
        order.working = True
        events = self._book_events
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
            self._settle(events, terms.symbol, now, out)

    def check_change(self, request: CancelOrder | ReplaceOrder) -> Refusal | None:
        """Whether a cancel or replace may be carried out."""
        order = self.orders.find(request.session, request.orig_cl_ord_id, request.order_id)
        refusal = check_change(request, order, self.orders)
        if refusal is None and isinstance(request, ReplaceOrder):
            return check_replace(request, order, self.instruments.get(request.symbol))
        return refusal

    def _change(self, request: CancelOrder | ReplaceOrder, now: int, out: list[Event]) -> None:
        order = self.orders.find(request.session, request.orig_cl_ord_id, request.order_id)
        refusal = self.check_change(request)
        if order is None or refusal is not None:
            reason, text = refusal or (Reason.UNKNOWN_ORDER, "")
            out.append(self._cancel_reject(request, order, reason, text, now))
        elif isinstance(request, ReplaceOrder):
            self.replace_order(order, request, now, out)
        else:
            self._take_out(order)
            out.append(self.orders.canceled(order, now, request))

    def _status(self, query: OrderStatusQuery, now: int, out: list[Event]) -> None:
        order = self.orders.find(query.session, query.cl_ord_id, query.order_id)
        if order is None:
            out.append(unknown(query, Reason.UNKNOWN_ORDER, Reason.UNKNOWN_ORDER.value, now))
        else:
            out.append(self.orders.status(order, now, query.carry))

    def _settle(self, events: list[BookEvent], symbol: str, now: int, out: list[Event]) -> None:
        """Book what the engine did on the orders it did it to."""
        done, events[:] = list(events), []
        for event in done:
            if isinstance(event, Traded):
                taker = self._order(event.taker_id)
                maker = self._order(event.maker_id)
                out.append(self.orders.filled(taker, event.qty, event.price, now))
                out.append(self.orders.filled(maker, event.qty, event.price, now))
                self._print(symbol, event.price, event.qty, maker.order_id, taker, now)
            elif isinstance(event, Dropped):
                order = self._order(event.order_id)
                out.append(self.orders.canceled(order, now, text=event.why.value))

    def _order(self, number: int) -> Order:
        order = self.orders.get(number)
        if order is None:
            raise NotFound(f"venue {self.name} has no order {number}")
        return order

    def _print(
        self, symbol: str, price: int, qty: int, maker_id: str, taker: Order, now: int
    ) -> None:
        self.last_trade += 1
        side = taker.terms.side
        self.trades.append(
            Trade(self.last_trade, now, symbol, price, qty, maker_id, taker.order_id, side)
        )

    # -- checks

    def check_new(self, terms: NewOrder) -> Refusal | None:
        """Whether a new order may be entered."""
        if self.orders.known(terms.session, terms.cl_ord_id):
            return Reason.DUPLICATE, f"duplicate ClOrdID {terms.cl_ord_id[:40]!r}"
        if self.orders.open_count >= self.settings.max_orders:
            return Reason.OTHER, f"{self.settings.max_orders} orders are open, no more are taken"
        return check_terms(terms, self.instruments.get(terms.symbol))

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
            out.append(self._cancel_reject(request, found, reason, text, now))
        elif isinstance(request, OrderStatusQuery):
            known = self.orders.find(request.session, request.cl_ord_id, request.order_id)
            told = text or reason.value
            if known is None:
                out.append(unknown(request, reason, told, now))
            else:  # its true state: a report of rejection would say that the order is dead
                out.append(self.orders.status(known, now, request.carry, told))
        else:
            out.append(
                MessageReject(
                    request.session, request.msg_type, request.ref, reason, text, request.carry
                )
            )

    def accept(self, terms: NewOrder, now: int, out: list[Event]) -> Order:
        """Take an order on without a book: a policy or a person goes on with it."""
        order = self.orders.create(terms, now)
        out.append(self.orders.accepted(order, now))
        return order

    def fill_in_steps(
        self, terms: NewOrder, steps: tuple[FillStep, ...], now: int, out: list[Event]
    ) -> None:
        """Accept an order and fill it as a policy says, if the venue may take it at all."""
        refusal = self.check_new(terms)
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

    def fill_order(self, order: Order, qty: int, price: int, now: int, out: list[Event]) -> None:
        """Fill an order against nobody; what is left of one in a book keeps its place."""
        working = order.working
        out.append(self.orders.filled(order, qty, price, now))
        self._print(order.terms.symbol, price, qty, "", order, now)
        if working and order.leaves:
            symbol, limit = order.terms.symbol, order.terms.price
            self.engine.replace(symbol, order.number, limit, order.leaves, self._book_events)
        elif working:
            self.engine.cancel(order.terms.symbol, order.number)

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

    def cancel_order(self, order: Order, now: int, out: list[Event], text: str = "") -> None:
        """Cancel an order that nobody of its session asked to cancel."""
        self._take_out(order)
        out.append(self.orders.canceled(order, now, text=text))

    def replace_order(
        self, order: Order, request: ReplaceOrder, now: int, out: list[Event]
    ) -> None:
        """Put an open order on new terms, in its book if it is in one."""
        working = order.working
        out.append(self.orders.replaced(order, request, now))
        symbol = order.terms.symbol
        if working and order.open:
            events = self._book_events
            self.engine.replace(symbol, order.number, order.terms.price, order.leaves, events)
            self._settle(events, symbol, now, out)
        elif working:
            self.engine.cancel(symbol, order.number)

    def _take_out(self, order: Order) -> None:
        if order.working:
            self.engine.cancel(order.terms.symbol, order.number)
            order.working = False

    def _cancel_reject(
        self,
        request: CancelOrder | ReplaceOrder,
        order: Order | None,
        reason: Reason,
        text: str,
        now: int,
    ) -> CancelReject:
        return CancelReject(
            request.session,
            request.cl_ord_id,
            request.orig_cl_ord_id or (order.terms.cl_ord_id if order is not None else ""),
            order.order_id if order is not None else "",
            order.status if order is not None else _REJECTED,
            isinstance(request, ReplaceOrder),
            reason,
            now,
            text or reason.value,
            request.account,
            request.carry,
        )
