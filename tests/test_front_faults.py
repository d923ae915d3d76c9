"""Faults where each venue has a process of its own."""

from __future__ import annotations

from tests.front_fakes import FrontTestCase


class FrontFaultTests(FrontTestCase):
    """A fault is set where its session, endpoint or venue is."""

    policies = ("match",)

    def test_at_its_venue(self) -> None:
        """By the venue; without one it cannot be told where."""
        self.assertIn("say which", self.post("/faults", {"kind": "no-ack"}, 409)["detail"])
        for venue in ("X", "Y"):
            made = self.post("/faults", {"kind": "no-ack", "venue": venue, "name": venue}, 201)
            self.assertEqual((made["venue"], made["level"]), (venue, "order"))
        self.assertEqual([each["name"] for each in self.get("/faults")["items"]], ["X", "Y"])
        self.assertEqual(len(self.get("/faults?venue=Y")["items"]), 1)
        self.assertEqual(self.get("/faults/Y")["venue"], "Y")
        self.ask("DELETE", "/faults/Y", status=204)
        self.assertEqual(self.ask("DELETE", "/faults"), {"cleared": 1})

    def test_replace(self) -> None:
        """One becomes another where it is, which it need not say."""
        for venue in ("X", "Y"):
            self.post("/faults", {"kind": "no-ack", "venue": venue, "name": venue}, 201)
        other = self.ask("PUT", "/faults/Y", {"kind": "late-ack"})
        self.assertEqual((other["venue"], other["kind"]), ("Y", "late-ack"))
        place = self.get("/endpoints")["items"][0]["name"]
        refused = self.ask("PUT", "/faults/Y", {"kind": "no-ack", "endpoint": place}, status=422)
        self.assertIn("stays there", refused["detail"])

    def test_names(self) -> None:
        """No two venues have a fault of one name, unless nobody named it: then the venue helps."""
        self.post("/faults", {"kind": "no-ack", "venue": "X", "name": "f"}, 201)
        body = {"kind": "no-ack", "venue": "Y", "name": "f"}
        self.assertIn("venue X has fault", self.post("/faults", body, 409)["detail"])
        for venue in ("X", "Y"):
            self.post("/faults", {"kind": "late-ack", "venue": venue}, 201)
        self.assertEqual(self.get("/faults/X:late-ack-2")["venue"], "X")

    def test_by_place(self) -> None:
        """By the session or the endpoint, which say what protocol they speak."""
        for venue, place in (("X", "session"), ("Y", "endpoint")):
            name = self.get(f"/{place}s")["items"][0 if venue == "X" else -1]["name"]
            detail = self.post("/faults", {"kind": "drop", place: name}, 422)["detail"]
            self.assertIn("protocol lines has no faults", detail)
            made = self.post("/faults", {"kind": "no-ack", place: name}, 201)
            self.assertEqual((made["venue"], made[place]), (venue, name))

    def test_kinds(self) -> None:
        """They are the same everywhere."""
        self.assertIn("drop", [each["kind"] for each in self.get("/fault-kinds")["items"]])

    def test_proxies(self) -> None:
        """A proxy is where its venue is, under a name that no other has; so are its faults."""
        body = {"name": "p", "connect": "tcp:127.0.0.1:9", "protocol": "soup"}
        self.assertIn("say which", self.post("/proxies", body, 409)["detail"])
        self.assertEqual(self.post("/proxies", {**body, "venue": "Y"}, 201)["venue"], "Y")
        refused = self.post("/proxies", {**body, "venue": "X"}, 409)
        self.assertIn("venue Y has proxy", refused["detail"])
        self.assertEqual([each["name"] for each in self.get("/proxies")["items"]], ["p"])
        made = self.post("/faults", {"kind": "hold", "endpoint": "proxy:p"}, 201)
        self.assertEqual((made["venue"], made["endpoint"]), ("Y", "proxy:p"))
        self.assertEqual(self.get("/proxies/p/held")["items"], [])
        self.ask("DELETE", "/proxies/p", status=204)
        self.ask("GET", "/proxies/p", status=404)
