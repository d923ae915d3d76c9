"""
The floor of a venue: its instruments, orders, books and tape, and the single things done to them.

Every method appends the events that come of it to ``out``, in order. ``now`` is market time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from exsim.dispatch import multileg
from exsim.dispatch.accounts import Accounts
from exsim.dispatch.agenda import Agenda
from exsim.dispatch.capture import Capture
from exsim.dispatch.chain import Chain
from exsim.dispatch.leaving import Leaving
from exsim.dispatch.limits import band_of
from exsim.dispatch.links import Links
from exsim.dispatch.listing import Listing
from exsim.dispatch.market_clock import MarketClock
from exsim.dispatch.market_rules import is_simple, rules_of
from exsim.dispatch.phases import PhaseRules, changed, phase_of
from exsim.dispatch.price_desk import PriceDesk
from exsim.dispatch.price_lines import Line
from exsim.dispatch.risk import Risk, asks_for, limited
from exsim.dispatch.settling import settle
from exsim.dispatch.tasks import Task
from exsim.dispatch.traders import Traders
from exsim.dispatch.wall import Wall
from exsim.engine.matching import MatchingEngine
from exsim.errors import Conflict, NotFound
from exsim.model.codes import Phase
from exsim.model.events import Event
from exsim.model.market_data import DataDesk
from exsim.model.participants import FORCE, LIMIT
from exsim.model.requests import ListMessage, NewOrder, ReplaceOrder, Request
from exsim.model.settings import Instrument, VenueSettings
from exsim.model.trades import BookEvent, Trade
from exsim.orders.order import Order
from exsim.orders.registry import Orders

if TYPE_CHECKING:
    from exsim.dispatch.bots import VenueBots
    from exsim.dispatch.desk import Desk
    from exsim.dispatch.observer import Observer
    from exsim.dispatch.rulebook import Rulebook


class Floor:
    """
    What a venue consists of. ``phase`` is that of all instruments that have none of their own;
    ``table`` are the rules of each phase. ``clock`` makes market time of real time, ``wall`` days
    of market time, in the time zone ``zone``.
    """

    def __init__(
        self,
        settings: VenueSettings,
        engine: MatchingEngine,
        orders: Orders,
        pricing: Sequence[Line],
        chain: Chain,
        zone: tzinfo,
    ) -> None:
        self.wall = Wall(zone)
        self.settings = settings
        self.name = settings.name
        self.engine = engine
        self.orders = orders
        self.chain = chain
        self.clock = MarketClock()
        self.table = changed(settings.day.phase_rules)
        self.rules = self.table[phase_of(settings.day.phase)]
        self.noted: PhaseRules | None = None
        """The rules that the journal was told of last."""
        self.instruments: dict[str, Instrument] = {}
        self.listings: dict[str, Listing] = {}
        self.trades: deque[Trade] = deque(maxlen=settings.keep_trades)
        self.agenda: Agenda[Task] = Agenda()
        self.prices = PriceDesk(self.name, pricing, self.agenda, settings.keep_prices)
        self.last_trade = 0
        self.epoch = 1
        self.book_events: list[BookEvent] = []
        self.aliases: dict[str, str] = {}
        """Symbols by other identifiers, see :meth:`exsim.model.settings.Instrument.identifiers`."""
        self.aside: dict[int, bool] = {}
        """Numbers of orders that an operator took out of their books, and may put back."""
        self.accounts = Accounts(settings.participants)
        self.leaving = Leaving()
        self.capture = Capture(self)
        self.traders: Traders | None = None
        """Who hears of trades in the books; None where nobody does: until the first quote."""
        self.links: Links | None = None
        """Orders that depend on each other; None where there have been none."""
        self.data: DataDesk | None = None
        """Who looks on; None where nobody can."""
        self.turned: dict[str, bool] | None = None
        """Instruments that were put under the rules of a phase, for whoever takes them out."""
        self.risk: Risk | None = None
        self.rulebook: Rulebook | None = None
        """Rules, made while it runs, and behaviours; None in a venue without a dispatcher."""
        self.asks: Rulebook | None = None
        """The same where it has any rule to ask: None for nearly all."""
        self.desk: Desk | None = None
        """Where its requests are decided; None in a venue without a dispatcher."""
        self.wakes: Agenda[Task] | None = None
        """What is due by real time, whatever the market's clock; None where nothing ever was."""
        self.bots: VenueBots | None = None
        """Who trades here by itself; None where nobody does."""
        self.observer: Observer | None = None
        """Who looks on for pictures and facts; None where nobody asked for that."""
        self.listed = 0
        """Counts changes of what instruments there are."""
        self.told_pending = False
        """Whether a verb told a new order to be pending, which is then there before its answer."""
        if asks_for(settings.participants):
            self.watch_over()

    def watch_over(self) -> Risk:
        """Check orders for risk from now on, where that was not done before."""
        if self.risk is None:
            self.risk = Risk(
                self.settings.participants,
                self.accounts,
                self.listings,
                self.orders,
                self.engine,
                self.wall,
            )
        return self.risk

    @property
    def phase(self) -> Phase:
        """The phase of the venue."""
        return self.rules.phase

    def rules_of(self, phase: str, cancels: bool | None) -> PhaseRules:
        """The rules of a phase, perhaps other ones for cancels than its own."""
        rules = self.table[phase_of(phase)]
        if cancels is None or cancels == rules.cancels:
            return rules
        return PhaseRules(rules.phase, rules.takes, rules.matches, cancels, rules.replaces)

    def time(self, now: int) -> int:
        """Market time, where the real time is ``now``."""
        return self.clock.time(now)

    def wake_at(self, real: int, task: Task) -> None:
        """Do something at a real time, whatever the market's clock shows then."""
        if self.wakes is None:
            self.wakes = Agenda()
        self.wakes.add(real, task)

    # -- instruments and prices

    def add_instrument(self, instrument: Instrument) -> None:
        """List an instrument, with an empty book."""
        symbol = instrument.symbol
        if symbol in self.instruments:
            raise Conflict(f"venue {self.name} has an instrument {symbol} already")
        for identifier in instrument.identifiers():
            if identifier in self.aliases:
                other, text = self.aliases[identifier], identifier.partition(":")[2]
                raise Conflict(f"{text!r} is an identifier of {other} already")
        self.aliases.update(dict.fromkeys(instrument.identifiers(), symbol))
        if limited(instrument):
            self.watch_over()
        self.listed += 1
        self.engine.open(symbol)
        self.engine.configure(symbol, rules_of(instrument, self.settings.participants.risk.stp))
        self.instruments[symbol] = instrument
        listing = self.listings[symbol] = Listing(instrument, self.rules, self.wall)
        listing.hidden = instrument.hidden or self.settings.participants.risk.hidden
        self.follow(listing, self.rules)
        shared = self.settings.participants.risk.price_band
        self.prices.add(instrument, band_of(instrument, instrument.price_band, shared))
        multileg.listed(self, instrument)
        if self.bots is not None:
            self.bots.look()

    def follow(self, listing: Listing, rules: PhaseRules) -> None:
        """Put an instrument under the rules of a phase; what its book does is to be settled."""
        symbol = listing.symbol
        if self.turned is not None:
            self.turned[symbol] = True
        band = 0 if listing.instrument.legs else self.settings.day.volatility_band
        simple = is_simple(self.engine.market(symbol).rules) and not band
        listing.follow(rules, simple and not self._alters(listing))
        self.engine.watch(symbol, band if rules.phase is Phase.CONTINUOUS else 0)
        self.engine.imply(symbol, rules.phase is Phase.CONTINUOUS)
        self.engine.set_matching(symbol, rules.matches)
        self.engine.settle(symbol, self.book_events)

    def _alters(self, listing: Listing) -> bool:
        """Whether orders go to the book as something else than what they came as."""
        risk = self.settings.participants.risk
        band = band_of(listing.instrument, listing.instrument.collar, risk.collar)
        return listing.hidden == FORCE or (band is not None and risk.collar_action == LIMIT)

    def interrupt(self, listing: Listing, now: int, out: list[Event]) -> None:
        """The market of an instrument moved too far, or was about to."""
        raise NotImplementedError

    def remove_instrument(self, symbol: str, now: int, out: list[Event]) -> None:
        """Take an instrument off the list; its open orders are canceled."""
        if symbol not in self.instruments:
            raise NotFound(f"venue {self.name} has no instrument {symbol!r}")
        user = multileg.user_of(self, symbol)
        if user:
            raise Conflict(f"{symbol} is a leg of {user}: remove that first")
        doomed = [order for order in self.orders.all() if order.terms.symbol == symbol]
        for order in self.waiting_first(doomed):
            if order.open:
                self.cancel_order(order, now, out, "the instrument was removed")
        self.engine.close(symbol)
        instrument = self.instruments.pop(symbol)
        for identifier in instrument.identifiers():
            del self.aliases[identifier]
        self.listed += 1
        multileg.removed(self, instrument)
        del self.listings[symbol]
        self.prices.remove(symbol)
        if self.bots is not None:
            self.bots.look()

    def named(self, request: Request) -> Request:
        """A request that names its instrument by another identifier, with the symbol instead."""
        if isinstance(request, ListMessage):
            return request.renamed(self.aliases)
        symbol = self.aliases.get(request.symbol)
        if symbol is None:
            return request
        if isinstance(request, NewOrder):
            return request.with_symbol(symbol)
        if isinstance(request, ReplaceOrder):
            terms = request.terms.with_symbol(symbol)
            return ReplaceOrder(request.orig_cl_ord_id, terms, request.order_id)
        return request

    def listing(self, symbol: str) -> Listing:
        """An instrument as it is traded.

        :raises exsim.errors.NotFound: when there is none of that symbol.
        """
        listing = self.listings.get(symbol)
        if listing is None:
            raise NotFound(f"venue {self.name} has no instrument {symbol!r}")
        return listing

    def price(self, symbol: str, now: int) -> int | None:
        """What the pricing source says an instrument is worth, or None."""
        return self.prices.price(symbol, now)

    # -- orders

    def order(self, number: int) -> Order:
        """The order of this number, which is kept.

        :raises exsim.errors.NotFound: when it is not.
        """
        order = self.orders.get(number)
        if order is None:
            raise NotFound(f"venue {self.name} has no order {number}")
        return order

    def take_out(self, order: Order) -> None:
        """Take an order out of its book, if it is in one."""
        if order.working:
            self.engine.cancel(order.terms.symbol, order.number)
            order.working = False

    def set_aside(self, order: Order) -> None:
        """
        Take an order out of its book, or from among those that wait for an auction, to where it
        can be taken back from. One that is in neither stays where it is.
        """
        listing = self.listings.get(order.terms.symbol)
        waits = listing is not None and order.number in listing.parked
        if listing is not None and waits:
            listing.parked.remove(order.number)
        if not waits and not order.working:
            return
        self.keep_level(order)
        self.take_out(order)
        for number in list(self.aside):
            other = self.orders.get(number)
            if other is None or not other.open:
                del self.aside[number]
        self.aside[order.number] = True

    def keep_level(self, order: Order) -> None:
        """Remember where the stop of an order has come to, which is about to leave its book."""
        if order.working:
            order.level = self.engine.stop_px(order.terms.symbol, order.number)

    def cancel_order(self, order: Order, now: int, out: list[Event], text: str = "") -> None:
        """Cancel an order that nobody of its session asked to cancel."""
        self.take_out(order)
        out.append(self.orders.canceled(order, now, text=text))
        self.after(order.terms.symbol, now, out)

    def waiting_first(self, orders: list[Order]) -> list[Order]:
        """
        Orders that are all to be canceled, first those that wait for another one: its end would
        trigger them where it has traded.
        """
        links = self.links
        if links is None or not links.waiting:
            return orders
        waiting = [order for order in orders if order.number in links.waiting]
        return waiting + [order for order in orders if order.number not in links.waiting]

    def after(self, symbol: str, now: int, out: list[Event]) -> None:
        """Have all happen that taking an order out of a book led to."""
        if symbol not in self.listings:  # an order that was rejected for that, or outlived it
            return
        events = self.book_events
        self.engine.settle(symbol, events)
        if events:
            settle(self, events, symbol, now, out)
        self.follow_links(now, out)

    def follow_links(self, now: int, out: list[Event]) -> None:
        """Have all happen that the change of an order means for others that depend on it."""
        if self.links is not None and self.links.touched:
            self.links.follow(now, out)

    def print(
        self,
        symbol: str,
        price: int,
        qty: int,
        maker_id: str,
        taker: Order,
        now: int,
        out: list[Event],
    ) -> None:
        """Put a trade on the tape, and tell who wants to hear of it."""
        auction = maker_id != "" and not self.listings[symbol].rules.matches
        side = taker.terms.side
        self.tape(now, symbol, price, qty, maker_id, taker.order_id, side, auction, out)

    def tape(
        self,
        now: int,
        symbol: str,
        price: int,
        qty: int,
        maker_id: str,
        taker_id: str,
        taker_side: int,
        auction: bool,
        out: list[Event],
    ) -> None:
        """The same of a trade that may have one side alone, whichever it is."""
        self.last_trade += 1
        trade = Trade(
            self.last_trade, now, symbol, price, qty, maker_id, taker_id, taker_side, auction
        )
        self.trades.append(trade)
        if self.capture.subscribed:
            self.capture.traded(trade, out)
