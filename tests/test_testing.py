"""
What testers are given, on an exchange in memory: rules, holds, orders, faults, questions.

That it is the same over REST, the tests with processes see.
"""

from __future__ import annotations

import json
import re
import unittest
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from twisted.internet.defer import Deferred, succeed
from twisted.internet.protocol import Protocol
from twisted.trial.unittest import SynchronousTestCase

from exsim import testing
from exsim.client import SimulatorError
from exsim.control import double_schemas as ds
from exsim.filters import FilterError
from exsim.model.verbs import PLAY, VERBS
from exsim.testing import ack, bust, cancel, fill, pending, reject
from exsim.testing.asking import span, wanted
from exsim.testing.case import ExsimMixin, tell
from exsim.testing.coverage import Coverage, all_messages
from exsim.testing.memory import START, MemoryExchange
from exsim.testing.then import or_none, then
from exsim.testing.verbs import Decided
from exsim.wire.fix import encode, utc_timestamp

SECOND = 10**9


class Trader(Protocol):
    """A client of a few lines: what it got, by tag."""

    def __init__(
        self, exsim: MemoryExchange, name: str = "ME", begin_string: str = "FIX.4.4"
    ) -> None:
        self._exsim = exsim
        self._name = name
        self._begin_string = begin_string
        self._sent = 0
        self.messages: list[dict[str, str]] = []
        self.lost = False

    def connectionMade(self) -> None:
        """Log on."""
        self.send("A", ("98", "0"), ("108", "30"), ("141", "Y"))

    def dataReceived(self, data: bytes) -> None:
        """Keep what comes: whole messages, in memory."""
        for text in re.findall(r"8=FIX.*?\x0110=\d{3}\x01", data.decode()):
            pairs = (part.partition("=") for part in text.split("\x01") if part)
            self.messages.append({tag: value for tag, _, value in pairs})

    def connectionLost(self, reason: Any = None) -> None:
        """The exchange hung up."""
        self.lost = True

    def send(self, kind: str, *fields: tuple[str, str]) -> None:
        """Send a message."""
        self._sent += 1
        now = utc_timestamp(round(self._exsim.reactor.seconds() * SECOND), 3).decode()
        head = [("35", kind), ("34", str(self._sent)), ("49", self._name), ("56", "XSIM")]
        body = "".join(f"{tag}={value}\x01" for tag, value in (*head, ("52", now), *fields))
        assert self.transport is not None
        self.transport.write(encode(self._begin_string.encode(), body.encode()))

    def buy(self, name: str, quantity: int = 100, symbol: str = "AAA", price: str = "100") -> None:
        """Send an order."""
        self.send(
            "D",
            *(("11", name), ("55", symbol), ("54", "1"), ("38", str(quantity)), ("40", "2")),
            *(("44", price), ("59", "0"), ("60", "20260105-09:00:00"), ("21", "1")),
        )
        self._exsim.pump()

    def replace(self, name: str, orig: str) -> None:
        """Ask for 120 in the place of an order."""
        order = (("11", name), ("41", orig), ("55", "AAA"), ("54", "1"), ("38", "120"), ("40", "2"))
        self.send("G", *order, ("44", "100"), ("60", "20260105-09:00:00"), ("21", "1"))
        self._exsim.pump()

    def reports(self) -> list[tuple[str, str]]:
        """ExecType and OrdStatus of the reports that came."""
        return [(each["150"], each["39"]) for each in self.messages if each["35"] == "8"]


class ExchangeCase(SynchronousTestCase):
    """An exchange in memory, and a trader who is logged on."""

    def setUp(self) -> None:
        """Both."""
        self.exsim = MemoryExchange()
        self.addCleanup(self.exsim.stop)
        self.trader = Trader(self.exsim)
        self.exsim.connect(self.trader)


