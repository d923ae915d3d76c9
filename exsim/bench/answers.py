"""What comes back in a measurement: every request is answered once, and no message is missing."""

from __future__ import annotations

import re
from array import array
from typing import Final

_REPORT: Final = b"\x0135=8\x01"
_REJECTED: Final = b"\x0139=8\x01"
TRAILER: Final = b"\x0110="
_SEQ: Final = re.compile(rb"\x0134=(\d+)")
_TYPE: Final = re.compile(rb"\x0135=([^\x01]+)")
_HARMLESS: Final = frozenset((b"0", b"8"))  # Heartbeats come when the measurement is slow
MOST_TOLD: Final = 200
"""Bytes of a message that a fault quotes."""


class Answers:
    """
    Takes the bytes that one connection reads, times the first report of each request, and checks.

    It works on whole reads and looks at nothing but MsgType, MsgSeqNum and ClOrdID, to cost less
    than what it measures. ``sent_at`` and ``latency`` are in nanoseconds, by request; ``answered``
    counts requests with a report, ``reports`` all of them. ``expected`` is how many each gets.
    """

    def __init__(self, prefix: bytes, requests: int, expected: int) -> None:
        self.sent_at = array("q", bytes(8 * requests))
        self.latency = array("q", bytes(8 * requests))
        self.answered = 0
        self.reports = 0
        self.expected = expected
        self._counts = bytearray(requests)
        self._ids = re.compile(rb"\x0111=" + re.escape(prefix) + rb"(\d{8})\x01")
        self._next_seq = 2  # the first was the Logon's
        self._rest = b""
        self._faults: list[str] = []

    def complete(self, data: bytes) -> bool:
        """Whether some bytes end with a whole message."""
        return data[-8:-4] == TRAILER

    def take(self, data: bytes, now: int) -> None:
        """Take in what was read at ``now``."""
        data, self._rest = whole(self._rest + data if self._rest else data)
        if not data:
            return
        numbers = [int(found) for found in _SEQ.findall(data)]
        following = self._next_seq + len(numbers)
        if numbers != list(range(self._next_seq, following)):
            self._gap(numbers)
        self._next_seq = following
        if data.count(_REPORT) != len(numbers) or _REJECTED in data:
            self._strange(data)
        self._count(self._ids.findall(data), now)

    def _count(self, found: list[bytes], now: int) -> None:
        counts, latency, sent_at, size = self._counts, self.latency, self.sent_at, len(self._counts)
        self.reports += len(found)
        for text in found:
            request = int(text)
            if request >= size or not sent_at[request]:
                self.fault(f"a report for request {request}, which was not sent")
            elif counts[request] == 0:
                latency[request] = now - sent_at[request]
                counts[request] = 1
                self.answered += 1
            elif counts[request] < 255:
                counts[request] += 1

    def _gap(self, numbers: list[int]) -> None:
        due = self._next_seq
        for number in numbers:
            if number != due:
                self.fault(f"MsgSeqNum {number} came where {due} was due")
                return
            due += 1

    def _strange(self, data: bytes) -> None:
        """Quote the first message that is no good answer, if there is one."""
        for message in data.split(b"\x018="):
            kind = _TYPE.search(message)
            if kind is None or kind[1] not in _HARMLESS or _REJECTED in message:
                text = message[:MOST_TOLD].replace(b"\x01", b"|").decode("ascii", "replace")
                self.fault(f"an answer that is none: {text}")
                return

    def fault(self, text: str) -> None:
        """Something is wrong; only the first few are kept."""
        if len(self._faults) < 5:
            self._faults.append(text)

    def faults(self, sent: int) -> list[str]:
        """All that is wrong, after so many requests."""
        wrong = sent - self._counts[:sent].count(self.expected)
        if not wrong:
            return self._faults
        reports = f"{self.expected} report{'s' * (self.expected != 1)}"
        return [*self._faults, f"{wrong} of {sent} requests did not get {reports} exactly"]


class BlindAnswers(Answers):
    """Takes reports as the answers in order, whatever is in them: all a floor can be held to."""

    def take(self, data: bytes, now: int) -> None:
        """Take in what was read at ``now``."""
        data, self._rest = whole(self._rest + data if self._rest else data)
        first, end = self.answered, self.answered + data.count(_REPORT)
        for request in range(first, end):
            self.latency[request] = now - self.sent_at[request]
        self.answered = self.reports = end

    def faults(self, sent: int) -> list[str]:
        """All that is wrong, after so many requests."""
        return [] if self.answered == sent else [f"{self.answered} answers to {sent} requests"]


def whole(data: bytes) -> tuple[bytes, bytes]:
    """The whole messages at the start of some bytes, and the rest."""
    end = len(data)
    while (at := data.rfind(TRAILER, 0, end)) >= 0:
        if at + 8 <= len(data):
            return data[: at + 8], data[at + 8 :]
        end = at
    return b"", data
