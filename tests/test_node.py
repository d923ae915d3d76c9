"""Nodes that share venues: who carries what, and what becomes of it when a node ends, or moves."""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectionRefusedError
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface.verify import verifyObject

from exsim.client.codec import SimulatorError
from exsim.control import results as r
from exsim.control import schemas as s
from exsim.errors import RequestError, Unavailable
from exsim.services.front.carrier import IVenue
from exsim.services.front.leases import ILeases
from exsim.services.front.node import STARTS_WITHIN
from exsim.services.front.places import asked_at
from tests.leases_contract import LeasesContract
from tests.node_fakes import LEASE, MemoryLeases, MemoryNode, Table

NONE = s.NoArguments()
STEP = 0.05


class NodesCase(SynchronousTestCase):
    """Nodes a and b, and venues X, Y and Z."""

    def setUp(self) -> None:
        """Not started yet."""
        self.clock = Clock()
        self.clock.advance(1_000)
        self.table = Table(self.clock)
        self.nodes: dict[str, MemoryNode] = {}

    def add(self, name: str, venues: str = "XYZ", room: int = 0) -> MemoryNode:
        """Start one more."""
        node = self.nodes[name] = MemoryNode(self.table, name, venues, room)
        node.start()
        self.addCleanup(node.node.stopService)
        return node

    def run_for(self, seconds: float, ready: bool = True) -> None:
        """Let time pass; processes become ready, and keep their leases."""
        for _ in range(round(seconds / STEP)):
            for node in self.nodes.values():
                if ready:
                    node.be_ready()
                node.keep()
            self.clock.advance(STEP)

    def carried(self) -> list[str]:
        """What each node carries."""
        return [node.carried for node in self.nodes.values()]

    def asked(self, node: MemoryNode, venue: str) -> Any:
        """Who is asked for a venue at a node."""
        (place,) = [one for one in node.places.places if one.venue == venue]
        return self.successResultOf(place.ask("version", NONE))

    def refusal(self, node: MemoryNode, venue: str) -> str:
        """Why a venue cannot be asked."""
        (place,) = [one for one in node.places.places if one.venue == venue]
        return str(self.failureResultOf(place.ask("version", NONE), Unavailable).value)


class StartTests(NodesCase):
    """Who carries what in the beginning."""

    def test_provides(self) -> None:
        """The fakes are what they stand for."""
        node = self.add("a")
        verifyObject(ILeases, MemoryLeases(self.table, "a"))
        verifyObject(IVenue, node.places.places[0])

    def test_alone(self) -> None:
        """One node carries all; then it has begun."""
        node = self.add("a")
        self.run_for(0.7, ready=False)
        self.assertEqual((node.carried, [*node.processes]), ("", ["X", "Y", "Z"]))
        self.run_for(1.0, ready=False)
        self.assertFalse(node.node.settled)
        self.run_for(1.0)
        self.assertEqual((node.carried, node.node.settled), ("XYZ", True))
        self.assertEqual(self.asked(node, "X"), "X at a")

    def test_two(self) -> None:
        """Two share them, and each asks the other for what that has."""
        first, second = self.add("a"), self.add("b")
        self.run_for(2)
        self.assertEqual(self.carried(), ["XZ", "Y"])
        self.assertEqual(self.asked(first, "Y"), "Y asked by a")
        self.assertEqual(self.asked(second, "X"), "X asked by b")
        self.assertEqual(asked_at(first.connected[-1]), "http://b/carried/Y")

    def test_room(self) -> None:
        """None takes more than it has room for; what is left is told as carried by nobody."""
        node = self.add("a", room=1)
        self.run_for(2)
        self.assertEqual((node.carried, node.node.settled), ("X", True))
        self.assertEqual(self.refusal(node, "Y"), "venue Y is carried by no node")
        self.add("b", room=1)
        self.run_for(2)
        self.assertEqual(self.carried(), ["X", "Y"])

    def test_slow_start(self) -> None:
        """The lease of a venue that starts is kept by the node, though that takes longer."""
        self.add("a", "X")
        self.run_for(1, ready=False)
        self.add("b", "X")
        self.run_for(5 * LEASE, ready=False)
        self.assertEqual([[*node.processes] for node in self.nodes.values()], [["X"], []])

    def test_endless_start(self) -> None:
        """Not for ever: it is killed, and another may try."""
        first, second = self.add("a", "X"), self.add("b", "X")
        self.run_for(1, ready=False)
        self.assertEqual([*second.processes], [])
        for _ in range(round(STARTS_WITHIN)):
            self.run_for(1, ready=False)
        self.assertEqual(first.processes["X"].done, ["kill"])
        self.run_for(2)
        self.assertEqual(self.carried(), ["", "X"])

    def test_cannot_start(self) -> None:
        """Where it cannot be started another may try; here it is tried again later."""
        first = self.add("a", "X")
        self.run_for(0.7, ready=False)
        first.end("X", 1)
        self.run_for(0.2, ready=False)
        self.assertIn("carried by no node; here it ended, status 1", self.refusal(first, "X"))
        self.add("b", "X")
        self.run_for(1.5)
        self.assertEqual(self.carried(), ["", "X"])


