"""OUCH 5.0: what each message does at a venue, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from exsim.config.load import load
from exsim.errors import ConfigError, Conflict
from exsim.interfaces import IAcceptor, IConnection, IMessages, IProtocol, ISession
from exsim.model.codes import Phase
from exsim.model.participants import Participants
from exsim.model.settings import DaySettings
from exsim.plugins import Catalogue
from exsim.protocols.ouch import OuchProtocol
from exsim.protocols.ouch50 import number_of
from exsim.sessions.soup_client import LoginRefused
from tests.ouch_client import OuchPlugins, Trader, endpoint, session, settings, simulator, types
from tests.simulator import RestTestCase


class OuchTestCase(SynchronousTestCase):
    """Tests with a simulator in memory."""

    version = "5.0"

    def start(self, *policies: str, **more: Any) -> None:
        """A simulator, whose endpoint speaks the version of the tests."""
        more.setdefault("endpoints", (endpoint(version=self.version),))
        self.memory = simulator(settings(*policies, **more))
        self.addCleanup(self.memory.stop)

    def setUp(self) -> None:
        """One without policies."""
        self.start()

    def trader(self, name: str = "T1", **more: Any) -> Trader:
        """A counterparty that has logged in, and was told that the day begins."""
        trader = Trader(self.memory, name, self.version, **more)
        trader.read()
        return trader


class SeamTests(OuchTestCase):
    """What a protocol has to provide."""

    def test_interfaces(self) -> None:
        """All seams are there."""
        verifyClass(IProtocol, OuchProtocol)
        trader = self.trader()
        acceptor = self.memory.exchange.endpoints["x"].acceptor
        verifyObject(IAcceptor, acceptor)
        verifyObject(IMessages, acceptor.messages)
        verifyObject(ISession, acceptor.sessions["T1"])
        verifyObject(IConnection, trader.peer.connection)


class EnterTests(OuchTestCase):
    """Enter Order."""

    def test_day_begins(self) -> None:
        """The first message of a stream is the start of the day, once."""
        first = Trader(self.memory, "T1").read()
        self.assertEqual([("S", "S")], [(kind, told["EventCode"]) for kind, told in first])
        self.assertEqual(first[0][1]["Timestamp"], str(1_000_000 * 10**9 % (86_400 * 10**9)))
        self.memory.exchange.session("T1")[1].disconnect(0)
        self.assertEqual(types(Trader(self.memory, "T1").read()), "S")

    def test_midnight(self) -> None:
        """Times are since midnight in the time zone of the venue, as ITCH has them."""
        self.start(day=DaySettings(time_zone="America/New_York"))
        [(_, begun)] = Trader(self.memory, "T1").read()
        second = 1_000_000 % 86_400 - 5 * 3600
        self.assertEqual(begun["Timestamp"], str(second % 86_400 * 10**9))
        [(_, told)] = self.trader("T2").enter("7")
        self.assertEqual(int(told["Timestamp"]) // 10**9, second % 86_400)

    def test_accepted(self) -> None:
        """All fields come back, with the number of the order."""
        told = self.trader().enter("7", ClOrdID="mine", Firm="ABCD", Capacity="A")
        self.assertEqual(
            told[0][1] | {"Timestamp": ""},
            {
                "Timestamp": "",
                "UserRefNum": "7",
                "Side": "B",
                "Quantity": "100",
                "Symbol": "AAA",
                "Price": "10",
                "TimeInForce": "0",
                "Display": "Y",
                "OrderReferenceNumber": "1",
                "Capacity": "A",
                "InterMarketSweepEligibility": "N",
                "CrossType": "N",
                "OrderState": "L",
                "ClOrdID": "mine",
                "Firm": "ABCD",
            },
        )

    def test_executed(self) -> None:
        """Both sides share the match number; one added liquidity, the other removed it."""
        maker, taker = self.trader("T1"), self.trader("T2")
        maker.enter("1")
        told = taker.enter("1", Side="S", Quantity="40", TimeInForce="3", Price="9.5")
        self.assertEqual(types(told), "AE")
        fill, other = told[1][1], maker.read()[0][1]
        self.assertEqual(
            (fill["Quantity"], fill["Price"], fill["LiquidityFlag"]), ("40", "10", "R")
        )
        self.assertEqual((other["Quantity"], other["LiquidityFlag"]), ("40", "A"))
        self.assertEqual((fill["MatchNumber"], other["MatchNumber"]), ("1", "1"))
        self.assertEqual(self.memory.exchange.dispatcher.venue("X").trades[-1].trade_id, 1)

    def test_rest_of_ioc(self) -> None:
        """What does not trade of an order that is immediate or cancel is canceled for that."""
        told = self.trader().enter("1", TimeInForce="3")
        self.assertEqual(types(told), "AC")
        self.assertEqual((told[1][1]["Quantity"], told[1][1]["Reason"]), ("100", "I"))

    def test_reference_numbers(self) -> None:
        """One that is not above all before is ignored, on another connection, too."""
        trader = self.trader()
        self.assertEqual(types(trader.enter("5")), "A")
        self.assertEqual(trader.enter("5"), [])
        self.assertEqual(trader.enter("4"), [])
        trader.lose()
        again = self.trader(sequence=0)
        self.assertEqual(again.enter("5"), [])
        self.assertEqual(types(again.enter("6")), "A")

    def test_rejected_uses_up_the_number(self) -> None:
        """A number that was refused is gone, and the refusal says why."""
        trader = self.trader()
        cases = {
            "1": ({"Symbol": "NONE"}, "23"),
            "2": ({"Quantity": "1000000"}, "19"),
            "3": ({"Price": "10.001"}, "29"),
            "4": ({"Price": "199999.9901"}, "29"),
            "5": ({"Side": "X"}, "9"),
            "6": ({"Display": "Q"}, "3"),
            "7": ({"CrossType": "S"}, "20"),
            "8": ({"TimeInForce": "9"}, "15"),
            "9": ({"PriceType": "Q"}, "5"),
            "10": ({"MinQty": "101"}, "13"),
            "11": ({"Route": "SCAN"}, "22"),
            "12": ({"CustomerType": "R"}, "26"),
            "13": ({"Display": "N", "MaxFloor": "10"}, "4"),
            "14": ({"PriceType": "M", "PostOnly": "P"}, "27"),
            "15": ({"UserRefIdx": "3"}, "15"),
            "16": ({"Quantity": "0"}, "19"),
        }
        for number, (fields, reason) in cases.items():
            told = trader.enter(number, ClOrdID="x" + number, **fields)
            self.assertEqual(types(told), "J", fields)
            self.assertEqual(told[0][1]["Reason"], reason, fields)
            self.assertEqual(told[0][1]["UserRefNum"], number)
            self.assertEqual(told[0][1]["ClOrdID"], "x" + number)
        self.assertEqual(trader.enter("16"), [])

    def test_options(self) -> None:
        """What is appended is asked for, and comes back."""
        trader = self.trader()
        told = trader.enter("1", MaxFloor="20", PostOnly="P", SharesLocated="Y", TradeNow="N")
        self.assertEqual(told[0][1]["MaxFloor"], "20")
        self.assertEqual(told[0][1]["TradeNow"], "N")
        order = self.memory.exchange.dispatcher.venue("X").order(1)
        extra = order.terms.extra
        assert extra is not None
        self.assertEqual(extra.display, 20 * 10**8)
        self.assertEqual((extra.post_only, extra.located), (2, True))

    def test_more_options(self) -> None:
        """Hidden, pegged, discretionary, of a least quantity, with random reserves."""
        trader, venue = self.trader(), self.memory.exchange.dispatcher.venue("X")

        def asked(number: str, **fields: str) -> Any:
            self.assertEqual(types(trader.enter(number, **fields))[:1], "A")
            return venue.order(int(number)).terms.extra

        self.assertTrue(asked("1", Display="N").hidden)
        self.assertEqual(asked("2", MinQty="5", TimeInForce="3").min_qty, 5 * 10**8)
        reserves = asked("3", MaxFloor="10", RandomReserves="5")
        self.assertEqual((reserves.display, reserves.display_high), (10 * 10**8, 15 * 10**8))
        self.assertEqual(asked("4", DiscretionPrice="10.02").discretion, 2_000_000)
        peg = asked("5", PriceType="R", PegOffset="-0.01")
        self.assertEqual((peg.peg, peg.peg_offset), (5, -1_000_000))
        sell = asked("6", Side="S", Price="20", DiscretionPrice="19.95")
        self.assertEqual(sell.discretion, 5_000_000)

    def test_good_till_time(self) -> None:
        """An order with a time to live is over when that is."""
        trader = self.trader()
        self.assertEqual(types(trader.enter("1", TimeInForce="6", ExpireTime="5")), "A")
        self.assertEqual(types(trader.enter("2", TimeInForce="6")), "J")
        self.assertEqual(types(trader.enter("3", TimeInForce="6", ExpireTime="86400")), "J")
        self.memory.reactor.advance(5.1)
        told = trader.read()
        self.assertEqual([("C", "T", "100")], [(k, m["Reason"], m["Quantity"]) for k, m in told])

    def test_market_order(self) -> None:
        """A price of 200,000 is none."""
        maker, taker = self.trader("T1"), self.trader("T2")
        maker.enter("1", Side="S", Price="11")
        told = taker.enter("1", Price="200000", Quantity="30")
        self.assertEqual(types(told), "AE")
        self.assertEqual((told[0][1]["Price"], told[1][1]["Price"]), ("200000", "11"))


class ChangeTests(OuchTestCase):
    """Replace, Cancel and Modify."""

    def test_replace(self) -> None:
        """An order goes on under another number, with its side, symbol and capacity."""
        trader = self.trader()
        trader.enter("1", Capacity="A", Firm="ABCD")
        told = trader.say(
            "U",
            OrigUserRefNum="1",
            UserRefNum="2",
            Quantity="60",
            Price="9.9",
            TimeInForce="0",
            Display="Y",
            InterMarketSweepEligibility="N",
            ClOrdID="new",
        )
        self.assertEqual(types(told), "U")
        new = told[0][1]
        self.assertEqual((new["OrigUserRefNum"], new["UserRefNum"]), ("1", "2"))
        self.assertEqual((new["Capacity"], new["Symbol"], new["Side"]), ("A", "AAA", "B"))
        self.assertEqual((new["Quantity"], new["Price"], new["ClOrdID"]), ("60", "9.9", "new"))
        self.assertEqual((new["OrderState"], new["OrderReferenceNumber"]), ("L", "1"))
        self.assertEqual((new["TimeInForce"], new["Display"]), ("0", "Y"))
        self.assertEqual(self.memory.exchange.dispatcher.venue("X").order(1).terms.account, "ABCD")

    def test_replace_is_for_the_account(self) -> None:
        """What is asked for on a hold is for the account that the order is for."""
        self.start("hold")
        trader, holds = self.trader(), self.memory.exchange.dispatcher.holds
        trader.enter("1", Firm="ABCD")
        self.memory.exchange.dispatcher.ack(1, self.memory.now())
        self.memory.exchange.send_events(self.memory.now())
        self.replace(trader, "1", "2")
        held = holds.get(2).request
        self.assertEqual((held.kind, held.account, held.symbol), ("replace", "ABCD", "AAA"))

    def replace(self, trader: Trader, orig: str, new: str, **fields: str) -> Any:
        """Replace an order by one of 50 at 9."""
        given = {"Quantity": "50", "Price": "9", "TimeInForce": "0", "Display": "Y", **fields}
        return trader.say("U", OrigUserRefNum=orig, UserRefNum=new, **given)

    def test_replace_ignored(self) -> None:
        """One of an order that is not live, or under a number that was used, is ignored."""
        trader = self.trader()
        trader.enter("2")
        self.assertEqual(self.replace(trader, "1", "3"), [])
        self.assertEqual(self.replace(trader, "2", "2"), [])
        self.assertEqual(types(self.replace(trader, "2", "3")), "U")
        self.assertEqual(trader.enter("3"), [])  # the number was used
        self.assertEqual(self.replace(trader, "2", "4"), [])
        self.assertEqual(types(self.replace(trader, "3", "4")), "U")

    def test_replace_invalid(self) -> None:
        """One with invalid details cancels the order, and does not use its number up."""
        trader = self.trader()
        trader.enter("1")
        told = self.replace(trader, "1", "2", Quantity="1000000")
        self.assertEqual([("C", "1", "U")], [(k, m["UserRefNum"], m["Reason"]) for k, m in told])
        self.assertEqual(types(trader.enter("2")), "A")

    def test_replace_refused(self) -> None:
        """One that the venue refuses leaves the order as it is."""
        trader = self.trader()
        trader.enter("1")
        told = self.replace(trader, "1", "2", Price="9.001")
        self.assertEqual([("J", "2", "29")], [(k, m["UserRefNum"], m["Reason"]) for k, m in told])
        told = self.replace(trader, "1", "3", TimeInForce="3")
        self.assertEqual([("J", "21")], [(k, m["Reason"]) for k, m in told])
        self.assertEqual(types(trader.say("X", UserRefNum="1", Quantity="0")), "C")

    def test_replace_to_less_than_filled(self) -> None:
        """The order is dead."""
        trader, other = self.trader("T1"), self.trader("T2")
        trader.enter("1")
        other.enter("1", Side="S", Quantity="60", TimeInForce="3")
        trader.read()
        told = self.replace(trader, "1", "2", Quantity="60")
        self.assertEqual([("U", "D")], [(k, m["OrderState"]) for k, m in told])

    def test_cancel(self) -> None:
        """All that is left goes, once."""
        trader = self.trader()
        trader.enter("1")
        told = trader.say("X", UserRefNum="1", Quantity="0")
        self.assertEqual(
            [("C", "1", "100", "U")],
            [(k, m["UserRefNum"], m["Quantity"], m["Reason"]) for k, m in told],
        )
        self.assertEqual(trader.say("X", UserRefNum="1", Quantity="0"), [])
        self.assertEqual(trader.say("X", UserRefNum="99", Quantity="0"), [])

    def test_cancel_down_to(self) -> None:
        """A quantity is what it is to be in all; the order keeps its name and its place."""
        first, second, third = self.trader("T1"), self.trader("T2"), self.trader("T3")
        first.enter("1")
        second.enter("1")
        self.assertEqual(first.say("X", UserRefNum="1", Quantity="100"), [])
        told = first.say("X", UserRefNum="1", Quantity="70")
        self.assertEqual([("C", "30")], [(k, m["Quantity"]) for k, m in told])
        order = self.memory.exchange.dispatcher.venue("X").order(1)
        self.assertEqual((order.terms.cl_ord_id, order.leaves), ("1", 70 * 10**8))
        third.enter("1", Side="S", Quantity="20", TimeInForce="3")
        self.assertEqual(types(first.read()), "E")
        self.assertEqual(types(second.read()), "")
        told = first.say("X", UserRefNum="1", Quantity="20")
        self.assertEqual([("C", "50")], [(k, m["Quantity"]) for k, m in told])
        self.assertFalse(order.open)

    def test_modify(self) -> None:
        """Side among those that sell, and quantity; the order keeps its name."""
        trader = self.trader()
        trader.enter("1", Side="S")
        told = trader.say("M", UserRefNum="1", Side="T", Quantity="80")
        self.assertEqual(
            [("M", "1", "T", "80")],
            [(k, m["UserRefNum"], m["Side"], m["Quantity"]) for k, m in told],
        )
        order = self.memory.exchange.dispatcher.venue("X").order(1)
        self.assertEqual((order.terms.side, order.terms.cl_ord_id), (5, "1"))
        told = trader.say("M", UserRefNum="1", Side="B", Quantity="80")
        self.assertEqual([("I", "1")], [(k, m["UserRefNum"]) for k, m in told])
        self.assertEqual(trader.say("M", UserRefNum="9", Side="T", Quantity="80"), [])
        self.assertEqual(types(trader.say("X", UserRefNum="1", Quantity="0")), "C")

    def test_account_query(self) -> None:
        """It tells the number that is free."""
        trader = self.trader()
        self.assertEqual(trader.say("Q")[0][1]["NextUserRefNum"], "1")
        trader.enter("41")
        self.assertEqual(trader.say("Q")[0][1]["NextUserRefNum"], "42")


class LaterTests(OuchTestCase):
    """Messages that came after April 2023, by setting."""

    def setUp(self) -> None:
        """They are on."""
        self.start(endpoints=(endpoint(later_messages="yes"),))

    def test_off(self) -> None:
        """Without the setting they are ignored, and use no number up."""
        self.start()
        trader = self.trader()
        trader.enter("1")
        self.assertEqual(trader.say("C", UserRefNum="2"), [])
        self.assertEqual(trader.say("D", UserRefNum="2"), [])
        self.assertEqual(types(trader.enter("2")), "A")

    def test_mass_cancel(self) -> None:
        """All orders, or those of a symbol or a side, are canceled, and the request echoed."""
        trader = self.trader()
        trader.enter("1")
        trader.enter("2", Symbol="BBB")
        trader.enter("3", Side="S", Price="20")
        told = trader.say("C", UserRefNum="4", Symbol="AAA", Side="S")
        self.assertEqual(types(told), "CX")
        self.assertEqual((told[0][1]["UserRefNum"], told[0][1]["Reason"]), ("3", "U"))
        self.assertEqual((told[1][1]["UserRefNum"], told[1][1]["Side"]), ("4", "S"))
        self.assertEqual(types(trader.say("C", UserRefNum="5")), "CCX")
        self.assertEqual(trader.say("C", UserRefNum="5"), [])

    def test_disable(self) -> None:
        """No order is taken until order entry is enabled again."""
        trader = self.trader()
        trader.enter("1")
        told = trader.say("D", UserRefNum="2", Firm="ABCD")
        self.assertEqual([("G", "2", "ABCD")], [(k, m["UserRefNum"], m["Firm"]) for k, m in told])
        self.assertEqual(types(trader.enter("3")), "J")
        self.assertEqual(types(trader.say("X", UserRefNum="1", Quantity="0")), "C")
        self.assertEqual(types(trader.say("E", UserRefNum="4")), "K")
        self.assertEqual(types(trader.enter("5")), "A")


class RestOuchTestCase(RestTestCase):
    """Tests with a simulator that can be talked to over REST."""

    version = "5.0"

    def setUp(self) -> None:
        """One without policies."""
        self.begin_with(settings())

    def begin_with(self, configuration: Any) -> None:
        """Talk to a simulator with these settings."""
        self.start(configuration, OuchPlugins())

    def exec_id(self, number: int) -> str:
        """That of the first fill of an order."""
        fills = self.memory.exchange.dispatcher.venue("X").order(number).fills
        assert fills is not None
        return fills[0].exec_id

    def trader(self, name: str = "T1", **more: Any) -> Trader:
        """A counterparty that has logged in, and was told that the day begins."""
        trader = Trader(self.memory, name, self.version, **more)
        trader.read()
        return trader


class UnaskedTests(RestOuchTestCase):
    """What happens to an order without its counterparty."""

    def test_by_operator(self) -> None:
        """A cancel, a bust and a correction by hand."""
        maker, taker = self.trader("T1"), self.trader("T2")
        maker.enter("1")
        taker.enter("1", Side="S", Quantity="40", ClOrdID="tee")
        maker.read()
        fill = self.exec_id(1)
        self.post("/venues/X/orders/1/correct", {"exec_id": fill, "quantity": "30"})
        told = maker.read()
        self.assertEqual(types(told), "BE")
        self.assertEqual((told[0][1]["MatchNumber"], told[0][1]["Reason"]), ("1", "S"))
        self.assertEqual((told[1][1]["Quantity"], told[1][1]["LiquidityFlag"]), ("30", "A"))
        fill = self.exec_id(2)
        self.post("/venues/X/orders/2/bust", {"exec_id": fill})
        told = taker.read()
        self.assertEqual((types(told), told[0][1]["ClOrdID"]), ("B", "tee"))
        self.assertEqual(told[0][1]["MatchNumber"], "1")
        self.assertEqual(types(taker.say("X", UserRefNum="1", Quantity="0")), "C")
        self.post("/venues/X/orders/1/cancel", {})
        told = maker.read()
        self.assertEqual([("C", "70", "S")], [(k, m["Quantity"], m["Reason"]) for k, m in told])

    def test_holds(self) -> None:
        """Orders and cancels that are held are accepted late, and rejected."""
        self.begin_with(settings("hold"))
        trader = self.trader()
        self.assertEqual(trader.enter("1"), [])
        self.assertEqual(trader.say("X", UserRefNum="1", Quantity="0"), [])
        self.post("/holds/1/ack", {})
        self.assertEqual(types(trader.read()), "A")
        self.assertEqual(trader.say("X", UserRefNum="1", Quantity="0"), [])
        held = self.get("/holds")["items"][0]
        self.assertEqual(held["kind"], "cancel")
        self.post(f"/holds/{held['hold']}/reject", {"reason": "OTHER"})
        self.assertEqual([("I", "1")], [(k, m["UserRefNum"]) for k, m in trader.read()])
        self.assertEqual(trader.say("X", UserRefNum="1", Quantity="0"), [])
        held = self.get("/holds")["items"][0]
        self.post(f"/holds/{held['hold']}/ack", {})
        self.assertEqual(types(trader.read()), "C")

    def test_not_accepted(self) -> None:
        """One that is not accepted yet is canceled, too: whole, and but once."""
        for version in ("5.0", "4.2"):
            self.version = version
            self.begin_with(settings("hold", endpoints=(endpoint(version=version),)))
            self.post("/rules", {"when": "type=X", "then": "match"}, 201)
            name = "UserRefNum" if version == "5.0" else "OrderToken"
            least = {name: "1", ("Quantity" if version == "5.0" else "Shares"): "0"}
            trader = self.trader()
            self.assertEqual(trader.enter("1"), [])
            some = {**least, **dict.fromkeys([each for each in least if each != name], "1")}
            self.assertEqual(trader.say("X", **some), [])  # a part of it alone cannot go
            told = trader.say("X", **least)
            self.assertEqual([("C", "U")], [(kind, m["Reason"]) for kind, m in told])
            self.assertEqual(trader.say("X", **least), [])
            self.assertEqual(self.get("/holds")["items"], [])

    def test_reply(self) -> None:
        """A held order is answered by fields of somebody's choice, or by bytes."""
        self.begin_with(settings("hold"))
        trader = self.trader()
        trader.enter("1")
        fields = {"Type": "J", "UserRefNum": "1", "Reason": "7", "ClOrdID": "odd"}
        self.post("/holds/1/reply", {"fields": [list(pair) for pair in fields.items()]})
        told = trader.read()
        self.assertEqual([("J", "7", "odd")], [(k, m["Reason"], m["ClOrdID"]) for k, m in told])

    def test_messages(self) -> None:
        """They are decoded with names over REST; the password is not told."""
        one = session("T1", password="secret")
        self.begin_with(settings(sessions=(one,)))
        trader = self.trader(password="secret")
        trader.enter("1", ClOrdID="mine")
        found = self.get("/sessions/T1/messages")["items"]
        names = [message["name"] for message in found]
        self.assertEqual(
            names, ["LoginRequest", "LoginAccepted", "SystemEvent", "EnterOrder", "OrderAccepted"]
        )
        self.assertIn("Password=******", found[0]["text"])
        self.assertNotIn("secret", str(found))
        self.assertIn("Side=B (buy)", found[3]["text"])
        found = self.get("/sessions/T1/messages?type=A&tag=ClOrdID%3Dmine")["items"]
        self.assertEqual([message["name"] for message in found], ["OrderAccepted"])
        self.assertEqual(self.get("/sessions/T1/messages?tag=ClOrdID%3Dother")["items"], [])

    def test_filters(self) -> None:
        """The words for FIX find the same in these, and names in quotes what there is besides."""
        maker, taker = self.trader("T1"), self.trader("T2")
        maker.enter("5", ClOrdID="mine", Firm="ABCD")
        taker.enter("1", Side="S", Quantity="40", Symbol="AAA")

        def found(text: str) -> list[str]:
            items = self.get(f"/sessions/T1/messages?filter={quote(text)}")["items"]
            return [message["name"] for message in items]

        self.assertEqual(found("symbol = AAA"), ["EnterOrder", "OrderAccepted"])
        self.assertEqual(found("side = BUY and qty > 99"), ["EnterOrder", "OrderAccepted"])
        self.assertEqual(found("last_qty = 40 and last_px = 10"), ["OrderExecuted"])
        self.assertEqual(found("cl_ord_id = 5 and dir = out"), ["OrderAccepted", "OrderExecuted"])
        self.assertEqual(found("order_id = 1"), ["OrderAccepted"])
        self.assertEqual(found("price = 10 and type = A"), ["OrderAccepted"])
        self.assertEqual(found("symbol = BBB"), [])
        self.assertEqual(
            found('"ClOrdID" = mine and "Firm" = ABCD'), ["EnterOrder", "OrderAccepted"]
        )
        entered = self.get("/sessions/T1/messages?type=O")["items"][0]
        self.assertEqual(entered["caused"]["orders"], ["1"])

    def test_session_over_rest(self) -> None:
        """What it is, its numbers, and messages that are sent by hand."""
        trader = self.trader()
        told = self.get("/sessions/T1")
        self.assertEqual(told["identity"], {"session": "EXSIM", "user": "T1", "version": "5.0"})
        self.assertEqual((told["state"], told["next_out"]), ("active", 2))
        fields = [["Type", "SystemEvent"], ["EventCode", "E"]]
        self.post("/sessions/T1/messages", {"fields": fields})
        self.assertEqual([("S", "E")], [(k, m["EventCode"]) for k, m in trader.read()])
        bad = [["Type", "A"], ["Nothing", "1"]]
        told = self.post("/sessions/T1/messages", {"fields": bad}, status=422)
        self.assertIn("Nothing", told["detail"])


