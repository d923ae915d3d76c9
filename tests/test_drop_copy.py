"""Drop copy: who is sent copies of which reports, what they look like, and when."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.config.load import load
from exsim.errors import ConfigError
from exsim.plugins import Catalogue
from exsim.services.peer import Peer
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.wire.fix import decode
from exsim.wire.fix import encode as message
from exsim.wire.fix_frame import Framer
from exsim.wire.fix_validate import Validator
from tests.simulator import MemorySimulator, RestTestCase, Wire

INI = """
[exsim]
durability = none

[venue:XSIM]
policies = match
pricing = manual

[account:XSIM:ONE]
firm = F1

[instrument:XSIM:AAA]

[endpoint:orders]
venue = XSIM
protocol = fix
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_latency = 0s

[endpoint:copies]
venue = XSIM
protocol = fix
role = drop-copy
listen = tcp:0:interface=127.0.0.1
comp_id = XSIM
accept_any_logon = yes
max_latency = 0s

[session:BYFIRM]
endpoint = copies
copy_firms = F1

[session:BYACCOUNT]
endpoint = copies
copy_accounts = TWO THREE

[session:BYSESSION]
endpoint = copies
copy_sessions = S2

[session:BOTH]
endpoint = copies
copy_trades = also

[session:TRADES]
endpoint = copies
copy_trades = only

[session:NEXT]
endpoint = copies
next_expected_msg_seq_num = yes

[session:DAILY]
endpoint = copies
start_time = 00:00
end_time = 23:59:59

[session:FILLS]
endpoint = copies
copy_fills_only = yes

[session:CLIENTS]
endpoint = copies
copy_clients_only = yes

[bot:MM]
kind = maker
running = no
"""
VERSIONS = {"FIX.4.3": None, "FIX.4.4": None, "FIXT.1.1": "FIX.5.0SP2"}
"""Those that have TradeCaptureReports, with their application version."""
SIDE = ("17", "31", "32", "55", "54", "37", "11", "60")
"""What the report of a fill and its TradeCaptureReport have in common."""
OTHER_NAMES = ("34", "49", "56", "52", "128", "9", "10", "797", "43", "122")


class Client:
    """A counterparty that keeps what it is told."""

    def __init__(
        self, memory: MemorySimulator, endpoint: str, name: str, version: str = "FIX.4.4"
    ) -> None:
        self._memory = memory
        self._endpoint = endpoint
        self._version = version
        self._name = name
        self._sent = 0
        self.log_on()

    def log_on(self, *more: str) -> list[dict[str, str]]:
        """Log on; what that brings."""
        self.wire: Wire = self._memory.connect(self._endpoint)
        version = ["1137=9"] if self._version == "FIXT.1.1" else []
        return self.say("A", "98=0", "108=0", *version, *more)

    def say(self, msg_type: str, *fields: str) -> list[dict[str, str]]:
        """Send a message; what came since the last call."""
        self._sent += 1
        header = (f"35={msg_type}", f"34={self._sent}", f"49={self._name}", "56=XSIM")
        body = "".join(f"{each}\x01" for each in (*header, "52=20200101-00:00:00", *fields))
        peer: Peer = self.wire.peer
        peer.dataReceived(message(self._version.encode(), body.encode()))
        return self.heard()

    def order(self, name: str, side: str, qty: int, price: int, *more: str) -> list[dict[str, str]]:
        """Enter a limit order."""
        return self.say(
            "D", f"11={name}", "21=1", "55=AAA", f"54={side}", f"38={qty}", "40=2", f"44={price}",
            "60=20200101-00:00:00", *more,
        )  # fmt: skip

    def heard(self) -> list[dict[str, str]]:
        """What came since the last call, as fields by tag."""
        framer = Framer()
        framer.feed(self.wire.transport.value())
        self.wire.transport.clear()
        found = []
        while isinstance(raw := framer.next(), bytes):
            fields = decode(raw).fields
            found.append({tag.decode(): value.decode() for tag, value in fields.items()})
        return found


def told(messages: list[dict[str, str]]) -> list[str]:
    """What reports tell, in short."""
    return [f"{m['11']} {m['150']} {m['14']}/{m['151']}" for m in messages if m["35"] == "8"]


def bare(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Reports without what each session has its own of."""
    return [
        {tag: value for tag, value in m.items() if tag not in OTHER_NAMES}
        for m in messages
        if m["35"] == "8"
    ]


class DropCopyCase(RestTestCase):
    """A venue with drop copy."""

    def setUp(self) -> None:
        """The simulator."""
        path = self.mktemp()
        Path(path).write_text(INI)
        self.settings = load(path, [], Catalogue())
        self.start(self.settings, Catalogue())

    def client(self, endpoint: str, name: str, version: str = "FIX.4.4") -> Client:
        """A counterparty that is logged on."""
        return Client(self.memory, endpoint, name, version)


