"""
The console script ``exsim``.

What a command needs is imported when it is called, so that ``exsim --help`` answers at once.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from exsim import __version__

if TYPE_CHECKING:
    from exsim.terminal.arguments import Add

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line, by default that of this process; the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["ctl"]:
        return _ctl(given[1:])
    options = parser(run_alone=given[:1] == ["run"]).parse_args(given)
    command: Command = options.command
    return command(options)


def parser(run_alone: bool = False) -> argparse.ArgumentParser:
    """
    The commands and their options; ``command`` of what it parses carries it out.

    ``run_alone`` is for who asks for that one: simulators are started often, and to tell what all
    the others take is some of the time of it.
    """
    exsim = argparse.ArgumentParser(
        prog="exsim", description="A simulated exchange to test trading systems against."
    )
    commands = exsim.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Command, summary: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        one.set_defaults(command=command)
        return one

    _add_run(add("run", _run, "Run a simulator in the foreground, as `twistd -n exsim` does."))
    if not run_alone:
        _add_others(add)
        commands.add_parser("ctl", add_help=False, help="Ask a running simulator over REST.")
    return exsim


def _add_others(add: Add) -> None:
    from exsim.bench.arguments import add_benchmarks
    from exsim.runs.arguments import add_scenarios
    from exsim.terminal.arguments import add_for_people
    from exsim.terminal.between import add_between
    from exsim.terminal.store_arguments import add_stores

    _add_check(add("check", _check, "Check a configuration and list all that is wrong with it."))
    _add_replay(add("replay", _replay, "Run a journal again and compare every entry and byte."))
    add("plugins", _plugins, "List the protocols, policies, pricing sources and bots.")
    add_benchmarks(add("bench", _bench, "Measure how fast exsim is on this machine."))
    add_for_people(add)
    _add_diagnose(
        add("diagnose", _diagnose, "Write a zip with all that a report of a defect should have.")
    )
    _add_repair(
        add("repair", _repair, "Cut a damaged journal at the damage, and keep what is cut.")
    )
    add_stores(add)
    _add_script(add("script", _script, "Run a script: do its steps, and tell what does not hold."))
    add_between(add)
    add_scenarios(add)
    add("version", _version, "Tell the version, and whether this is the compiled build.")
    _add_with(add("with", _with, "Run a command with a simulator of its own, on free ports."))
    _add_completion(
        add("completion", _completion, "Print a script that has a shell complete exsim.")
    )


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="set a key over the file; may be given again",
    )


def _add_venue(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--venue", metavar="NAME", help="this venue alone, as processes = venue carries it"
    )


def _add_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("-c", "--config", required=True, metavar="FILE", help="the configuration")
    _add_set(run)
    _add_venue(run)
    run.add_argument("--ready-file", metavar="FILE", help="write this once everything listens")
    run.add_argument(
        "--term", type=int, metavar="N", help="of the venue's lease, where that was taken for us"
    )
    run.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    run.add_argument("--remove", metavar="FOLDER", help="remove this folder in the end")
    run.add_argument("--pidfile", default="", metavar="FILE", help="keep the process id there")


def _add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument("config", metavar="FILE", help="the configuration")
    _add_set(check)


def _add_replay(replay: argparse.ArgumentParser) -> None:
    from exsim.terminal.store_arguments import add_password_file

    replay.add_argument(
        "folder", metavar="JOURNAL", help="a data_dir, the journal in it, or URL in PostgreSQL"
    )
    add_password_file(replay)
    replay.add_argument(
        "-c", "--config", metavar="FILE", help="as it was run with, if not what the data_dir notes"
    )
    _add_set(replay)
    _add_venue(replay)
    replay.add_argument("--diff", action="store_true", help="tell the first difference in words")
    replay.add_argument(
        "--until", type=int, metavar="SEQ", help="stop after this entry, and tell the state"
    )
    replay.add_argument("--json", action="store_true", help="print JSON rather than text")


def _add_repair(repair: argparse.ArgumentParser) -> None:
    from exsim.terminal.store_arguments import add_password_file

    repair.add_argument(
        "data_dir",
        metavar="DATA_DIR",
        help="what [exsim] data_dir or journal names",
    )
    repair.add_argument("--venue", default="", metavar="NAME", help="its name in PostgreSQL")
    add_password_file(repair)


def _add_script(script: argparse.ArgumentParser) -> None:
    script.add_argument("file", metavar="FILE", help="an ini file with [script], or a Python file")
    script.add_argument(
        "--url", help="where REST is; without it a simulator of its own is started for the script"
    )
    script.add_argument("-c", "--config", metavar="FILE", help="the configuration of that one")
    script.add_argument("--token-file", metavar="FILE", help="holds a token for admin")
    script.add_argument("--json", action="store_true", help="print JSON rather than text")


def _add_with(within: argparse.ArgumentParser) -> None:
    within.add_argument("-c", "--config", metavar="FILE", help="the configuration")
    _add_set(within)
    within.add_argument(
        "words",
        nargs=argparse.REMAINDER,
        metavar="COMMAND",
        help="finds it by EXSIM_URL, EXSIM_ORDER_ENTRY_HOST and EXSIM_ORDER_ENTRY_PORT",
    )


def _add_completion(shell: argparse.ArgumentParser) -> None:
    shell.add_argument("shell", choices=("bash", "zsh", "fish"))


def _add_diagnose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--url", default="http://127.0.0.1:8480", help="where REST is (http://127.0.0.1:8480)"
    )
    parser.add_argument("--token-file", metavar="FILE", help="holds a token for admin")
    parser.add_argument(
        "--output", metavar="FILE", help="the zip; a name with the time if not given"
    )


def _run(options: argparse.Namespace) -> int:
    gc.disable()  # until all is loaded: it would look through that again and again
    from twisted.scripts.twistd import run

    sys.argv = [sys.argv[0], *twistd_arguments(options)]  # where twistd looks
    try:
        run()
    finally:
        if options.remove:
            shutil.rmtree(options.remove, ignore_errors=True)
    return 0


def twistd_arguments(options: argparse.Namespace) -> list[str]:
    """What follows ``twistd`` to do as ``exsim run`` says."""
    words = ["--nodaemon", f"--pidfile={options.pidfile}", "exsim", f"--config={options.config}"]
    words += [f"--set={text}" for text in options.set]
    if options.venue:
        words.append(f"--venue={options.venue}")
    if options.term is not None:
        words.append(f"--term={options.term}")
    if options.ready_file:
        words.append(f"--ready-file={options.ready_file}")
    if options.until_eof:
        words.append("--until-eof")
    return words


def _check(options: argparse.Namespace) -> int:
    from exsim.config.load import load, report
    from exsim.errors import ConfigError
    from exsim.plugins import Catalogue

    try:
        settings = load(options.config, options.set, Catalogue())
    except ConfigError as error:
        print(report(error, options.config))
        return 1
    counts = {
        "venue": len(settings.venues),
        "instrument": sum(len(venue.instruments) for venue in settings.venues),
        "endpoint": len(settings.endpoints),
        "session": len(settings.sessions),
    }
    found = ", ".join(f"{count} {what}{'s' * (count != 1)}" for what, count in counts.items())
    print(f"{options.config}: ok: {found}")
    return 0


def _replay(options: argparse.Namespace) -> int:
    from exsim.config.load import load, only_venue, report
    from exsim.errors import ConfigError
    from exsim.plugins import Catalogue
    from exsim.services.given import Given, read_given
    from exsim.services.masking import without_password
    from exsim.services.replaying import Outcome
    from exsim.services.sources import source_of

    catalogue, config = Catalogue(), options.config
    try:
        given = Given(config) if config else read_given(options.folder)
        config, venue = given.config, options.venue or given.venue
        settings = load(config, [*given.overrides, *options.set], catalogue)
        if venue:
            settings = only_venue(settings, venue)
        if not venue and len(settings.venues) == 1:
            venue = settings.venues[0].name
        with closing(source_of(options.folder, venue, options.password_file)) as source:
            outcome = Outcome(settings, catalogue, source, options.until)
    except ConfigError as error:
        print(report(error, config or without_password(options.folder)))
        return 2
    if options.json:
        print(outcome.json())
    else:
        outcome.print(sys.stdout, options.diff)
    return int(outcome.difference is not None)


def _plugins(options: argparse.Namespace) -> int:
    from exsim.plugins import Catalogue

    catalogue = Catalogue()
    for title, plugins in (
        ("Protocols", catalogue.protocols()),
        ("Policies", catalogue.policies()),
        ("Pricing sources", catalogue.pricings()),
        ("Bots", catalogue.bots()),
    ):
        print(title)
        for plugin in plugins:
            print(f"  {plugin.name:18} {plugin.summary}")
    return 0


def _bench(options: argparse.Namespace) -> int:
    from exsim.bench.child import terminable
    from exsim.bench.run import run
    from exsim.config.load import report
    from exsim.errors import ConfigError, ExsimError

    try:
        with terminable():
            result = run(options)
    except ConfigError as error:
        print(report(error, getattr(options, "config", None) or "bench.ini"), file=sys.stderr)
        return 1
    except ExsimError as error:
        print(f"exsim bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("exsim bench: interrupted", file=sys.stderr)
        return 130
    print(result.json() if options.json else result.table())
    return 0 if result.ok else 1


def _diagnose(options: argparse.Namespace) -> int:
    from exsim.client.blocking import Simulator
    from exsim.client.diagnose import diagnose

    try:
        token = Path(options.token_file).read_text("utf-8").strip() if options.token_file else None
    except (OSError, UnicodeDecodeError) as error:
        print(f"exsim diagnose: {options.token_file}: {error}", file=sys.stderr)
        return 1
    with Simulator(options.url, token) as simulator:
        return diagnose(simulator, options.output)


def _repair(options: argparse.Namespace) -> int:
    import time

    from exsim.services.files import RealFiles
    from exsim.services.repair import report
    from exsim.services.sources import is_url

    if is_url(options.data_dir):
        from exsim.terminal.stores import look_at_journal

        return look_at_journal(options)
    status, text = report(options.data_dir, time.time_ns, RealFiles())
    print(text, file=sys.stderr if status else sys.stdout)
    return status


def _with(options: argparse.Namespace) -> int:
    from exsim.client.within import run_within

    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        print("exsim with: say which command to run", file=sys.stderr)
        return 2
    return run_within(words, options.config, options.set)


def _completion(options: argparse.Namespace) -> int:
    from exsim.client import ctl
    from exsim.client.completion import SCRIPTS, words_of

    print(SCRIPTS[options.shell](words_of(parser(), ctl.parser())), end="")
    return 0


def _script(options: argparse.Namespace) -> int:
    """0 when it passed, 1 when not, 2 when it is no script or there is nobody to run it on."""
    import json

    from exsim.client.blocking import Simulator
    from exsim.client.codec import SimulatorError
    from exsim.client.script import ScriptError, read_script, run_script
    from exsim.client.spawn import SpawnError

    try:
        token = Path(options.token_file).read_text("utf-8").strip() if options.token_file else None
        script = read_script(Path(options.file))
        started = Simulator(options.url, token) if options.url else Simulator.spawn(options.config)
        with started as simulator:
            report = run_script(simulator, script)
    except (ScriptError, SimulatorError, SpawnError, OSError, UnicodeDecodeError) as error:
        print(f"exsim script: {error}", file=sys.stderr)
        return 2
    told = {"script": report.name, "passed": report.passed, "lines": report.lines}
    print(json.dumps(told, indent=2) if options.json else report.text)
    return 0 if report.passed else 1


def _version(options: argparse.Namespace) -> int:
    from exsim.model.build import this_build

    print(f"exsim {__version__} ({this_build()})")
    return 0


def _ctl(arguments: list[str]) -> int:
    from exsim.client.ctl import main as ctl

    return ctl(arguments)
