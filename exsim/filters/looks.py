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

from exsim.filters.plain import is_plain
from exsim.filters.terms import EQUAL

NO: Final = 0
PERHAPS: Final = 1
YES: Final = 2
"""Whether a message fits; of all parts of a filter the least counts, of alternatives the most."""

SECRETS: Final = frozenset({"96", "554", "925", "1402", "1404"})
"""Fields that filters see masked, or may."""
_SECRET_STARTS: Final = tuple(b"\x01" + tag.encode() + b"=" for tag in sorted(SECRETS))
_NUMBER: Final = re.compile(rb"-?[0-9]{1,30}(?:\.[0-9]{1,20})?")
"""What is surely a number to filters, too."""
_DIGITS: Final = 18
"""Of how many that is seen sooner."""
Plan = tuple[object, ...]
"""What a look does, in words of C: its kind, and what it looks for. See looks.c."""
(
    _OTHER,
    _ONE_OF,
    _OF_TYPE,
    _HOLDING,
    _NUMBER_IN,
    _TEXT_IN,
    _SESSION,
    _DIRECTION,
    _ALL,
    _EITHER,
    _NOT,
) = range(11)

_TYPE: Final = re.compile(rb"\x018=[^\x01]*\x01(?:9=[^\x01]*\x01)?35=([^\x01]*)\x01")
"""Where a type stands that nothing before it makes a part of something else."""


class Quick:
    """
    Says of a message's bytes, its session and its direction whether they fit.

    The bytes come as :func:`delimited` makes them, so that each field is between two delimiters.
    """

    __slots__ = ()

    def look(self, whole: bytes, session: str, direction: str) -> int:
        """:data:`NO` and :data:`YES` only where that is sure, else :data:`PERHAPS`."""
        return PERHAPS

    def plan(self) -> Plan:
        """The same for C: by default, to ask this."""
        return (_OTHER, self)


def delimited(data: bytes) -> bytes:
    """The bytes of a message between two delimiters, made once for all that look at it."""
    return b"\x01" + data + b"\x01"


ALWAYS: Final = Quick()
"""Knows nothing."""


class OneOf(Quick):
    """What has a field with one of these values."""

    __slots__ = ("_fields",)

    def __init__(self, tag: str, values: Sequence[str]) -> None:
        self._fields = [_start(tag) + value.encode() + b"\x01" for value in values]

    def look(self, whole: bytes, session: str, direction: str) -> int:
        for field in self._fields:
            at = whole.find(field)
            if at >= 0:
                return YES if is_plain(whole, at) else PERHAPS
        return NO

    def plan(self) -> Plan:
        return (_ONE_OF, tuple(self._fields))


class OfType(OneOf):
    """What is of one of these types; that is sure where it stands where it belongs."""

    __slots__ = ("_types",)

    def __init__(self, tag: str, values: Sequence[str]) -> None:
        super().__init__(tag, values)
        self._types = frozenset([value.encode() for value in values])

    def look(self, whole: bytes, session: str, direction: str) -> int:
        found = _TYPE.match(whole)
        if found is None:
            return min(PERHAPS, super().look(whole, session, direction))
        return YES if found[1] in self._types else NO

    def plan(self) -> Plan:
        return (_OF_TYPE, tuple(self._fields), tuple(self._types))


class Holding(Quick):
    """What has a field, of any value; where ``enough`` it fits then."""

    __slots__ = ("_enough", "_start")

    def __init__(self, tag: str, enough: bool = False) -> None:
        self._start = _start(tag)
        self._enough = enough

    def look(self, whole: bytes, session: str, direction: str) -> int:
        at = whole.find(self._start)
        if at < 0:
            return NO
        return YES if self._enough and is_plain(whole, at) else PERHAPS

    def plan(self) -> Plan:
        return (_HOLDING, self._start, self._enough)


class ValueIn(Quick):
    """A field with a value of some kind."""

    __slots__ = ("_start",)

    def __init__(self, tag: str) -> None:
        self._start = _start(tag)

    def look(self, whole: bytes, session: str, direction: str) -> int:
        found, at = NO, whole.find(self._start)
        while at >= 0:
            begin = at + len(self._start)
            end = whole.find(b"\x01", begin)
            said = self.fits(whole[begin:end])
            if said == YES and is_plain(whole, at):
                return YES
            if said != NO:
                found = PERHAPS
            at = whole.find(self._start, end)
        return found

    def fits(self, value: bytes) -> int:
        """Whether a value is of that kind."""
        raise NotImplementedError


