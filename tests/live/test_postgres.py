"""A journal in a real PostgreSQL while the reactor runs: it goes away, and is taken over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import psycopg
from twisted.internet import reactor as the_reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from exsim.client.launch import free_ports
from exsim.errors import ConfigError
from exsim.journal.format import Encoder
from exsim.model.journal import Entry
from exsim.services.commits import LOST, LeaseLost, UnderWay
from exsim.services.postgres.address import Address, PostgresAway, address
from exsim.services.postgres.lease import RENEW, release, take
from exsim.services.postgres.link import UNIQUE_VIOLATION, QueryRefused, connect
from exsim.services.postgres.writer import Batch, Writer
from tests import postgres

reactor: Any = the_reactor
VENUE = "X"
ROOT = Path(__file__).resolve().parent.parent.parent
INI = str(ROOT / "etc" / "bench.ini")


def run(work: Coroutine[Any, Any, Any]) -> Deferred[Any]:
    """A coroutine as trial takes it."""
    return Deferred.fromCoroutine(work)


class LiveTestCase(TestCase):
    """A test with a database of its own, and a running reactor."""

    skip = postgres.missing()
    timeout = 60
    address: Address

    def setUp(self) -> None:
        """Make the database."""
        self.server = postgres.server()
        name = self.server.create()
        self.addCleanup(self.server.drop, name)
        self.url = self.server.url(name)
        self.address = address(self.url)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database has, as somebody else sees it."""
        with self.address.connect() as connection:
            with psycopg.RawCursor(connection) as cursor:
                cursor.execute(sql.encode(), values)
                return cursor.fetchall() if cursor.description else []


class LinkTests(LiveTestCase):
    """A connection on the reactor."""

    async def link(self, url: str = "") -> Any:
        """One that is closed in the end."""
        link = await connect(address(url) if url else self.address, reactor)
        self.addCleanup(link.close)
        return link

    def test_values(self) -> Deferred[Any]:
        """What is asked comes back as it is, prepared or prepared before."""

        async def work() -> None:
            link = await self.link()
            sql = "SELECT $1::bigint, $2::text, $3::bytea = '\\x00ff'::bytea, $4::float8, null"
            for number in (1, 2**40, -1):
                rows = await link.query(sql, number, "ä%", b"\0\xff", 0.5)
                self.assertEqual(rows, [(number, "ä%", True, 0.5, None)])

        return run(work())

    def test_order(self) -> Deferred[Any]:
        """Many that are asked at once are answered in their order, large ones too."""

        async def work() -> None:
            link = await self.link()
            sql = "SELECT $1::bigint, length($2::bytea)::bigint"
            asked = [link.query(sql, number, bytes(number * 200_000)) for number in range(20)]
            for number, one in enumerate(asked):
                self.assertEqual(await one, [(number, number * 200_000)])

        return run(work())

    def test_refused(self) -> Deferred[Any]:
        """The server says what is wrong, and the connection is as good as before."""

        async def work() -> None:
            link = await self.link()
            with self.assertRaises(QueryRefused) as caught:
                await link.query("SELECT nothing_such")
            self.assertIn("nothing_such", str(caught.exception))
            await link.query("CREATE TEMP TABLE t (a int PRIMARY KEY)")
            await link.query("INSERT INTO t VALUES (1)")
            with self.assertRaises(QueryRefused) as caught:
                await link.query("INSERT INTO t VALUES (1)")
            self.assertEqual(caught.exception.code, UNIQUE_VIOLATION)
            self.assertEqual(await link.query("SELECT a FROM t"), [(1,)])

        return run(work())

    def test_name(self) -> Deferred[Any]:
        """A host by its name is found by the reactor."""

        async def work() -> None:
            name = self.rows("SELECT current_database()")[0][0]
            url = self.server.url(name, tcp=True).replace("127.0.0.1", "localhost")
            link = await self.link(url)
            self.assertEqual(await link.query("SELECT 1::int"), [(1,)])

        return run(work())

    def test_nobody_there(self) -> Deferred[Any]:
        """It is told what is wrong, and never with the password."""

        async def work() -> None:
            for url, what in (
                ("postgresql://u:hidden@127.0.0.1:1/db", "refused"),
                ("postgresql://u:hidden@no-such-host.invalid/db", "no address"),
            ):
                with self.assertRaises(PostgresAway) as caught:
                    await connect(address(url), reactor)
                self.assertIn(what, str(caught.exception))
                self.assertNotIn("hidden", str(caught.exception))

        return run(work())

    def test_lost(self) -> Deferred[Any]:
        """What was asked fails when the connection is lost, and nothing can be asked any more."""

        async def work() -> None:
            link = await self.link()
            rows = await link.query("SELECT pg_backend_pid()")
            asked = link.query("SELECT pg_sleep(30)")
            self.rows("SELECT pg_terminate_backend($1)", rows[0][0])
            with self.assertRaises(PostgresAway):
                await asked
            await link.ended
            with self.assertRaises(PostgresAway):
                await link.query("SELECT 1")

        return run(work())


