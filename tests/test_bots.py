"""Bots: how they trade, and how they are run; what each kind does is in tests/test_bots_*.py."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyClass, verifyObject

from exsim.dispatch.bot_desk import BotDesk
from exsim.dispatch.bot_text import code
from exsim.errors import Conflict, NotFound, Unprocessable
from exsim.interfaces import IBot, IBotDesk, IPlayer, IStateful
from exsim.model.amounts import UNIT
from exsim.model.bots import activity
from exsim.model.codes import OrdType, Phase, Side
from exsim.model.events import Report
from exsim.model.journal import EntryKind
from exsim.model.options import Option, read_options
from exsim.model.settings import BotSettings, Instrument, SessionSettings, Settings, VenueSettings
from exsim.plugins import Catalogue
from exsim.services.replaying import inert
from tests.bot_day import BotDay
from tests.config_fakes import ConfigTestCase

BUY, SELL = int(Side.BUY), int(Side.SELL)
BOTH = """
[bot:MM]
kind = maker
levels = 2

[bot:NOISE]
kind = noise
rate = 5
"""


class ActivityTests(SynchronousTestCase):
    """How busy a bot is, in words and numbers."""

    def test_read(self) -> None:
        """Words, factors and rates; times as busy as a bot of 10 orders a second."""
        for text, times in (
            ("none", 0.0),
            ("slow", 0.25),
            ("normal", 1.0),
            ("fast", 4.0),
            ("x2.5", 2.5),
            ("20", 2.0),
            ("0", 0.0),
        ):
            read = activity(text)
            self.assertEqual((read.times(10.0), read.text), (times, text))
        self.assertEqual(activity("20").times(0.0), 0.0)

    def test_refused(self) -> None:
        """What is neither, and what would be right."""
        for text in ("quick", "x", "-1", "x-1", "", "1e3", "x1000001"):
            error = self.assertRaises(ValueError, activity, text)
            self.assertIn("none, slow, normal, fast, a factor such as x2.5", str(error))


class KindTests(SynchronousTestCase):
    """What comes with exsim."""

    def test_bots(self) -> None:
        """Each is a bot that remembers, and explains its options."""
        catalogue = Catalogue()
        for plugin in catalogue.bots():
            kind: Any = catalogue.bot(plugin.name)
            verifyClass(IBot, kind)
            verifyClass(IStateful, kind)
            needed = {"file": "x"} if IPlayer.implementedBy(kind) else {}
            bot = kind("b", read_options(kind.options, needed))
            verifyObject(IBot, bot)
            self.assertEqual(bot.name, "b")
            for option in kind.options:
                self.assertRegex(option.help, r"^[A-Z].*\.$")

    def test_desk(self) -> None:
        """What they trade at is what the interface says."""
        verifyClass(IBotDesk, BotDesk)

    def test_codes(self) -> None:
        """Codes are told as FIX has them."""
        self.assertEqual((code(2), code(int(OrdType.PEGGED))), ("2", "P"))


class DayTests(SynchronousTestCase):
    """A maker and noise at one venue."""

    def test_again(self) -> None:
        """The journal alone gives the same day, to the byte; so does a state in the midst of it."""
        day = BotDay(self, BOTH)
        day.go("20s")
        kept = day.keep()
        day.rest("set_price", {"price": "100.5"}, symbol="ZIG")
        day.go("20s")
        self.assertGreater(day.venue.last_trade, 10)
        self.assertGreater(day.desk("MM").traded, 0)
        day.check_again(kept)

    def test_follows(self) -> None:
        """A maker moves its quotes once the price moves; also after a reset, and a restore."""
        day = BotDay(self, "[bot:MM]\nkind = maker\nrefresh = 1h\nreact = 5ms\nsymbols = ZIG\n")
        for again in range(2):
            day.go("10s")
            day.rest("set_price", {"price": "101"}, symbol="ZIG")
            day.go("4ms")
            self.assertEqual(len(day.asked("MM", "G")), 0, again)
            day.go("2ms")
            self.assertEqual(len(day.asked("MM", "G")), 2, again)
            if not again:
                kept = day.keep()
                day.rest("set_price", {"price": "102"}, symbol="ZIG")
                day.go("1s")
                day.check_again(kept)
            day.rest("reset")

    def test_seeds(self) -> None:
        """Two runs are the same; another seed of the bot gives another day."""
        said = []
        for more in ("", "", "seed = 8\n"):
            day = BotDay(self, BOTH + more)
            day.go("10s")
            said.append([entry.data for entry in day.entries(EntryKind.BOT)])
        self.assertEqual(said[0], said[1])
        self.assertNotEqual(said[0], said[2])

    def test_journal(self) -> None:
        """Each wake is a timer, and each request an entry after it, in tags of FIX."""
        day = BotDay(self, BOTH)
        day.go("1ms")
        entries = list(day.simulator.exchange.journal.entries(0))[:5]
        self.assertEqual(
            [(each.kind, each.origin, each.session) for each in entries],
            [
                (EntryKind.STEP, "XSIM", ""),
                (EntryKind.COMMAND, "", ""),
                (EntryKind.TIMER, "XSIM", ""),
                (EntryKind.BOT, "bots:XSIM", "bot:MM"),
                (EntryKind.BOT, "bots:XSIM", "bot:MM"),
            ],
        )
        self.assertEqual(entries[2].data, b"bot MM")
        new = b"35=D|11=MM-1|55=ZIG|54=2|38=500|40=2|59=0|44=100.02"
        self.assertEqual(entries[3].data.replace(b"\1", b"|"), new)

    def test_messages(self) -> None:
        """Who asks for what a bot said is told, with names; who does not is not bothered by it."""
        day = BotDay(self, BOTH)
        day.go("1ms")
        self.assertEqual(day.rest("list_messages").items, [])
        told = day.rest("list_messages", session="bot:MM").items
        self.assertEqual([each.direction for each in told], ["in"] * 4)
        self.assertEqual((told[0].type, told[0].name), ("D", "NewOrderSingle"))
        side = next(field for field in told[0].fields if field.name == "Side")
        self.assertEqual((side.value, side.meaning), ("2", "SELL"))
        some = day.rest("list_messages", session="bot:MM", filter="side=buy price=99.97").items
        self.assertEqual([each.text.split("|")[1] for each in some], ["11=MM-4"])
        self.assertRaises(NotFound, day.rest, "list_messages", session="bot:NOBODY")

    def test_events(self) -> None:
        """What bots ask for are events for those who ask for such, and for nobody else."""
        day = BotDay(self, BOTH)
        day.go("1ms")
        told = self.successResultOf(
            day.rest("wait_events", after="0-0", timeout="0s", kind=["bot"])
        ).items
        self.assertEqual([each.event for each in told], ["bot"] * 4)
        self.assertEqual((told[0].venue, told[0].session), ("XSIM", "bot:MM"))
        self.assertEqual(told[0].about["bot"], "MM")
        self.assertEqual(told[0].about["ClOrdID"], "MM-1")
        self.assertIn("bot:MM 35=D|11=MM-1|55=ZIG", told[0].text)
        rest = self.successResultOf(day.rest("wait_events", after="0-0", timeout="0s")).items
        self.assertNotIn("bot", [each.event for each in rest])

    def test_orders(self) -> None:
        """Their orders say whose they are, and for which account."""
        day = BotDay(self, BOTH.replace("levels = 2", "account = HOUSE"))
        day.go("1ms")
        order = day.rest("list_orders").items[0]
        self.assertEqual((order.session, order.account), ("bot:MM", "HOUSE"))

    def test_reset(self) -> None:
        """After a reset the day begins as it began the first time."""
        day = BotDay(self, BOTH)
        day.go("10s")
        first = [entry.data for entry in day.entries(EntryKind.BOT)]
        day.rest("change_bot", {"activity": "fast", "options": {"size": "7"}}, bot="MM")
        day.rest("stop_bot", bot="NOISE")
        day.rest("reset")
        self.assertEqual(day.entries(EntryKind.BOT), [])
        day.go("10s")
        self.assertEqual([entry.data for entry in day.entries(EntryKind.BOT)], first)
        self.assertEqual(day.rest("get_bot", bot="MM").options["size"], "500")

    def test_positions(self) -> None:
        """What the bots bought and sold comes to nothing, and a bust takes back its part."""
        day = BotDay(self, BOTH)
        day.go("60s")
        maker, noise = day.desk("MM"), day.desk("NOISE")
        self.assertNotEqual(maker.position("ZIG"), 0)
        for symbol in ("ZIG", "ZAG"):
            self.assertEqual(maker.position(symbol) + noise.position(symbol), 0)
        self.assertNotEqual(maker.position("ZIG"), 0)

    def last_fill(self, day: BotDay) -> tuple[Any, Any, int]:
        """The maker's last fill of a resting order in ZIG: order, fill, and 1 if it bought."""
        for trade in reversed(day.rest("list_trades").items):
            order = day.rest("get_order", order_id=trade.maker_order_id)
            if trade.symbol == "ZIG" and order.session == "bot:MM":
                fills = day.rest("list_fills", order_id=order.order_id).items
                return order, fills[-1], 1 if order.side == "BUY" else -1
        raise AssertionError("it had no fill")

    def test_busted(self) -> None:
        """A bust takes back its part of what the bot holds."""
        day = BotDay(self, BOTH)
        day.go("60s")
        maker, (order, fill, sign) = day.desk("MM"), self.last_fill(day)
        before = maker.position("ZIG")
        day.rest("bust_fill", {"exec_id": fill.exec_id}, order_id=order.order_id)
        self.assertEqual(maker.position("ZIG"), before - sign * int(fill.quantity) * UNIT)

    def test_corrected(self) -> None:
        """So does a correction, as far as it is of another quantity."""
        day = BotDay(self, BOTH)
        day.go("60s")
        maker, (order, fill, sign) = day.desk("MM"), self.last_fill(day)
        before, less = maker.position("ZIG"), int(fill.quantity) - 1
        asked = {"exec_id": fill.exec_id, "quantity": "1", "price": fill.price}
        day.rest("correct_fill", asked, order_id=order.order_id)
        self.assertEqual(maker.position("ZIG"), before - sign * less * UNIT)
        day.check_again()

    def test_open_again(self) -> None:
        """An order whose last fill is busted is in the book again, and the bot knows it."""
        day = BotDay(self, "[bot:MM]\nkind = maker\nlevels = 1\nsymbols = ZIG\nreact = 1h\n")
        day.go("10ms")
        (bid,) = [each for each in day.desk("MM").open_orders("ZIG") if each.side == BUY]
        sell = {"symbol": "ZIG", "side": "SELL", "quantity": "500", "price": "99.98"}
        day.rest("enter_order", sell)
        self.assertIsNone(day.desk("MM").order(bid.cl_ord_id))
        order = day.venue.orders.find("bot:MM", bid.cl_ord_id)
        assert order is not None
        (fill,) = day.rest("list_fills", order_id=order.order_id).items
        day.rest("bust_fill", {"exec_id": fill.exec_id}, order_id=order.order_id)
        again = day.desk("MM").order(bid.cl_ord_id)
        assert again is not None
        self.assertEqual((again.leaves, again.filled, again.side), (500 * UNIT, 0, BUY))
        day.rest("stop_bot", bot="MM")
        self.assertEqual(day.venue.orders.open_count, 0)


