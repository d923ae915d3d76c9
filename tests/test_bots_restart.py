"""Bots when a simulator starts again: with others than before, and after a long time."""

from __future__ import annotations

from pathlib import Path

import msgspec
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.control.operations import BY_NAME
from exsim.dispatch.venue import Venue
from exsim.model.bots import BOT
from exsim.model.codes import OrdStatus
from exsim.model.journal import EntryKind
from exsim.plugins import Catalogue
from exsim.services.operations.control import Control
from exsim.services.packing import pack, unpack
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.simulator import Simulator
from exsim.services.state import capture, restore
from tests.again import check_again
from tests.bot_day import VENUE

SECOND = 1_000_000_000
BEGUN = 1_767_603_600 * SECOND
MAKER = "[bot:MM]\nkind = maker\nlevels = 2\n"
HELD = "[bot:HELD]\nkind = noise\nrate = 20\nmarket = 0%\ncancels = 0%\n"
SLOW = "[policy:slow]\nkind = delay\naccounts = HELD\ntime = 1h\n"
WAITS = "[policy:slow]\nkind = hold\naccounts = HELD\n"


class RestartTests(SynchronousTestCase):
    """A market of bots, stopped and started with another configuration."""

    def start(self, bots: str, venue: str = "", before: Simulator | None = None) -> Simulator:
        """Start, where ``before`` ended, if that is given."""
        path = Path(self.mktemp())
        path.write_text(VENUE.format(venue=venue, pricing="manual") + bots, encoding="utf-8")
        self.settings = load(str(path), [], Catalogue())
        simulator = inert(self.settings, Catalogue())
        if before is not None:
            restore(simulator, unpack(pack(capture(before))))
        self.kept = pack(capture(simulator))
        simulator.exchange.days.begin(BEGUN)
        return simulator

    def go(self, simulator: Simulator, time: str) -> Venue:
        """Let a time pass."""
        entry = BY_NAME["advance_clock"]
        assert entry.body is not None
        given = msgspec.convert({"venue": "XSIM"}, entry.arguments)
        Control(simulator).perform(
            "advance_clock", given, msgspec.convert({"by": time}, entry.body)
        )
        return simulator.dispatcher.venues["XSIM"]

    def owners(self, simulator: Simulator) -> set[str]:
        """Whose orders are open."""
        orders = simulator.dispatcher.venues["XSIM"].orders.all()
        return {order.owner.removeprefix(BOT) for order in orders if order.open}

    def check_again(self, simulator: Simulator) -> None:
        """What was done since the start, run again from the state that it began with."""
        again = inert(self.settings, Catalogue())
        restore(again, unpack(self.kept))
        entries = list(simulator.exchange.journal.entries(0))
        difference = Replay(again, entries, 1, 0).run()
        self.assertEqual("" if difference is None else difference.text(), "")
        self.assertEqual(unpack(pack(capture(again))), unpack(pack(capture(simulator))))

    def steps(self, simulator: Simulator) -> list[bytes]:
        """What was done with the start."""
        entries = simulator.exchange.journal.entries(0)
        return [entry.data for entry in entries if entry.kind == EntryKind.STEP]

    def test_gone(self) -> None:
        """The orders of a bot that is no more are canceled; those of others stay."""
        first = self.start(MAKER + HELD)
        self.go(first, "2s")
        self.assertEqual(self.owners(first), {"MM", "HELD"})
        again = self.start(MAKER, before=first)
        self.assertEqual(self.owners(again), {"MM"})
        self.assertEqual(self.steps(again), [b"begin bots"])
        self.go(again, "5s")
        self.check_again(again)

    def test_all_gone(self) -> None:
        """So it is where there are no bots at all any more."""
        first = self.start(MAKER)
        self.go(first, "2s")
        again = self.start("", before=first)
        self.assertEqual(self.owners(again), set())
        ends = {order.status for order in again.dispatcher.venues["XSIM"].orders.all()}
        self.assertEqual(ends, {int(OrdStatus.CANCELED)})

    def test_waiting(self) -> None:
        """What a policy has of it does not come either."""
        for policy in (SLOW, WAITS):
            first = self.start(HELD + policy, "policies = slow, match")
            self.go(first, "2s")
            again = self.start(policy, "policies = slow, match", before=first)
            self.assertEqual(list(again.dispatcher.holds.all()), [])
            self.go(again, "2h")
            self.assertEqual(self.owners(again), set())

    def test_other_symbols(self) -> None:
        """One that trades less than before has nothing there."""
        first = self.start(MAKER)
        self.go(first, "2s")
        again = self.start(MAKER + "symbols = ZAG\n", before=first)
        orders = again.dispatcher.venues["XSIM"].orders.all()
        self.assertEqual({order.terms.symbol for order in orders if order.open}, {"ZAG"})

    def test_same(self) -> None:
        """Where nothing is another nothing is done."""
        first = self.start(MAKER + HELD)
        self.go(first, "2s")
        again = self.start(MAKER + HELD, before=first)
        self.assertEqual((self.owners(again), self.steps(again)), ({"MM", "HELD"}, []))

    def test_new(self) -> None:
        """One that is new begins now, not at the beginning of time."""
        first = self.start(MAKER)
        self.go(first, "2s")
        again = self.start(MAKER + HELD, before=first)
        venue = self.go(again, "10s")
        assert venue.bots is not None
        self.assertTrue(100 < venue.bots.desk("HELD").entered < 300)
        self.check_again(again)

    def test_other_kind(self) -> None:
        """One of another kind begins anew, with the orders and the position that it has."""
        first = self.start(MAKER)
        self.go(first, "2s")
        again = self.start(HELD.replace("HELD", "MM"), before=first)
        venue = self.go(again, "2s")
        assert venue.bots is not None
        desk = venue.bots.desk("MM")
        self.assertEqual(desk.runner.failure, "")
        self.assertGreater(desk.entered, 30)
        self.assertEqual(len({order.cl_ord_id for order in desk.orders.values()}), len(desk.orders))
        self.check_again(again)


class OversleptTests(SynchronousTestCase):
    """By a real clock, after a long time in which nothing was done."""

    def test_overslept(self) -> None:
        """A bot goes on from now: nobody has all that it would have done meanwhile."""
        path = Path(self.mktemp())
        text = VENUE.format(venue="", pricing="manual").replace("clock = manual\n", "")
        text = text.replace("clock_start = 20260105-09:00:00\n", "")
        path.write_text(text + MAKER + HELD, encoding="utf-8")
        settings = load(str(path), [], Catalogue())
        simulator = inert(settings, Catalogue())
        exchange = simulator.exchange
        exchange.days.begin(BEGUN)
        for half in range(1, 5):
            exchange.run_due(BEGUN + half * SECOND // 2)
        venue = simulator.dispatcher.venues["XSIM"]
        assert venue.bots is not None
        desk = venue.bots.desk("HELD")
        before = desk.entered
        self.assertGreater(before, 20)
        later = BEGUN + 3600 * SECOND
        exchange.run_due(later)
        self.assertLess(desk.entered, before + 3)
        for half in range(1, 5):
            exchange.run_due(later + half * SECOND // 2)
        self.assertGreater(desk.entered, before + 20)
        check_again(self, simulator, settings)