class CopyTests(DropCopyCase):
    """What is copied."""

    def test_all(self) -> None:
        """A session with no wishes is sent all reports, as they were, in order."""
        copies, one = self.client("copies", "C"), self.client("orders", "S1")
        two = self.client("orders", "S2")
        heard = one.order("A", "1", 10, 100)
        heard += two.order("B", "2", 4, 100)
        heard += one.heard()
        heard += one.say("F", "11=X", "41=A", "54=1", "55=AAA", "60=20200101-00:00:00")
        copied = copies.heard()
        self.assertEqual(told(copied), ["A 0 0/10", "B 0 0/4", "B F 4/0", "A F 4/6", "X 4 4/0"])
        self.assertEqual(
            sorted(bare(copied), key=lambda each: int(each["17"])),
            sorted(bare(heard), key=lambda each: int(each["17"])),
        )
        self.assertEqual({each["797"] for each in copied}, {"Y"})
        self.assertEqual([each["128"] for each in copied], ["S1", "S2", "S2", "S1", "S1"])
        self.assertEqual([each["34"] for each in copied], ["2", "3", "4", "5", "6"])
        self.assertNotIn("797", heard[0])

    def test_old_version(self) -> None:
        """FIX.4.2 has no CopyMsgIndicator."""
        copies, one = self.client("copies", "C", "FIX.4.2"), self.client("orders", "S1")
        one.order("A", "1", 10, 100)
        [copy] = copies.heard()
        self.assertEqual((copy["8"], copy["20"], copy["128"]), ("FIX.4.2", "0", "S1"))
        self.assertNotIn("797", copy)

    def test_no_answers(self) -> None:
        """Answers to questions, and refusals of changes, are for who asked alone."""
        copies, one = self.client("copies", "C"), self.client("orders", "S1")
        one.order("A", "1", 10, 100)
        self.assertEqual(told(one.say("H", "11=A", "54=1", "55=AAA")), ["A I 0/10"])
        one.say("F", "11=X", "41=NONE", "54=1", "55=AAA", "60=20200101-00:00:00")
        self.assertEqual(told(copies.heard()), ["A 0 0/10"])

    def test_rejects(self) -> None:
        """A rejected order is copied."""
        copies, one = self.client("copies", "C"), self.client("orders", "S1")
        one.order("A", "1", 10, 100)
        one.order("A", "1", 10, 100)
        self.assertEqual(told(copies.heard()), ["A 0 0/10", "A 8 0/0"])

    def test_over_rest(self) -> None:
        """So are orders that came over REST, and what people do to orders."""
        copies = self.client("copies", "C")
        order: dict[str, Any] = {
            "symbol": "AAA", "side": "BUY", "quantity": "5", "price": "100", "type": "LIMIT"
        }  # fmt: skip
        self.post("/venues/XSIM/orders", order)
        self.post("/venues/XSIM/orders/1/fill", {"quantity": "2"})
        self.post("/venues/XSIM/orders/1/cancel")
        heard = copies.heard()
        self.assertEqual([each["150"] for each in heard], ["0", "F", "4"])
        self.assertNotIn("128", heard[0])

    def test_wishes(self) -> None:
        """By firm, account and session, and only fills; two and more at once."""
        wishes = {name: self.client("copies", name) for name in
                  ("BYFIRM", "BYACCOUNT", "BYSESSION", "FILLS", "ALL")}  # fmt: skip
        one, two = self.client("orders", "S1"), self.client("orders", "S2")
        one.order("A", "1", 5, 100, "1=ONE")
        two.order("B", "1", 5, 99, "1=TWO")
        one.order("C", "2", 5, 100, "1=THREE")
        copied = {name: told(each.heard()) for name, each in wishes.items()}
        self.assertEqual(
            copied,
            {
                "BYFIRM": ["A 0 0/5", "A F 5/0"],
                "BYACCOUNT": ["B 0 0/5", "C 0 0/5", "C F 5/0"],
                "BYSESSION": ["B 0 0/5"],
                "FILLS": ["C F 5/0", "A F 5/0"],
                "ALL": ["A 0 0/5", "B 0 0/5", "C 0 0/5", "C F 5/0", "A F 5/0"],
            },
        )

    def test_bots(self) -> None:
        """Bots are as anybody, but for who wants to hear of clients alone."""
        clients, everybody = self.client("copies", "CLIENTS"), self.client("copies", "ALL")
        self.ask("PUT", "/prices/AAA", {"price": "100"})
        self.post("/venues/XSIM/bots/MM/start")
        self.memory.reactor.advance(1)
        self.client("orders", "S1").order("A", "1", 5, 101)
        self.assertEqual(told(clients.heard()), ["A 0 0/5", "A F 5/0"])
        heard = told(everybody.heard())
        self.assertEqual(heard[:3], ["MM-1 0 0/500", "MM-2 0 0/500", "A 0 0/5"])
        self.assertIn("MM-1 F 5/495", heard)

    def test_no_orders(self) -> None:
        """Nothing that trades is taken there; sequence numbers go on."""
        copies = self.client("copies", "C")
        [answer] = copies.order("A", "1", 10, 100)
        self.assertEqual((answer["35"], answer["372"], answer["380"]), ("j", "D", "3"))
        self.assertEqual(self.get("/venues/XSIM/orders")["items"], [])

    def test_missed(self) -> None:
        """Who was away asks for what it missed."""
        copies, one = self.client("copies", "C"), self.client("orders", "S1")
        one.order("A", "1", 10, 100)
        self.assertEqual(told(copies.heard()), ["A 0 0/10"])
        copies.wire.peer.connectionLost()
        one.order("B", "1", 10, 100)
        [logon] = copies.log_on()
        self.assertEqual(logon["34"], "4")
        again = copies.say("2", "7=3", "16=0")
        self.assertEqual(told(again), ["B 0 0/10"])
        self.assertEqual((again[0]["34"], again[0]["43"], again[0]["797"]), ("3", "Y", "Y"))

    def test_not_any_more(self) -> None:
        """Without such an endpoint nothing is kept for anybody."""
        self.post("/venues/XSIM/orders", {
            "symbol": "AAA", "side": "BUY", "quantity": "5", "price": "100", "type": "LIMIT"
        })  # fmt: skip
        venue = self.memory.exchange.dispatcher.venue("XSIM")
        self.assertEqual(venue.orders.copies, [])
        self.memory.exchange.remove_endpoint("copies", 0)
        self.assertIsNone(venue.orders.copies)
        exchange = self.memory.exchange
        self.assertEqual(exchange.publishing.publishers, [])


