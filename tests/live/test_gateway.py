"""``exsim gateway`` before two venues, each in a process of its own: real sockets and processes."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import msgspec
from twisted.trial.unittest import SynchronousTestCase

from exsim.client import Simulator
from exsim.client.launch import Ready, child_environment, python
from tests.fix_client import FixClient
from tests.live.test_spawn import SECONDS, wait_until
from tests.postgres import missing, server
from tests.soak.nodes import Hosts

VENUE = """\
[venue:{venue}]
policies = match

[instrument:{venue}:AAA]
reference = 100

[endpoint:{venue}-orders]
venue = {venue}
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = {venue}
accept_any_logon = yes

"""
CONFIG = "[exsim]\nprocesses = venue\n\n" + VENUE.format(venue="XSIM") + VENUE.format(venue="YSIM")
GATEWAY = """
[gateway:orders]
listen = tcp:0:interface=127.0.0.1
nodes = http://127.0.0.1:1 {urls}
"""


def wait_long(condition: Callable[[], bool]) -> bool:
    """Wait until a condition holds that takes processes to start, where others work, too."""
    return any(wait_until(condition) for _ in range(4))


class GatewayCase(SynchronousTestCase):
    """A gateway before two venues, in a folder of its own."""

    def setUp(self) -> None:
        """The configuration of the venues."""
        self.folder = Path(tempfile.mkdtemp(prefix="exsim-"))  # short: it holds socket files
        self.addCleanup(subprocess.run, ["rm", "-r", str(self.folder)], check=True)
        self.patch(tempfile, "tempdir", str(self.folder))
        self.config = self.folder / "two.ini"
        self.config.write_text(CONFIG)
        self.log = self.folder / "gateway.log"

    def start(self, *urls: str) -> None:
        """The gateway, which knows where REST is, and where venues are."""
        ready = self.spawn(" ".join(urls))
        place = ready.endpoints["orders"]
        assert place.port is not None
        self.url, self.address = ready.rest, (place.host, place.port)
        self.assertTrue(wait_long(lambda: "venues are where" in self.log.read_text()))

    def spawn(self, urls: str) -> Ready:
        """Its process; what it says once it listens."""
        config, ready = self.folder / "gateway.ini", self.folder / "ready.json"
        config.write_text(CONFIG + GATEWAY.format(urls=urls))
        words = ["-c", str(config), f"--ready-file={ready}", "--until-eof"]
        with self.log.open("wb") as output:
            process = subprocess.Popen(
                [*python("exsim"), "gateway", *words],
                env=child_environment(),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
            )
        assert process.stdin is not None
        self.addCleanup(process.wait, SECONDS)
        self.addCleanup(process.stdin.close)
        self.assertTrue(wait_long(ready.exists), self.log.read_text())
        return msgspec.json.decode(ready.read_bytes(), type=Ready)

    def client(self, venue: str) -> FixClient:
        """A client that says that it wants a venue."""
        return FixClient(self.address, "FIX.4.4", "DESK", venue)


class OneHostTests(GatewayCase):
    """Both venues are at one host."""

    def setUp(self) -> None:
        """They are there, and so is the gateway."""
        super().setUp()
        words = (f"exsim.data_dir={self.folder}/data",)
        self.simulator = Simulator.spawn(self.config, words, 4 * SECONDS)
        self.addCleanup(self.simulator.stop)
        self.start(self.simulator.url)

    def processes(self) -> dict[str, int]:
        """The processes of the venues."""
        found = self.simulator._launch.ready()
        assert found is not None
        return found.processes

    def metrics(self) -> str:
        """What the gateway tells Prometheus."""
        with urlopen(f"{self.url}/metrics") as answer:
            text: str = answer.read().decode()
        return text

    def test_two_venues(self) -> None:
        """Each client gets to the venue that it wants, and trades there; others are told."""
        with self.client("XSIM") as x, self.client("YSIM") as y, self.client("ZSIM") as z:
            self.assertEqual([one.log_on().get("49") for one in (x, y)], ["XSIM", "YSIM"])
            refusal = z.log_on()
            told = [refusal.get(tag) for tag in ("35", "49", "56", "58")]
            self.assertEqual(told, ["5", "ZSIM", "DESK", "no ZSIM is here"])
            self.assertEqual(z.receive(), {})
            for number, one in enumerate((x, y)):
                one.send("D", f"11=A{number}|55=AAA|54=1|38=100|40=2|44=99|59=0|60=NOW")
                self.assertEqual(one.receive().get("150"), "0")
            venues = [order.venue for order in self.simulator.list_messages(type="D").items]
            self.assertEqual(sorted(filter(None, venues)), ["XSIM", "YSIM"])
            text = self.metrics()
            self.assertIn('exsim_gateway_logons_total{gateway="orders"} 2.0', text)
            self.assertIn('exsim_gateway_relays{gateway="orders"} 2.0', text)
            refused = 'exsim_gateway_refused_total{gateway="orders",reason="unknown"} 1.0'
            self.assertIn(refused, text)
        self.assertTrue(wait_long(lambda: 'relays{gateway="orders"} 0.0' in self.metrics()))

    def test_venue_ends(self) -> None:
        """
        A client whose venue ends loses its connection, and no other does; once the venue is back
        the same address leads there, and the session goes on where it was.
        """
        with self.client("XSIM") as x, self.client("YSIM") as y:
            self.assertEqual([one.log_on().get("35") for one in (x, y)], ["A", "A"])
            os.kill(self.processes()["XSIM"], signal.SIGKILL)
            self.assertEqual(x.receive(), {})
            y.send("1", "112=still")
            self.assertEqual(y.receive().get("112"), "still")

        def is_back() -> bool:
            with self.client("XSIM") as again:
                try:
                    return again.log_on().get("35") == "A"
                except ConnectionError:
                    return False

        self.assertTrue(wait_long(is_back), self.log.read_text())


class HostsTests(GatewayCase):
    """The venues are shared by two hosts."""

    skip = missing()

    def setUp(self) -> None:
        """They are not started yet."""
        database = server().create()  # before: its user could not use our folder
        self.addCleanup(server().drop, database)
        super().setUp()
        self.hosts = Hosts(self.config, server().url(database))
        self.addCleanup(self.hosts.stop)

    def test_host_ends(self) -> None:
        """
        A host is killed with all its processes. Its client finds its venue again under the same
        address, at the other host, and its order and its numbers with it.
        """
        hosts = self.hosts
        urls = [hosts.start(name, "exsim.room=1").url for name in ("a", "b")]
        self.start(*urls)
        self.assertTrue(wait_long(lambda: hosts.place("XSIM", "XSIM-orders") is not None))
        with self.client("XSIM") as client:
            self.assertEqual(client.log_on().get("35"), "A")
            client.send("D", "11=A1|55=AAA|54=1|38=100|40=2|44=99|59=0|60=NOW")
            self.assertEqual(client.receive().get("39"), "0")
            found = hosts.place("XSIM", "XSIM-orders")
            assert found is not None
            hosts.start("c")
            hosts.kill(found[0])
            self.assertEqual(client.receive(), {})
        self.assertTrue(wait_long(self.order_is_there), self.log.read_text())

    def order_is_there(self) -> bool:
        """Whether a client that logs on can ask what became of the order."""
        with self.client("XSIM") as client:
            try:
                if client.log_on().get("35") != "A":
                    return False
            except ConnectionError:
                return False
            client.send("H", "11=A1|55=AAA|54=1|37=NONE")
            return client.receive().get("39") == "0"
