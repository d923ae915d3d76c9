"""Mass requests and DontKnowTrade over FIX: read, refused, carried out and answered."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.model.codes import MassScope
from exsim.model.requests import DontKnow, MassCancel, MassStatus, Request, TradesQuery
from exsim.protocols.fix_refused import Refused, RefusedBusiness
from exsim.protocols.fix_versions import APPL_VER_IDS, NAMES
from exsim.wire.fix import FixMessage
from exsim.wire.fix_dictionary import TRANSPORT
from exsim.wire.fix_validate import Switches, Validator
from tests.fix_market import NOW, Client, logged_on
from tests.market import Market
from tests.test_fix_requests import mapped, with_value, without

DAY = 86_400 * 10**9
TIME = "60=20240102-03:04:05|"
CANCEL = f"11=M1|530=7|{TIME}"
ACTION = f"11=M1|1373=3|1374=7|{TIME}"
STATUS = "584=R1|585=7|"
DONT_KNOW = "37=1|17=2|127=D|55=AAA|54=1|"
TRADES = "568=R|569=0|"
SINCE = {"AD": NAMES[3:], "q": NAMES[3:], "AF": NAMES[3:], "CA": NAMES[6:], "Q": NAMES}
BODIES = {"AD": TRADES, "q": CANCEL, "AF": STATUS, "CA": ACTION, "Q": DONT_KNOW}
SCOPE = {"q": "530", "AF": "585", "CA": "1374"}


class ReadTests(SynchronousTestCase):
    """Messages to requests."""

    kinds = {"AD": TradesQuery, "q": MassCancel, "AF": MassStatus, "CA": MassCancel, "Q": DontKnow}

    def test_versions(self) -> None:
        """Each is a request in the versions that have it, and no message before."""
        for msg_type, body in BODIES.items():
            for version in NAMES:
                if version in SINCE[msg_type]:
                    request = mapped(msg_type, body, version)
                    self.assertIs(type(request), self.kinds[msg_type])
                    self.assertEqual(request.session, "S")
                else:
                    error = self.assertRaises(Refused, mapped, msg_type, body, version)
                    self.assertEqual((error.reason, error.tag), (11, b""))

    def test_scopes(self) -> None:
        """Each scope, with what it needs."""
        for msg_type, tag in SCOPE.items():
            for code, kind, needed in (
                ("1", MassScope.SECURITY, "55=AAA|"),
                ("2", MassScope.UNDERLYING, "311=AAA|"),
                ("3", MassScope.PRODUCT, "460=5|"),
                ("4", MassScope.CFI, "461=ESXXXX|"),
                ("5", MassScope.SECURITY_TYPE, "167=CS|"),
                ("6", MassScope.TRADING_SESSION, "336=1|"),
                ("7", MassScope.ALL, ""),
                ("8", MassScope.MARKET, "1301=X|"),
                ("9", MassScope.OTHER, ""),
            ):
                if code == "8" and msg_type == "AF":
                    continue  # party orders
                body = with_value(BODIES[msg_type], tag, code)
                request = mapped(msg_type, f"{body}{needed}", "FIX.5.0SP2")
                assert isinstance(request, MassCancel | MassStatus)
                self.assertEqual((request.scope.kind, request.scope.code), (kind, code))
                if needed:
                    error = self.assertRaises(RefusedBusiness, mapped, msg_type, body, "FIX.5.0SP2")
                    self.assertIn(f"({needed.partition('=')[0]})", error.text)

    def test_values(self) -> None:
        """What else a request names."""
        body = f"{STATUS}1=ACC|54=2|55=AAA|460=5|167=CS|336=1|311=U|"
        request = mapped("AF", body, "FIX.4.4")
        assert isinstance(request, MassStatus)
        expected = [7, "AAA", 2, "ACC", "CS", "5", "1", "U", "7", "", "", "", ""]
        self.assertEqual((request.req_id, request.scope.state()), ("R1", expected))
        request = mapped("AF", with_value(body, "585", "8") + "453=1|448=P|447=D|452=3|", "FIX.4.4")
        self.assertEqual(request.account, "P")
        action = mapped("CA", with_value(ACTION, "1373", "2"), "FIX.5.0SP2")
        assert isinstance(action, MassCancel)
        self.assertEqual((action.action, action.what, action.cl_ord_id), (True, 2, "M1"))
        known = mapped("Q", DONT_KNOW, "FIX.4.2")
        assert isinstance(known, DontKnow)
        found = (known.order_id, known.exec_id, known.reason, known.symbol, known.side)
        self.assertEqual(found, ("1", "2", "D", "AAA", 1))
        self.assertEqual((known.msg_type, known.ref), ("Q", "7"))

    def test_trades(self) -> None:
        """What a TradeCaptureReportRequest asks for."""
        request = mapped("AD", f"{TRADES}1=ACC|11=C1|37=7|54=2|55=AAA|263=0|", "FIX.4.4")
        assert isinstance(request, TradesQuery)
        self.assertEqual((request.req_id, request.order_id, request.order_name), ("R", "7", "C1"))
        self.assertEqual(request.scope.state()[:4], [7, "AAA", 2, "ACC"])
        self.assertEqual(request.ref, "7 R")
        day = 1_704_153_600_000_000_000  # 2024-01-02
        for dates, since, until in (
            ("", 0, 0),
            ("580=1|75=20240102|", day, day + DAY - 1),
            ("580=2|75=20240102|75=20240103|", day, day + 2 * DAY - 1),
            ("580=1|60=20240102-00:00:01|", day + 10**9, 0),
            ("580=2|60=20240102-00:00:01|60=20240102-00:00:02|", day + 10**9, day + 2 * 10**9),
        ):
            asked = mapped("AD", TRADES + dates, "FIX.4.4")
            assert isinstance(asked, TradesQuery)
            self.assertEqual((asked.since, asked.until), (since, until), dates)
        for more in ("17=5|",):
            error = self.assertRaises(RefusedBusiness, mapped, "AD", TRADES + more, "FIX.4.4")
            self.assertIn(f"tag {more.partition('=')[0]} with value", error.text)

    def test_refused(self) -> None:
        """A field that is missing or wrong."""
        for msg_type, tag, value, reason in (
            ("q", "530", "x", 5),
            ("q", "530", "", 4),
            ("q", "54", "x", 5),
            ("q", "60", "x", 6),
            ("q", "11", "\xff", 6),
            ("AF", "585", "x", 5),
            ("AF", "584", "", 4),
            ("CA", "1373", "4", 5),
            ("CA", "1374", "A", 5),
            ("Q", "127", "x", 5),
            ("AD", "568", "", 4),
            ("AD", "569", "x", 5),
            ("AD", "75", "x", 6),
            ("AD", "60", "20240102", 6),
        ):
            body = with_value(BODIES[msg_type], tag, value)
            error = self.assertRaises(Refused, mapped, msg_type, body, "FIX.5.0SP2")
            self.assertEqual((error.reason, error.tag), (reason, tag.encode()), f"{tag}={value}")
        for msg_type, tags in (
            ("q", "11 530 60"),
            ("AF", "584 585"),
            ("CA", "11 1373 1374 60"),
            ("Q", "127 54"),
            ("AD", "568 569"),
        ):
            for tag in tags.split():
                body = without(BODIES[msg_type], tag)
                error = self.assertRaises(Refused, mapped, msg_type, body, "FIX.5.0SP2")
                self.assertEqual((error.reason, error.tag), (1, tag.encode()))


class Desk:
    """A counterparty of one version, and a market behind its session."""

    def __init__(self, version: str) -> None:
        codes = {facts.name: code.decode() for code, facts in APPL_VER_IDS.items()}
        self.version = version
        transport = version.startswith("FIX.5")
        begin = TRANSPORT if transport else version
        self.client: Client = logged_on(begin, codes[version])
        self.market = Market()
        switches = Switches(user_defined=False)
        application = standard(version) if transport else None
        self.validator = Validator(standard(begin), application, switches)

    def send(self, msg_type: str, body: str) -> list[FixMessage]:
        """Send a message; the answers, each of which the version's dictionary is content with."""
        requests: list[Request] = self.client.send(msg_type, body)
        for request in requests:
            for event in self.market.submit(request):
                self.client.session.send(event, NOW)
        found = self.client.received()
        for message in found:
            invalid = self.validator.check(message)
            if invalid is not None:
                raise AssertionError(f"{invalid!r} of {message.raw!r}")
        return found

    def enter(self, name: str, side: str = "1", symbol: str = "AAA") -> None:
        """An order that rests."""
        body = f"11={name}|21=1|38=10|40=2|44=1{side}|54={side}|55={symbol}|{TIME}"
        (answer,) = self.send("D", body)
        assert answer.get(b"39") == b"0", answer.raw


