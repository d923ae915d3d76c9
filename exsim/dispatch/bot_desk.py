"""
Where one bot trades at one venue: what it sees there, what it does, and what it has.

What a bot does is an entry of the journal of its own, then goes through the venue's policies like
anybody's, and what comes of it is told before the bot does the next thing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from exsim.dispatch.bot_text import cancel_text, new_text, replace_text
from exsim.dispatch.limits import band_of
from exsim.dispatch.phases import key
from exsim.dispatch.tasks import BotTask
from exsim.interfaces import IBotDesk
from exsim.model.bots import BotOrder
from exsim.model.codes import OrdType, Phase, ReportKind, Side, TimeInForce
from exsim.model.events import CancelReject, Event, Report
from exsim.model.grid import Grid
from exsim.model.instructions import Instructions
from exsim.model.journal import EntryKind
from exsim.model.luck import Luck
from exsim.model.plain import Plain
from exsim.model.requests import NO_PRICE, CancelOrder, NewOrder, ReplaceOrder, Request
from exsim.model.settings import Instrument

if TYPE_CHECKING:
    from exsim.dispatch.bot_runner import Runner
    from exsim.dispatch.bots import VenueBots
    from exsim.dispatch.desk import Desk
    from exsim.dispatch.venue import Venue

_BOT: Final = int(EntryKind.BOT)
_NOTE: Final = int(EntryKind.NOTE)
_LIMIT: Final = int(OrdType.LIMIT)
_DAY: Final = int(TimeInForce.DAY)
_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_FILL: Final = int(ReportKind.FILL)
_NEW: Final = int(ReportKind.NEW)
_REJECTED: Final = int(ReportKind.REJECTED)
_AMENDS: Final = frozenset({int(ReportKind.TRADE_CANCEL), int(ReportKind.TRADE_CORRECT)})
_SECOND: Final = 1_000_000_000
_LONGEST: Final = 60
"""Seconds for which nothing is entered in a symbol after many refusals."""


class BotDesk:
    """
    The place of one bot at one venue; see :class:`exsim.interfaces.IBotDesk`.

    ``due`` is when it is to be woken next, None for never. ``entered``, ``traded`` and ``refused``
    count its requests, its fills, and its requests that were refused. ``now`` is the time of its
    turn by the market's clock, ``real`` the real one, and ``began`` when the market did; it
    ``stands`` where it is to do nothing.
    """

    __slots__ = (
        "_bounds",
        "_by_symbol",
        "_desk",
        "_door",
        "_patterns",
        "_shy",
        "_venue",
        "at",
        "began",
        "due",
        "entered",
        "luck",
        "now",
        "orders",
        "pace",
        "positions",
        "real",
        "refused",
        "runner",
        "stands",
        "symbols",
        "traded",
        "venue",
    )

    def __init__(self, runner: Runner, venue: Venue, door: Desk, patterns: tuple[str, ...]) -> None:
        self.runner = runner
        self.venue = venue.name
        self.luck: Luck = runner.luck
        self._venue = venue
        self._door = door
        self._patterns = patterns
        self.at: IBotDesk  # itself, as the bot sees it
        self.pace = 1.0
        self.stands = True
        self.symbols: tuple[str, ...] = ()
        self._bounds: dict[str, tuple[int, int]] = {}
        self.reset()

    @property
    def bots(self) -> VenueBots:
        """Those of its venue."""
        bots = self._venue.bots
        assert bots is not None
        return bots

    def time(self, real: int) -> int:
        """The time of its market."""
        return self._venue.time(real)

    def reset(self) -> None:
        """It has done nothing yet."""
        self.orders: dict[str, BotOrder] = {}
        self._by_symbol: dict[str, dict[str, BotOrder]] = {}
        self.positions: dict[str, int] = {}
        self._shy: dict[str, tuple[int, int]] = {}  # until when, and for how many seconds
        self.due: int | None = None
        self.now = self.began = 0
        self.real = 0
        self.entered = self.traded = self.refused = 0

    # -- what it sees

    def look(self) -> None:
        """See which instruments there are."""
        venue = self._venue
        shared = venue.settings.participants.risk.price_band
        self.symbols = tuple([name for name in venue.instruments if self._is_for(name)])
        self._bounds.clear()
        for symbol in self.symbols:
            instrument = venue.instruments[symbol]
            grid = Grid(instrument, band_of(instrument, instrument.price_band, shared))
            self._bounds[symbol] = grid.low, grid.high

    def _is_for(self, symbol: str) -> bool:
        return any(fnmatchcase(symbol, pattern) for pattern in self._patterns)

    def instrument(self, symbol: str) -> Instrument:
        """An instrument."""
        return self._venue.instruments[symbol]

    def best(self, symbol: str) -> tuple[int | None, int, int | None, int]:
        """Best bid and its quantity, best offer and its quantity; None and 0 where none is."""
        book = self._venue.engine.book(symbol)
        bids, asks = book.levels(_BUY, 1), book.levels(_SELL, 1)
        bid, bid_qty = (bids[0][0], bids[0][1]) if bids else (None, 0)
        ask, ask_qty = (asks[0][0], asks[0][1]) if asks else (None, 0)
        return bid, bid_qty, ask, ask_qty

    def depth(self, symbol: str, side: int, levels: int) -> Sequence[tuple[int, int, int]]:
        """The best levels of a side: price, quantity, number of orders; 0 levels for all."""
        return self._venue.engine.book(symbol).levels(side, levels)

    def price(self, symbol: str) -> int | None:
        """What the venue's pricing source says it is worth, None where it says nothing."""
        return self._venue.price(symbol, self.now)

    def width(self, symbol: str) -> int:
        """How many times as wide as ever a maker is to quote; 0 for not at all."""
        return self._venue.prices.outages.width(symbol)

    def bounds(self, symbol: str) -> tuple[int, int]:
        """The lowest and the highest price that orders may have, by the static band."""
        return self._bounds[symbol]

    def last(self, symbol: str) -> int | None:
        """The price of the last trade, or else its reference; None where neither is."""
        return self._venue.listings[symbol].reference

    def phase(self, symbol: str) -> Phase:
        """The phase that an instrument is in."""
        return self._venue.listings[symbol].rules.phase

    def matches(self, symbol: str) -> bool:
        """Whether orders trade as they come: not so in auctions, halts, or when it is closed."""
        return self._venue.listings[symbol].rules.matches

    def takes(self, symbol: str, ord_type: int = _LIMIT, tif: int = _DAY) -> bool:
        """Whether orders of a kind are taken now: limit orders for the day, if nothing is said."""
        return key(ord_type, tif) in self._venue.listings[symbol].rules.takes

    # -- what it does

    def enter(
        self,
        symbol: str,
        side: int,
        qty: int,
        price: int = NO_PRICE,
        tif: int = _DAY,
        ord_type: int = _LIMIT,
        extra: Instructions | None = None,
    ) -> str:
        """Enter an order: its ClOrdID; empty where none is entered, since one was just refused."""
        shy = self._shy.get(symbol) if self._shy else None
        if shy is not None and self.now < shy[0]:
            return ""
        runner = self.runner
        runner.last += 1
        name = f"{runner.name}-{runner.last}"
        terms = NewOrder(
            runner.session,
            name,
            symbol,
            side,
            ord_type,
            tif,
            qty,
            price,
            runner.account,
            extra=extra,
        )
        self._have(BotOrder(name, symbol, side, price, qty))
        self._submit(new_text(terms), terms)
        return name

    def cancel(self, cl_ord_id: str) -> None:
        """Cancel what is left of an order."""
        order = self.orders.get(cl_ord_id)
        if order is None:
            return
        request = CancelOrder(
            self.runner.session,
            "",
            cl_ord_id,
            symbol=order.symbol,
            side=order.side,
            account=self.runner.account,
        )
        self._submit(cancel_text(request), request)

    def replace(self, cl_ord_id: str, qty: int, price: int) -> None:
        """Put an order on another quantity, of which what is filled is a part, and price."""
        order = self.orders.get(cl_ord_id)
        if order is None:
            return
        runner = self.runner
        terms = NewOrder(
            runner.session,
            "",
            order.symbol,
            order.side,
            _LIMIT,
            _DAY,
            qty,
            price,
            runner.account,
        )
        request = ReplaceOrder(cl_ord_id, terms)
        self._submit(replace_text(request), request)

    def _submit(self, text: bytes, request: Request) -> None:
        door, venue = self._door, self._venue
        door.journal.append(self.real, _BOT, self.runner.origin(self.venue), request.session, text)
        self.entered += 1
        door.take(venue, request, venue.chain, self.real, self.now)
        door.told(self.real)

    def pull(self) -> None:
        """Cancel all that it has."""
        for name in list(self.orders):
            self.cancel(name)

    # -- what it has

    def position(self, symbol: str) -> int:
        """What was bought less what was sold."""
        return self.positions.get(symbol, 0)

    def open_orders(self, symbol: str) -> Sequence[BotOrder]:
        """The bot's orders that are open, oldest first."""
        there = self._by_symbol.get(symbol)
        return () if there is None else list(there.values())

    def order(self, cl_ord_id: str) -> BotOrder | None:
        """One of them, None where it is not open."""
        return self.orders.get(cl_ord_id)

    def has(self, event: Event) -> bool:
        """Whether an event is of an order that it has, or had."""
        if isinstance(event, Report):
            name = event.terms.cl_ord_id
        elif isinstance(event, CancelReject):
            name = event.orig_cl_ord_id
        else:
            return False
        if name in self.orders:
            return True
        return self._venue.orders.find(self.runner.session, name) is not None

    def heard(self, event: Event) -> bool:
        """Keep in mind what happened; whether the bot is to hear of it, too."""
        if isinstance(event, CancelReject):
            self.refused += 1
            if not event.order_id:  # nobody took it on, or it is gone unheard
                self._forget(event.orig_cl_ord_id)
            return False
        if not isinstance(event, Report):
            return False
        symbol = event.terms.symbol
        if event.kind == _FILL:
            self._moved(event.terms.side, symbol, event.last_qty)
            self.traded += 1
        elif event.kind in _AMENDS and event.more is not None and event.more.was is not None:
            self._moved(event.terms.side, symbol, event.last_qty - event.more.was[0])
        elif event.kind == _REJECTED:
            self._rebuffed(symbol)
        elif event.kind == _NEW and self._shy:
            self._shy.pop(symbol, None)
        self._keep(event)
        return True

    def _keep(self, report: Report) -> None:
        """Know an order as it is now: one that was filled is there again where a fill was none."""
        terms = report.terms
        if report.leaves <= 0:
            self._forget(terms.cl_ord_id)
            return
        order = self.orders.get(terms.cl_ord_id)
        if order is None:
            order = BotOrder(terms.cl_ord_id, terms.symbol, terms.side, terms.price, report.leaves)
            self._have(order)
        order.leaves = report.leaves
        order.filled = report.cum
        order.price = terms.price

    def _have(self, order: BotOrder) -> None:
        self.orders[order.cl_ord_id] = order
        self._by_symbol.setdefault(order.symbol, {})[order.cl_ord_id] = order

    def _forget(self, name: str) -> None:
        order = self.orders.pop(name, None)
        if order is not None:
            del self._by_symbol[order.symbol][name]

    def _moved(self, side: int, symbol: str, qty: int) -> None:
        self.positions[symbol] = self.positions.get(symbol, 0) + (qty if side == _BUY else -qty)

    def _rebuffed(self, symbol: str) -> None:
        """Enter nothing in a symbol for a while: twice as long as the last time."""
        self.refused += 1
        before = self._shy.get(symbol)
        seconds = 1 if before is None else min(2 * before[1], _LONGEST)
        self._shy[symbol] = (self.now + seconds * _SECOND, seconds)

    def note(self, did: str, why: str, real: int) -> None:
        """Have the journal tell what became of the bot."""
        told = json.dumps({"bot": self.runner.name, "did": did, "why": why}, separators=(",", ":"))
        self._door.journal.append(real, _NOTE, self.venue, self.runner.session, told.encode())

    # -- wakes

    def others(self) -> Sequence[IBotDesk]:
        """Where the bot trades besides."""
        return [desk.at for desk in self.runner.desks.values() if desk is not self]

    def after(self, delay: int) -> None:
        """Wake the bot here so much later, too, by this market's clock."""
        self.plan(self._venue.time(self.runner.real) + delay)

    def plan(self, time: int) -> None:
        """Wake the bot at a market time, too: at once where that is over."""
        time = max(time, self.now + 1)
        if self.due is None or time < self.due:
            self.due = time
            self._venue.agenda.add(time, BotTask(self.runner.name))

    # -- snapshots

    def state(self) -> Plain:
        """All of it but the bot."""
        return {
            "orders": [
                [each.cl_ord_id, each.symbol, each.side, each.price, each.leaves, each.filled]
                for each in self.orders.values()
            ],
            "positions": self.positions,
            "shy": [[symbol, *shy] for symbol, shy in self._shy.items()],
            "due": self.due,
            "now": self.now,
            "began": self.began,
            "counts": [self.entered, self.traded, self.refused],
        }

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self.reset()
        for values in plain["orders"]:
            self._have(BotOrder(*values))
        self.positions = dict(plain["positions"])
        self._shy = {symbol: (until, seconds) for symbol, until, seconds in plain["shy"]}
        self.due = plain["due"]
        self.now, self.began = plain["now"], plain["began"]
        self.entered, self.traded, self.refused = plain["counts"]
