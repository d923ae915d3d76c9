"""Prices that come from outside, as they are told, and what is done when they do not come."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from exsim.interfaces import IFedSource, IStateful
from exsim.model.codes import Phase
from exsim.model.journal import EntryKind
from exsim.model.options import read_options
from exsim.pricing.external import External
from tests.again import check_again, keep
from tests.bot_day import BotDay
from tests.price_case import DeskCase

FEED = {"source": "external", "symbols": "AAA, BBB"}


class ExternalCase(DeskCase):
    """A venue whose prices are told over REST."""

    given: dict[str, str] = {}

    def setUp(self) -> None:
        """Start it."""
        self.sections = {"feed": {**FEED, **self.given}}
        super().setUp()

    def feed(self, symbol: str, **told: str) -> dict[str, Any]:
        """Tell of an instrument."""
        body = {"prices": [{"symbol": symbol, **told}]}
        found: dict[str, Any] = self.post("/venues/X/pricing/feed/feed", body)
        return found

    def link(self, link: str) -> dict[str, Any]:
        """Tell how the connection is."""
        found: dict[str, Any] = self.post("/venues/X/pricing/feed/feed", {"link": link})
        return found

    def source(self) -> dict[str, Any]:
        """What REST tells of it."""
        found: dict[str, Any] = self.get("/venues/X/pricing/feed")
        return found

    def phase(self, symbol: str = "AAA") -> Phase:
        """That of an instrument."""
        return self.memory.exchange.dispatcher.venues["X"].listings[symbol].phase


class ToldTests(ExternalCase):
    """What is told."""

    def test_interfaces(self) -> None:
        """It is what it says."""
        verifyClass(IFedSource, External)
        verifyClass(IStateful, External)
        verifyObject(IFedSource, External("p", read_options(External.options, {})))

    def test_prices(self) -> None:
        """The middle of bid and ask where both are known, else the last; what is left out stays."""
        self.assertIsNone(self.price("AAA"))
        for told, price in (
            ({"bid": "99"}, None),
            ({"last": "98"}, "98"),
            ({"ask": "101"}, "100"),
            ({"bid": "100"}, "100.5"),
            ({"last": "7"}, "100.5"),
            ({"ask": "100.01"}, "100.01"),  # 100.005, to the tick
        ):
            self.feed("AAA", **told)
            self.assertEqual(self.price("AAA"), price, told)
        self.feed("BBB", last="60")
        self.assertEqual(self.price("BBB"), "50.5")  # its band ends there
        self.feed("CCC", last="60")  # it is not for this source
        self.assertIsNone(self.price("CCC"))

    def test_journal(self) -> None:
        """What is told is a command, and the history says of which."""
        self.feed("AAA", last="98")
        entries = list(self.memory.exchange.journal.entries(0))
        (command,) = [each for each in entries if b"feed_source" in each.data]
        self.assertEqual(command.kind, EntryKind.COMMAND)
        changes = self.get("/prices/AAA/history")["changes"]
        self.assertEqual([each["seq"] for each in changes], [command.seq])

    def test_refused(self) -> None:
        """Nobody sets a price by hand, and none but such a source is fed."""
        problem = self.ask("PUT", "/prices/AAA", {"price": "5"}, 409)
        self.assertIn("told from outside: feed it", problem["detail"])
        problem = self.ask("PATCH", "/venues/X/pricing/feed", {"parameters": {"map": "X=AAA"}}, 422)
        self.assertIn("map: that is how feed begins", problem["detail"])

    def test_stopped(self) -> None:
        """Stopped it does not listen."""
        self.feed("AAA", last="98")
        self.post("/venues/X/pricing/feed/stop")
        self.feed("AAA", last="99")
        self.advance("1h")
        self.assertEqual((self.price("AAA"), self.source()["outages"]), ("98", []))
        self.post("/venues/X/pricing/feed/start")
        self.feed("AAA", last="99")
        self.assertEqual(self.price("AAA"), "99")


class MappedTests(ExternalCase):
    """Symbols of the feed."""

    given = {"map": "SPY=AAA", "price": "bid", "start": "reference"}

    def test_mapped(self) -> None:
        """They are ours here; others are passed over."""
        self.assertEqual((self.price("AAA"), self.price("BBB")), ("100", None))
        self.feed("SPY", bid="99", ask="101")
        self.feed("AAA", bid="7")
        self.assertEqual(self.price("AAA"), "99")


class HoldTests(ExternalCase):
    """Outages in which the price stays."""

    given = {"stale": "5s"}

    def test_stale(self) -> None:
        """One begins for each by itself, and ends with the next that is told."""
        self.feed("AAA", last="98")
        self.advance("3s")
        self.feed("BBB", last="50")
        self.assertEqual(self.source()["due"], "2026-01-05T09:30:05.000000000Z")
        self.advance("2s")
        self.assertEqual(self.source()["outages"], ["AAA"])
        self.advance("1h")
        self.assertEqual(self.source()["outages"], ["AAA", "BBB"])
        self.assertIsNone(self.source()["due"])
        self.assertEqual(self.price("AAA"), "98")
        self.feed("AAA", last="98")
        self.assertEqual(self.source()["outages"], ["BBB"])

    def test_fresh(self) -> None:
        """Each time that it is told, even the same, it is fresh for as long again."""
        for _ in range(4):
            self.feed("AAA", last="98")
            self.advance("3s")
        self.assertEqual(self.source()["outages"], [])
        self.assertEqual(self.source()["due"], "2026-01-05T09:30:14.000000000Z")

    def test_lost(self) -> None:
        """One of all begins when the connection is lost; it is no end that it is back."""
        self.feed("AAA", last="98")
        told = self.link("down")
        self.assertEqual((told["link"], told["outages"]), ("down", ["AAA", "BBB"]))
        told = self.link("up")
        self.assertEqual((told["link"], told["outages"]), ("up", ["AAA", "BBB"]))
        self.assertEqual(self.feed("AAA", last="97")["outages"], ["BBB"])


class WithdrawTests(ExternalCase):
    """Outages in which there is no price."""

    given = {"stale": "5s", "outage": "withdraw"}

    def test_withdrawn(self) -> None:
        """There is one again with the next that is told, even the same."""
        self.feed("AAA", last="98")
        self.advance("5s")
        self.assertIsNone(self.price("AAA"))
        self.feed("AAA", last="98")
        self.assertEqual(self.price("AAA"), "98")


class HaltTests(ExternalCase):
    """Outages in which trading halts."""

    given = {"stale": "5s", "outage": "halt"}

    def test_halted(self) -> None:
        """It goes on with the next that is told, unless somebody thought otherwise."""
        self.feed("AAA", last="98")
        self.advance("5s")
        self.assertEqual((self.phase(), self.phase("BBB")), (Phase.HALT, Phase.CONTINUOUS))
        self.feed("AAA", last="97")
        self.assertEqual(self.phase(), Phase.CONTINUOUS)
        self.advance("5s")
        body = {"phase": "intraday-auction"}
        self.ask("PUT", "/venues/X/instruments/AAA/phase", body)
        self.feed("AAA", last="98")
        self.assertEqual(self.phase(), Phase.INTRADAY_AUCTION)

    def test_again(self) -> None:
        """The same from the journal alone, and from states in the midst of it."""
        self.feed("AAA", last="98")
        kept = [keep(self.memory.simulator)]
        self.advance("6s")
        kept.append(keep(self.memory.simulator))
        self.feed("AAA", last="97")
        self.link("down")
        self.advance("10s")
        check_again(self, self.memory.simulator, self.settings, *kept)


MAKER = """
[pricing:feed]
source = external
stale = 5s
outage = {outage}
widen = 3