class RuleTests(ExchangeCase):
    """``exsim.when``."""

    def test_chain(self) -> None:
        """Steps are taken in the order they were told, those after a time when that has passed."""
        self.exsim.when("D", symbol="IBM", qty__ge=500).then(ack(), fill(200, "10.01")).after(
            "5m"
        ).then(fill(300, "10.02"))
        self.trader.buy("few", 499, "IBM")
        self.trader.buy("many", 500, "IBM")
        self.assertEqual(self.trader.reports(), [("8", "8"), ("0", "0"), ("F", "1")])
        self.exsim.clock.advance("4m")
        self.assertEqual(len(self.trader.reports()), 3)
        self.exsim.clock.advance(timedelta(minutes=1))
        self.assertEqual(self.trader.reports()[3:], [("F", "2")])

    def test_counts(self) -> None:
        """A rule without steps lets all through, and counts it."""
        rule = self.exsim.when("D")
        self.trader.buy("one")
        self.assertEqual(rule.hits, 1)
        self.assertEqual(self.trader.reports(), [("0", "0")])

    def test_keeps_its_name(self) -> None:
        """However much is told of it, it is one rule."""
        rule = self.exsim.when("D").then(reject("CLOSED", "no")).times(1).priority(3)
        (only,) = self.exsim.simulator.list_rules().items
        self.assertEqual((only.name, only.times, only.priority), (rule.name, 1, 3))
        self.trader.buy("one")
        self.trader.buy("two")
        self.assertEqual(self.trader.reports(), [("8", "8"), ("0", "0")])

    def test_scenario(self) -> None:
        """It fires in its state, and goes on to another."""
        self.exsim.when("D").scenario("day", "start", "later").then(reject())
        self.exsim.when("D").scenario("day", "later").probability("100%", 1).then(ack())
        self.trader.buy("one")
        self.trader.buy("two")
        self.assertEqual(self.trader.reports(), [("8", "8"), ("0", "0")])

    def test_remove(self) -> None:
        """What is removed fires no more."""
        self.exsim.when("D").then(reject()).remove()
        self.trader.buy("one")
        self.assertEqual(self.trader.reports(), [("0", "0")])

    def test_session(self) -> None:
        """A match may name a session as the test has it."""
        self.exsim.when("D", session=self.exsim.session("YOU")).then(reject())
        self.trader.buy("one")
        self.assertEqual(self.trader.reports(), [("0", "0")])

    def test_nonsense(self) -> None:
        """What makes no sense is refused when it is told."""
        with self.assertRaises(SimulatorError) as caught:
            self.exsim.when("D", symbl="AAA")
        self.assertIn("symbl", str(caught.exception))


class DecisionTests(ExchangeCase):
    """Holds and orders."""

    def test_hold(self) -> None:
        """A held request is decided by verbs; the order is told each time."""
        self.exsim.when("D").then(pending()).hold()
        self.trader.buy("one")
        hold = self.exsim.holds.wait(within=0)
        self.assertEqual((hold.kind, hold.symbol, hold.quantity), ("new", "AAA", "100"))
        self.assertEqual(hold.ack().status, "NEW")
        self.assertEqual(hold.fill(40, "99.5").cum_quantity, "40")
        self.assertEqual(hold.cancel("enough").status, "CANCELED")
        expected = [("A", "A"), ("0", "0"), ("F", "1"), ("4", "4")]
        self.assertEqual(self.trader.reports(), expected)

    def test_several(self) -> None:
        """So many as are asked for; those that wait are listed."""
        self.exsim.when("D").hold()
        self.trader.buy("one")
        self.trader.buy("two")
        first, second = self.exsim.holds.wait(count=2)
        self.assertEqual((first.cl_ord_id, second.cl_ord_id), ("one", "two"))
        first.drop()
        self.assertEqual([hold.cl_ord_id for hold in self.exsim.holds.all()], ["two"])

    def test_none(self) -> None:
        """It is waited as long as is said, and no longer."""
        with self.assertRaises(AssertionError) as caught:
            self.exsim.holds.wait(within="1.5s", session="ME")
        self.assertIn("Expected 1 held, of ME, within 1.5s: found 0.", str(caught.exception))
        self.assertEqual(self.exsim.reactor.seconds(), START + 1.5)

    def test_order(self) -> None:
        """Verbs are done to an order that nobody holds; what is known of it is of now."""
        self.trader.buy("one")
        order = self.exsim.order("one", session="ME")
        self.assertEqual(order.status, "NEW")
        self.assertEqual(order.fill(60).status, "PARTIALLY_FILLED")
        order.bust()
        self.assertEqual((order.status, order.cum_quantity), ("NEW", "0"))
        self.assertIn("fill 2 canceled", order.why())
        order.expire()
        self.assertEqual(self.trader.reports()[-1], ("C", "C"))

    def test_no_order(self) -> None:
        """One that is not there is told."""
        with self.assertRaises(AssertionError) as caught:
            self.exsim.order("other")
        self.assertEqual(str(caught.exception), "there is no order other")

    def test_not_of_orders(self) -> None:
        """A verb of requests only is refused for an order."""
        self.trader.buy("one")
        with self.assertRaises(TypeError) as caught:
            self.exsim.order("one").drop()
        self.assertIn("do it to a hold", str(caught.exception))


