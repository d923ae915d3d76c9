"""A market observed at full speed: what is seen of it, and that it is the same as unseen."""

from __future__ import annotations

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.dispatch.observer import Observer
from exsim.errors import NotFound
from exsim.facts.observed import CANCELED, LIMIT, MINUTE, NOTHING, SECOND, TAKING, Observed
from exsim.journal.tape import Digest
from exsim.plugins import Catalogue
from exsim.services.observing import START, Watched, lively, seeded, step_for

INI = """
[exsim]
seed = 3

[rest]
listen = none

[venue:DAY]
pricing = walk

[pricing:walk]
source = random-walk

[bot:MAKERS]
kind = maker
levels = 3

[bot:CROWD]
kind = noise
rate = 3
clustering = 50%

[instrument:DAY:ZIG]
reference = 100

[instrument:DAY:ZAG]
reference = 40
"""


def watched(case: SynchronousTestCase, seed: int | None = None, pattern: str = "*") -> Watched:
    """The market of :data:`INI`, before its day."""
    path = Path(case.mktemp())
    path.write_text(INI)
    settings = load(str(path), [], Catalogue())
    if seed is not None:
        settings = seeded(settings, seed)
    return Watched(settings, Catalogue(), (pattern,))


def seen(case: SynchronousTestCase, seed: int | None = None, minutes: int = 3) -> Observed:
    """Some minutes of it."""
    market = watched(case, seed)
    market.run(minutes * MINUTE)
    return market.observed("DAY", "ZIG")


class ObservedTests(SynchronousTestCase):
    """What is seen."""

    def test_all(self) -> None:
        """A look at the book each second, prices of the source, trades and orders."""
        found = seen(self)
        self.assertEqual([row[0] for row in found.books], list(range(START, found.end + 1, SECOND)))
        self.assertEqual(found.end, START + 3 * MINUTE)
        self.assertEqual((found.source, found.tick, found.every), ("walk", 10**6, SECOND))
        last = found.books[-1]
        self.assertTrue(NOTHING < last[1] < last[3])
        self.assertGreater(min(last[2], last[4]), 0)
        self.assertGreater(len(found.prices), 20)
        self.assertGreater(len(found.trades), 20)
        kinds = {row[2] for row in found.orders}
        self.assertTrue(kinds >= {LIMIT, TAKING, CANCELED}, kinds)

    def test_trades(self) -> None:
        """All trades of the instrument, as the venue's tape has them."""
        market = watched(self)
        market.run(MINUTE)
        tape = market.exchange.dispatcher.venue("DAY").trades
        self.assertEqual(
            market.observed("DAY", "ZIG").trades,
            [(t.time, t.price, t.qty, t.taker_side) for t in tape if t.symbol == "ZIG"],
        )

    def test_same_day(self) -> None:
        """The same seed shows the same, another one something else."""
        self.assertEqual(seen(self), seen(self))
        self.assertNotEqual(seen(self), seen(self, 4))

    def test_unseen(self) -> None:
        """The journal of a day is the same to the byte whether it is observed or not."""
        digests = []
        for pattern in ("*", "NONE"):
            market, digest = watched(self, pattern=pattern), Digest()
            market.run(MINUTE)
            digest.add(list(market.exchange.journal.entries(0)))
            digests.append(digest.text())
        self.assertEqual(*digests)

    def test_observed_by_itself(self) -> None:
        """A venue that is observed while it runs is observed once here, with all that was seen."""
        path = Path(self.mktemp())
        path.write_text(INI.replace("[venue:DAY]", "[venue:DAY]\nobserve = *\nkeep_observed = 5"))
        settings = load(str(path), [], Catalogue())
        market = Watched(settings, Catalogue(), ("*",))
        market.run(MINUTE)
        self.assertIsNone(market.exchange.dispatcher.venue("DAY").observer)
        self.assertEqual(len(market.observed("DAY", "ZIG").books), 61)

    def test_bounded(self) -> None:
        """The newest are kept, of each instrument, and a reset forgets them."""
        market = watched(self)
        venue = market.exchange.dispatcher.venue("DAY")
        observer = Observer(venue, ("Z?G",), SECOND, 10)
        market._observers["DAY"] = observer
        market.run(MINUTE)
        found = market.observed("DAY", "ZIG")
        self.assertEqual([len(rows) for rows in (found.books, found.orders)], [10, 10])
        self.assertEqual(found.books[-1][0], found.end)
        observer.reset()
        self.assertEqual(observer.packed("ZIG", found.end).books, b"")

    def test_unknown(self) -> None:
        """Who asks for what there is not is told what there is."""
        error = self.assertRaises(NotFound, watched(self).observed, "DAY", "ZOG")
        self.assertEqual(str(error), "venue DAY has no instrument ZOG; there are: ZIG, ZAG")

    def test_lively(self) -> None:
        """Where nobody says which, the first instrument that has a price."""
        self.assertEqual(lively(watched(self).exchange.dispatcher.venue("DAY")), "ZIG")

    def test_step(self) -> None:
        """Looks are more seldom where there is more time to look at."""
        steps = [step_for(minutes * MINUTE) for minutes in (1, 60, 390, 6 * 390)]
        self.assertEqual(steps, [SECOND // 10, SECOND // 5, SECOND, 10 * SECOND])
