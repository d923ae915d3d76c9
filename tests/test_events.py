"""Events: what is told of what happens, where it goes on, and how fast it may be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.client import ResponseDone
from twisted.web.http_headers import Headers

from exsim.client.codec import SimulatorError
from exsim.client.events import Reader, follow
from exsim.client.events_async import AsyncEvents
from exsim.control.access import Access
from exsim.control.double_results import AwaitedEvents, Event
from exsim.control.double_schemas import WaitEventsArguments
from exsim.control.resource import make_site
from exsim.control.results import Problem
from exsim.control.streams import AT_ONCE, STALLED_SECONDS
from exsim.errors import Gone
from exsim.interfaces import IJournal
from exsim.journal import MemoryJournal
from tests.fake_control import ANSWERS, FakeControl
from tests.front_fakes import FrontTestCase
from tests.seen_case import INI, SeenTestCase
from tests.simulator import settings

TIME = "2026-01-02T03:04:05.000000006Z"


class EventCase(SeenTestCase):
    """Asks for events."""

    def events(self, after: str = "0-0", *more: str) -> list[Any]:
        """All there are after a cursor."""
        query = "&".join(["timeout=0s", "limit=1000", f"after={after}", *more])
        found: list[Any] = self.get(f"/events/wait?{query}")["items"]
        return found

    def told(self, *more: str) -> list[tuple[str, str]]:
        """Kind and text of all events."""
        return [(event["event"], event["text"]) for event in self.events("0-0", *more)]


class KindTests(EventCase):
    """What there are events of."""

    ini = INI.replace("policies = match", "policies = hold")

    def test_messages(self) -> None:
        """Of each message; a report tells of its order, too."""
        self.party.order("c1", "1", "100", "IBM", "10")
        self.post("/holds/1/ack")
        kinds = "kind=message"
        self.assertEqual(
            [kind for kind, _ in self.told(kinds)], ["message", "message", "message", "order"]
        )
        (report,) = self.events("0-0", "kind=order")
        self.assertEqual(report["message"]["type"], "8")
        about = report["about"]
        self.assertEqual((about["order_id"], about["status"], about["qty"]), ("1", "NEW", "100"))
        self.assertIn("BUYSIDE1 <-- ExecutionReport(8) cl_ord_id=c1", report["text"])

    def test_lines(self) -> None:
        """Messages as lines are the same events, without the messages."""
        self.party.order("c1", "1", "100", "IBM", "10")
        self.post("/holds/1/ack")
        whole, lines = self.events(), self.events("0-0", "messages=line")
        for one, other in zip(whole, lines, strict=True):
            self.assertIsNone(other["message"])
            self.assertEqual((one["id"], one["text"]), (other["id"], other["text"]))
            message = one["message"]
            if message is not None:
                about = {key: message[key] for key in ("type", "name", "direction")}
                self.assertEqual(other["about"], {**one["about"], **about})

    def test_filter(self) -> None:
        """With a filter there are messages alone."""
        self.party.order("c1", "1", "100", "IBM", "10")
        found = self.events("0-0", "filter=type%3DD")
        self.assertEqual([event["message"]["type"] for event in found], ["D"])
        self.assertEqual(self.events("0-0", "filter=type%3DD", "kind=order"), [])

    def test_holds(self) -> None:
        """A request that waits, and that it was decided."""
        self.party.order("c1", "1", "100", "IBM", "10")
        self.post("/holds/1/reject", {"reason": "OTHER"})
        held, decided = self.events("0-0", "kind=hold")
        self.assertEqual(
            held["about"],
            {
                "hold": 1,
                "did": "held",
                "by": "hold",
                "request": "new",
                "cl_ord_id": "c1",
                "symbol": "IBM",
            },
        )
        self.assertEqual((held["venue"], held["session"]), ("XSIM", "BUYSIDE1"))
        self.assertEqual(decided["about"], {"hold": 1, "did": "decided"})

    def test_phases(self) -> None:
        """The phases of the venue, not one that begins while it is there."""
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "closed"})
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "closed"})
        (phase,) = self.events("0-0", "kind=phase")
        self.assertEqual(
            phase["about"], {"phase": "closed", "did": "began", "before": "continuous"}
        )

    def test_others(self) -> None:
        """Operations without their secrets, rules, and connections."""
        self.post("/rules", {"name": "no", "when": "type=D", "then": "reject OTHER"}, 201)
        self.party.order("c1", "1", "100", "IBM", "10")
        fields = [["35", "BE"], ["554", "secret"]]
        self.post("/sessions/BUYSIDE1/messages", {"fields": fields})
        self.party.wire.peer.connectionLost()
        self.assertEqual(
            [kind for kind, _ in self.told()],
            [
                *("session", "message", "message", "operation", "message", "rule", "order"),
                *("operation", "message", "session"),
            ],
        )
        sent = self.events("0-0", "kind=operation")[1]
        self.assertEqual(sent["about"]["operation"], "send_message")
        self.assertEqual(sent["about"]["given"]["fields"], [["35", "BE"], ["554", "***"]])
        self.assertNotIn("secret", str(self.events()))
        lost = self.events("0-0", "kind=session")[1]
        self.assertEqual((lost["about"]["did"], lost["text"]), ("lost", "connection 1 lost"))

    def test_venue(self) -> None:
        """Those of one venue; there has to be one."""
        self.assertNotEqual(self.events("0-0", "venue=XSIM"), [])
        self.get("/events/wait?venue=NONE&timeout=0s", 404)


class GoOnTests(EventCase):
    """Where it goes on."""

    def test_ids(self) -> None:
        """After each id comes exactly what follows."""
        self.trade()
        whole = self.events()
        self.assertGreater(len(whole), 10)
        for number, event in enumerate(whole):
            self.assertEqual(self.events(event["id"]), whole[number + 1 :])

    def test_limit(self) -> None:
        """Some at a time."""
        self.trade()
        whole, found, after = self.events(), [], "0-0"
        while True:
            told = self.get(f"/events/wait?timeout=0s&limit=3&after={after}")
            found += told["items"]
            after = told["position"]
            if told["next"] is None:
                break
        self.assertEqual(found, whole)

    def test_from_now(self) -> None:
        """Without a cursor, what has yet to come."""
        told = self.get("/events/wait?timeout=0s")
        self.assertEqual((told["items"], told["complete"]), ([], False))
        self.trade()
        self.assertEqual(self.events(told["position"])[0]["message"]["type"], "D")

    def test_waits(self) -> None:
        """It waits until something happens, not more."""
        found: list[bytes] = []
        asked = self.begin("GET", "/events/wait?timeout=5s&kind=order")
        asked.addCallback(lambda response: response.content()).addCallback(found.append)
        self.treq.flush()
        self.assertEqual(found, [])
        self.party.order("c1", "1", "100", "IBM", "10")
        self.treq.flush()
        told = msgspec.json.decode(found[0], type=AwaitedEvents)
        self.assertEqual([event.event for event in told.items], ["order"])

    def test_reset(self) -> None:
        """After a reset that is told first, then what came since."""
        position = self.events()[-1]["id"]
        self.post("/reset", {})
        self.post("/venues/XSIM/orders", {"symbol": "IBM", "side": "BUY", "quantity": "1"})
        kinds = [event["event"] for event in self.events(position)]
        self.assertEqual(kinds, ["reset"])
        (reset,) = self.events(position)
        self.assertEqual((reset["id"], reset["about"]), ("2-0", {"epoch": 2}))
        self.assertEqual(self.events("2-0")[-1]["about"]["operation"], "enter_order")

    def test_not_there(self) -> None:
        """A cursor of what will come, or of no epoch there was, is gone."""
        self.get("/events/wait?timeout=0s&after=1-99999", 410)
        self.get("/events/wait?timeout=0s&after=2-1", 410)
        self.get("/events/wait?timeout=0s&after=1-1.1-1", 410)


class DurableTests(EventCase):
    """A journal that is written at the end of each pass of the reactor."""

    def setUp(self) -> None:
        """Turns end together."""
        journal = IJournal(MemoryJournal(1_000))
        self.start(replace(settings(), durability="fsync"), journal=journal)
        self.memory.reactor.advance(0)

    def test_not_before(self) -> None:
        """What is not written yet is not told: it could still come to nothing."""
        self.memory.connect().send("LOGIN A")
        found: list[bytes] = []
        asked = self.begin("GET", "/events/wait?timeout=0s&after=0-0")
        asked.addCallback(lambda response: response.content()).addCallback(found.append)
        self.treq.flush()
        self.assertEqual(found, [])
        self.memory.reactor.advance(0)
        self.treq.flush()
        told = msgspec.json.decode(found[0], type=AwaitedEvents)
        self.assertEqual(told.items[-1].text, "A --> Line(LOGIN) word=LOGIN word=A")


def numbered(told: Any) -> tuple[str, int]:
    """What tells an event from others."""
    return told["venue"], told["seq"]


class FrontTests(FrontTestCase):
    """Venues with a process each."""

    def events(self, query: str) -> Any:
        """What is answered."""
        return self.get(f"/events/wait?timeout=0s&{query}")

    def test_merged(self) -> None:
        """By time, and after each id exactly what follows at all of them."""
        for second, venue in enumerate("XYXXY"):
            self.advance(1)
            order = {"symbol": "AAA", "side": "BUY", "quantity": str(second + 1), "price": "1"}
            self.post(f"/venues/{venue}/orders", order)
        whole = self.events("after=0-0&kind=operation")["items"]
        given = [event["about"]["given"] for event in whole]
        self.assertEqual([each["quantity"] for each in given], ["1", "2", "3", "4", "5"])
        self.assertEqual([event["venue"] for event in whole], [*"XYXXY"])
        for number, event in enumerate(whole):
            rest = self.events(f"kind=operation&after={event['id']}")["items"]
            self.assertEqual(
                [each["seq"] for each in rest], [e["seq"] for e in whole[number + 1 :]]
            )
        some = self.events("after=0-0&kind=operation&limit=2")
        self.assertEqual(len(some["items"]), 2)
        rest = self.events(f"kind=operation&after={some['next']}")["items"]
        self.assertEqual(len(rest), 3)

    def test_one_venue(self) -> None:
        """Of one venue, by its own cursors."""
        self.post("/venues/X/orders", {"symbol": "AAA", "side": "BUY", "quantity": "1"})
        self.assertEqual(len(self.events("after=0-0&venue=X&kind=operation")["items"]), 1)
        self.assertEqual(len(self.events("after=0-0&venue=Y&kind=operation")["items"]), 0)

    def test_waits(self) -> None:
        """What happens at any of them is waited for, from now on."""
        self.post("/venues/X/orders", {"symbol": "AAA", "side": "BUY", "quantity": "1"})
        found: list[bytes] = []
        asked = self.begin("GET", "/events/wait?timeout=5s&kind=operation")
        asked.addCallback(lambda response: response.content()).addCallback(found.append)
        self.treq.flush()
        self.assertEqual(found, [])
        self.post("/venues/Y/orders", {"symbol": "AAA", "side": "BUY", "quantity": "2"})
        self.treq.flush()
        told = msgspec.json.decode(found[0], type=AwaitedEvents)
        self.assertEqual([event.venue for event in told.items], ["Y"])

    def test_other_venues(self) -> None:
        """A cursor of another number of venues is gone."""
        self.get("/events/wait?timeout=0s&after=1-1.1-1.1-1", 410)

    def test_verify(self) -> None:
        """Messages are expected at one venue, or of a session that one venue has."""
        self.log_in("X", "A")
        self.assertTrue(self.post("/messages/verify", {"venue": "X"})["passed"])
        self.assertFalse(self.post("/messages/verify", {"venue": "Y"})["passed"])
        self.assertTrue(self.post("/messages/verify", {"session": "A"})["passed"])
        for body in ({}, {"session": "SAME"}, {"session": "NONE"}):
            told = self.post("/messages/verify", body, 409)
            self.assertIn("say at which venue", told["detail"])


class Asked(FakeControl):
    """Answers when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Deferred[Any]] = []

    def perform(self, operation: str, arguments: Any, body: Any) -> Any:
        """The first time at once, then when it is told."""
        self.asked.append((operation, arguments, body))
        if len(self.asked) == 1:
            return AwaitedEvents([], None, "1-5", False)
        self.waiting.append(Deferred())
        return self.waiting[-1]


