"""
MoldUDP64 1.00: packets of numbered messages, and requests for those that were missed.

All begin with the same header: the session, ten characters, the number of the first message, eight
bytes, and how many messages there are, two bytes; numbers are big-endian. In a downstream packet
each message follows behind its length, two bytes. No message at all is a heartbeat, and a count of
0xFFFF the end of the session: both have the number of the message that comes next. A request for
messages is nothing but a header.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Final

from exsim.errors import RemoteError

SESSION_SIZE: Final = 10
HEADER_SIZE: Final = 20
LENGTH_SIZE: Final = 2
"""Bytes before each message."""
LARGEST: Final = 65_507
"""Bytes of the longest packet that UDP carries by IPv4."""
END: Final = 0xFFFF
"""The count that ends a session."""

_HEADER: Final = Struct(">10sQH")
_LENGTH: Final = Struct(">H")


class BadPacket(RemoteError):
    """Bytes that are no packet of MoldUDP64."""


class Downstream:
    """
    What a packet from a server says: ``messages`` from number ``sequence`` on.

    Without messages it is a heartbeat, or with ``ends`` the end of the session; ``sequence`` is
    then the number of the message that comes next.
    """

    __slots__ = ("ends", "messages", "sequence", "session")

    def __init__(self, session: bytes, sequence: int, messages: list[bytes], ends: bool) -> None:
        self.session = session
        self.sequence = sequence
        self.messages = messages
        self.ends = ends


class Request:
    """What a reader asks for: ``count`` messages from number ``sequence`` on."""

    __slots__ = ("count", "sequence", "session")

    def __init__(self, session: bytes, sequence: int, count: int) -> None:
        self.session = session
        self.sequence = sequence
        self.count = count


def packet(session: bytes, sequence: int, messages: Sequence[bytes]) -> bytes:
    """A downstream packet; without messages it is a heartbeat."""
    parts = [_header(session, sequence, len(messages))]
    for message in messages:
        parts.append(_LENGTH.pack(len(message)))
        parts.append(message)
    return b"".join(parts)


def end_of_session(session: bytes, sequence: int) -> bytes:
    """The end of a session, in which ``sequence`` would have come next."""
    return _header(session, sequence, END)


def request(asked: Request) -> bytes:
    """A request for messages."""
    return _header(asked.session, asked.sequence, asked.count)


def _header(session: bytes, sequence: int, count: int) -> bytes:
    return _HEADER.pack(session.ljust(SESSION_SIZE), sequence, count)


def read(data: bytes) -> Downstream:
    """
    The downstream packet that some bytes are.

    :raises BadPacket: when they are none.
    """
    session, sequence, count = _read_header(data)
    if count == END:
        if len(data) > HEADER_SIZE:
            raise BadPacket(f"an end of session with {len(data) - HEADER_SIZE} bytes after it")
        return Downstream(session, sequence, [], True)
    messages: list[bytes] = []
    at = HEADER_SIZE
    for _ in range(count):
        begin = at + LENGTH_SIZE
        if begin > len(data):
            raise BadPacket(f"a packet with {len(messages)} messages, where it says {count}")
        at = begin + (data[at] << 8 | data[at + 1])
        if at > len(data):
            raise BadPacket(f"a packet that is cut in message {len(messages) + 1} of {count}")
        messages.append(data[begin:at])
    if at < len(data):
        raise BadPacket(f"a packet with {len(data) - at} bytes after its last message")
    return Downstream(session, sequence, messages, False)


def read_request(data: bytes) -> Request:
    """
    The request that some bytes are.

    :raises BadPacket: when they are none.
    """
    if len(data) != HEADER_SIZE:
        raise BadPacket(f"a request of {len(data)} bytes, where {HEADER_SIZE} are right")
    session, sequence, count = _read_header(data)
    return Request(session, sequence, count)


def _read_header(data: bytes) -> tuple[bytes, int, int]:
    if len(data) < HEADER_SIZE:
        raise BadPacket(f"a packet of {len(data)} bytes, less than its header of {HEADER_SIZE}")
    session: bytes
    sequence: int
    count: int
    session, sequence, count = _HEADER.unpack_from(data)
    return session.strip(b" "), sequence, count
