"""What a stage of :mod:`tools.runtests` found: counts, out of what its commands print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_TIMED = re.compile(r"^(tests\.\S+) \.\.\. .*?\((\d+\.\d+) secs\)$", re.MULTILINE | re.DOTALL)
"""What trial's reporter ``timing`` says of a test, in between whatever that prints."""
_PASSED = re.compile(r"^tests\.\S+ \.\.\. \[OK\]\n\(\d+\.\d+ secs\)\n", re.MULTILINE)


@dataclass(frozen=True)
class Result:
    """What one stage found; its output is worth showing when something failed."""

    passed: int
    failed: int
    skipped: int
    output: str


def sums(results: Iterable[Result]) -> tuple[int, int, int]:
    """Return how many passed, failed and were skipped in all `results`."""
    counts = [(result.passed, result.failed, result.skipped) for result in results]
    passed, failed, skipped = map(sum, zip(*counts, strict=True))
    return passed, failed, skipped


def tally(results: Iterable[Result]) -> str:
    """Return the sum of `results` as ``N passed, N failed[, N skipped]``."""
    passed, failed, skipped = sums(results)
    return f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")


def together(results: Sequence[Result]) -> Result:
    """Return what the parts of a stage found, with the output of those that failed."""
    passed, failed, skipped = sums(results)
    said = "\n".join(result.output for result in results if result.failed)
    return Result(passed, failed, skipped, said)


def counted(passed: int, failed: int, skipped: int, status: int, output: str) -> Result:
    """Return the result, with a failure more if it holds no test or does not fit the status."""
    if passed + failed + skipped == 0 or (status != 0 and failed == 0):
        failed += 1
        output += f"\nexit status {status}, without a count of tests that fits it\n"
    return Result(passed, failed, skipped, output)


def trial_result(status: int, output: str) -> Result:
    """Read trial's closing line, such as ``FAILED (skips=1, failures=2, successes=20)``.

    A test that failed as it was marked to do (``todo``) has passed. The lines of those that passed
    are left out of the output.
    """
    closing = re.findall(r"^(?:PASSED|FAILED) \((.*)\)$", output, re.MULTILINE)
    counts = dict(re.findall(r"(\w+)=(\d+)", closing[-1])) if closing else {}

    def count(*names: str) -> int:
        return sum(int(counts.get(name, 0)) for name in names)

    return counted(
        count("successes", "expectedFailures"),
        count("failures", "errors", "unexpectedSuccesses"),
        count("skips"),
        status,
        _PASSED.sub("", output),
    )


def fixat_result(status: int, output: str) -> Result:
    """Read the closing ``N passed, N failed`` of the acceptance scripts' runner, or of the soak."""
    closing = re.findall(r"^(\d+) passed, (\d+) failed$", output, re.MULTILINE)
    passed, failed = map(int, closing[-1]) if closing else (0, 0)
    return counted(passed, failed, 0, status, output)


def single_result(status: int, output: str) -> Result:
    """Count a command as one check, which its exit status decides."""
    return Result(int(status == 0), int(status != 0), 0, output)


def timed(output: str) -> list[tuple[float, str]]:
    """Return how many seconds each test took of which trial's reporter ``timing`` tells."""
    return [(float(seconds), name) for name, seconds in _TIMED.findall(output)]
