"""Pictures and facts of a simulator that trades, over real sockets, by a real process."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest import skipUnless

import requests
from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from exsim.client import AsyncSimulator, Simulator
from exsim.services.plotting import can_draw

ROOT = Path(__file__).parent.parent.parent
INI = """
[exsim]
seed = 7
{exsim}

[rest]
listen = tcp:0:interface=127.0.0.1

[venue:XSIM]
pricing = walk
observe = ZIG
observe_every = 100ms

[pricing:walk]
source = random-walk
every = 50ms

[instrument:XSIM:ZIG]
reference = 100

[bot:MM]
kind = maker
venue = XSIM

[bot:NOISE]
kind = noise
rate = 60
venue = XSIM
{more}
"""


class PicturesTests(TestCase):
    """Of one process, and where each venue has its own."""

    def ini(self, exsim: str = "", more: str = "") -> str:
        """The file."""
        path = Path(self.mktemp()).with_suffix(".ini")
        path.write_text(INI.format(exsim=exsim, more=more))
        return str(path)

    def traded(self, simulator: Simulator) -> Any:
        """The facts, once there were some looks and trades."""
        last = time.monotonic() + 20
        while True:
            told = simulator.get_facts("XSIM", "walk")
            found = {fact.name: fact for fact in told.facts}
            if found["trade_gaps"].seen >= 20 and found["spread"].seen >= 10:
                return told
            self.assertLess(time.monotonic(), last, "it never came to that")

    def test_facts(self) -> None:
        """Both clients tell them, and a shell has them as a table."""
        with Simulator.spawn(self.ini()) as simulator:
            told = self.traded(simulator)
            self.assertEqual((told.symbol, told.every), ("ZIG", "100ms"))
            self.assertLess(told.begin, told.end)
            words = ["ctl", "--url", simulator.url, "get-facts", "XSIM", "walk", "--symbol", "ZIG"]
            self.assertIn(b"Maslov and Mills 2001", self.exsim(*words))

    @skipUnless(can_draw(), "needs matplotlib: pip install exsim[plot]")
    def test_pictures(self) -> None:
        """As PNG and SVG with their media types; a shell writes the bytes."""
        with Simulator.spawn(self.ini()) as simulator:
            self.traded(simulator)
            url = f"{simulator.url}/api/v1/venues/XSIM/pricing/walk/plot"
            for form, media, head in (
                ("png", "image/png", b"\x89PNG"),
                ("svg", "image/svg+xml", b"<?xml"),
            ):
                answer = requests.get(url, {"format": form}, timeout=30)
                self.assertEqual((answer.status_code, answer.headers["content-type"]), (200, media))
                self.assertTrue(answer.content.startswith(head))
            words = ["ctl", "--url", simulator.url, "plot-source", "XSIM", "walk"]
            self.assertTrue(self.exsim(*words).startswith(b"\x89PNG"))

    @skipUnless(can_draw(), "needs matplotlib: pip install exsim[plot]")
    def test_own_processes(self) -> Deferred[None]:
        """Where each venue has a process of its own, its picture comes through the one before."""
        return Deferred.fromCoroutine(self.through())

    async def through(self) -> None:
        """Ask for it there."""
        from twisted.internet import reactor

        config = self.ini("processes = venue", "[venue:OTHER]\n")
        simulator = await AsyncSimulator.spawn(reactor, config)
        try:
            picture = await simulator.plot_source("XSIM", "walk", format="svg")
            self.assertIn(b"ZIG at XSIM: price", picture)
        finally:
            await simulator.stop()

    def exsim(self, *arguments: str) -> bytes:
        """What a command of exsim prints."""
        command = [sys.executable, "-m", "exsim", *arguments]
        done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout
