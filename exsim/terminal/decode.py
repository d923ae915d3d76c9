"""``exsim decode``: recordings as text, with names for what stands in them as numbers and codes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, BinaryIO, Final, TextIO

from exsim.config.dictionaries import standard
from exsim.errors import ExsimError
from exsim.filters import Filter, filter_of
from exsim.filters.filter import EVERYTHING
from exsim.filters.lines import printable, title_of
from exsim.filters.values import DAY
from exsim.model.messages import FieldView
from exsim.protocols.fix_dialect import Dialect, Names
from exsim.recorded.files import chunks_of
from exsim.recorded.found import Found
from exsim.recorded.framings import ItchFound
from exsim.recorded.reading import Unknown, read
from exsim.recorded.rows import rows_of
from exsim.recorded.tables import time_text
from exsim.recorded.told import CLOCK, JSON, LINE, Teller
from exsim.terminal.writing import day_of, table_writer

STDIN: Final = "-"
SHOWN_BYTES: Final = 32
"""Bytes of what is no message that an error shows."""

_DIALECT: Final = Dialect(standard)


def names_in(raw: bytes) -> Names:
    """The names of a FIX message's version."""
    return _DIALECT.names_in(raw, b"")


class Decoding:
    """
    One run of the command.

    ``wrong`` is whether something could not be read.
    """

    def __init__(self, options: argparse.Namespace, out: TextIO, err: TextIO) -> None:
        self._options = options
        self._filter: Filter = filter_of(options.filter)
        self._all = self._filter is EVERYTHING
        self._teller = Teller(JSON if options.json else LINE)
        self._out = out
        self._err = err
        self._several = len(options.files) > 1
        self._number = 0
        self.wrong = False

    def file(self, name: str, file: BinaryIO) -> Iterator[Found]:
        """The messages of a file that fit; what is none is told as an error."""
        called = "standard input" if name == STDIN else name
        empty = True
        try:
            for found in read(chunks_of(file), names_in, self._options.protocol):
                empty = False
                if not found.readable:
                    self._complain(called, found)
                    continue
                self._number += 1
                if self._all or self._filter.matches(found.seen(self._number)):
                    yield found
        except (Unknown, OSError) as error:
            self._tell(called, str(error))
        else:
            if empty:
                self._tell(called, "there is no message in it")

    def _complain(self, name: str, found: Found) -> None:
        shown = found.raw[:SHOWN_BYTES].hex(" ")
        more = " ..." if len(found.raw) > SHOWN_BYTES else ""
        self._tell(name, f"{found.place}: {found.why}: {shown}{more}")

    def _tell(self, name: str, what: str) -> None:
        self.wrong = True
        self._out.flush()
        self._err.write(f"exsim decode: {name}: {printable(what)}\n")

    def unopened(self, name: str, error: OSError) -> None:
        """Tell that a file cannot be read."""
        self._tell(name, error.strerror or str(error))

    def show(self, name: str, found: Found) -> None:
        """Print a message, as the options say."""
        if self._options.json:
            place = {"file": name} if self._several else {}
            self._out.write(self._json(place, found) + "\n")
            return
        before = f"{name}: " if self._several else ""
        text = "\n".join(long_lines(found)) if self._options.long else self._line(found)
        self._out.write(f"{before}{text}\n")

    def _line(self, found: Found) -> str:
        if not isinstance(found, ItchFound):
            return line(found)
        layout, time = found.layout, f" {CLOCK.time(found.time)}" if found.time else ""
        fields = self._teller.fields(found.raw, layout, found.stock)
        way = " <--" if found.way else ""
        return f"{found.place}:{time}{way} {layout.name}({found.type}){fields}".rstrip()

    def _json(self, place: dict[str, Any], found: Found) -> str:
        if not isinstance(found, ItchFound):
            return json.dumps(place | as_json(found), ensure_ascii=False)
        file = f'"file": {json.dumps(place["file"], ensure_ascii=False)}, ' if place else ""
        head = f'{file}"place": "{found.place}", "type": "{found.type}"'
        time = f', "time": "{CLOCK.time(found.time)}"' if found.time else ""
        way = f', "direction": "{found.way}"' if found.way else ""
        fields = self._teller.fields(found.raw, found.layout, found.stock)[2:]
        return f'{{{head}, "name": "{found.layout.name}"{time}{way}, "fields": [{fields}]}}'


