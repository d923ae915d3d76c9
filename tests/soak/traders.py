"""
Counterparties of a simulation: they trade at random, and remember what they were told.

What they send and what they are sent is on its way for a while, and is lost with its connection.
They keep the rules of FIX sessions: what was lost is asked for again, and sent again when asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Protocol

from twisted.internet.testing import StringTransport

from exsim.services.endpoints import EndpointService, PeerFactory
from exsim.services.peer import Peer
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_frame import Framer
from tests.invariants import Told, told_of
from tests.soundness import demand

SYMBOLS = ("AAA", "AAA", "BBB", "CCC")
ACCOUNTS = ("A1", "A2", "A3")
LIMIT = "40=2|"
TYPES = (LIMIT,) * 12 + (
    *("40=1|", "40=1|", "40=3|99=STOP|", "40=4|99=STOP|", "20040=K|40=1|", "20040=J|40=1|99=STOP|"),
    *("20040=T|40=2|99=STOP|", "20040=P|40=2|20018=R|", "20040=P|40=2|20018=P|20211=-0.25|"),
    *("20040=P|40=2|20018=M|", "40=3|20018=a|20211=0.5|", "40=4|99=STOP|20018=a|20211=1|20836=1|"),
)
"""What they order; STOP is a price."""
TIMES = ("59=0|",) * 8 + (
    *("59=1|", "59=1|", "59=3|", "59=4|", "59=2|", "20059=5|", "20059=7|", "20059=B|"),
    "59=6|126=EXPIRY|",
)
ASKED = (
    *("111=10|", "20018=hidden|", "20018=6|", "20018=reprice|", "20018=G|", "110=20|"),
    *("20388=0|20389=0.5|", "20018=o|", "111=20|21084=3|21085=10|21086=30|", "18=6|", "111=0|"),
)
"""What a limit order asks for besides."""
SESSION = frozenset("012345A")
"""Messages that are not sent again."""


class World(Protocol):
    """Where they trade."""

    random: Random
    plain: bool  # nobody asks for more than a price and a quantity

    def now(self) -> int:
        """Nanoseconds since 1970 UTC."""

    def service(self) -> EndpointService:
        """Where they connect."""


class Trader:
    """
    A counterparty: ``told`` is what it was told of orders by ExecID, ``fills`` are the quantities
    that were filled, by OrderID and ExecID; ``fresh`` says that its session always went on from one
    connection to the next.
    """

    def __init__(self, world: World, name: str, version: str) -> None:
        self.name = name
        self.fills: dict[str, dict[str, int]] = {}
        self.fresh = True
        self.heard: list[bytes] = []
        self.next_in = 1
        self.next_out = 1
        self._world = world
        self._random = world.random
        self._version = version
        self._sent: dict[int, tuple[str, str]] = {}
        self._orders: list[tuple[str, str, str]] = []  # ClOrdID, and terms that stay
        self.told: dict[str, Told] = {}
        self._peer: Peer | None = None
        self._transport = StringTransport()
        self._up = self._down = b""  # on its way
        self._framer = Framer()
        self._asked = 0  # the first of what it asked to be sent again
        self._resets = False
        self.logged_on = False

    # -- the line

    @property
    def connected(self) -> bool:
        """Whether there is a line."""
        return self._peer is not None

    def connect(self) -> None:
        """Connect and log on; sometimes all numbers begin again with that."""
        peer = PeerFactory(self._world.service()).buildProtocol(None)
        if peer is None:
            return
        self._peer, self._transport = peer, StringTransport()
        self._framer, self._up, self._down, self._asked = Framer(), b"", b"", 0
        peer.makeConnection(self._transport)
        self._resets = self._resets or self.begins_again()
        more = "1137=9|" if self._version == "FIXT.1.1" else ""
        if self._resets:
            self.fresh = False
            self.next_in = self.next_out = 1
            self._sent.clear()
            more += "141=Y|"
        self.say("A", f"98=0|108=30|{more}")

    def begins_again(self) -> bool:
        """Whether all numbers begin again with the next logon."""
        return self._random.random() < 0.03

    def cut(self) -> None:
        """The line is cut, and all is lost that was on its way."""
        peer, self._peer = self._peer, None
        self.logged_on = False
        if peer is not None:
            peer.connectionLost()

    def gone(self) -> None:
        """The other side is no more."""
        self._peer, self.logged_on = None, False

    def carry(self, everything: bool = False) -> None:
        """Bytes get ahead, in both directions: some of them, or all."""
        if self._peer is None:
            return
        data, self._up = self._part(self._up, everything)
        if data:
            self._peer.dataReceived(data)
        self.fetch(everything)

    def fetch(self, everything: bool = False) -> None:
        """Bytes get ahead that are on their way to it."""
        self._down += self._transport.value()
        self._transport.clear()
        data, self._down = self._part(self._down, everything)
        if data:
            self.heard.append(data)
            self._framer.feed(data)
            while self._peer is not None and (message := self._framer.next()) is not None:
                demand(isinstance(message, bytes), "{}: {} is no message", self.name, message)
                assert isinstance(message, bytes)
                self._receive(decode(message))
        if self._peer is not None and self._transport.disconnecting and not self._down:
            self.cut()

    def _part(self, data: bytes, everything: bool) -> tuple[bytes, bytes]:
        choice = 1.0 if everything else self._random.random()
        size = 0 if choice < 0.1 else len(data)
        if 0.1 <= choice < 0.3:
            size = self._random.randint(0, len(data))
        return data[:size], data[size:]

    def say(self, msg_type: str, body: str) -> None:
        """Send a message under the next number."""
        seq, self.next_out = self.next_out, self.next_out + 1
        self._sent[seq] = msg_type, body
        self._write(seq, msg_type, body)

    def _write(self, seq: int, msg_type: str, body: str) -> None:
        if self._peer is not None:
            head = f"35={msg_type}|34={seq}|49={self.name}|52={self._stamp()}|56=SIM|"
            text = (head + body).replace("|", "\x01").encode()
            self._up += encode(self._version.encode(), text)

    def _stamp(self) -> str:
        return utc_timestamp(self._world.now(), 3).decode()

    # -- its session

    def _receive(self, message: FixMessage) -> None:
        kind, seq = message.msg_type.decode(), message.seq
        if kind == "A":
            self.logged_on = True
            if message.get(b"141") == b"Y":
                self.next_in, self._resets = seq, False
        if kind == "2":
            self._send_again(message)
        if kind == "4" and message.get(b"123") != b"Y":
            self.next_in = int(message.fields[b"36"])
        elif seq > self.next_in:
            if self._asked != self.next_in:
                self._asked = self.next_in
                self.say("2", f"7={self.next_in}|16=0|")
        elif seq < self.next_in:
            again = message.get(b"43") == b"Y"
            demand(again, "{}: message {}, {} was next", self.name, seq, self.next_in)
        elif kind == "4":
            self.next_in = int(message.fields[b"36"])
        else:
            self.next_in += 1
            self._take(kind, message)

    def _take(self, kind: str, message: FixMessage) -> None:
        if kind == "1":
            self.say("0", f"112={message.fields[b'112'].decode()}|")
        elif kind == "5":
            self.say("5", "")
        elif kind == "8":
            told = told_of(self.name, message)
            if told is not None and told.exec_id != "0":
                before = self.told.setdefault(told.exec_id, told)
                demand(before == told, "{} heard {}, then {}", self.name, before, told)
                if told.fill:
                    self.fills.setdefault(told.order_id, {})[told.exec_id] = told.last_qty

    def _send_again(self, message: FixMessage) -> None:
        """Send orders again, or say that there is nothing to be sent."""
        begin, end = int(message.fields[b"7"]), self.next_out
        orders = self._random.random() < 0.7
        at = begin
        for seq in range(begin, end):
            msg_type, body = self._sent.get(seq, ("0", ""))
            if orders and msg_type not in SESSION:
                self._fill_gap(at, seq)
                at = seq + 1
                self._write(seq, msg_type, f"43=Y|122={self._stamp()}|{body}")
        self._fill_gap(at, end)

    def _fill_gap(self, begin: int, end: int) -> None:
        if begin < end:
            self._write(begin, "4", f"43=Y|122={self._stamp()}|123=Y|36={end}|")

    # -- what it asks for

    def act(self) -> None:
        """Do something."""
        random = self._random
        if self._peer is None:
            self.connect()
        elif not self.logged_on:
            return
        elif (choice := random.random()) < 0.55:
            self._order()
        elif choice < 0.68:
            self._cancel()
        elif choice < 0.8:
            self._replace()
        elif choice < 0.9:
            self.say(*random.choice(list(self._others())))
        elif choice < 0.93:
            self.say("1", "112=there|")
        elif choice < 0.94:
            self.say("5", "")
        elif choice < 0.96:
            self.cut()

    def _price(self) -> str:
        return f"{100 + self._random.randint(-4, 4) / 4:.2f}"

    def _order(self) -> None:
        random = self._random
        symbol = random.choice(SYMBOLS)
        terms = LIMIT if self._world.plain else random.choice(TYPES)
        terms += random.choice(TIMES)
        if terms.startswith(LIMIT) and random.random() < 0.35 and not self._world.plain:
            terms += random.choice(ASKED)
        if random.random() < 0.1 and not self._world.plain:
            kind = random.choice("123B")
            terms += f"21385={kind}|20583=L{kind}{self.next_out // 20}|"
        expiry = utc_timestamp(self._world.now() + random.randint(1, 60) * 10**9, 0).decode()
        terms = terms.replace("STOP", self._price()).replace("EXPIRY", expiry)
        stays = f"1={random.choice(ACCOUNTS)}|54={random.choice('1122225')}|55={symbol}|{terms}"
        if "40=2|" in terms or "40=4|" in terms:
            price = f"44={self._price()}|"
        else:
            price = ""
        name = f"{self.name}-{self.next_out}"
        self._orders.append((name, stays, price))
        qty = random.randint(1, 9) * 10
        self.say("D", f"11={name}|21=1|38={qty}|{price}{stays}60={self._stamp()}|")

    def _cancel(self) -> None:
        if self._orders:
            known, stays, _ = self._random.choice(self._orders[-12:])
            name = f"{self.name}-{self.next_out}"
            stays = "|".join(stays.split("|")[1:3])
            self.say("F", f"11={name}|41={known}|{stays}|60={self._stamp()}|")

    def _replace(self) -> None:
        """Ask for another quantity, and as often as not for another price."""
        if not self._orders:
            return
        known, stays, price = self._random.choice(self._orders[-12:])
        name = f"{self.name}-{self.next_out}"
        if price and self._random.random() < 0.5:
            price = f"44={self._price()}|"
        self._orders.append((name, stays, price))
        qty = self._random.randint(1, 9) * 10
        terms = f"21=1|38={qty}|{price}{stays}"
        self.say("G", f"11={name}|41={known}|{terms}60={self._stamp()}|")

    def _others(self) -> Iterator[tuple[str, str]]:
        """What is about many orders, or about both sides."""
        random, name = self._random, f"{self.name}-{self.next_out}"
        symbol, stamp = random.choice(SYMBOLS), f"60={self._stamp()}|"
        yield "q", f"11={name}|530=1|55={symbol}|{stamp}"
        yield "q", f"11={name}|530=7|{stamp}"
        yield "CA", f"11={name}|1373=3|1374=7|{stamp}"
        yield "AF", f"584={name}|585=7|"
        yield "AD", f"568={name}|569=0|"
        if self._orders:
            yield "H", f"11={random.choice(self._orders)[0]}|54=1|55={symbol}|"
        bid = 100 + random.randint(-6, 3) / 4
        quote = f"132={bid:.2f}|133={bid + 0.75:.2f}|134={random.randint(0, 3) * 10}|135=20|"
        yield "S", f"117={name}|55={symbol}|{quote}{stamp}"
        yield "S", f"117={name}|55={symbol}|{quote}{stamp}"
        yield "Z", f"117={name}|298=4|"
        sides = "552=2|" + "".join(
            f"54={side}|11={name}{side}|38=20|1={random.choice(ACCOUNTS)}|" for side in "12"
        )
        kind, first = random.choice("1234"), random.choice("012")
        cross = f"548={name}|549={kind}|550={first}|55={symbol}|40=2|44={self._price()}|"
        yield "s", f"{cross}{sides}21=1|{stamp}"
