"""Readers of feeds, without sockets: they keep their session, and say what they are refused."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.client.feeds import HEARTBEAT, FeedRefused, FixFeed, ItchFeed
from exsim.sessions.soup_client import LoginRefused
from exsim.wire import soup
from exsim.wire.fix import decode, encode
from tests.recordings import ITCH

SECOND = 10**9
NOW = 1_767_323_046 * SECOND


def fix(body: str) -> bytes:
    """A message of the venue."""
    return encode(b"FIX.4.4", body.replace("|", "\x01").encode())


class FixFeedTests(SynchronousTestCase):
    """FIX market data."""

    def setUp(self) -> None:
        """A reader that has logged on."""
        self.feed = FixFeed("FIX.4.4", "ME", "XSIM", ["AAA", "BBB"], NOW)

    def sent(self) -> list[dict[bytes, bytes]]:
        """The fields of what it sends."""
        raw = self.feed.data_to_send()
        parts = [b"8=FIX" + part for part in raw.split(b"8=FIX")[1:]]
        return [decode(part).fields for part in parts]

    def receive(self, body: str) -> list[bytes]:
        """What it makes of a message."""
        return list(self.feed.receive(fix(body), NOW))

    def test_subscribes(self) -> None:
        """It logs on, and once that is answered asks for all that it reads."""
        (logon,) = self.sent()
        self.assertEqual((logon[b"35"], logon[b"49"], logon[b"56"]), (b"A", b"ME", b"XSIM"))
        self.assertEqual(logon[b"52"], b"20260102-03:04:06.000")
        self.assertEqual(self.receive("35=A|34=1|"), [])
        (asked,) = self.sent()
        self.assertEqual((asked[b"35"], asked[b"34"], asked[b"146"]), (b"V", b"2", b"2"))
        self.assertEqual((asked[b"263"], asked[b"265"], asked[b"266"]), (b"1", b"1", b"N"))

    def test_reads(self) -> None:
        """Messages however they are cut; garbage is passed over."""
        data = fix("35=W|34=2|55=AAA|") + b"junk" + fix("35=X|34=3|")
        found = [raw for byte in data for raw in self.feed.receive(bytes([byte]), NOW)]
        self.assertEqual(found, [fix("35=W|34=2|55=AAA|"), fix("35=X|34=3|")])

    def test_lives(self) -> None:
        """Test requests are answered, and heartbeats sent when they are due, not before."""
        self.sent()
        self.assertEqual(self.receive("35=1|34=2|112=hi|"), [])
        (beat,) = self.sent()
        self.assertEqual((beat[b"35"], beat[b"112"]), (b"0", b"hi"))
        self.feed.deadline(NOW + HEARTBEAT * SECOND - 1)
        self.assertEqual(self.sent(), [])
        self.feed.deadline(NOW + HEARTBEAT * SECOND)
        self.assertEqual([each[b"35"] for each in self.sent()], [b"0"])

    def test_resend(self) -> None:
        """What was missed of it is filled as a gap; it goes on with the number after that."""
        self.receive("35=A|34=1|")
        self.sent()
        self.receive("35=2|34=2|7=1|16=0|")
        (fill,) = self.sent()
        self.assertEqual(
            (fill[b"35"], fill[b"34"], fill[b"36"], fill[b"123"]), (b"4", b"1", b"3", b"Y")
        )
        self.receive("35=1|34=3|112=x|")
        self.assertEqual(self.sent()[0][b"34"], b"3")

    def test_refused(self) -> None:
        """What the venue says is the error."""
        for body, words in (
            ("35=Y|34=2|262=recording|281=0|58=unknown symbol|", "rejected: unknown symbol"),
            ("35=j|34=2|58=not here|", "rejected: not here"),
            ("35=5|34=2|58=go away|", "ended: go away"),
            ("35=5|34=2|", "ended: logged out"),
        ):
            with self.assertRaisesRegex(FeedRefused, words):
                self.receive(body)


class ItchFeedTests(SynchronousTestCase):
    """ITCH over SoupBinTCP."""

    def test_reads(self) -> None:
        """From the first message on; what is needed to go on is known."""
        feed = ItchFeed("ME", "pass", b"", 1, NOW)
        asked = soup.read_login(feed.data_to_send()[3:])
        self.assertEqual((asked.user, asked.password, asked.sequence), (b"ME", b"pass", 1))
        data = soup.accepted(b"DAY", 1) + soup.packet(soup.SEQUENCED, ITCH[0])
        data += soup.packet(soup.UNSEQUENCED, b"aside") + soup.packet(soup.SEQUENCED, ITCH[1])
        self.assertEqual(list(feed.receive(data, NOW)), list(ITCH[:2]))
        self.assertEqual((feed.session, feed.next, feed.over), (b"DAY", 3, False))
        feed.deadline(NOW + SECOND)
        self.assertEqual(feed.data_to_send(), soup.packet(soup.CLIENT_HEARTBEAT))
        self.assertEqual(list(feed.receive(soup.packet(soup.END_OF_SESSION), NOW)), [])
        self.assertTrue(feed.over)

    def test_refused(self) -> None:
        """A login that is rejected is an error."""
        feed = ItchFeed("ME", "", b"", 1, NOW)
        with self.assertRaisesRegex(LoginRefused, "not authorised"):
            list(feed.receive(soup.rejected(soup.NOT_AUTHORISED), NOW))