def line(found: Found) -> str:
    """A message in one line: where it is, when it was, its type, and all its fields."""
    fields = " ".join(map(_pair, found.description.fields))
    return f"{_head(found)} {printable(fields)}{_remark(found)}".rstrip()


def long_lines(found: Found) -> Iterator[str]:
    """A message with a line for each field, its tag, its name, its value and what that means."""
    yield f"{_head(found)}{_remark(found)}"
    for field in found.description.fields:
        tag = f"{field.tag:>5} " if field.tag != field.name else ""
        meaning = f"  {field.meaning}" if field.meaning else ""
        yield printable(f"    {tag}{field.name or '?':24} {field.value}{meaning}")


def as_json(found: Found) -> dict[str, Any]:
    """A message as an object of JSON."""
    told = found.description
    fields = [
        {"tag": f.tag, "name": f.name, "value": f.value}
        | ({"meaning": f.meaning} if f.meaning else {})
        for f in told.fields
    ]
    result: dict[str, Any] = {"place": found.place, "type": told.type, "name": told.name}
    if found.time:
        result["time"] = _time(found.time)
    if found.way:
        result["direction"] = found.way
    if found.why:
        result["wrong"] = found.why
    return result | {"fields": fields}


def _head(found: Found) -> str:
    words = [f"{found.place}:"]
    if found.time:
        words.append(_time(found.time))
    if found.way:
        words.append("-->" if found.way == "in" else "<--")
    return printable(" ".join([*words, title_of(found.description)]))


def _time(ns: int) -> str:
    """When it was; of what counts from midnight, the time of day."""
    return time_text(ns)[11:-1] if ns < DAY else time_text(ns)


def _pair(field: FieldView) -> str:
    name = f"{field.name}({field.tag})" if field.tag != field.name else field.name
    if not field.name:
        name = field.tag
    return f"{name}={field.value}" + (f"[{field.meaning}]" if field.meaning else "")


def _remark(found: Found) -> str:
    return f"  !! {found.why}" if found.why else ""


def main(options: argparse.Namespace, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Carry out a command line: 0; 1 when some was no message; 2 when the command is wrong."""
    out, err = out or sys.stdout, err or sys.stderr
    try:
        decoding = Decoding(options, out, err)
        day = day_of(options.day)
    except ValueError as error:
        err.write(f"exsim decode: {error}\n")
        return 2
    try:
        if options.output:
            return _convert(decoding, options, day, err)
        for name, file in _files(options.files or [STDIN], decoding):
            for found in decoding.file(name, file):
                decoding.show(name, found)
        out.flush()
    except BrokenPipeError:  # whoever reads it has seen enough; nor is there more to flush
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return int(decoding.wrong)


def _convert(decoding: Decoding, options: argparse.Namespace, day: int, err: TextIO) -> int:
    """Write the rows of all files to one."""
    count = 0
    try:
        with ExitStack() as stack:
            writer = table_writer(options.output, stack)
            for name, file in _files(options.files or [STDIN], decoding):
                for row in rows_of(decoding.file(name, file), day):
                    writer.write(row)
                    count += 1
    except (ExsimError, OSError) as error:
        err.write(f"exsim decode: {options.output}: {error}\n")
        return 2
    err.write(f"exsim decode: {options.output}: {count} rows\n")
    return int(decoding.wrong)


def _files(names: list[str], decoding: Decoding) -> Iterator[tuple[str, BinaryIO]]:
    """The files that can be opened."""
    for name in names:
        if name == STDIN:
            yield name, sys.stdin.buffer
            continue
        try:
            file = open(name, "rb")  # noqa: SIM115
        except OSError as error:
            decoding.unopened(name, error)
            continue
        with file:
            yield name, file
