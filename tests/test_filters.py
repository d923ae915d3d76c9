"""The filter language: which messages are meant, what of one differs, and what is no filter."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim import filters
from exsim.filters import (
    FilterError,
    Miss,
    Needs,
    Seen,
    field_value,
    filter_of,
    fix_names,
    from_match,
    nearest,
    needs,
    parse,
)
from exsim.filters.names import ALSO, OWN, SHORT, key_of, known
from exsim.model.codes import OrdStatus, OrdType, Side, TimeInForce
from exsim.model.messages import Description, FieldView
from tests.amount import amount
from tools.make_filter_names import module

NOON = 1_767_614_400_000_000_000
"""2026-01-05T12:00:00Z."""

ORDER = Description(
    "D",
    "NewOrderSingle",
    (
        FieldView("35", "MsgType", "D", "NEW_ORDER_SINGLE"),
        FieldView("11", "ClOrdID", "007"),
        FieldView("55", "Symbol", "IBM"),
        FieldView("54", "Side", "1", "BUY"),
        FieldView("38", "OrderQty", "500.00"),
        FieldView("40", "OrdType", "2", "LIMIT"),
        FieldView("44", "Price", "10.05"),
        FieldView("59", "TimeInForce", "0", "DAY"),
        FieldView("60", "TransactTime", "20260105-11:59:59.500"),
        FieldView("58", "Text", 'a "b", (c)'),
        FieldView("448", "PartyID", "ABC"),
        FieldView("452", "PartyRole", "3", "CLIENT_ID"),
        FieldView("448", "PartyID", "DEF"),
        FieldView("452", "PartyRole", "11", "ORDER_ORIGINATION_TRADER"),
        FieldView("5001", "VenueFlags", "7.50"),
    ),
)


def report(exec_type: str, status: str, version: str = "") -> Description:
    """An execution report."""
    fields = (FieldView("150", "ExecType", exec_type), FieldView("39", "OrdStatus", status))
    return Description("8", "ExecutionReport", fields)


def seen(described: Description = ORDER, seq: int = 7, direction: str = "in") -> Seen:
    """A message, as it came."""
    raw = b"".join(f"{each.tag}={each.value}\x01".encode() for each in described.fields)
    return Seen(seq, NOON, "XSIM", "order-entry", "BUYSIDE1", direction, raw, lambda: described)


class TextTests(SynchronousTestCase):
    """Filters of text."""

    def assert_fits(self, *texts: str, of: Seen | None = None) -> None:
        """Each fits, and its own text says the same."""
        for text in texts:
            one = parse(text)
            self.assertTrue(one.matches(of or seen()), text)
            self.assertEqual(one.misses(of or seen()), [], text)
            self.assertEqual(str(parse(str(one))), str(one), text)

    def assert_misses(self, *texts: str, of: Seen | None = None) -> None:
        """Each does not fit, and says why."""
        for text in texts:
            one = parse(text)
            self.assertFalse(one.matches(of or seen()), text)
            self.assertNotEqual(one.misses(of or seen()), [], text)
            self.assertEqual(str(parse(str(one))), str(one), text)

    def test_everything(self) -> None:
        """No text means all messages."""
        self.assert_fits("", "  ")

    def test_about_the_message(self) -> None:
        """What is known of it besides its fields."""
        self.assert_fits(
            "type=D",
            "type=NewOrderSingle",
            "type=new_order_single",
            "type=8,D",
            "name=NewOrderSingle",
            'type="New Order Single"',
            "session=BUYSIDE1 venue=XSIM endpoint=order-entry",
            "dir=in direction=in",
            "seq=7 seq>=7 seq<8",
            'raw~"|38=500.00|"',
        )
        self.assert_misses("type=8", "name=Logon", "session=X", "dir=out", "seq>7", "raw~|38=5|")

    def test_fields(self) -> None:
        """By tag, by any form of the name, by short name."""
        self.assert_fits(
            "55=IBM", "Symbol=IBM", "symbol=IBM", "SYMBOL=IBM", "OrderQty=500", "order_qty=500"
        )
        self.assert_misses("55=ibm", "symbol=IB", "1=IBM", "account=IBM")

    def test_codes(self) -> None:
        """By the code, by FIX's name of it, by the short one; also where only the message knows."""
        self.assert_fits(
            "side=1", "side=BUY", "side=buy,sell", "tif=DAY", "ord_type=limit", "452=CLIENT_ID"
        )
        self.assert_misses("side=2", "side=sell", "tif=GTC,IOC", "452=EXECUTING_FIRM")

    def test_every_code_of_orders(self) -> None:
        """A filter knows each code that exsim acts on by the name that exsim has for it."""
        for codes, key in ((Side, "side"), (OrdType, "ord_type"), (TimeInForce, "tif")):
            for code in codes:
                if code is not OrdType.LIMIT_IF_TOUCHED:  # has no code in FIX
                    parse(f"{key}={code.name}")
        for status in OrdStatus:
            parse(f"status={status.name}")

    def test_fills(self) -> None:
        """One word for what versions call fill, part fill and trade."""
        part, whole = seen(report("F", "1")), seen(report("F", "2"))
        for old in (seen(report("1", "1")), part):
            self.assert_fits("exec=fill", "exec=trade", "exec=partial", "150=partial", of=old)
        for filled in (seen(report("2", "2")), whole):
            self.assert_fits("exec=fill", "exec=trade", "not exec=partial", of=filled)
        self.assert_fits("exec=F", of=part)
        self.assert_misses("exec=fill,partial", of=seen(report("0", "0")))
        self.assert_misses("not exec=fill", "exec!=fill", of=part)

    def test_numbers(self) -> None:
        """Exact decimals, however they are written; text stays text."""
        self.assert_fits(
            "qty=500",
            "qty=500.000",
            "qty>=500 qty<=500 qty>499.99999999 qty<500.00000001",
            "qty!=501",
            "qty=1,500",
            "price>9 price<10.051",
            "cl_ord_id=007",
            "5001=7.5 5001>7",
        )
        self.assert_misses("qty>500", "qty<500", "qty=501", "price>=10.050000001", "cl_ord_id=7")

    def test_huge_numbers(self) -> None:
        """Digits beyond what any float holds count, too."""
        big = Description("D", "", (FieldView("38", "OrderQty", "9007199254740993"),))
        self.assert_fits("qty>9007199254740992 qty=9007199254740993", of=seen(big))
        self.assert_misses("qty=9007199254740992", of=seen(big))

    def test_times(self) -> None:
        """Of the day or a point in time, for the message and for fields; all UTC."""
        self.assert_fits(
            "time>=12:00 time<=12:00:00 time<12:00:00.001",
            "time=12:00",
            "time>2026-01-05 time<2026-01-06T00:00:00Z",
            "time>=20260105-12:00:00",
            "60<12:00 60>=11:59:59.5",
            "TransactTime<2026-01-05T12:00",
        )
        self.assert_misses("time>12:00", "time<2026-01-05", "60>12:00", "60!=11:59:59.5")

    def test_text(self) -> None:
        """Parts of text in any case, regular expressions, and quotes for what has spaces."""
        self.assert_fits(
            'text~"A \\"B"', 'text="a \\"b\\", (c)"', "text~/^a.+c\\)$/", "55~/I|B/", "cl_ord_id~0"
        )
        self.assert_misses('text~"a b"', "text~/^b/", 'text="A"')

    def test_presence(self) -> None:
        """Whether there is a field at all; what is not there is not equal, either."""
        self.assert_fits("has(58)", "has(text)", "not has(1)", "account!=X", "not account=X")
        self.assert_misses("has(account)", "not has(58)", "account=X", "99>0")

    def test_several(self) -> None:
        """Of a field in a group one has to fit; for ``!=`` none may."""
        self.assert_fits("448=ABC 448=DEF", "448!=XYZ")
        self.assert_misses("448=XYZ", "448!=DEF")

    def test_joined(self) -> None:
        """Side by side is and, which binds closer than or."""
        self.assert_fits(
            "type=8 or type=D side=BUY",
            "type=8 type=F or type=D",
            "type=D and (side=SELL or qty>1)",
            "not (type=8 or type=F)",
            "not not type=D",
            "NOT type=8 AND type=D OR type=8",
        )
        self.assert_misses("(type=8 or type=D) side=SELL", "not (type=D side=BUY)")

    def test_names_of_other_protocols(self) -> None:
        """A name in quotes is looked for in the message."""
        self.assert_fits('"VenueFlags"=7.5', '"venue_flags">7', 'has("Venue Flags")')
        self.assert_misses('"Colour"=red')

    def test_errors(self) -> None:
        """What is wrong, where, and what would be right."""
        for text, position, words in (
            ("symbl=IBM", 1, "did you mean 'symbol'"),
            ("type=D sid=BUY", 8, "did you mean 'side'"),
            ("side=BYU", 1, "'BYU' is no Side(54): did you mean 'BUY'"),
            ("type=NewOrderSingel", 1, "did you mean 'NewOrderSingle'"),
            ("dir=up", 1, "known: in, out"),
            ("qty>=abc", 1, "qty is a number, which 'abc' is not"),
            ("qty=abc", 1, "is a number"),
            ("qty>1,2", 1, "takes one value"),
            ("time>noon", 1, "12:00"),
            ("time>25:00", 1, "12:00"),
            ("time>2026-02-30", 1, "a day that there is not"),
            ("type==D", 5, "one = is enough"),
            ("type D", 6, "after type should be one of"),
            ("type=", 6, "lacks a value"),
            ("type=D,", 8, "lacks a value"),
            ("(type=D", 1, "not closed"),
            ("type=D)", 7, "nothing is open"),
            ("type=D or", 10, "a key"),
            ("not", 4, "a key"),
            ('text="abc', 6, "quote is not closed"),
            ("text~/x", 6, "no / at its end"),
            ("text~/(/", 1, "no regular expression"),
            ("text~/(a+)+/", 1, "take for ever"),
            ("has(type)", 5, "is for fields"),
            ("has(58", 5, "has() takes one key"),
            ("has(has(58))", 5, "has() takes one key"),
            ("=D", 1, "a key"),
        ):
            error = self.assertRaises(FilterError, parse, text)
            self.assertIn(words, str(error), text)
            self.assertEqual(error.position, position, text)

    def test_bounds(self) -> None:
        """The length, the parts and the depth of a filter have ends."""
        for text in ("type=D " * 200, "(" * 19 + "type=D" + ")" * 19, "text=" + "a" * 3_995):
            parse(text)
        for text, words in (
            ("type=D " * 201, "200 parts"),
            ("(" * 20 + "type=D" + ")" * 20, "20 levels"),
            ("not " * 20 + "type=D", "20 levels"),
            ("text=" + "a" * 3_996, "4000 characters"),
            ("text~/" + "a" * 201 + "/", "200 characters"),
        ):
            self.assertIn(words, str(self.assertRaises(FilterError, parse, text)))


