"""``follower``: prices of another venue as they are, late, strayed, locked, crossed or stale."""

from __future__ import annotations

import json
from itertools import pairwise
from math import sqrt
from pathlib import Path
from statistics import correlation, pstdev

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyClass, verifyObject

from exsim.bots.market import BUY, SELL, away
from exsim.config.load import load
from exsim.dispatch.leader import Leader
from exsim.errors import ConfigError
from exsim.interfaces import IFollowingSource, ILeader
from exsim.model.amounts import UNIT
from exsim.model.distance import Distance, distance, offset
from exsim.model.grid import Grid
from exsim.model.luck import Luck
from exsim.model.options import read_options
from exsim.model.relations import plan
from exsim.model.settings import Instrument
from exsim.plugins import Catalogue
from exsim.pricing.follower import Follower
from exsim.pricing.relation import meeting
from tests.again import check_again, keep
from tests.venues_case import VenuesCase

S = 1_000_000_000
FOLLOWER = """
[venue:Y]
pricing = like
[instrument:Y:AAA]
tick = 0.05
[instrument:Y:BBB]
[instrument:Y:CCC]
[pricing:like]
source = follower
leader = X
"""
WALK = FOLLOWER + "leader_source = walk\n[instrument:Y:WWW]\n"
MAKERS = "".join(
    f"[bot:M{venue}]\nkind = maker\nvenue = {venue}\nskew = 0\nspread = {{}}\nlevels = 2\n"
    for venue in "XY"
)


def ticks(price: str, other: str) -> int:
    """How many ticks a price is above another."""
    return round((float(price) - float(other)) * 100)


