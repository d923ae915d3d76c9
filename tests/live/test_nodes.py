"""Hosts that share venues by way of PostgreSQL: real processes, sockets, signals and a database."""

from __future__ import annotations

from twisted.trial.unittest import TestCase

from exsim.services.postgres.address import PostgresAway, address
from exsim.services.postgres.nodes import PostgresLeases
from tests.leases_contract import LeasesContract, peer
from tests.node_fakes import LEASE
from tests.postgres import missing, server


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
