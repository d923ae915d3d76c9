"""A message of FIX as somebody would have it: the same, with other values in some fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from exsim.errors import Unprocessable
from exsim.protocols.fix_dialect import Names
from exsim.protocols.fix_fields import field_of
from exsim.wire.fix import FixMessage, decode, encode

_FRAME: Final = frozenset((b"8", b"9", b"10"))
"""Fields that follow from the others."""


def changed(
    message: FixMessage,
    fields: Sequence[tuple[str, str]],
    names: Names,
    data_fields: Mapping[bytes, bytes] | None,
) -> FixMessage:
    """
    A message with other values in fields that are given as (tag or name, value).

    The first field of a tag gets the value; with an empty one it is left out, and one that is not
    there comes at the end. Header fields of the session, and the type, stay as they are.

    :raises Unprocessable: when a field cannot be changed.
    """
    pairs = list(zip(message.parts[::2], message.parts[1::2], strict=True))
    for key, text in fields:
        tag, value = field_of(key, text, names)
        if tag == b"35":
            raise Unprocessable("the type of a message cannot be changed")
        if b"\x01" in value:
            raise Unprocessable(f"the value of field {key} has an SOH in it")
        at = next((index for index, pair in enumerate(pairs) if pair[0] == tag), None)
        if at is None:
            at = len(pairs)
        pairs[at : at + 1] = [(tag, value)] if value else []
    body = b"".join([b"%b=%b\x01" % pair for pair in pairs if pair[0] not in _FRAME])
    return decode(encode(message.fields[b"8"], body), data_fields)
