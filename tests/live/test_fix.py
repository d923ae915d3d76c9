"""FIX over real sockets: every version logs on and trades, and a stop is an orderly one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from tests.fix_client import FixClient

ROOT = Path(__file__).parent.parent.parent
VERSIONS = {
    "FIX.4.0": "",
    "FIX.4.1": "",
    "FIX.4.2": "",
    "FIX.4.3": "",
    "FIX.4.4": "",
    "FIX.5.0": "1137=7|",
    "FIX.5.0SP1": "1137=8|",
    "FIX.5.0SP2": "1137=9|",
}
"""By version, what a logon of it has besides what all have."""


class FixTests(SynchronousTestCase):
    """One simulator for all versions."""

    def test_every_version_trades(self) -> None:
        """On one port, at once: each logs on, and each but the first trades with the one before."""
        with Simulator.spawn() as simulator:
            address = simulator.endpoints["order-entry"]
            assert address.port is not None
            clients = []
            for number, (version, more) in enumerate(VERSIONS.items()):
                begin_string = "FIXT.1.1" if more else version
                name = version.replace(".", "")
                client = FixClient((address.host, address.port), begin_string, name)
                self.addCleanup(client.__exit__, None, None, None)
                answer = client.log_on(more)
                self.assertEqual((answer["35"], answer["56"]), ("A", name))
                self.assertEqual(answer.get("1137", ""), more[5:6])
                side = "12"[number % 2]
                time = "" if version in ("FIX.4.0", "FIX.4.1") else "60=NOW|"
                client.send("D", f"11=A|21=1|55=AAA|54={side}|38=10|40=2|44=100.05|59=0|{time}")
                report = client.receive()
                self.assertEqual((report["35"], report["39"]), ("8", "0"), version)
                clients.append(client)
                if number % 2:
                    for each in clients[-2:]:
                        fill = each.receive()
                        self.assertEqual((fill["39"], fill["14"], fill["6"]), ("2", "10", "100.05"))
            sessions = simulator.list_sessions().items
            self.assertEqual(len(sessions), len(VERSIONS))
            self.assertEqual({session.state for session in sessions}, {"active"})
            self.assertEqual(len(simulator.list_trades("XSIM").items), len(VERSIONS) // 2)
            found = simulator.list_messages(type="8", direction="out", tag=["39=2", "14=10"])
            self.assertEqual(len(found.items), len(VERSIONS))

    def test_stop_logs_out(self) -> None:
        """A stop says goodbye, waits for the answer, closes, and ends as the signal asked."""
        simulator = Simulator.spawn()
        address = simulator.endpoints["order-entry"]
        assert address.port is not None
        with FixClient((address.host, address.port), "FIX.4.2", "C") as client:
            client.log_on()
            os.kill(simulator.pid, signal.SIGTERM)
            self.assertEqual(client.receive()["35"], "5")
            client.send("5", "")
            self.assertEqual(client.receive(), {})
        simulator.stop()
        self.assertEqual(simulator._process.returncode, -signal.SIGTERM)  # as twistd always does

    def test_busy_port(self) -> None:
        """It stops the start with status 1 and one message that says which and why."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            command = [sys.executable, "-m", "exsim", "run", "-c", str(ROOT / "etc" / "exsim.ini")]
            listen = f"tcp:{port}:interface=127.0.0.1"
            done = subprocess.run(
                [*command, "--set", f"endpoint:order-entry.listen={listen}"],
                cwd=self.mktemp_folder(),
                capture_output=True,
                text=True,
                timeout=60,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 1, said)
        self.assertEqual(said.count("exsim cannot start"), 1, said)
        self.assertIn(f"[endpoint:order-entry] listen = {listen}: cannot listen: ", said)
        self.assertNotIn("Traceback", said)

    def mktemp_folder(self) -> str:
        """A new folder."""
        path = str(self.mktemp())
        os.makedirs(path)
        return path
