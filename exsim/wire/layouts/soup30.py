"""
SoupBinTCP 3.00 and MoldUDP64 1.00: what their packets are made of, for pages and readers.

:mod:`exsim.wire.soup` and :mod:`exsim.wire.mold` read and write them. Types of packets are as in
the clause "Packet Types"; the length of two bytes before each is no field here.
"""

from __future__ import annotations

from typing import Final

from exsim.wire import soup
from exsim.wire.layout import CODE, TEXT, UNSIGNED, Family, Field, Layout

_REASONS: Final = {"A": "not authorised", "S": "no such session"}


def _packet(kind: bytes, *fields: Field) -> Layout:
    return Layout(soup.PACKET_NAMES[kind], kind.decode(), "Packet Types", fields)


LOGIN: Final = _packet(
    soup.LOGIN,
    Field("Username", TEXT, soup.USER_SIZE),
    Field("Password", TEXT, soup.PASSWORD_SIZE),
    Field("RequestedSession", TEXT, soup.SESSION_SIZE),
    Field("RequestedSequenceNumber", TEXT, soup.SEQUENCE_SIZE),
)
ACCEPTED: Final = _packet(
    soup.ACCEPTED,
    Field("Session", TEXT, soup.SESSION_SIZE),
    Field("SequenceNumber", TEXT, soup.SEQUENCE_SIZE),
)
REJECTED: Final = _packet(soup.REJECTED, Field("RejectReasonCode", CODE, 1, _REASONS))
SOUP: Final = Family(
    "SoupBinTCP",
    "SoupBinTCP 3.00",
    (
        LOGIN,
        _packet(soup.UNSEQUENCED),
        _packet(soup.CLIENT_HEARTBEAT),
        _packet(soup.LOGOUT),
        _packet(soup.DEBUG),
    ),
    (
        ACCEPTED,
        REJECTED,
        _packet(soup.SEQUENCED),
        _packet(soup.SERVER_HEARTBEAT),
        _packet(soup.END_OF_SESSION),
        _packet(soup.DEBUG),
    ),
)
MOLD_HEADER: Final = (
    Field("Session", TEXT, 10),
    Field("SequenceNumber", UNSIGNED, 8),
    Field("MessageCount", UNSIGNED, 2),
)
"""The header of every packet of MoldUDP64, a request too, which has no more than that."""
MOLD_MESSAGE: Final = (Field("MessageLength", UNSIGNED, 2), Field("MessageData", TEXT, 0))
"""What a downstream packet has behind it for each message; the data is as long as it says."""
