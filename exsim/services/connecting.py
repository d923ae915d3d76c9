"""
Connecting to counterparties: for each session with ``connect``, a service that keeps it logged on.

An attempt succeeds with the logon, not with the connection: one that is refused or lost before
that makes the next one wait longer. (Twisted's ``ClientService`` is not used here: in it a
connection that is lost while it is still being prepared is an illegal transition.)
"""

from __future__ import annotations

from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString
from twisted.internet.interfaces import IAddress, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.protocol import Factory, connectionDone
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim.config.listen import connect, kind_of
from exsim.errors import ConfigError, Problem
from exsim.interfaces import IConnection, ISession
from exsim.services import tls
from exsim.services.backoff import Backoff
from exsim.services.dispatcher import SECOND, SOONEST
from exsim.services.endpoints import EndpointService
from exsim.services.mold import MoldService
from exsim.services.peer import Peer

log = Logger(namespace="exsim")

LONGEST_SLEEP = 60.0
"""Seconds after which we look at the clock again while a session is closed: it may be set."""


class CalledPeer(Peer):
    """
    A socket that we connected: it logs on to its session.

    ``over`` fires when it is closed; ``why`` then tells of it.
    """

    def __init__(self, service: EndpointService, session: ISession) -> None:
        super().__init__(service, service.called)
        self._session = session
        self._logons = session.logons
        self.why = ""
        self.over: Deferred[None] = Deferred()

    @property
    def logged_on(self) -> bool:
        """Whether the counterparty accepted the logon, now or before."""
        return self._session.logons > self._logons

    def begin(self, address: str, now: int) -> IConnection:
        """Make the machine of a connection to there."""
        exchange = self._dispatcher.exchange
        return exchange.initiated(self._service.endpoint, self._session.name, address, now)

    def dataReceived(self, data: bytes) -> None:
        """Say when the logon is answered."""
        before = self.logged_on
        super().dataReceived(data)
        if self.logged_on and not before:
            log.info(
                "{name}: session {session} is logged on",
                name=self._service.endpoint.settings.name,
                session=self._session.name,
            )

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell whoever keeps the session connected."""
        try:
            made = self.transport is not None
            closed_by_us = made and self.connection.closing and self.connection.why
            self.why = closed_by_us or tls.reason(reason.value)
            super().connectionLost(reason)
        finally:
            self.over.callback(None)


class CalledPeerFactory(Factory):
    """Makes the :class:`CalledPeer` of one attempt, and keeps it as ``peer``."""

    noisy = False
    peer: CalledPeer | None = None

    def __init__(self, service: EndpointService, session: ISession) -> None:
        self._service = service
        self._session = session

    def buildProtocol(self, addr: IAddress | None) -> CalledPeer:
        """The peer."""
        self.peer = CalledPeer(self._service, self._session)
        return self.peer


class ConnectingService(Service):
    """Keeps one session connected. A child of its endpoint's service."""

    def __init__(self, service: EndpointService, session: ISession) -> None:
        self.setName(f"session:{session.name}")
        self._service = service
        self._session = session
        settings = session.settings
        self._backoff = Backoff(settings.name, settings.reconnect_min, settings.reconnect_max)
        self._calling: Deferred[None] | None = None

    def privilegedStartService(self) -> None:
        """What makes no sense stops the start of the whole simulator."""
        super().privilegedStartService()
        self._target()
        self._secured(CalledPeerFactory(self._service, self._session))

    def _target(self) -> IStreamClientEndpoint:
        settings = self._session.settings
        place = f"[session:{settings.name}] connect = {settings.connect}"
        try:
            target: IStreamClientEndpoint = clientFromString(
                self._service.reactor, connect(settings.connect)
            )
            return target
        except Exception as error:  # noqa: BLE001 - whatever a parser makes of somebody's text
            raise ConfigError([Problem(f"{place}: {error}")]) from None

    def _secured(self, factory: IProtocolFactory) -> IProtocolFactory:
        return tls.call(self._session.settings, factory, self._service.reactor)

    def startService(self) -> None:
        """Connect, and connect again whenever it is needed."""
        super().startService()
        self._calling = Deferred.fromCoroutine(self._keep_connected())
        self._calling.addErrback(self._ended)

    def stopService(self) -> None:
        """Connect no more; a connection that is there stays."""
        super().stopService()
        calling, self._calling = self._calling, None
        if calling is not None:
            calling.cancel()

    def _ended(self, failure: Failure) -> None:
        if self.running:
            log.failure("{name} connects no more", failure, name=self.name)

    async def _keep_connected(self) -> None:
        while self.running:
            await self._until_open()
            await self._call()
            wait = self._backoff.wait()
            self._say("next attempt in {wait:.3g} s", wait=wait)
            await self._sleep(wait)

    async def _call(self) -> None:
        """Connect once, and wait for the end of it."""
        factory = CalledPeerFactory(self._service, self._session)
        self._say("connecting to {where}", where=self._session.settings.connect)
        try:
            await self._target().connect(self._secured(factory))
        except Exception as error:
            if not self.running:
                raise
            self._say("cannot connect: {why}", why=tls.reason(error))
            return
        peer = factory.peer
        assert peer is not None
        await peer.over
        if peer.logged_on:
            self._backoff.reset()
        else:
            self._say("not logged on: {why}", why=peer.why)

    async def _until_open(self) -> None:
        """Wait until the session may be logged on, by its schedule and by those who watch it."""
        told = ""
        while True:
            now = self._service.dispatcher.now()
            refusal = self._session.view().refusal
            opens = self._session.opens(now)
            if refusal is not None:
                why = f"not connecting: {refusal}"
            elif opens > now:
                why = "not connecting: the session is closed at this time"
            else:
                return
            if why != told:
                told = why
                self._say("{why}", why=why)
            if refusal is not None:
                await self._service.dispatcher.next_turn()
            else:
                await self._sleep(min(max(SOONEST, (opens - now) / SECOND), LONGEST_SLEEP))

    def _sleep(self, seconds: float) -> Deferred[None]:
        return deferLater(self._service.reactor, seconds, lambda: None)

    def _say(self, text: str, **values: Any) -> None:
        log.info(
            "{name}: session {session}: " + text,
            name=self._service.endpoint.settings.name,
            session=self._session.name,
            **values,
        )


def keep_connected(service: EndpointService, session: ISession) -> None:
    """
    Have a session connect by itself, from when the service of its endpoint runs, if it is to.

    :raises exsim.errors.ConfigError: when what it has to connect to makes no sense.
    """
    if not session.settings.connect:
        return
    datagrams = kind_of(session.settings.connect) == "udp"
    child = (MoldService if datagrams else ConnectingService)(service, session)
    try:
        child.setServiceParent(service)
    except ConfigError:
        child.disownServiceParent()
        raise


def leave(service: EndpointService, name: str) -> None:
    """Connect a session no more; a connection that is there stays."""
    child = service.namedServices.get(f"session:{name}")
    if child is not None:
        child.disownServiceParent()
