"""
Write the pages of binary messages from their layouts.

``python -m tools.layouts`` writes the pages of :data:`PAGES` below ``docs/``. A test holds them to
the layouts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from exsim.wire.layout import Family, Field, Layout
from exsim.wire.layouts.ouch42 import OUCH42
from exsim.wire.layouts.ouch50 import OUCH50
from tools.engagement.rst import document, escaped, paragraph, table, title

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
PAGES: Final[dict[str, tuple[str, tuple[Family, ...]]]] = {
    "ouch-messages.rst": ("OUCH: messages, field by field", (OUCH50, OUCH42)),
}
"""Titles and contents, by the names of files."""
INTRODUCTION: Final = (
    "Written by ``python -m tools.layouts`` from the tables in ``exsim/wire/layouts/``, which are"
    " what exsim reads and writes messages by. Offsets count the type of the message, one"
    " character, as byte 0. Numbers are big-endian. Texts are padded on the right with blanks. A"
    " price is a number of units of 10^-4, signed where it says so; a time is nanoseconds since"
    " midnight. Each message names the heading of the specification that it is from.",
    "What may be appended to a message follows its fields: a length of two bytes, then for each"
    " option a length of one byte, which counts what follows it, the number of the option, and its"
    " value.",
)


def page(name: str) -> str:
    """The text of a page."""
    heading, families = PAGES[name]
    lines = [heading, "=" * len(heading), ""]
    for text in INTRODUCTION:
        lines += paragraph(text)
    for family in families:
        lines += title(family.title, "-")
        for way, layouts in (
            ("To exsim", family.inbound.values()),
            ("From exsim", family.outbound.values()),
        ):
            lines += title(f"{way}, {family.name}", "~")
            for layout in layouts:
                lines += _message(layout)
        lines += _options(family)
        lines += _codes(family)
    return document(lines)


def _message(layout: Layout) -> Iterator[str]:
    yield from paragraph(f"**{layout.type.decode()}**, {layout.name} ({layout.clause}):")
    rows = [("0", "1", "type", f"``{layout.type.decode()}``")]
    rows += [(str(f.offset), str(f.size), f.kind, f.name) for f in layout.fields]
    yield from table(("offset", "size", "kind", "field"), rows)
    if layout.options:
        tags = ", ".join(f"{tag} {each.field.name}" for tag, each in sorted(layout.options.items()))
        missing = "; all of it may be left out" if layout.bare else ""
        yield from paragraph(
            f"Appendage, from byte {layout.size - 2 * (not layout.bare)}{missing}."
        )
        yield from paragraph(f"Options: {tags}.")


def _options(family: Family) -> list[str]:
    options = {
        tag: each.field
        for layout in (*family.inbound.values(), *family.outbound.values())
        for tag, each in (layout.options or {}).items()
    }
    if not options:
        return []
    rows = [(str(tag), str(f.size), f.kind, f.name) for tag, f in sorted(options.items())]
    return [
        *title(f"Options, {family.name}", "~"),
        *table(("option", "size", "kind", "field"), rows),
    ]


def _codes(family: Family) -> list[str]:
    """What the values of fields stand for; one table for each field that has codes."""
    found: dict[str, Field] = {}
    for layout in (*family.inbound.values(), *family.outbound.values()):
        options = [each.field for each in (layout.options or {}).values()]
        for field in (*layout.fields, *options):
            if field.codes:
                name = f"{field.name} of {layout.name}" if field.name == "Reason" else field.name
                found.setdefault(name, field)
    lines = title(f"Codes, {family.name}", "~")
    for name, field in found.items():
        lines += paragraph(f"{name}:")
        rows = [(f"``{code}``", escaped(meaning)) for code, meaning in sorted(field.codes.items())]
        lines += table(("code", "meaning"), rows)
    return lines


def stale(folder: Path = DOCS) -> list[str]:
    """The pages that are not there, or not as they would be written."""
    return [
        name
        for name in PAGES
        if not (folder / name).exists() or (folder / name).read_text("utf-8") != page(name)
    ]


def write(folder: Path = DOCS) -> None:
    """Write all pages."""
    for name in PAGES:
        (folder / name).write_text(page(name), encoding="utf-8")


if __name__ == "__main__":
    write()
