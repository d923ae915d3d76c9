"""Faults: what a counterparty meets, whoever looks at it, and what the journal tells."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import Conflict, NotFound, Unprocessable
from exsim.faults.acts import ACTS
from exsim.faults.book import BY_NAME
from exsim.faults.kinds import KINDS, LEVELS
from exsim.faults.orders import ORDER_KINDS
from exsim.faults.protocols import SURGERIES
from exsim.wire.fix import TRAILERS, checksum, parse_utc_timestamp
from exsim.wire.fix_frame import Framer
from tests.fault_market import INI, Client, Market
from tools import faults


class FaultTestCase(SynchronousTestCase):
    """A market with one counterparty."""

    def setUp(self) -> None:
        """The market, and somebody logged on to it."""
        self.market = Market(self.mktemp())
        self.addCleanup(self.market.memory.stop)
        self.client: Client = self.market.client()

    def expect(self, types: str) -> None:
        """These came since the last look."""
        self.assertEqual(self.client.types(), types)


class GeneralTests(FaultTestCase):
    """Messages that are lost, late, doubled, changed, or come with others."""

    def test_drop(self) -> None:
        """A report is lost: the next one shows the gap, and the resend fills it."""
        self.market.fault("drop", match={"type": "8"}, count=1)
        self.client.order("1")
        self.expect("")
        self.client.order("2")
        (report,) = self.client.heard()
        self.assertEqual((report["34"], report["11"]), ("3", "2"))
        self.client.say("2", "7=2|16=2|")
        (again,) = self.client.heard()
        self.assertEqual((again["34"], again["43"], again["11"]), ("2", "Y", "1"))
        (note,) = self.market.notes()
        self.assertEqual((note["fault"], note["kind"], note["hit"]), ("drop-1", "drop", 1))
        self.assertIn("|11=1|", note["message"])

    def test_drop_in(self) -> None:
        """An order is lost on its way: the next message shows the gap, and it is asked for."""
        self.market.fault("drop", match="type=D", direction="in", count=1)
        self.client.order("1")
        self.client.order("2")
        (request,) = self.client.heard()
        self.assertEqual((request["35"], request["7"]), ("2", "2"))

    def test_ignore(self) -> None:
        """An order is received, and nothing comes of it; its number counts."""
        self.market.fault("ignore", match="type=D", count=1)
        self.client.order("1")
        self.expect("")
        self.client.order("2")
        self.expect("8")

    def test_delay(self) -> None:
        """A report comes late, and another overtakes it."""
        self.market.fault("delay", match="cl_ord_id=1", count=1, parameters={"time": "2s"})
        self.client.order("1")
        self.client.order("2")
        self.assertEqual([each["11"] for each in self.client.heard()], ["2"])
        self.market.advance(1.9)
        self.expect("")
        self.market.advance(0.2)
        self.assertEqual([(each["34"], each["11"]) for each in self.client.heard()], [("2", "1")])
        self.client.order("3")
        self.expect("8")

    def test_delay_in(self) -> None:
        """An order waits before it acts; what comes meanwhile leaves a gap before it."""
        self.market.fault("delay", match="type=D", direction="in", count=1)
        self.client.order("1")
        self.market.advance(0.9)
        self.expect("")
        self.market.advance(0.2)
        self.expect("8")

    def test_delayed_connection_lost(self) -> None:
        """What is held up goes with its connection; it is there for a resend."""
        self.market.fault("delay", match="type=8")
        self.client.order("1")
        self.client.hang_up()
        self.client.connect()
        self.client.say("A", "98=0|108=30|")
        self.expect("A")
        self.market.advance(2)
        self.expect("")
        self.client.say("2", "7=2|16=2|")
        self.expect("8" if not self.market.do("clear_faults").cleared else "")

    def test_duplicate(self) -> None:
        """A report comes three times with its number, without PossDupFlag."""
        self.market.fault("duplicate", match="type=8", parameters={"copies": 2})
        self.client.order("1")
        self.assertEqual(
            [(each["34"], "43" in each) for each in self.client.heard()], [("2", False)] * 3
        )

    def test_duplicate_marked(self) -> None:
        """The copy is marked as a possible duplicate, in its right place in the header."""
        self.market.fault("duplicate", match="type=8", parameters={"poss_dup": True})
        self.client.order("1")
        first, again = self.client.heard()
        self.assertEqual((again["43"], again["122"]), ("Y", first["52"]))
        self.assertEqual(again["34"], first["34"])

    def test_duplicate_in(self) -> None:
        """An order comes twice under one number: the second time that is too low."""
        self.market.fault("duplicate", match="type=D", direction="in")
        self.client.order("1")
        self.expect("85")

    def test_change(self) -> None:
        """Fields are changed, added and taken away; length and checksum are right."""
        parameters = {"fields": "31=5|58=changed|151="}
        self.market.fault("change", match="type=8", parameters=parameters)
        self.client.order("1")
        data = self.client.data()
        self.assertEqual(messages(data), [data])
        self.assertIn(b"\x0158=changed\x01", data)
        self.assertIn(b"\x0131=5\x01", data)
        self.assertNotIn(b"\x01151=", data)
        (note,) = self.market.notes()
        self.assertIn("58=changed", note["changed"])

    def test_change_in(self) -> None:
        """An order comes to be another one; the journal has what really came."""
        self.market.fault("change", match="type=D", direction="in", parameters={"fields": "38=7"})
        self.client.order("1", quantity=10)
        (report,) = self.client.heard()
        self.assertEqual(report["38"], "7")
        (order,) = self.market.do("list_messages", type="D").items
        self.assertIn("|38=10|", order.text)

    def test_insert(self) -> None:
        """Any bytes, before, after or instead."""
        for where, wanted in (("before", "xA8"), ("after", "8xA"), ("instead", "xA")):
            fault = self.market.fault(
                "insert", match="type=8", parameters={"raw": "x\\x41", "where": where}
            )
            self.client.order(where)
            data = self.client.data()
            begin = data.find(b"8=FIX")
            told = data.decode().replace(data[begin:].partition(b"xA")[0].decode(), "8")
            self.assertEqual(told if begin >= 0 else data.decode(), wanted)
            self.market.do("delete_fault", fault=fault.name)


class ByteTests(FaultTestCase):
    """The stream of bytes: late, slow, cut, gone."""

    def test_latency(self) -> None:
        """All is late, in order, and nothing is lost; also what no fault is for."""
        self.market.fault("latency", match="type=8", parameters={"time": "500ms"})
        self.client.order("1")
        self.client.say("1", "112=x|")
        self.market.advance(0.4)
        self.expect("")
        self.market.advance(0.2)
        self.expect("80")

    def test_latency_in(self) -> None:
        """What is received acts late, and in order."""
        self.market.fault("latency", direction="in", parameters={"time": "500ms"})
        self.client.order("1")
        self.client.order("2")
        self.expect("")
        self.market.advance(0.6)
        self.assertEqual([each["11"] for each in self.client.heard()], ["1", "2"])

    def test_jitter(self) -> None:
        """By chance, that the seed fixes: later ones wait behind it."""
        self.market.fault("jitter", match="type=8", parameters={"time": "1s"}, seed=3)
        arrived = []
        for step in range(300):
            if step % 40 == 0 and step < 200:
                self.client.order(str(step // 40))
            self.market.advance(0.01)
            arrived += [(step, each["11"]) for each in self.client.heard()]
        self.assertEqual([name for _, name in arrived], ["0", "1", "2", "3", "4"])
        self.assertGreater(arrived[0][0], 0)
        self.assertEqual([step for step, _ in arrived], JITTERED)

    def test_bandwidth(self) -> None:
        """So many bytes a second, one message after the other."""
        self.market.fault("bandwidth", match="type=8", parameters={"rate": 100})
        self.client.order("1")
        self.client.order("2")
        times = []
        for step in range(100):
            self.market.advance(0.1)
            times += [(step + 1) / 10 for _ in self.client.heard()]
        size = len(self.market.do("list_messages", type="8").items[0].raw)
        self.assertLess(abs(times[0] - size / 100), 0.2)
        self.assertLess(abs(times[1] - 2 * size / 100), 0.2)

    def test_slicer(self) -> None:
        """Slices of three bytes, a millisecond apart; what comes later waits behind them."""
        self.market.fault("slicer", match="type=8", parameters={"size": 3}, count=1)
        self.client.order("1")
        self.client.say("1", "112=x|")
        self.assertEqual(self.client.data(), b"8=F")
        self.market.advance(0.001)
        self.assertEqual(self.client.data(), b"IX.")
        self.market.advance(0.001)
        rest = b""
        for _ in range(200):
            self.market.advance(0.001)
            rest += self.client.data()
        self.assertEqual(rest.count(b"8=FIX.4.4"), 1)
        self.client.order("2")
        self.expect("8")

    def test_cut(self) -> None:
        """The connection is closed in the middle of a report, which is there for a resend."""
        self.market.fault("cut", match="type=8", parameters={"at": 20})
        self.client.order("1")
        self.client.order("2")
        self.assertEqual(len(self.client.data()), 20)
        self.assertTrue(self.client.closed)
        self.market.do("clear_faults")
        self.client.hang_up()
        self.client.connect()
        self.client.say("A", "98=0|108=30|")
        self.assertEqual(self.client.heard()[0]["34"], "3")
        self.client.say("2", "7=2|16=0|")
        self.assertEqual(self.client.heard()[0]["11"], "1")

    def test_slices_before_a_cut(self) -> None:
        """A connection that is to close does so when its last slice is written."""
        self.market.fault("cut", match="type=8", parameters={"at": 6})
        self.market.fault("slicer", match="type=8", parameters={"size": 3})
        self.client.order("1")
        self.assertFalse(self.client.closed)
        self.market.advance(0.002)
        self.assertEqual(self.client.data(), b"8=FIX.")
        self.assertTrue(self.client.closed)

    def test_reset_in(self) -> None:
        """An order makes for a reset, and for nothing else."""
        self.market.fault("reset", match="type=D", direction="in")
        self.client.order("1")
        self.assertEqual(self.client.data(), b"")
        self.assertTrue(self.client.closed)
        self.assertEqual(self.market.do("list_orders", venue="XSIM").items, [])

    def test_black_hole(self) -> None:
        """Nothing gets through any more, either way, while the connection stays."""
        self.market.fault("black-hole", match="type=8", count=1)
        self.client.order("1")
        self.client.order("2")
        last = self.market.memory.exchange.journal.last
        for _ in range(30):
            self.market.advance(10)
        self.expect("")
        self.assertEqual(self.market.memory.exchange.journal.last, last)  # it has no timers
        self.assertFalse(self.client.closed)
        self.assertEqual(len(self.market.do("list_orders", venue="XSIM").items), 1)
        self.client.hang_up()
        self.client.connect()
        self.client.seq = 1
        self.client.say("A", "98=0|108=30|141=Y|")
        self.expect("A")

    def test_black_hole_one_way(self) -> None:
        """What comes in still acts."""
        self.market.fault("black-hole", match="type=8", count=1, parameters={"ways": "out"})
        self.client.order("1")
        self.client.order("2")
        self.expect("")
        self.assertEqual(len(self.market.do("list_orders", venue="XSIM").items), 2)

    def test_half_close(self) -> None:
        """Nothing more goes out, and what comes in still acts."""
        self.market.fault("half-close", match="type=8", count=1)
        self.client.order("1")
        self.expect("8")
        self.client.order("2")
        self.expect("")
        self.assertFalse(self.client.closed)
        self.assertEqual(len(self.market.do("list_orders", venue="XSIM").items), 2)
        sent = len(self.market.do("list_messages", direction="out").items)
        self.client.say("2", "7=1|16=0|")
        self.expect("")
        self.assertEqual(len(self.market.do("list_messages", direction="out").items), sent)

    def test_resend_behind_what_is_late(self) -> None:
        """What is sent again waits behind what is held up, also when the fault is gone."""
        self.market.fault("latency", match="cl_ord_id=1", parameters={"time": "1s"}, count=1)
        self.client.order("1")
        self.client.say("2", "7=1|16=1|")
        self.expect("")
        self.market.advance(1.1)
        self.expect("84")


class FrameTests(FaultTestCase):
    """The bytes of one message."""

    def order(self, kind: str, **parameters: object) -> bytes:
        """The bytes of a report with such a fault."""
        self.market.fault(kind, match="type=8", parameters=parameters, count=1)
        self.client.order("1")
        return self.client.data()

    def right(self, data: bytes) -> bool:
        """Whether these bytes are one sound message."""
        return messages(data) == [data]

    def test_bad_checksum(self) -> None:
        """All is right but that."""
        data = self.order("bad-checksum")
        self.assertFalse(self.right(data))
        self.assertTrue(self.right(data[:-7] + TRAILERS[checksum(data[:-7])]))

    def test_wrong_body_length(self) -> None:
        """The checksum fits it."""
        data = self.order("wrong-body-length", by=3)
        self.assertEqual(data[-7:], TRAILERS[checksum(data[:-7])])
        self.assertFalse(self.right(data))
        length = int(data.split(b"\x01")[1][2:])
        self.assertEqual(len(messages(fixed(data, length - 3))), 1)

    def test_missing_soh(self) -> None:
        """By default the last one; or that of a field."""
        self.assertRegex(self.order("missing-soh"), rb"\x0110=\d{3}\Z")

    def test_missing_soh_within(self) -> None:
        """That of a field: it runs into the next one."""
        self.assertRegex(self.order("missing-soh", tag=37), rb"\x0137=1\d+=[^\x01]+\x01")

    def test_join(self) -> None:
        """Two messages in one segment."""
        self.assertEqual(self.order("join"), b"")
        self.client.say("1", "112=x|")
        self.expect("80")

    def test_join_alone(self) -> None:
        """If no other comes, it goes alone after a while."""
        self.assertEqual(self.order("join", within="3s"), b"")
        self.market.advance(3.1)
        self.expect("8")

    def test_garbage(self) -> None:
        """So many bytes, by chance, before a message that is right."""
        data = self.order("garbage", size=40)
        self.assertTrue(self.right(data[40:]))

    def test_garbage_given(self) -> None:
        """Those bytes."""
        self.assertTrue(self.order("garbage", raw="8=FIX.4.4|9=").startswith(b"8=FIX.4.4\x019="))

    def test_oversize_field(self) -> None:
        """A field is too long, and the message right."""
        data = self.order("oversize-field", size=70_000)
        self.assertTrue(self.right(data))
        self.assertIn(b"\x0158=" + 70_000 * b"x" + b"\x01", data)


class SessionTests(FaultTestCase):
    """Sequence numbers and the session's own messages."""

    def test_skip_number(self) -> None:
        """A number is left out; who asks for it gets a gap fill."""
        self.market.fault("skip-number", match="type=8", count=1, parameters={"by": 2})
        self.client.order("1")
        (report,) = self.client.heard()
        self.assertEqual(report["34"], "4")
        self.client.say("2", "7=2|16=0|")
        gap, again = self.client.heard()
        self.assertEqual((gap["35"], gap["34"], gap["36"]), ("4", "2", "4"))
        self.assertEqual((again["34"], again["11"]), ("4", "1"))
        self.client.order("2")
        self.assertEqual(self.client.heard()[0]["34"], "5")

    def test_skip_number_and_resends(self) -> None:
        """No more is kept for a resend than is to be: numbers left out count, too."""
        market = Market(self.mktemp(), INI.replace("max_latency", "resend_size = 3\nmax_latency"))
        self.addCleanup(market.memory.stop)
        client = market.client()
        client.order("1")
        client.order("2")
        market.fault("skip-number", match="type=8", parameters={"by": 5})
        client.order("3")
        client.heard()
        client.say("2", "7=1|16=0|")
        gap, again = client.heard()
        machine = market.memory.exchange.sessions["BUY"].machine  # type: ignore[attr-defined]
        self.assertEqual(len(machine.sent), 1)
        self.assertEqual((gap["35"], gap["34"], gap["36"]), ("4", "1", "9"))
        self.assertEqual(again["11"], "3")

    def test_low_number(self) -> None:
        """Too low without PossDupFlag; the session itself counts on as it should."""
        self.market.fault("low-number", match="type=8", count=1)
        self.client.order("1")
        (report,) = self.client.heard()
        self.assertEqual((report["34"], "43" in report), ("1", False))
        self.client.order("2")
        self.assertEqual(self.client.heard()[0]["34"], "3")

    def test_reorder(self) -> None:
        """A report goes behind the next two."""
        self.market.fault("reorder", match="type=8", count=1, parameters={"count": 2})
        for name in ("1", "2", "3"):
            self.client.order(name)
        self.assertEqual([each["11"] for each in self.client.heard()], ["2", "3", "1"])

    def test_reorder_alone(self) -> None:
        """If no others come it goes after a while."""
        self.market.fault("reorder", match="type=8", count=1, parameters={"within": "1s"})
        self.client.order("1")
        self.expect("")
        self.market.advance(1.1)
        self.expect("8")

    def test_ignore_resend_request(self) -> None:
        """It is not answered, but counted."""
        self.market.fault("ignore-resend-request", count=1)
        self.client.order("1")
        self.client.say("2", "7=1|16=0|")
        self.expect("8")
        self.client.say("2", "7=1|16=0|")
        self.expect("48")

    def test_wrong_gap_fill(self) -> None:
        """Too high by default, too low at will."""
        for by, wanted in ((1, "3"), (-1, "1")):
            self.market.fault("wrong-gap-fill", name=str(by), count=1, parameters={"by": by})
            self.client.order(f"o{by}")
            self.client.heard()
            self.client.say("2", "7=1|16=1|")
            (gap,) = self.client.heard()
            self.assertEqual((gap["35"], gap["36"]), ("4", wanted))

    def test_stop_heartbeats(self) -> None:
        """None are sent, and no number is used; a TestRequest is answered."""
        self.market.fault("stop-heartbeats")
        self.market.advance(35)
        self.expect("")
        self.client.say("1", "112=x|")
        (answer,) = self.client.heard()
        self.assertEqual((answer["35"], answer["34"], answer["112"]), ("0", "2", "x"))

    def test_lost_heartbeats(self) -> None:
        """One that is lost counts as sent: the next one is due a whole interval later."""
        fault = self.market.fault("drop", match="type=0")
        for _ in range(350):
            self.market.advance(0.1)
        self.assertEqual(self.market.do("get_fault", fault=fault.name).hits, 1)
        self.expect("")

    def test_ignore_test_request(self) -> None:
        """Not answered, but counted."""
        self.market.fault("ignore-test-request")
        self.client.say("1", "112=x|")
        self.expect("")
        self.client.order("1")
        self.expect("8")

    def test_refuse_logon(self) -> None:
        """With a Logout that says why, and with nothing at all; then all is well."""
        self.market.fault("refuse-logon", count=1, parameters={"text": "closed"})
        self.client.hang_up()
        self.client.seq = 2
        self.client.connect()
        self.client.say("A", "98=0|108=30|")
        (logout,) = self.client.heard()
        self.assertEqual((logout["35"], logout["58"]), ("5", "closed"))
        self.assertTrue(self.client.closed)
        self.client.hang_up()
        self.market.fault("refuse-logon", count=1, parameters={"silent": "yes"})
        self.client.connect()
        self.client.say("A", "98=0|108=30|")
        self.assertEqual(self.client.data(), b"")
        self.assertTrue(self.client.closed)
        self.client.hang_up()
        self.client.connect()
        self.client.say("A", "98=0|108=30|")
        self.assertEqual(self.client.heard()[0]["35"], "A")

    def test_logout(self) -> None:
        """After a report; the answer ends the session in good order."""
        self.market.fault("logout", match="type=8", parameters={"text": "bye"}, count=1)
        self.client.order("1")
        self.market.advance(0.001)
        report, logout = self.client.heard()
        self.assertEqual((report["35"], logout["35"], logout["58"]), ("8", "5", "bye"))
        self.client.say("5")
        self.assertTrue(self.client.closed)

    def test_logout_in(self) -> None:
        """In place of an answer."""
        self.market.fault("logout", match="type=D", direction="in")
        self.client.order("1")
        self.expect("5")

    def test_stale_sending_time(self) -> None:
        """Five minutes old."""
        self.market.fault("stale-sending-time", match="type=8", count=1)
        self.client.order("1")
        self.client.order("2")
        stale, right = self.client.heard()
        age = parse_utc_timestamp(right["52"].encode()) - parse_utc_timestamp(stale["52"].encode())
        self.assertEqual(age, 300 * 10**9)