class RefreshTests(OuchTestCase):
    """The next part of an order that displays some of it at a time."""

    def test_bytes(self) -> None:
        """
        Order Restated (R): timestamp, UserRefNum, reason R, and 6 bytes appended: 5 that follow,
        of option 22, DisplayQuantity, with 4 bytes.
        """
        maker, taker = self.trader("T1"), self.trader("T2")
        maker.enter("7", MaxFloor="20")
        taker.enter("1", Side="S", Quantity="20")
        executed, restated = maker.read_raw()
        self.assertEqual(executed[:1], b"E")
        time = executed[1:9]
        self.assertEqual(
            restated, b"R" + time + b"\0\0\0\7" + b"R" + b"\0\6" + b"\5\x16" + b"\0\0\0\x14"
        )

    def test_each_part(self) -> None:
        """One for each, between the trades, with what is left for the last; none for a part."""
        maker, taker = self.trader("T1"), self.trader("T2")
        maker.enter("1", MaxFloor="40")
        taker.enter("1", Side="S", Quantity="30")
        self.assertEqual(types(maker.read()), "E")
        self.assertEqual(types(taker.enter("2", Side="S", Quantity="70")), "AEEE")
        told = maker.read()
        self.assertEqual(types(told), "ERERE")
        restated = [message for kind, message in told if kind == "R"]
        self.assertEqual([message["Reason"] for message in restated], ["R", "R"])
        self.assertEqual([message["DisplayQuantity"] for message in restated], ["40", "20"])

    def test_in_an_auction(self) -> None:
        """Likewise where an auction took what was displayed."""
        self.start(day=DaySettings(phase="opening-auction"))
        trader = self.trader()
        trader.enter("1", MaxFloor="30")
        trader.enter("2", Side="S", Quantity="50")
        trader.read()
        venue = self.memory.exchange.dispatcher.venue("X")
        venue.set_phase(Phase.CONTINUOUS, None, 10**15, self.memory.exchange.dispatcher.out)
        self.memory.exchange.send_events(self.memory.now())
        self.memory.turns.turn_over()
        self.assertEqual(types(trader.read()), "EER")


