"""One REST interface for venues that each have a process: what is asked whom, and put together."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from exsim.control.operations import BY_NAME, OPERATIONS, IControl
from exsim.errors import Conflict, NotFound
from exsim.services.front.carrier import IVenue
from exsim.services.front.fleet import Fleet
from tests.fake_control import REQUESTS, FakeControl
from tests.front_fakes import FrontTestCase, MemoryVenue

BUY = {"symbol": "AAA", "side": "BUY", "quantity": "100", "price": "10"}
REFUSED = {"create_venue", "delete_venue", "move_venue"}
OURS = {"health_live", "version", "list_scripts", "list_nodes"}


class TableTests(FrontTestCase):
    """Whatever the table has can be asked of the front, too."""

    def test_provides(self) -> None:
        """It is what REST asks, and its venues are what it asks."""
        verifyObject(IControl, self.front)
        verifyObject(IVenue, self.venues["X"])

    def test_complete(self) -> None:
        """Each operation comes to the venue, or is refused in words; none is a defect."""
        venue = MemoryVenue("XSIM", FakeControl())
        self.front.fleet = Fleet([venue])
        for operation in OPERATIONS:
            if operation.name in ("openapi", "events", "get_access"):  # which the resource does
                continue
            arguments, body = REQUESTS[operation.name]
            ours = {"after": None, "timeout": "0s", "hold": "XSIM:4"}
            names = arguments.__struct_fields__
            arguments = replace(arguments, **{n: v for n, v in ours.items() if n in names})
            venue.asked.clear()
            asked = self.front.perform(operation.name, arguments, body)
            if operation.name == "run_script":  # by us; it has no such script
                self.failureResultOf(asked, NotFound)
            elif operation.name in REFUSED:
                self.failureResultOf(asked, Conflict)
            elif operation.name not in OURS:
                self.successResultOf(asked)
                self.assertIn(operation.name, venue.asked)


class RoutingTests(FrontTestCase):
    """What is of one venue is done there."""

    policies = ("match",)

    def test_by_venue(self) -> None:
        """Orders, books and trades of each venue are its own."""
        self.post("/venues/X/orders", BUY)
        self.post("/venues/Y/orders", BUY | {"price": "11"})
        for venue, price in (("X", "10"), ("Y", "11")):
            book = self.get(f"/venues/{venue}/books/AAA")
            self.assertEqual(
                ([level["price"] for level in book["bids"]], book["asks"]), ([price], [])
            )
            (order,) = self.get(f"/venues/{venue}/orders")["items"]
            self.assertEqual((order["venue"], order["price"]), (venue, price))

    def test_no_venue(self) -> None:
        """A venue that is not there is told with those that are; a price says of which it is."""
        problem = self.get("/venues/Q/books/AAA", 404)
        self.assertEqual(problem["detail"], "there is no venue 'Q'; there are: X, Y")
        problem = self.get("/prices/AAA", 409)
        self.assertEqual(problem["detail"], "there are 2 venues: say which one")
        self.ask("PUT", "/prices/AAA?venue=Y", {"price": "7"})
        self.assertEqual(self.get("/prices/AAA?venue=Y")["price"], "7")
        self.assertNotEqual(self.get("/prices/AAA?venue=X")["price"], "7")

    def test_session(self) -> None:
        """A session is found where it is; what is done is done there alone."""
        self.log_in("Y", "C")
        self.assertEqual(self.get("/sessions/C")["venue"], "Y")
        self.assertEqual(self.post("/sessions/C/disconnect")["state"], "offline")
        self.assertNotIn("disconnect_session", self.venues["X"].asked)
        problem = self.get("/sessions/Q", 404)
        self.assertEqual(problem["detail"], "there is no session 'Q'")

    def test_same_name(self) -> None:
        """Sessions of one name at two venues are told apart by the venue."""
        problem = self.get("/sessions/SAME", 409)
        self.assertIn("say X:SAME for that of X", problem["detail"])
        self.assertEqual(self.get("/sessions/Y:SAME")["venue"], "Y")
        self.get("/sessions/Y:A", 404)

    def test_endpoint(self) -> None:
        """An endpoint, too; a new one is made at its venue, under a name that nobody has."""
        self.assertEqual(self.get("/endpoints/y")["venue"], "Y")
        new = {"name": "y2", "venue": "Y", "protocol": "lines"}
        self.assertEqual(self.post("/endpoints", new, 201)["venue"], "Y")
        self.assertEqual(self.get("/endpoints/y2")["venue"], "Y")
        problem = self.post("/endpoints", new | {"name": "x"}, 409)
        self.assertEqual(problem["detail"], "venue X has endpoint 'x' already")
        self.post("/endpoints", new | {"venue": "Q"}, 404)

    def test_new_session(self) -> None:
        """A session is made at the venue of its endpoint, under a name that no other has."""
        self.assertEqual(self.post("/sessions", {"name": "D", "endpoint": "y"}, 201)["venue"], "Y")
        problem = self.post("/sessions", {"name": "A", "endpoint": "y"}, 409)
        self.assertEqual(problem["detail"], "venue X has session 'A' already")
        self.post("/sessions", {"name": "C", "endpoint": "y"}, 409)
        self.post("/sessions", {"name": "E", "endpoint": "q"}, 404)

    def test_venues_are_fixed(self) -> None:
        """Venues are made and removed in the configuration."""
        for problem in (
            self.post("/venues", {"name": "Z"}, 409),
            self.ask("DELETE", "/venues/X", None, 409),
        ):
            self.assertIn("[exsim] processes = venue", problem["detail"])
        self.ask("DELETE", "/venues/Q", None, 404)


class ResetTests(FrontTestCase):
    """Resets fan out."""

    policies = ("match",)

    def test_all(self) -> None:
        """All venues are reset, or one."""
        for venue in ("X", "Y"):
            self.post(f"/venues/{venue}/orders", BUY)
        self.assertEqual(self.post("/reset", {"venue": "X"}), {"epoch": 2, "venues": ["X"]})
        self.assertEqual(self.get("/venues/X/orders")["items"], [])
        self.assertEqual(len(self.get("/venues/Y/orders")["items"]), 1)
        self.assertEqual(self.post("/reset"), {"epoch": 3, "venues": ["X", "Y"]})
        self.assertEqual(self.get("/venues/Y/orders")["items"], [])

    def test_one_is_missing(self) -> None:
        """Where one cannot be reset none is."""
        self.post("/venues/X/orders", BUY)
        self.venues["Y"].trouble = "venue Y is gone"
        self.assertEqual(self.post("/reset", None, 503)["detail"], "venue Y is gone")
        self.assertEqual(len(self.get("/venues/X/orders")["items"]), 1)


class HealthTests(FrontTestCase):
    """A venue that is not there is named."""

    def test_ready(self) -> None:
        """All are well, or one is not, by itself or by its own account."""
        self.assertEqual(self.get("/health/ready"), {"status": "ok"})
        self.memories["Y"].service("y").port = None
        problem = self.get("/health/ready", 503)
        self.assertEqual(problem["detail"], "degraded: venue Y: not listening yet: y")
        self.venues["X"].trouble = "venue X is gone"
        problem = self.get("/health/ready", 503)
        self.assertIn("degraded: venue X is gone; venue Y: not", problem["detail"])
        self.assertEqual(self.get("/health/live"), {"status": "ok"})

    def test_others_go_on(self) -> None:
        """What is of all takes all; what is of one takes that one."""
        self.venues["X"].trouble = "venue X is gone"
        for path in ("/venues", "/endpoints", "/sessions", "/holds", "/messages", "/venues/X"):
            self.assertEqual(self.get(path, 503)["detail"], "venue X is gone")
        self.assertEqual(self.get("/messages/wait?timeout=1s", 503)["detail"], "venue X is gone")
        self.assertEqual(self.get("/venues/Y")["name"], "Y")
        self.assertEqual(self.get("/sessions/C")["venue"], "Y")
        self.get("/sessions/A", 503)  # it may be there
        self.post(
            "/sessions", {"name": "D", "endpoint": "y"}, 503
        )  # that may have one of that name

    def samples(self) -> dict[tuple[str, str], float]:
        """The metrics, by name and venue; the last of a name where it has more labels."""
        pending = self.begin("GET", "/metrics")
        self.treq.flush()
        text = self.successResultOf(self.successResultOf(pending).text())
        return {
            (sample.name, sample.labels.get("venue", "")): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def test_metrics(self) -> None:
        """Each sample is told with its venue; those of the front's process have none."""
        self.log_in("X", "A").send("NEW 1 BUY 1 AAA 10")
        found = self.samples()
        self.assertEqual(found["exsim_orders_total", "X"], 1)
        self.assertEqual(found["exsim_orders_total", "Y"], 0)
        self.assertEqual(found["exsim_connections", "X"], 1)
        self.assertGreater(found["exsim_journal_entries_total", "X"], 2)
        for venue in ("X", "Y", ""):
            self.assertGreater(found["process_open_fds", venue], 0)
            self.assertIn(("exsim_reactor_stall_seconds_count", venue), found)
        self.venues["Y"].trouble = "gone"
        found = self.samples()
        self.assertEqual((found["exsim_venue_up", "X"], found["exsim_venue_up", "Y"]), (1, 0))
        self.assertNotIn(("exsim_orders_total", "Y"), found)

    def test_metrics_once(self) -> None:
        """Each family is told once, with all of its samples, as Prometheus wants it."""
        pending = self.begin("GET", "/metrics")
        self.treq.flush()
        text = self.successResultOf(self.successResultOf(pending).text())
        heads = [line for line in text.splitlines() if line.startswith("# TYPE")]
        self.assertEqual(len(heads), len(set(heads)))
        self.assertEqual(text.count("\nexsim_journal_epoch{"), 2)

    def test_diagnosis(self) -> None:
        """Messages of all by time, and what is wrong."""
        self.log_in("Y", "C")
        self.advance(0.25)
        self.log_in("X", "A")
        self.venues["X"].asked.clear()
        found = self.get("/diagnosis")
        self.assertEqual(["C" in line.split()[2] for line in found["messages"]], [True, False])
        self.venues["Y"].trouble = "venue Y is gone"
        found = self.get("/diagnosis")
        self.assertEqual((len(found["messages"]), found["log"][-1]), (1, "venue Y is gone"))


class RouteTests(SynchronousTestCase):
    """How operations are routed follows from what they name."""

    def test_shapes(self) -> None:
        """Paths name one thing that says where they are of, if any."""
        for operation in BY_NAME.values():
            named: set[Any] = set(operation.path_fields) & {"venue", "session", "endpoint", "hold"}
            self.assertLessEqual(len(named), 1, operation.name)
