"""Services: sockets and timers around the exchange, the message log, the ready file, the tree."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IPushProducer, ISystemHandle
from twisted.internet.testing import EventLoggingObserver, MemoryReactorClock, StringTransport
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from exsim.errors import ConfigError
from exsim.model.options import read_options
from exsim.model.settings import PolicySettings, RestSettings, Settings
from exsim.services import fixlog
from exsim.services import peer as peers
from exsim.services.branches import Branch
from exsim.services.endpoints import EndpointService, PeerFactory
from exsim.services.fixlog import PERIOD, FixLog
from exsim.services.peer import Peer
from exsim.services.ready import ReadyService
from exsim.services.rest import read_tokens, tokens_of
from exsim.services.tree import build
from tests.simulator import LinePlugins, MemorySimulator, settings


class PeerTests(SynchronousTestCase):
    """One socket: writing, timers, the end, and who does not read."""

    def setUp(self) -> None:
        """A simulator with A logged in."""
        self.memory = MemorySimulator(settings())
        self.addCleanup(self.memory.stop)
        self.wire = self.memory.login("A")

    def test_producer(self) -> None:
        """It takes the transport's word on who does not read."""
        verifyObject(IPushProducer, self.wire.peer)

    def test_both_sides_are_written(self) -> None:
        """A turn writes to everybody that it concerns, once each."""
        other = self.memory.login("B")
        self.wire.send("NEW 1 SELL 5 AAA 10")
        self.assertEqual(other.send("NEW 1 BUY 5 AAA 10"), ["new 1 5", "fill 1 0 5@10"])
        self.assertEqual(self.wire.read(), ["fill 1 0 5@10"])

    def test_deadlines(self) -> None:
        """The machine is woken at its deadline; what it hears meanwhile puts it off."""
        self.memory.reactor.advance(0.9)
        self.wire.send("SAY x")
        self.memory.reactor.advance(0.2)
        self.assertEqual(self.wire.read(), [])
        self.memory.reactor.advance(0.8)
        self.assertEqual(self.wire.read(), ["PING"])
        self.memory.reactor.advance(1)
        self.assertTrue(self.wire.closed)

    def test_one_timer(self) -> None:
        """However much is said, a connection has one timer."""
        for number in range(50):
            self.wire.send(f"SAY {number}")
        self.assertEqual(len(self.memory.reactor.getDelayedCalls()), 1)

    def test_lost(self) -> None:
        """A socket that is gone leaves no timer, and its session is offline."""
        self.wire.peer.connectionLost()
        self.assertEqual(self.memory.reactor.getDelayedCalls(), [])
        self.assertIsNone(self.memory.exchange.sessions["A"].connection)

    def test_connections_are_bounded(self) -> None:
        """At the bound a socket is served; one past it is closed at once."""
        service = self.memory.service()
        factory = PeerFactory(service)
        for _ in range(service.endpoint.settings.max_connections - 1):
            self.assertIsNotNone(factory.buildProtocol(None))
        self.assertIsNone(factory.buildProtocol(None))
        service.peers = {self.wire.peer}

    def test_who_does_not_read_is_cut_off(self) -> None:
        """At the bound of what is queued it lives; one byte past it, it is cut."""
        self.patch(peers, "MOST_QUEUED", 30)
        self.wire.peer.pauseProducing()
        self.wire.send("NEW 1 BUY 5 AAA 10")  # new 1 5: 8 bytes with the line feed
        self.wire.send("NEW 2 BUY 5 AAA 10")
        self.wire.send("NEW 3 BUY 5 AAA 10")
        self.assertFalse(self.wire.closed)
        self.wire.send("NEW 4 BUY 5 AAA 10")
        self.assertTrue(self.wire.closed)

    def test_the_end_of_who_does_not_read(self) -> None:
        """A connection that was stalled is closed all the same, cut if need be."""
        self.wire.peer.pauseProducing()
        self.memory.exchange.touch(self.memory.exchange.sessions["A"])
        self.memory.exchange.sessions["A"].logout("enough", self.memory.now())
        self.memory.turns.turn_over()
        self.assertTrue(self.wire.closed)
        self.assertIsNone(self.wire.transport.producer)
        self.wire.transport.disconnecting = False
        self.memory.reactor.advance(peers.STOP_TIMEOUT)
        self.assertTrue(self.wire.closed)

    def test_who_reads_nothing_for_long_is_cut_off(self) -> None:
        """A moment before the time is out it lives; then it is cut, counted and told of."""
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        self.memory.reactor.advance(0.5)
        self.wire.peer.pauseProducing()
        for _ in range(20):
            self.memory.reactor.advance(peers.STALL_TIMEOUT / 20 - 0.001)
            self.wire.send("NEW 1 BUY 5 AAA 10")  # so that it is there
        self.assertEqual((self.wire.closed, self.wire.peer.queued > 0), (False, True))
        self.memory.reactor.advance(0.1)
        self.assertEqual((self.wire.closed, self.memory.service().slow_readers), (True, 1))
        self.assertIn("bytes unread and is cut off", str([e["log_format"] for e in observer]))

    def test_a_stall_that_ends_leaves_no_timer(self) -> None:
        """Neither does one of a connection that is lost."""
        calls = len(self.memory.reactor.getDelayedCalls())
        self.wire.peer.pauseProducing()
        self.wire.peer.resumeProducing()
        self.assertEqual(len(self.memory.reactor.getDelayedCalls()), calls)
        self.wire.peer.pauseProducing()
        self.wire.peer.connectionLost()
        self.assertEqual(self.memory.reactor.getDelayedCalls(), [])

    def test_who_reads_again_is_not(self) -> None:
        """What was written before the counterparty caught up does not count."""
        self.patch(peers, "MOST_QUEUED", 10)
        for number in range(3):
            self.wire.peer.pauseProducing()
            self.wire.send(f"NEW {number} BUY 5 AAA 10")
            self.wire.peer.resumeProducing()
        self.assertFalse(self.wire.closed)


