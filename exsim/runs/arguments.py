"""The options of ``exsim scenarios``; what carries them out is imported when it is called."""

from __future__ import annotations

import argparse
from collections.abc import Callable

Add = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
"""Adds a command: its name, what carries it out, and a summary."""


def add_scenarios(add: Add) -> None:
    """Add the command, and its subcommands."""
    scenarios = add("scenarios", _scenarios, "Run scenarios, each with many seeds.")
    commands = scenarios.add_subparsers(metavar="COMMAND", required=True)
    summary = "Run scenarios, each with many seeds, at full speed and without sockets."
    run = commands.add_parser("run", help=summary, description=summary, allow_abbrev=False)
    run.add_argument(
        "paths",
        nargs="+",
        metavar="DIR",
        help="a folder of scenarios, NAME.ini each with a NAME.script beside it, or one such file",
    )
    run.add_argument(
        "-j", "--jobs", type=int, metavar="N", help="in so many processes (one for each processor)"
    )
    run.add_argument(
        "--seeds", default="1", metavar="SEEDS", help="such as 7, 1-100 or 1-10,42 (1)"
    )
    run.add_argument(
        "--for",
        dest="span",
        default="",
        metavar="TIME",
        help="market time of each run, at least (as the script says; 10m without one)",
    )
    run.add_argument(
        "--on",
        default="pool",
        metavar="WHERE",
        help="serial, pool, dask for workers of its own, or dask://HOST:PORT (pool)",
    )
    run.add_argument(
        "--limit",
        type=float,
        default=120.0,
        metavar="SECONDS",
        help="a run that takes longer has failed (120)",
    )
    run.add_argument(
        "--verify",
        type=int,
        default=0,
        metavar="MAX",
        help="make so many of the runs once more: they have to be the same",
    )
    run.add_argument("--json", default="", metavar="FILE", help="write all results, as JSON")
    run.add_argument("--junit", default="", metavar="FILE", help="write them as JUnit's XML")
    run.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="set a key over the files; may be given again",
    )


def _scenarios(options: argparse.Namespace) -> int:
    from exsim.runs.command import main

    return main(options)
