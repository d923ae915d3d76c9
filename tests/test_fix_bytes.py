"""
Recorded FIX conversations, damaged: whatever comes in, and however it is cut.

A share of the cases of ``make soak ROW=fix-bytes``, and what makes their verdict worth having: the
recordings go as they are meant to, every kind of fault does something, and what the watch is there
to see it sees.
"""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from random import Random
from typing import Any

from twisted.logger import Logger
from twisted.trial.unittest import SynchronousTestCase

from tests.amount import amount
from tests.soak.__main__ import run
from tests.soak.exchange import MESSAGE_SIZE, Broken, Exchange, Line
from tests.soak.fix_bytes import STALL, Case, case, examine, run_here, told
from tests.soak.mutations import FAULTS
from tests.soak.recordings import SCRIPTS, VERSIONS, Recording, Send, recordings
from tests.soak.rows import Found, Row

CASES = range(0, 10_000, amount(197, 31))
"""These have no divisor in common with the number of recordings, or of kinds of fault."""

ENDS = {
    "trading": ["logged out", "logged out"],
    "gaps": ["logged out"],
    "away": [
        "the connection was lost",
        "logged out",
        "session CLIENT is in use",
        "the connection was lost",
        "MsgSeqNum too low, expecting 6 but received 5",
        "there is no such session",
        "logged out",
    ],
    "time": ["nothing was received for too long", "logged out", "logged out"],
}
"""Why each connection of a script ends, in the order in which they were made."""
SAID = {
    "trading": b"0 3 5 8 9 A j",
    "gaps": b"0 2 3 4 5 8 A",
    "away": b"4 5 8 A",
    "time": b"0 1 4 5 8 A",
}
"""The types of message that are sent in each script."""


def still() -> float:
    """A clock that stands: tests do not measure."""
    return 0.0


def parts(data: bytes) -> list[bytes]:
    """The types of the messages in what was sent."""
    return re.findall(rb"\x0135=([^\x01]*)\x01", data)


class RecordingTests(SynchronousTestCase):
    """The conversations as they were recorded."""

    def test_as_meant(self) -> None:
        """Every script goes to its end in every version, with every type of answer in it."""
        for recording in recordings():
            outcome = Exchange("usual", still).live(recording.steps, "whole")
            self.assertEqual(outcome.ends, ENDS[recording.name], recording.version)
            said = set(SAID[recording.name].split())
            if recording.version in ("FIX.4.0", "FIX.4.1"):
                said.discard(b"j")  # FIX.4.2 brought it
            if recording.version == "FIX.4.0":
                said.discard(b"9")
                said |= {b"3"} if recording.name == "time" else set()  # OrderQty is due in a cancel
            self.assertEqual(set(parts(b"".join(outcome.heard))), said, recording[:2])
            self.assertEqual(examine(Case(recording.steps, "usual"), still), 0.0)

    def test_all_are_there(self) -> None:
        """A recording for each script and version, of its own BeginString."""
        found = list(recordings())
        self.assertEqual(len({each[:2] for each in found}), len(SCRIPTS) * len(VERSIONS))
        for recording in found:
            first = recording.steps[0]
            assert isinstance(first, Send)
            begin = "FIXT.1.1" if VERSIONS[recording.version] else recording.version
            self.assertTrue(first.data.startswith(f"8={begin}\x01".encode()))


