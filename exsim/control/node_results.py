"""
What operations about nodes answer, as msgspec Structs.

What all of that has in common is said in :mod:`exsim.control.results`.
"""

from __future__ import annotations

from exsim.control.fields import Time
from exsim.control.results import Output


class ListeningPlace(Output, frozen=True):
    """Where an endpoint listens; ``port`` is null for a unix socket, whose path ``host`` is."""

    endpoint: str
    host: str
    port: int | None


class CarriedVenue(Output, frozen=True):
    """
    A venue and the node that carries it, until ``expires`` unless it goes on.

    ``term`` counts those that have carried it; ``wanted`` is the node that it is to move to, null
    for none. There are no ``endpoints`` while it starts.
    """

    venue: str
    node: str
    term: int
    expires: Time
    endpoints: list[ListeningPlace]
    wanted: str | None = None

    def __str__(self) -> str:
        return self.venue if self.wanted is None else f"{self.venue}>{self.wanted}"


class Node(Output, frozen=True):
    """
    A host. ``address`` is the URL of its REST interface, ``room`` how many venues it carries at
    most; ``alive``: it was ``seen`` a moment ago.
    """

    node: str
    address: str
    alive: bool
    seen: Time
    room: int
    pid: int
    version: str
    venues: list[CarriedVenue]


class Nodes(Output, frozen=True):
    """
    All nodes by name, as ``node``, the one that answers, saw them last; empty where venues are not
    shared. ``free`` are venues that nobody carries, ``trouble`` why what is told may be old.
    """

    node: str
    items: list[Node]
    free: list[str]
    trouble: str = ""
