"""A market in memory for tests of faults: a FIX session, a counterparty, and REST's handlers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from exsim.config.load import load
from exsim.control.operations import BY_NAME
from exsim.model.journal import EntryKind
from exsim.plugins import Catalogue
from exsim.services.endpoints import PeerFactory
from exsim.wire.fix import encode, utc_timestamp
from tests.simulator import MemorySimulator, Wire

INI = """
[exsim]
seed = 7

[venue:XSIM]
policies = match

[instrument:XSIM:AAA]
reference = 100

[endpoint:oe]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_latency = 0s

[session:BUY]
endpoint = oe
sender_comp_id = BUY
begin_string = FIX.4.4
"""
Message = dict[str, str]


class Market:
    """A simulator without sockets, on a clock that a test moves."""

    def __init__(self, path: str, ini: str = INI) -> None:
        Path(path).write_text(ini)
        self.memory = MemorySimulator(load(path, [], Catalogue()), Catalogue())

    def do(self, operation: str, body: Any = None, **arguments: Any) -> Any:
        """Carry out an operation over REST."""
        entry = BY_NAME[operation]
        given = msgspec.convert(arguments, entry.arguments)
        sent = None if entry.body is None else msgspec.convert(body or {}, entry.body)
        return self.memory.control.perform(operation, given, sent)

    def fault(self, kind: str, session: str | None = "BUY", **more: Any) -> Any:
        """Set a fault."""
        return self.do("create_fault", {"kind": kind, "session": session, **more})

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.memory.reactor.advance(seconds)

    def client(self, name: str = "BUY", heartbeat: int = 30, log_on: bool = True) -> Client:
        """Somebody who has logged on."""
        client = Client(self, name)
        if log_on:
            client.say("A", f"98=0|108={heartbeat}|")
            assert client.types() == "A", client.last
        return client

    def notes(self) -> list[dict[str, Any]]:
        """What faults have noted in the journal."""
        return [
            json.loads(entry.data)
            for entry in self.memory.exchange.journal.entries(0)
            if entry.kind == EntryKind.NOTE
        ]


class Client:
    """A counterparty that says and hears FIX; ``data`` is what it has got since it last looked."""

    def __init__(self, market: Market, name: str) -> None:
        self.market = market
        self.name = name
        self.seq = 1
        self.last: list[Message] = []
        self.wire = self.connect()

    def connect(self) -> Wire:
        """Connect, once more perhaps."""
        peer = PeerFactory(self.market.memory.service("oe")).buildProtocol(None)
        assert peer is not None
        self.wire = Wire(peer)
        return self.wire

    def say(self, msg_type: str, body: str = "") -> None:
        """Send a message."""
        now = utc_timestamp(self.market.memory.now(), 3).decode()
        head = f"35={msg_type}|34={self.seq}|49={self.name}|52={now}|56=XSIM|"
        self.seq += 1
        self.wire.peer.dataReceived(encode(b"FIX.4.4", (head + body).replace("|", "\x01").encode()))

    def order(self, name: str, side: int = 1, price: str = "100", quantity: int = 10) -> None:
        """Enter an order."""
        self.say(
            "D",
            f"11={name}|38={quantity}|40=2|44={price}|54={side}|55=AAA|60=20260101-00:00:00|",
        )

    def cancel(self, name: str, orig: str) -> None:
        """Cancel an order."""
        self.say("F", f"11={name}|41={orig}|54=1|55=AAA|60=20260101-00:00:00|")

    def data(self) -> bytes:
        """The bytes that came since the last look."""
        value: bytes = self.wire.transport.value()
        self.wire.transport.clear()
        return value

    def heard(self) -> list[Message]:
        """The messages that came since the last look, by tag."""
        found = []
        for text in self.data().decode("latin-1").split("8=FIX.4.4\x01")[1:]:
            fields = (part.partition("=") for part in text.split("\x01") if part)
            found.append({tag: value for tag, _, value in fields})
        self.last = found
        return found

    def types(self) -> str:
        """The types of the messages that came since the last look."""
        return "".join(message["35"] for message in self.heard())

    @property
    def closed(self) -> bool:
        """Whether the simulator hung up."""
        return self.wire.closed

    def hang_up(self) -> None:
        """Go."""
        self.wire.peer.connectionLost()
