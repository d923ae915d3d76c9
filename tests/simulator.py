"""A simulator in memory for tests: the line protocol, a clock, and REST without a socket."""

from __future__ import annotations

import json
from typing import Any

from treq.testing import StubTreq
from twisted.application.service import IServiceCollection
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.trial.unittest import SynchronousTestCase

from exsim.control.access import Access
from exsim.control.resource import make_site
from exsim.interfaces import IJournal, IProtocol
from exsim.model.settings import (
    EndpointSettings,
    Instrument,
    PolicySettings,
    PricingSettings,
    SessionSettings,
    Settings,
    VenueSettings,
)
from exsim.plugins import Catalogue
from exsim.services.branches import Branch
from exsim.services.dispatcher import DispatcherService
from exsim.services.endpoints import EndpointService, PeerFactory
from exsim.services.operations.control import Control
from exsim.services.parts import Plugins
from exsim.services.peer import Peer
from exsim.services.simulator import Simulator
from exsim.services.tree import build_exchange
from exsim.services.watch import Watch
from tests.line_protocol import LineProtocol

SECOND = 10**9


class LinePlugins(Catalogue):
    """The real catalogue, but every protocol is lines."""

    def protocol(self, name: str) -> IProtocol:
        """Lines."""
        if name != "lines":
            raise LookupError(f"unknown protocol {name!r}")
        return LineProtocol()


def settings(*policies: str, **more: Any) -> Settings:
    """Venue X with AAA and BBB, a manual price, endpoint x, and sessions A and B on it."""
    instruments = (Instrument("AAA"), Instrument("BBB"))
    return Settings(
        venues=(VenueSettings("X", policies, ("manual",), instruments=instruments, **more),),
        endpoints=(EndpointSettings("x", "X", "lines", "tcp:0:interface=127.0.0.1"),),
        sessions=(SessionSettings("A", "x"), SessionSettings("B", "x")),
        policies=tuple(PolicySettings(name, name, {}) for name in policies),
        pricing=(PricingSettings("manual", "manual", {}),),
        rest=None,
        durability="none",
    )


class MemorySimulator:
    """All of a simulator but sockets; ``reactor`` is its clock, too."""

    def __init__(
        self,
        configuration: Settings,
        plugins: Plugins | None = None,
        journal: IJournal | None = None,
    ) -> None:
        self.reactor = MemoryReactorClock()
        self.reactor.advance(1_000_000)
        exchange, parts = build_exchange(configuration, plugins or LinePlugins(), journal)
        self.exchange = exchange
        turns = DispatcherService(
            exchange, self.reactor, self.now, grouped=configuration.durability == "fsync"
        )
        self.endpoints = Branch("endpoints")
        for endpoint in exchange.endpoints.values():
            EndpointService(endpoint, turns, self.reactor).setServiceParent(self.endpoints)
        self.turns = turns
        self.watch = Watch(self.reactor)
        self.simulator = Simulator(
            exchange, parts, turns, self.endpoints, self.reactor, self.watch, configuration
        )
        self.control = Control(self.simulator)
        turns.startService()
        self.endpoints.privilegedStartService()
        self.endpoints.startService()

    def now(self) -> int:
        """The reactor's time in nanoseconds."""
        return round(self.reactor.seconds() * SECOND)

    def service(self, name: str = "x") -> EndpointService:
        """The service of an endpoint."""
        return self.simulator.endpoint_service(name)

    def connect(self, endpoint: str = "x") -> Wire:
        """A new connection to an endpoint."""
        peer = PeerFactory(self.service(endpoint)).buildProtocol(None)
        assert peer is not None
        return Wire(peer)

    def login(self, name: str) -> Wire:
        """A connection that has logged in."""
        wire = self.connect()
        wire.send(f"LOGIN {name}")
        return wire

    def stop(self) -> None:
        """Leave no timer behind."""
        for service in IServiceCollection(self.endpoints):
            for peer in list(service.peers):
                peer.connectionLost()
        self.turns.stopService()


class Wire:
    """The far end of a connection."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.transport = StringTransport()
        peer.makeConnection(self.transport)

    def send(self, line: str) -> list[str]:
        """Send a line; the lines that came since the last call."""
        self.peer.dataReceived(line.encode() + b"\n")
        return self.read()

    def read(self) -> list[str]:
        """The lines that came since the last call."""
        data: bytes = self.transport.value()
        self.transport.clear()
        return data.decode().splitlines()

    @property
    def closed(self) -> bool:
        """Whether the simulator hung up."""
        return bool(self.transport.disconnecting)


class RestTestCase(SynchronousTestCase):
    """Tests that talk REST to a :class:`MemorySimulator`."""

    policies: tuple[str, ...] = ()

    def setUp(self) -> None:
        """A simulator and a client of it."""
        self.start(settings(*self.policies))

    def start(
        self,
        configuration: Settings,
        plugins: Plugins | None = None,
        journal: IJournal | None = None,
    ) -> None:
        """Talk to a simulator with these settings from now on."""
        self.memory = MemorySimulator(configuration, plugins, journal)
        self.addCleanup(self.memory.stop)
        site = make_site(self.memory.control, Access(), self.memory.reactor)
        self.treq = StubTreq(site.resource)

    def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        """Ask at once; the JSON of the answer."""
        pending = self.begin(method, path, body)
        self.treq.flush()
        response = self.successResultOf(pending)
        text = self.successResultOf(response.text())
        self.assertEqual(response.code, status, text)
        return json.loads(text) if text else None

    def begin(self, method: str, path: str, body: object = None) -> Any:
        """Ask; a Deferred of the response."""
        more = {} if body is None else {"json": body}
        ask: Any = self.treq.request  # type: ignore[attr-defined]  # made at run time
        return ask(method, f"http://127.0.0.1/api/v1{path}", **more)

    def get(self, path: str, status: int = 200) -> Any:
        """GET."""
        return self.ask("GET", path, None, status)

    def post(self, path: str, body: object = None, status: int = 200) -> Any:
        """POST."""
        return self.ask("POST", path, body, status)
