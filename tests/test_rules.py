"""Rules made at run time: when a request comes that fits, these steps are taken."""

from __future__ import annotations

import json
from typing import Any

from msgspec.msgpack import decode, encode
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.dispatch.rulebook import Rulebook
from exsim.dispatch.subject import Subject
from exsim.model.journal import EntryKind
from exsim.model.messages import Description
from exsim.model.rules import Rule, parse_steps
from exsim.plugins import Catalogue
from exsim.services.state import capture, restore
from tests.personality import DAY, Floor
from tests.simulator import LinePlugins, MemorySimulator, RestTestCase, settings
from tests.test_behaviours import READY

NEW = "NEW {} BUY {} AAA 10"


class RulesCase(RestTestCase):
    """Sessions A and B, and rules."""

    def setUp(self) -> None:
        """Both are logged in."""
        super().setUp()
        self.a = self.memory.login("A")
        self.b = self.memory.login("B")

    def rule(self, then: Any = "", status: int = 201, **more: Any) -> Any:
        """Make a rule."""
        return self.post("/rules", {"then": then, **more}, status)

    def new(self, name: str, qty: int = 100) -> list[str]:
        """Enter an order; what A hears at once."""
        return self.a.send(NEW.format(name, qty))

    def advance(self, seconds: float) -> list[str]:
        """Let real time pass; what A hears."""
        self.memory.reactor.advance(seconds)
        return self.a.read()

    def notes(self) -> list[dict[str, Any]]:
        """What rules noted in the journal."""
        entries = self.memory.exchange.journal.entries(0)
        return [json.loads(each.data) for each in entries if each.kind == EntryKind.NOTE]

    def book(self) -> Rulebook:
        """The rules of the venue."""
        book = self.memory.exchange.dispatcher.venue("X").rulebook
        assert book is not None
        return book

    def orders(self) -> list[tuple[str, str, str]]:
        """The orders there are: status, cum, leaves."""
        items = self.get("/venues/X/orders?status=any")["items"]
        return [(each["status"], each["cum_quantity"], each["leaves_quantity"]) for each in items]


class FirstTests(RulesCase):
    """The whole way."""

    def test_ack_and_fill(self) -> None:
        """Steps are taken in order, the rest stays open off the book."""
        made = self.rule("ack; fill 30 @ 9.5", when="1=NEW", name="r")
        self.assertEqual((made["hits"], made["then"]), (0, "ack; fill 30 @ 9.5"))
        self.assertEqual(self.new("1"), ["new 1 100", "fill 1 70 30@9.5"])
        self.assertEqual(self.orders(), [("PARTIALLY_FILLED", "30", "70")])
        self.assertEqual(self.get("/rules/r")["hits"], 1)
        self.assertEqual(self.get("/venues/X/books/AAA")["bids"], [])
        (note,) = self.notes()
        self.assertEqual((note["rule"], note["did"], note["cl_ord_id"]), ("r", "fired", "1"))


