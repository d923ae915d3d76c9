"""
What is true of a simulator after every command, whatever the command was.

:class:`Invariants` looks at all venues of an exchange and at what its journal has that sessions
were told; :class:`OfVenue` at one venue. Both remember what they saw, and compare. What is wrong is
raised as :class:`tests.soundness.Broken`.

* A book that matches is not crossed; its levels add up; all it holds are open orders, with as much
  open as they have left. No order is anywhere twice.
* An order asks for what was filled and what is left; what was filled is the sum of its fills.
* What trades is at the top: no plain order that came before, or is at a better price, is passed by.
  What rests keeps its place, and trades at no price beyond its limit.
* Each trade on the tape is a fill of the orders that it names, and each new fill is on the tape.
* ExecIDs and OrderIDs are not given twice; reports say what the fills come to.
* The messages of a session are numbered without a gap as long as it is logged on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from exsim.dispatch.venue import Venue
from exsim.engine.level import Half, Special
from exsim.engine.market import Market
from exsim.model.codes import ReportKind
from exsim.model.events import Event, Report
from exsim.model.journal import Entry, EntryKind
from exsim.model.market import Allocation, Keeps, Prevention
from exsim.model.requests import NO_PRICE
from exsim.model.settings import ORDER_ENTRY
from exsim.model.trades import Trade
from exsim.orders import order as states
from exsim.services.exchange import Exchange
from exsim.wire.fix import FixMessage, GarbledMessage, amount, decode
from tests.soundness import Broken, Orders, check_market, demand, mark_of_market

MOST: Final = 1_000
"""Orders up to which each look is at all of a venue; of more it is every hundredth look."""
_SELDOM: Final = 100
_FILL: Final = int(ReportKind.FILL)
_STATUS: Final = int(ReportKind.STATUS)
_NEW: Final = int(ReportKind.NEW)
_REVISED: Final = (" canceled", " corrected")


class Told(NamedTuple):
    """What a session was told of an order; amounts are units of 10^-8, -1 for what is not said."""

    session: str
    order_id: str
    exec_id: str
    new: bool
    fill: bool
    qty: int
    last_qty: int
    last_px: int
    cum: int
    leaves: int
    avg: int


class Place(NamedTuple):
    """Where a plain order stands: its level's key, its open quantity, and what it asks for."""

    key: int
    qty: int
    terms: tuple[object, ...]


class OfVenue:
    """One venue, from look to look."""

    def __init__(self) -> None:
        self._looks = 0
        self._epoch = 0
        self._forget()

    def _forget(self) -> None:
        self._told: dict[str, Told] = {}  # by ExecID
        self._born: dict[str, str] = {}  # who was told that an order is new, by OrderID
        self._trade = 0
        self._exec = 0
        self._queues: dict[tuple[str, int], dict[int, Place]] = {}
        self._orders = Orders()
        self._markets: dict[str, tuple[object, ...]] = {}

    def follow(self, venue: Venue) -> bool:
        """Be of another epoch, where the venue is; whether it is of the same one."""
        if venue.epoch == self._epoch:
            return True
        begins, self._epoch = not self._epoch, venue.epoch
        self._forget()
        return begins

    def check(self, venue: Venue) -> None:
        """
        Look at it.

        :raises Broken: when something is wrong.
        """
        self.follow(venue)
        self._looks += 1
        if len(venue.orders) > MOST and self._looks % _SELDOM:
            return
        self._orders.check(venue)
        traded = self._check_tape(venue)
        if self._orders.anew:
            self._markets.clear()
        changed = {order.terms.symbol for order in self._orders.changed}
        for symbol, listing in venue.listings.items():
            market = venue.engine.market(symbol)
            mark = mark_of_market(venue, listing, market)
            if symbol not in changed and self._markets.get(symbol) == mark:
                continue
            self._markets[symbol] = mark
            check_market(venue, listing, market, self._orders.working.get(symbol, ()))
            self._check_priority(venue, market, symbol, traded)
        self._trade, self._exec = venue.last_trade, venue.orders.reported

    # -- the tape

    def _check_tape(self, venue: Venue) -> dict[int, list[int]]:
        """That new fills are new trades; the prices at which orders traded with each other."""
        new = [trade for trade in venue.trades if trade.trade_id > self._trade]
        numbers = [trade.trade_id for trade in new]
        first = venue.last_trade - len(new) + 1
        demand(numbers == list(range(first, venue.last_trade + 1)), "trades {}", numbers)
        if first > self._trade + 1 or self._trade > venue.last_trade:
            return {}  # more of them than are kept
        sides = Counter(_sides(new))
        fills: Counter[tuple[int, int, int]] = Counter()
        for order in self._orders.changed:
            for fill in order.fills or ():
                if int(fill.exec_id) > self._exec:
                    fills[order.number, fill.qty, fill.price] += 1
        for side in sides | fills:
            known = venue.orders.get(side[0])
            if known is not None and not _is_revised(known):
                said = "order {}: {} of {} at {} on the tape, {} among its fills"
                there, had = sides[side], fills[side]
                demand(there == had, said, side[0], there, side[1], side[2], had)
        both = [trade for trade in new if trade.maker_order_id and trade.taker_order_id]
        prices: dict[int, list[int]] = {}
        for number, _, price in _sides(both):
            prices.setdefault(number, []).append(price)
        return prices

    # -- price and time

    def _check_priority(
        self, venue: Venue, market: Market, symbol: str, traded: dict[int, list[int]]
    ) -> None:
        rules = market.rules
        fair = rules.allocation in (Allocation.FIFO, Allocation.DISPLAY)
        fair = fair and rules.prevention is Prevention.NONE and not rules.lmm_share
        for half in (market.book.bids, market.book.asks):
            before = self._queues.get((symbol, half.side), {})
            after = dict(_queue(venue, half))
            here = {
                number for number in before if number in traded and _asks(venue, number, before)
            }
            for number in here:
                _check_limit(half, venue.order(number), traded[number])
            if fair:
                _check_passed_by(before, after, here, symbol)
            if rules.replace_keeps is not Keeps.NOTHING:
                _check_places(before, after, symbol, rules.replace_keeps is Keeps.SMALLER)
            self._queues[symbol, half.side] = after

    # -- reports

    def told(self, venue: Venue, told: Told) -> None:
        """A session was told of an order."""
        self.follow(venue)
        if told.exec_id == "0":
            return
        before = self._told.setdefault(told.exec_id, told)
        demand(before == told, "ExecID {} was {}, now it is {}", told.exec_id, before, told)
        if before is not told:
            return
        if told.new:
            first = self._born.setdefault(told.order_id, told.exec_id)
            demand(first == told.exec_id, "OrderID {} is new twice", told.order_id)
        if told.leaves > 0 and told.qty >= 0:
            said = "order {}: OrderQty {}, CumQty {}, LeavesQty {}"
            sums = told.cum + told.leaves == told.qty
            demand(sums, said, told.order_id, told.qty, told.cum, told.leaves)
        order = venue.orders.by_order_id(told.order_id)
        if told.fill and order is not None and not _is_revised(order):
            _check_fill(told, order)


