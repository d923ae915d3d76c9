"""Events become FIX messages as each version has them."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.model.codes import OrdStatus, Reason, ReportKind
from exsim.model.events import CancelReject, MessageReject, Report
from exsim.model.requests import NO_PRICE, Carry, NewOrder
from exsim.protocols.fix_carry import NOTHING
from exsim.protocols.fix_options import tells_trade
from exsim.protocols.fix_reports import Reports, routing
from exsim.protocols.fix_versions import NAMES, VERSIONS
from exsim.wire.fix_parts import Part, as_bytes

UNIT = 10**8
TIME = 1_704_164_645_678_901_234  # 2024-01-02 03:04:05.678901234
STAMP = "20240102-03:04:05.678"

NEW, PART, FILLED = OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED, OrdStatus.FILLED
CANCELED, REPLACED, REJECTED = OrdStatus.CANCELED, OrdStatus.REPLACED, OrdStatus.REJECTED
EXPIRED = OrdStatus.EXPIRED
OLD, MIDDLE, LATE = NAMES[:2], NAMES[2:3], NAMES[3:]


def terms(**changed: object) -> NewOrder:
    """Terms of a limit order to buy 100 AAA at 10.25."""
    values: dict[str, object] = {
        "session": "S",
        "cl_ord_id": "C1",
        "symbol": "AAA",
        "side": 1,
        "ord_type": 2,
        "tif": 0,
        "qty": 100 * UNIT,
        "price": 1025 * UNIT // 100,
        "carry": NOTHING,
    }
    return NewOrder(**{**values, **changed})  # type: ignore[arg-type]


def report(kind: int, status: int, of: NewOrder | None = None, **changed: object) -> Report:
    """A report of that order."""
    values: dict[str, object] = {
        "session": "S",
        "terms": of or terms(),
        "order_id": "17",
        "exec_id": "23",
        "cl_ord_id": "C1",
        "cum": 0,
        "leaves": 100 * UNIT,
        "avg": 0,
        "time": TIME,
    }
    return Report(kind=kind, status=status, **{**values, **changed})  # type: ignore[arg-type]


def fill(status: int = PART) -> Report:
    """A fill of 40 at 10.20, the first or the last."""
    return report(
        ReportKind.FILL,
        status,
        cum=40 * UNIT,
        leaves=0 if status == FILLED else 60 * UNIT,
        avg=1020 * UNIT // 100,
        last_qty=40 * UNIT,
        last_px=1020 * UNIT // 100,
    )


def reports(version: str, style: str = "version", appl_ver_id: str = "") -> Reports:
    """The mapping of a version with its own habits."""
    facts = VERSIONS[version]
    trade = tells_trade(style, facts)
    return Reports(facts, trade, facts.timestamp_digits, appl_ver_id, (b"5001",))


def text(body: Part) -> str:
    """A body, readable."""
    return as_bytes(body).decode("latin-1").replace("\x01", "|")


def fields(body: Part) -> dict[str, str]:
    """The fields of a body, each of which may be there once."""
    pairs = [field.partition("=")[::2] for field in text(body).split("|")[:-1]]
    found = dict(pairs)
    assert len(found) == len(pairs), text(body)
    return found


class WholeReportTests(SynchronousTestCase):
    """Whole bodies, to the byte."""

    def test_new(self) -> None:
        """An accepted order in each version."""
        head = "6=0|11=C1|14=0|17=23|"
        tail = "40=2|44=10.25|54=1|55=AAA|59=0|"
        expected = {
            "FIX.4.0": f"{head}20=0|31=0|32=0|37=17|38=100|39=0|{tail}60=20240102-03:04:05|",
            "FIX.4.1": f"{head}20=0|31=0|32=0|37=17|38=100|39=0|{tail}60=20240102-03:04:05|"
            "150=0|151=100|",
            "FIX.4.2": f"{head}20=0|37=17|38=100|39=0|{tail}60={STAMP}|150=0|151=100|",
        }
        later = f"{head}37=17|38=100|39=0|{tail}60={STAMP}|150=0|151=100|"
        for version in NAMES:
            body = reports(version).report(report(ReportKind.NEW, NEW))
            self.assertEqual(text(body), expected.get(version, later), version)

    def test_fill(self) -> None:
        """A partial fill in each version."""
        body = "6=10.2|11=C1|14=40|17=23|{0}31=10.2|32=40|37=17|38=100|39=1|40=2|44=10.25|54=1|"
        body += "55=AAA|59=0|60={1}|{2}"
        for version in NAMES:
            trans_type = "20=0|" if version in NAMES[:3] else ""
            time = STAMP if version in NAMES[2:] else STAMP[:-4]
            outcome = "150=1|151=60|" if version in NAMES[:3] else "150=F|151=60|"
            outcome = "" if version == "FIX.4.0" else outcome
            self.assertEqual(
                text(reports(version).report(fill())), body.format(trans_type, time, outcome)
            )

    def test_reject(self) -> None:
        """A rejected order says why, in a code and in words."""
        event = report(
            ReportKind.REJECTED,
            REJECTED,
            terms(price=NO_PRICE, ord_type=1, tif=3),
            leaves=0,
            reason=Reason.UNKNOWN_SYMBOL,
            text="unknown symbol 'AAA'",
        )
        self.assertEqual(
            text(reports("FIX.4.2").report(event)),
            "6=0|11=C1|14=0|17=23|20=0|37=17|38=100|39=8|40=1|54=1|55=AAA|58=unknown symbol 'AAA'|"
            f"59=3|60={STAMP}|103=1|150=8|151=0|",
        )

    def test_replaced(self) -> None:
        """A replaced order names the order that it was."""
        event = report(ReportKind.REPLACED, REPLACED, cl_ord_id="C2", orig_cl_ord_id="C1")
        self.assertEqual(
            text(reports("FIX.4.2").report(event)),
            "6=0|11=C2|14=0|17=23|20=0|37=17|38=100|39=5|40=2|41=C1|44=10.25|54=1|55=AAA|59=0|"
            f"60={STAMP}|150=5|151=100|",
        )

    def test_no_orig_cl_ord_id(self) -> None:
        """FIX.4.0 has no OrigClOrdID on a report."""
        event = report(ReportKind.CANCELED, CANCELED, cl_ord_id="C2", orig_cl_ord_id="C1")
        self.assertNotIn("41", fields(reports("FIX.4.0").report(event)))
        self.assertEqual(fields(reports("FIX.4.1").report(event))["41"], "C1")

    def test_unknown_order(self) -> None:
        """A status request for an order that there is not: nothing is known of its terms."""
        of = terms(ord_type=0, qty=0, price=NO_PRICE)
        event = report(
            ReportKind.STATUS,
            REJECTED,
            of,
            order_id="",
            exec_id="0",
            leaves=0,
            reason=Reason.UNKNOWN_ORDER,
        )
        known = "14=0|17=0|{}37=NONE|38=0|39=8|54=1|55=AAA|58=unknown order|60={}|103={}|{}"
        for version, *filled in (
            ("FIX.4.0", "20=3|31=0|32=0|", STAMP[:-4], 0, ""),
            ("FIX.4.1", "20=3|31=0|32=0|", STAMP[:-4], 5, "150=8|151=0|"),
            ("FIX.4.2", "20=3|", STAMP, 5, "150=8|151=0|"),
            ("FIX.4.4", "", STAMP, 5, "150=I|151=0|"),
            ("FIX.5.0SP2", "", STAMP, 5, "150=I|151=0|"),
        ):
            self.assertEqual(
                text(reports(version).report(event)), "6=0|11=C1|" + known.format(*filled)
            )

    def test_rising_order(self) -> None:
        """The fields of a report stand in rising order, whatever it has."""
        event = report(
            ReportKind.REJECTED,
            REJECTED,
            orig_cl_ord_id="C0",
            reason=Reason.TICK,
            text="why",
        )
        for version in NAMES:
            tags = [int(tag) for tag in fields(reports(version).report(event))]
            self.assertEqual(tags, sorted(tags))

    def test_required(self) -> None:
        """Every report of every version has what its version requires."""
        required = {
            "FIX.4.0": "37 17 39 54 14 20 55 38 32 31 6",
            "FIX.4.1": "37 17 39 54 14 20 150 55 38 32 31 151 6",
            "FIX.4.2": "37 17 39 54 14 20 150 55 151 6",
        }
        later = "37 17 39 54 14 150 151 6"
        for version in NAMES:
            for kind, status in (
                (ReportKind.NEW, NEW),
                (ReportKind.FILL, FILLED),
                (ReportKind.CANCELED, CANCELED),
                (ReportKind.REJECTED, REJECTED),
                (ReportKind.STATUS, PART),
            ):
                found = set(fields(reports(version).report(report(kind, status))))
                self.assertLessEqual(set(required.get(version, later).split()), found)


class StateTests(SynchronousTestCase):
    """ExecTransType(20), ExecType(150) and OrdStatus(39)."""

    def states(self, event: Report, version: str, style: str = "version") -> str:
        """The three of them."""
        found = fields(reports(version, style).report(event))
        return " ".join(found.get(tag, "-") for tag in ("20", "150", "39"))

    def check(self, event: Report, *expected: str) -> None:
        """The states told in 4.0, 4.1 and 4.2, 4.3 and later."""
        for version in NAMES:
            group = 0 if version == "FIX.4.0" else 1 if version in NAMES[:3] else 2
            self.assertEqual(self.states(event, version), expected[group], version)

    def test_kinds(self) -> None:
        """Each kind of report."""
        self.check(report(ReportKind.NEW, NEW), "0 - 0", "0 0 0", "- 0 0")
        self.check(fill(), "0 - 1", "0 1 1", "- F 1")
        self.check(fill(FILLED), "0 - 2", "0 2 2", "- F 2")
        self.check(report(ReportKind.CANCELED, CANCELED), "0 - 4", "0 4 4", "- 4 4")
        self.check(report(ReportKind.REJECTED, REJECTED), "0 - 8", "0 8 8", "- 8 8")
        self.check(report(ReportKind.EXPIRED, EXPIRED), "0 - C", "0 C C", "- C C")

    def test_replaced(self) -> None:
        """Replaced is a status up to FIX.4.2, unless a higher one holds."""
        self.check(report(ReportKind.REPLACED, REPLACED), "0 - 5", "0 5 5", "- 5 0")
        self.check(report(ReportKind.REPLACED, PART), "0 - 1", "0 5 1", "- 5 1")
        self.check(report(ReportKind.REPLACED, FILLED), "0 - 2", "0 5 2", "- 5 2")

    def test_status(self) -> None:
        """Answers to a status request, of an order that nobody answered yet too."""
        self.check(report(ReportKind.STATUS, NEW), "3 - 0", "3 0 0", "- I 0")
        self.check(report(ReportKind.STATUS, PART), "3 - 1", "3 1 1", "- I 1")
        self.check(report(ReportKind.STATUS, REPLACED), "3 - 5", "3 5 5", "- I 0")
        self.check(report(ReportKind.STATUS, CANCELED), "3 - 4", "3 4 4", "- I 4")
        self.check(report(ReportKind.STATUS, -1), "3 - A", "3 A A", "- I A")

    def test_fill_style(self) -> None:
        """A session may want fills told against the habit of its version."""
        self.assertEqual(self.states(fill(), "FIX.4.2", "trade"), "0 F 1")
        self.assertEqual(self.states(fill(), "FIX.4.4", "fill"), "- 1 1")
        self.assertEqual(self.states(fill(FILLED), "FIX.4.4", "fill"), "- 2 2")
        self.assertEqual(self.states(fill(), "FIX.4.0", "trade"), "0 - 1")

    def test_every_combination(self) -> None:
        """No kind and status lacks a code."""
        for version in NAMES:
            for kind in ReportKind:
                for status in (-1, *OrdStatus):
                    found = fields(reports(version).report(report(kind, status)))
                    self.assertEqual(len(found["39"]), 1)


class ContentTests(SynchronousTestCase):
    """What else is on a report."""

    def body(self, event: Report, version: str = "FIX.4.4") -> dict[str, str]:
        """The fields of a report."""
        return fields(reports(version).report(event))

    def test_echo(self) -> None:
        """Codes that came are given back, letters too."""
        found = self.body(report(ReportKind.NEW, NEW, terms(side=66, ord_type=80, tif=1)))
        self.assertEqual((found["54"], found["40"], found["59"]), ("B", "P", "1"))

    def test_odd_symbols(self) -> None:
        """All is told that terms have, also of a long symbol."""
        for of in (terms(), terms(side=2), terms(price=UNIT), terms(tif=3), terms(symbol="B")):
            found = self.body(report(ReportKind.NEW, NEW, of))
            self.assertEqual(found["55"], of.symbol)
            self.assertEqual(found["54"], str(of.side))
            self.assertEqual(found["59"], str(of.tif))
            self.assertEqual(found["44"], "1" if of.price == UNIT else "10.25")
        long = terms(symbol="X" * 33)
        self.assertEqual(self.body(report(ReportKind.NEW, NEW, long))["55"], "X" * 33)

    def test_times(self) -> None:
        """Each report has its own time."""
        mapping = reports("FIX.4.4")
        for time, stamp in (
            (TIME, STAMP),
            (TIME + 10**6, "20240102-03:04:05.679"),
            (TIME, STAMP),
        ):
            found = fields(mapping.report(report(ReportKind.NEW, NEW, time=time)))
            self.assertEqual(found["60"], stamp)

    def test_negative_price(self) -> None:
        """Spreads have prices below zero."""
        found = self.body(report(ReportKind.NEW, NEW, terms(price=-UNIT // 2)))
        self.assertEqual(found["44"], "-0.5")

    def test_no_cl_ord_id(self) -> None:
        """An order without ClOrdID, as REST may enter one, has no empty field."""
        body = reports("FIX.4.4").report(report(ReportKind.NEW, NEW, cl_ord_id=""))
        self.assertTrue(text(body).startswith("6=0|14=0|17=23|"), text(body))

    def test_utf8(self) -> None:
        """Text is UTF-8."""
        self.assertEqual(self.body(report(ReportKind.NEW, NEW, cl_ord_id="é"))["11"], "Ã©")

    def test_text(self) -> None:
        """A report's own text; a delimiter in it ends no field."""
        event = report(ReportKind.CANCELED, CANCELED, text="a\x01b")
        found = self.body(event)
        self.assertEqual(found["58"], "a b")
        self.assertNotIn("103", found)

    def test_reason_without_text(self) -> None:
        """A reason has words of its own; only a rejected order has OrdRejReason."""
        event = report(ReportKind.REJECTED, REJECTED, reason=Reason.POLICY)
        self.assertEqual(self.body(event)["58"], "refused by a policy")
        event = report(ReportKind.CANCELED, CANCELED, reason=Reason.POLICY)
        self.assertEqual(self.body(event)["58"], "refused by a policy")
        self.assertNotIn("103", self.body(event))

    def test_carry(self) -> None:
        """What the order brought follows; a report's own text replaces the order's."""
        of = terms(carry=Carry("fix", b"58=mine\x011=ACC\x015001=x\x01", b"128=BOB\x01"))
        body = text(reports("FIX.4.4").report(report(ReportKind.NEW, NEW, of)))
        self.assertTrue(body.endswith("|151=100|58=mine|1=ACC|5001=x|"), body)
        event = report(ReportKind.CANCELED, CANCELED, of, text="ours")
        body = text(reports("FIX.4.4").report(event))
        self.assertIn("|58=ours|59=0|", body)
        self.assertTrue(body.endswith("|151=100|1=ACC|5001=x|"), body)
        self.assertEqual(routing(of.carry), b"128=BOB\x01")

    def test_carry_of_others(self) -> None:
        """Of an order that came another way, Account and Text are told; its carry is not ours."""
        of = terms(carry=Carry("ouch", b"\x00\x01", b"\x02"), account="ACC", text="hi")
        found = self.body(report(ReportKind.NEW, NEW, of))
        self.assertEqual((found["1"], found["58"]), ("ACC", "hi"))
        found = self.body(report(ReportKind.CANCELED, CANCELED, of, text="ours"))
        self.assertEqual((found["1"], found["58"]), ("ACC", "ours"))
        self.assertEqual(routing(of.carry), b"")
        self.assertEqual(routing(None), b"")


