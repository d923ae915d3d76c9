"""The journal's messages over REST."""

from __future__ import annotations

from collections.abc import Iterator

from exsim.control import results as r
from exsim.control import schemas as s
from exsim.control.cursors import format_cursor, parse_cursor
from exsim.errors import Gone
from exsim.model.journal import Entry, EntryKind
from exsim.model.questions import Question
from exsim.services.operations import views
from exsim.services.operations.waiting import wait_until
from exsim.services.origins import Origin
from exsim.services.simulator import Handler, Simulator

_OUT = int(EntryKind.OUT)
_MESSAGES = frozenset({int(EntryKind.IN), _OUT, int(EntryKind.GARBLED)})


MOST_LOOKED_AT = 20_000
"""Entries that one question looks at beyond what memory holds; the answer says where to go on."""


class Found:
    """What a search found; ``position`` is the last entry looked at, ``more`` if any follows."""

    def __init__(self, items: list[r.Message], position: int, more: bool) -> None:
        self.items = items
        self.position = position
        self.more = more


def list_messages(simulator: Simulator, arguments: s.MessagesArguments, body: None) -> r.Messages:
    """Messages of any session, oldest first."""
    _check_names(simulator, arguments.venue, arguments.session)
    found = _search(simulator, arguments, arguments.limit)
    epoch = simulator.exchange.journal.epoch
    position = format_cursor(epoch, found.position)
    return r.Messages(found.items, position if found.more else None, position)


def list_session_messages(
    simulator: Simulator, arguments: s.SessionMessagesArguments, body: None
) -> r.Messages:
    """Messages of one session."""
    wanted = s.MessagesArguments(
        session=arguments.session,
        type=arguments.type,
        tag=arguments.tag,
        direction=arguments.direction,
        since=arguments.since,
        until=arguments.until,
        after=arguments.after,
        limit=arguments.limit,
    )
    return list_messages(simulator, wanted, None)


async def wait_messages(
    simulator: Simulator, arguments: s.WaitMessagesArguments, body: None
) -> r.AwaitedMessages:
    """Wait until ``count`` messages match, from the cursor on: also of a session yet to come."""
    _check_names(simulator, arguments.venue, None)
    epoch = simulator.exchange.journal.epoch
    waiting = _Waiting(simulator, arguments)
    found = await wait_until(
        simulator,
        s.wait_time(arguments.timeout),
        waiting.look,
        lambda found: len(found.items) >= arguments.count,
        lambda found: found.more,
    )
    if simulator.exchange.journal.epoch != epoch:
        raise Gone("the simulator was reset meanwhile: begin again without a cursor")
    position = format_cursor(epoch, found.position)
    complete = len(found.items) >= arguments.count
    return r.AwaitedMessages(found.items, position if found.more else None, position, complete)


class _Waiting:
    """A search that goes on where it stopped, so that each look costs what is new."""

    def __init__(self, simulator: Simulator, wanted: s.WaitMessagesArguments) -> None:
        self._simulator = simulator
        self._wanted = wanted
        self._epoch = simulator.exchange.journal.epoch
        after = parse_cursor(wanted.after, self._epoch)
        if wanted.after is None:  # what memory holds, or every wait would read the whole journal
            after = max(after, simulator.exchange.journal.recent - 1)
        self._found = Found([], after, False)

    def look(self) -> Found:
        """All found so far."""
        if self._simulator.exchange.journal.epoch != self._epoch:
            raise Gone("the simulator was reset meanwhile: begin again without a cursor")
        missing = self._wanted.count - len(self._found.items)
        if missing > 0:
            new = _search(self._simulator, self._wanted, missing, self._found.position)
            self._found = Found(self._found.items + new.items, new.position, new.more)
        return self._found


def first_sent(simulator: Simulator, session: str, after: int) -> r.Message | None:
    """The first message that was sent to a session after an entry of the journal, if any was."""
    exchange = simulator.exchange
    for entry in exchange.journal.entries(after):
        if entry.kind == _OUT and entry.session == session:
            return _view(entry, exchange.origins[entry.origin])
    return None


