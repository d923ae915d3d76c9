"""Rules about what exsim sends, about messages that keep sessions alive, and about events."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.watching import HAPPENED, MOST, RECEIVED, REQUEST, SENT, about
from exsim.errors import NotFound, Unprocessable
from exsim.filters import parse
from exsim.model.steps import parse_steps, steps_text
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.testing import bust
from exsim.testing.memory import MemoryExchange
from tests.fault_market import INI, Client, Market

OTHER = "\n[session:SELL]\nendpoint = oe\nsender_comp_id = SELL\nbegin_string = FIX.4.4\n"


class Case(SynchronousTestCase):
    """A market in memory, which runs again in the end just as it ran."""

    def setUp(self) -> None:
        self.market = Market(self.mktemp(), INI + OTHER)
        self.addCleanup(self.check_replay)

    def rule(self, when: str, then: str = "", **more: Any) -> Any:
        """Make a rule."""
        return self.market.do("create_rule", {"when": when, "then": then, **more})

    def hits(self, rule: str = "rule-1") -> int:
        """How often a rule has fired."""
        found: int = self.market.do("get_rule", rule=rule).hits
        return found

    def trade(self, client: Client, name: str = "S") -> None:
        """Fill 4 of what rests."""
        seller = self.market.client("SELL")
        seller.order(name, side=2, quantity=4)
        self.seller = seller
        del client

    def check_replay(self) -> None:
        """The journal runs again, and comes out the same."""
        simulator = self.market.memory.simulator
        if simulator.exchange.journal.epoch > 1:
            return  # it began with a snapshot
        other = inert(simulator.settings, simulator.parts.plugins)
        self.assertIsNone(Replay(other, simulator.exchange.journal.entries(0), 1, 0).run())


class ReplacedTests(Case):
    """A rule that becomes another."""

    def test_replace(self) -> None:
        """It has its place and its name, and counts from 0; one that is wrong changes nothing."""
        self.rule("type=D", "drop", name="one")
        self.rule("type=D", "hold", name="two")
        self.market.client().order("1")
        self.assertEqual(self.hits("one"), 1)
        self.market.do("replace_rule", {"when": "type=D", "then": "reject"}, rule="one")
        told = [(each.name, each.then, each.hits) for each in self.market.do("list_rules").items]
        self.assertEqual(told, [("one", "reject", 0), ("two", "hold", 0)])
        for wrong in ({"then": "fly"}, {"name": "other"}):
            self.assertRaises(Unprocessable, self.market.do, "replace_rule", wrong, rule="one")
        self.assertRaises(NotFound, self.market.do, "replace_rule", {"then": ""}, rule="none")
        self.assertEqual(self.market.do("get_rule", rule="one").then, "reject")


class SentTests(Case):
    """Messages that exsim sends."""

    def test_drop(self) -> None:
        """A fill is lost on its way: its number is used, and the order is filled."""
        self.rule("type=8 dir=out exec=fill session=BUY", "fault drop")
        client = self.market.client()
        client.order("1")
        self.trade(client)
        (new,) = client.heard()
        self.assertEqual((new["35"], new["150"]), ("8", "0"))
        self.assertEqual(self.seller.types(), "88")
        client.say("1", "112=X|")
        self.assertEqual([each["34"] for each in client.heard()], ["4"])
        self.assertEqual(self.hits(), 1)

    def test_delay(self) -> None:
        """A report comes late, in its own time."""
        self.rule("type=8 dir=out", 'fault delay "time=2s"', times=1)
        client = self.market.client()
        client.order("1")
        self.assertEqual(client.types(), "")
        self.market.advance(1.9)
        self.assertEqual(client.types(), "")
        self.market.advance(0.2)
        self.assertEqual(client.types(), "8")

    def test_change(self) -> None:
        """Fields are other ones, and it comes twice; the length and the checksum are right."""
        self.rule(
            "type=8 dir=out exec=new",
            'fault change "fields=58=oops|44=1"; fault duplicate "copies=1"',
        )
        client = self.market.client()
        client.order("1")
        found = client.heard()
        self.assertEqual([(each["58"], each["44"]) for each in found], [("oops", "1")] * 2)
        self.assertEqual(found[0]["34"], found[1]["34"])

    def test_words(self) -> None:
        """A value with spaces stands in quotes; a test says it in Python."""
        self.rule("type=8 dir=out", """fault change "fields='58=two words'" """)
        client = self.market.client()
        client.order("1")
        self.assertEqual(client.heard()[0]["58"], "two words")

    def test_order(self) -> None:
        """What is done to the order is told after the report, not before it, and not in it."""
        self.rule("type=8 dir=out exec=fill session=BUY", "bust last; cancel {LastQty}")
        client = self.market.client()
        client.order("1")
        self.trade(client)
        reports = client.heard()
        self.assertEqual([each["150"] for each in reports], ["0", "F", "H", "4"])
        self.assertEqual([each["14"] for each in reports], ["0", "4", "0", "0"])
        self.assertEqual(reports[-1]["58"], "4")
        self.assertEqual(reports[1]["17"], reports[2]["19"])

    def test_later(self) -> None:
        """A play goes on after a time, also over a snapshot."""
        self.rule("type=8 dir=out exec=new", "after 5s; cancel {symbol}; reply 35=B,58={38}")
        client = self.market.client()
        client.order("1")
        self.assertEqual(client.types(), "8")
        self.market.do("take_snapshot", {}, snapshot="a")
        self.market.do("restore_snapshot", snapshot="a")
        client.connect()
        client.say("A", "98=0|108=30|")
        client.heard()
        self.market.advance(5.1)
        found = client.heard()
        self.assertEqual([(each["35"], each["58"]) for each in found], [("8", "AAA"), ("B", "10")])

    def test_exec_id(self) -> None:
        """A step has the ExecID of the report that was sent, also when the order has had others."""
        self.rule("type=8 dir=out exec=fill session=BUY", "after 1s; reply 35=B,58={exec_id}")
        client = self.market.client()
        client.order("1")
        self.trade(client)
        self.market.advance(0.5)
        self.seller.order("S2", side=2, quantity=3)
        _, *fills = client.heard()
        self.market.advance(2)
        self.assertEqual([each["58"] for each in client.heard()], [each["17"] for each in fills])
        self.assertEqual(len({each["17"] for each in fills}), 2)

    def test_session(self) -> None:
        """The session is logged out, or cut off, for what it was sent."""
        self.rule("type=8 dir=out exec=new", "logout enough")
        client = self.market.client()
        client.order("1")
        found = client.heard()
        self.assertEqual([each["35"] for each in found], ["8", "5"])
        self.assertEqual(found[-1]["58"], "enough")
        self.market.do("delete_rule", rule="rule-1")
        self.rule("type=8 dir=out exec=new", "disconnect")
        other = self.market.client("SELL")
        other.order("2")
        self.assertEqual(other.types(), "8")
        self.assertTrue(other.closed)

    def test_phase(self) -> None:
        """The market is halted by a fill: an order after that is refused."""
        self.rule("type=8 dir=out exec=fill", "phase halt", times=1)
        client = self.market.client()
        client.order("1")
        self.trade(client)
        self.assertEqual(self.market.do("get_venue", venue="XSIM").phase, "halt")

    def test_scenario(self) -> None:
        """Scenario, chance and counts are those of all rules; one without steps only counts."""
        self.rule("type=8 dir=out", scenario="s", state="start", becomes="seen")
        self.rule("type=8 dir=out", "fault drop", probability="0")
        client = self.market.client()
        client.order("1")
        client.order("2")
        self.assertEqual(client.types(), "88")
        self.assertEqual(self.hits(), 1)
        self.assertEqual(self.market.do("get_scenario", scenario="s").state, "seen")
        self.assertEqual(self.market.do("get_rule", rule="rule-2").passed, 1)

    def test_endless(self) -> None:
        """A rule whose steps are its own reason ends, and says so."""
        self.rule("type=8 dir=out", "restate")
        client = self.market.client()
        client.order("1")
        self.assertEqual(client.types(), "8" * (MOST + 1))
        failed = [note for note in self.market.notes() if note.get("did") == "failed"]
        self.assertIn("one turn led to", failed[-1]["why"])
        self.flushLoggedErrors()
        client.order("2")
        self.assertEqual(client.types(), "8" * (MOST + 1))

    def test_notes(self) -> None:
        """The journal says which rule fired, about what."""
        self.rule("type=8 dir=out exec=new", "fault drop")
        self.market.client().order("1")
        (note,) = self.market.notes()
        self.assertEqual((note["rule"], note["did"], note["about"]), ("rule-1", "fired", "8"))
        self.assertEqual(note["then"], "fault drop")

    def test_both(self) -> None:
        """A fault that is set acts on what the rule has left."""
        self.market.fault("duplicate", match="type=8")
        self.rule("type=8 dir=out", 'fault change "fields=58=x"')
        client = self.market.client()
        client.order("1")
        self.assertEqual([each["58"] for each in client.heard()], ["x", "x"])

    def test_unfit(self) -> None:
        """A kind that is of other messages does nothing to this one, and the journal says so."""
        self.rule("type=8 dir=out", "fault stop-heartbeats")
        client = self.market.client()
        client.order("1")
        self.assertEqual(client.types(), "8")
        self.assertEqual(self.market.notes()[-1]["did"], "nothing")

    def test_gone(self) -> None:
        """Without rules of the kind nothing is looked at any more."""
        self.rule("type=8 dir=out", "fault drop")
        acceptor: Any = self.market.memory.exchange.endpoint("oe").acceptor
        self.assertIsNotNone(acceptor.sessions["BUY"].machine.tamper)
        self.market.do("clear_rules")
        self.assertIsNone(acceptor.sessions["BUY"].machine.tamper)

    def test_no_order(self) -> None:
        """A message of no order fails a verb to one, and is sent all the same."""
        self.rule("type=0 dir=out", "cancel")
        client = self.market.client()
        client.say("1", "112=X|")
        self.assertEqual(client.types(), "0")
        self.assertEqual(self.market.notes()[-1]["did"], "failed")


class ReceivedTests(Case):
    """Messages by which a session lives."""

    def test_logon(self) -> None:
        """A logon is refused; once."""
        self.rule("type=A session=BUY", 'fault refuse-logon "text=later"', times=1)
        client = self.market.client(log_on=False)
        client.say("A", "98=0|108=30|")
        (refused,) = client.heard()
        self.assertEqual((refused["35"], refused["58"]), ("5", "later"))
        client.connect()
        client.say("A", "98=0|108=30|")
        self.assertEqual(client.types()[0], "A")
        self.assertEqual(self.hits(), 1)

    def test_logon_accepted(self) -> None:
        """After a logon that is taken the steps are done; our own Logon is no reason for them."""
        self.rule("type=A", "reply 35=B,58={108}")
        client = self.market.client(log_on=False)
        client.say("A", "98=0|108=30|")
        found = client.heard()
        self.assertEqual([each["35"] for each in found], ["A", "B"])
        self.assertEqual(found[-1]["58"], "30")
        self.assertEqual(self.hits(), 1)

    def test_logout(self) -> None:
        """A Logout is lost: the session stays, as if it never came."""
        self.rule("type=5", "fault drop")
        client = self.market.client()
        client.say("5")
        self.assertEqual(client.types(), "")
        self.assertEqual(self.hits(), 1)

    def test_test_request(self) -> None:
        """A TestRequest is answered late."""
        self.rule("type=1", 'fault delay "time=1s"')
        client = self.market.client()
        client.say("1", "112=X|")
        self.assertEqual(client.types(), "")
        self.market.advance(1.1)
        self.assertEqual(client.types(), "0")


class EventTests(Case):
    """What happens that is no message."""

    def test_logon(self) -> None:
        """A session has logged on: it is greeted, at each logon."""
        self.rule("event=logon session=BUY", "reply 35=B,58=hello")
        self.market.client("SELL")
        client = self.market.client(log_on=False)
        client.say("A", "98=0|108=30|")
        self.assertEqual(client.types(), "AB")
        client.hang_up()
        client.connect()
        client.say("A", "98=0|108=30|")
        self.assertEqual(client.types(), "AB")
        self.assertEqual(self.hits(), 2)

    def test_gone(self) -> None:
        """A connection is gone in good order, or not."""
        self.rule("event=logout")
        self.rule("event=disconnect")
        client = self.market.client()
        client.hang_up()
        self.assertEqual((self.hits("rule-1"), self.hits("rule-2")), (0, 1))
        client.connect()
        client.say("A", "98=0|108=30|")
        client.say("5")
        client.hang_up()
        self.assertEqual((self.hits("rule-1"), self.hits("rule-2")), (1, 1))

    def test_known(self) -> None:
        """Who had logged on before there was a rule is not told of by what it says next."""
        client = self.market.client()
        self.rule("event=logon")
        client.order("1")
        self.assertEqual(self.hits(), 0)

    def test_restored(self) -> None:
        """After a snapshot all that had logged on by then is known, and nothing else."""
        self.rule("event=logon")
        client = self.market.client()
        self.market.do("take_snapshot", {}, snapshot="a")
        client.hang_up()
        client.connect()
        client.say("A", "98=0|108=30|")
        self.market.do("restore_snapshot", snapshot="a")
        self.assertEqual(self.hits(), 1)
        other = self.market.client("SELL")
        self.assertEqual(self.hits(), 2)
        other.order("1")
        client.connect()
        client.seq = 2
        client.say("A", "98=0|108=30|")
        self.assertEqual(self.hits(), 3)
        client.order("2")
        self.assertEqual(self.hits(), 3)

    def test_reset(self) -> None:
        """A reset forgets the rules; who stays logged on is known to one that is made then."""
        self.rule("event=logon")
        client = self.market.client()
        self.market.do("reset", {"sessions": "keep"})
        self.rule("event=logon")
        client.order("1")
        self.assertEqual(self.hits(), 0)

    def test_phase(self) -> None:
        """A phase has begun: any, or this one."""
        self.rule("event=phase:halt", "after 1s; phase continuous")
        self.rule("event=phase", priority=-1)
        self.market.do("set_phase", {"phase": "halt"}, venue="XSIM")
        self.assertEqual((self.hits("rule-1"), self.hits("rule-2")), (1, 0))
        self.market.advance(1.1)
        self.assertEqual(self.market.do("get_venue", venue="XSIM").phase, "continuous")
        self.assertEqual((self.hits("rule-1"), self.hits("rule-2")), (1, 1))

    def test_nobody(self) -> None:
        """Of an event of no session nobody is told anything, and the journal says so."""
        self.rule("event=phase:halt", "reply 35=B")
        self.market.do("set_phase", {"phase": "halt"}, venue="XSIM")
        self.assertEqual(self.market.notes()[-1]["did"], "failed")


class WrongTests(Case):
    """What is refused as a rule is made."""

    def test_steps(self) -> None:
        """Steps that make no sense for what the rule is about."""
        for when, then, text in (
            ("type=D", "fault drop", "a request has arrived"),
            ("type=8 dir=out", "ack", "ack answers a request"),
            ("type=8 dir=out", "hold", "hold is done about a request"),
            ("type=8 dir=out", "fault drip", "no kind 'drip'"),
            ("type=8 dir=out", 'fault delay "tim=1"', "no parameter 'tim'"),
            ("type=8 dir=out", 'fault delay "time=1"', "no time span"),
            ("type=8 dir=out", "fault ignore", "in the other direction"),
            ("type=8 dir=out", """fault change "fields='58" """, "No closing quotation"),
            ("type=A", "fault bad-checksum", "in the other direction"),
            ("event=logon", "fault drop", "an event is no message"),
            ("event=phase", "phase lunch", "no phase 'lunch'"),
            ("event=phase", "phase", "phase needs its phase"),
            ("event=login", "", "did you mean 'logon'"),
            ("event=phase:lunch", "", "'phase:lunch' is no event"),
        ):
            error = self.assertRaises(Unprocessable, self.rule, when, then)
            self.assertIn(text, str(error), (when, then))

    def test_about(self) -> None:
        """What a filter is about."""
        for text, wanted in (
            ("", REQUEST),
            ("type=D", REQUEST),
            ("type=A,D", REQUEST),
            ("type=A or type=5", REQUEST),
            ("type=A,5", RECEIVED),
            ("type=Logon", RECEIVED),
            ("type=A dir=in", RECEIVED),
            ("type=A dir=out", SENT),
            ("not dir=out", REQUEST),
            ("dir!=out", REQUEST),
            ("event=logon session=X", HAPPENED),
        ):
            self.assertEqual(about(parse(text)), wanted, text)


class PythonTests(SynchronousTestCase):
    """The same in a test that somebody writes."""

    def test_plan(self) -> None:
        """Each step is a method of the rule."""
        exchange = MemoryExchange()
        self.addCleanup(exchange.stop)
        rule = exchange.when("8", direction="out", exec="fill").fault("change", fields="58=a b|44=")
        rule.then(bust()).logout("bye").disconnect().phase("halt")
        (told,) = exchange.simulator.list_rules().items
        self.assertEqual(
            told.then,
            """fault change parameters="'fields=58=a b|44='"; bust; logout text=bye; disconnect;"""
            " phase halt",
        )
        self.assertEqual(steps_text(parse_steps(told.then)), told.then)
