"""REST on a whole simulator in memory: what each operation does, to a market with live sessions."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

from zope.interface.verify import verifyObject

from exsim.control.operations import OPERATIONS, IControl
from exsim.model.build import this_build
from exsim.model.journal import EntryKind
from exsim.services.operations.control import HANDLERS
from tests.simulator import RestTestCase, settings

BUY = {"symbol": "AAA", "side": "BUY", "quantity": "100", "price": "10"}
SELL = BUY | {"side": "SELL"}


class TableTests(RestTestCase):
    """The table and the handlers belong together."""

    def test_complete(self) -> None:
        """Each operation has its handler; the document and the stream are the resource's own."""
        verifyObject(IControl, self.memory.control)
        own = {"openapi", "events", "get_access"}
        self.assertEqual({o.name for o in OPERATIONS} - own, set(HANDLERS))

    def test_commands_are_journalled_first(self) -> None:
        """What changes state is an entry before what comes of it; what only looks is none."""
        self.memory.login("A")
        last = self.memory.exchange.journal.last
        self.get("/venues")
        self.assertEqual(self.memory.exchange.journal.last, last)
        self.post("/venues/X/orders", BUY | {"session": "A"})
        entries = list(self.memory.exchange.journal.entries(last))
        kinds = [entry.kind for entry in entries]
        self.assertEqual(kinds, [EntryKind.COMMAND, EntryKind.OUT])
        command = json.loads(entries[0].data)
        self.assertEqual(command["operation"], "enter_order")
        self.assertEqual(command["arguments"], {"venue": "X"})
        self.assertEqual(command["body"]["quantity"], "100")


class HealthTests(RestTestCase):
    """Is it up?"""

    def test_health(self) -> None:
        """Live always; ready while everything listens."""
        self.assertEqual(self.get("/health/live"), {"status": "ok"})
        self.assertEqual(self.get("/health/ready"), {"status": "ok"})
        self.memory.service().port = None
        problem = self.get("/health/ready", 503)
        self.assertEqual(problem["detail"], "not listening yet: x")

    def test_version(self) -> None:
        """It says which."""
        found = self.get("/version")
        self.assertEqual(set(found), {"version", "api", "python", "build", "run", "lasts"})
        self.assertEqual(found["build"], this_build())


