"""
The text of filters, taken apart.

Side by side means and; then comes ``or``; parentheses group; ``not`` is for what comes next. The
grammar::

    filter  = all ("or" all)*
    all     = one (["and"] one)*
    one     = "not" one | "(" filter ")" | "has" "(" key ")" | key op values
    values  = value ("," value)*  |  "/" regular expression "/"
"""

from __future__ import annotations

import re
from typing import Final

from exsim.filters.joins import AllOf, AnyOf, Not
from exsim.filters.names import Key, key_of, named_key
from exsim.filters.terms import CONTAINS, EQUAL, OPS, REGEX, UNEQUAL, Compare, Has, Term

LONGEST: Final = 4_000
"""Characters of a filter."""
DEEPEST: Final = 20
"""Parentheses and ``not`` within each other."""
MOST_TERMS: Final = 200

_SPACE: Final = re.compile(r"\s*")
_WORD: Final = re.compile(r"[A-Za-z0-9_.\-]+")
_VALUE: Final = re.compile(r"[^\s(),\"]+")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PATTERN: Final = re.compile(r"/((?:[^/\\]|\\.)+)/(?=[\s)]|$)")


class FilterError(ValueError):
    """A text that is no filter; ``position`` counts its characters from 1, or is 0."""

    def __init__(self, text: str, position: int = 0) -> None:
        super().__init__(text)
        self.position = position


class Reader:
    """Reads one text."""

    __slots__ = ("_at", "_depth", "_terms", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._terms = 0

    def read(self) -> Term:
        """
        All of it.

        :raises FilterError: saying what is wrong where, and what would be right.
        """
        if len(self._text) > LONGEST:
            raise FilterError(f"a filter may have {LONGEST} characters, not {len(self._text)}")
        self._skip()
        if self._at == len(self._text):
            return AllOf(())
        term = self._any()
        if self._at < len(self._text):
            raise self._error("nothing is open that could be closed here")
        return term

    def _any(self) -> Term:
        parts = [self._all()]
        while self._keyword("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else AnyOf(parts)

    def _all(self) -> Term:
        parts = [self._one()]
        while True:
            together = self._keyword("and")
            if not together and (self._peek() in ("", ")") or self._is_keyword("or")):
                break
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def _one(self) -> Term:
        self._terms += 1
        self._depth += 1
        if self._terms > MOST_TERMS:
            raise self._error(f"a filter may have {MOST_TERMS} parts")
        if self._depth > DEEPEST:
            raise self._error(f"no more than {DEEPEST} levels may be within each other")
        try:
            if self._keyword("not"):
                return Not(self._one())
            if self._peek() == "(":
                return self._group()
            return self._comparison()
        finally:
            self._depth -= 1

    def _group(self) -> Term:
        opened = self._at
        self._at += 1
        self._skip()
        term = self._any()
        if self._peek() != ")":
            raise FilterError(self._place("this parenthesis is not closed", opened), opened + 1)
        self._at += 1
        self._skip()
        return term

    def _comparison(self) -> Term:
        start = self._at
        key = self._key()
        if key is None:
            return self._has()
        op = self._op(key)
        if op == CONTAINS and self._peek() == "/":
            wanted, plain = [self._regex()], True
            op = REGEX
        else:
            wanted, plain = self._values(key)
        try:
            return Compare(key, op, wanted, not plain)
        except ValueError as error:
            raise FilterError(self._place(str(error), start), start + 1) from None

    def _key(self) -> Key | None:
        """The key that comes; None for ``has``."""
        start = self._at
        quoted = _QUOTED.match(self._text, start)
        if quoted is not None:
            self._move(quoted.end())
            return named_key(_unquoted(quoted[1]))
        word = _WORD.match(self._text, start)
        if word is None:
            raise self._error("here should be a key, such as type=D")
        if word[0].lower() == "has" and self._text[word.end() : word.end() + 1] == "(":
            self._at = word.end() + 1
            self._skip()
            return None
        self._move(word.end())
        return self._known(word[0], start)

    def _known(self, word: str, start: int) -> Key:
        try:
            return key_of(word)
        except ValueError as error:
            raise FilterError(self._place(str(error), start), start + 1) from None

    def _has(self) -> Term:
        start = self._at
        key = self._key()
        if key is None or self._peek() != ")":
            raise FilterError(self._place("has() takes one key, such as has(58)", start), start + 1)
        self._move(self._at + 1)
        try:
            return Has(key)
        except ValueError as error:
            raise FilterError(self._place(str(error), start), start + 1) from None

    def _op(self, key: Key) -> str:
        if self._text.startswith("==", self._at):
            raise self._error("one = is enough")
        for op in OPS:
            if self._text.startswith(op, self._at):
                self._move(self._at + len(op))
                return op
        raise self._error(f"after {key.text} should be one of {', '.join(sorted(OPS))}")

    def _values(self, key: Key) -> tuple[list[str], bool]:
        """The values that come, and whether none is in quotes."""
        values: list[str] = []
        plain = True
        while True:
            quoted = _QUOTED.match(self._text, self._at)
            found = quoted or _VALUE.match(self._text, self._at)
            if found is None:
                unclosed = self._peek() == '"'
                what = "this quote is not closed" if unclosed else f"{key.text} lacks a value"
                raise self._error(what)
            if quoted is not None:
                plain = False
                values.append(_unquoted(quoted[1]))
            else:
                values.append(found[0])
            self._move(found.end())
            if self._peek() != ",":
                return values, plain
            self._move(self._at + 1)

    def _regex(self) -> str:
        found = _PATTERN.match(self._text, self._at)
        if found is None:
            raise self._error("this regular expression has no / at its end")
        self._move(found.end())
        return found[1].replace("\\/", "/")

    # -- characters

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _move(self, position: int) -> None:
        self._at = position
        self._skip()

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        if found is not None:
            self._at = found.end()

    def _is_keyword(self, word: str) -> bool:
        found = _WORD.match(self._text, self._at)
        if found is None or found[0].lower() != word:
            return False
        after = self._text[found.end() :].lstrip()[:1]
        return after not in ("=", "!", "<", ">", "~")

    def _keyword(self, word: str) -> bool:
        if not self._is_keyword(word):
            return False
        self._move(self._at + len(word))
        return True

    def _error(self, what: str) -> FilterError:
        return FilterError(self._place(what, self._at), self._at + 1)

    def _place(self, what: str, at: int) -> str:
        rest = self._text[at : at + 30]
        where = f"at {at + 1}, {rest!r}" if rest else "at its end"
        return f"filter, {where}: {what}"


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


__all__ = ["DEEPEST", "EQUAL", "LONGEST", "MOST_TERMS", "UNEQUAL", "FilterError", "Reader"]