class OrderTests(RulesCase):
    """Which rule is asked, and when."""

    def test_by_priority_then_age(self) -> None:
        """The higher priority first, then the older; the first that fires decides."""
        self.rule("reject OTHER late", when="1=NEW", name="second")
        self.rule("reject OTHER last", when="1=NEW", name="third")
        self.rule("ack", when="1=NEW", name="first", priority=1, times=1)
        names = [each["name"] for each in self.get("/rules")["items"]]
        self.assertEqual(names, ["first", "second", "third"])
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.assertEqual(self.new("2"), ["rejected 2 0"])
        hits = {each["name"]: (each["hits"], each["left"]) for each in self.get("/rules")["items"]}
        self.assertEqual(hits, {"first": (1, 0), "second": (1, None), "third": (0, None)})

    def test_counts_only(self) -> None:
        """A rule without steps counts, and the next is asked."""
        self.rule(when="1=NEW", name="count", priority=9)
        self.rule("ack; fill", when="1=NEW")
        self.assertEqual(self.new("1"), ["new 1 100", "fill 1 0 100@10"])
        self.assertEqual(self.get("/rules/count")["hits"], 1)

    def test_other_requests_go_on(self) -> None:
        """What fits no rule is the policies' and the book's."""
        self.rule("drop", when="1=NEW session=B")
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.assertEqual(self.b.send(NEW.format("1", 5)), [])
        self.assertEqual(self.get("/venues/X/books/AAA")["bids"][0]["quantity"], "100")

    def test_disabled_and_deleted(self) -> None:
        """One that is switched off is not asked, one that is deleted is not there."""
        self.rule("drop", name="r")
        self.post("/rules/r/disable")
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.post("/rules/r/enable")
        self.assertEqual(self.new("2"), [])
        self.ask("DELETE", "/rules/r", None, 204)
        self.assertEqual(self.new("3"), ["new 3 100"])
        self.get("/rules/r", 404)

    def test_names(self) -> None:
        """A rule without a name gets one; a name is there once."""
        self.assertEqual(self.rule("ack")["name"], "rule-1")
        self.rule("ack", name="rule-3")
        self.assertEqual(self.rule("ack")["name"], "rule-4")
        problem = self.rule("ack", 409, name="rule-3")
        self.assertIn("delete it, or name this another", problem["detail"])

    def test_cleared(self) -> None:
        """All at once, with what they began."""
        self.rule("ack; after 500ms; fill")
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.assertEqual(self.ask("DELETE", "/rules"), {"cleared": 1})
        self.assertEqual(self.advance(0.9), [])
        self.assertEqual(self.new("2"), ["new 2 100"])

    def test_probability(self) -> None:
        """Chance is fixed by the seed, and drawn for what fits alone."""
        found = []
        for _ in range(2):
            self.rule("reject", when="1=NEW", probability="50%", seed=7, name="r")
            answers = ""
            for number in range(40):
                answers += self.new(f"{number}", 1)[0][0]
                self.b.send("SAY hello")
            told = self.get("/rules/r")
            self.assertEqual(
                (told["hits"], told["passed"]), (answers.count("r"), answers.count("n"))
            )
            found.append(answers)
            self.post("/reset")
            self.a, self.b = self.memory.login("A"), self.memory.login("B")
        self.assertEqual(found[0], found[1])
        self.assertTrue(10 < found[0].count("r") < 30, found[0])

    def test_scenario(self) -> None:
        """A state machine says which rule fires, and goes on with that."""
        self.rule("ack", when="1=NEW", scenario="day", state="start", becomes="busy")
        self.rule("reject", when="1=NEW", scenario="day", state="busy", becomes="over")
        self.assertEqual(self.get("/scenarios/day")["states"], ["start", "busy", "over"])
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.assertEqual(self.get("/scenarios")["items"][0]["state"], "busy")
        self.assertEqual(self.new("2"), ["rejected 2 0"])
        self.ask("PUT", "/scenarios/day", {"state": "busy"})
        self.assertEqual(self.new("3"), ["rejected 3 0"])
        self.ask("DELETE", "/scenarios/day", None, 204)
        self.assertEqual(self.get("/scenarios/day")["state"], "start")
        self.ask("DELETE", "/scenarios", None, 204)
        self.get("/scenarios/none", 404)

    def test_refused(self) -> None:
        """What makes no sense is refused, and the text says what would be right."""
        for more, text in (
            ({"then": "fil 5"}, "did you mean 'fill'"),
            ({"then": [{"do": "fill", "after": "1s"}]}, "either"),
            ({"then": "hold; ack"}, "nothing can follow hold"),
            ({"then": "fill", "when": "type=F"}, "order fill"),
            ({"then": "ack; pending", "when": "type=H"}, "only new, cancel and replace"),
            ({"then": "ack", "becomes": "x"}, "name it"),
            ({"then": "ack", "probability": "200%"}, "0.25"),
        ):
            self.assertIn(text, self.rule(status=422, **more)["detail"])
        self.assertEqual(self.get("/rules")["items"], [])
        self.rule("order fill", when="type=F")


