"""Days of OUCH run again from their journals, restored from snapshots, and recovered."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from msgspec.msgpack import decode, encode
from twisted.trial.unittest import SynchronousTestCase

from exsim.model.journal import Entry, EntryKind
from exsim.plugins import Catalogue
from exsim.services.replay import Replay
from exsim.services.replaying import Outcome, inert
from exsim.services.sources import FilesSource
from exsim.services.state import capture, restore
from exsim.wire import soup
from tests.amount import amount, whole_only
from tests.ouch_client import Trader, types
from tests.ouch_day import OuchDay, settings
from tests.recovery_contract import Run
from tests.simulator import MemorySimulator
from tests.test_replay import text

ONCE: Any = {"derandomize": True, "deadline": None, "phases": (Phase.generate,)}


class OuchReplayTests(SynchronousTestCase):
    """Random days."""

    def setUp(self) -> None:
        """The settings."""
        self.number = 0
        self.settings = settings(self.mktemp())

    def live(self, seed: int, steps: int) -> tuple[MemorySimulator, list[Entry]]:
        """A day, and its journal."""
        memory = MemorySimulator(self.settings, Catalogue())
        day = OuchDay(memory, seed)
        day.live(steps)
        day.end()
        entries = list(memory.exchange.journal.entries(0))
        self.flushLoggedErrors()
        return memory, entries

    @profile(max_examples=amount(1, 4), **ONCE)
    @given(st.integers(0, 10**6))
    def test_the_same_again(self, seed: int) -> None:
        """Entries, all of them."""
        memory, entries = self.live(seed, 400)
        replay = Replay(inert(self.settings, Catalogue()), entries, 1, 0)
        self.assertEqual(text(replay.run()), "")
        self.assertEqual(replay.tape.last, memory.exchange.journal.last)

    @profile(max_examples=amount(1, 4), **ONCE)
    @given(st.integers(0, 10**6), st.integers(0, 400))
    def test_from_a_snapshot(self, seed: int, moment: int) -> None:
        """Restored as of any moment, it lives on as the one that was not interrupted."""
        memory = MemorySimulator(self.settings, Catalogue())
        day = OuchDay(memory, seed)
        day.live(moment)
        state = decode(encode(capture(memory.simulator)))
        last = memory.exchange.journal.last
        day.live(400 - moment)
        day.end()
        entries = list(memory.exchange.journal.entries(last))
        other = inert(self.settings, Catalogue())
        restore(other, state)
        replay = Replay(other, entries, 1, last)
        self.assertEqual(text(replay.run()), "")
        self.assertEqual(capture(other), capture(memory.simulator))
        self.flushLoggedErrors()

    def test_next_parts(self) -> None:
        """Each next part of an iceberg is told again; random days rarely have one."""
        memory = MemorySimulator(self.settings, Catalogue())
        maker, taker = (Trader(memory, name, at="ouch") for name in ("T1", "T2"))
        maker.enter("1", Price="100", MaxFloor="40")
        taker.enter("1", Price="100", Side="S", Quantity="90")
        self.assertEqual(types(maker.read()), "ERERE")
        entries = list(memory.exchange.journal.entries(0))
        replay = Replay(inert(self.settings, Catalogue()), entries, 1, 0)
        self.assertEqual(text(replay.run()), "")
        self.assertEqual(replay.tape.last, memory.exchange.journal.last)

    @profile(max_examples=amount(1, 2), **ONCE)
    @given(st.integers(0, 10**6), st.integers(0, 250))
    def test_a_crash(self, seed: int, moment: int) -> None:
        """After it all is as it was, but for the connections."""
        self.number += 1
        folder = os.path.abspath(f"{self.mktemp()}-{self.number}")
        configuration = replace(self.settings, data_dir=folder, rest=None)
        before = Run(configuration)
        day = OuchDay(before, seed)
        for step in range(250):
            if step == moment:
                before.recovery.begin()
                before.recovery.finish()
            day.step()
        self.flushLoggedErrors()
        after = Run(configuration, before.reactor.seconds() + 5)
        before.lose_all(after.now())
        self.assertEqual(after.state(), before.state())
        outcome = Outcome(configuration, Catalogue(), FilesSource(folder), None)
        self.assertIsNone(outcome.difference)
        self.assertEqual(outcome.entries, after.exchange.journal.last)

    @whole_only
    def test_what_a_day_has(self) -> None:
        """Days like these have every message that a venue like this sends, and every packet."""
        told: Counter[tuple[str, str]] = Counter()
        packets: Counter[bytes] = Counter()
        for seed in range(4):
            _, entries = self.live(seed, 500)
            for entry in entries:
                if entry.origin in ("ouch", "old") and entry.kind == EntryKind.OUT:
                    packets[soup.kind_of(entry.data)] += 1
                    if soup.kind_of(entry.data) == soup.SEQUENCED:
                        told[entry.origin, entry.data[3:4].decode()] += 1
        self.assertEqual(set(packets), set(b"+ A J S H Z".split()))
        self.assertLessEqual(
            {("ouch", kind) for kind in "SAUCEJMQXGK"} | {("old", kind) for kind in "SAUCEJMN"},
            set(told),
        )
