"""Values as filters have them: exact decimals, times, regular expressions; and as text again."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

LONGEST_REGEX: Final = 200
_LONGEST: Final = 64  # characters of a number; bounds what a hostile one costs
_POWERS: Final = tuple(int("1" + "0" * zeros) for zeros in range(_LONGEST + 1))
SECOND: Final = 1_000_000_000
DAY: Final = 86_400 * SECOND

_PLAIN: Final = re.compile(r"[^\s(),\"=<>!~]+")
_NESTED: Final = re.compile(r"[*+}]\)*[*+{]")
_OF_DAY: Final = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?Z?", re.ASCII)
_POINT: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[-T ](.+))?", re.ASCII)


class Number:
    """An exact decimal: ``digits`` divided by ten to the power of ``decimals``."""

    __slots__ = ("decimals", "digits")

    def __init__(self, digits: int, decimals: int) -> None:
        self.digits = digits
        self.decimals = decimals

    def compare(self, other: Number) -> int:
        """Below, at or above zero, as it is less than the other, equal, or more."""
        if self.decimals == other.decimals:
            return self.digits - other.digits
        if self.decimals < other.decimals:
            return self.digits * _POWERS[other.decimals - self.decimals] - other.digits
        return self.digits - other.digits * _POWERS[self.decimals - other.decimals]

    def text(self) -> str:
        """The shortest way to write it."""
        digits, decimals = abs(self.digits), self.decimals
        while decimals > 0 and digits % 10 == 0:
            digits, decimals = digits // 10, decimals - 1
        whole, rest = divmod(digits, _POWERS[decimals])
        sign = "-" if self.digits < 0 else ""
        return f"{sign}{whole}" + (f".{rest:0{decimals}}" if decimals else "")


def number(text: str) -> Number | None:
    """The decimal that a text is, of digits, a point and a sign at most; None if it is none."""
    if len(text) > _LONGEST:
        return None
    whole, _, fraction = text.partition(".")
    negative = whole[:1] == "-"
    digits = (whole[1:] if negative else whole) + fraction
    if not digits.isascii() or not digits.isdigit():
        return None
    value = int(digits)
    return Number(-value if negative else value, len(fraction))


class Moment:
    """A point in time, or where ``daily``, a time of each day: nanoseconds UTC."""

    __slots__ = ("daily", "ns")

    def __init__(self, ns: int, daily: bool) -> None:
        self.ns = ns
        self.daily = daily

    def compare(self, ns: int) -> int:
        """Below, at or above zero, as ``ns`` is before it, at it, or after it."""
        return (ns % DAY if self.daily else ns) - self.ns


def moment(text: str) -> Moment:
    """
    A time of day, ``12:00`` or ``09:30:00.250``, or a point in time, ``2026-01-05T12:00:00Z``: UTC.

    :raises ValueError: when it is none.
    """
    daily = _of_day(text)
    if daily is not None:
        return Moment(daily, True)
    point = _POINT.fullmatch(text)
    rest = 0 if point is None or point[4] is None else _of_day(point[4])
    if point is None or rest is None:
        raise ValueError(
            f"{text!r} is no time such as 12:00, 09:30:00.250 or 2026-01-05T12:00:00Z, all UTC"
        )
    try:
        date = datetime(int(point[1]), int(point[2]), int(point[3]), tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{text!r} is on a day that there is not") from None
    return Moment(date.toordinal() * DAY - _EPOCH + rest, False)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC).toordinal() * DAY


def _of_day(text: str) -> int | None:
    found = _OF_DAY.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return (hour * 3600 + minute * 60 + second) * SECOND + int((found[4] or "0").ljust(9, "0"))


def quoted(value: str) -> str:
    """A value as it is written: in quotes where it could be taken for something else."""
    if _PLAIN.fullmatch(value) and not value.startswith("/"):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def pattern(text: str) -> re.Pattern[str]:
    """
    A regular expression; one that could take for ever is refused.

    :raises ValueError: when it is none.
    """
    if len(text) > LONGEST_REGEX:
        raise ValueError(f"a regular expression may have {LONGEST_REGEX} characters")
    if _NESTED.search(text.replace("\\+", "").replace("\\*", "")):
        raise ValueError(f"/{text}/ repeats what repeats, which can take for ever")
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"/{text}/ is no regular expression: {error}") from None