class Handle(socket.socket):
    """
    A socket that takes ``room`` bytes, None after it was lost.

    ``told`` is what was sent, and written to its transport, in order.
    """

    def __init__(self, room: int | None) -> None:
        super().__init__(socket.AF_UNIX)
        self.room = room
        self.told: list[tuple[str, bytes]] = []

    def send(self, data: Any, flags: int = 0) -> int:
        """What a socket does that does not block."""
        if self.room is None:
            raise ConnectionResetError
        if not self.room:
            raise BlockingIOError
        sent, self.room = data[: self.room], max(0, self.room - len(data))
        self.told.append(("sent", sent))
        return len(sent)


@implementer(ISystemHandle)
class EagerTransport(StringTransport):
    """One whose socket can be had."""

    def __init__(self, room: int | None) -> None:
        super().__init__()
        self.handle = Handle(room)
        self.told = self.handle.told

    def getHandle(self) -> Handle:
        """The socket."""
        return self.handle

    def write(self, data: bytes) -> None:
        """Keep it for later."""
        self.told.append(("written", data))


class EagerTests(SynchronousTestCase):
    """What can be sent at once is."""

    def peer(self, transport: EagerTransport) -> Peer:
        """Somebody who has logged in over it."""
        memory = MemorySimulator(settings())
        self.addCleanup(memory.stop)
        peer = PeerFactory(memory.service()).buildProtocol(None)
        assert peer is not None
        self.addCleanup(transport.handle.close)
        peer.makeConnection(transport)
        peer.dataReceived(b"LOGIN A\nNEW 1 BUY 1 AAA 10\n")
        return peer

    def test_now(self) -> None:
        """Once for all answers of a turn, and nothing is left for the reactor."""
        transport = EagerTransport(1000)
        self.peer(transport)
        self.assertEqual([how for how, _ in transport.told], ["sent"])

    def test_what_does_not_go(self) -> None:
        """The rest of it is left for the reactor, and so is what comes before that has gone."""
        transport = EagerTransport(3)
        peer = self.peer(transport)
        (how, start), (later, rest) = transport.told
        self.assertEqual((how, later, len(start)), ("sent", "written", 3))
        transport.handle.room = 1000
        whole = EagerTransport(1000)
        self.peer(whole)
        self.assertEqual(start + rest, whole.told[0][1])
        peer.dataReceived(b"NEW 2 BUY 1 AAA 10\n")
        self.assertEqual([how for how, _ in transport.told[2:]], ["written"])
        peer.resumeProducing()
        peer.dataReceived(b"NEW 3 BUY 1 AAA 10\n")
        self.assertEqual([how for how, _ in transport.told[3:]], ["sent"])

    def test_nothing_goes(self) -> None:
        """A full socket, or one that is lost: all is left for the reactor, which will see."""
        for room in (0, None):
            transport = EagerTransport(room)
            self.peer(transport)
            self.assertEqual([how for how, _ in transport.told], ["written"])


