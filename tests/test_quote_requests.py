"""Requests for quotes, streams, market makers, last look and indications of interest."""

from __future__ import annotations

import json
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.last_look import LastLook
from exsim.model.amounts import UNIT
from exsim.model.decisions import HOLD, PASS, Decision, Reject
from exsim.model.participants import AccountSettings, Participants, Stay
from exsim.model.requests import NewOrder, Request
from exsim.protocols.fix_versions import NAMES
from tests.fix_market import NOW, SECOND
from tests.market import Market
from tests.quote_market import TIME, Pit, told, units

S = SECOND


def asks(version: str, more: str = "", symbol: str = "AAA") -> str:
    """The body of a request for a quote; ``more`` follows the symbol."""
    group = "" if version in NAMES[:2] else "146=1|"
    return f"131=REQ|{group}55={symbol}|{more}"


def on_quote(name: str, quote_id: str, side: int, qty: int, more: str = "") -> str:
    """The body of a previously quoted order."""
    return f"11={name}|117={quote_id}|21=1|38={qty}|40=D|{more}54={side}|55=AAA|{TIME}"


class PriceTests(SynchronousTestCase):
    """rfq = price: the venue answers by itself."""

    def pit(self, version: str = "FIX.4.4", price: int | None = 100, **quoting: Any) -> Pit:
        """A taker at a venue that quotes 0.02 around its price."""
        pit = Pit(price, **{"rfq": "price", **quoting})
        pit.join("T", version)
        return pit

    def test_quote(self) -> None:
        """Bid and offer around the price, for the quantity asked, with an identifier."""
        for version in NAMES:
            pit = self.pit(version)
            (answer,) = pit.send("T", "R", asks(version, "38=7|"))
            found = told(answer, "131 117 55 132 133 134 135")
            self.assertEqual(found, "S REQ Q2 AAA 99.99 100.01 7 7")
            self.assertTrue((answer.get(b"62") or b"").startswith(b"20240102-03:04:10"))

    def test_side(self) -> None:
        """Who says on which side gets that one; BidPx is 0 where it must be there."""
        for version in NAMES:
            pit = self.pit(version)
            (answer,) = pit.send("T", "R", asks(version, "54=1|"))
            bid = "0" if version in NAMES[:2] else "-"
            self.assertEqual(told(answer, "132 133 134 135"), f"S {bid} 100.01 - 100")
            pit = self.pit(version)
            (answer,) = pit.send("T", "R", asks(version, "54=2|"))
            self.assertEqual(told(answer, "132 133 134 135"), "S 99.99 - 100 -")

    def test_spread(self) -> None:
        """By percent, on ticks, and never nothing."""
        for spread, bid, offer in (
            ((0, 1 * UNIT), "99.5", "100.5"),
            ((UNIT // 1000, 0), "99.99", "100.01"),
            ((0, 0), "100", "100.01"),
        ):
            pit = self.pit(rfq_spread=spread)
            (answer,) = pit.send("T", "R", asks("FIX.4.4"))
            self.assertEqual(told(answer, "132 133"), f"S {bid} {offer}")

    def test_refused(self) -> None:
        """A request that cannot be answered is refused in the form of the version."""
        for version in NAMES:
            for symbol, price, code in (("NO", 100, "1"), ("AAA", None, "8")):
                pit = self.pit(version, price)
                (answer,) = pit.send("T", "R", asks(version, "", symbol))
                if version in NAMES[:2]:
                    self.assertEqual(told(answer, "45"), "3 2")
                elif version == "FIX.4.2":
                    self.assertEqual(told(answer, "372 379"), "j R REQ")
                else:
                    if version == "FIX.4.3" and code == "8":
                        code = "2"
                    self.assertEqual(told(answer, "131 658 55"), f"AG REQ {code} {symbol}")

    def test_none(self) -> None:
        """rfq = none: as a message that the venue does not know."""
        pit = self.pit(rfq="none")
        (answer,) = pit.send("T", "R", asks("FIX.4.4"))
        self.assertEqual(told(answer, "372 380"), "j R 3")

    def test_trade(self) -> None:
        """A previously quoted order trades at the price of the quote, once."""
        for version in NAMES:
            pit = self.pit(version)
            pit.send("T", "R", asks(version, "38=7|"))
            answers = pit.send("T", "D", on_quote("A", "Q2", 1, 7))
            found = [told(answer, "11 39 40 32 31 151") for answer in answers]
            zero = "0" if version in NAMES[:2] else "-"
            left = ("-", "-") if version == "FIX.4.0" else ("7", "0")
            self.assertEqual(
                found, [f"8 A 0 D {zero} {zero} {left[0]}", f"8 A 2 D 7 100.01 {left[1]}"]
            )
            (answer,) = pit.send("T", "D", on_quote("B", "Q2", 1, 7))
            self.assertEqual(told(answer, "39"), "8 8")
            self.assertEqual(pit.market.venue.trades[0].price, 10001 * UNIT // 100)

    def test_not_traded(self) -> None:
        """What the quote does not say is no trade."""
        for body in (
            on_quote("A", "Q2", 1, 8),
            on_quote("A", "Q3", 1, 7),
            on_quote("A", "x", 1, 7),
            on_quote("A", "Q2", 2, 7),
            on_quote("A", "Q2", 1, 7, "44=100|"),
            on_quote("A", "Q2", 1, 7).replace("55=AAA", "55=BBB"),
        ):
            pit = self.pit()
            pit.send("T", "R", asks("FIX.4.4", "54=1|38=7|"))
            (answer,) = pit.send("T", "D", body)
            self.assertEqual(told(answer, "39 14"), "8 8 0", body)
            answers = pit.send("T", "D", on_quote("B", "Q2", 1, 7, "44=100.01|"))
            self.assertEqual(told(answers[-1], "39"), "8 2")

    def test_needs_quote_id(self) -> None:
        """An order on a quote has to say on which."""
        pit = self.pit()
        (answer,) = pit.send("T", "D", on_quote("A", "Q2", 1, 7).replace("117=Q2|", ""))
        self.assertEqual(told(answer, "380 58"), "j 5 Conditionally Required Field Missing (117)")

    def test_of_another(self) -> None:
        """Nobody trades on the quote of another."""
        pit = self.pit()
        pit.join("X")
        pit.send("T", "R", asks("FIX.4.4"))
        (answer,) = pit.send("X", "D", on_quote("A", "Q2", 1, 7))
        self.assertEqual(told(answer, "39"), "8 8")

    def test_expires(self) -> None:
        """A quote is good for its time and no longer."""
        for wait, status in ((4, "2"), (5, "8")):
            pit = self.pit()
            pit.send("T", "R", asks("FIX.4.4"))
            pit.advance(wait * S)
            answers = pit.send("T", "D", on_quote("A", "Q2", 1, 7))
            self.assertEqual(told(answers[-1], "39"), f"8 {status}")

    def test_last_look(self) -> None:
        """The venue looks for a time; the order cannot be canceled, and trades or does not."""
        pit = self.pit(last_look=(S, 0))
        pit.send("T", "R", asks("FIX.4.4"))
        self.assertEqual(pit.send("T", "D", on_quote("A", "Q2", 1, 7)), [])
        (answer,) = pit.send("T", "F", f"11=C|41=A|54=1|55=AAA|{TIME}")
        self.assertEqual(answer.msg_type, b"9")
        pit.advance(S)
        self.assertEqual(pit.read("T", "11 39 58"), ["8 A 8 refused in last look"])
        pit = self.pit(last_look=(S, UNIT))
        pit.send("T", "R", asks("FIX.4.4"))
        pit.send("T", "D", on_quote("A", "Q2", 1, 7))
        pit.advance(S)
        self.assertEqual(pit.read("T", "11 39"), ["8 A 0", "8 A 2"])

    def test_last_look_by_chance(self) -> None:
        """The seed fixes which trade; about as many as it says."""

        def statuses() -> str:
            pit = self.pit(last_look=(0, UNIT // 2))
            found = ""
            for number in range(40):
                (quote,) = pit.send("T", "R", asks("FIX.4.4"))
                body = on_quote(f"A{number}", quote.fields[b"117"].decode(), 1, 7)
                found += told(pit.send("T", "D", body)[-1], "39")[-1]
            return found

        found = statuses()
        self.assertEqual(found, statuses())
        self.assertTrue(18 < found.count("2") < 22, found)

    def test_last_look_is_fair(self) -> None:
        """With any seed: the first trades where most do, and in the long run exactly so many."""
        for chance, least in ((0.8, 1), (0.5, 1), (0.2, 0), (0.0, 0)):
            for seed in range(50):
                desk = LastLook(seed)
                part = round(chance * UNIT)
                trades = [not desk.refuses(part) for _ in range(200)]
                self.assertGreaterEqual(trades[0], least, (chance, seed))
                self.assertLessEqual(abs(sum(trades) - 200 * chance), 1, (chance, seed))
        again = LastLook(7)
        for _ in range(9):
            again.refuses(UNIT // 3)
        other = LastLook(0)
        other.restore(again.state())
        left = [again.refuses(UNIT // 3) for _ in range(50)]
        self.assertEqual([other.refuses(UNIT // 3) for _ in range(50)], left)

    def test_policy_decides(self) -> None:
        """A policy can be the last look: it rejects, holds, or lets through."""

        def decide(request: Request) -> Decision:
            if isinstance(request, NewOrder) and request.extra is not None:
                if request.extra.quote_id:
                    return HOLD if request.side == 2 else Reject(text="not today")
            return PASS

        pit = self.pit()
        pit.chain = pit.market.chain(decide)
        pit.send("T", "R", asks("FIX.4.4"))
        (answer,) = pit.send("T", "D", on_quote("A", "Q2", 1, 7))
        self.assertEqual(told(answer, "39 58"), "8 8 not today")
        self.assertEqual(pit.send("T", "D", on_quote("B", "Q2", 2, 7)), [])
        pit.market.dispatcher.release(1, NOW)
        pit.route()
        self.assertEqual(pit.read("T", "11 39"), ["8 B 0", "8 B 2"])


class StreamTests(SynchronousTestCase):
    """Streams of quotes."""

    def pit(self) -> Pit:
        """A taker of a stream."""
        pit = Pit(100, rfq="price", rfq_time=10 * S)
        pit.join("T")
        self.assertEqual(len(pit.send("T", "R", asks("FIX.4.4", "303=2|"))), 1)
        return pit

    def test_interval(self) -> None:
        """A quote every second, each to trade on, until the time is over."""
        pit = self.pit()
        pit.advance(2 * S)
        pit.market.venue.prices.set("AAA", 101 * UNIT, 0, 0)
        pit.advance(S)
        found = pit.read("T", "131 117 132")
        self.assertEqual(found, ["S REQ Q3 99.99", "S REQ Q4 99.99", "S REQ Q5 100.99"])
        self.assertEqual(told(pit.send("T", "D", on_quote("A", "Q4", 1, 7))[-1], "31"), "8 100.01")
        pit.advance(7 * S)
        found = pit.read("T", "131 117")
        self.assertEqual(found[-1], "Z REQ *")
        self.assertEqual(len(found), 7)
        pit.advance(10 * S)
        self.assertEqual(pit.read("T", "117"), [])

    def test_canceled(self) -> None:
        """A QuoteCancel with its QuoteReqID ends it."""
        pit = self.pit()
        answers = pit.send("T", "Z", "131=REQ|117=*|298=1|")
        self.assertEqual([told(answer, "297") for answer in answers], ["AI 1"])
        pit.advance(5 * S)
        self.assertEqual(pit.read("T", "117"), [])

    def test_expire_time(self) -> None:
        """ExpireTime ends it earlier."""
        pit = Pit(100, rfq="price")
        pit.join("T")
        pit.send("T", "R", asks("FIX.4.4", "303=2|126=20240102-03:04:07.500|"))
        pit.advance(20 * S)
        self.assertEqual([each[0] for each in pit.read("T", "117")], ["S", "S", "Z"])

    def test_repeated(self) -> None:
        """A QuoteReqID that is in use is refused."""
        pit = self.pit()
        (answer,) = pit.send("T", "R", asks("FIX.4.4"))
        self.assertEqual(told(answer, "658"), "AG 99")

    def test_gone(self) -> None:
        """Nothing is streamed to a session that is gone."""
        pit = self.pit()
        out = pit.market.dispatcher.out
        pit.market.venue.left(pit.parties["T"].name, 1, False, Stay(), NOW, out)
        pit.advance(5 * S)
        self.assertEqual(pit.read("T", "117"), [])


class MakerTests(SynchronousTestCase):
    """rfq = makers: requests go to market makers, and their quotes come back."""

    def pit(self, version: str = "FIX.4.4", **quoting: Any) -> Pit:
        """A taker, who has asked, and two market makers of a version."""
        pit = Pit(rfq="makers", rfq_time=10 * S, **quoting)
        pit.join("T")
        pit.join("M1", version)
        pit.join("M2", version)
        pit.makers = ["M1", "M2"]
        self.assertEqual(pit.send("T", "R", asks("FIX.4.4", "54=1|38=5|")), [])
        return pit

    def quote(self, pit: Pit, maker: str, price: int, more: str = "") -> None:
        """A market maker quotes."""
        pit.parties[maker].received()
        body = f"131=R1|117=MINE|55=AAA|132={price - 1}|133={price}|134=9|135=9|{more}"
        self.assertEqual(pit.send(maker, "S", body), [])

    def test_routed(self) -> None:
        """Each market maker is asked, in the form of its version; quotes get own identifiers."""
        for version in NAMES:
            pit = self.pit(version)
            for maker in ("M1", "M2"):
                self.assertEqual(pit.read(maker, "131 55 54 38"), ["R R1 AAA 1 5"])
            self.quote(pit, "M1", 100)
            self.quote(pit, "M2", 99)
            found = pit.read("T", "131 117 133 135")
            self.assertEqual(found, ["S REQ Q2 100 9", "S REQ Q3 99 9"])

    def test_parties(self) -> None:
        """Who asks is told to market makers as it named itself, of each instrument for itself."""
        group = "453=2|448=FUND|447=D|452=3|802=1|523=X|803=4|448=DESK|447=D|452=36|"
        for version in NAMES:
            pit = self.pit(version)
            pit.parties["M1"].received()
            entry = f"55=BBB|54=1|38=5|{group}"
            other = "55=AAA|54=1|38=6|453=1|448=OTHER|447=D|452=1|"
            pit.send("T", "R", f"131=REQ2|146=3|{entry}{other}55=BBB|54=2|38=7|")
            found = [
                each.raw.decode().replace("\x01", "|") for each in pit.parties["M1"].received()
            ]
            names = version in NAMES[4:]
            self.assertEqual([group in each for each in found], [names, False, False])
            self.assertEqual(["OTHER" in each for each in found], [False, names, False])
            self.assertNotIn("453=", found[2])

    def test_indicative(self) -> None:
        """A quote that is indicative is told as such, and nobody trades on it."""
        pit = self.pit()
        self.quote(pit, "M1", 100, "537=0|")
        self.assertEqual(pit.read("T", "117 537 133"), ["S Q2 0 100"])
        (answer,) = pit.send("T", "D", on_quote("A", "Q2", 1, 5))
        self.assertEqual(told(answer, "39"), "8 8")
        self.assertIn("indicative", (answer.get(b"58") or b"").decode())
        self.assertEqual(pit.market.venue.trades.maxlen and len(pit.market.venue.trades), 0)

    def test_limits(self) -> None:
        """A market maker quotes within the limits of its account."""
        account = AccountSettings("ACC", max_position=units(8))
        pit = self.pit(participants=Participants(accounts=(account,)))
        body = "131=R1|117=MINE|55=AAA|133=100|135={}|1=ACC|"
        (*_, answer) = pit.send("M1", "S", body.format(9))
        self.assertEqual(told(answer, "297"), "AI 5")
        self.assertIn("max_position", (answer.get(b"58") or b"").decode())
        self.assertEqual(pit.send("M1", "S", body.format(8)), [])
        self.assertEqual(pit.read("T", "133 135"), ["S 100 8"])

    def test_trade(self) -> None:
        """Both sides are told of the trade, the market maker under its own QuoteID."""
        for version in NAMES:
            pit = self.pit(version)
            self.quote(pit, "M1", 100)
            pit.parties["M1"].received()
            answers = pit.send("T", "D", on_quote("A", "Q2", 1, 5))
            self.assertEqual(told(answers[-1], "39 32 31"), "8 2 5 100")
            self.assertEqual(pit.read("M1", "11 54 39 32 31"), ["8 MINE 2 2 5 100"])
            (trade,) = pit.market.venue.trades
            self.assertNotEqual(trade.maker_order_id, "")

    def test_nobody(self) -> None:
        """No market maker is there, none quotes, or all pass: the taker is told."""
        pit = Pit(rfq="makers", rfq_time=10 * S)
        pit.join("T")
        pit.makers = ["T"]
        (answer,) = pit.send("T", "R", asks("FIX.4.4"))
        self.assertEqual(told(answer, "658"), "AG 8")
        pit = self.pit()
        pit.advance(10 * S)
        self.assertEqual(pit.read("T", "131 658"), ["AG REQ 8"])
        self.assertEqual(pit.read("M1", "131"), ["R R1", "Z R1"])
        pit = self.pit()
        for maker in ("M1", "M2"):
            self.assertEqual(pit.read("T", "131"), [])
            pit.send(maker, "AG", "131=R1|658=10|146=1|55=AAA|")
        self.assertEqual(pit.read("T", "131 658"), ["AG REQ 8"])

    def test_late_refusal(self) -> None:
        """In a version without a message of its own it names the request."""
        for version in NAMES[:3]:
            pit = Pit(rfq="makers", rfq_time=S)
            pit.join("T", version)
            pit.join("M1")
            pit.makers = ["M1"]
            pit.send("T", "R", asks(version))
            pit.advance(S)
            kind = "j" if version == "FIX.4.2" else "3"
            self.assertEqual(pit.read("T", "45"), [f"{kind} 2"])

    def test_bad_quotes(self) -> None:
        """A quote that does not answer the request is refused to its maker alone."""
        pit = self.pit()
        for body in (
            "131=R1|117=M|55=BBB|133=9|135=9|",
            "131=R1|117=M|55=AAA|",
            "131=R1|117=M|55=AAA|132=10|133=9|134=1|135=9|",
        ):
            answers = pit.send("M1", "S", body)
            self.assertEqual(told(answers[-1], "117 297"), "AI M 5")
        self.assertEqual(pit.read("T", "117"), [])

    def test_withdrawn(self) -> None:
        """A market maker's QuoteCancel reaches the taker, who cannot trade on it any more."""
        pit = self.pit()
        self.quote(pit, "M1", 100)
        pit.parties["T"].received()
        answers = pit.send("M1", "Z", "117=MINE|298=1|")
        self.assertEqual(told(answers[-1], "117 297"), "AI MINE 1")
        self.assertEqual(pit.read("T", "131 117"), ["Z REQ Q2"])
        (answer,) = pit.send("T", "D", on_quote("A", "Q2", 1, 5))
        self.assertEqual(told(answer, "39"), "8 8")

    def test_last_look(self) -> None:
        """It holds for quotes of market makers, who do not hear of what does not trade."""
        pit = self.pit(last_look=(S, 0))
        self.quote(pit, "M1", 100)
        pit.parties["M1"].received()
        pit.send("T", "D", on_quote("A", "Q2", 1, 5))
        pit.advance(S)
        self.assertEqual(pit.read("T", "39"), ["8 8"])
        self.assertEqual(pit.read("M1", "39"), [])

    def test_respond(self) -> None:
        """QuoteResponse: a hit trades, a counter goes on to the maker, a pass ends the quote."""
        for version in NAMES[4:]:
            pit = self.pit(version)
            self.quote(pit, "M1", 100)
            pit.parties["M1"].received()
            pit.parties["T"].received()
            counter = "693=N1|117=Q2|694=2|55=AAA|54=1|38=5|44=98|"
            self.assertEqual(pit.send("T", "AJ", counter), [])
            tags = "693 117 694 54 38 44"
            self.assertEqual(pit.read("M1", tags), ["AJ N1 MINE 2 1 5 98"])
            self.quote(pit, "M1", 98, "693=N1|")
            self.assertEqual(pit.read("T", "117 133 693"), ["S Q3 98 N1"])
            answers = pit.send("T", "AJ", "693=N2|117=Q3|694=1|11=HIT|55=AAA|54=1|38=5|")
            self.assertEqual(told(answers[-1], "11 693 39 31"), "8 HIT N2 2 98")
            self.assertEqual(pit.read("M1", "11 31"), ["8 MINE 98"])
            (answer,) = pit.send("T", "AJ", "693=N3|117=Q2|694=6|55=AAA|")
            self.assertEqual(told(answer, "117 297 693"), "AI Q2 11 N3")
            self.assertEqual(pit.read("M1", "694"), ["AJ 6"])
            (answer,) = pit.send("T", "AJ", "693=N4|117=Q2|694=1|55=AAA|")
            self.assertEqual(told(answer, "297"), "AI 9")

    def test_quotes_refused(self) -> None:
        """With quotes = refuse only answers to requests are taken."""
        pit = self.pit(quotes="refuse")
        self.quote(pit, "M1", 100)
        pit.parties["M1"].received()
        (answer,) = pit.send("M1", "S", "131=R9|117=M|55=AAA|133=9|135=9|")
        self.assertEqual(told(answer, "117 297"), "AI M 5")
        (answer,) = pit.send("M1", "S", "117=M|55=AAA|133=9|135=9|")
        self.assertEqual(told(answer, "372"), "j S")


class SnapshotTests(SynchronousTestCase):
    """A venue made again of its state goes on."""

    def test_goes_on(self) -> None:
        """With a stream, quotes, an order that is looked at, and requests to makers."""
        pit = Pit(100, rfq="price", last_look=(S, UNIT))
        pit.join("T")
        pit.send("T", "R", asks("FIX.4.4", "303=2|"))
        pit.send("T", "D", on_quote("A", "Q2", 1, 7))
        venue = pit.market.venue
        state = venue.state()
        other = Market(100, quoting=venue.settings.quoting)
        again = other.venue
        again.restore(state, lambda names: ())
        self.assertEqual(json.dumps(again.state(), default=repr), json.dumps(state, default=repr))
        pit.market.venue = pit.market.dispatcher.venues["X"] = again
        pit.advance(S)
        self.assertEqual(pit.read("T", "117 11 39"), ["S Q3 - -", "8 - A 0", "8 - A 2"])

    def test_reset(self) -> None:
        """A reset forgets all of it."""
        pit = Pit(rfq="makers")
        pit.join("T")
        pit.join("M1")
        pit.makers = ["M1"]
        empty = Pit(rfq="makers").market.venue.requests.state()
        pit.send("T", "R", asks("FIX.4.4"))
        pit.send("M1", "S", "131=R1|117=M|55=AAA|133=9|135=9|")
        pit.market.venue.reset()
        self.assertEqual(pit.market.venue.requests.state(), empty)


class IoiTests(SynchronousTestCase):
    """Indications of interest."""

    body = "23=I1|28=N|55=AAA|54=1|27=500|44=9.5|58=hello|"

    def test_settings(self) -> None:
        """Refused, accepted, or routed to those who want them, in their version."""
        for version in NAMES:
            for setting, answered, routed in (("refuse", 1, 0), ("accept", 0, 0), ("route", 0, 1)):
                pit = Pit(ioi=setting)
                pit.join("T")
                pit.join("M", version)
                pit.makers = ["T", "M"]
                self.assertEqual(len(pit.send("T", "6", self.body)), answered)
                expected = ["6 1 N AAA 1 500 9.5 hello"] * routed
                self.assertEqual(pit.read("M", "23 28 55 54 27 44 58"), expected)

    def test_replaced(self) -> None:
        """One that replaces another names it as its receivers know it."""
        pit = Pit(ioi="route")
        pit.join("T")
        pit.join("U")
        pit.join("M")
        pit.makers = ["M"]
        pit.send("T", "6", self.body)
        pit.send("U", "6", self.body)
        pit.send("T", "6", "23=I2|26=I1|28=R|55=AAA|54=1|27=L|62=20240102-04:00:00|")
        pit.send("T", "6", "23=I3|26=I2|28=C|55=AAA|54=1|27=L|")
        expected = ["6 1 N -", "6 2 N -", "6 3 R 1", "6 4 C 3"]
        self.assertEqual(pit.read("M", "23 28 26"), expected)

    def test_unknown(self) -> None:
        """An instrument that there is not."""
        pit = Pit(ioi="accept")
        pit.join("T")
        (answer,) = pit.send("T", "6", "23=I1|28=N|55=NO|54=1|27=L|")
        self.assertEqual(told(answer, "372 380"), "j 6 2")
        self.assertEqual(units(1), UNIT)