class SessionTests(ExchangeCase):
    """``exsim.session``."""

    def test_state(self) -> None:
        """Before it logs on, while it is there, and after."""
        session, other = self.exsim.session("ME"), self.exsim.session("YOU")
        self.assertEqual((session.state, session.next_in), ("active", 2))
        self.assertEqual((other.state, other.next_in, other.next_out), ("offline", 1, 1))
        session.disconnect()
        self.assertEqual(session.state, "offline")
        self.assertTrue(self.trader.lost)

    def test_fault(self) -> None:
        """It fires within the block, and not after."""
        with self.exsim.session("ME").fault("drop", match={"type": "8"}, direction="out") as fault:
            self.trader.buy("one")
            self.assertEqual(fault.hits, 1)
        self.trader.buy("two")
        self.assertEqual([each.get("11") for each in self.trader.messages[1:]], ["two"])

    def test_fault_of_one_to_come(self) -> None:
        """It may be set before there is such a session, and is of no other."""
        self.exsim.session("YOU").fault("drop", match="type=8", direction="out")
        other = Trader(self.exsim, "YOU")
        self.exsim.connect(other)
        self.trader.buy("one")
        other.buy("one")
        self.assertEqual((len(self.trader.messages), len(other.messages)), (2, 1))

    def test_removed_twice(self) -> None:
        """A reset took it already: that is fine."""
        fault = self.exsim.session("ME").fault("drop")
        self.exsim.reset()
        fault.remove()

    def test_test_request(self) -> None:
        """The counterparty gets it."""
        self.exsim.session("ME").test_request("HELLO")
        self.assertEqual(self.trader.messages[-1]["112"], "HELLO")

    def test_send(self) -> None:
        """Any message, of fields or bytes; the number it had is told."""
        session = self.exsim.session("ME")
        sent = session.send({"35": "B", "148": "news", "33": "1", "58": "x"})
        assert sent is not None
        self.assertEqual((sent["Headline"], self.trader.messages[-1]["148"]), ("news", "news"))
        session.set_sequence(next_out=70)
        session.test_request()
        self.assertEqual(self.trader.messages[-1]["34"], "70")

    def test_unknown_endpoint(self) -> None:
        """It is told which there are."""
        with self.assertRaises(LookupError) as caught:
            self.exsim.session("ME", endpoint="other")
        self.assertIn("order-entry", str(caught.exception))


