"""The journal's messages over REST: listed, and waited for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from exsim.control import session_results as sr
from exsim.control import session_schemas as ss
from exsim.control.cursors import format_cursor, parse_cursor
from exsim.control.fields import wait_time
from exsim.errors import Gone
from exsim.interfaces import IJournal
from exsim.model.journal import Entry, EntryKind
from exsim.model.messages import Description
from exsim.services.exchange import Exchange
from exsim.services.operations import views
from exsim.services.operations.causes import cause_of, caused_by
from exsim.services.operations.waiting import Slices, wait_until
from exsim.services.operations.wanted import MESSAGES, Wanted
from exsim.services.origins import Origin
from exsim.services.simulator import Handler, Simulator

_OUT = int(EntryKind.OUT)

MOST_LOOKED_AT = 20_000
"""Entries beyond what memory holds that one question looks at; the answer says where to go on."""
AT_ONCE = 1_000
"""Entries of memory that are looked at backward in one go: a millisecond or two at most."""
FAR_AT_ONCE = 100
"""The same of entries that are read from a disk."""


def wanted_of(exchange: Exchange, asked: ss.MessageFilter) -> Wanted:
    """What a query asks for."""
    since = None if asked.since is None else views.parse_time(asked.since)
    until = None if asked.until is None else views.parse_time(asked.until)
    tags = [_tag(text) for text in asked.tag]
    wanted = Wanted(exchange, asked.filter, asked.venue, asked.session)
    return wanted.narrowed(asked.direction, asked.type, tags, since, until)


def _tag(text: str) -> tuple[str, str | None]:
    tag, equals, value = text.partition("=")
    return tag, value if equals else None


class Found:
    """What a search found; ``position`` is the last entry looked at, ``more`` if any follows."""

    def __init__(self, items: list[sr.Message], position: int, more: bool) -> None:
        self.items = items
        self.position = position
        self.more = more


def list_messages(simulator: Simulator, arguments: ss.MessagesArguments, body: None) -> Any:
    """Messages of any session, oldest first or newest."""
    _check_names(simulator, arguments.venue, arguments.session)
    if arguments.order == "newest":
        return _list_newest(simulator, arguments)
    after = after_cursor(simulator, arguments.after)
    found = _search(simulator, wanted_of(simulator.exchange, arguments), arguments.limit, after)
    epoch = simulator.exchange.journal.epoch
    position = format_cursor(epoch, found.position)
    return sr.Messages(found.items, position if found.more else None, position)


async def _list_newest(simulator: Simulator, arguments: ss.MessagesArguments) -> sr.Messages:
    """Messages before a cursor, or before the end, newest first."""
    journal = simulator.exchange.journal
    epoch, last = journal.epoch, journal.last
    before = last + 1
    if arguments.after is not None:
        before = parse_cursor(arguments.after, epoch)
    wanted = wanted_of(simulator.exchange, arguments)
    found = await _search_back(simulator, wanted, arguments.limit, before)
    if journal.epoch != epoch:
        raise Gone("the simulator was reset meanwhile: begin again without a cursor")
    older = format_cursor(epoch, found.position) if found.more else None
    return sr.Messages(found.items, older, format_cursor(epoch, last))


def list_session_messages(
    simulator: Simulator, arguments: ss.SessionMessagesArguments, body: None
) -> Any:
    """Messages of one session."""
    wanted = ss.MessagesArguments(
        session=arguments.session,
        type=arguments.type,
        tag=arguments.tag,
        direction=arguments.direction,
        since=arguments.since,
        until=arguments.until,
        filter=arguments.filter,
        after=arguments.after,
        order=arguments.order,
        limit=arguments.limit,
    )
    return list_messages(simulator, wanted, None)


async def wait_messages(
    simulator: Simulator, arguments: ss.WaitMessagesArguments, body: None
) -> sr.AwaitedMessages:
    """Wait until ``count`` messages match, from the cursor on: also of a session yet to come."""
    _check_names(simulator, arguments.venue, None)
    epoch = simulator.exchange.journal.epoch
    waiting = _Waiting(simulator, arguments)
    found = await wait_until(
        simulator,
        wait_time(arguments.timeout),
        waiting.look,
        lambda found: len(found.items) >= arguments.count,
        lambda found: found.more,
    )
    if simulator.exchange.journal.epoch != epoch:
        raise Gone("the simulator was reset meanwhile: begin again without a cursor")
    position = format_cursor(epoch, found.position)
    complete = len(found.items) >= arguments.count
    return sr.AwaitedMessages(found.items, position if found.more else None, position, complete)


class _Waiting:
    """A search that goes on where it stopped, so that each look costs what is new."""

    def __init__(self, simulator: Simulator, wanted: ss.WaitMessagesArguments) -> None:
        self._simulator = simulator
        self._count = wanted.count
        self._wanted = wanted_of(simulator.exchange, wanted)
        self._epoch = simulator.exchange.journal.epoch
        after = after_cursor(simulator, wanted.after)
        if wanted.after is None:  # what memory holds, or every wait would read the whole journal
            after = max(after, simulator.exchange.journal.recent - 1)
        self._found = Found([], after, False)

    def look(self) -> Found:
        """All found so far."""
        if self._simulator.exchange.journal.epoch != self._epoch:
            raise Gone("the simulator was reset meanwhile: begin again without a cursor")
        missing = self._count - len(self._found.items)
        if missing > 0:
            new = _search(self._simulator, self._wanted, missing, self._found.position)
            self._found = Found(self._found.items + new.items, new.position, new.more)
        return self._found


def first_sent(simulator: Simulator, session: str, after: int) -> sr.Message | None:
    """The first message that was sent to a session after an entry of the journal, if any was."""
    exchange = simulator.exchange
    for entry in exchange.journal.entries(after):
        if entry.kind == _OUT and entry.session == session:
            return view(exchange, entry, exchange.origins[entry.origin])
    return None


def newest(simulator: Simulator) -> Iterator[str]:
    """The messages of all sessions that may be told, newest first, each as one line."""
    exchange, journal = simulator.exchange, simulator.exchange.journal
    for entry in journal.backward(journal.last + 1):
        if entry.kind not in MESSAGES:
            continue
        origin = exchange.origins.get(entry.origin)
        if origin is None:  # it was configured in a run before, and is no more
            continue
        if entry.seq > exchange.floors.get(origin.venue, 0):
            way = "out" if entry.kind == _OUT else "in"
            text = origin.messages.text(entry.session, entry.data)
            time, session = views.time_text(entry.time), entry.session or "-"
            yield f"{time} {entry.origin} {session} {way} {text}"


def _search(simulator: Simulator, wanted: Wanted, limit: int, after: int) -> Found:
    """The first ``limit`` messages after an entry that are wanted."""
    journal = simulator.exchange.journal
    items: list[sr.Message] = []
    position, looked = after, 0
    for entry in journal.search(wanted.question, after):
        if len(items) == limit or looked == MOST_LOOKED_AT:
            return Found(items, position, True)
        origin = wanted.origin(entry)
        if origin is not None:
            items.append(view(simulator.exchange, entry, origin))
        looked += entry.seq < journal.recent
        position = entry.seq
    return Found(items, max(position, journal.last), False)


async def _search_back(simulator: Simulator, wanted: Wanted, limit: int, before: int) -> Found:
    """The last ``limit`` messages before an entry that are wanted, newest first."""
    journal = simulator.exchange.journal
    sieve, slices = wanted.sieve(), Slices(simulator)
    items: list[sr.Message] = []
    for batch in _backward(journal, before):
        at = sieve.next(batch)
        while at < len(batch) and len(items) < limit:
            before = batch[at].seq
            origin = wanted.origin(batch[at])
            if origin is not None:
                items.append(view(simulator.exchange, batch[at], origin))
            await slices.rest()
            at = sieve.next(batch, at + 1)
        if len(items) == limit:
            break
        before = batch[-1].seq
        await slices.rest()
    return Found(items, before, next(journal.backward(before), None) is not None)


def _backward(journal: IJournal, before: int) -> Iterator[list[Entry]]:
    """The entries before one, newest first: those in memory, and so many beyond at most."""
    while batch := journal.newest(before, AT_ONCE):
        yield batch
        before = batch[-1].seq
    far = islice(journal.backward(before), MOST_LOOKED_AT)
    while batch := list(islice(far, FAR_AT_ONCE)):
        yield batch


def after_cursor(simulator: Simulator, cursor: str | None) -> int:
    """
    The entry that a list goes on after.

    :raises exsim.errors.Gone: when what follows is not there any more.
    """
    journal = simulator.exchange.journal
    after = parse_cursor(cursor, journal.epoch)
    if cursor is not None and after < journal.first - 1:
        raise Gone("the journal no longer holds what comes after this cursor")
    return after


def view(
    exchange: Exchange, entry: Entry, origin: Origin, described: Description | None = None
) -> sr.Message:
    """A message for people; ``described`` is given where it is known already."""
    if described is None:
        described = origin.messages.describe(entry.session, entry.data)
    near = entry.seq >= exchange.journal.recent  # else what is around it takes reading the disk
    return sr.Message(
        seq=entry.seq,
        time=views.time_text(entry.time),
        venue=origin.venue,
        session=entry.session,
        direction="out" if entry.kind == _OUT else "in",
        type=described.type,
        name=described.name,
        text=origin.messages.text(entry.session, entry.data),
        raw=origin.messages.masked(entry.session, entry.data),
        fields=views.fields(described),
        cause=cause_of(exchange, entry) if near else None,
        caused=caused_by(exchange, entry) if near else None,
    )


def _check_names(simulator: Simulator, venue: str | None, session: str | None) -> None:
    if venue is not None:
        simulator.dispatcher.venue(venue)
    exchange = simulator.exchange
    if session is None or session in exchange.bots or exchange.proxies.has_client(session):
        return
    exchange.session(session)


HANDLERS: dict[str, Handler] = {
    "list_messages": list_messages,
    "list_session_messages": list_session_messages,
    "wait_messages": wait_messages,
}