class TradeTests(DropCopyCase):
    """Fills as TradeCaptureReports."""

    def trade(self, name: str, version: str) -> list[dict[str, str]]:
        """Two orders trade, a fill is corrected and canceled; what a session is told of that."""
        copies, one = self.client("copies", name, version), self.client("orders", "S1")
        one.order("A", "1", 10, 100, "1=ONE")
        one.order("B", "2", 4, 100)
        [fill] = self.get("/venues/XSIM/orders/1/fills")["items"]
        self.post(
            "/venues/XSIM/orders/1/correct",
            {"exec_id": fill["exec_id"], "quantity": "3", "price": "101"},
        )
        [fill] = self.get("/venues/XSIM/orders/1/fills")["items"]
        self.post("/venues/XSIM/orders/1/bust", {"exec_id": fill["exec_id"]})
        return copies.heard()

    def test_also(self) -> None:
        """Each fill is told both ways, and what becomes of it."""
        heard = self.trade("BOTH", "FIX.4.4")
        self.assertEqual("".join(each["35"][-1] for each in heard), "888E8E8E8E")
        reports = [each for each in heard if each["35"] == "8" and each["150"] in "FGH"]
        trades = [each for each in heard if each["35"] == "AE"]
        for report, trade in zip(reports, trades, strict=True):
            for tag in ("17", "150", "55", "54", "37", "60", "797", "128"):
                self.assertEqual(report[tag], trade[tag])
            self.assertEqual((trade["571"], trade.get("572")), (report["17"], report.get("19")))
        told = [tuple(each[tag] for tag in ("487", "32", "31", "11", "54")) for each in trades]
        self.assertEqual(
            sorted(told[:2]), [("0", "4", "100", "A", "1"), ("0", "4", "100", "B", "2")]
        )
        self.assertEqual(told[2:], [("2", "3", "101", "A", "1"), ("1", "3", "101", "A", "1")])

    def test_only(self) -> None:
        """They come alone, in each version that has them; right by its dictionary."""
        for version, name in VERSIONS.items():
            self.setUp()
            trades = self.trade("TRADES", version)
            self.assertEqual([each["35"] for each in trades], ["AE"] * 4)
            self.assertEqual(trades[0]["487"], "N" if version == "FIX.4.3" else "0")
            self.assertEqual("797" in trades[0], version != "FIX.4.3")
            self.assertEqual(trades[0].get("939"), "0" if version == "FIXT.1.1" else None)
            application = None if name is None else standard(name)
            validator = Validator(standard(version), application)
            for raw in self.raws():
                self.assertIsNone(validator.check(decode(raw)), raw)

    def raws(self) -> list[bytes]:
        """All trade capture reports in the journal."""
        entries = self.memory.exchange.journal.entries(0)
        return [each.data for each in entries if b"\x0135=AE\x01" in each.data]

    def test_old(self) -> None:
        """A version without them has copies of reports."""
        heard = self.trade("TRADES", "FIX.4.2")
        self.assertEqual([each["35"] for each in heard], ["8"] * 6)

    def test_again(self) -> None:
        """A replay makes the same."""
        self.trade("BOTH", "FIX.4.4")
        journal = self.memory.exchange.journal
        replay = Replay(inert(self.settings, Catalogue()), journal.entries(0), journal.epoch, 0)
        self.assertIsNone(replay.run())


