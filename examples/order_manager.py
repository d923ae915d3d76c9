"""
A small order manager, to show how one is tested: FIX 4.4, orders, fills, positions.

:class:`OrderManager` is all of it but sockets: it is told what was received, and writes what is to
be sent. :class:`SocketOrderManager` puts it on a socket, with a thread that reads.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

PATIENCE = 10.0
"""Seconds that an answer may take."""
SIDES = {"1": 1, "2": -1}


@dataclass
class Order:
    """An order, as the exchange last told of it; ``status`` is an OrdStatus (39)."""

    cl_ord_id: str
    symbol: str
    side: str
    quantity: int
    status: str = ""
    filled: int = 0
    text: str = ""


class OrderManager:
    """
    Orders at one exchange, and what came of them.

    :param write: takes the bytes to send.
    :param clock: tells the time in seconds since 1970.
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        sender: str,
        target: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._write = write
        self._clock = clock
        self._header = f"49={sender}|56={target}"
        self._input = b""
        self._next_out = count(1)
        self._next_in = 1
        self._ids = count(1)
        self._fills: dict[str, tuple[str, int]] = {}  # by ExecID: a report may come twice
        self.orders: dict[str, Order] = {}
        self.logged_on = False
        self._seen = 0  # the highest number that came
        self.heard = ""
        """What the last heartbeat that answered a TestRequest of ours brought back."""

    @property
    def missing(self) -> bool:
        """Whether something was missed and asked for, and has not come yet."""
        return self._seen >= self._next_in

    # -- what a trader asks for

    def log_on(self) -> None:
        """Begin the session, with all numbers at 1."""
        self._send("A", "98=0|108=30|141=Y")

    def buy(self, symbol: str, quantity: int, limit: str) -> str:
        """Send a buy order; its ClOrdID."""
        return self._enter("1", symbol, quantity, limit)

    def sell(self, symbol: str, quantity: int, limit: str) -> str:
        """Send a sell order; its ClOrdID."""
        return self._enter("2", symbol, quantity, limit)

    def cancel(self, cl_ord_id: str) -> None:
        """Ask for the cancel of an order."""
        order, new = self.orders[cl_ord_id], f"order-{next(self._ids)}"
        self.orders[new] = order
        body = f"11={new}|41={cl_ord_id}|55={order.symbol}|54={order.side}|38={order.quantity}"
        self._send("F", f"{body}|60={self._now()}")

    def position(self, symbol: str) -> int:
        """What was bought less what was sold, as far as it is known."""
        return sum(quantity for name, quantity in self._fills.values() if name == symbol)

    def test_request(self, word: str) -> None:
        """Ask for a heartbeat that brings ``word`` back."""
        self._send("1", f"112={word}")

    def _enter(self, side: str, symbol: str, quantity: int, limit: str) -> str:
        name = f"order-{next(self._ids)}"
        self.orders[name] = Order(name, symbol, side, quantity)
        body = (
            f"11={name}|55={symbol}|54={side}|38={quantity}|40=2|44={limit}|59=0|60={self._now()}"
        )
        self._send("D", body)
        return name

    # -- what the exchange says

    def received(self, data: bytes) -> None:
        """Take bytes in, a message or a part of one."""
        self._input += data
        while True:
            end = self._input.find(b"\x01", self._input.find(b"\x0110=") + 1)
            if b"\x0110=" not in self._input or end < 0:
                return
            message, self._input = self._input[: end + 1], self._input[end + 1 :]
            parts = (part.partition("=") for part in message.decode().split("\x01") if part)
            self._take({tag: value for tag, _, value in parts})

    def _take(self, message: dict[str, str]) -> None:
        """One message: in its turn, or there is a gap before it, or it was here before."""
        number, kind = int(message["34"]), message["35"]
        if number > self._next_in:
            if not self.missing:
                self._send("2", f"7={self._next_in}|16=0")
            self._seen = max(self._seen, number)
            return
        if number < self._next_in:
            return
        self._next_in = int(message["36"]) if kind == "4" else number + 1
        if kind == "A":
            self.logged_on = True
        elif kind == "0":
            self.heard = message.get("112", "")
        elif kind == "1":
            self._send("0", f"112={message['112']}")
        elif kind == "8":
            self._report(message)

    def _report(self, report: dict[str, str]) -> None:
        """An ExecutionReport."""
        order = self.orders[report["11"]]
        order.status, order.filled = report["39"], int(report["14"])
        order.text = report.get("58", "")
        signed = SIDES[order.side] * int(report.get("32", 0))
        if report["150"] == "F":
            self._fills[report["17"]] = order.symbol, signed
        elif report["150"] == "G":  # a fill was another
            self._fills[report["19"]] = order.symbol, signed
        elif report["150"] == "H":  # a fill never was
            del self._fills[report["19"]]

    def _send(self, kind: str, body: str) -> None:
        number = next(self._next_out)
        fields = f"35={kind}|34={number}|{self._header}|52={self._now()}|{body}|"
        text = f"8=FIX.4.4|9={len(fields)}|{fields}".replace("|", "\x01")
        self._write(f"{text}10={sum(text.encode()) % 256:03}\x01".encode())

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).strftime("%Y%m%d-%H:%M:%S.%f")[:-3]