class QuestionTests(ExchangeCase):
    """``expect``, ``verify``, ``query``."""

    def test_expect(self) -> None:
        """Each time the next one; what does not come is told with what did."""
        self.trader.buy("one")
        self.trader.buy("two")
        self.assertEqual(self.exsim.expect("D")["11"], "one")
        self.assertEqual(self.exsim.expect("D").get("ClOrdID"), "two")
        with self.assertRaises(AssertionError) as caught:
            self.exsim.expect("D", within="1s")
        self.assertIn("Expected at least 3 messages", str(caught.exception))
        self.assertIn("Found 2", str(caught.exception))

    def test_expect_many(self) -> None:
        """Also beyond those that a verify tells."""
        for number in range(8):
            self.trader.buy(str(number))
        self.assertEqual([self.exsim.expect("D")["11"] for _ in range(8)], list("01234567"))

    def test_both_ways(self) -> None:
        """Of what goes both ways it is that of the system under test, unless said otherwise."""
        self.exsim.verify("A", count=1)
        self.exsim.verify("A", direction="out", count=1)
        self.assertEqual(len(self.exsim.query("A")), 2)

    def test_verify(self) -> None:
        """How often, and what is nearest if not."""
        self.trader.buy("one", 300)
        (message,) = self.exsim.verify("D", symbol="AAA", qty__ge=300, session="ME", count=1)
        self.assertEqual(message.session, "ME")
        self.exsim.verify("type=D qty<300", never=True)
        self.exsim.verify("8", at_least=1, at_most=1)
        with self.assertRaises(AssertionError) as caught:
            self.exsim.verify("D", symbol="BBB", count=1)
        for part in ("Expected exactly 1 message", "expected BBB, got AAA", "Conversation of ME"):
            self.assertIn(part, str(caught.exception))

    def test_in_order(self) -> None:
        """One after another, others between them or not."""
        self.trader.buy("one")
        self.exsim.verify_in_order("A", "D", {"type": "8", "cl_ord_id": "one"})
        with self.assertRaises(AssertionError) as caught:
            self.exsim.verify_in_order("D", "type=A")
        self.assertIn("the 2nd did not come", str(caught.exception))

    def test_message(self) -> None:
        """A message has its fields by tag and by name."""
        self.trader.buy("one")
        (message,) = self.exsim.query("D")
        self.assertEqual((message["38"], message["order_qty"], message[38]), ("100",) * 3)
        self.assertEqual((message.type, message.direction), ("D", "in"))
        self.assertIn("ClOrdID", message)
        self.assertNotIn("Account", message)
        with self.assertRaises(KeyError):
            message["Account"]
        self.assertIn("in ME", repr(message))

    def test_conversation(self) -> None:
        """Who said what, and which rule and fault had a part in it."""
        rule = self.exsim.when("D").then(ack())
        self.trader.buy("one")
        lines = self.exsim.conversation().splitlines()
        self.assertEqual(len(lines), 4)
        self.assertIn("09:00:00.000 ME --> NewOrderSingle(D) cl_ord_id=one BUY 100 AAA", lines[2])
        self.assertTrue(lines[3].endswith(f"[rule {rule.name}]"), lines[3])

    def test_reset(self) -> None:
        """After a reset all is as at the beginning."""
        self.trader.buy("one")
        self.exsim.expect("D")
        before = self.exsim.clock.time
        self.exsim.clock.advance(to="2026-01-06T00:00:00Z")
        self.exsim.reset()
        self.assertEqual((self.exsim.query(), self.exsim.clock.time), ([], before))
        trader = Trader(self.exsim)
        self.exsim.connect(trader)
        trader.buy("two")
        self.assertEqual(self.exsim.expect("D")["11"], "two")

    def test_clock(self) -> None:
        """It goes as it is told."""
        self.assertEqual(self.exsim.clock.time, "2026-01-05T09:00:00.000000000Z")
        self.exsim.clock.set("scaled", "60")
        self.exsim.wait(60)
        self.assertEqual(self.exsim.clock.time, "2026-01-05T10:00:00.000000000Z")


