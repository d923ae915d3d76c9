"""Markets that are alive by the real clock: that of ``etc/exsim.ini``, and the fast market."""

from __future__ import annotations

import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator

ETC = Path(__file__).resolve().parent.parent.parent / "etc"
ALIVE = ("ACME", "GIZMO", "WIDGET", "UNICORN", "YETI")
S = 1_000_000_000
LOGIN = struct.pack(">H", 47) + b"L" + b"READER" + b"".ljust(20) + b"1".rjust(20)
HEARTBEAT = b"\0\1R"
BOOK = b"AFECXDU"
"""ITCH messages that change a book."""
BEGINS, ENDS = 2, 4
"""Seconds of the storm that are counted."""


def packets(line: socket.socket) -> Iterator[bytes]:
    """The payloads of sequenced packets, as they come."""
    pending = b""
    alive = time.monotonic()
    while True:
        read = line.recv(1 << 20)
        if time.monotonic() - alive > 1:
            line.sendall(HEARTBEAT)
            alive = time.monotonic()
        if not read:
            return
        pending += read
        at = 0
        while len(pending) - at >= 2:
            (size,) = struct.unpack_from(">H", pending, at)
            if len(pending) - at - 2 < size:
                break
            if pending[at + 2 : at + 3] == b"S":
                yield pending[at + 3 : at + 2 + size]
            at += 2 + size
        pending = pending[at:]


class AliveTests(SynchronousTestCase):
    """``etc/exsim.ini``."""

    def test_alive(self) -> None:
        """Soon there are quotes and trades, but not in AAA; quiet when it is told to be."""
        with Simulator.spawn(ETC / "exsim.ini", timeout=60) as simulator:
            last = time.monotonic() + 60
            while not self.is_alive(simulator):
                self.assertLess(time.monotonic(), last, "nothing goes on")
                time.sleep(0.1)
            book = simulator.get_book("XSIM", "AAA")
            self.assertEqual((book.bids, book.asks), ([], []))
            simulator.change_bots("XSIM", activity="none")
            self.assertEqual(simulator.list_orders("XSIM", status="open").items, [])
            traded = simulator.list_trades("XSIM", order="newest").items[0]
            prices = [simulator.get_price(symbol).price for symbol in ALIVE]
            simulator.set_clock("XSIM", mode="manual")
            simulator.advance_clock("XSIM", by="1m")  # prices would have moved
            self.assertEqual([simulator.get_price(symbol).price for symbol in ALIVE], prices)
            self.assertEqual(simulator.list_trades("XSIM", order="newest").items[0], traded)

    def is_alive(self, simulator: Simulator) -> bool:
        """Whether all that is to be alive has bids and offers, and something was traded."""
        books = [simulator.get_book("XSIM", symbol) for symbol in ALIVE]
        quoted = all(book.bids and book.asks for book in books)
        return quoted and len(simulator.list_trades("XSIM").items) > 2


class FastMarketTests(SynchronousTestCase):
    """ITCH over SoupBinTCP."""

    def test_rate(self) -> None:
        """
        More than 5,000 updates a second of the market's clock, which is slow here: any machine is
        to keep up, whatever else it does.
        """
        counts: Counter[int] = Counter()
        ini = ETC / "scenarios" / "fast-market.ini"
        slow = ["venue:XSIM.clock_scale=0.25", "bot:STORM.during=1s-"]
        with Simulator.spawn(ini, slow, timeout=60) as simulator:
            where = simulator.endpoints["itch"]
            assert where.port is not None
            with socket.create_connection((where.host, where.port), timeout=60) as line:
                line.sendall(LOGIN)
                for message in packets(line):
                    if message[:1] in BOOK:
                        second = self.second(message)
                        counts[second] += 1
                        if second >= ENDS:
                            break
        stormy = sum(counts[second] for second in range(BEGINS, ENDS))
        self.assertGreater(stormy / (ENDS - BEGINS), 5_000, counts)
        self.assertLess(counts[0], 1_000, counts)

    def second(self, message: bytes) -> int:
        """How many seconds after its beginning, which is at half past two, something happened."""
        since_midnight = int.from_bytes(message[5:11], "big")
        return since_midnight // S - 14 * 3600 - 30 * 60
