"""
Which venues a node takes: those that nobody carries, and that are for it rather than for others.

All nodes see the same, and so come to the same without a word between them: each free venue is for
the node that has most room left. A node that does not take what is for it is waited for a moment;
then the next one may. Should two take at once, the database lets one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from exsim.services.front.leases import Seen

GRACE: Final = 0.5
"""Seconds for which a venue is left to the node that it is for, and to each one after that."""


def to_take(me: str, venues: Sequence[str], seen: Seen, here: float) -> list[str]:
    """
    The venues of the configuration that node ``me`` is to take now, which it has been for ``here``
    seconds.

    What was free before it came waits a moment longer, so that nodes that start together share.
    """
    rooms, leases = rooms_left(len(venues), seen), seen.by_venue
    taken: list[str] = []
    for venue in venues:
        lease = leases.get(venue)
        if lease is not None and lease.runs:
            continue
        order = [lease.reserved] if lease is not None and lease.reserved else _by_room(rooms)
        if not order:
            continue
        free = here if lease is None else min(here, -lease.left)
        before = lease is None or -lease.left > here
        first = order[0]
        if me in order and free >= GRACE * (order.index(me) + before):
            taken.append(venue)
            first = me
        if first in rooms:
            rooms[first] -= 1
    return taken


def rooms_left(venues: int, seen: Seen) -> dict[str, int]:
    """How many more of so many venues each node that is there has room for."""
    carried = Counter(lease.node for lease in seen.leases if lease.runs)
    return {
        peer.node: (peer.room or venues) - carried[peer.node] for peer in seen.nodes if peer.alive
    }


def _by_room(rooms: dict[str, int]) -> list[str]:
    """The nodes that have room, those with most of it first."""
    having = [node for node, room in rooms.items() if room > 0]
    return sorted(having, key=lambda node: (-rooms[node], node))
