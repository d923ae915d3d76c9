"""Acting for others: replaces, status, mass requests, lists and quotes of a risk desk, over FIX."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.dispatch.accounts import Membership
from exsim.model.participants import AccountSettings
from exsim.model.plain import request_of, request_state
from exsim.model.requests import Request
from exsim.protocols.fix_refused import RefusedBusiness
from exsim.protocols.fix_versions import NAMES
from tests.quote_market import TIME, Pit, told
from tests.test_fix_lists import FIRST, SECOND, new_list
from tests.test_fix_requests import mapped

NEWEST = "FIX.5.0SP2"
QUOTE = "55=AAA|132=8|133=12|134=10|135=10|"


def order(name: str, qty: int = 10, price: int = 9, account: str = "", tif: int = 0) -> str:
    """The body of a bid for AAA."""
    named = f"1={account}|" if account else ""
    body = f"11={name}|21=1|38={qty}|40=2|44={price}|54=1|55=AAA|59={tif}|"
    return f"{named}{body}{TIME}"


class ActingTestCase(SynchronousTestCase):
    """S1 and S2 are of firm ONE, and so is RISK, which may act for it; S3 is of firm TWO."""

    def setUp(self) -> None:
        """Everybody is logged on, RISK in the newest version."""
        self.start(NEWEST)

    def start(self, version: str, **settings: Any) -> None:
        """The same with RISK in a version."""
        self.pit = pit = Pit(**settings)
        accounts = pit.market.venue.accounts
        accounts.put(AccountSettings("THREE", firm="TWO"))
        for name in ("S1", "S2", "S3"):
            pit.join(name, "FIX.4.4")
        pit.join("RISK", version)
        firms = {pit.parties[name].name: "ONE" for name in ("S1", "S2", "RISK")}
        risk = pit.parties["RISK"].name

        def membership(session: str) -> Membership:
            return Membership(firms.get(session, "TWO"), "firm" if session == risk else "own")

        accounts.membership = membership

    def name(self, party: str) -> str:
        """What its session is called."""
        return self.pit.parties[party].name

    def send(self, name: str, msg_type: str, body: str, tags: str) -> list[str]:
        """Send a message; what is answered."""
        return [told(each, tags) for each in self.pit.send(name, msg_type, body)]

    def enter(self) -> None:
        """Orders 1 to 4: of S1, of S2 for an account, of S3, and of S1 for an account of TWO."""
        self.pit.send("S1", "D", order("A"))
        self.pit.send("S2", "D", order("B", account="ACC"))
        self.pit.send("S3", "D", order("C", account="ACC"))
        self.pit.send("S1", "D", order("D", account="THREE"))


class OneOrderTests(ActingTestCase):
    """A single order of another session, by its OrderID."""

    def replace(self, order_id: int, qty: int, price: int) -> list[str]:
        """RISK replaces an order."""
        body = f"37={order_id}|11=R|41=A|38={qty}|40=2|44={price}|54=1|55=AAA|59=0|{TIME}"
        return self.send("RISK", "G", body, "11 41 37 150 39 38 44 58")

    def test_replace(self) -> None:
        """Its owner hears of a restatement, who acts of a replace; fills are told to the owner."""
        self.enter()
        text = f"session {self.name('RISK')} replaced it"
        self.assertEqual(self.replace(1, 20, 7), [f"8 R A 1 5 0 20 7 {text}"])
        found = self.pit.read("S1", "11 37 150 378 38 44 58")
        self.assertEqual(found, [f"8 A 1 D 4 20 7 {text}"])
        self.assertEqual(self.pit.book()[-1], (7, 20))
        self.pit.send("S3", "D", order("X").replace("54=1", "54=2").replace("44=9", "44=7"))
        self.pit.read("S3", "11")
        self.assertEqual(self.pit.read("RISK", "11"), [])

    def test_replace_below_cum(self) -> None:
        """It ends there, as filled."""
        self.pit.send("S1", "D", order("A"))
        self.pit.send("S3", "D", order("X", 4).replace("54=1", "54=2"))
        self.pit.read("S1", "11")
        self.assertEqual([each[:12] for each in self.replace(1, 3, 9)], ["8 R A 1 5 2 "])
        self.assertEqual(self.pit.read("S1", "11 150 39 38 151"), ["8 A 5 2 4 0"])
        self.assertEqual(self.pit.book(), [])

    def test_not_allowed(self) -> None:
        """An order of another firm, by session or account, is none that it knows."""
        self.enter()
        for number in (3, 4):
            body = f"37={number}|11=R|41=A|38=5|40=2|44=9|54=1|55=AAA|59=0|{TIME}"
            answers = self.send("RISK", "G", body, "37 39 102 434")
            self.assertEqual(answers, ["9 NONE 8 1 2"])
            answers = self.send("RISK", "H", f"37={number}|11=A|54=1|55=AAA|", "37 39")
            self.assertEqual(answers, ["8 NONE 8"])

    def test_status(self) -> None:
        """By OrderID, in each version that has it there."""
        for version in NAMES[1:]:
            self.start(version)
            self.enter()
            answers = self.send("RISK", "H", "37=1|11=?|54=1|55=AAA|", "37 11 39 151")
            self.assertEqual(answers, ["8 1 A 0 10"])
            self.assertEqual(self.pit.read("S1", "37"), [])


class MassTests(ActingTestCase):
    """Many orders: those of a party that is named."""

    def about(self, party: str) -> list[str]:
        """The orders that are told where a party is named, in the own fields and in the newest."""
        self.start("FIX.4.4")
        self.enter()
        own = party.replace("1462=", "21462=").replace("1464=", "21464=")
        before = self.send("RISK", "AF", f"584=R|585=7|{own}", "37 39 911 912")
        self.start(NEWEST)
        self.enter()
        given = f"1461=1|{party}" if party else ""
        after = self.send("RISK", "AF", f"584=R|585=7|{given}", "37 39 911 912")
        self.assertEqual(before, after)
        return after

    def test_parties(self) -> None:
        """A firm, an account, a session; nobody named: one's own, of which there are none."""
        both = ["8 1 0 2 N", "8 2 0 2 Y"]
        none = ["8 NONE 8 0 Y"]
        session = self.name("S1")
        for party, expected in (
            ("", none),
            ("1462=ONE|1464=1|", both),
            ("1462=ONE|1464=4|", both),
            ("1462=ACC|1464=24|", ["8 2 0 1 Y"]),
            ("1462=ACC|", ["8 2 0 1 Y"]),
            (f"1462={session}|1464=55|", ["8 1 0 1 Y"]),
            ("1462=TWO|1464=1|", none),
            ("1462=THREE|1464=24|", none),
        ):
            self.assertEqual(self.about(party), expected, party)

    def test_by_party(self) -> None:
        """MassStatusReqType 8 names it in Parties."""
        self.enter()
        body = "584=R|585=8|453=1|448=ONE|447=D|452=1|"
        self.assertEqual(self.send("RISK", "AF", body, "37 39"), ["8 1 0", "8 2 0"])

    def test_cancel(self) -> None:
        """Owner and who acts are told of each; then it is told how many."""
        for msg_type, asked, told_ in (
            ("q", "530=7|", "r - - - 7 2"),
            ("CA", "1373=3|1374=7|", "BZ - - - - 2"),
        ):
            self.start(NEWEST)
            self.enter()
            body = f"11=M|{asked}1461=1|1462=ONE|1464=1|{TIME}"
            answers = self.send("RISK", msg_type, body, "37 39 150 531 533")
            expected = ["8 1 4 4 - -", "8 2 4 4 - -"]
            self.assertEqual(answers[:2], expected)
            self.assertEqual(answers[2].split()[-2:], told_.split()[-2:])
            text = f"session {self.name('RISK')} canceled it"
            self.assertEqual(self.pit.read("S1", "37 11 39 58"), [f"8 1 A 4 {text}"])
            self.assertEqual(self.pit.read("S2", "37 11 39 58"), [f"8 2 B 4 {text}"])
            self.assertEqual(self.pit.read("S3", "37"), [])

    def test_refused(self) -> None:
        """Another firm, with the code that is nearest in each version; and one's own is fine."""
        for version in NAMES[3:]:
            self.start(version)
            target = "1461=1|1462=TWO|1464=1|"
            if version != NEWEST:
                target = "21462=TWO|21464=1|"
            other = "0" if version == "FIX.4.3" else "99"
            (answer,) = self.pit.send("RISK", "q", f"11=M|530=7|{target}{TIME}")
            self.assertEqual(told(answer, "531 532"), f"r 0 {other}")
            self.assertIn("may not act for firm TWO", (answer.get(b"58") or b"").decode())
            body = f"11=M|530=7|{target.replace('TWO', 'ONE')}{TIME}"
            self.assertEqual(self.send("RISK", "q", body, "531 533"), ["r 7 0"])

    def test_read(self) -> None:
        """A role that has no orders, and several parties, cannot be."""
        for fields in ("1462=X|1464=27|", "1461=2|1462=X|1464=1|1462=Y|1464=1|"):
            with self.assertRaises(RefusedBusiness):
                mapped("q", f"11=M|530=7|{fields}{TIME}", NEWEST)

    def test_suspend(self) -> None:
        """Out of the book, and back; only what is not so already."""
        self.enter()
        head = "11={}|1373={}|1374=7|1461=1|1462=ONE|1464=1|" + TIME
        answers = self.send("RISK", "CA", head.format("M", 1), "37 39 150 1375 533")
        self.assertEqual(answers, ["8 1 9 9 - -", "8 2 9 9 - -", "BZ - - - 1 2"])
        self.assertEqual(self.pit.read("S1", "37 39"), ["8 1 9"])
        self.assertEqual(self.pit.book(), [(9, 10), (9, 10)])
        answers = self.send("RISK", "CA", head.format("N", 1), "1375 533")
        self.assertEqual(answers, ["BZ 1 0"])
        answers = self.send("RISK", "CA", head.format("O", 2), "37 39 150 1375 533")
        self.assertEqual(answers, ["8 1 0 D - -", "8 2 0 D - -", "BZ - - - 1 2"])
        self.assertEqual(len(self.pit.book()), 4)
        answers = self.send("RISK", "CA", head.format("P", 2), "1375 533")
        self.assertEqual(answers, ["BZ 1 0"])


