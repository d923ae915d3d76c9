"""The fields that a message was given, read one by one, each with its checks."""

from __future__ import annotations

from typing import Final

from exsim.errors import RemoteError
from exsim.model.requests import NO_PRICE
from exsim.protocols.fix_refused import Refused, RefusedBusiness
from exsim.protocols.fix_versions import CONDITIONALLY_REQUIRED, VERSIONS, Version
from exsim.wire.fix import amount
from exsim.wire.fix_reasons import INCORRECT_FORMAT, TAG_WITHOUT_VALUE, VALUE_INCORRECT

OWN_FIELDS: Final = {
    b"18": b"20018",
    b"40": b"20040",
    b"59": b"20059",
    b"211": b"20211",
    b"388": b"20388",
    b"389": b"20389",
    b"583": b"20583",
    b"836": b"20836",
    b"1084": b"21084",
    b"1085": b"21085",
    b"1086": b"21086",
    b"1107": b"21107",
    b"1385": b"21385",
    b"2362": b"22362",
}
"""The tags that stand for fields which some version does not have, or not with all codes."""

_NEWEST: Final = VERSIONS["FIX.5.0SP2"]
_OTHER: Final = 0  # BusinessRejectReason(380)


class Given:
    """The fields of a message, each with its checks."""

    __slots__ = ("fields", "version")

    def __init__(self, fields: dict[bytes, bytes], version: Version) -> None:
        self.fields: dict[bytes, bytes] = fields
        self.version: Version = version

    def tag(self, tag: bytes) -> bytes:
        """The tag that a field is given under, b"" where it is not."""
        own = OWN_FIELDS.get(tag, b"")
        found = own if own in self.fields else tag if tag in self.fields else b""
        if found and not self.fields[found]:
            raise Refused(TAG_WITHOUT_VALUE, found)
        return found

    def code(self, tag: bytes) -> int:
        """The number of a code, -1 where the field is not there."""
        found = self.tag(tag)
        if not found:
            return -1
        codes = self.version.codes[tag] if found == tag else _NEWEST.codes[tag]
        number = codes.get(self.fields[found])
        if number is None:
            raise Refused(VALUE_INCORRECT, found)
        return number

    def amount(self, tag: bytes) -> int:
        """An amount in units of 10^-8, ``NO_PRICE`` where the field is not there."""
        found = self.tag(tag)
        if not found:
            return NO_PRICE
        try:
            return amount(self.fields[found])
        except ValueError:
            raise Refused(INCORRECT_FORMAT, found) from None

    def quantity(self, tag: bytes) -> int:
        """A quantity in units of 10^-8, from 0; -1 where the field is not there."""
        found = self.tag(tag)
        if not found:
            return -1
        value = self.fields[found]
        if self.version.whole_quantities and b"." in value:
            raise Refused(INCORRECT_FORMAT, found)
        read = self.amount(tag)
        if read < 0:
            raise Refused(VALUE_INCORRECT, found)
        return read

    def only(self, tag: bytes, *numbers: int) -> int:
        """A code of which exsim can do these alone."""
        number = self.code(tag)
        if number >= 0 and number not in numbers:
            raise unsupported(tag, self.fields[self.tag(tag)])
        return number


def unsupported(tag: bytes, value: bytes) -> RemoteError:
    """The refusal of what FIX has and exsim cannot do."""
    shown = value[:40].decode("utf-8", "replace")
    return RefusedBusiness(_OTHER, f"tag {tag.decode()} with value {shown} is not supported")


def missing(tag: bytes) -> RemoteError:
    """The refusal of a message that lacks a field which is required under a condition."""
    text = f"Conditionally Required Field Missing ({tag.decode()})"
    return RefusedBusiness(CONDITIONALLY_REQUIRED, text)
