"""
Lists of all venues as one.

Things that are there (venues, endpoints, sessions, holds) come venue by venue; messages come in the
order of their times, and of venues where these are the same. Cursors are made of those of the
venues: of the one that is being told, as ``INDEX.CURSOR``, or of all, as ``CURSOR.CURSOR``.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from exsim.control import results as r
from exsim.control import session_results as sr
from exsim.control.cursors import format_cursor
from exsim.errors import Gone, Unprocessable
from exsim.services.front.fleet import Fleet, outward

BEGINNING: Final = "0-0"
"""The cursor before the first of a venue; its own begin with an epoch, and that is 1 at least."""
_LATEST: Final = "9999"
"""Later than any time."""


async def venue_by_venue(fleet: Fleet, operation: str, arguments: Any, body: None = None) -> Any:
    """A page of the lists of all venues, one after another."""
    at, after = _place(arguments.after, len(fleet.venues))
    fleet.check_all()
    items: list[Any] = []
    for index in range(at, len(fleet.venues)):
        venue, room = fleet.venues[index], arguments.limit - len(items)
        asked = replace(arguments, after=after, limit=max(1, room))
        page = outward(venue.venue, await venue.ask(operation, asked))
        if not room:  # is there more at all?
            if page.items:
                return r.Page(items, f"{index}.{BEGINNING}")
        else:
            items += page.items
            if page.next is not None:
                return r.Page(items, f"{index}.{page.next}")
        after = None
    return r.Page(items, None)


def _place(text: str | None, venues: int) -> tuple[int, str | None]:
    """The venue to go on with, and the cursor there."""
    if text is None:
        return 0, None
    index, dot, cursor = text.partition(".")
    if not dot or not index.isdigit() or "." in cursor:
        raise Unprocessable(f"{text[:80]!r} is no cursor of this list: give a `next` of it")
    if int(index) >= venues:
        raise Gone(f"the cursor {text[:80]} is from before a start with other venues")
    return int(index), None if cursor == BEGINNING else cursor


class Positions:
    """How far each venue's messages have been told, ``newest`` first or last; None: not begun."""

    def __init__(self, cursor: str | None, venues: int, newest: bool = False) -> None:
        self._newest = newest
        self._parts: list[str | None] = [None] * venues
        if cursor is None:
            return
        parts = cursor.split(".")
        if len(parts) != venues:
            raise Gone(f"the cursor {cursor[:80]} is not one of these {venues} venues")
        self._parts = [None if part == BEGINNING else part for part in parts]

    def __getitem__(self, index: int) -> str | None:
        return self._parts[index]

    @property
    def cursor(self) -> str:
        """All of them."""
        return ".".join(part or BEGINNING for part in self._parts)

    def take(self, found: Mapping[int, sr.Messages], limit: int) -> tuple[list[sr.Message], bool]:
        """
        The first ``limit`` of the messages found, by index of the venue, and go on after these.

        Also whether there are more. A venue that stopped looking before it had as many may find
        older ones than others have later on: theirs wait until it has. Newest first it is the
        other way about.
        """
        bound = None
        sooner, none = (max, _LATEST) if self._newest else (min, "")
        for answer in found.values():
            if answer.next is not None and len(answer.items) < limit:
                last = answer.items[-1].time if answer.items else none
                bound = last if bound is None else sooner(bound, last)
        taken = _merged(found, limit, bound, self._newest)
        counts = dict.fromkeys(found, 0)
        for index, _ in taken:
            counts[index] += 1
        for index, count in counts.items():
            self._go_on(index, found[index], count)
        left = any(counts[index] < len(answer.items) for index, answer in found.items())
        more = left or any(answer.next is not None for answer in found.values())
        return [message for _, message in taken], more

    def _go_on(self, index: int, answer: sr.Messages, count: int) -> None:
        epoch = int(answer.position.partition("-")[0])
        if count == len(answer.items):
            through = format_cursor(epoch, 1)  # nothing is before the first
            self._parts[index] = (answer.next or through) if self._newest else answer.position
        elif count:
            self._parts[index] = format_cursor(epoch, answer.items[count - 1].seq)


def _merged(
    found: Mapping[int, sr.Messages], limit: int, bound: str | None, newest: bool
) -> Sequence[tuple[int, sr.Message]]:
    """
    The first messages of all, or the last, each with the index of its venue; none past ``bound``.
    """
    each = [[(index, message) for message in answer.items] for index, answer in found.items()]
    taken: list[tuple[int, sr.Message]] = []
    for index, message in heapq.merge(*each, key=lambda one: one[1].time, reverse=newest):
        past = bound is not None and (message.time < bound if newest else message.time > bound)
        if len(taken) == limit or past:
            break
        taken.append((index, message))
    return taken


def ends(answers: Sequence[sr.Messages], asked: Sequence[tuple[int, Any]], venues: int) -> str:
    """The cursor of where the journals end of the venues that were asked."""
    parts = [BEGINNING] * venues
    for (index, _), answer in zip(asked, answers, strict=True):
        parts[index] = answer.position
    return ".".join(parts)
