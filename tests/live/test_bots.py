"""Bots in a simulator of its own, over REST and from a shell; and its journal run again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from tests.fix_client import FixClient

ROOT = Path(__file__).parent.parent.parent
INI = """
[exsim]
seed = 7

[rest]
listen = tcp:0:interface=127.0.0.1

[venue:XSIM]
pricing = fixed

[instrument:XSIM:ZIG]
reference = 100

[endpoint:order-entry]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes

[bot:MM]
kind = maker

[bot:NOISE]
kind = noise
rate = 40
"""


class BotsTests(SynchronousTestCase):
    """A market that is alive."""

    def setUp(self) -> None:
        """Have a configuration and a data directory."""
        self.config = Path(self.mktemp()).absolute()
        self.config.write_text(INI, encoding="utf-8")
        self.folder = Path(self.mktemp()).absolute()

    def exsim(self, *arguments: str) -> str:
        """What a command of exsim prints."""
        command = [sys.executable, "-m", "exsim", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def until(self, said: Callable[[], bool]) -> None:
        """Wait until something holds."""
        last = time.monotonic() + 20
        while not said():
            self.assertLess(time.monotonic(), last, "it never came to that")
            time.sleep(0.05)

    def test_alive(self) -> None:
        """They trade with each other and with a client; stopped and started; all runs again."""
        data = [f"exsim.data_dir={self.folder}"]
        with Simulator.spawn(self.config, data) as sim:
            self.until(lambda: len(sim.list_trades("XSIM").items) >= 3)
            address = sim.endpoints["order-entry"]
            assert address.port is not None
            with FixClient((address.host, address.port), "FIX.4.4", "C") as client:
                client.log_on()
                client.send("D", "11=1|55=ZIG|54=1|38=10|40=1|59=3|60=NOW|")
                self.assertEqual(client.receive()["150"], "0")
                self.assertEqual(client.receive()["150"], "F")
            self.assertIn("bot:MM", self.exsim("ctl", "--url", sim.url, "get-bot", "XSIM", "MM"))
            self.exsim("ctl", "--url", sim.url, "stop-bots", "XSIM")
            self.assertEqual(sim.list_orders("XSIM", status="open").items, [])
            traded = sim.get_bot("XSIM", "NOISE").fills
            sim.start_bots("XSIM")
            self.until(lambda: sim.get_bot("XSIM", "NOISE").fills > traded)
        with Simulator.spawn(self.config, data) as sim:
            before = sim.get_bot("XSIM", "NOISE")
            self.assertGreater(before.fills, traded)
            self.until(lambda: sim.get_bot("XSIM", "NOISE").entered > before.entered)
        command = ("replay", str(self.folder), "-c", str(self.config), "--json")
        self.assertTrue(json.loads(self.exsim(*command))["same"])
