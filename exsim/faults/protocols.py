"""Which protocols have which kinds of faults."""

from __future__ import annotations

from typing import Final

from exsim.faults.fix import FIX_SURGERY
from exsim.faults.kinds import ORDER, Kind
from exsim.faults.orders import ENTRY
from exsim.faults.soup import SoupSurgery
from exsim.interfaces import Surgery
from exsim.wire.layouts.itch50 import GLIMPSE, ITCH50
from exsim.wire.layouts.ouch50 import OUCH50

SURGERIES: Final[dict[str, Surgery]] = {
    "fix": FIX_SURGERY,
    "ouch": SoupSurgery(OUCH50),
    "itch": SoupSurgery(ITCH50),
    "glimpse": SoupSurgery(GLIMPSE),
}
"""The surgery of each protocol that has one."""


def served(kind: Kind) -> dict[str, str]:
    """The protocols that have a kind, and the filter that its messages fit there in any case."""
    if kind.level == ORDER:
        return {name: kind.match for name in ENTRY if name not in kind.lacks}
    return {
        name: surgery.matches.get(kind.name, "")
        for name, surgery in SURGERIES.items()
        if kind.name in surgery.kinds
    }


def refusal(kind: Kind, protocol: str, role: str, surgery: Surgery | None) -> str:
    """Why endpoints of a protocol, in a role, cannot have a kind; empty where they can."""
    if kind.roles and role not in kind.roles and surgery is not None and kind.name in surgery.kinds:
        return f"a fault of kind {kind.name} is for endpoints of role {kind.roles[0]}, not {role}"
    if kind.level == ORDER:
        orders = protocol in ENTRY or protocol not in SURGERIES
        why = kind.lacks.get(protocol, "") if orders else "no orders come by it"
    elif surgery is None:
        return f"protocol {protocol} has no faults of messages yet"
    elif kind.name in surgery.kinds:
        return ""
    else:
        why = surgery.lacks.get(kind.name, f"it has {', '.join(sorted(surgery.kinds))}")
    return f"protocol {protocol} has no fault of kind {kind.name}: {why}" if why else ""
