"""Nothing is told before the journal has it, and all waits where it cannot be written."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from typing import Any

from twisted.application.service import Service

from exsim.model.options import read_options
from exsim.model.settings import PolicySettings, Settings
from exsim.services.dispatcher import RETRY
from exsim.services.endpoints import PeerFactory
from exsim.services.journal import DiskJournal
from exsim.services.store import Limits, Store
from tests.disk import Disk
from tests.simulator import LinePlugins, RestTestCase, Wire, settings

ORDER = "NEW 1 BUY 5 AAA 10"


class DurabilityTestCase(RestTestCase):
    """A simulator whose journal is on a disk in memory, with A logged in."""

    durability = "os"

    def setUp(self) -> None:
        """Start it."""
        self.begin_day(replace(settings(), durability=self.durability))

    def begin_day(self, configuration: Settings) -> None:
        """Start one with these settings."""
        self.disk = Disk()
        sync = configuration.durability == "fsync"
        store = Store("journal", self.disk, sync, Limits(100_000), lambda: 5)
        self.journal = DiskJournal(1_000, store)
        self.journal.open()
        self.start(configuration, journal=self.journal)
        self.wire = self.memory.login("A")
        self.pass_on()
        self.wire.read()

    def pass_on(self, seconds: float = 0) -> None:
        """Let the reactor go on."""
        self.memory.reactor.advance(seconds)

    def break_disk(self, code: int = errno.ENOSPC) -> None:
        """Nothing can be written from now on."""

        def before(operation: str, path: str) -> None:
            if operation in ("write", "sync", "create"):
                raise OSError(code, os.strerror(code), path)

        self.disk.before = before

    def heal(self) -> None:
        """It can be written again; it is tried soon."""
        self.disk.before = lambda operation, path: None
        self.pass_on(RETRY + 0.01)

    def written(self) -> list[bytes]:
        """The data of all entries on the disk."""
        return [entry.data for entry in self.journal.store.entries(0)]


class OrderTests(DurabilityTestCase):
    """What comes first."""

    def test_before_the_answer(self) -> None:
        """As the journal is written nothing has been sent; then all of the turn is in it."""
        seen: list[bytes] = []
        wire = self.wire

        def before(operation: str, path: str) -> None:
            if operation == "write":
                seen.append(wire.transport.value())

        self.disk.before = before
        answer = wire.send(ORDER)
        self.assertEqual((seen, answer), ([b""], ["new 1 5"]))
        self.assertEqual(self.written()[-2:], [ORDER.encode(), b"new 1 5"])

    def test_one_batch_a_turn(self) -> None:
        """However many messages a read has."""
        writes = 0

        def before(operation: str, path: str) -> None:
            nonlocal writes
            writes += operation == "write"

        self.disk.before = before
        self.wire.send("\n".join(f"NEW {number} BUY 5 AAA 10" for number in range(50)))
        self.assertEqual(writes, 1)

    def test_rest(self) -> None:
        """A command is in the journal when it is answered."""
        self.ask("POST", "/reset", {"sessions": "keep"})
        self.assertEqual(self.journal.store.epoch, 2)


class TroubleTests(DurabilityTestCase):
    """A disk that is full, or broken."""

    def setUp(self) -> None:
        """An order that could not be written."""
        super().setUp()
        self.break_disk()
        self.assertEqual(self.wire.send(ORDER), [])

    def test_answers_wait(self) -> None:
        """They are sent when the journal has them, once."""
        self.pass_on(5 * RETRY)
        self.assertEqual(self.wire.read(), [])
        self.heal()
        self.assertEqual(self.wire.read(), ["new 1 5"])
        at = self.written().index(ORDER.encode())
        self.assertEqual(self.written()[at + 1], b"new 1 5")
        self.assertEqual(self.wire.send("NEW 2 BUY 5 AAA 10"), ["new 2 5"])

    def test_nothing_is_read(self) -> None:
        """Of any connection, until it goes on."""
        self.assertEqual(self.wire.transport.producerState, "paused")
        self.heal()
        self.assertEqual(self.wire.transport.producerState, "producing")

    def test_nobody_comes_in(self) -> None:
        """A new connection is closed at once, until it goes on."""
        factory = PeerFactory(self.memory.service())
        self.assertIsNone(factory.buildProtocol(None))
        self.heal()
        peer = factory.buildProtocol(None)
        assert peer is not None
        self.assertEqual(Wire(peer).transport.producerState, "producing")

    def test_health(self) -> None:
        """It is degraded, and why; and then it is well."""
        self.memory.service().port = Port()  # type: ignore[assignment]
        problem = self.get("/health/ready", 503)
        self.assertIn("degraded: the journal cannot be written: ", problem["detail"])
        self.assertIn("No space left on device", problem["detail"])
        self.get("/health/live")
        self.heal()
        self.get("/health/ready")

    def test_health_of_an_old_segment(self) -> None:
        """It is degraded as well where no new segment can be begun, though all goes on."""
        self.heal()
        self.memory.service().port = Port()  # type: ignore[assignment]
        self.break_create()
        for number in range(2, 30):
            self.wire.send(f"NEW {number} BUY 5 AAA {'9' * 9}")
            self.assertFalse(self.memory.turns.trouble)
        problem = self.get("/health/ready", 503)
        self.assertIn("degraded: no new journal segment can be begun: ", problem["detail"])

    def break_create(self) -> None:
        """No file can be made from now on, and a new segment is due."""

        def before(operation: str, path: str) -> None:
            if operation == "create":
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), path)

        self.disk.before = before
        store = self.journal.store
        assert isinstance(store, Store)
        store._tail.rotate_at = 0

    def test_rest(self) -> None:
        """A command is refused and leaves no trace; questions are answered."""
        last = self.journal.last
        price = {"price": "10"}
        problem = self.ask("PUT", "/prices/AAA?venue=X", price, 503)
        self.assertIn("the journal cannot be written", problem["detail"])
        self.get("/venues/X/orders")
        self.assertEqual(self.journal.last, last)

    def test_lost_meanwhile(self) -> None:
        """Who hangs up is forgotten, and that is journalled in its turn."""
        self.wire.peer.connectionLost()
        self.heal()
        self.assertTrue(self.written()[-1].startswith(b"down"))
        self.assertEqual(self.wire.read(), [])

    def test_stop(self) -> None:
        """A stop leaves no timer behind."""
        self.memory.stop()
        self.assertEqual(self.memory.reactor.getDelayedCalls(), [])

    def test_another_error(self) -> None:
        """What is told is the latest reason."""
        self.break_disk(errno.EIO)
        self.pass_on(RETRY)
        self.assertIn("Input/output error", self.memory.turns.trouble)


class Port(Service):
    """Stands for a port that listens."""

    def stopListening(self) -> None:
        """Nothing to do."""


class TimerTests(DurabilityTestCase):
    """What falls due meanwhile."""

    def setUp(self) -> None:
        """A simulator where orders are answered after five seconds."""
        options = read_options(LinePlugins().policy("delay").options, {"time": "5s"})
        delay = PolicySettings("delay", "delay", options)
        self.begin_day(replace(settings("delay"), policies=(delay,), durability="os"))

    def test_agenda(self) -> None:
        """It is done when the journal can be written again, not before."""
        self.wire.send(ORDER)
        self.break_disk()
        self.wire.send("SAY x")
        last = self.journal.last
        self.pass_on(10)
        self.get("/venues/X/orders")
        self.assertEqual((self.journal.last, self.wire.read()), (last, []))
        self.heal()
        self.pass_on(0.01)
        self.assertIn("new 1 5", self.wire.read())

    def test_deadlines(self) -> None:
        """A session's timers wait, too, and go on."""
        self.break_disk()
        self.wire.send("SAY x")
        last = self.journal.last
        self.pass_on(100)
        self.assertEqual(self.journal.last, last)
        self.heal()
        self.wire.read()
        for _ in range(100):
            self.pass_on(1)
        self.assertGreater(self.journal.last, last)


