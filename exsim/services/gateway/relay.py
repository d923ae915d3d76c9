"""
One client and its venue: bytes go both ways as they came, each only as fast as the other reads.

Nothing is kept but what a socket did not take yet, so what a slow side costs is bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from exsim.client.launch import Address
from exsim.services import tls
from exsim.services.gateway.directory import Known, Unknown
from exsim.services.gateway.logon import Asked, NoLogon, first_message
from exsim.services.proxy_sides import Side
from exsim.sessions.relay import IN, OUT

if TYPE_CHECKING:
    from exsim.services.gateway.sockets import GatewayService

CONNECTING: Final = "connecting"
"""Why a client is not read from while its venue is called."""

log = Logger(namespace="exsim")


class Relay:
    """The two sockets, from the Logon on: what :class:`Side` asks of a line."""

    def __init__(self, gateway: GatewayService, peer: str) -> None:
        self.reactor: Any = gateway.reactor
        self.client = Side(IN, self)
        self.upstream = Side(OUT, self)
        self.peer = peer
        self._gateway = gateway
        self._first = first_message(gateway.settings.protocol)
        self._open = False
        self._closed = False
        self._ended: set[str] = set()
        self._calling: Deferred[Any] | None = None
        self._timer: IDelayedCall | None = None

    def opposite(self, side: Side) -> Side:
        """The other one."""
        return self.upstream if side is self.client else self.client

    def flush(self) -> None:
        """Nothing is kept here."""

    # -- the Logon

    def made(self, side: Side) -> None:
        """A socket is there: that of the client first, which has to say whom it wants."""
        if side is self.client:
            wait = self._gateway.settings.logon_timeout / 1e9
            self._timer = self.reactor.callLater(wait, self._late)
            return
        self._calling = None
        if self._closed or not self.client.there:
            side.cut()
            return
        self._open = True
        self._gateway.counts.opened += 1
        self._pass(side, self._first.data)
        self._first.data = b""
        self.client.go_on(CONNECTING)

    def _late(self) -> None:
        self._timer = None
        self._give_up("late", "it did not log on in time")

    def received(self, side: Side, data: bytes) -> None:
        """Bytes for the other side, or of the Logon."""
        if self._open:
            self._pass(self.opposite(side), data)
        elif not self._closed and self._calling is None:
            self._read(data)

    def _pass(self, side: Side, data: bytes) -> None:
        if side is self.upstream:
            self._gateway.counts.bytes_in += len(data)
        else:
            self._gateway.counts.bytes_out += len(data)
        side.write([data])

    def _read(self, data: bytes) -> None:
        """Some more of the Logon."""
        try:
            asked = self._first.feed(data)
        except NoLogon as error:
            self._give_up("no_logon", str(error))
            return
        if asked is None:
            return
        self._stop_timer()
        try:
            known = self._gateway.directory.find(asked)
        except Unknown as error:
            self._refuse(asked, str(error))
        else:
            self._call(asked, known)

    def _refuse(self, asked: Asked, text: str) -> None:
        """Say that there is nobody; that it may not log on is for its venue to say."""
        self.client.write([self._first.refusal(asked, text, self._gateway.now())])
        self._give_up("unknown", f"{_told(asked)}: {text}")

    def _call(self, asked: Asked, known: Known) -> None:
        """Connect to where the venue is."""
        place = self._gateway.places.find(known.endpoint)
        if place is None:
            self._gateway.places.wrong(known.endpoint)
            self._give_up("nowhere", f"{_told(asked)}: venue {known.venue} is nowhere now")
            return
        log.info(
            "{name}: {peer}: {asked}, venue {venue}, is taken to {endpoint} at {where}",
            name=self._gateway.name,
            peer=self.peer,
            asked=_told(asked),
            venue=known.venue,
            endpoint=known.endpoint,
            where=where(place),
        )
        self.client.hold_up(CONNECTING)
        self._calling = calling = self._gateway.connect(place, self.upstream)
        calling.addErrback(self._missed, known, place)

    def _missed(self, failure: Failure, known: Known, place: Address) -> None:
        """It is there no more: the next Logon finds it where it is then."""
        self._calling = None
        if self._closed:  # we gave up ourselves
            return
        self._gateway.places.wrong(known.endpoint)
        why = tls.reason(failure.value)
        self._give_up("unreachable", f"cannot connect to {where(place)}: {why}")

    # -- the end

    def _give_up(self, reason: str, why: str) -> None:
        """Take it nowhere."""
        self._gateway.counts.refused[reason] += 1
        self.close(why)

    def ended(self, side: Side) -> None:
        """A side says no more: nor do we to the other, once all is written."""
        self._ended.add(side.direction)
        if not self._open:
            self.close("it hung up")
        elif len(self._ended) == 2:
            self.client.finish(True)
            self.upstream.finish(True)
        else:
            self.opposite(side).finish(False)

    def lost(self, side: Side) -> None:
        """A socket is gone: so is the other one, once all is written."""
        self._ended.add(side.direction)
        other = self.opposite(side)
        other.go_on("not read")
        self.close("the client is gone" if side is self.client else "the venue is gone")
        if not (self.client.there or self.upstream.there):
            self._gateway.relays.discard(self)

    def close(self, why: str) -> None:
        """Close both sides once all is written; why is logged, the first time."""
        if not self._closed:
            self._closed = True
            log.info("{name}: {peer}: {why}", name=self._gateway.name, peer=self.peer, why=why)
        self._stop_timer()
        if self._calling is not None:
            self._calling.cancel()
        self.client.go_on(CONNECTING)
        self.client.finish(True)
        self.upstream.finish(True)

    def _stop_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None


def _told(asked: Asked) -> str:
    """Who wants whom, for people."""
    sender, target = (
        each.decode("ascii", "backslashreplace") for each in (asked.sender, asked.target)
    )
    return f"{sender} for {target}" if target else sender


def where(place: Address) -> str:
    """A place, for people."""
    return place.host if place.port is None else f"{place.host}:{place.port}"
