"""What venues do differently: prices told, trades that count, bands, collars, dark books."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.trading_day import moment
from exsim.dispatch import operator
from exsim.engine.entry import Entry
from exsim.engine.matching import MatchingEngine
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdType, Phase, Side, TimeInForce
from exsim.model.decisions import Fill, FillStep
from exsim.model.events import Report
from exsim.model.instructions import Instructions, Peg, PostOnly, Trigger
from exsim.model.participants import Participants, RiskSettings
from exsim.model.requests import NO_PRICE, NewOrder
from exsim.model.settings import DaySettings
from exsim.model.trades import BookEvent, Interrupted, Traded, Triggered
from tests.market import Market, order, told

BUY, SELL = Side.BUY, Side.SELL
DAY, IOC = TimeInForce.DAY, TimeInForce.IOC
STOP, STOP_LIMIT = OrdType.STOP, OrdType.STOP_LIMIT
PERCENT = UNIT


def special(
    name: str,
    side: Side,
    qty: int,
    price: int | None = None,
    ord_type: OrdType = OrdType.LIMIT,
    tif: TimeInForce = DAY,
    session: str = "S",
    **asked: Any,
) -> NewOrder:
    """An order with instructions."""
    limit = NO_PRICE if price is None else price * UNIT
    codes = (int(side), int(ord_type), int(tif))
    extra = Instructions(**asked) if asked else None
    return NewOrder(session, name, "AAA", *codes, qty * UNIT, limit, extra=extra)


class RestatedTests(SynchronousTestCase):
    """Orders that the venue gives another price."""

    def restated(self, **settings: Any) -> tuple[list[str], Market]:
        """A post-only order is moved, and a peg comes: who is told of another price."""
        market = Market(**settings)
        market.enter("1", SELL, 5, 10)
        market.submit(special("A", BUY, 5, 10, post_only=int(PostOnly.REPRICE)))
        market.submit(special("P", SELL, 5, None, OrdType.PEGGED, peg=int(Peg.PRIMARY)))
        return [word for word in told(market.events) if "restated" in word], market

    def test_all_but_pegs(self) -> None:
        """By default those that do not follow the market by their nature."""
        words, market = self.restated()
        self.assertEqual(words, ["A restated 0/5"])
        order_a = market.venue.orders.find("S", "A")
        assert order_a is not None
        self.assertEqual(order_a.terms.price, 10 * UNIT - UNIT // 100)

    def test_none(self) -> None:
        """Nobody is told; the price is another all the same."""
        words, market = self.restated(restated_reports="none")
        self.assertEqual(words, [])
        order_a = market.venue.orders.find("S", "A")
        assert order_a is not None
        self.assertEqual(order_a.terms.price, 10 * UNIT - UNIT // 100)

    def test_all(self) -> None:
        """Each step of a peg, too: as it gets a price, and as that changes."""
        market = Market(restated_reports="all")
        market.enter("1", SELL, 5, 10)
        peg = special("P", SELL, 5, None, OrdType.PEGGED, peg=int(Peg.PRIMARY), peg_offset=UNIT)
        self.assertEqual(told(market.submit(peg)), ["P new 0/5", "P restated 0/5"])
        events = market.enter("2", SELL, 5, 9)
        self.assertEqual(told(events), ["2 new 0/5", "P restated 0/5"])
        report = events[-1]
        assert isinstance(report, Report) and report.more is not None
        self.assertEqual(report.more.restated, 3)
        self.assertEqual(report.terms.price, 10 * UNIT)

    def test_keeps_its_mark(self) -> None:
        """What an operator said of an order is said still."""
        market = Market(restated_reports="all")
        market.enter("1", SELL, 5, 10)
        market.submit(special("P", SELL, 5, None, OrdType.PEGGED, peg=int(Peg.PRIMARY)))
        peg = market.venue.orders.find("S", "P")
        assert peg is not None
        operator.mark(market.venue, peg, "calculate", market.now, market.dispatcher.out)
        market.take()
        before = peg.mark
        market.enter("2", SELL, 5, 9)
        self.assertEqual((peg.mark, peg.terms.price), (before, 9 * UNIT))
        self.assertTrue(before)


class OffBookTests(SynchronousTestCase):
    """Fills by policies and operators."""

    def stopped(self, **settings: bool) -> tuple[Market, list[str]]:
        """A stop waits for 10 to be traded, and a policy fills an order there."""
        market = Market(**settings)
        market.enter("M", SELL, 5, 11)
        market.submit(special("A", BUY, 5, None, STOP, stop_px=10 * UNIT))
        chain = market.chain(lambda request: Fill((FillStep(UNIT, 10 * UNIT),)))
        return market, told(market.enter("F", SELL, 1, 10, chain=chain))

    def test_counts(self) -> None:
        """It is the last trade: the stop is elected, and the band measured by it."""
        market, words = self.stopped()
        self.assertEqual(words[:3], ["F new 0/1", "F fill 1@10 1/0", "A triggered 0/5"])
        self.assertEqual([trade.price // UNIT for trade in market.venue.trades], [10, 11])

    def test_operator(self) -> None:
        """That of an operator, too."""
        market = Market()
        market.enter("1", SELL, 5, 20)
        found = market.venue.orders.find("S", "1")
        assert found is not None
        operator.fill(market.venue, found, UNIT, 19 * UNIT, market.now, market.dispatcher.out)
        self.assertEqual(told(market.take()), ["1 fill 1@19 1/4"])
        self.assertEqual(market.venue.listings["AAA"].last, 19 * UNIT)
        self.assertEqual(market.venue.engine.last("AAA"), 19 * UNIT)

    def test_does_not_count(self) -> None:
        """Where the venue says so: on the tape, and no more."""
        market, words = self.stopped(off_book_last=False)
        self.assertEqual(words, ["F new 0/1", "F fill 1@10 1/0"])
        self.assertIsNone(market.venue.listings["AAA"].last)
        self.assertEqual([trade.price // UNIT for trade in market.venue.trades], [10])


class BandTests(SynchronousTestCase):
    """Trading is interrupted before an order trades too far, whatever brings it."""

    def setUp(self) -> None:
        """The last price is 100, the band five percent."""
        day = DaySettings(volatility_band=5 * PERCENT, volatility_time=10**9)
        self.market = Market(day=day)
        self.market.now = moment("2026-01-05T12:00:00Z")
        self.market.enter("1", BUY, 1, 100)
        self.market.enter("2", SELL, 1, 100)
        self.listing = self.market.venue.listings["AAA"]

    def prices(self) -> list[int]:
        """Those of the trades since the first."""
        return [trade.price // UNIT for trade in self.market.venue.trades][1:]

    def test_stop(self) -> None:
        """A stop that is elected does not sweep: it is in the auction, in which it trades."""
        self.market.enter("M1", SELL, 1, 103)
        self.market.enter("M2", SELL, 5, 120)
        self.market.submit(special("A", BUY, 3, None, STOP, stop_px=103 * UNIT))
        words = told(self.market.enter("T", BUY, 1, 103))
        self.assertEqual(words[-1], "A triggered 0/3")
        self.assertEqual(self.prices(), [103])
        self.assertIs(self.listing.phase, Phase.VOLATILITY_AUCTION)
        words = told(self.market.advance(10**9))
        self.assertEqual(sorted(words), ["A fill 3@120 3/0", "M2 fill 3@120 3/2"])
        self.assertIs(self.listing.phase, Phase.CONTINUOUS)

    def test_stop_within(self) -> None:
        """One that trades within the band does."""
        self.market.enter("M1", SELL, 1, 103)
        self.market.enter("M2", SELL, 5, 104)
        self.market.enter("M3", SELL, 5, 120)
        self.market.submit(special("A", BUY, 3, None, STOP, stop_px=103 * UNIT))
        words = told(self.market.enter("T", BUY, 1, 103))
        self.assertEqual(words[-3:], ["A triggered 0/3", "A fill 3@104 3/0", "M2 fill 3@104 3/2"])
        self.assertIs(self.listing.phase, Phase.CONTINUOUS)

    def test_stop_limit(self) -> None:
        """Its limit keeps it within."""
        self.market.enter("M1", SELL, 1, 103)
        self.market.enter("M2", SELL, 5, 120)
        stop = special("A", BUY, 3, 104, STOP_LIMIT, stop_px=103 * UNIT)
        self.market.submit(stop)
        self.market.enter("T", BUY, 1, 103)
        self.assertIs(self.listing.phase, Phase.CONTINUOUS)
        self.assertIn((5, 104, 3), self.market.resting())

    def test_several_stops(self) -> None:
        """All that one price elects are in the auction."""
        self.market.enter("M1", SELL, 1, 103)
        self.market.enter("M2", SELL, 5, 120)
        for name in "ABC":
            self.market.submit(special(name, BUY, 1, None, STOP, stop_px=103 * UNIT))
        words = told(self.market.enter("T", BUY, 1, 103))
        self.assertEqual(words[3:], ["A triggered 0/1", "B triggered 0/1", "C triggered 0/1"])
        words = told(self.market.advance(10**9))
        self.assertEqual(sum(word[0] in "ABC" for word in words), 3)

    def test_no_more_of_it(self) -> None:
        """Once it is interrupted nothing is elected, by what waits for the auction neither."""
        self.market.enter("M1", SELL, 1, 103)
        self.market.enter("M2", SELL, 5, 120)
        self.market.submit(special("A", BUY, 3, 120, STOP_LIMIT, stop_px=103 * UNIT))
        asked: dict[str, Any] = {"stop_px": 110 * UNIT, "trigger": int(Trigger.BID)}
        self.market.submit(special("B", BUY, 1, None, STOP, **asked))
        self.assertEqual(told(self.market.enter("T", BUY, 1, 103))[3:], ["A triggered 0/3"])

    def test_engine_alone(self) -> None:
        """The engine trades no more by itself, and says so."""
        engine, out = MatchingEngine(), list[BookEvent]()
        engine.open("A")
        engine.watch("A", 5 * PERCENT)
        for number, side, price in ((1, 1, 100), (2, 2, 100), (3, 2, 120)):
            engine.enter("A", number, side, 2, 0, price, 1, out)
        stop = Entry(4, 1, int(STOP), 0, NO_PRICE, 1, Instructions(stop_px=99))
        out.clear()
        engine.enter_order("A", stop, out)
        self.assertEqual(out, [Triggered(4), Interrupted(4)])
        out.clear()
        engine.enter("A", 5, 1, 2, 0, 130, 1, out)
        self.assertEqual(out, [])
        engine.set_matching("A", True)
        engine.settle("A", out)
        self.assertEqual([type(event) for event in out], [Traded])

    def test_stop_by_a_cancel(self) -> None:
        """Also where it is a cancel that elects it."""
        self.market.enter("M1", SELL, 1, 103)
        self.market.enter("M2", SELL, 5, 120)
        asked: dict[str, Any] = {"stop_px": 110 * UNIT, "trigger": int(Trigger.ASK)}
        self.market.submit(special("A", BUY, 3, None, STOP, **asked))
        self.assertEqual(told(self.market.cancel("X", "M1")), ["X canceled 0/0", "A triggered 0/3"])
        self.assertEqual(self.prices(), [])
        self.assertIs(self.listing.phase, Phase.VOLATILITY_AUCTION)

    def test_stop_for_now(self) -> None:
        """A stop that cannot wait goes, and there is an auction."""
        self.market.enter("M1", SELL, 1, 103)
        self.market.enter("M2", SELL, 5, 120)
        self.market.submit(special("A", BUY, 3, None, STOP, IOC, stop_px=103 * UNIT))
        words = told(self.market.enter("T", BUY, 1, 103))
        self.assertEqual(words[-2:], ["A triggered 0/3", "A canceled 0/0"])
        self.assertIs(self.listing.phase, Phase.VOLATILITY_AUCTION)

    def test_peg(self) -> None:
        """A peg that would follow too far."""
        self.market.enter("B", BUY, 1, 99)
        self.market.enter("S1", SELL, 1, 101)
        peg = special("P", BUY, 2, None, OrdType.PEGGED, peg=int(Peg.MARKET), peg_offset=-UNIT)
        self.market.submit(peg)
        self.market.submit(special("H", SELL, 5, 119, hidden=True))
        self.market.enter("S2", SELL, 5, 130)
        self.market.cancel("X", "S1")
        self.assertEqual(self.prices(), [])
        self.assertIs(self.listing.phase, Phase.VOLATILITY_AUCTION)

    def test_replace(self) -> None:
        """A replace trades in the auction, not before."""
        self.market.enter("A", SELL, 1, 120)
        self.market.enter("B", BUY, 1, 90)
        words = told(self.market.replace("B", order("C", BUY, 1, 120)))
        self.assertEqual(words, ["C replaced 0/1"])
        self.assertIs(self.listing.phase, Phase.VOLATILITY_AUCTION)
        self.assertEqual(self.prices(), [])
        words = told(self.market.advance(10**9))
        self.assertEqual(sorted(words), ["A fill 1@120 1/0", "C fill 1@120 1/0"])

    def test_only_continuous(self) -> None:
        """Nothing is watched in another phase, nor where there is no band."""
        self.market.venue.set_phase(Phase.TRADE_AT_CLOSE, None, self.market.now, [])
        self.assertEqual(self.market.venue.engine.market("AAA").band, 0)

    def test_snapshot(self) -> None:
        """A market that was interrupted is so when it is made again, and watches."""
        self.test_stop_by_a_cancel()
        day = DaySettings(volatility_band=5 * PERCENT, volatility_time=10**9)
        again = Market(day=day)
        again.now = self.market.now
        again.venue.restore(self.market.venue.state(), lambda names: ())
        self.assertEqual(again.venue.state(), self.market.venue.state())
        words = told(again.advance(10**9))
        self.assertEqual(words, told(self.market.advance(10**9)))
        self.assertEqual(again.venue.engine.market("AAA").band, 5 * PERCENT)


class CollarTests(SynchronousTestCase):
    """A collar that limits market orders instead of rejecting them."""

    def market(self, action: str = "limit", **more: Any) -> Market:
        """A venue with a collar of 3 around the last price, which is 100."""
        risk = RiskSettings(collar=(3 * UNIT, 0), collar_action=action)
        market = Market(participants=Participants(risk=risk), **more)
        market.enter("1", BUY, 1, 100)
        market.enter("2", SELL, 1, 100)
        market.enter("M1", SELL, 2, 102)
        market.enter("M2", SELL, 5, 110)
        return market

    def test_reject(self) -> None:
        """As ever."""
        self.assertEqual(
            told(self.market("reject").enter("A", BUY, 4, None)), ["A rejected BAND 0/0"]
        )

    def test_rests(self) -> None:
        """It trades up to the collar; what is left is a limit order there."""
        market = self.market()
        words = told(market.enter("A", BUY, 4, None))
        expected = ["A new 0/4", "A fill 2@102 2/2", "M1 fill 2@102 2/0", "A restated 2/2"]
        self.assertEqual(words, expected)
        self.assertIn((5, 103, 2), market.resting())
        found = market.venue.orders.find("S", "A")
        assert found is not None
        self.assertEqual((found.terms.ord_type, found.terms.price), (2, 103 * UNIT))
        words = told(market.replace("A", order("B", BUY, 4, 104)))
        self.assertEqual(words, ["B replaced 2/2"])

    def test_in_silence(self) -> None:
        """Where nothing is to be restated."""
        market = self.market(restated_reports="none")
        self.assertEqual(len(told(market.enter("A", BUY, 4, None))), 3)
        self.assertIn((5, 103, 2), market.resting())

    def test_for_now(self) -> None:
        """What is left of one that is for now goes."""
        words = told(self.market().enter("A", BUY, 4, None, IOC))
        self.assertEqual(words[-1], "A canceled 2/0")

    def test_sell(self) -> None:
        """The other side."""
        market = self.market()
        market.enter("N", BUY, 1, 96)
        words = told(market.enter("A", SELL, 1, None))
        self.assertEqual(words, ["A new 0/1", "A restated 0/1"])
        self.assertIn((6, 97, 1), market.resting())

    def test_nothing_to_measure_by(self) -> None:
        """Without a last or a reference price a market order is one."""
        risk = RiskSettings(collar=(3 * UNIT, 0), collar_action="limit")
        market = Market(participants=Participants(risk=risk))
        market.enter("M", SELL, 1, 500)
        self.assertEqual(told(market.enter("A", BUY, 1, None))[1], "A fill 1@500 1/0")


class HiddenTests(SynchronousTestCase):
    """Venues in which orders have to be hidden, or must not be."""

    def market(self, **risk: Any) -> Market:
        """A venue with these settings."""
        return Market(participants=Participants(risk=RiskSettings(**risk)))

    def shown(self, market: Market) -> list[tuple[int, int]]:
        """Prices and quantities that anybody can see, bids first."""
        book = market.venue.engine.book("AAA")
        return [
            (price // UNIT, qty // UNIT)
            for side in (BUY, SELL)
            for price, qty, _ in book.levels(int(side), 0)
        ]

    def test_force(self) -> None:
        """Nothing is seen, icebergs neither; all of it trades."""
        market = self.market(hidden="force")
        market.enter("A", BUY, 5, 10)
        market.submit(special("B", BUY, 5, 9, display=UNIT))
        self.assertEqual(self.shown(market), [])
        words = told(market.enter("T", SELL, 8, 9))
        self.assertEqual(words[1:], [
            "T fill 5@10 5/3", "A fill 5@10 5/0", "T fill 3@9 8/0", "B fill 3@9 3/2",
        ])  # fmt: skip
        self.assertEqual(told(market.replace("B", order("C", BUY, 6, 9))), ["C replaced 3/3"])
        self.assertEqual(self.shown(market), [])

    def test_lit(self) -> None:
        """The session that brings the market is seen, and pegs follow it."""
        market = self.market(hidden="force", lit=("FEED",))
        market.enter("A", BUY, 5, 10, session="FEED")
        market.enter("B", SELL, 5, 12, session="FEED")
        market.submit(special("P", BUY, 3, None, OrdType.PEGGED, peg=int(Peg.MID)))
        self.assertEqual(self.shown(market), [(10, 5), (12, 5)])
        self.assertIn((3, 11, 3), market.resting())

    def test_refuse(self) -> None:
        """One that is to be hidden is refused, others are not."""
        market = self.market(hidden="refuse")
        events = market.submit(special("A", BUY, 5, 10, hidden=True))
        self.assertEqual(told(events), ["A rejected UNSUPPORTED 0/0"])
        self.assertEqual(told(market.submit(special("B", BUY, 5, 10, display=UNIT))), ["B new 0/5"])

    def test_of_an_instrument(self) -> None:
        """That of the instrument goes before."""
        market = self.market(hidden="refuse")
        listing = market.venue.listings["AAA"]
        listing.hidden = "allow"
        self.assertEqual(told(market.submit(special("A", BUY, 5, 10, hidden=True))), ["A new 0/5"])

    def test_costs_nobody_else(self) -> None:
        """A venue that leaves it to the orders checks no risk, and its orders go straight on."""
        market = self.market(hidden="refuse")
        self.assertIsNone(market.venue.risk)
        self.assertTrue(market.venue.listings["AAA"].fast)
        self.assertFalse(self.market(hidden="force").venue.listings["AAA"].fast)
