"""The bounds of the REST interface on real sockets: clients get to read why they are refused."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

import requests
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.control.limits import MAX_BODY, REQUEST_SECONDS


class LimitsTests(SynchronousTestCase):
    """A simulator of one's own."""

    def setUp(self) -> None:
        """Start it."""
        self.simulator = Simulator.spawn(timeout=20)
        self.addCleanup(self.simulator.stop)
        self.addCleanup(self.simulator.close)

    def post(self, content: bytes) -> requests.Response:
        """Send a body in one go, as a client does that reads only when it has sent all."""
        headers = {"Content-Type": "application/json"}
        url = f"{self.simulator.url}/api/v1/reset"
        return requests.post(url, content, headers=headers, timeout=30)

    def test_bodies(self) -> None:
        """A body at the bound is read; one far past it is refused, and that is heard."""
        self.assertEqual(self.post(b"{}".ljust(MAX_BODY)).status_code, 200)
        begun = time.monotonic()
        for size in (MAX_BODY + 1, 20 * MAX_BODY):
            answer = self.post(b"{}".ljust(size))
            self.assertEqual(answer.status_code, 413)
            self.assertEqual(answer.json()["title"], "Content Too Large")
        self.assertLess(time.monotonic() - begun, 2)

    def test_slow(self) -> None:
        """Those that say nothing, and those that say little, are cut; others are served."""
        address = urlsplit(self.simulator.url)
        begun = time.monotonic()
        slow = [socket.create_connection((address.hostname, address.port), 5) for _ in range(50)]
        for connection in slow[25:]:
            connection.sendall(b"GET / HTTP/1.1\r\n")
        self.assertEqual(self.simulator.version().api, "v1")
        for connection in slow:
            connection.settimeout(REQUEST_SECONDS + 5)
            said = connection.recv(1000)
            self.assertTrue(said == b"" or said.startswith(b"HTTP/1.1 408 "), said)
            connection.close()
        took = time.monotonic() - begun
        self.assertTrue(REQUEST_SECONDS - 1 < took < REQUEST_SECONDS + 2, took)
