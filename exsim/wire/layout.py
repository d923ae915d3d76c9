"""
Binary messages of fixed layout: one encoder and one decoder for all of them.

A :class:`Layout` is data: the type of a message, its fields in order, and the clause of the
specification that says so. It knows its own :mod:`struct` format, so that a message is read and
written in one call. What may follow the fields are options, each with its own length (the
appendage of OUCH 5.0).

Numbers are big-endian. A price is a whole number of units of 10^-4 here, as it is in the message,
and a text its bytes, padded on the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from struct import Struct
from struct import error as StructError
from typing import Final

from exsim.errors import RemoteError
from exsim.model.amounts import format_amount, parse_amount

UNSIGNED: Final = "unsigned"
PRICE: Final = "price"
SIGNED_PRICE: Final = "signed price"
FINE_PRICE: Final = "price of 8 decimals"
TIME: Final = "time"
"""Nanoseconds since midnight, in 6 or 8 bytes."""
TEXT: Final = "text"
CODE: Final = "code"
"""One character, or a number, that stands for something."""

_FORMATS: Final = {1: "B", 2: "H", 4: "I", 8: "Q"}
_SPLIT: Final = 6
"""The size that no struct format has: it is read as two numbers, of 2 and 4 bytes."""
PRICE_UNIT: Final = 10_000
"""Units of 10^-8 in one of a price."""
_SECOND: Final = 1_000_000_000


class BadMessage(RemoteError):
    """Bytes that are no message of the layout that they claim."""


class Field:
    """
    One field: its name as the specification has it, what it holds, and its bytes.

    ``codes`` are the meanings of its values, by the value as text; empty where there are none.
    """

    __slots__ = ("codes", "kind", "name", "offset", "size")

    def __init__(
        self, name: str, kind: str, size: int, codes: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.kind = kind
        self.size = size
        self.codes: Mapping[str, str] = {} if codes is None else codes
        self.offset = 0

    @property
    def textual(self) -> bool:
        """Whether its value is bytes rather than a number."""
        return self.kind == TEXT or (self.kind == CODE and self.size == 1)

    @property
    def signed(self) -> bool:
        """Whether its value may be less than nought."""
        return self.kind == SIGNED_PRICE

    @property
    def format(self) -> str:
        """How :mod:`struct` writes it."""
        if self.textual:
            return f"{self.size}s"
        if self.size == _SPLIT:
            return "HI"
        letter = _FORMATS[self.size]
        return letter.lower() if self.kind == SIGNED_PRICE else letter

    def text(self, value: int | bytes) -> str:
        """A value for people: exact, and such that :meth:`parse` takes it."""
        if isinstance(value, bytes):
            return value.decode("latin-1").rstrip(" ")
        if self.kind in (PRICE, SIGNED_PRICE):
            return format_amount(value * PRICE_UNIT)
        return format_amount(value) if self.kind == FINE_PRICE else str(value)

    def meaning(self, text: str) -> str:
        """What the text of a value stands for; empty where it is nothing but itself."""
        if self.kind == TIME and text.isdigit():
            seconds, rest = divmod(int(text), _SECOND)
            minutes, second = divmod(seconds, 60)
            return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}.{rest:09}"
        return self.codes.get(text, "")

    def parse(self, text: str) -> int | bytes:
        """
        The value of a text; that of none is blank, or 0.

        :raises ValueError: when there is none.
        """
        if self.textual:
            data = text.encode("latin-1")
            if len(data) > self.size:
                raise ValueError(f"{self.name}: {text[:40]!r} is longer than {self.size}")
            return data.ljust(self.size)
        return self._number(text) if text else 0

    def _number(self, text: str) -> int:
        priced = self.kind in (PRICE, SIGNED_PRICE)
        if priced or self.kind == FINE_PRICE:
            amount = parse_amount(text)
            if priced and amount % PRICE_UNIT:
                raise ValueError(f"{self.name}: {text} has more than 4 decimals")
            number = amount // PRICE_UNIT if priced else amount
        elif text.isascii() and text.isdigit() and len(text) < 21:
            number = int(text)
        else:
            raise ValueError(f"{self.name}: {text[:40]!r} is no whole number")
        bits = 8 * self.size
        least, most = 0, 2**bits - 1
        if self.kind == SIGNED_PRICE:
            least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        if not least <= number <= most:
            raise ValueError(f"{self.name}: {text[:40]} does not fit in {self.size} bytes")
        return number


class Option:
    """A field that may be appended to a message, under the number ``tag``."""

    __slots__ = ("field", "struct", "tag")

    def __init__(self, tag: int, field: Field) -> None:
        self.tag = tag
        self.field = field
        self.struct = Struct(">" + field.format)

    def encode(self, value: int | bytes) -> bytes:
        """The element of a value: a length, which counts tag and value, the tag, the value."""
        return bytes((self.field.size + 1, self.tag)) + self.struct.pack(value)

    def decode(self, data: bytes) -> int | bytes:
        """The value in the bytes of one."""
        value: int | bytes = self.struct.unpack(data)[0]
        return value


class Layout:
    """
    One message: ``type`` is its first byte, and no field. ``size`` counts that as well, and the
    length of what is appended.

    :param clause: where the specification has it.
    :param options: what may be appended; None: there is no appendage.
    :param bare: the appendage may be missing altogether, its length included.
    """

    __slots__ = ("_split", "bare", "clause", "fields", "name", "options", "size", "struct", "type")

    def __init__(
        self,
        name: str,
        type: str,
        clause: str,
        fields: Iterable[Field],
        options: Iterable[Option] | None = None,
        bare: bool = False,
    ) -> None:
        self.name = name
        self.type = type.encode()
        self.clause = clause
        self.bare = bare
        self.options = None if options is None else {option.tag: option for option in options}
        self.fields = tuple([_moved(field) for field in fields])
        self._split = -1
        at = 1
        for index, field in enumerate(self.fields):
            field.offset = at
            at += field.size
            if field.size == _SPLIT and not field.textual:
                self._split = index
        appended = "" if options is None or bare else "H"
        self.struct = Struct(">c" + "".join([field.format for field in self.fields]) + appended)
        self.size = self.struct.size

    def encode(self, values: tuple[int | bytes, ...], appendage: bytes = b"") -> bytes:
        """
        The message of the values of all fields, in order; texts are padded already.

        :raises struct.error: when a value does not fit.
        """
        at = self._split
        if at >= 0:
            wide = values[at]
            assert isinstance(wide, int)
            values = (*values[:at], wide >> 32, wide & 0xFFFFFFFF, *values[at + 1 :])
        if self.options is None or self.bare:
            return self.struct.pack(self.type, *values) + appendage
        return self.struct.pack(self.type, *values, len(appendage)) + appendage

    def check(self, raw: bytes, at: int) -> None:
        """
        Whether what begins there, and goes to the end, can be such a message, by its lengths alone.

        :raises BadMessage: when it cannot.
        """
        more = len(raw) - at - self.size
        if self.options is not None and not self.bare and more >= 0:
            end = at + self.size
            more -= raw[end - 2] << 8 | raw[end - 1]
        if more and not (self.bare and more > 1):
            raise BadMessage(f"{self.name} of {len(raw) - at} bytes, which is not its length")

    def decode(self, raw: bytes) -> tuple[int | bytes, ...]:
        """
        The values of all fields, in order.

        :raises BadMessage: when that is no such message.
        """
        size = self.size
        values = self.struct.unpack_from(raw) if len(raw) >= size else None
        if values is None or (len(raw) > size and self.options is None):
            raise BadMessage(f"{self.name} of {len(raw)} bytes, where {size} are right")
        found: tuple[int | bytes, ...] = values[1:]
        if self.options is not None and not self.bare:
            if found[-1] != len(raw) - size:
                raise BadMessage(f"{self.name} with an appendage of another length than it says")
            found = found[:-1]
        at = self._split
        if at < 0:
            return found
        high, low = found[at], found[at + 1]
        assert isinstance(high, int) and isinstance(low, int)
        return (*found[:at], high << 32 | low, *found[at + 2 :])

    def appended(self, raw: bytes) -> list[tuple[Option, int | bytes]]:
        """
        What is appended to a whole message, in order.

        :raises BadMessage: when it is no such message, or has what cannot be appended to it.
        """
        if self.options is None:
            return []
        at = self.size
        if self.bare and len(raw) > at:
            if len(raw) < at + 2 or int.from_bytes(raw[at : at + 2], "big") != len(raw) - at - 2:
                raise BadMessage(f"{self.name} with an appendage of another length than it says")
            at += 2
        return self.elements(raw, at)

    def elements(self, raw: bytes, at: int) -> list[tuple[Option, int | bytes]]:
        """
        The options in bytes from a place on, in order.

        :raises BadMessage: when they are none of this message.
        """
        found: list[tuple[Option, int | bytes]] = []
        options = {} if self.options is None else self.options
        while at < len(raw):
            end = at + 1 + raw[at]
            if end > len(raw) or end < at + 2:
                raise BadMessage(f"{self.name} with an appendage that is cut")
            option = options.get(raw[at + 1])
            if option is None:
                raise BadMessage(f"{self.name} with option {raw[at + 1]}, which it does not have")
            if end - at - 2 != option.field.size:
                raise BadMessage(f"{option.field.name} of {end - at - 2} bytes")
            found.append((option, option.decode(raw[at + 2 : end])))
            at = end
        return found

    def read(self, raw: bytes) -> list[tuple[Field, int | bytes]]:
        """
        All fields and options with their values, in order.

        :raises BadMessage: when it is no such message.
        """
        found = list(zip(self.fields, self.decode(raw), strict=True))
        return found + [(option.field, value) for option, value in self.appended(raw)]

    def build(self, given: Mapping[str, str]) -> bytes:
        """
        The message of values as texts, by the names of fields and options; fields that are not
        given are blank, or 0.

        :raises ValueError: when there is none, saying why.
        """
        options = {} if self.options is None else self.options
        by_name = {option.field.name: option for option in options.values()}
        known = {field.name for field in self.fields} | by_name.keys()
        for name in given:
            if name not in known:
                raise ValueError(f"{self.name} has no field {name!r}: {', '.join(sorted(known))}")
        values = tuple([field.parse(given.get(field.name, "")) for field in self.fields])
        appendage = b"".join(
            [by_name[n].encode(by_name[n].field.parse(given[n])) for n in given if n in by_name]
        )
        if self.bare and appendage:
            appendage = len(appendage).to_bytes(2, "big") + appendage
        return self.encode(values, appendage)


def _moved(field: Field) -> Field:
    """A field of its own for each message, since it knows where it stands."""
    return Field(field.name, field.kind, field.size, field.codes)


class Family:
    """
    The messages of one version of a protocol, by type: those from clients, and from servers.

    ``title`` is the specification that the clauses are of.
    """

    __slots__ = ("inbound", "name", "outbound", "title")

    def __init__(
        self, name: str, title: str, inbound: Iterable[Layout], outbound: Iterable[Layout]
    ) -> None:
        self.name = name
        self.title = title
        self.inbound = {layout.type: layout for layout in inbound}
        self.outbound = {layout.type: layout for layout in outbound}


__all__ = [
    "CODE",
    "FINE_PRICE",
    "PRICE",
    "PRICE_UNIT",
    "SIGNED_PRICE",
    "TEXT",
    "TIME",
    "UNSIGNED",
    "BadMessage",
    "Family",
    "Field",
    "Layout",
    "Option",
    "StructError",
]
