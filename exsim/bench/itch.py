"""
``itch``: how many messages of ITCH are written, packed and told in a second.

What happens in a book is told to what writes the stream (``encoded``); the same with packets of
MoldUDP64, one for each thing that happens (``packed``). ``told`` is the whole way: a counterparty
enters orders by OUCH, as fast as it is answered, and a reader over loopback is sent all of them.
"""

from __future__ import annotations

import json
import socket
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

from exsim.bench.child import simulator
from exsim.bench.driver import BenchError
from exsim.bench.measure import Work, machine, measure
from exsim.bench.orders import ADD_CANCEL, Market
from exsim.bench.ouch import VERSION
from exsim.bench.tables import columns
from exsim.bench.target import Settings
from exsim.bench.wire import Driven
from exsim.model.amounts import UNIT
from exsim.model.book_updates import Added, Deleted, Executed, OrderUpdate, Reduced, Replaced
from exsim.model.codes import Phase
from exsim.model.settings import Instrument
from exsim.protocols.itch_acceptor import ItchStream
from exsim.sessions.mold_rules import MoldRules
from exsim.sessions.mold_session import MoldSession
from exsim.sessions.soup_client import SoupClient
from exsim.sessions.soup_stream import SoupStream
from exsim.wire import soup

TIMES: Final = 1_000
"""How often all of :func:`happening` comes in a round."""
KEPT: Final = 100_000
PACKET: Final = 1_400
ORDERS: Final = 100_000
"""The most orders of the whole way: the time is over before they are."""
PATIENCE: Final = 10.0
"""Seconds that a reader waits for what is still missing."""
CONFIG: Final = """
[exsim]
journal_size = 10000

[venue:XSIM]
policies = match

[instrument:XSIM:AAA]
reference = 100

[endpoint:ouch]
venue = XSIM
protocol = ouch
listen = tcp:0:interface=127.0.0.1
accept_any_logon = yes

[endpoint:itch]
venue = XSIM
protocol = itch
listen = tcp:0:interface=127.0.0.1
accept_any_logon = yes
"""


@dataclass(frozen=True, slots=True)
class Row:
    """Messages a second, at the median; ``took`` is nanoseconds of CPU time for each."""

    name: str
    rate: float
    took: float


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome; the CPU time of ``told`` is that of the whole simulator, orders included."""

    benchmark: str
    machine: str
    rows: tuple[Row, ...]
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the reader was sent all messages."""
        return not self.faults

    def table(self) -> str:
        """The result for people."""
        rows = [["ITCH 5.0", "messages a second", "CPU for each, ns"]]
        rows += [[row.name, f"{row.rate:,.0f}", f"{row.took:,.0f}"] for row in self.rows]
        lines = [
            "Messages of a feed: written; packed by MoldUDP64, too; and told over loopback,",
            "orders by OUCH and a reader over SoupBinTCP, with all that a simulator does.",
            f"{self.machine}.",
            "",
        ]
        return "\n".join([*lines, *columns(rows), *self.faults])

    def json(self) -> str:
        """The result for programs: an object in one line."""
        return json.dumps({**asdict(self), "ok": self.ok})


def itch(seconds: float) -> Result:
    """
    Run it for about so many seconds.

    :raises BenchError: when no simulator starts.
    """
    taken = measure((encoded, packed), seconds / 2)
    count = TIMES * len(happening(0))
    rows = []
    for name, found in zip(("encoded", "packed"), taken, strict=True):
        each = median(found) / count
        rows.append(Row(name, 1e9 / each, each))
    told, faults = whole_way(seconds / 2)
    return Result("itch", machine(), (*rows, told), faults)