class TimeTests(RulesCase):
    """Steps that wait."""

    def test_market_clock(self) -> None:
        """By default a time is the market's, and advancing it is enough."""
        self.ask("PUT", "/venues/X/clock", {"mode": "manual"})
        self.rule("ack; after 5m; fill 30; after 1m; cancel", when="1=NEW")
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.post("/venues/X/clock/advance", {"by": "4m"})
        self.assertEqual(self.a.read(), [])
        self.post("/venues/X/clock/advance", {"by": "2m"})
        self.assertEqual(self.a.read(), ["fill 1 70 30@10", "canceled 1 0"])
        self.assertEqual([each["did"] for each in self.notes()], ["fired", "went on", "went on"])

    def test_session_clock(self) -> None:
        """By the session's clock it is real time, wherever the market stands."""
        self.ask("PUT", "/venues/X/clock", {"mode": "manual"})
        self.rule("ack; after 500ms session; fill", when="1=NEW")
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.post("/venues/X/clock/advance", {"by": "1h"})
        self.assertEqual(self.a.read(), [])
        self.assertEqual(self.advance(0.6), ["fill 1 0 100@10"])

    def test_session_clock_after_the_market(self) -> None:
        """It counts from the real time at which the market's clock was moved to what was due."""
        self.ask("PUT", "/venues/X/clock", {"mode": "manual"})
        self.rule("ack; after 5m; fill 1; after 500ms session; fill 2", when="1=NEW")
        self.new("1")
        self.post("/venues/X/clock/advance", {"by": "5m"})
        self.assertEqual(self.a.read(), ["fill 1 99 1@10"])
        self.assertEqual(self.advance(0.4), [])
        self.assertEqual(self.advance(0.2), ["fill 1 97 2@10"])

    def test_both_in_order(self) -> None:
        """What is due first is done first, whichever clock it goes by."""
        self.rule("ack; after 300ms session; fill 1; after 300ms; fill 2", when="1=NEW")
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.rule("ack; after 450ms; fill 3", when="1=NEW", priority=2)
        self.assertEqual(self.new("2"), ["new 2 100"])
        self.assertEqual(self.advance(0.9), ["fill 1 99 1@10", "fill 2 97 3@10", "fill 1 97 2@10"])

    def test_at_the_same_time(self) -> None:
        """What the market has due goes first."""
        self.rule("ack; after 300ms session; fill 1", when="1=NEW", times=1)
        self.rule("ack; after 300ms; fill 2", when="1=NEW")
        self.new("1")
        self.new("2")
        self.assertEqual(self.advance(0.4), ["fill 2 98 2@10", "fill 1 99 1@10"])

    def test_one_after_another(self) -> None:
        """A time counts from when the one before it was over, not from when that was seen."""
        self.rule("ack; after 300ms session; fill 1; after 300ms session; fill 2", when="1=NEW")
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.assertEqual(self.advance(0.7), ["fill 1 99 1@10", "fill 1 97 2@10"])

    def test_a_delay(self) -> None:
        """A rule of nothing but a time lets the request go on with the policies after it."""
        self.rule("after 500ms", when="1=NEW")
        self.assertEqual(self.new("1"), [])
        self.assertEqual(self.advance(0.6), ["new 1 100"])
        self.assertEqual(self.get("/venues/X/books/AAA")["bids"][0]["quantity"], "100")

    def test_canceled_meanwhile(self) -> None:
        """A step that comes too late is logged, and changes nothing."""
        self.rule("ack; after 500ms; fill", when="1=NEW", name="late")
        self.new("1")
        self.assertEqual(self.a.send("CANCEL 2 1"), ["canceled 2 0"])
        self.assertEqual(self.advance(0.6), [])
        failed = self.notes()[-1]
        self.assertEqual((failed["did"], failed["rule"]), ("failed", "late"))
        self.assertIn("not open", failed["why"])

    def test_reset(self) -> None:
        """A reset forgets rules, scenarios and what was under way."""
        self.rule("ack; after 500ms session; fill", when="1=NEW", scenario="s")
        self.new("1")
        self.post("/reset", {"sessions": "keep"})
        self.assertEqual(self.get("/rules")["items"], [])
        self.assertEqual(self.get("/scenarios")["items"], [])
        self.assertEqual(self.advance(0.6), [])
        self.assertEqual(self.new("1"), ["new 1 100"])


