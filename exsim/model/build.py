"""Which build of exsim this is: its parts without I/O are compiled all together, or not at all."""

from __future__ import annotations

from typing import Literal

from exsim.model import codes


def this_build() -> Literal["compiled", "pure"]:
    """Which it is: what a module of those parts was loaded from tells."""
    return "pure" if str(codes.__file__).endswith((".py", ".pyc")) else "compiled"
