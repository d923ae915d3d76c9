"""Webhooks: an HTTP endpoint says what becomes of a request; whatever it answers, or does not."""

from __future__ import annotations

import json
from typing import Any

from treq.testing import StubTreq
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from exsim.model.journal import EntryKind
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.state import capture, restore
from exsim.services.webhooks import MOST, Webhooks
from tests.simulator import LinePlugins, MemorySimulator, RestTestCase, settings

URL = "http://127.0.0.1:8000/decide"


class Endpoint(Resource):
    """Answers what it is told to, and keeps what it was asked."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []
        self.answer: Any = {"then": "ack; fill 5"}
        self.code = 200

    def render_POST(self, request: Request) -> Any:
        """The answer; none at all where that is None."""
        assert request.content is not None
        self.asked.append(json.load(request.content))
        if self.answer is None:
            return NOT_DONE_YET
        request.setResponseCode(self.code)
        return self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()


class WebhookCase(RestTestCase):
    """A simulator that asks an endpoint."""

    def setUp(self) -> None:
        """Somebody is logged in."""
        super().setUp()
        self.endpoint = Endpoint()
        self.stub = StubTreq(self.endpoint)
        self.begin_asking()
        self.a = self.memory.login("A")

    def begin_asking(self) -> None:
        """Have what asks running."""
        memory = self.memory
        self.webhooks = Webhooks(memory.turns, memory.reactor, self.stub)
        self.webhooks.startService()
        self.addCleanup(self.webhooks.stopService)

    def rule(self, then: str) -> None:
        """Make a rule for new orders."""
        self.post("/rules", {"then": then, "when": "1=NEW", "name": "r"}, 201)

    def new(self, name: str = "1") -> list[str]:
        """Enter an order, and let the endpoint be asked."""
        heard = self.a.send(f"NEW {name} BUY 100 AAA 10")
        self.let()
        return heard + self.a.read()

    def let(self, seconds: float = 0.001) -> None:
        """Let time go on."""
        self.memory.reactor.advance(seconds)
        self.stub.flush()

    def notes(self) -> list[Any]:
        """What was noted."""
        entries = self.memory.exchange.journal.entries(0)
        return [json.loads(each.data) for each in entries if each.kind == EntryKind.NOTE]


class AnswerTests(WebhookCase):
    """It answers."""

    def test_steps(self) -> None:
        """Its steps are taken in the place of the webhook, then those behind it."""
        self.rule(f"webhook {URL}; after 100ms; fill rest")
        self.assertEqual(self.new(), ["new 1 100", "fill 1 95 5@10"])
        (asked,) = self.endpoint.asked
        self.assertEqual((asked["rule"], asked["hit"], asked["cl_ord_id"]), ("r", 1, "1"))
        self.assertEqual(asked["fields"][3], {"tag": "4", "name": "word", "value": "100"})
        self.let(0.2)
        self.assertEqual(self.a.read(), ["fill 1 0 95@10"])

    def test_forms(self) -> None:
        """Steps as text, as a list, in an object, or none: the request goes on."""
        self.rule(f"webhook {URL}")
        for number, answer in enumerate(("ack", [{"do": "ack"}], {"then": ["ack"]}, {}, []), 1):
            self.endpoint.answer = answer
            self.assertEqual(self.new(str(number)), [f"new {number} 100"], answer)
        bids = self.get("/venues/X/books/AAA")["bids"]
        self.assertEqual(bids[0]["orders"], 2)

    def test_once(self) -> None:
        """A second answer to the same question is none."""
        self.rule(f"webhook {URL}; after 500ms; fill rest")
        self.new()
        now = self.memory.now()
        self.memory.exchange.answered("X", 1, b'{"then":"cancel"}', now)
        self.assertEqual(self.a.read(), [])
        self.let(0.6)
        self.assertEqual(self.a.read(), ["fill 1 0 95@10"])

    def test_others_go_on_meanwhile(self) -> None:
        """Nobody waits for it."""
        self.endpoint.answer = None
        self.rule(f"webhook {URL}")
        self.assertEqual(self.new(), [])
        b = self.memory.login("B")
        self.ask("DELETE", "/rules/r", None, 204)
        self.assertEqual(b.send("NEW 1 BUY 5 AAA 10"), ["new 1 5"])


class NoAnswerTests(WebhookCase):
    """It does not, or nothing that makes sense."""

    def assert_failed(self, text: str) -> None:
        """The rule failed, and the order was rejected for that."""
        self.assertEqual(self.a.read(), ["rejected 1 0"])
        self.assertEqual(self.notes()[-1]["did"], "failed")
        self.assertIn(text, self.notes()[-1]["why"])

    def test_nonsense(self) -> None:
        """Another status, no JSON, unknown verbs, too much."""
        self.rule(f"webhook {URL}")
        for code, answer, text in (
            (500, "ack", "answered 500"),
            (200, b"<html>", "no JSON"),
            (200, "akc", "did you mean 'ack'"),
            (200, 7, "give steps"),
            (200, b" " * (MOST + 1), "at most 1,000,000"),
        ):
            self.endpoint.code, self.endpoint.answer = code, answer
            self.assertEqual(self.new(), ["rejected 1 0"], text)
            self.assertIn(text, self.notes()[-1]["why"])
            self.post("/reset")
            self.a = self.memory.login("A")
            self.rule(f"webhook {URL}")

    def test_too_late(self) -> None:
        """It is not waited for longer than was said, and what it says then is nothing to us."""
        self.endpoint.answer = None
        self.rule(f"webhook {URL} timeout=500ms")
        self.assertEqual(self.new(), [])
        self.let(0.4)
        self.assertEqual(self.a.read(), [])
        self.let(0.2)
        self.assert_failed("did not answer within 0.5 s")

    def test_on_error(self) -> None:
        """The step says what becomes of the request instead."""
        self.endpoint.code = 404
        self.rule(f"webhook {URL} on_error=pass")
        self.assertEqual(self.new(), ["new 1 100"])
        self.assertEqual(self.get("/venues/X/books/AAA")["bids"][0]["quantity"], "100")

    def test_a_reset_meanwhile(self) -> None:
        """What is answered to an order of before is forgotten."""
        self.endpoint.answer = None
        self.rule(f"webhook {URL} timeout=500ms")
        self.new()
        self.post("/reset", {"sessions": "keep"})
        self.let(0.6)
        self.assertEqual(self.a.read(), [])


class AgainTests(WebhookCase):
    """What was answered is in the journal."""

    def test_replay_asks_nobody(self) -> None:
        """Run again, the same comes of it."""
        self.rule(f"webhook {URL}; fill rest")
        self.new()
        entries = list(self.memory.exchange.journal.entries(0))
        again = inert(settings(), LinePlugins())
        replay = Replay(again, entries, 1, 0)
        self.assertIsNone(replay.run())
        self.assertEqual(replay.tape.last, self.memory.exchange.journal.last)
        self.assertEqual(len(self.endpoint.asked), 1)

    def test_asked_again_after_a_crash(self) -> None:
        """Who had not answered when the last run ended is asked by the next one."""
        self.endpoint.answer = None
        self.rule(f"webhook {URL}; fill rest")
        self.new()
        state = capture(self.memory.simulator)
        self.webhooks.stopService()
        self.memory.stop()
        self.memory = MemorySimulator(settings(), LinePlugins())
        self.addCleanup(self.memory.stop)
        restore(self.memory.simulator, state)
        self.endpoint.answer = "ack"
        self.begin_asking()
        self.let()
        self.assertEqual(len(self.endpoint.asked), 2)
        order = self.memory.exchange.dispatcher.venue("X").orders.find("A", "1")
        assert order is not None
        self.assertEqual(order.leaves, 0)
