"""Days with faults come out the same when they are run again, from the start or from a snapshot."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from msgspec.msgpack import decode, encode
from twisted.trial.unittest import SynchronousTestCase

from exsim.faults.book import BY_NAME
from exsim.faults.fix import FIX_SURGERY
from exsim.faults.kinds import DATA, ORDER
from exsim.faults.protocols import served
from exsim.model.journal import EntryKind
from exsim.plugins import Catalogue
from exsim.services.replay import Replay
from exsim.services.replaying import Outcome, inert
from exsim.services.sources import FilesSource
from exsim.services.state import capture, restore
from tests.again import BOTH, check_again, keep
from tests.amount import amount, whole_only
from tests.fault_market import Market
from tests.random_day import Day
from tests.recovery_contract import Run
from tests.simulator import MemorySimulator
from tests.test_replay import ONCE, ReplayCase, text

OFFERED = [kind.name for kind in BY_NAME.values() if "fix" in served(kind) and kind.level != DATA]
"""Kinds that sessions of order entry can have."""
MATCHES = ("", "type=8", "type=0", "type=D", "type=A", "qty>=50", "type=8 exec=fill")
PARAMETERS: dict[str, dict[str, Any]] = {
    "change": {"fields": "58=changed|38=30"},
    "insert": {"raw": "junk"},
    "oversize-field": {"size": 3000},
    "correct": {"price": "99"},
    "black-hole": {"ways": "out"},
}
PLACES: tuple[dict[str, str], ...] = (
    {"venue": "XSIM"},
    {"venue": "XSIM"},
    {"venue": "XSIM"},
    {"venue": "YSIM"},
    {"endpoint": "oe"},
    {"endpoint": "queue"},
    {"session": "FIXED"},
    {"session": "CALLED"},
    {"session": "P2"},
)


class FaultyDay(Day):
    """A day on which sessions misbehave in all ways there are."""

    def look(self) -> None:
        """Nobody holds what is told against what is."""

    def step(self) -> None:
        """One thing happens."""
        choice = self.random.random()
        if choice < 0.7:
            super().step()
        elif choice < 0.8:
            party = self.random.choice(self.parties)
            party.say(*self.random.choice((("1", "112=x|"), ("2", "7=1|16=0|"))))
        else:
            self.perform(*self.fault())

    def fault(self) -> tuple[str, dict[str, str], Any]:
        """An operation on faults."""
        random = self.random
        kind = random.choice(OFFERED)
        name = f"f{random.randint(1, 9)}"
        made = {
            "kind": kind,
            "name": name,
            **random.choice(PLACES),
            "match": "" if kind in FIX_SURGERY.matches else random.choice(MATCHES),
            "count": random.choice((1, 2, 5)),
            "probability": random.choice(("1", "1", "50%")),
            "parameters": PARAMETERS.get(kind, {}),
        }
        if random.random() < 0.5:
            made["direction"] = random.choice(BY_NAME[kind].directions)
        return random.choice(
            [
                *[("create_fault", {}, made)] * 10,
                *[("delete_fault", {"fault": name}, None)] * 3,
                ("disable_fault", {"fault": name}, None),
                ("enable_fault", {"fault": name}, None),
                *[("replace_fault", {"fault": name}, made)] * 2,
                ("clear_faults", {"venue": "XSIM"}, None),
                ("clear_faults", {}, None),
            ]
        )


class FaultsAgainTests(ReplayCase):
    """Random days."""

    def day(self, seed: int) -> tuple[MemorySimulator, FaultyDay]:
        """A day that has begun."""
        memory = MemorySimulator(self.settings, Catalogue())
        return memory, FaultyDay(memory, seed)

    @profile(max_examples=amount(1, 20), **ONCE)
    @given(st.integers(0, 10**6), st.integers(0, 300))
    def test_the_same_again(self, seed: int, moment: int) -> None:
        """Every entry and all state, from the start, and from a snapshot of any moment."""
        memory, day = self.day(seed)
        day.live(moment)
        kept = keep(memory.simulator)
        day.live(300 - moment)
        day.end()
        self.flushLoggedErrors()
        check_again(self, memory.simulator, self.settings, kept, ways=BOTH)

    @whole_only
    def test_what_a_day_has(self) -> None:
        """Every kind of fault fires on these days."""
        found: Counter[str] = Counter()
        for seed in range(18):
            memory, day = self.day(seed)
            day.live(600)
            day.end()
            self.flushLoggedErrors()
            for entry in memory.exchange.journal.entries(0):
                if entry.kind == EntryKind.NOTE:
                    note = json.loads(entry.data)
                    found[note.get("kind", "rule")] += 1
        missing = {name for name in OFFERED if BY_NAME[name].level != ORDER} - {*found}
        self.assertEqual(missing, set(), found)
        self.assertGreater(found["rule"], 5)


class ChanceTests(SynchronousTestCase):
    """What chance was against leaves no entry, and counts all the same."""

    def test_messages_that_passed(self) -> None:
        """A run for the state alone, which skips what it can, comes to the same counts and luck."""
        market = Market(self.mktemp())
        self.addCleanup(market.memory.stop)
        client = market.client()
        for direction in ("in", "out"):
            fault = {"direction": direction, "probability": "10%", "name": direction}
            market.fault("drop", match="type=D,8", **fault)
        for number in range(10):
            client.order(str(number))
        simulator = market.memory.simulator
        now = decode(encode(capture(simulator)))
        entries = list(market.memory.exchange.journal.entries(0))
        again = inert(simulator.settings, Catalogue())
        self.assertEqual(text(Replay(again, entries, 1, 0, True).run()), "")
        self.assertEqual(decode(encode(capture(again))), now)
        self.assertGreater(market.do("get_fault", fault="in").passed, 5)


class DeafTests(SynchronousTestCase):
    """A connection that a hole took before anybody was logged on."""

    def test_again(self) -> None:
        """What comes in after the Logon that nobody heard is in the journal, and does nothing."""
        market = Market(self.mktemp())
        self.addCleanup(market.memory.stop)
        exchange, simulator = market.memory.exchange, market.memory.simulator
        client = market.client()
        client.hang_up()
        client.connect()
        market.fault("black-hole", match="type=A", direction="in", count=1)
        client.say("A", "98=0|108=30|141=Y|")
        kept, seq = encode(capture(simulator)), exchange.journal.last
        client.order("1")
        client.say("A", "98=0|108=30|141=Y|")
        client.wire.peer.dataReceived(b"8=FIX.4.4\x019=5\x0135=0\x0110=000\x01")
        market.advance(60)
        self.assertEqual((client.data(), client.closed), (b"", False))
        told = [entry for entry in exchange.journal.entries(seq) if entry.kind == EntryKind.IN]
        self.assertEqual([b"35=D" in told[0].data, b"35=A" in told[1].data], [True, True])
        client.hang_up()
        now = decode(encode(capture(simulator)))
        for after, state in ((0, None), (seq, kept)):
            again = inert(simulator.settings, Catalogue())
            if state is not None:
                restore(again, decode(state))
            replay = Replay(again, list(exchange.journal.entries(after)), 1, after)
            self.assertEqual(text(replay.run()), "")
            self.assertEqual(decode(encode(capture(again))), now)


class ForgottenTests(SynchronousTestCase):
    """A session that is forgotten while its last words are still being written."""

    def test_a_snapshot_between(self) -> None:
        """From a snapshot of then on, its connection ends as it did."""
        market = Market(self.mktemp())
        self.addCleanup(market.memory.stop)
        client = market.client("MADE")
        slow = {"size": 1, "gap": "1s"}
        market.fault("slicer", session=None, endpoint="oe", match="type=5", parameters=slow)
        client.say("5")
        self.assertFalse(client.closed)
        market.do("reset", {"sessions": "disconnect"})
        exchange, simulator = market.memory.exchange, market.memory.simulator
        kept, seq = encode(capture(simulator)), exchange.journal.last
        client.hang_up()
        again = inert(simulator.settings, Catalogue())
        restore(again, decode(kept))
        replay = Replay(again, list(exchange.journal.entries(seq)), exchange.journal.epoch, seq)
        self.assertEqual(text(replay.run()), "")
        self.assertEqual(replay.count, 1)


class RecoveryTests(ReplayCase):
    """A data directory whose simulator is killed in the middle of such a day."""

    @profile(max_examples=amount(1, 6), **ONCE)
    @given(st.integers(0, 10**6), st.integers(0, 200), st.booleans())
    def test_killed(self, seed: int, steps: int, snapshot: bool) -> None:
        """The next run goes on as this one was; and all of it is the same on `exsim replay`."""
        folder = os.path.abspath(self.mktemp())
        configuration = replace(self.settings, data_dir=folder, rest=None)
        run = Run(configuration)
        day = FaultyDay(run, seed)
        day.live(steps // 2)
        if snapshot:
            run.recovery.begin()
            run.recovery.finish()
        day.live(steps)
        self.flushLoggedErrors()
        run.exchange.journal.close()  # as a kill would leave it: nothing is written any more
        again = Run(configuration, run.reactor.seconds())
        run.lose_all(again.now())
        before, after = run.state(), again.state()
        self.assertEqual(after["faults"], before["faults"])
        self.assertEqual(after, before)
        again.stop()
        self.flushLoggedErrors()
        outcome = Outcome(configuration, Catalogue(), FilesSource(folder), None)
        self.assertIsNone(outcome.difference)
