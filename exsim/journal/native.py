"""The hot part of this package in C, where it is built: None where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.model.journal import Entry

try:
    from exsim.journal import _codec
except ImportError:  # an install of pure Python
    _codec = None  # type: ignore[assignment]

Columns = tuple[list[int], list[int], list[bytes]]
"""Of entries the times, the kinds with the numbers of their names, and the data."""

batch: Final[Callable[[list[Entry], int], tuple[bytes, int] | None] | None] = getattr(
    _codec, "batch", None
)
entries: Final[Callable[[bytes, int, int], Columns | None] | None] = getattr(
    _codec, "entries", None
)
