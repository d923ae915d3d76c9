"""Lists of all venues as one: their order, their pages, and waiting for what comes."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.control import session_results as sr
from exsim.errors import Gone
from exsim.services.front.lists import Positions
from tests.front_fakes import FrontTestCase


def message(venue: str, seq: int, time: str) -> sr.Message:
    """A message of a time, as text that sorts."""
    return sr.Message(seq, time, venue, "S", "in", "T", "", "", b"", [])


def answer(venue: str, position: int, *items: tuple[int, str], more: bool = False) -> sr.Messages:
    """What a venue answers: messages as (seq, time), looked up to a position."""
    cursor = f"1-{position}"
    found = [message(venue, seq, time) for seq, time in items]
    return sr.Messages(found, cursor if more else None, cursor)


class PositionsTests(SynchronousTestCase):
    """How far each venue has been told."""

    def take(
        self, positions: Positions, limit: int, *answers: sr.Messages
    ) -> tuple[list[tuple[str, int]], str, bool]:
        """What is taken of answers, where it goes on, and whether there is more."""
        items, more = positions.take(dict(enumerate(answers)), limit)
        return [(item.venue, item.seq) for item in items], positions.cursor, more

    def test_order(self) -> None:
        """By time; where that is the same, by venue."""
        x = answer("X", 9, (1, "a"), (2, "c"), (3, "d"))
        y = answer("Y", 8, (1, "b"), (2, "c"))
        found = self.take(Positions(None, 2), 9, x, y)
        order = [("X", 1), ("Y", 1), ("X", 2), ("Y", 2), ("X", 3)]
        self.assertEqual(found, (order, "1-9.1-8", False))

    def test_limit(self) -> None:
        """Each venue goes on after the last of it that was taken, or where it was."""
        x = answer("X", 9, (4, "a"), (5, "c"))
        y = answer("Y", 8, (1, "d"))
        found = self.take(Positions(None, 2), 1, x, y)
        self.assertEqual(found, ([("X", 4)], "1-4.0-0", True))
        found = self.take(Positions("1-3.1-7", 2), 2, x, y)
        self.assertEqual(found, ([("X", 4), ("X", 5)], "1-9.1-7", True))

    def test_more_at_one(self) -> None:
        """Where one venue has more than it told there is more."""
        x = answer("X", 5, (5, "a"), more=True)
        self.assertEqual(self.take(Positions(None, 2), 1, x, answer("Y", 8))[2], True)

    def test_stopped_looking(self) -> None:
        """Nothing is told that a venue which did not look to its end may have older ones than."""
        x = answer("X", 20, (4, "b"), more=True)
        y = answer("Y", 8, (1, "a"), (2, "c"))
        found = self.take(Positions(None, 2), 9, x, y)
        self.assertEqual(found, ([("Y", 1), ("X", 4)], "1-20.1-1", True))
        nothing = answer("X", 20, more=True)
        self.assertEqual(self.take(Positions(None, 2), 9, nothing, y), ([], "1-20.0-0", True))

    def test_other_venues(self) -> None:
        """A cursor of another number of venues is of a start before."""
        self.assertRaises(Gone, Positions, "1-2", 2)
        self.assertEqual([Positions("0-0.2-7", 2)[0], Positions("0-0.2-7", 2)[1]], [None, "2-7"])


class PageTests(FrontTestCase):
    """Pages of what is there."""

    def pages(self, path: str, key: str) -> list[list[str]]:
        """All pages of a list."""
        found, after = [], ""
        while True:
            page = self.get(f"{path}{after}")
            found.append([item[key] for item in page["items"]])
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"

    def test_sessions(self) -> None:
        """Venue by venue, whatever the length of a page; the last has no next."""
        whole = ["A", "B", "SAME", "C", "SAME"]
        for limit in range(1, 7):
            pages = self.pages(f"/sessions?limit={limit}", "name")
            self.assertEqual([name for page in pages for name in page], whole)
            self.assertEqual([len(page) for page in pages[:-1]], [limit] * (len(pages) - 1))
            self.assertTrue(pages[-1])

    def test_nothing_left(self) -> None:
        """A page that ends with the last of a venue is the last if others have none."""
        self.log_in("X", "A")
        self.ask("DELETE", "/sessions/C", None, 204)
        self.ask("DELETE", "/sessions/Y:SAME", None, 204)
        self.assertEqual(self.pages("/sessions?limit=3", "name"), [["A", "B", "SAME"]])

    def test_venues(self) -> None:
        """Venues and endpoints, too."""
        self.assertEqual(self.pages("/venues?limit=1", "name"), [["X"], ["Y"]])
        self.assertEqual(self.pages("/endpoints?limit=2", "name"), [["x", "y"]])

    def test_no_cursor(self) -> None:
        """A cursor of another list is refused; one of more venues is of a start before."""
        for text in ("1-2", "1.2.3-4", "1-2.3-4"):
            self.get(f"/sessions?after={text}", 422)
        self.get("/sessions?after=2.1-1", 410)
        self.get("/sessions?after=1.9-1", 410)


class MessageTests(FrontTestCase):
    """Messages of all venues by time."""

    def setUp(self) -> None:
        """Y speaks before X and after it."""
        super().setUp()
        self.first = self.log_in("Y", "C")
        self.advance(0.25)
        self.other = self.log_in("X", "A")
        self.advance(0.25)
        self.first.send("SAY later")

    def texts(self, found: dict[str, Any]) -> list[tuple[str, str]]:
        """Venue and text of messages."""
        return [(item["venue"], item["text"]) for item in found["items"]]

    def test_by_time(self) -> None:
        """In one page or in several, each once, in order of time."""
        whole = self.get("/messages?direction=in")
        order = [("Y", "LOGIN C"), ("X", "LOGIN A"), ("Y", "SAY later")]
        self.assertEqual((self.texts(whole), whole["next"]), (order, None))
        page = self.get("/messages?direction=in&limit=1")
        told = self.texts(page)
        while page["next"] is not None:
            page = self.get(f"/messages?direction=in&limit=1&after={page['next']}")
            told += self.texts(page)
        self.assertEqual(told, order)

    def test_newest(self) -> None:
        """The same backward; the position is where all journals end."""
        order = [("Y", "SAY later"), ("X", "LOGIN A"), ("Y", "LOGIN C")]
        position = self.get("/messages")["position"]
        told: list[tuple[str, str]] = []
        query = "limit=1"
        while True:
            page = self.get(f"/messages?direction=in&order=newest&{query}")
            self.assertEqual(page["position"], position)
            told += self.texts(page)
            if page["next"] is None:
                break
            query = f"limit=1&after={page['next']}"
        self.assertEqual(told, order)

    def test_position(self) -> None:
        """What comes from now on is found after the position."""
        position = self.get("/messages")["position"]
        self.assertEqual(self.get(f"/messages?after={position}")["items"], [])
        self.other.send("SAY new")
        found = self.get(f"/messages?after={position}&direction=in")
        self.assertEqual(self.texts(found), [("X", "SAY new")])
        self.post("/reset", {"venue": "Y"})
        self.get(f"/messages?after={position}", 410)

    def test_of_one(self) -> None:
        """Of one venue, or of the sessions of a name."""
        self.assertEqual(len(self.get("/messages?venue=X&direction=in")["items"]), 1)
        self.assertEqual(len(self.get("/messages?session=C&direction=in")["items"]), 2)
        self.assertEqual(len(self.get("/sessions/C/messages?direction=in")["items"]), 2)
        self.log_in("X", "SAME")
        self.log_in("Y", "SAME")
        self.assertEqual(len(self.get("/messages?session=SAME&direction=in")["items"]), 2)
        self.get("/messages?session=Q", 404)
        self.get("/messages?venue=Q", 404)

    def test_wait_finds_what_is_there(self) -> None:
        """What is there already is waited for no longer than it takes to look."""
        found = self.get("/messages/wait?type=LOGIN&count=2&timeout=5s")
        self.assertEqual(self.texts(found), [("Y", "LOGIN C"), ("X", "LOGIN A")])
        self.assertTrue(found["complete"])

    def test_wait(self) -> None:
        """What comes at either venue counts; nobody waits on afterwards."""
        position = self.get("/messages")["position"]
        path = f"/messages/wait?type=SAY&count=2&after={position}&timeout=5s"
        pending = self.begin("GET", path)
        self.treq.flush()
        self.assertNoResult(pending)
        self.other.send("SAY one")
        self.treq.flush()
        self.assertNoResult(pending)
        self.first.send("SAY two")
        self.treq.flush()
        found = self.successResultOf(self.successResultOf(pending).json())
        self.assertEqual(self.texts(found), [("X", "SAY one"), ("Y", "SAY two")])
        self.assertEqual([m.turns._waiting for m in self.memories.values()], [[], []])

    def test_wait_in_vain(self) -> None:
        """When the time is out that is told, with what there was."""
        position = self.get("/messages")["position"]
        pending = self.begin("GET", f"/messages/wait?count=2&after={position}&timeout=5s&type=SAY")
        self.treq.flush()
        self.other.send("SAY one")
        self.treq.flush()
        self.advance(4)
        self.assertNoResult(pending)
        self.advance(2)
        found = self.successResultOf(self.successResultOf(pending).json())
        self.assertEqual((self.texts(found), found["complete"]), ([("X", "SAY one")], False))

    def test_wait_across_a_reset(self) -> None:
        """Whoever waits is told of a reset."""
        pending = self.begin("GET", "/messages/wait?type=LATER&timeout=5s")
        self.treq.flush()
        self.post("/reset", {"venue": "Y"})
        self.treq.flush()
        self.assertEqual(self.successResultOf(pending).code, 410)


class EventTests(FrontTestCase):
    """Events of all venues."""

    def test_reset(self) -> None:
        """Each venue begins anew by itself, and says that it is the one that does."""
        self.post("/reset")
        found = self.get("/events/wait?after=1-0.1-0&kind=reset&timeout=0s")
        told = [(event["venue"], event["text"]) for event in found["items"]]
        expected = [(venue, f"reset: epoch 2 begins at {venue}") for venue in ("X", "Y")]
        self.assertEqual(sorted(told), expected)


class HoldTests(FrontTestCase):
    """Holds of all venues."""

    policies = ("hold",)

    def setUp(self) -> None:
        """One is held at each venue, that of Y first."""
        super().setUp()
        self.at_y = self.log_in("Y", "C")
        self.at_x = self.log_in("X", "A")
        self.at_y.send("NEW 1 BUY 1 AAA 10")
        self.advance(0.25)
        self.at_x.send("NEW 1 BUY 1 AAA 10")

    def test_names(self) -> None:
        """Each is called by its venue and number, and found by that."""
        names = [hold["hold"] for hold in self.get("/holds")["items"]]
        self.assertEqual(names, ["X:1", "Y:1"])
        self.assertEqual(self.get("/holds/Y:1")["venue"], "Y")
        decided = self.post("/holds/Y:1/ack")
        self.assertEqual((decided["hold"], decided["held"]), ("Y:1", True))
        self.assertEqual([hold["hold"] for hold in self.get("/holds")["items"]], ["X:1"])
        self.assertEqual(self.get("/holds?venue=Y")["items"], [])
        self.assertEqual(self.get("/holds/1", 404)["detail"][:22], "there is no hold '1': ")
        outcome = self.post(
            "/venues/X/orders", {"symbol": "AAA", "side": "BUY", "quantity": "1", "price": "10"}
        )
        self.assertEqual(outcome["hold"], "X:2")

    def test_pages(self) -> None:
        """In pages, venue by venue."""
        page = self.get("/holds?limit=1")
        self.assertEqual([hold["hold"] for hold in page["items"]], ["X:1"])
        page = self.get(f"/holds?limit=1&after={page['next']}")
        self.assertEqual(([hold["hold"] for hold in page["items"]], page["next"]), (["Y:1"], None))

    def test_wait(self) -> None:
        """Those of all venues count, oldest first."""
        found = self.get("/holds/wait?count=2&timeout=5s")
        self.assertEqual([hold["hold"] for hold in found["items"]], ["Y:1", "X:1"])
        pending = self.begin("GET", "/holds/wait?count=3&timeout=5s")
        self.treq.flush()
        self.assertNoResult(pending)
        self.at_x.send("NEW 2 BUY 1 AAA 10")
        self.treq.flush()
        found = self.successResultOf(self.successResultOf(pending).json())
        self.assertEqual([hold["hold"] for hold in found["items"]], ["Y:1", "X:1", "X:2"])
        self.assertTrue(found["complete"])
        found = self.get("/holds/wait?venue=X&count=2&timeout=0s")
        self.assertEqual([hold["hold"] for hold in found["items"]], ["X:1", "X:2"])

    def test_wait_in_vain(self) -> None:
        """When the time is out that is told."""
        pending = self.begin("GET", "/holds/wait?count=3&timeout=5s")
        self.treq.flush()
        self.advance(6)
        found = self.successResultOf(self.successResultOf(pending).json())
        self.assertEqual((len(found["items"]), found["complete"]), (2, False))
