"""The venues of ``etc/personalities/``: over FIX each does what the default venue does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docutils.core import publish_doctree
from twisted.trial.unittest import SynchronousTestCase

from exsim.config.load import load
from exsim.model.codes import Side
from exsim.plugins import Catalogue
from tests.personality import FOLDER, Floor, personality, plain
from tools.engagement import venues
from tools.engagement.__main__ import DOCS, stale, write

NAMES = ("crypto", "dark-pool", "futures", "fx", "london", "us-equities")
SECOND = 10**9
Told = list[str]
Outcome = Callable[[Floor], Told]


class PersonalityCase(SynchronousTestCase):
    """A personality, and the default venue with the same instruments beside it."""

    name = ""
    start = "15:00:00"

    def differs(self, outcome: Outcome, here: Told, by_default: Told, start: str = "") -> None:
        """The same messages come to one thing here, and to another where nothing is set."""
        settings = personality(self.name, start or self.start)
        self.assertEqual(outcome(Floor(settings)), here)
        self.assertEqual(outcome(Floor(plain(settings))), by_default)
        self.assertNotEqual(here, by_default)

    def refuses(self, outcome: Outcome, why: str, by_default: Told, start: str = "") -> None:
        """The last answer is a reject here, with a text that begins so."""
        settings = personality(self.name, start or self.start)
        *_, last = outcome(Floor(settings))
        self.assertIn(f"rejected: {why}", last)
        self.assertEqual(outcome(Floor(plain(settings))), by_default)


def on_mega(name: str, side: str, qty: str, price: str = "", **more: str) -> Outcome:
    """One order of the first instrument."""
    return lambda floor: floor.order(name, "1", side, qty, price, **more)


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
        """An order on a quote is looked at for 100 ms; the seed has which trade."""

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
        self.assertIn("0 rejected: refused in last look", told)
        self.assertTrue([text for text in told if text.endswith(" 1000000@1.08501")], told)
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
        self.assertEqual(told, ["3 new"])
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


class FilesTests(SynchronousTestCase):
    """The files, and what is written of them."""

    def test_files(self) -> None:
        """Each has one venue, instruments, FIX and REST, on loopback, on ports of its own."""
        self.assertEqual(tuple(sorted(path.stem for path in FOLDER.glob("*.ini"))), NAMES)
        ports = set()
        for name in NAMES:
            settings = load(str(FOLDER / f"{name}.ini"), [], Catalogue())
            (venue,), (endpoint,), rest = settings.venues, settings.endpoints, settings.rest
            assert rest is not None
            self.assertGreaterEqual(len(venue.instruments), 2)
            for listen in (endpoint.listen, rest.listen):
                self.assertRegex(listen, r"^tcp:\d+:interface=127\.0\.0\.1$")
                ports.add(listen)
        self.assertEqual(len(ports), 2 * len(NAMES))

    def test_pages(self) -> None:
        """Each has a page that is what its settings say; else: python -m tools.engagement."""
        files = venues.files()
        self.assertEqual(list(files), [f"engagement/{name}.rst" for name in NAMES])
        self.assertEqual(stale(DOCS, files), [])
        there = {f"engagement/{path.name}" for path in DOCS.glob("engagement/*")}
        self.assertEqual(there, set(files))

    def test_stale(self) -> None:
        """A page that is not there, or was changed, is found."""
        folder, files = Path(self.mktemp()), venues.files()
        folder.mkdir()
        self.assertEqual(stale(folder, files), list(files))
        write(folder, files)
        self.assertEqual(stale(folder, files), [])
        (folder / "engagement" / "fx.rst").write_text("old\n", encoding="utf-8")
        self.assertEqual(stale(folder, files), ["engagement/fx.rst"])

    def test_told(self) -> None:
        """Pages are reST, and tell what is special."""
        for name, words in (
            ("crypto", "There is none: the market is in phase ``continuous`` all the time"),
            ("dark-pool", "decrement, between orders of one firm"),
            ("futures", "fifo-pro-rata, 40 % by time, 20 % to lead market makers"),
            ("fx", "80 % trade, after 100ms"),
            ("london", "auctions end up to 30s late, at random"),
            ("us-equities", "0.003 for each of the quantity"),
        ):
            text = (DOCS / "engagement" / f"{name}.rst").read_text(encoding="utf-8")
            self.assertIn(words, text)
            publish_doctree(text, settings_overrides={"halt_level": 2, "report_level": 5})
