"""Hot parts of :mod:`exsim.wire` in C; not in an install of pure Python."""

from collections.abc import Callable, Iterable

from exsim.wire.fix_parts import Part

def scan(
    raw: bytes,
) -> tuple[bytes, list[bytes], dict[bytes, bytes], int, bool, bytes] | None:
    """
    MsgType, parts, fields, MsgSeqNum, whether a tag is repeated, and the tags with commas between.

    None where the message has to be looked at more closely.
    """

def set_lengths(tags: Iterable[int]) -> None:
    """Say which tags tell the length of raw data: what has one is looked at more closely."""

def set_tags(tags: Iterable[bytes]) -> None:
    """Say which objects to use for tags: those that they are looked up by are found sooner."""

def cut(buffer: bytes, start: int, prefix: bytes, largest: int) -> int:
    """
    Where the message at ``start`` ends, if it begins with ``prefix``, up to ``9=``, is all there
    and right, and has at most ``largest`` bytes; -1 where that has to be looked at more closely.
    """

def wrap(prefix: bytes, *parts: Part) -> bytes:
    """
    A message of these parts: see :data:`exsim.wire.fix_parts.Part`.

    ``prefix`` is all up to ``9=``; BodyLength and CheckSum are written here.
    """

def same(raw: bytes, prefix: bytes, *parts: Part) -> bool:
    """Whether ``raw`` is what :func:`wrap` makes, without making it."""

def set_amount_text(function: Callable[[int], str]) -> None:
    """Say what writes an amount of more than 64 bits."""
