"""``exsim bench wire`` and ``floor``: servers in processes of their own, over loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from exsim.bench.child import cpus, simulator, version_of
from exsim.bench.driver import BenchError
from exsim.bench.profile import Sampler, has_perf
from exsim.bench.wire import RANKS
from exsim.cli import main
from tests import postgres

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 30.0


def is_running(pid: int) -> bool:
    """Whether a process is there, other than as a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def processor_time(pid: int) -> float:
    """The seconds that a process has run."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The processes that one has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in found.split()]


class BenchCase(SynchronousTestCase):
    """Runs the command."""

    def bench(self, *words: str, status: int = 0) -> str:
        """What it prints."""
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            found = main(["bench", *words])
        self.assertEqual(found, status, out.getvalue() + err.getvalue())
        return out.getvalue() + err.getvalue()


class WireTests(BenchCase):
    """``wire``."""

    def test_mixes(self) -> None:
        """Every mix, several versions and connections: all is answered, and figures make sense."""
        for mix, reports in (("add", 1), ("addcancel", 2), ("cross", 2)):
            words = ["--versions=FIX.4.0,FIX.4.4", "--connections=3", "--window=10"]
            found = json.loads(self.bench("wire", f"--mix={mix}", "--orders=300", "--json", *words))
            self.assertTrue(found["ok"])
            self.assertEqual([run["name"] for run in found["runs"]], ["FIX.4.0", "FIX.4.4"])
            for run in found["runs"]:
                self.check(run, 300)
                self.assertLess(abs(run["reports_per_s"] / run["orders_per_s"] - reports), 0.01)

    def check(self, run: dict[str, Any], orders: int) -> None:
        """The figures of a run that answered all."""
        self.assertEqual((run["orders"], run["faults"]), (orders, []))
        self.assertEqual(list(run["latency"]), list(RANKS))
        ranks = list(run["latency"].values())
        self.assertEqual(ranks, sorted(ranks))
        self.assertGreater(ranks[0], 0)
        for name in ("server_cpu", "client_cpu", "orders_per_s"):
            self.assertGreater(run[name], 0)
        self.assertGreater(run["peak_mb"], 10)
        self.assertLessEqual(run["server_busy"], 1.1)

    def test_ping_pong(self) -> None:
        """One at a time, on one CPU, with a profile; the table says it all."""
        cpu = f"--pin={cpus()[0]},{cpus()[0]}"
        text = self.bench("wire", "--window=1", "--orders=50", "--profile", cpu)
        self.assertRegex(text, r"(?m)^orders +50$")
        self.assertRegex(text, r"(?m)^limited by +shared CPU$")
        self.assertIn("Every order was answered, once; no MsgSeqNum was missing.", text)
        self.assertRegex(text, r"(?m)^ +\d+ +\d+\.\d +\d+\.\d  \S|perf:\n")
        self.assertRegex(text, r"(?m)^garbage collector, longest pause, ms +\d")

    def test_journals(self) -> None:
        """A run for each place of the journal; a database is emptied before, and is not named."""
        if reason := postgres.missing():
            raise SkipTest(reason)
        server = postgres.server()
        name = server.create()
        self.addCleanup(server.drop, name)
        url = server.url(name)
        for _ in range(2):
            words = ("--orders=20", "--json", "--journal=os", f"--journal={url}")
            text = self.bench("wire", *words)
            self.assertNotIn(name, text)
            found = json.loads(text)
            self.assertEqual(
                [run["name"] for run in found["runs"]], ["FIX.4.2 os", "FIX.4.2 PostgreSQL"]
            )
            self.assertTrue(found["ok"])

    def test_time(self) -> None:
        """It ends when the time is up."""
        found = json.loads(self.bench("wire", "--seconds=0.2", "--orders=200000", "--json"))
        self.assertTrue(found["ok"])
        self.assertLess(found["runs"][0]["orders"], 200_000)
        self.assertLess(found["runs"][0]["seconds"], 5)

    def test_refused(self) -> None:
        """What cannot be driven is said: a configuration that is wrong, or lets nobody in."""
        words = ["--set=endpoint:order-entry.accept_any_logon=no"]
        text = self.bench("wire", *words, status=1)
        self.assertIn("the Logon of CLIENT0001 was refused", text)
        text = self.bench("wire", "--set=venue:XSIM.policy=x", status=1)
        self.assertIn("1 problem in bench.ini", text)
        text = self.bench("wire", "--endpoint=x", status=1)
        self.assertIn("there is no endpoint 'x'", text)

    def test_not_answered(self) -> None:
        """Orders that nobody answers are a fault, and the status says so."""
        text = self.bench("wire", "--set=venue:XSIM.policies=drop", "--orders=4", status=1)
        self.assertIn("4 of 4 requests did not get 1 report exactly", text)


class ItchTests(BenchCase):
    """``itch``, and FIX beside OUCH."""

    def test_itch(self) -> None:
        """The reader is told all; figures make sense."""
        found = json.loads(self.bench("itch", "--seconds=1", "--json"))
        self.assertEqual([row["name"] for row in found["rows"]], ["encoded", "packed", "told"])
        self.assertTrue(all(row["rate"] > 0 for row in found["rows"]))
        self.assertEqual((found["ok"], found["faults"]), (True, []))

    def test_both(self) -> None:
        """One run has a column for each."""
        found = json.loads(self.bench("wire", "--protocol=both", "--orders=200", "--json"))
        self.assertEqual([run["name"] for run in found["runs"]], ["FIX.4.2", "OUCH.5.0"])
        self.assertTrue(found["ok"])


class FloorTests(BenchCase):
    """``floor``."""

    def test_ratios(self) -> None:
        """The three servers side by side, under both loads; the simulator costs the most."""
        found = json.loads(self.bench("floor", "--orders=400", "--rounds=2", "--json"))
        self.assertEqual(found["faults"], [])
        names = [(one["load"], one["server"]) for one in found["figures"]]
        servers = ("floor", "checks", "wire")
        self.assertEqual(names, [(n, s) for n in ("ping-pong", "windows") for s in servers])
        for load in (found["figures"][:3], found["figures"][3:]):
            self.assertEqual(load[0]["ratio"], 1)
            self.assertGreater(load[2]["ratio"], 1)

    def test_beside(self) -> None:
        """The exsim of another Python takes turns, too; one that has none is refused in words."""
        options = ("--orders=200", "--rounds=1", f"--beside={sys.executable}", "--json")
        found = json.loads(self.bench("floor", *options))
        self.assertEqual((found["faults"], found["ok"]), ([], True))
        self.assertEqual([one["server"] for one in found["figures"]][3:5], ["beside", "floor"])
        self.assertIn("exsim ", found["beside"])
        refused = self.assertRaises(BenchError, version_of, "/nowhere/python")
        self.assertIn("/nowhere/python: name a Python that has exsim installed", str(refused))


class PairsTests(BenchCase):
    """``pairs``."""

    def test_ratio(self) -> None:
        """Each pair alone and both together; what they do together is compared with one."""
        if len(cpus()) < 2:
            raise SkipTest("it takes two CPUs")
        found = json.loads(self.bench("pairs", "--orders=400", "--rounds=2", "--json"))
        self.assertEqual((found["faults"], len(found["alone"]), found["ok"]), ([], 2, True))
        self.assertEqual(found["one"], round(sum(found["alone"]) / 2, 1))
        self.assertAlmostEqual(found["ratio"], found["all"] / found["one"], 2)
        text = self.bench("pairs", "--orders=400", "--rounds=1")
        self.assertIn("2 pairs do ", text)


class ManyTests(BenchCase):
    """``scenarios`` and ``nodes``: what several processes do."""

    def test_scenarios(self) -> None:
        """The same of each run in a pool; the ratio is told."""
        words = ("--runs=4", "--jobs=2", "--on=pool", "--json")
        found = json.loads(self.bench("scenarios", *words))
        self.assertEqual((found["ok"], found["runs"], found["failed"]), (True, 4, 0))
        self.assertEqual([row["on"] for row in found["rows"]], ["serial", "pool"])

    def test_nodes(self) -> None:
        """Each of two nodes has a venue; what was there before is removed."""
        if reason := postgres.missing():
            raise SkipTest(reason)
        server = postgres.server()
        name = server.create()
        self.addCleanup(server.drop, name)
        words = ("--nodes=1", "--nodes=2", "--orders=100", "--json")
        text = self.bench("nodes", f"--journal={server.url(name, tcp=True)}", *words)
        self.assertNotIn(name, text)
        found = json.loads(text)
        self.assertEqual([row["orders"] for row in found["rows"]], [100, 200])
        self.assertTrue(found["ok"])


class SamplerTests(SynchronousTestCase):
    """``perf``, where it is."""

    def test_samples(self) -> None:
        """It names what a process does, and ends with it."""
        if not has_perf():
            raise SkipTest("perf is not installed, or not allowed")
        with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
            self.addCleanup(busy.wait)
            self.addCleanup(busy.kill)
            sampler = Sampler(busy.pid)
            sampler.begin()
            until(lambda: processor_time(busy.pid) > 0.5)  # so many samples, if any
            profile = sampler.end()
            busy.kill()
        self.assertEqual(profile.tool, "perf")
        self.assertIn("python", "\n".join(profile.lines("x")))
        self.assertFalse(Path(sampler.file).exists())


class EndTests(SynchronousTestCase):
    """No process outlives a benchmark."""

    def test_interrupted(self) -> None:
        """Ctrl-C, and SIGTERM, end it and what it has started, and leave no files."""
        for number in (signal.SIGINT, signal.SIGTERM):
            folder = Path(self.mktemp()).absolute()
            folder.mkdir()
            words = ["-m", "exsim", "bench", "wire", "--orders=500000", "--seconds=60"]
            with subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env=os.environ | {"TMPDIR": str(folder)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as bench:
                self.addCleanup(bench.kill)
                until(lambda: children(bench.pid))
                started = children(bench.pid)
                self.assertEqual(len(started), 1)
                bench.send_signal(number)
                _, err = bench.communicate(timeout=SECONDS)
            self.assertEqual((bench.returncode, err), (130, b"exsim bench: interrupted\n"))
            self.assertFalse(is_running(started[0]))
            self.assertEqual(list(folder.iterdir()), [])

    def test_failed(self) -> None:
        """A simulator that ends before it is ready is told of, with what it wrote."""
        folder = Path(self.mktemp())
        folder.mkdir()
        self.patch(tempfile, "tempdir", str(folder))
        try:
            with simulator(None, ["venue:XSIM.clock=x"]):
                self.fail("it should not start")
        except Exception as error:  # noqa: BLE001 - the text is looked at
            self.assertIn("ended before it was ready; it wrote:", str(error))
        self.assertEqual(list(folder.iterdir()), [])
