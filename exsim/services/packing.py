"""
State as MessagePack, for snapshots: as it is, but that integers may be of any size.

A sum of amounts may have more than the 64 bits of MessagePack's integers; such a one is an
extension of type :data:`WIDE`, its bytes big-endian in two's complement.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from exsim.model.plain import Plain

WIDE: Final = 1
"""The extension type of integers of more than 64 bits."""
_LEAST: Final = -(2**63)
_MOST: Final = 2**64 - 1


def pack(state: Any) -> bytes:
    """The bytes of a state, which is made of what JSON has, bytes, and integers of any size."""
    try:
        return msgspec.msgpack.encode(state)
    except OverflowError:  # Seldom, so that looking for what is wide costs nothing otherwise.
        return msgspec.msgpack.encode(_with_wide(state))


def unpack(data: bytes) -> Plain:
    """
    The state whose bytes these are.

    :raises msgspec.DecodeError: when they are no state's.
    """
    return msgspec.msgpack.decode(data, ext_hook=_wide)


def _with_wide(state: Any) -> Any:
    """A copy of a state in which wide integers are extensions."""
    if isinstance(state, dict):
        return {key: _with_wide(value) for key, value in state.items()}
    if isinstance(state, list | tuple):
        return [_with_wide(value) for value in state]
    if isinstance(state, int) and not _LEAST <= state <= _MOST:
        length = state.bit_length() // 8 + 1
        return msgspec.msgpack.Ext(WIDE, state.to_bytes(length, "big", signed=True))
    return state


def _wide(code: int, data: memoryview) -> int:
    if code != WIDE:
        raise msgspec.DecodeError(f"extension type {code} is no part of a state")
    return int.from_bytes(data, "big", signed=True)
