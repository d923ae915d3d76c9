"""
FIX tag=value messages: bytes to fields and back, amounts and times to text and back.

A message is a run of fields, each ``tag=value`` and ended by SOH (byte 1); see the FIX session
layer's tag=value encoding. :mod:`exsim.wire.fix_frame` cuts messages out of a stream.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from zlib import adler32

from exsim.errors import RemoteError
from exsim.model.amounts import format_amount, parse_amount
from exsim.wire.fix_native import same as native_same
from exsim.wire.fix_native import scan, set_lengths, set_tags
from exsim.wire.fix_native import wrap as native_wrap
from exsim.wire.fix_parts import Part, as_bytes

SOH: Final = b"\x01"

_SECOND: Final = 1_000_000_000
_DAY: Final = 86_400


class GarbledMessage(RemoteError):
    """Bytes that cannot be read as a FIX message; FIX says to ignore them."""


class FixMessage:
    """
    One message, split into fields.

    ``parts`` are tag, value, tag, value, ... in the order of the wire, header and trailer
    included, and ``run`` the tags joined by commas. ``fields`` maps each tag to the first value
    that it has; ``repeated`` says that some tag occurs more than once, ``empty`` that some has no
    value. ``seq`` is MsgSeqNum(34), 0 when there is no number in it.
    """

    __slots__ = ("empty", "fields", "msg_type", "parts", "raw", "repeated", "run", "seq")

    def __init__(
        self,
        raw: bytes,
        msg_type: bytes,
        parts: list[bytes],
        fields: dict[bytes, bytes],
        seq: int,
        repeated: bool,
        run: bytes,
        empty: bool,
    ) -> None:
        self.raw = raw
        self.msg_type = msg_type
        self.parts = parts
        self.fields = fields
        self.seq = seq
        self.repeated = repeated
        self.run = run
        self.empty = empty

    def get(self, tag: bytes) -> bytes | None:
        """The first value of a tag, or None."""
        return self.fields.get(tag)


# -- decoding

_ADJACENT_LENGTHS: Final = (
    "90 95 212 348 350 352 354 356 358 360 362 364 445 618 621 1184 1277 1280 1282 1397 1401 1403"
    " 1468 1578 1620 1664 1733 1871 1874 2072 2074 2111 2179 2287 2351 2481 2637 2651 2665 2715"
    " 2718 2721 2797 40004 40008 40978 40980 40982 40984 40986 40988 41083 41101 41107 41256 41320"
    " 41324 41458 41476 41482 41653 41710 41806 41811 41873 41969 42025 42171 42451 42652 42947"
)
DATA_FIELDS: Final[dict[bytes, bytes]] = {
    **{tag.encode(): str(int(tag) + 1).encode() for tag in _ADJACENT_LENGTHS.split()},
    b"93": b"89",
    b"1525": b"1527",
    b"1678": b"1697",
    b"2372": b"2371",
    b"2494": b"2493",
    b"2522": b"2521",
    b"2802": b"2801",
    b"2809": b"2808",
    b"2815": b"2814",
    b"43109": b"42684",
    b"43110": b"42486",
    b"43111": b"42982",
}
"""Length fields, and the data fields after them, whose values may hold SOH, of any version."""


if set_lengths is not None:
    set_lengths([int(tag) for tag in DATA_FIELDS])

# Compiled, all modules have the same object for the same bytes: with these as the keys of fields,
# what is looked up is found by what it is, and no bytes are compared.
if set_tags is not None:
    set_tags((b"1", b"8", b"11", b"21", b"34", b"35", b"37", b"38", b"40", b"41", b"43", b"44"))
    set_tags((b"48", b"49", b"52", b"54", b"55", b"56", b"58", b"59", b"60", b"1128"))

_NOT_DELIMITERS: Final = bytes(byte for byte in range(256) if byte not in b"=\x01")
_ALTERNATING: Final = b"=\x01" * 512
"""The delimiters of up to 512 fields whose values hold none."""

_RUNS: Final[dict[bytes, list[bytes]]] = {}
"""
Runs of tags that need no closer look, by the tags joined with commas.

