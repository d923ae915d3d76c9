"""Run the checks of this project and add up what they say.

``python -m tools.runtests check`` runs the unit tests, the type checker and the linter; of unit
tests with many cases of one kind it tries a part. ``test`` tries all of those, and adds the tests
with real sockets and processes, those of the page in a browser, the fast part of the long ones (a
check for each row) and, where ``--fixat`` names the runner of QuickFIX's acceptance scripts, those;
where ``--compiled`` names the Python of an environment with the compiled build, the unit tests run
on it too, and both builds have to give the same bytes and trades (one check).

Every stage runs, whatever an earlier one said; the output of one that failed is shown whole. The
last line is ``N passed, N failed`` and, where tests were skipped, ``, N skipped``; the exit status
is 1 if anything failed. Type checkers and the linter count as one check each. ``--timing`` tells
what processor time each group of stages took, and which tests took longest.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import shutil
import signal
import sys
import sysconfig
import time
import traceback
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path

from tools.processes import BUILD, ROOT, processor_time, run, started
from tools.results import (
    Result,
    fixat_result,
    single_result,
    tally,
    timed,
    together,
    trial_result,
)
from tools.shares import dealt

SOURCES = ("exsim", "tests", "tools", "twisted/plugins")
STYLED = (*SOURCES, "examples")
TSC = ROOT / "node_modules" / ".bin" / "tsc"
"""The type checker of the page, where npm has installed it."""
COMPILED = ROOT / "build" / "compiled"
"""Where the tests of the compiled build run: no sources of exsim are there, nor above."""
COPIED = ("docs", "etc", "tests", "tools")
ALL, PART = "all", "part"
"""Values of EXSIM_TESTS; see tests/amount.py."""
APART = (
    "test_client_ctl",
    "test_client_operations",
    "test_client_shell",
    "test_control_guesses",
    "test_control_limits",
    "test_control_openapi",
    "test_control_resource",
    "test_docs",
    "test_drawing",
    "test_layers",
    "test_page",
    "test_page_actions",
    "test_runtests",
)
"""
Tests of what is the same whatever the build: sources, documents, the page's files, pictures, words
of command lines, REST and its clients before what stands in for a simulator, these tools. No wheel
has it compiled.
"""
JOBS = os.cpu_count() or 1
"""How many processes run tests at once."""
WAITING = JOBS + 1
"""How many do where they wait for sockets, clocks and other processes."""
SHARES = 3 * JOBS
"""How many shares tests are dealt into: few enough to load, and enough for all to be busy."""
SOAK = ("bytes", "databases", "memory", "rest", "processes", "programs")
"""Shares of the long tests, but for those that measure time: these have the machine for them."""
QUICKER = ("bytes", "memory")
"""Those that stay in one process: they are tried with the compiled build, where there is one."""
PAGE_LOAD = "page.test_load"
"""Tests of the page under load, which measure time."""
READY_SECONDS = 30.0
"""How long the simulator may take to listen, for the acceptance scripts."""
SLOWEST = 30
"""How many tests ``--timing`` names."""

Places = asyncio.Semaphore
"""For how many processes there is room at once; who came first is first."""
Stage = tuple[str, Callable[[], Awaitable[Result]]]
Trial = Callable[[str, Sequence[str]], Awaitable[Result]]
"""Runs trial, by the name of a share and the modules that are in it."""


def trial_command(python: str, name: str, *targets: str) -> Sequence[str]:
    """What runs `targets`, modules or packages, under trial, in a folder of their own."""
    options = ("--reporter=timing", f"--temp-directory={BUILD / name}")
    return (python, "-m", "twisted.trial", *options, *targets)


def trial_as(stage: str, how_many: str = ALL) -> Trial:
    """Return what runs the shares of a stage with this Python."""

    async def trial(share: str, targets: Sequence[str]) -> Result:
        name = f"{stage}-{share}"
        command = trial_command(sys.executable, name, *targets)
        return trial_result(*await run(name, *command, EXSIM_TESTS=how_many))

    return trial


def unit_modules() -> list[str]:
    """Return the names of all unit tests' modules."""
    return [path.stem for path in sorted(ROOT.glob("tests/test_*.py"))]


