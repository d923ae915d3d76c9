"""Scripts over real sockets: from a shell with an exit status, and by name over REST."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from tests.fix_client import FixClient

ROOT = Path(__file__).parent.parent.parent
GOOD = """
[script]
summary = An order of nobody is filled
steps =
    order BUY 10 AAA @ 99
    do fill 4
    verify type=D never
"""
BAD = """
[script]
steps =
    order BUY 10 AAA @ 99
    expect type=D symbol=AAA within 10ms
"""
WAITS = """
[script]
session = C
steps =
    rule type=D then ack; fill 5
    expect type=D within 10s
    expect type=8 exec=fill last_qty=5 within 5s
"""
PYTHON = '''
"""Two orders meet."""

def run(simulator):
    simulator.reset()
    for side in ("BUY", "SELL"):
        simulator.enter_order("XSIM", symbol="AAA", side=side, quantity=10, price="100")
    assert len(simulator.list_trades("XSIM").items) == 1, "no trade"
'''


class ScriptsTests(SynchronousTestCase):
    """A folder of scripts."""

    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()
        for name, text in (("good.ini", GOOD), ("bad.ini", BAD), ("waits.ini", WAITS)):
            (self.folder / name).write_text(text)
        (self.folder / "meet.py").write_text(PYTHON)

    def shell(self, name: str, *more: str) -> tuple[int, str]:
        """Run one from a shell: its status, and what it says."""
        command = [sys.executable, "-m", "exsim", "script", str(self.folder / name), *more]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def test_shell(self) -> None:
        """On a simulator of its own, or on one that runs; the status says how it went."""
        with Simulator.spawn() as simulator:
            status, text = self.shell("good.ini", "--url", simulator.url)
            self.assertEqual((status, text.splitlines()[-1]), (0, "good: passed"), text)
            (order,) = simulator.list_orders("XSIM").items
            self.assertEqual(order.cum_quantity, "4")
            status, text = self.shell("bad.ini", "--url", simulator.url, "--json")
            told = json.loads(text)
            self.assertEqual((status, told["passed"]), (1, False))
            self.assertIn("Expected at least 1 message", " ".join(told["lines"]))
        self.assertEqual(self.shell("meet.py")[0], 0)
        self.assertEqual(self.shell("none.ini")[0], 2)

    def test_rest(self) -> None:
        """By name, while others go on; one that waits is served by who comes meanwhile."""
        with Simulator.spawn(overrides=[f"exsim.scripts={self.folder}"]) as simulator:
            listed = {each.script: each.summary for each in simulator.list_scripts().items}
            self.assertEqual(list(listed), ["bad", "good", "meet", "waits"])
            self.assertEqual(listed["good"], "An order of nobody is filled")
            self.assertTrue(simulator.run_script("good").passed)
            self.assertTrue(simulator.run_script("meet").passed)
            self.assertIn("FAILED", simulator.run_script("bad").text)
            address = simulator.endpoints["order-entry"]
            assert address.port is not None
            command = [sys.executable, "-m", "exsim", "ctl", "run-script", "waits"]
            command += ["--url", simulator.url]
            with FixClient((address.host, address.port), "FIX.4.4", "C") as client:
                client.log_on()
                with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
                    while not simulator.list_rules().items:
                        pass
                    client.send("D", "11=1|55=AAA|54=1|38=10|40=2|44=10|59=0|60=NOW|")
                    text, _ = running.communicate(timeout=30)
                self.assertEqual(running.returncode, 0, text)
                self.assertEqual([client.receive()["150"] for _ in range(2)], ["0", "F"])

    def test_stop(self) -> None:
        """A simulator that stops ends the scripts that run."""
        with Simulator.spawn(overrides=[f"exsim.scripts={self.folder}"]) as simulator:
            command = [sys.executable, "-m", "exsim", "ctl", "run-script", "waits"]
            command += ["--url", simulator.url]
            running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            while not simulator.list_rules().items:
                pass
            simulator.close()
        running.communicate(timeout=30)
        self.assertNotEqual(running.returncode, 0)
