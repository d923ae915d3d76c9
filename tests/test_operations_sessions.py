"""Sessions over REST: each operation, as the counterparty of a FIX session sees it."""

from __future__ import annotations

import base64
import json
from typing import Any, cast

from twisted.internet.interfaces import IConnector
from twisted.python.failure import Failure

from exsim.model.journal import EntryKind
from exsim.model.settings import Instrument, SessionSettings, Settings, VenueSettings
from exsim.plugins import Catalogue
from exsim.services.dispatcher import SECOND
from exsim.wire.fix import FixMessage, decode, encode, utc_timestamp
from exsim.wire.fix_frame import Framer
from tests.fix_market import endpoint, session, wire
from tests.simulator import MemorySimulator, RestTestCase

SESSION = "/sessions/BUY"


class Counterparty:
    """The far end of a FIX session: it numbers and sends, and decodes what it gets."""

    def __init__(self, memory: MemorySimulator, seq: int = 1) -> None:
        self._memory = memory
        self._far = memory.connect("oe")
        self._framer = Framer()
        self.seq = seq

    def send(self, msg_type: str, body: str = "") -> list[FixMessage]:
        """Send a message; the answers."""
        stamp = utc_timestamp(self._memory.now(), 0).decode()
        head = f"35={msg_type}|34={self.seq}|49=BUY|52={stamp}|56=XSIM|"
        self.seq += 1
        self._far.peer.dataReceived(encode(b"FIX.4.4", wire(head + body)))
        return self.received()

    def logon(self, extra: str = "") -> list[FixMessage]:
        """Log on; the answers."""
        return self.send("A", f"98=0|108=30|{extra}")

    def received(self) -> list[FixMessage]:
        """What came since the last call."""
        self._framer.feed(self.bytes())
        messages = []
        while (data := self._framer.next()) is not None:
            assert isinstance(data, bytes), data
            messages.append(decode(data))
        return messages

    def bytes(self) -> bytes:
        """The same as it came."""
        data: bytes = self._far.transport.value()
        self._far.transport.clear()
        return data

    def stall(self) -> None:
        """Read no more for now."""
        self._far.peer.pauseProducing()

    def read_on(self) -> None:
        """Have read all that there was."""
        self._far.peer.resumeProducing()

    @property
    def closed(self) -> bool:
        """Whether the simulator hung up."""
        return self._far.closed


def told(message: FixMessage, tags: str) -> str:
    """Some fields of a message, to be compared."""
    return "|".join(f"{tag}={message.fields[tag.encode()].decode()}" for tag in tags.split())


class FixTestCase(RestTestCase):
    """A simulator with a FIX session, BUY."""

    def setUp(self) -> None:
        """Start it."""
        self.start(self.settings(session("BUY", begin_string="FIX.4.4")), Catalogue())

    def settings(self, *sessions: SessionSettings) -> Settings:
        """Venue V with the FIX endpoint oe, which says why it refuses a logon."""
        return Settings(
            venues=(VenueSettings("V", instruments=(Instrument("AAA"),)),),
            endpoints=(endpoint(logon_refusal="verbose"),),
            sessions=sessions,
            rest=None,
        )

    def logged_on(self) -> Counterparty:
        """A counterparty that has logged on."""
        far = Counterparty(self.memory)
        self.assertEqual([told(message, "35 34") for message in far.logon()], ["35=A|34=1"])
        return far

    def numbers(self) -> tuple[int, int]:
        """What is expected and sent next."""
        seen = self.get(SESSION)
        return seen["next_in"], seen["next_out"]


