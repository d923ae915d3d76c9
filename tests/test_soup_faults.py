"""Faults on sessions over SoupBinTCP: what becomes of packets, of the session, of orders."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import msgspec
from msgspec.msgpack import decode, encode
from twisted.trial.unittest import SynchronousTestCase

from exsim.control.operations import BY_NAME
from exsim.errors import Unprocessable
from exsim.faults.book import BY_NAME as KINDS
from exsim.faults.kinds import ORDER
from exsim.faults.protocols import SURGERIES, served
from exsim.model.journal import EntryKind
from exsim.services.replay import Replay
from exsim.services.replaying import inert
from exsim.services.state import capture, restore
from exsim.wire import soup
from exsim.wire.layouts.ouch50 import OUCH50
from tests.amount import ALL, amount
from tests.ouch_client import ENTER, OuchPlugins, Trader, session, settings, simulator, types


class Market:
    """A simulator with an OUCH session T, whose faults a test sets."""

    def __init__(self, version: str = "5.0") -> None:
        self.settings = settings("match", sessions=(session("T", version=version),))
        self.memory = simulator(self.settings)
        self.version = version

    def do(self, operation: str, body: Any = None, **arguments: Any) -> Any:
        """Carry out an operation over REST."""
        entry = BY_NAME[operation]
        given = msgspec.convert(arguments, entry.arguments)
        sent = None if entry.body is None else msgspec.convert(body or {}, entry.body)
        return self.memory.control.perform(operation, given, sent)

    def fault(self, kind: str, **more: Any) -> Any:
        """Set a fault of session T."""
        return self.do("create_fault", {"kind": kind, "session": "T", **more})

    def trader(self, user: str = "T", sequence: int = 1) -> Trader:
        """Somebody who has asked to log in."""
        trader = Trader(self.memory, user, self.version, sequence)
        trader.flush()
        return trader

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.memory.reactor.advance(seconds)

    def notes(self) -> list[dict[str, Any]]:
        """What faults have noted in the journal."""
        return [
            json.loads(entry.data)
            for entry in self.memory.exchange.journal.entries(0)
            if entry.kind == EntryKind.NOTE
        ]


class SoupFaultCase(SynchronousTestCase):
    """A market, and a trader who is logged in."""

    version = "5.0"

    def setUp(self) -> None:
        """Log in."""
        self.market = Market(self.version)
        self.addCleanup(self.market.memory.stop)
        self.trader = self.market.trader()
        self.assertEqual(types(self.trader.read()), "S")

    def order(self, **fields: str) -> bytes:
        """An Enter Order."""
        return self.trader.family.inbound[b"O"].build({**ENTER[self.version], **fields})

    def say(self, number: str) -> bytes:
        """The bytes that an order is answered by."""
        self.trader.soup.send(self.order(UserRefNum=number), 0)
        self.trader.peer.dataReceived(self.trader.soup.data_to_send())
        return self.raw()

    def raw(self) -> bytes:
        """The bytes that came since the last look."""
        data: bytes = self.trader.transport.value()
        self.trader.transport.clear()
        return data


class AnyPacketTests(SoupFaultCase):
    """Packets lost, late, doubled, changed."""

    def test_drop(self) -> None:
        """The client counts wrong, and finds out as it logs in again: it gets a message twice."""
        self.market.fault("drop", match="type=A", count=1)
        self.assertEqual(self.trader.enter("1"), [])
        self.assertEqual(types(self.trader.enter("2")), "A")
        self.assertEqual(self.trader.soup.next, 3)
        self.trader.lose()
        again = self.market.trader(sequence=self.trader.soup.next)
        self.assertEqual([each["UserRefNum"] for _, each in again.read()], ["2"])
        (note,) = self.market.notes()
        self.assertEqual((note["kind"], note["type"], note["direction"]), ("drop", "A", "out"))
        self.assertIn("UserRefNum=1", note["message"])

    def test_by_field(self) -> None:
        """The filter sees the fields by their names, and by those of FIX."""
        self.market.fault("drop", match="name=EnterOrder qty>=500 symbol=AAA", direction="in")
        self.assertEqual(self.trader.enter("1", Quantity="500"), [])
        self.assertEqual(types(self.trader.enter("2", Quantity="499")), "A")
        found = self.market.do("list_session_messages", session="T", filter="qty>=500").items
        self.assertEqual([each.name for each in found], ["EnterOrder"])

    def test_ignore(self) -> None:
        """It counts, and nothing comes of it."""
        before = self.market.do("get_session", session="T").next_in
        self.market.fault("ignore", match="name=EnterOrder", count=1)
        self.assertEqual(self.trader.enter("1"), [])
        self.assertEqual(self.market.do("get_session", session="T").next_in, before + 1)
        self.assertEqual(types(self.trader.enter("2")), "A")

    def test_delay(self) -> None:
        """Others overtake it, on either way."""
        self.market.fault("delay", match="type=A UserRefNum=1", parameters={"time": "2s"})
        self.assertEqual(self.trader.enter("1"), [])
        self.assertEqual(types(self.trader.enter("2")), "A")
        self.market.advance(2)
        self.assertEqual([each["UserRefNum"] for _, each in self.trader.read()], ["1"])
        delay = {"direction": "in", "parameters": {"time": "3s"}}
        self.market.fault("delay", match="name=EnterOrder", **delay)
        self.assertEqual(self.trader.enter("3"), [])
        self.market.advance(3)
        self.assertEqual(types(self.trader.read()), "A")

    def test_duplicate(self) -> None:
        """It comes twice; an order that comes twice is ignored the second time."""
        self.market.fault("duplicate", match="type=A", count=1)
        self.assertEqual(types(self.trader.enter("1")), "AA")
        self.market.fault("duplicate", match="name=EnterOrder", direction="in", count=1)
        self.assertEqual(types(self.trader.enter("2")), "A")

    def test_change(self) -> None:
        """Fields by name or by the tag of FIX, of messages and of packets of the session."""
        fields = {"fields": "Price=11.5|38=7|ClOrdID=changed"}
        self.market.fault("change", match="type=A", count=1, parameters=fields)
        ((_, told),) = self.trader.enter("1")
        self.assertEqual(
            (told["Price"], told["Quantity"], told["ClOrdID"]), ("11.5", "7", "changed")
        )
        fields = {"fields": "Side=S|Price="}
        self.market.fault("change", match="name=EnterOrder", direction="in", parameters=fields)
        ((kind, told),) = self.trader.enter("2")
        self.assertEqual(kind, "J")
        self.market.do("clear_faults")
        self.market.fault("change", match="name=LoginAccepted", parameters={"fields": "Session=X"})
        self.trader.lose()
        again = self.market.trader()
        again.read()
        self.assertEqual(again.soup.session, b"X")

    def test_changed_login(self) -> None:
        """What a login asks for is changed before it is looked at."""
        self.trader.lose()
        fields = {"fields": "RequestedSequenceNumber=2"}
        where = {"direction": "in", "parameters": fields}
        self.market.fault("change", match="name=LoginRequest", **where)
        again = self.market.trader()
        self.assertEqual((again.read(), again.soup.next), ([], 2))

    def test_insert(self) -> None:
        """Other bytes go instead."""
        raw = {"raw": r"\x00\x05+hey", "where": "instead"}
        self.market.fault("insert", match="type=A", parameters=raw)
        self.assertEqual(self.trader.enter("1"), [])
        names = [each.name for each in self.market.do("list_session_messages", session="T").items]
        self.assertEqual(names[-1], "Debug")


class StreamTests(SoupFaultCase):
    """The stream of bytes."""

    def test_late(self) -> None:
        """All behind waits as well."""
        for kind, more in (("latency", {"time": "2s"}), ("jitter", {"time": "2s"})):
            self.market.do("clear_faults")
            self.market.fault(kind, match="type=A", count=1, parameters=more)
            first, second = ("1", "2") if kind == "latency" else ("3", "4")
            self.assertEqual(self.trader.enter(first) + self.trader.enter(second), [])
            self.market.advance(2)
            self.assertEqual([e["UserRefNum"] for _, e in self.trader.read()], [first, second])

    def test_bandwidth(self) -> None:
        """As slow as the line is: 67 bytes at 10 a second."""
        self.market.fault("bandwidth", match="type=A", parameters={"rate": 10})
        self.assertEqual(self.trader.enter("1"), [])
        self.market.advance(6.6)
        self.assertEqual(self.trader.read(), [])
        self.market.advance(0.2)
        self.assertEqual(types(self.trader.read()), "A")

    def test_slicer(self) -> None:
        """A byte at a time."""
        self.market.fault("slicer", match="type=A", parameters={"gap": "1s"})
        self.trader.enter("1")
        self.market.advance(1)
        self.assertEqual(len(self.raw()), 1)

    def test_cut(self) -> None:
        """Half of it, and the end."""
        self.market.fault("cut", match="type=A")
        self.assertEqual(self.trader.enter("1"), [])
        self.assertTrue(self.trader.closed)
        self.assertEqual(self.market.do("get_session", session="T").state, "offline")

    def test_reset(self) -> None:
        """The order makes for the end, and for nothing else."""
        self.market.fault("reset", match="name=EnterOrder", direction="in")
        self.assertEqual(self.trader.enter("1"), [])
        self.assertTrue(self.trader.closed)
        self.assertEqual(self.market.do("list_orders", venue="X").items, [])

    def test_black_hole(self) -> None:
        """Nothing comes, nothing goes, and nobody hangs up for that."""
        self.market.fault("black-hole", match="type=A")
        self.assertEqual(self.trader.enter("1"), [])
        last = self.market.memory.exchange.journal.last
        for _ in range(40):
            self.market.advance(1)
        self.assertEqual(self.market.memory.exchange.journal.last, last)  # it has no timers
        self.assertEqual((self.trader.enter("2"), self.raw(), self.trader.closed), ([], b"", False))

    def test_black_hole_at_login(self) -> None:
        """A login that nobody hears."""
        self.trader.lose()
        self.market.fault("black-hole", match="name=LoginRequest", direction="in")
        lost = self.market.trader()
        self.market.advance(60)
        self.assertEqual((lost.transport.value(), lost.closed), (b"", False))

    def test_half_close(self) -> None:
        """Nothing more goes out, and what comes in still acts."""
        self.market.fault("half-close", match="type=A", count=1)
        self.assertEqual(types(self.trader.enter("1")), "A")
        self.assertEqual((self.trader.enter("2"), self.trader.closed), ([], False))
        self.assertEqual(len(self.market.do("list_orders", venue="X").items), 2)


class FrameTests(SoupFaultCase):
    """The bytes of one packet."""

    def test_wrong_length(self) -> None:
        """By so many bytes."""
        self.market.fault("wrong-body-length", match="type=A", parameters={"by": -3})
        raw = self.say("1")
        self.assertEqual(int.from_bytes(raw[:2], "big"), len(raw) - 2 - 3)

    def test_unknown_type(self) -> None:
        """A type that there is not."""
        self.market.fault("unknown-type", match="type=A", parameters={"type": "!"})
        self.assertEqual(self.say("1")[2:4], b"!A")

    def test_oversize(self) -> None:
        """As long as it can be, with the right length."""
        self.market.fault("oversize-packet", match="type=A", count=1)
        raw = self.say("1")
        self.assertEqual((len(raw), raw[:2]), (0x10001, b"\xff\xff"))
        self.market.fault("oversize-packet", match="type=A", parameters={"size": 3})
        self.assertEqual(self.say("2")[-4:], b"\x00xxx")

    def test_join(self) -> None:
        """Two in one write."""
        self.market.fault("join", match="type=A UserRefNum=1")
        self.assertEqual(self.say("1"), b"")
        self.assertEqual(len(self.say("2")), 2 * 67)

    def test_garbage(self) -> None:
        """Before it."""
        self.market.fault("garbage", match="type=A", parameters={"raw": "junk"})
        self.assertTrue(self.say("1").startswith(b"junk\x00"))


class SessionTests(SoupFaultCase):
    """The session itself."""

    def test_reorder(self) -> None:
        """Another overtakes it."""
        self.market.fault("reorder", match="type=A UserRefNum=1")
        found = self.trader.enter("1") + self.trader.enter("2")
        self.assertEqual([each["UserRefNum"] for _, each in found], ["2", "1"])

    def test_stop_heartbeats(self) -> None:
        """None comes; other packets do."""
        self.market.fault("stop-heartbeats")
        self.raw()
        for _ in range(5):
            self.market.advance(1)
        self.assertEqual(self.raw(), b"")
        self.assertEqual(types(self.trader.enter("1")), "A")
        self.market.do("clear_faults")
        self.market.advance(1)
        self.assertEqual(self.raw(), soup.packet(b"H"))

    def test_refuse(self) -> None:
        """With the code that is asked for, or without a word."""
        self.trader.lose()
        self.market.fault("refuse-logon", count=1, parameters={"code": "S"})
        self.market.fault("refuse-logon", parameters={"silent": True})
        told = [self.market.trader().transport for _ in range(2)]
        for transport, wanted in zip(told, (b"", b""), strict=True):
            self.assertEqual(transport.value(), wanted)
        refused = Trader(self.market.memory, "T")
        self.market.do("clear_faults")
        self.market.fault("refuse-logon", count=1, parameters={"code": "S"})
        refused.peer.dataReceived(refused.soup.data_to_send())
        self.assertEqual(refused.transport.value(), soup.rejected(b"S"))
        self.assertTrue(refused.closed)
        self.assertEqual(types(self.market.trader().read()), "S")

    def test_end(self) -> None:
        """The session ends after it."""
        self.market.fault("logout", match="type=A")
        self.say("1")
        self.market.advance(0.001)
        self.assertTrue(self.raw().endswith(soup.packet(b"Z")))
        self.assertTrue(self.trader.closed)

    def test_wrong_sequence(self) -> None:
        """The login is told another number than that of what comes."""
        self.trader.enter("1")
        self.trader.lose()
        self.market.fault("wrong-sequence", parameters={"by": 5})
        again = self.market.trader(sequence=2)
        self.assertEqual((types(again.read()), again.soup.next), ("A", 2 + 5 + 1))


class OrderTests(SoupFaultCase):
    """The outcome of orders."""

    def told(self, kind: str, *seconds: float, **parameters: str) -> str:
        """What an order is answered with under such a fault."""
        self.market.fault(kind, parameters=parameters)
        number = "UserRefNum" if self.version == "5.0" else "OrderToken"
        found = self.trader.enter("9")
        for each in seconds:
            self.market.advance(each)
            found += self.trader.read()
        for _, fields in found:
            self.assertEqual(fields[number], "9")
        self.found = found
        return types(found)

    def test_late_ack(self) -> None:
        """Accepted after a while."""
        self.assertEqual(self.told("late-ack", time="5s"), "")
        self.market.advance(5)
        self.assertEqual(types(self.trader.read()), "A")

    def test_no_ack(self) -> None:
        """Never answered."""
        self.assertEqual(self.told("no-ack", 60), "")

    def test_fill_before_ack(self) -> None:
        """The fill comes first."""
        self.assertEqual(self.told("fill-before-ack"), "EA")

    def test_duplicate_match(self) -> None:
        """Two fills have one match number."""
        self.assertEqual(self.told("duplicate-exec-id"), "AEE")
        numbers = {fields["MatchNumber"] for kind, fields in self.found if kind == "E"}
        self.assertEqual(len(numbers), 1)
        self.assertNotEqual(numbers, {"0"})

    def test_overfill(self) -> None:
        """More than was ordered."""
        self.assertEqual(self.told("overfill"), "AEE")
        name = "Quantity" if self.version == "5.0" else "ExecutedShares"
        filled = sum(int(fields[name]) for kind, fields in self.found if kind == "E")
        self.assertEqual(filled, 110)

    def test_fill_crosses_cancel(self) -> None:
        """The cancel is too late."""
        self.trader.enter("9")
        self.market.fault("fill-crosses-cancel")
        zero = {"Quantity": "0"} if self.version == "5.0" else {"Shares": "0"}
        name = "UserRefNum" if self.version == "5.0" else "OrderToken"
        self.assertEqual(types(self.trader.say("X", **{name: "9"}, **zero)), "EI")

    def test_reject_replace(self) -> None:
        """The order stays as it was."""
        self.trader.enter("9")
        self.market.fault("reject-replace")
        names = (
            {"OrigUserRefNum": "9", "UserRefNum": "10", "Quantity": "50"}
            if self.version == "5.0"
            else {"ExistingOrderToken": "9", "ReplacementOrderToken": "10", "Shares": "50"}
        )
        more = {"Price": "10", "TimeInForce": "0", "Display": "Y"}
        self.assertEqual(types(self.trader.say("U", **names, **more)), "J")
        self.assertEqual(self.market.memory.exchange.dispatcher.venues["X"].orders.open_count, 1)

    def test_unsolicited_cancel(self) -> None:
        """Canceled without anybody asking."""
        self.assertEqual(self.told("unsolicited-cancel", 1), "AC")

    def test_bust(self) -> None:
        """The fill never was."""
        self.assertEqual(self.told("bust", 1), "AEB")

    def test_correct(self) -> None:
        """The fill was at another price."""
        wanted = "AEBE" if self.version == "5.0" else "AEF"
        self.assertEqual(self.told("correct", 1, price="9.5"), wanted)

    def test_restate(self) -> None:
        """The order is on other terms."""
        self.assertEqual(self.told("restate", 1, quantity="60"), "AC")


class Order42Tests(OrderTests):
    """The same in OUCH 4.2."""

    version = "4.2"


class CreationTests(SynchronousTestCase):
    """What makes no sense is refused, in words."""

    def refused(self, kind: str, wanted: str, **more: Any) -> None:
        """Such a fault is not taken."""
        market = Market()
        self.addCleanup(market.memory.stop)
        error = self.assertRaises(Unprocessable, market.fault, kind, **more)
        self.assertIn(wanted, str(error))

    def test_kinds(self) -> None:
        """What SoupBinTCP has not."""
        for kind in KINDS:
            if "ouch" not in served(KINDS[kind]):
                given = {"price": "1"} if kind == "correct" else {}
                self.refused(kind, f"protocol ouch has no fault of kind {kind}: ", parameters=given)
        self.assertEqual(len(SURGERIES["ouch"].lacks), 10 + 8)  # what others have, and data

    def test_parameters(self) -> None:
        """What a message has not."""
        for fields, wanted in (
            ("Prize=1", "has a field 'Prize': did you mean 'Price'?"),
            ("Price=x", "Price=x: 'x' is no decimal number"),
            ("Symbol=TOOLONGFORIT", "Symbol: 'TOOLONGFORIT' is longer than 8"),
        ):
            self.refused("change", wanted, parameters={"fields": fields})
        self.refused("duplicate", "no mark", parameters={"poss_dup": True})
        self.refused("unknown-type", "'ab' is not one", parameters={"type": "ab"})

    def test_kinds_say(self) -> None:
        """The list of kinds has the protocols of each."""
        market = Market()
        self.addCleanup(market.memory.stop)
        told = {each.kind: each for each in market.do("list_fault_kinds").items}
        drop = {each.protocol: each.match for each in told["drop"].protocols}
        self.assertEqual({*drop}, {*SURGERIES})
        refuse = {each.protocol: each.match for each in told["refuse-logon"].protocols}
        self.assertEqual((refuse["fix"], refuse["itch"]), ("type=A", "name=LoginRequest"))
        self.assertEqual([each.protocol for each in told["skip-number"].protocols], ["fix"])
        self.assertEqual([each.protocol for each in told["no-ack"].protocols], ["fix", "ouch"])


OFFERED = [name for name in KINDS if "ouch" in served(KINDS[name])]
"""Kinds that an OUCH session has."""
PARAMETERS: dict[str, dict[str, Any]] = {
    "change": {"fields": "Price=9"},
    "insert": {"raw": r"\x00\x01H"},
    "correct": {"price": "9"},
    "oversize-packet": {"size": 300},
}


def level(kind: str) -> bool:
    """Whether a kind is of messages that a test may choose."""
    return kind not in SURGERIES["ouch"].matches


def order(**fields: str) -> bytes:
    """An Enter Order."""
    return OUCH50.inbound[b"O"].build({**ENTER["5.0"], **fields})


def run_again(test: SynchronousTestCase, market: Market, states: list[tuple[int, bytes]]) -> None:
    """All is the same, from the start and from each of these snapshots."""
    now = decode(encode(capture(market.memory.simulator)))
    for after, state in states:
        again = inert(market.settings, OuchPlugins())
        if state:
            restore(again, decode(state))
            test.assertEqual(decode(encode(capture(again))), decode(state))
        entries = list(market.memory.exchange.journal.entries(after))
        difference = Replay(again, entries, 1, after).run()
        test.assertIsNone(difference, "" if difference is None else difference.text())
        test.assertEqual(decode(encode(capture(again))), now)


class AgainTests(SynchronousTestCase):
    """A day with such faults is the same when it is run again, from any moment."""

    def test_again(self) -> None:
        """Packets held up on either way, a hole, and chance."""
        market = Market()
        self.addCleanup(market.memory.stop)
        trader = market.trader()
        slow = {"parameters": {"time": "3s"}}
        market.fault("delay", match="type=A", probability="50%", **slow)
        market.fault("delay", match="name=EnterOrder", direction="in", probability="50%", **slow)
        market.fault("reorder", match="type=A", probability="50%")
        market.fault("bandwidth", match="type=E", parameters={"rate": 10})
        market.fault("late-ack", probability="20%")
        states: list[tuple[int, bytes]] = [(0, b"")]
        for number in range(1, 41):
            side = {"Side": "BS"[number % 2], "Price": str(10 + number % 3)}
            trader.enter(str(number), **side)
            market.advance(0.5)
            kept = encode(capture(market.memory.simulator))
            assert kept is not None
            states.append((market.memory.exchange.journal.last, kept))
        market.fault("black-hole", match="type=A", count=1)
        trader.enter("41")
        market.advance(30)
        trader.enter("42")
        self.assertGreater(len(market.notes()), 40)
        run_again(self, market, states[::9])

    def test_random(self) -> None:
        """All kinds there are, at random, on connections that come and go."""
        fired: set[str] = set()
        for seed in range(amount(3, 12)):
            fired |= self.live(Market(), Random(seed))
        wanted = {name for name in OFFERED if KINDS[name].level != ORDER}
        if ALL:
            self.assertEqual(wanted - fired, set())

    def live(self, market: Market, random: Random) -> set[str]:
        """A day, run again; the kinds of faults that fired."""
        self.addCleanup(market.memory.stop)
        trader, states = market.trader(), [(0, b"")]
        for number in range(1, 121):
            choice = random.random()
            if choice < 0.35:
                self.set_one(market, random)
            elif choice < 0.45 or trader.closed:
                trader.lose()
                trader = market.trader(sequence=random.randint(0, 2))
            elif choice < 0.5:
                market.do("clear_faults")
            else:
                trader.soup.send(order(UserRefNum=str(number), Side=random.choice("BS")), 0)
                trader.peer.dataReceived(trader.soup.data_to_send())
            market.advance(random.choice((0.01, 0.3, 1.1)))
            if number % 40 == 0:
                kept = encode(capture(market.memory.simulator))
                assert kept is not None
                states.append((market.memory.exchange.journal.last, kept))
        self.flushLoggedErrors()
        run_again(self, market, states)
        return {note["kind"] for note in market.notes() if "kind" in note}

    def set_one(self, market: Market, random: Random) -> None:
        """One more fault."""
        kind = random.choice(OFFERED)
        match = random.choice(("", "type=A", "name=EnterOrder")) if level(kind) else ""
        if KINDS[kind].level == "order" and match == "type=A":
            match = "type=O"  # what is done about an order is done to a request
        market.fault(
            kind,
            direction=random.choice(KINDS[kind].directions),
            match=match,
            count=random.randint(1, 3),
            probability=random.choice(("1", "50%")),
            parameters=PARAMETERS.get(kind, {}),
        )


GOLDEN = """\
Expected exactly 1 message:
    name=EnterOrder qty>=500 side=BUY