class AgendaTests(SynchronousTestCase):
    """The dispatcher's timer runs what policies put off."""

    def test_delay(self) -> None:
        """A delayed order is answered when its time has come, and leaves no timer."""
        options = read_options(LinePlugins().policy("delay").options, {"time": "5s"})
        delay = PolicySettings("delay", "delay", options)
        memory = MemorySimulator(replace(settings("delay"), policies=(delay,)))
        self.addCleanup(memory.stop)
        wire = memory.login("A")
        self.assertEqual(wire.send("NEW 1 BUY 5 AAA 10"), [])
        for _ in range(5):
            memory.reactor.advance(0.99)
            wire.send("SAY x")
        memory.reactor.advance(0.04)
        self.assertNotIn("new 1 5", wire.read())
        memory.reactor.advance(0.02)
        self.assertIn("new 1 5", wire.read())


class StopTests(SynchronousTestCase):
    """An endpoint stops in good order, whoever is connected."""

    def setUp(self) -> None:
        """A simulator with A logged in, and one who is not."""
        self.memory = MemorySimulator(settings())
        self.addCleanup(self.memory.stop)
        self.wire = self.memory.login("A")
        self.stranger = self.memory.connect()

    def test_orderly(self) -> None:
        """Sessions are logged out, and the stop is over when all sockets are closed."""
        stopped = self.memory.service().stopService()
        self.assertEqual(self.wire.read(), ["BYE the simulator stops"])
        self.assertTrue(self.stranger.closed)
        self.wire.peer.connectionLost()
        self.assertNoResult(stopped)
        self.stranger.peer.connectionLost()
        self.successResultOf(stopped)

    def test_who_does_not_go_is_cut(self) -> None:
        """After a while."""
        service = self.memory.service()
        stopped = service.stopService()
        self.wire.transport.disconnecting = False
        self.memory.reactor.advance(peers.STOP_TIMEOUT)
        self.assertTrue(self.wire.closed)
        for wire in (self.wire, self.stranger):
            wire.peer.connectionLost()
        self.successResultOf(stopped)


class NoPort(MemoryReactorClock):
    """A reactor whose ports are all taken."""

    def listenTCP(self, port, factory, backlog=50, interface=""):  # type: ignore[no-untyped-def]
        """Refuse."""
        raise CannotListenError(interface, port, OSError(98, "Address already in use"))


class ListeningTests(SynchronousTestCase):
    """A port that cannot be had, and a description that makes no sense, stop the start."""

    def refused(self, reactor: MemoryReactorClock, configuration: Settings) -> str:
        """The message that a start ends with."""
        tree = build(configuration, reactor, plugins=LinePlugins())
        error = self.assertRaises(SystemExit, tree.privilegedStartService)
        return str(error.code)

    def test_busy(self) -> None:
        """It names the section, the address and the reason."""
        self.assertEqual(
            self.refused(NoPort(), settings()),
            "exsim cannot start: [endpoint:x] listen = tcp:0:interface=127.0.0.1: "
            "cannot listen: [Errno 98] Address already in use",
        )

    def test_nonsense(self) -> None:
        """So does a description that Twisted cannot read."""
        configuration = Settings(rest=RestSettings("nonsense:1"))
        self.assertIn(
            "[rest] listen = nonsense:1: ", self.refused(MemoryReactorClock(), configuration)
        )

    def test_token_file(self) -> None:
        """It is read, and must hold something."""
        path = Path(self.mktemp())
        self.assertRaises(ConfigError, read_tokens, "read_tokens", str(path))
        path.write_text(" \n")
        error = self.assertRaises(ConfigError, read_tokens, "read_tokens", str(path))
        self.assertIn("[rest] read_tokens = ", str(error))
        path.write_text(" secret\n\nother \n")
        self.assertEqual(read_tokens("read_tokens", str(path)), ["secret", "other"])

    def test_tokens_by_role(self) -> None:
        """Each file is for a role; where none is named there are no tokens."""
        keys = ("token_file", "trade_tokens", "read_tokens")
        paths = {name: Path(self.mktemp()) for name in keys}
        for name, path in paths.items():
            path.write_text(name)
        names = {name: str(path) for name, path in paths.items()}
        found = tokens_of(RestSettings(**names))  # type: ignore[arg-type]  # all are paths
        wanted = {"read": ["read_tokens"], "trade": ["trade_tokens"], "admin": ["token_file"]}
        self.assertEqual(found, wanted)
        self.assertEqual(tokens_of(RestSettings()), {})