class StepTests(RulesCase):
    """What steps do to requests."""

    def test_templates(self) -> None:
        """Fields of the request, the order's numbers, and what is made up."""
        self.rule('ack; fill {4}; reply a={2}/{order_id} b="{exec_id} {hit}"', when="1=NEW")
        self.assertEqual(self.new("1", 7), ["new 1 7", "fill 1 0 7@10", "1/1 2 1"])
        self.assertEqual(self.new("2", 7)[-1], "2/2 4 2")

    def test_shares(self) -> None:
        """They are rounded down to the lot, but are never nothing."""
        self.rule("ack; fill 50%; fill 1%", when="1=NEW")
        self.assertEqual(self.new("1", 7), ["new 1 7", "fill 1 4 3@10", "fill 1 3 1@10"])

    def test_uuid(self) -> None:
        """It is the same again by the same seed."""
        found = []
        for _ in range(2):
            self.rule("reply a={uuid} b={uuid}", when="1=NEW", seed=3)
            found.append(self.new("1")[0])
            self.post("/reset")
            self.a = self.memory.login("A")
        self.assertEqual(found[0], found[1])
        one, other = found[0].split()
        self.assertNotEqual(one, other)
        self.assertEqual(len(one), 32)

    def test_a_template_of_nothing(self) -> None:
        """What is not in the request stands for nothing: the rule fails, and says so."""
        self.rule("ack; fill {99}", when="1=NEW")
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.assertIn("{99} stands for nothing", self.notes()[-1]["why"])

    def test_hold(self) -> None:
        """A rule can leave it to a person."""
        self.rule("hold", when="1=NEW")
        self.assertEqual(self.new("1"), [])
        (hold,) = self.get("/holds")["items"]
        self.assertEqual(hold["policy"], "rule-1")
        self.post("/holds/1/release")
        self.assertEqual(self.a.read(), ["new 1 100"])

    def test_crossing_a_cancel(self) -> None:
        """Of a cancel, the order that it names can be filled before it is refused."""
        self.new("1")
        self.rule("order fill 40; after 100ms; order fill rest; reject TOO_LATE", when="1=CANCEL")
        self.assertEqual(self.a.send("CANCEL 2 1"), ["fill 1 60 40@10"])
        told = ["fill 1 0 60@10", "refused too late: the order is no longer open"]
        self.assertEqual(self.advance(0.2), told)

    def test_a_fill_of_a_cancel_fails(self) -> None:
        """Where the filter did not tell, it comes out later; answered as on_error says."""
        self.new("1")
        self.rule("fill", when="2=2")
        self.assertEqual(self.a.send("CANCEL 2 1"), ["refused other"])
        self.assertIn("order fill", self.notes()[-1]["why"])

    def test_fill_before_ack(self) -> None:
        """A lie tells it early, and its truth comes silently."""
        self.rule("fill 20 force; ack; fill 20 silent", when="1=NEW")
        self.assertEqual(self.new("1"), ["fill 1 80 20@10", "new 1 100"])
        self.assertEqual(self.orders(), [("PARTIALLY_FILLED", "20", "80")])

    def test_late_ack_of_what_was_replaced(self) -> None:
        """It acknowledges the order that was sent, by its name and quantity."""
        self.rule("ack silent; after 1s; ack force", when="1=NEW")
        self.assertEqual(self.new("1"), [])
        self.post("/venues/X/orders/1/replace", {"quantity": "120"})
        self.assertEqual(self.a.read(), ["restated 1 120"])
        self.assertEqual(self.advance(1.1)[0], "new 1 100")

    def test_lies_decide_nothing(self) -> None:
        """After a lie alone the request goes on, under the OrderID that was told."""
        self.rule("ack force", when="1=NEW")
        self.assertEqual(self.new("1"), ["new 1 100", "new 1 100"])
        self.assertEqual(len(self.orders()), 1)

    def test_lies_and_dropped(self) -> None:
        """An ack of what is dropped then: no order is there."""
        self.rule("ack force; drop", when="1=NEW")
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.assertEqual(self.orders(), [])

    def test_overfill_and_twice(self) -> None:
        """More than was ordered, and an ExecID that comes twice."""
        self.rule("fill; fill 50 @ 9 force report_id={exec_id}", when="1=NEW")
        self.assertEqual(self.new("1"), ["new 1 100", "fill 1 0 100@10", "fill 1 0 50@9"])
        self.assertEqual(self.orders(), [("FILLED", "100", "0")])

    def test_pending_then_matched(self) -> None:
        """An order that was told to be pending goes into the book under its OrderID."""
        self.rule("pending; match", when="1=NEW")
        self.assertEqual(self.new("1"), ["pending_new 1 100", "new 1 100"])
        self.assertEqual(len(self.orders()), 1)
        self.assertEqual(self.get("/venues/X/books/AAA")["bids"][0]["quantity"], "100")

    def test_raw(self) -> None:
        """Bytes go out as they are."""
        self.rule("raw 'any thing|'", when="1=NEW")
        self.assertEqual(self.new("1"), ["any thing\x01"])

    def test_over_rest(self) -> None:
        """An order that came by no message has the fields that it would have in FIX."""
        then = "ack; fill {qty} @ {price} silent"
        self.rule(then, when={"type": "D", "symbol": "AAA", "side": "BUY", "qty__ge": 5})
        self.post(
            "/venues/X/orders", {"symbol": "AAA", "side": "BUY", "quantity": "5", "price": "1"}
        )
        self.assertEqual(self.get("/venues/X/books/AAA")["bids"], [])
        self.assertEqual(self.get("/rules/rule-1")["hits"], 1)
        self.assertEqual(self.orders(), [("FILLED", "5", "0")])

    def test_steps_without_a_rule(self) -> None:
        """They can be taken about an order that is there, by whoever has some."""
        self.new("1")
        venue = self.memory.exchange.dispatcher.venue("X")
        subject = Subject(venue, None, order=venue.orders.get(1))
        now = self.memory.now()
        steps = parse_steps("fill 40; after 100ms; bust")
        self.book().perform("a script", subject, steps, now, now)
        self.memory.exchange.send_events(now)
        self.memory.turns.turn_over()
        self.assertEqual(self.a.read(), ["fill 1 60 40@10"])
        self.assertEqual(self.advance(0.2), ["trade_cancel 1 100"])
        self.assertEqual([each["rule"] for each in self.notes()], ["a script", "a script"])


