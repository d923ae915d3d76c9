"""What REST tells of an instrument as it is traded now: state, prices, bounds, auction."""

from __future__ import annotations

from exsim.model.amounts import UNIT
from exsim.model.participants import Participants, RiskSettings
from tests.simulator import RestTestCase, settings

PERCENT = UNIT
PATH = "/venues/X/instruments/AAA"


class StateTests(RestTestCase):
    """Of one instrument."""

    def setUp(self) -> None:
        """Limits of the venue."""
        risk = RiskSettings(dynamic_band=(0, 10 * PERCENT), collar=(UNIT, 0))
        self.start(settings(participants=Participants(risk=risk)))

    def order(self, side: str, qty: str, price: str) -> None:
        """Enter an order."""
        body = {"symbol": "AAA", "side": side, "quantity": qty, "price": price}
        self.post("/venues/X/orders", body)

    def test_state(self) -> None:
        """A word for each phase."""
        for phase, state in (
            ("continuous", "open"),
            ("trade-at-close", "open"),
            ("halt", "halted"),
            ("pre-open", "auction"),
            ("volatility-auction", "auction"),
            ("closed", "closed"),
            ("start-of-day", "closed"),
        ):
            self.ask("PUT", f"{PATH}/phase", {"phase": phase})
            self.assertEqual(self.get(PATH)["state"], state, phase)

    def test_auction(self) -> None:
        """Price, volume and imbalance, while it collects; null while it matches."""
        self.assertIsNone(self.get(PATH)["auction"])
        self.ask("PUT", f"{PATH}/phase", {"phase": "opening-auction"})
        self.order("BUY", "10", "101")
        self.order("SELL", "4", "100")
        expected = {"price": "101", "volume": "4", "imbalance": "6", "side": "BUY"}
        self.assertEqual(self.get(PATH)["auction"], expected)
        self.assertEqual(self.get("/venues/X/books/AAA")["auction"], expected)
        (first, second) = self.get("/venues/X/instruments")["items"]
        self.assertEqual((first["auction"], second["auction"]), (expected, None))

    def test_bounds(self) -> None:
        """Around the last price, as soon as there is one."""
        told = self.get(PATH)
        self.assertEqual((told["last"], told["bounds"]), (None, []))
        self.order("BUY", "1", "50")
        self.order("SELL", "1", "50")
        told = self.get(PATH)
        self.assertEqual(told["last"], "50")
        bounds = [[each["rule"], each["low"], each["high"]] for each in told["bounds"]]
        self.assertEqual(bounds, [["dynamic_band", "45", "55"], ["collar", "49", "51"]])