class MemoryTests(ExchangeCase):
    """The exchange in memory itself."""

    def test_heartbeats(self) -> None:
        """Time passes only as the test says; who is silent for too long is cut off."""
        self.exsim.wait(45)
        self.assertIn("1", [each["35"] for each in self.trader.messages])
        self.assertFalse(self.trader.lost)
        self.exsim.wait(60)
        self.assertTrue(self.trader.lost)

    def test_no_timers_left(self) -> None:
        """Once it is stopped, nothing is due, not even of a rule that waits."""
        self.exsim.when("D").after("1m", "session").then(ack())
        self.trader.buy("one")
        self.exsim.stop()
        self.assertEqual(self.exsim.reactor.getDelayedCalls(), [])

    def test_client_that_waits(self) -> None:
        """What a client puts off to the reactor's next round is done, too."""
        self.exsim.reactor.callLater(0, self.trader.buy, "one")
        self.exsim.pump()
        self.exsim.verify("D", count=1)

    def test_strict(self) -> None:
        """What REST would refuse is refused here, too."""
        enter: Any = self.exsim.simulator.enter_order
        with self.assertRaises(SimulatorError) as caught:
            enter("XSIM", symbol="AAA", side="BOTH", quantity=1)
        self.assertEqual(caught.exception.status, 422)

    def test_configuration(self) -> None:
        """An ini file of one's own, and keys over it."""
        path = Path(self.mktemp())
        path.write_text(
            "[venue:LSE]\n[instrument:LSE:VOD]\n"
            "[endpoint:oe]\nvenue = LSE\nprotocol = fix\ncomp_id = LSE\nlisten = tcp:1\n"
        )
        exsim = MemoryExchange(path, ["instrument:LSE:VOD.tick=0.5"])
        self.addCleanup(exsim.stop)
        self.assertEqual((exsim.venue, [*exsim.endpoints]), ("LSE", ["oe"]))
        self.assertEqual(exsim.simulator.get_instrument("LSE", "VOD").tick, "0.5")

    def test_without_end(self) -> None:
        """Two that answer each other for ever are found out."""

        class Echo(Protocol):
            """Sends a test request for all that it gets."""

            def connectionMade(self) -> None:
                trader.makeConnection(self.transport)

            def dataReceived(self, data: bytes) -> None:
                trader.send("1", ("112", "again"))

        trader = Trader(self.exsim, "ECHO")
        with self.assertRaises(RuntimeError):
            self.exsim.connect(Echo())


