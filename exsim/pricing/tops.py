"""Best prices by what rows of a recording tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.model.rows import (
    ADD,
    BUY,
    CHANGE,
    CLEAR,
    DELETE,
    EXECUTE,
    PRICE,
    QUOTE,
    REDUCE,
    REPLACE,
    SELL,
    TRADE,
    Row,
)


class Top:
    """What is known of one instrument: best bid and ask, and what it last traded at or is worth."""

    __slots__ = ("ask", "asks", "bid", "bids", "last")

    def __init__(self) -> None:
        self.bid: int | None = None
        self.ask: int | None = None
        self.last: int | None = None
        self.bids: dict[int, int] = {}  # how much is at each price
        self.asks: dict[int, int] = {}


class Tops:
    """Keeps books by their rows as far as best prices need that."""

    def __init__(self) -> None:
        self._tops: dict[str, Top] = {}
        self._entries: dict[tuple[str, str], tuple[bool, int, int]] = {}  # buys, price, quantity

    def __getitem__(self, symbol: str) -> Top:
        top = self._tops.get(symbol)
        if top is None:
            top = self._tops[symbol] = Top()
        return top

    def forget(self) -> None:
        """Know nothing any more."""
        self._tops.clear()
        self._entries.clear()

    def row(self, row: Row) -> None:
        """Something was told."""
        tell = _TELLS.get(row.kind)
        if tell is not None:
            tell(self, row, self[row.symbol])

    # -- kinds of rows

    def _quote(self, row: Row, top: Top) -> None:
        if row.side == BUY:
            top.bid = row.price
        else:
            top.ask = row.price

    def _last(self, row: Row, top: Top) -> None:
        if row.price is not None:
            top.last = row.price

    def _add(self, row: Row, top: Top) -> None:
        key = _key(row)
        self._drop(key, top)
        if row.price is not None and row.qty:
            self._put(key, top, row.side == BUY, row.price, row.qty)

    def _change(self, row: Row, top: Top) -> None:
        before = self._entries.get(_key(row))
        if before is not None:
            side = BUY if before[0] else SELL
            price = before[1] if row.price is None else row.price
            row = row._replace(side=row.side or side, price=price)
        self._add(row, top)

    def _replace(self, row: Row, top: Top) -> None:
        before = self._drop(_key(row), top)
        if before is not None and row.price is not None and row.qty:
            self._put((row.symbol, row.new_ref), top, before[0], row.price, row.qty)

    def _less(self, row: Row, top: Top) -> None:
        key = _key(row)
        before = self._drop(key, top)
        if before is None:
            return
        buys, price, qty = before
        if row.kind == EXECUTE:
            top.last = price if row.price is None else row.price
        if row.qty is not None and row.qty < qty:
            self._put(key, top, buys, price, qty - row.qty)

    def _gone(self, row: Row, top: Top) -> None:
        self._drop(_key(row), top)

    def _clear(self, row: Row, top: Top) -> None:
        for key in [key for key in self._entries if key[0] == row.symbol]:
            self._drop(key, top)

    # -- books

    def _put(self, key: tuple[str, str], top: Top, buys: bool, price: int, qty: int) -> None:
        self._entries[key] = buys, price, qty
        levels = top.bids if buys else top.asks
        levels[price] = levels.get(price, 0) + qty
        if buys and (top.bid is None or price > top.bid):
            top.bid = price
        elif not buys and (top.ask is None or price < top.ask):
            top.ask = price

    def _drop(self, key: tuple[str, str], top: Top) -> tuple[bool, int, int] | None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return None
        buys, price, qty = entry
        levels = top.bids if buys else top.asks
        levels[price] -= qty
        if not levels[price]:
            del levels[price]
            if buys and price == top.bid:
                top.bid = max(levels, default=None)
            elif not buys and price == top.ask:
                top.ask = min(levels, default=None)
        return entry


def _key(row: Row) -> tuple[str, str]:
    """An entry of a book; one without a name is known by its side and price."""
    return row.symbol, row.ref or f"{row.side} {row.price}"


_TELLS: Final[dict[str, Callable[[Tops, Row, Top], None]]] = {
    ADD: Tops._add,
    CHANGE: Tops._change,
    REPLACE: Tops._replace,
    EXECUTE: Tops._less,
    REDUCE: Tops._less,
    DELETE: Tops._gone,
    CLEAR: Tops._clear,
    TRADE: Tops._last,
    PRICE: Tops._last,
    QUOTE: Tops._quote,
}
