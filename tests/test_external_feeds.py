"""Feeds that exsim reads by itself: JSON of anybody, a subscription by FIX, and what is lost."""

from __future__ import annotations

from typing import Any

from treq.testing import StubTreq
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.http import Request
from twisted.web.resource import Resource
from zope.interface.verify import verifyClass

from exsim.interfaces import IFedSource
from exsim.model.amounts import UNIT
from exsim.model.options import read_options
from exsim.model.ticks import Tick
from exsim.plugins import Catalogue
from exsim.pricing.external_fix import ExternalFix
from exsim.pricing.external_http import ExternalHttp
from exsim.pricing.external_keys import FIELDS
from exsim.pricing.external_websocket import ExternalWebSocket
from exsim.protocols.fix_reader import FixReader
from exsim.services.external.fields import BadFeed, Fields
from exsim.services.external.fix import FixFeeder, FixPeer
from exsim.services.external.http import HttpFeeder
from exsim.wire.fix import decode, encode, utc_timestamp
from tests.price_case import DeskCase

SECOND = 10**9


class FieldTests(SynchronousTestCase):
    """Where in JSON prices are."""

    def ticks(self, data: str, **given: str) -> list[Tick]:
        """The prices in it."""
        return Fields(read_options(FIELDS, given)).ticks(data)

    def test_found(self) -> None:
        """An item, a list, an object by names; deep in it; numbers to the last digit, and text."""
        for data, given, expected in (
            ('{"symbol":"A","bid":99.95,"ask":"100"}', {}, [("A", 9_995_000_000, 100 * UNIT)]),
            ('[{"symbol":"A","last":1},{"symbol":"B"},7]', {}, [("A", None, None, UNIT)]),
            (
                '{"data":{"s":"A","b":[["1.5",9]]}}',
                {"fields": "symbol=data.s, bid=data.b.0.0"},
                [("A", 3 * UNIT // 2)],
            ),
            (
                '{"quotes":{"A":{"p":1},"B":{"p":2}}}',
                {"items": "quotes", "fields": "symbol=$key, last=p"},
                [("A", None, None, UNIT), ("B", None, None, 2 * UNIT)],
            ),
            ('{"last":0.00000001}', {"symbol": "X"}, [("X", None, None, 1)]),
            ('{"event":"subscribed"}', {}, []),
            ("[]", {"items": "a.b"}, []),
        ):
            self.assertEqual(self.ticks(data, **given), [Tick(*each) for each in expected], data)

    def test_nonsense(self) -> None:
        """What is no JSON, and what is no number."""
        for data, why in (
            ("{", "it is no JSON"),
            ('{"symbol":"A","bid":"x"}', "bid: 'x' is no decimal"),
            ('{"symbol":"A","bid":true}', "bid: 'True' is no number"),
        ):
            with self.assertRaisesRegex(BadFeed, why):
                self.ticks(data)


class OptionTests(SynchronousTestCase):
    """The sources by their keys."""

    def test_kinds(self) -> None:
        """Each is a source that is fed, and says by what."""
        for kind, given, via in (
            (ExternalHttp, {"url": "http://x"}, "http"),
            (ExternalWebSocket, {"url": "ws://x"}, "websocket"),
            (ExternalFix, {"connect": "tcp:127.0.0.1:1", "target_comp_id": "X"}, "fix"),
        ):
            verifyClass(IFedSource, kind)
            self.assertEqual(kind("p", read_options(kind.options, given)).via, via)
        for kind, url, why in (
            (ExternalHttp, "ftp://x", "url: 'ftp://x' is none that begins with http"),
            (ExternalWebSocket, "http://x", "url: 'http://x' is none that begins with ws"),
        ):
            with self.assertRaisesRegex(ValueError, why):
                kind("p", read_options(kind.options, {"url": url}))

    def test_listed(self) -> None:
        """exsim plugins has them."""
        names = {each.name for each in Catalogue().pricings()}
        wanted = {"external", "external-http", "external-websocket", "external-fix", "file"}
        self.assertLessEqual(wanted, names)


class ServerSide:
    """The other side of a connection by FIX."""

    def __init__(self) -> None:
        self.number = 0

    def say(self, kind: str, body: str, time: int = 0) -> bytes:
        """A message; its fields are parted by bars."""
        self.number += 1
        stamp = utc_timestamp(time, 3).decode()
        head = f"35={kind}|34={self.number}|49=XSIM|52={stamp}|56=EXSIM|"
        return encode(b"FIX.4.4", (head + body).replace("|", "\x01").encode())


def fields(data: bytes) -> list[dict[bytes, bytes]]:
    """The messages in bytes."""
    cut = data.split(b"8=FIX")[1:]
    return [decode(b"8=FIX" + each).fields for each in cut]


class ReaderTests(SynchronousTestCase):
    """The machine that logs on and subscribes."""

    def setUp(self) -> None:
        """One that has sent its Logon."""
        self.server = ServerSide()
        self.reader = FixReader("FIX.4.4", "EXSIM", "XSIM", ["A", "B"], 10, True, "me", "secret")
        (self.logon,) = fields(self.reader.log_on(0))

    def hear(self, kind: str, body: str, now: int = 0) -> tuple[list[dict[bytes, bytes]], int]:
        """What it answers to a message, and how many it takes as market data."""
        answers, told = self.reader.hear(self.server.say(kind, body), now)
        return fields(answers), len(told)

    def test_logon(self) -> None:
        """Numbers begin anew; who it is; then it subscribes to best prices and trades."""
        wanted = {b"34": b"1", b"108": b"10", b"141": b"Y", b"553": b"me", b"554": b"secret"}
        self.assertLessEqual(wanted.items(), self.logon.items())
        (asked,), _ = self.hear("A", "98=0|108=10|141=Y|")
        wanted = {b"35": b"V", b"263": b"1", b"264": b"1", b"265": b"0", b"146": b"2", b"34": b"2"}
        self.assertLessEqual(wanted.items(), asked.items())
        self.assertTrue(self.reader.ready)

    def test_orderly(self) -> None:
        """It answers who asks, fills gaps, and says what was refused and when it is over."""
        self.hear("A", "98=0|108=10|141=Y|")
        (beat,), _ = self.hear("1", "112=x|")
        self.assertEqual((beat[b"35"], beat[b"112"]), (b"0", b"x"))
        (filled,), _ = self.hear("2", "7=2|16=0|")
        self.assertEqual((filled[b"35"], filled[b"34"], filled[b"36"]), (b"4", b"2", b"4"))
        self.assertEqual(self.hear("Y", "262=1|58=no such symbol|"), ([], 0))
        self.assertEqual(self.reader.refused, "no such symbol")
        self.hear("5", "58=good night|")
        self.assertEqual(self.reader.closed, "it was logged out: good night")

    def test_data(self) -> None:
        """Market data is handed on; garbage is passed over."""
        self.hear("A", "98=0|108=10|141=Y|")
        self.assertEqual(self.hear("W", "55=A|268=1|269=0|270=1|271=5|"), ([], 1))
        self.assertEqual(self.reader.hear(b"8=FIX.4.4\x019=5\x01garbage", 0), (b"", []))

    def test_time(self) -> None:
        """It is heard of each heartbeat; who is silent is asked, and then given up."""
        self.hear("A", "98=0|108=10|141=Y|")
        self.assertEqual(self.reader.passes(9 * SECOND), b"")
        self.assertEqual(fields(self.reader.passes(10 * SECOND))[0][b"35"], b"0")
        self.assertEqual(fields(self.reader.passes(12 * SECOND))[0][b"35"], b"1")
        self.assertEqual(self.reader.passes(13 * SECOND), b"")
        self.reader.passes(24 * SECOND)
        self.assertEqual(self.reader.closed, "nothing was heard for 24 s")


class FeedCase(DeskCase):
    """A venue with a source that a feeder of the test is for."""

    keys: dict[str, str] = {}
    kind = ""

    def setUp(self) -> None:
        """Start the simulator."""
        self.sections = {"feed": {"source": self.kind, "symbols": "AAA, BBB", **self.keys}}
        super().setUp()
        self.values = self.settings.pricing[0].options

    def source(self) -> dict[str, Any]:
        """What REST tells of it."""
        found: dict[str, Any] = self.get("/venues/X/pricing/feed")
        return found

    def commands(self) -> int:
        """How often it was told something."""
        entries = self.memory.exchange.journal.entries(0)
        return sum(b"feed_source" in each.data for each in entries)


class Quotes(Resource):
    """An HTTP server with prices."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.answer = b'{"symbol":"AAA","bid":99,"ask":101}'
        self.code = 200
        self.asked = 0

    def render_GET(self, request: Request) -> bytes:
        """What there is."""
        self.asked += 1
        request.setResponseCode(self.code)
        return self.answer


class HttpTests(FeedCase):
    """Polling."""

    kind = "external-http"
    keys = {"url": "http://127.0.0.1:8000/", "every": "2s", "retry": "4s", "stale": "0s"}

    def setUp(self) -> None:
        """Start the feeder."""
        super().setUp()
        self.quotes = Quotes()
        self.stub = StubTreq(self.quotes)
        self.feeder = HttpFeeder(
            self.memory.control, "X", "feed", self.values, ["AAA"], self.memory.reactor, self.stub
        )
        self.feeder.startService()
        self.addCleanup(self.feeder.stopService)

    def wait(self, seconds: float) -> None:
        """Let real time pass, so that what is asked is answered."""
        self.stub.flush()
        for _ in range(round(seconds * 10)):
            self.memory.reactor.advance(0.1)
            self.stub.flush()

    def test_polled(self) -> None:
        """It asks again and again, and tells what it hears within a moment."""
        self.wait(0.2)
        self.assertEqual((self.price("AAA"), self.quotes.asked), ("100", 1))
        self.assertEqual(self.source()["link"], "up")
        self.quotes.answer = b'{"symbol":"AAA","bid":100,"ask":102}'
        self.wait(1.6)
        self.assertEqual(self.quotes.asked, 1)
        self.wait(0.6)
        self.assertEqual((self.price("AAA"), self.quotes.asked), ("101", 2))

    def test_lost(self) -> None:
        """A server that fails is asked later and later; an outage lasts until it answers."""
        self.wait(0.2)
        self.quotes.code = 500
        self.wait(2)
        source = self.source()
        self.assertEqual((source["link"], source["outages"]), ("down", ["AAA", "BBB"]))
        self.assertEqual(self.quotes.asked, 2)
        self.wait(3.5)
        self.assertEqual(self.quotes.asked, 2)
        self.wait(2)
        self.assertEqual(self.quotes.asked, 3)
        self.quotes.code = 200
        self.wait(11)
        source = self.source()
        self.assertEqual((source["link"], source["outages"]), ("up", ["BBB"]))

    def test_nonsense(self) -> None:
        """What is no JSON is as if nobody answered."""
        self.quotes.answer = b"<html>"
        self.wait(2.2)
        self.assertEqual(self.source()["link"], "down")
        self.assertEqual(self.price("AAA"), "100")

    def test_conflated(self) -> None:
        """Of what comes within a moment the newest is told, as one entry."""
        self.wait(0.2)
        before = self.commands()
        for tick in (
            Tick("AAA", 90 * UNIT), Tick("AAA", 98 * UNIT), Tick("BBB", last=50 * UNIT),
            Tick("AAA", ask=100 * UNIT),
        ):  # fmt: skip
            self.feeder.told([tick])
        self.memory.reactor.advance(0.11)
        self.assertEqual(self.commands(), before + 1)
        self.assertEqual((self.price("AAA"), self.price("BBB")), ("99", "50"))


class FixTests(FeedCase):
    """A connection by FIX."""

    kind = "external-fix"
    keys = {"connect": "tcp:127.0.0.1:1", "target_comp_id": "XSIM", "map": "SPY=AAA"}

    def setUp(self) -> None:
        """A socket of the feeder's."""
        super().setUp()
        self.feeder = FixFeeder(
            self.memory.control, "X", "feed", self.values, ["SPY"], self.memory.reactor
        )
        self.peer = FixPeer(self.feeder)
        self.transport = StringTransport()
        self.peer.makeConnection(self.transport)
        self.server = ServerSide()

    def hear(self, kind: str, body: str) -> None:
        """A message of the other side."""
        self.peer.dataReceived(self.server.say(kind, body))
        self.memory.reactor.advance(0.11)

    def test_told(self) -> None:
        """Images and changes make best prices."""
        self.hear("A", "98=0|108=30|141=Y|")
        self.assertEqual(self.source()["link"], "up")
        asked = fields(self.transport.value())[-1]
        self.assertEqual((asked[b"35"], asked[b"55"]), (b"V", b"SPY"))
        self.hear("W", "262=1|55=SPY|268=2|269=0|270=99|271=5|269=1|270=101|271=5|")
        self.assertEqual(self.price("AAA"), "100")
        self.hear("X", "262=1|268=1|279=0|269=0|55=SPY|270=100|271=5|")
        self.assertEqual(self.price("AAA"), "100.5")

    def test_over(self) -> None:
        """A Logout closes, and says why."""
        self.hear("A", "98=0|108=30|141=Y|")
        self.hear("5", "58=good night|")
        self.assertTrue(self.transport.disconnecting)
        self.peer.connectionLost()
        self.assertEqual(self.successResultOf(self.peer.over), "it was logged out: good night")

    def test_silent(self) -> None:
        """Who is not heard of is given up."""
        self.hear("A", "98=0|108=30|141=Y|")
        self.memory.reactor.pump([1.0] * 80)
        self.assertTrue(self.transport.disconnecting)
        self.peer.connectionLost()
        self.assertIn("nothing was heard for", self.successResultOf(self.peer.over))
