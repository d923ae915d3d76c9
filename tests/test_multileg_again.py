"""Days with multileg instruments, some of them made by users, come out the same once more."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from exsim.config.load import load
from exsim.plugins import Catalogue
from tests.again import check_again, keep
from tests.amount import amount, whole_only
from tests.random_day import INI, Day
from tests.simulator import MemorySimulator
from tests.test_replay import ONCE, ReplayCase

SPREAD = """
[instrument:XSIM:CAL]
security_type = spread
legs = AAA:buy:1, BBB:sell:1
implied = both
"""
LEGS = ("555=2|600=AAA|624=1|600=BBB|624=2|", "555=2|600=AAA|623=2|624=1|600=BBB|624=1|")
PRICES = {"AAA": 10000, "BBB": 9900, "CAL": 100, "legs": 29900}


class MultilegDay(Day):
    """A day on which half of the orders are for a spread, or its legs."""

    def step(self) -> None:
        """One thing happens."""
        if self.random.random() < 0.4:
            super().step()
        else:
            self.spread()

    def spread(self) -> None:
        """Somebody enters an order for the spread, a leg, or for legs."""
        random = self.random
        party = random.choice([each for each in self.parties if each.endpoint in ("oe", "queue")])
        if party.peer is None:
            party.connect()
        symbols = ("AAA", "BBB", "CAL", "CAL", "legs")
        symbol = random.choice(symbols if party.version > "FIX.4.2" else symbols[:-1])
        price = (PRICES[symbol] + random.randint(-20, 20)) / 100
        legs = random.choice(LEGS) if symbol == "legs" else ""
        name = f"{party.name}{party.seq}"
        party.say(
            "AB" if legs else "D",
            f"11={name}|21=1|38={random.randint(1, 9) * 10}|40=2|44={price:.2f}|"
            f"54={random.choice('12')}|55={'[N/A]' if legs else symbol}|"
            f"59={random.choice('0003')}|{party.stamp()}{legs}",
        )
        party.orders.append(name)


class AgainTests(ReplayCase):
    """Random days, whose invariants are looked at after each thing that happens."""

    def setUp(self) -> None:
        """The settings of random days, and a spread."""
        path = self.mktemp()
        Path(path).write_text(INI + SPREAD)
        sets = ["venue:XSIM.user_defined=yes", "endpoint:oe.multileg_reports=both"]
        self.settings = load(path, [*sets, "venue:XSIM.policies=match"], Catalogue())

    @profile(max_examples=amount(1, 6), **ONCE)
    @given(st.integers(0, 10**6), st.integers(0, 200))
    def test_the_same_again(self, seed: int, moment: int) -> None:
        """Every entry and all state, from the start, and from a snapshot of any moment."""
        memory = MemorySimulator(self.settings, Catalogue())
        day = MultilegDay(memory, seed)
        day.live(moment)
        kept = keep(memory.simulator)
        day.live(200 - moment)
        day.end()
        self.flushLoggedErrors()
        check_again(self, memory.simulator, self.settings, kept)

    @whole_only
    def test_what_a_day_has(self) -> None:
        """Trades at implied prices, and instruments that users made."""
        implied, made = 0, 0
        for seed in range(4):
            memory = MemorySimulator(self.settings, Catalogue())
            day = MultilegDay(memory, seed)
            day.live(200)
            venue = memory.exchange.dispatcher.venues["XSIM"]
            made += "UDS1" in venue.instruments
            implied += len([each for each in venue.trades if not each.taker_order_id])
            day.end()
            self.flushLoggedErrors()
        self.assertGreater(implied, 8)
        self.assertGreater(made, 1)
