"""What the options of faults may be, as text: fields, bytes, places, differences."""

from __future__ import annotations

import re
from typing import Final

from exsim.model.amounts import parse_amount
from exsim.model.options import Parser, duration, integer

MOST_BYTES: Final = 8 * 1024 * 1024
"""The most bytes that a fault adds to a message."""
_FIELD: Final = re.compile(r"[0-9]{1,9}|[A-Za-z][A-Za-z0-9_]*")
_ESCAPE: Final = re.compile(r"\\x([0-9A-Fa-f]{2})")


def fields(value: str) -> dict[str, str | None]:
    """
    Fields to change, by tag or name: ``44=10.05|Text=`` gives one a value, and takes the other
    away.

    :raises ValueError: when it is none.
    """
    found: dict[str, str | None] = {}
    for part in value.replace("\x01", "|").split("|"):
        tag, equals, given = part.partition("=")
        if not equals or not _FIELD.fullmatch(tag):
            raise ValueError(f"{part!r} is no field such as 44=10.05, or 58= to take one away")
        found[tag] = given or None
    return found


def raw_bytes(value: str) -> bytes:
    """
    Bytes as text, in which ``|`` is SOH (byte 1) and ``\\xNN`` any byte.

    :raises ValueError: when it is none.
    """
    data = _ESCAPE.sub(_byte, value.replace("|", "\x01"))
    try:
        return data.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(f"{value[:40]!r} are no bytes: write others than ASCII as \\xNN") from None


def _byte(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def size(least: int, most: int = MOST_BYTES) -> Parser:
    """So many bytes."""
    return integer(least, most)


def either(word: str, parse: Parser) -> Parser:
    """A value, or a word in its place, which is None then."""
    return lambda value: None if value == word else parse(value)


def place(value: str) -> int | str:
    """
    How many bytes of a message: a number, or ``all`` or ``half`` of it.

    :raises ValueError: when it is neither.
    """
    if value in ("all", "half"):
        return value
    if value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    raise ValueError(f"{value!r} is not how many bytes: a number, all, or half")


def character(value: str) -> str:
    """
    A character.

    :raises ValueError: when it is none, or not printable ASCII.
    """
    if len(value) != 1 or not " " <= value <= "~":
        raise ValueError(f"{value[:40]!r} is not one printable ASCII character")
    return value


def price(value: str) -> int:
    """
    A difference of prices, in units of 10^-8.

    :raises ValueError: when it is none, or not above 0.
    """
    price = parse_amount(value)
    if price <= 0:
        raise ValueError(f"{value!r} is not above 0")
    return price


def interval(value: str) -> int:
    """
    A time span of some length, in nanoseconds.

    :raises ValueError: when it is none.
    """
    interval = duration(value)
    if not interval:
        raise ValueError("an interval of no length holds nothing back: delete the fault")
    return interval