class VenueTests(RestTestCase):
    """Venues, instruments, books, trades, prices, the clock."""

    def test_venues(self) -> None:
        """Made, shown, listed in pages, deleted with its endpoints."""
        self.post("/venues", {"name": "Y", "instruments": [{"symbol": "ZZZ"}]}, 201)
        self.assertEqual(self.get("/venues/Y")["instruments"], ["ZZZ"])
        first = self.get("/venues?limit=1")
        self.assertEqual([venue["name"] for venue in first["items"]], ["X"])
        rest = self.get(f"/venues?after={first['next']}")
        self.assertEqual(([v["name"] for v in rest["items"]], rest["next"]), (["Y"], None))
        self.post("/venues", {"name": "Y"}, 409)
        self.post("/venues", {"name": "Q", "policies": ["no-such"]}, 404)
        self.ask("DELETE", "/venues/X", None, 204)
        self.assertEqual(self.get("/endpoints")["items"], [])
        self.get("/venues/X", 404)

    def test_pages_of_what_changes(self) -> None:
        """What is there all the time is listed once, whatever goes and comes between pages."""
        for name in ("B1", "B2", "B3", "B4"):
            self.post("/venues", {"name": name}, 201)
        first = self.get("/venues?limit=3")
        self.ask("DELETE", "/venues/B1", None, 204)
        self.post("/venues", {"name": "A"}, 201)
        rest = self.get(f"/venues?after={first['next']}")
        listed = [venue["name"] for page in (first, rest) for venue in page["items"]]
        self.assertEqual(listed, ["B1", "B2", "B3", "B4", "X", "A"])

    def test_venue_names_an_instrument_twice(self) -> None:
        """Refused, and nothing is made."""
        twice = {"name": "Y", "instruments": [{"symbol": "Z"}, {"symbol": "Z"}]}
        self.post("/venues", twice, 409)
        self.get("/venues/Y", 404)

    def test_instruments(self) -> None:
        """Made while it runs, traded, and deleted with its orders."""
        wire = self.memory.login("A")
        made = self.post("/venues/X/instruments", {"symbol": "NEW", "tick": "0.5"}, 201)
        self.assertEqual((made["tick"], made["lot"], made["reference"]), ("0.5", "1", None))
        self.assertEqual(wire.send("NEW 1 BUY 1 NEW 10.5"), ["new 1 1"])
        self.post("/venues/X/instruments", {"symbol": "NEW"}, 409)
        self.ask("DELETE", "/venues/X/instruments/NEW", None, 204)
        self.assertEqual(wire.read(), ["canceled 1 0"])
        self.get("/venues/X/instruments/NEW", 404)
        symbols = [item["symbol"] for item in self.get("/venues/X/instruments")["items"]]
        self.assertEqual(symbols, ["AAA", "BBB"])

    def test_book_and_trades(self) -> None:
        """Levels best first; the tape in order."""
        wire = self.memory.login("A")
        for line in ("NEW 1 BUY 5 AAA 10", "NEW 2 BUY 7 AAA 10", "NEW 3 BUY 1 AAA 9"):
            wire.send(line)
        wire.send("NEW 4 SELL 6 AAA 10")
        book = self.get("/venues/X/books/AAA")
        self.assertEqual(
            book["bids"],
            [
                {"price": "10", "quantity": "6", "orders": 1},
                {"price": "9", "quantity": "1", "orders": 1},
            ],
        )
        self.assertEqual(book["asks"], [])
        self.assertEqual(len(self.get("/venues/X/books/AAA?depth=1")["bids"]), 1)
        trades = self.get("/venues/X/trades?symbol=AAA&limit=1")
        self.assertEqual(trades["items"][0]["quantity"], "5")
        self.assertEqual(trades["items"][0]["taker_side"], "SELL")
        more = self.get(f"/venues/X/trades?after={trades['next']}")["items"]
        self.assertEqual([trade["quantity"] for trade in more], ["1"])
        newest = self.get("/venues/X/trades?order=newest&limit=1")
        self.assertEqual([trade["quantity"] for trade in newest["items"]], ["1"])
        older = self.get(f"/venues/X/trades?order=newest&after={newest['next']}")
        self.assertEqual([trade["quantity"] for trade in older["items"]], ["5"])
        self.assertEqual(older["next"], None)
        self.assertEqual(self.get("/venues/X/trades?symbol=BBB")["items"], [])
        self.get("/venues/X/books/ZZZ", 404)

    def test_prices(self) -> None:
        """Set by hand, told, and forgotten."""
        self.assertIsNone(self.get("/prices/AAA")["price"])
        self.assertEqual(self.ask("PUT", "/prices/AAA?venue=X", {"price": "7.5"})["price"], "7.5")
        prices = [(item["symbol"], item["price"]) for item in self.get("/prices")["items"]]
        self.assertEqual(prices, [("AAA", "7.5"), ("BBB", None)])
        self.ask("DELETE", "/prices/AAA", None, 204)
        self.assertIsNone(self.get("/prices/AAA")["price"])
        self.post("/venues", {"name": "Y"}, 201)
        self.get("/prices/AAA", 409)
        problem = self.ask("PUT", "/prices/AAA?venue=Y", {"price": "1"}, 409)
        self.assertIn("add `pricing = manual`", problem["detail"])
        self.ask("PUT", "/prices/ZZZ?venue=X", {"price": "1"}, 404)

    def test_clock(self) -> None:
        """The real time."""
        clock = self.get("/venues/X/clock")
        self.assertEqual(clock["mode"], "real")
        self.assertEqual(clock["time"], "1970-01-12T13:46:40.000000000Z")


