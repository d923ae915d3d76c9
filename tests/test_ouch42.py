"""OUCH 4.2: orders with tokens, and what it has that 5.0 has not."""

from __future__ import annotations

from dataclasses import replace

from exsim.model.participants import Participants
from exsim.model.settings import DaySettings
from tests.ouch_client import endpoint, settings, types
from tests.test_ouch import OuchTestCase, RestOuchTestCase


class TokenTests(OuchTestCase):
    """Enter, replace, cancel and modify by tokens."""

    version = "4.2"

    def test_accepted(self) -> None:
        """All fields come back, with the number of the order."""
        trader = self.trader()
        told = trader.enter("TOK 1", Firm="ABCD", MinimumQuantity="10", Capacity="A")
        self.assertEqual(
            told[0][1] | {"Timestamp": ""},
            {
                "Timestamp": "",
                "OrderToken": "TOK 1",
                "BuySellIndicator": "B",
                "Shares": "100",
                "Stock": "AAA",
                "Price": "10",
                "TimeInForce": "99998",
                "Firm": "ABCD",
                "Display": "Y",
                "OrderReferenceNumber": "1",
                "Capacity": "A",
                "IntermarketSweepEligibility": "N",
                "MinimumQuantity": "10",
                "CrossType": "N",
                "OrderState": "L",
                "BBOWeightIndicator": "",
            },
        )

    def test_repeated_token(self) -> None:
        """It is ignored, whatever became of the first order, on another connection, too."""
        trader = self.trader()
        self.assertEqual(types(trader.enter("A")), "A")
        self.assertEqual(trader.enter("A"), [])
        self.assertEqual(types(trader.enter("B", Stock="NONE")), "J")
        self.assertEqual(trader.enter("B"), [])
        trader.lose()
        self.assertEqual(self.trader(sequence=4).enter("A"), [])

    def test_reasons(self) -> None:
        """Why an order is rejected."""
        trader = self.trader()
        cases = (
            ({"Stock": "NONE"}, "S"),
            ({"Shares": "1000000"}, "Z"),
            ({"Price": "10.001"}, "X"),
            ({"Display": "?"}, "D"),
            ({"Display": "O"}, "O"),
            ({"CrossType": "S"}, "R"),
            ({"MinimumQuantity": "101"}, "N"),
            ({"TimeInForce": "86400"}, "O"),
            ({"CustomerType": "R"}, "O"),
        )
        for number, (fields, reason) in enumerate(cases):
            told = trader.enter(f"T{number}", **fields)
            self.assertEqual([("J", reason)], [(k, m["Reason"]) for k, m in told], fields)

    def test_displays(self) -> None:
        """Hidden, post only and pegged orders."""
        trader, venue = self.trader(), self.memory.exchange.dispatcher.venue("X")
        for number, (display, hidden, post_only, peg) in enumerate(
            (("N", True, 0, 0), ("P", False, 2, 0), ("M", False, 0, 2), ("W", False, 2, 2)), 1
        ):
            trader.enter(f"T{number}", Display=display)
            extra = venue.order(number).terms.extra
            assert extra is not None
            found = (extra.hidden, extra.post_only, extra.peg)
            self.assertEqual(found, (hidden, post_only, peg), display)

    def test_seconds(self) -> None:
        """A time in force is so many seconds; 0 is immediate or cancel."""
        trader = self.trader()
        self.assertEqual(types(trader.enter("T1", TimeInForce="0")), "AC")
        self.assertEqual(types(trader.enter("T2", TimeInForce="5")), "A")
        self.memory.reactor.advance(5.1)
        self.assertEqual([("C", "T")], [(k, m["Reason"]) for k, m in trader.read()])

    def test_changes(self) -> None:
        """Replace, cancel down, modify, cancel."""
        trader = self.trader()
        trader.enter("T1", BuySellIndicator="S", Firm="ABCD")
        told = trader.say("X", OrderToken="T1", Shares="90")
        self.assertEqual([("C", "10")], [(k, m["DecrementShares"]) for k, m in told])
        told = trader.say("M", OrderToken="T1", BuySellIndicator="E", Shares="80")
        self.assertEqual(
            [("M", "E", "80")], [(k, m["BuySellIndicator"], m["Shares"]) for k, m in told]
        )
        told = trader.say(
            "U",
            ExistingOrderToken="T1",
            ReplacementOrderToken="T2",
            Shares="70",
            Price="11",
            TimeInForce="99998",
            Display="Y",
            IntermarketSweepEligibility="N",
        )
        new = told[0][1]
        self.assertEqual((new["ReplacementOrderToken"], new["PreviousOrderToken"]), ("T2", "T1"))
        self.assertEqual((new["Firm"], new["BuySellIndicator"], new["Stock"]), ("ABCD", "E", "AAA"))
        self.assertEqual(trader.say("X", OrderToken="T1", Shares="0"), [])
        told = trader.say("X", OrderToken="T2", Shares="0")
        self.assertEqual(
            [("C", "70", "U")], [(k, m["DecrementShares"], m["Reason"]) for k, m in told]
        )

    def test_replace_refused(self) -> None:
        """By the venue: the order stays; for what it says: the order goes, the token is free."""
        trader = self.trader()
        trader.enter("T1")
        fields = {
            "ExistingOrderToken": "T1",
            "Shares": "70",
            "TimeInForce": "99998",
            "Display": "Y",
        }
        told = trader.say("U", ReplacementOrderToken="T2", Price="9.001", **fields)
        self.assertEqual([("J", "T2", "X")], [(k, m["OrderToken"], m["Reason"]) for k, m in told])
        told = trader.say("U", ReplacementOrderToken="T3", Price="214748", **fields)
        self.assertEqual([("C", "T1")], [(k, m["OrderToken"]) for k, m in told])
        self.assertEqual(types(trader.enter("T3")), "A")

    def test_executed(self) -> None:
        """Both sides share the match number."""
        maker, taker = self.trader("T1"), self.trader("T2")
        maker.enter("M")
        told = taker.enter("T", BuySellIndicator="S", Shares="40", Price="214748.3647")
        self.assertEqual(types(told), "AE")
        self.assertEqual(told[1][1]["ExecutionPrice"], "10")
        flags = [told[1][1]["LiquidityFlag"], maker.read()[0][1]["LiquidityFlag"]]
        self.assertEqual(flags, ["R", "A"])

    def test_trade_now(self) -> None:
        """It is acknowledged where the order is live."""
        trader = self.trader()
        trader.enter("T1")
        self.assertEqual(
            [("N", "T1")], [(k, m["OrderToken"]) for k, m in trader.say("N", OrderToken="T1")]
        )
        self.assertEqual(trader.say("N", OrderToken="T9"), [])

    def test_what_it_has_not(self) -> None:
        """Account query, mass cancel, disable and enable are messages of 5.0 alone."""
        trader = self.trader()
        for data in (b"Q", b"C\0\0\0\1FIRMAAA     \0\0", b"D\0\0\0\1FIRM\0\0"):
            trader.soup.send(data, self.memory.now())
            self.assertEqual(trader.read(), [])
        self.assertFalse(trader.closed)
        trader.soup.send(b"O" + b" " * 14 + b"\0" * 34, self.memory.now())
        trader.read()
        self.assertTrue(trader.closed)  # a blank token

    def test_aiq(self) -> None:
        """Self match prevention."""
        stp = replace(Participants().risk, stp="cancel-oldest")
        self.start(participants=replace(Participants(), risk=stp))
        trader = self.trader()
        trader.enter("T1", Firm="ABCD")
        told = trader.enter("T2", BuySellIndicator="S", Price="9.5", Shares="40", Firm="ABCD")
        self.assertEqual(types(told), "AD")
        aiq = told[1][1]
        self.assertEqual((aiq["OrderToken"], aiq["DecrementShares"]), ("T1", "100"))
        self.assertEqual((aiq["QuantityPreventedFromTrading"], aiq["ExecutionPrice"]), ("40", "10"))

    def test_halted(self) -> None:
        """An order while the market is halted."""
        self.start(day=DaySettings(phase="halt"))
        told = self.trader().enter("T1")
        self.assertEqual([("J", "H")], [(k, m["Reason"]) for k, m in told])