class PreventionTests(OuchTestCase):
    """Self match prevention."""

    def test_aiq(self) -> None:
        """The order that goes says which trade was prevented."""
        stp = replace(Participants().risk, stp="cancel-oldest")
        self.start(participants=replace(Participants(), risk=stp))
        trader = self.trader()
        trader.enter("1", Firm="ABCD")
        told = trader.enter("2", Side="S", Price="9.5", Quantity="40", Firm="ABCD")
        self.assertEqual(types(told), "AD")
        aiq = told[1][1]
        self.assertEqual(
            (aiq["UserRefNum"], aiq["DecrementShares"], aiq["Reason"]), ("1", "100", "Q")
        )
        self.assertEqual((aiq["QuantityPreventedFromTrading"], aiq["ExecutionPrice"]), ("40", "10"))

    def test_decrement(self) -> None:
        """Both are made smaller by what would have traded."""
        stp = replace(Participants().risk, stp="decrement")
        self.start(participants=replace(Participants(), risk=stp))
        trader = self.trader()
        trader.enter("1", Firm="ABCD")
        told = trader.enter("2", Side="S", Price="9.5", Quantity="40", Firm="ABCD")
        self.assertEqual(types(told), "ADD")
        less = [(m["UserRefNum"], m["DecrementShares"]) for _, m in told[1:]]
        self.assertEqual(sorted(less), [("1", "40"), ("2", "40")])
        told = trader.say("X", UserRefNum="1", Quantity="0")
        self.assertEqual(told[0][1]["Quantity"], "60")


