"""SoupBinTCP: packets however they are cut, and both sides of a session."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.model.journal import EntryKind
from exsim.model.messages import ORDERLY
from exsim.sessions.soup_client import LoginRefused, SoupClient
from exsim.sessions.soup_connection import SoupConnection
from exsim.sessions.soup_rules import SoupRules
from exsim.sessions.soup_session import SoupSession
from exsim.sessions.soup_stream import SoupStream
from exsim.wire import soup

SECOND = 10**9


def rules(kept: int = 1_000, zero_is_next: bool = False) -> SoupRules:
    """The rules of a session of USER1 with a password."""
    return SoupRules(
        user="USER1",
        password="SECRET",
        session="DAY",
        initiates=False,
        schedule=None,
        login_timeout=10 * SECOND,
        heartbeat=SECOND,
        timeout=15 * SECOND,
        max_login_failures=2,
        login_lockout=60 * SECOND,
        kept=kept,
        zero_is_next=zero_is_next,
        max_packet=1_000,
    )


class PacketTests(SynchronousTestCase):
    """Bytes of packets, by the tables of the specification."""

    def test_bytes(self) -> None:
        """Length without itself, type, payload."""
        self.assertEqual(soup.packet(soup.SEQUENCED, b"abc"), b"\x00\x04Sabc")
        self.assertEqual(soup.packet(soup.SERVER_HEARTBEAT), b"\x00\x01H")
        self.assertEqual(soup.accepted(b"DAY", 7), b"\x00\x1fA       DAY" + b" " * 19 + b"7")
        self.assertEqual(soup.rejected(soup.NO_SESSION), b"\x00\x02JS")
        self.assertEqual(
            soup.login(soup.Login(b"USER1", b"SECRET", b"", 1)),
            b"\x00\x2fLUSER1 SECRET    " + b" " * 10 + b" " * 19 + b"1",
        )
        self.assertRaises(ValueError, soup.packet, soup.SEQUENCED, bytes(65_535))
        self.assertEqual(len(soup.packet(soup.SEQUENCED, bytes(65_534))), 65_537)

    def test_padding(self) -> None:
        """Clients pad on either side."""
        for padded in (
            b"USER1 SECRET    DAY       12" + b" " * 18,
            b" USER1    SECRET       DAY" + b" " * 18 + b"12",
            b"USER1 SECRET           DAY" + b"0" * 18 + b"12",
        ):
            found = soup.read_login(padded)
            self.assertEqual(
                (found.user, found.password, found.session, found.sequence),
                (b"USER1", b"SECRET", b"DAY", 12),
            )
        self.assertEqual(soup.read_login(b" " * 46).sequence, 0)

    def test_no_login(self) -> None:
        """What is none is said to be none."""
        for payload in (b"", b" " * 45, b" " * 47, b" " * 45 + b"x", b"9" * 46, b" " * 44 + b"-1"):
            self.assertRaises(soup.BadPacket, soup.read_login, payload)

    @given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.integers(1, 50))
    def test_cuts(self, payloads: list[bytes], size: int) -> None:
        """The packets are the same however the stream is cut."""
        packets = [soup.packet(payload[:1], payload[1:]) for payload in payloads]
        stream, framer = b"".join(packets), soup.Framer(100)
        found = []
        for at in range(0, len(stream), size):
            framer.feed(stream[at : at + size])
            while (raw := framer.next()) is not None:
                found.append(raw)
        self.assertEqual(found, packets)

    def test_too_long(self) -> None:
        """The length alone says it; so does one of 0."""
        for start, said in (
            (b"\x00\x09", "a packet of 9 bytes, more than 8"),
            (b"\x00\x00", "a packet of no bytes"),
        ):
            framer = soup.Framer(10)
            framer.feed(start)
            self.assertIn(said, str(self.assertRaises(soup.BadPacket, framer.next)))
        framer = soup.Framer(10)
        framer.feed(b"\x00\x08S")
        self.assertIsNone(framer.next())


class Wire:
    """A client and a server, joined by hand, and what the server's journal has."""

    def __init__(self, session: SoupSession | None = None, own: SoupRules | None = None) -> None:
        self.own = own or rules()
        self.entries: list[tuple[str, str, bytes]] = []
        self.session = session or SoupSession("S", self.own, self.record)
        self.now = 0
        self.got: list[tuple[int, bytes]] = []
        self.asked: list[bytes] = []

    def record(self, time: int, kind: int, session: str, data: bytes) -> int:
        """Keep an entry."""
        self.entries.append((EntryKind(kind).name, session, data))
        return len(self.entries)

    def find(self, asked: soup.Login) -> SoupSession | None:
        """The one session there is."""
        return self.session if asked.user == self.own.user.encode() else None

    def connect(
        self,
        sequence: int = 1,
        user: bytes = b"USER1",
        password: bytes = b"SECRET",
        day: bytes = b"",
    ) -> SoupClient:
        """A client logs in."""
        self.client = SoupClient(soup.Login(user, password, day, sequence), self.now)
        self.server = SoupConnection(self, self.own, "peer", self.record, self.now, 1)
        self.run()
        return self.client

    def run(self) -> None:
        """Pass on what both have to say until neither has."""
        while True:
            to_server, to_client = self.client.data_to_send(), self.server.data_to_send()
            if not to_server and not to_client:
                due = self.server.next_deadline()
                if due is None or due > self.now:
                    return
                self.server.deadline(self.now)
                continue
            if to_server:
                self.server.receive(to_server, self.now)
                while (raw := self.server.next_message(self.now)) is not None:
                    self.asked.append(soup.payload_of(raw))
            if to_client:
                self.client.receive(to_client, self.now)
                while (message := self.client.next_message()) is not None:
                    self.got.append(message)