class ReasonTests(SynchronousTestCase):
    """One reason, the code of each version."""

    # reason: OrdRejReason(103) in 4.0, 4.1, 4.2, 4.3, 4.4, 5.0, 5.0SP1, 5.0SP2
    order_reasons = {
        Reason.UNKNOWN_SYMBOL: "1 1 1 1 1 1",
        Reason.CLOSED: "2 2 2 2 2 2",
        Reason.DUPLICATE: "0 6 6 6 6 6",
        Reason.UNKNOWN_ORDER: "0 5 5 5 5 5",
        Reason.TOO_LATE: "4 4 4 4 4 4",
        Reason.QUANTITY: "0 0 0 0 13 13",
        Reason.PRICE: "0 0 0 0 99 99",
        Reason.TICK: "0 0 0 0 99 18",
        Reason.UNSUPPORTED: "0 0 0 11 11 11",
        Reason.UNSUPPORTED_MESSAGE: "0 0 0 11 11 11",
        Reason.NO_PRICE: "0 0 0 0 99 99",
        Reason.POLICY: "0 0 0 0 99 99",
        Reason.THROTTLED: "0 0 0 0 99 99",
        Reason.BAND: "0 0 0 0 99 99 16 16",
        Reason.NOTIONAL: "3 3 3 3 3 3 3 20",
        Reason.RISK: "3 3 3 3 3 3",
        Reason.KILLED: "0 0 0 0 99 99",
        Reason.SHORT_SALE: "0 0 0 0 99 99 99 22",
        Reason.POST_ONLY: "0 0 0 0 99 99",
        Reason.NOT_BEST: "0 0 0 0 99 99",
        Reason.MIN_QTY: "0 0 0 0 99 99",
        Reason.SELF_TRADE: "0 0 0 0 99 99",
        Reason.NO_LIQUIDITY: "0 0 0 0 99 99",
        Reason.STALE: "0 0 8 8 8 8",
        Reason.SPOKEN: "0 0 7 7 7 7",
        Reason.PENDING: "0 0 0 0 99 99",
        Reason.ACCOUNT: "0 0 0 0 15 15",
        Reason.NOT_ALLOWED: "0 0 0 0 99 99",
        Reason.UNKNOWN_QUOTE: "0 0 0 0 99 99",
        Reason.BID_ASK: "0 0 0 0 99 99",
        Reason.LAST_LOOK: "0 0 0 0 99 99",
        Reason.OTHER: "0 0 0 0 99 99",
    }
    # CxlRejReason(102)
    cancel_reasons = {
        Reason.UNKNOWN_ORDER: "1 1 1 1 1 1",
        Reason.TOO_LATE: "0 0 0 0 0 0",
        Reason.PENDING: "- - 3 3 3 3",
        Reason.DUPLICATE: "- - 2 6 6 6",
        Reason.TICK: "- - 2 2 99 18",
        Reason.BAND: "- - 2 2 99 99 8 8",
        Reason.QUANTITY: "- - 2 2 99 99",
        Reason.POLICY: "- - 2 2 99 99",
        Reason.THROTTLED: "- - 2 2 99 99",
        Reason.OTHER: "- - 2 2 99 99",
    }
    # BusinessRejectReason(380)
    business_reasons = {
        Reason.UNKNOWN_ORDER: "- - 1 1 1 1",
        Reason.UNKNOWN_SYMBOL: "- - 2 2 2 2",
        Reason.UNSUPPORTED_MESSAGE: "- - 3 3 3 3",
        Reason.CLOSED: "- - 4 4 4 4",
        Reason.KILLED: "- - 4 4 4 4",
        Reason.NOT_ALLOWED: "- - 0 6 6 6",
        Reason.TICK: "- - 0 0 0 18",
        Reason.POLICY: "- - 0 0 0 0",
        Reason.THROTTLED: "- - 0 0 0 0 0 8",
        Reason.OTHER: "- - 0 0 0 0",
    }

    def codes(self, expected: str) -> dict[str, str]:
        """The code by version."""
        words = expected.split()
        words += [words[-1]] * (len(NAMES) - len(words))
        return dict(zip(NAMES, words, strict=True))

    def test_every_reason(self) -> None:
        """The first table has every reason that there is."""
        self.assertEqual(set(self.order_reasons), set(Reason))

    def test_codes_exist(self) -> None:
        """Every code that is told is one of its version's dictionary."""
        for version in NAMES:
            facts, fields_of = VERSIONS[version], standard(version).fields
            for tag, codes in (
                (b"103", facts.ord_rej_reasons),
                (b"102", facts.cxl_rej_reasons),
                (b"380", facts.business_reasons),
            ):
                told = {str(code).encode() for code in codes.values() if code is not None}
                if told:
                    self.assertLessEqual(told, set(fields_of[tag].codes), f"{tag!r} in {version}")

    def test_orders(self) -> None:
        """OrdRejReason(103)."""
        for reason, expected in self.order_reasons.items():
            for version, code in self.codes(expected).items():
                event = report(ReportKind.REJECTED, REJECTED, reason=reason)
                found = fields(reports(version).report(event))
                self.assertEqual(found["103"], code, f"{reason} in {version}")

    def test_cancels(self) -> None:
        """CxlRejReason(102)."""
        for reason, expected in self.cancel_reasons.items():
            for version, code in self.codes(expected).items():
                event = CancelReject("S", "C2", "C1", "17", NEW, False, reason, TIME)
                found = fields(reports(version).cancel_reject(event))
                self.assertEqual(found.get("102", "-"), code, f"{reason} in {version}")

    def test_messages(self) -> None:
        """BusinessRejectReason(380)."""
        for reason, expected in self.business_reasons.items():
            for version, code in self.codes(expected).items():
                event = MessageReject("S", "R", "7", reason)
                found = fields(reports(version).message_reject(event)[1])
                self.assertEqual(found.get("380", "-"), code, f"{reason} in {version}")


