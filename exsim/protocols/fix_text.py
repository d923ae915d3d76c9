"""Messages for people: decoded, on one line, searched; passwords are never shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from exsim.model.messages import Description, FieldView
from exsim.protocols.fix_fields import readable, split_fields
from exsim.protocols.fix_names import message_name, tag_name, tag_number

_SECRETS: Final = frozenset(b"554 925 1402 1404".split())
"""Password, NewPassword and the encrypted forms of both."""
_RAW_DATA: Final = b"96"  # of a logon, holds a password below FIX.4.3
_LOGON: Final = b"\x0135=A\x01"
_ANY_SECRET: Final = re.compile(rb"(?:^|\x01)(?:554|925|1402|1404|96)=")


def masked(data: bytes) -> bytes:
    """The message with passwords overwritten by as many asterisks."""
    if _ANY_SECRET.search(data) is None:
        return data
    secrets = _SECRETS | {_RAW_DATA} if _LOGON in data else _SECRETS
    fields = [
        tag + equals + (b"*" * len(value) if tag in secrets else value)
        for tag, equals, value in split_fields(data)
    ]
    return b"\x01".join(fields)


def describe(data: bytes) -> Description:
    """A message with the names of its fields; takes any bytes."""
    fields = []
    msg_type = ""
    for tag, equals, value in split_fields(masked(data)):
        if not tag and not equals:
            continue
        shown = readable(tag)
        fields.append(FieldView(shown, tag_name(shown), readable(value)))
        if tag == b"35" and not msg_type:
            msg_type = readable(value)
    return Description(msg_type, message_name(msg_type), tuple(fields))


def line(data: bytes) -> str:
    """A message as one line: the name of its type, and its fields with ``|`` for the delimiter."""
    text = readable(masked(data))
    start = text.find("\x0135=")
    name = message_name(text[start + 4 :].partition("\x01")[0]) if start >= 0 else ""
    shown = text.replace("\x01", "|")
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else _escape(char) for char in shown)
    return f"{name} {shown}" if name else shown


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def matches(data: bytes, msg_type: str | None, fields: Sequence[tuple[str, str | None]]) -> bool:
    """
    Whether a message is of a type, and has all these fields (tag or name).

    The bytes are searched as they are, for speed: what stands inside raw data is found too. A
    password never matches, so that it cannot be guessed.
    """
    if msg_type is not None and not _has(data, b"35", msg_type):
        return False
    for key, value in fields:
        tag = key if key.isascii() and key.isdigit() else tag_number(key)
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