class OrderTests(RestTestCase):
    """Orders by REST, for a session or for nobody."""

    def test_enter_for_a_session(self) -> None:
        """Its reports go to the session."""
        wire = self.memory.login("A")
        outcome = self.post("/venues/X/orders", BUY | {"session": "A", "cl_ord_id": "R1"})
        self.assertEqual((outcome["outcome"], outcome["cl_ord_id"]), ("accepted", "R1"))
        self.assertEqual(wire.read(), ["new R1 100"])
        self.assertEqual(wire.send("CANCEL C1 R1"), ["canceled C1 0"])

    def test_enter_for_nobody(self) -> None:
        """It trades with sessions; nobody else hears of it."""
        wire = self.memory.login("A")
        wire.send("NEW 1 SELL 40 AAA 10")
        outcome = self.post("/venues/X/orders", BUY)
        order = outcome["order"]
        self.assertEqual((order["status"], order["cum_quantity"]), ("PARTIALLY_FILLED", "40"))
        self.assertEqual((order["average_price"], order["session"]), ("10", ""))
        self.assertEqual(wire.read(), ["fill 1 0 40@10"])
        self.assertNotEqual(outcome["cl_ord_id"], self.post("/venues/X/orders", BUY)["cl_ord_id"])

    def test_refused(self) -> None:
        """What the venue would not take from anybody, it says why."""
        for body, reason in (
            (BUY | {"symbol": "ZZZ"}, "UNKNOWN_SYMBOL"),
            (BUY | {"price": "10.001"}, "TICK"),
            ({"symbol": "AAA", "side": "BUY", "quantity": "1"}, "PRICE"),
        ):
            outcome = self.post("/venues/X/orders", body)
            self.assertEqual((outcome["outcome"], outcome["reason"]), ("rejected", reason))
        self.post("/venues/X/orders", BUY | {"session": "nobody"}, 404)
        self.post("/venues/X/orders", BUY | {"type": "MARKET"}, 409)
        first = BUY | {"cl_ord_id": "SAME"}
        self.post("/venues/X/orders", first)
        outcome = self.post("/venues/X/orders", first)
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("rejected", "DUPLICATE"))
        self.assertEqual(outcome["order"]["status"], "REJECTED")

    def test_cancel_and_replace(self) -> None:
        """The session hears of both, unasked."""
        wire = self.memory.login("A")
        wire.send("NEW 1 BUY 40 AAA 10")
        replaced = self.post("/venues/X/orders/1/replace", {"price": "11", "quantity": "50"})
        self.assertEqual(replaced["order"]["leaves_quantity"], "50")
        self.assertEqual(wire.read(), ["restated 1 50"])
        refused = self.post("/venues/X/orders/1/replace", {"price": "11.001"})
        self.assertEqual((refused["outcome"], refused["reason"]), ("rejected", "TICK"))
        self.assertEqual(self.post("/venues/X/orders/1/cancel")["order"]["status"], "CANCELED")
        self.assertEqual(wire.read(), ["canceled 1 0"])
        for action in ("cancel", "replace"):
            late = self.post(f"/venues/X/orders/1/{action}")
            self.assertEqual((late["outcome"], late["reason"]), ("rejected", "TOO_LATE"))
        self.post("/venues/X/orders/2/cancel", None, 404)

    def test_replace_of_what_is_not_traded(self) -> None:
        """A person may have accepted an order for that, and cannot put it on other terms."""
        self.start(settings("hold"))
        self.memory.login("A").send("NEW 1 BUY 5 NONE 10")
        self.post("/holds/1/ack")
        refused = self.post("/venues/X/orders/1/replace", {"price": "11"})
        self.assertEqual((refused["outcome"], refused["reason"]), ("rejected", "UNKNOWN_SYMBOL"))

    def test_list(self) -> None:
        """By status, session, symbol and ClOrdID; in pages."""
        wire = self.memory.login("A")
        for line in ("NEW 1 BUY 1 AAA 10", "NEW 2 BUY 1 BBB 10", "CANCEL 3 1"):
            wire.send(line)
        self.post("/venues/X/orders", BUY)

        def found(query: str) -> list[str]:
            return [o["order_id"] for o in self.get(f"/venues/X/orders?{query}")["items"]]

        self.assertEqual(found(""), ["2", "3"])
        self.assertEqual(found("status=finished"), ["1"])
        self.assertEqual(found("status=any"), ["1", "2", "3"])
        self.assertEqual(found("session=A"), ["2"])
        self.assertEqual(found("session="), ["3"])
        self.assertEqual(found("symbol=AAA"), ["3"])
        self.assertEqual(found("cl_ord_id=2"), ["2"])
        first = self.get("/venues/X/orders?status=any&limit=2")
        self.assertEqual(found(f"status=any&after={first['next']}"), ["3"])

    def test_newest(self) -> None:
        """The newest first, further back from a cursor, and on from there the other way."""
        for _ in range(5):
            self.post("/venues/X/orders", BUY)
        self.post("/venues/X/orders/3/cancel", {})

        def found(query: str) -> tuple[list[str], Any, str]:
            page = self.get(f"/venues/X/orders?limit=2&{query}")
            return [each["order_id"] for each in page["items"]], page["next"], page["position"]

        end = self.get("/venues/X/orders")["position"]
        self.assertEqual(end, "1-5")
        self.assertEqual(found("order=newest"), (["5", "4"], "1-4", end))
        self.assertEqual(found("order=newest&after=1-4"), (["2", "1"], None, end))
        self.assertEqual(found("order=newest&after=1-0"), ([], None, end))
        self.assertEqual(found("after=1-2"), (["4", "5"], None, end))
        self.assertEqual(found(""), (["1", "2"], "1-2", "1-2"))
        self.post("/venues/X/orders", BUY)
        self.assertEqual(found(f"after={end}"), (["6"], None, "1-6"))
        self.post("/reset", {})
        self.get(f"/venues/X/orders?after={end}", 410)
        self.assertEqual(found("order=newest"), ([], None, "2-0"))


