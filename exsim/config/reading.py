"""
Reading the keys of sections by their options, noting every mistake and going on.

Whatever is wrong is taken for what it was probably meant to be, or for its default, so that one
run finds all mistakes and reports none of them twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from exsim.config.ini import Entry, Place, Section
from exsim.config.nearest import instead, nearest
from exsim.config.schema import KINDS, Kind, name
from exsim.errors import Problem
from exsim.model.options import REQUIRED, Option, path, paths


class Reading:
    """The sections of one configuration, and the mistakes found in them so far."""

    def __init__(self, sections: Iterable[Section], problems: list[Problem]) -> None:
        self.problems = problems
        self._unreadable: set[tuple[str, Entry]] = set()
        self._sections: dict[str, list[Section]] = {kind: [] for kind in KINDS}
        for section in sections:
            kind = self._kind(section)
            if kind is not None:
                self._check_title(section, kind)
                self._sections[kind.name].append(replace(section, kind=kind.name))

    def _kind(self, section: Section) -> Kind | None:
        """Its kind; the one that it looks most like where there is no such kind."""
        if section.kind in KINDS:
            return KINDS[section.kind]
        close = nearest(section.kind, KINDS)
        titles = [kind.title for kind in KINDS.values()]
        hint = f": did you mean {KINDS[close].title}?" if close else f"; known: {', '.join(titles)}"
        self.problem(section.place, f"{section} is no section of exsim{hint}")
        return KINDS[close] if close else None

    def _check_title(self, section: Section, kind: Kind) -> None:
        first, _colon, second = section.name.partition(":")
        names = {"": [], "NAME": [section.name], "VENUE:SYMBOL": [first, second]}.get(
            kind.form, [first, second]
        )
        if not all(names) or (section.name and not names):
            self.problem(section.place, f"{section} should read {kind.title}")
            return
        for part in names:
            try:
                name(part)
            except ValueError as error:
                self.problem(section.place, f"{section}: {error}")

    def problem(self, place: Place, text: str) -> None:
        """Note a mistake."""
        self.problems.append(place.problem(text))

    def sections(self, kind: str) -> Sequence[Section]:
        """All sections of a kind, in the order of the file."""
        return self._sections[kind]

    def only(self, kind: str) -> Section:
        """The section of a kind that has one at most; an empty one where there is none."""
        return next(iter(self._sections[kind]), Section(kind, "", Place("")))

    def check_keys(self, section: Section, options: Iterable[Option]) -> None:
        """Note keys that are none of ``options``."""
        known = [option.name for option in options]
        for key, entry in section.entries.items():
            if key not in known:
                self.problem(entry.place, f"{section} has no key {key!r}{instead(key, known)}")

    def values(
        self, section: Section, options: Iterable[Option], inherited: Mapping[str, Entry] = {}
    ) -> dict[str, Any]:
        """The values of ``options``; a key that is not there is taken from ``inherited``."""
        entries = {**inherited, **section.entries}
        return {
            option.name: self._value(section, option, entries.get(option.name))
            for option in options
        }

    def _value(self, section: Section, option: Option, entry: Entry | None) -> object:
        if entry is None:
            if option.default is not REQUIRED:
                return option.value(None)
            needed = f"{section} needs {option.name!r}: {_clause(option.help)}"
            self.problem(section.place, needed + self._other(section))
            return None
        try:
            value = option.value(entry.text)
        except ValueError as error:
            if (option.name, entry) not in self._unreadable:  # many may have inherited it
                self._unreadable.add((option.name, entry))
                hint = _comment_hint(entry.text)
                self.problem(entry.place, f"{section} {option.name}: {error}{hint}")
            return None if option.default is REQUIRED else option.value(None)
        if option.parse is path and value:
            return os.path.abspath(entry.place.path(entry.text))
        if option.parse is paths:
            return tuple(os.path.abspath(entry.place.path(one)) for one in paths(entry.text))
        return value

    def _other(self, section: Section) -> str:
        """A hint at the section meant, where the command line made one by mistake."""
        if section.place.line:
            return ""
        others = [other.name for other in self._sections[section.kind] if other is not section]
        close = nearest(section.name, others)
        return f" (did you mean [{section.kind}:{close}]?)" if close else ""

    def refer(self, section: Section, key: str, kind: str, wanted: str | None) -> None:
        """Note a name that no section of ``kind`` has; None was reported before."""
        names = [other.name for other in self._sections[kind]]
        if wanted is not None and wanted not in names:
            place = section.entries[key].place if key in section.entries else section.place
            which = f"{section} {key}" if key else f"{section}"
            self.problem(place, f"{which}: there is no [{kind}:{wanted}]{instead(wanted, names)}")

    def check_file(self, section: Section, key: str, file: str) -> None:
        """Note a file that cannot be read, or is empty."""
        try:
            with open(file, "rb") as opened:
                why = "" if opened.read(1) else "is empty"
        except OSError as error:
            why = f"cannot be read: {error.strerror}"
        if why:
            self.problem(section.entries[key].place, f"{section} {key}: {file} {why}")


def _clause(text: str) -> str:
    """A help text as the rest of a sentence."""
    lower = text[:1].lower() + text[1:] if text[1:2].islower() else text
    return lower.removesuffix(".")


def _comment_hint(value: str) -> str:
    """What to say of a value with something like a comment in it."""
    begun = any(mark in value for mark in (" #", " ;", "\t#", "\t;"))
    return "; a comment needs a line of its own" if begun else ""
