"""Nodes over REST: who carries what, a venue that is to move, and what nodes ask each other."""

from __future__ import annotations

import io
import json
from socket import gethostname
from types import SimpleNamespace
from typing import Any

from treq.testing import StubTreq
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.cli import parser
from exsim.client.asynchronous import AsyncSimulator
from exsim.client.launch import Address, Ready
from exsim.control import node_results as nr
from exsim.control import schemas as s
from exsim.control.access import Access
from exsim.control.carried import make_node_site
from exsim.control.operations import IControl
from exsim.control.resource import make_site
from exsim.errors import RequestError
from exsim.model.settings import RestSettings, Settings
from exsim.services.front.carried import Carried, carried
from exsim.services.front.control import Front
from exsim.services.front.fleet import Fleet
from exsim.services.front.leases import Lease
from exsim.services.front.places import Elsewhere, asked_at
from exsim.services.hosts import node_name
from exsim.services.rest import RestService
from exsim.services.watch import Watch
from exsim.terminal import nodes as command
from exsim.terminal.watching import Surroundings
from tests.fake_control import ANSWERS, NODE, TIME, FakeControl
from tests.node_fakes import MemoryNode, Table
from tests.simulator import RestTestCase

PLACES = {"oe": Address("0.0.0.0", 9878), "itch": Address("127.0.0.7", 9), "u": Address("/s", None)}


class NodeRestCase(RestTestCase):
    """REST of node a, which carries X and Z; b carries Y."""

    def setUp(self) -> None:
        """Both have begun."""
        reactor: Any = MemoryReactorClock()
        reactor.advance(1_000_000)
        self.reactor = reactor
        table = Table(reactor)
        self.nodes = {name: MemoryNode(table, name, "XYZ", 2) for name in "ab"}
        for node in self.nodes.values():
            node.start()
            self.addCleanup(node.node.stopService)
        self.run_for(2)
        self.node = self.nodes["a"]
        fleet = Fleet(self.node.places.places)
        front = Front(fleet, Settings(), Watch(reactor), reactor, self.node.node)
        self.treq = StubTreq(make_site(front, Access(), reactor).resource)

    def run_for(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds * 20)):
            for node in self.nodes.values():
                node.be_ready()
                node.keep()
            self.reactor.advance(0.05)


class ListTests(NodeRestCase):
    """``GET /nodes``."""

    def test_list(self) -> None:
        """Each node with its venues, their terms, and where these listen."""
        (place,) = [one for one in self.node.places.places if one.venue == "X"]
        assert place.carrier is not None
        place.carrier.ready = Ready(1, "", PLACES)
        self.node.table.rows["Y"].endpoints = {"y": Address("10.0.0.2", 7)}
        self.reactor.advance(0.5)
        told = self.get("/nodes")
        self.assertEqual((told["node"], told["free"], told["trouble"]), ("a", [], ""))
        first, second = told["items"]
        self.assertEqual((first["node"], first["address"], first["room"]), ("a", "http://a", 2))
        self.assertEqual((first["alive"], first["seen"]), (True, "1970-01-12T13:46:42.500000002Z"))
        self.assertEqual([one["venue"] for one in first["venues"]], ["X", "Z"])
        self.assertEqual([one["venue"] for one in second["venues"]], ["Y"])
        there = {"endpoint": "y", "host": "10.0.0.2", "port": 7}
        self.assertEqual(second["venues"][0]["endpoints"], [there])
        places = [
            (one["endpoint"], one["host"], one["port"]) for one in first["venues"][0]["endpoints"]
        ]
        expected = [("itch", "127.0.0.7", 9), ("oe", "a", 9878), ("u", "/s", None)]
        self.assertEqual(places, expected)
        self.assertEqual(first["venues"][0]["term"], 1)
        self.assertGreater(first["venues"][0]["expires"], first["seen"])

    def test_dead(self) -> None:
        """A node that ended is told as that, and its venues as free until another has room."""
        self.nodes.pop("b").die()
        self.run_for(4)
        told = self.get("/nodes")
        self.assertEqual([one["alive"] for one in told["items"]], [True, False])
        self.assertEqual(told["free"], ["Y"])

    def test_away(self) -> None:
        """What was seen last, and that it may be old."""
        self.node.leases.away = True
        self.run_for(1)
        told = self.get("/nodes")
        self.assertEqual(len(told["items"]), 2)
        self.assertIn("no route to host", told["trouble"])
        self.assertIn("no route to host", self.get("/health/ready", 503)["detail"])