class EndpointTests(RestTestCase):
    """Endpoints and sessions, made and removed while it runs."""

    def test_endpoints(self) -> None:
        """One more listens, tells its address, and goes with its sessions."""
        made = self.post("/endpoints", {"name": "y", "venue": "X", "protocol": "lines"}, 201)
        self.assertEqual(made["host"], "0.0.0.0")  # what a port in memory says it is
        self.post("/endpoints", {"name": "y", "venue": "X", "protocol": "lines"}, 409)
        self.post("/endpoints", {"name": "z", "venue": "Q", "protocol": "lines"}, 404)
        self.post("/endpoints", {"name": "z", "venue": "X", "protocol": "morse"}, 404)
        wrong = {"name": "z", "venue": "X", "protocol": "lines", "options": {"greting": "x"}}
        self.assertIn("greeting", self.post("/endpoints", wrong, 409)["detail"])
        wrong["options"] = {"greeting": "grr"}
        detail = self.post("/endpoints", wrong, 409)["detail"]
        self.assertEqual(detail, "greeting: grr is no greeting")
        names = [item["name"] for item in self.get("/endpoints")["items"]]
        self.assertEqual(names, ["x", "y"])
        self.ask("DELETE", "/endpoints/y", None, 204)
        self.get("/endpoints/y", 404)

    def test_delete_an_endpoint_in_use(self) -> None:
        """Its sessions are logged out first, and it is gone once their sockets are."""
        wire = self.memory.login("A")
        pending = self.begin("DELETE", "/endpoints/x")
        self.treq.flush()
        self.assertEqual(wire.read(), ["BYE the endpoint is removed"])
        self.assertTrue(wire.closed)
        self.assertNoResult(pending)
        wire.peer.connectionLost()
        self.treq.flush()
        self.assertEqual(self.successResultOf(pending).code, 204)
        self.assertEqual(self.get("/sessions")["items"], [])

    def test_an_endpoint_that_cannot_listen(self) -> None:
        """It is refused, and leaves nothing behind: the name is free."""
        body = {"name": "y", "venue": "X", "protocol": "lines"}
        for listen in ("nonsense:1", "ssl:0:privateKey=/etc/hostname"):
            self.post("/endpoints", body | {"listen": listen}, 409)
        self.assertEqual([item["name"] for item in self.get("/endpoints")["items"]], ["x"])
        self.post("/endpoints", body, 201)

    def test_a_namesake_is_somebody_else(self) -> None:
        """A session removed takes its orders, ClOrdIDs and holds along."""
        wire = self.memory.login("A")
        wire.send("NEW 1 BUY 5 AAA 10")
        self.ask("DELETE", "/sessions/A", None, 204)
        self.assertEqual(wire.read(), ["canceled 1 0"])
        self.assertEqual(self.get("/venues/X/books/AAA")["bids"], [])
        self.post("/sessions", {"name": "A", "endpoint": "x"}, 201)
        again = self.memory.login("A")
        self.assertEqual(again.send("NEW 1 BUY 5 AAA 10"), ["new 1 5"])

    def test_sessions(self) -> None:
        """One more, with policies of its own."""
        body = {"name": "C", "endpoint": "x", "policies": ["reject"]}
        made = self.post("/sessions", body, 201)
        self.assertEqual((made["state"], made["venue"], made["next_out"]), ("offline", "X", 1))
        wire = self.memory.login("C")
        self.assertEqual(wire.send("NEW 1 BUY 1 AAA 10"), ["rejected 1 0"])
        self.assertEqual(self.get("/sessions/C")["state"], "active")
        self.post("/sessions", body, 409)
        self.post("/sessions", {"name": "D", "endpoint": "nope"}, 404)
        self.post("/sessions", {"name": "D", "endpoint": "x", "policies": ["nope"]}, 404)
        wrong = {"name": "D", "endpoint": "x", "options": {"greeting": "grr"}}
        self.assertIn("grr is no greeting", self.post("/sessions", wrong, 409)["detail"])
        self.get("/sessions/D", 404)
        self.ask("DELETE", "/sessions/C", None, 204)
        self.assertTrue(wire.closed)

    def test_logout_and_disconnect(self) -> None:
        """In good order, or without a word."""
        wire = self.memory.login("A")
        self.post("/sessions/A/logout", {"text": "enough"})
        self.assertEqual((wire.read(), wire.closed), (["BYE enough"], True))
        other = self.memory.login("B")
        self.assertEqual(self.post("/sessions/B/disconnect")["state"], "offline")
        self.assertEqual((other.read(), other.closed), ([], True))


