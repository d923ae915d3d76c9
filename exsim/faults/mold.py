"""The surgery of MoldUDP64: its packets are lost, late or doubled, and else left as they are."""

from __future__ import annotations

from typing import Final

from exsim.faults.acts import ACTS
from exsim.faults.as_it_is import AsItIs

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


MOLD_SURGERY: Final = AsItIs(KINDS, LACKS, "packets of MoldUDP64")
