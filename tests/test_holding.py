"""While the journal is being written nothing is begun, nothing leaves, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as st
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from exsim.interfaces import IJournal
from exsim.journal import MemoryJournal
from exsim.model.options import read_options
from exsim.model.settings import PolicySettings, Settings
from exsim.services.dispatcher import LAST_WORDS
from exsim.services.endpoints import PeerFactory
from exsim.services.peer import MOST_KEPT
from tests.amount import amount
from tests.simulator import LinePlugins, MemorySimulator, RestTestCase, settings
from tests.slow_disk import SlowDisk

ORDER = "NEW 1 BUY 5 AAA 10"


def grouped(configuration: Settings) -> Settings:
    """The same, with turns that end together."""
    return replace(configuration, durability="fsync")


class HoldingTestCase(RestTestCase):
    """A simulator whose journal is written slowly, with A and B logged in."""

    def setUp(self) -> None:
        """Start it."""
        self.begin_day(settings())

    def begin_day(self, configuration: Settings) -> None:
        """Start one with these settings."""
        self.disk = SlowDisk()
        self.disk.at_once = True
        self.journal = MemoryJournal(10_000, self.disk)
        self.start(grouped(configuration), journal=IJournal(self.journal))
        self.addCleanup(self.end_day)
        self.wires = [self.memory.login(name) for name in ("A", "B")]
        self.wire = self.wires[0]
        self.pass_on()
        for wire in self.wires:
            wire.read()
        self.disk.at_once = False

    def end_day(self) -> None:
        """Nothing is under way when all is stopped."""
        self.disk.at_once = True
        if self.disk.busy and not self.disk.is_lost:
            self.disk.come_back(True)

    def pass_on(self, seconds: float = 0) -> None:
        """Let the reactor go on."""
        self.memory.reactor.advance(seconds)

    def say(self, line: str, by: int = 0) -> None:
        """Have a counterparty send a line."""
        self.wires[by].peer.dataReceived(line.encode() + b"\n")

    def hold(self) -> None:
        """Have an order of A on its way."""
        self.say(ORDER)
        self.pass_on()
        self.assertTrue(self.memory.turns.held)

    def settle(self) -> None:
        """Let all be written."""
        self.pass_on()
        while self.disk.busy:
            self.disk.answer()
            self.pass_on()

    def written(self) -> list[bytes]:
        """The data of all entries on the disk."""
        return [entry.data for entry in self.disk.entries]


class OrderTests(HoldingTestCase):
    """What comes when."""

    def test_after_the_answer(self) -> None:
        """An answer leaves when the disk has it, and not before."""
        self.hold()
        self.pass_on(0.5)
        self.assertEqual(self.wire.read(), [])
        self.disk.answer()
        self.assertEqual(self.wire.read(), ["new 1 5"])
        self.assertEqual(self.written()[-2:], [ORDER.encode(), b"new 1 5"])

    def test_held(self) -> None:
        """What comes meanwhile is worked through after that, in order, and written at once."""
        self.hold()
        last = self.journal.last
        for number in (2, 3):
            self.say(f"NEW {number} BUY 5 AAA 10")
        self.say("NEW 4 SELL 1 AAA 10", by=1)
        self.assertEqual(self.journal.last, last)
        self.disk.answer()
        self.assertEqual(self.wire.read(), ["new 1 5"])
        writes = self.disk.writes
        self.pass_on()
        self.assertEqual((self.disk.writes, self.wire.read()), (writes + 1, []))
        self.disk.answer()
        self.assertEqual(self.wire.read(), ["new 2 5", "new 3 5", "fill 1 4 1@10"])
        self.assertEqual(self.wires[1].read(), ["new 4 1", "fill 4 0 1@10"])

    def test_bounded(self) -> None:
        """A counterparty that sends much meanwhile is read from no more, until it is worked off."""
        self.hold()
        states = []
        for _ in range(3):
            self.say("SAY " + "x" * 500 + "\n" + "SAY y\n" * (MOST_KEPT // 12))
            states.append(self.wire.transport.producerState)
        self.assertEqual(states, ["producing", "paused", "paused"])
        self.assertEqual(self.wires[1].transport.producerState, "producing")
        self.disk.answer()
        self.assertEqual(self.wire.transport.producerState, "producing")
        self.settle()

    def test_lost_while_held(self) -> None:
        """What was sent before the end is worked through, then the end is."""
        self.hold()
        self.say("NEW 2 BUY 5 AAA 10")
        self.wire.peer.connectionLost(Failure(ConnectionDone()))
        self.successResultOf(self.wire.peer.gone)
        self.assertNotIn(b"down 1", self.written())
        self.disk.answer()
        self.settle()
        data = self.written()
        self.assertLess(data.index(b"NEW 2 BUY 5 AAA 10"), data.index(b"down 1"))
        self.assertEqual(len(self.memory.exchange.connections), 1)

    def test_connected_while_held(self) -> None:
        """A connection begins after that, and is not read from before."""
        self.hold()
        wire = self.memory.connect()
        self.assertEqual(wire.transport.producerState, "paused")
        self.assertNotIn(wire.peer, self.memory.service().peers)
        self.disk.answer()
        self.assertEqual(wire.transport.producerState, "producing")
        self.assertIn(wire.peer, self.memory.service().peers)
        self.settle()
        self.assertIn(b"up 3 ", b" ".join(self.written()))

    def test_came_and_went(self) -> None:
        """Of a connection that ends before it began nothing is left."""
        self.hold()
        wire = self.memory.connect()
        wire.peer.connectionLost(Failure(ConnectionDone()))
        self.successResultOf(wire.peer.gone)
        self.disk.answer()
        self.settle()
        self.assertEqual(len(self.memory.exchange.connections), 2)
        self.assertNotIn(b"up 3", b" ".join(self.written()))

    def test_settled(self) -> None:
        """However much there is to do, between two writes there is a moment when all is kept."""
        kept = []
        for number in range(20):
            self.say(f"NEW {number} BUY 5 AAA 10")
            self.pass_on()
            turn = self.memory.turns.next_turn()
            turn.addCallback(lambda _: kept.append(self.disk.last == self.journal.last))
            self.say(f"NEW x{number} BUY 5 AAA 10", by=1)
            self.disk.answer()
        self.assertEqual(kept, [True] * 20)
        self.settle()

    def test_failing_work(self) -> None:
        """What fails when its time has come harms nobody else."""
        self.hold()
        cut: list[bool] = []

        def fail() -> None:
            raise ZeroDivisionError

        self.memory.turns.when_free(fail, lambda: cut.append(True))
        self.say("NEW 2 BUY 5 AAA 10")
        self.disk.answer()
        self.settle()
        self.assertEqual((cut, self.wire.read()), ([True], ["new 1 5", "new 2 5"]))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)


class TimerTests(HoldingTestCase):
    """What falls due meanwhile."""

    def setUp(self) -> None:
        """A simulator where orders are answered after five seconds."""
        options = read_options(LinePlugins().policy("delay").options, {"time": "5s"})
        delay = PolicySettings("slow", "delay", options)
        self.begin_day(replace(settings("slow"), policies=(delay,)))

    def test_agenda(self) -> None:
        """It is done late, and answers leave late, once."""
        self.say(ORDER)
        self.pass_on()
        self.disk.answer()
        self.pass_on(4.9)
        self.say("SAY x", by=1)
        self.pass_on()
        self.assertTrue(self.memory.turns.held)
        last = self.journal.last
        self.pass_on(1)
        self.assertEqual(self.journal.last, last)
        self.disk.answer()
        self.pass_on(0.001)
        self.settle()
        self.assertEqual(self.wire.read()[0], "new 1 5")

    def test_steady_timers(self) -> None:
        """However often something falls due, each write lets its answers leave."""
        for number in range(40):
            self.say(f"NEW {number} BUY 5 AAA 10")
            self.pass_on(0.2)
            if not self.disk.busy:
                self.pass_on()
            self.pass_on(0.2)  # something falls due, and waits
            self.disk.answer()
            self.assertFalse(self.disk.busy, "nothing else is written before the answers leave")
        self.settle()
        self.assertGreater(len(self.wire.read()), 20)

    def test_deadline(self) -> None:
        """That of a session waits, too."""
        self.hold()
        last = self.journal.last
        self.pass_on(1.5)
        self.assertEqual(self.journal.last, last)
        self.disk.answer()
        self.assertIn("PING", self.settled_lines())

    def settled_lines(self) -> list[str]:
        """What A was told in the end."""
        self.settle()
        return self.wire.read()


class RestTests(HoldingTestCase):
    """Who asks over REST meanwhile."""

    def answered(self, pending: Any) -> int:
        """The status of an answer."""
        self.treq.flush()
        return int(self.successResultOf(pending).code)

    def test_question(self) -> None:
        """What is told is kept: a question waits, too."""
        self.hold()
        pending = self.begin("GET", "/venues/X/orders")
        self.treq.flush()
        self.assertNoResult(pending)
        self.disk.answer()
        self.assertEqual(self.answered(pending), 200)

    def test_command(self) -> None:
        """It is carried out after that, and answered once the disk has it."""
        self.hold()
        last = self.journal.last
        pending = self.begin("PUT", "/prices/AAA?venue=X", {"price": "10"})
        self.treq.flush()
        self.assertEqual(self.journal.last, last)
        self.disk.answer()
        self.treq.flush()
        self.assertNoResult(pending)
        self.settle()
        self.assertEqual(self.answered(pending), 200)

    def test_health(self) -> None:
        """Whoever asks for health does not wait."""
        self.hold()
        self.get("/health/live")

    def test_reset(self) -> None:
        """A new epoch begins once the old one is known."""
        self.hold()
        pending = self.begin("POST", "/reset", {"sessions": "keep"})
        self.treq.flush()
        self.assertEqual(self.journal.epoch, 1)
        self.disk.answer()
        self.settle()
        self.assertEqual(self.answered(pending), 200)
        self.assertEqual((self.journal.epoch, self.disk.epoch), (2, 2))

    def test_stale(self) -> None:
        """Nobody is told what may be out of date, but for health."""
        self.memory.turns.stale = lambda: "the lease has ended"
        problem = self.get("/venues/X/orders", 503)
        self.assertIn("the lease has ended", problem["detail"])
        self.get("/health/live")


class TroubleTests(HoldingTestCase):
    """A disk that is away."""

    def test_away(self) -> None:
        """Nothing is read, and why is told; then all goes on, whether or not it arrived."""
        for arrived in (True, False):
            self.hold()
            pending = self.begin("GET", "/venues/X/orders")
            self.disk.go_away("the database is away")
            self.assertIn("the database is away", self.memory.turns.trouble)
            self.treq.flush()
            self.assertEqual(self.successResultOf(pending).code, 200)
            self.ask("PUT", "/prices/AAA?venue=X", {"price": "10"}, 503)
            self.assertEqual(self.wire.transport.producerState, "paused")
            self.say("NEW 2 BUY 5 AAA 10")
            self.pass_on(10)
            self.disk.come_back(arrived)
            if not arrived:
                self.assertEqual(self.wire.read(), [])
            self.settle()
            self.assertFalse(self.memory.turns.trouble)
            self.assertEqual(self.wire.transport.producerState, "producing")
            self.assertEqual(self.wire.read(), ["new 1 5", "new 2 5"])
            seqs = [entry.seq for entry in self.disk.entries]
            self.assertEqual(seqs, list(range(1, len(seqs) + 1)))
            self.begin_day(settings())

    def test_nobody_comes_in(self) -> None:
        """A new connection is closed at once, until it goes on."""
        self.hold()
        self.disk.go_away("away")
        self.assertIsNone(PeerFactory(self.memory.service()).buildProtocol(None))
        self.disk.come_back(True)

    def test_lease_lost(self) -> None:
        """All sockets are cut at once; nothing is said, nothing is taken, nothing is written."""
        told: list[bool] = []
        self.memory.turns.lost = lambda: told.append(True)
        self.hold()
        self.say("NEW 2 BUY 5 AAA 10")
        before = self.written()
        self.disk.lose()
        self.assertEqual(told, [True])
        for wire in self.wires:
            self.assertEqual((wire.read(), wire.closed), ([], True))
        self.say("NEW 3 BUY 5 AAA 10")
        self.pass_on(5)
        self.assertEqual(self.written(), before)
        self.ask("PUT", "/prices/AAA?venue=X", {"price": "10"}, 503)


class StopTests(HoldingTestCase):
    """The end."""

    def test_stop_while_held(self) -> None:
        """What was held is done and written before the stop is over."""
        self.hold()
        self.say("NEW 2 BUY 5 AAA 10")
        stopped = self.memory.turns.stopService()
        assert stopped is not None
        self.assertNoResult(stopped)
        self.disk.answer()
        self.pass_on()
        self.assertNoResult(stopped)
        self.disk.answer()
        self.pass_on()
        self.successResultOf(stopped)
        self.assertIn(b"new 2 5", self.written())
        self.assertEqual(self.wire.read(), ["new 1 5", "new 2 5"])

    def test_stop_in_vain(self) -> None:
        """A disk that does not come back is not waited for without end."""
        self.hold()
        self.disk.go_away("away")
        stopped = self.memory.turns.stopService()
        assert stopped is not None
        self.pass_on(LAST_WORDS)
        self.successResultOf(stopped)
        self.assertEqual(self.wire.read(), [])


def conversation(steps: list[tuple[str, int]], slow: bool) -> tuple[list[bytes], list[bytes]]:
    """What A and B are told, and what is written, of steps; the same however slow the disk is."""
    disk = SlowDisk()
    disk.at_once = True
    memory = MemorySimulator(grouped(settings()), journal=IJournal(MemoryJournal(10_000, disk)))
    wires = [memory.login(name) for name in ("A", "B")]
    memory.reactor.advance(0)
    for wire in wires:
        wire.read()
    disk.at_once = not slow
    told = [b"", b""]

    def look() -> None:
        for at, wire in enumerate(wires):
            told[at] += wire.transport.value()
            wire.transport.clear()

    number = 0
    for step, by in steps:
        if step in ("buy", "sell"):
            number += 1
            line = f"NEW {number} {step.upper()} {1 + by} AAA 10\n"
            wires[by].peer.dataReceived(line.encode())
        elif step == "pass":
            memory.reactor.advance(0)
        elif disk.busy:
            if step == "answer":
                disk.answer()
            elif step == "away":
                disk.go_away("away")
            else:
                disk.come_back(step == "arrived")
        look()
    disk.at_once = True
    if disk.busy:
        disk.come_back(False)
    for _ in range(3):
        memory.reactor.advance(0)
    look()
    entries = [entry.data for entry in disk.entries]
    memory.stop()
    return told, entries


STEPS = st.sampled_from(("buy", "sell", "pass", "answer", "away", "arrived", "lost"))


class SameBytesTests(RestTestCase):
    """A slow disk changes when things are said, not what is said."""

    @options(max_examples=amount(60, 500), derandomize=True, deadline=None, database=None)
    @given(st.lists(st.tuples(STEPS, st.integers(0, 1)), max_size=40))
    def test_same(self, steps: list[tuple[str, int]]) -> None:
        """Of random reads, answers and failures come the same bytes and entries."""
        self.assertEqual(conversation(steps, slow=True), conversation(steps, slow=False))
