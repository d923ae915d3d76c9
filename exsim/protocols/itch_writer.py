"""
ITCH 5.0 of what a venue shows: each thing that happens is a message, or a few.

What the layout has no room for is not told: instruments with a tick below 0.0001, lots of less than
one or a symbol of more than 8 characters, instruments beyond 65,535, and orders at prices below 0
or above 429,496.7295.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from exsim.model.amounts import UNIT
from exsim.model.book_updates import (
    Added,
    Deleted,
    Executed,
    Indicative,
    Listener,
    OrderUpdate,
    Reduced,
    Replaced,
)
from exsim.model.codes import Phase, Side
from exsim.model.plain import Plain
from exsim.model.trades import Trade
from exsim.wire.layout import PRICE_UNIT, Layout
from exsim.wire.layouts import itch50 as itch

if TYPE_CHECKING:
    from exsim.model.settings import Instrument

_BUY: Final = int(Side.BUY)
_SIDES: Final = {1: b"B", 2: b"S"}
_MOST: Final = 2**32 - 1
_MOST_STOCKS: Final = 2**16 - 1
_STATES: Final = {
    Phase.HALT: b"H",
    Phase.VOLATILITY_AUCTION: b"P",
    Phase.CONTINUOUS: b"T",
    Phase.TRADE_AT_CLOSE: b"T",
}
_QUOTATION: Final = b"Q"
_CROSSES: Final = {
    Phase.OPENING_AUCTION: b"O",
    Phase.PRE_OPEN: b"O",
    Phase.CLOSING_AUCTION: b"C",
    Phase.INTRADAY_AUCTION: b"I",
}
_REOPENING: Final = b"H"
_MARKET_HOURS: Final = frozenset(
    (Phase.CONTINUOUS, Phase.HALT, Phase.INTRADAY_AUCTION, Phase.VOLATILITY_AUCTION)
)
"""Phases that do not end the hours of the market; the first of them begins these."""

ANNOUNCED: Final = (
    itch.SYSTEM_EVENT,
    itch.TRADING_ACTION,
    itch.REG_SHO,
    itch.PARTICIPANT_POSITION,
    itch.MWCB_LEVELS,
    itch.MWCB_STATUS,
    itch.IPO_QUOTING,
    itch.LULD_COLLAR,
    itch.OPERATIONAL_HALT,
    itch.NOII,
    itch.RETAIL_INTEREST,
    itch.DIRECT_LISTING,
)
"""Messages that somebody may have told: none is of orders and trades, so books stay right."""


class ItchWriter(Listener):
    """
    Writes messages with ``emit``.

    :param emit: given each message and the market time.
    :param attributes: whether to tell whose orders are.
    """

    __slots__ = (
        "_crosses",
        "_emit",
        "_fractions",
        "_hours",
        "_locates",
        "_phase",
        "_phases",
        "_unseen",
        "attributes",
    )

    def __init__(self, emit: Callable[[bytes, int], None], attributes: bool = False) -> None:
        self._emit = emit
        self.attributes = attributes
        self._locates: dict[str, int] = {}
        self._phases: dict[str, Phase] = {}
        self._crosses: dict[str, bytes] = {}  # the type of the cross that ended the last phase
        self._phase: Phase | None = None
        self._hours = False  # whether these are the hours of the market
        self._fractions: dict[int, int] = {}  # less than a share that was not told, by reference
        self._unseen: dict[int, bool] = {}  # references of orders that cannot be told

    # -- what there is

    def begun(self, phase: Phase, now: int, moment: int) -> None:
        """System Events: messages start, and system hours do or did."""
        self._event(b"O", now, moment)
        if phase is not Phase.CLOSED:
            self._event(b"S", now, moment)

    def listed(self, instrument: Instrument, phase: Phase, now: int, moment: int) -> None:
        """Stock Directory, Trading Action and Reg SHO of an instrument that is there."""
        symbol = instrument.symbol
        if not _fits(instrument):
            return
        locate = self._locates.get(symbol, len(self._locates) + 1)
        if locate > _MOST_STOCKS:
            return
        self._locates[symbol] = locate
        lot = instrument.lot // UNIT
        directory = (_padded(symbol), b"Q", b"N", lot, b"N", b"C", b"Z ", b"T", b"N", b"N", b" ")
        self._write(itch.STOCK_DIRECTORY, locate, now, moment, *directory, b"N", 0, b"N")
        self._write(itch.REG_SHO, locate, now, moment, _padded(symbol), b"0")
        self._action(symbol, locate, phase, now, moment)

    def turned(self, symbol: str, phase: Phase, now: int, moment: int) -> None:
        """A Trading Action of an instrument, or the System Event of a venue."""
        if not symbol:
            self._venue_turned(phase, now, moment)
            return
        locate = self._locates.get(symbol)
        if locate is not None:
            self._action(symbol, locate, phase, now, moment)

    def _venue_turned(self, phase: Phase, now: int, moment: int) -> None:
        before, self._phase = self._phase, phase
        if before is Phase.CLOSED and phase is not Phase.CLOSED:
            self._event(b"S", now, moment)
        if phase is Phase.CONTINUOUS and not self._hours:
            self._hours = True
            self._event(b"Q", now, moment)
        elif self._hours and phase not in _MARKET_HOURS:
            self._hours = False
            self._event(b"M", now, moment)
        if phase is Phase.CLOSED and before not in (None, Phase.CLOSED):
            self._event(b"E", now, moment)

    def _event(self, code: bytes, now: int, moment: int) -> None:
        self._write(itch.SYSTEM_EVENT, 0, now, moment, code)

    def _action(self, symbol: str, locate: int, phase: Phase, now: int, moment: int) -> None:
        before = self._phases.get(symbol, Phase.HALT)
        self._crosses[symbol] = _CROSSES.get(before, _REOPENING)
        self._phases[symbol] = phase
        state = _STATES.get(phase, _QUOTATION)
        self._write(itch.TRADING_ACTION, locate, now, moment, _padded(symbol), state, b" ", b"    ")

    def cleared(self, now: int, moment: int) -> None:
        """Nothing is there any more: those who follow begin anew."""
        self._unseen.clear()
        self._locates.clear()
        self._phases.clear()
        self._crosses.clear()
        self._phase = None
        self._hours = False
        self._fractions.clear()

    # -- orders and trades

    def changed(
        self, symbol: str, updates: list[OrderUpdate], trades: list[Trade], now: int, moment: int
    ) -> None:
        """Messages of orders, then of trades that no displayed order tells of."""
        locate = self._locates.get(symbol)
        if locate is None:
            return
        told: dict[int, int] = {}
        for update in updates:
            if isinstance(update, Executed):
                if update.counts and update.ref not in self._unseen:
                    told[update.trade_id] = told.get(update.trade_id, 0) + update.qty
                self._executed(update, locate, now, moment)
            else:
                self._order(symbol, update, locate, now, moment)
        crossed = 0
        last: Trade | None = None
        for trade in trades:
            if trade.auction:
                crossed += trade.qty
                last = trade
            elif trade.qty > told.get(trade.trade_id, 0):
                rest = trade.qty - told.get(trade.trade_id, 0)
                about = (trade.symbol, rest, trade.price, trade.trade_id)
                self._trade(*about, locate, now, moment)
        if last is not None:
            self._cross(last, crossed, locate, now, moment)

    def _order(self, symbol: str, update: OrderUpdate, locate: int, now: int, moment: int) -> None:
        if isinstance(update, Added):
            self._add(
                symbol,
                update.ref,
                update.side,
                update.price,
                update.qty,
                locate,
                now,
                moment,
                update.firm,
            )
        elif isinstance(update, Replaced):
            self._replace(symbol, update, locate, now, moment)
        elif update.ref in self._unseen:
            if isinstance(update, Deleted):
                del self._unseen[update.ref]
        elif isinstance(update, Deleted):
            self._fractions.pop(update.ref, None)
            self._write(itch.DELETE, locate, now, moment, update.ref)
        elif isinstance(update, Reduced):
            shares = self._shares(update.ref, update.qty)
            if shares:
                self._write(itch.CANCEL, locate, now, moment, update.ref, shares)

    def _displayed(self, ref: int, qty: int) -> int:
        """The shares of an order: of one that a person filled in part, a part of one counts."""
        more = -qty % UNIT
        if more:
            self._fractions[ref] = more
        return (qty + more) // UNIT

    def _shares(self, ref: int, qty: int) -> int:
        """
        By how many shares an order is less: a person may fill less than one, so that what was not
        told yet is told as soon as it comes to one. As long as there is something left of the
        order, there is a share.
        """
        if qty % UNIT == 0 and not self._fractions:
            return qty // UNIT
        shares, rest = divmod(self._fractions.pop(ref, 0) + qty, UNIT)
        if rest:
            self._fractions[ref] = rest
        return shares

    def _add(
        self,
        symbol: str,
        ref: int,
        side: int,
        price: int,
        qty: int,
        locate: int,
        now: int,
        moment: int,
        firm: str = "",
    ) -> None:
        if not _tellable(price, qty):
            self._unseen[ref] = True
            return
        shares, limit = self._displayed(ref, qty), price // PRICE_UNIT
        stock = _padded(symbol)
        if firm and self.attributes:
            mpid = firm.encode("latin-1", "replace")[:4].ljust(4)
            about = (ref, _SIDES[side], shares, stock, limit, mpid)
            self._write(itch.ADD_ATTRIBUTED, locate, now, moment, *about)
            return
        self._write(itch.ADD, locate, now, moment, ref, _SIDES[side], shares, stock, limit)

    def _replace(self, symbol: str, update: Replaced, locate: int, now: int, moment: int) -> None:
        hidden, old, ref = update.old_ref in self._unseen, update.old_ref, update.ref
        if hidden:
            del self._unseen[old]
            price, qty = update.price, update.qty
            self._add(symbol, ref, update.side, price, qty, locate, now, moment)
        elif not _tellable(update.price, update.qty):
            self._unseen[ref] = True
            self._fractions.pop(old, None)
            self._write(itch.DELETE, locate, now, moment, old)
        else:
            self._fractions.pop(old, None)
            shares, limit = self._displayed(ref, update.qty), update.price // PRICE_UNIT
            self._write(itch.REPLACE, locate, now, moment, old, ref, shares, limit)

    def _executed(self, update: Executed, locate: int, now: int, moment: int) -> None:
        if update.ref in self._unseen:
            return
        shares, match = self._shares(update.ref, update.qty), update.trade_id
        if not shares:
            return
        if update.counts and update.price == update.limit:
            self._write(itch.EXECUTED, locate, now, moment, update.ref, shares, match)
            return
        printable = b"Y" if update.counts else b"N"
        price = _clipped(update.price)
        self._write(
            itch.EXECUTED_WITH_PRICE,
            locate, now, moment, update.ref, shares, match, printable, price,
        )  # fmt: skip

    def _trade(
        self, symbol: str, qty: int, at: int, match: int, locate: int, now: int, moment: int
    ) -> None:
        """One that no displayed order tells of; in parts, where a field cannot hold all of it."""
        stock, price, shares = _padded(symbol), _clipped(at), qty // UNIT
        while shares:
            part = min(shares, _MOST)
            self._write(itch.TRADE, locate, now, moment, 0, b"B", part, stock, price, match)
            shares -= part

    def _cross(self, last: Trade, qty: int, locate: int, now: int, moment: int) -> None:
        stock, price, kind = _padded(last.symbol), _clipped(last.price), self._crosses[last.symbol]
        self._write(
            itch.CROSS_TRADE,
            locate, now, moment, qty // UNIT, stock, price, last.trade_id, kind,
        )  # fmt: skip

    def indicated(
        self, symbol: str, phase: Phase, indicative: Indicative, now: int, moment: int
    ) -> None:
        """A Net Order Imbalance Indicator."""
        locate = self._locates.get(symbol)
        if locate is None:
            return
        direction = {0: b"N", _BUY: b"B"}.get(indicative.side, b"S")
        if indicative.price is None and not indicative.imbalance:
            direction = b"O"
        price = 0 if indicative.price is None else _clipped(indicative.price)
        paired, rest = indicative.volume // UNIT, indicative.imbalance // UNIT
        self._write(
            itch.NOII, locate, now, moment, paired, rest, direction, _padded(symbol),
            price, price, price, _CROSSES.get(phase, _REOPENING), b" ",
        )  # fmt: skip

    def revised(
        self, symbol: str, trade_id: int, qty: int, price: int, now: int, moment: int
    ) -> None:
        """A Broken Trade; of one that is corrected, a Trade after it."""
        locate = self._locates.get(symbol)
        if locate is None:
            return
        self._write(itch.BROKEN_TRADE, locate, now, moment, trade_id)
        if qty:
            self._trade(symbol, qty, price, trade_id, locate, now, moment)

    def announced(self, kind: str, fields: Mapping[str, str], now: int, moment: int) -> None:
        """A message that somebody chose, of those that are not of orders and trades."""
        for layout in ANNOUNCED:
            if kind in (layout.type.decode(), layout.name):
                break
        else:
            known = ", ".join(f"{each.type.decode()} ({each.name})" for each in ANNOUNCED)
            raise ValueError(f"no message {kind[:40]!r} can be told so; there are: {known}")
        stock = fields.get("stock", "")
        if stock not in self._locates and any(field.name == "stock" for field in layout.fields):
            raise ValueError(f"there is no stock {stock[:40]!r} on this feed")
        given = {"stock_locate": str(self._locates.get(stock, 0)), "timestamp": str(moment)}
        self._emit(layout.build({**given, **fields}), now)

    def _write(
        self, layout: Layout, locate: int, now: int, moment: int, *values: int | bytes
    ) -> None:
        self._emit(layout.encode((locate, 0, moment, *values)), now)

    # -- snapshots

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        phase = None if self._phase is None else self._phase.value
        phases = [[symbol, each.value] for symbol, each in self._phases.items()]
        crosses = list(self._crosses.items())
        told = [self._hours, list(self._fractions.items())]
        return [list(self._locates.items()), crosses, phase, phases, list(self._unseen), *told]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        locates, crosses, phase, phases, unseen, self._hours, fractions = plain
        self._fractions = dict(fractions)
        self._locates, self._crosses = dict(locates), dict(crosses)
        self._phase = None if phase is None else Phase(phase)
        self._phases = {symbol: Phase(each) for symbol, each in phases}
        self._unseen = dict.fromkeys(unseen, True)


def _fits(instrument: Instrument) -> bool:
    ticks = [step for _, step in instrument.ticks] or [instrument.tick]
    whole = all(step % PRICE_UNIT == 0 for step in ticks)
    lot = instrument.lot
    return whole and lot % UNIT == 0 and lot // UNIT <= _MOST and len(instrument.symbol) <= 8


def _tellable(price: int, qty: int) -> bool:
    return 0 <= price // PRICE_UNIT <= _MOST and qty <= _MOST * UNIT


def _clipped(price: int) -> int:
    return min(max(price // PRICE_UNIT, 0), _MOST)


def _padded(symbol: str) -> bytes:
    return symbol.encode("latin-1", "replace").ljust(8)
