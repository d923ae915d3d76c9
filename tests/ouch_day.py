"""Random days in which counterparties of OUCH 5.0 and 4.2 trade with those of FIX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.testing import StringTransport

from exsim.config.load import load
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.endpoints import PeerFactory
from exsim.services.peer import Peer
from exsim.wire import soup
from tests.ouch_client import ENTER, FAMILIES
from tests.random_day import INI, Day

OUCH_INI = """
[endpoint:ouch]
venue = XSIM
protocol = ouch
listen = tcp:0:interface=127.0.0.1
accept_any_logon = yes
max_sessions = 3
later_messages = yes
resend_size = 20

[endpoint:old]
venue = XSIM
protocol = ouch
version = 4.2
listen = tcp:0:interface=127.0.0.1
accept_any_logon = yes
sequence_zero = next
cancel_on_disconnect = yes

[session:SAFE]
endpoint = ouch
user = SAFE
password = secret
max_login_failures = 2
policies = luck

[session:DAYS]
endpoint = ouch
user = DAYS
start_time = 13:46:30
end_time = 13:46:30
"""
GARBAGE = (
    b"\0\0",
    b"\0\3UOx",
    b"\0\2UX",
    b"\xff\xffU",
    b"\0\1L",
    b"\0\1S",
    b"GET / HTTP/1.1\r\n\r\n",
)
OPTIONS = (
    {"Firm": "HOLD"},
    {"Firm": "SLOW"},
    {"Firm": "STEP"},
    {"MinQty": "10"},
    {"MaxFloor": "10"},
    {"PriceType": "M"},
    {"PostOnly": "P"},
    {"Route": "XX"},
    {"DiscretionPrice": "100.1"},
)


def settings(path: str) -> Settings:
    """The settings of these days; their file is written to ``path``."""
    Path(path).write_text(INI + OUCH_INI)
    return load(path, [], Catalogue())


class OuchParty:
    """A counterparty that does not care for what it gets."""

    def __init__(self, day: Day, name: str, endpoint: str, version: str) -> None:
        self.day = day
        self.name = name
        self.endpoint = endpoint
        self.version = version
        self.peer: Peer | None = None
        self.last = 0
        self.sent = b""

    def connect(self) -> None:
        """Connect, and log in in some way or other."""
        memory, random = self.day.memory, self.day.random
        if self.endpoint not in memory.exchange.endpoints:
            return
        self.peer = PeerFactory(memory.service(self.endpoint)).buildProtocol(None)
        if self.peer is None:
            return
        self.peer.makeConnection(StringTransport())
        password = random.choice((b"secret", b"secret", b"wrong"))
        sequence = random.choice((0, 1, 1, 3, 10**6))
        if random.random() < 0.9:
            self.say(soup.login(soup.Login(self.name.encode(), password, b"", sequence)))

    def lose(self) -> None:
        """The socket is gone."""
        peer, self.peer = self.peer, None
        if peer is not None:
            peer.connectionLost()

    def say(self, packet: bytes) -> None:
        """Send a packet; perhaps a part of it, with the rest before the next."""
        self.sent += packet
        random = self.day.random
        while self.sent and (random.random() < 0.9 or len(self.sent) > 500):
            size = random.choice((1, 30, 100, 1000, 1000, 1000))
            data, self.sent = self.sent[:size], self.sent[size:]
            if self.peer is not None:
                self.peer.dataReceived(data)
                self.check()

    def message(self, kind: str, **fields: str) -> None:
        """Send a message."""
        layout = FAMILIES[self.version].inbound[kind.encode()]
        self.say(soup.packet(soup.UNSEQUENCED, layout.build(fields)))

    def check(self) -> None:
        """Hang up when the other side does."""
        if self.peer is not None and self.peer.transport.disconnecting:  # type: ignore[union-attr]
            self.sent = b""
            self.lose()

    def act(self) -> None:
        """Do something."""
        random = self.day.random
        if self.peer is None:
            self.sent = b""
            self.connect()
            return
        choice = random.random()
        known = str(random.randint(max(1, self.last - 6), self.last + 1))
        if choice < 0.45:
            self.enter()
        elif choice < 0.58:
            self.change("X", known)
        elif choice < 0.68:
            self.change("M", known)
        elif choice < 0.82:
            self.replace(known)
        elif choice < 0.88:
            self.other()
        elif choice < 0.92:
            self.say(random.choice(GARBAGE))
        elif choice < 0.95:
            kinds = (soup.CLIENT_HEARTBEAT, soup.CLIENT_HEARTBEAT, soup.DEBUG, soup.LOGOUT)
            self.say(soup.packet(random.choice(kinds)))
        else:
            self.lose()

    def enter(self) -> None:
        """An order, now and then under a number that was used."""
        random = self.day.random
        self.last += random.choice((0, 1, 1, 1, 1, 2))
        side, symbol = random.choice("BST"), random.choice(("AAA", "BBB", "NIL"))
        count = str(random.choice((0, 10, 20, 50, 100)))
        price = f"{random.randint(9900, 10100) / 100:.2f}"
        fields = {**ENTER[self.version], "Price": price}
        if self.version == "5.0":
            fields |= {"UserRefNum": str(self.last), "Side": side, "Quantity": count}
            fields |= {"Symbol": symbol, "TimeInForce": random.choice("0036")}
            if random.random() < 0.3:
                fields |= random.choice(OPTIONS)
            if fields["TimeInForce"] == "6":
                fields["ExpireTime"] = "3"
        else:
            fields |= {"OrderToken": f"T{self.last}", "BuySellIndicator": side, "Shares": count}
            fields |= {"Stock": symbol, "TimeInForce": random.choice(("0", "4", "99998", "99998"))}
            fields |= {"Display": random.choice("YYYNPM")}
        self.message("O", **fields)

    def change(self, kind: str, known: str) -> None:
        """Less of an order, or other terms."""
        random = self.day.random
        count = str(random.choice((0, 0, 10, 30)))
        side = {} if kind == "X" else {"Side": random.choice("BST")}
        if self.version == "5.0":
            self.message(kind, UserRefNum=known, Quantity=count, **side)
        else:
            told = {"BuySellIndicator": side["Side"]} if side else {}
            self.message(kind, OrderToken=f"T{known}", Shares=count, **told)

    def replace(self, known: str) -> None:
        """An order goes on under another number."""
        random = self.day.random
        if random.random() < 0.5:
            known = str(self.last)
        self.last += 1
        price = f"{random.randint(9900, 10100) / 100:.2f}"
        count = str(random.choice((10, 50, 1_000_000)))
        fields = {"Price": price, "Display": "Y"}
        if self.version == "5.0":
            fields |= {"OrigUserRefNum": known, "UserRefNum": str(self.last)}
            self.message("U", Quantity=count, TimeInForce="0", **fields)
        else:
            fields |= {"ExistingOrderToken": f"T{known}", "ReplacementOrderToken": f"T{self.last}"}
            self.message("U", Shares=count, TimeInForce="99998", **fields)

    def other(self) -> None:
        """What is not about one order."""
        random = self.day.random
        if self.version == "4.2":
            self.message("N", OrderToken=f"T{self.last}")
            return
        kind = random.choice("QQCDEE")
        if kind != "Q":
            self.last += 1
        fields = {} if kind == "Q" else {"UserRefNum": str(self.last)}
        self.message(kind, **fields)


class OuchDay(Day):
    """A day of which the counterparties of OUCH make the most."""

    def __init__(self, memory: Any, seed: int) -> None:
        super().__init__(memory, seed)
        self.ouch = [
            OuchParty(self, "U1", "ouch", "5.0"),
            OuchParty(self, "U2", "ouch", "5.0"),
            OuchParty(self, "SAFE", "ouch", "5.0"),
            OuchParty(self, "DAYS", "ouch", "5.0"),
            OuchParty(self, "V1", "old", "4.2"),
            OuchParty(self, "V2", "old", "4.2"),
        ]

    def step(self) -> None:
        """One thing happens."""
        choice = self.random.random()
        if choice < 0.65:
            self.random.choice(self.ouch).act()
        elif choice < 0.75:
            self.operate_ouch()
        else:
            super().step()
        for party in self.ouch:
            party.check()

    def operate_ouch(self) -> None:
        """An operation over REST about what these do."""
        random = self.random
        session = {"session": random.choice(("U1", "SAFE", "V1", "DAYS"))}
        new = {"symbol": "AAA", "side": "BUY", "quantity": "50", "price": "100.05"}
        self.perform(
            *random.choice(
                (
                    ("enter_order", {"venue": "XSIM"}, {**new, **session}),
                    ("logout_session", session, {}),
                    ("disconnect_session", session, {}),
                    ("reset_session", session, {}),
                    ("set_sequence", session, {"next_out": random.randint(1, 50)}),
                    ("send_message", session, {"fields": [["Type", "S"], ["EventCode", "E"]]}),
                    ("test_session", session, {"id": "hello"}),
                )
            )
        )

    def end(self) -> None:
        """All sockets are gone."""
        for party in self.ouch:
            party.lose()
        super().end()