class DeathTests(NodesCase):
    """What happens to the venues of a node that ends."""

    def setUp(self) -> None:
        """Both carry some."""
        super().setUp()
        self.first, self.second = self.add("a"), self.add("b")
        self.run_for(2)
        self.assertEqual(self.carried(), ["XZ", "Y"])

    def test_killed(self) -> None:
        """Another takes them as soon as the leases are over."""
        self.first.die()
        self.nodes.pop("a")
        self.run_for(LEASE - 0.2)
        self.assertEqual([*self.second.processes], ["Y"])
        self.run_for(0.3 + 2 * STEP)
        self.assertEqual([*self.second.processes], ["Y", "X", "Z"])
        self.run_for(0.3)
        self.assertEqual(self.carried(), ["XYZ"])
        self.assertEqual(self.second.terms, {"X": 2, "Y": 1, "Z": 2})

    def test_process_killed(self) -> None:
        """The venue of a process that is killed is given back at once, and another has it."""
        self.first.end("X", None)
        self.run_for(1.0)
        self.assertEqual(self.carried(), ["Z", "XY"])
        self.assertEqual(self.asked(self.first, "X"), "X asked by a")

    def test_alone(self) -> None:
        """Where there is no other, it is started again, later each time."""
        self.second.die()
        self.nodes.pop("b")
        self.run_for(4)
        self.assertEqual(self.carried(), ["XYZ"])
        for seconds in (1, 2):
            before = self.first.processes["X"]
            self.first.end("X", None)
            self.run_for(seconds - 0.1)
            self.assertIs(self.first.processes["X"], before)
            self.run_for(1.1)
            self.assertIsNot(self.first.processes["X"], before)
            self.assertEqual(self.carried(), ["XYZ"])

    def test_stands_still(self) -> None:
        """A process that stood still is ended here as soon as another has its venue."""
        self.first.leases.away = True
        process = self.first.processes["X"]
        self.first.still.add("X")
        self.run_for(LEASE + 0.3)
        self.assertEqual(self.carried(), ["XZ", "XY"])
        self.assertEqual(process.done, [])
        self.first.leases.away = False
        self.run_for(1)
        self.assertEqual(process.done, ["kill"])
        self.assertEqual(self.carried(), ["Z", "XY"])

    def test_database_away(self) -> None:
        """Then all goes on as it is, and is told."""
        for node in self.nodes.values():
            node.leases.away = True
        self.run_for(5)
        self.assertEqual(self.carried(), ["XZ", "Y"])
        trouble = "the database does not answer: no route to host"
        self.assertEqual(self.first.node.trouble, trouble)
        looks = self.first.leases.looks
        for node in self.nodes.values():
            node.leases.away = False
        self.run_for(1)
        self.assertGreater(self.first.leases.looks, looks)
        self.assertEqual((self.first.node.trouble, self.carried()), ("", ["XZ", "Y"]))

    def test_database_returns(self) -> None:
        """Where nobody could renew a lease, those who carried venues go on with them."""
        for node in self.nodes.values():
            node.leases.away, node.still = True, {*"XYZ"}
        self.run_for(2 * LEASE)
        for node in self.nodes.values():
            node.leases.away = False
        self.run_for(LEASE - 0.5)
        for node in self.nodes.values():
            node.still.clear()
        self.run_for(LEASE)
        self.assertEqual(self.carried(), ["XZ", "Y"])
        self.assertEqual({row.term for row in self.table.rows.values()}, {1})
        self.first.die()
        self.nodes.pop("a")
        self.run_for(LEASE + 0.5)
        self.assertEqual(self.carried(), ["XYZ"])

    def test_stop(self) -> None:
        """A node that stops takes nothing more, and is not counted with."""
        self.successResultOf(self.first.node.stopService())
        self.assertEqual([*self.table.nodes], ["b"])
        self.second.die()
        self.nodes.pop("b")
        self.run_for(5)
        self.assertEqual([*self.first.processes], ["X", "Z"])


