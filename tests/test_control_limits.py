"""The bounds of the HTTP server: bodies, time and connections, at the bound and one past it."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase

from exsim.control.access import Access
from exsim.control.limits import (
    IDLE_SECONDS,
    LINGER_SECONDS,
    MAX_BODY,
    MAX_CONNECTIONS,
    REQUEST_SECONDS,
    BoundedChannel,
)
from exsim.control.resource import make_site
from exsim.control.results import Health, Problem
from tests.fake_control import FakeControl

GET = b"GET /api/v1/version HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /api/v1/reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
MOMENT = 0.125
"""Seconds; a sum of these has no rounding error."""


class Connection:
    """One connection to a site; ``transport`` holds what the site wrote."""

    def __init__(self, site: Any) -> None:
        self.channel: BoundedChannel = site.buildProtocol(None)
        self.transport = StringTransport()
        self.channel.makeConnection(self.transport)

    def send(self, data: bytes) -> None:
        """Let the site receive bytes."""
        self.channel.dataReceived(data)

    def take(self) -> bytes:
        """What the site wrote since the last time."""
        data: bytes = self.transport.value()
        self.transport.clear()
        return data

    @property
    def closed(self) -> bool:
        """Whether the site closed it."""
        return self.transport.disconnecting or self.transport.disconnected


class LimitsCase(SynchronousTestCase):
    """A site before a fake control, whose time is the test's."""

    def setUp(self) -> None:
        """Make them, and a first connection."""
        self.clock = Clock()
        self.control = FakeControl()
        self.site = make_site(self.control, Access(), cast(Any, self.clock))
        self.one = self.connect()

    def connect(self) -> Connection:
        """Make another connection."""
        return Connection(self.site)

    def assert_problem(self, data: bytes, status: int, *words: str) -> None:
        """Check that the bytes are one whole answer: a problem that says the connection ends."""
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        self.assertTrue(lines[0].startswith(b"HTTP/1.1 %d " % status), data)
        self.assertIn(b"Content-Type: application/problem+json", lines)
        self.assertIn(b"Content-Length: %d" % len(body), lines)
        self.assertIn(b"Connection: close", lines)
        problem = msgspec.json.decode(body, type=Problem)
        self.assertEqual(problem.status, status)
        for word in words:
            self.assertIn(word, problem.detail)

    def assert_served(self, data: bytes, status: int = 200) -> None:
        """Check that the bytes begin an answer of the resource."""
        self.assertTrue(data.startswith(b"HTTP/1.1 %d " % status), data)


class BodyTests(LimitsCase):
    """Bodies."""

    def body(self, size: int) -> bytes:
        """JSON of just that size, that fits."""
        return b"{}" + b" " * (size - 2)

    def test_at_the_bound(self) -> None:
        """A body of just 1 MiB is read, and kept in memory."""
        self.one.send(POST + b"Content-Length: %d\r\n\r\n" % MAX_BODY + self.body(MAX_BODY))
        self.assert_served(self.one.take())
        self.assertEqual(len(self.control.asked), 1)

    def test_past_the_bound(self) -> None:
        """One byte more is refused as soon as the headers are here."""
        self.one.send(POST + b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1))
        self.assert_problem(self.one.take(), 413, "1048576")
        self.assertEqual(self.control.asked, [])

    def test_nothing_is_kept(self) -> None:
        """What comes after a refusal is thrown away, whatever it looks like; then it closes."""
        self.one.send(POST + b"Content-Length: %d\r\n\r\n" % 10**15 + b"x" * 10)
        self.assert_problem(self.one.take(), 413)
        self.one.send(b"\r\n\r\n" + GET)
        self.assertEqual((self.one.take(), self.control.asked), (b"", []))
        self.clock.advance(LINGER_SECONDS - MOMENT)
        self.assertFalse(self.one.closed)
        self.clock.advance(MOMENT)
        self.assertTrue(self.one.closed)

    def test_no_invitation(self) -> None:
        """Who asks whether to send too much hears 413 and nothing else."""
        self.one.send(POST + b"Expect: 100-continue\r\nContent-Length: 2000000\r\n\r\n")
        self.assert_problem(self.one.take(), 413)

    def chunked(self, *chunks: bytes) -> bytes:
        """A request of these chunks, without the last, empty one."""
        parts = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
        return POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(parts)

    def test_chunks(self) -> None:
        """The length of a body in chunks is counted as it comes: at the bound it is read."""
        self.one.send(self.chunked(self.body(MAX_BODY - 1), b" ") + b"0\r\n\r\n")
        self.assert_served(self.one.take())

    def test_chunks_past_the_bound(self) -> None:
        """One past it is refused, though more chunks and their end came in the same read."""
        for more in ((b" ",), (b" ", b" ")):
            one = self.connect()
            one.send(self.chunked(self.body(MAX_BODY), *more) + b"0\r\n\r\n" + GET)
            self.assert_problem(one.take(), 413)
            one.send(b"1\r\nx\r\n0\r\n\r\n")
            self.assertEqual((one.take(), self.control.asked), (b"", []))

    def test_forms_are_not_parsed(self) -> None:
        """Twisted does not take a form apart before it is refused."""
        head = POST.replace(b"application/json", b"multipart/form-data; boundary=")
        self.one.send(head + b"Content-Length: 3\r\n\r\nabc")
        self.assert_served(self.one.take(), 415)