def _check_fill(told: Told, order: states.Order) -> None:
    """That a fill is one, and cum and average are those of all fills up to it."""
    fills = [fill for fill in order.fills or () if int(fill.exec_id) <= int(told.exec_id)]
    demand(bool(fills) and fills[-1].exec_id == told.exec_id, "{} is no fill", told)
    last = fills[-1]
    demand((last.qty, last.price) == (told.last_qty, told.last_px), "{} is told wrong", told)
    cum = sum(fill.qty for fill in fills)
    notional = sum(fill.qty * fill.price for fill in fills)
    demand(cum == told.cum, "CumQty {}: fills come to {}", told, cum)
    if told.avg >= 0:
        demand(abs(2 * (told.avg * cum - notional)) <= cum, "AvgPx {}: {}", told, notional / cum)


def _sides(trades: Iterable[Trade]) -> Iterator[tuple[int, int, int]]:
    for trade in trades:
        for order_id in (trade.maker_order_id, trade.taker_order_id):
            if order_id:
                yield int(order_id), trade.qty, trade.price


def _is_revised(order: states.Order) -> bool:
    """Whether a fill of an order was busted or corrected."""
    notes = order.notes or ()
    return any(text.startswith("fill ") and any(w in text for w in _REVISED) for _, text in notes)


# -- price and time


def _queue(venue: Venue, half: Half) -> Iterator[tuple[int, Place]]:
    """The plain orders of a side, those first that trade first."""
    for key in reversed(half.keys):
        for resting in half.levels[key].orders():
            order = venue.orders.get(resting.order_id)
            if order is not None and not isinstance(resting, Special):
                yield order.number, Place(key, resting.qty, _asked(order))


def _asked(order: states.Order) -> tuple[object, ...]:
    terms = order.terms
    return terms.cl_ord_id, terms.price, terms.qty, terms.ord_type, terms.tif


def _asks(venue: Venue, number: int, before: dict[int, Place]) -> bool:
    """Whether an order that stood somewhere asks for the same still."""
    order = venue.orders.get(number)
    return order is not None and _asked(order) == before[number].terms


def _check_limit(half: Half, order: states.Order, prices: list[int]) -> None:
    """That an order traded at no price that is worse than its limit."""
    limit = order.terms.price
    for price in prices:
        within = limit == NO_PRICE or half.sign * price <= half.sign * limit
        demand(within, "order {} traded at {}, beyond {}", order.number, price, limit)


def _stayed(before: Place, after: Place | None) -> bool:
    """Whether an order is where it was, with nothing but fills between."""
    return (
        after is not None
        and (after.key, after.terms) == (before.key, before.terms)
        and after.qty <= before.qty
    )


def _check_passed_by(
    before: dict[int, Place], after: dict[int, Place], traded: set[int], symbol: str
) -> None:
    """That who traded had nobody before them who is still there."""
    first: int | None = None
    for number, place in before.items():
        if number in traded:
            demand(first is None, "{}: order {} was passed by for {}", symbol, first, number)
        if first is None and _stayed(place, after.get(number)):
            first = number


