"""
The ini reader: text to sections whose every value knows where it was written.

``[kind]`` or ``[kind:NAME]``, then ``key = value``. A line indented deeper than its key goes on
with that key's value, joined by a space. A line that begins with ``#`` or ``;`` is a comment;
these characters are plain text anywhere else.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final

from exsim.errors import ConfigError, Problem

MAX_SIZE: Final = 10_000_000
"""Bytes of a configuration file or table of instruments; some hundred thousand instruments."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: a line of a file, or a ``--set``, which has no line."""

    file: str
    line: int = 0

    def problem(self, text: str) -> Problem:
        """A mistake made here."""
        return Problem(text, self.file, self.line)

    def path(self, value: str) -> str:
        """What the path ``value`` means here: those in a file are relative to its folder."""
        folder = os.path.dirname(self.file) if self.line else ""
        return os.path.join(folder, os.path.expanduser(value))


@dataclass(frozen=True, slots=True)
class Entry:
    """The text of one key."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Section:
    """``[kind:name]`` and its keys, in order; ``name`` is empty where there is no colon."""

    kind: str
    name: str
    place: Place
    entries: dict[str, Entry] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"[{self.kind}:{self.name}]" if self.name else f"[{self.kind}]"


def section_of(title: str, place: Place) -> Section:
    """An empty section of the title that stands between the brackets, or before a key."""
    kind, _colon, name = title.partition(":")
    return Section(kind.strip(), name.strip(), place)


def read_text(path: str) -> str:
    """
    The text of a file: UTF-8, with or without a byte order mark.

    :raises ConfigError: when it cannot be read, is too large or is no text.
    """
    place = Place(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_SIZE + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError([place.problem(f"cannot be read: {why}")]) from None
    if len(data) > MAX_SIZE:
        raise ConfigError([place.problem(f"is larger than {MAX_SIZE} bytes")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError([Place(path, line).problem("is not in UTF-8")]) from None


def parse(text: str, file: str, problems: list[Problem]) -> list[Section]:
    """
    The sections of ``text``, in order, with mistakes of form added to ``problems``.

    A section that is there a second time is a mistake, but stays, so that its keys are looked at.
    """
    reader = _Reader(file, problems)
    for number, line in enumerate(text.split("\n"), 1):
        reader.line(number, line)
    return reader.sections


class _Reader:
    """Takes in line after line."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.sections: list[Section] = []
        self._file = file
        self._problems = problems
        self._first: dict[str, int] = {}
        self._section: Section | None = None
        self._key = ""
        """Where a line that goes on is added; empty after a key that was in error."""
        self._indent: int | None = None
        """The columns before the key that a deeper line goes on with; None when there is none."""

    def line(self, number: int, line: str) -> None:
        """Take in one line."""
        text = line.strip()
        columns = len(line[: len(line) - len(line.lstrip())].expandtabs())
        place = Place(self._file, number)
        if not text:
            self._indent = None
        elif text[0] in "#;":
            return
        elif self._indent is not None and columns > self._indent:
            self._go_on(text)
        elif text[0] == "[":
            self._begin(text, place)
        else:
            self._indent = columns
            self._key = self._entry(text, place)

    def _go_on(self, text: str) -> None:
        if self._section is not None and self._key:
            entry = self._section.entries[self._key]
            joined = f"{entry.text} {text}".lstrip()
            self._section.entries[self._key] = Entry(joined, entry.place)

    def _begin(self, text: str, place: Place) -> None:
        self._indent = None
        if text[-1] != "]":
            self._problems.append(place.problem(f"{_short(text)} does not end with a bracket ]"))
        self._section = section_of(text[1:].removesuffix("]"), place)
        self.sections.append(self._section)
        first = self._first.setdefault(str(self._section), place.line)
        if first != place.line:
            text = f"{self._section} is here a second time; the first is in line {first}"
            self._problems.append(place.problem(text))

    def _entry(self, text: str, place: Place) -> str:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not key:
            text = f"{_short(text)} is neither [SECTION] nor KEY = VALUE"
        elif self._section is None:
            text = f"{_short(key)} stands before any [SECTION]"
        elif key in self._section.entries:
            first = self._section.entries[key].place.line
            text = f"{self._section} has {key!r} a second time; the first is in line {first}"
        else:
            self._section.entries[key] = Entry(value, place)
            return key
        self._problems.append(place.problem(text))
        return ""


def _short(text: str) -> str:
    """``text`` in quotes, cut where it is very long."""
    return repr(text if len(text) <= 40 else text[:37] + "...")
