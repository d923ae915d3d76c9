"""What is wrong with an order, cancel, replace or status request that could not be read."""

from __future__ import annotations

from typing import Final

from exsim.errors import RemoteError
from exsim.protocols.fix_given import missing
from exsim.protocols.fix_refused import Refused
from exsim.protocols.fix_versions import CANCEL, NEW_ORDER, REPLACE, STATUS, Version
from exsim.wire.fix import FixMessage, amount, parse_utc_timestamp
from exsim.wire.fix_reasons import (
    INCORRECT_FORMAT,
    REQUIRED_TAG_MISSING,
    TAG_WITHOUT_VALUE,
    VALUE_INCORRECT,
)

# What a fault is looked for in: fields with codes, fields of another form, and fields of which
# one is required under a condition.
_CODED: Final = {
    NEW_ORDER: tuple(b"40 54 59 21".split()),
    REPLACE: tuple(b"40 54 59 21".split()),
    CANCEL: (b"54",),
    STATUS: (b"54",),
}
_TEXT: Final = tuple(b"11 37 41 55 48 22".split())
_CONDITIONAL: Final = {
    NEW_ORDER: ((b"55", b"48"), (b"38", b"152")),
    REPLACE: ((b"41", b"37"), (b"55", b"48"), (b"38", b"152")),
    CANCEL: ((b"41", b"37"),),
    STATUS: ((b"11", b"37"),),
}


def quantity(value: bytes, version: Version) -> int:
    """A quantity in units of 10^-8; below FIX.4.2 it is an integer.

    :raises ValueError: when it is none.
    """
    if version.whole_quantities and b"." in value:
        raise ValueError
    return amount(value)


def fault(message: FixMessage, version: Version) -> RemoteError:
    """The first thing that is wrong with a message that could not be read."""
    fields = message.fields
    msg_type = message.msg_type
    for tag in version.required[msg_type]:
        if tag not in fields:
            return Refused(REQUIRED_TAG_MISSING, tag)
    coded = _CODED[msg_type]
    if b"125" in version.required[msg_type]:
        coded += (b"125",)
    for tag in (*coded, *_TEXT, b"38", b"44", b"60"):
        if tag in fields and not fields[tag]:
            return Refused(TAG_WITHOUT_VALUE, tag)
    for tag in coded:
        if tag in fields and fields[tag] not in version.codes[tag]:
            return Refused(VALUE_INCORRECT, tag)
    for tag in (*_TEXT, b"38", b"44", b"60"):
        if tag in fields and not _well_formed(tag, fields[tag], version):
            return Refused(INCORRECT_FORMAT, tag)
    for either in _CONDITIONAL[msg_type]:
        if not any(tag in fields for tag in either):
            return missing(either[0])
    return missing(b"44")


def _well_formed(tag: bytes, value: bytes, version: Version) -> bool:
    try:
        if tag == b"38":
            quantity(value, version)
        elif tag == b"44":
            amount(value)
        elif tag == b"60":
            parse_utc_timestamp(value)
        else:
            value.decode()
    except ValueError:
        return False
    return True
