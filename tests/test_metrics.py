"""Metrics for Prometheus, looked up in a simulator in memory; how long things took; the watch."""

from __future__ import annotations

import gc
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from exsim.model.durations import BUCKETS, LEAST, Durations
from exsim.services.metrics import exposition
from exsim.services.watch import PERIOD, Watch
from tests.simulator import MemorySimulator, settings


class DurationsTests(SynchronousTestCase):
    """Buckets that double."""

    def test_bounds(self) -> None:
        """What takes exactly as long as a bucket's end is in the next; too long is in the last."""
        for time, bucket in (
            (0, 0),
            ((1 << LEAST) - 1, 0),
            (1 << LEAST, 1),
            ((1 << (LEAST + 1)) - 1, 1),
            (1 << (LEAST + 1), 2),
            (1 << (LEAST + BUCKETS - 2), BUCKETS - 1),
        ):
            durations = Durations()
            durations.add(time)
            self.assertEqual((time, durations.counts.index(1)), (time, bucket))
            self.assertEqual(durations.total, time)

    def test_set_back(self) -> None:
        """Less than no time, where a clock was set, is not counted."""
        durations = Durations()
        durations.add(-1)
        self.assertEqual((sum(durations.counts), durations.total), (0, 0))

    def test_cumulative(self) -> None:
        """Each bucket counts those below it too, and the last one all."""
        durations = Durations()
        for time in (1, 2_000, 2_000, 1 << 62):
            durations.add(time)
        found = durations.cumulative()
        self.assertEqual(found[:2], [("0.000001024", 1), ("0.000002048", 3)])
        self.assertEqual((len(found), found[-2][1], found[-1]), (BUCKETS, 3, ("+Inf", 4)))


class WatchTests(SynchronousTestCase):
    """How late the reactor is, and how long the collector takes."""

    def setUp(self) -> None:
        """A watch on a clock that only goes when told."""
        self.clock = Clock()
        self.nanoseconds = iter(range(0, 10**9, 5_000))
        self.watch = Watch(self.clock, lambda: next(self.nanoseconds))
        self.watch.startService()
        self.addCleanup(self._stop)

    def _stop(self) -> None:
        if self.watch.running:
            self.watch.stopService()

    def test_in_time(self) -> None:
        """A reactor that is in time has no stalls to speak of."""
        self.clock.pump([PERIOD] * 5)
        self.assertEqual((sum(self.watch.stalls.counts), self.watch.stalls.counts[0]), (5, 5))

    def test_late(self) -> None:
        """What came late is measured from when it was due, and the next look is a period on."""
        self.clock.advance(PERIOD + 0.25)
        self.assertAlmostEqual(self.watch.longest / 1e9, 0.25, 3)
        self.clock.advance(PERIOD)
        self.assertEqual(sum(self.watch.stalls.counts), 2)
        self.assertAlmostEqual(self.watch.stalls.total / 1e9, 0.25, 3)

    def test_collector(self) -> None:
        """Each collection is counted by its generation, until the watch ends."""
        before = [sum(pause.counts) for pause in self.watch.pauses]
        gc.collect(1)
        after = [sum(pause.counts) for pause in self.watch.pauses]
        self.assertEqual(after[1] - before[1], 1)
        self.assertGreaterEqual(self.watch.pauses[1].total, 5_000)
        self.watch.stopService()
        gc.collect(1)
        self.assertEqual(sum(self.watch.pauses[1].counts), after[1])
        self.assertNotIn(self.watch.collected, gc.callbacks)

    def test_stop(self) -> None:
        """It leaves no timer."""
        self.watch.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])


class ExpositionTests(SynchronousTestCase):
    """What Prometheus is told is what happened."""

    def setUp(self) -> None:
        """A simulator where a trade was made, an order rejected, and one is held."""
        self.memory = MemorySimulator(settings("match"))
        self.addCleanup(self.memory.stop)
        self.wire = self.memory.login("A")
        other = self.memory.login("B")
        self.wire.send("NEW 1 SELL 5 AAA 10")
        other.send("NEW 1 BUY 3 AAA 10")
        other.send("NEW 2 BUY 3 NONE 10")

    def read(self) -> dict[tuple[str, ...], float]:
        """All samples, by name and labels."""
        text = exposition(self.memory.simulator)
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def test_trading(self) -> None:
        """Orders, reports, trades, and what is open."""
        found = self.read()
        for name, value in (
            ("orders_total", 3),
            ("reports_total", 5),
            ("trades_total", 1),
            ("open_orders", 1),
            ("kept_orders", 3),
            ("holds", 0),
        ):
            self.assertEqual((name, found[(f"exsim_{name}", "X")]), (name, value))

    def test_connections(self) -> None:
        """Sessions by state, sockets, and bytes that wait for who does not read."""
        self.wire.peer.pauseProducing()
        self.wire.send("NEW 2 SELL 5 AAA 11")
        found = self.read()
        self.assertEqual(found[("exsim_sessions", "x", "active")], 2)
        self.assertEqual(found[("exsim_sessions", "x", "offline")], 0)
        self.assertEqual(found[("exsim_connections", "x")], 2)
        self.assertEqual(found[("exsim_unread_bytes", "x")], len("new 2 5\n"))
        self.wire.peer.connectionLost()
        found = self.read()
        self.assertEqual(found[("exsim_sessions", "x", "offline")], 1)
        self.assertEqual(found[("exsim_unread_bytes", "x")], 0)

    def test_journal(self) -> None:
        """How much was written, and is kept."""
        found, journal = self.read(), self.memory.exchange.journal
        self.assertGreater(journal.last, 8)
        self.assertEqual(found[("exsim_journal_entries_total",)], journal.last)
        self.assertEqual(found[("exsim_journal_kept_entries",)], journal.last - journal.first + 1)
        self.assertEqual(found[("exsim_journal_epoch",)], 1)

    def test_turns(self) -> None:
        """Each read counts once, and none took longer than for ever."""
        found = self.read()
        self.assertEqual(found[("exsim_turn_seconds_count",)], 5)
        self.assertEqual(found[("exsim_turn_seconds_bucket", "+Inf")], 5)

    def test_turn_time(self) -> None:
        """A turn lasts from the read to the end of what it writes."""
        took: Any = self.memory.turns.took
        before = took.total
        flush = self.wire.peer.connection.data_to_send

        def slow() -> bytes:
            self.memory.reactor.rightNow += 0.001
            return flush()

        self.patch(type(self.wire.peer.connection), "data_to_send", lambda _: slow())
        self.wire.send("SAY x")
        self.wire.send("NEW 9 SELL 5 AAA 11")
        self.assertAlmostEqual((took.total - before) / 1e9, 0.002, 6)

    def test_process(self) -> None:
        """The process itself: memory, descriptors, the reactor and the collector."""
        found = self.read()
        for name in ("process_resident_memory_bytes", "process_open_fds"):
            self.assertGreater(found[(name,)], 0)
        for name in ("exsim_reactor_stall_seconds_count", "exsim_reactor_stall_longest_seconds"):
            self.assertIn((name,), found)
        self.assertIn(("exsim_gc_pause_seconds_count", "2"), found)

    def test_reset(self) -> None:
        """After a reset the venue's counters start again, in a new epoch."""
        self.memory.control.perform("reset", *_reset())
        found = self.read()
        self.assertEqual(found[("exsim_orders_total", "X")], 0)
        self.assertEqual(found[("exsim_journal_epoch",)], 2)


def _reset() -> tuple[Any, Any]:
    from exsim.control import schemas as s

    return s.NoArguments(), s.Reset()