class CancelRejectTests(SynchronousTestCase):
    """OrderCancelReject(9)."""

    def test_unknown_order(self) -> None:
        """Whole bodies in each version."""
        event = CancelReject("S", "C2", "C1", "", REJECTED, True, Reason.UNKNOWN_ORDER, TIME)
        late = f"11=C2|37=NONE|39=8|41=C1|58=unknown order|60={STAMP}|102=1|434=2|"
        for version, expected in (
            ("FIX.4.0", "11=C2|37=NONE|58=unknown order|102=1|"),
            ("FIX.4.1", "11=C2|37=NONE|39=8|41=C1|58=unknown order|102=1|"),
            *[(version, late) for version in NAMES[2:]],
        ):
            self.assertEqual(text(reports(version).cancel_reject(event)), expected, version)

    def test_too_late(self) -> None:
        """A cancel of an order that is done, with a text."""
        event = CancelReject("S", "C2", "C1", "17", FILLED, False, Reason.TOO_LATE, TIME, "done")
        self.assertEqual(
            text(reports("FIX.4.2").cancel_reject(event)),
            f"11=C2|37=17|39=2|41=C1|58=done|60={STAMP}|102=0|434=1|",
        )

    def test_status(self) -> None:
        """Replaced is a status up to FIX.4.2 only."""
        event = CancelReject("S", "C2", "C1", "17", REPLACED, False, Reason.OTHER, TIME)
        self.assertEqual(fields(reports("FIX.4.2").cancel_reject(event))["39"], "5")
        self.assertEqual(fields(reports("FIX.4.3").cancel_reject(event))["39"], "0")

    def test_by_order_id(self) -> None:
        """A cancel that named its order by OrderID has no OrigClOrdID to give back."""
        event = CancelReject("S", "C2", "", "17", NEW, False, Reason.OTHER, TIME)
        self.assertNotIn("41", fields(reports("FIX.5.0SP1").cancel_reject(event)))

    def test_carry(self) -> None:
        """It takes back what the request brought, as far as its version has room for it."""
        carry = Carry("fix", b"58=hi\x011=ACC\x01109=CL\x01526=SEC\x01453=1\x01448=A\x015001=x\x01")
        event = CancelReject(
            "S", "C2", "C1", "17", NEW, False, Reason.OTHER, TIME, carry=carry, account="ACC"
        )
        for version, expected in (
            ("FIX.4.0", "109=CL|5001=x|"),
            ("FIX.4.2", "1=ACC|109=CL|5001=x|"),
            ("FIX.4.4", "1=ACC|526=SEC|5001=x|"),
            ("FIX.5.0SP2", "1=ACC|526=SEC|453=1|448=A|5001=x|"),
        ):
            body = text(reports(version).cancel_reject(event))
            self.assertTrue(body.endswith(f"|{expected}"), body)
            self.assertEqual(body.count("58="), 1)

    def test_account(self) -> None:
        """Of a request that came another way, the account is told where there is a field."""
        event = CancelReject("S", "C2", "C1", "17", NEW, False, Reason.OTHER, TIME, account="ACC")
        self.assertEqual(fields(reports("FIX.4.2").cancel_reject(event))["1"], "ACC")
        self.assertNotIn("1", fields(reports("FIX.4.1").cancel_reject(event)))