class MoveTests(NodesCase):
    """A venue that is to move."""

    def test_move(self) -> None:
        """It stops where it is, and begins where it is wanted, though there is less room."""
        first, second = self.add("a"), self.add("b", room=2)
        self.run_for(2)
        self.assertEqual(self.carried(), ["XY", "Z"])
        self.assertTrue(self.successResultOf(first.node.want("X", "b")))
        self.run_for(0.8)
        self.assertEqual(self.carried(), ["Y", "XZ"])
        self.assertEqual(second.terms["X"], 2)
        self.successResultOf(second.node.want("X", "a"))
        self.run_for(0.8)
        self.assertEqual(self.carried(), ["XY", "Z"])

    def test_nobody_there(self) -> None:
        """Where the other does not take it, it is not lost for long."""
        node = self.add("a", "X")
        self.run_for(2)
        self.successResultOf(node.node.want("X", "q"))
        self.run_for(4)
        self.assertEqual(self.carried(), [""])
        self.run_for(2)
        self.assertEqual(self.carried(), ["X"])


class ElsewhereTests(NodesCase):
    """What another node answers, or does not."""

    def setUp(self) -> None:
        """Node a asks b for Y."""
        super().setUp()
        self.node = self.add("a")
        self.add("b")
        self.run_for(2)
        self.client = self.node.clients["Y"]

    def ask(self, answer: Exception) -> RequestError:
        """What it comes to."""
        self.client.answer = answer
        place = self.node.places.places[1]
        error = self.failureResultOf(place.ask("version", NONE), RequestError).value
        assert isinstance(error, RequestError)
        return error

    def test_refusal(self) -> None:
        """What the venue refuses is refused here in the same words."""
        error = self.ask(SimulatorError(r.Problem("Conflict", 409, "it is there")))
        self.assertEqual((error.status, str(error)), (409, "it is there"))

    def test_no_token(self) -> None:
        """Where the node itself is refused, that is nothing whoever asks has done."""
        error = self.ask(SimulatorError(r.Problem("Unauthorized", 401, "Give the token")))
        self.assertEqual(error.status, 503)
        text = "node b at http://b, which carries venue Y, refuses us: Give the token"
        self.assertEqual(str(error), text)

    def test_silent(self) -> None:
        """A node that is gone is told as that, until another has its venues."""
        error = self.ask(ConnectionRefusedError())
        self.assertIsInstance(error, Unavailable)
        self.assertIn("which carries venue Y, does not answer", str(error))


class MemoryLeasesTests(LeasesContract, TestCase):
    """The table that these tests have."""

    def setUp(self) -> None:
        """An empty one."""
        self.clock = Clock()
        self.clock.advance(1_000)
        table = Table(self.clock)
        self.a, self.b = MemoryLeases(table, "a"), MemoryLeases(table, "b")

    async def pass_time(self, seconds: float) -> None:
        """It is a clock."""
        self.clock.advance(seconds)
