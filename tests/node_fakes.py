"""The leases of all nodes in memory, as the database keeps them; and nodes that share them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from zope.interface import implementer

from exsim.client.launch import Address, Ready
from exsim.services.front.leases import ILeases, Lease, Peer, Seen
from exsim.services.front.node import Named, Node
from exsim.services.front.places import Place, Places
from tests.front_fakes import FakeProcess

LEASE = 2.0
SECOND = 10**9


class Row(Struct):
    """The lease of a venue, ``ends`` and ``since`` as the clock counts."""

    term: int
    node: str
    ends: float
    wanted: str | None = None
    since: float = 0.0
    address: str = ""
    endpoints: dict[str, Address] = {}


class Table:
    """What the database has."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.rows: dict[str, Row] = {}
        self.nodes: dict[str, tuple[Peer, float]] = {}

    def lease(self, venue: str) -> Lease:
        """A row as it is told."""
        row, now = self.rows[venue], self.clock.seconds()
        since = now - row.since if row.wanted else 0.0
        return Lease(
            venue, row.term, row.node, row.ends - now, row.address, row.endpoints, row.wanted, since
        )


@implementer(ILeases)
class MemoryLeases:
    """A node's way to the table; it fails while it is ``away``. ``term`` of what it took last."""

    def __init__(self, table: Table, node: str) -> None:
        self.away = False
        self.looks = 0
        self._table = table
        self._node = node

    def _answer(self, result: Any) -> Deferred[Any]:
        return fail(OSError("no route to host")) if self.away else succeed(result)

    def look(self, me: Peer) -> Deferred[Seen]:
        """All of it."""
        self.looks += 1
        now = self._table.clock.seconds()
        if not self.away:
            self._table.nodes[me.node] = me, now
        nodes = [replace(peer, age=now - at) for peer, at in self._table.nodes.values()]
        leases = [self._table.lease(venue) for venue in self._table.rows]
        return self._answer(Seen(round(now * SECOND), nodes, leases))

    def take(self, venue: str) -> Deferred[int | None]:
        """The next term, if it is free."""
        rows, now = self._table.rows, self._table.clock.seconds()
        lease = self._table.lease(venue) if venue in rows else None
        if self.away or (lease and (lease.runs or lease.reserved not in (None, self._node))):
            return self._answer(None)
        term = lease.term + 1 if lease else 1
        rows[venue] = Row(term, self._node, now + LEASE)
        return self._answer(term)

    def renew(self, venue: str, term: int) -> Deferred[bool]:
        """As the process of a venue does, too."""
        row = self._table.rows[venue]
        if not self.away and row.term == term:
            row.ends = self._table.clock.seconds() + LEASE
        return self._answer(row.term == term)

    def release(self, venue: str, term: int) -> Deferred[None]:
        """It ends now."""
        row = self._table.rows[venue]
        if not self.away and row.term == term:
            row.ends = min(row.ends, self._table.clock.seconds())
        return self._answer(None)

    def want(self, venue: str, node: str) -> Deferred[bool]:
        """Note it."""
        row = self._table.rows.get(venue)
        if row is not None and not self.away:
            row.wanted, row.since = node, self._table.clock.seconds()
        return self._answer(row is not None)

    def leave(self, node: str) -> Deferred[None]:
        """It is there no more."""
        if not self.away:
            self._table.nodes.pop(node, None)
        return self._answer(None)


class Client:
    """A client of a venue that tells who was asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.answer: Any = None

    def perform(self, operation: str, arguments: Any, body: Any = None) -> Deferred[Any]:
        """That, or what a test says."""
        if isinstance(self.answer, Exception):
            return fail(self.answer)
        return succeed(self.answer or self.name)


class MemoryNode:
    """
    A node that carries venues in processes that are none.

    ``processes`` are those by venue, the newest of each; while they run they keep their leases, but
    those of venues that stand ``still``.
    """

    def __init__(self, table: Table, name: str, venues: str, room: int = 0) -> None:
        self.clock, self.table, self.name = table.clock, table, name
        self.leases = MemoryLeases(table, name)
        self.processes: dict[str, FakeProcess] = {}
        self.terms: dict[str, int] = {}
        self.still: set[str] = set()
        self.connected: list[Lease] = []
        self.clients: dict[str, Client] = {}
        self.changes = 0
        self.places = Places()
        for venue in venues:
            place = Place(
                venue,
                lambda term, before, venue=venue: self._start(venue, term),  # type: ignore[misc]
                Client(f"{venue} at {name}"),
                self._connect,
                self.clock,
                lambda place: self.node.changed(place),
            )
            place.setServiceParent(self.places)
        named = Named(name, room, LEASE)
        self.node = Node(
            named, self.places, self.leases, lambda: f"http://{name}", self.clock, self._changed
        )

    def start(self) -> None:
        """As the tree does."""
        self.places.startService()
        self.node.startService()

    def _start(self, venue: str, term: int) -> FakeProcess:
        self.processes[venue] = process = FakeProcess(len(self.processes) + 1)
        self.terms[venue] = term
        return process

    def _connect(self, lease: Lease) -> Client:
        self.connected.append(lease)
        client = self.clients[lease.venue] = Client(f"{lease.venue} asked by {self.name}")
        return client

    def _changed(self) -> None:
        self.changes += 1

    @property
    def carried(self) -> str:
        """The venues that are carried here, and are ready."""
        return "".join(one.venue for one in self.node.here if not one.trouble)

    def be_ready(self) -> None:
        """What starts is ready, and keeps its lease from now on."""
        for process in self.processes.values():
            process.says = Ready(process.pid, "", {"e": Address("127.0.0.1", 9)})

    def keep(self) -> None:
        """Processes that run keep their leases, as they do by themselves, or end."""
        for venue, process in self.processes.items():
            if process.how is not None or process.says is None or venue in self.still:
                continue
            row = self.table.rows[venue]
            if row.term != self.terms[venue]:
                self.end(venue, 75)
            elif row.wanted and row.wanted != self.name:
                row.ends = self.clock.seconds()
                self.end(venue, 0)
            else:
                row.ends = self.clock.seconds() + LEASE
                row.address = row.address or f"http://{self.name}"

    def end(self, venue: str, status: int | None) -> None:
        """A process ends; without a status it is killed."""
        process = self.processes[venue]
        process.status = status
        process.how = f"ended, status {status}" if status is not None else "was killed by signal 9"

    def die(self) -> None:
        """All of it is gone at once, and says nothing."""
        self.leases.away = True
        for venue in self.processes:
            self.end(venue, None)
