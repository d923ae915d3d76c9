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
import contextlib
import itertools
import json
import os
import resource
import shutil
import signal
import sys
import sysconfig
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path

from tools.results import (
    Result,
    fixat_result,
    single_result,
    tally,
    timed,
    together,
    trial_result,
)

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "tests"
"""Where trial's folders and each stage's output go."""
SOURCES = ("exsim", "tests", "tools", "twisted/plugins")
STYLED = (*SOURCES, "examples")
TSC = ROOT / "node_modules" / ".bin" / "tsc"
"""The type checker of the page, where npm has installed it."""
COMPILED = ROOT / "build" / "compiled"
"""Where the tests of the compiled build run: no sources of exsim are there, nor above."""
COPIED = ("docs", "etc", "tests", "tools")
ALL, PART = "all", "part"
"""Values of EXSIM_TESTS; see tests/amount.py."""
ABOUT_SOURCES = ("test_docs", "test_layers")
"""Tests that read the sources and documents, whatever the build."""
JOBS = os.cpu_count() or 1
"""How many processes run tests at once."""
SHARES = 3 * JOBS
"""How many shares tests are dealt into: few enough to load, and enough for all to be busy."""
LONG = ("test_schemathesis", "test_packaging", "test_readme")
"""Live tests that take minutes: they begin first, each in a process of its own."""
PAGE_LOAD = "page.test_load"
"""Tests of the page under load, which measure time."""
STAGE_SECONDS = 1800.0
"""After this long a stage is stopped and counts as failed."""
READY_SECONDS = 30.0
"""How long the simulator may take to listen, for the acceptance scripts."""
STOP_SECONDS = 10.0
"""How long a process that is stopped may take to clean up, before it is killed."""
SLOWEST = 30
"""How many tests ``--timing`` names."""

Stage = tuple[str, Callable[[], Awaitable[Result]]]
Trial = Callable[[str, Sequence[str]], Awaitable[Result]]
"""Runs trial, by the name of a share and the modules that are in it."""


