"""
ITCH on real sockets, read by others' code: nasdaq-protocols holds the session over SoupBinTCP, and
itchfeed and meatpy make the book of what it brings. For MoldUDP64 no client in Python is known:
its packets are read here by the specification alone, with none of our code, and itchfeed parses
what is in them.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from itch.parser import MessageParser
from meatpy.itch50 import (  # type: ignore[import-untyped, unused-ignore]
    ITCH50MarketProcessor,
    ITCH50MessageReader,
)
from nasdaq_protocols import soup as theirs  # type: ignore[import-untyped, unused-ignore]
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator

INI = Path(__file__).resolve().parent.parent.parent / "etc" / "exsim.ini"
QUIET = "venue:XSIM.activity=none"
PATIENCE = 10.0
"""Seconds to wait for anything."""
GROUP = "239.192.7.1"
HEADER = struct.Struct(">10sQH")
END = 0xFFFF


class Listener:
    """A socket that packets come to; ``book`` are displayed orders by reference."""

    def __init__(self, group: str = "") -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.socket.bind((group or "127.0.0.1", 0))
        self.socket.settimeout(PATIENCE)
        if group:
            member = socket.inet_aton(group) + socket.inet_aton("127.0.0.1")
            self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        self.asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # nothing comes from a group
        self.asking.bind(("127.0.0.1", 0))
        self.asking.settimeout(PATIENCE)
        self.got: list[bytes] = []
        self.session = b""
        self.ended = False
        self.asked = 0
        self.server = ("", 0)  # where packets come from, and requests go to

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self.socket.getsockname()[1]
        return port

    def packet(self) -> tuple[int, list[bytes]]:
        """The number and the messages of the packet that comes next."""
        data, self.server = self.socket.recvfrom(65_536)
        return self.read(data)

    def read(self, data: bytes) -> tuple[int, list[bytes]]:
        """The number and the messages of a packet."""
        self.session, sequence, count = HEADER.unpack_from(data)
        messages, at = [], HEADER.size
        if count == END:
            self.ended = True
            count = 0
        for _ in range(count):
            (size,) = struct.unpack_from(">H", data, at)
            messages.append(data[at + 2 : at + 2 + size])
            at += 2 + size
        assert at == len(data) <= 1400, (at, len(data))
        return sequence, messages

    def ask(self, sequence: int, count: int) -> tuple[int, list[bytes]]:
        """The answer to a request for what was missed."""
        self.asked += 1
        self.asking.sendto(HEADER.pack(self.session, sequence, count), self.server)
        return self.read(self.asking.recv(65_536))

    def follow(self, count: int, loses: int = 0) -> None:
        """Read until there are so many messages; ``loses``: of packets, each that many-th one."""
        number = 0
        while len(self.got) < count:
            sequence, messages = self.packet()
            number += 1
            if loses and messages and number % loses == 0:
                continue
            while sequence > len(self.got) + 1:
                first = len(self.got) + 1
                answered, missed = self.ask(first, sequence - first)
                assert answered == first, (answered, first)
                self.got += missed
            self.got += messages[len(self.got) + 1 - sequence :]


@contextmanager
def listening(group: str = "") -> Iterator[Listener]:
    """A socket for packets."""
    listener = Listener(group)
    try:
        yield listener
    finally:
        listener.socket.close()
        listener.asking.close()


def book_of(messages: list[bytes]) -> dict[str, list[tuple[str, str]]]:
    """The book of AAA that messages come to, as itchfeed reads them: prices and quantities."""
    parser = MessageParser()
    orders: dict[int, list[Any]] = {}
    for raw in messages:
        told = parser.get_message_type(raw)
        kind = told.message_type
        if kind in (b"A", b"F"):
            side = told.buy_sell_indicator.decode()
            price = told.decode_price("price")
            orders[told.order_reference_number] = [side, price, told.shares, told.stock.strip()]
        elif kind in (b"E", b"C", b"X"):
            less = told.cancelled_shares if kind == b"X" else told.executed_shares
            orders[told.order_reference_number][2] -= less
            if not orders[told.order_reference_number][2]:
                del orders[told.order_reference_number]
        elif kind == b"D":
            del orders[told.order_reference_number]
        elif kind == b"U":
            side, _, _, stock = orders.pop(told.order_reference_number)
            price = told.decode_price("price")
            orders[told.new_order_reference_number] = [side, price, told.shares, stock]
    found: dict[str, list[tuple[str, str]]] = {}
    for name, side in (("bids", "B"), ("asks", "S")):
        at: dict[float, int] = {}
        for its, price, shares, stock in orders.values():
            if its == side and stock == b"AAA":
                at[price] = at.get(price, 0) + shares
        prices = sorted(at, reverse=side == "B")
        found[name] = [(f"{price:g}", str(at[price])) for price in prices]
    return found


def shown(simulator: Simulator) -> dict[str, list[tuple[str, str]]]:
    """The book that REST shows."""
    book = simulator.get_book("XSIM", "AAA", depth=1000)
    return {
        "bids": [(level.price, level.quantity) for level in book.bids],
        "asks": [(level.price, level.quantity) for level in book.asks],
    }


def trade(simulator: Simulator, count: int) -> None:
    """Orders that rest, trade, are changed, and are cancelled."""
    for number in range(count):
        buys = bool(number % 2)
        price = 100 - number % 7 if buys else 99 + number % 5
        order = simulator.enter_order(
            "XSIM",
            symbol="AAA",
            side="BUY" if buys else "SELL",
            quantity=str(1 + number % 9),
            price=str(price),
        ).order
        assert order is not None
        if order.status == "FILLED":
            continue
        if number % 4 == 3:
            simulator.cancel_order("XSIM", order.order_id)
        elif number % 5 == 2:
            simulator.replace_order("XSIM", order.order_id, price=str(price - 1))


def by_meatpy(path: Path) -> dict[str, list[tuple[str, str]]]:
    """The book of AAA that meatpy makes of a file."""
    processor = ITCH50MarketProcessor("AAA", datetime(2026, 1, 5, tzinfo=UTC))
    with ITCH50MessageReader(path) as reader:
        for message in reader:
            processor.process_message(message)
    book = processor.current_lob
    return {
        name: [(f"{level.price / 10_000:g}", str(level.volume)) for level in levels]
        for name, levels in (("bids", book.bid_levels), ("asks", book.ask_levels))
    }


def by_itchfeed(path: Path) -> dict[str, list[tuple[str, str]]]:
    """The book of AAA that itchfeed makes of a file."""
    with path.open("rb") as file:
        return book_of([told.to_bytes() for told in MessageParser().parse_file(file)])


class SoupTests(SynchronousTestCase):
    """nasdaq-protocols logs in; what it gets is what meatpy and itchfeed read."""

    def test_file(self) -> None:
        """From a session to a file, and from that to the book."""
        with Simulator.spawn(INI, [QUIET]) as simulator:
            trade(simulator, 120)
            messages = asyncio.run(asyncio.wait_for(self.all_of(simulator), 5 * PATIENCE))
            path = Path(self.mktemp())
            path.write_bytes(b"".join(struct.pack(">H", len(raw)) + raw for raw in messages))
            book = shown(simulator)
            self.assertGreater(len(book["bids"]) + len(book["asks"]), 3)
            self.assertEqual(book_of(messages), book)
            self.assertEqual(by_itchfeed(path), book)
            self.assertEqual(by_meatpy(path), book)

    async def all_of(self, simulator: SpawnedSimulator) -> list[bytes]:
        """All messages of the stream."""
        found: list[bytes] = []
        enough = asyncio.Event()
        last = 0

        async def came(message: Any) -> None:
            if isinstance(message, theirs.SequencedData):
                found.append(message.data)
                if len(found) == last:
                    enough.set()

        where = simulator.endpoints["itch"]
        session = await theirs.connect_async(
            (where.host, where.port), "READER", "any", "", sequence=1, on_msg_coro=came
        )
        last = simulator.get_session("READER").next_out - 1
        if len(found) < last:
            await enough.wait()
        await session.close()
        return found


class MoldTests(SynchronousTestCase):
    """A group and one address, each with packets that are lost."""

    def compare(self, group: str) -> None:
        """Follow a session with losses, and compare the book."""
        with Simulator.spawn(INI, [QUIET]) as simulator, listening(group) as listener:
            to = group or "127.0.0.1"
            simulator.create_session(
                name="packets", endpoint="itch", connect=f"udp:{to}:{listener.port}"
            )
            trade(simulator, 120)
            last = simulator.get_session("packets").next_out - 1
            listener.follow(last, loses=3)
            self.assertEqual(book_of(listener.got), shown(simulator))
            self.assertGreater(listener.asked, 10)
            self.assertEqual(len(listener.got), last)
            requests = simulator.get_session("packets").identity["requests"]
            self.assertEqual(requests, f"{listener.server[0]}:{listener.server[1]}")
            sequence, messages = listener.packet()
            while messages:
                sequence, messages = listener.packet()
            self.assertEqual(sequence, last + 1)
            simulator.logout_session("packets")
            while not listener.ended:
                listener.packet()

    def test_group(self) -> None:
        """Multicast on loopback."""
        self.compare(GROUP)

    def test_address(self) -> None:
        """Unicast."""
        self.compare("")
