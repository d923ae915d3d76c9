"""``etc/scenarios/``: each does what its first line says, by a clock that is moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.dispatch.bot_desk import BotDesk
from exsim.facts.observed import NOTHING, Observed
from exsim.model.settings import Settings
from exsim.plugins import Catalogue
from exsim.services.observing import Watched
from tests.amount import whole_only
from tools.scenarios import FOLDER, LENGTHS, RST

S = 1_000_000_000
TICK = 1_000_000
Book = tuple[int, int, int, int, int]


def both(book: Book) -> bool:
    """Whether a book has bids and offers."""
    return book[1] != NOTHING and book[3] != NOTHING


@cache
def passed(name: str, seconds: int, every: int) -> tuple[Settings, Watched]:
    """A scenario that went by, for all tests that look at it."""
    settings = load(str(FOLDER / f"{name}.ini"), [], Catalogue())
    watched = Watched(settings, Catalogue(), ("*",), every)
    watched.run(seconds * S)
    return settings, watched


class ScenarioCase(SynchronousTestCase):
    """One scenario, watched."""

    name: str
    seconds: int
    every = S // 10

    def setUp(self) -> None:
        """Have it passed."""
        self.settings, self.watched = passed(self.name, self.seconds, self.every)
        self.seen = self.of("XSIM")
        self.assertEqual([one.refused for one in self.desks()], [0] * len(self.settings.bots))

    def of(self, venue: str, symbol: str = "ACME") -> Observed:
        """What was seen."""
        return self.watched.observed(venue, symbol)

    def desks(self) -> list[BotDesk]:
        """Where bots trade."""
        venues = self.watched.exchange.dispatcher.venues.values()
        return [desk for one in venues if one.bots for desk in one.bots.desks.values()]

    def trades(self, begin: float, end: float) -> list[tuple[int, int, int, int]]:
        """Trades from one second to another."""
        since = self.seen.begin
        return [row for row in self.seen.trades if begin * S <= row[0] - since < end * S]

    def volume(self, begin: float, end: float) -> int:
        """How much traded from one second to another."""
        return sum(row[2] for row in self.trades(begin, end))

    def auction(self, second: float) -> list[tuple[int, int, int, int]]:
        """The trades of an auction that ends at a second: all are at one price."""
        time = self.seen.begin + int(second * S)
        found = [row for row in self.seen.trades if row[0] == time]
        self.assertEqual(len({row[1] for row in found}), 1)
        return found

    def books(self, begin: float, end: float, venue: str = "XSIM") -> list[Book]:
        """Looks at the book from one second to another."""
        seen = self.of(venue)
        return [row for row in seen.books if begin * S <= row[0] - seen.begin < end * S]

    def share(self, books: Sequence[Book], holds: Callable[[Book], bool]) -> float:
        """In how many of these looks something holds."""
        self.assertGreater(len(books), 0)
        return sum(map(holds, books)) / len(books)

    def worth(self, second: float) -> int:
        """What it was worth at a time."""
        until = self.seen.begin + int(second * S)
        return [price for time, price in self.seen.prices if time <= until][-1]


@whole_only
class NormalDayTests(ScenarioCase):
    """Two auctions with a day between them."""

    name, seconds, every = "normal-day", 31_800, 30 * S

    def test_day(self) -> None:
        """It trades all day, each auction at one price, and in between with a spread of ticks."""
        opening, closing = 900, 31_500
        self.assertEqual(self.trades(0, opening), [])
        most = max(
            self.volume(begin, begin + 300) for begin in range(opening + 1, closing - 300, 300)
        )
        for end in (opening, closing):
            self.auction(end)
            self.assertGreater(self.volume(end, end + 1), most)
        self.assertEqual(self.trades(closing - 300, closing), [])
        for hour in range(8):
            begin = opening + 3600 * hour
            self.assertGreater(len(self.trades(begin, begin + 3600)), 50, hour)
        books = self.books(opening + 60, closing - 300)
        self.assertGreater(self.share(books, both), 0.95)
        apart = sorted((row[3] - row[1]) // TICK for row in books if both(row))
        self.assertIn(apart[len(apart) // 2], range(1, 6))
        moved = max(row[1] for row in self.seen.trades) / min(row[1] for row in self.seen.trades)
        self.assertLess(moved, 1.1)


class OpeningAuctionTests(ScenarioCase):
    """Half a minute before the open, half a minute of auction, and a minute after it."""

    name, seconds = "opening-auction", 120

    def test_opening(self) -> None:
        """Nothing trades before; then a lot at one price, near what it is worth by then."""
        self.assertEqual(self.trades(0, 60), [])
        crossed = self.share(self.books(30, 60), lambda row: both(row) and row[1] >= row[3])
        self.assertGreater(crossed, 0.9)
        opened = self.auction(60)
        price = opened[0][1]
        self.assertGreater(self.volume(60, 60.001), 2_000 * 10**8)
        self.assertLess(abs(price / self.worth(60) - 1), 0.005)
        self.assertGreater(price, 1.02 * self.seen.prices[0][1])
        after = self.books(62, 120)
        self.assertGreater(self.share(after, lambda row: both(row) and row[1] < row[3]), 0.95)
        self.assertGreater(len(self.trades(62, 120)), 30)


class FlashCrashTests(ScenarioCase):
    """It begins at 30 s."""

    name, seconds = "flash-crash", 130

    def test_crash(self) -> None:
        """Trades fall by 7 % or more within 20 s; three quarters come back within a minute."""
        before = self.trades(0, 30)[-1][1]
        low = min(row[1] for row in self.trades(30, 50))
        self.assertLess(low, 0.93 * before)
        self.assertGreater(low, 0.88 * before)
        after = self.trades(100, 110)[-1][1]
        self.assertGreater((after - low) / (before - low), 0.75)

    def test_liquidity(self) -> None:
        """Meanwhile the spread is several times as wide, and there is hardly any depth."""
        spreads, depths = [], []
        for begin, end in ((5, 29), (31, 55), (100, 130)):
            books = [row for row in self.books(begin, end) if both(row)]
            spreads.append(sum(row[3] - row[1] for row in books) / len(books))
            depths.append(sum(row[2] + row[4] for row in books) / len(books))
        self.assertGreater(spreads[1], 3 * max(spreads[0], spreads[2]))
        self.assertLess(depths[1], min(depths[0], depths[2]) / 4)


class HaltTests(ScenarioCase):
    """A halt at 30 s, an auction at 60 s, and on at 90 s."""

    name, seconds = "halt-and-reopen", 130

    def test_halt(self) -> None:
        """Nothing trades meanwhile; it opens at one price, as far below as the news was bad."""
        before = self.trades(0, 30)[-1][1]
        self.assertEqual(self.trades(30, 90), [])
        halted = self.books(31, 59)
        self.assertEqual({row[1:] for row in halted}, {halted[0][1:]})
        opened = self.auction(90)
        price = opened[0][1]
        self.assertGreater(self.volume(90, 90.001), 300 * 10**8)
        self.assertIn(round(1000 * (price / before - 1)), range(-70, -49))
        self.assertGreater(len(self.trades(92, 130)), 20)


class GapTests(ScenarioCase):
    """From Monday 15:00 to Tuesday 11:00."""

    name, seconds, every = "gap-overnight", 20 * 3600, 60 * S

    def test_gap(self) -> None:
        """Prices stand still at night, and open elsewhere; so the opening auction trades there."""
        closed, woken, opened = 9_000, 17 * 3600, 18 * 3600
        for symbol in ("ACME", "GIZMO"):
            self.seen = self.of("XSIM", symbol)
            self.assertEqual(self.worth(closed + 60), self.worth(woken - 1))
            self.assertGreater(abs(self.worth(woken + 1) / self.worth(woken - 1) - 1), 0.015)
            last = self.trades(0, closed)[-1][1]
            self.assertEqual(self.trades(closed, opened), [])
            first = self.auction(opened)[0][1]
            self.assertGreater(abs(first / last - 1), 0.01)
            self.assertLess(abs(first / self.worth(opened) - 1), 0.01)


@whole_only
class FastMarketTests(ScenarioCase):
    """Calm until 10 s, then a storm."""

    name, seconds = "fast-market", 13

    def test_fast(self) -> None:
        """More than 5,000 orders, cancels and replaces are done in each second of the storm."""
        rows = [row for name in ("ACME", "GIZMO") for row in self.of("XSIM", name).orders]
        begin = self.seen.begin
        for second in (10, 11, 12):
            count = sum(second <= (row[0] - begin) / S < second + 1 for row in rows)
            self.assertGreater(count, 5_000, second)
        calm = sum((row[0] - begin) / S < 10 for row in rows)
        self.assertLess(calm, 5_000)
        self.assertGreater(len(self.trades(10, 13)), 50)


class OneSidedTests(ScenarioCase):
    """The sellers are away from 30 s to 75 s."""

    name, seconds = "one-sided", 120

    def test_one_side(self) -> None:
        """For 45 s there is not one offer, and bids all the time, ever higher ones."""
        books = self.books(30.1, 75)
        self.assertEqual({row[3] for row in books}, {NOTHING})
        self.assertNotIn(NOTHING, [row[1] for row in books])
        self.assertGreater(books[-1][1], 1.04 * books[0][1])
        self.assertEqual(self.trades(30.1, 75), [])
        for begin, end in ((2, 30), (77, 120)):
            self.assertGreater(self.share(self.books(begin, end), both), 0.95)
            self.assertGreater(len(self.trades(begin, end)), 20)


class CrossedVenuesTests(ScenarioCase):
    """Another relation of the two venues each 20 s."""

    name, seconds = "crossed-venues", 100

    def test_relations(self) -> None:
        """They agree, lock, cross; one stands still while the other moves; they agree again."""
        for begin in (2, 82):
            self.assertLess(max(self.apart(begin)), 0)
        locked, crossed = self.apart(22), self.apart(42)
        self.assertGreater(sum(each == 0 for each in locked) / len(locked), 0.5)
        self.assertGreater(sum(each > 0 for each in crossed) / len(crossed), 0.95)

    def apart(self, begin: int) -> list[int]:
        """How far YSIM's bid was above XSIM's offer in the 17 s from then on, in ticks."""
        x, y = (self.books(begin, begin + 17, venue) for venue in ("XSIM", "YSIM"))
        pairs = zip(x, y, strict=True)
        found = [(one[1] - other[3]) // TICK for other, one in pairs if both(one) and both(other)]
        self.assertGreater(len(found), 0.95 * len(x))
        return found

    def test_stale(self) -> None:
        """YSIM does not follow the news, until it does."""
        y = self.of("YSIM")
        moves = [(time - y.begin) / S for time, _ in y.prices]
        self.assertEqual([time for time in moves if 60.2 < time < 80], [])
        self.assertGreater(self.worth(79) / self.worth(62), 1.002)


class PackTests(SynchronousTestCase):
    """All of them."""

    def test_told(self) -> None:
        """Each begins with what it is and how to run it, is on the page, and has a picture."""
        page = RST.read_text(encoding="utf-8")
        names = sorted(path.stem for path in FOLDER.glob("*.ini"))
        self.assertEqual(sorted(LENGTHS), names)
        for name in names:
            text = (FOLDER / f"{name}.ini").read_text(encoding="utf-8")
            run = f"exsim run -c etc/scenarios/{name}.ini"
            self.assertRegex(text, rf"^# .*\.\n(# .*\n)?#\n#   {run}\n#\n")
            self.assertIn(f"    {run}\n", page)
            self.assertIn(f".. image:: scenario-{name}.png\n", page)
            picture = RST.parent / f"scenario-{name}.png"
            self.assertLess(picture.stat().st_size, 150_000, picture)

    def test_soon(self) -> None:
        """By their own clocks all is over in two and a half minutes; nothing is for REST alone."""
        for name, minutes in LENGTHS.items():
            settings = load(str(FOLDER / f"{name}.ini"), [], Catalogue())
            for venue in settings.venues:
                day = venue.day
                self.assertEqual(day.clock, "scaled", name)
                self.assertLess(minutes * 60 / (day.clock_scale / 10**8), 150, name)
            for endpoint in settings.endpoints:
                self.assertIn("interface=127.0.0.1", endpoint.listen)
