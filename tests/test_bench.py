"""``exsim bench``: everything is measured, and told for people and for programs."""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import replace
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase

from exsim.bench import arguments, values
from exsim.bench.answers import Answers, BlindAnswers, whole
from exsim.bench.book import book, replayed
from exsim.bench.chart import Panel, svg
from exsim.bench.child import CONFIG
from exsim.bench.desk import NOW, SYMBOL, Desk, base_settings
from exsim.bench.driver import BenchError, drive
from exsim.bench.driver import Line as Connection
from exsim.bench.filters import FILTERS
from exsim.bench.fix_in import SIZE, STAGES, SUM, TIMES, TOGETHER, VERSIONS, Line, order
from exsim.bench.floor import Figures
from exsim.bench.floor import Result as FloorResult
from exsim.bench.floor_server import ANSWER, CHECKS, FLOOR, LOGGED_ON, FloorFactory
from exsim.bench.flow import recording
from exsim.bench.gauge import BEGIN, Gauge, Pauses, peak_kb, set_collector
from exsim.bench.growth import AXES, carry_out
from exsim.bench.measure import Stage, Work, machine, measure
from exsim.bench.names import BENCHMARKS, NODES
from exsim.bench.orders import MIXES, Market, Orders, reports_of, requests_of
from exsim.bench.profile import Profile
from exsim.bench.result import Result, row
from exsim.bench.run import run
from exsim.bench.snapshot import LEAST
from exsim.bench.tables import columns, rank, short
from exsim.bench.target import Settings, choose, market
from exsim.bench.wire import Result as WireResult
from exsim.bench.wire import Run, limit
from exsim.config.load import load
from exsim.engine.replay import HEADER, RECORD, ReplayError
from exsim.model.amounts import UNIT
from exsim.plugins import Catalogue
from exsim.services.sweeper import THRESHOLDS
from exsim.wire.fix_frame import Framer
from tests.amount import whole_only

ROOT = Path(__file__).resolve().parent.parent


def parsed(*words: str) -> argparse.Namespace:
    """The options of ``exsim bench``."""
    parser = argparse.ArgumentParser(prog="bench")
    arguments.add_benchmarks(parser)
    return parser.parse_args(words)


