"""The hot parts of this package in C, where they are built: each None where they are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Scanned = tuple[bytes, list[bytes], dict[bytes, bytes], int, bool, bytes, bool]

try:
    from exsim.wire import _fix_codec as _codec
except ImportError:  # an install of pure Python
    _codec = None  # type: ignore[assignment]

scan: Final[Callable[[bytes], Scanned | None] | None] = getattr(_codec, "scan", None)
cut: Final[Callable[[bytes, int, bytes, int], int] | None] = getattr(_codec, "cut", None)
wrap: Final[Callable[..., bytes] | None] = getattr(_codec, "wrap", None)
same: Final[Callable[..., bool] | None] = getattr(_codec, "same", None)
set_lengths: Final[Callable[[list[int]], None] | None] = getattr(_codec, "set_lengths", None)
set_tags: Final[Callable[[tuple[bytes, ...]], None] | None] = getattr(_codec, "set_tags", None)
set_amount_text: Final[Callable[[Callable[[int], str]], None] | None] = getattr(
    _codec, "set_amount_text", None
)
