"""Messages held to a dictionary: what is wrong with them, and which of several things is told."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.config.fix_xml import parse_xml
from exsim.wire import fix_validate
from exsim.wire.fix import FixMessage, decode, encode
from exsim.wire.fix_dictionary import TRANSPORT
from exsim.wire.fix_validate import (
    Switches,
    Validator,
    is_user_defined,
)
from tests.amount import amount
from tests.fix_dialect import XML

HEADER = "34=2|49=THEM|52=20240131-09:30:00|56=US"
TIME = "60=20240131-09:30:00.123"
ORDER = f"11=ID|21=1|40=2|44=10.5|54=1|38=100|55=AAA|{TIME}"
PARTIES = "453=2|448=A|447=D|452=1|448=B|447=D|452=3|802=1|523=X|803=4"


def message(text: str, begin: str = "FIX.4.4") -> FixMessage:
    """
    The message of these fields, divided by bars.

    After the MsgType the usual header is put in, unless a field of it is there.
    """
    msg_type, _, rest = text.partition("|")
    if not any(f"|{tag}=" in f"|{rest}" for tag in (34, 49, 56)):
        rest = f"{HEADER}|{rest}" if rest else HEADER
    body = f"35={msg_type}|{rest}|".replace("|", "\x01")
    return decode(encode(begin.encode(), body.encode("latin-1")))


class Checks(SynchronousTestCase):
    """A validator of FIX.4.4; each test says what is wrong with a message as reason and tag."""

    version = "FIX.4.4"

    def setUp(self) -> None:
        """Nothing is known beforehand."""
        self.validator = Validator(standard(self.version))

    def told(self, text: str, **switches: bool) -> tuple[int, str] | None:
        """What is said of a message; the same has to be said the second time."""
        validator = self.validator
        if switches:
            validator = Validator(standard(self.version), switches=Switches(**switches))
        found = message(text, self.version)
        first, second = validator.check(found), validator.check(found)
        self.assertEqual(repr(first), repr(second))
        return (first.reason, first.tag.decode()) if first is not None else None

    def fine(self, *texts: str, **switches: bool) -> None:
        """Check that nothing is wrong with messages."""
        for text in texts:
            self.assertIsNone(self.told(text, **switches), text)

    def wrong(self, reason: int, tag: int | str, *texts: str, **switches: bool) -> None:
        """Check what is wrong with messages."""
        for text in texts:
            self.assertEqual(self.told(text, **switches), (reason, str(tag)), text)


class Fields(Checks):
    """Which fields there are, and that they have values."""

    def test_fine(self) -> None:
        """Messages as they should be, with header and body in any order of their own."""
        self.fine(
            f"D|{ORDER}",
            f"D|49=THEM|34=2|56=US|52=20240131-09:30:00|55=AAA|40=1|54=1|{TIME}|11=x|18=1 6",
            "0",
            "0|112=x",
            f"D|{ORDER}|93=1|89=x",
            "3|45=2|58=why",
        )

    def test_message_type(self) -> None:
        """A MsgType that the version does not have."""
        self.wrong(11, "", "*", "U1|5000=x", "DD|11=x")
        self.fine("*", "U1|55=AAA", msg_type=False)
        self.wrong(0, "999", "U1|999=AAA", msg_type=False)
        self.wrong(6, "38", "U1|38=x", msg_type=False)

    def test_required(self) -> None:
        """What a message needs; of several things the one with the lowest tag is told."""
        self.wrong(1, 56, "0|34=2|49=THEM|52=20240131-09:30:00")
        self.wrong(1, 49, "0|34=2|52=20240131-09:30:00")
        self.wrong(1, 11, f"D|40=1|54=1|{TIME}")
        self.wrong(1, 40, "D|11=x")
        self.wrong(1, 34, "D|49=THEM|52=20240131-09:30:00|56=US")
        self.fine("D|11=x", required=False)

    def test_required_in_trailer(self) -> None:
        """What the trailer of a dialect needs."""
        text = XML.replace(" <trailer>", ' <trailer><field name="VenueFlags" required="Y"/>')
        validator = Validator(parse_xml(text.encode(), "venue.xml"))
        self.assertEqual(repr(validator.check(message("0|112=x"))), "<Invalid 1 5001>")
        self.assertIsNone(validator.check(message("0|112=x|5001=a")))

    def test_unknown(self) -> None:
        """Tags that are not defined, whatever they look like."""
        for tag in ("999", "0", "-1", "4999", "05", "055", "00005000", "-5000"):
            self.wrong(0, tag, f"0|{tag}=x")
            self.fine(f"0|{tag}=x", unknown=False)
            self.wrong(0, tag, f"0|{tag}=x", user_defined=False)

    def test_user_defined(self) -> None:
        """Tags from 5000 on that are not defined are a matter of their own."""
        for tag in ("5000", "9999", "20000", "9" * 300):
            self.wrong(0, tag, f"0|{tag}=x")
            self.wrong(0, tag, f"0|{tag}=x", unknown=False)
            self.fine(f"0|{tag}=x", user_defined=False)

    def test_not_for_message(self) -> None:
        """Tags that are defined, but not there."""
        self.wrong(2, 55, "0|55=AAA")
        self.wrong(2, 448, f"D|{ORDER}|448=A")  # of a group whose count is not there
        self.fine("0|55=AAA", undeclared=False)
        self.wrong(0, "999", "0|55=AAA|999=x", undeclared=False)

    def test_empty(self) -> None:
        """Fields without a value."""
        self.wrong(4, 56, "0|34=2|49=THEM|52=20240131-09:30:00|56=")
        self.wrong(4, 1, f"D|{ORDER}|1=")
        self.wrong(4, 448, f"D|{ORDER}|453=1|448=")

    def test_empty_let_pass(self) -> None:
        """Where they may be empty, an empty text is well formed, but no number and no code."""
        self.fine(f"D|{ORDER}|1=|58=", "0|112=", empty=False)
        self.wrong(6, 110, f"D|{ORDER}|110=", empty=False)
        self.wrong(6, 120, f"D|{ORDER}|120=", empty=False)
        self.wrong(5, 22, f"D|{ORDER}|22=", empty=False)

    def test_empty_after_full(self) -> None:
        """A value that lacks where one was before."""
        self.fine(f"D|{ORDER}|1=A")
        self.wrong(4, 1, f"D|{ORDER}|1=")
        self.wrong(4, 112, "0|112=")

    def test_value_that_ends_with_equals(self) -> None:
        """It is not empty."""
        self.fine(f"D|{ORDER}|58=a=", f"D|{ORDER}|58==")

    def test_repeated(self) -> None:
        """Fields that are there twice, next to each other or not, in each part of a message."""
        self.wrong(13, 40, f"D|40=1|{ORDER}", f"D|{ORDER}|40=1")
        self.wrong(13, 49, f"D|{HEADER}|49=THEM|{ORDER}")
        self.wrong(13, 89, f"D|{ORDER}|93=1|89=x|89=y")
        self.wrong(13, 453, f"D|{ORDER}|453=0|453=0")
        self.fine(f"D|{ORDER}|40=1", repeated=False)

    def test_order(self) -> None:
        """Header, body, trailer; the first field that is not where it should be is told."""
        self.wrong(14, 34, f"D|{ORDER}|{HEADER}")
        self.wrong(14, 56, f"D|34=2|49=THEM|52=20240131-09:30:00|11=ID|56=US|{ORDER[6:]}")
        self.wrong(14, 58, f"D|{ORDER}|93=1|89=x|58=text")
        self.wrong(14, 50, f"D|{ORDER}|93=1|89=x|50=SUB|58=text")
        self.wrong(14, 11, f"D|{HEADER}|93=1|89=x|{ORDER}")
        self.fine(f"D|{ORDER}|{HEADER}", f"D|{ORDER}|93=1|89=x|58=text", order=False)


class Values(Checks):
    """Types and codes."""

    def test_format(self) -> None:
        """A value that is not of its type."""
        self.wrong(6, 38, f"D|{ORDER.replace('38=100', '38=+200.00')}")
        self.wrong(6, 60, f"D|{ORDER}".replace("20240131-09:30:00.123", "20240231-09:30:00"))
        self.wrong(6, 34, "0|34=x|49=THEM|52=20240131-09:30:00|56=US")
        self.wrong(6, 126, f"D|{ORDER}|126=tomorrow")
        self.fine(f"D|{ORDER}|126=tomorrow", format=False)

    def test_format_after_right(self) -> None:
        """A value that is not of its type, where one was before that is."""
        self.fine(f"D|{ORDER}")
        self.wrong(6, 44, f"D|{ORDER}".replace("10.5", "1O.5"))
        self.wrong(6, 52, f"D|34=2|49=THEM|52=x|56=US|{ORDER}")
        self.fine(f"D|{ORDER}".replace("10.5", "10.25"))

    def test_codes(self) -> None:
        """A value that is none of the codes."""
        self.wrong(5, 21, f"D|{ORDER.replace('21=1', '21=4')}")
        self.wrong(5, 167, f"D|{ORDER}|167=BOO")
        self.fine(f"D|{ORDER}|167=CS")
        self.fine(f"D|{ORDER}|167=BOO", codes=False)

    def test_format_before_codes(self) -> None:
        """What is no single character cannot be a code of one."""
        self.wrong(6, 54, f"D|{ORDER.replace('54=1', '54=12')}")
        self.wrong(6, 54, f"D|{ORDER.replace('54=1', '54=12')}", codes=False)
        self.wrong(5, 54, f"D|{ORDER.replace('54=1', '54=12')}", format=False)

    def test_several_codes(self) -> None:
        """A field of several codes, each of which has to be one."""
        self.fine(f"D|{ORDER}|18=1", f"D|{ORDER}|18=G 6 1")
        self.fine(f"D|{ORDER}|18=?", codes=False)
        self.wrong(5, 18, *(f"D|{ORDER}|18={v}" for v in ("G  6", "G 61", "?", " G", "G ", "G,6")))

    def test_characters(self) -> None:
        """The same where each is one character, as from FIX.5.0."""
        validator = Validator(standard(TRANSPORT), standard("FIX.5.0SP2"))
        for value, expected in (("G 6", None), ("G 61", 5), ("GG", 5)):
            found = validator.check(message(f"D|{ORDER}|18={value}", TRANSPORT))
            self.assertEqual(found and found.reason, expected, value)
        sp2 = standard("FIX.5.0SP2")
        without_codes = Validator(standard(TRANSPORT), sp2, Switches(codes=False))
        for value, expected in (("? !", None), ("GG", 6)):
            found = without_codes.check(message(f"D|{ORDER}|18={value}", TRANSPORT))
            self.assertEqual(found and found.reason, expected, value)

    def test_message_type_is_no_code(self) -> None:
        """A type of message that a dialect adds need not be among the codes of MsgType."""
        validator = Validator(parse_xml(XML.encode(), "venue.xml"))
        self.assertIsNone(validator.check(message("D|11=x|55=A|54=T")))


class Groups(Checks):
    """Repeating groups."""

    def test_fine(self) -> None:
        """Groups, groups in groups, groups without entries, and one in the header."""
        self.fine(
            f"D|{ORDER}|{PARTIES}",
            f"D|{PARTIES}|{ORDER}",
            f"D|{ORDER}|453=0",
            f"D|{ORDER}|453=00",
            f"D|{ORDER}|453=02|448=A|448=B",
            f"D|{HEADER}|627=1|628=HUB|{ORDER}",
            "d|320=r|322=i|323=6|55=TBS|454=0",
        )

    def test_count(self) -> None:
        """A count that is not how many entries there are."""
        self.wrong(16, 386, f"D|{ORDER}|386=3|336=1|336=2", f"D|{ORDER}|386=1|336=1|336=2")
        self.wrong(16, 453, f"D|{ORDER}|453=1", f"D|{ORDER}|453=0|448=A")
        self.wrong(16, 802, f"D|{ORDER}|{PARTIES}".replace("802=1", "802=2"))
        self.wrong(16, 627, f"D|{HEADER}|627=2|628=HUB|{ORDER}")
        self.fine(f"D|{ORDER}|386=3|336=1|336=2", group_count=False)

    def test_count_after_right(self) -> None:
        """Another count, where one was before that is right."""
        self.fine(f"D|{ORDER}|386=2|336=1|336=2")
        self.wrong(16, 386, f"D|{ORDER}|386=3|336=1|336=2")
        self.fine(f"D|{ORDER}|386=02|336=1|336=2")

    def test_count_is_a_number(self) -> None:
        """A count that is none."""
        self.wrong(6, 453, f"D|{ORDER}|453=-1", f"D|{ORDER}|453=x|448=A")
        self.wrong(16, 453, f"D|{ORDER}|453=x|448=A", format=False)

    def test_first(self) -> None:
        """An entry that does not begin with its first field."""
        self.wrong(15, 447, f"D|{ORDER}|453=1|447=D|452=1", f"D|{ORDER}|453=2|447=D|448=A")
        self.wrong(15, 447, f"D|{ORDER}|453=3|448=A|447=D|447=D|448=B")
        self.fine(f"D|{ORDER}|453=1|447=D|452=1", group_order=False)

    def test_order(self) -> None:
        """Fields of an entry that are not in order."""
        self.wrong(15, 447, f"D|{ORDER}|453=2|448=A|452=1|447=D|448=B")
        self.fine(f"D|{ORDER}|453=2|448=A|452=1|447=D|448=B", group_order=False)

    def test_field_in_two_places(self) -> None:
        """FIX.5.0 has LegPrice(566) and LegOptionRatio(1017) twice in the legs of an order."""
        validator = Validator(standard(TRANSPORT), standard("FIX.5.0"))
        order = f"11=ID|54=1|40=1|{TIME}"
        for legs in ("600=A|566=1|564=O", "600=A|564=O|566=1", "600=A|566=1"):
            text = f"AB|{order}|555=1|{legs}"
            self.assertIsNone(validator.check(message(text, TRANSPORT)), legs)

    def test_repeated(self) -> None:
        """A field that an entry has twice begins another one."""
        self.wrong(16, 453, f"D|{ORDER}|453=1|448=A|447=D|447=D")

    def test_required(self) -> None:
        """What each entry needs, also in a group that need not be there, and in groups in it."""
        strikes = "m|422=1|428=2|55=A|44=1|55=B"
        validator = Validator(standard("FIX.4.2"))
        found = validator.check(message("m|66=x|422=1|428=2|55=A|44=1|55=B", "FIX.4.2"))
        self.assertEqual(repr(found), "<Invalid 1 44>", strikes)
        dialect = Validator(parse_xml(XML.encode(), "venue.xml"))
        for rest, expected in (
            ("5002=0", "None"),
            ("5002=1|5003=x", "<Invalid 1 5004>"),
            ("5002=2|5003=x|5004=1|5003=y", "<Invalid 1 5004>"),
            ("5002=1|5003=x|5004=1|5005=1|5006=x", "None"),
            ("555=1|55=A", "None"),
            ("555=1|541=20240131|623=1", "<Invalid 1 55>"),
        ):
            found = dialect.check(message(f"D|11=x|55=A|54=1|{rest}"))
            self.assertEqual(repr(found), expected, rest)

    def test_values(self) -> None:
        """Values in entries are looked at, deep down too."""
        self.wrong(5, 447, f"D|{ORDER}|453=1|448=A|447=?")
        self.wrong(6, 447, f"D|{ORDER}|453=1|448=A|447=DD")
        self.wrong(5, 803, f"D|{ORDER}|{PARTIES}".replace("803=4", "803=444"))
        self.fine(f"D|{ORDER}|{PARTIES}")
        self.wrong(6, 447, f"D|{ORDER}|{PARTIES}".replace("447=D|452=3", "447=DD|452=3"))

    def test_broken_off(self) -> None:
        """A stranger ends a group, so what follows it is out of place."""
        self.wrong(2, 447, f"D|{ORDER}|453=1|448=A|5000=x|447=D")
        self.wrong(2, 336, f"D|{ORDER}|386=1|58=x|336=1")


class Precedence(Checks):
    """Which of several mistakes is told."""

    def test_order_of_checks(self) -> None:
        """Structure, MsgType, what is missing, header, trailer, body by tag, then groups."""
        self.wrong(14, 34, f"*|11=x|{HEADER}")
        self.wrong(11, "", "*|34=2|999=x")
        self.wrong(1, 56, "D|34=2|49=THEM|52=x|11=x|999=x")
        self.wrong(1, 54, "D|11=|40=?")
        self.wrong(6, 52, f"D|34=2|49=THEM|52=x|56=US|1=|{ORDER}|93=x|89=x")
        self.wrong(6, 93, f"D|1=|{ORDER}|93=x|89=x")
        self.wrong(4, 1, f"D|999=x|{ORDER}|1=|120=x")
        self.wrong(6, 120, f"D|999=x|{ORDER}|120=x")
        self.wrong(16, 386, f"D|{ORDER}|453=1|447=D|386=1")

    def test_by_number(self) -> None:
        """60 comes before 126, wherever they stand."""
        wrong = f"D|{ORDER}|126=x".replace(TIME, "60=x")
        self.wrong(6, 60, wrong, wrong.replace("11=ID|", "11=ID|126=x|").removesuffix("|126=x"))

    def test_in_a_field(self) -> None:
        """The value, then whether it belongs there, then whether it is there twice."""
        self.wrong(4, 44, "0|44=")
        self.wrong(6, 44, "0|44=x|44=x")
        self.wrong(2, 44, "0|44=1|44=1")
        self.wrong(13, 112, "0|112=x|112=x")

    def test_negative_first(self) -> None:
        """A negative tag is the lowest."""
        self.wrong(0, "-1", "0|0=x|-1=x|999=x|5=x")


class Versions(SynchronousTestCase):
    """FIXT.1.1, where session and application have a dictionary each."""

    def setUp(self) -> None:
        """FIX.5.0SP2 over FIXT.1.1."""
        self.validator = Validator(standard(TRANSPORT), standard("FIX.5.0SP2"))

    def told(self, text: str) -> str:
        """What is said of a message."""
        return repr(self.validator.check(message(text, TRANSPORT)))

    def test_session(self) -> None:
        """Its messages, header and trailer come from FIXT.1.1 alone."""
        self.assertEqual(self.told("0|112=x"), "None")
        self.assertEqual(self.told("0|58=x"), "<Invalid 2 58>")
        self.assertEqual(self.told("0|999=x"), "<Invalid 0 999>")  # FIX.5.0SP2 has a 999
        self.assertEqual(self.told("A|98=0|108=30"), "<Invalid 1 1137>")
        self.assertEqual(self.told("0|34=2|49=THEM|56=US"), "<Invalid 1 52>")

    def test_application(self) -> None:
        """Its messages come from the application version, in the frame of FIXT.1.1."""
        self.assertEqual(self.told(f"D|{ORDER}"), "None")
        self.assertEqual(self.told(f"D|{ORDER}|999=x"), "<Invalid 2 999>")
        self.assertEqual(self.told(f"D|11=id|21=3|40=1|{TIME}"), "<Invalid 1 54>")
        self.assertEqual(self.told(f"D|34=2|49=THEM|56=US|{ORDER}"), "<Invalid 1 52>")
        self.assertEqual(self.told(f"D|{HEADER}|1128=Z|{ORDER}"), "<Invalid 5 1128>")
        self.assertEqual(self.told("*"), "<Invalid 11 >")

    def test_user_defined_tags(self) -> None:
        """What is user-defined is told by the number, however long."""
        for tag, expected in (
            (b"4999", False),
            (b"5000", True),
            (b"9999", True),
            (b"10000", True),
            (b"9" * 5000, True),
            (b"05000", False),
            (b"-5000", False),
            (b"500", False),
        ):
            self.assertEqual(is_user_defined(tag), expected, tag[:20])


class Memory(SynchronousTestCase):
    """What is kept of messages that were right."""

    def test_bounded(self) -> None:
        """A bounded number of runs of tags is kept, and no long ones; results do not change."""
        validator = Validator(standard("FIX.4.4"), switches=Switches(user_defined=False))

        def kept() -> int:
            return sum(map(len, validator._plans.values()))

        for number in range(fix_validate._MOST_PLANS + 10):
            order = message(f"D|{ORDER}|{5000 + number}=x")
            self.assertIsNone(validator.check(order))
            self.assertIsNone(validator.check(order))
            self.assertLessEqual(kept(), fix_validate._MOST_PLANS)
        many = "|".join(f"{6000 + number}=x" for number in range(200))
        before = kept()
        self.assertGreater(before, 0)
        self.assertIsNone(validator.check(message(f"D|{ORDER}|{many}")))
        self.assertIsNone(validator.check(message(f"D|{ORDER}|{'9' * 4000}=x")))
        self.assertEqual(kept(), before)

    def test_types_apart(self) -> None:
        """What is right in one type of message is not so in another with the same tags."""
        validator = Validator(standard("FIX.4.4"))
        self.assertIsNone(validator.check(message("0|112=x")))
        self.assertEqual(repr(validator.check(message("5|112=x"))), "<Invalid 2 112>")

    def test_entries_apart(self) -> None:
        """Messages with the same tags, but in other entries, have nothing in common."""
        validator = Validator(standard("FIX.4.4"))
        self.assertIsNone(validator.check(message(f"D|{ORDER}|453=2|448=A|448=B|447=D")))
        found = validator.check(message(f"D|{ORDER}|453=2|448=A|447=D|448=B|447=?"))
        self.assertEqual(repr(found), "<Invalid 5 447>")

    def test_strange_types(self) -> None:
        """Nothing is kept of messages of types that there are not."""
        validator = Validator(standard("FIX.4.4"))
        for number in range(20):
            validator.check(message(f"X{number}|11=x"))
        self.assertEqual((validator._bodies, validator._plans), ({}, {}))


TAGS = (
    "1 11 18 21 22 34 38 40 44 49 52 54 55 58 60 89 126 167 336 386 447 448 452 453 523 625 802"
    " 803 999 5000 0 -1 627 628 629"
)
FIELDS = st.lists(
    st.tuples(
        st.sampled_from(TAGS.split()),
        st.sampled_from(
            ["", "0", "1", "2", "3", "A", "D", "1.5", "x", "USD", "20240131-09:30:00", "1 2", "00"]
        ),
    ),
    max_size=12,
)


class Warm(SynchronousTestCase):
    """A validator that has seen other messages says the same as one that has not."""

    warm = Validator(standard("FIX.4.4"))
    lenient = Switches(required=False, user_defined=False, undeclared=False, repeated=False)
    warm_lenient = Validator(standard("FIX.4.4"), switches=lenient)

    @given(FIELDS)
    @settings(max_examples=amount(100, 400), derandomize=True, deadline=None)
    def test_same(self, fields: list[tuple[str, str]]) -> None:
        """Messages of any fields at all, first and second time."""
        rest = "|".join(f"{tag}={value}" for tag, value in fields)
        found = message(f"D|{ORDER}|{rest}".rstrip("|"))
        for warm, switches in ((self.warm, Switches()), (self.warm_lenient, self.lenient)):
            expected = repr(Validator(standard("FIX.4.4"), switches=switches).check(found))
            self.assertEqual(repr(warm.check(found)), expected)
            self.assertEqual(repr(warm.check(found)), expected)
