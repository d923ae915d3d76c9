"""Phases: what each takes, halts with and without cancels, one instrument's own, all over REST."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.trading_day import phase_rules
from exsim.dispatch.phases import TABLE, TIMES, TYPES, PhaseRules, changed, key
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Phase, Reason, Side, TimeInForce
from exsim.model.events import CancelReject, Report
from exsim.model.instructions import Instructions
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.model.settings import DaySettings
from tests.market import Market, order, told
from tests.simulator import RestTestCase

BUY, SELL = Side.BUY, Side.SELL
LIMIT, MARKET, STOP = OrdType.LIMIT, OrdType.MARKET, OrdType.STOP


class TableTests(SynchronousTestCase):
    """The table, and changes to it."""

    def takes(self, rules: PhaseRules, ord_type: OrdType, tif: TimeInForce) -> bool:
        """Whether a phase takes such an order."""
        return key(int(ord_type), int(tif)) in rules.takes

    def test_every_phase_has_rules(self) -> None:
        """And what a phase takes can be written down."""
        self.assertEqual(set(TABLE), set(Phase))
        known = {key(one, other) for one in TYPES.values() for other in TIMES.values()}
        for rules in TABLE.values():
            self.assertLessEqual(rules.takes, known)
            self.assertLessEqual(rules.fast, rules.takes)

    def test_defaults(self) -> None:
        """A few that matter."""
        for phase, ord_type, tif, taken in (
            (Phase.CONTINUOUS, MARKET, TimeInForce.DAY, True),
            (Phase.CONTINUOUS, LIMIT, TimeInForce.AT_CLOSE, True),
            (Phase.CONTINUOUS, LIMIT, TimeInForce.AT_OPENING, False),
            (Phase.CONTINUOUS, STOP, TimeInForce.IOC, True),
            (Phase.CONTINUOUS, OrdType.PEGGED, TimeInForce.FOK, False),
            (Phase.OPENING_AUCTION, LIMIT, TimeInForce.IOC, False),
            (Phase.OPENING_AUCTION, MARKET, TimeInForce.AT_OPENING, True),
            (Phase.CLOSING_AUCTION, LIMIT, TimeInForce.AT_OPENING, False),
            (Phase.TRADE_AT_CLOSE, LIMIT, TimeInForce.DAY, True),
            (Phase.TRADE_AT_CLOSE, STOP, TimeInForce.DAY, False),
            (Phase.HALT, LIMIT, TimeInForce.DAY, False),
        ):
            self.assertEqual(self.takes(TABLE[phase], ord_type, tif), taken, (phase, ord_type, tif))

    def test_changed(self) -> None:
        """By words, in order; the rest stays as it is."""
        table = changed(
            phase_rules(
                "halt: +limit/gtc no-cancel replace; continuous: -market/* -*/fok\nclosed: match"
            )
        )
        halt, continuous = table[Phase.HALT], table[Phase.CONTINUOUS]
        self.assertEqual(halt.takes, {key(int(LIMIT), int(TimeInForce.GTC))})
        self.assertEqual((halt.cancels, halt.replaces, halt.matches), (False, True, False))
        self.assertFalse(self.takes(continuous, MARKET, TimeInForce.DAY))
        self.assertFalse(self.takes(continuous, LIMIT, TimeInForce.FOK))
        self.assertTrue(self.takes(continuous, LIMIT, TimeInForce.IOC))
        self.assertNotIn(key(int(MARKET), 0), continuous.fast)
        self.assertTrue(table[Phase.CLOSED].matches)
        self.assertIs(table[Phase.PRE_OPEN], TABLE[Phase.PRE_OPEN])

    def test_mistakes(self) -> None:
        """What is wrong is said, and what would be right."""
        for text, told_so in (
            ("pause: cancel", "'pause' is no phase: there are start-of-day"),
            ("halt cancel", "give a phase, a colon"),
            ("halt: maybe", "'maybe' says nothing: give +TYPE/TIME"),
            ("halt: +limt/day", "with a type of market, limit"),
            ("halt: +limit/tomorrow", "with a time of day, gtc"),
            ("halt: -limit", "give TYPE/TIME"),
        ):
            with self.assertRaisesRegex(ValueError, told_so.replace("+", r"\+")):
                phase_rules(text)


class RefusalTests(SynchronousTestCase):
    """What a phase does not take is refused, by phase, type and time in force."""

    def market(self, phase: str, **day: object) -> Market:
        """A market in a phase."""
        return Market(day=DaySettings(phase=phase, **day))  # type: ignore[arg-type]

    def test_new(self) -> None:
        """CLOSED where nothing is taken, else UNSUPPORTED."""
        for phase, terms, reason, text in (
            ("closed", order("A", BUY, 1, 10), Reason.CLOSED, "AAA is in phase closed"),
            (
                "pre-open",
                order("A", BUY, 1, 10, TimeInForce.IOC),
                Reason.UNSUPPORTED,
                "AAA is in phase pre-open, which takes no LIMIT order with TimeInForce IOC",
            ),
        ):
            (event,) = self.market(phase).submit(terms)
            assert isinstance(event, Report)
            self.assertEqual(event.reason, reason)
            self.assertIn(text, event.text)

    def test_instructions(self) -> None:
        """What a type needs has to be there, and an end ahead."""
        day, limit, price = int(TimeInForce.DAY), int(LIMIT), 10 * UNIT
        gtd = int(TimeInForce.GTD)
        for ord_type, tif, limit_price, extra, reason in (
            (STOP, day, NO_PRICE, None, Reason.PRICE),
            (STOP, day, NO_PRICE, Instructions(display=1), Reason.PRICE),
            (OrdType.STOP_LIMIT, day, NO_PRICE, Instructions(stop_px=price), Reason.PRICE),
            (OrdType.PEGGED, day, NO_PRICE, None, Reason.UNSUPPORTED),
            (limit, gtd, price, None, Reason.STALE),
            (limit, gtd, price, Instructions(expire=1_000_000), Reason.STALE),
            (limit, day, price, Instructions(min_qty=2 * UNIT), Reason.QUANTITY),
            (limit, day, price, Instructions(display=2 * UNIT), Reason.QUANTITY),
            (limit, gtd, price, Instructions(expire=1_000_001), None),
            (STOP, day, NO_PRICE, Instructions(stop_px=price), None),
            (STOP, day, NO_PRICE, Instructions(trail=UNIT), None),
        ):
            terms = NewOrder(
                "S", "A", "AAA", int(BUY), int(ord_type), tif, UNIT, limit_price, extra=extra
            )
            event = self.market("continuous").submit(terms)[0]
            assert isinstance(event, Report)
            self.assertEqual(event.reason, reason, (ord_type, tif, event.text))

    def test_halt(self) -> None:
        """Cancels go, replaces do not; with other rules it is the other way round."""
        for rules, expected in (
            ("", ["C replace refused CLOSED", "D canceled 0/0"]),
            ("halt: no-cancel replace", ["C replaced 0/2", "D cancel refused CLOSED"]),
        ):
            market = Market(day=DaySettings(phase_rules=phase_rules(rules)))
            market.enter("A", BUY, 1, 10)
            market.venue.set_phase(Phase.HALT, None, market.now, market.dispatcher.out)
            found = market.replace("A", order("C", BUY, 2, 10))
            named = "C" if not isinstance(found[0], CancelReject) else "A"
            found += market.cancel("D", named)
            self.assertEqual(told(found), expected)

    def test_halt_without_cancels(self) -> None:
        """For this once."""
        market = Market()
        market.enter("A", BUY, 1, 10)
        market.venue.set_phase(Phase.HALT, False, market.now, market.dispatcher.out)
        self.assertEqual(told(market.cancel("D", "A")), ["D cancel refused CLOSED"])
        market.venue.set_phase(Phase.HALT, None, market.now, market.dispatcher.out)
        self.assertEqual(told(market.cancel("E", "A")), ["E canceled 0/0"])

    def test_one_instrument(self) -> None:
        """It is halted by itself, stays so as its venue goes on, and comes back to it."""
        market = Market()
        venue, out = market.venue, market.dispatcher.out
        venue.set_instrument_phase("AAA", Phase.HALT, None, market.now, out)
        self.assertEqual(told(market.enter("A", BUY, 1, 10)), ["A rejected CLOSED 0/0"])
        self.assertEqual(told(market.enter("B", BUY, 1, 10, symbol="BBB")), ["B new 0/1"])
        venue.set_phase(Phase.PRE_OPEN, None, market.now, out)
        self.assertIs(venue.listings["AAA"].phase, Phase.HALT)
        venue.set_instrument_phase("AAA", None, None, market.now, out)
        self.assertIs(venue.listings["AAA"].phase, Phase.PRE_OPEN)

    def test_trade_at_close(self) -> None:
        """At one price, or at none."""
        market = Market()
        market.venue.set_phase(Phase.TRADE_AT_CLOSE, None, market.now, market.dispatcher.out)
        self.assertEqual(told(market.enter("A", BUY, 1, 10)), ["A rejected NO_PRICE 0/0"])
        market = Market()
        market.enter("A", BUY, 1, 10)
        market.enter("B", SELL, 1, 10)
        market.venue.set_phase(Phase.TRADE_AT_CLOSE, None, market.now, market.dispatcher.out)
        self.assertEqual(told(market.enter("C", BUY, 1, 11)), ["C rejected PRICE 0/0"])
        self.assertEqual(told(market.enter("D", BUY, 5, None)), ["D new 0/5"])
        self.assertEqual(
            told(market.enter("E", SELL, 2, 10)),
            ["E new 0/2", "E fill 2@10 2/0", "D fill 2@10 2/3"],
        )

    def test_replaced_at_close(self) -> None:
        """An order that is replaced then does not trade at the closing price beyond its limit."""
        market = Market()
        market.enter("A", BUY, 1, 10)
        market.enter("B", SELL, 1, 10)
        market.enter("C", BUY, 1, 8)
        market.venue.set_phase(Phase.TRADE_AT_CLOSE, None, market.now, market.dispatcher.out)
        self.assertEqual(told(market.replace("C", order("D", BUY, 1, 9))), ["D replaced 0/1"])
        self.assertEqual(told(market.enter("E", SELL, 1, 10)), ["E new 0/1"])
        self.assertEqual(
            told(market.replace("D", order("F", BUY, 1, 11))),
            ["F replaced 0/1", "F fill 1@10 1/0", "E fill 1@10 1/0"],
        )


class RestTests(RestTestCase):
    """Phases over REST."""

    ORDER = {"symbol": "AAA", "side": "BUY", "quantity": "1", "price": "10"}

    def test_venue(self) -> None:
        """It is set, told, and obeyed."""
        self.assertEqual(self.get("/venues/X")["phase"], "continuous")
        self.assertEqual(self.ask("PUT", "/venues/X/phase", {"phase": "closed"})["phase"], "closed")
        outcome = self.post("/venues/X/orders", self.ORDER)
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("rejected", "CLOSED"))
        self.ask("PUT", "/venues/X/phase", {"phase": "lunch"}, 422)
        self.post("/reset")
        self.assertEqual(self.get("/venues/X")["phase"], "continuous")

    def test_instrument(self) -> None:
        """The same for one, with a book that is told by its phase."""
        path = "/venues/X/instruments/AAA/phase"
        found = self.ask("PUT", path, {"phase": "intraday-auction"})
        self.assertEqual((found["phase"], found["own_phase"]), ("intraday-auction", True))
        self.assertEqual(self.get("/venues/X/books/AAA")["phase"], "intraday-auction")
        self.assertIsNone(self.get("/venues/X/books/BBB")["auction"])
        found = self.ask("PUT", path, {"phase": None})
        self.assertEqual((found["phase"], found["own_phase"]), ("continuous", False))
        self.ask("PUT", "/venues/X/instruments/ZZZ/phase", {"phase": "halt"}, 404)

    def test_every_type(self) -> None:
        """Orders of all types can be entered, with what they need."""
        kinds: dict[str, dict[str, str]] = {
            "MARKET": {},
            "STOP": {"stop_price": "12"},
            "STOP_LIMIT": {"price": "12", "stop_price": "12"},
            "MARKET_IF_TOUCHED": {"stop_price": "8"},
            "LIMIT_IF_TOUCHED": {"price": "8", "stop_price": "8"},
            "MARKET_TO_LIMIT": {},
            "PEGGED": {"peg": "PRIMARY"},
        }
        for kind, more in kinds.items():
            body = {"symbol": "AAA", "side": "BUY", "quantity": "1", "type": kind} | more
            self.assertEqual(self.post("/venues/X/orders", body)["outcome"], "accepted", kind)

    def test_indication(self) -> None:
        """What an auction would end in, while it runs."""
        self.ask("PUT", "/venues/X/phase", {"phase": "opening-auction"})
        self.assertEqual(
            self.get("/venues/X/books/AAA")["auction"],
            {"price": None, "volume": "0", "imbalance": "0", "side": None},
        )
        self.post("/venues/X/orders", self.ORDER | {"quantity": "30"})
        self.post("/venues/X/orders", self.ORDER | {"side": "SELL", "quantity": "10"})
        self.assertEqual(
            self.get("/venues/X/books/AAA")["auction"],
            {"price": "10", "volume": "10", "imbalance": "20", "side": "BUY"},
        )