class SocketOrderManager:
    """An order manager on a socket. Its methods return once the exchange has answered."""

    def connect(self, host: str, port: int, sender: str, target: str) -> None:
        """Connect and log on."""
        self._socket = socket.create_connection((host, port), PATIENCE)
        self._socket.settimeout(None)
        self._manager = OrderManager(self._socket.sendall, sender, target)
        self._news = threading.Condition()
        self._words = count(1)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        with self._news:
            self._manager.log_on()
            self._until(lambda: self._manager.logged_on)

    def buy(self, symbol: str, quantity: int, limit: str) -> str:
        """Buy; the ClOrdID, once the exchange has told of the order."""
        with self._news:
            return self._told(self._manager.buy(symbol, quantity, limit))

    def sell(self, symbol: str, quantity: int, limit: str) -> str:
        """Sell; the ClOrdID, once the exchange has told of the order."""
        with self._news:
            return self._told(self._manager.sell(symbol, quantity, limit))

    def cancel(self, cl_ord_id: str) -> None:
        """Ask for the cancel of an order, and go on at once."""
        with self._news:
            self._manager.cancel(cl_ord_id)

    def order(self, cl_ord_id: str) -> Order:
        """An order, with all that the exchange has said of it by now."""
        with self._news:
            self._settle()
            return self._manager.orders[cl_ord_id]

    def position(self, symbol: str) -> int:
        """The position, with all that the exchange has said by now."""
        with self._news:
            self._settle()
            return self._manager.position(symbol)

    def close(self) -> None:
        """Hang up."""
        if hasattr(self, "_socket"):
            self._socket.shutdown(socket.SHUT_RDWR)
            self._reader.join(PATIENCE)
            self._socket.close()

    def _told(self, name: str) -> str:
        self._until(lambda: self._manager.orders[name].status != "")
        return name

    def _settle(self) -> None:
        """Have all that was sent before: what answers a TestRequest comes after it."""
        manager, word = self._manager, f"sync-{next(self._words)}"
        while manager.heard != word:
            self._until(lambda: not manager.missing)
            manager.test_request(word)
            self._until(lambda: manager.heard == word or manager.missing)

    def _until(self, happened: Callable[[], bool]) -> None:
        if not self._news.wait_for(happened, PATIENCE):
            raise TimeoutError(f"the exchange did not answer within {PATIENCE:g} s")

    def _read(self) -> None:
        try:
            while data := self._socket.recv(65536):
                with self._news:
                    self._manager.received(data)
                    self._news.notify_all()
        except OSError:
            pass  # hung up
