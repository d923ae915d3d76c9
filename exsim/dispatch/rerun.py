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
from exsim.dispatch.noting import Noting
from exsim.dispatch.venue import Venue
from exsim.errors import NotFound
from exsim.interfaces import IConnection, ISession
from exsim.journal.columns import Columns
from exsim.journal.tape import Difference, Tape
from exsim.model.events import Event
from exsim.model.journal import Entry, EntryKind
from exsim.sessions.quick import QuickConnection, QuickSession

_IN: Final = int(EntryKind.IN)
_OUT: Final = int(EntryKind.OUT)
_NOTHING: Final = Columns(0, [], [], [], [])
_FLUSH_EVERY: Final = 256
"""Messages after which what they left in connections is taken out of there."""


class Lane:
    """
    A session, where it is, and what its requests have to pass. ``quick`` is the same session, if it
    is such a one.
    """

    __slots__ = ("chain", "name", "origin", "quick", "session", "venue")

    def __init__(self, origin: str, session: ISession, venue: Venue, chain: Chain) -> None:
        self.name: str = session.name
        self.origin = origin
        self.session = session
        self.quick: QuickSession | None = session if isinstance(session, QuickSession) else None
        self.venue = venue
        self.chain = chain


class Rerun:
    """
    Runs the entries of ``tape`` again. ``count`` is how many inputs were run.

    :param lane: finds a session by name; None where there is none.
    :param run: runs any entry.
    :param send: sends an event.
    :param noting: looks after each request at what changed.
    :param publishers: called then, as :mod:`exsim.services.publishing` says.
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
        noting: Noting,
        publishers: list[Callable[[int], None]],
        worked: Callable[[Venue, IConnection, int], None],
        flush: Callable[[], None],
        state_only: bool,
    ) -> None:
        self.count = 0
        self._here = _NOTHING  # the columns of the last input, and where in them it is
        self._at = 0
        self._dispatcher = dispatcher
        self._tape = tape
        self._find = lane
        self._run = run
        self._send = send
        self._noting = noting
        self._publishers = publishers
        self._worked = worked
        self._flush = flush
        self._state_only = state_only
        self._lanes: dict[str, Lane] = {}  # no longer than nothing but messages comes
        self._names = _NOTHING.names  # where the session was looked for last, and its place there
        self._number = 0
        self._last: Lane | None = None

    @property
    def current(self) -> Entry | None:
        """The last of the inputs that were run."""
        return self._here.entry(self._at) if self.count else None

    def run(self, until: int) -> None:
        """Run all entries up to a number, or to the first difference."""
        tape = self._tape
        while tape.ready() and tape.difference is None:
            here, at = tape.here, tape.at
            if here.first + at > until:
                break
            self._here, self._at = here, at
            self.count += 1
            what = here.whats[at]
            if what & 0xFF != _IN or not self._message(here, at, what):
                self._empty()
                self._lanes.clear()
                self._names, self._last = _NOTHING.names, None
                self._run(here.entry(at))
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

    def _message(self, here: Columns, at: int, what: int) -> bool:
        """Run a message of somebody who is logged on; False, with nothing done, for another."""
        lane = self._lane(here, what)
        if lane is None:
            return False
        quick = lane.quick
        connection = lane.session.connection if quick is None else quick.connection
        if connection is None:
            return False
        seq = here.first + at
        try:
            if not (self._state_only and self._recall(here, at, what, connection, lane)):
                self._again(here.datas[at], here.times[at], connection, lane)
        except NotFound as error:
            if self._tape.difference is None:
                self._tape.difference = Difference(seq, here.entry(at), None, str(error))
        if self._tape.last < seq and self._tape.difference is None:
            self._tape.difference = Difference(seq, here.entry(at), None)
        return True

    def _lane(self, here: Columns, what: int) -> Lane | None:
        """Where the session of an entry is, if it is there; nearly always that of the last one."""
        number = what >> 8
        if here.names is not self._names or number != self._number:
            self._names, self._number = here.names, number
            self._last = self._lane_named(here.names[number])
        return self._last

    def _lane_named(self, name: tuple[str, str]) -> Lane | None:
        origin, session = name
        lane = self._lanes.get(session)
        if lane is None:
            lane = self._find(session)
            if lane is None:
                return None
            self._lanes[session] = lane
        # it may be a client of that name at a proxy
        return lane if lane.origin == origin else None

    def _recall(
        self, here: Columns, at: int, what: int, connection: IConnection, lane: Lane
    ) -> bool:
        """Run a message that was right, as its answer shows; False for another."""
        answer = at + 1
        if answer == len(here.whats) or here.whats[answer] != what - _IN + _OUT:
            return False
        now, data = here.times[at], here.datas[at]
        if isinstance(connection, QuickConnection):
            quick = cast(QuickConnection, connection)  # as the compiler has it, of no other class
            request = quick.recall(data, here.datas[answer], now)
        else:
            request = connection.recall(data, here.datas[answer], now)
        if request is None:
            return False
        self._tape.skip()
        self._dispatcher.submit(lane.venue, request, lane.chain, now)
        self._tell(now)
        return True

    def _again(self, data: bytes, now: int, connection: IConnection, lane: Lane) -> None:
        """Run a message as it was then."""
        connection.again(_IN, data, now)
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
        self._noting.publish(now)
        for publish in self._publishers:
            publish(now)

    def _told(self, event: Event, now: int) -> bool:
        """Whether the next entry is what would be sent for an event; then it counts as sent."""
        tape = self._tape
        if not tape.ready() or tape.difference is not None:
            return False
        here, at = tape.here, tape.at
        what = here.whats[at]
        if what & 0xFF != _OUT or here.times[at] != now:
            return False
        lane = self._lane(here, what)
        if lane is None or lane.name != event.session:
            return False
        quick = lane.quick
        try:
            if quick is None:
                if not lane.session.sent_so(event, here.datas[at], now):
                    return False
            elif not quick.sent_so(event, here.datas[at], now):
                return False
        except Exception:  # noqa: BLE001 - whoever sends it tells of that
            return False
        tape.skip()
        return True