def event(seq: int) -> Event:
    """An event."""
    return Event("rule", f"1-{seq}", seq, TIME, "X", "S", f"number {seq}", None, {})


class StreamTests(SynchronousTestCase):
    """Server-sent events on the wire."""

    def setUp(self) -> None:
        """A connection to a control that answers when it is told."""
        self.clock = Clock()
        self.control = Asked()
        self.reader = Reader()

    def open(self, *headers: str, path: str = "/api/v1/events") -> None:
        """Ask for events."""
        site = make_site(self.control, Access(), self.clock)
        self.channel = site.buildProtocol(None)
        self.transport = StringTransport()
        self.channel.makeConnection(self.transport)
        self.addCleanup(lambda: self.channel.connectionLost(Failure(ConnectionDone())))
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
        self.channel.dataReceived("\r\n".join(lines).encode())

    def text(self) -> str:
        """What was written since the last call."""
        data: bytes = self.transport.value()
        self.transport.clear()
        return data.decode()

    def answer(self, *events: Event, position: str = "1-9") -> None:
        """The simulator has events."""
        answer = AwaitedEvents(list(events), None, position, bool(events))
        self.control.waiting.pop().callback(answer)

    def test_events(self) -> None:
        """The type, where it begins, then each event with its id, and then what follows that."""
        self.open(path="/api/v1/events?kind=rule&venue=XSIM")
        said = self.text()
        for part in ("200 OK", "text/event-stream", "no-store", "retry: 1000\n", "id: 1-5\n\n"):
            self.assertIn(part, said)
        self.assertEqual(self.control.asked[0][0], "wait_events")
        self.answer(event(7), event(9))
        said = self.text()
        self.assertIn("event: rule\nid: 1-7\ndata: {", said)
        asked = self.control.asked[-1][1]
        wanted = WaitEventsArguments("XSIM", ["rule"], None, "1-9", "whole", "15s", AT_ONCE)
        self.assertEqual(asked, wanted)

    def test_last_event_id(self) -> None:
        """Who was cut off goes on from there, whatever the query says."""
        self.open("Last-Event-ID: 1-3", path="/api/v1/events?after=1-1")
        asked = self.control.asked[0][1]
        self.assertEqual(asked, WaitEventsArguments(after="1-3", timeout="0s", limit=AT_ONCE))
        self.assertIn("id: 1-3\n\n", self.text())

    def test_heartbeat(self) -> None:
        """Where nothing happens a comment tells that both are there."""
        self.open()
        self.text()
        self.answer(position="1-8")
        self.assertIn(": nothing new\nid: 1-8\n\n", self.text())

    def test_refused(self) -> None:
        """What cannot be told at all is a problem like any other."""
        self.control.asked.append(("", None, None))  # type: ignore[arg-type]
        self.open()
        self.control.waiting.pop().errback(Gone("too old"))
        said = self.text()
        self.assertIn("410 Gone", said)
        self.assertIn("too old", said)

    def test_not_any_more(self) -> None:
        """What cannot be gone on with ends the stream, and says why."""
        self.open()
        self.text()
        self.control.waiting.pop().errback(Gone("too slow"))
        said = self.text()
        self.assertIn('event: error\ndata: {"status":410,"detail":"too slow"}', said)
        body = said.partition("event: error")
        with self.assertRaises(SimulatorError):
            self.reader.feed(("event: error" + body[2].partition("\n\n")[0] + "\n\n").encode())

    def test_slow(self) -> None:
        """Nothing is asked for while the client does not read; after a while it is cut off."""
        self.open()
        producer: Any = self.transport.producer
        producer.pauseProducing()
        self.answer(event(7))
        self.assertEqual(self.control.waiting, [])
        producer.resumeProducing()
        self.assertEqual(len(self.control.waiting), 1)
        producer.pauseProducing()
        self.answer(event(9))
        self.clock.advance(STALLED_SECONDS - 1)
        self.assertFalse(self.transport.disconnected)
        self.clock.advance(1)
        self.assertTrue(self.transport.disconnected)

    def test_hung_up(self) -> None:
        """Who hangs up is waited for no longer."""
        self.open()
        (waiting,) = self.control.waiting
        self.channel.connectionLost(Failure(ConnectionDone()))
        self.assertTrue(waiting.called)

    def test_roles(self) -> None:
        """Sample answers fit the table."""
        self.assertEqual(ANSWERS["wait_events"].items[0].event, "order")


