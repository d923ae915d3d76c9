"""Messages, events and holds of all venues: listed, and waited for."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import session_results as sr
from exsim.control import session_schemas as ss
from exsim.control import trading_results as tr
from exsim.control import trading_schemas as ts
from exsim.control.fields import wait_time
from exsim.errors import Gone, NotFound
from exsim.services.front.fleet import Fleet, first, outward, together
from exsim.services.front.lists import BEGINNING, Positions, ends

SECOND = 10**9

Clock = Callable[[], float]
"""Seconds, from some beginning."""


async def list_messages(fleet: Fleet, arguments: ss.MessagesArguments) -> sr.Messages:
    """Messages of all venues, or of the session of a name at those that have one, by time."""
    newest = arguments.order == "newest"
    positions = Positions(arguments.after, len(fleet.venues), newest)
    fleet.check_all()
    asked = list(enumerate(fleet.venues))
    if arguments.session is not None:
        having = await fleet.having("session", arguments.session)
        asked = [(index, venue) for index, venue in asked if venue in having]
        if not asked:
            raise NotFound(f"there is no session {arguments.session!r}")
    answers = await together(
        venue.ask("list_messages", replace(arguments, after=positions[index]))
        for index, venue in asked
    )
    found = {index: answer for (index, _), answer in zip(asked, answers, strict=True)}
    items, more = positions.take(found, arguments.limit)
    end = ends(answers, asked, len(fleet.venues)) if newest else positions.cursor
    return sr.Messages(items, positions.cursor if more else None, end)


async def wait_messages(
    fleet: Fleet, arguments: ss.WaitMessagesArguments, clock: Clock
) -> sr.AwaitedMessages:
    """Wait until ``count`` messages match at all venues together."""
    positions = Positions(arguments.after, len(fleet.venues))
    end = clock() + wait_time(arguments.timeout) / SECOND
    items: list[sr.Message] = []
    while True:
        missing = arguments.count - len(items)
        answers = await fleet.each(
            "wait_messages",
            [
                replace(arguments, after=positions[index], count=missing, timeout="0s")
                for index in range(len(fleet.venues))
            ],
        )
        found, more = positions.take(dict(enumerate(answers)), missing)
        items += found
        left = end - clock()
        if len(items) == arguments.count or left <= 0:
            cursor = positions.cursor
            complete = len(items) == arguments.count
            return sr.AwaitedMessages(items, cursor if more else None, cursor, complete)
        if not more:
            await first(
                venue.ask(
                    "wait_messages",
                    replace(arguments, after=positions[index], count=1, timeout=_span(left)),
                )
                for index, venue in enumerate(fleet.venues)
            )


async def wait_events(
    fleet: Fleet, arguments: ds.WaitEventsArguments, clock: Clock
) -> dr.AwaitedEvents:
    """Wait until something happens at any venue; then all that did, by time."""
    places = _places(arguments.after, len(fleet.venues))
    end = clock() + wait_time(arguments.timeout) / SECOND
    while True:
        told = await fleet.each(
            "wait_events", [replace(arguments, after=place, timeout="0s") for place in places]
        )
        answers = [_named(venue.venue, one) for venue, one in zip(fleet.venues, told, strict=True)]
        items, more = _taken(answers, places, arguments.limit)
        left = end - clock()
        if items or left <= 0:
            cursor = ".".join(place or BEGINNING for place in places)
            return dr.AwaitedEvents(items, cursor if more else None, cursor, bool(items))
        if not more:
            await first(
                venue.ask("wait_events", replace(arguments, after=place, timeout=_span(left)))
                for venue, place in zip(fleet.venues, places, strict=True)
            )


def _named(venue: str, answer: dr.AwaitedEvents) -> dr.AwaitedEvents:
    """What a venue answers; a reset there is of that venue alone."""
    items = [
        replace(one, venue=venue, text=f"{one.text} at {venue}") if one.event == "reset" else one
        for one in answer.items
    ]
    return replace(answer, items=items)


def _places(cursor: str | None, venues: int) -> list[str | None]:
    """Where to go on at each venue; None: with what happens from now on."""
    if cursor is None or cursor == BEGINNING:
        return [cursor] * venues
    places: list[str | None] = [*cursor.split(".")]
    if len(places) != venues:
        raise Gone(f"the cursor {cursor[:80]} is not one of these {venues} venues")
    return places


def _taken(
    answers: Sequence[dr.AwaitedEvents], places: list[str | None], limit: int
) -> tuple[list[dr.Event], bool]:
    """The first events of all, by time, each with where to go on from it, and if there are more."""
    each = [[(index, item) for item in answer.items] for index, answer in enumerate(answers)]
    for index, answer in enumerate(answers):
        if not answer.items:
            places[index] = answer.position
    taken: list[dr.Event] = []
    left = [len(answer.items) for answer in answers]
    for index, item in heapq.merge(*each, key=lambda one: one[1].time):
        if len(taken) == limit:
            break
        left[index] -= 1
        places[index] = item.id if left[index] else answers[index].position
        taken.append(replace(item, id=".".join(place or BEGINNING for place in places)))
    return taken, any(left) or any(answer.next is not None for answer in answers)


async def wait_holds(
    fleet: Fleet, arguments: ts.WaitHoldsArguments, clock: Clock
) -> tr.AwaitedHolds:
    """Wait until ``count`` requests wait at all venues together."""
    end = clock() + wait_time(arguments.timeout) / SECOND
    asked = replace(arguments, timeout="0s")
    while True:
        answers = await fleet.each("wait_holds", [asked] * len(fleet.venues))
        found = [outward(v.venue, a) for v, a in zip(fleet.venues, answers, strict=True)]
        items = sorted((hold for one in found for hold in one.items), key=lambda hold: hold.time)
        left = end - clock()
        if len(items) >= arguments.count or left <= 0:
            complete = len(items) >= arguments.count
            return tr.AwaitedHolds(items[: arguments.count], complete)
        await first(
            venue.ask(
                "wait_holds", replace(arguments, count=len(one.items) + 1, timeout=_span(left))
            )
            for venue, one in zip(fleet.venues, found, strict=True)
        )


def _span(seconds: float) -> str:
    """A time as the operations take it: milliseconds at least, or nobody would wait."""
    return f"{max(0.001, seconds):.3f}s"
