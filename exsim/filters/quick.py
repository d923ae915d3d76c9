"""What a quick look at a message can tell of a filter: see :mod:`exsim.filters.looks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from exsim.filters.byte_looks import (
    SECRETS,
    Anywhere,
    FieldSo,
    Holding,
    InPacket,
    NumberIn,
    OneOf,
    PacketSo,
    Somewhere,
    Span,
    TextIn,
    TextSo,
    TypeSo,
    ValueSo,
)
from exsim.filters.filter import Filter
from exsim.filters.joins import AllOf, AnyOf, Not
from exsim.filters.judges import JudgeOfFields, JudgeOfTexts, JudgeOfTypes, JudgeOfValues
from exsim.filters.looks import (
    ALWAYS,
    EVERY,
    NO,
    NONE,
    PERHAPS,
    All,
    Either,
    Judge,
    No,
    OfDirection,
    Quick,
    SessionSo,
    Within,
)
from exsim.filters.names import (
    DIRECTION,
    EVENT,
    FIELD,
    NAME,
    PARTIAL_TRADE,
    RAW,
    SEQ,
    SESSION,
    TIME,
    TYPE,
    Key,
)
from exsim.filters.terms import CONTAINS, EQUAL, ORDERED, UNEQUAL, Compare, Has, Term
from exsim.filters.values import DAY, number
from exsim.model.vocabulary import UNKNOWN, Places, Vocabulary

FIX: Final = "fix"
OUCH: Final = "ouch"
"""The protocols whose bytes are looked at; of others only what an entry has besides them."""

ANYWHERE: Final[Mapping[str, str]] = {}
_SYMBOL: Final = "55"
_STATUS: Final = "39"
_LEAST: Final = -(2**63)
_MOST: Final = 2**63 - 1
"""The numbers that an entry may have."""


class _Origin:
    """Where messages are from: what is the same of all of them."""

    __slots__ = ("protocol", "where", "words")

    def __init__(self, protocol: str, where: Mapping[str, str], words: Vocabulary) -> None:
        self.protocol = protocol
        self.where = where
        self.words = words


def quick_look(
    filter: Filter,
    protocol: str = FIX,
    where: Mapping[str, str] = ANYWHERE,
    words: Vocabulary = UNKNOWN,
) -> Quick:
    """
    A quick look for a filter at messages of a protocol; ALWAYS where it would tell nothing.

    :param where: the venue and endpoint that they are all of, by kind of key, where that is known.
    :param words: what they may be called.
    """
    return _quick(filter.term, _Origin(protocol, where, words))


def _quick(term: Term, origin: _Origin) -> Quick:
    if isinstance(term, (AllOf, AnyOf)):
        parts = [_quick(part, origin) for part in term.parts]
        if all(part is ALWAYS for part in parts):
            return ALWAYS
        return All(parts) if isinstance(term, AllOf) else Either(parts)
    if isinstance(term, Not):
        return _opposite(_quick(term.part, origin))
    if isinstance(term, Has):
        return _having(term.key, origin)
    if not isinstance(term, Compare):
        return ALWAYS
    if term.op == UNEQUAL:
        return _opposite(_compare(term, EQUAL, origin))
    return _compare(term, term.op, origin)


def _opposite(found: Quick) -> Quick:
    return ALWAYS if found is ALWAYS else No(found)


def _compare(term: Compare, op: str, origin: _Origin) -> Quick:
    kind = term.key.kind
    if kind in origin.where:
        return EVERY if term.fits(origin.where[kind]) else NONE
    if kind == SESSION:
        return SessionSo(JudgeOfTexts(term))
    if kind == DIRECTION:
        return OfDirection([way for way in ("in", "out") if term.fits(way)])
    if kind == EVENT:  # a message is none
        return NONE
    if kind in (SEQ, TIME):
        return _within(term, op)
    if origin.protocol == FIX:
        return _in_fix(term, op, origin.words)
    return _in_ouch(term, op, origin.words) if origin.protocol == OUCH else ALWAYS


def _within(term: Compare, op: str) -> Quick:
    """By an entry's number or time."""
    if op != EQUAL and op not in ORDERED:
        return ALWAYS
    found = []
    for cycle, low, high in _spans(term, op):
        least, most = max(low, _LEAST), min(high, _MOST)
        if least <= most:
            found.append(Within(term.key.kind == TIME, cycle, least, most))
    return Either(found)


