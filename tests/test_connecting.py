"""Sessions that connect by themselves: attempts, waiting between them, and the end."""

from __future__ import annotations

from datetime import UTC, datetime

from twisted.application.service import IServiceCollection
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone, ConnectionRefusedError
from twisted.internet.testing import EventLoggingObserver, MemoryReactorClock, StringTransport
from twisted.logger import formatEvent, globalLogPublisher
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from exsim.control import schemas as s
from exsim.control import session_schemas as ss
from exsim.errors import Conflict
from exsim.model.options import read_options
from exsim.model.settings import (
    EndpointSettings,
    Instrument,
    RestSettings,
    SessionSettings,
    Settings,
    VenueSettings,
)
from exsim.plugins import Catalogue
from exsim.services.branches import Branch
from exsim.services.connecting import (
    LONGEST_SLEEP,
    CalledPeer,
    keep_connected,
)
from exsim.services.dispatcher import DispatcherService
from exsim.services.endpoints import EndpointService, PeerFactory
from exsim.services.operations.control import HANDLERS, Control
from exsim.services.peer import STOP_TIMEOUT
from exsim.services.ready import ReadyService
from exsim.services.simulator import Simulator
from exsim.services.tree import build, build_exchange
from exsim.services.watch import Watch

SECOND = 10**9
MONDAY = int(datetime(2024, 3, 4, 12, tzinfo=UTC).timestamp())
HOURS = ("start_time", "end_time")
SESSION = {"sender_comp_id": "VENUE", "begin_string": "FIX.4.4"}


def settings(**more: object) -> Settings:
    """An endpoint that does not listen, and session ``out`` on it that connects."""
    fix = Catalogue().protocol("fix")
    options = SESSION | {key: str(more.pop(key)) for key in list(more) if key in HOURS}
    session = SessionSettings(
        "out",
        "x",
        options=read_options(fix.session_options, options),
        **{"connect": "tcp:127.0.0.1:9000", **more},  # type: ignore[arg-type]
    )
    endpoint = EndpointSettings(
        "x", "X", "fix", "none", options=read_options(fix.endpoint_options, {"comp_id": "US"})
    )
    venue = VenueSettings("X", ("match",), instruments=(Instrument("AAA"),))
    return Settings(
        venues=(venue,), endpoints=(endpoint,), sessions=(session,), rest=None, durability="none"
    )


class Far:
    """The counterparty's end of one attempt."""

    def __init__(self, reactor: MemoryReactorClock) -> None:
        self._reactor = reactor
        self._sent = 0
        self.host, self.port, self._factory, self._timeout, self._bind = reactor.tcpClients[-1]
        self.transport = StringTransport(peerAddress=IPv4Address("TCP", "127.0.0.1", 9000))

    def refuse(self) -> None:
        """Nobody listens."""
        connector = self._reactor.connectors[-1]
        self._factory.clientConnectionFailed(connector, Failure(ConnectionRefusedError()))

    def accept(self) -> str:
        """Take the connection; what comes first."""
        protocol = self._factory.buildProtocol(self.transport.getPeer())
        assert protocol is not None
        self._protocol = protocol
        self._protocol.makeConnection(self.transport)
        return self.read()

    def read(self) -> str:
        """What came since the last call, ``|`` for SOH."""
        data: bytes = self.transport.value()
        self.transport.clear()
        return data.decode().replace("\x01", "|")

    def send(self, msg_type: str, body: str = "") -> str:
        """Send a message; what comes back."""
        self._sent += 1
        time = datetime.fromtimestamp(self._reactor.seconds(), UTC).strftime("%Y%m%d-%H:%M:%S")
        fields = f"35={msg_type}|34={self._sent}|49=VENUE|52={time}|56=US|{body}"
        text = f"8=FIX.4.4|9={len(fields)}|{fields}".replace("|", "\x01")
        self._protocol.dataReceived(f"{text}10={sum(text.encode()) % 256:03}\x01".encode())
        return self.read()

    def log_on(self) -> None:
        """Take the connection, and accept the logon."""
        self.accept()
        self.send("A", "98=0|108=30|")

    def hang_up(self) -> None:
        """Close the connection."""
        self._protocol.connectionLost(Failure(ConnectionDone()))