class ReaderTests(SynchronousTestCase):
    """What clients make of the bytes."""

    def test_pieces(self) -> None:
        """However they are cut, events are whole, and where to go on is that of whole ones."""
        first = msgspec.json.encode(event(1))
        second = msgspec.json.encode(event(2))
        data = b"retry: 1000\n\nid: 1-0\n\nevent: rule\nid: 1-1\ndata: " + first + b"\n\n"
        data += b": nothing new\n\nevent: rule\nid: 1-2\ndata: " + second + b"\n\n"
        for size in (1, 7, 1000):
            reader, found = Reader(), []
            for at in range(0, len(data), size):
                found += reader.feed(data[at : at + size])
            self.assertEqual([each.seq for each in found], [1, 2])
            self.assertEqual(reader.last, "1-2")
        reader = Reader()
        self.assertEqual(reader.feed(data[:-1])[0].seq, 1)
        reader.cut()
        self.assertEqual(reader.last, "1-1")
        self.assertEqual(reader.feed(b"id: 1-4\n\n"), [])
        self.assertEqual(reader.last, "1-4")

    def test_passes(self) -> None:
        """What is away for a while is no end: the stream is cut, and goes on."""
        reader = Reader()
        away = b'event: error\ndata: {"status":503,"detail":"venue X is starting"}\n\n'
        self.assertEqual(reader.feed(b"id: 1-4\n\n" + away), [])
        self.assertEqual(reader.last, "1-4")