class TreeTests(SynchronousTestCase):
    """The tree of services is the architecture."""

    def test_shape(self) -> None:
        """Names and order, engines under their venues."""
        tree = build(settings(), MemoryReactorClock(), "ready", True, LinePlugins())
        verifyObject(IService, tree)
        self.assertEqual(
            _names(tree),
            [
                "watch",
                "journal",
                "index",
                ["venues", ["venue:X", "matching-engine"]],
                "recovery",
                "dispatcher",
                "webhooks",
                "pictures",
                "sweeper",
                ["proxies"],
                ["endpoints", ["endpoint:x"]],
                ["feeds"],
                "ready",
                "lifeline",
            ],
        )

    def test_nothing_opens_before_the_start(self) -> None:
        """Building listens on nothing and sets no timer."""
        reactor = MemoryReactorClock()
        build(settings(), reactor, plugins=LinePlugins())
        self.assertEqual((reactor.tcpServers, reactor.getDelayedCalls()), ([], []))

    def test_stops_in_reverse_and_waits(self) -> None:
        """A child stops when the one after it has stopped."""
        stopped: list[str] = []
        waiting: Deferred[None] = Deferred()

        class Child(Service):
            """Notes that it stops; the last takes its time."""

            def stopService(self) -> Deferred[None] | None:
                stopped.append(str(self.name))
                return waiting if self.name == "last" else None

        branch = Branch("branch")
        for name in ("first", "last"):
            child = Child()
            child.setName(name)
            child.setServiceParent(branch)
        branch.startService()
        done = branch.stopService()
        self.assertEqual(stopped, ["last"])
        self.assertNoResult(done)
        waiting.callback(None)
        self.assertEqual(stopped, ["last", "first"])
        self.successResultOf(done)


def _names(tree: object) -> list[object]:
    """The names below a service, a list for each group."""
    assert isinstance(tree, MultiService)
    return [
        [child.name, *_names(child)] if isinstance(child, MultiService) else child.name
        for child in tree
    ]


class ReadyTests(SynchronousTestCase):
    """The ready file."""

    def test_written_whole_and_removed(self) -> None:
        """With the real ports; gone after the stop; no draft is left."""
        memory = MemorySimulator(settings())
        self.addCleanup(memory.stop)
        folder = Path(self.mktemp())
        folder.mkdir()
        path = folder / "ready.json"
        observer = EventLoggingObserver()
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        ready = ReadyService(memory.reactor, memory.endpoints, None, str(path))
        ready.startService()
        self.assertFalse(path.exists())
        memory.reactor.advance(0)
        content = json.loads(path.read_text())
        self.assertEqual(content["pid"], os.getpid())
        self.assertEqual(list(content["endpoints"]), ["x"])
        self.assertEqual(content["endpoints"]["x"]["port"], 0)
        self.assertEqual(os.listdir(folder), ["ready.json"])
        ready.stopService()
        self.assertEqual(os.listdir(folder), [])
        self.assertIn("is ready", "".join(str(event["log_format"]) for event in observer))

    def test_stopped_at_once(self) -> None:
        """What stops before the reactor runs was never ready."""
        memory = MemorySimulator(settings())
        self.addCleanup(memory.stop)
        path = Path(self.mktemp())
        ready = ReadyService(memory.reactor, memory.endpoints, None, str(path))
        ready.startService()
        ready.stopService()
        memory.reactor.advance(1)
        self.assertFalse(path.exists())


