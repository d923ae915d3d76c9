"""
Quick looks at the bytes of a message: whether it may fit a part of a filter, and whether it must.

They take nothing apart. Of FIX whatever stands behind a tag counts for what may be, also where that
is in the middle of a field of data; for what must be there it counts only before the first field
that may announce data. So a look may say "perhaps" where the filter knows, and never a wrong word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from exsim.filters.terms import EQUAL

SECRETS: Final = frozenset({"96", "554", "925", "1402", "1404"})
"""Fields that filters see masked, or may."""
_SECRET_STARTS: Final = tuple(b"\x01" + tag.encode() + b"=" for tag in sorted(SECRETS))
_NEAR: Final = 1e-9
"""Floats this near, relatively, may be one decimal: which is looked at exactly later on."""
_DATA: Final = re.compile(
    # 90 93 95 212 348 to 364 445 618 621, and all of four digits, as those of dialects have
    rb"\x01[1-9][0-9](?:=(?<=9[035]=)|[0-9](?:=(?<=212=|3[456].=|445=|618=|621=)|[0-9]))"
)
"""Whatever may be the length of a field of data, in which a delimiter is none."""


class Quick:
    """Says of a message's bytes, its session and its direction whether they may fit, or must."""

    __slots__ = ()

    def may(self, data: bytes, session: str, direction: str) -> bool:
        """False only where they do not."""
        return True

    def must(self, data: bytes, session: str, direction: str) -> bool:
        """True only where they do."""
        return False


ALWAYS: Final = Quick()


def _is_plain(whole: bytes, end: int) -> bool:
    """Whether a field that is at ``end`` is one, and nothing in a field of data."""
    return end >= 0 and _DATA.search(whole, 0, end) is None


class OneOf(Quick):
    """What has a field with one of these values."""

    __slots__ = ("_fields",)

    def __init__(self, tag: str, values: Sequence[str]) -> None:
        self._fields = [_start(tag) + value.encode() + b"\x01" for value in values]

    def may(self, data: bytes, session: str, direction: str) -> bool:
        whole = b"\x01" + data + b"\x01"
        for field in self._fields:  # noqa: SIM110 - a generator costs as much as all of this
            if field in whole:
                return True
        return False

    def must(self, data: bytes, session: str, direction: str) -> bool:
        whole = b"\x01" + data
        for field in self._fields:
            at = whole.find(field)
            if at >= 0 and _is_plain(whole, at):
                return True
        return False


class OfType(OneOf):
    """What is of one of these types; it must be where that is the third field, or the second."""

    __slots__ = ()

    def must(self, data: bytes, session: str, direction: str) -> bool:
        at = data.find(b"\x0135=")
        if at < 0 or data.count(b"\x01", 0, at) > 1:
            return False
        for field in self._fields:  # noqa: SIM110 - see above
            if data.startswith(field, at):
                return True
        return False


class Holding(Quick):
    """What has a field, of any value; where ``enough`` it fits then."""

    __slots__ = ("_enough", "_start")

    def __init__(self, tag: str, enough: bool = False) -> None:
        self._start = _start(tag)
        self._enough = enough

    def may(self, data: bytes, session: str, direction: str) -> bool:
        return self._start in b"\x01" + data

    def must(self, data: bytes, session: str, direction: str) -> bool:
        whole = b"\x01" + data
        return self._enough and _is_plain(whole, whole.find(self._start))


class NumberIn(Quick):
    """A field whose number is so."""

    __slots__ = ("_op", "_plain", "_texts", "_values", "_wanted")

    def __init__(self, tag: str, op: str, wanted: Sequence[str]) -> None:
        self._values = _values_of(tag)
        self._plain = re.compile(_start(tag) + rb"(-?[0-9]{1,30}(?:\.[0-9]{1,20})?)\x01")
        self._op = op
        self._wanted = [float(value) for value in wanted]
        self._texts = [value.encode() for value in wanted]

    def may(self, data: bytes, session: str, direction: str) -> bool:
        for text in self._values.findall(b"\x01" + data):
            try:
                value = float(text)
            except ValueError:
                return True
            for wanted in self._wanted:
                if self._fits(value, wanted):
                    return True
        return False

    def must(self, data: bytes, session: str, direction: str) -> bool:
        whole = b"\x01" + data
        found = self._plain.search(whole)
        if found is None or not _is_plain(whole, found.start()):
            return False
        if self._op in (EQUAL, ">=", "<=") and found[1] in self._texts:
            return True
        value = float(found[1])
        for wanted in self._wanted:
            if not _is_near(value, wanted) and self._fits(value, wanted):
                return True
        return False

    def _fits(self, value: float, wanted: float) -> bool:
        if _is_near(value, wanted):
            return True
        if value != value or self._op == EQUAL:
            return value != value  # what is no number to a filter may be one here
        return value > wanted if self._op in (">", ">=") else value < wanted


