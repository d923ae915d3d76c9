"""The writer of a journal in a database, with a database that a test makes fail as it likes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from exsim.services.commits import LeaseLost, UnderWay
from exsim.services.postgres.address import Address, PostgresAway
from exsim.services.postgres.lease import HOLDER, RENEW, Lease
from exsim.services.postgres.link import Link, QueryRefused
from exsim.services.postgres.writer import GONE, INSERT, LATER, NEWEST, SLOW, SOON, Batch, Writer
from tests.amount import amount

ADDRESS = Address("postgresql://db", {})
LEASE = Lease("X", 1, "a", 2.0)


class FakeLink:
    """A connection to a :class:`Database`, which answers when the test says so."""

    def __init__(self, database: Database) -> None:
        self.ended: Deferred[PostgresAway] = Deferred()
        self._database = database
        self._over = False

    def query(self, sql: str, *values: Any) -> Deferred[list[tuple[Any, ...]]]:
        """See :class:`exsim.services.postgres.link.Link`."""
        done: Deferred[list[tuple[Any, ...]]] = Deferred()
        if self._over:
            done.errback(PostgresAway("closed"))
        else:
            self._database.asked.append((sql, values, done))
            self._database.go_on()
        return done

    def close(self) -> None:
        """The end."""
        self.end("closed")

    def end(self, why: str) -> None:
        """The connection is lost."""
        if self._over:
            return
        self._over = True
        asked, self._database.asked = self._database.asked, []
        self._database.link = None
        for _, _, done in asked:
            done.errback(PostgresAway(why))
        self.ended.callback(PostgresAway(why))


class Database:
    """What the rows are, who has the lease, and what was asked and not answered yet."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int]] = []
        self.term = 1
        self.away = False
        self.refuses = ""
        self.tries: list[float] = []
        self.clock = Clock()
        self.link: FakeLink | None = None
        self.asked: list[tuple[str, tuple[Any, ...], Deferred[list[tuple[Any, ...]]]]] = []

    async def connect(self, _: Address, reactor: Any) -> Link:
        """See :func:`exsim.services.postgres.link.connect`."""
        self.tries.append(self.clock.seconds())
        if self.away:
            raise PostgresAway("refused")
        self.link = FakeLink(self)
        return cast(Link, self.link)

    def answer(self) -> None:
        """Carry out what was asked first, and answer."""
        sql, values, done = self.asked.pop(0)
        if sql == INSERT and self.refuses:
            done.errback(QueryRefused(self.refuses, "53100"))
        else:
            done.callback(self.carry_out(sql, values))
        self.go_on()

    def go_on(self) -> None:
        """Answer what comes before the next batch."""
        while self.asked and self.asked[0][0] != INSERT:
            self.answer()

    def carry_out(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """What a query does, and gives."""
        if sql == NEWEST:
            return [(self.rows[-1][1] if self.rows else 0,)]
        if sql == HOLDER:
            return [("b", 1.0, "")]
        if values[1] != self.term:
            return []
        if sql == RENEW:
            return [("",)]
        assert sql == INSERT, sql
        self.rows.append((values[3], values[4]))
        return [(values[4],)]

    def lose(self, arrived: bool) -> None:
        """The connection is lost; what was asked last was carried out, or not."""
        if arrived and self.asked:
            sql, values, _ = self.asked[0]
            self.carry_out(sql, values)
        if self.link is not None:
            self.link.end("lost")


class WriterTests(SynchronousTestCase):
    """What it does about each way to fail."""

    def setUp(self) -> None:
        """A writer that is connected."""
        self.database = Database()
        self.last = 0
        self.lost: list[LeaseLost] = []
        self.writer = self.begin()

    def begin(self) -> Writer:
        """One that has begun."""
        clock = self.database.clock
        writer = Writer(ADDRESS, LEASE, self.wrote, clock, self.database.connect, clock.seconds)
        writer.on_lost = self.lost.append
        writer.start()
        self.addCleanup(writer.stop)
        return writer

    def wrote(self, last: int) -> None:
        """Note it."""
        self.last = last

    def send(self) -> UnderWay:
        """Send the next entry."""
        return self.writer.send(Batch(1, self.last + 1, self.last + 1, b"data"))

    def under_way(self) -> UnderWay:
        """What check raises."""
        error: UnderWay = self.assertRaises(UnderWay, self.writer.check)
        return error

    def pass_on(self, seconds: float) -> None:
        """Let time go by, in steps that timers take one after the other."""
        for _ in range(round(seconds * 20)):
            self.database.clock.advance(0.05)

    def test_written(self) -> None:
        """It is under way until the answer comes."""
        done = self.send().done
        self.assertNoResult(done)
        self.database.answer()
        self.successResultOf(done)
        self.writer.check()
        self.assertEqual((self.last, self.database.rows), (1, [(1, 1)]))

    def test_lost(self) -> None:
        """Whether it arrived is asked by the next connection; it is there once in the end."""
        for arrived in (True, False):
            done = self.send().done
            self.database.lose(arrived)
            self.successResultOf(done)
            self.assertIn("lost", self.under_way().trouble)
            self.pass_on(SOON + 0.1)
            if not arrived:
                self.database.answer()
            self.writer.check()
            self.assertEqual(self.writer.trouble, "")
        self.assertEqual((self.last, self.database.rows), (2, [(1, 1), (2, 2)]))

    def test_slow(self) -> None:
        """There is trouble after a second, and none any more with the answer."""
        self.send()
        self.pass_on(SLOW + 0.1)
        self.assertIn("no answer for 1 s", self.under_way().trouble)
        self.database.answer()
        self.assertEqual((self.last, self.writer.trouble), (1, ""))

    def test_gone(self) -> None:
        """A connection that never answers is given up, and another one is made."""
        self.send()
        self.pass_on(GONE + SOON + 0.1)
        self.assertEqual(len(self.database.tries), 2)
        self.database.answer()
        self.assertEqual((self.last, self.database.rows), (1, [(1, 1)]))

    def test_refused(self) -> None:
        """What the server says is told, and it is tried again."""
        self.database.refuses = "no space left on device"
        self.send()
        self.database.answer()
        self.assertIn("no space left", self.under_way().trouble)
        self.pass_on(SOON + 0.1)
        self.database.refuses = ""
        self.database.answer()
        self.assertEqual((self.last, self.writer.trouble), (1, ""))

    def test_waits(self) -> None:
        """It is tried more and more seldom, at least each second; soon again after a success."""
        self.database.away = True
        self.database.lose(False)
        self.pass_on(5)
        tries = self.database.tries[1:]
        waits = [round(after - before, 1) for before, after in pairwise(tries)]
        self.assertEqual((waits[0], waits[1], set(waits[2:])), (0.5, LATER, {LATER}))
        self.database.away = False
        self.pass_on(LATER + 0.1)
        self.database.tries.clear()
        self.database.lose(False)
        self.pass_on(SOON + 0.1)
        self.assertEqual(len(self.database.tries), 1)

    def test_stale(self) -> None:
        """It knows for how long nobody else can have the lease."""
        self.pass_on(3)
        self.assertEqual(self.writer.stale(), "")
        self.database.away = True
        self.database.lose(False)
        self.pass_on(1)
        self.assertEqual(self.writer.stale(), "")
        self.pass_on(1.5)
        self.assertIn("the lease of venue X ended ", self.writer.stale())

    def test_lease_lost(self) -> None:
        """It is told once, by a batch or a renewal, and nothing is written any more."""
        for sends in (True, False):
            self.setUp()
            self.database.term = 2
            if sends:
                self.send()
                self.database.answer()
            else:
                self.pass_on(1)
            self.assertEqual(len(self.lost), 1)
            self.assertRaises(LeaseLost, self.writer.check)
            self.pass_on(5)
            self.assertEqual((len(self.database.tries), self.database.rows), (1, []))

    def test_stop(self) -> None:
        """It leaves no timer behind, whatever is under way."""
        self.send()
        self.writer.stop()
        self.assertEqual(self.database.clock.getDelayedCalls(), [])
        self.assertFalse(self.writer.sure)

    @settings(max_examples=amount(60, 1_000), derandomize=True, deadline=None, database=None)
    @given(st.lists(st.sampled_from(("answer", "arrived", "lost", "away", "back", "wait"))))
    def test_each_once(self, steps: list[str]) -> None:
        """However connections are lost, each batch is there once, in order."""
        self.setUp()
        database = self.database
        for step in [*steps, "back", *["wait", "answer"] * 3]:
            if self.writer.sure:
                self.send()
            if step == "answer" and database.asked:
                database.answer()
            elif step in ("arrived", "lost"):
                database.lose(step == "arrived")
            elif step in ("away", "back"):
                database.away = step == "away"
            elif step == "wait":
                self.pass_on(1.2)
        count = len(database.rows)
        self.assertEqual(database.rows, [(each, each) for each in range(1, count + 1)])
        self.assertIn(count, (self.last, self.last + 1))
        self.assertGreater(self.last, 0)
        self.writer.stop()