class RunningTests(SynchronousTestCase):
    """Started, stopped and changed while they run."""

    def test_stop_and_start(self) -> None:
        """One that is stopped takes its orders back, and does nothing until it is started."""
        day = BotDay(self, BOTH)
        day.go("3s")
        self.assertGreater(day.rest("get_bot", bot="MM").open_orders, 0)
        stopped = day.rest("stop_bot", bot="MM")
        self.assertEqual((stopped.running, stopped.open_orders, stopped.due), (False, 0, None))
        entered = day.desk("MM").entered
        day.go("3s")
        self.assertEqual(day.desk("MM").entered, entered)
        self.assertTrue(day.rest("start_bot", bot="MM").running)
        day.go("3s")
        self.assertGreater(day.desk("MM").entered, entered)
        day.check_again()

    def test_all(self) -> None:
        """The same of all at once."""
        day = BotDay(self, BOTH)
        day.go("3s")
        self.assertEqual(day.rest("stop_bots").running, [])
        self.assertEqual(day.venue.orders.open_count, 0)
        before = len(day.entries(EntryKind.BOT))
        day.go("1m")
        self.assertEqual(len(day.entries(EntryKind.BOT)), before)
        self.assertEqual(day.rest("start_bots").running, ["MM", "NOISE"])
        day.go("1m")
        self.assertGreater(day.venue.orders.open_count, 0)
        day.check_again()

    def test_activity(self) -> None:
        """A venue where nothing is to happen; then it is busy, and quiet again."""
        day = BotDay(self, BOTH, "activity = none")
        day.go("1m")
        self.assertEqual(day.entries(EntryKind.BOT), [])
        self.assertEqual(day.rest("change_bots", {"activity": "x2"}).activity, "x2")
        self.assertEqual(day.rest("get_activity").activity, "x2")
        day.go("10s")
        kept = day.keep()
        self.assertGreater(day.venue.orders.open_count, 0)
        day.rest("change_bots", {"activity": "none"})
        self.assertEqual(day.venue.orders.open_count, 0)
        day.go("1m")
        day.check_again(kept)

    def test_quiet(self) -> None:
        """Where nothing is to happen no price moves by itself; by hand it does."""
        walk = "[pricing:walk]\nsource = random-walk\nmoves = 100%\nsymbols = ZIG\n"
        ramp = {"price": "60", "within": "3s"}
        day = BotDay(self, BOTH + walk, "activity = none", "walk manual")
        day.rest("ramp_price", ramp, symbol="ZAG")
        day.go("3s")
        self.assertEqual(self.moved(day), ("100", "60", 0))
        day.rest("change_bots", {"activity": "normal"})
        day.go("3s")
        self.assertEqual(self.moved(day)[2], 3)
        kept = day.keep()
        day.rest("change_bots", {"activity": "x0"})
        before = self.moved(day)
        day.go("3s")
        self.assertEqual(self.moved(day), before)
        day.check_again(kept, day.keep())
        day.rest("change_bots", {"activity": "normal"})
        day.rest("reset", {"venue": "XSIM"})
        day.go("3s")
        self.assertEqual(self.moved(day), ("100", "50", 0))

    def moved(self, day: BotDay) -> tuple[str, str, int]:
        """What both instruments are worth, and how often the first one moved."""
        zig, zag = (day.rest("get_price", symbol=name).price for name in ("ZIG", "ZAG"))
        return zig, zag, len(day.rest("get_price_history", symbol="ZIG").changes)

    def test_during(self) -> None:
        """One that trades at some times alone has nothing in the books at others."""
        during = "[bot:NOW]\nkind = maker\nduring = 0s-3s, 10s-15s, 1m-\n"
        day = BotDay(self, during)
        there, kept = [], None
        for second in range(1, 80):
            day.go("1s")
            kept = day.keep() if second == 12 else kept
            if day.venue.orders.open_count:
                there.append(second)
        self.assertEqual(there, [1, 2, 10, 11, 12, 13, 14, *range(60, 80)])
        day.rest("stop_bot", bot="NOW")
        day.rest("start_bot", bot="NOW")
        day.go("1s")
        self.assertGreater(day.venue.orders.open_count, 0)
        assert kept is not None
        day.check_again(kept)

    def test_during_is_from_the_beginning(self) -> None:
        """After a reset the time begins anew; one that is started out of its time waits."""
        day = BotDay(self, "[bot:L]\nkind = maker\nduring = 10s-\nrunning = no\n")
        day.rest("start_bot", bot="L")
        day.go("9s")
        self.assertEqual(day.venue.orders.open_count, 0)
        day.go("1s")
        self.assertGreater(day.venue.orders.open_count, 0)
        day.rest("reset", {"venue": "XSIM"})
        day.rest("start_bot", bot="L")
        day.go("9s")
        self.assertEqual(day.venue.orders.open_count, 0)

    def test_pace(self) -> None:
        """As many orders as are asked for, within three sigma of a Poisson process."""
        for wanted, rate in (("slow", 5.0), ("normal", 20.0), ("x2", 40.0), ("50", 50.0)):
            day = BotDay(self, f"[bot:N]\nkind = noise\nrate = 20\nactivity = {wanted}\n")
            day.go("100s")
            wakes = len(day.entries(EntryKind.TIMER))
            self.assertLess(abs(wakes - 100 * rate), 3 * (100 * rate) ** 0.5)

    def test_change(self) -> None:
        """Other values of options hold from then on, and are shown."""
        day = BotDay(self, BOTH)
        day.go("3s")
        changed = day.rest("change_bot", {"options": {"size": "70", "levels": "1"}}, bot="MM")
        self.assertEqual((changed.options["size"], changed.options["spread"]), ("70", "4"))
        day.rest("stop_bot", bot="NOISE")
        day.go("3s")
        sizes = [order.leaves for order in day.desk("MM").open_orders("ZIG")]
        self.assertEqual(len(sizes), 2)
        day.check_again()

    def test_refused(self) -> None:
        """What cannot be changed, and why; all is as before."""
        day = BotDay(self, BOTH)
        for body, why in (
            ({"options": {"sizes": "70"}}, "options: sizes: maker has none of that name: levels"),
            ({"options": {"levels": "0"}}, "options: levels: 0 is not from 1 to 100"),
            ({"activity": "quick"}, "activity: 'quick' is none of none, slow"),
        ):
            error = self.assertRaises(Unprocessable, day.rest, "change_bot", body, bot="MM")
            self.assertIn(why, str(error))
        self.assertEqual(day.rest("get_bot", bot="MM").options["levels"], "2")
        error = self.assertRaises(Unprocessable, day.rest, "change_bots", {"activity": "20"})
        self.assertIn("a word or a factor", str(error))
        error = self.assertRaises(NotFound, day.rest, "get_bot", bot="MN")
        self.assertEqual(str(error), "venue XSIM has no bot 'MN'; there are: MM, NOISE")

    def test_none(self) -> None:
        """A venue without bots says so, and how it would have any."""
        day = BotDay(self, "")
        self.assertEqual(day.rest("list_bots").items, [])
        self.assertRaises(NotFound, day.rest, "get_bot", bot="MM")
        error = self.assertRaises(Conflict, day.rest, "start_bots")
        self.assertIn("add a [bot:NAME] section with venue = XSIM", str(error))

    def test_waits(self) -> None:
        """One that is not to run from the start waits to be started."""
        day = BotDay(self, BOTH + "running = no\n")
        day.go("10s")
        self.assertEqual(day.desk("NOISE").entered, 0)
        day.rest("start_bot", bot="NOISE")
        day.go("10s")
        self.assertGreater(day.desk("NOISE").entered, 0)

    def test_instruments(self) -> None:
        """It trades what its patterns name, also what is listed later."""
        day = BotDay(self, "[bot:MM]\nkind = maker\nsymbols = ZO* ZAG\n")
        day.go("3s")
        self.assertEqual(day.rest("get_bot", bot="MM").symbols, ["ZAG"])
        day.rest("create_instrument", {"symbol": "ZOG", "reference": "10"})
        day.go("3s")
        self.assertEqual(len(day.desk("MM").open_orders("ZOG")), 2)
        day.rest("delete_instrument", symbol="ZAG")
        day.go("3s")
        self.assertEqual(day.rest("get_bot", bot="MM").symbols, ["ZOG"])
        day.check_again()

    def test_first_instrument(self) -> None:
        """One that has none to begin with trades the first that is listed; by a rate, too."""
        for more in ("", "activity = 5\n"):
            day = BotDay(self, f"[bot:MM]\nkind = maker\nsymbols = ZO*\n{more}")
            day.go("3s")
            kept = day.keep()
            day.rest("create_instrument", {"symbol": "ZOG", "reference": "10"})
            day.go("3s")
            self.assertEqual(len(day.desk("MM").open_orders("ZOG")), 2, more)
            day.check_again(kept)

    def test_listed_since_a_look(self) -> None:
        """A state that is kept just after an instrument was listed is gone on from alike."""
        day = BotDay(self, "[bot:MM]\nkind = maker\nrefresh = 10s\nreact = 5ms\n")
        day.go("12s")
        day.rest("create_instrument", {"symbol": "ZOG", "reference": "10"})
        kept = day.keep()
        day.rest("set_price", {"price": "11"}, symbol="ZOG")
        day.go("3s")
        day.check_again(kept)


