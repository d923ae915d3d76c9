"""``maker``: how far apart its quotes are, how long they are there, how it leans and pulls."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.model.amounts import UNIT
from exsim.model.codes import Side
from exsim.model.options import read_options
from exsim.plugins import Catalogue
from tests.bot_day import BotDay

BUY, SELL = int(Side.BUY), int(Side.SELL)
TICK = UNIT // 100
CROWD = "\n[bot:N]\nkind = noise\nrate = 10\n"


class MakerTests(SynchronousTestCase):
    """Alone, with a crowd, and with prices that move."""

    def prices(self, day: BotDay, symbol: str = "ZIG") -> tuple[list[int], list[int]]:
        """At which prices it bids and offers, best first."""
        orders = day.desk("MM").open_orders(symbol)
        bids = sorted((order.price for order in orders if order.side == BUY), reverse=True)
        return bids, sorted(order.price for order in orders if order.side == SELL)

    def test_levels(self) -> None:
        """So many levels, so far apart, of such a size."""
        options = "levels = 3\nspread = 6\nstep = 2\nsize = 40\n"
        day = BotDay(self, f"[bot:MM]\nkind = maker\n{options}")
        day.go("2s")
        bids, asks = self.prices(day)
        middle = 100 * UNIT
        self.assertEqual(bids, [middle - each * TICK for each in (3, 5, 7)])
        self.assertEqual(asks, [middle + each * TICK for each in (3, 5, 7)])
        self.assertEqual({each.leaves for each in day.desk("MM").open_orders("ZIG")}, {40 * UNIT})

    def test_spread(self) -> None:
        """
        Its best prices are its spread apart, and up to two ticks more; both are there for 95 per
        cent of the time that it trades in, each no more than its reaction late.
        """
        day = BotDay(self, "[bot:MM]\nkind = maker\nspread = 4\nreact = 5ms\n" + CROWD)
        there, looks = 0, 400
        day.go("2s")
        for number in range(looks):
            if number % 7 == 0:
                price = f"{100 + number % 5 / 100:.3f}"
                day.rest("set_price", {"price": price}, symbol="ZIG")
            day.go("100ms")
            bids, asks = self.prices(day)
            if bids and asks:
                there += 1
                self.assertIn((asks[0] - bids[0]) // TICK, (4, 5, 6))
        self.assertGreaterEqual(there / looks, 0.95)
        self.assertGreater(day.desk("MM").traded, 20)

    def test_points(self) -> None:
        """A spread in hundredths of a per cent follows the price."""
        day = BotDay(self, "[bot:MM]\nkind = maker\nspread = 20bp\n")
        day.go("2s")
        bids, asks = self.prices(day)
        self.assertEqual(asks[0] - bids[0], 20 * TICK)
        day.rest("set_price", {"price": "200"}, symbol="ZIG")
        day.go("2s")
        bids, asks = self.prices(day)
        self.assertEqual(asks[0] - bids[0], 40 * TICK)

    def test_leans(self) -> None:
        """Having bought it quotes lower, in proportion; having bought too much, offers alone."""
        options = "size = 100\nskew = 2\nmost = 250\nspread = 4\n"
        day = BotDay(self, f"[bot:MM]\nkind = maker\n{options}")
        day.go("2s")
        sell = {"symbol": "ZIG", "side": "SELL", "quantity": "100", "price": "90"}
        for bought, bid in ((1, -4), (2, -6), (3, None)):
            day.rest("enter_order", {**sell, "time_in_force": "IOC"})
            day.go("2s")
            self.assertEqual(day.desk("MM").position("ZIG"), bought * 100 * UNIT)
            bids, asks = self.prices(day)
            wanted = [] if bid is None else [100 * UNIT + bid * TICK]
            self.assertEqual(bids, wanted)
            self.assertEqual(asks, [100 * UNIT + (2 - 2 * bought) * TICK])

    def test_pulls(self) -> None:
        """A price that moves far has it quote nothing for a time; one that moves less does not."""
        options = "pull = 50\npull_time = 300ms\nreact = 1ms\n"
        day = BotDay(self, f"[bot:MM]\nkind = maker\n{options}")
        day.go("2s")
        day.rest("set_price", {"price": "100.49"}, symbol="ZIG")
        day.go("10ms")
        self.assertEqual(len(day.desk("MM").open_orders("ZIG")), 2)
        day.rest("set_price", {"price": "101"}, symbol="ZIG")
        day.go("10ms")
        self.assertEqual(self.prices(day), ([], []))
        day.go("280ms")
        self.assertEqual(self.prices(day), ([], []))
        day.go("20ms")
        self.assertEqual(self.prices(day), ([100 * UNIT + 98 * TICK], [101 * UNIT + 2 * TICK]))

    def test_other_size(self) -> None:
        """Quotes are of another size at the next look after that was changed, up or down."""
        day = BotDay(self, "[bot:MM]\nkind = maker\nsize = 100\nsymbols = ZIG\n")
        day.go("2s")
        for size in (50, 400, 399, 1):
            day.rest("change_bot", {"options": {"size": str(size)}}, bot="MM")
            day.go("2s")
            found = {order.leaves for order in day.desk("MM").open_orders("ZIG")}
            self.assertEqual(found, {size * UNIT})

    def test_band(self) -> None:
        """At the edge of the static band it quotes what is within; all, once the price is back."""
        day = BotDay(self, "[bot:MM]\nkind = maker\nlevels = 2\nsymbols = ZIG\n", "price_band = 1%")
        day.go("2s")
        for price, above in (("101", 0), ("100.97", 2), ("99", 2), ("100", 2)):
            day.rest("set_price", {"price": price}, symbol="ZIG")
            day.go("2s")
            bids, asks = self.prices(day)
            self.assertEqual((len(bids), len(asks)), (0 if price == "99" else 2, above), price)
        self.assertEqual(day.desk("MM").refused, 0)
        day.check_again()

    def test_never_itself(self) -> None:
        """However the price jumps, it never trades with itself."""
        day = BotDay(self, "[bot:MM]\nkind = maker\nlevels = 4\nreact = 1ms\n")
        for price in ("100", "103", "99.5", "99.53", "120", "80", "80.01"):
            day.rest("set_price", {"price": price}, symbol="ZIG")
            day.go("1s")
            bids, asks = self.prices(day)
            self.assertEqual((len(bids), len(asks)), (4, 4))
        self.assertEqual(day.venue.last_trade, 0)

    def test_sides(self) -> None:
        """One side alone, where it is to be so; and the other from then on."""
        day = BotDay(self, "[bot:MM]\nkind = maker\nlevels = 2\nsides = bid\n")
        day.go("2s")
        self.assertEqual([len(side) for side in self.prices(day)], [2, 0])
        day.rest("change_bot", {"options": {"sides": "ask"}}, bot="MM")
        day.go("2s")
        self.assertEqual([len(side) for side in self.prices(day)], [0, 2])

    def test_wrong(self) -> None:
        """Values that make no sense are told."""
        options = Catalogue().bot("maker").options
        for key, value, why in (
            ("spread", "wide", "neither a number of ticks such as 4, nor one such as 10bp"),
            ("spread", "-1", "neither a number of ticks"),
            ("levels", "0", "0 is not from 1 to 100"),
            ("size", "0", "too small"),
        ):
            error = self.assertRaises(ValueError, read_options, options, {key: value})
            self.assertIn(f"{key}: ", str(error))
            self.assertIn(why, str(error))