class Clock:
    """A clock that stands still but for what is added to it, in nanoseconds."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


class MeasureTests(SynchronousTestCase):
    """Rounds, and what they take."""

    def setUp(self) -> None:
        self.cpu = Clock()
        self.wall = Clock()
        self.done: list[str] = []

    def stage(self, name: str, takes: Iterator[int]) -> Stage:
        """One whose work takes so much CPU time each time, and a second; preparing takes more."""

        def prepare() -> Work:
            self.cpu.now += 1000

            def work() -> None:
                self.done.append(name)
                self.cpu.now += next(takes)
                self.wall.now += 10**9

            return work

        return prepare

    def test_rounds(self) -> None:
        """Stages take turns; the first round and the preparations do not count."""
        stages = [self.stage("a", count(1)), self.stage("b", count(10))]
        taken = measure(stages, 5.0, self.cpu, self.wall)
        self.assertEqual("".join(self.done), "abababab"[:6])
        self.assertEqual(taken, [[2, 3], [11, 12]])

    def test_no_time(self) -> None:
        """One round is measured, however little time there is."""
        self.assertEqual(measure([self.stage("a", count(7))], 0.0, self.cpu, self.wall), [[8]])

    def test_collector(self) -> None:
        """The garbage collector looks as often as in the service, and afterwards as before."""
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(701, 11, 12)
        seen: list[tuple[int, int, int]] = []

        def prepare() -> Work:
            return lambda: seen.append(gc.get_threshold())

        measure([prepare], 0.0, self.cpu, self.wall)
        self.assertEqual(seen, [THRESHOLDS] * 2)
        self.assertEqual(gc.get_threshold(), (701, 11, 12))


class ResultTests(SynchronousTestCase):
    """Rows, and the table of them."""

    def test_row(self) -> None:
        """Microseconds each time: median, and all but the tenths at both ends."""
        found = row("c", "n", [number * 1000 * 4 for number in range(21)], 4)
        self.assertEqual((found.low, found.median, found.high), (2, 10, 18))
        found = row("c", "n", [5000], 2)
        self.assertEqual((found.low, found.median, found.high), (2.5, 2.5, 2.5))

    def test_table(self) -> None:
        """One line a row, under its case."""
        rows = (row("A", "long name", [3000], 2), row("A", "n", [12_340], 1), row("B", "n", [0], 1))
        table = Result("x", "What it is.", "this machine", 1, 2, rows).table()
        expected = (
            "What it is.\n"
            "1 round of 2; this machine.\n"
            "\n"
            "microseconds  median  10% to 90%\n"
            "A\n"
            "  long name     1.50  1.50 to 1.50\n"
            "  n            12.34  12.34 to 12.34\n"
            "B\n"
            "  n             0.00  0.00 to 0.00"
        )
        self.assertEqual(table, expected)

    def test_json(self) -> None:
        """The same for programs."""
        found = json.loads(Result("x", "W.", "m", 1, 2, (row("A", "n", [3000], 2),)).json())
        self.assertEqual(found["rows"][0]["median"], 1.5)
        self.assertEqual(found["unit"], "microseconds")


class FixInTests(SynchronousTestCase):
    """``fix-in``."""

    def test_rows(self) -> None:
        """Every version has a row for each part, their sum, and all in one; none took no time."""
        result = run(parsed("fix-in", "--seconds=0"))
        assert isinstance(result, Result)
        names = [(one.case, one.name) for one in result.rows]
        parts = (*STAGES, SUM, TOGETHER)
        self.assertEqual(names, [(version, part) for version in VERSIONS for part in parts])
        self.assertEqual([one.name for one in result.rows if one.low <= 0], [])
        self.assertIn(machine(), result.table())

    def test_messages(self) -> None:
        """They are of the size promised, and right; no two are the same."""
        for version in VERSIONS:
            raws = [order(version, 100_001 + number) for number in range(TIMES)]
            self.assertEqual({len(raw) for raw in raws}, {SIZE})
            self.assertEqual(len(set(raws)), TIMES)
            framer = Framer()
            framer.feed(b"".join(raws))
            self.assertEqual([framer.next() for _ in raws], raws)

    def test_work(self) -> None:
        """Each stage does what it is named for: with a message that is wrong it does not pass."""
        for version in VERSIONS:
            for index, wrong in ((1, b"|34=1|"), (2, b"|54=x|"), (3, b"|54=x|"), (3, b"|34=1|")):
                line = Line(version)
                line.messages[-1] = self.changed(line.messages[-1], wrong)
                work = line.stages()[index]()
                self.assertRaises(AssertionError, work)
            line = Line(version)
            line.messages[-1] = line.messages[-1][:-2] + b"x\x01"
            self.assertRaises(AssertionError, line.stages()[0]())

    def changed(self, raw: bytes, field: bytes) -> bytes:
        """A message with another value in this field."""
        field = field.replace(b"|", b"\x01")
        tag = field[: field.index(b"=") + 1]
        begin = raw.index(tag)
        changed = raw[:begin] + field + raw[raw.index(b"\x01", begin + 1) + 1 :]
        begin_string, _, rest = changed.partition(b"\x0135=")
        body = b"35=" + rest[:-7]
        head = begin_string[: begin_string.index(b"\x01")] + b"\x019=%d\x01" % len(body)
        whole = head + body
        return whole + b"10=%03d\x01" % (sum(whole) % 256)


class OptionTests(SynchronousTestCase):
    """What may follow ``exsim bench``."""

    def test_defaults(self) -> None:
        """Every benchmark has a time that it may take, and one that it runs by."""
        for name in BENCHMARKS:
            needed = ["--journal=postgresql:///bench"] if name == NODES else []
            self.assertEqual(parsed(name, *needed).seconds, arguments.SECONDS[name])

    def test_values(self) -> None:
        """Values are read as what they are."""
        words = ["--versions=FIX.4.0,FIX.5.0SP2", "--collector=1,2,3,freeze", "--window=7"]
        options = parsed("wire", *words)
        self.assertEqual(options.versions, ("FIX.4.0", "FIX.5.0SP2"))
        self.assertEqual((options.collector, options.window), ("1,2,3,freeze", 7))

    def test_wrong(self) -> None:
        """What is wrong is told with what would be right."""
        for words, said in (
            (("wire", "--seconds=91"), "'91' is no number of seconds from 0 to 90"),
            (("wire", "--versions=FIX.4.2,FIX.9"), "'FIX.9' is none of FIX.4.0, "),
            (("wire", "--journal=disk"), "'disk' is none of none, os, fsync, nor a URL"),
            (("wire", "--window=0"), "'0' is no whole number of requests from 1 to 100000"),
            (("wire", "--orders=x"), "'x' is no whole number of orders from 2"),
            (("wire", "--pin=0"), "'0' is not two of the CPUs "),
            (("wire", "--pin=0,99999"), "'0,99999' is not two of the CPUs "),
            (("wire", "--collector=1,2"), "'1,2' is not N,N,N or N,N,N,freeze"),
            (("wire", "--mix=all"), "invalid choice: 'all'"),
            (("floor", "--rounds=0"), "'0' is no whole number of rounds from 1 to 1000"),
            (("nodes", "--journal=os"), "'os' is no URL such as postgresql://exsim@db/exsim"),
            (("scenarios", "--runs=1"), "'1' is no whole number of runs from 2 to 1000000"),
            (("book", "--seed=-1"), "'-1' is no whole number of seed"),
        ):
            err = StringIO()
            with redirect_stderr(err):
                self.assertRaises(SystemExit, parsed, *words)
            self.assertIn(said, err.getvalue())


class OrdersTests(SynchronousTestCase):
    """The bytes that are sent."""

    def test_accepted(self) -> None:
        """An exchange answers every request of every mix in every version as it should."""
        for version in values.VERSIONS:
            with base_settings() as settings:
                desk = Desk(settings)
            for mix in MIXES:
                orders = Orders(version, f"{mix}-{version}", Market(), NOW)
                connection = desk.exchange.connected(desk.endpoint, "", NOW)
                desk.turn(connection, orders.logon())
                requests = orders.requests(mix, 4)
                self.assertEqual(len(requests), requests_of(mix, 4))
                answers = Answers(orders.prefix, len(requests), reports_of(mix))
                for number, request in enumerate(requests):
                    answers.sent_at[number] = 1
                    for data in desk.turn(connection, request):
                        answers.take(data, 2)
                self.assertEqual(answers.faults(len(requests)), [], f"{version} {mix}")

    def test_seconds(self) -> None:
        """What is not there in a version is not sent."""
        old = Orders("FIX.4.1", "A", Market(), NOW).requests("addcancel", 1)
        self.assertIn(b"\x0152=20240102-03:04:05\x01", old[0])
        self.assertNotIn(b"\x0160=", old[0] + old[1])
        new = Orders("FIX.4.2", "A", Market(), NOW).requests("addcancel", 1)
        self.assertIn(b"\x0160=20240102-03:04:05.678\x01", new[1])


class AnswersTests(SynchronousTestCase):
    """What comes back is counted, timed and checked."""

    def setUp(self) -> None:
        self.answers = Answers(b"A-", 3, 1)
        for request in range(3):
            self.answers.sent_at[request] = 100

    def report(self, seq: int, request: int, more: bytes = b"", kind: bytes = b"8") -> bytes:
        """A report, with a CheckSum that nobody looks at."""
        head = b"8=FIX.4.2\x019=99\x0135=%b\x0134=%d\x0149=X\x01" % (kind, seq)
        return head + b"11=A-%08d\x0139=0\x01%b10=000\x01" % (request, more)

    def test_good(self) -> None:
        """All in order, cut anywhere: no fault, and the time of each."""
        data = b"".join(self.report(2 + number, number) for number in range(3))
        for cut in range(len(data)):
            self.setUp()
            self.answers.take(data[:cut], 130)
            self.answers.take(data[cut:], 150)
            self.assertEqual(self.answers.faults(3), [])
            self.assertEqual((self.answers.answered, self.answers.reports), (3, 3))
            self.assertTrue(set(self.answers.latency) <= {30, 50})

    def test_gap(self) -> None:
        """A MsgSeqNum that is missing."""
        self.answers.take(self.report(2, 0) + self.report(4, 1) + self.report(5, 2), 101)
        self.assertEqual(self.answers.faults(3), ["MsgSeqNum 4 came where 3 was due"])

    def test_twice(self) -> None:
        """A request answered twice, and one not at all."""
        self.answers.take(self.report(2, 0) + self.report(3, 0) + self.report(4, 1), 101)
        wrong = "2 of 3 requests did not get 1 report exactly"
        self.assertEqual(self.answers.faults(3), [wrong])

    def test_unknown(self) -> None:
        """A report for what was not sent."""
        self.answers.sent_at[1] = 0
        self.answers.take(self.report(2, 1) + self.report(3, 7), 101)
        found = self.answers.faults(0)
        self.assertEqual(found[0], "a report for request 1, which was not sent")
        self.assertEqual(found[1], "a report for request 7, which was not sent")

    def test_refused(self) -> None:
        """A refusal is quoted; a Heartbeat is fine."""
        self.answers.take(self.report(2, 0, b"39=8\x0158=no\x01"), 101)
        self.assertIn("58=no", self.answers.faults(1)[0])
        self.setUp()
        self.answers.take(self.report(2, 0, b"58=bad\x01", b"3"), 101)
        self.assertIn("35=3", self.answers.faults(1)[0])
        self.setUp()
        beat = b"8=FIX.4.2\x019=9\x0135=0\x0134=2\x0110=000\x01"
        self.answers.take(beat + self.report(3, 0), 101)
        self.assertEqual(self.answers.faults(1), [])

    def test_blind(self) -> None:
        """Blind, only the number of reports counts."""
        answers = BlindAnswers(b"A-", 3, 1)
        answers.take(ANSWER * 2 + ANSWER[:50], 10)
        self.assertEqual(answers.faults(3), ["2 answers to 3 requests"])
        answers.take(ANSWER[50:], 20)
        self.assertEqual(answers.faults(3), [])
        self.assertEqual(list(answers.latency), [10, 10, 20])

    def test_whole(self) -> None:
        """Messages are cut behind their CheckSum."""
        self.assertEqual(whole(b"a\x0110=123\x01b\x0110=4"), (b"a\x0110=123\x01", b"b\x0110=4"))
        self.assertEqual(whole(b"a\x0110=1"), (b"", b"a\x0110=1"))


class Echo(Connection):
    """A connection to a socket of the test, which answers by itself through `read`."""

    def __init__(self, prefix: bytes, messages: list[bytes], answers: Answers) -> None:
        ours, self.other = socket.socketpair()
        super().__init__(ours, Orders("FIX.4.2", "A", Market(), NOW), messages, answers)
        self.prefix = prefix
        self.most = 0
        self.done_before = 0

    def flush(self) -> None:
        """Answer at once all that is sent, as a server would."""
        super().flush()
        self.most = max(self.most, self.sent - self.done_before)
        for request in range(self.done_before, self.sent):
            head = b"8=FIX.4.2\x0135=8\x0134=%d\x0111=%b%08d\x01" % (
                2 + request,
                self.prefix,
                request,
            )
            self.other.send(head + b"10=000\x01")
        self.done_before = self.sent


class DriverTests(SynchronousTestCase):
    """How a server is driven: over a pair of sockets, with the server in the same process."""

    def drive(self, requests: int, window: int, step: int, seconds: float) -> tuple[Any, Echo]:
        """What comes of it."""
        line = Echo(b"A-", [b"x" * 10] * requests, Answers(b"A-", requests, 1))
        self.addCleanup(line.socket.close)
        self.addCleanup(line.other.close)
        return drive([line], window, step, seconds), line

    def test_window(self) -> None:
        """All is sent, never more than the window unanswered."""
        load, line = self.drive(50, 7, 1, 60)
        self.assertEqual((load.sent, load.reports, load.faults), (50, 50, ()))
        self.assertEqual(len(load.latencies), 50)
        self.assertTrue(all(taken > 0 for taken in load.latencies))
        self.assertEqual(line.most, 7)

    def test_time(self) -> None:
        """When the time is up what belongs together is completed, and no more is sent."""
        load, _ = self.drive(1000, 5, 2, 0)
        self.assertEqual((load.sent % 2, load.reports, load.faults), (0, load.sent, ()))
        self.assertLess(load.sent, 20)

    def test_together(self) -> None:
        """Of an order and its cancel never one alone is sent."""
        load, _ = self.drive(1000, 5, 4, 0)
        self.assertEqual((load.sent, load.faults), (12, ()))
        self.assertEqual(load.sent % 4, 0)

    def test_limit(self) -> None:
        """Who was the limit."""
        self.assertEqual(limit(0.95, 0.0, 0.2, None), "server")
        self.assertEqual(limit(0.5, 0.4, 0.9, (1, 0)), "client")
        self.assertEqual(limit(0.5, 0.1, 0.5, (1, 0)), "neither")
        self.assertEqual(limit(0.5, 0.4, 0.5, (1, 0)), "others")
        self.assertEqual(limit(0.9, 0.0, 0.1, (0, 0)), "shared CPU")


class GaugeTests(SynchronousTestCase):
    """What a server finds out about itself."""

    def setUp(self) -> None:
        self.read, self.write = os.pipe()
        self.addCleanup(os.close, self.read)
        self.addCleanup(os.close, self.write)
        self.addCleanup(gc.set_threshold, *gc.get_threshold())

    def line(self) -> Any:
        """What it said."""
        return json.loads(os.read(self.read, 1 << 16))

    def test_measured(self) -> None:
        """CPU time, memory, the collector's looks, and functions."""
        gauge = Gauge(self.write, "5000,6,7", profile=True)
        gauge.begin()
        self.assertEqual(self.line(), {"begun": True})
        gc.collect()
        sum(range(200_000))
        gauge.end()
        found = self.line()
        self.assertGreater(found["cpu"], 0)
        self.assertEqual((found["looks"], found["thresholds"]), ([0, 0, 1], [5000, 6, 7]))
        self.assertGreaterEqual(found["paused"], found["longest_pause"])
        self.assertGreater(found["longest_pause"], 0)
        self.assertIn("<built-in method builtins.sum>", [name for name, *_ in found["functions"]])
        self.assertFalse([each for each in gc.callbacks if isinstance(each, Pauses)])

    def test_signals(self) -> None:
        """They begin and end it."""
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            self.addCleanup(signal.signal, number, signal.getsignal(number))
        Gauge(self.write).install()
        os.kill(os.getpid(), BEGIN)
        self.assertEqual(self.line(), {"begun": True})

    def test_freeze(self) -> None:
        """What is there when it begins is looked at no more."""
        self.addCleanup(gc.unfreeze)
        set_collector("700,10,10,freeze")
        self.assertGreater(gc.get_freeze_count(), 0)
        self.assertRaises(ValueError, set_collector, "1,x,3")

    def test_memory(self) -> None:
        """It is the most that there was: some megabytes at least, and never less."""
        before = peak_kb()
        self.assertGreater(before, 5_000)
        self.assertGreaterEqual(peak_kb(), before)


