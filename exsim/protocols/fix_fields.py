"""Fields as text, the way that people and policies give and see them, to messages and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exsim.errors import RemoteError, Unprocessable
from exsim.protocols.fix_dialect import Names, is_number
from exsim.sessions.fix_header import route_back
from exsim.wire.fix import decode

_OWNED: Final = frozenset(b"8 9 10 34 49 52 56".split())
"""Fields that the session alone writes."""
TRAILER_TAGS: Final = frozenset(b"10 89 93".split())


def encode_fields(fields: Sequence[tuple[str, str]], names: Names) -> tuple[bytes, bytes, bytes]:
    """
    Type, body and header fields of the message that people describe as (tag or name, value) pairs.

    ``names`` are those that fields may be given by.

    :raises Unprocessable: when the type is missing, or a field cannot be sent as it is given.
    """
    msg_type = b""
    body: list[bytes] = []
    header: list[bytes] = []
    for key, text in fields:
        tag, value = field_of(key, text, names)
        if tag == b"35":
            if msg_type or not value or b"\x01" in value:
                raise Unprocessable("give MsgType (35) once, and not empty")
            msg_type = value
        else:
            (header if tag in names.header_tags else body).append(tag + b"=" + value + b"\x01")
    if not msg_type:
        raise Unprocessable('MsgType is missing: give a field "35"')
    _check_data(header + body, names)
    return msg_type, b"".join(body), b"".join(header)


def field_of(key: str, text: str, names: Names) -> tuple[bytes, bytes]:
    """
    Tag and value of a field as people give it.

    :raises Unprocessable: when it is none, or one that the session alone writes.
    """
    return _tag(key, names), _value(key, text)


def _tag(key: str, names: Names) -> bytes:
    number = key if is_number(key) else names.tag(key)
    if number is None:
        raise Unprocessable(f"{key[:40]!r} is neither a tag number nor the name of a FIX field")
    if number.startswith("0") or len(number) > 9:
        raise Unprocessable(f"{key[:40]!r} is no tag: it must be from 1 to 999999999")
    tag = number.encode()
    if tag in _OWNED:
        raise Unprocessable(f"field {key} is written by the session itself: leave it out")
    return tag


def _value(key: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Unprocessable(f"the value of field {key} is no valid Unicode") from None


def _check_data(fields: list[bytes], names: Names) -> None:
    """The delimiter may stand only in a data field, after the field with its length in bytes."""
    whole = b"".join(fields)
    if whole.count(b"\x01") == len(fields):
        return
    try:
        parts = decode(b"35=0\x01" + whole, names.data_fields).parts
    except RemoteError as error:
        raise Unprocessable(f"a value holds the delimiter SOH (character 1): {error}") from None
    if len(parts) != 2 * len(fields) + 2:
        raise Unprocessable("a value holds the delimiter SOH (character 1), and is no raw data")


def decode_fields(data: bytes, names: Names) -> tuple[tuple[str, str], ...]:
    """
    Type and body of a message, as :func:`encode_fields` takes them.

    Fields of header and trailer are left out, but for PossResend, and for OnBehalfOf and
    DeliverTo, which are turned round, so that the same fields sent back find their way. Bytes that
    are no UTF-8 are escaped.
    """
    pairs = [(tag, value) for tag, equals, value in split_fields(data, names) if equals]
    found = [(tag, value) for tag, value in pairs if tag == b"35"][:1]
    found += [(tag, value) for tag, value in pairs if tag == b"97"][:1]
    routing = _routing(data, names).split(b"\x01")[:-1]
    found += [field.partition(b"=")[::2] for field in routing]
    outside = names.header_tags | TRAILER_TAGS
    found += [pair for pair in pairs if pair[0] not in outside]
    return tuple((readable(tag), readable(value)) for tag, value in found)


def _routing(data: bytes, names: Names) -> bytes:
    try:
        return route_back(decode(data, names.data_fields))
    except RemoteError:
        return b""


def split_fields(data: bytes, names: Names) -> list[tuple[bytes, bytes, bytes]]:
    """
    Tag, ``=`` and value of each field, which joined by SOH are the message again.

    Of bytes that are no message it is whatever can be told apart.
    """
    try:
        parts = decode(data, names.data_fields).parts
    except RemoteError:
        return [field.partition(b"=") for field in data.split(b"\x01")]
    fields = [(tag, b"=", value) for tag, value in zip(parts[::2], parts[1::2], strict=True)]
    return [*fields, (b"", b"", b"")]


def readable(data: bytes) -> str:
    """Bytes as text; those that are no UTF-8 as escapes."""
    return data.decode("utf-8", "backslashreplace")
