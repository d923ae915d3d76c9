"""The quick look at bytes: it never says no where the filter says yes, nor that it must be so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.config.fix_xml import parse_xml
from exsim.filters import Seen, needs, parse
from exsim.filters.looks import ALWAYS, NO, PERHAPS, YES, Quick, delimited
from exsim.filters.names import ENDPOINT, VENUE
from exsim.filters.plain import is_plain, is_plain_slowly
from exsim.filters.quick import FIX, OUCH, quick_look
from exsim.filters.sieve import Sieve
from exsim.model.journal import Entry, EntryKind
from exsim.model.messages import Description
from exsim.model.vocabulary import Vocabulary
from exsim.protocols import fix_text
from exsim.protocols.fix_dialect import Dialect
from exsim.protocols.fix_versions import NAMES
from exsim.protocols.fix_vocabulary import FixVocabulary
from exsim.protocols.soup_messages import SoupMessages
from exsim.protocols.soup_vocabulary import SoupVocabulary
from exsim.wire import soup
from exsim.wire.layout import Family
from exsim.wire.layouts.ouch42 import OUCH42
from exsim.wire.layouts.ouch50 import OUCH50
from tests.amount import amount
from tests.test_fix_dialect import VENUE as OWN_XML

DIALECT = Dialect(standard)
OWN = Dialect(standard, [parse_xml(OWN_XML.encode(), "venue.xml")])
WORDS = FixVocabulary([DIALECT, OWN])
TIME = 34 * 3_600 * 1_000_000_000
"""Of each message: ten o'clock, the day after the first of all."""
SOUP_WORDS = SoupVocabulary([OUCH42, OUCH50])
SETTINGS = settings(derandomize=True, deadline=None, database=None, max_examples=amount(125, 500))

_TAGS = st.sampled_from(
    ["11", "35", "38", "39", "44", "54", "55", "58", "60", "95", "96", "150", "554", "5001"]
)
_TEXTS = st.sampled_from(
    [
        *("", "0", "1", "2", "D", "8", "F", "F1", "100", "100.00", "1e2", "-5", "0.1", "nan"),
        *("7" * 65, "1_0", "0.", "inf"),
        *("AAA", "aaa", "BUY", "NEW", "a b", "é", "K", "İ", "x|y", "***", "NewOrderSingle"),
        *(
            "U1",
            "BlockRequest",
            "Allocation",
            "J",
            "09:30",
            "1970-01-01",
            "20300101-09:30:00",
            "ANONYMOUS",
        ),
    ]
)
_HIDDEN = st.sampled_from(["55=AAA", "38=100", "35=D", "58=AAA"])
"""What stands in a field of data, between delimiters, and is no field."""
_ANY_TAG = st.one_of(_TAGS, st.integers(-1, 12345).map(str), st.sampled_from(["", "x", "09"]))
_DATA = _HIDDEN.map(lambda text: ("95", f"{len(text) + 3}\x0196=x\x01{text}\x01"))
_FIELDS = st.lists(st.one_of(st.tuples(_TAGS, _TEXTS), _DATA), max_size=8)
_KEYS = st.sampled_from(
    [
        *("symbol", "side", "qty", "price", "exec", "status", "text", "cl_ord_id", "type"),
        *("name", "raw", "38", "55", "58", "96", "554", "35", "5001", "session", "dir"),
        *("seq", "time", "event", "ordertoken", '"VenueFlags"', '"Symbol"', "9001", "60"),
    ]
)
_OUCH_KEYS = [
    *("type", "name", "symbol", "raw", "side", "qty", "session", "seq", "price", "last_px"),
    *("userrefnum", "ordertoken", "reason", "text", "account", '"Firm"', "stock", "last_qty"),
    *("order_id", "capacity", "tif", '"Username"', '"Malformed"', "crosstype", "liquidityflag"),
]
_OUCH_VALUES = [
    *("O", "EnterOrder", "LoginRequest", "", "Sequenced", "AAA", "5", "E", "B", "BUY", "1", "66"),
    *("0.0066", "65", "67", "aa", "0.0065", "SELL", "bytes"),
]
_OPS = st.sampled_from(["=", "!=", ">=", "<", ">", "<=", "~"])


