"""Recordings: made, saved, loaded and played, and told as a script and a test that hold."""

from __future__ import annotations

from typing import Any

import msgspec
from twisted.trial.unittest import SynchronousTestCase

from exsim.client.script import parse_script, run_script
from exsim.control import double_schemas as ds
from exsim.errors import Conflict, NotFound, Unprocessable
from exsim.services.recordings import as_script, as_test, question
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.testing.memory import MemoryExchange
from tests.fault_market import Market
from tools.races import Counterparty


class RecordingTests(SynchronousTestCase):
    """A market in memory."""

    def setUp(self) -> None:
        self.market = Market(self.mktemp())
        self.client = self.market.client()

    def do(self, operation: str, body: Any = None, name: str = "a", **arguments: Any) -> Any:
        """An operation on a recording."""
        return self.market.do(operation, body, recording=name, **arguments)

    def record(self, **body: Any) -> list[ds.RecordedMessage]:
        """Record an order that is answered, and another half a second later."""
        self.do("start_recording", body)
        self.client.order("1")
        self.market.advance(0.5)
        self.client.order("2", price="101")
        self.do("stop_recording")
        messages: list[ds.RecordedMessage] = self.do("get_recording").messages
        return messages

    def test_record(self) -> None:
        """All that was said between start and stop, with its times."""
        self.client.order("0")
        found = self.record()
        self.client.order("3")
        said = [(each.at, each.direction, each.type) for each in found]
        self.assertEqual(
            said, [(0, "in", "D"), (0, "out", "8"), (500_000, "in", "D"), (500_000, "out", "8")]
        )
        self.assertEqual({each.session for each in found}, {"BUY"})
        fields = {each.name: each.value for each in found[2].fields}
        self.assertEqual((fields["ClOrdID"], fields["Price"]), ("2", "101"))
        (listed,) = self.market.do("list_recordings").items
        self.assertEqual((listed.recording, listed.running, listed.messages), ("a", False, 4))

    def test_some(self) -> None:
        """Only of a session, and what fits a filter."""
        self.assertEqual([each.type for each in self.record(filter="type=8 dir=out")], ["8", "8"])
        self.do("delete_recording")
        self.assertEqual(self.record(session="OTHER"), [])

    def test_reset(self) -> None:
        """What was before a reset is gone."""
        self.do("start_recording", {})
        self.client.order("1")
        self.market.do("reset", {"sessions": "keep"})
        self.client.order("2")
        self.do("stop_recording")
        names = [f.value for each in self.do("get_recording").messages for f in each.fields
                 if f.name == "ClOrdID"]  # fmt: skip
        self.assertEqual(set(names), {"2"})

    def test_save_and_load(self) -> None:
        """What is saved can be loaded, under another name, too."""
        found = self.record()
        body = msgspec.to_builtins(self.do("get_recording"))
        self.do("load_recording", body, "b")
        self.assertEqual(self.do("get_recording", name="b").messages, found)
        self.assertRaises(Conflict, self.do, "load_recording", body, "b")

    def test_wrong(self) -> None:
        """What cannot be is refused."""
        self.assertRaises(NotFound, self.do, "stop_recording")
        self.assertRaises(NotFound, self.do, "get_recording")
        error = self.assertRaises(NotFound, self.do, "delete_recording")
        self.assertIn("there are: none", str(error))
        self.assertRaises(Unprocessable, self.do, "start_recording", {"filter": "tpe=D"})
        self.do("start_recording", {})
        self.assertRaises(Conflict, self.do, "start_recording", {})
        self.assertRaises(Conflict, self.do, "get_recording")
        self.do("stop_recording")
        self.assertRaises(Conflict, self.do, "stop_recording")
        error = self.assertRaises(NotFound, self.do, "get_recording", name="other")
        self.assertIn("there are: a", str(error))
        self.do("delete_recording")
        self.assertEqual(self.market.do("list_recordings").items, [])

    def test_play(self) -> None:
        """What was sent is sent again, at its speed, under numbers of now; nothing else is."""
        self.record()
        self.client.types()
        played = self.do("play_recording", {"speed": "2"})
        self.assertEqual(self.client.types(), "8")
        self.market.advance(0.2)
        self.assertEqual(self.client.types(), "")
        self.market.advance(0.05)
        self.assertEqual(self.client.types(), "8")
        report = self.client.last[-1]
        self.assertEqual((report["11"], report["34"]), ("2", "5"))
        self.assertEqual(self.successResultOf(played).sent, 2)
        self.successResultOf(self.do("play_recording", {"speed": "0"}))
        self.assertEqual(self.client.types(), "88")
        orders = self.market.do("list_orders", venue="XSIM", status="any").items
        self.assertEqual(len(orders), 2)
        self.failureResultOf(self.do("play_recording", {"speed": "-1"}), Unprocessable)
        missing = self.do("play_recording", {"session": "NOBODY", "speed": "0"})
        self.failureResultOf(missing, Conflict)

    def test_play_nothing(self) -> None:
        """Where nothing was said, nothing is."""
        self.do("start_recording")
        self.do("stop_recording")
        self.assertEqual(self.successResultOf(self.do("play_recording", {"speed": "1"})).sent, 0)

    def test_replay(self) -> None:
        """A journal with recordings and what was played runs again without them."""
        self.record()
        self.successResultOf(self.do("play_recording", {"speed": "0"}))
        simulator = self.market.memory.simulator
        other = inert(simulator.settings, simulator.parts.plugins)
        journal = simulator.exchange.journal
        self.assertIsNone(Replay(other, journal.entries(0), 1, 0).run())
        self.assertEqual(other.recordings.names(), [])