class DayTests(OuchTestCase):
    """Auctions and sessions that end."""

    def test_opening_cross(self) -> None:
        """Orders for the cross trade in it, and are told that they did."""
        self.start(day=DaySettings(phase="opening-auction"))
        buyer, seller = self.trader("T1"), self.trader("T2")
        buyer.enter("1", CrossType="O")
        seller.enter("1", Side="S")
        venue = self.memory.exchange.dispatcher.venue("X")
        venue.set_phase(Phase.CONTINUOUS, None, 10**15, self.memory.exchange.dispatcher.out)
        self.memory.exchange.send_events(self.memory.now())
        self.memory.turns.turn_over()
        for trader in (buyer, seller):
            told = trader.read()
            self.assertEqual([("E", "O")], [(k, m["LiquidityFlag"]) for k, m in told])

    def test_cancel_on_disconnect(self) -> None:
        """Orders go with the connection, and their owner is told when it is back."""
        self.start(endpoints=(endpoint(cancel_on_disconnect="yes"),))
        trader = self.trader()
        trader.enter("1")
        trader.lose()
        again = Trader(self.memory, "T1", sequence=3)
        told = again.read()
        self.assertEqual([("C", "1", "Z")], [(k, m["UserRefNum"], m["Reason"]) for k, m in told])

    def test_resume(self) -> None:
        """What was missed is sent from the number that is asked for."""
        trader = self.trader()
        for number in "123":
            trader.enter(number)
        trader.lose()
        again = Trader(self.memory, "T1", sequence=3)
        self.assertEqual([m["UserRefNum"] for _, m in again.read()], ["2", "3"])

    def test_malformed(self) -> None:
        """A message of a wrong length ends the connection."""
        trader = self.trader()
        trader.soup.send(b"O123", self.memory.now())
        trader.read()
        self.assertTrue(trader.closed)
        self.assertIn("EnterOrder", trader.peer.connection.why)

    def test_unknown_message(self) -> None:
        """One of another type is shown to policies, and otherwise ignored."""
        trader = self.trader()
        trader.soup.send(b"?odd", self.memory.now())
        self.assertEqual(trader.read(), [])
        self.assertFalse(trader.closed)

    def test_schedule(self) -> None:
        """At its end the day is over, and the next has numbers from 1 again."""
        keys = {"start_time": "13:00", "end_time": "14:00"}  # 1970-01-12 13:46:40 UTC is now
        self.start(endpoints=(endpoint(**keys),))
        trader = self.trader()
        trader.enter("5")
        for _ in range(800):
            self.memory.reactor.advance(1)
            trader.soup.deadline(self.memory.now())
            if trader.soup.closing:
                break
            told = trader.read()
            if told:
                self.assertEqual([("S", "E")], [(k, m["EventCode"]) for k, m in told])
        self.assertTrue(trader.soup.ended)
        trader.lose()
        self.memory.reactor.advance(23 * 3600 + 100)
        again = self.trader(sequence=1)
        self.assertEqual(again.soup.session, b"EXSIM2")
        self.assertEqual(types(again.enter("5")), "A")
        names = [
            order.terms.cl_ord_id
            for order in self.memory.exchange.dispatcher.venue("X").orders.all()
        ]
        self.assertEqual(names, ["5", "2/5"])
        self.assertEqual(types(again.say("X", UserRefNum="5", Quantity="0")), "C")


