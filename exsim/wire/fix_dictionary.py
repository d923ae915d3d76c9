"""
What a version of FIX, or a venue's dialect of one, consists of: fields, codes, messages, groups.

A dictionary is built once, by :mod:`exsim.wire.fix_tables` from a table of exsim's own or by
:mod:`exsim.config.fix_xml` from a file, and nothing in it changes after that.
:mod:`exsim.wire.fix_validate` holds messages to it. Tags, codes and MsgTypes are bytes, as on the
wire; names are text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

TRANSPORT: Final = "FIXT.1.1"
"""The version of a dictionary that has the header, trailer and session messages alone."""

APPL_VER_IDS: Final = {
    b"2": "FIX.4.0",
    b"3": "FIX.4.1",
    b"4": "FIX.4.2",
    b"5": "FIX.4.3",
    b"6": "FIX.4.4",
    b"7": "FIX.5.0",
    b"8": "FIX.5.0SP1",
    b"9": "FIX.5.0SP2",
}
"""Application versions by their code in ApplVerID(1128) and DefaultApplVerID(1137)."""


class Field:
    """
    What a tag stands for.

    ``type`` is the data type as FIX names it, in capitals: ``UTCTIMESTAMP``. ``codes`` has a name,
    such as ``BUY``, for each value that the field may have; where it is empty, any may be there.
    """

    __slots__ = ("codes", "name", "tag", "type")

    def __init__(self, tag: bytes, name: str, type: str, codes: Mapping[bytes, str]) -> None:
        self.tag = tag
        self.name = name
        self.type = type
        self.codes = codes

    def __repr__(self) -> str:
        return f"<Field {self.tag.decode()} {self.name}>"


class Member:
    """
    The place of a field, or of a group, in what it is a part of.

    A group has the tag of the field that counts its entries, and ``entry`` is what each of these
    is made of: the field that comes first there begins one. Of a field, ``entry`` is None.
    """

    __slots__ = ("entry", "required", "tag")

    def __init__(self, tag: bytes, required: bool, entry: Block | None = None) -> None:
        self.tag = tag
        self.required = required
        self.entry = entry


class Component:
    """A named run of fields that several messages have in common."""

    __slots__ = ("members", "name")

    def __init__(self, name: str, members: Block) -> None:
        self.name = name
        self.members = members


class Include:
    """The place of a component. One that is not required has no required fields there."""

    __slots__ = ("component", "required")

    def __init__(self, component: Component, required: bool) -> None:
        self.component = component
        self.required = required


Block = tuple[Member | Include, ...]
"""What a message, a component or the entry of a group is made of, in order."""


class Message:
    """
    A type of message; ``members`` are those of its body.

    ``admin`` says that it is the session's, not the application's.
    """

    __slots__ = ("admin", "members", "msg_type", "name")

    def __init__(self, msg_type: bytes, name: str, admin: bool, members: Block) -> None:
        self.msg_type = msg_type
        self.name = name
        self.admin = admin
        self.members = members

    def __repr__(self) -> str:
        return f"<Message {self.msg_type.decode()} {self.name}>"


class Dictionary:
    """
    A version, as ``FIX.4.4``, ``FIXT.1.1`` or ``FIX.5.0SP2``, and all there is in it.

    ``fields`` are by tag, ``messages`` by MsgType, ``components`` by name. An application version,
    which is spoken over FIXT.1.1, has an empty ``header`` and ``trailer``.
    """

    __slots__ = (
        "_fields_by_name",
        "_messages_by_name",
        "components",
        "fields",
        "header",
        "messages",
        "trailer",
        "version",
    )

    def __init__(
        self,
        version: str,
        fields: Iterable[Field],
        components: Iterable[Component],
        header: Block,
        trailer: Block,
        messages: Iterable[Message],
    ) -> None:
        self.version = version
        self.fields: Mapping[bytes, Field] = {field.tag: field for field in fields}
        self.components: Mapping[str, Component] = {part.name: part for part in components}
        self.header = header
        self.trailer = trailer
        self.messages: Mapping[bytes, Message] = {each.msg_type: each for each in messages}
        self._fields_by_name = {field.name: field for field in self.fields.values()}
        self._messages_by_name = {each.name: each for each in self.messages.values()}

    def __repr__(self) -> str:
        return f"<Dictionary {self.version}>"

    def field_named(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return self._fields_by_name.get(name)

    def message_named(self, name: str) -> Message | None:
        """The type of message of that name, or None."""
        return self._messages_by_name.get(name)


def members_of(block: Block, required: bool = True) -> list[Member]:
    """
    The fields and groups of a block in order, its components taken apart.

    :param required: whether the block itself has to be there; if not, nothing in it has to.
    """
    found: list[Member] = []
    for part in block:
        if isinstance(part, Include):
            found += members_of(part.component.members, required and part.required)
        elif part.required and not required:
            found.append(Member(part.tag, False, part.entry))
        else:
            found.append(part)
    return found