class MessageTests(RestTestCase):
    """The journal's messages: by session, type, tag, direction; and waiting for them."""

    def setUp(self) -> None:
        """A has entered an order and said something odd."""
        super().setUp()
        self.wire = self.memory.login("A")
        self.wire.send("NEW 1 BUY 1 AAA 10")
        self.wire.send("SAY hello")

    def texts(self, query: str, status: int = 200) -> list[str]:
        """The texts of what a query finds."""
        return [item["text"] for item in self.get(f"/messages?{query}", status)["items"]]

    def test_queries(self) -> None:
        """Each filter, and all together."""
        everything = [
            "LOGIN A",
            "NEW 1 BUY 1 AAA 10",
            "new 1 1",
            "SAY hello",
            "refused unsupported message type",
        ]
        self.assertEqual(self.texts(""), everything)
        self.assertEqual(self.texts("session=A&venue=X"), everything)
        self.assertEqual(self.texts("session=B"), [])
        self.assertEqual(self.texts("direction=out"), [everything[2], everything[4]])
        self.assertEqual(self.texts("type=NEW"), [everything[1]])
        self.assertEqual(self.texts("tag=3"), [everything[1], everything[2], everything[4]])
        self.assertEqual(self.texts("tag=1=SAY&tag=2=hello&direction=in"), [everything[3]])
        self.get("/messages?session=nobody", 404)
        self.get("/messages?venue=nobody", 404)
        self.assertEqual(self.get("/sessions/A/messages?limit=1")["items"][0]["text"], "LOGIN A")

    def test_view(self) -> None:
        """Decoded with names, and as it came."""
        message = self.get("/messages?type=NEW")["items"][0]
        self.assertEqual((message["direction"], message["session"]), ("in", "A"))
        self.assertEqual((message["venue"], message["type"], message["name"]), ("X", "NEW", "Line"))
        self.assertEqual(base64.b64decode(message["raw"]), b"NEW 1 BUY 1 AAA 10")
        field = {"tag": "5", "name": "word", "value": "AAA", "meaning": ""}
        self.assertEqual(message["fields"][4], field)
        self.assertEqual(message["fields"][2]["meaning"], "they buy")

    def test_pages(self) -> None:
        """Each page goes on where the one before ended; the last has no next, but a position."""
        seen = []
        query = "limit=2"
        while True:
            page = self.get(f"/messages?{query}")
            seen += [item["text"] for item in page["items"]]
            if page["next"] is None:
                break
            query = f"limit=2&after={page['next']}"
        self.assertEqual(seen, self.texts(""))
        self.assertEqual(self.texts(f"after={page['position']}"), [])
        self.wire.send("SAY again")
        self.assertEqual(self.texts(f"after={page['position']}")[0], "SAY again")

    def test_newest(self) -> None:
        """The other way about, page by page to the first; the position is the journal's end."""
        position = self.get("/messages")["position"]
        seen, query = [], "limit=2"
        while True:
            page = self.get(f"/messages?order=newest&{query}")
            self.assertEqual(page["position"], position)
            seen += [item["text"] for item in page["items"]]
            if page["next"] is None:
                break
            query = f"limit=2&after={page['next']}"
        self.assertEqual(seen, self.texts("")[::-1])
        found = self.get("/sessions/A/messages?order=newest&type=SAY")["items"]
        self.assertEqual([item["text"] for item in found], ["SAY hello"])
        self.post("/reset", {})
        self.get(f"/messages?order=newest&after={position}", 410)

    def test_cursors_end_with_their_epoch(self) -> None:
        """After a reset an old cursor is gone."""
        position = self.get("/messages")["position"]
        self.post("/reset", {})
        self.get(f"/messages?after={position}", 410)
        self.get("/messages?after=nonsense", 422)

    def test_wait_finds_what_is_there(self) -> None:
        """At once."""
        found = self.get("/messages/wait?type=NEW")
        self.assertEqual((len(found["items"]), found["complete"]), (1, True))

    def test_wait_for_what_comes(self) -> None:
        """It answers in the turn that brings enough."""
        position = self.get("/messages")["position"]
        pending = self.begin("GET", f"/messages/wait?type=SAY&count=2&after={position}&timeout=5s")
        self.treq.flush()
        self.wire.send("SAY one")
        self.treq.flush()
        self.assertNoResult(pending)
        self.wire.send("SAY two")
        found = self.answer(pending)
        self.assertTrue(found["complete"])
        self.assertEqual([item["text"] for item in found["items"]], ["SAY one", "SAY two"])

    def test_wait_for_a_session_to_come(self) -> None:
        """A session may be waited for before it is there."""
        pending = self.begin("GET", "/messages/wait?session=LATER&timeout=5s")
        self.treq.flush()
        self.assertNoResult(pending)
        self.post("/sessions", {"name": "LATER", "endpoint": "x"}, 201)
        self.memory.login("LATER")
        self.assertTrue(self.answer(pending)["complete"])

    def test_a_cursor_that_fell_out(self) -> None:
        """A list and a wait both say that what comes after it is no longer there."""
        self.start(replace(settings(), journal_size=5))
        wire = self.memory.login("A")
        old = self.get("/messages?limit=1")["position"]
        for number in range(20):
            wire.send(f"SAY {number}")
        self.get(f"/messages?after={old}", 410)
        self.get(f"/messages/wait?after={old}&timeout=0s", 410)

    def test_wait_in_vain(self) -> None:
        """At the time-out it answers with what there is."""
        pending = self.begin("GET", "/messages/wait?type=SAY&count=2&timeout=5s")
        self.treq.flush()
        self.memory.reactor.advance(4.9)
        self.treq.flush()
        self.assertNoResult(pending)
        self.memory.reactor.advance(0.2)
        found = self.answer(pending)
        self.assertEqual((len(found["items"]), found["complete"]), (1, False))
        self.assertEqual(self.memory.turns._waiting, [])

    def test_wait_across_a_reset(self) -> None:
        """Whoever waits is told that it was reset."""
        pending = self.begin("GET", "/messages/wait?type=LATER&timeout=5s")
        self.treq.flush()
        self.post("/reset", {})
        self.treq.flush()
        self.assertEqual(self.successResultOf(pending).code, 410)

    def answer(self, pending: Any) -> Any:
        """The JSON of a pending answer."""
        self.treq.flush()
        return json.loads(self.successResultOf(self.successResultOf(pending).text()))


