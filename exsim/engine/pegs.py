"""Pegged orders: the price that follows another price."""

from __future__ import annotations

from typing import Final

from exsim.engine.entry import Entry, entry_of
from exsim.model.instructions import Peg
from exsim.model.market import Ticks
from exsim.model.plain import Plain
from exsim.model.requests import NO_PRICE

_PRIMARY: Final = int(Peg.PRIMARY)
_MARKET: Final = int(Peg.MARKET)


class Pegged:
    """
    A pegged order: ``target`` is the price that it was given last, or
    :data:`~exsim.model.requests.NO_PRICE`; what it rests at may be another, where it is post-only.

    ``waiting`` is its open quantity while it has no price and does not rest; 0 while it rests.
    ``min_qty`` has to trade when it is priced for the first time.
    """

    __slots__ = ("entry", "min_qty", "target", "waiting")

    def __init__(self, entry: Entry, waiting: int, target: int, min_qty: int) -> None:
        self.entry = entry
        self.waiting = waiting
        self.target = target
        self.min_qty = min_qty

    def state(self) -> Plain:
        """The values that make it."""
        return [self.entry.state(), self.waiting, self.target, self.min_qty]


def pegged_of(plain: Plain) -> Pegged:
    """The pegged order of plain values."""
    entry, waiting, target, min_qty = plain
    return Pegged(entry_of(entry), waiting, target, min_qty)


def peg_price(entry: Entry, bid: int | None, ask: int | None, ticks: Ticks) -> int:
    """
    What a pegged order is worth now: :data:`~exsim.model.requests.NO_PRICE` where what it
    follows is not there.

    ``bid`` and ``ask`` are the best prices of orders that are shown and not pegged. The offset is
    added, whatever the side; the sum is rounded to the tick away from the other side, and
    is never beyond the order's limit.
    """
    extra, buys = entry.extra, entry.buys
    price = _followed(extra.peg, buys, bid, ask)
    if price is None:
        return NO_PRICE
    price = ticks.round(price + extra.peg_offset, buys)
    if entry.price == NO_PRICE:
        return price
    return min(price, entry.price) if buys else max(price, entry.price)


def _followed(peg: int, buys: bool, bid: int | None, ask: int | None) -> int | None:
    near, far = (bid, ask) if buys else (ask, bid)
    if peg == _PRIMARY:
        return near
    if peg == _MARKET:
        return far
    if bid is None or ask is None:
        return None
    return (bid + ask) // 2 if buys else -((-bid - ask) // 2)