class MappingTests(SynchronousTestCase):
    """Filters of mappings: JSON, and what Python passes by name."""

    def test_text_of(self) -> None:
        """Each says what some text says."""
        cases: list[tuple[dict[Any, Any], str]] = [
            ({"type": "D", "symbol": "IBM", "qty__ge": 500}, "type=D symbol=IBM qty>=500"),
            ({38: 500, "54": "BUY"}, "38=500 54=BUY"),
            ({"exec": ["fill", "new"]}, "exec=fill,new"),
            ({"exec__in": ("fill", "new")}, "exec=fill,new"),
            ({"side__ne": "BUY", "qty__gt": 1}, "side!=BUY qty>1"),
            ({"qty__lt": 5, "qty__le": "4.5"}, "qty<5 qty<=4.5"),
            ({"price": 10.05}, "price=10.05"),
            ({"text__contains": "a b", "text__re": "^a/b"}, 'text~"a b" text~/^a\\/b/'),
            ({"58__has": True, "1__has": False}, "has(58) not has(1)"),
            ({"43": True}, "43=Y"),
            ({"filter": "type=D or type=F", "side": "BUY"}, "(type=D or type=F) side=BUY"),
            ({'"VenueFlags"': "x"}, '"VenueFlags"=x'),
            ({"cl_ord_id__eq": "a,b"}, 'cl_ord_id="a,b"'),
            ({}, ""),
        ]
        for match, text in cases:
            self.assertEqual(str(from_match(match)), text)
            self.assertEqual(str(parse(text)), text)

    def test_errors(self) -> None:
        """What is wrong, with the key."""
        for match, words in (
            ({"qty__gee": 5}, "ends in none of __ge"),
            ({"colour": "red"}, "'colour'"),
            ({"side": "BYU"}, "'side': 'BYU' is no Side(54)"),
            ({"symbol": []}, "'symbol' has no value"),
            ({"symbol": None}, "neither text nor number"),
            ({"qty__ge": [1, 2]}, "one value"),
            ({"filter": "x=1"}, "'x'"),
        ):
            self.assertIn(words, str(self.assertRaises(FilterError, from_match, match)))

    def test_filter_of(self) -> None:
        """Either, or nothing, which means all."""
        self.assertEqual(str(filter_of("type=D")), "type=D")
        self.assertEqual(str(filter_of({"type": "D"})), "type=D")
        empty: list[filters.When] = [None, "", {}]
        for nothing in empty:
            self.assertTrue(filter_of(nothing).matches(seen()))
        self.assertEqual(filter_of("type=D"), filter_of({"type": "D"}))
        self.assertEqual(filters.EVERYTHING, filter_of(None))


