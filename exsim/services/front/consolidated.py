"""One instrument at several venues, where each of these has a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from exsim.control import consolidated_results as kr
from exsim.control import consolidated_schemas as ks
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.errors import NotFound, RequestError
from exsim.model.amounts import parse_amount
from exsim.services.consolidating import meeting, merged
from exsim.services.front.carrier import IVenue
from exsim.services.front.fleet import Fleet, begun, together
from exsim.services.same_instruments import Instruments, Listed, Same, the_one

_EPOCH = 0
"""That of cursors here: the list is of no journal."""
Part = kr.Consolidated


async def get_consolidated(fleet: Fleet, arguments: ks.ConsolidatedArguments) -> kr.Consolidated:
    """
    All books of an instrument as one: of the venues that have it by this name, then of others by
    the symbols and identifiers that it turns out to have.
    """
    fleet.check_all()
    parts: dict[str, Part] = {}
    asked: set[str] = set()
    names = {arguments.symbol}
    while names:
        name = min(names, key=_identifiers_first)
        asked.add(name)
        venues = [venue for venue in fleet.venues if venue.venue not in parts]
        wanted = replace(arguments, symbol=name)
        found = await together(begun(_part(venue, wanted)) for venue in venues)
        for venue, part in zip(venues, found, strict=True):
            if part is not None:
                parts[venue.venue] = part
        names = {each for part in parts.values() for each in _names(part)} - asked
    ordered = [parts[venue.venue] for venue in fleet.venues if venue.venue in parts]
    return _merged(ordered, arguments)


async def _part(venue: IVenue, arguments: ks.ConsolidatedArguments) -> Part | None:
    """What a venue has of it; None where that is nothing."""
    try:
        found: Part = await venue.ask("get_consolidated", arguments)
    except RequestError as error:
        if error.status != NotFound.status:
            raise
        return None
    return found


def _identifiers_first(name: str) -> tuple[bool, str]:
    """A symbol may be something else at another venue."""
    return ":" not in name, name


def _names(part: Part) -> list[str]:
    return [part.symbol, *part.identifiers]


def _merged(parts: list[Part], arguments: ks.ConsolidatedArguments) -> kr.Consolidated:
    """Those that are the same, of what venues have by one of the names."""
    known = Instruments(_listed(part) for part in parts)
    wanted = known.find(arguments.symbol, arguments.currency)
    same = the_one(wanted, arguments.symbol, arguments.currency)
    venues = {one.venue for one in same.listed}
    return merged([part for part in parts if part.venues[0].venue in venues], arguments.depth)


def _listed(part: Part) -> Listed:
    return Listed(part.venues[0].venue, part.symbol, part.currency, tuple(part.identifiers))


async def list_consolidated(fleet: Fleet, arguments: s.PageArguments) -> Any:
    """All instruments of all venues, those that are the same as one."""
    after = parse_cursor(arguments.after, _EPOCH)
    fleet.check_all()
    lists = await together(begun(_all(venue, arguments.limit)) for venue in fleet.venues)
    items = {_listed_at(item): item for items in lists for item in items}
    known = Instruments(items)
    ordered = sorted(known.all, key=_by_name)
    return page(_joined(ordered, items, after), _EPOCH, arguments.limit)


def _by_name(same: Same) -> tuple[str, str]:
    return same.symbol, same.listed[0].venue


async def _all(venue: IVenue, limit: int) -> list[kr.ConsolidatedInstrument]:
    """The list of one venue, whole, by pages of so many."""
    found: list[kr.ConsolidatedInstrument] = []
    arguments = s.PageArguments(limit=limit)
    while True:
        answer = await venue.ask("list_consolidated", arguments)
        found += answer.items
        if answer.next is None:
            return found
        arguments = replace(arguments, after=answer.next)


def _listed_at(item: kr.ConsolidatedInstrument) -> Listed:
    return Listed(item.venues[0].venue, item.symbol, item.currency, tuple(item.identifiers))


def _joined(
    ordered: list[Same], items: dict[Listed, kr.ConsolidatedInstrument], after: int
) -> Iterator[tuple[int, kr.ConsolidatedInstrument]]:
    for number, same in enumerate(ordered, 1):
        if number > after:
            yield number, _one([items[one] for one in same.listed], same)


def _one(items: list[kr.ConsolidatedInstrument], same: Same) -> kr.ConsolidatedInstrument:
    """What venues tell of one instrument, together."""
    bids = [item.best_bid for item in items if item.best_bid is not None]
    asks = [item.best_ask for item in items if item.best_ask is not None]
    best_bid = max(bids, key=parse_amount, default=None)
    best_ask = min(asks, key=parse_amount, default=None)
    locked, crossed = meeting(best_bid, best_ask)
    return kr.ConsolidatedInstrument(
        symbol=same.symbol,
        currency=same.currency,
        identifiers=same.identifiers,
        venues=[place for item in items for place in item.venues],
        best_bid=best_bid,
        best_ask=best_ask,
        locked=locked,
        crossed=crossed,
    )
