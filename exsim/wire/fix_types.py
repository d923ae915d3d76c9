"""
The data types of FIX, and the rules that follow from them and from codes: which values are right.

The forms are those of the current specification, which has all that earlier versions had. What
has no form of its own, such as ``STRING`` or ``DATA``, may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from exsim.wire.fix import parse_utc_timestamp
from exsim.wire.fix_dictionary import Field
from exsim.wire.fix_reasons import INCORRECT_FORMAT, RIGHT, VALUE_INCORRECT

_MSG_TYPE: Final = b"35"

_MILLISECONDS: Final = frozenset(b".%03d" % number for number in range(1000))
_LENGTHS: Final = frozenset(b"%d" % number for number in range(1000))
_MOST_KNOWN: Final = 4096
_LONGEST_KNOWN: Final = 32  # bytes


class Kind:
    """
    A data type.

    ``known`` has some values that were found well formed, a bounded number: looking there first
    is cheaper than to ask.
    """

    __slots__ = ("_match", "known")

    def __init__(self, pattern: bytes, known: Iterable[bytes] = ()) -> None:
        self._match = re.compile(pattern, re.DOTALL).fullmatch
        self.known: set[bytes] = set(known)

    def holds(self, value: bytes) -> bool:
        """Whether a value is well formed."""
        if self._match(value) is None:
            return False
        self._remember(value)
        return True

    def _remember(self, value: bytes) -> None:
        if len(value) <= _LONGEST_KNOWN:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            self.known.add(value)


class Counting(Kind):
    """Digits alone. None met is remembered, since a sequence number does not come again."""

    __slots__ = ()

    def holds(self, value: bytes) -> bool:
        """Whether a value is well formed."""
        return value.isdigit()


class Dated(Kind):
    """What begins with a date, YYYYMMDD, which has to be in the calendar."""

    __slots__ = ()

    def holds(self, value: bytes) -> bool:
        """Whether a value is well formed."""
        if self._match(value) is None or not _is_date(value[:8]):
            return False
        self._remember(value)
        return True


class Timed(Dated):
    """
    A date and time of UTC.

    The seconds met are remembered, since with them any fraction will do, and the times: most
    messages have one of theirs twice.
    """

    __slots__ = ()

    def holds(self, value: bytes) -> bool:
        """Whether a value is well formed."""
        second = value[:17]
        if second in self.known and value[17:] in _MILLISECONDS:
            self._remember(value)
            return True
        if self._match(value) is None or not _is_date(value[:8]):
            return False
        self._remember(second)
        return True


def _is_date(digits: bytes) -> bool:
    """Whether YYYYMMDD, of a month and a day that may be, is a day of that month."""
    if digits[6:] <= b"28":
        return True
    try:
        parse_utc_timestamp(digits + b"-00:00:00")
    except ValueError:
        return False
    return True


_DATE: Final = rb"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_MINUTE: Final = rb"(?:[01]\d|2[0-3]):[0-5]\d"
_SECOND: Final = rb":(?:[0-5]\d|60)"  # 60 is a leap second
_FRACTION: Final = rb"(?:\.\d{3}(?:\d{3}){0,3})?"
_TIME: Final = _MINUTE + _SECOND + _FRACTION
_ZONE: Final = rb"(?:Z|[+-](?:0\d|1[0-4])(?::[0-5]\d)?)?"
_ZONED_TIME: Final = _MINUTE + b"(?:" + _SECOND + _FRACTION + b")?" + _ZONE

_FLOAT: Final = Kind(rb"-?(?:\d+\.?\d*|\.\d+)")
_COUNT: Final = Counting(rb"\d+", _LENGTHS)
_DAY: Final = Dated(_DATE)
_TIMESTAMP: Final = Timed(_DATE + b"-" + _TIME)

KINDS: Final[dict[str, Kind | None]] = {
    "AMT": _FLOAT,
    "BOOLEAN": Kind(b"[YN]", (b"Y", b"N")),
    "CHAR": Kind(b"."),
    "COUNTRY": Kind(b"[A-Z]{2}"),
    "CURRENCY": Kind(b"[A-Z]{3}"),
    "DATA": None,
    "DATE": _DAY,
    "DAYOFMONTH": Kind(rb"0?[1-9]|[12]\d|3[01]"),
    "EXCHANGE": None,
    "FLOAT": _FLOAT,
    "INT": Kind(rb"-?\d+"),
    "LANGUAGE": Kind(b"[A-Za-z]{2}"),
    "LENGTH": _COUNT,
    "LOCALMKTDATE": _DAY,
    "LOCALMKTTIME": Kind(_TIME),
    "MONTHYEAR": Kind(rb"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|[Ww][1-5])?"),
    "MULTIPLECHARVALUE": Kind(b"[^ ](?: [^ ])*"),
    "MULTIPLESTRINGVALUE": None,
    "MULTIPLEVALUESTRING": None,
    "NUMINGROUP": _COUNT,
    "PATTERN": None,
    "PERCENTAGE": _FLOAT,
    "PRICE": _FLOAT,
    "PRICEOFFSET": _FLOAT,
    "QTY": _FLOAT,
    "SEQNUM": _COUNT,
    "STRING": None,
    "TAGNUM": _COUNT,
    "TENOR": Kind(rb"[DMWY]\d+"),
    "TIME": _TIMESTAMP,
    "TZTIMEONLY": Kind(_ZONED_TIME),
    "TZTIMESTAMP": Dated(_DATE + b"-" + _ZONED_TIME),
    "UNKNOWN": None,
    "UTCDATE": _DAY,
    "UTCDATEONLY": _DAY,
    "UTCTIMEONLY": Kind(_TIME),
    "UTCTIMESTAMP": _TIMESTAMP,
    "XID": None,
    "XIDREF": None,
    "XMLDATA": None,
}
"""Every data type by its name, in capitals; None is one that may hold anything."""

SEVERAL: Final = frozenset(("MULTIPLECHARVALUE", "MULTIPLESTRINGVALUE", "MULTIPLEVALUESTRING"))
"""Types of which a field may have several values at once, with spaces between them."""


class Rule:
    """Which values a field may have. ``known`` has some of them, for a quick look."""

    __slots__ = ("_coded", "_codes", "_kind", "_several", "known")

    def __init__(self, field: Field, formats: bool, codes: bool) -> None:
        # Which MsgTypes there are is what messages there are.
        self._codes = frozenset(field.codes) if field.tag != _MSG_TYPE else frozenset()
        self._coded = codes and bool(self._codes)
        self._kind = KINDS[field.type] if formats else None
        self._several = field.type in SEVERAL
        self.known: set[bytes] = set(self._codes)
        if not self._coded and self._kind is not None:
            self.known = self._kind.known

    def is_idle(self) -> bool:
        """Whether any value will do."""
        return not self._coded and self._kind is None

    def fault(self, value: bytes) -> int:
        """The reason why a value is wrong, or -1. A code is right, whatever the type says."""
        codes = self._codes
        if value in codes:
            return RIGHT
        if self._coded and self._several:
            for one in value.split(b" "):
                if one not in codes:
                    return VALUE_INCORRECT
            return RIGHT
        if self._kind is not None and not self._kind.holds(value):
            return INCORRECT_FORMAT
        return VALUE_INCORRECT if self._coded else RIGHT


_OPEN: Final = frozenset((b"27",))
"""Fields that may hold a number as well as one of their codes: IOIQty."""


class Rules:
    """The rules of a dictionary's fields, made as they are asked for."""

    __slots__ = ("_check_codes", "_check_formats", "_fields", "_found")

    def __init__(self, fields: Mapping[bytes, Field], formats: bool, codes: bool) -> None:
        self._fields = fields
        self._check_formats = formats
        self._check_codes = codes
        self._found: dict[bytes, Rule | None] = {}

    def defines(self, tag: bytes) -> bool:
        """Whether the dictionary has that tag."""
        return tag in self._fields

    def get(self, tag: bytes) -> Rule | None:
        """The rule of a tag; None if it has none."""
        if tag in self._found:
            return self._found[tag]
        field = self._fields.get(tag)
        if field is None:
            return None
        rule = Rule(field, self._check_formats, self._check_codes and tag not in _OPEN)
        self._found[tag] = found = None if rule.is_idle() else rule
        return found
