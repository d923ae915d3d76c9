"""A recorded book that others trade in, too: it is what it was, until they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from exsim.bots.impact import left
from exsim.dispatch.venue import Venue
from exsim.errors import Unprocessable
from exsim.model.amounts import UNIT, format_amount
from exsim.model.codes import Side, TimeInForce
from exsim.model.journal import EntryKind
from exsim.model.reel import BadRecording
from exsim.model.trades import BookEvent, Traded
from tests.bot_day import BotDay
from tests.naive_engine import NaiveBook, NaiveOrder
from tests.test_bookload import HEADER, RECORD, SIDES, TIFS, TYPES, Raw, feed, flow, named_files
from tests.test_itch import INI, ItchCase, layout_of

BUY, SELL = int(Side.BUY), int(Side.SELL)
BOTS = """
[bot:MM]
kind = maker
levels = 3
symbols = AAA

[bot:NOISE]
kind = noise
rate = 20
symbols = AAA
"""
IOC = int(TimeInForce.IOC)
BASE = 20_000
"""Ticks that are added to prices of flows, some of which are below zero."""
HEAD = "time,symbol,kind,side,price,qty,ref,new_ref\n"
REPLAY = """
[bot:TAPE]
kind = replay
file = {file}
{keys}
"""
Levels = tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]


def levels(venue: Venue, symbol: str) -> Levels:
    """Price, quantity and number of orders of all levels of a book."""
    book = venue.engine.book(symbol)
    bids, asks = book.levels(BUY, 0), book.levels(SELL, 0)
    return [(p, q, n) for p, q, n, *_ in bids], [(p, q, n) for p, q, n, *_ in asks]


class Recorded:
    """The book that messages of ITCH tell of, kept without any code of exsim but its layouts."""

    def __init__(self) -> None:
        self.orders: dict[str, list[int]] = {}  # whether it buys, price, shares

    def tell(self, raw: bytes) -> None:
        """A message."""
        values = {field.name: field.text(value) for field, value in layout_of(raw).read(raw)}
        kind, ref = raw[:1], values.get("reference", "")
        if kind in b"AF":
            price = round(float(values["price"]) * UNIT)
            self.orders[ref] = [int(values["side"] == "B"), price, int(values["shares"])]
        elif kind in b"EC":
            self.less(ref, int(values["executed_shares"]))
        elif kind == b"X":
            self.less(ref, int(values["canceled_shares"]))
        elif kind == b"D":
            del self.orders[ref]
        elif kind == b"U":
            buys = self.orders.pop(ref)[0]
            price = round(float(values["price"]) * UNIT)
            self.orders[values["new_reference"]] = [buys, price, int(values["shares"])]

    def less(self, ref: str, shares: int) -> None:
        """So much of an order is gone."""
        self.orders[ref][2] -= shares
        if not self.orders[ref][2]:
            del self.orders[ref]

    def levels(self) -> Levels:
        """As :func:`levels` has them."""
        sides = []
        for buys in (1, 0):
            found: dict[int, tuple[int, int]] = {}
            for side, price, shares in self.orders.values():
                if side == buys:
                    qty, count = found.get(price, (0, 0))
                    found[price] = qty + shares * UNIT, count + 1
            rising = [(price, *told) for price, told in sorted(found.items(), reverse=bool(buys))]
            sides.append(rising)
        return sides[0], sides[1]


class RecordedTests(ItchCase):
    """A day of bots, recorded as ITCH, and replayed."""

    ini = INI.replace("clock = manual", "clock = manual\npricing = fixed").replace(
        "[instrument:XSIM:AAA]", "[instrument:XSIM:AAA]\nreference = 100"
    ) + (BOTS)

    def test_same_book(self) -> None:
        """It is the recorded book after every message."""
        reader = self.reader()
        for _ in range(40):
            self.post("/venues/XSIM/clock/advance", {"by": "250ms"})
            reader.read()
        kinds = [b"A", b"D", b"E", b"U"]
        raw = [each for each in reader.raw() if each[:1] != b"S"]
        for kind in kinds:
            self.assertGreater(sum(each[:1] == kind for each in raw), 5, kind)
        # Each has a time of its own, so that it can be seen what comes of it.
        timed = [
            each[:5] + (n * 10**6).to_bytes(6, "big") + each[11:] for n, each in enumerate(raw)
        ]
        file = Path(self.mktemp())
        file.write_bytes(b"".join(len(each).to_bytes(2, "big") + each for each in timed))
        keys = "map = AAA=ZIG\nsymbols = ZIG\nspeed = x0.1"
        day = BotDay(self, REPLAY.format(file=file.absolute(), keys=keys))
        recorded, compared = Recorded(), 0
        first = next(n for n, each in enumerate(timed) if each[:1] in b"HAF")
        for number, message in enumerate(timed):
            day.go("10ms" if number > first else "1ms")
            if layout_of(message).type[:1] in b"AFECXDU":
                recorded.tell(message)
                compared += 1
            self.assertEqual(levels(day.venue, "ZIG"), recorded.levels(), f"{number} {message!r}")
        self.assertGreater(compared, 200)
        trades = sum(each[:1] == b"E" for each in timed)
        self.assertEqual(day.venue.last_trade, trades)
        self.assertEqual(day.desk("TAPE").refused, 0)


class Flow:
    """Order flow through the naive engine, told as feeds of books tell it: ``rows`` of a table."""

    def __init__(self, records: list[Raw]) -> None:
        self.rows: list[str] = []
        self.added: list[int] = []  # the orders that came to rest, in order
        self.takers: list[int] = []  # of each trade
        self._book = NaiveBook()
        for number, record in enumerate(records):
            self._time = f"{number / 1000:.3f}"
            self._tell(record)

    def _tell(self, record: Raw) -> None:
        order_id, side, out = record.order_id, SIDES[record.side], list[BookEvent]()
        before = self._resting(order_id)
        open_before = 0 if before is None else before.qty
        rests = record.kind != 1
        if record.kind == 0:
            types = TYPES[record.ord_type], TIFS[record.tif]
            self._book.enter(order_id, side, *types, record.price, record.qty, out)
        elif record.kind == 1:
            self._book.cancel(order_id)
            self._row("delete", order_id)
        elif before is not None and before.price == record.price and record.qty <= open_before:
            self._book.replace(order_id, record.price, record.qty, out)
            self._row("reduce", order_id, qty=open_before - record.qty)
            rests = False
        else:
            self._row("delete", order_id)
            self._book.replace(order_id, record.price, record.qty, out)
        for event in out:
            if isinstance(event, Traded):
                self.takers.append(event.taker_id)
                self._row("execute", event.maker_id, qty=event.qty)
        left = self._resting(order_id)
        if rests and left is not None:
            self.added.append(order_id)
            price = f"{(left.price + BASE) / 100:.2f}"
            self._row("add", order_id, "SELL" if record.side else "BUY", price, left.qty)

    def _resting(self, order_id: int) -> NaiveOrder | None:
        return next((one for one in self._book.resting if one.order_id == order_id), None)

    def _row(self, kind: str, ref: int, side: str = "", price: str = "", qty: int = 0) -> None:
        self.rows.append(f"{self._time},ZIG,{kind},{side},{price},{qty or ''},{ref},\n")


class FlowTests(SynchronousTestCase):
    """Order flow that an engine is measured by, with the hash of the trades it has to come to."""

    def replayed(self, records: list[Raw]) -> int:
        """The hash of the trades of a day on which it is replayed, and nobody else trades."""
        recorded = Flow(records)
        file = Path(self.mktemp())
        file.write_text(HEAD + "".join(recorded.rows))
        keys = REPLAY.format(file=file.absolute(), keys="symbols = ZIG")
        day = BotDay(self, keys, "keep_trades = 1000000\nkeep_finished = 1000000")
        day.go(f"{len(records) + 1}ms")
        desk = day.desk("TAPE")
        self.assertEqual((desk.refused, desk.runner.failure), (0, ""))
        orders = [order for order in day.venue.orders.all() if order.terms.tif != IOC]
        refs = {order.order_id: ref for order, ref in zip(orders, recorded.added, strict=True)}
        found = 0
        for trade, taker in zip(day.venue.trades, recorded.takers, strict=True):
            ticks = trade.price * 100 // UNIT - BASE
            maker, qty = refs[trade.maker_order_id], trade.qty // UNIT
            found = (found * 1000003 + maker * 31 + taker * 17 + ticks * 7 + qty) % 2**64
        return found

    def test_same_trades(self) -> None:
        """Each maker has traded with the same taker, as much, at the same price, in that order."""
        for seed in (1, 2):
            records = flow(seed, 600)
            figures = feed(records)
            self.assertGreater(figures[0], 100)
            self.assertEqual(self.replayed(records), figures[2])

    def test_named_files(self) -> None:
        """The recordings that ``EXSIM_BOOKLOAD`` names (see :mod:`tests.test_bookload`)."""
        files = [Path(name) for name in named_files()]
        if not files:
            raise SkipTest("EXSIM_BOOKLOAD names no recordings")
        for file in files:
            data = file.read_bytes()
            records = [Raw(*each[:7]) for each in RECORD.iter_unpack(data[HEADER.size :])]
            self.assertEqual(self.replayed(records), HEADER.unpack_from(data)[7], file)


class ReplayCase(SynchronousTestCase):
    """A venue with a replay, and a tester who comes over REST."""

    def day(self, rows: str, *keys: str) -> BotDay:
        """It, begun."""
        file = Path(self.mktemp())
        file.write_text(HEAD + rows)
        day = BotDay(self, REPLAY.format(file=file.absolute(), keys="\n".join(keys)))
        day.go("1ms")
        return day

    def enter(self, day: BotDay, side: str, qty: int, price: str) -> str:
        """The tester's order; its id."""
        body = {
            "symbol": "ZIG",
            "side": side,
            "type": "LIMIT",
            "quantity": str(qty),
            "price": price,
        }
        made: Any = day.rest("enter_order", body)
        order_id: str = made.order.order_id
        return order_id

    def filled(self, day: BotDay, order_id: str) -> str:
        """How much of the tester's order was filled."""
        found: Any = day.rest("get_order", None, order_id=order_id)
        cum: str = found.cum_quantity
        return cum

    def book(self, day: BotDay) -> list[str]:
        """The levels, best first, bids first."""
        return [
            f"{side} {format_amount(qty)} @ {format_amount(price)}"
            for side, found in zip("BS", levels(day.venue, "ZIG"), strict=True)
            for price, qty, _ in found
        ]


