"""FIX fields, checksums, amounts and times: bytes to values and back."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from exsim.wire.fix import (
    FixMessage,
    GarbledMessage,
    amount,
    amount_bytes,
    checksum,
    decode,
    encode,
    parse_utc_timestamp,
    utc_timestamp,
)

QUICK = settings(derandomize=True, deadline=None, database=None, max_examples=200)

SECOND = 1_000_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

values = st.binary(min_size=1, max_size=12).map(lambda value: value.replace(b"\x01", b"."))
tags = st.integers(1, 99_999).map(lambda number: b"%d" % number)
fields = st.lists(st.tuples(tags, values), max_size=12)


def soh(text: str) -> bytes:
    """Readable text as bytes."""
    return text.replace("|", "\x01").encode("latin-1")


def joined(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """Fields as they stand in a message."""
    return b"".join(b"%b=%b\x01" % pair for pair in pairs)


def pairs_of(message: FixMessage) -> list[tuple[bytes, bytes]]:
    """Fields of a message in order."""
    return list(zip(message.parts[::2], message.parts[1::2], strict=True))


class Decode(SynchronousTestCase):
    """One message into fields."""

    def test_fields(self) -> None:
        """Order, first values, type and number."""
        raw = soh("8=FIX.4.2|9=5|35=D|34=12|55=A|55=B|38=|")
        message = decode(raw)
        self.assertEqual(message.raw, raw)
        self.assertEqual((message.msg_type, message.seq), (b"D", 12))
        self.assertEqual(
            message.parts,
            [
                b"8",
                b"FIX.4.2",
                b"9",
                b"5",
                b"35",
                b"D",
                b"34",
                b"12",
                b"55",
                b"A",
                b"55",
                b"B",
                b"38",
                b"",
            ],
        )
        self.assertEqual(message.get(b"55"), b"A")
        self.assertEqual(message.get(b"38"), b"")
        self.assertIsNone(message.get(b"1"))
        self.assertTrue(message.repeated)
        self.assertFalse(decode(soh("35=D|55=A|")).repeated)

    def test_again(self) -> None:
        """A run of tags met before gives the same as at first."""
        for raw in ("35=D|34=1|58=x|", "35=D|34=1|58=x|58=y|", "35=D|34=1|95=1|96=|"):
            first = decode(soh(raw.replace("96=|", "96=\x01|")))
            again = decode(soh(raw.replace("96=|", "96=\x01|")))
            self.assertEqual(first.parts, again.parts)
            self.assertEqual(first.fields, again.fields)
            self.assertEqual(first.repeated, again.repeated)

    def test_numbers(self) -> None:
        """MsgSeqNum, or 0 where there is none."""
        for text, seq in (
            ("34=7|", 7),
            ("34=007|", 7),
            ("34=0|", 0),
            ("", 0),
            ("34=|", 0),
            ("34=x|", 0),
            ("34=-1|", 0),
            ("34=+1|", 0),
            ("34= 1|", 0),
            ("34=1_0|", 0),
            ("34=1.0|", 0),
            ("34=" + "9" * 18 + "|", 10**18 - 1),
            ("34=1" + "0" * 18 + "|", 0),
            ("34=" + "9" * 5000 + "|", 0),
        ):
            self.assertEqual(decode(soh("35=D|" + text)).seq, seq, text[:20])

    def test_equals_in_values(self) -> None:
        """A value may hold =."""
        message = decode(soh("35=D|58=a=b=|10=000|"))
        self.assertEqual(message.parts, [b"35", b"D", b"58", b"a=b=", b"10", b"000"])
        self.assertEqual(decode(soh("35=D|58==|")).get(b"58"), b"=")

    def test_data_fields(self) -> None:
        """A data field is as long as the field before it says, whatever is in it."""
        data = b"\x01x\x0158=evil\x01="
        for length, tag in ((b"95", b"96"), (b"93", b"89"), (b"212", b"213"), (b"1525", b"1527")):
            raw = b"35=D\x01%b=%d\x01%b=%b\x0111=ID\x01" % (length, len(data), tag, data)
            message = decode(raw)
            self.assertEqual(message.get(tag), data)
            self.assertIsNone(message.get(b"58"))
            self.assertEqual(message.get(b"11"), b"ID")

    def test_data_that_looks_like_fields(self) -> None:
        """Even where = and SOH come in turns."""
        data = b"x\x0158=evil"
        message = decode(b"35=D\x0195=%d\x0196=%b\x01" % (len(data), data))
        self.assertEqual(message.get(b"96"), data)

    def test_data_without_length(self) -> None:
        """Without its length just before it, a data field is a field like any other."""
        for raw in ("35=D|96=abc|", "35=D|95=x|96=abc|", "35=D|95=2|11=ID|96=abc|"):
            self.assertEqual(decode(soh(raw)).get(b"96"), b"abc")

    def test_garbled(self) -> None:
        """What cannot be split is refused, and the text says why."""
        for raw, why in (
            ("", "no MsgType"),
            ("|", "no ="),
            ("8=FIX.4.2|10=000|", "no MsgType"),
            ("35=D|58=x", "no end"),
            ("35=D|58=", "no end"),
            ("35=D|58", "no end"),
            ("35=D|58|", "no ="),
            ("35=D||", "no ="),
            ("35=D|58=a=5|99|", "no ="),
            ("35=D|x=1|", "no tag"),
            ("35=D|=1|", "no tag"),
            ("35=D|+1=1|", "no tag"),
            ("35=D|--1=1|", "no tag"),
            ("35=D|1.5=1|", "no tag"),
            ("35=D|95=3|96=abcd|", "not as long"),
            ("35=D|95=5|96=abcd|", "not as long"),
            ("35=D|95=500000000|96=abcd|", "not as long"),
        ):
            for _again in range(2):
                with self.assertRaises(GarbledMessage) as caught:
                    decode(soh(raw))
                self.assertIn(why, str(caught.exception), raw)

    def test_negative_tag(self) -> None:
        """Well formed, if no tag that exists: a session can reject it."""
        self.assertEqual(decode(soh("35=0|-1=HI|")).get(b"-1"), b"HI")

    @QUICK
    @given(fields)
    def test_round_trip(self, pairs: list[tuple[bytes, bytes]]) -> None:
        """Any fields come back as they were, after encoding, in order."""
        plain = [(tag, value) for tag, value in pairs if int(tag) not in (8, 9, 35, 10, 34, 89)]
        plain = [(tag, value) for tag, value in plain if not 90 <= int(tag) <= 96]
        raw = encode(b"FIX.4.4", b"35=D\x01" + joined(plain))
        message = decode(raw)
        self.assertEqual(pairs_of(message)[3:-1], plain)
        first: dict[bytes, bytes] = {}
        for tag, value in pairs_of(message):
            first.setdefault(tag, value)
        self.assertEqual(message.fields, first)
        self.assertEqual(message.repeated, len(first) != len(message.parts) // 2)

    @QUICK
    @given(st.lists(st.sampled_from([b"5", b"8=", b"\x01", b"=", b"x", b"35=D\x01"]), max_size=20))
    def test_field_by_field(self, pieces: list[bytes]) -> None:
        """Whatever the delimiters do, fields are those that a reader would see, or none."""
        raw = b"".join(pieces)
        expected: list[tuple[bytes, bytes]] | None = []
        if not raw.endswith(b"\x01"):
            expected = None
        for field in raw.split(b"\x01")[:-1]:
            tag, equals, value = field.partition(b"=")
            if not equals or not tag.isdigit():
                expected = None
            if expected is not None:
                expected.append((tag, value))
        if expected is not None and b"35" not in dict(expected):
            expected = None
        if expected is None:
            self.assertRaises(GarbledMessage, decode, raw)
        else:
            self.assertEqual(pairs_of(decode(raw)), expected)

    @QUICK
    @given(st.binary(max_size=200))
    def test_any_bytes(self, data: bytes) -> None:
        """Nothing but the documented error, whatever the bytes."""
        for raw in (data, b"35=D\x01" + data, b"35=D\x0195=3\x01" + data + b"\x01"):
            with contextlib.suppress(GarbledMessage):
                decode(raw)

    def test_many_runs(self) -> None:
        """More kinds of messages than are remembered, and longer ones, decode the same."""
        for number in range(3000):
            raw = b"35=D\x01%d=x\x01%d=y\x01" % (1000 + number, 5000 + number)
            self.assertEqual(len(decode(raw).fields), 3)
        long = b"35=D\x01" + b"".join(b"%d=x\x01" % (5000 + tag) for tag in range(2000))
        self.assertEqual(len(decode(long).fields), 2001)


class Checksum(SynchronousTestCase):
    """The sum of all bytes."""

    @QUICK
    @given(st.binary(max_size=10), st.integers(0, 1300), st.integers(0, 255))
    def test_sum(self, data: bytes, size: int, byte: int) -> None:
        """Right for every length and for the greatest bytes."""
        data += bytes([byte]) * size
        self.assertEqual(checksum(data), sum(data) % 256)

    def test_bounds(self) -> None:
        """Right around the sizes where the method changes."""
        for size in (0, 1, 255, 256, 257, 258, 511, 512, 513, 514, 515, 768, 1024, 70_000):
            for byte in (0, 1, 126, 127, 128, 255):
                data = bytes([byte]) * size
                self.assertEqual(checksum(data), sum(data) % 256, f"{size} x {byte}")

    def test_encode(self) -> None:
        """Messages worked out by hand; the sum is written with three digits."""
        self.assertEqual(
            encode(b"FIX.4.2", soh("35=0|34=2|")), soh("8=FIX.4.2|9=10|35=0|34=2|10=164|")
        )
        self.assertEqual(
            encode(b"FIX.4.2", soh("35=0|34=100|")), soh("8=FIX.4.2|9=12|35=0|34=100|10=005|")
        )


class Amounts(SynchronousTestCase):
    """Prices and quantities."""

    def test_read(self) -> None:
        """Plain decimals, with leading zeros, trailing zeros and either side of the point."""
        for text, units in (
            (b"0", 0),
            (b"1", 10**8),
            (b"-1", -(10**8)),
            (b"00023.230", 2_323_000_000),
            (b"23.", 2_300_000_000),
            (b".5", 50_000_000),
            (b"-0.00000001", -1),
            (b"0.000000010000", 1),
            (b"92233720368.54775807", 2**63 - 1),
        ):
            for _again in range(2):
                self.assertEqual(amount(text), units, text)

    def test_refused(self) -> None:
        """No exponent, no +, no space, no ninth decimal, nothing too large or long."""
        for text in (
            *(
                b"",
                b"-",
                b".",
                b"+1",
                b"1e5",
                b" 1",
                b"1 ",
                b"1_0",
                b"0x1",
                b"1.2.3",
                b"--1",
                b"1-",
            ),
            *(b"inf", b"nan", b"\xb2", "٣".encode(), b"\xff", b"1,5"),
            *(b"0.000000001", b"92233720368.54775808", b"9" * 5000, b"0" * 33),
        ):
            self.assertRaises(ValueError, amount, text)

    @QUICK
    @given(st.integers(-(2**63) + 1, 2**63 - 1))
    def test_round_trip(self, units: int) -> None:
        """What is written is exact, and is read as the same."""
        text = amount_bytes(units)
        self.assertEqual(Decimal(text.decode()) * 10**8, units)
        self.assertEqual(amount(text), units)
        self.assertEqual(amount_bytes(units), text)

    def test_more_than_are_remembered(self) -> None:
        """Caches are bounded, and what falls out of them is worked out again."""
        for units in range(40_000):
            self.assertEqual(amount(amount_bytes(units)), units)
        self.assertEqual((amount(b"1"), amount_bytes(10**8)), (10**8, b"1"))


class Times(SynchronousTestCase):
    """UTCTimestamp."""

    def test_write(self) -> None:
        """As many digits as asked for, cut, not rounded."""
        ns = 1_709_251_199_999_999_999
        for digits, text in (
            (0, b"20240229-23:59:59"),
            (3, b"20240229-23:59:59.999"),
            (6, b"20240229-23:59:59.999999"),
            (9, b"20240229-23:59:59.999999999"),
        ):
            for _again in range(2):
                self.assertEqual(utc_timestamp(ns, digits), text)
        self.assertEqual(utc_timestamp(5_000_000, 3), b"19700101-00:00:00.005")

    def test_out_of_range(self) -> None:
        """Before 1970 and after 9999 there are no times."""
        last = 253_402_300_799 * SECOND
        self.assertEqual(utc_timestamp(last, 0), b"99991231-23:59:59")
        self.assertRaises(ValueError, utc_timestamp, last + SECOND, 0)
        self.assertRaises(ValueError, utc_timestamp, -1, 0)

    @QUICK
    @given(st.integers(0, 253_402_300_799), st.integers(0, SECOND - 1))
    def test_against_datetime(self, second: int, fraction: int) -> None:
        """Dates are those of the calendar, both ways."""
        moment = EPOCH + timedelta(seconds=second)
        text = moment.strftime("%Y%m%d-%H:%M:%S").rjust(17, "0").encode()
        self.assertEqual(utc_timestamp(second * SECOND + fraction, 0), text)
        self.assertEqual(parse_utc_timestamp(text), second * SECOND)
        for digits in (3, 6, 9):
            written = utc_timestamp(second * SECOND + fraction, digits)
            cut = fraction - fraction % 10 ** (9 - digits)
            self.assertEqual(parse_utc_timestamp(written), second * SECOND + cut)

    def test_every_day(self) -> None:
        """Each day of four centuries has its own date."""
        day = EPOCH
        for number in range(0, 146_097 + 366, 1):
            text = b"%04d%02d%02d-00:00:00" % (day.year, day.month, day.day)
            self.assertEqual(parse_utc_timestamp(text), number * 86_400 * SECOND)
            day += timedelta(days=1)

    def test_read(self) -> None:
        """All forms; picoseconds are cut, a leap second is the next minute's first."""
        base = 1_709_251_199 * SECOND
        for text, ns in (
            (b"20240229-23:59:59", base),
            (b"20240229-23:59:59.123", base + 123_000_000),
            (b"20240229-23:59:59.123456", base + 123_456_000),
            (b"20240229-23:59:59.123456789", base + 123_456_789),
            (b"20240229-23:59:59.123456789999", base + 123_456_789),
            (b"20240229-23:59:60", base + SECOND),
        ):
            self.assertEqual(parse_utc_timestamp(text), ns, text)

    def test_refused(self) -> None:
        """Anything else is no time."""
        for text in (
            *(
                b"",
                b"now",
                b"20240229",
                b"20240229-23:59",
                b"20240229-23:59:5",
                b"20240229 23:59:59",
            ),
            *(b"20240229-23-59-59", b"20240229-23:59:59.", b"20240229-23:59:59.1"),
            *(b"20240229-23:59:59.1234", b"20240229-23:59:59,123", b"20240229-23:59:59.12x"),
            *(
                b"20230229-00:00:00",
                b"21000229-00:00:00",
                b"20240230-00:00:00",
                b"20240431-00:00:00",
            ),
            *(
                b"20241301-00:00:00",
                b"20240001-00:00:00",
                b"20240100-00:00:00",
                b"20240132-00:00:00",
            ),
            *(b"20240229-24:00:00", b"20240229-00:60:00", b"20240229-00:00:61"),
            *(b"+0240229-00:00:00", b"2024022 -00:00:00", b"20240229-00:00:0\xb2", b"9" * 5000),
        ):
            self.assertRaises(ValueError, parse_utc_timestamp, text)
