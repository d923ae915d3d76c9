"""Nodes over REST, where there are none: this simulator shares its venues with nobody."""

from __future__ import annotations

from exsim.control import node_results as nr
from exsim.control import node_schemas as ns
from exsim.control import schemas as s
from exsim.errors import Conflict
from exsim.services.simulator import Handler, Simulator

ALONE = (
    "this simulator shares its venues with no other: that takes [exsim] processes = venue, and a "
    "journal = postgresql://..."
)


def list_nodes(simulator: Simulator, arguments: s.NoArguments, body: None) -> nr.Nodes:
    """None."""
    return nr.Nodes("", [], [])


def move_venue(simulator: Simulator, arguments: s.VenueArguments, body: ns.Move) -> None:
    """Refused."""
    simulator.dispatcher.venue(arguments.venue)
    raise Conflict(ALONE)


HANDLERS: dict[str, Handler] = {"list_nodes": list_nodes, "move_venue": move_venue}
