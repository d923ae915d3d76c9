"""
Write exsim's tables of FIX versions from dictionaries in QuickFIX's XML format.

``python -m tools.fixtables FOLDER`` reads ``FIX40.xml`` to ``FIX50SP2.xml`` and ``FIXT11.xml`` in
FOLDER, as the source distribution of ``quickfix`` on PyPI has them under ``spec/``, and writes a
table of each to ``exsim/wire/tables/``. :mod:`exsim.wire.fix_tables` says what is in a table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from exsim.config.fix_xml import read_xml
from exsim.wire.fix_dictionary import (
    TRANSPORT,
    Block,
    Dictionary,
    Field,
    Include,
    Message,
    members_of,
)
from exsim.wire.fix_tables import ADMIN, APPLICATION, TABLES

MISSING: Final = "MsgTypeGrp"
"""The component of FIXT.1.1 that its dictionary leaves empty."""

TABLES_FOLDER: Final = Path(__file__).resolve().parent.parent / "exsim" / "wire" / "tables"

HEAD: Final = """\
# Facts of {version}; exsim/wire/fix_tables.py says how to read them. Written by tools/fixtables.py
# from a data dictionary that is part of QuickFIX, http://www.quickfixengine.org/
"""


def table_of(dictionary: Dictionary) -> str:
    """The text of a dictionary's table."""
    lines = [HEAD.format(version=dictionary.version) + _line("version", dictionary.version)]
    by_number = sorted(dictionary.fields.values(), key=lambda field: int(field.tag))
    lines += map(_field, by_number)
    for component in dictionary.components.values():
        lines.append(_line("component", component.name, _members(component.members)))
    lines.append(_line("header", _members(dictionary.header)))
    lines.append(_line("trailer", _members(dictionary.trailer)))
    lines += map(_message, dictionary.messages.values())
    return "\n".join(lines) + "\n"


def _line(*cells: str) -> str:
    for cell in cells:
        if "\t" in cell or "\n" in cell:
            raise ValueError(f"a table has no room for the tab or line feed in {cell!r}")
    return "\t".join(cells)


def _field(field: Field) -> str:
    codes = [f"{value.decode()}={name}" for value, name in field.codes.items()]
    return _line("field", field.tag.decode(), field.name, field.type, *codes)


def _message(message: Message) -> str:
    kind = ADMIN if message.admin else APPLICATION
    return _line(
        "message", message.msg_type.decode(), message.name, kind, _members(message.members)
    )


def _members(block: Block) -> str:
    return " ".join(_words(block))


def _words(block: Block) -> Iterator[str]:
    for part in block:
        mark = "!" if part.required else ""
        if isinstance(part, Include):
            yield f"@{part.component.name}{mark}"
        elif part.entry is None:
            yield part.tag.decode() + mark
        else:
            yield f"{part.tag.decode()}{mark}["
            yield from _words(part.entry)
            yield "]"


def with_missing_group(transport: Dictionary, newest: Dictionary) -> Dictionary:
    """
    FIXT.1.1 with the group of a Logon that says which types of message come in which version.

    The dictionary of FIXT.1.1 has its place there, but nothing in it: that is in those of the
    applications, whose Logon it was before.
    """
    wanted = newest.components[MISSING]
    tags = [member.tag for member in members_of(wanted.members)]
    tags += [
        inner.tag for one in members_of(wanted.members) for inner in members_of(one.entry or ())
    ]
    fields = {**{tag: newest.fields[tag] for tag in tags}, **transport.fields}
    components = {**transport.components, MISSING: wanted}

    def filled(block: Block) -> Block:
        return tuple(
            Include(components[part.component.name], part.required)
            if isinstance(part, Include)
            else part
            for part in block
        )

    return Dictionary(
        transport.version,
        fields.values(),
        components.values(),
        transport.header,
        transport.trailer,
        [
            Message(each.msg_type, each.name, each.admin, filled(each.members))
            for each in transport.messages.values()
        ],
    )


def main(arguments: list[str]) -> int:
    """Write every table."""
    if len(arguments) != 1:
        print("usage: python -m tools.fixtables FOLDER", file=sys.stderr)
        return 2
    newest = read_xml(str(Path(arguments[0], "FIX50SP2.xml")))
    for table in TABLES.values():
        dictionary = read_xml(str(Path(arguments[0], table).with_suffix(".xml")))
        if dictionary.version == TRANSPORT:
            dictionary = with_missing_group(dictionary, newest)
        (TABLES_FOLDER / table).write_text(table_of(dictionary), "utf-8")
        counts = f"{len(dictionary.messages)} messages, {len(dictionary.fields)} fields"
        print(f"{table}: {counts}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
