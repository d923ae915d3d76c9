"""Messages for people: decoded, on one line, searched; passwords are never shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from exsim.errors import RemoteError
from exsim.model.messages import Description, FieldView
from exsim.protocols.fix_dialect import Names, is_number
from exsim.protocols.fix_fields import readable, split_fields
from exsim.wire.fix import decode

_SECRETS: Final = frozenset(b"554 925 1402 1404".split())
"""Password, NewPassword and the encrypted forms of both."""
_RAW_DATA: Final = b"96"  # of a logon, holds a password below FIX.4.3
_LOGON: Final = b"\x0135=A\x01"
_ANY_SECRET: Final = re.compile(rb"(?:^|\x01)(?:554|925|1402|1404|96)=")


def masked(data: bytes, names: Names) -> bytes:
    """The message with passwords overwritten by as many asterisks."""
    if _ANY_SECRET.search(data) is None:
        return data
    secrets = _SECRETS | {_RAW_DATA} if _LOGON in data else _SECRETS
    fields = [
        tag + equals + (b"*" * len(value) if tag in secrets else value)
        for tag, equals, value in split_fields(data, names)
    ]
    return b"\x01".join(fields)


def describe(data: bytes, names: Names) -> Description:
    """A message with the names of its fields and codes; takes any bytes."""
    fields = []
    msg_type = b""
    for tag, equals, value in split_fields(masked(data, names), names):
        if not tag and not equals:
            continue
        meaning = names.meaning(tag, value)
        fields.append(FieldView(readable(tag), names.field_name(tag), readable(value), meaning))
        if tag == b"35" and not msg_type:
            msg_type = value
    return Description(readable(msg_type), names.message_name(msg_type), tuple(fields))


class Values:
    """
    The values of single fields, as :func:`describe` has them, without all that it takes to describe
    a message. What was asked last is kept: of one message several fields may be asked for.
    """

    __slots__ = ("_data", "_parts")

    def __init__(self) -> None:
        self._data = b""
        self._parts: Sequence[bytes] | None = None

    def of(self, data: bytes, tag: str, names_in: Callable[[bytes], Names]) -> list[str] | None:
        """
        Those of all fields with a tag, or the ``name`` of the message's type; None where only a
        description tells: of a password, and of what is no message.
        """
        wanted = b"35" if tag == "name" else tag.encode()
        if wanted + b"=" not in data:
            return [] if tag != "name" and not _bare(data, wanted) else None
        if wanted in _SECRETS or wanted == _RAW_DATA:
            return None
        if data is not self._data:
            self._data = data
            try:
                self._parts = decode(data, names_in(data).data_fields).parts
            except RemoteError:
                self._parts = None
        parts = self._parts
        if parts is None:
            return None
        found = [parts[at + 1] for at in range(0, len(parts), 2) if parts[at] == wanted]
        if tag == "name":
            return [names_in(data).message_name(found[0])] if found else None
        return [readable(value) for value in found]


def _bare(data: bytes, tag: bytes) -> bool:
    """Whether a tag stands there without a value, in what is no message."""
    return b"\x01" + tag + b"\x01" in b"\x01" + data + b"\x01"


def line(data: bytes, names: Names) -> str:
    """A message as one line: the name of its type, and its fields with ``|`` for the delimiter."""
    _, found, rest = data.partition(b"\x0135=")
    name = names.message_name(rest.partition(b"\x01")[0]) if found else ""
    shown = readable(masked(data, names)).replace("\x01", "|")
    if name:
        shown = f"{name} {shown}"
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else _escape(char) for char in shown)
    return shown


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def matches(
    data: bytes,
    msg_type: str | None,
    fields: Sequence[tuple[str, str | None]],
    names_in: Callable[[bytes], Names],
) -> bool:
    """
    Whether a message is of a type, and has all these fields (tag or name).

    ``names_in`` gives the names of a message's version, in the dialect of its session.

    The bytes are searched as they are, for speed: what stands inside raw data is found too. A
    password never matches, so that it cannot be guessed.
    """
    if msg_type is not None and not _has(data, b"35", msg_type):
        return False
    for key, value in fields:
        tag = key if is_number(key) else names_in(data).tag(key)
        if tag is None or not _has(data, tag.encode(), value):
            return False
    return True


def _has(data: bytes, tag: bytes, value: str | None) -> bool:
    if value is None:
        field = tag + b"="
    elif tag in _SECRETS or (tag == _RAW_DATA and _LOGON in data):
        return False
    else:
        field = tag + b"=" + value.encode("utf-8", "replace") + b"\x01"
    return data.startswith(field) or b"\x01" + field in data