class ListTests(ActingTestCase):
    """A list of another session, where there is one of that name."""

    def test_list(self) -> None:
        """It is told, and canceled, as one's own; not one of another firm."""
        for who, known in (("S1", True), ("S3", False)):
            self.setUp()
            self.pit.send(who, "E", new_list(FIRST, SECOND))
            answers = self.send("RISK", "M", "66=L|", "66 68 431")
            self.assertEqual(answers, ["N L 2 3"] if known else ["j - - -"])
            answers = self.send("RISK", "K", f"66=L|{TIME}", "11 39 431")
            expected = ["8 A 4 -", "8 B 4 -", "N A 4 6"]
            self.assertEqual(answers, expected if known else ["j - - -"])
            self.assertEqual(len(self.pit.read(who, "11 39")), 2 if known else 0)

    def test_two(self) -> None:
        """Of two of one name neither is meant."""
        for who in ("S1", "S2"):
            self.pit.send(who, "E", new_list(FIRST, SECOND))
        self.assertEqual(self.send("RISK", "M", "66=L|", "372 380"), ["j M 1"])


class QuoteTests(ActingTestCase):
    """Quotes of others."""

    def setUp(self) -> None:
        """S1 and S3 quote."""
        super().setUp()
        self.pit.send("S1", "S", f"117=Q1|{QUOTE}")
        self.pit.send("S3", "S", f"117=Q3|{QUOTE}1=ACC|")

    def test_cancel(self) -> None:
        """Of a firm, a session, an account; its owner is told that it was removed."""
        one = f"1461=1|1462={self.name('S1')}|1464=55|"
        other = f"1461=1|1462={self.name('S3')}|1464=55|"
        for target, count in (("", 0), (other, 0), ("1=ACC|", 0), (one, 1)):
            (answer,) = self.pit.send("RISK", "Z", f"117=X|298=4|{target}")
            self.assertEqual(told(answer, "297 58"), f"AI 4 {count} canceled")
        self.assertEqual(self.pit.read("S1", "117 297"), ["AI Q1 6"])
        self.assertEqual(self.pit.read("S3", "117 297"), [])
        self.assertEqual(self.pit.book(), [(8, 10), (12, 10)])

    def test_own_account(self) -> None:
        """An account that is named chooses among one's own, too."""
        self.pit.send("S3", "S", "117=Q4|55=BBB|132=8|134=10|")
        (answer,) = self.pit.send("S3", "Z", "117=X|298=4|1=ACC|")
        self.assertEqual(told(answer, "297 58"), "AI 4 1 canceled")
        self.assertEqual(self.pit.book("BBB"), [(8, 10)])

    def test_status(self) -> None:
        """Who asks is told, and nobody else."""
        body = "649=?|55=AAA|1461=1|1462=ONE|1464=1|"
        self.assertEqual(self.send("RISK", "a", body, "649 117 297"), ["AI ? Q1 16"])
        self.assertEqual(self.send("RISK", "a", "649=?|55=AAA|", "649 297"), ["AI ? 9"])
        self.assertEqual(self.pit.read("S1", "117"), [])


class StateTests(SynchronousTestCase):
    """Held requests are in snapshots with the party that they name."""

    def test_again(self) -> None:
        """Each comes back as it was."""
        target = "1461=1|1462=ONE|1464=1|"
        for msg_type, body in (
            ("q", f"11=M|530=7|{target}{TIME}"),
            ("AF", f"584=M|585=7|{target}"),
            ("Z", f"117=X|298=4|{target}"),
            ("a", f"649=X|55=AAA|{target}"),
        ):
            request: Request = mapped(msg_type, body, NEWEST)
            plain = request_state(request)
            self.assertIn("ONE", str(plain))
            self.assertEqual(request_state(request_of(plain)), plain)