BIDS = "0,ZIG,add,BUY,100,50,a,\n0,ZIG,add,BUY,100,30,b,\n0,ZIG,add,BUY,99.99,40,c,\n"


class QueueTests(ReplayCase):
    """A tester's order among those that are replayed."""

    def test_queue(self) -> None:
        """It is filled when history trades through it: by its place in the queue."""
        rows = (
            "1,ZIG,execute,,,50,a,\n"
            "2,ZIG,add,BUY,100,10,d,\n"
            "3,ZIG,execute,,,30,b,\n"
            "4,ZIG,execute,,,10,d,\n"
            "5,ZIG,execute,,,40,c,\n"
        )
        day = self.day(BIDS + rows)
        mine = self.enter(day, "BUY", 20, "100")
        self.assertEqual(self.book(day), ["B 100 @ 100", "B 40 @ 99.99"])
        for second, (filled, book) in enumerate(
            (
                ("0", ["B 50 @ 100", "B 40 @ 99.99"]),
                ("0", ["B 60 @ 100", "B 40 @ 99.99"]),
                ("0", ["B 30 @ 100", "B 40 @ 99.99"]),  # b is before it
                ("10", ["B 20 @ 100", "B 40 @ 99.99"]),  # d is behind it
                ("20", ["B 20 @ 99.99"]),  # its last 10, then what is left of d, then c
            ),
            1,
        ):
            day.go("1s")
            self.assertEqual((self.filled(day, mine), self.book(day)), (filled, book), second)

    def test_end_of_the_queue(self) -> None:
        """Behind all at its price it is filled by what trades at a worse one."""
        rows = "1,ZIG,execute,,,50,a,\n1,ZIG,execute,,,30,b,\n2,ZIG,execute,,,40,c,\n"
        day = self.day(BIDS + rows)
        mine = self.enter(day, "BUY", 20, "100")
        day.go("1500ms")
        self.assertEqual((self.filled(day, mine), self.book(day)[0]), ("0", "B 20 @ 100"))
        day.go("1s")
        self.assertEqual((self.filled(day, mine), self.book(day)), ("20", ["B 20 @ 99.99"]))

    def test_taken(self) -> None:
        """What a tester took stays taken: what history does holds for what is left."""
        rows = (
            "1,ZIG,execute,,,40,a,\n2,ZIG,reduce,,,5,a,\n3,ZIG,delete,,,,a,\n"
            "4,ZIG,replace,,100,30,b,e\n5,ZIG,delete,,,,e,\n"
        )
        day = self.day(BIDS + rows)
        self.enter(day, "SELL", 30, "100")
        self.assertEqual(self.book(day)[0], "B 50 @ 100")
        before = day.venue.last_trade
        for first in ("B 30 @ 100", "B 30 @ 100", "B 30 @ 100", "B 30 @ 100", "B 40 @ 99.99"):
            day.go("1s")
            self.assertEqual(self.book(day)[0], first)
        self.assertEqual(day.venue.trades[-1].qty, 20 * UNIT)  # 40 then, of which 20 are left
        self.assertEqual(day.venue.last_trade, before + 1)

    def test_taken_of_one_replaced(self) -> None:
        """It stays taken of what an order becomes."""
        day = self.day(BIDS + "1,ZIG,replace,,99.98,50,a,e\n")
        self.enter(day, "SELL", 30, "100")
        day.go("1s")
        self.assertEqual(self.book(day), ["B 30 @ 100", "B 40 @ 99.99", "B 20 @ 99.98"])

    def test_gone_then(self) -> None:
        """What is left, since others were traded with, makes way for what came later."""
        rows = "1,ZIG,execute,,,50,a,\n2,ZIG,delete,,,,b,\n3,ZIG,add,SELL,100,10,x,\n"
        day = self.day(BIDS + rows)
        self.enter(day, "BUY", 20, "100.01")
        day.go("1s")
        self.assertEqual(self.book(day), ["B 50 @ 100", "B 40 @ 99.99"])
        day.go("1s")
        self.assertEqual(self.book(day), ["B 20 @ 100", "B 40 @ 99.99"])
        day.go("1s")
        self.assertEqual(self.book(day), ["B 40 @ 99.99", "S 10 @ 100"])

    def test_no_trade(self) -> None:
        """At another price than the order's, and out of turn, nothing trades here."""
        rows = "1,ZIG,execute,,99.5,10,a,\n2,ZIG,execute,,,30,b,\n3,ZIG,execute,,,5,c,\n"
        day = self.day(BIDS + rows)
        day.go("3s")
        expected = ["B 40 @ 100", "B 35 @ 99.99"]
        self.assertEqual((self.book(day), day.venue.last_trade), (expected, 0))