class TimeTests(LimitsCase):
    """Time to send a request, and between requests."""

    def test_idle_before_a_request(self) -> None:
        """A connection that says nothing is closed without a word after ten seconds."""
        self.clock.advance(REQUEST_SECONDS - MOMENT)
        self.assertFalse(self.one.closed)
        self.clock.advance(MOMENT)
        self.assertEqual((self.one.closed, self.one.take()), (True, b""))

    def test_slow_headers(self) -> None:
        """A byte a second does not help: the time is for the whole."""
        for byte in GET[: int(REQUEST_SECONDS) - 1]:
            self.one.send(bytes([byte]))
            self.clock.advance(1)
        self.assertFalse(self.one.closed)
        self.one.send(b"X")
        self.clock.advance(1)
        self.assert_problem(self.one.take(), 408, "10 seconds")
        self.assertTrue(self.one.closed)

    def test_slow_body(self) -> None:
        """The same for a body."""
        self.one.send(POST + b"Content-Length: 20\r\n\r\n")
        for _ in range(int(REQUEST_SECONDS)):
            self.assertFalse(self.one.closed)
            self.one.send(b" ")
            self.clock.advance(1)
        self.assert_problem(self.one.take(), 408)
        self.assertTrue(self.one.closed)

    def test_just_in_time(self) -> None:
        """A request that is complete a moment before is served."""
        self.one.send(GET[:-1])
        self.clock.advance(REQUEST_SECONDS - MOMENT)
        self.one.send(GET[-1:])
        self.assert_served(self.one.take())

    def test_slow_answer(self) -> None:
        """An answer may take its time: nothing is cut meanwhile."""
        later: Deferred[Any] = Deferred()
        self.control.answers["health_live"] = later
        self.one.send(GET.replace(b"version", b"health/live"))
        self.clock.advance(500)
        self.assertFalse(self.one.closed)
        later.callback(Health())
        self.assert_served(self.one.take())

    def test_idle_between_requests(self) -> None:
        """A connection in use may be idle for a minute, and then has ten seconds again."""
        self.one.send(GET)
        self.assert_served(self.one.take())
        self.clock.advance(IDLE_SECONDS - MOMENT)
        self.one.send(GET[:5])
        self.clock.advance(REQUEST_SECONDS - MOMENT)
        self.one.send(GET[5:])
        self.assert_served(self.one.take())
        self.clock.advance(IDLE_SECONDS - MOMENT)
        self.assertFalse(self.one.closed)
        self.clock.advance(MOMENT)
        self.assertEqual((self.one.closed, self.one.take()), (True, b""))

    def test_slow_second_request(self) -> None:
        """The second request of a connection has no more time than the first."""
        self.one.send(GET)
        self.one.take()
        self.clock.advance(30)
        self.one.send(GET[:9])
        self.clock.advance(REQUEST_SECONDS)
        self.assert_problem(self.one.take(), 408)

    def test_pipelined(self) -> None:
        """A part of a next request that came early has ten seconds from when its turn comes."""
        later: Deferred[Any] = Deferred()
        self.control.answers["health_live"] = later
        self.one.send(GET.replace(b"version", b"health/live") + GET[:9])
        self.clock.advance(500)
        later.callback(Health())
        self.assert_served(self.one.take())
        self.clock.advance(REQUEST_SECONDS - MOMENT)
        self.assertFalse(self.one.closed)
        self.clock.advance(MOMENT)
        self.assert_problem(self.one.take(), 408)

    def test_unread(self) -> None:
        """Who never reads its answer is cut off, bytes unsent or not."""
        self.one.send(GET)
        self.clock.advance(IDLE_SECONDS)
        self.assertEqual(
            (self.one.transport.disconnecting, self.one.transport.disconnected), (True, False)
        )
        self.clock.advance(REQUEST_SECONDS)
        self.assertTrue(self.one.transport.disconnected)

    def test_no_timer_is_left(self) -> None:
        """A connection that is gone leaves no timer."""
        self.one.send(GET)
        self.one.channel.connectionLost()
        two = self.connect()
        two.channel.connectionLost()
        self.assertEqual(self.clock.getDelayedCalls(), [])