class FloorServerTests(SynchronousTestCase):
    """The servers that do less."""

    def answers(self, kind: str, *reads: bytes) -> list[bytes]:
        """What a new connection writes for each read."""
        protocol = FloorFactory(kind).buildProtocol(None)
        transport = StringTransport()
        protocol.makeConnection(transport)
        written = []
        for read in reads:
            protocol.dataReceived(read)
            written.append(transport.value())
            transport.clear()
        return written

    def orders(self) -> tuple[Orders, list[bytes]]:
        """Fresh ones."""
        orders = Orders("FIX.4.2", "CLIENT0001", Market(), time.time_ns())
        return orders, orders.requests("add", 3)

    def test_floor(self) -> None:
        """As many reports as orders, the same bytes; a message cut in two is one."""
        orders, (one, two, three) = self.orders()
        cut = three.index(b"35=D") + 2
        found = self.answers(FLOOR, orders.logon(), one + two + three[:cut], three[cut:])
        self.assertEqual(found, [LOGGED_ON, ANSWER * 2, ANSWER])

    def test_checks(self) -> None:
        """The same, but an order that is wrong is refused."""
        orders, (one, two, three) = self.orders()
        wrong = three.replace(b"\x0155=AAA\x01", b"\x0159=AAA\x01")
        self.assertNotEqual(wrong, three)
        logged_on, answered, refused = self.answers(
            CHECKS, orders.logon(), one + two, _summed(wrong)
        )
        self.assertIn(b"\x0135=A\x01", logged_on)
        self.assertEqual(answered, ANSWER * 2)
        self.assertIn(b"\x0135=3\x01", refused)


