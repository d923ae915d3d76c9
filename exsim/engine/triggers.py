"""
Orders that wait for a price: stops, if-touched and trailing orders.

A stop to buy is elected once its trigger price is at its stop or above, one to sell at its stop or
below; for if-touched orders it is the other way round. Only the price that a call ends with counts,
not those that it came by. A stop that trails is moved first, then looked at.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Final

from exsim.engine.entry import STOP_LIMIT, TOUCHED, Entry, entry_of
from exsim.model.amounts import UNIT
from exsim.model.instructions import Trigger
from exsim.model.market import Ticks
from exsim.model.plain import Plain
from exsim.model.requests import NO_PRICE

_SOURCES: Final = (int(Trigger.LAST), int(Trigger.BID), int(Trigger.ASK))


class Parked:
    """
    An order that waits. ``stop`` is where it is elected now,
    :data:`~exsim.model.requests.NO_PRICE` while it trails a price that there was none of yet.

    ``turn`` grows with arrival; ``rises`` says that it waits for a price at its stop or above.
    """

    __slots__ = ("entry", "rises", "stop", "turn")

    def __init__(self, entry: Entry, stop: int, turn: int) -> None:
        self.entry = entry
        self.stop = stop
        self.turn = turn
        self.rises = entry.buys != (entry.ord_type in TOUCHED)

    @property
    def limit(self) -> int:
        """
        Its limit once it is elected.

        That of a trailing stop-limit order keeps its distance from a stop that was given.
        """
        entry = self.entry
        if entry.ord_type != STOP_LIMIT or entry.extra.stop_px == NO_PRICE or not entry.trails:
            return entry.price
        return entry.price + self.stop - entry.extra.stop_px

    def trailed(self, price: int, ticks: Ticks) -> int:
        """Where its stop is if its trigger price is ``price``: never farther away than before."""
        extra = self.entry.extra
        away = extra.trail or abs(price) * extra.trail_percent // (100 * UNIT)
        stop = price + away if self.rises else price - away
        if extra.trail_percent:
            stop = ticks.round(stop, not self.rises)
        if self.stop == NO_PRICE:
            return stop
        return min(stop, self.stop) if self.rises else max(stop, self.stop)


class Queue:
    """Those that wait for one price, on its way up or down: the next to be elected first."""

    __slots__ = ("_sign", "_waiting")

    def __init__(self, rises: bool) -> None:
        self._sign = 1 if rises else -1
        self._waiting: list[tuple[int, int, Parked]] = []  # turns differ: never compares Parked

    def add(self, parked: Parked) -> None:
        """Put one in its place."""
        insort(self._waiting, (self._sign * parked.stop, parked.turn, parked))

    def remove(self, parked: Parked) -> None:
        """Take one out."""
        at = bisect_left(self._waiting, (self._sign * parked.stop, parked.turn, parked))
        del self._waiting[at]

    def reached(self, price: int, found: list[tuple[int, Parked]]) -> None:
        """Add those that a price elects, with their turns."""
        key = self._sign * price
        for stop, turn, parked in self._waiting:
            if stop > key:
                break
            found.append((turn, parked))


class Triggers:
    """All orders of a market that wait for a price. ``parked`` has them by id, as they arrived."""

    __slots__ = ("_falling", "_rising", "_trailing", "_turn", "parked")

    def __init__(self) -> None:
        self.parked: dict[int, Parked] = {}
        self._trailing: dict[int, Parked] = {}
        self._rising = {source: Queue(True) for source in _SOURCES}
        self._falling = {source: Queue(False) for source in _SOURCES}
        self._turn = 0

    def park(self, entry: Entry, stop: int) -> None:
        """Let an order wait behind those that are there."""
        self._turn += 1
        parked = self.parked[entry.order_id] = Parked(entry, stop, self._turn)
        if entry.trails:
            self._trailing[entry.order_id] = parked
        if stop != NO_PRICE:
            self._queue(parked).add(parked)

    def remove(self, order_id: int) -> Entry | None:
        """Let an order wait no more; None when it does not."""
        parked = self.parked.pop(order_id, None)
        if parked is None:
            return None
        self._trailing.pop(order_id, None)
        if parked.stop != NO_PRICE:
            self._queue(parked).remove(parked)
        return parked.entry

    def resize(self, order_id: int, qty: int) -> bool:
        """Give a waiting order another quantity in its place; False when it does not wait."""
        parked = self.parked.get(order_id)
        if parked is None:
            return False
        entry = parked.entry
        parked.entry = entry.altered(entry.ord_type, entry.price, qty)
        return True

    def stop_px(self, order_id: int) -> int:
        """Where an order is elected now, :data:`~exsim.model.requests.NO_PRICE` for nowhere."""
        parked = self.parked.get(order_id)
        return NO_PRICE if parked is None else parked.stop

    def elect(
        self, last: int | None, bid: int | None, ask: int | None, ticks: Ticks
    ) -> list[Parked]:
        """Those that these prices elect, in the order of their arrival; they wait no more."""
        found: list[tuple[int, Parked]] = []
        for source, price in zip(_SOURCES, (last, bid, ask), strict=True):
            if price is not None:
                self._trail(source, price, ticks)
                self._rising[source].reached(price, found)
                self._falling[source].reached(price, found)
        found.sort()
        for _, parked in found:
            self.remove(parked.entry.order_id)
        return [parked for _, parked in found]

    def clear(self) -> None:
        """Let nothing wait."""
        for order_id in list(self.parked):
            self.remove(order_id)

    def state(self) -> Plain:
        """Who waits, and where."""
        return [[parked.entry.state(), parked.stop] for parked in self.parked.values()]

    def restore(self, plain: Plain) -> None:
        """Let those wait who did."""
        for entry, stop in plain:
            self.park(entry_of(entry), stop)

    def _trail(self, source: int, price: int, ticks: Ticks) -> None:
        for parked in self._trailing.values():
            if parked.entry.extra.trigger == source:
                stop = parked.trailed(price, ticks)
                if stop != parked.stop:
                    queue = self._queue(parked)
                    if parked.stop != NO_PRICE:
                        queue.remove(parked)
                    parked.stop = stop
                    queue.add(parked)

    def _queue(self, parked: Parked) -> Queue:
        queues = self._rising if parked.rises else self._falling
        return queues[parked.entry.extra.trigger]
