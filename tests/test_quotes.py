"""Quotes in the book: entered, filled, replaced, canceled, told of, and pulled by protection."""

from __future__ import annotations

import json
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.amounts import UNIT
from exsim.model.codes import Phase
from exsim.model.participants import AccountSettings, Participants, RiskSettings, Stay
from exsim.model.plain import request_of, request_state
from exsim.model.quote_codes import QUOTE_KINDS
from exsim.model.requests import QuoteMessage
from exsim.protocols.fix_versions import NAMES
from tests.fix_market import NOW, SECOND
from tests.market import Market
from tests.quote_market import ACKED, TIME, Pit, told, units

QUOTE = "117=Q1|55=AAA|132=99|133=101|134=10|135=20|"
ENTRIES = (
    "117=M1|296=1|302=S|{set}304=3|295=3|"
    "299=1|55=AAA|132=9|133=11|134=10|135=10|"
    "299=2|55=BBB|132=19|133=21|134=5|135=5|"
    "299=3|55=NO|132=1|133=2|134=1|135=1|"
)


def order(name: str, side: int, qty: int, price: int, symbol: str = "AAA") -> str:
    """The body of a limit order."""
    return f"11={name}|21=1|38={qty}|40=2|44={price}|54={side}|55={symbol}|{TIME}"


def mass(version: str) -> str:
    """The body of a mass quote for two instruments and one that there is not."""
    return ENTRIES.format(set="311=AAA|" if version == "FIX.4.2" else "")