class ConnectingTestCase(SynchronousTestCase):
    """A simulator in memory, with what it says in its log."""

    def setUp(self) -> None:
        """Listen to the log."""
        self.reactor = MemoryReactorClock()
        self.reactor.advance(MONDAY)
        self.off = 0
        self.observer = EventLoggingObserver()
        globalLogPublisher.addObserver(self.observer)
        self.addCleanup(globalLogPublisher.removeObserver, self.observer)

    def start(self, configuration: Settings) -> None:
        """Run a simulator with these settings."""
        exchange, parts = build_exchange(configuration, Catalogue())
        turns = DispatcherService(exchange, self.reactor, self.now)
        endpoints = Branch("endpoints")
        watch = Watch(self.reactor)
        self.simulator = Simulator(
            exchange, parts, turns, endpoints, self.reactor, watch, configuration
        )
        self.control = Control(self.simulator)
        for endpoint in exchange.endpoints.values():
            service = EndpointService(endpoint, turns, self.reactor)
            service.setServiceParent(endpoints)
            for session in endpoint.acceptor.sessions.values():
                keep_connected(service, session)
        turns.startService()
        endpoints.privilegedStartService()
        endpoints.startService()
        self.addCleanup(turns.stopService)
        self.addCleanup(endpoints.stopService)
        self.endpoints = endpoints

    def now(self) -> int:
        """The reactor's time in nanoseconds, or how somebody set the clock."""
        return round((self.reactor.seconds() + self.off) * SECOND)

    @property
    def attempts(self) -> int:
        """How often it connected."""
        return len(self.reactor.tcpClients)

    def service(self) -> EndpointService:
        """The service of the endpoint."""
        return self.simulator.endpoint_service("x")

    def far(self) -> Far:
        """The far end of the last attempt."""
        return Far(self.reactor)

    def state(self) -> str:
        """That of the session."""
        return self.simulator.exchange.session("out")[1].view().state

    def ask(self, operation: str, body: s.Input | None = None) -> None:
        """Carry out an operation on the session."""
        self.control.perform(operation, ss.SessionArguments("out"), body)

    def said(self) -> list[str]:
        """The lines of the log so far."""
        return [formatEvent(event) for event in self.observer]


