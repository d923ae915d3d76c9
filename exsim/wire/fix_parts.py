"""What FIX messages are put together from, where they are made."""

from __future__ import annotations

from contextlib import suppress

Part = bytes | str | int | tuple[object, ...]
"""Of a message: text is encoded, a number is written out, and a tuple holds more parts."""


def as_bytes(part: object) -> bytes:
    """
    The bytes of a :data:`Part`.

    :raises TypeError: when it is none.
    """
    if isinstance(part, bytes):
        return part
    if isinstance(part, str):
        return part.encode()
    if isinstance(part, tuple):
        if part and isinstance(part[-1], str):  # nearly always all of them are
            with suppress(TypeError):
                return "".join(part).encode()
        return b"".join([as_bytes(each) for each in part])
    if isinstance(part, int):
        return b"%d" % part
    raise TypeError(f"a message is made of bytes, text and numbers, not of {part!r}")
