"""ITCH over SoupBinTCP: what a reader is sent, and the book that others' code makes of it."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from itch.parser import MessageParser
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.errors import ConfigError
from exsim.plugins import Catalogue
from exsim.services.peer import Peer
from exsim.sessions.soup_client import SoupClient
from exsim.wire import soup
from exsim.wire.layout import Layout
from exsim.wire.layouts.itch50 import GLIMPSE, ITCH50
from tests.again import START, check_again, keep
from tests.simulator import MemorySimulator, RestTestCase
from tests.test_drop_copy import Client

INI = """
[exsim]
durability = none

[venue:XSIM]
policies = match
clock = manual
clock_start = 2026-01-05T10:00:00Z

[instrument:XSIM:AAA]
[instrument:XSIM:BBB]
[instrument:XSIM:FINE]
tick = 0.00001

[endpoint:orders]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_latency = 0s

[endpoint:itch]
venue = XSIM
protocol = itch
role = market-data
listen = tcp:0:interface=127.0.0.1
accept_any_logon = yes

[endpoint:glimpse]
venue = XSIM
protocol = glimpse
listen = tcp:0:interface=127.0.0.1
accept_any_logon = yes
"""
TEN = 36_000 * 10**9
"""Ten o'clock, in nanoseconds since midnight."""


class Reader:
    """A counterparty that looks on: ``got`` are the numbers and messages that it was sent."""

    def __init__(
        self,
        memory: MemorySimulator,
        user: bytes = b"R",
        sequence: int = 1,
        endpoint: str = "itch",
    ) -> None:
        self.wire = memory.connect(endpoint)
        self.client = SoupClient(soup.Login(user, b"", b"", sequence), 0)
        self.got: list[tuple[int, bytes]] = []
        peer: Peer = self.wire.peer
        peer.dataReceived(self.client.data_to_send())
        self.read()

    def read(self) -> list[str]:
        """What came since the last call, in short."""
        data: bytes = self.wire.transport.value()
        self.wire.transport.clear()
        self.client.receive(data, 0)
        new = []
        while (message := self.client.next_message()) is not None:
            new.append(message)
        self.got += new
        return [short(raw) for _, raw in new]

    def raw(self) -> list[bytes]:
        """All messages."""
        return [raw for _, raw in self.got]


def layout_of(raw: bytes) -> Layout:
    """The layout of a message."""
    return GLIMPSE.outbound[raw[:1]]


def short(raw: bytes) -> str:
    """A message with its values, but for the first three."""
    layout = layout_of(raw)
    about = 0 if raw[:1] == b"G" else 3
    told = [field.text(value) for field, value in layout.read(raw)[about:]]
    return " ".join([layout.type.decode(), *told])


class ItchCase(RestTestCase):
    """A venue with an ITCH feed."""

    ini = INI

    def setUp(self) -> None:
        """The simulator, and somebody who trades."""
        path = self.mktemp()
        Path(path).write_text(self.ini)
        self.settings = load(path, [], Catalogue())
        self.start(self.settings, Catalogue())
        self.trader = Client(self.memory, "orders", "S1")
        self.count = 0

    def order(self, side: str, qty: int, price: Any, *more: str) -> str:
        """Enter an order; its name."""
        self.count += 1
        self.trader.order(f"N{self.count}", side, qty, price, *more)
        return f"N{self.count}"

    def cancel(self, name: str) -> None:
        """Cancel an order."""
        self.count += 1
        self.trader.say("F", f"11=N{self.count}", f"41={name}", "54=1", "55=AAA",
                        "60=20200101-00:00:00")  # fmt: skip

    def reader(self, user: bytes = b"R", sequence: int = 1) -> Reader:
        """Somebody who is logged in; what there was at the start is read."""
        return Reader(self.memory, user, sequence)