class OnErrorTests(RulesCase):
    """A rule that fails: its request is answered as the venue says."""

    def answered(self, on_error: str) -> list[str]:
        """What A hears, where a rule of this venue fails."""
        self.start(settings(on_error=on_error))
        self.a = self.memory.login("A")
        self.rule("fill {99}", when="1=NEW")
        return self.new("1")

    def test_each(self) -> None:
        """Rejected, passed on, held or dropped."""
        self.assertEqual(self.answered("reject"), ["rejected 1 0"])
        self.assertEqual(self.answered("pass"), ["new 1 100"])
        self.assertEqual(self.answered("drop"), [])
        self.assertEqual(self.answered("hold"), [])
        self.assertEqual(len(self.get("/holds")["items"]), 1)


class VerbTests(RulesCase):
    """The same verbs on holds, and on orders that nobody holds."""

    policies = ("hold",)

    def test_holds(self) -> None:
        """A new order is accepted on the way, and stays at hand while it is open."""
        self.new("1")
        for verb, body, heard in (
            ("pending", {}, "pending_new 1 100"),
            ("suspend", {}, "suspended 1 100"),
            ("resume", {}, "restated 1 100"),
            ("fill", {"quantity": "30"}, "fill 1 70 30@10"),
            ("correct", {"price": "9"}, "trade_correct 1 70 30@9"),
            ("bust", {"text": "an error"}, "trade_cancel 1 100"),
            ("stop", {"price": "10"}, "stopped 1 100 100@10"),
            ("calculate", {}, "calculated 1 100"),
            ("restate", {"quantity": "80"}, "restated 1 80"),
            ("done-for-day", {}, "done_for_day 1 0"),
        ):
            self.post(f"/holds/1/{verb}", body)
            self.assertEqual(self.a.read()[-1], heard, verb)
        self.assertFalse(self.post("/holds/1/cancel", {"text": "enough"})["held"])
        self.assertEqual(self.a.read(), ["canceled 1 0"])
        self.post("/holds/1/cancel", None, 404)

    def test_pending(self) -> None:
        """An order that was told to be pending can be looked at, and is so until it is answered."""
        self.new("1")
        found = self.post("/holds/1/pending")
        self.assertEqual((found["held"], found["order"]["status"]), (True, "PENDING_NEW"))
        self.assertEqual(self.get("/venues/X/orders/1/why")["status"], "PENDING_NEW")
        self.post("/holds/1/pending", None, 409)
        problem = self.post("/venues/X/orders/1/fill", {}, 409)
        self.assertIn("nobody has answered it yet", problem["detail"])
        self.post("/holds/1/reject")
        self.assertEqual(self.orders(), [("REJECTED", "0", "0")])

    def test_ends(self) -> None:
        """Expired, or canceled, before anybody accepted it: accepted, then ended."""
        self.new("1")
        self.new("2")
        self.post("/holds/1/expire")
        self.post("/holds/2/cancel")
        told = ["new 1 100", "expired 1 0", "new 2 100", "canceled 2 0"]
        self.assertEqual(self.a.read(), told)

    def test_conflicts(self) -> None:
        """What does not fit is refused with what would be right, and nothing is changed."""
        self.new("1")
        for verb, text in (
            ("bust", "ack it before"),
            ("resume", "ack it before"),
            ("restate", "ack it before"),
        ):
            problem = self.post(f"/holds/1/{verb}", {}, 409)
            self.assertIn(text, problem["detail"])
        self.post("/holds/1/fill", {"quantity": "101"}, 409)
        self.assertEqual(self.orders(), [])
        self.post("/holds/1/ack")
        self.assertIn("was answered", self.post("/holds/1/reject", {}, 409)["detail"])
        self.assertIn("force", self.post("/venues/X/orders/1/reject", {}, 409)["detail"])
        self.a.send("CANCEL 2 1")
        self.assertIn("order fill", self.post("/holds/2/fill", {}, 409)["detail"])
        self.post("/holds/2/bust", {}, 409)

    def test_force(self) -> None:
        """Anything can be told, and stays untrue."""
        self.new("1")
        self.post("/holds/1/fill", {"force": True})
        self.assertEqual(self.a.read(), ["fill 1 0 100@10"])
        self.assertEqual(len(self.get("/holds")["items"]), 1)
        self.post("/holds/1/ack")
        self.post("/venues/X/orders/1/reject", {"force": True})
        self.post("/venues/X/orders/1/cancel", {"force": True, "leaves": "7"})
        self.assertEqual(self.a.read(), ["new 1 100", "rejected 1 0", "canceled 1 7"])
        self.assertEqual(self.orders(), [("NEW", "0", "100")])
        self.assertIn("force", self.post("/holds/1/fill", {"cum": "5"}, 422)["detail"])

    def test_silent(self) -> None:
        """State changes, and nobody hears of it."""
        self.new("1")
        self.post("/holds/1/fill", {"quantity": "40", "silent": True})
        self.assertEqual(self.a.read(), [])
        self.assertEqual(self.orders(), [("PARTIALLY_FILLED", "40", "60")])

    def test_orders(self) -> None:
        """Off the book, into it, and spoken to."""
        self.new("1")
        self.post("/holds/1/ack")
        self.a.read()
        order = "/venues/X/orders/1"
        self.post(f"{order}/match")
        self.assertEqual(self.get("/venues/X/books/AAA")["bids"][0]["quantity"], "100")
        self.post(f"{order}/match", None, 409)
        self.post(f"{order}/restate", {"quantity": "60"})
        self.post(f"{order}/reply", {"fields": [["a", "hello"]]})
        self.post(f"{order}/raw", {"raw": "anVuaw=="})
        self.assertEqual(self.a.read(), ["restated 1 60", "hello", "junk"])
        self.assertEqual(self.get("/venues/X/books/AAA")["bids"][0]["quantity"], "60")

    def test_match_of_a_hold(self) -> None:
        """Past what policies are left, into the book."""
        self.new("1")
        self.post("/holds/1/match")
        self.assertEqual(self.a.read(), ["new 1 100"])
        self.assertEqual(self.get("/venues/X/books/AAA")["bids"][0]["quantity"], "100")
        self.post("/holds/1/ack", None, 404)


