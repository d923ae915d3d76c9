"""``exsim book``, ``trades`` and ``messages`` on a real simulator, which is killed meanwhile."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.trial.unittest import TestCase

from exsim.cli import parser
from exsim.client import Simulator
from exsim.client.spawn import SpawnedSimulator
from exsim.terminal import book, messages, trades
from exsim.terminal.watching import Surroundings
from tests.fix_client import FixClient


class Moving:
    """A client of whichever simulator there is now, which is told of each question."""

    def __init__(self, simulator: SpawnedSimulator) -> None:
        self.simulator = simulator
        self.before: Callable[[str], None] = lambda name: None

    def __enter__(self) -> Moving:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        self.before(name)
        return getattr(self.simulator, name)


class RestartTests(TestCase):
    """It is killed, and comes back with what it had on its disk, or with nothing."""

    def setUp(self) -> None:
        """One with a disk."""
        self.data = [f"exsim.data_dir={Path(self.mktemp()).resolve()}"]
        self.moving = Moving(self.spawn(self.data))
        self.out, self.err = io.StringIO(), io.StringIO()

    def spawn(self, overrides: list[str]) -> SpawnedSimulator:
        """Start one; all end with the test."""
        one = Simulator.spawn(overrides=overrides, timeout=30)
        self.addCleanup(one.stop)
        return one

    def trade(self, price: str) -> None:
        """A trade at a price."""
        for side in ("BUY", "SELL"):
            self.moving.simulator.enter_order(
                "XSIM", symbol="AAA", side=side, quantity="10", price=price
            )

    def kill(self) -> None:
        """It is gone, without a word."""
        os.kill(self.moving.simulator.pid, signal.SIGKILL)

    def run_it(self, *words: str, pause: Callable[[float], None]) -> list[str]:
        """What a command prints until Ctrl-C."""
        around = Surroundings(self.out, self.err, lambda url, token: self.moving, pause)
        main = {"book": book, "trades": trades, "messages": messages}[words[0]].main
        self.assertEqual(main(parser().parse_args(words), around), 0, self.err.getvalue())
        return self.out.getvalue().splitlines()

    def test_trades(self) -> None:
        """Each trade is told once: those before, those meanwhile, and those of another one."""

        def back() -> None:
            self.moving.simulator = self.spawn(self.data)
            self.trade("11")

        def another() -> None:
            self.moving.simulator = self.spawn([])
            self.trade("12")

        self.trade("10")
        steps = [self.kill, back, lambda: None, self.kill, another, lambda: None]

        def pause(seconds: float) -> None:
            if not steps:
                raise KeyboardInterrupt
            steps.pop(0)()

        lines = self.run_it("trades", pause=pause)
        self.assertEqual([line.split()[6] for line in lines], ["10", "11", "12"])
        self.assertEqual(self.err.getvalue().count("is there again"), 2)

    def test_messages(self) -> None:
        """Messages of real sessions, each once, over a restart."""
        steps = [lambda: None, lambda: self.log_on("A"), self.kill, lambda: self.log_on("B")]

        def before(name: str) -> None:
            if name != "wait_events":
                return
            if self.out.getvalue().count("\n") >= 2:
                raise KeyboardInterrupt
            if steps:
                steps.pop(0)()

        def pause(seconds: float) -> None:
            self.moving.simulator = self.spawn(self.data)

        self.moving.before = before
        lines = self.run_it("messages", "type=A", "dir=in", pause=pause)
        self.assertEqual([line.split()[2] for line in lines], ["A", "B"])
        self.assertIn("--> Logon(A)", lines[0])

    def test_messages_anew(self) -> None:
        """Another simulator that has not come as far is told from its beginning."""
        for _ in range(20):
            self.trade("10")

        def another() -> None:
            self.moving.simulator = self.spawn([])
            self.log_on("B")

        steps = [lambda: None, lambda: self.log_on("A"), self.kill, lambda: None, lambda: None]

        def before(name: str) -> None:
            if self.out.getvalue().count("\n") >= 2:
                raise KeyboardInterrupt
            if name == "wait_events" and steps:
                steps.pop(0)()

        self.moving.before = before
        lines = self.run_it("messages", "type=A", "dir=in", pause=lambda seconds: another())
        self.assertEqual([line.split()[2] for line in lines], ["A", "B"])

    def log_on(self, sender: str) -> None:
        """A session logs on."""
        address = self.moving.simulator.endpoints["order-entry"]
        assert address.port is not None
        with FixClient((address.host, address.port), "FIX.4.4", sender) as client:
            client.log_on()

    def test_book(self) -> None:
        """What rests is seen, and what rests of a session's own."""
        self.trade("10")
        self.moving.simulator.enter_order(
            "XSIM", symbol="AAA", side="BUY", quantity="30", price="9.5"
        )
        lines = self.run_it("book", "AAA", pause=lambda seconds: None)
        self.assertIn("last 10 @ 10 SELL", lines[0])
        self.assertEqual(lines[-1].split()[:2], ["1", "30"])