class SequenceTests(FixTestCase):
    """Numbers that do not go on as the other side thinks."""

    def set_sequence(self, status: int = 200, **numbers: object) -> Any:
        """Set numbers."""
        return self.ask("PUT", f"{SESSION}/sequence", numbers, status)

    def test_send_ahead(self) -> None:
        """With a higher number sent next the counterparty sees a gap, and is filled in on it."""
        far = self.logged_on()
        seen = self.set_sequence(next_out=10)
        self.assertEqual((seen["next_in"], seen["next_out"]), (2, 10))
        (answer,) = far.send("1", "112=there?|")
        self.assertEqual(told(answer, "35 34 112"), "35=0|34=10|112=there?")
        (fill,) = far.send("2", "7=2|16=0|")
        self.assertEqual(told(fill, "35 34 36 123"), "35=4|34=2|36=11|123=Y")

    def test_send_behind(self) -> None:
        """With a lower one it gets a number again, and nothing that once had that number."""
        far = self.logged_on()
        self.post(f"{SESSION}/messages", {"fields": [["35", "B"], ["148", "old"]]})
        self.assertEqual(told(far.received()[0], "35 34"), "35=B|34=2")
        self.set_sequence(next_out=2)
        self.assertEqual(told(far.send("1", "112=b|")[0], "34 112"), "34=2|112=b")
        (fill,) = far.send("2", "7=2|16=2|")
        self.assertEqual(told(fill, "35 34 36"), "35=4|34=2|36=3")

    def test_expect_behind(self) -> None:
        """With a lower number expected the next message shows a gap, which we ask to be filled."""
        far = self.logged_on()
        far.send("0")
        self.assertEqual(self.set_sequence(next_in=2)["next_in"], 2)
        (request,) = far.send("0")
        self.assertEqual(told(request, "35 7 16"), "35=2|7=2|16=0")
        self.assertEqual(self.numbers(), (2, 3))

    def test_expect_other_while_asking(self) -> None:
        """What was asked for already is asked for again, from the number that is expected now."""
        far = self.logged_on()
        far.seq = 6
        self.assertEqual([told(one, "35 7") for one in far.send("0")], ["35=2|7=2"])
        self.set_sequence(next_in=4)
        self.assertEqual([told(one, "35 7") for one in far.send("0")], ["35=2|7=4"])

    def test_expect_ahead(self) -> None:
        """With a higher one the next message is too low, which ends the session."""
        far = self.logged_on()
        self.set_sequence(next_in=9)
        answers = far.send("0")
        self.assertEqual([message.msg_type for message in answers], [b"5"])
        self.assertIn("expecting 9", told(answers[0], "58"))
        self.assertTrue(far.closed)

    def test_offline(self) -> None:
        """Both may be set while nobody is there: the next logon goes on from them."""
        self.set_sequence(next_in=7, next_out=12)
        far = Counterparty(self.memory, 7)
        self.assertEqual(told(far.logon()[0], "35 34"), "35=A|34=12")
        self.assertEqual(self.numbers(), (8, 13))

    def test_bounds(self) -> None:
        """At least one, each from 1 to 10^9."""
        self.set_sequence(next_out=10**9)
        self.assertEqual(self.numbers(), (1, 10**9))
        for wrong in ({}, {"next_in": 0}, {"next_out": 10**9 + 1}, {"next_in": "7"}):
            self.set_sequence(422, **wrong)
        self.assertEqual(self.numbers(), (1, 10**9))
        self.ask("PUT", "/sessions/nobody/sequence", {"next_in": 2}, 404)

    def test_reset(self) -> None:
        """Disconnected, at 1 both ways, and what was sent is forgotten."""
        far = self.logged_on()
        self.post(f"{SESSION}/messages", {"fields": [["35", "B"], ["148", "before"]]})
        seen = self.post(f"{SESSION}/reset")
        self.assertEqual((seen["state"], seen["next_in"], seen["next_out"]), ("offline", 1, 1))
        self.assertTrue(far.closed)
        again = self.logged_on()
        self.set_sequence(next_out=5)
        (fill,) = again.send("2", "7=1|16=0|")
        self.assertEqual(told(fill, "35 34 36"), "35=4|34=1|36=5")
        self.post("/sessions/nobody/reset", None, 404)


