"""The incoming side of recordings: what clients sent is played into a venue as if they sent it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from twisted.trial.unittest import SynchronousTestCase

from exsim.control import double_schemas as ds
from exsim.errors import Conflict, NotFound, RequestError, Unprocessable
from exsim.model.journal import EntryKind
from exsim.protocols.fix_caller import FixCaller
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.restamping import Restamping, moved, moved_date
from exsim.wire.fix import decode, encode
from tests import ouch_client
from tests.fault_market import INI, Client, Market

MORE = """
[session:SELL]
endpoint = oe
sender_comp_id = SELLER
begin_string = FIX.4.2
username = joe
password = secret
heartbeat_min = 10
"""
MANUAL = INI.replace("policies = match", "policies = match\nclock = manual")


class PlayTests(SynchronousTestCase):
    """A market in memory, whose morning is played again."""

    def setUp(self) -> None:
        self.start(INI + MORE)

    def start(self, ini: str) -> None:
        """Another market."""
        self.market = Market(self.mktemp(), ini)

    def morning(self) -> list[ds.RecordedMessage]:
        """Two who trade, and one who cancels what is left by its OrderID."""
        self.market.do("start_recording", {}, recording="a")
        buyer = self.market.client()
        seller = self.other()
        buyer.order("B1", quantity=30)
        self.market.advance(0.5)
        seller.order("S1", side=2, quantity=10)
        self.market.advance(1)
        (report,) = [m for m in buyer.heard() if m.get("150") == "0"]
        buyer.say("F", f"11=B2|41=B1|37={report['37']}|54=1|55=AAA|60=20200101-00:00:00|")
        buyer.say("5")
        seller.say("5")
        for client in (buyer, seller):
            client.hang_up()
        self.market.do("stop_recording", recording="a")
        messages: list[ds.RecordedMessage] = self.market.do("get_recording", recording="a").messages
        return messages

    def other(self) -> Client:
        """One that nobody configured."""
        return self.market.client("FREE")

    def play(self, **body: Any) -> Any:
        """Begin to play it."""
        return self.market.do("play_recording", {"direction": "in", **body}, recording="a")

    def heard(self, kind: EntryKind = EntryKind.IN) -> list[dict[str, str]]:
        """What came after the last reset, or went, but nothing that keeps sessions alive."""
        found = []
        for entry in self.market.memory.exchange.journal.entries(0):
            if entry.kind == kind:
                text = entry.data.decode().strip("\x01").split("\x01")
                fields = dict(pair.split("=", 1) for pair in text)
                if fields["35"] not in "A05":
                    found.append(fields)
        return found

    def test_same(self) -> None:
        """On a fresh market the same comes of it: orders, trades, states, in the same time."""
        self.morning()
        first = self.heard(EntryKind.OUT)
        self.market.do("reset")
        played = self.play()
        self.market.advance(0.4)
        self.assertEqual(len(self.heard()), 1)
        for _ in range(3):
            self.market.advance(0.5)
        self.assertEqual(self.successResultOf(played).sent, 3)
        again = self.heard(EntryKind.OUT)
        told = ("35", "150", "39", "11", "14", "151", "56", "37")
        self.assertEqual(
            [[each.get(tag) for tag in told] for each in again],
            [[each.get(tag) for tag in told] for each in first],
        )
        states = {each.name: each.state for each in self.market.do("list_sessions").items}
        self.assertEqual(states["BUY"], "offline")

    def test_speed(self) -> None:
        """Ten times as fast, and at once."""
        self.morning()
        self.market.do("reset")
        played = self.play(speed="10")
        self.market.advance(0.1)
        self.assertEqual(len(self.heard()), 2)
        self.market.advance(0.1)
        self.successResultOf(played)
        self.market.do("reset")
        self.assertEqual(self.successResultOf(self.play(speed="0")).sent, 3)

    def test_ids(self) -> None:
        """With new names it can be played on the same day; OrderIDs are those of today."""
        self.morning()
        self.successResultOf(self.play(speed="0", ids="new"))
        cancel = self.heard()[-1]
        self.assertEqual((cancel["11"], cancel["41"]), ("B2-1", "B1-1"))
        orders = {
            each.cl_ord_id: each
            for each in self.market.do("list_orders", venue="XSIM", status="any").items
        }
        self.assertEqual(cancel["37"], orders["B1-1"].order_id)
        self.assertNotEqual(cancel["37"], orders["B1"].order_id)
        self.assertEqual((orders["B1-1"].status, orders["B1-1"].cum_quantity), ("CANCELED", "10"))
        self.successResultOf(self.play(speed="0", ids="new"))
        self.assertEqual(self.heard()[-1]["11"], "B2-2")

    def test_kept(self) -> None:
        """Without, names come twice and are refused; times stay where that is asked for."""
        self.morning()
        self.successResultOf(self.play(speed="0", times="keep"))
        self.assertEqual(self.heard(EntryKind.OUT)[-3]["103"], "6")
        self.assertEqual(self.heard()[-1]["60"], "20200101-00:00:00")

    def test_times(self) -> None:
        """Times are moved by as much as the message is."""
        self.morning()
        self.market.advance(86_400 * 3)
        self.successResultOf(self.play(speed="0", ids="new"))
        times = {each["11"]: each["60"] for each in self.heard()}
        self.assertEqual(times["B2-1"], "20200104-00:00:00")

    def test_sessions(self) -> None:
        """Another session is who sends it, with what its settings ask for: version, password."""
        self.morning()
        self.successResultOf(self.play(speed="0", ids="new", sessions={"FREE": "SELL"}))
        (sell,) = [each for each in self.heard() if each["11"] == "S1-1"]
        self.assertEqual((sell["8"], sell["49"]), ("FIX.4.2", "SELLER"))
        logons = [
            entry.data
            for entry in self.market.memory.exchange.journal.entries(0)
            if entry.kind == EntryKind.IN and b"\x0135=A\x01" in entry.data
        ]
        self.assertIn(b"\x01108=10\x01553=joe\x01554=secret\x01", logons[-1])
        self.successResultOf(self.play(speed="0", ids="new", session="BUY"))
        self.assertEqual({each["49"] for each in self.heard()[-3:]}, {"BUY"})

    def test_market_clock(self) -> None:
        """By a market's clock that is moved by hand: it is moved, and nobody has to wait."""
        self.start(MANUAL)
        self.morning()
        venue = self.market.memory.exchange.dispatcher.venues["XSIM"]
        before = venue.time(0)
        self.successResultOf(self.play(speed="0.5", clock="market", ids="new"))
        self.assertEqual(venue.time(0) - before, 3 * 10**9)
        self.check_replay()

    def test_session_clock(self) -> None:
        """By the real time, where a market's clock is moved by hand: that one stays as it is."""
        self.start(MANUAL)
        self.morning()
        venue = self.market.memory.exchange.dispatcher.venues["XSIM"]
        before = venue.time(0)
        played = self.play(clock="session", ids="new")
        for _ in range(3):
            self.assertNoResult(played)
            self.market.advance(0.5)
        self.assertEqual(self.successResultOf(played).sent, 3)
        self.assertEqual(venue.time(0), before)

    def test_scaled_clock(self) -> None:
        """By one that goes faster than the real one, less real time passes."""
        self.start(MANUAL.replace("manual", "scaled\nclock_scale = 10"))
        self.morning()
        played = self.play(clock="market", ids="new")
        self.market.advance(0.05)
        self.market.advance(0.09)
        self.assertNoResult(played)
        self.market.advance(0.011)
        self.assertEqual(self.successResultOf(played).sent, 3)

    def test_refused(self) -> None:
        """What cannot be played is refused before anything is sent."""
        self.morning()
        client = self.market.client(log_on=False)
        client.say("A", "98=0|108=30|141=Y|")
        count = len(self.heard())
        self.failureResultOf(self.play(speed="0"), Conflict)
        client.hang_up()
        other = INI.replace("endpoint:oe", "endpoint:more").split("[endpoint:more]")[1]
        self.failureResultOf(self.play(session="A B", endpoint="none"), NotFound)
        self.failureResultOf(self.play(speed="-1"), Unprocessable)
        out = self.market.do("play_recording", {"ids": "new"}, recording="a")
        self.assertIn("direction in", str(self.failureResultOf(out, Unprocessable).value))
        self.assertEqual(len(self.heard()), count)
        body = msgspec.to_builtins(self.market.do("get_recording", recording="a"))
        self.start(INI.replace("accept_any_logon = yes", "accept_any_logon = no"))
        self.market.do("load_recording", body, recording="a")
        self.failureResultOf(self.play(), NotFound)
        self.start(INI + "[endpoint:more]" + other.replace("[session:BUY]", "[session:BUYER]")
                   .replace("endpoint = oe", "endpoint = more"))  # fmt: skip
        self.market.do("load_recording", body, recording="a")
        why = self.failureResultOf(self.play(), Conflict).getErrorMessage()
        self.assertIn("one of oe, more", why)
        self.assertEqual(self.successResultOf(self.play(speed="0", endpoint="more")).sent, 3)

    def test_second_sender(self) -> None:
        """All who are to send are looked at before the first of them logs on."""
        self.morning()
        seller = self.market.client("FREE", log_on=False)
        seller.say("A", "98=0|108=30|141=Y|")
        sent = len(self.heard())
        logons = self.market.memory.exchange.logons("BUY")
        why = self.failureResultOf(self.play(speed="0", ids="new"), Conflict).getErrorMessage()
        self.assertIn("session 'FREE' is logged on", why)
        self.assertEqual(len(self.heard()), sent)
        self.assertEqual(self.market.memory.exchange.logons("BUY"), logons)
        seller.hang_up()
        self.assertEqual(self.successResultOf(self.play(speed="0", ids="new")).sent, 3)

    def test_logon_refused(self) -> None:
        """Who cannot log on is named, with the reason; nobody is left logged on."""
        self.morning()
        self.market.do("refuse_logons", {"text": "no"}, session="BUY")
        played = self.play(speed="0")
        self.market.advance(0.1)
        why = self.failureResultOf(played, Conflict).getErrorMessage()
        self.assertIn("played:BUY cannot log on: no", why)

    def test_hung_up(self) -> None:
        """One that is hung up on in the midst ends it."""
        self.morning()
        self.market.do("reset")
        played = self.play()
        self.market.advance(0.1)
        self.market.do("disconnect_session", session="BUY")
        for _ in range(4):
            self.market.advance(0.5)
        why = self.failureResultOf(played, Conflict).getErrorMessage()
        self.assertIn("played:BUY was hung up on: disconnected", why)
        states = {each.state for each in self.market.do("list_sessions").items}
        self.assertEqual(states, {"offline"})

    def test_replay(self) -> None:
        """The journal has all that came, so that it runs again without the recording."""
        self.morning()
        self.successResultOf(self.play(speed="0", ids="new"))
        self.check_replay()

    def check_replay(self) -> None:
        """The journal runs again."""
        simulator = self.market.memory.simulator
        other = inert(simulator.settings, simulator.parts.plugins)
        self.assertIsNone(Replay(other, simulator.exchange.journal.entries(0), 1, 0).run())

    def test_faults(self) -> None:
        """Its sessions are like any other: faults reach it, and it says what keeps it alive."""
        self.morning()
        self.market.do("reset")
        self.market.fault("drop", match="type=8", count=1)
        self.market.fault("delay", None, match="type=A", direction="out", endpoint="oe",
                          parameters={"time": "1s"})  # fmt: skip
        played = self.play(speed="0")
        self.assertNoResult(played)
        for _ in range(300):
            self.market.advance(0.01)
        self.assertEqual(self.successResultOf(played).sent, 3)


