"""
What instruments are worth now by the sources of a venue, who hears of it, and when a source is due.

All times are market time; ``seq`` is the number of the journal's entry that something comes of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from exsim.dispatch.agenda import Agenda
from exsim.dispatch.outages import Outages
from exsim.dispatch.price_lines import Line, Priced
from exsim.dispatch.tasks import PriceTask, Task
from exsim.interfaces import IMovingSource

SourceFault = Callable[[str, Exception], None]
"""Told of a source that failed: its name, and the error."""


class PriceListener(Protocol):
    """Hears of prices."""

    def moved(self, symbol: str, price: int, now: int) -> None:
        """An instrument is worth something else now."""


class PriceBoard:
    """
    ``lines`` are the sources by name, in the order in which they are asked; ``priced`` the
    instruments that one of them prices, by symbol. With ``still`` none moves by the clock alone.

    :param agenda: the venue's.
    :param keep: how many changes are kept of each instrument.
    """

    def __init__(self, venue: str, lines: Sequence[Line], agenda: Agenda[Task], keep: int) -> None:
        self._venue = venue
        self.lines: dict[str, Line] = {line.name: line for line in lines}
        self.priced: dict[str, Priced] = {}
        self.failed: SourceFault | None = None
        self._agenda = agenda
        self._keep = keep
        self._listeners: dict[str, list[PriceListener]] = {}
        self._followed: set[str] = set()  # underlyings of what is being derived just now
        self._night = False  # the market is closed
        self.still = False
        self.outages = Outages()
        for line in lines:
            if line.moving is not None:
                line.moving.begin([], line.seed)

    def price(self, symbol: str, now: int) -> int | None:
        """What an instrument is worth, units of 10^-8; None where nobody says."""
        priced = self.priced.get(symbol)
        if priced is None:
            return None
        if priced.line.moving is None:
            return priced.line.source.price(priced.grid.instrument, now)
        return priced.price

    def was(self, symbol: str, at: int, source: str = "") -> int | None:
        """What an instrument was worth at a time; where there is a ``source``, only by that."""
        priced = self.priced.get(symbol)
        if priced is None or (source and priced.line.name != source):
            return None
        return self.price(symbol, at) if priced.line.moving is None else priced.at(at)

    def changed_by(self, seq: int) -> dict[str, int]:
        """What instruments were worth by an entry of the journal, those that it changed."""
        found: dict[str, int] = {}
        for symbol, priced in self.priced.items():
            price = priced.changed_by(seq)
            if price is not None:
                found[symbol] = price
        return found

    def listen(self, symbol: str, listener: PriceListener) -> None:
        """Have somebody hear of every new price of an instrument, until the venue is reset."""
        self._listeners.setdefault(symbol, []).append(listener)

    def _came(self, symbol: str, price: int, now: int, seq: int) -> None:
        """A source says what an instrument is worth."""
        priced = self.priced.get(symbol)
        if priced is None:
            return
        price = priced.grid.fit(price)
        if price == priced.price:
            return
        priced.changed(price, now, seq)
        listeners = self._listeners.get(symbol)
        if listeners is not None:
            for listener in listeners:
                listener.moved(symbol, price, now)
        for line in self.lines.values():
            if line.derived is not None and symbol in line.derived.underlyings:
                self._follow(line, symbol, price, now, seq)

    def _follow(self, line: Line, symbol: str, price: int, now: int, seq: int) -> None:
        """Have a source that derives its prices hear of another."""
        if line.derived is None or not line.running or symbol in self._followed:
            return
        self._followed.add(symbol)  # what is derived from itself, over others, ends there
        try:
            for derived, worth in line.derived.follow(symbol, price, now):
                self._came(derived, worth, now, seq)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            self._fail(line, error)
        finally:
            self._followed.discard(symbol)

    def _fail(self, line: Line, error: Exception) -> None:
        """A source failed: it stands still from now on, and everybody else goes on."""
        line.running = False
        line.trouble = f"it failed: {type(error).__name__}: {error}"
        self._unplan(line.name)
        if self.failed is not None:
            self.failed(line.name, error)

    def due(self, line: Line) -> int | None:
        """When a source moves next; None where it does not."""
        if line.moving is None or not line.running or (self._night and line.rests):
            return None
        return None if self._stands(line.moving) else line.moving.next_due()

    def _stands(self, moving: IMovingSource) -> bool:
        """Whether a source is not to move, for it would by itself, and nothing is to happen."""
        return self.still and moving.by_clock

    def _plan(self, line: Line) -> None:
        """Have its next step on the agenda, and no other."""
        due = self.due(line)
        self._unplan(line.name)
        if due is not None:
            self._agenda.add(due, PriceTask(line.name))

    def _unplan(self, name: str) -> None:
        """Have no step of a source on the agenda."""
        self._agenda.forget(lambda task: isinstance(task, PriceTask) and task.name == name)