class NeedsTests(SynchronousTestCase):
    """What a message must have at least."""

    def test_needs(self) -> None:
        """Of what all has to fit: session, type, and fields, with values where these are texts."""
        for text, session, code, fields in (
            ("type=D symbol=IBM", None, "D", [("55", "IBM")]),
            ("type=NewOrderSingle session=S", "S", "D", []),
            ("qty>=5 side=BUY exec=fill 60>12:00", None, None, "38 54 150 60"),
            ("has(58) 5001=7 symbol~I symbol=A,B", None, None, "58 5001 55 55"),
            ("type=D,8 session=A,B not symbol=IBM side!=1", None, None, []),
            ("type=D or symbol=IBM", None, None, []),
            ('"Colour"=red not (type=D)', None, None, []),
            ("", None, None, []),
        ):
            wanted = [(tag, None) for tag in fields.split()] if isinstance(fields, str) else fields
            self.assertEqual(needs(parse(text)), Needs(session, code, tuple(wanted)), text)


class OtherProtocolTests(SynchronousTestCase):
    """Messages of protocols whose fields have names alone."""

    def test_ouch(self) -> None:
        """By their own names, and by those that FIX has for the same."""
        order = seen(
            Description(
                "O",
                "EnterOrder",
                (
                    FieldView("OrderToken", "OrderToken", "T1"),
                    FieldView("BuySellIndicator", "BuySellIndicator", "B", "BUY"),
                    FieldView("Shares", "Shares", "500"),
                    FieldView("Stock", "Stock", "AAA"),
                    FieldView("Price", "Price", "10.05"),
                    FieldView("MatchNumber", "MatchNumber", "7"),
                ),
            )
        )
        for text in (
            "type=O name=EnterOrder",
            "symbol=AAA qty>=500 price<10.1 cl_ord_id=T1",
            "stock=AAA Shares=500 order_token=T1 MatchNumber=7",
            "side=BUY",
            "has(symbol) not has(account) symbol!=BBB",
        ):
            self.assertEqual(parse(text).misses(order), [], text)
        for text in ("symbol=BBB", "qty>500", "side=SELL", "match_number=8", "account=X"):
            self.assertFalse(parse(text).matches(order), text)
        self.assertEqual(field_value(order.description, "qty"), "500")
        self.assertEqual(field_value(order.description, "order_token"), "T1")