def seen_of(data: bytes, dialect: Dialect = DIALECT) -> Seen:
    """A message as filters see it."""
    names_in = partial(dialect.names_in, appl_ver_id=b"")
    values = fix_text.Values()
    names = names_in(data)
    return seen(
        data,
        lambda: fix_text.describe(data, names),
        lambda tag: values.of(data, tag, names_in),
        lambda: fix_text.masked(data, names),
    )


def seen(
    data: bytes,
    describe: Callable[[], Description],
    find: Callable[[str], Sequence[str] | None],
    masked: Callable[[], bytes],
) -> Seen:
    """The same of any protocol."""
    return Seen(1, TIME, "V", "E", "S", "in", data, describe, find, masked)


def message(fields: list[tuple[str, str]], version: str = "FIX.4.4", ended: bool = True) -> bytes:
    """Bytes of some fields."""
    parts = [f"8={version}", *(f"{tag}={value}" for tag, value in fields)]
    return ("\x01".join(parts) + "\x01" * ended).encode()


def packet(kind: bytes, letter: bytes, rest: bytes) -> bytes:
    """A packet of SoupBinTCP with a message."""
    return len(kind + letter + rest).to_bytes(2, "big") + kind + letter + rest


def filled(family: Family, kind: bytes, letter: bytes) -> bytes:
    """What is behind the type of a message whose numbers are all 66, and texts B, or AAA."""
    layouts = family.outbound if kind == soup.SEQUENCED else family.inbound
    layout = layouts.get(letter)
    if layout is None:
        return b""
    found = b""
    for field in layout.fields:
        text = b"B" if field.size == 1 else b"AAA"
        found += text.ljust(field.size) if field.textual else (66).to_bytes(field.size, "big")
    return found + bytes(0 if layout.options is None or layout.bare else 2)


def order(**fields: str) -> bytes:
    """What is behind the type of an order in OUCH 5.0."""
    return OUCH50.inbound[b"O"].build(fields)[1:]


def told(look: Quick, data: bytes) -> int:
    """What a look tells of a message that came in; a sieve passes over it where that is no."""
    entry = Entry(1, TIME, int(EntryKind.IN), "E", "S", data)
    said = look.look(delimited(data), entry)
    assert Sieve({"E": look}).next([entry]) == (1 if said == NO else 0), data
    return said


