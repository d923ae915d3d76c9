"""
Dictionaries in QuickFIX's XML format, as venues publish them, to dictionaries.

The root is ``<fix type="FIX" major="4" minor="4">`` and has ``<header>``, ``<trailer>``,
``<messages>``, ``<components>`` and ``<fields>``. All mistakes of a file are told at once, with
their lines.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from exsim.config.fix_xml_blocks import Blocks, Elements, name_of
from exsim.config.nearest import instead
from exsim.errors import ConfigError, Problem
from exsim.wire.fix_dictionary import TRANSPORT, Block, Dictionary, Field, Message, members_of
from exsim.wire.fix_tables import ADMIN, APPLICATION, TABLES
from exsim.wire.fix_types import KINDS

MAX_SIZE: Final = 32_000_000
"""Bytes of a dictionary; the longest of the standard ones has 1,500,000."""

_LONGEST_TAG: Final = 9  # digits
_SECTIONS: Final = ("header", "trailer", "messages", "components", "fields")
_FRAME: Final = {"header": b"8 9 35 34 49 52 56", "trailer": b"10"}
"""Fields without which no message can be read."""


def read_xml(path: str) -> Dictionary:
    """
    The dictionary in a file.

    :raises exsim.errors.ConfigError: when it cannot be read, is no XML, or is wrong somewhere;
        with all that is wrong.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_SIZE + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError([Problem(f"cannot be read: {why}", path)]) from None
    return parse_xml(data, path)


def parse_xml(data: bytes, path: str) -> Dictionary:
    """
    The dictionary in the bytes of the file ``path``.

    :raises exsim.errors.ConfigError: with all that is wrong.
    """
    problems: list[Problem] = []
    root = _root(data, path)
    dictionary = _Reader(Elements(path, problems), root).dictionary()
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: problem.line))
    return dictionary


def _root(data: bytes, path: str) -> etree._Element:
    """The root of the document; nothing is fetched or put in for an entity."""
    if len(data) > MAX_SIZE:
        raise ConfigError([Problem(f"is larger than {MAX_SIZE} bytes", path)])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, _column = error.position
        raise ConfigError([Problem(f"is no XML: {error.msg}", path, line)]) from None
    if root.getroottree().docinfo.doctype:
        line = data[: max(data.find(b"<!DOCTYPE"), 0)].count(b"\n") + 1
        why = "has a DOCTYPE, which may bring in anything: take it out"
        raise ConfigError([Problem(why, path, line)])
    return root


