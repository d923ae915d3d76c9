"""Answers about instruments and phases, and who is told when these change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from exsim.feeds.statistics import Statistics
from exsim.model.codes import Phase
from exsim.model.events import Event
from exsim.model.market_data import SUBSCRIBE, UNSUBSCRIBE
from exsim.model.plain import Plain
from exsim.model.reference_data import (
    DEFINITION,
    LIST,
    SESSION,
    SESSIONS,
    InstrumentsTold,
    PhaseTold,
    ReferenceQuery,
)

if TYPE_CHECKING:
    from exsim.model.settings import Instrument

MOST_AT_ONCE: Final = 100
"""Instruments in one answer."""


class Venue:
    """What is asked of a venue: its ``name``, instruments, phases, and what a day came to."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """Its name."""
        raise NotImplementedError

    def instruments(self) -> Mapping[str, Instrument]:
        """Its instruments by symbol."""
        raise NotImplementedError

    def phase(self, symbol: str) -> Phase | None:
        """The phase of an instrument, None of one that there is not; of the venue for no symbol."""
        raise NotImplementedError


class ReferenceDesk:
    """
    Answers what is asked about instruments and phases.

    Who is subscribed to what, by session and name: the symbol, and whether all sessions of trading
    were asked for.
    """

    __slots__ = ("_subscribed", "_venue")

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._subscribed: dict[tuple[str, str], tuple[str, bool]] = {}

    def ask(
        self, request: ReferenceQuery, day: Statistics | None, now: int, out: list[Event]
    ) -> None:
        """Answer; ``day`` is what the instrument's came to, where that is known."""
        if request.about in (LIST, DEFINITION):
            self._list(request, out)
            return
        symbol = "" if request.about in (SESSION, SESSIONS) else request.symbol
        listed = request.about == SESSIONS
        key = (request.session, request.req_id)
        if request.action == UNSUBSCRIBE:
            self._subscribed.pop(key, None)
            return
        phase = self._venue.phase(symbol)
        if request.action == SUBSCRIBE and phase is not None:
            self._subscribed[key] = (symbol, listed)
        out.append(self._told(key, symbol, listed, phase, now, False, day))

    def _list(self, request: ReferenceQuery, out: list[Event]) -> None:
        found = [
            each
            for each in self._venue.instruments().values()
            if request.symbol in ("", each.symbol)
            and request.security_type in ("", each.security_type)
        ]
        size = MOST_AT_ONCE if request.about == LIST else 1
        parts = [found[at : at + size] for at in range(0, len(found), size)] or [[]]
        for number, part in enumerate(parts, 1):
            last = number == len(parts)
            out.append(InstrumentsTold(request, part, number, len(found), last))

    def turned(self, symbol: str, day: Statistics | None, now: int, out: list[Event]) -> None:
        """An instrument is in another phase, or the venue where there is no symbol."""
        phase = self._venue.phase(symbol)
        for key, (wanted, listed) in self._subscribed.items():
            if wanted == symbol and phase is not None:
                out.append(self._told(key, symbol, listed, phase, now, True, day))

    def _told(
        self,
        key: tuple[str, str],
        symbol: str,
        listed: bool,
        phase: Phase | None,
        now: int,
        unsolicited: bool,
        day: Statistics | None,
    ) -> PhaseTold:
        session, req_id = key
        last = high = low = None
        if day is not None:
            last, high, low = day.last, day.high, day.low
        name = self._venue.name
        told = PhaseTold(session, req_id, name, symbol, phase, now, unsolicited, last, high, low)
        told.listed = listed
        return told

    def left(self, session: str) -> None:
        """A session is gone, and what it wanted to know."""
        for key in [key for key in self._subscribed if key[0] == session]:
            del self._subscribed[key]

    def state(self) -> Plain:
        """All of it, for a snapshot."""
        return [[*key, *wanted] for key, wanted in self._subscribed.items()]

    def restore(self, plain: Plain) -> None:
        """Be as :meth:`state` told."""
        self._subscribed = {
            (session, req_id): (symbol, listed == [True])
            for session, req_id, symbol, *listed in plain
        }
