"""ITCH over MoldUDP64 in a simulator in memory: the same stream, and those who miss some of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.testing import FakeDatagramTransport

from exsim.config.load import load
from exsim.errors import ConfigError
from exsim.plugins import Catalogue
from exsim.services.mold import MoldPeer
from exsim.wire import mold
from tests.again import START, check_again, keep
from tests.test_itch import INI, ItchCase, short
from tests.test_mold import Reader

GROUP = ("239.192.0.1", 9884)
MOLD = """
[session:multicast]
endpoint = itch
connect = udp:239.192.0.1:9884
"""


class Transport(FakeDatagramTransport):
    """A socket that is nowhere: ``written`` has packets, and where they went."""

    def __init__(self) -> None:
        super().__init__()
        self.set: dict[str, Any] = {}
        self.closed = False

    def getHost(self) -> IPv4Address:
        """Where requests are taken."""
        return IPv4Address("UDP", "127.0.0.1", 9885)

    def setOutgoingInterface(self, host: str) -> None:
        """Note it."""
        self.set["interface"] = host

    def setLoopbackMode(self, on: bool) -> None:
        """Note it."""
        self.set["loopback"] = on

    def setTTL(self, hops: int) -> None:
        """Note it."""
        self.set["hops"] = hops

    def stopListening(self) -> None:
        """Note it."""
        self.closed = True


class MoldCase(ItchCase):
    """A venue whose ITCH is sent to a group, too."""

    ini = INI + MOLD

    def setUp(self) -> None:
        """The simulator, somebody who trades, and the socket."""
        super().setUp()
        self.open()

    def open(self) -> None:
        """Have a socket for the session."""
        service = self.memory.service("itch")
        session = self.memory.exchange.sessions["multicast"]
        self.transport = Transport()
        self.peer = MoldPeer(service, session)
        self.peer.makeConnection(self.transport)

    def tearDown(self) -> None:
        """Close it."""
        self.close()
        super().tearDown()

    def close(self) -> None:
        """The socket is closed."""
        if not self.peer.gone.called:
            self.peer.cut()
            self.peer.doStop()

    def packets(self, to: Any = GROUP) -> list[bytes]:
        """What was sent there since the last call, to nobody else."""
        found, self.transport.written[:] = list(self.transport.written), []
        self.assertEqual({where for _, where in found} - {to}, set())
        return [packet for packet, _ in found]

    def told(self, to: Any = GROUP) -> list[list[str]]:
        """The same in short: a list of messages for each packet."""
        return [[short(raw) for raw in mold.read(each).messages] for each in self.packets(to)]

    def request(self, sequence: int, count: int) -> list[bytes]:
        """What somebody is answered who asks for messages."""
        request = mold.Request(b"EXSIM", sequence, count)
        self.peer.datagramReceived(mold.request(request), ("127.0.0.1", 5000))
        return self.packets(("127.0.0.1", 5000))


class StreamTests(MoldCase):
    """What is sent."""

    def test_beginning(self) -> None:
        """What there is, in one packet, by a socket that sends to this machine."""
        (first,) = self.packets()
        packet = mold.read(first)
        self.assertEqual((packet.session, packet.sequence, len(packet.messages)), (b"EXSIM", 1, 9))
        self.assertEqual(
            self.transport.set, {"interface": "127.0.0.1", "loopback": True, "hops": 1}
        )

    def test_batch(self) -> None:
        """What comes of an order is one packet."""
        self.packets()
        self.order("1", 3, 99)
        self.order("1", 3, 98)
        self.order("2", 5, 98)
        self.assertEqual(
            self.told(),
            [["A 1 B 3 AAA 99"], ["A 2 B 3 AAA 98"], ["E 1 3 1", "E 2 2 2"]],
        )

    def test_same(self) -> None:
        """It is the stream that readers by SoupBinTCP have, with the same numbers."""
        soup = self.reader()
        self.order("1", 3, 99)
        soup.read()
        sent = [raw for each in self.packets() for raw in mold.read(each).messages]
        self.assertEqual(list(enumerate(sent, 1)), soup.got)

    def test_heartbeats(self) -> None:
        """One each second in which nothing else is sent; none of them is in the journal."""
        self.packets()
        last = self.memory.exchange.journal.last
        self.memory.reactor.pump([0.1] * 25)
        beats = [mold.read(raw) for raw in self.packets()]
        self.assertEqual([(each.sequence, each.messages) for each in beats], [(10, [])] * 2)
        self.assertEqual(self.memory.exchange.journal.last, last)
        self.order("1", 3, 99)
        self.packets()
        self.memory.reactor.pump([0.1] * 9)
        self.assertEqual(self.packets(), [])

    def test_reset(self) -> None:
        """The session ends, and another begins, at once."""
        self.order("1", 3, 99)
        self.packets()
        self.post("/reset", {})
        end, begin = [mold.read(raw) for raw in self.packets()]
        self.assertEqual((end.session, end.sequence, end.ends), (b"EXSIM", 11, True))
        self.assertEqual((begin.session, begin.sequence), (b"EXSIM2", 1))

    def test_reset_kept(self) -> None:
        """Likewise where sessions stay: packets are nobody's connection."""
        self.order("1", 3, 99)
        self.packets()
        self.post("/reset", {"sessions": "keep"})
        end, begin = [mold.read(raw) for raw in self.packets()]
        self.assertEqual((end.session, end.sequence, end.ends), (b"EXSIM", 11, True))
        self.assertEqual((begin.session, begin.sequence), (b"EXSIM2", 1))

    def test_logout(self) -> None:
        """The end of the session is told, and the socket closed."""
        self.packets()
        self.post("/sessions/multicast/logout", {"text": "enough"})
        (end,) = [mold.read(raw) for raw in self.packets()]
        self.assertTrue(end.ends)
        self.assertTrue(self.transport.closed)
        self.peer.doStop()
        self.assertEqual(self.get("/sessions/multicast")["state"], "offline")
        self.order("1", 3, 99)
        self.open()
        self.assertEqual(self.told(), [["A 1 B 3 AAA 99"]])

    def test_view(self) -> None:
        """People see where it goes, and where to ask."""
        found = self.get("/sessions/multicast")
        self.assertEqual((found["state"], found["peer"]), ("active", "239.192.0.1:9884"))
        self.assertEqual(found["identity"]["requests"], "127.0.0.1:9885")
        self.assertEqual((found["next_in"], found["next_out"]), (1, 10))
        self.order("1", 3, 99)
        self.packets()
        self.request(10, 1)
        packet = self.get("/sessions/multicast/messages")["items"][-1]
        self.assertEqual((packet["type"], packet["direction"]), ("Packet", "out"))
        fields = {field["name"]: field["value"] for field in packet["fields"]}
        self.assertEqual((fields["SequenceNumber"], fields["Type"]), ("10", "A"))
        self.assertEqual((fields["stock"], fields["price"]), ("AAA", "99"))
        self.assertEqual(len(self.get("/sessions/multicast/messages?type=Request")["items"]), 1)
        self.assertEqual(len(self.get("/sessions/multicast/messages?type=R")["items"]), 1)


