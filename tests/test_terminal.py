"""``exsim book``, ``trades`` and ``messages``: what they show, and that nothing stops them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import requests
from rich.console import Console
from twisted.trial.unittest import SynchronousTestCase

from exsim.cli import parser
from exsim.client.codec import SimulatorError
from exsim.control import double_results as dr
from exsim.control import results as r
from exsim.control import session_results as sr
from exsim.control import trading_results as tr
from exsim.terminal import book, messages, trades
from exsim.terminal.book import BAR, Look, bar
from exsim.terminal.trades import TradeFeed
from exsim.terminal.watching import Surroundings

BOOK = r.Book(
    "X",
    "AAA",
    [r.Level("100.25", "60", 1), r.Level("100", "120", 2)],
    [r.Level("100.3", "30", 1)],
)
REJECT = [sr.Field("35", "MsgType", "3", "Reject"), sr.Field("58", "Text", "no\x1b[2J", "")]


def trade(number: int, price: str = "100.25", side: Any = "BUY", second: int = 0) -> tr.Trade:
    """A trade of that number; its time goes by that, too."""
    time = f"2026-01-05T12:{second:02}:{number:02}.250000000Z"
    return tr.Trade(str(number), time, "X", "AAA", price, "40", "1", "2", side)


def order(side: Any, price: str | None, leaves: str) -> tr.Order:
    """An open order."""
    return tr.Order(
        "1",
        "X",
        "ME",
        "c",
        "AAA",
        side,
        "LIMIT",
        "DAY",
        "9",
        price,
        "NEW",
        "0",
        leaves,
        "0",
        "",
        "",
    )


def event(seq: int, fields: list[sr.Field] | None = None) -> dr.Event:
    """One of a message."""
    time = "2026-01-05T12:00:00.250000000Z"
    told = fields or [sr.Field("35", "MsgType", "D", ""), sr.Field("55", "Symbol", "AAA", "")]
    name = "Reject" if fields else "NewOrderSingle"
    message = sr.Message(seq, time, "X", "ME", "in", told[0].value, name, "", b"", told)
    return dr.Event("message", f"1-{seq}", seq, time, "X", "ME", "", message, {})


def report(*fields: sr.Field) -> sr.Message:
    """An ExecutionReport of these fields."""
    time = "2026-01-05T12:00:00.250000000Z"
    return sr.Message(1, time, "X", "ME", "out", "8", "ExecutionReport", "", b"", list(fields))


class FakeSimulator:
    """
    Answers as a simulator with one venue does; ``wrong`` are raised by what is asked next, one by
    one (None: nothing is).
    """

    def __init__(self) -> None:
        self.names = ["X"]
        self.book = BOOK
        self.trades: list[tr.Trade] = []
        self.orders: list[tr.Order] = []
        self.events: list[dr.Event] = []
        self.epoch = 1
        self.wrong: list[Exception | None] = []
        self.asked: list[tuple[Any, ...]] = []
        self.idle: Callable[[], None] = interrupt

    def __enter__(self) -> FakeSimulator:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def _ask(self, *what: Any) -> None:
        self.asked.append(what)
        wrong = self.wrong.pop(0) if self.wrong else None
        if wrong is not None:
            raise wrong

    def list_venues(self, after: str | None = None) -> Any:
        """One a page."""
        self._ask("venues", after)
        at = int(after or 0)
        more = str(at + 1) if at + 1 < len(self.names) else None
        return r.Page([_Named(name) for name in self.names[at : at + 1]], more)

    def get_instrument(self, venue: str, symbol: str) -> None:
        """Only the last venue has any."""
        self._ask("instrument", venue)
        if venue != self.names[-1]:
            raise refused(404)

    def get_book(self, venue: str, symbol: str, depth: int) -> r.Book:
        """Always the one."""
        self._ask("book", venue, symbol, depth)
        return self.book

    def list_orders(self, venue: str, session: str, symbol: str, limit: int) -> tr.Orders:
        """All of them."""
        self._ask("orders", session)
        return tr.Orders(self.orders, None, "1-9")

    def list_trades(
        self, venue: str, symbol: str | None, after: str | None, limit: int
    ) -> r.Page[tr.Trade]:
        """Three a page."""
        self._ask("trades", after)
        at = self._number(after)
        more = f"{self.epoch}-{at + 3}" if at + 3 < len(self.trades) else None
        return r.Page(self.trades[at : at + 3], more)

    def wait_events(self, **given: Any) -> dr.AwaitedEvents:
        """Two at once; where there are none, time passes."""
        self._ask("events", given["after"], given["filter"])
        last = self.events[-1].seq if self.events else 0
        at = last if given["after"] is None else self._number(given["after"])
        found = [each for each in self.events if each.seq > at][:2]
        position = f"{self.epoch}-{found[-1].seq if found else last}"
        if not found and given["timeout"] != "1ms":
            self.idle()
        return dr.AwaitedEvents(found, None, position, bool(found))

    def _number(self, after: str | None) -> int:
        epoch, _, number = (after or f"{self.epoch}-0").partition("-")
        if epoch not in ("0", str(self.epoch)):
            raise refused(410)
        return int(number)


class _Named:
    def __init__(self, name: str) -> None:
        self.name = name


def interrupt() -> None:
    """As Ctrl-C does."""
    raise KeyboardInterrupt


def refused(status: int) -> SimulatorError:
    """An answer that says no."""
    return SimulatorError(r.Problem("No", status, "no"))


class TerminalCase(SynchronousTestCase):
    """The commands, with a simulator that is none, and time that passes at once."""

    def setUp(self) -> None:
        """Nothing happens as time passes, until it ends with Ctrl-C."""
        self.simulator = FakeSimulator()
        self.steps: list[Callable[[], None]] = []
        self.err = io.StringIO()

    def pause(self, seconds: float) -> None:
        """Time passes: the next step is done."""
        (self.steps.pop(0) if self.steps else interrupt)()

    def run_it(self, *words: str) -> tuple[int, list[str]]:
        """The exit status of a command line, and the lines that it printed."""
        out = io.StringIO()
        around = Surroundings(out, self.err, lambda url, token: self.simulator, self.pause)
        options = parser().parse_args(words)
        main = {"book": book, "trades": trades, "messages": messages}[words[0]].main
        return main(options, around), out.getvalue().splitlines()


class PipeTests(TerminalCase):
    """What is written to a pipe, of which whoever reads it waits for each line."""

    def test_at_once(self) -> None:
        """A line is there before time passes."""
        self.simulator.trades = [trade(1)]
        for words in (
            ("book", "AAA", "--json"),
            ("trades", "AAA"),
            ("trades", "AAA", "--json"),
            ("messages",),
            ("messages", "--json"),
        ):
            self.assertEqual(self.lines_there(*words), [1], words)

    def test_broken(self) -> None:
        """Whoever reads it may have seen enough: that is no error."""

        class Closed(io.StringIO):
            def flush(self) -> None:
                raise BrokenPipeError

        self.simulator.trades = [trade(1)]
        self.simulator.events = [event(1)]
        for words in (("book", "AAA"), ("trades",), ("trades", "--json"), ("messages",)):
            around = Surroundings(Closed(), self.err, lambda url, token: self.simulator, self.pause)
            main = {"book": book, "trades": trades, "messages": messages}[words[0]].main
            self.assertEqual(main(parser().parse_args([*words, "--once"]), around), 0, words)
        self.assertEqual(self.err.getvalue(), "")

    def lines_there(self, *words: str) -> list[int]:
        """How many lines a reader has while the command waits for more."""
        pipe, counts = io.BytesIO(), list[int]()

        def look() -> None:
            counts.append(pipe.getvalue().count(b"\n"))
            interrupt()

        def come() -> None:
            self.simulator.events.append(event(len(self.simulator.events) + 1))
            self.simulator.idle = look

        self.steps, self.simulator.idle = [look], come
        out = io.TextIOWrapper(pipe, "utf-8")
        around = Surroundings(out, self.err, lambda url, token: self.simulator, self.pause)
        main = {"book": book, "trades": trades, "messages": messages}[words[0]].main
        self.assertEqual(main(parser().parse_args(words), around), 0)
        return counts


class BookTests(TerminalCase):
    """The ladder."""

    def test_once(self) -> None:
        """The best prices are in the middle, bars as long as sizes; no colour in a pipe."""
        self.simulator.trades = [trade(1)]
        status, lines = self.run_it("book", "AAA", "--once")
        self.assertEqual(status, 0)
        self.assertEqual(
            lines,
            [
                "X AAA  continuous  last 40 @ 100.25 BUY at 12:00:01.250",
                "own  orders  quantity                             price",
                f"          1        30  {'█' * 6:24}   100.3",
                f"                       {'─' * 24}    0.05",
                f"          1        60  {'█' * 12:24}  100.25  < last",
                f"          2       120  {'█' * 24}     100",
            ],
        )

    def test_pipe(self) -> None:
        """What is no terminal gets it once, too."""
        self.assertEqual(self.run_it("book", "AAA"), self.run_it("book", "AAA", "--once"))

    def test_own(self) -> None:
        """What rests of a session's orders stands beside their prices."""
        self.simulator.orders = [
            order("BUY", "100", "7"), order("BUY", "100.0", "3"), order("SELL", "100", "9"),
            order("BUY", None, "5"),
        ]  # fmt: skip
        _, lines = self.run_it("book", "AAA", "--once", "--session", "ME", "--depth", "3")
        self.assertTrue(lines[-1].startswith(" 10       2"), lines[-1])
        self.assertTrue(lines[-2].startswith("          1"), lines[-2])
        self.assertIn(("book", "X", "AAA", 3), self.simulator.asked)
        self.assertIn(("orders", "ME"), self.simulator.asked)

    def test_auction(self) -> None:
        """What an auction would end in; and what other books imply."""
        implied = r.ImpliedLevel("99", "5", "SPREAD")
        auction = r.Auction("100.1", "300", "20", "BUY")
        for given, line in (
            (auction, "auction: 300 would trade @ 100.1, 20 to BUY would be left"),
            (r.Auction("100.1", "300", "0", None), "auction: 300 would trade @ 100.1"),
            (r.Auction(None, "0", "0", None), "auction: nothing would trade"),
        ):
            self.simulator.book = r.Book(
                "X", "AAA", [], [], "opening-auction", given, implied_bid=implied
            )
            _, lines = self.run_it("book", "AAA", "--once")
            self.assertEqual(
                lines[:3], ["X AAA  opening auction", line, "implied bid: 5 @ 99 by SPREAD"]
            )

    def test_json(self) -> None:
        """An object when it begins, and for each change; none where nothing changed."""
        self.steps = [lambda: None, lambda: self.simulator.trades.append(trade(1))]
        status, lines = self.run_it("book", "AAA", "--json")
        self.assertEqual(status, 0)
        told = [json.loads(line) for line in lines]
        self.assertEqual([each["last"] and each["last"]["trade_id"] for each in told], [None, "1"])
        self.assertEqual(told[0]["bids"][0], {"price": "100.25", "quantity": "60", "orders": 1})

    def test_bars(self) -> None:
        """To an eighth of a character; what is there is seen; ASCII where there is no more."""
        from decimal import Decimal as D

        self.assertEqual(bar(D(1), D(1)), "█" * BAR)
        self.assertEqual(bar(D(1), D(BAR * 8)), "▏")
        self.assertEqual(bar(D(1), D(10**6)), "▏")
        self.assertEqual(bar(D(9), D(BAR * 8)), "█▏")
        self.assertEqual(bar(D(9), D(BAR * 8), True), "##")
        out = io.StringIO()
        Console(file=out).print(Look(BOOK, None, ()).drawn(True))
        self.assertTrue(out.getvalue().isascii())

    def test_terminal(self) -> None:
        """On a terminal it is drawn again in its place, until Ctrl-C, and all is left as it was."""
        self.steps = [lambda: self.simulator.trades.append(trade(1))]

        class Screen(io.StringIO):
            encoding = "utf-8"

            def isatty(self) -> bool:
                return True

        out = Screen()
        around = Surroundings(out, self.err, lambda url, token: self.simulator, self.pause)
        self.patch(book, "console", lambda around: Console(file=out, force_terminal=True, width=80))
        self.assertEqual(book.main(parser().parse_args(["book", "AAA"]), around), 0)
        text = out.getvalue()
        self.assertEqual((text.count("\x1b[?1049h"), text.count("\x1b[?1049l")), (1, 1))
        self.assertIn("last 40 @", text)

    def test_which_venue(self) -> None:
        """The only one that has the symbol; else it is to be said."""
        self.simulator.names = ["W", "X"]
        self.assertEqual(self.run_it("book", "AAA", "--once")[0], 0)
        self.assertIn(("book", "X", "AAA", 10), self.simulator.asked)
        self.assertEqual(self.run_it("book", "AAA", "--once", "--venue", "W")[0], 0)
        self.assertIn(("book", "W", "AAA", 10), self.simulator.asked)
        self.simulator.names = []
        self.assertEqual(self.run_it("book", "AAA", "--once")[0], 1)
        self.assertEqual(
            self.err.getvalue(), "exsim book: AAA is at no venue: say which with --venue\n"
        )

    def test_gone(self) -> None:
        """With --once a simulator that is not there is an error."""
        self.simulator.wrong = [requests.ConnectionError("nobody")]
        self.assertEqual(self.run_it("book", "AAA", "--once")[0], 1)
        self.assertEqual(self.err.getvalue(), "exsim book: nobody\n")


