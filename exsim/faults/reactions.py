"""Faults that rules have: a rule is shown a message, and says what it suffers."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from exsim.faults.kinds import KINDS
from exsim.filters import Seen
from exsim.model.luck import Luck
from exsim.model.options import read_options


class Wound:
    """A kind of fault, and the values of its parameters."""

    __slots__ = ("kind", "values")

    def __init__(self, kind: str, values: Mapping[str, Any]) -> None:
        self.kind = kind
        self.values = values


class Reaction:
    """What a rule makes of a message: its ``note`` for the journal, what the message suffers."""

    __slots__ = ("luck", "note", "wounds")

    def __init__(self, note: bytes, wounds: tuple[Wound, ...], luck: Luck) -> None:
        self.note = note
        self.wounds = wounds
        self.luck = luck


class Watcher(Protocol):
    """The rules of a venue, as far as they are about messages that are no requests."""

    def watch(self, seen: Seen) -> Reaction | None:
        """Show a message to them; None where none fires."""


@lru_cache(maxsize=1000)
def wound_of(kind: str, parameters: str) -> Wound:
    """
    What a step says: ``delay``, ``time=2s jitter=1s``; a value with spaces is in quotes.

    :raises ValueError: when there is no such kind of message, or it takes no such parameter.
    """
    found = next((each for each in KINDS if each.name == kind), None)
    if found is None:
        known = ", ".join(each.name for each in KINDS)
        raise ValueError(f"there is no kind {kind!r} of fault of messages; known: {known}")
    given: dict[str, str] = {}
    for word in _words(parameters):
        name, equals, value = word.partition("=")
        if not equals or name not in [option.name for option in found.options]:
            known = ", ".join(option.name for option in found.options) or "none"
            raise ValueError(f"a fault of kind {kind} has no parameter {name!r}; it has: {known}")
        given[name] = value
    return Wound(kind, read_options(found.options, given))


def _words(text: str) -> list[str]:
    """The words of a text, some in quotes."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = ""
    try:
        return list(lexer)
    except ValueError as error:
        raise ValueError(f"{text[:40]!r}: {error}") from None