class HoldTests(RestTestCase):
    """Every verb on a held request."""

    policies = ("hold",)

    def setUp(self) -> None:
        """A is logged in at a venue that holds everything."""
        super().setUp()
        self.wire = self.memory.login("A")

    def hold(self, line: str = "NEW 1 BUY 100 AAA 10") -> dict[str, Any]:
        """Send a line that is held; its hold."""
        self.assertEqual(self.wire.send(line), [])
        hold: dict[str, Any] = self.get("/holds")["items"][-1]
        return hold

    def verb(self, hold: dict[str, Any], verb: str, body: Any = None, status: int = 200) -> Any:
        """Decide."""
        return self.post(f"/holds/{hold['hold']}/{verb}", body, status)

    def test_view(self) -> None:
        """What it is, by whom it is held."""
        hold = self.hold()
        shown = self.get(f"/holds/{hold['hold']}")
        self.assertEqual((shown["policy"], shown["kind"], shown["type"]), ("hold", "new", "NEW"))
        self.assertEqual((shown["side"], shown["quantity"], shown["price"]), ("BUY", "100", "10"))
        self.assertEqual(shown["fields"][4]["value"], "AAA")
        self.assertEqual(self.get("/holds?session=B")["items"], [])
        self.get("/holds?venue=Q", 404)

    def test_release(self) -> None:
        """On it goes."""
        decided = self.verb(self.hold(), "release")
        self.assertEqual((decided["held"], decided["order"]["status"]), (False, "NEW"))
        self.assertEqual(self.wire.read(), ["new 1 100"])
        self.assertEqual(self.get("/holds")["items"], [])

    def test_ack_and_fill(self) -> None:
        """In parts, under one number."""
        hold = self.hold()
        self.assertTrue(self.verb(hold, "ack")["held"])
        self.assertEqual(self.get("/holds")["items"], [])
        self.assertTrue(self.verb(hold, "fill", {"quantity": "40"})["held"])
        self.verb(hold, "fill", {"quantity": "61"}, 409)
        last = self.verb(hold, "fill", {"price": "9.99"})
        self.assertEqual((last["held"], last["order"]["average_price"]), (False, "9.994"))
        self.assertEqual(self.wire.read(), ["new 1 100", "fill 1 60 40@10", "fill 1 0 60@9.99"])
        self.verb(hold, "fill", {}, 404)

    def test_reject_drop_reply(self) -> None:
        """The other ways out."""
        self.verb(self.hold(), "reject", {"reason": "PRICE", "text": "no"})
        self.assertEqual(self.wire.read(), ["rejected 1 0"])
        self.verb(self.hold("NEW 2 BUY 1 AAA 10"), "drop")
        self.assertEqual(self.wire.read(), [])
        self.verb(self.hold("SAY hello"), "reply", {"fields": [["1", "well"], ["2", "hello"]]})
        self.assertEqual(self.wire.read(), ["well hello"])

    def test_a_reply_that_cannot_be(self) -> None:
        """It says why, and the request is still held."""
        hold = self.hold("SAY hello")
        self.verb(hold, "ack", None, 409)
        self.assertEqual(len(self.get("/holds")["items"]), 1)
        self.post("/venues/X/orders", BUY)
        over_rest = self.get("/holds")["items"][-1]
        self.verb(over_rest, "reply", {"fields": [["1", "x"]]}, 409)

    def test_entered_over_rest(self) -> None:
        """An order by REST passes the same policies."""
        outcome = self.post("/venues/X/orders", BUY)
        self.assertEqual(outcome["outcome"], "pending")
        decided = self.verb({"hold": outcome["hold"]}, "release")
        self.assertEqual(decided["order"]["cl_ord_id"], outcome["cl_ord_id"])

    def test_wait(self) -> None:
        """Until one is held, or the time is out."""
        pending = self.begin("GET", "/holds/wait?venue=X&timeout=5s")
        self.treq.flush()
        self.assertNoResult(pending)
        self.hold()
        self.treq.flush()
        text = self.successResultOf(self.successResultOf(pending).text())
        self.assertTrue(json.loads(text)["complete"])
        found = self.get("/holds/wait?count=2&timeout=0s")
        self.assertEqual((len(found["items"]), found["complete"]), (1, False))

    def test_no_such_hold(self) -> None:
        """Numbers that name none."""
        for name in ("1", "x", "01", "-1", "9" * 40):
            self.get(f"/holds/{name}", 404)


