"""What holds of a simulator that ends in any way and starts again, wherever its journal is."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from twisted.application.service import IServiceCollection
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import ConfigError
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.endpoints import EndpointService
from exsim.services.operations.control import Control
from exsim.services.recovery import Recovery
from exsim.services.replaying import Outcome
from exsim.services.snapshots import plain
from exsim.services.sources import Source
from exsim.services.state import capture
from exsim.services.tree import build
from tests.amount import amount
from tests.random_day import Day, settings
from tests.simulator import SECOND

START = 1_000_000.0
ONCE: Any = {
    "derandomize": True,
    "deadline": None,
    "phases": (Phase.generate,),
    "suppress_health_check": [HealthCheck.differing_executors],
}
"""
For properties: a day that fails is not made smaller, which would take too long. Each kind of
journal has a class of its own, and all try the same days.
"""


class Reactor(MemoryReactorClock):
    """One that has no processes."""

    def spawnProcess(self, *arguments: object, **more: object) -> None:
        """Not here."""
        raise OSError("there are no processes here")


class Run:
    """
    One run, with a clock of its own; a day can be lived through in it. ``prepare`` is called with
    its services before they start.
    """

    def __init__(
        self,
        configuration: Settings,
        begun: float = START,
        prepare: Callable[[Any], None] = lambda root: None,
    ) -> None:
        if not gc.get_freeze_count():  # what is there need not be looked through once a second
            gc.freeze()
        self.reactor = Reactor()
        self.reactor.advance(begun)
        self.root: Any = build(configuration, self.reactor, plugins=Catalogue(), now=self.now)
        self.recovery: Recovery = IServiceCollection(self.root).getServiceNamed("recovery")
        self.simulator = self.recovery.simulator
        self.exchange = self.simulator.exchange
        self.control = Control(self.simulator)
        prepare(self.root)
        self.root.privilegedStartService()
        self.root.startService()

    def now(self) -> int:
        """The reactor's time in nanoseconds."""
        return round(self.reactor.seconds() * SECOND)

    def service(self, name: str) -> EndpointService:
        """The service of an endpoint."""
        found: EndpointService = self.simulator.endpoint_service(name)
        return found

    def state(self) -> Any:
        """All that it is."""
        return plain(capture(self.simulator))

    def lose_all(self, now: int) -> None:
        """Its connections are lost, without anybody writing that down."""
        for endpoint, connection in list(self.exchange.connections.values()):
            self.exchange.lost(endpoint, connection, now)

    def hang_up(self) -> None:
        """All counterparties go."""
        for service in self.simulator.endpoints:
            assert isinstance(service, EndpointService)
            for peer in [*service.peers, *service.called]:
                peer.connectionLost()

    def stop(self) -> None:
        """Stop in good order, when the counterparties are gone."""
        self.hang_up()
        stopped = self.root.stopService()
        self.reactor.advance(10)
        results: list[object] = []
        stopped.addBoth(results.append)
        assert results == [None], results


