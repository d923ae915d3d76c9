"""``exsim bench``: everything is measured, and told for people and for programs."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from itertools import count

from twisted.trial.unittest import SynchronousTestCase

from exsim.bench.fix_in import SIZE, STAGES, SUM, TIMES, TOGETHER, VERSIONS, Line, order
from exsim.bench.measure import Stage, Work, machine, measure
from exsim.bench.names import BENCHMARKS
from exsim.bench.result import Result, row
from exsim.bench.run import run
from exsim.wire.fix_frame import Framer


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
        self.assertEqual(seen, [(50_000, 20, 100)] * 2)
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
        result = run("fix-in", 0.0)
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

    def test_names(self) -> None:
        """There is a benchmark for every name."""
        for name in BENCHMARKS:
            self.assertEqual(run(name, 0.0).benchmark, name)
