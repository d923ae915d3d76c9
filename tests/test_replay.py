"""A day run again from its journal: every entry is the same, byte for byte."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from msgspec.msgpack import decode, encode
from twisted.trial.unittest import SynchronousTestCase

from exsim.journal.tape import Difference
from exsim.model.codes import OrdStatus
from exsim.model.journal import Entry, EntryKind
from exsim.plugins import Catalogue
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.state import capture, restore
from tests.again import check_again, keep
from tests.amount import amount, whole_only
from tests.random_day import Day, TradingDay, settings
from tests.simulator import MemorySimulator

ONCE: Any = {"derandomize": True, "deadline": None, "phases": (Phase.generate,)}
"""For properties: a day that fails is not made smaller, which would take too long."""


def text(difference: Difference | None) -> str:
    """A difference in words, empty for none."""
    return "" if difference is None else difference.text()


MARKED = (EntryKind.LINK, EntryKind.TIMER, EntryKind.STEP)


class ReplayCase(SynchronousTestCase):
    """Has days to run again."""

    def setUp(self) -> None:
        """The settings."""
        self.settings = settings(self.mktemp())

    def live(self, seed: int, steps: int) -> tuple[MemorySimulator, list[Entry]]:
        """A day, and its journal."""
        memory = MemorySimulator(self.settings, Catalogue())
        day = Day(memory, seed)
        day.live(steps)
        day.end()
        entries = list(memory.exchange.journal.entries(0))
        self.flushLoggedErrors()
        return memory, entries


class ReplayTests(ReplayCase):
    """Random days."""

    @profile(max_examples=amount(1, 10), **ONCE)
    @given(st.integers(0, 10**6))
    def test_the_same_again(self, seed: int) -> None:
        """Entries, all of them."""
        memory, entries = self.live(seed, 400)
        replay = Replay(inert(self.settings, Catalogue()), entries, 1, 0)
        self.assertEqual(text(replay.run()), "")
        self.assertEqual(replay.tape.last, memory.exchange.journal.last)

    @profile(max_examples=amount(1, 10), **ONCE)
    @given(st.integers(0, 10**6), st.integers(0, 400))
    def test_from_a_snapshot(self, seed: int, moment: int) -> None:
        """Restored as of any moment, it lives on as the one that was not interrupted."""
        memory = MemorySimulator(self.settings, Catalogue())
        day = Day(memory, seed)
        day.live(moment)
        kept = encode(capture(memory.simulator))
        seq = memory.exchange.journal.last
        day.live(400 - moment)
        day.end()
        self.flushLoggedErrors()
        entries = list(memory.exchange.journal.entries(seq))
        again = inert(self.settings, Catalogue())
        restore(again, decode(kept))
        self.assertEqual(decode(encode(capture(again))), decode(kept))
        replay = Replay(again, entries, 1, seq)
        self.assertEqual(text(replay.run()), "")
        self.assertEqual(replay.tape.last, memory.exchange.journal.last)
        self.assertEqual(decode(encode(capture(again))), decode(encode(capture(memory.simulator))))

    @profile(max_examples=amount(1, 15), **ONCE)
    @given(st.integers(0, 10**6), st.integers(0, 300))
    def test_trading_days(self, seed: int, moment: int) -> None:
        """The same, where the market does the most, and in its books whatever was done."""
        memory = MemorySimulator(self.settings, Catalogue())
        day = TradingDay(memory, seed)
        day.live(moment)
        kept = keep(memory.simulator)
        day.live(300 - moment)
        day.end()
        self.flushLoggedErrors()
        check_again(self, memory.simulator, self.settings, kept)

    @whole_only
    def test_what_a_trading_day_has(self) -> None:
        """Trades at all prices, orders of every end, and phases of every kind."""
        found: Counter[str] = Counter()
        for seed in range(8):
            memory = MemorySimulator(self.settings, Catalogue())
            day = TradingDay(memory, seed)
            venue = memory.exchange.dispatcher.venues["YSIM"]
            for _ in range(300):
                day.step()
                found[venue.listings["AAA"].phase.value] += 1
                found["parked"] += len(venue.listings["AAA"].parked)
            day.end()
            found["trades"] += venue.last_trade
            for order in venue.orders.all():
                found[OrdStatus(order.status).name] += 1
        self.flushLoggedErrors()
        words = ("trades", "parked", "NEW", "FILLED", "EXPIRED", "REJECTED")
        phases = ("continuous", "halt", "volatility-auction", "closing-auction", "closed")
        self.assertEqual({n: found[n] for n in (*words, *phases) if found[n] < 10}, {})

    @whole_only
    def test_what_a_day_has(self) -> None:
        """The days are worth something: there is all that there can be, and many times."""
        found: Counter[str] = Counter()
        for seed in range(8):
            memory, entries = self.live(seed, 400)
            found["trades"] += memory.exchange.dispatcher.venues["XSIM"].last_trade
            for entry in entries:
                word = entry.data.split(b" ")[0].decode() if entry.kind in MARKED else ""
                found[f"{EntryKind(entry.kind).name} {word}".strip()] += 1
        least = {"OUT": 1000, "IN": 1000, "COMMAND": 300, "GARBLED": 20, "trades": 50}
        least |= {"LINK up": 300, "LINK down": 300, "LINK of": 300, "LINK cut": 3}
        least |= {"TIMER session": 100, "TIMER fill": 20, "TIMER resume": 20, "TIMER waiting": 2}
        least |= {"STEP stop": 2, "STEP remove": 5, "STEP begin": 8, "TIMER day": 20}
        self.assertEqual({n: found[n] for n in least if found[n] < least[n]}, {})


class DifferenceTests(ReplayCase):
    """What is told where the second run leaves the first."""

    def run_again(self, entries: list[Entry], **other: Any) -> Replay:
        """Run entries again, perhaps with other settings."""
        replay = Replay(inert(replace(self.settings, **other), Catalogue()), entries, 1, 0)
        replay.run()
        return replay

    def test_a_byte(self) -> None:
        """Any byte of what was sent."""
        _, entries = self.live(1, 200)
        sent = next(entry for entry in entries if entry.kind == EntryKind.OUT)
        entries[sent.seq - 1] = Entry(
            sent.seq, sent.time, sent.kind, sent.origin, sent.session, sent.data + b"x"
        )
        found = self.run_again(entries).tape.difference
        assert found is not None and found.written is not None and found.made is not None
        self.assertEqual((found.seq, found.written.data), (sent.seq, sent.data + b"x"))
        self.assertEqual(found.made.data, sent.data)

    def test_more_in_the_journal(self) -> None:
        """A message that nothing sends."""
        _, entries = self.live(1, 200)
        last = entries[-1]
        entries.append(Entry(last.seq + 1, last.time, EntryKind.OUT, "oe", "P1", b"35=0"))
        found = self.run_again(entries).tape.difference
        assert found is not None
        self.assertEqual((found.seq, found.made), (last.seq + 1, None))

    def test_the_end_is_missing(self) -> None:
        """What a turn would have gone on with is told apart: it may just not have been written."""
        _, entries = self.live(1, 200)
        while entries[-1].kind != EntryKind.OUT:
            entries.pop()
        cut = entries.pop()
        tape = self.run_again(entries).tape
        self.assertIsNone(tape.difference)
        self.assertEqual([entry.data for entry in tape.beyond][:1], [cut.data])

    def test_who_is_not_there(self) -> None:
        """Entries of sessions, connections, endpoints and venues that there are not."""
        for kind, origin, session, data in (
            (EntryKind.IN, "oe", "nobody", b"x"),
            (EntryKind.IN, "nowhere", "P1", b"x"),
            (EntryKind.LINK, "oe", "", b"down 77"),
            (EntryKind.LINK, "oe", "", b"of 77"),
            (EntryKind.TIMER, "oe", "", b"session 77"),
            (EntryKind.TIMER, "NOSIM", "", b"fill"),
            (EntryKind.TIMER, "XSIM", "", b"fill"),
            (EntryKind.STEP, "nowhere", "", b"remove"),
            (99, "oe", "", b"x"),
        ):
            found = self.run_again([Entry(1, 1, kind, origin, session, data)]).tape.difference
            assert found is not None, data
            self.assertEqual((found.seq, found.made), (1, None), data)