class AskingTests(MoldCase):
    """Who missed something."""

    def test_gap(self) -> None:
        """Of many packets most are lost, and the reader has all in the end."""
        reader = Reader(lambda raw: self.answer(raw))
        for number in range(60):
            self.order("1", 1, 50 + number % 40)
            for at, raw in enumerate(self.packets()):
                if (number + at) % 7 == 3:
                    reader.take(raw)
        reader.take(self.peer.datagrams.heartbeat())
        self.assertEqual(list(enumerate(reader.got, 1)), self.reader().got)

    def answer(self, raw: bytes) -> list[bytes]:
        """What a request is answered."""
        self.peer.datagramReceived(raw, ("127.0.0.1", 5000))
        return self.packets(("127.0.0.1", 5000))

    def test_cut(self) -> None:
        """An answer is one packet of the session's size."""
        for _ in range(60):
            self.order("1", 1, 50)
        self.packets()
        (answer,) = self.request(1, 1000)
        self.assertTrue(1340 < len(answer) <= 1400, len(answer))

    def test_garbage(self) -> None:
        """What is no request is noted, and answered with nothing."""
        self.packets()
        for data in (b"", b"hello", bytes(21), b"\xff" * 20):
            self.peer.datagramReceived(data, ("127.0.0.1", 5000))
        self.assertEqual(self.packets(), [])

    def test_drop(self) -> None:
        """A fault loses packets, by their number or by chance; they can be asked for."""
        self.packets()
        self.post("/faults", {"name": "d", "kind": "drop", "match": "session=multicast",
                              "count": 2}, 201)  # fmt: skip
        for price in (91, 92, 93):
            self.order("1", 1, price)
        self.assertEqual(self.told(), [["A 3 B 1 AAA 93"]])
        self.assertEqual(mold.read(self.request(9, 2)[0]).sequence, 9)

    def test_no_such_fault(self) -> None:
        """What has no meaning for datagrams is refused."""
        body = {"kind": "bad-checksum", "session": "multicast"}
        self.assertIn("datagrams", self.post("/faults", body, 422)["detail"])


class AgainTests(MoldCase):
    """Journals and snapshots."""

    def test_replay(self) -> None:
        """The journal gives the same packets again, from the start and from a snapshot."""
        kept = START
        for number in range(40):
            if number == 20:
                kept = keep(self.memory.simulator)
            self.order("12"[number % 2], 1 + number % 3, 100)
            if number % 5 == 0:
                self.packets()
                self.request(1 + number, 3)
        check_again(self, self.memory.simulator, self.settings, kept)


class SettingsTests(ItchCase):
    """What may be configured."""

    def problem(self, text: str) -> str:
        """What is said of a configuration."""
        path = self.mktemp()
        Path(path).write_text(text)
        return str(self.assertRaises(ConfigError, load, path, [], Catalogue()))

    def test_wrong(self) -> None:
        """Addresses that are none, and protocols that cannot."""
        for old, new, told in (
            ("239.192.0.1:9884", "venue.example:9884", "'venue.example' is no IPv4 address"),
            ("udp:239", "tcp:239", "'tcp:239.192.0.1:9884' cannot be with this protocol: give udp"),
            ("= itch\nconnect", "= orders\nsender_comp_id = X\nconnect", "cannot be with this"),
            ("= itch\nconnect", "= glimpse\nconnect", "leave it out"),
            ("9884\n", "9884\nrequests = 9885\n", "'9885' is no address and port"),
            ("9884\n", "9884\npacket_size = 50\n", "packet_size"),
        ):
            self.assertIn(told, self.problem(INI + MOLD.replace(old, new)))

    def test_rest(self) -> None:
        """What cannot be is refused over REST, too."""
        body = {
            "name": "X",
            "endpoint": "glimpse",
            "connect": "udp:127.0.0.1:5000",
        }
        found = self.post("/sessions", body, 409)
        self.assertIn("cannot be with this protocol", found["detail"])
