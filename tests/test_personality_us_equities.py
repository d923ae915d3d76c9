"""US equities over FIX: what they do that the default venue does not."""

from __future__ import annotations

from tests.personality import Floor, personality
from tests.personality_case import SECOND, PersonalityCase, Told, on_mega


class UsEquitiesTests(PersonalityCase):
    """US equities."""

    name = "us-equities"

    def test_ticks(self) -> None:
        """Rule 612: a hundredth of a cent below a dollar, and there alone."""
        penny = on_mega("A", "buy", "100", "0.4999", symbol="PENY")
        text = "1 rejected: price 0.4999 is no multiple of the tick 0.01"
        self.differs(penny, ["1 new"], [text])
        floor = Floor(personality(self.name, self.start))
        text = "1 rejected: price 1.0001 is no multiple of the tick 0.01"
        self.assertEqual(floor.order("A", "1", "buy", "100", "1.0001", "PENY"), [text])

    def test_limits(self) -> None:
        """A price above the market, a short sale without a locate, a type that is not taken."""
        self.refuses(on_mega("A", "buy", "100", "111"), "fat_finger: price 111", ["1 new"])
        self.refuses(on_mega("A", "short", "100", "100"), "short_sale = locate", ["1 new"])
        touched = on_mega("A", "buy", "100", more="40=J|99=99|")
        self.refuses(touched, "MEGA is in phase continuous, which takes no MARKET_IF", ["1 new"])
        many = on_mega("A", "buy", "1000001", "0.5", symbol="PENY")
        self.refuses(many, "max_order_qty: quantity 1000001 is above 1000000", ["1 new"])
        worth = on_mega("A", "buy", "250001", "100")
        self.refuses(worth, "max_notional: the order is worth 25000100", ["1 new"])

    def test_own_firm(self) -> None:
        """Two sessions of a firm do not trade with each other: the order that rests goes."""

        def outcome(floor: Floor) -> Told:
            floor.order("ALPHA1", "1", "sell", "100", "100")
            return floor.order("ALPHA2", "2", "buy", "100", "100") + floor.read("ALPHA1")

        self.differs(outcome, ["2 new", "1 canceled"], ["2 new", "2 100@100", "1 100@100"])

    def test_pause(self) -> None:
        """Limit Up-Limit Down: a trade too far pauses the stock, and an auction ends that."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "100", "100")
            floor.order("B", "2", "buy", "100", "100")
            floor.order("A", "3", "sell", "100", "106")
            told = [*floor.order("B", "4", "buy", "100", "106"), floor.phase("MEGA")]
            floor.wait(300 * SECOND)
            return [*told, *floor.read("B"), floor.phase("MEGA")]

        here = ["4 new", "volatility-auction", "4 100@106 fee 0.3", "continuous"]
        self.differs(outcome, here, ["4 new", "4 100@106", "continuous", "continuous"])

    def test_disconnect(self) -> None:
        """Who is cut off has no order left."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "100", "100")
            floor.party("A").leave()
            return floor.order("B", "2", "buy", "100", "100", tif="3")

        self.differs(outcome, ["2 new", "2 canceled"], ["2 new", "2 100@100"])

    def test_fees(self) -> None:
        """The maker earns, the taker pays."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "100", "100")
            return floor.order("B", "2", "buy", "100", "100") + floor.read("A")

        here = ["2 new", "2 100@100 fee 0.3", "1 100@100 fee -0.2"]
        self.differs(outcome, here, ["2 new", "2 100@100", "1 100@100"])

    def test_opening(self) -> None:
        """At 09:28 in New York orders for the opening are fixed; at 09:30 they get one price."""

        def outcome(floor: Floor) -> Told:
            floor.until("14:28:00")
            told = floor.order("A", "1", "buy", "100", tif="2")[:1]
            told += [text[:7] for text in floor.cancel("A", "1")]
            told += floor.order("B", "2", "sell", "60", "99")
            floor.until("14:30:00")
            return told + floor.read("A") + floor.read("B")

        here = ["1 new", "9 MEGA ", "2 new", "1 60@99 fee -0.12", "1 expired", "2 60@99 fee 0.18"]
        refused = "1 rejected: MEGA is in phase continuous, which takes no MARKET order with"
        by_default = [f"{refused} TimeInForce AT_OPENING", "9 too l", "2 new"]
        self.differs(outcome, here, by_default, "14:00:00")

    def test_closing(self) -> None:
        """Orders at the close trade at 16:00:01, and nothing more is taken by then."""

        def outcome(floor: Floor) -> Told:
            told = floor.order("A", "1", "buy", "100", tif="7")
            told += floor.order("B", "2", "sell", "60", "99", tif="7")
            floor.until("21:00:01")
            return [*told, *floor.read("A"), *floor.read("B"), floor.phase("MEGA")]

        here = ["1 new", "2 new", "1 60@99 fee -0.12", "1 expired", "2 60@99 fee 0.18", "closed"]
        self.differs(outcome, here, ["1 new", "2 new", "continuous"])
