"""Many runs of scenarios in other processes: a pool, Dask, pytest; those that crash, hang, end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from twisted.trial.unittest import SynchronousTestCase

from exsim.runs.clusters import Dask
from exsim.runs.executors import Pool
from exsim.runs.finding import Wanted, jobs_of, scenarios_in
from exsim.runs.words import Job, Result
from tests.test_runs import INI

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 480
EXSIM = (sys.executable, "-m", "exsim", "scenarios", "run")
PASSES = "[script]\nsteps =\n    advance 3s\n    check spread > 0\n"
FAILS = "[script]\nsteps =\n    advance 3s\n    check trades > 1000\n    check spread > 0\n"


class Case(SynchronousTestCase):
    """A folder of scenarios."""

    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()
        plain = {name: text for name, text in os.environ.items() if not name.startswith("EXSIM_")}
        self.environment = plain | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"}

    def scenario(self, name: str, script: str, kind: str = "script") -> None:
        """One more."""
        (self.folder / f"{name}.ini").write_text(INI)
        (self.folder / f"{name}.{kind}").write_text(script)

    def jobs(self, *seeds: int, limit: float = 60.0) -> list[Job]:
        """The runs of the folder."""
        return jobs_of(scenarios_in([str(self.folder)]), Wanted(seeds, limit=limit))

    def command(self, *words: str) -> tuple[int, str]:
        """The status of a command, and what it says."""
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return done.returncode, done.stdout


class SameTests(Case):
    """Whoever makes the runs, the same comes of them."""

    def test_same(self) -> None:
        """One after the other, in a pool, with Dask and with pytest-xdist."""
        self.scenario("calm", PASSES)
        self.scenario("wild", FAILS)
        found = {}
        for name in ("serial", "pool", "dask"):
            file = self.folder / f"{name}.json"
            words = (".", "--seeds", "1-3", "-j", "2", "--on", name, "--json", str(file))
            status, output = self.command(*EXSIM, *words)
            self.assertEqual(status, 1, output)
            self.assertIn("again: exsim scenarios run wild.ini --seeds 2\n", output)
            self.assertIn("6 runs: 3 passed, 3 failed", output)
            found[name] = self.results(file)
        self.assertEqual(len(found["serial"]), 6)
        self.assertEqual(len({result["digest"] for result in found["serial"]}), 3)
        found["pytest"] = self.by_pytest()
        for name, results in found.items():
            self.assertEqual(results, found["serial"], name)

    def by_pytest(self) -> list[Any]:
        """The same as tests."""
        (self.folder / "test_other.py").write_text("def test_other(): assert False\n")
        json_file, xml_file = self.folder / "pytest.json", self.folder / "pytest.xml"
        words = (
            "--exsim-scenarios",
            ".",
            "--exsim-seeds",
            "1-3",
            "-n",
            "2",
            "-p",
            "no:cacheprovider",
        )
        files = ("--exsim-results", str(json_file), "--junit-xml", str(xml_file))
        plugins = ("-p", "exsim.testing.plugin", "-p", "xdist")
        self.environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # others take seconds to load
        status, output = self.command(sys.executable, "-m", "pytest", *plugins, *words, *files)
        self.assertEqual(status, 1, output)
        self.assertIn("3 failed, 3 passed", output)
        self.assertIn("expected trades > 1000", output)
        self.assertRegex(output, r"again: exsim scenarios run \S+/wild.ini --seeds 2\n")
        (suite,) = ElementTree.parse(xml_file).getroot()
        self.assertEqual((suite.get("tests"), suite.get("failures")), ("6", "3"))
        return self.results(json_file)

    def results(self, file: Path) -> list[Any]:
        """All of a file, but for what time tells, and from where it is repeated."""
        results = json.loads(file.read_bytes())["results"]
        for result in results:
            self.assertGreater(result.pop("seconds"), 0)
            result.pop("repeat")
        return sorted(results, key=lambda result: (result["scenario"], result["seed"]))


class PackTests(Case):
    """``etc/scenarios/``."""

    def test_pack(self) -> None:
        """Each is as its script says."""
        folder = ROOT / "etc" / "scenarios"
        status, output = self.command(*EXSIM, str(folder), "--limit", str(SECONDS))
        self.assertEqual(status, 0, output)
        self.assertIn(f"{len(list(folder.glob('*.ini')))} passed, 0 failed", output)


class BadTests(Case):
    """Runs that crash and hang are failed runs; all others are as they would be."""

    def setUp(self) -> None:
        super().setUp()
        self.scenario("calm", PASSES)
        crashes = "import os\ndef run(simulator): os.kill(os.getpid(), 9)\n"
        self.scenario("crashes", crashes, "py")

    def made(self, results: Any) -> dict[tuple[str, int], str]:
        """What went wrong in each."""
        found: list[Result] = list(results)
        self.assertEqual({one.place for one in found if one.passed}, {("calm", 1), ("calm", 2)})
        return {one.place: one.error for one in found if not one.passed}

    def test_pool(self) -> None:
        """In a pool."""
        sleeps = "import time\ndef run(simulator): time.sleep(600)\n"
        self.scenario("sleeps", sleeps, "py")
        self.scenario("spins", "def run(simulator):\n    while True: pass\n", "py")
        jobs = [
            job for job in self.jobs(1, 2, limit=8.0) if job.seed == 1 or job.scenario == "calm"
        ]
        self.assertEqual(
            self.made(Pool(2, grace=1.0).results(jobs)),
            {
                ("crashes", 1): "its process ended, with SIGKILL",
                ("sleeps", 1): "it was not over after 8 s, and its process was ended",
                ("spins", 1): "it was not over after 8 s",
            },
        )

    def test_dask(self) -> None:
        """With Dask, where runs that were to be made by the same worker are made by others."""
        jobs = [job for job in self.jobs(1, 2) if job.seed == 1 or job.scenario == "calm"]
        self.assertEqual(self.made(Dask(2).results(jobs)), {("crashes", 1): "its process ended"})


class InterruptTests(Case):
    """Ctrl-C."""

    def test_interrupt(self) -> None:
        """What was done until then is told and written, and no process is left."""
        self.scenario("calm", PASSES)
        begun = self.folder / "begun"
        waits = f"    pathlib.Path('{begun}').touch()\n    time.sleep(600)\n"
        self.scenario("waits", f"import pathlib, time\ndef run(simulator):\n{waits}", "py")
        words = (".", "-j", "1", "--json", "all.json")
        process = subprocess.Popen(
            (*EXSIM, *words),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        while not begun.exists():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.fail(f"it ended: {process.wait(0.1)}")
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        output, _ = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, 2, output)
        self.assertNotIn("Traceback", output)
        told = json.loads((self.folder / "all.json").read_bytes())
        self.assertTrue(told["interrupted"])
        made = [result["scenario"] for result in told["results"]]
        self.assertIn(made, (["calm"], []))  # the next may begin before this one is told of
        self.assertIn(f"interrupted: {2 - len(made)} of 2 runs were not made", output)