class OuchTests(SynchronousTestCase):
    """OUCH is played, too."""

    def test_play(self) -> None:
        """An order that came to one venue comes to another; ids stay what they were."""
        first = ouch_client.simulator(ouch_client.settings("match"))
        first.control.perform("start_recording", *_recording(ds.NewRecording()))
        ouch_client.Trader(first, "AB").enter("1")
        first.control.perform("stop_recording", *_recording())
        recording: Any = first.control.perform("get_recording", *_recording())
        first.stop()
        second = ouch_client.simulator(ouch_client.settings("match"))
        self.addCleanup(second.stop)
        second.control.perform(
            "load_recording", *_recording(ds.LoadedRecording(recording.messages))
        )
        wrong: Any = second.control.perform(
            "play_recording", *_recording(ds.Playing(direction="in", ids="new"))
        )
        why = self.failureResultOf(wrong, Unprocessable).getErrorMessage()
        self.assertIn("ids are made new for FIX alone", why)
        played: Any = second.control.perform(
            "play_recording", *_recording(ds.Playing(direction="in"))
        )
        self.assertEqual(self.successResultOf(played).sent, 1)
        (order,) = second.exchange.dispatcher.venues["X"].orders.all()
        self.assertEqual((order.owner, order.terms.symbol, order.open), ("AB", "AAA", True))