class ImpactTests(ReplayCase):
    """How it wears off."""

    def test_models(self) -> None:
        """In whole numbers, towards zero."""
        for model, expected in (
            ("none", [80, 80, 80, 80]),
            ("linear", [80, 40, 0, 0]),
            ("exponential", [80, 60, 40, 20]),
        ):
            found = [left(model, 80, age, 10) for age in (0, 5, 10, 20)]
            self.assertEqual(found, expected, model)
            self.assertEqual([left(model, -80, age, 10) for age in (5, 20)],
                             [-expected[1], -expected[3]])  # fmt: skip
        self.assertEqual(left("exponential", 2**60, 10**12, 1), 0)

    def test_comes_back(self) -> None:
        """What a tester took comes back, behind all others, as far as the order is there."""
        for model, expected in (
            ("none", "B 50 @ 100"), ("linear", "B 65 @ 100"), ("exponential", "B 57 @ 100"),
        ):  # fmt: skip
            day = self.day(BIDS, f"impact = {model}", "impact_time = 10s")
            self.enter(day, "SELL", 30, "100")
            day.go("5100ms")
            self.assertEqual(self.book(day)[0], expected)
            day.go("5s")
            if model == "linear":
                self.assertEqual(self.book(day), ["B 80 @ 100", "B 40 @ 99.99"])
                self.assertEqual(day.entries(EntryKind.TIMER)[-1].data, b"bot TAPE")
                count = len(day.entries(EntryKind.TIMER))
                day.go("10s")
                self.assertEqual(len(day.entries(EntryKind.TIMER)), count)  # nothing is left

    def test_goes(self) -> None:
        """What was not traded with then goes again."""
        day = self.day(BIDS + "1,ZIG,execute,,,50,a,\n", "impact = linear", "impact_time = 1s")
        self.enter(day, "BUY", 20, "100.01")
        day.go("1s")
        self.assertEqual(self.book(day)[0], "B 50 @ 100")
        day.go("2s")
        self.assertEqual(self.book(day), ["B 30 @ 100", "B 40 @ 99.99"])


