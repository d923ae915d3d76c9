"""Messages that are read by the shape of others make the requests that they make if read whole."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from exsim.errors import RemoteError
from exsim.model.requests import ReplaceOrder
from exsim.protocols import fix_recall
from exsim.protocols.fix_recall import Recall
from exsim.protocols.fix_requests import Requests
from exsim.protocols.fix_versions import VERSIONS
from exsim.wire.fix import FixMessage, decode, encode
from tests.amount import amount

HEADER = "34=7|49=C|52=20240102-03:04:05|56=XSIM|"
ORDER = "11=C1|21=1|38=100|40=2|44=100.25|54=1|55=AAA|59=0|60=20240102-03:04:05|"
CANCEL = "11=C2|38=100|41=C1|54=1|55=AAA|60=20240102-03:04:05|"
REPLACE = "11=C2|21=1|38=50|40=2|41=C1|44=100.5|54=1|55=AAA|59=0|60=20240102-03:04:05|"
BODIES = {"D": ORDER, "F": CANCEL, "G": REPLACE}
TAGS = (1, 11, 37, 38, 40, 41, 44, 54, 55, 58, 59, 60, 100, 18, 43, 453, 115, 95, 1128, 9999)
NUMBERS = ("100", "-0.5", "100.25", ".5", "5.", "1e3", "0.123456789", "-", "+1", "00012.50")
VALUES = st.sampled_from(
    [
        "",
        "1",
        "2",
        "0",
        "6",
        "AAA",
        "\xe4",
        "\xc3\xa4",
        "x" * 40,
        "x" * 600,
        "9" * 9,
        "9" * 30,
        *NUMBERS,
    ]
)


def raw(msg_type: str, body: str, header: str = HEADER) -> bytes:
    """A message; ``|`` is the delimiter."""
    text = f"35={msg_type}|{header}{body}".replace("|", "\x01")
    return encode(b"FIX.4.2", text.encode("latin-1"))


def plain(value: Any) -> Any:
    """All that a request is made of."""
    if not type(value).__module__.startswith("exsim."):
        return value
    names = [name for name in dir(value) if not name.startswith("_")]
    values = {name: getattr(value, name) for name in names}
    return {name: plain(each) for name, each in values.items() if not callable(each)}


MOST = 16
"""Shapes that are kept."""


class RecallCase(SynchronousTestCase):
    """Has a session that reads messages whole, or by their shape."""

    def setUp(self) -> None:
        """It is there in a compiled build."""
        if fix_recall._Shapes is None:
            raise SkipTest("this build has no parts in C")
        self.requests = Requests("S", VERSIONS["FIX.4.2"], (b"100", b"9999"))
        self.recall: Recall = self.requests.recall

    def whole(self, data: bytes) -> FixMessage | None:
        """A message that is right."""
        try:
            message = decode(data)
            self.requests.request(message)
        except RemoteError:
            return None
        return message

    def learn(self, data: bytes) -> bool:
        """Learn the shape of a message; whether others are read by it."""
        message = self.whole(data)
        assert message is not None
        before = len(self.recall._shapes)
        self.recall.learn(message)
        return len(self.recall._shapes) > before

    def compare(self, data: bytes) -> bool:
        """Whether a message is read by a shape, which then makes the same as reading it whole."""
        found = self.recall.read(data, 7)
        message = self.whole(data)
        if found is not None and message is not None:
            self.assertEqual(plain(found), plain(self.requests.request(message)))
        return found is not None


class RecallTests(RecallCase):
    """Orders, cancels and replaces."""

    def test_kinds(self) -> None:
        """Each kind is read by its own shape, again and again, and gives its own values."""
        for msg_type, body in BODIES.items():
            self.assertFalse(self.compare(raw(msg_type, body)))
            self.assertTrue(self.learn(raw(msg_type, body)))
        for msg_type, body in BODIES.items():
            for given_body in (body, body.replace("=C", "=D"), body.replace("AAA", "BBB"), body):
                self.assertTrue(self.compare(raw(msg_type, given_body)))
        found = self.recall.read(raw("G", REPLACE.replace("100.5", "-7.25")), 7)
        assert isinstance(found, ReplaceOrder)
        self.assertEqual((found.terms.price, found.terms.qty), (-725_000_000, 5_000_000_000))
        self.assertEqual(found.orig_cl_ord_id, "C1")

    def test_copied(self) -> None:
        """What reports copy goes with the order, as they have it; the same is one object."""
        body = "100=X|1=ACC|58=hello|" + ORDER
        self.assertTrue(self.learn(raw("D", body)))
        for given_body in (body, body.replace("ACC", "B"), body.replace("hello", ""), body):
            self.assertTrue(self.compare(raw("D", given_body)))
        one, other = (self.recall.read(raw("D", body), 7) for _ in range(2))
        assert one is not None and other is not None
        self.assertIs(one.carry, other.carry)
        self.assertFalse(self.compare(raw("D", body.replace("hello", "x" * 600))))
        for given_body in (body, body.replace("hello", ""), body):
            self.assertTrue(self.compare(raw("D", given_body)))

    def test_texts(self) -> None:
        """Text is UTF-8; where it is none, a ClOrdID is left to who reads all of it."""
        self.assertTrue(self.learn(raw("D", "1=A|" + ORDER)))
        found = self.recall.read(raw("D", "1=\xc3\xa4|" + ORDER), 7)
        assert found is not None
        self.assertEqual(found.account, "\xe4")
        self.assertTrue(self.compare(raw("D", "1=\xe4|" + ORDER)))
        found = self.recall.read(raw("D", "1=|" + ORDER.replace("=C1", "=\xc3\xa4")), 7)
        assert found is not None
        self.assertEqual((found.account, found.cl_ord_id), ("", "\xe4"))
        self.assertIsNone(self.recall.read(raw("D", "1=A|" + ORDER.replace("=C1", "=\xe4")), 7))

    def test_odd(self) -> None:
        """What asks for more is not learned."""
        for more in (
            "18=G|",
            "43=N|",
            "115=A|",
            "1128=9|",
            "96=x|95=1|",
            "453=1|448=A|447=D|452=1|",
        ):
            message = decode(raw("D", more + ORDER))
            self.recall.learn(message)
        self.recall.learn(decode(raw("H", "11=C1|54=1|55=AAA|")))
        self.recall.learn(decode(raw("D", ORDER.replace("55=", "48="))))
        self.recall.learn(decode(raw("D", ORDER + "55=AAA|")))
        self.assertEqual(len(self.recall._shapes), 0)

    def test_other(self) -> None:
        """Another number, other fields, or types that ask for more are read whole."""
        self.assertTrue(self.learn(raw("D", ORDER)))
        self.assertIsNotNone(self.recall.read(raw("D", ORDER), 7))
        self.assertIsNone(self.recall.read(raw("D", ORDER), 8))
        for body in (ORDER + "9999=1|", ORDER[3:], ORDER.replace("40=2", "40=P"), CANCEL):
            self.assertIsNone(self.recall.read(raw("D", body), 7), body)
        self.assertIsNone(self.recall.read(raw("D", ORDER.replace("59=0", "59=6")), 7))
        self.assertIsNone(self.recall.read(raw("D", ORDER.replace("11=C1", "11=")), 7))
        self.assertIsNone(self.recall.read(raw("D", ORDER)[:-1], 7))
        self.assertIsNone(self.recall.read(raw("D", ORDER) + b"58=x\x01", 7))
        self.assertIsNone(self.recall.read(b"", 7))
        market = ORDER.replace("44=100.25|", "").replace("40=2", "40=1")
        self.assertTrue(self.learn(raw("D", market)))
        self.assertTrue(self.compare(raw("D", market)))
        self.assertIsNone(self.recall.read(raw("D", market.replace("40=1", "40=2")), 7))

    def test_bounded(self) -> None:
        """Shapes that nobody can have so many of are forgotten."""
        for number in range(10_000, 10_000 + 3 * MOST):
            self.recall.learn(decode(raw("D", f"{ORDER}{number}=x|")))
            self.assertLessEqual(len(self.recall._shapes), MOST)
            self.assertTrue(self.compare(raw("D", f"{ORDER}{number}=y|")))

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(100, 400))
    @given(
        st.sampled_from("DFG"),
        st.lists(st.tuples(st.sampled_from(TAGS), VALUES), max_size=4),
        st.lists(st.tuples(st.integers(0, 30), VALUES), max_size=3),
        st.permutations(range(12)),
    )
    def test_any(
        self,
        msg_type: str,
        more: list[tuple[int, str]],
        changes: list[tuple[int, str]],
        order: list[int],
    ) -> None:
        """Whatever a message has: by its own shape, and with other values in that."""
        self.setUp()
        given_fields = BODIES[msg_type].split("|")[:-1]
        there = [given_fields[place] for place in order if place < len(given_fields)]
        there += [f"{tag}={value}" for tag, value in more]
        data = raw(msg_type, "".join(f"{field}|" for field in there))
        message = self.whole(data)
        if message is None:
            return
        self.recall.learn(message)
        self.compare(data)
        for place, value in changes:
            tag = there[place % len(there)].partition("=")[0]
            there[place % len(there)] = f"{tag}={value}"
            self.compare(raw(msg_type, "".join(f"{field}|" for field in there)))
        self.compare(data)


class ShapeTests(RecallCase):
    """The part in C, given what makes no sense."""

    def test_wrong(self) -> None:
        """It says so."""
        defaults = ("", b"")
        field = (b"11=", 3, 0, -1, None)
        shapes = fix_recall._Shapes()
        shapes.learn([field], defaults)
        self.assertEqual(shapes.read(b"11=x\x01"), ("x", b""))
        self.assertRaises(TypeError, shapes.read, "11=x\x01")
        none: tuple[tuple[Any, ...], ...] = (
            (),
            ([],),
            ((), ()),
            ([[]], ((), b"")),
            ([()], (1, b"")),
        )
        for arguments in none:
            self.assertRaises(TypeError, shapes.learn, *arguments)
        self.assertRaises(ValueError, shapes.learn, [], ())
        self.assertRaises(ValueError, shapes.learn, [], ("", ""))
        wrong: tuple[tuple[Any, ...], ...] = (
            (b"11=", 7, 0, -1, None),
            (b"11=", -1, 0, -1, None),
            (b"11=", 3, 1, -1, None),
            (b"11=", 3, -1, -1, None),
            (b"35=", 1, -1, -1, None),
            (b"54=", 6, 0, -1, None),
            (b"11=", 3, 0, 1, None),
        )
        for each in wrong:
            self.assertRaises(ValueError, shapes.learn, [each], defaults)
        self.assertRaises(ValueError, shapes.learn, [(b"1=", 0, -1, 0, None)] * 2, defaults)
        self.assertEqual(len(shapes), 1)
        self.assertRaises(TypeError, fix_recall._Shapes, 1)

    def test_many_fields(self) -> None:
        """A message of very many fields has no shape."""
        shapes = fix_recall._Shapes()
        for count in (128, 129):
            shapes.learn([(b"1=", 0, -1, -1, None)] * count, (b"",))
        self.assertEqual(len(shapes), 1)
        self.assertEqual(shapes.read(b"1=x\x01" * 128), (b"",))

    def test_values_stay(self) -> None:
        """What was made of a message stays as it is while others are read."""
        shapes = fix_recall._Shapes()
        shapes.learn([(b"11=", 3, 0, 0, None), (b"34=", 2, 1, -1, None)], ("", 0, b""))
        kept = [shapes.read(b"11=%d\x0134=%d\x01" % (number // 2, number)) for number in range(9)]
        for number, values in enumerate(kept):
            text = str(number // 2)
            self.assertEqual(values, (text, number, b"11=%b\x01" % text.encode()))
        self.assertIsNone(shapes.read(b"11=7\x0134=x\x01"))
        self.assertEqual(shapes.read(b"11=7\x0134=8\x01"), ("7", 8, b"11=7\x01"))


class AnswerTests(SynchronousTestCase):
    """Whether a message is an answer, which both builds see alike."""

    def test_kinds(self) -> None:
        """Reports and rejects of cancels are; nothing else is, nor what is cut."""
        for msg_type in ("8", "9", "8X", "D", "3", "j", "0", "AE"):
            data = raw(msg_type, "11=C1|58=35=8|34=7|")
            self.assertIs(fix_recall.is_answer(data), msg_type in "89", msg_type)
            self.assertIs(fix_recall.is_answer_slowly(data), msg_type in "89", msg_type)
        data = raw("8", "")
        for size in range(len(data)):
            self.assertIs(fix_recall.is_answer(data[:size]), b"\x0134=" in data[:size])

    def test_no_bytes(self) -> None:
        """It takes nothing else."""
        self.assertRaises((TypeError, AttributeError), fix_recall.is_answer, None)
