"""What the dictionaries say of fields and messages in each version."""

from __future__ import annotations

from typing import Final, NamedTuple

from exsim.config.dictionaries import standard
from exsim.protocols.fix_versions import NAMES
from exsim.wire.fix_dictionary import TRANSPORT, Block, Dictionary, Member, members_of

SESSION_VERSIONS: Final = (*NAMES[:5], TRANSPORT)
APPLICATION_VERSIONS: Final = NAMES
SHORT: Final = {name: name.removeprefix("FIX.") for name in (*NAMES, TRANSPORT)}
"""Heads of columns."""


class Place(NamedTuple):
    """A field of a message: whether it is required, and the type of its values."""

    required: bool
    type: str
    codes: tuple[str, ...]
    group: bool


def places(version: str, msg_type: str) -> dict[str, Place] | None:
    """The fields of a message's body, or of the header if the type is empty, by tag."""
    dictionary = standard(version)
    if not msg_type:
        return _places(dictionary, dictionary.header)
    message = dictionary.messages.get(msg_type.encode())
    return None if message is None else _places(dictionary, message.members)


def inner(version: str, msg_type: str) -> set[str]:
    """The fields in the groups of a message."""
    message = standard(version).messages.get(msg_type.encode())
    found: set[str] = set()
    if message is not None:
        for member in members_of(message.members):
            _gather(member, found)
    return found


def _gather(member: Member, found: set[str]) -> None:
    for each in members_of(member.entry or ()):
        found.add(each.tag.decode())
        _gather(each, found)


def _places(dictionary: Dictionary, block: Block) -> dict[str, Place]:
    found = {}
    for member in members_of(block):
        field = dictionary.fields[member.tag]
        codes = tuple(code.decode() for code in field.codes)
        group = member.entry is not None
        found[member.tag.decode()] = Place(member.required, field.type, codes, group)
    return found


def field_name(tag: str) -> str:
    """The names that a field has had, the newest first."""
    names: list[str] = []
    for version in (*reversed(APPLICATION_VERSIONS), TRANSPORT):
        field = standard(version).fields.get(tag.encode())
        if field is not None and field.name not in names:
            names.append(field.name)
    return ", ".join(names)


def message_name(msg_type: str) -> str:
    """The name of a type of message."""
    for version in (TRANSPORT, *reversed(APPLICATION_VERSIONS)):
        message = standard(version).messages.get(msg_type.encode())
        if message is not None:
            return message.name
    return ""


def code_name(tag: str, code: str) -> str:
    """The newest name of a code, in words."""
    for version in (TRANSPORT, *reversed(APPLICATION_VERSIONS)):
        field = standard(version).fields.get(tag.encode())
        if field is not None and code.encode() in field.codes:
            return field.codes[code.encode()].replace("_", " ").lower()
    return ""