def _recording(body: Any = None) -> tuple[Any, Any]:
    return ds.RecordingArguments("a"), body


class CallerTests(SynchronousTestCase):
    """The counterparty of FIX alone."""

    def setUp(self) -> None:
        market = Market(self.mktemp())
        acceptor: Any = market.memory.exchange.endpoint("oe").acceptor
        self.caller: FixCaller = acceptor.caller("BUY", {})

    def hear(self, body: str) -> dict[str, str]:
        """What it says to a message."""
        raw = encode(b"FIX.4.4", body.replace("|", "\x01").encode())
        answer = self.caller.hear(raw, 0)
        if not answer:
            return {}
        return {tag.decode(): value.decode() for tag, value in decode(answer).fields.items()}

    def test_alive(self) -> None:
        """It answers a TestRequest and a ResendRequest, and goes on with its own numbers."""
        self.caller.log_on(0)
        self.assertEqual(self.hear("35=0|34=9|"), {})
        beat = self.hear("35=1|34=2|112=X|")
        self.assertEqual((beat["35"], beat["112"], beat["34"]), ("0", "X", "2"))
        fill = self.hear("35=2|34=3|7=2|16=0|")
        self.assertEqual(
            (fill["35"], fill["34"], fill["36"], fill["123"], fill["43"]), ("4", "2", "3", "Y", "Y")
        )
        self.assertIn(b"\x0134=3\x01", self.caller.say("D", [("11", "A")], 0))

    def test_several(self) -> None:
        """What comes in one piece is answered in one; a gap fill from the first number on, too."""
        self.caller.log_on(0)
        self.caller.say("D", [("11", "A")], 0)
        raw = [encode(b"FIX.4.4", body.replace("|", "\x01").encode())
               for body in ("35=2|34=2|7=1|16=0|", "35=1|34=3|112=X|", "35=0|34=4|")]  # fmt: skip
        fill, beat = (
            decode(b"8=" + part).fields
            for part in self.caller.hear(b"".join(raw), 0).split(b"8=FIX")[1:]
            for part in [b"FIX" + part]
        )
        self.assertEqual((fill[b"34"], fill[b"36"]), (b"1", b"3"))
        self.assertEqual((beat[b"34"], beat[b"112"]), (b"3", b"X"))

    def test_header(self) -> None:
        """The header is its own, but for what a counterparty chooses."""
        fields = [("8", "X"), ("9", "1"), ("35", "D"), ("34", "77"), ("43", "Y"), ("49", "HE"),
                  ("50", "DESK"), ("115", "FIRM"), ("11", "A"), ("10", "000")]  # fmt: skip
        sent = decode(self.caller.say("D", fields, 0)).fields
        self.assertEqual(
            (sent[b"34"], sent[b"49"], sent[b"50"], sent[b"115"]), (b"1", b"BUY", b"DESK", b"FIRM")
        )
        self.assertNotIn(b"43", sent)

    def test_wrong(self) -> None:
        """Fields that make no message are refused."""
        self.assertRaises(RequestError, self.caller.say, "", [], 0)


