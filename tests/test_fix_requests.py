"""FIX messages become requests: what each version demands, what is read, and what is refused."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.model.requests import (
    NO_PRICE,
    CancelOrder,
    NewOrder,
    OrderStatusQuery,
    OtherMessage,
    ReplaceOrder,
    Request,
)
from exsim.protocols.fix_carry import only, without_text
from exsim.protocols.fix_refused import Refused, RefusedBusiness
from exsim.protocols.fix_requests import Requests
from exsim.protocols.fix_versions import NAMES, VERSIONS, code_text
from exsim.wire.fix import FixMessage, decode, encode
from tests.amount import amount

UNIT = 10**8
HEADER = "34=7|49=CLIENT|52=20240102-03:04:05|56=XSIM|"

ORDER = "11=C1|21=1|38=100|40=2|44=100.25|54=1|55=AAA|59=0|60=20240102-03:04:05|"
CANCEL = "11=C2|38=100|41=C1|54=1|55=AAA|60=20240102-03:04:05|125=F|"
REPLACE = "11=C2|21=1|38=50|40=2|41=C1|44=100.5|54=1|55=AAA|59=0|60=20240102-03:04:05|"
STATUS = "11=C1|54=1|55=AAA|"


def wire(text: str) -> bytes:
    """Bytes of fields written with ``|`` for the delimiter."""
    return text.replace("|", "\x01").encode("latin-1")


def message(msg_type: str, body: str, header: str = "") -> FixMessage:
    """A decoded message of this body."""
    return decode(encode(b"FIX.4.2", wire(f"35={msg_type}|{HEADER}{header}{body}")))


def mapped(
    msg_type: str, body: str, version: str = "FIX.4.2", header: str = "", echo: str = ""
) -> Request:
    """The request that a message makes."""
    tags = tuple(tag.encode() for tag in echo.split())
    return Requests("S", VERSIONS[version], tags).request(message(msg_type, body, header))


def new_order(body: str, version: str = "FIX.4.2", header: str = "", echo: str = "") -> NewOrder:
    """The order that a NewOrderSingle makes."""
    request = mapped("D", body, version, header, echo)
    assert isinstance(request, NewOrder)
    return request


def without(body: str, tag: str) -> str:
    """The body without one of its fields."""
    return "".join(f"{field}|" for field in body.split("|")[:-1] if not field.startswith(f"{tag}="))


def with_value(body: str, tag: str, value: str) -> str:
    """The body with another value of one of its fields, or with that field at its end."""
    return f"{without(body, tag)}{tag}={value}|"


def values(request: Any, *names: str) -> dict[str, Any]:
    """Those attributes of a request, and those that all requests have."""
    common = ("session", "cl_ord_id", "symbol", "side", "account")
    return {name: getattr(request, name) for name in (*common, *names)}


class NewOrderTests(SynchronousTestCase):
    """NewOrderSingle(D)."""

    def test_every_version(self) -> None:
        """The same order is the same request in all versions, raw bytes with it."""
        for version in NAMES:
            order = new_order(f"1=ACC|{ORDER}58=hello|", version)
            self.assertEqual(
                values(order, "ord_type", "tif", "qty", "price", "text"),
                {
                    "session": "S",
                    "cl_ord_id": "C1",
                    "symbol": "AAA",
                    "side": 1,
                    "ord_type": 2,
                    "tif": 0,
                    "qty": 100 * UNIT,
                    "price": 10_025 * UNIT // 100,
                    "account": "ACC",
                    "text": "hello",
                },
            )
            self.assertEqual(order.raw, message("D", f"1=ACC|{ORDER}58=hello|").raw)

    def test_market(self) -> None:
        """A market order has no price, even where one is given; without TimeInForce it is DAY."""
        order = new_order(without(without(with_value(ORDER, "40", "1"), "44"), "59"))
        self.assertEqual((order.ord_type, order.price, order.tif), (1, NO_PRICE, 0))
        self.assertEqual(new_order(with_value(ORDER, "40", "1")).price, NO_PRICE)

    def test_codes_pass(self) -> None:
        """Codes that the version has and the venue may not know go on as numbers."""
        for tag, code, name, number in (
            ("59", "1", "tif", 1),
            ("59", "5", "tif", 5),
            ("54", "7", "side", 7),
            ("40", "3", "ord_type", 3),
            ("40", "P", "ord_type", 80),
            ("40", "9", "ord_type", 9),
        ):
            order = new_order(with_value(f"{ORDER}18=R|99=100|", tag, code))
            self.assertEqual(getattr(order, name), number, f"{tag}={code}")
            self.assertEqual(code_text(number), code)

    def test_code_sets(self) -> None:
        """Each version has its own codes: what is new in one is out of range before it."""
        for tag, code, first in (
            ("54", "7", "FIX.4.1"),
            ("54", "9", "FIX.4.2"),
            ("54", "B", "FIX.4.3"),
            ("54", "G", "FIX.4.4"),
            ("54", "H", "FIX.5.0SP2"),
            ("40", "I", "FIX.4.2"),
            ("40", "J", "FIX.4.3"),
            ("40", "Q", "FIX.5.0"),
            ("40", "S", "FIX.5.0SP2"),
            ("59", "7", "FIX.4.3"),
            ("59", "9", "FIX.5.0SP1"),
            ("59", "C", "FIX.5.0SP2"),
        ):
            for version in NAMES:
                body = with_value(f"{ORDER}99=100|", tag, code)
                if NAMES.index(version) >= NAMES.index(first):
                    new_order(body, version)
                else:
                    error = self.assertRaises(Refused, mapped, "D", body, version)
                    self.assertEqual((error.reason, error.tag), (5, tag.encode()))

    def test_codes_gone(self) -> None:
        """FIX.4.4 lacks some OrdTypes that the versions around it have."""
        for version, there in (("FIX.4.3", True), ("FIX.4.4", False), ("FIX.5.0", True)):
            for code in "5ABCFH":
                body = with_value(ORDER, "40", code)
                if there:
                    on_close = {"5": 1, "A": 2, "B": 2}  # a market or limit order
                    number = on_close.get(code, ord(code))
                    self.assertEqual(new_order(body, version).ord_type, number)
                else:
                    self.assertRaises(Refused, mapped, "D", body, version)

    def test_quantity(self) -> None:
        """Quantities have decimals from FIX.4.2."""
        self.assertEqual(new_order(with_value(ORDER, "38", "0.5")).qty, UNIT // 2)
        for version in ("FIX.4.0", "FIX.4.1"):
            error = self.assertRaises(
                Refused, mapped, "D", with_value(ORDER, "38", "100.5"), version
            )
            self.assertEqual((error.reason, error.tag), (6, b"38"))

    def test_utf8(self) -> None:
        """Identifiers are UTF-8; free text may be anything."""
        order = new_order(with_value(ORDER, "11", "\xc3\xa9"))
        self.assertEqual(order.cl_ord_id, "é")
        error = self.assertRaises(Refused, mapped, "D", with_value(ORDER, "11", "\xe9"))
        self.assertEqual((error.reason, error.tag), (6, b"11"))
        order = new_order(f"{ORDER}58=\xe9|")
        self.assertEqual((order.text, order.carry.body), ("\ufffd", b"58=\xe9\x01"))


class RequiredTests(SynchronousTestCase):
    """What each version requires, and the answer where it is not there."""

    bodies = {"D": ORDER, "F": CANCEL, "G": REPLACE, "H": STATUS}
    required = {
        # message: tag, the versions that require it, outright or (c) under a condition
        "D": {
            "11": NAMES,
            "21": NAMES[:4],
            "54": NAMES,
            "40": NAMES,
            "60": NAMES[2:],
            "55": NAMES[:3],
            "55c": NAMES[3:],
            "38": NAMES[:1],
            "38c": NAMES[1:],
            "44c": NAMES,
            "59": (),
        },
        "F": {
            "11": NAMES,
            "54": NAMES,
            "41": NAMES[:6],
            "41c": NAMES[6:],
            "55": NAMES[:3],
            "60": NAMES[2:],
            "38": NAMES[:1],
            "125": NAMES[:1],
        },
        "G": {
            "11": NAMES,
            "21": NAMES[:4],
            "54": NAMES,
            "40": NAMES,
            "60": NAMES[2:],
            "41": NAMES[:6],
            "41c": NAMES[6:],
            "55": NAMES[:3],
            "55c": NAMES[3:],
            "38": NAMES[:1],
            "38c": NAMES[1:],
            "44c": NAMES,
        },
        "H": {"11": NAMES[:6], "11c": NAMES[6:], "54": NAMES, "55": NAMES[:3]},
    }

    def test_table(self) -> None:
        """Each field left out of each message, in each version."""
        for msg_type, tags in self.required.items():
            for tag in {tag.rstrip("c") for tag in tags}:
                for version in NAMES:
                    self.check(msg_type, tag, version)

    def check(self, msg_type: str, tag: str, version: str) -> None:
        """One message without one of its fields."""
        tags = self.required[msg_type]
        body = without(self.bodies[msg_type], tag)
        where = f"{msg_type} without {tag} in {version}"
        try:
            mapped(msg_type, body, version)
        except Refused as error:
            self.assertIn(version, tags.get(tag, ()), where)
            self.assertEqual((error.reason, error.tag), (1, tag.encode()), where)
        except RefusedBusiness as error:
            self.assertIn(version, tags.get(f"{tag}c", ()), where)
            text = f"Conditionally Required Field Missing ({tag})"
            self.assertEqual((error.reason, error.text), (5, text), where)
        else:
            self.assertNotIn(version, (*tags.get(tag, ()), *tags.get(f"{tag}c", ())), where)

    def test_whole_messages(self) -> None:
        """With all its fields each message is right in every version."""
        for msg_type, body in self.bodies.items():
            for version in NAMES:
                mapped(msg_type, body, version)

    def test_required_comes_first(self) -> None:
        """A missing field is told before a wrong value."""
        error = self.assertRaises(Refused, mapped, "D", without(with_value(ORDER, "40", "w"), "54"))
        self.assertEqual((error.reason, error.tag), (1, b"54"))


class ValueTests(SynchronousTestCase):
    """Values that are refused, with SessionRejectReason(373)."""

    wrong = (
        ("D", "54", "w", 5),
        ("D", "54", "12", 5),
        ("D", "40", "w", 5),
        ("D", "59", "w", 5),
        ("D", "21", "4", 5),
        ("D", "38", "abc", 6),
        ("D", "38", "1e3", 6),
        ("D", "38", "0.123456789", 6),
        ("D", "38", "99999999999999999999", 6),
        ("D", "44", "x", 6),
        ("D", "44", "1,5", 6),
        ("D", "60", "garbage", 6),
        ("D", "60", "20240230-00:00:00", 6),
        ("D", "60", "20240101-24:00:00", 6),
        ("F", "54", "w", 5),
        ("F", "60", "x", 6),
        ("F", "38", "x", 6),
        ("F", "41", "\xff", 6),
        ("G", "54", "w", 5),
        ("G", "44", "--1", 6),
        ("G", "38", "", 4),
        ("H", "54", "w", 5),
        ("H", "37", "\xff", 6),
        ("D", "11", "", 4),
        ("D", "55", "", 4),
        ("D", "54", "", 4),
        ("D", "59", "", 4),
        ("D", "44", "", 4),
        ("D", "60", "", 4),
        ("F", "41", "", 4),
        ("H", "11", "", 4),
    )

    def test_table(self) -> None:
        """Each wrong value is refused, and the tag is named."""
        bodies = RequiredTests.bodies
        for msg_type, tag, value, reason in self.wrong:
            body = with_value(bodies[msg_type], tag, value)
            error = self.assertRaises(Refused, mapped, msg_type, body)
            self.assertEqual((error.reason, error.tag), (reason, tag.encode()), f"{tag}={value}")

    def test_right(self) -> None:
        """What looks odd and is right."""
        for tag, value in (
            ("38", "0100.0"),
            ("38", "0"),
            ("44", "-1.5"),
            ("60", "20240229-23:59:60"),
            ("60", "20240131-00:00:00.123456789"),
        ):
            new_order(with_value(ORDER, tag, value))
        self.assertEqual(new_order(with_value(ORDER, "44", "-1.5")).price, -3 * UNIT // 2)

    def test_partial_cancel(self) -> None:
        """FIX.4.0 can cancel a part, which there is no request for; later 125 means nothing."""
        body = with_value(CANCEL, "125", "P")
        error = self.assertRaises(RefusedBusiness, mapped, "F", body, "FIX.4.0")
        self.assertIn("replace the order", error.text)
        error = self.assertRaises(Refused, mapped, "F", with_value(CANCEL, "125", "X"), "FIX.4.0")
        self.assertEqual((error.reason, error.tag), (5, b"125"))
        self.assertIsInstance(mapped("F", body, "FIX.4.2"), CancelOrder)

    @settings(derandomize=True, deadline=None, max_examples=amount(75, 300), database=None)
    @given(
        st.sampled_from("DFGH"),
        st.sampled_from(NAMES),
        st.lists(
            st.tuples(
                st.sampled_from([1, 11, 21, 37, 38, 40, 41, 44, 54, 55, 58, 59, 60, 125, 453, 448]),
                st.sampled_from(["", "1", "2", "A", "x", "\xff", "100.5", "20240101-00:00:00"]),
            ),
            max_size=14,
        ),
    )
    def test_any_fields(self, msg_type: str, version: str, fields: list[tuple[int, str]]) -> None:
        """
        Whatever is in a message, it is a request or is refused for a reason that holds.

        What an order asks for has tests of its own.
        """
        body = "".join(f"{tag}={value}|" for tag, value in fields)
        given_ = message(msg_type, body).fields
        try:
            mapped(msg_type, body, version)
        except Refused as error:
            self.assertEqual(error.reason == 1, error.tag not in given_)
            self.assertEqual(error.reason == 4, given_.get(error.tag) == b"")
        except RefusedBusiness as error:
            missing = error.text.partition("(")[2].rstrip(")").encode()
            self.assertTrue(missing not in given_ or missing == b"125", error.text)
            self.assertTrue(missing != b"44" or (msg_type in "DG" and given_[b"40"] == b"2"))


class OtherRequestTests(SynchronousTestCase):
    """Cancels, replaces, status requests, and messages of other types."""

    def test_cancel(self) -> None:
        """OrderCancelRequest(F) in all versions."""
        for version in NAMES:
            request = mapped("F", f"1=ACC|37=17|{CANCEL}", version)
            assert isinstance(request, CancelOrder)
            self.assertEqual(
                values(request, "orig_cl_ord_id", "order_id"),
                {
                    "session": "S",
                    "cl_ord_id": "C2",
                    "orig_cl_ord_id": "C1",
                    "order_id": "17",
                    "symbol": "AAA",
                    "side": 1,
                    "account": "ACC",
                },
            )

    def test_cancel_by_order_id(self) -> None:
        """From FIX.5.0SP1 OrderID may stand in for OrigClOrdID, and the symbol may be missing."""
        body = "37=17|" + without(without(CANCEL, "41"), "55")
        request = mapped("F", body, "FIX.5.0SP1")
        assert isinstance(request, CancelOrder)
        self.assertEqual((request.orig_cl_ord_id, request.order_id, request.symbol), ("", "17", ""))

    def test_replace(self) -> None:
        """OrderCancelReplaceRequest(G) brings whole new terms."""
        for version in NAMES:
            request = mapped("G", f"37=17|{REPLACE}", version)
            assert isinstance(request, ReplaceOrder)
            self.assertEqual((request.orig_cl_ord_id, request.order_id), ("C1", "17"))
            terms = request.terms
            self.assertEqual(
                (terms.cl_ord_id, terms.qty, terms.price, terms.ord_type, terms.tif),
                ("C2", 50 * UNIT, 1005 * UNIT // 10, 2, 0),
            )
            self.assertEqual(request.raw, message("G", f"37=17|{REPLACE}").raw)

    def test_status(self) -> None:
        """OrderStatusRequest(H)."""
        request = mapped("H", f"37=17|{STATUS}")
        assert isinstance(request, OrderStatusQuery)
        self.assertEqual(
            values(request, "order_id"),
            {
                "session": "S",
                "cl_ord_id": "C1",
                "order_id": "17",
                "symbol": "AAA",
                "side": 1,
                "account": "",
            },
        )

    def test_other(self) -> None:
        """A type that maps to no request keeps what a reject of it has to say."""
        for msg_type, body, ref in (
            ("V", "262=Q1|146=1|55=AAA|", "7 Q1"),
            ("V", "146=1|55=AAA|", "7"),
            ("8", "37=id|17=id|", "7"),
            ("UX", "11=C1|", "7"),
        ):
            request = mapped(msg_type, body, header="115=BOB|")
            assert isinstance(request, OtherMessage)
            self.assertEqual((request.msg_type, request.ref), (msg_type, ref))
            self.assertEqual((request.carry.body, request.carry.routing), (b"", b"128=BOB\x01"))

    def test_unknown_type(self) -> None:
        """A type that the version does not have is invalid; one that begins with U is a user's."""
        for msg_type, first in (
            ("T", "FIX.4.1"),
            ("V", "FIX.4.2"),
            ("AE", "FIX.4.3"),
            ("BE", "FIX.4.4"),
            ("BN", "FIX.5.0"),
            ("CB", "FIX.5.0SP1"),
            ("DJ", "FIX.5.0SP2"),
        ):
            for version in NAMES:
                if NAMES.index(version) >= NAMES.index(first):
                    self.assertIsInstance(mapped(msg_type, "", version), OtherMessage)
                else:
                    error = self.assertRaises(Refused, mapped, msg_type, "", version)
                    self.assertEqual((error.reason, error.tag), (11, b""))
        self.assertRaises(Refused, mapped, "*", "")
        self.assertIsInstance(mapped("U1", ""), OtherMessage)


