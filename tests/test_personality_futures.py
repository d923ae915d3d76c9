"""Futures over FIX: what they do that the default venue does not."""

from __future__ import annotations

from tests.personality import Floor, personality, plain
from tests.personality_case import PersonalityCase, Told, on_mega


class FuturesTests(PersonalityCase):
    """Futures with pro-rata."""

    name = "futures"
    start = "10:00:00"

    def test_pro_rata(self) -> None:
        """Who shows more gets more."""

        def outcome(floor: Floor) -> Told:
            for name, qty in (("1", "10"), ("2", "30"), ("3", "60")):
                floor.order("A", name, "buy", qty, "97.5", more="1=P1|")
            return [
                text.split(" fee ")[0]
                for text in floor.order("B", "4", "sell", "20", "97.5", more="1=P2|")
                + floor.read("A")
            ]

        here = ["4 new", "4 2@97.5", "4 6@97.5", "4 12@97.5", "1 2@97.5", "2 6@97.5", "3 12@97.5"]
        self.differs(outcome, here, ["4 new", "4 10@97.5", "4 10@97.5", "1 10@97.5", "2 10@97.5"])

    def test_lead_market_maker(self) -> None:
        """The lead market maker has a share before those that came earlier."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "buy", "50", "97.7", "FEU3-MAR", more="1=P1|")
            floor.order("M", "2", "buy", "50", "97.7", "FEU3-MAR", more="1=MAKER|")
            floor.order("B", "3", "sell", "20", "97.7", "FEU3-MAR", more="1=P2|")
            return floor.read("A") + floor.read("M")

        here = ["1 11@97.7 fee 2.2", "2 9@97.7 fee 1.8"]
        self.differs(outcome, here, ["1 20@97.7"])

    def test_limits(self) -> None:
        """Limits of products, accounts and prices."""
        self.refuses(on_mega("A", "buy", "10", "97.5"), "accounts = known", ["1 new"])
        position = on_mega("A", "buy", "1001", "97.5", more="1=P1|")
        self.refuses(position, "max_position: the position in FEU3-DEC might", ["1 new"])
        most = on_mega("A", "buy", "5001", "97.5", more="1=P2|")
        self.refuses(most, "quantity 5001 is above the most, 5000", ["1 new"])
        far = on_mega("A", "buy", "1", "99.7", more="1=P2|")
        self.refuses(far, "dynamic_band: price 99.7 is not from", ["1 new"])
        peg = on_mega("A", "buy", "1", more="1=P2|40=P|18=R|")
        self.refuses(peg, "FEU3-DEC is in phase continuous, which takes no PEGGED", ["1 new"])

    def test_self_match(self) -> None:
        """Of two orders with the same number the one that comes goes."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "10", "97.5", more="1=P1|22362=7|")
            told = floor.order("B", "2", "buy", "10", "97.5", more="1=P2|22362=7|")
            return told + floor.read("A")

        self.differs(outcome, ["2 new", "2 canceled"], ["2 new", "2 10@97.5", "1 10@97.5"])

    def test_implied(self) -> None:
        """An order for a spread trades with orders of its two months, all at once."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "10", "97.5", more="1=P1|")
            floor.order("M", "2", "buy", "10", "97.7", "FEU3-MAR", more="1=MAKER|")
            told = floor.order("B", "3", "buy", "4", "-0.1", "FEU3-DEC-MAR", more="1=P2|")
            return told + floor.read("A") + floor.read("M")

        here = ["3 new", "3 4@-0.2 fee 1", "1 4@97.5 fee 0.8", "2 4@97.7 fee 0.8"]
        self.differs(outcome, here, ["3 rejected: price -0.1 is not above zero"])

    def test_interruption(self) -> None:
        """A trade too far from the last price begins an auction."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "buy", "1", "97.5", more="1=P1|")
            floor.order("B", "2", "sell", "1", "97.5", more="1=P2|")
            floor.order("A", "3", "buy", "1", "96", more="1=P1|")
            told = floor.order("B", "4", "sell", "1", "96", more="1=P2|")
            return [*told, floor.phase("FEU3-DEC")]

        self.differs(outcome, ["4 new", "volatility-auction"], ["4 new", "4 1@96", "continuous"])

    def test_risk_desk(self) -> None:
        """The desk for risk cancels orders of others of its firm."""

        def outcome(floor: Floor) -> Told:
            floor.order("TRADER", "1", "buy", "10", "97.5", more="1=P1|")
            (order,) = floor.venue.orders.all()
            told = floor.cancel("RISK", "1", f"37={order.order_id}|")
            return told + floor.read("TRADER")

        self.differs(outcome, ["X1 canceled", "1 canceled"], ["9 unknown order"])

    def test_protection(self) -> None:
        """Market maker protection refuses quotes once too much was filled."""
        terms = "55=FEU3-DEC|1=MAKER|132=97.49|133=97.51|134=600|135=600|"

        def outcome(floor: Floor) -> Told:
            floor.send("M", "S", f"117=Q1|301=2|{terms}")
            floor.order("B", "1", "buy", "501", "97.51", more="1=P2|")
            told = floor.read("M") + floor.send("M", "S", f"117=Q2|301=2|{terms}")
            return [text[:30] for text in told]

        floor = Floor(personality(self.name, self.start))
        *_, last = outcome(floor)
        self.assertEqual(last, "AI market maker protection is ")
        floor = Floor(plain(personality(self.name, self.start)))
        self.assertEqual(outcome(floor)[-1], "AI")

    def test_day(self) -> None:
        """At 22:05 in Frankfurt the day ends, and its orders with it."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "buy", "10", "97.5", more="1=P1|")
            floor.until("21:05:00")
            return [*floor.read("A"), floor.phase("FEU3-DEC")]

        self.differs(outcome, ["1 expired", "closed"], ["continuous"])
