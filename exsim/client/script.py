"""
Scripts: a day, or a case, in a file: what is done to a simulator, and what is expected of it.

An ini file has one step a line::

    [script]
    summary = An order is filled in two parts
    venue = XSIM
    session = BUYSIDE1
    steps =
        clock manual
        rule type=D symbol=AAA then ack; fill 200 @ 10.01; after 5m; fill rest
        expect type=D qty>=500 within 5s
        advance 5m
        verify type=8 exec=fill exactly 2

and a Python file a function ``run(simulator)``, which gets the client. Words are in
:mod:`exsim.client.script_steps`; filters are those of :mod:`exsim.filters`.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from configparser import Error as IniError
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from exsim.client.codec import SimulatorError
from exsim.client.nearest import instead
from exsim.client.script_checks import Check
from exsim.client.script_steps import Doer, Play, read_step

if TYPE_CHECKING:
    from exsim.client.blocking_operations import BlockingOperations

KEYS: Final = ("summary", "venue", "session", "steps")


class ScriptError(ValueError):
    """A file that is no script: where, and what would be right."""


@dataclass
class Script:
    """A script as it was read: ``steps`` are lines, or ``run`` is the function of a Python file."""

    name: str
    summary: str = ""
    venue: str = ""
    session: str = ""
    steps: list[str] = field(default_factory=list)
    run: Callable[[BlockingOperations], object] | None = None


@dataclass
class Report:
    """What came of a script: whether it passed, and a line for each step, the last with why not."""

    name: str
    passed: bool
    lines: list[str]

    @property
    def text(self) -> str:
        """All of it."""
        ending = "passed" if self.passed else "FAILED"
        return "\n".join([*self.lines, f"{self.name}: {ending}"])


# -- reading


def read_script(path: Path) -> Script:
    """
    The script of a file.

    :raises ScriptError: when it is none.
    :raises OSError: when it cannot be read.
    """
    if path.suffix == ".py":
        return _python(path)
    return parse_script(path.stem, path.read_text(encoding="utf-8"))


def parse_script(name: str, text: str) -> Script:
    """
    The script of the text of an ini file.

    :raises ScriptError: saying which step is wrong, and what would be right.
    """
    ini = ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    try:
        ini.read_string(text)
    except IniError as error:
        raise ScriptError(f"{name}: {error}") from None
    if ini.sections() != ["script"]:
        raise ScriptError(f"{name}: a script has one section, [script]")
    given: dict[str, Any] = dict(ini["script"])
    for key in given:
        if key not in KEYS:
            raise ScriptError(f"{name}: [script] has no key {key!r}{instead(key, KEYS)}")
    lines = [line.strip() for line in given.pop("steps", "").splitlines()]
    steps = [line for line in lines if line]
    if not steps:
        raise ScriptError(f"{name}: [script] has no steps")
    for number, line in enumerate(steps, 1):
        try:
            read_step(line)
        except ValueError as error:
            raise ScriptError(f"{name}: step {number}, {line!r}: {error}") from None
    return Script(name, steps=steps, **given)


def _python(path: Path) -> Script:
    try:
        names = runpy.run_path(str(path), run_name="exsim_script")
    except OSError:
        raise
    except Exception as error:
        raise ScriptError(f"{path.stem}: {type(error).__name__}: {error}") from error
    run = names.get("run")
    if not callable(run):
        raise ScriptError(f"{path.stem}: a script in Python has a function run(simulator)")
    summary = (names.get("__doc__") or "").strip().partition("\n")[0]
    return Script(path.stem, summary, run=run)


# -- running


def run_script(simulator: BlockingOperations, script: Script) -> Report:
    """Run a script to its end, or to the first step that fails; nothing is raised for that."""
    lines = [f"{script.name}: {script.summary}" if script.summary else script.name]
    try:
        for line in _parts(simulator, script):
            lines.append(f"  ok  {line}")
    except (AssertionError, SimulatorError, ValueError, TypeError) as error:
        step = script.steps[len(lines) - 1] if script.run is None else "run"
        lines.append(f"  FAILED  {step}")
        lines += [f"    {each}" for each in (str(error) or type(error).__name__).splitlines()]
        return Report(script.name, False, lines)
    return Report(script.name, True, lines)


def _parts(simulator: BlockingOperations, script: Script) -> Iterator[str]:
    """Each step, once it is done."""
    if script.run is not None:
        script.run(simulator)
        yield "run"
        return
    play, doers = begin(simulator, script)
    for line, do in zip(script.steps, doers, strict=True):
        do(play)
        yield line


def begin(simulator: BlockingOperations, script: Script) -> tuple[Play, list[Doer]]:
    """A script of steps at work, and what each of these does."""
    play = Play(simulator, script.venue, script.session)
    doers = [read_step(line) for line in script.steps]
    play.since.watch(do for do in doers if isinstance(do, Check))
    return play, doers
