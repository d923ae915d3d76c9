"""
Endpoints as services: listening, connections, and an orderly end.

What connects to counterparties by itself is in :mod:`exsim.services.connecting`.
"""

from __future__ import annotations

from typing import Protocol

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred, succeed
from twisted.internet.interfaces import IAddress, IListeningPort, IReactorTime
from twisted.internet.protocol import Factory

from exsim.interfaces import IConnection
from exsim.services.dispatcher import DispatcherService
from exsim.services.listening import listen, raise_now
from exsim.services.origins import Endpoint
from exsim.services.peer import STOP_TIMEOUT, Peer

NOWHERE = "none"
"""What ``listen`` says where nobody can connect."""


class Open(Protocol):
    """A socket that an endpoint closes when it stops; ``gone`` fires when it is."""

    connection: IConnection
    gone: Deferred[None]

    def cut(self) -> None:
        """Close now, whatever is still to be written."""


class PeerFactory(Factory):
    """Makes a :class:`Peer` for each socket, up to the endpoint's ``max_connections``."""

    noisy = False

    def __init__(self, service: EndpointService) -> None:
        self._service = service

    def buildProtocol(self, addr: IAddress | None) -> Peer | None:
        """A peer, or None where the endpoint has enough: the socket is closed at once."""
        service = self._service
        full = len(service.peers) >= service.endpoint.settings.max_connections
        if not service.running or full or service.dispatcher.trouble:
            return None
        return Peer(service, service.peers)


class EndpointService(MultiService):
    """
    Listens for one endpoint. ``port`` is there once it does.

    ``peers`` are the sockets accepted, ``called`` those of sessions that connect by themselves, and
    ``datagrams`` those of sessions that are sent by datagrams; these sessions are its children.
    ``slow_readers`` counts who was cut since they did not read, ``fell_behind`` how often somebody
    was told less.
    """

    def __init__(
        self, endpoint: Endpoint, dispatcher: DispatcherService, reactor: IReactorTime
    ) -> None:
        super().__init__()
        self.setName(f"endpoint:{endpoint.settings.name}")
        self.endpoint = endpoint
        self.dispatcher = dispatcher
        self.reactor = reactor
        self.peers: set[Peer] = set()
        self.called: set[Peer] = set()
        self.datagrams: set[Open] = set()
        self.slow_readers = 0
        self.fell_behind = 0
        self.port: IListeningPort | None = None

    @property
    def opened(self) -> bool:
        """Whether it listens, if it is to."""
        return self.port is not None or self.endpoint.settings.listen == NOWHERE

    def privilegedStartService(self) -> None:
        """Listen; a port that cannot be had stops the start of the whole simulator."""
        if not self.opened:
            raise_now(self.listen())
        super().privilegedStartService()

    def listen(self) -> Deferred[None]:
        """Listen, if it is to; fires once it does.

        :raises exsim.errors.ConfigError: (also as a failure) when the address cannot be had.
        """
        settings = self.endpoint.settings
        if self.opened:
            return succeed(None)
        section = f"endpoint:{settings.name}"
        listening = listen(self.reactor, section, settings, PeerFactory(self))
        return listening.addCallback(self._listens)

    def _listens(self, port: IListeningPort) -> None:
        self.port = port

    async def stop(self, why: str = "the simulator stops") -> None:
        """Make no more connections, log sessions out, and wait for the sockets to close."""
        await maybeDeferred(super().stopService)
        if self.port is not None:
            stopped = self.port.stopListening()
            if isinstance(stopped, Deferred):
                await stopped
            self.port = None
        if self.dispatcher.held and not self.dispatcher.trouble:
            await self.dispatcher.free()
        peers = self._all()
        self.dispatcher.exchange.log_out(self.endpoint, why, self.dispatcher.now())
        for peer in peers:
            if peer.connection.session is None:
                peer.cut()
        self.dispatcher.turn_over()
        cut = self.reactor.callLater(STOP_TIMEOUT, self._cut)
        await DeferredList([peer.gone for peer in peers])
        if cut.active():
            cut.cancel()

    def _all(self) -> list[Open]:
        return [*self.peers, *self.called, *self.datagrams]

    def _cut(self) -> None:
        for peer in self._all():
            peer.cut()

    def stopService(self) -> Deferred[None]:
        """Like :meth:`stop`."""
        return Deferred.fromCoroutine(self.stop())
