"""Recordings for tests: messages of ITCH, OUCH and FIX, and the files that they make."""

from __future__ import annotations

from typing import Final

from exsim.wire.fix import encode
from exsim.wire.layouts import itch50 as itch

MORNING: Final = 34_200 * 10**9
"""09:30, in nanoseconds since midnight."""
DAY: Final = 20_000 * 86_400 * 10**9
_BEGIN: Final = (1, 0, MORNING)

ITCH: Final = (
    itch.TRADING_ACTION.encode((*_BEGIN, b"AAA     ", b"T", b" ", b"    ")),
    itch.ADD.encode((*_BEGIN, 7, b"B", 100, b"AAA     ", 1_002_500)),
    itch.EXECUTED.encode((*_BEGIN, 7, 60, 1)),
    itch.EXECUTED_WITH_PRICE.encode((*_BEGIN, 7, 10, 2, b"N", 1_002_400)),
    itch.CANCEL.encode((*_BEGIN, 7, 5)),
    itch.REPLACE.encode((*_BEGIN, 7, 8, 25, 1_002_600)),
    itch.DELETE.encode((*_BEGIN, 8)),
    itch.TRADE.encode((*_BEGIN, 0, b"B", 30, b"AAA     ", 1_002_500, 3)),
    itch.BROKEN_TRADE.encode((*_BEGIN, 1)),
)
"""A little of a day of AAA."""

LOGON: Final = encode(
    b"FIX.4.4",
    b"35=A\x0134=1\x0149=TRADER\x0152=20260102-03:04:05.678\x0156=XSIM\x01554=secret\x01",
)
ORDER: Final = encode(
    b"FIX.4.4",
    b"35=D\x0134=2\x0149=TRADER\x0152=20260102-03:04:06\x0156=XSIM\x0111=c1\x0155=AAA\x0154=1\x01"
    b"38=100\x01",
)


def itch_file(messages: tuple[bytes, ...] = ITCH) -> bytes:
    """Messages, each behind its length."""
    return b"".join(framed(each) for each in messages)


def framed(message: bytes) -> bytes:
    """A message behind its length."""
    return len(message).to_bytes(2, "big") + message


def mold_packet(messages: tuple[bytes, ...], sequence: int = 1) -> bytes:
    """A packet of MoldUDP64, by its specification."""
    head = b"SESSION001" + sequence.to_bytes(8, "big") + len(messages).to_bytes(2, "big")
    return head + itch_file(messages)
