"""London over FIX: what it does that the default venue does not."""

from __future__ import annotations

from tests.personality import Floor
from tests.personality_case import SECOND, PersonalityCase, Told, on_mega


class LondonTests(PersonalityCase):
    """London."""

    name = "london"
    start = "09:00:00"

    def test_random_end(self) -> None:
        """The opening auction ends in the half minute after 08:00, when the seed has it."""

        def outcome(floor: Floor) -> Told:
            told = floor.order("A", "1", "buy", "100", "500")
            told += floor.order("B", "2", "sell", "100", "500")
            floor.until("08:00:00")
            told += [floor.phase("BIGL"), *floor.read("A")]
            floor.until("08:00:30")
            return [*told, floor.phase("BIGL"), *floor.read("A")]

        here = ["1 new", "2 new", "opening-auction", "continuous", "1 100@500 fee 2.25"]
        by_default = ["1 new", "2 new", "2 100@500", "continuous", "1 100@500", "continuous"]
        self.differs(outcome, here, by_default, "07:50:00")

    def test_extension(self) -> None:
        """An auction that would end far from the reference goes on for five minutes."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "buy", "100", "550")
            floor.order("B", "2", "sell", "100", "550")
            floor.until("08:00:40")
            told = [floor.phase("BIGL"), *floor.read("A")]
            floor.until("08:05:40")
            return [*told, floor.phase("BIGL"), *floor.read("A")]

        here = ["opening-auction", "continuous", "1 100@550 fee 2.475"]
        self.differs(outcome, here, ["continuous", "1 100@550", "continuous"], "07:50:00")

    def test_orders(self) -> None:
        """Market orders do not rest; ticks go by price and liquidity; far prices are refused."""
        market = on_mega("A", "buy", "100")
        self.refuses(market, "BIGL is in phase continuous", ["1 new", "1 canceled"])
        tick = on_mega("A", "buy", "100", "500.05")
        self.refuses(tick, "price 500.05 is no multiple of the tick 0.1", ["1 new"])
        tick = on_mega("A", "buy", "100", "99.99", symbol="MIDL")
        self.refuses(tick, "price 99.99 is no multiple of the tick 0.02", ["1 new"])
        far = on_mega("A", "buy", "100", "630")
        self.refuses(far, "price_band: price 630 is not from 375 to 625", ["1 new"])
        large = on_mega("A", "buy", "10000001", "500")
        self.refuses(large, "max_notional: the order is worth", ["1 new"])

    def test_suspension(self) -> None:
        """A trade that would move the price by more than 5 % begins an auction instead."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "100", "500")
            floor.order("B", "2", "buy", "100", "500")
            floor.order("A", "3", "sell", "100", "530")
            return [*floor.order("B", "4", "buy", "100", "530"), floor.phase("BIGL")]

        by_default = ["4 new", "4 100@530", "continuous"]
        self.differs(outcome, ["4 new", "volatility-auction"], by_default)

    def test_prevention(self) -> None:
        """Of two orders of one group the one that rests goes."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "100", "500", more="22362=7|")
            told = floor.order("B", "2", "buy", "100", "500", more="22362=7|")
            return told + floor.read("A")

        self.differs(outcome, ["2 new", "1 canceled"], ["2 new", "2 100@500", "1 100@500"])

    def test_grace(self) -> None:
        """Who is lost keeps orders for ten seconds, and no longer."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "sell", "100", "500")
            floor.party("A").leave()
            floor.wait(9 * SECOND)
            told = floor.order("B", "2", "buy", "40", "500", tif="3")
            floor.wait(SECOND)
            return told + floor.order("B", "3", "buy", "40", "500", tif="3")

        here = ["2 new", "2 40@500 fee 0.9", "3 new", "3 canceled"]
        self.differs(outcome, here, ["2 new", "2 40@500", "3 new", "3 40@500"])

    def test_imbalance(self) -> None:
        """An auction is extended, too, where much would be left over."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "buy", "100", "500")
            floor.order("B", "2", "sell", "60", "500")
            floor.until("08:00:40")
            return [*floor.read("A"), floor.phase("BIGL")]

        self.differs(outcome, ["opening-auction"], ["1 60@500", "continuous"], "07:50:00")

    def test_noon(self) -> None:
        """An order that is good for an auction trades in that at noon."""

        def outcome(floor: Floor) -> Told:
            told = floor.order("A", "1", "buy", "100", more="20059=B|")
            told += floor.order("B", "2", "sell", "100", "500")
            floor.until("12:00:00")
            told.append(floor.phase("BIGL"))
            floor.until("12:02:30")
            return [*told, *floor.read("A"), floor.phase("BIGL")]

        here = ["1 new", "2 new", "intraday-auction", "1 100@500 fee 2.25", "continuous"]
        self.differs(outcome, here, ["1 new", "2 new", "continuous", "continuous"])

    def test_closing_price(self) -> None:
        """After the close one trades at the closing price alone."""

        def outcome(floor: Floor) -> Told:
            floor.order("A", "1", "buy", "100", "500")
            floor.order("B", "2", "sell", "100", "500")
            floor.read("A")
            floor.until("16:36:00")
            told = floor.order("A", "3", "buy", "100", "499")
            told += floor.order("A", "4", "buy", "100", "500")
            return told + floor.order("B", "5", "sell", "100", "500")

        refused = "3 rejected: price 499 is not the closing price 500"
        here = [refused, "4 new", "5 new", "5 100@500 fee 2.25"]
        self.differs(outcome, here, ["3 new", "4 new", "5 new", "5 100@500"])