class RestampingTests(SynchronousTestCase):
    """Names and times."""

    def test_times(self) -> None:
        """A moment keeps its digits, a date moves by whole days; what is neither stays."""
        by = timedelta(days=1, hours=13, seconds=1)
        self.assertEqual(moved("20260105-23:59:59.123456789", by), "20260107-13:00:00.123456789")
        self.assertEqual(moved("20260105-23:59:59", by), "20260107-13:00:00")
        self.assertEqual(moved("noon", by), "noon")
        self.assertEqual(moved("20261305-23:59:59", by), "20261305-23:59:59")
        self.assertEqual(moved_date("20260105", by), "20260107")
        self.assertEqual(moved_date("20260105", timedelta(hours=11)), "20260105")
        self.assertEqual(moved_date("20269905", by), "20269905")
        self.assertEqual(moved_date("202601", by), "202601")

    def fields(self, kind: str, *fields: tuple[str, str]) -> dict[str, str]:
        """What a message is when it is played."""
        recorded = [ds.RecordedField(tag, "", value) for tag, value in fields]
        message = ds.RecordedMessage(0, "S", "in", kind, recorded)
        return dict(Restamping("-1", True, [message]).fields(message, {}, 1_767_603_600 * 10**9))

    def test_names(self) -> None:
        """A sender's own names get a mark; those that it was told stay."""
        self.assertEqual(self.fields("D", ("11", "A"), ("117", "Q"), ("37", "7")),
                         {"11": "A-1", "117": "Q", "37": "7"})  # fmt: skip
        self.assertEqual(self.fields("S", ("117", "Q")), {"117": "Q-1"})
        self.assertEqual(self.fields("F", ("41", "NONE")), {"41": "NONE"})

    def test_moved(self) -> None:
        """By as much as from SendingTime to now; not at all where there is none."""
        self.assertEqual(
            self.fields("D", ("52", "20260104-08:59:59.9"), ("126", "20260104-10:00:00")),
            {"52": "20260104-08:59:59.9", "126": "20260105-10:00:01"},
        )
        self.assertEqual(self.fields("D", ("126", "20260104-10:00:00"))["126"],
                         "20260104-10:00:00")  # fmt: skip
