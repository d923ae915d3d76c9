"""Scenarios run by their one line: what a client of market data is told of the fast market."""

from __future__ import annotations

import socket
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator

INI = Path(__file__).resolve().parent.parent.parent / "etc" / "scenarios" / "fast-market.ini"
S = 1_000_000_000
LOGIN = struct.pack(">H", 47) + b"L" + b"READER" + b"".ljust(20) + b"1".rjust(20)
BOOK = b"AFECXDU"
"""ITCH messages that change a book."""
BEGINS, ENDS = 11, 14
"""Seconds of the storm that are counted."""


def packets(line: socket.socket) -> Iterator[bytes]:
    """The payloads of sequenced packets, as they come."""
    pending = b""
    while True:
        read = line.recv(1 << 20)
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


class FastMarketTests(SynchronousTestCase):
    """ITCH over SoupBinTCP."""

    def test_rate(self) -> None:
        """
        More than 5,000 updates in each second of the market's clock.

        That goes with the real one, unless this machine cannot keep up; it is told all the same.
        """
        counts: Counter[int] = Counter()
        with Simulator.spawn(INI, timeout=60) as simulator:
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
        for second in range(BEGINS, ENDS):
            self.assertGreater(counts[second], 5_000, counts)
        self.assertLess(max(counts[second] for second in range(2, 10)), 1_000, counts)

    def second(self, message: bytes) -> int:
        """How many seconds after its beginning, which is at half past two, something happened."""
        since_midnight = int.from_bytes(message[5:11], "big")
        return since_midnight // S - 14 * 3600 - 30 * 60