class LevelTests(ReplayCase):
    """Books whose entries have no names."""

    def rows(self, *rows: str) -> str:
        """Rows at a second each, the first ones at 0."""
        return "".join(f"{n},ZIG,{row}\n" for n, row in enumerate(rows))

    def test_levels(self) -> None:
        """More comes behind; less is canceled from behind, as far as no trade is told with it."""
        rows = self.rows("add,BUY,100,50,,", "change,BUY,100,80,,", "change,BUY,100,60,,")
        day = self.day(rows + "3,ZIG,trade,,100,60,,\n3,ZIG,delete,BUY,100,,,\n")
        mine = self.enter(day, "BUY", 20, "100")
        for qty in ("100", "80"):
            day.go("1s")
            self.assertEqual(self.book(day), [f"B {qty} @ 100"])
        self.assertEqual(self.filled(day, mine), "0")
        day.go("1s")  # 50 before it, then it: its turn comes before what came later
        self.assertEqual((self.filled(day, mine), self.book(day)), ("10", ["B 20 @ 100"]))

    def test_image(self) -> None:
        """A new image changes what is another one; what is not in it is gone."""
        rows = "0,ZIG,add,BUY,100,50,,\n0,ZIG,add,BUY,99,5,,\n"
        rows += "1,ZIG,clear,,,,,\n1,ZIG,add,BUY,100,50,,\n1,ZIG,add,SELL,101,7,,\n"
        day = self.day(rows)
        first = day.desk("TAPE").open_orders("ZIG")[0].cl_ord_id
        day.go("1s")
        self.assertEqual(self.book(day), ["B 50 @ 100", "S 7 @ 101"])
        self.assertEqual(day.desk("TAPE").open_orders("ZIG")[0].cl_ord_id, first)

    def test_quotes(self) -> None:
        """Best prices are an order a side."""
        file = Path(self.mktemp())
        file.write_text("time,symbol,bid,ask\n0,ZIG,99,101\n1,ZIG,99.5,\n")
        day = BotDay(self, REPLAY.format(file=file.absolute(), keys="size = 7"))
        day.go("1ms")
        self.assertEqual(self.book(day), ["B 7 @ 99", "S 7 @ 101"])
        day.go("1s")
        self.assertEqual(self.book(day), ["B 7 @ 99.5"])


