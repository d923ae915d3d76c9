"""``exsim bench recovery``: a journal is made, and run again in both ways."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from exsim.bench import arguments
from exsim.bench.desk import base_settings
from exsim.bench.driver import BenchError
from exsim.bench.recovery import RECOVERY, REPLAY, Result, _live, _recover, _replay
from exsim.bench.run import run
from exsim.services.files import RealFiles
from exsim.services.segments import load


class RecoveryTests(SynchronousTestCase):
    """A small one."""

    def result(self, *words: str) -> Result:
        """What comes of a command line."""
        parser = argparse.ArgumentParser(prog="bench")
        arguments.add_benchmarks(parser)
        found = run(parser.parse_args(["recovery", "--seconds", "0", *words]))
        assert isinstance(found, Result)
        return found

    def test_told(self) -> None:
        """For people, and for programs."""
        result = self.result("--commands", "60", "--sessions", "3", "--window", "5")
        said = result.table()
        self.assertIn("60 commands of 3 sessions, up to 5 in a read", said)
        self.assertIn("commands a second", said)
        told = json.loads(result.json())
        self.assertEqual(told["benchmark"], "recovery")
        self.assertEqual([each["name"] for each in told["runs"]], [RECOVERY, REPLAY])
        for each in told["runs"]:
            self.assertEqual(each["rounds"], 1)
            self.assertGreater(each["fastest"], 0)
            self.assertLessEqual(each["fastest"], each["median"])
        # Of five commands: one rests, one rests and is cancelled, two trade with each other: seven
        # reports; and a connection, a Logon with its mark and an answer for each session.
        self.assertEqual(told["entries"], 60 + 60 // 5 * 7 + 3 * 4)
        self.assertGreater(told["size"], told["entries"] * 100)

    def test_one_session(self) -> None:
        """The words are right for one of it."""
        self.assertIn("of 1 session,", self.result("--commands", "5", "--sessions", "1").table())

    def test_checked(self) -> None:
        """What is not the journal that was written is an error."""
        folder = self.mktemp()
        with base_settings() as found:
            settings = replace(found, data_dir=folder, durability="os")
            entries, size = _live(settings, 20, 2, 3)
            self.assertGreater(_recover(settings, entries, time.process_time_ns), 0)
            self.assertGreater(_replay(settings, entries, time.process_time_ns), 0)
            for way in (_recover, _replay):
                self.assertRaises(BenchError, way, settings, entries + 1, time.process_time_ns)
            (segment,) = load(RealFiles(), f"{folder}/journal").segments
            self.assertEqual((segment.last, segment.end), (entries, size))