class MutationTests(SynchronousTestCase):
    """The damage."""

    def test_same_again(self) -> None:
        """A case comes of the seed and its number; others are others."""
        for number in range(40):
            self.assertEqual(case(1, number), case(1, number))
        self.assertNotEqual([case(1, n) for n in range(40)], [case(2, n) for n in range(40)])

    def test_faults(self) -> None:
        """Each kind changes most recordings, and none of them the recording itself."""
        found: list[Recording] = list(recordings())
        for fault in FAULTS:
            changed = 0
            for number, recording in enumerate(found):
                steps, before = list(recording.steps), list(recording.steps)
                fault(steps, Random(number), found)
                changed += steps != recording.steps
                self.assertEqual(recording.steps, before)
            self.assertGreater(changed, len(found) // 2, fault)

    def test_every_kind(self) -> None:
        """The cases here begin with each fault, and each recording is among them."""
        found = len(list(recordings()))
        self.assertEqual({number % found for number in CASES}, set(range(found)))
        kinds = {number // found % len(FAULTS) for number in CASES}
        self.assertEqual(kinds, set(range(len(FAULTS))))


class DamagedTests(SynchronousTestCase):
    """A share of the cases; ``make test`` runs all of them."""

    def test_cases(self) -> None:
        """No error, no bound exceeded, and all cuts come to the same."""
        for number in CASES:
            one = case(1, number)
            try:
                examine(one, still)
            except Broken as broken:
                self.fail(told(1, number, one, broken))


class Deaf(Exchange):
    """Does not hear a bell that comes alone."""

    def _read(self, line: Line, reads: list[bytes]) -> None:
        super()._read(line, [data for data in reads if data != b"\x07"])


class Noisy(Exchange):
    """Logs an error, and goes on."""

    def live(self, *arguments: Any) -> Any:
        """As always."""
        Logger().error("something is wrong with {what}", what="this")
        return super().live(*arguments)


class Failing(Exchange):
    """Does not go on."""

    def live(self, *arguments: Any) -> Any:
        """Fails."""
        raise KeyError("lost")


class Hoarding(Exchange):
    """Keeps what it should not."""

    def _check_bounds(self) -> None:
        for line in self.lines:
            line.connection._machine._framer._buffer = bytes(2 * MESSAGE_SIZE)
        super()._check_bounds()


class WatchTests(SynchronousTestCase):
    """What is wrong is seen, and told so that it can be seen again."""

    def broken(self, make: Any, data: bytes = b"\x07" * 3) -> str:
        """What is said of an exchange that gets these bytes."""
        steps = list(next(recordings()).steps[:1])
        return str(
            self.assertRaises(Broken, examine, Case([*steps, Send("1", data)], "lax"), still, make)
        )

    def test_seen(self) -> None:
        """An outcome that depends on cuts, errors thrown and logged, and buffers that grow."""
        self.assertIn("journal, bytes: ", self.broken(Deaf, b"\x07x8=FIX"))
        self.assertIn("whole: Broken('an error was logged: something is wrong", self.broken(Noisy))
        self.assertIn("whole: KeyError('lost')", self.broken(Failing))
        self.assertIn("bytes that are no message yet: 16384, more than", self.broken(Hoarding))

    def test_echo(self) -> None:
        """So is more sent than can be right for what came in."""
        exchange = Exchange("usual", still)
        exchange.lines.append(Line(None))
        exchange.lines[0].heard = b"x" * 201
        exchange.fed = 1
        self.assertRaises(Broken, exchange._outcome)

    def test_slow(self) -> None:
        """The slowest read is measured, whichever it is."""
        times = iter(x / 10 for x in range(10_000))
        took = examine(Case(next(recordings()).steps, "usual"), lambda: next(times))
        self.assertAlmostEqual(took, STALL)

    def test_told(self) -> None:
        """A failure says seed, number, what to run, and every byte."""
        one = case(7, 11)
        text = told(7, 11, one, Broken("it broke"))
        self.assertIn("seed 7, case 11", text)
        self.assertIn("python -m tests.soak fix-bytes --seed 7 --case 11", text)
        for step in one.steps:
            if isinstance(step, Send):
                self.assertIn(repr(step.data), text)

    def test_row(self) -> None:
        """A row says its seed and its verdict; of many failures it shows some whole."""
        said = StringIO()
        failures = [f"first line {number}\nmore of {number}" for number in range(7)]
        with redirect_stdout(said):
            good = run("good", Row("things", 10, 5, lambda *_: Found([], "quick")), 3, range(5))
            bad = run("bad", Row("things", 10, 5, lambda *_: Found(failures, "slow")), 4, range(9))
        self.assertEqual((good, bad), (True, False))
        lines = said.getvalue().splitlines()
        self.assertIn("good: seed 3, 5 things", lines)
        self.assertIn("good: passed; quick; 0 s", lines)
        self.assertIn("bad: FAILED, 7 of 9; slow; 0 s", lines)
        self.assertEqual(len([line for line in lines if line.startswith("first line")]), 7)
        self.assertEqual(len([line for line in lines if line.startswith("more of")]), 5)

    def test_run(self) -> None:
        """Cases that pass are no failures."""
        failures, _slowest = run_here(1, range(2))
        self.assertEqual(failures, [])
