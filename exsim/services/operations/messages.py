"""The journal's messages over REST: listed, and waited for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exsim.control import session_results as sr
from exsim.control import session_schemas as ss
from exsim.control.cursors import format_cursor, parse_cursor
from exsim.control.fields import wait_time
from exsim.errors import Gone
from exsim.model.journal import EntryKind
from exsim.services.exchange import Exchange
from exsim.services.operations import views
from exsim.services.operations.searching import Search, search_back, view
from exsim.services.operations.waiting import in_lane, wait_until
from exsim.services.operations.wanted import MESSAGES, Wanted
from exsim.services.simulator import Handler, Simulator

_OUT = int(EntryKind.OUT)


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


def list_messages(simulator: Simulator, arguments: ss.MessagesArguments, body: None) -> Any:
    """Messages of any session, oldest first or newest."""
    _check_names(simulator, arguments.venue, arguments.session)
    if arguments.order == "newest":
        return _list_newest(simulator, arguments)
    after = after_cursor(simulator, arguments.after)
    search = Search(simulator, wanted_of(simulator.exchange, arguments), after)
    if search.go_on(arguments.limit):
        return _list_on(simulator, search, arguments.limit)
    return _found(simulator, search)


async def _list_on(simulator: Simulator, search: Search, limit: int) -> sr.Messages:
    """What comes of a search that is not done in one go."""
    epoch = simulator.exchange.journal.epoch
    while search.cut:
        await in_lane(simulator)
        _check_epoch(simulator, epoch)
        search.go_on(limit)
    return _found(simulator, search)


def _found(simulator: Simulator, search: Search) -> sr.Messages:
    """Messages after a cursor, or from the beginning on, oldest first."""
    position = format_cursor(simulator.exchange.journal.epoch, search.position)
    return sr.Messages(search.items, position if search.more else None, position)


async def _list_newest(simulator: Simulator, arguments: ss.MessagesArguments) -> sr.Messages:
    """Messages before a cursor, or before the end, newest first."""
    journal = simulator.exchange.journal
    epoch, last = journal.epoch, journal.last
    before = last + 1
    if arguments.after is not None:
        before = parse_cursor(arguments.after, epoch)
    wanted = wanted_of(simulator.exchange, arguments)
    items, position, more = await search_back(simulator, wanted, arguments.limit, before)
    _check_epoch(simulator, epoch)
    older = format_cursor(epoch, position) if more else None
    return sr.Messages(items, older, format_cursor(epoch, last))


def _check_epoch(simulator: Simulator, epoch: int) -> None:
    if simulator.exchange.journal.epoch != epoch:
        raise Gone("the simulator was reset meanwhile: begin again without a cursor")


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
    after = after_cursor(simulator, arguments.after)
    if arguments.after is None:  # what memory holds, or every wait would read the whole journal
        after = max(after, simulator.exchange.journal.recent - 1)
    search = Search(simulator, wanted_of(simulator.exchange, arguments), after)

    def look() -> Search:
        _check_epoch(simulator, epoch)
        if len(search.items) < arguments.count:
            search.again(arguments.count)
        return search

    found = await wait_until(
        simulator,
        wait_time(arguments.timeout),
        look,
        lambda found: len(found.items) >= arguments.count,
        lambda found: found.more,
        lambda found: found.cut,
    )
    _check_epoch(simulator, epoch)
    position = format_cursor(epoch, found.position)
    complete = len(found.items) >= arguments.count
    return sr.AwaitedMessages(found.items, position if found.more else None, position, complete)


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
