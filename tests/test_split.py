"""A split: what an instrument is worth, and what bots remember of it, is on the new terms."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.amounts import UNIT
from tests.bot_day import BotDay

MODELS = {
    "random-walk": "moves = 0%",
    "brownian": "volatility = 0.0001%",
    "mean-reverting": "deviation = 0.0001%\nhalf_life = 5s",
    "jump-diffusion": "volatility = 0.0001%\njump_every = 9000h",
    "stochastic-volatility": "volatility = 0.0001%",
    "regimes": "calm_volatility = 0.0001%\ncalm_time = 9000h",
    "basket": "volatility = 0.0001%",
    "fixed": "",
    "manual": "start = reference",
}
TWO = {"kind": "split", "new": 2}


class SourceTests(SynchronousTestCase):
    """Sources that know what an instrument is worth by themselves."""

    def day(self, source: str, more: str = "", bots: str = "") -> BotDay:
        """A day with one source."""
        section = f"[pricing:one]\nsource = {source}\n{MODELS[source]}\n{more}\n"
        return BotDay(self, section + bots, pricing="one")

    def price(self, day: BotDay, symbol: str = "ZIG") -> str:
        """What it is worth."""
        found: str = day.rest("get_price", symbol=symbol).price
        return found

    def test_models(self) -> None:
        """Each is worth half at once, and goes on from there; others stay as they are."""
        for source in MODELS:
            day = self.day(source)
            day.go("10s")
            kept = day.keep()
            day.rest("corporate_action", TWO, symbol="ZIG")
            self.assertEqual((self.price(day), self.price(day, "ZAG")), ("50", "50"), source)
            after = day.keep()
            day.go("60s")
            self.assertEqual((self.price(day), self.price(day, "ZAG")), ("50", "50"), source)
            day.rest("corporate_action", {"kind": "split", "old": 4}, symbol="ZIG")
            self.assertEqual(self.price(day), "200", source)
            day.go("60s")
            day.check_again(kept, after)

    def test_first_price(self) -> None:
        """What it was worth at first is on the new terms; after a reset it is what it was."""
        for source in ("random-walk", "mean-reverting", "manual"):
            day = self.day(source)
            day.rest("corporate_action", TWO, symbol="ZIG")
            day.rest("set_price", {"price": "70"}, symbol="ZIG")
            day.rest("clear_price", symbol="ZIG")
            self.assertEqual(self.price(day), "50", source)
            day.rest("reset")
            self.assertEqual(self.price(day), "100", source)

    def test_mean(self) -> None:
        """The mean that is told by a key is one of the terms before."""
        day = self.day("mean-reverting", "mean = 80")
        day.go("10m")
        self.assertEqual(self.price(day), "80")
        day.rest("corporate_action", TWO, symbol="ZIG")
        day.go("10m")
        self.assertEqual(self.price(day), "40")

    def test_plans(self) -> None:
        """A ramp goes on to half its goal, and so do the prices of a schedule."""
        day = self.day("manual")
        day.rest("ramp_price", {"price": "110", "within": "10s"}, symbol="ZIG")
        points = {"points": [{"price": "40", "after": "20s"}]}
        day.rest("schedule_price", points, symbol="ZAG")
        day.go("5s")
        kept = day.keep()
        day.rest("corporate_action", TWO, symbol="ZIG")
        day.rest("corporate_action", TWO, symbol="ZAG")
        self.assertEqual((self.price(day), self.price(day, "ZAG")), ("52.5", "25"))
        day.go("5s")
        self.assertEqual(self.price(day), "55")
        day.go("10s")
        self.assertEqual(self.price(day, "ZAG"), "20")
        day.check_again(kept)

    def test_dividend(self) -> None:
        """A dividend is left to whoever says what the instrument is worth."""
        day = self.day("manual")
        day.rest("corporate_action", {"kind": "dividend", "cash": "1"}, symbol="ZIG")
        self.assertEqual(self.price(day), "100")

    def test_maker(self) -> None:
        """A maker quotes at half, and takes the split for no move of the price."""
        options = "kind = maker\npull = 50\nreact = 1ms\nsymbols = ZIG\n"
        day = self.day("manual", bots=f"[bot:MM]\n{options}")
        day.go("2s")
        day.rest("corporate_action", TWO, symbol="ZIG")
        day.go("10ms")
        prices = sorted(order.price for order in day.desk("MM").open_orders("ZIG"))
        self.assertEqual(prices, [50 * UNIT - UNIT // 50, 50 * UNIT + UNIT // 50])

    def test_momentum(self) -> None:
        """Nor does one who looks at how the price moved of late."""
        maker = "[bot:MM]\nkind = maker\nsymbols = ZIG\n"
        mover = "[bot:UP]\nkind = momentum\nsymbols = ZIG\nthreshold = 5\n"
        day = self.day("manual", bots=maker + mover)
        day.go("20s")
        kept = day.keep()
        day.rest("corporate_action", TWO, symbol="ZIG")
        day.go("20s")
        self.assertEqual(day.desk("UP").entered, 0)
        day.rest("step_price", {"by": "0.2"}, symbol="ZIG")
        day.go("5s")
        self.assertGreater(day.desk("UP").entered, 0)
        day.check_again(kept)
