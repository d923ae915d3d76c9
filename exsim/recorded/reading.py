"""
Reads a recording of any protocol: :func:`read`.

What it is of is guessed by its content, where nobody says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Final

from exsim.protocols.ouch_text import describe as describe_packet
from exsim.recorded import hexed
from exsim.recorded import protocols as p
from exsim.recorded.fix_lines import FixLog, NamesIn
from exsim.recorded.found import Found
from exsim.recorded.framings import (
    MOLD_HEADER,
    Framing,
    ItchFile,
    MoldFile,
    SoupFile,
    mold_header,
    wrong_message,
)
from exsim.recorded.records import Records
from exsim.wire import soup
from exsim.wire.layout import Family
from exsim.wire.layouts.itch50 import GLIMPSE
from exsim.wire.layouts.ouch42 import OUCH42
from exsim.wire.layouts.ouch50 import OUCH50

_ITCH: Final = Family("ITCH 5.0", GLIMPSE.title, (), GLIMPSE.outbound.values())
"""Its messages, and the one that GLIMPSE has besides."""
_MOST_BAD: Final = 100
_ENOUGH: Final = 100
"""Messages that are no chance, where nothing else lies between them."""
HEAD: Final = 1 << 16
"""Bytes that a guess is made by."""


class Unknown(ValueError):
    """Nobody can tell what that is a recording of."""


def read(
    chunks: Iterable[bytes], names_in: NamesIn, protocol: str | None = None
) -> Iterator[Found]:
    """
    All messages of a recording, and what lies between them that is none, one by one.

    :param chunks: its bytes, cut anyhow; they are asked for as they are needed.
    :param names_in: gives the names of a FIX message's version.
    :param protocol: one of :data:`exsim.recorded.protocols.PROTOCOLS`, or None to guess.
    :raises Unknown: when that fails.
    """
    head, rest = _head(chunks)
    if not head:
        return iter(())
    if protocol != p.FIX and hexed.is_hex(head):
        return _hex(chain([head], rest), names_in, protocol)
    return _reader(protocol or guess(head), names_in, chain([head], rest))


def _reader(protocol: str, names_in: NamesIn, chunks: Iterable[bytes]) -> Iterator[Found]:
    if protocol == p.FIX:
        return FixLog(names_in).read(chunks)
    return Records(_framing(protocol)).read(chunks)


def _framing(protocol: str) -> Framing:
    if protocol == p.ITCH:
        return ItchFile(_ITCH)
    if protocol == p.MOLD:
        return MoldFile(_ITCH)
    return SoupFile({p.SOUP_ITCH: _ITCH, p.OUCH50: OUCH50, p.OUCH42: OUCH42}[protocol])


def _head(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The beginning, and what comes behind it."""
    rest = iter(chunks)
    parts, size = [], 0
    for chunk in rest:
        parts.append(chunk)
        size += len(chunk)
        if size >= HEAD:
            break
    return b"".join(parts), rest


def guess(head: bytes) -> str:
    """
    What the beginning of a recording is of: that of which it has most.

    :raises Unknown: when it is of none.
    """
    if b"8=FIX" in head:
        return p.FIX
    covered: dict[str, int] = {}
    for name in p.PROTOCOLS:
        if name == p.FIX:
            continue
        found = list(Records(_framing(name)).read([head[:HEAD]]))
        if len(found) > _ENOUGH and all(each.readable for each in found[:-1]):
            return name
        covered[name] = sum(len(each.raw) for each in found if each.readable)
    best = max(covered, key=lambda name: covered[name])
    if covered[best]:
        return best
    if b"\0" not in head:
        return p.FIX  # a log may begin with other things
    raise Unknown(f"it is no recording of {', '.join(p.PROTOCOLS)}: say --protocol if it is one")


# -- digits


def _hex(lines: Iterable[bytes], names_in: NamesIn, protocol: str | None) -> Iterator[Found]:
    """Of a dump, or of digits in lines: each line is read by itself if the first one can be."""
    every = hexed.lines_of(lines)
    first = next(line for line in every if line.strip())
    whole = chain([first], every)
    if not hexed.is_dump(first):
        data = hexed.unhexed(first) or b""
        if (protocol is None and alone(data) is not None) or _whole(data, names_in, protocol):
            return _by_line(whole, names_in, protocol)
    bad: list[Found] = []
    found = read(_undumped(whole, bad), names_in, protocol)
    return chain(found, bad)


def _undumped(lines: Iterable[bytes], bad: list[Found]) -> Iterator[bytes]:
    """The bytes of lines; those that are wrong are collected, as far as anybody would read that."""
    dump = False
    for number, line in enumerate(lines, 1):
        dump = dump or hexed.is_dump(line)
        data = hexed.undumped(line) if dump else hexed.unhexed(line)
        if data is not None:
            yield data
        elif len(bad) < _MOST_BAD:
            bad.append(_no_digits(number, line))


def _no_digits(number: int, line: bytes) -> Found:
    why = "no hexadecimal digits"
    if line.strip() == b"*":
        why = "lines that are alike are left out here: hexdump -v has them all"
    return Found(f"line {number}", line[:200], None, why)


def _by_line(lines: Iterable[bytes], names_in: NamesIn, protocol: str | None) -> Iterator[Found]:
    for number, line in enumerate(lines, 1):
        data = hexed.unhexed(line)
        if data is None:
            yield _no_digits(number, line)
        elif data:
            yield from _unit(data, f"line {number}", names_in, protocol)


def _unit(data: bytes, place: str, names_in: NamesIn, protocol: str | None) -> Iterator[Found]:
    """What a line is: a message by itself, or records."""
    single = alone(data) if protocol is None else None
    if single is not None:
        single.place = place
        yield single
        return
    try:
        for found in _reader(protocol or guess(data), names_in, [data]):
            found.place = f"{place}, {found.place}" if found.place != "byte 0" else place
            yield found
    except Unknown as unknown:
        yield Found(place, data, None, str(unknown))


def _whole(data: bytes, names_in: NamesIn, protocol: str | None) -> bool:
    """Whether bytes are records, and nothing else."""
    try:
        found = list(_reader(protocol or guess(data), names_in, [data]))
    except Unknown:
        return False
    return bool(found) and all(each.readable for each in found)


def alone(data: bytes) -> Found | None:
    """The message without any frame, or the request of MoldUDP64, that bytes are."""
    if not wrong_message(data, _ITCH.outbound, _ITCH.name):
        return ItchFile(_ITCH).message(data, "")
    if len(data) == MOLD_HEADER and MoldFile(_ITCH).fits(data) and data[18:] != b"\0\0":
        return Found("", data, partial(mold_header, data))
    for family in (OUCH50, OUCH42):
        for kind, layouts, way in ((b"U", family.inbound, "in"), (b"S", family.outbound, "out")):
            if not wrong_message(data, layouts, family.name):
                packet = soup.packet(kind, data)
                return Found("", data, partial(describe_packet, packet, family), "", 0, way)
    return None
