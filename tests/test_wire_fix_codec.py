"""What the parts in C do is what Python does."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from exsim.model.amounts import UNIT
from exsim.model.requests import NO_PRICE
from exsim.wire import fix_native, fix_parts
from exsim.wire.fix import (
    DATA_FIELDS,
    GarbledMessage,
    decode_slowly,
    encode,
    same,
    wrap_slowly,
)
from exsim.wire.fix_frame import cut_slowly
from exsim.wire.fix_parts import AmountTexts, Part, as_bytes
from tests.amount import amount

ORDER = b"8=FIX.4.2\x019=5\x0135=D\x0134=12\x0149=A\x0156=B\x0111=X\x0138=100\x0110=000\x01"
TAGS = st.sampled_from([b"8", b"9", b"35", b"34", b"034", b"55", b"1", b"0", b"49999", b"50000"])
ODD = st.sampled_from([b"", b"-1", b"x", b"1x", b"95", b"96", b"123456789", b"1234567890", b"1=2"])
VALUES = st.one_of(
    st.sampled_from([b"", b"D", b"12", b"x=y", b"5", b"\xff\x00", b"9" * 18, b"9" * 19, b"-1"]),
    st.binary(max_size=50).map(lambda value: value.replace(b"\x01", b"")),
)
AMOUNTS = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-(10**12), 10**12).map(lambda amount: amount * 10**6),
    st.sampled_from([0, 1, -1, 10**8, NO_PRICE, 2**63, -(10**40)]),
)
"""Among them some that have more than 64 bits."""


@st.composite
def forms(draw: st.DrawFn) -> list[object]:
    """A form, and what fills it."""
    field = st.sampled_from(
        [b"6=%\x01", b"20=0\x01", b"100=%\x01", b"%\x01", b"150=F\x01151=%\x01"]
    )
    form = b"".join(draw(st.lists(field, max_size=6))) + draw(st.sampled_from([b"", b"x"]))
    value = st.one_of(AMOUNTS, st.text(max_size=9), st.none())
    return [form, *(draw(value) for _ in range(form.count(b"%")))]


PARTS: st.SearchStrategy[Part] = st.recursive(
    st.one_of(
        st.binary(max_size=600),
        st.text(max_size=20),
        st.integers(-(2**63), 2**63 - 1),
        st.sampled_from([b"35=D\x01", "58=\xe9\x01", 0, 10, -1]),
        forms(),
    ),
    lambda parts: st.lists(parts, max_size=4).map(tuple),
    max_leaves=8,
)
FIELDS = st.tuples(st.one_of(TAGS, TAGS, TAGS, ODD), VALUES)

FORM = b"20=0\x016=%\x0114=%\x01150=F\x0155=%\x0158=%\x01151=0\x01"
FILLED = st.lists(
    st.one_of(AMOUNTS, st.text(max_size=3), st.text("AB", max_size=900), st.none()),
    min_size=4,
    max_size=4,
)
MORE = st.lists(PARTS, max_size=2)


def needed(part: object) -> None:
    """Skip a test in a build that has no such part."""
    if part is None:
        raise SkipTest("this build has no parts in C")


class Scan(SynchronousTestCase):
    """Splitting a message, in builds that do it in C."""

    def setUp(self) -> None:
        """It is there in a compiled build."""
        needed(fix_native.scan)

    def compare(self, raw: bytes) -> bool:
        """What it makes of a message is what Python makes of it; whether it makes anything."""
        assert fix_native.scan is not None
        found = fix_native.scan(raw)
        if found is None:
            return False
        message = decode_slowly(raw)
        expected = (
            message.msg_type,
            message.parts,
            message.fields,
            message.seq,
            message.repeated,
            message.run,
            message.empty,
        )
        self.assertEqual(found, expected)
        return True

    def test_usual(self) -> None:
        """A message with nothing odd in it is split, also a second time."""
        for _ in range(2):
            self.assertTrue(self.compare(ORDER))
        self.assertTrue(self.compare(ORDER.replace(b"11=X", b"11=Y")))
        self.assertTrue(self.compare(ORDER + b"58=a=b\x01"))

    def test_odd(self) -> None:
        """What is odd is left to Python, which may refuse it."""
        for raw in (
            b"",
            ORDER[:-1],
            ORDER.replace(b"35=D\x01", b""),
            ORDER + b"x=1\x01",
            ORDER + b"=1\x01",
            ORDER + b"-5=1\x01",
            ORDER + b"58\x01",
            ORDER + b"1234567890=1\x01",
            *[ORDER + b"%b=1\x01" % tag for tag in DATA_FIELDS],
        ):
            self.assertFalse(self.compare(raw), raw)

    def test_many_fields(self) -> None:
        """Up to 512 fields."""
        more = b"".join(b"%d=v\x01" % tag for tag in range(6000, 6512))
        self.assertTrue(self.compare(b"35=D\x01" + more[: 511 * 7]))
        self.assertFalse(self.compare(b"35=D\x01" + more))

    def test_shapes(self) -> None:
        """Tags like those of the last message of a type, or nearly, or of many kinds in turn."""
        begin = b"8=FIX.4.2\x019=5\x0135=D\x01"
        bodies = (
            b"11=%d\x0155=AAA\x01",
            b"11=%d\x0156=AAA\x01",
            b"11=%d\x01",
            b"11=%d\x0155=A\x0155=B\x01",
            b"11=%d\x0111=A\x01",  # where the second is kept, too
        )
        odd = (
            b"11=%d\x01055=A\x01",
            b"11=%d\x0150001=A\x01",
            b"11=%d\x0155=\x01",
            b"1=%d\x0115=\x01",
        )
        for number in range(4):
            for body in (*bodies, *odd):
                for _ in range(2):
                    self.assertTrue(self.compare(begin + body % number), body)
                    self.assertFalse(self.compare(begin + body % number + b"58"))
                self.assertTrue(self.compare(begin + body % number + b"10=000\x01"), body)
        for number in range(500):  # more than are kept
            tags = [number % 7 + 1, *range(100, 100 + number % 61), 44 + number % 3]
            body = b"".join(b"%d=x\x01" % tag for tag in tags)
            self.assertTrue(self.compare(begin + body), body)
            self.assertTrue(self.compare(begin + body + b"1=y\x01"), body)

    def test_no_bytes(self) -> None:
        """It takes bytes and nothing else."""
        assert fix_native.scan is not None
        for wrong in ("35=D\x01", bytearray(b"35=D\x01"), None):
            self.assertRaises(TypeError, fix_native.scan, wrong)

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(500, 2_000))
    @given(st.lists(FIELDS, max_size=12), st.binary(max_size=3))
    @example([(b"35", b"D"), (b"035", b"E"), (b"35", b"F")], b"")
    @example([(b"35", b"D"), (b"034", b"7"), (b"34", b"8")], b"")
    @example([(b"35", b"D"), (b"50000", b"7"), (b"50000", b"8")], b"")
    def test_any(self, fields: list[tuple[bytes, bytes]], tail: bytes) -> None:
        """Whatever the fields, both agree; what Python refuses C does not take."""
        raw = b"".join(b"%b=%b\x01" % field for field in fields) + tail
        try:
            decode_slowly(raw)
        except GarbledMessage:
            assert fix_native.scan is not None
            self.assertIsNone(fix_native.scan(raw))
        else:
            self.compare(raw)


class Tags(SynchronousTestCase):
    """The objects that tags are."""

    def test_given(self) -> None:
        """What is given for a tag is what stands for it; what is no tag is passed over."""
        needed(fix_native.scan)
        assert fix_native.scan is not None and fix_native.set_tags is not None
        tag, before = bytes(bytearray(b"4987")), fix_native.scan(ORDER)
        fix_native.set_tags((tag, b"", b"0", b"x", b"-1", b"049", b"50001", b"9" * 30))
        found = fix_native.scan(encode(b"FIX.4.2", b"35=D\x014987=x\x0149=A\x01"))
        assert found is not None
        self.assertIs(next(each for each in found[2] if each == tag), tag)
        self.assertEqual(fix_native.scan(ORDER), before)
        self.assertRaises(TypeError, fix_native.set_tags, 5)


class Cut(SynchronousTestCase):
    """Finding the end of a message."""

    prefix = b"8=FIX.4.2\x019="
    whole = encode(b"FIX.4.2", b"35=D\x0111=X\x01")

    def setUp(self) -> None:
        """It is there in a compiled build."""
        needed(fix_native.cut)

    def compare(self, buffer: bytes, start: int = 0, largest: int = 100) -> int:
        """Both find the same end."""
        assert fix_native.cut is not None
        found = fix_native.cut(buffer, start, self.prefix, largest)
        self.assertEqual(found, cut_slowly(buffer, start, self.prefix, largest), buffer)
        return found

    def test_whole(self) -> None:
        """A message that is all there, wherever it stands."""
        size = len(self.whole)
        self.assertEqual(self.compare(self.whole), size)
        self.assertEqual(self.compare(b"xx" + self.whole + b"8=", 2), size + 2)
        self.assertEqual(self.compare(self.whole, 0, size), size)
        self.assertEqual(self.compare(self.whole, 0, size - 1), -1)
        self.assertEqual(self.compare(self.whole, 1), -1)
        self.assertEqual(self.compare(self.whole, size), -1)

    def test_every_part_missing(self) -> None:
        """Until the last byte is there, none is found."""
        for size in range(len(self.whole)):
            self.assertEqual(self.compare(self.whole[:size]), -1)

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(250, 1_000))
    @given(st.integers(0, 200), st.integers(0, 255), st.booleans())
    def test_one_byte(self, at: int, byte: int, mend: bool) -> None:
        """With any byte another, and the sum mended or not, both see the same."""
        changed = bytearray(self.whole)
        changed[at % len(changed)] = byte
        if mend:
            changed[-7:] = b"10=%03d\x01" % (sum(changed[:-7]) % 256)
        self.compare(bytes(changed))

    def test_wrong(self) -> None:
        """Anything else is an error."""
        assert fix_native.cut is not None
        for arguments in ((), ("x", 0, b"8", 9), (b"x", "0", b"8", 9), (b"x", 0, "8", 9)):
            self.assertRaises(TypeError, fix_native.cut, *arguments)
        self.assertEqual(fix_native.cut(b"x", -1, b"", 9), -1)


class Wrap(SynchronousTestCase):
    """Writing a message."""

    def setUp(self) -> None:
        """It is there in a compiled build."""
        needed(fix_native.wrap)

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(125, 500))
    @given(st.binary(max_size=30), st.lists(PARTS, max_size=6))
    def test_any(self, prefix: bytes, parts: list[Part]) -> None:
        """The same bytes, whatever the parts."""
        assert fix_native.wrap is not None
        self.assertEqual(fix_native.wrap(prefix, *parts), wrap_slowly(prefix, *parts))

    def test_wrong(self) -> None:
        """Anything but bytes, text and numbers is an error; so is a number beyond 64 bits."""
        assert fix_native.wrap is not None
        for arguments in ((), ("8=",), (b"8=", bytearray(b"35=D")), (b"8=", ("x", (1.5,)))):
            self.assertRaises(TypeError, fix_native.wrap, *arguments)
        self.assertRaises(UnicodeEncodeError, fix_native.wrap, b"8=", "\ud800")
        self.assertRaises(OverflowError, fix_native.wrap, b"8=", 2**63)
        for form in WRONG_FORMS:
            self.assertRaises(TypeError, fix_native.wrap, b"8=", form)
        self.assertRaises(ValueError, fix_native.wrap, b"8=", [b"1=%%\x01", "", ""])
        self.assertRaises(ValueError, fix_native.wrap, b"8=", [b"1=%", ""])
        self.assertRaises(ValueError, fix_native.wrap, b"8=", [b"1=%\x01" * 65, *"x" * 65])
        self.assertRaises(ValueError, fix_native.wrap, b"8=", [b"1" * 65536])

    def test_long(self) -> None:
        """More than there is room for at first, however it comes; the last part may be none."""
        assert fix_native.wrap is not None
        long: list[Part] = [b"x" * 2_000, ("y" * 47, b"z", "ä" * 9_000), 12, ("end",) * 2_000]
        for count in range(1, len(long) + 1):
            made = fix_native.wrap(b"8=", *long[:count])
            self.assertEqual(made, wrap_slowly(b"8=", *long[:count]))
            self.assertRaises(TypeError, fix_native.wrap, b"8=", *long[:count], 1.5)


class Same(SynchronousTestCase):
    """Whether a message is that of its parts."""

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(100, 500))
    @given(st.binary(max_size=30), st.lists(PARTS, max_size=6), st.data())
    def test_any(self, prefix: bytes, parts: list[Part], data: st.DataObject) -> None:
        """It is; and with any one byte changed, one more or one fewer it is not."""
        made = wrap_slowly(prefix, *parts)
        self.assertTrue(same(made, prefix, *parts))
        at = data.draw(st.integers(0, len(made) - 1))
        changed = bytearray(made)
        changed[at] ^= data.draw(st.integers(1, 255))
        for other in (bytes(changed), made[:at], made[at + 1 :], made + b"x", made[:at] + made):
            if other != made:
                self.assertFalse(same(other, prefix, *parts), other)
        self.assertEqual(same(made, prefix, *parts[:-1]), made == wrap_slowly(prefix, *parts[:-1]))

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(50, 500))
    @given(st.lists(st.tuples(st.lists(PARTS, max_size=2), FILLED, MORE), max_size=8), st.data())
    def test_one_form(
        self, messages: list[tuple[list[Part], list[object], list[Part]]], data: st.DataObject
    ) -> None:
        """The same for messages of one form, of which each is told by what the last one was."""
        for before, values, more in messages:
            form: list[object] = [FORM, *values]
            last: Part = (form, *more) if more else form
            made = wrap_slowly(b"8=9=", *before, last)
            self.assertTrue(same(made, b"8=9=", *before, last))
            self.assertFalse(same(made, b"8=9=", *before, last, b"x"))
            at = data.draw(st.integers(0, len(made) - 1))
            changed = bytearray(made)
            changed[at] ^= data.draw(st.integers(1, 255))
            self.assertFalse(same(bytes(changed), b"8=9=", *before, last))

    def test_wrong_form(self) -> None:
        """After one that is no message, others of its form are told as before."""
        wrong: tuple[object, ...] = (1.5, b"x", ("x",), ["x"])
        for number in range(20):
            right: Part = [FORM, number, "B", "C" * number, None]
            made = wrap_slowly(b"8=9=", b"35=", right)
            self.assertTrue(same(made, b"8=9=", b"35=", right))
            self.assertRaises(
                TypeError, same, made, b"8=9=", b"35=", [FORM, 7, "X", wrong[number % 4], 8]
            )
            self.assertRaises(TypeError, same, made, b"8=9=", None, right)
            if fix_native.same is not None:
                self.assertRaises(OverflowError, same, made, b"8=9=", 2**63, right)
            self.assertFalse(same(made, b"8=9=", b"36=", right))
            self.assertTrue(same(made, b"8=9=", b"35=", right))

    def test_wrong_length(self) -> None:
        """BodyLength has to be right, and as it is written, though the CheckSum be right."""
        body = b"35=D\x01"
        for length, right in ((b"5", True), (b"4", False), (b"6", False), (b"05", False)):
            head = b"8=\x019=" + length + b"\x01" + body
            raw = head + b"10=%03d\x01" % (sum(head) % 256)
            self.assertIs(same(raw, b"8=\x019=", body), right, length)

    def test_wrong(self) -> None:
        """What is no message's part is an error."""
        self.assertRaises(TypeError, same, b"8=9=4\x0135=D10=000\x01", b"8=9=", b"35=D", None)


