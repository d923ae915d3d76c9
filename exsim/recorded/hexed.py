"""
Bytes written as hexadecimal digits: a dump with offsets (xxd, hexdump -C, tcpdump -x), or lines of
digits alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_OFFSET: Final = re.compile(rb"\s*(?:0x)?[0-9a-fA-F]{4,16}(:\s|\s\s)")
_OFFSET_ALONE: Final = re.compile(rb"\s*(?:0x)?[0-9a-fA-F]{4,16}:?\s*")
_ASCII: Final = re.compile(rb"\s{2,}\S.*$|\s*\|.*\|\s*$")
_BETWEEN: Final = re.compile(rb"0[xX]|\\x|[\s:,-]+")
_DIGITS: Final = re.compile(rb"(?:[0-9a-fA-F]{2})+")


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines, without what ends them."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest


def is_dump(line: bytes) -> bool:
    """Whether a line has an offset before its digits."""
    offset = _OFFSET.match(line)
    if offset is None:
        return False
    return offset[1].startswith(b":") or _ASCII.search(line, offset.end()) is not None


def undumped(line: bytes) -> bytes | None:
    """The bytes of a line with an offset; None where it has something else."""
    offset = _OFFSET.match(line)
    if offset is None:
        return b"" if _OFFSET_ALONE.fullmatch(line) or not line.strip() else None
    rest = line[offset.end() :]
    shown = re.search(rb"\|.*\|\s*$", rest)
    if shown is not None:
        rest = rest[: shown.start()]
    else:
        rest = re.split(rb"\s{2,}", rest.strip(), maxsplit=1)[0]
    return unhexed(rest)


def unhexed(line: bytes) -> bytes | None:
    """The bytes of digits, with blanks, colons, commas, ``0x`` or ``\\x`` between; else None."""
    digits = _BETWEEN.sub(b"", line)
    if not digits:
        return b""
    return bytes.fromhex(digits.decode("ascii")) if _DIGITS.fullmatch(digits) else None


def is_hex(head: bytes) -> bool:
    """Whether most lines at the beginning of a file are digits, and the first one is."""
    lines = [line for line in head.split(b"\n")[:40] if line.strip()][:20]
    if not lines:
        return False
    told = [undumped(line) if is_dump(line) else unhexed(line) for line in lines]
    return sum(data is not None for data in told) * 2 >= len(lines) and bool(told[0])
