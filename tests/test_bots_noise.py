"""``noise``: how often it acts, in which clusters, and what it does."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.bots.noise import Noise
from exsim.facts.statistics import autocorrelation
from exsim.model.amounts import UNIT
from exsim.model.codes import Phase, Side
from exsim.model.journal import EntryKind
from exsim.model.luck import Luck
from exsim.model.options import read_options
from tests.bot_day import BotDay


def gaps(count: int, **given: str) -> list[float]:
    """So many times between arrivals, in seconds."""
    bot: Any = Noise("n", read_options(Noise.options, given))
    luck = Luck(11)
    return [bot._gap(luck) for _ in range(count)]


def dispersion(found: list[float], window: float) -> float:
    """The variance of the number of arrivals in windows, over its mean: 1 for Poisson."""
    counts: dict[int, int] = {}
    time = 0.0
    for gap in found:
        time += gap
        counts[int(time / window)] = counts.get(int(time / window), 0) + 1
    last = int(time / window)
    numbers = [counts.get(number, 0) for number in range(last)]
    mean = sum(numbers) / last
    return sum((each - mean) ** 2 for each in numbers) / last / mean


class ArrivalTests(SynchronousTestCase):
    """When something comes."""

    def test_poisson(self) -> None:
        """Mean and variance of the times are those of the rate, within three sigma."""
        found = gaps(20_000, rate="5")
        mean = sum(found) / len(found)
        self.assertLess(abs(mean - 0.2), 3 * 0.2 / len(found) ** 0.5)
        variance = sum((each - mean) ** 2 for each in found) / len(found)
        self.assertLess(abs(variance / 0.04 - 1), 3 * (8 / len(found)) ** 0.5)
        self.assertLess(abs(dispersion(found, 10) - 1), 0.15)

    def test_hawkes(self) -> None:
        """
        The mean rate is the same; counts in long windows vary by 1 / (1 - n)^2, from which the
        branching ratio is estimated: within 0.05 of what was asked for.
        """
        for ratio in (0.3, 0.5, 0.7):
            found = gaps(40_000, rate="5", clustering=str(ratio), decay="200ms")
            rate = len(found) / sum(found)
            self.assertLess(abs(rate / 5 - 1), 3 / ((1 - ratio) * len(found) ** 0.5))
            estimate = 1 - dispersion(found, 20) ** -0.5
            self.assertLess(abs(estimate - ratio), 0.05)

    def test_wrong(self) -> None:
        """Values that make no sense are told."""
        for given, why in (
            ({"clustering": "0.96"}, "clustering: '0.96' is above 0.95"),
            ({"rate": "0"}, "rate: 0 is not above 0"),
        ):
            error = self.assertRaises(ValueError, read_options, Noise.options, given)
            self.assertIn(why, str(error))
        error = self.assertRaises(ValueError, gaps, 1, market="60%", cancels="50%")
        self.assertEqual(str(error), "market and cancels together are more than 100%")


class SplittingTests(SynchronousTestCase):
    """Market orders that are parts of larger ones."""

    def sides(self, count: int, **given: str) -> list[int]:
        """Sides of so many market orders in an instrument."""
        bot: Any = Noise("n", read_options(Noise.options, given))
        luck = Luck(12)
        return [bot._part_of(luck, "AAA", 1 + luck.below(2)) for _ in range(count)]

    def test_parts(self) -> None:
        """All parts of one have one side: so many on average as the power law has it, 2.6."""
        bot: Any = Noise("n", read_options(Noise.options, {"splitting": "100%"}))
        luck = Luck(13)
        count = 20_000
        larger = 0
        for _ in range(count):
            left = bot._larger.get("AAA")
            if left is None or not left[1]:
                larger += 1
            bot._part_of(luck, "AAA", 1)
        self.assertLess(abs(count / larger / 2.6 - 1), 0.1)

    def test_signs(self) -> None:
        """Without them signs are of no consequence; with them they correlate, and for long."""
        for given, least, most in (({"splitting": "0%"}, -0.03, 0.03), ({}, 0.1, 0.5)):
            signs = [1.0 if side == 1 else -1.0 for side in self.sides(20_000, **given)]
            found = autocorrelation(signs, 1)
            assert found is not None
            self.assertTrue(least < found < most, f"{given}: {found}")
        later = autocorrelation(signs, 10)
        self.assertTrue(later is not None and later > 0.03, later)

    def test_kept(self) -> None:
        """A snapshot keeps what is still to come of them."""
        bot: Any = Noise("n", read_options(Noise.options, {}))
        luck = Luck(14)
        for _ in range(50):
            bot._part_of(luck, "AAA", 1 + luck.below(2))
        other: Any = Noise("n", read_options(Noise.options, {}))
        other.restore(bot.state())
        again = Luck(luck.state)
        self.assertEqual(
            [bot._part_of(luck, "AAA", 1 + luck.below(2)) for _ in range(50)],
            [other._part_of(again, "AAA", 1 + again.below(2)) for _ in range(50)],
        )


class DeedTests(SynchronousTestCase):
    """What it does."""

    def day(self, options: str, time: str = "200s") -> BotDay:
        """A day with it, and a maker to trade with."""
        maker = "[bot:MM]\nkind = maker\nrefresh = 2s\n"
        day = BotDay(self, f"{maker}[bot:N]\nkind = noise\nrate = 10\n{options}")
        day.go(time)
        return day

    def test_rate(self) -> None:
        """It is woken as often as it should be, within three sigma."""
        day = self.day("")
        woken = [entry for entry in day.entries(EntryKind.TIMER) if entry.data == b"bot N"]
        self.assertLess(abs(len(woken) - 2000), 3 * 2000**0.5)

    def test_shares(self) -> None:
        """Market orders, cancels and sides are as many as they should be, within three sigma."""
        day = self.day("market = 25%\ncancels = 35%\nkeep = 1000\n")
        new, gone = day.asked("N", "D"), day.asked("N", "F")
        total = len(new) + len(gone)
        market = sum(b"\x0140=1\x01" in entry.data for entry in new)
        bought = sum(b"\x0154=1\x01" in entry.data for entry in new)
        for count, of, share in (
            (market, total, 0.25),
            (len(gone), total, 0.35),
            (bought, len(new), 0.5),
        ):
            self.assertLess(abs(count - of * share), 3 * (of * share * (1 - share)) ** 0.5 + 5)

    def test_sizes(self) -> None:
        """Sizes are whole lots, with the mean asked for within a tenth."""
        day = self.day("size = 300\ncancels = 0%\nmarket = 0%\nkeep = 100000\n")
        found = [
            int(field[3:])
            for entry in day.asked("N", "D")
            for field in entry.data.split(b"\x01")
            if field.startswith(b"38=")
        ]
        self.assertLess(abs(sum(found) / len(found) / 300 - 1), 0.1)

    def test_band(self) -> None:
        """None is refused for a price beyond the static band: it is at the edge then."""
        options = "kind = noise\nrate = 10\ndistance = 200\nmarket = 0%\nsymbols = ZIG\n"
        day = BotDay(self, f"[bot:N]\n{options}", "price_band = 1%")
        day.go("20s")
        prices = [order.price for order in day.desk("N").open_orders("ZIG")]
        self.assertEqual(day.desk("N").refused, 0)
        self.assertTrue({99 * UNIT, 101 * UNIT} & set(prices), prices)

    def test_keeps(self) -> None:
        """It has no more orders in an instrument than it should have."""
        day = self.day("keep = 3\nmarket = 0%\ncancels = 0%\n", "30s")
        for symbol in ("ZIG", "ZAG"):
            self.assertIn(len(day.desk("N").open_orders(symbol)), (2, 3))
        self.assertGreater(len(day.asked("N", "F")), 10)

    def test_alone(self) -> None:
        """Without anybody to trade with no market order is sent, and nothing is refused."""
        day = BotDay(self, "[bot:N]\nkind = noise\nrate = 10\nmarket = 100%\ncancels = 0%\n")
        day.go("20s")
        self.assertEqual(day.desk("N").refused, 0)
        self.assertGreater(day.desk("N").entered, 100)
        self.assertEqual(day.venue.orders.open_count > 0, True)

    def test_auction(self) -> None:
        """In an auction some pay more than it is worth, so that there is something to trade."""
        day = BotDay(self, "[bot:N]\nkind = noise\nrate = 20\nkeep = 200\n")
        day.turn(Phase.OPENING_AUCTION)
        day.go("30s")
        bids = [each for each in day.desk("N").open_orders("ZIG") if each.side == Side.BUY]
        eager = sum(each.price > 100 * UNIT for each in bids)
        self.assertLess(abs(eager / len(bids) - 0.2 / 0.7), 0.2)
        self.assertEqual(day.venue.last_trade, 0)
        day.turn(Phase.CONTINUOUS)
        opened = [trade for trade in day.venue.trades if trade.symbol == "ZIG"]
        self.assertGreater(len(opened), 10)
        self.assertEqual(len({trade.price for trade in opened}), 1)
