"""
Writes ``exsim/filters/fix_names.py``: the names of fields and messages that filters know.

They come from the tables in ``exsim/wire/tables/``, which a filter cannot read for itself, being
without I/O. ``python -m tools.make_filter_names`` writes the module, ``--check`` only compares.
"""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import wrap

from exsim import wire
from exsim.wire.fix_dictionary import Dictionary, Field
from exsim.wire.fix_tables import TABLES, parse_table
from exsim.wire.layouts.itch50 import ITCH50
from exsim.wire.layouts.ouch42 import OUCH42
from exsim.wire.layouts.ouch50 import OUCH50

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "exsim/filters/fix_names.py"

VERSIONS = (
    "FIX.4.0",
    "FIX.4.1",
    "FIX.4.2",
    "FIX.4.3",
    "FIX.5.0",
    "FIX.5.0SP1",
    "FIXT.1.1",
    "FIX.4.4",
    "FIX.5.0SP2",
)
"""Where they differ in what a field is, later ones decide."""

NEWEST = "FIX.5.0SP2"
"""Only its codes are taken: its extension packs add thousands of fields that few have use for."""

NUMBERS = {
    "AMT",
    "DAYOFMONTH",
    "FLOAT",
    "INT",
    "LENGTH",
    "NUMINGROUP",
    "PERCENTAGE",
    "PRICE",
    "PRICEOFFSET",
    "QTY",
    "SEQNUM",
    "TAGNUM",
}
"""Types whose values are compared as numbers."""

CODED = ("20", "21", "39", "40", "54", "59", "102", "103", "150", "434")
"""Fields of which a filter knows all codes, so that it can tell a wrong name."""

HEAD = '''"""
Names of FIX, as filters know them: written by ``tools/make_filter_names.py``, not by hand.

Fields are told as ``Name=tag``, with ``#`` behind it where the value is a number, ``@`` where it is
a point in time, ``*`` where it is a code; codes as ``NAME=code``, behind the tag of their field;
last come the fields of protocols that have no tags.
"""

from __future__ import annotations

from typing import Final

'''


def _dictionaries() -> list[Dictionary]:
    folder = Path(wire.__file__).parent / "tables"
    return [parse_table((folder / TABLES[each]).read_text(encoding="utf-8")) for each in VERSIONS]


def _block(name: str, words: list[str]) -> str:
    lines = wrap(" ".join(words), 98, break_long_words=False, break_on_hyphens=False)
    text = "\n".join(lines)
    return f'{name}: Final = """\n{text}\n"""\n'


def _others() -> set[str]:
    """The fields of the protocols that have no tags."""
    found = set()
    for family in (ITCH50, OUCH42, OUCH50):
        for layouts in (family.inbound, family.outbound):
            found |= {field.name for layout in layouts.values() for field in layout.fields}
    return found


def _mark(field: Field, known: str) -> str:
    if field.codes or known.endswith("*"):
        return "*"
    if field.type in NUMBERS:
        return "#"
    return "@" if field.type == "UTCTIMESTAMP" else ""


def module() -> str:
    """The text of the module."""
    fields: dict[str, str] = {}
    messages: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {tag: {} for tag in CODED}
    for dictionary in _dictionaries():
        for field in dictionary.fields.values():
            tag = field.tag.decode()
            if dictionary.version != NEWEST:
                fields[field.name] = tag + _mark(field, fields.get(field.name, ""))
            for code, name in field.codes.items() if tag in codes else ():
                codes[tag].setdefault(name, code.decode())
        for message in dictionary.messages.values():
            messages[message.name] = message.msg_type.decode()
    coded = [[tag, *(f"{name}={code}" for name, code in codes[tag].items())] for tag in CODED]
    return "\n".join(
        [
            HEAD + _block("FIELDS", [f"{name}={tag}" for name, tag in sorted(fields.items())]),
            _block("MESSAGES", [f"{name}={code}" for name, code in sorted(messages.items())]),
            _block("CODES", [word for words in coded for word in words]),
            _block("OTHERS", sorted(_others() - {*fields})),
        ]
    )


def main() -> int:
    """Write the module, or say whether it is as it would be written."""
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.read_text(encoding="utf-8") == module() else 1
    TARGET.write_text(module(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
