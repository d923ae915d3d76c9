"""One side of a proxy's link: its socket, which is read only as fast as the other side reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from typing import Protocol as Shape

from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IDelayedCall,
    IHalfCloseableProtocol,
    IPushProducer,
    IReactorTime,
    ITCPTransport,
)
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from exsim.faults.marked import segments
from exsim.services.wire_faults import UnevenWriter

CLOSE_TIMEOUT = 5.0
"""Seconds that a side has to read what was still to be written when the link ended."""


class Line(Shape):
    """What joins two sides."""

    reactor: Any

    def opposite(self, side: Side) -> Side:
        """The other one."""

    def made(self, side: Side) -> None:
        """A socket is there."""

    def received(self, side: Side, data: bytes) -> None:
        """Bytes came from a side."""

    def ended(self, side: Side) -> None:
        """A side says no more."""

    def lost(self, side: Side) -> None:
        """A socket is gone."""

    def flush(self) -> None:
        """What was written in slices is written: there may be more."""


@implementer(IHalfCloseableProtocol)
class Side(Protocol):
    """
    One socket of a link; ``direction`` is that of what comes from it.

    It is not read from as long as there are reasons not to.
    """

    def __init__(self, direction: str, line: Line) -> None:
        self.direction = direction
        self.gone: Deferred[None] = Deferred()
        self.there = False
        self._line = line
        self._writer: UnevenWriter | None = None
        self._reasons: set[str] = set()
        self._finished = False
        self._produces = False
        self._timer: IDelayedCall | None = None

    # -- from the socket

    def connectionMade(self) -> None:
        """Have the other side read only as fast as this one does."""
        self.there = True
        transport = self.transport
        assert transport is not None
        if ITCPTransport.providedBy(transport):
            transport.setTcpNoDelay(True)
        if IConsumer.providedBy(transport):
            transport.registerProducer(Valve(self._line, self), True)
            self._produces = True
        if self._reasons:
            self._pause()
        self._line.made(self)

    def dataReceived(self, data: bytes) -> None:
        """Bytes for the other side."""
        self._line.received(self, data)

    def readConnectionLost(self) -> None:
        """It says no more, and goes on to listen."""
        self._line.ended(self)

    def writeConnectionLost(self) -> None:
        """We say no more to it; that is ours to know."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The socket is gone."""
        self.there = False
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self._writer is not None:
            self._writer.stop()
        try:
            self._line.lost(self)
        finally:
            self.gone.callback(None)

    # -- reading

    def hold_up(self, reason: str) -> None:
        """Read no more, for this reason."""
        if not self._reasons and self.there:
            self._reasons.add(reason)
            self._pause()
        self._reasons.add(reason)

    def go_on(self, reason: str) -> None:
        """This reason is none any more."""
        if reason in self._reasons:
            self._reasons.discard(reason)
            if not self._reasons and self.there:
                self._resume()

    def _pause(self) -> None:
        if self.transport is not None and IPushProducer.providedBy(self.transport):
            self.transport.pauseProducing()

    def _resume(self) -> None:
        if self.transport is not None and IPushProducer.providedBy(self.transport):
            self.transport.resumeProducing()

    # -- writing

    @property
    def busy(self) -> bool:
        """Whether something waits to be written in slices."""
        return self._writer is not None and self._writer.busy

    def write(self, ready: list[bytes]) -> None:
        """Write these, as their marks say."""
        if not self.there or self._finished or not ready:
            return
        found = segments(ready)
        if self._writer is None and all(type(each) is bytes for each in found):
            self._write(b"".join(found))
            return
        if self._writer is None:
            self._writer = UnevenWriter(
                self._line.reactor, self._write, self.cut, self.shut, self._line.flush
            )
        self._writer.add(found)
        if not self._writer.busy and not self._writer.shut:
            self._writer = None

    def _write(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)

    def shut(self) -> None:
        """Say no more, and go on to listen."""
        self._produce_no_more()
        shut: Callable[[], None] | None = getattr(self.transport, "loseWriteConnection", None)
        if shut is None:  # TLS, which cannot
            self.close()
        else:
            shut()

    def finish(self, whole: bool) -> None:
        """The other side says no more, or (``whole``) is gone: so do we when all is written."""
        if self.busy or not self.there:
            return
        if whole:
            self.close()
        elif not self._finished:
            self._finished = True
            self.shut()

    def close(self) -> None:
        """Close once all is written, or after a while if it is not read."""
        self._finished = True
        if self.there and self.transport is not None and self._timer is None:
            self._produce_no_more()
            # First the timer: what is half closed may be gone when this returns.
            self._timer = self._line.reactor.callLater(CLOSE_TIMEOUT, self.cut)
            self.transport.loseConnection()

    def cut(self) -> None:
        """Close now, whatever is still to be written."""
        if ITCPTransport.providedBy(self.transport):
            self.transport.abortConnection()
        elif self.transport is not None:
            self.transport.loseConnection()

    def _produce_no_more(self) -> None:
        transport = self.transport
        if self._produces and transport is not None and IConsumer.providedBy(transport):
            self._produces = False
            transport.unregisterProducer()


@implementer(IPushProducer)
class Valve:
    """What a side's transport knows of the side opposite to it: who it has to hold up."""

    def __init__(self, line: Line, side: Side) -> None:
        self._line = line
        self._side = side

    def pauseProducing(self) -> None:
        """There is as much to be written as there may be."""
        self._line.opposite(self._side).hold_up("not read")

    def resumeProducing(self) -> None:
        """All is written."""
        self._line.opposite(self._side).go_on("not read")

    def stopProducing(self) -> None:
        """The transport is gone; ``connectionLost`` says so too."""


class Given(Factory):
    """Gives out a side that is there already."""

    noisy = False

    def __init__(self, side: Side) -> None:
        self._side = side

    def buildProtocol(self, addr: IAddress | None) -> Side:
        """The side."""
        return self._side


async def all_gone(reactor: IReactorTime, sides: Iterable[Side]) -> None:
    """Wait until sides that were closed are gone; those that are not in time are cut."""
    left = list(sides)

    def cut() -> None:
        for side in left:
            side.cut()

    timer = reactor.callLater(CLOSE_TIMEOUT, cut)
    await DeferredList([side.gone for side in left])
    if timer.active():
        timer.cancel()
