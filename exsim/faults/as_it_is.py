"""The surgery of protocols whose messages no fault changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exsim.interfaces import Best
from exsim.model.luck import Luck

Values = Mapping[str, Any]


class AsItIs:
    """
    See :class:`exsim.interfaces.Surgery`: messages are lost, late, or come again as they were.

    ``what`` they are called.
    """

    matches: Mapping[str, str] = {}

    def __init__(self, kinds: frozenset[str], lacks: Mapping[str, str], what: str) -> None:
        self.kinds = kinds
        self.lacks = lacks
        self._what = what

    def check(self, kind: str, given: Mapping[str, str], values: Values) -> None:
        """Whether parameters make sense."""
        if given.get("poss_dup") and values["poss_dup"]:
            raise ValueError(f"{self._what} cannot be marked as possible duplicates")

    def operate(self, kind: str, raw: bytes, values: Values, luck: Luck) -> bytes:
        """The message as it is."""
        return raw

    def duplicate(self, raw: bytes, now: int) -> bytes:
        """The message as it is."""
        return raw

    def crossed(self, raw: bytes, best: Best, by: int) -> bytes:
        """The message as it is."""
        return raw

    def halted(self, raw: bytes, now: int) -> bytes:
        """None."""
        return b""
