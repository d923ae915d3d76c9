"""The days of venues: how they begin, and how their clocks are moved on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exsim.dispatch import bots_gone
from exsim.dispatch.venue import Venue
from exsim.interfaces import IPlayer
from exsim.model.journal import EntryKind
from exsim.services.row_files import marked

if TYPE_CHECKING:
    from exsim.services.exchange import Exchange

_STEP = int(EntryKind.STEP)
_NOTE = int(EntryKind.NOTE)


class Days:
    """Those of all venues of an exchange; what is done is in its journal."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._dispatcher = exchange.dispatcher

    def begin(self, now: int) -> None:
        """Start the days and prices of venues that have some, and have not begun them."""
        for venue in list(self._dispatcher.venues.values()):
            if venue.day.needed and not venue.day.begun:
                self.begin_day(venue, now)
            elif venue.prices.waiting:
                self.begin_prices(venue, now)
            waiting = venue.bots is not None and venue.bots.waiting
            if waiting or bots_gone.is_any(venue, self._dispatcher.holds):
                self.begin_bots(venue, now)

    def begin_day(self, venue: Venue, now: int) -> None:
        """Start the day of a venue."""
        self._exchange.journal.append(now, _STEP, venue.name, "", b"begin day")
        self._note_files(venue, now)
        venue.begin(now, self._dispatcher.out)
        self._exchange.send_events(now)

    def begin_prices(self, venue: Venue, now: int) -> None:
        """Start the pricing sources of a venue whose day needs no start, or goes on."""
        self._exchange.journal.append(now, _STEP, venue.name, "", b"begin prices")
        self._note_files(venue, now)
        venue.begin_prices(now)

    def begin_bots(self, venue: Venue, now: int) -> None:
        """Start bots that are new in the midst of a day; what others left behind goes."""
        self._exchange.journal.append(now, _STEP, venue.name, "", b"begin bots")
        self._note_files(venue, now)
        market = venue.time(now)
        bots_gone.take_out(venue, self._dispatcher.holds, market, self._dispatcher.out)
        if venue.bots is not None:
            venue.bots.begin(market, now)
        self._exchange.send_events(now)

    def _note_files(self, venue: Venue, now: int) -> None:
        """Have the journal tell which files are played, so that others are noticed in a replay."""
        parts: list[Any] = [line.source for line in venue.prices.lines.values()]
        if venue.bots is not None:
            parts += [desk.runner.bot for desk in venue.bots.desks.values()]
        for part in parts:
            if IPlayer.providedBy(part):
                told = marked(part.name, part.recording)
                self._exchange.journal.append(now, _NOTE, venue.name, "", told)

    def advance(self, venue: Venue, time: int, now: int) -> None:
        """
        Have a market's clock show ``time``, once all is done that falls due until then, each at
        its own time and in order; also what falls due for sessions that go by that clock.
        """
        while True:
            due, first = venue.agenda.next_due(), self._first_paced(venue)
            if due is not None and due <= time and (first is None or due <= first[0]):
                venue.clock.move(max(due, venue.time(now)), now)
                self._exchange.run_first(venue, now)
            elif first is not None and first[0] <= time:
                venue.clock.move(max(first[0], venue.time(now)), now)
                self._exchange.fell_due(*self._exchange.connections[first[1]], now)
            else:
                break
        venue.clock.move(time, now)
        for endpoint, connection in self._exchange.connections.values():
            if endpoint.venue is venue and connection.market_deadline() is not None:
                self._exchange.passage.touched[connection] = None  # its timer is to be set anew

    def rewind(self, venue: Venue, now: int) -> None:
        """Have those that go by a market's clock know that it began anew."""
        for endpoint, connection in self._exchange.connections.values():
            if endpoint.venue is venue:
                connection.rewind(now)

    def _first_paced(self, venue: Venue) -> tuple[int, int] | None:
        """The first deadline by a market's clock, and the number of the connection that has it."""
        first: tuple[int, int] | None = None
        for number, (endpoint, connection) in self._exchange.connections.items():
            due = connection.market_deadline() if endpoint.venue is venue else None
            if due is not None and (first is None or due < first[0]):
                first = due, number
        return first
