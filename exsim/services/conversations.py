"""
Connections of an exchange, from when they are made until they are lost.

What comes in on them in between goes by :mod:`exsim.dispatch.passage`, for every order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exsim.interfaces import IConnection
from exsim.model.journal import EntryKind
from exsim.model.messages import ORDERLY
from exsim.services.belonging import stay_of
from exsim.services.origins import Endpoint

if TYPE_CHECKING:
    from exsim.services.exchange import Exchange

_LINK = int(EntryKind.LINK)
_TIMER = int(EntryKind.TIMER)
_STEP = int(EntryKind.STEP)


class Conversations:
    """What happens on connections, each with a number that the journal calls it by."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._passage = exchange.passage

    def connected(self, endpoint: Endpoint, peer: str, now: int) -> IConnection:
        """A counterparty connected."""
        self._exchange.run_due(now)
        number = self._link(endpoint, "", peer, now)
        self._exchange.publishing.begin(now)
        return self._opened(endpoint, endpoint.acceptor.connect(peer, now, number))

    def initiated(self, endpoint: Endpoint, session: str, peer: str, now: int) -> IConnection:
        """We have connected to the counterparty of a session."""
        self._exchange.run_due(now)
        number = self._link(endpoint, session, peer, now)
        self._exchange.publishing.begin(now)
        connection = endpoint.acceptor.initiate(session, peer, now, number)
        self._passage.touched[connection] = None
        return self._opened(endpoint, connection)

    def _link(self, endpoint: Endpoint, session: str, peer: str, now: int) -> int:
        """Say in the journal that there is another connection; its number."""
        self._exchange.last_connection += 1
        up = b"up %d %b" % (self._exchange.last_connection, peer.encode())
        self._exchange.record(now, _LINK, endpoint, session, up)
        return self._exchange.last_connection

    def _opened(self, endpoint: Endpoint, connection: IConnection) -> IConnection:
        self._exchange.connections[connection.number] = (endpoint, connection)
        connection.replayed = self._exchange.replaying
        return connection

    def again(
        self, endpoint: Endpoint, connection: IConnection, kind: int, data: bytes, now: int
    ) -> None:
        """Take in what an entry of a journal has; see :meth:`IConnection.again`."""
        connection.again(kind, data, now)
        self._passage.touched[connection] = None
        self._passage.work(endpoint, connection, now)

    def deadline(self, endpoint: Endpoint, connection: IConnection, now: int) -> None:
        """A session's deadline fell due: heartbeats, test requests, time-outs."""
        self._exchange.run_due(now)
        self.fell_due(endpoint, connection, now)

    def fell_due(self, endpoint: Endpoint, connection: IConnection, now: int) -> None:
        """The same, where all that fell due before is done."""
        session = connection.session
        name = session.name if session is not None else ""
        self._exchange.record(now, _TIMER, endpoint, name, b"session %d" % connection.number)
        connection.deadline(now)
        self._passage.touched[connection] = None
        self._passage.work(endpoint, connection, now)

    def lost(self, endpoint: Endpoint, connection: IConnection, now: int) -> None:
        """The socket is gone; nothing comes of it where the connection was forgotten before."""
        exchange = self._exchange
        known = exchange.connections.get(connection.number)
        if known is None or known[1] is not connection:
            return
        exchange.run_due(now)
        session = connection.session
        name = session.name if session is not None else ""
        if endpoint.acceptor.sessions.get(name) is not session:
            # It was removed: another one of its name has nothing to do with it.
            session, name = None, ""
        exchange.record(now, _LINK, endpoint, name, b"down %d" % connection.number)
        connection.lost(now)
        self._passage.work(endpoint, connection, now)
        self._passage.touched.pop(connection, None)
        exchange.connections.pop(connection.number, None)
        if session is not None and session.connection is None:
            exchange.publishing.left(endpoint.venue, name)
            logged_out, out = connection.why == ORDERLY, exchange.dispatcher.out
            if exchange.reacting is not None:
                exchange.reacting.left(endpoint.venue, name, logged_out, connection.why, now)
            endpoint.venue.left(name, session.logons, logged_out, stay_of(session), now, out)
            exchange.send_events(now)

    def behind(self, endpoint: Endpoint, session: str, now: int) -> None:
        """A session at a market data endpoint does not read what it is told."""
        self._exchange.record(now, _STEP, endpoint, session, b"behind")
        self._exchange.publishing.behind(endpoint.venue, session)

    def caught_up(self, endpoint: Endpoint, session: str, now: int) -> None:
        """It has read all there was."""
        self._exchange.run_due(now)
        self._exchange.record(now, _STEP, endpoint, session, b"caught up")
        self._exchange.publishing.caught_up(endpoint.venue, session, now)
