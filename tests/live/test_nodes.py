"""Hosts that share venues by way of PostgreSQL: real processes, sockets, signals and a database."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase, TestCase

from exsim.client import Simulator, SimulatorError
from exsim.services.postgres.address import PostgresAway, address
from exsim.services.postgres.nodes import PostgresLeases
from tests.fix_client import FixClient
from tests.leases_contract import LeasesContract, peer
from tests.live.test_spawn import is_running
from tests.node_fakes import LEASE
from tests.postgres import missing, server
from tests.soak.nodes import STARTS_WITHIN, Hosts, children


class PostgresLeasesTests(LeasesContract, TestCase):
    """The leases in a database."""

    skip = missing()

    def setUp(self) -> None:
        """One of its own."""
        # Not at the top: trial has chosen one by now.
        from twisted.internet import reactor

        self.server = server()
        self.database = self.server.create()
        self.address = address(self.server.url(self.database))
        self.a, self.b = (PostgresLeases(self.address, node, LEASE, reactor) for node in ("a", "b"))

        self.addCleanup(self.server.drop, self.database)
        self.addCleanup(self.b.leave, "b")
        self.addCleanup(self.a.leave, "a")

    async def pass_time(self, seconds: float) -> None:
        """What was is put back."""
        with self.address.connect() as connection:
            for sql in (
                "UPDATE exsim.lease SET expires = expires - make_interval(secs => %s)",
                "UPDATE exsim.lease SET wanted_at = wanted_at - make_interval(secs => %s)",
                "UPDATE exsim.node SET seen = seen - make_interval(secs => %s)",
            ):
                connection.execute(sql, (seconds,))

    async def test_away(self) -> None:
        """A database without our tables, or a server that is gone, is told, and waited for."""
        nowhere = self.server.create(migrated=False)
        self.addCleanup(self.server.drop, nowhere)
        other = PostgresLeases(address(self.server.url(nowhere)), "a", LEASE, self.a._reactor)
        with self.assertRaisesRegex(PostgresAway, "exsim postgres migrate"):
            await other.look(peer("a"))
        with self.assertRaises(PostgresAway):
            await other.leave("a")
        await self.a.look(peer("a"))
        with self.address.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        with self.assertRaises(PostgresAway):
            await self.a.look(peer("a"))
        self.assertEqual(len((await self.a.look(peer("a"))).nodes), 1)


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
PLACES = {"V": ("v", "AAA"), "W": ("w", "BBB"), "X": ("x", "CCC"), "Y": ("y", "DDD")}


class NodesCase(SynchronousTestCase):
    """Nodes on one machine, with a database of their own."""

    skip = missing()

    def setUp(self) -> None:
        """A configuration of venues V, W, X and Y, and the database."""
        database = server().create()  # before: its user could not use our folder
        folder = Path(tempfile.mkdtemp(prefix="exsim-"))  # short: it holds socket files
        self.addCleanup(shutil.rmtree, folder)
        self.patch(tempfile, "tempdir", str(folder))
        self.addCleanup(server().drop, database)
        self.config = folder / "nodes.ini"
        self.config.write_text(
            "".join(
                VENUE.format(venue=venue, endpoint=endpoint, symbol=symbol)
                for venue, (endpoint, symbol) in PLACES.items()
            )
        )
        self.hosts = Hosts(self.config, server().url(database))
        self.addCleanup(self.hosts.stop)

    def carried(self, node: Simulator) -> dict[str, str]:
        """The venues that each node carries, as one of them tells."""
        found = node.list_nodes().items
        return {one.node: "".join(sorted(v.venue for v in one.venues)) for one in found}

    def log_on(self, venue: str, sender: str) -> FixClient:
        """A client of a venue, wherever that is, once it listens."""
        self.assertTrue(self.comes_true(lambda: self.hosts.place(venue, PLACES[venue][0])))
        found = self.hosts.place(venue, PLACES[venue][0])
        assert found is not None
        client = FixClient(found[1], "FIX.4.4", sender)
        self.addCleanup(client.__exit__, None, None, None)
        self.assertEqual(client.log_on()["35"], "A")
        return client

    def enter(self, client: FixClient, venue: str, number: int) -> None:
        """Enter an order, which is acknowledged."""
        order = f"11={number}|55={PLACES[venue][1]}|54=1|38=100|40=2|44=99|60=NOW|"
        client.send("D", order)
        self.assertEqual(client.receive()["39"], "0")

    def comes_true(self, condition: Callable[[], object]) -> bool:
        """Whether a condition holds before processes that start should have."""
        end = time.monotonic() + STARTS_WITHIN
        while not condition() and time.monotonic() < end:
            time.sleep(0.02)
        return bool(condition())

    def listens(self, venue: str, node: str) -> bool:
        """Whether a venue listens at a node."""
        found = self.hosts.place(venue, PLACES[venue][0])
        return found is not None and found[0] == node


class NodesTests(NodesCase):
    """Two, and four."""

    def test_move(self) -> None:
        """
        Each answers for all. A venue that moves takes its orders, and a stream of events goes on
        after it where it was.
        """
        first = self.hosts.start("a", "exsim.room=3")
        second = self.hosts.start("b", "exsim.room=3")
        self.assertEqual(self.carried(second), {"a": "VWX", "b": "Y"})
        self.enter(self.log_on("X", "ME"), "X", 1)
        events = second.events(venue="X", kind=["order"])
        self.addCleanup(events.close)
        for node in (first, second):
            self.assertEqual([one.name for one in node.list_venues().items], [*PLACES])
            self.assertEqual([one.cl_ord_id for one in node.list_orders("X").items], ["1"])
        self.assertEqual(first.move_venue("X", node="b").wanted, "b")
        self.assertTrue(self.comes_true(lambda: self.listens("X", "b")))
        self.assertEqual(self.carried(first), {"a": "VW", "b": "XY"})
        for node in (first, second):
            self.assertEqual([one.cl_ord_id for one in node.list_orders("X").items], ["1"])
        self.enter(self.log_on("X", "YOU"), "X", 2)
        told = next(iter(events))
        self.assertEqual((told.event, told.venue), ("order", "X"))
        with self.assertRaises(SimulatorError) as refused:
            first.move_venue("V", node="c")
        self.assertEqual(refused.exception.status, 404)

    def test_four(self) -> None:
        """Four nodes with a venue each and room for one more: what one leaves, two take."""
        nodes = [self.hosts.start(name, "exsim.room=1") for name in "abc"]
        nodes.append(self.hosts.start("d", "exsim.room=2"))
        carried = self.carried(nodes[0])
        self.assertEqual(sorted(carried.values()), ["V", "W", "X", "Y"])
        victim = "a"
        venue = carried[victim]
        self.enter(self.log_on(venue, "ME"), venue, 1)
        self.hosts.kill(victim)
        self.assertTrue(self.comes_true(lambda: self.listens(venue, "d")))
        self.assertEqual(self.carried(nodes[1])["d"], "".join(sorted(carried["d"] + venue)))
        self.enter(self.log_on(venue, "YOU"), venue, 2)
        orders = nodes[2].list_orders(venue).items
        self.assertEqual([one.cl_ord_id for one in orders], ["1", "2"])
        self.assertIn(f"{venue} ", self.command(nodes[3].url))

    def command(self, url: str) -> str:
        """What ``exsim nodes`` shows."""
        words = [sys.executable, "-P", "-m", "exsim", "nodes", url]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    def test_stop(self) -> None:
        """A node that stops in good order, or whose first process is killed, leaves its venues."""
        self.hosts.start("a")
        second = self.hosts.start("b")
        self.assertEqual(self.carried(second), {"a": "VWXY", "b": ""})
        self.enter(self.log_on("V", "ME"), "V", 1)
        first = self.hosts.running.pop("a")
        self.addCleanup(first.stop)
        pids = children(first.pid)
        os.kill(first.pid, signal.SIGKILL)
        for pid in pids:
            self.assertTrue(self.comes_true(lambda pid=pid: not is_running(pid)))  # type: ignore[misc]
        self.assertTrue(self.comes_true(lambda: self.listens("V", "b")))
        self.hosts.start("a")
        self.hosts.running.pop("b").stop()
        self.assertTrue(self.comes_true(lambda: self.listens("V", "a")))
        self.assertEqual(len(self.hosts.any().list_orders("V").items), 1)
        self.assertEqual([*self.carried(self.hosts.any())], ["a"])
