"""Filters, of text or of a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from exsim.filters.joins import AllOf, Not
from exsim.filters.names import Key, key_of, named_key
from exsim.filters.parsing import FilterError, Reader
from exsim.filters.seen import Seen
from exsim.filters.terms import CONTAINS, EQUAL, REGEX, UNEQUAL, Compare, Has, Miss, Term

SUFFIXES: Final = {
    "ge": ">=",
    "gt": ">",
    "le": "<=",
    "lt": "<",
    "ne": UNEQUAL,
    "in": EQUAL,
    "eq": EQUAL,
    "contains": CONTAINS,
    "re": REGEX,
    "has": "has",
}
"""What may stand behind two underscores in a mapping."""

Match = Mapping[Any, Any]
When = str | Match | None
"""What a filter is made of."""


class Filter:
    """Says which messages are meant. Its text, ``str(filter)``, parses to the same again."""

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def matches(self, seen: Seen) -> bool:
        """Whether a message is meant."""
        return self.term.matches(seen)

    def misses(self, seen: Seen) -> list[Miss]:
        """What of a message is not as it should be; empty where it is meant."""
        return self.term.misses(seen)

    def __str__(self) -> str:
        return self.term.text()

    def __repr__(self) -> str:
        return f"<Filter {self.term.text()}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


EVERYTHING: Final = Filter(AllOf(()))
"""Means every message."""


def parse(text: str) -> Filter:
    """
    The filter that a text is, such as ``type=D symbol=IBM qty>=500 not exec=fill,new``.

    :raises FilterError: a ValueError, saying what is wrong where.
    """
    return Filter(Reader(text).read())


def from_match(match: Match) -> Filter:
    """
    The filter that a mapping is, such as ``{"type": "D", "symbol": "IBM", "qty__ge": 500}``.

    Values are text, numbers, or lists of these, of which any may be there. Under ``filter`` is the
    text of a filter, which has to fit too.

    :raises FilterError: a ValueError, saying what is wrong.
    """
    parts: list[Term] = []
    for name, value in match.items():
        if str(name) == "filter":
            term = parse(str(value)).term
            parts += term.parts if isinstance(term, AllOf) else [term]
        else:
            parts.append(_entry(str(name), value))
    return Filter(parts[0] if len(parts) == 1 else AllOf(parts))


def filter_of(when: When) -> Filter:
    """
    The filter that a text or a mapping is; for None and what is empty, all messages.

    :raises FilterError: a ValueError, saying what is wrong.
    """
    if not when:
        return EVERYTHING
    return parse(when) if isinstance(when, str) else from_match(when)


def _entry(name: str, value: Any) -> Term:
    word, underscores, suffix = name.rpartition("__")
    if not underscores:
        word, suffix = name, "eq"
    op = SUFFIXES.get(suffix)
    if op is None:
        raise FilterError(f"{name!r} ends in none of {', '.join('__' + each for each in SUFFIXES)}")
    try:
        key = _key(word)
        if op == "has":
            return Has(key) if value else Not(Has(key))
        return Compare(key, op, _texts(name, value))
    except FilterError:
        raise
    except ValueError as error:
        raise FilterError(f"{name!r}: {error}") from None


def _key(word: str) -> Key:
    if len(word) > 2 and word[0] == word[-1] == '"':
        return named_key(word[1:-1])
    return key_of(word)


def _texts(name: str, value: Any) -> list[str]:
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    if not values:
        raise FilterError(f"{name!r} has no value")
    return [_text(name, each) for each in values]


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.12f}".rstrip("0").rstrip(".")
    text = str(value)  # a decimal, for one
    if value is None or len(text) > 100:
        raise FilterError(f"{name!r} has a value that is neither text nor number")
    return text