class Answer:
    """A response over HTTP; ``body`` is all of it."""

    def __init__(self, code: int, content_type: str, body: bytes) -> None:
        self.code = code
        self.headers = Headers({"content-type": [content_type]})
        self.length = len(body)
        self._body = body

    def deliverBody(self, protocol: Any) -> None:
        """At once."""
        protocol.makeConnection(StringTransport())
        protocol.dataReceived(self._body)
        protocol.connectionLost(Failure(ResponseDone()))


class AsyncEventsTests(SynchronousTestCase):
    """A client of a simulator that is not always there."""

    def setUp(self) -> None:
        """It answers what a test says, one after the other, then not at all."""
        self.clock = Clock()
        self.answers: list[Answer] = []
        self.asked: list[str | None] = []

    def request(self, method: str, url: str, headers: Headers, **more: Any) -> Deferred[Any]:
        """As treq does."""
        found = headers.getRawHeaders("last-event-id")
        self.asked.append(found[0] if found else None)
        return succeed(self.answers.pop(0)) if self.answers else Deferred()

    def stream(self, body: bytes) -> None:
        """A stream, which ends."""
        self.answers.append(Answer(200, "text/event-stream", body))

    def refuse(self, status: int) -> None:
        """A problem."""
        body = msgspec.json.encode(Problem("Problem", status, "not now"))
        self.answers.append(Answer(status, "application/problem+json", body))

    def follow(self) -> Deferred[AsyncEvents]:
        """Begin to."""
        follows = follow("http://x", None, None, (), None, None, "whole")
        self.events = AsyncEvents(follows, self, self.clock)
        self.addCleanup(self.events.close)
        return self.events.start()

    def test_away(self) -> None:
        """Where it says that it is away for a while it is asked again, from where it was."""
        self.stream(b"id: 1-1\n\n")
        self.refuse(503)
        self.stream(b"event: rule\nid: 1-2\ndata: " + msgspec.json.encode(event(2)) + b"\n\n")
        self.successResultOf(self.follow())
        found = self.events.__anext__()
        self.clock.pump([1.0] * 4)
        self.assertEqual(self.successResultOf(found).seq, 2)
        self.assertEqual(self.asked[:3], [None, "1-1", "1-1"])

    def test_too_long(self) -> None:
        """Not for ever."""
        self.stream(b"id: 1-1\n\n")
        for _ in range(60):
            self.refuse(503)
        self.successResultOf(self.follow())
        found = self.events.__anext__()
        self.clock.pump([1.0] * 40)
        self.assertEqual(self.failureResultOf(found, SimulatorError).value.status, 503)

    def test_not_begun(self) -> None:
        """Who asks for the first time is told at once; and of anything else always."""
        self.refuse(503)
        self.failureResultOf(self.follow(), SimulatorError)
        self.stream(b"id: 1-1\n\n")
        self.refuse(404)
        self.successResultOf(self.follow())
        found = self.events.__anext__()
        self.clock.pump([1.0] * 4)
        self.failureResultOf(found, SimulatorError)