def _spans(term: Compare, op: str) -> Iterator[tuple[int, int, int]]:
    """What fits, from a number to another, of each that is wanted; with the cycle of times."""
    for moment in term.moments:
        yield (DAY if moment.daily else 0, *_span(op, moment.ns, moment.ns))
    for one in term.numbers:
        below, more = divmod(one.digits, 10**one.decimals)
        yield (0, *_span(op, below, below + (more > 0)))


def _span(op: str, below: int, above: int) -> tuple[int, int]:
    """Of what is between two whole numbers, or is both."""
    if op == EQUAL:
        return above, below
    if op[0] == ">":
        return (above if op == ">=" or above > below else above + 1), _MOST
    return _LEAST, (below if op == "<=" or above > below else below - 1)


def _in_fix(term: Compare, op: str, words: Vocabulary) -> Quick:
    """Where a value may be meant in more ways than here, it is enough that the field is there."""
    key = term.key
    if key.kind == RAW:
        plain = all("*" not in part and part.isascii() for part in term.wanted)
        return Anywhere(term.wanted) if op == CONTAINS and plain else TextSo(JudgeOfTexts(term))
    if key.kind in (TYPE, NAME):
        return TypeSo(JudgeOfTypes(term, words))
    if key.kind != FIELD:
        return ALWAYS
    if not key.tag:
        return _called(key, words)
    if key.tag in SECRETS:
        return Holding(key.tag)
    if op == CONTAINS:
        return TextIn(key.tag, term.wanted)
    numbers = [value for value in term.wanted if number(value) is not None]
    if term.numeric and len(numbers) == len(term.wanted):
        return NumberIn(key.tag, op, numbers)
    if op == EQUAL and PARTIAL_TRADE in term.codes:
        part = All([OneOf(key.tag, ["F"]), OneOf(_STATUS, ["1"])])
        return Either([OneOf(key.tag, term.codes), part])
    if op == EQUAL and term.exact:
        return OneOf(key.tag, term.codes)
    if op == EQUAL and not term.moments and words.has_codes(key.tag):
        return Holding(key.tag)  # the value may be the name of a code
    return ValueSo(key.tag, JudgeOfValues(term))


def _having(key: Key, origin: _Origin) -> Quick:
    if origin.protocol != FIX:
        return _placed(key, origin.words) if origin.protocol == OUCH else ALWAYS
    return Holding(key.tag, True) if key.tag else _called(key, origin.words)


def _called(key: Key, words: Vocabulary) -> Quick:
    """What has a field that is called so, by whatever tag."""
    found: list[Quick] = []
    for name in key.names:
        tags = words.tags(name)
        if tags is None:
            return ALWAYS
        found += [Holding(tag) for tag in tags]
    return Either(found)


def _in_ouch(term: Compare, op: str, words: Vocabulary) -> Quick:
    """Fields stand where they do there; a symbol that is nowhere need not be looked for so."""
    key = term.key
    if key.kind in (TYPE, NAME):
        return PacketSo(JudgeOfTypes(term, words))
    if key.kind == RAW and op == CONTAINS:
        plain = all(part.isascii() and "|" not in part for part in term.wanted)
        return InPacket(term.wanted) if plain else ALWAYS
    symbol = key.tag == _SYMBOL and op == EQUAL and term.exact
    if symbol and all(code.isascii() for code in term.codes):
        return Somewhere(term.codes)
    places = words.places(key.tag, key.names) if key.kind == FIELD else None
    if places is None or PARTIAL_TRADE in term.codes:
        return ALWAYS
    return Either([_at(each, term, op) for each in places])


def _placed(key: Key, words: Vocabulary) -> Quick:
    """Of OUCH what may have a field."""
    places = words.places(key.tag, key.names)
    if places is None:
        return ALWAYS
    found = []
    for each in places:
        spans = {mark: PERHAPS if place else NO for mark, place in each.by_mark.items()}
        found.append(FieldSo(spans, PERHAPS if each.others else NO, Judge()))
    return Either(found)


def _at(places: Places, term: Compare, op: str) -> Quick:
    """What has a field that may fit, at one of the places where it may be."""
    numeric = len(term.numbers) > 0
    values = [each.text() for each in term.numbers] if numeric else term.codes
    spans: dict[bytes, Span | int] = {}
    for mark, place in places.by_mark.items():
        if isinstance(place, bool):
            spans[mark] = PERHAPS if place else NO
        else:
            known = op == EQUAL and not place.coded and not term.moments
            held = place.holding(values, numeric) if known else None
            spans[mark] = (place.begin, place.end, None if held is None else frozenset(held))
    others = PERHAPS if places.others else NO
    return FieldSo(spans, others, JudgeOfFields(term, places.by_mark))
