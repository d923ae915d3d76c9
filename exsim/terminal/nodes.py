"""``exsim nodes``: which node carries which venue."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from rich.text import Text

from exsim.client.address import token_of, url_of
from exsim.control import node_results as nr
from exsim.errors import ExsimError
from exsim.terminal.watching import Surroundings, carried_out, console

ALONE: Final = "it shares its venues with no other host: [exsim] has no journal = postgresql://..."
HEADINGS: Final = ("node", "address", "seen", "room", "venue", "term", "endpoints")


def main(options: argparse.Namespace, around: Surroundings | None = None) -> int:
    """Carry out a command line."""
    given = around or Surroundings()

    def work() -> None:
        url = options.at or url_of(options)
        with given.connect(url, token_of(options)) as simulator:
            found: nr.Nodes = simulator.list_nodes()
        if options.json:
            given.out.write(msgspec.json.encode(found).decode() + "\n")
            return
        if not found.node:
            raise ExsimError(f"{url}: {ALONE}")
        screen = console(given)
        for line in (*table(found), *notes(found)):
            screen.print(line)

    return carried_out("nodes", given, work)


def table(found: nr.Nodes) -> Iterator[Text]:
    """A line a venue, under the node that carries it."""
    rows: list[Sequence[Text]] = [[Text(heading, style="dim") for heading in HEADINGS]]
    for node in found.items:
        for number, venue in enumerate(node.venues or [None]):
            rows.append([*(_node(node) if number == 0 else [Text("")] * 4), *_venue(venue)])
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        line = Text()
        for cell, width in zip(row, widths, strict=True):
            line.append_text(cell).append(" " * (width - cell.cell_len + 2))
        line.rstrip()
        yield line


def _node(node: nr.Node) -> list[Text]:
    room = f"{len(node.venues)}/{node.room}" if node.room else f"{len(node.venues)}"
    seen = Text("now") if node.alive else Text(node.seen[:19], style="red")
    return [Text(node.node, style="bold"), Text(node.address or "-"), seen, Text(room)]


def _venue(venue: nr.CarriedVenue | None) -> list[Text]:
    if venue is None:
        return [Text("-"), Text(""), Text("")]
    places = ", ".join(
        f"{one.endpoint} {one.host}" + ("" if one.port is None else f":{one.port}")
        for one in venue.endpoints
    )
    name = Text(venue.venue)
    if venue.wanted is not None:
        name.append(f" moves to {venue.wanted}", style="yellow")
    return [name, Text(str(venue.term)), Text(places or "starts")]


def notes(found: nr.Nodes) -> Iterator[Text]:
    """What is not as it should be."""
    if found.free:
        yield Text(f"carried by no node: {', '.join(found.free)}", style="red")
    if found.trouble:
        yield Text(f"this may be old: {found.trouble}", style="red")
