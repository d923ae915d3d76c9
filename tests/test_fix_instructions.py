"""What orders ask for, in the fields of each version: read, checked, and told on reports."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.model.codes import OrdStatus, OrdType, ReportKind, Side, TimeInForce
from exsim.model.events import Report
from exsim.model.instructions import Instructions, Peg, PostOnly, Trigger
from exsim.model.requests import NO_PRICE, Carry, NewOrder, ReplaceOrder
from exsim.protocols.fix_given import OWN_FIELDS
from exsim.protocols.fix_instructions import READ
from exsim.protocols.fix_refused import Refused, RefusedBusiness
from exsim.protocols.fix_reports import Reports
from exsim.protocols.fix_versions import NAMES, VERSIONS
from exsim.wire.fix import decode, encode
from exsim.wire.fix_dictionary import TRANSPORT, members_of
from exsim.wire.fix_parts import as_bytes
from exsim.wire.fix_validate import Switches, Validator
from tests.amount import amount
from tests.test_fix_requests import mapped, message, new_order, with_value, without

UNIT = 10**8
DAY = 86_400 * 10**9
NOW = 1_704_164_645_000_000_000  # 2024-01-02 03:04:05
ORDER = "11=C1|21=1|38=100|40=2|44=100.25|54=1|55=AAA|60=20240102-03:04:05|"
LATE = NAMES[5:]
HEADER = frozenset(("8", "9", "10", "34", "35", "49", "52", "56"))
TERMS = frozenset(("11", "38", "40", "44", "54", "55", "59", "60"))


def typed(code: str, more: str = "", price: bool = True) -> str:
    """An order of some type."""
    body = with_value(ORDER, "40", code) + more
    return body if price else without(body, "44")


def asked(body: str, version: str = "FIX.5.0SP2") -> dict[str, Any]:
    """What an order asks for that is not as it is for most."""
    extra = new_order(body, version).extra
    if extra is None:
        return {}
    usual = Instructions()
    return {
        name: getattr(extra, name)
        for name in dir(Instructions)
        if name[0] != "_" and name != "state" and getattr(extra, name) != getattr(usual, name)
    }


class PlainTests(SynchronousTestCase):
    """Most orders ask for nothing, and are not looked at for it."""

    def test_nothing(self) -> None:
        """An order without such fields, or with such as ask for nothing here."""
        for version in NAMES:
            for body in (ORDER, typed("1"), f"{ORDER}18=1|", f"{ORDER}110=0|99=5|"):
                self.assertIsNone(new_order(body, version).extra)

    def test_tables(self) -> None:
        """The codes read are those of each version's dictionary."""
        for version in NAMES:
            fields = standard(version).fields
            for tag, codes in VERSIONS[version].codes.items():
                there = set(fields[tag].codes) if tag in fields else set()
                there = {code for code in there if len(code) == 1}
                if there or tag not in (b"125",):
                    self.assertEqual(set(codes), there, f"{tag!r} in {version}")

    def test_told_tables(self) -> None:
        """What is told on a report has a place there, in each version."""
        for version in NAMES:
            dictionary = standard(version)
            there = {member.tag for member in members_of(dictionary.messages[b"8"].members)}
            self.assertLessEqual(set(VERSIONS[version].told), there, version)

    def test_own_fields(self) -> None:
        """The tags of exsim's own are of no version, and are read."""
        for tag, own in OWN_FIELDS.items():
            self.assertEqual(int(own), int(tag) + 20_000)
            self.assertIn(own, READ)
            self.assertNotIn(own, standard("FIX.5.0SP2").fields)