class CarryTests(SynchronousTestCase):
    """What an order brings for its reports."""

    parties = "453=2|448=A|447=D|452=1|448=B|447=D|452=3|802=1|523=X|803=2|"

    def carried(self, body: str, version: str, echo: str = "", header: str = "") -> str:
        """The copied fields, readable."""
        carry = new_order(ORDER + body, version, header, echo).carry
        self.assertEqual(carry.owner, "fix")
        return carry.body.replace(b"\x01", b"|").decode()

    def test_by_version(self) -> None:
        """ClientID up to FIX.4.2, SecondaryClOrdID and parties from FIX.4.3; Text comes first."""
        body = f"1=ACC|58=hi|109=CL|526=SEC|{self.parties}"
        for version in NAMES[:3]:
            self.assertEqual(self.carried(body, version), "58=hi|1=ACC|109=CL|")
        for version in NAMES[3:]:
            self.assertEqual(self.carried(body, version), f"58=hi|1=ACC|526=SEC|{self.parties}")

    def test_nothing(self) -> None:
        """Orders that bring nothing share one empty carry; empty fields are not copied."""
        first, second = new_order(ORDER), new_order(with_value(ORDER, "11", "C2"))
        self.assertIs(first.carry, second.carry)
        self.assertEqual(self.carried("1=|58=|453=0|", "FIX.4.4"), "")

    def test_echo_tags(self) -> None:
        """The tags that the session says are copied, in that order, and no others."""
        body = "5001=a|5002=b|5003=c|"
        self.assertEqual(self.carried(body, "FIX.4.2"), "")
        self.assertEqual(self.carried(body, "FIX.4.2", "5003 5001 5009"), "5003=c|5001=a|")

    def test_group_ends(self) -> None:
        """The group of parties is copied up to the first field that is not of it."""
        body = "453=1|448=453|447=D|452=1|47=A|448=Z|"
        self.assertEqual(self.carried(body, "FIX.4.4"), "453=1|448=453|447=D|452=1|")
        body = f"58=453|{self.parties}"
        self.assertEqual(self.carried(body, "FIX.4.4"), body)

    def test_group_count(self) -> None:
        """A group that has not as many parties as it says is refused."""
        for count, reason in (("1", 16), ("3", 16), ("0", 16), ("x", 6), ("99999", 6), ("", 6)):
            body = ORDER + self.parties.replace("453=2", f"453={count}")
            error = self.assertRaises(Refused, mapped, "D", body, "FIX.4.4")
            self.assertEqual((error.reason, error.tag), (reason, b"453"), count)

    def test_routing(self) -> None:
        """OnBehalfOf and DeliverTo are turned round, in rising order of tags."""
        header = "115=A|116=B|144=C|128=D|129=E|145=F|"
        order = new_order(ORDER, header=header)
        self.assertEqual(
            order.carry.routing.replace(b"\x01", b"|").decode(),
            "115=D|116=E|128=A|129=B|144=F|145=C|",
        )
        self.assertEqual(new_order(ORDER, header="115=A|").carry.routing, b"128=A\x01")
        self.assertEqual(new_order(ORDER, header="129=A|").carry.routing, b"116=A\x01")

    def test_all_requests(self) -> None:
        """Cancels, replaces and status requests carry as orders do."""
        for msg_type, body in RequiredTests.bodies.items():
            request = mapped(msg_type, f"1=ACC|{body}", header="115=A|")
            self.assertEqual(
                (request.carry.body, request.carry.routing), (b"1=ACC\x01", b"128=A\x01")
            )

    def test_parts_of_a_carry(self) -> None:
        """A report with a text of its own leaves out the order's; a reject has less room."""
        body = b"58=hi\x011=ACC\x01453=1\x01448=A\x01"
        self.assertEqual(without_text(body), b"1=ACC\x01453=1\x01448=A\x01")
        self.assertEqual(without_text(b"1=58=\x01"), b"1=58=\x01")
        self.assertEqual(only(body, frozenset((b"1",))), b"1=ACC\x01")
