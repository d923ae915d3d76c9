"""Which entries of the journal are messages that somebody wants, as a filter and a query say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from exsim.errors import Unprocessable
from exsim.filters import Filter, Seen, asks_for, filter_of, needs
from exsim.filters.looks import NO, PERHAPS, YES, Quick, delimited
from exsim.filters.names import ENDPOINT, VENUE
from exsim.filters.quick import quick_look
from exsim.filters.sieve import Sieve
from exsim.model.journal import Entry, EntryKind
from exsim.model.questions import Question
from exsim.model.vocabulary import Vocabulary
from exsim.services.exchange import Exchange
from exsim.services.origins import Origin

_OUT: Final = int(EntryKind.OUT)
_TAGGED: Final = "fix"
"""The protocol whose fields can be looked for in the bytes, and that an index knows."""
_BOT: Final = int(EntryKind.BOT)
MESSAGES: Final = frozenset({int(EntryKind.IN), _OUT, int(EntryKind.GARBLED)})
"""Those of sessions: what bots ask for is told where it is asked for by the name of one."""


def filter_from(when: str | Mapping[str, Any] | None) -> Filter:
    """
    The filter that somebody gave.

    :raises exsim.errors.Unprocessable: when it is none.
    """
    try:
        return filter_of(when)
    except ValueError as error:
        raise Unprocessable(str(error)) from None


def seen_of(entry: Entry, origin: Origin) -> Seen:
    """An entry as filters see it; passwords are masked."""
    messages = origin.messages
    session, data = entry.session, entry.data
    return Seen(
        entry.seq,
        entry.time,
        origin.venue,
        entry.origin,
        session,
        "out" if entry.kind == _OUT else "in",
        data,
        partial(messages.describe, session, data),
        partial(messages.values, session, data),
        partial(messages.masked, session, data),
    )


class Wanted:
    """
    Messages of a venue and a session, None for any, that fit a filter.

    ``question`` is what an index can tell of it.
    """

    def __init__(
        self,
        exchange: Exchange,
        when: str | Mapping[str, Any] | None,
        venue: str | None = None,
        session: str | None = None,
    ) -> None:
        self.filter = filter_from(when)
        self._quick: dict[tuple[str, str, str, Vocabulary], Quick] = {}
        self._placed = asks_for(self.filter, VENUE, ENDPOINT)
        self.session = session
        self._exchange = exchange
        self._filtered = bool(when)
        self._venue = venue
        self._direction: str | None = None
        needed = needs(self.filter)
        if any(origin.protocol != _TAGGED for origin in exchange.origins.values()):
            needed = needed._replace(fields=())  # the bytes of others do not tell
        self._nothing = session is not None and needed.session not in (None, session)
        self.question = Question(session or needed.session, needed.type, needed.fields)

    def narrowed(
        self,
        direction: str | None,
        msg_type: str | None,
        fields: Sequence[tuple[str, str | None]],
        since: int | None,
        until: int | None,
    ) -> Wanted:
        """The same with more conditions."""
        self._direction = direction
        needed = self.question
        if msg_type is not None and needed.msg_type not in (None, msg_type):
            self._nothing = True
        fields = [*fields, *needed.fields]
        msg_type = msg_type or needed.msg_type
        self.question = Question(needed.session, msg_type, fields, since, until)
        return self

    def origin(self, entry: Entry) -> Origin | None:
        """Where an entry is from, if it is a message that is wanted."""
        way = "out" if entry.kind == _OUT else "in"
        fits = self._look(entry) if self._filtered else YES
        if fits == NO:
            return None
        question = self.question
        if question.session is not None and question.session != entry.session:
            return None
        if entry.kind not in MESSAGES and (entry.kind != _BOT or question.session is None):
            return None
        if self._direction is not None and self._direction != way:
            return None
        if question.since is not None and entry.time < question.since:
            return None
        if question.until is not None and entry.time > question.until:
            return None
        origin = self.scope(entry)
        if origin is None or self._nothing or not self._first_look(entry, origin):
            return None
        return origin if fits == YES or self.filter.matches(seen_of(entry, origin)) else None

    def _look(self, entry: Entry) -> int:
        """What a quick look tells of whether an entry fits the filter."""
        origin = self._exchange.origins.get(entry.origin)
        if origin is None or entry.kind == _BOT:
            return PERHAPS
        return self._quick_of(entry.origin, origin).look(delimited(entry.data), entry)

    def _quick_of(self, name: str, origin: Origin) -> Quick:
        words = origin.messages.vocabulary
        venue, endpoint = (origin.venue, name) if self._placed else ("", "")
        key = (origin.protocol, venue, endpoint, words)
        quick = self._quick.get(key)
        if quick is None:
            where = {VENUE: venue, ENDPOINT: endpoint}
            quick = self._quick[key] = quick_look(self.filter, origin.protocol, where, words)
        return quick

    def sieve(self) -> Sieve:
        """What passes over entries for which :meth:`origin` would surely tell None."""
        origins = self._exchange.origins
        return Sieve({name: self._quick_of(name, origins[name]) for name in origins})

    def scope(self, entry: Entry) -> Origin | None:
        """Where an entry is from, if that is where messages are wanted from at all."""
        origin = self._exchange.origins.get(entry.origin)
        if origin is None:  # of an endpoint that was removed before the last start
            return None
        venue = origin.venue
        if self._venue not in (None, venue):
            return None
        return None if entry.seq <= self._exchange.floors.get(venue, 0) else origin

    def _first_look(self, entry: Entry, origin: Origin) -> bool:
        """At the bytes, which leaves out nearly all that is not wanted."""
        asked = self.question
        if asked.msg_type is None and not asked.fields:
            return True
        return origin.messages.matches(entry.session, entry.data, asked.msg_type, asked.fields)
