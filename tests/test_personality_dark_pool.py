"""The dark pool over FIX: what it does that the default venue does not."""

from __future__ import annotations

from exsim.model.codes import Side
from tests.personality import Floor, personality
from tests.personality_case import PersonalityCase, Told, on_mega


class DarkPoolTests(PersonalityCase):
    """A dark pool."""

    name = "dark-pool"
    PEG = "40=P|18=M|"

    def reference(self, floor: Floor) -> None:
        """The market that it follows."""
        floor.order("REFERENCE", "r1", "buy", "1000", "99.99")
        floor.order("REFERENCE", "r2", "sell", "1000", "100.02")

    def test_middle(self) -> None:
        """A peg trades in the middle, half a cent between the prices of the market."""

        def outcome(floor: Floor) -> Told:
            self.reference(floor)
            told = floor.order("A", "1", "buy", "300", more=self.PEG)
            told += floor.order("B", "2", "sell", "300", "100", tif="3", more="111=0|")
            return told + floor.read("A")

        here = ["1 new", "2 new", "2 300@100.005 fee 0.3", "1 300@100.005 fee 0.3"]
        by_default = ["1 new", "2 new", "2 300@100", "1 300@100"]
        self.differs(outcome, here, by_default)

    def test_nothing_shown(self) -> None:
        """What is pegged or hidden is not among what the book shows."""
        floor = Floor(personality(self.name, self.start))
        self.reference(floor)
        floor.order("A", "1", "buy", "300", "100", more="111=0|")
        floor.order("A", "2", "buy", "300", more=f"{self.PEG}111=0|")
        book = floor.venue.engine.book("MEGA")
        shown = [(price, qty) for price, qty, _ in book.levels(int(Side.BUY), 10)]
        self.assertEqual(shown, [(9_999_000_000, 100_000_000_000)])

    def test_hidden_by_force(self) -> None:
        """An order that does not ask to be hidden is, and trades."""

        def outcome(floor: Floor) -> Told:
            self.reference(floor)
            floor.order("A", "1", "buy", "300", "100")
            levels = floor.venue.engine.book("MEGA").levels(int(Side.BUY), 1)
            return [str(levels[0][0] // 10**6), *floor.order("B", "2", "sell", "100", "100")]

        here = ["9999", "2 new", "2 100@100 fee 0.1"]
        self.differs(outcome, here, ["10000", "2 new", "2 100@100"])

    def test_size(self) -> None:
        """The larger has the larger part; the too small is not taken."""

        def outcome(floor: Floor) -> Told:
            self.reference(floor)
            for name, qty in (("1", "100"), ("2", "300")):
                floor.order("A", name, "buy", qty, more=self.PEG)
            floor.order("B", "3", "sell", "200", "100", tif="3", more="111=0|")
            return [text.partition("@")[0] for text in floor.read("A")]

        self.differs(outcome, ["1 50", "2 150"], ["1 100", "2 100"])
        small = on_mega("A", "buy", "99", "100", more="111=0|")
        self.refuses(small, "quantity 99 is below the least, 100", ["1 new"])

    def test_refused(self) -> None:
        """No market orders, none over night, no quotes."""
        market = on_mega("A", "buy", "100", tif="3")
        self.refuses(market, "MEGA is in phase continuous", ["1 new", "1 canceled"])
        lasting = on_mega("A", "buy", "100", "100", tif="1")
        self.refuses(lasting, "MEGA is in phase continuous, which takes no LIMIT", ["1 new"])
        short = on_mega("A", "short", "100", "100", more="111=0|")
        self.refuses(short, "short_sale = locate", ["1 new"])
        far = on_mega("A", "buy", "100", "111", more="111=0|")
        self.refuses(far, "price_band: price 111 is not from 90 to 110", ["1 new"])
        early = on_mega("A", "buy", "100", "100", more="111=0|")
        text = "MEGA is in phase closed, which takes no orders"
        self.refuses(early, text, ["1 new"], "14:29:59")
        terms = "117=Q1|55=MEGA|132=99|133=101|134=600|135=600|301=2|"
        no = "j Unsupported Message Type"
        self.differs(lambda floor: floor.send("M", "S", terms), [no], ["AI"])

    def test_own_firm(self) -> None:
        """Two orders of one firm are made smaller by what would have traded."""

        def outcome(floor: Floor) -> Told:
            floor.order("BUYSIDE", "1", "sell", "500", "100", more="111=0|")
            return floor.order("BUYSIDE", "2", "buy", "200", "100", more="111=0|")

        here = ["2 new", "1 restated", "2 canceled"]
        self.differs(outcome, here, ["2 new", "2 200@100", "1 200@100"])