class LeaseTests(LiveTestCase):
    """Taking, and keeping."""

    def test_take(self) -> None:
        """Each that takes it has the next term, once the one before has let it end."""
        one = take(self.address, VENUE, "a", 0.05)
        two = take(self.address, VENUE, "b", 30)
        self.assertEqual((one.term, two.term), (1, 2))
        error = self.assertRaises(ConfigError, take, self.address, VENUE, "c", 0.05)
        self.assertIn("b has it for ", str(error))

    def test_given(self) -> None:
        """A term that was taken for us is gone on with, unless it is over."""
        one = take(self.address, VENUE, "a", 0.05)
        self.assertEqual(take(self.address, VENUE, "a", 0.05, term=1), one)
        take(self.address, VENUE, "b", 30)
        error = self.assertRaises(LeaseLost, take, self.address, VENUE, "a", 1, term=1)
        self.assertIn("b has it", str(error))


class WriterTests(LiveTestCase):
    """Batches, under a lease."""

    def setUp(self) -> None:
        """A writer that has begun, and what it said."""
        super().setUp()
        self.rows("SELECT exsim.add_venue($1)", VENUE)
        self.last = 0
        self.lost: list[LeaseLost] = []
        self.wanted: list[str] = []
        self.writer = self.begin("a", 2.0)

    def begin(self, node: str, seconds: float) -> Writer:
        """A writer of a node."""
        self.lease = take(self.address, VENUE, node, seconds)
        writer = Writer(self.address, self.lease, self.wrote, reactor)
        writer.on_lost, writer.on_wanted = self.lost.append, self.wanted.append
        writer.start()
        self.addCleanup(writer.stop)
        return writer

    def wrote(self, last: int) -> None:
        """The database has all up to there."""
        self.last = last

    def send(self, count: int = 1) -> UnderWay:
        """Send the next entries."""
        entries = [Entry(self.last + 1 + at, 5, 1, "o", "s", b"x" * 100) for at in range(count)]
        data = Encoder().encode(entries, 0)
        return self.writer.send(Batch(1, self.last + 1, self.last + count, data))

    async def written(self, count: int = 1) -> None:
        """Send some, and wait for them, however long the database is away."""
        self.send(count)
        await self.settled()

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while True:
            try:
                self.writer.check()
                return
            except UnderWay as error:
                await error.done

    def lasts(self) -> list[int]:
        """The last entries of all rows."""
        return [row[0] for row in self.rows("SELECT last FROM exsim.batch ORDER BY last")]

    def test_batches(self) -> Deferred[Any]:
        """They are there when that is said."""

        async def work() -> None:
            for count in (1, 5, 2):
                await self.written(count)
                self.assertEqual(self.lasts()[-1], self.last)
            self.assertEqual(self.lasts(), [1, 6, 8])
            self.assertEqual(self.writer.trouble, "")

        return run(work())

    def test_killed_server(self) -> Deferred[Any]:
        """A server that is killed and started again has each batch once, and work goes on."""

        async def work() -> None:
            for _ in range(2):
                for _ in range(20):
                    await self.written()
                self.send()
                self.server.kill()
                await deferLater(reactor, 0.3)
                self.assertIn("postgresql://", self.writer.trouble)
                self.server.start()
                begun = reactor.seconds()
                while self.writer.trouble:
                    await deferLater(reactor, 0.01)
                await self.settled()
                self.assertLess(reactor.seconds() - begun, 5)
                self.assertEqual(self.writer.trouble, "")
            self.assertEqual(self.lasts(), list(range(1, 43)))

        return run(work())

    def test_arrived_before(self) -> Deferred[Any]:
        """A batch whose answer was lost on the way is not written twice."""

        async def work() -> None:
            await self.written()
            link = self.writer._link
            assert link is not None
            link.query("SELECT pg_sleep(0.2)").addErrback(lambda _: None)
            self.send()
            backend = self.rows(
                "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.2)%'"
                " AND pid <> pg_backend_pid()"
            )[0][0]
            entries = [Entry(2, 5, 1, "o", "s", b"x" * 100)]
            self.rows(
                "INSERT INTO exsim.batch (venue, epoch, first, last, term, data)"
                " VALUES ($1, 1, 2, 2, 1, $2)",
                VENUE,
                Encoder().encode(entries, 0),
            )
            self.rows("SELECT pg_terminate_backend($1)", backend)
            await self.settled()
            self.assertEqual((self.lasts(), self.last), ([1, 2], 2))

        return run(work())

    def test_slow_server(self) -> Deferred[Any]:
        """One that does not answer for a second is away, and is back when it has."""

        async def work() -> None:
            await self.written()
            with self.address.connect() as other, other.transaction():
                other.execute("LOCK TABLE exsim.batch IN EXCLUSIVE MODE")
                under_way = self.send()
                await under_way.done
                self.assertIn("no answer for 1 s", self.writer.trouble)
            await self.settled()
            self.assertEqual((self.lasts(), self.writer.trouble), ([1, 2], ""))

        return run(work())

    def test_taken_over(self) -> Deferred[Any]:
        """Under a term that is over nothing is written; the writer says so, once."""

        async def work() -> None:
            await self.written()
            self.rows("UPDATE exsim.lease SET term = 2, node = 'b'")
            under_way = self.send()
            await under_way.done
            with self.assertRaises(LeaseLost):
                self.writer.check()
            self.assertEqual((self.lasts(), len(self.lost)), ([1], 1))
            self.assertIn("lost", self.writer.stale())

        return run(work())

    def test_taken_over_in_peace(self) -> Deferred[Any]:
        """It is noticed without anything to write, when the lease is renewed."""

        async def work() -> None:
            await self.written()
            self.rows("UPDATE exsim.lease SET term = 2, node = 'b'")
            while not self.lost:
                await deferLater(reactor, 0.05)
            self.assertIn("b has it", str(self.lost[0]))

        return run(work())

    def test_kept(self) -> Deferred[Any]:
        """The lease is renewed, tells where we are, and is given back in the end."""

        async def work() -> None:
            self.writer.address, self.writer.endpoints = "http://here", '{"x": 1}'
            await deferLater(reactor, 1.2)
            sql = "SELECT address, endpoints->>'x', expires > clock_timestamp() FROM exsim.lease"
            self.assertEqual(self.rows(sql), [("http://here", "1", True)])
            self.assertEqual(self.writer.stale(), "")
            self.writer.stop()
            release(self.address, self.lease)
            self.assertEqual(
                self.rows("SELECT expires > clock_timestamp() FROM exsim.lease"), [(False,)]
            )

        return run(work())

    def test_wanted(self) -> Deferred[Any]:
        """That another node is to have it is told once."""

        async def work() -> None:
            await self.written()
            self.rows("UPDATE exsim.lease SET wanted = 'b', wanted_at = clock_timestamp()")
            await deferLater(reactor, 1.2)
            self.assertEqual(self.wanted, ["b"])

        return run(work())

    def test_lost_entries(self) -> Deferred[Any]:
        """A database that has less than it said is not written to: it is not the one it was."""

        async def work() -> None:
            await self.written(3)
            self.rows("DELETE FROM exsim.batch")
            link = self.writer._link
            assert link is not None
            link.close()
            self.send()
            while "is gone" not in self.writer.trouble:
                await deferLater(reactor, 0.05)
            self.assertEqual(self.lasts(), [])

        return run(work())