[bot:MM]
kind = maker
symbols = ZIG
spread = 4
skew = 0
"""


class MakerTests(SynchronousTestCase):
    """What makers do in an outage."""

    def day(self, outage: str) -> BotDay:
        """A maker's, with an outage of that policy."""
        return BotDay(self, MAKER.format(outage=outage), pricing="feed")

    def quotes(self, day: BotDay) -> list[str]:
        """Its prices."""
        return [str(order.price // 10**6) for order in day.desk("MM").open_orders("ZIG")]

    def feed(self, day: BotDay) -> None:
        """Tell the price."""
        day.rest("feed_source", {"prices": [{"symbol": "ZIG", "last": "100"}]}, name="feed")
        day.go("100ms")

    def test_outages(self) -> None:
        """It quotes as before, wider, or nothing; and as before when it is over."""
        for outage, expected in (
            ("hold", ["10002", "9998"]),
            ("widen", ["10006", "9994"]),
            ("withdraw", []),
        ):
            day = self.day(outage)
            self.feed(day)
            self.assertEqual(sorted(self.quotes(day)), ["10002", "9998"])
            day.go("5s")
            self.assertEqual(sorted(self.quotes(day)), expected, outage)
            self.feed(day)
            self.assertEqual(sorted(self.quotes(day)), ["10002", "9998"])
