"""
The passage of requests: from the connection that has them, through the dispatcher, to whoever is
told what came of them. It is the way of every order, so it is compiled with the dispatcher.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from exsim.dispatch.bot_runner import Runner
from exsim.dispatch.chain import Chain
from exsim.dispatch.dispatcher import Dispatcher
from exsim.dispatch.noting import Noting
from exsim.dispatch.venue import Venue
from exsim.interfaces import IAcceptor, IConnection, ISession
from exsim.model.events import Event, RawBytes
from exsim.model.requests import Request
from exsim.sessions.quick import quick_connection, quick_session

_NOBODY: Final[Chain] = ()
Append = Callable[[int, int, str, str, bytes], int]
"""That of a journal; see :meth:`exsim.interfaces.IJournal.append`."""


class Place(Protocol):
    """An endpoint."""

    @property
    def acceptor(self) -> IAcceptor:
        """Its protocol's side."""

    @property
    def venue(self) -> Venue:
        """Where its requests go."""

    @property
    def trades(self) -> bool:
        """Whether they pass the venue's policies where their session has none of its own."""


class Scribe:
    """Writes the entries of one endpoint to the journal, by ``append``."""

    __slots__ = ("_origin", "append")

    def __init__(self, append: Append, origin: str) -> None:
        self.append = append
        self._origin = origin

    def record(self, time: int, kind: int, session: str, data: bytes) -> int:
        """Write one; see :class:`exsim.interfaces.Recorder`."""
        return self.append(time, kind, self._origin, session, data)


class Passage:
    """
    Takes requests out of connections, has them done, and sends the events that come of them.

    ``touched`` are the connections that may have something to write, or to close. After each
    request ``noting`` looks at what changed, then ``publishers`` are called; ``bots`` hear of their
    orders by the names that they enter these under, and the ``watcher``, where there is one, after
    all that came at once on a connection.

    :param places: the endpoints by name.
    :param chains: those of sessions by name.
    :param run_due: does what venues have to do by a time.
    :param send_raw: sends what is no message of any protocol.
    :param failed: is told of an event that could not be sent: the session, and the error.
    """

    __slots__ = (
        "_chains",
        "_dispatcher",
        "_failed",
        "_last",
        "_places",
        "_run_due",
        "_send_raw",
        "bots",
        "noting",
        "publishers",
        "touched",
        "watcher",
    )

    def __init__(
        self,
        dispatcher: Dispatcher,
        noting: Noting,
        places: Mapping[str, Place],
        chains: dict[str, Chain],
        run_due: Callable[[int], None],
        send_raw: Callable[[RawBytes, int], None],
        failed: Callable[[str, Exception], None],
    ) -> None:
        self.touched: dict[IConnection, None] = {}
        self.bots: dict[str, Runner] = {}
        self.noting = noting
        self.publishers: list[Callable[[int], None]] = []
        self.watcher: Callable[[IConnection, Venue, int], None] | None = None
        self._dispatcher = dispatcher
        self._places = places
        self._last: Place | None = None  # where the last session was found
        self._chains = chains
        self._run_due = run_due
        self._send_raw = send_raw
        self._failed = failed

    def received(self, place: Place, connection: IConnection, data: bytes, now: int) -> None:
        """Bytes came: work through all requests in them."""
        due = self._dispatcher.next_due()
        if due is not None and due <= now:
            self._run_due(now)
        quick = quick_connection(connection)
        if quick is None:
            connection.receive(data, now)
        else:
            quick.receive(data, now)
        self.touched[connection] = None
        self.work(place, connection, now)

    def work(self, place: Place, connection: IConnection, now: int) -> None:
        """Submit the requests that a connection has."""
        dispatcher, venue = self._dispatcher, place.venue
        out = dispatcher.out
        while (request := _next_request(connection, now)) is not None:
            chain = self._chains.get(request.session)
            if chain is None:
                chain = venue.chain if place.trades else _NOBODY
            dispatcher.submit(venue, request, chain, now)
            if len(out) == 1:  # nearly always: to be sent without a list of its own
                self.send(out.pop(), now)
            elif out:
                self.send_events(now)
            self.noting.publish(now)
            for publish in self.publishers:
                publish(now)
        self.worked(venue, connection, now)

    def worked(self, venue: Venue, connection: IConnection, now: int) -> None:
        """All requests that a connection had were submitted."""
        if self.watcher is not None:
            self.watcher(connection, venue, now)
        if venue.leaving.away:
            session = connection.session
            if session is not None:
                venue.returned(session.name, session.logons)

    def send_events(self, now: int) -> None:
        """Send the dispatcher's events to the sessions they are addressed to, and publish."""
        out = self._dispatcher.out
        if out:
            events = list(out)
            out.clear()
            for event in events:
                self.send(event, now)
        self.noting.publish(now)
        for publish in self.publishers:
            publish(now)

    def send(self, event: Event, now: int) -> None:
        """Send an event to the session that it is addressed to, if that is there."""
        session = self._session(event.session) if event.session else None
        if session is None:
            if isinstance(event, RawBytes):
                self._send_raw(event, now)
            elif event.session in self.bots:
                self.bots[event.session].heard(event, now)
            return
        connection = session.connection  # before: what is sent may be the last, and part the two
        try:
            quick = quick_session(session)
            if quick is None:
                session.send(event, now)
            else:
                quick.send(event, now)
        except Exception as error:  # noqa: BLE001 - one event must not keep others from going out
            self._failed(session.name, error)
        if connection is not None:
            self.touched[connection] = None

    def take_touched(self) -> list[IConnection]:
        """The connections that have something to write, or to close, since the last call."""
        touched = list(self.touched)
        self.touched.clear()
        return touched

    def places_changed(self) -> None:
        """An endpoint is gone: look for sessions at all that are there."""
        self._last = None

    def _session(self, name: str) -> ISession | None:
        """The session of a name, which only one has; nearly always it is where the last one was."""
        session = None if self._last is None else self._last.acceptor.sessions.get(name)
        if session is not None:
            return session
        for place in self._places.values():
            session = place.acceptor.sessions.get(name)
            if session is not None:
                self._last = place
                return session
        return None


def _next_request(connection: IConnection, now: int) -> Request | None:
    quick = quick_connection(connection)
    return connection.next_request(now) if quick is None else quick.next_request(now)
