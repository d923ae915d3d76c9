"""
A small market for tests of the dispatcher: one venue, and policies that do as they are told.

After each command all is looked at that is always true of a venue (:mod:`tests.invariants`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from zope.interface import implementer

from exsim.dispatch.chain import Chain, Link
from exsim.dispatch.dispatcher import Dispatcher
from exsim.dispatch.price_lines import Line
from exsim.dispatch.venue import Venue
from exsim.engine.matching import MatchingEngine
from exsim.interfaces import IJournal, IPolicy, IPricingSource, IView
from exsim.journal.memory import MemoryJournal
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, ReportKind, Side, TimeInForce
from exsim.model.decisions import Decision
from exsim.model.events import (
    CancelReject,
    Copied,
    Event,
    Listed,
    MassReport,
    MessageReject,
    Outgoing,
    Report,
    TradesAnswer,
    TradeTold,
)
from exsim.model.lists import ListState
from exsim.model.options import Option
from exsim.model.quote_events import QuoteEvent
from exsim.model.requests import NO_PRICE, CancelOrder, NewOrder, ReplaceOrder, Request
from exsim.model.settings import Instrument, VenueSettings
from exsim.orders.registry import Orders
from exsim.services.exchange import Exchange
from exsim.services.parts import timetable_of, zone_of_day
from exsim.services.view import View
from tests.invariants import OfVenue, told_by

SYMBOLS = ("AAA", "BBB")


@implementer(IPolicy)
class Scripted:
    """A policy that does what a function says."""

    options: tuple[Option, ...] = ()

    def __init__(self, decide: Callable[[Request], Decision], name: str = "scripted") -> None:
        self.name = name
        self._decide = decide

    def decide(self, request: Request, view: IView, now: int) -> Decision:
        """What the function says."""
        return self._decide(request)


@implementer(IPricingSource)
class OnePrice:
    """A pricing source with one price for everything, or none."""

    options: tuple[Option, ...] = ()

    def __init__(self, price: int | None) -> None:
        self.name = "one"
        self._price = price

    def price(self, instrument: Instrument, now: int) -> int | None:
        """The price."""
        return self._price

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Another price."""
        self._price = price

    def reset(self) -> None:
        """Keeps it."""


