"""A held request is changed, over REST, before it is decided."""

from __future__ import annotations

from typing import Any

from tests.simulator import RestTestCase
from tests.test_operations_sessions import FixTestCase

ORDER = "11=c-1|55=AAA|54=1|38=100|40=2|44=10.25|59=0|60=20260102-10:00:00|58=mine|"


class ChangeTests(FixTestCase):
    """An order of a FIX session that a rule holds."""

    def setUp(self) -> None:
        """Hold it."""
        super().setUp()
        self.post("/rules", {"then": "hold"}, 201)
        self.far = self.logged_on()
        self.assertEqual(self.far.send("D", ORDER), [])

    def change(self, *fields: tuple[str, str], status: int = 200) -> Any:
        """Change fields of it."""
        return self.ask("PATCH", "/holds/1", {"fields": list(fields)}, status)

    def test_change(self) -> None:
        """It asks for something else then, in its fields and in what it comes to."""
        seen = self.change(("38", "250"), ("Price", "10.5"), ("58", ""), ("1", "A=1"))
        self.assertEqual((seen["quantity"], seen["price"]), ("250", "10.5"))
        fields = {field["tag"]: field["value"] for field in self.get("/holds/1")["fields"]}
        self.assertEqual((fields["38"], fields["44"], fields["1"]), ("250", "10.5", "A=1"))
        self.assertNotIn("58", fields)
        order = self.post("/holds/1/release")["order"]
        self.assertEqual((order["quantity"], order["price"]), ("250", "10.5"))
        (report,) = self.far.received()
        self.assertEqual((report.fields[b"38"], report.fields[b"1"]), (b"250", b"A=1"))

    def test_refused(self) -> None:
        """What makes no request of it leaves it as it was."""
        for field, told in (
            (("38", "many"), "(tag 38)"),
            (("40", ""), "Required tag missing (tag 40)"),
            (("35", "G"), "type"),
            (("34", "9"), "written by the session"),
            (("Nonsense", "9"), "neither a tag number nor the name"),
        ):
            self.assertIn(told, self.change(field, status=422)["detail"])
        self.assertEqual(self.get("/holds/1")["quantity"], "100")
        self.change(("58", "\x01"), status=422)
        self.ask("PATCH", "/holds/7", {"fields": [["58", "x"]]}, 404)

    def test_accepted(self) -> None:
        """Once it was accepted it is an order: that is restated, not changed."""
        self.post("/holds/1/ack")
        self.assertIn("was accepted", self.change(("38", "5"), status=409)["detail"])


class UnchangeableTests(RestTestCase):
    """Requests that are no messages of FIX."""

    policies = ("hold",)

    def refused(self) -> str:
        """Why hold 1 is not changed."""
        told = self.ask("PATCH", "/holds/1", {"fields": [["38", "5"]]}, 409)
        return str(told["detail"])

    def test_another_protocol(self) -> None:
        """Its sessions have nothing to change fields by."""
        self.memory.login("A").send("NEW 1 BUY 5 AAA 10")
        self.assertRegex(self.refused(), "no fields? (that can be|to) changed?")

    def test_nobody(self) -> None:
        """An order that was entered over REST has no message."""
        order = {"symbol": "AAA", "side": "BUY", "quantity": "5", "price": "10"}
        self.post("/venues/X/orders", order)
        self.assertIn("no message", self.refused())
