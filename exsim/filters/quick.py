"""
A quick look at the bytes of a message of FIX: whether it may fit a filter at all.

It takes nothing apart: whatever stands behind a tag counts, also where that is in the middle of a
field of data. So it may say yes where the filter says no, and never the other way about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from exsim.filters.filter import Filter
from exsim.filters.names import FIELD, PARTIAL_TRADE, RAW, TYPE
from exsim.filters.terms import (
    CONTAINS,
    EQUAL,
    ORDERED,
    REGEX,
    UNEQUAL,
    AllOf,
    AnyOf,
    Compare,
    Has,
    Term,
)
from exsim.filters.values import number

_SECRETS: Final = frozenset({"96", "554", "925", "1402", "1404"})
"""Fields that filters see masked, or may."""
_NEAR: Final = 1e-9
"""Floats this near, relatively, may be one decimal: which is looked at exactly later on."""


class Quick:
    """Says of bytes whether they may fit."""

    __slots__ = ()

    def may(self, data: bytes) -> bool:
        """False only where they do not."""
        return True


ALWAYS: Final = Quick()


class _OneOf(Quick):
    """What has a field with one of these values."""

    __slots__ = ("_fields",)

    def __init__(self, tag: str, values: Sequence[str]) -> None:
        self._fields = [_start(tag) + value.encode() + b"\x01" for value in values]

    def may(self, data: bytes) -> bool:
        whole = b"\x01" + data + b"\x01"
        for field in self._fields:  # noqa: SIM110 - a generator costs as much as all of this
            if field in whole:
                return True
        return False


class _Holding(Quick):
    """What has a field, of any value."""

    __slots__ = ("_start",)

    def __init__(self, tag: str) -> None:
        self._start = _start(tag)

    def may(self, data: bytes) -> bool:
        return self._start in b"\x01" + data


class _Number(Quick):
    """A field whose number is so."""

    __slots__ = ("_op", "_values", "_wanted")

    def __init__(self, tag: str, op: str, wanted: Sequence[str]) -> None:
        self._values = _values_of(tag)
        self._op = op
        self._wanted = [float(value) for value in wanted]

    def may(self, data: bytes) -> bool:
        for text in self._values.findall(b"\x01" + data):
            try:
                value = float(text)
            except ValueError:
                return True
            for wanted in self._wanted:
                if self._fits(value, wanted):
                    return True
        return False

    def _fits(self, value: float, wanted: float) -> bool:
        if abs(value - wanted) <= _NEAR * max(1.0, abs(value), abs(wanted)):
            return True
        if value != value or self._op == EQUAL:
            return value != value  # what is no number to a filter may be one here
        return value > wanted if self._op in (">", ">=") else value < wanted


class _Text(Quick):
    """A field that has a text in it, in capital letters or not."""

    __slots__ = ("_parts", "_values")

    def __init__(self, tag: str, parts: Sequence[str]) -> None:
        self._values = _values_of(tag)
        self._parts = [part.lower().encode() for part in parts]

    def may(self, data: bytes) -> bool:
        for value in self._values.findall(b"\x01" + data):
            if not value.isascii():  # small letters may be others' capitals
                return True
            lower = value.lower()
            for part in self._parts:
                if part in lower:
                    return True
        return False


class _Raw(Quick):
    """A text anywhere."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[str]) -> None:
        self._parts = [part.lower().encode().replace(b"|", b"\x01") for part in parts]

    def may(self, data: bytes) -> bool:
        if b"|" in data or not data.isascii():
            return True
        lower = data.lower()
        for part in self._parts:  # noqa: SIM110 - see above
            if part in lower:
                return True
        return False


class _All(Quick):
    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[Quick]) -> None:
        self._parts = parts

    def may(self, data: bytes) -> bool:
        for part in self._parts:  # noqa: SIM110 - see above
            if not part.may(data):
                return False
        return True


class _Any(Quick):
    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[Quick]) -> None:
        self._parts = parts

    def may(self, data: bytes) -> bool:
        for part in self._parts:  # noqa: SIM110 - see above
            if part.may(data):
                return True
        return False


def quick_look(filter: Filter) -> Quick | None:
    """A quick look for a filter; None where it would let everything pass."""
    found = _quick(filter.term)
    return None if found is ALWAYS else found


def _quick(term: Term) -> Quick:
    if isinstance(term, AllOf):
        parts = [found for part in term.parts if (found := _quick(part)) is not ALWAYS]
        return parts[0] if len(parts) == 1 else _All(parts) if parts else ALWAYS
    if isinstance(term, AnyOf):
        parts = [_quick(part) for part in term.parts]
        return ALWAYS if ALWAYS in parts else _Any(parts)
    if isinstance(term, Has) and term.key.tag:
        return _Holding(term.key.tag)
    if isinstance(term, Compare) and term.op != UNEQUAL:
        return _compare(term)
    return ALWAYS


def _compare(term: Compare) -> Quick:
    """Where a value may be meant in more ways than here, it is enough that the field is there."""
    key = term.key
    if key.kind == RAW:
        plain = all("*" not in part and part.isascii() for part in term.wanted)
        return _Raw(term.wanted) if term.op == CONTAINS and plain else ALWAYS
    if key.kind == TYPE:
        known = key.codes is not None and term.op == EQUAL and "" not in term.codes
        return _one_of("35", term.codes) if known else ALWAYS
    if key.kind != FIELD or not key.tag:
        return ALWAYS
    if key.tag not in _SECRETS and term.op == CONTAINS:
        return _Text(key.tag, term.wanted)
    numbers = [value for value in term.wanted if number(value) is not None]
    if term.numeric and len(numbers) == len(term.wanted) and key.tag not in _SECRETS:
        return _Number(key.tag, term.op, numbers)
    if term.op in ORDERED or term.op == REGEX or not term.exact or key.tag in _SECRETS:
        return _Holding(key.tag)
    return _one_of(key.tag, term.codes)


def _one_of(tag: str, codes: Sequence[str]) -> Quick:
    """Whether a field has one of these values; ``F1`` is no code but two fields."""
    return _Holding(tag) if PARTIAL_TRADE in codes else _OneOf(tag, codes)


def _start(tag: str) -> bytes:
    return b"\x01" + tag.encode() + b"="


def _values_of(tag: str) -> re.Pattern[bytes]:
    return re.compile(_start(tag) + b"([^\x01]*)")
