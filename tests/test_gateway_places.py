"""What nodes tell a gateway of where venues are."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionRefusedError
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from exsim.client.launch import Address
from exsim.control import node_results as nr
from exsim.control import results as r
from exsim.control import session_results as sr
from exsim.services.gateway.places import EVERY, SOON, WITHIN, NodePlaces

place = nr.ListeningPlace
"""Where an endpoint listens."""


class Node:
    """REST of a node; an answer may be an error."""

    def __init__(self) -> None:
        self.nodes: Any = nr.Nodes("", [], [])
        self.pages: list[Any] = [r.Page([], None)]
        self.asked = 0

    def list_nodes(self) -> Deferred[Any]:
        """What a test says."""
        self.asked += 1
        if isinstance(self.nodes, Deferred):
            return self.nodes
        return fail(self.nodes) if isinstance(self.nodes, Exception) else succeed(self.nodes)

    def list_endpoints(self, after: str | None) -> Deferred[Any]:
        """One page after the other."""
        return succeed(self.pages[int(after or 0)])


def carrying(node: str, venue: str, *places: nr.ListeningPlace) -> nr.Node:
    """A node that has a venue."""
    carried = nr.CarriedVenue(venue, node, 1, "", list(places))
    return nr.Node(node, f"http://{node}:8480", True, "", 0, 1, "", [carried])


class PlacesTests(SynchronousTestCase):
    """What nodes tell of where venues are."""

    def setUp(self) -> None:
        """Two nodes, which tell the same."""
        self.clock = Clock()
        self.first, self.second = Node(), Node()
        nodes = nr.Nodes(
            "a",
            [
                carrying("a", "X", place("x", "a", 1)),
                carrying("b", "Y", place("y", "b", 2), place("u", "/u", None)),
            ],
            ["Z"],
        )
        self.first.nodes = self.second.nodes = nodes
        self.places = NodePlaces([("http://a", self.first), ("http://b", self.second)], self.clock)

    def start(self) -> None:
        """Begin to ask."""
        self.places.startService()
        self.addCleanup(self.places.stopService)

    def test_nodes(self) -> None:
        """Any node tells of all, and is asked each second."""
        self.assertEqual(self.places.trouble, "no node was asked yet")
        self.start()
        found = [self.places.find(name) for name in ("x", "y", "u", "z")]
        self.assertEqual(found, [Address("a", 1), Address("b", 2), Address("/u", None), None])
        self.assertEqual((self.places.trouble, self.first.asked, self.second.asked), ("", 1, 0))
        self.clock.advance(EVERY)
        self.assertEqual((self.first.asked, self.second.asked), (2, 0))

    def test_moved(self) -> None:
        """A venue that moved is found at its new place, and one that is nowhere is not."""
        self.start()
        moved = [carrying("b", "X", place("x", "b", 3))]
        self.first.nodes = nr.Nodes("a", moved, [])
        self.clock.advance(EVERY)
        self.assertEqual(self.places.find("x"), Address("b", 3))
        self.assertIsNone(self.places.find("y"))

    def test_wrong(self) -> None:
        """Where somebody was not there it is asked again soon, but once."""
        self.start()
        for _ in range(3):
            self.places.wrong("x")
        self.clock.advance(SOON)
        self.assertEqual(self.first.asked, 2)
        self.clock.advance(SOON)
        self.assertEqual(self.first.asked, 2)

    def test_wrong_again(self) -> None:
        """However many find nobody, one after the other, it is asked soon after the first."""
        self.start()
        for _ in range(3):
            self.places.wrong("x")
            self.clock.advance(SOON / 2)
        self.assertEqual(self.first.asked, 2)

    def test_node_away(self) -> None:
        """Where a node is away the next one is asked, from then on."""
        self.start()
        self.first.nodes = ConnectionRefusedError()
        self.clock.advance(EVERY)
        self.assertEqual((self.places.trouble, self.second.asked), ("", 1))
        self.clock.advance(EVERY)
        self.assertEqual((self.first.asked, self.second.asked), (2, 2))

    def test_all_away(self) -> None:
        """Where all are, or know nothing, what was known holds, and health says so."""
        self.start()
        self.first.nodes = ConnectionRefusedError("gone")
        self.second.nodes = nr.Nodes("b", [], [], "the database does not answer")
        self.clock.advance(EVERY)
        self.assertEqual(self.places.find("x"), Address("a", 1))
        self.assertIn("http://b: the database does not answer", self.places.trouble)
        self.assertIn("http://a: ", self.places.trouble)
        self.second.nodes = self.first.nodes = nr.Nodes("", [], [])
        self.clock.advance(EVERY)
        self.assertEqual(self.places.trouble, "")

    def test_hangs(self) -> None:
        """A node that does not answer is given up, and the other asked."""
        self.first.nodes = Deferred()
        self.start()
        self.assertIsNone(self.places.find("x"))
        self.clock.advance(WITHIN)
        self.assertEqual(self.places.find("x"), Address("a", 1))

    def test_defect(self) -> None:
        """What nobody thought of is logged, and does not end the asking."""
        self.first.nodes = ValueError("odd")
        self.start()
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)
        self.assertIn("defect", self.places.trouble)
        self.first.nodes = self.second.nodes
        self.clock.advance(EVERY)
        self.assertEqual(self.places.trouble, "")

    def test_alone(self) -> None:
        """A simulator that shares nothing tells of its own endpoints, page by page."""

        def endpoint(name: str, host: str, port: int | None) -> sr.Endpoint:
            return sr.Endpoint(name, "X", "fix", "order-entry", "tcp:0", host, port, 0)

        self.first.nodes = nr.Nodes("", [], [])
        self.first.pages = [
            r.Page([endpoint("x", "127.0.0.1", 5), endpoint("calls", "", None)], "1"),
            r.Page([endpoint("y", "::1", 6)], None),
        ]
        self.start()
        found = [self.places.find(name) for name in ("x", "y", "calls")]
        self.assertEqual(found, [Address("127.0.0.1", 5), Address("::1", 6), None])

    def test_stop(self) -> None:
        """At the stop nothing is left."""
        self.first.nodes = Deferred()
        self.places.startService()
        self.places.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])
