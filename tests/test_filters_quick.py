"""The quick look at bytes: it never says no where the filter says yes, nor that it must be so."""

from __future__ import annotations

from functools import partial

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.dictionaries import standard
from exsim.filters import Seen, needs, parse
from exsim.filters.looks import ALWAYS, NO, PERHAPS, YES, delimited
from exsim.filters.names import ENDPOINT, VENUE
from exsim.filters.plain import is_plain, is_plain_slowly
from exsim.filters.quick import quick_look
from exsim.protocols import fix_text
from exsim.protocols.fix_dialect import Dialect
from exsim.protocols.fix_versions import NAMES
from tests.amount import amount

DIALECT = Dialect(standard)
SETTINGS = settings(derandomize=True, deadline=None, database=None, max_examples=amount(125, 500))

_TAGS = st.sampled_from(["11", "35", "38", "39", "44", "54", "55", "58", "95", "96", "150", "554"])
_TEXTS = st.sampled_from(
    [
        *("", "0", "1", "2", "D", "8", "F", "F1", "100", "100.00", "1e2", "-5", "0.1", "nan"),
        *("7" * 65, "1_0", "0.", "inf"),
        *("AAA", "aaa", "BUY", "NEW", "a b", "é", "K", "İ", "x|y", "***", "NewOrderSingle"),
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
    ]
)
_OPS = st.sampled_from(["=", "!=", ">=", "<", "~"])


def seen_of(data: bytes) -> Seen:
    """A message as filters see it."""
    names_in = partial(DIALECT.names_in, appl_ver_id=b"")
    values = fix_text.Values()
    names = names_in(data)
    return Seen(
        1,
        0,
        "V",
        "E",
        "S",
        "in",
        data,
        lambda: fix_text.describe(data, names),
        lambda tag: values.of(data, tag, names_in),
        lambda: fix_text.masked(data, names),
    )


def message(fields: list[tuple[str, str]], version: str = "FIX.4.4", ended: bool = True) -> bytes:
    """Bytes of some fields."""
    parts = [f"8={version}", *(f"{tag}={value}" for tag, value in fields)]
    return ("\x01".join(parts) + "\x01" * ended).encode()


class QuickTests(SynchronousTestCase):
    """Against the filters themselves."""

    @SETTINGS
    @given(_FIELDS, _KEYS, _OPS, _TEXTS, _TEXTS, st.sampled_from(NAMES), st.booleans())
    @example([], "type", "=", "", "D", "FIX.4.0", True)
    @example([("35", "D")], "type", "=", "NewOrderSingle", "0", "FIX.4.2", True)
    @example([("58", "K")], "text", "~", "k", "k", "FIX.4.4", True)
    @example([("54", "1")], "side", "=", "BUY", "SELL", "FIX.4.4", True)
    @example([("150", "F"), ("39", "1")], "exec", "=", "F1", "F1", "FIX.4.4", True)
    @example([("38", "7" * 65)], "qty", ">=", "1", "1", "FIX.4.4", True)
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
        for text in (
            *parts,
            " ".join(parts),
            " or ".join(parts),
            f"not ({parts[0]})",
            f"not ({' or '.join(parts)})",
            f"not {parts[0]} {parts[1]}",
            f'{key}="{one}","{other}"',
            f"has({key}) {parts[1]}",
        ):
            try:
                filter = parse(text)
            except ValueError:
                continue
            wrong = NO if filter.matches(seen_of(data)) else YES
            self.assertNotEqual(
                quick_look(filter).look(delimited(data), "S", "in"), wrong, (text, data)
            )

    def test_quoted_types(self) -> None:
        """A type in quotes is one that is known, by code or name; or a dialect's, of any code."""
        data = delimited(message([("35", "D")]))
        for text in ('type="D"', 'type="NewOrderSingle"', 'type="8","new_order_single"'):
            self.assertEqual(quick_look(parse(text)).look(data, "S", "in"), YES, text)
        self.assertEqual(needs(parse('type="NewOrderSingle"')).type, "D")
        for text in ('type="OurOrder"', 'type="D","OurOrder"', "type=UOurOrder"):
            self.assertIs(quick_look(parse(text)), ALWAYS, text)
            self.assertIsNone(needs(parse(text)).type, text)
        self.assertIs(quick_look(parse("type=NewOrderSingle"), "ouch"), ALWAYS)
        self.assertEqual(needs(parse('type="U1"')).type, "U1")

    @SETTINGS
    @given(st.decimals(allow_nan=False, allow_infinity=False, places=8), st.integers(-3, 3))
    def test_numbers(self, value: object, more: int) -> None:
        """Decimals are as near as they are, of any size."""
        text = f"{value:f}"
        data = message([("38", text)])
        for op in ("=", ">=", "<="):
            look = quick_look(parse(f"qty{op}{text}"))
            self.assertNotEqual(look.look(delimited(data), "S", "in"), NO)

    def test_refuses(self) -> None:
        """It says no to nearly all that does not fit."""
        data = message([("35", "D"), ("55", "AAA"), ("54", "1"), ("38", "100"), ("58", "Hello")])
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
        ):
            self.assertEqual(quick_look(parse(text)).look(delimited(data), "S", "in"), NO, text)
            self.assertFalse(parse(text).matches(seen_of(data)), text)

    def test_where(self) -> None:
        """Where the venue and endpoint of messages are known, they need not be looked at."""
        data = b"8=FIX.4.2\x0135=D\x0155=AAA"
        whole, seen = delimited(data), seen_of(data)
        where = {VENUE: "V", ENDPOINT: "E"}
        for text, said in (
            ("venue=V", YES),
            ("venue=X", NO),
            ("venue=v", NO),
            ("venue=X,V", YES),
            ("venue!=V", NO),
            ("not venue=X", YES),
            ("venue=5", NO),
            ("venue~v", PERHAPS),
            ("endpoint=E", YES),
            ("endpoint=F", NO),
            ("venue=V symbol=ZZZ", NO),
            ("venue=X or symbol=AAA", YES),
        ):
            with self.subTest(text):
                asked = parse(text)
                quick = quick_look(asked, where=where)
                found = quick.look(whole, "S", "in")
                self.assertEqual(found, said)
                if found != PERHAPS:
                    self.assertEqual(asked.matches(seen), found == YES)
                without = quick_look(asked).look(whole, "S", "in")
                self.assertIn(without, (PERHAPS, found))

    def test_nothing_to_gain(self) -> None:
        """Where anything may fit there is none."""
        for text in ("", "seq>5", "venue!=V", "not name=News", "not (seq>5 or time>12:00)"):
            self.assertIs(quick_look(parse(text)), ALWAYS, text)

    def test_data(self) -> None:
        """What stands in a field of data may be a field, and need not be one."""
        look = quick_look(parse("symbol=AAA"))
        hidden = message([("35", "B"), ("95", "10"), ("96", "\x0155=AAA\x01xx"), ("58", "y")])
        self.assertEqual(look.look(delimited(hidden), "S", "in"), PERHAPS)
        self.assertEqual(
            look.look(delimited(message([("35", "B"), ("55", "AAA")])), "S", "in"), YES
        )

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
                look, filter = quick_look(parse(text)), parse(text)
                wrong = NO if filter.matches(seen_of(data)) else YES
                self.assertNotEqual(look.look(delimited(data), "S", "in"), wrong, (text, data))