class NumberIn(ValueIn):
    """A field whose number is so."""

    __slots__ = ("_greater", "_op", "_texts", "_wanted")

    def __init__(self, tag: str, op: str, wanted: Sequence[str]) -> None:
        super().__init__(tag)
        self._op = op
        self._greater = op in (">", ">=")
        self._wanted = [float(value) for value in wanted]
        self._texts = () if op in (">", "<") else tuple(value.encode() for value in wanted)

    def fits(self, value: bytes) -> int:
        try:
            number = float(value)
        except ValueError:
            return PERHAPS
        if number != number:
            return PERHAPS
        found = NO
        for wanted in self._wanted:
            if number == wanted:  # also decimals that differ may be one float
                found = PERHAPS
            elif self._op != EQUAL and (number > wanted) == self._greater:
                return YES if _is_number(value) else PERHAPS
        return YES if found == PERHAPS and value in self._texts else found

    def plan(self) -> Plan:
        numbers = tuple(self._wanted)
        equal = self._op == EQUAL
        return (_NUMBER_IN, self._start, equal, self._greater, numbers, self._texts)


class TextIn(ValueIn):
    """A field that has a text in it, in capital letters or not."""

    __slots__ = ("_parts",)

    def __init__(self, tag: str, parts: Sequence[str]) -> None:
        super().__init__(tag)
        self._parts = [part.lower().encode() for part in parts]

    def fits(self, value: bytes) -> int:
        if not value.isascii():  # small letters may be others' capitals
            return PERHAPS
        return YES if _has_one(value.lower(), self._parts) else NO

    def plan(self) -> Plan:
        return (_TEXT_IN, self._start, tuple(self._parts))


class Anywhere(Quick):
    """A text anywhere."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = [part.lower().encode().replace(b"|", b"\x01") for part in parts]

    def look(self, whole: bytes, session: str, direction: str) -> int:
        data = whole[1:-1].lower()
        if not data.isascii():
            return PERHAPS
        if not _has_one(data, self._parts):
            return PERHAPS if b"|" in data else NO
        return PERHAPS if _has_one(whole, _SECRET_STARTS) else YES


class OfSoupType(Quick):
    """A packet of SoupBinTCP with a message of one of these types, of a letter each."""

    __slots__ = ("_types",)

    def __init__(self, types: Sequence[str]) -> None:
        self._types = [each.encode() for each in types]

    def look(self, whole: bytes, session: str, direction: str) -> int:
        return PERHAPS if whole[4:5] in self._types else NO


class Somewhere(Quick):
    """What has one of these texts in it, as fields of text are written in binary protocols."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [each.encode() for each in texts]

    def look(self, whole: bytes, session: str, direction: str) -> int:
        return PERHAPS if _has_one(whole, self._texts) else NO


class OfSession(Quick):
    """What is of one of these sessions."""

    __slots__ = ("_names",)

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)

    def look(self, whole: bytes, session: str, direction: str) -> int:
        return YES if session in self._names else NO

    def plan(self) -> Plan:
        return (_SESSION, self._names)


class OfDirection(OfSession):
    """What went one of these ways."""

    __slots__ = ()

    def look(self, whole: bytes, session: str, direction: str) -> int:
        return YES if direction in self._names else NO

    def plan(self) -> Plan:
        return (_DIRECTION, "in" in self._names, "out" in self._names)


class All(Quick):
    """What fits all of these."""

    __slots__ = ("_most", "_parts")

    def __init__(self, parts: Sequence[Quick]) -> None:
        self._parts = [part for part in parts if part is not ALWAYS]
        self._most = YES if len(self._parts) == len(parts) else PERHAPS

    def look(self, whole: bytes, session: str, direction: str) -> int:
        found = self._most
        for part in self._parts:
            said = part.look(whole, session, direction)
            if said == NO:
                return NO
            if said < found:
                found = said
        return found

    def plan(self) -> Plan:
        return (_ALL, self._most, tuple([part.plan() for part in self._parts]))


class Either(Quick):
    """What fits one of these."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[Quick]) -> None:
        self._parts = list(parts)

    def look(self, whole: bytes, session: str, direction: str) -> int:
        found = NO
        for part in self._parts:
            said = part.look(whole, session, direction)
            if said == YES:
                return YES
            if said > found:
                found = said
        return found

    def plan(self) -> Plan:
        return (_EITHER, tuple([part.plan() for part in self._parts]))


class No(Quick):
    """What does not fit this."""

    __slots__ = ("_part",)

    def __init__(self, part: Quick) -> None:
        self._part = part

    def look(self, whole: bytes, session: str, direction: str) -> int:
        return YES - self._part.look(whole, session, direction)

    def plan(self) -> Plan:
        return (_NOT, self._part.plan())


def _start(tag: str) -> bytes:
    return b"\x01" + tag.encode() + b"="


def _is_number(value: bytes) -> bool:
    if len(value) <= _DIGITS and value.isdigit():
        return True
    return _NUMBER.fullmatch(value) is not None


def _has_one(data: bytes, parts: Sequence[bytes]) -> bool:
    for part in parts:  # noqa: SIM110 - a generator costs as much as all of this
        if part in data:
            return True
    return False