Messages with the same tags in the same order come over and over. The tags kept here have their
hash computed already.
"""
_MOST_RUNS: Final = 1024
_LONGEST_RUN: Final = 512  # bytes


def decode(raw: bytes, data_fields: Mapping[bytes, bytes] | None = None) -> FixMessage:
    """
    Split one whole message.

    :param data_fields: those of a dialect that has more than :data:`DATA_FIELDS`, and these; it
        takes somewhat longer.
    :raises GarbledMessage: when a field has no ``=``, a tag is no number, the message does not
        end with SOH, or has no MsgType(35).
    """
    if data_fields is None and scan is not None:
        found = scan(raw)
        if found is not None:
            msg_type, parts, fields, seq, repeated, run, empty = found
            return FixMessage(raw, msg_type, parts, fields, seq, repeated, run, empty)
    return decode_slowly(raw, data_fields)


def decode_slowly(raw: bytes, data_fields: Mapping[bytes, bytes] | None = None) -> FixMessage:
    """The same in Python: the whole of it, and what C is compared with."""
    tags: list[bytes] = []
    run = b""
    plain = data_fields is None and raw[-1:] == SOH
    if plain and _ALTERNATING.startswith(raw.translate(None, _NOT_DELIMITERS)):
        parts = raw.replace(SOH, b"=").split(b"=")
        parts.pop()  # what follows the last SOH
        run = b",".join(parts[::2])
        tags = _RUNS.get(run) or _plain_tags(run, parts)
    if not tags:
        parts = _walk(raw, DATA_FIELDS if data_fields is None else data_fields)
        tags = parts[::2]
        run = b",".join(tags)
    fields = dict(zip(tags, parts[1::2]))  # noqa: B905
    repeated = len(fields) != len(tags)
    if repeated:  # later entries win in a dict: fill it from the end
        fields = dict(zip(tags[::-1], parts[::-2]))  # noqa: B905
    msg_type = fields.get(b"35")
    if msg_type is None:
        raise GarbledMessage("there is no MsgType(35)")
    number = fields.get(b"34", b"")
    seq = int(number) if number.isdigit() and len(number) < 19 else 0
    empty = b"" in parts[1::2]
    return FixMessage(raw, msg_type, parts, fields, seq, repeated, run, empty)


def _plain_tags(run: bytes, parts: list[bytes]) -> list[bytes]:
    """The tags, if all are numbers and none announces a data field; else nothing."""
    tags = parts[::2]
    for tag in tags:
        if tag in DATA_FIELDS or not _is_tag(tag):
            return []
    if len(run) <= _LONGEST_RUN:
        if len(_RUNS) >= _MOST_RUNS:
            _RUNS.clear()
        _RUNS[run] = tags
    return tags


def _is_tag(tag: bytes) -> bool:
    """A whole number. A negative one is well formed, if no tag: a session rejects it."""
    return tag.isdigit() or (tag[:1] == b"-" and tag[1:].isdigit())


def _walk(raw: bytes, data_fields: Mapping[bytes, bytes]) -> list[bytes]:
    """Tags and values, one after the other; data fields are as long as their length says."""
    parts: list[bytes] = []
    data_tag = b""
    length = 0
    start = 0
    while start < len(raw):
        equals = raw.find(b"=", start)
        end = raw.find(SOH, start)
        if end < 0:
            raise GarbledMessage("the last field has no end")
        if not 0 <= equals < end:
            raise GarbledMessage(f"a field has no =: {raw[start : min(end, start + 32)]!r}")
        tag = raw[start:equals]
        if not _is_tag(tag):
            raise GarbledMessage(f"{tag[:32]!r} is no tag")
        if tag == data_tag:
            end = equals + 1 + length
            if raw[end : end + 1] != SOH:
                raise GarbledMessage(f"{tag.decode()} is not as long as the field before it says")
        value = raw[equals + 1 : end]
        parts.append(tag)
        parts.append(value)
        data_tag = data_fields.get(tag, b"") if value.isdigit() and len(value) < 10 else b""
        length = int(value) if data_tag else 0
        start = end + 1
    return parts


# -- encoding

TRAILERS: Final = tuple(b"10=%03d\x01" % number for number in range(256))
"""The CheckSum field for every sum."""


def checksum(data: bytes) -> int:
    """
    The sum of all bytes modulo 256.

    The low half of Adler-32 is one more than the sum, modulo 65521: the sum of 256 bytes, or
    of 512 ASCII characters, stays below that.
    """
    size = len(data)
    if size <= 256 or (size <= 512 and data.isascii()):
        return (adler32(data) - 1) & 0xFF
    total = 0
    for start in range(0, size, 256):
        total += adler32(data[start : start + 256]) - 1
    return total & 0xFF


def encode(begin_string: bytes, body: bytes) -> bytes:
    """Wrap a body, which starts with ``35=``, into BeginString, BodyLength and CheckSum."""
    return wrap(b"8=%b\x019=" % begin_string, body)


def wrap_slowly(prefix: bytes, *parts: Part) -> bytes:
    """
    A message of these parts, which begin with ``35=`` and end with SOH.

    ``prefix`` is all up to ``9=``; BodyLength and CheckSum are written here.
    """
    body = b"".join([part if isinstance(part, bytes) else as_bytes(part) for part in parts])
    message = b"%b%d\x01%b" % (prefix, len(body), body)
    return message + TRAILERS[checksum(message)]


wrap: Final[Callable[..., bytes]] = native_wrap or wrap_slowly
"""The same, in C where there is that."""


def same_slowly(raw: bytes, prefix: bytes, *parts: Part) -> bool:
    """Whether ``raw`` is a message of these parts."""
    return wrap_slowly(prefix, *parts) == raw


same: Final[Callable[..., bool]] = native_same or same_slowly
"""The same, in C where there is that, which does not make the message."""


# -- amounts

_MOST_AMOUNTS: Final = 16_384
_AMOUNTS: Final[dict[bytes, int]] = {}
_AMOUNT_TEXTS: Final[dict[int, bytes]] = {}


def amount(value: bytes) -> int:
    """
    Read a FIX float (an optional ``-``, digits, an optional point) as units of 10^-8.

    :raises ValueError: when it is none, has more than eight decimals, or is too large.
    """
    known = _AMOUNTS.get(value)
    if known is not None:
        return known
    found = parse_amount(value.decode("ascii"))
    if len(_AMOUNTS) >= _MOST_AMOUNTS:
        _AMOUNTS.clear()
    _AMOUNTS[value] = found
    return found


def amount_bytes(value: int) -> bytes:
    """Write units of 10^-8 as the shortest exact decimal."""
    known = _AMOUNT_TEXTS.get(value)
    if known is not None:
        return known
    text = format_amount(value).encode()
    if len(_AMOUNT_TEXTS) >= _MOST_AMOUNTS:
        _AMOUNT_TEXTS.clear()
    _AMOUNT_TEXTS[value] = text
    return text


# -- UTC timestamps: YYYYMMDD-HH:MM:SS, then nothing or a point and digits

_MOST_TIMES: Final = 256
_TIMES: Final[dict[int, bytes]] = {}
_SECONDS: Final[dict[int, bytes]] = {}
_UNITS: Final[tuple[int, ...]] = tuple([10**places for places in range(9, -1, -1)])
"""Nanoseconds of the last of so many digits."""
_MILLISECONDS: Final = tuple([b".%03d" % number for number in range(1000)])
_LAST_SECOND: Final = 253_402_300_800  # the first that does not have a year of four digits


def utc_timestamp(ns: int, digits: int) -> bytes:
    """
    Write nanoseconds since 1970 UTC, cut to so many digits of the second (0, 3, 6 or 9).

    :raises ValueError: for a time that has no year of four digits, from 1970 on.
    """
    key = ns // _UNITS[digits] << 4 | digits
    known = _TIMES.get(key)
    if known is not None:
        return known
    second = ns // _SECOND
    if not 0 <= second < _LAST_SECOND:
        raise ValueError(f"{ns} ns is no time that FIX can write")
    text = _SECONDS.get(second)
    if text is None:
        text = _seconds_text(second)
        if len(_SECONDS) >= _MOST_TIMES:
            _SECONDS.clear()
        _SECONDS[second] = text
    if digits == 3:
        text += _MILLISECONDS[ns // 1_000_000 % 1000]
    elif digits:
        text += b".%0*d" % (digits, ns % _SECOND // _UNITS[digits])
    if len(_TIMES) >= _MOST_TIMES:
        _TIMES.clear()
    _TIMES[key] = text
    return text


def _seconds_text(second: int) -> bytes:
    day, rest = divmod(second, _DAY)
    year, month, date = _civil_from_days(day)
    hour, rest = divmod(rest, 3600)
    return b"%04d%02d%02d-%02d:%02d:%02d" % (year, month, date, hour, rest // 60, rest % 60)


def parse_utc_timestamp(value: bytes) -> int:
    """
    Read a UTCTimestamp as nanoseconds since 1970.

    Seconds may have 0, 3, 6, 9 or 12 digits after the point, of which nine count. A leap
    second (60) is read as the first second of the next minute.

    :raises ValueError: when the text is no such time.
    """
    size = len(value)
    if size not in (17, 21, 24, 27, 30):
        raise _no_time(value)
    fraction = value[18:]
    digits = value[:8] + value[9:11] + value[12:14] + value[15:17] + fraction
    marks = value[8:9] + value[11:12] + value[14:15] + value[17:18]
    if not digits.isdigit() or marks != (b"-::." if fraction else b"-::"):
        raise _no_time(value)
    year, month, date = int(value[:4]), int(value[4:6]), int(value[6:8])
    hour, minute, second = int(value[9:11]), int(value[12:14]), int(value[15:17])
    if not (1 <= month <= 12 and 1 <= date <= _month_length(year, month)):
        raise _no_time(value)
    if hour > 23 or minute > 59 or second > 60:
        raise _no_time(value)
    seconds = _days_from_civil(year, month, date) * _DAY + hour * 3600 + minute * 60 + second
    return seconds * _SECOND + int(fraction[:9].ljust(9, b"0"))


def _no_time(value: bytes) -> ValueError:
    return ValueError(f"{value[:32]!r} is no UTC time such as 20240131-09:30:00.000")


def _month_length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


# Years are counted from March, so that a leap day is the last of its year; 719,468 days lie
# between March 1 of year 0 and 1970. 146,097 days are 400 years.


def _days_from_civil(year: int, month: int, date: int) -> int:
    """Days from 1970 to a date of the Gregorian calendar."""
    year -= month <= 2
    month = (month + 9) % 12
    days = (153 * month + 2) // 5 + date - 1
    return 365 * year + year // 4 - year // 100 + year // 400 + days - 719_468


def _civil_from_days(day: int) -> tuple[int, int, int]:
    """Year, month and date so many days after 1970."""
    era, rest = divmod(day + 719_468, 146_097)
    year = (rest - rest // 1_460 + rest // 36_524 - rest // 146_096) // 365
    rest -= 365 * year + year // 4 - year // 100
    month = (5 * rest + 2) // 153
    date = rest - (153 * month + 2) // 5 + 1
    year += 400 * era + (month >= 10)
    return year, (month + 2) % 12 + 1, date