def happening(first: int) -> list[OrderUpdate]:
    """What happens to two orders with the numbers from ``first`` on: a message for each."""
    price = 100 * UNIT
    return [
        Added(first, 1, price, 10 * UNIT),
        Added(first + 1, 2, price + UNIT // 100, 7 * UNIT),
        Executed(first, 3 * UNIT, price, first, True, price),
        Reduced(first, 2 * UNIT),
        Replaced(first + 1, first + 2, 2, price + UNIT // 50, 5 * UNIT),
        Deleted(first + 2),
    ]


def encoded() -> Work:
    """Have the stream of an endpoint written."""
    return _work(False)


def packed() -> Work:
    """Have it written and packed."""
    return _work(True)


def _work(packs: bool) -> Work:
    stream = ItchStream(SoupStream(b"BENCH", KEPT))
    stream.listed(Instrument("AAA"), Phase.CONTINUOUS, 0, 0)
    session = MoldSession("M", MoldRules(PACKET, 1), _nowhere, stream.stream)
    session.begin(0)
    updates = [[each] for turn in range(TIMES) for each in happening(1 + 3 * turn)]
    moment = 36_000 * 10**9

    def write() -> None:
        for each in updates:
            stream.changed("AAA", each, [], moment, moment)

    def pack() -> None:
        for each in updates:
            stream.changed("AAA", each, [], moment, moment)
            session.more(moment)
        session.packets_to_send()

    return pack if packs else write


def _nowhere(time: int, kind: int, session: str, data: bytes) -> int:
    return 0


def whole_way(seconds: float) -> tuple[Row, tuple[str, ...]]:
    """Orders in, messages out: what a reader was told in a second, and what was wrong with it."""
    with tempfile.TemporaryDirectory(prefix="exsim-bench-") as folder:
        path = Path(folder) / "itch.ini"
        path.write_text(CONFIG, encoding="utf-8")
        with simulator(str(path)) as (child, ready):
            feed, orders = ready.endpoints["itch"], ready.endpoints["ouch"]
            reader = Reader((feed.host, feed.port or 0))
            reader.start()
            driven = Driven(child, (orders.host, orders.port or 0), Market())
            settings = Settings(
                protocol="ouch", mix=ADD_CANCEL, orders=ORDERS, seconds=seconds, window=100
            )
            begun = time.perf_counter()
            run, load = driven.run(VERSION, settings)
            reader.wait(load.sent)
            elapsed = reader.last - begun
            faults = list(run.faults)
            if reader.count != load.sent:
                faults.append(f"the reader was told {reader.count} messages of {load.sent}")
    took = run.server_cpu * 1000 * run.orders / max(1, load.sent)
    return Row("told", reader.count / elapsed, took), tuple(faults)


class Reader(threading.Thread):
    """
    Reads a stream from what comes next on: ``count`` messages so far, the last of them at ``last``.

    :raises BenchError: when it cannot log in.
    """

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(daemon=True)
        self.count = 0
        self.last = time.perf_counter()
        self._socket = socket.create_connection(address, PATIENCE)
        self._client = SoupClient(soup.Login(b"READER", b"", b"", 1), time.time_ns())
        self._enough = threading.Condition()
        self._wanted = 0
        self._socket.sendall(self._client.data_to_send())
        if self._read() == 0:
            raise BenchError("the reader cannot log in")
        self.count = 0  # what there was

    def run(self) -> None:
        """Read until there is no more."""
        while self._read():
            with self._enough:
                if self.count >= self._wanted:
                    self._enough.notify()

    def _read(self) -> int:
        """Read once; how many bytes came."""
        try:
            data = self._socket.recv(1 << 18)
        except OSError:
            return 0
        now = time.time_ns()
        self._client.receive(data, now)
        while self._client.next_message() is not None:
            self.count += 1
            self.last = time.perf_counter()
        self._client.deadline(now)
        if answer := self._client.data_to_send():
            self._socket.sendall(answer)
        return len(data)

    def wait(self, count: int) -> None:
        """Wait for so many messages, and read no more."""
        with self._enough:
            self._wanted = count
            self._enough.wait_for(lambda: self.count >= count, PATIENCE)
        self._socket.shutdown(socket.SHUT_RDWR)
        self.join()
        self._socket.close()
