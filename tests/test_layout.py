"""Binary messages: the codec, and each message of OUCH byte for byte from its table."""

from __future__ import annotations

from hypothesis import Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.wire.layout import (
    CODE,
    FINE_PRICE,
    PRICE,
    SIGNED_PRICE,
    TEXT,
    TIME,
    UNSIGNED,
    BadMessage,
    Family,
    Field,
    Layout,
    Option,
)
from exsim.wire.layouts.ouch42 import OUCH42
from exsim.wire.layouts.ouch50 import OUCH50
from tests.amount import amount

ONCE = (Phase.generate,)
TEST = Layout(
    "Test",
    "t",
    "none",
    (
        Field("Locate", UNSIGNED, 2),
        Field("Time", TIME, 6),
        Field("Name", TEXT, 4),
        Field("Off", SIGNED_PRICE, 4),
        Field("At", PRICE, 4),
        Field("Fine", FINE_PRICE, 8),
        Field("Flag", CODE, 1, {"Y": "yes"}),
    ),
)
OPTIONAL = Layout(
    "Optional",
    "o",
    "none",
    (Field("Ref", UNSIGNED, 4),),
    (Option(3, Field("MinQty", UNSIGNED, 4)), Option(7, Field("Peg", SIGNED_PRICE, 4))),
)
BARE = Layout("Bare", "b", "none", (), (Option(28, Field("Idx", UNSIGNED, 1)),), bare=True)


class CodecTests(SynchronousTestCase):
    """Values to bytes and back."""

    def test_every_kind(self) -> None:
        """Each kind of field, by hand."""
        values = (258, 0x010203040506, b"AB  ", -5, 1_000_200, 7, b"Y")
        raw = TEST.encode(values)
        expected = "74 0102 010203040506 41422020 fffffffb 000f4308 0000000000000007 59"
        self.assertEqual(raw.hex(), expected.replace(" ", ""))
        self.assertEqual(TEST.decode(raw), values)
        self.assertEqual([field.offset for field in TEST.fields], [1, 3, 9, 13, 17, 21, 29])
        self.assertEqual(TEST.size, len(raw))

    def test_texts(self) -> None:
        """Values as people read and write them."""
        given = {
            "Locate": "258",
            "Time": "34200000000001",
            "Name": "AB",
            "Off": "-0.0005",
            "At": "100.02",
            "Fine": "0.00000007",
            "Flag": "Y",
        }
        raw = TEST.build(given)
        self.assertEqual({f.name: f.text(value) for f, value in TEST.read(raw)}, given)
        meanings = {f.name: f.meaning(f.text(value)) for f, value in TEST.read(raw)}
        self.assertEqual((meanings["Flag"], meanings["Time"]), ("yes", "09:30:00.000000001"))

    def test_wrong_texts(self) -> None:
        """What is no value is refused, with the field's name."""
        for name, text, said in (
            ("Locate", "65536", "does not fit in 2 bytes"),
            ("Locate", "-1", "no whole number"),
            ("Name", "ABCDE", "longer than 4"),
            ("At", "1.00001", "more than 4 decimals"),
            ("At", "-1", "does not fit"),
            ("Off", "214748.3648", "does not fit"),
            ("Other", "1", "has no field 'Other'"),
        ):
            with self.assertRaises(ValueError) as caught:
                TEST.build({name: text})
            self.assertIn(said, str(caught.exception))
            self.assertIn(name, str(caught.exception))

    def test_appendage(self) -> None:
        """Options have a length that counts tag and value, all of them one of two bytes."""
        raw = OPTIONAL.build({"Ref": "1", "Peg": "-0.01", "MinQty": "5"})
        self.assertEqual(raw.hex(), "6f00000001000c0507ffffff9c050300000005")
        found = [(field.name, value) for field, value in OPTIONAL.read(raw)]
        self.assertEqual(found, [("Ref", 1), ("Peg", -100), ("MinQty", 5)])
        self.assertEqual(OPTIONAL.build({"Ref": "1"}).hex(), "6f000000010000")

    def test_bare_appendage(self) -> None:
        """It may be left out altogether."""
        self.assertEqual(BARE.build({}), b"b")
        self.assertEqual(BARE.read(b"b"), [])
        raw = BARE.build({"Idx": "9"})
        self.assertEqual(raw.hex(), "620003021c09")
        self.assertEqual([value for _, value in BARE.read(raw)], [9])

    def test_no_message(self) -> None:
        """Bytes of another length, or options that are none, are told of."""
        good = OPTIONAL.build({"Ref": "1", "MinQty": "5"})
        OPTIONAL.check(b"xxx" + good, 3)
        for bad, said in (
            (good[:4], "bytes"),
            (good[:-1], "length"),
            (good + b"x", "length"),
            (good[:6] + b"\x06" + b"\x06" + good[8:], "cut"),
            (good[:8] + b"\x04" + good[9:], "option 4"),
            (good[:7] + b"\x04\x03\0\0\0", "length"),
            (good[:5] + b"\0\5\4\3\0\0\0", "MinQty of 3 bytes"),
        ):
            with self.assertRaises(BadMessage) as caught:
                OPTIONAL.read(bad)
            self.assertIn(said, str(caught.exception), bad)
        for bad in (good[:4], good[:-1], good + b"x"):
            with self.assertRaises(BadMessage):
                OPTIONAL.check(bad, 0)
        for bad in (b"bx", b"b\0\1", b"b\0\0x"):
            with self.assertRaises(BadMessage):
                BARE.read(bad)
        with self.assertRaises(BadMessage):
            TEST.check(b"t", 0)
        with self.assertRaises(BadMessage):
            TEST.decode(TEST.encode((0, 0, b"    ", 0, 0, 0, b" ")) + b"x")

    @profile(derandomize=True, deadline=None, max_examples=60, phases=ONCE)
    @given(st.data())
    def test_both_ways(self, data: st.DataObject) -> None:
        """Any values of any message come back."""
        families = [OUCH50.inbound, OUCH50.outbound, OUCH42.inbound, OUCH42.outbound]
        layout = data.draw(st.sampled_from([each for f in families for each in f.values()]))
        values = tuple(data.draw(_values(field)) for field in layout.fields)
        options = data.draw(st.permutations(list((layout.options or {}).values())))[:3]
        appended = [(option, data.draw(_values(option.field))) for option in options]
        appendage = b"".join(option.encode(value) for option, value in appended)
        if layout.bare and appendage:
            appendage = len(appendage).to_bytes(2, "big") + appendage
        raw = layout.encode(values, appendage)
        self.assertEqual(layout.decode(raw), values)
        self.assertEqual(layout.appended(raw), appended)
        layout.check(raw, 0)
        texts = {field.name: field.text(value) for field, value in layout.read(raw)}
        self.assertEqual(layout.build(texts), raw)

    @profile(derandomize=True, deadline=None, max_examples=amount(50, 200), phases=ONCE)
    @given(st.sampled_from([*OUCH50.inbound.values(), *OUCH50.outbound.values()]), st.binary())
    def test_any_bytes(self, layout: Layout, data: bytes) -> None:
        """Whatever the bytes are, they are a message or none."""
        raw = layout.type + data
        try:
            layout.read(raw)
        except BadMessage:
            return
        layout.check(raw, 0)


