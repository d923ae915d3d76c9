"""FIX as a simulator runs it: the protocol module, with the dictionaries that are read for it."""

from __future__ import annotations

from functools import lru_cache

from exsim.config.dictionaries import standard
from exsim.protocols.fix import FixProtocol
from exsim.wire.fix_dictionary import Dictionary

MOST_FILES = 100
"""Dictionaries kept of those read from files."""


class Fix(FixProtocol):
    """``protocol = fix``; a file is read when it is first named, and not again."""

    def __init__(self) -> None:
        super().__init__(standard, lru_cache(MOST_FILES)(_read))


def _read(path: str) -> Dictionary:
    """The dictionary in a file; what reads XML is loaded for the first."""
    from exsim.config.fix_xml import read_xml

    return read_xml(path)
