"""Market data over FIX: what is asked for and told, and the book that a reader makes of it."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from exsim.config.dictionaries import standard
from exsim.config.load import load
from exsim.plugins import Catalogue
from exsim.protocols.fix_market_data import check_query
from exsim.protocols.fix_refused import RefusedAs
from exsim.protocols.fix_versions import VERSIONS
from exsim.services import peer as peers
from exsim.services.exchange import Exchange
from exsim.services.peer import Peer
from exsim.wire.fix import FixMessage, decode, encode
from exsim.wire.fix_frame import Framer
from exsim.wire.fix_validate import Validator
from tests.again import START, check_again, keep
from tests.simulator import RestTestCase
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

[endpoint:orders]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_latency = 0s

[endpoint:data]
venue = XSIM
protocol = fix
role = market-data
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_latency = 0s

[session:SLOW]
endpoint = data
conflate = 10ms
"""
ENTRY = ("279", "269", "278", "55", "270", "271", "277", "37", "346", "290", "1023", "83")
Entry = dict[str, str]


class Reader(Client):
    """A counterparty that looks on."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.book: dict[str, Entry] = {}

    def ask(
        self, req_id: str, action: int, depth: int, kinds: str, *more: str, symbol: str = "AAA"
    ) -> list[FixMessage]:
        """Send a MarketDataRequest; the messages that came of it."""
        types = [f"269={kind}" for kind in kinds]
        self.say(
            "V", f"262={req_id}", f"263={action}", f"264={depth}", *more, f"267={len(kinds)}",
            *types, "146=1", f"55={symbol}",
        )  # fmt: skip
        return self.messages

    def heard(self) -> list[dict[str, str]]:
        """What came since the last call; the book follows it."""
        framer = Framer()
        framer.feed(self.wire.transport.value())
        self.wire.transport.clear()
        self.messages = []
        while isinstance(raw := framer.next(), bytes):
            message = decode(raw)
            self.messages.append(message)
            if message.msg_type in (b"W", b"X"):
                self.follow(message)
        return []

    def follow(self, message: FixMessage) -> None:
        """Do to the book what a message says."""
        if message.msg_type == b"W":
            self.book.clear()
        for entry in entries(message):
            if entry["269"] not in "01":
                continue
            price = f"{'BS'[int(entry['269'])]}{entry['270']}"
            key = entry.get("278") or entry.get("37") or price
            if entry.get("279") == "2":
                del self.book[key]
            else:
                assert entry.get("279") != "1" or key in self.book, message.raw
                assert entry.get("279") != "0" or key not in self.book, message.raw
                self.book[key] = entry

    def side(self, kind: str) -> list[tuple[str, str]]:
        """One side of the book, the best first; orders of a price as they came."""
        found = [each for each in self.book.values() if each["269"] == kind]
        found.sort(key=lambda each: float(each["270"]) * (1 if kind == "1" else -1))
        return [(each["270"], each["271"]) for each in found]


def entries(message: FixMessage) -> list[Entry]:
    """The entries of a snapshot or of changes."""
    found: list[Entry] = []
    start = "269" if message.msg_type == b"W" else "279"
    parts = [part.decode() for part in message.parts]
    for tag, value in zip(parts[::2], parts[1::2], strict=True):
        if tag == start:
            found.append({})
        if found and tag in ENTRY:
            found[-1][tag] = value
    return found


def short(message: FixMessage) -> list[str]:
    """Entries in one word each."""
    return ["/".join(each.get(tag, "") for tag in ("279", "269", "278", "270", "271"))
            for each in entries(message)]  # fmt: skip


def keep_levels(levels: dict[str, list[tuple[str, str]]], messages: list[FixMessage]) -> None:
    """Do to the prices of both sides what updates say of positions."""
    for entry in [each for message in messages for each in entries(message)]:
        side, at, new = levels[entry["269"]], int(entry["1023"]) - 1, entry["279"] == "0"
        assert at < len(side) + new, entry
        told = [] if entry["279"] == "2" else [(entry["270"], entry["271"])]
        side[at : at + (not new)] = told


def venue_book(exchange: Exchange, by_order: bool) -> dict[str, list[tuple[str, str]]]:
    """The venue's own."""
    book = exchange.dispatcher.venue("XSIM").engine.book("AAA")
    unit = 10**8
    if by_order:
        sides = {kind: list(book.orders(side)) for kind, side in (("0", 1), ("1", 2))}
        return {
            kind: [(str(price // unit), str(qty // unit)) for _, price, qty in orders]
            for kind, orders in sides.items()
        }
    return {
        kind: [(str(price // unit), str(qty // unit)) for price, qty, _ in book.levels(side, 0)]
        for kind, side in (("0", 1), ("1", 2))
    }


class DataCase(RestTestCase):
    """A venue with market data."""

    ini = INI

    def setUp(self) -> None:
        """The simulator, and somebody who trades."""
        path = self.mktemp()
        Path(path).write_text(self.ini)
        self.settings = load(path, [], Catalogue())
        self.start(self.settings, Catalogue())
        self.trader = Client(self.memory, "orders", "S1")
        self.count = 0

    def reader(self, name: str = "R", version: str = "FIX.4.4") -> Reader:
        """Somebody who is logged on to look on."""
        return Reader(self.memory, "data", name, version)

    def order(self, side: str, qty: int, price: int, *more: str) -> str:
        """Enter an order; its name."""
        self.count += 1
        self.trader.order(f"N{self.count}", side, qty, price, *more)
        return f"N{self.count}"

    def cancel(self, name: str) -> None:
        """Cancel an order."""
        self.count += 1
        self.trader.say("F", f"11=N{self.count}", f"41={name}", "54=1", "55=AAA",
                        "60=20200101-00:00:00")  # fmt: skip


class RequestTests(DataCase):
    """What is asked for, and how it is answered."""

    def test_snapshot(self) -> None:
        """All there is, once."""
        self.order("1", 5, 99)
        self.order("1", 2, 99)
        self.order("2", 4, 101)
        reader = self.reader()
        [answer] = reader.ask("Q", 0, 0, "01")
        self.assertEqual((answer.msg_type, answer.fields[b"262"]), (b"W", b"Q"))
        self.assertEqual(short(answer), ["/0//99/7", "/1//101/4"])
        self.assertEqual([each["346"] for each in entries(answer)], ["2", "1"])
        self.order("1", 5, 98)
        reader.heard()
        self.assertEqual(reader.messages, [])

    def test_by_order(self) -> None:
        """With AggregatedBook N each order is told."""
        self.order("1", 5, 99)
        self.order("1", 2, 99)
        [answer] = self.reader().ask("Q", 0, 0, "01", "266=N")
        self.assertEqual(short(answer), ["/0//99/5", "/0//99/2"])

    def test_changes(self) -> None:
        """New, changed and deleted prices, and trades."""
        reader = self.reader()
        [answer] = reader.ask("Q", 1, 0, "012", "265=1")
        self.assertEqual((answer.msg_type, short(answer)), (b"W", []))
        name = self.order("1", 5, 99)
        reader.heard()
        self.assertEqual([short(each) for each in reader.messages], [["0/0/B99/99/5"]])
        self.order("2", 2, 99)
        reader.heard()
        self.assertEqual(
            [short(each) for each in reader.messages], [["1/0/B99/99/3", "0/2/T1/99/2"]]
        )
        self.cancel(name)
        reader.heard()
        self.assertEqual([short(each) for each in reader.messages], [["2/0/B99/99/3"]])

    def test_full(self) -> None:
        """MDUpdateType 0: all once more with each change."""
        reader = self.reader()
        reader.ask("Q", 1, 1, "01", "265=0")
        self.order("1", 5, 99)
        self.order("1", 5, 98)
        self.order("1", 5, 100)
        reader.heard()
        told = [(each.msg_type, short(each)) for each in reader.messages]
        self.assertEqual(told, [(b"W", ["/0//99/5"]), (b"W", ["/0//100/5"])])

    def test_depth(self) -> None:
        """Only so many prices of each side: what drops out is deleted, what comes up is new."""
        reader = self.reader()
        reader.ask("Q", 1, 2, "0", "265=1")
        for price in (97, 98, 99):
            name = self.order("1", 5, price)
        reader.heard()
        self.assertEqual(
            [short(each) for each in reader.messages],
            [["0/0/B97/97/5"], ["0/0/B98/98/5"], ["2/0/B97/97/5", "0/0/B99/99/5"]],
        )
        self.cancel(name)
        reader.heard()
        self.assertEqual(
            [short(each) for each in reader.messages], [["2/0/B99/99/5", "0/0/B97/97/5"]]
        )

    def test_figures(self) -> None:
        """Open, high, low, average, volume; in the versions that have codes for them."""
        reader = self.reader()
        reader.ask("Q", 1, 0, "4789B", "265=1")
        for price in (100, 104, 99):
            self.order("1", 2, price)
            self.order("2", 2, price)
        reader.heard()
        self.assertEqual(
            [short(each) for each in reader.messages],
            [
                ["0/4/*4/100/", "0/7/*7/100/", "0/8/*8/100/", "0/9/*9/100/", "0/B/*11/0/2"],
                ["1/7/*7/104/", "1/9/*9/102/", "1/B/*11/0/4"],
                ["1/8/*8/99/", "1/9/*9/101/", "1/B/*11/0/6"],
            ],
        )

    def trade(self, qty: int, price: int) -> list[str]:
        """Have two orders trade; the ExecIDs of both sides."""
        self.order("2", qty, price)
        self.order("1", qty, price)
        return [
            self.get(f"/venues/XSIM/orders/{2 * self.trades + side}/fills")["items"][0]["exec_id"]
            for side in (1, 2)
        ]

    trades = 0

    def test_busts(self) -> None:
        """A trade that never was is deleted, one that was otherwise changed; so are the figures."""
        fills = []
        for qty, price in ((2, 100), (4, 110), (2, 90)):
            fills += self.trade(qty, price)
            self.trades += 1
        reader, late = self.reader(), self.reader("L", "FIXT.1.1")
        reader.ask("Q", 1, 0, "24789B", "265=1")
        for number in (3, 4):  # what one side is told the other one is, too
            self.post(f"/venues/XSIM/orders/{number}/bust", {"exec_id": fills[number - 1]})
        for number in (1, 2):
            body = {"exec_id": fills[number - 1], "price": "101"}
            self.post(f"/venues/XSIM/orders/{number}/correct", body)
        self.post("/venues/XSIM/orders/5/bust", {"exec_id": fills[4]})
        reader.heard()
        self.assertEqual(
            [short(each) for each in reader.messages],
            [
                ["1/7/*7/100/", "1/9/*9/95/", "1/B/*11/0/4", "2/2/T2/110/4"],
                ["1/4/*4/101/", "1/7/*7/101/", "1/9/*9/95.5/", "1/2/T1/101/2"],
                ["1/8/*8/101/", "1/9/*9/101/", "1/B/*11/0/2", "2/2/T3/90/2"],
            ],
        )
        [told] = late.ask("Q", 0, 0, "24789B")
        self.assertEqual(short(told), ["/4/*4/101/", "/7/*7/101/", "/8/*8/101/", "/9/*9/101/",
                                       "/B/*11/0/2", "/2/T1/101/2"])  # fmt: skip

    def test_close(self) -> None:
        """The closing price is told with the trades that close the day, and until the next one."""
        reader = self.reader()
        reader.ask("Q", 1, 0, "2456", "265=1")
        reader.say("e", "324=S", "263=1", "55=AAA")
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "closing-auction"})
        self.order("1", 5, 101)
        self.order("2", 5, 101)
        reader.heard()
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "closed"})
        reader.heard()
        data, status = reader.messages
        self.assertEqual(short(data), ["0/4/*4/101/", "0/5/*5/101/", "0/6/*6/101/", "0/2/T1/101/5"])
        self.assertEqual((status.msg_type, status.fields[b"326"]), (b"f", b"18"))
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "continuous"})
        reader.heard()
        self.assertEqual([short(each) for each in reader.messages if each.msg_type == b"X"],
                         [["2/4/*4/101/"]])  # fmt: skip

    def test_auction(self) -> None:
        """What an auction would end in, and what would be left, while it runs."""
        reader = self.reader("R", "FIXT.1.1")
        reader.ask("Q", 1, 0, "QA", "265=1")
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "opening-auction"})
        self.order("1", 5, 101)
        self.order("2", 3, 99)
        self.order("2", 1, 100)
        reader.heard()
        told = [short(each) for each in reader.messages]
        self.assertEqual(
            told,
            [["0/Q/*12/101/3", "0/A/*10/0/2"], ["1/Q/*12/101/4", "1/A/*10/0/1"]],
        )
        self.assertEqual(entries(reader.messages[-1])[1]["277"], "P")
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "continuous"})
        reader.heard()
        self.assertEqual(short(reader.messages[-1]), ["2/Q/*12/101/4", "2/A/*10/0/1"])

    def test_no_more(self) -> None:
        """A subscription ends by its MDReqID, and with the connection."""
        reader = self.reader()
        reader.ask("Q", 1, 0, "0", "265=1")
        reader.ask("P", 1, 0, "0", "265=1")
        reader.ask("Q", 2, 0, "0", "265=1")
        self.order("1", 5, 99)
        reader.heard()
        self.assertEqual([each.fields[b"262"] for each in reader.messages], [b"P"])
        reader.wire.peer.connectionLost()
        reader.log_on()
        self.order("1", 5, 98)
        reader.heard()
        self.assertEqual(reader.messages, [])

    def test_refused(self) -> None:
        """With the reason, and its code."""
        reader = self.reader()
        for req_id, kinds, symbol, code in (("A", "0", "ZZZ", b"0"), ("B", "C", "AAA", b"8")):
            [answer] = reader.ask(req_id, 1, 0, kinds, "265=1", symbol=symbol)
            self.assertEqual((answer.msg_type, answer.fields[b"281"]), (b"Y", code))
            self.assertEqual(answer.fields[b"262"], req_id.encode())
        reader.ask("C", 1, 0, "0", "265=1")
        [answer] = reader.ask("C", 1, 0, "0", "265=1")
        self.assertEqual((answer.msg_type, answer.fields[b"281"]), (b"Y", b"1"))
        [answer] = reader.ask("D", 1, 0, "0")
        self.assertEqual((answer.msg_type, answer.fields[b"371"]), (b"3", b"265"))
        [answer] = reader.ask("E", 7, 0, "0")
        self.assertEqual((answer.msg_type, answer.fields[b"371"]), (b"3", b"263"))

    def test_unknown_action(self) -> None:
        """One that no dictionary was asked about is refused, too."""
        raw = encode(b"FIX.4.4", b"35=V\x01262=Q\x01263=7\x01264=0\x01269=0\x0155=AAA\x01")
        version = VERSIONS["FIX.4.4"]
        error = self.assertRaises(RefusedAs, check_query, decode(raw), version, "XSIM")
        self.assertEqual((error.msg_type, error.body[:12]), (b"Y", b"262=Q\x01281=4\x01"))

    def test_numbers(self) -> None:
        """From FIX 5.0 on an entry has its level, and the number of the update it is of."""
        reader = self.reader("R", "FIXT.1.1")
        reader.ask("Q", 1, 0, "0", "265=1")
        for price in (98, 99, 97):
            self.order("1", 5, price)
        reader.heard()
        told = [entry for each in reader.messages for entry in entries(each)]
        self.assertEqual([each["83"] for each in told], ["1", "2", "3"])
        self.assertEqual([each["1023"] for each in told], ["1", "1", "3"])
        old = self.reader("OLD")
        [answer] = old.ask("Q", 0, 0, "0")
        self.assertEqual([each.get("83") for each in entries(answer)], [None] * 3)

    def test_hidden(self) -> None:
        """What is hidden is not told, nor the reserve of an iceberg; its parts are."""
        reader = self.reader()
        reader.ask("Q", 1, 0, "1", "265=1", "266=N")
        self.order("2", 10, 101, "111=4")
        reader.heard()
        self.assertEqual([short(each) for each in reader.messages], [["0/1/1/101/4"]])
        self.order("1", 4, 101)
        reader.heard()
        self.assertEqual(
            [short(each) for each in reader.messages], [["2/1/1/101/4", "0/1/2/101/4"]]
        )

    def test_conflated(self) -> None:
        """At most one update in the interval, with what it all came to."""
        reader = self.reader("SLOW")
        reader.ask("Q", 1, 0, "02", "265=1")
        name = self.order("1", 5, 99)
        self.order("1", 2, 98)
        self.order("2", 1, 99)
        self.cancel(name)
        reader.heard()
        self.assertEqual(reader.messages, [])
        self.post("/venues/XSIM/clock/advance", {"by": "20ms"})
        reader.heard()
        self.assertEqual(
            [short(each) for each in reader.messages], [["0/0/B98/98/2", "0/2/T1/99/1"]]
        )
        self.post("/venues/XSIM/clock/advance", {"by": "20ms"})
        reader.heard()
        self.assertEqual(reader.messages, [])

    def test_orders_refused(self) -> None:
        """Nothing that trades is taken there."""
        reader = self.reader()
        reader.order("A", "1", 10, 100)
        [answer] = reader.messages
        self.assertEqual((answer.msg_type, answer.fields[b"380"]), (b"j", b"3"))

    def test_made_once(self) -> None:
        """What many are told is encoded once."""
        readers = [self.reader(f"R{number}") for number in range(3)]
        for reader in readers:
            reader.ask("Q", 1, 0, "0", "265=1")
        desk = self.memory.exchange.dispatcher.venue("XSIM").data
        self.order("1", 5, 99)
        bodies = []
        for reader in readers:
            reader.heard()
            [message] = reader.messages
            bodies.append(message.raw.partition(b"262=Q")[2][:-7])
        self.assertEqual(len(set(bodies)), 1)
        self.assertIsNotNone(desk)

    def test_instruments(self) -> None:
        """An instrument that is made can be looked at; one that is removed is gone."""
        self.post("/venues/XSIM/instruments", {"symbol": "NEW"}, 201)
        reader = self.reader()
        [answer] = reader.ask("Q", 1, 0, "0", "265=1", symbol="NEW")
        self.assertEqual(answer.msg_type, b"W")
        self.ask("DELETE", "/venues/XSIM/instruments/NEW", None, 204)
        [answer] = reader.ask("P", 1, 0, "0", "265=1", symbol="NEW")
        self.assertEqual(answer.msg_type, b"Y")
        self.order("1", 1, 99)

    def test_reset(self) -> None:
        """Who stays is told that all is gone."""
        reader = self.reader()
        self.order("1", 1, 99)
        reader.ask("Q", 1, 0, "0", "265=1")
        self.post("/reset", {"sessions": "keep"})
        reader.heard()
        self.assertEqual([short(each) for each in reader.messages], [["2/0/B99/99/1"]])

    def test_removed(self) -> None:
        """Orders of an instrument that is removed are deleted."""
        reader = self.reader()
        self.order("1", 1, 99)
        reader.ask("Q", 1, 0, "0", "265=1")
        self.ask("DELETE", "/venues/XSIM/instruments/AAA", None, 204)
        reader.heard()
        self.assertEqual([short(each) for each in reader.messages], [["2/0/B99/99/1"]])