def told(message: FixMessage, tags: str) -> str:
    """Type and some fields of a message."""
    values = [message.fields.get(tag.encode(), b"-").decode() for tag in tags.split()]
    return " ".join([message.msg_type.decode(), *values])


class AnswerTests(SynchronousTestCase):
    """What comes back, in each version; all of it is held to the version's dictionary."""

    def desk(self, version: str) -> Desk:
        """A counterparty with three orders."""
        desk = Desk(version)
        for name, side, symbol in (("A", "1", "AAA"), ("B", "2", "AAA"), ("C", "1", "BBB")):
            desk.enter(name, side, symbol)
        return desk

    def test_mass_cancel(self) -> None:
        """The reports of the orders, then the OrderMassCancelReport."""
        for version in NAMES[3:]:
            desk = self.desk(version)
            *reports, answer = desk.send("q", f"11=M|530=1|55=AAA|526=X|{TIME}")
            found = [told(report, "11 150 39") for report in reports]
            self.assertEqual(found, ["8 A 4 4", "8 B 4 4"])
            self.assertEqual(told(answer, "11 37 530 531 533 55 526 532"), "r M M 1 1 2 AAA X -")
            self.assertEqual(answer.get(b"1369"), b"M" if version in NAMES[6:] else None)
            (answer,) = desk.send("q", f"11=N|530=7|54=2|{TIME}")
            self.assertEqual(told(answer, "531 533 54"), "r 7 0 2")

    def test_mass_cancel_refused(self) -> None:
        """The response is 0, with a reason."""
        for version in NAMES[3:]:
            other = "0" if version == "FIX.4.3" else "99"
            desk = self.desk(version)
            for body, expected in (
                ("530=1|55=NO|", "1 0 1"),
                ("530=2|311=NO|", "2 0 2"),
                ("530=3|460=4|", "3 0 3"),
                ("530=4|461=FXXXXX|", "4 0 4"),
                ("530=5|167=FUT|", "5 0 5"),
                ("530=6|336=9|", "6 0 6"),
            ):
                (answer,) = desk.send("q", f"11=M|{body}{TIME}")
                self.assertEqual(told(answer, "530 531 532"), f"r {expected}")
                self.assertIsNone(answer.get(b"533"))
                self.assertTrue(answer.get(b"58"))
            (answer,) = desk.send("q", f"11=A|530=7|{TIME}")
            self.assertEqual(told(answer, "530 531 532"), f"r 7 0 {other}")

    def test_mass_action(self) -> None:
        """The same by OrderMassActionRequest, which may also suspend and release."""
        for version in NAMES[6:]:
            desk = self.desk(version)
            for name, what, status in (("L", 1, "9"), ("M", 2, "0")):
                *reports, answer = desk.send("CA", f"11={name}|1373={what}|1374=7|{TIME}")
                found = [told(report, "11 39") for report in reports]
                self.assertEqual(found, [f"8 {each} {status}" for each in "ABC"])
                tags = "11 1369 1373 1374 1375 1376 533"
                self.assertEqual(told(answer, tags), f"BZ {name} {name} {what} 7 1 - 3")
            *reports, answer = desk.send("CA", f"11=N|1373=3|1374=7|54=1|{TIME}")
            self.assertEqual([told(report, "11 39") for report in reports], ["8 A 4", "8 C 4"])
            self.assertEqual(told(answer, "11 1369 1373 1374 1375 533"), "BZ N N 3 7 1 2")
            (answer,) = desk.send("CA", f"11=O|1373=3|1374=10|{TIME}")
            self.assertEqual(told(answer, "1374 1375 1376"), "BZ 10 0 0")

    def test_mass_status(self) -> None:
        """A report for each order, with the number of them and a mark on the last."""
        for version in NAMES[3:]:
            desk = self.desk(version)
            reports = desk.send("AF", "584=R|585=7|54=1|")
            listed = version != "FIX.4.3"
            expected = ["8 A I 0 R 2 N", "8 C I 0 R 2 Y"] if listed else ["8 A I 0", "8 C I 0"]
            tags = "11 150 39 584 911 912" if listed else "11 150 39"
            self.assertEqual([told(report, tags) for report in reports], expected)
            (report,) = desk.send("AF", "584=Q|585=1|55=NO|")
            self.assertEqual(told(report, "37 150 39 103 14"), "8 NONE I 8 1 0")
            if listed:
                self.assertEqual(told(report, "584 911 912"), "8 Q 0 Y")

    def test_trade_capture(self) -> None:
        """An acknowledgement where there is one, then a report for each trade."""
        for version in NAMES[3:]:
            desk = self.desk(version)
            body = f"21=1|38=4|40=2|44=11|54=2|55=AAA|1=ACC|{TIME}"
            desk.send("D", f"11=D|{body}")
            *acks, report = desk.send("AD", TRADES)
            old = version == "FIX.4.3"
            expected = [] if old else ["AQ R 0 1 0 0"]
            self.assertEqual([told(ack, "568 569 748 749 750") for ack in acks], expected)
            found = told(report, "568 571 487 31 32 55 75 150 570 573")
            self.assertEqual(found, f"AE R 1 {'N' if old else '0'} 11 4 AAA 19700101 F N 0")
            if not old:
                self.assertEqual(told(report, "748 856 912"), "AE 1 0 Y")
            raw = report.raw.replace(b"\x01", b"|").decode()
            last = version == "FIX.5.0SP2"
            taker = "54=2|1=ACC|37=4|11=D|" if last else "54=2|37=4|11=D|1=ACC|"
            self.assertIn(f"|552=2|{taker}54=1|37=1|11=A|10=", raw)

    def test_no_trades(self) -> None:
        """That there are none is told, and that they cannot be."""
        for version in NAMES[3:]:
            desk = self.desk(version)
            for body, told_, refused in (
                ("569=0|", "AQ 0 0 0 1", "j AD R 0"),
                ("569=1|55=NO|", "AQ 1 0 1 2", "j AD R 2"),
                ("569=3|", "AQ 3 0 8 2", "j AD R 0"),
            ):
                (answer,) = desk.send("AD", f"568=R|{body}")
                if version == "FIX.4.3":
                    self.assertEqual(told(answer, "372 379 380"), refused)
                else:
                    self.assertEqual(told(answer, "569 748 749 750"), told_)

    def test_dont_know(self) -> None:
        """No answer at all."""
        for version in NAMES:
            desk = self.desk(version)
            self.assertEqual(desk.send("Q", f"{DONT_KNOW}38=1|32=1|31=1|"), [])
