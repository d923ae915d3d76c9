"""
An exchange in this process, without sockets, threads and waiting: for tests of Twisted code.

What a client says reaches it by :meth:`MemoryExchange.pump`, and time passes by
:meth:`MemoryExchange.wait`, so that each run is the same as the one before.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IProtocol
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure

from exsim.client.blocking_operations import BlockingOperations
from exsim.client.codec import SimulatorError
from exsim.client.launch import DEFAULT_CONFIG, Address
from exsim.config.load import load
from exsim.control.operations import BY_NAME
from exsim.control.results import Problem
from exsim.errors import RequestError
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.branches import Branch
from exsim.services.dispatcher import DispatcherService
from exsim.services.endpoints import EndpointService, PeerFactory
from exsim.services.operations.control import Control
from exsim.services.simulator import Simulator
from exsim.services.tree import build_exchange
from exsim.services.watch import Watch
from exsim.testing.exchange import ORDER_ENTRY, Exchange
from exsim.testing.server import MANUAL, Config

START: Final = 1_767_603_600
"""Seconds since 1970: 2026-01-05, a Monday, at 09:00 UTC."""
SECOND: Final = 10**9
ROUNDS: Final = 10_000
"""How often bytes may go to and fro at one time, before two sides are said to never stop."""
S = TypeVar("S", bound=Struct | None)


class MemoryExchange(Exchange):
    """
    A venue, and a connection for each :meth:`connect`; ``reactor`` is the clock of its sessions.

    Without ``config``, an ini file, there is a venue XSIM with AAA, BBB and CCC, where any FIX
    client may log on, with a clock that the test moves. :meth:`stop` it in the end.

    :raises exsim.errors.ConfigError: when the configuration is wrong.
    """

    def __init__(
        self, config: Config = None, overrides: Iterable[str] = (), start: int = START
    ) -> None:
        self.reactor = MemoryReactorClock()
        self.reactor.advance(start)
        settings = _settings(config, overrides)
        exchange, parts = build_exchange(settings, Catalogue())
        self._turns = DispatcherService(exchange, self.reactor, self._now)
        self._services = Branch("endpoints")
        for endpoint in exchange.endpoints.values():
            service = EndpointService(endpoint, self._turns, self.reactor)
            service.setServiceParent(self._services)
        self._links: list[_Link] = []
        watch = Watch(self.reactor)
        self._inside = Simulator(
            exchange, parts, self._turns, self._services, self.reactor, watch, settings
        )
        self._turns.startService()
        self._services.privilegedStartService()
        self._services.startService()
        venue = settings.venues[0].name
        addresses = {
            one.name: Address("memory", None) for one in settings.endpoints if one.venue == venue
        }
        super().__init__(_InProcess(self, Control(self._inside)), addresses, venue)

    def connect(self, protocol: IProtocol, endpoint: str = "") -> None:
        """Connect a client's protocol to an endpoint, and :meth:`pump`."""
        first = ORDER_ENTRY if ORDER_ENTRY in self.endpoints else next(iter(self.endpoints))
        service = self._inside.endpoint_service(endpoint or first)
        peer = PeerFactory(service).buildProtocol(None)
        assert peer is not None
        self._links.append(_Link(protocol, peer))
        self.pump()

    def pump(self) -> None:
        """Have all arrive that either side has sent, and what is sent for that, and so on."""
        for _ in range(ROUNDS):
            self.reactor.advance(0)
            moved = [link.move() for link in self._links]
            self._links = [link for link in self._links if not link.closed]
            if not any(moved):
                return
        raise RuntimeError(f"client and exchange answer each other without an end: {ROUNDS} times")

    def wait(self, seconds: float) -> None:
        """Let real time pass, as sessions have it for their heartbeats."""
        self.pump()
        end = self.reactor.seconds() + seconds
        while (rest := end - self.reactor.seconds()) > 0:
            self._step(rest)

    def stop(self) -> None:
        """Disconnect all, and leave no timer behind."""
        for link in self._links:
            link.close()
        self._turns.stopService()

    def await_(self, result: Deferred[Any]) -> Any:
        """What a Deferred of this exchange comes to, as time passes."""
        found: list[Any] = []
        result.addBoth(found.append)
        self.pump()
        while not found:
            self._step(1.0)
        if isinstance(found[0], Failure):
            found[0].raiseException()
        return found[0]

    def _step(self, longest: float) -> None:
        """Go on to what is due next, or by so many seconds."""
        due = min((call.getTime() for call in self.reactor.getDelayedCalls()), default=None)
        now = self.reactor.seconds()
        step = longest if due is None else min(longest, max(0.0, due - now))
        self.reactor.advance(step)
        self.pump()

    def _now(self) -> int:
        return round(self.reactor.seconds() * SECOND)


class _InProcess(BlockingOperations):
    """A client that asks the exchange itself, as strictly as REST does."""

    def __init__(self, exchange: MemoryExchange, control: Control) -> None:
        self._exchange = exchange
        self._control = control

    def perform(self, operation: str, arguments: Struct, body: Struct | None = None) -> Any:
        entry = BY_NAME[operation]
        self._exchange.pump()
        try:
            whole = _checked(arguments, entry.arguments)
            result = self._control.perform(
                operation, whole, None if entry.body is None else _checked(body, entry.body)
            )
            if isinstance(result, Deferred):
                result = self._exchange.await_(result)
        except RequestError as error:
            raise SimulatorError(Problem(error.title, error.status, str(error))) from None
        except msgspec.ValidationError as error:
            raise SimulatorError(Problem("Invalid", 422, str(error))) from None
        self._exchange.pump()
        return result


class _Link:
    """A connection: what one side writes, the other gets when it is moved."""

    def __init__(self, client: IProtocol, server: Any) -> None:
        self.closed = False
        self._sides = [(client, StringTransport()), (server, StringTransport())]
        for protocol, transport in reversed(self._sides):
            protocol.makeConnection(transport)

    def move(self) -> bool:
        """Move what was written; whether anything happened."""
        moved = False
        (client, ours), (server, theirs) = self._sides
        for source, target in ((ours, server), (theirs, client)):
            data = source.value()
            if data:
                source.clear()
                target.dataReceived(data)
                moved = True
        if (ours.disconnecting or theirs.disconnecting) and not moved:
            self.close()
            moved = True
        return moved

    def close(self) -> None:
        """Close both ends."""
        if not self.closed:
            self.closed = True
            for protocol, _ in self._sides:
                protocol.connectionLost(Failure(ConnectionDone()))


def _checked(given: Any, kind: type[Struct]) -> Any:
    return msgspec.convert(msgspec.to_builtins(given), kind)


def _settings(config: Config, overrides: Iterable[str]) -> Settings:
    if config is not None:
        return load(os.fspath(config), tuple(overrides), Catalogue())
    with tempfile.NamedTemporaryFile("w", suffix=".ini", encoding="utf-8") as file:
        file.write(DEFAULT_CONFIG)
        file.flush()
        return load(file.name, (*MANUAL, *overrides), Catalogue())
