"""The surgery of MoldUDP64: its packets are lost, late or doubled, and else left as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from exsim.faults.acts import ACTS
from exsim.model.luck import Luck

Values = Mapping[str, Any]

KINDS: Final = frozenset(
    (
        "drop",
        "ignore",
        "delay",
        "duplicate",
        "insert",
        "latency",
        "jitter",
        "bandwidth",
        "black-hole",
        "garbage",
        "reorder",
    )
)
LACKS: Final = dict.fromkeys(
    sorted(ACTS.keys() - KINDS),
    "MoldUDP64 has datagrams, each sent whole and to nobody in particular:"
    " lose, double, delay or reorder them",
)
"""Kinds that make no sense for it, and why."""


class MoldSurgery:
    """See :class:`exsim.interfaces.Surgery`."""

    def __init__(self) -> None:
        self.kinds: frozenset[str] = KINDS
        self.lacks: Mapping[str, str] = LACKS
        self.matches: Mapping[str, str] = {}

    def check(self, kind: str, given: Mapping[str, str], values: Values) -> None:
        """Whether parameters make sense."""
        if given.get("poss_dup") and values["poss_dup"]:
            raise ValueError("packets of MoldUDP64 have no mark of a possible duplicate")

    def operate(self, kind: str, raw: bytes, values: Values, luck: Luck) -> bytes:
        """The packet as it is: no kind that it has changes one."""
        return raw

    def duplicate(self, raw: bytes, now: int) -> bytes:
        """The packet as it is."""
        return raw


MOLD_SURGERY: Final = MoldSurgery()
