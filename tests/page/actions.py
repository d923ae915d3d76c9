"""
What the page does over REST: what its code may send, and which tests do that by a click.

A test says with :func:`does` which operations it has the page ask for, and fails when it did not;
``tests/test_page_actions.py`` holds what all tests say to what the code sends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import exsim
from exsim.control.entries import PREFIX
from exsim.control.operations import OPERATIONS

FOLDER: Final = Path(exsim.__file__).parent / "page"
ANY_START: Final = "**"
"""In a path of the code: it begins as somebody else says."""
ANY_WORD: Final = "*"
"""A word that is chosen when it is sent, such as a verb."""
ANY_VALUE: Final = "{}"
"""A name, a number or the like."""

_SEND: Final = re.compile(r"\bsend\(\s*\"([A-Z]+)\",\s*")
_VERBS: Final = re.compile(r"\buseVerbs\(\"([^\"]+)\"\)")
_TERNARY: Final = re.compile(r"[^?]+\?\s*\"([^\"]*)\"\s*:\s*\"([^\"]*)\"")
_OPEN, _CLOSE = "([{", ")]}"

Test = TypeVar("Test", bound=Callable[..., None])


def does(*operations: str) -> Callable[[Test], Test]:
    """Say of a test that it has the page ask for these operations."""

    def mark(test: Test) -> Test:
        vars(test)["operations"] = frozenset(operations)
        return test

    return mark


def said(test: Any) -> frozenset[str]:
    """The operations that a test says."""
    found: frozenset[str] = getattr(test, "operations", frozenset())
    return found


def operation(method: str, path: str) -> str:
    """
    The operation that a request is for.

    :raises KeyError: when there is none.
    """
    below = path.removeprefix(PREFIX)
    for each in sorted(OPERATIONS, key=lambda one: one.path.count("{")):
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(each.path))
        if each.method == method and re.fullmatch(pattern, below):
            return each.name
    raise KeyError(f"{method} {path}")


def offered() -> dict[str, str]:
    """The operations that the page's code may send, each with the file where it is."""
    found: dict[str, str] = {}
    for file in sorted(FOLDER.rglob("*.js")):
        if file.parent.name == "vendor":
            continue
        for name in sent_by(file.read_text(encoding="utf-8")):
            found.setdefault(name, file.name)
    return found


def sent_by(source: str) -> set[str]:
    """The operations that a file may send."""
    sent = set()
    for method, pattern in calls(source):
        fits = re.compile(_expression(pattern))
        sent |= {o.name for o in OPERATIONS if o.method == method and fits.fullmatch(o.path)}
    return sent


def calls(source: str) -> Iterator[tuple[str, str]]:
    """What a file sends: methods, with paths that have ``{}``, ``*`` or ``**`` in them."""
    for call in _SEND.finditer(source):
        expression = source[call.end() : _end(source, call.end())]
        for path in _paths(expression, source[: call.start()]):
            if path != f"{ANY_START}/{ANY_WORD}":  # what a verb does is said by who has verbs
                yield call[1], path
    for found in _VERBS.finditer(source):
        yield "POST", re.sub(r"\{\w+\}", ANY_VALUE, found[1]) + f"/{ANY_WORD}"


def _expression(path: str) -> str:
    """A regular expression for paths of operations."""
    parts = re.split(r"(\*\*|\*|\{\})", path)
    kinds = {ANY_START: r".*", ANY_WORD: r"[^/{}]+", ANY_VALUE: r"\{\w+\}"}
    return "".join(kinds.get(part, re.escape(part)) for part in parts)


def _end(source: str, start: int) -> int:
    """Where an argument ends: at a comma or parenthesis that is not inside of it."""
    depth, quote, at = 0, "", start
    while at < len(source):
        char = source[at]
        if quote and char == quote:
            quote = ""
        elif not quote:
            if char in "\"'":
                quote = char
            elif char in _OPEN:
                depth += 1
            elif depth == 0 and char in "),":
                return at
            elif char in _CLOSE:
                depth -= 1
        at += 1
    raise ValueError(f"no end of {source[start : start + 50]!r}")


def _paths(expression: str, before: str) -> list[str]:
    """The paths that an expression may be, where so much of the file comes before it."""
    expression = expression.strip()
    if expression.startswith('"'):
        return [expression.strip('"')]
    if expression.startswith(("`", "path`")):
        found = [""]
        for part in _parts(expression[expression.index("`") + 1 : -1]):
            more = _inner(part[2:-1], before) if part.startswith("${") else [part]
            found = [start + end for start in found for end in more]
        return found
    return _named(expression, before)


def _parts(template: str) -> Iterator[str]:
    """The parts of a template: texts, and what is in ``${}``."""
    at = 0
    while at < len(template):
        start = template.find("${", at)
        if start < 0:
            yield template[at:]
            return
        if start > at:
            yield template[at:start]
        depth, at = 1, start + 2
        while depth:
            depth += (template[at] == "{") - (template[at] == "}")
            at += 1
        yield template[start:at]


def _inner(expression: str, before: str) -> list[str]:
    """What stands in ``${}``."""
    if expression.startswith("path`"):
        return _paths(expression, before)
    if ternary := _TERNARY.fullmatch(expression):
        return [ternary[1], ternary[2]]
    if expression in ("verb", "verb.name"):
        return [ANY_WORD]
    return _named(expression, before) if expression == "where" else [ANY_VALUE]


def _named(name: str, before: str) -> list[str]:
    """What a constant is that was made last under this name; of a parameter nothing is known."""
    made = before.rfind(f"const {name} = path`")
    if made < 0:
        return [ANY_START]
    start = before.index("path`", made)
    return _paths(before[start : before.index("`;", start) + 1], before[:made])