class FormTests(SynchronousTestCase):
    """A recording as a script, and as a test."""

    def trade(self, quantity: int = 100) -> MemoryExchange:
        """An exchange where a recording was begun, and somebody has traded."""
        exchange = MemoryExchange()
        self.addCleanup(exchange.stop)
        exchange.simulator.start_recording("a-b")
        client = Counterparty(exchange)
        exchange.connect(client)
        client.say("A", "98=0|108=30|")
        client.say("D", f"11=C|55=AAA|54=1|38={quantity}|40=2|44=100|60=20260105-09:00:00|")
        exchange.simulator.stop_recording("a-b")
        return exchange

    def test_script(self) -> None:
        """It expects the same of another day, and fails when that is another."""
        text = self.trade().simulator.convert_recording("a-b", "script")
        self.assertIn("expect type=D dir=in Symbol=AAA Side=1 OrderQty=100", text)
        self.assertNotIn("type=A", text)
        script = parse_script("x", text)
        script.steps = [step.replace("within 5s", "within 0s") for step in script.steps]
        for quantity, passes in ((100, True), (50, False)):
            exchange = self.trade(quantity)
            filters = [
                step.removeprefix("expect ").partition(" within")[0] for step in script.steps
            ]
            found = exchange.simulator.verify_messages(in_order=filters)
            self.assertEqual(found.passed, passes, found.text)
        self.assertFalse(run_script(self.trade().simulator, script).passed)  # nobody trades in it

    def test_test(self) -> None:
        """It is Python that passes on a day that is the same, and on no other."""
        text = self.trade().simulator.convert_recording("a-b", "test")
        names: dict[str, Any] = {}
        exec(compile(text, "test_a_b.py", "exec"), names)
        names["test_a_b"](self.trade())
        self.assertRaises(AssertionError, names["test_a_b"], self.trade(50))

    def test_nothing(self) -> None:
        """One in which nothing was said is told, too."""
        self.assertTrue(parse_script("x", as_script("x", [])).steps)
        compile(as_test("1 x-é", []), "x", "exec")

    def test_awkward(self) -> None:
        """Values that are no words are quoted."""
        fields = [ds.RecordedField("55", "Symbol", 'A "B" c')]
        message = ds.RecordedMessage(0, "S", "in", "D", fields)
        self.assertEqual(question(message), "type=D dir=in")
        fields = [ds.RecordedField("55", "Symbol", "EUR/USD x")]
        message = ds.RecordedMessage(0, "S", "in", "D", fields)
        self.assertEqual(question(message), 'type=D dir=in Symbol="EUR/USD x"')
