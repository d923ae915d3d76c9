"""Runs a benchmark as a command line asks for it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from exsim.bench import floor as floors
from exsim.bench import wire as wires
from exsim.bench.book import book
from exsim.bench.data import data
from exsim.bench.day import day
from exsim.bench.driver import BenchError
from exsim.bench.filters import filters
from exsim.bench.fix_in import fix_in
from exsim.bench.growth import growth
from exsim.bench.itch import itch
from exsim.bench.names import (
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
from exsim.bench.nodes import COUNTS, nodes
from exsim.bench.pairs import pairs
from exsim.bench.prices import prices
from exsim.bench.recovery import recovery
from exsim.bench.scenarios import scenarios
from exsim.bench.snapshot import snapshot
from exsim.bench.tables import Outcome
from exsim.bench.target import Settings


def run(options: argparse.Namespace) -> Outcome:
    """
    Run the benchmark of parsed options: see :mod:`exsim.bench.arguments`.

    :raises exsim.errors.ExsimError: when it cannot be measured.
    """
    return _RUNS[options.benchmark](options)


def _fix_in(options: argparse.Namespace) -> Outcome:
    return fix_in(options.seconds)


def _wire(options: argparse.Namespace) -> Outcome:
    return wires.wire(
        Settings(
            config=options.config,
            protocol=options.protocol,
            overrides=tuple(options.set),
            endpoint=options.endpoint,
            versions=options.versions,
            mix=options.mix,
            window=options.window,
            connections=options.connections,
            orders=options.orders,
            journals=tuple(options.journal),
            seconds=options.seconds,
            pin=options.pin,
            collector=options.collector or "",
            profile=options.profile,
        )
    )


def _itch(options: argparse.Namespace) -> Outcome:
    return itch(options.seconds)


def _floor(options: argparse.Namespace) -> Outcome:
    return floors.compare(
        options.orders,
        options.rounds,
        options.window,
        options.connections,
        options.seconds,
        tuple(options.set),
        options.beside,
    )


def _book(options: argparse.Namespace) -> Outcome:
    return book(options.files, options.seconds, options.messages, options.seed)


def _growth(options: argparse.Namespace) -> Outcome:
    _write(options.svg, "")  # before it takes its time
    found = growth(options.seconds, options.quick)
    _write(options.svg, found.svg())
    return found


def _recovery(options: argparse.Namespace) -> Outcome:
    return recovery(options.seconds, options.commands, options.sessions, options.window)


def _prices(options: argparse.Namespace) -> Outcome:
    return prices(options.seconds, options.instruments, tuple(options.source) or SOURCES)


def _snapshot(options: argparse.Namespace) -> Outcome:
    return snapshot(options.seconds, options.orders, options.sessions)


def _filter(options: argparse.Namespace) -> Outcome:
    return filters(options.seconds, options.messages)


def _pairs(options: argparse.Namespace) -> Outcome:
    return pairs(options.orders, options.rounds, options.window, options.seconds)


def _day(options: argparse.Namespace) -> Outcome:
    return day(options.seconds, options.minutes, options.instruments, options.seed)


def _data(options: argparse.Namespace) -> Outcome:
    return data(options.seconds, tuple(options.load), options.profile)


def _nodes(options: argparse.Namespace) -> Outcome:
    counts = tuple(options.nodes) or COUNTS
    return nodes(options.journal, counts, options.orders, options.window, options.seconds)


def _scenarios(options: argparse.Namespace) -> Outcome:
    return scenarios(options.paths, options.runs, options.jobs, options.on, options.seconds)


def _write(path: str | None, picture: str) -> None:
    try:
        if path:
            Path(path).write_text(picture, encoding="utf-8")
    except OSError as error:
        raise BenchError(f"the picture cannot be written: {error}") from None


_RUNS: Final[dict[str, Callable[[argparse.Namespace], Outcome]]] = {
    FIX_IN: _fix_in,
    WIRE: _wire,
    FLOOR: _floor,
    BOOK: _book,
    GROWTH: _growth,
    RECOVERY: _recovery,
    PAIRS: _pairs,
    PRICES: _prices,
    SNAPSHOT: _snapshot,
    DATA: _data,
    ITCH: _itch,
    DAY: _day,
    FILTER: _filter,
    NODES: _nodes,
    SCENARIOS: _scenarios,
}
