"""Entries that surely do not fit are passed over, so many at a time, and no other is."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from exsim.filters import parse
from exsim.filters.looks import NO, No, delimited
from exsim.filters.quick import quick_look
from exsim.filters.sieve import Sieve, _sift
from exsim.model.journal import Entry, EntryKind
from tests.amount import amount

LOOKS = {
    "oe": quick_look(parse("session=A type=D")),
    "md": quick_look(parse("direction=out")),
}
"""What is wanted of two endpoints; of another one nothing is known."""
HEAD = b"8=FIX.4.2\x019=5\x01"
KINDS = (EntryKind.IN, EntryKind.OUT, EntryKind.BOT)

entries = st.lists(
    st.builds(
        lambda kind, origin, session, data: Entry(0, 1, int(kind), origin, session, data),
        st.sampled_from(KINDS),
        st.sampled_from(["oe", "md", "other"]),
        st.sampled_from("AB"),
        st.sampled_from([HEAD + b"35=D\x01", HEAD + b"35=8\x01", b"odd\x0135=D\x01"]),
    ),
    max_size=30,
)


parts = st.sampled_from(
    [
        *("type=D", "type=8,D", "type!=D", "not type=8", 'type="NewOrderSingle"', "session=A"),
        *("session=B,A", "dir=in", "dir=out", "symbol=AAA", "symbol=AAA,BBB", "side=BUY,SELL"),
        *("qty>=5", "qty<-5", "qty=100,0.1", "qty!=5", "price>100000000000000000", "price<=0.30"),
        *("text~hel", "text~LO,x", "not text~hello", "has(58)", "not has(38)", "has(55)", "54=1"),
        *("not exec=new,canceled", "exec=F1", "raw~hello", "not raw~|58=", "seq>5", "554=x"),
    ]
)
joined = st.sampled_from([" ", " or ", " not ", " or not "])
numbers = st.one_of(
    st.sampled_from(["5", "-5", "100", "100.0", "0.1", "1e2", " 5", "5.", "nan", "inf", "1" * 20]),
    st.decimals(allow_nan=False).map(str),
)
texts = st.sampled_from(["hello", "HELLO", "shelf", "x", "", "\xe9", "1", "AAA", "BBB", "D", "8"])
fields = st.one_of(
    st.tuples(st.sampled_from(["38", "44"]), numbers),
    st.tuples(st.sampled_from(["58", "55", "54", "35", "150", "96", "554"]), texts),
    st.tuples(st.sampled_from(["8", "9", "5", "", "95", "354", "1000", "12345"]), texts),
)
heads = st.sampled_from(["", "8=FIX.4.2|9=5|35=D|", "8=FIX.4.2|35=8|", "8=FIX.4.2|9=5|", "35=D|"])
messages = st.builds(
    lambda head, fields, end: (
        (head + "|".join(f"{tag}={value}" for tag, value in fields) + end).replace("|", "\x01")
    ).encode(),
    heads,
    st.lists(fields, max_size=6),
    st.sampled_from(["", "|", "|58", "||"]),
)
"""Bytes that are much like messages, or little."""

ODD = (
    *((), 0, ("",), (-1,), (99,), (0,), (0, 1), (0, "x"), (1,), (1, (b"55",)), (1, (b"\x01",))),
    *((1, ("x",)), (2, ()), (2, (), ("x",)), (3, b"\x0138="), (3, b"", True), (6,), (6, "A")),
    *((4, b"\x0138=", True), (4, b"\x0138=", True, True, (5,), ()), (5, b"\x0138=", ("x",))),
    *((4, b"\x0138=", True, True, (5.0,), (5,)), (5, b"\x0138="), (7,), (7, 1, 1)),
    *((8, 2), (8, 2, (1,)), (9,), (9, (1,)), (10,), (10, ()), (10, (7,))),
)
"""What is no plan."""


def may_fit(entry: Entry) -> bool:
    """What a look tells of one alone."""
    look = LOOKS.get(entry.origin)
    if look is None or entry.kind == EntryKind.BOT:
        return True
    way = "out" if entry.kind == EntryKind.OUT else "in"
    return look.look(delimited(entry.data), entry.session, way) != NO


class SieveTests(SynchronousTestCase):
    """See the module."""

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(50, 200))
    @given(entries)
    def test_any(self, found: list[Entry]) -> None:
        """Those that may fit come in order, one after the other."""
        sieve = Sieve(LOOKS)
        for next_one in (sieve.next, sieve.next_slowly):
            told: list[Entry] = []
            at = next_one(found)
            while at < len(found):
                told.append(found[at])
                at = next_one(found, at + 1)
            self.assertEqual(at, len(found))
            self.assertEqual(told, [one for one in found if may_fit(one)])

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(500, 5_000))
    @given(st.lists(parts, min_size=1, max_size=3), joined, st.lists(messages, max_size=5))
    @example(["symbol=AAA"], " ", [b"8=x\x0195=7\x0196=\x0155=AAA", b"8=x\x0155=AAA\x0195=7"])
    @example(["qty>=5"], " ", [b"38=6.", b"38=.5", b"38=1_0", b"38=\xd9\xa3", b"38=-0", b"38="])
    @example(["qty=0.1"], " ", [b"38=0.1", b"38=0.10", b"38=0.1000000000000000055", b"38=1e-1"])
    @example(["qty<-5"], " ", [b"38=" + b"9" * 31, b"38=-6", b"38=-5.1\x0138=x", b"38=-1e400"])
    @example(["type=D"], " ", [b"8=\x019=\x0135=D", b"8=", b"9=1\x0135=D", b"8=x\x0135="])
    @example(["has(58)"], " ", [b"58", b"58=", b"8=x\x0195=1\x0158=", b"5"])
    @example(["text~lo"], " ", [b"58=hello", b"58=LO", b"58=l", b"58=llo", b"58=low"])
    @example(["text~"], " ", [b"58=", b"58=\xc3\xa9"])
    def test_as_slowly(self, texts: list[str], join: str, datas: list[bytes]) -> None:
        """What C says of any bytes is what Python says, of one part of a filter as of many."""
        try:
            look = quick_look(parse(join.join(texts)))
        except ValueError:
            return
        for text in (look, No(look)):
            sieve = Sieve({"oe": text})
            for data in datas:
                for kind in KINDS:
                    one = [Entry(1, 1, int(kind), "oe", "A", data)]
                    self.assertEqual(sieve.next(one), sieve.next_slowly(one), (texts, data))

    def test_passed_over(self) -> None:
        """What does not fit is not told, or nothing would be gained."""
        found = [Entry(2, 1, int(EntryKind.IN), "md", "A", b"x")] * 9
        sieve = Sieve(LOOKS)
        for next_one in (sieve.next, sieve.next_slowly):
            self.assertEqual([next_one(found), next_one(found, 9), next_one(found, 20)], [9, 9, 9])

    def test_takes(self) -> None:
        """C takes nothing that is no plan."""
        if _sift is None:
            raise SkipTest("it is built where the package is compiled")
        entry = Entry(1, 1, int(EntryKind.IN), "oe", "A", b"8=FIX.4.2\x0135=D\x0138=5")
        for plan in ODD:
            with self.subTest(plan), self.assertRaises((AttributeError, TypeError, ValueError)):
                _sift({"oe": plan}, [entry], 0)  # type: ignore[dict-item]
        odd = SimpleNamespace(kind=int(EntryKind.IN), origin="oe", session="A", data="")
        for sound in ((1, ()), (2, (), ())):
            self.assertRaises(TypeError, _sift, {"oe": sound}, [odd], 0)
        self.assertRaises(TypeError, _sift, {}, (), 0)
        self.assertRaises(TypeError, _sift, {}, [entry], "")
        self.assertRaises(ValueError, _sift, {}, [entry], -1)
        self.assertRaises(AttributeError, _sift, {}, [object()], 0)