class LayoutTests(SynchronousTestCase):
    """Layouts against those of a parser that is not ours."""

    def test_parsed(self) -> None:
        """Every message of ours is taken, with the same values."""
        parser = MessageParser()
        for kind, layout in ITCH50.outbound.items():
            given = {f.name: "7" if not f.textual else "B" for f in layout.fields}
            raw = layout.build(given)
            self.assertEqual(len(raw), layout.size)
            message = parser.get_message_type(raw)
            self.assertEqual(message.message_type, kind)
            self.assertEqual(message.to_bytes(), raw)

    def test_bytes(self) -> None:
        """One of each kind of field, byte by byte."""
        raw = ITCH50.outbound[b"A"].build(
            {
                "stock_locate": "1",
                "timestamp": str(TEN),
                "reference": "3",
                "side": "B",
                "shares": "200",
                "stock": "AAA",
                "price": "100.25",
            }
        )
        self.assertEqual(
            raw,
            b"A\x00\x01\x00\x00\x20\xbd\xe7\x36\x40\x00" + b"\x00" * 7 + b"\x03B\x00\x00\x00\xc8"
            b"AAA     \x00\x0f\x4c\x04",
        )


class StreamTests(ItchCase):
    """What is sent."""

    def test_beginning(self) -> None:
        """What there is: events, directory and state of each instrument, and orders."""
        reader = self.reader()
        told = [short(raw) for raw in reader.raw()]
        self.assertEqual(told[:2], ["S O", "S S"])
        self.assertEqual([each[:5] for each in told[2:]],
                         ["R AAA", "Y AAA", "H AAA", "R BBB", "Y BBB", "H BBB",
                          "S Q"])  # fmt: skip
        self.assertEqual(told[4], "H AAA T  ")
        times = {int.from_bytes(raw[5:11], "big") for raw in reader.raw()}
        self.assertEqual(times, {TEN})

    def test_orders(self) -> None:
        """Added, executed, reduced, replaced, deleted."""
        reader = self.reader()
        name = self.order("1", 10, 99)
        self.order("2", 4, 99)
        self.assertEqual(reader.read(), ["A 1 B 10 AAA 99", "E 1 4 1"])
        self.post("/venues/XSIM/orders/1/replace", {"quantity": "8"})
        self.assertEqual(reader.read(), ["X 1 2"])
        self.post("/venues/XSIM/orders/1/replace", {"price": "98.5"})
        self.assertEqual(reader.read(), ["U 1 2 4 98.5"])
        self.cancel(name)
        self.assertEqual(reader.read(), ["D 2"])

    def test_hidden(self) -> None:
        """A trade with a hidden order is told as a trade, and nothing else of it."""
        reader = self.reader()
        self.order("2", 10, 101, "111=0")
        self.assertEqual(reader.read(), [])
        self.order("1", 4, 101)
        self.assertEqual(reader.read(), ["P 0 B 4 AAA 101 1"])

    def test_auction(self) -> None:
        """Indications while it runs; its end is one cross, of which executions do not count."""
        reader = self.reader()
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "opening-auction"})
        self.order("1", 5, 101)
        self.order("2", 3, 99)
        told = reader.read()
        self.assertEqual(told[0], "H AAA Q  ")
        self.assertEqual(
            [each.strip() for each in told if each[0] in "AI" and "AAA" in each],
            ["I 0 0 O AAA 0 0 0 O", "A 1 B 5 AAA 101", "A 2 S 3 AAA 99",
             "I 3 2 B AAA 101 101 101 O"],
        )  # fmt: skip
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "continuous"})
        told = [each for each in reader.read() if "BBB" not in each]
        self.assertEqual(
            told, ["H AAA T  ", "S Q", "C 1 3 1 N 101", "C 2 3 1 N 101", "Q 3 AAA 101 1 O"]
        )

    def phase(self, phase: str) -> list[str]:
        """Have the venue in a phase; what is told, but for what is of BBB."""
        self.ask("PUT", "/venues/XSIM/phase", {"phase": phase})
        return [each for each in self.followed.read() if "BBB" not in each]

    def test_hours(self) -> None:
        """The market's hours begin and end once a day: no halt and no auction ends them."""
        self.followed = self.reader()
        told: dict[str, list[str]] = {}
        for phase in (
            "halt", "continuous", "intraday-auction", "continuous", "closing-auction",
            "trade-at-close", "closed", "pre-open", "opening-auction", "continuous", "closed",
        ):  # fmt: skip
            events = [each for each in self.phase(phase) if each[0] == "S"]
            told[phase] = [*told.get(phase, []), *events]
        self.assertEqual({phase: events for phase, events in told.items() if events},
                         {"closing-auction": ["S M"], "closed": ["S E", "S M", "S E"],
                          "pre-open": ["S S"], "continuous": ["S Q"]})  # fmt: skip

    def test_closing(self) -> None:
        """What trades as the day ends is told before the end of system hours."""
        self.followed = self.reader()
        self.phase("closing-auction")
        self.order("1", 5, 101)
        self.order("2", 3, 101)
        self.followed.read()
        self.assertEqual(
            self.phase("closed"),
            ["H AAA Q  ", "C 1 3 1 N 101", "C 2 3 1 N 101", "D 1", "Q 3 AAA 101 1 C", "S E"],
        )

    def test_fraction(self) -> None:
        """What a person fills of less than a share is told as soon as it comes to one."""
        reader = self.reader()
        self.order("2", 4, 99)
        for qty in ("0.5", "1.25", "0.25"):
            self.post("/venues/XSIM/orders/1/fill", {"quantity": qty, "price": "99"})
        self.order("1", 2, 99)
        self.assertEqual(reader.read(), ["A 1 S 4 AAA 99", "E 1 1 2", "E 1 1 3", "E 1 2 4"])

    def test_fraction_left(self) -> None:
        """As long as a part of a share is left there is a share, which is deleted in the end."""
        reader = self.reader()
        self.order("1", 4, 99)
        self.post("/venues/XSIM/orders/1/fill", {"quantity": "0.5", "price": "99"})
        self.post("/venues/XSIM/orders/1/replace", {"price": "98"})
        self.order("2", 3, 98)
        glimpse = Reader(self.memory, b"G", endpoint="glimpse")
        self.assertEqual([short(raw) for raw in glimpse.raw()][-2], "A 2 B 1 AAA 98")
        self.post("/venues/XSIM/orders/1/cancel", {})
        self.assertEqual(reader.read(), ["A 1 B 4 AAA 99", "U 1 2 4 98", "E 2 3 2", "D 2"])

    def test_at_once(self) -> None:
        """A trade that is busted in the same moment is told first."""
        reader = self.reader()
        self.order("1", 5, 99)
        reader.read()
        self.post("/rules", {"when": "type=D", "then": "ack; fill; bust last"}, 201)
        self.order("1", 5, 98)
        told = reader.read()
        self.assertEqual([each for each in told if each[0] in "PB"], ["P 0 B 5 AAA 98 1", "B 1"])

    def test_bust(self) -> None:
        """A trade that never was is broken, once; what it filled rests again."""
        self.order("1", 5, 99)
        reader = self.reader()
        self.order("2", 5, 99)
        self.assertEqual(reader.read(), ["E 1 5 1"])
        (trade,) = self.get("/venues/XSIM/trades")["items"]
        for number in ("1", "2"):
            (fill,) = self.get(f"/venues/XSIM/orders/{number}/fills")["items"]
            self.post(f"/venues/XSIM/orders/{number}/bust", {"exec_id": fill["exec_id"]})
        told = reader.read()
        self.assertEqual([each for each in told if each[0] in "BP"], [f"B {trade['trade_id']}"])
        self.assertEqual(reader.read(), [])

    def test_correction(self) -> None:
        """A trade that was otherwise is broken, and there is another, once for both sides."""
        self.order("1", 5, 99)
        reader = self.reader()
        self.order("2", 5, 99)
        reader.read()
        for number in ("1", "2"):
            (fill,) = self.get(f"/venues/XSIM/orders/{number}/fills")["items"]
            body = {"exec_id": fill["exec_id"], "price": "98"}
            self.post(f"/venues/XSIM/orders/{number}/correct", body)
        self.assertEqual(reader.read(), ["B 1", "P 0 B 5 AAA 98 1"])

    def test_announced(self) -> None:
        """What no trading makes is told over REST, with locate and time."""
        reader = self.reader()
        for kind, fields, told in (
            ("S", {"event_code": "C"}, "S C"),
            ("H", {"stock": "AAA", "trading_state": "H", "reason": "T1"}, "H AAA H  T1"),
            ("Y", {"stock": "AAA", "reg_sho_action": "1"}, "Y AAA 1"),
            (
                "L",
                {"mpid": "MMKR", "stock": "BBB", "primary_market_maker": "Y",
                 "market_maker_mode": "N", "market_participant_state": "A"},
                "L MMKR BBB Y N A",
            ),
            ("V", {"level_1": "4100.5", "level_2": "3900"}, "V 4100.5 3900 0"),
            ("MwcbStatus", {"breached_level": "2"}, "W 2"),
            (
                "K",
                {"stock": "AAA", "release_time": "34200", "release_qualifier": "A",
                 "ipo_price": "21"},
                "K AAA 34200 A 21",
            ),
            (
                "J",
                {"stock": "AAA", "reference_price": "10", "upper_price": "11",
                 "lower_price": "9", "extension": "1"},
                "J AAA 10 11 9 1",
            ),
            ("h", {"stock": "AAA", "market_code": "Q", "halt_action": "H"}, "h AAA Q H"),
            ("N", {"stock": "BBB", "interest": "A"}, "N BBB A"),
            (
                "O",
                {"stock": "AAA", "open_eligibility": "Y", "minimum_price": "8",
                 "maximum_price": "18", "near_execution_price": "10.5",
                 "near_execution_time": "36000000000000", "lower_collar": "9",
                 "upper_collar": "12"},
                "O AAA Y 8 18 10.5 36000000000000 9 12",
            ),
        ):  # fmt: skip
            answer = self.post("/venues/XSIM/itch", {"type": kind, "fields": fields})
            self.assertEqual(answer["endpoints"], ["itch", "glimpse"])
            self.assertEqual(reader.read(), [told])
            raw = reader.raw()[-1]
            locate = {"AAA": 1, "BBB": 2}.get(str(fields.get("stock", "")), 0)
            self.assertEqual(int.from_bytes(raw[1:3], "big"), locate)
            self.assertEqual(int.from_bytes(raw[5:11], "big"), TEN)
        late = Reader(self.memory, b"L", 1, "glimpse")
        known = {short(raw) for raw in late.raw()}
        wanted = {"N BBB A", "h AAA Q H", "Y AAA 1", "H AAA H  T1"}
        self.assertEqual(wanted - known, set())

    def test_not_announced(self) -> None:
        """Nothing of orders and trades can be told so, nor of what there is not."""
        for body, told in (
            ({"type": "A"}, "no message 'A'"),
            ({"type": "H", "fields": {"stock": "ZZZ"}}, "no stock 'ZZZ'"),
            ({"type": "S", "fields": {"colour": "red"}}, "no field 'colour'"),
        ):
            self.assertIn(told, self.post("/venues/XSIM/itch", body, 422)["detail"])
        self.assertEqual(self.reader().read(), [])

    def test_not_told(self) -> None:
        """A price that does not fit is not told, nor what becomes of that order."""
        reader = self.reader()
        acceptor: Any = self.memory.exchange.endpoint("itch").acceptor
        name = self.order("1", 1, 500_000)
        self.assertEqual(acceptor.listener.state()[0][4], [1])
        self.order("1", 1, 90)
        self.cancel(name)
        self.assertEqual(acceptor.listener.state()[0][4], [], "it is forgotten when it is gone")
        self.assertEqual(reader.read(), ["A 2 B 1 AAA 90"])
        self.assertNotIn("FINE", " ".join(short(raw) for raw in reader.raw()))

    def test_resume(self) -> None:
        """Who comes back is sent what it missed, and all are sent the same."""
        first = self.reader()
        first.wire.peer.connectionLost()
        for price in range(90, 95):
            self.order("1", 1, price)
        second = self.reader(b"T")
        again = self.reader(b"R", first.client.next)
        self.assertEqual(first.got + again.got, second.got)
        self.assertEqual([seq for seq, _ in second.got], list(range(1, len(second.got) + 1)))

    def test_reset(self) -> None:
        """Another stream begins, with what there is."""
        reader = self.reader()
        self.order("1", 1, 99)
        self.post("/reset", {})
        again = self.reader()
        self.assertNotEqual(again.client.session, reader.client.session)
        told = [short(raw) for raw in again.raw()]
        self.assertEqual(told[:2], ["S O", "S S"])
        self.assertNotIn("A", [each[0] for each in told])

    def test_removed(self) -> None:
        """An endpoint that is removed has its stream end."""
        acceptor: Any = self.memory.exchange.endpoint("itch").acceptor
        self.ask("DELETE", "/endpoints/itch", None, 204)
        before = acceptor.listener.state()
        self.order("1", 1, 99)
        self.assertEqual(acceptor.listener.state(), before)

    def test_reset_kept(self) -> None:
        """Who is logged in is told that the session ends; another begins with the next login."""
        reader = self.reader()
        self.order("1", 1, 99)
        reader.read()
        glimpse = Reader(self.memory, b"G", endpoint="glimpse")
        self.post("/reset", {"sessions": "keep"})
        data = reader.wire.transport.value()
        self.assertEqual((data, reader.wire.closed), (b"\x00\x01Z", True))
        self.assertEqual(glimpse.wire.transport.value(), b"")
        self.assertFalse(glimpse.wire.closed)
        again = self.reader()
        self.assertEqual(again.client.session.strip(), b"EXSIM2")
        self.assertEqual([short(raw) for raw in again.raw()][:2], ["S O", "S S"])
        self.order("1", 2, 98)
        self.assertEqual(again.read(), ["A 1 B 2 AAA 98"])

    def enter(self, symbol: str, side: str, qty: str, price: str) -> None:
        """Enter an order of any instrument."""
        terms = {"symbol": symbol, "side": side, "quantity": qty, "price": price}
        self.post("/venues/XSIM/orders", terms)

    def test_numbers(self) -> None:
        """No two orders of a day have the same number, whatever instruments they are of."""
        reader = self.reader()
        self.enter("AAA", "BUY", "1", "99")
        self.enter("BBB", "BUY", "2", "98")
        self.enter("AAA", "SELL", "3", "101")
        self.assertEqual(reader.read(), ["A 1 B 1 AAA 99", "A 2 B 2 BBB 98", "A 3 S 3 AAA 101"])
        glimpse = Reader(self.memory, b"G", endpoint="glimpse")
        told = [short(raw) for raw in glimpse.raw()]
        self.assertEqual(told[-4:-1], ["A 1 B 1 AAA 99", "A 2 B 2 BBB 98", "A 3 S 3 AAA 101"])

    def test_large(self) -> None:
        """A trade of more shares than a field can hold is told in parts; so is its correction."""
        reader = self.reader()
        self.enter("AAA", "BUY", "5000000000", "99")
        self.enter("AAA", "SELL", "4294967296", "99")
        self.assertEqual(reader.read(), ["P 0 B 4294967295 AAA 99 1", "P 0 B 1 AAA 99 1"])
        exec_id = self.get("/venues/XSIM/orders/1/fills")["items"][0]["exec_id"]
        self.post("/venues/XSIM/orders/1/correct", {"exec_id": exec_id, "price": "98"})
        told = ["B 1", "P 0 B 4294967295 AAA 98 1", "P 0 B 1 AAA 98 1"]
        self.assertEqual(reader.read(), told)

    def test_glimpse_goes_on(self) -> None:
        """GLIMPSE tells the number to go on from, though a test added messages to the stream."""
        reader = self.reader()
        fields = [["Type", "D"], ["reference", "77"]]
        self.post("/sessions/R/messages", {"fields": fields})
        self.enter("AAA", "BUY", "1", "99")
        reader.read()
        glimpse = Reader(self.memory, b"G", endpoint="glimpse")
        self.assertEqual(short(glimpse.raw()[-1]).split(), ["G", str(reader.client.next)])
        kept = keep(self.memory.simulator)
        self.enter("AAA", "BUY", "1", "98")
        check_again(self, self.memory.simulator, self.settings, kept)
        self.post("/reset", {})
        self.enter("AAA", "BUY", "1", "99")
        again, glimpse = self.reader(), Reader(self.memory, b"G", endpoint="glimpse")
        self.assertEqual(short(glimpse.raw()[-1]).split(), ["G", str(again.client.next)])

    def test_instrument_removed(self) -> None:
        """Orders of an instrument that is taken off the list are deleted."""
        reader = self.reader()
        self.enter("BBB", "BUY", "2", "98")
        self.ask("DELETE", "/venues/XSIM/instruments/BBB", None, 204)
        self.assertEqual(reader.read(), ["A 1 B 2 BBB 98", "D 1"])
        glimpse = Reader(self.memory, b"G", endpoint="glimpse")
        self.assertNotIn("A", [raw[:1] for raw in glimpse.raw()])

    def test_messages(self) -> None:
        """People are told them with names."""
        self.reader()
        self.order("1", 1, 99)
        found = self.get("/sessions/R/messages?type=A")["items"]
        fields = {field["name"]: field["value"] for field in found[-1]["fields"]}
        self.assertEqual(found[-1]["name"], "AddOrder")
        self.assertEqual((fields["stock"], fields["price"]), ("AAA", "99"))

    def test_nothing_asked(self) -> None:
        """A client that asks for something is cut."""
        reader = self.reader()
        reader.client.send(b"give me", 0)
        reader.wire.peer.dataReceived(reader.client.data_to_send())
        self.assertTrue(reader.wire.closed)

    def test_role(self) -> None:
        """ITCH is for looking on."""
        path = self.mktemp()
        Path(path).write_text(INI.replace("role = market-data", "role = order-entry"))
        error = self.assertRaises(ConfigError, load, path, [], Catalogue())
        self.assertIn("[endpoint:itch] role: 'order-entry' cannot be", str(error))