class LogonTests(FixTestCase):
    """Who is there, and who may come."""

    def test_test_request(self) -> None:
        """It goes out with the text that is to come back, and only to somebody."""
        self.assertIn("not logged on", self.post(f"{SESSION}/test-request", None, 409)["detail"])
        far = self.logged_on()
        seen = self.post(f"{SESSION}/test-request", {"id": "alive?"})
        self.assertEqual(seen["next_out"], 3)
        self.post(f"{SESSION}/test-request")
        found = [told(message, "35 34 112") for message in far.received()]
        self.assertEqual(found, ["35=1|34=2|112=alive?", "35=1|34=3|112=TEST"])
        self.post(f"{SESSION}/test-request", {"id": ""}, 422)
        self.post("/sessions/nobody/test-request", None, 404)

    def test_round_trip(self) -> None:
        """It is told how long the newest test request took that was answered, and when."""
        far = self.logged_on()
        self.post(f"{SESSION}/test-request", {"id": "one"})
        self.memory.reactor.advance(2)
        self.post(f"{SESSION}/test-request", {"id": "two"})
        self.assertIsNone(self.get(SESSION)["round_trip"])
        self.memory.reactor.advance(1)
        far.send("0", "112=other|")
        far.send("0", "")
        self.assertIsNone(self.get(SESSION)["round_trip"])
        far.send("0", "112=one|")
        self.assertEqual(self.get(SESSION)["round_trip"]["nanoseconds"], 3 * SECOND)
        far.send("0", "112=two|")
        seen = self.get(SESSION)["round_trip"]
        self.assertEqual(seen["nanoseconds"], SECOND)
        self.post(f"{SESSION}/test-request", {"id": "three"})
        self.post(f"{SESSION}/disconnect")
        self.assertEqual(self.get(SESSION)["round_trip"], seen)
        self.assertEqual(self.get(SESSION)["queued"], 0)

    def test_queued(self) -> None:
        """Bytes that wait for who does not read are told, by each way to ask; of it alone."""
        far = self.logged_on()
        far.stall()
        self.post(f"{SESSION}/test-request")
        self.assertEqual(self.get(SESSION)["queued"], len(far.bytes()))
        self.assertGreater(self.get("/sessions")["items"][0]["queued"], 0)
        far.read_on()
        self.assertEqual(self.get(SESSION)["queued"], 0)

    def test_refuse_and_accept(self) -> None:
        """Who is there stays; who comes is told why not, until logons are accepted again."""
        far = self.logged_on()
        self.assertIsNone(self.get(SESSION)["refusal"])
        seen = self.post(f"{SESSION}/refuse-logons", {"text": "closed today"})
        self.assertEqual((seen["refusal"], seen["state"]), ("closed today", "active"))
        self.assertEqual(told(far.send("1", "112=x|")[0], "35 112"), "35=0|112=x")
        self.post(f"{SESSION}/disconnect")
        refused = Counterparty(self.memory, 3)
        self.assertEqual(told(refused.logon()[0], "35 58"), "35=5|58=closed today")
        self.assertTrue(refused.closed)
        self.assertIsNone(self.post(f"{SESSION}/accept-logons")["refusal"])
        expected = self.numbers()[0]
        self.assertEqual(Counterparty(self.memory, expected).logon()[0].msg_type, b"A")
        for action in ("refuse-logons", "accept-logons"):
            self.post(f"/sessions/nobody/{action}", None, 404)

    def test_whole_reset_accepts(self) -> None:
        """After a reset of the simulator nothing is left of a refusal, whoever stays logged on."""
        self.logged_on()
        for sessions in ("keep", "disconnect"):
            self.post(f"{SESSION}/refuse-logons")
            self.assertEqual(self.get(SESSION)["refusal"], "no logons now")
            self.post("/reset", {"sessions": sessions})
            self.assertIsNone(self.get(SESSION)["refusal"])