class RunTests(ReplayCase):
    """It is run as other bots are."""

    rows = BIDS + "2,ZIG,add,SELL,101,10,x,\n4,ZIG,execute,,,50,a,\n"

    def test_stopped(self) -> None:
        """Its orders go, and come back, less what was taken; it goes on where it was."""
        day = self.day(self.rows)
        self.enter(day, "SELL", 30, "100")
        day.go("1s")
        day.rest("stop_bot", bot="TAPE")
        self.assertEqual(self.book(day), [])
        day.go("10s")
        day.rest("start_bot", bot="TAPE")
        day.go("1ms")
        self.assertEqual(self.book(day), ["B 50 @ 100", "B 40 @ 99.99", "S 10 @ 101"])
        day.go("2s")
        self.assertEqual(self.book(day)[0], "B 30 @ 100")

    def test_activity(self) -> None:
        """It is as much faster; with none it stands still."""
        day = self.day(self.rows)
        day.rest("change_bot", {"activity": "x4"}, bot="TAPE")
        day.go("501ms")
        self.assertEqual(self.book(day)[-1], "S 10 @ 101")
        day.rest("change_bot", {"activity": "none"}, bot="TAPE")
        self.assertEqual(self.book(day), [])
        day.rest("change_bot", {"activity": "normal"}, bot="TAPE")
        day.go("3s")
        self.assertEqual(self.book(day), ["B 30 @ 100", "B 40 @ 99.99", "S 10 @ 101"])

    def test_loop(self) -> None:
        """Played again it begins with an empty book."""
        day = self.day(self.rows, "loop = yes", "pause = 1s")
        self.enter(day, "SELL", 30, "100")
        day.go("5s")
        self.assertEqual(self.book(day), ["B 80 @ 100", "B 40 @ 99.99"])

    def test_closed(self) -> None:
        """What the market does not take is entered once it does."""
        file = Path(self.mktemp())
        file.write_text(HEAD + self.rows)
        day = BotDay(
            self,
            REPLAY.format(file=file.absolute(), keys=""),
            "schedule = 08:00 closed, 09:00:03 continuous",
        )
        day.go("1s")
        self.assertEqual(self.book(day), [])
        day.go("3s")
        self.assertEqual(self.book(day), ["B 30 @ 100", "B 40 @ 99.99", "S 10 @ 101"])

    def test_again(self) -> None:
        """The same from the journal, and from states in the midst of it."""
        day = self.day(self.rows, "impact = exponential", "impact_time = 2s")
        self.enter(day, "SELL", 30, "100")
        kept = [day.keep()]
        day.go("1500ms")
        kept.append(day.keep())
        self.enter(day, "BUY", 5, "100")
        day.go("2s")
        kept.append(day.keep())
        day.go("10s")
        day.check_again(*kept)

    def test_bad(self) -> None:
        """A file that makes no sense stops it, and it says where."""
        day = self.day(BIDS + "1,ZIG,nonsense,,,,,\n")
        day.go("2s")
        failure = day.desk("TAPE").runner.failure
        self.assertRegex(failure, "line 5: kind 'nonsense' is none of add, change")
        self.flushLoggedErrors(BadRecording)

    def test_keys(self) -> None:
        """What is of the file cannot be changed; the rest can."""
        day = self.day(self.rows)
        changed: Any = day.rest("change_bot", {"options": {"speed": "x2"}}, bot="TAPE")
        self.assertEqual(changed.name, "TAPE")
        day.go("1s")
        self.assertEqual(self.book(day)[-1], "S 10 @ 101")
        error = self.assertRaises(
            Unprocessable, day.rest, "change_bot", {"options": {"loop": "yes"}}, bot="TAPE"
        )
        self.assertIn("loop: that is how TAPE begins", str(error))
