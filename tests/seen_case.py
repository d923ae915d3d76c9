"""A FIX market in memory with REST, and counterparties of it, for tests of what is seen of both."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from exsim.config.load import load
from exsim.plugins import Catalogue
from exsim.services.endpoints import PeerFactory
from exsim.services.peer import Peer
from exsim.wire.fix import encode, utc_timestamp
from tests.simulator import MemorySimulator, RestTestCase, Wire

INI = """
[exsim]
durability = none

[venue:XSIM]
policies = match
clock = manual
clock_start = 2026-01-05T09:30:00Z

[instrument:XSIM:IBM]

[instrument:XSIM:MSFT]

[endpoint:order-entry]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_latency = 0s
validate = no
"""


class Party:
    """A counterparty that logs on over FIX.4.4."""

    def __init__(self, memory: MemorySimulator, name: str) -> None:
        self._memory = memory
        self._name = name
        self._sent = 0
        peer = PeerFactory(memory.service("order-entry")).buildProtocol(None)
        assert isinstance(peer, Peer)
        self.wire = Wire(peer)
        self.send("A", "98=0|108=30")

    def send(self, msg_type: str, body: str) -> None:
        """Send a message; ``body`` has ``|`` for SOH."""
        self._sent += 1
        now = utc_timestamp(self._memory.now(), 3).decode()
        head = f"35={msg_type}|34={self._sent}|49={self._name}|52={now}|56=XSIM|"
        data = encode(b"FIX.4.4", f"{head}{body}|".replace("|", "\x01").encode())
        self.wire.peer.dataReceived(data)

    def order(self, name: str, side: str, qty: str, symbol: str, price: str) -> None:
        """Send a limit order for the day."""
        time = "60=20260105-09:30:00|"
        body = f"11={name}|55={symbol}|54={side}|38={qty}|40=2|44={price}|59=0|21=1|{time}"
        self.send("D", body.rstrip("|"))


class SeenTestCase(RestTestCase):
    """Tests on that market; a second passes where a test says so."""

    ini = INI

    def setUp(self) -> None:
        """A simulator of this configuration, at noon."""
        with TemporaryDirectory() as folder:
            path = Path(folder, "exsim.ini")
            path.write_text(self.ini, encoding="utf-8")
            self.start(load(str(path), [], Catalogue()), Catalogue())
        self.memory.reactor.advance(1_767_614_400 - self.memory.reactor.seconds())
        self.party = Party(self.memory, "BUYSIDE1")

    def trade(self) -> None:
        """A few orders, of which two meet."""
        self.party.order("c1", "1", "100", "IBM", "10.05")
        self.memory.reactor.advance(1)
        self.party.order("c2", "1", "500", "MSFT", "20")
        other = Party(self.memory, "SELLSIDE")
        other.order("s1", "2", "60", "IBM", "10")

    def messages(self, **query: str) -> list[Any]:
        """Messages that REST tells of."""
        text = "&".join(f"{name}={quote(value)}" for name, value in query.items())
        found: list[Any] = self.get(f"/messages?{text}")["items"]
        return found

    def verify(self, **body: Any) -> Any:
        """What is told of expected messages."""
        return self.post("/messages/verify", body)