class ConfiguredTests(ItchCase):
    """A session that the configuration has."""

    ini = INI + "[session:desk]\nendpoint = itch\nuser = D\n"

    def test_login(self) -> None:
        """It is who logs in with its user name, and is sent the stream."""
        reader = self.reader(b"D")
        self.assertEqual(short(reader.raw()[0]), "S O")
        self.assertEqual(self.get("/sessions/desk")["state"], "active")


class AttributionTests(ItchCase):
    """Orders told with whose they are."""

    ini = INI.replace("max_latency = 0s", "max_latency = 0s\nfirm = ACMECO").replace(
        "accept_any_logon = yes\n\n[endpoint:glimpse]",
        "accept_any_logon = yes\nattribution = yes\n\n[endpoint:glimpse]\nattribution = yes",
    )

    def test_attribution(self) -> None:
        """The first four characters of the firm, kept by a replace."""
        self.order("1", 3, 97)
        reader = self.reader()
        self.assertEqual(short(reader.raw()[-1]), "F 1 B 3 AAA 97 ACME")
        self.order("1", 5, 99)
        self.order("2", 2, 99)
        self.assertEqual(reader.read(), ["F 2 B 5 AAA 99 ACME", "E 2 2 1"])
        self.post("/venues/XSIM/orders/2/replace", {"price": "98"})
        self.assertEqual(reader.read(), ["U 2 3 3 98"])
        late = Reader(self.memory, b"L", 1, "glimpse")
        self.assertIn("F 3 B 3 AAA 98 ACME", [short(raw) for raw in late.raw()])