class StatementTests(LiveTestCase):
    """What statements say to each other."""

    def test_taking_waits_for_writing(self) -> None:
        """Whoever takes the lease sees all that was written under the term before."""
        lease = take(self.address, VENUE, "a", 0.05)
        with self.address.connect() as one, one.transaction():
            one.execute("SELECT 1 FROM exsim.lease WHERE venue = 'X' AND term = 1 FOR SHARE")
            with self.address.connect(timeout=0.5) as two, psycopg.RawCursor(two) as cursor:
                values = (VENUE, lease.term, 1.0, "", "")
                self.assertRaises(psycopg.errors.QueryCanceled, cursor.execute, RENEW, values)


class StartTests(LiveTestCase):
    """A start of the simulator while somebody else has the venue."""

    def start(self, *words: str) -> tuple[int, str]:
        """A start that comes to nothing, by its status and what it said."""
        given = (f"exsim.journal={self.url}", "exsim.lease=500ms", *free_ports(INI))
        command = [sys.executable, "-m", "exsim", "run", "-c", INI, *words]
        command += [f"--set={text}" for text in given]
        ended = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False
        )
        return ended.returncode, ended.stdout + ended.stderr

    def test_held(self) -> None:
        """It is refused, and told who has it."""
        take(self.address, "XSIM", "host-b", 3600)
        status, said = self.start()
        self.assertEqual(status, 1)
        self.assertIn("the lease of venue XSIM: host-b has it for 35", said)

    def test_lost(self) -> None:
        """Where the term that it was given is over it ends as one that lost it."""
        take(self.address, "XSIM", "host-b", 3600)
        status, said = self.start("--term=7")
        self.assertEqual(status, LOST)
        self.assertIn("the lease of venue XSIM is lost (term 7): host-b has it", said)