class MessageRejectTests(SynchronousTestCase):
    """BusinessMessageReject(j), and Reject(3) where there is none."""

    def test_unsupported(self) -> None:
        """An unsupported type, in the words that counterparties expect."""
        event = MessageReject("S", "8", "2", Reason.UNSUPPORTED_MESSAGE)
        for version in NAMES[2:]:
            self.assertEqual(
                reports(version).message_reject(event),
                (b"j", b"45=2\x0158=Unsupported Message Type\x01372=8\x01380=3\x01"),
            )
        for version in NAMES[:2]:
            self.assertEqual(
                reports(version).message_reject(event),
                (b"3", b"45=2\x0158=unsupported message type\x01"),
            )

    def test_words(self) -> None:
        """Reasons that the specification has words for are told in these."""
        for reason, words in (
            (Reason.UNKNOWN_ORDER, "Unknown ID"),
            (Reason.UNKNOWN_SYMBOL, "Unknown Security"),
            (Reason.CLOSED, "Application not available"),
            (Reason.POLICY, "refused by a policy"),
        ):
            event = MessageReject("S", "R", "7", reason)
            self.assertEqual(fields(reports("FIX.4.4").message_reject(event)[1])["58"], words)

    def test_reference(self) -> None:
        """The identifier of the message refused, and a text."""
        event = MessageReject("S", "R", "2 Q 1", Reason.POLICY, "no quotes\x01today")
        msg_type, body = reports("FIX.4.4").message_reject(event)
        self.assertEqual(msg_type, b"j")
        self.assertEqual(text(body), "45=2|58=no quotes today|372=R|379=Q 1|380=0|")

    def test_no_message(self) -> None:
        """A reject of nothing that came has no number to refer to."""
        event = MessageReject("S", "R", "", Reason.OTHER)
        self.assertEqual(text(reports("FIX.4.4").message_reject(event)[1]), "58=other|372=R|380=0|")

    def test_appl_ver_id(self) -> None:
        """It tells DefaultApplVerID where it should."""
        event = MessageReject("S", "8", "2", Reason.UNSUPPORTED_MESSAGE)
        _, body = reports("FIX.5.0SP2", appl_ver_id="9").message_reject(event)
        self.assertEqual(text(body), "45=2|58=Unsupported Message Type|372=8|380=3|1137=9|")