class PacedTests(SynchronousTestCase):
    """A session that goes by its market's clock (``session_clock = market``)."""

    def test_session_clock(self) -> None:
        """Its own time is the market's, for steps of rules as well."""
        for clock, heard in (("market", ["1 4@10"]), ("real", [])):
            start = f"venue:XSIM.clock_start={DAY}T12:00:00Z"
            given = [
                start,
                "venue:XSIM.clock=manual",
                f"endpoint:order-entry.session_clock={clock}",
            ]
            floor = Floor(load(str(READY), given, Catalogue()))
            book = floor.venue.rulebook
            assert book is not None
            book.add(Rule("r", "type=D", parse_steps("ack; after 5s session; fill 4 @ 10")))
            self.assertEqual(floor.order("A", "1", "buy", "100", "10"), ["1 new"])
            floor.wait(5 * 10**9)
            self.assertEqual(floor.read("A"), heard, clock)


class BoundTests(RulesCase):
    """Nothing grows for ever."""

    def test_rules(self) -> None:
        """So many rules at most."""
        self.book().most = 2
        self.rule("ack")
        self.rule("ack")
        self.assertIn("delete some", self.rule("ack", 409)["detail"])

    def test_plays(self) -> None:
        """So many plays at most; the request of one more is answered as on_error says."""
        self.book().plays.most = 1
        self.rule("after 500ms", when="1=NEW")
        self.assertEqual(self.new("1"), [])
        self.assertEqual(self.new("2"), ["rejected 2 0"])
        self.assertEqual(self.advance(0.6), ["new 1 100"])
        self.assertEqual(self.new("3"), [])

    def test_a_session_that_is_gone(self) -> None:
        """Its plays are forgotten."""
        self.rule("after 500ms", when="1=NEW")
        self.new("1")
        self.ask("DELETE", "/sessions/A", None, 204)
        self.assertEqual(len(self.book().plays), 0)
        self.advance(0.6)
        self.assertEqual(self.orders(), [])


