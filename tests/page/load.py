"""
Orders, many a second; the ``Traffic`` that every test of the page has, and the ``Load`` of a few.

``python -m tests.page`` shows how the page does in such a market.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Final

SOH: Final = "\x01"
PAUSE: Final = 0.005
"""Seconds between two batches of orders."""
AGAIN: Final = 0.1
"""Seconds until a connection that was lost is tried again."""
KEPT: Final = 200
"""Orders that ``Traffic`` leaves in the book."""


class Client(threading.Thread):
    """A FIX session that says so many things a second, as :meth:`batch` has them, and counts."""

    def __init__(self, address: tuple[str, int], rate: int, symbol: str, sender: str) -> None:
        super().__init__(daemon=True)
        self.address = address
        self.rate = rate
        self.sent = 0
        self.answered = 0
        self._symbol = symbol
        self._sender = sender
        self._number = 0
        self._socket: socket.socket | None = None

    def connect(self) -> threading.Thread:
        """Log on, numbered from 1; what reads the answers, until the connection ends."""
        self._socket = socket.create_connection(self.address)
        self._number = 0
        self._socket.sendall(self._message("A", "98=0|108=60|141=Y|"))
        reader = threading.Thread(target=self._read, args=(self._socket,), daemon=True)
        reader.start()
        return reader

    def say(self, until: Callable[[], bool]) -> None:
        """
        Say what is due, until there is a reason not to.

        :raises OSError: when the connection is lost.
        """
        assert self._socket is not None
        begun, before = time.monotonic(), self.sent
        while not until():
            due = before + int((time.monotonic() - begun) * self.rate)
            self._socket.sendall(b"".join(map(self.batch, range(self.sent, due))))
            self.sent = due
            time.sleep(PAUSE)  # the rate is what is to be kept, not a wait for anything

    def hang_up(self) -> None:
        """Close the connection."""
        assert self._socket is not None
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def batch(self, number: int) -> bytes:
        """What is said as the one of this number."""
        raise NotImplementedError

    def order(self, number: int, side: int, price: float) -> bytes:
        """A limit order, named by its number."""
        terms = f"11=o{number}|55={self._symbol}|54={side}|38={100 + number % 900}"
        return self._message("D", f"{terms}|40=2|44={price:.2f}|59=0|60={_now()}|")

    def cancel(self, number: int, side: int) -> bytes:
        """The cancel of such an order."""
        terms = f"11=c{number}|41=o{number}|55={self._symbol}|54={side}|38={100 + number % 900}"
        return self._message("F", f"{terms}|60={_now()}|")

    def _message(self, kind: str, body: str) -> bytes:
        self._number += 1
        text = f"35={kind}|34={self._number}|49={self._sender}|52={_now()}|56=XSIM|{body}"
        data = text.replace("|", SOH).encode()
        message = f"8=FIX.4.4{SOH}9={len(data)}{SOH}".encode() + data
        return message + f"10={sum(message) % 256:03}{SOH}".encode()

    def _read(self, connection: socket.socket) -> None:
        rest = b""
        while True:
            try:
                data = connection.recv(1 << 16)
            except OSError:
                return
            if not data:
                return
            *whole, rest = (rest + data).split(b"\x0135=8\x01")
            self.answered += len(whole)


class Load(Client):
    """
    Enters so many limit orders of AAA a second, at 20 prices, none of which trades: a change of the
    book and two messages each. ``sent`` and ``answered`` count them.
    """

    def __init__(self, address: tuple[str, int], rate: int, seconds: float) -> None:
        super().__init__(address, rate, "AAA", "LOAD")
        self._seconds = seconds

    def run(self) -> None:
        """Log on, and enter orders until the time is over; then wait for the answers."""
        reader = self.connect()
        end = time.monotonic() + self._seconds
        self.say(lambda: time.monotonic() > end)
        while self.answered < self.sent and time.monotonic() < end + self._seconds:
            time.sleep(PAUSE)
        self.hang_up()
        reader.join()

    def batch(self, number: int) -> bytes:
        """One order."""
        side = 1 + number % 2
        return self.order(number, side, 100 + (side * 2 - 3) * (1 + number // 2 % 10) / 100)


class Traffic(Client):
    """
    What goes on beside a test, until :meth:`end`: orders at 20 prices, of which each eighth trades
    with what rests there, and each is canceled after :data:`KEPT` more.

    It goes on when the simulator was started anew at its ``address``.
    """

    def __init__(self, address: tuple[str, int], rate: int, symbol: str, sender: str) -> None:
        super().__init__(address, rate, symbol, sender)
        self._ended = threading.Event()

    def run(self) -> None:
        """Trade until the end, over as many connections as it takes."""
        while not self._ended.is_set():
            try:
                reader = self.connect()
            except OSError:
                self._ended.wait(AGAIN)
                continue
            with contextlib.suppress(OSError):
                self.say(self._ended.is_set)
            self.hang_up()
            reader.join()

    def end(self) -> None:
        """Let it end, and wait for that."""
        self._ended.set()
        self.join()

    def batch(self, number: int) -> bytes:
        """An order, and the cancel of an older one."""
        side = 1 + number % 2
        away = -3 if number % 8 == 0 else 1 + number // 2 % 10
        said = self.order(number, side, 100 + (side * 2 - 3) * away / 100)
        if number < KEPT:
            return said
        return said + self.cancel(number - KEPT, 1 + (number - KEPT) % 2)


def _now() -> str:
    return time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