class AttemptTests(ConnectingTestCase):
    """It connects, logs on, and tries again."""

    def test_logs_on(self) -> None:
        """As soon as it is connected, and it is active once the logon is answered."""
        self.start(settings())
        far = self.far()
        self.assertEqual((far.host, far.port), ("127.0.0.1", 9000))
        logon = far.accept()
        self.assertIn("|35=A|34=1|49=US|", logon)
        self.assertIn("|56=VENUE|", logon)
        self.assertEqual(self.state(), "logon")
        far.send("A", "98=0|108=30|")
        self.assertEqual(self.state(), "active")
        self.assertIn("x: session out is logged on", self.said())

    def test_trades(self) -> None:
        """What the counterparty asks for is done, as if it had connected to us."""
        self.start(settings())
        far = self.far()
        far.log_on()
        order = "11=1|55=AAA|54=1|38=5|40=2|44=10|59=0|60=20240304-12:00:00|"
        self.assertIn("|35=8|", far.send("D", order))

    def test_back_off(self) -> None:
        """Each attempt that fails doubles the wait, up to the most."""
        self.start(settings(reconnect_min=SECOND, reconnect_max=3 * SECOND))
        for attempt, (least, most) in enumerate([(1, 1.25), (2, 2.5), (3, 3), (3, 3)], 1):
            self.assertEqual(self.attempts, attempt)
            self.far().refuse()
            self.reactor.advance(least - 0.01)
            self.assertEqual(self.attempts, attempt)
            self.reactor.advance(most - least + 0.02)
        self.assertEqual(self.attempts, 5)

    def test_says_why(self) -> None:
        """The log has where it connects, why that failed, and when it goes on."""
        self.start(settings(reconnect_max=SECOND))
        self.far().refuse()
        said = self.said()
        self.assertIn("x: session out: connecting to tcp:127.0.0.1:9000", said)
        self.assertIn("x: session out: cannot connect: Connection was refused by other side.", said)
        self.assertIn("x: session out: next attempt in 1 s", said)

    def test_a_logon_refused_is_a_failure(self) -> None:
        """The wait grows on, and the log has the counterparty's reason."""
        self.start(settings())
        self.far().refuse()
        self.reactor.advance(1.3)
        far = self.far()
        far.accept()
        far.send("5", "58=who are you?|")
        self.assertTrue(far.transport.disconnecting)
        far.hang_up()
        self.assertTrue([line for line in self.said() if "not logged on" in line and "who" in line])
        self.reactor.advance(1.9)
        self.assertEqual(self.attempts, 2)
        self.reactor.advance(0.7)
        self.assertEqual(self.attempts, 3)

    def test_lost_before_the_logon_is_a_failure(self) -> None:
        """A counterparty that hangs up at once is not hammered."""
        self.start(settings())
        for wait in (1.3, 2.6, 5.2):
            far = self.far()
            far.accept()
            far.hang_up()
            attempts = self.attempts
            self.reactor.advance(wait / 1.3 - 0.01)
            self.assertEqual(self.attempts, attempts)
            self.reactor.advance(wait)
            self.assertEqual(self.attempts, attempts + 1)

    def test_a_logon_ends_the_back_off(self) -> None:
        """A connection lost after it is made again soon."""
        self.start(settings())
        for wait in (1.3, 2.6, 5.2):
            self.far().refuse()
            self.reactor.advance(wait)
        far = self.far()
        far.log_on()
        far.hang_up()
        self.assertEqual(self.state(), "offline")
        attempts = self.attempts
        self.reactor.advance(1.3)
        self.assertEqual(self.attempts, attempts + 1)

    def test_numbers_go_on(self) -> None:
        """The next logon has the next number, and what was missed is sent when asked for."""
        self.start(settings())
        far = self.far()
        far.log_on()
        far.hang_up()
        session = self.simulator.exchange.session("out")[1]
        session.send_fields([("35", "B"), ("148", "news")], self.now())
        self.reactor.advance(1.3)
        far = self.far()
        self.assertIn("|34=3|", far.accept())
        far.send("A", "98=0|108=30|")  # its number is too low
        self.assertTrue(far.transport.disconnecting)
        far.hang_up()
        self.reactor.advance(2.6)
        far = self.far()
        far.accept()
        far._sent = 1
        far.send("A", "98=0|108=30|")
        self.assertIn("|148=news|", far.send("2", "7=2|16=0|"))


class WaitingTests(ConnectingTestCase):
    """It does not connect where it could not log on."""

    def test_schedule(self) -> None:
        """Outside of its hours it waits for them; at their end it logs out, and waits again."""
        self.start(settings(start_time="13:00:20", end_time="14:00"))
        self.advance_to(13, 0, 19)
        self.assertEqual(self.attempts, 0)
        self.advance_to(13, 0, 20)
        self.assertEqual(self.attempts, 1)
        far = self.far()
        far.log_on()
        for _ in range(119):
            self.reactor.advance(29.9)
            far.send("0")
        self.advance_to(14, 0, 1)
        self.assertIn("|35=5|", far.read())
        far.send("5")
        far.hang_up()
        self.reactor.advance(3600)
        self.assertEqual(self.attempts, 1)

    def advance_to(self, hour: int, minute: int, second: int) -> None:
        """Let time pass in small steps."""
        end = MONDAY + (hour - 12) * 3600 + minute * 60 + second
        while self.reactor.seconds() < end:
            self.reactor.advance(min(30, end - self.reactor.seconds()))

    def test_the_clock_is_set(self) -> None:
        """A wait of hours does not outlast a clock that is put forward."""
        self.start(settings(start_time="20:00", end_time="21:00"))
        self.reactor.advance(61)
        self.off = 8 * 3600
        self.assertEqual(self.attempts, 0)
        self.reactor.advance(LONGEST_SLEEP)
        self.assertEqual(self.attempts, 1)

    def test_refused(self) -> None:
        """While logons are refused it does not connect; once they are not, it does at once."""
        self.start(settings())
        far = self.far()
        far.log_on()
        session = self.simulator.exchange.session("out")[1]
        session.refuse_logons("holiday")
        far.hang_up()
        self.reactor.advance(100)
        self.assertEqual(self.attempts, 1)
        self.assertIn("x: session out: not connecting: holiday", self.said())
        self.simulator.turns.turn_over()
        self.assertEqual(self.attempts, 1)
        session.refuse_logons(None)
        self.simulator.turns.turn_over()
        self.assertEqual(self.attempts, 2)