async def in_shares(modules: Sequence[str], trial: Trial, places: Places) -> Result:
    """Deal `modules` out to shares, and run each; see :func:`side_by_side`.

    Modules stay whole, unlike with trial's own ``--jobs``: their tests share what was made once.
    """
    return await side_by_side(dealt(modules, SHARES), trial, places)


async def side_by_side(shares: Iterable[Sequence[str]], trial: Trial, places: Places) -> Result:
    """Run each of the shares of modules by a process of trial, as many at once as there are places.

    They begin in order, each as soon as there is a place for it.
    """

    async def run_share(number: int, modules: Sequence[str]) -> Result:
        async with places:
            return await trial(str(number), [f"tests.{each}" for each in modules])

    return together(await asyncio.gather(*itertools.starmap(run_share, enumerate(shares, 1))))


async def unit_tests(how_many: str, places: Places) -> Result:
    """Run every tests/test_*.py; `how_many` of the cases that some of them have many of."""
    return await in_shares(unit_modules(), trial_as("unit", how_many), places)


async def compiled_unit_tests(python: str, places: Places) -> Result:
    """
    Run the unit tests, with all their cases, on the compiled build.

    That is what the environment of `python` has installed.
    """
    copy_tests()
    status, output = await run_compiled("build", python, "-m", "exsim", "version")
    if status != 0 or "(compiled)" not in output:
        return single_result(1, f"{output}\n{python}: no compiled build; EXSIM_PURE=1 does without")

    async def trial(share: str, targets: Sequence[str]) -> Result:
        name = f"unit-compiled-{share}"
        command = trial_command(python, name, *targets)
        return trial_result(*await run_compiled(name, *command, EXSIM_TESTS=ALL))

    modules = [name for name in unit_modules() if name not in APART]
    return await in_shares(modules, trial, places)


def copy_tests() -> None:
    """Have the tests where no sources are."""
    shutil.rmtree(COMPILED, ignore_errors=True)
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, COMPILED / name, ignore=ignored)


def compiled_path(python: str) -> str:
    """
    Return the PYTHONPATH for the `python` of the compiled build, which is to run where no sources
    are.

    The tools of the tests are those of this Python's environment. That exsim is there as an
    editable install does not count: a folder of PYTHONPATH is searched for modules and packages,
    but not for files that name more folders. Its own packages come first, for the plugins are
    beside Twisted.
    """
    environment = str(Path(python).parent.parent)
    own = sysconfig.get_path("purelib", "venv", {"base": environment})
    return os.pathsep.join((own, sysconfig.get_path("purelib")))


async def run_compiled(name: str, *command: str, **variables: str) -> tuple[int, str]:
    """Run `command` where no sources are."""
    path = compiled_path(command[0])
    return await run(name, *command, folder=COMPILED, PYTHONPATH=path, **variables)


async def same_in_both(python: str, places: Places) -> Result:
    """Compare what the two builds print of the same days, with other hashes of strings."""
    words = ("-m", "tests.digests")
    async with places:
        status, pure = await run("digests", sys.executable, *words, PYTHONHASHSEED="1")
        other_status, compiled = await run_compiled(
            "digests-compiled", python, *words, PYTHONHASHSEED="2"
        )
    differs = pure != compiled or not pure
    return single_result(status or other_status or differs, f"pure:\n{pure}\n{compiled}")


async def live_tests(places: Places) -> Result:
    """Run what lies below tests/live/, those first that take longest."""
    modules = [f"live.{path.stem}" for path in sorted(ROOT.glob("tests/live/test_*.py"))]
    return await side_by_side(dealt(modules, 2 * SHARES), trial_as("live"), places)


