"""Venues with a process each behind one REST interface: real processes, sockets and signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator, SimulatorError
from exsim.client.launch import Ready
from exsim.client.spawn import SpawnedSimulator, SpawnError
from tests.fix_client import FixClient
from tests.live.test_spawn import SECONDS, is_running, wait_until

VENUE = """\
[venue:{venue}]
policies = match

[instrument:{venue}:{symbol}]
reference = 100

[endpoint:{endpoint}]
venue = {venue}
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes

"""
CONFIG = (
    "[exsim]\nprocesses = venue\n\n"
    + VENUE.format(venue="XSIM", symbol="AAA", endpoint="x")
    + VENUE.format(venue="YSIM", symbol="BBB", endpoint="y")
)
PLACES = {"XSIM": ("x", "AAA"), "YSIM": ("y", "BBB")}


class FrontTests(SynchronousTestCase):
    """One command, two venues."""

    def setUp(self) -> None:
        """Write the configuration; keep temporary files where they are removed."""
        self.folder = Path(tempfile.mkdtemp(prefix="exsim-"))  # short: it holds socket files
        self.addCleanup(subprocess.run, ["rm", "-r", str(self.folder)], check=True)
        self.patch(tempfile, "tempdir", str(self.folder))
        self.config = self.folder / "two.ini"
        self.config.write_text(CONFIG)

    def spawn(self, *overrides: str, token: str | None = None) -> SpawnedSimulator:
        """Start both venues."""
        simulator = Simulator.spawn(self.config, overrides, SECONDS, token)
        self.addCleanup(simulator.stop)
        return simulator

    def ready(self, simulator: SpawnedSimulator) -> Ready:
        """What the ready file says now."""
        found = simulator._launch.ready()
        assert found is not None
        return found

    def log_on(self, simulator: SpawnedSimulator, venue: str, sender: str) -> FixClient:
        """A client of a venue."""
        address = simulator.endpoints[PLACES[venue][0]]
        client = FixClient((address.host, address.port or 0), "FIX.4.4", sender)
        self.addCleanup(client.__exit__, None, None, None)
        self.assertEqual(client.log_on()["35"], "A")
        return client

    def enter(self, client: FixClient, venue: str, number: int, side: int, qty: int) -> str:
        """Enter an order at 99; the OrdStatus of the report."""
        symbol = PLACES[venue][1]
        order = f"11={number}|55={symbol}|54={side}|38={qty}|40=2|44=99|60=NOW|"
        client.send("D", order)
        return client.receive()["39"]

    def is_told(self, simulator: SpawnedSimulator, trouble: str) -> Callable[[], bool]:
        """Whether /health/ready tells of this trouble; of none, whether all is well."""

        def look() -> bool:
            try:
                simulator.health_ready()
            except SimulatorError as error:
                return bool(trouble) and trouble in error.detail
            return not trouble

        return look

    def trade(self, simulator: SpawnedSimulator) -> None:
        """Make a trade of 40 at each venue; 60 to buy are left."""
        for venue in PLACES:
            client = self.log_on(simulator, venue, f"OF-{venue}")
            self.assertEqual(self.enter(client, venue, 1, 1, 100), "0")
            self.log_on(simulator, venue, "SAME")
            self.assertEqual(self.enter(client, venue, 2, 2, 40), "0")

    def check_books(self, simulator: SpawnedSimulator) -> None:
        """What the trades have left."""
        for venue, (_, symbol) in PLACES.items():
            book = simulator.get_book(venue, symbol)
            self.assertEqual([(one.price, one.quantity) for one in book.bids], [("99", "60")])
            self.assertEqual(len(simulator.list_trades(venue).items), 1)

    def test_lasting(self) -> None:
        """Trade at both, look at all; a process that is killed comes back as it was."""
        token_file = self.folder / "token"
        token_file.write_text("open-sesame\n")
        words = (f"exsim.data_dir={self.folder / 'data'}", f"rest.token_file={token_file}")
        simulator = self.spawn(*words, token="open-sesame")
        self.trade(simulator)
        self.check_books(simulator)
        self.check_lists(simulator)
        before = self.ready(simulator)
        victim = before.processes["XSIM"]
        os.kill(victim, signal.SIGKILL)
        trouble = "degraded: venue XSIM was killed by signal 9; it is started again in 1 s"
        self.assertTrue(wait_until(self.is_told(simulator, trouble)))
        self.assertEqual(simulator.get_venue("YSIM").name, "YSIM")
        self.assertTrue(wait_until(self.is_told(simulator, "")), simulator.output)
        after = self.ready(simulator)
        self.assertEqual(after.endpoints, before.endpoints)
        self.assertNotEqual(after.processes["XSIM"], victim)
        self.assertEqual(after.processes["YSIM"], before.processes["YSIM"])
        self.check_books(simulator)
        self.log_on(simulator, "XSIM", "AGAIN")
        self.check_stop(simulator, after)

    def check_lists(self, simulator: SpawnedSimulator) -> None:
        """Sessions, messages and metrics of both venues are told as one."""
        found = [(one.venue, one.name) for one in simulator.list_sessions().items]
        names = [(venue, name) for venue in PLACES for name in (f"OF-{venue}", "SAME")]
        self.assertEqual(found, names)
        whole = simulator.list_messages(limit=1000)
        self.assertEqual(whole.next, None)
        self.assertEqual({one.venue for one in whole.items}, set(PLACES))
        self.assertEqual([m.time for m in whole.items], sorted(m.time for m in whole.items))
        told, after = [], None
        while True:
            page = simulator.list_messages(limit=3, after=after)
            told += page.items
            if (after := page.next) is None:
                break
        self.assertEqual(told, whole.items)
        texts = simulator.metrics().splitlines()
        for venue in PLACES:
            self.assertIn(f'exsim_trades_total{{venue="{venue}"}} 1.0', texts)

    def check_stop(self, simulator: SpawnedSimulator, ready: Ready) -> None:
        """An orderly stop leaves no process and no file but ours."""
        pids = [ready.pid, *ready.processes.values()]
        self.assertEqual([is_running(pid) for pid in pids], [True] * 3)
        simulator.stop()
        self.assertEqual([is_running(pid) for pid in pids], [False] * 3)
        left = {path.name for path in self.folder.iterdir()}
        self.assertLessEqual(left, {"two.ini", "data", "token"})

    def test_fleeting(self) -> None:
        """Without a data_dir a process that is killed is missed, and the other goes on."""
        simulator = self.spawn()
        ready = self.ready(simulator)
        os.kill(ready.processes["XSIM"], signal.SIGKILL)
        trouble = "degraded: venue XSIM was killed by signal 9; nothing of it is kept"
        self.assertTrue(wait_until(self.is_told(simulator, trouble)))
        client = self.log_on(simulator, "YSIM", "ME")
        self.assertEqual(self.enter(client, "YSIM", 1, 1, 5), "0")
        self.assertEqual(len(simulator.list_orders("YSIM").items), 1)
        self.assertEqual(list(self.ready(simulator).processes), ["YSIM"])

    def test_no_orphan(self) -> None:
        """However the parent ends its children do, too."""
        simulator = self.spawn()
        ready = self.ready(simulator)
        os.kill(ready.pid, signal.SIGKILL)
        for pid in ready.processes.values():
            self.assertTrue(wait_until(lambda pid=pid: not is_running(pid)))  # type: ignore[misc]

    def test_cannot_start(self) -> None:
        """A venue that cannot listen stops the start of all, and is told."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            words = f"endpoint:y.listen=tcp:{port}:interface=127.0.0.1"
            error = self.assertRaises(SpawnError, self.spawn, words)
        self.assertIn("status 1 before it was ready", str(error))
        said = "exsim cannot start: venue YSIM ended, status 1: [endpoint:y] listen = "
        self.assertIn(said, str(error))

    def test_one_venue(self) -> None:
        """``exsim run --venue`` carries one of them in its own process."""
        command = [sys.executable, "-m", "exsim", "run", f"--config={self.config}", "--until-eof"]
        command += ["--venue=YSIM", "--set=rest.listen=tcp:0:interface=127.0.0.1"]
        root = Path(__file__).resolve().parent.parent.parent
        done = subprocess.run(
            command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
        )
        self.assertIn("y: fix order-entry of venue YSIM", done.stdout)
        self.assertNotIn("XSIM", done.stdout)