class RestTests(ConnectingTestCase):
    """What operators do to such a session."""

    def test_logout(self) -> None:
        """It logs on again after the shortest wait."""
        self.start(settings())
        far = self.far()
        far.log_on()
        self.ask("logout_session", ss.Logout("lunch"))
        self.assertIn("|58=lunch|", far.read())
        far.send("5")
        self.assertTrue(far.transport.disconnecting)
        far.hang_up()
        self.reactor.advance(1.3)
        self.assertEqual(self.attempts, 2)

    def test_disconnect(self) -> None:
        """Likewise."""
        self.start(settings())
        far = self.far()
        far.log_on()
        self.ask("disconnect_session")
        self.assertTrue(far.transport.disconnecting)
        far.hang_up()
        self.reactor.advance(1.3)
        self.assertEqual(self.attempts, 2)

    def test_reset(self) -> None:
        """Of the market: it is disconnected, and logs on with number 1."""
        self.start(settings())
        far = self.far()
        far.log_on()
        self.control.perform("reset", s.NoArguments(), s.Reset())
        self.assertTrue(far.transport.disconnecting)
        far.hang_up()
        self.reactor.advance(1.3)
        self.assertIn("|34=1|", self.far().accept())

    def test_delete(self) -> None:
        """It is disconnected and never comes back, and another may have its name."""
        self.start(settings())
        far = self.far()
        far.log_on()
        self.ask("delete_session")
        self.assertTrue(far.transport.disconnecting)
        far.hang_up()
        self.reactor.advance(1000)
        self.assertEqual(self.attempts, 1)
        self.create()
        self.assertEqual(self.attempts, 2)

    def test_delete_while_connecting(self) -> None:
        """The attempt is given up."""
        self.start(settings())
        self.ask("delete_session")
        self.assertTrue(self.reactor.connectors[0].stoppedConnecting)
        self.far().refuse()
        self.reactor.advance(1000)
        self.assertEqual(self.attempts, 1)
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def create(self, target: str = "tcp:127.0.0.1:9001") -> None:
        """Configure the session."""
        body = ss.NewSession(name="out", endpoint="x", connect=target, options=SESSION)
        HANDLERS["create_session"](self.simulator, s.NoArguments(), body)

    def test_create(self) -> None:
        """A session configured over REST connects at once, with what it was told."""
        self.start(settings(connect=""))
        self.ask("delete_session")
        self.assertEqual(self.attempts, 0)
        self.create()
        self.assertEqual(self.far().port, 9001)

    def test_create_nonsense(self) -> None:
        """One whose target makes no sense is not there afterwards."""
        self.start(settings(connect=""))
        self.ask("delete_session")
        for target in ("tcp:127.0.0.1", "tcp:127.0.0.1:9000:nonsense=1"):
            error = self.assertRaises(Conflict, self.create, target)
            self.assertIn(target, str(error))
            self.assertEqual(list(self.simulator.exchange.sessions), [])
        self.create()
        self.assertEqual(self.attempts, 1)

    def test_connections(self) -> None:
        """They are counted, but not against the most that an endpoint accepts."""
        self.start(settings())
        self.far().log_on()
        (peer,) = self.service().called
        self.assertIsInstance(peer, CalledPeer)
        self.assertEqual(self.view("connections"), 1)
        for _ in range(self.service().endpoint.settings.max_connections):
            self.assertIsNotNone(PeerFactory(self.service()).buildProtocol(None))
        self.assertIsNone(PeerFactory(self.service()).buildProtocol(None))
        self.service().peers.clear()

    def view(self, key: str) -> object:
        """A value that the endpoint has over REST."""
        view = HANDLERS["get_endpoint"](self.simulator, ss.EndpointArguments("x"), None)
        value: object = getattr(view, key)
        return value

    def test_endpoint(self) -> None:
        """It has no address, and is ready all the same."""
        self.start(settings())
        self.assertEqual((self.view("host"), self.view("port")), ("", None))
        HANDLERS["health_ready"](self.simulator, s.NoArguments(), None)
        ready = ReadyService(MemoryReactorClock(), self.endpoints, None, None)
        self.assertEqual(ready._content()["endpoints"], {})