class SendTests(FixTestCase):
    """Messages that a person makes up."""

    def post_message(self, status: int = 200, **body: object) -> Any:
        """Send one."""
        return self.post(f"{SESSION}/messages", body, status)

    def raw(self, data: bytes, status: int = 200) -> Any:
        """Send bytes."""
        return self.post_message(status, raw=base64.b64encode(data).decode())

    def test_fields(self) -> None:
        """By tag or name, under the session's own header with its next number."""
        far = self.logged_on()
        fields = [["148", "Grüße"], ["LinesOfText", "1"], ["50", "desk"], ["MsgType", "B"]]
        sent = self.post_message(fields=fields)
        (message,) = far.received()
        self.assertEqual(told(message, "35 34 49 56 50 148 33"), _NEWS)
        tags = message.parts[::2]
        self.assertLess(tags.index(b"50"), tags.index(b"148"))
        self.assertTrue(sent["sent"])
        told_of = sent["message"]
        self.assertEqual((told_of["direction"], told_of["session"]), ("out", "BUY"))
        self.assertEqual((told_of["type"], told_of["name"]), ("B", "News"))
        listed = self.get(f"{SESSION}/messages?type=B")["items"]
        self.assertEqual(listed, [told_of])

    def test_resent(self) -> None:
        """It is kept: the counterparty may ask for it again."""
        far = self.logged_on()
        self.post_message(fields=[["35", "B"], ["148", "once"]])
        far.received()
        (again,) = far.send("2", "7=2|16=2|")
        self.assertEqual(told(again, "35 34 43 148"), "35=B|34=2|43=Y|148=once")

    def test_session_message(self) -> None:
        """One of the session's own is gap filled when asked for again, and kept for nobody."""
        heartbeat = [["35", "0"], ["112", "unasked"]]
        self.assertIn("no connection", self.post_message(422, fields=heartbeat)["detail"])
        self.assertEqual(self.numbers(), (1, 1))
        far = self.logged_on()
        self.post_message(fields=heartbeat)
        self.assertEqual(told(far.received()[0], "35 34 112"), "35=0|34=2|112=unasked")
        (fill,) = far.send("2", "7=2|16=2|")
        self.assertEqual(told(fill, "35 34 36 123"), "35=4|34=2|36=3|123=Y")

    def test_nobody_there(self) -> None:
        """It waits under its number, and comes when the next logon shows the gap."""
        sent = self.post_message(fields=[["35", "B"], ["148", "later"]])
        self.assertEqual(sent, {"sent": False, "message": None})
        self.assertEqual(self.numbers(), (1, 2))
        far = Counterparty(self.memory)
        self.assertEqual(told(far.logon()[0], "35 34"), "35=A|34=2")
        (late,) = [one for one in far.send("2", "7=1|16=1|") if one.msg_type == b"B"]
        self.assertEqual(told(late, "34 43 148"), "34=1|43=Y|148=later")

    def test_no_message(self) -> None:
        """Fields that make none are refused, and nothing is sent."""
        far = self.logged_on()
        for fields, why in (
            ([["148", "x"]], "MsgType is missing"),
            ([["35", "B"], ["34", "9"]], "written by the session itself"),
            ([["35", "B"], ["NoSuchField", "9"]], "NoSuchField"),
        ):
            self.assertIn(why, self.post_message(422, fields=fields)["detail"])
        self.post_message(422)
        self.post_message(422, fields=[])
        self.post_message(422, fields=[["35", "B"]], raw="QQ==")
        self.assertEqual((far.bytes(), self.numbers()), (b"", (2, 2)))
        self.post("/sessions/nobody/messages", {"raw": "QQ=="}, 404)

    def test_most_fields(self) -> None:
        """Two thousand, not one more."""
        far = self.logged_on()
        fields = [["35", "B"], *([["58", "x"]] * 1999)]
        self.post_message(fields=fields)
        self.assertEqual(far.bytes().count(b"\x0158=x"), 1999)
        self.post_message(422, fields=[*fields, ["58", "x"]])

    def test_raw(self) -> None:
        """Bytes go out as they are, under no number, and are in the journal."""
        far = self.logged_on()
        for data in (b"8=FIX.4.4\x019=5\x0135=0\x0110=999\x01", b"\x00\xff nonsense \n", b"8"):
            sent = self.raw(data)
            self.assertEqual(far.bytes(), data)
            self.assertTrue(sent["sent"])
            self.assertEqual(base64.b64decode(sent["message"]["raw"]), data)
        self.assertEqual(self.numbers(), (2, 2))
        last = list(self.memory.exchange.journal.entries(0))[-1]
        self.assertEqual((last.kind, last.session, last.data), (EntryKind.OUT, "BUY", b"8"))
        self.assertEqual(told(far.send("1", "112=y|")[0], "34 112"), "34=2|112=y")

    def test_raw_to_nobody(self) -> None:
        """There has to be a connection."""
        self.assertIn("no connection", self.raw(b"x", 409)["detail"])
        self.post_message(422, raw="no base64!")
        self.post_message(422, raw="")

    def test_passwords(self) -> None:
        """Secrets in them reach the counterparty alone."""
        far = self.logged_on()
        data = b"8=FIX.4.4\x0135=BE\x01554=hunter2\x01"
        answers = (
            self.raw(data),
            self.post_message(fields=[["35", "BE"], ["Password", "hunter2"]]),
            self.get(f"{SESSION}/messages"),
        )
        for answer in answers:
            self.assertIn("*******", json.dumps(answer))
            self.assertNotIn("hunter2", json.dumps(answer))
            self.assertNotIn(base64.b64encode(data).decode(), json.dumps(answer))
        self.assertEqual(far.bytes().count(b"554=hunter2\x01"), 2)


_NEWS = "35=B|34=2|49=XSIM|56=BUY|50=desk|148=Grüße|33=1"