class SessionTests(SynchronousTestCase):
    """A session's life."""

    def setUp(self) -> None:
        """A server that nobody is connected to."""
        self.wire = Wire()
        self.session = self.wire.session

    def test_both_ways(self) -> None:
        """Messages are numbered one way, and not the other."""
        client = self.wire.connect()
        self.assertTrue(client.accepted)
        self.assertEqual((client.session, client.next), (b"DAY", 1))
        client.send(b"order", 0)
        self.wire.run()
        self.session.send(b"done", 0)
        self.session.send(b"more", 0)
        self.wire.run()
        self.assertEqual(self.wire.asked, [b"order"])
        self.assertEqual(self.wire.got, [(1, b"done"), (2, b"more")])
        self.assertEqual(self.session.received, 1)

    def test_resume(self) -> None:
        """Who comes back gets what it missed, from the number that it asks for."""
        for number in range(250):
            self.session.send(b"%d" % number, 0)
        self.wire.connect(241)
        self.assertEqual(self.wire.got, [(n + 1, b"%d" % n) for n in range(240, 250)])
        self.wire.server.lost(0)
        self.wire.got.clear()
        self.wire.connect(1)
        self.assertEqual([seq for seq, _ in self.wire.got], list(range(1, 251)))

    def test_zero(self) -> None:
        """Number 0 asks for the most recent message, or for what comes next."""
        for zero_is_next, expected in ((False, [(2, b"b"), (3, b"c")]), (True, [(3, b"c")])):
            wire = Wire(own=rules(zero_is_next=zero_is_next))
            wire.session.send(b"a", 0)
            wire.session.send(b"b", 0)
            wire.connect(0)
            wire.session.send(b"c", 0)
            wire.run()
            self.assertEqual(wire.got, expected)

    def test_forgotten(self) -> None:
        """What is no longer kept is passed over, as the number in the answer says."""
        wire = Wire(own=rules(kept=10))
        for number in range(1, 101):
            wire.session.send(b"%d" % number, 0)
        client = wire.connect(1)
        self.assertEqual(wire.got[-1], (100, b"100"))
        self.assertEqual(client.next, 101)
        self.assertEqual(wire.got, [(n, b"%d" % n) for n in range(wire.got[0][0], 101)])
        self.assertIn(len(wire.got), range(10, 20))

    def test_refused(self) -> None:
        """Wrong names, passwords, sessions and numbers; who guesses is shut out for a while."""
        for wrong, reason in (
            ({"user": b"OTHER"}, b"A"),
            ({"day": b"NIGHT"}, b"S"),
            ({"sequence": 2}, b"S"),
            ({"password": b"GUESS"}, b"A"),
            ({"password": b"AGAIN"}, b"A"),
            ({}, b"A"),
        ):
            with self.assertRaises(LoginRefused) as caught:
                self.wire.connect(**wrong)
            self.assertEqual(caught.exception.reason, reason)
            self.assertTrue(self.wire.server.closing)
            self.assertIsNone(self.wire.server.session)
        self.wire.now = 60 * SECOND
        self.assertTrue(self.wire.connect().accepted)

    def test_in_use(self) -> None:
        """A session has one connection."""
        self.wire.connect()
        with self.assertRaises(LoginRefused):
            self.wire.connect()

    def test_closed(self) -> None:
        """No logins are taken when somebody says so."""
        self.session.closed = "not today"
        with self.assertRaises(LoginRefused) as caught:
            self.wire.connect()
        self.assertEqual(caught.exception.reason, soup.NO_SESSION)
        self.assertEqual(self.wire.server.why, "not today")

    def test_log_out(self) -> None:
        """A client ends it in order."""
        self.wire.connect().log_out(0)
        self.wire.run()
        self.assertTrue(self.wire.server.closing)
        self.assertEqual(self.wire.server.why, ORDERLY)
        self.assertIsNone(self.session.connection)

    def test_end(self) -> None:
        """A server does, and says so."""
        client = self.wire.connect()
        self.session.end("enough", 0)
        self.wire.run()
        self.assertTrue(client.ended)
        self.assertTrue(self.wire.server.closing)
        self.session.send(b"late", 0)
        self.assertEqual(self.wire.server.data_to_send(), b"")

    def test_heartbeats(self) -> None:
        """Each side says something each second; a silent client is given up after 15."""
        client = self.wire.connect()
        self.wire.now = SECOND
        self.assertEqual(self.wire.server.next_deadline(), SECOND)
        self.wire.server.deadline(SECOND)
        self.assertEqual(self.wire.server.data_to_send(), b"\x00\x01H")
        client.deadline(SECOND)
        self.assertEqual(client.data_to_send(), b"\x00\x01R")
        self.assertEqual(client.next_deadline(), 2 * SECOND)
        for second in range(2, 15):
            self.wire.server.deadline(second * SECOND)
        self.assertFalse(self.wire.server.closing)
        self.wire.server.deadline(15 * SECOND)
        self.assertTrue(self.wire.server.closing)
        client.deadline(15 * SECOND)
        self.assertTrue(client.closing)

    def test_alive(self) -> None:
        """A client that says something is not given up."""
        self.wire.connect()
        self.wire.server.receive(b"\x00\x01R", 10 * SECOND)
        self.assertIsNone(self.wire.server.next_message(10 * SECOND))
        self.wire.server.deadline(24 * SECOND)
        self.assertFalse(self.wire.server.closing)
        self.wire.server.deadline(25 * SECOND)
        self.assertTrue(self.wire.server.closing)

    def test_far_behind(self) -> None:
        """What is forgotten before it was this connection's turn is passed over."""
        wire = Wire(own=rules(kept=150))
        for number in range(1, 150):
            wire.session.send(b"%d" % number, 0)
        wire.server = SoupConnection(wire, wire.own, "peer", wire.record, 0, 1)
        wire.server.receive(soup.login(soup.Login(b"USER1", b"SECRET", b"", 1)), 0)
        self.assertIsNone(wire.server.next_message(0))
        for number in range(150, 700):
            wire.session.stream.append(b"%d" % number)
        wire.server.deadline(0)
        raw = wire.server.data_to_send()
        self.assertIn(soup.packet(soup.SEQUENCED, b"%d" % wire.session.stream.first), raw)
        self.assertNotIn(soup.packet(soup.SEQUENCED, b"101"), raw)

    def test_no_login(self) -> None:
        """Who says nothing, or something else first, is sent away."""
        self.wire.server = SoupConnection(self.wire, self.wire.own, "", self.wire.record, 0, 1)
        self.assertEqual(self.wire.server.next_deadline(), 10 * SECOND)
        self.wire.server.deadline(10 * SECOND)
        self.assertTrue(self.wire.server.closing)
        for raw in (b"\x00\x02Ux", b"\x00\x03Lxx", b"\xff\xff"):
            server = SoupConnection(self.wire, self.wire.own, "", self.wire.record, 0, 1)
            server.receive(raw, 0)
            self.assertIsNone(server.next_message(0))
            self.assertTrue(server.closing)

    def test_wrong_packet(self) -> None:
        """A client that is logged in and sends what only servers do is cut."""
        self.wire.connect()
        self.wire.server.receive(b"\x00\x01H", 0)
        self.assertIsNone(self.wire.server.next_message(0))
        self.assertTrue(self.wire.server.closing)

    def test_reset(self) -> None:
        """Another stream begins, under another name, of at most ten characters."""
        self.session.send(b"old", 0)
        client = self.wire.connect()
        self.session.reset()
        self.assertTrue(self.wire.server.closing)
        self.assertEqual(self.session.stream.session, b"DAY2")
        stream = SoupStream(b"0123456789", 1)
        stream.restart()
        self.assertEqual(stream.session, b"0123456782")
        with self.assertRaises(LoginRefused):
            self.wire.connect(client.next, day=client.session)
        self.assertTrue(self.wire.connect(1).accepted)

    def test_journal(self) -> None:
        """It has each packet, and before the login whose connection it came on."""
        client = self.wire.connect()
        client.send(b"order", 0)
        self.wire.run()
        self.session.send(b"done", 0)
        self.assertEqual(
            self.wire.entries,
            [
                ("LINK", "", b"of 1"),
                ("IN", "S", soup.login(soup.Login(b"USER1", b"SECRET", b"", 1))),
                ("OUT", "S", soup.accepted(b"DAY", 1)),
                ("IN", "S", b"\x00\x06Uorder"),
                ("OUT", "S", b"\x00\x05Sdone"),
            ],
        )

    def test_snapshot(self) -> None:
        """A session and its connection go on as they were."""
        for number in range(5):
            self.session.send(b"%d" % number, 0)
        self.wire.connect(4)
        other = Wire()
        other.session.restore(self.session.snapshot())
        other.client = self.wire.client
        other.server = SoupConnection(other, other.own, "peer", other.record, 0, 1)
        other.server.restore(self.wire.server.state(), other.session)
        other.session.send(b"5", 0)
        other.run()
        self.assertEqual(other.got, [(6, b"5")])
        self.assertEqual(other.server.state(), self.wire.server.state() | {"at": 7})
