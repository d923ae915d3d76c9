"""Events over real sockets: cut a hundred times, and nothing is lost, and nothing comes twice."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import threading
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from exsim.client import AsyncSimulator, Simulator
from exsim.client.ctl import main
from exsim.client.events import Reader
from exsim.control.double_results import Event

CUTS = 100
ORDERS = 400
KILLS = 4


class CutTests(TestCase):
    """A client that is killed again and again."""

    def test_cut_and_resume(self) -> None:
        """Each time after some bytes, in the middle of an event or not."""
        with Simulator.spawn() as simulator:
            trading = threading.Thread(target=trade, args=(simulator.url,))
            trading.start()
            self.addCleanup(trading.join)
            reader, cuts = Reader("0-0"), 0
            found: list[Event] = []
            while len(found) < ORDERS and cuts < 10 * CUTS:
                found += read_some(simulator.url, reader, 300 + 97 * cuts % 1500)
                cuts += 1
            self.assertGreaterEqual(cuts, CUTS)
            self.assertEqual([event.about["given"]["quantity"] for event in found], expected())
            self.assertEqual(len({event.id for event in found}), ORDERS)


def read_some(url: str, reader: Reader, most: int) -> list[Event]:
    """Read so many bytes, or all there are, then break off without a word."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            f"GET /api/v1/events?kind=operation HTTP/1.1\r\nHost: {host}\r\n"
            f"Last-Event-ID: {reader.last}\r\n\r\n".encode()
        )
        data = b""
        connection.settimeout(0.5)
        with contextlib.suppress(TimeoutError):
            while len(data) < most:
                data += connection.recv(most - len(data))
        # A connection that is reset loses what it has not read.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    reader.cut()
    return reader.feed(unchunked(data.partition(b"\r\n\r\n")[2]))


def unchunked(data: bytes) -> bytes:
    """The bytes of a chunked body, as far as they are there."""
    found = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size or b"0", 16) if data else 0
        found += data[:length]
        data = data[length + 2 :]
    return found


def expected() -> list[str]:
    """The quantities of all orders, in order."""
    return [str(number) for number in range(1, ORDERS + 1)]


def trade(url: str) -> None:
    """Enter orders, one after another."""
    with Simulator(url) as simulator:
        for quantity in expected():
            simulator.enter_order("XSIM", symbol="AAA", side="BUY", quantity=quantity, price="90")


class ClientTests(TestCase):
    """The blocking client."""

    def test_follow(self) -> None:
        """It begins at once, and goes on over cuts and a reset."""
        with Simulator.spawn() as simulator:
            events = simulator.events(kind=["operation", "reset"])
            simulator.enter_order("XSIM", symbol="AAA", side="BUY", quantity="1", price="90")
            self.assertEqual(next(events).about["operation"], "enter_order")
            simulator.reset()
            self.assertEqual(next(events).event, "reset")
            simulator.set_price("AAA", venue="XSIM", price="5")
            self.assertEqual(next(events).about["operation"], "set_price")


class AsyncClientTests(TestCase):
    """The client on a reactor."""

    async def follow(self) -> None:
        """What the blocking one does."""
        from twisted.internet import reactor

        simulator = await AsyncSimulator.spawn(reactor)
        try:
            events = await simulator.events(kind=["operation", "reset"])
            await simulator.enter_order("XSIM", symbol="AAA", side="BUY", quantity="1", price="90")
            await simulator.reset()
            await simulator.set_price("AAA", venue="XSIM", price="5")
            found = []
            async for event in events:
                found.append(event)
                if len(found) == 3:
                    break
            told = [event.about.get("operation") for event in found]
            self.assertEqual(told, ["enter_order", None, "set_price"])
            events.close()
            self.assertEqual([event async for event in events], [])
        finally:
            await simulator.stop()

    def test_follow(self) -> Deferred[None]:
        """It begins at once, and goes on over a reset, and ends when it is closed."""
        return Deferred.fromCoroutine(self.follow())


class ShellTests(TestCase):
    """``exsim ctl events``."""

    def test_follow(self) -> None:
        """A line for each event, or all of it as JSON."""
        with Simulator.spawn() as simulator:
            simulator.set_price("AAA", venue="XSIM", price="5")
            simulator.clear_price("AAA", venue="XSIM")
            for more in ([], ["--json"]):
                out = io.StringIO()
                words = ["events", "--after", "0-0", "--kind", "operation", "--count", "2", *more]
                self.assertEqual(main(["--url", simulator.url, *words], out), 0)
                first, second = out.getvalue().splitlines()
                self.assertIn("set_price", first)
                self.assertIn("clear_price", second)
            self.assertEqual(json.loads(first)["about"]["given"]["price"], "5")


class KilledTests(TestCase):
    """A simulator that is killed again and again, and goes on with what it has on its disk."""

    def test_killed(self) -> None:
        """What was answered is told once, whoever was killed in between."""
        data = f"exsim.data_dir={Path(self.mktemp()).resolve()}"
        reader, number = Reader("0-0"), 0
        entered: list[str] = []
        found: list[Event] = []
        for _ in range(KILLS):
            with Simulator.spawn(overrides=[data], timeout=30) as one:
                for _ in range(10):
                    number += 1
                    one.enter_order(
                        "XSIM", symbol="AAA", side="BUY", quantity=str(number), price="90"
                    )
                    entered.append(str(number))
                found += read_some(one.url, reader, 3_000)
                os.kill(one.pid, signal.SIGKILL)
        with Simulator.spawn(overrides=[data], timeout=30) as one:
            while some := read_some(one.url, reader, 50_000):
                found += some
        self.assertEqual([event.about["given"]["quantity"] for event in found], entered)
        self.assertEqual(len({event.id for event in found}), len(found))
