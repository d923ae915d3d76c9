"""What nodes know of each other and of the leases of venues, and what they do about these."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from twisted.internet.defer import Deferred
from zope.interface import Interface

from exsim.client.launch import Address

ALIVE: Final = 1.5
"""Seconds since a node was seen for which it counts as there."""
RESERVED: Final = 5.0
"""Seconds for which a venue that is to move is left to the node that is to have it."""


class Lease(Struct, frozen=True):
    """
    Who carries a venue, or did last.

    ``term`` counts those who have. It ends in ``left`` seconds, or ended so long ago where that is
    negative. ``wanted`` is the node that is to have it instead, said ``wanted_for`` seconds ago.
    ``address`` (of the node's REST) and ``endpoints`` are empty until it listens.
    """

    venue: str
    term: int
    node: str
    left: float
    address: str = ""
    endpoints: dict[str, Address] = {}
    wanted: str | None = None
    wanted_for: float = 0.0

    @property
    def runs(self) -> bool:
        """Whether somebody carries it."""
        return self.left > 0

    @property
    def reserved(self) -> str | None:
        """The only node that may have it next; None where any may."""
        return self.wanted if self.wanted_for < RESERVED else None


class Peer(Struct, frozen=True):
    """
    A node: where its REST is, how many venues it has ``room`` for (0: for all), and how many
    seconds ago it was seen (``age``).
    """

    node: str
    address: str
    room: int
    age: float
    pid: int
    version: str

    @property
    def alive(self) -> bool:
        """Whether it is there."""
        return self.age < ALIVE


class Seen(Struct, frozen=True):
    """All nodes and leases at a ``time``, nanoseconds since 1970 UTC by the clock of all."""

    time: int
    nodes: list[Peer]
    leases: list[Lease]

    @property
    def by_venue(self) -> dict[str, Lease]:
        """The leases by the names of venues; of those that somebody has carried."""
        return {one.venue: one for one in self.leases}

    def carried_by(self, node: str) -> list[Lease]:
        """Those that a node has now."""
        return [one for one in self.leases if one.node == node and one.runs]


class ILeases(Interface):
    """
    Where all nodes look. Every Deferred fails with an OSError while nobody is to be asked there.
    """

    def look(me: Peer) -> Deferred[Seen]:
        """Tell that we are there, and see who else is, and who carries what."""

    def take(venue: str) -> Deferred[int | None]:
        """Take a venue that is free: its term; None where it is not free any more."""

    def renew(venue: str, term: int) -> Deferred[bool]:
        """Go on with a venue whose process starts; False where it is lost."""

    def release(venue: str, term: int) -> Deferred[None]:
        """Let others have a venue; nothing where they have it already."""

    def want(venue: str, node: str) -> Deferred[bool]:
        """Have a venue move to a node; False where nobody ever carried it."""

    def leave(node: str) -> Deferred[None]:
        """Tell that a node is there no more, and look no longer."""
