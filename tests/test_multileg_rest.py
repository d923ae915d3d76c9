"""Multileg instruments over REST: made, traded, shown."""

from __future__ import annotations

from typing import Any

from tests.simulator import RestTestCase

LEGS = "AAA:buy:1, BBB:sell:1"
SPREAD = {"symbol": "CAL", "security_type": "spread", "legs": LEGS, "implied": "both"}


class MultilegTests(RestTestCase):
    """A venue with AAA, BBB and a spread of them."""

    def enter(self, side: str, quantity: int, symbol: str, price: str) -> Any:
        """Enter an order."""
        body = {"symbol": symbol, "side": side, "quantity": str(quantity), "price": price}
        return self.post("/venues/X/orders", body)["order"]

    def implied(self, symbol: str) -> tuple[Any, Any]:
        """Price and quantity that are implied, on both sides."""
        book = self.get(f"/venues/X/books/{symbol}")
        found = []
        for side in ("implied_bid", "implied_ask"):
            level = book[side]
            found.append(level and (level["price"], level["quantity"], level["by"]))
        return found[0], found[1]

    def test_the_example_of_the_documentation(self) -> None:
        """docs/multileg.rst, step by step."""
        made = self.post("/venues/X/instruments", SPREAD, 201)
        self.assertEqual((made["legs"], made["implied"]), (LEGS, "both"))
        self.enter("SELL", 5, "AAA", "100")
        self.enter("BUY", 5, "BBB", "98")
        self.assertEqual(self.implied("CAL"), (None, ("2", "5", "CAL")))
        self.enter("BUY", 3, "CAL", "4")
        self.enter("BUY", 4, "CAL", "1")
        self.assertEqual(self.implied("AAA"), (("99", "2", "CAL"), None))
        self.assertEqual(self.implied("BBB"), (None, ("99", "2", "CAL")))
        self.enter("SELL", 1, "AAA", "98")
        tape = [
            (each["symbol"], each["price"], each["quantity"])
            for each in self.get("/venues/X/trades")["items"]
        ]
        first = [("CAL", "2", "3"), ("AAA", "100", "3"), ("BBB", "98", "3")]
        self.assertEqual(tape, [*first, ("AAA", "99", "1"), ("CAL", "1", "1"), ("BBB", "98", "1")])
        steps = self.get("/venues/X/orders/1/why")["steps"]
        self.assertIn("traded at a price implied with CAL", " ".join(steps))

    def test_prices_below_zero(self) -> None:
        """They are taken, and shown."""
        self.post("/venues/X/instruments", SPREAD, 201)
        made = self.enter("BUY", 1, "CAL", "-1.25")
        self.assertEqual((made["status"], made["price"]), ("NEW", "-1.25"))
        self.assertEqual(self.get("/venues/X/books/CAL")["bids"][0]["price"], "-1.25")

    def test_legs_for_a_symbol(self) -> None:
        """An order may name the legs."""
        self.post("/venues/X/instruments", SPREAD, 201)
        made = self.enter("BUY", 1, "legs:BBB:sell:1,AAA:buy:1", "1")
        self.assertEqual(made["symbol"], "CAL")

    def test_what_is_wrong(self) -> None:
        """The answer says what, and what may have been meant."""
        for changes, why in (
            ({"legs": "AAB:buy:1, BBB:sell:1"}, "legs: there is no instrument 'AAB'"),
            ({"legs": "AAA:buy:1, AAA:sell:1"}, "legs: AAA is there twice"),
            ({"legs": "CAL:buy:1, AAA:sell:1"}, "legs: CAL is no leg of itself"),
            ({"legs": "AAA:buy:0.5, BBB:sell:1"}, "legs: with implied prices ratios are whole"),
            ({"legs": "", "security_type": "CS"}, "implied: there are no legs"),
        ):
            problem = self.post("/venues/X/instruments", SPREAD | changes, 422)
            self.assertIn(why, problem["detail"])
        self.post("/venues/X/instruments", SPREAD, 201)
        chain = {"symbol": "TOP", "legs": "CAL:buy:1, AAA:sell:1", "implied": "in"}
        problem = self.post("/venues/X/instruments", chain, 422)
        self.assertIn("CAL has legs itself: no price is implied of implied ones", problem["detail"])
        problem = self.ask("DELETE", "/venues/X/instruments/AAA", None, 409)
        self.assertEqual(problem["detail"], "AAA is a leg of CAL: remove that first")

    def test_legs_of_a_new_venue(self) -> None:
        """They are among its own instruments."""
        venue = {"name": "Y", "instruments": [SPREAD, {"symbol": "AAA"}]}
        problem = self.post("/venues", venue, 422)
        self.assertIn("there is no instrument 'BBB'", problem["detail"])
        venue["instruments"] = [SPREAD, {"symbol": "AAA"}, {"symbol": "BBB"}]
        self.post("/venues", venue, 201)
