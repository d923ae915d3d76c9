"""Faults of what those are told who look on: market data over FIX and ITCH, and drop copies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exsim.config.load import load
from exsim.plugins import Catalogue
from exsim.wire.fix import FixMessage
from tests import test_drop_copy, test_fix_market_data, test_itch
from tests.again import check_again, keep
from tests.simulator import RestTestCase
from tests.test_drop_copy import Client
from tests.test_fix_market_data import Reader, entries, short

TIME = {"parameters": {"time": "3s"}}


def number(message: FixMessage) -> int:
    """MsgSeqNum."""
    return int(message.fields[b"34"])


class DataFaultCase(RestTestCase):
    """A venue, somebody who trades there, and faults."""

    ini = test_fix_market_data.INI

    def setUp(self) -> None:
        """The simulator, and a trader."""
        path = self.mktemp()
        Path(path).write_text(self.ini)
        self.settings = load(path, [], Catalogue())
        self.start(self.settings, Catalogue())
        self.trader = Client(self.memory, "orders", "S1")
        self.count = 0

    def order(self, side: str, qty: int, price: int) -> str:
        """Enter an order; its name."""
        self.count += 1
        self.trader.order(f"N{self.count}", side, qty, price)
        return f"N{self.count}"

    def cancel(self, name: str) -> None:
        """Cancel an order."""
        self.count += 1
        self.trader.say("F", f"11=N{self.count}", f"41={name}", "54=1", "55=AAA",
                        "60=20200101-00:00:00")  # fmt: skip

    def fault(self, kind: str, endpoint: str, **more: Any) -> None:
        """Set a fault of all sessions of an endpoint."""
        self.post("/faults", {"kind": kind, "endpoint": endpoint, **more}, 201)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.memory.reactor.advance(seconds)


class FixDataTests(DataFaultCase):
    """Market data over FIX."""

    def reader(self, action: int = 1, *more: str) -> Reader:
        """Somebody who is subscribed."""
        reader = Reader(self.memory, "data", "R", "FIXT.1.1")
        reader.ask("q", action, 0, "012", "265=1", *more)
        return reader

    def heard(self, reader: Reader) -> list[FixMessage]:
        """What a reader is told, if not by a heartbeat."""
        reader.heard()
        return [each for each in reader.messages if each.msg_type != b"0"]

    def test_gap(self) -> None:
        """No number of the session is missing, one of the feed is."""
        reader = self.reader()
        self.order("1", 1, 10)
        (first,) = self.heard(reader)
        self.fault("data-gap", "data", count=1)
        self.order("1", 1, 11)
        self.order("1", 1, 12)
        (third,) = self.heard(reader)
        self.assertEqual(number(third), number(first) + 1)
        self.assertEqual([entries(each)[0]["83"] for each in (first, third)], ["1", "3"])

    def test_crossed(self) -> None:
        """A bid above the best offer, an offer below the best bid; or just there."""
        reader = self.reader()
        self.order("1", 1, 10)
        self.order("2", 1, 20)
        self.heard(reader)
        self.fault("crossed-book", "data", count=1)
        self.order("1", 1, 11)
        self.fault("crossed-book", "data", count=1, parameters={"by": "2"})
        self.order("2", 1, 19)
        self.fault("crossed-book", "data", count=1, parameters={"locked": True})
        self.order("2", 1, 18)
        prices = [entries(each)[0]["270"] for each in self.heard(reader)]
        self.assertEqual(prices, ["20.01", "9", "11"])
        self.order("1", 1, 12)
        self.assertEqual(entries(self.heard(reader)[0])[0]["270"], "12")

    def test_nothing_to_cross(self) -> None:
        """A book of one side is told as it is."""
        reader = self.reader()
        self.fault("crossed-book", "data")
        self.order("1", 1, 11)
        self.assertEqual(entries(self.heard(reader)[0])[0]["270"], "11")

    def test_stale(self) -> None:
        """Updates come late under the numbers and times of then; heartbeats go on."""
        reader = self.reader()
        self.fault("stale", "data", **TIME)
        self.order("1", 1, 10)
        self.advance(1)
        self.order("1", 1, 11)
        self.assertEqual(self.heard(reader), [])
        reader.say("1", "112=there")
        (beat,) = reader.messages
        self.assertEqual(beat.fields[b"112"], b"there")
        kept = keep(self.memory.simulator)
        self.advance(2)
        (first,) = self.heard(reader)
        self.advance(1)
        (second,) = self.heard(reader)
        self.assertEqual([number(each) - number(beat) for each in (first, second)], [1, 2])
        self.assertGreater(first.fields[b"52"], beat.fields[b"52"])
        self.assertEqual([entries(each)[0]["270"] for each in (first, second)], ["10", "11"])
        check_again(self, self.memory.simulator, self.settings, kept)

    def test_late_snapshot(self) -> None:
        """Updates are told before the snapshot that they are of."""
        self.fault("late-snapshot", "data", **TIME)
        reader = Client(self.memory, "data", "R", "FIXT.1.1")
        reader.say("V", "262=q", "263=1", "264=0", "265=1", "267=1", "269=0", "146=1", "55=AAA")
        self.order("1", 1, 10)
        self.assertEqual([each["35"] for each in reader.heard()], ["X"])
        self.advance(3)
        self.assertEqual([each["35"] for each in reader.heard()], ["W"])

    def test_conflate(self) -> None:
        """Of an order that came and went nothing is told; of one that changed the end."""
        reader = self.reader(1, "266=N")
        self.order("1", 7, 12)
        self.heard(reader)
        self.fault("conflate", "data", parameters={"time": "10s"})
        name = self.order("1", 1, 10)
        self.order("1", 5, 11)
        self.cancel(name)
        self.order("2", 3, 12)
        self.order("2", 2, 12)
        self.assertEqual(self.heard(reader), [])
        kept = keep(self.memory.simulator)
        self.advance(10)
        (told,) = self.heard(reader)
        self.assertEqual(
            [each.split("/")[:2] + each.split("/")[3:] for each in short(told)],
            [["0", "0", "11", "5"], ["0", "2", "12", "3"], ["1", "0", "12", "2"],
             ["0", "2", "12", "2"]],
        )  # fmt: skip
        check_again(self, self.memory.simulator, self.settings, kept)

    def test_halt(self) -> None:
        """It is told that trading is halted, and it goes on."""
        reader = self.reader()
        self.fault("halt", "data", count=1)
        self.order("1", 1, 10)
        update, status = self.heard(reader)
        self.assertEqual(number(status), number(update) + 1)
        fields = status.fields
        told = [fields[tag] for tag in (b"35", b"55", b"326", b"49")]
        self.assertEqual(told, [b"f", b"AAA", b"2", b"XSIM"])
        self.order("2", 1, 10)
        (update,) = self.heard(reader)
        self.assertIn("2", [each["269"] for each in entries(update)])
        check_again(self, self.memory.simulator, self.settings)

    def test_resent(self) -> None:
        """What came late is sent again under its number, once more on time."""
        reader = self.reader()
        self.fault("stale", "data", **TIME)
        self.order("1", 1, 10)
        self.advance(3)
        (first,) = self.heard(reader)
        reader.book.clear()
        reader.say("2", f"7={number(first)}", "16=0")
        (again,) = reader.messages
        self.assertEqual((again.fields[b"43"], number(again)), (b"Y", number(first)))

    def test_place(self) -> None:
        """Each is for endpoints of its role; what a protocol has not is refused in words."""
        for kind, endpoint, wanted in (
            ("stale", "orders", "for endpoints of role market-data, not order-entry"),
            ("missing-trade", "data", "for endpoints of role drop-copy, not market-data"),
            ("conflate", "data", "no length"),
        ):
            body = {"kind": kind, "endpoint": endpoint}
            if kind == "conflate":
                body["parameters"] = {"time": "0s"}  # type: ignore[assignment]
            self.assertIn(wanted, self.post("/faults", body, 422)["detail"])
        self.post("/faults", {"kind": "copy-lag", "venue": "XSIM"}, 201)
        found = self.trader.order("P1", "1", 1, 10)  # of a venue's sessions those of its role
        self.assertEqual([each["35"] for each in found], ["8"])
        told = {each["kind"]: each for each in self.get("/fault-kinds?limit=100")["items"]}
        served = {kind: [each["protocol"] for each in told[kind]["protocols"]] for kind in told}
        self.assertEqual(served["crossed-book"], ["fix", "itch", "glimpse"])
        self.assertEqual(served["late-snapshot"], ["fix", "glimpse"])
        self.assertEqual(served["copy-lag"], ["fix"])


class CopyTests(DataFaultCase):
    """Drop copies."""

    ini = test_drop_copy.INI

    def copies(self, client: Client) -> list[str]:
        """What copies tell, in short."""
        return [f"{each['11']} {each['150']}" for each in client.heard() if each["35"] == "8"]

    def test_lag(self) -> None:
        """They come late, and nothing is missing."""
        client = Client(self.memory, "copies", "C")
        self.fault("copy-lag", "copies", **TIME)
        self.order("1", 1, 10)
        self.assertEqual(self.copies(client), [])
        self.advance(3)
        self.assertEqual(self.copies(client), ["N1 0"])
        check_again(self, self.memory.simulator, self.settings)

    def test_missing(self) -> None:
        """A fill is not told, and no number is missing."""
        client = Client(self.memory, "copies", "C")
        self.order("1", 3, 10)
        self.fault("missing-trade", "copies", count=1)
        self.order("2", 1, 10)
        self.order("2", 2, 10)
        found = [each for each in client.heard() if each["35"] == "8"]
        kinds = [each["150"] for each in found]
        self.assertEqual((kinds.count("F"), kinds.count("0")), (3, 3))
        numbers = [int(each["34"]) for each in found]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 6)))
        check_again(self, self.memory.simulator, self.settings)


class ItchTests(DataFaultCase):
    """ITCH and GLIMPSE."""

    ini = test_itch.INI

    def reader(self, endpoint: str = "itch") -> test_itch.Reader:
        """Somebody who is logged in."""
        return test_itch.Reader(self.memory, b"R", 1, endpoint)

    def test_gap(self) -> None:
        """The end of an order is told that never began."""
        reader = self.reader()
        self.fault("data-gap", "itch", count=1)
        name = self.order("1", 1, 10)
        self.cancel(name)
        self.assertEqual(reader.read(), ["D 1"])

    def test_crossed(self) -> None:
        """Above the best offer, or just there."""
        reader = self.reader()
        self.order("2", 1, 20)
        reader.read()
        self.fault("crossed-book", "itch", count=1)
        self.order("1", 1, 10)
        self.fault("crossed-book", "itch", count=1, parameters={"locked": True})
        self.order("1", 1, 10)
        self.assertEqual(reader.read(), ["A 2 B 1 AAA 20.01", "A 3 B 1 AAA 20"])

    def test_stale(self) -> None:
        """Late, in order, with the times of then."""
        reader = self.reader()
        self.fault("stale", "itch", **TIME)
        self.order("1", 1, 10)
        self.order("1", 1, 11)
        self.assertEqual(reader.read(), [])
        self.advance(3)
        self.assertEqual(reader.read(), ["A 1 B 1 AAA 10", "A 2 B 1 AAA 11"])
        check_again(self, self.memory.simulator, self.settings)

    def test_halt(self) -> None:
        """A Stock Trading Action after the order."""
        reader = self.reader()
        self.fault("halt", "itch", count=1)
        self.order("1", 1, 10)
        self.assertEqual(reader.read(), ["A 1 B 1 AAA 10", "H AAA H  T1"])

    def test_late_snapshot(self) -> None:
        """GLIMPSE tells late what was so."""
        self.order("1", 1, 10)
        self.fault("late-snapshot", "glimpse", **TIME)
        reader = self.reader("glimpse")
        self.order("1", 1, 11)
        self.assertEqual(reader.got, [])
        self.advance(3)
        *_, last, end = reader.read()
        self.assertEqual((last, end.split()[0]), ("A 1 B 1 AAA 10", "G"))

    def test_refused(self) -> None:
        """What these have not."""
        for kind, endpoint, wanted in (
            ("conflate", "itch", "each of its messages is of one order"),
            ("late-snapshot", "itch", "it has no snapshots"),
            ("stale", "glimpse", "see late-snapshot"),
            ("no-ack", "itch", "no orders come by it"),
            ("copy-lag", "itch", "it has no drop copies"),
        ):
            found = self.post("/faults", {"kind": kind, "endpoint": endpoint}, 422)
            self.assertIn(wanted, found["detail"])