def _summed(message: bytes) -> bytes:
    """The message with the CheckSum(10) that it has to have."""
    return message[:-7] + b"10=%03d\x01" % (sum(message[:-7]) % 256)


class TargetTests(SynchronousTestCase):
    """What is driven."""

    def test_same_as_bench_ini(self) -> None:
        """The configuration of the benchmark is that of ``etc/bench.ini``, but for its ports."""
        path = self.mktemp()
        Path(path).write_text(CONFIG, encoding="utf-8")
        ports = [f"endpoint:{name}.listen=tcp:0" for name in ("order-entry", "ouch")]
        ports.append("rest.listen=tcp:0:interface=127.0.0.1")
        own = load(path, ports, Catalogue())
        self.assertEqual(own, load(str(ROOT / "etc" / "bench.ini"), ports, Catalogue()))

    def test_choose(self) -> None:
        """An endpoint by its name, or the first; prices fit the instrument."""
        with base_settings() as settings:
            found = choose(settings, "fix", "")
            self.assertEqual((found.endpoint, found.market), ("order-entry", Market()))
            error = self.assertRaises(BenchError, choose, settings, "fix", "ouch")
            self.assertIn(
                "no endpoint 'ouch' for order entry by fix; there are: order-entry, ouch",
                str(error),
            )
            (venue,) = settings.venues
            instrument = venue.instruments[0]
        one = market("X", type(instrument)("Z", tick=3 * UNIT, lot=5 * UNIT))
        self.assertEqual((one.price % one.tick, one.qty), (0, 500 * UNIT))
        self.assertGreater(one.price, 10 * one.tick)
        one = market("X", type(instrument)("Z", tick=7 * UNIT, reference=100 * UNIT))
        self.assertEqual(one.price, 98 * UNIT)


