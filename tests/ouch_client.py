"""A simulator in memory with endpoints of OUCH, and counterparties of them, for tests."""

from __future__ import annotations

from typing import Any

from twisted.internet.testing import StringTransport

from exsim.interfaces import IJournal, IProtocol
from exsim.model.options import read_options
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
from exsim.protocols.ouch import OuchProtocol
from exsim.services.endpoints import PeerFactory
from exsim.sessions.soup_client import SoupClient
from exsim.wire import soup
from exsim.wire.layouts.ouch42 import OUCH42
from exsim.wire.layouts.ouch50 import OUCH50
from tests.simulator import MemorySimulator

PROTOCOL = OuchProtocol()
FAMILIES = {"5.0": OUCH50, "4.2": OUCH42}
ENTER = {
    "5.0": {
        "Side": "B",
        "Quantity": "100",
        "Symbol": "AAA",
        "Price": "10",
        "TimeInForce": "0",
        "Display": "Y",
        "Capacity": "P",
        "InterMarketSweepEligibility": "N",
        "CrossType": "N",
    },
    "4.2": {
        "BuySellIndicator": "B",
        "Shares": "100",
        "Stock": "AAA",
        "Price": "10",
        "TimeInForce": "99998",
        "Display": "Y",
        "Capacity": "P",
        "IntermarketSweepEligibility": "N",
        "CrossType": "N",
    },
}
"""Fields of an order of each version that have nothing to do with a test."""


class OuchPlugins(Catalogue):
    """The real catalogue, but every protocol is OUCH."""

    def protocol(self, name: str) -> IProtocol:
        """OUCH."""
        if name != "ouch":
            raise LookupError(f"unknown protocol {name!r}")
        return PROTOCOL


def endpoint(name: str = "x", **keys: str) -> EndpointSettings:
    """An endpoint of venue X that lets anybody in."""
    options = read_options(PROTOCOL.endpoint_options, {"accept_any_logon": "yes", **keys})
    return EndpointSettings(name, "X", "ouch", "tcp:0:interface=127.0.0.1", options=options)


def session(name: str, at: str = "x", **keys: str) -> SessionSettings:
    """A session of that endpoint."""
    return SessionSettings(name, at, options=read_options(PROTOCOL.session_options, keys))


def settings(
    *policies: str,
    sessions: tuple[SessionSettings, ...] = (),
    endpoints: tuple[EndpointSettings, ...] = (),
    **venue: Any,
) -> Settings:
    """Venue X with AAA and BBB, and endpoint x, or others."""
    instruments = venue.pop("instruments", (Instrument("AAA"), Instrument("BBB")))
    return Settings(
        venues=(VenueSettings("X", policies, ("manual",), instruments=instruments, **venue),),
        endpoints=endpoints or (endpoint(),),
        sessions=sessions,
        policies=tuple(PolicySettings(name, name, {}) for name in policies),
        pricing=(PricingSettings("manual", "manual", {}),),
        rest=None,
        durability="none",
    )


def simulator(configuration: Settings, journal: IJournal | None = None) -> MemorySimulator:
    """A simulator of these."""
    return MemorySimulator(configuration, OuchPlugins(), journal)


class Trader:
    """A counterparty on a connection of its own; it logs in at a sequence number."""

    def __init__(
        self,
        memory: MemorySimulator,
        user: str,
        version: str = "5.0",
        sequence: int = 1,
        at: str = "x",
        password: str = "",
        stream: str = "",
    ) -> None:
        self.memory = memory
        self.version = version
        self.family = FAMILIES[version]
        asked = soup.Login(user.encode(), password.encode(), stream.encode(), sequence)
        self.soup = SoupClient(asked, memory.now())
        peer = PeerFactory(memory.service(at)).buildProtocol(None)
        assert peer is not None
        self.peer = peer
        self.transport = StringTransport()
        peer.makeConnection(self.transport)

    def read(self) -> list[tuple[str, dict[str, str]]]:
        """The messages that came since the last call: their types and fields."""
        self.flush()
        found = []
        while (came := self.soup.next_message()) is not None:
            layout = self.family.outbound[came[1][:1]]
            fields = {field.name: field.text(value) for field, value in layout.read(came[1])}
            found.append((layout.type.decode(), fields))
        return found

    def read_raw(self) -> list[bytes]:
        """The same as bytes."""
        self.flush()
        found = []
        while (came := self.soup.next_message()) is not None:
            found.append(came[1])
        return found

    def flush(self) -> None:
        """Send what is ready, and take in what came."""
        data = self.soup.data_to_send()
        if data:
            self.peer.dataReceived(data)
        came: bytes = self.transport.value()
        self.transport.clear()
        self.soup.receive(came, self.memory.now())

    def say(self, name: str, **fields: str) -> list[tuple[str, dict[str, str]]]:
        """Send a message of a type; what came since the last call."""
        self.soup.send(self.family.inbound[name.encode()].build(fields), self.memory.now())
        return self.read()

    def enter(self, order: str, **fields: str) -> list[tuple[str, dict[str, str]]]:
        """Enter an order, by its UserRefNum or token."""
        name = "UserRefNum" if self.version == "5.0" else "OrderToken"
        return self.say("O", **{name: order, **ENTER[self.version], **fields})

    def lose(self) -> None:
        """The connection is lost."""
        self.peer.connectionLost()

    @property
    def closed(self) -> bool:
        """Whether the simulator hung up."""
        return bool(self.transport.disconnecting)


def types(found: list[tuple[str, dict[str, str]]]) -> str:
    """The types of messages, in order."""
    return "".join(kind for kind, _ in found)