class QuickTests(SynchronousTestCase):
    """Against the filters themselves."""

    @SETTINGS
    @given(_FIELDS, _KEYS, _OPS, _TEXTS, _TEXTS, st.sampled_from(NAMES), st.booleans())
    @example([], "type", "=", "", "D", "FIX.4.0", True)
    @example([("35", "D")], "type", "=", "NewOrderSingle", "0", "FIX.4.2", True)
    @example([("35", "J")], "name", "=", "AllocationInstruction", "Allocation", "FIX.4.2", True)
    @example([("35", "U1")], "name", "=", "BlockRequest", "", "FIX.4.4", True)
    @example([("35", "U1")], "type", "=", "BlockRequest", "D", "FIX.4.4", True)
    @example([("35", "U2")], "name", "!=", "", "D", "FIX.4.4", True)
    @example([("5001", "a")], '"VenueFlags"', "=", "a", "ANONYMOUS", "FIX.4.4", True)
    @example([("5001", "a")], "5001", "=", "ANONYMOUS", "x", "FIX.4.4", True)
    @example([("58", "K")], "text", "~", "k", "k", "FIX.4.4", True)
    @example([("54", "1")], "side", "=", "BUY", "SELL", "FIX.4.4", True)
    @example([("150", "F"), ("39", "1")], "exec", "=", "F1", "F1", "FIX.4.4", True)
    @example([("38", "7" * 65)], "qty", ">=", "1", "1", "FIX.4.4", True)
    @example([("60", "20300101-09:30:00")], "60", ">", "09:00", "2030-01-01", "FIX.4.4", True)
    @example([("150", "F"), ("39", "0")], "exec", "=", "F1", "F1", "FIX.4.4", True)
    @example([("554", "AAA")], "554", "=", "AAA", "***", "FIX.4.4", True)
    @example([("554", "AAA")], "raw", "~", "AAA", "***", "FIX.4.4", True)
    @example([], "seq", ">", "0.5", "1", "FIX.4.4", True)
    @example([], "seq", "<", "1.5", "1", "FIX.4.4", True)
    @example([], "seq", "<=", "1.5", "0.5", "FIX.4.4", True)
    @example([], "time", "<=", "10:30", "1970-01-02", "FIX.4.4", True)
    def test_sound(
        self,
        fields: list[tuple[str, str]],
        key: str,
        op: str,
        one: str,
        other: str,
        version: str,
        ended: bool,
    ) -> None:
        """What fits, alone or joined with others, passes."""
        data = message(fields, version, ended)
        parts = [f'{key}{op}"{one}"', f"{key}{op}{other or 0}"]
        texts = [
            *parts,
            " ".join(parts),
            " or ".join(parts),
            f"not ({parts[0]})",
            f"not ({' or '.join(parts)})",
            f"not {parts[0]} {parts[1]}",
            f'{key}="{one}","{other}"',
            f"has({key}) {parts[1]}",
            f"{key}~/{one}/",
            f"not {key}~/[{other}x]/",
        ]
        self.check(texts, [seen_of(data), seen_of(data, OWN)], FIX, WORDS)

    def check(
        self, texts: list[str], all_seen: list[Seen], protocol: str, words: Vocabulary
    ) -> None:
        """What looks say of a message is so, in whatever dialect it is."""
        for text in texts:
            try:
                asked = parse(text)
            except ValueError:
                continue
            look = quick_look(asked, protocol, words=words)
            for one in all_seen:
                wrong = NO if asked.matches(one) else YES
                self.assertNotEqual(told(look, one.raw), wrong, (text, one.raw))

    @SETTINGS
    @given(
        st.sampled_from([*soup.PACKET_NAMES, b"?", b""]),
        st.sampled_from([*OUCH42.inbound, *OUCH42.outbound, *OUCH50.outbound, b"?", b""]),
        st.one_of(st.binary(max_size=80), st.none()),
        st.sampled_from(_OUCH_KEYS),
        _OPS,
        st.sampled_from(_OUCH_VALUES),
    )
    @example(b"U", b"O", b"", "name", "=", "EnterOrder")
    @example(b"S", b"U", b"", "type", "=", "U")
    @example(b"S", b"A", b"", "name", "=", "Accepted")
    @example(b"S", b"A", b"", "name", "=", "OrderAccepted")
    @example(b"L", b"O", b"", "type", "=", "O")
    @example(b"L", b"O", b" " * 45, "has", "", '"Username"')
    @example(b"U", b"O", None, "symbol", "=", "AAA")
    @example(b"U", b"O", None, "side", "=", "BUY")
    @example(b"U", b"O", None, "side", "=", "B")
    @example(b"U", b"O", None, "qty", ">=", "66")
    @example(b"U", b"O", None, "qty", "<", "66")
    @example(b"U", b"O", None, "side", "=", "1")
    @example(b"U", b"O", order(ClOrdID="mine"), "cl_ord_id", "=", "mine")
    @example(b"U", b"O", None, "userrefnum", "=", "66.0")
    @example(b"U", b"O", None, "price", "=", "0.00660")
    @example(b"U", b"O", order(UserRefNum="7"), "userrefnum", "=", '7","x')
    @example(b"U", b"O", order(ClOrdID="07"), '"ClOrdID"', "=", "7")
    @example(b"U", b"O", order(ClOrdID="7"), "cl_ord_id", "=", "7 ")
    @example(b"L", b"O", b"     SECRET    " + b" " * 30, "raw", "~", "secret")
    @example(b"U", b"O", "\u212a".encode(), "raw", "~", "k")
    @example(b"U", b"O", "\u0130".encode(), "raw", "~", "i")
    @example(b"U", b"O", b"\xe2K", "raw", "~", "k")
    @example(b"U", b"O", order(UserRefNum="77"), "cl_ord_id", "=", "77")
    @example(b"U", b"O", order(Capacity="A"), "capacity", "=", "agency")
    @example(b"U", b"O", order(Firm="ABCD"), '"Firm"', "=", "ABCD")
    @example(b"U", b"O", order(UserRefNum="4294967295"), "userrefnum", "=", "4294967295")
    @example(b"S", b"E", None, "price", "=", "0.0066")
    @example(b"S", b"E", None, "last_px", "=", "0.0066")
    @example(b"S", b"E", b"A", "last_px", "=", "0.0066")
    @example(b"+", b"t", b"ext", "text", "~", "text")
    @example(b"S", b"?", b"AAA", "text", "~", "AAA")
    @example(b"U", b"O", b"AAA", '"Malformed"', "~", "bytes")
    def test_packets(
        self, kind: bytes, letter: bytes, rest: bytes | None, key: str, op: str, value: str
    ) -> None:
        """The same of OUCH, in both versions."""
        part = f'{key}{op}"{value}"' if key != "has" else f"has({value})"
        texts = [part, f"not {part}", f"{key}~/{value}/", f"{part} or seq>5", f"{part} type=O"]
        for family in (OUCH42, OUCH50):
            data = packet(kind, letter, filled(family, kind, letter) if rest is None else rest)
            messages = SoupMessages({}, family)
            both = [
                seen(
                    data,
                    partial(messages.describe, "S", data),
                    partial(messages.values, "S", data),
                    partial(messages.masked, "S", data),
                )
                for _ in range(2)
            ]
            self.assertIsNotNone(both[0].description)  # from when it is there, filters look there
            for words in (messages.vocabulary, SOUP_WORDS):
                self.check(texts, both, OUCH, words)

    def test_packets_refused(self) -> None:
        """Of OUCH, too, it says no to nearly all that does not fit."""
        data = packet(b"U", b"O", filled(OUCH50, b"U", b"O"))
        for text in (
            "symbol~zz",
            "symbol~/Z/",
            "side=SELL",
            "qty>=67",
            "qty<66",
            "price>1",
            "userrefnum=5",
            "cl_ord_id=foo",
            "userrefnum=66.5,5",
            "raw~hello",
            "not raw~AAA",
            "has(text)",
            "has(matchnumber)",
            "text~hello",
            "name~foo",
            "type=A",
        ):
            look = quick_look(parse(text), OUCH, words=SoupVocabulary([OUCH50]))
            self.assertEqual(told(look, data), NO, text)

    def test_quoted_types(self) -> None:
        """A type in quotes is one that is known, by code or name; or a dialect's, of any code."""
        data = message([("35", "D")])
        for text in ('type="D"', 'type="NewOrderSingle"', 'type="8","new_order_single"'):
            self.assertEqual(told(quick_look(parse(text), words=WORDS), data), YES, text)
        self.assertEqual(needs(parse('type="NewOrderSingle"')).type, "D")
        for text, fits in (
            ('type="OurOrder"', NO),
            ('type="D","OurOrder"', YES),
            ("type=UOurOrder", NO),
        ):
            self.assertEqual(told(quick_look(parse(text), words=WORDS), data), fits, text)
            self.assertIsNone(needs(parse(text)).type, text)
        self.assertEqual(needs(parse('type="U1"')).type, "U1")

    @SETTINGS
    @given(st.decimals(allow_nan=False, allow_infinity=False, places=8), st.integers(-3, 3))
    def test_numbers(self, value: object, more: int) -> None:
        """Decimals are as near as they are, of any size."""
        text = f"{value:f}"
        data = message([("38", text)])
        for op in ("=", ">=", "<="):
            look = quick_look(parse(f"qty{op}{text}"), words=WORDS)
            self.assertNotEqual(told(look, data), NO)

    def test_refuses(self) -> None:
        """It says no to nearly all that does not fit."""
        body = [("55", "AAA"), ("54", "1"), ("38", "100"), ("58", "Hello")]
        data = message([("35", "D"), ("52", "20260105-09:00:00"), *body])
        for text in (
            "symbol=BBB",
            "side=SELL",
            "type=8",
            "type=F,8",
            "qty>100.001",
            "qty<99.999",
            "qty=99,101",
            "text~bye",
            "raw~|55=B|",
            "has(44)",
            "price>1",
            "type=D symbol=AAA qty>=500",
            "symbol=BBB or qty<5",
            "session=T",
            "dir=out",
            "not type=D",
            "not type=8,D",
            "not symbol=AAA",
            "symbol!=AAA",
            "not side=BUY,SELL",
            "not qty>=50",
            "not qty=100",
            "not text~hell",
            "not raw~|55=A",
            "not has(58)",
            "not session=S",
            "not dir=in",
            "not (type=D or symbol=BBB)",
            "not (type=D symbol=AAA)",
            "not type=D not symbol=BBB",
            "name~foo",
            "name=News,Logon",
            "not name=NewOrderSingle",
            "name>O",
            "type~z",
            "type~/[^D]/",
            "session~t",
            "session!=S",
            "dir~out",
            "seq>1",
            "seq<=0.5",
            "seq=0,1.5",
            "not seq=1",
            "time>10:00",
            "time<=09:59:59.999999999",
            "time>=1970-01-02T10:00:00.000000001Z",
            "time<1970-01-02T10:00",
            "not time=10:00",
            "event=logon",
            "not event!=logon",
            "raw~/hel+x/",
            "raw~b*",
            "symbol~/Z/",
            "symbol>=B",
            "not symbol<B",
            "52>=09:30",
            "52=09:00:01,2026-01-04",
            "exec=F1",
            "ordertoken=x",
            "has(ordertoken)",
            "not ordertoken!=x",
            '"VenueFlags"=a',
            "9001=abc",
        ):
            self.assertEqual(told(quick_look(parse(text), words=WORDS), data), NO, text)
            self.assertFalse(parse(text).matches(seen_of(data)), text)

    def test_where(self) -> None:
        """Where the venue and endpoint of messages are known, they need not be looked at."""
        data = b"8=FIX.4.2\x0135=D\x0155=AAA"
        seen = seen_of(data)
        where = {VENUE: "V", ENDPOINT: "E"}
        for text, said in (
            ("venue=V", YES),
            ("venue=X", NO),
            ("venue=v", NO),
            ("venue=X,V", YES),
            ("venue!=V", NO),
            ("not venue=X", YES),
            ("venue=5", NO),
            ("venue~v", YES),
            ("endpoint=E", YES),
            ("endpoint=F", NO),
            ("venue=V symbol=ZZZ", NO),
            ("venue=X or symbol=AAA", YES),
        ):
            with self.subTest(text):
                asked = parse(text)
                quick = quick_look(asked, where=where)
                found = told(quick, data)
                self.assertEqual(found, said)
                if found != PERHAPS:
                    self.assertEqual(asked.matches(seen), found == YES)
                without = told(quick_look(asked), data)
                self.assertIn(without, (PERHAPS, found))

    def test_nothing_to_gain(self) -> None:
        """Where anything may fit there is none."""
        for text in ("", "seq~5", "venue!=V", "not venue=W", "not (seq~5 or endpoint=F)"):
            self.assertIs(quick_look(parse(text), words=WORDS), ALWAYS, text)

    def test_data(self) -> None:
        """What stands in a field of data may be a field, and need not be one."""
        look = quick_look(parse("symbol=AAA"))
        hidden = message([("35", "B"), ("95", "10"), ("96", "\x0155=AAA\x01xx"), ("58", "y")])
        self.assertEqual(told(look, hidden), PERHAPS)
        self.assertEqual(told(look, message([("35", "B"), ("55", "AAA")])), YES)

    @SETTINGS
    @given(st.lists(st.tuples(_ANY_TAG, _TEXTS)), st.integers(-1, 100))
    @example([("95", "1")], 100)
    @example([("36", "1"), ("369", "1")], 100)
    @example([("212", "1")], 4)
    def test_plain(self, fields: list[tuple[str, str]], end: int) -> None:
        """What C says of where data may be is what Python says."""
        whole = b"".join(f"\x01{tag}={value}".encode() for tag, value in fields)
        self.assertEqual(is_plain(whole, max(end, 0)), is_plain_slowly(whole, max(end, 0)), whole)

    def test_plain_takes(self) -> None:
        """What is no bytes is no message."""
        self.assertRaises(TypeError, is_plain, "", 0)
        self.assertRaises(TypeError, is_plain, b"", "")

    def test_garbled(self) -> None:
        """The type of what does not begin as a message is sure of nothing."""
        for data in (b"95=8\x0196=\x0135=D\x01x\x01", b"8=FIX.4.4\x0135=D"):
            for text in ("type=D", "type=8"):
                look, filter = quick_look(parse(text), words=WORDS), parse(text)
                wrong = NO if filter.matches(seen_of(data)) else YES
                self.assertNotEqual(told(look, data), wrong, (text, data))
