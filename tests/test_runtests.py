"""tools/runtests.py counts what its stages say, and lets no failure pass for success."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.soak.__main__ import SHARES as ROW_SHARES
from tools.results import Result, fixat_result, single_result, tally, timed, trial_result
from tools.runtests import APART, JOBS, SHARES, SOAK, Places, in_shares, side_by_side
from tools.shares import SECONDS, dealt, seconds


class CountTests(SynchronousTestCase):
    """The closing lines of trial and of the acceptance scripts' runner."""

    def assert_counts(self, result: Result, passed: int, failed: int, skipped: int = 0) -> None:
        """Check the three counts of `result`."""
        self.assertEqual((result.passed, result.failed, result.skipped), (passed, failed, skipped))

    def test_passed(self) -> None:
        """Successes and expected failures pass; skips are counted apart."""
        self.assert_counts(trial_result(0, "Ran 2 tests\n\nPASSED (successes=2)\n"), 2, 0)
        output = "PASSED (skips=1, expectedFailures=3, successes=20)"
        self.assert_counts(trial_result(0, output), 23, 0, 1)

    def test_failed(self) -> None:
        """Failures, errors and unexpected successes fail."""
        output = "FAILED (skips=1, failures=2, errors=3, unexpectedSuccesses=4, successes=5)"
        self.assert_counts(trial_result(1, output), 5, 9, 1)
        self.assert_counts(trial_result(1, "FAILED (errors=1)"), 0, 1)

    def test_last_line_counts(self) -> None:
        """What a test prints is not taken for the result."""
        self.assert_counts(trial_result(0, "PASSED (successes=9)\nPASSED (successes=1)\n"), 1, 0)

    def test_no_test(self) -> None:
        """A run without a test is a failure: something was not found."""
        self.assert_counts(trial_result(0, "Ran 0 tests in 0.0s\n\nPASSED (ran 0 tests)\n"), 0, 1)

    def test_crash(self) -> None:
        """A run that ended before its closing line, or against it, has failed, and says so."""
        result = trial_result(3, "...")
        self.assert_counts(result, 0, 1)
        self.assertIn("exit status 3", result.output)
        self.assert_counts(trial_result(1, "PASSED (successes=7)"), 7, 1)

    def test_acceptance(self) -> None:
        """The acceptance scripts' runner exits with 0 whatever it counted."""
        self.assert_counts(fixat_result(0, "took 1.0 s\n40 passed, 2 failed\n"), 40, 2)
        self.assert_counts(fixat_result(2, "fixat: no server\n"), 0, 1)
        self.assert_counts(fixat_result(0, "0 passed, 0 failed\n"), 0, 1)

    def test_single(self) -> None:
        """A checker is one check."""
        self.assert_counts(single_result(0, ""), 1, 0)
        self.assert_counts(single_result(2, "error"), 0, 1)

    def test_tally(self) -> None:
        """The sum names skipped tests only where there are some."""
        results = [Result(3, 0, 0, ""), Result(4, 1, 0, "")]
        self.assertEqual(tally(results), "7 passed, 1 failed")
        self.assertEqual(tally([*results, Result(0, 0, 2, "")]), "7 passed, 1 failed, 2 skipped")


class ShareTests(SynchronousTestCase):
    """Modules dealt out to processes."""

    def dealt(self, count: int, failing: str = "") -> tuple[list[str], Result]:
        """What is run of so many modules, and the result; one fails, if it is named."""
        run: list[str] = []

        async def trial(share: str, targets: Sequence[str]) -> Result:
            run.extend(targets)
            failed = int(f"tests.{failing}" in targets)
            return Result(len(targets) - failed, failed, 1, f"share {share}")

        return run, asyncio.run(in_shares([f"test_{n}" for n in range(count)], trial, Places(JOBS)))

    def test_all(self) -> None:
        """Each module is run once, whether there are few or many; the counts are added up."""
        for count in (1, SHARES, 5 * SHARES + 1):
            run, result = self.dealt(count)
            self.assertEqual(sorted(run), sorted(f"tests.test_{n}" for n in range(count)))
            self.assertEqual(result, Result(count, 0, min(count, SHARES), ""))

    def test_output(self) -> None:
        """What a share said in which something failed is kept, and of no other."""
        _, result = self.dealt(2 * SHARES, "test_1")
        self.assertEqual((result.passed, result.failed), (2 * SHARES - 1, 1))
        self.assertEqual(result.output, "share 2")

    def test_in_order(self) -> None:
        """Shares begin in their order, and no more at once than there are processors."""
        begun: list[str] = []
        running: list[int] = []

        async def trial(share: str, targets: Sequence[str]) -> Result:
            begun.append(share)
            running.append(running[-1] + 1 if running else 1)
            await asyncio.sleep(0)
            running.append(running[-1] - 1)
            return Result(1, 0, 0, "")

        count = 3 * JOBS + 1
        asyncio.run(side_by_side([["test_it"]] * count, trial, Places(JOBS)))
        self.assertEqual(begun, [str(number) for number in range(1, count + 1)])
        self.assertEqual(max(running), JOBS)


class DealTests(SynchronousTestCase):
    """Modules dealt out by the time they take."""

    def test_balanced(self) -> None:
        """What takes longest is alone where it takes longer than all others, and comes first."""
        others = [f"test_{n}" for n in range(30)]
        first, *more = dealt([*others, "test_fact_ranges"], 4)
        self.assertEqual(first, ["test_fact_ranges"])
        self.assertEqual([len(share) for share in more], [10, 10, 10])

    def test_in_turn(self) -> None:
        """Shares come in the order of the time they take."""
        found = dealt([*SECONDS, *(f"test_{n}" for n in range(200))], 5)
        times = [sum(map(seconds, share)) for share in found]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertLess(times[0] - times[-1], max(SECONDS.values()))

    def test_known(self) -> None:
        """What is said to take long is there."""
        here = Path(__file__).parent
        for name in SECONDS:
            self.assertTrue((here / f"{name.replace('.', '/')}.py").exists(), name)

    def test_apart(self) -> None:
        """What does not run on the compiled build, which tries all cases, has no part of them."""
        for name in APART:
            text = (Path(__file__).parent / f"{name}.py").read_text()
            self.assertNotIn("\nfrom tests.amount ", text, name)

    def test_soak(self) -> None:
        """All shares of the long tests are run."""
        self.assertEqual({*SOAK, "measuring"}, {*ROW_SHARES})


class TimingTests(SynchronousTestCase):
    """Trial's reporter of times."""

    SAID = (
        "tests.test_a.ATests.test_one ... [OK]\n(0.250 secs)\n"
        "tests.test_a.ATests.test_two ... a word of its own\n[OK]\n(12.000 secs)\n"
        "tests.test_a.ATests.test_three ... [FAILURE]\n(0.001 secs)\n"
        "FAILED (failures=1, successes=2)\n"
    )

    def test_timed(self) -> None:
        """Each test is found, whatever it printed and however it ended."""
        found = [(seconds, name.rpartition(".")[2]) for seconds, name in timed(self.SAID)]
        self.assertEqual(found, [(0.25, "test_one"), (12, "test_two"), (0.001, "test_three")])

    def test_quiet(self) -> None:
        """Where a test failed, the lines of those that passed in silence are not shown."""
        output = trial_result(1, self.SAID).output
        self.assertNotIn("test_one", output)
        self.assertIn("a word of its own", output)
        self.assertIn("test_three ... [FAILURE]", output)