class NewSessionTests(FixTestCase):
    """What a session that is made may say."""

    def create(self, status: int = 201, **body: object) -> Any:
        """Make SELL."""
        return self.post("/sessions", {"name": "SELL", "endpoint": "oe", **body}, status)

    def test_schedule_that_does_not_fit(self) -> None:
        """Keys that can each be read, but not together, are refused; nothing is left of it."""
        told_of = self.create(409, options={"start_time": "08:00:00"})
        self.assertIn("start_time is given without end_time", told_of["detail"])
        self.get("/sessions/SELL", 404)
        self.create(options={"start_time": "08:00:00", "end_time": "17:00:00"})

    def test_connects_to_us(self) -> None:
        """As long as nothing else is said."""
        self.assertEqual(self.create()["connect"], "")
        self.assertEqual(self.memory.reactor.tcpClients, [])

    def test_we_connect(self) -> None:
        """At once, and again after a wait that grows, until the session is removed."""
        made = self.create(
            connect="tcp:venue:9878",
            reconnect_min="10s",
            reconnect_max="15s",
            options={"begin_string": "FIX.4.4"},
        )
        self.assertEqual(made["connect"], "tcp:venue:9878")
        calls = self.memory.reactor.tcpClients
        self.assertEqual([call[:2] for call in calls], [("venue", 9878)])
        for seconds, attempts in ((9, 1), (4, 2), (14, 2), (1, 3), (14, 3), (1, 4)):
            refused = Failure(ConnectionRefusedError())
            calls[-1][2].clientConnectionFailed(cast(IConnector, None), refused)
            self.memory.reactor.advance(seconds)
            self.assertEqual(len(calls), attempts, seconds)
        calls[-1][2].clientConnectionFailed(cast(IConnector, None), refused)
        self.ask("DELETE", "/sessions/SELL", None, 204)
        self.memory.reactor.advance(60)
        self.assertEqual(len(calls), 4)

    def test_cannot_connect(self) -> None:
        """What makes no sense is refused, and nothing is left of it."""
        for wrong, why in (
            ({"connect": "smoke:venue:1"}, "nothing to connect to"),
            ({"connect": "udp:venue:1"}, "no IPv4 address"),
            ({"connect": "udp:127.0.0.1:1"}, "cannot be with this protocol"),
            ({"connect": "tcp:venue"}, "needs a host and a port"),
            ({"connect": "tcp:venue:1:nonsense=1"}, "nonsense"),
            ({"reconnect_min": "0s"}, "too short"),
            ({"reconnect_min": "2m"}, "shorter than reconnect_min"),
        ):
            spoken = {"begin_string": "FIX.4.4"}
            self.assertIn(why, self.create(409, options=spoken, **wrong)["detail"])
            self.get("/sessions/SELL", 404)
        self.create(422, reconnect_max="soon")
        told_of = self.create(409, connect="tcp:venue:1")
        self.assertIn("begin_string: say which version", told_of["detail"])
        self.create(connect="tcp:venue:1", options=spoken)


class LineTests(RestTestCase):
    """The same operations for a protocol without numbers of its own."""

    def test_all(self) -> None:
        """What a line can do."""
        self.post("/sessions/A/test-request", None, 409)
        self.post("/sessions/A/messages", {"raw": "QQ=="}, 409)
        sent = self.post("/sessions/A/messages", {"fields": [["1", "lost"]]})
        self.assertEqual(sent, {"sent": False, "message": None})
        wire = self.memory.login("A")
        self.post("/sessions/A/test-request", {"id": "7"})
        self.post("/sessions/A/messages", {"raw": base64.b64encode(b"half a ").decode()})
        sent = self.post("/sessions/A/messages", {"fields": [["1", "hello"], ["2", "you"]]})
        self.assertEqual(sent["message"]["text"], "hello you")
        self.assertEqual(wire.read(), ["PING 7", "half a hello you"])
        seen = self.ask("PUT", "/sessions/A/sequence", {"next_out": 40})
        self.assertEqual(seen["next_out"], 40)
        self.ask("PUT", "/sessions/A/sequence", {"next_in": 2}, 409)
        self.post("/sessions/B/refuse-logons", {"text": "not you"})
        refused = self.memory.connect()
        self.assertEqual(refused.send("LOGIN B"), ["SORRY not you"])
        self.assertTrue(refused.closed)
        self.post("/sessions/B/accept-logons")
        self.assertFalse(self.memory.login("B").closed)