class QuoteTests(SynchronousTestCase):
    """One two-sided quote."""

    def pit(self, version: str = "FIX.4.4", **quoting: Any) -> Pit:
        """A market maker and a taker; ``participants`` have limits."""
        pit = Pit(**quoting)
        pit.join("MM", version)
        pit.join("T", "FIX.4.4")
        return pit

    def test_rests(self) -> None:
        """It is a bid and an offer in the book, acknowledged where there is a message for it."""
        for version in NAMES:
            pit = self.pit(version)
            answers = pit.send("MM", "S", QUOTE)
            if version in NAMES[:2]:
                self.assertEqual(answers, [])
            elif version == "FIX.4.2":
                self.assertEqual([told(each, "117 297") for each in answers], ["b Q1 0"])
            else:
                expected = ["AI Q1 0 AAA 99 101 10 20"]
                tags = "117 297 55 132 133 134 135"
                self.assertEqual([told(each, tags) for each in answers], expected)
            self.assertEqual(pit.book(), [(99, 10), (101, 20)])

    def test_filled(self) -> None:
        """A fill is a report of the session's order, under the QuoteID."""
        for version in NAMES:
            pit = self.pit(version)
            pit.send("MM", "S", QUOTE)
            pit.send("T", "D", order("A", 1, 5, 101))
            (report,) = pit.parties["MM"].received()
            self.assertEqual(told(report, "11 39 54 32 31 14"), "8 Q1 1 2 5 101 5")
            self.assertEqual(report.get(b"1166"), b"Q1" if version == NAMES[7] else None)
            self.assertEqual(pit.book(), [(99, 10), (101, 15)])

    def test_replaced(self) -> None:
        """A new quote takes the place of the old one, whichever way it moves."""
        pit = self.pit()
        pit.send("MM", "S", QUOTE)
        for low, high in ((102, 104), (95, 97), (99, 101)):
            body = f"117=Q{low}|55=AAA|132={low}|133={high}|134=7|135=8|"
            (answer,) = pit.send("MM", "S", body)
            self.assertEqual(told(answer, "117 297"), f"AI Q{low} 0")
            self.assertEqual(pit.book(), [(low, 7), (high, 8)])
        pit.send("T", "D", order("A", 2, 3, 99))
        self.assertEqual(pit.read("MM", "11 32 31"), ["8 Q99 3 99"])
        self.assertEqual(len(list(pit.market.venue.orders.all())), 3)

    def test_keeps_its_place(self) -> None:
        """The same price for less keeps its place in time; what was filled counts on."""
        pit = self.pit()
        pit.send("MM", "S", QUOTE)
        pit.send("T", "D", order("A", 2, 50, 101))
        pit.send("T", "D", order("B", 1, 4, 101))
        self.assertEqual(pit.read("MM", "14 151"), ["8 4 16"])
        pit.send("MM", "S", "117=Q2|55=AAA|132=99|133=101|134=10|135=6|")
        pit.send("T", "D", order("C", 1, 6, 101))
        self.assertEqual(pit.read("MM", "11 32 14 151 38 39"), ["8 Q2 6 10 0 10 2"])
        self.assertEqual(pit.book(), [(99, 10), (101, 50)])

    def test_one_side(self) -> None:
        """A side without price or size is taken off; a quote without any is none."""
        pit = self.pit()
        pit.send("MM", "S", QUOTE)
        pit.send("MM", "S", "117=Q2|55=AAA|133=101|135=20|")
        self.assertEqual(pit.book(), [(101, 20)])
        pit.send("MM", "S", "117=Q3|55=AAA|132=99|134=0|")
        self.assertEqual(pit.book(), [])
        (answer,) = pit.send("MM", "a", "55=AAA|")
        self.assertEqual(told(answer, "297"), "AI 9")

    def test_refused(self) -> None:
        """What cannot rest is refused as a whole, with the reason of the version."""
        for body, code in (
            ("55=NO|132=99|133=101|134=1|135=1|", "1"),
            ("55=AAA|132=101|133=101|134=1|135=1|", "7"),
            ("55=AAA|132=99.001|133=101|134=1|135=1|", "8"),
            ("55=AAA|132=99|133=101|134=1|135=1.5|", "3"),
            ("55=AAA|132=99|133=101|134=1|135=1|62=20200101-00:00:00|", "4"),
        ):
            for version in NAMES:
                pit = self.pit(version)
                if version in NAMES[:2] and "1.5" in body:
                    continue
                (answer,) = pit.send("MM", "S", f"117=Q1|{body}")
                if version in NAMES[:2]:
                    self.assertEqual(told(answer, "45"), "3 2")
                elif version == "FIX.4.2":
                    self.assertEqual(told(answer, "117 297 300"), f"b Q1 5 {code}")
                else:
                    self.assertEqual(told(answer, "117 297"), "AI Q1 5")
                    reason = code.encode() if version in NAMES[6:] else None
                    self.assertEqual(answer.get(b"300"), reason)
                self.assertEqual(pit.book(), [])

    def test_response_level(self) -> None:
        """QuoteResponseLevel says what is acknowledged, and the venue where it is not there."""
        bad = "117=Q1|55=NO|132=99|134=1|"
        for level, setting, good, refused in (
            ("0", "all", 0, 0),
            ("1", "none", 0, 1),
            ("2", "none", 1, 1),
            ("", "none", 0, 0),
            ("", "negative", 0, 1),
        ):
            pit = self.pit(quote_acks=setting)
            asked = f"301={level}|" if level else ""
            self.assertEqual(len(pit.send("MM", "S", f"{QUOTE}{asked}")), good)
            self.assertEqual(len(pit.send("MM", "S", f"{bad}{asked}")), refused)

    def test_phase(self) -> None:
        """A phase that takes no limit orders takes no quotes; one that collects has them rest."""
        pit = self.pit()
        pit.market.venue.set_phase(Phase.CLOSED, None, NOW, pit.market.dispatcher.out)
        (answer,) = pit.send("MM", "S", QUOTE)
        self.assertEqual(told(answer, "297"), "AI 5")
        pit.market.venue.set_phase(Phase.OPENING_AUCTION, None, NOW, pit.market.dispatcher.out)
        pit.send("T", "D", order("A", 1, 5, 101))
        (answer,) = pit.send("MM", "S", QUOTE)
        self.assertEqual(told(answer, "297"), "AI 0")
        pit.market.venue.set_phase(Phase.CONTINUOUS, None, NOW, pit.market.dispatcher.out)
        pit.route()
        self.assertEqual(pit.read("MM", "11 32"), ["8 Q1 5"])

    def test_takes(self) -> None:
        """A quote that crosses what rests trades at once."""
        pit = self.pit()
        pit.send("T", "D", order("A", 2, 4, 98))
        report, answer = pit.send("MM", "S", QUOTE)
        self.assertEqual(told(report, "11 32 31"), "8 Q1 4 98")
        self.assertEqual(told(answer, "297"), "AI 0")
        self.assertEqual(pit.book(), [(99, 6), (101, 20)])

    def test_valid_until(self) -> None:
        """ValidUntilTime ends it, and that is told."""
        pit = self.pit()
        pit.send("MM", "S", f"{QUOTE}62=20240102-03:04:08|")
        pit.advance(2 * SECOND)
        self.assertEqual(len(pit.book()), 2)
        pit.advance(SECOND)
        self.assertEqual(pit.read("MM", "117 297"), ["AI Q1 7"])
        self.assertEqual(pit.book(), [])

    def test_not_an_order(self) -> None:
        """A QuoteID is no ClOrdID, and mass requests about orders leave quotes alone."""
        pit = self.pit()
        pit.send("MM", "S", QUOTE)
        (answer,) = pit.send("MM", "F", f"11=C|41=Q1|54=1|55=AAA|{TIME}")
        self.assertEqual(told(answer, "102"), "9 1")
        (answer,) = pit.send("MM", "q", f"11=M|530=7|{TIME}")
        self.assertEqual(told(answer, "533"), "r 0")
        self.assertEqual(len(pit.book()), 2)
        (answer,) = pit.send("MM", "D", order("Q1", 1, 1, 90))
        self.assertEqual(told(answer, "39"), "8 0")

    def test_indicative(self) -> None:
        """A quote that is not meant to be traded on is kept and told, and in no book."""
        for version in NAMES[3:]:
            pit = self.pit(version)
            (answer,) = pit.send("MM", "S", f"{QUOTE}537=0|")
            tags = "117 297 537 132 133 134 135"
            self.assertEqual(told(answer, tags), "AI Q1 0 0 99 101 10 20")
            self.assertEqual(pit.book(), [])
            (answer,) = pit.send("MM", "a", "649=?|55=AAA|")
            found = told(answer, "117 537 132 133 134 135")
            self.assertEqual(found, "AI Q1 0 99 101 10 20")
            (answer,) = pit.send("MM", "Z", "117=X|298=4|")
            self.assertEqual(told(answer, "297"), "AI 4")
            (answer,) = pit.send("MM", "a", "649=?|55=AAA|")
            self.assertEqual(told(answer, "297"), "AI 9")

    def test_indicative_and_back(self) -> None:
        """It takes the place of one in the book, and that of it; with no side it is gone."""
        pit = self.pit()
        mass = "296=1|302=S|304=1|295=1|299=1|55=AAA|132=9|133=11|134=10|135=10|"
        pit.send("MM", "i", f"117=M1|{mass}")
        self.assertEqual(len(pit.book()), 2)
        pit.send("MM", "i", f"117=M2|537=0|{mass}")
        self.assertEqual((pit.book(), len(pit.market.venue.quotes.all())), ([], 1))
        pit.send("MM", "i", f"117=M3|{mass}")
        self.assertEqual((len(pit.book()), len(pit.market.venue.quotes.all())), (2, 1))
        gone = mass.partition("132=")[0]
        pit.send("MM", "i", f"117=M4|537=0|{gone}")
        self.assertEqual((pit.book(), pit.market.venue.quotes.all()), ([], []))

    def test_indicative_ends(self) -> None:
        """With its time, its session, the day, its instrument; that is in snapshots."""
        venue = self.indicative().market.venue
        again = Pit().market.venue
        again.restore(venue.state(), lambda names: ())
        self.assertEqual(again.state(), venue.state())
        self.assertEqual(len(again.quotes.all()), 1)
        pit = self.indicative("62=20240102-03:05:05|")
        pit.advance(60 * SECOND)
        self.assertEqual(pit.read("MM", "117 297"), ["AI Q1 7"])
        pit = self.indicative()
        venue, name, out = pit.market.venue, pit.parties["MM"].name, pit.market.dispatcher.out
        venue.left(name, 1, False, Stay(), NOW, out)
        self.assertEqual(len(venue.quotes.all()), 1)
        venue.left(name, 1, False, Stay(True), NOW, out)
        pit.route()
        self.assertEqual(pit.read("MM", "117 297"), ["AI Q1 6"])
        pit = self.indicative()
        venue, out = pit.market.venue, pit.market.dispatcher.out
        venue.set_phase(Phase.CLOSED, None, NOW, out)
        pit.route()
        self.assertEqual(pit.read("MM", "117 297"), ["AI Q1 6"])
        venue = self.indicative().market.venue
        venue.remove_instrument("AAA", NOW, [])
        self.assertEqual(venue.quotes.all(), [])

    def indicative(self, more: str = "") -> Pit:
        """A venue with an indicative quote."""
        pit = self.pit()
        pit.send("MM", "S", f"{QUOTE}537=0|{more}")
        return pit

    def test_limits(self) -> None:
        """Those of the account: open orders, position and credit, of both sides together."""
        for limits, refusals in (
            ({"max_open_orders": 2}, [None, None]),
            ({"max_open_orders": 1}, ["max_open_orders", "max_open_orders"]),
            ({"max_position": units(20)}, [None, None]),
            ({"max_position": units(19)}, ["max_position", "max_position"]),
            ({"credit": units(2020)}, [None, None]),
            ({"credit": units(2019)}, ["credit", "credit"]),
        ):
            account = AccountSettings("ACC", **limits)  # type: ignore[arg-type]
            risk = RiskSettings(duplicate_within=5 * SECOND)
            pit = self.pit(participants=Participants(risk, (account,)))
            found = []
            for name in ("Q1", "Q2"):  # the same again is no duplicate, nor more
                body = QUOTE.replace("Q1", name)
                (answer,) = pit.send("MM", "S", f"{body}1=ACC|")
                text = told(answer, "297 58")
                found.append(None if text == "AI 0 -" else text.split()[2].rstrip(":"))
            self.assertEqual(found, refusals, limits)
            self.assertEqual(len(pit.book()), 0 if refusals[0] else 2)

    def test_refused_by_setting(self) -> None:
        """quotes = refuse: as a message that the venue does not know."""
        pit = self.pit(quotes="refuse")
        (answer,) = pit.send("MM", "S", QUOTE)
        self.assertEqual(told(answer, "380 372"), "j 3 S")