class FollowerTests(VenuesCase):
    """Prices by hand at X; Y follows."""

    def test_follows(self) -> None:
        """At first, and at each look, on its own ticks; what nobody has there has no price."""
        self.begin_with(FOLLOWER)
        self.assertEqual((self.price("Y"), self.price("Y", "CCC")), ("100", None))
        self.set_price("101.08")
        self.assertEqual(self.price("Y"), "100")
        self.advance("99ms")
        self.assertEqual(self.price("Y"), "100")
        self.advance("1ms")
        self.assertEqual(self.price("Y"), "101.1")
        told = self.get("/venues/Y/pricing/like")
        self.assertEqual((told["source"], told["relation"]), ("follower", "follow"))
        self.assertEqual(self.get("/venues/X/pricing/hands")["relation"], "")

    def test_lag(self) -> None:
        """As old as that, whichever venue's time goes on first, and however far."""
        for first in ("XY", "YX"):
            self.begin_with(FOLLOWER + "lag = 250ms\n")
            points = [{"price": f"10{n}", "after": f"{n}s"} for n in (1, 2, 3)]
            self.post("/prices/AAA/schedule?venue=X", {"points": points})
            if first == "XY":  # all that X did in four seconds, in order
                self.advance("4s", *first)
                times = ["30:01.300", "30:02.300", "30:03.300"]
                self.assertEqual(
                    self.history("Y"), list(zip(times, ("101", "102", "103"), strict=True))
                )
            else:  # the newest that is known
                for _ in range(4):
                    self.advance("1s", *first)
                    self.assertLess(float(self.price("Y") or 0), float(self.price("X") or 0) + 1)
            self.assertEqual(self.price("Y"), "103")
            self.memory.stop()

    def test_before_what_is_kept(self) -> None:
        """A lag longer than the changes that are kept has the oldest price that is known."""
        self.begin_with(FOLLOWER, keep=2)
        venue = self.memory.exchange.dispatcher.venue("X")
        begun = venue.time(0)
        for price in ("101", "102", "103", "104"):
            self.advance("1s", "X")
            self.set_price(price)
        found = [venue.prices.was("AAA", begun + n * UNIT * 10) for n in range(6)]
        self.assertEqual(
            [price and price // UNIT for price in found], [102, 102, 102, 103, 104, 104]
        )

    def test_map_offset(self) -> None:
        """Of another symbol, and so far above or below."""
        self.begin_with(FOLLOWER + "map = BBB=AAA\noffset = -2\n")
        self.advance("100ms")
        self.assertEqual((self.price("Y"), self.price("Y", "BBB")), ("49.9", None))
        self.assertEqual(self.change("like", offset="1%")["parameters"]["offset"], "1%")
        self.assertEqual(self.price("Y"), "50.5")
        self.ask("PATCH", "/venues/Y/pricing/like", {"parameters": {"leader": "Z"}}, 422)

    def test_leader_source(self) -> None:
        """What another source of that venue says is not followed."""
        self.begin_with(WALK)
        self.assertEqual((self.price("Y"), self.price("Y", "BBB")), (None, None))
        self.assertEqual(self.price("Y", "WWW"), "50")

    def test_relations(self) -> None:
        """Over REST: stale stands still until it follows again."""
        self.begin_with(FOLLOWER)
        self.change("like", relation="stale")
        self.set_price("105")
        self.advance("10s")
        self.assertEqual(self.price("Y"), "100")
        self.assertEqual(self.change("like", relation="follow")["relation"], "follow")
        self.assertEqual(self.price("Y"), "105")

    def test_plan(self) -> None:
        """Relations by time, since the start and since a plan was given; a reset begins anew."""
        self.begin_with(FOLLOWER + "plan = 1s stale, 1530ms follow\n")
        for turn in range(2):
            self.advance("1050ms")
            self.set_price("105")
            self.advance("450ms")
            self.assertEqual(self.price("Y"), "100")
            self.advance("30ms")
            self.assertEqual(self.history("Y"), [("30:01.530", "105")])
            if turn == 0:
                self.post("/reset", {})
        self.change("like", plan="1s crossed, 2s follow")
        self.advance("1s")
        told = self.get("/venues/Y/pricing/like")
        self.assertEqual((told["relation"], self.price("Y")), ("crossed", "105.2"))
        self.post("/reset", {})
        told = self.get("/venues/Y/pricing/like")
        self.assertEqual((told["relation"], self.price("Y")), ("follow", "100"))

    def test_refused(self) -> None:
        """Nobody sets its prices."""
        self.begin_with(FOLLOWER)
        told = self.ask("PUT", "/prices/AAA?venue=Y", {"price": "3"}, 409)["detail"]
        self.assertIn("follows that of venue X", told)

    def test_leader_gone(self) -> None:
        """Where the other venue is no more, prices stand still."""
        self.begin_with(FOLLOWER)
        self.ask("DELETE", "/venues/X", None, 204)
        self.advance("1s", "Y")
        self.assertEqual(self.price("Y"), "100")

    def test_made_venue(self) -> None:
        """A venue made over REST may have such a source, where clocks agree."""
        self.begin_with(FOLLOWER, "")
        self.post(
            "/venues", {"name": "Z", "pricing": "like", "instruments": [{"symbol": "AAA"}]}, 201
        )
        self.assertEqual(self.price("Z"), "100")
        self.ask("DELETE", "/venues/X", None, 204)
        why = self.post("/venues", {"name": "X", "pricing": "like"}, 409)["detail"]
        self.assertIn("X has this source itself", why)
        self.memory.stop()
        self.begin_with(FOLLOWER)
        why = self.post("/venues", {"name": "Z", "pricing": "like"}, 409)["detail"]
        self.assertIn("give both the same clock", why)


class QuoteTests(VenuesCase):
    """With makers at both venues: their books meet."""

    def check(self, relation: str, spread: str, apart: int, side: str = "above") -> None:
        """Bids of the one are so many ticks above offers of the other, at three prices."""
        keys = f"relation = {relation}\ncross = 3\nside = {side}\nspread = {spread}\n"
        ini = FOLLOWER.replace("tick = 0.05", "tick = 0.01")
        self.begin_with(ini + keys + MAKERS.format(spread, spread))
        for price in ("100", "100.01", "133.37"):
            self.set_price(price)
            self.advance("300ms", "X", "Y")
            (x_bid, x_ask), (y_bid, y_ask) = self.best("X"), self.best("Y")
            met = (y_bid, x_ask) if side == "above" else (x_bid, y_ask)
            self.assertEqual(ticks(*met), apart, (relation, spread, price, met))
        self.memory.stop()

    def test_locked(self) -> None:
        """The bid is the offer, however far these are apart."""
        for spread in ("4", "3", "1", "10bp", "7bp", "900bp"):
            for side in ("above", "below"):
                self.check("locked", spread, 0, side)

    def test_crossed(self) -> None:
        """It is so many ticks above."""
        for spread in ("4", "5", "9bp"):
            for side in ("above", "below"):
                self.check("crossed", spread, 3, side)

    def test_follow(self) -> None:
        """And they do not meet where they are to follow."""
        self.check("follow", "4", -4)


class MeetingTests(SynchronousTestCase):
    """Where prices are so that quotes meet."""

    @given(
        st.integers(1_000, 1_000_000),
        st.sampled_from((UNIT // 100, UNIT // 20, UNIT // 1000)),
        st.sampled_from((UNIT // 100, UNIT // 20)),
        st.one_of(
            st.integers(0, 4_000).map(lambda hundredths: Distance(hundredths * UNIT // 100, 0)),
            st.integers(1, 300).map(lambda points: Distance(0, points * UNIT)),
        ),
        st.integers(0, 20),
        st.booleans(),
    )
    def test_any(
        self, price: int, tick: int, other: int, spread: Distance, cross: int, up: bool
    ) -> None:
        """
        As makers quote, each price away from the other side: exactly, or where ticks differ or a
        spread is a part of the price the nearest beyond.
        """
        ours, there = Instrument("A", tick=tick), Instrument("A", tick=other)
        theirs = price * UNIT // 20
        worth = meeting(Grid(ours), there, theirs, spread, cross, up)
        side, across = (SELL, BUY) if up else (BUY, SELL)
        sign = 1 if up else -1
        quote = away(there, side, theirs + sign * (spread.of(there, theirs) // 2))

        def beyond(middle: int) -> int:
            met = away(ours, across, middle - sign * (spread.of(ours, middle) // 2))
            return sign * (met - quote) - cross * tick

        self.assertGreaterEqual(beyond(worth), 0)
        self.assertLess(beyond(worth - sign * tick), 0)
        if tick == other and (up or not spread.bps):
            self.assertEqual(beyond(worth), 0)


@implementer(ILeader)
class Scripted:
    """A venue whose instrument makes a random step each second."""

    venue = "X"

    def __init__(self, seed: int) -> None:
        self.luck = Luck(seed)
        self.now = 100 * UNIT

    def step(self) -> None:
        """The next price."""
        self.now += round(self.luck.normal() * UNIT / 10)

    def price(self, symbol: str, at: int) -> int | None:
        """The newest."""
        return self.now

    def instrument(self, symbol: str) -> Instrument | None:
        """It is not known here."""
        return None


class StrayTests(SynchronousTestCase):
    """Less than perfect correlation."""

    def lived(
        self, keys: dict[str, str], count: int, seed: int = 1
    ) -> tuple[list[int], list[int], Follower]:
        """Prices there and here, second by second."""
        values = read_options(Follower.options, {"leader": "X", "every": "1s", **keys})
        leader, follower = Scripted(3), Follower("like", values)
        verifyObject(ILeader, leader)
        follower.lead(ILeader(leader))
        follower.begin([Grid(Instrument("AAA"))], seed)
        follower.start(0)
        theirs, ours = [], []
        for second in range(1, count + 1):
            leader.step()
            ((_, price),) = follower.move(second * S)
            theirs.append(leader.now)
            ours.append(price)
        return theirs, ours, follower

    def test_correlation(self) -> None:
        """Of moves: what it is told to be, within 0.03."""
        for told in (0.95, 0.8, 0.4, 0.1):
            theirs, ours, _ = self.lived({"correlation": str(told), "half_life": "0s"}, 4000)
            found = correlation(
                [b - a for a, b in pairwise(theirs)], [b - a for a, b in pairwise(ours)]
            )
            self.assertLess(abs(found - told), 0.03)

    def test_comes_back(self) -> None:
        """
        How far it strays in the long run follows from the half-life, within a tenth; with none it
        strays as a random walk does.
        """
        keys = {"correlation": "50%", "half_life": "10s"}
        theirs, ours, _ = self.lived(keys, 20_000)
        strayed = [b - a for a, b in zip(theirs, ours, strict=True)]
        expected = UNIT / 10 * sqrt(3) / sqrt(1 - 0.5 ** (2 / 10))
        self.assertLess(abs(pstdev(strayed) / expected - 1), 0.1)
        theirs, ours, _ = self.lived({**keys, "half_life": "0s"}, 20_000)
        farthest = max(abs(b - a) for a, b in zip(theirs, ours, strict=True))
        self.assertGreater(farthest, 4 * expected)

    def test_seeds(self) -> None:
        """The same seed strays the same, another one does not; with 100% nothing does."""
        keys = {"correlation": "90%"}
        first = self.lived(keys, 50)[1]
        self.assertEqual(self.lived(keys, 50)[1], first)
        self.assertNotEqual(self.lived(keys, 50, 2)[1], first)
        theirs, ours, _ = self.lived({}, 50)
        self.assertEqual(theirs, ours)

    def test_taken_back(self) -> None:
        """Where it is to correlate entirely again, nothing is left of what it strayed."""
        theirs, ours, follower = self.lived({"correlation": "50%", "half_life": "0s"}, 50)
        self.assertNotEqual(theirs[-1], ours[-1])
        follower.change({"correlation": 1.0}, 51 * S)
        self.assertEqual(follower.price(Instrument("AAA"), 51 * S), theirs[-1])

    def test_snapshot(self) -> None:
        """It goes on from a state as it would have."""
        keys = {"correlation": "70%", "plan": "12s stale, 14s follow"}
        _, _, follower = self.lived(keys, 10)
        values = read_options(Follower.options, {"leader": "X", "every": "1s", **keys})
        other, leader = Follower("like", values), Scripted(9)
        for each in (follower, other):
            each.lead(ILeader(leader))
        other.begin([Grid(Instrument("AAA"))], 5)
        other.restore(json.loads(json.dumps(follower.state())))
        for second in range(11, 20):
            leader.step()
            self.assertEqual(other.move(second * S), follower.move(second * S))
            self.assertEqual(other.next_due(), follower.next_due())


class AgainTests(VenuesCase):
    """Its journal, and states in the midst, give all of it again."""

    def test_again(self) -> None:
        """With changes over REST, resets of each venue, makers, and a venue that goes."""
        more = "lag = 1300ms\ncorrelation = 80%\nplan = 8s crossed, 10s follow\n"
        self.begin_with(
            WALK + MAKERS.format(4, 4) + "[pricing:more]\nsource = follower\n"
            "leader = Y\n" + more + "[venue:Z]\npricing = more\n"
            "[instrument:Z:WWW]\n[bot:N]\nkind = noise\nvenue = Z\n"
        )
        kept = []
        for turn in range(4):
            self.advance("3700ms")
            kept.append(keep(self.memory.simulator))
            if turn == 1:
                self.change("more", "Z", relation="locked", offset="5")
            elif turn == 2:
                self.post("/reset", {"venue": "XYZ"[turn]})
        self.ask("DELETE", "/venues/X", None, 204)
        self.advance("2s")
        self.assertGreater(len(self.history("Y", "WWW")), 10)
        check_again(self, self.memory.simulator, self.settings, *kept)


class ConfigTests(SynchronousTestCase):
    """What is told where it cannot be."""

    def problems(self, ini: str, *overrides: str) -> list[str]:
        """What is wrong with an ini."""
        path = Path(self.mktemp())
        path.write_text("[rest]\nlisten = none\n" + ini, encoding="utf-8")
        try:
            load(str(path), overrides, Catalogue())
        except ConfigError as error:
            return [str(problem).replace(str(path), "") for problem in error.problems]
        return []

    def test_problems(self) -> None:
        """The line, what is wrong, and what would be right."""
        two = "[venue:X]\npricing = fixed\n[venue:Y]\npricing = f\n{}\n[pricing:f]\n"
        two += "source = follower\n"
        for more, clock, problem in (
            ("leader = X\n", "", ""),
            ("", "", ":8: [pricing:f] needs 'leader': "),
            ("leader = Z\n", "", ":10: [pricing:f] leader: there is no [venue:Z]; known: X, Y"),
            ("leader = Y\n", "", ":10: [pricing:f] leader: Y has this source itself"),
            (
                "leader = X\nleader_source = fixd\n",
                "",
                ":11: [pricing:f] leader_source: venue X has no pricing source 'fixd': did you",
            ),
            ("leader = X\n", "clock = manual", ":10: [pricing:f] leader: prices are followed by"),
            ("leader = X\nplan = 5m stal\n", "", ":11: [pricing:f] plan: '5m stal' is no time and"),
            ("leader = X\nmap = A=C, B=C\n", "", ":11: [pricing:f] map: one of our symbols"),
            ("leader = X\noffset = far\n", "", ":11: [pricing:f] offset: 'far' is neither"),
        ):
            found = self.problems(two.format(clock) + more)
            self.assertEqual(len(found), bool(problem), found)
            if problem:
                self.assertEqual(found[0][: len(problem)], problem)

    def test_processes(self) -> None:
        """All has to be in one process."""
        two = "[venue:X]\n[venue:Y]\npricing = f\n[pricing:f]\nsource = follower\nleader = X\n"
        (told,) = self.problems(two, "exsim.processes=venue")
        self.assertEqual(
            told,
            ":8: [pricing:f] leader: it looks at venue X, which processes = venue puts asunder: "
            "say processes = one, or have a source such as external-fix read its market data",
        )


class WordsTests(SynchronousTestCase):
    """Values of keys."""

    def test_offsets(self) -> None:
        """Ticks, hundredths of a per cent, per cent; a distance is never negative."""
        for text, found in (
            ("-2", Distance(-2 * UNIT, 0)),
            ("2.5bp", Distance(0, 250_000_000)),
            ("-0.1%", Distance(0, -10 * UNIT)),
        ):
            self.assertEqual(offset(text), found)
        self.assertEqual(distance("10bp"), Distance(0, 10 * UNIT))
        for text in ("-1", "-1bp", "x", "", "1 000"):
            self.assertRaises(ValueError, distance, text)
        self.assertRaises(ValueError, offset, "10 bps")

    def test_plans(self) -> None:
        """In order, times put together."""
        minute = 60 * S
        found = plan("5m stale, 5m30s follow,1h2m3s crossed")
        self.assertEqual([time for time, _ in found], [5 * minute, 5.5 * minute, 3723 * S])
        self.assertEqual(plan(""), ())
        for text in ("5m", "stale 5m", "5 stale", "m stale", "2m stale, 1m follow", "1m5 stale"):
            self.assertRaises(ValueError, plan, text)

    def test_interfaces(self) -> None:
        """What it says that it is."""
        verifyClass(IFollowingSource, Follower)
        verifyObject(ILeader, Leader({}, "X", ""))
