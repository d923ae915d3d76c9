"""What a message must have at least to fit a filter: for an index, and a first look at bytes."""

from __future__ import annotations

from typing import NamedTuple

from exsim.filters.filter import Filter
from exsim.filters.joins import AllOf, AnyOf, Not
from exsim.filters.names import FIELD, SESSION, TEXTS, TYPE, Key
from exsim.filters.terms import UNEQUAL, Compare, Has, Term


class Needs(NamedTuple):
    """
    The session and the code of the type that alone may fit, None for any; and fields that have to
    be there, by tag, with the one value that they may have, None for any.
    """

    session: str | None
    type: str | None
    fields: tuple[tuple[str, str | None], ...]


def needs(filter: Filter) -> Needs:
    """What every message has that fits; one that has it need not fit."""
    session: str | None = None
    type_code: str | None = None
    fields: list[tuple[str, str | None]] = []
    for part in parts_of(filter.term):
        if isinstance(part, Has):
            if part.key.tag:
                fields.append((part.key.tag, None))
        elif isinstance(part, Compare) and part.op != UNEQUAL:
            one = part.only
            if part.key.kind == SESSION and one is not None:
                session = one
            elif part.key.kind == TYPE and one is not None:
                type_code = one
            elif part.key.kind == FIELD and part.key.tag:
                fields.append((part.key.tag, one if _is_text(part.key) else None))
    return Needs(session, type_code, tuple(fields))


def asks_for(filter: Filter, *kinds: str) -> bool:
    """Whether any part of it, joined however, looks at keys of one of these kinds."""
    return _asks_for(filter.term, kinds)


def _asks_for(term: Term, kinds: tuple[str, ...]) -> bool:
    if isinstance(term, (AllOf, AnyOf)):
        return any(_asks_for(part, kinds) for part in term.parts)
    if isinstance(term, Not):
        return _asks_for(term.part, kinds)
    return isinstance(term, (Compare, Has)) and term.key.kind in kinds


def parts_of(term: Term) -> tuple[Term, ...]:
    """What all has to fit."""
    return term.parts if isinstance(term, AllOf) else (term,)


def _is_text(key: Key) -> bool:
    """Whether its values are equal only where they are written alike."""
    return key.values == TEXTS
