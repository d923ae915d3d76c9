"""Foreign exchange over FIX: what it does that the default venue does not."""

from __future__ import annotations

from tests.personality import Floor, personality, plain
from tests.personality_case import SECOND, PersonalityCase, Told, on_mega


class FxTests(PersonalityCase):
    """Foreign exchange with last look."""

    name = "fx"
    request = "131=R1|146=1|55=EUR/USD|38=1000000|"

    def test_request(self) -> None:
        """The dealer answers a request, and streams where that is asked for."""
        no = "j Unsupported Message Type"
        self.differs(lambda floor: floor.send("T", "R", self.request), ["S"], [no])

        def outcome(floor: Floor) -> Told:
            told = floor.send("T", "R", "131=R1|146=1|55=EUR/USD|303=2|38=1000000|")
            floor.wait(SECOND)
            return told + floor.read("T")

        self.differs(outcome, ["S", "S", "S"], [no])

    def test_last_look(self) -> None:
        """An order on a quote is looked at for 100 ms; the first trades, by luck not all do."""

        def outcome(floor: Floor) -> Told:
            told = []
            for n in range(4):
                floor.send("T", "R", self.request.replace("R1", f"R{n}"))
                quote = f"40=D|117=Q{2 * n + 2}|"
                told += floor.order("T", str(n), "buy", "1000000", more=quote)
                floor.wait(SECOND // 10)
                told += [text.split(" fee ")[0] for text in floor.read("T")]
            return told

        settings = personality(self.name, self.start)
        told = outcome(Floor(settings))
        self.assertEqual(told, outcome(Floor(settings)))
        self.assertEqual(told[:2], ["0 new", "0 1000000@1.08501"])
        self.assertTrue([text for text in told if text.endswith("refused in last look")], told)
        by_default = outcome(Floor(plain(settings)))
        gone = [f"{n} rejected: the quote is over, or never was" for n in range(4)]
        self.assertEqual(by_default, gone)

    def test_orders(self) -> None:
        """Tickets have a least size, pips their fractions, and stops are not taken."""
        tick = "is no multiple of the tick 0.01"
        small = on_mega("T", "buy", "1000", "1.08")
        self.refuses(small, "quantity 1000 is below the least, 100000", ["1 new"])
        pip = on_mega("T", "buy", "100000", "1.08501")
        self.differs(pip, ["1 new"], [f"1 rejected: price 1.08501 {tick}"])
        stop = on_mega("T", "buy", "100000", more="40=3|99=1.09|")
        self.refuses(stop, "EUR/USD is in phase continuous, which takes no STOP", ["1 new"])
        large = on_mega("T", "buy", "50001000", "1.08")
        self.refuses(large, "max_order_qty: quantity 50001000 is above 50000000", ["1 new"])
        far = on_mega("T", "buy", "1000000", "1.1")
        self.refuses(far, "dynamic_band: price 1.1 is not from", ["1 new"])

    def test_valid(self) -> None:
        """A quote is good for two seconds."""
        floor = Floor(personality(self.name, self.start))
        floor.send("T", "R", self.request)
        floor.wait(2 * SECOND)
        told = floor.order("T", "1", "buy", "1000000", more="40=D|117=Q2|")
        self.assertEqual(told, ["1 rejected: the quote is over, or never was"])

    def test_roll(self) -> None:
        """At 17:00 in New York the day turns."""

        def outcome(floor: Floor) -> Told:
            told = floor.order("T", "1", "buy", "100000", "1.08")
            floor.until("22:00:00")
            told += [*floor.read("T"), floor.phase("EUR/USD")]
            floor.until("22:05:00")
            return [*told, floor.phase("EUR/USD")]

        here = ["1 new", "1 expired", "closed", "continuous"]
        self.differs(outcome, here, ["1 new", "continuous", "continuous"])

    def test_indication(self) -> None:
        """Indications go on to who wants them."""

        def outcome(floor: Floor) -> Told:
            floor.party("BUYSIDE")
            told = floor.send("T", "6", "23=I1|28=N|54=1|27=M|55=EUR/USD|")
            return told + floor.read("BUYSIDE")

        self.differs(outcome, ["6"], ["j Unsupported Message Type"])