class DayTests(DropCopyCase):
    """What a session is sent that was away, and how its day begins."""

    def test_next_expected(self) -> None:
        """The Logon says what it expects: it is sent that at once, with no ResendRequest."""
        copies, one = self.client("copies", "NEXT"), self.client("orders", "S1")
        copies.wire.peer.connectionLost()
        one.order("A", "1", 10, 100)
        heard = copies.log_on("789=2")
        self.assertEqual([each["35"] for each in heard], ["A", "8", "4"])
        self.assertEqual((told(heard), heard[1]["43"]), (["A 0 0/10"], "Y"))

    def test_new_day(self) -> None:
        """With the period of its schedule numbers begin at 1: what was before is not told."""
        copies, one = self.client("copies", "DAILY"), self.client("orders", "S1")
        one.order("A", "1", 10, 100)
        self.assertEqual([each["34"] for each in copies.heard()], ["2"])
        copies.wire.peer.connectionLost()
        self.memory.reactor.advance(86_400)
        one = self.client("orders", "S2")
        one.order("B", "1", 10, 100)
        copies._sent = 0
        [logon] = copies.log_on()
        self.assertEqual((logon["35"], logon["34"]), ("A", "2"))
        again = copies.say("2", "7=1", "16=0")
        self.assertEqual(told(again), ["B 0 0/10"])


class WholeTests(DropCopyCase):
    """An hour of orders."""

    def test_random(self) -> None:
        """Copies are what the sessions were told, in the order of ExecIDs; replay agrees."""
        clients = [self.client("orders", f"S{number}") for number in range(1, 4)]
        copies = [self.client("copies", name) for name in ("C1", "C2")]
        both = self.client("copies", "TRADES")
        random = Random(7)
        heard: list[dict[str, str]] = []
        names: list[tuple[Client, str]] = []
        for number in range(400):
            client = random.choice(clients)
            if names and random.random() < 0.3:
                owner, name = random.choice(names)
                heard += owner.say("F", f"11=X{number}", f"41={name}", "54=1", "55=AAA",
                                   "60=20200101-00:00:00")  # fmt: skip
            else:
                names.append((client, f"N{number}"))
                side, price = random.choice("12"), random.randint(98, 102)
                heard += client.order(f"N{number}", side, random.randint(1, 9), price)
        for client in clients:
            heard += client.heard()
        flow = sorted(bare(heard), key=lambda each: int(each["17"]))
        self.assertGreater(len(flow), 500)
        for each in copies:
            self.assertEqual(bare(each.heard()), flow)
        fills = [each for each in flow if each["150"] == "F"]
        trades = self.fills_of(both.heard())
        self.assertGreater(len(fills), 100)
        self.assertEqual(trades, [tuple(each[tag] for tag in SIDE) for each in fills])
        self.assert_replays()

    def fills_of(self, heard: list[dict[str, str]]) -> list[tuple[str, ...]]:
        """What TradeCaptureReports tell of fills."""
        self.assertEqual({each["35"] for each in heard}, {"AE"})
        return [tuple(each[tag] for tag in SIDE) for each in heard]

    def assert_replays(self) -> None:
        """The journal gives the same once more."""
        journal = self.memory.exchange.journal
        other = inert(self.settings, Catalogue())
        replay = Replay(other, journal.entries(0), journal.epoch, 0)
        self.assertIsNone(replay.run())
        self.assertGreater(replay.count, 400)


class KeyTests(SynchronousTestCase):
    """Keys that would do nothing."""

    def test_misplaced(self) -> None:
        """They are for drop copy alone."""
        path = self.mktemp()
        text = INI.replace("endpoint = copies\ncopy_firms", "endpoint = orders\ncopy_firms")
        Path(path).write_text(text)
        error = self.assertRaises(ConfigError, load, path, [], Catalogue())
        self.assertIn("[session:BYFIRM] copy_firms: is for endpoints with role", str(error))