def newest(simulator: Simulator) -> Iterator[str]:
    """The messages of all sessions that may be told, newest first, each as one line."""
    exchange, journal = simulator.exchange, simulator.exchange.journal
    for entry in journal.backward(journal.last + 1):
        if entry.kind not in _MESSAGES:
            continue
        origin = exchange.origins.get(entry.origin)
        if origin is None:  # it was configured in a run before, and is no more
            continue
        if entry.seq > exchange.floors.get(origin.venue, 0):
            way = "out" if entry.kind == _OUT else "in"
            text = origin.messages.text(entry.session, entry.data)
            time, session = views.time_text(entry.time), entry.session or "-"
            yield f"{time} {entry.origin} {session} {way} {text}"


def _search(
    simulator: Simulator, wanted: s.MessageFilter, limit: int, after: int | None = None
) -> Found:
    """The first ``limit`` messages that are wanted."""
    journal = simulator.exchange.journal
    if after is None:
        after = parse_cursor(wanted.after, journal.epoch)
    if (after or wanted.after is not None) and after < journal.first - 1:
        raise Gone("the journal no longer holds what comes after this cursor")
    items: list[r.Message] = []
    position, looked = after, 0
    for entry, origin in _candidates(simulator, wanted, after):
        if len(items) == limit or looked == MOST_LOOKED_AT:
            return Found(items, position, True)
        if origin is not None:
            items.append(_view(entry, origin))
        looked += entry.seq < journal.recent
        position = entry.seq
    return Found(items, max(position, journal.last), False)


def _candidates(
    simulator: Simulator, wanted: s.MessageFilter, after: int
) -> Iterator[tuple[Entry, Origin | None]]:
    """The entries that are looked at, each with where it is from if it is one that is wanted."""
    since = None if wanted.since is None else views.parse_time(wanted.since)
    until = None if wanted.until is None else views.parse_time(wanted.until)
    tags = [_tag(text) for text in wanted.tag]
    question = Question(wanted.session, wanted.type, tags, since, until)
    for entry in simulator.exchange.journal.search(question, after):
        yield entry, _origin_if_wanted(simulator, wanted, question, entry)


def _origin_if_wanted(
    simulator: Simulator, wanted: s.MessageFilter, question: Question, entry: Entry
) -> Origin | None:
    exchange = simulator.exchange
    if entry.kind not in _MESSAGES or wanted.session not in (None, entry.session):
        return None
    if wanted.direction is not None and (wanted.direction == "out") != (entry.kind == _OUT):
        return None
    if question.since is not None and entry.time < question.since:
        return None
    if question.until is not None and entry.time > question.until:
        return None
    origin = exchange.origins.get(entry.origin)
    if origin is None:  # of an endpoint that was removed before the last start
        return None
    venue = origin.venue
    if wanted.venue not in (None, venue) or entry.seq <= exchange.floors.get(venue, 0):
        return None
    if question.msg_type is None and not question.fields:
        return origin
    matches = origin.messages.matches
    return (
        origin if matches(entry.session, entry.data, question.msg_type, question.fields) else None
    )


def _tag(text: str) -> tuple[str, str | None]:
    tag, equals, value = text.partition("=")
    return tag, value if equals else None


def _view(entry: Entry, origin: Origin) -> r.Message:
    described = origin.messages.describe(entry.session, entry.data)
    return r.Message(
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
    )


def _check_names(simulator: Simulator, venue: str | None, session: str | None) -> None:
    if venue is not None:
        simulator.dispatcher.venue(venue)
    if session is not None:
        simulator.exchange.session(session)


HANDLERS: dict[str, Handler] = {
    "list_messages": list_messages,
    "list_session_messages": list_session_messages,
    "wait_messages": wait_messages,
}
