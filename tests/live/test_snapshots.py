"""Named snapshots over real sockets, with a data directory: gone back to, also after a start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from tests.fix_client import FixClient

ROOT = Path(__file__).parent.parent.parent
CONFIG = ROOT / "etc" / "exsim.ini"
BODY = "55=AAA|54=1|38=10|40=2|44=10|59=0|60=NOW|"


class SnapshotsTests(SynchronousTestCase):
    """One data directory, and two runs on it."""

    def test_snapshots(self) -> None:
        """Back to one, to one in the past, and on after a restart; the journal runs again."""
        folder = str(Path(self.mktemp()).absolute())
        free = "listen=tcp:0:interface=127.0.0.1"
        names = ("order-entry", "market-data", "drop-copy", "ouch", "itch")
        text = CONFIG.read_text("utf-8")
        ends = [f"endpoint:{name}.{free}" for name in names if f"[endpoint:{name}]" in text]
        sets = [f"exsim.data_dir={folder}", f"rest.{free}", *ends]
        with Simulator.spawn(CONFIG, sets) as sim:
            address = sim.endpoints["order-entry"]
            assert address.port is not None
            where = (address.host, address.port)
            with FixClient(where, "FIX.4.4", "C") as client:
                client.log_on()
                client.send("D", f"11=1|{BODY}")
                client.receive()
                sim.take_snapshot("one")
                (report,) = sim.list_messages(type="8").items
                client.send("D", f"11=2|{BODY}")
                client.receive()
                sim.take_snapshot("forked", at=report.seq)
                sim.take_snapshot("two")
            self.restored(sim, "two", ["1", "2"])
            self.restored(sim, "one", ["1"])
            self.restored(sim, "forked", ["1"])
            with FixClient(where, "FIX.4.4", "D") as client:
                client.log_on()
                client.send("D", f"11=3|{BODY}")
                client.receive()
        with Simulator.spawn(CONFIG, sets) as sim:
            self.assertEqual(self.orders(sim), ["1", "3"])
            found = [each.snapshot for each in sim.list_snapshots().items]
            self.assertEqual(sorted(found), ["forked", "one", "two"])
            self.restored(sim, "two", ["1", "2"])
        command = [sys.executable, "-m", "exsim", "replay", folder, "-c", str(CONFIG), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
        self.assertTrue(json.loads(done.stdout)["same"], done.stdout + done.stderr)

    def restored(self, sim: Simulator, name: str, wanted: list[str]) -> None:
        """Go back, and find these orders."""
        sim.restore_snapshot(name)
        self.assertEqual(self.orders(sim), wanted)

    def orders(self, sim: Simulator) -> list[str]:
        """All ClOrdIDs of clients."""
        page = sim.list_orders("XSIM", status="any", symbol="AAA", limit=1000)
        return [each.cl_ord_id for each in page.items if each.session]