class MissesTests(SynchronousTestCase):
    """What of a message differs."""

    def test_misses(self) -> None:
        """Key with name and tag, what was wanted, what was there."""
        for text, key, wanted, got in (
            ("side=sell", "Side(54)", "SELL(2)", "BUY(1)"),
            ("54=2", "Side(54)", "SELL(2)", "BUY(1)"),
            ("qty>=600", "OrderQty(38)", ">= 600", "500.00"),
            ("qty!=500", "OrderQty(38)", "not 500", "500.00"),
            ("symbol=MSFT,AAPL", "Symbol(55)", "MSFT or AAPL", "IBM"),
            ("account=X", "Account(1)", "X", "absent"),
            ("has(1)", "Account(1)", "present", "absent"),
            ("not has(55)", "Symbol(55)", "absent", "IBM"),
            ("not symbol~ib", "Symbol(55)", "not ~ ib", "IBM"),
            ("symbol~/^X/", "Symbol(55)", "~ /^X/", "IBM"),
            ("448=X", "PartyID(448)", "X", "ABC, DEF"),
            ("type=8", "type", "ExecutionReport(8)", "NewOrderSingle(D)"),
            ("dir=out", "dir", "out", "in"),
            ("time>13:00", "time", "> 13:00", "12:00:00.000"),
            ("5001=8", "5001", "8", "7.50"),
            ('"VenueFlags"=8', "VenueFlags", "8", "7.50"),
            ("not (type=D side=BUY)", "message", "not (type=D side=BUY)", "is so"),
        ):
            self.assertEqual(parse(text).misses(seen()), [Miss(key, wanted, got)], text)

    def test_joined(self) -> None:
        """All that misses where all has to fit; of alternatives that which misses by least."""
        keys = [miss.key for miss in parse("symbol=A side=BUY qty=1").misses(seen())]
        self.assertEqual(keys, ["Symbol(55)", "OrderQty(38)"])
        keys = [miss.key for miss in parse("(type=8 symbol=A) or symbol=B").misses(seen())]
        self.assertEqual(keys, ["Symbol(55)"])

    def test_nearest(self) -> None:
        """Least first, and the newest of equals; another type is farther off than another price."""
        messages = [
            seen(report("0", "0"), 1, "out"),
            seen(ORDER, 2),
            seen(ORDER, 3),
            seen(Description("F", "OrderCancelRequest", ()), 4),
            seen(ORDER, 5, "out"),
        ]
        wanted = parse("type=D dir=in symbol=MSFT side=BUY")
        found = nearest(wanted, messages)
        self.assertEqual([near.seen.seq for near in found], [3, 2, 5])
        self.assertEqual(found[0].misses, [Miss("Symbol(55)", "MSFT", "IBM")])
        self.assertEqual([each.seen.seq for each in nearest(wanted, messages, 9)], [3, 2, 5, 4, 1])
        self.assertEqual(nearest(parse("type=D symbol=IBM"), messages[1:3]), [])

    def test_nearest_of_many(self) -> None:
        """However many there are."""
        messages = [seen(ORDER, seq) for seq in range(1, 200)]
        found = nearest(parse("symbol=MSFT"), messages)
        self.assertEqual([near.seen.seq for near in found], [199, 198, 197])


