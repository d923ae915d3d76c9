"""Counterparties that look on: they read market data, and say when an update came."""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Sequence
from typing import Final

from exsim.bench.driver import BenchError

VERSION: Final = "FIX.4.4"
PATIENCE: Final = 30.0
"""Seconds that an answer may take."""
READ_SIZE: Final = 1 << 18
_UPDATE: Final = re.compile(
    rb"\x0155=B([0-9]+)(?:\x01268=[0-9]+\x01269=0)?\x01270=[0-9.]+\x01271=([0-9]+)\x01"
)
"""An entry of a MarketDataIncrementalRefresh, or the first of a snapshot."""
_END: Final = re.compile(rb"\x0110=[0-9]{3}\x01")
_LOGON: Final = b"\x0135=A\x01"
_WHOLE: Final = b"\x0135=W\x01"


class Party:
    """
    A connection of a counterparty that writes its own messages.

    :param buffer: bytes that its socket is to hold unread; 0 leaves that to the system.
    """

    def __init__(self, address: tuple[str, int], sender: str, buffer: int = 0) -> None:
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sender = sender
        self._sent = 0
        self._stamp = ""
        self._second = 0

    def make(self, msg_type: str, body: str) -> bytes:
        """The next message to send; ``body`` has fields with their delimiters."""
        self._sent += 1
        now = int(time.time())
        if now != self._second:
            self._second = now
            self._stamp = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime(now))
        text = (
            f"35={msg_type}\x0134={self._sent}\x0149={self.sender}\x0152={self._stamp}\x01"
            f"56=XSIM\x01{body}"
        )
        raw = f"8={VERSION}\x019={len(text)}\x01{text}".encode()
        return raw + b"10=%03d\x01" % (sum(raw) & 255)

    @property
    def stamp(self) -> str:
        """The time of the last message, to the second."""
        return self._stamp

    def log_on(self) -> None:
        """Log on, without heartbeats."""
        self.socket.sendall(self.make("A", "98=0\x01108=0\x01141=Y\x01"))
        if self.wait(1).count(_LOGON) != 1:
            raise BenchError(f"{self.sender} cannot log on")

    def wait(self, messages: int) -> bytes:
        """Read until so many messages came; all that came."""
        data = b""
        while len(_END.findall(data)) < messages:
            more = self.socket.recv(READ_SIZE)
            if not more:
                raise BenchError(f"{self.sender} was hung up on")
            data += more
        return data

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


class Reader(Party):
    """
    Subscribed to some books, by price. ``last`` is the newest update that came of each.

    ``updates``, ``messages`` and ``size`` (in bytes) count what came, and ``took`` has how many
    nanoseconds after it was caused each update did.
    """

    def __init__(self, address: tuple[str, int], sender: str, buffer: int = 0) -> None:
        super().__init__(address, sender, buffer)
        self.last: dict[int, int] = {}
        self.updates = self.messages = self.size = 0
        self.took: list[int] = []
        self._rest = b""

    def subscribe(self, books: Sequence[int], requests: int = 1, whole: bool = False) -> None:
        """
        Ask for bids and offers of books, all prices, so many times, and read what there is.

        With ``whole`` all of it comes once more with each update.
        """
        symbols = "".join([f"55=B{book}\x01" for book in books])
        kinds = f"263=1\x01264=0\x01265={0 if whole else 1}\x01267=2\x01269=0\x01269=1\x01"
        for number in range(requests):
            body = f"262=Q{number}\x01{kinds}146={len(books)}\x01{symbols}"
            self.socket.sendall(self.make("V", body))
            if self.wait(len(books)).count(_WHOLE) != len(books):
                raise BenchError(f"{self.sender} cannot subscribe")
        self.socket.setblocking(False)

    def read(self, caused: Sequence[int]) -> bool:
        """Take in what came; update number N was caused at ``caused[N]``. False: hung up on."""
        try:
            data = self.socket.recv(READ_SIZE)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        now = time.perf_counter_ns()
        if not data:
            return False
        self.size += len(data)
        data = self._rest + data
        end = data.rfind(b"\x0110=") + 1
        complete = data[:end]
        self._rest = data[end:]
        self.messages += complete.count(b"8=FIX.")
        last, took = self.last, self.took
        for book, number in _UPDATE.findall(complete):
            update = int(number)
            last[int(book)] = update
            took.append(now - caused[update])
            self.updates += 1
        return True


class Trader(Party):
    """
    Causes updates: an order in each book, of which it changes the quantity each time.

    The quantity is the number of the update, so that whoever reads it knows which it was.
    """

    def __init__(self, address: tuple[str, int], sender: str = "TRADER") -> None:
        super().__init__(address, sender)
        self.caused: list[int] = [0]
        self.last: dict[int, int] = {}
        self._name: dict[int, str] = {}

    def begin(self, books: int, offers: int = 0) -> None:
        """Enter the orders, and in each book offers that stay, each at a price of its own."""
        orders = []
        for book in range(books):
            self._name[book] = f"O{book}"
            for offer in range(offers + 1):
                name, side = (f"S{book}-{offer}", 2) if offer else (f"O{book}", 1)
                about = f"11={name}\x0155=B{book}\x0154={side}\x0160={self.stamp}\x01"
                body = f"{about}38=1\x0140=2\x0144={99 + offer}\x01"
                orders.append(self.make("D", body))
        self.socket.sendall(b"".join(orders))
        self.wait(len(orders))
        self.socket.setblocking(False)

    def cause(self, updates: int) -> None:
        """Cause so many updates, book after book."""
        said = []
        now = time.perf_counter_ns()
        for _ in range(updates):
            number = len(self.caused)
            book = number % len(self._name)
            before, name = self._name[book], f"R{number}"
            self._name[book] = name
            self.last[book] = number
            about = f"11={name}\x0141={before}\x0155=B{book}\x0154=1\x0160={self.stamp}\x01"
            said.append(self.make("G", f"{about}38={number}\x0140=2\x0144=99\x01"))
            self.caused.append(now)
        self.socket.setblocking(True)
        self.socket.sendall(b"".join(said))
        self.socket.setblocking(False)

    def drain(self) -> None:
        """Throw away what came."""
        try:
            while self.socket.recv(READ_SIZE):
                pass
        except BlockingIOError:
            pass


def play(
    trader: Trader,
    readers: Sequence[Reader],
    rate: float,
    seconds: float,
) -> None:
    """
    Have updates be caused at a rate, and read by all; then wait until all have the newest of each.

    Each millisecond has its share.
    """
    with selectors.DefaultSelector() as selector:
        for reader in readers:
            selector.register(reader.socket, selectors.EVENT_READ, reader)
        selector.register(trader.socket, selectors.EVENT_READ, None)
        begun = time.perf_counter()
        caused = 0
        while (now := time.perf_counter() - begun) < seconds:
            due = int(now * rate) - caused
            if due > 0:
                trader.cause(due)
                caused += due
            _read(selector, trader, 0.001)
        end = time.perf_counter() + PATIENCE
        while time.perf_counter() < end and any(each.last != trader.last for each in readers):
            _read(selector, trader, 0.01)


def _read(selector: selectors.BaseSelector, trader: Trader, timeout: float) -> None:
    for key, _ in selector.select(timeout):
        if key.data is None:
            trader.drain()
        elif not key.data.read(trader.caused):
            raise BenchError(f"{key.data.sender} was hung up on")
