"""What shows the messages of one session to the faults that are set for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from exsim.faults.acts import ACTS, Case
from exsim.faults.fault import Active
from exsim.faults.kinds import IN, OUT
from exsim.faults.reactions import Watcher
from exsim.filters import Filter, Seen, parse
from exsim.interfaces import Best, Surgery
from exsim.model.messages import Description
from exsim.model.treatment import Treatment

_MOST_TOLD: Final = 2000
"""Characters of a message that a note of the journal has."""


@cache
def _parsed(text: str) -> Filter:
    return parse(text)


def _no_price(symbol: str, side: int) -> int | None:
    """Nobody knows a book."""
    return None


class Told:
    """
    What is known of a session, how its messages are read, and the ``best`` prices of its venue.
    """

    __slots__ = ("best", "describe", "endpoint", "role", "session", "text", "venue")

    def __init__(
        self,
        venue: str,
        endpoint: str,
        session: str,
        describe: Callable[[str, bytes], Description],
        text: Callable[[str, bytes], str],
        role: str = "",
        best: Best = _no_price,
    ) -> None:
        self.role = role
        self.best = best
        self.venue = venue
        self.endpoint = endpoint
        self.session = session
        self.describe = describe
        self.text = text


class SessionTamper:
    """
    See :class:`exsim.interfaces.Tamper`. Faults act one by one, each on what the last one left.

    :param exhausted: called when a fault has fired as often as it may.
    :param relays: whether what comes in is to be sent on, so that it is treated like what goes out.
    :param watcher: the rules of the venue, which are shown each message first.
    """

    def __init__(
        self,
        told: Told,
        faults: Sequence[Active],
        surgery: Surgery,
        exhausted: Callable[[], None],
        relays: bool = False,
        watcher: Watcher | None = None,
    ) -> None:
        self._watcher = watcher
        self._told = told
        self._surgery = surgery
        self._exhausted = exhausted
        self._relays = relays
        self._out = tuple(each for each in faults if each.direction == OUT)
        self._in = tuple(each for each in faults if each.direction == IN)

    def outgoing(self, raw: bytes, now: int) -> Treatment | None:
        """A message that is about to be sent."""
        return self._treat(self._out, OUT, raw, now) if self._out or self._watcher else None

    def incoming(self, raw: bytes, now: int) -> Treatment | None:
        """A message that was received."""
        return self._treat(self._in, IN, raw, now) if self._in or self._watcher else None

    def _treat(
        self, faults: tuple[Active, ...], direction: str, raw: bytes, now: int
    ) -> Treatment | None:
        told = self._told
        seen = Seen(
            0,
            now,
            told.venue,
            told.endpoint,
            told.session,
            direction,
            raw,
            lambda: told.describe(told.session, raw),
        )
        treatment = None if self._watcher is None else self._watched(self._watcher, seen)
        for each in faults:
            always = self._surgery.matches.get(each.kind.name)
            if always is not None and not _parsed(always).matches(seen):
                continue
            if each.fires(seen):
                if treatment is None:
                    treatment = Treatment(raw)
                self._act(each, treatment, seen)
        return treatment

    def _watched(self, watcher: Watcher, seen: Seen) -> Treatment | None:
        """What the rules of the venue have a message suffer."""
        reaction = watcher.watch(seen)
        if reaction is None:
            return None
        treatment, surgery = Treatment(seen.raw), self._surgery
        treatment.notes.append(reaction.note)
        for wound in reaction.wounds:
            kind = wound.kind
            always = surgery.matches.get(kind)
            if kind not in surgery.kinds or (always and not _parsed(always).matches(seen)):
                why = {"fault": kind, "did": "nothing", "why": "it is not for such a message"}
                treatment.notes.append(json.dumps(why, separators=(",", ":")).encode())
                continue
            direction, now, best = seen.direction, seen.time, self._told.best
            case = Case(kind, kind, direction, wound.values, reaction.luck, surgery, now, best)
            ACTS[kind](treatment, case)
        return treatment

    def _act(self, active: Active, treatment: Treatment, seen: Seen) -> None:
        fault = active.fault
        case = Case(
            fault.name,
            fault.kind,
            OUT if self._relays else seen.direction,
            active.values,
            active.luck,
            self._surgery,
            seen.time,
            self._told.best,
        )
        ACTS[fault.kind](treatment, case)
        self._note(active, treatment, seen)
        if active.left == 0:
            self._exhausted()

    def _note(self, active: Active, treatment: Treatment, seen: Seen) -> None:
        """Say in the journal that it fired, and on what."""
        told = self._told
        note: dict[str, Any] = {
            "fault": active.fault.name,
            "kind": active.fault.kind,
            "hit": active.hits,
            "direction": seen.direction,
            "type": seen.type,
            "message": told.text(told.session, seen.raw)[:_MOST_TOLD],
        }
        if treatment.raw != seen.raw:
            note["changed"] = told.text(told.session, treatment.raw)[:_MOST_TOLD]
        treatment.notes.append(json.dumps(note, separators=(",", ":")).encode())
