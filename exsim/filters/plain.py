"""Whether what looks like a field of FIX, in bytes that were not taken apart, is one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

try:
    from exsim.filters import _looks
except ImportError:  # an install of pure Python
    _looks = None  # type: ignore[assignment]

_DATA: Final = re.compile(
    # 90 93 95 212 348 to 364 445 618 621, and all of four digits, as those of dialects have
    rb"\x01[1-9][0-9](?:=(?<=9[035]=)|[0-9](?:=(?<=212=|3[456].=|445=|618=|621=)|[0-9]))"
)
"""Whatever may be the length of a field of data, in which a delimiter is none."""


def is_plain_slowly(whole: bytes, end: int) -> bool:
    """
    Whether a delimiter at ``end`` begins a field, and is nothing in a field of data: no field
    before it may announce data. The first delimiter, too, comes before all fields.
    """
    return _DATA.search(whole, 0, end) is None


is_plain: Final[Callable[[bytes, int], bool]] = getattr(_looks, "is_plain", is_plain_slowly)