class GroupTests(DurabilityTestCase):
    """With ``fsync`` all turns of one pass of the reactor are synced at once."""

    durability = "fsync"

    def count(self) -> list[str]:
        """A list that tells of each sync from now on."""
        syncs: list[str] = []

        def before(operation: str, path: str) -> None:
            if operation == "sync":
                syncs.append(path)

        self.disk.before = before
        return syncs

    def test_one_sync(self) -> None:
        """Two connections, one sync, and only then the answers."""
        other = self.memory.login("B")
        self.pass_on()
        other.read()
        syncs = self.count()
        self.assertEqual((self.wire.send(ORDER), other.send(ORDER), syncs), ([], [], []))
        self.pass_on()
        self.assertEqual((self.wire.read(), other.read()), (["new 1 5"], ["new 1 5"]))
        self.assertEqual(len(syncs), 1)

    def test_rest(self) -> None:
        """A command is answered when it is synced, a question at once."""
        syncs = self.count()
        pending: Any = self.begin("PUT", "/prices/AAA?venue=X", {"price": "10"})
        self.treq.flush()
        self.assertEqual(syncs, [])
        self.assertNoResult(pending)
        self.get("/prices?venue=X")
        self.pass_on()
        self.treq.flush()
        self.assertEqual((self.successResultOf(pending).code, len(syncs)), (200, 1))

    def test_stop(self) -> None:
        """What is still to be synced is, at the stop."""
        self.wire.send(ORDER)
        self.memory.turns.stopService()
        self.assertIn(b"new 1 5", self.written())
        self.assertEqual(self.wire.read(), ["new 1 5"])

    def test_how_long_it_took(self) -> None:
        """A turn is over when the group is: each read counts once, to the end of all."""
        took = self.memory.turns.took
        before, total = sum(took.counts), took.total
        self.wire.send(ORDER)
        self.wire.send("NEW 2 BUY 5 AAA 10")
        self.assertEqual(sum(took.counts), before)
        self.pass_on(2)
        self.assertEqual(sum(took.counts), before + 2)
        self.assertEqual(took.total - total, 4_000_000_000)
