"""Rules over real sockets: made over REST, fired by FIX, one with a webhook; all in the journal."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator, SimulatorError
from exsim.control import double_schemas as ds
from tests.fix_client import FixClient

ROOT = Path(__file__).parent.parent.parent
CONFIG = ROOT / "etc" / "exsim-behaviours.ini"


class Decider(HTTPServer):
    """An endpoint of another process, as good as; it keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[Any] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}/decide"

    def close(self) -> None:
        """Answer no more."""
        self.shutdown()
        self.server_close()


class _Answer(BaseHTTPRequestHandler):
    server: Decider

    def do_POST(self) -> None:
        """Fill as much as the last digit of the ClOrdID says."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        body = json.dumps({"then": f"ack; fill {asked['cl_ord_id'][-1]}"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class RulesTests(SynchronousTestCase):
    """One simulator with a data directory."""

    def test_rules(self) -> None:
        """Each kind of step does what it says, and the day comes out the same again."""
        decider, folder = Decider(), str(Path(self.mktemp()).absolute())
        self.addCleanup(decider.close)
        free = "listen=tcp:0:interface=127.0.0.1"
        sets = [f"exsim.data_dir={folder}", f"rest.{free}", f"endpoint:order-entry.{free}"]
        with Simulator.spawn(CONFIG, sets) as sim:
            address = sim.endpoints["order-entry"]
            assert address.port is not None
            with FixClient((address.host, address.port), "FIX.4.4", "C") as client:
                client.log_on()
                self._trade(sim, client, decider)
        self.assertEqual(len(decider.asked), 1)
        command = [sys.executable, "-m", "exsim", "replay", folder, "-c", str(CONFIG), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
        self.assertTrue(json.loads(done.stdout)["same"], done.stdout + done.stderr)
        self.assertEqual(len(decider.asked), 1)

    def _trade(self, sim: Simulator, client: FixClient, decider: Decider) -> None:
        sim.create_rule(
            name="big",
            when={"type": "D", "symbol": "AAA", "qty__ge": 500},
            then=[
                ds.RuleStep(do="ack"),
                ds.RuleStep(do="fill", quantity="200", price="10.01"),
                ds.RuleStep(after="5m"),
                ds.RuleStep(do="fill", price="10.02"),
            ],
        )
        sim.create_rule(name="ask", when="type=D symbol=BBB", then=f"webhook {decider.url}")
        sim.set_clock("XSIM", mode="manual")
        self.assertEqual(self._new(client, "1", "AAA", "500"), ["0", "F"])
        sim.advance_clock("XSIM", by="5m")
        fill = client.receive()
        self.assertEqual((fill["31"], fill["14"], fill["39"]), ("10.02", "500", "2"))
        self.assertEqual(self._new(client, "C7", "BBB", "10"), ["0", "F"])
        self.assertEqual(decider.asked[0]["fields"][0]["name"], "BeginString")
        self.assertEqual(self._new(client, "REJECT-1", "AAA", "5", 1), ["8"])
        rules = {each.name: each.hits for each in sim.list_rules().items}
        self.assertEqual(rules, {"big": 1, "ask": 1})
        hits = {each.name: each.hits for each in sim.list_behaviours(limit=1000).items}
        self.assertEqual((hits["reject"], hits["ack"]), (1, 0))
        refused = self.assertRaises(
            SimulatorError, sim.create_rule, when="type=F", then="fill 5", name="wrong"
        )
        self.assertIn("order fill", refused.detail)
        sim.cancel_order("XSIM", "2", force=True)
        self.assertEqual(client.receive()["150"], "4")
        self.assertEqual(sim.get_order("XSIM", "2").status, "PARTIALLY_FILLED")

    def _new(
        self, client: FixClient, name: str, symbol: str, qty: str, answers: int = 2
    ) -> list[str]:
        """Enter an order; the ExecTypes of what comes."""
        client.send("D", f"11={name}|55={symbol}|54=1|38={qty}|40=2|44=10.05|59=0|60=NOW|")
        return [client.receive()["150"] for _ in range(answers)]