@contextlib.asynccontextmanager
async def started(
    command: Sequence[str], log: Path, folder: Path = ROOT, **variables: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start `command` in `folder`, with `variables` in its environment, its output going to `log`.

    It leads a process group, of which nothing is left when the context ends, however it ends.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=os.environ | {"PYTHONWARNINGS": "default"} | variables,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGINT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def run(name: str, *command: str, folder: Path = ROOT, **variables: str) -> tuple[int, str]:
    """Run `command`; return its exit status, and all that it printed (kept as NAME.log too)."""
    log = BUILD / f"{name}.log"
    status, remark = 1, ""
    async with started(command, log, folder, **variables) as process:
        try:
            status = await asyncio.wait_for(process.wait(), STAGE_SECONDS)
        except TimeoutError:
            remark = f"\nstopped after {STAGE_SECONDS:.0f} s: {' '.join(command)}\n"
    return status, log.read_text(encoding="utf-8", errors="replace") + remark


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


async def in_shares(modules: Sequence[str], trial: Trial) -> Result:
    """Deal `modules` out to shares, and run each; see :func:`side_by_side`.

    Modules stay whole, unlike with trial's own ``--jobs``: their tests share what was made once.
    """
    return await side_by_side(dealt(modules), trial)


def dealt(modules: Sequence[str]) -> list[Sequence[str]]:
    """Deal `modules` out to shares, of which none is empty."""
    return [modules[number::SHARES] for number in range(min(SHARES, len(modules)))]


async def side_by_side(shares: Iterable[Sequence[str]], trial: Trial) -> Result:
    """Run each of the shares of modules by a process of trial, as many at once as processors.

    They begin in order, each as soon as there is a processor for it.
    """
    free = asyncio.Semaphore(JOBS)

    async def run_share(number: int, modules: Sequence[str]) -> Result:
        async with free:
            return await trial(str(number), [f"tests.{each}" for each in modules])

    return together(await asyncio.gather(*itertools.starmap(run_share, enumerate(shares, 1))))


async def unit_tests(how_many: str) -> Result:
    """Run every tests/test_*.py; `how_many` of the cases that some of them have many of."""
    return await in_shares(unit_modules(), trial_as("unit", how_many))


async def compiled_unit_tests(python: str) -> Result:
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

    modules = [name for name in unit_modules() if name not in ABOUT_SOURCES]
    return await in_shares(modules, trial)


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


async def same_in_both(python: str) -> Result:
    """Compare what the two builds print of the same days, with other hashes of strings."""
    words = ("-m", "tests.digests")
    status, pure = await run("digests", sys.executable, *words, PYTHONHASHSEED="1")
    other_status, compiled = await run_compiled(
        "digests-compiled", python, *words, PYTHONHASHSEED="2"
    )
    differs = pure != compiled or not pure
    return single_result(status or other_status or differs, f"pure:\n{pure}\n{compiled}")


async def live_tests() -> Result:
    """Run what lies below tests/live/, those first that take longest."""
    modules = [path.stem for path in sorted(ROOT.glob("tests/live/test_*.py"))]
    others = dealt([f"live.{name}" for name in modules if name not in LONG])
    return await side_by_side([*([f"live.{name}"] for name in LONG), *others], trial_as("live"))


async def soak() -> Result:
    """Run the fast part of each row of the long tests, first those that measure no time."""

    async def share(name: str) -> Result:
        command = (sys.executable, "-m", "tests.soak", "--share", name)
        return fixat_result(*await run(f"soak-{name}", *command))

    beside = await asyncio.gather(*map(share, ("1", "2", "3", "4")))
    return together([*beside, await share("measuring")])


async def types() -> Result:
    """Check the types of all Python that is here."""
    return single_result(*await run("mypy", sys.executable, "-m", "mypy", *SOURCES))


async def page_types() -> Result:
    """Check the types of the JavaScript that is here."""
    return single_result(*await run("tsc", str(TSC), "-p", str(ROOT / "tsconfig.json")))


async def page_tests() -> Result:
    """Run the tests of the page in a browser; without one each of them is skipped, and says why.

    The one of a busy market has the machine for itself.
    """
    trial = trial_as("page")
    modules = [f"page.{path.stem}" for path in sorted(ROOT.glob("tests/page/test_*.py"))]
    shared = await in_shares([name for name in modules if name != PAGE_LOAD], trial)
    return together([shared, await trial("load", [f"tests.{PAGE_LOAD}"])])


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


def compiled_stages(python: Path | None) -> list[list[Stage]]:
    """Return the stages of the compiled build."""
    if python is None:
        print("compiled build: not tested, none was given: --compiled PYTHON")
        return []
    path = str(python.absolute())
    return [
        [
            ("unit tests, compiled", lambda: compiled_unit_tests(path)),
            ("same bytes and trades in both builds", lambda: same_in_both(path)),
        ],
    ]


def stages_of(command: str, fixat: Path | None, compiled: Path | None) -> list[list[Stage]]:
    """Return the stages in groups: those of one group run side by side.

    What runs with real sockets and clocks has the machine for itself. All cases of the unit tests
    are tried once: on the compiled build, which is quicker, where there is one.
    """
    how_many = ALL if command == "test" and compiled is None else PART
    groups: list[list[Stage]] = [
        [
            ("unit tests", lambda: unit_tests(how_many)),
            ("types (mypy)", types),
            ("style (ruff)", style),
        ]
    ]
    if TSC.exists():
        groups[0].append(("types of the page (tsc)", page_types))
    else:
        print("types of the page: not checked, that takes node and npm install")
    if command == "test":
        groups += compiled_stages(compiled)
        groups.append([("live tests", live_tests)])
        groups.append([("page, in a browser", page_tests)])
        groups.append([("soak, fast part", soak)])
        if fixat is None:
            print("acceptance scripts: not run, no FIXAT=PATH was given")
        elif not (ROOT / "etc" / "acceptance.ini").exists():
            print("acceptance scripts: not run yet, there is no etc/acceptance.ini")
        else:
            path = fixat.resolve()
            groups.append([("acceptance scripts", lambda: acceptance(path))])
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
    for group in groups:
        before, begun = processor_time(), time.monotonic()
        results += await asyncio.gather(*map(report, group))
        if timing:
            took, used = time.monotonic() - begun, processor_time() - before
            print(f"    {used:.0f} s of processor time, {used / took:.2f} of {JOBS} processors")
    return results


def processor_time() -> float:
    """Return the seconds of all processes that were run so far and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
    parser.add_argument("--timing", action="store_true", help="tell what takes how long")
    options = parser.parse_args(arguments)
    for log in BUILD.glob("*.log"):
        log.unlink()
    stages = stages_of(options.command, options.fixat, options.compiled)
    try:
        results = asyncio.run(run_all(stages, options.timing))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("interrupted", file=sys.stderr)
        return 130
    if options.timing:
        show_slowest()
    print(tally(results))
    return int(any(result.failed for result in results))


if __name__ == "__main__":
    sys.exit(main())
