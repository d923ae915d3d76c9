"""The pricing sources of a venue: who prices what, over REST, in the journal, and again."""

from __future__ import annotations

from itertools import pairwise

from exsim.model.journal import EntryKind
from exsim.plugins import Catalogue
from tests.again import check_again, keep
from tests.price_case import WALK, DeskCase, settings


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
                "relation": "",
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