class BrokenWorld:
    """A :class:`World` in which no message can be read; it keeps what failed."""

    def __init__(self) -> None:
        self.failed: list[Exception | None] = []

    def described(self, session: str, data: bytes) -> Description:
        """A defect."""
        raise ZeroDivisionError

    def rule_failed(self, rule: str, text: str, error: Exception | None) -> None:
        """Keep it."""
        self.failed.append(error)

    def source_failed(self, source: str, error: Exception) -> None:
        """Keep that, too."""
        self.failed.append(error)

    def endpoint_of(self, session: str) -> str:
        """It has none."""
        return ""

    def paced(self, session: str) -> bool:
        """It goes by real time."""
        return False

    def watch(self) -> None:
        """There is nothing to look at."""

    def part(self, session: str, text: str | None, real: int) -> None:
        """Nobody is there."""

    def ask(self, venue: str, play: int, url: str, body: bytes, timeout: int) -> None:
        """Nobody answers."""


class DefectTests(RulesCase):
    """A defect of ours in a step stops neither the session nor the simulator."""

    def test_isolated(self) -> None:
        """It is told with its exception, and answered as any failure."""
        world = BrokenWorld()
        self.book().plays.world = world
        self.rule("ack; reply a={2}", when="1=NEW")
        self.assertEqual(self.new("1"), ["new 1 100"])
        self.assertIsInstance(world.failed[0], ZeroDivisionError)
        self.assertEqual(self.a.send("SAY hello"), ["refused unsupported message type"])


class SnapshotTests(RulesCase):
    """What is under way goes on in a simulator made of a snapshot."""

    def said(self, memory: MemorySimulator, after: int) -> list[str]:
        """What was sent to A since an entry."""
        entries = memory.exchange.journal.entries(after)
        return [each.data.decode() for each in entries if each.kind == EntryKind.OUT]

    def test_goes_on(self) -> None:
        """Waits on both clocks, chance, counts and states are as they were."""
        self.rule("after 400ms; reply a={uuid}", when="1=NEW 4=7", seed=5, times=3)
        self.rule(
            "ack; after 600ms session; fill 1; after 100ms; cancel",
            when="1=NEW 4=100",
            scenario="s",
            becomes="b",
            probability="50%",
            seed=2,
        )
        for number in range(6):
            self.new(f"{number}", 7 if number % 2 else 100)
        kept, last = encode(capture(self.memory.simulator)), self.memory.exchange.journal.last
        again = MemorySimulator(settings(), LinePlugins())
        self.addCleanup(again.stop)
        restore(again.simulator, decode(kept))
        again.turns.turn_over()
        for memory in (self.memory, again):
            for _ in range(9):
                memory.reactor.advance(0.1)
        told = self.said(self.memory, last)
        self.assertEqual(self.said(again, 0), told)
        self.assertEqual(len([each for each in told if len(each) == 32]), 3)
        self.assertTrue([each for each in told if each.startswith("canceled")], told)
        states = [
            decode(encode(capture(each.simulator)))["venues"] for each in (self.memory, again)
        ]
        self.assertEqual(*states)
