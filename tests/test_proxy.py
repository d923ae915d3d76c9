"""Proxies: their sockets in memory, what they tell, and what is decided over REST."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.error import ConnectionDone
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.interfaces import IPushProducer
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.config.load import load
from exsim.control.operations import BY_NAME
from exsim.errors import ConfigError, Conflict, NotFound, Unprocessable
from exsim.interfaces import IJournal, IMessages
from exsim.journal import MemoryJournal
from exsim.model.settings import ProxySettings, Settings, VenueSettings
from exsim.plugins import Catalogue
from exsim.services.branches import Branch
from exsim.services.dispatcher import DispatcherService
from exsim.services.operations.control import Control
from exsim.services.proxy_messages import RawMessages, SoupMessages
from exsim.services.proxy_run import Saves, Saving, settings_of
from exsim.services.proxy_sides import CLOSE_TIMEOUT, Side
from exsim.services.proxy_sockets import ProxyService
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.simulator import Simulator
from exsim.services.tree import build_exchange
from exsim.services.watch import Watch
from exsim.wire import soup
from tests.test_relay import fix

SECOND = 10**9
TARGET = "tcp:127.0.0.1:9"


class Far(StringTransport):
    """The socket of one side, whose far end is the test's."""

    shut = False
    aborted = False

    def loseWriteConnection(self) -> None:
        """We say no more."""
        self.shut = True

    def abortConnection(self) -> None:
        """Cut."""
        self.aborted = self.disconnecting = True

    def read(self) -> bytes:
        """What was written since the last look."""
        data: bytes = self.value()
        self.clear()
        return data


class Stage:
    """A proxy in memory; ``reactor`` is its clock."""

    def __init__(self, protocol: str = "fix", **more: Any) -> None:
        self.reactor = MemoryReactorClock()
        self.reactor.advance(1_000_000)
        proxy = ProxySettings("p", "X", "tcp:0", TARGET, protocol, **more)
        self.settings = Settings(venues=(VenueSettings("X"),), proxies=(proxy,), rest=None)
        self.journal = IJournal(MemoryJournal(10_000))
        exchange, parts = build_exchange(self.settings, Catalogue(), self.journal)
        self.exchange = exchange
        self.proxy = exchange.proxies.get("p")
        turns = DispatcherService(exchange, self.reactor, self.now)
        proxies = Branch("proxies")
        self.service = ProxyService(self.proxy, turns, self.reactor)
        self.service.setServiceParent(proxies)
        self.simulator = Simulator(
            exchange,
            parts,
            turns,
            Branch("endpoints"),
            self.reactor,
            Watch(self.reactor),
            self.settings,
            proxies=proxies,
        )
        self.control = Control(self.simulator)
        proxies.privilegedStartService()
        proxies.startService()

    def now(self) -> int:
        """The reactor's time in nanoseconds."""
        return round(self.reactor.seconds() * SECOND)

    def connect(self) -> tuple[Side, Far]:
        """A client, which is not connected on yet."""
        factory: Any = self.reactor.tcpServers[-1][1]
        side: Side = factory.buildProtocol(None)
        transport = Far()
        side.makeConnection(transport)
        return side, transport

    def answer(self) -> tuple[Side, Far]:
        """The acceptor takes the last connection."""
        factory: Any = self.reactor.tcpClients[-1][2]
        wrapped = factory.buildProtocol(None)
        transport = Far()
        wrapped.makeConnection(transport)
        line = next(iter(sorted(self.service.lines, key=lambda line: -line.link.number)))
        return line.upstream, transport

    def link(self) -> Link:
        """A client that is connected on."""
        client, near = self.connect()
        upstream, far = self.answer()
        return Link(client, near, upstream, far)

    def perform(self, operation: str, body: Any = None, **arguments: Any) -> Any:
        """Carry out an operation."""
        entry = BY_NAME[operation]
        given = None if entry.body is None else entry.body(**(body or {}))
        return self.control.perform(operation, entry.arguments(**arguments), given)

    def fault(self, kind: str, **more: Any) -> Any:
        """Set a fault of the proxy."""
        return self.perform("create_fault", {"kind": kind, "endpoint": "proxy:p", **more})

    def links(self) -> list[str]:
        """What the journal has of connections."""
        return [e.data.decode() for e in self.journal.entries(0) if e.kind == 5]


