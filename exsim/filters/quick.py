"""What a quick look at a message can tell of a filter: see :mod:`exsim.filters.looks`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from exsim.filters.filter import Filter
from exsim.filters.looks import (
    ALWAYS,
    SECRETS,
    All,
    Anywhere,
    Either,
    Holding,
    No,
    NumberIn,
    OfDirection,
    OfSession,
    OfSoupType,
    OfType,
    OneOf,
    Quick,
    Somewhere,
    TextIn,
)
from exsim.filters.names import DIRECTION, FIELD, PARTIAL_TRADE, RAW, SESSION, TYPE
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
    Not,
    Term,
)
from exsim.filters.values import number

FIX: Final = "fix"
OUCH: Final = "ouch"
"""The protocols whose bytes are looked at; of others only whose a message is, and its way."""

ANYWHERE: Final[Mapping[str, str]] = {}
NONE: Final = OfSession(())
"""What fits no message."""
EVERY: Final = No(NONE)
"""What fits any."""
_SYMBOL: Final = "55"


def quick_look(filter: Filter, protocol: str = FIX, where: Mapping[str, str] = ANYWHERE) -> Quick:
    """
    A quick look for a filter at messages of a protocol; ALWAYS where it would tell nothing.

    :param where: the venue and endpoint that they are all of, by kind of key, where that is known.
    """
    return _quick(filter.term, protocol, where)


def _quick(term: Term, protocol: str, where: Mapping[str, str]) -> Quick:
    if isinstance(term, (AllOf, AnyOf)):
        parts = [_quick(part, protocol, where) for part in term.parts]
        if all(part is ALWAYS for part in parts):
            return ALWAYS
        return All(parts) if isinstance(term, AllOf) else Either(parts)
    if isinstance(term, Not):
        return _opposite(_quick(term.part, protocol, where))
    if isinstance(term, Has):
        return Holding(term.key.tag, True) if term.key.tag and protocol == FIX else ALWAYS
    if not isinstance(term, Compare):
        return ALWAYS
    if term.op == UNEQUAL:
        return _opposite(_compare(term, EQUAL, protocol, where))
    return _compare(term, term.op, protocol, where)


def _opposite(found: Quick) -> Quick:
    return ALWAYS if found is ALWAYS else No(found)


def _compare(term: Compare, op: str, protocol: str, where: Mapping[str, str]) -> Quick:
    if op == EQUAL and term.key.kind in where:
        return EVERY if where[term.key.kind] in term.codes else NONE
    if op == EQUAL and term.key.kind == SESSION:
        return OfSession(term.codes)
    if op == EQUAL and term.key.kind == DIRECTION:
        return OfDirection(term.codes)
    if protocol == FIX:
        return _in_fix(term, op)
    return _in_ouch(term, op) if protocol == OUCH and op == EQUAL else ALWAYS


def _in_fix(term: Compare, op: str) -> Quick:
    """Where a value may be meant in more ways than here, it is enough that the field is there."""
    key = term.key
    if key.kind == RAW:
        plain = all("*" not in part and part.isascii() for part in term.wanted)
        return Anywhere(term.wanted) if op == CONTAINS and plain else ALWAYS
    if key.kind == TYPE:
        known = key.codes is not None and op == EQUAL and "" not in term.codes
        known = known and not term.foreign
        return _one_of("35", term.codes, OfType) if known else ALWAYS
    if key.kind != FIELD or not key.tag:
        return ALWAYS
    if key.tag not in SECRETS and op == CONTAINS:
        return TextIn(key.tag, term.wanted)
    numbers = [value for value in term.wanted if number(value) is not None]
    if term.numeric and len(numbers) == len(term.wanted) and key.tag not in SECRETS:
        return NumberIn(key.tag, op, numbers)
    if op in ORDERED or op == REGEX or not term.exact or key.tag in SECRETS:
        return Holding(key.tag)
    return _one_of(key.tag, term.codes)


def _one_of(tag: str, codes: Sequence[str], kind: type[OneOf] = OneOf) -> Quick:
    """Whether a field has one of these values; ``F1`` is no code but two fields."""
    return Holding(tag) if PARTIAL_TRADE in codes else kind(tag, codes)


def _in_ouch(term: Compare, op: str) -> Quick:
    """Types are letters there, but for packets of the session; symbols are written out."""
    key = term.key
    letters = all(len(code) == 1 and code.isascii() for code in term.codes)
    if key.kind == TYPE and letters and term.codes == term.wanted:
        return OfSoupType(term.codes)
    if key.tag == _SYMBOL and term.exact and all(code.isascii() for code in term.codes):
        return Somewhere(term.codes)
    return ALWAYS