class MassQuoteTests(SynchronousTestCase):
    """Many quotes in one message."""

    def test_entries(self) -> None:
        """Each entry rests or not; those that do not are listed."""
        for version in ACKED:
            pit = Pit()
            pit.join("MM", version)
            (answer,) = pit.send("MM", "i", mass(version))
            tags = "117 297 296 302 304 295 299 55 368"
            self.assertEqual(told(answer, tags), "b M1 0 1 S 3 1 3 NO 1")
            self.assertEqual(pit.book("AAA"), [(9, 10), (11, 10)])
            self.assertEqual(pit.book("BBB"), [(19, 5), (21, 5)])

    def test_of_an_underlying(self) -> None:
        """An entry that names no instrument is for the underlying of its set."""
        pit = Pit()
        pit.join("MM", "FIX.4.2")
        entry = "299=1|132=9|134=10|"
        sets = f"302=A|311=AAA|304=1|295=1|{entry}302=B|311=BBB|304=1|295=1|{entry}"
        (answer,) = pit.send("MM", "i", f"117=M|296=2|{sets}")
        self.assertEqual(told(answer, "297 296"), "b 0 -")
        self.assertEqual((pit.book("AAA"), pit.book("BBB")), ([(9, 10)], [(9, 10)]))

    def test_all_refused(self) -> None:
        """Where nothing is taken the message is refused."""
        pit = Pit()
        pit.join("MM")
        body = "117=M|296=1|302=S|304=1|295=1|299=9|55=NO|132=1|134=1|"
        (answer,) = pit.send("MM", "i", body)
        self.assertEqual(told(answer, "297 300 299 368"), "b 5 1 9 1")

    def test_fill_tells_the_entry(self) -> None:
        """Reports of fills name the entry: SecondaryClOrdID, or a tag of exsim's own before."""
        for version in ACKED:
            pit = Pit()
            pit.join("MM", version)
            pit.join("T")
            pit.send("MM", "i", mass(version))
            pit.send("T", "D", order("A", 2, 5, 19, "BBB"))
            (report,) = pit.parties["MM"].received()
            tag = "20299" if version == "FIX.4.2" else "526"
            self.assertEqual(told(report, f"11 {tag} 32 55"), "8 M1 2 5 BBB")

    def test_levels(self) -> None:
        """Entries of other identifiers rest beside each other; the same one is replaced."""
        pit = Pit()
        pit.join("MM")
        level = "299={}|55=AAA|132={}|133={}|134=1|135=1|"
        entries = level.format(1, 9, 11) + level.format(2, 8, 12)
        pit.send("MM", "i", f"117=M|296=1|302=S|304=2|295=2|{entries}")
        self.assertEqual([price for price, _ in pit.book()], [9, 8, 11, 12])
        pit.send("MM", "i", f"117=N|296=1|302=S|304=1|295=1|{level.format(2, 7, 13)}")
        self.assertEqual([price for price, _ in pit.book()], [9, 7, 11, 13])


