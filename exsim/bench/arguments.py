"""The options of each benchmark on a command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

from exsim.bench.names import (
    BENCHMARKS,
    BOOK,
    DATA,
    DAY,
    FILTER,
    FIX_IN,
    FLOOR,
    GROWTH,
    ITCH,
    NODES,
    PAIRS,
    PRICES,
    RECOVERY,
    SCENARIOS,
    SNAPSHOT,
    SOURCES,
    WIRE,
)
from exsim.bench.values import collector, database, journal, number, pin, versions, whole

MIXES: Final = ("add", "addcancel", "cross")
LOADS: Final = ("subscriptions", "conflated")
PROTOCOLS: Final = ("fix", "ouch", "both")
SECONDS: Final = {
    FIX_IN: 3.0,
    WIRE: 10.0,
    FLOOR: 30.0,
    BOOK: 3.0,
    GROWTH: 120.0,
    RECOVERY: 20.0,
    PAIRS: 60.0,
    SNAPSHOT: 20.0,
    DATA: 10.0,
    ITCH: 10.0,
    DAY: 60.0,
    PRICES: 30.0,
    FILTER: 20.0,
    NODES: 30.0,
    SCENARIOS: 60.0,
}
"""How long each may take unless said otherwise."""
MOST_SECONDS: Final = {WIRE: 90.0}
"""The most, where it is not an hour: a session takes no messages that were stamped long before."""


def add_benchmarks(parser: argparse.ArgumentParser) -> None:
    """Give a parser a subcommand for each benchmark."""
    benchmarks = parser.add_subparsers(metavar="BENCHMARK", dest="benchmark", required=True)
    for name, summary in BENCHMARKS.items():
        one = benchmarks.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        one.add_argument(
            "--seconds",
            type=number("seconds", 0, MOST_SECONDS.get(name, 3600.0)),
            default=SECONDS[name],
            help=f"how long it may take, about ({SECONDS[name]:g})",
        )
        one.add_argument("--json", action="store_true", help="print JSON rather than a table")
        if name in _OPTIONS:
            _OPTIONS[name](one)


def _wire(parser: argparse.ArgumentParser) -> None:
    _set(parser)
    parser.add_argument("-c", "--config", metavar="FILE", help="rather than three instruments")
    parser.add_argument(
        "--endpoint", default="", metavar="NAME", help="rather than the first for order entry"
    )
    parser.add_argument(
        "--protocol",
        choices=PROTOCOLS,
        default="fix",
        help="what to speak: both, one after the other (fix)",
    )
    parser.add_argument(
        "--versions",
        type=versions,
        default=("FIX.4.2",),
        metavar="LIST",
        help="versions of FIX by commas, each with a simulator of its own (FIX.4.2)",
    )
    parser.add_argument(
        "--mix", choices=MIXES, default="add", help="orders rest, are cancelled, or trade (add)"
    )
    parser.add_argument(
        "--journal",
        action="append",
        default=[],
        type=journal,
        metavar="WHERE",
        help="none, os, fsync or the URL of a database, whose journal of XSIM is emptied; given"
        " again, one run for each",
    )
    _load(parser, orders=20_000, most=1_000_000, what="orders in all")
    parser.add_argument(
        "--pin",
        type=pin,
        metavar="SERVER,CLIENT",
        help="the CPUs that server and client run on (whatever the system says)",
    )
    parser.add_argument(
        "--profile", action="store_true", help="show where the server's time goes, too"
    )
    parser.add_argument(
        "--collector",
        type=collector,
        metavar="N,N,N[,freeze]",
        help="try other thresholds of the server's garbage collector, and freezing what is there",
    )


def _floor(parser: argparse.ArgumentParser) -> None:
    _set(parser)
    _load(parser, orders=4_000, most=100_000, what="orders of each round")
    parser.add_argument(
        "--rounds",
        type=whole("rounds", 1, 1_000),
        default=5,
        metavar="N",
        help="rounds of each server, but for one to warm up (5)",
    )
    parser.add_argument(
        "--beside",
        default="",
        metavar="PYTHON",
        help="another Python, whose exsim is another build or version, to drive in turn, too",
    )


def _set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="set a key of the configuration; may be given again",
    )


def _load(parser: argparse.ArgumentParser, orders: int, most: int, what: str) -> None:
    parser.add_argument(
        "--window",
        type=whole("requests", 1, 100_000),
        default=100,
        metavar="N",
        help="requests that a connection may have unanswered (100)",
    )
    parser.add_argument(
        "--connections",
        type=whole("connections", 1, 1_000),
        default=1,
        metavar="N",
        help="connections, each a session of its own (1)",
    )
    parser.add_argument(
        "--orders",
        type=whole("orders", 2, most),
        default=orders,
        metavar="N",
        help=f"{what} ({orders})",
    )


def _pairs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--window",
        type=whole("requests", 1, 100_000),
        default=100,
        metavar="N",
        help="requests that a client may have unanswered (100)",
    )
    parser.add_argument(
        "--orders",
        type=whole("orders", 2, 1_000_000),
        default=20_000,
        metavar="N",
        help="orders of each round, for each pair (20000)",
    )
    parser.add_argument(
        "--rounds",
        type=whole("rounds", 1, 1_000),
        default=5,
        metavar="N",
        help="rounds, but for one to warm up (5)",
    )


def _book(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="recordings; none: a flow that is made for it"
    )
    parser.add_argument(
        "--messages",
        type=whole("messages", 1, 10_000_000),
        default=100_000,
        metavar="N",
        help="messages of the flow that is made (100000)",
    )
    parser.add_argument(
        "--seed", type=whole("seed", 0, 2**32 - 1), default=1, metavar="N", help="its seed (1)"
    )


def _filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--messages",
        type=whole("messages", 1, 1_000_000),
        default=100_000,
        help="how many are looked at, about (100000)",
    )


def _growth(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="look at the smaller sizes only")
    parser.add_argument("--svg", metavar="FILE", help="also write a picture of it there")


def _recovery(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--commands",
        type=whole("commands", 1, 1_000_000),
        default=100_000,
        metavar="N",
        help="requests that the journal has (100000)",
    )
    parser.add_argument(
        "--sessions",
        type=whole("sessions", 1, 1_000),
        default=4,
        metavar="N",
        help="sessions that they come by (4)",
    )
    parser.add_argument(
        "--window",
        type=whole("requests", 1, 10_000),
        default=10,
        metavar="N",
        help="requests that come in one read (10)",
    )


def _snapshot(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--orders",
        type=whole("orders", 1, 1_000_000),
        default=100_000,
        metavar="N",
        help="orders that rest (100000)",
    )
    parser.add_argument(
        "--sessions",
        type=whole("sessions", 1, 1_000),
        default=4,
        metavar="N",
        help="sessions that they are of (4)",
    )


def _prices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--instruments",
        type=whole("instruments", 1, 100_000),
        default=10_000,
        metavar="N",
        help="instruments that have prices (10000)",
    )
    parser.add_argument(
        "--source",
        choices=SOURCES,
        action="append",
        default=[],
        help="only this one; may be given again (all)",
    )


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--load",
        choices=LOADS,
        action="append",
        default=[],
        help="only this one; may be given again (both)",
    )
    parser.add_argument(
        "--profile", action="store_true", help="show where the server's time goes, too"
    )


def _day(parser: argparse.ArgumentParser) -> None:
    for what, most, default in (("minutes", 1_440, 390), ("instruments", 10_000, 100)):
        parser.add_argument(
            f"--{what}",
            type=whole(what, 1, most),
            default=default,
            metavar="N",
            help=f"how many ({default})",
        )
    parser.add_argument(
        "--seed", type=whole("seed", 0, 2**63 - 1), default=7, metavar="N", help="another day (7)"
    )


def _nodes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--journal",
        type=database,
        required=True,
        metavar="URL",
        help="a database with the tables of exsim; the journals of B1, B2, ... are emptied",
    )
    parser.add_argument(
        "--nodes",
        type=whole("nodes", 1, 64),
        action="append",
        default=[],
        metavar="N",
        help="with so many; may be given again (1, 2 and 4)",
    )
    parser.add_argument(
        "--window",
        type=whole("requests", 1, 100_000),
        default=100,
        metavar="N",
        help="requests that a client may have unanswered (100)",
    )
    parser.add_argument(
        "--orders",
        type=whole("orders", 2, 1_000_000),
        default=20_000,
        metavar="N",
        help="orders of each client (20000)",
    )


def _scenarios(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", metavar="DIR", help="as for exsim scenarios run; none: a market of ours"
    )
    parser.add_argument(
        "--runs",
        type=whole("runs", 2, 1_000_000),
        metavar="N",
        help="how many, each with a seed of its own (as many as it may take)",
    )
    parser.add_argument(
        "-j",
        "--jobs",
        type=whole("processes", 1, 1_000),
        metavar="N",
        help="processes of a pool and of Dask (one for each processor)",
    )
    parser.add_argument(
        "--on",
        action="append",
        default=[],
        metavar="WHERE",
        help="pool, dask or dask://HOST:PORT beside serial; may be given again (pool and dask)",
    )


_OPTIONS: Final[dict[str, Callable[[argparse.ArgumentParser], None]]] = {
    WIRE: _wire,
    FLOOR: _floor,
    BOOK: _book,
    GROWTH: _growth,
    FILTER: _filter,
    RECOVERY: _recovery,
    PAIRS: _pairs,
    PRICES: _prices,
    SNAPSHOT: _snapshot,
    DATA: _data,
    DAY: _day,
    NODES: _nodes,
    SCENARIOS: _scenarios,
}
