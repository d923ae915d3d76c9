"""Lists of orders and linked orders over FIX; all that is sent is valid in its version."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch import operator
from exsim.model.codes import Phase, Side
from exsim.model.instructions import Instructions
from exsim.model.lists import Contingency, NewList
from exsim.model.requests import NewOrder
from exsim.protocols.fix_refused import Refused, RefusedBusiness
from exsim.protocols.fix_versions import NAMES
from tests.fix_market import NOW
from tests.market import order
from tests.quote_market import TIME, Pit
from tests.quote_market import told as wired
from tests.test_fix_requests import mapped

BUY, SELL = 1, 2
FIRST = f"11=A|67=1|21=1|55=AAA|54=1|38=10|40=2|44=9|59=0|{TIME}"
SECOND = "11=B|67=2|55=AAA|54=2|38=10|40=2|44=12|58=out|"
THIRD = "11=C|67=3|55=AAA|54=1|38=10|40=2|44=7|"
TOGETHER = NAMES[2:]
"""The versions in which a list is one message."""


def new_list(*orders: str, head: str = "66=L|394=3|433=1|", more: str = "") -> str:
    """The body of a NewOrderList."""
    return f"{head}{more}68={len(orders)}|73={len(orders)}|{''.join(orders)}"


def singles(head: str) -> list[str]:
    """The same list, before FIX.4.2: a message for each order."""
    return [
        f"66=L|67=1|68=2|11=A|21=1|55=AAA|54=1|38=10|40=2|44=9|{head}",
        f"66=L|67=2|68=2|11=B|21=1|55=AAA|54=2|38=10|40=2|44=12|{head}",
    ]


class ListTests(SynchronousTestCase):
    """NewOrderList and what answers it."""

    def pit(self, version: str) -> Pit:
        """A venue with a counterparty of that version, and another one."""
        pit = Pit()
        pit.join("ME", version)
        pit.join("YOU", "FIX.4.4")
        return pit

    def trade(self, pit: Pit, side: int, price: int, tags: str = "11 39") -> list[str]:
        """The other one trades; what the first one is told."""
        number = pit.market.venue.orders.created
        body = f"11=T{number}|54={side}|55=AAA|38=10|40=2|44={price}|59=3|{TIME}"
        pit.send("YOU", "D", body)
        return pit.read("ME", tags)

    def test_contingency(self) -> None:
        """ContingencyType where the version has it, and exsim's own field in any."""
        for version in TOGETHER:
            more = "1385=1|" if version in NAMES[6:] else "21385=1|"
            pit = self.pit(version)
            answers = pit.send("ME", "E", new_list(FIRST, SECOND, more=more))
            found = [wired(each, "66 11 39") for each in answers]
            self.assertEqual(found, ["8 L A 0", "8 L B 0", "N L A 0"])
            state = answers[-1].raw.replace(b"\x01", b"|").decode()
            self.assertIn("|429=1|", state)
            self.assertIn("|431=3|", state)
            self.assertIn("|68=2|73=2|11=A|14=0|39=0|151=10|84=0|6=0|11=B|", state)
            self.assertEqual(wired(answers[1], "58 54"), "8 out 2")
            self.assertEqual(self.trade(pit, BUY, 12), ["8 B 2", "8 A 4"])
            (answer,) = pit.send("ME", "M", "66=L|")
            state = answer.raw.replace(b"\x01", b"|").decode()
            self.assertIn("|429=2|", state)
            self.assertIn("|431=6|", state)
            self.assertIn("|11=A|14=0|39=4|151=0|84=10|6=0|11=B|14=10|39=2|151=0|84=0|6=12|", state)

    def test_bracket(self) -> None:
        """A bracket has a code of exsim's own; it is triggered, which old versions cannot say."""
        for version in TOGETHER:
            pit = self.pit(version)
            pit.send("ME", "E", new_list(FIRST, SECOND, THIRD, more="21385=B|"))
            kinds = self.trade(pit, SELL, 9, "11 150 39")
            code = "L" if version in NAMES[5:] else "D"
            fill = "F" if version in NAMES[3:] else "2"
            self.assertEqual(kinds, [f"8 A {fill} 2", f"8 B {code} 0", f"8 C {code} 0"])
            self.assertEqual(self.trade(pit, SELL, 7), ["8 C 2", "8 B 4"])

    def test_reduced(self) -> None:
        """A reduced order is restated: a partial decline of its quantity."""
        for version in TOGETHER:
            pit = self.pit(version)
            pit.send("ME", "E", new_list(FIRST, SECOND.replace("38=10", "38=15"), more="21385=3|"))
            found = self.trade(pit, SELL, 9, "11 150 378 38 151")
            self.assertEqual(found[1], "8 B D 5 5 5")

    def test_one_by_one(self) -> None:
        """Before FIX.4.2 each order comes for itself; they are linked by their ListID."""
        for version in NAMES[:2]:
            pit = self.pit(version)
            for body in singles("21385=1|"):
                (answer,) = pit.send("ME", "E", body)
                self.assertEqual(wired(answer, "66 39"), "8 L 0")
            self.assertEqual(self.trade(pit, BUY, 12), ["8 B 2", "8 A 4"])
            (answer,) = pit.send("ME", "M", "66=L|")
            state = answer.raw.replace(b"\x01", b"|").decode()
            leaves = "|151=0" if version == "FIX.4.1" else ""
            self.assertIn(f"|82=1|83=1|73=2|11=A|14=0{leaves}|84=10|6=0|11=B|", state)

    def test_linked(self) -> None:
        """Orders one by one are linked by exsim's own fields in any version, and told so."""
        head = f"21=1|55=AAA|38=10|40=2|{TIME}20583=K|21385=1|"
        for version in NAMES:
            pit = self.pit(version)
            (answer,) = pit.send("ME", "D", f"11=A|54=1|44=9|{head}")
            self.assertEqual(wired(answer, "39 20583 21385"), "8 0 K 1")
            pit.send("ME", "D", f"11=B|54=2|44=12|{head}")
            self.assertEqual(self.trade(pit, SELL, 9), ["8 A 2", "8 B 4"])

    def test_canceled(self) -> None:
        """ListCancelRequest cancels what is left; a list that there is not is told."""
        for version in NAMES:
            pit = self.pit(version)
            if version in TOGETHER:
                pit.send("ME", "E", new_list(FIRST, SECOND, more="21385=2|"))
            else:
                for body in singles("21385=2|"):
                    pit.send("ME", "E", body)
            *reports, answer = pit.send("ME", "K", f"66=L|{TIME}")
            self.assertEqual([wired(each, "11 39") for each in reports], ["8 B 4", "8 A 4"])
            self.assertEqual(wired(answer, "66 82"), "N L 1")
            (answer,) = pit.send("ME", "K", f"66=NO|{TIME}")
            refused = "3 - -" if version in NAMES[:2] else "j K 1"
            self.assertEqual(wired(answer, "372 380"), refused)

    def test_refused(self) -> None:
        """The orders of a list, and the list, are rejected."""
        for version in TOGETHER:
            pit = self.pit(version)
            bad = SECOND.replace("55=AAA", "55=NO")
            answers = pit.send("ME", "E", new_list(FIRST, bad, more="21385=1|"))
            self.assertEqual(
                [wired(each, "11 39") for each in answers], ["8 A 8", "8 B 8", "N A 8"]
            )
            state = answers[-1].raw.replace(b"\x01", b"|").decode()
            self.assertIn("|431=7|", state)
            text = "another order of its list was refused: unknown symbol 'NO'"
            self.assertIn(f"|444={text}|", state)
            self.assertIn(f"|73=2|11=A|14=0|39=8|151=0|84=0|6=0|58={text}|11=B|", state)

    def test_plain_list(self) -> None:
        """Without a contingency the orders are just entered."""
        for version in TOGETHER:
            pit = self.pit(version)
            answers = pit.send("ME", "E", new_list(FIRST, SECOND))
            self.assertEqual([each.msg_type for each in answers], [b"8", b"8", b"N"])
            self.assertEqual(pit.book(), [(9, 10), (12, 10)])
            self.assertEqual(self.trade(pit, BUY, 12), ["8 B 2"])

    def test_not_supported(self) -> None:
        """To be driven by prices, to be continued, and other contingencies."""
        for body in (
            new_list(FIRST, SECOND, head="66=L|394=3|433=3|"),
            new_list(FIRST, SECOND, more="893=N|"),
            new_list(FIRST, SECOND).replace("68=2", "68=3"),
            new_list(FIRST, SECOND, more="1385=5|"),
            new_list(FIRST, SECOND, more="21385=6|"),
        ):
            self.assertRaises(RefusedBusiness, mapped, "E", body, "FIX.5.0SP2")

    def test_execute(self) -> None:
        """A list that waits is on, but in no book before it is executed; once, by its owner."""
        waits = new_list(FIRST, SECOND, head="66=L|394=3|433=2|")
        for version in TOGETHER:
            pit = self.pit(version)
            *reports, state = pit.send("ME", "E", waits)
            self.assertEqual([wired(each, "11 39") for each in reports], ["8 A 0", "8 B 0"])
            self.assertEqual(wired(state, "429 431 73"), "N 1 2 2")
            self.assertEqual((pit.book(), self.trade(pit, BUY, 12)), ([], []))
            (answer,) = pit.send("YOU", "L", f"66=L|{TIME}")
            self.assertEqual(wired(answer, "372 380"), "j L 1")
            (answer,) = pit.send("ME", "M", "66=L|")
            self.assertEqual(wired(answer, "429 431"), "N 2 2")
            (answer,) = pit.send("ME", "L", f"66=L|{TIME}")
            self.assertEqual(wired(answer, "429 431 73"), "N 4 3 2")
            self.assertEqual(pit.book(), [(9, 10), (12, 10)])
            self.assertEqual(self.trade(pit, BUY, 12), ["8 B 2"])
            (answer,) = pit.send("ME", "L", f"66=L|{TIME}")
            self.assertEqual(wired(answer, "372 380"), "j L 0")

    def test_changed_before_executed(self) -> None:
        """What waits is replaced, canceled and suspended like any; that goes on over a snapshot."""
        pit = self.pit("FIX.4.4")
        third = THIRD.replace("11=C", "11=D").replace("44=7", "44=6")
        pit.send("ME", "E", new_list(FIRST, SECOND, THIRD, third, head="66=L|394=3|433=2|"))
        body = f"21=1|38=4|40=2|44=8|54=1|55=AAA|{TIME}"
        (report,) = pit.send("ME", "G", f"11=A2|41=A|{body}")
        self.assertEqual(wired(report, "66 11 150 38"), "8 L A2 5 4")
        pit.send("ME", "F", f"11=B2|41=B|54=2|55=AAA|{TIME}")
        venue, out = pit.market.venue, pit.market.dispatcher.out
        operator.suspend(venue, venue.order(3), NOW, out)
        again = Pit().market.venue
        again.restore(venue.state(), lambda names: ())
        self.assertEqual(again.state(), venue.state())
        pit.route()
        pit.read("ME", "11")
        *_, answer = pit.send("ME", "L", f"66=L|{TIME}")
        self.assertEqual(wired(answer, "429 431"), "N 4 3")
        self.assertEqual(pit.book(), [(8, 4), (6, 10)])
        operator.resume(venue, venue.order(3), NOW, out)
        self.assertEqual(pit.book(), [(8, 4), (7, 10), (6, 10)])

    def test_triggered_after_executed(self) -> None:
        """Of a list whose first order triggers the others, that one is executed alone."""
        pit = self.pit("FIX.4.4")
        pit.send("ME", "E", new_list(FIRST, SECOND, head="66=L|394=3|433=2|", more="21385=2|"))
        pit.send("ME", "L", f"66=L|{TIME}")
        self.assertEqual(pit.book(), [(9, 10)])
        self.assertEqual(self.trade(pit, SELL, 9), ["8 A 2", "8 B 0"])
        self.assertEqual(pit.book(), [(12, 10)])

    def test_executed_too_late(self) -> None:
        """In a phase that does not take them they are canceled."""
        pit = self.pit("FIX.4.4")
        pit.send("ME", "E", new_list(FIRST, SECOND, head="66=L|394=3|433=2|"))
        out = pit.market.dispatcher.out
        pit.market.venue.set_instrument_phase("AAA", Phase.HALT, True, NOW, out)
        pit.route()
        *reports, answer = pit.send("ME", "L", f"66=L|{TIME}")
        self.assertEqual([wired(each, "11 39") for each in reports], ["8 A 4", "8 B 4"])
        self.assertEqual(wired(answer, "429 431"), "N 4 6")

    def test_named_on(self) -> None:
        """Reports of an order name its list after it is replaced, too, however often."""
        for version in NAMES:
            pit = self.pit(version)
            bodies = [new_list(FIRST, SECOND)] if version in TOGETHER else singles("")
            for body in bodies:
                pit.send("ME", "E", body)
            body = f"37=1|21=1|38=4|40=2|44=8|54=1|55=AAA|{TIME}"
            for name, orig in (("A2", "A"), ("A3", "A2")):
                (report,) = pit.send("ME", "G", f"11={name}|41={orig}|76=X|115=ME|{body}")
                self.assertEqual(wired(report, "66 11"), f"8 L {name}")
            (report,) = pit.send("YOU", "D", f"11=X|21=1|38=1|40=1|54=2|55=AAA|{TIME}")[-1:]
            self.assertEqual(pit.read("ME", "66 11 14"), ["8 L A3 1"])

    def test_malformed(self) -> None:
        """What is wrong with a list or one of its orders is told by its tag."""
        for body, reason, tag in (
            (new_list(FIRST, SECOND, head="394=3|"), 1, b"66"),
            (new_list(FIRST, SECOND).replace("394=3|", ""), 1, b"394"),
            (new_list(FIRST, SECOND).replace("73=2", "73=3"), 16, b"73"),
            (new_list(FIRST, SECOND).replace("73=2", "73=X"), 6, b"73"),
            (new_list(FIRST, SECOND).replace("54=2", "54=X"), 5, b"54"),
            (new_list(FIRST, SECOND).replace("11=B|", ""), 16, b"73"),
            (new_list(FIRST, SECOND).replace("44=12", "44=Z"), 6, b"44"),
            (new_list(FIRST, SECOND, more="21385=9|"), 5, b"21385"),
            (new_list(FIRST, SECOND, more="21385=|"), 4, b"21385"),
        ):
            error = self.assertRaises(Refused, mapped, "E", body, "FIX.4.4")
            self.assertEqual((error.reason, error.tag), (reason, tag))
        for body, tag in ((f"66=|{TIME}", b"66"), ("66=L|60=X|", b"60")):
            error = self.assertRaises(Refused, mapped, "K", body, "FIX.4.4")
            self.assertEqual(error.tag, tag)
        error = self.assertRaises(Refused, mapped, "D", f"{FIRST}20583=|", "FIX.4.4")
        self.assertEqual(error.tag, b"20583")

    def test_read(self) -> None:
        """Each order has what is its own."""
        extra = FIRST.replace("40=2", "40=4").replace(f"{TIME}", "99=8|111=5|")
        request = mapped("E", new_list(extra, SECOND, more="21385=4|"), "FIX.4.4")
        assert isinstance(request, NewList)
        first, second = request.orders
        self.assertEqual(request.contingency, Contingency.OUO_PROPORTIONAL)
        self.assertEqual((request.session, request.name, request.symbol), ("S", "L", "AAA"))
        assert first.extra is not None
        self.assertEqual(first.extra.display, 5 * 10**8)
        self.assertIsNone(second.extra)
        self.assertEqual((second.cl_ord_id, second.text), ("B", "out"))
        self.assertEqual(first.carry.asked, b"99=8\x01111=5\x0121385=4\x01")
        self.assertEqual(first.carry.kept, b"66=L\x01")
        request = mapped("E", new_list(extra, SECOND, more="1385=1|"), "FIX.4.4")
        assert isinstance(request, NewList)
        self.assertEqual(request.contingency, Contingency.NONE)  # not before FIX.5.0SP1

    def test_of_another_way(self) -> None:
        """A list that is entered for a session is told where its version has it."""
        for version in ("FIX.4.1", "FIX.4.2"):
            pit = self.pit(version)
            me = pit.parties["ME"].name
            pair = [order(name, Side.BUY, 10, 9, session=me) for name in "AB"]
            pit.market.submit(NewList(me, "L", 1, pair))
            pit.route()
            expected = ["8 A", "8 B", "N A"] if version == "FIX.4.2" else ["8 A", "8 B"]
            self.assertEqual(pit.read("ME", "11"), expected)

    def test_told(self) -> None:
        """An order that came by another way tells what it belongs to."""
        pit = self.pit("FIX.4.4")
        me = pit.parties["ME"].name
        terms = order("R", Side.BUY, 10, 9, session=me)
        for kind, code in ((Contingency.BRACKET, "B"), (Contingency.NONE, "-")):
            asked = Instructions(link=kind.name, contingency=int(kind))
            pit.market.submit(renamed(terms, kind.name).with_extra(asked))
            pit.route()
            self.assertEqual(pit.read("ME", "39 20583 21385"), [f"8 0 {kind.name} {code}"])


def renamed(terms: NewOrder, name: str) -> NewOrder:
    """The order under another ClOrdID."""
    found = terms.with_symbol(terms.symbol)
    found.cl_ord_id = name
    return found