class NamesTests(SynchronousTestCase):
    """What keys stand for."""

    def test_generated(self) -> None:
        """The module of names has what its tool writes today."""
        written: dict[str, str] = {}
        exec(module(), written)  # of our own making
        for name in ("FIELDS", "MESSAGES", "CODES", "OTHERS"):
            self.assertEqual(getattr(fix_names, name), written[name])

    def test_keys(self) -> None:
        """Every word that is known is a key, and no short name hides a field of that name."""
        for word in known():
            key_of(word)
        for word, tag in SHORT.items():
            self.assertEqual(key_of(word).tag, tag)
        self.assertEqual({key_of(word).kind for word in OWN} & {"field"}, set())
        for tag, name in ALSO:
            parse(f"{tag}={name}")

    def test_field_value(self) -> None:
        """The value of a field by whatever it is called; of several the first."""
        for name, value in (
            ("38", "500.00"),
            ("OrderQty", "500.00"),
            ("qty", "500.00"),
            ("448", "ABC"),
            ("type", "D"),
            ("VenueFlags", "7.50"),
            ("account", None),
        ):
            self.assertEqual(field_value(ORDER, name), value)
        self.assertRaises(ValueError, field_value, ORDER, "colour")


class QuickTests(SynchronousTestCase):
    """A message of which fields can be found without decoding it."""

    def test_not_decoded(self) -> None:
        """Neither type, nor fields with known codes, nor numbers, nor text need it."""

        def describe() -> Description:
            raise AssertionError("it was decoded")

        values = {"35": ["D"], "38": ["500"], "55": ["IBM"], "54": ["1"]}
        one = Seen(1, NOON, "V", "e", "s", "in", b"", describe, lambda tag: values.get(tag, []))
        self.assertTrue(parse("type=D qty>=5 symbol=IBM side=BUY not has(1)").matches(one))
        self.assertFalse(parse("symbol=MSFT").matches(one))


_WORDS = st.sampled_from(["a", "b c", 'q"', "x,y", "(", "\\", "=", "or", "é", "/x/", "1.50", ""])
_PARTS = st.one_of(
    st.builds(lambda key, value: {key: value}, st.sampled_from(["symbol", "58", "raw"]), _WORDS),
    st.builds(lambda values: {"account": values}, st.lists(_WORDS, min_size=1, max_size=3)),
    st.builds(lambda value: {"qty__ge": value}, st.integers(-(10**9), 10**9)),
    st.builds(lambda value: {"text__contains": value}, _WORDS.filter(bool)),
    st.just({"58__has": True}),
)


class RoundTripTests(SynchronousTestCase):
    """Text of filters, back and forth."""

    @settings(max_examples=amount(50, 200))
    @given(st.lists(_PARTS, min_size=1, max_size=4))
    def test_mapping(self, parts: list[dict[str, Any]]) -> None:
        """The text of any mapping parses to what has that text."""
        match = {key: value for part in parts for key, value in part.items()}
        one = from_match(match)
        self.assertEqual(str(parse(str(one))), str(one))
        self.assertEqual(parse(str(one)).matches(seen()), one.matches(seen()))

    @settings(max_examples=amount(75, 300))
    @given(st.text(alphabet='abtype=D, ()"~/<>!nor\\38', max_size=40))
    def test_any_text(self, text: str) -> None:
        """Any text is a filter, or an error that says where."""
        try:
            one = parse(text)
        except FilterError as error:
            self.assertTrue(0 <= error.position <= len(text) + 1)
        else:
            self.assertEqual(str(parse(str(one))), str(one))
