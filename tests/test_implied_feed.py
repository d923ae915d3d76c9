"""Implied prices in FIX market data: a reader's book is what REST shows."""

from __future__ import annotations

from random import Random

from exsim.config.dictionaries import standard
from exsim.model.amounts import format_amount, parse_amount
from exsim.wire.fix_validate import Validator
from tests.again import START, check_again, keep
from tests.test_fix_market_data import INI, DataCase, entries, short

SPREAD = """
[session:IMPLIED]
endpoint = data
implied_prices = yes

[session:BEST]
endpoint = data
implied_prices = yes

[instrument:XSIM:SPR]
security_type = MLEG
legs = AAA:buy:1, BBB:sell:1
implied = both
"""


class ImpliedTests(DataCase):
    """A spread of AAA and BBB."""

    ini = INI + SPREAD

    def enter(self, symbol: str, side: str, qty: int, price: int) -> str:
        """Enter an order; its name."""
        self.count += 1
        name = f"N{self.count}"
        self.trader.say(
            "D", f"11={name}", "21=1", f"55={symbol}", f"54={side}", f"38={qty}", "40=2",
            f"44={price}", "60=20200101-00:00:00",
        )  # fmt: skip
        return name

    def shown(self, symbol: str, most: int = 0) -> dict[str, list[tuple[str, str]]]:
        """What REST shows, with what is implied among the others."""
        book = self.get(f"/venues/XSIM/books/{symbol}")
        found = {}
        for kind, name in (("0", "bid"), ("1", "ask")):
            levels = {parse_amount(each["price"]): parse_amount(each["quantity"])
                      for each in book[f"{name}s"]}  # fmt: skip
            implied = book[f"implied_{name}"]
            if implied is not None:
                price = parse_amount(implied["price"])
                levels[price] = levels.get(price, 0) + parse_amount(implied["quantity"])
            prices = sorted(levels, reverse=kind == "0")
            rows = [(format_amount(price), format_amount(levels[price])) for price in prices]
            found[kind] = rows[:most] if most else rows
        return found

    def test_marked(self) -> None:
        """It comes and goes with the legs, marked where the version has a mark."""
        reader = self.reader("IMPLIED", "FIXT.1.1")
        plain = self.reader("PLAIN")
        for each in (reader, plain):
            each.ask("Q", 1, 0, "01", "265=1", symbol="SPR")
        self.enter("AAA", "2", 5, 10)
        reader.heard()
        self.assertEqual(reader.messages, [])
        self.enter("BBB", "1", 3, 8)
        reader.heard()
        [message] = reader.messages
        self.assertEqual(short(message), ["0/1/S2/2/3"])
        self.assertEqual(message.fields[b"276"], b"K")
        validator = Validator(standard("FIXT.1.1"), standard("FIX.5.0SP2"))
        self.assertIsNone(validator.check(message))
        self.enter("SPR", "2", 4, 2)
        reader.heard()
        self.assertEqual(short(reader.messages[0]), ["1/1/S2/2/7"])
        self.assertEqual(entries(reader.messages[0])[0]["346"], "1")
        plain.heard()
        self.assertEqual([short(each) for each in plain.messages], [["0/1/S2/2/4"]])

    def test_best(self) -> None:
        """Of two prices the implied one is told while it is one of the best two."""
        reader = self.reader("BEST")
        reader.ask("Q", 1, 2, "1", "265=1", symbol="SPR")
        self.enter("AAA", "2", 5, 20)
        self.enter("BBB", "1", 3, 8)
        self.enter("SPR", "2", 1, 11)
        reader.heard()
        self.assertEqual(reader.side("1"), [("11", "1"), ("12", "3")])
        self.enter("SPR", "2", 1, 10)
        reader.heard()
        self.assertEqual(reader.side("1"), [("10", "1"), ("11", "1")])
        self.enter("BBB", "1", 2, 11)
        reader.heard()
        self.assertEqual(reader.side("1"), [("9", "2"), ("10", "1")])

    def test_follow(self) -> None:
        """A book that is made of what was told is what REST shows, also of the best two prices."""
        whole, best = self.reader("IMPLIED"), self.reader("BEST")
        whole.ask("Q", 1, 0, "01", "265=1", symbol="SPR")
        best.ask("Q", 1, 2, "01", "265=1", symbol="SPR")
        random, kept, implied = Random(11), START, 0
        names: list[tuple[str, str, str]] = []
        for number in range(150):
            if number == 70:
                kept = keep(self.memory.simulator)
            if names and random.random() < 0.3:
                symbol, side, name = names.pop(random.randrange(len(names)))
                self.count += 1
                self.trader.say("F", f"11=N{self.count}", f"41={name}", f"54={side}",
                                f"55={symbol}", "60=20200101-00:00:00")  # fmt: skip
            else:
                symbol, side = random.choice(("AAA", "BBB", "SPR")), random.choice("12")
                middle = {"AAA": 20, "BBB": 10, "SPR": 10}[symbol]
                price = middle + random.randint(-3, 3)
                names.append((symbol, side, self.enter(symbol, side, random.randint(1, 5), price)))
            for reader, most in ((whole, 0), (best, 2)):
                reader.heard()
                told = {kind: reader.side(kind) for kind in "01"}
                self.assertEqual(told, self.shown("SPR", most))
            implied += self.get("/venues/XSIM/books/SPR")["implied_bid"] is not None
        self.assertGreater(implied, 10)
        check_again(self, self.memory.simulator, self.settings, kept)