class Market:
    """A dispatcher with one venue, driven in whole units; events are kept in ``events``."""

    def __init__(self, price: int | None = None, **settings: object) -> None:
        self.faults: list[tuple[str, Request, Exception]] = []
        self.journal = IJournal(MemoryJournal(1000))
        self.dispatcher = Dispatcher(
            self.journal, lambda name, request, error: self.faults.append((name, request, error))
        )
        instruments = tuple(Instrument(symbol) for symbol in SYMBOLS)
        venue = VenueSettings("X", instruments=instruments, **settings)  # type: ignore[arg-type]
        pricing = () if price is None else (Line(OnePrice(price * UNIT)),)
        timetable = timetable_of(venue.day)
        self.venue = Venue(
            venue, MatchingEngine(), Orders(1000), pricing, (), timetable, 7, zone_of_day(venue.day)
        )
        self.dispatcher.venues["X"] = self.venue
        self.venue.desk = self.dispatcher
        self.now = 1_000_000
        self.events: list[Event] = []
        self.invariants = OfVenue()

    def chain(self, *policies: Callable[[Request], Decision]) -> Chain:
        """A chain of scripted policies, named p0, p1, ..."""
        view = View(self.venue, random.Random(1), Exchange(self.journal, self.dispatcher))
        return tuple(Link(Scripted(each, f"p{n}"), view) for n, each in enumerate(policies))

    def submit(self, request: Request, chain: Chain = ()) -> list[Event]:
        """Submit a request; the events of it."""
        self.dispatcher.submit(self.venue, request, chain, self.now)
        return self.take()

    def take(self) -> list[Event]:
        """The events since the last call."""
        events = list(self.dispatcher.out)
        self.dispatcher.out.clear()
        self.events += events
        self.look(events)
        return events

    def look(self, events: Iterable[Event] = ()) -> None:
        """See that all is as it always is, what ``events`` tell, too."""
        self.invariants.check(self.venue)
        for told in map(told_by, events):
            if told is not None:
                self.invariants.told(self.venue, told)

    def enter(
        self,
        cl_ord_id: str,
        side: Side,
        qty: int,
        price: int | None,
        tif: TimeInForce = TimeInForce.DAY,
        chain: Chain = (),
        session: str = "S",
        symbol: str = "AAA",
    ) -> list[Event]:
        """Enter an order: limit, or market where there is no price."""
        return self.submit(order(cl_ord_id, side, qty, price, tif, session, symbol), chain)

    def cancel(self, cl_ord_id: str, orig: str, session: str = "S") -> list[Event]:
        """Cancel by ClOrdID."""
        return self.submit(CancelOrder(session, cl_ord_id, orig))

    def replace(self, orig: str, terms: NewOrder) -> list[Event]:
        """Replace by ClOrdID."""
        return self.submit(ReplaceOrder(orig, terms))

    def advance(self, nanoseconds: int) -> list[Event]:
        """Let time pass, and run what falls due."""
        self.now += nanoseconds
        self.dispatcher.run_due(self.now)
        return self.take()

    def resting(self, symbol: str = "AAA") -> list[tuple[int, int, int]]:
        """What rests: order number, price and open quantity in whole units, bids first."""
        book = self.venue.engine.book(symbol)
        return [
            (number, price // UNIT, qty // UNIT)
            for side in (Side.BUY, Side.SELL)
            for number, price, qty in book.orders(int(side))
        ]


def order(
    cl_ord_id: str,
    side: Side,
    qty: int,
    price: int | None,
    tif: TimeInForce = TimeInForce.DAY,
    session: str = "S",
    symbol: str = "AAA",
) -> NewOrder:
    """Terms in whole units: limit, or market where there is no price."""
    return NewOrder(
        session,
        cl_ord_id,
        symbol,
        int(side),
        int(OrdType.MARKET if price is None else OrdType.LIMIT),
        int(tif),
        qty * UNIT,
        NO_PRICE if price is None else price * UNIT,
    )


def told(events: Iterable[Event]) -> list[str]:
    """Events in short words, for comparing: ``A NEW NEW 0/100``, ``B fill 50@10``, ..."""
    words = []
    for event in events:
        if isinstance(event, Report):
            words.append(_report(event))
        elif isinstance(event, CancelReject):
            what = "replace" if event.replace else "cancel"
            words.append(f"{event.cl_ord_id} {what} refused {event.reason.name}")
        elif isinstance(event, MessageReject):
            words.append(f"{event.msg_type} refused {event.reason.name}")
        elif isinstance(event, MassReport):
            why = "" if event.reason is None else f" {event.reason.name}"
            words.append(f"{event.request.cl_ord_id} mass {event.count}{why}")
        elif isinstance(event, TradesAnswer):
            why = "" if event.reason is None else f" {event.reason.name}"
            words.append(f"{event.total} trades{why}")
        elif isinstance(event, TradeTold):
            names = "+".join(terms.cl_ord_id for _, terms in event.sides)
            last = " last" if event.last else ""
            words.append(f"{event.trade.trade_id} {names} of {event.total}{last}")
        elif isinstance(event, Listed):
            last = " last" if event.last else ""
            words.append(f"{_report(event.report)} of {event.total}{last}")
        elif isinstance(event, QuoteEvent):
            words.append(type(event).__name__)
        elif isinstance(event, ListState):
            open_ = sum(order.leaves > 0 for order in event.orders)
            why = "" if event.reason is None else f" {event.reason.name}"
            words.append(f"list {event.name} {open_} of {len(event.orders)} open{why}")
        elif isinstance(event, Copied):
            words.append(f"copy for {event.session}: {_report(event.report)}")
        elif isinstance(event, Outgoing):
            words.append(f"reply {dict(event.fields)}")
        else:
            words.append(type(event).__name__)
    return words


def _report(report: Report) -> str:
    kind = {0: "new", 1: "fill", 4: "canceled", 5: "replaced", 8: "rejected", 18: "status"}
    other = ReportKind(report.kind).name.lower().replace("_", " ")
    text = f"{report.cl_ord_id} {kind.get(report.kind, other)}"
    if report.last_qty:
        text += f" {report.last_qty // UNIT}@{report.last_px // UNIT}"
    if report.reason is not None:
        text += f" {report.reason.name}"
    return f"{text} {report.cum // UNIT}/{report.leaves // UNIT}"
