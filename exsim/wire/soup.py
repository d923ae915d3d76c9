"""
SoupBinTCP 3.00: packets, and the fields of those that log on.

A packet is a length of two bytes, big-endian, which counts what follows it, then the type of the
packet, one character, then its payload (clause "Packet Types" of the specification). Payloads of
sequenced and unsequenced packets are another protocol's messages: OUCH, ITCH.
"""

from __future__ import annotations

from typing import Final

from exsim.errors import RemoteError

DEBUG: Final = b"+"
ACCEPTED: Final = b"A"
REJECTED: Final = b"J"
SEQUENCED: Final = b"S"
UNSEQUENCED: Final = b"U"
SERVER_HEARTBEAT: Final = b"H"
END_OF_SESSION: Final = b"Z"
LOGIN: Final = b"L"
CLIENT_HEARTBEAT: Final = b"R"
LOGOUT: Final = b"O"

PACKET_NAMES: Final = {
    DEBUG: "Debug",
    ACCEPTED: "LoginAccepted",
    REJECTED: "LoginRejected",
    SEQUENCED: "SequencedData",
    UNSEQUENCED: "UnsequencedData",
    SERVER_HEARTBEAT: "ServerHeartbeat",
    END_OF_SESSION: "EndOfSession",
    LOGIN: "LoginRequest",
    CLIENT_HEARTBEAT: "ClientHeartbeat",
    LOGOUT: "LogoutRequest",
}
FROM_CLIENT: Final = frozenset((DEBUG, UNSEQUENCED, LOGIN, CLIENT_HEARTBEAT, LOGOUT))
"""Types that a client may send."""
FROM_SERVER: Final = frozenset(
    (DEBUG, ACCEPTED, REJECTED, SEQUENCED, UNSEQUENCED, SERVER_HEARTBEAT, END_OF_SESSION)
)
"""Types that a server may send."""

NOT_AUTHORISED: Final = b"A"
"""Reject reason: the user name or the password is wrong."""
NO_SESSION: Final = b"S"
"""Reject reason: the session that was asked for is not there."""

USER_SIZE: Final = 6
PASSWORD_SIZE: Final = 10
SESSION_SIZE: Final = 10
SEQUENCE_SIZE: Final = 20
_LOGIN_SIZE: Final = USER_SIZE + PASSWORD_SIZE + SESSION_SIZE + SEQUENCE_SIZE
_LENGTH_SIZE: Final = 2
_MOST_DIGITS: Final = 18


PARTS: Final[dict[bytes, tuple[tuple[str, int], ...]]] = {
    LOGIN: (
        ("Username", USER_SIZE),
        ("Password", PASSWORD_SIZE),
        ("RequestedSession", SESSION_SIZE),
        ("RequestedSequenceNumber", SEQUENCE_SIZE),
    ),
    ACCEPTED: (("Session", SESSION_SIZE), ("SequenceNumber", SEQUENCE_SIZE)),
    REJECTED: (("RejectReasonCode", 1),),
}
"""Names and sizes of the fields of packets that have any."""


class BadPacket(RemoteError):
    """A packet that cannot be, after which nothing in the stream can be trusted."""


def packet(kind: bytes, payload: bytes = b"") -> bytes:
    """
    A packet of this type.

    :raises ValueError: when the payload is longer than a packet can hold.
    """
    length = len(payload) + 1
    if length > 0xFFFF:
        raise ValueError(f"a payload of {length - 1} bytes does not fit in a packet: 65534 do")
    return length.to_bytes(_LENGTH_SIZE, "big") + kind + payload


def kind_of(raw: bytes) -> bytes:
    """The type of a whole packet."""
    return raw[_LENGTH_SIZE : _LENGTH_SIZE + 1]


def payload_of(raw: bytes) -> bytes:
    """The payload of a whole packet."""
    return raw[_LENGTH_SIZE + 1 :]