def _values(field: Field) -> st.SearchStrategy[int | bytes]:
    if field.textual:
        letters = st.text("ABCxyz019", min_size=field.size, max_size=field.size)
        return letters.map(str.encode)
    bits = 8 * field.size
    if field.kind == SIGNED_PRICE:
        return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if field.kind == PRICE and field.size == 8:
        return st.integers(0, 10**14)  # what amounts in units of 10^-8 have room for
    return st.integers(0, 2**bits - 1)


REF, TIMES, ORDER, MATCH = "01020304", "0000000000000e10", "00000000000000ff", "0000000000000abc"
PRICE8, PRICE4 = "00000000000f4308", "000f4308"  # 100.02
AAA, FIRM, CLORD = b"AAA     ".hex(), b"FIRM".hex(), b"order-1       ".hex()
TOKEN = b"TOKEN123      ".hex()


TABLE_50: dict[str, tuple[dict[str, str], str]] = {
    "in O": (
        {
            "UserRefNum": "16909060",
            "Side": "B",
            "Quantity": "100",
            "Symbol": "AAA",
            "Price": "100.02",
            "TimeInForce": "0",
            "Display": "Y",
            "Capacity": "P",
            "InterMarketSweepEligibility": "N",
            "CrossType": "N",
            "ClOrdID": "order-1",
            "MinQty": "10",
        },
        f"4f {REF} 42 00000064 {AAA} {PRICE8} 30 59 50 4e 4e {CLORD} 0006 05 03 0000000a",
    ),
    "in U": (
        {
            "OrigUserRefNum": "1",
            "UserRefNum": "16909060",
            "Quantity": "100",
            "Price": "100.02",
            "TimeInForce": "3",
            "Display": "N",
            "InterMarketSweepEligibility": "Y",
            "ClOrdID": "order-1",
        },
        f"55 00000001 {REF} 00000064 {PRICE8} 33 4e 59 {CLORD} 0000",
    ),
    "in X": ({"UserRefNum": "16909060", "Quantity": "5"}, f"58 {REF} 00000005"),
    "in M": (
        {"UserRefNum": "16909060", "Side": "T", "Quantity": "5"},
        f"4d {REF} 54 00000005",
    ),
    "in Q": ({}, "51"),
    "in C": (
        {"UserRefNum": "16909060", "Firm": "FIRM", "Symbol": "AAA", "Side": "S", "GroupID": "7"},
        f"43 {REF} {FIRM} {AAA} 0007 02 1b 53 03 18 0007",
    ),
    "in D": ({"UserRefNum": "16909060", "Firm": "FIRM"}, f"44 {REF} {FIRM} 0000"),
    "in E": (
        {"UserRefNum": "16909060", "Firm": "FIRM", "UserRefIdx": "2"},
        f"45 {REF} {FIRM} 0003 02 1c 02",
    ),
    "out S": ({"Timestamp": "3600", "EventCode": "S"}, f"53 {TIMES} 53"),
    "out A": (
        {
            "Timestamp": "3600",
            "UserRefNum": "16909060",
            "Side": "S",
            "Quantity": "100",
            "Symbol": "AAA",
            "Price": "100.02",
            "TimeInForce": "0",
            "Display": "A",
            "OrderReferenceNumber": "255",
            "Capacity": "A",
            "InterMarketSweepEligibility": "N",
            "CrossType": "O",
            "OrderState": "L",
            "ClOrdID": "order-1",
            "BBOWeightIndicator": "S",
        },
        f"41 {TIMES} {REF} 53 00000064 {AAA} {PRICE8} 30 41 {ORDER} 41 4e 4f 4c {CLORD}"
        " 0003 02 12 53",
    ),
    "out U": (
        {
            "Timestamp": "3600",
            "OrigUserRefNum": "1",
            "UserRefNum": "16909060",
            "Side": "E",
            "Quantity": "100",
            "Symbol": "AAA",
            "Price": "100.02",
            "TimeInForce": "6",
            "Display": "Y",
            "OrderReferenceNumber": "255",
            "Capacity": "R",
            "InterMarketSweepEligibility": "Y",
            "CrossType": "N",
            "OrderState": "D",
            "ClOrdID": "order-1",
            "ExpireTime": "60",
        },
        f"55 {TIMES} 00000001 {REF} 45 00000064 {AAA} {PRICE8} 36 59 {ORDER} 52 59 4e 44 {CLORD}"
        " 0006 05 0f 0000003c",
    ),
    "out C": (
        {"Timestamp": "3600", "UserRefNum": "16909060", "Quantity": "7", "Reason": "U"},
        f"43 {TIMES} {REF} 00000007 55",
    ),
    "out D": (
        {
            "Timestamp": "3600",
            "UserRefNum": "16909060",
            "DecrementShares": "7",
            "Reason": "Q",
            "QuantityPreventedFromTrading": "8",
            "ExecutionPrice": "100.02",
            "LiquidityFlag": "R",
        },
        f"44 {TIMES} {REF} 00000007 51 00000008 {PRICE8} 52",
    ),
    "out E": (
        {
            "Timestamp": "3600",
            "UserRefNum": "16909060",
            "Quantity": "7",
            "Price": "100.02",
            "LiquidityFlag": "A",
            "MatchNumber": "2748",
            "ReferencePrice": "100.02",
            "ReferencePriceType": "I",
        },
        f"45 {TIMES} {REF} 00000007 {PRICE8} 41 {MATCH} 000d 09 13 {PRICE8} 02 14 49",
    ),
    "out B": (
        {
            "Timestamp": "3600",
            "UserRefNum": "16909060",
            "MatchNumber": "2748",
            "Reason": "S",
            "ClOrdID": "order-1",
        },
        f"42 {TIMES} {REF} {MATCH} 53 {CLORD}",
    ),
    "out J": (
        {"Timestamp": "3600", "UserRefNum": "16909060", "Reason": "23", "ClOrdID": "order-1"},
        f"4a {TIMES} {REF} 0017 {CLORD}",
    ),
    "out P": ({"Timestamp": "3600", "UserRefNum": "16909060"}, f"50 {TIMES} {REF}"),
    "out I": ({"Timestamp": "3600", "UserRefNum": "16909060"}, f"49 {TIMES} {REF}"),
    "out T": (
        {
            "Timestamp": "3600",
            "UserRefNum": "16909060",
            "Price": "100.02",
            "Display": "Y",
            "OrderReferenceNumber": "255",
        },
        f"54 {TIMES} {REF} {PRICE8} 59 {ORDER}",
    ),
    "out M": (
        {"Timestamp": "3600", "UserRefNum": "16909060", "Side": "S", "Quantity": "7"},
        f"4d {TIMES} {REF} 53 00000007",
    ),
    "out R": (
        {
            "Timestamp": "3600",
            "UserRefNum": "16909060",
            "Reason": "P",
            "DisplayQuantity": "7",
            "DisplayPrice": "100.02",
            "SecondaryOrdRefNum": "255",
        },
        f"52 {TIMES} {REF} 50 001a 05 16 00000007 09 17 {PRICE8} 09 01 {ORDER}",
    ),
    "out Q": ({"Timestamp": "3600", "NextUserRefNum": "16909060"}, f"51 {TIMES} {REF}"),
    "out X": (
        {"Timestamp": "3600", "UserRefNum": "16909060", "Firm": "FIRM", "Symbol": "AAA"},
        f"58 {TIMES} {REF} {FIRM} {AAA} 0000",
    ),
    "out G": (
        {"Timestamp": "3600", "UserRefNum": "16909060", "Firm": "FIRM"},
        f"47 {TIMES} {REF} {FIRM} 0000",
    ),
    "out K": (
        {"Timestamp": "3600", "UserRefNum": "16909060", "Firm": "FIRM"},
        f"4b {TIMES} {REF} {FIRM} 0000",
    ),
}
TERMS_42 = {
    "BuySellIndicator": "B",
    "Shares": "100",
    "Stock": "AAA",
    "Price": "100.02",
    "TimeInForce": "99998",
    "Firm": "FIRM",
    "Display": "Y",
    "Capacity": "P",
    "IntermarketSweepEligibility": "N",
    "MinimumQuantity": "10",
    "CrossType": "N",
}
FILL_42 = {
    "Timestamp": "3600",
    "OrderToken": "TOKEN123",
    "ExecutedShares": "7",
    "ExecutionPrice": "100.02",
    "LiquidityFlag": "R",
    "MatchNumber": "2748",
}
FILLED_42 = f"{TIMES} {TOKEN} 00000007 {PRICE4} 52 {MATCH}"
HEAD_42 = f"42 00000064 {AAA} {PRICE4} 0001869e {FIRM} 59"
TABLE_42: dict[str, tuple[dict[str, str], str]] = {
    "in O": (
        {"OrderToken": "TOKEN123", **TERMS_42, "CustomerType": "R"},
        f"4f {TOKEN} {HEAD_42} 50 4e 0000000a 4e 52",
    ),
    "in U": (
        {
            "ExistingOrderToken": "TOKEN123",
            "ReplacementOrderToken": "order-1",
            "Shares": "100",
            "Price": "100.02",
            "TimeInForce": "0",
            "Display": "N",
            "IntermarketSweepEligibility": "Y",
            "MinimumQuantity": "10",
        },
        f"55 {TOKEN} {CLORD} 00000064 {PRICE4} 00000000 4e 59 0000000a",
    ),
    "in X": ({"OrderToken": "TOKEN123", "Shares": "5"}, f"58 {TOKEN} 00000005"),
    "in M": (
        {"OrderToken": "TOKEN123", "BuySellIndicator": "E", "Shares": "5"},
        f"4d {TOKEN} 45 00000005",
    ),
    "in N": ({"OrderToken": "TOKEN123"}, f"4e {TOKEN}"),
    "out S": ({"Timestamp": "3600", "EventCode": "E"}, f"53 {TIMES} 45"),
    "out A": (
        {
            "Timestamp": "3600",
            "OrderToken": "TOKEN123",
            **TERMS_42,
            "OrderReferenceNumber": "255",
            "OrderState": "L",
            "BBOWeightIndicator": "",
        },
        f"41 {TIMES} {TOKEN} {HEAD_42} {ORDER} 50 4e 0000000a 4e 4c 20",
    ),
    "out U": (
        {
            "Timestamp": "3600",
            "ReplacementOrderToken": "order-1",
            **TERMS_42,
            "OrderReferenceNumber": "255",
            "OrderState": "D",
            "PreviousOrderToken": "TOKEN123",
            "BBOWeightIndicator": "1",
        },
        f"55 {TIMES} {CLORD} {HEAD_42} {ORDER} 50 4e 0000000a 4e 44 {TOKEN} 31",
    ),
    "out C": (
        {
            "Timestamp": "3600",
            "OrderToken": "TOKEN123",
            "DecrementShares": "7",
            "Reason": "I",
        },
        f"43 {TIMES} {TOKEN} 00000007 49",
    ),
    "out D": (
        {
            "Timestamp": "3600",
            "OrderToken": "TOKEN123",
            "DecrementShares": "7",
            "Reason": "Q",
            "QuantityPreventedFromTrading": "8",
            "ExecutionPrice": "100.02",
            "LiquidityFlag": "A",
        },
        f"44 {TIMES} {TOKEN} 00000007 51 00000008 {PRICE4} 41",
    ),
    "out E": (FILL_42, f"45 {FILLED_42}"),
    "out G": (
        {**FILL_42, "ReferencePrice": "100.02", "ReferencePriceType": "I"},
        f"47 {FILLED_42} {PRICE4} 49",
    ),
    "out B": (
        {
            "Timestamp": "3600",
            "OrderToken": "TOKEN123",
            "MatchNumber": "2748",
            "Reason": "S",
        },
        f"42 {TIMES} {TOKEN} {MATCH} 53",
    ),
    "out F": ({**FILL_42, "Reason": "N"}, f"46 {FILLED_42} 4e"),
    "out J": (
        {"Timestamp": "3600", "OrderToken": "TOKEN123", "Reason": "S"},
        f"4a {TIMES} {TOKEN} 53",
    ),
    "out P": ({"Timestamp": "3600", "OrderToken": "TOKEN123"}, f"50 {TIMES} {TOKEN}"),
    "out I": ({"Timestamp": "3600", "OrderToken": "TOKEN123"}, f"49 {TIMES} {TOKEN}"),
    "out T": (
        {
            "Timestamp": "3600",
            "OrderToken": "TOKEN123",
            "Price": "100.02",
            "Display": "Y",
            "OrderReferenceNumber": "255",
        },
        f"54 {TIMES} {TOKEN} {PRICE4} 59 {ORDER}",
    ),
    "out M": (
        {
            "Timestamp": "3600",
            "OrderToken": "TOKEN123",
            "BuySellIndicator": "S",
            "Shares": "7",
        },
        f"4d {TIMES} {TOKEN} 53 00000007",
    ),
    "out N": ({"Timestamp": "3600", "OrderToken": "TOKEN123"}, f"4e {TIMES} {TOKEN}"),
}


