"""Operations on nodes: who carries which venues, and having one move."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from msgspec.structs import replace

from exsim.client.launch import Address
from exsim.control import node_results as nr
from exsim.control import node_schemas as ns
from exsim.control import schemas as s
from exsim.errors import Conflict, NotFound, Unavailable
from exsim.services.front.choosing import rooms_left
from exsim.services.front.leases import Lease, Peer, Seen
from exsim.services.operations.nodes import ALONE
from exsim.services.operations.views import time_text

if TYPE_CHECKING:
    from exsim.services.front.control import Front

SECOND: Final = 10**9
ANYWHERE: Final = ("0.0.0.0", "::", "")
"""Where a socket listens that takes what comes to any address of its host."""


async def list_nodes(front: Front, arguments: s.NoArguments, body: None) -> nr.Nodes:
    """As our node saw them last."""
    node = front.node
    if node is None:
        return nr.Nodes("", [], [])
    seen = node.seen
    if seen is None:
        return nr.Nodes(node.node, [], [], node.trouble)
    leases = seen.by_venue
    free = [
        one.venue
        for one in front.fleet.venues
        if (lease := leases.get(one.venue)) is None or not lease.runs
    ]
    items = [_node(peer, seen) for peer in sorted(seen.nodes, key=lambda peer: peer.node)]
    return nr.Nodes(node.node, items, free, node.trouble)


def _node(peer: Peer, seen: Seen) -> nr.Node:
    return nr.Node(
        node=peer.node,
        address=peer.address,
        alive=peer.alive,
        seen=time_text(seen.time - round(peer.age * SECOND)),
        room=peer.room,
        pid=peer.pid,
        version=peer.version,
        venues=[_carried(lease, seen) for lease in seen.carried_by(peer.node)],
    )


def _carried(lease: Lease, seen: Seen) -> nr.CarriedVenue:
    where = {peer.node: peer.address for peer in seen.nodes}.get(lease.node, lease.address)
    return nr.CarriedVenue(
        venue=lease.venue,
        node=lease.node,
        term=lease.term,
        expires=time_text(seen.time + round(lease.left * SECOND)),
        endpoints=[
            nr.ListeningPlace(name, _host(address, where), address.port)
            for name, address in sorted(lease.endpoints.items())
        ],
        wanted=lease.reserved,
    )


def _host(listening: Address, node: str) -> str:
    """Where others connect: where all addresses of a host will do, the one that its REST has."""
    if listening.port is not None and listening.host in ANYWHERE:
        return urlsplit(node).hostname or listening.host
    return listening.host


async def move_venue(front: Front, arguments: s.VenueArguments, body: ns.Move) -> nr.CarriedVenue:
    """
    Have whoever carries it give it to another node. It has been asked to once this answers; it is
    there some seconds later.
    """
    front.fleet.venue(arguments.venue)
    if (node := front.node) is None:
        raise Conflict(ALONE)
    if node.seen is None or node.trouble:
        raise Unavailable(node.trouble)
    lease = node.seen.by_venue.get(arguments.venue)
    if lease is None or not lease.runs:
        raise Conflict(f"venue {arguments.venue} is carried by no node now")
    if lease.node == body.node:
        return _carried(lease, node.seen)
    _check_room(node.seen, len(front.fleet.venues), body.node)
    try:
        await node.want(lease.venue, body.node)
    except OSError as error:
        raise Unavailable(f"the database does not answer: {error}") from None
    return replace(_carried(lease, node.seen), wanted=body.node)


def _check_room(seen: Seen, venues: int, wanted: str) -> None:
    """
    Insist that a node is there and has room.

    :raises exsim.errors.RequestError: when not.
    """
    rooms = rooms_left(venues, seen)
    if wanted not in {peer.node for peer in seen.nodes}:
        known = ", ".join(sorted(peer.node for peer in seen.nodes))
        raise NotFound(f"there is no node {wanted!r}; there are: {known}")
    if wanted not in rooms:
        raise Conflict(f"node {wanted} was not seen for a while")
    if rooms[wanted] <= 0:
        raise Conflict(f"node {wanted} has room for no more venues")


HANDLERS: dict[str, Callable[[Front, Any, Any], Coroutine[Any, Any, Any]]] = {
    "list_nodes": list_nodes,
    "move_venue": move_venue,
}
"""By name."""
