"""
FIX messages out of logs: raw, one after another, or in lines with other text around them.

The delimiter is whatever follows BeginString(8): SOH itself, or what stands for it in a log, such
as ``|`` or ``^A``. A message ends with CheckSum(10); where SOH is written otherwise, with its line
at the latest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from exsim.filters.values import moment
from exsim.protocols.fix_dialect import Names
from exsim.protocols.fix_text import describe, masked
from exsim.recorded.found import Found
from exsim.wire.fix import checksum

LONGEST: Final = 1 << 20
"""Bytes of the longest message that is looked for, and of the longest line before one."""

NamesIn = Callable[[bytes], Names]

_START: Final = re.compile(rb"(?<![0-9])8=FIX")
_HEAD: Final = re.compile(
    rb"8=(FIXT?\.[0-9]\.[0-9](?:SP[0-9])?)"
    rb"(\x01|\||\^A|;|~|<SOH>|\xe2\x90\x81|\\x01|\\u0001|\t| )9=([0-9]{1,7})"
)
_HEAD_SIZE: Final = 40  # bytes that a head has at most
_SOH: Final = b"\x01"
_TIME: Final = re.compile(rb"\d{4}-?\d\d-?\d\d[-T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?")
_SENDING_TIME: Final = re.compile(rb"\x0152=([0-9:.-]{17,27})\x01")
_SENDER: Final = re.compile(rb"\x0149=([^\x01]*)\x01")
_INWARDS: Final = re.compile(rb"<|\b(?:in|incoming|recv|received|fromapp|fromadmin)\b", re.I)
_OUTWARDS: Final = re.compile(rb">|\b(?:out|outgoing|sent|sending|toapp|toadmin)\b", re.I)


class FixLog:
    """
    Reads one log, chunk by chunk.

    :param names_in: gives the names of a message's version.
    """

    def __init__(self, names_in: NamesIn) -> None:
        self._names_in = names_in
        self._buffer = b""
        self._line = 1  # that of the first byte in the buffer

    def read(self, chunks: Iterable[bytes]) -> Iterator[Found]:
        """All messages; text that belongs to none is passed over."""
        for chunk in chunks:
            self._buffer += chunk
            yield from self._messages(False)
        yield from self._messages(True)

    def _messages(self, ends: bool) -> Iterator[Found]:
        at = 0
        while (start := _START.search(self._buffer, at)) is not None:
            found = self._message(at, start.start(), ends)
            if found is None:
                break
            end, message = found
            yield message
            at = end
        else:
            tail = self._buffer.rfind(b"\n", at) + 1  # what may stand before the next one
            at = max(at, tail, len(self._buffer) - LONGEST)
        self._drop(at)

    def _drop(self, at: int) -> None:
        self._line += self._buffer.count(b"\n", 0, at)
        self._buffer = self._buffer[at:]

    def _message(self, before: int, start: int, ends: bool) -> tuple[int, Found] | None:
        """Where the message ends, and it; None when more bytes are needed to tell."""
        buffer = self._buffer
        head = _HEAD.match(buffer, start)
        line = self._line + buffer.count(b"\n", 0, start)
        place = f"line {line}"
        if head is None:
            if not ends and len(buffer) - start < _HEAD_SIZE:
                return None
            end = _line_end(buffer, start)
            why = "no delimiter and BodyLength(9) behind BeginString(8)"
            return start + 5, Found(place, buffer[start:end][:200], None, why)
        end = self._end(start, head, ends)
        if end < 0:
            return None
        said, delimiter = buffer[start:end], head[2]
        raw = said.rstrip(b"\r\n")
        if delimiter != _SOH:
            raw = raw.rstrip(b" ").replace(delimiter, _SOH)
        raw += b"" if raw.endswith(_SOH) else _SOH
        prefix = buffer[max(before, buffer.rfind(b"\n", 0, start) + 1) : start]
        return end, self._found(place, raw, prefix)

    def _end(self, start: int, head: re.Match[bytes], ends: bool) -> int:
        """Where a message ends that begins so; -1 when more bytes are needed to tell."""
        buffer, delimiter = self._buffer, head[2]
        stop, sure = len(buffer), ends
        bounds = [_START.search(buffer, head.end())]
        if delimiter != _SOH:
            bounds.append(re.compile(rb"\r?\n").search(buffer, start))
        for bound in bounds:
            if bound is not None:
                stop, sure = min(stop, bound.start()), True
        trailer = delimiter + b"10="
        at = head.end() + len(delimiter) + int(head[3]) - len(delimiter)
        if delimiter != _SOH or not buffer.startswith(trailer, at):
            at = buffer.find(trailer, head.end(), stop)
        if at >= 0:
            digits = re.compile(rb"[0-9]{1,3}").match(buffer, at + len(trailer))
            end = at + len(trailer) if digits is None else digits.end()
            if end + len(delimiter) <= len(buffer) or sure:
                return end + len(delimiter) * buffer.startswith(delimiter, end)
        return stop if sure or stop - start > LONGEST else -1

    def _found(self, place: str, raw: bytes, prefix: bytes) -> Found:
        names = self._names_in(raw)
        sender = _SENDER.search(raw)
        who = "" if sender is None else sender[1].decode("utf-8", "replace")
        shown = masked(raw, names)
        told = partial(describe, raw, names)
        return Found(place, shown, told, _wrong(raw), _time(prefix, raw), _way(prefix), who)


def _line_end(buffer: bytes, start: int) -> int:
    end = buffer.find(b"\n", start)
    return len(buffer) if end < 0 else end


def _wrong(raw: bytes) -> str:
    """What is wrong with the frame of a message; empty for nothing."""
    at = raw.rfind(b"\x0110=", 0, len(raw)) + 1
    if not at:
        return "it is cut: there is no CheckSum(10)"
    body = raw.find(_SOH, raw.find(b"\x019=") + 1) + 1
    length = raw[raw.find(b"\x019=") + 3 : body - 1]
    words = []
    if int(length) != at - body:
        words.append(f"BodyLength(9) is {length.decode()}, and should be {at - body}")
    given, right = raw[at + 3 : -1], b"%03d" % checksum(raw[:at])
    if given != right:
        words.append(f"CheckSum(10) is {given.decode('latin-1')}, and should be {right.decode()}")
    return "; ".join(words)


def _time(prefix: bytes, raw: bytes) -> int:
    """The time before a message, or its SendingTime(52); 0 where there is none."""
    before = _TIME.findall(prefix)
    sent = _SENDING_TIME.search(raw)
    for text in (*before[-1:], *(() if sent is None else (sent[1],))):
        try:
            return moment(text.decode().replace(",", ".")).ns
        except ValueError:
            continue
    return 0


def _way(prefix: bytes) -> str:
    """Which way it went, where the text before it says one and not the other."""
    inwards, outwards = _INWARDS.search(prefix), _OUTWARDS.search(prefix)
    if (inwards is None) == (outwards is None):
        return ""
    return "out" if inwards is None else "in"