class CoverageTests(ExchangeCase):
    """What the system under test met."""

    def taken(self) -> Coverage:
        """That of this conversation."""
        coverage = Coverage()
        coverage.take(all_messages(self.exsim))
        return coverage

    def test_met(self) -> None:
        """Each report by what it was answered with; the last one by nothing."""
        self.exsim.when("D", cl_ord_id="two").then(reject("CLOSED"))
        self.trader.buy("one")
        self.trader.buy("two")
        met = self.taken().met
        self.assertEqual(met["Messages sent"]["NewOrderSingle(D)"], {"": 2})
        answers = {"NewOrderSingle(D)": 1}
        self.assertEqual(met["Messages received"]["Logon(A)"], answers)
        self.assertEqual(met["ExecType"]["NEW(0)"], answers)
        self.assertEqual(met["ExecType"]["REJECTED(8)"], {"nothing": 1})
        self.assertEqual(met["Changes of OrdStatus"]["- to NEW"], answers)
        (reason,) = met["Reasons of rejects"]
        self.assertTrue(reason.startswith("OrdRejReason EXCHANGE_CLOSED"), reason)
        self.assertEqual(met["Rules and faults"], {"rule rule-1": {"nothing": 1}})

    def test_faults(self) -> None:
        """A message that never went was met, too; what a timer sent is its rule's."""
        self.exsim.session("ME").fault("drop", match="type=8", direction="out", count=1)
        self.exsim.when("D").then(ack()).after("1m").then(fill())
        self.trader.buy("one")
        self.exsim.clock.advance("1m")
        causes = self.taken().met["Rules and faults"]
        self.assertEqual(causes["fault drop-1"], {"nothing": 1})
        self.assertEqual(causes["rule rule-1"].total(), 2)

    def test_races(self) -> None:
        """Each race by its name; those that were not met are told, too."""
        self.exsim.simulator.race("fill-crosses-cancel", session="ME")
        self.exsim.simulator.race("chain-of-replaces", session="ME")
        self.exsim.simulator.race("late-ack")
        self.trader.buy("one")
        self.trader.replace("two", "one")
        coverage = self.taken()
        self.assertEqual(set(coverage.met["Races"]), {"late-ack", "chain-of-replaces"})
        self.assertEqual(coverage.met["Rules and faults"], {})
        missed = '<testcase classname="Races" name="fill-crosses-cancel"><skipped'
        self.assertIn(missed, coverage.junit())

    def test_no_reason(self) -> None:
        """What a refusal is the answer to is no reason of it."""
        self.trader.replace("none", "nothing")
        (reason,) = self.taken().met["Reasons of rejects"]
        self.assertTrue(reason.startswith("CxlRejReason UNKNOWN_ORDER"), reason)

    def test_states(self) -> None:
        """Changes of each order by itself."""
        self.trader.buy("one")
        self.trader.buy("two")
        self.exsim.order("one").fill(40)
        self.exsim.order("two").cancel()
        self.exsim.order("one").fill()
        changes = self.taken().met["Changes of OrdStatus"]
        self.assertEqual(
            {name: answers.total() for name, answers in changes.items()},
            {
                "- to NEW": 2,
                "NEW to PARTIALLY_FILLED": 1,
                "NEW to CANCELED": 1,
                "PARTIALLY_FILLED to FILLED": 1,
            },
        )

    def test_fills_of_old(self) -> None:
        """What versions before FIX.4.3 call a partial fill and a fill is a trade."""
        old = Trader(self.exsim, "OLD", "FIX.4.2")
        self.exsim.connect(old)
        old.buy("one")
        self.exsim.order("one").fill(40)
        self.exsim.order("one").fill()
        self.assertEqual([code for code, _ in old.reports()], ["0", "1", "2"])
        self.assertEqual(self.taken().met["ExecType"]["TRADE(F)"], {"nothing": 2})

    def test_merged(self) -> None:
        """Several are one."""
        self.trader.buy("one")
        one, other = self.taken(), self.taken()
        one.merge(json.loads(json.dumps(other.plain())))
        self.assertEqual(one.met["ExecType"]["NEW(0)"], {"nothing": 2})

    def test_written(self) -> None:
        """As JUnit has it, and as a page; what was never met is told."""
        self.exsim.when("D").then(reject("CLOSED", "<b>no</b>"))
        self.trader.buy("one")
        folder = Path(self.mktemp())
        self.taken().write(folder)
        suites = ElementTree.parse(folder / "exsim-coverage.xml").getroot()
        (kind,) = [suite for suite in suites if suite.get("name") == "ExecType"]
        skipped = [case.get("name") for case in kind if case.find("skipped") is not None]
        self.assertEqual((kind.get("tests"), kind.get("skipped")), ("18", "17"))
        self.assertNotIn("REJECTED(8)", skipped)
        page = (folder / "exsim-coverage.html").read_text()
        self.assertIn("<h2>ExecType: 1 of 18 met</h2>", page)
        self.assertIn("<tr><td>REJECTED(8)</td><td>1</td><td>1 nothing</td></tr>", page)
        never = '<tr class="never"><td>TRADE(F)</td><td>0</td><td>never met</td></tr>'
        self.assertIn(never, page)