def _check_places(
    before: dict[int, Place], after: dict[int, Place], symbol: str, smaller: bool
) -> None:
    """That those who stay keep their order, and who is new, or has more there, is behind them."""
    stayed = [number for number, place in before.items() if _stayed(place, after.get(number))]
    kept = [number for number in after if number in set(stayed)]
    demand(stayed == kept, "{}: {} rested, now it is {}", symbol, stayed, kept)
    newest: dict[int, int] = {}
    for number, place in after.items():
        known = before.get(number)
        if known is None or (smaller and known.key == place.key and known.qty < place.qty):
            newest[place.key] = number
        elif place.key in newest and _stayed(known, place):
            new = newest[place.key]
            raise Broken(f"{symbol}: order {number} rested, and {new} came before it")


# -- what sessions are told


class Invariants:
    """
    An exchange from now on, from look to look. Later it may be another one that goes on with the
    same journal.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._venues: dict[str, OfVenue] = {}
        self._epoch = exchange.journal.epoch
        self._seq = exchange.journal.last
        self._last_out: dict[str, int] = {}
        self._ending: set[str] = set()

    def check(self, exchange: Exchange) -> None:
        """
        Look at all that is there, and what was said since the last look.

        :raises Broken: when something is wrong.
        """
        venues = exchange.dispatcher.venues
        self._venues = {name: self._venues.get(name) or OfVenue() for name in venues}
        same = {name for name, venue in venues.items() if self._venues[name].follow(venue)}
        for name, venue in venues.items():
            self._venues[name].check(venue)
        journal = exchange.journal
        if journal.epoch != self._epoch:
            self._epoch, self._seq = journal.epoch, 0
            self._last_out.clear()
        for entry in journal.entries(self._seq):
            self._seq = entry.seq
            self._read(exchange, entry, same)

    def _read(self, exchange: Exchange, entry: Entry, same: set[str]) -> None:
        if entry.kind == EntryKind.COMMAND or entry.kind == EntryKind.STEP:
            self._last_out.clear()  # it may have set numbers
        if entry.kind == EntryKind.IN and b"\x0135=A\x01" in entry.data:
            self._last_out.pop(entry.session, None)  # it may ask for that
        if entry.kind != EntryKind.OUT or not entry.session:
            return
        try:
            message = decode(entry.data)
        except GarbledMessage:
            return  # a person sent it as it is
        self._number(entry.session, message)
        endpoint = exchange.endpoints.get(entry.origin)
        if endpoint is None or message.msg_type != b"8" or endpoint.venue.name not in same:
            return
        if endpoint.settings.role != ORDER_ENTRY:
            return  # copies
        venue = endpoint.venue
        told = told_of(entry.session, message)
        again = message.get(b"43") == b"Y" and venue.epoch > 1  # it may be of the one before
        if told is not None and not again:
            self._venues[venue.name].told(venue, told)

    def _number(self, session: str, message: FixMessage) -> None:
        if message.get(b"43") == b"Y":
            return
        if message.msg_type == b"4":  # what was asked to be sent again, or a new number
            self._last_out.pop(session, None)
            return
        last = self._last_out.get(session)
        if message.msg_type == b"A":  # it may follow what was kept while nobody was there
            self._ending.discard(session)
        elif session not in self._ending:
            right = last is None or message.seq == last + 1
            demand(right, "session {}: message {} after {}", session, message.seq, last)
        if message.msg_type == b"5":  # reports are kept from now on, and answers are sent
            self._ending.add(session)
        self._last_out[session] = message.seq


def told_of(session: str, message: FixMessage) -> Told | None:
    """An ExecutionReport; None for one that no change of an order came with."""
    get = message.get
    exec_type, trans_type = get(b"150"), get(b"20") or b"0"
    if trans_type != b"0" or exec_type == b"I" or get(b"442") == b"2":
        return None
    traded = exec_type is None or exec_type in (b"1", b"2", b"F")
    last = _amount(get(b"32"))
    return Told(
        session,
        (get(b"37") or b"").decode(),
        (get(b"17") or b"").decode(),
        exec_type == b"0",  # in FIX.4.0 a restated order is told in the same way
        traded and last > 0,
        _amount(get(b"38")),
        last,
        _amount(get(b"31")),
        _amount(get(b"14")),
        _amount(get(b"151")),
        _amount(get(b"6")),
    )


def told_by(event: Event) -> Told | None:
    """The same of an event; None for what is no report of a change."""
    if not isinstance(event, Report) or event.kind == _STATUS:
        return None
    return Told(
        event.session,
        event.order_id,
        event.exec_id,
        event.kind == _NEW,
        event.kind == _FILL,
        event.terms.qty,
        event.last_qty,
        event.last_px,
        event.cum,
        event.leaves,
        event.avg,
    )


def _amount(value: bytes | None) -> int:
    return -1 if value is None else amount(value)
