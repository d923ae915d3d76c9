"""
What the first message of a client says: who is there, and whom it is for.

No socket, no clock: bytes come in however they were cut, and all of them are kept for the venue.
"""

from __future__ import annotations

from typing import Final, Protocol

from exsim.errors import RemoteError
from exsim.wire import fix, fix_frame, soup

LONGEST: Final = 8_192
"""Bytes that a Logon may have here; framers wait for no more than that."""


class NoLogon(RemoteError):
    """What came first is no logon: nobody can tell where it is meant to go."""


class Asked:
    """
    Whom a client wants (``target``), and who it says it is (``sender``).

    FIX: TargetCompID and SenderCompID, for a ``version`` (BeginString); SoupBinTCP: the session,
    which may be empty, and the user name.
    """

    __slots__ = ("sender", "target", "version")

    def __init__(self, sender: bytes, target: bytes, version: bytes = b"") -> None:
        self.sender = sender
        self.target = target
        self.version = version


class FirstMessage(Protocol):
    """Reads the first message of a client; ``data`` is all that came so far."""

    data: bytes

    def feed(self, data: bytes) -> Asked | None:
        """
        Take in bytes, up to when it is there; None before that.

        :raises NoLogon: when it cannot be one.
        """

    def refusal(self, asked: Asked, text: str, now: int) -> bytes:
        """What a client is told that is taken nowhere."""


class FixLogon:
    """A Logon(A) of FIX, of any version: see :class:`FirstMessage`."""

    __slots__ = ("_framer", "data")

    def __init__(self) -> None:
        self.data = b""
        self._framer = fix_frame.Framer(LONGEST)

    def feed(self, data: bytes) -> Asked | None:
        """See :class:`FirstMessage`."""
        self.data += data
        self._framer.feed(data)
        try:
            raw = self._framer.next()
            if raw is None:
                return None
            if isinstance(raw, fix_frame.Garbled):
                raise NoLogon(f"it is no message of FIX: {raw.why}")
            message = fix.decode(raw)
        except (fix_frame.MessageTooLong, fix.GarbledMessage) as error:
            raise NoLogon(str(error)) from None
        if message.msg_type != b"A":
            raise NoLogon(f"the first message is of type {_text(message.msg_type)}, not Logon(A)")
        sender, target = message.get(b"49"), message.get(b"56")
        if not sender or not target:
            raise NoLogon("the Logon has no SenderCompID(49) or no TargetCompID(56)")
        return Asked(sender, target, message.fields[b"8"])

    def refusal(self, asked: Asked, text: str, now: int) -> bytes:
        """A Logout(5) with the text, as from whom was asked for."""
        body = b"35=5\x0134=1\x0149=%b\x0156=%b\x0152=%b\x0158=%b\x01" % (
            asked.target,
            asked.sender,
            fix.utc_timestamp(now, 3),
            text.encode("ascii", "replace"),
        )
        return fix.encode(asked.version, body)


class SoupLogin:
    """A Login Request of SoupBinTCP: see :class:`FirstMessage`."""

    __slots__ = ("_framer", "data")

    def __init__(self) -> None:
        self.data = b""
        self._framer = soup.Framer(LONGEST)

    def feed(self, data: bytes) -> Asked | None:
        """See :class:`FirstMessage`."""
        self.data += data
        self._framer.feed(data)
        try:
            packet = self._framer.next()
            if packet is None:
                return None
            if soup.kind_of(packet) != soup.LOGIN:
                kind = _text(soup.kind_of(packet))
                raise NoLogon(f"the first packet is of type {kind}, not Login Request(L)")
            login = soup.read_login(soup.payload_of(packet))
        except soup.BadPacket as error:
            raise NoLogon(str(error)) from None
        return Asked(login.user, login.session)

    def refusal(self, asked: Asked, text: str, now: int) -> bytes:
        """A Login Rejected, for there is no such session; it can say no more."""
        return soup.rejected(soup.NO_SESSION)


def first_message(protocol: str) -> FirstMessage:
    """What reads the first message in a protocol."""
    return FixLogon() if protocol == "fix" else SoupLogin()


def _text(data: bytes) -> str:
    return data.decode("ascii", "backslashreplace")