class NameTests(SynchronousTestCase):
    """Names of orders, which need not be of OUCH."""

    def test_number(self) -> None:
        """The UserRefNum in a name, of a later day, too; 0 where there is none that fits."""
        for name, number in (
            ("7", 7),
            ("2/5", 5),
            ("4294967295", 2**32 - 1),
            ("4294967296", 0),
            ("10000000000", 0),
            ("abc", 0),
            ("\u0663", 0),
            ("", 0),
        ):
            self.assertEqual(number_of(name), number, name)


class ConfigurationTests(SynchronousTestCase):
    """What may be configured."""

    def load(self, *lines: str) -> str:
        """What is wrong with an endpoint and a session of these lines; empty for nothing."""
        path = self.mktemp()
        text = "[venue:X]\n[endpoint:x]\nvenue = X\nprotocol = ouch\nlisten = tcp:0\n"
        Path(path).write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
        try:
            load(path, [], Catalogue())
        except ConfigError as error:
            return str(error)
        return ""

    def test_values(self) -> None:
        """Names and passwords fit in a login, a session does not connect, 5.0 has more than 4.2."""
        session = ("[session:S]", "endpoint = x")
        self.assertEqual(self.load(*session, "user = abcdef", "password = 1234567890"), "")
        self.assertIn("at most 6 ASCII", self.load(*session, "user = abcdefg"))
        self.assertIn("at most 10 ASCII", self.load(*session, "password = 12345678901"))
        self.assertIn("at most 10 ASCII", self.load(*session, "session = with blank"))
        self.assertIn("leave connect out", self.load(*session, "connect = tcp:127.0.0.1:1"))
        self.assertIn("OUCH 4.2 has none", self.load("version = 4.2", "later_messages = yes"))
        self.assertIn("end_time", self.load("start_time = 10:00"))
        self.assertIn("order-entry", self.load("role = drop-copy"))

    def test_same_user(self) -> None:
        """Two sessions of one endpoint have different user names."""
        one, other = session("A", user="SAME"), session("B", user="SAME")
        with self.assertRaises(Conflict) as caught:
            simulator(settings(sessions=(one, other)))
        self.assertIn("'SAME' already", str(caught.exception))

    def test_logins(self) -> None:
        """A wrong password, a user that is not there, and too many that were made on the fly."""
        one = session("SAFE", password="right")
        closed = endpoint(accept_any_logon="no", name="x")
        memory = simulator(settings(sessions=(one,), endpoints=(closed,)))
        self.addCleanup(memory.stop)
        for user, password in (("SAFE", "wrong"), ("NOBODY", "right")):
            trader = Trader(memory, user, password=password)
            with self.assertRaises(LoginRefused):
                trader.read()
            self.assertTrue(trader.closed)
        self.assertEqual(types(Trader(memory, "SAFE", password="right").read()), "S")
        memory = simulator(settings(endpoints=(endpoint(max_sessions="1"),)))
        self.addCleanup(memory.stop)
        self.assertEqual(types(Trader(memory, "ONE").read()), "S")
        with self.assertRaises(LoginRefused):
            Trader(memory, "TWO").read()
