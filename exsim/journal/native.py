"""The hot part of this package in C, where it is built: None where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exsim.model.journal import Entry

try:
    from exsim.journal import _codec
except ImportError:  # an install of pure Python
    _codec = None  # type: ignore[assignment]

batch: Final[Callable[[list[Entry], int], tuple[bytes, int] | None] | None] = getattr(
    _codec, "batch", None
)
