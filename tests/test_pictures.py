"""Pictures and facts of a running simulator: seen by it, drawn by a process, told over REST."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import skipUnless

import msgspec
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessDone, ProcessExitedAlready, ProcessTerminated
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.control import pricing_results as cr
from exsim.control import pricing_schemas as cs
from exsim.control import schemas as s
from exsim.control.operations import BY_NAME
from exsim.errors import Conflict, NotFound, NotInstalled, Unavailable
from exsim.facts.observed import LIMIT, NOTHING, SECOND, Observed, Packed, unpacked
from exsim.plugins import Catalogue
from exsim.services.drawer import made
from exsim.services.operations.control import Control
from exsim.services.pictures import LONGEST, MOST, WAITING, Drawer, Pictures
from exsim.services.plotting import can_draw
from exsim.services.replaying import inert
from tests.test_observing import INI

SEEN = Packed("V", "AAA", "walk", 10**6, 0, 0, b"", b"", b"", b"")
VENUE = "[venue:DAY]\nclock = manual\nclock_start = 20260105-14:30:00\n"
OBSERVED = f"{VENUE}observe = Z*\nkeep_observed = 50\n"


class Process:
    """A process that does nothing until it is told to end; ``words`` started it."""

    def __init__(self, drawer: Drawer, words: list[str]) -> None:
        self.words = words
        self.given = b""
        self.over = False
        self._drawer = drawer
        drawer.makeConnection(self)

    def write(self, data: bytes) -> None:
        """What it is told."""
        self.given += data

    def closeStdin(self) -> None:
        """It was told all."""

    def signalProcess(self, name: str) -> None:
        """It is killed."""
        if self.over:
            raise ProcessExitedAlready
        self.end(ProcessTerminated(signal=9))

    def end(self, why: Exception, out: bytes = b"") -> None:
        """It says something, and ends."""
        self.over = True
        if out:
            self._drawer.outReceived(out)
        self._drawer.processEnded(Failure(why))


class Machine(Clock):
    """A reactor that starts such processes."""

    def __init__(self) -> None:
        super().__init__()
        self.processes: list[Process] = []

    def spawnProcess(self, drawer: Drawer, program: str, words: list[str], _: Any) -> None:
        """Start one."""
        self.processes.append(Process(drawer, words))

    def work(self) -> None:
        """Have the last one do what the real one does."""
        process = self.processes[-1]
        process.end(ProcessDone(0), made(process.words[-1], process.given))


class PicturesTests(SynchronousTestCase):
    """Processes, one after the other."""

    def setUp(self) -> None:
        self.machine, self.pictures = Machine(), Pictures()

    def ask(self, word: str = "facts") -> Any:
        """Ask for one."""
        return Deferred.fromCoroutine(self.pictures.ask(self.machine, word, SEEN))

    def test_made(self) -> None:
        """What it made is the answer, and no timer is left."""
        asked = self.ask()
        self.assertEqual(self.machine.processes[0].words[-2:], ["exsim.services.drawer", "facts"])
        self.machine.work()
        self.assertIn(b'"kurtosis_1s"', self.successResultOf(asked))
        self.assertEqual(self.machine.getDelayedCalls(), [])

    def test_turns(self) -> None:
        """One at a time; too many that wait are refused."""
        asked = [self.ask() for _ in range(WAITING + 1)]
        self.failureResultOf(self.ask(), Unavailable)
        self.assertEqual(len(self.machine.processes), 1)
        for each in asked:
            self.machine.work()
            self.successResultOf(each)
        self.assertEqual(len(self.machine.processes), WAITING + 1)
        self.ask()

    def test_failed(self) -> None:
        """One that fails says why in the log, and the next has its turn."""
        asked, after = self.ask(), self.ask()
        self.machine.processes[0].end(ProcessTerminated(1))
        error = self.failureResultOf(asked, Unavailable).value
        self.assertEqual(str(error), "the picture was not drawn; the log says why")
        self.machine.work()
        self.successResultOf(after)

    def test_too_long(self) -> None:
        """One that takes too long, or makes too much, is ended."""
        asked = self.ask()
        self.machine.advance(LONGEST)
        self.failureResultOf(asked, Unavailable)
        asked = self.ask()
        self.machine.processes[-1]._drawer.outReceived(b"x" * (MOST + 1))
        self.failureResultOf(asked, Unavailable)

    def test_stop(self) -> None:
        """With the simulator it ends, too, and who waits is told."""
        self.pictures.startService()
        asked, after = self.ask(), self.ask()
        gone = self.pictures.stopService()
        assert gone is not None
        self.successResultOf(gone)
        self.failureResultOf(asked, Unavailable)
        self.failureResultOf(after, Unavailable)
        self.assertIsNone(self.pictures.stopService())


class SourceTests(SynchronousTestCase):
    """The two operations, by a simulator whose clock goes by hand."""

    def setUp(self) -> None:
        self.machine = Machine()

    def begin(self, venue: str = OBSERVED) -> Control:
        """One that has traded for two minutes."""
        path = Path(self.mktemp())
        path.write_text(INI.replace("[venue:DAY]\n", venue))
        self.simulator = inert(load(str(path), [], Catalogue()), Catalogue())
        self.simulator.exchange.days.begin(1)
        control = Control(replace(self.simulator, reactor=self.machine))
        advance = BY_NAME["advance_clock"]
        assert advance.body is not None
        control.perform("advance_clock", s.VenueArguments("DAY"), advance.body(by="120s"))
        return control

    def seen(self) -> Observed:
        """What the process was told."""
        process = self.machine.processes[-1]
        return unpacked(msgspec.msgpack.decode(process.given, type=Packed))

    def facts(self, control: Control, symbol: str | None = None) -> Any:
        """Ask for facts."""
        return control.perform("get_facts", cs.FactsArguments("DAY", "walk", symbol), None)

    def test_facts(self) -> None:
        """Facts of what was observed, the newest of it; the first instrument if none is named."""
        asked = self.facts(self.begin())
        seen = self.seen()
        self.assertEqual(len(seen.books), 50)
        apart = {after[0] - one[0] for one, after in zip(seen.books, seen.books[1:], strict=False)}
        self.assertTrue(min(apart) > SECOND // 2 and max(apart) < 2 * SECOND, apart)
        self.assertIn(LIMIT, [what for _, _, what in seen.orders])
        self.machine.work()
        told = self.successResultOf(asked)
        assert isinstance(told, cr.MarketFacts)
        self.assertEqual(
            (told.symbol, told.every, told.end), ("ZIG", "1000ms", "2026-01-05T14:32:00.000000000Z")
        )
        spread = next(fact for fact in told.facts if fact.name == "spread")
        self.assertEqual((spread.seen, spread.of), (50, "looks"))

    def test_unobserved(self) -> None:
        """Where nothing is observed, prices and trades that are kept anyhow are told."""
        asked = self.facts(self.begin(VENUE), "ZAG")
        seen = self.seen()
        self.assertEqual((seen.books, seen.orders, seen.every), ([], [], 0))
        tape = [
            each for each in self.simulator.dispatcher.venue("DAY").trades if each.symbol == "ZAG"
        ]
        self.assertEqual([row[0] for row in seen.trades], [each.time for each in tape])
        self.assertGreater(min(len(seen.trades), len(seen.prices)), 10)
        self.machine.work()
        self.assertIsNone(self.successResultOf(asked).every)

    def test_reset(self) -> None:
        """A reset forgets what was seen; an empty book is what is seen then."""
        control = self.begin()
        control.perform("reset", s.NoArguments(), s.Reset())
        self.facts(control)
        seen = self.seen()
        self.assertEqual((seen.trades, seen.orders), ([], []))
        self.assertEqual([row[1:] for row in seen.books], [(NOTHING, 0, NOTHING, 0)])

    def test_refused(self) -> None:
        """What it does not price, and what there is not."""
        control = self.begin()
        error = self.failureResultOf(self.facts(control, "ZOG"), NotFound).value
        self.assertEqual(str(error), "walk prices no ZOG; it prices: ZIG, ZAG")
        for name in ("ZIG", "ZAG"):
            control.perform("delete_instrument", s.InstrumentArguments("DAY", name), None)
        self.failureResultOf(self.facts(control), Conflict)

    @skipUnless(can_draw(), "needs matplotlib: pip install exsim[plot]")
    def test_picture(self) -> None:
        """A picture, as the process draws it."""
        control = self.begin()
        asked: Any = control.perform(
            "plot_source", cs.PlotArguments("DAY", "walk", "ZIG", "svg"), None
        )
        self.machine.work()
        self.assertIn(b"ZIG at DAY: price", self.successResultOf(asked))

    def test_not_installed(self) -> None:
        """Without matplotlib what to install is said; facts do without."""
        control = self.begin()
        there = sys.modules.get("matplotlib")
        sys.modules["matplotlib"] = None  # type: ignore[assignment]
        self.addCleanup(sys.modules.pop, "matplotlib")
        if there is not None:
            self.addCleanup(sys.modules.__setitem__, "matplotlib", there)
        error = self.assertRaises(
            NotInstalled, control.perform, "plot_source", cs.PlotArguments("DAY", "walk"), None
        )
        self.assertEqual(str(error), "pictures need matplotlib: pip install exsim[plot]")
        asked = self.facts(control)
        self.machine.work()
        self.successResultOf(asked)