class OrderTests(FaultTestCase):
    """The outcome of orders: a fault is a rule of its name."""

    def told(self) -> list[tuple[str, ...]]:
        """What was told since the last look: type, OrdStatus, ExecType, CumQty."""
        return [
            tuple(message.get(tag, "-") for tag in ("35", "39", "150", "14"))
            for message in self.client.heard()
        ]

    def replace(self, name: str, orig: str) -> None:
        """Replace an order."""
        self.client.say(
            "G", f"11={name}|41={orig}|38=20|40=2|44=100|54=1|55=AAA|60=20260101-00:00:00|"
        )

    def test_late_ack(self) -> None:
        """Five seconds late, and then as ever."""
        self.market.fault("late-ack", count=1)
        self.client.order("1")
        self.market.advance(4)
        self.assertEqual(self.told(), [])
        self.market.advance(1.1)
        self.assertEqual(self.told(), [("8", "0", "0", "0")])
        self.client.order("2")
        self.assertEqual(self.told(), [("8", "0", "0", "0")])

    def test_no_ack(self) -> None:
        """Nothing is heard of it."""
        self.market.fault("no-ack", match="cl_ord_id=1")
        self.client.order("1")
        self.assertEqual(self.told(), [])
        self.client.order("2")
        self.assertEqual(len(self.told()), 1)

    def test_fill_before_ack(self) -> None:
        """The fill, then the acknowledgement; the order is as the fill says."""
        self.market.fault("fill-before-ack")
        self.client.order("1")
        self.assertEqual([told[2] for told in self.told()], ["F", "0"])
        (order,) = self.market.do("list_orders", venue="XSIM").items
        self.assertEqual((order.status, order.cum_quantity), ("PARTIALLY_FILLED", "5"))

    def test_duplicate_exec_id(self) -> None:
        """Two fills of one ExecID, of which one counts."""
        self.market.fault("duplicate-exec-id")
        self.client.order("1")
        _ack, first, second = self.client.heard()
        self.assertEqual((first["17"], first["150"]), (second["17"], second["150"]))
        (order,) = self.market.do("list_orders", venue="XSIM").items
        self.assertEqual(order.cum_quantity, "5")

    def test_overfill(self) -> None:
        """More than was ordered."""
        self.market.fault("overfill", parameters={"quantity": "3"})
        self.client.order("1")
        _ack, _filled, more = self.client.heard()
        self.assertEqual((more["150"], more["32"], more["14"], more["38"]), ("F", "3", "13", "10"))

    def test_fill_crosses_cancel(self) -> None:
        """The order is filled, and the cancel comes too late."""
        self.market.fault("fill-crosses-cancel")
        self.client.order("1")
        self.client.heard()
        self.client.cancel("2", "1")
        self.assertEqual(self.told(), [("8", "2", "F", "10"), ("9", "2", "-", "-")])

    def test_reject_replace(self) -> None:
        """Refused, with the text."""
        self.market.fault("reject-replace", parameters={"text": "not now"})
        self.client.order("1")
        self.client.heard()
        self.replace("2", "1")
        (reject,) = self.client.heard()
        self.assertEqual((reject["35"], reject["434"], reject["58"]), ("9", "2", "not now"))

    def test_unsolicited_cancel(self) -> None:
        """A second later nothing is left of the order."""
        self.market.fault("unsolicited-cancel")
        self.client.order("1")
        self.assertEqual([told[2] for told in self.told()], ["0"])
        self.market.advance(1.1)
        self.assertEqual([told[2] for told in self.told()], ["4"])

    def test_bust_and_correct(self) -> None:
        """A fill that never was, and one at another price."""
        self.market.fault("bust", count=1)
        self.client.order("1")
        self.market.advance(1.1)
        self.assertEqual([told[2] for told in self.told()], ["0", "F", "H"])
        self.market.fault("correct", parameters={"price": "99.5"})
        self.client.order("2")
        self.market.advance(1.1)
        correction = self.client.heard()[-1]
        self.assertEqual((correction["150"], correction["31"]), ("G", "99.5"))

    def test_restate(self) -> None:
        """Other terms, unasked."""
        self.market.fault("restate", parameters={"quantity": "4"})
        self.client.order("1")
        self.market.advance(1.1)
        restated = self.client.heard()[-1]
        self.assertEqual((restated["150"], restated["38"]), ("D", "4"))

    def test_duplicate_cl_ord_id(self) -> None:
        """A ClOrdID that was used is accepted once more."""
        self.client.order("1")
        self.client.heard()
        self.market.fault("duplicate-cl-ord-id", match="cl_ord_id=1")
        self.client.order("1")
        self.assertEqual([told[:3] for told in self.told()], [("8", "0", "0")])

    def test_counts(self) -> None:
        """Hits are those of the rule; both go together."""
        self.market.fault("no-ack", name="silence", count=2)
        self.client.order("1")
        told = self.market.do("get_fault", fault="silence")
        self.assertEqual((told.hits, told.left), (1, 1))
        self.assertEqual(self.market.do("get_rule", rule="silence").hits, 1)
        self.market.do("delete_fault", fault="silence")
        self.assertEqual(self.market.do("list_rules").items, [])
        self.client.order("2")
        self.expect("8")

    def test_session(self) -> None:
        """Of one session only."""
        other = self.market.client("OTHER")
        self.market.fault("no-ack")
        other.order("1")
        self.assertEqual(other.types(), "8")
        self.client.order("1")
        self.expect("")