class UnsupportedTests(DataCase):
    """What is asked for that is not to be had, where no dictionary refuses it first."""

    ini = INI.replace("comp_id = XSIM\n", "comp_id = XSIM\nvalidate = no\n")

    def refused(self, reader: Reader, *fields: str) -> list[str | None]:
        """MsgType and reason of the answer to a request with these fields changed."""
        asked = {"262": "Q", "263": "1", "264": "0", "265": "1", "267": "1", "269": "0",
                 "146": "1", "55": "AAA"}  # fmt: skip
        asked.update(dict(each.split("=") for each in fields))
        reader.say("V", *[f"{tag}={value}" for tag, value in asked.items()])
        [answer] = reader.messages
        if answer.msg_type == b"Y":
            self.assertEqual(answer.fields[b"262"], b"Q")
        found = answer.fields.get(b"281", answer.fields.get(b"373"))
        return [answer.msg_type.decode(), None if found is None else found.decode()]

    def test_values(self) -> None:
        """Each has its reason; what is no value at all is malformed."""
        for number, version in enumerate(("FIX.4.2", "FIX.4.4", "FIXT.1.1")):
            reader = self.reader(f"R{number}", version)
            for field, answer in {
                "263=7": ["Y", "4"],
                "264=-1": ["Y", "5"],
                "264=1000001": ["Y", "5"],
                "264=1000000000": ["Y", "5"],
                "264=x": ["3", "6"],
                "265=2": ["Y", "6"],
                "266=X": ["Y", "7"],
            }.items():
                self.assertEqual(self.refused(reader, field), answer, (version, field))
            self.assertEqual(self.refused(reader, "264=1000000", "266=Y"), ["W", None])

    def test_trading_session(self) -> None:
        """Only the venue's own; before FIX.4.3 there is no code for that."""
        for version, ours, code in (("FIX.4.2", "XSIM", None), ("FIX.4.4", "XSIM", "9"),
                                    ("FIXT.1.1", "1", "9")):  # fmt: skip
            reader = self.reader(f"R{version}", version)
            self.assertEqual(self.refused(reader, "336=NIGHT"), ["Y", code])
            self.assertEqual(self.refused(reader, f"336={ours}"), ["W", None])

    def test_dictionary_first(self) -> None:
        """One that is right by the dictionary, too, is refused with validate = yes."""
        self.memory.stop()
        self.ini = INI
        self.setUp()
        self.assertEqual(self.refused(self.reader(), "264=-1"), ["Y", "5"])