class _Reader:
    """Reads one document, part by part."""

    def __init__(self, elements: Elements, root: etree._Element) -> None:
        self._elements = elements
        self._root = root
        self._version = self._read_version()
        self._sections = self._find_sections()
        self._fields: dict[str, Field] = {}

    def dictionary(self) -> Dictionary:
        """All there is; where there are problems, it is of no use."""
        self._read_fields()
        blocks = Blocks(self._elements, self._fields, self._children("components", "component"))
        header = self._frame("header", blocks)
        trailer = self._frame("trailer", blocks)
        messages = self._messages(blocks)
        return Dictionary(
            self._version,
            self._fields.values(),
            blocks.components(),
            header,
            trailer,
            messages.values(),
        )

    def _read_version(self) -> str:
        """FIX.4.0 to FIX.5.0SP2, or FIXT.1.1."""
        root, elements = self._root, self._elements
        if root.tag != "fix":
            what = f"the root is <{name_of(root)}>: a dictionary begins with <fix>"
            elements.problem(root, what)
            return ""
        kind, pack = root.get("type", "FIX"), root.get("servicepack", "0")
        major, minor = elements.attribute(root, "major"), elements.attribute(root, "minor")
        version = f"{kind}.{major}.{minor}" + (f"SP{pack}" if pack not in ("", "0") else "")
        if major and minor and version not in TABLES:
            elements.problem(root, f"there is no version {version}; known: {', '.join(TABLES)}")
        return version

    def _find_sections(self) -> dict[str, etree._Element]:
        found: dict[str, etree._Element] = {}
        for element in self._root if self._root.tag == "fix" else ():
            name = name_of(element)
            if name not in _SECTIONS:
                what = f"<fix> has no <{name}>{instead(name, _SECTIONS)}"
                self._elements.problem(element, what)
            elif found.setdefault(name, element) is not element:
                self._elements.problem(element, f"<{name}> is there a second time")
        needed = ["messages", "fields", *(_FRAME if self._has_frame() else ())]
        for name in needed:
            if name not in found and self._root.tag == "fix":
                self._elements.problem(self._root, f"there is no <{name}>")
        return found

    def _has_frame(self) -> bool:
        """Whether it is of a version with a header and a trailer of its own."""
        return self._version.startswith(("FIX.4.", TRANSPORT))

    def _children(self, section: str, name: str) -> list[etree._Element]:
        """The elements of a section, which are all of one name."""
        parent = self._sections.get(section)
        if parent is None:
            return []
        for child in parent:
            if child.tag != name:
                self._elements.unknown(parent, child, f"<{name}>")
        return [child for child in parent if child.tag == name]

    # -- fields

    def _read_fields(self) -> None:
        tags: dict[bytes, str] = {}
        for element in self._children("fields", "field"):
            field = self._field(element)
            if field.name and self._fields.setdefault(field.name, field) is not field:
                self._elements.problem(element, f"a field {field.name} is there already")
            elif field.tag and tags.setdefault(field.tag, field.name) != field.name:
                other = f"field {field.tag.decode()} is there already, as {tags[field.tag]}"
                self._elements.problem(element, other)

    def _field(self, element: etree._Element) -> Field:
        elements = self._elements
        name, number = elements.attribute(element, "name"), elements.attribute(element, "number")
        kind = elements.attribute(element, "type").upper()
        if number and not (number.isascii() and number.isdigit() and number[0] != "0"):
            elements.problem(element, f"number is {number!r}: a tag is a whole number from 1 on")
        elif len(number) > _LONGEST_TAG:
            elements.problem(
                element, f"number is {number}: a tag has at most {_LONGEST_TAG} digits"
            )
        if kind and kind not in KINDS:
            elements.problem(element, f"there is no type {kind}{instead(kind, KINDS)}")
        if kind == "CHAR" and self._version in ("FIX.4.0", "FIX.4.1"):
            kind = "STRING"  # one character is what it means from FIX.4.2 on
        return Field(number.encode(), name, kind, self._codes(element))

    def _codes(self, field: etree._Element) -> dict[bytes, str]:
        codes: dict[bytes, str] = {}
        for element in field:
            if element.tag != "value":
                self._elements.unknown(field, element, "<value>")
                continue
            value = self._elements.attribute(element, "enum")
            codes.setdefault(value.encode(), element.get("description") or value)
        return codes

    # -- what fields are put together to

    def _frame(self, name: str, blocks: Blocks) -> Block:
        """The header or the trailer; an application version has none, whatever the file says."""
        section = self._sections.get(name)
        if section is None or not self._has_frame():
            return ()
        block = blocks.read(section)
        there = {member.tag for member in members_of(block)}
        for tag in _FRAME[name].split():
            if tag not in there:
                self._elements.problem(section, f"<{name}> lacks the field {tag.decode()}")
        return block

    def _messages(self, blocks: Blocks) -> dict[str, Message]:
        found: dict[str, Message] = {}
        for element in self._children("messages", "message"):
            name = self._elements.attribute(element, "name")
            msg_type = self._elements.attribute(element, "msgtype")
            category = element.get("msgcat", APPLICATION)
            if category not in (ADMIN, APPLICATION):
                what = f"msgcat is {category!r}: it is {ADMIN!r} or {APPLICATION!r}"
                self._elements.problem(element, what)
            members = blocks.read(element)
            message = Message(msg_type.encode(), name, category == ADMIN, members)
            if found.setdefault(msg_type, message) is not message and msg_type:
                self._elements.problem(element, f"a message {msg_type} is there already")
        return found