class WordTests(SynchronousTestCase):
    """The small parts."""

    def test_verbs(self) -> None:
        """Each verb that a test can do is a function and a method, and a step that is accepted."""
        fewer = {"hold", "webhook", "after", "calculate", "done-for-day"}
        for name, verb in VERBS.items():
            if name in fewer or verb.about == PLAY:
                continue
            self.assertTrue(hasattr(Decided, name), name)
            given: dict[str, Any] = {"reply": {"35": "8"}, "raw": b"8="}
            made = getattr(testing, name)(*([given[name]] if name in given else []))
            self.assertIsInstance(made.step(), ds.RuleStep)
            self.assertEqual(made.do, name)

    def test_given(self) -> None:
        """What a verb is not given is left out; amounts are exact."""
        self.assertEqual(fill(200, "10.01").values, {"quantity": "200", "price": "10.01"})
        self.assertEqual(bust().values, {})
        self.assertEqual(bust("7", "oops").values, {"exec_id": "7", "text": "oops"})
        self.assertEqual(cancel("why", force=True).values, {"text": "why", "force": True})
        wrong: Any = 10.01
        with self.assertRaises(TypeError):
            fill(200, wrong)

    def test_span(self) -> None:
        """Times as text, as numbers of seconds, as a timedelta."""
        for given, text in (
            ("5m", "5m"),
            (2, "2s"),
            (0.25, "0.250s"),
            (timedelta(hours=1, milliseconds=5), "3600.005s"),
        ):
            self.assertEqual(span(given), text)
        with self.assertRaises(ValueError):
            span(-1)

    def test_wanted(self) -> None:
        """A type or a text, a session, and the rest as one filter."""
        self.assertEqual(wanted("D", "ME", {"qty__ge": 5}), "type=D qty>=5 session=ME")
        self.assertEqual(wanted("2", None, {}, received=True), "type=2 dir=in")
        self.assertEqual(wanted("2", None, {"dir": "out"}, received=True), "type=2 dir=out")
        self.assertEqual(wanted("8", None, {}, received=True), "type=8")
        self.assertEqual(wanted("type=D qty>5", None, {}), "type=D qty>5")
        self.assertEqual(wanted("", None, {}), "")
        with self.assertRaises(FilterError):
            wanted("qty>5", None, {"filter": "qty>6"})

    def test_then(self) -> None:
        """A result is looked at now, or when it comes."""
        self.assertEqual(then(2, lambda value: value + 1), 3)
        later: Any = then(succeed(2), lambda value: value + 1)  # type: ignore[operator]
        self.assertEqual(self.successResultOf(later), 3)

    def test_or_none(self) -> None:
        """What is not there is None, now or when it turns out; another error is one."""
        missing = SimulatorError(_problem(404))
        pending_one: Deferred[None] = Deferred()
        self.assertIs(or_none(_raising(missing)), None)
        with self.assertRaises(SimulatorError):
            or_none(_raising(SimulatorError(_problem(409))))
        found: Any = or_none(lambda: pending_one)
        pending_one.errback(missing)
        self.assertIs(self.successResultOf(found), None)

    def test_names(self) -> None:
        """All that is offered is there, and nothing else."""
        for name in testing.__all__:
            self.assertTrue(getattr(testing, name), name)
        self.assertFalse(hasattr(testing, "other"))


def _problem(status: int) -> Any:
    from exsim.control.results import Problem

    return Problem("title", status, "detail")


def _raising(error: Exception) -> Any:
    def ask() -> None:
        raise error

    return ask


class CaseTests(ExchangeCase):
    """The mixin of unittest."""

    def test_told(self) -> None:
        """What a test that fails had said is noted with the error; but not twice."""
        self.trader.buy("one")
        error = AssertionError("no")
        tell(error, self.exsim)
        (note,) = error.__notes__
        self.assertIn("NewOrderSingle(D) cl_ord_id=one", note)
        told = AssertionError("... Conversation of ME ...")
        tell(told, self.exsim)
        self.assertFalse(hasattr(told, "__notes__"))

    def test_of_a_case(self) -> None:
        """A test that fails is told, one that is skipped or passes is left alone."""
        exsim = self.exsim

        class Case(ExsimMixin, unittest.TestCase):
            """A test case that needs no process."""

            def setUp(self) -> None:
                self.exsim = exsim

            def test_fails(self) -> None:
                self.fail("as it should")

            def test_skips(self) -> None:
                self.skipTest("as it should")

        result = unittest.TestResult()
        for name in ("test_fails", "test_skips"):
            Case(name).run(result)
        self.assertEqual((len(result.failures), len(result.skipped)), (1, 1))
        self.assertIn("The conversation with exsim:\n#", result.failures[0][1])