WRONG_FORMS: list[list[object]] = [
    [],
    ["58=%\x01", "x"],
    [b"58=%\x01"],
    [b"58=%\x01", "x", "y"],
    [b"58=%\x01", None, "y"],
    [b"58=%\x01", b"x"],
    [b"58=%\x01", 1.5],
]


class AsBytesTests(SynchronousTestCase):
    """The bytes of parts."""

    def test_kinds(self) -> None:
        """Text is UTF-8, numbers are decimal, tuples are any depth; what is none is an error."""
        part: Part = (b"a", "\xe4", 12, ("b", ("c", -3)), ("x", b"y"))
        self.assertEqual(as_bytes(part), b"a\xc3\xa412bc-3xy")
        for wrong in (None, 1.5, bytearray(b"x"), ("x", None)):
            self.assertRaises(TypeError, as_bytes, wrong)

    def test_forms(self) -> None:
        """A field whose value is missing is left out; numbers are amounts; one for each gap."""
        form = b"6=%\x0120=0\x0144=%\x0155=%\x0158=%\x0199=%\x01"
        part = ("35=8\x01", [form, UNIT // 4, None, "A%B", "", NO_PRICE])
        self.assertEqual(as_bytes(part), b"35=8\x016=0.25\x0120=0\x0155=A%B\x0199=0\x01")
        for wrong in WRONG_FORMS:
            self.assertRaises(TypeError, as_bytes, wrong)
        self.assertRaises(ValueError, as_bytes, [b"1=%%\x01", "", ""])
        self.assertRaises(ValueError, as_bytes, [b"1=%", ""])

    def test_texts_of_amounts(self) -> None:
        """Each is made once; when too many are kept all are dropped."""
        texts = AmountTexts()
        self.assertEqual((texts[UNIT // 4], texts[NO_PRICE], texts[-UNIT]), ("0.25", "0", "-1"))
        self.assertIs(texts[UNIT // 4], texts[UNIT // 4])
        self.assertEqual(len(texts), 3)
        for value in range(fix_parts._MOST + 5):
            texts[value * UNIT]
        self.assertLessEqual(len(texts), fix_parts._MOST)