def _is_near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= _NEAR * max(1.0, abs(value), abs(wanted))


class TextIn(Quick):
    """A field that has a text in it, in capital letters or not."""

    __slots__ = ("_parts", "_values")

    def __init__(self, tag: str, parts: Sequence[str]) -> None:
        self._values = _values_of(tag)
        self._parts = [part.lower().encode() for part in parts]

    def may(self, data: bytes, session: str, direction: str) -> bool:
        for value in self._values.findall(b"\x01" + data):
            if not value.isascii() or self._in(value):  # small letters may be others' capitals
                return True
        return False

    def must(self, data: bytes, session: str, direction: str) -> bool:
        whole = b"\x01" + data
        found = self._values.search(whole)
        if found is None or not found[1].isascii() or not self._in(found[1]):
            return False
        return _is_plain(whole, found.start())

    def _in(self, value: bytes) -> bool:
        lower = value.lower()
        for part in self._parts:  # noqa: SIM110 - see above
            if part in lower:
                return True
        return False


class Anywhere(Quick):
    """A text anywhere."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = [part.lower().encode().replace(b"|", b"\x01") for part in parts]

    def may(self, data: bytes, session: str, direction: str) -> bool:
        return b"|" in data or not data.isascii() or self._in(data)

    def must(self, data: bytes, session: str, direction: str) -> bool:
        if not data.isascii() or not self._in(data):
            return False
        whole = b"\x01" + data
        for start in _SECRET_STARTS:  # noqa: SIM110 - see above
            if start in whole:
                return False
        return True

    def _in(self, data: bytes) -> bool:
        lower = data.lower()
        for part in self._parts:  # noqa: SIM110 - see above
            if part in lower:
                return True
        return False


class OfSoupType(Quick):
    """A packet of SoupBinTCP with a message of one of these types, of a letter each."""

    __slots__ = ("_types",)

    def __init__(self, types: Sequence[str]) -> None:
        self._types = [each.encode() for each in types]

    def may(self, data: bytes, session: str, direction: str) -> bool:
        return data[3:4] in self._types


class Somewhere(Quick):
    """What has one of these texts in it, as fields of text are written in binary protocols."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [each.encode() for each in texts]

    def may(self, data: bytes, session: str, direction: str) -> bool:
        for text in self._texts:  # noqa: SIM110 - see above
            if text in data:
                return True
        return False


class OfSession(Quick):
    """What is of one of these sessions."""

    __slots__ = ("_names",)

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)

    def may(self, data: bytes, session: str, direction: str) -> bool:
        return session in self._names

    def must(self, data: bytes, session: str, direction: str) -> bool:
        return session in self._names


class OfDirection(OfSession):
    """What went one of these ways."""

    __slots__ = ()

    def may(self, data: bytes, session: str, direction: str) -> bool:
        return direction in self._names

    def must(self, data: bytes, session: str, direction: str) -> bool:
        return direction in self._names


class All(Quick):
    """What fits all of these."""

    __slots__ = ("_parts", "_sure")

    def __init__(self, parts: Sequence[Quick]) -> None:
        self._parts = [part for part in parts if part is not ALWAYS]
        self._sure = len(self._parts) == len(parts)

    def may(self, data: bytes, session: str, direction: str) -> bool:
        for part in self._parts:  # noqa: SIM110 - see above
            if not part.may(data, session, direction):
                return False
        return True

    def must(self, data: bytes, session: str, direction: str) -> bool:
        if not self._sure:
            return False
        for part in self._parts:  # noqa: SIM110 - see above
            if not part.must(data, session, direction):
                return False
        return True


class Either(Quick):
    """What fits one of these."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[Quick]) -> None:
        self._parts = parts

    def may(self, data: bytes, session: str, direction: str) -> bool:
        for part in self._parts:  # noqa: SIM110 - see above
            if part.may(data, session, direction):
                return True
        return False

    def must(self, data: bytes, session: str, direction: str) -> bool:
        for part in self._parts:  # noqa: SIM110 - see above
            if part.must(data, session, direction):
                return True
        return False


class No(Quick):
    """What does not fit this."""

    __slots__ = ("_part",)

    def __init__(self, part: Quick) -> None:
        self._part = part

    def may(self, data: bytes, session: str, direction: str) -> bool:
        return not self._part.must(data, session, direction)

    def must(self, data: bytes, session: str, direction: str) -> bool:
        return not self._part.may(data, session, direction)


def _start(tag: str) -> bytes:
    return b"\x01" + tag.encode() + b"="


def _values_of(tag: str) -> re.Pattern[bytes]:
    return re.compile(_start(tag) + b"([^\x01]*)")
