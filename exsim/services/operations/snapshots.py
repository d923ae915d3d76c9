"""
Named snapshots over REST: taken, now or as of an entry of the journal, and gone back to.

Going back begins a new epoch of the journal, whose beginning is the state that was gone back to: it
is run again from there, and needs nothing that was before.
"""

from __future__ import annotations

from typing import Any

from exsim.control import double_results as dr
from exsim.control import double_schemas as ds
from exsim.control import schemas as s
from exsim.control.cursors import page, parse_cursor
from exsim.errors import Conflict
from exsim.services import state
from exsim.services.operations.views import time_text
from exsim.services.simulator import Handler, Simulator
from exsim.services.snapshots import Snapshot, plain


def list_snapshots(simulator: Simulator, arguments: s.PageArguments, body: None) -> Any:
    """In the order they were taken."""
    epoch = simulator.exchange.journal.epoch
    after = parse_cursor(arguments.after, epoch)
    numbered = simulator.numbers.of("snapshot", simulator.library.names())
    items = [(n, view(simulator, name)) for n, name in numbered if n > after]
    return page(items, epoch, arguments.limit)


def view(simulator: Simulator, name: str) -> dr.Snapshot:
    """A snapshot as people see it."""
    library = simulator.library
    found = library.get(name)
    return dr.Snapshot(name, found.epoch, found.seq, time_text(found.time), library.size(name))


def take_snapshot(
    simulator: Simulator, arguments: ds.SnapshotArguments, body: ds.NewSnapshot
) -> dr.Snapshot:
    """Keep the state as it is, or as it was after an entry of this epoch's journal."""
    journal, now = simulator.exchange.journal, simulator.now()
    if body.at is None:
        made = Snapshot(journal.epoch, journal.last, now, plain(state.capture(simulator)))
    else:
        from exsim.services.forking import forked  # which runs journals, and so operations

        made = forked(simulator, body.at)
    simulator.library.add(arguments.snapshot, made)
    return view(simulator, arguments.snapshot)


def restore_snapshot(
    simulator: Simulator, arguments: ds.SnapshotArguments, body: None
) -> dr.Snapshot:
    """Be as a snapshot says; all connections are closed, and the journal begins a new epoch."""
    wanted = simulator.library.get(arguments.snapshot)
    _check(simulator, wanted)
    exchange, now = simulator.exchange, simulator.now()
    _disconnect(simulator, now)
    exchange.forget_messages(list(exchange.dispatcher.venues.values()))
    exchange.given.clear()
    state.restore(simulator, wanted.state)
    exchange.floors.clear()  # they were entries of another epoch
    for service in simulator.endpoints:
        name = service.endpoint.settings.name
        service.endpoint = exchange.endpoints[name]
    for endpoint, connection in list(exchange.connections.values()):
        exchange.lost(endpoint, connection, now)
    for venue in exchange.dispatcher.venues.values():
        if venue.rulebook is not None:
            for play in venue.rulebook.plays.all():
                venue.rulebook.plays.ask(play)
    return view(simulator, arguments.snapshot)


def _check(simulator: Simulator, wanted: Snapshot) -> None:
    """
    Whether it can be gone back to while all goes on listening.

    :raises exsim.errors.Conflict: when it cannot.
    """
    exchange = simulator.exchange
    then = {each["name"]: each["listen"] for each in wanted.state["endpoints"]}
    now = {name: each.settings.listen for name, each in exchange.endpoints.items()}
    if then != now:
        raise Conflict(
            f"endpoints were made or removed since: it had {', '.join(then) or 'none'}, and now"
            f" there are {', '.join(now) or 'none'}: have the same ones first"
        )
    for endpoint in exchange.endpoints.values():
        for session in endpoint.acceptor.sessions.values():
            if session.settings.connect:
                raise Conflict(
                    f"session {session.name} connects by itself, and nothing can be gone back to"
                    " with such a session"
                )


def _disconnect(simulator: Simulator, now: int) -> None:
    """Close all sockets: what their counterparties knew is of a day that was not."""
    exchange, turns = simulator.exchange, simulator.turns
    for endpoint, connection in list(exchange.connections.values()):
        turns.cut(connection)
        exchange.lost(endpoint, connection, now)


def delete_snapshot(simulator: Simulator, arguments: ds.SnapshotArguments, body: None) -> None:
    """Forget one."""
    simulator.library.remove(arguments.snapshot)


def nothing(simulator: Simulator, arguments: Any, body: Any) -> None:
    """In a journal that is run again: these change no state of this epoch."""


HANDLERS: dict[str, Handler] = {
    "list_snapshots": list_snapshots,
    "take_snapshot": take_snapshot,
    "restore_snapshot": restore_snapshot,
    "delete_snapshot": delete_snapshot,
}
AGAIN: dict[str, Handler] = dict.fromkeys(
    ("take_snapshot", "restore_snapshot", "delete_snapshot"), nothing
)