class MoveTests(NodeRestCase):
    """``POST /venues/{venue}/move``."""

    def move(self, venue: str, node: str, status: int = 202) -> Any:
        """Ask for it."""
        return self.ask("POST", f"/venues/{venue}/move", {"node": node}, status)

    def test_move(self) -> None:
        """It is told as wanted, and soon is there."""
        self.assertEqual(self.move("X", "b")["wanted"], "b")
        self.run_for(1)
        told = self.get("/nodes")["items"]
        self.assertEqual(
            [[one["venue"] for one in node["venues"]] for node in told], [["Z"], ["X", "Y"]]
        )

    def test_there_already(self) -> None:
        """Then nothing happens."""
        self.assertEqual(self.move("X", "a")["wanted"], None)
        self.run_for(1)
        self.assertEqual(self.node.carried, "XZ")

    def test_refused(self) -> None:
        """Where there is no such venue or node, or no room, or nobody to leave it."""
        problem = self.move("Q", "b", 404)["detail"]
        self.assertEqual(problem, "there is no venue 'Q'; there are: X, Y, Z")
        problem = self.move("X", "q", 404)["detail"]
        self.assertEqual(problem, "there is no node 'q'; there are: a, b")
        problem = self.move("Y", "a", 409)["detail"]
        self.assertEqual(problem, "node a has room for no more venues")
        self.nodes.pop("b").die()
        self.run_for(1.9)
        self.assertIn("was not seen", self.move("X", "b", 409)["detail"])
        self.run_for(3)
        self.assertIn("carried by no node", self.move("Y", "a", 409)["detail"])
        self.node.leases.away = True
        self.run_for(1)
        self.assertIn("no route to host", self.move("X", "b", 503)["detail"])


class AloneTests(RestTestCase):
    """A simulator that shares nothing."""

    policies = ("match",)

    def test_alone(self) -> None:
        """It has no nodes, and moves nothing."""
        self.assertEqual(self.get("/nodes"), {"node": "", "items": [], "free": [], "trouble": ""})
        problem = self.ask("POST", "/venues/X/move", {"node": "b"}, 409)
        self.assertIn("shares its venues with no other", problem["detail"])
        self.ask("POST", "/venues/Q/move", {"node": "b"}, 404)


class CarriedTests(SynchronousTestCase):
    """What a node answers others."""

    def setUp(self) -> None:
        """A node that carries X, with another as a client of it."""
        reactor: Any = MemoryReactorClock()
        self.reactor = reactor
        self.node = MemoryNode(Table(reactor), "b", "XY", 1)
        self.node.start()
        self.addCleanup(self.node.node.stopService)
        for _ in range(20):
            self.node.be_ready()
            self.reactor.advance(0.1)
            self.node.keep()
        self.control = FakeControl()
        self.ask_for = self.find
        site = make_node_site(self.control, Access({"admin": ["t"]}), reactor, self.find)
        self.treq: Any = StubTreq(site.resource)

    def find(self, venue: str) -> IControl | None:
        """The venue, whose process is a fake."""
        for place in self.node.places.places:
            if place.carrier is not None:
                place.carrier._client = self
        found = carried(self.node.places, venue)
        return None if found is None else IControl(found)

    def perform(self, operation: str, arguments: Any, body: Any = None) -> Deferred[Any]:
        """What the process of X answers."""
        return succeed(ANSWERS[operation])

    def ask(self, venue: str, token: str | None = "t") -> Any:
        """The venue, as another node asks for it."""
        lease = Lease(venue, 1, "b", 1.0, "http://127.0.0.1:1/")
        client = AsyncSimulator(asked_at(lease), self.reactor, token, self.treq)
        asked = Elsewhere(lease, client).ask("get_venue", s.VenueArguments("XSIM"))
        self.treq.flush()
        return asked

    def test_provides(self) -> None:
        """It is what REST asks."""
        verifyObject(IControl, Carried(self.node.places.places[0]))

    def test_carried(self) -> None:
        """A venue that is carried here is asked; what is of all is not."""
        self.assertEqual(self.successResultOf(self.ask("X")), ANSWERS["get_venue"])
        self.assertEqual(self.control.asked, [])

    def test_not_carried(self) -> None:
        """One that is not carried here is not looked for elsewhere."""
        error = self.failureResultOf(self.ask("Y"), RequestError).value
        self.assertEqual((error.status, str(error)), (503, "venue Y is not carried here"))

    def test_unknown(self) -> None:
        """One that the configuration here does not have is not found."""
        error = self.failureResultOf(self.ask("Q/x"), RequestError).value
        self.assertEqual(error.status, 404)

    def test_token(self) -> None:
        """A token is asked for there as everywhere."""
        error = self.failureResultOf(self.ask("X", "wrong"), RequestError).value
        self.assertIn("refuses us: Give the token", str(error))

    def test_whole(self) -> None:
        """All other paths are asked of the whole."""
        asked = self.treq.get(
            "http://127.0.0.1/api/v1/nodes", headers={"Authorization": "Bearer t"}
        )
        self.treq.flush()
        self.assertEqual(self.successResultOf(asked).code, 200)
        self.assertEqual(len(self.control.asked), 1)


