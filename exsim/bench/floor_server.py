"""
``python -m exsim.bench.floor_server PIPE KIND``: a server that does less than an exchange has to.

It says ``{"port": N}`` over the pipe once it listens, is measured like a simulator, and ends when
its standard input does.
"""

from __future__ import annotations

import sys
import time
from typing import Any, Final

from twisted.internet.interfaces import ITCPTransport
from twisted.internet.protocol import Factory, Protocol

from exsim.bench.answers import whole
from exsim.bench.fix_in import COUNTERPARTY, acceptor
from exsim.bench.gauge import Gauge
from exsim.protocols.fix_acceptor import FixAcceptor
from exsim.services.ready import Lifeline
from exsim.sessions.fix_connection import FixConnection
from exsim.tap import spare_collector
from exsim.wire.fix import encode

FLOOR: Final = "floor"
CHECKS: Final = "checks"

_LOGON: Final = b"\x0135=A\x01"
_ORDER: Final = b"\x0135=D\x01"
_LOGOUT: Final = b"\x0135=5\x01"
_HEAD: Final = b"35=%b\x0134=100001\x0149=XSIM\x0152=20240102-03:04:05.678\x0156=CLIENT0001\x01"
_BODY: Final = (
    b"37=100000001\x0111=CLIENT0001-00000001\x0117=200000001\x0120=0\x01150=0\x0139=0\x0155=AAA\x01"
    b"54=1\x0138=100\x0140=2\x0144=100.01\x0159=0\x0132=0\x0131=0\x01151=100\x0114=0\x016=0\x01"
    b"60=20240102-03:04:05.678\x01"
)
ANSWER: Final = encode(b"FIX.4.2", _HEAD % b"8" + _BODY)
"""The report that every order gets."""
LOGGED_ON: Final = encode(b"FIX.4.2", _HEAD % b"A" + b"98=0\x01108=30\x01")


class FloorProtocol(Protocol):
    """Counts the orders in what is read and writes as many reports, always the same bytes."""

    def __init__(self) -> None:
        self._rest = b""

    def connectionMade(self) -> None:
        """Send at once what is written."""
        if ITCPTransport.providedBy(self.transport):
            self.transport.setTcpNoDelay(True)

    def dataReceived(self, data: bytes) -> None:
        """Answer one read with one write."""
        messages, self._rest = whole(self._rest + data if self._rest else data)
        orders = messages.count(_ORDER)
        answer = ANSWER * orders if orders else b""
        assert self.transport is not None
        if not orders and _LOGON in messages:
            answer = LOGGED_ON
        elif not orders and _LOGOUT in messages:
            self.transport.loseConnection()
        if answer:
            self.transport.write(answer)


class ChecksProtocol(FloorProtocol):
    """The same, but for orders that have passed all checks of a session and its dictionary."""

    def __init__(self, directory: FixAcceptor) -> None:
        super().__init__()
        rules = directory.sessions[COUNTERPARTY].machine.rules
        self._connection = FixConnection(directory, rules, "", _no_journal, time.time_ns())

    def dataReceived(self, data: bytes) -> None:
        """Answer one read with one write."""
        now, orders, connection = time.time_ns(), 0, self._connection
        connection.receive(data, now)
        while (message := connection.next_message(now)) is not None:
            orders += message.msg_type == b"D"
        answer = connection.data_to_send() + ANSWER * orders
        if answer:
            assert self.transport is not None
            self.transport.write(answer)


def _no_journal(time: int, kind: int, session: str, data: bytes) -> int:
    return 0


class FloorFactory(Factory):
    """Makes the protocols of a kind, :data:`FLOOR` or :data:`CHECKS`."""

    noisy = False

    def __init__(self, kind: str) -> None:
        self._directory = acceptor("yes") if kind == CHECKS else None

    def buildProtocol(self, addr: object) -> FloorProtocol:
        """One for each connection."""
        directory = self._directory
        return FloorProtocol() if directory is None else ChecksProtocol(directory)


def main(words: list[str]) -> None:
    """Listen on a free port of the loopback until standard input ends."""
    from twisted.internet import reactor as installed

    pipe, kind = words
    reactor: Any = installed
    gauge = Gauge(int(pipe))
    gauge.install()
    spare_collector()
    port = reactor.listenTCP(0, FloorFactory(kind), interface="127.0.0.1")
    Lifeline(reactor, reactor.stop).startService()
    gauge.say({"port": port.getHost().port})
    reactor.run()


if __name__ == "__main__":
    main(sys.argv[1:])
