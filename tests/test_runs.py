"""Many runs of scenarios: which they are, what comes of one, and what is told of all."""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Generator, Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
from junitparser import Error, Failure, JUnitXml
from twisted.trial.unittest import SynchronousTestCase

from exsim.cli import parser
from exsim.plugins import Catalogue
from exsim.runs.carrying import carry_out, settings_of
from exsim.runs.clusters import AHEAD, MOST, Dask, Portions, several
from exsim.runs.command import executor_of, main, run
from exsim.runs.executors import Pool, Serial, ending
from exsim.runs.finding import NoRun, Wanted, jobs_of, scenarios_in, seeds_of
from exsim.runs.limits import Overdue, limited
from exsim.runs.market import Market
from exsim.runs.telling import Outcome, junit, told, told_of
from exsim.runs.words import Figures, Job, Result, Unmet, broken
from exsim.services.observing import seeded
from exsim.services.replay import Replay
from exsim.services.replaying import inert

INI = """
[venue:XSIM]
pricing = model

[instrument:XSIM:ACME]
reference = 48

[pricing:model]
source = brownian
volatility = 40%

[bot:MAKER]
kind = maker

[bot:CROWD]
kind = noise
rate = 5
"""
SECOND_VENUE = """
[venue:YSIM]

[instrument:YSIM:ACME]
reference = 48
"""
S = 1_000_000_000