class LogonTests(FaultTestCase):
    """Faults that a logon meets."""

    def setUp(self) -> None:
        """Nobody is logged on yet."""
        super().setUp()
        self.client.hang_up()
        self.client.connect()

    def log_on(self) -> None:
        """Try to log on."""
        self.client.say("A", "98=0|108=30|141=Y|")

    def test_late(self) -> None:
        """A logon that comes late is accepted all the same."""
        self.client.seq = 1
        self.market.fault("delay", match="type=A", direction="in")
        self.log_on()
        self.expect("")
        self.market.advance(1.1)
        self.expect("A")
        self.client.order("1")
        self.expect("8")

    def test_lost(self) -> None:
        """Nobody is logged on, and the connection ends when its time is over."""
        self.market.fault("drop", match="type=A", direction="in")
        self.log_on()
        self.market.advance(30)
        self.expect("")
        self.assertTrue(self.client.closed)

    def test_answer_lost(self) -> None:
        """Our logon is lost: the session is on, and the other side does not know."""
        self.client.seq = 1
        self.market.fault("drop", match="type=A", count=1)
        self.log_on()
        self.expect("")
        self.assertEqual(self.market.do("get_session", session="BUY").state, "active")

    def test_reset(self) -> None:
        """The connection ends; nobody was ever logged on."""
        self.market.fault("reset", match="type=A", direction="in")
        self.log_on()
        self.assertTrue(self.client.closed)
        self.assertEqual(self.market.do("get_session", session="BUY").state, "offline")

    def test_black_hole(self) -> None:
        """Nothing comes of it."""
        self.market.fault("black-hole", match="type=A", direction="in")
        self.log_on()
        self.client.order("1")
        self.market.advance(5)
        self.expect("")
        self.assertFalse(self.client.closed)

    def test_logout(self) -> None:
        """Refused, with that text."""
        self.market.fault("logout", match="type=A", direction="in", parameters={"text": "no"})
        self.log_on()
        (logout,) = self.client.heard()
        self.assertEqual((logout["35"], logout["58"]), ("5", "no"))
        self.assertTrue(self.client.closed)


