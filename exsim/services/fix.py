"""FIX as a simulator runs it: the protocol module, with the dictionaries that are read for it."""

from __future__ import annotations

from exsim.config.dictionaries import standard
from exsim.protocols.fix import FixProtocol


class Fix(FixProtocol):
    """``protocol = fix``."""

    def __init__(self) -> None:
        super().__init__(standard)
