"""Multileg instruments at a venue: fills, tape, reports, what is listed, and what users define."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import Conflict
from exsim.model.amounts import UNIT
from exsim.model.codes import Phase, Side
from exsim.model.events import Report
from exsim.model.list_settings import ListSettings
from exsim.model.participants import Participants, RiskSettings
from exsim.model.settings import Instrument, Leg
from exsim.protocols.fix_versions import NAMES
from tests.fix_market import Market as Endpoint
from tests.market import Market
from tests.quote_market import TIME, Pit, told

BUY, SELL = Side.BUY, Side.SELL
SPREAD = Instrument(
    "SPR", security_type="MLEG", legs=(Leg("AAA"), Leg("BBB", side="sell")), implied="both"
)
GROUP = "555=2|600=BBB|624=2|600=AAA|623=1|624=1|"
MULTILEG = tuple(NAMES[3:])
"""The versions that have NewOrderMultileg."""


def fills(events: list[Any]) -> list[tuple[str, str, int, int]]:
    """Of each fill: ClOrdID, symbol, quantity and price, in whole units."""
    return [
        (each.cl_ord_id, each.terms.symbol, each.last_qty // UNIT, each.last_px // UNIT)
        for each in events
        if isinstance(each, Report) and each.last_qty
    ]


class VenueTestCase(SynchronousTestCase):
    """AAA and BBB, and a spread of them."""

    def setUp(self) -> None:
        """A venue with settings of its own."""
        self.start()

    def start(self, **settings: Any) -> None:
        """A venue with these settings, and the spread."""
        self.market = Market(**settings)
        self.venue = self.market.venue
        self.venue.add_instrument(SPREAD)

    def legs_there(self, session: str = "L") -> None:
        """A buyer of the spread gets it at 2."""
        self.market.enter("A1", SELL, 5, 10, session=session)
        self.market.enter("B1", BUY, 5, 8, session=session, symbol="BBB")

    def tape(self) -> list[tuple[str, int, int, str, str, int]]:
        """Symbol, price, quantity, maker and taker, and the side of that."""
        return [
            (
                each.symbol,
                each.price // UNIT,
                each.qty // UNIT,
                each.maker_order_id,
                each.taker_order_id,
                each.taker_side,
            )
            for each in self.venue.trades
        ]


class TradeTests(VenueTestCase):
    """Trades of an order with orders of all legs."""

    def test_in(self) -> None:
        """Each order gets a fill at its own price; each book has it on its tape."""
        self.legs_there()
        events = self.market.enter("S1", BUY, 3, 4, symbol="SPR")
        self.assertEqual(
            fills(events), [("S1", "SPR", 3, 2), ("A1", "AAA", 3, 10), ("B1", "BBB", 3, 8)]
        )
        self.assertEqual(
            self.tape(),
            [
                ("SPR", 2, 3, "", "3", int(BUY)),
                ("AAA", 10, 3, "1", "", int(BUY)),
                ("BBB", 8, 3, "2", "", int(SELL)),
            ],
        )
        listings = self.venue.listings
        self.assertEqual(
            [listings[each].last for each in ("SPR", "AAA", "BBB")], [2 * UNIT, 10 * UNIT, 8 * UNIT]
        )
        report = events[1]
        assert isinstance(report, Report) and report.more is not None
        legs = [
            (leg.symbol, leg.side, leg.price // UNIT, leg.qty // UNIT) for leg in report.more.legs
        ]
        self.assertEqual(legs, [("AAA", BUY, 10, 3), ("BBB", SELL, 8, 3)])

    def test_out(self) -> None:
        """An order of a leg takes from one of the spread, and from the other leg."""
        self.market.enter("S1", SELL, 2, 3, symbol="SPR")
        self.market.enter("A1", BUY, 5, 10)
        events = self.market.enter("B1", SELL, 5, 6, symbol="BBB")
        self.assertEqual(
            fills(events), [("B1", "BBB", 2, 7), ("S1", "SPR", 2, 3), ("A1", "AAA", 2, 10)]
        )
        self.assertEqual(self.market.resting("BBB"), [(3, 6, 3)])
        self.assertEqual(self.tape()[0], ("BBB", 7, 2, "", "3", int(SELL)))

    def test_negative_prices(self) -> None:
        """A spread may cost less than nothing, or nothing; its orders rest and trade at that."""
        for name, price in (("S1", -2), ("S2", 0)):
            events = self.market.enter(name, SELL, 1, price, symbol="SPR")
            self.assertEqual([each.text for each in events if isinstance(each, Report)], [""])
        events = self.market.enter("S3", BUY, 2, 0, symbol="SPR")
        self.assertEqual([each[3] for each in fills(events)], [-2, -2, 0, 0])

    def test_explicit_trades_tell_legs(self) -> None:
        """Prices of legs come to that of the spread: the last but for one, which has the rest."""
        self.market.enter("A1", SELL, 1, 10, session="L")
        self.market.enter("A2", BUY, 1, 10)
        self.market.enter("S1", SELL, 1, 3, symbol="SPR")
        events = self.market.enter("S2", BUY, 1, 3, symbol="SPR")
        for report in [each for each in events if isinstance(each, Report) and each.last_qty]:
            assert report.more is not None
            self.assertEqual([leg.price // UNIT for leg in report.more.legs], [10, 7])

    def test_halted_leg(self) -> None:
        """A leg that is halted implies nothing; once it trades again, what can does."""
        self.legs_there()
        self.venue.set_instrument_phase("BBB", Phase.HALT, None, self.market.now, [])
        self.assertEqual(fills(self.market.enter("S1", BUY, 1, 4, symbol="SPR")), [])
        out: list[Any] = []
        self.venue.set_instrument_phase("BBB", None, None, self.market.now, out)
        self.assertEqual(
            fills(out), [("S1", "SPR", 1, 2), ("A1", "AAA", 1, 10), ("B1", "BBB", 1, 8)]
        )

    def test_percentages(self) -> None:
        """Those of a venue, which say nothing of a price that may be 0, are not for spreads."""
        percent, amount = (0, 2 * UNIT), (UNIT, 0)
        for band, taken in ((percent, True), (amount, False)):
            self.start(participants=Participants(RiskSettings(dynamic_band=band)))
            self.market.enter("S1", SELL, 1, 0, symbol="SPR")
            self.market.enter("S2", BUY, 1, 0, symbol="SPR")
            (report,) = self.market.enter("S3", BUY, 1, -3, symbol="SPR")
            assert isinstance(report, Report)
            self.assertEqual(report.text == "", taken)

    def test_own_orders(self) -> None:
        """With self-trade prevention orders of one session are no price for each other."""
        risk = RiskSettings(stp="cancel-newest", stp_by="session")
        self.start(participants=Participants(risk))
        self.legs_there("S")
        self.assertEqual(fills(self.market.enter("S1", BUY, 1, 4, symbol="SPR")), [])
        events = self.market.enter("S2", BUY, 1, 4, session="T", symbol="SPR")
        self.assertEqual(len(fills(events)), 3)


class ListingTests(VenueTestCase):
    """What is listed, and goes."""

    def test_a_leg_stays(self) -> None:
        """A leg cannot go before what is made of it."""
        remove = self.venue.remove_instrument
        error = self.assertRaises(Conflict, remove, "AAA", 0, [])
        self.assertEqual(str(error), "AAA is a leg of SPR: remove that first")
        remove("SPR", 0, [])
        self.assertTrue(self.venue.engine.market("BBB").plain)
        remove("AAA", 0, [])

    def test_legs_that_come_later(self) -> None:
        """A spread that is listed before its legs is linked once they are there."""
        legs = (Leg("AAA"), Leg("CCC", side="sell"))
        self.venue.add_instrument(Instrument("ODD", legs=legs, implied="in"))
        self.assertIsNone(self.venue.engine.market("ODD").links)
        self.venue.add_instrument(Instrument("CCC"))
        self.assertIsNotNone(self.venue.engine.market("ODD").links)

    def test_named_by_legs(self) -> None:
        """An order may name the legs, in any order; the listed instrument is meant."""
        for name in ("legs:BBB:sell:1,AAA:buy:1", "legs:AAA:buy:1,BBB:sell:1"):
            events = self.market.enter(name, BUY, 1, 1, symbol=name)
            self.assertEqual(
                [each.terms.symbol for each in events if isinstance(each, Report)], ["SPR"]
            )

    def test_user_defined(self) -> None:
        """Legs that nothing has make an instrument, where the venue has it so; once."""
        name = "legs:AAA:buy:2,BBB:sell:3"
        (report,) = self.market.enter("1", BUY, 1, 1, symbol=name)
        assert isinstance(report, Report)
        self.assertIn("user_defined = no", report.text)
        self.start(lists=ListSettings(user_defined=True))
        for number in ("1", "2"):
            (report,) = self.market.enter(number, BUY, 1, 1, symbol=name)
            assert isinstance(report, Report)
            self.assertEqual((report.terms.symbol, report.text), ("UDS1", ""))
        made = self.venue.instruments["UDS1"]
        self.assertEqual((made.tick, made.lot, made.implied), (UNIT // 100, UNIT, "both"))

    def test_what_users_cannot_define(self) -> None:
        """The reject says what is wrong with the legs."""
        self.start(lists=ListSettings(user_defined=True))
        for name, why in (
            ("legs:AAA", "these are no legs such as legs:AAA:buy:1,BBB:sell:1"),
            ("legs:AAA:buy:x,BBB:buy:1", "these are no legs such as legs:AAA:buy:1,BBB:sell:1"),
            ("legs:AAA:buy:0,BBB:buy:1", "these are no legs such as legs:AAA:buy:1,BBB:sell:1"),
            ("legs:AAA:buy:1", "1 legs are not from 2 to 16"),
            ("legs:AAA:buy:1,ZZZ:buy:1", "unknown symbol 'ZZZ' of a leg"),
            ("legs:AAA:buy:1,SPR:buy:1", "the leg SPR has legs itself"),
            ("legs:AAA:buy:1,BBB:buy:0.5", "the ratio 0.5 of BBB is no whole number"),
            ("legs:AAA:buy:1,AAA:sell:1", "an instrument is there twice among the legs"),
        ):
            (report,) = self.market.enter(name, BUY, 1, 1, symbol=name)
            assert isinstance(report, Report)
            self.assertEqual((report.text, len(self.venue.instruments)), (why, 3))

    def test_snapshots(self) -> None:
        """A venue that is restored goes on alike."""
        self.legs_there()
        state = deepcopy(self.venue.state())
        before = self.market
        self.start()
        self.venue.restore(deepcopy(state), lambda names: ())
        self.assertEqual(self.venue.state(), state)
        again = self.market.enter("S1", BUY, 9, 4, symbol="SPR")
        self.assertEqual(fills(again), fills(before.enter("S1", BUY, 9, 4, symbol="SPR")))


class FixTests(SynchronousTestCase):
    """Over FIX, in every version."""

    def setUp(self) -> None:
        """A venue with a spread, where users define others."""
        self.pit = Pit()
        self.venue = self.pit.market.venue
        self.venue.settings = replace(self.venue.settings, lists=ListSettings(user_defined=True))
        self.venue.add_instrument(SPREAD)

    def legs_there(self) -> None:
        """As above, by another session."""
        self.pit.market.enter("A1", SELL, 5, 10, session="L")
        self.pit.market.enter("B1", BUY, 5, 8, session="L", symbol="BBB")
        self.pit.market.events.clear()

    def test_single(self) -> None:
        """NewOrderSingle on the symbol works in every version, with a price below zero too."""
        self.legs_there()
        for number, version in enumerate(NAMES):
            party = f"P{number}"
            self.pit.join(party, version)
            body = f"11=S|21=1|55=SPR|54=1|38=1|40=2|44=-1.5|{TIME}"
            (ack,) = self.pit.send(party, "D", body)
            kind = "3" if number >= 2 else "-"
            self.assertEqual(told(ack, "39 55 44 442"), f"8 0 SPR -1.5 {kind}", version)

    def entered(self, version: str, legs: str, more: str = "", reports: str = "") -> list[str]:
        """Enter a NewOrderMultileg to buy 3 at 4; what comes back."""
        if reports:
            self.pit.endpoint = Endpoint(accept_any_logon="yes", multileg_reports=reports)
        self.pit.join("P", version)
        body = f"11=S|54=1|38=3|40=2|44=4|21=1|{TIME}{more}{legs}"
        found = self.pit.send("P", "AB", body)
        return [told(each, "39 55 54 31 32 14 151 442 17") for each in found]

    def test_multileg_order(self) -> None:
        """A listed symbol, with or without its legs, or these alone."""
        for version in MULTILEG:
            for more, legs in (("55=SPR|", GROUP), ("55=[N/A]|", GROUP), ("55=SPR|", "")):
                self.setUp()
                self.legs_there()
                _, fill = self.entered(version, legs, more)
                self.assertEqual(fill, "8 2 SPR 1 2 3 3 0 3 4", version)
                self.assertEqual(list(self.venue.instruments), ["AAA", "BBB", "SPR"])

    def test_leg_reports(self) -> None:
        """A fill is told of the whole, of each leg, or both; a leg has its share of quantities."""
        of_legs = ["8 2 AAA 1 10 3 3 0 2 4-1", "8 2 BBB 2 8 3 3 0 2 4-2"]
        for version in MULTILEG:
            for word, expected in (
                ("legs", of_legs),
                ("both", ["8 2 SPR 1 2 3 3 0 3 4", *of_legs]),
            ):
                self.setUp()
                self.legs_there()
                self.assertEqual(self.entered(version, "", "55=SPR|", word)[1:], expected, version)

    def test_user_defined(self) -> None:
        """Legs that nothing has make an instrument, whose symbol the reports tell."""
        for version in MULTILEG:
            self.setUp()
            legs = GROUP.replace("623=1", "623=2")
            (ack,) = self.entered(version, legs, "55=[N/A]|")
            self.assertEqual(ack, "8 0 UDS1 1 - - 0 3 3 1", version)
            self.assertEqual(
                self.venue.instruments["UDS1"].legs, (Leg("AAA", 2 * UNIT), Leg("BBB", side="sell"))
            )

    def test_replace(self) -> None:
        """MultilegOrderCancelReplace names the order, and perhaps the legs."""
        for version in MULTILEG:
            for more in (f"55=[N/A]|{GROUP}", "55=SPR|", f"55=SPR|{GROUP}"):
                self.setUp()
                self.entered(version, GROUP, "55=[N/A]|")
                body = f"11=T|41=S|54=1|38=2|40=2|44=-4|21=1|{TIME}{more}"
                (report,) = self.pit.send("P", "AC", body)
                self.assertEqual(
                    told(report, "39 11 41 55 38 44 442"),
                    "8 0 T S SPR 2 -4 3",
                    version,
                )

    def test_what_is_wrong(self) -> None:
        """A message that is malformed, or asks for what there is not, is refused."""
        for legs, more, expected in (
            ("", "55=[N/A]|", "j - 555"),
            ("555=1|600=AAA|", "55=[N/A]|", "j - 624"),
            ("555=1|600=AAA|624=1|623=x|", "55=[N/A]|", "3 623 -"),
            ("555=1|600=AAA|624=1|623=-1|", "55=[N/A]|", "3 623 -"),
            ("555=3|600=AAA|624=1|", "55=[N/A]|", "3 555 -"),
            ("555=1|600=AAA|624=9|", "55=[N/A]|", "j - 624"),
        ):
            self.setUp()
            self.pit.join("P", "FIX.4.4")
            body = f"11=S|54=1|38=3|40=2|44=4|{TIME}{more}{legs}"
            (refusal,) = self.pit.send("P", "AB", body)
            text = refusal.fields.get(b"58", b"").decode()
            tag = next(
                (each for each in ("555", "624") if each in text and expected[0] == "j"), "-"
            )
            found = f"{told(refusal, '371')} {tag}"
            self.assertEqual(found, expected)

    def test_versions_without(self) -> None:
        """Before FIX.4.3 there is no such message."""
        self.pit.join("P", "FIX.4.2")
        (refusal,) = self.pit.send("P", "AB", "11=S|55=SPR|54=1|38=3|40=2|44=4|")
        self.assertEqual(refusal.msg_type, b"3")
