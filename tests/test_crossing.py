"""Crosses: which trade, at what price, and what is left of them."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.errors import Conflict
from exsim.model.amounts import UNIT
from exsim.model.codes import Phase, Reason, Side
from exsim.model.decisions import HOLD, Reject
from exsim.model.events import Report
from exsim.model.instructions import Instructions
from exsim.model.list_settings import ListSettings
from exsim.model.lists import (
    CROSS_CANCEL,
    CROSS_REPLACE,
    ChangeCross,
    CrossType,
    NewCross,
    Priority,
)
from exsim.model.plain import request_of, request_state
from exsim.model.requests import CancelOrder, NewOrder, ReplaceOrder, Request
from exsim.model.settings import Instrument
from tests.market import Market, order, told
from tests.quote_market import TIME, Pit
from tests.quote_market import told as wired

BUY, SELL = Side.BUY, Side.SELL
AON, IOC, ONE = CrossType.ALL_OR_NONE, CrossType.IMMEDIATE, CrossType.ONE_SIDE
SAME = CrossType.SAME_PRICE
VERSIONS = ("FIX.4.3", "FIX.4.4", "FIX.5.0", "FIX.5.0SP1", "FIX.5.0SP2")


def cross(
    kind: CrossType,
    bought: int = 10,
    sold: int = 10,
    price: int = 10,
    priority: Priority = Priority.NONE,
    names: str = "AB",
) -> NewCross:
    """A cross in whole units."""
    sides = [order(names[0], BUY, bought, price), order(names[1], SELL, sold, price)]
    return NewCross("S", "X", int(kind), int(priority), sides)


class CrossTestCase(SynchronousTestCase):
    """A venue where 9 is bid and 11 is asked."""

    def setUp(self) -> None:
        """One with the settings that a venue has by itself."""
        self.start()

    def start(self, price: str = "within") -> None:
        """The venue with a setting."""
        self.market = Market(lists=ListSettings(cross_price=price))
        self.market.enter("M", BUY, 5, 9, session="T")
        self.market.enter("N", SELL, 5, 11, session="T")

    def cross(self, request: Request) -> list[str]:
        """What comes of a cross."""
        return told(self.market.submit(request))


class TypesTests(CrossTestCase):
    """What each type does with what one side has more than the other."""

    def test_all_or_none(self) -> None:
        """Both trade with each other, and with nobody else; the tape has it."""
        expected = ["A new 0/10", "B new 0/10", "A fill 10@10 10/0", "B fill 10@10 10/0"]
        self.assertEqual(self.cross(cross(AON)), expected)
        self.assertEqual([qty for _, _, qty in self.market.resting()], [5, 5])
        (trade,) = self.market.venue.trades
        self.assertEqual((trade.price, trade.qty), (10 * UNIT, 10 * UNIT))
        self.assertEqual((trade.taker_order_id, trade.maker_order_id), ("3", "4"))
        self.assertEqual(self.market.venue.listing("AAA").last, 10 * UNIT)

    def test_all_or_none_alike(self) -> None:
        """Both are for the same quantity, else nothing trades."""
        expected = ["A rejected QUANTITY 0/0", "B rejected QUANTITY 0/0"]
        self.assertEqual(self.cross(cross(AON, 10, 9)), expected)
        self.assertEqual(len(self.market.venue.trades), 0)

    def test_immediate(self) -> None:
        """The rest of one side is canceled."""
        expected = [
            "A new 0/10",
            "B new 0/4",
            "A fill 4@10 4/6",
            "B fill 4@10 4/0",
            "A canceled 4/0",
        ]
        self.assertEqual(self.cross(cross(IOC, 10, 4)), expected)

    def test_one_side(self) -> None:
        """The rest of one side stays in the book, and trades there."""
        self.cross(cross(ONE, 10, 4))
        self.assertEqual(self.market.resting()[0], (3, 10, 6))
        self.assertEqual(told(self.market.cancel("C", "A")), ["C canceled 4/0"])

    def test_same_price(self) -> None:
        """What rests at the price trades first, with the side that comes first."""
        self.market.enter("P", SELL, 3, 11, session="T")
        words = self.cross(cross(SAME, 10, 10, 11))
        expected = [
            "A new 0/10",
            "B new 0/10",
            "A fill 5@11 5/5",
            "N fill 5@11 5/0",
            "A fill 3@11 8/2",
            "P fill 3@11 3/0",
            "A fill 2@11 10/0",
            "B fill 2@11 2/8",
            "B canceled 2/0",
        ]
        self.assertEqual(words, expected)
        words = self.cross(cross(SAME, 10, 10, 9, Priority.SELL, names="CD"))
        self.assertEqual(words[2:5], ["D fill 5@9 5/5", "M fill 5@9 5/0", "D fill 5@9 10/0"])

    def test_same_price_and_all_traded(self) -> None:
        """Where the book has it all, the other side is canceled."""
        words = self.cross(cross(SAME, 5, 10, 11))
        self.assertEqual(words[-2:], ["N fill 5@11 5/0", "B canceled 0/0"])

    def test_priority(self) -> None:
        """The side with priority trades in full, so it is not the larger one."""
        for kind, names in ((IOC, "AB"), (ONE, "EF")):
            words = self.cross(cross(kind, 10, 4, priority=Priority.BUY, names=names))
            self.assertEqual(words, [f"{name} rejected QUANTITY 0/0" for name in names])
        words = self.cross(cross(IOC, 10, 4, priority=Priority.SELL, names="CD"))
        self.assertEqual(words[2:], ["D fill 4@10 4/0", "C fill 4@10 4/6", "C canceled 4/0"])

    def test_stops_see_it(self) -> None:
        """The price of a cross elects stops like that of any trade."""
        stop = NewOrder("T", "Z", "AAA", int(BUY), 3, 0, UNIT, extra=Instructions(10 * UNIT))
        self.market.submit(stop)
        self.assertIn("Z triggered 0/1", self.cross(cross(AON)))


class PriceTests(CrossTestCase):
    """Where a cross may trade."""

    def test_settings(self) -> None:
        """Within the best bid and ask, between them, or anywhere."""
        for where, good in (
            ("within", (9, 10, 11)),
            ("inside", (10,)),
            ("any", (8, 9, 10, 11, 12)),
        ):
            for price in range(8, 13):
                self.start(where)
                words = self.cross(cross(AON, price=price))
                done = words[2:] == [f"A fill 10@{price} 10/0", f"B fill 10@{price} 10/0"]
                self.assertEqual(done, price in good, (where, price))
                if not done:
                    self.assertEqual(words[0], "A rejected PRICE 0/0")
        report = self.market.events[-1]
        self.start()
        report = self.market.submit(cross(AON, price=8))[0]
        assert isinstance(report, Report)
        self.assertEqual(report.text, "price 8 is not within the best bid and ask, 9 and 11")

    def test_empty_book(self) -> None:
        """Without bid and ask any price is as good."""
        self.market = Market()
        self.assertEqual(len(self.cross(cross(AON, price=77))), 4)


class RefusedTests(CrossTestCase):
    """Crosses that are none."""

    def test_what(self) -> None:
        """Each has both sides rejected, with the reason."""
        wrong = cross(AON)
        wrong.sides[1] = order("B", BUY, 10, 10)
        single = NewCross("S", "X", 1, 0, [order("A", BUY, 1, 10)])
        market = NewCross("S", "X", 1, 0, [order("A", BUY, 1, None), order("B", SELL, 1, None)])
        apart = NewCross("S", "X", 1, 0, [order("A", BUY, 1, 9), order("B", SELL, 1, 10)])
        twice = cross(AON, names="AA")
        for number, (request, reason) in enumerate(
            (
                (wrong, Reason.UNSUPPORTED),
                (single, Reason.UNSUPPORTED),
                (market, Reason.UNSUPPORTED),
                (apart, Reason.UNSUPPORTED),
                (twice, Reason.DUPLICATE),
                (NewCross("S", "X", 9, 0, cross(AON).sides), Reason.UNSUPPORTED),
                (NewCross("S", "X", 1, 9, cross(AON).sides), Reason.UNSUPPORTED),
            )
        ):
            self.start()
            events = self.market.submit(request)
            reasons = {getattr(event, "reason", None) for event in events}
            self.assertEqual(reasons, {reason}, number)
            self.assertEqual(self.market.venue.orders.open_count, 2)

    def test_phase(self) -> None:
        """Nothing is crossed where nothing trades."""
        venue = self.market.venue
        venue.set_phase(Phase.OPENING_AUCTION, None, 1, self.market.dispatcher.out)
        self.market.take()
        self.assertEqual(self.cross(cross(AON))[0], "A rejected CLOSED 0/0")

    def test_each_side(self) -> None:
        """Either side is checked like any order."""
        self.market.enter("A", BUY, 1, 1)
        self.assertEqual(self.cross(cross(AON))[0], "A rejected DUPLICATE 0/0")

    def test_policies(self) -> None:
        """A cross is refused, held and acked as a whole."""
        chain = self.market.chain(lambda request: Reject(Reason.POLICY, "no"))
        events = self.market.submit(cross(AON), chain)
        self.assertEqual(told(events), ["A rejected POLICY 0/0", "B rejected POLICY 0/0"])
        hold = self.market.chain(lambda request: HOLD)
        self.market.submit(cross(AON, names="CD"), hold)
        self.market.submit(cross(AON, price=1, names="EF"), hold)
        self.market.dispatcher.ack(1, self.market.now)
        self.assertEqual(len(self.market.take()), 4)
        self.assertRaises(Conflict, self.market.dispatcher.ack, 2, self.market.now)
        change = ChangeCross(CROSS_CANCEL, "S", "Y", [CancelOrder("S", "G", "C")])
        self.market.submit(change, hold)
        self.assertRaises(Conflict, self.market.dispatcher.ack, 3, self.market.now)


class ChangedTests(CrossTestCase):
    """Crosses of which something is left."""

    def test_change(self) -> None:
        """What is left is canceled or replaced; what is not is refused for itself."""
        self.cross(cross(ONE, 10, 4))
        parts: list[CancelOrder | ReplaceOrder] = [
            ReplaceOrder("A", order("A2", BUY, 8, 10)),
            ReplaceOrder("B", order("B2", SELL, 8, 10)),
        ]
        change = ChangeCross(CROSS_REPLACE, "S", "Y", parts)
        expected = ["A2 replaced 4/4", "B2 replace refused TOO_LATE"]
        self.assertEqual(self.cross(change), expected)
        cancels: list[CancelOrder | ReplaceOrder] = [
            CancelOrder("S", "A3", "A2"),
            CancelOrder("S", "B3", "B"),
        ]
        change = ChangeCross(CROSS_CANCEL, "S", "Z", cancels)
        expected = ["A3 canceled 4/0", "B3 cancel refused TOO_LATE"]
        self.assertEqual(self.cross(change), expected)

    def test_requests(self) -> None:
        """The requests are plain values and back."""
        parts: list[CancelOrder | ReplaceOrder] = [
            ReplaceOrder("A", order("A2", BUY, 8, 10)),
            CancelOrder("S", "A3", "A2"),
        ]
        for request in (
            cross(ONE),
            ChangeCross(CROSS_CANCEL, "S", "Y", parts),
            ChangeCross(CROSS_REPLACE, "S", "Y", parts[:1]),
        ):
            back = request_of(request_state(request))
            self.assertIs(type(back), type(request))
            self.assertEqual(request_state(back), request_state(request))

    def test_aliases(self) -> None:
        """The instrument may be named by its other identifiers."""
        self.market.venue.add_instrument(Instrument("CCC", isin="US0378331005"))
        request = cross(AON)
        sides = [each.with_symbol("4:US0378331005") for each in request.sides]
        words = self.cross(NewCross("S", "X", 1, 0, sides))
        self.assertEqual(words[2], "A fill 10@10 10/0")
        sides[0].cl_ord_id, sides[1].cl_ord_id = "C", "D"
        sides[0] = sides[0].with_qty(20 * UNIT)
        self.cross(NewCross("S", "X", 3, 0, sides))
        terms = order("E", BUY, 15, 10, symbol="4:US0378331005")
        change = ChangeCross(CROSS_REPLACE, "S", "Y", [ReplaceOrder("C", terms)])
        self.assertEqual(self.cross(change), ["E replaced 10/5"])


SIDES = "552=2|54=1|11=A|1=ACC|38=10|54=2|11=B|38={}|"
REST = f"55=AAA|21=1|{TIME}40=2|44=10|"


def new_cross(kind: int, sold: int = 10, priority: int = 0) -> str:
    """The body of a NewOrderCross."""
    return f"548=X|549={kind}|550={priority}|{SIDES.format(sold)}{REST}"


class WireTests(SynchronousTestCase):
    """Crosses over FIX; all that is sent is valid in its version."""

    def test_crossed(self) -> None:
        """Each side has its own reports, which name the cross."""
        for version in VERSIONS:
            pit = Pit()
            pit.join("ME", version)
            reports = pit.send("ME", "s", new_cross(1))
            tags = "11 39 32 31 548 549 1 54"
            self.assertEqual(
                [wired(each, tags) for each in reports],
                [
                    "8 A 0 - - X 1 ACC 1",
                    "8 B 0 - - X 1 - 2",
                    "8 A 2 10 10 X 1 ACC 1",
                    "8 B 2 10 10 X 1 - 2",
                ],
            )

    def test_changed(self) -> None:
        """What is left of one side is replaced and canceled by the messages of crosses."""
        for version in VERSIONS:
            pit = Pit()
            pit.join("ME", version)
            self.assertEqual(len(pit.send("ME", "s", new_cross(3, 4))), 4)
            sides = "552=2|54=1|41=A|11=C|38=9|54=2|41=B|11=D|38=9|"
            head = "548=Y|551=X|549=3|550=0|"
            answers = pit.send("ME", "t", f"{head}{sides}{REST}")
            found = [wired(each, "11 41 39") for each in answers]
            status = "1"
            self.assertEqual(found, [f"8 C A {status}", "9 D B 2"])
            self.assertEqual(wired(answers[0], "548 551 38 151"), "8 Y X 9 5")
            sides = "552=1|54=1|41=C|11=E|38=9|"
            answers = pit.send("ME", "u", f"548=Z|551=Y|549=3|550=0|{sides}55=AAA|{TIME}")
            self.assertEqual([wired(each, "11 41 39") for each in answers], ["8 E C 4"])

    def test_refused(self) -> None:
        """What is malformed, what exsim cannot do, and what the venue refuses."""
        for version in VERSIONS:
            pit = Pit()
            pit.join("ME", version)
            for old, new, answer in (
                ("549=1|", "549=X|", "3 549 5"),
                ("552=2|", "552=3|", "3 552 5"),
                ("38=10|54=2", "38=Y|54=2", "3 38 6"),
                ("550=0|", "", "3 550 1"),
                ("44=10|", "44=|", "3 44 4"),
            ):
                (found,) = pit.send("ME", "s", new_cross(1).replace(old, new))
                self.assertEqual(wired(found, "371 373"), answer)
            (found,) = pit.send("ME", "s", new_cross(5))
            self.assertEqual(wired(found, "372 380"), "j s 0")
            found_both = pit.send("ME", "s", new_cross(1, 9))
            self.assertEqual(
                [wired(each, "11 39 548") for each in found_both], ["8 A 8 X", "8 B 8 X"]
            )
            single = new_cross(1).replace("552=2|", "552=1|").replace("54=2|11=B|38=10|", "")
            (found,) = pit.send("ME", "s", single)
            self.assertEqual(wired(found, "372 380"), "j s 0")
            head = f"548=Y|551=X|549=1|550=0|552=1|54=1|11=E|55=AAA|{TIME}"
            (found,) = pit.send("ME", "u", head)
            self.assertEqual(wired(found, "372 380"), "j u 5")
            short = new_cross(1).replace("54=2|11=B|38=10|", "")
            (found,) = pit.send("ME", "s", short)
            self.assertEqual(wired(found, "371 373"), "3 552 16")

    def test_before(self) -> None:
        """Before FIX.4.3 there are no crosses."""
        for version in ("FIX.4.0", "FIX.4.1", "FIX.4.2"):
            pit = Pit()
            pit.join("ME", version)
            (found,) = pit.send("ME", "s", new_cross(1))
            self.assertEqual(found.msg_type, b"3")