class BookTests(FaultTestCase):
    """Which messages a fault is shown, how often it fires, and how it ends."""

    def test_count(self) -> None:
        """So often, and then the session is as fast as without."""
        fault = self.market.fault("drop", match="type=8", count=2)
        machine = self.market.memory.exchange.sessions["BUY"].machine  # type: ignore[attr-defined]
        self.assertIsNotNone(machine.tamper)
        for name in ("1", "2", "3"):
            self.client.order(name)
        self.expect("8")
        self.assertIsNone(machine.tamper)
        told = self.market.do("get_fault", fault=fault.name)
        self.assertEqual((told.hits, told.left), (2, 0))

    def test_probability(self) -> None:
        """By the seed: the same orders have the same fate, and another seed has another."""
        fates: list[list[str]] = []
        for seed in (1, 1, 2):
            self.market.fault("drop", name="d", match="type=8", probability="50%", seed=seed)
            for number in range(20):
                self.client.order(f"{len(fates)}-{number}")
            fates.append([each["11"].partition("-")[2] for each in self.client.heard()])
            told = self.market.do("get_fault", fault="d")
            self.assertEqual(told.hits + told.passed, 20)
            self.market.do("delete_fault", fault="d")
        self.assertEqual(fates[0], fates[1])
        self.assertNotEqual(fates[0], fates[2])
        self.assertTrue(0 < len(fates[0]) < 20)

    def test_switch(self) -> None:
        """One that is switched off does nothing and counts nothing, one of orders alike."""
        for kind in ("drop", "no-ack"):
            fault = self.market.fault(kind, match="type=8" if kind == "drop" else "type=D")
            self.market.do("disable_fault", fault=fault.name)
            self.client.order(f"{kind}-1")
            self.expect("8")
            told = self.market.do("enable_fault", fault=fault.name)
            self.assertEqual((told.enabled, told.hits), (True, 0))
            self.client.order(f"{kind}-2")
            self.expect("")
            self.assertEqual(self.market.do("get_fault", fault=fault.name).hits, 1)
            self.market.do("delete_fault", fault=fault.name)

    def test_replace(self) -> None:
        """It is another in its place, and counts from 0; one of orders is a rule, or is none."""
        for name, kind in (("one", "drop"), ("two", "delay")):
            self.market.fault(kind, name=name, match="type=8")
        self.client.order("1")
        self.assertEqual(self.market.do("get_fault", fault="one").hits, 1)
        self.market.do("disable_fault", fault="one")
        body = {"kind": "no-ack", "session": "BUY", "match": "type=D", "seed": 5}
        told = self.market.do("replace_fault", body, fault="one")
        self.assertEqual((told.kind, told.seed, told.hits, told.enabled), ("no-ack", 5, 0, False))
        names = [each.name for each in self.market.do("list_faults").items]
        self.assertEqual(names, ["one", "two"])
        rules = [(each.name, each.enabled) for each in self.market.do("list_rules").items]
        self.assertEqual(rules, [("one", False)])
        self.market.do("replace_fault", {"kind": "late-ack", "count": 3}, fault="one")
        self.assertEqual([each.times for each in self.market.do("list_rules").items], [3])
        self.market.do("enable_fault", fault="one")
        self.market.do("replace_fault", {"kind": "drop", "match": "type=8"}, fault="one")
        self.assertEqual(self.market.do("list_rules").items, [])
        self.client.order("2")
        self.assertEqual(self.market.do("get_fault", fault="one").hits, 1)

    def test_replace_refused(self) -> None:
        """One that is wrong changes nothing."""
        self.market.fault("no-ack", name="one")
        self.market.do("create_rule", {"when": "type=F", "name": "taken"})
        self.market.fault("drop", name="taken", match="type=8")
        for name, wrong in (
            ("one", {"kind": "no-ack", "name": "other"}),
            ("one", {"kind": "no-such"}),
            ("one", {"kind": "delay", "parameters": {"time": "soon"}}),
        ):
            self.assertRaises(Unprocessable, self.market.do, "replace_fault", wrong, fault=name)
        body = {"kind": "no-ack"}
        self.assertRaises(Conflict, self.market.do, "replace_fault", body, fault="taken")
        self.assertRaises(NotFound, self.market.do, "replace_fault", body, fault="none")
        kinds = [(each.name, each.kind) for each in self.market.do("list_faults").items]
        self.assertEqual(kinds, [("one", "no-ack"), ("taken", "drop")])
        rules = [each.name for each in self.market.do("list_rules").items]
        self.assertEqual(rules, ["one", "taken"])

    def test_others(self) -> None:
        """A fault of one session is none of another; one of an endpoint or a venue is of all."""
        other = self.market.client("OTHER")
        for scope, both in (
            ({"session": "BUY"}, False),
            ({"session": None, "endpoint": "oe"}, True),
            ({"session": None, "venue": "XSIM"}, True),
            ({"session": None}, True),
        ):
            fault = self.market.fault("drop", match="type=8", **scope)
            self.client.order(f"{scope}")
            other.order(f"{scope}")
            self.expect("")
            self.assertEqual(other.types(), "" if both else "8")
            self.market.do("delete_fault", fault=fault.name)

    def test_made_on_the_fly(self) -> None:
        """A session that a logon makes is looked at from its first message on."""
        self.market.fault("refuse-logon", session=None, endpoint="oe", match="session=NEW")
        new = self.market.client("NEW", log_on=False)
        new.say("A", "98=0|108=30|")
        self.assertEqual(new.types(), "5")
        self.assertEqual(self.market.client("NEW2").last[0]["35"], "A")

    def test_reset(self) -> None:
        """One call resets all; so does a reset of the venue."""
        self.market.fault("drop", match="type=8")
        self.market.fault("no-ack")
        self.assertEqual(self.market.do("clear_faults").cleared, 2)
        self.client.order("1")
        self.expect("8")
        self.market.fault("drop", match="type=8")
        self.market.fault("no-ack")
        self.market.do("reset", {"sessions": "keep"})
        self.assertEqual(self.market.do("list_faults").items, [])
        self.assertEqual(self.market.do("list_rules").items, [])
        self.client.order("2")
        self.expect("8")

    def test_several(self) -> None:
        """Faults act one after the other, each on what the last one left."""
        self.market.fault("change", match="type=8", parameters={"fields": "58=first"})
        self.market.fault("duplicate", match="type=8")
        self.market.fault("bad-checksum", match="type=8")
        self.client.order("1")
        first, second = self.client.heard()
        self.assertEqual(first, second)
        self.assertEqual(first["58"], "first")
        self.assertEqual([note["kind"] for note in self.market.notes()][-1], "bad-checksum")

    def test_refused(self) -> None:
        """What makes no sense is refused, and the text says what would be right."""
        for body, wanted in (
            ({"kind": "dorp"}, "did you mean 'drop'"),
            ({"kind": "zzz"}, "known: drop, ignore"),
            ({"kind": "ignore", "direction": "out"}, "has direction in"),
            ({"kind": "delay", "parameters": {"tmie": "1s"}}, "it has time, jitter"),
            ({"kind": "drop", "parameters": {"time": "1s"}}, "it has none"),
            ({"kind": "delay", "parameters": {"time": "soon"}}, "no time span"),
            ({"kind": "insert"}, "raw is needed"),
            ({"kind": "insert", "parameters": {"raw": "\u20ac"}}, "are no bytes"),
            ({"kind": "drop", "match": "type="}, "value"),
            ({"kind": "cut", "parameters": {"at": "x"}}, "a number, all, or half"),
            ({"kind": "change", "parameters": {"fields": "x"}}, "no field such as"),
            ({"kind": "drop", "session": "BUY", "endpoint": "oe", "venue": "Y"}, "not of venue"),
            ({"kind": "overfill", "parameters": {"quantity": "x y"}}, "quantity"),
        ):
            with self.subTest(body=body):
                error = self.assertRaises(Unprocessable, self.market.do, "create_fault", body)
                self.assertIn(wanted, str(error))
        self.assertEqual(self.market.do("list_faults").items, [])
        self.assertEqual(self.market.do("list_rules").items, [])

    def test_names(self) -> None:
        """A name is given once; what is not there is not found."""
        self.market.fault("drop", name="x")
        self.assertRaises(Conflict, self.market.fault, "drop", name="x")
        self.assertRaises(NotFound, self.market.do, "get_fault", fault="y")
        self.assertRaises(NotFound, self.market.do, "delete_fault", fault="y")
        self.assertRaises(NotFound, self.market.fault, "drop", session="NOBODY")

    def test_list(self) -> None:
        """In the order they were set, as they were."""
        self.market.fault("drop", match={"type": "8", "exec": "fill"}, count=3)
        self.market.fault("no-ack", session=None)
        first, second = self.market.do("list_faults").items
        self.assertEqual((first.name, first.match), ("drop-1", "type=8 exec=fill"))
        self.assertEqual((first.count, first.left, first.level), (3, 3, "general"))
        self.assertEqual((second.name, second.session, second.level), ("no-ack-2", None, "order"))