class TradesTests(TerminalCase):
    """A line a trade."""

    def test_once(self) -> None:
        """All there are, over pages, each once."""
        self.simulator.trades = [trade(number) for number in range(1, 8)]
        status, lines = self.run_it("trades", "--once")
        self.assertEqual(status, 0)
        self.assertEqual(lines[0], "12:00:01.250 X AAA BUY  40 @ 100.25  #1")
        self.assertEqual([line[-1] for line in lines], list("1234567"))

    def test_follow(self) -> None:
        """Those that come; over connections that are cut, and a reset."""

        def more(*numbers: int) -> Callable[[], None]:
            return lambda: self.simulator.trades.extend(trade(number) for number in numbers)

        def cut() -> None:
            self.simulator.wrong = [requests.ConnectionError("cut"), OSError("still")]

        def reset() -> None:
            self.simulator.epoch = 2
            self.simulator.trades = [trade(1, "5")]

        self.simulator.trades = [trade(1)]
        self.steps = [more(2, 3, 4, 5), lambda: None, cut, lambda: None, more(6), reset]
        status, lines = self.run_it("trades", "AAA")
        self.assertEqual(status, 0)
        self.assertEqual([line.split()[-1] for line in lines[:6]], [f"#{n}" for n in range(1, 7)])
        self.assertEqual(lines[6:], ["12:00:01.250 X AAA BUY  40 @ 5  #1"])
        self.assertEqual(
            self.err.getvalue().splitlines(),
            [
                "exsim trades: http://127.0.0.1:8480 is gone, waiting for it: cut",
                "exsim trades: http://127.0.0.1:8480 is there again",
            ],
        )

    def test_another(self) -> None:
        """One that began with nothing, of the same epoch: its trades are told, and all of them."""
        feed = TradeFeed(self.simulator, "X", None)
        self.simulator.trades = [trade(number) for number in range(1, 8)]
        self.assertEqual(len(feed.new()), 7)
        self.simulator.trades = []
        self.assertEqual(feed.new(), [])
        self.simulator.trades = [trade(1, second=1)]
        self.assertEqual(feed.new(), [trade(1, second=1)])
        self.simulator.trades = [trade(2, second=2), trade(3, second=2)]
        self.assertEqual(len(feed.new()), 2)

    def test_filter(self) -> None:
        """By what a trade has, in the language for messages."""
        self.simulator.trades = [trade(1), trade(2, "99.5", "SELL")]
        for filter, found in (
            ("side=SELL", ["2"]),
            ("price>=100 qty=40", ["1"]),
            ("symbol=BBB", []),
            ("exec_id=2 or order_id=1 time<12:00:02", ["1", "2"]),
            ("venue=X", ["1", "2"]),
        ):
            _, lines = self.run_it("trades", "--once", "--json", "--filter", filter)
            self.assertEqual([json.loads(line)["trade_id"] for line in lines], found, filter)
        self.assertEqual(self.run_it("trades", "--filter", "sid=BUY")[0], 2)

    def test_venues(self) -> None:
        """Without a symbol, those of all venues; or of the one that is named."""
        self.simulator.names = ["W", "X"]
        self.simulator.trades = [trade(1)]
        self.assertEqual(len(self.run_it("trades", "--once")[1]), 2)
        self.assertEqual(len(self.run_it("trades", "--once", "--venue", "W")[1]), 1)


