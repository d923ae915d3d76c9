"""
Cuts FIX messages out of a stream of bytes.

A message starts with ``8=FIX`` and ends with the first CheckSum(10) field at or after the place
where BodyLength(9) points. One whose length, checksum or first three fields are wrong is
garbled; so is whatever lies between messages.
"""

from __future__ import annotations

from typing import Final

from exsim.errors import RemoteError
from exsim.wire.fix import SOH, TRAILERS, checksum
from exsim.wire.fix_native import cut

BEGIN: Final = b"8=FIX"
"""What a message starts with."""
_CHECKSUM: Final = b"\x0110="
_LONGEST_BEGIN: Final = 24  # bytes of the whole BeginString field
_LONGEST_LENGTH: Final = 12  # bytes of the whole BodyLength field
_LONGEST_TRAILER: Final = 24  # bytes of the CheckSum field and the SOH before it
_TRAILER_SIZE: Final = 7  # bytes of the CheckSum field
_ENDINGS: Final = tuple(SOH + trailer for trailer in TRAILERS)
_LENGTHS: Final = {b"%d" % length: length for length in range(2000)}
"""BodyLength as it is usually written, of messages of usual size."""
_JUNK: Final = 4096
"""Junk is passed over in pieces of this size, so that little of it is ever kept."""


class MessageTooLong(RemoteError):
    """A message exceeds the bound: nothing after it can be trusted, so the stream ends."""


class Garbled:
    """
    Bytes passed over, and why.

    ``message`` is False for bytes that do not even begin like a message.
    """

    __slots__ = ("data", "message", "why")

    def __init__(self, data: bytes, why: str, message: bool = True) -> None:
        self.data = data
        self.why = why
        self.message = message


def cut_slowly(buffer: bytes, start: int, prefix: bytes, largest: int) -> int:
    """
    Where the message at ``start`` ends, if it begins with ``prefix``, up to ``9=``, is all there
    and right, and has at most ``largest`` bytes; -1 where that has to be looked at more closely.
    """
    if not buffer.startswith(prefix, start):
        return -1
    digits = start + len(prefix)
    body = buffer.find(SOH, digits, digits + 5) + 1
    length = _LENGTHS.get(buffer[digits : body - 1], -1) if body else -1
    if length < 0:
        return -1
    end = body + length + _TRAILER_SIZE
    raw = buffer[start:end]
    if (
        len(raw) == end - start <= largest
        and raw[-_TRAILER_SIZE - 1 :] == _ENDINGS[checksum(raw[:-_TRAILER_SIZE])]
        and raw[body - start : body - start + 3] == b"35="
    ):
        return end
    return -1


