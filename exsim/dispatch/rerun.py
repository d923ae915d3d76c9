"""
The inner loop of running a journal again: messages of counterparties, of which nearly all of it is.

What comes out is compared with the journal all the way. What is sent is not made, where a look at
the journal's bytes shows that they would be the same. Where only the state counts, what came in is
not looked at as closely as it was then: its answer tells that nothing was wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from exsim.dispatch.chain import Chain
from exsim.dispatch.dispatcher import Dispatcher
from exsim.dispatch.venue import Venue
from exsim.errors import NotFound
from exsim.interfaces import IConnection, ISession
from exsim.journal.tape import Difference, Tape
from exsim.model.events import Event
from exsim.model.journal import Entry, EntryKind
from exsim.sessions.quick import QuickConnection, QuickSession

_IN: Final = int(EntryKind.IN)
_OUT: Final = int(EntryKind.OUT)
_FLUSH_EVERY: Final = 256
"""Messages after which what they left in connections is taken out of there."""


class Lane:
    """
    A session, where it is, and what its requests have to pass. ``quick`` is the same session, if it
    is such a one.
    """

    __slots__ = ("chain", "origin", "quick", "session", "venue")

    def __init__(self, origin: str, session: ISession, venue: Venue, chain: Chain) -> None:
        self.origin = origin
        self.session = session
        self.quick: QuickSession | None = session if isinstance(session, QuickSession) else None
        self.venue = venue
        self.chain = chain


class Rerun:
    """
    Runs the entries of ``tape`` again. ``count`` is how many inputs were run, ``current`` the last
    of them.

    :param lane: finds a session by name; None where there is none.
    :param run: runs any entry.
    :param send: sends an event.
    :param publishers: called after each request, as :mod:`exsim.services.publishing` says.
    :param worked: is told that all requests of a connection were submitted.
    :param flush: takes out what is to be written to connections.
    :param state_only: whether only the state counts.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        tape: Tape,
        lane: Callable[[str], Lane | None],
        run: Callable[[Entry], None],
        send: Callable[[Event, int], None],
        publishers: list[Callable[[int], None]],
        worked: Callable[[Venue, IConnection, int], None],
        flush: Callable[[], None],
        state_only: bool,
    ) -> None:
        self.count = 0
        self.current: Entry | None = None
        self._dispatcher = dispatcher
        self._tape = tape
        self._find = lane
        self._run = run
        self._send = send
        self._publishers = publishers
        self._worked = worked
        self._flush = flush
        self._state_only = state_only
        self._lanes: dict[str, Lane] = {}  # no longer than nothing but messages comes
        self._name = ""  # of the session that was looked for last, which is nobody's
        self._last: Lane | None = None

    def run(self, until: int) -> None:
        """Run all entries up to a number, or to the first difference."""
        tape = self._tape
        while True:
            entry = tape.peek()
            if entry is None or tape.difference is not None or entry.seq > until:
                break
            self.current = entry
            self.count += 1
            if entry.kind != _IN or not self._message(entry):
                self._empty()
                self._lanes.clear()
                self._name, self._last = "", None
                self._run(entry)
                self._flush()
            elif self.count % _FLUSH_EVERY == 0:
                self._empty()

    def _empty(self) -> None:
        """Take out what messages left in connections."""
        for lane in self._lanes.values():
            connection = lane.session.connection
            if connection is not None:
                connection.data_to_send()
        self._flush()

    def _message(self, entry: Entry) -> bool:
        """Run a message of somebody who is logged on; False, with nothing done, for another."""
        lane = self._lane(entry.session)
        if lane is None or lane.origin != entry.origin:
            return False
        quick = lane.quick
        connection = lane.session.connection if quick is None else quick.connection
        if connection is None:
            return False
        try:
            if not (self._state_only and self._recall(entry, connection, lane)):
                self._again(entry, connection, lane)
        except NotFound as error:
            if self._tape.difference is None:
                self._tape.difference = Difference(entry.seq, entry, None, str(error))
        if self._tape.last < entry.seq and self._tape.difference is None:
            self._tape.difference = Difference(entry.seq, entry, None)
        return True

    def _lane(self, session: str) -> Lane | None:
        if session == self._name:  # nearly always it is that of the last message
            return self._last
        lane = self._lanes.get(session)
        if lane is None:
            lane = self._find(session)
            if lane is not None:
                self._lanes[session] = lane
        self._name, self._last = session, lane
        return lane

    def _recall(self, entry: Entry, connection: IConnection, lane: Lane) -> bool:
        """Run a message that was right, as its answer shows; False for another."""
        tape = self._tape
        answer = tape.peek(1)
        if answer is None or answer.kind != _OUT or answer.session != entry.session:
            return False
        if answer.origin != entry.origin:  # of a client of that name at a proxy
            return False
        if isinstance(connection, QuickConnection):
            quick = cast(QuickConnection, connection)  # as the compiler has it, of no other class
            request = quick.recall(entry.data, answer.data, entry.time)
        else:
            request = connection.recall(entry.data, answer.data, entry.time)
        if request is None:
            return False
        tape.skip()
        self._dispatcher.submit(lane.venue, request, lane.chain, entry.time)
        self._tell(entry.time)
        return True

    def _again(self, entry: Entry, connection: IConnection, lane: Lane) -> None:
        """Run a message as it was then."""
        now = entry.time
        connection.again(_IN, entry.data, now)
        while (request := connection.next_request(now)) is not None:
            self._dispatcher.submit(lane.venue, request, lane.chain, now)
            self._tell(now)
        self._worked(lane.venue, connection, now)

    def _tell(self, now: int) -> None:
        """Send what came of a request, or see that it was sent; then what is published of it."""
        out = self._dispatcher.out
        if len(out) == 1:  # nearly always
            event = out.pop()
            if not self._told(event, now):
                self._send(event, now)
        else:
            events = list(out)
            out.clear()
            for event in events:
                if not self._told(event, now):
                    self._send(event, now)
        for publish in self._publishers:
            publish(now)

    def _told(self, event: Event, now: int) -> bool:
        """Whether the next entry is what would be sent for an event; then it counts as sent."""
        tape = self._tape
        entry = tape.peek()
        if (
            entry is None
            or entry.kind != _OUT
            or entry.time != now
            or entry.session != event.session
            or tape.difference is not None
        ):
            return False
        lane = self._lane(event.session)
        if lane is None or lane.origin != entry.origin:
            return False
        quick = lane.quick
        try:
            if quick is None:
                if not lane.session.sent_so(event, entry.data, now):
                    return False
            elif not quick.sent_so(event, entry.data, now):
                return False
        except Exception:  # noqa: BLE001 - whoever sends it tells of that
            return False
        tape.skip()
        return True
