"""Whether pictures can be drawn: matplotlib is an extra, ``pip install exsim[plot]``."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from exsim.errors import ExsimError

FORMATS: Final = ("png", "svg")


class NoPlot(ExsimError):
    """There is no matplotlib."""

    def __init__(self) -> None:
        super().__init__("pictures need matplotlib: pip install exsim[plot]")


def can_draw() -> bool:
    """Whether there is a matplotlib, which is not imported for that."""
    return find_spec("matplotlib") is not None
