"""
Messages in a stream that somebody else's session makes: FIX, SoupBinTCP, or whatever comes.

Nothing is refused here. What is no message is given out as bytes that are none, and after something
that no framer can go on from each read counts as one piece.
"""

from __future__ import annotations

import re
from typing import Final

from exsim.errors import RemoteError
from exsim.wire import soup
from exsim.wire.fix_frame import Framer, Garbled

FIX: Final = "fix"
SOUP: Final = "soup"
RAW: Final = "raw"

_SENDER: Final = b"\x0149="
_STRANGE: Final = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST_NAME: Final = 64
_LONGEST_PACKET: Final = 2 + 0xFFFF


class Frame:
    """A piece of the stream: ``garbled`` says why it is no message, empty where it is one."""

    __slots__ = ("garbled", "raw")

    def __init__(self, raw: bytes, garbled: str = "") -> None:
        self.raw = raw
        self.garbled = garbled


class Frames:
    """Each read as a message: of a protocol that is not known."""

    __slots__ = ("_whole",)

    def __init__(self) -> None:
        self._whole: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Take in bytes."""
        self._whole.append(data)

    def next(self) -> Frame | None:
        """
        The next piece; None when more bytes are needed.

        :raises exsim.errors.RemoteError: when no more can come of this stream.
        """
        return Frame(self._whole.pop(0)) if self._whole else None

    def name(self, raw: bytes) -> str:
        """What a client calls itself in a message; empty where it does not say."""
        return ""


class Passed(Frames):
    """Each read as bytes that are no message: after what no framer can go on from."""

    __slots__ = ("_why",)

    def __init__(self, why: str) -> None:
        super().__init__()
        self._why = why

    def next(self) -> Frame | None:
        """The next piece; None when more bytes are needed."""
        return Frame(self._whole.pop(0), self._why) if self._whole else None


class FixFrames(Frames):
    """Messages of FIX, of any version."""

    __slots__ = ("_framer",)

    def __init__(self, most: int) -> None:
        super().__init__()
        self._framer = Framer(most)

    def feed(self, data: bytes) -> None:
        """Take in bytes."""
        self._framer.feed(data)

    def next(self) -> Frame | None:
        """The next piece; None when more bytes are needed."""
        found = self._framer.next()
        if found is None:
            return None
        return Frame(found.data, found.why) if isinstance(found, Garbled) else Frame(found)

    def name(self, raw: bytes) -> str:
        """SenderCompID(49)."""
        _, found, rest = raw.partition(_SENDER)
        return _plain(rest.partition(b"\x01")[0]) if found else ""


class SoupFrames(Frames):
    """Packets of SoupBinTCP."""

    __slots__ = ("_framer",)

    def __init__(self) -> None:
        super().__init__()
        self._framer = soup.Framer(_LONGEST_PACKET)

    def feed(self, data: bytes) -> None:
        """Take in bytes."""
        self._framer.feed(data)

    def next(self) -> Frame | None:
        """The next piece; None when more bytes are needed."""
        found = self._framer.next()
        return None if found is None else Frame(found)

    def name(self, raw: bytes) -> str:
        """The user of a Login Request."""
        if soup.kind_of(raw) != soup.LOGIN:
            return ""
        try:
            return _plain(soup.read_login(soup.payload_of(raw)).user)
        except RemoteError:
            return ""


def frames_of(framing: str, most: int) -> Frames:
    """What cuts a stream; ``most`` is how many bytes a message of FIX has at most."""
    if framing == FIX:
        return FixFrames(most)
    return SoupFrames() if framing == SOUP else Frames()


def _plain(name: bytes) -> str:
    return _STRANGE.sub("_", name.decode("latin-1"))[:_LONGEST_NAME]
