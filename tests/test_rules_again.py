"""Days with rules come out the same when they are run again, from the start or from a snapshot."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from exsim.model.journal import EntryKind
from exsim.plugins import Catalogue
from tests.again import BOTH, check_again, keep
from tests.amount import amount, whole_only
from tests.random_day import Day
from tests.simulator import MemorySimulator
from tests.test_replay import ONCE, ReplayCase

THEN = (
    "ack; fill 10; after 1s; fill rest",
    "ack; after 300ms session; fill 50%; after 2s; cancel",
    "after 1s",
    "after 700ms session; fill 30%",
    "pending; after 500ms; match",
    "pending; after 1s; reject",
    "hold",
    "drop",
    "reject TICK",
    "reply 35=B 148={11}-{uuid}",
    "order fill rest; reject TOO_LATE",
    "order fill 1; after 400ms; ack",
    "fill {38}",
    "fill {no-such}",
    "ack; fill 20; after 1s; correct last price=7; restate quantity=30; suspend; after 2s; resume",
    *["webhook http://127.0.0.1:1/; after 1s; fill 1"] * 4,
    "",
)
LIES = (
    "fill 5 @ 99 force; ack; fill 5 @ 99 silent; after 1s; bust",
    "ack force; release",
    "cancel force; after 1s; reject",
    "raw junk",
    "order cancel force; ack force; drop",
)
WHEN = ("type=D", "type=F", "type=G", "qty>=50", "type=D symbol=AAA side=BUY", "", "session=P2")
ANSWERS = (b'{"then":"ack; fill 1"}', b'{"error":"no answer"}', b'{"then":[{"do":"nonsense"}]}')
VERBS: tuple[tuple[str, dict[str, str]], ...] = (
    ("match_hold", {}),
    ("pending_hold", {}),
    ("cancel_hold", {}),
    ("expire_hold", {}),
    ("stop_hold", {"price": "9"}),
    ("suspend_hold", {}),
    ("resume_hold", {}),
    ("bust_hold", {}),
)


class RuledDay(Day):
    """A day on which rules are made, and go again; all that is told is true."""

    then: tuple[str, ...] = THEN

    def step(self) -> None:
        """One thing happens."""
        if self.random.random() < 0.85:
            super().step()
        else:
            self.perform(*self.rule())
            self.answer()

    def rule(self) -> tuple[str, dict[str, str], Any]:
        """An operation on rules, or one of the newer verbs."""
        random, venue = self.random, random_venue(self.random)
        rule = {"rule": f"rule-{random.randint(1, 12)}", **venue}
        made: dict[str, Any] = {
            **venue,
            "when": random.choice(WHEN),
            "then": random.choice(self.then),
            "priority": random.randint(-2, 2),
            "times": random.choice((1, 3, 10)),
            "probability": random.choice(("1", "50%", "0.9")),
        }
        if random.random() < 0.3:
            made |= {"scenario": "s", "state": random.choice(("start", "b"))}
            made["becomes"] = random.choice(("start", "b"))
        holds = list(self.memory.exchange.dispatcher.holds.all())
        hold = {"hold": str(random.choice([each.hold_id for each in holds] or [1]))}
        verb, body = random.choice(VERBS)
        return random.choice(
            [
                *[("create_rule", {}, made)] * 6,
                ("delete_rule", rule, None),
                ("disable_rule", rule, None),
                ("replace_rule", {"rule": rule["rule"]}, {**made, "name": None}),
                ("enable_rule", rule, None),
                ("clear_rules", {}, None),
                ("set_scenario", {"scenario": "s", **venue}, {"state": "b"}),
                ("reset_scenarios", {}, None),
                *[(verb, hold, body)] * 3,
            ]
        )

    def answer(self) -> None:
        """A webhook answers, if any was asked."""
        exchange = self.memory.exchange
        for venue in exchange.dispatcher.venues.values():
            assert venue.rulebook is not None
            for play in venue.rulebook.plays.all():
                if play.asked is not None:
                    outcome = self.random.choice(ANSWERS)
                    exchange.answered(venue.name, play.number, outcome, self.memory.now())
                    self.memory.turns.turn_over()


class LyingDay(RuledDay):
    """One on which much is told that is not so."""

    then = THEN + LIES * 4

    def look(self) -> None:
        """Nobody holds what is told against what is."""


def random_venue(random: Any) -> dict[str, str]:
    """Where most orders go, or another venue."""
    return {"venue": random.choice(("XSIM", "XSIM", "XSIM", "YSIM"))}


class RulesAgainTests(ReplayCase):
    """Random days."""

    def day(self, seed: int) -> tuple[MemorySimulator, RuledDay]:
        """A day that has begun."""
        memory = MemorySimulator(self.settings, Catalogue())
        kind = LyingDay if seed % 2 else RuledDay
        return memory, kind(memory, seed)

    @profile(max_examples=amount(1, 8), **ONCE)
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
        """Rules do all that they can do on these days."""
        found: Counter[str] = Counter()
        for seed in range(6):
            memory, day = self.day(seed)
            day.live(500)
            day.end()
            self.flushLoggedErrors()
            for entry in memory.exchange.journal.entries(0):
                if entry.kind == EntryKind.NOTE:
                    for word in ("fired", "went on", "failed", "answered"):
                        found[word] += b'"did":"%b"' % word.encode() in entry.data
        for word in ("fired", "went on", "failed", "answered"):
            self.assertGreater(found[word], 2, found)
