"""
An HTTP server that cannot be held up: bounds on bodies, on time and on connections.

Twisted's web server has no limit on a body and no overall deadline for a request, and what it
says of bytes that are no request is no problem document. This adds:

* a body over :data:`MAX_BODY` bytes is answered 413 as soon as that is known; nothing of the
  rest is kept;
* a request has to be there as a whole within :data:`REQUEST_SECONDS` of the connection, or of
  its own first byte on a connection that is used again; otherwise the connection is cut, with a
  408 where part of a request came;
* between requests a connection may be idle for :data:`IDLE_SECONDS`;
* there are at most :data:`MAX_CONNECTIONS`; more are closed at once.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, BinaryIO, Final

from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.http import Request as HTTPRequest
from twisted.web.resource import IResource
from twisted.web.server import Request, Site

from exsim.control.problems import CONTENT_TYPE, Refused, encode_problem, phrase, problem_of

MAX_BODY: Final = 1024 * 1024
REQUEST_SECONDS: Final = 10.0
IDLE_SECONDS: Final = 60.0
LINGER_SECONDS: Final = 2.0
"""How long what still comes is thrown away after a refusal, so that a client that is busy sending
gets to read it: closing with bytes unread would reset the connection."""
MAX_CONNECTIONS: Final = 2000


class BoundedRequest(Request):
    """A request whose body is counted as it comes."""

    channel: BoundedChannel

    def handleContentChunk(self, data: bytes) -> None:
        """Keep a part of the body, as long as it is within bounds."""
        assert self.content is not None  # BoundedSite gave it
        if self.content.tell() + len(data) > MAX_BODY:
            self.channel.refuse_body()
            return
        super().handleContentChunk(data)


class BoundedChannel(HTTPChannel):
    """One connection. It has one timer, whose meaning is what the connection is doing now."""

    requestFactory = BoundedRequest
    transport: Any
    refused = False
    _timer: IDelayedCall | None = None
    _between = False  # requests: the next byte begins one
    _begun = False  # some of a request has come

    def __init__(self, site: BoundedSite) -> None:
        super().__init__()
        self.factory = self.site = site

    def connectionMade(self) -> None:
        """Expect a request."""
        super().connectionMade()
        self._expect(REQUEST_SECONDS)

    def dataReceived(self, data: bytes) -> None:
        """Take in bytes, of which the first of a request begins its time."""
        if self._between:
            self._between = False
            self._expect(REQUEST_SECONDS)
        self._begun = True
        super().dataReceived(data)

    def lineReceived(self, line: bytes) -> None:
        """Take in a line, unless one before it was refused."""
        if not self.refused:
            super().lineReceived(line)

    def rawDataReceived(self, data: bytes) -> None:
        """Take in bytes of a body, unless it was refused."""
        if not self.refused:
            super().rawDataReceived(data)

    def allHeadersReceived(self) -> None:
        """Refuse a body that says that it is too long."""
        if self.length is not None and self.length > MAX_BODY:
            self.refuse_body()
        else:
            super().allHeadersReceived()

    def allContentReceived(self) -> None:
        """Let a request that is here as a whole take its time to be answered."""
        if not self.refused:
            self._stop_timer()
            super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        """Wait for the next request, which may be here already."""
        self._between, self._begun = True, False
        self._expect(IDLE_SECONDS)
        super().requestDone(request)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Forget the timer."""
        self._stop_timer()
        self.site.closed(self)
        super().connectionLost(reason)

    def refuse_body(self) -> None:
        """Answer that a body is too long."""
        self.refuse(413, f"The body has more than {MAX_BODY} bytes.", LINGER_SECONDS)

    def refuse(self, status: int, detail: str, linger: float = 0) -> None:
        """Answer with a problem, take in no more, and close, at the latest after ``linger`` s."""
        if self.refused:
            return
        self.refused = True
        body = encode_problem(problem_of(Refused(status, detail), ""))
        lines = (
            f"HTTP/1.1 {status} {phrase(status)}",
            f"Content-Type: {CONTENT_TYPE}",
            f"Content-Length: {len(body)}",
            "Connection: close",
        )
        self.transport.write("\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body)
        if linger:
            self._restart_timer(linger, self._close)
        else:
            self._close()

    def lineLengthExceeded(self, line: bytes) -> None:
        """Refuse a line that is too long, as a request with too many is."""
        self.refuse(431, "A line of the request is too long.", LINGER_SECONDS)

    def _respondToBadRequestAndDisconnect(self) -> None:
        # Twisted's own name for its one answer to what is no HTTP.
        self.refuse(400, "This is no valid HTTP request, or its headers are too long.")

    def _expect(self, seconds: float) -> None:
        self._restart_timer(seconds, self._overdue)

    def _overdue(self) -> None:
        if self._begun:
            self.refuse(408, f"The request was not complete within {REQUEST_SECONDS:g} seconds.")
        else:
            self._close()

    def _close(self) -> None:
        self._restart_timer(REQUEST_SECONDS, self.transport.abortConnection)
        self.loseConnection()

    def _restart_timer(self, seconds: float, action: Any) -> None:
        self._stop_timer()
        self._timer = self.site.reactor.callLater(seconds, action)

    def _stop_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None


class BoundedSite(Site):
    """A site of bounded connections. It writes no access log."""

    def __init__(self, resource: IResource, reactor: IReactorTime) -> None:
        super().__init__(resource, timeout=None, reactor=reactor, parsePOSTFormSubmission=False)
        self._connections: set[BoundedChannel] = set()

    def buildProtocol(self, addr: IAddress | None) -> Any:
        """A channel for a new connection, or None, which closes it, when there are too many."""
        if len(self._connections) >= MAX_CONNECTIONS:
            return None
        channel = BoundedChannel(self)
        self._connections.add(channel)
        return channel

    def closed(self, channel: BoundedChannel) -> None:
        """A connection is gone."""
        self._connections.discard(channel)

    def getContentFile(self, length: int | None) -> BinaryIO:
        """Where a body is kept: in memory, since it is short."""
        return BytesIO()

    def acceptableProtocols(self) -> list[bytes]:
        """Over TLS too, HTTP/1.1 alone: these bounds are not those of HTTP/2."""
        return [b"http/1.1"]

    def startFactory(self) -> None:
        """Start no access log, nor the clock that it needs."""

    def log(self, request: HTTPRequest) -> None:
        """Write no line per request."""
