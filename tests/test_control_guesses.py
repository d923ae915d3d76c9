"""Who guesses bearer tokens waits for the answers, and nobody else does."""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase

from exsim.control.access import Access
from exsim.control.guesses import FORGOTTEN, FREE, MOST_PEERS, Guesses
from exsim.control.resource import make_site
from tests.fake_control import FakeControl

MOMENT = 0.125
"""Seconds; a sum of these has no rounding error."""
WAITS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0)
"""Seconds that the answers wait, after those that do not."""


class GuessesTests(SynchronousTestCase):
    """How long they wait."""

    def setUp(self) -> None:
        """Nobody has guessed yet."""
        self.guesses = Guesses()

    def waits(self, peer: str, times: int, now: float = 0.0) -> list[float]:
        """What one who guesses so often waits."""
        return [self.guesses.wrong(peer, now) for _ in range(times)]

    def test_more_and_more(self) -> None:
        """The first few do not, then each waits twice as long as the one before, up to a bound."""
        self.assertEqual(self.waits("192.0.2.1", FREE), [0.0] * FREE)
        self.assertEqual(self.waits("192.0.2.1", len(WAITS)), list(WAITS))
        self.assertEqual(self.waits("192.0.2.1", 5_000)[-1], 8.0)

    def test_by_peer(self) -> None:
        """Each address is for itself; of IPv6 each network."""
        self.waits("192.0.2.1", FREE)
        self.assertEqual(self.waits("192.0.2.2", 1), [0.0])
        for number in range(FREE):
            self.waits(f"2001:db8::{number:x}", 1)
        self.assertEqual(self.waits("2001:db8::ffff", 1), [0.25])
        self.assertEqual(self.waits("2001:db8:0:1::1", 1), [0.0])
        self.waits("::ffff:192.0.2.7", FREE)
        self.assertEqual(self.waits("::ffff:192.0.2.8", 1), [0.0])
        self.waits("", FREE)
        self.assertEqual(self.waits("", 1), [0.25])

    def test_forgotten(self) -> None:
        """After a while without any it begins anew, and not before."""
        self.waits("192.0.2.1", FREE)
        self.assertEqual(self.waits("192.0.2.1", 1, FORGOTTEN - MOMENT), [0.25])
        self.assertEqual(self.waits("192.0.2.1", 1, 2 * FORGOTTEN - MOMENT), [0.0])

    def test_bound(self) -> None:
        """So many peers are remembered; one more, and the one who was quiet longest is not."""
        self.waits("first", FREE)
        self.waits("second", FREE)
        self.waits("first", 1)
        for number in range(MOST_PEERS - 2):
            self.waits(f"peer {number}", 1)
        self.assertEqual(self.waits("second", 1), [0.25])
        self.waits("one more", 1)
        self.assertEqual(self.waits("first", 1), [0.0])


class SiteTests(SynchronousTestCase):
    """The same over HTTP."""

    def setUp(self) -> None:
        """A site with a token."""
        self.clock = Clock()
        self.control = FakeControl()
        access = Access({"read": ["looks"]})
        self.site = make_site(self.control, access, cast(Any, self.clock))

    def ask(self, token: str, peer: IAddress | None = None) -> tuple[Any, StringTransport]:
        """Ask with a token, on a connection of its own: its channel and its transport."""
        channel = self.site.buildProtocol(None)
        transport = StringTransport(peerAddress=peer or IPv4Address("TCP", "192.0.2.1", 1))
        channel.makeConnection(transport)
        head = f"GET /api/v1/version HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}"
        channel.dataReceived(f"{head}\r\n\r\n".encode())
        return channel, transport

    def answer(self, token: str, peer: IAddress | None = None) -> bytes:
        """What is answered at once."""
        channel, transport = self.ask(token, peer)
        channel.connectionLost()
        return bytes(transport.value())

    def test_waits(self) -> None:
        """A wrong token's answer comes when its time is up, and is the same as before."""
        at_once = {self.answer(f"guess{number}") for number in range(FREE)}
        self.assertEqual(len(at_once), 1)
        (answer,) = at_once
        self.assertTrue(answer.startswith(b"HTTP/1.1 401 "), answer)
        for wait in WAITS:
            _, transport = self.ask("guess")
            self.clock.advance(wait - MOMENT)
            self.assertEqual(transport.value(), b"")
            self.clock.advance(MOMENT)
            self.assertEqual(transport.value(), answer)

    def test_right(self) -> None:
        """A right one from there is answered at once; so is a wrong one from elsewhere."""
        for _ in range(FREE):
            self.answer("guess")
        self.ask("guess")
        self.assertTrue(self.answer("looks").startswith(b"HTTP/1.1 200 "))
        for peer in (IPv4Address("TCP", "192.0.2.2", 1), IPv6Address("TCP", "::1", 1)):
            self.assertTrue(self.answer("guess", peer).startswith(b"HTTP/1.1 401 "))
        self.assertEqual(self.answer("guess"), b"")

    def test_unix(self) -> None:
        """Those on a unix socket have no address, and are one peer."""
        for _ in range(FREE):
            self.assertNotEqual(self.answer("guess", UNIXAddress(None)), b"")
        self.assertEqual(self.answer("guess", UNIXAddress(None)), b"")

    def test_hang_up(self) -> None:
        """Who hangs up leaves no timer behind."""
        for _ in range(FREE):
            self.answer("guess")
        channel, _ = self.ask("guess")
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        channel.connectionLost()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_other_refusals(self) -> None:
        """What is refused for something else is no guess."""
        for _ in range(FREE + 1):
            channel, transport = self.ask("looks\r\nOrigin: http://evil.example")
            self.assertTrue(transport.value().startswith(b"HTTP/1.1 403 "))
            channel.connectionLost()
        self.assertNotEqual(self.answer("guess"), b"")
