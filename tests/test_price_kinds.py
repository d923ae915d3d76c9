"""Prices at night, derived, by sources of others, and after another configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zope.interface import implementer

from exsim.config.load import load
from exsim.errors import ConfigError
from exsim.interfaces import IDerivedSource, IMovingSource
from exsim.model.amounts import UNIT, format_amount
from exsim.model.grid import Grid
from exsim.model.options import Option
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
from tests.price_case import BEGUN, HANDS, INSTRUMENTS, WALK, DeskCase, S, pricing, settings
from tests.simulator import RestTestCase


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
        self.memory.exchange.days.begin(self.memory.now())

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