class GlimpseTests(ItchCase):
    """The state of a stream, for who comes late."""

    def test_state(self) -> None:
        """What there is, and the number of the message to go on from."""
        whole = self.reader()
        name = self.order("1", 5, 99)
        self.order("1", 4, 98)
        self.order("2", 2, 99)
        self.order("1", 1, 97)
        self.cancel(name)
        self.post("/venues/XSIM/orders/2/replace", {"price": "96"})
        whole.read()
        late = Reader(self.memory, b"L", 1, "glimpse")
        *state, end = late.raw()
        told = [short(raw) for raw in state]
        self.assertEqual(told[0], "S Q")
        self.assertEqual([each[:5] for each in told[1:7]],
                         ["R AAA", "Y AAA", "H AAA", "R BBB", "Y BBB", "H BBB"])  # fmt: skip
        self.assertEqual(told[7:], ["A 3 B 1 AAA 97", "A 4 B 4 AAA 96"])
        goes_on = int(end[1:])
        self.assertEqual((end[:1], goes_on), (b"G", whole.client.next))
        rest = self.reader(b"M", goes_on)
        self.order("1", 1, 95)
        self.assertEqual(rest.read(), ["A 5 B 1 AAA 95"])
        again = Reader(self.memory, b"N", 1, "glimpse")
        self.assertEqual([short(raw) for raw in again.raw()[7:-1]], [*told[7:], "A 5 B 1 AAA 95"])

    def test_executed(self) -> None:
        """Orders have what is left of them, and are gone where nothing is."""
        name = self.order("1", 5, 99)
        self.order("2", 2, 99)
        self.assertEqual(self.orders_told(b"L"), ["A 1 B 3 AAA 99"])
        self.post("/venues/XSIM/orders/1/replace", {"quantity": "4"})
        self.assertEqual(self.orders_told(b"M"), ["A 1 B 2 AAA 99"])
        self.order("1", 1, 98)
        self.order("2", 2, 99)
        self.cancel(name)
        self.assertEqual([each[-3:] for each in self.orders_told(b"N")], [" 98"])

    def orders_told(self, user: bytes) -> list[str]:
        """The orders in the state that somebody is sent who logs in now."""
        reader = Reader(self.memory, user, 1, "glimpse")
        return [told for told in map(short, reader.raw()) if told[0] in "AF"]

    def test_logged_in(self) -> None:
        """A second login, which is refused, changes nothing of what the first is being sent."""
        for number in range(150):
            self.order("1", 1, 50 + number % 40)
        first = Reader(self.memory, b"L", 1, "glimpse")
        self.order("1", 1, 90)
        second = self.memory.connect("glimpse")
        login = SoupClient(soup.Login(b"L", b"", b"", 1), 0).data_to_send()
        second.peer.dataReceived(login)
        self.assertTrue(second.closed)
        self.memory.reactor.pump([0.01] * 10)
        first.read()
        self.assertEqual(len(first.got), 7 + 150 + 1)
        self.assertEqual([number for number, _ in first.got], list(range(1, 159)))

    def test_twice(self) -> None:
        """A session that comes back is sent the state of then."""
        first = Reader(self.memory, b"L", 1, "glimpse")
        first.wire.peer.connectionLost()
        self.order("1", 5, 99)
        second = Reader(self.memory, b"L", 1, "glimpse")
        self.assertEqual(len(second.got), len(first.got) + 1)

    def test_many(self) -> None:
        """More than is sent at once: the rest follows."""
        for number in range(150):
            self.order("1", 1, 50 + number % 40)
        reader = Reader(self.memory, b"L", 1, "glimpse")
        self.memory.reactor.pump([0.01] * 10)
        reader.read()
        self.assertEqual(len(reader.got), 7 + 150 + 1)
        self.assertEqual(reader.got[-1][1][:1], b"G")