@implementer(IBot)
class Clumsy:
    """A bot that does what a test says; it raises where that is an error."""

    follows = False
    several = False
    options: tuple[Option, ...] = ()
    deeds: tuple[str, ...] = ()
    name = "CLUMSY"

    def __init__(self, name: str, options: Any) -> None:
        self.left = list(self.deeds)
        self.heard_of: list[tuple[int, int]] = []

    def rate(self, desk: IBotDesk) -> float:
        """Anything."""
        return 1.0

    def begin(self, desk: IBotDesk, now: int) -> int | None:
        """At once."""
        return now

    def wake(self, desk: IBotDesk, now: int) -> int | None:
        """Do the next thing, a second after the last."""
        deed = self.left.pop(0) if self.left else ""
        if deed == "raise":
            raise RuntimeError("it is clumsy")
        if deed == "wrong":
            desk.enter("ZIG", BUY, UNIT // 3, UNIT)
        elif deed:
            desk.enter("ZIG", BUY, UNIT, UNIT)
        return now + 10**9 if self.left else None

    def heard(self, desk: IBotDesk, report: Report, now: int) -> int | None:
        """Remember it."""
        self.heard_of.append((report.kind, report.leaves))
        return None

    def moved(self, desk: IBotDesk, symbol: str, price: int, now: int) -> int | None:
        """Never."""

    def change(self, values: Any) -> None:
        """Nothing."""


class WithClumsy(Catalogue):
    """Knows no other bot."""

    def __init__(self, *deeds: str) -> None:
        super().__init__()
        Clumsy.deeds = deeds

    def bot(self, kind: str) -> type[IBot]:
        """It."""
        return Clumsy


class ClumsyTests(SynchronousTestCase):
    """Bots that make mistakes."""

    def desk(self, *deeds: str, seconds: int = 20) -> BotDesk:
        """Where it is after that time."""
        market = VenueSettings("X", instruments=(Instrument("ZIG", reference=UNIT),))
        bots = (BotSettings("CLUMSY", "clumsy", {}, ("X",)),)
        simulator = inert(Settings(venues=(market,), bots=bots), WithClumsy(*deeds))
        simulator.exchange.days.begin(0)
        for second in range(1, seconds + 1):
            simulator.exchange.run_due(second * 10**9)
        venue = simulator.dispatcher.venues["X"]
        self.notes = [
            entry.data for entry in simulator.exchange.journal.entries(0) if entry.kind == 8
        ]
        assert venue.bots is not None
        return venue.bots.desk("CLUMSY")

    def test_raises(self) -> None:
        """One that raises is stopped, logged and noted; nobody else is bothered."""
        desk = self.desk("buy", "raise", "buy")
        errors = self.flushLoggedErrors(RuntimeError)
        self.assertEqual(len(errors), 1)
        self.assertEqual((desk.entered, desk.runner.running), (1, False))
        self.assertEqual(desk.runner.failure, "RuntimeError: it is clumsy")
        note = b'{"bot":"CLUMSY","did":"failed","why":"RuntimeError: it is clumsy"}'
        self.assertEqual(self.notes, [note])

    def test_refusals(self) -> None:
        """After a refusal it is not let in for a second, then for two, four and eight."""
        desk = self.desk(*["wrong"] * 16)
        self.assertEqual((desk.entered, desk.refused), (5, 5))
        self.assertEqual(desk.orders, {})

    def test_forgiven(self) -> None:
        """An order that is taken ends that."""
        desk = self.desk("wrong", "buy", "wrong", "buy", "buy", "buy")
        self.assertEqual((desk.entered, desk.refused), (6, 2))
        self.assertEqual(len(desk.open_orders("ZIG")), 4)


class ConfigTests(ConfigTestCase):
    """The sections of bots."""

    def test_read(self) -> None:
        """All keys, and what they are without being said."""
        one = "[bot:A]\nkind = slow\ntime = 1s\n"
        more = "symbols = Z* B\nactivity = x2\naccount = H\nfirm = F\nseed = 5\nrunning = no\n"
        more += "during = 30s-75s, 3m -\n"
        settings = self.load("[venue:X]\n" + one + "[bot:B]\nkind = slow\ntime = 2s\n" + more)
        values = {"time": 10**9, "random": False}
        texts = {"time": "1s", "random": "no"}
        self.assertEqual(settings.bots[0], BotSettings("A", "slow", values, ("X",), texts))
        second = settings.bots[1]
        self.assertEqual((second.symbols, second.activity), (("Z*", "B"), "x2"))
        self.assertEqual((second.account, second.firm, second.seed), ("H", "F", 5))
        self.assertFalse(second.running)
        self.assertEqual(second.during, ((30 * 10**9, 75 * 10**9), (180 * 10**9, 2**62)))

    def test_wrong(self) -> None:
        """What is wrong, where, and what would be right."""
        for text, problem in (
            (
                "[bot:A]\nkind = slaw\n",
                ":3: [bot:A] kind: there is no bot 'slaw'; known: slow, both",
            ),
            ("[bot:A]\n", ":2: [bot:A] needs 'kind': which kind of bot, such as maker or noise"),
            (
                "[bot:A]\nkind = slow\ntime = 1s\nactivty = slow\n",
                ":5: [bot:A] has no key 'activty': did you mean 'activity'?",
            ),
            (
                "[bot:A]\nkind = slow\ntime = 1s\nduring = 5s-9s, 8s-\n",
                ":5: [bot:A] during: '8s-' is no time later than the last, such as 30s-75s or 3m-",
            ),
            (
                "[bot:A]\nkind = slow\ntime = 1s\nvenue = Y\n",
                ":5: [bot:A] venue: there is no [venue:Y]; known: X",
            ),
            (
                "activity = 20\n",
                ":2: [venue:X] activity: '20' is a rate: a venue takes a word, or a factor such"
                " as x2.5",
            ),
            (
                "[endpoint:e]\nvenue=X\nprotocol=telegraph\nlisten=tcp:0\ncomp_id=s\n"
                "[session:bot:A]\nendpoint=e\n",
                ":7: [session:bot:A]: names that begin with bot: are those of bots",
            ),
        ):
            self.assertEqual(self.problems("[venue:X]\n" + text), [problem])

    def test_venues(self) -> None:
        """Where there are several venues one has to be named."""
        two = "[venue:X]\n[venue:Y]\n[bot:A]\nkind = slow\ntime = 1s\n"
        self.assertEqual(self.problems(two), [":3: [bot:A] needs 'venue': one of X, Y"])
        self.assertEqual(self.load(two + "venue = Y\n").bots[0].venues, ("Y",))
        text = ":6: [bot:A] venue: it trades at one: write a section for each"
        self.assertEqual(self.problems(two + "venue = Y, X\n"), [text])

    def test_several(self) -> None:
        """A kind that trades at several needs several, in one process."""
        two = "[venue:X]\n[venue:Y]\n[bot:A]\nkind = both\n"
        self.assertEqual(self.load(two).bots[0].venues, ("X", "Y"))
        self.assertEqual(self.load(two + "venue = Y, X\n").bots[0].venues, ("Y", "X"))
        text = ":5: [bot:A] venue: it trades at several: name two or more of X, Y"
        for venues in ("venue = X\n", "venue = X, X\n"):
            self.assertEqual(self.problems(two + venues), [text])
        text = ":3: [bot:A] trades at several venues, which processes = venue puts asunder"
        self.assertEqual(self.problems(two, "exsim.processes=venue"), [text])


class NameTests(SynchronousTestCase):
    """No session has the name of a bot."""

    def test_sessions(self) -> None:
        """Neither one that is made over REST, nor one that is made on the fly."""
        day = BotDay(self, BOTH)
        error = self.assertRaises(
            Conflict, day.simulator.exchange.add_session, SessionSettings("bot:MM", "e")
        )
        self.assertIn("are those of bots", str(error))


class PhaseTests(SynchronousTestCase):
    """What bots do where a market is not open: what a trader would."""

    def test_all_kinds(self) -> None:
        """Whatever the phase is, nothing of what any kind asks for is refused."""
        kinds = [each.name for each in Catalogue().bots() if each.name != "replay"]
        day = BotDay(self, "".join(f"[bot:{kind}]\nkind = {kind}\n" for kind in kinds))
        for phase in (Phase.CONTINUOUS, *Phase, Phase.CONTINUOUS):
            day.turn(phase)
            for price in ("100.5", "99.5"):
                day.rest("set_price", {"price": price}, symbol="ZIG")
                day.go("5s")
            refused = {kind: day.desk(kind).refused for kind in kinds}
            self.assertEqual(refused, dict.fromkeys(kinds, 0), phase)
        self.assertEqual([kind for kind in kinds if day.desk(kind).runner.failure], [])
        day.check_again()

    def test_phases(self) -> None:
        """In no phase is anything refused; orders are entered for auctions, and none in a halt."""
        day = BotDay(self, BOTH)
        for phase in Phase:
            day.turn(phase)
            before = [day.desk(name).entered for name in ("MM", "NOISE")]
            day.go("20s")
            entered = [
                day.desk(name).entered - n for name, n in zip(("MM", "NOISE"), before, strict=True)
            ]
            self.assertEqual([day.desk(name).refused for name in ("MM", "NOISE")], [0, 0], phase)
            quiet = phase in (
                Phase.START_OF_DAY,
                Phase.HALT,
                Phase.TRADE_AT_CLOSE,
                Phase.CLOSED,
            )
            self.assertEqual(entered[1] == 0, quiet, phase)
        day.check_again()