def a_run(name: str, *faults: str) -> Run:
    """What driving a server may come to."""
    latency = {"p50": 10.5, "p90": 20.25, "p99": 300.0, "p99.9": 4000.0}
    costs = (15.25, 1.5, 0.97, 0.02, 0.25, "server", 80.5, 1.25, 0.031, (6, 1, 0))
    return Run(name, 20_000, 0.5, 40_000.0, 80_000.0, latency, *costs, faults)


class OutcomeTests(SynchronousTestCase):
    """What ``wire`` and ``floor`` tell."""

    def test_wire(self) -> None:
        """A column for each version; all was answered."""
        found = WireResult("wire", "m", Settings(pin=(1, 0)), (a_run("FIX.4.2"), a_run("FIX.4.4")))
        table = found.table()
        self.assertIn(
            "mix add, 1 connection of window 100; server on CPU 1, client on CPU 0.", table
        )
        for line in (
            r"orders a second +40,000 +40,000",
            r"order to first report, p99.9, us +4,000 +4,000",
            r"server CPU for an order, us +15\.2 +15\.2",
            r"server without a CPU +2% +2%",
            r"limited by +server +server",
            r"  share of server CPU +3\.1% +3\.1%",
            r"  looks, by generation +6/1/0 +6/1/0",
            r"Every order was answered, once; no MsgSeqNum was missing\.",
        ):
            self.assertRegex(table, rf"(?m)^{line}$")
        self.assertTrue(json.loads(found.json())["ok"])

    def test_wire_fault(self) -> None:
        """What was wrong is told instead, with the version; a profile follows."""
        functions = (("work (x.py:1)", 7, 0.5, 0.75),)
        run = replace(a_run("FIX.4.2", "lost"), profile=Profile("cProfile", functions, ()))
        found = WireResult("wire", "m", Settings(), (run,))
        self.assertFalse(found.ok)
        self.assertIn("\nFIX.4.2: lost\n", found.table())
        self.assertNotIn("Every order was answered", found.table())
        self.assertIn("not pinned", found.table())
        self.assertTrue(found.table().endswith("         7     500.0      750.0  work (x.py:1)"))

    def test_floor(self) -> None:
        """Three servers side by side, and ratios to the floor."""
        figures = tuple(
            Figures(load, server, 1000.0, 30.0 * n, 20.0 * n, 5.0, "shared CPU", float(n))
            for load in ("ping-pong", "windows")
            for n, server in enumerate(("floor", "checks", "wire"), 1)
        )
        placed = {"ping-pong": (0, 0), "windows": None}
        found = FloorResult("floor", "m", 2, 10, 100, 4, placed, figures, ())
        table = found.table()
        for line in (
            r"ping-pong: window 1, 1 connection; server on CPU 0, client on 0",
            r"windows: 100 on each of 4; not pinned",
            r"order to report, us +30\.0 +60\.0 +90\.0 +2\.00 +3\.00",
            r"limited by: floor shared CPU, checks shared CPU, wire shared CPU",
        ):
            self.assertRegex(table, rf"(?m)^{line}$")
        self.assertTrue(found.ok)
        beside = Figures("windows", "beside", 1000.0, 30.0, 75.0, 5.0, "server", 3.75)
        table = replace(found, figures=(*figures, beside)).table()
        for line in (
            r" +floor +checks +wire +beside +checks : floor +wire : floor +wire : beside",
            r"server CPU for an order, us +20\.0 +40\.0 +60\.0 +75\.0 +2\.00 +3\.00 +0\.80",
        ):
            self.assertRegex(table, rf"(?m)^{line}$")
        wrong = replace(found, faults=("lost",))
        self.assertEqual((wrong.ok, wrong.table().splitlines()[-1]), (False, "lost"))


