"""The pricing sources of a venue: who prices what, over REST, in the journal, and again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from zope.interface import implementer

from exsim.config.load import load
from exsim.errors import ConfigError
from exsim.interfaces import IDerivedSource, IMovingSource
from exsim.model.amounts import UNIT, format_amount
from exsim.model.grid import Grid
from exsim.model.journal import EntryKind
from exsim.model.options import Option, read_options
from exsim.model.settings import (
    DaySettings,
    Instrument,
    PricingSettings,
    Settings,
    Values,
    VenueSettings,
)
from exsim.plugins import Catalogue
from exsim.services.packing import pack, unpack
from exsim.services.state import capture, restore
from tests.again import check_again, keep
from tests.simulator import RestTestCase

S = 1_000_000_000
BEGUN = 1_767_605_400 * S
"""2026-01-05T09:30:00Z"""
INSTRUMENTS = (
    Instrument("AAA", reference=100 * UNIT),
    Instrument("BBB", reference=50 * UNIT, tick=UNIT // 20, price_band=(0, UNIT)),
    Instrument("CCC"),
)
"""BBB has a static band of 1 %."""


def pricing(**sections: dict[str, str]) -> tuple[PricingSettings, ...]:
    """Sections of an ini, by their names."""
    found = []
    for name, given in sections.items():
        keys = dict(given)
        source = keys.pop("source")
        options = read_options(Catalogue().pricing(source).options, keys)
        found.append(PricingSettings(name, source, options, given))
    return tuple(found)


def settings(clock: str = "manual", **sections: dict[str, str]) -> Settings:
    """Venue X with three instruments, and these sources in this order."""
    day = DaySettings(clock=clock, clock_start=BEGUN if clock == "manual" else None)
    venue = VenueSettings("X", (), tuple(sections), instruments=INSTRUMENTS, day=day)
    return Settings(
        venues=(venue,), pricing=pricing(**sections), rest=None, durability="none", seed=7
    )


HANDS = {"source": "manual", "symbols": "AAA"}
WALK = {"source": "random-walk", "moves": "100%"}


class DeskCase(RestTestCase):
    """A venue with hands for AAA and a walk for all else, unless a test says otherwise."""

    sections: dict[str, dict[str, str]] = {"hands": HANDS, "walk": WALK}
    clock = "manual"

    def setUp(self) -> None:
        """Start it."""
        self.settings = settings(self.clock, **self.sections)
        self.start(self.settings, Catalogue())

    def advance(self, by: str) -> None:
        """Let time pass."""
        self.post("/venues/X/clock/advance", {"by": by})

    def price(self, symbol: str) -> str | None:
        """What an instrument is worth."""
        found: str | None = self.get(f"/prices/{symbol}")["price"]
        return found

    def history(self, symbol: str) -> list[tuple[str, str]]:
        """The last parts of times, and prices."""
        changes = self.get(f"/prices/{symbol}/history")["changes"]
        return [(each["time"][14:23], each["price"]) for each in changes]


class SourcesTests(DeskCase):
    """Who prices what."""

    def test_first_that_takes_it(self) -> None:
        """The first source whose patterns it is like, and which can price it."""
        found = {each["symbol"]: each["source"] for each in self.get("/prices")["items"]}
        self.assertEqual(found, {"AAA": "hands", "BBB": "walk", "CCC": None})
        self.assertEqual(
            (self.price("AAA"), self.price("BBB"), self.price("CCC")), (None, "50", None)
        )

    def test_instruments_come_and_go(self) -> None:
        """One made later is priced from then on, one that is removed is not."""
        self.post("/venues/X/instruments", {"symbol": "DDD", "reference": "7"}, 201)
        self.assertEqual(self.price("DDD"), "7")
        self.ask("DELETE", "/venues/X/instruments/BBB", None, 204)
        self.advance("1s")
        self.assertIn(self.price("DDD"), ("6.99", "7.01"))
        self.assertEqual(self.get("/venues/X/pricing/walk")["symbols"], ["DDD"])

    def test_listed(self) -> None:
        """In the order of asking, with all their keys."""
        self.advance("1500ms")
        hands, walk = self.get("/venues/X/pricing")["items"]
        self.assertEqual(
            hands,
            {
                "venue": "X",
                "name": "hands",
                "source": "manual",
                "running": True,
                "trouble": "",
                "due": None,
                "parameters": {"symbols": "AAA", "start": "none", "every": "100ms"},
                "symbols": ["AAA"],
                "link": "",
                "outages": [],
            },
        )
        self.assertEqual(walk["due"], "2026-01-05T09:30:02.000000000Z")
        self.assertEqual(walk["symbols"], ["BBB"])
        self.assertEqual(walk["parameters"]["moves"], "100%")
        self.assertEqual(walk, self.get("/venues/X/pricing/walk"))
        self.assertIn("hands, walk", self.get("/venues/X/pricing/run", 404)["detail"])
        page = self.get("/venues/X/pricing?limit=1")
        rest = self.get(f"/venues/X/pricing?after={page['next']}")
        self.assertEqual([each["name"] for each in rest["items"]], ["walk"])


class MovingTests(DeskCase):
    """Prices that go by themselves."""

    def test_steps(self) -> None:
        """One each second of the market, one tick each, never beyond the band."""
        self.advance("1h")
        found = self.history("BBB")
        self.assertEqual(len(found), 256)
        prices = [float(price) for _, price in found]
        self.assertTrue(all(49.5 <= price <= 50.5 for price in prices))
        self.assertEqual({round(abs(b - a), 2) for a, b in pairwise(prices)}, {0.05})
        self.assertEqual((min(prices), max(prices)), (49.5, 50.5))
        self.assertEqual(self.price("BBB"), found[-1][1])

    def test_journal(self) -> None:
        """A step is one entry, whatever it moves; the history says of which."""
        self.advance("2s")
        entries = {entry.seq: entry for entry in self.memory.exchange.journal.entries(0)}
        timers = [each for each in entries.values() if each.kind == EntryKind.TIMER]
        self.assertEqual([(each.origin, each.data) for each in timers], [("X", b"prices walk")] * 2)
        changes = self.get("/prices/BBB/history")["changes"]
        self.assertEqual([each["seq"] for each in changes], [each.seq for each in timers])

    def test_stopped(self) -> None:
        """It stands still, and goes on from there."""
        self.advance("1s")
        before = self.price("BBB")
        self.assertFalse(self.post("/venues/X/pricing/walk/stop")["running"])
        self.advance("10s")
        self.assertEqual(self.price("BBB"), before)
        started = self.post("/venues/X/pricing/walk/start")
        self.assertEqual((started["running"], started["due"][17:19]), (True, "12"))
        self.post("/venues/X/pricing/walk/start")
        self.advance("1s")
        self.assertNotEqual(self.price("BBB"), before)
        self.assertEqual(len(self.history("BBB")), 2)

    def test_changed(self) -> None:
        """It goes by other keys from the next step on; a reset takes that back."""
        changed = self.ask(
            "PATCH", "/venues/X/pricing/walk", {"parameters": {"every": "250ms", "ticks": "3"}}
        )
        self.assertEqual(changed["parameters"]["every"], "250ms")
        self.assertEqual(changed["due"], "2026-01-05T09:30:00.250000000Z")
        self.advance("1s")
        self.assertEqual(len(self.history("BBB")), 4)
        self.post("/reset", {})
        again = self.get("/venues/X/pricing/walk")
        self.assertEqual((again["parameters"]["every"], again["parameters"]["ticks"]), ("1s", "1"))
        self.assertEqual(again["due"], "2026-01-05T09:30:01.000000000Z")

    def test_changes_refused(self) -> None:
        """What is wrong, and what would be right; nothing is changed then."""
        for parameters, why in (
            ({"tick": "3"}, "random-walk has no key 'tick': did you mean 'ticks'?"),
            ({"ticks": "no"}, "ticks: 'no' is no whole number"),
            ({"seed": "3"}, "seed: that is how walk begins"),
            ({"every": "1s", "moves": "2"}, "moves: '2' is no probability"),
        ):
            problem = self.ask("PATCH", "/venues/X/pricing/walk", {"parameters": parameters}, 422)
            self.assertIn(why, problem["detail"])
        self.assertEqual(self.get("/venues/X/pricing/walk")["parameters"]["moves"], "100%")

    def test_set_by_hand(self) -> None:
        """A walk goes on from a price that it is given, which has to be one that may be."""
        self.assertEqual(self.ask("PUT", "/prices/BBB", {"price": "49.75"})["price"], "49.75")
        self.advance("1s")
        self.assertIn(self.price("BBB"), ("49.7", "49.8"))
        for price, why in (
            ("49.77", "49.77 is no multiple of the tick of BBB: the nearest is 49.75"),
            ("51", "51 is not from 49.5 to 50.5, the static band of BBB"),
        ):
            problem = self.ask("PUT", "/prices/BBB", {"price": price}, 409)
            self.assertIn(why, problem["detail"])
        self.ask("PUT", "/prices/CCC", {"price": "1"}, 409)
        self.ask("DELETE", "/prices/BBB", None, 204)
        self.assertEqual(self.price("BBB"), "50")

    def test_same_seed_same_prices(self) -> None:
        """However time is cut; and the same after a reset; another seed gives others."""
        self.advance("20s")
        expected = self.history("BBB")
        self.post("/reset", {})
        for _ in range(40):
            self.advance("500ms")
        self.assertEqual(self.history("BBB"), expected)
        self.start(settings(walk={**WALK, "seed": "8"}), Catalogue())
        self.advance("20s")
        self.assertNotEqual(self.history("BBB"), expected)


class RealClockTests(DeskCase):
    """A venue whose clock is real, and whose day needs no start."""

    clock = "real"

    def test_by_itself(self) -> None:
        """Prices move as time passes, from when the journal says."""
        entries = list(self.memory.exchange.journal.entries(0))
        self.assertEqual(
            [(each.kind, each.data) for each in entries], [(EntryKind.STEP, b"begin prices")]
        )
        self.memory.reactor.pump([0.5] * 7)
        self.assertEqual(len(self.history("BBB")), 3)
        check_again(self, self.memory.simulator, self.settings, keep(self.memory.simulator))

    def test_overslept(self) -> None:
        """After a weekend a price goes on with one step, and not with 200,000; so it is again."""
        self.memory.reactor.pump([1.0] * 3)
        self.memory.reactor.advance(86_400.0)
        self.assertEqual(len(self.history("BBB")), 4)
        due = self.get("/venues/X/pricing/walk")["due"]
        self.memory.reactor.advance(9.0)
        self.assertEqual(len(self.history("BBB")), 13)
        self.assertEqual(due[:20], "1970-01-13T13:46:44.")
        check_again(self, self.memory.simulator, self.settings)

    def test_venue_made_later(self) -> None:
        """Its prices begin with it."""
        instrument = {"symbol": "AAB", "reference": "10"}
        made = {"name": "Y", "pricing": "hands, walk", "instruments": [instrument]}
        self.assertEqual(self.post("/venues", made, 201)["pricing"], "hands, walk")
        self.memory.reactor.pump([1.0] * 3)
        self.assertEqual(len(self.get("/prices/AAB/history?venue=Y")["changes"]), 3)


class ManualTests(DeskCase):
    """Prices that somebody sends somewhere."""

    def test_step(self) -> None:
        """By an amount or per cent, to the nearest price that may be."""
        problem = self.post("/prices/AAA/step", {"by": "1"}, 409)
        self.assertIn("no price to go on from", problem["detail"])
        self.ask("PUT", "/prices/AAA", {"price": "100"})
        for body, expected in (
            ({"by": "0.05"}, "100.05"),
            ({"percent": "10"}, "110.06"),  # 110.055, between two ticks
            ({"percent": "-50"}, "55.03"),
            ({"by": "-0.03"}, "55"),
        ):
            self.assertEqual(self.post("/prices/AAA/step", body)["price"], expected)
        self.post("/prices/AAA/step", {"by": "1", "percent": "1"}, 422)

    def test_ramp(self) -> None:
        """Even steps each ``every``, and the price itself at the end."""
        self.ask("PUT", "/prices/AAA", {"price": "100"})
        self.post("/prices/AAA/ramp", {"price": "101", "within": "450ms"})
        self.advance("1s")
        expected = [
            ("30:00.000", "100"),
            ("30:00.100", "100.22"),
            ("30:00.200", "100.44"),
            ("30:00.300", "100.67"),
            ("30:00.400", "100.89"),
            ("30:00.450", "101"),
        ]
        self.assertEqual(self.history("AAA"), expected)
        self.assertIsNone(self.get("/venues/X/pricing/hands")["due"])

    def test_ramp_given_up(self) -> None:
        """A price that is set goes nowhere."""
        self.ask("PUT", "/prices/AAA", {"price": "100"})
        self.post("/prices/AAA/ramp", {"price": "90", "within": "1s"})
        self.advance("500ms")
        self.assertEqual(self.price("AAA"), "95")
        self.ask("PUT", "/prices/AAA", {"price": "96"})
        self.advance("1s")
        self.assertEqual(self.price("AAA"), "96")

    def test_schedule(self) -> None:
        """Prices at times, in any order."""
        points = [
            {"price": "3", "at": "2026-01-05T09:30:30Z"},
            {"price": "1", "after": "0s"},
            {"price": "2", "after": "10s"},
        ]
        self.post("/prices/AAA/schedule", {"points": points})
        self.assertEqual(self.price("AAA"), "1")
        self.advance("1m")
        times = [("30:00.000", "1"), ("30:10.000", "2"), ("30:30.000", "3")]
        self.assertEqual(self.history("AAA"), times)
        self.post("/prices/AAA/schedule", {"points": [{"price": "9", "after": "1s"}]})
        self.post("/prices/AAA/schedule", {"points": []})
        self.advance("1m")
        self.assertEqual(self.price("AAA"), "3")

    def test_refused(self) -> None:
        """Only a source that is led can be; only to prices that may be."""
        problem = self.post("/prices/BBB/ramp", {"price": "50", "within": "1s"}, 409)
        self.assertIn("only one of a source such as manual", problem["detail"])
        problem = self.post("/prices/AAA/ramp", {"price": "1.005", "within": "1s"}, 409)
        self.assertIn("no multiple of the tick", problem["detail"])
        points = [{"price": "1", "after": "1s"}, {"price": "1.005", "after": "2s"}]
        self.post("/prices/AAA/schedule", {"points": points}, 409)
        self.post("/venues/X/pricing/hands/stop")
        problem = self.post("/prices/AAA/ramp", {"price": "1", "within": "1s"}, 409)
        self.assertIn("start it first", problem["detail"])


class AgainTests(DeskCase):
    """The journal and a snapshot hold all of it."""

    def test_again(self) -> None:
        """From the start, and from the midst of a ramp, a walk and a changed key."""
        kept = [keep(self.memory.simulator)]
        self.ask("PUT", "/prices/AAA", {"price": "100"})
        self.post("/prices/AAA/ramp", {"price": "101", "within": "3s"})
        self.ask("PATCH", "/venues/X/pricing/walk", {"parameters": {"every": "300ms"}})
        self.advance("1s")
        kept.append(keep(self.memory.simulator))
        self.post("/prices/AAA/schedule", {"points": [{"price": "9", "after": "1s"}]})
        self.post("/venues/X/instruments", {"symbol": "AAD", "reference": "7"}, 201)
        self.advance("1s")
        self.post("/venues/X/pricing/walk/stop")
        kept.append(keep(self.memory.simulator))
        self.post("/venues/X/pricing/walk/start")
        self.advance("2s")
        self.assertGreater(len(self.history("AAD")), 5)
        check_again(self, self.memory.simulator, self.settings, *kept)


@implementer(IMovingSource)
class Failing:
    """Moves each second, and fails the second time."""

    options: tuple[Option, ...] = ()
    by_clock = True

    def __init__(self, name: str, options: Values) -> None:
        self.name = name
        self._due: int | None = None
        self._left = 1

    def price(self, instrument: Instrument, now: int) -> int | None:
        """A price that is between two ticks."""
        return UNIT + 1

    def set(self, instrument: Instrument, price: int | None) -> None:
        """Does not matter."""

    def reset(self) -> None:
        """Does not matter."""

    def takes(self, instrument: Instrument) -> bool:
        """All."""
        return True

    def begin(self, grids: Sequence[Grid], seed: int) -> None:
        """Does not matter."""

    def join(self, grid: Grid) -> None:
        """Does not matter."""

    def leave(self, symbol: str) -> None:
        """Does not matter."""

    def start(self, now: int) -> None:
        """In a second."""
        self._due = now + S

    def open(self, now: int) -> Sequence[tuple[str, int]]:
        """Nothing is new then."""
        return ()

    def next_due(self) -> int | None:
        """That."""
        return self._due

    def move(self, now: int) -> Sequence[tuple[str, int]]:
        """Once, also of what it does not have."""
        self._due = now + S
        self._left -= 1
        if self._left < 0:
            raise ZeroDivisionError("nothing left")
        return [("AAA", 2 * UNIT - 1), ("ZZZ", 1)]

    def change(self, values: Values, now: int) -> None:
        """Does not matter."""


@implementer(IDerivedSource)
class Circular(Failing):
    """AAA is worth a cent more than BBB, and BBB a cent more than AAA; 13 is too much."""

    underlyings = ("AAA", "BBB")

    def follow(self, symbol: str, price: int, now: int) -> Sequence[tuple[str, int]]:
        """What the other one is worth."""
        if price == 13 * UNIT:
            raise ZeroDivisionError("13")
        return [("BBB" if symbol == "AAA" else "AAA", price + UNIT // 100)]


class FailingCatalogue(Catalogue):
    """Has these, too."""

    def pricing(self, source: str) -> Any:
        """One of them, or one of those that there are."""
        found = {"failing": Failing, "circular": Circular}.get(source)
        return super().pricing(source) if found is None else found


class ThirdPartyTests(DeskCase):
    """Sources of others."""

    def setUp(self) -> None:
        """A venue that has one that fails."""
        self.begin_with("failing")

    def begin_with(self, source: str) -> None:
        """Have such a source."""
        section = PricingSettings("bad", source, {})
        venue = settings().venues[0]
        wanted = VenueSettings("X", (), ("bad",), instruments=INSTRUMENTS, day=venue.day)
        self.start(
            Settings(venues=(wanted,), pricing=(section,), rest=None, durability="none"),
            FailingCatalogue(),
        )

    def test_failed(self) -> None:
        """It is stopped, the log says why, and all else goes on; it can be started again."""
        self.assertEqual(self.price("AAA"), "1")
        self.advance("1s")
        self.assertEqual(self.price("AAA"), "2")
        self.advance("5s")
        found = self.get("/venues/X/pricing/bad")
        self.assertEqual((found["running"], found["due"]), (False, None))
        self.assertEqual(found["trouble"], "it failed: ZeroDivisionError: nothing left")
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(self.post("/venues/X/pricing/bad/start")["trouble"], "")

    def test_circle(self) -> None:
        """What follows from itself does so once; one that fails at that does nobody any harm."""
        self.begin_with("circular")
        desk = self.memory.exchange.dispatcher.venue("X").prices
        for symbol in ("AAA", "BBB"):
            desk.priced[symbol].grid = Grid(Instrument(symbol))
        desk._came("AAA", UNIT, 0, 0)
        self.assertEqual((desk.price("AAA", 0), desk.price("BBB", 0)), (102_000_000, 101_000_000))
        desk._came("AAA", 13 * UNIT, 0, 0)
        self.assertEqual(desk.price("AAA", 0), 13 * UNIT)
        self.assertEqual(desk.line("bad").trouble, "it failed: ZeroDivisionError: 13")
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)


class GridTests(RestTestCase):
    """Prices that may be."""

    def test_fit(self) -> None:
        """The nearest multiple of the tick that holds there, within the band."""
        table = ((0, UNIT // 100), (10 * UNIT, UNIT // 2))
        banded = Instrument("A", reference=10 * UNIT, ticks=table)
        for price, expected in (
            ("9.994", "9.99"),
            ("9.995", "10"),
            ("10.24", "10"),
            ("10.25", "10.5"),
            ("1", "9"),
            ("99", "11"),
        ):
            found = Grid(banded, (UNIT, 0)).fit(round(float(price) * UNIT))
            self.assertEqual(format_amount(found), expected, price)
        self.assertEqual(Grid(Instrument("A")).fit(-UNIT), -UNIT)
        narrow = Grid(Instrument("A", tick=UNIT, reference=UNIT // 2), (1, 0))
        self.assertEqual(narrow.fit(7 * UNIT), UNIT // 2)


class NightTests(DeskCase):
    """Days and nights."""

    sections = {
        "walk": {**WALK, "symbols": "AAA"},
        "moving": {**WALK, "symbols": "BBB", "nights": "move"},
        "gaps": {"source": "brownian", "start": "10", "gap": "5%"},
    }

    def phase(self, phase: str) -> None:
        """By hand."""
        self.ask("PUT", "/venues/X/phase", {"phase": phase})

    def test_night(self) -> None:
        """Prices stand still while the market is closed, unless told to move; then some jump."""
        self.advance("1s")
        self.phase("closed")
        before = self.price("AAA"), self.price("CCC"), len(self.history("BBB"))
        self.assertIsNone(self.get("/venues/X/pricing/walk")["due"])
        self.advance("1h")
        self.assertEqual((self.price("AAA"), self.price("CCC")), before[:2])
        self.assertGreater(len(self.history("BBB")), before[2])
        kept = keep(self.memory.simulator)
        self.phase("opening-auction")
        self.assertEqual(self.price("AAA"), before[0])
        self.assertGreater(abs(float(self.price("CCC") or 0) - float(before[1] or 0)), 0.02)
        self.assertEqual(self.history("CCC")[-1][0], "30:01.000")
        self.phase("continuous")
        jumped = self.price("CCC")
        self.advance("999ms")
        self.assertEqual((self.price("AAA"), self.price("CCC")), (before[0], jumped))
        self.advance("1ms")
        self.assertNotEqual(self.price("AAA"), before[0])
        check_again(self, self.memory.simulator, self.settings, kept)

    def test_made_at_night(self) -> None:
        """A venue that begins closed has prices, which do not move."""
        venue = settings().venues[0]
        day = DaySettings(phase="closed", clock="manual", clock_start=BEGUN)
        sections = pricing(walk=WALK)
        closed = VenueSettings("X", (), ("walk",), instruments=venue.instruments, day=day)
        self.start(
            Settings(venues=(closed,), pricing=sections, rest=None, durability="none"), Catalogue()
        )
        self.advance("1m")
        self.assertEqual((self.price("AAA"), self.history("AAA")), ("100", []))
        self.phase("continuous")
        self.advance("1s")
        self.assertEqual(len(self.history("AAA")), 1)


class DerivedTests(DeskCase):
    """Prices that follow from others, whichever source has these."""

    sections = {
        "hands": {"source": "manual", "symbols": "AAA"},
        "futures": {"source": "futures", "symbols": "F*", "rate": "0"},
        "options": {"source": "options", "volatility": "30%"},
    }

    def setUp(self) -> None:
        """AAA, a future on it, an option on that, and a price for AAA."""
        super().setUp()
        future = {"symbol": "FUT", "security_type": "FUT", "underlying": "AAA"}
        self.post("/venues/X/instruments", {**future, "maturity": "20260630"}, 201)
        option = {"symbol": "CALL", "security_type": "OPT", "underlying": "FUT", "put_call": "call"}
        option |= {"strike": "100", "maturity": "20260105", "tick": "0.0001"}
        self.post("/venues/X/instruments", option, 201)

    def test_follow(self) -> None:
        """At once, down the chain; time passes by itself; nobody sets them."""
        self.assertEqual((self.price("FUT"), self.price("CALL")), (None, None))
        self.ask("PUT", "/prices/AAA", {"price": "100"})
        self.assertEqual(self.price("FUT"), "100")
        before = float(self.price("CALL") or 0)
        self.assertTrue(0.3 < before < 0.6, before)  # 0.4 * 30 % * the root of 11.5 hours
        self.advance("6h")
        self.assertTrue(0.2 < float(self.price("CALL") or 0) < before)
        self.ask("PUT", "/prices/AAA", {"price": "103.5"})
        self.advance("6h")
        self.assertEqual((self.price("FUT"), self.price("CALL")), ("103.5", "3.5"))
        problem = self.ask("PUT", "/prices/CALL", {"price": "1"}, 409)
        self.assertIn("follows from that of FUT: set that", problem["detail"])

    def test_chains(self) -> None:
        """A source may follow what it prices itself."""
        future = {"symbol": "F2", "security_type": "FUT", "maturity": "20270630"}
        self.post("/venues/X/instruments", {**future, "underlying": "FUT"}, 201)
        self.ask("PUT", "/prices/AAA", {"price": "100"})
        self.assertEqual(self.price("F2"), "100")

    def test_stopped(self) -> None:
        """One that was stopped catches up when it goes on."""
        self.ask("PUT", "/prices/AAA", {"price": "100"})
        self.post("/venues/X/pricing/futures/stop")
        self.ask("PUT", "/prices/AAA", {"price": "90"})
        self.assertEqual(self.price("FUT"), "100")
        self.post("/venues/X/pricing/futures/start")
        self.assertEqual(self.price("FUT"), "90")

    def test_again(self) -> None:
        """The journal and a snapshot hold them, too."""
        self.ask("PUT", "/prices/AAA", {"price": "100"})
        self.advance("1m")
        kept = keep(self.memory.simulator)
        self.ask("PATCH", "/venues/X/pricing/options", {"parameters": {"volatility": "60%"}})
        self.ask("DELETE", "/venues/X/instruments/FUT", None, 204)
        self.ask("PUT", "/prices/AAA", {"price": "101"})
        self.advance("1m")
        check_again(self, self.memory.simulator, self.settings, kept)


MISTAKES = """\
[rest]
listen = none
[venue:X]
pricing = walks, mix, two, fast
[instrument:X:A]
[pricing:walk]
source = random-wlak
[pricing:mix]
source = basket
member = A B
[pricing:two]
source = basket
members = A B
volatility = 20%
matrix = 1 1 / 1 1
[pricing:fast]
source = brownian
every = 1us
"""


class ConfigurationTests(DeskCase):
    """What changes when a venue is started anew, with another configuration."""

    def again(self, **sections: dict[str, str]) -> None:
        """Start with other sections, where the old ones ended."""
        state = unpack(pack(capture(self.memory.simulator)))
        self.start(settings(self.clock, **sections), Catalogue())
        restore(self.memory.simulator, state)
        self.memory.exchange.begin(self.memory.now())

    def test_other_sources(self) -> None:
        """What is another kind now, or new, begins; the others go on."""
        self.ask("PUT", "/prices/AAA", {"price": "99"})
        self.advance("5s")
        before = self.price("BBB")
        late = {"source": "random-walk", "symbols": "CCC", "start": "5", "moves": "100%"}
        self.again(hands=HANDS, walk=WALK, late=late)
        self.assertEqual((self.price("AAA"), self.price("BBB")), ("99", before))
        self.assertEqual(self.price("CCC"), "5")
        self.advance("1s")
        self.assertIn(self.price("CCC"), ("4.99", "5.01"))
        self.assertEqual(len(self.history("BBB")), 6)
        self.again(hands=HANDS, walk={"source": "fixed"}, late=late)
        self.assertEqual(self.price("BBB"), "50")
        self.advance("1s")
        self.assertEqual(self.price("BBB"), "50")
        self.assertEqual(len(self.history("CCC")), 2)

    def test_mistakes(self) -> None:
        """Each in its line, with what would be right."""
        path = Path(self.mktemp())
        path.write_text(MISTAKES)
        error = self.assertRaises(ConfigError, load, str(path), [], Catalogue())
        said = [str(problem).replace(str(path), "") for problem in error.problems]
        expected = (
            ":4: [venue:X] pricing: there is no [pricing:walks] section (did you mean 'walk'?)",
            ":7: [pricing:walk] source: there is no pricing source 'random-wlak'",
            ":10: [pricing:mix] has no key 'member': did you mean 'members'?",
            ":15: [pricing:two] matrix: it is not positive definite",
            ":18: [pricing:fast] every: 1us is too short: at least 1ms",
        )
        self.assertEqual(len(said), len(expected), said)
        for text, beginning in zip(said, expected, strict=True):
            self.assertTrue(text.startswith(beginning), text)

    def test_kept_keys(self) -> None:
        """Keys that were changed over REST stay so."""
        self.ask("PATCH", "/venues/X/pricing/walk", {"parameters": {"every": "250ms"}})
        self.again(hands=HANDS, walk=WALK)
        self.advance("1s")
        self.assertEqual(len(self.history("BBB")), 4)


class EventTests(DeskCase):
    """Prices as events, for those who ask."""

    def events(self, kinds: str) -> list[tuple[str, dict[str, str]]]:
        """Kinds of all events so far, and the prices that they tell."""
        found = self.get(f"/events/wait?after=0-0&timeout=0s{kinds}")["items"]
        return [(each["event"], each["about"].get("prices", {})) for each in found]

    def test_events(self) -> None:
        """One of each step and of each operation that changed a price, with all that changed."""
        self.advance("1s")
        first = self.price("BBB")
        self.ask("PUT", "/prices/AAA", {"price": "99"})
        self.ask("PUT", "/prices/AAA", {"price": "99"})
        self.advance("1s")
        expected = [
            ("price", {"BBB": first}),
            ("price", {"AAA": "99"}),
            ("price", {"BBB": self.price("BBB")}),
        ]
        self.assertEqual(self.events("&kind=price"), expected)
        self.assertEqual(self.events("&kind=price&venue=X"), expected)
        both = self.events("&kind=price&kind=operation")
        self.assertEqual([each for each in both if each[1]], expected)
        self.assertEqual(len(both), 6)
        self.assertNotIn("price", [kind for kind, _ in self.events("")])

    def test_long_ago(self) -> None:
        """What is kept no more is told no more, of each instrument for itself."""
        for _ in range(3):
            self.advance("100s")
        self.assertEqual(len(self.events("&kind=price&limit=1000")), 256)
