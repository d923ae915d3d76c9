"""
Looks at the bytes of a message, without taking it apart.

Of FIX whatever stands behind a tag counts for what may be, also where that is in the middle of a
field of data; for what must be there it counts only before the first field that may announce data.
So a look may say "perhaps" where the filter knows, and never a wrong word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from exsim.filters.looks import (
    ANYWHERE,
    FIELD_SO,
    HOLDING,
    IN_PACKET,
    NO,
    NUMBER_IN,
    ONE_OF,
    PACKET_SO,
    PERHAPS,
    SOMEWHERE,
    TEXT_IN,
    TEXT_SO,
    TYPE_SO,
    VALUE_SO,
    YES,
    Judge,
    Judged,
    Plan,
    Quick,
)
from exsim.filters.plain import is_plain
from exsim.filters.terms import EQUAL
from exsim.model.journal import Entry

SECRETS: Final = frozenset({"96", "554", "925", "1402", "1404"})
"""Fields that filters see masked, or may."""
_SECRET_STARTS: Final = tuple(b"\x01" + tag.encode() + b"=" for tag in sorted(SECRETS))
_NUMBER: Final = re.compile(rb"-?[0-9]{1,30}(?:\.[0-9]{1,20})?")
"""What is surely a number to filters, too."""
_DIGITS: Final = 18
"""Of how many that is seen sooner."""

_LOGIN: Final = b"L"
"""The type of the packet of SoupBinTCP that has a password."""
_ODD_CAPITALS: Final = ("\u0130".encode(), "\u212a".encode())
"""Capitals beyond ASCII whose small letters are, or have, letters of ASCII."""
_TYPE: Final = re.compile(rb"\x018=[^\x01]*\x01(?:9=[^\x01]*\x01)?35=([^\x01]*)\x01")
"""Where a type stands that nothing before it makes a part of something else."""


Span = tuple[int, int, frozenset[bytes] | None]
"""Where a field begins and ends, and all that may be wanted there."""


class OneOf(Quick):
    """What has a field with one of these values."""

    __slots__ = ("_fields",)

    def __init__(self, tag: str, values: Sequence[str]) -> None:
        self._fields = [_start(tag) + value.encode() + b"\x01" for value in values]

    def look(self, whole: bytes, entry: Entry) -> int:
        for field in self._fields:
            at = whole.find(field)
            if at >= 0:
                return YES if is_plain(whole, at) else PERHAPS
        return NO

    def plan(self) -> Plan:
        return (ONE_OF, tuple(self._fields))


class Holding(Quick):
    """What has a field, of any value; where ``enough`` it fits then."""

    __slots__ = ("_enough", "_start")

    def __init__(self, tag: str, enough: bool = False) -> None:
        self._start = _start(tag)
        self._enough = enough

    def look(self, whole: bytes, entry: Entry) -> int:
        at = whole.find(self._start)
        if at < 0:
            return NO
        return YES if self._enough and is_plain(whole, at) else PERHAPS

    def plan(self) -> Plan:
        return (HOLDING, self._start, self._enough)


class ValueIn(Quick):
    """A field with a value of some kind."""

    __slots__ = ("_start",)

    def __init__(self, tag: str) -> None:
        self._start = _start(tag)

    def look(self, whole: bytes, entry: Entry) -> int:
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
        return (NUMBER_IN, self._start, equal, self._greater, numbers, self._texts)


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
        return (TEXT_IN, self._start, tuple(self._parts))


class ValueSo(ValueIn):
    """A field with a value of which a judge says that it fits."""

    __slots__ = ("_judge",)

    def __init__(self, tag: str, judge: Judge) -> None:
        super().__init__(tag)
        self._judge = judge

    def fits(self, value: bytes) -> int:
        return self._judge.of(value)

    def plan(self) -> Plan:
        return (VALUE_SO, self._start, self._judge.known, self._judge)


class TypeSo(Judged):
    """What is of a type of which a judge says that it fits, where that stands where it belongs."""

    __slots__ = ()

    def look(self, whole: bytes, entry: Entry) -> int:
        found = _TYPE.match(whole)
        return PERHAPS if found is None else self._judge.of(found[1])

    def plan(self) -> Plan:
        return (TYPE_SO, self._judge.known, self._judge)


class PacketSo(Judged):
    """A packet of SoupBinTCP: its type and that of a message in it, a byte each, are judged."""

    __slots__ = ()

    def look(self, whole: bytes, entry: Entry) -> int:
        return self._judge.of(entry.data[2:4])

    def plan(self) -> Plan:
        return (PACKET_SO, self._judge.known, self._judge)


class FieldSo(Judged):
    """
    The same with a field of the message, where it has one: what shows the type is judged, and the
    bytes of the field after it. ``spans`` says where these are, by the type, with all that may fit
    where that is known; or :data:`NO` or :data:`PERHAPS` where there are none to judge, as
    ``others`` does of types that are not there.
    """

    __slots__ = ("_others", "_spans")

    def __init__(self, spans: Mapping[bytes, Span | int], others: int, judge: Judge) -> None:
        super().__init__(judge)
        self._spans = dict(spans)
        self._others = others

    def look(self, whole: bytes, entry: Entry) -> int:
        mark = entry.data[2:4]
        span = self._spans.get(mark, self._others)
        if isinstance(span, int):
            return span
        begin, end, wanted = span
        if len(entry.data) < end:
            return PERHAPS
        field = entry.data[begin:end]
        if wanted is not None:
            return PERHAPS if field in wanted else NO
        return self._judge.of(mark + field)

    def plan(self) -> Plan:
        return (FIELD_SO, self._spans, self._others, self._judge.known, self._judge)


class Anywhere(Quick):
    """A text anywhere."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = [part.lower().encode().replace(b"|", b"\x01") for part in parts]

    def look(self, whole: bytes, entry: Entry) -> int:
        data = whole[1:-1].lower()
        if not data.isascii():
            return PERHAPS
        if not _has_one(data, self._parts):
            return PERHAPS if b"|" in data else NO
        return PERHAPS if _has_one(whole, _SECRET_STARTS) else YES

    def plan(self) -> Plan:
        return (ANYWHERE, tuple(self._parts), _SECRET_STARTS)


class TextSo(Judged):
    """What is judged as a whole, as people are shown it."""

    __slots__ = ()

    def look(self, whole: bytes, entry: Entry) -> int:
        if _has_one(whole, _SECRET_STARTS):
            return PERHAPS
        text = entry.data.decode("utf-8", "replace").replace("\x01", "|")
        return self._judge.judge(text)  # hardly any comes twice

    def plan(self) -> Plan:
        return (TEXT_SO, _SECRET_STARTS, self._judge)


class InPacket(Quick):
    """
    A text anywhere in a packet of SoupBinTCP, but for one that may have a password. Its parts are
    ASCII without ``|``.
    """

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = [part.lower().encode() for part in parts]

    def look(self, whole: bytes, entry: Entry) -> int:
        if entry.data[2:3] == _LOGIN or _has_one(entry.data, _ODD_CAPITALS):
            return PERHAPS
        return YES if _has_one(entry.data.lower(), self._parts) else NO

    def plan(self) -> Plan:
        return (IN_PACKET, tuple(self._parts), _ODD_CAPITALS)


class Somewhere(Quick):
    """What has one of these texts in it, as fields of text are written in binary protocols."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [each.encode() for each in texts]

    def look(self, whole: bytes, entry: Entry) -> int:
        return PERHAPS if _has_one(entry.data, self._texts) else NO

    def plan(self) -> Plan:
        return (SOMEWHERE, tuple(self._texts))


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