class ResetTests(RestTestCase):
    """Everything starts again."""

    policies = ("hold",)

    def test_all(self) -> None:
        """Orders, holds, prices, numbers and the journal; sessions are disconnected."""
        wire = self.memory.login("A")
        wire.send("NEW 1 BUY 1 AAA 10")
        self.ask("PUT", "/prices/AAA", {"price": "7"})
        told = self.post("/reset")
        self.assertEqual(told, {"epoch": 2, "venues": ["X"]})
        self.assertTrue(wire.closed)
        self.assertEqual(self.get("/holds")["items"], [])
        self.assertEqual(self.get("/messages")["items"], [])
        self.assertIsNone(self.get("/prices/AAA")["price"])
        self.assertEqual(self.get("/sessions/A")["next_out"], 1)

    def test_keep(self) -> None:
        """Sessions that are on stay on."""
        wire = self.memory.login("A")
        self.post("/reset", {"sessions": "keep"})
        self.assertFalse(wire.closed)
        wire.send("NEW 1 BUY 1 AAA 10")
        self.assertEqual(self.get("/holds")["items"][0]["hold"], "1")

    def test_one_of_two(self) -> None:
        """The other venue, and the epoch, go on; its own messages are no longer told of."""
        self.post("/venues", {"name": "Y"}, 201)
        self.memory.login("A")
        told = self.post("/reset", {"venue": "X"})
        self.assertEqual(told, {"epoch": 1, "venues": ["X"]})
        self.assertEqual(self.get("/messages")["items"], [])
        self.post("/reset", {"venue": "Z"}, 404)