class StopTests(ConnectingTestCase):
    """A stop is in good order, whatever the session is about to do."""

    def test_logged_on(self) -> None:
        """It logs out and waits for the answer; nothing connects meanwhile or after."""
        self.start(settings())
        far = self.far()
        far.log_on()
        stopped = self.service().stopService()
        self.assertIn("|35=5|", far.read())
        self.reactor.advance(1.9)
        self.assertNoResult(stopped)
        far.send("5")
        self.assertTrue(far.transport.disconnecting)
        far.hang_up()
        self.successResultOf(stopped)
        self.reactor.advance(1000)
        self.assertEqual(self.attempts, 1)

    def test_who_does_not_answer_is_cut(self) -> None:
        """After a while."""
        self.start(settings())
        far = self.far()
        far.log_on()
        stopped = self.service().stopService()
        self.reactor.advance(STOP_TIMEOUT)
        self.assertTrue(far.transport.disconnecting)
        far.hang_up()
        self.successResultOf(stopped)

    def test_waiting(self) -> None:
        """A wait ends at once, and leaves no timer."""
        self.start(settings())
        self.far().refuse()
        self.successResultOf(self.service().stopService())
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_connecting(self) -> None:
        """So does an attempt."""
        self.start(settings())
        self.successResultOf(self.service().stopService())
        self.assertTrue(self.reactor.connectors[0].stoppedConnecting)
        self.assertEqual(self.reactor.getDelayedCalls(), [])
        self.reactor.advance(1000)
        self.assertEqual(self.attempts, 1)

    def test_delete_endpoint(self) -> None:
        """The session goes with its endpoint."""
        self.start(settings())
        far = self.far()
        far.log_on()
        deleting = self.control.perform("delete_endpoint", ss.EndpointArguments("x"), None)
        far.send("5")
        far.hang_up()
        self.successResultOf(deleting)  # type: ignore[arg-type]
        self.assertEqual(list(IServiceCollection(self.endpoints)), [])
        self.reactor.advance(1000)
        self.assertEqual(self.attempts, 1)


class TreeTests(ConnectingTestCase):
    """In the whole tree."""

    def test_child(self) -> None:
        """The session is a child of its endpoint, and connects when the tree starts."""
        tree = build(settings(), self.reactor, now=self.now)
        endpoint = (
            IServiceCollection(tree).getServiceNamed("endpoints").getServiceNamed("endpoint:x")
        )
        self.assertEqual([child.name for child in endpoint], ["session:out"])
        tree.privilegedStartService()
        self.assertEqual(self.attempts, 0)
        tree.startService()
        self.assertEqual(self.attempts, 1)
        self.successResultOf(tree.stopService())

    def test_nonsense(self) -> None:
        """What only Twisted finds wrong stops the start, with the section and the reason."""
        tree = build(settings(connect="tcp:127.0.0.1:9000:nonsense=1"), self.reactor)
        error = self.assertRaises(SystemExit, tree.privilegedStartService)
        place = "exsim cannot start: [session:out] connect = tcp:127.0.0.1:9000:nonsense=1: "
        self.assertTrue(str(error.code).startswith(place), error.code)

    def test_tls_files(self) -> None:
        """So does a file that went away since the configuration was read."""
        for more in ({"tls_ca": "nowhere.pem"}, {"tls_certificate": "nowhere.pem"}):
            tree = build(settings(**more), self.reactor)
            error = self.assertRaises(SystemExit, tree.privilegedStartService)
            self.assertIn("[session:out] TLS: ", str(error.code))
        tree = build(Settings(rest=RestSettings(tls_certificate="nowhere.pem")), self.reactor)
        error = self.assertRaises(SystemExit, tree.privilegedStartService)
        self.assertIn("[rest] TLS: ", str(error.code))
