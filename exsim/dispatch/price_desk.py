"""
The pricing sources of a venue: which one prices which instrument, and what that is worth now.

The first source that takes an instrument prices it. What a source says goes to the instrument's
grid before anybody hears of it: prices are multiples of the tick, within the static band. A source
that moves by the clock has one task on the venue's agenda, for all its instruments together.

All times are market time; ``seq`` is the number of the journal's entry that something comes of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from exsim.dispatch.price_board import PriceBoard
from exsim.dispatch.price_lines import Line, Priced
from exsim.dispatch.tasks import PriceTask
from exsim.errors import Conflict, NotFound
from exsim.interfaces import IGuidedSource, IMovingSource
from exsim.model.grid import Grid
from exsim.model.participants import Band
from exsim.model.plain import Plain
from exsim.model.settings import Instrument, Values
from exsim.model.ticks import Tick


class PriceDesk(PriceBoard):
    """What is done about the sources of a venue, by time, by people, and for snapshots."""

    # -- instruments

    def add(self, instrument: Instrument, band: Band | None) -> None:
        """An instrument is listed; ``band`` is its static one."""
        for line in self.lines.values():
            if line.takes(instrument):
                grid = Grid(instrument, band)
                priced = self.priced[instrument.symbol] = Priced(line, grid, self._keep)
                if line.moving is not None:
                    line.moving.join(grid)
                    self._begin(priced)
                break

    def _begin(self, priced: Priced) -> None:
        """It is worth what its source begins with, which is no change."""
        price = priced.line.source.price(priced.grid.instrument, 0)
        priced.price = None if price is None else priced.grid.fit(price)

    def remove(self, symbol: str) -> None:
        """An instrument is no more."""
        priced = self.priced.pop(symbol, None)
        self._listeners.pop(symbol, None)
        self.outages.forget(symbol)
        if priced is None:
            return
        if priced.line.moving is not None:
            priced.line.moving.leave(symbol)
            self._plan(priced.line)
        else:
            with suppress(Conflict):  # a source that takes no price has none to forget
                priced.line.source.set(priced.grid.instrument, None)

    # -- time

    @property
    def waiting(self) -> bool:
        """Whether a source moves by the clock, and has not been told what time it is."""
        for line in self.lines.values():
            if line.moving is not None and line.moving.by_clock and not line.started:
                return True
        return False

    def start(self, now: int, night: bool) -> None:
        """
        Start the sources that have not been; what is derived is known from here on.

        ``night``: the market is closed.
        """
        self._night = night
        for line in self.lines.values():
            if line.moving is None or line.started:
                continue
            line.started = True
            line.moving.start(now)
            self._plan(line)
            self._catch_up(line, now, 0)

    def _catch_up(self, line: Line, now: int, seq: int) -> None:
        """Have a source that derives its prices hear of all that it follows."""
        if line.derived is not None:
            for symbol in list(line.derived.underlyings):
                price = self.price(symbol, now)
                if price is not None:
                    self._follow(line, symbol, price, now, seq)

    def turn(self, night: bool, now: int) -> None:
        """The market closes, or it opens on another day."""
        if night == self._night:
            return
        self._night = night
        for line in self.lines.values():
            moving = line.moving
            if moving is None or not line.running or not line.started:
                continue
            if not night and not self._stands(moving):
                for symbol, price in moving.open(now):
                    self._came(symbol, price, now, 0)
                if line.rests:
                    moving.start(now)
            self._plan(line)

    def hush(self, still: bool, now: int) -> None:
        """Have all sources that move by the clock stand still, or go on from now."""
        if still == self.still:
            return
        self.still = still
        for line in self.lines.values():
            if line.moving is not None and line.moving.by_clock and line.started:
                if line.running and not still:
                    line.moving.start(now)
                self._plan(line)

    def run(self, name: str, now: int, seq: int) -> None:
        """A source's next step is due. One that fails is stopped."""
        line = self.lines.get(name)
        if line is None or line.moving is None or not line.running:
            return
        try:
            for symbol, price in line.moving.move(now):
                self._came(symbol, price, now, seq)
            self._look(line, now, seq)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            self._fail(line, error)
            return
        due = self.due(line)
        if due is not None:
            self._agenda.add(max(due, now + 1), PriceTask(name))

    def wake(self, name: str, now: int, seq: int) -> None:
        """The same, long after it was due: one step, and the next is when it would be from now."""
        line = self.lines.get(name)
        if line is not None and line.moving is not None and line.running:
            self.run(name, now, seq)
            if line.running:
                line.moving.start(now)
                self._plan(line)

    # -- what people do

    def line(self, name: str) -> Line:
        """The source of this name.

        :raises exsim.errors.NotFound: when there is none.
        """
        line = self.lines.get(name)
        if line is None:
            known = ", ".join(self.lines) or "none"
            raise NotFound(f"there is no pricing source {name!r} here; there are: {known}")
        return line

    def symbols(self, line: Line) -> list[str]:
        """The instruments that a source prices."""
        return [symbol for symbol, priced in self.priced.items() if priced.line is line]

    def go_on(self, line: Line, now: int, seq: int) -> None:
        """Start a source that was stopped, or has failed."""
        moving = self._moving(line)
        if not line.running:
            line.running, line.trouble = True, ""
            moving.start(now)
            self._plan(line)
            self._catch_up(line, now, seq)

    def stop(self, line: Line) -> None:
        """Have a source stand still: its prices stay as they are."""
        self._moving(line)
        line.running = False
        self._plan(line)

    def change(self, line: Line, values: Values, given: dict[str, str], now: int, seq: int) -> None:
        """
        Have a source go by other values of some options, which are ``given`` as text.

        :raises ValueError: when they do not go together; then nothing changes.
        """
        self._moving(line).change(values, now)
        line.given.update(given)
        self._plan(line)
        for symbol in self.symbols(line):
            self._ask(self.priced[symbol], now, seq)

    def _moving(self, line: Line) -> IMovingSource:
        if line.moving is None:
            raise Conflict(f"the prices of {line.name} stand still: there is nothing to change")
        return line.moving

    def set(self, symbol: str, price: int | None, now: int, seq: int) -> None:
        """
        Set a price by hand; None goes back to what it was at the start.

        :raises exsim.errors.Conflict: when its source takes none, or it may have no such price.
        """
        priced = self._at(symbol)
        line, grid = priced.line, priced.grid
        fault = "" if price is None or line.moving is None else grid.fault(price)
        if fault:
            raise Conflict(fault)
        line.source.set(grid.instrument, price)
        if line.moving is None:
            return
        self._plan(line)
        self._ask(priced, now, seq)

    def split(self, symbol: str, new: int, old: int, now: int, seq: int) -> None:
        """``old`` shares are ``new`` ones now: what its source remembers is as much less."""
        priced = self.priced.get(symbol)
        if priced is not None and priced.line.remembers is not None:
            priced.line.remembers.split(symbol, new, old)
            self._plan(priced.line)
            self._ask(priced, now, seq)

    def _ask(self, priced: Priced, now: int, seq: int) -> None:
        """See what an instrument is worth after something was done about it."""
        instrument = priced.grid.instrument
        worth = priced.line.source.price(instrument, now)
        if worth is None:
            priced.price = None
        else:
            self._came(instrument.symbol, worth, now, seq)

    def ramp(self, symbol: str, price: int, until: int, now: int) -> None:
        """
        Have a price go to another one evenly until a time.

        :raises exsim.errors.Conflict: when its source cannot, or it may have no such price.
        """
        priced, guided = self._guided(symbol)
        fault = priced.grid.fault(price)
        if fault:
            raise Conflict(fault)
        guided.ramp(priced.grid.instrument, price, until, now)
        self._plan(priced.line)

    def schedule(self, symbol: str, points: Sequence[tuple[int, int]], now: int) -> None:
        """
        Have prices at times, in order.

        :raises exsim.errors.Conflict: when its source cannot, or it may have no such price.
        """
        priced, guided = self._guided(symbol)
        for _, price in points:
            fault = priced.grid.fault(price)
            if fault:
                raise Conflict(fault)
        guided.schedule(priced.grid.instrument, points, now)
        self._plan(priced.line)

    def feed(self, line: Line, ticks: Sequence[Tick], link: str | None, now: int, seq: int) -> None:
        """
        A source is told something from outside: prices, or how the connection is they come by.

        :raises exsim.errors.Conflict: when it is none that can be told.
        """
        fed = line.fed
        if fed is None:
            raise Conflict(
                f"{line.name} is told nothing from outside; a source such as external is"
            )
        if not line.running:
            return
        if link is not None:
            fed.connected(link)
        came = fed.feed(ticks, now)
        self._look(line, now, seq)
        for symbol, price in came:
            self._came(symbol, price, now, seq)
        self._plan(line)

    def _look(self, line: Line, now: int, seq: int) -> None:
        """See which outages of a source began or ended."""
        if line.fed is None:
            return
        for symbol, began in line.fed.outages():
            priced = self.priced.get(symbol)
            if priced is None:
                continue
            before = priced.price
            if self.outages.turn(symbol, began, line.fed.values):
                self._ask(priced, now, seq)
            worth = before if priced.price is None else priced.price
            for listener in self._listeners.get(symbol, ()):
                if worth is not None:
                    listener.moved(symbol, worth, now)

    def _guided(self, symbol: str) -> tuple[Priced, IGuidedSource]:
        priced = self._at(symbol)
        line = priced.line
        if line.guided is None:
            raise Conflict(
                f"the price of {symbol} is that of {line.name}, which goes by itself: only one "
                "of a source such as manual can be told where to go"
            )
        if not line.running:
            raise Conflict(f"{line.name} is stopped: start it first")
        return priced, line.guided

    def check_there(self) -> None:
        """Whether there is any source.

        :raises exsim.errors.Conflict: when there is none.
        """
        if not self.lines:
            raise Conflict(
                f"venue {self._venue} has no pricing source: add `pricing = manual` to it"
            )

    def _at(self, symbol: str) -> Priced:
        priced = self.priced.get(symbol)
        if priced is None:
            self.check_there()
            names = ", ".join(self.lines)
            raise Conflict(f"none of the pricing sources here ({names}) prices {symbol}")
        return priced

    # -- again, and snapshots

    def reset(self) -> None:
        """As before :meth:`start`, with the same instruments; nobody listens."""
        self._listeners.clear()
        self._night = False
        for line in self.lines.values():
            line.running, line.started, line.trouble = True, False, ""
            line.source.reset()
            if line.moving is not None:
                if line.given:
                    line.moving.change({name: line.values[name] for name in line.given}, 0)
                line.given.clear()
                grids = [each.grid for each in self.priced.values() if each.line is line]
                line.moving.begin(grids, line.seed)
        for symbol, priced in list(self.priced.items()):
            fresh = self.priced[symbol] = Priced(priced.line, priced.grid, self._keep)
            if fresh.line.moving is not None:
                self._begin(fresh)

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return {
            "night": self._night,
            "outages": self.outages.state(),
            "lines": {
                name: {
                    "kind": line.kind,
                    "started": line.started,
                    "running": line.running,
                    "trouble": line.trouble,
                    "given": dict(line.given),
                    "state": None if line.keeps is None else line.keeps.state(),
                }
                for name, line in self.lines.items()
            },
            "priced": {symbol: each.state() for symbol, each in self.priced.items()},
        }

    def restore(self, plain: Plain, values_of: Callable[[Line, dict[str, str]], Values]) -> None:
        """
        Be as :meth:`state` told. A source that is of another kind now begins anew.

        ``values_of`` makes values of options that were changed.
        """
        self._night = plain["night"]
        self.outages.restore(plain["outages"])
        for name, line in self.lines.items():
            was = plain["lines"].get(name)
            if was is None or was["kind"] != line.kind:
                self._unplan(name)
                continue
            line.started, line.running = was["started"], was["running"]
            line.trouble = was["trouble"]
            if line.moving is not None and was["given"]:
                line.given = dict(was["given"])
                line.moving.change(values_of(line, line.given), 0)
            if line.keeps is not None and was["state"] is not None:
                line.keeps.restore(was["state"])
        for symbol, priced in self.priced.items():
            line = priced.line
            was = plain["lines"].get(line.name)
            if line.keeps is None:  # it says what it always says, by its options of now
                if line.moving is not None:
                    self._begin(priced)
            elif symbol in plain["priced"] and was is not None and was["kind"] == line.kind:
                priced.restore(plain["priced"][symbol])
                if line.moving is not None and not line.moving.by_clock and line.fed is None:
                    self._begin(priced)  # by its options of now