class ReferenceTests(DataCase):
    """What is traded, and in which phase."""

    def ask_for(self, reader: Reader, msg_type: str, *fields: str) -> list[dict[str, str]]:
        """Send a request; the answers as fields."""
        reader.say(msg_type, *fields)
        return self.told(reader)

    def told(self, reader: Reader) -> list[dict[str, str]]:
        """What came since the last call."""
        if not reader.messages:
            reader.heard()
        found = [
            {tag.decode(): value.decode() for tag, value in each.fields.items()}
            for each in reader.messages
        ]
        reader.messages = []
        return found

    def test_list(self) -> None:
        """All instruments at once, or those of a symbol."""
        self.post(
            "/venues/XSIM/instruments",
            {"symbol": "BOND", "security_type": "GOVT", "isin": "US0378331005", "lot": "100"},
            201,
        )
        reader = self.reader()
        [answer] = self.ask_for(reader, "x", "320=Q", "559=4")
        self.assertEqual((answer["35"], answer["560"], answer["393"]), ("y", "0", "3"))
        self.assertEqual((answer["320"], answer["322"], answer["893"]), ("Q", "Q-1", "Y"))
        [answer] = self.ask_for(reader, "x", "320=Q", "559=0", "55=BOND")
        self.assertEqual(
            [answer[tag] for tag in ("55", "48", "22", "167", "15", "561")],
            ["BOND", "US0378331005", "4", "GOVT", "USD", "100"],
        )
        [answer] = self.ask_for(reader, "x", "320=Q", "559=0", "55=NONE")
        self.assertEqual((answer["560"], answer["393"]), ("2", "0"))

    def test_definition(self) -> None:
        """One answer for each; the codes are those of the version."""
        for version, code, total in (("FIX.4.2", "4", "2"), ("FIX.4.4", "1", None)):
            reader = self.reader(f"R{version}", version)
            answers = self.ask_for(reader, "c", "320=Q", "321=3")
            self.assertEqual([each["55"] for each in answers], ["AAA", "BBB"])
            self.assertEqual({each["323"] for each in answers}, {code})
            self.assertEqual(answers[0].get("393"), total)
            [answer] = self.ask_for(reader, "c", "320=Q", "321=0", "55=NONE")
            self.assertEqual(answer["323"], "6")

    def test_status(self) -> None:
        """Whether an instrument trades, now and whenever that changes."""
        reader = self.reader()
        self.order("1", 2, 100)
        self.order("2", 2, 100)
        [answer] = self.ask_for(reader, "e", "324=Q", "263=1", "55=AAA")
        told = [answer[tag] for tag in ("35", "324", "326", "325", "31", "332", "333")]
        self.assertEqual(told, ["f", "Q", "17", "N", "100", "100", "100"])
        self.ask("PUT", "/venues/XSIM/instruments/AAA/phase", {"phase": "halt"})
        [answer] = self.told(reader)
        self.assertEqual((answer["55"], answer["326"], answer["325"]), ("AAA", "2", "Y"))
        self.ask("PUT", "/venues/XSIM/instruments/BBB/phase", {"phase": "halt"})
        self.assertEqual(self.told(reader), [])
        self.ask_for(reader, "e", "324=Q", "263=2", "55=AAA")
        self.ask("PUT", "/venues/XSIM/instruments/AAA/phase", {"phase": "continuous"})
        self.assertEqual(self.told(reader), [])
        [answer] = self.ask_for(reader, "e", "324=P", "263=0", "55=NONE")
        self.assertEqual(answer["326"], "20")

    def test_phase(self) -> None:
        """The same of the venue."""
        reader = self.reader()
        [answer] = self.ask_for(reader, "g", "335=Q", "263=1")
        self.assertEqual([answer[tag] for tag in ("35", "336", "340")], ["h", "XSIM", "2"])
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "closed"})
        [answer] = self.told(reader)
        self.assertEqual((answer["340"], answer["325"]), ("3", "Y"))

    def test_other_session(self) -> None:
        """A session of trading that there is not is refused as the version has it."""
        reader = self.reader("A", "FIX.4.2")
        [answer] = self.ask_for(reader, "g", "335=Q", "336=NIGHT", "263=1")
        self.assertEqual((answer["35"], answer["380"]), ("j", "0"))
        wanted = ["335", "336", "340", "567"]
        reader = self.reader("B")
        [answer] = self.ask_for(reader, "g", "335=Q", "336=NIGHT", "263=1")
        self.assertEqual([answer[tag] for tag in wanted], ["Q", "NIGHT", "6", "1"])
        [answer] = self.ask_for(reader, "g", "335=Q", "336=XSIM", "263=0")
        self.assertEqual((answer["35"], answer["340"]), ("h", "2"))
        reader = self.reader("C", "FIXT.1.1")
        [answer] = self.ask_for(reader, "BI", "335=Q", "336=2", "263=1")
        self.assertEqual([answer[tag] for tag in ("35", *wanted)], ["BJ", "Q", "2", "6", "1"])
        [answer] = self.ask_for(reader, "BI", "335=Q", "336=1", "263=0")
        self.assertEqual((answer["35"], answer["340"]), ("BJ", "2"))
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "closed"})
        self.assertEqual(self.told(reader), [])

    def test_sessions(self) -> None:
        """All sessions of trading: the venue's one, right by the dictionary."""
        reader = self.reader("R", "FIXT.1.1")
        [answer] = self.ask_for(reader, "BI", "335=Q", "263=1")
        told = [answer[tag] for tag in ("35", "335", "386", "336", "325", "340")]
        self.assertEqual(told, ["BJ", "Q", "1", "1", "N", "2"])
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "halt"})
        reader.heard()
        [message] = reader.messages
        told = [message.fields[tag].decode() for tag in (b"35", b"325", b"340")]
        self.assertEqual(told, ["BJ", "Y", "1"])
        validator = Validator(standard("FIXT.1.1"), standard("FIX.5.0SP2"))
        self.assertIsNone(validator.check(message))
        reader.say("g", "335=P", "263=0")
        [message] = reader.messages
        self.assertEqual(message.msg_type, b"h")
        self.assertIsNone(validator.check(message))
        reader.messages = []
        self.ask_for(reader, "BI", "335=Q", "263=2")
        self.ask("PUT", "/venues/XSIM/phase", {"phase": "continuous"})
        self.assertEqual(self.told(reader), [])
        [answer] = self.ask_for(self.reader("OLD"), "BI", "335=Q", "263=1")
        self.assertEqual(answer["35"], "3")


STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(97, 103), st.integers(1, 9)), max_size=40)


class FollowTests(DataCase):
    """A book made of what was told is the venue's."""

    @profile(max_examples=15, deadline=None, derandomize=True)
    @given(STEPS, st.sampled_from(["FIX.4.2", "FIX.4.4", "FIXT.1.1"]))
    def test_follow(self, steps: list[tuple[int, int, int]], version: str) -> None:
        """After every message, by order and by price, in every version that has both."""
        self.setUp()
        readers = {
            by_order: self.reader(f"R{int(by_order)}", version) for by_order in (False, True)
        }
        names = [self.order("1", 2, 99), self.order("1", 3, 99), self.order("2", 2, 102)]
        for by_order, reader in readers.items():
            reader.ask("Q", 1, 0, "01", "265=1", f"266={'N' if by_order else 'Y'}")
        for what, price, qty in steps:
            if what == 3 and names:
                self.cancel(names[qty % len(names)])
            else:
                names.append(self.order("12"[what % 2], qty, price))
            for by_order, reader in readers.items():
                reader.heard()
                told = {kind: reader.side(kind) for kind in "01"}
                self.assertEqual(told, venue_book(self.memory.exchange, by_order))

    def test_levels(self) -> None:
        """One that goes by nothing but the positions of prices is, too, of any depth, conflated."""
        readers = [(self.reader(f"R{depth}", "FIXT.1.1"), depth) for depth in (0, 2)]
        readers.append((self.reader("SLOW", "FIXT.1.1"), 3))
        for reader, depth in readers:
            reader.ask("Q", 1, depth, "01", "265=1")
        random, names = Random(5), [""]
        levels: list[dict[str, list[tuple[str, str]]]] = [{"0": [], "1": []} for _ in readers]
        for number in range(200):
            if random.random() < 0.4:
                self.cancel(random.choice(names))
            else:
                side, qty, price = random.choice("12"), random.randint(1, 9), random.randint(95, 99)
                names.append(self.order(side, qty, price + 4 * (side == "2")))
            if number % 4 == 3:
                self.post("/venues/XSIM/clock/advance", {"by": "20ms"})
                book = venue_book(self.memory.exchange, False)
                for (reader, depth), kept in zip(readers, levels, strict=True):
                    reader.heard()
                    keep_levels(kept, reader.messages)
                    self.assertEqual(kept, {kind: book[kind][: depth or None] for kind in "01"})

    def test_reset_conflated(self) -> None:
        """A number that another order has after a reset is not taken for the same order."""
        reader = self.reader("SLOW")
        reader.ask("Q", 1, 0, "0", "265=1", "266=N")
        self.order("1", 5, 99)
        self.post("/venues/XSIM/clock/advance", {"by": "20ms"})
        self.post("/reset", {"sessions": "keep"})
        self.order("1", 4, 98)
        reader.heard()
        self.post("/venues/XSIM/clock/advance", {"by": "20ms"})
        reader.heard()
        told = [each for message in reader.messages for each in short(message)]
        self.assertEqual(told, ["2/0/1/99/5", "0/0/1/98/4"])

    def test_again(self) -> None:
        """A journal gives the same once more, from the beginning and from a snapshot."""
        fast, slow, new = self.reader("FAST"), self.reader("SLOW"), self.reader("NEW", "FIXT.1.1")
        fast.say("e", "324=Q", "263=1", "55=AAA")
        for reader in (fast, slow, new):  # of updates the newest tells numbers, too
            reader.ask("Q", 1, 3, "0127B", "265=1")
            reader.ask("P", 1, 0, "01", "265=0", "266=N")
        random, names, kept = Random(3), [""], START
        for number in range(120):
            if number == 60:
                kept = keep(self.memory.simulator)
            if random.random() < 0.3:
                self.cancel(random.choice(names))
            else:
                names.append(self.order(random.choice("12"), random.randint(1, 9),
                                        random.randint(98, 102)))  # fmt: skip
            if number % 30 == 0:
                phase = random.choice(["halt", "continuous", "opening-auction"])
                self.ask("PUT", "/venues/XSIM/phase", {"phase": phase})
            if number % 7 == 0:
                self.post("/venues/XSIM/clock/advance", {"by": "7ms"})
        self.assertNotEqual(kept, START)
        check_again(self, self.memory.simulator, self.settings, kept)