class CancelTests(SynchronousTestCase):
    """Quotes that go."""

    def pit(self, version: str) -> Pit:
        """Quotes of two sessions."""
        pit = Pit()
        pit.join("MM", version)
        pit.join("XX")
        pit.send("MM", "i", mass(version))
        pit.send("MM", "S", "117=Q1|55=AAA|132=8|134=3|")
        pit.send("XX", "S", "117=Q1|55=AAA|132=7|134=4|")
        return pit

    def test_how(self) -> None:
        """By identifier, by symbol, by type, or all: those of the session alone."""
        for version in ACKED:
            one = "298=5|" if version in NAMES[5:] else "298=1|"
            # BUY quotes of AAA left, whether BBB is left, and the status
            for body, bids, others, status in (
                (f"117=Q1|{one}", [9, 7], 2, 17),
                ("117=X|298=1|295=1|55=AAA|", [7], 2, 1),
                ("117=X|298=1|295=1|55=BBB|", [9, 8, 7], 0, 1),
                ("117=X|298=2|295=1|55=AAA|167=CS|", [7], 0, 2),
                ("117=X|298=4|", [7], 0, 4),
            ):
                pit = self.pit(version)
                (answer,) = pit.send("MM", "Z", body)
                left = [price for price, _ in pit.book("AAA") if price < 10]
                self.assertEqual((left, len(pit.book("BBB"))), (bids, others), f"{version} {body}")
                kind = "b" if version == "FIX.4.2" else "AI"
                if status == 17 and version not in NAMES[6:]:
                    status = 1
                self.assertEqual(told(answer, "297"), f"{kind} {status}")

    def test_unknown(self) -> None:
        """There is no such quote."""
        for version in ACKED:
            pit = self.pit(version)
            (answer,) = pit.send("MM", "Z", "117=NO|298=1|")
            expected = "b 5 5" if version == "FIX.4.2" else "AI 9"
            tags = "297 300" if version == "FIX.4.2" else "297"
            self.assertEqual(told(answer, tags), expected)
            self.assertEqual(len(pit.send("MM", "Z", "117=NO|298=1|301=0|")), 0)

    def test_other_scopes(self) -> None:
        """What exsim has no notion of is refused."""
        pit = self.pit("FIX.5.0SP2")
        (answer,) = pit.send("MM", "Z", "117=X|298=7|")
        self.assertEqual(answer.msg_type, b"j")
        self.assertEqual(len(pit.book("BBB")), 2)


