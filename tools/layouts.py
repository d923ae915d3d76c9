"""
Write the pages of binary messages from their layouts.

``python -m tools.layouts`` writes the pages of :data:`PAGES` below ``docs/``. A test holds them to
the layouts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from exsim.wire.layout import Family, Field, Layout
from exsim.wire.layouts.itch50 import END_OF_SNAPSHOT, GLIMPSE, ITCH50
from exsim.wire.layouts.ouch42 import OUCH42
from exsim.wire.layouts.ouch50 import OUCH50
from exsim.wire.layouts.soup30 import MOLD_HEADER, MOLD_MESSAGE, SOUP
from tools.engagement.rst import document, escaped, paragraph, table, title

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
PAGES: Final[dict[str, tuple[str, tuple[Family, ...]]]] = {
    "ouch-messages.rst": ("OUCH: messages, field by field", (OUCH50, OUCH42)),
    "itch-messages.rst": ("ITCH 5.0: messages, field by field", (ITCH50,)),
    "glimpse-messages.rst": (
        "GLIMPSE: messages, field by field",
        (Family(GLIMPSE.name, GLIMPSE.title, (), (END_OF_SNAPSHOT,)),),
    ),
    "soupbintcp-messages.rst": ("SoupBinTCP: packets, field by field", (SOUP,)),
    "moldudp64-messages.rst": ("MoldUDP64: packets, field by field", ()),
}
"""Titles and contents, by the names of files."""
NOTES: Final[dict[str, tuple[str, ...]]] = {
    "itch-messages.rst": (
        "`ITCH <itch.rst>`__ tells when exsim sends which. They go over SoupBinTCP or MoldUDP64,"
        " and lie in files behind a length of two bytes each.",
    ),
    "glimpse-messages.rst": (
        "A session of `GLIMPSE <itch.rst>`__ is sent messages of `ITCH <itch-messages.rst>`__, and"
        " last this one:",
    ),
    "soupbintcp-messages.rst": (
        "Each packet has a length of two bytes before it, big-endian, which counts all that follows"
        " it. Behind the type of Sequenced and Unsequenced Data is one message of"
        " `OUCH <ouch-messages.rst>`__ or `ITCH <itch-messages.rst>`__, behind that of Debug a"
        " text. Sequence numbers are digits, padded on the left with blanks, and so is a session;"
        " exsim takes either padding. Each side sends a heartbeat after a second without a packet"
        " of its own; after fifteen without one of the other it hangs up.",
    ),
    "moldudp64-messages.rst": (
        "A packet from the server is this header, then its messages, each of"
        " `ITCH <itch-messages.rst>`__. With a count of 0 it is a heartbeat, with 65535 the end of"
        " the session; both have the number of the message that comes next. A request for messages"
        " that were missed is a header alone: from which number on, and how many.",
    ),
}
"""What else a page says before its tables."""
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
FRAMES: Final = (
    "Written by ``python -m tools.layouts`` from the tables in ``exsim/wire/layouts/soup30.py``,"
    " which a test holds to what exsim reads and writes. Numbers are big-endian. Texts are padded"
    " on the right with blanks, unless it says otherwise."
)
"""The same of what carries messages."""


def page(name: str) -> str:
    """The text of a page."""
    heading, families = PAGES[name]
    lines = [heading, "=" * len(heading), ""]
    introduction = INTRODUCTION if any(map(_appends, families)) else INTRODUCTION[:1]
    if not families or SOUP in families:
        introduction = (FRAMES,)
    for text in (*introduction, *NOTES.get(name, ())):
        lines += paragraph(text)
    if not families:
        lines += title("Header", "-") + _plain(MOLD_HEADER)
        lines += title("Each message in a packet", "-") + _plain(MOLD_MESSAGE)
    for family in families:
        lines += title(family.title, "-")
        for way, layouts in (
            ("To exsim", family.inbound.values()),
            ("From exsim", family.outbound.values()),
        ):
            if not layouts:
                continue
            lines += title(f"{way}, {family.name}", "~")
            for layout in layouts:
                lines += _message(layout)
        lines += _options(family)
        lines += _codes(family)
    return document(lines)


def _appends(family: Family) -> bool:
    """Whether any message may have more than its fields."""
    return any(each.options for each in (*family.inbound.values(), *family.outbound.values()))


def _plain(fields: Sequence[Field]) -> list[str]:
    """Fields without a type before them."""
    rows, at = [], 0
    for field in fields:
        rows.append((str(at), str(field.size) if field.size else "", field.kind, field.name))
        at += field.size
    return list(table(("offset", "size", "kind", "field"), rows))


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
    if not found:
        return []
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
