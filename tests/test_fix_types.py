"""The data types of FIX: which values are well formed."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.wire import fix_types
from exsim.wire.fix_types import KINDS

GOOD = {
    "AMT FLOAT PERCENTAGE PRICE PRICEOFFSET QTY": "0 -1 1.5 1. .5 -.5 00023.2300 -0 12345678901234",
    "BOOLEAN": "Y N",
    "CHAR": "a Z 1 ; é",
    "COUNTRY": "US",
    "CURRENCY": "USD",
    "DATE LOCALMKTDATE UTCDATE UTCDATEONLY": "20240131 20240229 19991231 20000229",
    "DAYOFMONTH": "1 01 9 10 29 30 31",
    "INT": "0 -1 00023 2147483648",
    "LANGUAGE": "en",
    "LENGTH NUMINGROUP SEQNUM TAGNUM": "0 1 007 18446744073709551615",
    "LOCALMKTTIME UTCTIMEONLY": "00:00:00 23:59:60 09:30:00.123 09:30:00.123456789012",
    "MONTHYEAR": "202401 20240131 202401w1 202412W5",
    "MULTIPLECHARVALUE": "a",
    "TENOR": "D5 W13 M3 Y1",
    "TIME UTCTIMESTAMP": "20240131-09:30:00 20240229-23:59:60 20240131-09:30:00.123"
    " 20240131-09:30:00.123456 20240131-09:30:00.123456789 20240131-09:30:00.123456789012",
    "TZTIMEONLY": "07:39Z 02:39-05 15:39+08 13:09+05:30 07:39:01Z 07:39:01.123Z 07:39",
    "TZTIMESTAMP": "20060901-07:39Z 20060901-02:39-05 20060901-15:39:00.123+05:30 20060901-02:39",
}
"""Values of each type that are well formed, with spaces between them."""

BAD = {
    "AMT FLOAT PERCENTAGE PRICE PRICEOFFSET QTY": "+1 1e5 - . -. 1,000 1.2.3 0x1 1_000 ١ NaN --1",
    "BOOLEAN": "y n 1 YES",
    "CHAR": "ab 10",
    "COUNTRY": "us USA U",
    "CURRENCY": "usd US DOLLAR U$D",
    "DATE LOCALMKTDATE UTCDATE UTCDATEONLY": "20230229 19000229 20240431 20241301 20240100 2024013"
    " 202401311 2024-1-1",
    "DAYOFMONTH": "0 00 32 001 -1",
    "INT": "1.0 +1 - 1- x",
    "LANGUAGE": "eng e",
    "LENGTH NUMINGROUP SEQNUM TAGNUM": "-1 1.0 x +1 ²",
    "LOCALMKTTIME UTCTIMEONLY": "24:00:00 9:30:00 09:60:00 09:30:61 09:30 09:30:00. 09:30:00.1234",
    "MONTHYEAR": "2024 202413 202400 20240132 202401w6 202401w 2024w1",
    "MULTIPLECHARVALUE": "ab",
    "TENOR": "5D D X5 d5",
    "TIME UTCTIMESTAMP": "20240131 20240230-09:30:00 20240131-24:00:00 20240131-09:30 "
    " 20240131-09:30:00. 20240131-09:30:00.1 20240131-09:30:00:123 20240131-09:30:00.12a"
    " 20240131T09:30:00 20240131-09:30:00Z 20240131-09:30:00.1234 20240230-09:30:00.123",
    "TZTIMEONLY": "7:39Z 07:39z 07:39+15 07:39+5 07:60Z 07:39Zx",
    "TZTIMESTAMP": "20060931-07:39Z 2006091-07:39Z 20060901-07:39UTC 20060901-02:39-05.123",
}
"""Values of each type that are not."""

ANYTHING = {
    "DATA",
    "EXCHANGE",
    "MULTIPLESTRINGVALUE",
    "MULTIPLEVALUESTRING",
    "PATTERN",
    "STRING",
    "UNKNOWN",
    "XID",
    "XIDREF",
    "XMLDATA",
}


class Types(SynchronousTestCase):
    """Which values are well formed, by type."""

    def values(self, table: dict[str, str]) -> dict[str, list[bytes]]:
        """The values of a table by type."""
        return {
            kind: [value.encode("latin-1" if value == "é" else "utf-8") for value in row.split()]
            for kinds, row in table.items()
            for kind in kinds.split()
        }

    def test_all_types(self) -> None:
        """Every type stands in the tables above, or may hold anything."""
        self.assertEqual({kind for kind in KINDS if KINDS[kind] is None}, ANYTHING)
        self.assertEqual(self.values(GOOD).keys() | ANYTHING, set(KINDS))
        self.assertEqual(self.values(BAD).keys() | ANYTHING, set(KINDS))

    def test_good(self) -> None:
        """Well formed, whichever was seen before."""
        for kind, values in self.values(GOOD).items():
            rule = KINDS[kind]
            assert rule is not None
            for value in values + values[::-1]:
                self.assertTrue(rule.holds(value), f"{kind} {value!r}")

    def test_bad(self) -> None:
        """Not well formed, whichever was seen before; nor is what goes on after a line feed."""
        self.test_good()
        good = self.values(GOOD)
        for kind, values in self.values(BAD).items():
            rule = KINDS[kind]
            assert rule is not None
            for value in [*values, b"", good[kind][0] + b"\n", b" " + good[kind][0]]:
                self.assertFalse(rule.holds(value), f"{kind} {value!r}")
                self.assertNotIn(value, rule.known)

    def test_characters(self) -> None:
        """Several characters are divided by one space each."""
        rule = KINDS["MULTIPLECHARVALUE"]
        assert rule is not None
        for value, expected in ((b"a b", True), (b"a  b", False), (b"ab c", False), (b" ", False)):
            self.assertEqual(rule.holds(value), expected, value)

    def test_bounded(self) -> None:
        """A bounded number of values is remembered, and no long ones."""
        kind = fix_types.Kind(rb"\d+")
        most = fix_types._MOST_KNOWN
        for number in range(most + 10):
            self.assertTrue(kind.holds(b"%d" % number))
            self.assertLessEqual(len(kind.known), most)
        self.assertIn(b"%d" % (most + 9), kind.known)
        self.assertTrue(kind.holds(b"1" * 33))
        self.assertNotIn(b"1" * 33, kind.known)
        self.assertTrue(kind.holds(b"1" * 32))
        self.assertIn(b"1" * 32, kind.known)