class ScenarioCase(SynchronousTestCase):
    """A folder of scenarios."""

    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.write("calm.ini", INI)

    def write(self, name: str, text: str) -> Path:
        """A file of the folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def script(self, *steps: str, name: str = "calm") -> None:
        """What is done and expected in a scenario."""
        lines = "".join(f"    {step}\n" for step in steps)
        self.write(f"{name}.script", f"[script]\nsteps =\n{lines}")

    def jobs(self, seeds: str = "1", **wanted: Any) -> list[Job]:
        """The runs of the folder."""
        return jobs_of(scenarios_in([str(self.folder)]), Wanted(seeds_of(seeds), **wanted))

    def one(self, seed: int = 1, **wanted: Any) -> Result:
        """What comes of a run."""
        (job,) = self.jobs(str(seed), **wanted)
        return carry_out(job)


class FindingTests(ScenarioCase):
    """Which runs are to be made."""

    def test_seeds(self) -> None:
        """Numbers and ranges, each once, in the order that they are asked for."""
        self.assertEqual(seeds_of("7"), (7,))
        self.assertEqual(seeds_of("3-5, 1,4"), (3, 4, 5, 1))
        for text in ("", "x", "1-", "-1", "1-x", "5-3", "1-2000000", "1.5"):
            self.assertRaises(ValueError, seeds_of, text)

    def test_folder(self) -> None:
        """Every ini, with the script beside it."""
        self.write("b.ini", INI)
        self.write("b.py", "def run(simulator): pass\n")
        self.write("readme.txt", "none of them")
        self.script("advance 1s")
        b, calm = scenarios_in([str(self.folder)])
        self.assertEqual((calm.name, Path(calm.script).name), ("calm", "calm.script"))
        self.assertEqual((b.name, Path(b.script).name), ("b", "b.py"))
        self.assertEqual(scenarios_in([calm.config, str(self.folder)]), [calm, b])

    def test_none(self) -> None:
        """What cannot be run is said, and why."""
        empty = Path(self.mktemp())
        empty.mkdir()
        (empty / "calm.ini").write_text(INI)
        self.assert_none("have one name", str(self.folder), str(empty))
        (empty / "calm.ini").unlink()
        self.assert_none("there is no scenario in", str(empty))
        self.assert_none("there is no file", str(self.folder / "no.ini"))
        self.write("calm.py", "")
        self.script("advance 1s")
        self.assert_none("a scenario has one script", str(self.folder))

    def assert_none(self, why: str, *paths: str) -> None:
        """These are no scenarios."""
        error = self.assertRaises(NoRun, scenarios_in, paths)
        self.assertIn(why, str(error))

    def test_mistakes(self) -> None:
        """All mistakes in configurations and scripts, before anything is run."""
        self.write("bad.ini", INI + "[venue:YSIM]\nprising = model\n")
        self.script("advance 1s", "chek trades > 1")
        error = self.assertRaises(NoRun, self.jobs)
        for text in ("bad.ini", "prising", "did you mean 'check'?", "calm.script"):
            self.assertIn(text, str(error))

    def test_jobs(self) -> None:
        """Each seed of each, for as long as is said, with the command that repeats it."""
        self.script("advance 1s")
        self.write("free run.ini", INI)
        given = {"limit": 9.0, "overrides": ("venue:XSIM.keep_trades=5",)}
        calm, again, free, last = self.jobs("1,9", span="90s", **given)
        self.assertEqual([job.place for job in (calm, again)], [("calm", 1), ("calm", 9)])
        self.assertEqual([job.place for job in (free, last)], [("free run", 1), ("free run", 9)])
        self.assertEqual({job.span for job in (calm, free)}, {90 * S})
        self.assertEqual(
            last.repeat,
            f"exsim scenarios run '{self.folder}/free run.ini' --seeds 9 --for 90s --limit 9"
            " --set venue:XSIM.keep_trades=5",
        )
        calm, free = self.jobs()
        self.assertEqual((calm.span, free.span), (0, 600 * S))
        options = parser().parse_args(
            ["scenarios", "run", "X", *last.repeat.split("ini' ")[1].split()]
        )
        self.assertEqual((options.seeds, options.span, options.limit), ("9", "90s", 9.0))


class RunTests(ScenarioCase):
    """One run."""

    def test_same(self) -> None:
        """The same seed gives the same, another one another day."""
        one, again, other = (self.one(seed, span="5s") for seed in (1, 1, 2))
        self.assertTrue(one.passed, one.error)
        plain = [msgspec.structs.replace(each, seconds=0.0) for each in (one, again)]
        self.assertEqual(*plain)
        self.assertNotEqual(one.digest, other.digest)
        self.assertGreater(one.commands, 10)
        (figures,) = one.market
        self.assertEqual((figures.venue, figures.symbol), ("XSIM", "ACME"))
        self.assertEqual(figures.trades, one.trades)
        self.assertGreater(one.trades, 0)
        low, high, last = (float(each or 0) for each in (figures.low, figures.high, figures.last))
        self.assertTrue(47 < low <= last <= high < 49, figures)
        self.assertGreater(float(figures.spread or 0), 0)

    def test_digest(self) -> None:
        """It is that of the journal, which gives the same when it is run again."""
        result = self.one(3, span="3s")
        (job,) = self.jobs("3")
        market = Market(seeded(settings_of(job.config, ()), 3), Catalogue())
        market.advance(3 * S)
        self.assertEqual(market.digest(), (result.digest, result.entries))
        journal = market.simulator.exchange.journal
        again = Replay(inert(market.settings, Catalogue()), list(journal.entries(0)), 1, 0)
        difference = again.run()
        self.assertEqual("" if difference is None else difference.text(), "")
        self.assertEqual(again.tape.digest, result.digest)

    def test_script(self) -> None:
        """It is done at its times; what is expected in vain is told, and the run goes on."""
        self.script(
            "advance 2s",
            "check trades = 1000",
            "advance to 2026-01-05T14:30:05Z",
            "check spread from 0.005 to 1",
            "order BUY 7 ACME @ 40",
            "verify type=8 at least 1000",
            "check low < 1",
        )
        result = self.one()
        self.assertFalse(result.passed)
        self.assertEqual(result.error, "")
        steps = [unmet.step for unmet in result.failed]
        self.assertEqual(
            steps, ["check trades = 1000", "verify type=8 at least 1000", "check low < 1"]
        )
        self.assertEqual(result.failed[0].expected, "trades = 1000")
        self.assertRegex(result.failed[0].found, r"^\d+$")
        self.assertIn("Expected at least 1000 messages", result.failed[1].found)

    def test_longer(self) -> None:
        """It goes on after its script as long as is asked for."""
        self.script("advance 1s", "check trades >= 0")
        short, long, less = (self.one(span=span) for span in ("", "4s", "500ms"))
        self.assertGreater(long.commands, short.commands)
        self.assertEqual(less.digest, short.digest)

    def test_impossible(self) -> None:
        """A step that cannot be done ends it."""
        self.script("advance 1s", "phase nowhere", "check trades = 1000")
        (unmet,) = self.one().failed
        self.assertEqual((unmet.step, unmet.expected), ("phase nowhere", "a step that can be done"))
        self.assertIn("Invalid", unmet.found)

    def test_waiting(self) -> None:
        """What waits for a message gets none, and does not wait for ever."""
        self.script("expect type=D within 1s", "hold within 5s", "check trades = 0")
        self.assertEqual([unmet.step for unmet in self.one().failed][1:], ["hold within 5s"])

    def test_python(self) -> None:
        """A script in Python has the client, and asserts."""
        self.write(
            "calm.py",
            "def run(simulator):\n"
            "    simulator.advance_clock('XSIM', by='2s')\n"
            "    assert not simulator.list_trades('XSIM').items, 'they trade'\n",
        )
        result = self.one(2)
        self.assertEqual(result.failed, [Unmet("run", "", "they trade")])

    def test_broken(self) -> None:
        """What raises is a run that failed, and says where."""
        for number, (text, why) in enumerate(
            (
                ("    {}['x']\n", "KeyError: 'x'"),
                ("    raise SystemExit(3)\n", "SystemExit: 3"),
                ("    simulator.get_venue('NONE')\n", "no venue"),
            )
        ):
            self.write("broken.ini", INI)
            path = self.write(f"b{number}.py", f"def run(simulator):\n{text}")
            job = msgspec.structs.replace(self.jobs()[0], script=str(path))
            result = carry_out(job)
            self.assertFalse(result.passed)
            self.assertIn(why, result.error)
            self.assertEqual(result.digest, "")

    def test_bots_that_fail(self) -> None:
        """So is one in which a bot failed, though the market went on without it."""
        self.write(
            "calm.py",
            "def run(simulator):\n"
            "    venue = simulator.simulator.dispatcher.venues['XSIM']\n"
            "    desk = venue.bots.desk('CROWD')\n"
            "    desk.runner.bot.wake = None\n"
            "    simulator.advance_clock('XSIM', by='2s')\n",
        )
        result = self.one()
        self.flushLoggedErrors()
        self.assertFalse(result.passed)
        self.assertIn("bot CROWD failed", result.error)
        self.assertNotEqual(result.digest, "")

    def test_together(self) -> None:
        """The clocks of all venues go on when one is advanced."""
        self.write("calm.ini", INI.partition("[bot")[0] + SECOND_VENUE)
        (job,) = self.jobs()
        market = Market(settings_of(job.config, ()), Catalogue())
        market.advance_clock("YSIM", by="90s")
        for venue in ("XSIM", "YSIM"):
            self.assertIn("14:31:30", market.get_clock(venue).time)
        self.assertEqual(market.passed, 90 * S)
        self.assertEqual({one.venue for one in market.figures()}, {"XSIM", "YSIM"})
        self.assertEqual(market.asked, 0)
        market.set_phase("YSIM", phase="halt")
        self.assertEqual(market.asked, 1)


class LimitTests(ScenarioCase):
    """What takes too long."""

    def test_overdue(self) -> None:
        """It is ended wherever it is, also where errors are isolated."""

        def endless() -> None:
            while True:
                try:
                    time.perf_counter()
                except Exception:  # noqa: BLE001 - as policies and bots are kept apart
                    continue

        with self.assertRaises(Overdue), limited(0.05):
            endless()

    def test_in_time(self) -> None:
        """Nothing comes of a limit that was kept."""
        with limited(0.05):
            pass
        time.sleep(0.1)

    def test_run(self) -> None:
        """A run that is overdue has failed."""
        self.write("calm.py", "def run(simulator):\n    while True: pass\n")
        result = self.one(limit=0.2)
        self.assertEqual(result.error, "it was not over after 0.2 s")
        self.assertFalse(result.passed)


class Told:
    """An executor whose results are told beforehand; ``stops`` after some."""

    name = "told"

    def __init__(self, results: Sequence[Result], stops: int = -1) -> None:
        self._results = {result.place: result for result in results}
        self._stops = stops
        self.asked: list[list[Job]] = []
        self.closed = 0

    def results(self, jobs: Sequence[Job]) -> Generator[Result, None, None]:
        """Backward, as it may be."""
        self.asked.append(list(jobs))
        try:
            for number, job in enumerate(reversed(jobs)):
                if number == self._stops:
                    raise KeyboardInterrupt
                yield self._results[job.place]
        finally:
            self.closed += 1


def job(seed: int, scenario: str = "calm") -> Job:
    """Some job."""
    return Job(scenario, "calm.ini", "", seed, 0, 1.0, repeat=f"again {seed}")


def passed(seed: int, scenario: str = "calm", digest: str = "abc") -> Result:
    """A run that passed."""
    figures = Figures("XSIM", "ACME", 2, "30", "47.5", "48", "48", None)
    return Result(scenario, seed, True, digest, 9, 4, 2, [figures], repeat="again", seconds=0.25)


class AllTests(SynchronousTestCase):
    """All runs together."""

    def test_order(self) -> None:
        """Results come as they may, and stand in the order that was asked for."""
        jobs = [job(seed) for seed in range(1, 5)]
        executor, seen = Told([passed(each.seed) for each in jobs]), []
        outcome = run(jobs, executor, tell=lambda result: seen.append(result.seed))
        self.assertEqual(seen, [4, 3, 2, 1])
        self.assertEqual([result.seed for result in outcome.results], [1, 2, 3, 4])
        self.assertTrue(outcome.passed)

    def test_interrupted(self) -> None:
        """What was done until then is told, and the executor ended."""
        jobs = [job(seed) for seed in range(1, 5)]
        executor = Told([passed(each.seed) for each in jobs], stops=2)
        outcome = run(jobs, executor, verify=4)
        self.assertTrue(outcome.interrupted)
        self.assertFalse(outcome.passed)
        self.assertEqual([result.seed for result in outcome.results], [3, 4])
        self.assertEqual((executor.closed, len(executor.asked)), (1, 1))
        self.assertIn("interrupted: 2 of 4 runs were not made", told(outcome))

    def test_verify(self) -> None:
        """Some are made once more: one that is another then has failed."""
        jobs = [job(seed) for seed in range(1, 7)]

        class Changing(Told):
            def results(self, jobs: Sequence[Job]) -> Generator[Result, None, None]:
                second = bool(self.asked)
                for result in super().results(jobs):
                    other = second and result.seed == 5
                    yield passed(result.seed, digest="other") if other else result

        executor = Changing([passed(each.seed) for each in jobs])
        outcome = run(jobs, executor, verify=3)
        self.assertEqual([each.seed for each in executor.asked[1]], [5, 3, 1])
        (failed,) = outcome.failed
        self.assertEqual(failed.seed, 5)
        self.assertEqual(
            failed.failed, [Unmet("verify", "the same again, digest abc", "digest other")]
        )
        self.assertTrue(run(jobs, Told([passed(each.seed) for each in jobs]), verify=99).passed)

    def test_executors(self) -> None:
        """By name."""
        self.assertIsInstance(executor_of("serial", 1), Serial)
        self.assertIsInstance(executor_of("pool", 2), Pool)
        self.assertIsInstance(executor_of("dask", 2), Dask)
        self.assertIsInstance(executor_of("dask://host:8786", 2), Dask)
        self.assertRaises(NoRun, executor_of, "cloud", 2)
        self.assertRaises(NoRun, executor_of, "pool", 0)
        self.assertEqual(
            [ending(1), ending(-9), ending(-200)], ["exit status 1", "SIGKILL", "signal 200"]
        )


class PortionsTests(ScenarioCase):
    """What Dask is handed over at once."""

    def took(self, portions: Portions, *seconds: float) -> None:
        """So long some runs took."""
        portions.took([msgspec.structs.replace(passed(1), seconds=each) for each in seconds])

    def test_seconds(self) -> None:
        """One alone at first, then as many as take a second, or a few more; each job once."""
        jobs = self.jobs("1-1000")
        portions = Portions(jobs)
        found = portions.next(2) + portions.next(2)
        self.assertEqual(found, jobs[:2])
        for seconds, size in (((0.1, 0.1), 10), ((3.8,), 1), ((0.0,) * 97, 25)):
            self.took(portions, *seconds)
            found += (portion := portions.next(2))
            self.assertEqual(len(portion), size)
        self.took(portions, *[0.0] * 900)
        found += (portion := portions.next(2))
        self.assertEqual(len(portion), MOST)
        self.assertEqual(found, jobs[: len(found)])

    def test_end(self) -> None:
        """Towards the end all have as much to do, and what is left over comes one by one."""
        jobs = self.jobs("1-41")
        portions = Portions(jobs)
        self.took(portions, 0.01)
        sizes, found = [], []
        while portion := portions.next(5):
            sizes.append(len(portion))
            found += portion
        self.assertEqual(found, jobs)
        self.assertEqual(sizes[0], 41 // (5 * AHEAD))
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        self.assertEqual(sizes[-1], 1)
        self.assertEqual(portions.next(5), [])

    def test_several(self) -> None:
        """A portion is made one after the other."""
        jobs = self.jobs("3,1")
        self.assertEqual([one.seed for one in several(lambda job: passed(job.seed), jobs)], [3, 1])


FAILED = Result(
    "wild",
    7,
    False,
    "def",
    failed=[Unmet("check low > 1", "low > 1", "0.5"), Unmet("run", "", "they\x00 trade\nmore")],
    repeat="exsim scenarios run wild.ini --seeds 7",
)


class TellingTests(SynchronousTestCase):
    """What is told of them."""

    def setUp(self) -> None:
        results = [passed(1), passed(2), FAILED, broken(job(8, "wild"), "it was not over", 1.5)]
        self.outcome = Outcome(results, 4, "pool", 2.0)

    def test_text(self) -> None:
        """Failed runs with the commands that repeat them, and how many there were of each."""
        self.assertEqual(
            told(self.outcome).splitlines(),
            [
                "wild, seed 7: FAILED",
                "  check low > 1",
                "    expected low > 1",
                "    found 0.5",
                "  run",
                "    they\x00 trade",
                "    more",
                "  again: exsim scenarios run wild.ini --seeds 7",
                "",
                "wild, seed 8: FAILED",
                "  it was not over",
                "  again: again 8",
                "",
                "calm  2 runs  0 failed  4 commands and 2 trades each",
                "wild  2 runs  2 failed  0 commands and 0 trades each",
                "4 runs: 2 passed, 2 failed, in 2.0 s (2.0 a second, pool)",
            ],
        )
        many = Outcome([broken(job(seed), "no") for seed in range(25)], 25, "pool", 1.0)
        self.assertIn("... and 5 more that failed", told(many))

    def test_json(self) -> None:
        """Everything."""
        found = json.loads(told_of(self.outcome))
        self.assertEqual([found[name] for name in ("asked", "passed", "failed")], [4, 2, 2])
        self.assertEqual(found["results"][0]["market"][0]["low"], "47.5")
        self.assertEqual(found["results"][2]["failed"][0]["found"], "0.5")
        decoded = msgspec.convert(found["results"], list[Result])
        self.assertEqual(decoded, list(self.outcome.results))

    def test_junit(self) -> None:
        """As those read it who read JUnit's."""
        text = junit(self.outcome)
        suites = JUnitXml.fromstring(text)
        self.assertEqual((suites.tests, suites.failures, suites.errors), (4, 1, 1))
        calm, wild = suites
        self.assertEqual((calm.name, calm.tests, calm.failures, calm.errors), ("calm", 2, 0, 0))
        self.assertEqual((wild.name, wild.tests, wild.failures, wild.errors), ("wild", 2, 1, 1))
        good, _ = calm
        self.assertEqual((good.classname, good.name, good.time), ("scenarios.calm", "seed 1", 0.25))
        self.assertTrue(good.is_passed)
        self.assertIn("digest abc", good.system_out)
        self.assertIn("ACME at XSIM: 2 trades of 30, from 47.5 to 48, last 48", good.system_out)
        bad, worse = wild
        (failure,), (error,) = bad.result, worse.result
        self.assertIsInstance(failure, Failure)
        self.assertIsInstance(error, Error)
        self.assertIn("expected low > 1", failure.text)
        self.assertIn("again: exsim scenarios run wild.ini --seeds 7", failure.text)
        self.assertEqual(error.message, "it was not over")
        ElementTree.fromstring(text)  # it is XML, whatever was found


