"""
Scenarios as tests of pytest: ``pytest --exsim-scenarios DIR --exsim-seeds 1-100 -n 4``.

Each scenario with each seed is a test of its own, so that pytest-xdist deals them out. What comes
of them is what ``exsim scenarios run`` comes to.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from exsim.runs.carrying import carry_out
from exsim.runs.finding import CONFIG, NoRun, Wanted, jobs_of, scenarios_in, seeds_of
from exsim.runs.telling import Outcome, told_of, why
from exsim.runs.words import Job, Result

PROPERTY: Final = "exsim scenario"
"""Under which name a report has the result."""


class NotPassed(Exception):
    """A run did not pass."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.repeat)
        self.result = result


class Scenarios:
    """Collects those of a folder, and gathers what comes of them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._begun = time.perf_counter()
        self._results: dict[tuple[str, int], Result] = {}
        self.folder = Path(config.getoption("exsim_scenarios")).absolute()
        try:
            self.wanted = Wanted(seeds_of(config.getoption("exsim_seeds")))
        except ValueError as error:
            raise pytest.UsageError(f"--exsim-seeds {error}") from None
        try:
            found = scenarios_in([str(self.folder)])
        except NoRun as error:
            raise pytest.UsageError(f"--exsim-scenarios: {error}") from None
        _add_arguments(config, [one.config for one in found])

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Any:
        """Those of the folder are scenarios."""
        if file_path.suffix == CONFIG and self.folder in (file_path, file_path.parent):
            return ScenarioFile.from_parent(parent, path=file_path, wanted=self.wanted)
        return None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the result; with xdist, wherever it was made."""
        for name, told in report.user_properties:
            if name == PROPERTY and report.when == "call":
                result = msgspec.json.decode(str(told), type=Result)
                self._results[result.place] = result

    def pytest_sessionfinish(self) -> None:
        """Write them all, but not in the workers of xdist."""
        path = self._config.getoption("exsim_results")
        if path and not hasattr(self._config, "workerinput"):
            found = [self._results[place] for place in sorted(self._results)]
            seconds = time.perf_counter() - self._begun
            Path(path).write_bytes(told_of(Outcome(found, len(found), "pytest", seconds)))


def _add_arguments(config: pytest.Config, files: list[str]) -> None:
    """
    Have these collected: alone, where nothing else was asked for. Other tests may be beside them.
    """
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = []
    config.args += [file for file in files if file not in config.args]


class ScenarioFile(pytest.File):
    """A scenario: a test for each seed."""

    def __init__(self, *, wanted: Wanted, **given: Any) -> None:
        super().__init__(**given)
        self._wanted = wanted

    def collect(self) -> Iterator[ScenarioItem]:
        """The tests."""
        try:
            jobs = jobs_of(scenarios_in([str(self.path)]), self._wanted)
        except NoRun as error:
            raise self.CollectError(str(error)) from None
        for job in jobs:
            yield ScenarioItem.from_parent(self, name=f"{job.scenario}[{job.seed}]", job=job)


class ScenarioItem(pytest.Item):
    """A run."""

    def __init__(self, *, job: Job, **given: Any) -> None:
        super().__init__(**given)
        self._job = job

    def runtest(self) -> None:
        """Make it."""
        result = carry_out(self._job)
        self.user_properties.append((PROPERTY, msgspec.json.encode(result).decode()))
        if not result.passed:
            raise NotPassed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What did not hold, and how to repeat it."""
        if isinstance(excinfo.value, NotPassed):
            return f"{why(excinfo.value.result)}\nagain: {excinfo.value.result.repeat}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it is from."""
        return self.path, None, self.name
