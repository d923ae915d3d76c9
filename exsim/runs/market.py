"""The venues of a scenario in this process: their time passes when it is told to, at full speed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from msgspec import Struct, ValidationError
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from exsim.client.blocking_operations import BlockingOperations
from exsim.client.codec import SimulatorError
from exsim.control import schemas as s
from exsim.control.operations import BY_NAME
from exsim.control.results import Problem
from exsim.dispatch.observer import Observer
from exsim.dispatch.venue import Venue
from exsim.errors import RequestError
from exsim.facts.observed import NOTHING, SECOND, Observed, unpacked
from exsim.interfaces import IJournal
from exsim.journal import MemoryJournal
from exsim.journal.tape import Digest
from exsim.model.amounts import format_amount
from exsim.model.journal import Entry
from exsim.model.settings import Settings
from exsim.runs.words import Figures
from exsim.services.observing import by_hand
from exsim.services.operations import markets
from exsim.services.operations.control import Control
from exsim.services.operations.views import time_text
from exsim.services.parts import Plugins
from exsim.services.replaying import inert
from exsim.services.script_thread import checked, told

TOGETHER: Final = SECOND // 10
"""Market time by which several venues go on, one after the other."""
LOOKS: Final = 200
"""Looks at the books while a clock is advanced once, at most; and never more than one a second."""
_ADVANCE: Final = "advance_clock"


class Hashed:
    """Where the journal of a run goes: into a digest."""

    def __init__(self) -> None:
        self.digest = Digest()
        self.entries = 0

    def start_epoch(self, epoch: int) -> None:
        """The digest goes on."""

    def write(self, entries: list[Entry]) -> None:
        """More entries."""
        self.digest.add(entries)
        self.entries += len(entries)


class Market(BlockingOperations):
    """
    The venues of some settings, from the start of their days on, and a client of them.

    It answers like a simulator over REST, and as strictly. Their clocks go on together: when one is
    advanced, all are. ``asked`` counts commands of the client that do more than that.
    """

    def __init__(self, settings: Settings, plugins: Plugins) -> None:
        venues = tuple(by_hand(venue) for venue in settings.venues)
        self.settings = replace(settings, venues=venues, durability="none", data_dir="")
        self.asked = 0
        self.passed = 0
        """Nanoseconds of market time since the start."""
        self._hashed = Hashed()
        journal = MemoryJournal(settings.journal_size, self._hashed)
        self.simulator = inert(self.settings, plugins, IJournal(journal))
        self._control = Control(self.simulator)
        self._venues = list(self.simulator.dispatcher.venues.values())
        self._observers = [_observe(venue) for venue in self._venues]
        self.simulator.exchange.days.begin(0)

    # -- time

    def advance(self, span: int) -> None:
        """Have so many nanoseconds of market time pass at all venues."""
        every = max(SECOND, span // LOOKS)
        step = min(every, TOGETHER) if len(self._venues) > 1 else every
        starts = [venue.time(0) for venue in self._venues]
        for passed in [*range(step, span, step), span]:
            for venue, observer, start in zip(self._venues, self._observers, starts, strict=True):
                to = s.Advance(to=time_text(start + passed))
                self._control.perform(_ADVANCE, s.VenueArguments(venue.name), to)
                observer.look(start + passed)
        self.passed += span

    # -- the client

    def perform(self, operation: str, arguments: Struct, body: Struct | None = None) -> Any:
        entry = BY_NAME[operation]
        try:
            given = checked(arguments, entry.arguments)
            sent = None if entry.body is None else checked(body, entry.body)
            if operation == _ADVANCE:
                return self._advance_all(given, sent)
            self.asked += entry.command
            found = self._control.perform(operation, given, sent)
            return self._await(found) if isinstance(found, Deferred) else found
        except (RequestError, ValidationError) as error:
            raise told(error) from None

    def _advance_all(self, arguments: s.VenueArguments, body: Any) -> Any:
        """The venue that is named goes on as is asked for, and so do all others."""
        market = self.simulator.dispatcher.venue(arguments.venue)
        span = markets.advanced(market, 0, body) - market.time(0)
        self.advance(span)
        return self.get_clock(arguments.venue)

    def _await(self, asked: Deferred[Any]) -> Any:
        """What a Deferred comes to: time passes until it does."""
        found: list[Any] = []
        asked.addBoth(found.append)
        clock = self.simulator.reactor
        assert isinstance(clock, Clock)
        while not found:
            calls = clock.getDelayedCalls()
            if not calls:
                raise SimulatorError(Problem("Ended", 503, "that would never be answered"))
            clock.advance(max(0.0, min(call.getTime() for call in calls) - clock.seconds()))
        if isinstance(found[0], Failure):
            found[0].raiseException()
        return found[0]

    # -- what came of it

    def digest(self) -> tuple[str, int]:
        """Of all entries of the journal, and how many there are."""
        self.simulator.exchange.journal.commit()
        return self._hashed.digest.text(), self._hashed.entries

    def commands(self) -> int:
        """What bots and the client asked for."""
        desks = [desk for one in self._venues if one.bots for desk in one.bots.desks.values()]
        return self.asked + sum(desk.entered for desk in desks)

    def trades(self) -> int:
        """All of all venues."""
        return sum(venue.last_trade for venue in self._venues)

    def figures(self) -> list[Figures]:
        """Those of each instrument."""
        return [
            _figures(unpacked(observer.packed(symbol, venue.time(0))))
            for venue, observer in zip(self._venues, self._observers, strict=True)
            for symbol in observer.seen
        ]


def _observe(venue: Venue) -> Observer:
    """What sees the trades of a venue, and its books when it is told to look."""
    venue.observer = Observer(venue, ("*",), SECOND, 0)
    return venue.observer


def _figures(seen: Observed) -> Figures:
    prices = [price for _, price, _, _ in seen.trades]
    apart = [ask - bid for _, bid, _, ask, _ in seen.books if NOTHING not in (bid, ask)]
    return Figures(
        seen.venue,
        seen.symbol,
        len(prices),
        format_amount(sum(qty for _, _, qty, _ in seen.trades)),
        format_amount(min(prices)) if prices else None,
        format_amount(max(prices)) if prices else None,
        format_amount(prices[-1]) if prices else None,
        format_amount(sum(apart) // len(apart)) if apart else None,
    )
