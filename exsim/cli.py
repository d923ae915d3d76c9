"""
The console script ``exsim``.

What a command needs is imported when it is called, so that ``exsim --help`` answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from exsim import __version__
from exsim.bench.names import BENCHMARKS

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line, by default that of this process; the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["ctl"]:
        return _ctl(given[1:])
    options = parser().parse_args(given)
    command: Command = options.command
    return command(options)


def parser() -> argparse.ArgumentParser:
    """The commands and their options; ``command`` of what it parses carries it out."""
    exsim = argparse.ArgumentParser(
        prog="exsim", description="A simulated exchange to test trading systems against."
    )
    commands = exsim.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Command, summary: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        one.set_defaults(command=command)
        return one

    run = add("run", _run, "Run a simulator in the foreground, as `twistd -n exsim` does.")
    run.add_argument("-c", "--config", required=True, metavar="FILE", help="the configuration")
    _add_set(run)
    run.add_argument("--ready-file", metavar="FILE", help="write this once everything listens")
    run.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    run.add_argument("--pidfile", default="", metavar="FILE", help="keep the process id there")
    check = add("check", _check, "Check a configuration and list all that is wrong with it.")
    check.add_argument("config", metavar="FILE", help="the configuration")
    _add_set(check)
    add("plugins", _plugins, "List the protocols, policies and pricing sources.")
    bench = add("bench", _bench, "Measure how fast exsim is on this machine.")
    _add_benchmarks(bench)
    add("version", _version, "Tell the version.")
    commands.add_parser("ctl", add_help=False, help="Ask a running simulator over REST.")
    return exsim


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="set a key over the file; may be given again",
    )


def _add_benchmarks(parser: argparse.ArgumentParser) -> None:
    benchmarks = parser.add_subparsers(metavar="BENCHMARK", dest="benchmark", required=True)
    for name, summary in BENCHMARKS.items():
        one = benchmarks.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        one.add_argument(
            "--seconds", type=_seconds, default=3.0, help="how long it may take, about (3)"
        )
        one.add_argument("--json", action="store_true", help="print JSON rather than a table")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0 to 3600")
    return seconds


def _run(options: argparse.Namespace) -> int:
    from twisted.scripts.twistd import run

    sys.argv = [sys.argv[0], *twistd_arguments(options)]  # where twistd looks
    run()
    return 0


def twistd_arguments(options: argparse.Namespace) -> list[str]:
    """What follows ``twistd`` to do as ``exsim run`` says."""
    words = ["--nodaemon", f"--pidfile={options.pidfile}", "exsim", f"--config={options.config}"]
    words += [f"--set={text}" for text in options.set]
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


def _plugins(options: argparse.Namespace) -> int:
    from exsim.plugins import Catalogue

    catalogue = Catalogue()
    for title, plugins in (
        ("Protocols", catalogue.protocols()),
        ("Policies", catalogue.policies()),
        ("Pricing sources", catalogue.pricings()),
    ):
        print(title)
        for plugin in plugins:
            print(f"  {plugin.name:12} {plugin.summary}")
    return 0


def _bench(options: argparse.Namespace) -> int:
    from exsim.bench.run import run

    result = run(options.benchmark, options.seconds)
    print(result.json() if options.json else result.table())
    return 0


def _version(options: argparse.Namespace) -> int:
    print(f"exsim {__version__}")
    return 0


def _ctl(arguments: list[str]) -> int:
    from exsim.client.ctl import main as ctl

    return ctl(arguments)