class BookTests(SynchronousTestCase):
    """``book``."""

    def test_made(self) -> None:
        """Without a file a flow is made: the same for the same seed; books end where it says."""
        data = recording(2_000, 5, 300)
        self.assertEqual(data, recording(2_000, 5, 300))
        self.assertNotEqual(data, recording(2_000, 6, 300))
        found = replayed("x", data, 0.0)
        self.assertEqual((found.messages, found.rounds), (2_000, 1))
        self.assertGreater(found.trades, 100)
        self.assertGreater(found.resting, 100)
        self.assertGreater(found.median, 0)

    def test_mix(self) -> None:
        """Half adds that rest, two in five cancels; every kind of order is there."""
        data = recording(4_000, 1, 300)
        kinds = [
            fields[0] for fields in RECORD.iter_unpack(data[HEADER.size + 300 * RECORD.size :])
        ]
        self.assertLess(abs(kinds.count(1) / 4_000 - (0.4)), 0.03)
        self.assertLess(abs(kinds.count(2) / 4_000 - (0.05)), 0.02)
        orders = {
            fields[2:4] for fields in RECORD.iter_unpack(data[HEADER.size :]) if fields[0] == 0
        }
        self.assertEqual(orders, {(0, 0), (0, 1), (0, 2), (1, 1)})

    def test_files(self) -> None:
        """Files are replayed; one that a book does not reach is an error that names it."""
        data = recording(500, 1, 100)
        good, wrong = self.mktemp(), self.mktemp()
        Path(good).write_bytes(data)
        Path(wrong).write_bytes(data[:28] + b"\xff" + data[29:])
        result = book([good, good], 0.0)
        self.assertEqual(len(result.replays), 2)
        self.assertIn(result.replays[0].trade_hash, result.table())
        self.assertEqual(json.loads(result.json())["replays"][1]["messages"], 500)
        error = self.assertRaises(BenchError, book, [good, wrong], 0.0)
        self.assertIn(f"{wrong}: wrong end state: trades is ", str(error))
        self.assertRaises(BenchError, book, ["/nowhere/at/all"], 0.0)
        self.assertRaises(ReplayError, replayed, "x", b"", 0.0)

    def test_run(self) -> None:
        """The command."""
        result = run(parsed("book", "--seconds=0", "--messages=200"))
        self.assertTrue(result.ok)
        self.assertIn("seed 1", result.table())


