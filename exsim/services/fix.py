"""FIX as a simulator runs it: the protocol module, with the dictionaries that are read for it."""

from __future__ import annotations

from functools import lru_cache

from exsim.config.dictionaries import standard
from exsim.config.fix_xml import read_xml
from exsim.protocols.fix import FixProtocol

MOST_FILES = 100
"""Dictionaries kept of those read from files."""


class Fix(FixProtocol):
    """``protocol = fix``; a file is read when it is first named, and not again."""

    def __init__(self) -> None:
        super().__init__(standard, lru_cache(MOST_FILES)(read_xml))
