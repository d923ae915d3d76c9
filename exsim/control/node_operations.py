"""
Entries of the table of operations: hosts that share venues between them.

They belong to :mod:`exsim.control.operations`.
"""

from __future__ import annotations

from typing import Final

from exsim.control import node_results as nr
from exsim.control import node_schemas as ns
from exsim.control import schemas as s
from exsim.control.entries import Operation, read

# fmt: off
NODES: Final[tuple[Operation, ...]] = (
    read("list_nodes", "/nodes", "List the nodes, and which venues each of them carries", nr.Nodes),
    # No command: it is of no venue's journal, which goes on at the other node as it was.
    Operation("move_venue", "POST", "/venues/{venue}/move", "Have another node carry a venue",
              nr.CarriedVenue, s.VenueArguments, ns.Move, 202, (404, 409), role="admin"),
)
# fmt: on
