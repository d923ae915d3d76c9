"""
Notes in the journal of what changes besides orders: requests that wait for a decision, and phases.

Whoever listens to events, or reads a failure, is told of these by the journal, like of all else.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from exsim.dispatch.dispatcher import Dispatcher
from exsim.dispatch.holds import Held
from exsim.dispatch.phases import phase_of
from exsim.dispatch.venue import Venue
from exsim.model.journal import EntryKind
from exsim.model.requests import Request

_NOTE = int(EntryKind.NOTE)


class Noting:
    """Compares, after each request, what there is with what was last known."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._held: dict[int, Held] = {}
        self._last = 0
        self.phased: Callable[[Venue, int], None] | None = None  # called as a phase begins

    def sync(self) -> None:
        """Take all as known that there is: it was restored, or a new epoch begins."""
        self._held = {held.hold_id: held for held in self._dispatcher.holds.all()}
        self._last = self._dispatcher.holds.last
        for venue in self._dispatcher.venues.values():
            venue.noted = venue.rules

    def publish(self, now: int) -> None:
        """Write what is new; ``now`` is real time."""
        holds = self._dispatcher.holds
        if holds.last != self._last or len(holds) != len(self._held):
            self._note_holds(now)
        for venue in self._dispatcher.venues.values():
            if venue.noted is not venue.rules:
                self._note_phase(venue, now)

    def _note_holds(self, now: int) -> None:
        there = {held.hold_id: held for held in self._dispatcher.holds.all()}
        for number, held in self._held.items():
            if number not in there:
                self._note(now, held.venue, held.request, {"hold": number, "did": "decided"})
        for number, held in there.items():
            if number not in self._held:
                told: dict[str, object] = {"hold": number, "did": "held", "by": held.policy}
                request = held.request
                told["request"] = request.kind
                if request.cl_ord_id:
                    told["cl_ord_id"] = request.cl_ord_id
                if request.symbol:
                    told["symbol"] = request.symbol
                self._note(now, held.venue, request, told)
        self._held = there
        self._last = self._dispatcher.holds.last

    def _note(self, now: int, venue: str, request: Request, told: dict[str, object]) -> None:
        data = json.dumps(told, separators=(",", ":")).encode()
        self._dispatcher.journal.append(now, _NOTE, venue, request.session, data)

    def _note_phase(self, venue: Venue, now: int) -> None:
        known = venue.noted
        before = phase_of(venue.settings.day.phase) if known is None else known.phase
        venue.noted = venue.rules
        if venue.phase is not before:
            told = {"phase": venue.phase.value, "did": "began", "before": before.value}
            data = json.dumps(told, separators=(",", ":")).encode()
            self._dispatcher.journal.append(now, _NOTE, venue.name, "", data)
            if self.phased is not None:
                self.phased(venue, now)