async def page_tests(places: Places) -> Result:
    """Run the tests of the page in a browser; without one each of them is skipped, and says why."""
    modules = [f"page.{path.stem}" for path in sorted(ROOT.glob("tests/page/test_*.py"))]
    shared = [name for name in modules if name != PAGE_LOAD]
    return await in_shares(shared, trial_as("page"), places)


async def page_under_load() -> Result:
    """Run those of a busy market."""
    return await trial_as("page")("load", [f"tests.{PAGE_LOAD}"])


async def soak(places: Places, python: str | None = None) -> Result:
    """
    Run the fast part of the rows of the long tests that measure no time.

    `python` is that of the compiled build, if there is one.
    """
    if python is not None:
        copy_tests()

    async def share(name: str) -> Result:
        async with places:
            return await soak_share(name, python if name in QUICKER else None)

    return together(await asyncio.gather(*map(share, SOAK)))


async def soak_share(name: str, python: str | None = None) -> Result:
    """Run the fast part of a share; with the compiled build, where its `python` is given."""
    words = ("-m", "tests.soak", "--share", name)
    if python is None:
        return fixat_result(*await run(f"soak-{name}", sys.executable, *words))
    return fixat_result(*await run_compiled(f"soak-{name}", python, *words))


async def types(places: Places) -> Result:
    """Check the types of all Python that is here."""
    async with places:
        return single_result(*await run("mypy", sys.executable, "-m", "mypy", *SOURCES))


async def page_types() -> Result:
    """Check the types of the JavaScript that is here."""
    return single_result(*await run("tsc", str(TSC), "-p", str(ROOT / "tsconfig.json")))


async def style() -> Result:
    """Run the linter."""
    return single_result(*await run("ruff", sys.executable, "-m", "ruff", "check", *STYLED))


async def acceptance(fixat: Path) -> Result:
    """Start a simulator on etc/acceptance.ini and run the acceptance scripts against it."""
    ready, log = BUILD / "acceptance.json", BUILD / "simulator.log"
    ready.unlink(missing_ok=True)
    twistd = (str(Path(sys.executable).with_name("twistd")), "-n", "--pidfile=", "exsim")
    options = ("-c", "etc/acceptance.ini", "--ready-file", str(ready))
    async with started((*twistd, *options), log) as simulator:
        port = await acceptance_port(simulator, ready, log)
        scripts = (str(fixat), "--port", str(port), "--parallel")
        return fixat_result(*await run("acceptance", sys.executable, *scripts))


async def acceptance_port(simulator: asyncio.subprocess.Process, ready: Path, log: Path) -> int:
    """Wait until the simulator listens; return the port of its order entry."""
    give_up = time.monotonic() + READY_SECONDS
    while not ready.exists():
        if simulator.returncode is not None or time.monotonic() > give_up:
            said = log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"the simulator does not listen; it said:\n{said}")
        await asyncio.sleep(0.05)
    return int(json.loads(ready.read_text(encoding="utf-8"))["endpoints"]["acceptance"]["port"])


def quick_stages(command: str, compiled: Path | None) -> list[Stage]:
    """
    Return the stages without sockets.

    All cases of the unit tests are tried once: on the compiled build, which is quicker, where there
    is one.
    """
    places = Places(JOBS)
    how_many = ALL if command == "test" and compiled is None else PART
    stages: list[Stage] = [
        ("types (mypy)", lambda: types(places)),
        ("unit tests", lambda: unit_tests(how_many, places)),
        ("style (ruff)", style),
    ]
    if TSC.exists():
        stages.append(("types of the page (tsc)", page_types))
    else:
        print("types of the page: not checked, that takes node and npm install")
    if command == "check":
        return stages
    if compiled is None:
        print("compiled build: not tested, none was given: --compiled PYTHON")
    else:
        python = str(compiled.absolute())
        stages += [
            ("unit tests, compiled", lambda: compiled_unit_tests(python, places)),
            ("same bytes and trades in both builds", lambda: same_in_both(python, places)),
        ]
    return stages