Found none among 7 messages.

Nearest:
  #8 13:46:40.000 T --> EnterOrder(O) UserRefNum=2 Side=sell Quantity=600 Symbol=AAA Price=11 \
TimeInForce=day Display=visible ...
       Side(54)  expected BUY(1), got sell(S)
  #6 13:46:40.000 T --> EnterOrder(O) UserRefNum=1 Side=buy Quantity=400 Symbol=AAA Price=10 \
TimeInForce=day Display=visible ...
       OrderQty(38)  expected >= 500, got 400
  #9 13:46:40.000 T <-- OrderAccepted(A) Timestamp=13:46:40.000000000 UserRefNum=2 Side=sell \
Quantity=600 Symbol=AAA Price=11 ...
       name      expected EnterOrder, got OrderAccepted
       Side(54)  expected BUY(1), got sell(S)
"""


class DecideTests(SoupFaultCase):
    """Holds, verbs and verify on OUCH, as on FIX."""

    def test_late_accept(self) -> None:
        """A rule holds the order; released, it is accepted."""
        rule = {"name": "wait", "when": "name=EnterOrder symbol=AAA", "then": "hold"}
        self.market.do("create_rule", rule)
        self.assertEqual(self.trader.enter("1"), [])
        self.assertEqual(types(self.trader.enter("2", Symbol="BBB")), "A")
        (held,) = self.market.do("list_holds").items
        self.assertEqual((held.session, held.cl_ord_id), ("T", "1"))
        self.market.advance(5)
        self.market.do("release_hold", hold=str(held.hold))
        self.assertEqual([each["UserRefNum"] for _, each in self.trader.read()], ["1"])

    def test_verbs(self) -> None:
        """What a person makes of a held order, and of one that is live, is told in OUCH."""
        self.market.do("create_rule", {"name": "wait", "when": "name=EnterOrder", "then": "hold"})
        self.trader.enter("1")
        (held,) = self.market.do("list_holds").items
        hold = {"hold": str(held.hold)}
        self.market.do("ack_hold", **hold)
        self.assertEqual(types(self.trader.read()), "A")
        (order,) = self.market.do("list_orders", venue="X").items
        live = {"venue": "X", "order_id": order.order_id}
        for verb, body, wanted in (
            ("fill_order", {"quantity": "40", "price": "10"}, "E"),
            ("bust_fill", {"exec_id": "last"}, "B"),
            ("fill_order", {"quantity": "10", "price": "10", "force": True}, "E"),
            ("restate_order", {"quantity": "60"}, "C"),
            ("cancel_order", {}, "C"),
        ):
            self.market.do(verb, body, **live)
            self.assertEqual(types(self.trader.read()), wanted, verb)

    def verify(self, **ask: Any) -> Any:
        """What was found."""
        return self.successResultOf(self.market.do("verify_messages", ask))

    def test_wait(self) -> None:
        """It comes when the message does."""
        waiting = self.market.do(
            "wait_messages", session="T", filter="type=A price=12", timeout="5s"
        )
        self.assertNoResult(waiting)
        self.trader.enter("1", Price="12")
        self.assertEqual(len(self.successResultOf(waiting).items), 1)

    def test_verify(self) -> None:
        """By names; where it fails the nearest messages are told with what differs."""
        self.trader.enter("1", Quantity="400")
        self.trader.enter("2", Quantity="600", Side="S", Price="11")
        ask = {"filter": "name=EnterOrder qty>=500 side=SELL", "exactly": 1}
        self.assertTrue(self.verify(**ask).passed)
        order = ["name=EnterOrder UserRefNum=1", "name=OrderAccepted price=10", "type=A price=11"]
        self.assertTrue(self.verify(in_order=order).passed)
        ask = {"filter": "name=EnterOrder qty>=500 side=BUY", "exactly": 1}
        failed = self.verify(**ask)
        self.assertFalse(failed.passed)
        self.assertEqual(failed.text[: len(GOLDEN)], GOLDEN)
