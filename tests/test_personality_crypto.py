"""Crypto assets over FIX: what they do that the default venue does not."""

from __future__ import annotations

from tests.personality import Floor, personality
from tests.personality_case import SECOND, PersonalityCase, Told, on_mega


class CryptoTests(PersonalityCase):
    """Crypto assets around the clock."""

    name = "crypto"

    def test_time_in_force(self) -> None:
        """There is no day; what is good till canceled stays."""
        day = on_mega("A", "buy", "1", "60000")
        self.refuses(day, "BTC-USD is in phase continuous, which takes no LIMIT", ["1 new"])

        def outcome(floor: Floor) -> Told:
            told = floor.order("A", "1", "buy", "0.00012345", "60000.01", tif="1")
            floor.wait(7 * 86_400 * SECOND)
            return [*told, *floor.read("A"), floor.phase("BTC-USD")]

        lot = "1 rejected: quantity 0.00012345 is no multiple of the lot 1"
        self.differs(outcome, ["1 new", "continuous"], [lot, "continuous"])

    def test_own_account(self) -> None:
        """Both orders of one account go."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "1", "60000", tif="1", more="1=X|")
            return floor.order("A", "2", "buy", "1", "60000", tif="1", more="1=X|")

        here = ["2 new", "1 canceled", "2 canceled"]
        self.differs(outcome, here, ["2 new", "2 1@60000", "1 1@60000"])

    def test_fees(self) -> None:
        """In basis points, more for the taker."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "1", "60000", tif="1", more="1=X|")
            told = floor.order("B", "2", "buy", "1", "60000", tif="1", more="1=Y|")
            return told + floor.read("A")

        here = ["2 new", "2 1@60000 fee 120", "1 1@60000 fee 60"]
        self.differs(outcome, here, ["2 new", "2 1@60000", "1 1@60000"])

    def test_collar(self) -> None:
        """A market order does not sweep far."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "1", "64000", tif="1")
            return floor.order("B", "2", "buy", "1", tif="3")

        self.refuses(outcome, "collar: the order would trade at 64000", ["2 new", "2 1@64000"])
        far = on_mega("A", "buy", "1", "29999", tif="1")
        self.refuses(far, "price_band: price 29999 is not from 30000 to 90000", ["1 new"])

    def test_post_only(self) -> None:
        """Post-only orders go, or rest a tick of this venue below what is offered."""
        floor = Floor(personality(self.name, self.start))
        floor.order("A", "1", "sell", "1", "60000", tif="1")
        told = floor.order("B", "2", "buy", "1", "60000", tif="1", more="18=6|")
        self.assertEqual(told, ["2 new", "2 canceled"])
        told = floor.order("B", "3", "buy", "1", "60000", tif="1", more="20018=reprice|")
        self.assertEqual(told, ["3 new", "3 restated"])
        told = floor.order("A", "4", "sell", "1", "59999.99", tif="3")
        self.assertEqual(told, ["4 new", "4 1@59999.99 fee 119.99998"])

    def test_throttle(self) -> None:
        """The 51st message of a second is refused."""

        def outcome(floor: Floor) -> Told:
            told: Told = []
            for number in range(51):
                told += floor.order("A", str(number), "buy", "1", "50000", tif="1")
            return told[-2:]

        here = ["49 new", "j Throttle limit exceeded"]
        self.differs(outcome, here, ["49 new", "50 new"])
