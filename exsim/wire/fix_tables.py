"""
The text of exsim's own tables of FIX versions, to dictionaries.

One line a fact, its cells parted by tabs; an empty line and one that begins with ``#`` say nothing.
The first cell says of what kind a line is::

    version    FIX.4.4
    field      54          Side            CHAR    1=BUY  2=SELL ...      codes and their names
    component  Parties     453[ 448 447 452 @PtysSubGrp ]
    header     8! 9! 35! 49! 56! ...
    trailer    93 89 10!
    message    D           NewOrderSingle  app     11! 526 583 @Parties ...

What something is made of is told by tags, in order: with ``!`` where the field is required, with
``[ ... ]`` around the entry of a group behind the tag that counts its entries, and ``@Name`` for a
component, which stands in an earlier line. ``tools/fixtables.py`` writes these tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exsim.errors import Bug
from exsim.wire.fix_dictionary import Block, Component, Dictionary, Field, Include, Member, Message

TABLES: Final = {
    "FIX.4.0": "FIX40.tsv",
    "FIX.4.1": "FIX41.tsv",
    "FIX.4.2": "FIX42.tsv",
    "FIX.4.3": "FIX43.tsv",
    "FIX.4.4": "FIX44.tsv",
    "FIXT.1.1": "FIXT11.tsv",
    "FIX.5.0": "FIX50.tsv",
    "FIX.5.0SP1": "FIX50SP1.tsv",
    "FIX.5.0SP2": "FIX50SP2.tsv",
}
"""The file in ``exsim/wire/tables/`` of each version."""

ADMIN: Final = "admin"
APPLICATION: Final = "app"


class _Table:
    """A table of which some lines are read."""

    __slots__ = ("components", "fields", "header", "messages", "trailer", "version")

    def __init__(self) -> None:
        self.version = ""
        self.fields: list[Field] = []
        self.components: dict[str, Component] = {}
        self.header: Block = ()
        self.trailer: Block = ()
        self.messages: list[Message] = []

    def read(self, line: str) -> None:
        """Take in a line."""
        cells = line.split("\t")
        kind = cells[0]
        if kind == "field":
            self.fields.append(Field(cells[1].encode(), cells[2], cells[3], _codes(cells[4:])))
        elif kind == "component":
            self.components[cells[1]] = Component(cells[1], self._block(cells[2]))
        elif kind == "message":
            admin, members = cells[3] == ADMIN, self._block(cells[4])
            self.messages.append(Message(cells[1].encode(), cells[2], admin, members))
        elif kind == "header":
            self.header = self._block(cells[1])
        elif kind == "trailer":
            self.trailer = self._block(cells[1])
        elif kind == "version":
            self.version = cells[1]
        else:
            raise Bug(f"a table of FIX has a line of no known kind: {line[:60]!r}")

    def _block(self, cell: str) -> Block:
        return tuple(self._members(iter(cell.split())))

    def _members(self, words: Iterator[str]) -> list[Member | Include]:
        """The members up to the bracket that closes their group, or to the end."""
        found: list[Member | Include] = []
        for word in words:
            if word == "]":
                break
            name = word.rstrip("![")
            required = "!" in word
            if word.startswith("@"):
                found.append(Include(self.components[name[1:]], required))
            elif word.endswith("["):
                found.append(Member(name.encode(), required, tuple(self._members(words))))
            else:
                found.append(Member(name.encode(), required))
        return found


def _codes(cells: list[str]) -> dict[bytes, str]:
    codes = {}
    for cell in cells:
        value, _, name = cell.rpartition("=")
        codes[value.encode()] = name
    return codes


def parse_table(text: str) -> Dictionary:
    """
    The dictionary that a table holds.

    :raises exsim.errors.Bug: when there is a line of no known kind.
    """
    table = _Table()
    for line in text.split("\n"):
        if line and not line.startswith("#"):
            table.read(line)
    return Dictionary(
        table.version,
        table.fields,
        table.components.values(),
        table.header,
        table.trailer,
        table.messages,
    )