class Link:
    """A client, the acceptor, and their sockets."""

    def __init__(self, client: Side, near: Far, upstream: Side, far: Far) -> None:
        self.client = client
        self.near = near
        self.upstream = upstream
        self.far = far


class SocketTests(SynchronousTestCase):
    """Two sockets for each client, and nothing in between."""

    def test_both_ways(self) -> None:
        """Bytes go on, both ways; the journal has who connected."""
        stage = Stage()
        link = stage.link()
        link.client.dataReceived(fix("A", 1) + b"8=F")
        self.assertEqual(link.far.read(), fix("A", 1) + b"8=F")
        link.upstream.dataReceived(b"anything")
        self.assertEqual(link.near.read(), b"anything")
        (told,) = stage.perform("list_links", proxy="p").items
        self.assertEqual((told.session, told.state, told.received), ("BUY", "open", 1))
        self.assertTrue(stage.links()[0].startswith("up 1 "))

    def test_waits_for_the_acceptor(self) -> None:
        """Nothing is read of a client before it is connected on."""
        stage = Stage()
        _, near = stage.connect()
        self.assertEqual(near.producerState, "paused")
        stage.answer()
        self.assertEqual(near.producerState, "producing")

    def test_refused(self) -> None:
        """An acceptor that is not there: the client is disconnected, and the journal has why."""
        stage = Stage()
        client, near = stage.connect()
        factory: Any = stage.reactor.tcpClients[-1][2]
        factory.clientConnectionFailed(None, Failure(Refused()))
        self.assertTrue(near.disconnecting)
        client.connectionLost()
        links = stage.links()
        self.assertIn(f"cut 1 cannot connect to {TARGET}: Connection was refused", links[1])
        self.assertEqual(links[2:], ["down 1"])
        self.assertEqual(stage.service.lines, set())
        self.assertEqual(stage.reactor.getDelayedCalls(), [])

    def test_client_gives_up(self) -> None:
        """A client that leaves before it was connected on leaves nothing behind."""
        stage = Stage()
        client, _ = stage.connect()
        client.connectionLost()
        self.assertEqual(stage.service.lines, set())
        self.assertEqual(stage.links()[1:], ["down 1"])

    def test_half_close(self) -> None:
        """Who says no more still hears; when neither says anything both are closed."""
        stage = Stage()
        link = stage.link()
        link.client.dataReceived(b"8=FI")
        link.client.readConnectionLost()
        self.assertEqual((link.far.shut, link.near.disconnecting), (True, False))
        link.upstream.dataReceived(b"still")
        self.assertEqual(link.near.read(), b"still")
        link.upstream.readConnectionLost()
        self.assertTrue(link.near.disconnecting and link.far.disconnecting)

    def test_close(self) -> None:
        """One that is gone takes the other with it, once all is written; who does not go is cut."""
        stage = Stage()
        link = stage.link()
        link.client.connectionLost()
        self.assertTrue(link.far.disconnecting)
        self.assertEqual(len(stage.proxy.links), 1)
        link.upstream.connectionLost()
        self.assertEqual(len(stage.proxy.links), 0)
        self.assertEqual(stage.reactor.getDelayedCalls(), [])

    def test_late_end(self) -> None:
        """What is late is written before the end is."""
        stage = Stage()
        stage.fault("latency", direction="in", parameters={"time": "1s"})
        link = stage.link()
        link.client.dataReceived(fix("A", 1))
        link.client.connectionLost()
        self.assertEqual((link.far.read(), link.far.disconnecting), (b"", False))
        stage.reactor.advance(1)
        self.assertEqual((link.far.read(), link.far.disconnecting), (fix("A", 1), True))
        link.upstream.connectionLost()
        self.assertEqual(stage.service.lines, set())

    def test_backpressure(self) -> None:
        """What one side does not read is not read of the other."""
        stage = Stage()
        link = stage.link()
        valve: Any = link.far.producer
        verifyObject(IPushProducer, valve)
        valve.pauseProducing()
        self.assertEqual(link.near.producerState, "paused")
        self.assertEqual(link.far.producerState, "producing")
        valve.resumeProducing()
        self.assertEqual(link.near.producerState, "producing")

    def test_cut(self) -> None:
        """A fault that breaks off closes both sides after what still goes."""
        stage = Stage()
        stage.fault("cut", match="type=D", direction="in")
        link = stage.link()
        raw = fix("D", 1)
        link.client.dataReceived(raw)
        self.assertEqual(link.far.read(), raw[: len(raw) // 2])
        self.assertTrue(link.near.disconnecting and link.far.disconnecting)
        stage.reactor.advance(CLOSE_TIMEOUT)

    def test_reset(self) -> None:
        """So does a reset, which is one."""
        stage = Stage()
        stage.fault("reset", match="type=D", direction="in")
        link = stage.link()
        link.client.dataReceived(fix("D", 1))
        self.assertTrue(link.far.aborted or link.far.disconnecting)
        self.assertTrue(link.near.disconnecting)

    def test_slices(self) -> None:
        """A message in slices, each in its time; what comes meanwhile waits."""
        stage = Stage()
        stage.fault("slicer", match="type=D", direction="in", count=1, parameters={"size": 50})
        link = stage.link()
        raw = fix("D", 1)
        link.client.dataReceived(raw + fix("0", 2))
        self.assertEqual(link.far.read(), raw[:50])
        stage.reactor.pump([0.001] * 3)
        self.assertEqual(link.far.read(), raw[50:] + fix("0", 2))

    def test_most_clients(self) -> None:
        """One too many is not taken."""
        stage = Stage(max_connections=1)
        stage.link()
        factory: Any = stage.reactor.tcpServers[-1][1]
        self.assertIsNone(factory.buildProtocol(None))

    def test_stop(self) -> None:
        """All are closed, and it is over when they are."""
        stage = Stage()
        link = stage.link()
        stopped = stage.service.stopService()
        self.assertTrue(link.near.disconnecting and link.far.disconnecting)
        self.assertNoResult(stopped)
        link.client.connectionLost()
        link.upstream.connectionLost()
        self.successResultOf(stopped)
        self.assertEqual(stage.reactor.getDelayedCalls(), [])


class HeldTests(SynchronousTestCase):
    """Links while the journal is being written."""

    def test_read(self) -> None:
        """What comes waits, and no more is read; then it goes on in its order."""
        stage = Stage("raw")
        link, turns = stage.link(), stage.simulator.turns
        turns.held = True
        link.client.dataReceived(b"one")
        link.client.dataReceived(b"two")
        self.assertEqual((link.far.read(), link.near.producerState), (b"", "paused"))
        self.assertEqual(link.far.producerState, "producing")
        turns.tell()
        self.assertEqual((link.far.read(), link.near.producerState), (b"onetwo", "producing"))

    def test_lost(self) -> None:
        """Both ends are lost: what was said before is noted, and the end is, once."""
        stage = Stage("raw")
        link, turns = stage.link(), stage.simulator.turns
        turns.held = True
        link.client.dataReceived(b"one")
        for side in (link.client, link.upstream):
            side.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(len(stage.service.lines), 1)
        turns.tell()
        self.assertEqual(len(stage.service.lines), 0)
        self.assertEqual([text.split()[0] for text in stage.links()], ["up", "down"])


class SeenTests(SynchronousTestCase):
    """What went by is told as messages of a venue are."""

    def setUp(self) -> None:
        """An order that went by, and its report."""
        self.stage = Stage()
        self.link = self.stage.link()
        self.link.client.dataReceived(fix("A", 1) + fix("D", 2, "11=c1|55=AAA|54=1|38=100|"))
        self.link.upstream.dataReceived(fix("8", 1, "11=c1|37=7|150=0|39=0|", "XSIM"))

    def test_messages(self) -> None:
        """With session, direction and names; found by filters, and by the session."""
        for given in (
            {"filter": "type=D symbol=AAA qty=100"},
            {"session": "BUY", "type": "D"},
            {"filter": "endpoint=proxy:p dir=in type=D"},
        ):
            (found,) = self.stage.perform("list_messages", **given).items
            self.assertEqual((found.session, found.direction), ("BUY", "in"))
            self.assertEqual((found.venue, found.name), ("X", "NewOrderSingle"))
        (report,) = self.stage.perform("list_messages", direction="out").items
        self.assertEqual((report.cause, report.caused.orders), (None, ["7"]))

    def test_verify(self) -> None:
        """And verified."""
        asked = {"in_order": ["type=D", "type=8"]}
        found = self.successResultOf(self.stage.perform("verify_messages", asked))
        self.assertTrue(found.passed, found.text)

    def test_events(self) -> None:
        """And followed; so are the connections."""
        found = self.successResultOf(
            self.stage.perform("wait_events", after="0-0", timeout="0s")
        ).items
        self.assertEqual([each.event for each in found], ["session", "message", "message", "order"])
        self.assertEqual({each.venue for each in found}, {"X"})

    def test_recording(self) -> None:
        """And recorded, which makes a script and a test."""
        stage = self.stage
        stage.perform("reset")
        stage.perform("start_recording", recording="r")
        link = stage.link()
        link.client.dataReceived(fix("A", 1) + fix("D", 2, "11=c1|55=AAA|54=1|38=100|"))
        link.upstream.dataReceived(fix("8", 1, "11=c1|37=7|150=0|39=0|", "XSIM"))
        stage.perform("stop_recording", recording="r")
        script = stage.perform("convert_recording", recording="r", form="script")
        self.assertIn("expect type=D dir=in Symbol=AAA Side=1 OrderQty=100", script)
        self.assertIn("expect type=8 dir=out ExecType=0", script)

    def test_reset(self) -> None:
        """A reset closes the links, and forgets what is held and was said."""
        stage = self.stage
        stage.fault("hold", match="type=D", direction="in")
        self.link.client.dataReceived(fix("D", 3))
        stage.perform("reset", {"sessions": "keep"})
        self.assertEqual((len(stage.proxy.held), self.link.near.disconnecting), (0, False))
        self.link.client.dataReceived(fix("D", 3))
        self.assertEqual(len(stage.perform("list_messages").items), 1)
        stage.perform("reset")
        self.assertTrue(self.link.near.disconnecting)

    def test_replay(self) -> None:
        """A journal that is run again has what went by as it was."""
        stage = self.stage
        stage.fault("hold", match="type=D", direction="in")
        self.link.client.dataReceived(fix("D", 3))
        stage.perform("release_held", {"fields": "38=7"}, proxy="p", held="1")
        stage.perform("create_proxy", {"name": "q", "connect": TARGET})
        stage.perform("send_on_link", {"direction": "out", "raw": b"x"}, proxy="p", link="1")
        self.link.client.connectionLost()
        entries = list(stage.journal.entries(0))
        self.assertEqual({e.kind for e in entries}, {1, 2, 4, 5, 8})
        again = inert(stage.settings, Catalogue())
        replay = Replay(again, entries, 1, 0)
        self.assertIsNone(replay.run())
        self.assertEqual(replay.tape.last, stage.journal.last)

    def test_coverage_of_protocols(self) -> None:
        """SoupBinTCP, OUCH and anything else are told, too, and never a password."""
        login = soup.login(soup.Login(b"USER1", b"SECRET", b"", 1))
        for protocol, kind in (("soup", "LoginRequest"), ("ouch", "LoginRequest"), ("raw", "raw")):
            stage = Stage(protocol)
            stage.link().client.dataReceived(login)
            (found,) = stage.perform("list_messages", type=kind).items
            self.assertEqual((found.type, found.direction), (kind, "in"))
            if protocol != "raw":
                self.assertEqual(found.session, "USER1")
                self.assertNotIn("SECRET", repr(found))

    def test_readers(self) -> None:
        """They provide what readers of messages do."""
        for reader in (RawMessages(), SoupMessages()):
            verifyObject(IMessages, reader)
            packet = soup.packet(soup.SEQUENCED, b"ab")
            body = "6162" if isinstance(reader, SoupMessages) else packet.hex()
            self.assertTrue(reader.matches("", packet, None, [("Payload", body)]))
            self.assertFalse(reader.matches("", packet, "LoginRequest", []))
            self.assertFalse(reader.matches("", packet, None, [("55", None)]))
            self.assertEqual(reader.fields("", packet), (("Payload", body),))
            self.assertEqual(reader.values("", packet, "55"), None)


class RestTests(SynchronousTestCase):
    """Proxies over REST."""

    def setUp(self) -> None:
        """A proxy with a client."""
        self.stage = Stage()
        self.link = self.stage.link()

    def held(self, raw: bytes = fix("D", 1, "44=10|")) -> None:
        """A message that is held."""
        self.stage.fault("hold", match="type=D", direction="in", name="h")
        self.link.client.dataReceived(raw)
        self.assertEqual(self.link.far.read(), b"")

    def test_release(self) -> None:
        """A message that is held goes on as it is, changed, or with others in its place."""
        for body, wanted in (
            ({}, fix("D", 1, "44=10|")),
            ({"fields": "44=10.05|58=late"}, fix("D", 1, "44=10.05|58=late|")),
            ({"raw": b"junk"}, b"junk"),
        ):
            self.held()
            (found,) = self.stage.perform("list_held", proxy="p").items
            self.assertEqual((found.session, found.type, found.direction), ("BUY", "D", "in"))
            self.stage.perform("release_held", body, proxy="p", held=found.held)
            self.assertEqual(self.link.far.read(), wanted)
            self.stage.perform("clear_faults")

    def test_cause(self) -> None:
        """One that was held on its way to the client was sent by whoever released it."""
        self.stage.fault("hold", match="type=8", direction="out")
        self.link.upstream.dataReceived(fix("8", 1))
        self.stage.perform("release_held", proxy="p", held="1")
        (found,) = self.stage.perform("list_messages", direction="out").items
        self.assertEqual(found.cause, found.seq - 1)

    def test_drop(self) -> None:
        """Or it never goes on."""
        self.held()
        self.stage.perform("drop_held", proxy="p", held="1")
        self.assertEqual(self.link.far.read(), b"")
        self.assertRaises(NotFound, self.stage.perform, "drop_held", proxy="p", held="1")

    def test_wait(self) -> None:
        """It can be waited for."""
        waiting = self.stage.perform("wait_held", proxy="p", timeout="5s")
        self.assertNoResult(waiting)
        self.held()
        found = self.successResultOf(waiting)
        self.assertTrue(found.complete)
        self.assertEqual([each.held for each in found.items], ["1"])

    def test_gone(self) -> None:
        """What is held of a client that is gone never goes on."""
        self.held()
        self.link.client.connectionLost()
        self.link.upstream.connectionLost()
        self.assertEqual(self.stage.perform("list_held", proxy="p").items, [])

    def test_no_fields(self) -> None:
        """Bytes that nobody reads have no fields to change."""
        self.stage = Stage("raw")
        self.link = self.stage.link()
        self.stage.fault("hold", direction="in")
        self.link.client.dataReceived(b"x")
        refused = self.assertRaises(
            Conflict, self.stage.perform, "release_held", {"fields": "44=1"}, proxy="p", held="1"
        )
        self.assertIn("give raw", str(refused))

    def test_packets(self) -> None:
        """Packets of SoupBinTCP have fields by name; what is no field is refused."""
        login = soup.login(soup.Login(b"USER1", b"SECRET", b"", 1))
        for protocol in ("soup", "ouch"):
            self.stage = Stage(protocol)
            self.link = self.stage.link()
            self.stage.fault("hold", direction="in", count=1)
            self.link.client.dataReceived(login)
            refused = self.assertRaises(
                Conflict,
                self.stage.perform,
                "release_held",
                {"fields": "Nothing=1"},
                proxy="p",
                held="1",
            )
            self.assertIn("has a field 'Nothing'", str(refused))
            change = {"fields": "Username=USER2"}
            self.stage.perform("release_held", change, proxy="p", held="1")
            wanted = soup.login(soup.Login(b"USER2", b"SECRET", b"", 1))
            self.assertEqual(self.link.far.read(), wanted)
            self.stage.fault("stop-heartbeats", direction="out")
            self.link.upstream.dataReceived(soup.packet(soup.SERVER_HEARTBEAT) * 2)
            self.assertEqual(self.link.near.read(), b"")

    def test_send_and_close(self) -> None:
        """Bytes can be sent as if by the other side; a link can be closed."""
        for way, far in (("in", self.link.far), ("out", self.link.near)):
            body = {"direction": way, "raw": b"hello"}
            self.stage.perform("send_on_link", body, proxy="p", link="1")
            self.assertEqual(far.read(), b"hello")
        self.stage.perform("close_link", proxy="p", link="1")
        self.assertTrue(self.link.near.disconnecting and self.link.far.disconnecting)
        for link in ("2", "x", "01"):
            self.assertRaises(NotFound, self.stage.perform, "close_link", proxy="p", link=link)

    def test_make_and_remove(self) -> None:
        """One can be made, is listed, and is gone when it is removed."""
        stage = self.stage
        body = {"name": "q", "connect": TARGET, "protocol": "soup"}
        made = self.successResultOf(stage.perform("create_proxy", body))
        self.assertEqual((made.origin, made.venue, made.links), ("proxy:q", "X", 0))
        self.assertFailure_(stage.perform("create_proxy", body), Conflict)
        names = [proxy.name for proxy in stage.perform("list_proxies").items]
        self.assertEqual(names, ["p", "q"])
        self.successResultOf(stage.perform("delete_proxy", proxy="q"))
        self.assertRaises(NotFound, stage.perform, "get_proxy", proxy="q")
        nonsense = {"name": "r", "connect": "tcp:a:1:what=2"}
        self.assertFailure_(stage.perform("create_proxy", nonsense), Conflict)
        self.assertRaises(NotFound, stage.perform, "get_proxy", proxy="r")

    def assertFailure_(self, deferred: Any, kind: type[Exception]) -> None:
        """Check that it failed so."""
        self.failureResultOf(deferred, kind)

    def test_faults(self) -> None:
        """What faults a proxy has, and what it is told when it has not."""
        for kind, more in (("ignore", {}), ("late-ack", {}), ("drop", {"session": "BUY"})):
            self.assertRaises(Unprocessable, self.stage.fault, kind, **more)
        refused = self.assertRaises(
            Unprocessable, self.stage.perform, "create_fault", {"kind": "hold"}
        )
        self.assertIn("only proxies hold", str(refused))
        self.assertRaises(
            NotFound, self.stage.perform, "create_fault", {"kind": "drop", "endpoint": "proxy:z"}
        )
        made = self.stage.fault("drop", match="type=D", direction="in", count=1)
        self.link.client.dataReceived(fix("D", 1))
        self.assertEqual(self.stage.perform("get_fault", fault=made.name).hits, 1)
        (found,) = self.stage.perform("list_messages").items
        self.assertEqual(found.caused.faults, [made.name])


class ConfigTests(SynchronousTestCase):
    """``[proxy:NAME]``, and ``exsim proxy``."""

    def load(self, text: str) -> Settings:
        """The settings of a file."""
        path = Path(self.mktemp())
        path.write_text(text)
        return load(str(path), [], Catalogue())

    def test_section(self) -> None:
        """Its keys; the venue is the only one there is."""
        settings = self.load(
            "[venue:X]\n[proxy:p]\nlisten = tcp:0\nconnect = tcp:127.0.0.1:9\nprotocol = soup\n"
        )
        self.assertEqual(settings.proxies, (ProxySettings("p", "X", "tcp:0", TARGET, "soup"),))

    def test_problems(self) -> None:
        """What is wrong with them."""
        text = "[venue:X]\n[venue:Y]\n[proxy:p]\nlisten = tcp:1\n[proxy:q]\nvenue = Z\n"
        error = self.assertRaises(ConfigError, self.load, text + "listen = tcp:1\nconnect = x\n")
        told = " ".join(str(problem) for problem in error.problems)
        for part in (
            "[proxy:p] needs 'connect'",
            "[proxy:p] needs 'venue': one of X, Y",
            "[proxy:q] venue: there is no [venue:Z]",
            "'tcp:1' is where [proxy:p] listens",
            "'x' is nothing to connect to",
        ):
            self.assertIn(part, told)

    def test_command(self) -> None:
        """What the command line says, checked."""
        settings = settings_of("tcp:0:interface=127.0.0.1", TARGET, "fix", "none")
        self.assertEqual((settings.rest, settings.proxies[0].connect), (None, TARGET))
        error = self.assertRaises(ConfigError, settings_of, "x", "y", "fix", "z")
        told = [problem.text.split(":")[0] for problem in error.problems]
        self.assertEqual(told, ["--listen", "--connect", "--rest"])
        self.assertRaises(ConfigError, settings_of, "tcp:0", TARGET, "fix", "tcp:8480")

    def test_saving(self) -> None:
        """What went by is written at the end."""
        stage = Stage()
        folder = Path(self.mktemp())
        folder.mkdir()
        names = [str(folder / name) for name in ("r.json", "s.ini", "t.py")]
        saving = Saving(stage.control, Saves(*names))
        saving.startService()
        stage.link().client.dataReceived(fix("D", 1, "55=AAA|"))
        saving.stopService()
        record, script, test = [Path(name).read_text() for name in names]
        self.assertIn('"AAA"', record)
        self.assertIn("expect type=D dir=in Symbol=AAA", script)
        self.assertIn("def test_proxy(exsim)", test)