class CommandTests(ScenarioCase):
    """``exsim scenarios run``, in this process."""

    def command(self, *words: str) -> tuple[int, str, str]:
        """Its status, and what it prints."""
        out, err = io.StringIO(), io.StringIO()
        options: argparse.Namespace = parser().parse_args(
            ["scenarios", "run", str(self.folder), "--on", "serial", "--for", "2s", *words]
        )
        with redirect_stderr(err):
            status = main(options, out)
        return status, out.getvalue(), err.getvalue()

    def test_passes(self) -> None:
        """Status 0, and files as they are asked for."""
        json_file, xml_file = self.folder / "all.json", self.folder / "all.xml"
        files = ("--json", str(json_file), "--junit", str(xml_file))
        status, out, err = self.command("--seeds", "1-3", "--verify", "1", *files)
        self.assertEqual((status, err), (0, ""), out)
        self.assertIn("3 runs: 3 passed, 0 failed", out)
        self.assertEqual(len(json.loads(json_file.read_bytes())["results"]), 3)
        self.assertEqual(JUnitXml.fromfile(str(xml_file)).tests, 3)

    def test_fails(self) -> None:
        """Status 1, with the command that repeats it: which does."""
        self.script("advance 1s", "check volume > 1000000")
        status, out, _ = self.command("--seeds", "1-2")
        self.assertEqual(status, 1)
        (again,) = [line for line in out.splitlines() if line.endswith("--seeds 2 --for 2s")]
        words = again.partition("again: exsim ")[2].split()
        self.assertEqual(main(parser().parse_args([*words, "--on", "serial"]), io.StringIO()), 1)

    def test_refused(self) -> None:
        """Status 2, and why."""
        for words, why in (
            (("--seeds", "x"), "no seeds such as"),
            (("--for", "0s"), "no time"),
            (("--for", "long"), "no time span"),
            (("--limit", "0"), "takes some time"),
            (("--on", "moon"), "none of serial, pool, dask"),
            (("-j", "-1"), "nobody"),
            (("--set", "venue:XSIM.prising=x"), "prising"),
            (("--json", str(self.folder / "no" / "file")), "No such file"),
        ):
            status, out, err = self.command(*words)
            self.assertEqual((status, out), (2, ""), words)
            self.assertIn(why, err)
            self.assertTrue(err.startswith("exsim scenarios: "), err)