class KindTests(SynchronousTestCase):
    """The table of kinds."""

    def test_complete(self) -> None:
        """Each kind but those of orders does something, and a protocol that lacks it says why."""
        self.assertEqual({*ACTS}, {kind.name for kind in KINDS})
        for surgery in SURGERIES.values():
            self.assertEqual({*surgery.kinds} | {*surgery.lacks}, {*ACTS})
            self.assertEqual({*surgery.kinds} & {*surgery.lacks}, set())
        self.assertEqual(len(BY_NAME), len(KINDS) + len(ORDER_KINDS))
        for kind in BY_NAME.values():
            self.assertIn(kind.level, LEVELS)

    def test_asked_for(self) -> None:
        """All that the test double is to do is there."""
        market = Market(self.mktemp())
        self.addCleanup(market.memory.stop)
        told = {each.kind for each in market.do("list_fault_kinds").items}
        self.assertEqual(told, {*BY_NAME})


def messages(data: bytes) -> list[bytes]:
    """The sound messages at the beginning of these bytes."""
    framer = Framer(10**6, True, True)
    framer.feed(data)
    found = []
    while isinstance(message := framer.next(), bytes):
        found.append(message)
    return found


class DocumentTests(SynchronousTestCase):
    """``docs/faults.rst``."""

    def test_written(self) -> None:
        """It is what the code says; else: python -m tools.faults."""
        page = faults.RST.read_text(encoding="utf-8")
        self.assertEqual(page, faults.with_kinds(page, faults.kinds_rst()))

    def test_every_kind(self) -> None:
        """All are there, with all their parameters, and each is explained."""
        page = faults.RST.read_text(encoding="utf-8")
        for kind in BY_NAME.values():
            self.assertIn(f"\n``{kind.name}``\n", page)
            self.assertRegex(kind.summary, r"^[A-Z].{10,}\.$")
            for option in kind.options:
                self.assertIn(f"    * ``{option.name}`` (", page)
                self.assertRegex(option.help, r"^[A-Z].{3,}\.$")