class FilterTests(SynchronousTestCase):
    """``filter``."""

    def test_run(self) -> None:
        """Each filter has a row, of all messages that were said, logon and its answer too."""
        result = run(parsed("filter", "--seconds=0", "--messages=400"))
        found = json.loads(result.json())
        self.assertGreaterEqual(found["times"], 402)
        self.assertEqual(
            [(row["case"], row["name"]) for row in found["rows"]],
            [(case, text) for case, texts in FILTERS.items() for text in texts],
        )
        self.assertTrue(all(row["median"] > 0 for row in found["rows"]))


class GrowthTests(SynchronousTestCase):
    """``growth``."""

    def test_run(self) -> None:
        """Everything grows, as far as the time allows; the picture shows it."""
        path = self.mktemp()
        result = run(parsed("growth", "--quick", "--seconds=0", f"--svg={path}"))
        found = json.loads(result.json())
        self.assertEqual([one["name"] for one in found["curves"]], [axis.name for axis in AXES])
        for curve, axis in zip(found["curves"], AXES, strict=True):
            self.assertEqual([size for size, _ in curve["points"]], [axis.sizes[0]])
            self.assertEqual(curve["missing"], list(axis.sizes[1 : axis.quick]))
            self.assertGreater(curve["points"][0][1], 0)
        self.assertIn("no time was left for 10,000", result.table())
        texts = [each.text for each in ElementTree.parse(path).iter() if each.text]
        self.assertTrue({axis.name for axis in AXES} <= set(texts))

    def test_no_picture(self) -> None:
        """A picture that cannot be written is an error that says so."""
        options = parsed("growth", "--quick", "--seconds=0", "--svg=/nowhere/at/all.svg")
        self.assertIn("/nowhere/at/all.svg", str(self.assertRaises(BenchError, run, options)))

    @whole_only
    def test_sizes(self) -> None:
        """Each axis does make grow what it says, with time enough."""
        with base_settings() as settings:
            for axis in AXES:
                sizes = axis.sizes[:2] if axis.name != "orders resting" else (10, 200)
                found = list(axis.measure(settings, sizes))
                self.assertEqual([size for size, _ in found], list(sizes), axis.name)

    def test_wrong_answer(self) -> None:
        """What is refused is no measurement."""
        with base_settings() as settings:
            trader = Desk(settings).trader("T")
        good = trader.enter(SYMBOL, True, 1, 100 * UNIT)
        self.assertGreater(carry_out([(trader, good)], 1), 0)
        for wrong in (trader.cancel(99, SYMBOL, True), trader.enter("ZZZ", True, 1, 100 * UNIT)):
            error = self.assertRaises(BenchError, carry_out, [(trader, wrong)], 1)
            self.assertIn("0 reports came where 1 were due", str(error))


