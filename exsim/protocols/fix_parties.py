"""
Whose orders and quotes a request is about, where it names a party.

TargetParties (1461 to 1464) say so from FIX.5.0SP2. Before, and where a message has no such group,
21462 and 21464 of exsim's own do, which have the same values, and Parties where a scope is by them.
PartyRole says whether the party is a firm, an account or a session.
"""

from __future__ import annotations

from typing import Final

from exsim.protocols.fix_given import unsupported
from exsim.protocols.fix_refused import Refused
from exsim.wire.fix_reasons import INCORRECT_FORMAT, TAG_WITHOUT_VALUE

OWN_PARTY: Final = b"21462"
OWN_ROLE: Final = b"21464"
_COUNT: Final = b"1461"
_PARTY: Final = b"1462"
_ROLE: Final = b"1464"
_FIRMS: Final = frozenset((b"1", b"4", b"7", b"13"))  # executing, clearing, entering, originating
_ACCOUNTS: Final = frozenset((b"3", b"5", b"24", b"38"))  # client, investor, customer, position
_SESSIONS: Final = frozenset((b"55",))

Party = tuple[str, str, str]
"""An account, a firm and a session, of which one is named, or none."""


def target_of(fields: dict[bytes, bytes]) -> Party:
    """
    The party that a request is about.

    :raises Refused: when it is named wrongly.
    :raises RefusedBusiness: when there are several, or one of a role that has no orders.
    """
    if fields.get(_COUNT, b"1") != b"1":
        raise unsupported(_COUNT, fields[_COUNT])
    if OWN_PARTY in fields:
        return party_of(fields, OWN_PARTY, OWN_ROLE)
    return party_of(fields, _PARTY, _ROLE)


def party_of(fields: dict[bytes, bytes], tag: bytes, role_tag: bytes) -> Party:
    """The party of a tag; one without a role is an account."""
    name = fields.get(tag)
    if name is None:
        return "", "", ""
    if not name:
        raise Refused(TAG_WITHOUT_VALUE, tag)
    try:
        party = name.decode()
    except ValueError:
        raise Refused(INCORRECT_FORMAT, tag) from None
    role = fields.get(role_tag)
    if role is None or role in _ACCOUNTS:
        return party, "", ""
    if role in _FIRMS:
        return "", party, ""
    if role in _SESSIONS:
        return "", "", party
    raise unsupported(role_tag, role)