class StatusTests(SynchronousTestCase):
    """QuoteStatusRequest."""

    def test_status(self) -> None:
        """A report for each quote of an instrument, with what is left of it."""
        for version in ACKED:
            pit = Pit()
            pit.join("MM", version)
            pit.join("T")
            pit.send("MM", "i", mass(version))
            pit.send("T", "D", order("A", 2, 4, 9))
            pit.parties["MM"].received()
            named = "" if version == "FIX.4.2" else "649=R|"
            (answer,) = pit.send("MM", "a", f"{named}55=AAA|")
            active = "16" if version in NAMES[6:] else "0"
            if version == "FIX.4.2":
                self.assertEqual(told(answer, "117 297"), "b M1 0")
            else:
                tags = "649 117 297 132 134 133 135"
                self.assertEqual(told(answer, tags), f"AI R M1 {active} 9 6 11 10")
            (answer,) = pit.send("MM", "a", f"{named}117=NO|55=AAA|")
            self.assertEqual(told(answer, "297"), "b 5" if version == "FIX.4.2" else "AI 9")


class ProtectionTests(SynchronousTestCase):
    """Market maker protection."""

    def pit(self, **quoting: Any) -> Pit:
        """A market maker with quotes in AAA and BBB, who is filled."""
        pit = Pit(**quoting)
        pit.join("MM")
        pit.join("T")
        pit.send("MM", "i", mass("FIX.4.4"))
        return pit

    def hit(self, pit: Pit, name: str, qty: int = 1, side: int = 1) -> list[str]:
        """Fill a quote in AAA; the states of quotes that its market maker is told."""
        pit.send("T", "D", order(name, side, qty, 11 if side == 1 else 9))
        told_ = pit.read("MM", "55 297 58")
        return [" ".join(each.split()[:3]) for each in told_ if each.startswith("AI")]

    def test_fills(self) -> None:
        """One fill too many within the time: its quotes in the underlying are pulled."""
        pit = self.pit(mmp_fills=2)
        self.assertEqual(self.hit(pit, "A") + self.hit(pit, "B"), [])
        self.assertEqual(self.hit(pit, "C"), ["AI AAA 6"])
        self.assertEqual((pit.book("AAA"), len(pit.book("BBB"))), ([], 2))
        (answer,) = pit.send("MM", "S", QUOTE)
        self.assertEqual(told(answer, "297"), "AI 5")
        self.assertIn(b"mmp_fills: 3 fills within 1000 ms, above 2", answer.fields[b"58"])

    def test_time(self) -> None:
        """Fills that are longer ago do not count."""
        pit = self.pit(mmp_fills=2)
        for name in "ABCD":
            self.assertEqual(self.hit(pit, name), [])
            pit.advance(SECOND // 2)

    def test_quantity_and_delta(self) -> None:
        """Quantity counts both ways, delta one against the other."""
        pit = self.pit(mmp_quantity=units(5))
        self.assertEqual(self.hit(pit, "A", 3) + self.hit(pit, "B", 2, 2), [])
        self.assertEqual(self.hit(pit, "C", 1), ["AI AAA 6"])
        pit = self.pit(mmp_delta=units(5))
        self.assertEqual(self.hit(pit, "A", 3) + self.hit(pit, "B", 3, 2), [])
        self.assertEqual(self.hit(pit, "C", 6), ["AI AAA 6"])

    def test_by_session(self) -> None:
        """All quotes of the session go with mmp_by = session."""
        pit = self.pit(mmp_fills=1, mmp_by="session")
        self.hit(pit, "A")
        self.assertEqual(self.hit(pit, "B"), ["AI AAA 6", "AI BBB 6"])
        self.assertEqual((pit.book("AAA"), pit.book("BBB")), ([], []))

    def test_reset(self) -> None:
        """A quote with MMProtectionReset, or a reset by hand, lets quotes in again."""
        pit = self.pit(mmp_fills=1)
        self.hit(pit, "A")
        self.hit(pit, "B")
        (answer,) = pit.send("MM", "S", f"{QUOTE}9773=Y|")
        self.assertEqual(told(answer, "297"), "AI 0")
        pit.send("T", "D", order("C", 1, 1, 101))
        pit.send("T", "D", order("D", 1, 1, 101))
        self.assertEqual(pit.book(), [])
        name = pit.parties["MM"].name
        self.assertEqual(pit.market.venue.quotes.protection.reset(name, "BBB"), [])
        self.assertEqual(pit.market.venue.quotes.protection.reset(name, "AAA"), [(name, "AAA")])
        pit.parties["MM"].received()
        (answer,) = pit.send("MM", "S", QUOTE)
        self.assertEqual(told(answer, "297"), "AI 0")

    def test_within_its_own_message(self) -> None:
        """A quote that trades too much as it comes in does not get its other side in."""
        pit = Pit(mmp_fills=1)
        pit.join("MM")
        pit.join("T")
        pit.send("T", "D", order("A", 2, 1, 98))
        pit.send("T", "D", order("B", 2, 1, 98))
        pit.send("MM", "S", QUOTE)
        self.assertEqual(pit.book(), [])


class StateTests(SynchronousTestCase):
    """Snapshots, and requests as plain values."""

    def test_snapshot(self) -> None:
        """A venue made again of a state acts as the first would have."""
        pit = Pit(mmp_fills=2)
        pit.join("MM")
        pit.join("T")
        pit.send("MM", "i", mass("FIX.4.4"))
        pit.send("T", "D", order("A", 1, 1, 11))
        venue = pit.market.venue
        state = venue.state()
        again = Market(quoting=venue.settings.quoting).venue
        again.restore(state, lambda names: ())
        self.assertEqual(json.dumps(again.state(), default=repr), json.dumps(state, default=repr))
        pit.market.venue = pit.market.dispatcher.venues["X"] = again
        pit.send("T", "D", order("B", 1, 1, 11))
        self.assertEqual(len(pit.book()), 2)
        pit.send("T", "D", order("C", 1, 1, 11))
        self.assertEqual(pit.book(), [])

    def test_plain(self) -> None:
        """Requests of each kind come back equal."""
        pit = Pit()
        pit.join("MM", "FIX.5.0SP2")
        found: list[QuoteMessage] = []
        for msg_type, body in (
            ("S", QUOTE),
            ("i", mass("FIX.5.0SP2")),
            ("Z", "117=X|298=1|295=1|55=AAA|"),
            ("a", "649=R|55=AAA|"),
            ("R", "131=R|146=1|55=AAA|54=1|38=5|303=2|"),
            ("AJ", "693=R|117=Q1|694=1|55=AAA|54=1|38=5|44=3|"),
            ("6", "23=I|28=N|55=AAA|54=1|27=L|44=3|58=text|"),
        ):
            (request,) = pit.parties["MM"].client.send(msg_type, body)
            assert isinstance(request, QuoteMessage)
            plain = request_state(request)
            self.assertEqual(request_state(request_of(plain)), plain)
            found.append(request)
        self.assertEqual(tuple(request.kind for request in found), QUOTE_KINDS)
        self.assertEqual(UNIT, 10**8)