class GarbageTests(LimitsCase):
    """What is no HTTP."""

    def test_no_request(self) -> None:
        """It gets a problem document, and what follows in the same read gets nothing."""
        for data in (
            b"hello\r\n\r\n",
            b"GET /\r\n\r\n",
            b"GET / HTTP/1.1\r\nno colon\r\nHost: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nno colon\r\nExpect: 100-continue\r\n\r\n",
            b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
            POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        ):
            one = self.connect()
            one.send(data + GET)
            self.assert_problem(one.take(), 400, "HTTP")
            self.clock.advance(LINGER_SECONDS)
            self.assertTrue(one.closed)

    def test_long_line(self) -> None:
        """A line without an end is not gathered for ever."""
        self.one.send(b"GET /" + b"x" * 20_000)
        self.assert_problem(self.one.take(), 431)
        self.one.send(b"\r\n" + GET.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
        self.assertEqual((self.one.take(), self.control.asked), (b"", []))

    def test_many_headers(self) -> None:
        """Nor are headers."""
        self.one.send(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 502)
        self.assert_problem(self.one.take(), 400, "headers")

    def test_byte_by_byte(self) -> None:
        """However a request is cut, it is the same."""
        request = POST + b"Content-Length: 2\r\n\r\n{}"
        self.one.send(request)
        whole = self.one.take()
        for byte in request:
            self.one.send(bytes([byte]))
        cut = self.one.take()
        self.assertEqual(whole.partition(b"\r\n\r\n")[2], cut.partition(b"\r\n\r\n")[2])
        self.assertEqual(self.control.asked[0], self.control.asked[1])


class SiteTests(LimitsCase):
    """Connections as a whole."""

    def test_count(self) -> None:
        """As many as the bound are served, one more is closed, and a place is free again."""
        others = [self.connect() for _ in range(MAX_CONNECTIONS - 1)]
        self.assertIsNone(self.site.buildProtocol(None))
        others[0].channel.connectionLost()
        self.assertIsNotNone(self.site.buildProtocol(None))
        self.assertIsNone(self.site.buildProtocol(None))

    def test_no_log_lines(self) -> None:
        """A site has no clock of its own running, and writes nothing per request."""
        self.one.channel.connectionLost()
        self.site.doStart()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.connect().send(GET)
        self.site.doStop()

    def test_http_1_only(self) -> None:
        """Over TLS no other protocol is offered."""
        self.assertEqual(self.site.acceptableProtocols(), [b"http/1.1"])
