"""Entries that surely do not fit are passed over, so many at a time, and no other is."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.filters import looks, parse
from exsim.filters.looks import NO, No, delimited
from exsim.filters.quick import FIX, OUCH, quick_look
from exsim.filters.sieve import Sieve, _sift
from exsim.model.journal import Entry, EntryKind
from exsim.model.vocabulary import Vocabulary
from exsim.protocols.fix_dialect import Dialect
from exsim.protocols.fix_vocabulary import FixVocabulary
from exsim.protocols.soup_vocabulary import SoupVocabulary
from exsim.wire.layouts.ouch42 import OUCH42
from exsim.wire.layouts.ouch50 import OUCH50
from tests.amount import amount

LOOKS = {
    "oe": quick_look(parse("session=A type=D")),
    "md": quick_look(parse("direction=out")),
}
"""What is wanted of two endpoints; of another one nothing is known."""
WORDS: dict[str, Vocabulary] = {
    FIX: FixVocabulary([Dialect(standard)]),
    OUCH: SoupVocabulary([OUCH42, OUCH50]),
}
HOUR = 3_600_000_000_000
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
        *("name~single", "name=News,ExecutionReport", "not name~e", "type~d", "type>=8", "name=x"),
        *("session~a", "not session=A", "seq<=2", "seq=1.5,2", "time<09:30", "time>2030-01-01"),
        *("not time=00:00", "raw~/hel+o/", "raw~a|b", "symbol~/A+/", "symbol>=AAB", "text<hello"),
        *("text>=09:30", "ordertoken=5", "has(ordertoken)", "5001=hello", "event=logon"),
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

QTY = b"\x0138="
MARK = b"FI"
"""What a message begins with behind two bytes."""
ODD: tuple[object, ...] = (
    *((), 0, ("",), (-1,), (99,), (looks.OTHER,), (looks.OTHER, 1), (looks.OTHER, "x")),
    *((looks.ONE_OF,), (looks.ONE_OF, (b"55",)), (looks.ONE_OF, (b"\x01",))),
    *((looks.ONE_OF, ("x",)), (looks.HOLDING, QTY), (looks.HOLDING, b"", True)),
    *((looks.NUMBER_IN, QTY, True), (looks.NUMBER_IN, QTY, True, True, (5,), ())),
    *((looks.NUMBER_IN, QTY, True, True, (5.0,), (5,)), (looks.TEXT_IN, QTY)),
    *((looks.TEXT_IN, QTY, ("x",)), (looks.VALUE_SO, QTY, {}), (looks.VALUE_SO, QTY, (), 1)),
    *((looks.VALUE_SO, QTY, {}, 1), (looks.VALUE_SO, QTY, {b"5": 3}, 1), (looks.TYPE_SO, {})),
    *((looks.TYPE_SO, {}, 1), (looks.TYPE_SO, {b"D": "x"}, 1), (looks.PACKET_SO,)),
    *((looks.PACKET_SO, {}, 1), (looks.SESSION_SO, {}), (looks.SESSION_SO, {"A": -1}, 1)),
    *((looks.FIELD_SO, {}), (looks.FIELD_SO, {}, 3, {}, 1), (looks.FIELD_SO, {MARK: 9}, 0, {}, 1)),
    *((looks.FIELD_SO, {MARK: (0,)}, 0, {}, 1), (looks.FIELD_SO, {MARK: (0, 1)}, 0, {}, 1)),
    *((looks.FIELD_SO, {MARK: (0, 1)}, 0), (looks.FIELD_SO, {MARK: "x"}, 0, {}, 1)),
    *((looks.FIELD_SO, {MARK: (0, 1, 5)}, 0, {}, 1), (looks.IN_PACKET, ())),
    *((looks.IN_PACKET, ("x",), ()), (looks.IN_PACKET, (), ("x",))),
    *((looks.ANYWHERE, ()), (looks.ANYWHERE, ("x",), ()), (looks.ANYWHERE, (b"fix",), ("x",))),
    *((looks.TEXT_SO, ()), (looks.TEXT_SO, ("x",), 1), (looks.TEXT_SO, (), 1)),
    *((looks.SOMEWHERE,), (looks.SOMEWHERE, ("x",)), (looks.WITHIN, False, 0, 0)),
    *((looks.WITHIN, 0, 0, 0, 0), (looks.WITHIN, False, 0, 0, "x"), (looks.DIRECTION,)),
    *((looks.WITHIN, True, 0, 2**64, 0), (looks.DIRECTION, 1, 1), (looks.ALL, 2)),
    *((looks.ALL, 2, (1,)), (looks.EITHER,), (looks.EITHER, (1,)), (looks.NOT,), (looks.NOT, ())),
    (looks.NOT, (looks.SESSION_SO,)),
)
"""What is no plan."""
SOUND: tuple[looks.Plan, ...] = (
    (looks.ONE_OF, ()),
    (looks.TYPE_SO, {}, None),
    (looks.SOMEWHERE, ()),
    (looks.TEXT_SO, (), None),
)
"""What is, of messages that have bytes."""


def may_fit(entry: Entry) -> bool:
    """What a look tells of one alone."""
    look = LOOKS.get(entry.origin)
    if look is None or entry.kind == EntryKind.BOT:
        return True
    return look.look(delimited(entry.data), entry) != NO


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

    @settings(derandomize=True, deadline=None, database=None, max_examples=amount(300, 2_000))
    @given(
        st.lists(parts, min_size=1, max_size=3),
        joined,
        st.lists(messages, max_size=5),
        st.sampled_from([FIX, OUCH]),
        st.integers(1, 5),
    )
    @example(
        ["symbol=AAA"], " ", [b"8=x\x0195=7\x0196=\x0155=AAA", b"8=x\x0155=AAA\x0195=7"], FIX, 1
    )
    @example(
        ["qty>=5"], " ", [b"38=6.", b"38=.5", b"38=1_0", b"38=\xd9\xa3", b"38=-0", b"38="], FIX, 1
    )
    @example(
        ["qty=0.1"], " ", [b"38=0.1", b"38=0.10", b"38=0.1000000000000000055", b"38=1e-1"], FIX, 1
    )
    @example(
        ["qty<-5"], " ", [b"38=" + b"9" * 31, b"38=-6", b"38=-5.1\x0138=x", b"38=-1e400"], FIX, 1
    )
    @example(["type=D"], " ", [b"8=\x019=\x0135=D", b"8=", b"9=1\x0135=D", b"8=x\x0135="], FIX, 1)
    @example(["has(58)"], " ", [b"58", b"58=", b"8=x\x0195=1\x0158=", b"5"], FIX, 1)
    @example(["text~lo"], " ", [b"58=hello", b"58=LO", b"58=l", b"58=llo", b"58=low"], FIX, 1)
    @example(["text~"], " ", [b"58=", b"58=\xc3\xa9"], FIX, 1)
    @example(
        ["raw~hello"], " ", [b"HELLO", b"a|hell", b"hello\x01554=x", b"\xc3\xa9hello", b""], FIX, 1
    )
    @example(["name~enter"], " ", [b"\0\2UO", b"\0\2UX", b"\0\1R", b"\0\1", b""], OUCH, 1)
    @example(["symbol=AAA"], " ", [b"\0\5UOAAA", b"AA", b""], OUCH, 1)
    def test_as_slowly(
        self, texts: list[str], join: str, datas: list[bytes], protocol: str, at: int
    ) -> None:
        """What C says of any bytes is what Python says, of one part of a filter as of many."""
        try:
            look = quick_look(parse(join.join(texts)), protocol, words=WORDS[protocol])
        except ValueError:
            return
        for text in (look, No(look)):
            sieve = Sieve({"oe": text})
            for data in datas:
                for kind in KINDS:
                    one = [Entry(at, at * 7 * HOUR, int(kind), "oe", "A", data)]
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
        wrong = (AttributeError, OverflowError, TypeError, ValueError)
        for plan in ODD:
            with self.subTest(plan), self.assertRaises(wrong):
                _sift({"oe": plan}, [entry], 0)  # type: ignore[dict-item]
        odd = SimpleNamespace(kind=int(EntryKind.IN), origin="oe", session="A", data="")
        for sound in SOUND:
            self.assertRaises(TypeError, _sift, {"oe": sound}, [odd], 0)
        self.assertRaises(TypeError, _sift, {}, (), 0)
        self.assertRaises(TypeError, _sift, {}, [entry], "")
        self.assertRaises(ValueError, _sift, {}, [entry], -1)
        self.assertRaises(AttributeError, _sift, {}, [object()], 0)