class Framer:
    """
    A bounded buffer between the stream and the messages in it.

    Results depend on the bytes alone, not on how they were cut, and each byte is looked at a
    fixed number of times. What was read in one piece stays as it is; only where a message lies
    across reads are they joined, in a bytearray that grows in place.

    :param max_message_size: bytes of the longest message that is taken.
    :param check_body_length: whether a wrong BodyLength garbles a message. If not, it ends with
        the first CheckSum field: raw data must not hold what looks like one.
    :param check_checksum: whether a wrong CheckSum garbles it.
    """

    __slots__ = (
        "_body",
        "_body_end",
        "_buffer",
        "_check_length",
        "_check_sum",
        "_largest",
        "_prefix",
        "_scanned",
        "_start",
    )

    def __init__(
        self,
        max_message_size: int = 65_536,
        check_body_length: bool = True,
        check_checksum: bool = True,
    ) -> None:
        self._largest = max_message_size
        self._check_length = check_body_length
        self._check_sum = check_checksum
        self._buffer: bytes | bytearray = b""
        self._start = 0  # of what has not been given out
        self._scanned = 0  # where the search under way goes on
        self._body = 0  # where the body begins, once that is known
        self._body_end = 0  # where BodyLength points
        self._prefix = b"8=FIX.4.2\x019="  # what messages of this stream probably begin with

    def feed(self, data: bytes) -> None:
        """Take in bytes."""
        buffer, used = self._buffer, self._start
        if used == len(buffer):
            self._buffer = data
        elif isinstance(buffer, bytes):
            self._buffer = bytearray(buffer[used:])
            self._buffer += data
        else:
            del buffer[:used]
            buffer += data
        self._start = 0
        self._scanned -= used
        if self._body:
            self._body -= used
            self._body_end -= used

    def next(self) -> bytes | Garbled | None:
        """
        The next message, whose length and checksum are right; or what had to be passed over; or
        None when more bytes are needed.

        :raises MessageTooLong: when the bound is exceeded; the framer is of no use after that.
        """
        # First the message that is all there and has nothing wrong with it, without detours; what
        # this cannot tell is left to _look, which comes to the same.
        buffer, start = self._buffer, self._start
        if start == len(buffer):
            self._buffer = b""  # nothing of a large read is held on to
            self._start = self._scanned = 0
            return None
        if isinstance(buffer, bytes):
            end = (cut or cut_slowly)(buffer, start, self._prefix, self._largest)
            if end >= 0:
                self._start = self._scanned = end
                self._body = 0
                return buffer[start:end]
        return self._look()

    def _look(self) -> bytes | Garbled | None:
        """The same, step by step, going on from where the last call ended."""
        if not self._body:
            if not self._buffer.startswith(BEGIN, self._start):
                return self._junk()
            passed_over = self._read_length()
            if not self._body:
                return passed_over
        return self._search()

    def _search(self) -> bytes | Garbled | None:
        """Look for the trailer of a message whose length is known."""
        buffer = self._buffer
        trailer = buffer.find(_CHECKSUM, self._scanned)
        if trailer >= 0:
            limit = trailer + _LONGEST_TRAILER
            end = buffer.find(SOH, trailer + len(_CHECKSUM), limit) + 1
            if end or len(buffer) >= limit:
                if (end or limit) - self._start > self._largest:
                    raise self._too_long()
                return self._whole(trailer, end or trailer + len(_CHECKSUM))
            self._scanned = trailer
        else:
            self._scanned = max(self._scanned, len(buffer) - len(_CHECKSUM) + 1)
        if len(buffer) - self._start > self._largest:
            raise self._too_long()
        return None

    def _whole(self, trailer: int, end: int) -> bytes | Garbled:
        """Give out the message up to ``end``, or say what is wrong with it."""
        start, body = self._start, self._body
        raw = bytes(self._buffer[start:end])
        right_length = trailer + 1 == self._body_end
        self._start = self._scanned = end
        self._body = 0
        if isinstance(self._buffer, bytearray):  # the rest is back to what was read in one piece
            self._buffer = bytes(self._buffer[end:])
            self._start = self._scanned = 0
        if self._check_length and not right_length:
            return Garbled(raw, "BodyLength(9) does not lead to CheckSum(10)")
        if not raw.startswith(b"35=", body - start):
            return Garbled(raw, "the third field is not MsgType(35)")
        split = trailer + 1 - start
        if self._check_sum and raw[split:] != TRAILERS[checksum(raw[:split])]:
            return Garbled(raw, "CheckSum(10) is wrong")
        return raw

    def _too_long(self) -> MessageTooLong:
        return MessageTooLong(f"a message is longer than {self._largest} bytes")

    def _junk(self) -> Garbled | None:
        """Pass over what lies before the next message."""
        buffer, start = self._buffer, self._start
        limit = start + _JUNK + len(BEGIN)
        found = buffer.find(BEGIN, self._scanned, limit)
        if found < 0:
            if len(buffer) < limit:
                self._scanned = max(start, len(buffer) - len(BEGIN) + 1)
                return None
            found = start + _JUNK
        return self._pass_over(found, "no message begins here", False)

    def _read_length(self) -> Garbled | None:
        """Find where the body begins and where it should end; None also when bytes are missing."""
        buffer, start = self._buffer, self._start
        begin_end = buffer.find(SOH, start, start + _LONGEST_BEGIN) + 1
        if not begin_end:
            if len(buffer) < start + _LONGEST_BEGIN:
                return None
            return self._pass_over(start + len(BEGIN), "BeginString(8) has no end", True)
        body = buffer.find(SOH, begin_end, begin_end + _LONGEST_LENGTH) + 1
        if not body and len(buffer) < begin_end + _LONGEST_LENGTH:
            return None
        digits = buffer[begin_end + 2 : body - 1] if body else b""
        if not buffer.startswith(b"9=", begin_end) or not digits.isdigit():
            return self._pass_over(begin_end, "the second field is no BodyLength(9)", True)
        length = int(digits) if self._check_length else 0
        if body - start + length > self._largest:
            raise self._too_long()
        self._prefix = bytes(buffer[start : begin_end + 2])
        self._body = body
        self._body_end = body + length
        self._scanned = self._body_end - 1
        return None

    def _pass_over(self, end: int, why: str, message: bool) -> Garbled:
        data = bytes(self._buffer[self._start : end])
        self._start = self._scanned = end
        return Garbled(data, why, message)


class WholeMessages(Framer):
    """Gives out each message that it is fed, as it is: of a journal, for one."""

    __slots__ = ("_given",)

    def __init__(self) -> None:
        super().__init__()
        self._given: bytes | None = None

    def feed(self, data: bytes) -> None:
        """Take in one message, after the last was given out."""
        self._given = data

    def next(self) -> bytes | Garbled | None:
        """The message."""
        given, self._given = self._given, None
        return given