class TableTests(SynchronousTestCase):
    """Every message of the specifications, byte for byte."""

    def compare(self, family: Family, table: dict[str, tuple[dict[str, str], str]]) -> None:
        """Build and read each; none is left out."""
        layouts = {f"in {kind.decode()}": each for kind, each in family.inbound.items()}
        layouts |= {f"out {kind.decode()}": each for kind, each in family.outbound.items()}
        self.assertEqual(set(layouts), set(table))
        for name, (fields, expected) in table.items():
            raw = layouts[name].build(fields)
            self.assertEqual(raw.hex(), expected.replace(" ", ""), name)
            told = {field.name: field.text(value) for field, value in layouts[name].read(raw)}
            self.assertEqual(told, fields, name)
            self.assertTrue(layouts[name].clause.endswith("Message"), name)

    def test_ouch_50(self) -> None:
        """OUCH 5.0, with what came after April 2023."""
        self.compare(OUCH50, TABLE_50)

    def test_ouch_42(self) -> None:
        """OUCH 4.2."""
        self.compare(OUCH42, TABLE_42)

    def test_option_numbers(self) -> None:
        """The numbers and sizes of all options of OUCH 5.0."""
        options = {}
        for layout in (*OUCH50.inbound.values(), *OUCH50.outbound.values()):
            for option in (layout.options or {}).values():
                options[option.tag] = (option.field.name, option.field.size)
        self.assertEqual(
            options,
            {
                1: ("SecondaryOrdRefNum", 8),
                2: ("Firm", 4),
                3: ("MinQty", 4),
                4: ("CustomerType", 1),
                5: ("MaxFloor", 4),
                6: ("PriceType", 1),
                7: ("PegOffset", 4),
                9: ("DiscretionPrice", 8),
                10: ("DiscretionPriceType", 1),
                11: ("DiscretionPegOffset", 4),
                12: ("PostOnly", 1),
                13: ("RandomReserves", 4),
                14: ("Route", 4),
                15: ("ExpireTime", 4),
                16: ("TradeNow", 1),
                17: ("HandleInst", 1),
                18: ("BBOWeightIndicator", 1),
                19: ("ReferencePrice", 8),
                20: ("ReferencePriceType", 1),
                22: ("DisplayQuantity", 4),
                23: ("DisplayPrice", 8),
                24: ("GroupID", 2),
                25: ("SharesLocated", 1),
                26: ("LocateBroker", 4),
                27: ("Side", 1),
                28: ("UserRefIdx", 1),
            },
        )
