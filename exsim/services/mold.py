"""
MoldUDP64: for each session with ``connect = udp:...``, a socket that its packets are sent from, and
that takes requests for those that were missed.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from twisted.application.service import Service
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import DatagramProtocol
from twisted.logger import Logger

from exsim.config.listen import datagram_address, is_group
from exsim.errors import ConfigError, Problem
from exsim.interfaces import IConnection, IDatagrams, ISession
from exsim.services.dispatcher import SECOND, SOONEST
from exsim.services.endpoints import EndpointService

log = Logger(namespace="exsim")

HOPS = 1
"""Networks that a packet to a group gets to: the one that the socket is in."""


class MoldPeer(DatagramProtocol):
    """
    One socket: packets between the network and the machine of a session.

    ``gone`` fires when it is closed.
    """

    noisy = False

    def __init__(self, service: EndpointService, session: ISession) -> None:
        self._service = service
        self._session = session
        self._dispatcher = service.dispatcher
        self._to = datagram_address(session.settings.connect)
        self.to_group = is_group(self._to[0])
        self._heartbeat: int = session.settings.options["heartbeat"]
        self._sent_at = 0
        self._timer: IDelayedCall | None = None
        self._beat: IDelayedCall | None = None
        self._complained = False
        self._deaf = False
        self.gone: Deferred[None] = Deferred()

    def startProtocol(self) -> None:
        """Make the machine of the socket: what it says from now on is sent."""
        transport: Any = self.transport
        here = transport.getHost()
        assert isinstance(here, IPv4Address)
        if self.to_group:
            transport.setOutgoingInterface(here.host)
            transport.setLoopbackMode(True)
            transport.setTTL(HOPS)
        dispatcher, endpoint = self._dispatcher, self._service.endpoint
        now = self._sent_at = dispatcher.now()
        peer = f"{_text(self._to)} {here.host}:{here.port}"
        self._service.datagrams.add(self)
        connection = dispatcher.exchange.initiated(endpoint, self._session.name, peer, now)
        self.datagrams = IDatagrams(connection)
        self.connection: IConnection = connection
        dispatcher.opened(connection, self)
        self._arm_heartbeat()
        dispatcher.turn_over()

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        """A request; while the journal cannot be written it is lost, as datagrams may be."""
        if not self._deaf:
            self._dispatcher.when_free(partial(self._received, datagram, addr), self.cut)

    def _received(self, datagram: bytes, addr: Any) -> None:
        dispatcher = self._dispatcher
        if self.connection.closing or self.transport is None:
            return
        self.datagrams.sender = _text(addr)
        now = dispatcher.now()
        dispatcher.exchange.received(self._service.endpoint, self.connection, datagram, now)
        dispatcher.turn_over(now)

    # -- what the dispatcher asks of a socket

    def flush(self) -> None:
        """Send what the machine has; close when it says so."""
        for to, packet in self.datagrams.packets_to_send():
            self._send(packet, _address(to) if to else self._to)
            if not to:
                self._sent_at = self._dispatcher.now()
        if self.connection.closing:
            self.cut()
        else:
            self._arm()

    def pause(self) -> None:
        """Take no requests for now."""
        self._deaf = True

    def go_on(self) -> None:
        """Take them again."""
        self._deaf = False

    def cut(self) -> None:
        """Close the socket."""
        self._service.datagrams.discard(self)
        for timer in (self._timer, self._beat):
            if timer is not None and timer.active():
                timer.cancel()
        if self.transport is not None:
            self.transport.stopListening()

    def stopProtocol(self) -> None:
        """It is closed: tell the machine, and whoever waits."""
        dispatcher = self._dispatcher
        self.transport = None
        try:
            dispatcher.exchange.lost(self._service.endpoint, self.connection, dispatcher.now())
            dispatcher.closed(self.connection)
            dispatcher.turn_over()
        finally:
            self.gone.callback(None)

    def _send(self, packet: bytes, to: tuple[str, int]) -> None:
        """What the network does not take is lost, as any packet may be."""
        assert self.transport is not None
        try:
            self.transport.write(packet, to)
        except OSError as error:
            if not self._complained:
                self._complained = True
                log.warn(
                    "{name}: packets of session {session} are lost on their way to {to}: {error}",
                    name=self._service.endpoint.settings.name,
                    session=self._session.name,
                    to=_text(to),
                    error=error,
                )

    # -- timers

    def _arm(self) -> None:
        due = self.connection.next_deadline()
        if due is None or (self._timer is not None and self._timer.active()):
            return
        delay = max(SOONEST, (due - self._dispatcher.now()) / SECOND)
        self._timer = self._service.reactor.callLater(delay, self._deadline)

    def _deadline(self) -> None:
        dispatcher = self._dispatcher
        if dispatcher.waiting():
            self._timer = self._service.reactor.callLater(1.0, self._deadline)
            return
        dispatcher.when_free(self._still_due, self.cut)

    def _still_due(self) -> None:
        dispatcher = self._dispatcher
        if self.transport is None:
            return
        now, due = dispatcher.now(), self.connection.next_deadline()
        if due is not None and due <= now:
            dispatcher.exchange.deadline(self._service.endpoint, self.connection, now)
            dispatcher.turn_over()
        else:
            self._arm()

    def _arm_heartbeat(self) -> None:
        due = self._sent_at + self._heartbeat
        delay = max(SOONEST, (due - self._dispatcher.now()) / SECOND)
        self._beat = self._service.reactor.callLater(delay, self._say_heartbeat)

    def _say_heartbeat(self) -> None:
        """Send a heartbeat, if nothing was sent meanwhile, and nothing waits for the journal."""
        dispatcher = self._dispatcher
        now = dispatcher.now()
        if now - self._sent_at >= self._heartbeat:
            packet = self.datagrams.heartbeat()
            if packet and not dispatcher.pending and not dispatcher.trouble:
                self._send(packet, self._to)
            self._sent_at = now
        self._arm_heartbeat()


class MoldService(Service):
    """Keeps the socket of one session open. A child of its endpoint's service."""

    def __init__(self, service: EndpointService, session: ISession) -> None:
        self.setName(f"session:{session.name}")
        self._service = service
        self._session = session
        self._again: IDelayedCall | None = None

    def startService(self) -> None:
        """
        Send from now on.

        :raises exsim.errors.ConfigError: when the address for requests cannot be had.
        """
        super().startService()
        try:
            self._open()
        except CannotListenError as error:
            options = self._session.settings.options
            place = f"[session:{self._session.name}] requests = {_text(options['requests'])}"
            problem = Problem(f"{place}: cannot listen: {error.socketError}")
            raise ConfigError([problem]) from None

    def stopService(self) -> None:
        """Open no more sockets; one that is there stays."""
        super().stopService()
        if self._again is not None and self._again.active():
            self._again.cancel()

    def _open(self) -> None:
        peer = MoldPeer(self._service, self._session)
        settings = self._session.settings
        reactor: Any = self._service.reactor
        host, port = settings.options["requests"]
        listen = reactor.listenMulticast if peer.to_group else reactor.listenUDP
        listen(port, peer, interface=host)
        peer.gone.addCallback(self._closed)

    def _closed(self, _: None) -> None:
        """Somebody had the socket closed: open another one after a while."""
        if self.running:
            wait = self._session.settings.reconnect_min / SECOND
            self._again = self._service.reactor.callLater(wait, self._reopen)

    def _reopen(self) -> None:
        try:
            if self._session.view().refusal is None:
                self._open()
                return
        except CannotListenError as error:
            log.warn("session {session}: {error}", session=self._session.name, error=error)
        self._closed(None)


def _text(address: tuple[str, int]) -> str:
    return f"{address[0]}:{address[1]}"


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)
