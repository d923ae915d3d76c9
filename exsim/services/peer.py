"""One socket of an endpoint: what comes, what leaves, and who does not read what does."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionClosed
from twisted.internet.interfaces import (
    IConsumer,
    IDelayedCall,
    IPushProducer,
    ISystemHandle,
    ITCPTransport,
    ITransport,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from exsim.dispatch.turns import SLOW_TURN, UNSET, Outlet
from exsim.interfaces import IConnection, IPublishing, IUneven
from exsim.model.settings import MARKET_DATA
from exsim.services import tls
from exsim.services.dispatcher import SECOND, SOONEST
from exsim.services.listening import address_text
from exsim.services.wire_faults import UnevenWriter

if TYPE_CHECKING:
    from exsim.services.endpoints import EndpointService

log = Logger(namespace="exsim")

MOST_QUEUED = 32 * 1024 * 1024
"""Bytes that a counterparty may leave unread before it is cut off."""
STALL_TIMEOUT = 10.0
"""Seconds that it may leave any unread which are more than what the sockets hold."""
MOST_KEPT = 64 * 1024
"""Bytes of a counterparty that are kept while all is held; then it is read from no more."""
MOST_LEFT = 8 * 1024 * 1024
"""Bytes of market data that it may leave unread for longer: it is told less meanwhile."""
STOP_TIMEOUT = 5.0
"""Seconds that a stop waits for counterparties to answer a Logout."""


@implementer(IPushProducer)
class Peer(Protocol):
    """
    One socket: bytes between its transport and its connection's machine.

    As long as it is open it is one of ``peers``. What the machine has for the counterparty leaves
    by the ``outlet``, which asks here for what a socket alone does not do.
    """

    connection: IConnection
    outlet: Outlet

    def __init__(self, service: EndpointService, peers: set[Peer]) -> None:
        self._service = service
        self._peers = peers
        self._peers.add(self)
        self._kept = 0  # bytes that wait until nothing is held
        self._made_and_lost = False
        self._dispatcher = service.dispatcher
        self._turns = service.dispatcher.turns
        self._timer: IDelayedCall | None = None
        self.queued = 0  # bytes, since the counterparty last had read all
        self._stalled = False
        self._produces = False
        self._send: Callable[[bytes], int] | None = None  # straight to the socket
        self._in_lane = False
        self._writer: UnevenWriter | None = None  # while something is written by these
        self._stall_timer: IDelayedCall | None = None
        self._looks_on = service.endpoint.settings.role == MARKET_DATA
        self._behind = ""  # the session, while it is told less
        self._told = False
        self.gone: Deferred[None] = Deferred()

    def makeConnection(self, transport: ITransport) -> None:
        """There is a socket; it waits while all is held."""
        if not self._dispatcher.held:
            super().makeConnection(transport)
            return
        self._peers.discard(self)  # it has no machine yet
        if IPushProducer.providedBy(transport):
            transport.pauseProducing()
        self._dispatcher.when_free(partial(self._make, transport), transport.loseConnection)

    def _make(self, transport: ITransport) -> None:
        if self._made_and_lost:
            return
        self._peers.add(self)
        super().makeConnection(transport)
        if not self._service.running:
            self.cut()
        elif IPushProducer.providedBy(transport):
            transport.resumeProducing()

    def connectionMade(self) -> None:
        """Set the socket up and make its machine."""
        transport = self.transport
        assert transport is not None
        if ITCPTransport.providedBy(transport):
            transport.setTcpNoDelay(True)
        handle = transport.getHandle() if ISystemHandle.providedBy(transport) else None
        if isinstance(handle, socket.socket):  # and not TLS
            # What a socket takes at once needs neither a buffer nor another round of the reactor,
            # a third of the time of a turn with one order.
            self._send = handle.send
        now = self._dispatcher.now()
        self.connection = self.begin(address_text(transport.getPeer()), now)
        marks = self.connection if IUneven.providedBy(self.connection) else None
        self.outlet = Outlet(self.connection, marks, self, self._send)
        if IConsumer.providedBy(transport):
            # A producer that is not streaming is told each time that all is written.
            transport.registerProducer(self, self._send is None)
            self._produces = True
        self._dispatcher.opened(self.connection, self.outlet)
        self.outlet.look_ahead()
        self._dispatcher.turn_over()

    def begin(self, address: str, now: int) -> IConnection:
        """Make the machine of a connection that was accepted from there."""
        return self._dispatcher.exchange.connected(self._service.endpoint, address, now)

    def dataReceived(self, data: bytes) -> None:
        """One read is one turn."""
        if self._dispatcher.held:
            self._keep(data)
            return
        took = self._turns.read(self._service.endpoint, self.connection, data)
        if took >= SLOW_TURN:
            self._tell_slow(took)

    def _keep(self, data: bytes) -> None:
        """Work through it when nothing is held any more."""
        before, self._kept = self._kept, self._kept + len(data)
        if before <= MOST_KEPT < self._kept:
            self.pause()
        self._dispatcher.when_free(partial(self._take, data), self.cut)

    def _take(self, data: bytes) -> None:
        before, self._kept = self._kept, self._kept - len(data)
        if self._kept <= MOST_KEPT < before:
            self.go_on()
        self.dataReceived(data)

    def _tell_slow(self, took: int) -> None:
        session, exchange = self.connection.session, self._dispatcher.exchange
        name = "" if session is None else session.name
        chain = exchange.chain(self._service.endpoint.venue, name)
        log.warn(
            "{name}: what {who} sent took {seconds} s to work through, with policies: {policies}",
            name=self._service.endpoint.settings.name,
            who=name or "somebody",
            seconds=round(took / SECOND, 3),
            policies=", ".join(link.policy.name for link in chain) or "none",
        )

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Tell the machine, and whoever waits for the end."""
        if self.transport is None:
            self._made_and_lost = True
            self.gone.callback(None)
            return
        self._peers.discard(self)
        try:
            self._dispatcher.when_free(partial(self._lost, reason), self.cut)
        finally:
            self.gone.callback(None)

    def _lost(self, reason: Failure) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._forget_stall()
        if self._writer is not None:
            self._writer.stop()
        now = self._dispatcher.now()
        if not reason.check(ConnectionClosed):  # TLS, that is
            log.info(
                "{name}: the connection with {peer} failed: {why}",
                name=self._service.endpoint.settings.name,
                peer="" if self.transport is None else address_text(self.transport.getPeer()),
                why=tls.reason(reason.value),
            )
        self._dispatcher.exchange.lost(self._service.endpoint, self.connection, now)
        self._dispatcher.closed(self.connection)
        self._dispatcher.turn_over()

    # -- what the outlet asks for

    def leave(self, rest: bytes) -> bool:
        """See :class:`exsim.dispatch.turns.Holder`."""
        transport = self.transport
        assert transport is not None
        if self._send is not None and not self._stalled:
            self.pauseProducing()
        transport.write(rest)
        if self._stalled:
            self.queued += len(rest)
            if self._looks_on and self.queued > MOST_LEFT and self._stall_timer is None:
                self._begin_stall()
        if self.queued > MOST_QUEUED:
            self._cut_off()
            return False
        return True

    def close(self) -> None:
        """See :class:`exsim.dispatch.turns.Holder`."""
        transport = self.transport
        assert transport is not None
        if self._told or (self._writer is not None and self._writer.busy):
            return
        self._tell_end(transport)
        self._end(transport)

    # -- what faults do: see :mod:`exsim.services.wire_faults`

    def flush_unevenly(self) -> None:
        """See :class:`exsim.dispatch.turns.Holder`."""
        outlet, writer = self.outlet, self._writer
        if writer is None:
            reactor = self._service.reactor
            writer = UnevenWriter(reactor, outlet.write, self.cut, self._shut, outlet.written)
            self._writer = writer
        writer.add(IUneven(self.connection).segments_to_send())
        if not (writer.busy or writer.shut):
            self._writer = None
        outlet.uneven = self._writer is not None
        if self._writer is not None and self._writer.size > MOST_QUEUED:
            self._cut_off()
        else:
            outlet.written()

    def _shut(self) -> None:
        """Close our side of the connection."""
        transport = self.transport
        assert transport is not None
        self._produce_no_more(transport)
        if ITCPTransport.providedBy(transport):
            transport.loseWriteConnection()

    def pause(self) -> None:
        """Read no more for now."""
        if self.transport is not None and IPushProducer.providedBy(self.transport):
            self.transport.pauseProducing()

    def go_on(self) -> None:
        """Read again."""
        if self.transport is not None and IPushProducer.providedBy(self.transport):
            self.transport.resumeProducing()

    def _tell_end(self, transport: ITransport) -> None:
        self._told = True
        session = self.connection.session
        log.info(
            "{name}: {who} at {peer} is disconnected: {why}",
            name=self._service.endpoint.settings.name,
            who="somebody" if session is None else session.name,
            peer=address_text(transport.getPeer()),
            why=self.connection.why,
        )

    def _end(self, transport: ITransport) -> None:
        """Close once everything is written, or after a while if the counterparty does not read."""
        self._produce_no_more(transport)
        transport.loseConnection()
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = self._service.reactor.callLater(STOP_TIMEOUT, self.cut)

    def _produce_no_more(self, transport: ITransport) -> None:
        """A producer that is paused would keep the socket open."""
        if self._produces and IConsumer.providedBy(transport):
            self._produces = False
            transport.unregisterProducer()
        self._forget_stall()

    def cut(self) -> None:
        """Close now, whatever is still to be written."""
        transport = self.transport
        if ITCPTransport.providedBy(transport):
            transport.abortConnection()
        elif transport is not None:
            transport.loseConnection()

    def _cut_off(self) -> None:
        """Close now on a counterparty that does not read."""
        self._service.slow_readers += 1
        log.warn(
            "{name}: {peer} left {bytes} bytes unread and is cut off",
            name=self._service.endpoint.settings.name,
            peer="" if self.transport is None else address_text(self.transport.getPeer()),
            bytes=self.queued,
        )
        self.cut()

    # -- timers: one for each connection, set anew only when it fires or must fire earlier

    def wake_at(self, due: int) -> None:
        """See :class:`exsim.dispatch.turns.Holder`."""
        now = self._dispatcher.now()
        if due <= now:
            self._resend_soon()
            return
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self.outlet.wake_due = due
        delay = max(SOONEST, (due - now) / SECOND)
        self._timer = self._service.reactor.callLater(delay, self._deadline)

    def _resend_soon(self) -> None:
        """A long resend goes on when others had their turn, and only as it is read."""
        if not self._stalled and not self._in_lane:
            self._in_lane = True
            self._dispatcher.lane.add(self._resend)

    def _resend(self) -> None:
        self._in_lane = False
        self._still_due()

    def _deadline(self) -> None:
        if self._dispatcher.held and not self._dispatcher.trouble:
            self._dispatcher.when_free(self._still_due, self.cut)
            return
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
        self.outlet.wake_due = UNSET
        if self._dispatcher.waiting():
            self.outlet.wake_due = self._dispatcher.now() + SECOND
            self._timer = self._service.reactor.callLater(1.0, self._deadline)
            return
        now = self._dispatcher.now()
        due = self.connection.next_deadline()
        if due is not None and due <= now:
            self._dispatcher.exchange.deadline(self._service.endpoint, self.connection, now)
            self._dispatcher.turn_over()
        self.outlet.look_ahead()

    def _still_due(self) -> None:
        if self in self._peers:
            self._deadline()

    # -- IPushProducer: the transport tells when the counterparty does not read, and when it does

    def pauseProducing(self) -> None:
        """The transport has as much as it can: count what is added."""
        self._stalled = True
        self.outlet.send = None
        self._forget_stall()
        if self._looks_on:
            self._dispatcher.when_free(self._fall_behind, self.cut)
        else:
            self._begin_stall()

    def _begin_stall(self) -> None:
        self._stall_timer = self._service.reactor.callLater(STALL_TIMEOUT, self._cut_off)

    def _fall_behind(self) -> None:
        """Have a session that looks on told less until it has read what there is."""
        session, endpoint = self.connection.session, self._service.endpoint
        if session is None or self._behind or IPublishing.providedBy(endpoint.acceptor):
            return
        if not self._stalled:  # it has read all before this could be said
            return
        self._behind = session.name
        self._service.fell_behind += 1
        self._dispatcher.exchange.behind(endpoint, session.name, self._dispatcher.now())

    def _catch_up(self) -> None:
        name, self._behind = self._behind, ""
        session = self.connection.session
        if session is not None and session.name == name:
            dispatcher = self._dispatcher
            dispatcher.exchange.caught_up(self._service.endpoint, name, dispatcher.now())
            dispatcher.turn_over()

    def resumeProducing(self) -> None:
        """The transport's buffer is empty again."""
        self._stalled = False
        self.outlet.send = self._send
        self.queued = 0
        self._forget_stall()
        if self._behind:
            self._dispatcher.when_free(self._catch_up, self.cut)
        if not self.connection.closing:
            self.outlet.look_ahead()

    def _forget_stall(self) -> None:
        if self._stall_timer is not None and self._stall_timer.active():
            self._stall_timer.cancel()
        self._stall_timer = None

    def stopProducing(self) -> None:
        """The transport is gone; ``connectionLost`` says so too."""