def live_stages(fixat: Path | None, compiled: Path | None) -> list[list[Stage]]:
    """Return those with sockets and processes; what measures time has the machine for itself."""
    places = Places(WAITING)
    python = None if compiled is None else str(compiled.absolute())
    return [
        [
            *acceptance_stages(fixat),
            ("soak, fast part", lambda: soak(places, python)),
            ("live tests", lambda: live_tests(places)),
        ],
        [("page, in a browser", lambda: page_tests(Places(JOBS)))],  # a browser waits for little
        [("page under load", page_under_load)],
        [("soak, what measures time", lambda: soak_share("measuring"))],
    ]


def acceptance_stages(fixat: Path | None) -> list[Stage]:
    """Return that of the acceptance scripts, which takes no place: it waits nearly all the time."""
    if fixat is None:
        print("acceptance scripts: not run, no FIXAT=PATH was given")
        return []
    if not (ROOT / "etc" / "acceptance.ini").exists():
        print("acceptance scripts: not run yet, there is no etc/acceptance.ini")
        return []
    path = fixat.resolve()
    return [("acceptance scripts", lambda: acceptance(path))]


def stages_of(command: str, fixat: Path | None, compiled: Path | None) -> list[list[Stage]]:
    """Return the stages in groups: those of one group run side by side, and share its places."""
    groups = [quick_stages(command, compiled)]
    if command == "test":
        groups += live_stages(fixat, compiled)
    return groups


async def report(stage: Stage) -> Result:
    """Run one stage; print its output, if it failed, and its line; return what it found."""
    title, action = stage
    begun = time.monotonic()
    try:
        result = await action()
    except Exception:  # noqa: BLE001 - whatever broke this stage, the others still run
        result = Result(0, 1, 0, traceback.format_exc())
    if result.failed:
        print(f"--- {title}\n{result.output.rstrip()}\n---")
    print(f"{title}: {tally([result])} ({time.monotonic() - begun:.1f} s)", flush=True)
    return result


async def run_all(groups: Iterable[Iterable[Stage]], timing: bool = False) -> list[Result]:
    """Run the groups one after another; return every stage's result.

    A termination signal ends what runs, as Ctrl-C does.
    """
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    results: list[Result] = []
    for group in filter(None, map(list, groups)):
        before, begun = processor_time(), time.monotonic()
        results += await asyncio.gather(*map(report, group))
        if timing:
            took, used = time.monotonic() - begun, processor_time() - before
            print(f"    {used:.0f} s of processor time, {used / took:.2f} of {JOBS} processors")
    return results


def show_slowest() -> None:
    """Print which tests took longest, of all that were run."""
    logs = [path.read_text(encoding="utf-8", errors="replace") for path in BUILD.glob("*.log")]
    tests = [(seconds, name) for log in logs for seconds, name in timed(log)]
    for seconds, name in sorted(tests, reverse=True)[:SLOWEST]:
        print(f"{seconds:8.1f} s  {name}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stages that the command line names; return the exit status."""
    parser = argparse.ArgumentParser(prog="runtests", description="Run the checks of exsim.")
    parser.add_argument("command", choices=("check", "test"))
    parser.add_argument("--compiled", type=Path, help="the Python that has the compiled build")
    parser.add_argument("--fixat", type=Path, help="the runner of the FIX acceptance scripts")
    parser.add_argument("--only", action="append", help="the stages whose title begins so, alone")
    parser.add_argument("--timing", action="store_true", help="tell what takes how long")
    options = parser.parse_args(arguments)
    for log in BUILD.glob("*.log"):
        log.unlink()
    groups = stages_of(options.command, options.fixat, options.compiled)
    if options.only:
        groups = [
            [one for one in each if one[0].startswith(tuple(options.only))] for each in groups
        ]
    try:
        results = asyncio.run(run_all(groups, options.timing))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("interrupted", file=sys.stderr)
        return 130
    if options.timing:
        show_slowest()
    print(tally(results))
    return int(any(result.failed for result in results))


if __name__ == "__main__":
    sys.exit(main())
