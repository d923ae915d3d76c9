"""
Messages over REST by filters, what they came of, and verify: passed, or a text that tells why not.

The texts are in ``tests/verdicts/``. After a change of them that is meant,
``EXSIM_GOLDEN=write python -m twisted.trial tests.test_verify`` writes them anew, to be read.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from exsim.filters.lines import Line, shown
from exsim.filters.verdict import ordinal
from exsim.model.journal import EntryKind
from tests.seen_case import Party, SeenTestCase

VERDICTS = Path(__file__).parent / "verdicts"


class FilterTests(SeenTestCase):
    """Messages that fit a filter."""

    def numbers(self, **query: str) -> list[int]:
        """The numbers of messages."""
        return [message["seq"] for message in self.messages(**query)]

    def setUp(self) -> None:
        """After some trading."""
        super().setUp()
        self.trade()

    def test_list(self) -> None:
        """Of all sessions, with other conditions and without."""
        for text, found in (
            ("type=D", [6, 8, 14]),
            ("type=D symbol=IBM", [6, 14]),
            ("exec=fill", [16, 17]),
            ("qty>=500", [8, 9]),
            ("session=SELLSIDE dir=in", [12, 14]),
            ("type=D not symbol=IBM", [8]),
            ("time>=12:00:01 type=D", [8, 14]),
            ("time>=12:00:02", []),
            ("type=A or qty=60", [4, 5, 12, 13, 14, 15, 16]),
            ("raw~35=D", [6, 8, 14]),
            ("name=Logon endpoint=order-entry venue=XSIM seq>5", [12, 13]),
            ("venue=OTHER", []),
        ):
            self.assertEqual(self.numbers(filter=text), found, text)
        self.assertEqual(self.numbers(filter="type=D", session="BUYSIDE1"), [6, 8])
        self.assertEqual(self.numbers(filter="session=SELLSIDE", session="BUYSIDE1"), [])
        self.assertEqual(self.numbers(filter="type=D", type="8"), [])
        self.assertEqual(self.numbers(filter="side=1", type="D", tag="55=IBM"), [6])

    def test_session(self) -> None:
        """Of one session."""
        found = self.get("/sessions/BUYSIDE1/messages?filter=exec%3Dfill")["items"]
        self.assertEqual([message["seq"] for message in found], [17])

    def test_pages(self) -> None:
        """A filter goes on where a page ended."""
        page = self.get("/messages?filter=type%3DD&limit=2")
        self.assertEqual([message["seq"] for message in page["items"]], [6, 8])
        page = self.get(f"/messages?filter=type%3DD&limit=2&after={page['next']}")
        self.assertEqual([message["seq"] for message in page["items"]], [14])

    def test_wait(self) -> None:
        """The same while it is waited."""
        waiting = self.begin("GET", "/messages/wait?filter=type%3DF&timeout=5s")
        self.party.send("F", "11=c9|41=c1|55=IBM|54=1|60=20260105-09:30:00")
        self.treq.flush()
        response = self.successResultOf(waiting)
        told = json.loads(self.successResultOf(response.text()))
        self.assertTrue(told["complete"])
        self.assertEqual([message["type"] for message in told["items"]], ["F"])

    def test_wrong(self) -> None:
        """What is no filter is told where it is wrong."""
        problem = self.get("/messages?filter=type%3DD%20sid%3DBUY", 422)
        self.assertIn("at 8, 'sid=BUY': nothing is called 'sid'", problem["detail"])
        self.assertIn("did you mean 'side'", problem["detail"])

    def test_passwords(self) -> None:
        """A password is found by no filter, so that it cannot be guessed."""
        Party(self.memory, "THIRD").send("BE", "923=r1|924=1|553=me|554=secret")
        self.assertEqual(len(self.numbers(filter="type=BE has(554)")), 1)
        for guess in ("554=secret", "554~se", "raw~secret", "554>a", 'type=BE 554~"/s/"'):
            self.assertEqual(self.numbers(filter=guess), [], guess)


class CauseTests(SeenTestCase):
    """What messages came of, and what came of them."""

    def test_messages(self) -> None:
        """A message received tells what was sent for it, and what orders had a part in it."""
        self.trade()
        told = {message["seq"]: message for message in self.messages()}
        self.assertEqual(told[14]["cause"], None)
        self.assertEqual(told[14]["caused"]["sent"], [15, 16, 17])
        self.assertEqual(told[14]["caused"]["orders"], ["3", "1"])
        self.assertEqual([told[seq]["cause"] for seq in (15, 16, 17)], [14, 14, 14])
        self.assertEqual(told[17]["caused"]["orders"], ["1"])
        self.assertEqual(told[17]["caused"]["sent"], [])

    def test_operation(self) -> None:
        """What was sent for an operation has the number of that as its cause."""
        self.party.order("c1", "1", "100", "IBM", "10")
        self.post("/venues/XSIM/orders/1/cancel")
        told = self.messages(filter="exec=canceled")[0]
        (command,) = [
            entry.seq
            for entry in self.memory.exchange.journal.entries(0)
            if entry.kind == EntryKind.COMMAND
        ]
        self.assertEqual(told["cause"], command)

    def test_rules(self) -> None:
        """Rules that fired are told of both, the request and the answer."""
        self.post("/rules", {"name": "no", "when": "type=D", "then": "reject OTHER"}, 201)
        self.party.order("c1", "1", "100", "IBM", "10")
        request = self.messages(filter="type=D")[0]
        answer = self.messages(filter="type=8")[0]
        self.assertEqual(request["caused"]["rules"], ["no"])
        self.assertEqual(answer["caused"]["rules"], ["no"])
        self.assertEqual(answer["cause"], request["seq"])


class VerifyTests(SeenTestCase):
    """Expectations that hold, and how they are counted."""

    def setUp(self) -> None:
        """After some trading."""
        super().setUp()
        self.trade()

    def test_passed(self) -> None:
        """What is so."""
        for body in (
            {"filter": "type=D"},
            {"filter": "type=D", "exactly": 3},
            {"filter": {"type": "D", "symbol": "IBM"}, "exactly": 2},
            {"filter": "type=D", "at_least": 3},
            {"filter": "type=D", "at_most": 3},
            {"filter": "type=D", "at_least": 2, "at_most": 4},
            {"filter": "type=F", "never": True},
            {"filter": "type=F", "exactly": 0},
            {"filter": "type=F", "at_most": 0},
            {"filter": "type=D", "exactly": 1, "session": "SELLSIDE"},
            {"filter": "type=D", "venue": "XSIM"},
            {"in_order": ["type=D", {"exec": "new"}, "exec=fill side=SELL", "exec=fill"]},
            {},
        ):
            told = self.verify(**body)
            self.assertTrue(told["passed"], told["text"])
            self.assertIn("expected", told["text"])
            self.assertEqual((told["nearest"], told["conversation"]), ([], []))

    def test_failed(self) -> None:
        """What is not."""
        for body in (
            {"filter": "type=F"},
            {"filter": "type=D", "exactly": 2},
            {"filter": "type=D", "at_least": 4},
            {"filter": "type=D", "at_most": 2},
            {"filter": "type=D", "never": True},
            {"filter": "type=D session=BUYSIDE1", "exactly": 1, "session": "SELLSIDE"},
            {"in_order": ["exec=fill", "type=D symbol=MSFT"]},
        ):
            told = self.verify(**body)
            self.assertFalse(told["passed"], body)
            self.assertNotEqual(told["conversation"], [])

    def test_told(self) -> None:
        """The same as values: the messages that fit, or those that nearly do."""
        told = self.verify(filter="type=D", exactly=3)
        self.assertEqual(told["found"], 3)
        self.assertEqual([message["seq"] for message in told["messages"]], [6, 8, 14])
        told = self.verify(filter="type=D symbol=IBM qty>=500")
        self.assertEqual(told["found"], 0)
        self.assertEqual([near["message"]["seq"] for near in told["nearest"]], [14, 8, 6])
        self.assertEqual(
            told["nearest"][1]["misses"], [{"key": "Symbol(55)", "wanted": "IBM", "got": "MSFT"}]
        )

    def test_after(self) -> None:
        """Only what came after a cursor counts."""
        position = self.verify(filter="type=D")["position"]
        self.assertTrue(self.verify(filter="type=D", never=True, after=position)["passed"])
        self.party.order("c3", "1", "1", "IBM", "1")
        self.assertTrue(self.verify(filter="type=D", exactly=1, after=position)["passed"])

    def test_nonsense(self) -> None:
        """What contradicts itself is refused."""
        for body in (
            {"exactly": 1, "at_least": 1},
            {"never": True, "at_most": 1},
            {"never": True, "exactly": 0},
            {"at_least": 2, "at_most": 1},
            {"in_order": ["type=D"], "exactly": 1},
            {"in_order": ["type=D"], "filter": "type=D"},
            {"filter": "nothing=1"},
        ):
            self.post("/messages/verify", body, 422)
        self.post("/messages/verify", {"venue": "NONE"}, 404)


class WithinTests(SeenTestCase):
    """Expectations that are waited for."""

    def setUp(self) -> None:
        """Nobody has traded."""
        super().setUp()
        self.told: list[Any] = []

    def begin_verify(self, **body: Any) -> None:
        """Ask, and do not wait for the answer."""
        pending = self.begin("POST", "/messages/verify", {"within": "2s", **body})
        pending.addCallback(lambda response: response.text()).addCallback(self.told.append)
        self.treq.flush()

    def answered(self) -> Any:
        """The answer, None where there is none yet."""
        self.treq.flush()
        return json.loads(self.told.pop()) if self.told else None

    def order(self) -> None:
        """An order comes."""
        self.party.order("c1", "1", "100", "IBM", "10.05")

    def test_comes(self) -> None:
        """As soon as enough have come."""
        for body in ({"at_least": 1}, {"exactly": 1}, {}):
            self.begin_verify(filter="type=D", after=self.position(), **body)
            self.assertIsNone(self.answered())
            self.order()
            self.assertTrue(self.answered()["passed"])

    def test_in_order(self) -> None:
        """As soon as the last step has come."""
        self.begin_verify(in_order=["type=D", "exec=new"])
        self.assertIsNone(self.answered())
        self.order()
        self.assertTrue(self.answered()["passed"])

    def test_never(self) -> None:
        """At once when it comes; else at the end."""
        self.begin_verify(filter="type=D", never=True)
        self.memory.reactor.advance(1.9)
        self.assertIsNone(self.answered())
        self.memory.reactor.advance(0.2)
        self.assertTrue(self.answered()["passed"])
        self.begin_verify(filter="type=D", never=True)
        self.order()
        self.assertFalse(self.answered()["passed"])

    def test_too_late(self) -> None:
        """What does not come in time has failed, and says how long it was waited for."""
        self.begin_verify(filter="type=D")
        self.memory.reactor.advance(2.1)
        told = self.answered()
        self.assertFalse(told["passed"])
        self.assertIn("Found none among 2 messages within 2s.", told["text"])

    def test_reset(self) -> None:
        """A reset meanwhile is told."""
        self.begin_verify(filter="type=D")
        self.post("/reset", {})
        self.assertEqual(self.answered()["status"], 410)

    def position(self) -> str:
        """A cursor of now."""
        position: str = self.verify()["position"]
        return position


class VerdictTests(SeenTestCase):
    """The text, word for word."""

    maxDiff = None

    def assert_text(self, name: str, **body: Any) -> None:
        """The text of what failed is the one in a file."""
        told = self.verify(**body)
        self.assertFalse(told["passed"])
        path = VERDICTS / f"{name}.txt"
        if os.environ.get("EXSIM_GOLDEN") == "write":
            path.write_text(told["text"] + "\n", encoding="utf-8")
        self.assertEqual(told["text"] + "\n", path.read_text(encoding="utf-8"))

    def test_texts(self) -> None:
        """Missing, too many, in the wrong order, and with nothing there at all."""
        self.trade()
        wanted = "type=D symbol=IBM qty>=500 side=BUY"
        self.assert_text("missing", filter=wanted, exactly=1)
        self.assert_text("too_many", filter="type=D", at_most=2)
        self.assert_text("too_few", filter="exec=fill", at_least=3, session="BUYSIDE1")
        self.assert_text("never", filter="exec=fill", never=True)
        steps = ["type=D", "exec=new", "exec=fill side=SELL", "exec=canceled"]
        self.assert_text("in_order", in_order=steps)
        self.assert_text("too_early", in_order=["exec=fill", "type=D symbol=MSFT"])
        self.assert_text("first_step", in_order=["type=F", "type=8"])
        self.assert_text("nobody", filter="type=D", session="NOBODY")

    def test_what_else_happened(self) -> None:
        """Operations, rules and connections stand between the messages."""
        self.post("/rules", {"name": "some", "when": "qty>=500", "then": "ack; fill 200"}, 201)
        self.party.order("c1", "1", "500", "IBM", "10.05")
        self.post("/venues/XSIM/orders/1/cancel", {"text": "by hand"})
        self.party.send("1", "112=are you there")
        self.party.wire.peer.connectionLost()
        self.assert_text("what_else", filter="exec=fill last_qty=500", exactly=1)

    def test_long(self) -> None:
        """Of a long conversation the end is told."""
        for number in range(40):
            self.party.order(f"c{number}", "1", "1", "IBM", "1")
        told = self.verify(filter="type=D symbol=MSFT")
        self.assertEqual(len(told["conversation"]), 30)
        self.assertIn("Conversation of BUYSIDE1, the last 30 of 82 messages:", told["text"])

    def test_columns(self) -> None:
        """What is alike stands below each other."""
        lines = [Line(9, 0, "A", "-->", "x"), Line(10, 10**9, "LONG", "<--", "y")]
        self.assertEqual(
            shown(lines), ["#9  00:00:00.000 A    --> x", "#10 00:00:01.000 LONG <-- y"]
        )
        self.assertEqual(shown([]), [])

    def test_control_characters(self) -> None:
        """What a terminal would act on is escaped."""
        self.party.order("\x1b[2J", "1", "1", "IBM", "1")
        told = self.verify(filter="type=F")
        self.assertIn("cl_ord_id=\\x1b[2J BUY", told["text"])
        self.assertNotIn("\x1b", told["text"])

    def test_ordinals(self) -> None:
        """First things first."""
        told = [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 111)]
        self.assertEqual(
            told, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th"]
        )