class BookTests(ItchCase):
    """The book that a reader makes is the venue's."""

    def test_follow(self) -> None:
        """After each order, at random; and a journal gives the same once more."""
        reader, random, names = self.reader(), Random(5), [""]
        orders: dict[int, list[Any]] = {}
        kept = START
        for number in range(300):
            if number == 150:
                kept = keep(self.memory.simulator)
            if random.random() < 0.3:
                self.cancel(random.choice(names))
            else:
                more = [f"111={random.randint(1, 4)}"] if random.random() < 0.2 else []
                names.append(self.order(random.choice("12"), random.randint(4, 9),
                                        random.randint(98, 102), *more))  # fmt: skip
            before = len(reader.got)
            reader.read()
            for _, raw in reader.got[before:]:
                follow(orders, raw)
            self.assertEqual(levels(orders), self.levels())
        check_again(self, self.memory.simulator, self.settings, kept)

    def levels(self) -> dict[str, list[tuple[int, int]]]:
        """The venue's own."""
        book = self.get("/venues/XSIM/books/AAA?depth=1000")
        return {
            side: [(int(level["price"]), int(level["quantity"])) for level in book[name]]
            for side, name in (("B", "bids"), ("S", "asks"))
        }


def follow(orders: dict[int, list[Any]], raw: bytes) -> None:
    """Do to the orders of a book what a message says."""
    values: dict[str, Any] = {field.name: value for field, value in layout_of(raw).read(raw)}
    kind, ref = raw[:1], values.get("reference", 0)
    if kind == b"A":
        orders[ref] = [values["side"].decode(), values["price"] // 10_000, values["shares"]]
    elif kind in (b"E", b"C", b"X"):
        orders[ref][2] -= values.get("executed_shares", values.get("canceled_shares"))
        if not orders[ref][2]:
            del orders[ref]
    elif kind == b"D":
        del orders[ref]
    elif kind == b"U":
        side = orders.pop(ref)[0]
        orders[values["new_reference"]] = [side, values["price"] // 10_000, values["shares"]]


def levels(orders: dict[int, list[Any]]) -> dict[str, list[tuple[int, int]]]:
    """Prices and quantities of both sides, the best first."""
    found: dict[str, list[tuple[int, int]]] = {}
    for side, sign in (("B", -1), ("S", 1)):
        prices = sorted({p for s, p, _ in orders.values() if s == side}, key=lambda p: sign * p)
        found[side] = [
            (price, sum(qty for s, p, qty in orders.values() if (s, p) == (side, price)))
            for price in prices
        ]
    return found