class TypeTests(SynchronousTestCase):
    """OrdType(40), TimeInForce(59), and what they need."""

    def check(
        self,
        body: str,
        version: str,
        ord_type: OrdType,
        tif: TimeInForce = TimeInForce.DAY,
        priced: bool = False,
    ) -> NewOrder:
        """An order of this type and time."""
        order = new_order(body, version)
        found = (order.ord_type, order.tif, order.price != NO_PRICE)
        self.assertEqual(found, (ord_type, tif, priced), f"{body} in {version}")
        return order

    def test_types(self) -> None:
        """Each type with what it needs; a price that means nothing for it is not read."""
        for version in NAMES:
            stop = self.check(typed("3", "99=99.5|"), version, OrdType.STOP)
            assert stop.extra is not None
            self.assertEqual(stop.extra.stop_px, 9950 * UNIT // 100)
            self.check(typed("4", "99=99|"), version, OrdType.STOP_LIMIT, priced=True)
            self.check(typed("P", "18=R|", False), version, OrdType.PEGGED)
            self.check(typed("P", "18=R|"), version, OrdType.PEGGED, priced=True)
            self.check(typed("1", "20040=K|"), version, OrdType.MARKET_TO_LIMIT)
            self.check(typed("1", "20040=J|99=9|"), version, OrdType.MARKET_IF_TOUCHED)
            self.check(typed("2", "20040=T|99=9|"), version, OrdType.LIMIT_IF_TOUCHED, priced=True)
        for version in NAMES[3:]:
            self.check(typed("J", "99=99|"), version, OrdType.MARKET_IF_TOUCHED)
            self.check(typed("K"), version, OrdType.MARKET_TO_LIMIT)

    def test_on_close(self) -> None:
        """The types "on close" are at the close, by type or time in force as the version has it."""
        at_close = TimeInForce.AT_CLOSE
        for version in (*NAMES[:4], *LATE):
            self.check(typed("5"), version, OrdType.MARKET, at_close)
            self.check(typed("5", "59=0|"), version, OrdType.MARKET, at_close)
            self.check(typed("B"), version, OrdType.LIMIT, at_close, True)
            self.check(typed("A"), version, OrdType.LIMIT, at_close, True)
            self.check(typed("A", price=False), version, OrdType.MARKET, at_close)
            error = self.assertRaises(Refused, mapped, "D", typed("5", "59=3|"), version)
            self.assertEqual((error.reason, error.tag), (5, b"59"))
            self.refused_business(typed("B", price=False), version, "44")
        for version in NAMES[3:]:
            self.check(typed("2", "59=7|"), version, OrdType.LIMIT, at_close, True)
        for version in NAMES:
            self.check(typed("1", "20059=7|"), version, OrdType.MARKET, at_close)

    def test_times(self) -> None:
        """All times in force; what a version has no code for by the field of exsim's own."""
        for version in NAMES:
            for tif in TimeInForce:
                code = "B" if tif is TimeInForce.GOOD_FOR_AUCTION else str(int(tif))
                body = f"{ORDER}126=20240103-00:00:00|"
                self.check(f"{body}20059={code}|", version, OrdType.LIMIT, tif, True)
                if code.encode() in VERSIONS[version].codes[b"59"]:
                    self.check(f"{body}59={code}|", version, OrdType.LIMIT, tif, True)
            error = self.assertRaises(Refused, mapped, "D", f"{ORDER}20059=x|", version)
            self.assertEqual((error.reason, error.tag), (5, b"20059"))

    def refused_business(self, body: str, version: str, tag: str) -> None:
        """A field is missing under a condition."""
        error = self.assertRaises(RefusedBusiness, mapped, "D", body, version)
        text = f"Conditionally Required Field Missing ({tag})"
        self.assertEqual((error.reason, error.text), (5, text), f"{body} in {version}")

    def test_needed(self) -> None:
        """What a type cannot do without."""
        for version in NAMES:
            self.refused_business(typed("3"), version, "99")
            self.refused_business(typed("4", "99=9|", False), version, "44")
            self.refused_business(typed("2", "20040=T|"), version, "99")
            self.refused_business(typed("P"), version, "1094" if version in LATE else "18")
            self.refused_business(f"{ORDER}59=6|", version, "126")
            self.refused_business(f"{ORDER}389=1|", version, "388")
            self.refused_business(f"{ORDER}20388=0|", version, "389")
        for version in NAMES[4:]:
            self.refused_business(typed("3", "18=a|"), version, "211")
        self.refused_business(f"{ORDER}1100=4|1101=1|", "FIX.5.0", "1102")
        self.refused_business(f"{ORDER}1100=4|1101=1|1102=5|", "FIX.5.0", "1109")
        self.refused_business(f"{ORDER}1084=3|1138=5|", "FIX.5.0", "1086")

    def test_required_comes_first(self) -> None:
        """A required field that is missing is told before anything asked for."""
        body = without(typed("3", "18=?|"), "54")
        error = self.assertRaises(Refused, mapped, "D", body, "FIX.4.4")
        self.assertEqual((error.reason, error.tag), (1, b"54"))

    def test_expiry(self) -> None:
        """A time, or a date; the time counts where both are there."""
        time, date = NOW + 5_000_000_000, NOW // DAY + 1
        for version in NAMES:
            for more, expected in (
                ("126=20240102-03:04:10|", {"expire": time}),
                ("432=20240103|", {"expire_day": date}),
                ("126=20240102-03:04:10|432=20240103|", {"expire": time}),
            ):
                self.assertEqual(asked(f"{ORDER}59=6|{more}", version), expected)
            self.assertEqual(asked(f"{ORDER}126=20240102-03:04:10|", version), {})

    def test_replace(self) -> None:
        """A replace asks as an order does."""
        request = mapped("G", typed("3", "41=C0|99=5|111=10|"))
        assert isinstance(request, ReplaceOrder)
        extra = request.terms.extra
        assert extra is not None
        self.assertEqual((extra.stop_px, extra.display), (5 * UNIT, 10 * UNIT))


class FieldTests(SynchronousTestCase):
    """Each thing that can be asked for."""

    def check(self, more: str, expected: dict[str, Any], versions: tuple[str, ...] = NAMES) -> None:
        """What a limit order with these fields asks for."""
        for version in versions:
            self.assertEqual(asked(ORDER + more, version), expected, f"{more} in {version}")

    def test_exec_inst(self) -> None:
        """ExecInst(18), one code or several, and the words of exsim's own."""
        self.check("18=6|", {"post_only": PostOnly.REJECT})
        self.check("18=G|", {"all_or_none": True})
        self.check("18=1 G 6|", {"all_or_none": True, "post_only": PostOnly.REJECT})
        self.check("18=o|", {"cancel_on_disconnect": True}, NAMES[6:])
        self.check("20018=o|", {"cancel_on_disconnect": True})
        self.check("18=K|", {"cancel_on_halt": True}, NAMES[3:])
        self.check("20018=K|", {"cancel_on_halt": True})
        self.check("18=Z|", {"only_best": True}, NAMES[4:])
        self.check("20018=Z|", {"only_best": True})
        self.check("20018=reprice|", {"post_only": PostOnly.REPRICE})
        self.check("18=6|20018=reprice hidden|", {"post_only": PostOnly.REPRICE, "hidden": True})
        self.check("18=R|", {})

    def test_quantities(self) -> None:
        """MinQty, and the quantity that is shown, by any of its fields."""
        self.check("110=10|", {"min_qty": 10 * UNIT})
        self.check("111=10|", {"display": 10 * UNIT})
        self.check("210=10|", {"display": 10 * UNIT})
        self.check("1138=20|111=10|", {"display": 20 * UNIT})
        self.check("111=0|", {"hidden": True})
        self.check("111=10|21085=5|21086=20|", {"display": 5 * UNIT, "display_high": 20 * UNIT})
        self.check("1138=9|1084=1|1083=2|", {"display": 9 * UNIT}, LATE)
        self.check("1138=9|1084=2|1088=9|", {"display": 9 * UNIT}, LATE)
        self.check("1138=9|1084=4|", {"hidden": True}, NAMES[7:])
        self.check("1138=9|1084=3|1086=30|", {"display": 9 * UNIT, "display_high": 30 * UNIT}, LATE)

    def test_discretion(self) -> None:
        """An offset is beyond the price, whatever its sign."""
        self.check("388=0|389=0.05|", {"discretion": 5 * UNIT // 100}, NAMES[2:])
        self.check("20388=0|20389=-0.05|", {"discretion": 5 * UNIT // 100})

    def test_group(self) -> None:
        """Who must not trade with whom."""
        self.check("2362=me|", {"group": "me"})
        self.check("22362=me|", {"group": "me"})

    def test_trigger_price(self) -> None:
        """Which price elects a stop."""
        for code, trigger in (("1", Trigger.ASK), ("2", Trigger.LAST), ("3", Trigger.BID)):
            for version in NAMES:
                extra = new_order(typed("3", f"99=9|21107={code}|"), version).extra
                assert extra is not None
                self.assertEqual(extra.trigger, trigger)

    def test_trigger_block(self) -> None:
        """With its price a type that has a trigger; a market or limit order becomes one."""
        block = "1100=4|1101=1|1102=9|1107=3|1109={}|"
        for code, side, direction, ord_type in (
            ("1", "1", "U", OrdType.STOP),
            ("1", "1", "D", OrdType.MARKET_IF_TOUCHED),
            ("2", "1", "U", OrdType.STOP_LIMIT),
            ("2", "1", "D", OrdType.LIMIT_IF_TOUCHED),
            ("2", "2", "D", OrdType.STOP_LIMIT),
            ("2", "2", "U", OrdType.LIMIT_IF_TOUCHED),
            ("4", "1", "U", OrdType.STOP_LIMIT),
        ):
            for version in LATE:
                body = with_value(typed(code, block.format(direction)), "54", side)
                order = new_order(body, version)
                assert order.extra is not None
                self.assertEqual(order.ord_type, ord_type)
                found = (order.extra.stop_px, order.extra.trigger)
                self.assertEqual(found, (9 * UNIT, Trigger.BID))

    def test_pegs(self) -> None:
        """What is followed, at which distance."""
        for code, number, peg in (
            ("R", 5, Peg.PRIMARY),
            ("P", 4, Peg.MARKET),
            ("M", 2, Peg.MID),
            ("L", 1, 1),
        ):
            expected = {"peg": peg, "peg_offset": -UNIT // 100}
            for version in NAMES:
                self.assertEqual(asked(typed("P", f"18={code}|211=-0.01|"), version), expected)
            for version in LATE:
                body = typed("P", f"1094={number}|836=0|835=0|211=-0.01|")
                self.assertEqual(asked(body, version), expected)
                error = self.assertRaises(
                    Refused, mapped, "D", typed("P", f"18={code}|1094=7|"), version
                )
                self.assertEqual((error.reason, error.tag), (5, b"1094"))

    def test_trailing(self) -> None:
        """A trailing stop, as a stop or as a pegged order; by an amount or by hundredths."""
        for version in NAMES:
            self.assertEqual(asked(typed("3", "20018=a|211=-0.5|"), version), {"trail": UNIT // 2})
        for version in NAMES[4:]:
            order = new_order(typed("P", "18=a|211=0.5|99=9|", False), version)
            assert order.extra is not None
            found = (order.ord_type, order.extra.stop_px, order.extra.trail, order.extra.peg)
            self.assertEqual(found, (OrdType.STOP, 9 * UNIT, UNIT // 2, 0))
            self.assertEqual(new_order(typed("P", "18=a|211=1|"), version).ord_type, 4)
            percent = asked(typed("3", "18=a|211=150|836=1|"), version)
            self.assertEqual(percent, {"trail_percent": 3 * UNIT // 2})
            error = self.assertRaises(Refused, mapped, "D", typed("1", "18=a|211=1|"), version)
            self.assertEqual((error.reason, error.tag), (5, b"40"))
        for version in LATE:
            self.assertEqual(asked(typed("4", "1094=8|211=1|"), version), {"trail": UNIT})
        percent = asked(typed("3", "18=a|211=1.5|836=4|"))
        self.assertEqual(percent, {"trail_percent": 3 * UNIT // 2})


class WrongTests(SynchronousTestCase):
    """Values that are refused."""

    wrong = (
        ("99=x|", 6, "99"),
        ("99=|", 4, "99"),
        ("18=|", 4, "18"),
        ("18=6 ?|", 5, "18"),
        ("18=66|", 5, "18"),
        ("20018=six|", 5, "20018"),
        ("18=hidden|", 5, "18"),
        ("110=-1|", 5, "110"),
        ("111=x|", 6, "111"),
        ("1138=-1|", 5, "1138"),
        ("1084=9|", 5, "1084"),
        ("1138=9|1084=3|1086=5|", 5, "1086"),
        ("388=x|389=1|", 5, "388"),
        ("388=0|389=x|", 6, "389"),
        ("126=x|", 6, "126"),
        ("432=2024|", 6, "432"),
        ("432=20240230|", 6, "432"),
        ("1100=x|", 5, "1100"),
        ("1100=4|1101=1|1102=1|1109=x|", 5, "1109"),
        ("20040=x|", 5, "20040"),
        ("22362=|", 4, "22362"),
        ("40=P|18=R M|", 5, "18"),
    )
    undone = (
        ("388=1|389=1|", "388"),
        ("388=0|389=1|842=1|", "842"),
        ("1107=6|", "1107"),
        ("1100=1|", "1100"),
        ("1100=4|1101=3|1102=1|", "1101"),
        ("1100=4|1101=1|1102=1|1103=BBB|1109=U|", "1103"),
        ("1100=4|1101=1|1102=1|1109=U|1110=9|", "1110"),
        ("1083=1|", "1083"),
        ("1138=9|1084=2|1088=8|", "1088"),
        ("40=P|18=R|836=2|", "836"),
        ("40=P|18=R|835=1|", "835"),
        ("40=P|18=R|838=1|", "838"),
        ("40=3|99=1|18=a|211=1|836=2|", "836"),
    )

    def test_wrong(self) -> None:
        """A wrong value is refused, with the reason and the tag."""
        for more, reason, tag in self.wrong:
            error = self.assertRaises(Refused, mapped, "D", self.body(more), "FIX.5.0SP2")
            self.assertEqual((error.reason, error.tag), (reason, tag.encode()), more)

    def test_undone(self) -> None:
        """What FIX has and exsim cannot do is refused in words, rather than passed over."""
        for more, tag in self.undone:
            error = self.assertRaises(RefusedBusiness, mapped, "D", self.body(more), "FIX.5.0SP2")
            self.assertIn(f"tag {tag} with value", error.text)
            self.assertEqual(error.reason, 0)

    def body(self, more: str) -> str:
        """An order with these fields, of another type where they say so."""
        return typed(more[3], more[5:]) if more.startswith("40=") else ORDER + more

    def test_whole_quantities(self) -> None:
        """Before FIX.4.2 quantities have no decimals."""
        for tag in ("110", "111"):
            error = self.assertRaises(Refused, mapped, "D", f"{ORDER}{tag}=1.5|", "FIX.4.1")
            self.assertEqual((error.reason, error.tag), (6, tag.encode()))
            new_order(f"{ORDER}{tag}=1.5|", "FIX.4.2")

    @settings(derandomize=True, deadline=None, max_examples=amount(75, 300), database=None)
    @given(
        st.sampled_from("DG"),
        st.sampled_from(NAMES),
        st.sampled_from("123456JKPAB"),
        st.lists(
            st.tuples(
                st.sampled_from(sorted(READ)),
                st.sampled_from(["", "0", "1", "-1", "4", "6 G", "a", "R", "x", "\xff", "1.5"]),
            ),
            max_size=8,
        ),
    )
    def test_any(
        self, msg_type: str, version: str, code: str, pairs: list[tuple[bytes, str]]
    ) -> None:
        """Whatever is asked for, it is an order or is refused for a field that can be at fault."""
        more = "".join(f"{tag.decode()}={value}|" for tag, value in pairs)
        body = typed(code, f"41=C0|{more}")
        given_ = dict(reversed(pairs))
        try:
            request = mapped(msg_type, body, version)
        except Refused as error:
            self.assertIn(error.reason, (4, 5, 6))
            self.assertIn(error.tag, {*given_, b"40", b"59"})
            if error.tag in given_:
                self.assertEqual(error.reason == 4, given_[error.tag] == "")
        except RefusedBusiness as error:
            self.assertIn(error.reason, (0, 5))
        else:
            sent = message(msg_type, body).raw.split(b"\x01")
            told = [field for field in request.carry.asked.split(b"\x01") if field]
            self.assertEqual([field for field in told if field not in sent], self.default(told))

    def default(self, told: list[bytes]) -> list[bytes]:
        """A TimeInForce that was not there is told as DAY behind a type that stood for another."""
        return [b"59=0"] if b"59=0" in told else []


class ToldTests(SynchronousTestCase):
    """Reports say what an order asks for; every one is held to the dictionary of its version."""

    def validator(self, version: str) -> Validator:
        """What a careful counterparty checks."""
        if version.startswith("FIX.5"):
            return Validator(standard(TRANSPORT), standard(version), Switches(user_defined=False))
        return Validator(standard(version), None, Switches(user_defined=False))

    def told(self, order: NewOrder, version: str) -> dict[str, str]:
        """The fields of the report of an accepted order, which are valid."""
        facts = VERSIONS[version]
        mapping = Reports(facts, facts.trade_exec_type, facts.timestamp_digits)
        event = Report(
            int(ReportKind.NEW), "S", order, "17", "23", "C1", OrdStatus.NEW, 0, order.qty, 0, NOW
        )
        body = as_bytes(mapping.report(event))
        begin = TRANSPORT if version.startswith("FIX.5") else version
        head = b"35=8\x0134=2\x0149=XSIM\x0152=20240102-03:04:05\x0156=CLIENT\x01"
        made = decode(encode(begin.encode(), head + body))
        invalid = self.validator(version).check(made)
        self.assertIsNone(invalid, f"{invalid!r} of {made.raw!r} in {version}")
        self.assertFalse(made.repeated, made.raw)
        found = {tag.decode(): value.decode("latin-1") for tag, value in made.fields.items()}
        return {tag: value for tag, value in found.items() if tag not in HEADER}

    def test_as_they_came(self) -> None:
        """Every field that a version's report has a place for comes back as it was."""
        for version in NAMES:
            facts = VERSIONS[version]
            for body in (
                typed("3", "99=99.50|18=1 G|110=5|111=010|59=1|"),
                typed("P", "18=R|211=0.010|"),
                f"{ORDER}59=6|126=20240102-03:04:10|",
                f"{ORDER}59=6|432=20240103|",
                f"{ORDER}388=0|389=-0.5|",
                typed("4", "1100=4|1101=1|1102=9|1107=3|1109=U|"),
                f"{ORDER}1138=5|1084=3|1085=5|1086=9|",
                typed("2", "20040=T|99=9|20018=hidden|"),
            ):
                order = new_order(body, version) if self.readable(body, version) else None
                if order is None:
                    continue
                found = self.told(order, version)
                sent = dict(pair.split("=", 1) for pair in body.split("|")[:-1])
                for tag, value in sent.items():
                    if tag.encode() in (*facts.told, *OWN_FIELDS.values()) or tag in ("40", "59"):
                        self.assertEqual(found[tag], value, f"{tag} of {body} in {version}")

    def readable(self, body: str, version: str) -> bool:
        """Whether a version has the fields of an order."""
        dictionary = standard(version)
        there = {member.tag.decode() for member in members_of(dictionary.messages[b"D"].members)}
        return all(
            tag in there or int(tag) > 5_000
            for tag in (pair.split("=")[0] for pair in body.split("|")[:-1])
            if tag != "21"
        )

    def test_codes_as_they_came(self) -> None:
        """A type or time that stands for another one is told as it came."""
        for version in (*NAMES[:4], *LATE):
            found = self.told(new_order(typed("5"), version), version)
            self.assertEqual((found["40"], found["59"]), ("5", "0"))
            self.assertNotIn("44", found)
            found = self.told(new_order(typed("B"), version), version)
            self.assertEqual((found["40"], found["59"], found["44"]), ("B", "0", "100.25"))
        for version in NAMES[4:]:
            found = self.told(new_order(typed("P", "18=a|211=1|99=9|"), version), version)
            self.assertEqual((found["40"], found["18"], found["99"]), ("P", "a", "9"))
        for version in NAMES:
            found = self.told(new_order(f"{ORDER}20059=B|", version), version)
            self.assertEqual((found["59"], found["20059"]), ("0", "B"))

    def test_with_the_rest(self) -> None:
        """What is copied and what is asked for go together; a text of the report is not doubled."""
        order = new_order(f"{ORDER}1=ACC|58=hi|18=6|5001=x|", "FIX.4.4", "115=BOB|", "5001 18")
        self.assertEqual(order.carry.body, b"58=hi\x011=ACC\x015001=x\x01")
        self.assertEqual(order.carry.asked, b"18=6\x01")
        self.assertEqual(order.carry.routing, b"128=BOB\x01")
        found = self.told(order, "FIX.4.4")
        self.assertEqual((found["1"], found["58"], found["18"]), ("ACC", "hi", "6"))

    def made(self, version: str, **changed: Any) -> dict[str, str]:
        """The report of an order that came another way than FIX."""
        values: dict[str, Any] = {
            "session": "S",
            "cl_ord_id": "C1",
            "symbol": "AAA",
            "side": int(Side.BUY),
            "ord_type": int(OrdType.LIMIT),
            "tif": int(TimeInForce.DAY),
            "qty": 100 * UNIT,
            "price": 10 * UNIT,
            **changed,
        }
        return self.told(NewOrder(**values), version)

    def test_made(self) -> None:
        """Each type and time in force has a code, or the nearest and a field of exsim's own."""
        for version in NAMES:
            facts = VERSIONS[version]
            for ord_type in OrdType:
                for tif in TimeInForce:
                    found = self.made(version, ord_type=int(ord_type), tif=int(tif))
                    self.assertIn(found["40"].encode(), facts.codes[b"40"])
                    self.assertIn(found["59"].encode(), facts.codes[b"59"])
            touched = self.made(version, ord_type=int(OrdType.LIMIT_IF_TOUCHED))
            self.assertEqual((touched["40"], touched["20040"]), ("2", "T"))
            auction = self.made(version, tif=int(TimeInForce.GOOD_FOR_AUCTION))
            new = version == "FIX.5.0SP2"
            self.assertEqual(auction["59"], "B" if new else "0")
            self.assertEqual(auction.get("20059"), None if new else "B")
            close = self.made(version, tif=int(TimeInForce.AT_CLOSE))
            old = version in NAMES[:3]
            self.assertEqual((close["40"], close["59"]), ("B", "0") if old else ("2", "7"))

    everything = Instructions(
        stop_px=9 * UNIT,
        trigger=int(Trigger.BID),
        trail_percent=UNIT,
        discretion=UNIT,
        display=5 * UNIT,
        display_high=9 * UNIT,
        min_qty=2 * UNIT,
        all_or_none=True,
        post_only=int(PostOnly.REPRICE),
        expire=NOW,
        group="me",
        cancel_on_disconnect=True,
        cancel_on_halt=True,
        only_best=True,
    )

    def test_made_instructions(self) -> None:
        """The same order asks for the same in the report of each version that has the field."""
        for version in NAMES:
            found = self.made(version, extra=self.everything, account="ACC")
            own = version not in LATE
            self.assertEqual(found["99"], "9")
            self.assertEqual(found["21107" if own else "1107"], "3")
            self.assertEqual(found["20211" if version == "FIX.4.0" else "211"], "100")
            self.assertEqual(found["20836" if version in NAMES[:4] else "836"], "1")
            self.assertEqual(found["20389" if version in NAMES[:2] else "389"], "1")
            self.assertEqual(found.get("111"), None if version in NAMES[:2] else "5")
            self.assertEqual(found["21086" if own else "1086"], "9")
            self.assertEqual(found["2362" if version == NAMES[7] else "22362"], "me")
            self.assertEqual("K" in found["18"].split(), version not in NAMES[:3])
            self.assertTrue(found["20018"].endswith("reprice"))
            self.assertTrue(found["126"].startswith("20240102-03:04:05"))

    def test_made_is_read(self) -> None:
        """What is told of an order is, sent as an order, the same order."""
        for version in NAMES[2:]:
            for ord_type in (OrdType.STOP, OrdType.STOP_LIMIT):
                found = self.made(
                    version, ord_type=int(ord_type), tif=int(TimeInForce.GTD), extra=self.everything
                )
                body = "21=1|" + "".join(
                    f"{tag}={value}|"
                    for tag, value in found.items()
                    if tag in TERMS or tag.encode() in READ
                )
                again = new_order(body, version)
                assert again.extra is not None
                self.assertEqual(again.extra.state(), self.everything.state(), version)

    def test_hidden(self) -> None:
        """Nothing is shown of it."""
        for version in NAMES[2:]:
            found = self.made(version, extra=Instructions(hidden=True, peg=int(Peg.MID)))
            self.assertEqual((found["111"], found["18"], found["20018"]), ("0", "M", "hidden"))


class ReplacedTests(SynchronousTestCase):
    """What is told of an order that was replaced."""

    def order(self, owner: str, asked_: bytes, extra: Instructions | None = None) -> NewOrder:
        """Terms with something asked for."""
        carry = Carry(owner, b"", b"", asked_)
        return NewOrder("S", "C", "AAA", 1, 2, 0, UNIT, carry=carry, extra=extra)

    def test_by_fix(self) -> None:
        """What a replace does not ask for is not asked for any more."""
        first = self.order("fix", b"18=6\x01", Instructions(post_only=1))
        for asked_ in (b"", b"18=G\x01"):
            for before in (first, self.order("fix", b"18=1\x01")):
                replaced = self.order("fix", asked_).with_carry_of(before)
                self.assertEqual(replaced.carry.asked, asked_)

    def test_by_others(self) -> None:
        """Terms of a person are told as before while they ask for the same."""
        extra = Instructions(post_only=1)
        first = self.order("fix", b"18=6\x01", extra)
        self.assertEqual(self.order("", b"", extra).with_carry_of(first).carry.asked, b"18=6\x01")
        self.assertEqual(self.order("", b"").with_carry_of(first).carry.asked, b"")
