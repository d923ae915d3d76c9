"""
Instruments: ``[instrument:VENUE:SYMBOL]`` sections, and tables: CSV with a header, one a row.

A row is read as if it were such a section, so that both have the same keys and error texts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Final

from exsim.config.ini import Entry, Place, Section, read_text
from exsim.config.market_keys import INSTRUMENT
from exsim.config.market_values import instrument_made, instrument_problems, leg_problems
from exsim.config.nearest import instead
from exsim.config.reading import Reading
from exsim.config.schema import name
from exsim.errors import ConfigError, Problem
from exsim.model.settings import Instrument

SYMBOL: Final = "symbol"
KEYS: Final = tuple(option.name for option in INSTRUMENT)


class Instruments:
    """All sections of instruments, by venue."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._sections: dict[str, list[Section]] = {}
        venues = [venue.name for venue in reading.sections("venue")]
        for section in reading.sections("instrument"):
            reading.check_keys(section, INSTRUMENT)
            venue, colon, _symbol = section.name.partition(":")
            self._sections.setdefault(venue, []).append(section)
            if colon and venue not in venues:
                reading.refer(section, "", "venue", venue)
                self._instrument(section)

    def of_venue(self, venue: Section) -> list[Instrument]:
        """A venue's instruments; a section changes the row of its symbol, or adds to the table."""
        found = {row.name: row for row in self._rows(venue)}
        for section in self._sections.get(venue.name, []):
            row = found.get(section.name)
            entries = {**row.entries, **section.entries} if row else section.entries
            found[section.name] = replace(section, entries=entries)
        made = [(section, self._instrument(section)) for section in found.values()]
        self._check_names(made)
        return [instrument for _, instrument in made]

    def _rows(self, venue: Section) -> list[Section]:
        entry = venue.entries.get("instruments")
        if entry is None or not entry.text:
            return []
        file = entry.place.path(entry.text)
        try:
            return read_table(file, venue.name, self._reading.problems)
        except ConfigError as error:
            self._reading.problem(entry.place, f"{venue} instruments: {error}")
            return []

    def _instrument(self, section: Section) -> Instrument:
        values = self._reading.values(section, INSTRUMENT)
        made = instrument_made(section.name.partition(":")[2], values)
        for key, why in instrument_problems(made):
            place = section.entries[key].place if key in section.entries else section.place
            self._reading.problem(place, f"{section} {key}: {why}")
        return made

    def _check_names(self, found: list[tuple[Section, Instrument]]) -> None:
        """Note identifiers that two have, and legs that there are not."""
        listed = {made.symbol: made for _, made in found}
        taken: dict[str, str] = {}
        for section, made in found:
            for identifier in made.identifiers():
                other = taken.setdefault(identifier, made.symbol)
                if other != made.symbol:
                    text = f"{identifier.partition(':')[2]!r} is an identifier of {other} already"
                    self._reading.problem(section.place, f"{section}: {text}")
            for why in leg_problems(made, listed):
                self._reading.problem(section.entries["legs"].place, f"{section} legs: {why}")


def read_table(path: str, venue: str, problems: list[Problem]) -> list[Section]:
    """
    The rows of a table as ``[instrument:VENUE:SYMBOL]`` sections, whose values nobody checked.

    The header names the columns, of which only ``symbol`` is needed; an empty cell stands for
    the default. Mistakes of form are added to ``problems``.

    :raises exsim.errors.ConfigError: when the file cannot be read.
    """
    rows = _rows(path, problems)
    place, header = next(rows, (Place(path, 1), []))
    if not _check_header(header, place, problems):
        return []
    first: dict[str, int] = {}
    sections = []
    for place, cells in rows:
        row = dict(zip(header, cells, strict=False))
        why = _row_problem(row, len(cells) - len(header), first, place.line)
        if why:
            problems.append(place.problem(why))
        else:
            sections.append(_section(row, venue, place))
    return sections


def _row_problem(row: dict[str, str], surplus: int, first: dict[str, int], line: int) -> str:
    """What makes a row unreadable, or nothing; ``first`` has the line of each symbol."""
    if surplus:
        return (
            f"{abs(surplus)} cell{'s' * (abs(surplus) > 1)} too {'few' if surplus < 0 else 'many'}"
        )
    symbol = row[SYMBOL]
    if first.setdefault(symbol, line) != line:
        return f"{symbol!r} is here a second time; the first is in line {first[symbol]}"
    try:
        name(symbol)
    except ValueError as error:
        return f"{SYMBOL}: {error}"
    return ""


def _rows(path: str, problems: list[Problem]) -> Iterator[tuple[Place, list[str]]]:
    """Every row that is not empty, and where it ends."""
    reader = csv.reader(StringIO(read_text(path), newline=""), strict=True)
    try:
        for cells in reader:
            if any(cells):
                yield Place(path, reader.line_num), [cell.strip() for cell in cells]
    except csv.Error as error:
        problems.append(Place(path, reader.line_num).problem(f"is no CSV: {error}"))


def _check_header(header: list[str], place: Place, problems: list[Problem]) -> bool:
    """Whether rows can be read by this header."""
    for index, column in enumerate(header):
        if column not in (SYMBOL, *KEYS):
            text = f"there is no column {column!r}{instead(column, (SYMBOL, *KEYS))}"
            problems.append(place.problem(text))
        elif column in header[:index]:
            problems.append(place.problem(f"the column {column!r} is there twice"))
    if SYMBOL not in header:
        problems.append(place.problem(f"the header has no column {SYMBOL!r}"))
    return SYMBOL in header


def _section(row: dict[str, str], venue: str, place: Place) -> Section:
    cells = {key: Entry(cell, place) for key, cell in row.items() if cell}
    return Section("instrument", f"{venue}:{row[SYMBOL]}", place, cells)