class RecoveryContract(SynchronousTestCase):
    """Days that end with a crash or a stop, and go on."""

    def setUp(self) -> None:
        """The settings."""
        super().setUp()
        self.settings = replace(settings(self.mktemp()), rest=None)
        self.fresh()

    def fresh(self) -> None:
        """Nothing is kept from now on."""
        raise NotImplementedError

    def prepare(self, root: Any) -> None:
        """What is to be done before a run starts."""

    def source(self) -> Source:
        """What is kept, to be read."""
        raise NotImplementedError

    def damage(self, path: str) -> None:
        """Change a bit of a snapshot."""
        raise NotImplementedError

    def forget_snapshots(self) -> None:
        """Remove them all."""
        raise NotImplementedError

    def lose_end(self) -> None:
        """Remove what of the journal comes after its middle."""
        raise NotImplementedError

    def begin(self, begun: float = START) -> Run:
        """A run that goes on with what is kept."""
        return Run(self.settings, begun, self.prepare)

    def snapshots(self) -> list[tuple[int, int, str]]:
        """Those that are kept."""
        return self.source().snapshots().all()

    def outcome(self) -> Outcome:
        """What comes of running all that is kept again."""
        return Outcome(self.settings, Catalogue(), self.source(), None)

    def day(self, seed: int, steps: int, moment: int | None = None) -> Run:
        """A run that lived through a day, with a snapshot at a moment of it."""
        run = self.begin()
        day = Day(run, seed)
        for step in range(steps):
            if step == moment:
                run.recovery.begin()
                run.recovery.finish()
            day.step()
        self.flushLoggedErrors()
        return run

    def again(self, run: Run) -> Run:
        """A later run."""
        return self.begin(run.reactor.seconds() + 5)

    @profile(max_examples=amount(1, 6), **ONCE)
    @given(st.integers(0, 10**6), st.integers(0, 250))
    def test_a_crash(self, seed: int, moment: int) -> None:
        """After it all is as it was, but for the connections."""
        self.fresh()
        before = self.day(seed, 250, moment)
        after = self.again(before)
        before.lose_all(after.now())
        self.assertEqual(after.state(), before.state())
        self.assertEqual(after.exchange.journal.last, before.exchange.journal.last)
        self.assertEqual(len(self.snapshots()), 1)
        outcome = self.outcome()
        self.assertIsNone(outcome.difference)
        self.assertEqual(outcome.entries, after.exchange.journal.last)

    def test_it_goes_on(self) -> None:
        """Three crashes in a day, and the whole journal can still be run again."""
        run = self.day(1, 100)
        for seed in (2, 3, 4):
            run = self.again(run)
            day = Day(run, seed)
            day.live(100)
        self.flushLoggedErrors()
        outcome = self.outcome()
        self.assertEqual(outcome.words(), [])
        self.assertEqual(outcome.entries, run.exchange.journal.last)

    def test_a_stop(self) -> None:
        """After an orderly one there is nothing to run again."""
        before = self.day(5, 200)
        before.hang_up()
        state = before.state()
        before.stop()
        after = self.again(before)
        self.assertEqual(after.state(), state)
        ((_epoch, seq, _path),) = self.snapshots()
        self.assertEqual(seq, after.exchange.journal.last)

    def test_a_reset(self) -> None:
        """A new epoch begins with a snapshot, since the old one's entries are gone."""
        before = self.day(6, 150)
        Day(before, 7).perform("reset", {}, {"sessions": "keep"})
        day = Day(before, 8)
        day.live(50)
        self.flushLoggedErrors()
        self.assertEqual(before.exchange.journal.epoch, 2)
        after = self.again(before)
        before.lose_all(after.now())
        self.assertEqual(after.state(), before.state())
        self.assertEqual(after.exchange.journal.epoch, 2)

    def test_a_damaged_snapshot(self) -> None:
        """The one before is good enough."""
        before = self.day(9, 200, moment=60)
        before.recovery.begin()
        before.recovery.finish()
        self.damage(self.snapshots()[0][2])
        after = self.again(before)
        before.lose_all(after.now())
        self.assertEqual(after.state(), before.state())

    def test_another_configuration(self) -> None:
        """Where a crash left orders that it would have refused, the start is refused."""
        self.day(10, 200)
        (xsim, *others) = self.settings.venues
        self.settings = replace(self.settings, venues=(replace(xsim, max_orders=1), *others))
        with self.assertRaises(SystemExit) as caught:
            self.begin(START + 10_000)
        self.assertIn("comes out differently", str(caught.exception))
        self.assertIn("1 orders are open, no more are taken", str(caught.exception))

    def test_a_changed_configuration_after_a_stop(self) -> None:
        """What is configured anew is there, what is no more is gone, the rest is as it was."""
        before = self.day(11, 200)
        numbers = before.exchange.sessions["FIXED"].view().next_out
        before.stop()
        (xsim, ysim) = self.settings.venues
        aaa, bbb = xsim.instruments
        more = replace(bbb, symbol="CCC")
        kept = tuple(each for each in self.settings.sessions if each.name != "CALLED")
        self.settings = replace(
            self.settings,
            venues=(replace(xsim, instruments=(replace(aaa, tick=1), bbb, more)), ysim),
            sessions=(
                *kept,
                replace(
                    kept[0], name="EXTRA", options={**kept[0].options, "sender_comp_id": "EXTRA"}
                ),
            ),
        )
        after = self.again(before)
        venue = after.exchange.dispatcher.venues["XSIM"]
        self.assertLessEqual({"AAA", "BBB", "CCC"}, set(venue.instruments))
        self.assertEqual(venue.instruments["AAA"].tick, 1)
        self.assertNotIn("CALLED", after.exchange.sessions)
        self.assertIn("EXTRA", after.exchange.sessions)
        self.assertGreaterEqual(after.exchange.sessions["FIXED"].view().next_out, numbers)

    def test_a_lost_end(self) -> None:
        """A journal that lost entries which a snapshot has is told of."""
        before = self.day(13, 150)
        before.recovery.begin()
        before.recovery.finish()
        self.lose_end()
        with self.assertRaises(SystemExit) as caught:
            self.again(before)
        self.assertIn(f"{self.snapshots()[0][2]} is the state after", str(caught.exception))

    def test_no_beginning(self) -> None:
        """A journal whose beginning was removed needs its snapshot."""
        run = self.day(12, 100)
        Day(run, 0).perform("reset", {}, {})
        run.stop()
        self.forget_snapshots()
        with self.assertRaises(SystemExit) as caught:
            self.again(run)
        self.assertIn("no snapshot", str(caught.exception))
        with self.assertRaises(ConfigError):
            self.outcome()
