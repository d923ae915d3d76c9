"""A gateway in memory: what clients say first, where venues are, and the sockets of one client."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from exsim.client.launch import Address
from exsim.model.settings import EndpointSettings, GatewaySettings, Settings
from exsim.services.gateway.directory import Directory
from exsim.services.gateway.places import IPlaces
from exsim.services.gateway.relay import Relay
from exsim.services.gateway.sockets import GatewayService
from exsim.services.proxy_sides import Side
from exsim.wire import fix, soup
from tests.test_proxy import Far

NOW = 1_700_000_000_000_000_000


def logon(sender: str = "DESK", target: str = "X", more: str = "", kind: str = "A") -> bytes:
    """A Logon."""
    text = f"35={kind}|34=1|49={sender}|56={target}|52=20260105-09:00:00|98=0|108=30|{more}"
    return fix.encode(b"FIX.4.4", text.replace("|", "\x01").encode())


def login(user: bytes = b"DESK", session: bytes = b"") -> bytes:
    """A Login Request."""
    return soup.login(soup.Login(user, b"secret", session, 1))


def fix_endpoint(
    name: str, comp_id: str, role: str = "order-entry", **more: Any
) -> EndpointSettings:
    """An endpoint of FIX."""
    options = {"comp_id": comp_id, "accept_any_logon": more.pop("anybody", False)}
    return EndpointSettings(name, f"V-{name}", "fix", "tcp:0", role, options=options, **more)


def ouch_endpoint(name: str, session: str, anybody: bool = False) -> EndpointSettings:
    """An endpoint of OUCH."""
    options = {"session": session, "accept_any_logon": anybody}
    return EndpointSettings(name, f"V-{name}", "ouch", "tcp:0", options=options)


@implementer(IPlaces)
class FakePlaces:
    """Tells what a test says; ``missed`` are those that turned out to be wrong."""

    def __init__(self) -> None:
        self.trouble = ""
        self.known: dict[str, Address] = {"x": Address("127.0.0.1", 9), "y": Address("h", 8)}
        self.missed: list[str] = []

    def find(self, endpoint: str) -> Address | None:
        """That."""
        return self.known.get(endpoint)

    def wrong(self, endpoint: str) -> None:
        """Note it."""
        self.missed.append(endpoint)


class MemoryGateway(GatewayService):
    """A gateway whose connections to venues a test makes; ``calls`` are those that it asked for."""

    def __init__(self, protocol: str, reactor: Clock, **more: Any) -> None:
        settings = GatewaySettings("g", "tcp:0", protocol, **more)
        endpoints = (
            fix_endpoint("x", "X"),
            fix_endpoint("y", "Y"),
            fix_endpoint("z", "Z"),
            ouch_endpoint("x", "MORN"),
        )
        directory = Directory(settings, Settings(endpoints=endpoints))
        super().__init__(settings, directory, FakePlaces(), reactor, lambda: NOW)
        self.calls: list[tuple[Address, Side, Deferred[Any]]] = []
        self.canceled = 0

    def connect(self, place: Address, side: Side) -> Deferred[Any]:
        """Note it."""

        def cancel(calling: Deferred[Any]) -> None:
            self.canceled += 1

        self.calls.append((place, side, Deferred(cancel)))
        return self.calls[-1][2]


class RelayCase(SynchronousTestCase):
    """One client of a gateway in memory."""

    protocol = "fix"

    def setUp(self) -> None:
        """It has connected, and says nothing yet."""
        self.clock = Clock()
        self.gateway = MemoryGateway(self.protocol, self.clock)
        self.relay = Relay(self.gateway, "127.0.0.1:1")
        self.gateway.relays.add(self.relay)
        self.client, self.venue = Far(), Far()
        self.relay.client.makeConnection(self.client)

    @property
    def places(self) -> FakePlaces:
        """Where venues are."""
        places = self.gateway.places
        assert isinstance(places, FakePlaces)
        return places

    def answer(self) -> None:
        """The venue takes the connection."""
        _, side, calling = self.gateway.calls[-1]
        side.makeConnection(self.venue)
        calling.callback(side)

    def open(self) -> None:
        """The client is with its venue."""
        self.relay.client.dataReceived(logon())
        self.answer()
        self.assertEqual(self.venue.read(), logon())

    def lose(self, side: Side) -> None:
        """A socket is gone."""
        side.connectionLost(Failure(ConnectionDone()))

    def refused(self) -> dict[str, int]:
        """Clients that were taken nowhere, by why."""
        return {why: count for why, count in self.gateway.counts.refused.items() if count}