class CorrectionTests(RestOuchTestCase):
    """What an operator does."""

    version = "4.2"

    def setUp(self) -> None:
        """A simulator that can be talked to over REST."""
        self.begin_with(settings(endpoints=(endpoint(version="4.2"),)))

    def test_correct_and_bust(self) -> None:
        """A correction has a message of its own in 4.2."""
        maker, taker = self.trader("T1"), self.trader("T2")
        maker.enter("M1")
        taker.enter("T1", BuySellIndicator="S", Shares="40")
        maker.read()
        self.post("/venues/X/orders/1/correct", {"exec_id": self.exec_id(1), "quantity": "30"})
        told = maker.read()
        self.assertEqual(types(told), "F")
        self.assertEqual((told[0][1]["ExecutedShares"], told[0][1]["MatchNumber"]), ("30", "1"))
        self.post("/venues/X/orders/1/bust", {"exec_id": self.exec_id(1)})
        self.assertEqual([("B", "M1")], [(k, m["OrderToken"]) for k, m in maker.read()])

    def test_restated(self) -> None:
        """Another price than the order's own is told as a change of priority."""
        trader = self.trader()
        trader.enter("T1")
        self.post("/venues/X/orders/1/restate", {"price": "9.5", "quantity": "60"})
        told = trader.read()
        self.assertEqual(types(told), "CT")
        self.assertEqual((told[0][1]["DecrementShares"], told[0][1]["Reason"]), ("40", "S"))
        self.assertEqual(told[1][1]["Price"], "9.5")
