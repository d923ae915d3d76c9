"""Which runs are to be made: the scenarios of a folder, times seeds."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exsim.client.script import ScriptError
from exsim.config.load import report
from exsim.errors import ConfigError, ExsimError
from exsim.model.options import duration
from exsim.runs.carrying import script_of, settings_of
from exsim.runs.words import Job

CONFIG: Final = ".ini"
SCRIPTS: Final = (".script", ".py")
"""What is beside a scenario, of the same name, says what is done and expected."""
UNTIL: Final = "10m"
"""Market time of a run where neither a script nor anybody says more."""
SEEDS: Final = "1"
LIMIT: Final = 120.0
MOST: Final = 1_000_000
"""Runs at a time."""


class NoRun(ExsimError):
    """What was asked for cannot be run: the text says why."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A configuration, and the script beside it: a path, empty where there is none."""

    name: str
    config: str
    script: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    How scenarios are to be run: with which ``seeds``, for how long (``span``, as ``10m``; empty for
    as long as the script says), with ``limit`` seconds of real time for each, and what is set over
    their configurations.
    """

    seeds: tuple[int, ...] = (1,)
    span: str = ""
    limit: float = LIMIT
    overrides: tuple[str, ...] = ()


def seeds_of(text: str) -> tuple[int, ...]:
    """
    Seeds such as ``7``, ``1-100`` or ``1-10,42``.

    :raises ValueError: when they are none.
    """
    found: dict[int, None] = {}
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise ValueError(f"{text!r} are no seeds such as 7, 1-100 or 1-10,42")
        begin, end = int(first), int(last or first)
        if end < begin:
            raise ValueError(f"seeds {part.strip()}: the first is greater than the last")
        if end - begin >= MOST:
            raise ValueError(f"seeds {part.strip()}: there may be {MOST:,} runs")
        found.update(dict.fromkeys(range(begin, end + 1)))
    return tuple(found)


def scenarios_in(paths: Iterable[str]) -> list[Scenario]:
    """
    The scenarios of folders, and those that are named by their files; one name each.

    :raises NoRun: when there is none, or a name is there twice.
    """
    found: dict[str, Scenario] = {}
    for path in paths:
        place = Path(path)
        files = sorted(place.glob(f"*{CONFIG}")) if place.is_dir() else [place]
        if not files:
            raise NoRun(f"there is no scenario in {path}: no file that ends in {CONFIG}")
        for file in files:
            if not file.is_file():
                raise NoRun(f"there is no file {file}")
            one = _scenario(file)
            if found.setdefault(one.name, one).config != one.config:
                raise NoRun(f"{found[one.name].config} and {one.config} have one name")
    return list(found.values())


def _scenario(file: Path) -> Scenario:
    beside = [file.with_suffix(suffix) for suffix in SCRIPTS]
    scripts = [str(path) for path in beside if path.is_file()]
    if len(scripts) > 1:
        raise NoRun(f"there are {' and '.join(scripts)}: a scenario has one script")
    return Scenario(file.stem, str(file), scripts[0] if scripts else "")


def jobs_of(scenarios: Sequence[Scenario], wanted: Wanted) -> list[Job]:
    """
    The runs, all seeds of a scenario after one another.

    :raises NoRun: when a configuration or a script is wrong, with all that is.
    """
    if len(scenarios) * len(wanted.seeds) > MOST:
        raise NoRun(f"these are more than {MOST:,} runs")
    problems = [problem for one in scenarios for problem in _problems(one, wanted)]
    if problems:
        raise NoRun("\n".join(problems))
    return [_job(one, seed, wanted) for one in scenarios for seed in wanted.seeds]


def _problems(scenario: Scenario, wanted: Wanted) -> list[str]:
    try:
        settings_of(scenario.config, wanted.overrides)
        if scenario.script:
            script_of(scenario.script)
    except ConfigError as error:
        return [report(error, scenario.config)]
    except ScriptError as error:
        return [f"{scenario.script}: {error}"]
    except (OSError, UnicodeDecodeError) as error:
        return [f"{scenario.script}: {error}"]
    return []


def _job(scenario: Scenario, seed: int, wanted: Wanted) -> Job:
    span = wanted.span or ("" if scenario.script else UNTIL)
    return Job(
        scenario=scenario.name,
        config=str(Path(scenario.config).absolute()),
        script=scenario.script and str(Path(scenario.script).absolute()),
        seed=seed,
        span=duration(span) if span else 0,
        limit=wanted.limit,
        overrides=wanted.overrides,
        repeat=_command(scenario, seed, wanted),
    )


def _command(scenario: Scenario, seed: int, wanted: Wanted) -> str:
    """What makes this run again, alone."""
    words = ["exsim", "scenarios", "run", scenario.config, "--seeds", str(seed)]
    if wanted.span:
        words += ["--for", wanted.span]
    if wanted.limit != LIMIT:
        words += ["--limit", f"{wanted.limit:g}"]
    for text in wanted.overrides:
        words += ["--set", text]
    return shlex.join(words)
