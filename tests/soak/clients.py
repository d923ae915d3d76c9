"""Counterparties that bring a real simulator under pressure, and one that measures it."""

from __future__ import annotations

import multiprocessing
import os
import re
import socket
import time
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator

ROOT: Final = Path(__file__).resolve().parents[2]
INI: Final = str(ROOT / "etc" / "bench.ini")
"""One venue, matching alone, and nothing that trades by itself."""
PATIENCE: Final = 30.0
"""Seconds that anything may take."""
WARM: Final = 300
"""Answers after which a simulator is as quick as it gets."""
LIMIT: Final = "21=1|55=AAA|54={side}|38=1|40=2|44={price}|59={tif}|60=NOW|"
"""What follows the ClOrdID of an order."""

_END: Final = re.compile(rb"\x0110=[0-9]{3}\x01")
_Child = multiprocessing.get_context("spawn")


def message(sender: str, seq: int, msg_type: str, body: str) -> bytes:
    """A FIX.4.2 message; ``body`` has ``|`` for SOH and ``NOW`` for the time."""
    now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
    fields = f"35={msg_type}|34={seq}|49={sender}|52={now}|56=XSIM|{body}".replace("NOW", now)
    text = f"8=FIX.4.2|9={len(fields.encode())}|{fields}".replace("|", "\x01").encode()
    return text + b"10=%03d\x01" % (sum(text) % 256)


class Client:
    """A counterparty with a socket. ``unread`` is what came and is no whole message yet."""

    def __init__(self, address: tuple[str, int], sender: str) -> None:
        self.socket = socket.create_connection(address, PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sender = sender
        self.sent = 0
        self.unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.socket.close()

    def make(self, msg_type: str, body: str) -> bytes:
        """The next message, to be sent."""
        self.sent += 1
        return message(self.sender, self.sent, msg_type, body)

    def send(self, msg_type: str, body: str) -> None:
        """Send the next message."""
        self.socket.sendall(self.make(msg_type, body))

    def log_on(self, more: str = "") -> bytes:
        """Log on with both sequence numbers at 1; what was answered, empty for a hang-up."""
        self.sent = 0
        self.send("A", f"98=0|108=0|141=Y|{more}")  # no heartbeats, which would be counted
        return self.receive()

    def receive(self) -> bytes:
        """The next message; empty when the simulator hung up."""
        while (end := _END.search(self.unread)) is None:
            try:
                data = self.socket.recv(1 << 16)
            except ConnectionResetError:
                return b""
            if not data:
                return b""
            self.unread += data
        found, self.unread = self.unread[: end.end()], self.unread[end.end() :]
        return found

    def count(self, messages: int) -> int:
        """Read and throw away so many messages, fewer where the simulator hangs up; how many."""
        found = 0
        while found < messages:
            ends = list(_END.finditer(self.unread))
            if len(ends) >= messages - found:
                self.unread = self.unread[ends[messages - found - 1].end() :]
                return messages
            found += len(ends)
            self.unread = self.unread[ends[-1].end() :] if ends else self.unread
            data = self.socket.recv(1 << 20)
            if not data:
                return found
            self.unread += data
        return found

    def enter(self, orders: int, at_once: int = 500) -> None:
        """Enter orders that nobody trades with, and that are over at once: two reports for each."""
        body = LIMIT.format(side=1, price=1, tif=3)
        for first in range(0, orders, at_once):
            some = range(first, min(orders, first + at_once))
            self.socket.sendall(
                b"".join(self.make("D", f"11={self.sent}|{body}") for _number in some)
            )
            got = self.count(2 * len(some))
            if got != 2 * len(some):
                raise ConnectionError(f"{self.sender}: hung up on after {got} reports")


class Market:
    """A simulator in a process of its own, and what is seen of it from outside."""

    def __init__(self, config: str = INI, *overrides: str) -> None:
        self.simulator: SpawnedSimulator = Simulator.spawn(config, overrides, timeout=30)
        address = self.simulator.endpoints["order-entry"]
        assert address.port is not None
        self.address = (address.host, address.port)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.simulator.close()
        self.simulator.stop()

    def client(self, sender: str, more: str = "") -> Client:
        """A counterparty that has logged on."""
        client = Client(self.address, sender)
        answer = client.log_on(more)
        if b"\x0135=A\x01" not in answer:
            raise ConnectionError(f"{sender} could not log on: {answer!r}")
        return client

    def memory(self) -> int:
        """Bytes that the process has in memory."""
        fields = Path(f"/proc/{self.simulator.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self) -> int:
        """Files and sockets that it has open."""
        return len(os.listdir(f"/proc/{self.simulator.pid}/fd"))

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        lines = self.simulator.metrics().splitlines()
        found = [float(line.rsplit(" ", 1)[1]) for line in lines if re.match(rf"{name}[ {{]", line)]
        if not found:
            raise LookupError(f"there is no metric {name}")
        return sum(found)


class Probe:
    """
    A well-behaved session in a process of its own: it trades, and measures how soon it is answered.

    Give its sender's name where the market has a use for another.
    """

    def __init__(self, market: Market, sender: str = "PROBE") -> None:
        self._pipe, theirs = _Child.Pipe()
        self._process = _Child.Process(target=_probe, args=(market.address, sender, theirs))
        self._process.start()
        theirs.close()
        self.p99(WARM)

    def p99(self, least: int = 0) -> float:
        """
        What the slowest of a hundred answers took since the last call, in milliseconds.

        :param least: how many answers that has to be about: until then it is waited for.
        """
        self._pipe.send(least)
        found: list[float] | str = self._pipe.recv()
        if isinstance(found, str):
            raise ConnectionError(f"the probe: {found}")
        return sorted(found)[int(len(found) * 0.99)] * 1000 if found else float("inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pipe.close()
        self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.kill()


def _probe(address: tuple[str, int], sender: str, pipe: Connection) -> None:
    """
    Enter an order each 2 ms, until the pipe is closed. Who sends a number is sent how long answers
    took, once there have been so many.
    """
    body = LIMIT.format(side=1, price=1, tif=3)
    with Client(address, sender) as client:
        client.log_on()
        took: list[float] = []
        least = -1  # nothing is asked for
        while True:
            begun = time.perf_counter()
            client.send("D", f"11={client.sent}|{body}")
            if client.count(2) < 2:
                pipe.send("hung up on")
                return
            ended = time.perf_counter()
            took.append(ended - begun)
            try:
                if pipe.poll():
                    least = pipe.recv()
                if 0 <= least <= len(took):
                    pipe.send(took)
                    took, least = [], -1
            except (EOFError, OSError):
                return
            time.sleep(max(0.0, 0.002 - (ended - begun)))
