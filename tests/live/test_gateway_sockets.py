"""A gateway with real sockets, before a venue that does as it is told."""

from __future__ import annotations

import shutil
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import trustme
from twisted.internet import reactor as installed
from twisted.internet import ssl
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, wrapClientTLS
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.trial.unittest import TestCase
from zope.interface import implementer

from exsim.client.launch import Address
from exsim.model.settings import GatewaySettings, Settings
from exsim.services.gateway.directory import Directory
from exsim.services.gateway.sockets import GatewayService
from tests.gateway_case import NOW, FakePlaces, fix_endpoint, logon

reactor: Any = installed
MEGABYTE = 1 << 20


@implementer(IHalfCloseableProtocol)
class End(Protocol):
    """One end: what came, and what happened."""

    def __init__(self) -> None:
        self.size = 0
        self.digest = sha256()
        self.rest_at = 0
        self.seen_last: Deferred[None] = Deferred()
        self.gone: Deferred[None] = Deferred()
        self.waiting: list[tuple[int, Deferred[None]]] = []

    def dataReceived(self, data: bytes) -> None:
        """Take it in; after each megabyte have a rest."""
        self.size += len(data)
        self.digest.update(data)
        due = [one for size, one in self.waiting if size <= self.size]
        self.waiting = [pair for pair in self.waiting if pair[0] > self.size]
        for one in due:
            one.callback(None)
        if self.rest_at and self.size >= self.rest_at:
            self.rest_at += MEGABYTE
            self.end.pauseProducing()
            reactor.callLater(0, self.end.resumeProducing)

    @property
    def end(self) -> Any:
        """The socket."""
        return self.transport

    def has(self, size: int) -> Deferred[None]:
        """Fires when so many bytes are there."""
        done: Deferred[None] = Deferred()
        self.waiting.append((size, done))
        self.dataReceived(b"")
        return done

    def readConnectionLost(self) -> None:
        """The other end says no more."""
        self.seen_last.callback(None)

    def writeConnectionLost(self) -> None:
        """We say no more."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Over."""
        self.gone.callback(None)


class SocketTests(TestCase):
    """A venue, a gateway, and a client."""

    timeout = 60

    async def start(self, secure: Any = None, **more: str) -> None:
        """The client has logged on, and the venue has what it said."""
        self.venue, self.client = End(), End()
        server = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        listening = await server.listen(Factory.forProtocol(lambda: self.venue))
        self.addCleanup(listening.stopListening)
        places = FakePlaces()
        places.known["x"] = Address("127.0.0.1", listening.getHost().port)
        settings = GatewaySettings("g", "tcp:0:interface=127.0.0.1", **more)  # type: ignore[arg-type]
        directory = Directory(settings, Settings(endpoints=(fix_endpoint("x", "X"),)))
        self.gateway = GatewayService(settings, directory, places, reactor, lambda: NOW)
        self.gateway.privilegedStartService()
        self.gateway.startService()
        self.addCleanup(self.gateway.stopService)
        assert self.gateway.port is not None
        port = self.gateway.port.getHost().port  # type: ignore[attr-defined]
        target: Any = TCP4ClientEndpoint(reactor, "127.0.0.1", port)
        if secure is not None:
            target = wrapClientTLS(ssl.optionsForClientTLS("localhost", secure), target)
        await target.connect(Factory.forProtocol(lambda: self.client))
        self.client.end.write(logon())
        await self.venue.has(len(logon()))

    def test_slow_venue(self) -> Deferred[None]:
        """All that a client says gets to a venue that has a rest now and then, as it was."""
        return Deferred.fromCoroutine(self.slow_venue())

    async def slow_venue(self) -> None:
        """See :meth:`test_slow_venue`."""
        await self.start()
        self.venue.rest_at = MEGABYTE
        data = bytes(range(256)) * (24 * MEGABYTE // 256)
        self.client.end.write(data)
        await self.venue.has(len(logon()) + len(data))
        self.assertEqual(self.venue.digest.digest(), sha256(logon() + data).digest())
        self.assertEqual(self.gateway.counts.bytes_in, len(logon()) + len(data))

    def test_half_close(self) -> Deferred[None]:
        """A client that says no more gets all that its venue still says, and then both are gone."""
        return Deferred.fromCoroutine(self.half_close())

    async def half_close(self) -> None:
        """See :meth:`test_half_close`."""
        await self.start()
        self.client.end.loseWriteConnection()
        await self.venue.seen_last
        data = b"x" * (4 * MEGABYTE)
        self.venue.end.write(data)
        self.venue.end.loseConnection()
        await self.client.has(len(data))
        await self.client.seen_last
        self.client.end.loseConnection()  # who may be half closed has to close the other half
        await self.client.gone
        await self.venue.gone
        self.assertEqual(self.client.size, len(data))

    def test_tls(self) -> Deferred[None]:
        """Clients may be spoken to over TLS; the venue hears what they say."""
        return Deferred.fromCoroutine(self.tls())

    async def tls(self) -> None:
        """See :meth:`test_tls`."""
        folder = Path(tempfile.mkdtemp(prefix="exsim-"))
        self.addCleanup(shutil.rmtree, folder)
        authority = trustme.CA()
        pem = folder / "own.pem"
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(pem))
        trusted = ssl.Certificate.loadPEM(authority.cert_pem.bytes())
        await self.start(ssl.trustRootFromCertificates([trusted]), tls_certificate=str(pem))
        data = b"back" * MEGABYTE
        self.venue.end.write(data)
        await self.client.has(len(data))
        self.assertEqual(self.client.digest.digest(), sha256(data).digest())
        self.venue.end.loseConnection()
        await self.client.gone
