"""Rules behind one REST interface, where each venue has a process of its own."""

from __future__ import annotations

from tests.front_fakes import FrontTestCase


class FrontRulesTests(FrontTestCase):
    """Each venue has rules of its own."""

    policies = ("match",)

    def test_by_venue(self) -> None:
        """A rule is at the venue that it names, which has to be said where there are several."""
        self.assertIn("say which", self.post("/rules", {"then": "drop"}, 409)["detail"])
        for venue in ("X", "Y"):
            made = self.post("/rules", {"then": "reject", "venue": venue, "name": "r"}, 201)
            self.assertEqual(made["venue"], venue)
        wire = self.log_in("Y", "C")
        self.assertEqual(wire.send("NEW 1 BUY 5 AAA 10"), ["rejected 1 0"])
        first = self.get("/rules?limit=1")
        rest = self.get(f"/rules?after={first['next']}")
        found = [(each["venue"], each["hits"]) for each in first["items"] + rest["items"]]
        self.assertEqual(found, [("X", 0), ("Y", 1)])
        self.get("/rules/r", 409)
        self.assertEqual(self.get("/rules/r?venue=Y")["hits"], 1)
        self.post("/rules/r/disable?venue=Y")
        self.assertEqual(wire.send("NEW 2 BUY 5 AAA 10"), ["new 2 5"])
        self.assertEqual(self.ask("DELETE", "/rules"), {"cleared": 2})
        self.assertEqual(self.get("/rules")["items"], [])

    def test_scenarios(self) -> None:
        """And so are states."""
        for venue in ("X", "Y"):
            self.ask("PUT", f"/scenarios/s?venue={venue}", {"state": "b"})
        found = [(each["venue"], each["state"]) for each in self.get("/scenarios")["items"]]
        self.assertEqual(found, [("X", "b"), ("Y", "b")])
        self.ask("DELETE", "/scenarios?venue=X", None, 204)
        self.assertEqual([each["venue"] for each in self.get("/scenarios")["items"]], ["Y"])
        self.ask("DELETE", "/scenarios", None, 204)
        self.assertEqual(self.get("/scenarios")["items"], [])
        self.assertEqual(self.get("/behaviours")["items"], [])

    def test_verbs(self) -> None:
        """All verbs reach the hold that they name."""
        self.post("/rules", {"then": "hold", "venue": "Y"}, 201)
        self.log_in("Y", "C").send("NEW 1 BUY 5 AAA 10")
        self.assertEqual(self.post("/holds/Y:1/pending")["hold"], "Y:1")
        self.assertTrue(self.post("/holds/Y:1/suspend")["held"])
        self.assertFalse(self.post("/holds/Y:1/expire")["held"])