class Framer:
    """
    Packets out of a stream, however it was cut.

    :param most: bytes of the longest packet that is taken, its length included.
    """

    __slots__ = ("_buffer", "_most", "_start")

    def __init__(self, most: int) -> None:
        self._buffer = bytearray()
        self._start = 0
        self._most = most

    def feed(self, data: bytes) -> None:
        """Take in bytes."""
        if self._start:
            del self._buffer[: self._start]
            self._start = 0
        self._buffer += data

    def next(self) -> bytes | None:
        """
        The next packet, whole; None when more bytes are needed.

        :raises BadPacket: when it is longer than is taken, or has no type; nothing after that is
            of use.
        """
        buffer, start = self._buffer, self._start
        if len(buffer) - start < _LENGTH_SIZE:
            return None
        length = buffer[start] << 8 | buffer[start + 1]
        end = start + _LENGTH_SIZE + length
        if end - start > self._most:
            raise BadPacket(f"a packet of {length} bytes, more than {self._most - _LENGTH_SIZE}")
        if not length:
            raise BadPacket("a packet of no bytes, not even a type")
        if len(buffer) < end:
            return None
        self._start = end
        return bytes(buffer[start:end])


class Login:
    """
    What a Login Request (type L) says.

    ``session`` is empty for the one of now; ``sequence`` is the number of the first message
    wanted, 0 for the most recent.
    """

    __slots__ = ("password", "sequence", "session", "user")

    def __init__(self, user: bytes, password: bytes, session: bytes, sequence: int) -> None:
        self.user = user
        self.password = password
        self.session = session
        self.sequence = sequence


def login(one: Login) -> bytes:
    """A Login Request: texts are padded on the right, numbers on the left."""
    return packet(
        LOGIN,
        one.user.ljust(USER_SIZE)
        + one.password.ljust(PASSWORD_SIZE)
        + one.session.rjust(SESSION_SIZE)
        + (b"%d" % one.sequence).rjust(SEQUENCE_SIZE),
    )


def read_login(payload: bytes) -> Login:
    """
    The Login Request in a payload, with either padding: both are met.

    :raises BadPacket: when it is none.
    """
    if len(payload) != _LOGIN_SIZE:
        raise BadPacket(f"a Login Request of {len(payload)} bytes, where {_LOGIN_SIZE} are right")
    user = payload[:USER_SIZE].strip(b" ")
    at = USER_SIZE + PASSWORD_SIZE
    password = payload[USER_SIZE:at].strip(b" ")
    session = payload[at : at + SESSION_SIZE].strip(b" ")
    return Login(user, password, session, read_sequence(payload[at + SESSION_SIZE :]))


def read_sequence(text: bytes) -> int:
    """
    A sequence number of 20 characters; blanks alone stand for 0.

    :raises BadPacket: when it is none.
    """
    digits = text.strip(b" ")
    if not digits:
        return 0
    number = digits.lstrip(b"0") or b"0"
    if not digits.isdigit() or len(number) > _MOST_DIGITS:
        raise BadPacket(f"{text!r} is no sequence number")
    return int(number)


def accepted(session: bytes, sequence: int) -> bytes:
    """A Login Accepted: the session, and the number of the sequenced message that comes next."""
    number = (b"%d" % sequence).rjust(SEQUENCE_SIZE)
    return packet(ACCEPTED, session.rjust(SESSION_SIZE) + number)


def read_accepted(payload: bytes) -> tuple[bytes, int]:
    """
    Session and number of a Login Accepted.

    :raises BadPacket: when it is none.
    """
    if len(payload) != SESSION_SIZE + SEQUENCE_SIZE:
        raise BadPacket(f"a Login Accepted of {len(payload)} bytes, where 30 are right")
    return payload[:SESSION_SIZE].strip(b" "), read_sequence(payload[SESSION_SIZE:])


def rejected(reason: bytes) -> bytes:
    """A Login Rejected, for :data:`NOT_AUTHORISED` or :data:`NO_SESSION`."""
    return packet(REJECTED, reason)
