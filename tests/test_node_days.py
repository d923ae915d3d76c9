"""Days of three nodes on which anything goes wrong: no two carry a venue, and at last all are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from tests.amount import amount
from tests.node_fakes import MemoryNode, Table

NODES = "abc"
VENUES = "XYZ"
STEP = 0.05
LONG = 20.0
"""Seconds after which all is well again: a process that ended on a node is not tried there at
once, and one that is to move is left to its node for a while."""

names, venues = st.sampled_from(NODES), st.sampled_from(VENUES)
deeds = st.one_of(
    st.tuples(st.just("die"), names),
    st.tuples(st.just("stop"), names),
    st.tuples(st.just("start"), names),
    st.tuples(st.just("away"), names),
    st.tuples(st.just("back"), names),
    st.tuples(st.just("end"), names, venues, st.sampled_from([None, 0, 1, 75])),
    st.tuples(st.just("still"), names, venues),
    st.tuples(st.just("wake"), names, venues),
    st.tuples(st.just("want"), venues, names),
    st.tuples(st.just("wait"), st.floats(0.05, 3.0)),
)


class Day:
    """The nodes, and what is done to them."""

    def __init__(self, rooms: list[int]) -> None:
        self.clock = Clock()
        self.clock.advance(1_000)
        self.table = Table(self.clock)
        self.rooms = dict(zip(NODES, rooms, strict=True))
        self.nodes: dict[str, MemoryNode] = {}
        self.terms: dict[str, int] = {}

    def start(self, name: str) -> None:
        """A node that does not run begins."""
        if name not in self.nodes:
            self.nodes[name] = node = MemoryNode(self.table, name, VENUES, self.rooms[name])
            node.start()

    def die(self, name: str) -> None:
        """It is gone at once."""
        if name in self.nodes:
            node = self.nodes.pop(name)
            node.die()
            node.node.running = 0

    def stop(self, name: str) -> None:
        """It stops in good order, and so do its processes."""
        if name in self.nodes:
            node = self.nodes.pop(name)
            node.node.stopService()
            for venue, process in node.processes.items():
                if process.how is None:
                    node.end(venue, 0)
                    released = node.leases.release(venue, node.terms[venue])
                    released.addErrback(lambda away: None)

    def away(self, name: str) -> None:
        """The database is away for it."""
        if name in self.nodes:
            self.nodes[name].leases.away = True

    def back(self, name: str) -> None:
        """It is there again."""
        if name in self.nodes:
            self.nodes[name].leases.away = False

    def end(self, name: str, venue: str, status: int | None) -> None:
        """A process ends."""
        if name in self.nodes and venue in self.nodes[name].processes:
            self.nodes[name].end(venue, status)

    def still(self, name: str, venue: str) -> None:
        """A process stands still."""
        if name in self.nodes:
            self.nodes[name].still.add(venue)

    def wake(self, name: str, venue: str) -> None:
        """It goes on."""
        if name in self.nodes:
            self.nodes[name].still.discard(venue)

    def want(self, venue: str, name: str) -> None:
        """It is to move."""
        if venue in self.table.rows:
            row = self.table.rows[venue]
            row.wanted, row.since = name, self.clock.seconds()

    def wait(self, seconds: float) -> None:
        """Time passes; nobody carries what another does, and terms only rise."""
        for _ in range(max(1, round(seconds / STEP))):
            for node in self.nodes.values():
                node.be_ready()
                node.keep()
            self.clock.advance(STEP)
            for venue, row in self.table.rows.items():
                assert row.term >= self.terms.get(venue, 0)
                self.terms[venue] = row.term
                writers = [
                    name for name, node in self.nodes.items() if self._writes(node, venue, row.term)
                ]
                assert len(writers) <= 1, writers

    def _writes(self, node: MemoryNode, venue: str, term: int) -> bool:
        """Whether a process there can write: what the database checks."""
        process = node.processes.get(venue)
        return process is not None and process.how is None and node.terms[venue] == term


class DayTests(SynchronousTestCase):
    """Any day."""

    @settings(max_examples=amount(20, 60), deadline=None)
    @given(st.lists(st.integers(0, 3), min_size=3, max_size=3), st.lists(deeds, max_size=25))
    def test_day(self, rooms: list[int], done: list[tuple[object, ...]]) -> None:
        """Once all nodes are there and the database too, all is carried that there is room for."""
        day = Day(rooms)
        for name in NODES:
            day.start(name)
        day.wait(1)
        for deed, *more in done:
            getattr(day, str(deed))(*more)
            day.wait(STEP)
        for name in NODES:
            day.start(name)
            day.back(name)
            day.nodes[name].still.clear()
        day.wait(LONG)
        carried = sorted("".join(node.carried for node in day.nodes.values()))
        room = sum(room or len(VENUES) for room in rooms)
        self.assertEqual(len(carried), min(len(VENUES), room), (carried, rooms))
        self.assertEqual(len(carried), len({*carried}))