class CommandTests(SynchronousTestCase):
    """``exsim nodes``."""

    def run_it(self, found: nr.Nodes, *words: str) -> tuple[int, str, str]:
        """Exit status, and what was printed."""
        out, err = io.StringIO(), io.StringIO()
        self.urls: list[str] = []

        def connect(url: str, token: str | None) -> Any:
            self.urls.append(url)
            return Simulator(found)

        around = Surroundings(out, err, connect)
        status = command.main(parser().parse_args(["nodes", *words]), around)
        return status, out.getvalue(), err.getvalue()

    def test_table(self) -> None:
        """A line a venue; what is not as it should be is told below."""
        other = nr.Node("host-2", "", False, TIME, 0, 8, "0.1", [])
        found = nr.Nodes("host-1", [NODE, other], ["YSIM"], "nobody answers")
        status, text, _ = self.run_it(found, "http://h:1")
        self.assertEqual((status, self.urls), (0, ["http://h:1"]))
        lines = [line.split() for line in text.splitlines()]
        self.assertEqual(
            lines[0], ["node", "address", "seen", "room", "venue", "term", "endpoints"]
        )
        self.assertEqual(
            " ".join(lines[1]),
            "host-1 http://host-1:8480 now 1/4 XSIM moves to host-2 3 order-entry 10.0.0.1:9878",
        )
        self.assertEqual(lines[2], ["host-2", "-", TIME[:19], "0", "-"])
        self.assertIn("carried by no node: YSIM", text)
        self.assertIn("this may be old: nobody answers", text)

    def test_json(self) -> None:
        """What REST answers."""
        status, text, _ = self.run_it(nr.Nodes("host-1", [NODE], []), "--url=http://h:1", "--json")
        self.assertEqual((status, json.loads(text)["items"][0]["node"]), (0, "host-1"))

    def test_alone(self) -> None:
        """A simulator that shares nothing has none."""
        status, text, err = self.run_it(nr.Nodes("", [], []), "http://h:1")
        self.assertEqual((status, text), (1, ""))
        self.assertIn("it shares its venues with no other host", err)


class Simulator:
    """A client that answers which nodes there are."""

    def __init__(self, found: nr.Nodes) -> None:
        self._found = found

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *how: object) -> None:
        pass

    def list_nodes(self) -> nr.Nodes:
        """Those."""
        return self._found


class AddressTests(SynchronousTestCase):
    """Where a node says that others reach it."""

    def reached(self, host: str, tls_certificate: str = "") -> str:
        """Of a REST interface that listens there."""
        rest = RestService(
            RestSettings(tls_certificate=tls_certificate), FakeControl(), None, set()
        )
        self.assertEqual(rest.reached_at("host-1"), "")
        port: Any = SimpleNamespace(getHost=lambda: IPv4Address("TCP", host, 8480))
        rest.port = port
        return rest.reached_at("host-1")

    def test_address(self) -> None:
        """Where it listens everywhere, under its name; else at that address."""
        self.assertEqual(self.reached("0.0.0.0"), "http://host-1:8480")
        self.assertEqual(self.reached("10.0.0.7"), "http://10.0.0.7:8480")
        secure = self.reached("::", tls_certificate="c.pem")
        self.assertEqual(secure, "https://host-1:8480")

    def test_name(self) -> None:
        """A node is called as it is set, or as its host is."""
        self.assertEqual(node_name(Settings(node="n")), "n")
        self.assertEqual(node_name(Settings()), gethostname())
