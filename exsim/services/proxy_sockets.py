"""
Proxies as services: a socket for each client, and one to the acceptor for each of these.

What one side does not read, the other side cannot go on to send: nothing is kept without bounds.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.endpoints import clientFromString
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IListeningPort,
)
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim.config.listen import connect
from exsim.errors import ConfigError, Problem
from exsim.model.settings import EndpointSettings
from exsim.services import tls
from exsim.services.dispatcher import SECOND, SOONEST, DispatcherService
from exsim.services.listening import address_text, listen, raise_now
from exsim.services.proxy_sides import Given, Side, all_gone
from exsim.services.proxying import Link, Proxy
from exsim.sessions.relay import IN, OUT

log = Logger(namespace="exsim")


class Line:
    """The two sockets of a link, its timer, and its end."""

    def __init__(self, service: ProxyService, peer: str) -> None:
        self.reactor = service.reactor
        self.client = Side(IN, self)
        self.upstream = Side(OUT, self)
        self._service = service
        self._turns = service.turns
        self._proxy = service.proxy
        self._calling: Deferred[Any] | None = None
        self._timer: IDelayedCall | None = None
        self._flushing = False
        self._gone: set[str] = set()
        self.link: Link = self._proxy.open(peer, self._turns.now())
        self.link.changed = self.flush
        self.link.close = self.close

    def opposite(self, side: Side) -> Side:
        """The other one."""
        return self.upstream if side is self.client else self.client

    # -- the beginning

    def made(self, side: Side) -> None:
        """A socket is there: that of the client first, which waits for the other one."""
        if side is self.client:
            self.client.hold_up("connecting")
            self._calling = self._service.call(self.upstream)
            self._calling.addErrback(self._refused)
            self._turns.turn_over()
            return
        self._calling = None
        if not self.client.there:
            side.cut()
            return
        self.link.state = "open"
        if side.transport is not None:
            self.link.upstream = address_text(side.transport.getPeer())
        self.client.go_on("connecting")
        self.flush()

    def _refused(self, failure: Failure) -> None:
        self._calling = None
        if not self.client.there or self.link.state == "closed":  # we gave up ourselves
            return
        where, why = self._proxy.settings.connect, tls.reason(failure.value)
        text = f"cannot connect to {where}: {why}"
        log.info("{name}: {peer}: {why}", name=self._proxy.origin, peer=self.link.peer, why=text)
        self._proxy.refused(self.link, text, self._turns.now())
        self.client.go_on("connecting")
        self.client.close()
        self._turns.turn_over()

    # -- what comes

    def received(self, side: Side, data: bytes) -> None:
        """One read is one turn; while all is held, nothing more is read after it."""
        if self._turns.held:
            side.hold_up("journal")
        self._turns.when_free(partial(self._take, side, data), side.cut)

    def _take(self, side: Side, data: bytes) -> None:
        side.go_on("journal")
        self.link.relay.flow(side.direction).receive(data, self._turns.now())
        self.flush()
        self._turns.turn_over()

    def ended(self, side: Side) -> None:
        """A side says no more."""
        self._turns.when_free(partial(self._end, side), side.cut)

    def _end(self, side: Side) -> None:
        self.link.relay.flow(side.direction).end(self._turns.now())
        self.flush()
        self._turns.turn_over()

    def lost(self, side: Side) -> None:
        """A socket is gone."""
        self._turns.when_free(partial(self._lose, side), side.cut)

    def _lose(self, side: Side) -> None:
        now = self._turns.now()
        self._gone.add(side.direction)
        self.link.relay.flow(side.direction).end(now)
        if self._calling is not None:
            self._calling.cancel()
        self.opposite(side).go_on("not read")
        self.flush()
        if self._all_gone() and self in self._service.lines:
            self._stop_timer()
            self._service.lines.discard(self)
            self._proxy.closed(self.link, now)
        self._turns.turn_over()

    def _all_gone(self) -> bool:
        """Whether no socket is left, of those that there ever were."""
        sides = (self.client, self.upstream)
        return all(side.transport is None or side.direction in self._gone for side in sides)

    # -- what goes

    def flush(self) -> None:
        """Write what is ready, and look whether it was the last."""
        if self._flushing:
            return
        self._flushing = True
        relay = self.link.relay
        for source, target in ((self.client, self.upstream), (self.upstream, self.client)):
            flow = relay.flow(source.direction)
            if not target.there and target is self.upstream and self.link.state == "connecting":
                continue
            target.write(flow.take())
            if flow.full:
                source.hold_up("waiting")
            else:
                source.go_on("waiting")
            if flow.done:
                target.finish(source.direction in self._gone)
        if relay.inward.ended and relay.outward.ended:
            self._finish_both()
        if relay.ends:
            self.close(relay.ends)
        self._flushing = False
        self._arm()

    def _finish_both(self) -> None:
        """Neither side says anything more."""
        relay = self.link.relay
        if relay.inward.done and relay.outward.done:
            self.client.finish(True)
            self.upstream.finish(True)

    def close(self, why: str) -> None:
        """Close both sides, once all is written."""
        if self.client.busy or self.upstream.busy:
            return
        if self.link.state != "closed":
            self.link.state = "closed"
            log.info("{name}: {peer}: {why}", name=self._proxy.origin, peer=self.link.peer, why=why)
        if self._calling is not None:
            self._calling.cancel()
        self.client.close()
        self.upstream.close()

    # -- time

    def _arm(self) -> None:
        due = self.link.relay.next_deadline()
        self._stop_timer()
        if due is not None:
            delay = max(SOONEST, (due - self._turns.now()) / SECOND)
            self._timer = self.reactor.callLater(delay, self._deadline)

    def _deadline(self) -> None:
        self._timer = None
        self._turns.when_free(self._still_due, self.client.cut)

    def _still_due(self) -> None:
        self.link.relay.deadline(self._turns.now())
        self.flush()
        self._turns.turn_over()

    def _stop_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None


class _Clients(Factory):
    """Makes the side of a client, up to ``max_connections``."""

    noisy = False

    def __init__(self, service: ProxyService) -> None:
        self._service = service

    def buildProtocol(self, addr: IAddress | None) -> Side | None:
        """A side, or None where there are enough: the socket is closed at once."""
        service = self._service
        if not service.running or len(service.lines) >= service.proxy.settings.max_connections:
            return None
        line = Line(service, "" if addr is None else address_text(addr))
        service.lines.add(line)
        return line.client


class ProxyService(Service):
    """Listens for one proxy; ``port`` is there once it does, ``lines`` are its links."""

    def __init__(self, proxy: Proxy, turns: DispatcherService, reactor: Any) -> None:
        self.setName(proxy.origin)
        self.proxy = proxy
        self.turns = turns
        self.reactor = reactor
        self.lines: set[Line] = set()
        self.port: IListeningPort | None = None

    def call(self, side: Side) -> Deferred[Any]:
        """Connect to the acceptor."""
        target = clientFromString(self.reactor, connect(self.proxy.settings.connect))
        connecting: Deferred[Any] = target.connect(Given(side))
        return connecting

    def privilegedStartService(self) -> None:
        """Listen; a port that cannot be had stops the start of the whole simulator."""
        super().privilegedStartService()
        raise_now(self.listen())

    def listen(self) -> Deferred[None]:
        """Listen; fires once it does.

        :raises exsim.errors.ConfigError: (also as a failure) when the address cannot be had, or
            there can be nothing to connect to.
        """
        if self.port is not None:
            return succeed(None)
        settings = self.proxy.settings
        section = f"proxy:{settings.name}"
        try:
            clientFromString(self.reactor, connect(settings.connect))
        except Exception as error:  # noqa: BLE001 - whatever a parser makes of somebody's text
            text = f"[{section}] connect = {settings.connect}: {error}"
            raise ConfigError([Problem(text)]) from None
        where = EndpointSettings(settings.name, settings.venue, "", settings.listen)
        return listen(self.reactor, section, where, _Clients(self)).addCallback(self._listens)

    def _listens(self, port: IListeningPort) -> None:
        self.port = port

    async def stop(self, why: str = "the simulator stops") -> None:
        """Take no more clients, close all links, and wait for the sockets."""
        await maybeDeferred(super().stopService)
        if self.port is not None:
            port, self.port = self.port, None
            await maybeDeferred(port.stopListening)
        lines = list(self.lines)
        sides = [side for line in lines for side in (line.client, line.upstream) if side.there]
        for line in lines:
            line.close(why)
        await all_gone(self.reactor, sides)

    def stopService(self) -> Deferred[None]:
        """Like :meth:`stop`."""
        return Deferred.fromCoroutine(self.stop())