def fixed(data: bytes, length: int) -> bytes:
    """The same message with this BodyLength, and the checksum that then is right."""
    begin, _, body = data[:-7].split(b"\x01", 2)
    changed = b"%b\x019=%d\x01%b" % (begin, length, body)
    return changed + TRAILERS[checksum(changed)]


JITTERED = [91, 120, 120, 157, 184]
"""When they came, in hundredths of a second; they were sent at 0, 40, 80, 120 and 160."""


class PacedTests(SynchronousTestCase):
    """A session that goes by its market's clock."""

    def test_delay(self) -> None:
        """What is held up comes when that clock says so, and in its turn."""
        ini = INI.replace("policies = match\n", "policies = match\nclock = manual\n")
        ini = ini.replace("max_latency = 0s\n", "max_latency = 0s\nsession_clock = market\n")
        market = Market(self.mktemp(), ini)
        self.addCleanup(market.memory.stop)
        client = market.client(heartbeat=3600)
        market.fault("delay", match="cl_ord_id=1", parameters={"time": "5m"})
        market.fault("delay", match="type=D cl_ord_id=2", direction="in", parameters={"time": "3m"})
        client.order("1")
        client.order("2")
        market.advance(600)
        self.assertEqual(client.types(), "")
        market.do("advance_clock", {"by": "4m"}, venue="XSIM")
        self.assertEqual([each["11"] for each in client.heard()], ["2"])
        market.do("advance_clock", {"by": "1m"}, venue="XSIM")
        self.assertEqual([each["11"] for each in client.heard()], ["1"])
