"""A trading day: phases by schedule, auctions, orders that expire, are parked, and carried over."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from exsim.config.trading_day import moment, schedule
from exsim.dispatch import operator
from exsim.dispatch.corporate import dividend, split
from exsim.model.amounts import UNIT
from exsim.model.codes import OrdStatus, OrdType, Phase, Side, TimeInForce
from exsim.model.instructions import Instructions, Peg
from exsim.model.requests import NO_PRICE, NewOrder, Request
from exsim.model.settings import DaySettings, Instrument
from tests.market import Market, order, told
from tests.simulator import RestTestCase, settings

BUY, SELL = Side.BUY, Side.SELL
DAY, GTC, GTD = TimeInForce.DAY, TimeInForce.GTC, TimeInForce.GTD
AT_OPENING, AT_CLOSE = TimeInForce.AT_OPENING, TimeInForce.AT_CLOSE
AUCTION, CROSSING = TimeInForce.GOOD_FOR_AUCTION, TimeInForce.GOOD_TILL_CROSSING
MINUTE = 60 * 10**9
HOUR = 60 * MINUTE
SCHEDULE = (
    "08:00 pre-open, 09:00 opening-auction, 09:05 continuous, 17:30 closing-auction,"
    " 17:35 trade-at-close, 17:40 closed"
)
START = moment("2026-01-05T07:00:00Z")  # a Monday


class DayMarket(Market):
    """A market with a trading day that is begun."""

    def __init__(self, start: int = START, text: str = SCHEDULE, **day: Any) -> None:
        super().__init__(day=DaySettings(schedule=schedule(text), **day))
        self.now = start
        self.venue.begin(start, self.dispatcher.out)

    @property
    def phase(self) -> str:
        """That of the venue."""
        return self.venue.phase.value

    def until(self, clock: str, day: str = "2026-01-05") -> list[str]:
        """Let it be so late; what came of that, in words."""
        return told(self.advance(moment(f"{day}T{clock}Z") - self.now))

    def special(
        self,
        name: str,
        side: Side,
        qty: int,
        price: int | None = None,
        ord_type: OrdType = OrdType.LIMIT,
        tif: TimeInForce = DAY,
        **asked: Any,
    ) -> list[str]:
        """Enter an order with instructions."""
        limit = NO_PRICE if price is None else price * UNIT
        extra = Instructions(**asked) if asked else None
        request: Request = NewOrder(
            "S", name, "AAA", int(side), int(ord_type), int(tif), qty * UNIT, limit, extra=extra
        )
        return told(self.submit(request))


class ScheduleTests(SynchronousTestCase):
    """Phases follow each other."""

    def test_a_day(self) -> None:
        """Each at its time, and again on the next day."""
        market = DayMarket(days=(0, 1, 2, 3, 4))
        found = [market.phase]
        for clock in ("08:00", "08:59:59", "09:00", "09:05", "17:30", "17:35", "17:40"):
            market.until(clock if clock.count(":") == 2 else f"{clock}:00")
            found.append(market.phase)
        self.assertEqual(
            found,
            [
                "closed",
                "pre-open",
                "pre-open",
                "opening-auction",
                "continuous",
                "closing-auction",
                "trade-at-close",
                "closed",
            ],
        )
        market.until("08:00:00", "2026-01-06")
        self.assertEqual(market.phase, "pre-open")
        market.until("12:00:00", "2026-01-10")
        self.assertEqual(market.phase, "closed")

    def test_begun_in_the_middle(self) -> None:
        """It is in the phase that the hour has."""
        self.assertEqual(DayMarket(START + 5 * HOUR).phase, "continuous")

    def test_by_hand(self) -> None:
        """A phase by hand holds until the schedule has another."""
        market = DayMarket(START + 5 * HOUR)
        market.venue.set_phase(Phase.HALT, None, market.now, market.dispatcher.out)
        market.until("17:29:00")
        self.assertEqual(market.phase, "halt")
        market.until("17:30:00")
        self.assertEqual(market.phase, "closing-auction")

    def test_a_long_step(self) -> None:
        """All that falls due in it is done, in due order."""
        market = DayMarket()
        market.advance(3 * 24 * HOUR + 5 * HOUR)
        self.assertEqual(market.phase, "continuous")
        timers = [entry.data for entry in market.journal.entries(0)]
        self.assertEqual(timers, [b"day"] * (3 * 6 + 3))


class AuctionTests(SynchronousTestCase):
    """Orders are collected, and trade at one price when the auction ends."""

    def test_opening(self) -> None:
        """What is left stays, but for what was for the opening."""
        market = DayMarket()
        market.until("08:00:00")
        self.assertEqual(told(market.enter("A", BUY, 100, 12)), ["A new 0/100"])
        self.assertEqual(told(market.enter("B", SELL, 60, 10)), ["B new 0/60"])
        market.enter("C", BUY, 10, 11, AT_OPENING)
        market.enter("D", SELL, 10, 13, AT_OPENING)
        self.assertEqual(market.until("09:04:59"), [])
        book = market.venue.engine.book("AAA")
        self.assertEqual(len(book), 4)
        found = market.until("09:05:00")
        self.assertEqual(sorted(found[:2]), ["A fill 60@12 60/40", "B fill 60@12 60/0"])
        self.assertEqual(sorted(found[2:]), ["C expired 0/0", "D expired 0/0"])
        self.assertEqual(market.resting(), [(1, 12, 40)])

    def test_closing(self) -> None:
        """Orders at the close wait for it; it makes the price of trading at close."""
        market = DayMarket(START + 5 * HOUR)
        self.assertEqual(told(market.enter("A", BUY, 10, None, AT_CLOSE)), ["A new 0/10"])
        market.enter("B", SELL, 30, 9, AT_CLOSE)
        market.enter("C", SELL, 30, 8, AT_CLOSE)
        self.assertEqual(market.resting(), [])
        self.assertEqual(told(market.cancel("X", "C")), ["X canceled 0/0"])
        market.until("17:30:00")
        found = market.until("17:35:00")
        self.assertEqual(sorted(found), ["A fill 10@9 10/0", "B expired 10/0", "B fill 10@9 10/20"])
        self.assertEqual(told(market.enter("D", BUY, 1, 9)), ["D new 0/1"])
        self.assertEqual(market.until("17:40:00"), ["D expired 0/0"])

    def test_good_for_auction(self) -> None:
        """It waits for the next one, whichever that is."""
        market = DayMarket(START + 5 * HOUR)
        market.enter("A", BUY, 10, 10, AUCTION)
        self.assertEqual(market.resting(), [])
        out = market.dispatcher.out
        market.venue.set_phase(Phase.INTRADAY_AUCTION, None, market.now, out)
        self.assertEqual(len(market.venue.engine.book("AAA")), 1)
        market.venue.set_phase(Phase.CONTINUOUS, None, market.now, out)
        self.assertEqual(told(market.take()), ["A expired 0/0"])

    def test_good_till_crossing(self) -> None:
        """It is in the book until an auction begins."""
        market = DayMarket(START + 5 * HOUR)
        market.enter("A", BUY, 10, 10, CROSSING)
        self.assertEqual(market.resting(), [(1, 10, 10)])
        self.assertEqual(market.until("17:30:00"), ["A expired 0/0"])

    def test_market_order_left(self) -> None:
        """In continuous trading there is nothing more for it."""
        market = DayMarket(START + HOUR)
        market.enter("A", BUY, 10, None)
        self.assertEqual(market.until("09:05:00"), ["A canceled 0/0"])

    def test_halt_keeps_the_book(self) -> None:
        """An auction that is halted is not uncrossed; it is when trading goes on."""
        market = DayMarket(START + HOUR)
        market.enter("A", BUY, 10, 10)
        market.enter("B", SELL, 10, 10)
        out = market.dispatcher.out
        market.venue.set_phase(Phase.OPENING_AUCTION, None, market.now, out)
        market.venue.set_phase(Phase.HALT, None, market.now, out)
        self.assertEqual(market.take(), [])
        market.venue.set_phase(Phase.CONTINUOUS, None, market.now, out)
        self.assertEqual(sorted(told(market.take())), ["A fill 10@10 10/0", "B fill 10@10 10/0"])

    def test_random_end(self) -> None:
        """By the seed, and never longer than was said."""
        ends = set()
        for minute in range(20):
            market = DayMarket(START + HOUR + minute, auction_random_end=MINUTE)
            market.venue.day._luck.state = minute
            market.until("09:05:00")
            due = market.venue.agenda.tasks()[0][0]
            ends.add(due)
            self.assertTrue(START + 125 * MINUTE < due <= START + 126 * MINUTE)
            self.assertEqual(market.phase, "opening-auction")
            market.advance(due - market.now)
            self.assertEqual(market.phase, "continuous")
        self.assertGreater(len(ends), 15)

    def test_random_end_is_bounded(self) -> None:
        """It is over before the phase after the next begins."""
        for minute in range(20):
            market = DayMarket(START + HOUR + minute, auction_random_end=100 * HOUR)
            market.venue.day._luck.state = minute
            market.until("17:29:59.999999999")
            self.assertEqual(market.phase, "continuous")

    def test_extended_twice(self) -> None:
        """As often as is allowed, where it is still as far away."""
        market = DayMarket(
            START + HOUR,
            auction_extension=2 * MINUTE,
            auction_extensions=2,
            extension_price=5 * UNIT,
        )
        market.venue.listings["AAA"].last = 10 * UNIT
        market.enter("A", BUY, 10, 11)
        market.enter("B", SELL, 10, 11)
        self.assertEqual(market.until("09:08:59"), [])
        self.assertEqual(len(market.until("09:09:00")), 2)

    def test_extension(self) -> None:
        """Of the instrument alone whose price is too far from the reference; once."""
        market = DayMarket(START + HOUR, auction_extension=2 * MINUTE, extension_price=5 * UNIT)
        venue = market.venue
        venue.listings["AAA"].last = 10 * UNIT
        market.enter("A", BUY, 10, 11)
        market.enter("B", SELL, 10, 11)
        self.assertEqual(market.until("09:06:59"), [])
        phases = [venue.listings[symbol].phase.value for symbol in ("AAA", "BBB")]
        self.assertEqual(phases, ["opening-auction", "continuous"])
        found = market.until("09:07:00")
        self.assertEqual(sorted(found), ["A fill 10@11 10/0", "B fill 10@11 10/0"])
        self.assertIs(venue.listings["AAA"].phase, Phase.CONTINUOUS)
        self.assertFalse(venue.listings["AAA"].own)

    def test_extension_by_imbalance(self) -> None:
        """More than the part of the volume that was said would be left."""
        for qty, phase in ((15, "continuous"), (16, "opening-auction")):
            market = DayMarket(
                START + HOUR, auction_extension=2 * MINUTE, extension_imbalance=50 * UNIT
            )
            market.enter("A", BUY, qty, 11)
            market.enter("B", SELL, 10, 11)
            market.until("09:05:00")
            self.assertEqual(market.venue.listings["AAA"].phase.value, phase)


class VolatilityTests(SynchronousTestCase):
    """A trade too far from the last one is an auction first."""

    def setUp(self) -> None:
        """The last price is 100, the band five percent."""
        self.market = DayMarket(
            START + 5 * HOUR, volatility_band=5 * UNIT, volatility_time=2 * MINUTE
        )
        self.market.enter("1", BUY, 1, 100)
        self.market.enter("2", SELL, 1, 100)
        self.listing = self.market.venue.listings["AAA"]

    def test_within(self) -> None:
        """At the edge it trades."""
        self.market.enter("A", SELL, 1, 105)
        self.assertEqual(told(self.market.enter("B", BUY, 1, 110))[1], "B fill 1@105 1/0")
        self.assertIs(self.listing.phase, Phase.CONTINUOUS)

    def test_beyond(self) -> None:
        """It waits in an auction with all others, and then the market is continuous again."""
        self.market.enter("A", SELL, 1, 105)
        self.market.enter("C", SELL, 1, 106)
        self.assertEqual(told(self.market.enter("B", BUY, 2, 110)), ["B new 0/2"])
        self.assertIs(self.listing.phase, Phase.VOLATILITY_AUCTION)
        self.assertEqual(self.market.advance(2 * MINUTE - 1), [])
        found = told(self.market.advance(1))
        self.assertEqual(sorted(found)[0], "A fill 1@106 1/0")
        self.assertEqual(len(found), 4)
        self.assertIs(self.listing.phase, Phase.CONTINUOUS)

    def test_immediate(self) -> None:
        """One that cannot wait goes."""
        self.market.enter("A", SELL, 1, 106)
        found = self.market.enter("B", BUY, 1, 110, TimeInForce.IOC)
        self.assertEqual(told(found), ["B new 0/1", "B canceled 0/0"])
        self.assertIs(self.listing.phase, Phase.VOLATILITY_AUCTION)

    def test_by_a_replace(self) -> None:
        """What cannot be seen before is seen after."""
        self.market.enter("A", SELL, 1, 120)
        self.market.enter("B", BUY, 1, 90)
        self.market.replace("B", order("C", BUY, 1, 120))
        self.assertIs(self.listing.phase, Phase.VOLATILITY_AUCTION)


class ExpiryTests(SynchronousTestCase):
    """Whose time is over."""

    def test_day(self) -> None:
        """All of a day go with it; what was filled stays filled."""
        market = DayMarket(START + 5 * HOUR)
        market.enter("A", BUY, 10, 10)
        market.enter("B", BUY, 10, 9, GTC)
        market.enter("C", SELL, 4, 10)
        self.assertEqual(market.until("17:40:00"), ["A expired 4/0"])
        self.assertEqual(market.resting(), [(2, 9, 10)])

    def test_halted(self) -> None:
        """A day ends for an instrument that is halted, too."""
        market = DayMarket(START + 5 * HOUR)
        market.enter("A", BUY, 10, 10)
        out = market.dispatcher.out
        market.venue.set_instrument_phase("AAA", Phase.HALT, None, market.now, out)
        self.assertEqual(market.until("17:40:00"), ["A expired 0/0"])
        self.assertIs(market.venue.listings["AAA"].phase, Phase.HALT)

    def test_in_a_phase_of_its_own(self) -> None:
        """What follows the price of an order that ended with the day follows the next one."""
        market = DayMarket(START + 5 * HOUR)
        market.enter("A", BUY, 5, 10)
        market.enter("B", BUY, 5, 9, GTC)
        market.special("C", BUY, 5, None, OrdType.PEGGED, GTC, peg=int(Peg.PRIMARY))
        venue, out = market.venue, market.dispatcher.out
        venue.set_instrument_phase("AAA", Phase.CONTINUOUS, None, market.now, out)
        market.until("17:39:00")
        self.assertEqual(market.resting(), [(1, 10, 5), (3, 10, 5), (2, 9, 5)])
        self.assertEqual(market.until("17:40:00"), ["A expired 0/0"])
        self.assertEqual(market.resting(), [(2, 9, 5), (3, 9, 5)])

    def test_gtd(self) -> None:
        """At its time; a later one by a replace counts."""
        market = DayMarket(START + 5 * HOUR)
        soon, later = market.now + MINUTE, market.now + 2 * MINUTE
        market.special("A", BUY, 10, 10, tif=GTD, expire=soon)
        market.special("B", BUY, 10, 10, tif=GTD, expire=soon)
        terms = order("C", BUY, 10, 10, GTD)
        terms = NewOrder(
            "S",
            "C",
            "AAA",
            1,
            2,
            int(GTD),
            terms.qty,
            terms.price,
            extra=Instructions(expire=later),
        )
        self.assertEqual(told(market.replace("B", terms)), ["C replaced 0/10"])
        self.assertEqual(told(market.advance(MINUTE - 1)), [])
        self.assertEqual(told(market.advance(1)), ["A expired 0/0"])
        self.assertEqual(told(market.advance(MINUTE)), ["C expired 0/0"])

    def test_gtd_after_the_day(self) -> None:
        """One that was done for the day is told as expired at night, rather than as done for it."""
        market = DayMarket(START + 5 * HOUR, done_for_day=True)
        for name in ("A", "B"):
            market.special(name, BUY, 5, 10, tif=GTD, expire=moment("2026-01-05T22:00:00Z"))
        market.until("21:00:00")
        orders = market.venue.orders
        self.assertEqual([each.told for each in orders.all()], [OrdStatus.DONE_FOR_DAY] * 2)
        operator.cancel(market.venue, list(orders.all())[1], market.now, market.dispatcher.out)
        market.until("23:00:00")
        ended = [OrdStatus.EXPIRED, OrdStatus.CANCELED]
        self.assertEqual([each.told for each in orders.all()], ended)

    def test_gtd_that_another_follows(self) -> None:
        """That one follows the next price at once."""
        market = DayMarket(START + 5 * HOUR)
        market.special("A", BUY, 5, 10, tif=GTD, expire=market.now + MINUTE)
        market.enter("B", BUY, 5, 9)
        market.special("C", BUY, 5, None, OrdType.PEGGED, peg=int(Peg.PRIMARY))
        self.assertEqual(told(market.advance(MINUTE)), ["A expired 0/0"])
        self.assertEqual(market.resting(), [(2, 9, 5), (3, 9, 5)])

    def test_carried_over(self) -> None:
        """With a word in the evening and one in the morning, where that is asked for."""
        market = DayMarket(START + 5 * HOUR, done_for_day=True, gtc_restate=True)
        market.enter("A", BUY, 10, 10, GTC)
        self.assertEqual(market.until("17:40:00"), ["A done for day 0/10"])
        self.assertEqual(market.until("08:00:00", "2026-01-06"), ["A restated 0/10"])
        self.assertEqual(told(market.cancel("B", "A")), ["B canceled 0/0"])

    def test_carried_over_in_silence(self) -> None:
        """It is in the book the next day."""
        market = DayMarket(START + 5 * HOUR)
        market.enter("A", BUY, 10, 10, GTC)
        self.assertEqual(market.until("12:00:00", "2026-01-06"), [])
        self.assertEqual(
            told(market.enter("B", SELL, 10, 10)),
            ["B new 0/10", "B fill 10@10 10/0", "A fill 10@10 10/0"],
        )


class TriggerTests(SynchronousTestCase):
    """Orders that wait for a price."""

    def test_stop(self) -> None:
        """It is told that it was elected, and trades."""
        market = DayMarket(START + 5 * HOUR)
        market.enter("M1", SELL, 10, 10)
        market.enter("M2", SELL, 10, 11)
        found = market.special("A", BUY, 5, ord_type=OrdType.STOP, stop_px=10 * UNIT)
        self.assertEqual(found, ["A new 0/5"])
        found = told(market.enter("T", BUY, 1, 10))
        self.assertEqual(found[3:], ["A triggered 0/5", "A fill 5@10 5/0", "M1 fill 5@10 6/4"])

    def test_canceled_before(self) -> None:
        """One that waits can be canceled, and then is not elected."""
        market = DayMarket(START + 5 * HOUR)
        market.special("A", BUY, 5, ord_type=OrdType.STOP, stop_px=10 * UNIT)
        self.assertEqual(told(market.cancel("B", "A")), ["B canceled 0/0"])
        market.enter("M", SELL, 10, 10)
        self.assertEqual(len(told(market.enter("T", BUY, 1, 10))), 3)


class CorporateActionTests(SynchronousTestCase):
    """Splits and dividends."""

    def setUp(self) -> None:
        """A market in continuous trading, in an instrument of lot 1 and tick 0.01."""
        self.market = DayMarket(START + 5 * HOUR)
        self.market.venue.remove_instrument("BBB", 0, [])
        self.market.venue.add_instrument(Instrument("BBB", lot=10 * UNIT))

    def act(self, **action: Any) -> Any:
        """Over REST, as far as that goes."""
        venue, out = self.market.venue, self.market.dispatcher.out
        listing = venue.listings[action.get("symbol", "AAA")]
        if "cash" in action:
            return dividend(venue, listing, action["cash"], self.market.now, out)
        return split(venue, listing, action["new"], action["old"], self.market.now, out)

    def test_split(self) -> None:
        """Three for two: quantities up, prices down, rounded away from the other side."""
        self.market.enter("A", BUY, 10, 10, GTC)
        self.market.enter("B", SELL, 10, 11, GTC)
        self.assertEqual(self.act(new=3, old=2), (2, 0))
        self.assertEqual(told(self.market.take()), ["A restated 0/15", "B restated 0/15"])
        book = self.market.venue.engine.book("AAA")
        self.assertEqual(book.levels(int(BUY), 1), [(666 * UNIT // 100, 15 * UNIT, 1)])
        self.assertEqual(book.levels(int(SELL), 1), [(734 * UNIT // 100, 15 * UNIT, 1)])

    def test_reverse_split(self) -> None:
        """One for twenty leaves nothing of a small order; what was filled stays."""
        self.market.enter("A", BUY, 40, 10, GTC)
        self.market.enter("B", SELL, 20, 10)
        self.market.enter("C", BUY, 5, 9, GTC)
        self.market.take()
        self.assertEqual(self.act(new=1, old=20), (1, 1))
        self.assertEqual(told(self.market.take()), ["A restated 20/1", "C canceled 0/0"])
        self.assertEqual(self.market.resting(), [(1, 200, 1)])

    def test_dividend(self) -> None:
        """Bids lose it, offers do not; of stops, those that sell."""
        self.market.enter("A", BUY, 10, 10, GTC)
        self.market.enter("B", SELL, 10, 11, GTC)
        self.market.special("C", SELL, 5, ord_type=OrdType.STOP, stop_px=9 * UNIT)
        self.act(cash=UNIT // 2)
        book = self.market.venue.engine.book("AAA")
        self.assertEqual(book.best(int(BUY)), 95 * UNIT // 10)
        self.assertEqual(book.best(int(SELL)), 11 * UNIT)
        self.assertEqual(self.market.venue.engine.stop_px("AAA", 3), 85 * UNIT // 10)

    def test_asked_for(self) -> None:
        """What an order asks for is put on the new terms of a split as well."""
        self.market.enter("A", BUY, 10, 10, GTC)
        peg = int(Peg.PRIMARY)
        self.market.special("B", BUY, 10, 20, OrdType.PEGGED, peg=peg, peg_offset=-UNIT)
        self.market.special("C", SELL, 10, 30, display=4 * UNIT, discretion=UNIT)
        self.market.special("D", SELL, 5, ord_type=OrdType.STOP, trail=3 * UNIT, stop_px=8 * UNIT)
        self.act(new=2, old=1)
        self.market.take()
        self.assertEqual(self.market.resting()[:1], [(1, 5, 20)])
        orders = self.market.venue.orders
        found = {each.terms.cl_ord_id: each for each in orders.all()}
        asked = {name: each.terms.extra or Instructions() for name, each in found.items()}
        self.assertEqual((found["B"].cap, asked["B"].peg_offset), (10 * UNIT, -UNIT // 2))
        self.assertEqual((asked["C"].display, asked["C"].discretion), (8 * UNIT, UNIT // 2))
        self.assertEqual((asked["D"].trail, asked["D"].stop_px), (UNIT * 3 // 2, 4 * UNIT))

    def test_places(self) -> None:
        """Orders keep their places, whichever was entered first."""
        for name in ("A", "B", "C"):
            self.market.enter(name, SELL, 10, 11, GTC)
        self.market.replace("A", order("D", SELL, 20, 11, GTC))
        resting = [(2, 11, 10), (3, 11, 10), (1, 11, 20)]
        self.assertEqual(self.market.resting(), resting)
        self.act(cash=UNIT)
        self.market.take()
        self.assertEqual(self.market.resting(), resting)

    def test_market_to_limit(self) -> None:
        """One that traded, and has a limit since then, keeps it."""
        self.market.enter("A", BUY, 5, 11, GTC)
        self.market.special("B", SELL, 10, None, OrdType.MARKET_TO_LIMIT, GTC)
        self.market.enter("C", BUY, 5, 10, GTC)
        self.act(cash=UNIT)
        self.market.take()
        self.assertEqual(self.market.resting(), [(3, 9, 5), (2, 11, 5)])


class AheadTests(RestTestCase):
    """What is told of a day over REST."""

    def test_clock(self) -> None:
        """When something falls due next, and the phases of the day; nothing without a timetable."""
        clock = self.get("/venues/X/clock")
        self.assertEqual((clock["next_due"], clock["schedule"]), (None, []))
        start = moment("2026-01-05T08:30:00Z")
        text = "08:00 pre-open, 09:00 continuous, 17:00 closed"
        day = DaySettings(schedule=schedule(text), clock="manual", clock_start=start)
        self.start(settings(day=day))
        self.memory.exchange.days.begin(self.memory.now())
        clock = self.get("/venues/X/clock")
        self.assertEqual(clock["next_due"], "2026-01-05T09:00:00.000000000Z")
        phases = [(each["time"][11:16], each["phase"]) for each in clock["schedule"]]
        wanted = [("08:00", "pre-open"), ("09:00", "continuous"), ("17:00", "closed")]
        self.assertEqual(phases, wanted)
        clock = self.post("/venues/X/clock/advance", {"to": clock["next_due"]})
        self.assertEqual(clock["next_due"], "2026-01-05T17:00:00.000000000Z")


class SpeedTests(RestTestCase):
    """A whole day goes by at once."""

    def test_ten_thousand_orders_and_two_auctions(self) -> None:
        """In less than five seconds, with all that falls due, and a report for each."""
        text = SCHEDULE.replace("17:35 trade-at-close, ", "")
        start = moment("2026-01-05T08:30:00Z")
        day = DaySettings(schedule=schedule(text), clock="manual", clock_start=start)
        self.start(settings(day=day))
        wire = self.memory.login("A")
        simulator = self.memory.simulator
        venue, out = simulator.dispatcher.venue("X"), simulator.dispatcher.out
        for number in range(10_000):
            away = number % 50 if number % 4 < 2 else -(number % 50)
            terms = order(str(number), (BUY, SELL)[number % 2], 10 + number % 7, 100, session="A")
            venue.match(terms.with_qty(terms.qty, (10_000 + away) * UNIT // 100), start, out)
        simulator.exchange.send_events(self.memory.now())
        begun = time.perf_counter()
        clock = self.post("/venues/X/clock/advance", {"to": "2026-01-05T18:00:00Z"})
        took = time.perf_counter() - begun
        self.assertEqual(clock["time"], "2026-01-05T18:00:00.000000000Z")
        ends = Counter(OrdStatus(each.status).name for each in venue.orders.all())
        self.assertGreater(ends["FILLED"], 3_000)
        self.assertEqual(ends["FILLED"] + ends["EXPIRED"], 10_000)
        self.assertGreater(len(wire.read()), 15_000)
        self.assertLess(took, 5)