class MessagesTests(TerminalCase):
    """A line a message."""

    def idle(self, steps: Sequence[Callable[[], None]]) -> None:
        """What happens while it waits for events, then Ctrl-C."""
        todo = [*steps, interrupt]
        self.simulator.idle = lambda: todo.pop(0)()

    def test_once(self) -> None:
        """All there are; nothing that a terminal would act on is printed."""
        self.simulator.events = [event(1), event(2, REJECT), event(5)]
        status, lines = self.run_it("messages", "--once", "type=D", "or", "type=3")
        self.assertEqual(status, 0)
        self.assertEqual(
            lines[:2],
            [
                "#1 12:00:00.250 ME --> NewOrderSingle(D) AAA",
                "#2 12:00:00.250 ME --> Reject(3) text=no\\x1b[2J",
            ],
        )
        self.assertEqual(len(lines), 3)
        self.assertIn(("events", "0-0", "type=D or type=3"), self.simulator.asked)

    def test_colours(self) -> None:
        """What was refused is red: a Reject of any kind, and a report of one."""
        kind = sr.Field("35", "MsgType", "8", "ExecutionReport")
        for message, red in (
            (event(1).message, False),
            (event(2, REJECT).message, True),
            (report(kind, sr.Field("39", "OrdStatus", "8", "REJECTED")), True),
            (report(kind, sr.Field("39", "OrdStatus", "0", "NEW")), False),
        ):
            assert message is not None
            text = messages.line(message, False)
            self.assertEqual("bold red" in [span.style for span in text.spans], red, text.plain)

    def test_fields(self) -> None:
        """All fields of each."""
        self.simulator.events = [event(2, REJECT)]
        _, lines = self.run_it("messages", "--once", "--fields")
        self.assertIn("Reject(3) MsgType=3[Reject] Text=no\\x1b[2J", lines[0])

    def test_follow(self) -> None:
        """From now on; over a cut, a reset, and another simulator that is not as far."""

        def come(*seqs: int) -> Callable[[], None]:
            return lambda: self.simulator.events.extend(map(event, seqs))

        def cut() -> None:
            come(4)()
            self.simulator.wrong = [requests.ConnectionError("cut")]
            self.steps = [lambda: None]

        def reset() -> None:
            self.simulator.epoch = 2
            self.simulator.events = [event(1), event(2)]

        def another() -> None:
            self.simulator.events = [event(1)]
            self.simulator.wrong = [requests.ConnectionError("cut")]
            self.steps = [lambda: None]

        self.simulator.events = [event(1)]
        self.idle([come(2, 3), cut, reset, another])
        status, lines = self.run_it("messages")
        self.assertEqual(status, 0)
        self.assertEqual([line.split()[0] for line in lines], ["#2", "#3", "#4", "#1", "#2", "#1"])

    def test_all(self) -> None:
        """What there is first, then what comes; as JSON."""
        self.simulator.events = [event(1), event(2), event(3)]
        self.idle([lambda: self.simulator.events.append(event(4))])
        _, lines = self.run_it("messages", "--all", "--json")
        self.assertEqual([json.loads(line)["seq"] for line in lines], [1, 2, 3, 4])

    def test_refused(self) -> None:
        """A filter that is none, and an answer that says no."""
        self.assertEqual(self.run_it("messages", "nonsense=1")[0], 2)
        self.simulator.wrong = [refused(401)]
        self.assertEqual(self.run_it("messages")[0], 1)
        self.assertIn("401 No: no", self.err.getvalue())
