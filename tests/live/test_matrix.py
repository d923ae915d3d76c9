"""The order state matrices over real sockets and real REST, in every version of FIX."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from tests.matrix_links import Link
from tests.matrix_player import Player
from tests.matrix_words import NAMES, Matrix, everything

PATIENCE = 10.0
"""Seconds to wait for an answer."""

CONFIG = """
[venue:X]
policies = {policies}
replace_filled = {reopens}
gtc_restate = yes
done_for_day = yes
[instrument:X:AAA]
[endpoint:x]
venue = X
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
pending_reports = {pending}
[policy:hold]
kind = hold
types = {types}
"""


class SocketLink(Link):
    """A spawned simulator, over a connection of its own."""

    def __init__(self, simulator: Simulator, address: tuple[str, int]) -> None:
        self._simulator = simulator
        self._socket = socket.create_connection(address, PATIENCE)

    def send(self, data: bytes) -> None:
        """All of them."""
        self._socket.sendall(data)

    def receive(self) -> bytes:
        """The next that come."""
        return self._socket.recv(65_536)

    def perform(self, operation: str, arguments: Any, body: Any = None) -> Any:
        """By a request over HTTP."""
        return self._simulator.perform(operation, arguments, body)

    def now(self) -> int:
        """Real time."""
        return time.time_ns()

    def stop(self) -> None:
        """Hang up."""
        self._socket.close()


def chosen(held: str, reopens: bool, version: str) -> list[Matrix]:
    """The matrices for one set-up and version."""
    wanted = (held, reopens)
    every = [each for each in everything() if (each.held, each.reopens) == wanted]
    return [each for each in every if version in each.versions]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


class MatrixTests(SynchronousTestCase):
    """One simulator for the matrices with the same things held."""

    def play(self, held: str, types: str, pending: bool, reopens: bool = False) -> int:
        """Play them in every version; how often that was."""
        config = Path(self.mktemp())
        policies = "hold" if held else ""
        words = {"policies": policies, "types": types, "reopens": _yes(reopens)}
        config.write_text(CONFIG.format(**words, pending=_yes(pending)))
        played = 0
        with Simulator.spawn(config) as simulator:
            address = simulator.endpoints["x"]
            assert address.port is not None
            for version in NAMES:
                link = SocketLink(simulator, (address.host, address.port))
                self.addCleanup(link.stop)
                player = Player(version, link, pending, f"C-{version}")
                for matrix in chosen(held, reopens, version):
                    player.play(matrix)
                    played += 1
        return played

    def test_at_once(self) -> None:
        """Nothing is held: with pending reports, and without."""
        self.assertGreater(self.play("", "", True), 200)
        self.assertGreater(self.play("", "", False), 200)
        self.assertGreater(self.play("", "", True, True), 10)

    def test_held(self) -> None:
        """Cancels and replaces wait for the operator, or orders do."""
        self.assertGreater(self.play("changes", "cancel replace", True), 150)
        self.assertGreater(self.play("changes", "cancel replace", True, True), 10)
        self.assertGreater(self.play("orders", "new", True), 7)
        self.assertGreater(self.play("both", "new cancel replace", True), 4)
