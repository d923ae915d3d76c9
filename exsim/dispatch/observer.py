"""
What is seen of a venue's instruments over time, for pictures and stylised facts: looks at the
books, trades, and what happens to orders. The venue does the same whether it is observed or not.
"""

from __future__ import annotations

from array import array
from itertools import islice
from typing import TYPE_CHECKING, Final

from exsim.dispatch.price_lines import is_like
from exsim.facts.observed import (
    CANCELED,
    DEPTH,
    LIMIT,
    NOTHING,
    REPLACED,
    TAKING,
    Packed,
)
from exsim.facts.ring import Ring
from exsim.model.codes import OrdType, ReportKind, Side, TimeInForce
from exsim.model.market import Ticks
from exsim.orders.order import Order
from exsim.orders.watcher import Tally

if TYPE_CHECKING:
    from exsim.dispatch.venue import Venue

MOST: Final = 100
"""Instruments of a venue that are observed: more would take too long to look at, at once."""
TAPE: Final = 20_000
"""Trades on the tape that are looked through for those of an instrument that is not observed."""
_BUY: Final = int(Side.BUY)
_SELL: Final = int(Side.SELL)
_LIMIT: Final = int(OrdType.LIMIT)
_TAKING: Final = (int(TimeInForce.IOC), int(TimeInForce.FOK))
_KINDS: Final = {int(ReportKind.REPLACED): REPLACED, int(ReportKind.CANCELED): CANCELED}
_NEW: Final = int(ReportKind.NEW)


class Seen:
    """What is kept of one instrument: rows as :class:`exsim.facts.observed.Observed` has them."""

    __slots__ = ("books", "orders", "trades")

    def __init__(self, keep: int) -> None:
        self.books = Ring(5, keep)
        self.trades = Ring(4, keep)
        self.orders = Ring(3, keep)


class Observer(Tally):
    """
    Observes a venue, once told to :meth:`look`.

    :param patterns: what symbols of those observed are like, the first :data:`MOST` of them.
    :param every: the time between two looks at books, nanoseconds of the market's clock.
    :param keep: how many looks, trades and changes of orders are kept of each; 0 for all.
    """

    __slots__ = ("_due", "_keep", "_last", "_listed", "_patterns", "_venue", "every", "seen")

    def __init__(self, venue: Venue, patterns: tuple[str, ...], every: int, keep: int) -> None:
        self._venue = venue
        self._patterns = patterns
        self.every = every
        self._keep = keep
        self.reset()
        venue.orders.tally = self

    def reset(self) -> None:
        """Nothing was seen yet."""
        self.seen: dict[str, Seen] = {}
        self._listed = -1
        self._due = 0
        self._last = self._venue.last_trade

    def look(self, now: int) -> None:
        """See what traded, and how books are where that is due; ``now`` is market time."""
        venue = self._venue
        if venue.listed != self._listed:
            self._list()
        if venue.last_trade > self._last:
            self._see_trades()
        if now >= self._due:
            self._due = (now // self.every + 1) * self.every
            for symbol, seen in self.seen.items():
                seen.books.add(self._book(symbol, now))

    def _list(self) -> None:
        """See which instruments there are."""
        self._listed = self._venue.listed
        names = [name for name in self._venue.instruments if is_like(name, self._patterns)]
        self.seen = {name: self.seen.get(name) or Seen(self._keep) for name in names[:MOST]}

    def _see_trades(self) -> None:
        trades, fresh = self._venue.trades, self._venue.last_trade - self._last
        self._last = self._venue.last_trade
        for trade in islice(trades, max(0, len(trades) - fresh), None):
            seen = self.seen.get(trade.symbol)
            if seen is not None:
                seen.trades.add((trade.time, trade.price, trade.qty, trade.taker_side))

    def _book(self, symbol: str, now: int) -> tuple[int, int, int, int, int]:
        book = self._venue.engine.book(symbol)
        bids, asks = book.levels(_BUY, DEPTH), book.levels(_SELL, DEPTH)
        return (
            now,
            bids[0][0] if bids else NOTHING,
            sum([qty for _, qty, _ in bids]),
            asks[0][0] if asks else NOTHING,
            sum([qty for _, qty, _ in asks]),
        )

    def reported(self, order: Order, kind: int, now: int) -> None:
        """See what is reported of an order."""
        terms = order.terms
        seen = self.seen.get(terms.symbol)
        if seen is None:
            return
        if kind == _NEW:
            takes = terms.ord_type != _LIMIT or terms.tif in _TAKING
            seen.orders.add((now, terms.qty, TAKING if takes else LIMIT))
        elif kind in _KINDS:
            seen.orders.add((now, terms.qty, _KINDS[kind]))

    def packed(self, symbol: str, now: int) -> Packed:
        """All that was seen of an instrument until the market time ``now``."""
        return packed(self._venue, symbol, now, self.every, self.seen.get(symbol))


def packed(venue: Venue, symbol: str, now: int, every: int, seen: Seen | None) -> Packed:
    """
    What was seen of an instrument; of one that is not observed, what the venue keeps anyhow.
    """
    priced = venue.prices.priced.get(symbol)
    instrument, worth = venue.instruments[symbol], venue.price(symbol, now)
    if worth is None:
        worth = venue.listings[symbol].reference or 0
    return Packed(
        venue.name,
        symbol,
        "" if priced is None else priced.line.name,
        Ticks(instrument.tick, instrument.ticks).at(worth),
        now,
        every if seen is not None else 0,
        b"" if priced is None else priced.packed(),
        b"" if seen is None else seen.books.packed(),
        _taped(venue, symbol) if seen is None else seen.trades.packed(),
        b"" if seen is None else seen.orders.packed(),
    )


def _taped(venue: Venue, symbol: str) -> bytes:
    """The newest trades of an instrument on the venue's tape, as far as that is looked through."""
    newest = islice(reversed(venue.trades), TAPE)
    rows = [
        (each.time, each.price, each.qty, each.taker_side)
        for each in newest
        if each.symbol == symbol
    ]
    flat: array[int] = array("q")
    for row in reversed(rows):
        flat.extend(row)
    return flat.tobytes()
