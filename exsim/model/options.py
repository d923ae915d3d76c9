"""
Options: the one description of a setting, wherever it comes from.

An ini section, a plugin's own keys and a REST body are all read by the same parsers, so a
setting has one name, one default, one explanation and one error text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final

from exsim.model.amounts import parse_amount

Parser = Callable[[str], object]

REQUIRED: Final = None
"""As an option's default: there is none, the operator has to say."""


@dataclass(frozen=True, slots=True)
class Option:
    """
    One setting: ``default`` is text as an ini would hold it, or :data:`REQUIRED`.

    ``parse`` turns text into the value and raises ``ValueError`` saying what would be right.
    """

    name: str
    parse: Parser
    default: str | None
    help: str

    def value(self, text: str | None) -> object:
        """The value of ``text``, or of the default where there is none."""
        if text is None:
            if self.default is None:
                raise ValueError(f"{self.name} is needed: {self.help}")
            text = self.default
        return self.parse(text)


def read_options(options: Iterable[Option], given: Mapping[str, str]) -> dict[str, object]:
    """
    The values of all ``options``, from text where ``given`` has it, else their defaults.

    :raises ValueError: for the first value that cannot be read, naming its option.
    """
    values: dict[str, object] = {}
    for option in options:
        try:
            values[option.name] = option.value(given.get(option.name))
        except ValueError as error:
            raise ValueError(f"{option.name}: {error}") from None
    return values


def text(value: str) -> str:
    """Any text; empty is allowed."""
    return value


def name(value: str) -> str:
    """A name: not empty, printable, without white space."""
    if not value or any(char.isspace() or not char.isprintable() for char in value):
        raise ValueError(f"{value!r} is no name: give one word")
    return value


def boolean(value: str) -> bool:
    """``yes`` or ``no`` (also on, off, true, false)."""
    known = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
    if value.lower() not in known:
        raise ValueError(f"{value!r} is neither yes nor no")
    return known[value.lower()]


def integer(least: int, most: int) -> Parser:
    """A whole number from ``least`` to ``most``."""

    def parse(value: str) -> int:
        digits = value[1:] if value[:1] == "-" else value
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
            raise ValueError(f"{value[:32]!r} is no whole number")
        if not least <= int(value) <= most:
            raise ValueError(f"{value} is not from {least} to {most}")
        return int(value)

    return parse


def choice(*known: str) -> Parser:
    """One of a few words."""

    def parse(value: str) -> str:
        if value not in known:
            raise ValueError(f"{value!r} is none of {', '.join(known)}")
        return value

    return parse


def amount(least: int | None = None) -> Parser:
    """An exact decimal as units of 10^-8, at least ``least`` of these."""

    def parse(value: str) -> int:
        result = parse_amount(value)
        if least is not None and result < least:
            raise ValueError(f"{value} is too small")
        return result

    return parse


def optional(parse: Parser) -> Parser:
    """The same, or ``None`` for empty text."""
    return lambda value: parse(value) if value else None


_UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}


def duration(value: str) -> int:
    """A span such as ``250ms``, ``1.5s``, ``5m`` or ``1d``, as nanoseconds, not negative."""
    number = value.rstrip("nusmhd")
    unit = value[len(number) :]
    if unit not in _UNITS:
        raise ValueError(f"{value!r} is no time span such as 250ms, 30s, 5m or 1h")
    try:
        scaled = parse_amount(number.strip())
    except ValueError:
        raise ValueError(f"{value!r} is no time span such as 250ms, 30s, 5m or 1h") from None
    nanoseconds = scaled * _UNITS[unit] // 10**8
    if scaled < 0 or nanoseconds > 2**62:
        raise ValueError(f"{value!r} is out of range")
    return nanoseconds


def probability(value: str) -> float:
    """A chance from 0 to 1, or a percentage such as ``25%``."""
    percent = value.endswith("%")
    try:
        chance = parse_amount(value.removesuffix("%").strip()) / 10**8
    except ValueError:
        raise ValueError(f"{value!r} is no probability such as 0.25 or 25%") from None
    chance = chance / 100 if percent else chance
    if not 0 <= chance <= 1:
        raise ValueError(f"{value!r} is no probability: it must lie between 0 and 1")
    return chance


def ratio(least: float, most: float) -> Parser:
    """A number such as ``0.25``, or a percentage such as ``25%``, from ``least`` to ``most``."""

    def parse(value: str) -> float:
        percent = value.endswith("%")
        try:
            found = parse_amount(value.removesuffix("%").strip()) / 10**8
        except ValueError:
            raise ValueError(f"{value!r} is no number such as 0.25 or 25%") from None
        found = found / 100 if percent else found
        if not least <= found <= most:
            raise ValueError(f"{value} is not from {least:.0%} to {most:.0%}")
        return found

    return parse


def span(least: int) -> Parser:
    """A :func:`duration` of at least so many nanoseconds."""

    def parse(value: str) -> int:
        found = duration(value)
        if found < least:
            raise ValueError(f"{value} is too short: at least {least / 1_000_000:g}ms")
        return found

    return parse


def patterns(value: str) -> tuple[str, ...]:
    """Words with ``*`` and ``?``, parted by commas or white space; ``!`` before those to miss."""
    found = words(value)
    if not any(word[:1] != "!" for word in found):
        raise ValueError(f"{value!r} is no pattern such as A* or *, !AAA")
    return found


def words(value: str) -> tuple[str, ...]:
    """Words separated by commas or white space; none is allowed."""
    return tuple(value.replace(",", " ").split())


def path(value: str) -> str:
    """A file or folder; :mod:`exsim.config.load` makes it absolute. Empty is none."""
    return value


def paths(value: str) -> tuple[str, ...]:
    """Files separated by commas or white space; :mod:`exsim.config.load` makes them absolute."""
    return words(value)


def tags(value: str) -> tuple[int, ...]:
    """FIX tag numbers separated by commas or white space; none is allowed."""
    number = integer(1, 999_999_999)
    return tuple(int(str(number(word))) for word in words(value))


def address(value: str) -> tuple[str, int]:
    """
    A numeric address and a port, such as ``127.0.0.1:9885``.

    :raises ValueError: when it is none.
    """
    host, colon, port = value.rpartition(":")
    if not (colon and port.isascii() and port.isdigit() and len(port) < 6 and int(port) < 65536):
        raise ValueError(f"{value!r} is no address and port, such as 127.0.0.1:9885")
    check_address(host)
    return host, int(port)


def check_address(host: str) -> None:
    """
    Whether that is a numeric IPv4 address.

    :raises ValueError: when it is none.
    """
    try:
        IPv4Address(host)
    except ValueError:
        raise ValueError(f"{host!r} is no IPv4 address, such as 127.0.0.1") from None