class BehindTests(DataCase):
    """Who does not read is told what it all came to, or cut; nobody else notices."""

    def deaf(self, name: str = "DEAF", version: str = "FIX.4.4") -> Reader:
        """A reader who is subscribed to both instruments, and whose transport is full."""
        reader = self.reader(name, version)
        reader.ask("Q", 1, 0, "01", "265=1")
        reader.ask("P", 1, 0, "01", "265=1", symbol="BBB")
        reader.wire.peer.pauseProducing()
        return reader

    def read_on(self, reader: Reader) -> None:
        """The transport is empty again."""
        reader.wire.peer.resumeProducing()
        reader.heard()

    def test_conflated(self) -> None:
        """Updates give way to the newest state, of those books alone where there were any."""
        deaf, other = self.deaf(), self.reader("OTHER")
        other.ask("Q", 1, 0, "01", "265=1")
        self.order("1", 5, 99)
        name = self.order("1", 2, 98)
        self.order("2", 1, 99)
        self.cancel(name)
        deaf.heard()
        other.heard()
        self.assertEqual((deaf.messages, len(other.messages)), ([], 4))
        self.read_on(deaf)
        self.assertEqual([each.msg_type for each in deaf.messages], [b"W"])
        self.assertEqual(deaf.messages[0].fields[b"262"], b"Q")
        self.assertEqual(deaf.side("0"), [("99", "4")])
        self.order("1", 1, 97)
        deaf.heard()
        self.assertEqual([short(each) for each in deaf.messages], [["0/0/B97/97/1"]])

    def test_again(self) -> None:
        """It may be behind any number of times; what it asks for is answered all the same."""
        deaf = self.deaf()
        for price in (95, 96, 97):
            self.order("1", 1, price)
            self.read_on(deaf)
            self.assertEqual(deaf.side("0")[0], (str(price), "1"))
            deaf.wire.peer.pauseProducing()
            deaf.wire.peer.pauseProducing()
        [answer] = deaf.ask("R", 0, 0, "0")
        self.assertEqual(answer.msg_type, b"W")
        self.read_on(deaf)
        self.assertEqual(deaf.messages, [])
        self.assertEqual(self.memory.service("data").fell_behind, 4)

    def test_gone(self) -> None:
        """A connection that is lost while it is behind leaves nothing behind."""
        deaf = self.deaf()
        self.order("1", 1, 99)
        deaf.wire.peer.connectionLost()
        deaf.log_on()
        deaf.ask("Q", 1, 0, "0", "265=1")
        self.order("1", 1, 98)
        deaf.heard()
        self.assertEqual([short(each) for each in deaf.messages], [["0/0/B98/98/1"]])

    def test_bounds(self) -> None:
        """What piles up all the same: at 8 MB it may stay, one byte past it is cut after 10 s."""
        deaf = self.deaf()
        peer = deaf.wire.peer
        size = len(self.queue(peer))
        self.patch(peers, "MOST_LEFT", 3 * size)
        for _ in range(2):
            self.queue(peer)
        self.memory.reactor.advance(2 * peers.STALL_TIMEOUT)
        self.assertFalse(deaf.wire.closed)
        peer.outlet.write(b"x")
        self.memory.reactor.advance(peers.STALL_TIMEOUT - 0.001)
        self.assertFalse(deaf.wire.closed)
        self.memory.reactor.advance(0.002)
        self.assertTrue(deaf.wire.closed)
        self.assertEqual(self.memory.service("data").slow_readers, 1)

    def queue(self, peer: Peer) -> bytes:
        """Have some bytes written to who does not read."""
        data = b"x" * 1000
        assert peer.transport is not None
        peer.outlet.write(data)
        return data

    def test_most(self) -> None:
        """At 32 MB it lives, one byte past it is cut at once."""
        deaf = self.deaf()
        peer = deaf.wire.peer
        [answer] = deaf.ask("R0", 0, 0, "0")
        before, size = peer.queued, len(answer.raw)
        self.patch(peers, "MOST_QUEUED", before + size)
        deaf.ask("R1", 0, 0, "0")
        self.assertEqual((peer.queued, deaf.wire.closed), (before + size, False))
        self.patch(peers, "MOST_QUEUED", before + 2 * size - 1)
        deaf.ask("R2", 0, 0, "0")
        self.assertTrue(deaf.wire.closed)

    @profile(max_examples=10, deadline=None, derandomize=True)
    @given(STEPS, st.lists(st.integers(0, 3), min_size=20, max_size=20), st.booleans())
    def test_follow(
        self, steps: list[tuple[int, int, int]], pauses: list[int], by_order: bool
    ) -> None:
        """Whenever it has read all, its book is the venue's."""
        self.setUp()
        reader = self.reader("R", "FIX.4.2")
        reader.ask("Q", 1, 0, "01", "265=1", f"266={'N' if by_order else 'Y'}")
        names = [self.order("1", 2, 99), self.order("2", 2, 102)]
        reader.heard()
        for (what, price, qty), pause in zip(steps, pauses, strict=False):
            if pause == 0:
                reader.wire.peer.pauseProducing()
            if what == 3:
                self.cancel(names[qty % len(names)])
            else:
                names.append(self.order("12"[what % 2], qty, price))
            if pause == 1:
                reader.wire.peer.resumeProducing()
            reader.heard()
            if not reader.wire.peer._stalled:
                told = {kind: reader.side(kind) for kind in "01"}
                self.assertEqual(told, venue_book(self.memory.exchange, by_order))

    def test_replay(self) -> None:
        """A journal gives the same once more, from the beginning and from amid it."""
        deaf = self.deaf()
        self.order("1", 5, 99)
        kept = keep(self.memory.simulator)
        self.order("1", 2, 98)
        self.read_on(deaf)
        self.order("1", 1, 97)
        check_again(self, self.memory.simulator, self.settings, kept)