class FixLogTests(SynchronousTestCase):
    """The message log, off the hot path."""

    def setUp(self) -> None:
        """A simulator with a log in a new folder."""
        self.memory = MemorySimulator(settings())
        self.addCleanup(self.memory.stop)
        self.folder = Path(self.mktemp())

    def log(self, size: int = 1000, keep: int = 2) -> FixLog:
        """A started log."""
        log = FixLog(self.memory.exchange, self.memory.reactor, str(self.folder), size, keep)
        log.startService()
        return log

    def lines(self, name: str) -> list[str]:
        """The lines of a file, without their times."""
        text = (self.folder / name).read_text()
        return [line.split(" ", 2)[2] for line in text.splitlines()]

    def test_lines(self) -> None:
        """A line per message, in or out, a file per session, some time later."""
        log = self.log()
        wire = self.memory.login("A")
        wire.send("NEW 1 BUY 5 AAA 10")
        self.memory.login("B")
        self.assertEqual(os.listdir(self.folder), [])
        self.memory.reactor.advance(PERIOD)
        self.assertEqual(self.lines("A.log"), ["< LOGIN A", "< NEW 1 BUY 5 AAA 10", "> new 1 5"])
        self.assertEqual(self.lines("B.log"), ["< LOGIN B"])
        first = (self.folder / "A.log").read_text().splitlines()[0]
        self.assertTrue(first.startswith("1970-01-12 13:46:40.000000 "), first)
        wire.send("SAY more")
        log.stopService()
        self.assertEqual(self.lines("A.log")[-1], "> refused unsupported message type")

    def test_rotated(self) -> None:
        """Past its size a file is kept aside, and only so many are."""
        log = self.log(size=100, keep=2)
        wire = self.memory.login("A")
        for number in range(20):
            wire.send(f"SAY {number}")
        log.stopService()
        self.assertEqual(sorted(os.listdir(self.folder)), ["A.log", "A.log.1", "A.log.2"])

    def test_names_stay_in_the_folder(self) -> None:
        """A session's name cannot lead elsewhere."""
        log = self.log()
        self.memory.exchange.journal.append(1, 1, "x", "../../etc/passwd", b"x")
        log.stopService()
        self.assertEqual(os.listdir(self.folder), ["_.._etc_passwd.log"])

    def test_a_reset_does_not_stop_it(self) -> None:
        """It goes on with the new epoch."""
        log = self.log()
        self.memory.login("A")
        self.memory.reactor.advance(PERIOD)
        wire = self.memory.login("B")
        wire.send("SAY last")
        venues = [endpoint.venue for endpoint in self.memory.exchange.endpoints.values()]
        self.memory.exchange.forget_messages(venues)
        wire.send("SAY first")
        log.stopService()
        said = [line for line in self.lines("B.log") if line.startswith("<")]
        self.assertEqual(said, ["< LOGIN B", "< SAY last", "< SAY first"])

    def test_files_are_bounded(self) -> None:
        """So many are open; the one not written to for longest is closed, and goes on later."""
        self.patch(fixlog, "MOST_OPEN", 2)
        log = self.log()
        for name in ("A", "B", "C", "A"):
            self.memory.exchange.journal.append(1, 1, "x", name, b"x")
            log.write()
            self.assertLessEqual(len(log._files), 2)
        log.stopService()
        self.assertEqual(self.lines("A.log"), ["< x", "< x"])

    def test_no_folder(self) -> None:
        """A folder that cannot be made stops the start."""
        self.folder.write_text("a file")
        self.assertRaises(ConfigError, self.log)


class MaxConnectionsTests(SynchronousTestCase):
    """What an endpoint does before it runs."""

    def test_not_running(self) -> None:
        """Nobody is served."""
        memory = MemorySimulator(settings())
        self.addCleanup(memory.stop)
        service: EndpointService = memory.service()
        Service.stopService(service)
        self.assertIsNone(PeerFactory(service).buildProtocol(None))
