"""Counterparties that are played: each has a connection of its own, without a socket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from twisted.internet.address import UNIXAddress
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IDelayedCall, ITransport
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from zope.interface import implementer

from exsim.errors import Conflict
from exsim.interfaces import Caller
from exsim.services.endpoints import EndpointService, PeerFactory
from exsim.services.peer import Peer

PATIENCE = 30.0
"""Seconds within which a counterparty that is played has its logon answered."""
PAUSE = 0.01
"""Seconds after which is looked again whether it was."""


@implementer(ITransport)
class Line:
    """
    The socket that a played counterparty has in place of one.

    What the simulator writes is heard at once; what is said to that goes when the turn is over.
    """

    def __init__(self, service: EndpointService, name: str, caller: Caller, peer: Peer) -> None:
        self.caller = caller
        self.open = True
        self._service = service
        self._name = name
        self._peer = peer
        self._answers = b""
        self._later: IDelayedCall | None = None
        peer.makeConnection(self)

    # -- ITransport, as the simulator has it

    def write(self, data: bytes) -> None:
        """Hear it."""
        self._answers += self.caller.hear(data, self._now())
        if self._answers:
            self._soon()

    def writeSequence(self, data: Iterable[bytes]) -> None:
        """Hear it."""
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        """It hangs up."""
        self.open = False
        self._soon()

    def getPeer(self) -> UNIXAddress:
        """Who is played."""
        return UNIXAddress(self._name.encode())

    def getHost(self) -> UNIXAddress:
        """The same."""
        return self.getPeer()

    # -- the counterparty

    async def log_on(self) -> None:
        """
        Log on.

        :raises exsim.errors.Conflict: when that is refused.
        """
        self._peer.dataReceived(self.caller.log_on(self._now()))
        reactor = self._service.reactor
        end = reactor.seconds() + PATIENCE
        while not self.caller.ready:
            if not self.open or reactor.seconds() > end:
                break
            await deferLater(reactor, PAUSE)
        else:
            return
        raise Conflict(f"{self._name} cannot log on: {self._why() or 'nothing was answered'}")

    def say(self, kind: str, fields: Sequence[tuple[str, str]]) -> None:
        """
        Send a message.

        :raises exsim.errors.Conflict: when the connection is gone.
        :raises exsim.errors.Unprocessable: when that is none.
        """
        if not self.open:
            raise Conflict(f"{self._name} was hung up on: {self._why()}")
        answers, self._answers = self._answers, b""
        self._peer.dataReceived(answers + self.caller.say(kind, fields, self._now()))

    def end(self) -> None:
        """Log out, and hang up."""
        if self.open and self.caller.ready:
            self._peer.dataReceived(self.caller.log_out(self._now()))
        self.open = False
        self._soon()

    def _why(self) -> str:
        return self.caller.closed or self._peer.connection.why

    def _now(self) -> int:
        return self._service.dispatcher.now()

    def _soon(self) -> None:
        if self._later is None:
            self._later = self._service.reactor.callLater(0, self._go_on)

    def _go_on(self) -> None:
        self._later = None
        answers, self._answers = self._answers, b""
        if answers and self.open:
            self._peer.dataReceived(answers)
        if not self.open and not self._peer.gone.called:
            self._peer.connectionLost(Failure(ConnectionDone()))


async def call(service: EndpointService, name: str, caller: Caller) -> Line:
    """
    Have a counterparty connect to an endpoint, and log on.

    :raises exsim.errors.Conflict: when it cannot.
    """
    peer = PeerFactory(service).buildProtocol(None)
    if peer is None:
        raise Conflict(f"endpoint {service.endpoint.settings.name} takes no connection now")
    line = Line(service, f"played:{name}", caller, peer)
    try:
        await line.log_on()
    except Conflict:
        line.end()
        raise
    return line


async def settled(service: EndpointService) -> None:
    """Wait until the journal has all that was done."""
    waiting: Deferred[Any] | None = service.dispatcher.settled()
    if waiting is not None:
        await waiting