class SnapshotTests(SynchronousTestCase):
    """``snapshot``."""

    def test_run(self) -> None:
        """So many orders rest, snapshots are written, and what everybody waits is told."""
        result = run(parsed("snapshot", "--seconds=0", "--orders=250", "--sessions=2"))
        found = json.loads(result.json())
        self.assertEqual((found["orders"], found["sessions"], found["rounds"]), (250, 2, LEAST))
        self.assertGreater(found["size"], 250 * 100)
        for times in found["times"]:
            self.assertTrue(0 < times["fastest"] <= times["median"] <= times["slowest"], times)
        text = result.table()
        self.assertIn("250 orders that rest, of 2 sessions", text)
        self.assertIn("\npause ", text)


class TextTests(SynchronousTestCase):
    """Tables and pictures."""

    def test_columns(self) -> None:
        """The first to the left, the others to the right."""
        self.assertEqual(columns([["", "ab"], ["xyz", "1"]]), ["     ab", "xyz   1"])

    def test_figures(self) -> None:
        """Ranks are values that were there; figures have three digits that count."""
        ordered = list(range(1, 1001))
        self.assertEqual(
            [rank(ordered, share) for share in (0.5, 0.9, 0.999, 1)], [500, 900, 999, 1000]
        )
        self.assertEqual((rank([], 0.5), rank([7], 0.01)), (0, 7))
        self.assertEqual(
            [short(value) for value in (1234.5, 12.34, 1.234)], ["1,234", "12.3", "1.23"]
        )

    def test_picture(self) -> None:
        """Sizes go by powers of ten, costs from 0 up; it is well-formed and says what it shows."""
        tree = ElementTree.fromstring(
            svg("a & b", [Panel("t", "us", [(1, 5.0), (10, 10.0), (100, 20.0)])])
        )
        space = "{http://www.w3.org/2000/svg}"
        self.assertEqual(tree.findtext(f"{space}title"), "a & b")
        spots = [
            (float(c.attrib["cx"]), float(c.attrib["cy"])) for c in tree.iter(f"{space}circle")
        ]
        (x1, y1), (x2, y2), (x3, y3) = spots
        self.assertLess(abs(x2 - x1 - (x3 - x2)), 0.2)
        self.assertLess(abs(2 * (y1 - y2) - (y2 - y3)), 0.3)
        single = svg("x", [Panel("t", "us", [(1_000_000, 0.0)])])
        self.assertIn(">1 M<", single)
