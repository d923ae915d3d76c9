"""MoldUDP64 without a socket: packets, the session's machine, and readers who miss some."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.model.journal import EntryKind
from exsim.model.treatment import Treatment
from exsim.sessions.mold_rules import MoldRules
from exsim.sessions.mold_session import ALL, BURST, MoldSession
from exsim.sessions.soup_stream import SoupStream
from exsim.wire import mold

SECOND = 10**9
SESSIONS = st.text("ABCXYZ0189", min_size=1, max_size=10).map(str.encode)
NUMBERS = st.integers(1, 2**64 - 1)


class PacketTests(SynchronousTestCase):
    """Bytes, there and back."""

    def test_bytes(self) -> None:
        """A packet of two messages, a heartbeat, an end and a request, byte by byte."""
        self.assertEqual(
            mold.packet(b"EXSIM", 7, [b"ab", b"c"]),
            b"EXSIM     \0\0\0\0\0\0\0\x07\0\x02\0\x02ab\0\x01c",
        )
        self.assertEqual(mold.packet(b"X", 8, ()), b"X         \0\0\0\0\0\0\0\x08\0\0")
        self.assertEqual(mold.end_of_session(b"X", 256), b"X         \0\0\0\0\0\0\x01\0\xff\xff")
        self.assertEqual(
            mold.request(mold.Request(b"X", 3, 500)), b"X         \0\0\0\0\0\0\0\x03\x01\xf4"
        )

    @given(SESSIONS, NUMBERS, st.lists(st.binary(max_size=60), max_size=30))
    def test_round(self, session: bytes, sequence: int, messages: list[bytes]) -> None:
        """What is written is read again."""
        found = mold.read(mold.packet(session, sequence, messages))
        self.assertEqual((found.session, found.sequence), (session, sequence))
        self.assertEqual((found.messages, found.ends), (messages, False))
        end = mold.read(mold.end_of_session(session, sequence))
        self.assertEqual((end.sequence, end.messages, end.ends), (sequence, [], True))

    @given(SESSIONS, NUMBERS, st.integers(0, 0xFFFF))
    def test_request(self, session: bytes, sequence: int, count: int) -> None:
        """The same of requests, however the session is padded."""
        raw = mold.request(mold.Request(session, sequence, count))
        for data in (raw, session.rjust(10) + raw[10:]):
            found = mold.read_request(data)
            self.assertEqual(
                (found.session, found.sequence, found.count), (session, sequence, count)
            )

    @given(st.lists(st.binary(max_size=9), max_size=9), st.data())
    def test_cut(self, messages: list[bytes], data: st.DataObject) -> None:
        """A packet that is cut, or goes on, is none."""
        raw = mold.packet(b"X", 1, messages)
        cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
        for bad in (cut, raw + b"\0", mold.end_of_session(b"X", 1) + b"\0"):
            self.assertRaises(mold.BadPacket, mold.read, bad)

    @given(st.binary(max_size=80))
    def test_anything(self, data: bytes) -> None:
        """Any bytes are a packet or none: nothing else is raised."""
        for read in (mold.read, mold.read_request):
            try:
                read(data)
            except mold.BadPacket:
                continue


class Case(SynchronousTestCase):
    """A session whose journal is a list."""

    def setUp(self) -> None:
        """One that is up."""
        self.stream = SoupStream(b"EXSIM", 1000)
        self.journal: list[tuple[EntryKind, bytes]] = []
        self.session = self.make(packet_size=100)
        self.session.begin(0)

    def make(self, packet_size: int = 100, max_requests: int = 100) -> MoldSession:
        """A session of the stream."""
        return MoldSession("M", MoldRules(packet_size, max_requests), self.record, self.stream)

    def record(self, time: int, kind: int, session: str, data: bytes) -> int:
        """Write an entry."""
        self.journal.append((EntryKind(kind), data))
        return len(self.journal)

    def add(self, *sizes: int) -> None:
        """Messages of these sizes happen at once."""
        for size in sizes:
            self.stream.append(bytes([65 + self.stream.next % 26]) * size)
        self.session.more(0)

    def sent(self) -> list[mold.Downstream]:
        """Packets for all."""
        return [mold.read(raw) for to, raw in self.session.packets_to_send() if to == ALL]

    def ask(self, sequence: int, count: int, session: bytes = b"EXSIM") -> list[mold.Downstream]:
        """What a request is answered with."""
        raw = mold.request(mold.Request(session, sequence, count))
        self.session.asked(raw, "reader", 0)
        found = self.session.packets_to_send()
        self.assertEqual({to for to, _ in found} - {"reader"}, set())
        return [mold.read(raw) for _, raw in found]


def numbers(packets: list[mold.Downstream]) -> list[tuple[int, int]]:
    """The first number of each packet, and how many messages it has."""
    return [(each.sequence, len(each.messages)) for each in packets]


class SendingTests(Case):
    """What all are sent."""

    def test_batch(self) -> None:
        """What happens at once is one packet, as far as it fits: 80 bytes here."""
        self.add(10)
        self.add(20, 20, 34)
        self.add(20, 20, 35)
        self.add(90, 1)
        self.assertEqual(numbers(self.sent()), [(1, 1), (2, 3), (5, 2), (7, 1), (8, 1), (9, 1)])
        self.assertTrue(all(kind == EntryKind.OUT for kind, _ in self.journal))

    def test_much(self) -> None:
        """After a burst others get their turn, and then it goes on."""
        self.add(*[70] * (BURST + 5))
        self.assertEqual(len(self.sent()), BURST)
        self.assertEqual(self.session.next_deadline(), 0)
        self.session.deadline(1)
        self.assertEqual(numbers(self.sent())[-1], (BURST + 5, 1))
        self.assertIsNone(self.session.next_deadline())

    def test_later(self) -> None:
        """A session that is made later begins with what comes then; what was can be asked for."""
        self.add(10, 10)
        self.session = self.make()
        self.session.begin(0)
        self.add(10)
        self.assertEqual(numbers(self.sent()), [(3, 1)])
        self.assertEqual(numbers(self.ask(1, 2)), [(1, 2)])

    def test_heartbeat(self) -> None:
        """It tells the number that is next; nothing where nothing can be sent."""
        self.add(10, 10)
        found = mold.read(self.session.heartbeat())
        self.assertEqual((found.sequence, found.messages, found.ends), (3, [], False))
        self.session.end()
        self.assertEqual(self.session.heartbeat(), b"")

    def test_down(self) -> None:
        """What happens without a socket is sent once there is one."""
        self.session.end()
        self.add(10)
        self.assertEqual(self.session.packets_to_send(), [])
        self.session.begin(5)
        self.assertEqual(numbers(self.sent()), [(1, 1)])

    def test_restart(self) -> None:
        """Where the stream begins anew the session ends, and another follows it."""
        self.add(10, 10)
        self.sent()
        self.stream.restart()
        self.add(10)
        end, first = self.sent()
        self.assertEqual((end.session, end.sequence, end.ends), (b"EXSIM", 3, True))
        self.assertEqual((first.session, first.sequence), (self.stream.session, 1))
        self.assertNotEqual(first.session, end.session)

    def test_state(self) -> None:
        """A session made of its state goes on."""
        self.add(10, 10)
        again = self.make()
        again.restore(self.session.state())
        again.restore_line(self.session.line_state())
        self.session = again
        self.add(10)
        self.assertEqual(numbers(self.sent()), [(3, 1)])


class AskingTests(Case):
    """What one asks for."""

    def test_answers(self) -> None:
        """As many as were asked for, were sent, and fit."""
        self.add(10)
        self.add(30, 30, 30)
        self.sent()
        self.assertEqual(numbers(self.ask(1, 1)), [(1, 1)])
        self.assertEqual(numbers(self.ask(2, 500)), [(2, 2)])
        self.assertEqual(numbers(self.ask(4, 500)), [(4, 1)])
        self.assertEqual(self.ask(4, 500)[0].messages, [b"E" * 30])
        self.assertEqual(self.session.received, 4)

    def test_nothing_there(self) -> None:
        """A heartbeat for what was not sent yet; nothing for another session or what is gone."""
        self.add(10)
        self.sent()
        self.assertEqual(numbers(self.ask(2, 1)), [(2, 0)])
        self.assertEqual(numbers(self.ask(99, 1)), [(2, 0)])
        self.assertEqual(numbers(self.ask(1, 0)), [(2, 0)])
        self.assertEqual(self.ask(1, 1, b"OTHER"), [])
        self.assertEqual(self.ask(0, 1), [])
        for _ in range(2000):
            self.stream.append(b"x")
        self.assertEqual(self.ask(1, 1), [])

    def test_garbled(self) -> None:
        """What is no request is noted."""
        self.session.asked(b"hello", "reader", 0)
        self.assertEqual(self.journal, [(EntryKind.GARBLED, b"hello")])
        self.assertEqual(self.session.packets_to_send(), [])

    def test_too_many(self) -> None:
        """What is more than may be asked in a second is as if it had been lost."""
        self.add(10)
        self.sent()
        self.session = self.make(max_requests=2)
        self.session.next = 2
        self.session.begin(0)
        self.journal.clear()
        self.assertEqual([len(self.ask(1, 1)) for _ in range(4)], [1, 1, 0, 0])
        self.assertEqual(len(self.journal), 4)
        raw = mold.request(mold.Request(b"EXSIM", 1, 1))
        self.session.asked(raw, "reader", SECOND)
        self.assertEqual(len(self.session.packets_to_send()), 1)


class Reader:
    """
    Reads packets, some of which are lost, and asks for what it missed.

    ``ask`` takes a request and gives the packets that come of it.
    """

    def __init__(self, ask: Callable[[bytes], list[bytes]]) -> None:
        self.got: list[bytes] = []
        self.asked = 0
        self._ask = ask

    def take(self, raw: bytes) -> None:
        """A packet came."""
        packet = mold.read(raw)
        while packet.sequence > len(self.got) + 1:
            missing = packet.sequence - len(self.got) - 1
            request = mold.Request(packet.session, len(self.got) + 1, missing)
            self.asked += 1
            for answer in self._ask(mold.request(request)):
                self._add(mold.read(answer))
        self._add(packet)

    def _add(self, packet: mold.Downstream) -> None:
        known = len(self.got) + 1 - packet.sequence
        if known >= 0:
            self.got += packet.messages[known:]


class GapTests(Case):
    """A reader that misses packets has all messages in the end."""

    @given(st.integers(0, 2**32))
    def test_lost(self, seed: int) -> None:
        """Packets are lost, doubled and overtaken; some requests are lost, too."""
        self.setUp()
        random = Random(seed)

        def ask(raw: bytes) -> list[bytes]:
            if random.random() < 0.3:
                return []
            self.session.asked(raw, "reader", 0)
            return [raw for _, raw in self.session.packets_to_send()]

        self.session = self.make(max_requests=10**9)
        self.session.begin(0)
        reader, held = Reader(ask), b""
        for _ in range(60):
            self.add(*[random.randint(1, 50) for _ in range(random.randint(1, 4))])
            for _, raw in self.session.packets_to_send():
                chance = random.random()
                if chance < 0.3:
                    continue
                reader.take(raw)
                if held:
                    reader.take(held)
                    held = b""
                if chance < 0.5:
                    held = raw
        reader.take(self.session.heartbeat())
        self.assertEqual(reader.got, [self.stream.get(seq) for seq in range(1, self.stream.next)])
        self.assertGreater(reader.asked, 0)


class Losing:
    """Faults that lose each second packet, and each second request."""

    def __init__(self) -> None:
        self.count = 0

    def outgoing(self, raw: bytes, now: int) -> Treatment | None:
        """A packet."""
        self.count += 1
        if self.count % 2:
            return None
        treatment = Treatment(raw)
        treatment.pieces = []
        treatment.notes.append(b"lost")
        return treatment

    def incoming(self, raw: bytes, now: int) -> Treatment | None:
        """A request."""
        return self.outgoing(raw, now)


class FaultTests(Case):
    """What faults do to packets on their way."""

    def test_drop(self) -> None:
        """A packet that is lost is not in the journal, but a note; it can be asked for."""
        self.session.tamper = Losing()
        for _ in range(4):
            self.add(10)
        self.assertEqual(numbers(self.sent()), [(1, 1), (3, 1)])
        kinds = [kind for kind, _ in self.journal]
        self.assertEqual(kinds, [EntryKind.OUT, EntryKind.NOTE] * 2)
        self.assertEqual([len(self.ask(2, 1)) for _ in range(4)], [1, 0, 1, 0])

    def test_delay(self) -> None:
        """A packet that is held up is overtaken, and comes when it is due."""
        treated: list[Treatment] = []

        class Late(Losing):
            def outgoing(self, raw: bytes, now: int) -> Treatment | None:
                treatment = Treatment(raw)
                treatment.pieces[0].delay = 0 if treated else 50
                treated.append(treatment)
                return treatment

        self.session.tamper = Late()
        self.add(10)
        self.add(10)
        self.assertEqual(numbers(self.sent()), [(2, 1)])
        self.assertEqual(self.session.next_deadline(), 50)
        kept = self.session.line_state()
        self.session.deadline(50)
        self.assertEqual(numbers(self.sent()), [(1, 1)])
        self.assertIsNone(self.session.next_deadline())
        self.session.restore_line(kept)
        self.assertEqual(self.session.next_deadline(), 50)
